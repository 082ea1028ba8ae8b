package press

import (
	"encoding/binary"
	"fmt"
	"math"

	"postbag/letters/typeset"
)

// outliner writes faces whose outlines must be drawn anew as CFF fonts (Adobe Technical Note 5176): those with CFF or CFF2 outlines and
// instances of variable fonts. It has just the glyphs of a bundle, each as a character of its own code (CID), so that a glyph which says
// several things is there several times. It belongs to one goroutine, and keeps the glyphs that it has drawn.
//
// All is in thousandths of an em, whatever the face's own unit is: readers of PDFs do not agree on what the font matrices of a font
// with CIDs mean together.
type outliner struct {
	face   *typeset.Face
	pen    *typeset.Pen
	steps  []typeset.PathStep
	drawn  map[typeset.GlyphID]drawnGlyph
	groups map[string]drawnGlyph // by their keys
}

// drawnGlyph is a glyph's charstring in two parts, so that the width can be left out where it is the usual one.
type drawnGlyph struct {
	width   int32 // thousandths of an em
	with    []byte
	without []byte
}

func newOutliner(face *typeset.Face) *outliner {
	return &outliner{face: face, pen: face.Pen(), drawn: map[typeset.GlyphID]drawnGlyph{}, groups: map[string]drawnGlyph{}}
}

// glyph draws a glyph, once.
func (o *outliner) glyph(g typeset.GlyphID) (drawnGlyph, error) {
	if d, ok := o.drawn[g]; ok {
		return d, nil
	}
	var err error
	if o.steps, err = o.pen.Outline(g, o.steps[:0]); err != nil {
		return drawnGlyph{}, err
	}
	d, err := o.finish(int32(o.face.Advance(g)))
	if err == nil {
		o.drawn[g] = d
	}
	return d, err
}

// keptGroups bounds the groups kept. The glyphs of a face are bounded by themselves.
const keptGroups = 1 << 13

// group draws a group, once.
func (o *outliner) group(g *group) (drawnGlyph, error) {
	if d, ok := o.groups[g.key]; ok {
		return d, nil
	}
	o.steps = o.steps[:0]
	for _, p := range g.parts {
		from := len(o.steps)
		var err error
		if o.steps, err = o.pen.Outline(p.glyph, o.steps); err != nil {
			return drawnGlyph{}, err
		}
		dx, dy := o.thousandths(p.dx), o.thousandths(p.dy)
		for i := from; i < len(o.steps); i++ {
			for k := range o.steps[i].Points {
				point := &o.steps[i].Points[k]
				point.X, point.Y = point.X+dx, point.Y+dy
			}
		}
	}
	if len(g.parts) == 0 { // a line that nobody sees, as in appendHairline
		o.steps = append(o.steps, typeset.PathStep{},
			typeset.PathStep{Op: typeset.LineTo, Points: [3]typeset.PathPoint{{X: 10}}}, typeset.PathStep{Op: typeset.LineTo, Points: [3]typeset.PathPoint{{X: 5}}})
	}
	d, err := o.finish(g.advance)
	if len(o.groups) >= keptGroups {
		clear(o.groups)
	}
	if err == nil {
		o.groups[g.key] = d
	}
	return d, err
}

func (o *outliner) thousandths(units int32) int32 {
	return int32(roundTo(scale(units, o.face), perEm/1000))
}

// finish makes charstrings of the steps drawn.
func (o *outliner) finish(advance int32) (drawnGlyph, error) {
	for _, s := range o.steps {
		for _, p := range s.Points {
			if min(p.X, p.Y) < math.MinInt16/2 || max(p.X, p.Y) > math.MaxInt16/2 {
				return drawnGlyph{}, fmt.Errorf("the font %s is damaged: a glyph runs out of all bounds", o.face.Name)
			}
		}
	}
	width := o.thousandths(advance)
	return drawnGlyph{
		width:   width,
		with:    appendCharstring(nil, o.steps, width-nominalWidth, true),
		without: appendCharstring(nil, o.steps, 0, false),
	}, nil
}

// nominalWidth is what widths in charstrings are counted from, for short numbers.
const nominalWidth = 500

// font writes the CFF font of the codes, which are in order.
func (o *outliner) font(name string, codes []code) ([]byte, error) {
	glyphs := make([]drawnGlyph, len(codes))
	widths := map[int32]int{}
	for i, c := range codes {
		draw := func() (drawnGlyph, error) { return o.glyph(c.glyph) }
		if c.group != nil {
			draw = func() (drawnGlyph, error) { return o.group(c.group) }
		}
		d, err := draw()
		if err != nil {
			return nil, err
		}
		glyphs[i] = d
		widths[d.width]++
	}
	usual := glyphs[0].width
	for w, n := range widths {
		if n > widths[usual] || n == widths[usual] && w < usual {
			usual = w
		}
	}
	charstrings := make([][]byte, len(glyphs))
	for i, d := range glyphs {
		charstrings[i] = d.with
		if d.width == usual {
			charstrings[i] = d.without
		}
	}
	return cffFont(name, o.face, codes, charstrings, usual), nil
}

// Operators of CFF dictionaries (Adobe Technical Note 5176, tables 9, 10 and 23). Those over 0xFF are two bytes.
const (
	dictFontBBox      = 5
	dictCharset       = 15
	dictCharStrings   = 17
	dictPrivate       = 18
	dictDefaultWidthX = 20
	dictNominalWidthX = 21
	dictROS           = 0x0C00 | 30
	dictCIDCount      = 0x0C00 | 34
	dictFDArray       = 0x0C00 | 36
	dictFDSelect      = 0x0C00 | 37
	dictFontName      = 0x0C00 | 38
)

// firstString is the number of the first string of a font's own.
const firstString = 391

// cffFont puts a font with CIDs together: one font dictionary for all glyphs.
func cffFont(name string, face *typeset.Face, codes []code, charstrings [][]byte, usualWidth int32) []byte {
	private := dictEntry(nil, dictDefaultWidthX, usualWidth)
	private = dictEntry(private, dictNominalWidthX, nominalWidth)
	charset := appendCharset(nil, codes)
	selection := appendFDSelect(nil, len(codes))
	charStrings := appendIndex(nil, charstrings...)

	// Offsets count from the start of the font, and are written in five bytes each, so that the length of the dictionaries
	// which hold them does not depend on them.
	var at struct{ charset, selection, charStrings, fontDict, private int }
	build := func() []byte {
		top := dictEntry(nil, dictROS, firstString, firstString+1, 0)
		var box [4]int32
		for i, v := range face.Metrics.Box {
			box[i] = int32(roundTo(scale(int32(v), face), perEm/1000))
		}
		top = dictEntry(top, dictFontBBox, box[:]...)
		top = dictEntry(top, dictCIDCount, maxCode+1)
		top = dictOffset(top, dictCharset, at.charset)
		top = dictOffset(top, dictFDSelect, at.selection)
		top = dictOffset(top, dictCharStrings, at.charStrings)
		top = dictOffset(top, dictFDArray, at.fontDict)
		out := []byte{1, 0, 4, 4} // version 1.0, the length of this, offsets of four bytes
		out = appendIndex(out, []byte(name))
		out = appendIndex(out, top)
		out = appendIndex(out, []byte("Adobe"), []byte("Identity"), []byte(name))
		out = appendIndex(out) // no subroutines
		at.charset = len(out)
		out = append(out, charset...)
		at.selection = len(out)
		out = append(out, selection...)
		at.charStrings = len(out)
		out = append(out, charStrings...)
		at.fontDict = len(out)
		font := dictEntry(nil, dictFontName, firstString+2)
		font = dictOffset(dictLong(font, len(private)), dictPrivate, at.private)
		out = appendIndex(out, font)
		at.private = len(out)
		return append(out, private...)
	}
	build()
	return build()
}

// dictEntry appends an operator with its numbers to a dictionary (chapter 4).
func dictEntry(dst []byte, op int, operands ...int32) []byte {
	for _, v := range operands {
		if v > math.MaxInt16 || v < math.MinInt16 {
			dst = dictLong(dst, int(v))
		} else {
			dst = appendOperand(dst, v)
		}
	}
	if op > 0xFF {
		dst = append(dst, byte(op>>8))
	}
	return append(dst, byte(op))
}

// dictOffset appends an operator with a number of five bytes.
func dictOffset(dst []byte, op, offset int) []byte { return dictEntry(dictLong(dst, offset), op) }

func dictLong(dst []byte, v int) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 29), uint32(v))
}

// appendIndex appends an INDEX (chapter 5).
func appendIndex(dst []byte, objects ...[]byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(objects)))
	if len(objects) == 0 {
		return dst
	}
	end := 1
	for _, o := range objects {
		end += len(o)
	}
	size := 1
	for end >= 1<<(8*size) {
		size++
	}
	dst = append(dst, byte(size))
	offset := 1
	appendOffset := func() {
		for k := size - 1; k >= 0; k-- {
			dst = append(dst, byte(offset>>(8*k)))
		}
	}
	appendOffset()
	for _, o := range objects {
		offset += len(o)
		appendOffset()
	}
	for _, o := range objects {
		dst = append(dst, o...)
	}
	return dst
}

// appendCharset says which CID each glyph but .notdef has, as ranges (chapter 13, format 2).
func appendCharset(dst []byte, codes []code) []byte {
	dst = append(dst, 2)
	for i := 1; i < len(codes); {
		n := 1
		for i+n < len(codes) && codes[i+n].code == codes[i].code+typeset.GlyphID(n) {
			n++
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(codes[i].code))
		dst = binary.BigEndian.AppendUint16(dst, uint16(n-1))
		i += n
	}
	return dst
}

// appendFDSelect gives all glyphs the one font dictionary (chapter 19, format 3).
func appendFDSelect(dst []byte, glyphs int) []byte {
	dst = append(dst, 3, 0, 1, 0, 0, 0) // one range: from glyph 0, dictionary 0
	return binary.BigEndian.AppendUint16(dst, uint16(glyphs))
}
