package typeset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/merge"
	"postbag/templates"
)

// entryBlock is a name and, where there is one, a place behind it.
func entryBlock() merge.Block {
	place := []templates.Condition{{Field: "place"}}
	return merge.Compile([]templates.Block{{Inline: []templates.Inline{{Field: "name"}, {Text: ", ", If: place}, {Field: "place", If: place}}}}, slots{})[0]
}

// formOf is a form with a text: names in columns, blocks, or rows.
func formOf(t testing.TB, fonts *Fonts, kind, language string, paper Paper, samples [][]string) *Form {
	t.Helper()
	d := FormDesign{
		Columns: 3, Greatest: 1_000_000, PageOf: func(page, pages int) string { return fmt.Sprintf("%d / %d", page, pages) },
		Heading: func(first, last int, continued bool) string { return fmt.Sprintf("%d-%d %v", first, last, continued) },
		Entry:   []EntryPart{{Block: entryBlock()}},
	}
	text := []Element{{Subject, merge.Literal("Transparency")}, {Body, merge.Literal(strings.Repeat("We ask you for an account of the contracts. ", 12))}}
	switch kind {
	case "blocks":
		d.Columns, d.Apart = 2, 6*Point
		d.Entry = []EntryPart{{Block: merge.Value(0), Style: templates.Bold}, {Block: merge.Value(1)}}
		d.After = []Element{{Subject, merge.Literal("Holdings")}, {Body, merge.Literal(strings.Repeat("A total. ", 200))}}
	case "rows":
		d.Entry, d.Heading = nil, nil
		d.Table = []TableColumn{{"Name", merge.Value(0)}, {"Place", merge.Value(1)}}
		d.Head, text = text, nil
	}
	l, err := NewLayout(fonts, Design{Paper: paper, Language: language, Justify: true, Running: "A", Form: true}, text, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewForm(l, d, samples)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// placedLine is a line as it stands on a page.
type placedLine struct {
	Line
	page int
}

// setForm sets a volume and returns its lines as they stand on the pages, and on which page each signer was said to be.
func setForm(f *Form, v Volume, signers [][]string) (lines []placedLine, pages []FormPage, said []int, err error) {
	s := f.NewSetter(f.layout.NewSetter())
	emit := func(p *FormPage) error {
		page := *p
		page.Rules = slices.Clone(p.Rules)
		pages = append(pages, page)
		for _, line := range p.Lines {
			line.Items = slices.Clone(line.Items)
			for i := range line.Items { // words last until the page is done
				word := *line.Items[i].Word
				word.text = strings.Clone(word.text)
				line.Items[i].Word = &word
			}
			lines = append(lines, placedLine{Line: line, page: len(pages)})
		}
		if p.Fixed != nil {
			for _, line := range p.Fixed.Lines {
				lines = append(lines, placedLine{Line: line, page: len(pages)})
			}
		}
		return nil
	}
	if err := s.Begin(v, emit); err != nil {
		return nil, nil, nil, err
	}
	for i, values := range signers {
		page, err := s.Add(values, i+1)
		if err != nil {
			return nil, nil, nil, err
		}
		said = append(said, page)
	}
	err = s.End()
	return lines, pages, said, err
}

// signersDrawn are names and places, now and then as long as they come.
func signersDrawn(t *rapid.T) [][]string {
	name := rapid.OneOf(rapid.StringMatching(`[A-Z][a-zéøñ]{1,12} [A-Z][a-z]{1,14}(-[A-Z][a-z]{2,9})?`), rapid.SampledFrom(
		[]string{"X", "محمد بن عمر الشاذلي", "נועה בן־דוד", "李", strings.Repeat("Wolfeschlegel", 9), strings.Repeat("Maria ", 30) + "Silva", strings.Repeat("李", 80)}))
	place := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[A-Z][a-z]{2,9}, [A-Z][a-z]{3,9}`), rapid.Just(strings.Repeat("Llanfairpwllgwyngyll ", 8)+"Wales"))
	n := rapid.IntRange(1, 250).Draw(t, "signers")
	few := make([][]string, min(n, 40))
	for i := range few {
		few[i] = []string{name.Draw(t, "name"), place.Draw(t, "place")}
	}
	out := make([][]string, n)
	for i := range out {
		out[i] = few[i*i%len(few)]
	}
	return out
}

// Whatever the names: nothing is off the paper or over anything else, every signer stands once, in order and where it was said, and no
// column of the last page is longer than need be.
func TestEntriesStandApartAndOnThePaper(t *testing.T) {
	fonts := loadFonts(t)
	fonts.Missing("李محمدנועה") // a face of the system may have them
	rapid.Check(t, func(rt *rapid.T) {
		signers := signersDrawn(rt)
		for _, kind := range []string{"columns", "blocks", "rows"} {
			paper := rapid.SampledFrom(Papers()).Draw(rt, "paper")
			f := formOf(t, fonts, kind, rapid.SampledFrom([]string{"en", "ar"}).Draw(rt, "language"), paper, signers[:min(len(signers), 50)])
			v := Volume{Foot: "foot", Text: rapid.Bool().Draw(rt, "text"), Last: rapid.Bool().Draw(rt, "last"), Title: []Element{{Subject, merge.Literal("Volume")}}}
			lines, pages, said, err := setForm(f, v, signers)
			if err != nil {
				rt.Fatal(err)
			}
			mustStandApart(rt, f, lines)
			mustCount(rt, pages, said, lines, len(signers))
		}
	})
}

// mustStandApart looks at each pair of lines of a page.
func mustStandApart(t *rapid.T, f *Form, lines []placedLine) {
	frame := &f.layout.frame
	byPage := map[int][]placedLine{}
	for _, l := range lines {
		byPage[l.page] = append(byPage[l.page], l)
		if l.X < frame.left-1 || l.X+l.Width > frame.left+frame.width+frame.width/500 || l.Y < frame.headTop || l.Y > frame.bottom && l.Y != frame.footer {
			t.Fatalf("page %d: %q stands at %d, %d and is %d wide", l.page, textOf(l.Line), l.X, l.Y, l.Width)
		}
	}
	for _, page := range byPage {
		slices.SortFunc(page, func(a, b placedLine) int { return int(a.Y - b.Y) })
		for i, a := range page {
			for _, b := range page[i+1:] {
				if b.Y-a.Y >= min(a.Size, b.Size)*9/10 {
					break
				}
				if a.X+a.Width > b.X+Point/10 && b.X+b.Width > a.X+Point/10 {
					t.Fatalf("page %d: %q and %q stand one over the other", a.page, textOf(a.Line), textOf(b.Line))
				}
			}
		}
	}
}

// mustCount finds each number once, on the page that was said.
func mustCount(t *rapid.T, pages []FormPage, said []int, lines []placedLine, signers int) {
	on := map[string]int{}
	for _, l := range lines {
		if text := strings.ReplaceAll(textOf(l.Line), " ", ""); len(text) == 6 && strings.Trim(text, "0123456789") == "" {
			if on[text] != 0 {
				t.Fatalf("%s stands twice", text)
			}
			on[text] = l.page
		}
	}
	next := 1
	for _, p := range pages {
		if p.First == 0 {
			continue
		}
		if p.First != next || p.Last < p.First {
			t.Fatalf("a page goes from %d to %d, want from %d", p.First, p.Last, next)
		}
		next = p.Last + 1
	}
	if len(on) != signers || next != signers+1 {
		t.Fatalf("%d numbers, up to %d, of %d signers", len(on), next-1, signers)
	}
	for i, page := range said {
		if got := on[fmt.Sprintf("%06d", i+1)]; got != page {
			t.Fatalf("%d is said to stand on page %d and stands on %d", i+1, page, got)
		}
	}
}

// The last page's columns are as even as the entries allow: none is longer than the first by more than an entry.
func TestTheLastColumnsAreBalanced(t *testing.T) {
	fonts := loadFonts(t)
	for _, n := range []int{1, 2, 3, 4, 7, 30, 31, 32, 100, 200, 333} {
		var signers [][]string
		for i := range n {
			signers = append(signers, []string{fmt.Sprintf("Ann %c. Lee", 'A'+i%26), ""})
		}
		f := formOf(t, fonts, "columns", "en", Papers()[0], signers)
		if n > 9 && f.columns.count != 3 {
			t.Fatalf("short names stand in %d columns", f.columns.count)
		}
		lines, pages, _, err := setForm(f, Volume{Foot: "foot"}, signers)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[Length]int{}
		for _, l := range lines {
			if l.page == len(pages) && l.Size == numberSize {
				rows[l.X+l.Width-f.number]++
			}
		}
		var counts []int
		for column := range f.columns.count {
			if c := rows[f.columnX(column)]; c > 0 {
				counts = append(counts, c)
			}
		}
		for i, c := range counts {
			if c > counts[0] || i+1 < len(counts) && c < counts[0] || n > 9 && counts[0]-c > 2 {
				t.Errorf("%d names: the columns of the last page have %v", n, counts)
				break
			}
		}
		if n <= leastColumn && len(counts) != 1 {
			t.Errorf("%d names stand in %d columns", n, len(counts))
		}
	}
}

func TestNumbersOfEntriesHaveSixDigitsOrMore(t *testing.T) {
	f := formOf(t, loadFonts(t), "columns", "en", Papers()[0], nil)
	s := f.layout.NewSetter()
	for number, want := range map[int]string{1: "000001", 999: "000999", 123456: "123456", 1000000: "1000000", 12345678: "12345678"} {
		if got := strings.ReplaceAll(textOf(s.appendNumber(number, numberSize)), " ", ""); got != want {
			t.Errorf("%d is set as %s", number, got)
		}
	}
}

// Rows have the height that was asked for; one with a long name is higher, and the rule is below it.
func TestRowsAreRuled(t *testing.T) {
	f := formOf(t, loadFonts(t), "rows", "en", Papers()[0], nil)
	signers := [][]string{{"Ann Lee", "Leeds"}, {strings.Repeat("Maria ", 40) + "Silva", "Leeds"}, {"Bob", ""}}
	_, pages, _, err := setForm(f, Volume{}, signers)
	if err != nil || len(pages) != 1 || len(pages[0].Rules) != 4 {
		t.Fatalf("%v: %d pages, %d rules", err, len(pages), len(pages[0].Rules))
	}
	high := func(i int) Length { return pages[0].Rules[i+1].Y - pages[0].Rules[i].Y }
	if high(0) < leastRow || high(1) <= high(0)+cellLeading || high(2) != high(0)-ruleWidth/2+ruleWidth/2 && high(2)-high(0) > ruleWidth {
		t.Errorf("the rows are %d, %d and %d high", high(0), high(1), high(2))
	}
}
