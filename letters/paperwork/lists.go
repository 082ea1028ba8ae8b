package paperwork

import (
	"context"
	"io"

	"postbag/letters/merge"
	"postbag/letters/press"
	"postbag/letters/typeset"
	"postbag/templates"
)

// The lists of signers are forms (typeset.Form): they may have a million entries, which are set as they come.

// list is a list of signers.
type list struct {
	title   string
	note    string
	entry   []typeset.EntryPart
	columns int
	apart   typeset.Length
	heading func(first, last int, continued bool) string // nil for none
	signers []int                                        // places in the roll; nil for all
}

// signatures writes 03-signatures.pdf: what the letters show of each signer, in the order of the letters.
func signatures(ctx context.Context, w *work, out io.Writer) error {
	words := w.words
	return w.list(ctx, out, list{
		title: words.Say("lists.signatures"), note: words.Say("lists.order"),
		entry: []typeset.EntryPart{{Block: w.Signers.Block(w.Signers.Shown...)}}, columns: 3,
		heading: func(first, last int, _ bool) string {
			if first == last {
				return fill(words.Say("lists.heading-one"), "a", words.Number(first))
			}
			return fill(words.Say("lists.heading"), "a", words.Number(first), "b", words.Number(last))
		},
	})
}

// comments writes 04-comments.pdf: the comments that a person has approved, each with what the letters show of its signer.
func comments(ctx context.Context, w *work, out io.Writer) error {
	words := w.words
	quoted := merge.Compile([]templates.Block{{Inline: []templates.Inline{
		{Text: words.Say("lists.open")}, {Field: "comment"}, {Text: words.Say("lists.close")},
	}}}, commentField(w.Signers.Comment))[0]
	return w.list(ctx, out, list{
		title: words.Say("lists.comments"), note: fill(words.Say("lists.moderated"), "organisation", w.Campaign.Sender.Organisation),
		entry:   []typeset.EntryPart{{Block: quoted}, {Block: w.Signers.Block(w.Signers.Shown...), Style: templates.Italic}},
		columns: 2, apart: 7 * typeset.Point, signers: w.commenting(),
	})
}

// commentField is the slot of the comments.
type commentField int

// Constant and Slot make commentField merge.Fields.
func (commentField) Constant(string) (string, bool) { return "", false }

func (f commentField) Slot(string) (int, bool) { return int(f), true }

// noComments tells that nobody's comment is printed.
func noComments(w *work) bool { return w.Signers.Comment < 0 || w.Signers.Roll.Comments.Printed == 0 }

// commenting are the signers with a comment.
func (w *work) commenting() []int {
	signers := []int{} // nil would be all of them
	var values []string
	for i := range w.Signers.Roll.Len() {
		if values = w.Signers.Values(i, values[:0]); values[w.Signers.Comment] != "" {
			signers = append(signers, i)
		}
	}
	return signers
}

// samples is how many signers the columns are made to fit.
const samples = 400

// list sets a list of signers.
func (w *work) list(ctx context.Context, out io.Writer, l list) error {
	design := w.design()
	design.Form, design.Running, design.Sender, design.Logo = true, l.title+" · "+w.Campaign.Name, nil, nil
	layout, err := typeset.NewLayout(w.Fonts, design, nil, nil, press.Draw)
	if err != nil {
		return err
	}
	count := len(l.signers)
	signer := func(i int) int { return l.signers[i] }
	if l.signers == nil {
		count, signer = w.Signers.Roll.Len(), func(i int) int { return i }
	}
	first := max(1, w.Manifest.First) + (w.number-1)*w.Signers.Roll.Len() // of the letters to the recipient at work
	var sampled [][]string
	for i := range min(count, samples) {
		sampled = append(sampled, w.Signers.Values(signer(i*count/min(count, samples)), nil))
	}
	form, err := typeset.NewForm(layout, typeset.FormDesign{
		Entry: l.entry, Columns: l.columns, Apart: l.apart, Greatest: first + w.Signers.Roll.Len() - 1, Heading: l.heading, PageOf: w.words.tongue.PageOf,
	}, sampled)
	if err != nil {
		return err
	}
	job := w.job(layout)
	job.Form = form
	printing, err := press.New(job, layout.NewSetter())
	if err != nil {
		return err
	}
	var values []string
	_, err = printing.NewWorker(layout.NewSetter()).Bundle(ctx, out, press.Order{
		Number: 1, First: first, Letters: count, Title: l.title, Volume: w.volume(l),
		Values: func(i int) []string {
			values = w.Signers.Values(signer(i), values[:0])
			return values
		},
		Numbers: func(i int) int { return first + signer(i) },
	})
	return err
}

// volume is what stands around the entries of a list.
func (w *work) volume(l list) typeset.Volume {
	title := []typeset.Element{{Role: typeset.Subject, Block: merge.Literal(l.title)}}
	lines := []string{w.words.Say("common.to") + " " + listed(w.recipient.Name, w.recipient.Title, w.recipient.Company), l.note}
	if w.Manifest.Specimen {
		lines = append([]string{w.words.Say("common.specimen")}, lines...)
	}
	for _, line := range lines {
		title = append(title, typeset.Element{Role: typeset.Body, Block: merge.Literal(line)})
	}
	return typeset.Volume{Title: title, Foot: l.title + " · " + w.Campaign.Name, Last: true}
}
