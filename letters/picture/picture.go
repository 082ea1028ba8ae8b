// Package picture reads a logo: PNG, JPEG or SVG, into what a page needs of it.
//
// A picture from pixels is checked whole, laid on white paper where it lets light through, turned as its camera says, and made smaller where
// it has more dots than print can show. One from outlines (SVG) becomes filled and stroked paths. Nothing outside the file is ever read, and a
// file that says it is larger than a logo has reason to be is refused before memory is taken for it. What cannot be drawn faithfully is
// refused with what to do about it, never left out: a logo with a part missing is worse than none.
//
// [Read] is all there is to call. The same file gives the same [Picture], on any machine.
package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"postbag/letters/problem"
)

// Picture is a logo ready to be drawn: pixels, or outlines.
type Picture struct {
	SHA256 string // of the file, lower-case hex
	// Width and Height are pixels where there are Pixels. Outlines are drawn in units of which the longer side has a million or so.
	Width, Height int
	Pixels        *Pixels
	Shapes        []Shape
}

// Pixels is an encoded image: 8 bits a channel, gray or RGB, opaque, upright.
type Pixels struct {
	JPEG bool // or PNG, not interlaced
	Data []byte
}

// Limits on what is read.
const (
	maxBytes  = 8 << 20    // of a file
	maxPixels = 36_000_000 // width times height
	maxSide   = 1800       // pixels of a side that are kept: 600 dots an inch over 75 mm
	maxJPEG   = 512 << 10  // bytes of a JPEG that is kept as it is
)

// Read reads a picture. What is wrong with it is a [problem.List].
func Read(path string) (*Picture, error) {
	data, err := readAll(path)
	if err != nil {
		return nil, err
	}
	p, err := decode(data)
	var bad *refusal
	if errors.As(err, &bad) {
		return nil, problem.List{{Place: problem.Place{File: path, Line: bad.line}, What: bad.what, Do: bad.do}}
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, nil
}

// refusal says why a picture cannot be used, and what to do.
type refusal struct {
	line     int // of an SVG; 0 where there is none
	what, do string
}

func (r *refusal) Error() string { return r.what }

func refuse(what, do string) error { return &refusal{what: what, do: do} }

const doSave = "Save it again as PNG, JPEG or SVG"

func readAll(path string) ([]byte, error) {
	at := problem.Place{File: path}
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		var data []byte
		data, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
		if err == nil && len(data) > maxBytes {
			return nil, problem.List{{Place: at, What: fmt.Sprintf("the logo is larger than %d MB", maxBytes>>20), Do: "Save a smaller one: 1800 pixels a side are enough for print"}}
		}
		if err == nil {
			return data, nil
		}
	}
	what := "the logo cannot be read"
	if errors.Is(err, fs.ErrNotExist) {
		what = "the logo is not there"
	}
	return nil, problem.List{{Place: at, What: what, Do: "Correct sender.logo: it names a PNG, JPEG or SVG file"}}
}

// decode tells the format by how the file begins, whatever it is called.
func decode(data []byte) (*Picture, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\uFEFF")), " \t\r\n")
	for _, f := range []struct {
		begins string
		decode func([]byte) (*Picture, error)
	}{
		{"\x89PNG\r\n\x1a\n", decodePNG},
		{"\xff\xd8\xff", decodeJPEG},
		{"<", decodeSVG},
		{"\x1f\x8b", refused("the logo is packed (an .svgz, perhaps)", "Save it as plain SVG")},
		{"GIF8", refused("the logo is a GIF", "Save it as PNG")},
		{"RIFF", refused("the logo is a WebP picture", "Save it as PNG")},
		{"%PDF", refused("the logo is a PDF", "Export it as SVG")},
		{"%!PS", refused("the logo is PostScript", "Export it as SVG")},
		{"", refused("the logo is neither PNG nor JPEG nor SVG", doSave)},
	} {
		if bytes.HasPrefix(data, []byte(f.begins)) || f.begins == "<" && bytes.HasPrefix(text, []byte("<")) {
			return f.decode(data)
		}
	}
	return nil, nil
}

func refused(what, do string) func([]byte) (*Picture, error) {
	return func([]byte) (*Picture, error) { return nil, refuse(what, do) }
}
