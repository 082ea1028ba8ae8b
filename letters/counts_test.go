package letters

import "testing"

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	for tag, want := range map[string][2]string{
		"en-GB": {"1,234", "1,234,567"}, "de-AT": {"1.234", "1.234.567"}, "es": {"1234", "1\u00a0234\u00a0567"}, "fr": {"1\u202f234", "1\u202f234\u202f567"},
		"ar": {"1,234", "1,234,567"}, "fi": {"1,234", "1,234,567"}, "ar-EG": {"١٬٢٣٤", "١٬٢٣٤٬٥٦٧"}, "fa": {"۱٬۲۳۴", "۱٬۲۳۴٬۵۶۷"},
	} {
		w, err := wordsOf(tag)
		if err != nil {
			t.Fatal(err)
		}
		number := countsIn(tag, w)
		if got := [2]string{number(1234), number(1234567)}; got != want || number(7) != w.digits("7") {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}
