package typeset

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// resolver finds the level of each character of a paragraph by the bidirectional algorithm (UAX #9, rules P2 to I2, and L1 for
// the paragraph's end). Classes are those of golang.org/x/text, which keeps the levels themselves to itself;
// other libraries give runs that mix levels of the same parity, which cannot be put into order any more.
//
// resolve works in the steps of the standard: classes of the characters; explicit levels (X1 to X8); then, for each isolating run
// sequence (BD13), the characters of it side by side in line, whose types the rules W, N and I change one after the other. Characters
// that rule X9 removes are in no sequence and get the level of what stands before them. Memory is used again from call to call.
type resolver struct {
	classes  []bidi.Class // as Unicode has them
	brackets []rune       // the opening bracket of the pair that a bracket is one of; negative for a closing one; 0 for others
	types    []bidi.Class // after overrides
	explicit []uint8      // levels of X1 to X8
	levels   []uint8      // the result
	match    []int        // of an isolate's initiator, its PDI, or the end of the text; of a PDI, its initiator; else -1
	seen     []bool       // in a sequence already

	sequence []int // the characters of the sequence at hand
	line     []bidi.Class
	open     []int
	pairs    [][2]int
}

// maxDepth is the deepest level that may be asked for (BD2).
const maxDepth = 125

// resolve returns the levels of the text, whose classes the caller has found, in a paragraph of level base, 0 or 1. They are good until
// the next call.
func (r *resolver) resolve(text []rune, classes []bidi.Class, base uint8) []uint8 {
	r.prepare(text, classes)
	r.matchIsolates()
	r.embed(base)
	for i := range r.classes {
		if r.seen[i] || removed(r.classes[i]) {
			continue
		}
		r.collect(i)
		r.resolveSequence(base)
	}
	r.finish(base)
	return r.levels
}

func (r *resolver) prepare(text []rune, classes []bidi.Class) {
	n := len(text)
	r.classes, r.types = classes, append(r.types[:0], classes...)
	r.brackets, r.explicit, r.levels = slices.Grow(r.brackets[:0], n)[:n], slices.Grow(r.explicit[:0], n)[:n], slices.Grow(r.levels[:0], n)[:n]
	r.match, r.seen = slices.Grow(r.match[:0], n)[:n], slices.Grow(r.seen[:0], n)[:n]
	for i, c := range text {
		r.match[i], r.seen[i], r.brackets[i] = -1, false, bracket(c)
	}
}

// bracket tells brackets that form pairs (BD14, BD15): see resolver.brackets.
func bracket(c rune) rune {
	switch c {
	case '(', '[', '{':
		return c
	case ')':
		return -'('
	case ']':
		return -'['
	case '}':
		return -'{'
	}
	if c < 0x80 {
		return 0
	}
	p, _ := bidi.LookupRune(c)
	if !p.IsBracket() {
		return 0
	}
	opening := p.IsOpeningBracket()
	if !opening {
		c = []rune(bidi.ReverseString(string(c)))[0]
	}
	if c == 0x2329 { // canonically the same as U+3008
		c = 0x3008
	}
	if !opening {
		return -c
	}
	return c
}

// removed tells whether rule X9 takes a character out.
func removed(c bidi.Class) bool {
	return c == bidi.BN || c >= bidi.LRO && c <= bidi.PDF
}

func initiator(c bidi.Class) bool { return c == bidi.LRI || c == bidi.RLI || c == bidi.FSI }

// matchIsolates finds the PDI of each isolate (BD9).
func (r *resolver) matchIsolates() {
	r.open = r.open[:0]
	for i, c := range r.classes {
		switch {
		case initiator(c):
			r.match[i] = len(r.classes)
			r.open = append(r.open, i)
		case c == bidi.PDI && len(r.open) > 0:
			from := r.open[len(r.open)-1]
			r.open = r.open[:len(r.open)-1]
			r.match[from], r.match[i] = i, from
		}
	}
}

// first gives the direction of the first strong character of a stretch, isolates in it left out: 0 or 1 (P2, P3).
func (r *resolver) first(from, to int) uint8 {
	for i := from; i < to; i++ {
		switch c := r.classes[i]; {
		case c == bidi.L:
			return 0
		case c == bidi.R || c == bidi.AL:
			return 1
		case initiator(c):
			i = r.match[i]
		}
	}
	return 0
}

// status is an entry of the directional status stack.
type status struct {
	level    uint8
	override bidi.Class // L, R, or ON for none
	isolate  bool
}

// embed finds the explicit levels and the types after overrides (X1 to X8).
func (r *resolver) embed(base uint8) {
	var stack [maxDepth + 2]status
	stack[0] = status{base, bidi.ON, false}
	top, overIsolates, overEmbeddings, isolates := 0, 0, 0, 0
	for i, c := range r.classes {
		here := &stack[top]
		switch {
		case initiator(c) || c >= bidi.LRO && c <= bidi.RLE:
			isolate := initiator(c)
			if isolate {
				r.place(i, here)
			}
			right := c == bidi.RLE || c == bidi.RLO || c == bidi.RLI || c == bidi.FSI && r.first(i+1, r.match[i]) == 1
			level := (here.level + 2) &^ 1
			if right {
				level = (here.level + 1) | 1
			}
			switch {
			case level <= maxDepth && overIsolates == 0 && overEmbeddings == 0:
				override := bidi.ON
				if c == bidi.LRO {
					override = bidi.L
				} else if c == bidi.RLO {
					override = bidi.R
				}
				if isolate {
					isolates++
				}
				top++
				stack[top] = status{level, override, isolate}
			case isolate:
				overIsolates++
			case overIsolates == 0:
				overEmbeddings++
			}
		case c == bidi.PDI:
			if overIsolates > 0 {
				overIsolates--
			} else if isolates > 0 {
				overEmbeddings = 0
				for !stack[top].isolate {
					top--
				}
				top--
				isolates--
			}
			r.place(i, &stack[top])
		case c == bidi.PDF:
			switch {
			case overIsolates > 0:
			case overEmbeddings > 0:
				overEmbeddings--
			case !here.isolate && top > 0:
				top--
			}
		case c == bidi.B:
			r.explicit[i] = base
		case c != bidi.BN:
			r.place(i, here)
		}
	}
}

func (r *resolver) place(i int, s *status) {
	r.explicit[i] = s.level
	if s.override != bidi.ON {
		r.types[i] = s.override
	}
}

// collect puts together the isolating run sequence that starts at a character (BD13): its level run, and, where that ends with the
// initiator of an isolate, the run behind the isolate, and so on.
func (r *resolver) collect(start int) {
	r.sequence, r.line = r.sequence[:0], r.line[:0]
	level := r.explicit[start]
	for i := start; i < len(r.classes); {
		for ; i < len(r.classes) && (removed(r.classes[i]) || r.explicit[i] == level); i++ {
			if !removed(r.classes[i]) {
				r.sequence, r.line = append(r.sequence, i), append(r.line, r.types[i])
				r.seen[i] = true
			}
		}
		last := r.sequence[len(r.sequence)-1]
		if !initiator(r.classes[last]) {
			return
		}
		i = r.match[last]
	}
}

// edges gives the types before and behind the sequence, sos and eos (X10).
func (r *resolver) edges(base uint8) (sos, eos bidi.Class) {
	first, last := r.sequence[0], r.sequence[len(r.sequence)-1]
	level := r.explicit[first]
	before, behind := base, base
	for i := first - 1; i >= 0; i-- {
		if !removed(r.classes[i]) {
			before = r.explicit[i]
			break
		}
	}
	if !initiator(r.classes[last]) {
		for i := last + 1; i < len(r.classes); i++ {
			if !removed(r.classes[i]) {
				behind = r.explicit[i]
				break
			}
		}
	}
	return strong(max(level, before)), strong(max(level, behind))
}

// strong gives the direction of a level as a class.
func strong(level uint8) bidi.Class {
	if level&1 == 1 {
		return bidi.R
	}
	return bidi.L
}

func (r *resolver) resolveSequence(base uint8) {
	level := r.explicit[r.sequence[0]]
	sos, eos := r.edges(base)
	r.resolveMarksAndNumbers(sos)
	r.resolveSeparators()
	r.resolveLatinNumbers(sos)
	r.resolveBrackets(sos, strong(level))
	r.resolveNeutrals(sos, eos, strong(level))
	for k, i := range r.sequence { // I1, I2
		r.levels[i] = level
		switch t := r.line[k]; {
		case t == bidi.EN || t == bidi.AN:
			r.levels[i] = (level + 2) &^ 1
		case t != strong(level):
			r.levels[i]++
		}
	}
}

// resolveMarksAndNumbers gives marks the type of what they stand on (W1), and makes numbers after Arabic letters Arabic ones (W2).
// Arabic letters are then right to left like others (W3).
func (r *resolver) resolveMarksAndNumbers(sos bidi.Class) {
	before := sos
	for k, t := range r.line {
		if t == bidi.NSM {
			r.line[k] = before
			continue
		}
		if before = t; initiator(t) || t == bidi.PDI {
			before = bidi.ON
		}
	}
	before = sos
	for k, t := range r.line {
		switch {
		case t == bidi.L || t == bidi.R || t == bidi.AL:
			before = t
		case t == bidi.EN && before == bidi.AL:
			r.line[k] = bidi.AN
		}
	}
	for k, t := range r.line {
		if t == bidi.AL {
			r.line[k] = bidi.R
		}
	}
}

// resolveSeparators joins a separator between two numbers to them (W4), and signs beside a European number (W5). All
// others are neutral (W6).
func (r *resolver) resolveSeparators() {
	line := r.line
	for k := 1; k+1 < len(line); k++ {
		t, before, behind := line[k], line[k-1], line[k+1]
		if before == behind && (before == bidi.EN && (t == bidi.ES || t == bidi.CS) || before == bidi.AN && t == bidi.CS) {
			line[k] = before
		}
	}
	for k := 0; k < len(line); k++ {
		if line[k] != bidi.ET {
			continue
		}
		end := k
		for end < len(line) && line[end] == bidi.ET {
			end++
		}
		t := bidi.ON
		if k > 0 && line[k-1] == bidi.EN || end < len(line) && line[end] == bidi.EN {
			t = bidi.EN
		}
		for ; k < end; k++ {
			line[k] = t
		}
	}
	for k, t := range line {
		if t == bidi.ES || t == bidi.CS {
			line[k] = bidi.ON
		}
	}
}

// resolveLatinNumbers makes numbers after left-to-right text a part of it (W7).
func (r *resolver) resolveLatinNumbers(sos bidi.Class) {
	before := sos
	for k, t := range r.line {
		switch {
		case t == bidi.L || t == bidi.R:
			before = t
		case t == bidi.EN && before == bidi.L:
			r.line[k] = bidi.L
		}
	}
}

// maxOpen is how many brackets may be open at a time; where there are more, no more pairs are looked for (BD16).
const maxOpen = 63

// findPairs lists the pairs of brackets in the sequence by their opening ones (BD16).
func (r *resolver) findPairs() {
	r.open, r.pairs = r.open[:0], r.pairs[:0]
	for k, i := range r.sequence {
		b := r.brackets[i]
		if b == 0 || r.line[k] != bidi.ON {
			continue
		}
		if b > 0 {
			if len(r.open) == maxOpen {
				r.pairs = r.pairs[:0]
				return
			}
			r.open = append(r.open, k)
			continue
		}
		for o := len(r.open) - 1; o >= 0; o-- {
			if r.brackets[r.sequence[r.open[o]]] == -b {
				r.pairs = append(r.pairs, [2]int{r.open[o], k})
				r.open = r.open[:o]
				break
			}
		}
	}
	slices.SortFunc(r.pairs, func(a, b [2]int) int { return a[0] - b[0] })
}

// resolveBrackets gives both brackets of a pair one direction: that of the text around them if the pair holds some of it, else what
// stands before the pair decides (N0).
func (r *resolver) resolveBrackets(sos, embedding bidi.Class) {
	r.findPairs()
	for _, pair := range r.pairs {
		inside := bidi.ON
		for k := pair[0] + 1; k < pair[1] && inside != embedding; k++ {
			if t := numbersAreRight(r.line[k]); t != bidi.ON {
				inside = t
			}
		}
		if inside == bidi.ON {
			continue
		}
		if inside != embedding {
			before := sos
			for k := pair[0] - 1; k >= 0; k-- {
				if t := numbersAreRight(r.line[k]); t != bidi.ON {
					before = t
					break
				}
			}
			if before == embedding {
				inside = embedding
			}
		}
		for _, k := range pair {
			r.line[k] = inside
			for k++; k < len(r.line) && r.classes[r.sequence[k]] == bidi.NSM; k++ { // marks on the bracket
				r.line[k] = inside
			}
		}
	}
}

// numbersAreRight gives the direction of a type for the rules N0 to N2, or ON.
func numbersAreRight(t bidi.Class) bidi.Class {
	switch t {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// resolveNeutrals gives neutral characters the direction of the text on both sides (N1), or that of the text around them (N2).
func (r *resolver) resolveNeutrals(sos, eos, embedding bidi.Class) {
	before := sos
	for k := 0; k < len(r.line); k++ {
		if t := numbersAreRight(r.line[k]); t != bidi.ON {
			before = t
			continue
		}
		end, behind := k, eos
		for ; end < len(r.line); end++ {
			if t := numbersAreRight(r.line[end]); t != bidi.ON {
				behind = t
				break
			}
		}
		t := embedding
		if before == behind {
			t = before
		}
		for ; k < end; k++ {
			r.line[k] = t
		}
		before, k = t, end-1
	}
}

// finish gives levels to what X9 removed, and to separators and the space at the end (L1). White space at the ends of other lines is
// never set, so that a line needs no levels of its own.
func (r *resolver) finish(base uint8) {
	before := base
	for i, c := range r.classes {
		if removed(c) {
			r.levels[i] = before
		}
		before = r.levels[i]
	}
	ending := true
	for i := len(r.classes) - 1; i >= 0; i-- {
		c := r.classes[i]
		switch {
		case c == bidi.B || c == bidi.S:
			r.levels[i], ending = base, true
		case !ending:
		case c == bidi.WS || removed(c) || initiator(c) || c == bidi.PDI:
			r.levels[i] = base
		default:
			ending = false
		}
	}
}
