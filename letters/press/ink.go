package press

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"postbag/letters/typeset"
)

// ink is a shaped word as operands of the text-showing operator TJ (ISO 32000-1, 9.4.3), made once for each word.
//
// # What readers make of it
//
// A word is to be copied and found as it was typed, and readers of PDFs put text together in two ways. Some, mupdf among them, take what
// codes say in the order in which they are drawn. Others, poppler among them, go by where glyphs lie on the page, and turn words round
// whose characters belong to scripts that run from right to left. What suits both:
//
//   - What is drawn is drawn in reading order. A word from right to left begins at its right edge and moves back over each glyph.
//   - A code never says nothing and is never without a place of its own: mupdf takes the one for an unknown character, and poppler puts
//     raised and overlapping marks on lines of their own. So a cluster of glyphs that only say something together is drawn with one code,
//     as a group.
//   - From right to left a code says one character. Readers that turn words round would turn the characters of a code round with them.
//     Further characters of a cluster are said by carriers, groups of no glyph, each a little further left.
//   - /ActualText (14.9.4) does the rest. A word with carriers from left to right has it, so that readers which know of it need not make
//     sense of those; for lines with words from right to left see mixedOrder.findSpans.
type ink struct {
	strokes []stroke
	rtl     bool // it is drawn from its right edge to its left one
	letters bool // it is not just punctuation
	carried bool // from left to right: some of its text is said by carriers
	text    string
}

// stroke is signs of one face.
//
// Character codes are two bytes (Identity-H, 9.7.5.2). As a rule a glyph's code is its number, and /ToUnicode gives it the
// text that it has everywhere; then tj is ready to be copied. Where a glyph stands for something else, or a group for a cluster, it
// needs a code of its own, which the bundle gives out: then tj is empty and codes are put together when they are drawn.
type stroke struct {
	face   *typeset.Face
	rtl    bool
	tj     []byte
	glyphs []typeset.GlyphID // of tj
	told   []told
	tail   int64 // move after the last of told, in thousandths
	width  int64 // how far it moves on, in hundred-thousandths of the font size; less than nothing from right to left
}

// told is a sign with the move to the left that comes before it, in thousandths of the font size.
type told struct {
	move int64
	sign sign
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
	out := &ink{rtl: w.RightToLeft(), text: w.Text(), letters: strings.ContainsFunc(w.Text(), unicode.IsLetter)}
	for i := range w.Runs {
		if out.rtl {
			i = len(w.Runs) - 1 - i
		}
		out.addRun(&w.Runs[i])
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
	advances, widths := run.Face.Advances()
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
		own, width := int32(0), int64(0)
		if int(g.ID) < len(widths) {
			own, width = int32(advances[g.ID]), int64(widths[g.ID])
		}
		pen += width
		if g.Advance != own {
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
	out.text, out.letters = w.Text(), true
	return out
}

// addRun turns the clusters of a run into signs, in reading order. Numbers between them move the next one left; what rounding leaves
// over is carried to the next number.
func (k *ink) addRun(run *typeset.GlyphRun) {
	if len(run.Glyphs) == 0 {
		return
	}
	placed, end := k.place(run)
	s := stroke{face: run.Face, rtl: k.rtl, told: make([]told, 0, len(placed))}
	start := int64(0)
	if k.rtl {
		start, end = end, start
	}
	pen := start // where the reader of the PDF has got to
	plain := true
	for _, p := range placed {
		move := roundTo(pen-p.at, perEm/1000)
		s.told = append(s.told, told{move: move, sign: p.sign})
		pen += scale(p.sign.advance(run.Face), run.Face) - move*(perEm/1000)
		plain = plain && p.sign.plain(run.Face)
	}
	// The pen is left where the word ends, whatever the last glyph's own width was.
	s.tail = roundTo(pen-end, perEm/1000)
	s.width = pen - s.tail*(perEm/1000) - start
	if plain {
		s.ready()
	}
	k.strokes = append(k.strokes, s)
}

// ready writes the operands of a stroke whose glyphs say what they always say.
func (s *stroke) ready() {
	s.tj = s.appendTo(nil, func(sign sign) typeset.GlyphID {
		s.glyphs = append(s.glyphs, sign.glyph)
		return sign.glyph
	})
	s.told = nil
}

// appendTo writes the operands; code gives each glyph its character code.
func (s *stroke) appendTo(dst []byte, code func(sign) typeset.GlyphID) []byte {
	open := false
	for i, t := range s.told {
		if s.rtl && i > 0 {
			dst = append(dst, ")]TJ["...)
			open = false
		}
		if t.move != 0 {
			if open {
				dst = append(dst, ')')
				open = false
			}
			dst = appendInt(dst, t.move)
		}
		if !open {
			dst = append(dst, '(')
			open = true
		}
		dst = appendCode(dst, code(t.sign))
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
	if high, low := byte(g>>8), byte(g); !escaped[high] && !escaped[low] {
		return append(dst, high, low)
	}
	return appendEscaped(appendEscaped(dst, byte(g>>8)), byte(g))
}

// escaped marks the bytes that appendEscaped writes otherwise.
var escaped = [256]bool{'(': true, ')': true, '\\': true, '\r': true}

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
