package typeset

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postbag/letters/merge"
	"postbag/templates"
)

func loadFonts(t testing.TB) *Fonts {
	t.Helper()
	fonts, err := LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	return fonts
}

func newTestShaper(t testing.TB) *shaper { return newShaper(loadFonts(t), "en", nil, newWords()) }

// textOf reads a line back.
func textOf(l Line) string {
	var b strings.Builder
	for _, item := range l.Items {
		if item.Spaced {
			b.WriteByte(' ')
		}
		b.WriteString(item.Word.Text())
	}
	return b.String()
}

func setText(s *shaper, text string, ps paragraphStyle) []Line {
	var p paragraph
	var items []Item
	return p.set(s, []merge.Run{{Text: text}}, &ps, &items, nil)
}

var body = paragraphStyle{size: 11 * Point, align: alignJustify, measure: MM(158)}

func TestEveryWordIsOnOneLineInOrder(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zÀ-ž]{1,14}(-[a-z]{2,9})?[,.]?`), 1, 120).Draw(t, "words")
		ps := body
		ps.measure = MM(float64(rapid.IntRange(25, 180).Draw(t, "measure")))
		if rapid.Bool().Draw(t, "ragged") {
			ps.align = alignStart
		}
		lines := setText(s, strings.Join(words, " "), ps)
		var back []string
		for _, l := range lines {
			back = append(back, textOf(l))
			if slack := ps.measure - l.Width; slack < -ps.measure/1000 {
				t.Fatalf("a line runs %v beyond its measure: %q", -slack, textOf(l))
			}
		}
		want := strings.Join(words, "")
		if got := strings.NewReplacer(" ", "", softHyphen, "").Replace(strings.Join(back, "")); got != want {
			t.Fatalf("words came back as %q, want %q", got, want)
		}
	})
}

// A name of three hundred letters without a space must break and not run off the paper.
func TestALongNameStaysOnThePaper(t *testing.T) {
	s := newTestShaper(t)
	ps := body
	ps.align = alignStart
	for _, name := range []string{strings.Repeat("W", 300), strings.Repeat("Ab", 150), strings.Repeat("ñ́", 200)} {
		lines := setText(s, name, ps)
		var back strings.Builder
		for _, l := range lines {
			if l.Width > ps.measure {
				t.Errorf("a line of %.10s… is %v wide, the measure is %v", name, l.Width, ps.measure)
			}
			back.WriteString(textOf(l))
		}
		if back.String() != name {
			t.Errorf("%.10s… came back changed", name)
		}
		if len(lines) < 2 {
			t.Errorf("%.10s… fits on %d line", name, len(lines))
		}
	}
}

// The quick way from runs to boxes must end where the general one does.
func TestJoinMakesTheBoxesOfTheGeneralWay(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		var runs []merge.Run
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			run := merge.Run{
				Text:  rapid.StringMatching(`[ a-zA-Z,.\-]{0,30}`).Draw(t, "text"),
				Style: Style(rapid.IntRange(0, 3).Draw(t, "style")),
				Value: rapid.Bool().Draw(t, "value"),
			}
			if run.Value {
				run.Text = strings.Join(strings.Fields(run.Text), " ")
			}
			if rapid.IntRange(0, 9).Draw(t, "break") == 0 {
				run = merge.Run{Break: true}
			}
			runs = append(runs, run)
		}
		var quick, general paragraph
		if !quick.join(s, runs, &body) {
			t.Fatal("join refused a paragraph that reads from left to right")
		}
		general.fill(s, &body, general.read(runs, 0))
		if got, want := fmt.Sprint(describe(quick.boxes)), fmt.Sprint(describe(general.boxes)); got != want {
			t.Fatalf("of %+v join makes\n%s\nthe general way\n%s", runs, got, want)
		}
	})
}

func describe(boxes []box) []string {
	var out []string
	for _, b := range boxes {
		out = append(out, fmt.Sprintf("%q/%d glue %d opening %v hyphen %v forced %v divided %v", b.word.text, b.word.style, b.glue, b.opening, b.hyphen, b.forced, b.divided != nil))
	}
	return out
}

func TestKerningIsThatOfTheWholeText(t *testing.T) {
	s := newTestShaper(t)
	whole := s.shape("AVATAR", 0, false).Width
	var apart Em
	for _, c := range "AVATAR" {
		apart += s.shape(string(c), 0, false).Width
	}
	if whole >= apart {
		t.Errorf("AVATAR is %d wide and its letters %d: nothing was kerned", whole, apart)
	}
}

// The words of an Arabic name stand from right to left, and the English around it stays where it is (UAX #9).
func TestAnArabicNameReadsInOrder(t *testing.T) {
	s := newTestShaper(t)
	set := func(runs ...merge.Run) string {
		var p paragraph
		var items []Item
		return textOf(p.set(s, runs, &body, &items, nil)[0])
	}
	for _, c := range []struct {
		runs []merge.Run
		want string // from left to right, as words
	}{
		{[]merge.Run{{Text: "I am "}, {Text: "محمد بن علي", Value: true}, {Text: ", and I agree."}}, "I am علي بن محمد, and I agree."},
		{[]merge.Run{{Text: "From "}, {Text: "القاهرة, Egypt", Value: true}, {Text: "."}}, "From القاهرة, Egypt."},
		{[]merge.Run{{Text: "דוד 12 abc", Value: true}}, "abc 12 דוד"},
		{[]merge.Run{{Text: "In "}, {Text: "abc דוד 12 xyz", Value: true}, {Text: " end"}}, "In abc 12 דוד xyz end"},
	} {
		if got := set(c.runs...); got != c.want {
			t.Errorf("%v stands as %q, want %q", c.runs, got, c.want)
		}
	}
}

func TestMissingNamesTheCharactersThatNoFontHas(t *testing.T) {
	fonts := loadFonts(t)
	if got := fonts.Missing("Zoë Łukasiewicz Ντίνα Юрій O’Brien"); got != nil {
		t.Errorf("Latin, Greek and Cyrillic lack %q", got)
	}
	if got := fonts.Missing("A\U000E0FFFB\u0378"); len(got) != 1 || got[0] != '\u0378' {
		t.Errorf("Missing names %q, want U+0378, which no font can have: it is not assigned", got)
	}
	if got := fonts.Missing("क\u200dष \u200fab\ufe0f"); len(got) > 0 && got[0] != 'क' && got[0] != 'ष' {
		t.Errorf("invisible characters count as missing: %q", got)
	}
}

// planFor makes a letter of blocks with so many lines each, the last three being the signature block.
func planFor(t *rapid.T, paragraphs []int, letter Paper) ([][]row, *Layout) {
	l := &Layout{frame: frameFor("plain", letter), home: map[PieceKey]Length{}, design: Design{Paper: letter, Language: "en"}}
	heights := append([]int{4, 1}, paragraphs...)
	heights = append(heights, 1, 1, 1)
	for i := range heights {
		e := Element{Role: Body}
		switch {
		case i == 0:
			e.Role = Address
		case i == 1:
			e.Role = Salutation
		case i == len(heights)-3:
			e.Role = Closing
		case i > len(heights)-3:
			e.Role = Signature
		}
		l.blocks = append(l.blocks, layoutBlock{element: e, style: l.styleOf(e, Body)})
	}
	rows := l.rows(heights, nil)
	var pages [][]row
	for start := 0; start < len(rows); {
		top := l.frame.followTop
		if start == 0 {
			top = l.frame.firstTop
		}
		end := l.fillPage(rows, start, top)
		if end <= start {
			t.Fatalf("a page without a row")
		}
		pages = append(pages, rows[start:end])
		start = end
	}
	return pages, l
}

func TestNoWidowNoOrphanNoLonelySignature(t *testing.T) {
	papers := Papers()
	rapid.Check(t, func(t *rapid.T) {
		paragraphs := rapid.SliceOfN(rapid.IntRange(1, 14), 1, 40).Draw(t, "lines")
		pages, l := planFor(t, paragraphs, papers[rapid.IntRange(0, len(papers)-1).Draw(t, "paper")])
		lines := map[int]int{}
		for _, page := range pages {
			for _, r := range page {
				lines[r.block]++
			}
		}
		for i, page := range pages {
			y := l.frame.followTop
			if i == 0 {
				y = l.frame.firstTop
			}
			for k, r := range page {
				if k > 0 {
					y += r.before
				}
			}
			if y > l.frame.bottom {
				t.Fatalf("page %d runs below its frame", i+1)
			}
			if i == 0 {
				continue
			}
			first := page[0]
			if n := lines[first.block]; n > 1 && (first.line == 1 || first.line == n-1) {
				t.Fatalf("page %d starts with line %d of a paragraph of %d", i+1, first.line+1, n)
			}
			if role := l.blocks[first.block].element.Role; role != Body {
				t.Fatalf("page %d starts with the signature block", i+1)
			}
			if i == len(pages)-1 {
				text := 0
				for _, r := range page {
					if l.blocks[r.block].element.Role == Body {
						text++
					}
				}
				if text < 2 {
					t.Fatalf("the signature block has %d lines of text with it", text)
				}
			}
		}
	})
}

func TestMeasuresAreThoseOfThePaper(t *testing.T) {
	a4, _ := PaperNamed("a4")
	if a4.Width != 595276 || a4.Height != 841890 {
		t.Errorf("A4 is %d × %d thousandths of a point, want 595276 × 841890", a4.Width, a4.Height)
	}
	letter, _ := PaperNamed("letter")
	if letter.Width != 612*Point || letter.Height != 792*Point {
		t.Errorf("US Letter is %d × %d, want 612 × 792 pt", letter.Width, letter.Height)
	}
	if _, ok := PaperNamed("foolscap"); ok {
		t.Error("there is no paper foolscap")
	}
}

func TestEmphasisChangesTheFace(t *testing.T) {
	s := newTestShaper(t)
	for style, want := range map[Style]string{
		0: "LiberationSerif", templates.Bold: "LiberationSerif-Bold", templates.Italic: "LiberationSerif-Italic",
		templates.Bold | templates.Italic: "LiberationSerif-BoldItalic",
	} {
		if got := s.shape("Karp", style, false).Runs[0].Face.Name; got != want {
			t.Errorf("style %d is set in %s, want %s", style, got, want)
		}
	}
}

func FuzzAnyNameIsSetOrMissing(f *testing.F) {
	for _, s := range []string{"Zoë", "محمد", "(((\\)", "{{.x}} **b**", "a\u0301\u0302\u0303", "👩‍👩‍👧", "\u202eabc", "ก็"} {
		f.Add(s)
	}
	fonts := loadFonts(f)
	s := newShaper(fonts, "en", nil, newWords())
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) || len(name) > 4000 || len(fonts.Missing(name)) > 0 {
			return
		}
		for _, l := range setText(s, name, body) {
			for _, item := range l.Items {
				if item.Word.lacks {
					t.Errorf("%q: Missing finds nothing, but %q has no glyph", name, item.Word.text)
				}
			}
			if l.Width > body.measure+body.measure/500 {
				t.Errorf("%q: a line is %v wide", name, l.Width)
			}
		}
	})
}

func TestALettersNumberHasSixDigitsOrMore(t *testing.T) {
	paper, _ := PaperNamed("a4")
	l, err := NewLayout(loadFonts(t), Design{Paper: paper, Language: "en", Reference: "x-"}, []Element{{Role: Body, Block: merge.Literal("text")}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := l.NewSetter()
	for number, want := range map[int]string{1: "000001", 999: "000999", 1000: "001000", 123456: "123456", 1000000: "1000000", 12345678: "12345678", 1000000007: "1000000007"} {
		if got := textOf(s.numberLine(number)); got != want {
			t.Errorf("%d is set as %s, want %s", number, got, want)
		}
	}
}
