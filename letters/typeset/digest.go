package typeset

import (
	"math"
	"reflect"
	"unsafe"

	"github.com/go-text/typesetting/harfbuzz"
)

// newHarfBuzz readies a face for shaping. It belongs to one goroutine.
func newHarfBuzz(face *Face) *harfbuzz.Font {
	hb := harfbuzz.NewFont(face.shaped())
	mendDigests(hb)
	return hb
}

// go-text keeps for each lookup of a font, and for each of its subtables, a digest of the glyphs that it applies to: three masks of 64 bits, of
// which each may say "perhaps" too often and none may say "no" wrongly. In v0.3.5 setDigest.addRange adds nothing any more once one of the
// masks is full, so that the digest of a coverage with a wide range lacks the ranges after it, and their glyphs are not kerned: of Noto
// Serif Ethiopic and Tibetan many pairs. mendDigests fills the other masks, too, where one is full, which says "perhaps" of all glyphs.
// TestNamesAreShapedAsByHarfBuzz fails without it; it can go when go-text is mended.
func mendDigests(hb *harfbuzz.Font) {
	v := reflect.ValueOf(hb).Elem()
	for _, table := range []string{"gsubAccels", "gposAccels"} {
		accels := v.FieldByName(table)
		if accels.Kind() != reflect.Slice {
			continue
		}
		for i := range accels.Len() {
			accel := accels.Index(i)
			if accel.Kind() != reflect.Struct {
				continue
			}
			mendDigest(accel.FieldByName("digest"))
			subtables := accel.FieldByName("subtables")
			if subtables.Kind() != reflect.Slice {
				continue
			}
			for k := range subtables.Len() {
				if s := subtables.Index(k); s.Kind() == reflect.Struct {
					mendDigest(s.FieldByName("digest"))
				}
			}
		}
	}
}

func mendDigest(v reflect.Value) {
	if v.Kind() != reflect.Array || v.Type().Size() != unsafe.Sizeof([3]uint64{}) || v.Type().Elem().Kind() != reflect.Uint64 {
		return
	}
	masks := (*[3]uint64)(unsafe.Pointer(v.UnsafeAddr()))
	for _, mask := range masks {
		if mask == math.MaxUint64 {
			*masks = [3]uint64{math.MaxUint64, math.MaxUint64, math.MaxUint64}
			return
		}
	}
}
