package press

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font/cff"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"pgregory.net/rapid"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/testfonts"
	"postbag/letters/typeset"
)

// readBack gives the outline of a glyph of a CFF font as steps, without the straight lines that close contours.
func readBack(t interface {
	Helper()
	Fatalf(string, ...any)
}, font *cff.CFF, glyph int) []typeset.PathStep {
	t.Helper()
	segments, _, err := font.LoadGlyph(tables.GlyphID(glyph))
	if err != nil {
		t.Fatalf("glyph %d: %v", glyph, err)
	}
	var steps []typeset.PathStep
	for _, s := range segments {
		step := typeset.PathStep{Op: map[opentype.SegmentOp]typeset.PathOp{
			opentype.SegmentOpMoveTo: typeset.MoveTo, opentype.SegmentOpLineTo: typeset.LineTo, opentype.SegmentOpCubeTo: typeset.CurveTo,
		}[s.Op]}
		for i, p := range s.ArgsSlice() {
			step.Points[i] = typeset.PathPoint{X: int32(p.X), Y: int32(p.Y)}
		}
		steps = append(steps, step)
	}
	return withoutClosing(steps)
}

// withoutClosing leaves out what draws nothing: lines that go nowhere, and those back to the start of a contour.
func withoutClosing(steps []typeset.PathStep) []typeset.PathStep {
	var out []typeset.PathStep
	var at, start typeset.PathPoint
	for i, s := range steps {
		switch {
		case s.Op == typeset.MoveTo:
			start = s.Points[0]
		case s.Op == typeset.LineTo && s.Points[0] == at:
			continue
		case s.Op == typeset.LineTo && s.Points[0] == start && (i+1 == len(steps) || steps[i+1].Op == typeset.MoveTo):
			continue
		}
		at = s.Points[0]
		if s.Op == typeset.CurveTo {
			at = s.Points[2]
		}
		out = append(out, s)
	}
	return out
}

// What is written is what was drawn, with every way in which steps share operators.
func TestACharstringDrawsItsOutline(t *testing.T) {
	face := loadFace(t, testfonts.Accents)
	rapid.Check(t, func(t *rapid.T) {
		near := rapid.SampledFrom([]int32{0, 0, 0, 1, -1, 107, -107, 108, -108, 1131, -1131, 1132, -1132, 3000})
		var steps []typeset.PathStep
		var at typeset.PathPoint
		move := func() typeset.PathPoint {
			at.X, at.Y = (at.X+near.Draw(t, "dx"))%9000, (at.Y+near.Draw(t, "dy"))%9000
			return at
		}
		for range rapid.IntRange(0, 4).Draw(t, "contours") {
			steps = append(steps, typeset.PathStep{Op: typeset.MoveTo, Points: [3]typeset.PathPoint{move()}})
			for range rapid.IntRange(1, 70).Draw(t, "steps") {
				s := typeset.PathStep{Op: typeset.LineTo, Points: [3]typeset.PathPoint{move()}}
				if rapid.Bool().Draw(t, "curve") {
					s = typeset.PathStep{Op: typeset.CurveTo, Points: [3]typeset.PathPoint{s.Points[0], move(), move()}}
				}
				steps = append(steps, s)
			}
		}
		usual := rapid.Bool().Draw(t, "usual width")
		program := appendCharstring(nil, steps, 77, !usual)
		font, err := cff.Parse(cffFont("Test", face, []code{{}, {code: 5, glyph: 5}}, [][]byte{{opEndChar}, program}, 600))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := readBack(t, font, 1), withoutClosing(steps); !slices.Equal(got, want) {
			t.Fatalf("it reads\n%v\nand was\n%v", got, want)
		}
	})
}

func loadFace(t testing.TB, name string) *typeset.Face {
	t.Helper()
	faces, err := typeset.LoadFaces(testfonts.Read(t, name), typeset.FromCampaign)
	if err != nil {
		t.Fatal(err)
	}
	return faces[0]
}

// Every glyph of every test font, embedded under a code of its own.
func TestAnEmbeddedFontHasTheOutlinesOfTheFace(t *testing.T) {
	for _, name := range testfonts.All() {
		face := loadFace(t, name)
		codes := []code{{}}
		for g := 1; g < face.Glyphs(); g++ {
			codes = append(codes, code{code: typeset.GlyphID(3 * g), glyph: typeset.GlyphID(g)})
		}
		program, err := newOutliner(face).font("Test", codes)
		if err != nil {
			t.Fatal(err)
		}
		font, err := cff.Parse(program)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(font.Charstrings) != face.Glyphs() {
			t.Errorf("%s: %d glyphs of %d", name, len(font.Charstrings), face.Glyphs())
		}
		pen := face.Pen()
		for g := range face.Glyphs() {
			want, err := pen.Outline(typeset.GlyphID(g), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := readBack(t, font, g); !slices.Equal(got, withoutClosing(want)) {
				t.Errorf("%s: glyph %d is\n%v, want\n%v", name, g, got, want)
			}
		}
	}
}

// fontTexts is what the test fonts have letters for.
var fontTexts = map[string]string{
	testfonts.Garamond: "Zoë Łukasiewicz, final AVATAR", testfonts.Han: "佐々木千鶴子 탁서연 邹晓梅 直骨令角", testfonts.Accents: "AÁA´",
	testfonts.GrowCFF: "ABBA BA", testfonts.GrowGlyf: "ABBA BA",
}

func TestReadersTakeFontsOfEveryKind(t *testing.T) {
	for _, name := range testfonts.All() {
		t.Run(name, func(t *testing.T) {
			pdf := fontBundle(t, testfonts.File(t, name), fontTexts[name])
			file := write(t, pdf)
			if err := api.ValidateFile(file, strict()); err != nil {
				t.Errorf("pdfcpu: %v", err)
			}
			outside.Accepted(t, file)
			fonts, _ := outside.Run(t, "pdffonts", file)
			if !strings.Contains(fonts, "CID Type 0C") {
				t.Errorf("no font with CFF outlines is embedded:\n%s", fonts)
			}
			text := strings.Join(pagesOf(t, file), "")
			if want := strings.Join(strings.Fields(fontTexts[name]), ""); !strings.Contains(text, want) {
				t.Errorf("%q is read back as %q", want, text)
			}
		})
	}
}

func fontBundle(t testing.TB, fontFile, name string) []byte {
	t.Helper()
	signers := [][]string{{name, "A place"}}
	p, layout := newPressWith(t, []string{fontFile}, testLetter(false, 1), false, signers)
	var out bytes.Buffer
	if _, err := p.NewWorker(layout.NewSetter()).Bundle(context.Background(), &out, Order{Number: 1, First: 1, Letters: 1,
		Values: func(i int) []string { return signers[i] }}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A face whose glyphs have taken all codes gives away the numbers of those that have no text; no two glyphs ever share a code, and when all are
// gone the bundle fails.
func TestCodesNeverStandForTwoGlyphs(t *testing.T) {
	face := loadFace(t, testfonts.Han)
	use := fontUse{face: face}
	shown := map[typeset.GlyphID]typeset.GlyphID{}
	for i := range 1 << 17 {
		g := typeset.GlyphID(1 + i%(face.Glyphs()-1))
		text := face.Text(g)
		if i >= face.Glyphs() || text == "" {
			text = fmt.Sprint("text ", i)
		}
		c := use.codeFor(sign{glyph: g, text: text})
		if use.full {
			break
		}
		if before, ok := shown[c]; ok && before != g {
			t.Fatalf("code %d shows glyph %d and glyph %d", c, before, g)
		}
		shown[c] = g
	}
	if !use.full || len(shown) < maxCode-face.Glyphs() {
		t.Errorf("%d codes were given out, full: %v", len(shown), use.full)
	}
	for _, c := range use.drawn()[1:] {
		if shown[c.code] != c.glyph {
			t.Errorf("code %d is drawn as glyph %d, and was given to %d", c.code, c.glyph, shown[c.code])
		}
	}
	if err := newFontWriter().write(newUpdate(context.Background(), &bytes.Buffer{}, &master{}, nil), 1, &use); err == nil {
		t.Error("a font without a code to spare is written")
	}
}
