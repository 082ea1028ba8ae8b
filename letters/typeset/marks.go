package typeset

import (
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"golang.org/x/text/unicode/norm"
)

// A face may have a letter and a mark, and not know where on the letter the mark belongs: then it hangs beside the letter, or two marks
// lie on one another. Names of West Africa and of First Nations have many that Unicode has in one piece with no letter (ɔ̌, ė́). For Latin,
// Greek and Cyrillic a face is asked to place the marks before it is chosen; one that merely has them stands back.

// marks knows which letters with marks a face places well.
type marks struct {
	mu     sync.Mutex
	hb     *harfbuzz.Font
	buffer *harfbuzz.Buffer
	known  map[string]bool
}

// places tells whether the face, which has all of the text and is loaded, puts its marks where they belong.
func (s *source) places(text []rune) bool {
	for i := 1; i < len(text); i++ {
		if !unicode.Is(unicode.Mn, text[i]) || unicode.Is(unicode.Mn, text[i-1]) {
			continue
		}
		end := i + 1
		for end < len(text) && unicode.Is(unicode.Mn, text[end]) {
			end++
		}
		if placed(text[i-1]) && !s.placesMarks(text[i-1:end]) {
			return false
		}
	}
	return true
}

// placed tells whether marks are looked at on a letter: other scripts have rules of their own for theirs.
func placed(r rune) bool {
	switch language.LookupScript(r) {
	case language.Latin, language.Greek, language.Cyrillic:
		return true
	}
	return false
}

// Canonical combining classes of marks above and below a letter (UAX #44). Those of others have places of their own.
const (
	cccBelow = 220
	cccAbove = 230
)

func (s *source) placesMarks(cluster []rune) bool {
	for _, r := range cluster[1:] {
		if ccc := norm.NFC.PropertiesString(string(r)).CCC(); ccc != cccBelow && ccc != cccAbove {
			return true
		}
	}
	m := &s.marks
	m.mu.Lock()
	defer m.mu.Unlock()
	key := string(cluster)
	well, ok := m.known[key]
	if !ok {
		if m.known == nil {
			m.known = map[string]bool{}
			m.hb, m.buffer = newHarfBuzz(s.load()), harfbuzz.NewBuffer()
		}
		well = m.look(cluster)
		m.known[key] = well
	}
	return well
}

// inkBox is where a glyph's ink lies, in font units.
type inkBox struct {
	left, right, bottom, top int
}

// look sets a letter and its marks, and sees whether each mark stands over or under the letter, and clear of the others.
func (m *marks) look(cluster []rune) bool {
	b := m.buffer
	b.Clear()
	b.AddRunes(cluster, 0, len(cluster))
	b.Props = harfbuzz.SegmentProperties{Script: language.LookupScript(cluster[0]), Direction: harfbuzz.LeftToRight}
	b.Shape(m.hb, nil)
	var boxes []inkBox
	pen := 0
	for i, info := range b.Info {
		pos := b.Pos[i]
		extents, ok := m.hb.GlyphExtents(font.GID(info.Glyph))
		if !ok {
			return true // there is nothing to see
		}
		box := inkBox{left: pen + int(pos.XOffset) + int(extents.XBearing), top: int(pos.YOffset) + int(extents.YBearing)}
		box.right, box.bottom = box.left+int(extents.Width), box.top+int(extents.Height)
		boxes = append(boxes, box)
		pen += int(pos.XAdvance)
	}
	for i := 1; i < len(boxes); i++ {
		if !boxes[i].centred(boxes[0]) || slices.ContainsFunc(boxes[1:i], boxes[i].covers) {
			return false
		}
	}
	return true
}

// centred tells whether the middle of a mark is in the middle half of a letter.
func (b inkBox) centred(letter inkBox) bool {
	middle, quarter := b.left+b.right, (letter.right-letter.left)/2
	return middle >= letter.left*2+quarter && middle <= letter.right*2-quarter
}

// covers tells whether two marks lie on one another, by half the height of either.
func (b inkBox) covers(other inkBox) bool {
	shared := min(b.top, other.top) - max(b.bottom, other.bottom)
	return 2*shared > min(b.top-b.bottom, other.top-other.bottom)
}
