package typeset

import (
	"sync"
	"sync/atomic"

	"postbag/letters/typeset/faces"
	"postbag/templates"
)

// source is a face that may not have been loaded yet. What it has is known before: parsing a font takes 12 to 80 ms, and most of the
// many are never needed.
type source struct {
	origin Origin
	name   string
	file   string // for people
	sha256 string // of the file; "" for the system's, which are not read before they are needed
	style  Style
	covers coverage
	key    uint64 // a number of its own, for hashing
	open   func() (*Face, error)

	once  sync.Once
	marks marks
	face  atomic.Pointer[Face]
}

// load returns the face; nil when it cannot be loaded: then it has no characters, whatever was thought before.
func (s *source) load() *Face {
	if face := s.face.Load(); face != nil {
		return face
	}
	s.once.Do(func() {
		if face, err := s.open(); err == nil {
			s.face.Store(face)
		}
	})
	return s.face.Load()
}

// sourceOf wraps a face that is there.
func sourceOf(face *Face, file string) *source {
	s := &source{origin: face.Origin, name: face.Name, file: file, sha256: face.SHA256, style: face.style(), covers: coverageOf(face.font.Cmap)}
	s.face.Store(face)
	return s
}

// builtIn lists the sources in the binary: the family that was chosen, then the faces that stand in for what it lacks.
func builtIn(family faces.Family) (own, fallback []*source, err error) {
	all, err := faces.All()
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		if f.Family != family && f.Family != faces.Fallback {
			continue
		}
		s := &source{origin: BuiltIn, name: f.File, file: f.File, sha256: f.SHA256, open: func() (*Face, error) { return openBuiltIn(f) }}
		if err := f.Ranges(s.covers.add); err != nil {
			return nil, nil, err
		}
		if f.Bold {
			s.style |= templates.Bold
		}
		if f.Italic {
			s.style |= templates.Italic
		}
		if f.Family == family {
			own = append(own, s)
		} else {
			fallback = append(fallback, s)
		}
	}
	return own, fallback, nil
}

func openBuiltIn(f faces.Face) (*Face, error) {
	data, err := f.Open()
	if err != nil {
		return nil, err
	}
	loaded, err := LoadFaces(data, BuiltIn)
	if err != nil {
		return nil, err
	}
	return loaded[0], nil
}

// Bounds of a face's scale, in thousandths: a face that wants more is drawn for other ends than reading.
const (
	leastScale = 900
	mostScale  = 1100
)

// matchTo makes the face stand as tall beside the main one as it looks at home: its small and capital letters together (OS/2 sxHeight
// and sCapHeight, in thousandths of the em) become as high as the main face's. A face without these measures, and one of the main
// face's own family, is set as it is.
func (s *source) matchTo(main *Face) {
	if face := s.face.Load(); face != nil {
		face.matchTo(main)
		return
	}
	open := s.open
	s.open = func() (*Face, error) {
		face, err := open()
		if err == nil {
			face.matchTo(main)
		}
		return face, err
	}
}

func (f *Face) matchTo(main *Face) {
	if f == main || f.Family == main.Family || f.Scale != wholeScale {
		return
	}
	own, want := f.letterHeight(), main.letterHeight()
	if own <= 0 || want <= 0 {
		return
	}
	f.Scale = min(max((2*wholeScale*want/own+1)/2, leastScale), mostScale)
	f.UnitsEm = (2*f.UnitsEm*wholeScale/f.Scale + 1) / 2
}

// letterHeight is that of an x and an H together, in thousandths of the em; 0 where the font does not say.
func (f *Face) letterHeight() int {
	if f.Metrics.XHeight <= 0 || f.Metrics.CapHeight <= 0 {
		return 0
	}
	return (f.Metrics.XHeight + f.Metrics.CapHeight) * 1000 / f.UnitsEm
}
