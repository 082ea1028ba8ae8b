package press

import (
	"unicode"
	"unicode/utf8"

	"postbag/letters/typeset"
)

// mixedOrder is the canvas's memory for lines in which words are read in another order than from left to right.
type mixedOrder struct {
	lefts   []typeset.Length // by item: its left edge, from the start of the line
	reading []int            // items in reading order
	spans   []span
}

// span is items from..to-1 in reading order whose text stands in a marked content of its own.
type span struct {
	from, to int
}

func (o *mixedOrder) read(l *typeset.Line) {
	o.lefts, o.reading = o.lefts[:0], o.reading[:0]
	for i := range l.Items {
		o.reading = append(o.reading, i)
	}
	var x typeset.Length
	for i := range l.Items {
		item := &l.Items[i]
		x += item.Space
		o.lefts = append(o.lefts, x)
		x += item.Word.Width.At(l.Size)
		if l.Mixed {
			o.reading[item.Rank] = i
		}
	}
}

// ink is that of the word which is read as number k of the line, from 0.
func (o *mixedOrder) ink(l *typeset.Line, k int) *ink { return l.Items[o.reading[k]].Word.Ink.(*ink) }

// mixed draws the words of a line in reading order, each in its place.
func (c *canvas) mixed(l *typeset.Line) {
	o := &c.order
	o.read(l)
	o.findSpans(l)
	next := 0
	for k, i := range o.reading {
		item := &l.Items[i]
		spanned := next < len(o.spans) && k >= o.spans[next].from
		if k > 0 && (item.Apart || !l.Mixed && item.Spaced) {
			c.spaceBetween(l, o.reading[k-1], i)
		}
		if spanned && k == o.spans[next].from {
			c.beginActual(l, o.spans[next])
		}
		c.wordAt(l, i)
		if spanned && o.spans[next].to == k+1 {
			c.closeSpan()
			next++
		}
		c.markEnd(l, k, spanned)
	}
}

// wordAt draws a word in its place.
func (c *canvas) wordAt(l *typeset.Line, i int) {
	item := &l.Items[i]
	ink := item.Word.Ink.(*ink)
	if len(ink.strokes) == 0 {
		return
	}
	c.setFont(ink.strokes[0].face, l.Size)
	from := c.order.lefts[i]
	if ink.rtl {
		from += item.Word.Width.At(l.Size)
	}
	c.moveTo(from, l.Size)
	c.word(ink, l.Size)
	if ink.rtl {
		c.closeArray() // see ink
	}
}

// directionMark is a mark of direction (UAX #9, 2.6), which nobody sees.
type directionMark uint8

const (
	leftToRightMark directionMark = iota
	rightToLeftMark
	directionMarks
)

func (d directionMark) text() string { return [directionMarks]string{"\u200E", "\u200F"}[d] }

// markEnd draws marks of direction where the words read up to number k end a stretch of one direction.
//
// Poppler puts what is neither letter nor digit on the side of the letters that it finds first, from the side on which the line begins. On a
// line from left to right, a vowel sign or bracket that ends words from right to left would come before them; on a line from right to left,
// the one at the end of words from left to right, and the comma after those, too. For that comma mupdf 1.21 would begin a new line. With
// marks, one more behind the comma, all agree.
func (c *canvas) markEnd(l *typeset.Line, k int, spanned bool) {
	o := &c.order
	word, last := o.ink(l, k), k+1 == len(o.reading)
	if l.RightToLeft && word.rtl && !word.letters && !last {
		c.markDirection(rightToLeftMark, word, c.leftOf(l, k), l.Size)
	}
	if !last && o.ink(l, k+1).rtl == word.rtl {
		return
	}
	if l.RightToLeft && !word.rtl {
		if !spanned && !endsLeftToRight(word.text) {
			c.markDirection(leftToRightMark, word, c.pen, l.Size)
		}
		if !last {
			c.markDirection(rightToLeftMark, word, c.leftOf(l, k), l.Size)
		}
	}
	if end, _ := utf8.DecodeLastRuneInString(word.text); !l.RightToLeft && word.rtl && !unicode.IsLetter(end) && !unknownDirection(word.text) {
		c.markDirection(rightToLeftMark, word, c.leftOf(l, k), l.Size)
	}
}

// endsLeftToRight tells whether poppler knows the last character to be from left to right: a letter of a common script.
func endsLeftToRight(text string) bool {
	end, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(end) && (end < 0x2000 || end >= 0x3000 && end <= 0xFFFF)
}

// leftOf returns a place left of the words of one direction that end with the one read as number k, by more than the carriers of the last.
func (c *canvas) leftOf(l *typeset.Line, k int) int64 {
	o := &c.order
	left := o.lefts[o.reading[k]]
	for i := k - 1; i >= 0 && !o.ink(l, k).rtl && !o.ink(l, i).rtl; i-- {
		left = min(left, o.lefts[o.reading[i]])
	}
	return int64(left)*perEm/int64(l.Size) - 6*carrierStep
}

// markDirection draws a mark of direction in the font of a word.
func (c *canvas) markDirection(mark directionMark, word *ink, at int64, size typeset.Length) {
	if len(word.strokes) == 0 {
		return
	}
	c.setFont(word.strokes[len(word.strokes)-1].face, size)
	code, width := c.use.directionMark(mark)
	c.openArray()
	if move := roundTo(c.pen-at, perEm/1000); move != 0 {
		c.partNumbers()
		c.out = appendInt(c.out, move)
		c.pen -= move * (perEm / 1000)
	}
	var shown [6]byte
	c.show(append(appendCode(append(shown[:0], '('), code), ')'))
	c.pen += width
}

// spaceBetween draws the space between two words that are read one after the other. Before a word that is read from left to right it
// stands next to that word, wherever the one before it is: mupdf goes by places as long as text runs from left to right.
func (c *canvas) spaceBetween(l *typeset.Line, before, after int) {
	from, to := l.Items[before].Word.Ink.(*ink), l.Items[after].Word.Ink.(*ink)
	if c.face == nil || len(to.strokes) == 0 {
		return
	}
	face, g, units, ok := c.spaceOf(to)
	if !ok {
		return
	}
	width := typeset.Length(scale(int32(units), face) * int64(l.Size) / perEm)
	right := c.order.lefts[before] + l.Items[before].Word.Width.At(l.Size)
	switch left := c.order.lefts[after]; {
	case !to.rtl && (from.rtl || left < right):
		c.moveTo(left-width, l.Size)
	case from.rtl:
		c.moveTo(c.order.lefts[before]-width, l.Size)
	default:
		c.moveTo(right, l.Size)
	}
	c.showSpace(face, g, units, l.Size)
	if from.rtl || to.rtl {
		c.closeArray()
	}
}

// findSpans finds the words for whose text /ActualText (ISO 32000-1, 14.9.4) is needed: those that readers which go by places would
// read in the wrong order. They take what is said in a span as it is.
//
//   - Words from left to right with carriers. They are taken together, since PDFium drops a space that is shown by itself.
//   - Words from right to left in a script of which poppler does not know that it is one. It takes them to be read from left to
//     right, unless all of the page is read the other way.
//   - In a letter from right to left, words from left to right with a break between them, such as "Leeds, England": they stand one
//     left of the other, and nothing on the line shows that they do.
func (o *mixedOrder) findSpans(l *typeset.Line) {
	o.spans = o.spans[:0]
	for k := 0; k < len(o.reading); {
		end := o.carried(l, k)
		if l.RightToLeft {
			end = max(end, o.leftToRight(l, k))
		} else {
			end = max(end, o.unknown(l, k))
		}
		if end > k {
			o.spans = append(o.spans, span{k, end})
			k = end
		} else {
			k++
		}
	}
}

// carried returns the end of a stretch of words with carriers, from left to right.
func (o *mixedOrder) carried(l *typeset.Line, from int) int {
	k := from
	for k < len(o.reading) && o.ink(l, k).carried {
		k++
	}
	return k
}

// unknown returns the end of a stretch of words in scripts that poppler does not know to run from right to left.
func (o *mixedOrder) unknown(l *typeset.Line, from int) int {
	k := from
	for k < len(o.reading) {
		ink := o.ink(l, k)
		if !ink.rtl || !unknownDirection(ink.text) {
			break
		}
		k++
	}
	return k
}

// unknownDirection tells whether a text is in a script that runs from right to left beyond Hebrew, Arabic, Syriac and Thaana, such as
// N'Ko and Adlam.
func unknownDirection(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return r >= 0x07C0 && r < 0x08A0 || r >= 0x10800
		}
	}
	return false
}

// leftToRight returns the end of a stretch of words that begins and ends with one from left to right, if there is punctuation from right to
// left between them; from otherwise.
func (o *mixedOrder) leftToRight(l *typeset.Line, from int) int {
	if o.ink(l, from).rtl {
		return from
	}
	end, broken, crossed := from, false, false
	for k := from; k < len(o.reading); k++ {
		ink := o.ink(l, k)
		if ink.rtl && ink.letters {
			break
		}
		if ink.rtl {
			crossed = true
			continue
		}
		end, broken = k+1, crossed
	}
	if !broken {
		return from
	}
	return end
}

// beginActual begins the marked content of a span.
func (c *canvas) beginActual(l *typeset.Line, s span) {
	c.beginSpan()
	for k := s.from; k < s.to; k++ {
		item := &l.Items[c.order.reading[k]]
		if k > s.from && (item.Apart || !l.Mixed && item.Spaced) {
			c.op("0020")
		}
		c.out = appendUTF16Hex(c.out, c.order.ink(l, k).text)
	}
	if l.RightToLeft && !endsLeftToRight(c.order.ink(l, s.to-1).text) {
		c.out = appendUTF16Hex(c.out, leftToRightMark.text())
	}
	c.endSpanText()
}
