package paperwork

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/packet"
)

func copyPaper() packet.TicketPaper {
	m := packet.Manifest{Letter: packet.Wording{Paper: "a4"}}
	paper, _ := m.Paper()
	paper.Grammage = 80
	return paper
}

func TestABoxWeighsWhatItsPaperWeighs(t *testing.T) {
	letter := packet.TicketPaper{Width: 21590, Height: 27940, Grammage: 75}
	for _, c := range []struct {
		paper  packet.TicketPaper
		sheets int
		grams  int64
	}{{copyPaper(), 1, 5}, {copyPaper(), 500, 2495}, {copyPaper(), 2500, 12474}, {letter, 500, 2262}, {copyPaper(), 0, 0}, {copyPaper(), 1_000_000_000, 4_989_600_000}} {
		if got := c.paper.Grams(c.sheets); got != c.grams {
			t.Errorf("%d sheets of %d × %d at %d g/m² weigh %d g, want %d", c.sheets, c.paper.Width, c.paper.Height, c.paper.Grammage, got, c.grams)
		}
	}
}

func TestBundlesAreBoxedInTheirOrder(t *testing.T) {
	var m packet.Manifest
	for _, sheets := range []int{500, 400, 200, 2600, 300, 700, 100} {
		m.Bundles = append(m.Bundles, packet.Bundle{Sheets: sheets})
	}
	m.Bundles[6].Recipient = 2 // of the last; the others are 0, and a manifest has no such mix, but a box must not either
	got := packBoxes(&m, 1000, copyPaper())
	want := []packet.TicketBox{
		{Box: 1, First: 1, Last: 2, Sheets: 900}, {Box: 2, First: 3, Last: 3, Sheets: 200},
		{Box: 3, First: 4, Last: 4, Part: 1, Parts: 3, Sheets: 1000}, {Box: 4, First: 4, Last: 4, Part: 2, Parts: 3, Sheets: 1000}, {Box: 5, First: 4, Last: 4, Part: 3, Parts: 3, Sheets: 600},
		{Box: 6, First: 5, Last: 6, Sheets: 1000}, {Box: 7, First: 7, Last: 7, Sheets: 100},
	}
	for i := range want {
		want[i].Grams = copyPaper().Grams(want[i].Sheets)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the boxes are %+v", got)
	}
	if none := packBoxes(&packet.Manifest{}, 1000, copyPaper()); len(none) != 0 {
		t.Errorf("no bundles have the boxes %+v", none)
	}
}

func TestEverySheetIsInOneBoxAndNoBoxIsTooFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m packet.Manifest
		recipient := rapid.IntRange(0, 1).Draw(t, "recipients")
		for i := range rapid.IntRange(0, 40).Draw(t, "bundles") {
			if recipient > 0 && i > 0 && rapid.IntRange(0, 5).Draw(t, "next recipient") == 0 {
				recipient++
			}
			m.Bundles = append(m.Bundles, packet.Bundle{Sheets: rapid.IntRange(1, 700).Draw(t, "sheets"), Recipient: recipient})
			m.Sheets += m.Bundles[i].Sheets
		}
		most := rapid.IntRange(50, 600).Draw(t, "box")
		next, sheets := 1, 0
		for i, b := range packBoxes(&m, most, copyPaper()) {
			inside := 0
			for k := b.First; k <= b.Last; k++ {
				inside += m.Bundles[k-1].Sheets
				if m.Bundles[k-1].Recipient != m.Bundles[b.First-1].Recipient {
					t.Fatalf("box %d holds bundles of two recipients", b.Box)
				}
			}
			switch {
			case b.Box != i+1 || b.First != next || b.Last < b.First || b.Sheets < 1 || b.Sheets > most:
				t.Fatalf("box %d comes after bundle %d: %+v", i+1, next-1, b)
			case b.Parts == 0 && b.Sheets != inside, b.Parts > 0 && (b.First != b.Last || inside <= most):
				t.Fatalf("the bundles of box %+v have %d sheets", b, inside)
			}
			if sheets += b.Sheets; b.Part == b.Parts {
				next = b.Last + 1
			}
		}
		if next != len(m.Bundles)+1 || sheets != m.Sheets {
			t.Fatalf("%d of %d sheets are boxed, and bundles up to %d of %d", sheets, m.Sheets, next-1, len(m.Bundles))
		}
	})
}
