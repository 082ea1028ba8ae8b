package typeset

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// bidiText runs the bidirectional algorithm (UAX #9) over a paragraph and keeps a level for each byte of its text.
//
// Signers' values are isolates: in the paragraph around it a value counts as one neutral object, and inside it its own first
// strong character decides. They are made by putting the controls of isolates around them (UAX #9, 2.7), which take no bytes. A place
// like "القاهرة, Egypt" is several parts with commas between, each of them an isolate, so that they stand in the order of the letter.
type bidiText struct {
	resolver resolver
	runes    []rune
	kinds    []bidi.Class // the class of each rune
	at       []int        // the byte of text that each rune came from; that of the next for one that was put in
	isolates [][2]int     // values and parts of values, as stretches of text
	levels   []uint8
}

// level finds the levels of p's text. rtl is the direction of the letter.
func (b *bidiText) level(p *paragraph, rtl bool) {
	b.isolates = b.isolates[:0]
	for _, v := range p.values {
		b.isolate(p.text, v[0], v[1])
	}
	b.runes, b.kinds, b.at = b.runes[:0], b.kinds[:0], b.at[:0]
	from := 0
	for _, part := range b.isolates {
		b.take(p.text, from, part[0], false)
		b.put(0x2068, bidi.FSI, part[0])
		b.take(p.text, part[0], part[1], true)
		b.put(0x2069, bidi.PDI, part[1])
		from = part[1]
	}
	b.take(p.text, from, len(p.text), false)
	var base uint8
	if rtl {
		base = 1
	}
	b.spread(base, len(p.text))
}

func (b *bidiText) put(r rune, class bidi.Class, at int) {
	b.runes, b.kinds, b.at = append(b.runes, r), append(b.kinds, class), append(b.at, at)
}

// take adds text[from:to]. Controls of direction in a value count for nothing, so that none reaches beyond it.
func (b *bidiText) take(text []byte, from, to int, value bool) {
	for from < to {
		r, size := utf8.DecodeRune(text[from:to])
		properties, _ := bidi.LookupRune(r)
		class := properties.Class()
		if value && class >= bidi.LRO {
			class = bidi.BN
		}
		b.put(r, class, from)
		from += size
	}
}

// isolate adds a value, or the parts of a place between commas.
func (b *bidiText) isolate(text []byte, from, to int) {
	if from == to {
		return
	}
	if !mixedPlace(text[from:to]) {
		b.isolates = append(b.isolates, [2]int{from, to})
		return
	}
	for from < to {
		part, comma := beforeComma(text[from:to])
		if part > 0 {
			b.isolates = append(b.isolates, [2]int{from, from + part})
		}
		from += part + comma
	}
}

// beforeComma gives how long a part is that ends with a comma and a space, and how long these are.
func beforeComma(text []byte) (part, comma int) {
	for i, c := range text {
		if c == ',' && bytes.HasPrefix(text[i:], []byte(", ")) {
			return i, 2
		}
		if c == 0xD8 && bytes.HasPrefix(text[i:], []byte("، ")) {
			return i, 3
		}
	}
	return len(text), 0
}

// mixedPlace tells whether a value is a list of names in both directions, each of them in one. A value that has a part with a small
// first letter is a sentence: its words keep the direction of their own.
func mixedPlace(text []byte) bool {
	var directions [2]bool
	for len(text) > 0 {
		part, comma := beforeComma(text)
		direction, found := 0, false
		for rest := text[:part]; len(rest) > 0; {
			r, size := utf8.DecodeRune(rest)
			rest = rest[size:]
			properties, _ := bidi.LookupRune(r)
			d := 0
			switch properties.Class() {
			case bidi.L:
			case bidi.R, bidi.AL:
				d = 1
			default:
				continue
			}
			if found && d != direction || !found && unicode.IsLower(r) {
				return false
			}
			direction, found = d, true
		}
		if found {
			directions[direction] = true
		}
		text = text[part+comma:]
	}
	return directions[0] && directions[1]
}

// spread runs the algorithm over b.runes in a paragraph of level base and notes the levels. The text reaches to the byte end.
func (b *bidiText) spread(base uint8, end int) {
	b.levels = append(b.levels[:0], make([]uint8, end)...)
	for k, level := range b.resolver.resolve(b.runes, b.kinds, base) {
		next := end
		if k+1 < len(b.at) {
			next = b.at[k+1]
		}
		for at := b.at[k]; at < next; at++ {
			b.levels[at] = level
		}
	}
}

// hasRightToLeft tells whether a text may hold characters that read from right to left: those of the blocks that
// Unicode sets aside for such scripts (UAX #9, table 4; UAX #44, Bidi_Class defaults), and the controls that ask for it.
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
		r >= 0x10800 && r < 0x11000 || r >= 0x1E800 && r < 0x1F000 || r == 0x200F || r == 0x202B || r == 0x202E || r == 0x2067
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
