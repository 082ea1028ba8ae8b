package packet

import (
	"bufio"
	"bytes"
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
	at     int64  // where the record that was read last begins
	line   int    // on which it begins
	lines  int    // read so far
	begins int64  // where the next record begins
	raw    []byte // the record
	long   []byte // memory for records of several lines
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

// read reads lines until no quotation mark is open. A record on one line stays where the reader has it.
func (t *table) read() error {
	t.raw = nil
	for quotes := 0; ; {
		part, err := t.in.ReadSlice('\n')
		quotes += bytes.Count(part, quotationMark)
		switch {
		case len(t.raw)+len(part) > maxRecord:
			return fmt.Errorf("%w: a row is larger than %d MB", errTable, maxRecord>>20)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(t.raw)+len(part) == 0:
			return io.EOF
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: it ends within a row", errTable)
		case err != nil:
			return err
		default:
			t.lines++
			if quotes%2 != 0 {
				break
			}
			if t.raw == nil {
				t.raw = part
			} else {
				t.raw = append(t.raw, part...)
				t.long = t.raw
			}
			return nil
		}
		if t.raw == nil {
			t.raw = t.long[:0]
		}
		t.raw = append(t.raw, part...)
	}
}

var quotationMark = []byte{'"'}

// split cuts the record into cells. A cell in quotation marks is written over the record's own memory, from where it stands: it
// only gets shorter.
func (t *table) split() error {
	t.cells = t.cells[:0]
	for b := t.raw; ; {
		var n, size int
		if b[0] == '"' {
			var ok bool
			n, size, ok = unquote(b)
			if !ok || n == len(b) || b[n] != ',' && b[n] != '\n' {
				return fmt.Errorf("%w: a quotation mark is out of place", errTable)
			}
		} else {
			if n = bytes.IndexByte(b, ','); n < 0 {
				n = len(b) - 1 // a record ends at the first line feed outside quotation marks
			}
			if size = n; bytes.IndexByte(b[:n], '"') >= 0 {
				return fmt.Errorf("%w: a quotation mark is out of place", errTable)
			}
		}
		t.cells = append(t.cells, unsafe.String(unsafe.SliceData(b), size))
		end := b[n] == '\n'
		if b = b[n+1:]; end {
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
