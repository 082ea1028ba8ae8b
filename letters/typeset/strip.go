package typeset

// strip is a part of a document from edge to edge that is never parted. What it holds is placed from its top; X counts from the left edge of
// the paper.
type strip struct {
	before Length // space above it, unless it is the first of its page
	height Length
	keep   bool // no page begins between it and the next
	lines  []Line
	shapes []Shape
	frames []*docFrame
	head   []strip    // what goes above it where it is the first of its page
	turn   *PageBreak // it is no strip, but a new page
	grow   func(height Length) strip
}

// docFrame is a line around strips.
type docFrame struct {
	left, width Length
}

const (
	framePad  = 8 * Point
	frameRule = Point / 2
)

// put adds a strip's contents, down from the top.
func (s *strip) put(from *strip, down Length) {
	for _, line := range from.lines {
		line.Y += down
		s.lines = append(s.lines, line)
	}
	for _, shape := range from.shapes {
		s.shapes = append(s.shapes, shape.moved(down))
	}
}

// moved is the shape further down.
func (s Shape) moved(down Length) Shape {
	if down == 0 {
		return s
	}
	rects, points := make([]Rule, len(s.Rects)), make([]Place, len(s.Points))
	for i, r := range s.Rects {
		r.Y += down
		rects[i] = r
	}
	for i, p := range s.Points {
		p.Y += down
		points[i] = p
	}
	s.Rects, s.Points = rects, points
	return s
}

// pile puts strips one below the other, with the frames around them, into one.
func pile(strips []strip) strip {
	var out strip
	type extent struct {
		frame       *docFrame
		top, bottom Length
	}
	var frames []extent
	for i := range strips {
		s := &strips[i]
		if i > 0 {
			out.height += s.before
		}
		out.put(s, out.height)
		for _, f := range s.frames {
			if n := len(frames); n == 0 || frames[n-1].frame != f {
				frames = append(frames, extent{frame: f, top: out.height})
			}
			frames[len(frames)-1].bottom = out.height + s.height
		}
		out.height += s.height
	}
	for _, e := range frames {
		top, bottom, right := e.top-framePad, e.bottom+framePad, e.frame.left+e.frame.width
		out.shapes = append(out.shapes, Shape{Width: frameRule, Points: []Place{
			{e.frame.left, top}, {right, top}, {right, bottom}, {e.frame.left, bottom}, {e.frame.left, top},
		}})
	}
	return out
}

// heightOf is what strips take one below the other.
func heightOf(strips []strip) Length {
	var h Length
	for i := range strips {
		if i > 0 {
			h += strips[i].before
		}
		h += strips[i].height
	}
	return h
}

// pages puts strips on pages.
func (d *documentSetter) pages(strips []strip) []DocumentPage {
	var pages []DocumentPage
	part := 0 // the first page of the part
	finish := func() {
		for i := part; i < len(pages); i++ {
			d.furnish(&pages[i], i+1-part, len(pages)-part)
		}
		part = len(pages)
	}
	for start := 0; start < len(strips); {
		if turn := strips[start].turn; turn != nil {
			if turn.Restart {
				finish()
			}
			start++
			continue
		}
		letterhead := d.document.Letterhead && len(pages) == 0
		top, room := d.pageRoom(letterhead)
		head := heightOf(strips[start].head)
		end := fillPage(strips, start, room-head)
		page := pile(d.grown(strips[start:end], strips[start].head, room))
		placed := DocumentPage{Letterhead: letterhead, Shapes: make([]Shape, 0, len(page.shapes)), Lines: page.lines}
		for i := range placed.Lines {
			placed.Lines[i].Y += top
		}
		for _, shape := range page.shapes {
			placed.Shapes = append(placed.Shapes, shape.moved(top))
		}
		pages = append(pages, placed)
		start = end
	}
	if len(pages) == 0 {
		pages = append(pages, DocumentPage{Letterhead: d.document.Letterhead})
	}
	finish()
	return pages
}

// grown puts a table's heading above the strips of a page, and gives a strip that takes what is left its height.
func (d *documentSetter) grown(strips, head []strip, room Length) []strip {
	all := append(append(make([]strip, 0, len(head)+len(strips)), head...), strips...)
	for i := range all {
		if all[i].grow != nil {
			before := all[i].before
			all[i] = all[i].grow(all[i].height + room - heightOf(all))
			all[i].before = before
		}
	}
	return all
}

// pageRoom is where the text of a page starts, and its height.
func (d *documentSetter) pageRoom(letterhead bool) (top, room Length) {
	bottom := d.layout.design.Paper.Height - docBottom
	top = docTop
	if letterhead {
		top = d.layout.frame.firstTop - ascentOf(bodySize)
	}
	return top, bottom - top
}

// fillPage returns the strip after the last one of the page that begins with strips[start].
func fillPage(strips []strip, start int, room Length) int {
	used, end := strips[start].height, start+1
	for end < len(strips) && strips[end].turn == nil && used+strips[end].before+strips[end].height <= room {
		used += strips[end].before + strips[end].height
		end++
	}
	if end == len(strips) || strips[end].turn != nil {
		return end
	}
	for i := end; i > start; i-- {
		if !strips[i-1].keep {
			return i
		}
	}
	return end // nothing can be kept together: it is longer than a page
}

// furnish adds what stands around the text: running head, foot and the mark of a specimen.
func (d *documentSetter) furnish(page *DocumentPage, number, count int) {
	l := d.layout
	if l.design.Specimen && !page.Letterhead {
		page.Marks = append(page.Marks, d.specimenMark())
	}
	if number > 1 {
		running := d.document.Running
		if running == "" {
			running = d.document.Title
		}
		for i, line := range d.text(Say(running), way{size: docSmall, measure: d.width}) {
			if i == 0 {
				line.X, line.Y = line.X+d.left, docHead
				page.Lines = append(page.Lines, line)
			}
		}
	}
	pageOf := d.document.PageOf
	if pageOf == nil {
		pageOf = l.pageOf
	}
	y := l.design.Paper.Height - docFoot
	var numberWidth Length
	for _, line := range d.text(Say(pageOf(number, count)), way{size: docSmall, measure: d.width, end: true}) {
		numberWidth = line.Width + rowGap
		line.X, line.Y = line.X+d.left, y
		page.Lines = append(page.Lines, line)
	}
	measure := d.width - numberWidth
	lines := d.text(Say(d.document.Foot), way{size: docSmall, measure: measure})
	for i, line := range lines {
		line.X += d.mirror(0, measure)
		line.Y = y + Length(i+1-len(lines))*docLeading(docSmall)
		page.Lines = append(page.Lines, line)
	}
}
