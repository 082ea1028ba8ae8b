package typeset

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-text/typesetting/font/opentype"
)

// fontFile is a font file, or a collection of fonts in one file, whose directory has been read.
type fontFile struct {
	loaders []*opentype.Loader
	spans   []map[string]span // by font, then by tag: where its tables lie. Empty for formats other than OpenType's own
	sum     string            // SHA-256 of the file, lower-case hex
}

// span is where a table lies in a font file.
type span struct{ offset, length uint32 }

// openFontFile reads the directory of a TrueType or OpenType font or collection (OpenType, "Organization of an OpenType Font").
func openFontFile(data []byte) (*fontFile, error) {
	spans, err := tableSpans(data)
	if err != nil {
		return nil, err
	}
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a font: %w", err)
	}
	sum := sha256.Sum256(data)
	return &fontFile{loaders: loaders, spans: spans, sum: hex.EncodeToString(sum[:])}, nil
}

var errDirectory = errors.New("the font is damaged: its directory of tables reaches beyond the file")

// tableSpans reads where the tables of each font lie. A table longer than its file is refused here, before anybody makes room for it.
func tableSpans(data []byte) ([]map[string]span, error) {
	if len(data) < 12 {
		return nil, errors.New("not a font: it is too short")
	}
	offsets := []int{0}
	if string(data[:4]) == "ttcf" {
		n := int(binary.BigEndian.Uint32(data[8:]))
		if n > len(data)/4 || 12+4*n > len(data) {
			return nil, errDirectory
		}
		offsets = offsets[:0]
		for i := range n {
			offsets = append(offsets, int(binary.BigEndian.Uint32(data[12+4*i:])))
		}
	}
	var fonts []map[string]span
	for _, at := range offsets {
		if at+12 > len(data) {
			return nil, errDirectory
		}
		switch string(data[at : at+4]) {
		case "\x00\x01\x00\x00", "OTTO", "true", "typ1":
		default:
			continue // packed some other way, or nothing that we know: go-text says
		}
		n := int(binary.BigEndian.Uint16(data[at+4:]))
		if at+12+16*n > len(data) {
			return nil, errDirectory
		}
		tables := map[string]span{}
		for i := range n {
			record := data[at+12+16*i:]
			s := span{binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])}
			if int64(s.length) > int64(len(data)) {
				return nil, errDirectory
			}
			tables[string(record[:4])] = s
		}
		fonts = append(fonts, tables)
	}
	return fonts, nil
}

// outlines tells where a font of the file has its outlines; false when that is not known.
func (f *fontFile) outlines(i int) (span, bool) {
	if len(f.spans) != len(f.loaders) {
		return span{}, false
	}
	for _, tag := range []string{"glyf", "CFF ", "CFF2"} {
		if s, ok := f.spans[i][tag]; ok {
			return s, true
		}
	}
	return span{}, false
}

// face loads one font of the file; of a variable font, its regular weight.
func (f *fontFile) face(i int, origin Origin) (*Face, error) {
	return loadFace(f.loaders[i], origin, f.sum)
}

// faces loads the fonts of a file. Of those in a collection that share their outlines, such as the Japanese, Korean and Chinese cuts of
// one design, the first stands for all, unless another has characters of its own: which glyphs a language wants, its layout tables
// say. Of a variable font there are as many faces as it has styles.
func (f *fontFile) faces(origin Origin) ([]*Face, error) {
	var faces []*Face
	kept := map[span]*Face{}
	for i := range f.loaders {
		s, known := f.outlines(i)
		if known && kept[s] != nil && !hasMore(f.loaders[i], kept[s]) {
			continue
		}
		face, err := f.face(i, origin)
		if err != nil {
			return nil, err
		}
		if kept[s] == nil {
			kept[s] = face
		}
		bold, err := face.bolder()
		if err != nil {
			return nil, err
		}
		faces = append(append(faces, face), bold...)
	}
	return faces, nil
}

// hasMore tells whether a font has characters that the face has not.
func hasMore(loader *opentype.Loader, face *Face) bool {
	cmap, err := readCmap(loader)
	if err != nil {
		return true // loading it says what is wrong with it
	}
	for r, g := range characters(cmap) {
		if g != 0 && !face.Has(r) {
			return true
		}
	}
	return false
}

// pick loads the face of a collection that a campaign asks for: by number, from 1, or by family or PostScript name.
func (f *fontFile) pick(wanted string, origin Origin) ([]*Face, error) {
	var names []string
	for i, loader := range f.loaders {
		probe := Face{loader: loader}
		name := probe.readNames()
		number := strconv.Itoa(i + 1)
		if wanted == number || strings.EqualFold(wanted, name[1]) || strings.EqualFold(wanted, name[6]) {
			face, err := f.face(i, origin)
			if err != nil {
				return nil, err
			}
			bold, err := face.bolder()
			return append([]*Face{face}, bold...), err
		}
		names = append(names, number+" "+name[6])
	}
	return nil, fmt.Errorf("it has no face %q; it has %s", wanted, strings.Join(names, ", "))
}

// LoadFaces reads the faces of a TrueType or OpenType font file or collection. The error says why a font cannot be used: it is none, it
// is damaged, or its licence forbids embedding.
func LoadFaces(data []byte, origin Origin) ([]*Face, error) {
	f, err := openFontFile(data)
	if err != nil {
		return nil, err
	}
	return f.faces(origin)
}
