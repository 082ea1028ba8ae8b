package press

import (
	"fmt"
	"strconv"
	"strings"

	"postbag/letters/typeset"
)

// Measures of the slip sheet, from the top left corner of the paper.
const (
	slipTitle  = 34 * typeset.Point
	slipHead   = 15 * typeset.Point
	slipText   = 11 * typeset.Point
	slipLead   = 20 * typeset.Point
	slipColumn = 105 * typeset.Point
)

// slip draws the slip sheet: what is in the bundle, for those who print, carry and receive it. It says only what is
// known for certain once the letters have been written, so it replaces the master's first page at the end.
func (b *bundle) slip(o Order, count Count) {
	job := &b.press.job
	b.canvas.reset()
	left, width := typeset.MM(27), job.Paper.Width-typeset.MM(52)
	if job.Specimen {
		b.specimenMarks()
	}
	y := typeset.MM(32)
	b.slipLine(job.Slip.Sender, true, slipHead, left, width, &y)
	words := b.press.words()
	b.slipLine(words.To, false, slipText, left, width, &y)
	for i, line := range job.Slip.Recipient {
		b.slipLine(line, i == 0, slipText, left, width, &y)
	}
	y += typeset.MM(14)
	b.slipLine(fmt.Sprintf("Bundle %d of %d", o.Number, job.Slip.Bundles), true, slipTitle, left, width, &y)
	y += typeset.MM(6)
	for _, row := range b.slipRows(o, count) {
		at := y
		b.slipLine(row[0], false, slipText, left, slipColumn, &at)
		b.slipLine(row[1], true, slipText, left+slipColumn, width-slipColumn, &y)
	}
	y += typeset.MM(10)
	for _, line := range []string{
		"This sheet lies on top of its bundle. Please keep bundle and sheet together.",
		words.Carries,
	} {
		b.slipLine(line, false, slipText, left, width, &y)
	}
	if job.Slip.Contact != "" {
		b.slipLine("If "+words.Missing+" is missing, please write to "+job.Slip.Contact+".", false, slipText, left, width, &y)
	}
	b.canvas.end()
	b.writeSlip()
}

// specimenMarks draws what marks every page of a specimen.
func (b *bundle) specimenMarks() {
	furniture := b.setter.Piece(typeset.PieceKey{Furniture: true, Page: 1, Pages: 1})
	for i := range furniture.Marks {
		b.canvas.mark(&furniture.Marks[i])
	}
}

// writeSlip puts what is on the canvas on the master's first page.
func (b *bundle) writeSlip() {
	u := b.update
	u.begin(slipPageObject)
	u.string("<</Type/Page/Parent ")
	u.ref(b.tree.leaves[0].object)
	u.string("/Contents ")
	u.ref(slipContentObject)
	u.string(">>")
	u.end()
	u.stream(slipContentObject, "", b.canvas.out)
}

// slipRows is the account of the bundle.
func (b *bundle) slipRows(o Order, count Count) [][2]string {
	job, words := &b.press.job, b.press.words()
	rows := [][2]string{
		{"Campaign", job.Slip.Campaign},
		{words.Count, strconv.Itoa(o.Letters)},
		{words.First, LetterID(job.Slip.Reference, o.First)},
		{words.Last, LetterID(job.Slip.Reference, o.First+o.Letters-1)},
	}
	switch {
	case o.Groups > 1:
		rows = append(rows, [2]string{"Groups", fmt.Sprintf("%d, from %s to %s", o.Groups, strings.Join(o.Group, ", "), strings.Join(o.LastGroup, ", "))})
	case len(o.Group) > 0:
		rows = append(rows, [2]string{"Group", strings.Join(o.Group, ", ")})
	}
	sides := "printed on one side"
	if job.Duplex {
		sides = "printed on both sides"
	}
	rows = append(rows,
		[2]string{"Pages", strconv.Itoa(count.Pages) + ", this sheet included"},
		[2]string{"Sheets of paper", fmt.Sprintf("%d, %s, this sheet included", count.Sheets, sides)})
	if o.Seal != nil {
		rows = append(rows, sealRows(o.Seal())...)
	}
	return rows
}

// sealRows are the hash over the letters, in groups that an eye can compare with those of the manifest.
func sealRows(hex string) [][2]string {
	var rows [][2]string
	const groups, digits = 4, 8
	for label := "Hash of the letters"; hex != ""; label = "" {
		var row []string
		for len(row) < groups && hex != "" {
			n := min(digits, len(hex))
			row, hex = append(row, hex[:n]), hex[n:]
		}
		rows = append(rows, [2]string{label, strings.Join(row, " ")})
	}
	return rows
}

// slipLine draws a line and goes down by its size; a text that is too wide is set smaller until it fits.
func (b *bundle) slipLine(text string, bold bool, size, x, width typeset.Length, y *typeset.Length) {
	if text == "" {
		return
	}
	line := b.slipWord(slipWord{text, bold, size})
	if line.Width > width {
		line = b.slipWord(slipWord{text, bold, size * width / line.Width})
	}
	line.X, line.Y = x+line.X, *y
	b.canvas.line(&line)
	*y += max(slipLead, size*3/2)
}

// slipWord is a text of the slip sheet in one size.
type slipWord struct {
	text string
	bold bool
	size typeset.Length
}

// maxSlipWords bounds what is remembered of slip sheets: what they have in common comes up first.
const maxSlipWords = 64

// slipWord sets a text, or finds it as it was set for another bundle.
func (b *bundle) slipWord(w slipWord) typeset.Line {
	line, ok := b.slipWords[w]
	if ok {
		return line
	}
	line = b.setter.Line(w.text, w.bold, w.size)
	if b.slipWords == nil {
		b.slipWords = map[slipWord]typeset.Line{}
	}
	if len(b.slipWords) < maxSlipWords {
		b.slipWords[w] = line
	}
	return line
}

// LetterID is the id of a letter: the packet's reference and the number, padded to six digits.
func LetterID(reference string, number int) string {
	return string(AppendLetterID(make([]byte, 0, len(reference)+8), reference, number))
}

// AppendLetterID appends the id of a letter to dst.
func AppendLetterID(dst []byte, reference string, number int) []byte {
	dst = append(dst, reference...)
	for least := 100_000; least > number && least > 1; least /= 10 {
		dst = append(dst, '0')
	}
	return appendInt(dst, int64(number))
}
