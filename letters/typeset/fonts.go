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

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavuserif"
	"github.com/go-fonts/dejavu/dejavuserifbold"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/go-text/typesetting/segmenter"

	"postbag/letters/problem"
	"postbag/templates"
)

// Style is the emphasis that a face is wanted for: bold, italic, both or neither.
type Style = templates.Style

const styles = 4 // the combinations of templates.Bold and templates.Italic

// builtIn lists the faces in the binary: for each style a family of its own, then faces that fill gaps. Liberation
// Serif has Latin, Greek, Cyrillic and Hebrew; DejaVu adds rarer letters of those and several scripts more.
func builtIn() [styles][][]byte {
	return [styles][][]byte{
		0:                                 {liberationserifregular.TTF, dejavuserif.TTF, dejavusans.TTF},
		templates.Bold:                    {liberationserifbold.TTF, dejavuserifbold.TTF, dejavusansbold.TTF},
		templates.Italic:                  {liberationserifitalic.TTF},
		templates.Bold | templates.Italic: {liberationserifbolditalic.TTF},
	}
}

// Fonts is the faces that a run of the program may set with, in the order in which they are tried: the campaign's,
// the binary's, the system's. The last are looked for only when a character is in none of the others.
//
// Missing may add faces of the system; goroutines that set letters must start after the last call of it, so that a
// letter does not depend on which names were looked at before it.
type Fonts struct {
	mu     sync.Mutex
	own    [styles][]*Face // campaign and built-in faces of the style
	system *systemFonts
	chosen []*systemFace // faces of the system in use, best first
	stacks atomic.Pointer[[styles][]*Face]
	common [commonRunes / 64]uint64 // which of the first characters the campaign's and the built-in faces have
}

// commonRunes is how many characters are looked up in a table: Latin, Greek and Cyrillic are among them.
const commonRunes = 0x600

// LoadFonts loads the built-in faces and those in the campaign's font files and folders. What cannot be read or
// embedded comes back as a problem.List.
func LoadFonts(paths []string) (*Fonts, error) {
	f := &Fonts{}
	if err := f.loadCampaign(paths); err != nil {
		return nil, err
	}
	for style, files := range builtIn() {
		for _, data := range files {
			faces, err := LoadFaces(data, BuiltIn)
			if err != nil {
				return nil, fmt.Errorf("loading a built-in font: %w", err)
			}
			f.own[style] = append(f.own[style], faces...)
		}
	}
	f.restack()
	for r := rune(' '); r < commonRunes; r++ {
		if f.covered(r) {
			f.common[r/64] |= 1 << (r % 64)
		}
	}
	return f, nil
}

func (f *Fonts) loadCampaign(paths []string) error {
	var problems problem.List
	for _, path := range paths {
		files, err := fontFiles(path)
		if err != nil {
			problems.Add(problem.Place{File: path}, "this font file or folder cannot be read: "+reasonOf(err),
				"Correct fonts: in the campaign file")
			continue
		}
		if len(files) == 0 {
			problems.Add(problem.Place{File: path}, "there is no .ttf or .ttc file in this folder",
				"Put TrueType fonts there or take it out of fonts: in the campaign file")
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err == nil {
				var faces []*Face
				faces, err = LoadFaces(data, FromCampaign)
				for _, face := range faces {
					style := face.style()
					f.own[style] = append(f.own[style], face)
				}
			}
			if err != nil {
				problems.Add(problem.Place{File: file}, "this font cannot be used: "+reasonOf(err),
					"Use a TrueType font (.ttf) that may be embedded")
			}
		}
	}
	return problems.Err()
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
	case ".ttf", ".ttc":
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

// style reads off the face whether it is a bold or an italic one.
func (f *Face) style() Style {
	var s Style
	if f.Metrics.Weight >= 600 {
		s |= templates.Bold
	}
	if f.Metrics.ItalicAngle != 0 {
		s |= templates.Italic
	}
	return s
}

// restack puts the faces of each style in the order in which they are tried: those of the style, then upright
// regular ones, then the system's. A name that has no bold italic is set in what there is.
func (f *Fonts) restack() {
	var stacks [styles][]*Face
	for style := range stacks {
		add := func(faces []*Face) {
			for _, face := range faces {
				if !slices.Contains(stacks[style], face) {
					stacks[style] = append(stacks[style], face)
				}
			}
		}
		add(f.own[style])
		add(f.own[Style(style)&templates.Bold])
		add(f.own[0])
		for _, s := range f.chosen {
			add([]*Face{s.face})
		}
	}
	f.stacks.Store(&stacks)
}

// stack returns the faces to try for a style, best first.
func (f *Fonts) stack(s Style) []*Face { return f.stacks.Load()[s&(styles-1)] }

// covered tells whether some face of the regular stack has r. Faces of other styles fall back to those.
func (f *Fonts) covered(r rune) bool {
	for _, face := range f.stack(0) {
		if face.Has(r) {
			return true
		}
	}
	return false
}

// invisible characters need no glyph: white space, and the default-ignorable characters that shape their
// neighbours (joiners, variation selectors, directional marks; UAX #44, Default_Ignorable_Code_Point).
func invisible(r rune) bool {
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r >= 0xFFF9 && r <= 0xFFFB || r >= 0x13430 && r <= 0x1345F {
		return false // format characters that are seen
	}
	return r == ' ' || r == '\n' || r == '\t' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Cf, r)
}

// Missing returns the characters of text that cannot be set, each once, in order; nil when the text can be set. A letter and its
// marks must come from one face: a mark that no face has together with its letter is missing too. What the campaign's and the
// built-in faces lack is looked for among the system's fonts.
func (f *Fonts) Missing(text string) []rune {
	var lacking []rune
	clustered := false
	for _, r := range text {
		if r < commonRunes && f.common[r/64]&(1<<(r%64)) != 0 && alone(r) || invisible(r) {
			continue
		}
		clustered = clustered || !alone(r)
		if !f.covered(r) && !slices.Contains(lacking, r) {
			lacking = append(lacking, r)
		}
	}
	if len(lacking) > 0 {
		f.mu.Lock()
		f.addSystemFaces(lacking)
		f.mu.Unlock()
		lacking = slices.DeleteFunc(lacking, f.covered)
	}
	if clustered && len(lacking) == 0 {
		lacking = f.missingMarks(text)
	}
	if len(lacking) == 0 {
		return nil
	}
	return lacking
}

// alone tells whether a character never forms a cluster with another letter: those of Latin, Greek, Cyrillic and Armenian.
func alone(r rune) bool {
	return r < 0x300 || r >= 0x370 && r <= 0x482 || r >= 0x48A && r <= 0x58A || r >= 0x1E00 && r <= 0x1FFF
}

// missingMarks returns the characters that no face has together with the letter they belong to.
func (f *Fonts) missingMarks(text string) []rune {
	var lacking []rune
	var s segmenter.Segmenter
	s.Init([]rune(text))
	for it := s.GraphemeIterator(); it.Next(); {
		cluster := slices.DeleteFunc(slices.Clone(it.Grapheme().Text), invisible)
		if len(cluster) < 2 || faceFor(f.stack(0), cluster) != nil {
			continue
		}
		f.mu.Lock()
		found := f.addSystemFace(cluster)
		f.mu.Unlock()
		if !found {
			lacking = append(lacking, cluster[1:]...)
		}
	}
	return lacking
}

// addSystemFaces brings in the best face that has all the characters, or else the best one for each. The caller
// holds the lock.
func (f *Fonts) addSystemFaces(lacking []rune) {
	if f.addSystemFace(lacking) {
		return
	}
	for _, r := range lacking {
		if !f.covered(r) {
			f.addSystemFace([]rune{r})
		}
	}
}

func (f *Fonts) addSystemFace(runes []rune) bool {
	if f.system == nil {
		f.system = scanSystemFonts(defaultFontFolders())
	}
	s := f.system.best(runes)
	if s == nil {
		return false
	}
	if !slices.Contains(f.chosen, s) {
		f.chosen = append(f.chosen, s)
		slices.SortFunc(f.chosen, compareSystemFaces)
		f.restack()
	}
	return true
}

// Faces lists every face that may set something, each once: those of the regular style first, in the order in which they
// are tried.
func (f *Fonts) Faces() []*Face {
	var faces []*Face
	for _, stack := range f.stacks.Load() {
		for _, face := range stack {
			if !slices.Contains(faces, face) {
				faces = append(faces, face)
			}
		}
	}
	return faces
}
