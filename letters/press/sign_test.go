package press

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/go-text/typesetting/font/cff"

	"postbag/letters/internal/testfonts"
	"postbag/letters/typeset"
)

// A group drawn anew is its glyphs, each moved to its place; a carrier is a line without an area.
func TestGroupsOfOutlinesAreTheirGlyphsMoved(t *testing.T) {
	face := loadFace(t, testfonts.Accents)
	g := newGroup([]part{{glyph: 1}, {glyph: 2, dx: 512, dy: -256}}, int32(face.UnitsEm))
	program, err := newOutliner(face).font("Test", []code{{}, {code: 7, group: g}, {code: 9, group: newGroup(nil, 100)}})
	if err != nil {
		t.Fatal(err)
	}
	font, err := cff.Parse(program)
	if err != nil {
		t.Fatal(err)
	}
	pen := face.Pen()
	want, err := pen.Outline(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := pen.Outline(2, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range second {
		for i := range s.Points {
			s.Points[i].X += 512 * 1000 / int32(face.UnitsEm)
			s.Points[i].Y -= 256 * 1000 / int32(face.UnitsEm)
		}
		if s.Op != typeset.CurveTo {
			s.Points[1], s.Points[2] = typeset.PathPoint{}, typeset.PathPoint{}
		}
		want = append(want, s)
	}
	if got := readBack(t, font, 1); !slices.Equal(got, withoutClosing(want)) {
		t.Errorf("the group is\n%v, want\n%v", got, want)
	}
	for _, s := range readBack(t, font, 2) {
		if s.Points[0].Y != 0 || s.Op == typeset.CurveTo {
			t.Errorf("a carrier draws %v", s)
		}
	}
}

// A group in a TrueType font is a composite glyph whose box holds its components where they are drawn, and starts at its bearing.
func TestGroupsAreCompositeGlyphs(t *testing.T) {
	faces, err := typeset.LoadFaces(liberationserifregular.TTF, typeset.BuiltIn)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSubsetter(faces[0])
	if err != nil {
		t.Fatal(err)
	}
	parts := []part{{glyph: 36}, {glyph: 72, dx: -700, dy: 333}}
	outline, bearing := s.appendGroup(nil, newGroup(parts, 1000))
	number := func(at int) int { return int(int16(binary.BigEndian.Uint16(outline[at:]))) }
	var got []part
	components(outline, func(at int) {
		got = append(got, part{typeset.GlyphID(number(at + 2)), int32(number(at + 4)), int32(number(at + 6))})
	})
	if !slices.Equal(got, parts) {
		t.Errorf("components %v, want %v", got, parts)
	}
	for i := range 4 {
		first, second := s.outline(36), s.outline(72)
		a := int(int16(binary.BigEndian.Uint16(first[2+2*i:])))
		b := int(int16(binary.BigEndian.Uint16(second[2+2*i:]))) + []int{-700, 333}[i%2]
		want := min(a, b)
		if i >= 2 {
			want = max(a, b)
		}
		if number(2+2*i) != want {
			t.Errorf("side %d of the box is %d, want %d", i, number(2+2*i), want)
		}
	}
	if int(int16(bearing)) != number(2) {
		t.Errorf("the bearing is %d, the box starts at %d", int16(bearing), number(2))
	}
}

// Where the face has taken all numbers, groups get those of glyphs that the font does not need.
func TestGroupsGetNumbersThatNoGlyphNeeds(t *testing.T) {
	var set glyphSet
	for g := range 10 {
		set.add(typeset.GlyphID(g))
	}
	group := newGroup(nil, 1)
	codes := []code{{}, {code: 3, glyph: 3}, {code: 100, group: group}, {code: 200, group: group}, {code: 300, group: group}}
	var got []typeset.GlyphID
	for _, c := range numberGroups(codes, &set, mostGlyphs-1) {
		got = append(got, c.glyph)
		if set.has(c.glyph) || c.glyph >= mostGlyphs {
			t.Errorf("a group has the number %d", c.glyph)
		}
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != 3 {
		t.Errorf("three groups have the numbers %v", got)
	}
}

func TestTextsAreCutIntoWhatOneCodeMaySay(t *testing.T) {
	for text, want := range map[string][]string{
		"fi": {"fi"}, "कि": {"कि"}, "\u1EB8\u0300": {"\u1EB8", "\u0300"}, "ක්\u200Dර": {"ක", "\u0DCA", "\u200Dර"},
		"葛\U000E0100": {"葛", "\U000E0100"}, "abcdefghij": {"abcdefgh", "ij"}, "😀": {"😀"},
	} {
		var got []string
		for rest := text; rest != ""; {
			n := partOf(rest)
			got, rest = append(got, rest[:n]), rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is cut into %q, want %q", text, got, want)
		}
	}
}
