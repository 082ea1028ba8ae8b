package letters

import (
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
)

// Names of the world list are read back from documents that hold all names, too, where small numbers stand beside them, and names in columns
// side by side.
func TestNamesOfTheWorldAreReadBackFromEveryForm(t *testing.T) {
	outside.Needs(t, "pdftotext", "mutool")
	world, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range world {
		names = append(names, n.Text)
	}
	dir := folder(t, map[string]string{"signers.csv": signersOf(t, names...)})
	for _, template := range []string{"supporter", "open-letter", "petition-sheets"} {
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, map[string]string{"letter.template": template}), Options{Out: out})
		if len(m.Excluded) > 0 {
			t.Errorf("%s: left out: %v", template, m.Excluded)
		}
		var poppler, mupdf strings.Builder
		for _, b := range m.Bundles {
			file := filepath.Join(out, b.Path)
			text, _ := outside.Run(t, "pdftotext", file, "-")
			poppler.WriteString(text)
			text, _ = outside.Run(t, "mutool", "draw", "-q", "-F", "text", file)
			mupdf.WriteString(text)
		}
		for reader, text := range map[string]string{"poppler": poppler.String(), "mupdf": mupdf.String()} {
			text = strings.Join(strings.Fields(plainText(text)), " ")
			for _, name := range names {
				if !strings.Contains(text, name) {
					t.Errorf("%s does not find %q in %s", reader, name, template)
				}
			}
		}
	}
}
