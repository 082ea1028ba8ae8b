package roll

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Cleaned counts what was mended in the cells that were used, by kind. Each kind can be switched off with signers.clean.
type Cleaned struct {
	Spaces     int `json:"spaces"`     // white space trimmed or made one space
	Controls   int `json:"controls"`   // control and directional characters taken out
	Normalised int `json:"normalised"` // brought into Unicode's form NFC
	Countries  int `json:"countries"`  // countries written as the letter's language has them
	Cased      int `json:"cased"`      // names in capitals or small letters written as names
}

func (c *Cleaned) add(more Cleaned) {
	c.Spaces += more.Spaces
	c.Controls += more.Controls
	c.Normalised += more.Normalised
	c.Countries += more.Countries
	c.Cased += more.Cased
}

// Faults of a cell.
const (
	faultNUL  = "a NUL byte"
	faultText = "bytes that are not text in the list's encoding"
	faultSize = "more than 1 MB"
)

// cleaner cleans cells. Its memory is used again and again.
type cleaner struct {
	spaces, controls, normalise bool // what to mend

	counts Cleaned
	buf    []byte
	forms  []byte
}

// clean returns a cell as it is to be printed: NFC, without white space at its ends or twice in a row, without control and
// directional characters (ZWJ and ZWNJ stay: scripts need them). Most cells are clean, and come back as they are; others in the
// cleaner's memory, which reset gives back. fault says why a cell is no text.
func (c *cleaner) clean(cell []byte) (out []byte, fault string) {
	if isTidy(cell) {
		return cell, ""
	}
	return c.mend(cell)
}

// isTidy tells whether a cell needs no mending, for the scripts of which that is quickly told: ASCII, Latin letters with accents in one
// piece (U+00C0 to U+02FF), and basic Cyrillic (U+0400 to U+047F). It may say no to other clean text.
func isTidy(cell []byte) bool {
	if len(cell) > maxCell {
		return false
	}
	space := true
	for i := 0; i < len(cell); i++ {
		b := cell[i]
		if b > ' ' && b < 0x7F {
			space = false
			continue
		}
		if b == ' ' {
			if space {
				return false
			}
			space = true
			continue
		}
		if b < 0xC3 || b > 0xD1 || b > 0xCB && b < 0xD0 || i+1 == len(cell) || cell[i+1]&0xC0 != 0x80 {
			return false
		}
		i++
		space = false
	}
	return !space || len(cell) == 0
}

// mend cleans a cell rune by rune.
func (c *cleaner) mend(cell []byte) (out []byte, fault string) {
	if len(cell) > maxCell {
		return nil, faultSize
	}
	start := len(c.buf)
	spaces, controls, pending := false, false, false
	for i := 0; i < len(cell); {
		r, size := utf8.DecodeRune(cell[i:])
		switch {
		case r == 0:
			return nil, faultNUL
		case r == utf8.RuneError && size == 1:
			return nil, faultText
		case !pending && spoils(c.buf[start:], r, cell[i+size:]):
			c.buf = append(c.buf, cell[i:i+size]...) // garbled must see it
		case unicode.IsSpace(r) || r == '\uFEFF':
			spaces = spaces || r != ' ' || pending || len(c.buf) == start
			pending = true
		case c.controls && taken(r):
			controls = true
		default:
			if pending && len(c.buf) > start {
				c.buf = append(c.buf, ' ')
			}
			pending = false
			c.buf = append(c.buf, cell[i:i+size]...)
		}
		i += size
	}
	out = c.buf[start:]
	if !c.spaces { // as it stands, but for what must not be in a line of text
		c.buf = appendUntidied(c.buf[:start], cell, c.controls)
		out, spaces, pending = c.buf[start:], false, false
	}
	if c.normalise && !norm.NFC.IsNormal(out) {
		c.forms = norm.NFC.Append(c.forms[:0], out...)
		c.buf = append(c.buf[:start], c.forms...)
		out = c.buf[start:]
		c.counts.Normalised++
	}
	if spaces || pending {
		c.counts.Spaces++
	}
	if controls {
		c.counts.Controls++
	}
	return out[:len(out):len(out)], ""
}

// appendUntidied appends a cell with its white space as it is.
func appendUntidied(dst, cell []byte, controls bool) []byte {
	for i := 0; i < len(cell); {
		r, size := utf8.DecodeRune(cell[i:])
		if unicode.IsSpace(r) || !controls || !taken(r) {
			dst = append(dst, cell[i:i+size]...)
		}
		i += size
	}
	return dst
}

// reset forgets the cells cleaned so far.
func (c *cleaner) reset() { c.buf = c.buf[:0] }

// spoils tells whether a character that would be cleaned away shows that a text was read in a wrong encoding: í became Ã and a soft hyphen,
// à became Ã and a no-break space. Without it the rest would pass for a name.
func spoils(before []byte, r rune, after []byte) bool {
	previous, size := utf8.DecodeLastRune(before)
	if previous < 0xC2 || previous > 0xDF {
		return false
	}
	if r == 0xA0 { // after a word in capitals it may be no more than a space
		letter, _ := utf8.DecodeLastRune(before[:len(before)-size])
		next, _ := utf8.DecodeRune(after)
		return unicode.IsLower(letter) || unicode.IsLower(next)
	}
	return r == 0xAD || r >= 0x80 && r < 0xA0
}

// taken tells whether a character is taken out: controls, and those that turn the direction of the text around them.
func taken(r rune) bool {
	switch {
	case r == '\u200C' || r == '\u200D':
		return false
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C, r == 0x200B, r == 0x2060, r == 0x00AD:
		return true
	}
	return unicode.IsControl(r)
}
