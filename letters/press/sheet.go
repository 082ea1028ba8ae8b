package press

import (
	"context"
	"io"
	"strings"

	"postbag/letters/typeset"
)

// Sheet is a page of its own, beside letters and bundles: a title, paragraphs and rows one below the other, and a code.
type Sheet struct {
	Title string // also of the document
	Parts []SheetPart
	Code  Code
}

// SheetPart is a paragraph, or a row where it has a label.
type SheetPart struct {
	Label string
	Text  string
	Bold  bool
	Space typeset.Length // above it
}

// Code is a square of dark and light modules, such as a QR code; the zero Code draws nothing.
type Code struct {
	Size int // modules on each side
	Dark func(x, y int) bool
}

// Measures of a sheet.
const (
	sheetTitle = 20 * typeset.Point
	sheetText  = 10 * typeset.Point
	sheetLead  = 14 * typeset.Point
	quietZone  = 4 // modules of white around a code (ISO/IEC 18004, 5.3.8)
)

// Sheet writes a sheet as a PDF of one page.
func (w *Worker) Sheet(ctx context.Context, out io.Writer, s Sheet) error {
	u := newUpdate(ctx, out, w.press.master, w.update)
	w.update = u
	b := &w.bundle
	b.begin(w.press, w.setter, u)
	b.title = s.Title
	b.sheet(&s)
	b.writePieces()
	if err := b.writeFonts(w.fonts); err != nil {
		return err
	}
	b.writeResources()
	b.tree.write(u)
	b.writeCatalogue(Order{Number: 1}, Count{Pages: 1, Sheets: 1})
	return u.finish(w.press.master, b.id(Order{Number: 1}))
}

// sheet draws the page in the place of the slip sheet.
func (b *bundle) sheet(s *Sheet) {
	job := &b.press.job
	b.canvas.reset()
	left, width := typeset.MM(27), job.Paper.Width-typeset.MM(52)
	if job.Specimen {
		b.specimenMarks()
	}
	y := typeset.MM(28)
	b.slipLine(s.Title, true, sheetTitle, left, width, &y)
	for i := range s.Parts {
		b.sheetPart(&s.Parts[i], left, width, &y)
	}
	b.canvas.end()
	if s.Code.Size > 0 {
		bottom := job.Paper.Height - typeset.MM(15)
		b.code(&s.Code, left, y-sheetLead/2, min(width, bottom-y))
	}
	b.writeSlip()
}

// sheetPart sets a paragraph, line by line, or a row: its label in bold to the left of its text.
func (b *bundle) sheetPart(p *SheetPart, left, width typeset.Length, y *typeset.Length) {
	*y += p.Space
	if p.Label != "" {
		line := b.setter.Line(p.Label, false, sheetText)
		line.X, line.Y = left+line.X, *y
		b.canvas.line(&line)
		left, width = left+slipColumn, width-slipColumn
	}
	for _, text := range b.wrap(p.Text, p.Bold, width) {
		line := b.setter.Line(text, p.Bold, sheetText)
		if line.Width > width { // a word that is too wide alone
			line = b.setter.Line(text, p.Bold, sheetText*width/line.Width)
		}
		line.X, line.Y = left+line.X, *y
		b.canvas.line(&line)
		*y += sheetLead
	}
}

// wrap breaks a text at its spaces into lines that fit.
func (b *bundle) wrap(text string, bold bool, width typeset.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && b.setter.Line(longer, bold, sheetText).Width > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}

// code draws a code into a square, as large as whole modules allow. The dark modules of a row that
// touch are one rectangle.
func (b *bundle) code(c *Code, left, top, side typeset.Length) {
	modules := typeset.Length(c.Size + 2*quietZone)
	module := side / modules
	if module <= 0 {
		return
	}
	b.canvas.op("1 g\n") // nothing of the page shows through
	b.box(left, top, modules*module, modules*module)
	b.canvas.op("f\n0 g\n")
	left, top = left+quietZone*module, top+quietZone*module
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Dark(x, y) {
				x++
			}
			if x == from {
				continue
			}
			b.box(left+typeset.Length(from)*module, top+typeset.Length(y)*module, typeset.Length(x-from)*module, module)
		}
	}
	b.canvas.op("f\n")
}

// box adds a rectangle to the path.
func (b *bundle) box(left, top, width, height typeset.Length) {
	b.canvas.length(left)
	b.canvas.length(b.canvas.height - top - height)
	b.canvas.length(width)
	b.canvas.length(height)
	b.canvas.op("re\n")
}
