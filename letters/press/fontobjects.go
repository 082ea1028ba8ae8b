package press

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zlib"

	"postbag/letters/typeset"
)

// fontWriter embeds faces, each as a Type 0 font (ISO 32000-1, 9.7) whose codes are the face's own glyph numbers and what the bundle gave
// out beside them: over a CIDFontType2 with the outlines of the face's glyf table, or over a CIDFontType0 with outlines drawn anew. It
// belongs to one goroutine and keeps what it knows of a face from bundle to bundle.
type fontWriter struct {
	subsetters map[*typeset.Face]*subsetter
	outliners  map[*typeset.Face]*outliner
	programs   map[programKey]*program // font files seen before
	zip        *zlib.Writer
	zipped     bytes.Buffer
}

// program is a font file, compressed.
type program struct {
	data   []byte
	length int // before compression
}

type programKey struct {
	face *typeset.Face
	set  [sha256.Size]byte // what is in it
}

// keptPrograms bounds the compressed fonts kept: a roll of one script has a few sets of glyphs that recur.
const keptPrograms = 64

func newFontWriter() *fontWriter {
	return &fontWriter{
		subsetters: map[*typeset.Face]*subsetter{}, outliners: map[*typeset.Face]*outliner{}, programs: map[programKey]*program{},
	}
}

// write writes the objects of one font; object is the number of the font dictionary itself.
func (f *fontWriter) write(u *update, object int, use *fontUse) error {
	if use.full {
		return fmt.Errorf("the bundle has more to say in the font %s than a PDF font has codes for; set bundles.letters lower", use.face.Name)
	}
	codes := use.drawn()
	file, tag, err := f.program(use.face, codes)
	if err != nil {
		return err
	}
	name := tag + "+" + pdfName(use.face.Name)
	descendant, descriptor, stream, unicode := u.reserve(), u.reserve(), u.reserve(), u.reserve()
	u.begin(object)
	u.string("<</Type/Font/Subtype/Type0/BaseFont/" + name + "/Encoding/Identity-H/DescendantFonts[")
	u.ref(descendant)
	u.string("]/ToUnicode ")
	u.ref(unicode)
	u.string(">>")
	u.end()

	glyphMap := 0
	if len(use.extra) > 0 && !use.face.Drawn() {
		glyphMap = u.reserve()
	}
	u.begin(descendant)
	u.string("<</Type/Font/Subtype/" + cidFontType(use.face) + "/BaseFont/" + name)
	u.string("/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor ")
	u.ref(descriptor)
	if glyphMap != 0 {
		u.string("/CIDToGIDMap ")
		u.ref(glyphMap)
	} else if !use.face.Drawn() {
		u.string("/CIDToGIDMap/Identity")
	}
	u.buf = appendWidths(u.buf, use)
	u.string(">>")
	u.end()

	u.begin(descriptor)
	u.string(describe(use.face, name))
	u.ref(stream)
	u.string(">>")
	u.end()

	if use.face.Drawn() {
		u.stream(stream, "/Subtype/CIDFontType0C/Filter/FlateDecode", file.data)
	} else {
		u.stream(stream, "/Filter/FlateDecode/Length1 "+strconv.Itoa(file.length), file.data)
	}
	u.stream(unicode, "", toUnicode(use))
	if glyphMap == 0 {
		return nil
	}
	compressed, err := f.compress(glyphNumbers(codes))
	u.stream(glyphMap, "/Filter/FlateDecode", compressed)
	return err
}

// cidFontType is the kind of the CIDFont (ISO 32000-1, 9.7.4).
func cidFontType(face *typeset.Face) string {
	if face.Drawn() {
		return "CIDFontType0"
	}
	return "CIDFontType2"
}

// program makes the font file of a set of codes, or finds it, and the tag of the subset.
func (f *fontWriter) program(face *typeset.Face, codes []code) (*program, string, error) {
	var build func(tag string) ([]byte, error)
	key := programKey{face: face}
	if face.Drawn() {
		key.set = sumCodes(codes)
		build = func(tag string) ([]byte, error) { return f.outliner(face).font(tag+"+"+pdfName(face.Name), codes) }
	} else {
		s, err := f.subsetter(face)
		if err != nil {
			return nil, "", err
		}
		set := s.closed(codes)
		groups := numberGroups(codes, &set, face.Glyphs())
		key.set = sum(&set, groups)
		build = func(string) ([]byte, error) { return s.subset(&set, groups), nil }
	}
	tag := subsetTag(key.set)
	if p, ok := f.programs[key]; ok {
		return p, tag, nil
	}
	font, err := build(tag)
	if err != nil {
		return nil, "", err
	}
	compressed, err := f.compress(font)
	if err != nil {
		return nil, "", err
	}
	if len(f.programs) >= keptPrograms {
		clear(f.programs)
	}
	p := &program{data: bytes.Clone(compressed), length: len(font)}
	f.programs[key] = p
	return p, tag, nil
}

func (f *fontWriter) subsetter(face *typeset.Face) (*subsetter, error) {
	s, ok := f.subsetters[face]
	if !ok {
		var err error
		if s, err = newSubsetter(face); err != nil {
			return nil, err
		}
		f.subsetters[face] = s
	}
	return s, nil
}

func (f *fontWriter) outliner(face *typeset.Face) *outliner {
	o, ok := f.outliners[face]
	if !ok {
		o = newOutliner(face)
		f.outliners[face] = o
	}
	return o
}

// glyphNumbers writes /CIDToGIDMap: two bytes for each code, itself but for the extra ones.
func glyphNumbers(codes []code) []byte {
	last := codes[len(codes)-1].code
	out := make([]byte, 2*int(last)+2)
	for c := range int(last) + 1 {
		binary.BigEndian.PutUint16(out[2*c:], uint16(c))
	}
	for _, c := range codes {
		binary.BigEndian.PutUint16(out[2*int(c.code):], uint16(c.glyph))
	}
	return out
}

func sum(set *glyphSet, groups []code) [sha256.Size]byte {
	var b []byte
	for _, bits := range set.bits {
		b = binary.BigEndian.AppendUint64(b, bits)
	}
	return sha256.Sum256(appendCodes(b, groups))
}

func sumCodes(codes []code) [sha256.Size]byte { return sha256.Sum256(appendCodes(nil, codes)) }

func appendCodes(dst []byte, codes []code) []byte {
	for _, c := range codes {
		dst = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(dst, uint16(c.code)), uint16(c.glyph))
		if c.group != nil {
			dst = append(dst, c.group.key...)
		}
	}
	return dst
}

// subsetTag gives a subset six letters that differ from set to set (ISO 32000-1, 9.6.4).
func subsetTag(hash [sha256.Size]byte) string {
	var tag [6]byte
	for i := range tag {
		tag[i] = 'A' + hash[i]%26
	}
	return string(tag[:])
}

// pdfName keeps the characters of a PostScript name that need no escape in a PDF name (ISO 32000-1, 7.3.5).
func pdfName(name string) string {
	return strings.Map(func(r rune) rune {
		if r > '!' && r < '~' && !strings.ContainsRune("()<>[]{}/%#+", r) {
			return r
		}
		return -1
	}, name)
}

// compress deflates a font file. The module's version is pinned, and with it the bytes that come out; the standard
// library's change with the toolchain.
func (f *fontWriter) compress(data []byte) ([]byte, error) {
	f.zipped.Reset()
	if f.zip == nil {
		f.zip = zlib.NewWriter(&f.zipped)
	} else {
		f.zip.Reset(&f.zipped)
	}
	if _, err := f.zip.Write(data); err != nil {
		return nil, err
	}
	if err := f.zip.Close(); err != nil {
		return nil, err
	}
	return f.zipped.Bytes(), nil
}

// appendWidths writes /W: the widths of the glyphs in use, in thousandths of an em, runs of neighbours together.
func appendWidths(dst []byte, use *fontUse) []byte {
	dst = append(dst, "/DW 0/W["...)
	previous := -2
	add := func(code int, advance int32) {
		if code != previous+1 {
			if previous >= 0 {
				dst = append(dst, ']')
			}
			dst = append(appendInt(dst, int64(code)), '[')
		} else {
			dst = append(dst, ' ')
		}
		dst = appendHundredths(dst, scale(advance, use.face))
		previous = code
	}
	for _, g := range use.used.glyphs() {
		add(g, int32(use.face.Advance(typeset.GlyphID(g))))
	}
	for _, e := range use.extra {
		add(int(e.code), e.advance(use.face))
	}
	if previous >= 0 {
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// appendHundredths writes a width given in hundred-thousandths of an em as thousandths, exactly.
func appendHundredths(dst []byte, v int64) []byte {
	return appendPoints(dst, typeset.Length(v*10))
}

// Flags of a font descriptor (ISO 32000-1, table 123).
const (
	flagFixedPitch = 1 << 0
	flagSerif      = 1 << 1
	flagSymbolic   = 1 << 2 // the glyphs are chosen by number, not by a standard encoding
	flagItalic     = 1 << 6
)

// describe writes a font descriptor up to the reference to its font file.
func describe(face *typeset.Face, name string) string {
	m := face.Metrics
	flags := flagSymbolic
	if m.FixedPitch {
		flags |= flagFixedPitch
	}
	if m.Serif {
		flags |= flagSerif
	}
	if m.ItalicAngle != 0 {
		flags |= flagItalic
	}
	thousandths := func(units int) int { return int(roundTo(scale(int32(units), face), perEm/1000)) }
	stem := 80
	if m.Weight >= 600 {
		stem = 140
	}
	return fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %s/Ascent %d/Descent %d"+
		"/CapHeight %d/StemV %d/%s ", name, flags,
		thousandths(m.Box[0]), thousandths(m.Box[1]), thousandths(m.Box[2]), thousandths(m.Box[3]),
		strconv.FormatFloat(m.ItalicAngle, 'f', -1, 64), thousandths(m.Ascent), thousandths(m.Descent),
		thousandths(m.CapHeight), stem, fontFileKey(face))
}

// fontFileKey names the entry of a font descriptor for the font file (ISO 32000-1, table 126).
func fontFileKey(face *typeset.Face) string {
	if face.Drawn() {
		return "FontFile3"
	}
	return "FontFile2"
}

// toUnicode writes the CMap that says what each code stands for (ISO 32000-1, 9.10.3).
func toUnicode(use *fontUse) []byte {
	out := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	codes := make([]extraCode, 0, 128)
	for _, g := range use.used.glyphs() {
		if text := use.face.Text(typeset.GlyphID(g)); text != "" {
			codes = append(codes, extraCode{code: typeset.GlyphID(g), sign: sign{text: text}})
		}
	}
	codes = append(codes, use.extra...)
	const most = 100 // entries in one section (Adobe Technical Note 5014)
	for len(codes) > 0 {
		n := min(most, len(codes))
		out = appendInt(out, int64(n))
		out = append(out, " beginbfchar\n"...)
		for _, c := range codes[:n] {
			out = append(appendHex16(append(out, '<'), uint16(c.code)), "><"...)
			out = append(appendUTF16Hex(out, c.text), ">\n"...)
		}
		out = append(out, "endbfchar\n"...)
		codes = codes[n:]
	}
	return append(out, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}
