package paperwork

import (
	"time"

	"postbag/letters/roll"
)

// Figures are the totals as they may be shown. A group of fewer than leastShown signers is never on a line of its own: who knows that somebody signed, and
// where or when, would find them in it. Such groups are put together, and what they are together is shown, with how many they are.
//
// Signers are counted, not letters: somebody who writes to three recipients has signed once.

// leastShown is the fewest signers that a group on a line of its own has.
const leastShown = 5

// figures is what the page of totals and its table say.
type figures struct {
	signers   int
	countries ranking
	regions   ranking
	time      timeline
}

// ranking is groups by their signers, most first.
type ranking struct {
	known    bool // the list has the column
	groups   []group
	rest     int // signers of the groups that are too small
	small    int // how many groups these are
	unstated int // signers whose row does not say
}

// group is one country or region.
type group struct {
	name    string
	within  string // the country of a region; "" where it is not known
	signers int
}

// timeline is the signers of periods of one length, without gaps, from the first that is large enough to the last.
type timeline struct {
	known   bool // the list has a column of dates
	unit    unit
	periods []period
	// first and last are the days between which the signers are, but for a few before and after; zero where there are too few.
	first, last time.Time
	rest        int // signers of periods that are too small
	unstated    int // signers without a date that can be read
}

// period is some days; the last day is part of it.
type period struct {
	first, last time.Time
	signers     int
}

// shown tells whether a period is large enough for a line of its own.
func (p period) shown() bool { return p.signers >= leastShown }

// unit is the length of periods.
type unit uint8

const (
	day unit = iota
	week
	month
	year
)

// name is what the table in CSV calls it.
func (u unit) name() string { return [...]string{"day", "week", "month", "year"}[u] }

// most is how many periods of a unit a chart can show side by side so that each is still seen: two months of days, a year and a quarter of
// weeks, ten years of months and the parts of two more.
func (u unit) most() int { return [...]int{62, 66, 124, 1 << 30}[u] }

// start is the first day of the period that a day lies in. Weeks begin on Mondays (ISO 8601).
func (u unit) start(t time.Time) time.Time {
	switch u {
	case week:
		return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case month:
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	case year:
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// next is the first day of the period that follows one with this first day.
func (u unit) next(t time.Time) time.Time {
	switch u {
	case week:
		return t.AddDate(0, 0, 7)
	case month:
		return t.AddDate(0, 1, 0)
	case year:
		return t.AddDate(1, 0, 0)
	}
	return t.AddDate(0, 0, 1)
}

// figuresOf prepares totals to be shown.
func figuresOf(t *roll.Totals) *figures {
	f := &figures{signers: t.Signers}
	f.countries = ranking{known: t.HasCountry, unstated: t.NoCountry}
	for _, c := range t.Countries {
		f.countries.add(group{name: c.Country, signers: c.Signers})
	}
	f.regions = ranking{known: t.HasRegion, unstated: t.NoRegion}
	for _, r := range t.Regions {
		f.regions.add(group{name: r.Region, within: r.Country, signers: r.Signers})
	}
	f.time = timelineOf(t)
	return f
}

func (r *ranking) add(g group) {
	if g.signers < leastShown {
		r.small++
		r.rest += g.signers
		return
	}
	r.groups = append(r.groups, g)
}

// top is the largest groups; the others are with those that are too small.
func (r *ranking) top(most int) ranking {
	top := *r
	for _, g := range r.groups[min(most, len(r.groups)):] {
		top.rest, top.small = top.rest+g.signers, top.small+1
	}
	top.groups = r.groups[:min(most, len(r.groups))]
	return top
}

// within tells whether regions of more than one country are shown, so that each needs its country beside it.
func (r *ranking) within() bool {
	for _, g := range r.groups {
		if g.within != r.groups[0].within {
			return true
		}
	}
	return false
}

// timelineOf finds the shortest unit with which the time from the first signatures to the last is readable: few enough periods, and no more than a
// tenth of the signers in periods that are too small to be shown.
//
// The few first and last signers by date do not count for the span: one wrong date must not stretch it over decades.
func timelineOf(t *roll.Totals) timeline {
	line := timeline{known: t.HasDay, unstated: t.NoDay}
	dated := 0
	for _, d := range t.Days {
		dated += d.Signers
	}
	first, last, ok := span(t.Days)
	if !ok {
		line.rest = dated
		return line
	}
	line.first, line.last = first, last
	for u := day; u <= year; u++ {
		line.unit, line.periods, line.rest = u, nil, dated
		if u < year && periodsBetween(u, first, last) > u.most() {
			continue
		}
		line.fill(t.Days)
		if u == year || line.rest*10 <= dated {
			break
		}
	}
	return line
}

// span is the first and the last day, without the few signers before and after them who would not be shown alone.
func span(days []roll.DayTotal) (first, last time.Time, ok bool) {
	from, to := 0, len(days)-1
	for sum := 0; from < len(days); from++ {
		if sum += days[from].Signers; sum >= leastShown {
			break
		}
	}
	for sum := 0; to >= 0; to-- {
		if sum += days[to].Signers; sum >= leastShown {
			break
		}
	}
	switch {
	case from == len(days) || to < 0:
		return first, last, false
	case from > to: // few signers on several days
		from, to = to, from
	}
	return days[from].Day, days[to].Day, true
}

func periodsBetween(u unit, first, last time.Time) int {
	switch u {
	case month:
		return 12*(last.Year()-first.Year()) + int(last.Month()-first.Month()) + 1
	case year:
		return last.Year() - first.Year() + 1
	}
	days := int(u.start(last).Sub(u.start(first)).Hours()/24) + 1
	if u == week {
		return (days + 6) / 7
	}
	return days
}

// fill makes the periods: from the first that is large enough to the last such, and those between, empty or not.
func (l *timeline) fill(days []roll.DayTotal) {
	l.periods = l.periods[:0]
	for _, d := range days {
		from := l.unit.start(d.Day)
		if n := len(l.periods); n > 0 && l.periods[n-1].first.Equal(from) {
			l.periods[n-1].signers += d.Signers
			continue
		}
		l.periods = append(l.periods, period{first: from, last: l.unit.next(from).AddDate(0, 0, -1), signers: d.Signers})
	}
	var filled []period
	gap := []period(nil) // since the last that is shown
	for _, p := range l.periods {
		if !p.shown() {
			gap = append(gap, p)
			continue
		}
		if n := len(filled); n > 0 {
			filled = l.bridge(filled, gap, p.first)
		}
		filled, gap = append(filled, p), gap[:0]
		l.rest -= p.signers
	}
	l.periods = filled
}

// bridge adds the periods up to one that is shown, those of no signers too.
func (l *timeline) bridge(filled, gap []period, to time.Time) []period {
	for from := l.unit.next(filled[len(filled)-1].first); from.Before(to); from = l.unit.next(from) {
		p := period{first: from, last: l.unit.next(from).AddDate(0, 0, -1)}
		if len(gap) > 0 && gap[0].first.Equal(from) {
			p.signers, gap = gap[0].signers, gap[1:]
		}
		filled = append(filled, p)
	}
	return filled
}

// shown lists the periods that have a line of their own.
func (l *timeline) shown() []period {
	var out []period
	for _, p := range l.periods {
		if p.shown() {
			out = append(out, p)
		}
	}
	return out
}
