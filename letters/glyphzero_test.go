package letters

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var (
	textObject   = regexp.MustCompile(`(?s)\nBT\n.*?\nET\n`)
	showing      = regexp.MustCompile(`(?s)\[(?:[^\[\]()\\]|\((?:\\.|[^\\()])*\))*\]TJ`)
	stringInside = regexp.MustCompile(`(?s)\((?:\\.|[^\\()])*\)`)
)

// A box is glyph 0. No validator sees one, and copying hides it: so every string of every content stream of the sample packet is read, and none of
// its codes is 0. Other codes are given out for glyphs that the font has; those of a face are its numbers.
func TestNoContentStreamOfAPacketDrawsGlyphZero(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: out})
	codes := 0
	for _, b := range m.Bundles {
		pdf, err := os.ReadFile(filepath.Join(out, b.Path))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range textObject.FindAll(pdf, -1) {
			if shown := bytes.Count(text, []byte("TJ")); len(showing.FindAll(text, -1)) != shown {
				t.Fatalf("%s: not all of %d operators can be read in %q", b.Path, shown, text)
			}
			for _, array := range showing.FindAll(text, -1) {
				for _, s := range stringInside.FindAll(array, -1) {
					codes += mustHaveNoZero(t, b.Path, unescaped(s[1:len(s)-1]))
				}
			}
		}
	}
	if codes < 10_000 {
		t.Errorf("only %d codes were read", codes)
	}
}

func mustHaveNoZero(t *testing.T, path string, codes []byte) int {
	t.Helper()
	if len(codes)%2 != 0 {
		t.Fatalf("%s: a string of %d bytes is not codes of two bytes", path, len(codes))
	}
	for i := 0; i < len(codes); i += 2 {
		if codes[i] == 0 && codes[i+1] == 0 {
			t.Errorf("%s draws glyph 0 in %q", path, codes)
		}
	}
	return len(codes) / 2
}

// unescaped reads a literal string as Postbag writes them (ISO 32000-1, 7.3.4.2).
func unescaped(s []byte) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			if c = s[i]; c == 'r' {
				c = '\r'
			}
		}
		out = append(out, c)
	}
	return out
}
