package typeset

import (
	"cmp"
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

// systemFonts is what the machine has installed, best first. fontscan's own index is not used: it takes a second
// the first time and then writes into the user's home, while reading just the cmap tables takes some hundredths.
type systemFonts struct {
	faces []*systemFace
}

// systemFace is an installed face of which only names and coverage have been read.
type systemFace struct {
	path   string
	index  int // in a collection
	family string
	name   string
	rank   int
	cmap   font.Cmap
	face   *Face // once it is in use
	broken bool
}

// defaultFontFolders names the folders where this system keeps fonts.
func defaultFontFolders() []string {
	folders, err := fontscan.DefaultFontDirectories(log.New(io.Discard, "", 0))
	if err != nil {
		return nil // no such folders: then there are no system fonts
	}
	return folders
}

func scanSystemFonts(folders []string) *systemFonts {
	s := &systemFonts{}
	seen := map[string]bool{}
	for _, folder := range folders {
		// An unreadable folder or file is passed over: what is not there cannot set anything, and a
		// character that then has no face holds its letter back.
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && isFontFile(path) && !seen[path] {
				seen[path] = true
				s.faces = append(s.faces, scanFile(path)...)
			}
			return nil
		})
	}
	slices.SortFunc(s.faces, compareSystemFaces)
	return s
}

// compareSystemFaces orders faces by how well they suit a letter, then by name, never by where they lie.
func compareSystemFaces(a, b *systemFace) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.family, b.family), cmp.Compare(a.name, b.name),
		cmp.Compare(a.index, b.index))
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
			s.path, s.index = path, i
			found = append(found, s)
		}
	}
	return found
}

func scanFace(loader *opentype.Loader) *systemFace {
	if !loader.HasTable(opentype.MustNewTag("glyf")) || !loader.HasTable(opentype.MustNewTag("loca")) {
		return nil
	}
	probe := Face{loader: loader}
	if err := probe.readMetrics(); err != nil || probe.style() != 0 || probe.Metrics.Weight < 350 || probe.Metrics.Weight > 500 {
		return nil
	}
	raw, err := loader.RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return nil
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return nil
	}
	cmap, _, err := font.ProcessCmap(table, tables.FPNone)
	if err != nil {
		return nil
	}
	names := probe.readNames()
	s := &systemFace{family: names[1], name: names[6], cmap: cmap}
	s.rank = rankFamily(s.family)
	if loader.HasTable(opentype.MustNewTag("fvar")) {
		s.rank++ // a variable font's default may be a light weight
	}
	return s
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

// best returns the first face that has all the characters, loaded; nil when there is none.
func (s *systemFonts) best(runes []rune) *systemFace {
	for _, f := range s.faces {
		if !f.broken && f.hasAll(runes) && f.load() {
			return f
		}
	}
	return nil
}

func (s *systemFace) hasAll(runes []rune) bool {
	for _, r := range runes {
		if g, ok := s.cmap.Lookup(r); !ok || g == 0 {
			return false
		}
	}
	return true
}

// load reads the whole face, once; false marks it as broken.
func (s *systemFace) load() bool {
	if s.face != nil {
		return true
	}
	data, err := os.ReadFile(s.path)
	if err == nil {
		var faces []*Face
		if faces, err = LoadFaces(data, FromSystem); err == nil && s.index < len(faces) {
			s.face = faces[s.index]
			return true
		}
	}
	s.broken = true
	return false
}
