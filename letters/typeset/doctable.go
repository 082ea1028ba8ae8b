package typeset

import "slices"

// Table is rows of cells under a heading that is repeated on every page. A cell that is too long for its column breaks; a word that is too
// wide for it is set smaller, down to six points, and then broken. The table is as wide as the text, unless Tight is set.
type Table struct {
	Columns []Column
	Rows    [][]Text
	Total   []Text // the last row, in bold; nil for none
	Size    Length // 0 for 9 points
	Grid    bool   // with lines between the columns, for tables to write into
	Tight   bool   // no wider than it must be
	Close   bool   // rows as near to one another as lines of text, with grey lines between: for long tables of figures
}

// Column is a column of a table.
type Column struct {
	Heading string
	Number  bool   // numbers: the last digits below one another
	Least   Length // its least width, for something to be written into it
	Tick    bool   // a box to tick in every row, before the text
}

// Measures of tables.
const (
	tableSize  = 9 * Point
	tablePad   = 2 * Point // above and below the text of a row
	closePad   = Point * 3 / 4
	tableGap   = 9 * Point // between columns
	tableRule  = Point * 3 / 10
	tableHeavy = Point * 8 / 10
	closeGray  = 700
)

// docTable is a table being set.
type docTable struct {
	*Table
	d       *documentSetter
	size    Length
	leading Length
	spans   []lane // of each column, on the page
	left    Length
	width   Length
}

func (t Table) lay(d *documentSetter) []strip {
	if len(t.Columns) == 0 {
		return nil
	}
	set := newDocTable(d, &t)
	natural := set.natural()
	set.shareOut(natural)
	head := set.heading()
	strips := slices.Clone(head)
	strips[0].before = docSpace
	for i, row := range t.Rows {
		strips = set.add(strips, set.row(row, natural[i], 0, set.size), head)
	}
	if t.Total != nil {
		total := set.row(t.Total, nil, boldStyle, set.size)
		if len(t.Rows) > 0 { // never alone on a page
			strips[len(strips)-1].keep = true
		}
		strips = set.add(strips, total, head)
	}
	return strips
}

func newDocTable(d *documentSetter, t *Table) *docTable {
	set := &docTable{Table: t, d: d, size: t.Size}
	if set.size == 0 {
		set.size = tableSize
	}
	set.leading = set.size * 5 / 4
	return set
}

// heading sets the table's heading, which stays with what follows.
func (t *docTable) heading() []strip {
	head := t.row(t.headings(), nil, boldStyle, t.size*9/10)
	for i := range head {
		head[i].keep = true
	}
	t.ruleBelow(head, tableHeavy)
	return head
}

// add adds the strips of a row, with a line below.
func (t *docTable) add(strips, row, head []strip) []strip {
	t.ruleBelow(row, tableRule)
	for i := range row {
		row[i].head = head
	}
	return append(strips, row...)
}

func (t *docTable) headings() []Text {
	row := make([]Text, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = Say(c.Heading)
	}
	return row
}

// natural sets each cell on one line. Cells that fit their column are not set again.
func (t *docTable) natural() [][][]Line {
	rows := make([][][]Line, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make([][]Line, len(t.Columns))
		for k := range min(len(row), len(t.Columns)) {
			rows[i][k] = t.d.text(row[k], way{size: t.size, measure: 1 << 30})
		}
	}
	return rows
}

// shareOut finds the widths of the columns: what their cells want where there is room. Where there is not, columns that want no more than a fair part
// have it, and the others share what is left.
func (t *docTable) shareOut(natural [][][]Line) {
	n := len(t.Columns)
	wanted := make([]Length, n)
	room := t.d.width - Length(n-1)*tableGap
	for k := range t.Columns {
		c := &t.Columns[k]
		heading := t.d.text(Say(c.Heading), way{size: t.size * 9 / 10, measure: 1 << 30, style: boldStyle})
		wanted[k] = max(c.Least, t.d.par.widestWord(t.d.shaper, Say(c.Heading), paragraphStyle{size: t.size * 9 / 10, style: boldStyle}))
		if whole := widestLine(heading); whole <= room/Length(2*n) {
			wanted[k] = max(wanted[k], whole)
		}
		for i := range natural {
			wanted[k] = max(wanted[k], t.tick(c)+widestLine(natural[i][k]))
		}
		if k < len(t.Total) {
			wanted[k] = max(wanted[k], widestLine(t.d.text(t.Total[k], way{size: t.size, measure: 1 << 30, style: boldStyle})))
		}
	}
	t.spread(room, wanted)
}

// spread gives the columns their widths and places.
func (t *docTable) spread(room Length, wanted []Length) {
	var sum, text Length
	for k, w := range wanted {
		sum += w
		if !t.Columns[k].Number {
			text += w
		}
	}
	widths := slices.Clone(wanted)
	switch {
	case sum > room:
		widths = fair(room, wanted)
	case t.Tight:
		room = sum
	case text > 0: // what is over goes to the text
		for k := range widths {
			if !t.Columns[k].Number {
				widths[k] += (room - sum) * wanted[k] / text
			}
		}
	default:
		for k := range widths {
			widths[k] += (room - sum) / Length(len(widths))
		}
	}
	var x Length
	for k := range widths {
		t.spans = append(t.spans, lane{x: t.d.mirror(x, widths[k]), width: widths[k]})
		x += widths[k] + tableGap
	}
	t.width = min(t.d.width, x-tableGap)
	if !t.Tight {
		t.width = t.d.width
	}
	t.left = t.d.mirror(0, t.width)
}

// fair shares a width out that is less than what is wanted.
func fair(room Length, wanted []Length) []Length {
	out, least := slices.Clone(wanted), make([]Length, len(wanted))
	settled := make([]bool, len(wanted))
	open := len(wanted)
	for again := true; again; {
		again = false
		for k, w := range wanted {
			if !settled[k] && w <= room/Length(open) {
				room, settled[k], again = room-w, true, true
				open--
			}
		}
	}
	var rest []Length // what the others want
	for k, w := range wanted {
		if !settled[k] {
			least[len(rest)] = room / Length(2*open)
			rest = append(rest, w)
		}
	}
	given := shared(room, rest, least[:len(rest)])
	for k := range out {
		if !settled[k] {
			out[k], given = given[0], given[1:]
		}
	}
	return out
}

// tick is the room for a box to tick.
func (t *docTable) tick(c *Column) Length {
	if c.Tick {
		return tickSide + 4*Point
	}
	return 0
}

func widestLine(lines []Line) Length {
	var widest Length
	for i := range lines {
		widest = max(widest, lines[i].Width)
	}
	return widest
}

// row sets a row. natural is its cells on one line, where they have been set so; nil where not.
func (t *docTable) row(row []Text, natural [][]Line, style Style, size Length) []strip {
	cells := make([]cell, len(t.Columns))
	heading := size != t.size
	for k := range cells {
		if k >= len(row) {
			continue
		}
		c, place := &t.Columns[k], t.spans[k]
		tick := t.tick(c)
		if heading {
			tick = 0
		}
		w := way{size: size, measure: place.width - tick, style: style, right: c.Number}
		if natural != nil && len(natural[k]) == 1 && natural[k][0].Width <= w.measure {
			line := natural[k][0]
			line.X = 0
			if c.Number || t.d.layout.rtl {
				line.X = w.measure - line.Width
			}
			cells[k].lines = []Line{line}
		} else {
			cells[k].lines = t.d.text(row[k], w)
		}
		cells[k].x = place.x
		if !t.d.layout.rtl {
			cells[k].x += tick
		}
	}
	if heading {
		sink(cells)
	}
	strips := rowStrips(cells, t.leading)
	if len(strips) == 0 {
		strips = []strip{{height: t.leading}}
	}
	t.pad(strips)
	if !heading {
		t.boxes(strips)
	}
	return strips
}

// sink puts the last lines of a heading's cells at one height.
func sink(cells []cell) {
	most := 0
	for _, c := range cells {
		most = max(most, len(c.lines))
	}
	for i, c := range cells {
		if missing := most - len(c.lines); missing > 0 && len(c.lines) > 0 {
			cells[i].lines = append(make([]Line, missing), c.lines...)
		}
	}
}

// pad adds the space above and below the text of a row.
func (t *docTable) pad(strips []strip) {
	last := &strips[len(strips)-1]
	space := tablePad
	if t.Close {
		space = closePad
	}
	moved := strip{height: strips[0].height + space, keep: strips[0].keep}
	moved.put(&strips[0], space)
	strips[0] = moved
	last.height += space
}

// boxes draws the boxes to tick of a row.
func (t *docTable) boxes(strips []strip) {
	for k := range t.Columns {
		if !t.Columns[k].Tick {
			continue
		}
		x := t.spans[k].x
		if t.d.layout.rtl {
			x += t.spans[k].width - tickSide
		}
		y := heightOf(strips) / 2
		if len(strips) > 1 {
			y = tablePad + t.leading/2
		}
		strips[0].shapes = append(strips[0].shapes, tickBox(x, y))
	}
}

// ruleBelow draws the line below a row and, in a grid, those beside its cells.
func (t *docTable) ruleBelow(strips []strip, width Length) {
	if t.Grid {
		for i := range strips {
			strips[i].shapes = append(strips[i].shapes, t.between(strips[i].height))
		}
	}
	last := &strips[len(strips)-1]
	gray := 0
	if t.Close && width == tableRule {
		gray = closeGray
	}
	last.shapes = append(last.shapes, Shape{Gray: gray, Rects: []Rule{{X: t.left, Y: last.height - width/2, Width: t.width, Height: width}}})
}

// between is the lines between columns, as high as a strip.
func (t *docTable) between(height Length) Shape {
	s := Shape{}
	for k := range t.spans[1:] {
		a, b := t.spans[k], t.spans[k+1]
		x := (a.x + a.width + b.x) / 2
		if t.d.layout.rtl {
			x = (b.x + b.width + a.x) / 2
		}
		s.Rects = append(s.Rects, Rule{X: x - tableRule/2, Width: tableRule, Height: height})
	}
	return s
}
