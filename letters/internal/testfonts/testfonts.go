// Package testfonts is small fonts of the kinds that fonts come in, for tests. Two are cut out of free fonts (see OFL.txt); the others are
// boxes, drawn for the purpose.
package testfonts

import (
	"embed"
	"os"
	"path/filepath"
	"testing"
)

//go:embed *.otf *.ttf *.otc
var files embed.FS

// The fonts.
const (
	Garamond = "garamond.otf" // CFF with names for its glyphs, kerning and ligatures
	Han      = "han.otc"      // a collection, Japanese and simplified Chinese, over one CFF table with CIDs, hints and subroutines
	Accents  = "accents.otf"  // CFF of 2048 units an em, with a letter put together of two in the way of old fonts
	GrowCFF  = "grow.otf"     // variable, CFF2: the letter A is wider and heavier towards weight 900; its default is 200
	GrowGlyf = "grow.ttf"     // the same with TrueType outlines
)

// All lists the fonts.
func All() []string { return []string{Garamond, Han, Accents, GrowCFF, GrowGlyf} }

// Read returns the bytes of a font.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// File puts a font into a file of its own.
func File(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, Read(t, name), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
