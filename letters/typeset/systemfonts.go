package typeset

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/fontscan"
)

// The system's faces are read without fontscan's own index: it takes a second the first time and then writes into the user's home,
// while reading just names and cmap tables takes some hundredths.

// systemFace is an installed face of which only names and coverage have been read.
type systemFace struct {
	source
	index  int // in a collection
	family string
	rank   int
}

// defaultFontFolders names the folders where this system keeps fonts.
func defaultFontFolders() []string {
	folders, err := fontscan.DefaultFontDirectories(log.New(io.Discard, "", 0))
	if err != nil {
		return nil // no such folders: then there are no system fonts
	}
	return folders
}

// scanSystemFonts lists the upright regular faces in some folders, best first.
func scanSystemFonts(folders []string) []*source {
	var found []*systemFace
	seen := map[string]bool{}
	for _, folder := range folders {
		// An unreadable folder or file is passed over: what is not there cannot set anything, and a
		// character that then has no face holds its letter back.
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && isFontFile(path) && !seen[path] {
				seen[path] = true
				found = append(found, scanFile(path)...)
			}
			return nil
		})
	}
	slices.SortFunc(found, compareSystemFaces)
	sources := make([]*source, len(found))
	for i, s := range found {
		s.open = s.read
		sources[i] = &s.source
	}
	return sources
}

// compareSystemFaces orders faces by how well they suit a letter, then by name; by where they lie only where a machine has the
// same face twice.
func compareSystemFaces(a, b *systemFace) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.family, b.family), cmp.Compare(a.name, b.name),
		cmp.Compare(a.index, b.index), cmp.Compare(a.file, b.file))
}

// scanFile reads names and coverage of the upright regular faces in a file that Postbag can embed.
func scanFile(path string) []*systemFace {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	loaders, err := opentype.NewLoaders(file)
	if err != nil {
		return nil
	}
	var found []*systemFace
	for i, loader := range loaders {
		if s := scanFace(loader); s != nil {
			s.file, s.index = path, i
			found = append(found, s)
		}
	}
	return found
}

func scanFace(loader *opentype.Loader) *systemFace {
	probe := Face{loader: loader}
	if !probe.hasOutlines() || probe.readMetrics() != nil {
		return nil
	}
	if axis, ok := weightOf(axes(loader)); ok {
		probe.Metrics.Weight = int(min(max(regularWeight, axis.Minimum), axis.Maximum))
	}
	if probe.style() != 0 || probe.Metrics.Weight < 350 || probe.Metrics.Weight > 500 {
		return nil
	}
	cmap, err := readCmap(loader)
	if err != nil {
		return nil
	}
	names := probe.readNames()
	s := &systemFace{source: source{origin: FromSystem, name: names[6], covers: coverageOf(cmap)}, family: names[1]}
	s.rank = rankFamily(s.family)
	if loader.HasTable(opentype.MustNewTag("fvar")) {
		s.rank++ // where a design is there both ways, the font that its makers drew for this weight goes first
	}
	return s
}

// readCmap reads which characters a font has.
func readCmap(loader *opentype.Loader) (font.Cmap, error) {
	raw, err := loader.RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return nil, err
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return nil, err
	}
	cmap, _, err := font.ProcessCmap(table, tables.FPNone)
	return cmap, err
}

// familyRanks says which families suit a letter, first match first: book faces before display and stop-gap ones.
var familyRanks = []struct {
	part string
	rank int
}{
	{"Last Resort", 90}, {"LastResort", 90}, {"Unifont", 80}, {"Fallback", 60}, {"Mono", 50},
	{"Nastaliq", 30}, {"Kufi", 30}, {"Rashi", 30}, {"Display", 30}, {"Condensed", 40}, {"Looped", 30}, {" UI", 20},
	{"Noto Serif", 0}, {"Noto Naskh", 0}, {"Noto Sans", 2},
}

func rankFamily(family string) int {
	for _, r := range familyRanks {
		if strings.Contains(family, r.part) {
			return r.rank
		}
	}
	return 10
}

// read loads the whole face.
func (s *systemFace) read() (*Face, error) {
	data, err := os.ReadFile(s.file)
	if err != nil {
		return nil, err
	}
	file, err := openFontFile(data)
	if err != nil {
		return nil, err
	}
	if s.index >= len(file.loaders) {
		return nil, errors.New("the collection has changed")
	}
	return file.face(s.index, FromSystem)
}
