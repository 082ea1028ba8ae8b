package press

import (
	"cmp"
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
	freed int  // the last glyph whose number was given away as a code
	full  bool // a code was wanted and none was left
	marks [directionMarks]typeset.GlyphID
}

type extraCode struct {
	code typeset.GlyphID
	sign
}

type extraKey struct {
	glyph typeset.GlyphID
	group string
	text  string
}

// maxCode is the largest character code of two bytes.
const maxCode = 0xFFFF

// codeFor returns the code of a sign, and notes what it shows. Codes are given out in the order in
// which they are asked for, so the same letters get the same codes. Should no code be left, which takes tens of thousands of texts in one
// bundle, the bundle fails.
func (f *fontUse) codeFor(s sign) typeset.GlyphID {
	if s.plain(f.face) {
		f.used.add(s.glyph)
		return s.glyph
	}
	key := extraKey{glyph: s.glyph, text: s.text}
	if s.group != nil {
		key.group = s.group.key
	}
	if code, ok := f.codes[key]; ok {
		return code
	}
	code, ok := f.nextCode()
	if !ok {
		f.full = true
		return 0
	}
	if f.codes == nil {
		f.codes = map[extraKey]typeset.GlyphID{}
	}
	f.codes[key] = code
	f.extra = append(f.extra, extraCode{code: code, sign: s})
	return code
}

// directionMark returns the code of a mark of direction, and how far it moves on in hundred-thousandths of the font size.
func (f *fontUse) directionMark(m directionMark) (code typeset.GlyphID, width int64) {
	if f.marks[m] == 0 {
		f.marks[m] = f.codeFor(carrier(f.face, carrierWide, m.text()))
	}
	return f.marks[m], scale(carrierWide*int32(f.face.UnitsEm)/100, f.face)
}

// nextCode finds a code that is free: behind the numbers of the face's glyphs or, where those fill the code space as they do in the large
// Chinese, Japanese and Korean fonts, the number of a glyph that has no text of its own and so is never its code.
func (f *fontUse) nextCode() (typeset.GlyphID, bool) {
	glyphs := f.face.Glyphs()
	if next := glyphs + len(f.extra); next <= maxCode {
		return typeset.GlyphID(next), true
	}
	for f.freed++; f.freed < glyphs; f.freed++ {
		if f.face.Text(typeset.GlyphID(f.freed)) == "" {
			return typeset.GlyphID(f.freed), true
		}
	}
	return 0, false
}

// clone copies the use, so that a bundle can go on from the master's.
func (f *fontUse) clone() fontUse {
	return fontUse{
		face: f.face, used: glyphSet{slices.Clone(f.used.bits)}, extra: slices.Clone(f.extra), codes: maps.Clone(f.codes), freed: f.freed, full: f.full,
		marks: f.marks,
	}
}

// code is a character code and the glyph that it shows, or the group.
type code struct {
	code, glyph typeset.GlyphID
	group       *group
}

// drawn lists the codes that the font file must have glyphs for, in order; .notdef is one of them.
func (f *fontUse) drawn() []code {
	list := []code{{}}
	for _, g := range f.used.glyphs() {
		if g != 0 {
			list = append(list, code{code: typeset.GlyphID(g), glyph: typeset.GlyphID(g)})
		}
	}
	for _, e := range f.extra {
		list = append(list, code{code: e.code, glyph: e.glyph, group: e.group})
	}
	slices.SortFunc(list, func(a, b code) int { return cmp.Compare(a.code, b.code) })
	return list
}
