package paperwork

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fr"

	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/roll"
)

// totalsJob is a campaign with these totals, in a language and on a paper, with the names that its months have.
func totalsJob(t testing.TB, counted *roll.Totals, language, paper string) *Job {
	t.Helper()
	locale := map[string]locales.Translator{"en": en.New(), "de": de.New(), "es": es.New(), "fr": fr.New(), "ar": ar.New()}[language]
	j := jobIn(t, language, paper, "letter")
	j.Tongue.Date = locale.FmtDateLong
	j.Tongue.Month = func(m time.Month, short bool) string {
		if short {
			return locale.MonthAbbreviated(m)
		}
		return locale.MonthWide(m)
	}
	j.Signers.Roll = &roll.Roll{Totals: counted}
	return j
}

// smallTotals is a campaign of one autumn, as most are.
func smallTotals() *roll.Totals {
	out := &roll.Totals{Signers: 152, HasCountry: true, HasDay: true, NoCountry: 3}
	for i, country := range []string{"United Kingdom", "Ireland", "Germany", "France", "Spain", "Poland", "Norway", "Chile"} {
		out.Countries = append(out.Countries, roll.CountryTotal{Country: country, Signers: []int{60, 30, 22, 18, 9, 6, 3, 1}[i]})
	}
	for i := range 50 {
		out.Days = append(out.Days, roll.DayTotal{Day: dayAt("2026-10-01").AddDate(0, 0, i), Signers: 3 + i*i%5})
		out.Signers += i * i % 5
	}
	return out
}

// largeTotals is two hundred countries of five regions each, and ten years of days. The names of some are as long as names of countries get, or
// longer.
func largeTotals(name func(i int) string) *roll.Totals {
	out := &roll.Totals{HasCountry: true, HasDay: true, HasRegion: true, NoDay: 1234}
	for i := range 200 {
		n := 400_000/(i+1)/(i+1) + 5 + 200 - i
		country := roll.CountryTotal{Country: name(i), Signers: n}
		out.Countries = append(out.Countries, country)
		out.Signers += n
		for k := range 5 {
			out.Regions = append(out.Regions, roll.RegionTotal{Country: country.Country, Region: fmt.Sprintf("Region %d", k), Signers: n / 5})
		}
	}
	for i := range 3652 {
		out.Days = append(out.Days, roll.DayTotal{Day: dayAt("2016-03-01").AddDate(0, 0, i), Signers: 10 + (i*i)%97})
	}
	return out
}

func namesOfCountries(i int) string {
	switch i % 17 {
	case 3:
		return fmt.Sprintf("South Georgia and the South Sandwich Islands %d", i)
	case 9:
		return fmt.Sprintf("Bosnia & Herzegovina %d", i)
	}
	return fmt.Sprintf("Country %d", i)
}

// TestTotalsLookAsTheyShould: a campaign of one autumn, and one of two hundred countries and ten years of days, as all readers see them, by where their
// words stand, and by their looks. Neither is longer than three pages.
func TestTotalsLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "pdftoppm", "mutool", "gs", "pdffonts")
	for language := range campaigns {
		for paper, size := range papers {
			for name, counted := range map[string]*roll.Totals{"small": smallTotals(), "large": largeTotals(namesOfCountries)} {
				looked := language == "en" || language == "de" || language == "ar"
				if !looked && (paper == "letter" || name == "large") {
					continue
				}
				name := fmt.Sprintf("05-totals-%s-%s-%s", name, language, paper)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					file, pages := makeDocument(t, totalsJob(t, counted, language, paper), "deliver/05-totals.pdf")
					if pages > mostPages {
						t.Errorf("%d pages", pages)
					}
					for page := 1; page <= pages; page++ {
						looks.Apart(t, file, page, size[0], size[1])
					}
					if looked {
						looks.Like(t, filepath.Join("testdata", name+".png"), looks.Page(t, file, 1, 50), *update)
					}
				})
			}
		}
	}
}

// TestThePageOfTotalsSaysEveryCountry reads the large one: every country that may be shown is there, with its number, and every year.
func TestThePageOfTotalsSaysEveryCountry(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	counted := largeTotals(func(i int) string { return fmt.Sprintf("Land%dia", i) })
	file, _ := makeDocument(t, totalsJob(t, counted, "en", "letter"), "deliver/05-totals.pdf")
	text, _ := outside.Run(t, "pdftotext", "-layout", file, "-")
	for _, c := range counted.Countries {
		if !regexp.MustCompile(c.Country + ` +` + grouped(c.Signers)).MatchString(text) {
			t.Errorf("the page does not say that %s has %d", c.Country, c.Signers)
		}
	}
	for year := 2016; year <= 2026; year++ {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^ *%d +[0-9]`, year)).MatchString(text) {
			t.Errorf("the table over time has no line for %d", year)
		}
	}
}

func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return grouped(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

func TestSharesAreWrittenAsTheLanguageDoes(t *testing.T) {
	eastern := func(text string) string {
		return strings.Map(func(r rune) rune { return '٠' + r - '0' }, text)
	}
	for tag, want := range map[string]string{"en": "33.3%", "de-AT": "33,3\u00a0%", "es": "33,3\u00a0%", "fr": "33,3\u202f%", "ar": "33.3%", "ar-EG": "٣٣٫٣٪"} {
		tongue := plainTongue(tag)
		if tag == "ar-EG" {
			tongue.Digits = eastern
		}
		words, err := wordsIn(tag, tongue)
		if err != nil {
			t.Fatal(err)
		}
		page := &totalsPage{work: &work{words: words}, figures: &figures{signers: 1_000_000_000}, calendar: words.calendar()}
		if got := page.percent(333_333_333); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if all := page.percent(1_000_000_000); !strings.Contains(all, page.plain(100)) {
			t.Errorf("%s: all are %q", tag, all)
		}
	}
}

// TestExcelReadsTheTable: Excel takes a CSV for the system's old encoding unless a mark says that it is UTF-8; others are better off without one.
func TestExcelReadsTheTable(t *testing.T) {
	for country, mark := range map[string]string{"Austria": "", "Österreich": byteOrderMark} {
		j := totalsJob(t, &roll.Totals{Signers: 9, HasCountry: true, Countries: []roll.CountryTotal{{Country: country, Signers: 9}}}, "de", "a4")
		var out strings.Builder
		if err := totalsTable(context.Background(), &work{Job: j}, &out); err != nil {
			t.Fatal(err)
		}
		if want := mark + figuresHeader + "all,,,,,9\ncountry," + country + ",,,,9\n"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

// TestLongNamesStayWithinThreePages gives countries and regions names as long as roll lets them be.
func TestLongNamesStayWithinThreePages(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	for _, name := range []string{"A country of many words ", "Taumatawhakatangihangakoauauotamatea"} {
		counted := largeTotals(func(i int) string { return fmt.Sprintf("%d %s", i, strings.Repeat(name, 200/len(name))) })
		file, pages := makeDocument(t, totalsJob(t, counted, "de", "letter"), "deliver/05-totals.pdf")
		if pages > mostPages {
			t.Errorf("%q: %d pages", name, pages)
		}
		for page := 1; page <= pages; page++ {
			looks.Apart(t, file, page, papers["letter"][0], papers["letter"][1])
		}
	}
}

// BenchmarkTotals makes the page of a campaign of the whole world, with the fonts loaded before.
func BenchmarkTotals(b *testing.B) {
	j := totalsJob(b, largeTotals(namesOfCountries), "en", "a4")
	words, err := wordsIn("en", j.Tongue)
	if err != nil {
		b.Fatal(err)
	}
	w := newWork(j, words, 0)
	for b.Loop() {
		if err := totals(context.Background(), w, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
