package packet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// table reads a private table as AppendLedgerRow and AppendExclusionRow write it: cells between commas, those with a
// special character between quotation marks, in which a quotation mark stands twice; lines end with a line feed. A general reader
// of CSV will not do: it drops a carriage return before a line feed, also inside a cell, and then a letter's hash would not come out.
type table struct {
	in     *bufio.Reader
	at     int64 // where the record that was read last begins
	line   int   // on which it begins
	lines  int   // read so far
	begins int64 // where the next record begins
	raw    []byte
	cells  []string
	count  int // cells in a record
}

// maxRecord bounds a record, which is held in memory.
const maxRecord = 16 << 20

var errTable = errors.New("it is not a table")

func newTable(r io.Reader) *table {
	return &table{in: bufio.NewReaderSize(r, 256<<10)}
}

// header reads the first record, and returns its text.
func (t *table) header() (string, error) {
	if err := t.read(); err != nil {
		return "", errors.New("the header is missing")
	}
	t.begins = int64(len(t.raw))
	text := string(t.raw)
	err := t.split()
	t.count = len(t.cells)
	return text, err
}

// next reads a record. Its cells are good until the next call; io.EOF is the end of the table.
func (t *table) next() ([]string, error) {
	t.at, t.line = t.begins, t.lines+1
	if err := t.read(); err != nil {
		return nil, err
	}
	t.begins += int64(len(t.raw))
	if err := t.split(); err != nil {
		return nil, err
	}
	if t.count > 0 && len(t.cells) != t.count {
		return nil, fmt.Errorf("%w: it has %d cells and the header %d", errTable, len(t.cells), t.count)
	}
	return t.cells, nil
}

// read reads lines until no quotation mark is open.
func (t *table) read() error {
	t.raw = t.raw[:0]
	for open := false; ; {
		part, err := t.in.ReadSlice('\n')
		t.raw = append(t.raw, part...)
		for _, c := range part {
			open = open != (c == '"')
		}
		switch {
		case len(t.raw) > maxRecord:
			return fmt.Errorf("%w: a row is larger than %d MB", errTable, maxRecord>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(t.raw) == 0:
			return io.EOF
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: it ends within a row", errTable)
		case err != nil:
			return err
		}
		t.lines++
		if !open {
			return nil
		}
	}
}

// split cuts the record into cells. A cell in quotation marks is written over the record's own memory, from where it stands: it
// only gets shorter.
func (t *table) split() error {
	t.cells = t.cells[:0]
	for b := t.raw; ; {
		if b[0] == '"' {
			n, size, ok := unquote(b)
			if !ok || n == len(b) || b[n] != ',' && b[n] != '\n' {
				return fmt.Errorf("%w: a quotation mark is out of place", errTable)
			}
			t.cells = append(t.cells, unsafe.String(unsafe.SliceData(b), size))
			b = b[n:]
		} else {
			n := 0
			for b[n] != ',' && b[n] != '\n' {
				if b[n] == '"' {
					return fmt.Errorf("%w: a quotation mark is out of place", errTable)
				}
				n++
			}
			t.cells = append(t.cells, unsafe.String(unsafe.SliceData(b), n))
			b = b[n:]
		}
		end := b[0] == '\n'
		if b = b[1:]; end {
			if len(b) > 0 {
				return fmt.Errorf("%w: a quotation mark is out of place", errTable)
			}
			return nil
		}
	}
}

// unquote takes the quotation marks off a cell in place, and returns the length that it had and the one that it has now.
func unquote(b []byte) (length, size int, ok bool) {
	for i := 1; i < len(b); i++ {
		if b[i] == '"' {
			if i+1 == len(b) || b[i+1] != '"' {
				return i + 1, size, true
			}
			i++
		}
		b[size] = b[i]
		size++
	}
	return 0, 0, false
}
