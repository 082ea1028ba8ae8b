package paperwork

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postbag/letters/press"
	"postbag/letters/typeset"
)

// TestNothingOnAPageOfTotalsTouches makes pages of any figures, with few periods and many, names short and long, in both directions of reading: no text
// stands over another or outside of the margins, and every bar and column is inside of them, too.
func TestNothingOnAPageOfTotalsTouches(t *testing.T) {
	for _, language := range []string{"en", "fr", "ar"} {
		for paper := range papers {
			j := totalsJob(t, nil, language, paper)
			words, err := wordsIn(language, j.Tongue)
			if err != nil {
				t.Fatal(err)
			}
			layout, err := typeset.NewLayout(j.Fonts, typeset.Design{Paper: j.Design.Paper, Language: language}, nil, nil, press.Draw)
			if err != nil {
				t.Fatal(err)
			}
			setter := layout.NewSetter()
			rapid.Check(t, func(t *rapid.T) {
				counted := drawTotals(t)
				long := rapid.StringMatching(`( ?[A-Za-zÀ-ö]{1,20}){1,9}`).Draw(t, "name")
				for i, every := 0, rapid.IntRange(1, 20).Draw(t, "every"); i < len(counted.Countries); i += every {
					counted.Countries[i].Country += long
				}
				scale := rapid.SampledFrom([]int{1, 1, 30, 100_000}).Draw(t, "scale")
				for i := range counted.Countries {
					counted.Countries[i].Signers *= scale
				}
				for i := range counted.Days {
					counted.Days[i].Signers *= scale
				}
				counted.Signers *= scale
				page := &totalsPage{figures: figuresOf(counted), calendar: words.calendar(), limits: tries()[0],
					work: newWork(j, words, 0)}
				pages, err := setter.Document(&typeset.Document{Title: "Totals", Blocks: page.document()})
				if err != nil {
					t.Fatal(err)
				}
				for i := range pages {
					wantNothingTouches(t, &pages[i], j.Design.Paper)
				}
			})
		}
	}
}

// box is the place of something that is printed.
type box struct{ left, top, right, bottom typeset.Length }

func (b box) touches(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

func wantNothingTouches(t *rapid.T, page *typeset.DocumentPage, paper typeset.Paper) {
	t.Helper()
	const margin = 19 * typeset.Inch * 10 / 254 // 19 mm
	var boxes []box
	for i := range page.Lines {
		line := &page.Lines[i]
		if line.Width == 0 {
			continue
		}
		boxes = append(boxes, box{line.X, line.Y - line.Size*6/10, line.X + line.Width, line.Y + line.Size/10})
		if b := boxes[len(boxes)-1]; b.left < margin || b.right > paper.Width-margin || b.top < 0 || b.bottom > paper.Height {
			t.Fatalf("%q stands at %v of %v", said(line), b, paper)
		}
	}
	for i, a := range boxes {
		for k, b := range boxes[:i] {
			if a.touches(b) {
				t.Fatalf("%q at %v and %q at %v touch", said(&page.Lines[i]), a, said(&page.Lines[k]), b)
			}
		}
	}
	for _, shape := range page.Shapes {
		for _, r := range shape.Rects {
			if r.X < margin || r.X+r.Width > paper.Width-margin || r.Y < 0 || r.Y+r.Height > paper.Height || r.Width < 0 || r.Height < 0 {
				t.Fatalf("an area stands at %v of %v", r, paper)
			}
		}
	}
}

// said is the text of a line.
func said(line *typeset.Line) (text string) {
	for _, item := range line.Items {
		text += item.Word.Text() + " "
	}
	return text
}

// TestTicksAreRound: axes count in ones, twos and fives of powers of ten, and not in too many.
func TestTicksAreRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, most := rapid.IntRange(1, 1<<40).Draw(t, "value"), rapid.IntRange(1, 10).Draw(t, "ticks")
		step := stepOf(value, most)
		if value/step > most {
			t.Errorf("%d ticks of %d to %d, want %d at most", value/step, step, value, most)
		}
		first := step
		for first%10 == 0 {
			first /= 10
		}
		if first != 1 && first != 2 && first != 5 {
			t.Errorf("a step of %d", step)
		}
		if smaller := step / 2; step > 1 && value/smaller <= most && first != 5 {
			t.Errorf("a step of %d would do, and it is %d", smaller, step)
		}
	})
}

func TestALongNameIsCutAtACharacter(t *testing.T) {
	j := totalsJob(t, nil, "en", "a4")
	layout, err := typeset.NewLayout(j.Fonts, typeset.Design{Paper: j.Design.Paper, Language: "en"}, nil, nil, press.Draw)
	if err != nil {
		t.Fatal(err)
	}
	draw := func(k *typeset.Sketch) {
		c := chart{k, chartText}
		const name = "São Tomé e Príncipe, República Democrática"
		for room := chartText; room < 40*chartText; room += chartText {
			cut := c.cut(name, chartText, room)
			if !utf8.ValidString(cut) || k.TextWidth(chartText, typeset.Say(cut)) > room {
				t.Errorf("in %v stands %q", room, cut)
			}
		}
		if whole := c.cut(name, chartText, k.Width); whole != name {
			t.Errorf("with room enough stands %q", whole)
		}
	}
	if _, err := layout.NewSetter().Document(&typeset.Document{Title: "x", Blocks: []typeset.DocumentBlock{typeset.Drawing{Height: typeset.Inch, Draw: draw}}}); err != nil {
		t.Fatal(err)
	}
}
