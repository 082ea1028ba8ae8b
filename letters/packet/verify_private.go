package packet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"strconv"
	"strings"
)

// checkPrivate compares private/ with the manifest, where it is there: the ledger has a row a letter in the
// manifest's order, the exclusions have a row a row without letter, and no row of the list has two fates.
func (v *verifier) checkPrivate(m *Manifest) error {
	e, ok := v.there[privateDir]
	if !ok {
		v.unchecked("the ledger and the exclusions: private/ is not here")
		return nil
	}
	if e.class != folder {
		return nil // named by checkPresence
	}
	v.modeFault(privateDir, e.info.Mode(), 0o700)
	if e, ok := v.there[runFile]; ok {
		v.modeFault(runFile, e.info.Mode(), modeOf(runFile))
	}
	fates := &fates{pages: map[fateKey]*fatePage{}}
	ledger := &ledgerReader{m: m, fates: fates}
	index, err := v.readIndex(m, ledger)
	if err != nil {
		return err
	}
	if err := v.checkTable(ledgerFile, ledger); err != nil {
		return err
	}
	if index != nil && ledger.rows == m.Letters && !bytes.Equal(index, ledger.index) {
		v.fault(indexFile, "does not fit the ledger", v.remedy(indexFile, nil))
	}
	if err := v.checkTable(exclusionsFile, &exclusionsReader{m: m, fates: fates, counts: map[string]*int{}}); err != nil {
		return err
	}
	people, err := v.checkPeople(m)
	if err != nil {
		return err
	}
	if len(m.Since) > 0 && m.Withdrawn != nil {
		return v.checkTable(withdrawnFile, &withdrawnReader{m: m, people: people})
	}
	if _, ok := v.there[withdrawnFile]; ok {
		v.fault(withdrawnFile, "does not belong to a packet that tops up no other", "Move it out of the packet")
	}
	return nil
}

// checkPeople compares what the signers are known by in later packets with the manifest, and returns it without its records; nil where it cannot
// be used.
func (v *verifier) checkPeople(m *Manifest) (*People, error) {
	if m.old() {
		if _, ok := v.there[peopleFileName]; ok {
			v.fault(peopleFileName, "does not belong to a packet of this version", "Move it out of the packet")
		}
		return nil, nil
	}
	f := v.openPrivate(peopleFileName)
	if f == nil {
		return nil, nil
	}
	info, err := f.f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", peopleFileName, errors.Join(err, f.end()))
	}
	people, err := readPeople(f, info.Size(), false)
	if ended := f.end(); ended != nil {
		return nil, ended
	}
	if err == nil {
		if what := people.wrong(m); what != "" {
			err = errors.New(what)
		}
	}
	if err != nil {
		v.fault(peopleFileName, err.Error(), v.remedy(peopleFileName, nil))
		return nil, nil
	}
	return &people.People, nil
}

// readIndex reads private/proofs.index and gives the ledger's reader the key that letters are hashed with. It is nil where there is
// none to compare.
func (v *verifier) readIndex(m *Manifest, ledger *ledgerReader) ([]byte, error) {
	if m.Tree == nil {
		if _, ok := v.there[indexFile]; ok {
			v.fault(indexFile, "does not belong to a packet of this version", "Move it out of the packet")
		}
		return nil, nil
	}
	f := v.openPrivate(indexFile)
	if f == nil {
		v.unchecked("the root against the ledger: " + indexFile + " cannot be read")
		return nil, nil
	}
	index, err := readBounded(f, indexFile)
	if ended := f.end(); ended != nil {
		return nil, ended
	}
	if err != nil {
		v.fault(indexFile, fmt.Sprintf("cannot be read (%v)", reason(err)), v.remedy(indexFile, nil))
		return nil, nil
	}
	key, err := readIndexKey(bytes.NewReader(index))
	if err == nil {
		ledger.seal, err = newSeal(m.Tree.Format, key, m.Campaign, m.Letter.WordingHash, m.Tree.Fields)
	}
	if err != nil {
		v.fault(indexFile, err.Error(), v.remedy(indexFile, nil))
		v.unchecked("the root against the ledger: " + indexFile + " cannot be read")
		return nil, nil
	}
	return index, nil
}

// unchecked notes what could not be checked, and why.
func (v *verifier) unchecked(what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Unchecked = append(v.report.Unchecked, what)
}

// tableReader checks the rows of a private table one after another.
type tableReader interface {
	head(line string) error             // the first line, its end included
	row(cells []string, at int64) error // the cells do not outlive the call; the first error ends the reading
	end() error
}

func (v *verifier) checkTable(name string, t tableReader) error {
	f := v.openPrivate(name)
	if f == nil {
		return nil
	}
	line, err := v.readTable(f, t)
	if ended := f.end(); ended != nil {
		return ended
	}
	if err != nil {
		if line > 0 {
			err = fmt.Errorf("line %d: %w", line, err)
		}
		v.fault(name, err.Error(), v.remedy(name, nil))
	}
	return nil
}

// openPrivate opens a private file; nil means that there is a fault.
func (v *verifier) openPrivate(name string) *privateFile {
	e, ok := v.there[name]
	if !ok || !e.info.Mode().IsRegular() {
		what := "is missing"
		if ok {
			what = fmt.Sprintf("is %s, not a file", kindOf(e.info.Mode()))
		}
		v.fault(name, what, v.remedy(name, nil))
		return nil
	}
	v.modeFault(name, e.info.Mode(), modeOf(name))
	f, err := openRegular(v.root, name)
	if err != nil {
		v.fault(name, fmt.Sprintf("cannot be read (%v)", reason(err)), v.remedy(name, nil))
		return nil
	}
	return &privateFile{f: f, v: v, name: name, hash: sha256.New()}
}

// privateFile is a file of private/ that is hashed while it is read, from its beginning to its end.
type privateFile struct {
	f    *os.File
	v    *verifier
	name string
	hash hash.Hash
	n    int64
	err  error // of reading
}

// Read reads the next bytes and hashes them.
func (p *privateFile) Read(b []byte) (int, error) {
	if err := p.v.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.f.Read(b)
	if p.v.run != nil {
		p.hash.Write(b[:n])
		p.n += int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		p.err = err
	}
	return n, err
}

// end reads what was left unread, closes the file and compares its hash with the one in run.json. The context's end is the only error.
func (p *privateFile) end() error {
	defer p.f.Close()
	if p.v.run == nil {
		return p.v.ctx.Err()
	}
	for buffer := make([]byte, 128<<10); ; {
		if _, err := p.Read(buffer); err != nil {
			break
		}
	}
	if err := p.v.ctx.Err(); err != nil {
		return err
	}
	if p.err != nil || hex.EncodeToString(p.hash.Sum(nil)) != p.v.run.Files[p.name] {
		p.v.fault(p.name, "is not the file that was made: its SHA-256 differs from run.json's", p.v.remedy(p.name, nil))
	}
	p.v.checked(p.n)
	return nil
}

// checked counts a file that was read.
func (v *verifier) checked(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Files++
	v.report.Bytes += n
}

// readTable reads a private table; line is where an error is, 0 for the table as a whole.
func (v *verifier) readTable(f io.Reader, t tableReader) (line int, err error) {
	r := newTable(f)
	head, err := r.header()
	if err != nil {
		return 1, err
	}
	if err := t.head(head); err != nil {
		return 1, err
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && v.ctx.Err() != nil {
			return 0, v.ctx.Err()
		}
		cells, err := r.next()
		if errors.Is(err, io.EOF) {
			return 0, t.end()
		}
		if err == nil {
			err = t.row(cells, r.at)
		}
		if err != nil {
			return r.line, err
		}
	}
}

// ledgerReader walks the ledger and the manifest's bundles side by side, and hashes the letters again.
type ledgerReader struct {
	m      *Manifest
	fates  *fates
	seal   *Seal // nil where the packet has no tree, or its key cannot be read
	bundle int   // index of the bundle that the next row is in
	within int   // rows of it so far
	page   int   // of the row before
	rows   int

	recipient int    // of the bundle
	again     *fates // the rows of the recipient's letters, where it is not the first

	several bool
	tree    *LetterTree
	begins  int64    // where the bundle's part begins
	id      []byte   // of the row's letter, by its place
	values  []string // of a letter
	index   []byte   // what proofs.index should hold
	broken  []string // bundles whose letters do not make their hash
}

func (l *ledgerReader) head(line string) error {
	var says []string
	if l.m.Tree != nil {
		says = l.m.Tree.Fields
	}
	want := string(AppendLedgerHeader(nil, false, says))
	l.several = line == string(AppendLedgerHeader(nil, true, says))
	if line != want && !l.several {
		return fmt.Errorf("the header is %s instead of %s", shown(strings.TrimSuffix(line, "\n")), strings.TrimSuffix(want, "\n"))
	}
	if l.seal != nil {
		l.tree, l.index = l.seal.NewTree(), l.seal.AppendIndexHeader(nil)
	}
	return nil
}

func (l *ledgerReader) row(cells []string, at int64) error {
	l.rows++
	l.nextBundle()
	if l.bundle == len(l.m.Bundles) {
		return fmt.Errorf("the ledger has more rows than the manifest has letters (%d)", l.m.Letters)
	}
	b := &l.m.Bundles[l.bundle]
	if l.within++; l.within == 1 {
		if err := l.begin(b, at); err != nil {
			return err
		}
	}
	least := l.page + 1
	if l.m.shared() {
		least = max(1, l.page) // many stand on one page, in order
	}
	file, says := "", cells[5:]
	if l.several {
		file, says = cells[5], cells[6:]
	}
	id, path := PlainCell(cells[1]), PlainCell(cells[3])
	number := l.m.First + l.rows - 1
	l.id = appendLetterID(l.id[:0], l.m.Campaign, number)
	page, err := strconv.Atoi(cells[4])
	switch {
	case path != b.Path:
		return fmt.Errorf("the letter is in %s by the ledger and in %s by the manifest", shown(path), shown(b.Path))
	case l.within == 1 && id != b.First:
		return fmt.Errorf("%s starts with letter %s by the ledger and with %s by the manifest", b.Path, shown(id), shown(b.First))
	case l.within == b.Letters && id != b.Last:
		return fmt.Errorf("%s ends with letter %s by the ledger and with %s by the manifest", b.Path, shown(id), shown(b.Last))
	case l.m.Tree != nil && id != string(l.id):
		return fmt.Errorf("the letter is %s by the ledger, and by its place %s", shown(id), letterID(l.m.Campaign, number))
	case err != nil || page < least || page > b.Pages:
		return fmt.Errorf("letter %s cannot be on page %s of %s", shown(id), shown(cells[4]), b.Path)
	}
	l.page = page
	if l.tree != nil {
		l.values = l.m.Tree.values(l.values[:0], PlainCell(cells[2]), says)
		l.tree.Add(int(at-l.begins), number, l.values)
		if l.within == b.Letters {
			l.close(b)
		}
	}
	if l.again != nil {
		return l.again.add(cells[0], PlainCell(file))
	}
	return l.fates.add(cells[0], PlainCell(file))
}

// begin makes ready for a bundle's first row.
func (l *ledgerReader) begin(b *Bundle, at int64) error {
	l.begins, l.page = at, 0
	if b.Recipient > 1 && b.Recipient != l.recipient {
		if err := l.compareRows(); err != nil {
			return err
		}
		l.recipient, l.again = b.Recipient, &fates{pages: map[fateKey]*fatePage{}}
		if l.tree != nil {
			seal, err := l.seal.Worded(l.m.wordingOf(b))
			if err != nil {
				return err
			}
			l.tree = seal.NewTree()
		}
	}
	if l.tree != nil {
		l.tree.Begin()
	}
	return nil
}

// compareRows checks that a recipient who is not the first has letters of the same rows as the first.
func (l *ledgerReader) compareRows() error {
	if l.again != nil && !maps.EqualFunc(l.again.pages, l.fates.pages, func(a, b *fatePage) bool { return *a == *b }) {
		return fmt.Errorf("the letters to recipient %d are not those of the same rows as the letters to the first", l.recipient)
	}
	return nil
}

// nextBundle goes on where a bundle is full.
func (l *ledgerReader) nextBundle() {
	for l.bundle < len(l.m.Bundles) && l.within == l.m.Bundles[l.bundle].Letters {
		l.bundle, l.within = l.bundle+1, 0
	}
}

// close compares a bundle whose letters have all been hashed.
func (l *ledgerReader) close(b *Bundle) {
	l.index = AppendIndexTiles(l.index, l.begins, l.tree.Tiles())
	if l.tree.Root().String() != b.Root {
		l.broken = append(l.broken, b.Path)
	}
}

func (l *ledgerReader) end() error {
	if l.rows != l.m.Letters {
		return fmt.Errorf("the ledger has %d rows and the manifest %d letters", l.rows, l.m.Letters)
	}
	if err := l.compareRows(); err != nil {
		return err
	}
	if len(l.broken) > 0 {
		return fmt.Errorf("what the ledger says of the signers does not make the hash that the manifest has for %s", some(l.broken))
	}
	return nil
}

// values puts together what a letter says of its signer from the cells of the ledger.
func (t *Tree) values(dst []string, name string, says []string) []string {
	for _, field := range t.Fields {
		if field == nameField {
			dst = append(dst, name)
			continue
		}
		dst = append(dst, PlainCell(says[0]))
		says = says[1:]
	}
	return dst
}

// exclusionsReader counts the exclusions by reason.
type exclusionsReader struct {
	m      *Manifest
	fates  *fates
	counts map[string]*int
}

func (x *exclusionsReader) head(line string) error {
	return checkHeader(line, AppendExclusionHeader)
}

// checkHeader checks the first line of a table, which may name the rows' file or not.
func checkHeader(line string, header func(dst []byte, several bool) []byte) error {
	want := string(header(nil, false))
	if line != want && line != string(header(nil, true)) {
		return fmt.Errorf("the header is %s instead of %s", shown(strings.TrimSuffix(line, "\n")), strings.TrimSuffix(want, "\n"))
	}
	return nil
}

func (x *exclusionsReader) row(cells []string, _ int64) error {
	file := ""
	if len(cells) > 3 {
		file = PlainCell(cells[3])
	}
	reason := PlainCell(cells[1])
	if _, known := x.m.Excluded[reason]; !known {
		return fmt.Errorf("the manifest excludes no row for the reason %s", shown(reason))
	}
	if x.counts[reason] == nil { // else the key stays: assigning would put the record's memory, which is used again, in its place
		x.counts[strings.Clone(reason)] = new(int)
	}
	*x.counts[reason]++
	return x.fates.add(cells[0], file)
}

func (x *exclusionsReader) end() error {
	for _, reason := range x.m.reasons() {
		n := 0
		if count := x.counts[reason]; count != nil {
			n = *count
		}
		if n != x.m.Excluded[reason] {
			return fmt.Errorf("%d rows are excluded for the reason %s, and the manifest says %d", n, shown(reason), x.m.Excluded[reason])
		}
	}
	return nil
}

// fates remembers which rows of the list have been accounted for: a bit each, in pages that are made when the first
// row of theirs comes.
type fates struct {
	pages map[fateKey]*fatePage
	last  fateKey // whose page is at
	at    *fatePage
}

type fateKey struct {
	file string
	page int
}

type fatePage [1024]uint64

// turn looks a page up, and makes it if it is new.
func (f *fates) turn(key fateKey) error {
	key.file = strings.Clone(key.file)
	page := f.pages[key]
	if page == nil {
		const most = 1 << 14 // pages, 128 MB
		if len(f.pages) == most {
			return errors.New("is beyond what can be checked")
		}
		page = new(fatePage)
		f.pages[key] = page
	}
	f.last, f.at = key, page
	return nil
}

const rowsOfPage = 64 * len(fatePage{})

// maxRow is the largest row number that is believed; it bounds the memory.
const maxRow = 1 << 30

func (f *fates) add(cell, file string) error {
	row, err := strconv.Atoi(cell)
	if err != nil || row < 1 || row > maxRow {
		return fmt.Errorf("%s is no row of a list", shown(cell))
	}
	if key := (fateKey{file: file, page: row / rowsOfPage}); f.at == nil || key != f.last {
		if err := f.turn(key); err != nil {
			return fmt.Errorf("row %d %w", row, err)
		}
	}
	page := f.at
	word, bit := row%rowsOfPage/64, uint64(1)<<(row%64)
	if page[word]&bit != 0 {
		return fmt.Errorf("row %d has two fates", row)
	}
	page[word] |= bit
	return nil
}
