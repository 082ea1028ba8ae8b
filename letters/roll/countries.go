package roll

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// A list has its countries as codes, in several languages and under several names, and they are to be one: in the place under a letter, and
// where bundles are grouped. A code or a name becomes the name that the letter's language has for the country. What is not recognised
// stays as it is, and so do the names of a few countries and regions that people choose with care.

// keptAsTyped are countries and regions whose names stay as people wrote them, and the name that takes the place of their codes.
var keptAsTyped = map[string]string{
	"PS": "Palestine", "TW": "Taiwan", "XK": "Kosovo", "HK": "Hong Kong", "MO": "Macao", "EH": "Western Sahara", "MM": "Myanmar",
	"MK": "North Macedonia", "TR": "Türkiye", "CD": "DR Congo", "CG": "Congo", "CZ": "Czechia",
}

// moreCountryNames are names that CLDR does not have; folded -> region.
var moreCountryNames = map[string]string{
	"uk": "GB", "greatbritain": "GB", "unitedkingdomofgreatbritainandnorthernireland": "GB", "usa": "US", "unitedstatesofamerica": "US",
	"us": "US", "america": "US", "russianfederation": "RU", "republicofireland": "IE", "eire": "IE", "holland": "NL", "thenetherlands": "NL",
	"southkorea": "KR", "republicofkorea": "KR", "uae": "AE", "brasil": "BR", "deutschland": "DE", "osterreich": "AT", "schweiz": "CH",
	"suisse": "CH", "svizzera": "CH", "españa": "ES", "espana": "ES",
}

// countryLanguages are those in which names of countries are recognised.
const countryLanguages = "en de fr es it pt nl sv da nb fi pl cs sk hu ro hr sl tr el ru uk bg sr lt lv et ca ja zh ko ar he"

// countryNames leads from folded codes and names to regions.
var countryNames = sync.OnceValue(func() map[string]language.Region {
	var regions []language.Region
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if r, err := language.ParseRegion(string([]rune{a, b})); err == nil && r.IsCountry() && r.Canonicalize() == r {
				regions = append(regions, r)
			}
		}
	}
	tags := strings.Fields(countryLanguages)
	out := make(map[string]language.Region, len(regions)*len(tags))
	for _, tag := range tags {
		names := display.Regions(language.Make(tag))
		if names == nil {
			continue
		}
		for _, r := range regions {
			if key := foldLoosely(names.Name(r)); key != "" {
				if _, taken := out[key]; !taken {
					out[key] = r
				}
			}
		}
	}
	for name, code := range moreCountryNames {
		out[name] = language.MustParseRegion(code)
	}
	return out
})

// countries writes countries one way. It remembers what it was asked: lists have few of them.
type countries struct {
	regions display.Namer // nil: leave everything as it is
	known   map[string]string
}

// maxCountries bounds the memory: what is beyond it is looked up again.
const maxCountries = 1 << 12

func newCountries(tag string) *countries {
	lang, err := language.Parse(tag)
	if err != nil {
		lang = language.English
	}
	return &countries{regions: display.Regions(lang), known: map[string]string{}}
}

// name gives the country's name in the letter's language, and whether that is another text.
func (c *countries) name(typed []byte) (name string, changed bool) {
	if c == nil || c.regions == nil || len(typed) == 0 || len(typed) > 100 {
		return "", false
	}
	name, ok := c.known[string(typed)]
	if !ok {
		name = c.find(string(typed))
		if len(c.known) < maxCountries {
			c.known[string(typed)] = name
		}
	}
	return name, name != string(typed)
}

func (c *countries) find(typed string) string {
	isCode := len(typed) <= 3 && strings.ToUpper(typed) == typed
	region, ok := countryNames()[foldLoosely(typed)]
	if !ok && isCode {
		r, err := language.ParseRegion(typed)
		ok, region = err == nil && r.IsCountry(), r.Canonicalize()
	}
	if !ok {
		return typed
	}
	if kept, special := keptAsTyped[region.String()]; special {
		if isCode {
			return kept
		}
		return typed
	}
	if name := c.regions.Name(region); name != "" {
		return name
	}
	return typed
}
