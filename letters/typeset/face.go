package typeset

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/cff"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"golang.org/x/text/unicode/norm"
)

// Origin is where a face came from.
type Origin string

// The origins, in the order in which faces are tried.
const (
	FromCampaign Origin = "campaign"
	BuiltIn      Origin = "built-in"
	FromSystem   Origin = "system"
)

// GlyphID is the number of a glyph in its face.
type GlyphID uint16

// Face is one font: its outlines, and what setting and embedding need to know of it. It is read-only once loaded,
// so goroutines share it.
type Face struct {
	Name    string // PostScript name (name table, id 6)
	Family  string // name table, id 1
	Origin  Origin
	SHA256  string // of the font file, lower-case hex
	UnitsEm int    // font units to the font size: the font's units per em, but for Scale
	Scale   int    // how large the face is set, in thousandths of the font size, to match the main face; UnitsEm has it in it
	Metrics Metrics

	loader    *opentype.Loader
	font      *font.Font
	coords    []tables.Coord // of an instance of a variable font; nil for its default
	plainName string         // Name without what the instance adds

	advanceOnce sync.Once
	advances    []uint16 // by glyph
	widths      []int32  // the same in hundred-thousandths of an em
	space       GlyphID

	textOnce sync.Once
	text     []string // by glyph: the text that /ToUnicode gives it; "" where the cmap does not say
}

// wholeScale is the Scale of a face that is set as large as it was drawn.
const wholeScale = 1000

// Metrics are a face's measures in font units (OpenType OS/2, hhea, head, post).
type Metrics struct {
	Ascent, Descent, CapHeight int
	XHeight                    int    // 0 where the font does not say
	Box                        [4]int // xMin, yMin, xMax, yMax
	ItalicAngle                float64
	Weight                     int
	FixedPitch, Serif          bool
}

// guard makes an error of a panic: go-text checks what it parses, but not all of it.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the font is damaged: %v", r)
	}
}

// loadFace reads one font; of a variable font its regular weight.
func loadFace(loader *opentype.Loader, origin Origin, sum string) (face *Face, err error) {
	defer guard(&err)
	f := &Face{Origin: origin, SHA256: sum, Scale: wholeScale, loader: loader}
	if err := f.checkOutlines(); err != nil {
		return nil, err
	}
	if err := f.readMetrics(); err != nil {
		return nil, err
	}
	if f.font, err = font.NewFont(loader); err != nil {
		return nil, fmt.Errorf("the font is damaged: %w", err)
	}
	if f.UnitsEm = int(f.font.Upem()); f.UnitsEm == 0 {
		return nil, errors.New("the font is damaged: it has no units per em")
	}
	names := f.readNames()
	f.Family, f.Name = names[1], names[6]
	if f.Name == "" {
		f.Name = "Unnamed"
	}
	f.plainName = f.Name
	f.setWeight(regularWeight)
	if f.coords != nil {
		f.measure() // here, where a damaged table does no harm
	}
	return f, nil
}

// checkOutlines makes sure that the font has outlines, one for each of its glyphs.
func (f *Face) checkOutlines() error {
	glyphs := f.Glyphs()
	for _, tag := range []string{"CFF ", "CFF2"} {
		table := f.Table(tag)
		if table == nil {
			continue
		}
		n, err := charstrings(tag, table)
		if err != nil {
			return fmt.Errorf("the font is damaged: its %s table: %w", strings.TrimSpace(tag), err)
		}
		if n != glyphs {
			return fmt.Errorf("the font is damaged: it says that it has %d glyphs and has %d", glyphs, n)
		}
		return nil
	}
	if !f.hasGlyf() {
		return errors.New("it has no outlines, only pictures of glyphs")
	}
	return nil
}

// charstrings counts the outlines of a CFF or CFF2 table.
func charstrings(tag string, table []byte) (int, error) {
	if tag == "CFF2" {
		parsed, err := cff.ParseCFF2(table)
		if err != nil {
			return 0, err
		}
		return len(parsed.Charstrings), nil
	}
	parsed, err := cff.Parse(table)
	if err != nil {
		return 0, err
	}
	return len(parsed.Charstrings), nil
}

// Table returns the bytes of one table of the font file (OpenType 1.9, "Font Tables"); nil when it has none.
func (f *Face) Table(tag string) []byte {
	t := opentype.NewTag(tag[0], tag[1], tag[2], tag[3])
	data, err := f.loader.RawTable(t)
	if err != nil {
		return nil
	}
	return data
}

// readMetrics takes what a PDF font descriptor wants from head, hhea, OS/2 and post.
func (f *Face) readMetrics() error {
	head, hhea := f.Table("head"), f.Table("hhea")
	if len(head) < 54 || len(hhea) < 36 {
		return errors.New("the font is damaged: its head or hhea table is too short")
	}
	m := &f.Metrics
	for i := range m.Box {
		m.Box[i] = int16At(head, 36+2*i)
	}
	m.Ascent, m.Descent = int16At(hhea, 4), int16At(hhea, 6)
	m.CapHeight, m.Weight = m.Ascent*7/10, 400
	if os2 := f.Table("OS/2"); len(os2) >= 78 {
		m.Weight = uint16At(os2, 4)
		if err := mayEmbed(uint16At(os2, 8)); err != nil {
			return err
		}
		class := os2[30] // sFamilyClass: 1 to 5 and 7 are serifs
		m.Serif = class >= 1 && class <= 5 || class == 7
		if len(os2) >= 90 && uint16At(os2, 0) >= 2 {
			m.XHeight, m.CapHeight = int16At(os2, 86), int16At(os2, 88)
		}
	}
	if post := f.Table("post"); len(post) >= 16 {
		m.ItalicAngle = float64(int16At(post, 4)) + float64(uint16At(post, 6))/65536
		m.FixedPitch = post[12]|post[13]|post[14]|post[15] != 0
	}
	return nil
}

// mayEmbed looks whether a font's licence lets it be embedded as Postbag does it: outlines, of the glyphs in use (OpenType, OS/2 fsType).
func mayEmbed(fsType int) error {
	switch {
	case fsType&0xF == 2:
		return errors.New("its licence forbids embedding (OS/2 fsType)")
	case fsType&0x100 != 0:
		return errors.New("its licence forbids to embed just the glyphs in use (OS/2 fsType)")
	case fsType&0x200 != 0:
		return errors.New("its licence forbids to embed outlines (OS/2 fsType)")
	}
	return nil
}

// readNames returns the name records by id, Unicode ones before Mac Roman ones.
func (f *Face) readNames() map[int]string {
	names := map[int]string{}
	table := f.Table("name")
	if len(table) < 6 {
		return names
	}
	count, storage := uint16At(table, 2), uint16At(table, 4)
	for i := range count {
		at := 6 + 12*i
		if at+12 > len(table) {
			break
		}
		platform, id := uint16At(table, at), uint16At(table, at+6)
		length, offset := uint16At(table, at+8), storage+uint16At(table, at+10)
		if offset+length > len(table) || names[id] != "" && platform != 3 {
			continue
		}
		raw := table[offset : offset+length]
		if platform != 1 {
			var b []byte
			for k := 1; k < len(raw); k += 2 {
				if raw[k-1] == 0 {
					b = append(b, raw[k])
				}
			}
			raw = b
		}
		names[id] = string(raw)
	}
	return names
}

func uint16At(b []byte, at int) int { return int(b[at])<<8 | int(b[at+1]) }

func int16At(b []byte, at int) int { return int(int16(uint16At(b, at))) }

// Has tells whether the face has a glyph for r.
func (f *Face) Has(r rune) bool {
	g, ok := f.font.NominalGlyph(r)
	return ok && g != 0
}

// Glyphs is the number of glyphs in the face.
func (f *Face) Glyphs() int {
	if maxp := f.Table("maxp"); len(maxp) >= 6 {
		return uint16At(maxp, 4)
	}
	return 0
}

// Text gives the text that a glyph stands for wherever it is used, or "" when that depends on the place. It follows
// from the font alone, so that every bundle gives the same glyph the same text: the lowest character that maps to
// it, presentation forms taken apart (U+FB01 is "fi").
func (f *Face) Text(g GlyphID) string {
	f.textOnce.Do(f.readText)
	if int(g) >= len(f.text) {
		return ""
	}
	return f.text[g]
}

func (f *Face) readText() {
	lowest := make([]rune, f.Glyphs())
	for r, g := range characters(f.font.Cmap) {
		if int(g) >= len(lowest) || g == 0 || privateUse(r) {
			continue
		}
		if lowest[g] == 0 || r < lowest[g] {
			lowest[g] = r
		}
	}
	f.text = make([]string, len(lowest))
	for g, r := range lowest {
		switch {
		case r == 0:
		case presentationForm(r):
			f.text[g] = norm.NFKC.String(string(r))
		default:
			f.text[g] = norm.NFC.String(string(r))
		}
	}
}

// characters goes through a cmap. It ends after as many entries as there are characters: a damaged font may claim any number.
func characters(cmap font.Cmap) iter.Seq2[rune, font.GID] {
	return func(yield func(rune, font.GID) bool) {
		it := cmap.Iter()
		for left := unicode.MaxRune; left > 0 && it.Next(); left-- {
			if r, g := it.Char(); !yield(r, g) {
				return
			}
		}
	}
}

func privateUse(r rune) bool { return r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 }

func presentationForm(r rune) bool { return r >= 0xFB00 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFE }
