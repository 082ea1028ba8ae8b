package paperwork

import (
	"context"
	"io"
	"path"
	"strings"

	"postbag/letters/press"
	"postbag/letters/typeset"
)

// letterText writes 02-letter-text.pdf: the wording as it was signed, with its hash.
func letterText(ctx context.Context, w *work, out io.Writer) error {
	words, form := w.words, w.Manifest.Letter.Form
	d := &typeset.Document{Title: words.SayFor("wording.title", form)}
	add := func(blocks ...typeset.DocumentBlock) { d.Blocks = append(d.Blocks, blocks...) }
	text := func(t typeset.Text) { add(typeset.Paragraph{Text: t}) }
	add(typeset.Heading{Text: typeset.Say(d.Title), Level: 1})
	if w.Manifest.Specimen {
		text(typeset.Bold(words.Say("common.specimen")))
	}
	add(typeset.Facts{Rows: []typeset.Fact{
		words.Fact("common.campaign", w.Campaign.Name),
		words.Fact("common.from", w.Campaign.Sender.Organisation),
		words.Fact("common.to", listed(w.recipient.Name, w.recipient.Title, w.recipient.Company)),
		words.Fact("common.date", words.Date(w.Campaign.Letter.Date)),
		words.Fact("wording.template", w.Manifest.Letter.Template),
		words.Fact("wording.hash", press.EyeGroups(w.wordingHash())),
	}})
	intro := words.Say("wording.intro")
	if strings.Contains(w.recipient.Wording, "{{") {
		intro += " " + words.Say("wording.fields")
	}
	text(typeset.Say(intro))
	var paragraphs []typeset.DocumentBlock
	for _, p := range strings.Split(strings.TrimSuffix(w.recipient.Wording, "\n"), "\n\n") {
		paragraphs = append(paragraphs, typeset.Paragraph{Text: typeset.Say(p)})
	}
	add(typeset.Frame{Blocks: paragraphs})
	text(words.Text("wording.how", "file", path.Base(w.pathOf(document{path: plainTextPath, each: true}))))
	return w.set(ctx, out, d)
}

// plainTextPath is where the wording is as it is hashed.
const plainTextPath = "deliver/02-letter-text.txt"

// plainLetterText writes 02-letter-text.txt, the bytes that the hash of the wording is made over.
func plainLetterText(_ context.Context, w *work, out io.Writer) error {
	_, err := io.WriteString(out, w.recipient.Wording)
	return err
}

// wordingHash is the hash of the wording of the letters to the recipient at work.
func (w *work) wordingHash() string {
	if k := w.number - 1; k < len(w.Manifest.Recipients) {
		return w.Manifest.Recipients[k].WordingHash
	}
	return w.Manifest.Letter.WordingHash
}
