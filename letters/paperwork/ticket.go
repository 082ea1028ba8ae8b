package paperwork

import (
	"context"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"postbag/letters/packet"
	"postbag/letters/typeset"
	"postbag/templates"
)

// jobTicket makes the ticket of the packet, once.
func (w *work) jobTicket() *packet.JobTicket {
	if w.ticket != nil {
		return w.ticket
	}
	m, c := w.Manifest, w.Campaign
	paper, _ := m.Paper() // the campaign's settings know no other papers
	paper.Grammage = c.Print.Grammage
	t := &packet.JobTicket{
		Campaign: m.Campaign, Specimen: m.Specimen, Organisation: m.Sender.Organisation, Contact: c.Print.Contact, Printer: c.Print.Printer, Manifest: w.Hash,
		Paper: paper, Sides: packet.OneSided, Scaling: packet.Unscaled, Staple: c.Print.Staple, Copies: c.Print.Copies,
		Letters: m.Letters, Pages: m.Pages, Sheets: m.Sheets, Grams: paper.Grams(m.Sheets), Files: make([]packet.TicketFile, len(m.Bundles)),
		BoxSheets: c.Print.BoxSheets, Boxes: packBoxes(m, c.Print.BoxSheets, paper), DeliverTo: c.Print.DeliverTo, NeededBy: isoDate(c.Print.NeededBy),
		DestroyBy: isoDate(c.Print.DestroyBy), Notes: c.Print.Notes,
	}
	if c.Bundles.Duplex {
		t.Sides = packet.TwoSided
	}
	for i := range m.Bundles {
		b := &m.Bundles[i]
		t.Files[i] = packet.TicketFile{Bundle: i + 1, Path: b.Path, SHA256: b.SHA256, Bytes: b.Bytes, Pages: b.Pages, Sheets: b.Sheets, First: b.First, Last: b.Last}
	}
	if len(m.Bundles) > 0 {
		t.FirstPages = packet.FirstPages{Path: m.Bundles[0].Path, Letter: m.Bundles[0].First}
	}
	w.ticket = t
	return t
}

// isoDate writes a date as year-month-day, and none as nothing.
func isoDate(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// ticketData writes print/job-ticket.json.
func ticketData(_ context.Context, w *work, out io.Writer) error {
	data, err := w.jobTicket().Encode()
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// ticketSheet writes print/job-ticket.pdf: all that a print shop would ask, on its first page, then the files one by one.
func ticketSheet(ctx context.Context, w *work, out io.Writer) error {
	words := w.words
	d := &typeset.Document{Title: words.Say("ticket.title")}
	add := func(blocks ...typeset.DocumentBlock) { d.Blocks = append(d.Blocks, blocks...) }
	section := func(key string) { add(typeset.Heading{Text: typeset.Say(words.Say(key)), Level: 2}) }
	add(typeset.Heading{Text: typeset.Say(d.Title), Level: 1})
	if w.Manifest.Specimen {
		add(typeset.Paragraph{Text: typeset.Bold(words.Say("common.specimen"))})
	}
	add(typeset.Facts{Rows: w.ticketHead()})
	section("ticket.how")
	add(typeset.Facts{Rows: w.ticketPrinting()})
	if notes := filled(w.Campaign.Print.Notes...); len(notes) > 0 {
		section("ticket.notes")
		for _, note := range notes {
			add(typeset.Paragraph{Text: typeset.Say(note), Marker: "•"})
		}
	}
	section("ticket.first")
	for i, step := range w.firstSteps() {
		add(typeset.Paragraph{Text: step, Marker: words.Number(i+1) + "."})
	}
	add(typeset.Drawing{Height: 34 * typeset.Point, Draw: func(k *typeset.Sketch) { drawRuler(k, words) }})
	section("ticket.after")
	add(typeset.Paragraph{Text: typeset.Say(words.Say("ticket.confidential"))})
	if !w.Campaign.Print.DestroyBy.IsZero() {
		add(typeset.Paragraph{Text: words.Text("ticket.gone", "date", words.Date(w.Campaign.Print.DestroyBy), "contact", w.contact()), Keep: true})
	}
	add(typeset.FillIn{Fields: []typeset.Field{{Label: words.Say("ticket.printed"), Share: 3}, {Label: words.Say("ticket.destroyed"), Share: 3}, {Label: words.Say("ticket.who"), Share: 5}}})
	section("ticket.list")
	add(typeset.Paragraph{Text: typeset.Say(words.Say("ticket.order")), Keep: true}, w.ticketFiles())
	return w.set(ctx, out, d)
}

// contact is whom the printer asks; where nobody is named, the sender.
func (w *work) contact() string {
	if c := w.Campaign.Print.Contact; c != "" {
		return c
	}
	return w.Campaign.Sender.Organisation
}

// ticketHead says whose job it is, and where it goes by when.
func (w *work) ticketHead() []typeset.Fact {
	words, p := w.words, &w.Campaign.Print
	rows := []typeset.Fact{words.Fact("common.campaign", w.Campaign.Name), words.Fact("ticket.client", w.Campaign.Sender.Organisation)}
	row := func(key, value string) {
		if value != "" {
			rows = append(rows, words.Fact(key, value))
		}
	}
	row("common.contact", p.Contact)
	if !p.NeededBy.IsZero() {
		row("ticket.needed", words.Date(p.NeededBy))
	}
	row("ticket.deliver", strings.Join(filled(p.DeliverTo...), "\n"))
	if !p.DestroyBy.IsZero() {
		row("ticket.destroy", words.Date(p.DestroyBy))
	}
	return rows
}

// ticketPrinting says how it is printed, and how much that is.
func (w *work) ticketPrinting() []typeset.Fact {
	words, t := w.words, w.jobTicket()
	row := func(key string, value typeset.Text) typeset.Fact {
		return typeset.Fact{Label: words.Say(key), Value: value}
	}
	rows := []typeset.Fact{
		row("ticket.paper", words.Text("ticket.paper-is", "name", paperName(t.Paper.Name), "width", w.millimetres(t.Paper.Width), "height", w.millimetres(t.Paper.Height),
			"grammage", words.Number(t.Paper.Grammage))),
		words.Fact("ticket.side", words.Say("ticket.side-"+t.Sides)),
		words.Fact("ticket.scale", words.Say("ticket.scale-is")),
		words.Fact("ticket.staple", words.Say("ticket.staple-"+t.Staple)),
	}
	if t.Copies > 1 {
		rows = append(rows, row("ticket.copies", words.Text("ticket.copies-is", "copies", words.Number(t.Copies))))
	}
	return append(rows,
		words.Fact("ticket.files", words.Number(len(t.Files))),
		words.Fact("ticket.all-sheets", words.Number(t.Copies*t.Sheets)),
		row("ticket.weight", words.Text("labels.weight-is", "weight", w.kilograms(int64(t.Copies)*t.Grams))),
		row("ticket.boxes", words.Text("ticket.boxes-is", "boxes", words.Number(t.Copies*len(t.Boxes)), "sheets", words.Number(t.BoxSheets))))
}

// firstSteps are what is looked at before the rest is printed.
func (w *work) firstSteps() []typeset.Text {
	words, first := w.words, w.jobTicket().FirstPages
	return []typeset.Text{
		words.TextFor("ticket.first-print", w.sharedForm(), "file", path.Base(first.Path), "letter", first.Letter),
		typeset.Say(words.Say("ticket.first-measure")),
		typeset.Say(words.Say("ticket.first-look")),
	}
}

// sharedForm is "shared" where many signers stand on one page.
func (w *work) sharedForm() string {
	if form := w.Manifest.Letter.Form; form != "" && templates.Form(form) != templates.FormLetter {
		return "shared"
	}
	return ""
}

// drawRuler draws a line of 100 mm with a mark every 10 mm. Where it is longer or shorter on paper, the page was scaled.
func drawRuler(k *typeset.Sketch, words *words) {
	const steps = 10
	length, left := typeset.MM(100), typeset.Length(0)
	if k.RightToLeft {
		left = k.Width - length
	}
	y := 12 * typeset.Point
	k.Line(typeset.Point*8/10, 0, typeset.Place{X: left, Y: y}, typeset.Place{X: left + length, Y: y})
	for i := range steps + 1 {
		x, high := left+length*typeset.Length(i)/steps, 4*typeset.Point
		if i%5 == 0 {
			high = 8 * typeset.Point
			k.Text(typeset.Place{X: x, Y: y + 16*typeset.Point}, typeset.AtMiddle, 8*typeset.Point, typeset.Say(words.Number(10*i)))
		}
		k.Line(typeset.Point*8/10, 0, typeset.Place{X: x, Y: y - high/2}, typeset.Place{X: x, Y: y + high/2})
	}
}

// ticketFiles lists the files with their box.
func (w *work) ticketFiles() typeset.Table {
	words, t := w.words, w.jobTicket()
	table := typeset.Table{
		Columns: []typeset.Column{
			{Heading: words.Say("ticket.file")}, {Heading: words.Say("receipt.from-to")}, {Heading: words.Say("common.pages"), Number: true},
			{Heading: words.Say("receipt.sheets"), Number: true}, {Heading: words.Say("ticket.box"), Number: true},
		},
		Rows:  make([][]typeset.Text, len(t.Files)),
		Total: typeset.Cells(words.Say("receipt.total"), "", words.Number(t.Pages), words.Number(t.Sheets), words.Number(len(t.Boxes))),
	}
	boxes := boxesOfBundles(t)
	for i, f := range t.Files {
		table.Rows[i] = typeset.Cells(path.Base(f.Path), idRange(f.First, f.Last), words.Number(f.Pages), words.Number(f.Sheets), boxes[i].words(words))
	}
	return table
}

// boxRange is the boxes of a bundle, from 1.
type boxRange struct{ first, last int }

// boxesOfBundles says of each bundle which boxes it is in.
func boxesOfBundles(t *packet.JobTicket) []boxRange {
	in := make([]boxRange, len(t.Files))
	for _, b := range t.Boxes {
		for k := b.First; k <= b.Last; k++ {
			if in[k-1].first == 0 {
				in[k-1].first = b.Box
			}
			in[k-1].last = b.Box
		}
	}
	return in
}

func (r boxRange) words(w *words) string {
	if r.first == r.last {
		return w.Number(r.first)
	}
	return w.Number(r.first) + "–" + w.Number(r.last)
}

// idRange writes from which letter to which.
func idRange(first, last string) string {
	if first == last {
		return first
	}
	return first + " – " + last
}

// paperName is a paper as people write it.
func paperName(name string) string {
	return map[string]string{"a4": "A4", "letter": "US Letter"}[name]
}

// millimetres writes a length in hundredths of a millimetre, with one decimal where it has any.
func (w *work) millimetres(hundredths int) string {
	return w.tenths(int64(hundredths+5)/10, true)
}

// kilograms writes a weight with one decimal.
func (w *work) kilograms(grams int64) string { return w.tenths((grams+50)/100, false) }

// tenths writes a number of tenths; short leaves a zero out.
func (w *work) tenths(n int64, short bool) string {
	text := w.words.Number(int(n / 10))
	if short && n%10 == 0 {
		return text
	}
	return text + w.words.Say("labels.decimal") + w.words.tongue.Digits(strconv.FormatInt(n%10, 10))
}
