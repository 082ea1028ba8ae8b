package paperwork

import (
	"context"
	"io"
	"strings"

	"postbag/letters/packet"
	"postbag/letters/typeset"
)

// boxLabels writes print/box-labels.pdf: a label for each box of each set, two on a page. What is too long makes its label higher, and then it has
// a page for itself.
func boxLabels(ctx context.Context, w *work, out io.Writer) error {
	t := w.jobTicket()
	d := &typeset.Document{Title: w.words.Say("labels.title")}
	for set := range t.Copies {
		for i := range t.Boxes {
			d.Blocks = append(d.Blocks, w.label(&t.Boxes[i], set+1))
		}
	}
	return w.set(ctx, out, d)
}

// labelNumber is the size of a box's number: it is read across a room.
const labelNumber = 36 * typeset.Point

// label is the label of one box.
func (w *work) label(box *packet.TicketBox, set int) typeset.DocumentBlock {
	words, t := w.words, w.jobTicket()
	blocks := []typeset.DocumentBlock{typeset.Paragraph{
		Text: words.Text("labels.box", "box", words.Number(box.Box), "boxes", words.Number(len(t.Boxes))), Size: labelNumber, Center: true, Keep: true}}
	if t.Copies > 1 {
		blocks = append(blocks, typeset.Paragraph{Text: words.Text("labels.set", "set", words.Number(set), "sets", words.Number(t.Copies)), Size: 14 * typeset.Point, Center: true, Keep: true})
	}
	blocks = append(blocks, typeset.Facts{Size: 13 * typeset.Point, Rows: w.labelRows(box)},
		typeset.FillIn{Fields: []typeset.Field{{Label: words.Say("labels.closed")}}, Height: typeset.MM(9)})
	return typeset.Frame{Blocks: blocks, Height: w.labelHeight()}
}

// labelHeight is the height inside a label of which two fill a page.
func (w *work) labelHeight() typeset.Length {
	const around = 64 * typeset.Point // the frame's padding, and room between two
	return (w.Design.Paper.Height-typeset.MM(45))/2 - around/2
}

// labelRows says what is in a box, where it goes and whose it is.
func (w *work) labelRows(box *packet.TicketBox) []typeset.Fact {
	words, t := w.words, w.jobTicket()
	row := func(key string, value typeset.Text) typeset.Fact {
		return typeset.Fact{Label: words.Say(key), Value: value}
	}
	rows := []typeset.Fact{words.Fact("common.from", listed(w.Campaign.Sender.Organisation, t.Contact)), words.Fact("common.to", w.addressee(box))}
	if to := filled(t.DeliverTo...); len(to) > 0 {
		rows = append(rows, row("labels.deliver", typeset.Say(strings.Join(to, "\n"))))
	}
	switch {
	case box.Parts > 0:
		rows = append(rows, row("common.bundles", words.Text("labels.part", "bundle", words.Number(box.First), "part", words.Number(box.Part), "parts", words.Number(box.Parts))))
	case box.First == box.Last:
		rows = append(rows, words.Fact("receipt.bundle", words.Number(box.First)))
	default:
		rows = append(rows, words.Fact("common.bundles", words.Number(box.First)+" – "+words.Number(box.Last)))
	}
	return append(rows,
		row("common.numbers", typeset.Say(idRange(t.Files[box.First-1].First, t.Files[box.Last-1].Last))),
		words.Fact("common.sheets", words.Number(box.Sheets)),
		row("labels.weight", words.Text("labels.weight-is", "weight", w.kilograms(box.Grams))))
}

// addressee is to whom the letters in a box go.
func (w *work) addressee(box *packet.TicketBox) string {
	r := &w.Manifest.Recipient
	if k := w.Manifest.Bundles[box.First-1].Recipient; k > 0 {
		r = &w.Manifest.Recipients[k-1].Recipient
	}
	return listed(r.Name, r.Title, r.Company)
}
