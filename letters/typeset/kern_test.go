package typeset

import (
	"os"
	"testing"

	"postbag/templates"
)

// Kerning is on in the faces that letters are set in, in fixed text and in the signers' own alike.
func TestBuiltInFacesKern(t *testing.T) {
	for _, family := range []string{"serif", "sans"} {
		fonts, err := LoadTypeface(family, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := newShaper(fonts, "en", nil, newWords())
		for _, style := range []Style{0, templates.Bold, templates.Italic, templates.Bold | templates.Italic} {
			for _, word := range []string{"AVATAR", "To", "We", "Yours"} {
				whole := s.shape(word, style, false)
				var apart Em
				for _, c := range word {
					apart += s.shape(string(c), style, false).Width
				}
				if word == "AVATAR" && whole.Width >= apart || whole.Width > apart {
					t.Errorf("%s, style %d: %s is %d wide and its letters %d", family, style, word, whole.Width, apart)
				}
			}
			s.brief = true
			for _, word := range []string{"AVATAR", "office", "fluffy", "Wyoming", "Tolkien,"} {
				brief, whole := s.word([]byte(word), style, false), s.shape(word, style, false)
				if brief.Width != whole.Width || len(brief.Runs[0].Glyphs) != len(whole.Runs[0].Glyphs) {
					t.Errorf("%s, style %d: %s is %d wide for a signer and %d in fixed text", family, style, word, brief.Width, whole.Width)
				}
			}
			s.brief = false
		}
	}
}

// The built-in families keep their ligatures for those who ask for them (dlig), so fi is two letters there, as HarfBuzz has it; a face
// whose standard ligatures join them (liga) has one, in fixed text and in names.
func TestStandardLigaturesAreOn(t *testing.T) {
	const file = "/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf" // of Debian's fonts-noto-core
	if _, err := os.Stat(file); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	fonts, err := LoadTypeface("serif", []string{file})
	if err != nil {
		t.Fatal(err)
	}
	s := newShaper(fonts, "en", nil, newWords())
	for _, brief := range []bool{false, true} {
		s.brief = brief
		for word, want := range map[string]int{"fi": 1, "office": 4, "fluffy": 4} {
			if n := len(s.word([]byte(word), 0, false).Runs[0].Glyphs); n != want {
				t.Errorf("brief %v: %s is %d glyphs, want %d", brief, word, n, want)
			}
		}
	}
}
