package press

import (
	"postbag/letters/typeset"
)

// The ids of a bundle's letters may follow its slip sheet (Slip.ListIDs), in columns and each with a box to tick, for who wants to count
// what came. The list begins on the back of the slip sheet, where both sides are printed, and ends with a whole sheet: the first letter
// starts on a front. How many pages it takes is known from the number of letters alone, so its pages have their places
// in the page tree before the letters', and are drawn behind them.

// Measures of the list.
const (
	listTitle = 15 * typeset.Point
	listSize  = 8 * typeset.Point
	listLead  = 23 * typeset.Point / 2
	tickSide  = 7 * typeset.Point
	tickGap   = 4 * typeset.Point
	tickLine  = typeset.Point / 2
	listGap   = 14 * typeset.Point // between columns
)

// listGrid is how ids stand on a page.
type listGrid struct {
	columns, rows int
	cell          typeset.Length // width of a column
	area          area
	note          []typeset.Line
}

// layList finds out how many ids a page holds.
func layList(job *Job, setter *typeset.Setter, all area) listGrid {
	g := listGrid{area: all}
	g.area.top, g.area.bottom = typeset.MM(52), job.Paper.Height-typeset.MM(20)
	// The widest that may come: seven digits, and a letter of some ninety sheets.
	widest := setter.Line(LetterID(job.Slip.Reference, 8_888_888)+" (88)", false, listSize).Width
	g.cell = tickSide + tickGap + widest
	g.columns = max(1, int((all.width+listGap)/(g.cell+listGap)))
	g.rows = 1 + int((g.area.bottom-g.area.top)/listLead)
	s := slipSheet{rtl: job.Slip.Words.RightToLeft}
	g.note = s.fit(setter, []slipText{{text: job.Slip.Words.ListNote, size: slipFoot}}, area{left: all.left, width: all.width, top: typeset.MM(38), bottom: typeset.MM(44)})
	return g
}

// pages is how many pages a list of so many letters takes.
func (g *listGrid) pages(letters int) int {
	if g.columns == 0 {
		return 0
	}
	return (letters + g.columns*g.rows - 1) / (g.columns * g.rows)
}

// SlipPages is how many pages the slip sheet of a bundle with so many letters has, the list of ids included, and without the blank one
// that pads them.
func (p *Press) SlipPages(letters int) int {
	if p.job.NoSlip {
		return 0
	}
	return 1 + p.slip.list.pages(letters)
}

// frontPage is a page before the letters that is drawn when they are done.
type frontPage struct {
	object, content, parent int
}

// addFronts gives the pages before the letters their places.
func (b *bundle) addFronts(letters int) {
	b.tree.add(b.update, slipPageObject)
	b.listed = b.listed[:0]
	for range b.press.slip.list.pages(letters) {
		page := frontPage{object: b.update.reserve(), content: b.update.reserve()}
		page.parent = b.tree.add(b.update, page.object)
		b.listed = append(b.listed, page)
	}
	if b.press.job.Duplex && b.tree.pages%2 == 1 {
		b.blankPage()
	}
}

// writeFront writes a page before the letters, whose content is on the canvas.
func (b *bundle) writeFront(page frontPage) {
	u := b.update
	u.begin(page.object)
	u.string("<</Type/Page/Parent ")
	u.ref(page.parent)
	u.string("/Contents ")
	u.ref(page.content)
	u.string(">>")
	u.end()
	u.stream(page.content, "", b.canvas.out)
}

// list draws the ids of the bundle's letters.
func (b *bundle) list(o Order, count Count) {
	g, s, words := &b.press.slip.list, &b.press.slip, &b.press.job.Slip.Words
	title := slipText{text: b.numbers(words.List, o.Number, b.press.job.Slip.Bundles), bold: true, size: listTitle}
	var id []byte
	for n, page := range b.listed {
		b.canvas.reset()
		if b.press.job.Specimen {
			b.specimenMarks()
		}
		b.slipValue(title, s.all, s.all.top)
		if n == 0 {
			b.drawLines(g.note)
		}
		first := n * g.columns * g.rows
		last := min(o.Letters, first+g.columns*g.rows)
		for i := first; i < last; i++ {
			id = AppendLetterID(id[:0], b.press.job.Slip.Reference, o.First+i)
			if sheets := b.sheetsOf(i, count); sheets > 1 {
				id = append(appendInt(append(id, " ("...), int64(sheets)), ')')
			}
			cell := g.place(i-first, s.rtl)
			text := cell
			text.width -= tickSide + tickGap
			if !s.rtl {
				text.left += tickSide + tickGap
			}
			b.slipValue(slipText{text: string(id), size: listSize}, text, cell.top)
		}
		b.ticks(last-first, s.rtl)
		b.canvas.end()
		b.writeFront(page)
	}
}

// ticks draws a box to tick for each of the page's ids.
func (b *bundle) ticks(n int, rtl bool) {
	g := &b.press.slip.list
	b.canvas.end()
	b.canvas.length(tickLine)
	b.canvas.op("w\n")
	for i := range n {
		cell := g.place(i, rtl)
		if rtl {
			cell.left += cell.width - tickSide
		}
		b.canvas.box(&typeset.Rule{X: cell.left, Y: cell.top - tickSide + tickLine, Width: tickSide, Height: tickSide})
	}
	b.canvas.op("S\n")
}

// place is where an id stands on its page; top is its baseline. Columns are filled one after the other.
func (g *listGrid) place(i int, rtl bool) area {
	column, row := i/g.rows, i%g.rows
	left := g.area.left + typeset.Length(column)*(g.cell+listGap)
	width := min(g.cell, g.area.width)
	if rtl {
		left = g.area.left + g.area.width - typeset.Length(column)*(g.cell+listGap) - width
	}
	return area{left: left, width: width, top: g.area.top + typeset.Length(row)*listLead}
}

// sheetsOf is how many sheets of paper the bundle's letter i has.
func (b *bundle) sheetsOf(i int, count Count) int {
	end := count.Pages
	if i+1 < len(b.starts) {
		end = b.starts[i+1]
	}
	return b.press.Sheets(end - b.starts[i])
}
