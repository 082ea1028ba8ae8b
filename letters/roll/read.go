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

// reading is one pass over the list.
type reading struct {
	list    *List
	options ReadOptions
	roll    *Roll
	tidy    cleaner
	keep    []getter
	name    getter
	email   getter
	id      getter
	post    getter

	width    int
	row      Row
	fields   [][]byte
	texts    []string
	scratch  []byte
	seen     map[personKey]uint32 // record + 1 of the person's letter
	replaced map[uint32]bool
}

// Read reads every row and decides its fate.
func (l *List) Read(ctx context.Context, o ReadOptions) (*Roll, error) {
	r := &reading{
		list: l, options: o, roll: &Roll{keep: len(o.Keep), fields: len(o.Keep) + len(l.group)},
		width: len(l.headers), seen: map[personKey]uint32{}, replaced: map[uint32]bool{},
	}
	var problems problem.List
	for _, field := range slices.Concat(o.Keep, l.group) {
		columns, separator := l.columns.columnsOf(field)
		if columns == nil {
			problems.Add(problem.Place{File: l.campaign.Signers.File}, "the list has no field "+field, l.columns.suggest(field))
		}
		r.keep = append(r.keep, getter{columns, separator})
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	for field, g := range map[string]*getter{"name": &r.name, "email": &r.email, "id": &r.id, "postcode": &r.post} {
		if l.columns.fields[field] != nil {
			g.columns, g.separator = l.columns.columnsOf(field)
		}
	}
	file, err := l.openFile()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := r.readFile(ctx, file); err != nil {
		return nil, err
	}
	r.roll.Cleaned = r.tidy.counts
	r.roll.settle(r.replaced)
	slices.SortStableFunc(r.roll.Exclusions, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(a.Row.File, b.Row.File), cmp.Compare(a.Row.Row, b.Row.Row))
	})
	return r.roll, nil
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

func (r *reading) readFile(ctx context.Context, file *os.File) error {
	form := r.list.form
	m := &meter{r: file, hash: sha256.New()}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", file.Name(), err)
	}
	var text io.Reader = m
	if form.utf16 {
		text = transform.NewReader(m, decoder())
	}
	records := newRecords(&withoutMark{r: text}, form.delimiter, form.eol)
	for rows := 0; ; rows++ {
		if rows%8192 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if r.options.Progress != nil && rows > 0 {
				r.options.Progress(r.roll.RowsRead, float64(m.n)/float64(max(1, info.Size())))
			}
		}
		cells, err := records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, errQuotes) {
			return problem.List{{
				Place: problem.Place{File: file.Name(), Line: records.number}, What: "quotation marks open in many rows and never close",
				Do: "Export the list again: this file cannot be taken apart for certain",
			}}
		}
		var fault errNoRecord
		if err != nil && !errors.As(err, &fault) {
			return fmt.Errorf("reading %s: %w", file.Name(), err)
		}
		if records.number <= r.list.headRow {
			continue // the header and what stands above it
		}
		r.row = Row{Row: records.number}
		r.roll.RowsRead++
		if fault != "" {
			r.exclude(Unreadable, string(fault))
			continue
		}
		r.take(cells)
	}
	r.roll.Sources = []Source{{Path: r.list.campaign.Signers.File, SHA256: hex.EncodeToString(m.hash.Sum(nil)), Bytes: m.n}}
	if r.options.Progress != nil {
		r.options.Progress(r.roll.RowsRead, 1)
	}
	return nil
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

// take decides the fate of one row. The order is that of the package's comment.
func (r *reading) take(cells [][]byte) {
	r.tidy.reset()
	r.scratch = r.scratch[:0]
	if blank(cells) {
		r.exclude(BlankRow, "")
		return
	}
	for len(cells) > r.width && len(bytes.TrimSpace(cells[len(cells)-1])) == 0 {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != r.width {
		r.exclude(Unreadable, fmt.Sprintf("it has %d cells, the header has %d", len(cells), r.width))
		return
	}
	if r.repeatsHeader(cells) {
		r.exclude(HeaderRow, "")
		return
	}
	if !r.agreed(cells) || r.withdrew(cells) {
		return
	}
	if !r.gather(cells) {
		return
	}
	name := r.get(r.name, cells)
	if n := utf8.RuneCount(name); n == 0 || n > maxName {
		detail := ""
		if n > 0 {
			detail = fmt.Sprintf("a name of %d characters", n)
		}
		r.exclude(NoName, detail)
		return
	}
	r.admit(name, cells)
}

func (r *reading) repeatsHeader(cells [][]byte) bool {
	for i, cell := range cells {
		if !bytes.Equal(cell, r.list.headers[i]) {
			return false
		}
	}
	return true
}

// agreed asks the consent column.
func (r *reading) agreed(cells [][]byte) bool {
	if r.list.consent < 0 {
		return true
	}
	cell := cells[r.list.consent]
	if r.list.agreed[view(cell)] || r.list.agreed[foldText(string(cell))] {
		return true
	}
	r.exclude(NoConsent, "")
	return false
}

// view looks at bytes as a string that must not outlive them.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// withdrew looks the person up among those who withdrew.
func (r *reading) withdrew(cells [][]byte) bool {
	if len(r.list.withdrew) == 0 {
		return false
	}
	for _, g := range []getter{r.email, r.id} {
		if key := foldText(string(r.get(g, cells))); key != "" && r.list.withdrew[key] {
			r.exclude(Suppressed, "")
			return true
		}
	}
	return false
}

// gather cleans the fields that are kept. Cells that are no text make the row unreadable.
func (r *reading) gather(cells [][]byte) bool {
	for _, g := range append(r.keep, r.name) {
		for _, column := range g.columns {
			if fault := notText(cells[column]); fault != "" {
				r.exclude(Unreadable, fmt.Sprintf("the column %s holds %s", r.list.headers[column], fault))
				return false
			}
		}
	}
	r.fields = r.fields[:0]
	for _, g := range r.keep {
		r.fields = append(r.fields, r.get(g, cells))
	}
	return true
}

// get makes a field of cells, cleaned. Empty parts are left out together with their separator.
func (r *reading) get(g getter, cells [][]byte) []byte {
	if len(g.columns) == 0 {
		return nil
	}
	if len(g.columns) == 1 {
		return r.tidy.clean(cells[g.columns[0]])
	}
	start := len(r.scratch)
	if cap(r.scratch)-start < 64<<10 {
		r.scratch, start = make([]byte, 0, 1<<20), 0
	}
	for _, column := range g.columns {
		part := r.tidy.clean(cells[column])
		if len(part) == 0 {
			continue
		}
		if len(r.scratch) > start {
			r.scratch = append(r.scratch, g.separator...)
		}
		r.scratch = append(r.scratch, part...)
	}
	return r.scratch[start:len(r.scratch):len(r.scratch)]
}

// admit gives the row its letter, unless its person has one or something holds it back.
func (r *reading) admit(name []byte, cells [][]byte) {
	key, known := r.person(name, cells)
	before, twice := r.seen[key]
	twice = twice && known && r.list.campaign.Signers.Duplicates != "keep"
	if twice && r.list.campaign.Signers.Duplicates == "first" {
		r.exclude(Duplicate, r.sameAs(r.roll.rowOf(int(before))))
		return
	}
	if r.options.Hold != nil {
		r.texts = r.texts[:0]
		for _, f := range r.fields[:r.roll.keep] {
			r.texts = append(r.texts, view(f))
		}
		if reason, detail := r.options.Hold(r.texts); reason != "" {
			r.exclude(reason, detail)
			return
		}
	}
	if twice { // the last row counts
		earlier := r.row
		r.row = r.roll.rowOf(int(before))
		r.exclude(Duplicate, r.sameAs(earlier))
		r.row = earlier
		r.replaced[before] = true
	}
	if known {
		r.seen[key] = uint32(len(r.roll.at))
	}
	r.roll.add(r.row, r.fields)
}

func (r *reading) sameAs(row Row) string { return fmt.Sprintf("the same person as row %d", row.Row) }

// personKey stands for a person: 128 bits of a SHA-256, so that two different people are never taken for one.
type personKey [16]byte

// person makes the key of the row's person; known is false when nothing tells them from others.
func (r *reading) person(name []byte, cells [][]byte) (key personKey, known bool) {
	mark, value := byte('@'), r.get(r.email, cells)
	if len(value) == 0 {
		mark, value = '#', r.get(r.post, cells)
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
