package packet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// checkPrivate compares private/ with the manifest, where it is there: the ledger has a row a letter in the
// manifest's order, the exclusions have a row a row without letter, and no row of the list has two fates.
func (v *verifier) checkPrivate(m *Manifest) error {
	e, ok := v.there[privateDir]
	if !ok {
		v.report.Unchecked = append(v.report.Unchecked, "the ledger and the exclusions: private/ is not here")
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
	for _, t := range []struct {
		name, header string
		reader       tableReader
	}{
		{ledgerFile, ledgerHeader, &ledgerReader{m: m, fates: fates}},
		{exclusionsFile, exclusionsHeader, &exclusionsReader{m: m, fates: fates, counts: map[string]int{}}},
	} {
		if err := v.checkTable(t.name, t.header, t.reader); err != nil {
			return err
		}
	}
	return nil
}

// tableReader checks the rows of a private table one after another.
type tableReader interface {
	row(cells []string, file string) error // the first error ends the reading
	end() error
}

func (v *verifier) checkTable(name, header string, t tableReader) error {
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
	defer f.Close()
	if v.run != nil {
		sum, n, err := v.sum(f, make([]byte, 512<<10), &meter{})
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err != nil || sum != v.run.Files[name] {
			v.fault(name, "is not the file that was made: its SHA-256 differs from run.json's", v.remedy(name, nil))
		}
		v.report.Files++
		v.report.Bytes += n
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	line, err := v.readTable(f, header, t)
	if err := v.ctx.Err(); err != nil {
		return err
	}
	if err != nil {
		if line > 0 {
			err = fmt.Errorf("line %d: %w", line, err)
		}
		v.fault(name, err.Error(), v.remedy(name, nil))
	}
	return nil
}

// readTable reads a private table; line is where an error is, 0 for the table as a whole.
func (v *verifier) readTable(f io.Reader, header string, t tableReader) (line int, err error) {
	r := csv.NewReader(bufio.NewReaderSize(f, 256<<10))
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return 1, fmt.Errorf("the header %s is missing", header)
	}
	columns := len(head)
	several := string(appendHeader(nil, header, true))
	switch joined := join(head); joined + "\n" {
	case header + "\n":
	case several:
		columns--
	default:
		return 1, fmt.Errorf("the header is %s instead of %s", shown(joined), header)
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && v.ctx.Err() != nil {
			return 0, v.ctx.Err()
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return 0, t.end()
		}
		if err != nil {
			return 0, fmt.Errorf("it is not a table: %w", err)
		}
		file := ""
		if len(cells) > columns {
			file = cells[columns]
		}
		if err := t.row(cells, file); err != nil {
			line, _ := r.FieldPos(0)
			return line, err
		}
	}
}

func join(cells []string) string {
	var b []byte
	for i, c := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c...)
	}
	return string(b)
}

// ledgerReader walks the ledger and the manifest's bundles side by side.
type ledgerReader struct {
	m      *Manifest
	fates  *fates
	bundle int // index of the bundle that the next row is in
	within int // rows of it so far
	page   int // of the row before
	rows   int
}

func (l *ledgerReader) row(cells []string, file string) error {
	l.rows++
	for l.bundle < len(l.m.Bundles) && l.within == l.m.Bundles[l.bundle].Letters {
		l.bundle, l.within, l.page = l.bundle+1, 0, 0
	}
	if l.bundle == len(l.m.Bundles) {
		return fmt.Errorf("the ledger has more rows than the manifest has letters (%d)", l.m.Letters)
	}
	b := &l.m.Bundles[l.bundle]
	l.within++
	least := l.page + 1
	if l.m.shared() {
		least = max(1, l.page) // many stand on one page, in order
	}
	id, path := PlainCell(cells[1]), PlainCell(cells[3])
	page, err := strconv.Atoi(cells[4])
	switch {
	case path != b.Path:
		return fmt.Errorf("the letter is in %s by the ledger and in %s by the manifest", shown(path), shown(b.Path))
	case l.within == 1 && id != b.First:
		return fmt.Errorf("%s starts with letter %s by the ledger and with %s by the manifest", b.Path, shown(id), shown(b.First))
	case l.within == b.Letters && id != b.Last:
		return fmt.Errorf("%s ends with letter %s by the ledger and with %s by the manifest", b.Path, shown(id), shown(b.Last))
	case err != nil || page < least || page > b.Pages:
		return fmt.Errorf("letter %s cannot be on page %s of %s", shown(id), shown(cells[4]), b.Path)
	}
	l.page = page
	return l.fates.add(cells[0], file)
}

func (l *ledgerReader) end() error {
	if l.rows != l.m.Letters {
		return fmt.Errorf("the ledger has %d rows and the manifest %d letters", l.rows, l.m.Letters)
	}
	return nil
}

// exclusionsReader counts the exclusions by reason.
type exclusionsReader struct {
	m      *Manifest
	fates  *fates
	counts map[string]int
}

func (x *exclusionsReader) row(cells []string, file string) error {
	reason := PlainCell(cells[1])
	if _, known := x.m.Excluded[reason]; !known {
		return fmt.Errorf("the manifest excludes no row for the reason %s", shown(reason))
	}
	if _, seen := x.counts[reason]; !seen {
		reason = string([]byte(reason)) // the record's memory is used again
	}
	x.counts[reason]++
	return x.fates.add(cells[0], file)
}

func (x *exclusionsReader) end() error {
	for _, reason := range x.m.reasons() {
		if n := x.counts[reason]; n != x.m.Excluded[reason] {
			return fmt.Errorf("%d rows are excluded for the reason %s, and the manifest says %d", n, shown(reason), x.m.Excluded[reason])
		}
	}
	return nil
}

// fates remembers which rows of the list have been accounted for: a bit each, in pages that are made when the first
// row of theirs comes.
type fates struct {
	pages map[fateKey]*fatePage
}

type fateKey struct {
	file string
	page int
}

type fatePage [1024]uint64

const rowsOfPage = 64 * len(fatePage{})

// maxRow is the largest row number that is believed; it bounds the memory.
const maxRow = 1 << 30

func (f *fates) add(cell, file string) error {
	row, err := strconv.Atoi(cell)
	if err != nil || row < 1 || row > maxRow {
		return fmt.Errorf("%s is no row of a list", shown(cell))
	}
	key := fateKey{file: file, page: row / rowsOfPage}
	page := f.pages[key]
	if page == nil {
		const most = 1 << 14 // pages, 128 MB
		if len(f.pages) == most {
			return fmt.Errorf("row %d is beyond what can be checked", row)
		}
		page = new(fatePage)
		f.pages[fateKey{file: string([]byte(file)), page: key.page}] = page
	}
	word, bit := row%rowsOfPage/64, uint64(1)<<(row%64)
	if page[word]&bit != 0 {
		return fmt.Errorf("row %d has two fates", row)
	}
	page[word] |= bit
	return nil
}
