package press

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/internal/outside"
	"postbag/letters/picture"
	"postbag/letters/typeset"
)

// drawings are what logos do: shapes, transforms, strokes, clips, styles. Each fills a box of 300 by 110, as the letterhead's is.
var drawings = map[string]string{
	"paths": `<path d="M10 10h80v80H10zM30 30v40h40V30z" fill-rule="evenodd" fill="#226"/><path d="M110 60q20-80 40 0t40 0l5-5-60 40z" fill="teal"/>
		<path d="M200 50c0-60 80-60 80 0s-40 40-80 0z" fill="rgb(90%,20%,10%)"/>`,
	"arcs": `<path d="M10 60a40 40 0 0 1 80 0zM110 60a40 20 30 1 0 60 0zM200 60A30 45-20 01 280 60L240 90z" fill="#363"/>
		<circle cx="150" cy="80" r="20"/><ellipse cx="230" cy="20" rx="30" ry="9" fill="red"/>`,
	"strokes": `<g fill="none" stroke="#000" stroke-width="6"><path d="M15 95 45 15 75 95" stroke-linejoin="round"/><path d="M95 95 125 15 155 95" stroke-linejoin="bevel" stroke-linecap="square"/>
		<path d="M175 95 205 35 235 95" stroke-linecap="round"/><line x1="250" y1="10" x2="250" y2="100" stroke-dasharray="12 6"/><rect x="270" y="20" width="20" height="60" rx="8"/></g>`,
	"transforms": `<g transform="translate(60 55)rotate(30)"><rect x="-40" y="-15" width="80" height="30" fill="navy"/></g>
		<g transform="matrix(.5 .2 -.3 .8 190 20)"><rect width="90" height="60" fill="green"/></g><g transform="scale(2) translate(120 10) skewX(20)"><rect width="15" height="30"/></g>`,
	"clips": `<clipPath id="c"><circle cx="70" cy="55" r="45"/></clipPath><clipPath id="d"><path d="M150 10h120v90H150zM180 30v50h60V30z" clip-rule="evenodd"/></clipPath>
		<g clip-path="url(#c)"><rect x="20" y="0" width="50" height="110" fill="maroon"/></g><rect x="140" y="0" width="160" height="60" clip-path="url(#d)" fill="gray"/>`,
	"parts": `<defs><g id="star"><polygon points="0,-30 8,-8 30,0 8,8 0,30 -8,8 -30,0 -8,-8"/></g></defs><style>.a{fill:orange}#b{fill:purple}</style>
		<use href="#star" x="50" y="55" class="a"/><g id="b" transform="translate(150,55) scale(1.4)"><use href="#star"/></g><polyline points="200,90 230,20 260,90" fill="none" stroke="#444" stroke-width="4"/>`,
}

// logoLetter makes a letter with a logo and returns the PDF and where the logo stands.
func logoLetter(t *testing.T, logo *picture.Picture) ([]byte, typeset.PlacedPicture) {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	paper, _ := typeset.PaperNamed("a4")
	design := typeset.Design{Paper: paper, Language: "en", Sender: []string{"Letters for Rights"}, Reference: "test-", Logo: logo}
	layout, err := typeset.NewLayout(fonts, design, testLetter(false, 2), people[0], Draw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Job{Layout: layout, Paper: paper, Language: "en", NoSlip: true, Seed: "logo"}, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = p.NewWorker(layout.NewSetter()).Bundle(context.Background(), &out, Order{Number: 1, First: 1, Letters: 3, Values: func(int) []string { return people[0] }})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), layout.NewSetter().Piece(typeset.PieceKey{Furniture: true, Page: 1, Pages: 1}).Pictures[0]
}

func readLogo(t *testing.T, data []byte) (*picture.Picture, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "logo.svg")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	logo, err := picture.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return logo, file
}

func readPNG(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// librsvg draws the SVG, and mupdf the letter that holds it: the logo must look the same in both.
func TestALogoLooksAsItsSVGDoes(t *testing.T) {
	outside.Needs(t, "mutool", "rsvg-convert")
	const dpi = 144
	for name, inner := range drawings {
		svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 110" width="300" height="110"><path d="M0 0h300v110H0z" fill="#eee"/>` + inner + `</svg>`
		logo, file := readLogo(t, []byte(svg))
		pdf, placed := logoLetter(t, logo)
		outside.Accepted(t, write(t, pdf))
		page, alone := filepath.Join(t.TempDir(), "page.png"), filepath.Join(t.TempDir(), "alone.png")
		outside.Run(t, "mutool", "draw", "-q", "-r", fmt.Sprint(dpi), "-o", page, write(t, pdf), "1")
		px := func(l typeset.Length) int { return int(l) * dpi / int(typeset.Inch) }
		outside.Run(t, "rsvg-convert", "-w", fmt.Sprint(px(placed.Width)), "-h", fmt.Sprint(px(placed.Height)), "-o", alone, file)
		if off := difference(readPNG(t, page), readPNG(t, alone), image.Pt(px(placed.X), px(placed.Y))); off > 2.5 {
			t.Errorf("%s: the pictures differ by %.1f of 255", name, off)
		}
	}
}

// difference is the mean difference of two pictures, each pixel against the best of those around it: edges fall between pixels.
func difference(page, alone image.Image, at image.Point) float64 {
	gray := func(img image.Image, x, y int) int { return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) }
	b := alone.Bounds()
	var sum float64
	for y := 1; y < b.Dy()-1; y++ {
		for x := 1; x < b.Dx()-1; x++ {
			best := 255
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					d := gray(page, at.X+x, at.Y+y) - gray(alone, b.Min.X+x+dx, b.Min.Y+y+dy)
					best = min(best, max(d, -d))
				}
			}
			sum += float64(best)
		}
	}
	return sum / float64((b.Dx()-2)*(b.Dy()-2))
}

// A logo of pixels stands in the master once, in its own colours, however many letters there are.
func TestALogoOfPixelsIsWrittenOnce(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 600, 220))
	for y := range 220 {
		for x := range 600 {
			img.SetRGBA(x, y, color.RGBA{uint8(x / 3), 40, uint8(y), 255})
		}
	}
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, img); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, img, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"PNG": asPNG.Bytes(), "JPEG": asJPEG.Bytes()} {
		logo, _ := readLogo(t, data)
		pdf, placed := logoLetter(t, logo)
		if n := bytes.Count(pdf, []byte("/Subtype /Image")); n != 1 {
			t.Errorf("%s: the logo stands in the bundle %d times", name, n)
		}
		again, _ := logoLetter(t, logo)
		if !bytes.Equal(pdf, again) {
			t.Errorf("%s: the same letters came out in other bytes", name)
		}
		file := write(t, pdf)
		outside.Accepted(t, file)
		out := filepath.Join(t.TempDir(), "page")
		outside.Run(t, "pdftoppm", "-r", "72", "-png", "-singlefile", file, out)
		x, y := int((placed.X+placed.Width/2)/typeset.Point), int((placed.Y+placed.Height/2)/typeset.Point)
		r, g, b, _ := readPNG(t, out+".png").At(x, y).RGBA()
		if near := func(v uint32, want int) bool { d := int(v>>8) - want; return d > -8 && d < 8 }; !near(r, 100) || !near(g, 40) || !near(b, 110) {
			t.Errorf("%s: the middle of the logo is %d %d %d", name, r>>8, g>>8, b>>8)
		}
	}
}

// A picture with few pixels is not blown up, and none leaves its area.
func TestLogosKeepTheirSizeAndShape(t *testing.T) {
	for _, size := range []image.Point{{30, 30}, {3000, 100}, {100, 3000}, {1200, 440}} {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rectangle{Max: size})); err != nil {
			t.Fatal(err)
		}
		logo, _ := readLogo(t, b.Bytes())
		_, placed := logoLetter(t, logo)
		if dots := int64(logo.Width) * int64(typeset.Inch) / int64(placed.Width); dots < 149 {
			t.Errorf("%v: printed with %d dots an inch", size, dots)
		}
		if placed.Width > typeset.MM(60) || placed.Height > typeset.MM(22) || placed.Width < typeset.Point/2 {
			t.Errorf("%v: %v by %v", size, placed.Width, placed.Height)
		}
		if ratio := float64(placed.Width) / float64(placed.Height) * float64(size.Y) / float64(size.X); ratio < 0.97 || ratio > 1.03 {
			t.Errorf("%v: stretched by %.3f", size, ratio)
		}
	}
}

// The clip keeps a drawing that is larger than its view inside the letterhead: nothing of it may show in a window.
func TestALogoStaysInItsPlace(t *testing.T) {
	logo, _ := readLogo(t, []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 110"><rect x="-900" y="-900" width="2000" height="2000" fill="#c00"/></svg>`))
	pdf, placed := logoLetter(t, logo)
	out := filepath.Join(t.TempDir(), "page")
	outside.Run(t, "pdftoppm", "-r", "72", "-png", "-singlefile", write(t, pdf), out)
	page := readPNG(t, out+".png")
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			r, g, _, _ := page.At(x, y).RGBA()
			at := image.Pt(x, y).Mul(int(typeset.Point))
			box := image.Rect(int(placed.X), int(placed.Y), int(placed.X+placed.Width), int(placed.Y+placed.Height)).Inset(-2 * int(typeset.Point))
			if red := r>>8 > 150 && g>>8 < 100; red && !at.In(box) {
				t.Fatalf("the logo shows at %d, %d points", x, y)
			}
		}
	}
	if strings.Count(string(pdf), "re W n") == 0 {
		t.Error("no clip is set")
	}
}
