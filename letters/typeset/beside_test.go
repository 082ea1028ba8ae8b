package typeset

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestColumnsAreLevelAndNothingIsLost deals rows of any heights out: in order, each once, none higher than the page, and where all of
// them fit, no deal is lower by more than a point.
func TestColumnsAreLevelAndNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		heights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Length { return Point * Length(rapid.IntRange(5, 60).Draw(t, "points")) }), 1, 80).Draw(t, "heights")
		columns, room := rapid.IntRange(1, 5).Draw(t, "columns"), Length(rapid.IntRange(60, 700).Draw(t, "room"))*Point
		ends := shortest(heights, columns, room)
		start, highest := 0, Length(0)
		for _, end := range ends {
			if end < start {
				t.Fatalf("columns end at rows %v", ends)
			}
			var sum Length
			for _, h := range heights[start:end] {
				sum += h
			}
			highest, start = max(highest, sum), end
		}
		if highest > room || ends[0] == 0 {
			t.Fatalf("columns end at %v, and one is %d points high of %d", ends, highest/Point, room/Point)
		}
		if lower := dealt(heights, columns, highest-2*Point); start == len(heights) && heights[0] <= highest-2*Point && lower[columns-1] == len(heights) {
			t.Errorf("columns of %d points would do, and they are %d high", highest/Point-2, highest/Point)
		}
		if start < len(heights) {
			if all := dealt(heights, columns, room); all[columns-1] != start {
				t.Errorf("the page takes %d rows, and has %d", all[columns-1], start)
			}
		}
	})
}

// TestATableBesideItselfIsReadDownEachColumn sets tables of any length, with names of one word and of many, in both directions of reading: every row
// stands once, below the one before or at the top of the next column, and within the margins.
func TestATableBesideItselfIsReadDownEachColumn(t *testing.T) {
	fonts := loadFonts(t)
	for _, language := range []string{"en", "ar"} {
		for _, paper := range Papers() {
			l, err := NewLayout(fonts, Design{Paper: paper, Language: language}, nil, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{1, 3, 40, 700} {
				table := Table{Columns: []Column{{Heading: "Country"}, {Heading: "Signatures", Number: true}}, Size: 8 * Point, Close: true}
				for i := range n {
					name := fmt.Sprintf("Country %d", i)
					if i%11 == 5 {
						name += strings.Repeat(" and the islands of the south", 4)
					}
					table.Rows = append(table.Rows, Cells(name, fmt.Sprintf("%07d", i)))
				}
				pages, err := l.NewSetter().Document(&Document{Title: "Totals", Blocks: []DocumentBlock{
					Heading{Text: Say("By country"), Level: 2}, Beside{Table: table, Count: 4}, Paragraph{Text: Say("The end")},
				}})
				if err != nil {
					t.Fatal(err)
				}
				checkBeside(t, l, pages, n)
			}
		}
	}
}

func checkBeside(t *testing.T, l *Layout, pages []DocumentPage, n int) {
	t.Helper()
	design, next := &l.design, 0
	for p := range pages {
		before := Place{}
		for _, line := range pages[p].Lines {
			if line.Y > design.Paper.Height-docFoot || line.X < docEnd-Point || line.X+line.Width > design.Paper.Width-docEnd+Point {
				t.Fatalf("%s: page %d: %q stands at %d, %d", design.Paper.Name, p+1, textOf(line), line.X/Point, line.Y/Point)
			}
			number := 0
			if text := textOf(line); len(text) != 7 || strings.Trim(text, "0123456789") != "" {
				continue
			} else if _, err := fmt.Sscan(strings.TrimLeft(text[:6], "0")+text[6:], &number); err != nil {
				t.Fatal(err)
			}
			if number != next {
				t.Fatalf("%s: page %d: after row %d comes row %d", design.Paper.Name, p+1, next-1, number)
			}
			if start := before == (Place{}); !start && line.Y <= before.Y && (line.X > before.X) == l.rtl {
				t.Fatalf("%s: page %d: row %d stands neither below the one before nor in the next column", design.Paper.Name, p+1, number)
			}
			before, next = Place{X: line.X, Y: line.Y}, next+1
		}
	}
	if next != n {
		t.Fatalf("%s: %d rows of %d", design.Paper.Name, next, n)
	}
}
