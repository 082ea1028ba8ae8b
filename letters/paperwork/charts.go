package paperwork

import (
	"strconv"
	"time"

	"postbag/letters/typeset"
)

// Charts are drawn for a laser printer in black: areas in a middle grey that copies well, lines thin but not hair-thin, every number in black. Nothing is
// told by colour. They are drawn from where reading starts: from right to left, time runs to the left and bars grow to the left.

// Measures of charts.
const (
	chartText  = 8 * typeset.Point
	chartGap   = 4 * typeset.Point
	chartLead  = 10 * typeset.Point // from one row of labels to the next
	barPitch   = 13 * typeset.Point
	barHeight  = 8 * typeset.Point
	thinnest   = typeset.Point * 2 / 5 // of what stands for somebody
	gridWidth  = typeset.Point * 3 / 10
	axisWidth  = typeset.Point * 6 / 10
	widestBar  = 34 * typeset.Point // of columns side by side
	timeHeight = 108 * typeset.Point
	manyHeight = 150 * typeset.Point // of many periods: such lists fill more than a page
)

// Greys, in thousandths; 0 is black.
const (
	areaGray = 420
	restGray = 750
	gridGray = 800
)

// chart is a sketch on which x counts from where reading starts.
type chart struct {
	*typeset.Sketch
	size typeset.Length // of what is written
}

func (c chart) rect(gray int, x, y, width, height typeset.Length) {
	if c.RightToLeft {
		x = c.Width - x - width
	}
	c.Rects(gray, typeset.Rule{X: x, Y: y, Width: width, Height: height})
}

func (c chart) rule(width typeset.Length, gray int, x1, y1, x2, y2 typeset.Length) {
	if c.RightToLeft {
		x1, x2 = c.Width-x1, c.Width-x2
	}
	c.Line(width, gray, typeset.Place{X: x1, Y: y1}, typeset.Place{X: x2, Y: y2})
}

// alignment says which part of a text stands at its place.
type alignment uint8

const (
	atStart alignment = iota
	atMiddle
	atEnd
)

// write sets a text into a room: it is made smaller where it is too wide, and below six points cut.
func (c chart) write(x, y typeset.Length, how alignment, room typeset.Length, text string) {
	size := c.size
	if width := c.TextWidth(size, typeset.Say(text)); width > room && width > 0 {
		size = max(size*room/width, 6*typeset.Point)
		text = c.cut(text, size, room)
	}
	c.text(x, y, how, size, typeset.Say(text))
}

// text sets a text of a size.
func (c chart) text(x, y typeset.Length, how alignment, size typeset.Length, text typeset.Text) {
	anchor := [...]typeset.Anchor{typeset.AtLeft, typeset.AtMiddle, typeset.AtRight}[how]
	if c.RightToLeft {
		x = c.Width - x
		anchor = [...]typeset.Anchor{typeset.AtRight, typeset.AtMiddle, typeset.AtLeft}[how]
	}
	c.Text(typeset.Place{X: x, Y: y}, anchor, size, text)
}

// cut shortens a text to a width, at a character.
func (c chart) cut(text string, size, room typeset.Length) string {
	runes := []rune(text)
	for n := len(runes); n > 0; n-- {
		short := text
		if n < len(runes) {
			short = string(runes[:n]) + "…"
		}
		if c.TextWidth(size, typeset.Say(short)) <= room {
			return short
		}
	}
	return "…"
}

func (c chart) widest(texts []string) (width typeset.Length) {
	for _, text := range texts {
		width = max(width, c.TextWidth(chartText, typeset.Say(text)))
	}
	return width
}

// stepOf is the distance of ticks on an axis to most: one, two or five of a power of ten, so that there are at most so many.
func stepOf(value, ticks int) int {
	for power := 1; ; power *= 10 {
		for _, n := range [...]int{1, 2, 5} {
			if value/(n*power) <= ticks {
				return n * power
			}
		}
	}
}

// bar is one line of a bar chart.
type bar struct {
	label   string
	signers int
	rest    bool // not a group but what is left over
}

// barsHeight is the height of a chart of bars.
func barsHeight(n int) typeset.Length { return typeset.Length(n)*barPitch + chartGap + chartLead }

// drawBars draws bars one below the other: their names before them, their numbers behind them, an axis below.
func drawBars(k *typeset.Sketch, bars []bar, number func(int) string) {
	c := chart{k, chartText}
	most := 1
	var names, numbers []string
	for _, b := range bars {
		most = max(most, b.signers)
		names, numbers = append(names, b.label), append(numbers, number(b.signers))
	}
	left := min(c.widest(names), c.Width/3) + chartGap
	room := c.Width - left - c.widest(numbers) - 2*chartGap
	bottom := typeset.Length(len(bars)) * barPitch
	c.valueAxis(left, room, bottom, most, number)
	for i, b := range bars {
		top := typeset.Length(i)*barPitch + (barPitch-barHeight)/2
		gray := areaGray
		if b.rest {
			gray = restGray
		}
		length := scaled(b.signers, most, room)
		c.rect(gray, left, top, length, barHeight)
		baseline := top + barHeight - typeset.Point*12/10
		c.write(left-chartGap, baseline, atEnd, left-chartGap, b.label)
		c.write(left+length+chartGap, baseline, atStart, c.Width-left-length-chartGap, numbers[i])
	}
	c.rule(axisWidth, 0, left, 0, left, bottom)
}

// scaled is the length that stands for a number of signers; nobody is drawn thinner than can be seen.
func scaled(signers, most int, room typeset.Length) typeset.Length {
	if signers == 0 {
		return 0
	}
	return max(typeset.Length(int64(room)*int64(signers)/int64(most)), thinnest)
}

// valueAxis draws the grid of a bar chart and its numbers, as many as have room.
func (c chart) valueAxis(left, room, bottom typeset.Length, most int, number func(int) string) {
	step := stepOf(most, 5)
	for step < most && scaled(step, most, room) < c.widest([]string{number(most / step * step)})+2*chartGap {
		step = stepOf(most, most/step-1)
	}
	for value := 0; value <= most; value += step {
		x := left + typeset.Length(int64(room)*int64(value)/int64(most))
		c.rule(gridWidth, gridGray, x, 0, x, bottom+chartGap/2)
		c.write(x, bottom+chartLead, atMiddle, room, number(value))
	}
}

// drawTimeline draws periods side by side as columns, with their number at the side and the days, months or years below.
func drawTimeline(k *typeset.Sketch, l *timeline, w *calendar) {
	c := chart{k, chartText}
	n := len(l.periods)
	most := 1
	for _, p := range l.periods {
		most = max(most, p.signers)
	}
	step := stepOf(most, 5)
	top := (most + step - 1) / step * step
	left := c.widest([]string{w.amount(top), w.amount(step)}) + 2*chartGap
	room, bottom := c.Width-left, c.Height-2*chartLead-chartGap
	above := chartText / 2 // half of the highest number
	for value := 0; value <= top; value += step {
		y := bottom - typeset.Length(int64(bottom-above)*int64(value)/int64(top))
		if value > 0 {
			c.rule(gridWidth, gridGray, left, y, c.Width, y)
		}
		c.write(left-chartGap, y+chartText*7/20, atEnd, left, w.amount(value))
	}
	place := func(i int) typeset.Length { return left + room*typeset.Length(i)/typeset.Length(n) }
	for i, p := range l.periods {
		if !p.shown() {
			continue
		}
		pitch := place(i+1) - place(i)
		width := min(pitch*4/5, widestBar)
		height := scaled(p.signers, top, bottom-above)
		c.rect(areaGray, place(i)+(pitch-width)/2, bottom-height, width, height)
	}
	c.rule(axisWidth, 0, left, bottom, c.Width, bottom)
	c.timeLabels(l, w, bottom, place)
}

// timeLabels writes two rows below the columns: days of the month above months, months above years, or years alone.
func (c chart) timeLabels(l *timeline, w *calendar, bottom typeset.Length, place func(int) typeset.Length) {
	pitch := place(1) - place(0)
	stride := c.stride(l, w, pitch)
	for i, p := range l.periods {
		n := i
		if l.unit == month {
			n = int(p.first.Month() - 1)
		}
		switch {
		case stride == 0 || n%stride > 0:
		case stride == 1:
			c.write((place(i)+place(i+1))/2, bottom+chartLead, atMiddle, pitch, w.tick(l.unit, p.first))
		default: // wider than its column: it stands beside the mark of a month or a year, where the chart does not end before
			text := w.tick(l.unit, p.first)
			if x := place(i) + chartGap/2; x+c.TextWidth(c.size, typeset.Say(text)) <= c.Width {
				c.write(x, bottom+chartLead, atStart, typeset.Length(stride)*pitch, text)
			}
		}
	}
	var marks []timeMark
	for i, p := range l.periods {
		text := w.mark(l, i)
		if text == "" {
			continue
		}
		m := timeMark{x: place(i), end: place(i) + c.TextWidth(chartText, typeset.Say(text)) + 2*chartGap, text: text}
		if n := len(marks); n > 0 && marks[n-1].end > m.x {
			if n > 1 { // there is no room for this one
				continue
			}
			marks = marks[:0] // the first period is the end of a month: the month behind it is the better mark
			m.text = w.fullMark(l.unit, p.first)
			m.end = place(i) + c.TextWidth(chartText, typeset.Say(m.text)) + 2*chartGap
		}
		marks = append(marks, m)
	}
	for _, m := range marks {
		c.rule(gridWidth, 0, m.x, bottom, m.x, bottom+2*chartLead+chartGap/2)
		if m.end <= c.Width+chartGap*3/2 {
			c.write(m.x+chartGap/2, bottom+2*chartLead, atStart, c.Width-m.x, m.text)
		}
	}
}

// timeMark is a month or a year below the axis.
type timeMark struct {
	x, end typeset.Length
	text   string
}

// stride is how many periods lie from one label of the first row to the next: as few as there is room for, and 0 where there is none.
func (c chart) stride(l *timeline, w *calendar, pitch typeset.Length) int {
	var labels []string
	for _, p := range l.periods[:min(len(l.periods), 62)] {
		labels = append(labels, w.tick(l.unit, p.first))
	}
	widest := c.widest(labels) + chartGap
	strides := map[unit][]int{day: {1, 2, 5, 7, 14}, week: {1, 2, 4, 8, 13}, month: {1, 2, 3, 6, 12}, year: {1, 2, 5, 10, 20, 50}}[l.unit]
	for _, stride := range strides {
		if typeset.Length(stride)*pitch >= widest {
			return stride
		}
	}
	return 0
}

// calendar writes numbers and dates as the document's language does.
type calendar struct {
	amount func(int) string        // 1,234
	plain  func(int) string        // 2026
	date   func(time.Time) string  // 1 October 2026
	month  func(time.Month) string // October
	short  func(time.Month) string // Oct
}

func (w *words) calendar() *calendar {
	return &calendar{
		amount: w.Number, date: w.Date,
		plain: func(n int) string { return w.tongue.Digits(strconv.Itoa(n)) },
		month: func(m time.Month) string { return w.tongue.Month(m, false) },
		short: func(m time.Month) string { return w.tongue.Month(m, true) },
	}
}

// tick is the label of a period in the first row.
func (w *calendar) tick(u unit, t time.Time) string {
	switch u {
	case month:
		return w.short(t.Month())
	case year:
		return w.plain(t.Year())
	}
	return w.plain(t.Day())
}

// mark is the label in the second row where a period begins a month or a year that the one before is not in; "" where it does not.
func (w *calendar) mark(l *timeline, i int) string {
	t := l.periods[i].first
	switch {
	case l.unit == year:
		return ""
	case i == 0:
		return w.fullMark(l.unit, t)
	}
	before := l.periods[i-1].first
	switch {
	case before.Year() != t.Year():
		return w.fullMark(l.unit, t)
	case l.unit != month && before.Month() != t.Month():
		return w.short(t.Month())
	}
	return ""
}

// fullMark is a mark with its year.
func (w *calendar) fullMark(u unit, t time.Time) string {
	if u == month {
		return w.plain(t.Year())
	}
	return w.short(t.Month()) + " " + w.plain(t.Year())
}

// name is what a table calls a period.
func (w *calendar) name(u unit, p period) string {
	switch u {
	case month:
		return w.month(p.first.Month()) + " " + w.plain(p.first.Year())
	case year:
		return w.plain(p.first.Year())
	}
	return w.date(p.first)
}
