package press

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
	"postbag/letters/merge"
	"postbag/letters/typeset"
)

// mostInkApart is how much of the ink may differ, by inked.differs: the most that was seen is 0.30, of Tibetan, whose strokes are thin.
const mostInkApart = 0.35

// pictureDPI is the resolution at which pictures are compared: a letter of 11 points is some 40 pixels high.
const pictureDPI = 300

// inked is a picture of text, trimmed to where there is ink; 0 is paper, 255 is black.
type inked struct {
	width, height int
	ink           []int
}

func readInk(t *testing.T, file string) inked {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return trim(picture)
}

func trim(picture image.Image) inked {
	at := func(x, y int) int { return 255 - int(color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y) }
	box := image.Rectangle{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			if at(x, y) > 100 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	out := inked{width: box.Dx(), height: box.Dy()}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			out.ink = append(out.ink, at(x, y))
		}
	}
	return out
}

// differs is how much ink is not where it is in the other picture, at the best of the offsets of two pixels, as a share of the ink of one of them:
// 0 for the same picture, 2 for two that have no ink in common. What anti-aliasing makes of the same outlines a fraction of a pixel elsewhere
// is a share of their edges: a few hundredths for heavy designs, up to three tenths for thin ones.
func (a inked) differs(b inked) float64 {
	best := 2.0
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			apart, all := 0, 0
			for y := -2; y < max(a.height, b.height)+2; y++ {
				for x := -2; x < max(a.width, b.width)+2; x++ {
					p, q := a.at(x, y), b.at(x+dx, y+dy)
					apart += max(p-q, q-p)
					all += p + q
				}
			}
			best = min(best, 2*float64(apart)/float64(max(1, all)))
		}
	}
	return best
}

func (a inked) at(x, y int) int {
	if x < 0 || y < 0 || x >= a.width || y >= a.height {
		return 0
	}
	return a.ink[y*a.width+x]
}

// fontconfig makes a configuration in which there is one face and no other.
func fontconfig(t *testing.T, face *typeset.Face) string {
	t.Helper()
	file := faceFile(t, map[string]string{}, face)
	dir := filepath.Dir(file)
	conf := filepath.Join(dir, "fonts.conf")
	text := fmt.Sprintf("<?xml version=\"1.0\"?><fontconfig><dir>%s</dir><cachedir>%s/cache</cachedir></fontconfig>", dir, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return conf
}

// Of each script of the world list one name: the picture of the line in the PDF is the one that Pango makes of the same text in the same
// font file, but for the anti-aliasing of edges. That the measure would see a wrong one is shown with the same letters in another order.
func TestPicturesAreThoseOfPango(t *testing.T) {
	outside.Needs(t, "pango-view", "pdftoppm")
	names, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	scripts, compared := map[string]bool{}, 0
	for _, n := range names {
		if scripts[n.Script] || len(fonts.Missing(n.Text)) > 0 {
			continue
		}
		scripts[n.Script] = true
		t.Run(n.Script, func(t *testing.T) {
			file, line := writeName(t, fonts, n)
			face := onlyFace(line)
			if face == nil || face.Origin != typeset.BuiltIn {
				t.Skip("the name is set in several faces or in one of the system: Pango would be given another choice")
			}
			conf := fontconfig(t, face)
			ours, theirs := readInk(t, pictureOf(t, file, line)), readInk(t, pangoPicture(t, conf, face, n, line.Size))
			share := ours.differs(theirs)
			t.Logf("%s in %s: %.0f %% of the ink differs", n.Text, face.Name, 100*share)
			if wide, high := ours.width-theirs.width, ours.height-theirs.height; share > mostInkApart || max(wide, -wide, high, -high) > 3 {
				t.Errorf("%s: %d × %d pixels, Pango has %d × %d; %.0f %% of the ink differs", n.Text, ours.width, ours.height, theirs.width, theirs.height, 100*share)
			}
			wrong := n
			wrong.Text = uniseg.ReverseString(n.Text) // the same letters in another order
			if other := ours.differs(readInk(t, pangoPicture(t, conf, face, wrong, line.Size))); other < 2*mostInkApart {
				t.Errorf("%s is hardly told from %s: %.0f %%", wrong.Text, n.Text, 100*other)
			}
			compared++
		})
	}
	if compared < 25 {
		t.Errorf("only %d scripts were compared", compared)
	}
}

// writeName writes a letter that is one name, and tells where its line stands.
func writeName(t *testing.T, fonts *typeset.Fonts, n worldnames.Name) (file string, line typeset.Line) {
	t.Helper()
	paper, _ := typeset.PaperNamed("a4")
	elements := []typeset.Element{{Role: typeset.Signature, Block: merge.Value(0)}}
	values := []string{n.Text, n.Language}
	design := typeset.Design{Paper: paper, Language: "en", Running: "A", Reference: "test-", SignerLanguage: 2}
	layout, err := typeset.NewLayout(fonts, design, elements, values, Draw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Job{Layout: layout, Paper: paper, Language: "en", Seed: "test", NoSlip: true}, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	setter := layout.NewSetter()
	if _, err := p.NewWorker(setter).Bundle(t.Context(), &out, Order{Number: 1, First: 1, Letters: 1, Values: func(int) []string { return values }}); err != nil {
		t.Fatal(err)
	}
	letter, err := setter.Set(values, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range letter.Pages[0].Parts {
		for _, l := range part.Lines {
			line = l
		}
	}
	return write(t, []byte(out.String())), line
}

// onlyFace is the face of a line; nil where there are several.
func onlyFace(line typeset.Line) *typeset.Face {
	var face *typeset.Face
	for _, item := range line.Items {
		for _, run := range item.Word.Runs {
			if face != nil && run.Face != face {
				return nil
			}
			face = run.Face
		}
	}
	return face
}

func pictureOf(t *testing.T, file string, line typeset.Line) string {
	t.Helper()
	pixels := func(l typeset.Length) string { return fmt.Sprint(int(l.Points() * pictureDPI / 72)) }
	out := filepath.Join(t.TempDir(), "ours")
	outside.Run(t, "pdftoppm", "-singlefile", "-gray", "-png", "-r", fmt.Sprint(pictureDPI), "-x", pixels(line.X-line.Size), "-y", pixels(line.Y-2*line.Size),
		"-W", pixels(line.Width+2*line.Size), "-H", pixels(3*line.Size+line.Size/2), file, out)
	return out + ".png"
}

func pangoPicture(t *testing.T, conf string, face *typeset.Face, n worldnames.Name, size typeset.Length) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "pango.png")
	points := size.Points() * float64(face.Scale) / 1000
	c := exec.Command("pango-view", "--no-display", "--backend=cairo", "--hinting=none", "--antialias=gray", "--margin=30", "--dpi", fmt.Sprint(pictureDPI),
		"--font", fmt.Sprintf("%s, %.3f", face.Family, points), "--language", n.Language, "--text", n.Text, "--output", out)
	c.Env = append(os.Environ(), "FONTCONFIG_FILE="+conf)
	if message, err := c.CombinedOutput(); err != nil {
		t.Fatalf("pango-view: %v\n%s", err, message)
	}
	return out
}
