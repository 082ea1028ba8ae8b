package roll

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// SignerLanguage is a field that ReadOptions.Keep may name beside those of the list: the language of a signer's own words as a BCP 47 tag,
// or nothing, where the letter's language serves them as well. No header is the same: it has a character that Fold takes off.
//
// The language is that of the column "language": a code (pt-BR, zh_TW, deu), the language's name in some thirty languages (German,
// Deutsch, allemand) or what a browser sends (de-AT,de;q=0.9). Names in Han characters have the language of a column that can be
// written in them, and else what their script says (hangul is Korean, kana is Japanese) or the country. Fonts draw the same Han character
// in five ways, and readers see it when their own name is written in another country's.
const SignerLanguage = "#language"

// tongues finds the languages of signers. It remembers what it was asked.
type tongues struct {
	tags    map[string]language.Tag // by what a cell holds
	regions map[string]string       // by what a cell holds: the language that Han characters have there
}

// maxTongues bounds the memory: what is beyond it is looked up again.
const maxTongues = 1 << 12

func newTongues() *tongues {
	return &tongues{tags: map[string]language.Tag{}, regions: map[string]string{}}
}

// of gives the language of a signer: typed is the cell of their language, country that of their country, texts what they wrote.
func (t *tongues) of(typed, country []byte, texts ...[]byte) string {
	var tag language.Tag
	if len(typed) > 0 {
		tag = t.tag(typed)
	}
	s := scriptsOf(texts)
	if s == 0 {
		if tag == language.Und {
			return ""
		}
		return hanVariant(tag, t.region(country))
	}
	if base, _ := tag.Base(); eastBase(base.String()) {
		return hanVariant(tag, t.region(country))
	}
	switch {
	case s&hangul != 0:
		return "ko"
	case s&kanaScript != 0:
		return "ja"
	}
	return t.region(country)
}

// Scripts of names in which the language matters most.
const (
	han = 1 << iota
	kanaScript
	hangul
)

// scriptsOf tells which of them texts have.
func scriptsOf(texts [][]byte) (found int) {
	for _, text := range texts {
		for i := 0; i < len(text); {
			if text[i] < 0xE1 { // the lead byte of U+1000: none of them is below it
				i++
				continue
			}
			r, size := utf8.DecodeRune(text[i:])
			i += size
			switch {
			case r >= 0x1E00 && r < 0x2E80: // Latin and Greek with accents, punctuation
			case unicode.Is(unicode.Hangul, r):
				found |= hangul
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				found |= kanaScript
			case unicode.Is(unicode.Han, r):
				found |= han
			}
		}
	}
	return found
}

// eastBase tells whether a language is written in Han characters, kana or hangul.
func eastBase(base string) bool {
	switch base {
	case "zh", "ja", "ko", "yue", "nan", "hak", "wuu", "lzh", "cmn":
		return true
	}
	return false
}

// hanVariant writes a tag out, and says of Chinese which writing it is, from the country where the tag does not.
func hanVariant(tag language.Tag, region string) string {
	base, _ := tag.Base()
	if base.String() != "zh" {
		return tag.String()
	}
	_, written, place := tag.Raw()
	script, _ := tag.Script()
	switch {
	case place.String() == "HK" || place.String() == "MO":
		return "zh-HK"
	case written.String() == "Zzzz" && place.String() == "ZZ" && strings.HasPrefix(region, "zh-"):
		return region
	case script.String() == "Hant":
		return "zh-Hant"
	}
	return "zh-Hans"
}

// tag reads a cell of the column of languages; Und for what is none.
func (t *tongues) tag(typed []byte) language.Tag {
	tag, ok := t.tags[string(typed)]
	if !ok {
		tag = parseTongue(string(typed))
		if len(t.tags) < maxTongues {
			t.tags[strings.Clone(string(typed))] = tag
		}
	}
	return tag
}

func parseTongue(typed string) language.Tag {
	typed, _, _ = strings.Cut(typed, ",") // of several the first, which is what a browser sends
	typed, _, _ = strings.Cut(typed, ";")
	typed, _, _ = strings.Cut(typed, ".") // de_DE.UTF-8
	typed = strings.TrimSpace(typed)
	if len(typed) > 100 {
		return language.Und
	}
	if tag, ok := languageNames()[foldLoosely(typed)]; ok {
		return tag
	}
	tag, err := language.Parse(strings.ReplaceAll(typed, "_", "-"))
	if base, _ := tag.Base(); err != nil || base.String() == "und" || tag == language.Und {
		return language.Und
	}
	return tag
}

// moreLanguageNames are names that CLDR does not have; folded -> tag.
var moreLanguageNames = map[string]string{
	"simplifiedchinese": "zh-Hans", "chinesesimplified": "zh-Hans", "traditionalchinese": "zh-Hant", "chinesetraditional": "zh-Hant",
	"mandarin": "zh", "cantonese": "zh-HK", "farsi": "fa", "brazilianportuguese": "pt-BR", "castellano": "es", "flemish": "nl",
	"简体中文": "zh-Hans", "繁體中文": "zh-Hant", "简体": "zh-Hans", "繁體": "zh-Hant",
}

// languageNames leads from folded names of languages, in the languages of countryLanguages and in their own, to tags.
var languageNames = sync.OnceValue(func() map[string]language.Tag {
	out := map[string]language.Tag{}
	add := func(name string, tag language.Tag) {
		if key := foldLoosely(name); len(key) > 3 { // shorter ones are codes
			if _, taken := out[key]; !taken {
				out[key] = tag
			}
		}
	}
	var all []language.Tag
	for _, base := range display.Values.BaseLanguages() {
		all = append(all, language.Make(base.String()))
	}
	for _, tag := range all {
		add(display.Self.Name(tag), tag)
	}
	for _, in := range strings.Fields(countryLanguages) {
		if names := display.Languages(language.Make(in)); names != nil {
			for _, tag := range all {
				add(names.Name(tag), tag)
			}
		}
	}
	for name, tag := range moreLanguageNames {
		out[name] = language.MustParse(tag)
	}
	return out
})

// hanRegions is the language that a name in Han characters has in a country, where that is clear.
var hanRegions = map[string]string{
	"JP": "ja", "KR": "ko", "KP": "ko", "TW": "zh-Hant", "HK": "zh-HK", "MO": "zh-HK", "CN": "zh-Hans", "SG": "zh-Hans",
}

// region gives the language that Han characters have in a country; "" where that is not clear.
func (t *tongues) region(country []byte) string {
	if len(country) == 0 || len(country) > 100 {
		return ""
	}
	lang, ok := t.regions[string(country)]
	if !ok {
		lang = hanRegions[regionOf(string(country))]
		if len(t.regions) < maxTongues {
			t.regions[string(country)] = lang
		}
	}
	return lang
}

// regionOf recognises a country's code or name.
func regionOf(country string) string {
	for code, name := range keptAsTyped {
		if name == country {
			return code
		}
	}
	if region, ok := countryNames()[foldLoosely(country)]; ok {
		return region.String()
	}
	if r, err := language.ParseRegion(country); err == nil && len(country) <= 3 {
		return r.Canonicalize().String()
	}
	return ""
}
