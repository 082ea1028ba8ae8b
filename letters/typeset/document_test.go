package typeset

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// documentLayout is a layout for documents.
func documentLayout(t testing.TB, fonts *Fonts, language, paper string) *Layout {
	t.Helper()
	sheet, _ := PaperNamed(paper)
	l, err := NewLayout(fonts, Design{Paper: sheet, Language: language}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func pagesOf(t testing.TB, l *Layout, d *Document) []DocumentPage {
	t.Helper()
	pages, err := l.NewSetter().Document(d)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// syllable is a letter that tells words apart, wherever they are broken: one of the Canadian Aboriginal syllabics, which nothing else here has.
func syllable(n int) rune { return 0x1401 + rune(n%600) }

// drawTextOf draws a text of words, some of them very long, in scripts of both directions. Each has a syllable.
func drawTextOf(t *rapid.T, next *int) Text {
	var words []string
	for range rapid.IntRange(0, 8).Draw(t, "words") {
		*next++
		word := string(syllable(*next))
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			word += strings.Repeat("abcdefghij", rapid.IntRange(1, 30).Draw(t, "tens"))
		case 1, 2:
			word = "كلمة" + word
		case 3:
			word += "-2026-000001"
		}
		words = append(words, word)
	}
	return Say(strings.Join(words, rapid.SampledFrom([]string{" ", " ", " ", "\n"}).Draw(t, "between")))
}

// drawBlocks draws blocks, some with blocks inside.
func drawBlocks(t *rapid.T, next *int, depth int) []DocumentBlock {
	var blocks []DocumentBlock
	text := func() Text { return drawTextOf(t, next) }
	for range rapid.IntRange(1, 6).Draw(t, "blocks") {
		switch kind := rapid.IntRange(0, 11).Draw(t, "block"); {
		case kind == 0:
			blocks = append(blocks, Heading{Text: text(), Level: rapid.IntRange(1, 3).Draw(t, "level")})
		case kind == 1:
			blocks = append(blocks, Facts{Rows: []Fact{{Label: text().plain(), Value: text()}, {Value: text()}}})
		case kind == 2:
			blocks = append(blocks, FillIn{Fields: []Field{{Label: text().plain(), Share: 2}, {Label: text().plain()}}})
		case kind == 3:
			blocks = append(blocks, Ticks{Items: []Text{text(), text()}})
		case kind == 4 && depth > 0:
			blocks = append(blocks, Frame{Blocks: drawBlocks(t, next, depth-1), Height: MM(rapid.Float64Range(0, 50).Draw(t, "height"))})
		case kind == 5 && depth > 0:
			blocks = append(blocks, Together{Blocks: drawBlocks(t, next, depth-1)})
		case kind == 6:
			blocks = append(blocks, PageBreak{Restart: rapid.Bool().Draw(t, "restart")})
		case kind <= 8:
			blocks = append(blocks, drawTable(t, next))
		default:
			blocks = append(blocks, Paragraph{Text: text(), Marker: rapid.SampledFrom([]string{"", "1."}).Draw(t, "marker")})
		}
	}
	return blocks
}

func drawTable(t *rapid.T, next *int) Table {
	table := Table{Grid: rapid.Bool().Draw(t, "grid"), Tight: rapid.Bool().Draw(t, "tight")}
	for i := range rapid.IntRange(1, 6).Draw(t, "columns") {
		table.Columns = append(table.Columns, Column{Heading: fmt.Sprintf("h%d", i), Number: rapid.Bool().Draw(t, "number"), Tick: rapid.Bool().Draw(t, "tick")})
	}
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		var row []Text
		for range len(table.Columns) {
			row = append(row, drawTextOf(t, next))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// Whatever the blocks say: every line and every shape stands within the margins, no line over another, and every word is set once.
func TestNothingOfADocumentRunsOffAndNothingIsLost(t *testing.T) {
	fonts := loadFonts(t)
	layouts := []*Layout{documentLayout(t, fonts, "en", "a4"), documentLayout(t, fonts, "ar", "letter")}
	rapid.Check(t, func(rt *rapid.T) {
		l := rapid.SampledFrom(layouts).Draw(rt, "layout")
		words := 0
		d := &Document{Title: "T", Blocks: drawBlocks(rt, &words, 2)}
		pages, err := l.NewSetter().Document(d)
		if err != nil {
			rt.Fatal(err)
		}
		left, width := l.NewSetter().documentMargins(d)
		bottom := l.design.Paper.Height - docFoot
		missing := map[rune]int{}
		for n := 1; n <= words; n++ {
			missing[syllable(n)]++
		}
		for i := range pages {
			for _, line := range pages[i].Lines {
				if line.X < left-1 || line.X+line.Width > left+width+width/500 || line.Y < docHead || line.Y > bottom {
					rt.Errorf("page %d: %.40q stands at %d, %d and is %d wide", i+1, textOf(line), line.X, line.Y, line.Width)
				}
				for _, r := range textOf(line) {
					if r >= syllable(0) && r < syllable(0)+600 {
						missing[r]--
					}
				}
			}
			for k, a := range pages[i].Lines {
				for _, b := range pages[i].Lines[:k] {
					if a.X < b.X+b.Width-10 && b.X < a.X+a.Width-10 && max(a.Y-b.Y, b.Y-a.Y) < min(a.Size, b.Size)*7/10 {
						rt.Errorf("page %d: %.40q and %.40q stand one over the other", i+1, textOf(a), textOf(b))
					}
				}
			}
			for _, shape := range pages[i].Shapes {
				for _, r := range shape.Rects {
					if r.X < left-1 || r.X+r.Width > left+width+1 || r.Y < 0 || r.Y+r.Height > bottom {
						rt.Errorf("page %d: a rectangle at %+v", i+1, r)
					}
				}
				for _, p := range shape.Points {
					if p.X < left-1 || p.X > left+width+1 || p.Y < 0 || p.Y > bottom {
						rt.Errorf("page %d: a line at %+v", i+1, p)
					}
				}
			}
		}
		for r, times := range missing {
			if times != 0 {
				rt.Errorf("the word with %c is missing %d times", r, times)
			}
		}
	})
}

// linesIn are the lines of a page's text, without the running head and the foot.
func linesIn(l *Layout, page *DocumentPage) []string {
	var lines []string
	for _, line := range page.Lines {
		if line.Y > docHead && line.Y < l.design.Paper.Height-docBottom+1 {
			lines = append(lines, textOf(line))
		}
	}
	return lines
}

func TestTheHeadingOfATableComesOnEveryPage(t *testing.T) {
	l := documentLayout(t, loadFonts(t), "en", "a4")
	table := Table{Columns: []Column{{Heading: "Bundle"}, {Heading: "Letters", Number: true}}, Total: Cells("Total", "999")}
	for i := range 200 {
		table.Rows = append(table.Rows, Cells(fmt.Sprintf("row %d", i), "5"))
	}
	table.Rows[100][0] = Say(strings.Repeat("a long cell that goes on over the end of its page ", 200))
	pages := pagesOf(t, l, &Document{Title: "T", Blocks: []DocumentBlock{table}})
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i := range pages {
		if got := linesIn(l, &pages[i]); got[0] != "Bundle" || got[1] != "Letters" {
			t.Errorf("page %d begins with %q", i+1, got[:2])
		}
	}
	last := linesIn(l, &pages[len(pages)-1])
	if n := len(last); last[n-2] != "Total" || last[n-1] != "999" || n < 6 {
		t.Errorf("the last page is %q: the total is never alone", last)
	}
}

// A heading is never the last thing on a page, nor is a table's, and a paragraph leaves two lines on either side of a break.
func TestPagesBreakWhereReadersExpectIt(t *testing.T) {
	l := documentLayout(t, loadFonts(t), "en", "a4")
	for filler := range 60 {
		blocks := []DocumentBlock{}
		for range filler {
			blocks = append(blocks, Paragraph{Text: Say("filler")})
		}
		sentence := strings.Repeat("One two three four five six seven eight nine ten eleven twelve. ", 6)
		blocks = append(blocks, Heading{Text: Say("Heading"), Level: 2}, Table{Columns: []Column{{Heading: "Column"}}, Rows: [][]Text{Cells("cell")}},
			Heading{Text: Say("Heading"), Level: 3}, Space(20*Point), Paragraph{Text: Say(sentence)}, Together{Blocks: []DocumentBlock{
				Paragraph{Text: Say("name")}, Paragraph{Text: Say("office")}}})
		pages := pagesOf(t, l, &Document{Title: "T", Blocks: blocks})
		for i := range pages[:len(pages)-1] {
			lines, next := linesIn(l, &pages[i]), linesIn(l, &pages[i+1])
			switch last := lines[len(lines)-1]; {
			case last == "Heading", last == "Column", last == "name":
				t.Errorf("%d fillers: page %d ends with %q", filler, i+1, last)
			case strings.HasPrefix(last, "One two") && lines[len(lines)-2] == "Heading":
				t.Errorf("%d fillers: page %d ends with one line of a paragraph", filler, i+1)
			case next[0] == "office":
				t.Errorf("%d fillers: page %d begins with %q", filler, i+2, next[0])
			}
		}
	}
}

func TestASecondCopyIsCountedAnew(t *testing.T) {
	l := documentLayout(t, loadFonts(t), "en", "a4")
	copies := []DocumentBlock{Paragraph{Text: Say("a")}, PageBreak{}, Paragraph{Text: Say("b")}, PageBreak{Restart: true}, Paragraph{Text: Say("c")}}
	pages := pagesOf(t, l, &Document{Title: "T", Running: "running", Foot: "foot", Blocks: copies})
	var got []string
	for i := range pages {
		var words []string
		for _, line := range pages[i].Lines {
			words = append(words, textOf(line))
		}
		got = append(got, strings.Join(words, "|"))
	}
	want := []string{"a|1 / 2|foot", "b|running|2 / 2|foot", "c|1 / 1|foot"}
	if !slices.Equal(got, want) {
		t.Errorf("the pages are %q, want %q", got, want)
	}
	if pages := pagesOf(t, l, &Document{Title: "nothing"}); len(pages) != 1 {
		t.Errorf("a document of nothing has %d pages", len(pages))
	}
}

// What no face has is written by its number: a box would say nothing to anybody.
func TestWhatNoFaceHasIsWrittenByItsNumber(t *testing.T) {
	fonts := loadFonts(t)
	fonts.folders = func() []string { return nil }
	l := documentLayout(t, fonts, "en", "a4")
	pages := pagesOf(t, l, &Document{Title: "T", Blocks: []DocumentBlock{Paragraph{Text: Say("a\U000F0000b")}}})
	if got := linesIn(l, &pages[0]); got[0] != "a[U+F0000]b" {
		t.Errorf("it reads %q", got)
	}
}

// What a document looks like does not depend on which others are set before it or beside it, though each of them may be the first that
// needs the system's faces.
func TestDocumentsSetAtOnceLookAsEachDoesAlone(t *testing.T) {
	load := twoMachines(t)
	texts := []string{"Müller", "Taꞑrı Şäriä", "محمد Müller", "שרה ꞑ", "אנה ᎺᎵ", "(محمد) ꞑ12", "ᎺᎵ Ꮻ Müller سارہ", "é\u0320 ꞑ\u0320", "Անի, अनिता", "1\u0951", "☎ 12–13", "a\U000F0000b"}
	document := func(text string) *Document {
		return &Document{Title: text, Foot: text, Blocks: []DocumentBlock{
			Heading{Text: Say(text), Level: 1}, Paragraph{Text: Fill("To ({name})12, {name}.", 0, "name", text)}, Paragraph{Text: Fill("{name}", boldStyle, "name", text), Marker: text},
			Table{Columns: []Column{{Heading: text}}, Rows: [][]Text{{Say(text)}}},
			Drawing{Height: Inch, Draw: func(k *Sketch) { k.Text(Place{}, AtLeft, docSmall, Say(text)) }},
		}}
	}
	look := func(l *Layout, text string) string {
		pages, err := l.NewSetter().Document(document(text))
		if err != nil {
			return err.Error()
		}
		var b strings.Builder
		for _, line := range pages[0].Lines {
			fmt.Fprint(&b, line.X, " ", line.Y, " ", line.Size)
			for _, item := range line.Items {
				for _, run := range item.Word.Runs {
					fmt.Fprint(&b, " ", run.Face.Name, run.Glyphs)
				}
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	together := make([]string, len(texts))
	l := documentLayout(t, load(), "en", "a4")
	var group sync.WaitGroup
	for i, text := range texts {
		group.Go(func() { together[i] = look(l, text) })
	}
	group.Wait()
	if l.fonts.system.Load() == nil {
		t.Fatal("no document needed the system's faces")
	}
	for i, text := range texts {
		if alone := look(documentLayout(t, load(), "en", "a4"), text); together[i] != alone {
			t.Errorf("%q set beside others:\n%s\nalone:\n%s", text, together[i], alone)
		}
	}
}

// Numbers below one another have their last digits below one another, in documents of both directions.
func TestNumbersStandBelowOneAnother(t *testing.T) {
	fonts := loadFonts(t)
	for _, language := range []string{"en", "ar"} {
		l := documentLayout(t, fonts, language, "a4")
		table := Table{Columns: []Column{{Heading: "a"}, {Heading: "b", Number: true}}, Rows: [][]Text{Cells("x", "1"), Cells("y", "12,345"), Cells("z", "678")}}
		pages := pagesOf(t, l, &Document{Title: "T", Blocks: []DocumentBlock{table}})
		right := map[Length]bool{}
		for _, line := range pages[0].Lines {
			if text := textOf(line); text == "1" || text == "12,345" || text == "678" {
				right[line.X+line.Width] = true
			}
		}
		if len(right) != 1 {
			t.Errorf("%s: numbers end at %v", language, right)
		}
	}
}

func TestFillKeepsPatternAndValuesApart(t *testing.T) {
	got := ""
	for _, run := range Fill("{a} says {b} to {a}, {c}{", 0, "a", "{b}", "b", "nothing") {
		got += fmt.Sprintf("%v:%s|", run.Value, run.Text)
	}
	if want := "true:{b}|false: says |true:nothing|false: to |true:{b}|false:, {c}{|"; got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
}
