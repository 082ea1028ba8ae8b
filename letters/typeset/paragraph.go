package typeset

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"postbag/letters/merge"
)

// Item is a word on a line.
type Item struct {
	Word  *Word
	Space Length // the space to its left
	// Spaced tells whether that space is one of the text, and not just a gap.
	Spaced bool
	// Apart tells whether a space of the text comes before the word as it is read, and Rank is the word's place in that order. They
	// are for mixed lines; on others reading order is the order of the items.
	Apart bool
	Rank  uint16
}

// Line is one line of text. X and Y are where its baseline starts, from the top left corner of the page; Y grows
// downwards. Items go from left to right.
type Line struct {
	X, Y  Length
	Size  Length
	Items []Item
	Width Length
	// Divided tells whether the line ends inside a word, with a hyphen that is the line's and not the text's (Word.Divided).
	Divided bool
	// Mixed says that words may be read in another order than from left to right. RightToLeft is the direction of the letter then.
	Mixed, RightToLeft bool
	// Shared says, unless it is zero, that the line holds nothing of the signer's: lines with the same key look the
	// same, whatever letter they are in.
	Shared SharedLine
}

// SharedLine names a line of a varying paragraph that is all fixed text. Keys are good for one Setter.
type SharedLine struct {
	literal            *literal
	from, to           int
	fromPoint, toPoint int16 // of words that are divided
	final              bool
	x                  Length
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
	fit     bool // it is to be one line: a name, a place, a line of an address
}

// unit is a stretch of a paragraph without a space in it and in one style: the stuff of boxes.
type unit struct {
	start, end int // in paragraph.text
	style      Style
	spaced     bool   // a space comes before it
	forced     bool   // a forced line break comes before it
	value      string // the signer's value that it is or begins with; "" for the template's own text
	own        bool   // it has words of the signer's
}

// paragraph is the workshop of a setter for one paragraph at a time: its memory is used again and again.
type paragraph struct {
	text   []byte
	values [][2]int // stretches of text that are signers' values, for isolates
	units  []unit
	boxes  []box
	bidi   bidiText
	row    []box // of a line that begins or ends inside a word
	breaker

	literals map[literalKey]*literal
	copies   []literalCopy // where boxes of literals stand in boxes
	value    string        // the signer's value that join is at; "" for none
	own      bool          // and it is the signer's, not the campaign's
	whole    bool          // words are not cut where a line might break inside them: what stands on one line is shaped across such places
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
		p.lead(s, first, u.spaced, u.forced, ps)
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
	if u.own {
		s.tongue = s.own
	}
	for start := u.start; start < u.end; {
		end := u.end
		level := ps.level()
		if len(p.bidi.levels) > 0 {
			level = p.bidi.levels[start]
			for end = start; end < u.end && (p.bidi.levels[end] == level || !utf8.RuneStart(p.text[end])); end++ {
			}
		}
		first, breaks := len(p.boxes), false
		if p.whole {
			// the line is looked at first as one that does not break
		} else if cut := breakInside(p.text[start:end], s); cut > 0 && cut < end-start {
			end, breaks = start+cut, true
		}
		p.add(s, p.text[start:end], u, start > u.start || end < u.end, level, ps)
		if len(p.boxes) > first {
			p.boxes[first].opening = opening
			p.boxes[first].hyphen = opening && p.text[start-1] == '-'
		}
		start, opening = end, breaks
	}
	s.front, s.tongue = nil, tongue{}
}

func (ps *paragraphStyle) level() uint8 {
	if ps.rtl {
		return 1
	}
	return 0
}

// add shapes one word; one that is wider than the measure is cut until it fits, so that nothing ever runs off the paper: an
// address of the web behind its marks, other words between grapheme clusters.
func (p *paragraph) add(s *shaper, text []byte, u *unit, part bool, level uint8, ps *paragraphStyle) {
	var divided *dividedWord
	if divisible(text) && level&1 == 0 {
		if divided = s.divide(text, u, part, ps); divided != nil {
			text = divided.text
		}
	}
	if len(text) == 0 {
		return
	}
	w := s.word(text, u.style, level&1 == 1)
	if width := w.Width.At(ps.size); width <= ps.measure {
		p.boxes = append(p.boxes, box{word: w, width: width, level: level, divided: divided})
		return
	}
	measure := Em(int64(ps.measure) << 16 / int64(ps.size))
	pieces := s.splitAt(w, divided, measure)
	if pieces == nil {
		pieces = s.split(w, measure)
	}
	for i, piece := range pieces {
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
		} else if i > 0 {
			width += b.glue
		}
		if width += b.width; width > ps.measure {
			b.opening, width = true, b.width
		}
	}
}

// breakInside returns where a word without spaces may first break (UAX #14), or 0. Plain Latin words are looked at
// by hand: they break after a hyphen or a dash between letters, and nowhere else. Addresses of the web and of mail are left to divide.
// No line begins with a dash: a word before a dash without spaces keeps it.
func breakInside(text []byte, s *shaper) int {
	plain, cut := true, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '-' && cut == 0 && i >= 2 && i+2 < len(text) && letter(text[i-1]) && letter(text[i+1]) {
			cut = i + 1
		}
		if c == '@' || c == '/' && i > 0 && text[i-1] == '/' {
			return 0
		}
		if c >= 0xE0 && cut == 0 { // U+0800 and above: leave it to the algorithm
			plain = false
		}
	}
	if plain || cut > 0 {
		if cut > 0 && bytes.HasPrefix(text, []byte("www.")) {
			return 0
		}
		return cut
	}
	if err := s.segmenter.InitWithBytes(text); err != nil {
		return 0
	}
	for it := s.segmenter.LineIterator(); it.Next(); {
		l := it.Line()
		if end := l.OffsetInBytes + l.LengthInBytes; end < len(text) && !dashAt(text[end:]) && !softHyphenBefore(text, end) {
			return end
		}
	}
	return 0
}

// dashAt tells whether text begins with an en or em dash.
func dashAt(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xE2 && text[1] == 0x80 && (text[2] == 0x93 || text[2] == 0x94)
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80 }

// set breaks the paragraph and appends its lines to dst.
func (p *paragraph) set(s *shaper, runs []merge.Run, ps *paragraphStyle, items *[]Item, dst []Line) []Line {
	if ps.fit {
		if p.boxWhole(s, runs, ps); len(p.boxes) > 0 && p.oneLine(ps) {
			return append(dst, p.line(&place{}, &place{box: int32(len(p.boxes))}, true, ps, items))
		}
	}
	p.box(s, runs, ps)
	if len(p.boxes) == 0 {
		return dst
	}
	if p.oneLine(ps) {
		return append(dst, p.line(&place{}, &place{box: int32(len(p.boxes))}, true, ps, items))
	}
	if ps.fit {
		return p.fitted(s, runs, ps, items, dst)
	}
	starts := p.lines(p.boxes, measureOf{width: ps.measure, justify: ps.align == alignJustify})
	for i := range starts[1:] {
		end := &starts[i+1]
		final := end.point == 0 && (int(end.box) == len(p.boxes) || p.boxes[end.box].forced)
		dst = append(dst, p.line(&starts[i], end, final, ps, items))
	}
	return dst
}

// box makes the boxes of the paragraph.
func (p *paragraph) box(s *shaper, runs []merge.Run, ps *paragraphStyle) {
	if ps.rtl || !p.join(s, runs, ps) {
		needsBidi := p.read(runs, ps.style)
		p.fill(s, ps, needsBidi)
	}
}

// boxWhole is box for a line that is to hold all of the paragraph.
func (p *paragraph) boxWhole(s *shaper, runs []merge.Run, ps *paragraphStyle) {
	p.whole = true
	p.box(s, runs, ps)
	p.whole = false
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

// line places the boxes of one line, from one place to another.
func (p *paragraph) line(from, to *place, final bool, ps *paragraphStyle, items *[]Item) Line {
	boxes := p.between(from, to)
	var natural, glue Length
	for i := range boxes {
		natural += boxes[i].width
		if i > 0 {
			natural += boxes[i].glue
			glue += boxes[i].glue
		}
	}
	slack := ps.measure - natural
	if ps.align != alignJustify || final && slack > 0 || glue == 0 || slack > 2*glue {
		slack = 0 // set at its natural width
	}
	first := len(*items)
	*items = slices.Grow(*items, len(boxes))[:first+len(boxes)]
	placed := (*items)[first:len(*items):len(*items)]
	var shared, given Length
	for i := range boxes {
		b := &boxes[i]
		item := &placed[i]
		item.Word, item.Space, item.Spaced, item.Apart, item.Rank = b.word, 0, false, false, 0
		if i > 0 && b.glue > 0 {
			// Shares of the slack are rounded so that they add up to it exactly.
			shared += b.glue
			extra := slack*shared/max(glue, 1) - given
			given += extra
			item.Space, item.Spaced, item.Apart = b.glue+extra, true, true
		}
	}
	line := Line{Size: ps.size, Items: placed, Width: natural + slack, Divided: to.point > 0 && to.hyphen}
	if len(p.bidi.levels) > 0 {
		reorder(line.Items, boxes, ps.level())
		line.Mixed, line.RightToLeft = true, ps.rtl
	}
	end := int(to.box)
	if to.point > 0 {
		end++
	}
	if c := p.copyAround(int(from.box), end); c != nil {
		line.Shared = SharedLine{
			literal: c.literal, from: int(from.box) - c.first, to: end - c.first, fromPoint: from.point, toPoint: to.point, final: final,
		}
	}
	if atEnd := ps.align == alignEnd; atEnd != ps.rtl {
		line.X = ps.measure - line.Width
	}
	return line
}

// between gives the boxes of a line. Where it begins or ends inside a word, they are copies with the part of the word.
func (p *paragraph) between(from, to *place) []box {
	if from.point == 0 && to.point == 0 {
		return p.boxes[from.box:to.box]
	}
	end := to.box
	if to.point > 0 {
		end++
	}
	p.row = append(p.row[:0], p.boxes[from.box:end]...)
	if to.point > 0 {
		b := &p.row[len(p.row)-1]
		point := &b.divided.points[to.point-1]
		b.word, b.width = point.head, point.headWidth
	}
	if from.point > 0 {
		b := &p.row[0]
		point := &b.divided.points[from.point-1]
		b.word, b.width = point.tail, point.tailWidth
	}
	return p.row
}
