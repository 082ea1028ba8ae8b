package typeset

// Beside is a long and narrow table that is read down one column of the page and then down the next: for figures, of which there are many. All of
// the parts have the same columns, and the heading above each. What fits on one page is not parted, and its parts are of one height; a table
// longer than a page fills pages. It has no Total.
type Beside struct {
	Table Table
	Count int // parts side by side; 0 for one
}

func (b Beside) lay(d *documentSetter) []strip {
	if len(b.Table.Columns) == 0 || len(b.Table.Rows) == 0 {
		return nil
	}
	parts := b.parts(d)
	heights := parts[0].heights()
	_, room := d.pageRoom(false)
	room -= heightOf(parts[0].head) + docSection*2 // a heading may stand above it
	var strips []strip
	for from := 0; from < len(heights); {
		ends := shortest(heights[from:], len(parts), room)
		out, start := strip{before: docSpace}, from
		for i, n := range ends {
			if end := from + n; end > start {
				column := pile(parts[i].between(start, end))
				out.put(&column, 0)
				out.height = max(out.height, column.height)
				start = end
			}
		}
		strips, from = append(strips, out), start
	}
	return strips
}

// besidePart is the table as it is in one column of the page.
type besidePart struct {
	*docTable
	natural [][][]Line
	head    []strip
}

// parts prepares the table for each column of the page.
func (b Beside) parts(d *documentSetter) []besidePart {
	left, width := d.left, d.width
	defer func() { d.left, d.width = left, width }()
	var parts []besidePart
	for _, box := range d.share(max(1, b.Count), evenly) {
		d.left, d.width = box.x, box.width
		t := newDocTable(d, &b.Table)
		p := besidePart{docTable: t}
		if len(parts) > 0 {
			p.natural = parts[0].natural
		} else {
			p.natural = t.natural()
		}
		t.shareOut(p.natural)
		p.head = t.heading()
		parts = append(parts, p)
	}
	return parts
}

// rowAt sets a row, with the line below it.
func (p *besidePart) rowAt(i int) []strip {
	row := p.row(p.Rows[i], p.natural[i], 0, p.size)
	p.ruleBelow(row, tableRule)
	return row
}

// heights are those of the rows.
func (p *besidePart) heights() []Length {
	heights := make([]Length, len(p.Rows))
	for i := range p.Rows {
		heights[i] = heightOf(p.rowAt(i))
	}
	return heights
}

// between is some rows with the heading above them.
func (p *besidePart) between(from, to int) []strip {
	strips := append([]strip(nil), p.head...)
	for i := from; i < to; i++ {
		strips = append(strips, p.rowAt(i)...)
	}
	return strips
}

// shortest deals rows out to columns, in their order, so that the highest is as low as can be, or of the height of a page where they go on on the
// next. It returns for each column the row after its last; the first column has a row always.
func shortest(heights []Length, columns int, room Length) []int {
	var sum, highest Length
	for _, h := range heights {
		sum, highest = sum+h, max(highest, h)
	}
	for height := max(sum/Length(columns), highest); height < room; height += Point {
		if ends := dealt(heights, columns, height); ends[columns-1] == len(heights) {
			return ends
		}
	}
	return dealt(heights, columns, room)
}

// dealt fills columns up to a height, one after the other.
func dealt(heights []Length, columns int, height Length) []int {
	ends := make([]int, columns)
	row := 0
	for i := range ends {
		var used Length
		for row < len(heights) && (used+heights[row] <= height || row == 0) {
			used += heights[row]
			row++
		}
		ends[i] = row
	}
	return ends
}
