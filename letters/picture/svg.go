package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// SVG is read in two steps: the file becomes a tree, then the tree is walked and each thing that is painted becomes a Shape, with all
// transforms applied and all styles resolved. Of SVG 1.1 that is what logos are made of: paths and the basic shapes, groups, use and symbol,
// transforms, flat colours, strokes, clipping paths, and style sheets of plain selectors. The rest is refused by name.
//
// Numbers are rounded to whole units in the end, after products have been rounded to float64 one by one, which keeps compilers
// from fusing them and so machines from differing.

// Shape is one thing that is painted. A shape with neither Fill nor Stroke paints nothing and is not made.
type Shape struct {
	Path    []Segment
	Fill    *Color
	EvenOdd bool // the rule by which Path is filled; nonzero otherwise
	Stroke  *Stroke
	Clips   []Clip // it shows only inside all of these
}

// Clip is a path outside of which nothing shows.
type Clip struct {
	Path    []Segment
	EvenOdd bool
}

// Segment is a piece of a path: 'M' and 'L' with one point, 'C' with three, 'Z' with none. Points are in the picture's units, from its
// top left corner, y downwards.
type Segment struct {
	Op     byte
	Points [3]Point
}

// Point is a place in a picture.
type Point struct{ X, Y int }

// Color is an sRGB colour.
type Color struct{ R, G, B uint8 }

// Stroke says how a path is drawn along.
type Stroke struct {
	Color  Color
	Width  int   // in units
	Cap    uint8 // 0 butt, 1 round, 2 square, as in PDF
	Join   uint8 // 0 miter, 1 round, 2 bevel
	Miter  int   // limit, in thousandths
	Dashes []int // in units
	Phase  int
}

// Limits on an SVG.
const (
	maxNodes    = 20_000
	maxDepth    = 64
	maxVisits   = 50_000 // of nodes, by use again and again
	maxSegments = 20_000 // of all that is painted: they stand in every bundle
	unitsAside  = 1 << 20
)

const svgSpace = "http://www.w3.org/2000/svg"

// node is an element of the tree.
type node struct {
	name  string
	line  int
	attrs map[string]string
	text  string // of a style sheet
	kids  []*node
}

// svgReader turns a tree into shapes.
type svgReader struct {
	ids      map[string]*node
	rules    []cssRule
	box      [4]float64 // viewBox
	scale    float64    // units for one of its own
	picture  *Picture
	visits   int
	segments int
}

func decodeSVG(data []byte) (*Picture, error) {
	r := &svgReader{ids: map[string]*node{}}
	root, err := r.parse(data)
	if err != nil {
		return nil, err
	}
	if root.name != "svg" {
		return nil, refuse("the logo is no SVG: it begins with <"+shortened(root.name)+">", doSave)
	}
	if err := r.readBox(root); err != nil {
		return nil, err
	}
	long := max(r.box[2], r.box[3])
	r.scale = unitsAside / long
	r.picture = &Picture{Width: round(r.box[2] * r.scale), Height: round(r.box[3] * r.scale)}
	if r.picture.Width < 1 || r.picture.Height < 1 {
		return nil, refuse("the logo is a line: its width and height are too different", doSave)
	}
	s, err := r.styled(root, initialStyle())
	if err != nil {
		return nil, err
	}
	if err := r.walkKids(root, s, identity, 0); err != nil {
		return nil, err
	}
	if len(r.picture.Shapes) == 0 {
		return nil, refuse("the logo shows nothing", "Open it in a drawing program, and save it again as plain SVG")
	}
	return r.picture, nil
}

// parse reads the tree, and the style sheets in it.
func (r *svgReader) parse(data []byte) (*node, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "iso-8859-1") {
			return input, nil // of a drawing, ASCII is all that counts
		}
		return nil, fmt.Errorf("its encoding is %s", charset)
	}
	var open []*node
	var root *node
	skipped, nodes := 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := decoder.InputPos()
		if err != nil {
			return nil, &refusal{line, "the logo is no whole SVG: " + err.Error(), "Open it in a drawing program, and save it again as plain SVG"}
		}
		switch t := token.(type) {
		case xml.StartElement:
			if skipped > 0 || t.Name.Space != svgSpace && t.Name.Space != "" {
				skipped++ // what a drawing program keeps for itself
				continue
			}
			if nodes++; nodes > maxNodes || len(open) >= maxDepth {
				return nil, &refusal{line, "the logo is too complex a drawing", "Save a simpler one, or save it as PNG"}
			}
			n := &node{name: t.Name.Local, line: line, attrs: map[string]string{}}
			for _, a := range t.Attr {
				if a.Name.Space == "" || a.Name.Local == "href" {
					n.attrs[a.Name.Local] = a.Value
				}
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.kids = append(parent.kids, n)
			} else if root == nil {
				root = n
			}
			if id := n.attrs["id"]; id != "" && r.ids[id] == nil {
				r.ids[id] = n
			}
			open = append(open, n)
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			n := open[len(open)-1]
			open = open[:len(open)-1]
			if n.name == "style" {
				if err := r.addSheet(n); err != nil {
					return nil, err
				}
			}
		case xml.CharData:
			if skipped == 0 && len(open) > 0 && open[len(open)-1].name == "style" {
				open[len(open)-1].text += string(t)
			}
		}
	}
	if root == nil {
		return nil, refuse("the logo is no SVG: it is empty", doSave)
	}
	return root, nil
}

// readBox finds the part of the plane that is the picture.
func (r *svgReader) readBox(root *node) error {
	if text, ok := root.attrs["viewBox"]; ok {
		numbers, ok := numbersOf(text)
		if !ok || len(numbers) != 4 {
			return r.refuse(root, "has the viewBox "+shortened(text), "Save it again as plain SVG")
		}
		copy(r.box[:], numbers)
	} else {
		for i, name := range []string{"width", "height"} {
			v, err := r.length(root, root.attrs[name], 0)
			if err != nil {
				return err
			}
			r.box[2+i] = v
		}
	}
	if !(r.box[2] > 0 && r.box[3] > 0 && r.box[2] < 1e7 && r.box[3] < 1e7 && math.Abs(r.box[0]) < 1e7 && math.Abs(r.box[1]) < 1e7) {
		return r.refuse(root, "does not say how large it is", "Give it a viewBox, or a width and a height; drawing programs do so")
	}
	return nil
}

// refuse says what is wrong with an element.
func (r *svgReader) refuse(n *node, what, do string) error {
	return &refusal{n.line, "the logo " + what, do}
}

// elements that cannot be drawn faithfully, with what to do.
var refusedElements = map[string]string{
	"text": "Convert text to paths: the drawing program knows which font it meant", "tspan": "Convert text to paths", "textPath": "Convert text to paths",
	"image":         "Save the logo as PNG, or trace the picture in it",
	"foreignObject": "Save it again as plain SVG", "script": "Save it again as plain SVG", "svg": "Ungroup what is inside, or save it as PNG",
	"animate": "Save a still picture", "animateTransform": "Save a still picture", "animateMotion": "Save a still picture", "set": "Save a still picture",
	"mask": "Flatten it, or save the logo as PNG", "pattern": "Flatten it, or save the logo as PNG",
}

// unpainted are elements that paint nothing where they stand.
var unpainted = map[string]bool{
	"defs": true, "title": true, "desc": true, "metadata": true, "style": true, "linearGradient": true, "radialGradient": true, "clipPath": true,
	"symbol": true, "mask": true, "pattern": true, "filter": true, "marker": true, "view": true,
}

func (r *svgReader) walkKids(n *node, s style, m matrix, depth int) error {
	for _, kid := range n.kids {
		if err := r.walk(kid, s, m, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// walk paints an element.
func (r *svgReader) walk(n *node, s style, m matrix, depth int) error {
	if r.visits++; r.visits > maxVisits || depth > maxDepth {
		return r.refuse(n, "uses parts of itself too often", "Save it again as plain SVG, without clones")
	}
	if unpainted[n.name] {
		return nil
	}
	if do, ok := refusedElements[n.name]; ok {
		return r.refuse(n, "holds <"+n.name+">, which is not drawn", do)
	}
	s, err := r.styled(n, s)
	if err != nil || s.hidden {
		return err
	}
	if text := n.attrs["transform"]; text != "" {
		t, ok := transformOf(text)
		if !ok {
			return r.refuse(n, "has the transform "+shortened(text), "Save it again as plain SVG")
		}
		m = m.times(t)
	}
	if s.clip != "" {
		clip, err := r.clipOf(n, s.clip, m)
		if err != nil {
			return err
		}
		s.clips = append(s.clips[:len(s.clips):len(s.clips)], clip)
	}
	switch n.name {
	case "g", "a":
		return r.walkKids(n, s, m, depth)
	case "switch":
		for _, kid := range n.kids {
			if kid.name != "foreignObject" && kid.attrs["requiredExtensions"] == "" {
				return r.walk(kid, s, m, depth+1)
			}
		}
		return nil
	case "use":
		return r.use(n, s, m, depth)
	}
	path, err := r.outline(n, m)
	if err != nil {
		return err
	}
	return r.paint(n, path, s, m)
}

// use paints what another element is.
func (r *svgReader) use(n *node, s style, m matrix, depth int) error {
	id, ok := strings.CutPrefix(n.attrs["href"], "#")
	target := r.ids[id]
	if !ok || target == nil {
		return r.refuse(n, "uses "+shortened(n.attrs["href"])+", which is not in it", "Save it again as plain SVG, without links")
	}
	x, err := r.length(n, n.attrs["x"], r.box[2])
	if err != nil {
		return err
	}
	y, err := r.length(n, n.attrs["y"], r.box[3])
	if err != nil {
		return err
	}
	m = m.times(matrix{1, 0, 0, 1, x, y})
	if target.name != "symbol" {
		return r.walk(target, s, m, depth+1)
	}
	if target.attrs["viewBox"] != "" {
		return r.refuse(n, "uses a symbol with a view of its own", "Save it again as plain SVG, without symbols")
	}
	return r.walkKids(target, s, m, depth+1)
}

// clipOf reads a clipping path: all its shapes together.
func (r *svgReader) clipOf(n *node, reference string, m matrix) (Clip, error) {
	var clip Clip
	target := r.ids[reference]
	if target == nil || target.name != "clipPath" {
		return clip, r.refuse(n, "is clipped by something that is not in it", "Save it again as plain SVG")
	}
	if target.attrs["clipPathUnits"] == "objectBoundingBox" || target.attrs["clip-path"] != "" {
		return clip, r.refuse(target, "has a clipping path of a kind that is not drawn", "Flatten it, or save the logo as PNG")
	}
	if text := target.attrs["transform"]; text != "" {
		t, ok := transformOf(text)
		if !ok {
			return clip, r.refuse(target, "has the transform "+shortened(text), "Save it again as plain SVG")
		}
		m = m.times(t)
	}
	kids := target.kids
	for i := 0; i < len(kids); i++ {
		kid := kids[i]
		if unpainted[kid.name] {
			continue
		}
		own := m
		s, err := r.styled(kid, initialStyle())
		if err != nil {
			return clip, err
		}
		move := kid
		if kid.name == "use" {
			if move = r.ids[strings.TrimPrefix(kid.attrs["href"], "#")]; move == nil {
				return clip, r.refuse(kid, "is clipped by something that is not in it", "Save it again as plain SVG")
			}
		}
		for _, text := range []string{kid.attrs["transform"], map[bool]string{true: move.attrs["transform"]}[move != kid]} {
			if text == "" {
				continue
			}
			t, ok := transformOf(text)
			if !ok {
				return clip, r.refuse(kid, "has the transform "+shortened(text), "Save it again as plain SVG")
			}
			own = own.times(t)
		}
		path, err := r.outline(move, own)
		if err != nil {
			return clip, err
		}
		if s.clipEvenOdd && len(kids) > 1 {
			return clip, r.refuse(kid, "has a clipping path of a kind that is not drawn", "Flatten it, or save the logo as PNG")
		}
		clip.EvenOdd = s.clipEvenOdd
		segments, err := r.rounded(kid, path)
		if err != nil {
			return clip, err
		}
		clip.Path = append(clip.Path, segments...)
	}
	if len(clip.Path) == 0 { // nothing shows
		clip.Path = []Segment{{Op: 'M'}, {Op: 'Z'}}
	}
	return clip, nil
}

// paint makes a shape of a path.
func (r *svgReader) paint(n *node, path []curve, s style, m matrix) error {
	if len(path) == 0 || s.fill == nil && (s.stroke == nil || s.strokeWidth == 0) || s.invisible {
		return nil
	}
	shape := Shape{EvenOdd: s.fillEvenOdd, Clips: s.clips, Fill: s.fill}
	if n.name == "line" {
		shape.Fill = nil
	}
	if s.stroke != nil && s.strokeWidth > 0 {
		scale, ok := m.uniform()
		if !ok {
			return r.refuse(n, "has a line that is stretched more one way than the other", "Convert strokes to paths")
		}
		scale *= r.scale
		shape.Stroke = &Stroke{Color: *s.stroke, Width: max(1, round(s.strokeWidth*scale)), Cap: s.cap, Join: s.join, Miter: round(s.miter * 1000), Phase: round(s.dashPhase * scale)}
		for _, d := range s.dashes {
			shape.Stroke.Dashes = append(shape.Stroke.Dashes, round(d*scale))
		}
		if !(float64(shape.Stroke.Width) <= 4*unitsAside) {
			return r.refuse(n, "has a line wider than itself", "Save it again as plain SVG")
		}
	}
	var err error
	if shape.Path, err = r.rounded(n, path); err != nil {
		return err
	}
	r.picture.Shapes = append(r.picture.Shapes, shape)
	return nil
}

// rounded brings a path into whole units.
func (r *svgReader) rounded(n *node, path []curve) ([]Segment, error) {
	if r.segments += len(path); r.segments > maxSegments {
		return nil, r.refuse(n, fmt.Sprintf("is drawn with more than %d lines and curves", maxSegments), "Save a simpler one, or save it as PNG")
	}
	out := make([]Segment, len(path))
	for i, c := range path {
		out[i].Op = c.op
		for k := range c.points() {
			x, y := (c.at[k].x-r.box[0])*r.scale, (c.at[k].y-r.box[1])*r.scale
			if !(math.Abs(x) < 64*unitsAside && math.Abs(y) < 64*unitsAside) {
				return nil, r.refuse(n, "reaches far beyond its own edges", "Save it again as plain SVG, cut to its page")
			}
			out[i].Points[k] = Point{round(x), round(y)}
		}
	}
	return out, nil
}

func round(v float64) int { return int(math.Floor(v + 0.5)) }

// shortened keeps messages short.
func shortened(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}
