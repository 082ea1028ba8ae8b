package paperwork

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"postbag/config"
	"postbag/letters/typeset"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// Every text is there in every language, with the same places to fill, and in letters that the faces in the binary have.
func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	all, err := allWords()
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, texts := range all {
		want := place.FindAllString(texts["en"], -1)
		slices.Sort(want)
		if len(texts) != len(languages()) {
			t.Errorf("%s is there in %d languages, want %d", key, len(texts), len(languages()))
		}
		for _, language := range languages() {
			got := place.FindAllString(texts[language], -1)
			slices.Sort(got)
			switch {
			case texts[language] == "":
				t.Errorf("%s is not there in %s", key, language)
			case !slices.Equal(got, want):
				t.Errorf("%s in %s fills %v, want %v", key, language, got, want)
			case len(fonts.Missing(texts[language])) > 0:
				t.Errorf("%s in %s: no face has %q", key, language, fonts.Missing(texts[language]))
			}
		}
	}
}

// plainTongue writes digits as they are.
func plainTongue() Tongue {
	return Tongue{
		Digits: func(text string) string { return text }, Date: func(day time.Time) string { return day.Format(time.DateOnly) },
		Month: func(m time.Month, short bool) string {
			if short {
				return m.String()[:3]
			}
			return m.String()
		},
		PageOf: func(int, int) string { return "" },
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	for tag, want := range map[string][2]string{
		"en-GB": {"1,234", "1,234,567"}, "de-AT": {"1.234", "1.234.567"}, "es": {"1234", "1\u00a0234\u00a0567"}, "fr": {"1\u202f234", "1\u202f234\u202f567"},
		"ar": {"1,234", "1,234,567"}, "fi": {"1,234", "1,234,567"},
	} {
		w, err := In(tag, plainTongue())
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{w.Number(1234), w.Number(1234567)}; got != want || w.Number(7) != "7" {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	eastern := plainTongue()
	eastern.Digits = func(text string) string {
		out := []rune(text)
		for i, r := range out {
			if r >= '0' && r <= '9' {
				out[i] = '٠' + r - '0'
			}
		}
		return string(out)
	}
	if w, _ := In("ar-EG", eastern); w.Number(1234567) != "١٬٢٣٤٬٥٦٧" {
		t.Errorf("ar-EG: %q", w.Number(1234567))
	}
}

// A campaign in a language without words gets its paperwork in English.
func TestOtherLanguagesGetEnglish(t *testing.T) {
	for tag, want := range map[string]string{"de-CH": "de-CH", "AR": "AR", "fa": "en", "": "en", "english": "en"} {
		if got, ok := Language(tag); got != want || ok != (got == tag) {
			t.Errorf("%s: %s, %v", tag, got, ok)
		}
	}
}

// What can be asked for in campaign.yaml is what there is.
func TestEveryDocumentCanBeAskedFor(t *testing.T) {
	var names []string
	for _, d := range documents() {
		if !slices.Contains(names, d.name) {
			names = append(names, d.name)
		}
	}
	want := config.PaperworkDocuments()
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("there are %v, and paperwork.documents knows %v", names, want)
	}
	w, err := In("en", plainTongue())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if w.Say("common.doc-"+name) == "" {
			t.Errorf("%s has no name to be listed by", name)
		}
	}
}
