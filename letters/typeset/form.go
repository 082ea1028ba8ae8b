package typeset

import (
	"errors"
	"fmt"

	"postbag/letters/merge"
)

// A form is a document that many signers share: a text, and then an entry for each of them. The text is an ordinary [Layout] without
// a signature block, laid out once; or, on petition sheets, it stands at the head of every page. Entries are set one after the other
// and gathered until their page is full. So memory holds a page and no more, however many there are; only the number of pages, which
// stands in every running head, is not known before the last of them, and [FormSetter.PageLine] is asked for it then.
//
// Entries stand in columns (columns.go) or in the rows of a table (rows.go). Both are filled greedily, in the order of the numbers;
// an entry is never parted. The columns of the last page are made equally long.

// FormDesign says what a form looks like, apart from the text that stands once.
type FormDesign struct {
	Entry   []EntryPart // what an entry says, one part below the other; for columns
	Columns int         // most columns on a page
	Apart   Length      // space below an entry in columns

	Table []TableColumn // what an entry says, side by side; for rows
	Row   Length        // least height of a row
	Rows  int           // rows on a page, unless it is 0: then Row is what comes out

	Head     []Element // at the head of every page
	After    []Element // behind the last entry
	Greatest int       // the greatest number of an entry

	Heading func(first, last int, continued bool) string // over the entries of a page; nil for none
	PageOf  func(page, pages int) string
}

// EntryPart is a line of an entry, or more lines where it is long.
type EntryPart struct {
	Block merge.Block
	Style Style
}

// Volume says which part of a document is to be set: all of it, where there is one.
type Volume struct {
	Title []Element // heads the first page where the text does not stand there
	Foot  string    // at the foot of every page
	Text  bool      // the text comes first
	Last  bool      // FormDesign.After comes last
}

// FormPage is one page of a form, from the bottom of the drawing to the top. It is valid until the next one is begun.
type FormPage struct {
	Parts       []Part // pieces of the layout
	Fixed       *Piece // what many pages have beside those, the same for each of them; nil for nothing
	Lines       []Line
	Rules       []Rule
	First, Last int // numbers of the entries on it, 0 where there are none
}

// Sizes of entries.
const (
	entrySize    = 9 * Point
	entryLeading = 11 * Point
	numberSize   = 13 * Point / 2
	numberGap    = 5 * Point
	hanging      = 8 * Point // indent of the second and later lines of an entry
	leastSize    = 6 * Point // nothing is set smaller
	headingSize  = 11 * Point
	headingSpace = 17 * Point // from the baseline of a heading to the first line of entries
	ruleWidth    = 400        // thousandths of a point
)

// Form is a form laid out. Goroutines share it; each has a [FormSetter].
type Form struct {
	layout  *Layout
	design  FormDesign
	text    []FormPage
	textEnd Length // the lowest baseline of the text
	head    *Piece
	headEnd Length
	after   []Line // Y counts from the first
	number  Length // width of the widest number
	columns columns
	table   table
}

// NewForm lays a form out. The layout's elements, all of them fixed, are the text that stands once. samples are the values of some of
// the signers: the columns are made to fit them. An error is one of the text: it leaves no room for entries.
func NewForm(l *Layout, d FormDesign, samples [][]string) (*Form, error) {
	f := &Form{layout: l, design: d}
	s := newSetter(l)
	if err := f.layText(s); err != nil {
		return nil, err
	}
	f.head, f.headEnd = f.layHead(s)
	f.after = f.layAfter(s)
	f.number = s.appendNumber(d.Greatest, numberSize).Width
	if d.Table != nil {
		return f, f.layTable(s, samples)
	}
	f.columns = f.layColumns(s, samples)
	return f, nil
}

// layText sets the text that stands once, and finds where it ends.
func (f *Form) layText(s *Setter) error {
	l := f.layout
	for i := range l.blocks {
		if !l.blocks[i].fixed {
			return errors.New("the text of a form holds a signer's field")
		}
	}
	if len(l.blocks) == 0 {
		return nil
	}
	letter, err := s.Set(nil, 0)
	if err != nil {
		return err
	}
	for i := range letter.Pages {
		f.text = append(f.text, FormPage{Parts: append([]Part(nil), letter.Pages[i].Parts...)})
	}
	f.textEnd = s.lowestBaseline(&letter.Pages[len(letter.Pages)-1])
	return nil
}

// lowestBaseline is where the last line of a page of fixed text stands.
func (s *Setter) lowestBaseline(page *Page) Length {
	var lowest Length
	for i := range page.Parts {
		stamp := &page.Parts[i].Stamp
		if stamp.Piece.Furniture {
			continue
		}
		for _, line := range s.Piece(stamp.Piece).Lines {
			lowest = max(lowest, line.Y+stamp.Down)
		}
	}
	return lowest
}

// layHead sets what stands at the head of every page, below the running head.
func (f *Form) layHead(s *Setter) (*Piece, Length) {
	l := f.layout
	if len(f.design.Head) == 0 {
		return nil, l.frame.followTop
	}
	piece := &Piece{}
	lines, end := f.stack(s, f.design.Head, l.frame.followTop)
	piece.Lines = lines
	return piece, end
}

// layAfter sets what stands behind the last entry.
func (f *Form) layAfter(s *Setter) []Line {
	lines, _ := f.stack(s, f.design.After, 0)
	return lines
}

// Text of forms that stands at the head of sheets or behind entries is set smaller than that of letters.
const (
	stackSize    = 10 * Point
	stackLeading = 25 * Point / 2
)

// stack sets fixed elements one below the other, the first line at y. It returns the lowest baseline.
func (f *Form) stack(s *Setter, elements []Element, y Length) ([]Line, Length) {
	l := f.layout
	var out []Line
	after := Role(0)
	for i, e := range elements {
		b := l.newBlock(e, after)
		after = e.Role
		b.style.size, b.style.leading = min(b.style.size, stackSize), stackLeading
		if e.Role == Subject {
			b.style.size = headingSize
		}
		for k, line := range s.setAlone(&b) {
			if i+k > 0 {
				y += b.style.leading
				if k == 0 {
					y += b.style.before / 2
				}
			}
			line.X += l.frame.left + b.style.x
			line.Y = y
			out = append(out, line)
			if k == 0 && b.marker != "" {
				out = append(out, s.markerLine(&b, y))
			}
		}
	}
	return out, y
}

// FormSetter sets the pages of a form, one volume after the other. It belongs to one goroutine.
type FormSetter struct {
	form   *Form
	setter *Setter
	volume Volume
	emit   func(*FormPage) error

	pages     int // of this volume, done
	page      FormPage
	foot      Line
	first     Length // baseline of the page's first entry, or the top of its first row
	heading   Length // baseline of the heading over the entries
	continued bool   // the entries of this page are not the first of the document
	lines     []Line
	entries   []entry
	column    int
	used      Length // of the column
}

// entry is what one signer has on the page: some of the page's lines, from the top of the entry.
type entry struct {
	number      int
	lines, last int // the entry's lines, from and to
	height      Length
}

// NewSetter makes a setter that takes s's memory: s is not to be used beside it.
func (f *Form) NewSetter(s *Setter) *FormSetter { return &FormSetter{form: f, setter: s} }

// Begin begins a volume. emit is called with each page of it, in order.
func (f *FormSetter) Begin(v Volume, emit func(*FormPage) error) error {
	f.volume, f.emit, f.pages, f.continued = v, emit, 0, !v.Text
	f.setter.shaper.brief = false
	f.foot = f.setter.line(v.Foot, 0, footSize)
	frame := &f.form.layout.frame
	f.foot.X, f.foot.Y = frame.left, frame.footer
	if f.form.layout.rtl {
		f.foot.X += frame.width - f.foot.Width
	}
	if !v.Text || len(f.form.text) == 0 {
		f.turnTo(f.form.headEnd)
		return nil
	}
	for i := range f.form.text {
		f.begin(f.form.text[i].Parts)
		if i == len(f.form.text)-1 {
			break
		}
		if err := f.write(); err != nil {
			return err
		}
	}
	f.enter(f.form.textEnd + 2*leading)
	if f.room() < f.form.leastRoom() {
		if err := f.write(); err != nil {
			return err
		}
		f.turnTo(f.form.headEnd)
	}
	return nil
}

// leastRoom is the height of the entries that a page of text must have room for, else they begin on the next page.
func (f *Form) leastRoom() Length { return 6 * entryLeading }

// Add sets the next signer and tells on which page of the volume they stand, from 1.
func (f *FormSetter) Add(values []string, number int) (page int, err error) {
	if err := f.set(values, number); err != nil {
		return 0, err
	}
	if !f.fits(f.entries[len(f.entries)-1].height) {
		f.drop()
		if err := f.finishPage(); err != nil {
			return 0, err
		}
		f.turnTo(f.form.headEnd)
		if err := f.set(values, number); err != nil {
			return 0, err
		}
		if !f.fits(f.entries[len(f.entries)-1].height) {
			return 0, errors.New("the entry is longer than a page; show fewer fields of each signer with letter.show")
		}
	}
	return f.pages + 1, nil
}

// drop takes the last entry off again.
func (f *FormSetter) drop() {
	last := len(f.entries) - 1
	f.lines = f.lines[:f.entries[last].lines]
	f.entries = f.entries[:last]
}

// End sets the last page of the volume.
func (f *FormSetter) End() error {
	end, err := f.closeEntries()
	if err != nil {
		return err
	}
	if f.volume.Last && len(f.form.after) > 0 {
		if err := f.addAfter(end); err != nil {
			return err
		}
	}
	return f.write()
}

// closeEntries places the entries of the last page, and returns the lowest baseline.
func (f *FormSetter) closeEntries() (Length, error) {
	if f.form.design.Table != nil {
		return f.placeRows(), f.check()
	}
	return f.placeColumns(f.balanced()), f.check()
}

// addAfter sets what stands behind the last entry, on more pages where it must.
func (f *FormSetter) addAfter(end Length) error {
	frame := &f.form.layout.frame
	start := end + 2*leading
	if start+f.form.after[len(f.form.after)-1].Y > frame.bottom && start > f.form.headEnd {
		if err := f.write(); err != nil {
			return err
		}
		f.begin(f.follow())
		start = frame.followTop
	}
	for _, line := range f.form.after {
		if start+line.Y > frame.bottom {
			if err := f.write(); err != nil {
				return err
			}
			f.begin(f.follow())
			start = frame.followTop - line.Y
		}
		line.Y += start
		f.page.Lines = append(f.page.Lines, line)
	}
	return nil
}

// finishPage places the entries of a full page and writes it.
func (f *FormSetter) finishPage() error {
	if f.form.design.Table != nil {
		f.placeRows()
	} else {
		f.placeColumns(f.room())
	}
	if err := f.check(); err != nil {
		return err
	}
	return f.write()
}

// begin begins a page with pieces of the layout. What was set for the page before is gone.
func (f *FormSetter) begin(parts []Part) {
	f.page = FormPage{Parts: parts, Lines: append(f.page.Lines[:0], f.foot), Rules: f.page.Rules[:0]}
	f.lines, f.entries = f.lines[:0], f.entries[:0]
	f.setter.items = f.setter.items[:0]
	f.setter.shaper.loosen()
}

// turnTo begins a page without the text; its entries begin below y.
func (f *FormSetter) turnTo(y Length) {
	f.begin(f.follow())
	f.page.Fixed = f.form.head
	if f.pages == 0 && f.form.head == nil && len(f.volume.Title) > 0 {
		lines, end := f.form.stack(f.setter, f.volume.Title, y)
		f.page.Lines = append(f.page.Lines, lines...)
		y = end + 2*leading
	}
	f.enter(y)
}

// follow is the furniture of a page that is not the first.
func (f *FormSetter) follow() []Part {
	return []Part{{Stamp: Stamp{Piece: PieceKey{Furniture: true, Page: 2}}}}
}

// enter makes the page ready for entries below a baseline.
func (f *FormSetter) enter(y Length) {
	f.column, f.used, f.heading, f.first = 0, 0, y, y
	switch {
	case f.form.design.Table != nil:
		f.first = f.form.tableTop(y)
	case f.form.design.Heading != nil:
		f.first = y + headingSpace
	}
}

// placeStart puts a line where lines start: at the left, or at the right where the letter reads from right to left.
func (f *FormSetter) placeStart(line Line, y Length) Line {
	frame := &f.form.layout.frame
	line.X, line.Y = frame.left, y
	if f.form.layout.rtl {
		line.X += frame.width - line.Width
	}
	return line
}

// write hands the page over.
func (f *FormSetter) write() error {
	f.pages++
	if n := len(f.entries); n > 0 {
		f.page.First, f.page.Last = f.entries[0].number, f.entries[n-1].number
		if heading := f.form.design.Heading; heading != nil && f.form.design.Table == nil {
			line := f.setter.line(heading(f.page.First, f.page.Last, f.continued), boldStyle, headingSize)
			f.page.Lines = append(f.page.Lines, f.placeStart(line, f.heading))
		}
		f.continued = true
	}
	return f.emit(&f.page)
}

// PageLine is what the running head of a page of the volume last set says of its number, once the pages are counted. A page with a
// letterhead has no running head.
func (f *FormSetter) PageLine(page, pages int) Line {
	frame := &f.form.layout.frame
	if page == 1 && f.volume.Text && len(f.form.text) > 0 {
		return Line{}
	}
	line := f.setter.line(f.form.design.PageOf(page, pages), 0, smallSize)
	line.X, line.Y = frame.left+frame.width-line.Width, frame.headTop
	if f.form.layout.rtl {
		line.X = frame.left
	}
	return line
}

// check makes sure that no box is printed.
func (f *FormSetter) check() error {
	for i := range f.page.Lines {
		for k := range f.page.Lines[i].Items {
			if w := f.page.Lines[i].Items[k].Word; w.lacks {
				return fmt.Errorf("no font can set %q", w.text)
			}
		}
	}
	return nil
}
