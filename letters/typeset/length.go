package typeset

// Length is a distance on paper in thousandths of a point (1/72000 inch).
type Length int

// Units of length.
const (
	Point Length = 1000
	Inch  Length = 72 * Point
)

// MM is a length in millimetres, to the nearest thousandth of a point.
func MM(mm float64) Length {
	v := mm * float64(Inch) / 25.4
	if v < 0 {
		return Length(v - 0.5)
	}
	return Length(v + 0.5)
}

// Points gives the length in points (1/72 inch), the unit of a PDF page.
func (l Length) Points() float64 { return float64(l) / float64(Point) }

// Em is a distance in 1/65536 of the font size, so that shaped words can be kept without a size.
type Em int32

const wholeEm Em = 1 << 16

// At gives the distance at a font size, to the nearest thousandth of a point.
func (e Em) At(size Length) Length {
	v := int64(e) * int64(size)
	return Length((v + 1<<15) >> 16)
}

// Paper is a sheet in portrait.
type Paper struct {
	Name          string
	Width, Height Length
}

// Papers lists the sheets that letters are printed on (ISO 216; ANSI/ASME Y14.1 size A).
func Papers() []Paper {
	return []Paper{
		{Name: "a4", Width: MM(210), Height: MM(297)},
		{Name: "letter", Width: MM(215.9), Height: MM(279.4)},
	}
}

// PaperNamed finds a sheet by the name the campaign gives.
func PaperNamed(name string) (Paper, bool) {
	for _, p := range Papers() {
		if p.Name == name {
			return p, true
		}
	}
	return Paper{}, false
}
