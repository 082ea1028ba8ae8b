package press

import (
	"slices"
	"strconv"
	"strings"

	"postbag/letters/typeset"
)

// A slip sheet lies on top of a bundle and says what is in it, for those who print, carry and receive it. From the top: who delivers, what,
// to whom; which bundle it is; the account of the bundle; and at the foot a code beside what to do with all that. In a language
// that reads from right to left the sheet is the mirror of this.
//
// Each of these areas has its place on the paper, whatever stands in it. What is the same on all sheets (head, foot and labels) is set and
// fitted to its area once (slipSheet); a bundle then only sets its numbers, ids and hash. A text that is too long for its area
// is set smaller together with those beside it, and what cannot be read any smaller is cut and ends in an ellipsis.

// Slip is what all slip sheets of a packet say.
type Slip struct {
	Campaign  string
	Sender    string
	Recipient []string // lines
	Reference string   // letter id without its number
	Bundles   int
	Words     SlipWords
	Number    func(n int) string // writes a number as the language does; nil for plain digits
	ListIDs   bool               // the ids of the bundle's letters follow on pages of their own
}

// SlipWords is what slip sheets say beside the bundle's account, in the campaign's language. {a} and {b} stand for numbers. A text that is
// empty is left out.
type SlipWords struct {
	RightToLeft bool   // the sheet begins at the right
	Bundle      string // Bundle {a} of {b}
	To          string // Letters to

	Campaign, Count, First, Last, Group, Groups, Pages, Sheets, Hash string // labels

	Ungrouped   string // a group that has no value
	FromTo      string // {a}, from {first} to {last}: so many groups
	PagesInAll  string // {a} in all, this sheet included
	SheetsInAll string

	Foot     []string // sentences beside the code
	List     string   // heads the ids: Letters of bundle {a} of {b}
	ListNote string   // what a number behind an id is
}

// Measures of the slip sheet, from the top left corner of the paper.
const (
	slipTitle   = 34 * typeset.Point
	slipHead    = 15 * typeset.Point
	slipSize    = 11 * typeset.Point
	slipFoot    = 19 * typeset.Point / 2
	slipLead    = 20 * typeset.Point
	leastSlip   = 11 * typeset.Point / 2 // nothing is set smaller
	slipGap     = 12 * typeset.Point     // between a label and what it is of
	slipLabels  = 38                     // hundredths of the width that labels may take
	longestSlip = 2000                   // characters of a text that are looked at
	ellipsis    = "…"
)

// area is a part of the slip sheet. Lines stand in it from the baseline top down to the baseline bottom.
type area struct {
	left, width, top, bottom typeset.Length
}

// slipSheet is what all slip sheets of a packet have in common, set and in its place. Goroutines share it.
type slipSheet struct {
	rtl    bool
	all    area // the text's width and height on this paper
	head   []typeset.Line
	title  typeset.Length // baseline
	rows   area
	labels map[string][]typeset.Line // by text; Y counts from the first baseline
	values area                      // what stands beside them
	code   area                      // a square
	foot   []typeset.Line
	list   listGrid
}

// slipText is a text of an area.
type slipText struct {
	text string
	bold bool
	size typeset.Length
	over typeset.Length // space above it, beyond its lead
}

// laySlip sets what all slip sheets have in common.
func laySlip(job *Job, setter *typeset.Setter) slipSheet {
	words := &job.Slip.Words
	s := slipSheet{rtl: words.RightToLeft, labels: map[string][]typeset.Line{}}
	left, right := typeset.MM(27), typeset.MM(25)
	if s.rtl {
		left, right = right, left
	}
	s.all = area{left: left, width: job.Paper.Width - left - right, top: typeset.MM(32), bottom: job.Paper.Height - typeset.MM(18)}
	s.title = typeset.MM(96)

	head := s.all
	head.bottom = s.title - slipTitle*6/5
	texts := []slipText{{text: job.Slip.Sender, bold: true, size: slipHead}, {text: words.To, size: slipSize}}
	for i, line := range job.Slip.Recipient {
		texts = append(texts, slipText{text: line, bold: i == 0, size: slipSize})
	}
	s.head = s.fit(setter, texts, head)

	// A module of a code of 41 is then 1.2 mm, which a camera reads from an arm's length and a scanner at any resolution. The gap has
	// room for the white around it.
	side, gap := typeset.MM(50), typeset.MM(11)
	s.code = area{left: s.all.left + s.all.width - side, width: side, top: s.all.bottom - side, bottom: s.all.bottom}
	foot := area{left: s.all.left, width: s.all.width - side - gap, top: s.code.top + ascent(slipFoot), bottom: s.code.bottom}
	if s.rtl {
		s.code.left, foot.left = s.all.left, s.all.left+side+gap
	}
	texts = texts[:0]
	for i, sentence := range words.Foot {
		t := slipText{text: sentence, size: slipFoot}
		if i > 0 {
			t.over = slipFoot / 2
		}
		texts = append(texts, t)
	}
	s.foot = s.fit(setter, texts, foot)

	s.rows = area{left: s.all.left, width: s.all.width, top: typeset.MM(110), bottom: s.code.top - gap}
	s.layLabels(setter, words)
	if job.Slip.ListIDs {
		s.list = layList(job, setter, s.all)
	}
	return s
}

// layLabels sets the labels and gives what stands beside them the rest of the width.
func (s *slipSheet) layLabels(setter *typeset.Setter, words *SlipWords) {
	var widest typeset.Length
	most := s.rows.width * slipLabels / 100
	for _, text := range []string{words.Campaign, words.Count, words.First, words.Last, words.Group, words.Groups, words.Pages, words.Sheets, words.Hash} {
		lines := s.shorten(setter, slipText{text: text, size: slipSize}, most, 2)
		for i := range lines {
			lines[i].Y = typeset.Length(i) * slipLead
			widest = max(widest, lines[i].Width)
		}
		s.labels[text] = lines
	}
	s.values = s.rows
	s.values.width -= widest + slipGap
	if !s.rtl {
		s.values.left += widest + slipGap
	}
}

// ascent is how far capitals of a size reach above their baseline.
func ascent(size typeset.Length) typeset.Length { return size * 2 / 3 }

// leadOf is the distance of lines of a size.
func leadOf(size typeset.Length) typeset.Length { return size * 4 / 3 }

// fit sets texts one below the other into an area: smaller, if they do not fit, and cut, if that is not enough.
func (s *slipSheet) fit(setter *typeset.Setter, texts []slipText, a area) []typeset.Line {
	const whole, step, least = 100, 5, 55
	for percent := whole; ; percent -= step {
		sets := make([][]typeset.Line, len(texts))
		scaled := slices.Clone(texts)
		for i := range scaled {
			t := &scaled[i]
			t.size, t.over = max(leastSlip, t.size*typeset.Length(percent)/whole), t.over*typeset.Length(percent)/whole
			sets[i] = setter.Lines(bounded(t.text), t.bold, t.size, a.width)
		}
		lines, fits := s.stack(sets, scaled, a)
		for !fits && percent <= least { // the text with the most lines gives one up until all fit
			longest := 0
			for i := range sets {
				if len(sets[i]) > len(sets[longest]) {
					longest = i
				}
			}
			if len(sets) == 0 || len(sets[longest]) <= 1 {
				break
			}
			sets[longest] = s.shorten(setter, scaled[longest], a.width, len(sets[longest])-1)
			lines, fits = s.stack(sets, scaled, a)
		}
		if fits || percent <= least {
			return lines
		}
	}
}

// stack puts lines one below the other into an area, and tells whether they end within it.
func (s *slipSheet) stack(sets [][]typeset.Line, texts []slipText, a area) ([]typeset.Line, bool) {
	var out []typeset.Line
	y := a.top
	for i, lines := range sets {
		for k := range lines {
			if len(out) > 0 {
				y += leadOf(lines[k].Size)
				if k == 0 {
					y += texts[i].over
				}
			}
			line := lines[k]
			line.X, line.Y = s.start(a, line.Width), y
			out = append(out, line)
		}
	}
	return out, y <= a.bottom
}

// start is where a line of some width begins in an area.
func (s *slipSheet) start(a area, width typeset.Length) typeset.Length {
	if s.rtl {
		return a.left + a.width - width
	}
	return a.left
}

// shorten sets a text in no more than so many lines, and cuts it where it would take more.
func (s *slipSheet) shorten(setter *typeset.Setter, t slipText, measure typeset.Length, most int) []typeset.Line {
	text := bounded(t.text)
	lines := setter.Lines(text, t.bold, t.size, measure)
	if len(lines) <= most {
		return lines
	}
	runes := []rune(text)
	fits, tooLong := 0, len(runes)
	for tooLong-fits > 1 {
		middle := (fits + tooLong) / 2
		if len(setter.Lines(cutAt(runes, middle), t.bold, t.size, measure)) <= most {
			fits = middle
		} else {
			tooLong = middle
		}
	}
	return setter.Lines(cutAt(runes, fits), t.bold, t.size, measure)
}

// cutAt is the start of a text, with an ellipsis.
func cutAt(runes []rune, n int) string { return strings.TrimSpace(string(runes[:n])) + ellipsis }

// bounded cuts a text of which nobody would read the rest.
func bounded(text string) string {
	if len(text) <= longestSlip {
		return text
	}
	if runes := []rune(text); len(runes) > longestSlip {
		return cutAt(runes, longestSlip)
	}
	return text
}

// slip draws the slip sheet. It says only what is known for certain once the letters have been written, so it replaces the master's first
// page at the end.
func (b *bundle) slip(o Order, count Count) error {
	s, words := &b.press.slip, &b.press.job.Slip.Words
	b.canvas.reset()
	if b.press.job.Specimen {
		b.specimenMarks()
	}
	b.drawLines(s.head)
	title := b.numbers(words.Bundle, o.Number, b.press.job.Slip.Bundles)
	b.slipValue(slipText{text: title, bold: true, size: slipTitle}, area{left: s.all.left, width: s.all.width}, s.title)
	b.slipRows(o, count)
	if o.Code != nil && o.Seal != nil {
		if err := b.slipCode(o.Code(o.Seal()), s.code); err != nil {
			return err
		}
	}
	b.drawLines(s.foot)
	b.canvas.end()
	b.writeSlip()
	return nil
}

func (b *bundle) drawLines(lines []typeset.Line) {
	for i := range lines {
		b.canvas.line(&lines[i])
	}
}

// numbers fills the numbers of a pattern.
func (b *bundle) numbers(pattern string, a, of int) string {
	return strings.Replace(strings.Replace(pattern, "{a}", b.number(a), 1), "{b}", b.number(of), 1)
}

func (b *bundle) number(n int) string {
	if write := b.press.job.Slip.Number; write != nil {
		return write(n)
	}
	return strconv.Itoa(n)
}

// slipRows draws the account of the bundle.
func (b *bundle) slipRows(o Order, count Count) {
	job, words := &b.press.job, &b.press.job.Slip.Words
	var hash []string
	if o.Seal != nil {
		for groups := range slices.Chunk(eyeGroups(o.Seal()), 4) {
			hash = append(hash, strings.Join(groups, " "))
		}
	}
	y := b.press.slip.rows.top
	b.slipRow(words.Campaign, &y, job.Slip.Campaign)
	b.slipRow(words.Count, &y, b.number(o.Letters))
	b.slipRow(words.First, &y, LetterID(job.Slip.Reference, o.First))
	b.slipRow(words.Last, &y, LetterID(job.Slip.Reference, o.First+o.Letters-1))
	follow := 2 + max(1, len(hash)) // rows: pages, sheets and the hash
	switch {
	case o.Groups > 1:
		b.slipGroup(words.Groups, b.groups(&o), follow, &y)
	case len(o.Group) > 0:
		b.slipGroup(words.Group, b.group(o.Group), follow, &y)
	}
	b.slipRow(words.Pages, &y, b.numbers(words.PagesInAll, count.Pages, 0))
	b.slipRow(words.Sheets, &y, b.numbers(words.SheetsInAll, count.Sheets, 0))
	b.slipRow(words.Hash, &y, hash...)
}

// slipRow draws a label and beside it what it is of, a line each.
func (b *bundle) slipRow(label string, y *typeset.Length, values ...string) {
	if len(values) == 0 {
		return
	}
	next := *y + b.slipLabel(label, *y)
	for _, value := range values {
		b.slipValue(slipText{text: value, bold: true, size: slipSize}, b.press.slip.values, *y)
		*y += slipLead
	}
	*y = max(*y, next)
}

// slipLabel draws a label and returns its height.
func (b *bundle) slipLabel(label string, y typeset.Length) typeset.Length {
	s := &b.press.slip
	lines := s.labels[label]
	for i := range lines {
		line := lines[i]
		line.X, line.Y = s.start(s.rows, line.Width), y+line.Y
		b.canvas.line(&line)
	}
	return typeset.Length(len(lines)) * slipLead
}

// slipValue draws a text of this bundle on one line, smaller where it is too wide.
func (b *bundle) slipValue(t slipText, a area, y typeset.Length) {
	line := b.setter.Passing(t.text, t.bold, t.size)
	if line.Width > a.width {
		line = b.setter.Passing(t.text, t.bold, t.size*a.width/line.Width)
	}
	line.X, line.Y = b.press.slip.start(a, line.Width), y
	b.canvas.line(&line)
}

// group is what letters have in common, in words.
func (b *bundle) group(group []string) string {
	values := make([]string, len(group))
	for i, value := range group {
		if values[i] = strings.TrimSpace(value); values[i] == "" {
			values[i] = b.press.job.Slip.Words.Ungrouped
		}
	}
	return strings.Join(values, ", ")
}

// groups says how many groups the letters are of, and which. Where that is too long, each of the two names gets half of the room.
func (b *bundle) groups(o *Order) string {
	first, last := []rune(b.group(o.Group)), []rune(b.group(o.LastGroup))
	if most := longestSlip / 8; len(first)+len(last) > 2*most {
		if len(first) > most {
			first = []rune(cutAt(first, most))
		}
		if len(last) > most {
			last = []rune(cutAt(last, most))
		}
	}
	return strings.NewReplacer("{a}", b.number(o.Groups), "{first}", string(first), "{last}", string(last)).Replace(b.press.job.Slip.Words.FromTo)
}

// slipGroup draws the group or groups, in as many lines as the rows that follow leave.
func (b *bundle) slipGroup(label, text string, follow int, y *typeset.Length) {
	s := &b.press.slip
	next := *y + b.slipLabel(label, *y)
	room := s.rows.bottom - *y - typeset.Length(follow)*slipLead
	lead, t := slipLead, slipText{text: bounded(text), bold: true, size: slipSize}
	lines := b.setter.Lines(t.text, t.bold, t.size, s.values.width)
	if typeset.Length(len(lines)-1)*lead > room {
		t.size = slipSize * 3 / 4
		lead = leadOf(t.size)
		lines = s.shorten(b.setter, t, s.values.width, max(1, 1+int(room/lead)))
	}
	for i := range lines {
		line := lines[i]
		line.X, line.Y = s.start(s.values, line.Width), *y+typeset.Length(i)*lead
		b.canvas.line(&line)
	}
	*y = max(next, *y+typeset.Length(len(lines)-1)*lead+slipLead)
}

// EyeGroups parts a hash in hex into groups of eight digits that an eye can compare with those on another sheet.
func EyeGroups(hex string) string { return strings.Join(eyeGroups(hex), " ") }

func eyeGroups(hex string) []string {
	const digits = 8
	var groups []string
	for ; len(hex) > digits; hex = hex[digits:] {
		groups = append(groups, hex[:digits])
	}
	return append(groups, hex)
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
	b.writeFront(frontPage{object: slipPageObject, content: slipContentObject, parent: b.tree.leaves[0].object})
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
