package paperwork

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"postbag/config"
	"postbag/letters/merge"
	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// Job is what paperwork is made from.
type Job struct {
	Campaign   *config.Campaign
	Manifest   *packet.Manifest
	Hash       string // SHA-256 of manifest.json
	Recipients []Recipient
	Fonts      *typeset.Fonts
	Design     typeset.Design // of the letters
	Tongue     Tongue         // of Language
	Signers    Signers
	Workers    int // documents made at once; 0 means one
}

// Recipient is one to whom letters are delivered.
type Recipient struct {
	config.Recipient
	Wording string // the text of the letters to them, as it is hashed for the manifest
}

// Signers are those who get letters, for documents that list or count them.
type Signers struct {
	Roll    *roll.Roll
	Values  func(i int, dst []string) []string // of the fields
	Block   func(names ...string) merge.Block  // made of some of the fields, with commas between
	Shown   []string                           // the fields that stand on letters
	Comment int                                // the field with the signers' comments; -1 for none
}

// document is a file of paperwork.
type document struct {
	name string // as paperwork.documents has it
	path string
	each bool // a file for each recipient, where there are several
	// make writes it. Where there is nothing to write, skip says so before.
	make func(ctx context.Context, w *work, out io.Writer) error
	skip func(w *work) bool
}

// documents is every document that there is.
func documents() []document {
	return []document{
		{name: "cover-letter", path: "deliver/01-cover-letter.pdf", each: true, make: coverLetter},
		{name: "letter-text", path: "deliver/02-letter-text.pdf", each: true, make: letterText},
		{name: "letter-text", path: plainTextPath, each: true, make: plainLetterText},
		{name: "signatures", path: "deliver/03-signatures.pdf", each: true, make: signatures},
		{name: "comments", path: "deliver/04-comments.pdf", each: true, make: comments, skip: noComments},
		{name: "totals", path: "deliver/05-totals.pdf", make: totals},
		{name: "totals", path: totalsTablePath, make: totalsTable},
		{name: "receipt", path: "deliver/06-receipt.pdf", each: true, make: receipt},
		{name: "job-ticket", path: "print/job-ticket.pdf", make: ticketSheet},
		{name: "job-ticket", path: "print/job-ticket.json", make: ticketData},
		{name: "box-labels", path: "print/box-labels.pdf", make: boxLabels},
	}
}

// Write makes the documents that the campaign asks for, several at once. The manifest must be known.
//
// Where there are several recipients, a goroutine makes all that one of them gets; where there is one, the documents are shared out. They
// have a press in common and a worker each. What a document looks like does not depend on which came first ([typeset.Fonts]).
func Write(ctx context.Context, w *packet.Writer, j Job) error {
	words, err := wordsIn(j.Campaign.Letter.Language, j.Tongue)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, j.Workers))
	for k := range j.Recipients {
		first := newWork(&j, words, k)
		var wanted []document
		for _, d := range documents() {
			if j.Campaign.Paperwork.Wants(d.name) && (k == 0 || d.each) && (d.skip == nil || !d.skip(first)) {
				wanted = append(wanted, d)
			}
		}
		if len(j.Recipients) > 1 {
			group.Go(func() error { return first.write(ctx, w, wanted...) })
			continue
		}
		for _, d := range wanted {
			own := *first
			group.Go(func() error { return own.write(ctx, w, d) })
		}
	}
	return group.Wait()
}

// write makes documents, one after the other.
func (w *work) write(ctx context.Context, to *packet.Writer, all ...document) error {
	for _, d := range all {
		_, _, err := to.File(ctx, w.pathOf(d), func(out io.Writer) error { return d.make(ctx, w, out) })
		if err != nil {
			return err // it names the file
		}
	}
	return nil
}

// work is the making of documents for one recipient, or for all of them where a document is for all.
type work struct {
	*Job
	words     *words
	recipient *Recipient
	number    int                          // of the recipient, from 1
	press     func() (*sharedPress, error) // made when it is needed, once for the recipient
	worker    *press.Worker                // this goroutine's
	ticket    *packet.JobTicket
}

// newWork is the work for the recipient at a place in j.Recipients.
func newWork(j *Job, words *words, recipient int) *work {
	w := &work{Job: j, words: words, recipient: &j.Recipients[recipient], number: recipient + 1}
	w.press = sync.OnceValues(w.makePress)
	return w
}

// pathOf is where a document lies: where there are several recipients, with their number.
func (w *work) pathOf(d document) string {
	if !d.each || len(w.Recipients) == 1 {
		return d.path
	}
	name, ending, _ := strings.Cut(d.path, ".")
	return name + "-" + strconv.Itoa(w.number) + "." + ending
}

// set writes a document as a PDF, with the foot that all paperwork has unless it has one of its own.
func (w *work) set(ctx context.Context, out io.Writer, d *typeset.Document) error {
	_, err := w.count(ctx, out, d)
	return err
}

// count does the same, and tells how long the document is.
func (w *work) count(ctx context.Context, out io.Writer, d *typeset.Document) (press.Count, error) {
	if err := w.ready(); err != nil {
		return press.Count{}, err
	}
	if d.Foot == "" {
		d.Foot = d.Title + " · " + w.Campaign.Name
	}
	return w.worker.Document(ctx, out, d)
}

// sharedPress is a press with the layout that its documents have.
type sharedPress struct {
	*press.Press
	layout *typeset.Layout
}

// makePress makes the press. Its layout has the letterhead, with the address of the recipient and the letters' date, and no text.
func (w *work) makePress() (*sharedPress, error) {
	layout, err := typeset.NewLayout(w.Fonts, w.design(), w.head(), nil, press.Draw)
	if err != nil {
		return nil, err
	}
	printing, err := press.New(w.job(layout), layout.NewSetter())
	return &sharedPress{printing, layout}, err
}

// ready makes the worker.
func (w *work) ready() error {
	if w.worker != nil {
		return nil
	}
	p, err := w.press()
	if err != nil {
		return err
	}
	w.worker = p.NewWorker(p.layout.NewSetter())
	return nil
}

// design is that of the letters, without what is a letter's own.
func (w *work) design() typeset.Design {
	d := w.Design
	d.Language, d.PageOf, d.Justify, d.Reference, d.IDLabel = w.words.language, w.words.tongue.PageOf, false, "", ""
	return d
}

func (w *work) job(layout *typeset.Layout) press.Job {
	return press.Job{
		Layout: layout, Paper: w.Design.Paper, Language: w.words.language, Specimen: w.Design.Specimen, NoSlip: true, Seed: w.Hash + strconv.Itoa(w.number),
		Slip: press.Slip{Campaign: w.Campaign.Name, Sender: w.Campaign.Sender.Organisation},
	}
}

// head is what stands above the text of the covering letter.
func (w *work) head() []typeset.Element {
	r := &w.recipient.Recipient
	lines := filled(append([]string{r.Name, r.Title, r.Company}, r.Address...)...)
	return []typeset.Element{
		{Role: typeset.Address, Block: merge.Literal(lines...)},
		{Role: typeset.Date, Block: merge.Literal(w.words.tongue.Date(w.Campaign.Letter.Date))},
	}
}

// filled leaves out texts with nothing in them.
func filled(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	return out
}

// listed puts those of the texts that say something into one line, with commas between.
func listed(texts ...string) string { return strings.Join(filled(texts...), ", ") }

// delivered is what goes to the recipient at work: bundles, letters, pages, sheets, and the ids of the first and the last letter.
type delivered struct {
	bundles, letters, pages, sheets int
	first, last                     string
}

// delivered adds up the bundles of the recipient.
func (w *work) delivered() delivered {
	var d delivered
	for i := range w.Manifest.Bundles {
		b := &w.Manifest.Bundles[i]
		if len(w.Recipients) > 1 && b.Recipient != w.number {
			continue
		}
		if d.bundles == 0 {
			d.first = b.First
		}
		d.bundles++
		d.letters += b.Letters
		d.pages += b.Pages
		d.sheets += b.Sheets
		d.last = b.Last
	}
	return d
}
