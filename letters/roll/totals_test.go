package roll

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postbag/config"
)

func TestDatesAreReadAsListsHaveThem(t *testing.T) {
	for cell, want := range map[string]string{
		"2026-03-01":                  "2026-03-01",
		"2026-03-01T23:59:59-11:00":   "2026-03-01",
		"2026-03-01 00:00:00 UTC":     "2026-03-01",
		"2026/3/1":                    "2026-03-01",
		"2026.03.01.":                 "2026-03-01",
		"20260301":                    "2026-03-01",
		"20260301123000":              "2026-03-01",
		"1.3.2026":                    "2026-03-01",
		"01.03.26 17:05":              "2026-03-01",
		"13/3/2026":                   "2026-03-13",
		"3/13/2026 5:01 PM":           "2026-03-13",
		"3/3/26":                      "2026-03-03",
		"13-03-2026":                  "2026-03-13",
		"1 March 2026":                "2026-03-01",
		"March 1st, 2026 at 3:04 PM":  "2026-03-01",
		"Mar 1, 2026, 10:15:00":       "2026-03-01",
		"Sun, 01 Mar 2026 10:00:00 Z": "2026-03-01",
		"Sun Mar 01 12:30:00 2026":    "2026-03-01",
		"1-Mar-26":                    "2026-03-01",
		"1. März 2026":                "2026-03-01",
		"1er août 2026":               "2026-08-01",
		"mar. 3 mars 2026":            "2026-03-03",
		"3 de enero de 2026":          "2026-01-03",
		"2026年3月1日":                   "2026-03-01",
		"٠١/٠٣/٢٠٢٦":                  "", // ambiguous: see below
		"٢٠٢٦-٠٣-٠١":                  "2026-03-01",
		"'2026-03-01":                 "2026-03-01",
		"1772323200":                  "2026-03-01",
		"1772409599999":               "2026-03-01",
		"2026030123":                  "2026-03-01",
		"1999999999":                  "2033-05-18",
		"46082":                       "2026-03-01",
		"46082.75":                    "2026-03-01",
		"2024-02-29":                  "2024-02-29",

		"": "", "-": "", "never": "", "0000-00-00": "", "1900-01-00": "", "2026-02-29": "", "2026-13-01": "", "31/4/2026": "", "1/2": "",
		"yes": "", "2026": "", "12:30": "", "99999999": "", "3026-03-01": "", "2026-03-011": "", "1": "", "99999999999999999999999": "",
	} {
		d := newDateReader()
		got := ""
		if w := d.read([]byte(cell)); w != 0 && w&eitherOrder == 0 {
			got = w.dayOf(false).date().Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", cell, got, want)
		}
	}
}

// TestEveryDayIsCountedAsTheCalendarHasIt compares with the standard library, day by day.
func TestEveryDayIsCountedAsTheCalendarHasIt(t *testing.T) {
	d := newDateReader()
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		w := d.read([]byte(day.Format(time.DateOnly)))
		if !w.dayOf(false).date().Equal(day) {
			t.Fatalf("%s is counted as %s", day.Format(time.DateOnly), w.dayOf(false).date())
		}
	}
}

func FuzzDatesOfAnyTextAreDaysOrNone(f *testing.F) {
	for _, seed := range []string{"2026-03-01", "3/4/2026", "1 March 2026", "mar. 3 mars 2026", "٢٠٢٦-٠٣-٠١", "46082.5", "12:", "\xff\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		w := newDateReader().read([]byte(cell))
		for _, monthFirst := range []bool{false, true} {
			if day := w.dayOf(monthFirst); day != noDay && (day.date().Year() < firstYear || day.date().Year() > lastYear) {
				t.Errorf("%q is %s", cell, day.date())
			}
		}
		if w&eitherOrder != 0 && (w.dayOf(true) == noDay || w.dayOf(false) == noDay) {
			t.Errorf("%q can be read in one order only, and is said to be open", cell)
		}
	})
}

func readTotals(t testing.TB, c *config.Campaign, keep ...string) *Roll {
	t.Helper()
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: keep, Totals: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written writes totals down.
func (t *Totals) written() string {
	var b strings.Builder
	for _, c := range t.Countries {
		fmt.Fprintf(&b, "%s %d\n", c.Country, c.Signers)
	}
	for _, r := range t.Regions {
		fmt.Fprintf(&b, "%s/%s %d\n", r.Country, r.Region, r.Signers)
	}
	for _, d := range t.Days {
		fmt.Fprintf(&b, "%s %d\n", d.Day.Format(time.DateOnly), d.Signers)
	}
	fmt.Fprintf(&b, "none: %d %d %d of %d", t.NoCountry, t.NoRegion, t.NoDay, t.Signers)
	return b.String()
}

func TestTotalsCountCountriesAndRegionsUnderOneName(t *testing.T) {
	text := "Name,Country,State,Signed on\n" +
		"A,Germany,Bavaria,2026-03-01\n" +
		"B,DE,bavaria,2026-03-01 10:00\n" +
		"C,Deutschland,BAVARIA,01.03.2026\n" +
		"D,germany, Bavaria,2026-03-02\n" +
		"E,Atlantis,Bavaria,soon\n" +
		"F,ATLANTIS,,\n" +
		"G,Atlantis,-,2026-02-28\n" +
		"H,,Kent,2026-03-02\n" +
		"I,N/A?,Jos\u00c3\u00a9,2026-03-02\n"
	r := readTotals(t, campaignOf(t, text, nil), "name")
	want := "Germany 4\nAtlantis 3\nGermany/Bavaria 4\n/Kent 1\nAtlantis/Bavaria 1\n" +
		"2026-02-28 1\n2026-03-01 3\n2026-03-02 3\nnone: 2 3 2 of 9"
	if got := r.Totals.written(); got != want {
		t.Errorf("got\n%s\nwant\n%s\nnot counted:\n%s", got, want, exclusions(r))
	}
}

// TestTheRestOfTheListTellsDayFromMonth reads dates that could be either as the others of their file are.
func TestTheRestOfTheListTellsDayFromMonth(t *testing.T) {
	for _, c := range []struct {
		name, dates, language, order, want, note string
	}{
		{"a day above 12", "3/4/2026 25/3/2026", "en-US", "auto", "2026-03-25 2026-04-03", "day first, since 1 date of"},
		{"a month above 12", "3/4/2026 3/25/2026", "de", "auto", "2026-03-04 2026-03-25", "month first, since 1 date of"},
		{"nothing tells", "3/4/2026 5/6/2026", "en-GB", "auto", "2026-04-03 2026-06-05", "day first, as the letter's language does"},
		{"nothing tells, in America", "3/4/2026 5/6/2026", "en-US", "auto", "2026-03-04 2026-05-06", "month first, as the letter's language does"},
		{"it is said", "3/4/2026 25/3/2026", "en-GB", "month-first", "2026-03-04 2026-03-25", ""},
		{"the same both ways", "4/4/2026", "en-GB", "auto", "2026-04-04", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "Name,Date\n"
			for i, date := range strings.Fields(c.dates) {
				text += fmt.Sprintf("Signer %c,%s\n", 'A'+i, date)
			}
			r := readTotals(t, campaignOf(t, text, func(o *config.Campaign) { o.Letter.Language, o.Signers.DateOrder = c.language, c.order }), "name")
			var days []string
			for _, d := range r.Totals.Days {
				days = append(days, d.Day.Format(time.DateOnly))
			}
			if got := strings.Join(days, " "); got != c.want {
				t.Errorf("the days are %s, want %s", got, c.want)
			}
			notes := strings.Join(r.Totals.Notes, "\n")
			if (c.note == "") != (notes == "") || !strings.Contains(notes, c.note) {
				t.Errorf("the notes are %q, want %q in them", notes, c.note)
			}
		})
	}
}

// TestTotalsAreThoseOfTheLetters makes lists in which people come twice, withdraw their consent and leave cells empty, and counts those who get
// letters from what the roll keeps of them. Counting changes nobody's fate.
func TestTotalsAreThoseOfTheLetters(t *testing.T) {
	countries := []string{"", "Spain", "ES", "spain", "France", "Frankreich", "Atlantis", "\x00", "?"}
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		text.WriteString("Name,E-mail,Country,Region,Signed on,Agreed\n")
		for range rapid.IntRange(1, 60).Draw(rt, "rows") {
			person := rapid.IntRange(0, 20).Draw(rt, "person")
			fmt.Fprintf(&text, "Signer %c,s%d@example.org,%s,%s,%s,%s\n", 'A'+person, person,
				rapid.SampledFrom(countries).Draw(rt, "country"), rapid.SampledFrom([]string{"", "North", "NORTH", "South"}).Draw(rt, "region"),
				rapid.SampledFrom([]string{"", "2026-03-01", "2026-03-02T10:00:00Z", "3/2/2026", "14/2/2026", "none"}).Draw(rt, "date"),
				rapid.SampledFrom([]string{"yes", "yes", "yes", "no"}).Draw(rt, "agreed"))
		}
		c := campaignOf(t, text.String(), consentColumn)
		c.Signers.Duplicates = rapid.SampledFrom([]string{"first", "last", "keep"}).Draw(rt, "duplicates")
		c.Letter.Language = "en"
		with, without := readTotals(t, c, "name"), read(t, c, "name")
		if signers(with) != signers(without) || exclusions(with) != exclusions(without) {
			rt.Fatal("counting changes who gets a letter")
		}
		totals := with.Totals
		rows := strings.Split(text.String(), "\n")
		byDay, byCountry, noDay := map[string]int{}, map[string]int{}, 0
		for i := range with.Len() {
			cells := strings.Split(rows[with.Row(i).Row-1], ",")
			name := map[string]string{"": "", "Spain": "Spain", "ES": "Spain", "spain": "Spain", "France": "France", "Frankreich": "France", "Atlantis": "Atlantis"}[cells[2]]
			byCountry[name]++
			day := map[string]string{"2026-03-01": "2026-03-01", "2026-03-02T10:00:00Z": "2026-03-02", "14/2/2026": "2026-02-14", "3/2/2026": "2026-02-03"}[cells[4]]
			if byDay[day]++; day == "" {
				noDay++
			}
		}
		for _, country := range totals.Countries {
			if byCountry[country.Country] != country.Signers {
				rt.Fatalf("%s has %d signers, and %d letters", country.Country, country.Signers, byCountry[country.Country])
			}
		}
		for _, day := range totals.Days {
			if got := byDay[day.Day.Format(time.DateOnly)]; got != day.Signers {
				rt.Fatalf("%s has %d signers, and %d letters", day.Day, day.Signers, got)
			}
		}
		if totals.Signers != with.Len() || totals.NoDay != noDay || totals.NoCountry != byCountry[""] || totals.sums() != [3]int{with.Len(), with.Len(), with.Len()} {
			rt.Fatalf("of %d letters are counted:\n%s", with.Len(), totals.written())
		}
	})
}

// sums adds up each of the totals, with those of whom nothing is known.
func (t *Totals) sums() (sums [3]int) {
	sums = [3]int{t.NoCountry, t.NoRegion, t.NoDay}
	for _, c := range t.Countries {
		sums[0] += c.Signers
	}
	for _, r := range t.Regions {
		sums[1] += r.Signers
	}
	for _, d := range t.Days {
		sums[2] += d.Signers
	}
	return sums
}

// TestAColumnOfManyRegionsIsCountedAllTheSame gives every row a region of its own: nothing is lost, and what is told apart is the same on every run.
func TestAColumnOfManyRegionsIsCountedAllTheSame(t *testing.T) {
	const n = maxOrigins + 1000
	var text strings.Builder
	text.WriteString("Name,Country,Region\n")
	for i := range n {
		fmt.Fprintf(&text, "Signer %c,Spain,Region %d\n", 'A'+i%26, i)
	}
	c := campaignOf(t, text.String(), nil)
	first, second := readTotals(t, c, "name").Totals, readTotals(t, c, "name").Totals
	if !first.Crowded || first.sums()[1] != n || first.NoRegion < 1000 || !slices.Equal(first.Countries, []CountryTotal{{"Spain", n}}) {
		t.Errorf("%d signers, %d without region, crowded %v, countries %v", first.Signers, first.NoRegion, first.Crowded, first.Countries)
	}
	if told := strings.Join(first.Sentences(), "\n"); !strings.Contains(told, "more than 65536 different regions") {
		t.Errorf("check says nothing of regions that are not told apart: %q", told)
	}
	if first.written() != second.written() {
		t.Error("two runs tell different regions apart")
	}
}

// BenchmarkTotals counts signers of two hundred countries, two thousand regions and ten years of days: all that counting adds to the reading of a
// list, on one processor.
func BenchmarkTotals(b *testing.B) {
	c := campaignOf(b, "Name,Country,Region,Signed on\nA,Spain,North,2026-03-01\n", func(c *config.Campaign) { c.Letter.Language = "en" })
	l, err := Open(context.Background(), c)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([][][]byte, 1<<16)
	for i := range rows {
		country, day := random.IntN(200), time.Unix(1_500_000_000+random.Int64N(10*365*86400), 0).UTC()
		rows[i] = [][]byte{[]byte("A"), fmt.Appendf(nil, "Country %d", country), fmt.Appendf(nil, "Region %d of %d", random.IntN(10), country), []byte(day.Format(time.RFC3339))}
	}
	f, t, r := l.files[0], newTallying(), &Roll{}
	p := l.newTallier(f, ReadOptions{Totals: true}, newCountries("en"))
	b.ResetTimer()
	for i := range b.N {
		t.add(p.take(rows[i&(len(rows)-1)]))
	}
	t.evidence = append(t.evidence, p.dates.evidence)
	if totals := t.totals(l, r, nil); totals.Signers != b.N {
		b.Fatal(totals.Signers)
	}
}
