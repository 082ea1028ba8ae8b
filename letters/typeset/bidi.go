package typeset

import (
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
)

// bidiText runs the bidirectional algorithm (UAX #9) over a paragraph and keeps a level for each byte of its text.
//
// Signers' values are isolates: in the paragraph around it a value counts as one neutral object, and inside it its own first
// strong character decides. A value like "القاهرة, Egypt" is several parts with commas between, each of them an isolate, so that
// they stand in the order of the letter.
type bidiText struct {
	paragraph bidi.Paragraph
	runes     []rune
	at        []int    // the byte of text that each rune came from
	isolates  [][2]int // parts of values, as stretches of text
	levels    []uint8
}

const object = '\uFFFC' // OBJECT REPLACEMENT CHARACTER: neutral

// level finds the levels of p's text. rtl is the direction of the letter.
func (b *bidiText) level(p *paragraph, rtl bool) {
	b.levels = append(b.levels[:0], make([]uint8, len(p.text))...)
	b.isolates = b.isolates[:0]
	for _, v := range p.values {
		b.isolate(p.text, v[0], v[1])
	}
	b.runes, b.at = b.runes[:0], b.at[:0]
	next := 0
	for i := 0; i < len(p.text); {
		r, size := utf8.DecodeRune(p.text[i:])
		if next < len(b.isolates) && b.isolates[next][0] == i {
			r, size = object, b.isolates[next][1]-i
			next++
		}
		b.runes, b.at = append(b.runes, r), append(b.at, i)
		i += size
	}
	var base uint8
	if rtl {
		base = 1
	}
	b.spread(base, base, len(p.text))
	for _, part := range b.isolates {
		b.levelIsolate(p.text, part[0], part[1])
	}
}

// isolate adds the parts of a value between commas.
func (b *bidiText) isolate(text []byte, from, to int) {
	start := from
	for i := from; i < to; i++ {
		if text[i] == ',' && i+1 < to && text[i+1] == ' ' {
			if i > start {
				b.isolates = append(b.isolates, [2]int{start, i})
			}
			start = i + 2
		}
	}
	if start < to {
		b.isolates = append(b.isolates, [2]int{start, to})
	}
}

// levelIsolate finds the levels inside a part, given the level that the part has as an object (UAX #9, X5a to X5c).
func (b *bidiText) levelIsolate(text []byte, from, to int) {
	outer := b.levels[from]
	b.runes, b.at = b.runes[:0], b.at[:0]
	for i := from; i < to; {
		r, size := utf8.DecodeRune(text[i:])
		b.runes, b.at = append(b.runes, r), append(b.at, i)
		i += size
	}
	var inner uint8
	if firstStrongIsRightToLeft(b.runes) {
		inner = 1
	}
	embedding := outer + 1
	if embedding&1 != inner {
		embedding++
	}
	b.spread(inner, embedding, to)
}

func firstStrongIsRightToLeft(text []rune) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return rightToLeftRune(r)
		}
	}
	return false
}

// spread runs the algorithm over b.runes with a base direction and notes the levels, raised so that the base has the level
// embedding. The text reaches to the byte end.
//
// The library joins neighbouring runs of one direction, though a number after right-to-left text (level 2) must not be joined
// with left-to-right text after it (level 0): the number's part of such a run ends with its first space or letter.
func (b *bidiText) spread(base, embedding uint8, end int) {
	direction := bidi.LeftToRight
	if base == 1 {
		direction = bidi.RightToLeft
	}
	runs := b.paragraph.Segment(b.runes, direction)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		level := uint8(run.Level)
		for k := run.Start; k < run.End; k++ {
			if base == 0 && level == 2 && (unicode.IsLetter(b.runes[k]) || unicode.IsSpace(b.runes[k])) {
				level = 0
			}
			next := end
			if k+1 < len(b.at) {
				next = b.at[k+1]
			}
			for at := b.at[k]; at < next; at++ {
				b.levels[at] = level - base + embedding
			}
		}
	}
}

// hasRightToLeft tells whether a text may hold characters that read from right to left: those of the blocks that
// Unicode sets aside for such scripts (UAX #9, table 4; UAX #44, Bidi_Class defaults).
func hasRightToLeft(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0xD6 { // the lead byte of U+0580
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if rightToLeftRune(r) {
			return true
		}
		i += size - 1
	}
	return false
}

func rightToLeftRune(r rune) bool {
	return r >= 0x590 && r < 0x900 || r >= 0xFB1D && r < 0xFE00 || r >= 0xFE70 && r < 0xFF00 ||
		r >= 0x10800 && r < 0x11000 || r >= 0x1E800 && r < 0x1F000 || r == 0x200F
}

// reorder puts the items of a line into visual order, left to right (UAX #9, L2). The spaces are reordered with the
// words: each is an element with a level of its own. What comes before a word in reading order stays with the word.
func reorder(items []Item, boxes []box, base uint8) {
	type element struct {
		item  Item // Word is nil for a space
		level uint8
	}
	elements := make([]element, 0, 2*len(items))
	highest := base
	for i, item := range items {
		if item.Space > 0 {
			elements = append(elements, element{Item{Space: item.Space, Spaced: item.Spaced}, boxes[i].gap})
		}
		elements = append(elements, element{Item{Word: item.Word, Apart: item.Apart, Rank: uint16(i)}, boxes[i].level})
		highest = max(highest, boxes[i].level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(elements); i++ {
			if elements[i].level < level {
				continue
			}
			j := i
			for j < len(elements) && elements[j].level >= level {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				elements[a], elements[b] = elements[b], elements[a]
			}
			i = j
		}
	}
	n, pending := 0, Item{}
	for _, e := range elements {
		if e.item.Word == nil {
			pending = e.item
			continue
		}
		e.item.Space, e.item.Spaced = pending.Space, pending.Spaced
		items[n], pending = e.item, Item{}
		n++
	}
}
