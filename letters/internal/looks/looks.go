// Package looks is how tests look at pages: as pictures that somebody has looked at before, and as words that stand somewhere, by poppler's
// account. Tests of every stage share it; the program itself never draws a picture.
package looks

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/letters/internal/outside"
)

// Page draws a page of a PDF, counting from 1, in grey.
func Page(t testing.TB, pdf string, page, dpi int) *image.Gray {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	outside.Run(t, "pdftoppm", "-gray", "-r", fmt.Sprint(dpi), "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), "-singlefile", pdf, out)
	data, err := os.ReadFile(out + ".pgm")
	if err != nil {
		t.Fatal(err)
	}
	var width, height, most int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n%d", &width, &height, &most); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, width, height))
	copy(img.Pix, data[len(data)-width*height:])
	return img
}

// Like compares a page with the picture in file that was looked at. With update it writes the picture anew: look at it before it is committed.
func Like(t testing.TB, file string, got *image.Gray, update bool) {
	t.Helper()
	if update {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, fewGrays(got)); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if off := unlike(got, want); off > .0003 {
		t.Errorf("the page is not like %s: %.3f%% of it differs; have the test write it anew with its -update flag, and look at it", file, off*100)
	}
}

// Word is a word on a page, with its place in millimetres from the top left corner.
type Word struct {
	Left, Top, Right, Bottom float64
	Text                     string
}

func (w Word) place() [4]float64 { return [4]float64{w.Left, w.Top, w.Right, w.Bottom} }

// Words asks poppler for the words of a page, counting from 1. What it parts because it was drawn apart, as a letter's number is, is one word.
func Words(t testing.TB, pdf string, page int) []Word {
	t.Helper()
	text, _ := outside.Run(t, "pdftotext", "-bbox", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), pdf, "-")
	var doc struct {
		Words []struct {
			Left   float64 `xml:"xMin,attr"`
			Top    float64 `xml:"yMin,attr"`
			Right  float64 `xml:"xMax,attr"`
			Bottom float64 `xml:"yMax,attr"`
			Text   string  `xml:",chardata"`
		} `xml:"body>doc>page>word"`
	}
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	const mm = 25.4 / 72
	var words []Word
	for _, w := range doc.Words {
		here := Word{w.Left * mm, w.Top * mm, w.Right * mm, w.Bottom * mm, w.Text}
		before := slices.IndexFunc(words, func(o Word) bool { return math.Abs(o.Right-here.Left) < .2 && math.Abs(o.Top-here.Top) < .1 })
		if before >= 0 {
			words[before].Text += here.Text
			words[before].Right = here.Right
			continue
		}
		words = append(words, here)
	}
	return words
}

// Apart wants all words of a page on the paper (width and height in millimetres), 5 mm from its edges, and none over another. Readers give a
// word the height of its font, which is more than the distance of two lines, so the middle of each is looked at.
func Apart(t testing.TB, pdf string, page int, width, height float64) {
	t.Helper()
	words := Words(t, pdf, page)
	middle := func(w Word) Word {
		third := (w.Bottom - w.Top) / 3
		return Word{w.Left + .2, w.Top + third, w.Right - .2, w.Bottom - third, ""}
	}
	for i, a := range words {
		if a.Left < 5 || a.Top < 5 || a.Right > width-5 || a.Bottom > height-5 {
			t.Errorf("page %d: %q stands at %.1f", page, a.Text, a.place())
		}
		for _, b := range words[i+1:] {
			// On one line, poppler parts ligatures of Arabic and counts marks of direction as words.
			parted := strings.ContainsFunc(a.Text+b.Text, func(r rune) bool { return r >= 0x590 && r < 0x900 || r == 0x200E || r == 0x200F })
			if parted && math.Abs(a.Bottom+a.Top-b.Bottom-b.Top) < 2 {
				continue
			}
			if p, q := middle(a), middle(b); p.Left < q.Right && q.Left < p.Right && p.Top < q.Bottom && q.Top < p.Bottom {
				t.Errorf("page %d: %q and %q stand one over the other, at %.1f and %.1f", page, a.Text, b.Text, a.place(), b.place())
			}
		}
	}
}

// fewGrays keeps sixteen grays, which is enough to compare.
func fewGrays(img *image.Gray) *image.Paletted {
	var palette color.Palette
	for i := range 16 {
		palette = append(palette, color.Gray{uint8(i * 17)})
	}
	out := image.NewPaletted(img.Rect, palette)
	for i, v := range img.Pix {
		out.Pix[i] = uint8((int(v) + 8) / 17)
	}
	return out
}

// unlike is the part of the picture that differs, beyond what another version of poppler does to edges: a pixel is held against all of those
// around it, in both pictures.
func unlike(a *image.Gray, b image.Image) float64 {
	if a.Rect != b.Bounds() {
		return 1
	}
	gray := func(img image.Image, x, y int) int { return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) }
	off := 0
	for y := 1; y < a.Rect.Dy()-1; y++ {
		for x := 1; x < a.Rect.Dx()-1; x++ {
			va, vb := gray(a, x, y), gray(b, x, y)
			if va-vb < 48 && vb-va < 48 {
				continue
			}
			nearA, nearB := 255, 255
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					da, db := va-gray(b, x+dx, y+dy), vb-gray(a, x+dx, y+dy)
					nearA, nearB = min(nearA, max(da, -da)), min(nearB, max(db, -db))
				}
			}
			if max(nearA, nearB) > 48 {
				off++
			}
		}
	}
	return float64(off) / float64(a.Rect.Dx()*a.Rect.Dy())
}
