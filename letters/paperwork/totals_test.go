package paperwork

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"postbag/config"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// totalsWork is a campaign with these totals, in a language and on a paper.
func totalsWork(t testing.TB, counted *roll.Totals, language, paper string) *work {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := typeset.PaperNamed(paper)
	tongue := plainTongue()
	tongue.Date = func(day time.Time) string { return day.Format("2 January 2006") }
	tongue.PageOf = func(page, pages int) string { return fmt.Sprintf("page %d of %d", page, pages) }
	words, err := In(language, tongue)
	if err != nil {
		t.Fatal(err)
	}
	c := &config.Campaign{Name: "palantir-2026", Sender: config.Sender{Organisation: "Letters for Rights"}, Letter: config.Letter{Date: dayAt("2026-11-23")}}
	recipient := Recipient{Recipient: config.Recipient{Name: "Alexander Karp", Title: "Chief Executive Officer", Company: "Palantir Technologies Inc."}}
	return &work{words: words, recipient: &recipient, number: 1, Job: &Job{
		Campaign: c, Manifest: &packet.Manifest{}, Recipients: []Recipient{recipient}, Fonts: fonts, Tongue: tongue,
		Design: typeset.Design{Paper: sheet, Language: language}, Signers: Signers{Roll: &roll.Roll{Totals: counted}},
	}}
}

// totalsOf makes the pages of totals.
func totalsOf(t testing.TB, counted *roll.Totals, language, paper string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := totals(context.Background(), totalsWork(t, counted, language, paper), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
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

// TestTotalsOfTheWholeWorldAreThreePages: two hundred countries and ten years of days, on both papers and in three directions of words; and names that
// take ten lines each.
func TestTotalsOfTheWholeWorldAreThreePages(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts", "pdfinfo")
	for _, language := range []string{"en", "de", "ar"} {
		for _, paper := range []string{"a4", "letter"} {
			for name, counted := range map[string]*roll.Totals{
				"small": smallTotals(), "large": largeTotals(namesOfCountries),
				"long": largeTotals(func(i int) string { return strings.Repeat(fmt.Sprintf("A country of many words %d ", i), 7) }),
			} {
				t.Run(strings.Join([]string{name, language, paper}, " "), func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "totals.pdf")
					if dir := os.Getenv("POSTBAG_KEEP"); dir != "" { // for a look at them
						file = filepath.Join(dir, strings.Join([]string{"totals", name, language, paper}, "-")+".pdf")
					}
					pdf := totalsOf(t, counted, language, paper)
					if err := os.WriteFile(file, pdf, 0o600); err != nil {
						t.Fatal(err)
					}
					pages, err := api.PageCountFile(file)
					if err != nil || pages > mostPages || name == "small" && pages > 2 {
						t.Errorf("%d pages, %v", pages, err)
					}
					if name == "large" {
						outside.Accepted(t, file)
					}
					text, _ := outside.Run(t, "pdftotext", "-layout", file, "-")
					words := []string{"Bosnia & Herzegovina 9", "Country 199", "1,234"}
					if name == "small" {
						words = []string{"United Kingdom", "Poland", "60"}
					}
					for _, word := range words {
						if name != "long" && !strings.Contains(strings.ReplaceAll(text, ".", ","), word) {
							t.Errorf("the page does not say %q", word)
						}
					}
				})
			}
		}
	}
}

// BenchmarkTotals makes the page of a campaign of the whole world, with the fonts loaded before.
func BenchmarkTotals(b *testing.B) {
	counted := largeTotals(namesOfCountries)
	w := totalsWork(b, counted, "en", "a4")
	for b.Loop() {
		if err := totals(context.Background(), w, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
