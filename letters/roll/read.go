package roll

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

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
	// Printable, when not nil, tells whether a comment can be set. The letter of one that cannot goes without it.
	Printable func(comment string) bool
	// Progress, when not nil, is called now and then with the rows read so far and the share of the bytes (0 to 1).
	Progress func(rows int, share float64)
	// Forget says that the fields are wanted for Hold alone: the Roll keeps none of them, and needs less memory.
	Forget bool
	// Totals asks for Roll.Totals.
	Totals bool
	// Key is the secret that persons are hashed with, so that Roll.Person tells what they are known by in later lists; nil where no
	// later list is thought of.
	Key *Key
	// Earlier is people who have letters already: they get none. It needs the Key.
	Earlier *Earlier
	// Near asks for a report of signers who may be one person, among Roll.Remarks.
	Near bool
}

// Reading takes three parts that work at once. One goroutine, the scanner, reads a file, hashes and decodes it, finds its records and
// gathers them in batches. A few goroutines, the parsers, take a batch each: they settle what a row says about itself, clean its cells
// and make the key of its person. The caller's takes the batches in the order of the file, and settles what depends on the rows before:
// duplicates, what is held back, and the roll. A batch belongs to whoever has it last been handed to.

// reading is the caller's part.
type reading struct {
	list     *List
	options  ReadOptions
	roll     *Roll
	rule     string // signers.duplicates
	texts    []string
	people   people
	near     *nearness
	knowing  *knowing  // nil without a key
	tallying *tallying // nil where nothing is counted
	comments []int     // kept fields of the file that are comments
	replaced map[uint32]bool
	mended   map[mending]Row // rows whose place another has taken
	left     exclusionList
}

// batch is rows on their way from the scanner by a parser to the caller.
type batch struct {
	scanned []scannedRow
	ends    []uint32 // of the scanned rows' cells, in text
	text    []byte
	scanErr error // ends the scan, behind the scanned rows

	rows   []parsed
	data   []byte // encoded records
	share  float64
	err    error         // ends the reading
	parsed chan struct{} // one token when a parser is done with it
}

// scannedRow is a record, or what is wrong with it.
type scannedRow struct {
	row      uint32
	from, to uint32 // its cells' places in ends; the first starts where the one before ends
	start    uint32 // of its first cell in text
	fault    string // a record that cannot be taken apart
}

// parsed is a row with what it says about itself.
type parsed struct {
	row      uint32
	from, to uint32 // of its record in the batch's data
	comment  CommentFate
	known    bool // the key tells the person from others
	key      personKey
	handles  handles
	near     nearKeys
	origin   *origin // nil where it says nothing
	day      writtenDay
	mends    mending
	reason   Reason // "" for one that may get a letter
	detail   string
}

// batchRows is how many rows travel together, and batchBytes how much text at most; batches how many batches there are for a parser.
const (
	batchRows  = 1024
	batchBytes = 1 << 20
	batches    = 3
)

// maxParsers bounds the parsers: more than a few wait for the caller's part.
const maxParsers = 4

// Bounds of a list: row numbers are of 32 bits; and a file that is made of nothing but rows without letters is none.
const (
	maxRows    = 1 << 30
	maxUseless = 5_000_000
)

// Read reads every row and decides its fate.
func (l *List) Read(ctx context.Context, o ReadOptions) (*Roll, error) {
	var problems problem.List
	for _, field := range slices.Concat(o.Keep, l.group) {
		if field != SignerLanguage && !l.Has(field) {
			problems.Add(l.files[0].columns.at, "the list has no field "+field, l.files[0].columns.suggest(field))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r := &reading{
		list: l, options: o, rule: l.campaign.Signers.Duplicates, replaced: map[uint32]bool{}, mended: map[mending]Row{},
		roll: &Roll{keep: len(o.Keep), fields: len(o.Keep) + len(l.group)},
	}
	if o.Forget {
		r.roll.keep, r.roll.fields = 0, len(l.group)
	}
	if o.Near {
		r.near = newNearness()
	}
	if o.Key != nil {
		r.knowing = r.newKnowing()
	}
	if o.Totals {
		r.tallying = newTallying()
	}
	for _, f := range l.files {
		if err := r.readFile(ctx, f); err != nil {
			return nil, err
		}
	}
	r.roll.Exclusions = r.left.list()
	r.settleMended()
	if r.knowing != nil {
		r.settleWithdrawn()
		r.roll.keys = r.people.keys
	}
	r.roll.settle(r.replaced, l.grouping())
	if r.tallying != nil {
		r.roll.Totals = r.tallying.totals(l, r.roll, r.replaced)
	}
	r.roll.accountComments()
	if r.near != nil {
		r.roll.Remarks = append(r.roll.Remarks, r.near.remarks()...)
	}
	return r.roll, nil
}

// readFile runs the three parts over a file.
func (r *reading) readFile(ctx context.Context, f *file) error {
	c, err := f.source.open()
	if err != nil {
		return err
	}
	defer c.Close()
	r.comments = r.list.commentsIn(f, r.options.Keep)
	ctx, cancel := context.WithCancel(ctx)
	n := min(runtime.GOMAXPROCS(0), maxParsers)
	s := &scanner{file: f, empty: make(chan *batch, n*batches), raw: make(chan *batch, n*batches), inOrder: make(chan *batch, n*batches)}
	for range n * batches {
		s.empty <- &batch{parsed: make(chan struct{}, 1)}
	}
	var work sync.WaitGroup
	work.Go(func() { s.scan(ctx, c) })
	parsers := make([]*parsing, n)
	for i := range parsers {
		parsers[i] = r.list.newParsing(f, r.options)
		work.Go(func() {
			for b := range s.raw {
				parsers[i].parse(b)
				b.parsed <- struct{}{}
			}
		})
	}
	defer work.Wait() // the file is the other goroutines' until they have ended
	defer cancel()
	for b := range s.inOrder {
		<-b.parsed
		if b.err != nil {
			return b.err
		}
		if err := r.takeBatch(f, b); err != nil {
			return err
		}
		s.empty <- b
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.roll.Sources = append(r.roll.Sources, s.source)
	remarks := remarkList{file: f.index}
	var evidence dateEvidence
	for _, p := range parsers {
		r.roll.Cleaned.add(p.tidy.counts)
		remarks.add(&p.remarks)
		if p.tally != nil {
			evidence.add(p.tally.dates.evidence)
		}
	}
	if r.tallying != nil {
		r.tallying.evidence = append(r.tallying.evidence, evidence)
	}
	r.roll.Remarks = append(r.roll.Remarks, remarks.list()...)
	return nil
}

// takeBatch settles the rows of a batch in their order.
func (r *reading) takeBatch(f *file, b *batch) error {
	for i := range b.rows {
		row := &b.rows[i]
		at := Row{File: f.index, Row: int(row.row)}
		r.roll.RowsRead++
		if row.reason != "" {
			r.left.add(at, row.reason, row.detail)
			if row.key != (personKey{}) {
				r.knowing.withdraws(at, row)
			}
			continue
		}
		r.admit(at, row, b.data[row.from:row.to])
	}
	useful := r.roll.places.len()
	if r.knowing != nil {
		useful += r.knowing.rows
	}
	if useless := r.left.n() - useful; useless > maxUseless && r.left.n() > 20*useful {
		return f.source.refuse(fmt.Sprintf("of the first %d rows nearly all are blank or broken", r.roll.RowsRead), "Look at the file, and export the list again")
	}
	if r.options.Progress != nil {
		r.options.Progress(r.roll.RowsRead, (float64(f.index)+b.share)/float64(len(r.list.files)))
	}
	return nil
}

// admit gives the row its letter, unless its person has one or something holds it back. A row that is held back does not count as its person's
// letter: another row of the same person may still get one.
func (r *reading) admit(at Row, row *parsed, record []byte) {
	var namesakes uint32
	if r.knowing != nil {
		person, n, ok := r.delivered(row)
		if ok {
			r.left.add(at, HasLetter, r.options.Earlier.Letter(person))
			r.mends(at, row)
			return
		}
		namesakes = n
	}
	before, twice := uint32(0), false
	if row.known && r.rule != "keep" {
		before, twice = r.people.find(row.key)
	}
	if twice && r.rule != "last" {
		r.left.add(at, Duplicate, r.sameAs(at, r.roll.rowOf(before)))
		return
	}
	if (row.comment == CommentWhole || row.comment == CommentCut) && r.options.Printable != nil {
		r.texts = decodeFields(record, 0, len(r.options.Keep), r.texts[:0])
		if !r.options.Printable(r.texts[r.comments[0]]) {
			row.comment = CommentNoGlyph
			record = dropComment(record, len(r.options.Keep)+len(r.list.group), r.comments)
		}
	}
	if r.options.Hold != nil {
		r.texts = decodeFields(record, 0, len(r.options.Keep), r.texts[:0])
		if reason, detail := r.options.Hold(r.texts); reason != "" {
			r.left.add(at, reason, detail)
			return
		}
	}
	if twice { // the last row counts
		earlier := r.roll.rowOf(before)
		r.left.add(earlier, Duplicate, r.sameAs(earlier, at))
		r.replaced[before] = true
	}
	switch {
	case r.knowing != nil:
		r.remember(at, row, namesakes, record)
	case r.rule != "keep":
		r.people.add(row.key, row.known)
	}
	r.mends(at, row)
	if r.near != nil {
		r.near.add(at, row.near, r.roll)
	}
	if r.options.Forget {
		record = skipFields(record, len(r.options.Keep))
	}
	if r.tallying != nil {
		r.tallying.add(row.origin, row.day)
	}
	r.roll.add(at, record, row.comment)
}

// mends notes that a row has taken the place of another that was to be looked at.
func (r *reading) mends(at Row, row *parsed) {
	if row.mends.row > 0 {
		r.mended[row.mends] = at
	}
}

// sameAs names the row of the same person, for row at.
func (r *reading) sameAs(at, other Row) string {
	if at.File != other.File {
		return fmt.Sprintf("the same person as row %d of %s", other.Row, r.list.files[other.File].source.shown())
	}
	return fmt.Sprintf("the same person as row %d", other.Row)
}

// exclusionList collects exclusions without copying them as it grows.
type exclusionList struct {
	chunks[Exclusion]
	unsorted bool
}

func (x *exclusionList) n() int { return x.len() }

func (x *exclusionList) add(row Row, reason Reason, detail string) {
	if x.len() > 0 && compareRows(x.at(x.len()-1).Row, row) > 0 {
		x.unsorted = true
	}
	x.chunks.add(Exclusion{Row: row, Reason: reason, Detail: detail})
}

func compareRows(a, b Row) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row)) }

// list gives the exclusions in row order.
func (x *exclusionList) list() []Exclusion {
	out := slices.Concat(x.parts...)
	if x.unsorted {
		slices.SortStableFunc(out, func(a, b Exclusion) int { return compareRows(a.Row, b.Row) })
	}
	return out
}
