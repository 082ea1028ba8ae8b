package typeset

import (
	"fmt"
	"strings"

	"postbag/letters/merge"
	"postbag/letters/picture"
	"postbag/templates"
)

// The head of a letter is what stands on its first page above the text: letterhead, address, date and reference, with the marks for
// folding. It is the same on every letter but for the letter's number, so it is laid out once, with the furniture of page 1.

// ReferenceRow is a line of the reference: what it is, and what it says.
type ReferenceRow struct {
	Label, Value string
}

// Rule is a filled rectangle, black; X and Y are its top left corner.
type Rule struct {
	X, Y, Width, Height Length
}

// PlacedPicture is a picture on a page; X and Y are its top left corner.
type PlacedPicture struct {
	Picture             *picture.Picture
	X, Y, Width, Height Length
}

// Misfit says what of the head finds no room where the layout has it, at the smallest size.
type Misfit struct {
	Part  HeadPart
	Line  string // the line that is too wide; "" where there are too many
	Lines int    // how many there are
	Least Length // the smallest size that was tried
}

// HeadPart is a part of the head that must fit into a window.
type HeadPart string

// The parts that may find no room.
const (
	AddressPart HeadPart = "recipient"
	SenderPart  HeadPart = "sender"
	LinePart    HeadPart = "sender line"
)

// Sizes of the head. What must fit into a window is set smaller by half points down to the least.
const (
	leastAddress = 8 * Point
	leastSender  = 7 * Point
	leastLine    = 6 * Point
	lineSize     = 7 * Point
	leastID      = 7 * Point
	sizeStep     = Point / 2
	rowGap       = 9 * Point // between a label and what it labels
)

// head is what has been laid out.
type head struct {
	lines   []Line
	rules   []Rule
	logo    []PlacedPicture // one or none
	bottom  Length          // baseline of its lowest line; 0 where nothing of it stands in the text's way
	misfits []Misfit

	placed   bool // the letter's number stands in the head
	numberX  Length
	numberY  Length
	numberOf Length // its size
}

// CheckHead lays out the head of a letter and returns what finds no room.
func CheckHead(fonts *Fonts, design Design, elements []Element) []Misfit {
	l := &Layout{fonts: fonts, design: design, frame: frameFor(design.Layout, design.Paper), rtl: rightToLeft(design.Language), words: newWords()}
	newSetter(l).layHead(elements)
	return l.head.misfits
}

// misfit is the error of a letter whose head was not checked before.
func misfitError(m []Misfit) error {
	return fmt.Errorf("the %s finds no room in the window of this layout", m[0].Part)
}

// layHead lays out the head from the elements that belong to it, and returns the others.
func (s *Setter) layHead(elements []Element) []Element {
	l := s.layout
	var address []string
	var date string
	rest := make([]Element, 0, len(elements))
	for _, e := range elements {
		switch e.Role {
		case Address:
			address = append(address, linesOf(e.Block)...)
		case Date:
			date = strings.Join(linesOf(e.Block), " ")
		default:
			rest = append(rest, e)
		}
	}
	l.head = head{}
	s.headMarks()
	l.headLogo()
	s.headLetterhead()
	s.headAddress(address)
	s.headReference(date)
	if h := &l.head; h.bottom > 0 {
		l.frame.firstTop = max(l.frame.firstTop, h.bottom+leading*5/2)
	}
	return rest
}

// linesOf reads the lines of a block of plain text.
func linesOf(b merge.Block) []string {
	lines := []string{""}
	for _, run := range b.Fill(nil, nil) {
		if run.Break {
			lines = append(lines, "")
			continue
		}
		lines[len(lines)-1] += run.Text
	}
	return lines
}

// headMarks draws where to fold and where to punch.
func (s *Setter) headMarks() {
	l := s.layout
	for _, y := range l.frame.folds {
		l.head.rules = append(l.head.rules, Rule{X: foldStart, Y: y - hairline/2, Width: foldLength, Height: hairline})
	}
	if y := l.frame.punch; y > 0 {
		l.head.rules = append(l.head.rules, Rule{X: foldStart, Y: y - hairline/2, Width: punchLength, Height: hairline})
	}
}

// leastDots is how coarse a logo may be printed, in dots an inch: one with fewer pixels comes out smaller.
const leastDots = 150

// headLogo places the logo: as large as its area and its pixels allow, at the side where reading starts or where the window leaves room.
func (l *Layout) headLogo() {
	p := l.design.Logo
	if p == nil {
		return
	}
	box := l.frame.logo
	w := box.width
	if p.Pixels != nil {
		w = min(w, Length(p.Width)*Inch/leastDots)
	}
	h := w * Length(p.Height) / Length(p.Width)
	if h > box.height {
		h = box.height
		w = h * Length(p.Width) / Length(p.Height)
	}
	x := box.left
	if l.rtl && l.frame.lettersEnd { // the letterhead has gone to the left
		x = l.frame.left + l.frame.width - w
	}
	l.head.logo = []PlacedPicture{{Picture: p, X: x, Y: box.top, Width: w, Height: h}}
}

// headLetterhead sets who the sender is: in its window, where it has one.
func (s *Setter) headLetterhead() {
	l := s.layout
	f, h := &l.frame, &l.head
	sender := l.design.Sender
	if f.sender.width > 0 {
		s.window(SenderPart, f.sender, sender, smallSize, leastSender, true)
		return
	}
	if l.design.Contact != "" {
		sender = append(sender[:len(sender):len(sender)], l.design.Contact)
	}
	y := f.letterhead.top
	for i, text := range sender {
		style := Style(0)
		if i == 0 {
			style = boldStyle
		}
		for _, line := range s.wrapped(text, style, smallSize, f.letterhead.width, l.rtl) {
			if f.lettersEnd && !l.rtl {
				line.X = f.letterhead.width - line.Width
			}
			line.X += f.letterhead.left
			if f.lettersEnd && l.rtl { // mirrored: at the other side of the sheet
				line.X = f.left
			}
			if y == f.letterhead.top {
				y += ascentOf(smallSize)
			} else {
				y += smallLeading
			}
			line.Y = y
			h.lines = append(h.lines, line)
		}
	}
	if y > f.letterhead.top {
		f.block.top = max(f.block.top, y+smallLeading)
		if f.address.width == 0 {
			f.addressTop = max(f.addressTop, y+smallLeading)
		}
	}
}

// headAddress sets the recipient's address, and in a DIN window the sender's line above it.
func (s *Setter) headAddress(address []string) {
	l := s.layout
	f, h := &l.frame, &l.head
	if f.address.width == 0 {
		y := f.addressTop
		for _, text := range address {
			for _, line := range s.wrapped(text, 0, bodySize, f.width, l.rtl) {
				if y == f.addressTop {
					y += ascentOf(bodySize)
				} else {
					y += leading
				}
				line.X, line.Y = line.X+f.left, y
				h.lines = append(h.lines, line)
				h.bottom = y
			}
		}
		return
	}
	if f.address.line > 0 && l.design.SenderLine != "" {
		s.senderLine()
	}
	s.window(AddressPart, f.address, address, bodySize, leastAddress, false)
}

// senderLine sets the return address of DIN 5008 with a thin line under it.
func (s *Setter) senderLine() {
	l := s.layout
	room := l.frame.address.lines()
	for size := Length(lineSize); size >= leastLine; size -= sizeStep {
		line := s.line(l.design.SenderLine, 0, size)
		if line.Width > room.width {
			continue
		}
		line.X, line.Y = room.left, l.frame.address.top+l.frame.address.line
		l.head.lines = append(l.head.lines, line)
		l.head.rules = append(l.head.rules, Rule{X: line.X, Y: line.Y + MM(1.1), Width: line.Width, Height: hairline})
		return
	}
	l.head.misfits = append(l.head.misfits, Misfit{Part: LinePart, Line: l.design.SenderLine, Lines: 1, Least: leastLine})
}

// window sets lines into a window: at the greatest size at which all of them have room. They start at the window's left whatever the
// letter's direction, unless they are themselves written from right to left.
func (s *Setter) window(part HeadPart, w window, texts []string, size, least Length, firstBold bool) {
	l := s.layout
	if len(texts) == 0 {
		return
	}
	var wide string
	for ; size >= least; size -= sizeStep {
		for _, pitch := range []Length{size * 6 / 5, size * 9 / 8} {
			var lines []Line
			if lines, wide = s.windowLines(w, texts, size, pitch, firstBold); lines != nil {
				l.head.lines = append(l.head.lines, lines...)
				return
			}
		}
	}
	l.head.misfits = append(l.head.misfits, Misfit{Part: part, Line: wide, Lines: len(texts), Least: least})
}

// windowLines sets lines of a size into a window; nil where they have no room, with the line that is too wide, if one is. A line of text is
// taken to be as high as its size, three quarters of it above the baseline: what reaches beyond is met by what stays clear.
func (s *Setter) windowLines(w window, texts []string, size, pitch Length, firstBold bool) (lines []Line, wide string) {
	room := w.lines()
	tall := size + pitch*Length(len(texts)-1)
	for i, text := range texts {
		style := Style(0)
		if i == 0 && firstBold {
			style = boldStyle
		}
		line := s.line(text, style, size)
		if line.Width > room.width {
			return nil, text
		}
		line.X = room.left
		if hasRightToLeft(text) {
			line.X = room.left + room.width - line.Width
		}
		line.Y = room.top + size*3/4 + pitch*Length(i)
		if w.center {
			line.Y += (room.height - tall) / 2
		}
		lines = append(lines, line)
	}
	if tall > room.height {
		return nil, ""
	}
	return lines, ""
}

// headReference sets date, reference and the fixed part of the letter's id: in the block beside the address, or on one line under it.
func (s *Setter) headReference(date string) {
	l := s.layout
	f := &l.frame
	if f.block.width == 0 {
		s.referenceLine(date)
		return
	}
	var rows []ReferenceRow
	if f.inBlock && l.design.Contact != "" {
		rows = append(rows, ReferenceRow{Value: l.design.Contact})
	}
	rows = append(rows, l.design.Rows...)
	if l.design.Reference != "" {
		rows = append(rows, ReferenceRow{Label: l.design.IDLabel, Value: l.design.Reference})
	}
	if date != "" {
		rows = append(rows, ReferenceRow{Label: l.design.DateLabel, Value: date})
	}
	s.referenceBlock(rows)
}

// idSpare is the number of a letter at its longest, for its width.
const idSpare = "0000000"

// rowWidth is the width of a row's value: that of an id counts with its number.
func (s *Setter) rowWidth(r ReferenceRow, size Length) Length {
	value := r.Value
	if s.isID(r) {
		value += idSpare
	}
	return s.line(value, 0, size).Width
}

func (s *Setter) isID(r ReferenceRow) bool {
	return r.Value == s.layout.design.Reference && r.Label == s.layout.design.IDLabel && r.Value != ""
}

// referenceBlock sets the rows under one another, values beside their labels where there is room for all of them, and else below.
func (s *Setter) referenceBlock(rows []ReferenceRow) {
	l := s.layout
	box := l.frame.block
	var label, value Length
	for _, r := range rows {
		if r.Label != "" {
			label = max(label, s.line(r.Label, 0, smallSize).Width)
		}
		value = max(value, s.rowWidth(r, smallSize))
	}
	beside := label > 0 && label+rowGap+value <= box.width
	y := box.top + ascentOf(smallSize)
	for _, r := range rows {
		size := Length(smallSize)
		for size > leastID && s.rowWidth(r, size) > box.width {
			size -= sizeStep
		}
		if s.isID(r) && s.rowWidth(r, size) > box.width {
			continue // the id stands at the foot then
		}
		x := Length(0)
		if r.Label != "" {
			x = s.putLabel(r.Label, box, y, beside)
			if !beside {
				y += smallLeading
			}
		}
		if beside {
			x = label + rowGap
		}
		if s.isID(r) {
			s.putID(r.Value, box, x, y, size)
			y += smallLeading
		} else {
			for _, line := range s.wrapped(r.Value, 0, size, box.width-x, l.rtl) {
				line.X += box.left
				if !l.rtl {
					line.X += x
				}
				line.Y = y
				l.head.lines = append(l.head.lines, line)
				y += smallLeading
			}
		}
		if !beside {
			y += smallLeading / 3
		}
	}
	l.head.bottom = max(l.head.bottom, y-smallLeading)
}

// putLabel sets a label at the start of a box and returns how far the value moves in: nothing, where it stands below.
func (s *Setter) putLabel(text string, box area, y Length, beside bool) Length {
	l := s.layout
	line := s.line(text, 0, smallSize)
	line.X, line.Y = box.left, y
	if l.rtl {
		line.X = box.left + box.width - line.Width
	}
	l.head.lines = append(l.head.lines, line)
	if beside {
		return line.Width + rowGap
	}
	return 0
}

// putID sets the fixed part of the id, x from the start of the box, and notes where the number goes: to its right, in any language.
func (s *Setter) putID(text string, box area, x, y, size Length) {
	l := s.layout
	h := &l.head
	line := s.line(text, 0, size)
	line.X, line.Y = box.left+x, y
	if l.rtl {
		line.X = box.left + box.width - x - s.rowWidth(ReferenceRow{Label: l.design.IDLabel, Value: text}, size)
	}
	h.lines = append(h.lines, line)
	h.placed, h.numberX, h.numberY, h.numberOf = true, line.X+line.Width, y, size
}

// referenceLine sets the references at the start of a line and the date at its end.
func (s *Setter) referenceLine(date string) {
	l := s.layout
	f, h := &l.frame, &l.head
	rows := l.design.Rows[:len(l.design.Rows):len(l.design.Rows)]
	if l.design.Reference != "" {
		rows = append(rows, ReferenceRow{Label: l.design.IDLabel, Value: l.design.Reference})
	}
	if len(rows) == 0 && date == "" {
		return
	}
	y := f.addressTop + ascentOf(bodySize)
	if h.bottom > 0 {
		y = h.bottom + 2*leading
	}
	box := area{left: f.left, width: f.width}
	if date != "" {
		line := s.line(date, 0, bodySize)
		line.X, line.Y = f.left, y
		if !l.rtl {
			line.X = f.left + f.width - line.Width
		}
		h.lines = append(h.lines, line)
		h.bottom = y
		box.width -= line.Width + 2*rowGap
		if l.rtl {
			box.left += f.width - box.width
		}
	}
	if s.putRows(rows, box, y) {
		h.bottom = y
	} else if y += smallLeading; s.putRows(rows, area{left: f.left, width: f.width}, y) {
		h.bottom = y
	}
}

// putRows sets rows one after the other; it sets nothing and returns false where the box is too narrow.
func (s *Setter) putRows(rows []ReferenceRow, box area, y Length) bool {
	l := s.layout
	width := func(size Length) (w Length) {
		for i, r := range rows {
			if r.Label != "" {
				w += s.line(r.Label+":", 0, size).Width + size/3
			}
			if w += s.rowWidth(r, size); i > 0 {
				w += 2 * rowGap
			}
		}
		return w
	}
	size := Length(smallSize)
	for width(size) > box.width {
		if size -= sizeStep; size < leastID {
			return false
		}
	}
	x := Length(0)
	for _, r := range rows {
		if r.Label != "" {
			line := s.line(r.Label+":", 0, size)
			line.X, line.Y = box.left+x, y
			if l.rtl {
				line.X = box.left + box.width - x - line.Width
			}
			l.head.lines = append(l.head.lines, line)
			x += line.Width + size/3
		}
		if s.isID(r) {
			s.putID(r.Value, box, x, y, size)
		} else {
			line := s.line(r.Value, 0, size)
			line.X, line.Y = box.left+x, y
			if l.rtl {
				line.X = box.left + box.width - x - line.Width
			}
			l.head.lines = append(l.head.lines, line)
		}
		x += s.rowWidth(r, size) + 2*rowGap
	}
	return true
}

// wrapped sets a line into a measure, into memory of its own: smaller or on several lines, where it is too long for one (see fit.go). X is
// from the measure's left edge.
func (s *Setter) wrapped(text string, style Style, size, measure Length, rtl bool) []Line {
	ps := paragraphStyle{size: size, style: style, measure: measure, rtl: rtl && hasRightToLeft(text), fit: true}
	var items []Item
	var par paragraph
	lines := par.set(s.shaper, []merge.Run{{Text: text}}, &ps, &items, nil)
	for i := range lines {
		if rtl && !ps.rtl { // it keeps its own order, or 1 Example Street would be Example Street 1, and stands where others do
			lines[i].X = measure - lines[i].Width
		}
	}
	return lines
}

// furniture sets what stands on a page beside the text: the head or the running head, the foot, and the specimen mark.
func (s *Setter) furniture(page, pages int) Piece {
	l := s.layout
	var p Piece
	if l.design.Specimen {
		p.Marks = append(p.Marks, s.specimenMark())
	}
	if page == 1 {
		p.Rules, p.Lines, p.Pictures = l.head.rules, l.head.lines, l.head.logo
		if !l.head.placed {
			p.Lines = append(p.Lines[:len(p.Lines):len(p.Lines)], l.reference)
		}
		return p
	}
	var right Line
	if pages > 0 {
		right = s.line(l.pageOf(page, pages), 0, smallSize)
	}
	right.X, right.Y = l.frame.left+l.frame.width-right.Width, l.frame.headTop
	start := l.frame.left
	if l.rtl {
		start, right.X = l.frame.left+right.Width+rowGap, l.frame.left
	}
	running := s.wrapped(l.design.Running, 0, smallSize, l.frame.width-right.Width-rowGap, l.rtl)
	for i, line := range running { // a name of several lines reaches upwards
		line.X += start
		line.Y = l.frame.headTop - smallLeading*Length(len(running)-1-i)
		p.Lines = append(p.Lines, line)
	}
	p.Lines = append(p.Lines, right, l.reference)
	return p
}

func (l *Layout) pageOf(page, pages int) string {
	if l.design.PageOf != nil {
		return l.design.PageOf(page, pages)
	}
	return fmt.Sprintf("%d / %d", page, pages)
}

// specimenText is what every page of a sample or preview says.
const specimenText = "SPECIMEN"

// specimenMark sets it across the sheet, rising with a slope of four to three, centred.
func (s *Setter) specimenMark() Mark {
	const cos, sin = 600, 800
	paper := s.layout.design.Paper
	line := s.line(specimenText, boldStyle, 96*Point)
	half := line.Width / 2
	line.X = paper.Width/2 - half*cos/1000 + 20*Point
	line.Y = paper.Height/2 + half*sin/1000 + 20*Point
	return Mark{Line: line, Cos: cos, Sin: sin, Gray: 880}
}

const boldStyle = templates.Bold
