package letters

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/af"
	"github.com/go-playground/locales/am"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/ar_SY"
	"github.com/go-playground/locales/az"
	"github.com/go-playground/locales/be"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/bs"
	"github.com/go-playground/locales/ca"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/cy"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/de_AT"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/et"
	"github.com/go-playground/locales/eu"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fil"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/ga"
	"github.com/go-playground/locales/gl"
	"github.com/go-playground/locales/gu"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/hy"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/is"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ka"
	"github.com/go-playground/locales/km"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/lo"
	"github.com/go-playground/locales/lt"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/mk"
	"github.com/go-playground/locales/mr"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/my"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/ne"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/nn"
	"github.com/go-playground/locales/pa"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/ps"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/si"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sl"
	"github.com/go-playground/locales/sq"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sr_Latn"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/sw"
	"github.com/go-playground/locales/ta"
	"github.com/go-playground/locales/te"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/ur"
	"github.com/go-playground/locales/uz"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"go.yaml.in/yaml/v3"
)

//go:embed words.yaml
var wordsYAML []byte

// words are what a letter says beside its text, in its language. The zero value says it without words.
type words struct {
	Reference  string // what the letter's id is
	Date       string
	Page       string // {page} and {pages} stand for numbers
	Enclosure  string // for one
	Enclosures string // for several
	Digits     string // their zero; "" for 0
	Like       string // the entry that has the rest
}

// wordsOf finds the words of a language: those of the tag, or of what is left of it when parts are cut from its end.
func wordsOf(language string) (words, error) {
	var table map[string]words
	if err := yaml.Unmarshal(wordsYAML, &table); err != nil {
		return words{}, fmt.Errorf("reading the letters' words: %w", err)
	}
	w, _ := byTag(table, language)
	if w.Like != "" {
		like := table[w.Like]
		if w.Digits != "" {
			like.Digits = w.Digits
		}
		w = like
	}
	return w, nil
}

// byTag looks a language tag (BCP 47) up in a table with small letters and hyphens, then what is left of it when parts are cut from
// its end.
func byTag[T any](table map[string]T, language string) (T, bool) {
	tag := strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	for {
		if found, ok := table[tag]; ok {
			return found, true
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			var none T
			return none, false
		}
		tag = tag[:i]
	}
}

// digits writes a text's digits as the language does.
func (w words) digits(text string) string {
	zero := []rune(w.Digits)
	if len(zero) != 1 || zero[0] == '0' {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero[0] + r - '0'
		}
		return r
	}, text)
}

// pageOf writes "page 2 of 3".
func (w words) pageOf(page, pages int) string {
	format := w.Page
	if format == "" {
		format = "{page} / {pages}"
	}
	return w.digits(strings.NewReplacer("{page}", strconv.Itoa(page), "{pages}", strconv.Itoa(pages)).Replace(format))
}

// enclosures lists what is enclosed, a line each, after the word for it.
func (w words) enclosures(things []string) []string {
	switch {
	case len(things) == 0:
		return nil
	case w.Enclosures == "":
		lines := make([]string, len(things))
		for i, thing := range things {
			lines[i] = "+ " + thing
		}
		return lines
	case len(things) == 1:
		return []string{w.Enclosure + ": " + things[0]}
	}
	return append([]string{w.Enclosures + ":"}, things...)
}

// longDates write dates in full, as CLDR has them for the language. Of the languages that the library has, these are the ones in which
// letters are likely; some regions of it fail on any date (ar_DZ, ar_MA and ar_TN of version 0.14.2), so a test tries every day.
func longDates() map[string]func() locales.Translator {
	return map[string]func() locales.Translator{
		"af": af.New, "am": am.New, "ar": ar.New, "ar-iq": ar_SY.New, "ar-jo": ar_SY.New, "ar-lb": ar_SY.New, "ar-ps": ar_SY.New, "ar-sy": ar_SY.New,
		"az": az.New, "be": be.New, "bg": bg.New, "bn": bn.New, "bs": bs.New, "ca": ca.New, "cs": cs.New, "cy": cy.New, "da": da.New,
		"de": de.New, "de-at": de_AT.New, "el": el.New, "en": en.New, "en-au": en_GB.New, "en-gb": en_GB.New,
		"en-ie": en_GB.New, "en-in": en_GB.New, "en-nz": en_GB.New, "en-za": en_GB.New,
		"es": es.New, "et": et.New, "eu": eu.New, "fa": fa.New, "fi": fi.New, "fil": fil.New, "fr": fr.New, "ga": ga.New, "gl": gl.New,
		"gu": gu.New, "he": he.New, "hi": hi.New, "hr": hr.New, "hu": hu.New, "hy": hy.New, "id": id.New, "is": is.New, "it": it.New,
		"ja": ja.New, "ka": ka.New, "km": km.New, "ko": ko.New, "lo": lo.New, "lt": lt.New, "lv": lv.New, "mk": mk.New, "mr": mr.New,
		"ms": ms.New, "my": my.New, "nb": nb.New, "ne": ne.New, "nl": nl.New, "nn": nn.New, "no": nb.New, "pa": pa.New, "pl": pl.New,
		"ps": ps.New, "pt": pt.New, "ro": ro.New, "ru": ru.New, "si": si.New, "sk": sk.New, "sl": sl.New, "sq": sq.New, "sr": sr.New,
		"sr-latn": sr_Latn.New, "sv": sv.New, "sw": sw.New, "ta": ta.New, "te": te.New, "th": th.New, "tl": fil.New, "tr": tr.New,
		"uk": uk.New, "ur": ur.New, "uz": uz.New, "vi": vi.New, "zh": zh.New,
	}
}

// monthName is a month as it stands alone, as CLDR has it for the language; short for where there is little room. A language without data gets the
// month's number.
func monthName(m time.Month, language string, short bool) string {
	locale, ok := byTag(longDates(), language)
	if !ok {
		return fmt.Sprintf("%02d", int(m))
	}
	if short {
		return locale().MonthAbbreviated(m)
	}
	return locale().MonthWide(m)
}

// longDate writes a date as a letter has it: 23 November 2026. A language without data gets the ISO form.
func longDate(t time.Time, language string) string {
	w, err := wordsOf(language)
	if err != nil {
		w = words{}
	}
	return w.longDate(t, language)
}

func (w words) longDate(t time.Time, language string) string {
	if t.IsZero() {
		return ""
	}
	locale, ok := byTag(longDates(), language)
	if !ok {
		return t.Format(time.DateOnly)
	}
	text := locale().FmtDateLong(t)
	if base, _, _ := strings.Cut(language, "-"); base == "fr" && t.Day() == 1 { // CLDR knows no ordinals
		text = strings.Replace(text, "1 ", "1er ", 1)
	}
	return w.digits(text)
}
