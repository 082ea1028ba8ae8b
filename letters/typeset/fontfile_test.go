package typeset

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/internal/testfonts"
	"postbag/letters/merge"
	"postbag/templates"
)

func loadTestFont(t testing.TB, name string) []*Face {
	t.Helper()
	faces, err := LoadFaces(testfonts.Read(t, name), FromCampaign)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return faces
}

func faceNames(faces []*Face) (names []string) {
	for _, f := range faces {
		names = append(names, fmt.Sprintf("%s/%d", f.Name, f.style()))
	}
	return names
}

// A collection's faces that share their outlines count once; a variable font is a regular and a bold face.
func TestFontsOfEveryKindGiveTheirFaces(t *testing.T) {
	for name, want := range map[string][]string{
		testfonts.Garamond: {"EBGaramond12-Regular/0"},
		testfonts.Han:      {"NotoSerifCJKjp-Regular/0"},
		testfonts.Accents:  {"Accents-Regular/0"},
		testfonts.GrowCFF:  {"GrowOTF-Regular_400wght/0", "GrowOTF-Regular_700wght/1"},
		testfonts.GrowGlyf: {"GrowTTF-Regular_400wght/0", "GrowTTF-Regular_700wght/1"},
	} {
		faces := loadTestFont(t, name)
		if got := faceNames(faces); !slices.Equal(got, want) {
			t.Errorf("%s gives %q, want %q", name, got, want)
		}
		for _, f := range faces {
			if !f.Drawn() || !f.Has('A') || f.Has('\u0378') {
				t.Errorf("%s: drawn %v, has A %v, has U+0378 %v", f.Name, f.Drawn(), f.Has('A'), f.Has('\u0378'))
			}
		}
	}
}

func TestACampaignPicksAFaceOfACollection(t *testing.T) {
	path := testfonts.File(t, testfonts.Han)
	for wanted, want := range map[string]string{
		"": "NotoSerifCJKjp-Regular", "#1": "NotoSerifCJKjp-Regular", "#2": "NotoSerifCJKsc-Regular",
		"#Noto Serif CJK SC": "NotoSerifCJKsc-Regular", "#notoserifcjkjp-regular": "NotoSerifCJKjp-Regular",
	} {
		fonts, err := LoadFonts([]string{path + wanted})
		if err != nil {
			t.Errorf("%q: %v", wanted, err)
			continue
		}
		if got := fonts.main.Name; got != want {
			t.Errorf("%q picks %s, want %s", wanted, got, want)
		}
	}
	_, err := LoadFonts([]string{path + "#3"})
	if err == nil || !strings.Contains(err.Error(), "1 NotoSerifCJKjp-Regular, 2 NotoSerifCJKsc-Regular") {
		t.Errorf("a third face of two gives %v", err)
	}
}

// The weights of the variable fonts lie 2/7 and 5/7 of the way from 200 to 900.
func TestAVariableFontIsSetInItsRegularAndBoldWeight(t *testing.T) {
	for _, name := range []string{testfonts.GrowCFF, testfonts.GrowGlyf} {
		for i, want := range []struct {
			style          Style
			advance, right int
		}{{0, 640, 50 + 180}, {templates.Bold, 700, 50 + 300}} {
			f := loadTestFont(t, name)[i]
			g, _ := f.font.NominalGlyph('A')
			steps, err := f.Pen().Outline(GlyphID(g), nil)
			if err != nil {
				t.Fatal(err)
			}
			right := int32(0)
			for _, s := range steps {
				right = max(right, s.Points[0].X)
			}
			if f.Advance(GlyphID(g)) != want.advance || int(right) != want.right {
				t.Errorf("%s: A is %d wide and reaches to %d, want %d and %d", f.Name, f.Advance(GlyphID(g)), right, want.advance, want.right)
			}
			if got := newShaperOf(t, f).shape("A", 0, false).Runs[0].Glyphs[0].Advance; int(got) != want.advance {
				t.Errorf("%s: A is set %d wide, want %d", f.Name, got, want.advance)
			}
		}
	}
}

// newShaperOf sets with one face.
func newShaperOf(t testing.TB, face *Face) *shaper {
	t.Helper()
	one := sourceOf(face, "")
	fonts := &Fonts{main: face, folders: func() []string { return nil }}
	for style := range fonts.stacks {
		fonts.stacks[style] = newStack([]*source{one})
		fonts.stacks[style].markPlain()
	}
	return newShaper(fonts, "en", nil, newWords())
}

// Fonts made from Type 1 fonts say A acute as "A, and acute over it", and go-text draws nothing for that.
func TestALetterPutTogetherByAnOldFontHasBothParts(t *testing.T) {
	f := loadTestFont(t, testfonts.Accents)[0]
	outline := func(r rune) []PathStep {
		g, _ := f.font.NominalGlyph(r)
		steps, err := f.Pen().Outline(GlyphID(g), nil)
		if err != nil {
			t.Fatal(err)
		}
		return steps
	}
	a, acute, whole := outline('A'), outline('´'), outline('Á')
	if len(whole) != len(a)+len(acute) {
		t.Fatalf("Á has %d steps, A and the accent have %d and %d", len(whole), len(a), len(acute))
	}
	// The accent is moved by 300 and 50 of 2048 units to the em: from 100 and 1500 to 400 and 1550.
	if got, want := whole[len(a)].Points[0], (PathPoint{195, 757}); got != want {
		t.Errorf("the accent of Á begins at %v, want %v", got, want)
	}
}

func TestAFontWhoseLicenceForbidsItIsNotEmbedded(t *testing.T) {
	for fsType, want := range map[uint16]string{
		0: "", 4: "", 8: "", 2: "forbids embedding", 0x100: "just the glyphs in use", 0x208: "outlines",
	} {
		data := testfonts.Read(t, testfonts.Garamond)
		spans, err := tableSpans(data)
		if err != nil {
			t.Fatal(err)
		}
		binary.BigEndian.PutUint16(data[spans[0]["OS/2"].offset+8:], fsType)
		_, err = LoadFaces(data, FromCampaign)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("fsType %#x gives %v", fsType, err)
		}
	}
}

func TestWhatIsNoFontIsRefusedWithAReason(t *testing.T) {
	whole := testfonts.Read(t, testfonts.Han)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("Dear Sir or Madam, this is not a font."), "half of one": whole[:len(whole)/2],
		"a header": whole[:40], "a header and noughts": append(slices.Clone(whole[:300]), make([]byte, 5000)...),
	} {
		if faces, err := LoadFaces(data, FromCampaign); err == nil {
			t.Errorf("%s is loaded as %q", name, faceNames(faces))
		}
	}
}

// Whatever is in a font file, it is loaded or refused, its glyphs are drawn or refused, and its text is set.
func TestADamagedFontIsRefusedOrSet(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		data := testfonts.Read(t, rapid.SampledFrom(testfonts.All()).Draw(r, "font"))
		for range rapid.IntRange(1, 8).Draw(r, "bytes") {
			within := len(data)
			if rapid.Bool().Draw(r, "directory") {
				within = 300
			}
			data[rapid.IntRange(0, within-1).Draw(r, "at")] = rapid.Byte().Draw(r, "byte")
		}
		useFont(t, data)
	})
}

func FuzzADamagedFontIsRefusedOrSet(f *testing.F) {
	for _, name := range []string{testfonts.Accents, testfonts.GrowCFF, testfonts.GrowGlyf} {
		f.Add(testfonts.Read(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) { useFont(t, data) })
}

func useFont(t *testing.T, data []byte) {
	faces, err := LoadFaces(data, FromCampaign)
	if err != nil {
		return
	}
	for _, face := range faces {
		pen := face.Pen()
		for g := range min(face.Glyphs(), 300) {
			if _, err := pen.Outline(GlyphID(g), nil); err != nil {
				break
			}
		}
		face.Text(1)
		face.Space()
		s := newShaperOf(t, face)
		s.shape("AVÁfi直骨", 0, false)
		s.brief = true
		s.word([]byte("AVA"), 0, false)
	}
}

// A signer's own language chooses among the forms of a letter (OpenType, locl): 直 and 骨 are drawn otherwise in Japan and in China, and words
// that are remembered do not mix them up. The template's own words keep the letter's language.
func TestASignersLanguageChoosesTheForms(t *testing.T) {
	fonts, err := LoadFonts([]string{testfonts.File(t, testfonts.Han)})
	if err != nil {
		t.Fatal(err)
	}
	paper, _ := PaperNamed("a4")
	blocks := merge.Compile([]templates.Block{{Inline: []templates.Inline{{Text: "直 "}, {Field: "name"}, {Text: " AVA"}}}}, nameSlot{})
	elements := []Element{{Role: Body, Block: blocks[0]}, {Role: Signature, Block: merge.Value(0)}}
	layout, err := NewLayout(fonts, Design{Paper: paper, Language: "ja", SignerLanguage: 2}, elements, []string{"直", ""}, nil)
	if err != nil {
		t.Fatal(err)
	}
	glyphs := func(s *Setter, language string) string {
		letter, err := s.Set([]string{"直骨", language}, 1)
		if err != nil {
			t.Fatal(err)
		}
		var ids []GlyphID
		for _, part := range letter.Pages[0].Parts {
			for _, line := range part.Lines {
				for _, item := range line.Items {
					for _, g := range item.Word.Runs[0].Glyphs {
						ids = append(ids, g.ID)
					}
				}
			}
		}
		return fmt.Sprint(ids)
	}
	// As hb-shape has them: 直骨 are glyphs 131 and 155 in Japanese, 132 and 156 in simplified Chinese.
	ja, zh := "131 131 155 ", "131 132 156 "
	first, second := layout.NewSetter(), layout.NewSetter()
	for i, c := range []struct {
		s              *Setter
		language, want string
	}{
		{first, "", ja}, {first, "zh-Hans", zh}, {first, "ja", ja}, {first, "zh-Hans", zh}, {first, "zh-Hans", zh}, {second, "zh-Hans", zh}, {second, "", ja},
	} {
		if got := glyphs(c.s, c.language); !strings.HasPrefix(got, "["+c.want) || !strings.HasSuffix(got, strings.TrimSpace(c.want[4:])+"]") {
			t.Errorf("%d: in %q the letter has the glyphs %s, want them to begin with %s", i, c.language, got, c.want)
		}
	}
}

type nameSlot struct{}

func (nameSlot) Constant(string) (string, bool) { return "", false }
func (nameSlot) Slot(name string) (int, bool)   { return 0, name == "name" }
