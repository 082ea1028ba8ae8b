package roll

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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
	// Forget says that the fields are wanted for Hold alone: the Roll keeps none of them, and needs less memory.
	Forget bool
	// Near asks for a report of signers who may be one person, among Roll.Remarks.
	Near bool
}

// Reading takes two goroutines. One reads a file, hashes and decodes it, and takes it apart: it finds the records, settles what a row says
// about itself, cleans its cells and makes the key of its person. It hands rows over in batches. The other, which is the caller's, settles
// what depends on the rows before: duplicates, what is held back, and the roll.

// reading is the caller's part.
type reading struct {
	list     *List
	options  ReadOptions
	roll     *Roll
	rule     string // signers.duplicates
	texts    []string
	people   people
	near     *nearness
	replaced map[uint32]bool
	mended   map[mending]Row // rows whose place another has taken
	left     exclusionList
}

// batch is rows on their way from one goroutine to the other.
type batch struct {
	rows  []parsed
	data  []byte // encoded records
	share float64
	err   error // ends the reading
}

// parsed is a row with what it says about itself.
type parsed struct {
	row      uint32
	from, to uint32 // of its record in the batch's data
	known    bool   // the key tells the person from others
	key      personKey
	near     nearKeys
	mends    mending
	reason   Reason // "" for one that may get a letter
	detail   string
}

// batchRows is how many rows travel together, and batchBytes how much text at most; batches how many batches there are.
const (
	batchRows  = 1024
	batchBytes = 1 << 20
	batches    = 4
)

// Bounds of a list: row numbers are of 32 bits; and a file that is made of nothing but rows without letters is none.
const (
	maxRows    = 1 << 30
	maxUseless = 5_000_000
)

// Read reads every row and decides its fate.
func (l *List) Read(ctx context.Context, o ReadOptions) (*Roll, error) {
	var problems problem.List
	for _, field := range slices.Concat(o.Keep, l.group) {
		if !l.Has(field) {
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
	for _, f := range l.files {
		if err := r.readFile(ctx, f); err != nil {
			return nil, err
		}
	}
	r.roll.Exclusions = r.left.list()
	r.settleMended()
	r.roll.settle(r.replaced)
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
	ctx, cancel := context.WithCancel(ctx)
	full, empty := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		empty <- &batch{}
	}
	p := r.list.newParsing(f, r.options)
	go func() {
		defer close(full)
		p.parse(ctx, c, full, empty)
	}()
	defer func() { // the file is the other goroutine's until it has ended
		cancel()
		for range full {
		}
	}()
	for b := range full {
		if b.err != nil {
			return b.err
		}
		if err := r.takeBatch(f, b); err != nil {
			return err
		}
		empty <- b
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.roll.Sources = append(r.roll.Sources, p.source)
	r.roll.Cleaned.add(p.tidy.counts)
	r.roll.Remarks = append(r.roll.Remarks, p.remarks.list()...)
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
			continue
		}
		r.admit(at, row, b.data[row.from:row.to])
	}
	if useless := r.left.n() - r.roll.places.len(); useless > maxUseless && r.left.n() > 20*r.roll.places.len() {
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
	before, twice := uint32(0), false
	if row.known && r.rule != "keep" {
		before, twice = r.people.find(row.key)
	}
	if twice && r.rule != "last" {
		r.left.add(at, Duplicate, r.sameAs(at, r.roll.rowOf(before)))
		return
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
	if r.rule != "keep" {
		r.people.add(row.key, row.known)
	}
	if row.mends.row > 0 {
		r.mended[row.mends] = at
	}
	if r.near != nil {
		r.near.add(at, row.near, r.roll)
	}
	if r.options.Forget {
		record = skipFields(record, len(r.options.Keep))
	}
	r.roll.add(at, record)
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

// parsing is the second goroutine's part.
type parsing struct {
	list    *List
	file    *file
	plan    *plan
	tidy    cleaner
	ids     identifier
	order   nameOrder
	nations *countries
	mendAll bool // names in capitals are written as names
	near    bool
	remarks remarkList
	source  Source

	headers [][]byte
	totals  map[string]bool
	row     uint32
	cells   [][]byte // cleaned
	scratch []byte
	out     *batch
}

func (l *List) newParsing(f *file, o ReadOptions) *parsing {
	p := &parsing{
		list: l, file: f, ids: l.identifier(), order: l.orderOf(), mendAll: l.cleans("case"), near: o.Near,
		plan: l.planOf(f, slices.Concat(o.Keep, l.group)),
		tidy: cleaner{spaces: l.cleans("spaces"), controls: l.cleans("controls"), normalise: l.cleans("nfc")},
	}
	if l.cleans("countries") {
		p.nations = newCountries(l.campaign.Letter.Language)
	}
	for _, h := range f.headers {
		p.headers = append(p.headers, []byte(h))
	}
	p.remarks.file = f.index
	p.totals = map[string]bool{}
	if table, err := names(); err == nil {
		for _, word := range table["totals"] {
			p.totals[word] = true
		}
	}
	return p
}

// parse takes a file apart.
func (p *parsing) parse(ctx context.Context, c *content, full, empty chan *batch) {
	rows, err := p.file.rows(c)
	for end := false; !end; {
		select {
		case p.out = <-empty:
		case <-ctx.Done():
			return
		}
		p.out.rows, p.out.data, p.out.err = p.out.rows[:0], p.out.data[:0], err
		if end = err != nil; !end {
			end = p.parseBatch(rows)
		}
		p.out.share = c.share()
		if end && p.out.err == nil {
			p.source, p.out.err = c.sum()
		}
		select {
		case full <- p.out:
		case <-ctx.Done():
			return
		}
	}
}

// parseBatch reads rows until the batch is full; true says that there are no more.
func (p *parsing) parseBatch(rows rowReader) (end bool) {
	for len(p.out.rows) < batchRows && len(p.out.data) < batchBytes {
		cells, err := rows.next()
		if errors.Is(err, io.EOF) {
			return true
		}
		p.row = uint32(rows.row())
		var fault rowFault
		switch {
		case rows.row() <= p.file.headRow && (err == nil || errors.As(err, &fault)): // the header and what stands above it are no rows
		case rows.row() > maxRows:
			p.out.err = p.file.source.refuse(fmt.Sprintf("the list has more than %d rows", maxRows), "Export it in parts")
			return true
		case err == nil:
			p.take(cells)
		case errors.As(err, &fault):
			p.exclude(Unreadable, string(fault))
		case errors.Is(err, errQuotes):
			p.out.err = refuse(p.file.source.shown(), lineOf(rows), errQuotes.Error(), "Mend the line, or export the list again: nobody can tell where its cell was meant to end")
			return true
		default:
			p.out.err = p.fileFault(err)
			return true
		}
	}
	return false
}

// lineOf is the line of the file on which the record last read starts.
func lineOf(rows rowReader) int {
	if r, ok := rows.(*records); ok {
		return r.line
	}
	return rows.row()
}

// fileFault leaves problems as they are and says of other errors where they happened.
func (p *parsing) fileFault(err error) error {
	if list := asProblem(err); list != nil {
		return list
	}
	return fmt.Errorf("reading %s: %w", p.file.source.shown(), err)
}

func (p *parsing) exclude(reason Reason, detail string) {
	p.out.rows = append(p.out.rows, parsed{row: p.row, reason: reason, detail: detail})
}

// take settles what a row says about itself, in the order of the package's comment.
func (p *parsing) take(cells [][]byte) {
	if blank(cells) {
		p.exclude(BlankRow, "")
		return
	}
	if p.isTotals(cells) {
		p.exclude(TotalsRow, "")
		return
	}
	width := len(p.headers)
	for len(cells) > width && len(bytes.TrimSpace(cells[len(cells)-1])) == 0 {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != width {
		p.exclude(Unreadable, fmt.Sprintf("it has %d cells, the header has %d", len(cells), width))
		return
	}
	if p.repeatsHeader(cells) {
		p.exclude(HeaderRow, "")
		return
	}
	if !p.clean(cells) {
		return
	}
	if reason, detail := p.policy(); reason != "" {
		p.exclude(reason, detail)
		return
	}
	name := p.make(p.plan.name)
	if reason, detail := p.judge(name); reason != "" {
		p.exclude(reason, detail)
		return
	}
	p.hand(name)
}

// isTotals tells a line of totals: a word that says so, a number, and nothing else.
func (p *parsing) isTotals(cells [][]byte) bool {
	filled := 0
	var first []byte
	for _, cell := range cells {
		if len(cell) == 0 {
			continue
		}
		if filled++; filled == 1 {
			first = cell
		}
		if filled > 2 || len(cell) > 40 || filled == 2 && len(bytes.Trim(cell, " 0123456789.,'")) > 0 {
			return false
		}
	}
	return filled > 0 && p.totals[strings.Trim(foldLoosely(string(first)), "0123456789")]
}

func (p *parsing) repeatsHeader(cells [][]byte) bool {
	for i, cell := range cells {
		if !bytes.Equal(bytes.TrimSpace(cell), p.headers[i]) {
			return false
		}
	}
	return true
}

// clean cleans the cells that are looked at. False: one of them is no text, and the row has its fate.
func (p *parsing) clean(cells [][]byte) bool {
	p.tidy.reset()
	p.cells, p.scratch = p.cells[:0], p.scratch[:0]
	for i, column := range p.plan.columns {
		cell, fault := p.tidy.clean(cells[column])
		if fault != "" {
			p.exclude(Unreadable, fmt.Sprintf("the column %s holds %s", p.file.headers[column], fault))
			return false
		}
		if p.plan.mends >= 0 {
			cell = withoutApostrophe(cell)
		}
		if i == p.plan.country {
			if name, changed := p.nations.name(cell); changed && name != "" {
				cell = []byte(name)
				p.tidy.counts.Countries++
			}
		}
		p.cells = append(p.cells, cell)
	}
	return true
}

// cell gives a cleaned cell; nil for a column that there is not.
func (p *parsing) cell(i int) []byte {
	if i < 0 {
		return nil
	}
	return p.cells[i]
}

// policy asks what takes people out: their own will, the consent column, and their age.
func (p *parsing) policy() (Reason, string) {
	for _, i := range p.plan.optOut {
		if marked(p.cells[i]) {
			return OptedOut, "marked in the column " + p.file.headers[p.plan.columns[i]]
		}
	}
	for _, i := range p.plan.confirmed {
		if !marked(p.cells[i]) {
			return Unconfirmed, ""
		}
	}
	if p.plan.consent >= 0 && !p.agreed(p.cells[p.plan.consent]) {
		return NoConsent, ""
	}
	if !p.list.withdrew.empty() && (p.withdrew(p.cell(p.plan.email)) || p.withdrew(p.cell(p.plan.id))) {
		return Suppressed, ""
	}
	return p.young()
}

func (p *parsing) agreed(cell []byte) bool {
	return p.list.agreed[string(cell)] || p.list.agreed[foldText(string(cell))]
}

// withdrew looks an e-mail or an id up among those of people who withdrew.
func (p *parsing) withdrew(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	var memory [128]byte
	key := p.ids.appendEmail(memory[:0], value)
	s := &p.list.withdrew
	if s.plain[string(key)] {
		return true
	}
	if len(s.hashed) == 0 {
		return false
	}
	if s.hashed[sha256.Sum256(append([]byte(s.salt), key...))] {
		return true
	}
	return s.hashed[sha256.Sum256(append([]byte(s.salt), appendFolded(memory[:0], value)...))]
}

// young tells whether somebody is too young. Whoever gives no age is let pass, as in a list without that column.
func (p *parsing) young() (Reason, string) {
	i := max(p.plan.age, p.plan.birth)
	if i < 0 || len(p.cells[i]) == 0 {
		return "", ""
	}
	age, ok := ageOf(p.cells[i], p.plan.birth >= 0, p.list.campaign.Letter.Date)
	if !ok {
		return Unreadable, fmt.Sprintf("the column %s holds no age: %q", p.file.headers[p.plan.columns[i]], p.cells[i])
	}
	if age < p.list.campaign.Signers.Age.Least {
		return UnderAge, ""
	}
	return "", ""
}

// judge looks whether a name is one, and whether the text that would be printed came through whole.
func (p *parsing) judge(name []byte) (Reason, string) {
	switch n := len(name); {
	case n == 0:
		return NoName, ""
	case n > maxName:
		return NoName, fmt.Sprintf("a name of more than %d characters", maxName)
	}
	if !p.list.names.accepted(name) {
		if why := p.list.names.notName(name); why != "" {
			return NotAName, why
		}
		if why := garbled(name, true); why != "" {
			return Garbled, "the name: " + why
		}
	}
	for _, i := range p.plan.checked {
		if why := garbled(p.cells[i], !p.isName(i)); why != "" && !p.list.names.accepted(name) {
			return Garbled, p.file.headers[p.plan.columns[i]] + ": " + why
		}
	}
	for _, i := range p.plan.loose {
		if why := garbled(p.cells[i], false); why != "" {
			return Garbled, p.file.headers[p.plan.columns[i]] + ": " + why
		}
	}
	return "", ""
}

// isName tells whether a cell is part of the name, which was looked at as a whole.
func (p *parsing) isName(i int) bool { return slices.Contains(p.plan.name.parts, i) }

// make makes a field of cells. What is put together lies in p.scratch until the next row.
func (p *parsing) make(r recipe) []byte {
	switch r.kind {
	case nothing:
		return nil
	case oneCell:
		return p.cells[r.parts[0]]
	}
	start := len(p.scratch)
	if r.kind == fullName {
		p.scratch = p.order.appendName(p.scratch, p.cell(r.parts[0]), p.cell(r.parts[1]))
	} else {
		for _, i := range r.parts {
			if part := p.cell(i); len(part) > 0 {
				if len(p.scratch) > start {
					p.scratch = append(p.scratch, ", "...)
				}
				p.scratch = append(p.scratch, part...)
			}
		}
	}
	return p.scratch[start:len(p.scratch):len(p.scratch)]
}

// hand encodes the kept fields and hands the row over.
func (p *parsing) hand(name []byte) {
	row := parsed{row: p.row, from: uint32(len(p.out.data))}
	email, postcode := p.cell(p.plan.email), p.cell(p.plan.postcode)
	if p.list.campaign.Signers.Duplicates != "keep" {
		row.key, row.known = p.ids.person(name, email, postcode)
	}
	if p.near {
		row.near = p.ids.nearKeysOf(name, email, postcode)
	}
	if p.plan.mends >= 0 {
		row.mends.base, row.mends.row = mendedRow(p.cells[p.plan.mends])
	}
	cased := p.casing(name)
	for _, r := range p.plan.keep {
		field := p.make(r)
		if cased != nil && (r.kind == fullName || bytes.Equal(field, name)) {
			field = cased
		}
		p.out.data = appendField(p.out.data, field)
	}
	row.to = uint32(len(p.out.data))
	p.out.rows = append(p.out.rows, row)
}
