package typeset

import "postbag/letters/merge"

// A name, a place or a line of an address stands on a line of its own, and may be of any length. Where it is too long for the line
//
//   - it is set smaller, down to four fifths of its size, if that makes it fit;
//   - else it is broken at its own size, at spaces and wherever UAX #14 lets it break, and the lines after the first are indented, so
//     that what belongs to it is seen;
//   - and a word that is longer than the line is broken between grapheme clusters.
//
// In running text a field is never set smaller: there it breaks as other words do, without hyphens.

const (
	leastFit   = 80 // percent of the size
	fitStep    = Point / 10
	hangingEms = 3 // halves
)

// fitted sets a paragraph that is more than a line, line by line of those that it has of its own.
func (p *paragraph) fitted(s *shaper, runs []merge.Run, ps *paragraphStyle, items *[]Item, dst []Line) []Line {
	for i := range runs {
		if runs[i].Break {
			dst = p.set(s, runs[:i], ps, items, dst)
			return p.set(s, runs[i+1:], ps, items, dst)
		}
	}
	var width Length
	for i := range p.boxes {
		width += p.boxes[i].glue + p.boxes[i].width
	}
	smaller := *ps
	smaller.size = ps.size * ps.measure / width / fitStep * fitStep
	for ; smaller.size >= ps.size*leastFit/100; smaller.size -= fitStep {
		if p.boxWhole(s, runs, &smaller); p.oneLine(&smaller) {
			return append(dst, p.line(&place{}, &place{box: int32(len(p.boxes))}, true, &smaller, items))
		}
	}
	indent := ps.size * hangingEms / 2
	hanging := *ps
	hanging.fit, hanging.measure = false, ps.measure-indent
	first := len(dst)
	dst = p.set(s, runs, &hanging, items, dst)
	for i := first; i < len(dst); i++ {
		if atStart := i == first; atStart == ps.rtl {
			dst[i].X += indent
		}
	}
	return dst
}
