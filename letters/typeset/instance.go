package typeset

import (
	"fmt"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// A variable font (OpenType, fvar) is a whole family in one file. A letter wants its regular weight, whatever the file's default is, and
// its bold one. Its other axes stay at their defaults.

// Weights of the wght axis (OpenType, "Registered design-variation axis tags").
const (
	regularWeight = 400
	boldWeight    = 700
)

var weightAxis = opentype.MustNewTag("wght")

// axes reads the axes of a variable font; none for other fonts.
func axes(loader *opentype.Loader) []tables.VariationAxisRecord {
	raw, err := loader.RawTable(opentype.MustNewTag("fvar"))
	if err != nil {
		return nil
	}
	fvar, _, err := tables.ParseFvar(raw)
	if err != nil {
		return nil
	}
	return fvar.Axis
}

// weightOf finds the weight axis.
func weightOf(axes []tables.VariationAxisRecord) (tables.VariationAxisRecord, bool) {
	for _, axis := range axes {
		if axis.Tag == weightAxis && axis.Minimum <= axis.Default && axis.Default <= axis.Maximum {
			return axis, true
		}
	}
	return tables.VariationAxisRecord{}, false
}

// setWeight makes the face the instance of a variable font with that weight, or the nearest there is.
func (f *Face) setWeight(weight float32) {
	axis, ok := weightOf(axes(f.loader))
	if !ok {
		return
	}
	weight = min(max(weight, float32(axis.Minimum)), float32(axis.Maximum))
	f.Metrics.Weight = int(weight)
	if weight == float32(axis.Default) {
		return
	}
	face := font.NewFace(f.font)
	face.SetVariations([]font.Variation{{Tag: weightAxis, Value: weight}})
	f.coords = face.Coords()
	f.Name = fmt.Sprintf("%s_%dwght", f.Name, int(weight)) // Adobe Technical Note 5902
}

// bolder returns the bold face of a variable font; none where it has no such weight, or is bold itself.
func (f *Face) bolder() (faces []*Face, err error) {
	defer guard(&err)
	axis, ok := weightOf(axes(f.loader))
	if !ok || axis.Maximum < boldWeight-50 || f.Metrics.Weight >= boldFrom {
		return nil, nil
	}
	bold := &Face{
		Name: f.plainName, plainName: f.plainName, Family: f.Family, Origin: f.Origin, SHA256: f.SHA256, UnitsEm: f.UnitsEm, Scale: f.Scale,
		Metrics: f.Metrics, loader: f.loader, font: f.font,
	}
	bold.setWeight(boldWeight)
	bold.measure()
	return []*Face{bold}, nil
}

// shaped makes the go-text face that shapes and measures this one. It belongs to one goroutine.
func (f *Face) shaped() *font.Face {
	face := font.NewFace(f.font)
	face.SetCoords(f.coords)
	return face
}
