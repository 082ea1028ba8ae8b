package press

import (
	"postbag/letters/typeset"
)

// Operators of Type 2 charstrings (Adobe Technical Note 5177, appendix A).
const (
	opVMoveTo    = 4
	opRLineTo    = 5
	opHLineTo    = 6
	opVLineTo    = 7
	opRRCurveTo  = 8
	opEndChar    = 14
	opRMoveTo    = 21
	opHMoveTo    = 22
	opVVCurveTo  = 26
	opHHCurveTo  = 27
	opVHCurveTo  = 30
	opHVCurveTo  = 31
	opShortInt   = 28
	maxOperands  = 48 // on the stack of a reader
	noOp         = 0
	widthOperand = 1 // of those, one is the width's
)

// charstring writes a glyph as a Type 2 charstring: the program of its outline, without hints, in thousandths of an em. Hints serve screens
// of few pixels. Steps of one kind share an operator as far as the stack goes.
type charstring struct {
	code     []byte
	operands []byte // of the operator to come
	count    int
	op       byte
	x, y     int32
}

// appendCharstring appends the charstring of an outline to dst. extra is the width less nominalWidthX; hasWidth is false where the
// width is defaultWidthX.
func appendCharstring(dst []byte, steps []typeset.PathStep, extra int32, hasWidth bool) []byte {
	c := charstring{code: dst}
	if hasWidth {
		c.push(extra) // the first operator of a glyph takes it (chapter 3.1)
	}
	for i, s := range steps {
		switch s.Op {
		case typeset.MoveTo:
			c.moveTo(s.Points[0])
		case typeset.LineTo:
			if !closes(steps, i) {
				c.lineTo(s.Points[0])
			}
		case typeset.CurveTo:
			c.curveTo(s.Points)
		}
	}
	c.finish()
	return append(append(c.code, c.operands...), opEndChar)
}

// closes tells whether a straight step just goes back to where its contour began: contours are closed anyway.
func closes(steps []typeset.PathStep, i int) bool {
	if i+1 < len(steps) && steps[i+1].Op != typeset.MoveTo {
		return false
	}
	for k := i; k >= 0; k-- {
		if steps[k].Op == typeset.MoveTo {
			return steps[k].Points[0] == steps[i].Points[0]
		}
	}
	return false
}

func (c *charstring) push(v int32) {
	c.operands = appendOperand(c.operands, v)
	c.count++
}

// finish writes the operator that is being gathered.
func (c *charstring) finish() {
	if c.op != noOp {
		c.code = append(append(c.code, c.operands...), c.op)
		c.operands, c.count, c.op = c.operands[:0], 0, noOp
	}
}

// gather readies an operator for n operands more: the one that is open, where may says that it takes them.
func (c *charstring) gather(op byte, n int, may bool) {
	if c.op == noOp {
		c.op = op // with the width on the stack, perhaps
		return
	}
	if !may || c.count+n > maxOperands-widthOperand {
		c.finish()
		c.op = op
	}
}

func (c *charstring) moveTo(p typeset.PathPoint) {
	dx, dy := p.X-c.x, p.Y-c.y
	c.x, c.y = p.X, p.Y
	c.finish()
	switch {
	case dy == 0:
		c.push(dx)
		c.op = opHMoveTo
	case dx == 0:
		c.push(dy)
		c.op = opVMoveTo
	default:
		c.push(dx)
		c.push(dy)
		c.op = opRMoveTo
	}
	c.finish()
}

// lineTo writes lines: level and upright ones in turn share an operator, whose first operand says which it begins with.
func (c *charstring) lineTo(p typeset.PathPoint) {
	dx, dy := p.X-c.x, p.Y-c.y
	c.x, c.y = p.X, p.Y
	level, upright := c.next()
	switch {
	case dx == 0 && dy == 0:
	case dy == 0:
		c.gather(opHLineTo, 1, level)
		c.push(dx)
	case dx == 0:
		c.gather(opVLineTo, 1, upright)
		c.push(dy)
	default:
		c.gather(opRLineTo, 2, c.op == opRLineTo)
		c.push(dx)
		c.push(dy)
	}
}

// next tells which line the open operator would draw next.
func (c *charstring) next() (level, upright bool) {
	even := c.count%2 == 0
	switch c.op {
	case opHLineTo:
		return even, !even
	case opVLineTo:
		return !even, even
	}
	return false, false
}

// curveTo writes curves: those that begin or end level or upright leave out what is nought.
func (c *charstring) curveTo(p [3]typeset.PathPoint) {
	ax, ay := p[0].X-c.x, p[0].Y-c.y
	bx, by := p[1].X-p[0].X, p[1].Y-p[0].Y
	ex, ey := p[2].X-p[1].X, p[2].Y-p[1].Y
	c.x, c.y = p[2].X, p[2].Y
	fours := c.count/4%2 == 0
	var operands [6]int32
	n := 4
	switch {
	case ay == 0 && ex == 0: // level to upright
		c.gather(opHVCurveTo, n, c.op == opHVCurveTo && fours || c.op == opVHCurveTo && !fours)
		operands = [6]int32{ax, bx, by, ey}
	case ax == 0 && ey == 0: // upright to level
		c.gather(opVHCurveTo, n, c.op == opVHCurveTo && fours || c.op == opHVCurveTo && !fours)
		operands = [6]int32{ay, bx, by, ex}
	case ay == 0 && ey == 0:
		c.gather(opHHCurveTo, n, c.op == opHHCurveTo)
		operands = [6]int32{ax, bx, by, ex}
	case ax == 0 && ex == 0:
		c.gather(opVVCurveTo, n, c.op == opVVCurveTo)
		operands = [6]int32{ay, bx, by, ey}
	default:
		n = 6
		c.gather(opRRCurveTo, n, c.op == opRRCurveTo)
		operands = [6]int32{ax, ay, bx, by, ex, ey}
	}
	for _, v := range operands[:n] {
		c.push(v)
	}
}

// appendOperand writes a number of a charstring (chapter 3.2). Outlines keep within a few ems: what does not fit in 16 bits is refused
// before.
func appendOperand(dst []byte, v int32) []byte {
	switch {
	case v >= -107 && v <= 107:
		return append(dst, byte(v+139))
	case v >= 108 && v <= 1131:
		v -= 108
		return append(dst, byte(v>>8)+247, byte(v))
	case v >= -1131 && v <= -108:
		v = -v - 108
		return append(dst, byte(v>>8)+251, byte(v))
	}
	return append(dst, opShortInt, byte(v>>8), byte(v))
}
