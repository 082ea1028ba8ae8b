package letters

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"postbag/letters/typeset"

	"postbag/config"
)

func date(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Dates as a careful secretary of each language writes them.
func TestDatesInManyLanguages(t *testing.T) {
	for language, want := range map[string]string{
		"ar": "23 نوفمبر 2026", "ar-EG": "٢٣ نوفمبر ٢٠٢٦", "ar-MA": "23 نوفمبر 2026", "ar-SY": "٢٣ تشرين الثاني ٢٠٢٦",
		"fa": "۲۳ نوامبر ۲۰۲۶", "ur": "23 نومبر، 2026", "he": "23 בנובמבר 2026", "pl": "23 listopada 2026", "tr": "23 Kasım 2026",
		"ru": "23 ноября 2026 г.", "uk": "23 листопада 2026 р.", "sv": "23 november 2026", "da": "23. november 2026",
		"nb": "23. november 2026", "fi": "23. marraskuuta 2026", "cs": "23. listopadu 2026", "el": "23 Νοεμβρίου 2026",
		"zh": "2026年11月23日", "zh-Hant-TW": "2026年11月23日", "ja": "2026年11月23日", "ko": "2026년 11월 23일",
		"en-AU": "23 November 2026", "en-US": "November 23, 2026", "pt-BR": "23 de novembro de 2026", "sr-Latn": "23. novembar 2026.",
		"bn": "২৩ নভেম্বর, ২০২৬", "hi": "23 नवंबर 2026", "mr": "२३ नोव्हेंबर, २०२६",
	} {
		if got := longDate(date(t, "2026-11-23"), language); got != want {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
	if got := longDate(date(t, "2027-03-01"), "fr-CA"); got != "1er mars 2027" {
		t.Errorf("the first of March is %s in French", got)
	}
	if got := longDate(date(t, "2027-03-11"), "fr"); got != "11 mars 2027" {
		t.Errorf("the eleventh of March is %s in French", got)
	}
}

// The library fails on any date for some regions; none of ours may, on any day of a year.
func TestEveryLanguageWritesEveryDay(t *testing.T) {
	for language := range longDates() {
		w, err := wordsOf(language)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for d := date(t, "2028-01-01"); d.Year() == 2028; d = d.AddDate(0, 0, 1) {
			text := w.longDate(d, language)
			if strings.Contains(text, "  ") || seen[text] {
				t.Errorf("%s writes %s as %q", language, d.Format(time.DateOnly), text)
			}
			seen[text] = true
		}
	}
}

func TestWordsAreWholeWhereALanguageHasThem(t *testing.T) {
	var table map[string]words
	if err := yaml.Unmarshal(wordsYAML, &table); err != nil {
		t.Fatal(err)
	}
	for language := range table {
		w, err := wordsOf(language)
		if err != nil {
			t.Fatal(err)
		}
		all := []string{w.Reference, w.Date, w.Page, w.Enclosure, w.Enclosures}
		if some := slices.ContainsFunc(all, func(s string) bool { return s != "" }); some && slices.Contains(all, "") {
			t.Errorf("%s has some words and not others: %+v", language, w)
		}
		if page := w.pageOf(2, 3); page == w.pageOf(3, 3) || strings.Contains(page, "{") {
			t.Errorf("%s counts pages like this: %q", language, page)
		}
	}
	for _, language := range []string{"en", "de", "fr", "es", "ar", "it", "pt", "nl"} {
		if _, ok := table[language]; !ok {
			t.Errorf("there are no words for %s", language)
		}
	}
}

func TestWordsFallBackToNone(t *testing.T) {
	w, err := wordsOf("xx-YY")
	if err != nil || w != (words{}) {
		t.Errorf("%+v, %v", w, err)
	}
	if got := w.pageOf(2, 3); got != "2 / 3" {
		t.Errorf("pages are counted %q", got)
	}
	if got := w.enclosures([]string{"Report"}); !slices.Equal(got, []string{"+ Report"}) {
		t.Errorf("enclosures are listed as %q", got)
	}
	if ar, err := wordsOf("ar-EG"); err != nil || ar.pageOf(2, 13) != "صفحة ٢ من ١٣" {
		t.Errorf("Arabic counts pages %q (%v)", ar.pageOf(2, 13), err)
	}
	if de, err := wordsOf("de-CH"); err != nil || !slices.Equal(de.enclosures([]string{"A", "B"}), []string{"Anlagen:", "A", "B"}) {
		t.Errorf("German encloses %q (%v)", de.enclosures([]string{"A", "B"}), err)
	}
}

// A layout of the settings is one that typeset has: it would fall back to plain without a word.
func TestTheSettingKnowsTheLayouts(t *testing.T) {
	for _, s := range config.Settings() {
		if s.Key == "letter.layout" && !slices.Equal(s.Choices, typeset.Layouts()) {
			t.Errorf("letter.layout takes %q, there are %q", s.Choices, typeset.Layouts())
		}
	}
}
