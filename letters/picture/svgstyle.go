package picture

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// style is what an element inherits, and what it has for itself.
type style struct {
	fill, stroke *Color
	current      Color
	fillEvenOdd  bool
	clipEvenOdd  bool
	strokeWidth  float64
	cap, join    uint8
	miter        float64
	dashes       []float64
	dashPhase    float64
	invisible    bool // visibility
	clips        []Clip

	hidden bool   // display, or no opacity: not inherited, but nothing below is painted either
	clip   string // id of a clipping path, of the element itself
}

func initialStyle() style { return style{fill: &Color{}, strokeWidth: 1, miter: 4} }

// cssRule is a rule of a style sheet with one selector.
type cssRule struct {
	element, class, id string
	weight             int
	declarations       []declaration
}

type declaration struct{ name, value string }

// addSheet reads a style sheet. Selectors are an element, a class, an id, or an element with one of these.
func (r *svgReader) addSheet(n *node) error {
	text := n.text
	for {
		before, rest, ok := strings.Cut(text, "/*")
		if !ok {
			break
		}
		_, after, _ := strings.Cut(rest, "*/")
		text = before + " " + after
	}
	for strings.TrimSpace(text) != "" {
		selectors, rest, ok := strings.Cut(text, "{")
		body, after, ok2 := strings.Cut(rest, "}")
		if !ok || !ok2 || strings.Contains(selectors, "@") {
			return r.refuse(n, "has a style sheet that asks for more than is drawn: "+shortened(strings.TrimSpace(selectors)), "Save it with presentation attributes in place of styles")
		}
		text = after
		for _, selector := range strings.Split(selectors, ",") {
			rule := cssRule{declarations: declarationsOf(body)}
			selector = strings.TrimSpace(selector)
			rest := selector
			if i := strings.IndexAny(rest, ".#"); i >= 0 {
				if rest[i] == '.' {
					rule.class, rule.weight = rest[i+1:], 10
				} else {
					rule.id, rule.weight = rest[i+1:], 100
				}
				rest = rest[:i]
			}
			if rest != "" && rest != "*" {
				rule.element = rest
				rule.weight++
			}
			if selector == "" || strings.ContainsAny(rule.element+rule.class+rule.id, " .#:>+~[]*\t\n") {
				return r.refuse(n, "has a style sheet that asks for more than is drawn: "+shortened(selector), "Save it with presentation attributes in place of styles")
			}
			r.rules = append(r.rules, rule)
		}
	}
	return nil
}

func declarationsOf(text string) []declaration {
	var out []declaration
	for _, part := range strings.Split(text, ";") {
		if name, value, ok := strings.Cut(part, ":"); ok {
			value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
			out = append(out, declaration{strings.ToLower(strings.TrimSpace(name)), value})
		}
	}
	return out
}

// styled gives an element its style: attributes, then the sheet's rules from the weakest to the strongest, then its style attribute.
func (r *svgReader) styled(n *node, s style) (style, error) {
	s.clip, s.hidden = "", false
	var all []declaration
	for _, name := range properties {
		if value, ok := n.attrs[name]; ok {
			all = append(all, declaration{name, strings.TrimSpace(value)})
		}
	}
	classes := strings.Fields(n.attrs["class"])
	for _, weight := range []int{0, 1, 10, 11, 100, 101} {
		for i := range r.rules {
			if rule := &r.rules[i]; rule.weight == weight && rule.matches(n, classes) {
				all = append(all, rule.declarations...)
			}
		}
	}
	all = append(all, declarationsOf(n.attrs["style"])...)
	for _, d := range all {
		if d.name == "color" { // currentColor means it wherever it stands
			if err := r.apply(n, &s, d); err != nil {
				return s, err
			}
		}
	}
	for _, d := range all {
		if err := r.apply(n, &s, d); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (rule *cssRule) matches(n *node, classes []string) bool {
	if rule.element != "" && rule.element != n.name || rule.id != "" && rule.id != n.attrs["id"] {
		return false
	}
	if rule.class == "" {
		return true
	}
	for _, c := range classes {
		if c == rule.class {
			return true
		}
	}
	return false
}

// properties are those that have a bearing on what is drawn here; the others are about text, screens or nothing at all.
var properties = []string{
	"color", "fill", "fill-rule", "fill-opacity", "clip-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
	"stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity", "display", "visibility", "clip-path", "mask", "filter", "mix-blend-mode",
	"marker-start", "marker-mid", "marker-end", "vector-effect", "paint-order",
}

const doFlatten = "Flatten it in the drawing program, or save the logo as PNG"

// apply sets one property.
func (r *svgReader) apply(n *node, s *style, d declaration) (err error) {
	value := d.value
	if value == "inherit" {
		return nil
	}
	number := func(dst *float64) {
		var v float64
		if v, err = r.length(n, value, math.Hypot(r.box[2], r.box[3])/math.Sqrt2); err == nil {
			*dst = v
		}
	}
	choice := func(dst *uint8, names ...string) {
		for i, name := range names {
			if name == value {
				*dst = uint8(i)
				return
			}
		}
		err = r.refuse(n, "has "+d.name+" "+shortened(value), doFlatten)
	}
	switch d.name {
	case "color":
		var c *Color
		if c, err = r.paintOf(n, s, value); c != nil {
			s.current = *c
		}
	case "fill":
		s.fill, err = r.paintOf(n, s, value)
	case "stroke":
		s.stroke, err = r.paintOf(n, s, value)
	case "fill-rule":
		s.fillEvenOdd = value == "evenodd"
	case "clip-rule":
		s.clipEvenOdd = value == "evenodd"
	case "stroke-width":
		number(&s.strokeWidth)
	case "stroke-miterlimit":
		number(&s.miter)
	case "stroke-dashoffset":
		number(&s.dashPhase)
	case "stroke-linecap":
		choice(&s.cap, "butt", "round", "square")
	case "stroke-linejoin":
		choice(&s.join, "miter", "round", "bevel")
	case "stroke-dasharray":
		err = r.dashes(n, s, value)
	case "opacity", "fill-opacity", "stroke-opacity":
		err = r.opacity(n, s, d)
	case "display":
		s.hidden = s.hidden || value == "none"
	case "visibility":
		s.invisible = value == "hidden" || value == "collapse"
	case "clip-path":
		if value != "none" {
			id, ok := reference(value)
			if !ok {
				return r.refuse(n, "is clipped by "+shortened(value), doFlatten)
			}
			s.clip = id
		}
	case "mask", "filter", "marker-start", "marker-mid", "marker-end":
		if value != "none" && value != "" {
			err = r.refuse(n, "has a "+d.name+", which is not drawn", doFlatten)
		}
	case "mix-blend-mode", "vector-effect", "paint-order":
		if value != "normal" && value != "none" {
			err = r.refuse(n, "has "+d.name+" "+shortened(value)+", which is not drawn", doFlatten)
		}
	}
	return err
}

// opacity knows all and nothing. What is between would have to be mixed with what lies under it.
func (r *svgReader) opacity(n *node, s *style, d declaration) error {
	text, percent := strings.CutSuffix(d.value, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if percent {
		v /= 100
	}
	switch {
	case err != nil || v > 0.001 && v < 0.999:
		return r.refuse(n, "is transparent in part ("+d.name+" "+shortened(d.value)+")", "Use full colours: lighter ones look the same on paper; or save the logo as PNG")
	case v >= 0.999:
	case d.name == "opacity":
		s.hidden = true
	case d.name == "fill-opacity":
		s.fill = nil
	default:
		s.stroke = nil
	}
	return nil
}

func (r *svgReader) dashes(n *node, s *style, value string) error {
	s.dashes = nil
	if value == "none" {
		return nil
	}
	numbers, ok := numbersOf(strings.ReplaceAll(value, "px", " "))
	if !ok || len(numbers) > 32 {
		return r.refuse(n, "has stroke-dasharray "+shortened(value), "Convert strokes to paths")
	}
	var sum float64
	for _, v := range numbers {
		if v < 0 {
			return r.refuse(n, "has stroke-dasharray "+shortened(value), "Convert strokes to paths")
		}
		sum += v
	}
	if sum > 0 {
		s.dashes = numbers
	}
	return nil
}

// paintOf reads a colour; nil is none.
func (r *svgReader) paintOf(n *node, s *style, value string) (*Color, error) {
	lower := strings.ToLower(value)
	switch {
	case lower == "none" || lower == "transparent":
		return nil, nil
	case lower == "currentcolor":
		c := s.current
		return &c, nil
	case strings.HasPrefix(lower, "url("):
		return r.gradient(n, value)
	}
	if c, ok := colorOf(lower); ok {
		return &c, nil
	}
	return nil, r.refuse(n, "has the colour "+shortened(value), "Write it as #rrggbb")
}

// gradient takes a gradient that is one colour for that colour, and refuses the others.
func (r *svgReader) gradient(n *node, value string) (*Color, error) {
	id, _ := reference(value)
	target := r.ids[id]
	for range 8 { // a gradient may have its stops from another
		if target == nil || len(target.kids) > 0 {
			break
		}
		target = r.ids[strings.TrimPrefix(target.attrs["href"], "#")]
	}
	if target == nil {
		return nil, r.refuse(n, "is painted with "+shortened(value)+", which is not in it", "Save it again as plain SVG")
	}
	if target.name == "pattern" {
		return nil, r.refuse(n, "is painted with a pattern, which is not drawn", doFlatten)
	}
	var only *Color
	for _, stop := range target.kids {
		c, plain := stopColor(stop)
		if !plain || only != nil && *only != c {
			return nil, r.refuse(n, "has a gradient, which is not drawn", "Use a version of the logo in flat colours: it prints better, too; or save it as PNG")
		}
		only = &c
	}
	if only == nil {
		return nil, r.refuse(n, "has a gradient without colours", "Save it again as plain SVG")
	}
	return only, nil
}

// stopColor reads the colour of a gradient's stop; false when it is not a plain one.
func stopColor(stop *node) (c Color, plain bool) {
	plain = stop.attrs["class"] == ""
	all := []declaration{{"stop-color", stop.attrs["stop-color"]}, {"stop-opacity", stop.attrs["stop-opacity"]}}
	for _, d := range append(all, declarationsOf(stop.attrs["style"])...) {
		switch {
		case d.value == "":
		case d.name == "stop-color":
			var known bool
			c, known = colorOf(strings.ToLower(d.value))
			plain = plain && known
		case d.name == "stop-opacity":
			plain = plain && (d.value == "1" || d.value == "1.0" || d.value == "100%")
		}
	}
	return c, plain
}

// reference reads url(#id).
func reference(value string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(value), "url(")
	inner, _, ok2 := strings.Cut(inner, ")")
	id, ok3 := strings.CutPrefix(strings.Trim(strings.TrimSpace(inner), `"'`), "#")
	return id, ok && ok2 && ok3
}

// colorOf reads #rgb, #rrggbb, rgb(…) and the names of SVG 1.1, in small letters.
func colorOf(text string) (Color, bool) {
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		v, err := strconv.ParseUint(hex, 16, 32)
		return Color{uint8(v >> 16), uint8(v >> 8), uint8(v)}, err == nil && len(hex) == 6
	}
	if inner, ok := strings.CutPrefix(text, "rgb("); ok {
		parts := strings.FieldsFunc(strings.TrimSuffix(inner, ")"), func(r rune) bool { return r == ',' || r == ' ' })
		if len(parts) != 3 {
			return Color{}, false
		}
		var c [3]uint8
		for i, part := range parts {
			digits, percent := strings.CutSuffix(part, "%")
			v, err := strconv.ParseFloat(digits, 64)
			if err != nil || math.IsNaN(v) {
				return Color{}, false
			}
			if percent {
				v = v * 255 / 100
			}
			c[i] = uint8(math.Floor(max(0, min(255, v)) + 0.5))
		}
		return Color{c[0], c[1], c[2]}, true
	}
	c, ok := colornames.Map[text]
	return Color{c.R, c.G, c.B}, ok
}

// units are the lengths of CSS in pixels, 96 to the inch.
var units = map[string]float64{"": 1, "px": 1, "pt": 96.0 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}

// length reads a length; whole is what a hundred per cent are, 0 where that makes no sense. Nothing is 0.
func (r *svgReader) length(n *node, text string, whole float64) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	end := len(text)
	for end > 0 && (text[end-1] < '0' || text[end-1] > '9') && text[end-1] != '.' {
		end--
	}
	v, err := strconv.ParseFloat(text[:end], 64)
	unit, known := units[text[end:]]
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
	case known:
		return v * unit, nil
	case text[end:] == "%" && whole > 0:
		return v * whole / 100, nil
	}
	return 0, r.refuse(n, "has the length "+shortened(text), "Save it again as plain SVG, in pixels")
}
