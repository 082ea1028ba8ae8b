package roll

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of a CSV file. A record is held whole in memory, so there is a largest one.
const (
	maxRecord = 4 << 20 // bytes
	maxCells  = 20_000
	maxWasted = 256 << 20 // bytes looked through for quotation marks that never close
)

// records reads CSV (RFC 4180), record by record, without allocating once its memory has grown to the largest record.
//
// It is encoding/csv's job, done for lists as they are: a record that is broken is reported and the next one read, a quotation
// mark inside an unquoted cell is text, lines may end in CR alone, and cells are slices of the buffer. A quotation mark that never
// closes would swallow the rest of a file: after maxRecord bytes its line is given up as a record of its own.
type records struct {
	r         io.Reader
	delimiter byte
	eol       byte // '\n', or '\r' in files of old Macs

	buf        []byte
	start, end int // the unread part of buf
	eof        bool
	err        error
	number     int // of the record last read, from 1
	wasted     int // bytes looked through in vain for closing quotation marks
	cells      [][]byte
}

func newRecords(r io.Reader, delimiter, eol byte) *records {
	return &records{r: r, delimiter: delimiter, eol: eol, buf: make([]byte, 256<<10)}
}

// errNoRecord says that a record is broken; the text says how.
type errNoRecord string

func (e errNoRecord) Error() string { return string(e) }

// next reads a record. Its cells are good until the next call. The error is io.EOF at the end, an errNoRecord for a broken record
// after which reading can go on, and anything else for what the disk did.
func (r *records) next() ([][]byte, error) {
	r.cells = r.cells[:0]
	for {
		window := r.buf[r.start:r.end]
		line := bytes.IndexByte(window, r.eol)
		if line < 0 && !r.eof {
			if !r.more() {
				r.number++
				return nil, r.giveUp(errNoRecord(fmt.Sprintf("a line of more than %d bytes", maxRecord)))
			}
			continue
		}
		if line < 0 && len(window) == 0 {
			if r.err != nil {
				return nil, r.err
			}
			return nil, io.EOF
		}
		if line < 0 {
			line = len(window)
		}
		if bytes.IndexByte(window[:line], '"') < 0 {
			r.number++
			r.start = min(r.end, r.start+line+1)
			return r.split(trimCR(window[:line]))
		}
		used, err := r.quoted(window)
		if errors.Is(err, errMore) {
			if r.more() {
				r.cells = r.cells[:0]
				continue
			}
			// The record never ends: its first line is the broken one, and reading goes on below it.
			used, err = line+1, errNoRecord("a quotation mark that does not close")
			if r.wasted += len(window); r.wasted > maxWasted {
				return nil, errQuotes
			}
		}
		r.number++
		r.start = min(r.end, r.start+used)
		return r.cells, err
	}
}

// more reads on behind the unread part; false says that the part has grown to its bound.
func (r *records) more() bool {
	if r.eof {
		return false
	}
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.start, r.end = 0, r.end-r.start
	}
	if r.end == len(r.buf) {
		if len(r.buf) >= maxRecord {
			return false
		}
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := io.ReadAtLeast(r.r, r.buf[r.end:], 1)
	r.end += n
	if err != nil {
		r.eof = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			r.err = err
		}
	}
	return true
}

// giveUp skips the rest of a line that is too long.
func (r *records) giveUp(fault errNoRecord) error {
	for {
		if line := bytes.IndexByte(r.buf[r.start:r.end], r.eol); line >= 0 {
			r.start += line + 1
			return fault
		}
		r.start, r.end = 0, 0
		if r.eof || !r.more() {
			return fault
		}
	}
}

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// split cuts a line that holds no quotation mark.
func (r *records) split(line []byte) ([][]byte, error) {
	for {
		at := bytes.IndexByte(line, r.delimiter)
		if at < 0 {
			r.cells = append(r.cells, line)
			return r.cells, nil
		}
		if len(r.cells) == maxCells {
			return nil, errTooManyCells
		}
		r.cells = append(r.cells, line[:at])
		line = line[at+1:]
	}
}

var errTooManyCells = errNoRecord(fmt.Sprintf("more than %d cells", maxCells))

// errQuotes says that looking for closing quotation marks has become hopeless.
var errQuotes = errors.New("quotation marks do not match")

// errMore says that the buffer ends before the record does.
var errMore = errors.New("more is needed")

// quoted cuts a record with quotation marks at the start of data and says how many bytes it took. Cells are unescaped in place, which
// is undone by nothing: on errMore only what lies before the last complete cell has changed, to the same text without its quotation
// marks doubled, so the caller must not read it again. Therefore quoted first makes sure that the record is whole.
func (r *records) quoted(data []byte) (used int, err error) {
	length, err := r.recordLength(data)
	if err != nil {
		return length, err
	}
	record := trimCR(data[:length])
	used = min(len(data), length+1)
	for at := 0; ; {
		if len(r.cells) == maxCells {
			return used, errTooManyCells
		}
		if at < len(record) && record[at] == '"' {
			cell, next := unquote(record, at+1)
			if next < len(record) && record[next] != r.delimiter {
				return used, errNoRecord("text after a closing quotation mark")
			}
			r.cells = append(r.cells, cell)
			at = next
		} else {
			next := bytes.IndexByte(record[at:], r.delimiter)
			if next < 0 {
				next = len(record) - at
			}
			r.cells = append(r.cells, record[at:at+next])
			at += next
		}
		if at >= len(record) {
			return used, nil
		}
		at++ // the delimiter
		if at == len(record) {
			r.cells = append(r.cells, record[at:])
			return used, nil
		}
	}
}

// recordLength finds the end of the record: the first line end outside quotation marks.
func (r *records) recordLength(data []byte) (int, error) {
	cellStart, inside := true, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case inside && c == '"':
			if i+1 == len(data) && !r.eof {
				return 0, errMore
			}
			if i+1 < len(data) && data[i+1] == '"' {
				i++
			} else {
				inside = false
			}
		case inside:
		case c == '"' && cellStart:
			inside, cellStart = true, false
		case c == r.eol:
			return i, nil
		default:
			cellStart = c == r.delimiter
		}
	}
	if !r.eof || inside {
		return 0, errMore
	}
	return len(data), nil
}

// unquote reads a quoted cell from behind its opening mark, in place, and returns it with the index behind its closing mark.
func unquote(record []byte, at int) (cell []byte, next int) {
	to := at
	start := at
	for at < len(record) {
		if record[at] == '"' {
			if at+1 < len(record) && record[at+1] == '"' {
				at++
			} else {
				return record[start:to], at + 1
			}
		}
		record[to] = record[at]
		to, at = to+1, at+1
	}
	return record[start:to], at
}

// notText says why a cell is no text; "" when it is.
func notText(cell []byte) string {
	if bytes.IndexByte(cell, 0) >= 0 {
		return "a NUL byte"
	}
	if !utf8.Valid(cell) {
		return "bytes that are not UTF-8"
	}
	return ""
}
