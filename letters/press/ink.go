package press

import (
	"unicode/utf16"

	"postbag/letters/typeset"
)

// ink is a shaped word as operands of the text-showing operator TJ (ISO 32000-1, 9.4.3), made once for each word.
type ink struct {
	strokes []stroke
	// actual is the word's text for /ActualText (14.9.4), where glyphs do not stand for characters one by one: readers that guess
	// words from where glyphs lie would take marks for words. Not for text from right to left, which some readers turn round; see
	// unturned.
	actual []byte
	// unturned is the text of a word from right to left in a script that readers of PDFs do not know to be one, such as N'Ko and
	// Adlam. They leave it as it is drawn, from left to right, unless /ActualText over all of its words says otherwise.
	unturned string
}

// stroke is glyphs of one face at one height over the baseline.
//
// Character codes are two bytes (Identity-H, 9.7.5.2). As a rule a glyph's code is its number, and /ToUnicode gives it the
// text that it has everywhere; then tj is ready to be copied. Where a glyph stands for something else, as in a cluster of
// several glyphs, it needs a code of its own for that text, which the bundle gives out: then tj is empty and glyphs are
// put together when they are drawn.
type stroke struct {
	face   *typeset.Face
	rise   int32 // thousandths of the font size
	tj     []byte
	glyphs []typeset.GlyphID // of tj
	told   []told
	tail   int64 // move after the last of told, in thousandths
	width  int64 // how far it moves on, in hundred-thousandths of the font size
}

// told is a glyph with what it says here.
type told struct {
	move int64 // to the left, before it, in thousandths of the font size
	id   typeset.GlyphID
	text string
}

// Distances inside a word are reckoned in hundred-thousandths of the font size: fine enough that a line of a hundred
// glyphs ends where it should to a few thousandths of a point.
const perEm = typeset.PerEm

func scale(units int32, face *typeset.Face) int64 { return face.PerEm(int(units)) }

// drawWord makes the ink of a word. It is given to the layout as its draw function.
func drawWord(w *typeset.Word) any {
	if out := plainInk(w); out != nil {
		return out
	}
	out := &ink{}
	plain := true
	for _, run := range w.Runs {
		out.addRun(run)
		plain = plain && run.Plain
		for _, g := range run.Glyphs {
			plain = plain && g.XOffset == 0 && g.YOffset == 0
		}
	}
	switch {
	case !w.RightToLeft() && !plain:
		out.actual = appendTextHex(nil, w.Text())
	case w.RightToLeft() && !turned(w.Text()):
		out.unturned = w.Text()
	}
	return out
}

// plainInk makes the ink of a word of one face and height whose glyphs say what they always say, the same as addRun makes it; nil for other
// words. The ink that the word had before is made anew in its memory.
func plainInk(w *typeset.Word) *ink {
	if len(w.Runs) != 1 || !w.Runs[0].Plain || len(w.Runs[0].Glyphs) == 0 || w.RightToLeft() {
		return nil
	}
	run := &w.Runs[0]
	for i := range run.Glyphs {
		if run.Glyphs[i].XOffset != 0 || run.Glyphs[i].YOffset != 0 {
			return nil
		}
	}
	out, _ := w.Ink.(*ink)
	if out == nil || len(out.strokes) != 1 {
		out = &ink{strokes: []stroke{{}}}
	}
	s := &out.strokes[0]
	s.face, s.tj, s.glyphs = run.Face, append(s.tj[:0], '('), s.glyphs[:0]
	var at, pen int64
	for i := range run.Glyphs {
		g := &run.Glyphs[i]
		if move := roundTo(pen-at, perEm/1000); move != 0 {
			if i > 0 {
				s.tj = append(s.tj, ')')
			} else {
				s.tj = s.tj[:0]
			}
			s.tj = append(appendInt(s.tj, move), '(')
			pen -= move * (perEm / 1000)
		}
		s.tj = appendCode(s.tj, g.ID)
		s.glyphs = append(s.glyphs, g.ID)
		own, width := run.Face.Advance(g.ID), run.Face.Width(g.ID)
		pen += width
		if int(g.Advance) != own {
			width = scale(g.Advance, run.Face)
		}
		at += width
	}
	s.tj = append(s.tj, ')')
	s.tail = roundTo(pen-at, perEm/1000)
	if s.tail != 0 {
		s.tj = appendInt(s.tj, s.tail)
	}
	s.width = pen - s.tail*(perEm/1000)
	return out
}

// turned tells whether readers of PDFs know the script of a text to run from right to left: Hebrew, Arabic, Syriac and Thaana.
func turned(text string) bool {
	for _, r := range text {
		if r >= 0x07C0 && r < 0x08A0 || r >= 0x10800 {
			return false
		}
	}
	return true
}

// addRun turns glyphs into strokes. Numbers between glyphs move the next one left; what rounding leaves over is carried to
// the next number.
func (k *ink) addRun(run typeset.GlyphRun) {
	var s *stroke
	first := len(k.strokes)
	var at, pen int64 // where the next glyph belongs, and where the reader of the PDF has got to
	for _, g := range run.Glyphs {
		rise := int32(roundTo(scale(g.YOffset, run.Face), perEm/1000))
		if s == nil || s.rise != rise {
			if s != nil {
				s.width, at, pen = pen, at-pen, 0
			}
			k.strokes = append(k.strokes, stroke{face: run.Face, rise: rise})
			s = &k.strokes[len(k.strokes)-1]
		}
		move := roundTo(pen-at-scale(g.XOffset, run.Face), perEm/1000)
		s.told = append(s.told, told{move: move, id: g.ID, text: g.Text})
		pen += scale(int32(run.Face.Advance(g.ID)), run.Face) - move*(perEm/1000)
		at += scale(g.Advance, run.Face)
	}
	if s == nil {
		return
	}
	// The pen is left where the word ends, whatever the last glyph's own width was.
	s.tail = roundTo(pen-at, perEm/1000)
	s.width = pen - s.tail*(perEm/1000)
	if run.Plain {
		for i := first; i < len(k.strokes); i++ {
			k.strokes[i].ready()
		}
	}
}

// ready writes the operands of a stroke whose glyphs say what they always say.
func (s *stroke) ready() {
	if len(s.tj) > 0 {
		return
	}
	s.tj = s.appendTo(nil, func(t told) typeset.GlyphID {
		s.glyphs = append(s.glyphs, t.id)
		return t.id
	})
	s.told = nil
}

// appendTo writes the operands; code gives each glyph its character code.
func (s *stroke) appendTo(dst []byte, code func(told) typeset.GlyphID) []byte {
	open := false
	for _, t := range s.told {
		if t.move != 0 {
			if open {
				dst = append(dst, ')')
			}
			dst = appendInt(dst, t.move)
			open = false
		}
		if !open {
			dst = append(dst, '(')
			open = true
		}
		dst = appendCode(dst, code(t))
	}
	if open {
		dst = append(dst, ')')
	}
	if s.tail != 0 {
		dst = appendInt(dst, s.tail)
	}
	return dst
}

func roundTo(v, unit int64) int64 {
	if v < 0 {
		return -((-v + unit/2) / unit)
	}
	return (v + unit/2) / unit
}

// appendCode writes a glyph number as two bytes of a literal string (ISO 32000-1, 7.3.4.2).
func appendCode(dst []byte, g typeset.GlyphID) []byte {
	return appendEscaped(appendEscaped(dst, byte(g>>8)), byte(g))
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '(', ')', '\\':
		return append(dst, '\\', c)
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, c)
}

const hexDigits = "0123456789ABCDEF"

func appendHex16(dst []byte, v uint16) []byte {
	return append(dst, hexDigits[v>>12], hexDigits[v>>8&15], hexDigits[v>>4&15], hexDigits[v&15])
}

// appendUTF16Hex writes text as hexadecimal UTF-16BE.
func appendUTF16Hex(dst []byte, text string) []byte {
	for _, r := range text {
		if r1, r2 := utf16.EncodeRune(r); r1 != '\uFFFD' {
			dst = appendHex16(appendHex16(dst, uint16(r1)), uint16(r2))
		} else {
			dst = appendHex16(dst, uint16(r))
		}
	}
	return dst
}

// appendTextHex writes text as a PDF text string in hexadecimal (ISO 32000-1, 7.9.2.2).
func appendTextHex(dst []byte, text string) []byte {
	dst = append(dst, "<FEFF"...)
	dst = appendUTF16Hex(dst, text)
	return append(dst, '>')
}
