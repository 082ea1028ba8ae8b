package typeset

import (
	"github.com/go-text/typesetting/font"
)

// coverage is the set of characters that a face has: a bit for each, in pages of 256, most of which are not there.
type coverage struct {
	pages []*[4]uint64
}

const pageRunes = 256

func (c *coverage) add(first, last rune) {
	for r := first; r <= last; r++ {
		page := int(r / pageRunes)
		if page >= len(c.pages) {
			c.pages = append(c.pages, make([]*[4]uint64, page+1-len(c.pages))...)
		}
		if c.pages[page] == nil {
			c.pages[page] = new([4]uint64)
		}
		c.pages[page][r%pageRunes/64] |= 1 << (r % 64)
	}
}

func (c *coverage) has(r rune) bool {
	page := int(r / pageRunes)
	return r >= 0 && page < len(c.pages) && c.pages[page] != nil && c.pages[page][r%pageRunes/64]&(1<<(r%64)) != 0
}

// hasAll tells whether the face has every character that needs a glyph.
func (c *coverage) hasAll(text []rune) bool {
	for _, r := range text {
		if !c.has(r) && !unseen.has(r) {
			return false
		}
	}
	return true
}

// coverageOf reads a font's cmap.
func coverageOf(cmap font.Cmap) coverage {
	var c coverage
	for r, g := range characters(cmap) {
		if g != 0 && r >= 0 && r <= maxRune {
			c.add(r, r)
		}
	}
	return c
}

const maxRune = 0x10FFFF
