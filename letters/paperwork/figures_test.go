package paperwork

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postbag/letters/roll"
)

func dayAt(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// drawTotals makes totals of any kind: none, few, or many groups of any size.
func drawTotals(t *rapid.T) *roll.Totals {
	out := &roll.Totals{HasCountry: rapid.Bool().Draw(t, "countries"), HasRegion: rapid.Bool().Draw(t, "regions"), HasDay: rapid.Bool().Draw(t, "days")}
	out.Signers = rapid.IntRange(1, 5000).Draw(t, "signers")
	split := func(label string, known bool, take func(i, n int)) (rest int) {
		rest = out.Signers
		for i := 0; known && rest > 0 && i < 300; i++ {
			n := rapid.IntRange(1, min(rest, rapid.SampledFrom([]int{1, 4, 9, 2000}).Draw(t, label+"-size"))).Draw(t, label)
			take(i, n)
			rest -= n
		}
		return rest
	}
	out.NoCountry = split("country", out.HasCountry, func(i, n int) {
		out.Countries = append(out.Countries, roll.CountryTotal{Country: fmt.Sprintf("Country %d", i), Signers: n})
	})
	out.NoRegion = split("region", out.HasRegion, func(i, n int) {
		out.Regions = append(out.Regions, roll.RegionTotal{Country: fmt.Sprintf("Country %d", i%7), Region: fmt.Sprintf("Region, %d", i), Signers: n})
	})
	at := dayAt("2016-01-01")
	out.NoDay = split("day", out.HasDay, func(_, n int) {
		at = at.AddDate(0, 0, rapid.SampledFrom([]int{1, 1, 1, 2, 30, 400, 4000}).Draw(t, "gap"))
		out.Days = append(out.Days, roll.DayTotal{Day: at, Signers: n})
	})
	return out
}

// TestEveryTableOfTotalsAddsUpToTheSigners reads the CSV as another program would: each of its tables has all signers, and no line but those of the
// rest has fewer than five.
func TestEveryTableOfTotalsAddsUpToTheSigners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		totals := drawTotals(t)
		f := figuresOf(totals)
		rows, err := csv.NewReader(strings.NewReader(string(f.appendCSV(nil)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		sums := map[string]int{}
		for _, row := range rows[1:] {
			n, err := strconv.Atoi(row[5])
			if err != nil {
				t.Fatal(err)
			}
			sums[row[0]] += n
			if n < leastShown && row[0] != "all" && row[1] != restName && row[1] != unstatedName {
				t.Errorf("a line of %d signers: %q", n, row)
			}
		}
		want := map[string]int{"all": totals.Signers}
		for by, known := range map[string]bool{"country": totals.HasCountry, "region": totals.HasRegion, f.time.unit.name(): totals.HasDay} {
			if known {
				want[by] = totals.Signers
			}
		}
		if fmt.Sprint(sums) != fmt.Sprint(want) {
			t.Errorf("the tables add up to %v, want %v", sums, want)
		}
	})
}

// TestATimelineHasNoGapsAndFewPeriods holds the periods against the days that they are made from.
func TestATimelineHasNoGapsAndFewPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		totals := drawTotals(t)
		l := timelineOf(totals)
		if len(l.periods) > l.unit.most() {
			t.Errorf("%d periods of a %s", len(l.periods), l.unit.name())
		}
		for i, p := range l.periods {
			if i > 0 && !p.first.Equal(l.periods[i-1].last.AddDate(0, 0, 1)) {
				t.Errorf("after %s comes %s", l.periods[i-1].last, p.first)
			}
			if !l.unit.start(p.last).Equal(p.first) || !l.unit.next(p.first).After(p.last) {
				t.Errorf("a %s from %s to %s", l.unit.name(), p.first, p.last)
			}
			sum := 0
			for _, d := range totals.Days {
				if !d.Day.Before(p.first) && !d.Day.After(p.last) {
					sum += d.Signers
				}
			}
			if sum != p.signers {
				t.Errorf("%s to %s has %d signers, and its days have %d", p.first, p.last, p.signers, sum)
			}
		}
		if n := len(l.periods); n > 0 && (!l.periods[0].shown() || !l.periods[n-1].shown()) {
			t.Error("the timeline begins or ends with a period that is not shown")
		}
	})
}

func TestTheSpanDecidesTheUnit(t *testing.T) {
	each := func(first string, days, signers int) *roll.Totals {
		out := &roll.Totals{HasDay: true}
		for i := range days {
			out.Days = append(out.Days, roll.DayTotal{Day: dayAt(first).AddDate(0, 0, i), Signers: signers})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		totals *roll.Totals
		unit   unit
		first  string
		n      int
	}{
		{"a day", each("2026-03-01", 1, 40), day, "2026-03-01", 1},
		{"two months", each("2026-03-01", 62, 40), day, "2026-03-01", 62},
		{"a day more", each("2026-03-01", 63, 40), week, "2026-02-23", 10},
		{"few signers a day", each("2026-03-02", 14, 3), week, "2026-03-02", 2},
		{"a year", each("2025-01-01", 365, 40), week, "2024-12-30", 53},
		{"two years", each("2025-01-01", 730, 40), month, "2025-01-01", 24},
		{"ten years and parts of two months", each("2016-03-15", 3653, 40), month, "2016-03-01", 121},
		{"eleven years", each("2015-01-01", 4018, 40), year, "2015-01-01", 11},
		{"nearly nobody", each("2026-03-01", 2, 2), day, "", 0},
	} {
		l := timelineOf(c.totals)
		first := ""
		if len(l.periods) > 0 {
			first = l.periods[0].first.Format(time.DateOnly)
		}
		if l.unit != c.unit && c.n > 0 || first != c.first || len(l.periods) != c.n {
			t.Errorf("%s: %d periods of a %s from %s, want %d of a %s from %s", c.name, len(l.periods), l.unit.name(), first, c.n, c.unit.name(), c.first)
		}
	}
}

// TestAWrongDateDoesNotStretchTheTimeline: one row of 2062 would have turned days into years.
func TestAWrongDateDoesNotStretchTheTimeline(t *testing.T) {
	totals := &roll.Totals{HasDay: true, Days: []roll.DayTotal{{Day: dayAt("1990-01-01"), Signers: 2}}}
	for i := range 30 {
		totals.Days = append(totals.Days, roll.DayTotal{Day: dayAt("2026-03-01").AddDate(0, 0, i), Signers: 100})
	}
	totals.Days = append(totals.Days, roll.DayTotal{Day: dayAt("2062-03-01"), Signers: 1})
	l := timelineOf(totals)
	if l.unit != day || len(l.periods) != 30 || l.rest != 3 {
		t.Errorf("%d periods of a %s, %d outside", len(l.periods), l.unit.name(), l.rest)
	}
}

// TestNamesOfGroupsAreNoFormulas: what a list calls a country is text to a spreadsheet.
func TestNamesOfGroupsAreNoFormulas(t *testing.T) {
	f := figuresOf(&roll.Totals{Signers: 9, HasCountry: true, Countries: []roll.CountryTotal{{Country: "=1+1,\"x\"", Signers: 9}}})
	want := figuresHeader + "all,,,,,9\ncountry,\"'=1+1,\"\"x\"\"\",,,,9\n"
	if got := string(f.appendCSV(nil)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
