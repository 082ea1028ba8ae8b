package press

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/jung-kurt/gofpdf"

	"postbag/letters/picture"
	"postbag/letters/typeset"
)

// A picture made of pixels is an image XObject that gofpdf writes into the master, once; what draws it names it. A picture made of outlines
// is drawn where it stands: as paths, in the piece that it belongs to, which is a form XObject and in the master as well.

// pictureUse is an image of the master.
type pictureUse struct {
	picture *picture.Picture
	name    string // of the resource, as gofpdf gives it
	object  int
}

// addPictures registers the images of a piece.
func (m *master) addPictures(pdf *gofpdf.Fpdf, p *typeset.Piece) error {
	for _, placed := range p.Pictures {
		if placed.Picture.Pixels == nil || m.pictureName(placed.Picture) != "" {
			continue
		}
		probe := pdf.CreateTemplate(func(t *gofpdf.Tpl) {
			registerPicture(t, placed.Picture)
			t.ImageOptions(placed.Picture.SHA256, 0, 0, 10, 10, false, gofpdf.ImageOptions{}, 0, "")
		})
		name := imageOperator.FindSubmatch(probe.Bytes())
		if name == nil {
			return fmt.Errorf("making the master: gofpdf does not take the logo")
		}
		m.pictures = append(m.pictures, pictureUse{picture: placed.Picture, name: string(name[1])})
	}
	return nil
}

var imageOperator = regexp.MustCompile(`/(I[0-9a-f]{40}) Do`)

// registerPicture makes an image a resource of a template.
func registerPicture(t *gofpdf.Tpl, p *picture.Picture) {
	kind := "png"
	if p.Pixels.JPEG {
		kind = "jpg"
	}
	t.RegisterImageOptionsReader(p.SHA256, gofpdf.ImageOptions{ImageType: kind}, bytes.NewReader(p.Pixels.Data))
}

// pictureName makes the master, and below the bundle, know the images of their pieces.
func (m *master) pictureName(p *picture.Picture) string {
	for _, use := range m.pictures {
		if use.picture == p {
			return use.name
		}
	}
	return ""
}

func (b *bundle) pictureName(p *picture.Picture) string { return b.master.pictureName(p) }

// picture draws a picture where it is placed; nothing of it shows outside of that.
func (c *canvas) picture(p *typeset.PlacedPicture) {
	c.end()
	if p.Picture.Pixels != nil {
		c.op("q ")
		c.length(p.Width)
		c.op("0 0 ")
		c.length(p.Height)
		c.length(p.X)
		c.length(c.height - p.Y - p.Height)
		c.op("cm /")
		c.op(c.fonts.pictureName(p.Picture))
		c.op(" Do Q\n")
		return
	}
	c.op("q ")
	c.length(p.X)
	c.length(c.height - p.Y - p.Height)
	c.length(p.Width)
	c.length(p.Height)
	c.op("re W n\n")
	o := outlines{canvas: c, placed: p}
	for i := range p.Picture.Shapes {
		o.shape(&p.Picture.Shapes[i])
	}
	c.op("Q\n")
}

// outlines draws shapes into the place of their picture.
type outlines struct {
	*canvas
	placed *typeset.PlacedPicture
}

// scale brings a distance in the picture's units to the page.
func (o *outlines) scale(v int) typeset.Length {
	return typeset.Length((int64(v)*int64(o.placed.Width) + int64(o.placed.Picture.Width)/2) / int64(o.placed.Picture.Width))
}

func (o *outlines) shape(s *picture.Shape) {
	if len(s.Clips) > 0 || s.Stroke != nil {
		o.op("q\n")
		defer o.op("Q\n")
	}
	for i := range s.Clips {
		o.path(s.Clips[i].Path)
		if s.Clips[i].EvenOdd {
			o.op("W* n\n")
		} else {
			o.op("W n\n")
		}
	}
	if s.Fill != nil {
		o.color(*s.Fill, "g\n", "rg\n")
	}
	if s.Stroke != nil {
		o.stroke(s.Stroke)
	}
	o.path(s.Path)
	o.op(paintOperator(s))
}

// paintOperator is the operator that paints the path (ISO 32000-1, table 60).
func paintOperator(s *picture.Shape) string {
	switch {
	case s.Stroke == nil && s.EvenOdd:
		return "f*\n"
	case s.Stroke == nil:
		return "f\n"
	case s.Fill == nil:
		return "S\n"
	case s.EvenOdd:
		return "B*\n"
	}
	return "B\n"
}

func (o *outlines) path(path []picture.Segment) {
	for i := range path {
		segment := &path[i]
		points := 0
		switch segment.Op {
		case 'M', 'L':
			points = 1
		case 'C':
			points = 3
		}
		for _, p := range segment.Points[:points] {
			o.length(o.placed.X + o.scale(p.X))
			o.length(o.height - o.placed.Y - o.scale(p.Y))
		}
		o.op(pathOperators[segment.Op])
	}
}

// pathOperators build paths (ISO 32000-1, table 59).
var pathOperators = map[byte]string{'M': "m\n", 'L': "l\n", 'C': "c\n", 'Z': "h\n"}

func (o *outlines) stroke(s *picture.Stroke) {
	o.color(s.Color, "G\n", "RG\n")
	o.length(o.scale(s.Width))
	o.op("w ")
	o.out = appendInt(o.out, int64(s.Cap))
	o.op(" J ")
	o.out = appendInt(o.out, int64(s.Join))
	o.op(" j ")
	o.thousandths(max(s.Miter, 1000))
	o.op("M\n")
	if len(s.Dashes) > 0 {
		o.op("[")
		for _, d := range s.Dashes {
			o.length(o.scale(d))
		}
		o.op("] ")
		o.length(o.scale(s.Phase))
		o.op("d\n")
	}
}

// color sets a colour: grey, black above all, as grey, so that it is printed with one ink.
func (o *outlines) color(c picture.Color, gray, rgb string) {
	o.thousandths((int(c.R)*1000 + 127) / 255)
	if c.R == c.G && c.G == c.B {
		o.op(gray)
		return
	}
	o.thousandths((int(c.G)*1000 + 127) / 255)
	o.thousandths((int(c.B)*1000 + 127) / 255)
	o.op(rgb)
}
