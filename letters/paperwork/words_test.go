package paperwork

import (
	"regexp"
	"slices"
	"strings"
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
	for _, face := range fonts.Faces() {
		if face.Origin != typeset.BuiltIn {
			t.Errorf("a text needs %s, which is not in the binary", face.Name)
		}
	}
}

// plainTongue writes digits as they are, and parts numbers as the language does.
func plainTongue(tag string) Tongue {
	mark, ok := map[string]string{"de": ".", "fr": "\u202f", "es": "\u00a0"}[tag]
	if !ok {
		mark = ","
	}
	return Tongue{
		Digits: func(text string) string { return text }, Number: func(n int) string { return strings.ReplaceAll(grouped(n), ",", mark) }, Date: func(day time.Time) string { return day.Format(time.DateOnly) },
		Month: func(m time.Month, short bool) string {
			if short {
				return m.String()[:3]
			}
			return m.String()
		},
		PageOf: func(int, int) string { return "" },
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
	w, err := wordsIn("en", plainTongue("en"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if w.Say("common.doc-"+name) == "" {
			t.Errorf("%s has no name to be listed by", name)
		}
	}
}
