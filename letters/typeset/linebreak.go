package typeset

import (
	"math/bits"
	"slices"
)

// Total-fit line breaking, after Knuth and Plass, "Breaking Paragraphs into Lines" (Software: Practice and
// Experience 11, 1981), with the parameters of plain TeX.
//
// A paragraph is a row of boxes (words) with glue (spaces) before them. Before a box there is a place where the line may break, or
// none, and a box may have places inside it, with a hyphen or without. Each way of breaking has demerits, line by line: how far the glue
// must stretch or shrink; a hyphen, more for two in a row and for one before the last line; and a loose line next to a tight
// one. Because these depend on where a line starts and ends and on what came right before, the best way to reach each break is
// found from the best ways to reach the ones before it, in one pass.
//
// What counts as right before is the state of a break: how loose the line is that ends there, in four classes, and how many lines in a row
// end with a hyphen.
//
// There are several tries, each allowing more than the one before. The first has no hyphens at all and takes only paragraphs that
// come out even without: most do at the width of a letter. The last takes anything. All but the last refuse three hyphens in a row,
// and a last line of one short word. A place where the spaces would be more than three times as wide as they are is taken in the last
// only: there the text is better left ragged than spread.
//
// With some eighty boxes this takes a few microseconds, which matters: paragraphs that hold a signer's name are broken anew for each letter.
//
// All arithmetic is on integers. Floating point may be fused on some processors and not on others, and the same
// inputs must break the same way everywhere.

// box is one word with the glue before it.
type box struct {
	word    *Word
	width   Length
	glue    Length       // natural space before it; 0 when it follows without one
	divided *dividedWord // where it may be divided; nil for nowhere
	level   uint8        // of the bidirectional algorithm; even is left to right
	gap     uint8        // level of the space before it
	opening bool         // the line may break before this box
	hyphen  bool         // and that is behind a hyphen that the text has
	forced  bool         // the line must break before this box
}

// point is a place where a word may be divided: how it is set at the end of a line, and how it goes on in the next.
type point struct {
	head, tail           *Word
	headWidth, tailWidth Length
	hyphen               bool // head ends with one
	poor                 bool // head or tail has two letters only
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
	worst          = 10_000  // badness of a line that has nothing to stretch by
	linePenalty    = 10      // for each line: fewer lines are better
	hyphenPenalty  = 50      // for a word divided
	poorPenalty    = 300     // for a word of which two letters are parted from the others: a last resort
	fitDemerits    = 10_000  // for a loose line next to a tight one
	doubleDemerits = 10_000  // for two hyphens in a row
	finalDemerits  = 100_000 // for a hyphen at the end of the last line but one: twenty times TeX's, which the best of some lines outweighs
	stubDemerits   = 5_000   // for a last line that is shorter than a tenth of the measure
	never          = int64(1) << 60
	states         = 8 // four classes of looseness; in the second four, two lines in a row have ended with a hyphen
	classes        = 4
)

// try is what one pass over the paragraph allows.
type try struct {
	divide   bool // words may be divided
	stretch  int  // how wide the glue may get, in eighths of itself beyond itself; 0 for any width
	spare    bool // some stretch beside the glue's: lines that are too loose all the same are told apart by it
	anything bool // three hyphens in a row, a last line of one short word, a line however loose
	raggeds  int  // of ragged text: the part of the measure that a line may leave empty is 1 by this; 0 for any
}

// The tries. In ragged text only what asks for it may be divided: soft hyphens, addresses of the web. At 4/8 the badness is 100, which is TeX's \pretolerance; at 5/8 it is about 200, its \tolerance.
var (
	justifiedTries = [...]try{
		{stretch: 4}, {divide: true, stretch: 5}, {divide: true, stretch: 8}, {divide: true, stretch: 12}, {divide: true, stretch: 16, spare: true},
		{divide: true, spare: true, anything: true},
	}
	raggedTries = [...]try{{divide: true, raggeds: 4}, {divide: true, raggeds: 2}, {divide: true}, {divide: true, anything: true}}
)

// place is somewhere a line may end and the next start: before a box, or inside it. It is small, since each paragraph has many.
type place struct {
	// From the start of the paragraph to the end of a line that ends here, and the glue in that.
	end, glueEnd Length
	// How much further on the next line starts, and the glue in that.
	skip, glueSkip int32
	box            int32
	point          int16 // the number of the point in the box, from 1; 0 for before it
	hyphen         bool
	poor           bool // see point
}

// across gives the width of a line from one place to another, and its glue.
func across(from, to *place) (width, glue Length) {
	return to.end - from.end - Length(from.skip), to.glueEnd - from.glueEnd - Length(from.glueSkip)
}

// breaker finds where the lines of a paragraph start. It keeps its memory from call to call.
type breaker struct {
	places []place
	live   []uint8 // by place: the states in which a line may end there, as bits
	best   []int64 // by place and state: demerits of the best way to end a line there
	from   []int32 // and the place and state where that line starts
	starts []place
}

// lines returns the places where lines start, and behind them the end of the paragraph. Every box must fit in the measure on its own.
func (b *breaker) lines(boxes []box, m measureOf) []place {
	b.starts = append(b.starts[:0], place{})
	tries := justifiedTries[:]
	if !m.justify {
		tries = raggedTries[:]
	}
	for from := 0; from < len(boxes); {
		to := from + 1
		for to < len(boxes) && !boxes[to].forced {
			to++
		}
		b.breakStretch(boxes, from, to, m, tries)
		from = to
	}
	return b.starts
}

// breakStretch finds the lines of boxes[from:to], which no forced break parts, and adds the places where they end.
func (b *breaker) breakStretch(boxes []box, from, to int, m measureOf, tries []try) {
	for i := range tries {
		if t := &tries[i]; i == 0 || t.divide && !tries[i-1].divide {
			b.listPlaces(boxes, from, to, t.divide)
		}
		if b.run(m, &tries[i]) {
			break
		}
	}
	first := len(b.starts)
	for at := int32(b.cheapest(len(b.places) - 1)); at >= states; at = b.from[at] {
		b.starts = append(b.starts, b.places[at/states])
	}
	for i, j := first, len(b.starts)-1; i < j; i, j = i+1, j-1 {
		b.starts[i], b.starts[j] = b.starts[j], b.starts[i]
	}
}

// cheapest gives the best of the states in which a line may end at a place, with the place.
func (b *breaker) cheapest(e int) int {
	best, demerits := 0, never
	for live := b.live[e]; live != 0; live &= live - 1 {
		if at := e*states + bits.TrailingZeros8(live); b.best[at] < demerits {
			best, demerits = at, b.best[at]
		}
	}
	return best
}

// listPlaces lists where lines of boxes[from:to] may end, the end of the last among them.
func (b *breaker) listPlaces(boxes []box, from, to int, divide bool) {
	lastWord := to // the last word gets no hyphen
	for lastWord--; lastWord > from && boxes[lastWord].glue == 0; lastWord-- {
	}
	b.places = slices.Grow(b.places[:0], to-from+2)
	b.places = append(b.places, place{box: int32(from)})
	var end, glue Length
	for i := from; i < to; i++ {
		x := &boxes[i]
		if i > from {
			if x.opening {
				q := b.add(i, 0, end, glue)
				q.skip, q.glueSkip, q.hyphen, q.poor = int32(x.glue), int32(x.glue), x.hyphen, false
			}
			end, glue = end+x.glue, glue+x.glue
		}
		if divide && x.divided != nil {
			for k := range x.divided.points {
				p := &x.divided.points[k]
				if p.hyphen && i >= lastWord {
					continue
				}
				q := b.add(i, k+1, end+p.headWidth, glue)
				q.skip, q.glueSkip, q.hyphen, q.poor = int32(x.width-p.tailWidth-p.headWidth), 0, p.hyphen, p.poor
			}
		}
		end += x.width
	}
	q := b.add(to, 0, end, glue)
	q.skip, q.glueSkip, q.hyphen, q.poor = 0, 0, false, false
}

// add adds a place, whose other fields are the caller's to set. Fields are set one by one: a place put together first and copied by append
// makes the processor wait for each of its parts.
func (b *breaker) add(box, point int, end, glueEnd Length) *place {
	n := len(b.places)
	if n == cap(b.places) {
		b.places = slices.Grow(b.places, n)
	}
	b.places = b.places[:n+1]
	q := &b.places[n]
	q.box, q.point, q.end, q.glueEnd = int32(box), int16(point), end, glueEnd
	return q
}

// run finds the best way through the places and tells whether there is one within what the try allows.
func (b *breaker) run(m measureOf, t *try) bool {
	n := len(b.places)
	if len(b.live) < n {
		b.live, b.best, b.from = make([]uint8, 2*n), make([]int64, 2*n*states), make([]int32, 2*n*states)
	}
	clear(b.live[:n])
	b.live[0], b.best[1] = 1<<1, 0 // the paragraph starts as after a decent line
	w := weigher{measureOf: m, try: t}
	final := n - 1
	nearest := 1 // lines from here or from further on that end before it are too loose
	for a := range final {
		if b.live[a] == 0 {
			continue
		}
		start := &b.places[a]
		nearest = max(nearest, a+1)
		for nearest < final && w.looseFor(start, &b.places[nearest]) {
			nearest++
		}
		some := false
		for e := nearest; e < final; e++ {
			end := &b.places[e]
			if w.over(start, end) {
				if end.point == 0 {
					break
				}
				continue
			}
			if start.box == end.box && start.point > 0 && end.point > 0 {
				continue // a word is divided once
			}
			some = true
			b.reach(a, e, &w, w.slack(start, end), false)
		}
		if !w.over(start, &b.places[final]) && (t.anything || a == 0 || !w.stub(start, &b.places[final])) {
			b.reach(a, final, &w, w.slack(start, &b.places[final]), true)
			some = true
		}
		if !some && t.anything && nearest > a+1 {
			// Everything fits badly: the longest line that does not run over, however loose.
			b.reach(a, nearest-1, &w, w.slack(start, &b.places[nearest-1]), false)
		}
	}
	return b.live[final] != 0
}

// reach weighs the line from place a to place e, after each way to have come to a.
func (b *breaker) reach(a, e int, w *weigher, slack line, final bool) {
	demerits, class := w.weigh(slack, final)
	start, end := &b.places[a], &b.places[e]
	switch {
	case final:
	case end.poor:
		demerits += square(poorPenalty)
	case end.hyphen:
		demerits += square(hyphenPenalty)
	}
	if start.hyphen {
		switch {
		case final:
			demerits += finalDemerits
		case end.hyphen:
			demerits += doubleDemerits
		}
	}
	for live := b.live[a]; live != 0; live &= live - 1 {
		s := bits.TrailingZeros8(live)
		d, state := b.best[a*states+s]+demerits, class
		if w.justify && (s%classes > class+1 || class > s%classes+1) {
			d += fitDemerits
		}
		if end.hyphen && !final && start.hyphen {
			if s >= classes { // a third hyphen in a row
				if !w.anything {
					continue
				}
				d += stubDemerits
			}
			state += classes
		}
		if at := e*states + state; b.live[e]>>state&1 == 0 || d < b.best[at] {
			b.live[e] |= 1 << state
			b.best[at], b.from[at] = d, int32(a*states+s)
		}
	}
}

// line is how a line fits: what it leaves empty, below 0 where it must shrink, and its glue.
type line struct{ slack, glue Length }

// weigher judges lines in one try.
type weigher struct {
	measureOf
	*try
}

func (w *weigher) slack(a, e *place) line {
	width, glue := across(a, e)
	return line{w.width - width, glue}
}

func (w *weigher) over(a, e *place) bool {
	l := w.slack(a, e)
	return l.slack < 0 && (!w.justify || -l.slack > l.glue/shrinkShare)
}

// looseFor tells whether a line leaves more empty than the try allows.
func (w *weigher) looseFor(a, e *place) bool {
	l := w.slack(a, e)
	switch {
	case !w.justify:
		return w.raggeds > 0 && l.slack > w.width/Length(w.raggeds)
	case w.stretch == 0:
		return l.slack > 2*l.glue
	}
	return l.slack > l.glue*Length(w.stretch)/8
}

// stub tells whether a last line is one short word.
func (w *weigher) stub(a, e *place) bool {
	l := w.slack(a, e)
	return l.glue == 0 && w.width-l.slack < w.width/shortShare
}

// spareShare is the part of the measure that lines may stretch by beside their glue, where nothing fits well.
const spareShare = 30

// shortShare is the part of the measure below which a word is short.
const shortShare = 5

// weigh gives the demerits of a line and the class of its looseness: 0 tight, 1 decent, 2 loose, 3 very loose.
func (w *weigher) weigh(l line, final bool) (demerits int64, class int) {
	slack, glue := int64(l.slack), int64(l.glue)
	if final && slack >= 0 {
		demerits = square(linePenalty)
		if slack > int64(w.width)*9/10 {
			demerits += stubDemerits
		}
		return demerits, 1
	}
	var bad int64
	switch {
	case !w.justify:
		// Ragged lines have no glue to stretch; a third of the measure counts as much as a doubled stretch.
		return square(linePenalty + badness(slack, int64(w.width)/6)), 1
	case slack < 0:
		if bad = badness(-slack, glue/shrinkShare); bad > 12 {
			return square(linePenalty + bad), 0
		}
		return square(linePenalty + bad), 1
	case w.spare:
		bad = badness(slack, glue/stretchShare+int64(w.width)/spareShare)
	default:
		bad = badness(slack, glue/stretchShare)
	}
	switch demerits = square(linePenalty + bad); {
	case bad > 99:
		return demerits, 3
	case bad > 12:
		return demerits, 2
	}
	return demerits, 1
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
