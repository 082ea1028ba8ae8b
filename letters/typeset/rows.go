package typeset

import (
	"fmt"
	"slices"

	"postbag/letters/merge"
	"postbag/letters/problem"
)

// Entries in rows: a table with a heading on each page, whose first column is the number. A cell that is too long for its column
// breaks between words and makes its row higher; a single word that is too wide is set smaller, as in columns. There are as many rows
// on a page as there are entries: no empty line is left that somebody could take for a missing signature, or fill in.

// TableColumn is a column of a table beside the number.
type TableColumn struct {
	Heading string
	Block   merge.Block
}

// table is where the columns of a table stand.
type table struct {
	x, width []Length // of each column's text, from the left edge of the page; the number's is the first
	row      Length   // least height of a row
	heading  []Line   // Y counts from the baseline of the heading
	high     Length   // of the heading's first baseline over its last
}

// Measures of a table.
const (
	cellSize    = 10 * Point
	cellLeading = 12 * Point
	cellSpace   = 10 * Point // between columns
	cellTop     = 9 * Point  // from the top of a row to the first baseline, where it has the least height
	cellBottom  = 4 * Point  // from the last baseline to the bottom
	leastRow    = cellTop + cellBottom
	leastRows   = 4 // on a page, for the text to leave room enough
)

// layTable finds the widths of the columns, the height of a row, and sets the heading.
func (f *Form) layTable(s *Setter, samples [][]string) error {
	t := &f.table
	f.shareWidth(s, samples)
	t.heading, t.high = f.tableHeading(s)
	room := f.layout.frame.bottom - f.tableTop(f.headEnd)
	t.row = max(f.design.Row, leastRow)
	if n := f.design.Rows; n > 0 {
		t.row = room / Length(n)
	}
	switch {
	case room < leastRows*leastRow:
		return problem.Problem{What: "the text leaves no room for signers on the sheet", Do: "Shorten the petition's text: it stands on every sheet"}
	case t.row < leastRow:
		return problem.Problem{What: fmt.Sprintf("%d rows do not fit on a sheet below the text, only %d", f.design.Rows, room/leastRow),
			Do: "Set letter.density lower, or shorten the petition's text: it stands on every sheet"}
	}
	f.head = f.withHeading()
	return nil
}

// shareWidth gives each column the width that most of its cells want; what is left over, or lacking, all bear in proportion. But no column gets
// less than half an even share, unless its widest cell needs less: else the one long place of a list would stand letter by letter.
func (f *Form) shareWidth(s *Setter, samples [][]string) {
	const enough = 90 // of a hundred cells are to fit
	frame, columns := &f.layout.frame, f.design.Table
	wanted, least := make([]Length, len(columns)), make([]Length, len(columns))
	number := f.numberColumn(s)
	room := frame.width - number - Length(len(columns))*cellSpace
	for i := range columns {
		widths := []Length{s.line(columns[i].Heading, boldStyle, smallSize).Width}
		for _, values := range samples {
			s.items = s.items[:0]
			s.runs = columns[i].Block.Fill(values, s.runs[:0])
			ps := paragraphStyle{size: cellSize, measure: 1 << 30}
			for _, line := range s.par.set(s.shaper, s.runs, &ps, &s.items, nil) {
				widths = append(widths, line.Width)
			}
		}
		heading := widths[0]
		slices.Sort(widths)
		widest := widths[len(widths)-1]
		least[i] = min(widest, room/Length(2*len(columns)))
		wanted[i] = max(heading, widths[(len(widths)*enough+99)/100-1], least[i])
	}
	t, x := &f.table, frame.left
	t.x, t.width = append(t.x, x), append(t.width, number)
	x += number + cellSpace
	for _, width := range shared(room, wanted, least) {
		t.x, t.width = append(t.x, x), append(t.width, width)
		x += width + cellSpace
	}
	if f.layout.rtl {
		for i := range t.x {
			t.x[i] = 2*frame.left + frame.width - t.x[i] - t.width[i]
		}
	}
}

// shared shares a width out in proportion to what is wanted, so that nobody gets less than their least; the least add up to no more than the width.
func shared(width Length, wanted, least []Length) []Length {
	out, settled := make([]Length, len(wanted)), make([]bool, len(wanted))
	for again := true; again; {
		again = false
		rest, sum := width, Length(0)
		for i := range wanted {
			if settled[i] {
				rest -= out[i]
			} else {
				sum += wanted[i]
			}
		}
		for i := range wanted {
			if settled[i] {
				continue
			}
			if out[i] = rest * wanted[i] / max(1, sum); out[i] < least[i] {
				out[i], settled[i], again = least[i], true, true
				break
			}
		}
	}
	return out
}

// numberColumn is the width of the column of numbers.
func (f *Form) numberColumn(s *Setter) Length {
	s.items = s.items[:0]
	return s.appendNumber(f.design.Greatest, smallSize).Width
}

// tableHeading sets the names of the columns, the last line of each at one height.
func (f *Form) tableHeading(s *Setter) ([]Line, Length) {
	var cells [][]Line
	high := 0
	for i := range f.design.Table {
		ps := paragraphStyle{size: smallSize, style: boldStyle, measure: f.table.width[i+1], rtl: f.layout.rtl}
		var items []Item
		lines := s.par.set(s.shaper, []merge.Run{{Text: f.design.Table[i].Heading}}, &ps, &items, nil)
		cells = append(cells, lines)
		high = max(high, len(lines))
	}
	var out []Line
	for i, lines := range cells {
		for k, line := range lines {
			line.X += f.table.x[i+1]
			line.Y = Length(high-len(lines)+k) * smallLeading
			out = append(out, line)
		}
	}
	return out, Length(max(0, high-1)) * smallLeading
}

// tableTop is the top of the first row of a table that comes below a baseline.
func (f *Form) tableTop(y Length) Length { return y + 2*leading + f.table.high + cellBottom }

// withHeading is the head of a page with the heading of the table.
func (f *Form) withHeading() *Piece {
	piece := &Piece{}
	if f.head != nil {
		piece.Lines = f.head.Lines
	}
	for _, line := range f.table.heading {
		line.Y += f.headEnd + 2*leading
		piece.Lines = append(piece.Lines, line)
	}
	return piece
}

// setRow adds a row to the page's lines. Y counts from the top of the row.
func (f *FormSetter) setRow(values []string, number int) {
	s, t := f.setter, &f.form.table
	s.shaper.brief = true
	s.speak(values)
	first := len(f.lines)
	line := s.appendNumber(number, smallSize)
	line.X = t.x[0]
	if !f.form.layout.rtl {
		line.X += t.width[0] - line.Width
	}
	f.lines = append(f.lines, line)
	most := 1
	for i := range f.form.design.Table {
		from := len(f.lines)
		s.runs = f.form.design.Table[i].Block.Fill(values, s.runs[:0])
		f.lines = f.setCell(s.runs, t.width[i+1], f.lines)
		for k := from; k < len(f.lines); k++ {
			f.lines[k].X += t.x[i+1]
			f.lines[k].Y = Length(k-from) * cellLeading
		}
		most = max(most, len(f.lines)-from)
	}
	s.shaper.brief = false
	// One line stands in the middle of a row of the least height; more lines make the row as high as they need.
	text := Length(most-1) * cellLeading
	height := max(t.row, text+leastRow)
	down := cellTop + (height-text-leastRow)/2
	for k := first; k < len(f.lines); k++ {
		f.lines[k].Y += down
	}
	f.entries = append(f.entries, entry{number: number, lines: first, last: len(f.lines), height: height})
}

// setCell sets text in a measure, smaller where a word asks for it.
func (f *FormSetter) setCell(runs []merge.Run, measure Length, dst []Line) []Line {
	s, first, items := f.setter, len(dst), len(f.setter.items)
	ps := paragraphStyle{size: cellSize, measure: measure, rtl: f.form.layout.rtl}
	dst = s.par.set(s.shaper, runs, &ps, &s.items, dst)
	if len(dst) <= first+1 {
		return dst
	}
	widest := s.par.widestWord(s.shaper, runs, ps)
	if widest <= measure {
		return dst
	}
	ps.size = max(leastSize, ps.size*measure/widest)
	s.items = s.items[:items]
	return s.par.set(s.shaper, runs, &ps, &s.items, dst[:first])
}

// placeRows puts the entries into rows, with a line below each, and returns the bottom of the last.
func (f *FormSetter) placeRows() Length {
	frame := &f.form.layout.frame
	y := f.first
	rule := func(y, width Length) {
		f.page.Rules = append(f.page.Rules, Rule{X: frame.left, Y: y - width/2, Width: frame.width, Height: width})
	}
	rule(y, 2*ruleWidth)
	for _, e := range f.entries {
		for i := e.lines; i < e.last; i++ {
			line := f.lines[i]
			line.Y += y
			f.page.Lines = append(f.page.Lines, line)
		}
		y += e.height
		rule(y, ruleWidth)
	}
	return y
}
