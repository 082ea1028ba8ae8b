package paperwork

import (
	"context"
	"io"
	"slices"
	"strings"

	"postbag/letters/press"
	"postbag/letters/typeset"
)

// signatureSpace is left for a signature by hand.
const signatureSpace = 36 * typeset.Point

// coverLetter writes 01-cover-letter.pdf: who delivers what to whom, what is asked, by when and where to the answer goes, and by which two
// numbers the delivery can be checked. It has the letters' letterhead, and fits on a page unless the request is long.
func coverLetter(ctx context.Context, w *work, out io.Writer) error {
	c, words, form := w.Campaign, w.words, w.Manifest.Letter.Form
	d := &typeset.Document{
		Title: words.Say("common.doc-cover-letter"), Running: words.Say("common.doc-cover-letter") + " · " + w.recipient.Name, Letterhead: true,
	}
	add := func(blocks ...typeset.DocumentBlock) { d.Blocks = append(d.Blocks, blocks...) }
	text := func(t typeset.Text) { add(typeset.Paragraph{Text: t}) }
	add(typeset.Heading{Text: typeset.Say(words.SayFor("cover.subject", form)), Level: 2})
	if w.Manifest.Specimen {
		text(typeset.Bold(words.Say("common.specimen")))
	}
	text(typeset.Say(w.recipient.Salutation))
	text(typeset.Fill(words.SayFor("cover.what", form), 0, "organisation", c.Sender.Organisation))
	add(w.totals())
	if c.Paperwork.Wants("receipt") {
		text(typeset.Say(words.Say("cover.receipt")))
	}
	add(typeset.Heading{Text: typeset.Say(words.Say("cover.ask")), Level: 3})
	for _, paragraph := range w.request() {
		text(typeset.Say(paragraph))
	}
	text(w.reply())
	add(typeset.Heading{Text: typeset.Say(words.Say("cover.check")), Level: 3}, typeset.Paragraph{Text: typeset.Say(words.Say("cover.how"))})
	// What ends the letter stays together: no page has nothing but a name or a list of enclosures.
	add(typeset.Together{Blocks: []typeset.DocumentBlock{
		typeset.Facts{Size: 8 * typeset.Point, Rows: w.numbers()},
		typeset.Space(4 * typeset.Point), typeset.Paragraph{Text: typeset.Say(words.Say("cover.closing"))},
		typeset.Space(signatureSpace), typeset.Paragraph{Text: typeset.Say(strings.Join(w.signed(), "\n"))},
		typeset.Space(4 * typeset.Point), typeset.Paragraph{Text: w.enclosed(), Size: 9 * typeset.Point},
	}})
	return w.set(ctx, out, d)
}

// totals is what goes to the recipient.
func (w *work) totals() typeset.Facts {
	words, t := w.words, w.delivered()
	rows := []typeset.Fact{
		{Label: words.SayFor("common.letters", w.Manifest.Letter.Form), Value: typeset.Bold(words.Number(t.letters))},
		words.Fact("common.bundles", words.Number(t.bundles)),
		words.Fact("common.sheets", words.Number(t.sheets)),
		words.Fact("common.numbers", idRange(t.first, t.last)),
	}
	if since := w.Manifest.Since; len(since) > 0 { // the last of them has the highest number
		rows = append(rows, words.Fact("common.earlier", idRange(press.LetterID(w.Manifest.Campaign+"-", 1), since[len(since)-1].Last)))
	}
	return typeset.Facts{Rows: rows}
}

// numbers are those by which the delivery can be checked.
func (w *work) numbers() []typeset.Fact {
	rows := []typeset.Fact{w.words.Fact("common.manifest", press.EyeGroups(w.Hash))}
	if tree := w.Manifest.Tree; tree != nil {
		rows = append(rows, w.words.Fact("common.root", press.EyeGroups(tree.Root)))
	}
	return rows
}

// request is what the campaign asks for, or that there be an answer.
func (w *work) request() []string {
	if asked := filled(w.Campaign.Paperwork.Request...); len(asked) > 0 {
		return asked
	}
	return []string{w.words.Say("cover.request")}
}

// reply says by when and where to an answer should go.
func (w *work) reply() typeset.Text {
	var t typeset.Text
	if day := w.Campaign.Paperwork.ReplyBy; !day.IsZero() {
		t = append(t, w.words.Text("cover.reply", "date", w.words.Date(day))...)
	}
	if contact := w.Campaign.Sender.Contact; contact != "" && t != nil {
		t = append(append(t, typeset.Say(" ")...), w.words.Text("cover.contact", "contact", contact)...)
	} else if contact != "" {
		t = w.words.Text("cover.answer", "contact", contact)
	}
	return t
}

// signed is who signs: the organisation, where nobody is named.
func (w *work) signed() []string {
	if lines := filled(w.Campaign.Paperwork.Signed...); len(lines) > 0 {
		return lines
	}
	return []string{w.Campaign.Sender.Organisation}
}

// enclosed lists the other documents that go to the company.
func (w *work) enclosed() typeset.Text {
	var titles []string
	for _, d := range documents() {
		title := w.words.Say("common.doc-" + d.name)
		if d.name == "cover-letter" || !strings.HasPrefix(d.path, "deliver/") || slices.Contains(titles, title) {
			continue
		}
		if w.Campaign.Paperwork.Wants(d.name) && (d.skip == nil || !d.skip(w)) {
			titles = append(titles, title)
		}
	}
	if len(titles) == 0 {
		return nil
	}
	return typeset.Fill(w.words.Say("cover.enclosed"), 0, "documents", strings.Join(titles, w.words.Say("common.and")))
}
