package typeset

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/merge"
	"postbag/templates"
)

// slots is the fields of these tests: name and place are the signer's.
type slots struct{}

func (slots) Constant(string) (string, bool) { return "", false }
func (slots) Slot(name string) (int, bool)   { return map[string]int{"name": 0, "place": 1}[name], true }

// testElements is a letter with its name in the body, in a list and under the closing.
func testElements(t testing.TB, body string) []Element {
	t.Helper()
	l, err := templates.Parse("letter.md", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	elements := []Element{
		{Address, merge.Literal("Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.")},
		{Date, merge.Literal("23 November 2026")}, {Subject, merge.Literal("Transparency")}, {Salutation, merge.Literal("Dear Mr Karp,")},
	}
	for _, b := range merge.Compile(l.Blocks, slots{}) {
		elements = append(elements, Element{Body, b})
	}
	return append(elements, Element{Closing, merge.Literal("Yours sincerely,")}, Element{Signature, merge.Value(0)}, Element{Signature, merge.Value(1)})
}

// Long letters with words that must be divided everywhere: no page may end with a part of a word. The plan that counts of lines alone give
// would do so on many of them.
func TestNoPageEndsInsideAWord(t *testing.T) {
	fonts := loadFonts(t)
	paper, _ := PaperNamed("a4")
	naive, pages := 0, 0
	for _, varying := range []string{"", "{{name}} "} {
		text := strings.Repeat(varying+strings.Repeat("Verantwortungsbewusstsein Menschenrechtsverletzungen Einwanderungsbehörde Öffentlichkeitsarbeit ", 9)+"heute.\n\n", 16)
		l, err := NewLayout(fonts, Design{Paper: paper, Language: "de", Justify: true}, testElements(t, text), []string{"Zoë", "Leeds"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := l.NewSetter()
		for n := 1; n < 60; n++ {
			letter, err := s.Set([]string{strings.Repeat("x", n), "Leeds"}, n)
			if err != nil {
				t.Fatal(err)
			}
			last := map[int]Line{}
			everyLine(s, letter, func(page int, furniture bool, line *Line) {
				if l, ok := last[page]; !furniture && (!ok || line.Y >= l.Y) {
					last[page] = *line
				}
			})
			for page, line := range last {
				if pages++; line.Divided {
					t.Fatalf("page %d ends with %q", page+1, textOf(line))
				}
			}
			if p, err := l.planPages(s.heights, nil); err != nil || s.endsInWord(p) {
				naive++
			}
			if varying == "" {
				break
			}
		}
	}
	if naive == 0 || pages < 100 {
		t.Errorf("nothing was to be avoided: %d pages", pages)
	}
}

// everyLine calls f with each line of a letter, furniture included.
func everyLine(s *Setter, letter *Letter, f func(page int, furniture bool, l *Line)) {
	for i := range letter.Pages {
		page := &letter.Pages[i]
		f(i, true, &page.Number)
		for _, part := range page.Parts {
			if len(part.Lines) > 0 {
				for k := range part.Lines {
					f(i, false, &part.Lines[k])
				}
				continue
			}
			piece := s.Piece(part.Stamp.Piece)
			for k := range piece.Lines {
				l := piece.Lines[k]
				l.Y += part.Stamp.Down
				f(i, part.Stamp.Piece.Furniture, &l)
			}
		}
	}
}

const namesEverywhere = `My name is {{name}}, and I live in {{place}}.

- I, {{name}}, ask you.
- *{{name}}* of {{place}}

## {{name}}

`

var longNames = []string{
	strings.Repeat("W", 300), strings.Repeat("ñ́", 300), strings.Repeat("Ab", 150), strings.Repeat("Maria ", 49) + "Maria", strings.Repeat("Anna-Maria-", 27) + "Anna",
	"Maximiliana Aurelia Constantia Philippina Theodora Wilhelmina von und zu Hohenstaufen-Wittelsbach-Nassau",
	strings.TrimSpace(strings.Repeat("محمد ", 60)), strings.Repeat("محمد", 75), strings.Repeat("李", 300),
}

func TestALongNameStaysOnThePaperInEveryLayout(t *testing.T) {
	fonts := loadFonts(t)
	for _, name := range longNames {
		if missing := fonts.Missing(name); len(missing) > 0 {
			t.Fatalf("no font has %q", missing)
		}
	}
	for _, paper := range Papers() {
		for _, layout := range Layouts() {
			for _, language := range []string{"en", "ar"} {
				if language == "ar" && layout != "plain" {
					continue
				}
				design := Design{Paper: paper, Layout: layout, Language: language, Justify: true, Running: strings.Repeat("Alexander ", 30), Reference: strings.Repeat("clean-water-", 12)}
				l, err := NewLayout(fonts, design, testElements(t, namesEverywhere), []string{"Zoë", "Leeds"}, nil)
				if err != nil {
					t.Fatal(err)
				}
				s := l.NewSetter()
				for i, name := range longNames {
					letter, err := s.Set([]string{name, longNames[(i+1)%len(longNames)]}, 1234567)
					if err != nil {
						t.Fatal(err)
					}
					everyLine(s, letter, func(page int, furniture bool, line *Line) {
						least, most := l.frame.left, l.frame.left+l.frame.width+l.frame.width/1000
						if furniture {
							least, most = 0, paper.Width
						}
						if line.X < least || line.X+line.Width > most || line.Y < 0 || line.Y > l.frame.footer {
							t.Errorf("%s, %s, %s: page %d: a line at %v, %v, %v wide: %.40q", paper.Name, layout, language, page+1, line.X, line.Y, line.Width, textOf(*line))
						}
					})
				}
			}
		}
	}
}

// A name that fits its line at four fifths of its size or more is set on one line, as large as fits; a longer one is whole again at its
// size, and its lines but the first stand in.
func TestALongNameIsSetSmallerBeforeItIsBroken(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[A-Z][a-zéøñ]{1,16}(-[A-Z][a-z]{2,6})?`), 1, 14).Draw(t, "words"), " ")
		ps := paragraphStyle{size: 11 * Point, measure: MM(float64(rapid.IntRange(40, 160).Draw(t, "measure"))), rtl: rapid.Bool().Draw(t, "rtl")}
		wide := ps
		wide.measure = 1 << 30
		width := setText(s, name, wide)[0].Width
		ps.fit = true
		lines := setText(s, name, ps)
		switch {
		case width <= ps.measure:
			if len(lines) != 1 || lines[0].Size != ps.size {
				t.Fatalf("%q fits, but is set on %d lines at %v", name, len(lines), lines[0].Size)
			}
		case width*82/100 <= ps.measure:
			if len(lines) != 1 || lines[0].Size >= ps.size || lines[0].Size < ps.size*8/10 || lines[0].Width > ps.measure || lines[0].Width < ps.measure*97/100 {
				t.Fatalf("%q is set on %d lines at %v, %v of %v", name, len(lines), lines[0].Size, lines[0].Width, ps.measure)
			}
		case width*79/100 > ps.measure:
			if len(lines) < 2 || lines[0].Size != ps.size {
				t.Fatalf("%q is set on %d lines at %v", name, len(lines), lines[0].Size)
			}
			for i, l := range lines {
				start, far := l.X, l.X+l.Width
				if ps.rtl {
					start, far = ps.measure-far, ps.measure-start
				}
				if (i > 0) != (start > 0) || far > ps.measure {
					t.Fatalf("line %d of %q starts at %v and ends at %v of %v", i+1, name, start, far, ps.measure)
				}
			}
		}
		var back []string
		for _, l := range lines {
			back = append(back, strings.ReplaceAll(textOf(l), " ", ""))
		}
		if got := strings.Join(back, ""); got != strings.ReplaceAll(name, " ", "") {
			t.Fatalf("%q came back as %q", name, got)
		}
	})
}

// The baselines of the text stand on a grid of half lines, on every page and in every layout: lines of facing columns and of the next
// sheet, shining through, lie on one another.
func TestLinesStandOnAGridOfHalfLines(t *testing.T) {
	fonts := loadFonts(t)
	const text = namesEverywhere + `
# A large heading

1. One thing, said at such length that it takes more than one line of the paper, whatever the paper is, and then some more of it.
2. Another.

   And more of it.

   - deeper

***

A paragraph after all of it.

`
	for _, paper := range Papers() {
		for _, layout := range Layouts() {
			design := Design{Paper: paper, Layout: layout, Language: "en", Justify: true, Reference: "test-"}
			l, err := NewLayout(fonts, design, testElements(t, strings.Repeat(text, 5)), []string{"Zoë Łukasiewicz", "Leeds"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := l.NewSetter()
			letter, err := s.Set([]string{longNames[5], longNames[3]}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(letter.Pages) < 3 {
				t.Fatalf("%d pages", len(letter.Pages))
			}
			everyLine(s, letter, func(page int, furniture bool, line *Line) {
				top := l.frame.followTop
				if page == 0 {
					top = l.frame.firstTop
				}
				if !furniture && (line.Y-top)%halfLine != 0 {
					t.Errorf("%s, %s: page %d: %.30q stands %v off the grid", paper.Name, layout, page+1, textOf(*line), (line.Y-top)%halfLine)
				}
			})
		}
	}
}

// An address in Latin letters reads from left to right in an Arabic letter, too: its full stop stood before the company's name.
func TestALatinAddressKeepsItsFullStopInAnArabicLetter(t *testing.T) {
	paper, _ := PaperNamed("a4")
	l, err := NewLayout(loadFonts(t), Design{Paper: paper, Language: "ar"}, testElements(t, "مرحبا"), []string{"Zoë", "Leeds"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range l.head.lines {
		if textOf(line) == "Palantir Technologies Inc." {
			return
		}
	}
	t.Error("the company's line does not read as it was typed")
}
