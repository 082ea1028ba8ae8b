package roll

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Totals counts the signers of a roll by country, by region and by day. It is made where ReadOptions.Totals asks for it.
//
// Countries are counted as the letters write them. Those that differ in small and capital letters or white space only are one, under the
// spelling that most rows have; so are regions, of which each belongs to a country.
type Totals struct {
	Signers   int
	Countries []CountryTotal // most signers first, then by name
	Regions   []RegionTotal  // most signers first, then by country and name
	Days      []DayTotal     // in their order

	NoCountry, NoRegion, NoDay int // signers whose row does not say, or not so that it can be understood

	HasCountry, HasRegion, HasDay bool // a file of the list has the column
	// Crowded says that the list has more different regions than a report could show, and some were not told apart.
	Crowded bool
	// Notes says how dates were read, where that was not plain.
	Notes []string
}

// CountryTotal is the signers of a country.
type CountryTotal struct {
	Country string
	Signers int
}

// RegionTotal is the signers of a region.
type RegionTotal struct {
	Country string // "" where rows do not say
	Region  string
	Signers int
}

// DayTotal is the signers of a day.
type DayTotal struct {
	Day     time.Time // midnight UTC
	Signers int
}

// Counting takes two steps. A parser finds out what a row says: it knows each pair of country and region again that it has met, by the bytes
// of the two cells, so that nothing is cleaned, folded or named twice; and it reads the day. The caller's part keeps eight bytes for each
// signer: the number of the pair, and the day. They are counted when all rows are read, since only then it is known who gets a letter, and
// whether 3/4/2026 is in March or in April.

// origin is a country and a region as rows have them. Its number is the caller's: no parser reads it.
type origin struct {
	country, region string
	number          uint32 // one more than its place in tallying.origins; 0 until the caller has met it
}

// tally is what a signer counts for.
type tally struct {
	origin uint32
	day    writtenDay
}

// maxOrigins bounds the pairs of country and region that are told apart: a column of regions may hold anything.
const maxOrigins = 1 << 16

// tallying is the caller's part of counting.
type tallying struct {
	tallies  chunks[tally]
	origins  []origin // number 0 says nothing
	numbers  map[[2]string]uint32
	evidence []dateEvidence // of each file
	crowded  bool
}

func newTallying() *tallying {
	return &tallying{origins: make([]origin, 1), numbers: map[[2]string]uint32{{}: 0}}
}

// add keeps what the next signer counts for.
func (t *tallying) add(o *origin, day writtenDay) {
	number := uint32(0)
	if o != nil {
		if o.number == 0 {
			o.number = t.numberOf(o) + 1
		}
		number = o.number - 1
	}
	t.tallies.add(tally{number, day})
}

// numberOf gives a pair its number. Once there are too many, only countries are told apart; and at last nothing is.
func (t *tallying) numberOf(o *origin) uint32 {
	for _, key := range [][2]string{{o.country, o.region}, {o.country, ""}, {}} {
		if n, ok := t.numbers[key]; ok {
			return n
		}
		room := maxOrigins
		if key[1] == "" {
			room *= 2
		}
		if len(t.origins) < room {
			n := uint32(len(t.origins))
			t.origins, t.numbers[key] = append(t.origins, origin{country: key[0], region: key[1]}), n
			return n
		}
		t.crowded = true
	}
	return 0
}

// tallier is a parser's part of counting.
type tallier struct {
	country, region, day int // columns; -1 for none
	dates                *dateReader
	tidy                 cleaner // of its own: what it mends is not printed, and not counted
	nations              *countries
	origins              map[string]*origin // by the two cells as they are in the file
	key                  []byte
}

// newTallier makes the tallier of a file; nil where nothing is counted.
func (l *List) newTallier(f *file, o ReadOptions, nations *countries) *tallier {
	if !o.Totals {
		return nil
	}
	return &tallier{
		country: f.columns.columnOf("country"), region: f.columns.columnOf("region"), day: f.columns.columnOf("signed_on"),
		dates: newDateReader(), nations: nations, origins: map[string]*origin{},
		tidy: cleaner{spaces: true, controls: true, normalise: true},
	}
}

// take finds out what a row counts for. Cells that are no text count for nothing; that is no reason to hold a row back.
func (t *tallier) take(cells [][]byte) (*origin, writtenDay) {
	if t == nil {
		return nil, 0
	}
	var day writtenDay
	if t.day >= 0 {
		day = t.dates.read(cells[t.day])
	}
	if t.country < 0 && t.region < 0 {
		return nil, day
	}
	t.key = t.key[:0]
	if t.country >= 0 {
		t.key = append(t.key, cells[t.country]...)
	}
	t.key = append(t.key, 0)
	if t.region >= 0 {
		t.key = append(t.key, cells[t.region]...)
	}
	o, ok := t.origins[string(t.key)]
	if !ok {
		o = t.meet(cells)
		if len(t.origins) < maxOrigins {
			t.origins[string(t.key)] = o
		}
	}
	return o, day
}

// meet makes an origin of cells that were not met before.
func (t *tallier) meet(cells [][]byte) *origin {
	o := &origin{country: t.text(cells, t.country), region: t.text(cells, t.region)}
	if name, changed := t.nations.name([]byte(o.country)); changed && name != "" {
		o.country = name
	}
	return o
}

// maxOriginText is the longest name of a country or region, in bytes: what is longer is none.
const maxOriginText = 200

// text is a cell as it would be printed; "" for one that is no text.
func (t *tallier) text(cells [][]byte, column int) string {
	if column < 0 {
		return ""
	}
	t.tidy.reset()
	cell, fault := t.tidy.clean(cells[column])
	if fault != "" || len(cell) > maxOriginText || len(bytes.Trim(cell, " -./?–—")) == 0 || garbled(cell, true) != "" {
		return ""
	}
	return string(cell)
}

// totals counts. Replaced are signers that a later row took the place of.
func (t *tallying) totals(l *List, r *Roll, replaced map[uint32]bool) *Totals {
	out := &Totals{Crowded: t.crowded}
	monthFirst := make([]bool, len(l.files))
	for i, f := range l.files {
		out.HasCountry = out.HasCountry || f.columns.columnOf("country") >= 0
		out.HasRegion = out.HasRegion || f.columns.columnOf("region") >= 0
		out.HasDay = out.HasDay || f.columns.columnOf("signed_on") >= 0
		var note string
		if monthFirst[i], note = l.orderOfDates(f, t.evidence[i]); note != "" {
			out.Notes = append(out.Notes, note)
		}
	}
	origins, days := make([]int, len(t.origins)), make([]int, daysOf(lastYear, 12, 31)+1)
	for i := range t.tallies.len() {
		if len(replaced) > 0 && replaced[uint32(i)] {
			continue
		}
		s := t.tallies.at(i)
		out.Signers++
		origins[s.origin]++
		day := s.day
		if day&eitherOrder != 0 {
			day = writtenDay(day.dayOf(monthFirst[r.places.at(i).file]))
		}
		days[day]++
	}
	for day, n := range days[1:] {
		if n > 0 {
			out.Days = append(out.Days, DayTotal{dayNumber(day + 1).date(), n})
		}
	}
	out.NoDay = days[0]
	t.sumOrigins(out, origins)
	return out
}

// sumOrigins adds up countries and regions.
func (t *tallying) sumOrigins(out *Totals, signers []int) {
	countries, regions := newSpellings(), newSpellings()
	for i, o := range t.origins {
		if signers[i] == 0 {
			continue
		}
		country := countries.add("", o.country, signers[i])
		if o.country == "" {
			out.NoCountry += signers[i]
		}
		if o.region == "" {
			out.NoRegion += signers[i]
			continue
		}
		regions.add(country, o.region, signers[i])
	}
	for _, c := range countries.sums {
		if name := c.name(); name != "" {
			out.Countries = append(out.Countries, CountryTotal{name, c.signers})
		}
	}
	for _, c := range regions.sums {
		out.Regions = append(out.Regions, RegionTotal{countries.nameOf(c.within), c.name(), c.signers})
	}
	slices.SortFunc(out.Countries, func(a, b CountryTotal) int {
		return cmp.Or(cmp.Compare(b.Signers, a.Signers), cmp.Compare(a.Country, b.Country))
	})
	slices.SortFunc(out.Regions, func(a, b RegionTotal) int {
		return cmp.Or(cmp.Compare(b.Signers, a.Signers), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Region, b.Region))
	})
}

// spellings adds up what is one thing under several spellings.
type spellings struct {
	sums map[[2]string]*spelling
}

type spelling struct {
	within  string // folded
	signers int
	by      map[string]int // signers by spelling
}

func newSpellings() *spellings { return &spellings{sums: map[[2]string]*spelling{}} }

// add counts signers, and returns the name's folded form.
func (s *spellings) add(within, name string, signers int) string {
	folded := string(appendFolded(nil, []byte(name)))
	key := [2]string{within, folded}
	c := s.sums[key]
	if c == nil {
		c = &spelling{within: within, by: map[string]int{}}
		s.sums[key] = c
	}
	c.signers += signers
	c.by[name] += signers
	return folded
}

func (s *spellings) nameOf(folded string) string { return s.sums[[2]string{"", folded}].name() }

// name is the spelling of most signers; of several, the first by their bytes.
func (c *spelling) name() string {
	best := ""
	for name, n := range c.by {
		if most := c.by[best]; best == "" || n > most || n == most && name < best {
			best = name
		}
	}
	return best
}

// orderOfDates settles whether dates such as 3/4/2026 have the month first in a file, and says how where a person should know.
func (l *List) orderOfDates(f *file, e dateEvidence) (monthFirst bool, note string) {
	how := ""
	switch order := l.campaign.Signers.DateOrder; {
	case order == "month-first" || order == "day-first":
		return order == "month-first", ""
	case e.dayFirst > e.monthFirst:
		how = fmt.Sprintf("since %s of the list can only be read so", counted(e.dayFirst, "date"))
	case e.monthFirst > e.dayFirst:
		monthFirst, how = true, fmt.Sprintf("since %s of the list can only be read so", counted(e.monthFirst, "date"))
	default:
		monthFirst, how = monthFirstIn(l.campaign.Letter.Language), "as the letter's language does, since nothing in the list tells"
	}
	if e.either == 0 {
		return monthFirst, ""
	}
	column, first := f.headers[f.columns.columnOf("signed_on")], "day"
	if monthFirst {
		first = "month"
	}
	note = fmt.Sprintf("Dates such as 3/4/2026 in the column %q (%d of them) were read with the %s first, %s; signers.date_order can say it.", column, e.either, first, how)
	if len(l.files) > 1 {
		note = f.source.shown() + ": " + note
	}
	return monthFirst, note
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Sentences says what a person should know of the counting, for check.
func (t *Totals) Sentences() []string {
	out := slices.Clone(t.Notes)
	if t.Crowded {
		out = append(out, fmt.Sprintf("The list has more than %d different regions; in the totals those beyond count as not stated. signers.columns can name another column as region.", maxOrigins))
	}
	if !t.HasDay {
		return out
	}
	var s strings.Builder
	if n := len(t.Days); n > 0 {
		fmt.Fprintf(&s, "The signatures are of %s to %s.", t.Days[0].Day.Format(time.DateOnly), t.Days[n-1].Day.Format(time.DateOnly))
	}
	if t.NoDay > 0 {
		if s.Len() > 0 {
			s.WriteByte(' ')
		}
		fmt.Fprintf(&s, "Of %s no date can be read; the totals say so.", counted(t.NoDay, "signer"))
	}
	if s.Len() > 0 {
		out = append(out, s.String())
	}
	return out
}
