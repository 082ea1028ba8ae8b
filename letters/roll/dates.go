package roll

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// A list has its dates in one of many forms, and totals count them by day. The day is the one that is written, whatever time zone stands behind it: so
// a list gives the same totals everywhere. Only seconds since 1970 have no day of their own, and get the one that it was in Greenwich.
//
// Understood are 2026-03-01 with all that may follow it, 2026/03/01, 20260301 with or without hour, minute and second, 1.3.2026, 3/1/2026 and
// 1/3/26, dates with the month in words (1 March 2026; Sun Mar 01 12:00:00 2026; 1er mars 2026), dates in Arabic and Chinese letters
// (2026年3月1日), days as spreadsheets count them, and seconds or milliseconds since 1970. Years of two digits are of this century. What lies
// outside of firstYear and lastYear is no date.

// firstYear is before petitions were on the web; dates such as 1900-01-00 and 0000-00-00 stand for none.
const (
	firstYear = 1990
	lastYear  = 2099
)

// writtenDay is a day as a cell has it: 0 for none; days since 1970 and one more; or two numbers and a year of which nothing but the rest of
// the list tells which is the month, with the mark eitherOrder.
type writtenDay uint32

const eitherOrder writtenDay = 1 << 31

// dayNumber counts days from 1 January 1970.
type dayNumber int32

// noDay is no day: 1970 is before firstYear.
const noDay dayNumber = 0

// dayOf settles a written day.
func (w writtenDay) dayOf(monthFirst bool) dayNumber {
	if w&eitherOrder == 0 {
		return dayNumber(w)
	}
	year, a, b := int(w>>8&0xFFFF), int(w>>4&15), int(w&15)
	if monthFirst {
		a, b = b, a
	}
	return daysOf(year, b, a)
}

// daysOf counts the days to a date of the Gregorian calendar; noDay for one that it does not have, or that no signature can have.
func daysOf(year, month, day int) dayNumber {
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > 31 || day > daysIn(year, month) {
		return noDay
	}
	// Days from a first of March, since then leap days come last: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.
	if month <= 2 {
		year, month = year-1, month+12
	}
	return dayNumber(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// date gives a day as a time, at midnight in Greenwich.
func (d dayNumber) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// dateEvidence counts the dates of a file that can be read in one order only.
type dateEvidence struct {
	dayFirst, monthFirst, either int
}

func (e *dateEvidence) add(more dateEvidence) {
	e.dayFirst += more.dayFirst
	e.monthFirst += more.monthFirst
	e.either += more.either
}

// dateReader reads the dates of a file.
type dateReader struct {
	months   map[string]int
	evidence dateEvidence
	parts    []datePart
}

// datePart is a number of a date, or the name of a month.
type datePart struct {
	value int
	width int  // digits; 0 for the name of a month
	dot   bool // a full stop follows: 1.3.2026 has the day first
}

// monthNames leads from the folded names of months to their numbers.
var monthNames = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	table, err := names()
	if err != nil {
		return out // reported when the columns were mapped
	}
	for month := 1; month <= 12; month++ {
		for _, name := range table["month_"+strconv.Itoa(month)] {
			out[name] = month
		}
	}
	return out
})

func newDateReader() *dateReader { return &dateReader{months: monthNames()} }

// read reads a cell; 0 for what is no date.
func (d *dateReader) read(cell []byte) writtenDay {
	if w, ok := isoDay(cell); ok {
		return w
	}
	if cell = bytes.TrimLeft(cell, "' \t\""); len(cell) == 0 || len(cell) > 60 {
		return 0
	}
	d.split(cell)
	return d.settle()
}

// isoDay reads what begins like 2026-03-01, and is nearly all that campaign tools write.
func isoDay(cell []byte) (writtenDay, bool) {
	if len(cell) < 10 || cell[4] != '-' || cell[7] != '-' || len(cell) > 10 && cell[10] >= '0' && cell[10] <= '9' {
		return 0, false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if cell[i] < '0' || cell[i] > '9' {
			return 0, false
		}
	}
	number := func(from, to int) (n int) {
		for _, b := range cell[from:to] {
			n = n*10 + int(b-'0')
		}
		return n
	}
	day := daysOf(number(0, 4), number(5, 7), number(8, 10))
	return writtenDay(day), day != noDay
}

// split finds the numbers and months of a date, and leaves out its time of day.
func (d *dateReader) split(cell []byte) {
	d.parts = d.parts[:0]
	for len(cell) > 0 && len(d.parts) < 3 {
		r, size := utf8.DecodeRune(cell)
		_, isDigit := digitOf(r)
		switch {
		case isDigit:
			var p datePart
			p, cell = numberOf(cell)
			if len(cell) > 0 && cell[0] == ':' {
				cell = cell[len(cell)-len(bytes.TrimLeft(cell, ":.0123456789")):]
				continue
			}
			p.dot = len(cell) > 0 && cell[0] == '.'
			d.parts = append(d.parts, p)
		case unicode.IsLetter(r):
			n := bytes.IndexFunc(cell, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
			if n < 0 {
				n = len(cell)
			}
			if month := d.months[foldLoosely(string(cell[:n]))]; month > 0 {
				d.parts = slices.DeleteFunc(d.parts, func(p datePart) bool { return p.width == 0 }) // “mar. 3 mars” begins with a Tuesday
				d.parts = append(d.parts, datePart{value: month})
			}
			cell = cell[n:]
		default:
			cell = cell[size:]
		}
	}
}

// numberOf reads a number, in the digits of any writing that dates are likely in.
func numberOf(cell []byte) (p datePart, rest []byte) {
	for len(cell) > 0 && p.width < 18 {
		r, size := utf8.DecodeRune(cell)
		digit, ok := digitOf(r)
		if !ok {
			break
		}
		p.value, p.width, cell = p.value*10+digit, p.width+1, cell[size:]
	}
	return p, cell
}

func digitOf(r rune) (int, bool) {
	for _, zero := range [...]rune{'0', '٠', '۰', '０', '०'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

// settle makes a day of the parts.
func (d *dateReader) settle() writtenDay {
	if len(d.parts) == 0 {
		return 0
	}
	if w, ok := oneNumber(d.parts[0]); ok {
		return w
	}
	if len(d.parts) < 3 {
		return 0
	}
	a, b, c := d.parts[0], d.parts[1], d.parts[2]
	plain := func(year, month, day datePart) writtenDay {
		if month.width > 2 || day.width > 2 {
			return 0
		}
		return writtenDay(daysOf(century(year), month.value, day.value))
	}
	switch {
	case a.width > 2: // 2026/3/1, 2026 March 1
		return plain(a, b, c)
	case a.width == 0: // March 1, 2026
		return plain(c, a, b)
	case b.width == 0: // 1 March 2026
		return plain(c, b, a)
	case c.width == 0, b.width > 2: // what is no day
		return 0
	}
	return d.twoNumbers(a, b, c)
}

// twoNumbers settles which of two numbers before the year is the month.
func (d *dateReader) twoNumbers(a, b, year datePart) writtenDay {
	dayFirst, monthFirst := daysOf(century(year), b.value, a.value), daysOf(century(year), a.value, b.value)
	switch {
	case dayFirst == monthFirst, monthFirst == noDay && a.dot:
		return writtenDay(dayFirst)
	case monthFirst == noDay:
		d.evidence.dayFirst++
		return writtenDay(dayFirst)
	case dayFirst == noDay:
		d.evidence.monthFirst++
		return writtenDay(monthFirst)
	case a.dot && b.dot:
		return writtenDay(dayFirst)
	}
	d.evidence.either++
	return eitherOrder | writtenDay(century(year))<<8 | writtenDay(a.value)<<4 | writtenDay(b.value)
}

// century completes a year of two digits.
func century(year datePart) int {
	if year.width == 2 {
		return 2000 + year.value
	}
	return year.value
}

// firstHour is the first date written with its hour that a number of ten digits is read as: as seconds since 1970 it would be in 2033.
const firstHour = 20_00_01_01_00

// oneNumber reads dates that are a single number.
func oneNumber(p datePart) (writtenDay, bool) {
	days := func(n int) (writtenDay, bool) {
		if day := dayNumber(n); day >= daysOf(firstYear, 1, 1) && day <= daysOf(lastYear, 12, 31) {
			return writtenDay(day), true
		}
		return 0, true
	}
	switch p.width {
	case 8: // 20260301
		return writtenDay(daysOf(p.value/10_000, p.value/100%100, p.value%100)), true
	case 12, 14: // 20260301123000
		value := p.value / 10_000
		if p.width == 14 {
			value /= 100
		}
		return writtenDay(daysOf(value/10_000, value/100%100, value%100)), true
	case 10:
		if p.value >= firstHour { // 2026030112
			return oneNumber(datePart{value: p.value / 100, width: 8})
		}
		return days(p.value / 86_400) // seconds
	case 13: // milliseconds
		return days(p.value / 86_400_000)
	case 5: // a spreadsheet's: day 25,569 is 1 January 1970
		return days(p.value - 25_569)
	}
	return 0, false
}

// monthFirstIn tells whether dates such as 3/4/2026 have the month first where nothing else tells: as the letter's language writes them.
func monthFirstIn(language string) bool {
	tag := strings.ToLower(language)
	return tag == "en-us" || tag == "en-ph" || tag == "es-us" || tag == "es-pr"
}
