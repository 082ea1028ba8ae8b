package typeset

// Drawing is a drawing in vectors, as wide as the measure: a chart, a box, a struck-out space. Draw is called once, with a [Sketch] for it.
type Drawing struct {
	Height Length
	Draw   func(k *Sketch)
}

// Sketch draws a Drawing. Places are from its top left corner, whatever the direction of the language: what should begin where reading does is
// for the drawing to turn round. Text lies over lines and areas.
type Sketch struct {
	Width, Height Length
	RightToLeft   bool // the language reads from right to left
	d             *documentSetter
	out           *strip
}

func (g Drawing) lay(d *documentSetter) []strip {
	out := strip{before: docSpace, height: g.Height}
	g.Draw(&Sketch{Width: d.width, Height: g.Height, RightToLeft: d.layout.rtl, d: d, out: &out})
	return []strip{out}
}

// Rects fills rectangles in a grey (thousandths, 0 is black), all as one area.
func (k *Sketch) Rects(gray int, rects ...Rule) {
	moved := make([]Rule, len(rects))
	for i, r := range rects {
		r.X += k.d.left
		moved[i] = r
	}
	k.out.shapes = append(k.out.shapes, Shape{Gray: gray, Rects: moved})
}

// Line draws a line of a width from place to place, in a grey.
func (k *Sketch) Line(width Length, gray int, places ...Place) {
	moved := make([]Place, len(places))
	for i, place := range places {
		moved[i] = Place{X: place.X + k.d.left, Y: place.Y}
	}
	k.out.shapes = append(k.out.shapes, Shape{Gray: gray, Width: width, Points: moved})
}

// Anchor says which part of a text stands at its place.
type Anchor uint8

// The anchors: the left end, the middle or the right end.
const (
	AtLeft Anchor = iota
	AtMiddle
	AtRight
)

// Text sets a text on one line, with its baseline at a place.
func (k *Sketch) Text(at Place, anchor Anchor, size Length, t Text) {
	lines := k.d.text(t, way{size: size, measure: 1 << 30})
	if len(lines) == 0 {
		return
	}
	line := lines[0]
	line.X, line.Y = at.X+k.d.left, at.Y
	switch anchor {
	case AtMiddle:
		line.X -= line.Width / 2
	case AtRight:
		line.X -= line.Width
	}
	k.out.lines = append(k.out.lines, line)
}

// TextWidth is how wide a text is on one line.
func (k *Sketch) TextWidth(size Length, t Text) Length {
	lines := k.d.text(t, way{size: size, measure: 1 << 30})
	if len(lines) == 0 {
		return 0
	}
	return lines[0].Width
}
