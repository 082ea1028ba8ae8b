package typeset

import "slices"

// The blocks of documents, each as strips.

// linesAsStrips makes a strip of each line, keeping the first two and the last two together. X is where the measure starts.
func linesAsStrips(lines []Line, x, leading Length) []strip {
	strips := make([]strip, len(lines))
	for i, line := range lines {
		line.X += x
		line.Y = baseline(line.Size, leading)
		strips[i] = strip{height: leading, lines: []Line{line}, keep: i == 0 && len(lines) > 1 || i == len(lines)-2}
	}
	return strips
}

// baseline is where a line of a size stands in a strip of a height.
func baseline(size, height Length) Length { return height/2 + size*7/20 }

func (h Heading) lay(d *documentSetter) []strip {
	size, before, after := docTitle, 18*Point, 8*Point
	switch h.Level {
	case 2:
		size, before, after = docSection, 16*Point, 3*Point
	case 3:
		size, before, after = docText, 10*Point, Point
	}
	leading := size * 6 / 5
	strips := linesAsStrips(d.text(h.Text, way{size: size, measure: d.width, style: boldStyle}), d.left, leading)
	for i := range strips {
		strips[i].keep = true
	}
	if n := len(strips); n > 0 {
		strips[0].before = before
		strips[n-1].height += after
	}
	return strips
}

func (p Paragraph) lay(d *documentSetter) []strip {
	size := p.Size
	if size == 0 {
		size = docText
	}
	indent := Length(0)
	if p.Marker != "" {
		indent = docIndent
	}
	leading := docLeading(size)
	measure := d.width - indent
	strips := linesAsStrips(d.text(p.Text, way{size: size, measure: measure, center: p.Center}), d.mirror(indent, measure), leading)
	if len(strips) == 0 {
		return nil
	}
	strips[0].before = docSpace
	if p.Marker != "" {
		strips[0].before = docSpace / 2
		for _, line := range d.text(Say(p.Marker), way{size: size, measure: docIndent}) {
			line.X += d.mirror(0, docIndent)
			line.Y = baseline(size, leading)
			strips[0].lines = append([]Line{line}, strips[0].lines...)
			break
		}
	}
	if p.Keep {
		strips[len(strips)-1].keep = true
	}
	return strips
}

func (s Space) lay(*documentSetter) []strip { return []strip{{before: Length(s), keep: true}} }

func (b PageBreak) lay(*documentSetter) []strip { return []strip{{turn: &b}} }

func (f Facts) lay(d *documentSetter) []strip {
	size := f.Size
	if size == 0 {
		size = docText
	}
	leading := docLeading(size)
	// Labels are set once, on one line, and again only where they are wider than their part.
	var label Length
	labels := make([][]Line, len(f.Rows))
	for i, row := range f.Rows {
		labels[i] = d.text(Say(row.Label), way{size: size, measure: 1 << 30})
		label = max(label, widestLine(labels[i]))
	}
	label = min(label, d.width*2/5)
	for i, row := range f.Rows {
		if widestLine(labels[i]) > label {
			labels[i] = d.text(Say(row.Label), way{size: size, measure: label})
			continue
		}
		for k := range labels[i] {
			if labels[i][k].X = 0; d.layout.rtl {
				labels[i][k].X = label - labels[i][k].Width
			}
		}
	}
	var strips []strip
	for i, row := range f.Rows {
		measure := d.width - label - docGap
		cells := []cell{
			{lines: labels[i], x: d.mirror(0, label)},
			{lines: d.text(row.Value, way{size: size, measure: measure}), x: d.mirror(label+docGap, measure)},
		}
		lines := rowStrips(cells, leading)
		if len(lines) > 0 {
			lines[0].before = 2 * Point
			if i == 0 {
				lines[0].before = docSpace
			}
		}
		strips = append(strips, lines...)
	}
	return strips
}

// cell is the lines of one cell of a row, and where its measure starts.
type cell struct {
	lines []Line
	x     Length
}

// longRow is how many lines a row must have for a page to begin inside it.
const longRow = 9

// rowStrips puts cells side by side, a strip for each line.
func rowStrips(cells []cell, leading Length) []strip {
	count := 0
	for _, c := range cells {
		count = max(count, len(c.lines))
	}
	strips := make([]strip, count)
	for i := range strips {
		s := &strips[i]
		s.height = leading
		s.keep = i < count-1 && (count < longRow || i == 0 || i == count-2)
		for _, c := range cells {
			if i < len(c.lines) {
				line := c.lines[i]
				line.X += c.x
				line.Y = baseline(line.Size, leading)
				s.lines = append(s.lines, line)
			}
		}
	}
	return strips
}

func (f FillIn) lay(d *documentSetter) []strip {
	if len(f.Fields) == 0 {
		return nil
	}
	high := f.Height
	if high == 0 {
		high = MM(11)
	}
	out := strip{before: docSpace, height: high}
	lowest := 1
	for i, box := range d.share(len(f.Fields), func(i int) int { return f.Fields[i].Share }) {
		out.shapes = append(out.shapes, Shape{Rects: []Rule{{X: box.x, Y: high - frameRule, Width: box.width, Height: frameRule}}})
		lines := d.text(Say(f.Fields[i].Label), way{size: docSmall, measure: box.width})
		for k, line := range lines {
			line.X += box.x
			line.Y = high + baseline(docSmall, docLeading(docSmall)) + Length(k)*docLeading(docSmall)
			out.lines = append(out.lines, line)
		}
		lowest = max(lowest, len(lines))
	}
	out.height += Length(lowest) * docLeading(docSmall)
	return []strip{out}
}

// lane is a part of the width on the page.
type lane struct{ x, width Length }

// share parts the width, with gaps between.
func (d *documentSetter) share(count int, shareOf func(i int) int) []lane {
	total := 0
	for i := range count {
		total += max(1, shareOf(i))
	}
	room := d.width - Length(count-1)*docGap
	out := make([]lane, count)
	var x, given Length
	sum := 0
	for i := range out {
		sum += max(1, shareOf(i))
		width := room*Length(sum)/Length(total) - given
		given += width
		out[i] = lane{x: d.mirror(x, width), width: width}
		x += width + docGap
	}
	return out
}

// evenly shares a width out in equal parts.
func evenly(int) int { return 1 }

// tickSide is the side of a box to tick.
const tickSide = 9 * Point

// tickBox draws a box to tick, its middle at y.
func tickBox(x, y Length) Shape {
	top, bottom, right := y-tickSide/2, y+tickSide/2, x+tickSide
	return Shape{Width: frameRule * 3 / 2, Points: []Place{{x, top}, {right, top}, {right, bottom}, {x, bottom}, {x, top}}}
}

func (t Ticks) lay(d *documentSetter) []strip {
	const indent = tickSide + 6*Point
	leading := docLeading(docText)
	measure := d.width - indent
	var strips []strip
	for _, item := range t.Items {
		lines := linesAsStrips(d.text(item, way{size: docText, measure: measure}), d.mirror(indent, measure), leading)
		if len(lines) == 0 {
			lines = []strip{{height: leading}}
		}
		lines[0].before = 4 * Point
		lines[0].shapes = append(lines[0].shapes, tickBox(d.mirror(0, tickSide), leading/2))
		strips = append(strips, lines...)
	}
	return strips
}

func (f Frame) lay(d *documentSetter) []strip {
	frame := &docFrame{left: d.left, width: d.width}
	strips := d.within(d.left+framePad, d.width-2*framePad, f.Blocks)
	if rest := f.Height - heightOf(strips); rest > 0 || len(strips) == 0 {
		strips = append(strips, strip{height: max(rest, 0)})
	}
	for i := range strips {
		strips[i].frames = append(strips[i].frames, frame)
	}
	d.keepTogether(strips)
	strips[0].before = framePad + docSpace
	return append(strips, strip{before: framePad})
}

// keepTogether lets no page begin between strips, unless they take more than a third of one: then some of them go before the break, and no page
// is left half empty.
func (d *documentSetter) keepTogether(strips []strip) {
	if heightOf(strips) > d.layout.design.Paper.Height/3 {
		return
	}
	for i := range strips {
		strips[i].keep = i < len(strips)-1
	}
}

func (t Together) lay(d *documentSetter) []strip {
	strips := d.within(d.left, d.width, t.Blocks)
	d.keepTogether(strips)
	if len(strips) > 0 {
		strips[0].before = docSpace
	}
	return strips
}

func (r *Repeated) lay(d *documentSetter) []strip {
	if r.by != d {
		r.strips, r.by = d.within(d.left, d.width, r.Blocks), d
	}
	return slices.Clone(r.strips)
}

func (c Columns) lay(d *documentSetter) []strip {
	if len(c.Parts) == 0 {
		return nil
	}
	out := strip{before: docSpace}
	for i, box := range d.share(len(c.Parts), evenly) {
		column := pile(d.within(box.x, box.width, c.Parts[i]))
		out.put(&column, 0)
		out.height = max(out.height, column.height)
	}
	return []strip{out}
}

func (c Code) lay(d *documentSetter) []strip {
	if c.Size == 0 {
		return nil
	}
	place := lane{d.left, d.width}
	out := strip{before: docSpace, height: min(leastCode, place.width)}
	out.grow = func(height Length) strip { return c.draw(place, height, d.layout.rtl) }
	return []strip{out}
}

// draw makes the code in some room: at the left of the measure or, from right to left, at its right. The dark modules of a row that touch are one rectangle.
func (c Code) draw(measure lane, height Length, rtl bool) strip {
	modules := Length(c.Size + 2*quietZone)
	module := min(height, measure.width) / modules
	left, side := measure.x, module*modules
	if rtl {
		left += measure.width - side
	}
	out := strip{height: side, shapes: []Shape{
		{Gray: 1000, Rects: []Rule{{X: left, Width: side, Height: side}}}, // nothing of the page shows through
		{},
	}}
	rects := &out.shapes[1].Rects
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Dark(x, y) {
				x++
			}
			if x > from {
				*rects = append(*rects, Rule{
					X: left + Length(quietZone+from)*module, Y: Length(quietZone+y) * module, Width: Length(x-from) * module, Height: module,
				})
			}
		}
	}
	return out
}
