package typeset

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/go-text/typesetting/language"

	"postbag/letters/merge"
)

// Page is one page of a letter, its parts in reading order. Its slices are the Setter's, valid until it sets the next letter.
type Page struct {
	Parts  []Part
	Number Line // the number of the letter, after the fixed part of its id
}

// Part is a piece to stamp, or lines of the signer's own where there are any.
type Part struct {
	Stamp Stamp
	Lines []Line
}

// Letter is a letter set for one signer.
type Letter struct {
	Pages []Page
}

// Setter sets letters, one after the other. It belongs to one goroutine.
type Setter struct {
	layout  *Layout
	shaper  *shaper
	par     paragraph
	runs    []merge.Run
	items   []Item
	lines   []Line
	firsts  []int // the first of each block's lines
	heights []int
	key     []byte
	plans   map[string]*plan
	number  [8]Item
	kept    []keptLines
	parts   []Part
	letter  Letter
}

// Lines counts the lines of the letter that are the signer's own.
func (l *Letter) Lines() int {
	n := 0
	for i := range l.Pages {
		for k := range l.Pages[i].Parts {
			n += len(l.Pages[i].Parts[k].Lines)
		}
	}
	return n
}

// Widest is the width of the widest of the signer's own lines.
func (l *Letter) Widest() Length {
	var widest Length
	for i := range l.Pages {
		for k := range l.Pages[i].Parts {
			for _, line := range l.Pages[i].Parts[k].Lines {
				widest = max(widest, line.Width)
			}
		}
	}
	return widest
}

// NewSetter makes a setter for the layout.
func (l *Layout) NewSetter() *Setter { return newSetter(l) }

func newSetter(l *Layout) *Setter {
	return &Setter{
		layout: l, kept: make([]keptLines, keptValues), shaper: newShaper(l.fonts, l.design.Language, l.draw, l.words), plans: map[string]*plan{},
	}
}

// Set sets the letter of one signer; number is the letter's, 6 digits or more on paper. The result is valid until the
// next call. An error names a character that no font has: such signers are to be held back before (Fonts.Missing).
func (s *Setter) Set(values []string, number int) (*Letter, error) {
	s.items, s.lines, s.firsts = s.items[:0], s.lines[:0], s.firsts[:0]
	s.heights, s.key = s.heights[:0], s.key[:0]
	s.shaper.loosen()
	s.shaper.brief = true
	s.speak(values)
	defer func() { s.shaper.brief = false }()
	for i := range s.layout.blocks {
		b := &s.layout.blocks[i]
		s.firsts = append(s.firsts, len(s.lines))
		if b.fixed {
			s.heights = append(s.heights, len(b.lines))
			continue
		}
		n := len(s.lines)
		if b.alone >= 0 {
			s.lines = s.setValue(b, values, s.lines)
		} else {
			s.lines = s.setBlock(b, values, s.lines)
		}
		n = len(s.lines) - n
		s.heights = append(s.heights, n)
		s.key = append(s.key, byte(n>>8), byte(n))
	}
	if err := s.checkGlyphs(); err != nil {
		return nil, err
	}
	p, err := s.plan(nil)
	if err != nil {
		return nil, err
	}
	if s.endsInWord(p) {
		if p, err = s.plan(s.dividedLines()); err != nil {
			return nil, err
		}
	}
	s.place(p, number)
	return &s.letter, nil
}

// speak sets the language of a signer's words.
func (s *Setter) speak(values []string) {
	if slot := s.layout.design.SignerLanguage - 1; slot >= 0 && slot < len(values) {
		s.shaper.speak(values[slot])
	}
}

// plan finds the plan for the heights of the letter's blocks, or makes it; divided is the lines that end inside a word, where that matters.
func (s *Setter) plan(divided []lineOf) (*plan, error) {
	for _, d := range divided {
		s.key = append(s.key, byte(d.block>>8), byte(d.block), byte(d.line>>8), byte(d.line))
	}
	p, ok := s.plans[string(s.key)]
	if !ok {
		var err error
		if p, err = s.layout.planPages(s.heights, divided); err != nil {
			return nil, err
		}
		s.plans[string(s.key)] = p
	}
	return p, nil
}

// endsInWord tells whether a page of the plan ends inside a word of a varying block.
func (s *Setter) endsInWord(p *plan) bool {
	for _, end := range p.ends {
		if s.lines[s.firsts[end.block]+end.line].Divided {
			return true
		}
	}
	return false
}

// dividedLines lists the lines of varying blocks that end inside a word.
func (s *Setter) dividedLines() []lineOf {
	var divided []lineOf
	for b := range s.layout.blocks {
		if s.layout.blocks[b].fixed {
			continue
		}
		for i := range s.heights[b] {
			if s.lines[s.firsts[b]+i].Divided {
				divided = append(divided, lineOf{b, i})
			}
		}
	}
	return divided
}

// checkGlyphs makes sure that no box is printed.
func (s *Setter) checkGlyphs() error {
	for i := range s.lines {
		for k := range s.lines[i].Items {
			if w := s.lines[i].Items[k].Word; w.lacks {
				return fmt.Errorf("no font can set %q", w.text)
			}
		}
	}
	return nil
}

// keptLines remembers how a value on a line of its own was set: places recur. A value is kept when it comes up a second time, so
// that names, which do not recur, cost nothing.
type keptLines struct {
	hash  uint64
	text  string
	block *layoutBlock
	lines []Line
	lang  language.Language // that the value was set in
}

// keptValues is how many values a Setter remembers, a power of two.
const keptValues = 1 << 12

// setValue sets a block that is one value.
func (s *Setter) setValue(b *layoutBlock, values []string, dst []Line) []Line {
	text := values[b.alone]
	hash := maphash.String(s.shaper.shared.seed, text)
	kept := &s.kept[hash%keptValues]
	hash += s.shaper.own.hash
	if kept.hash == hash && kept.block == b && kept.text == text && kept.lang == s.shaper.own.language {
		return append(dst, kept.lines...)
	}
	first := len(dst)
	if kept.hash != hash || kept.block != b {
		*kept = keptLines{hash: hash, block: b, lang: s.shaper.own.language}
		if line, ok := s.quickLine(b, text); ok {
			return append(dst, line)
		}
		return s.setBlock(b, values, dst)
	}
	items := s.items
	s.items, s.shaper.brief = nil, false
	if line, ok := s.quickLine(b, text); ok { // into memory of its own
		dst = append(dst, line)
	} else {
		dst = s.setBlock(b, values, dst)
	}
	s.items, s.shaper.brief = items, true
	kept.text, kept.lang, kept.lines = strings.Clone(text), s.shaper.own.language, slices.Clone(dst[first:])
	return dst
}

// quickLine sets a value of plain letters that fits on one line as one word, its spaces with it: what most names and places are. Whether it
// can depends on nothing but the value, so the same value comes out the same however often it was seen.
func (s *Setter) quickLine(b *layoutBlock, text string) (Line, bool) {
	ps := &b.style.paragraphStyle
	if ps.rtl || ps.align == alignEnd || b.style.center || !evenlySpaced(text) {
		return Line{}, false
	}
	s.shaper.tongue = s.shaper.own
	w := s.shaper.quickText(text, ps.style)
	s.shaper.tongue = tongue{}
	if w == nil {
		return Line{}, false
	}
	width := w.Width.At(ps.size)
	if width > ps.measure {
		return Line{}, false
	}
	first := len(s.items)
	s.items = append(s.items, Item{Word: w})
	return Line{Size: ps.size, Items: s.items[first:len(s.items):len(s.items)], Width: width}, true
}

// evenlySpaced tells whether a text begins and ends with a letter and has no two spaces together.
func evenlySpaced(text string) bool {
	space := true
	for i := range len(text) {
		if text[i] > ' ' {
			space = false
			continue
		}
		if space || text[i] != ' ' {
			return false
		}
		space = true
	}
	return !space
}

// setBlock sets one block for the values and appends its lines to dst, in the block's own coordinates.
func (s *Setter) setBlock(b *layoutBlock, values []string, dst []Line) []Line {
	s.runs = b.element.Block.Fill(values, s.runs[:0])
	first := len(dst)
	dst = s.par.set(s.shaper, s.runs, &b.style.paragraphStyle, &s.items, dst)
	if b.style.center {
		for i := first; i < len(dst); i++ {
			dst[i].X = (b.style.measure - dst[i].Width) / 2
		}
	}
	return dst
}

// setAlone sets a fixed block into memory of its own.
func (s *Setter) setAlone(b *layoutBlock) []Line {
	items := s.items
	s.items = nil
	lines := s.setBlock(b, nil, nil)
	s.items = items
	return lines
}

// line sets a short text on one line of its own, as wide as it comes, into memory of its own.
func (s *Setter) line(text string, style Style, size Length) Line {
	ps := paragraphStyle{size: size, style: style, measure: 1 << 30, rtl: s.layout.rtl && hasRightToLeft(text)}
	var items []Item
	var par paragraph
	lines := par.set(s.shaper, []merge.Run{{Text: text}}, &ps, &items, nil)
	if len(lines) == 0 {
		return Line{Size: size}
	}
	lines[0].X = 0
	return lines[0]
}

// Line sets a text on one line for paperwork: slip sheets and the like. X and Y are the caller's to fill.
func (s *Setter) Line(text string, bold bool, size Length) Line {
	style := Style(0)
	if bold {
		style = boldStyle
	}
	return s.line(text, style, size)
}

// Lines breaks a text for paperwork into lines that are no wider than measure; a word that is wider is parted between letters. X and Y
// are the caller's to fill.
func (s *Setter) Lines(text string, bold bool, size, measure Length) []Line {
	ps := s.paperStyle(text, bold, size)
	ps.measure = measure
	var items []Item
	lines := s.par.set(s.shaper, []merge.Run{{Text: text}}, &ps, &items, nil)
	for i := range lines {
		lines[i].X = 0
	}
	return lines
}

// Passing is Line for a text that comes up once, such as a letter id or a hash: it leaves no trace in any memory, and is good until the
// setter sets something else.
func (s *Setter) Passing(text string, bold bool, size Length) Line {
	ps := s.paperStyle(text, bold, size)
	s.shaper.loosen()
	s.shaper.brief = true
	s.items = s.items[:0]
	s.runs = append(s.runs[:0], merge.Run{Text: text, Value: true}) // values are not remembered as a template's text is
	s.lines = s.par.set(s.shaper, s.runs, &ps, &s.items, s.lines[:0])
	s.shaper.brief = false
	if len(s.lines) == 0 {
		return Line{Size: size}
	}
	s.lines[0].X = 0
	return s.lines[0]
}

func (s *Setter) paperStyle(text string, bold bool, size Length) paragraphStyle {
	ps := paragraphStyle{size: size, measure: 1 << 30, rtl: s.layout.rtl && hasRightToLeft(text)}
	if bold {
		ps.style = boldStyle
	}
	return ps
}

// place puts the lines of the varying blocks where the plan has them.
func (s *Setter) place(p *plan, number int) {
	l := s.layout
	s.letter.Pages, s.parts = s.letter.Pages[:0], s.parts[:0]
	if len(p.pages) == 0 {
		return
	}
	numberLine := s.numberLine(number)
	for i := range p.pages {
		first := len(s.parts)
		for k := range p.pages[i].parts {
			planned := &p.pages[i].parts[k]
			if planned.lines == 0 {
				s.parts = append(s.parts, Part{Stamp: planned.stamp})
				continue
			}
			slot := &planned.slot
			from := s.firsts[slot.block] + slot.from
			lines := s.lines[from : from+planned.lines]
			x := l.frame.left + l.blocks[slot.block].style.x
			for n := range lines {
				lines[n].X += x
				if lines[n].Shared.literal != nil {
					lines[n].Shared.x = lines[n].X
				}
				lines[n].Y = slot.y + Length(n)*slot.leading
			}
			s.parts = append(s.parts, Part{Lines: lines})
		}
		if i == 1 || !l.head.placed {
			numberLine.X, numberLine.Y, numberLine.Size = l.numberX, l.frame.footer, l.footSize
		}
		s.letter.Pages = append(s.letter.Pages, Page{Parts: s.parts[first:len(s.parts):len(s.parts)], Number: numberLine})
	}
}

// numberLine sets a letter's number from digits that were shaped once, six of them or as many as it has, where the head has it.
func (s *Setter) numberLine(number int) Line {
	n, size := len(s.number), s.layout.head.numberOf
	var width Length
	for digits := 0; number > 0 || digits < 6; digits += 3 {
		w := s.layout.digits[number%1000]
		if digits >= 6 && number < 1000 { // the first of more than six is not padded
			w = s.shaper.word(strconv.AppendInt(nil, int64(number), 10), 0, false)
		}
		n--
		width += w.Width.At(size)
		s.number[n] = Item{Word: w}
		number /= 1000
	}
	head := &s.layout.head
	return Line{X: head.numberX, Y: head.numberY, Size: size, Items: s.number[n:], Width: width}
}
