package press

import (
	"maps"
	"slices"

	"postbag/letters/typeset"
)

// fontUse is what a document uses of a face: glyphs under their own numbers, and codes beyond those for glyphs that
// stand for another text than they do everywhere.
type fontUse struct {
	face  *typeset.Face
	used  glyphSet // as codes; the glyph's number is the code
	extra []extraCode
	codes map[extraKey]typeset.GlyphID
}

type extraCode struct {
	code  typeset.GlyphID
	glyph typeset.GlyphID
	text  string // may be empty: another glyph of the cluster says it
}

type extraKey struct {
	glyph typeset.GlyphID
	text  string
}

// maxCode is the largest character code of two bytes.
const maxCode = 0xFFFF

// codeFor returns the code of a glyph that stands for text, and notes the glyph. Codes are given out in the order in
// which they are asked for, so the same letters get the same codes. When a face has so many glyphs that no code is left,
// the glyph's own number serves: it is printed right, and only copying it may give another text.
func (f *fontUse) codeFor(g typeset.GlyphID, text string) typeset.GlyphID {
	if text != "" && text == f.face.Text(g) {
		f.used.add(g)
		return g
	}
	key := extraKey{g, text}
	if code, ok := f.codes[key]; ok {
		return code
	}
	next := f.face.Glyphs() + len(f.extra)
	if next > maxCode {
		f.used.add(g)
		return g
	}
	if f.codes == nil {
		f.codes = map[extraKey]typeset.GlyphID{}
	}
	code := typeset.GlyphID(next)
	f.codes[key] = code
	f.extra = append(f.extra, extraCode{code: code, glyph: g, text: text})
	return code
}

// clone copies the use, so that a bundle can go on from the master's.
func (f *fontUse) clone() fontUse {
	return fontUse{
		face: f.face, used: glyphSet{slices.Clone(f.used.bits)}, extra: slices.Clone(f.extra), codes: maps.Clone(f.codes),
	}
}

// drawn is the set of glyphs that the font file must have.
func (f *fontUse) drawn() glyphSet {
	set := glyphSet{slices.Clone(f.used.bits)}
	for _, e := range f.extra {
		set.add(e.glyph)
	}
	return set
}
