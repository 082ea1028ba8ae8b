// Package faces is the fonts in the binary: a serif and a sans family for the letter, and a face for each of the scripts that people's
// names are written in, so that a machine without any font prints them all. README.md in its folder says where each came from, and
// under which licence it stands; make.py cut them.
//
// A font is unpacked when [Face.Open] asks for it. Which characters it has is known before, from table.txt, so that only fonts in use
// are ever unpacked and parsed: together they take a second.
package faces

import (
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansbolditalic"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/klauspost/compress/zstd"
)

//go:embed *.zst
var packed embed.FS

//go:embed table.txt
var table string

// Family is a set of faces for all text, or the faces that stand in for what it lacks.
type Family string

// The families. Those of Fallback are in the order in which they are tried.
const (
	Serif    Family = "serif"
	Sans     Family = "sans"
	Fallback Family = "fallback"
)

// Face is a font in the binary that has not been unpacked.
type Face struct {
	Family       Family
	Bold, Italic bool
	File         string // its name, for people
	SHA256       string // of the font, unpacked
	ranges       string // as the table has them
}

// All lists the faces, those of a family together.
func All() ([]Face, error) {
	rest := table
	var all []Face
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == ' ' {
			return nil, errors.New("the table of built-in fonts has characters without a face")
		}
		words := strings.Fields(line)
		if len(words) != 4 {
			return nil, fmt.Errorf("the table of built-in fonts has a line that is no face: %s", line)
		}
		f := Face{Family: Family(words[0]), File: words[2], SHA256: words[3]}
		f.Bold, f.Italic = strings.Contains(words[1], "bold"), strings.Contains(words[1], "italic")
		end := len(rest)
		if at := strings.Index("\n"+rest, "\n\n"); at >= 0 {
			end = at
		}
		f.ranges, rest = rest[:end], rest[end:]
		all = append(all, f)
	}
	return all, nil
}

// Ranges calls each for the stretches of characters that the face has, in order.
func (f Face) Ranges(each func(first, last rune)) error {
	for rest := f.ranges; ; {
		rest = strings.TrimLeft(rest, " \n")
		if rest == "" {
			return nil
		}
		end := strings.IndexAny(rest, " \n")
		if end < 0 {
			end = len(rest)
		}
		from, to, several := strings.Cut(rest[:end], "-")
		rest = rest[end:]
		first, err := strconv.ParseUint(from, 16, 21)
		last := first
		if err == nil && several {
			last, err = strconv.ParseUint(to, 16, 21)
		}
		if err != nil {
			return fmt.Errorf("the table of built-in fonts is damaged at %s: %w", f.File, err)
		}
		each(rune(first), rune(last))
	}
}

// Open returns the font, unpacked. It is the caller's to read and not to change.
func (f Face) Open() ([]byte, error) {
	if data, ok := whole()[f.File]; ok {
		return data, nil
	}
	data, err := packed.ReadFile(f.File + ".zst")
	if err != nil {
		return nil, fmt.Errorf("there is no built-in font %s", f.File)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("unpacking the built-in font %s: %w", f.File, err)
	}
	defer d.Close()
	out, err := d.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("unpacking the built-in font %s: %w", f.File, err)
	}
	return out, nil
}

// whole is the fonts that come with Go modules, as they are.
func whole() map[string][]byte {
	return map[string][]byte{
		"LiberationSerif-Regular.ttf":    liberationserifregular.TTF,
		"LiberationSerif-Bold.ttf":       liberationserifbold.TTF,
		"LiberationSerif-Italic.ttf":     liberationserifitalic.TTF,
		"LiberationSerif-BoldItalic.ttf": liberationserifbolditalic.TTF,
		"LiberationSans-Regular.ttf":     liberationsansregular.TTF,
		"LiberationSans-Bold.ttf":        liberationsansbold.TTF,
		"LiberationSans-Italic.ttf":      liberationsansitalic.TTF,
		"LiberationSans-BoldItalic.ttf":  liberationsansbolditalic.TTF,
	}
}
