package paperwork

import (
	"context"
	"io"

	"postbag/letters/typeset"
)

// receipt writes 06-receipt.pdf, in two copies: what is handed over, bundle by bundle, with room to mark what was received and what refused,
// and to sign. As on forms of the post (USPS PS Form 3877), listed stands against received, and no line is left on which somebody could add one.
func receipt(ctx context.Context, w *work, out io.Writer) error {
	words := w.words
	d := &typeset.Document{Title: words.Say("receipt.title")}
	body := &typeset.Repeated{Blocks: w.receiptBody()}
	for i, copy := range []string{"receipt.copy-taker", "receipt.copy-bringer"} {
		if i > 0 {
			d.Blocks = append(d.Blocks, typeset.PageBreak{Restart: true})
		}
		d.Blocks = append(d.Blocks, typeset.Heading{Text: typeset.Say(d.Title), Level: 1}, typeset.Paragraph{Text: typeset.Bold(words.Say(copy)), Keep: true}, body)
	}
	return w.set(ctx, out, d)
}

// receiptBody is what both copies say.
func (w *work) receiptBody() []typeset.DocumentBlock {
	words := w.words
	var blocks []typeset.DocumentBlock
	if w.Manifest.Specimen {
		blocks = append(blocks, typeset.Paragraph{Text: typeset.Bold(words.Say("common.specimen"))})
	}
	rows := []typeset.Fact{
		words.Fact("common.campaign", w.Campaign.Name),
		words.Fact("common.from", listed(w.Campaign.Sender.Organisation, w.Campaign.Sender.Contact)),
		words.Fact("common.to", listed(w.recipient.Name, w.recipient.Title, w.recipient.Company)),
	}
	blocks = append(blocks, typeset.Facts{Rows: rows}, typeset.Facts{Size: 8 * typeset.Point, Rows: w.numbers()}, w.receiptTable(),
		typeset.Drawing{Height: 26 * typeset.Point, Draw: strikeOut},
		typeset.Paragraph{Text: typeset.Say(words.Say("receipt.means"))})
	fill := func(fields ...string) typeset.DocumentBlock {
		line := typeset.FillIn{Height: typeset.MM(10)}
		for _, f := range fields {
			line.Fields = append(line.Fields, typeset.Field{Label: words.Say("receipt." + f)})
		}
		return line
	}
	heading := func(key string) typeset.DocumentBlock {
		return typeset.Heading{Text: typeset.Say(words.Say("receipt." + key)), Level: 3}
	}
	lines := typeset.Together{Blocks: []typeset.DocumentBlock{
		typeset.Ticks{Items: []typeset.Text{typeset.Say(words.Say("receipt.all")), typeset.Say(words.Say("receipt.some")), typeset.Say(words.Say("receipt.none"))}},
		fill("reason"), heading("taken"), fill("name", "role"), fill("place", "time", "signature"),
		typeset.Columns{Parts: [][]typeset.DocumentBlock{
			{heading("brought"), fill("name"), fill("signature")}, {heading("witness"), fill("name"), fill("signature")},
		}},
	}}
	return append(blocks, lines)
}

// receiptTable lists the bundles of the recipient at work.
func (w *work) receiptTable() typeset.Table {
	words, form := w.words, w.Manifest.Letter.Form
	table := typeset.Table{
		Grid: true,
		Columns: []typeset.Column{
			{Heading: words.Say("receipt.bundle"), Number: true}, {Heading: words.Say("receipt.from-to")},
			{Heading: words.SayFor("common.letters", form), Number: true}, {Heading: words.Say("receipt.sheets"), Number: true},
			{Heading: words.Say("receipt.counted"), Least: typeset.MM(20)}, {Heading: words.Say("receipt.received"), Tick: true}, {Heading: words.Say("receipt.refused"), Tick: true},
		},
	}
	for i := range w.Manifest.Bundles {
		b := &w.Manifest.Bundles[i]
		if len(w.Recipients) > 1 && b.Recipient != w.number {
			continue
		}
		table.Rows = append(table.Rows, typeset.Cells(words.Number(i+1), idRange(b.First, b.Last), words.Number(b.Letters), words.Number(b.Sheets), "", "", ""))
	}
	all := w.delivered()
	table.Total = typeset.Cells(words.Say("receipt.total"), "", words.Number(all.letters), words.Number(all.sheets), "", "", "")
	return table
}

// strikeOut strikes the space under a list, so that nothing can be added to it.
func strikeOut(k *typeset.Sketch) {
	top, bottom := 3*typeset.Point, k.Height-3*typeset.Point
	k.Line(typeset.Point*8/10, 0, typeset.Place{X: 0, Y: top}, typeset.Place{X: k.Width, Y: top}, typeset.Place{X: 0, Y: bottom}, typeset.Place{X: k.Width, Y: bottom})
}
