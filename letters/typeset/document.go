package typeset

import (
	"fmt"
	"slices"
	"strings"

	"postbag/letters/merge"
	"postbag/templates"
)

// A document is what goes with letters and is set once: a covering letter, a receipt, a job ticket, a page of figures. It is blocks, one
// below the other, on as many pages as they take.
//
// A program makes a [Document] of blocks ([Heading], [Paragraph], [Facts], [Table], [Beside], [FillIn], [Ticks], [Frame], [Columns], [Code],
// [Drawing], [Together], [Repeated], [PageBreak], [Space]) and hands it to press.Worker.Document, which writes the PDF. Blocks say what there is, never
// where: the direction of the language decides which side is the start, tables find the widths of their columns, and what is too long for
// its place breaks. Lengths are thousandths of a point, see [Point] and [MM].
//
// Every block becomes strips, from edge to edge of the text. A strip is never parted; a page takes as many as fit and gives back those that
// must stay with what follows: a heading, the first two lines of a paragraph, the lines of a row. A row of a table that comes first on a page
// has the table's heading above it.
//
// Numbers and dates are the caller's to write as the language does; ids and hashes stay as they are.

// Document is a document to set.
type Document struct {
	Title string // of the PDF; what stands on the page is a block
	// Running heads every page but the first; "" for the title.
	Running string
	// Foot stands at the foot of every page, at the start; the number of the page stands at the end.
	Foot string
	// PageOf writes "page 2 of 3"; nil for what the layout's design has.
	PageOf func(page, pages int) string
	// Letterhead begins the first page with the head of the layout: letterhead, address and date of its design and elements.
	Letterhead bool
	Blocks     []DocumentBlock
}

// DocumentBlock is a part of a document.
type DocumentBlock interface {
	lay(d *documentSetter) []strip
}

// Text is what a document says in one place, in one or several styles. A run with Value set is something quoted into a sentence, such as
// a name or an id: it keeps its own direction there. A nil Text says nothing.
type Text []merge.Run

// Say makes a text of plain words. A line end in it begins a new line.
func Say(text string) Text { return say(text, 0) }

// Bold makes a text of bold words.
func Bold(text string) Text { return say(text, templates.Bold) }

func say(text string, style Style) Text {
	var t Text
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			t = append(t, merge.Run{Break: true})
		}
		if line != "" {
			t = append(t, merge.Run{Text: line, Style: style})
		}
	}
	return t
}

// Fill makes a text of a pattern, with values in the places of names in braces: pairs of a name and what stands for it. Each is set in its
// own direction, in the style, whatever the pattern's is.
func Fill(pattern string, style Style, pairs ...string) Text {
	var t Text
	for pattern != "" {
		at, name, value := len(pattern), "", ""
		for i := 0; i+1 < len(pairs); i += 2 {
			if k := strings.Index(pattern, "{"+pairs[i]+"}"); k >= 0 && k < at {
				at, name, value = k, pairs[i], pairs[i+1]
			}
		}
		if at > 0 {
			t = append(t, merge.Run{Text: pattern[:at]})
		}
		if at == len(pattern) {
			break
		}
		if value != "" {
			t = append(t, merge.Run{Text: value, Style: style, Value: true})
		}
		pattern = pattern[at+len(name)+2:]
	}
	return t
}

// Cells makes a row of plain texts.
func Cells(texts ...string) []Text {
	row := make([]Text, len(texts))
	for i, text := range texts {
		row[i] = Say(text)
	}
	return row
}

// plain is the text without its styles.
func (t Text) plain() string {
	if len(t) == 1 {
		return t[0].Text
	}
	var b strings.Builder
	for i := range t {
		b.WriteString(t[i].Text)
	}
	return b.String()
}

// Heading heads what follows and stays with it. Level 1 is the document's title, 2 a section, 3 a part of one.
type Heading struct {
	Text  Text
	Level int
}

// Paragraph is running text. Size 0 is the usual 10.5 points. Marker stands before an indented paragraph: a number or a bullet. Keep means that
// no page begins between it and what follows.
type Paragraph struct {
	Text   Text
	Size   Length
	Marker string
	Center bool
	Keep   bool
}

// Facts are rows of a label and what it says, in two columns.
type Facts struct {
	Rows []Fact
	Size Length // 0 for the usual
}

// Fact is one row of Facts.
type Fact struct {
	Label string
	Value Text
}

// Space is empty height; it vanishes at the top of a page.
type Space Length

// PageBreak begins a page. With Restart the pages are counted anew, as for a second copy.
type PageBreak struct {
	Restart bool
}

// FillIn is lines to write on, side by side, each with what belongs there below it.
type FillIn struct {
	Fields []Field
	Height Length // above the line; 0 for 11 mm
}

// Field is one line of a FillIn. Shares say how the width is shared out; 0 counts as 1.
type Field struct {
	Label string
	Share int
}

// Ticks are boxes to tick with what they mean, one below the other.
type Ticks struct {
	Items []Text
}

// Frame is a line around blocks; what is long goes on in a frame on the next page. Height is the least height inside, for something to be written into it.
type Frame struct {
	Blocks []DocumentBlock
	Height Length
}

// Together are blocks with no page between them, unless they take more than a third of one.
type Together struct {
	Blocks []DocumentBlock
}

// Repeated is blocks that come several times in one document, such as in two copies of a receipt. The same pointer stands in each place, all of them
// as wide as the first; the blocks are set once.
type Repeated struct {
	Blocks []DocumentBlock

	strips []strip
	by     *documentSetter // who set them
}

// Columns stand side by side, of one width and never parted by a page.
type Columns struct {
	Parts [][]DocumentBlock
}

// Code is a square of dark and light modules, such as a QR code, with four modules of white around it (ISO/IEC 18004, 5.3.8). With these it
// is as large as the rest of the page allows, so it stands in no Columns. It is made of whole thousandths of a point, so all modules are
// of one size. A Code without modules draws nothing.
type Code struct {
	Size int // modules on each side
	Dark func(x, y int) bool
}

// Sizes of documents.
const (
	docTitle   = 20 * Point
	docSection = 13 * Point
	docText    = 21 * Point / 2
	docSmall   = 8 * Point
	docIndent  = 16 * Point
	docGap     = 12 * Point // between columns
	docSpace   = 6 * Point  // between paragraphs
	leastCode  = 60 * Point
	quietZone  = 4 // modules
)

// docLeading is the distance of lines of a size.
func docLeading(size Length) Length { return size * 13 / 10 }

// DocumentPage is one page, what is below first.
type DocumentPage struct {
	Letterhead bool // the furniture of the layout's first page lies under it
	Marks      []Mark
	Shapes     []Shape
	Lines      []Line
}

// Place is a place on a page or in a drawing, from the top left corner.
type Place struct{ X, Y Length }

// Shape is an area or a line. Rects are filled, all as one, so that those that touch have no seam. Points are the corners of a line of a
// Width.
type Shape struct {
	Rects  []Rule
	Points []Place
	Width  Length
	Gray   int // thousandths; 0 is black
}

// documentSetter sets one document.
type documentSetter struct {
	*Setter
	document    *Document
	par         paragraph // memory that ends with the document
	items       []Item
	left, width Length // of the block being set
}

// Document sets a document. The pages are the caller's to keep. It asks the fonts for each text (Fonts.Missing), so nobody need have done that
// before. A character that no face has is written by its number, [U+1F600].
func (s *Setter) Document(d *Document) ([]DocumentPage, error) {
	s.shaper.brief = false
	s.shaper.speak("")
	set := &documentSetter{Setter: s, document: d}
	set.left, set.width = s.documentMargins(d)
	var strips []strip
	for _, block := range d.Blocks {
		strips = append(strips, block.lay(set)...)
	}
	pages := set.pages(strips)
	return pages, set.checkPages(pages)
}

// Margins of documents without a letterhead: there is room to punch them at the side where reading starts.
const (
	docStart  = 25 * Inch * 10 / 254 // 25 mm
	docEnd    = 20 * Inch * 10 / 254
	docTop    = 22 * Inch * 10 / 254 // to the top of the first line
	docBottom = 23 * Inch * 10 / 254 // below the last
	docHead   = 14 * Inch * 10 / 254 // baseline of the running head
	docFoot   = 13 * Inch * 10 / 254 // baseline of the foot, from below
)

// documentMargins gives the left edge and the width of the text.
func (s *Setter) documentMargins(d *Document) (left, width Length) {
	l := s.layout
	switch {
	case d.Letterhead:
		return l.frame.left, l.frame.width
	case l.rtl:
		return docEnd, l.design.Paper.Width - docStart - docEnd
	}
	return docStart, l.design.Paper.Width - docStart - docEnd
}

// checkPages makes sure that no box is printed.
func (d *documentSetter) checkPages(pages []DocumentPage) error {
	for i := range pages {
		for k := range pages[i].Lines {
			for _, item := range pages[i].Lines[k].Items {
				if item.Word.lacks {
					return fmt.Errorf("no font can set %q", item.Word.text)
				}
			}
		}
	}
	return nil
}

// way says how a text is set: its size and style, and how wide it may be. End puts its lines at the end of the measure, Right at the right
// whatever the direction, so that numbers below one another have their digits below one another.
type way struct {
	size, measure      Length
	style              Style
	end, right, center bool
}

// text sets a text into lines. A word that is too wide makes all of the text smaller, down to six points; where that is not enough, it is broken
// between letters at the text's own size. X counts from the start of the measure; Y is the caller's to fill.
func (d *documentSetter) text(t Text, w way) []Line {
	if len(t) == 0 {
		return nil
	}
	t = d.settable(t)
	ps := paragraphStyle{size: w.size, style: w.style, measure: w.measure, rtl: d.layout.rtl && hasRightToLeft(t.plain())}
	lines := d.par.set(d.shaper, t, &ps, &d.items, nil)
	if len(lines) > 1 {
		widest := d.par.widestWord(d.shaper, t, ps)
		if smaller := ps.size * ps.measure / max(widest, 1); smaller < ps.size && smaller >= leastSize {
			ps.size = smaller
			lines = d.par.set(d.shaper, t, &ps, &d.items, nil)
		}
	}
	for i := range lines {
		spare := w.measure - lines[i].Width
		switch {
		case w.center:
			lines[i].X = spare / 2
		case w.right, w.end != d.layout.rtl:
			lines[i].X = spare
		default:
			lines[i].X = 0
		}
	}
	return lines
}

// settable writes characters that no face has by their numbers.
func (d *documentSetter) settable(t Text) Text {
	for i := range t {
		if text := d.layout.fonts.Settable(t[i].Text); text != t[i].Text {
			t = slices.Clone(t)
			t[i].Text = text
		}
	}
	return t
}

// within sets blocks in a part of the measure.
func (d *documentSetter) within(left, width Length, blocks []DocumentBlock) []strip {
	outerLeft, outerWidth := d.left, d.width
	d.left, d.width = left, width
	var strips []strip
	for _, block := range blocks {
		strips = append(strips, block.lay(d)...)
	}
	d.left, d.width = outerLeft, outerWidth
	return strips
}

// mirror gives a box of the measure, reckoned from where reading starts, its place on the page.
func (d *documentSetter) mirror(x, width Length) Length {
	if d.layout.rtl {
		return d.left + d.width - x - width
	}
	return d.left + x
}
