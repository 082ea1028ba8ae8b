package typeset

import (
	"unicode/utf8"

	"postbag/letters/merge"
)

// Item is a word on a line.
type Item struct {
	Word  *Word
	Space Length // the space to its left
	// Spaced tells whether that space is one of the text, and not just a gap.
	Spaced bool
}

// Line is one line of text. X and Y are where its baseline starts, from the top left corner of the page; Y grows
// downwards. Items go from left to right.
type Line struct {
	X, Y  Length
	Size  Length
	Items []Item
	Width Length
	// Shared says, unless it is zero, that the line holds nothing of the signer's: lines with the same key look the
	// same, whatever letter they are in.
	Shared SharedLine
}

// SharedLine names a line of a varying paragraph that is all fixed text. Keys are good for one Setter.
type SharedLine struct {
	literal  *literal
	from, to int
	final    bool
	x        Length
}

// align says where the lines of a block stand in its measure.
type align uint8

const (
	alignStart   align = iota // left, or right where the letter reads from right to left
	alignJustify              // both edges; the last line at the start
	alignEnd
)

// shape of a paragraph: what its style sheet says of it.
type paragraphStyle struct {
	size    Length
	style   Style
	align   align
	measure Length
	rtl     bool // the letter reads from right to left
}

// unit is a stretch of a paragraph without a space in it and in one style: the stuff of boxes.
type unit struct {
	start, end int // in paragraph.text
	style      Style
	spaced     bool   // a space comes before it
	forced     bool   // a forced line break comes before it
	value      string // the signer's value that it is or begins with; "" for the template's own text
}

// paragraph is the workshop of a setter for one paragraph at a time: its memory is used again and again.
type paragraph struct {
	text   []byte
	values [][2]int // stretches of text that are signers' values, for isolates
	units  []unit
	boxes  []box
	bidi   bidiText
	breaker

	literals map[literalKey]*literal
	copies   []literalCopy // where boxes of literals stand in boxes
	value    string        // the signer's value that join is at; "" for none
	open     unit          // the word being put together by join; open.end is its end in text
	isOpen   bool
}

// fill makes boxes of the units: shaped words, cut where UAX #14 or a change of direction asks for it.
func (p *paragraph) fill(s *shaper, ps *paragraphStyle, needsBidi bool) {
	if needsBidi || ps.rtl {
		p.bidi.level(p, ps.rtl)
	} else {
		p.bidi.levels = p.bidi.levels[:0]
	}
	p.boxes = p.boxes[:0]
	for i := range p.units {
		u := &p.units[i]
		first := len(p.boxes)
		p.cut(s, u, ps)
		if first == len(p.boxes) {
			continue
		}
		p.lead(first, u.spaced, u.forced, ps)
		if b := &p.boxes[first]; b.glue > 0 && len(p.bidi.levels) > 0 {
			b.gap = p.bidi.levels[u.start-1]
		}
	}
	p.openChains(ps)
}

// cut adds the boxes of one unit.
func (p *paragraph) cut(s *shaper, u *unit, ps *paragraphStyle) {
	opening := false
	s.front = s.lead(u.value, p.text[u.start:u.end], u.style)
	for start := u.start; start < u.end; {
		end := u.end
		level := ps.level()
		if len(p.bidi.levels) > 0 {
			level = p.bidi.levels[start]
			for end = start; end < u.end && (p.bidi.levels[end] == level || !utf8.RuneStart(p.text[end])); end++ {
			}
		}
		first, breaks := len(p.boxes), false
		if cut := breakInside(p.text[start:end], s); cut > 0 && cut < end-start {
			end, breaks = start+cut, true
		}
		p.add(s, p.text[start:end], u.style, level, ps)
		p.boxes[first].opening = opening
		start, opening = end, breaks
	}
	s.front = nil
}

func (ps *paragraphStyle) level() uint8 {
	if ps.rtl {
		return 1
	}
	return 0
}

// add shapes one word; one that is wider than the measure is cut between grapheme clusters until it fits, so that
// nothing ever runs off the paper.
func (p *paragraph) add(s *shaper, text []byte, style Style, level uint8, ps *paragraphStyle) {
	w := s.word(text, style, level&1 == 1)
	if width := w.Width.At(ps.size); width <= ps.measure {
		p.boxes = append(p.boxes, box{word: w, width: width, level: level})
		return
	}
	for i, piece := range s.split(w, Em(int64(ps.measure)<<16/int64(ps.size))) {
		p.boxes = append(p.boxes, box{word: piece, width: piece.Width.At(ps.size), level: level, opening: i > 0})
	}
}

// openChains lets the line break inside words glued together that no line could hold.
func (p *paragraph) openChains(ps *paragraphStyle) {
	var width Length
	for i := range p.boxes {
		b := &p.boxes[i]
		if b.opening {
			width = 0
		}
		if width += b.width; width > ps.measure {
			b.opening, width = true, b.width
		}
	}
}

// breakInside returns where a word without spaces may first break (UAX #14), or 0. Plain Latin words are looked at
// by hand: they break after a hyphen or a dash between letters, and nowhere else.
func breakInside(text []byte, s *shaper) int {
	plain := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '-' && i >= 2 && i+2 < len(text) && letter(text[i-1]) && letter(text[i+1]) {
			return i + 1
		}
		if c >= 0xE0 { // U+0800 and above: leave it to the algorithm
			plain = false
			break
		}
	}
	if plain {
		return 0
	}
	if err := s.segmenter.InitWithBytes(text); err != nil {
		return 0
	}
	it := s.segmenter.LineIterator()
	if it.Next() {
		if l := it.Line(); l.LengthInBytes < len(text) {
			return l.LengthInBytes
		}
	}
	return 0
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80 }

// set breaks the paragraph and appends its lines to dst.
func (p *paragraph) set(s *shaper, runs []merge.Run, ps *paragraphStyle, items *[]Item, dst []Line) []Line {
	if ps.rtl || !p.join(s, runs, ps) {
		needsBidi := p.read(runs, ps.style)
		p.fill(s, ps, needsBidi)
	}
	if len(p.boxes) == 0 {
		return dst
	}
	if p.oneLine(ps) {
		return append(dst, p.line(0, len(p.boxes), true, ps, items))
	}
	starts := p.lines(p.boxes, measureOf{width: ps.measure, justify: ps.align == alignJustify})
	for i, start := range starts {
		end := len(p.boxes)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		final := end == len(p.boxes) || p.boxes[end].forced
		dst = append(dst, p.line(start, end, final, ps, items))
	}
	return dst
}

// oneLine tells whether the paragraph is a line and no more: names and places mostly are.
func (p *paragraph) oneLine(ps *paragraphStyle) bool {
	width := Length(0)
	for i := range p.boxes {
		b := &p.boxes[i]
		width += b.glue + b.width
		if width > ps.measure || b.forced && i > 0 {
			return false
		}
	}
	return true
}

// line places the boxes of one line.
func (p *paragraph) line(start, end int, final bool, ps *paragraphStyle, items *[]Item) Line {
	boxes := p.boxes[start:end]
	var natural, glue Length
	for i := range boxes {
		natural += boxes[i].width
		if i > 0 {
			natural += boxes[i].glue
			glue += boxes[i].glue
		}
	}
	slack := ps.measure - natural
	if ps.align != alignJustify || final && slack > 0 || glue == 0 || slack > 3*glue {
		slack = 0 // set at its natural width
	}
	from := len(*items)
	var shared, given Length
	for i := range boxes {
		b := &boxes[i]
		item := Item{Word: b.word}
		if i > 0 && b.glue > 0 {
			// Shares of the slack are rounded so that they add up to it exactly.
			shared += b.glue
			extra := slack*shared/max(glue, 1) - given
			given += extra
			item.Space, item.Spaced = b.glue+extra, true
		}
		*items = append(*items, item)
	}
	line := Line{Size: ps.size, Items: (*items)[from:len(*items):len(*items)], Width: natural + slack}
	if len(p.bidi.levels) > 0 {
		reorder(line.Items, boxes, ps.level())
	}
	if c := p.copyAround(start, end); c != nil {
		line.Shared = SharedLine{literal: c.literal, from: start - c.first, to: end - c.first, final: final}
	}
	if atEnd := ps.align == alignEnd; atEnd != ps.rtl {
		line.X = ps.measure - line.Width
	}
	return line
}
