package typeset

import (
	"strconv"

	"postbag/letters/merge"
)

// Entries in columns: the number, and beside it what the entry says. A line that is too long for the column breaks between words, and
// what follows hangs in by a little. A single word that is wider than the column is set smaller, with all of its part of the entry,
// down to six points; what is still too wide then is broken between letters.

// columns is how wide columns are.
type columns struct {
	count  int
	width  Length
	text   Length // of it, for what stands beside the number
	gutter Length
}

const gutter = 14 * Point

// split shares the width of the page out to so many columns.
func (f *Form) split(count int) columns {
	c := columns{count: count, gutter: gutter}
	c.width = (f.layout.frame.width - Length(count-1)*gutter) / Length(count)
	c.text = c.width - f.number - numberGap
	return c
}

// unbroken is how many in a hundred first lines of entries, which are the names, must fit their column.
const unbroken = 75

// layColumns finds the number of columns that takes the fewest pages, as long as most names stand on one line.
func (f *Form) layColumns(s *Setter, samples [][]string) columns {
	best, least := f.split(1), Length(0)
	setter := f.NewSetter(s)
	for count := 1; count <= max(1, f.design.Columns); count++ {
		f.columns = f.split(count)
		var height Length
		whole := 0
		for _, values := range samples {
			setter.lines, setter.entries, s.items = setter.lines[:0], setter.entries[:0], s.items[:0]
			s.shaper.loosen()
			height += setter.setEntry(values, 1)
			if setter.fitsOneLine(values) {
				whole++
			}
		}
		if count > 1 && whole*100 < len(samples)*unbroken {
			break
		}
		if height /= Length(count); count == 1 || height < least {
			best, least = f.columns, height
		}
	}
	return best
}

// fitsOneLine tells whether the first value of an entry's first part fits the column.
func (f *FormSetter) fitsOneLine(values []string) bool {
	s := f.setter
	s.runs = f.form.design.Entry[0].Block.Fill(values, s.runs[:0])
	if len(s.runs) == 0 {
		return true
	}
	ps := paragraphStyle{size: entrySize, style: f.form.design.Entry[0].Style, measure: f.form.columns.text, rtl: f.form.layout.rtl}
	return len(s.par.set(s.shaper, s.runs[:1], &ps, &s.items, nil)) == 1
}

// setEntry adds an entry to the page's lines and returns its height. X counts from the left of the column, Y from the first baseline.
func (f *FormSetter) setEntry(values []string, number int) Length {
	s, c := f.setter, &f.form.columns
	s.shaper.brief = true
	s.speak(values)
	first := len(f.lines)
	line := s.appendNumber(number, numberSize)
	line.X = f.form.number - line.Width
	text := f.form.number + numberGap
	if f.form.layout.rtl {
		line.X, text = c.width-line.Width, 0
	}
	f.lines = append(f.lines, line)
	var y Length
	for i := range f.form.design.Entry {
		part := &f.form.design.Entry[i]
		from := len(f.lines)
		s.runs = part.Block.Fill(values, s.runs[:0])
		f.lines = f.setHanging(s.runs, part.Style, c.text, f.lines)
		for k := from; k < len(f.lines); k++ {
			f.lines[k].X += text
			f.lines[k].Y = y
			y += entryLeading
		}
	}
	s.shaper.brief = false
	if y == 0 {
		y = entryLeading
	}
	height := y + f.form.design.Apart
	f.entries = append(f.entries, entry{number: number, lines: first, last: len(f.lines), height: height})
	return height
}

// setHanging sets text in a measure; lines after the first hang in.
func (f *FormSetter) setHanging(runs []merge.Run, style Style, measure Length, dst []Line) []Line {
	s, first := f.setter, len(dst)
	ps := paragraphStyle{size: entrySize, style: style, measure: measure, rtl: f.form.layout.rtl}
	items := len(s.items)
	dst = s.par.set(s.shaper, runs, &ps, &s.items, dst)
	if len(dst) <= first+1 {
		return dst
	}
	dst, s.items = dst[:first], s.items[:items]
	ps.measure -= hanging
	if widest := s.par.widestWord(s.shaper, runs, ps); widest > ps.measure {
		ps.size = max(leastSize, ps.size*ps.measure/widest)
	}
	dst = s.par.set(s.shaper, runs, &ps, &s.items, dst)
	for i := first; i < len(dst); i++ {
		if (i > first) != ps.rtl {
			dst[i].X += hanging
		}
	}
	return dst
}

// widestWord is the width of the widest stretch of text in which no line may break.
func (p *paragraph) widestWord(s *shaper, runs []merge.Run, ps paragraphStyle) Length {
	ps.measure = 1 << 30
	if ps.rtl || !p.join(s, runs, &ps) {
		p.fill(s, &ps, p.read(runs, ps.style))
	}
	var widest, width Length
	for i := range p.boxes {
		b := &p.boxes[i]
		if b.opening || b.glue > 0 || b.forced {
			width = 0
		}
		width += b.width
		widest = max(widest, width)
	}
	return widest
}

// appendNumber sets a number of six digits, or as many as it has, from digits that were shaped once.
func (s *Setter) appendNumber(number int, size Length) Line {
	var words [8]*Word
	n := len(words)
	for digits := 0; number > 0 || digits < 6; digits += 3 {
		n--
		words[n] = s.layout.digits[number%1000]
		if digits >= 6 && number < 1000 { // the first of more than six is not padded
			words[n] = s.shaper.word(strconv.AppendInt(nil, int64(number), 10), 0, false)
		}
		number /= 1000
	}
	first := len(s.items)
	var width Length
	for _, w := range words[n:] {
		width += w.Width.At(size)
		s.items = append(s.items, Item{Word: w})
	}
	return Line{Size: size, Items: s.items[first:len(s.items):len(s.items)], Width: width}
}

// columnX is where a column starts; they are filled in the reading order of the letter.
func (f *Form) columnX(column int) Length {
	if f.layout.rtl {
		column = f.columns.count - 1 - column
	}
	return f.layout.frame.left + Length(column)*(f.columns.width+f.columns.gutter)
}

// set sets an entry.
func (f *FormSetter) set(values []string, number int) error {
	if f.form.design.Table != nil {
		f.setRow(values, number)
		return nil
	}
	f.setEntry(values, number)
	return nil
}

// room is the height of a column of the page: from the top of its first line to the bottom of its last.
func (f *FormSetter) room() Length {
	room := f.form.layout.frame.bottom - f.first
	if f.form.design.Table == nil {
		room += entryLeading
	}
	return room
}

// fits takes an entry of some height into the page, if there is room.
func (f *FormSetter) fits(height Length) bool {
	need, count := height-f.form.design.Apart, f.form.columns.count
	if f.form.design.Table != nil {
		need, count = height, 1
		if n := f.form.design.Rows; n > 0 && len(f.entries) > n {
			return false
		}
	}
	if f.used+need > f.room() {
		if f.used == 0 || f.column+1 >= count || need > f.room() {
			return false
		}
		f.column, f.used = f.column+1, 0
	}
	f.used += height
	return true
}

// balanced is the least height at which the page's entries fill their columns, no column being longer than the first.
func (f *FormSetter) balanced() Length {
	var total, tallest Length
	for _, e := range f.entries {
		total += e.height
		tallest = max(tallest, e.height)
	}
	count := f.form.columns.count
	height := max(tallest, min(total, leastColumn*entryLeading), total/Length(count))
	for height < f.room() && f.columnsAt(height) > count {
		height += entryLeading / 2
	}
	return min(height, f.room())
}

// leastColumn is how many lines a column has before a second one is begun.
const leastColumn = 3

// columnsAt is how many columns of some height the page's entries fill.
func (f *FormSetter) columnsAt(height Length) int {
	n, used := 1, Length(0)
	for _, e := range f.entries {
		if used > 0 && used+e.height-f.form.design.Apart > height {
			n, used = n+1, 0
		}
		used += e.height
	}
	return n
}

// placeColumns puts the entries into columns of some height and returns the lowest baseline.
func (f *FormSetter) placeColumns(height Length) Length {
	column, used, lowest := 0, Length(0), f.first-entryLeading
	for _, e := range f.entries {
		if used > 0 && used+e.height-f.form.design.Apart > height {
			column, used = column+1, 0
		}
		x, y := f.form.columnX(column), f.first+used
		for i := e.lines; i < e.last; i++ {
			line := f.lines[i]
			line.X += x
			line.Y += y
			f.page.Lines = append(f.page.Lines, line)
			lowest = max(lowest, line.Y)
		}
		used += e.height
	}
	return lowest
}
