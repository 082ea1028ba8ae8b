package press

import (
	"fmt"

	"rsc.io/qr/coding"

	"postbag/letters/typeset"
)

// codeLevel lets a code be read with a quarter of it damaged (ISO/IEC 18004, table 8): slip sheets are stamped, stapled and carried about.
const codeLevel = coding.Q

// codeMargin is how many modules of white are around a code (ISO/IEC 18004, 5.3.8).
const codeMargin = 4

// codePlans makes codes. Where their bits belong is the same for all codes of a size, and is found out once. All have mask 0: a hash is as good
// as random, so that none of the eight masks leaves areas of one colour, and a reader takes the mask from the code (ISO/IEC 18004, 7.8).
type codePlans map[coding.Version]*coding.Plan

// encode makes the smallest code that holds a text of capitals, digits, spaces and $%*+-./: (ISO/IEC 18004, 7.4.4).
func (p codePlans) encode(text string) (*coding.Code, error) {
	content := coding.Alpha(text)
	if err := content.Check(); err != nil {
		return nil, fmt.Errorf("the slip sheet's code cannot hold %q: %w", text, err)
	}
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if content.Bits(v) > 8*v.DataBytes(codeLevel) {
			continue
		}
		if p[v] == nil {
			plan, err := coding.NewPlan(v, codeLevel, 0)
			if err != nil {
				return nil, fmt.Errorf("making the slip sheet's code: %w", err)
			}
			p[v] = plan
		}
		return p[v].Encode(content)
	}
	return nil, fmt.Errorf("the slip sheet's code cannot hold %d characters", len(text))
}

// codeGrid is what a module's side is a multiple of: a hundredth of a point, the finest that a PDF of Postbag's says.
const codeGrid = typeset.Point / 100

// slipCode draws a code that fills a square, with the margin of white that it needs around it. Modules are the unit of length while it is
// drawn, so that they are written in few digits; the dark ones of a row that touch are one rectangle.
func (b *bundle) slipCode(text string, a area) error {
	if b.codes == nil {
		b.codes = codePlans{}
	}
	code, err := b.codes.encode(text)
	if err != nil {
		return err
	}
	module := a.width / typeset.Length(code.Size) / codeGrid * codeGrid
	side, quiet := module*typeset.Length(code.Size), codeMargin*module
	left := a.left
	if !b.press.slip.rtl {
		left += a.width - side // its outer edge is the margin's
	}
	c := &b.canvas
	c.end()
	c.op("q 1 g ") // nothing of the page shows through
	c.box(&typeset.Rule{X: left - quiet, Y: a.top - quiet, Width: side + 2*quiet, Height: side + 2*quiet})
	c.op("f 0 g ")
	c.length(module)
	c.op("0 0 ")
	c.length(-module)
	c.length(left)
	c.length(c.height - a.top)
	c.op("cm\n")
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) { // what is beyond the edge is white
				x++
			}
			if x > from {
				c.module(from, y, x-from)
			}
		}
	}
	c.op("f Q\n")
	c.face, c.size = nil, 0 // Q brought back the state before
	return nil
}

// module adds a row of modules to the path. A code has less than two hundred on a side, and most of these numbers have one digit or two.
func (c *canvas) module(x, y, width int) {
	out := c.out
	for _, v := range [...]int{x, y, width} {
		switch {
		case v < 10:
			out = append(out, '0'+byte(v), ' ')
		case v < 100:
			out = append(out, '0'+byte(v/10), '0'+byte(v%10), ' ')
		default:
			out = append(appendInt(out, int64(v)), ' ')
		}
	}
	c.out = append(out, "1 re\n"...)
}
