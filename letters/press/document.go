package press

import (
	"context"
	"fmt"
	"io"

	"postbag/letters/typeset"
)

// Document sets a document and writes it as a PDF. It has nothing of the letters in it, whichever press makes it: it starts with a master of its
// own, and holds the fonts with the glyphs that it uses. The job's paper, language, specimen mark and sender are those of the document,
// and its seed goes into the PDF's /ID.
//
// The same document gives the same bytes.
func (w *Worker) Document(ctx context.Context, out io.Writer, d *typeset.Document) (Count, error) {
	pages, err := w.setter.Document(d)
	if err != nil {
		return Count{}, fmt.Errorf("setting %s: %w", d.Title, err)
	}
	m, err := w.press.documentMaster(w.setter, d.Letterhead)
	if err != nil {
		return Count{}, err
	}
	u := newUpdate(ctx, out, m, w.update)
	w.update = u
	b := &w.bundle
	b.begin(w.press, m, w.setter, u)
	b.title = d.Title
	for i := range pages {
		b.addDocumentPage(&pages[i], i == 0)
	}
	b.writePieces()
	if err := b.writeFonts(w.fonts); err != nil {
		return Count{}, err
	}
	b.writeResources()
	b.tree.write(u)
	count := Count{Pages: b.tree.pages, Sheets: w.press.Sheets(b.tree.pages)}
	b.writeCatalogue(Order{}, count)
	return count, u.finish(m, b.id(Order{}))
}

// letterheadKey is the piece of a layout that is the head of a letter.
var letterheadKey = typeset.PieceKey{Furniture: true, Page: 1, Pages: 1}

// documentMaster makes the master of documents, once: an empty one, or one with the letterhead, whose logo gofpdf writes.
func (p *Press) documentMaster(setter *typeset.Setter, letterhead bool) (*master, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	which := &p.plain
	if letterhead {
		which = &p.headed
	}
	if *which != nil {
		return *which, nil
	}
	var keys []typeset.PieceKey
	var pieces []typeset.Piece
	if letterhead {
		keys, pieces = append(keys, letterheadKey), append(pieces, setter.Piece(letterheadKey))
	}
	m, err := makeMaster(p.job.Paper, keys, pieces)
	if err != nil {
		return nil, err
	}
	*which = m
	return m, nil
}

// addDocumentPage writes a page. The first takes the place of the master's.
func (b *bundle) addDocumentPage(page *typeset.DocumentPage, first bool) {
	c := &b.canvas
	c.reset()
	if page.Letterhead {
		c.stamp(b.pieceOf(letterheadKey).name, 0)
	}
	for i := range page.Marks {
		c.mark(&page.Marks[i])
	}
	for i := range page.Shapes {
		c.shape(&page.Shapes[i])
	}
	for i := range page.Lines {
		c.line(&page.Lines[i])
	}
	c.end()
	if first {
		b.tree.add(b.update, slipPageObject)
		b.writeSlip()
		return
	}
	b.writePage()
}

// shape draws an area or a line. What is drawn after it is black again.
func (c *canvas) shape(s *typeset.Shape) {
	if len(s.Rects) > 0 {
		c.inGray(s.Gray, "g\n", func() {
			for i := range s.Rects {
				c.box(&s.Rects[i])
			}
			c.op("f\n")
		})
	}
	if len(s.Points) < 2 {
		return
	}
	c.inGray(s.Gray, "G\n", func() {
		c.length(s.Width)
		c.op("w ")
		points := s.Points
		closed := points[0] == points[len(points)-1]
		if closed {
			points = points[:len(points)-1]
		}
		for i, p := range points {
			c.length(p.X)
			c.length(c.height - p.Y)
			c.op([]string{"m\n", "l\n"}[min(i, 1)])
		}
		if closed {
			c.op("s\n")
		} else {
			c.op("S\n")
		}
	})
}

// inGray draws in a grey and goes back to black.
func (c *canvas) inGray(gray int, operator string, draw func()) {
	c.end()
	if gray != 0 {
		c.thousandths(gray)
		c.op(operator)
	}
	draw()
	if gray != 0 {
		c.op("0 ")
		c.op(operator)
	}
}

// box adds a rectangle to the path.
func (c *canvas) box(r *typeset.Rule) {
	c.length(r.X)
	c.length(c.height - r.Y - r.Height)
	c.length(r.Width)
	c.length(r.Height)
	c.op("re\n")
}
