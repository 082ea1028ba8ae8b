package press

import (
	"postbag/letters/picture"
	"postbag/letters/typeset"
)

// canvas writes the content stream of a page or a form XObject.
type canvas struct {
	out    []byte
	height typeset.Length // of the paper: typeset counts from the top, PDF from the bottom
	fonts  fontSource

	inText  bool
	inArray bool
	face    *typeset.Face
	use     *fontUse // of face
	scratch []byte
	size    typeset.Length
	lineX   typeset.Length // where the current line of text started
	lineY   typeset.Length
	pen     int64 // how far the text has got on this line: hundred-thousandths of the size
	order   mixedOrder
}

// fontSource knows the fonts of the document that a content stream belongs to.
type fontSource interface {
	fontName(face *typeset.Face) string // of the resource, without the slash
	fontUse(face *typeset.Face) *fontUse
	pictureName(p *picture.Picture) string // of the resource of a picture made of pixels, without the slash
}

// reset starts a new content stream in the same memory.
func (c *canvas) reset() {
	c.out = c.out[:0]
	c.inText, c.inArray, c.face, c.size = false, false, nil, 0
}

func (c *canvas) op(s string) { c.out = append(c.out, s...) }

func (c *canvas) length(l typeset.Length) { c.out = append(appendPoints(c.out, l), ' ') }

// line draws one line of text.
func (c *canvas) line(l *typeset.Line) {
	if len(l.Items) == 0 {
		return
	}
	if !c.inText {
		c.op("BT\n")
		c.inText, c.lineX, c.lineY = true, 0, 0
	}
	y := c.height - l.Y
	c.length(l.X - c.lineX)
	c.length(y - c.lineY)
	c.op("Td")
	c.lineX, c.lineY, c.pen = l.X, y, 0
	if l.Mixed || carried(l) {
		c.mixed(l)
	} else {
		var target typeset.Length // where the next word belongs, from the start of the line
		for i := range l.Items {
			item := &l.Items[i]
			ink := item.Word.Ink.(*ink)
			if item.Space != 0 {
				target += item.Space
				c.space(item, ink, l.Size, target)
			}
			c.word(ink, l.Size)
			target += item.Word.Width.At(l.Size)
		}
	}
	c.closeArray()
	c.op("\n")
}

// carried tells whether a line has words with carriers.
func carried(l *typeset.Line) bool {
	for i := range l.Items {
		if l.Items[i].Word.Ink.(*ink).carried {
			return true
		}
	}
	return false
}

// beginSpan begins a marked content with text of its own (ISO 32000-1, 14.9.4), which follows in hexadecimal UTF-16BE.
func (c *canvas) beginSpan() {
	c.closeArray()
	c.op("/Span<</ActualText<FEFF")
}

func (c *canvas) endSpanText() { c.op(">>>BDC") }

func (c *canvas) closeSpan() {
	c.closeArray()
	c.op(" EMC")
}

// word shows one word at the pen.
func (c *canvas) word(k *ink, size typeset.Length) {
	for i := range k.strokes {
		s := &k.strokes[i]
		c.setFont(s.face, size)
		c.openArray()
		if len(s.tj) > 0 {
			c.show(s.tj)
			for _, g := range s.glyphs {
				c.use.used.add(g)
			}
		} else {
			c.tell(s)
		}
		c.pen += s.width
	}
}

// tell shows signs that stand for something else than their glyphs do everywhere.
func (c *canvas) tell(s *stroke) {
	c.scratch = s.appendTo(c.scratch[:0], c.use.codeFor)
	c.show(c.scratch)
}

// space draws the space before a word: a space glyph, so that what is copied has one, and a move to where the word
// belongs.
func (c *canvas) space(item *typeset.Item, next *ink, size, target typeset.Length) {
	if c.face == nil || len(next.strokes) == 0 {
		return
	}
	if face, g, units, ok := c.spaceOf(next); ok && item.Spaced {
		c.showSpace(face, g, units, size)
	}
	c.moveTo(target, size)
}

// spaceOf finds a space: that of the face in use, or of the next word's.
func (c *canvas) spaceOf(next *ink) (face *typeset.Face, g typeset.GlyphID, units int, ok bool) {
	face = c.face
	g, units, ok = face.Space()
	if !ok {
		if g, units, ok = next.strokes[0].face.Space(); ok {
			face = next.strokes[0].face
		}
	}
	return face, g, units, ok
}

func (c *canvas) showSpace(face *typeset.Face, g typeset.GlyphID, units int, size typeset.Length) {
	c.setFont(face, size)
	c.openArray()
	var code [6]byte
	c.show(append(appendCode(append(code[:0], '('), g), ')'))
	c.pen += scale(int32(units), face)
	c.use.used.add(g)
}

// moveTo moves the pen to a place on the line.
func (c *canvas) moveTo(x, size typeset.Length) {
	at := int64(x) * perEm / int64(size)
	if move := roundTo(c.pen-at, perEm/1000); move != 0 {
		c.openArray()
		c.partNumbers()
		c.out = appendInt(c.out, move)
		c.pen -= move * (perEm / 1000)
	}
}

// show adds operands to the open array; a string right after a string becomes one with it.
func (c *canvas) show(tj []byte) {
	if n := len(c.out); len(tj) > 0 && tj[0] == '(' && c.out[n-1] == ')' && c.inArray {
		c.out = append(c.out[:n-1], tj[1:]...)
		return
	}
	if len(tj) > 0 && tj[0] != '(' {
		c.partNumbers()
	}
	c.out = append(c.out, tj...)
}

// partNumbers keeps a number from running into one that stands before it.
func (c *canvas) partNumbers() {
	if last := c.out[len(c.out)-1]; last >= '0' && last <= '9' {
		c.out = append(c.out, ' ')
	}
}

func (c *canvas) openArray() {
	if !c.inArray {
		c.out = append(c.out, '[')
		c.inArray = true
	}
}

func (c *canvas) closeArray() {
	if c.inArray {
		c.op("]TJ")
		c.inArray = false
	}
}

func (c *canvas) setFont(face *typeset.Face, size typeset.Length) {
	if c.face == face && c.size == size {
		return
	}
	c.closeArray()
	c.face, c.size, c.use = face, size, c.fonts.fontUse(face)
	c.op("/")
	c.op(c.fonts.fontName(face))
	c.op(" ")
	c.length(size)
	c.op("Tf")
}

// end closes an open text object.
func (c *canvas) end() {
	if c.inText {
		c.op("ET\n")
		c.inText = false
	}
}

// piece draws a piece where it was laid out.
func (c *canvas) piece(p *typeset.Piece) {
	for i := range p.Marks {
		c.mark(&p.Marks[i])
	}
	for i := range p.Pictures {
		c.picture(&p.Pictures[i])
	}
	for i := range p.Rules {
		c.rule(&p.Rules[i])
	}
	for i := range p.Lines {
		c.line(&p.Lines[i])
	}
	c.end()
}

// rule fills a rectangle in black.
func (c *canvas) rule(r *typeset.Rule) {
	c.end()
	c.length(r.X)
	c.length(c.height - r.Y - r.Height)
	c.length(r.Width)
	c.length(r.Height)
	c.op("re f\n")
}

// mark draws a line of text in grey, turned about its start.
func (c *canvas) mark(m *typeset.Mark) {
	c.end()
	c.op("q ")
	c.thousandths(m.Gray)
	c.op("g ")
	c.thousandths(m.Cos)
	c.thousandths(m.Sin)
	c.thousandths(-m.Sin)
	c.thousandths(m.Cos)
	c.length(m.Line.X)
	c.length(c.height - m.Line.Y)
	c.op("cm\n")
	line := m.Line
	line.X, line.Y = 0, c.height
	c.line(&line)
	c.end()
	c.op("Q\n")
	c.face, c.size = nil, 0 // Q brought back the state before
}

func (c *canvas) thousandths(v int) { c.length(typeset.Length(v)) }

// stamp draws a named form XObject, moved down.
func (c *canvas) stamp(name []byte, down typeset.Length) {
	c.end()
	if down == 0 {
		c.out = append(c.out, name...)
		c.op(" Do\n")
		return
	}
	c.op("q 1 0 0 1 0 ")
	c.length(-down)
	c.op("cm ")
	c.out = append(c.out, name...)
	c.op(" Do Q\n")
}
