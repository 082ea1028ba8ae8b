package typeset

// Total-fit line breaking, after Knuth and Plass, "Breaking Paragraphs into Lines" (Software: Practice and
// Experience 11, 1981).
//
// A paragraph is a row of boxes (words) with glue (spaces) before them. Between two boxes there is a place where the
// line may break, or none. Each way of breaking has demerits, line by line: how far the glue must stretch or shrink,
// and what is ugly beside (a last line of one short word). Because a line's demerits depend only on where it starts and
// ends, the best way to reach each break is found from the best ways to reach the ones before it, in one pass. With
// some eighty boxes and a dozen candidates for each that takes a few microseconds, which matters: paragraphs that hold
// a signer's name are broken anew for each letter.
//
// All arithmetic is on integers. Floating point may be fused on some processors and not on others, and the same
// inputs must break the same way everywhere.

// box is one word with the glue before it.
type box struct {
	word    *Word
	width   Length
	glue    Length // natural space before it; 0 when it follows without one
	level   uint8  // of the bidirectional algorithm; even is left to right
	gap     uint8  // level of the space before it
	opening bool   // the line may break before this box
	forced  bool   // the line must break before this box
}

// measureOf says how lines are to be filled.
type measureOf struct {
	width   Length
	justify bool
}

// Stretch and shrink of a space, as shares of its natural width: TeX's for Computer Modern, a little less shrink.
const (
	stretchShare = 2 // 1/2
	shrinkShare  = 4 // 1/4
)

const (
	worst        = 10_000 // badness of a line that has nothing to stretch by
	linePenalty  = 10     // for each line: fewer lines are better
	shortPenalty = 400    // the last line is one short word
	never        = int64(1) << 60
)

// breaker finds where the lines of a paragraph start. It keeps its memory from call to call.
type breaker struct {
	best   []int64 // demerits of the best way to end a line before box i
	from   []int   // where that line starts
	starts []int
}

// lines returns the first box of each line. Every box must fit in the measure on its own.
func (b *breaker) lines(boxes []box, m measureOf) []int {
	n := len(boxes)
	b.best, b.from = b.best[:0], b.from[:0]
	for range n + 1 {
		b.best, b.from = append(b.best, never), append(b.from, 0)
	}
	b.best[0] = 0
	for i := range n {
		if b.best[i] < never {
			b.tryLines(boxes, m, i)
		}
	}
	b.starts = b.starts[:0]
	for at := n; at > 0; at = b.from[at] {
		b.starts = append(b.starts, b.from[at])
	}
	for i, j := 0, len(b.starts)-1; i < j; i, j = i+1, j-1 {
		b.starts[i], b.starts[j] = b.starts[j], b.starts[i]
	}
	return b.starts
}

// tryLines weighs every line that starts with box i. The longest one that fits is always weighed, however loose, so
// that there is a way through every paragraph.
func (b *breaker) tryLines(boxes []box, m measureOf, i int) {
	n := len(boxes)
	width, glue := boxes[i].width, Length(0)
	loose := 0 // the last break passed over because its line would be too loose
	for j := i + 1; ; j++ {
		last := j == n
		if last || boxes[j].opening || boxes[j].forced {
			final := last || boxes[j].forced
			if over := width - m.width; over > 0 && over > glue/shrinkShare || over > 0 && !m.justify {
				break
			}
			if !final && width+3*glue/stretchShare < m.width {
				loose = j
			} else {
				b.weigh(i, j, lineDemerits(m, width, glue, final, j-i))
				loose = 0
			}
			if final {
				return
			}
		}
		if last {
			break
		}
		glue += boxes[j].glue
		width += boxes[j].glue + boxes[j].width
	}
	if loose > 0 {
		b.weigh(i, loose, square(linePenalty+worst))
	}
}

func (b *breaker) weigh(i, j int, demerits int64) {
	if d := b.best[i] + demerits; d < b.best[j] {
		b.best[j], b.from[j] = d, i
	}
}

// lineDemerits weighs one line of the natural width, with so much glue in it.
func lineDemerits(m measureOf, width, glue Length, final bool, boxes int) int64 {
	slack := int64(m.width - width)
	if final {
		d := square(linePenalty)
		if slack < 0 {
			d = square(linePenalty + badness(-slack, int64(glue/shrinkShare)))
		}
		if boxes == 1 && width < m.width/6 {
			d += square(shortPenalty)
		}
		return d
	}
	switch {
	case !m.justify:
		// Ragged lines have no glue to stretch; a third of the measure counts as much as a doubled stretch.
		return square(linePenalty + badness(slack, int64(m.width)/6))
	case slack < 0:
		return square(linePenalty + badness(-slack, int64(glue/shrinkShare)))
	}
	return square(linePenalty + badness(slack, int64(glue/stretchShare)))
}

// badness is 100 r³, r being the share of the available stretch or shrink that is used.
func badness(used, available int64) int64 {
	if used == 0 {
		return 0
	}
	if available <= 0 || used > 5*available {
		return worst
	}
	r := used << 10 / available
	return min(worst, 100*r*r>>20*r>>10)
}

func square(x int64) int64 { return x * x }
