package typeset

import (
	"fmt"
	"slices"
)

// Pages are planned from heights alone. How many lines each varying block takes decides where every line of the
// letter stands; so the plan is kept under those counts, and the next letter with the same counts is placed by
// looking it up. A plan names its fixed parts as pieces: runs of fixed lines that stand together on a page. A piece is
// the same wherever it stands, so it is drawn once and stamped with an offset.

// PieceKey names a fixed piece of a letter: a part of its text, from one line to another, or the furniture of a page.
type PieceKey struct {
	Furniture           bool
	Page, Pages         uint16 // of furniture: page numbers from 1; in a form 1 or 2, and 0
	Block, Line         uint16 // of text: the first line
	LastBlock, LastLine uint16 // and the last
}

// Piece is something that many letters share, ready to be drawn. Its lines stand where the typical letter has them.
type Piece struct {
	Lines    []Line
	Rules    []Rule
	Pictures []PlacedPicture
	Marks    []Mark
}

// Mark is a line of text drawn across the page in grey, under everything else. It turns about its start by an angle
// given by its cosine and sine in thousandths.
type Mark struct {
	Line     Line
	Cos, Sin int
	Gray     int // thousandths; 0 is black
}

// Stamp is a piece on a page. Y is where its first line stands (0 for furniture); Down is how far that is below the
// place it was laid out for.
type Stamp struct {
	Piece PieceKey
	Y     Length
	Down  Length
}

// plannedPage is a page from top to bottom: pieces, and places for what is the signer's own.
type plannedPage struct {
	parts []plannedPart
}

// plannedPart is a stamp, or a slot where lines is not 0.
type plannedPart struct {
	stamp Stamp
	slot  slot
	lines int
}

// slot is where lines of a varying block stand on a page.
type slot struct {
	block      int
	from       int // the first of its lines
	y, leading Length
}

// plan is the pages of a letter whose varying blocks have certain heights.
type plan struct {
	pages []plannedPage
	ends  []lineOf // lines of varying blocks at which a page ends and another begins
}

// lineOf is a line of a block.
type lineOf struct{ block, line int }

// row is one line of the letter as the page breaker sees it.
type row struct {
	block, line int
	before      Length // space above it when it is not the first on its page, leading included
	mayBreak    bool   // a page may start with it
}

// planPages breaks the letter into pages, given how many lines each block has.
//
// A page takes as many rows as fit and then gives back what must not be parted: a paragraph leaves at least two lines
// on either side of a break (no widows, no orphans), headings stay with what they head, the signature block
// takes at least two lines of text with it, and no word goes on overleaf. Of the fixed blocks it is known which lines end inside a word;
// divided lists those of the varying ones. As most letters end no page there, a plan is made without it first, and another where that
// one ends a page inside a word (Setter.plan).
func (l *Layout) planPages(heights []int, divided []lineOf) (*plan, error) {
	rows := l.rows(heights, divided)
	if len(rows) > 1<<15 {
		return nil, fmt.Errorf("a letter of %d lines is too long", len(rows))
	}
	p := &plan{}
	for start := 0; start < len(rows); {
		top := l.frame.followTop
		if len(p.pages) == 0 {
			top = l.frame.firstTop
		}
		end := l.fillPage(rows, start, top)
		p.pages = append(p.pages, l.planPage(rows[start:end], top))
		if last := rows[end-1]; end < len(rows) && !l.blocks[last.block].fixed {
			p.ends = append(p.ends, lineOf{last.block, last.line})
		}
		start = end
	}
	for i := range p.pages {
		furniture := PieceKey{Furniture: true, Page: uint16(i + 1), Pages: uint16(len(p.pages))}
		if i == 0 {
			furniture.Pages = 1 // its head does not say how many pages follow
		} else if l.design.Form {
			furniture.Page, furniture.Pages = 2, 0
		}
		p.pages[i].parts = append([]plannedPart{{stamp: Stamp{Piece: furniture}}}, p.pages[i].parts...)
	}
	return p, nil
}

// rows lists all lines of the letter and marks where a page may start.
func (l *Layout) rows(heights []int, divided []lineOf) []row {
	var rows []row
	keep := true // no break before the first row
	for b, n := range heights {
		style := &l.blocks[b].style
		for i := range n {
			r := row{block: b, line: i, before: style.leading}
			if i == 0 {
				r.before += style.before
				r.mayBreak = !keep
			} else {
				r.mayBreak = i >= 2 && n-i >= 2 && !l.blocks[b].divided(i-1) && !slices.Contains(divided, lineOf{b, i - 1})
			}
			rows = append(rows, r)
		}
		if n > 0 {
			keep = style.keepNext
		}
	}
	l.keepSignature(rows)
	return rows
}

// divided tells whether a line of a fixed block ends inside a word.
func (b *layoutBlock) divided(line int) bool { return line < len(b.lines) && b.lines[line].Divided }

// keepSignature lets no page start between the closing and the last two lines before it.
func (l *Layout) keepSignature(rows []row) {
	for i := range rows {
		if role := l.blocks[rows[i].block].element.Role; role != Closing && role != Signature {
			continue
		}
		rows[i].mayBreak = false
		if i > 0 && l.blocks[rows[i-1].block].element.Role == Body {
			rows[i-1].mayBreak = false
		}
	}
}

// fillPage returns the row after the last one of the page that starts with rows[start].
func (l *Layout) fillPage(rows []row, start int, top Length) int {
	y, end := top, start+1
	for end < len(rows) && y+rows[end].before <= l.frame.bottom {
		y += rows[end].before
		end++
	}
	if end == len(rows) {
		return end
	}
	for i := end; i > start; i-- {
		if rows[i].mayBreak {
			return i
		}
	}
	return end // nothing can be kept together: it is longer than a page
}

// planPage places the rows of one page.
func (l *Layout) planPage(rows []row, top Length) plannedPage {
	var page plannedPage
	y := top
	for i, r := range rows {
		if i > 0 {
			y += r.before
		}
		if l.blocks[r.block].fixed {
			page.addFixed(r, y)
		} else {
			page.addOwn(r, y, l.blocks[r.block].style.leading)
		}
	}
	for i := range page.parts {
		s := &page.parts[i].stamp
		s.Down = s.Y - l.home[s.Piece]
	}
	return page
}

// addFixed adds a row to the piece above it, or begins one.
func (p *plannedPage) addFixed(r row, y Length) {
	if n := len(p.parts); n == 0 || p.parts[n-1].lines > 0 {
		p.parts = append(p.parts, plannedPart{stamp: Stamp{Piece: PieceKey{Block: uint16(r.block), Line: uint16(r.line)}, Y: y}})
	}
	key := &p.parts[len(p.parts)-1].stamp.Piece
	key.LastBlock, key.LastLine = uint16(r.block), uint16(r.line)
}

// addOwn adds a row to its block's slot, or begins one.
func (p *plannedPage) addOwn(r row, y, leading Length) {
	if n := len(p.parts); n == 0 || p.parts[n-1].lines == 0 || p.parts[n-1].slot.block != r.block {
		p.parts = append(p.parts, plannedPart{slot: slot{block: r.block, from: r.line, y: y, leading: leading}})
	}
	p.parts[len(p.parts)-1].lines++
}

// Piece lays a fixed piece out. The result is the same whichever goroutine asks.
func (s *Setter) Piece(key PieceKey) Piece {
	if key.Furniture {
		return s.furniture(int(key.Page), int(key.Pages))
	}
	l := s.layout
	var p Piece
	y := l.home[key]
	for b := int(key.Block); b <= int(key.LastBlock); b++ {
		block := &l.blocks[b]
		for i, line := range block.lines {
			if b == int(key.Block) && i < int(key.Line) {
				continue
			}
			if b == int(key.LastBlock) && i > int(key.LastLine) {
				break
			}
			if len(p.Lines) > 0 {
				y += block.style.leading
				if i == 0 {
					y += block.style.before
				}
			}
			line.X += l.frame.left + block.style.x
			line.Y = y
			p.Lines = append(p.Lines, line)
			if i == 0 && block.marker != "" {
				p.Lines = append(p.Lines, s.markerLine(block, y))
			}
		}
	}
	return p
}

// markerLine sets a list item's number or bullet in the indent beside its first line.
func (s *Setter) markerLine(b *layoutBlock, y Length) Line {
	l := s.layout
	marker := s.line(b.marker, 0, b.style.size)
	marker.Y = y
	gap := Length(6 * Point)
	marker.X = l.frame.left + b.style.x - gap - marker.Width
	if l.rtl {
		marker.X = l.frame.left + b.style.measure + gap
	}
	return marker
}
