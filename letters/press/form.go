package press

import (
	"fmt"
	"strconv"

	"postbag/letters/typeset"
)

// The pages of a form go into a bundle as those of letters do. What many of them share (the text of a petition, the heading of its
// table) is a form XObject of the bundle. The number of pages stands in each running head and is known last; so a page has two content
// streams, and the one with the running head's number is written when all pages are.

// formPages is what is remembered of a form's pages until the bundle ends.
type formPages struct {
	pages []formPage
	fixed *typeset.Piece // what the last page shared with others, and where that was written
	piece *bundlePiece
}

type formPage struct {
	at          int // in the bundle, from 0
	head        int // object of the content stream with the page's number
	first, last int // numbers on it
}

func (f *formPages) reset() { f.pages, f.fixed, f.piece = f.pages[:0], nil, nil }

// addForm sets a volume of a form.
func (w *Worker) addForm(o Order) error {
	b := &w.bundle
	before := b.tree.pages
	if err := w.form.Begin(o.Volume, b.addFormPage); err != nil {
		return err
	}
	for i := range o.Letters {
		number := o.First + i
		if o.Numbers != nil {
			number = o.Numbers(i)
		}
		page, err := w.form.Add(o.Values(i), number)
		if err != nil {
			return fmt.Errorf("setting signer %d: %w", number, err)
		}
		if o.Placed != nil {
			o.Placed(i, before+page)
		}
	}
	if err := w.form.End(); err != nil {
		return err
	}
	b.writeHeads(w.form)
	if w.press.job.Duplex && b.tree.pages%2 == 1 {
		b.blankPage()
	}
	return b.update.err
}

// addFormPage writes one page of a form.
func (b *bundle) addFormPage(page *typeset.FormPage) error {
	c := &b.canvas
	c.reset()
	for i := range page.Parts {
		c.stamp(b.pieceOf(page.Parts[i].Stamp.Piece).name, page.Parts[i].Stamp.Down)
	}
	if page.Fixed != nil {
		c.stamp(b.sharedPiece(page.Fixed).name, 0)
	}
	for i := range page.Rules {
		c.rule(&page.Rules[i])
	}
	for i := range page.Lines {
		c.line(&page.Lines[i])
	}
	c.end()
	u := b.update
	object, head, content := u.reserve(), u.reserve(), u.reserve()
	b.form.pages = append(b.form.pages, formPage{at: b.tree.pages, head: head, first: page.First, last: page.Last})
	u.begin(object)
	u.string("<</Type/Page/Parent ")
	u.ref(b.tree.add(u, object))
	u.string("/Contents[")
	u.ref(head)
	u.string(" ")
	u.ref(content)
	u.string("]>>")
	u.end()
	u.stream(content, "", c.out)
	return u.err
}

// sharedPiece writes what pages have in common as a form XObject, once for as long as it is the same.
func (b *bundle) sharedPiece(piece *typeset.Piece) *bundlePiece {
	if b.form.fixed == piece {
		return b.form.piece
	}
	shared := &bundlePiece{name: b.nextPieceName(), object: b.update.reserve()}
	b.drawn = append(b.drawn, shared)
	b.form.fixed, b.form.piece = piece, shared
	c := &b.lineCanvas
	c.reset()
	c.height, c.fonts = b.canvas.height, b
	c.piece(piece)
	b.update.stream(shared.object, b.formDict(), c.out)
	return shared
}

// writeHeads writes the number of each page into its running head. The text state is put back, for the stream that follows.
func (b *bundle) writeHeads(setter *typeset.FormSetter) {
	for i, page := range b.form.pages {
		b.canvas.reset()
		b.canvas.op("q\n")
		line := setter.PageLine(i+1, len(b.form.pages))
		b.canvas.line(&line)
		b.canvas.end()
		b.canvas.op("Q\n")
		b.update.stream(page.head, "", b.canvas.out)
	}
}

// labels says which signers stand on each page.
func (f *formPages) labels(out []label, words *Words) []label {
	text := 0
	for _, page := range f.pages {
		switch {
		case page.first == 0:
			text++
			out = append(out, label{page: page.at, prefix: words.Text + " " + strconv.Itoa(text)})
		case page.first == page.last:
			out = append(out, label{page: page.at, prefix: words.Label + " " + strconv.Itoa(page.first)})
		default:
			out = append(out, label{page: page.at, prefix: fmt.Sprintf("%s %d-%d", words.Label, page.first, page.last)})
		}
	}
	return out
}
