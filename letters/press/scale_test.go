package press

import (
	"encoding/binary"
	"testing"

	"postbag/letters/typeset"
)

// A face that is set smaller than it was drawn is embedded with a larger em, so that the reader of the PDF draws it as it was laid out. Its
// widths in the PDF are those of its glyphs in the embedded font.
func TestAScaledFaceIsEmbeddedAsItIsSet(t *testing.T) {
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"श्रीकृष्ण", "გიორგი", "Taꞑrı"} {
		if missing := fonts.Missing(text); missing != nil {
			t.Fatalf("%s lacks %q", text, missing)
		}
	}
	scaled := 0
	for _, face := range fonts.Faces() {
		if face.Scale == 1000 {
			continue
		}
		scaled++
		s, err := newSubsetter(face)
		if err != nil {
			t.Fatal(err)
		}
		var codes []code
		for g := range typeset.GlyphID(40) {
			codes = append(codes, code{code: g, glyph: g})
		}
		set := s.closed(codes)
		font := tablesOf(s.subset(&set, nil))
		em := int(binary.BigEndian.Uint16(font["head"][18:]))
		if drawn := em * face.Scale; drawn < 999_000 || drawn > 1_001_000 {
			t.Errorf("%s is set at %d thousandths with an em of %d units, which is not that of a font of 1000", face.Name, face.Scale, em)
		}
		for g := range 40 {
			advance := int(binary.BigEndian.Uint16(font["hmtx"][4*g:]))
			if got, want := widthOf(face, typeset.GlyphID(g)), int64(advance)*perEm/int64(em); got < want-1 || got > want+1 {
				t.Errorf("%s: glyph %d is %d wide in the PDF and %d in its font", face.Name, g, got, want)
			}
		}
	}
	if scaled < 3 {
		t.Errorf("%d faces are scaled, too few to say anything", scaled)
	}
}

// tablesOf takes a font file apart (OpenType, "Organization of an OpenType Font").
func tablesOf(font []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		record := font[12+16*i:]
		offset, length := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
		tables[string(record[:4])] = font[offset : offset+length]
	}
	return tables
}

// widthOf is the width of a glyph in hundred-thousandths of an em.
func widthOf(face *typeset.Face, g typeset.GlyphID) int64 {
	_, widths := face.Advances()
	return int64(widths[g])
}
