package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/problem"
)

// pictureOf reads bytes as a file.
func pictureOf(t testing.TB, data []byte) (*Picture, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "logo")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path)
}

func mustRead(t testing.TB, data []byte) *Picture {
	t.Helper()
	p, err := pictureOf(t, data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantRefused wants one problem with a place, that says what is wrong in words of ours, and what to do.
func wantRefused(t *testing.T, name string, data []byte, what string) {
	t.Helper()
	_, err := pictureOf(t, data)
	var list problem.List
	if !errors.As(err, &list) || len(list) != 1 {
		t.Errorf("%s: %v, want a problem", name, err)
		return
	}
	if p := list[0]; !strings.Contains(p.What, what) || p.Do == "" || p.Place.File == "" {
		t.Errorf("%s: %+v, want what to hold %q", name, p, what)
	}
}

func encodedPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodedJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pixelAt reads a pixel of what would be printed.
func pixelAt(t *testing.T, p *Picture, x, y int) color.RGBA {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(p.Pixels.Data))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height {
		t.Fatalf("a picture of %d x %d holds %v", p.Width, p.Height, img.Bounds())
	}
	r, g, b, a := img.At(x, y).RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}
}

func TestPixelsAreLaidOnWhite(t *testing.T) {
	half := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	half.SetNRGBA(0, 0, color.NRGBA{200, 0, 0, 128})
	palette := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.NRGBA{0, 0, 0, 0}, color.NRGBA{0, 0, 255, 255}})
	palette.SetColorIndex(1, 0, 1)
	deep := image.NewNRGBA64(image.Rect(0, 0, 2, 1))
	deep.SetNRGBA64(0, 0, color.NRGBA64{0x1234, 0xFFFF, 0, 0xFFFF})
	gray := image.NewGray16(image.Rect(0, 0, 2, 1))
	gray.SetGray16(0, 0, color.Gray16{0x80FF})
	for name, c := range map[string]struct {
		img  image.Image
		want [2]color.RGBA
	}{
		"alpha":   {half, [2]color.RGBA{{228, 127, 127, 255}, {255, 255, 255, 255}}},
		"palette": {palette, [2]color.RGBA{{255, 255, 255, 255}, {0, 0, 255, 255}}},
		"16 bits": {deep, [2]color.RGBA{{0x12, 0xFF, 0, 255}, {255, 255, 255, 255}}},
		"gray":    {gray, [2]color.RGBA{{0x80, 0x80, 0x80, 255}, {0, 0, 0, 255}}},
	} {
		p := mustRead(t, encodedPNG(t, c.img))
		for x, want := range c.want {
			if got := pixelAt(t, p, x, 0); got != want {
				t.Errorf("%s: pixel %d is %v, want %v", name, x, got, want)
			}
		}
		if kind := p.Pixels.Data[25]; name == "gray" && kind != 0 || name == "palette" && kind != 2 {
			t.Errorf("%s is written with colour type %d", name, kind)
		}
	}
}

func TestALargePictureIsMadeSmaller(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 4001, 10))
	for i := range img.Pix {
		img.Pix[i] = byte(i % 2 * 255)
	}
	p := mustRead(t, encodedPNG(t, img))
	if p.Width != 1334 || p.Height != 4 {
		t.Errorf("it is %d x %d", p.Width, p.Height)
	}
	if got := pixelAt(t, p, 100, 1).R; got < 80 || got > 175 {
		t.Errorf("stripes of black and white are mixed to %d", got)
	}
}

// A JPEG from a camera says how it was held, and much else.
func TestAJPEGIsUprightAndSaysNothingElse(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			c := color.RGBA{255, 255, 255, 255}
			if x < 8 {
				c = color.RGBA{200, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	plain := encodedJPEG(t, img)
	exif := func(orientation byte) []byte {
		body := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), orientation, 0, 0, 0, 0, 0, 0, 0)
		body = append(body, "secret place"...)
		segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(body)+2))
		return append(append(append([]byte{}, plain[:2]...), append(segment, body...)...), append(append([]byte{}, plain[2:]...), "secret preview"...)...)
	}
	p := mustRead(t, exif(1))
	if !p.Pixels.JPEG || bytes.Contains(p.Pixels.Data, []byte("secret")) || p.Width != 16 {
		t.Errorf("the JPEG is %d wide, kept %v, and says %v", p.Width, p.Pixels.JPEG, bytes.Contains(p.Pixels.Data, []byte("secret")))
	}
	if got := pixelAt(t, p, 2, 4); got.G > 40 {
		t.Errorf("what is left of it shows %v", got)
	}
	for orientation, red := range map[byte]image.Point{2: {13, 4}, 3: {13, 4}, 4: {2, 4}, 5: {4, 2}, 6: {4, 2}, 7: {4, 13}, 8: {4, 13}} {
		p := mustRead(t, exif(orientation))
		if wide := p.Width == 16; wide != (orientation < 5) {
			t.Errorf("orientation %d: %d x %d", orientation, p.Width, p.Height)
			continue
		}
		if got := pixelAt(t, p, red.X, red.Y); got.G > 40 {
			t.Errorf("orientation %d: %v at %v, want red", orientation, got, red)
		}
	}
}

func TestBrokenAndForeignPicturesAreRefused(t *testing.T) {
	whole := encodedPNG(t, image.NewGray(image.Rect(0, 0, 40, 40)))
	bomb := bytes.Clone(whole)
	binary.BigEndian.PutUint32(bomb[16:], 1<<17)
	binary.BigEndian.PutUint32(bomb[20:], 1<<17)
	binary.BigEndian.PutUint32(bomb[29:], crcOf(bomb[12:29]))
	for name, c := range map[string]struct {
		data []byte
		what string
	}{
		"half a PNG":  {whole[:len(whole)-20], "no whole PNG"},
		"a bomb":      {bomb, "too many"},
		"half a JPEG": {encodedJPEG(t, image.NewGray(image.Rect(0, 0, 40, 40)))[:100], "no whole JPEG"},
		"CMYK":        {cmykJPEG(), "CMYK"},
		"a GIF":       {[]byte("GIF89a"), "GIF"},
		"a PDF":       {[]byte("%PDF-1.7"), "PDF"},
		"an .svgz":    {[]byte("\x1f\x8b\x08"), "packed"},
		"nothing":     {nil, "neither"},
		"a letter":    {[]byte("Dear Mr Karp,"), "neither"},
		"megabytes":   {make([]byte, maxBytes+1), "larger than"},
	} {
		wantRefused(t, name, c.data, c.what)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.png")); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func crcOf(b []byte) uint32 { return binary.BigEndian.Uint32(chunk(string(b[:4]), b[4:])[4+len(b):]) }

// cmykJPEG is the head of a JPEG with four components.
func cmykJPEG() []byte {
	frame := []byte{0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0, 0xFF, 0xDA, 0, 8}
	return append([]byte{0xFF, 0xD8}, frame...)
}

func svg(inner string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">` + inner + `</svg>`)
}

func TestOutlinesOfShapes(t *testing.T) {
	p := mustRead(t, svg(`<g transform="translate(10 10)" fill="#102030"><rect width="40" height="20"/></g>
		<path d="m0 0 10 0v10h-10z" style="fill:none;stroke:rgb(100%,0%,0%);stroke-width:2mm" class="x"/>`))
	if p.Width != unitsAside || p.Height != unitsAside/2 || len(p.Shapes) != 2 {
		t.Fatalf("%d x %d with %d shapes", p.Width, p.Height, len(p.Shapes))
	}
	at := func(x, y float64) Point { return Point{round(x * unitsAside / 100), round(y * unitsAside / 100)} }
	rect := p.Shapes[0]
	if *rect.Fill != (Color{0x10, 0x20, 0x30}) || rect.Stroke != nil || len(rect.Path) != 5 || rect.Path[2].Points[0] != at(50, 30) {
		t.Errorf("the rectangle is %+v", rect)
	}
	box := p.Shapes[1]
	if box.Fill != nil || box.Stroke.Color != (Color{255, 0, 0}) || box.Stroke.Width != at(96/12.7, 0).X || box.Path[2].Points[0] != at(10, 10) {
		t.Errorf("the box is %+v with stroke %+v", box, box.Stroke)
	}
}

// The stronger rule wins, as CSS has it: an attribute, an element, a class, an id, the style attribute.
func TestStylesCascade(t *testing.T) {
	for inner, want := range map[string]Color{
		`<rect width="9" height="9" fill="red"/>`:                                                                                                                 {255, 0, 0},
		`<style>rect{fill:lime}</style><rect width="9" height="9" fill="red"/>`:                                                                                   {0, 255, 0},
		`<style>.a{fill:blue} rect{fill:lime}</style><rect class="b a" width="9" height="9"/>`:                                                                    {0, 0, 255},
		`<style>#i{fill:gold} .a{fill:blue}</style><rect id="i" class="a" width="9" height="9"/>`:                                                                 {255, 215, 0},
		`<style>#i{fill:gold}</style><rect id="i" style="fill : #123" width="9" height="9"/>`:                                                                     {0x11, 0x22, 0x33},
		`<g fill="currentColor" color="teal"><rect width="9" height="9"/></g>`:                                                                                    {0, 128, 128},
		`<defs><linearGradient id="g"><stop stop-color="red"/><stop style="stop-color:#f00"/></linearGradient></defs><rect width="9" height="9" fill="url(#g)"/>`: {255, 0, 0},
	} {
		p := mustRead(t, svg(inner))
		if got := *p.Shapes[0].Fill; got != want {
			t.Errorf("%s is %v, want %v", inner, got, want)
		}
	}
}

// What cannot be drawn faithfully is refused by name and line, with the way out. Nothing outside the file is asked for.
func TestSVGThatIsMoreThanOutlinesIsRefused(t *testing.T) {
	rect := `<rect width="9" height="9" `
	for inner, what := range map[string]string{
		`<text>River Watch</text>`:                          "<text>",
		`<g><image href="https://example.org/a"/></g>`:      "<image>",
		`<use href="https://example.org/a.svg#b"/>`:         "not in it",
		`<use xlink:href="#none"/>`:                         "not in it",
		`<g id="a"><use href="#a"/></g>`:                    "too often",
		`<style>@import url(https://example.org/);</style>`: "style sheet",
		`<style>g > rect{fill:red}</style>`:                 "style sheet",
		`<script>alert(1)</script>`:                         "<script>",
		`<foreignObject/>`:                                  "<foreignObject>",
		rect + `opacity=".5"/>`:                             "transparent",
		rect + `style="fill-opacity:50%"/>`:                 "transparent",
		rect + `filter="url(#f)"/>`:                         "filter",
		rect + `mask="url(#f)"/>`:                           "mask",
		rect + `fill="url(#g)"/><linearGradient id="g"><stop/><stop stop-color="red"/></linearGradient>`: "gradient",
		rect + `fill="url(#g)"/><pattern id="g"><path/></pattern>`:                                       "pattern",
		rect + `fill="url(#h)"/>`:                      "not in it",
		rect + `fill="reddish"/>`:                      "colour",
		rect + `clip-path="url(#none)"/>`:              "clipped",
		rect + `transform="spin(4)"/>`:                 "transform",
		rect + `stroke="red" transform="scale(1 2)"/>`: "stretched",
		`<rect width="9em" height="9"/>`:               "length",
		`<path d="M0 0 L1"/>`:                          "breaks off",
		`<path d="L1 1"/>`:                             "breaks off",
		`<path d="M1e9 1e9L0 0"/>`:                     "far beyond",
		`<blink/>`:                                     "<blink>",
		`<g>`:                                          "no whole SVG",
		`&logo;`:                                       "no whole SVG",
		``:                                             "shows nothing",
		`<path d="M0 0` + strings.Repeat("l1 1", maxSegments) + `"/>`:      "more than",
		strings.Repeat("<g>", maxDepth) + strings.Repeat("</g>", maxDepth): "too complex",
		strings.Repeat("<g/>", maxNodes):                                   "too complex",
	} {
		wantRefused(t, shortened(inner), svg("\n"+inner), what)
	}
	wantRefused(t, "HTML", []byte("<html></html>"), "no SVG")
	wantRefused(t, "no size", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>`), "how large")
	_, err := pictureOf(t, svg("\n\n<text/>"))
	var list problem.List
	if !errors.As(err, &list) || list[0].Place.Line != 3 {
		t.Errorf("the line of a problem is lost: %v", err)
	}
}

// Whatever is thrown at it, it answers with a picture or a problem, and the picture is within its bounds.
func FuzzRead(f *testing.F) {
	logo, err := os.ReadFile("../testdata/logo.svg")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(logo)
	f.Add(svg(`<path d="M1 1A4 4 0 01 3 3zT2 2S1 1 2 2"/><clipPath id="c"><use href="#c"/></clipPath><g clip-path="url(#c)"/>`))
	f.Add(encodedPNG(f, image.NewGray(image.Rect(0, 0, 3, 3))))
	f.Add(encodedJPEG(f, image.NewGray(image.Rect(0, 0, 3, 3))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		p, err := decode(data)
		if err != nil {
			var bad *refusal
			if !errors.As(err, &bad) || bad.what == "" || bad.do == "" {
				t.Fatalf("refused without a word: %v", err)
			}
			return
		}
		if p.Width < 1 || p.Height < 1 || (p.Pixels == nil) == (len(p.Shapes) == 0) {
			t.Fatalf("a picture of %d x %d with %d shapes", p.Width, p.Height, len(p.Shapes))
		}
	})
}
