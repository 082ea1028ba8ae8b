package roll

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Cleaned counts what was mended in the cells that were kept.
type Cleaned struct {
	Spaces     int `json:"spaces"`     // white space trimmed or made one space
	Controls   int `json:"controls"`   // control and directional characters taken out
	Normalised int `json:"normalised"` // brought into Unicode's form NFC
}

// cleaner cleans cells. Its memory is used again and again.
type cleaner struct {
	counts Cleaned
	buf    []byte
	forms  []byte
}

// clean returns a cell as it is to be printed: NFC, without white space at its ends or twice in a row, without control and
// directional characters (ZWJ and ZWNJ stay: scripts need them). Most cells are clean, and come back as they are; others in the
// cleaner's memory, which reset gives back.
func (c *cleaner) clean(cell []byte) []byte {
	if tidy(cell) {
		return cell
	}
	start := len(c.buf)
	spaces, controls, pending := false, false, false
	for i := 0; i < len(cell); {
		r, size := utf8.DecodeRune(cell[i:])
		switch {
		case unicode.IsSpace(r) || r == '\uFEFF':
			spaces = spaces || r != ' ' || pending || len(c.buf) == start
			pending = true
		case taken(r):
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
	spaces = spaces || pending
	out := c.buf[start:]
	if !norm.NFC.IsNormal(out) {
		c.forms = norm.NFC.Append(c.forms[:0], out...)
		c.buf = append(c.buf[:start], c.forms...)
		out = c.buf[start:]
		c.counts.Normalised++
	}
	c.count(spaces, controls)
	return out[:len(out):len(out)]
}

func (c *cleaner) count(spaces, controls bool) {
	if spaces {
		c.counts.Spaces++
	}
	if controls {
		c.counts.Controls++
	}
}

// reset forgets the cells cleaned so far.
func (c *cleaner) reset() { c.buf = c.buf[:0] }

// tidy tells, for Latin letters, whether a cell is plain text already: no white space but single spaces inside, no controls, nothing
// to normalise (characters below U+0300 are never changed by NFC; UAX #15, 9). Other text is for clean to look at.
func tidy(cell []byte) bool {
	space := true
	for i := 0; i < len(cell); i++ {
		b := cell[i]
		switch {
		case b == ' ':
			if space {
				return false
			}
			space = true
			continue
		case b < ' ' || b == 0x7F:
			return false
		case b < 0x80:
		case b == 0xC2: // U+0080 to U+00BF: controls, no-break space, soft hyphen
			if i+1 == len(cell) || cell[i+1] <= 0xA0 || cell[i+1] == 0xAD {
				return false
			}
			i++
		case b >= 0xC3 && b <= 0xCB: // U+00C0 to U+02FF
			i++
		default:
			return false
		}
		space = false
	}
	return !space || len(cell) == 0
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
