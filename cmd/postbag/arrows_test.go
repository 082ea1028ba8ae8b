package main

import (
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// arrows is the design's one-way flow: what each package of Postbag may import of Postbag. A package that is not here has
// no place in the design yet.
var arrows = map[string]struct {
	may []string
	why string
}{
	"cmd/postbag":                 {[]string{"config", "templates", "letters", "letters/packet", "letters/problem", "letters/roll", "letters/spool"}, "the command line calls and prints; it does no work of the stages itself"},
	"config":                      {[]string{"letters/problem"}, "settings know nothing of what is done with them"},
	"templates":                   {[]string{"letters/problem"}, "a template is parsed the same whatever campaign uses it"},
	"letters/internal/looks":      {[]string{"letters/internal/outside"}, "tests look at pages; the program itself never draws a picture"},
	"letters/internal/outside":    {nil, "tests ask it for the opinion of other programs; the program itself never runs one"},
	"letters/internal/testfonts":  {nil, "fonts for tests; the program itself never reads them"},
	"letters/internal/worldnames": {nil, "names for tests of every stage; the program itself never reads them"},
	"letters/problem":             {nil, "the vocabulary that all share imports none of them"},
	"letters/roll":                {[]string{"config", "templates", "letters/problem"}, "rows are read before anybody knows how letters look"},
	"letters/merge":               {[]string{"config", "templates", "letters/roll", "letters/problem"}, "text is filled in before it is set"},
	"letters/picture":             {[]string{"letters/problem"}, "a logo is read without knowing where it will stand"},
	"letters/typeset":             {[]string{"templates", "letters/merge", "letters/picture", "letters/problem", "letters/typeset/faces"}, "lines and pages know millimetres and glyphs, not PDF"},
	"letters/typeset/faces":       {nil, "fonts are data: bytes, and which characters they have"},
	"letters/press":               {[]string{"letters/merge", "letters/picture", "letters/typeset", "letters/problem"}, "PDF is written from pages that are set"},
	"letters/packet":              {[]string{"letters/problem"}, "a packet is verified years later, without the campaign"},
	"letters/spool":               {[]string{"letters/packet", "letters/problem"}, "what is printed is a packet that was made, maybe long ago and elsewhere"},
	"letters/paperwork":           {[]string{"config", "templates", "letters/roll", "letters/merge", "letters/typeset", "letters/press", "letters/packet", "letters/problem"}, "documents are made from the finished account, and only the pipeline asks for them"},
	"letters":                     {[]string{"config", "templates", "letters/roll", "letters/merge", "letters/picture", "letters/typeset", "letters/press", "letters/packet", "letters/paperwork", "letters/problem"}, "the pipeline calls the stages; no stage calls it, and the command line calls it alone"},
}

// keepers are the libraries that one package keeps from the others.
var keepers = map[string]struct{ keeper, why string }{
	"github.com/spf13/viper":            {"config", "viper changes what the user typed (keys, numbers, dates); config alone knows how to prevent it"},
	"github.com/jung-kurt/gofpdf":       {"letters/press", "gofpdf panics, prints and races in ways that press alone guards against"},
	"github.com/urfave/cli/v2":          {"cmd/postbag", "the work must be callable without a command line"},
	"github.com/schollz/progressbar/v3": {"cmd/postbag", "library code does not print"},
	"github.com/go-text/typesetting":    {"letters/typeset", "text is shaped and fonts are chosen in one place"},
	"github.com/xuri/excelize/v2":       {"letters/roll", "spreadsheets are read with limits that roll sets"},
	"github.com/gofrs/flock":            {"letters/packet", "the packet's folder has one gate"},
}

type listedPackage struct {
	ImportPath string
	Imports    []string
	Error      *struct{ Err string }
}

func TestImportsFollowTheDesign(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "postbag/")
		arrow, ok := arrows[name]
		if !ok {
			t.Errorf("package %s is not in the design's flow; give it its arrows in %s", name, "arrows_test.go")
			continue
		}
		for _, imported := range p.Imports {
			if own, ok := strings.CutPrefix(imported, "postbag/"); ok && !slices.Contains(arrow.may, own) {
				t.Errorf("%s imports %s, against the design's flow: %s", name, own, arrow.why)
			}
			if k, ok := keptBy(imported); ok && k.keeper != name {
				t.Errorf("%s imports %s, which only %s may: %s", name, imported, k.keeper, k.why)
			}
		}
	}
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Error", "postbag/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listedPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listedPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < len(arrows) {
		t.Fatalf("go list found %d packages, and the design has %d", len(packages), len(arrows))
	}
	return packages
}

// keptBy finds the keeper of a library, or of the library that a package belongs to.
func keptBy(imported string) (struct{ keeper, why string }, bool) {
	for p := imported; p != "." && p != "/"; p = path.Dir(p) {
		if k, ok := keepers[p]; ok {
			return k, true
		}
	}
	return struct{ keeper, why string }{}, false
}
