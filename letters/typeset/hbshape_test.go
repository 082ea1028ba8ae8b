package typeset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-text/typesetting/language"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
	"postbag/letters/typeset/faces"
)

// facePaths finds the file of a face: the system's where it lies, the binary's unpacked.
type facePaths struct {
	folder string
	of     map[*Face]string
}

func newFacePaths(t testing.TB, fonts *Fonts) *facePaths {
	t.Helper()
	p := &facePaths{folder: t.TempDir(), of: map[*Face]string{}}
	built := map[string]faces.Face{}
	all, err := faces.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		built[f.SHA256] = f
	}
	fonts.each(func(s *source) {
		face := s.face.Load()
		if face == nil {
			return
		}
		p.of[face] = s.file
		if f, ok := built[face.SHA256]; ok {
			data, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			p.of[face] = filepath.Join(p.folder, face.Name+".font")
			if err := os.WriteFile(p.of[face], data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	return p
}

// Each word of each name, in a letter and between other words: the glyphs and where they stand are those of HarfBuzz itself, for the
// same font file, script and direction, in the language of the name.
func TestNamesAreShapedAsByHarfBuzz(t *testing.T) {
	outside.Needs(t, "hb-shape")
	names, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	fonts := loadFonts(t)
	for _, n := range names {
		if missing := fonts.Missing(n.Text); len(missing) > 0 {
			t.Logf("%s: no font has %q of %s", n.Language, missing, n.Text)
		}
	}
	s := newShaper(fonts, "en", nil, newWords())
	type asked struct {
		name worldnames.Name
		word *Word
	}
	var words []asked
	for _, n := range names {
		if len(fonts.Missing(n.Text)) > 0 {
			continue
		}
		s.speak(n.Language)
		for _, text := range strings.Fields(n.Text) {
			s.front, s.tongue = s.lead(n.Text, []byte(text), 0), s.own
			words = append(words, asked{n, s.shape(text, 0, hasRightToLeft(text))})
			s.front, s.tongue = nil, tongue{}
		}
	}
	paths := newFacePaths(t, fonts)
	compared := 0
	for _, a := range words {
		if len(a.word.Runs) != 1 || paths.of[a.word.Runs[0].Face] == "" {
			continue // a word of two faces is two texts to HarfBuzz
		}
		got, want := placesOf(a.word), harfbuzzPlaces(t, a.name, a.word, paths)
		compared++
		if got != want {
			t.Errorf("%s: %s in %s\n has %s\nwant %s", a.name.Language, a.word.text, a.word.Runs[0].Face.Name, got, want)
		}
	}
	t.Logf("%d words of %d are set in one face each, and compared", compared, len(words))
	if compared < len(names) {
		t.Errorf("only %d words were compared", compared)
	}
}

// placesOf writes glyphs and where they are drawn, in font units from the start of the word.
func placesOf(w *Word) string {
	var b strings.Builder
	x := int32(0)
	for _, g := range w.Runs[0].Glyphs {
		fmt.Fprintf(&b, "%d@%d,%d ", g.ID, x+g.XOffset, g.YOffset)
		x += g.Advance
	}
	return b.String()
}

// harfbuzzPlaces has hb-shape set the word between two spaces and leaves them out.
func harfbuzzPlaces(t testing.TB, n worldnames.Name, w *Word, paths *facePaths) string {
	t.Helper()
	direction := "ltr"
	if w.rtl {
		direction = "rtl"
	}
	face := w.Runs[0].Face
	script := clusterScript([]rune(w.text))
	text := w.text
	if _, _, ok := face.Space(); ok {
		text = " " + text + " "
	}
	out, _ := outside.Run(t, "hb-shape", "--no-glyph-names", "--no-clusters", "--language="+n.Language,
		"--script="+scriptTag(script), "--direction="+direction, "--unicodes="+codesOf(text), paths.of[face])
	var b strings.Builder
	list := strings.Split(strings.Trim(strings.TrimSpace(out), "[]"), "|")
	_, _, spaced := face.Space()
	pen := int32(0)
	for i, item := range list {
		// id+advance or id@x,y+advance
		var id GlyphID
		var x, y, advance int32
		if _, err := fmt.Sscanf(item, "%d@%d,%d+%d", &id, &x, &y, &advance); err != nil {
			x, y = 0, 0
			if _, err := fmt.Sscanf(item, "%d+%d", &id, &advance); err != nil {
				t.Fatalf("hb-shape says %s", item)
			}
		}
		if spaced && (i == 0 || i == len(list)-1) {
			continue
		}
		fmt.Fprintf(&b, "%d@%d,%d ", id, pen+x, y)
		pen += advance
	}
	return b.String()
}

func codesOf(text string) string {
	var codes []string
	for _, r := range text {
		codes = append(codes, fmt.Sprintf("%X", r))
	}
	return strings.Join(codes, ",")
}

// scriptTag is the script's ISO 15924 code.
func scriptTag(script language.Script) string { return script.String() }
