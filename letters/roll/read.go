package roll

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/transform"

	"postbag/letters/problem"
)

// ReadOptions says what to hold of each row.
type ReadOptions struct {
	// Keep lists the fields to hold for each signer, in the order in which Roll.Fields returns them: standard fields, or headers of
	// the list.
	Keep []string
	// Hold, when not nil, is asked last about each row that would get a letter; fields are in Keep's order and valid only during
	// the call. A non-empty reason holds the row back.
	Hold func(fields []string) (Reason, string)
	// Progress, when not nil, is called now and then with the rows read so far and the share of the bytes (0 to 1).
	Progress func(rows int, share float64)
}

// maxName is the length of a name in characters beyond which it is none.
const maxName = 1000

// getter makes a field of a row's cells.
type getter struct {
	columns   []int
	separator string
}

// Reading takes two goroutines. One takes the file apart: it finds the records, settles what a row says about itself, cleans its
// fields and makes the key of its person. It hands rows over in batches. The other, which is the caller's, settles what depends on
// the rows before: duplicates, what is held back, and the roll. Both take about as long.

// parsing is the first goroutine's part.
type parsing struct {
	list *List
	tidy cleaner
	keep []getter
	name getter
	mail getter
	id   getter
	post getter

	width   int
	scratch []byte
	out     *batch
	row     Row
}

// reading is the caller's part.
type reading struct {
	list     *List
	options  ReadOptions
	roll     *Roll
	row      Row
	texts    []string
	seen     map[personKey]uint32 // the record of the person's letter
	replaced map[uint32]bool
}

// batch is rows on their way from one to the other.
type batch struct {
	rows  []parsed
	data  []byte // encoded records
	share float64
	err   error // ends the reading
}

// parsed is a row with what it says about itself.
type parsed struct {
	row    Row
	reason Reason // "" for one that may get a letter
	detail string
	record [2]int // in the batch's data
	key    personKey
	known  bool // the key tells the person from others
}

// batchRows is how many rows travel together; batches how many batches there are.
const (
	batchRows = 1024
	batches   = 4
)

// Read reads every row and decides its fate.
func (l *List) Read(ctx context.Context, o ReadOptions) (*Roll, error) {
	p := &parsing{list: l, width: len(l.headers)}
	var problems problem.List
	for _, field := range slices.Concat(o.Keep, l.group) {
		columns, separator := l.columns.columnsOf(field)
		if columns == nil {
			problems.Add(problem.Place{File: l.campaign.Signers.File}, "the list has no field "+field, l.columns.suggest(field))
		}
		p.keep = append(p.keep, getter{columns, separator})
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	for field, g := range map[string]*getter{"name": &p.name, "email": &p.mail, "id": &p.id, "postcode": &p.post} {
		if l.columns.fields[field] != nil {
			g.columns, g.separator = l.columns.columnsOf(field)
		}
	}
	file, err := l.openFile()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := &reading{
		list: l, options: o, roll: &Roll{keep: len(o.Keep), fields: len(o.Keep) + len(l.group)}, replaced: map[uint32]bool{},
	}
	if err := r.readFile(ctx, p, file); err != nil {
		return nil, err
	}
	r.roll.Cleaned = p.tidy.counts
	r.roll.settle(r.replaced)
	slices.SortStableFunc(r.roll.Exclusions, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(a.Row.File, b.Row.File), cmp.Compare(a.Row.Row, b.Row.Row))
	})
	return r.roll, nil
}

// readFile runs both parts.
func (r *reading) readFile(ctx context.Context, p *parsing, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", file.Name(), err)
	}
	m := &meter{r: file, hash: sha256.New()}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	full, empty := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		empty <- &batch{}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.parseFile(ctx, m, file.Name(), info.Size(), full, empty)
	}()
	defer func() { <-done }() // the file and p are the other goroutine's until then
	defer cancel()
	for b := range full {
		if b.err != nil {
			return b.err
		}
		r.takeBatch(b, info.Size())
		empty <- b
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.roll.Sources = []Source{{Path: r.list.campaign.Signers.File, SHA256: hex.EncodeToString(m.hash.Sum(nil)), Bytes: m.n}}
	return nil
}

// takeBatch settles the rows of a batch in their order.
func (r *reading) takeBatch(b *batch, size int64) {
	if r.seen == nil { // the first batch tells how many rows to expect, so that the map need not grow
		r.seen = make(map[personKey]uint32, int(min(1<<24, float64(len(b.rows))/max(b.share, 1e-6))))
	}
	for i := range b.rows {
		row := &b.rows[i]
		r.row = row.row
		r.roll.RowsRead++
		if row.reason != "" {
			r.exclude(row.reason, row.detail)
			continue
		}
		r.admit(row, b.data[row.record[0]:row.record[1]])
	}
	if r.options.Progress != nil {
		r.options.Progress(r.roll.RowsRead, b.share)
	}
}

// meter counts and hashes what is read of a file.
type meter struct {
	r    io.Reader
	hash hash.Hash
	n    int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.hash.Write(p[:n])
	m.n += int64(n)
	return n, err
}

// parseFile takes a file apart and closes full at its end, or when ctx ends.
func (p *parsing) parseFile(ctx context.Context, m *meter, name string, size int64, full, empty chan *batch) {
	defer close(full)
	form := p.list.form
	var text io.Reader = m
	if form.utf16 {
		text = transform.NewReader(m, decoder())
	}
	records := newRecords(&withoutMark{r: text}, form.delimiter, form.eol)
	for {
		select {
		case p.out = <-empty:
		case <-ctx.Done():
			return
		}
		p.out.rows, p.out.data, p.out.err = p.out.rows[:0], p.out.data[:0], nil
		end := p.parseBatch(records, name)
		p.out.share = float64(m.n) / float64(max(1, size))
		select {
		case full <- p.out:
		case <-ctx.Done():
			return
		}
		if end {
			return
		}
	}
}

// parseBatch reads rows until the batch is full; true says that there are no more.
func (p *parsing) parseBatch(records *records, name string) (end bool) {
	for len(p.out.rows) < batchRows {
		cells, err := records.next()
		if errors.Is(err, io.EOF) {
			return true
		}
		p.row = Row{Row: records.number}
		var fault errNoRecord
		switch {
		case errors.Is(err, errQuotes):
			p.out.err = problem.List{{
				Place: problem.Place{File: name, Line: records.number}, What: "quotation marks open in many rows and never close",
				Do: "Export the list again: this file cannot be taken apart for certain",
			}}
			return true
		case errors.As(err, &fault):
			p.exclude(Unreadable, string(fault))
		case err != nil:
			p.out.err = fmt.Errorf("reading %s: %w", name, err)
			return true
		case records.number > p.list.headRow: // the header and what stands above it are no rows
			p.take(cells)
		}
	}
	return false
}

// withoutMark takes a byte order mark off the start of a text.
type withoutMark struct {
	r      io.Reader
	passed bool
}

func (w *withoutMark) Read(p []byte) (int, error) {
	if w.passed || len(p) < 3 {
		return w.r.Read(p)
	}
	w.passed = true
	n, err := io.ReadAtLeast(w.r, p, 3)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if bytes.HasPrefix(p[:n], []byte("\uFEFF")) {
		n = copy(p, p[3:n])
	}
	return n, err
}

func (r *reading) exclude(reason Reason, detail string) {
	r.roll.Exclusions = append(r.roll.Exclusions, Exclusion{Row: r.row, Reason: reason, Detail: detail})
}

func (p *parsing) exclude(reason Reason, detail string) {
	p.out.rows = append(p.out.rows, parsed{row: p.row, reason: reason, detail: detail})
}

// take settles what a row says about itself, in the order of the package's comment.
func (p *parsing) take(cells [][]byte) {
	p.tidy.reset()
	p.scratch = p.scratch[:0]
	if blank(cells) {
		p.exclude(BlankRow, "")
		return
	}
	for len(cells) > p.width && len(bytes.TrimSpace(cells[len(cells)-1])) == 0 {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != p.width {
		p.exclude(Unreadable, fmt.Sprintf("it has %d cells, the header has %d", len(cells), p.width))
		return
	}
	if p.repeatsHeader(cells) {
		p.exclude(HeaderRow, "")
		return
	}
	if !p.readable(cells) || !p.agreed(cells) || p.withdrew(cells) {
		return
	}
	name := p.get(p.name, cells)
	if n := utf8.RuneCount(name); n == 0 || n > maxName {
		detail := ""
		if n > 0 {
			detail = fmt.Sprintf("a name of %d characters", n)
		}
		p.exclude(NoName, detail)
		return
	}
	p.hand(name, cells)
}

// hand encodes the kept fields and hands the row over.
func (p *parsing) hand(name []byte, cells [][]byte) {
	row := parsed{row: p.row}
	row.key, row.known = p.person(name, cells)
	row.record[0] = len(p.out.data)
	for _, g := range p.keep {
		p.out.data = appendField(p.out.data, p.get(g, cells))
	}
	row.record[1] = len(p.out.data)
	p.out.rows = append(p.out.rows, row)
}

func (p *parsing) repeatsHeader(cells [][]byte) bool {
	for i, cell := range cells {
		if !bytes.Equal(cell, p.list.headers[i]) {
			return false
		}
	}
	return true
}

// agreed asks the consent column.
func (p *parsing) agreed(cells [][]byte) bool {
	if p.list.consent < 0 {
		return true
	}
	cell := cells[p.list.consent]
	if p.list.agreed[view(cell)] || p.list.agreed[foldText(string(cell))] {
		return true
	}
	p.exclude(NoConsent, "")
	return false
}

// view looks at bytes as a string that must not outlive them.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// withdrew looks the person up among those who withdrew.
func (p *parsing) withdrew(cells [][]byte) bool {
	if len(p.list.withdrew) == 0 {
		return false
	}
	for _, g := range []getter{p.mail, p.id} {
		if key := foldText(string(p.get(g, cells))); key != "" && p.list.withdrew[key] {
			p.exclude(Suppressed, "")
			return true
		}
	}
	return false
}

// readable tells whether the cells that are kept are text.
func (p *parsing) readable(cells [][]byte) bool {
	for i := range len(p.keep) + 1 {
		g := &p.name
		if i < len(p.keep) {
			g = &p.keep[i]
		}
		for _, column := range g.columns {
			if fault := notText(cells[column]); fault != "" {
				p.exclude(Unreadable, fmt.Sprintf("the column %s holds %s", p.list.headers[column], fault))
				return false
			}
		}
	}
	return true
}

// get makes a field of cells, cleaned. Empty parts are left out together with their separator.
func (p *parsing) get(g getter, cells [][]byte) []byte {
	if len(g.columns) == 0 {
		return nil
	}
	if len(g.columns) == 1 {
		return p.tidy.clean(cells[g.columns[0]])
	}
	start := len(p.scratch)
	if cap(p.scratch)-start < 64<<10 {
		p.scratch, start = make([]byte, 0, 1<<20), 0
	}
	for _, column := range g.columns {
		part := p.tidy.clean(cells[column])
		if len(part) == 0 {
			continue
		}
		if len(p.scratch) > start {
			p.scratch = append(p.scratch, g.separator...)
		}
		p.scratch = append(p.scratch, part...)
	}
	return p.scratch[start:len(p.scratch):len(p.scratch)]
}

// admit gives the row its letter, unless its person has one or something holds it back.
func (r *reading) admit(row *parsed, record []byte) {
	duplicates := r.list.campaign.Signers.Duplicates
	before, twice := uint32(0), false
	if row.known && duplicates != "keep" {
		before, twice = r.seen[row.key]
	}
	if twice && duplicates == "first" {
		r.exclude(Duplicate, sameAs(r.roll.rowOf(int(before))))
		return
	}
	if r.options.Hold != nil {
		r.texts = decodeFields(record, 0, r.roll.keep, r.texts[:0])
		if reason, detail := r.options.Hold(r.texts); reason != "" {
			r.exclude(reason, detail)
			return
		}
	}
	if twice { // the last row counts
		r.row = r.roll.rowOf(int(before))
		r.exclude(Duplicate, sameAs(row.row))
		r.row = row.row
		r.replaced[before] = true
	}
	if row.known && duplicates != "keep" {
		r.seen[row.key] = uint32(len(r.roll.at))
	}
	r.roll.add(row.row, record)
}

func sameAs(row Row) string { return fmt.Sprintf("the same person as row %d", row.Row) }

// personKey stands for a person: 128 bits of a SHA-256, so that two different people are never taken for one.
type personKey [16]byte

// person makes the key of the row's person; known is false when nothing tells them from others.
func (p *parsing) person(name []byte, cells [][]byte) (key personKey, known bool) {
	mark, value := byte('@'), p.get(p.mail, cells)
	if len(value) == 0 {
		mark, value = '#', p.get(p.post, cells)
	}
	if len(value) == 0 {
		return key, false
	}
	var memory [256]byte
	text := appendFolded(append(memory[:0], mark), value)
	text = appendFolded(append(text, 0), name)
	sum := sha256.Sum256(text)
	copy(key[:], sum[:])
	return key, true
}

// appendFolded appends text in small letters and without white space.
func appendFolded(dst, text []byte) []byte {
	for i, b := range text {
		switch {
		case b >= 0x80:
			return append(dst, strings.ReplaceAll(strings.ToLower(string(text[i:])), " ", "")...)
		case b >= 'A' && b <= 'Z':
			dst = append(dst, b+'a'-'A')
		case b != ' ':
			dst = append(dst, b)
		}
	}
	return dst
}
