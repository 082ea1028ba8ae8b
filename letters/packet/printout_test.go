package packet

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLettersAreFoundByTheLabelsOfTheirPages(t *testing.T) {
	for _, c := range []struct {
		labels []pageLabel
		pages  int
		want   []Span
	}{
		{[]pageLabel{{0, "slip sheet", 0}, {1, "a-00000", 1}}, 4, []Span{{2, 2}, {3, 3}, {4, 4}}},
		{[]pageLabel{{0, "slip sheet", 0}, {1, "slip sheet page ", 2}, {3, "a-00000", 9}, {4, "a-0000", 10}}, 6, []Span{{4, 4}, {5, 5}, {6, 6}}},
		{[]pageLabel{{0, "slip sheet", 0}, {2, "a-000001", 0}, {3, "a-000001 page ", 2}, {6, "a-000002", 0}, {7, "a-000002 page ", 2}}, 8, []Span{{3, 6}, {7, 8}}},
		{[]pageLabel{{0, "slip sheet", 0}, {1, "a-00000", 1}, {2, "a-000002", 0}, {3, "a-000002 page ", 2}, {5, "a-00000", 3}}, 6, []Span{{2, 2}, {3, 5}, {6, 6}}},
	} {
		if got := letterSpans(c.labels, c.pages); !slices.Equal(got, c.want) {
			t.Errorf("%v on %d pages: %v, want %v", c.labels, c.pages, got, c.want)
		}
	}
}

// Packets of older versions have no job ticket, and can be printed for ever.
func TestOlderPacketsCanBePrinted(t *testing.T) {
	for _, version := range []string{"manifest-1", "manifest-2"} {
		p, err := OpenPrintout(filepath.Join("testdata", version))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		letters, sheets := 0, 0
		for i := range p.Manifest.Bundles {
			b, err := p.Bundle(context.Background(), i+1)
			if err != nil {
				t.Fatalf("%s, bundle %d: %v", version, i+1, err)
			}
			letters, sheets = letters+len(b.Letters), sheets+b.Sheets
			if !b.Unchanged() {
				t.Errorf("%s, bundle %d changed while nobody touched it", version, i+1)
			}
		}
		if letters != p.Manifest.Letters || sheets != p.Manifest.Sheets {
			t.Errorf("%s has %d letters on %d sheets, and by its pages %d on %d", version, p.Manifest.Letters, p.Manifest.Sheets, letters, sheets)
		}
		if k := p.Ticket; !p.Inferred || k.Copies != 1 || k.Staple != NoStaple || k.Sides != OneSided || k.Paper.Media != "iso_a4_210x297mm" {
			t.Errorf("%s has the job ticket %+v", version, k)
		}
	}
}

func TestAPacketThatIsNotWholeIsNotPrinted(t *testing.T) {
	fresh := func() string {
		dir := filepath.Join(t.TempDir(), "packet")
		if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "manifest-2"))); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for what, c := range map[string]struct {
		file, text string // "" removes the file
		want       string
	}{
		"no manifest":       {manifestFile, "", "manifest.json: cannot be used"},
		"another manifest":  {manifestFile, "{}", "manifest.json: cannot be used"},
		"an unknown ticket": {ticketFile, "{}", "job-ticket.json: is not the job ticket that was made"},
		"no private/":       {runFile, "", ""},
	} {
		dir := fresh()
		file := filepath.Join(dir, filepath.FromSlash(c.file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if c.text == "" {
			if err := os.RemoveAll(file); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := OpenPrintout(dir)
		if err == nil {
			p.Close()
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
