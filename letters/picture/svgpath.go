package picture

import (
	"math"
	"strconv"
	"strings"
)

// spot is a place in the drawing, before it is brought into whole units.
type spot struct{ x, y float64 }

// curve is a piece of a path: M, L, C or Z.
type curve struct {
	op byte
	at [3]spot
}

func (c curve) points() []spot {
	switch c.op {
	case 'M', 'L':
		return c.at[:1]
	case 'C':
		return c.at[:3]
	}
	return nil
}

// matrix is an affine transform: x' = a x + c y + e, y' = b x + d y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) apply(p spot) spot {
	return spot{float64(m.a*p.x) + float64(m.c*p.y) + m.e, float64(m.b*p.x) + float64(m.d*p.y) + m.f}
}

// times is the transform that applies t first.
func (m matrix) times(t matrix) matrix {
	o, x, y := m.apply(spot{t.e, t.f}), m.apply(spot{t.a, t.b}), m.apply(spot{t.c, t.d})
	return matrix{x.x - m.e, x.y - m.f, y.x - m.e, y.y - m.f, o.x, o.y}
}

// uniform tells by how much the transform enlarges, if it does so the same in all directions.
func (m matrix) uniform() (scale float64, ok bool) {
	x, y := math.Hypot(m.a, m.b), math.Hypot(m.c, m.d)
	skew := float64(m.a*m.c) + float64(m.b*m.d)
	return x, math.Abs(x-y) <= 0.005*max(x, y) && math.Abs(skew) <= 0.005*x*y && x > 0
}

// transformOf reads a list of transforms.
func transformOf(text string) (matrix, bool) {
	m := identity
	for text = strings.Trim(text, " ,\t\r\n"); text != ""; text = strings.TrimLeft(text, " ,\t\r\n") {
		name, rest, ok := strings.Cut(text, "(")
		inner, after, ok2 := strings.Cut(rest, ")")
		v, ok3 := numbersOf(inner)
		if !ok || !ok2 || !ok3 {
			return m, false
		}
		t := identity
		sin, cos := 0.0, 1.0
		if name = strings.TrimSpace(name); name == "rotate" && len(v) > 0 {
			sin, cos = math.Sincos(v[0] * math.Pi / 180)
		}
		switch {
		case name == "matrix" && len(v) == 6:
			t = matrix{v[0], v[1], v[2], v[3], v[4], v[5]}
		case name == "translate" && len(v) == 1:
			t.e = v[0]
		case name == "translate" && len(v) == 2:
			t.e, t.f = v[0], v[1]
		case name == "scale" && len(v) == 1:
			t.a, t.d = v[0], v[0]
		case name == "scale" && len(v) == 2:
			t.a, t.d = v[0], v[1]
		case name == "rotate" && len(v) == 1:
			t = matrix{cos, sin, -sin, cos, 0, 0}
		case name == "rotate" && len(v) == 3:
			t = matrix{1, 0, 0, 1, v[1], v[2]}.times(matrix{cos, sin, -sin, cos, 0, 0}).times(matrix{1, 0, 0, 1, -v[1], -v[2]})
		case name == "skewX" && len(v) == 1:
			t.c = math.Tan(v[0] * math.Pi / 180)
		case name == "skewY" && len(v) == 1:
			t.b = math.Tan(v[0] * math.Pi / 180)
		default:
			return m, false
		}
		m, text = m.times(t), after
	}
	return m, true
}

// numbersOf reads numbers apart by commas and spaces.
func numbersOf(text string) ([]float64, bool) {
	p := pathReader{text: text}
	var out []float64
	for p.skip(); p.at < len(p.text); p.skip() {
		v, ok := p.number()
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// outline is the path of a basic shape or a path, transformed.
func (r *svgReader) outline(n *node, m matrix) ([]curve, error) {
	get := map[string]float64{}
	for name, whole := range map[string]float64{
		"x": r.box[2], "y": r.box[3], "width": r.box[2], "height": r.box[3], "rx": r.box[2], "ry": r.box[3], "cx": r.box[2], "cy": r.box[3],
		"r": math.Hypot(r.box[2], r.box[3]) / math.Sqrt2, "x1": r.box[2], "y1": r.box[3], "x2": r.box[2], "y2": r.box[3],
	} {
		if text, ok := n.attrs[name]; ok && text != "auto" {
			v, err := r.length(n, text, whole)
			if err != nil {
				return nil, err
			}
			get[name] = v
		}
	}
	var p pathMaker
	switch n.name {
	case "path":
		reader := pathReader{text: n.attrs["d"]}
		if !reader.read(&p) {
			return nil, r.refuse(n, "has a path that breaks off: "+shortened(reader.text[reader.at:]), "Save it again as plain SVG")
		}
	case "rect":
		p.rect(get["x"], get["y"], get["width"], get["height"], get["rx"], get["ry"], n.attrs["rx"] != "" && n.attrs["rx"] != "auto", n.attrs["ry"] != "" && n.attrs["ry"] != "auto")
	case "circle":
		p.ellipse(get["cx"], get["cy"], get["r"], get["r"])
	case "ellipse":
		p.ellipse(get["cx"], get["cy"], get["rx"], get["ry"])
	case "line":
		p.move(spot{get["x1"], get["y1"]})
		p.line(spot{get["x2"], get["y2"]})
	case "polyline", "polygon":
		v, ok := numbersOf(n.attrs["points"])
		if !ok || len(v)%2 != 0 {
			return nil, r.refuse(n, "has points that are no numbers: "+shortened(n.attrs["points"]), "Save it again as plain SVG")
		}
		for i := 0; i+1 < len(v); i += 2 {
			if i == 0 {
				p.move(spot{v[0], v[1]})
			} else {
				p.line(spot{v[i], v[i+1]})
			}
		}
		if n.name == "polygon" && len(v) > 0 {
			p.close()
		}
	default:
		return nil, r.refuse(n, "holds <"+shortened(n.name)+">, which is not drawn", "Save it again as plain SVG, or as PNG")
	}
	for i := range p.curves {
		for k := range p.curves[i].at {
			p.curves[i].at[k] = m.apply(p.curves[i].at[k])
		}
	}
	return p.curves, nil
}

// pathMaker gathers a path.
type pathMaker struct {
	curves     []curve
	start, now spot
}

func (p *pathMaker) move(to spot) {
	p.curves = append(p.curves, curve{'M', [3]spot{to}})
	p.start, p.now = to, to
}

func (p *pathMaker) line(to spot) {
	p.begin()
	p.curves = append(p.curves, curve{'L', [3]spot{to}})
	p.now = to
}

func (p *pathMaker) cubic(a, b, to spot) {
	p.begin()
	p.curves = append(p.curves, curve{'C', [3]spot{a, b, to}})
	p.now = to
}

func (p *pathMaker) close() {
	p.curves = append(p.curves, curve{op: 'Z'})
	p.now = p.start
}

// begin starts a new part where a closed one goes on.
func (p *pathMaker) begin() {
	if n := len(p.curves); n > 0 && p.curves[n-1].op == 'Z' {
		p.move(p.now)
	}
}

// kappa is how far the control points of a quarter of a circle are out, for a radius of 1.
const kappa = 0.5522847498307936

func (p *pathMaker) ellipse(cx, cy, rx, ry float64) {
	if rx > 0 && ry > 0 {
		p.rect(cx-rx, cy-ry, 2*rx, 2*ry, rx, ry, true, true)
	}
}

func (p *pathMaker) rect(x, y, w, h, rx, ry float64, hasX, hasY bool) {
	if w <= 0 || h <= 0 {
		return
	}
	if !hasX {
		rx = ry
	}
	if !hasY {
		ry = rx
	}
	rx, ry = min(max(rx, 0), w/2), min(max(ry, 0), h/2)
	if rx == 0 || ry == 0 {
		p.move(spot{x, y})
		p.line(spot{x + w, y})
		p.line(spot{x + w, y + h})
		p.line(spot{x, y + h})
		p.close()
		return
	}
	kx, ky := float64(rx*(1-kappa)), float64(ry*(1-kappa))
	p.move(spot{x + rx, y})
	p.line(spot{x + w - rx, y})
	p.cubic(spot{x + w - kx, y}, spot{x + w, y + ky}, spot{x + w, y + ry})
	p.line(spot{x + w, y + h - ry})
	p.cubic(spot{x + w, y + h - ky}, spot{x + w - kx, y + h}, spot{x + w - rx, y + h})
	p.line(spot{x + rx, y + h})
	p.cubic(spot{x + kx, y + h}, spot{x, y + h - ky}, spot{x, y + h - ry})
	p.line(spot{x, y + ry})
	p.cubic(spot{x, y + ky}, spot{x + kx, y}, spot{x + rx, y})
	p.close()
}

// arc draws an elliptical arc as cubic curves of at most a quarter turn (SVG 1.1, F.6.5).
func (p *pathMaker) arc(rx, ry, turn float64, large, sweep bool, to spot) {
	from := p.now
	rx, ry = math.Abs(rx), math.Abs(ry)
	if from == to {
		return
	}
	if rx == 0 || ry == 0 {
		p.line(to)
		return
	}
	sin, cos := math.Sincos(turn * math.Pi / 180)
	dx, dy := (from.x-to.x)/2, (from.y-to.y)/2
	x, y := float64(cos*dx)+float64(sin*dy), float64(cos*dy)-float64(sin*dx)
	if over := float64(x/rx)*float64(x/rx) + float64(float64(y/ry)*float64(y/ry)); over > 1 {
		rx, ry = rx*math.Sqrt(over), ry*math.Sqrt(over)
	}
	a, b := float64(rx*y)*float64(rx*y), float64(ry*x)*float64(ry*x)
	k := 0.0
	if a+b > 0 {
		k = math.Sqrt(max(0, (float64(rx*ry)*float64(rx*ry)-float64(a)-float64(b))/(a+b)))
	}
	if large == sweep {
		k = -k
	}
	ux, uy := float64(k*rx*y/ry), float64(-k*ry*x/rx)
	cx := float64(cos*ux) - float64(sin*uy) + (from.x+to.x)/2
	cy := float64(sin*ux) + float64(cos*uy) + (from.y+to.y)/2
	start := math.Atan2((y-uy)/ry, (x-ux)/rx)
	sweepBy := math.Atan2((-y-uy)/ry, (-x-ux)/rx) - start
	if sweep && sweepBy < 0 {
		sweepBy += 2 * math.Pi
	} else if !sweep && sweepBy > 0 {
		sweepBy -= 2 * math.Pi
	}
	n := max(1, int(math.Ceil(math.Abs(sweepBy)/(math.Pi/2)-1e-9)))
	step := sweepBy / float64(n)
	out := 4.0 / 3 * math.Tan(step/4)
	place := matrix{float64(rx * cos), float64(rx * sin), float64(-ry * sin), float64(ry * cos), cx, cy}
	for i := range n {
		s0, c0 := math.Sincos(start + float64(float64(i)*step))
		s1, c1 := math.Sincos(start + float64(float64(i+1)*step))
		end := place.apply(spot{c1, s1})
		if i == n-1 {
			end = to
		}
		p.cubic(place.apply(spot{c0 - float64(out*s0), s0 + float64(out*c0)}), place.apply(spot{c1 + float64(out*s1), s1 - float64(out*c1)}), end)
	}
}

// pathReader reads path data (SVG 1.1, 8.3).
type pathReader struct {
	text string
	at   int
}

func (r *pathReader) skip() {
	for r.at < len(r.text) && strings.IndexByte(" ,\t\r\n\f", r.text[r.at]) >= 0 {
		r.at++
	}
}

// number reads a number, which may stand right behind another: 1.5.5-2 are three.
func (r *pathReader) number() (float64, bool) {
	r.skip()
	start, dot, digits := r.at, false, false
	if r.at < len(r.text) && (r.text[r.at] == '-' || r.text[r.at] == '+') {
		r.at++
	}
	for ; r.at < len(r.text); r.at++ {
		c := r.text[r.at]
		if c >= '0' && c <= '9' {
			digits = true
		} else if c == '.' && !dot {
			dot = true
		} else {
			break
		}
	}
	if digits && r.at+1 < len(r.text) && (r.text[r.at] == 'e' || r.text[r.at] == 'E') {
		end := r.at + 1
		if r.text[end] == '-' || r.text[end] == '+' {
			end++
		}
		if end < len(r.text) && r.text[end] >= '0' && r.text[end] <= '9' {
			for end < len(r.text) && r.text[end] >= '0' && r.text[end] <= '9' {
				end++
			}
			r.at = end
		}
	}
	v, err := strconv.ParseFloat(r.text[start:r.at], 64)
	return v, digits && err == nil
}

// flag reads a 0 or a 1, which need nothing between them.
func (r *pathReader) flag() (float64, bool) {
	r.skip()
	if r.at < len(r.text) && (r.text[r.at] == '0' || r.text[r.at] == '1') {
		r.at++
		return float64(r.text[r.at-1] - '0'), true
	}
	return 0, false
}

// arguments are how many numbers each command takes.
var arguments = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}

// read follows the commands; false when one of them is not whole.
func (r *pathReader) read(p *pathMaker) bool {
	var command, last byte
	var control spot // of the curve before
	for {
		r.skip()
		if r.at == len(r.text) {
			return true
		}
		if c := r.text[r.at]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			command = c
			r.at++
		} else if command == 0 || command == 'Z' || command == 'z' {
			return false
		}
		upper := command &^ 0x20
		count, known := arguments[upper]
		if !known || last == 0 && upper != 'M' {
			return false
		}
		var v [7]float64
		for i := range count {
			read := r.number
			if upper == 'A' && (i == 3 || i == 4) {
				read = r.flag
			}
			var ok bool
			if v[i], ok = read(); !ok {
				return false
			}
		}
		var base spot
		if command != upper {
			base = p.now
		}
		point := func(i int) spot { return spot{v[i] + base.x, v[i+1] + base.y} }
		reflected := p.now
		if upper == 'S' && (last == 'C' || last == 'S') || upper == 'T' && (last == 'Q' || last == 'T') {
			reflected = spot{2*p.now.x - control.x, 2*p.now.y - control.y}
		}
		switch upper {
		case 'M':
			p.move(point(0))
			command -= 'M' - 'L' // what follows without a letter are lines
		case 'L':
			p.line(point(0))
		case 'H':
			p.line(spot{v[0] + base.x, p.now.y})
		case 'V':
			p.line(spot{p.now.x, v[0] + base.y})
		case 'C':
			control = point(2)
			p.cubic(point(0), control, point(4))
		case 'S':
			control = point(0)
			p.cubic(reflected, control, point(2))
		case 'Q':
			control = point(0)
			p.quadratic(control, point(2))
		case 'T':
			control = reflected
			p.quadratic(control, point(0))
		case 'A':
			p.arc(v[0], v[1], v[2], v[3] != 0, v[4] != 0, point(5))
		case 'Z':
			p.close()
		}
		last = upper
	}
}

func (p *pathMaker) quadratic(c, to spot) {
	from := p.now
	p.cubic(spot{from.x + float64(2*(c.x-from.x)/3), from.y + float64(2*(c.y-from.y)/3)},
		spot{to.x + float64(2*(c.x-to.x)/3), to.y + float64(2*(c.y-to.y)/3)}, to)
}
