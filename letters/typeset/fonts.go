package typeset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/unicode/rangetable"

	"postbag/letters/problem"
	"postbag/letters/typeset/faces"
	"postbag/templates"
)

// Style is the emphasis that a face is wanted for: bold, italic, both or neither.
type Style = templates.Style

const styles = 4 // the combinations of templates.Bold and templates.Italic

// Fonts is the faces that a run of the program may set with: the campaign's, the binary's, the system's. choice.go says which of them
// sets what.
//
// A text is to be asked for with Missing before it is set: that looks for the system's faces, where the text needs them. Goroutines may ask and
// set at the same time, since no text looks otherwise for what was asked before.
type Fonts struct {
	mu      sync.Mutex
	stacks  [styles]*stack
	main    *Face // that plain Latin is set in, upright and regular
	known   uint64
	folders func() []string
	system  atomic.Pointer[[]*source] // nil until they have been looked for
}

// LoadFonts readies the built-in faces, with the serif family in front, and those in the campaign's font files and folders. What cannot
// be read or embedded comes back as a problem.List.
func LoadFonts(paths []string) (*Fonts, error) { return LoadTypeface(string(faces.Serif), paths) }

// LoadTypeface is LoadFonts with another of the built-in families in front: serif or sans.
func LoadTypeface(family string, paths []string) (*Fonts, error) {
	f := &Fonts{folders: defaultFontFolders}
	campaign, err := loadCampaign(paths)
	if err != nil {
		return nil, err
	}
	own, fallback, err := builtIn(faces.Family(family))
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, fmt.Errorf("there is no built-in typeface %s", family)
	}
	for style := range f.stacks {
		f.stacks[style] = newStack(inOrder(Style(style), campaign, own, fallback))
	}
	if f.main = f.stacks[0].main.load(); f.main == nil {
		return nil, fmt.Errorf("the font %s cannot be loaded", f.stacks[0].main.name)
	}
	f.each(func(s *source) {
		s.matchTo(f.main)
		f.number(s)
	})
	for _, st := range f.stacks {
		st.markPlain()
	}
	return f, nil
}

// inOrder puts sources in the order in which they are tried for a style: those of the campaign in that style, then its bold ones where
// bold was asked for, then its regular ones; the binary's own family likewise; then what stands in for it. A name that has no bold
// italic is set in what there is.
func inOrder(style Style, campaign, own, fallback []*source) []*source {
	var order []*source
	for _, group := range [][]*source{campaign, own, fallback} {
		for _, wanted := range []Style{style, style & templates.Bold, 0} {
			for _, s := range group {
				if s.style == wanted && !slices.Contains(order, s) {
					order = append(order, s)
				}
			}
		}
	}
	return order
}

func loadCampaign(paths []string) ([]*source, error) {
	var sources []*source
	var problems problem.List
	for _, path := range paths {
		path, wanted := splitPick(path)
		files, err := fontFiles(path)
		if err != nil {
			problems.Add(problem.Place{File: path}, "this font file or folder cannot be read: "+reasonOf(err),
				"Correct fonts: in the campaign file")
			continue
		}
		if len(files) == 0 {
			problems.Add(problem.Place{File: path}, "there is no .ttf, .otf, .ttc or .otc file in this folder",
				"Put fonts there or take it out of fonts: in the campaign file")
		}
		for _, file := range files {
			faces, err := loadFile(file, wanted)
			for _, face := range faces {
				sources = append(sources, sourceOf(face, file))
			}
			if err != nil {
				problems.Add(problem.Place{File: file}, "this font cannot be used: "+reasonOf(err),
					"Use a TrueType or OpenType font that may be embedded")
			}
		}
	}
	return sources, problems.Err()
}

// loadFile loads the campaign's faces in a file: the wanted one of a collection, or those that there are.
func loadFile(path, wanted string) ([]*Face, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := openFontFile(data)
	if err != nil {
		return nil, err
	}
	if wanted == "" {
		return file.faces(FromCampaign)
	}
	return file.pick(wanted, FromCampaign)
}

// splitPick takes the wanted face off the path of a collection: fonts/NotoSansCJK.ttc#2, or a name in place of the number. A file
// whose own name has a # in it stays as it is.
func splitPick(path string) (file, wanted string) {
	at := strings.LastIndexByte(path, '#')
	if at < 0 {
		return path, ""
	}
	if _, err := os.Stat(path); err == nil {
		return path, ""
	}
	return path[:at], path[at+1:]
}

// fontFiles lists a font file itself, or the fonts in a folder by name.
func fontFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && isFontFile(e.Name()) {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, nil
}

func isFontFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ttf", ".ttc", ".otf", ".otc":
		return true
	}
	return false
}

// reasonOf leaves the path out of a file error: the place names it already.
func reasonOf(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// boldFrom is the weight from which a face counts as bold (OS/2 usWeightClass: 600 is semi-bold).
const boldFrom = 600

// style reads off the face whether it is a bold or an italic one.
func (f *Face) style() Style {
	var s Style
	if f.Metrics.Weight >= boldFrom {
		s |= templates.Bold
	}
	if f.Metrics.ItalicAngle != 0 {
		s |= templates.Italic
	}
	return s
}

// stack returns the sources for a style.
func (f *Fonts) stack(s Style) *stack { return f.stacks[s&(styles-1)] }

// invisible tells whether a character needs no glyph.
func invisible(r rune) bool { return unseen.has(r) }

// unseen is the characters without a look of their own: white space, and the default-ignorable characters that shape their neighbours
// (joiners, variation selectors, directional marks; UAX #44, Default_Ignorable_Code_Point).
var unseen = func() coverage {
	var c coverage
	c.add('\n', '\n')
	c.add('\t', '\t')
	rangetable.Visit(rangetable.Merge(unicode.Zs, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector), func(r rune) {
		seen := unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r >= 0xFFF9 && r <= 0xFFFB || r >= 0x13430 && r <= 0x1345F
		if !seen { // format characters that are seen
			c.add(r, r)
		}
	})
	return c
}()

// scanSystem looks for the system's faces, once.
func (f *Fonts) scanSystem() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.system.Load() != nil {
		return
	}
	system := scanSystemFonts(f.folders())
	for _, s := range system {
		s.matchTo(f.main)
		f.number(s)
	}
	f.system.Store(&system)
}

// number gives a source its key.
func (f *Fonts) number(s *source) {
	f.known++
	s.key = f.known * 0x9E3779B97F4A7C15 // apart in all bits
}

// Faces lists every face that has been loaded, each once: those of the regular style first, in the order in which they are tried.
func (f *Fonts) Faces() []*Face {
	var faces []*Face
	f.each(func(s *source) {
		if face := s.face.Load(); face != nil {
			faces = append(faces, face)
		}
	})
	return faces
}

// Fingerprint lists what the look of the letters depends on: a line for each of the campaign's and the built-in faces, and for each of
// the system's that was needed for a text that Missing was asked about.
func (f *Fonts) Fingerprint() []string {
	var lines []string
	f.each(func(s *source) {
		sum := s.sha256
		if s.origin == FromSystem {
			face := s.face.Load()
			if face == nil {
				return
			}
			sum = face.SHA256
		}
		lines = append(lines, s.name+" "+sum)
	})
	return lines
}

// each visits every source once.
func (f *Fonts) each(visit func(*source)) {
	seen := map[*source]bool{}
	for i := range f.stacks {
		for _, s := range f.stacks[i].sources {
			if !seen[s] {
				seen[s] = true
				visit(s)
			}
		}
	}
	if system := f.system.Load(); system != nil {
		for _, s := range *system {
			visit(s)
		}
	}
}
