package paperwork

import (
	"context"
	"io"
	"strings"

	"postbag/letters/press"
	"postbag/letters/typeset"
)

// signatureSpace is left for a signature by hand.
const signatureSpace = 42 * typeset.Point

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
	add(typeset.Heading{Text: typeset.Say(words.Say("cover.ask")), Level: 3})
	for _, paragraph := range w.request() {
		text(typeset.Say(paragraph))
	}
	text(w.reply())
	add(typeset.Heading{Text: typeset.Say(words.Say("cover.check")), Level: 3}, typeset.Paragraph{Text: typeset.Say(words.Say("cover.how"))})
	add(typeset.Facts{Size: 8 * typeset.Point, Rows: w.numbers()})
	add(typeset.Paragraph{Text: typeset.Say(words.Say("cover.closing")), Keep: true}, signature(c.Paperwork.Signed, c.Sender.Organisation))
	add(w.enclosed())
	return w.set(ctx, out, d)
}

// totals is what goes to the recipient.
func (w *work) totals() typeset.Facts {
	words, t := w.words, w.delivered()
	numbers := t.first
	if t.last != t.first {
		numbers += " – " + t.last
	}
	rows := []typeset.Fact{
		words.Fact("common.campaign", w.Campaign.Name),
		{Label: words.SayFor("common.letters", w.Manifest.Letter.Form), Value: typeset.Bold(words.Number(t.letters))},
		words.Fact("common.bundles", words.Number(t.bundles)),
		words.Fact("common.pages", words.Number(t.pages)),
		words.Fact("common.sheets", words.Number(t.sheets)),
		words.Fact("common.numbers", numbers),
	}
	if since := w.Manifest.Since; len(since) > 0 { // the last of them has the highest number
		rows = append(rows, words.Fact("common.earlier", press.LetterID(w.Manifest.Campaign+"-", 1)+" – "+since[len(since)-1].Last))
	}
	return typeset.Facts{Rows: rows}
}

// numbers are those by which the delivery can be checked.
func (w *work) numbers() []typeset.Fact {
	rows := []typeset.Fact{w.words.Fact("common.manifest", eyeGroups(w.Hash))}
	if tree := w.Manifest.Tree; tree != nil {
		rows = append(rows, w.words.Fact("common.root", eyeGroups(tree.Root)))
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

// signature is the room to sign by hand, and who signs.
func signature(signed []string, organisation string) typeset.DocumentBlock {
	lines := filled(signed...)
	if len(lines) == 0 {
		lines = []string{organisation}
	}
	return typeset.Together{Above: signatureSpace, Blocks: []typeset.DocumentBlock{typeset.Paragraph{Text: typeset.Say(strings.Join(lines, "\n"))}}}
}

// enclosed lists the other documents.
func (w *work) enclosed() typeset.DocumentBlock {
	var blocks []typeset.DocumentBlock
	seen := map[string]bool{"cover-letter": true}
	for _, doc := range documents() {
		title := w.words.Say("common.doc-" + doc.name)
		if !strings.HasPrefix(doc.path, "deliver/") || seen[doc.name] || title == "" || !w.Campaign.Paperwork.Wants(doc.name) || doc.skip != nil && doc.skip(w) {
			continue
		}
		seen[doc.name] = true
		blocks = append(blocks, typeset.Paragraph{Text: typeset.Say(title), Size: 9 * typeset.Point, Marker: "•"})
	}
	if len(blocks) == 0 {
		return typeset.Space(0)
	}
	head := typeset.Paragraph{Text: typeset.Say(w.words.Say("cover.enclosed")), Size: 9 * typeset.Point}
	return typeset.Together{Above: 8 * typeset.Point, Blocks: append([]typeset.DocumentBlock{head}, blocks...)}
}
