package press

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"

	"postbag/letters/typeset"
)

// Job is what all bundles of a packet share.
type Job struct {
	Layout   *typeset.Layout
	Form     *typeset.Form // of a document that many signers share; nil for letters
	Paper    typeset.Paper
	Language string // BCP 47, of the letters
	Duplex   bool   // every letter starts on a front, and the slip sheet has a sheet of its own
	Specimen bool
	NoSlip   bool   // leave the slip sheet out: for a letter on its own
	Seed     string // what makes this packet's files different from other files: goes into the PDFs' /ID
	Slip     Slip
	Words    Words
}

// Words is what titles and page labels of a form call what is in a bundle.
type Words struct {
	Title string // of the PDF, before the recipient: open letter to
	Label string // of a page's numbers, in page labels
	Text  string // label of a page that has text and no numbers
}

// Press makes bundles. Goroutines share it; each has a [Worker].
type Press struct {
	job    Job
	master *master
	slip   slipSheet

	mu            sync.Mutex // over what follows
	used          map[*typeset.Face]bool
	plain, headed *master // of documents; nil until there is one
}

// Used tells whether a face has set something in the bundles made so far.
func (p *Press) Used(face *typeset.Face) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used[face]
}

// New makes a press: gofpdf writes the master. setter is used for a moment.
func New(job Job, setter *typeset.Setter) (*Press, error) {
	var keys []typeset.PieceKey
	var pieces []typeset.Piece
	for _, key := range job.Layout.Typical() {
		keys = append(keys, key)
		pieces = append(pieces, setter.Piece(key))
	}
	m, err := makeMaster(job.Paper, keys, pieces)
	if err != nil {
		return nil, err
	}
	p := &Press{job: job, master: m, used: map[*typeset.Face]bool{}}
	if !job.NoSlip {
		p.slip = laySlip(&p.job, setter)
	}
	return p, nil
}

// Draw is given to [typeset.NewLayout]: it makes the ink of each word, once.
func Draw(w *typeset.Word) any { return drawWord(w) }

// Worker makes one bundle after the other, and keeps its memory.
type Worker struct {
	press  *Press
	setter *typeset.Setter
	form   *typeset.FormSetter // nil for letters
	fonts  *fontWriter
	update *update
	bundle bundle
}

// NewWorker makes a worker that sets letters, or the pages of a form, with setter.
func (p *Press) NewWorker(setter *typeset.Setter) *Worker {
	w := &Worker{press: p, setter: setter, fonts: newFontWriter()}
	if p.job.Form != nil {
		w.form = p.job.Form.NewSetter(setter)
	}
	return w
}

// Order says what to put into a bundle.
type Order struct {
	Number  int            // of the bundle, from 1
	First   int            // number of its first letter
	Letters int            // how many letters, or signers of a form
	Volume  typeset.Volume // of a form
	Title   string         // of the PDF, which then has no page labels; "" for what follows from the job
	Group   []string       // what its letters have in common, for the slip sheet
	// Groups is how many groups the letters are of; more than one where small ones share a bundle: then Group is the first, LastGroup the last.
	Groups    int
	LastGroup []string
	// Values returns the fields of the bundle's letter i, from 0; they need to last until the next call.
	Values func(i int) []string
	// Numbers returns the number of letter i; nil where they count up from First.
	Numbers func(i int) int
	// Placed, when not nil, is told on which page each letter starts, or each signer stands, counting from 1, the slip sheet included.
	// It is called after Values of the same i and before those of the next.
	Placed func(i, page int)
	// Seal, when not nil, gives the hash over the letters in hex, for the slip sheet; it is asked when all of them are placed.
	Seal func() string
	// Code, when not nil, gives the text of the slip sheet's code for a Seal, in the capitals, digits, spaces and $%*+-./: that small codes hold.
	Code func(seal string) string
}

// Count is what a bundle came to.
type Count struct {
	Pages  int // the slip sheet's included
	Sheets int
}

// Sheets is how many sheets of paper so many pages take that begin on a front: of one letter, of a slip sheet, or of a whole bundle.
func (p *Press) Sheets(pages int) int {
	if p.job.Duplex {
		return (pages + 1) / 2
	}
	return pages
}

// bundle is the state of the bundle being made.
type bundle struct {
	canvas
	press      *Press
	master     *master // that the file begins with
	names      map[*typeset.Face]*bundleFont
	fonts      []*bundleFont
	last       *bundleFont
	pieces     map[typeset.PieceKey]*bundlePiece
	stamped    [4]*bundlePiece // what was last stamped in each place: letters mostly have the same pieces in the same places
	codes      codePlans
	listed     []frontPage // the pages of the list of ids
	drawn      []*bundlePiece
	lines      map[typeset.SharedLine]*sharedLine
	lineCanvas canvas
	setter     *typeset.Setter
	title      string // of a document; "" for bundles
	update     *update
	tree       pageTree
	starts     []int // page on which each letter starts
	form       formPages
	resources  int
}

type bundleFont struct {
	fontUse
	name   string
	object int
}

// sharedLine is a line of fixed text that letters have in common.
type sharedLine struct {
	piece *bundlePiece // nil until it is worth it
	y     typeset.Length
	times int
}

type bundlePiece struct {
	key    typeset.PieceKey
	name   []byte
	object int
	isNew  bool // a piece of the layout that is not in the master
}

// Bundle writes one bundle to out. The same order gives the same bytes, whichever worker carries it out.
func (w *Worker) Bundle(ctx context.Context, out io.Writer, o Order) (Count, error) {
	u := newUpdate(ctx, out, w.press.master, w.update)
	w.update = u
	b := &w.bundle
	b.begin(w.press, w.press.master, w.setter, u)
	b.title = o.Title
	if !w.press.job.NoSlip {
		b.addFronts(o.Letters)
	}
	add := w.addLetters
	if w.form != nil {
		add = w.addForm
	}
	if err := add(o); err != nil {
		return Count{}, err
	}
	count := Count{Pages: b.tree.pages, Sheets: w.press.Sheets(b.tree.pages)}
	if !w.press.job.NoSlip {
		if err := b.slip(o, count); err != nil {
			return Count{}, err
		}
		b.list(o, count)
	}
	b.writePieces()
	if err := b.writeFonts(w.fonts); err != nil {
		return Count{}, err
	}
	b.writeResources()
	b.tree.write(u)
	b.writeCatalogue(o, count)
	return count, u.finish(w.press.master, b.id(o))
}

// addLetters sets the letters of an order, one after the other.
func (w *Worker) addLetters(o Order) error {
	b := &w.bundle
	for i := range o.Letters {
		letter, err := w.setter.Set(o.Values(i), o.First+i)
		if err != nil {
			return fmt.Errorf("setting letter %d: %w", o.First+i, err)
		}
		if o.Placed != nil {
			o.Placed(i, b.tree.pages+1)
		}
		b.addLetter(letter)
		if b.update.err != nil {
			return b.update.err
		}
	}
	return nil
}

// begin resets the state and takes the master's pieces and font slots in.
func (b *bundle) begin(p *Press, m *master, setter *typeset.Setter, u *update) {
	b.press, b.master, b.setter, b.update, b.title = p, m, setter, u, ""
	b.canvas = canvas{out: b.canvas.out[:0], height: p.job.Paper.Height, fonts: b}
	b.lines = map[typeset.SharedLine]*sharedLine{}
	b.names, b.pieces = map[*typeset.Face]*bundleFont{}, map[typeset.PieceKey]*bundlePiece{}
	clear(b.stamped[:])
	b.fonts, b.drawn, b.last, b.starts = b.fonts[:0], b.drawn[:0], nil, b.starts[:0]
	b.form.reset()
	b.resources = u.reserve()
	b.tree.begin()
	for i, font := range m.fonts {
		b.addFont(font.clone(), m.fontObj[i])
	}
}

func (b *bundle) addFont(use fontUse, object int) *bundleFont {
	f := &bundleFont{fontUse: use, object: object, name: "F" + strconv.Itoa(len(b.fonts))}
	b.names[use.face] = f
	b.fonts = append(b.fonts, f)
	return f
}

// fontOf finds the font of a face. Neighbours on a line mostly share one.
func (b *bundle) fontOf(face *typeset.Face) *bundleFont {
	if b.last != nil && b.last.face == face {
		return b.last
	}
	f, ok := b.names[face]
	if !ok {
		f = b.addFont(fontUse{face: face}, b.update.reserve())
	}
	b.last = f
	return f
}

// fontName and fontUse make the bundle the fontSource of its pages.
func (b *bundle) fontName(face *typeset.Face) string { return b.fontOf(face).name }

func (b *bundle) fontUse(face *typeset.Face) *fontUse { return &b.fontOf(face).fontUse }

// stampOf finds the form XObject of the piece in a place of the page.
func (b *bundle) stampOf(place int, key typeset.PieceKey) *bundlePiece {
	if place >= len(b.stamped) {
		return b.pieceOf(key)
	}
	last := &b.stamped[place]
	if *last == nil || (*last).key != key {
		*last = b.pieceOf(key)
	}
	return *last
}

// pieceOf finds the form XObject of a piece; one that the master lacks is written with the bundle.
func (b *bundle) pieceOf(key typeset.PieceKey) *bundlePiece {
	if p, ok := b.pieces[key]; ok {
		return p
	}
	p := &bundlePiece{key: key, name: b.nextPieceName()}
	if object, ok := b.master.pieces[key]; ok {
		p.object = object
	} else {
		p.object, p.isNew = b.update.reserve(), true
	}
	b.pieces[key] = p
	b.drawn = append(b.drawn, p)
	return p
}

// addLetter writes the pages of a letter.
func (b *bundle) addLetter(letter *typeset.Letter) {
	b.starts = append(b.starts, b.tree.pages)
	for i := range letter.Pages {
		page := &letter.Pages[i]
		b.canvas.reset()
		for k := range page.Parts {
			part := &page.Parts[k]
			if len(part.Lines) == 0 {
				b.canvas.stamp(b.stampOf(k, part.Stamp.Piece).name, part.Stamp.Down)
			}
			for n := range part.Lines {
				b.addLine(&part.Lines[n])
			}
		}
		b.canvas.line(&page.Number)
		b.canvas.end()
		b.writePage()
	}
	if b.press.job.Duplex && len(letter.Pages)%2 == 1 {
		b.blankPage()
	}
}

// addLine draws a line of the page. A line of fixed text that has come up before is stamped.
func (b *bundle) addLine(line *typeset.Line) {
	if line.Shared == (typeset.SharedLine{}) {
		b.canvas.line(line)
		return
	}
	shared, ok := b.lines[line.Shared]
	if !ok {
		shared = &sharedLine{y: line.Y}
		b.lines[line.Shared] = shared
	}
	shared.times++
	if shared.times == worthSharing {
		b.share(shared, line)
	}
	if shared.piece == nil {
		b.canvas.line(line)
		return
	}
	b.canvas.stamp(shared.piece.name, line.Y-shared.y)
}

// worthSharing is how often a line has come up when it is made a form XObject. The object costs some 170 bytes beside the line's
// own, so one that comes up a few times only is better drawn each time.
const worthSharing = 4

// share writes a line as a form XObject.
func (b *bundle) share(shared *sharedLine, line *typeset.Line) {
	shared.y = line.Y
	shared.piece = &bundlePiece{name: b.nextPieceName(), object: b.update.reserve()}
	b.drawn = append(b.drawn, shared.piece)
	c := &b.lineCanvas
	c.reset()
	c.height, c.fonts = b.canvas.height, b
	c.line(line)
	c.end()
	b.update.stream(shared.piece.object, b.formDict(), c.out)
}

// formDict is the dictionary of a form XObject that draws on the page as it is.
func (b *bundle) formDict() string {
	return fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s]/Resources %d 0 R", b.press.paperSize(), b.resources)
}

func (b *bundle) nextPieceName() []byte { return appendInt([]byte("/P"), int64(len(b.drawn))) }

// writePage writes the page whose content is on the canvas. Paper and resources are inherited from the page tree.
func (b *bundle) writePage() {
	u := b.update
	page, content := u.reserve(), u.reserve()
	u.begin(page)
	u.string("<</Type/Page/Parent ")
	u.ref(b.tree.add(u, page))
	u.string("/Contents ")
	u.ref(content)
	u.string(">>")
	u.end()
	u.stream(content, "", b.canvas.out)
}

// blankPage pads to a whole sheet.
func (b *bundle) blankPage() {
	u := b.update
	page := u.reserve()
	u.begin(page)
	u.string("<</Type/Page/Parent ")
	u.ref(b.tree.add(u, page))
	u.string(">>")
	u.end()
}

// writePieces writes the form XObjects that the master lacks: pieces of letters that came out other than the typical one.
func (b *bundle) writePieces() {
	for _, p := range b.drawn {
		if !p.isNew {
			continue
		}
		b.canvas.reset()
		piece := b.setter.Piece(p.key)
		b.canvas.piece(&piece)
		b.update.stream(p.object, b.formDict(), b.canvas.out)
	}
}

// paperSize is the sheet's width and height in points.
func (p *Press) paperSize() string {
	return string(appendPoints(append(appendPoints(nil, p.job.Paper.Width), ' '), p.job.Paper.Height))
}

func (b *bundle) writeFonts(w *fontWriter) error {
	b.press.mu.Lock()
	for _, f := range b.fonts {
		b.press.used[f.face] = true
	}
	b.press.mu.Unlock()
	for _, f := range b.fonts {
		if err := w.write(b.update, f.object, &f.fontUse); err != nil {
			return err
		}
	}
	return b.update.err
}

// writeResources writes the one resource dictionary that all pages and new pieces share.
func (b *bundle) writeResources() {
	u := b.update
	u.begin(b.resources)
	u.string("<</ProcSet[/PDF/Text/ImageB/ImageC/ImageI]/Font<<")
	for _, f := range b.fonts {
		u.string("/" + f.name + " ")
		u.ref(f.object)
	}
	u.string(">>/XObject<<")
	for _, p := range b.master.pictures {
		u.string("/" + p.name + " ")
		u.ref(p.object)
	}
	for _, p := range b.drawn {
		u.buf = append(append(u.buf, p.name...), ' ')
		u.ref(p.object)
	}
	u.string(">>>>")
	u.end()
	b.tree.attributes = fmt.Sprintf("/MediaBox[0 0 %s]/Resources %d 0 R", b.press.paperSize(), b.resources)
}
