package typeset

import (
	"strings"

	"postbag/letters/merge"
)

// Two ways lead from runs of text to boxes. The general one, read and fill, takes the whole paragraph apart and asks the
// bidirectional algorithm. The quick one, join, is for paragraphs that read from left to right throughout, which is nearly all
// of them: what a template says around the fields is cut into boxes once and copied, and only the words that touch a field
// are looked up for each signer.

// literal is a run of a template, cut once.
type literal struct {
	rtl   bool
	whole bool   // it holds no space: all of it is head
	head  string // up to the first space: the end of a word that began before the run
	boxes []box  // the words between the first space and the last
	tail  string // after the last space: the start of a word that may go on after the run
}

type literalKey struct {
	text    string
	style   Style
	size    Length
	measure Length
	divide  bool // its words may be divided
}

// literalCopy is where the boxes of a literal were copied to.
type literalCopy struct {
	literal *literal
	first   int
}

// copyAround finds the literal that all boxes of a line come from; nil when there is none.
func (p *paragraph) copyAround(start, end int) *literalCopy {
	for i := range p.copies {
		if c := &p.copies[i]; c.first <= start && end <= c.first+len(c.literal.boxes) {
			return c
		}
	}
	return nil
}

const spaces = " \n\t"

// cutLiteral prepares a run of a template. Words of fixed text keep their glue; the first box's is for join to find.
func (p *paragraph) cutLiteral(s *shaper, text string, ps *paragraphStyle, style Style) *literal {
	l := &literal{rtl: hasRightToLeft(text)}
	first, last := strings.IndexAny(text, spaces), strings.LastIndexAny(text, spaces)
	if first < 0 {
		l.whole, l.head = true, text
		return l
	}
	l.head, l.tail = text[:first], text[last+1:]
	if l.rtl {
		return l
	}
	var inner paragraph
	brief := s.brief
	s.brief = false // these words last
	inner.read([]merge.Run{{Text: text[first:last]}}, style)
	inner.fill(s, ps, false)
	s.brief = brief
	l.boxes = inner.boxes
	return l
}

// join makes the boxes of a paragraph that reads from left to right; false means that this one does not.
func (p *paragraph) join(s *shaper, runs []merge.Run, ps *paragraphStyle) bool {
	p.text, p.boxes, p.bidi.levels, p.isOpen = p.text[:0], p.boxes[:0], p.bidi.levels[:0], false
	p.copies = p.copies[:0]
	spaced, forced := false, false
	for i := range runs {
		run := &runs[i]
		style := ps.style | run.Style
		switch {
		case run.Break:
			p.shut(s, ps)
			spaced, forced = false, true
		case run.Value:
			if hasRightToLeft(run.Text) {
				return false
			}
			p.value, p.own = run.Text, run.Signer
			p.words(s, ps, run.Text, style, &spaced, &forced)
			p.value, p.own = "", false
		default:
			l := p.literal(s, run.Text, ps, style)
			if l.rtl {
				return false
			}
			p.extend(s, ps, l.head, style, &spaced, &forced)
			if l.whole {
				continue
			}
			p.shut(s, ps)
			if len(l.boxes) > 0 {
				first := len(p.boxes)
				p.boxes = append(p.boxes, l.boxes...)
				p.copies = append(p.copies, literalCopy{l, first})
				p.lead(s, first, true, forced, ps)
				forced = false
			}
			spaced = true
			p.extend(s, ps, l.tail, style, &spaced, &forced)
		}
	}
	p.shut(s, ps)
	p.openChains(ps)
	return true
}

func (p *paragraph) literal(s *shaper, text string, ps *paragraphStyle, style Style) *literal {
	key := literalKey{text, style, ps.size, ps.measure, ps.divide()}
	l, ok := p.literals[key]
	if !ok {
		if p.literals == nil {
			p.literals = map[literalKey]*literal{}
		}
		l = p.cutLiteral(s, text, ps, style)
		p.literals[key] = l
	}
	return l
}

// words adds a signer's value, word by word.
func (p *paragraph) words(s *shaper, ps *paragraphStyle, text string, style Style, spaced, forced *bool) {
	for {
		at := strings.IndexByte(text, ' ')
		if at < 0 {
			p.extend(s, ps, text, style, spaced, forced)
			return
		}
		p.extend(s, ps, text[:at], style, spaced, forced)
		p.shut(s, ps)
		*spaced = true
		text = text[at+1:]
	}
}

// extend adds text to the word being put together, or begins one.
func (p *paragraph) extend(s *shaper, ps *paragraphStyle, text string, style Style, spaced, forced *bool) {
	if text == "" {
		return
	}
	if p.isOpen && p.open.style != style {
		p.shut(s, ps)
	}
	if !p.isOpen {
		p.isOpen = true
		p.open = unit{start: len(p.text), style: style, spaced: *spaced, forced: *forced}
		*spaced, *forced = false, false
	}
	if p.open.value == "" {
		p.open.value = p.value
	}
	p.open.own = p.open.own || p.own
	p.text = append(p.text, text...)
	p.open.end = len(p.text)
}

// shut makes boxes of the word that was put together.
func (p *paragraph) shut(s *shaper, ps *paragraphStyle) {
	if !p.isOpen {
		return
	}
	p.isOpen = false
	first := len(p.boxes)
	p.cut(s, &p.open, ps)
	if len(p.boxes) > first {
		p.lead(s, first, p.open.spaced, p.open.forced, ps)
	}
}

// lead says what comes before a box.
func (p *paragraph) lead(s *shaper, at int, spaced, forced bool, ps *paragraphStyle) {
	b := &p.boxes[at]
	b.forced, b.opening, b.hyphen, b.glue = forced, spaced || forced, false, 0
	if spaced && at > 0 && !forced {
		before := &p.boxes[at-1]
		b.glue = (b.word.before + before.word.after).At(ps.size)
		b.opening = parted(before.word.joint, b.word.joint)
	}
}

// read takes the runs apart into units. White space between units is one space, whatever it was.
func (p *paragraph) read(runs []merge.Run, base Style) (needsBidi bool) {
	p.copies = p.copies[:0]
	p.text, p.values, p.units = p.text[:0], p.values[:0], p.units[:0]
	spaced, forced, open := false, false, false
	for i := range runs {
		run := &runs[i]
		if run.Break {
			forced, open, spaced = true, false, false
			continue
		}
		if run.Text == "" {
			continue
		}
		style := base | run.Style
		if n := len(p.units); open && p.units[n-1].style != style {
			open = false
		}
		from := len(p.text)
		for k := 0; k < len(run.Text); {
			c := run.Text[k]
			if c == ' ' || c == '\n' || c == '\t' {
				spaced, open = true, false
				p.text = append(p.text, ' ')
				k++
				continue
			}
			if !open {
				p.units = append(p.units, unit{start: len(p.text), style: style, spaced: spaced, forced: forced})
				spaced, forced, open = false, false, true
			}
			end := k + 1
			for end < len(run.Text) && run.Text[end] != ' ' && run.Text[end] != '\n' && run.Text[end] != '\t' {
				end++
			}
			p.text = append(p.text, run.Text[k:end]...)
			u := &p.units[len(p.units)-1]
			u.end = len(p.text)
			if run.Value && u.value == "" {
				u.value = run.Text
			}
			u.own = u.own || run.Signer
			needsBidi = needsBidi || hasRightToLeft(run.Text[k:end])
			k = end
		}
		if run.Value {
			p.values = append(p.values, [2]int{from, len(p.text)})
		}
	}
	return needsBidi
}
