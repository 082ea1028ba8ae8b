package typeset

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/cff"
	"github.com/go-text/typesetting/font/opentype"
)

// Drawn tells whether a face's outlines are got by drawing (CFF, CFF2, and variable fonts away from their default) and not
// from a glyf table as it stands.
func (f *Face) Drawn() bool { return f.coords != nil || f.font != nil && !f.hasGlyf() }

func (f *Face) hasOutlines() bool {
	return f.hasGlyf() || f.loader.HasTable(opentype.MustNewTag("CFF ")) || f.loader.HasTable(opentype.MustNewTag("CFF2"))
}

func (f *Face) hasGlyf() bool {
	return f.loader.HasTable(opentype.MustNewTag("glyf")) && f.loader.HasTable(opentype.MustNewTag("loca"))
}

// PathOp is a step of an outline.
type PathOp uint8

// The steps. A contour begins with MoveTo and is closed by a straight line where it does not end at its start.
const (
	MoveTo PathOp = iota
	LineTo
	CurveTo // a cubic Bézier curve: two control points and the end
)

// PathStep is one step of an outline: where it leads, for CurveTo by way of two control points.
type PathStep struct {
	Op     PathOp
	Points [3]PathPoint // the first for MoveTo and LineTo
}

// PathPoint is a point of an outline in thousandths of an em, y upwards: the glyph space of PDF (ISO 32000-1, 9.2.4).
type PathPoint struct{ X, Y int32 }

// Pen draws the outlines of a face. It belongs to one goroutine.
type Pen struct {
	face   *Face
	shaped *font.Face
	cff    *cff.CFF // where the face has that table and names its glyphs
}

// Pen makes a pen for the face.
func (f *Face) Pen() *Pen {
	p := &Pen{face: f, shaped: f.shaped()}
	if table := f.Table("CFF "); table != nil {
		if parsed, err := cff.Parse(table); err == nil && parsed.GlyphName(1) != "" {
			p.cff = parsed
		}
	}
	return p
}

// Outline appends the outline of a glyph to dst. It fails where the font is damaged.
func (p *Pen) Outline(g GlyphID, dst []PathStep) (steps []PathStep, err error) {
	defer guard(&err)
	outline, ok := p.shaped.GlyphDataOutline(font.GID(g))
	if !ok {
		return dst, p.damaged(g, "it cannot be read")
	}
	if base, accent, shift, ok := p.composed(g); ok {
		if dst, err = p.Outline(base, dst); err != nil {
			return dst, err
		}
		outline, ok = p.shaped.GlyphDataOutline(font.GID(accent))
		if !ok {
			return dst, p.damaged(g, "its accent cannot be read")
		}
		return p.append(dst, g, outline.Segments, shift)
	}
	return p.append(dst, g, outline.Segments, fixedPoint{})
}

func (p *Pen) damaged(g GlyphID, why string) error {
	return fmt.Errorf("the font %s is damaged: glyph %d: %s", p.face.Name, g, why)
}

// outOfBounds is farther than any point of a glyph lies from its origin, in font units.
const outOfBounds = 1 << 17

// fixedPoint is a point in 65536ths of a font unit, the precision of CFF numbers. Arithmetic on it is the same on all machines.
type fixedPoint struct{ x, y int64 }

func (p *Pen) append(dst []PathStep, g GlyphID, segments []opentype.Segment, shift fixedPoint) ([]PathStep, error) {
	var at fixedPoint
	read := func(p opentype.SegmentPoint) fixedPoint {
		return fixedPoint{int64(math.Round(float64(p.X)*65536)) + shift.x, int64(math.Round(float64(p.Y)*65536)) + shift.y}
	}
	for _, s := range segments {
		for _, a := range s.ArgsSlice() {
			if !(math.Abs(float64(a.X)) < outOfBounds && math.Abs(float64(a.Y)) < outOfBounds) {
				return dst, p.damaged(g, "it runs out of all bounds")
			}
		}
		step := PathStep{}
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			at = read(s.Args[0])
			step.Points[0] = p.face.point(at)
		case opentype.SegmentOpLineTo:
			at = read(s.Args[0])
			step.Op, step.Points[0] = LineTo, p.face.point(at)
		case opentype.SegmentOpQuadTo:
			// The cubic that is the same curve has its control points two thirds of the way to the one of the quadratic.
			c, end := read(s.Args[0]), read(s.Args[1])
			step.Op = CurveTo
			step.Points = [3]PathPoint{p.face.point(third(at, c)), p.face.point(third(end, c)), p.face.point(end)}
			at = end
		case opentype.SegmentOpCubeTo:
			c1, c2, end := read(s.Args[0]), read(s.Args[1]), read(s.Args[2])
			step.Op, step.Points = CurveTo, [3]PathPoint{p.face.point(c1), p.face.point(c2), p.face.point(end)}
			at = end
		}
		dst = append(dst, step)
	}
	return dst, nil
}

func third(from, to fixedPoint) fixedPoint {
	return fixedPoint{(from.x + 2*to.x) / 3, (from.y + 2*to.y) / 3}
}

// point rounds to thousandths of an em.
func (f *Face) point(p fixedPoint) PathPoint {
	unit := int64(f.UnitsEm) << 16
	return PathPoint{roundDiv(p.x*1000, unit), roundDiv(p.y*1000, unit)}
}

func roundDiv(v, by int64) int32 {
	if v < 0 {
		return -int32((-v + by/2) / by)
	}
	return int32((v + by/2) / by)
}

// composed tells whether a glyph of a CFF font is another one with an accent, given by the character codes of both (Adobe Technical Note
// 5177, appendix C, on endchar), which go-text passes over. Old fonts have such glyphs.
func (p *Pen) composed(g GlyphID) (base, accent GlyphID, shift fixedPoint, ok bool) {
	if p.cff == nil || int(g) >= len(p.cff.Charstrings) {
		return 0, 0, shift, false
	}
	v, ok := lastOperands(p.cff.Charstrings[g])
	if !ok {
		return 0, 0, shift, false
	}
	n := len(v)
	base, found := p.standardGlyph(v[n-2])
	accent, foundToo := p.standardGlyph(v[n-1])
	return base, accent, fixedPoint{v[n-4], v[n-3]}, found && foundToo && base != g && accent != g
}

// lastOperands reads a charstring that is numbers and endchar: four of them, or five with the width. They are 65536ths.
func lastOperands(code []byte) (operands []int64, ok bool) {
	const endchar, shortInt = 14, 28
	for len(code) > 0 {
		b := code[0]
		switch {
		case b >= 32 && b <= 246:
			operands = append(operands, (int64(b)-139)<<16)
			code = code[1:]
		case b >= 247 && b <= 250 && len(code) > 1:
			operands = append(operands, ((int64(b)-247)*256+int64(code[1])+108)<<16)
			code = code[2:]
		case b >= 251 && b <= 254 && len(code) > 1:
			operands = append(operands, (-(int64(b)-251)*256-int64(code[1])-108)<<16)
			code = code[2:]
		case b == shortInt && len(code) > 2:
			operands = append(operands, int64(int16At(code, 1))<<16)
			code = code[3:]
		case b == 255 && len(code) > 4:
			operands = append(operands, int64(int16At(code, 1))<<16|int64(uint16At(code, 3)))
			code = code[5:]
		default:
			return operands, b == endchar && len(code) == 1 && (len(operands) == 4 || len(operands) == 5)
		}
	}
	return nil, false
}

// standardAccents are the names of the accents in Adobe's StandardEncoding, from code 0xC1 on, and of the letters without a dot.
const standardAccents = "grave acute circumflex tilde macron breve dotaccent dieresis - ring cedilla - hungarumlaut ogonek caron"

// standardGlyph finds the glyph of a code in StandardEncoding: a letter, or an accent.
func (p *Pen) standardGlyph(code int64) (GlyphID, bool) {
	var name string
	switch c := code >> 16; {
	case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		name = string(rune(c))
	case c >= 0xC1 && c <= 0xCF:
		name = strings.Fields(standardAccents)[c-0xC1]
	case c == 0xF5:
		name = "dotlessi"
	case c == ',':
		name = "comma"
	default:
		return 0, false
	}
	for g := range p.cff.Charstrings {
		if p.cff.GlyphName(opentype.GID(g)) == name {
			return GlyphID(g), true
		}
	}
	return 0, false
}
