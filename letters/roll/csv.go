package roll

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bounds of a list. A record is held whole in memory, so there is a largest one.
const (
	maxCell   = 1 << 20 // bytes between two quotation marks
	maxRecord = 4 << 20 // bytes
	maxCells  = 20_000  // columns
)

// dialect is how a CSV file is written down.
type dialect struct {
	delimiter byte
	eol       byte // '\n', or '\r' in files of old Macs
	// backslash says that a quotation mark inside a quoted cell is written \" and not "". While open is set nobody has said which,
	// and a cell that the two would read differently breaks its row.
	backslash bool
	open      bool
}

// records reads CSV (RFC 4180), record by record, without allocating once its memory has grown to the largest record.
//
// It is encoding/csv's job, done for lists as they are: a record that is broken is reported and the next one read, a quotation
// mark inside an unquoted cell is text, lines may end in CR alone, and cells are slices of the buffer. What could be read in two
// ways breaks the row. A quotation mark that never closes ends the reading, since nobody can tell where its cell was meant to end.
type records struct {
	r io.Reader
	dialect

	buf        []byte
	start, end int // the unread part of buf
	eof        bool
	err        error
	number     int // of the record last read, from 1
	line       int // on which that record starts
	lines      int // read so far
	cells      [][]byte
	marks      []mark
}

// mark is a cell of a record that is not known to be whole yet: offsets from the record's start.
type mark struct {
	from, to int
	escapes  bool // quotation marks inside are written twice, or behind a backslash
}

func newRecords(r io.Reader, d dialect) *records {
	return &records{r: r, dialect: d, buf: make([]byte, 256<<10)}
}

// rowFault says that a record is broken; the text says how. Reading can go on behind it.
type rowFault string

func (e rowFault) Error() string { return string(e) }

var (
	errTooManyCells = rowFault(fmt.Sprintf("more than %d cells", maxCells))
	errTooLong      = rowFault(fmt.Sprintf("more than %d MB in one row", maxRecord>>20))
	errBehindQuote  = rowFault("text after a closing quotation mark")
	errStrayBreak   = rowFault("a line break of another kind in the middle of the row")
	errBackslash    = rowFault(`a backslash before a quotation mark, which can be read in two ways; signers.quotes says which`)

	// errQuotes says that a quotation mark does not close.
	errQuotes = errors.New("the quotation mark that opens here never closes")
	// errMore says that the buffer ends before the record does.
	errMore = errors.New("more is needed")
)

// next reads a record. Its cells are good until the next call. The error is io.EOF at the end, a rowFault for a broken record after
// which reading can go on, errQuotes when it cannot, and anything else for what the disk did.
func (r *records) next() ([][]byte, error) {
	for {
		window := r.buf[r.start:r.end]
		line := bytes.IndexByte(window, r.eol)
		if line < 0 {
			if !r.eof {
				if !r.more() {
					return nil, r.giveUp()
				}
				continue
			}
			if len(window) == 0 {
				if r.err != nil {
					return nil, r.err
				}
				return nil, io.EOF
			}
			line = len(window)
		}
		if bytes.IndexByte(window[:line], '"') < 0 {
			r.took(line+1, 1)
			return r.split(window[:line])
		}
		used, lines, err := r.quoted(window, line)
		if errors.Is(err, errMore) {
			if r.more() {
				continue
			}
			r.took(0, 1)
			return nil, errQuotes
		}
		r.took(used, lines)
		if err != nil {
			return nil, err
		}
		return r.unescape(window), nil
	}
}

// took moves on behind a record of used bytes.
func (r *records) took(used, lines int) {
	r.start = min(r.end, r.start+used)
	r.number++
	r.line = r.lines + 1
	r.lines += lines
}

// more reads on behind the unread part until the buffer is full; false says that there is no more, or no place for it.
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
	n, err := io.ReadFull(r.r, r.buf[r.end:])
	r.end += n
	if err != nil {
		r.eof = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			r.err = err
		}
	}
	return true
}

// giveUp skips a line that is too long, unless it holds quotation marks: then its end may be inside a cell.
func (r *records) giveUp() error {
	r.took(0, 1)
	for {
		window := r.buf[r.start:r.end]
		line := bytes.IndexByte(window, r.eol)
		if line >= 0 {
			window = window[:line]
		}
		if bytes.IndexByte(window, '"') >= 0 {
			return errQuotes
		}
		if line >= 0 {
			r.start += line + 1
			return errTooLong
		}
		r.start, r.end = 0, 0
		if r.eof || !r.more() {
			return errTooLong
		}
	}
}

// trimCR takes off the CR of a CRLF.
func (r *records) trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' && r.eol == '\n' {
		return line[:n-1]
	}
	return line
}

// otherBreak is the character that ends lines in files of the other kind.
func (r *records) otherBreak() byte { return r.eol ^ '\n' ^ '\r' }

// split cuts a line that holds no quotation mark.
func (r *records) split(line []byte) ([][]byte, error) {
	line = r.trimCR(line)
	if bytes.IndexByte(line, r.otherBreak()) >= 0 {
		return nil, errStrayBreak
	}
	r.cells = r.cells[:0]
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

// quoted marks the cells of a record with quotation marks at the start of data, whose first line ends at line, and says how many
// bytes and lines it takes. Nothing is changed yet: on errMore the record is read again from its start.
func (r *records) quoted(data []byte, line int) (used, lines int, err error) {
	r.marks, lines = r.marks[:0], 1
	end := len(r.trimCR(data[:line]))
	var fault error // the first; behind it only the end of the record is looked for
	for at := 0; ; at++ {
		m := mark{from: at}
		for m.from < end && data[m.from] == ' ' {
			m.from++
		}
		quoted := m.from < end && data[m.from] == '"'
		if quoted {
			if m, at, err = r.quotedCell(data, m.from+1); err != nil {
				return 0, 0, err
			}
			for ; at > line; lines++ { // the cell goes over line ends
				if line, err = r.lineEnd(data, line+1); err != nil {
					return 0, 0, err
				}
				end = len(r.trimCR(data[:line]))
			}
		}
		next := end
		if n := bytes.IndexByte(data[at:end], r.delimiter); n >= 0 {
			next = at + n
		}
		if !quoted {
			m = mark{from: at, to: next}
		}
		if fault == nil {
			fault = r.faultOf(data, m, quoted, data[at:next])
		}
		r.marks = append(r.marks, m)
		if at = next; at >= end {
			return line + 1, lines, fault
		}
		if len(r.marks) >= maxCells {
			fault, r.marks = errTooManyCells, r.marks[:0]
		}
	}
}

// faultOf says what is wrong with a cell; rest is what stands between it and the delimiter.
func (r *records) faultOf(data []byte, m mark, quoted bool, rest []byte) error {
	switch {
	case !quoted && bytes.IndexByte(rest, r.otherBreak()) >= 0:
		return errStrayBreak
	case quoted && r.open && bytes.Contains(data[m.from:m.to+1], []byte(`\"`)):
		return errBackslash
	case quoted && len(bytes.TrimLeft(rest, " ")) > 0:
		return errBehindQuote
	}
	return nil
}

// lineEnd finds the end of the line that starts at from.
func (r *records) lineEnd(data []byte, from int) (int, error) {
	if next := bytes.IndexByte(data[min(from, len(data)):], r.eol); next >= 0 {
		return from + next, nil
	}
	if !r.eof {
		return 0, errMore
	}
	return len(data), nil
}

// quotedCell finds the end of a quoted cell from behind its opening mark; behind is the place after its closing one.
func (r *records) quotedCell(data []byte, from int) (m mark, behind int, err error) {
	m.from = from
	for at := from; ; {
		next := bytes.IndexByte(data[at:], '"')
		if next < 0 || at+next-from > maxCell {
			if r.eof || len(data)-from > maxCell {
				return m, 0, errQuotes
			}
			return m, 0, errMore
		}
		at += next
		if r.backslash && escaped(data[from:at]) {
			m.escapes = true
			at++
			continue
		}
		if at+1 == len(data) && !r.eof {
			return m, 0, errMore
		}
		if at+1 < len(data) && data[at+1] == '"' {
			m.escapes = true
			at += 2
			continue
		}
		m.to = at
		m.escapes = m.escapes || r.backslash && bytes.IndexByte(data[from:at], '\\') >= 0
		return m, at + 1, nil
	}
}

// escaped tells whether text ends in an odd number of backslashes.
func escaped(text []byte) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)%2 == 1
}

// unescape makes cells of the marks. Quotation marks are unescaped in place: the record is whole and will not be read again.
func (r *records) unescape(data []byte) [][]byte {
	r.cells = r.cells[:0]
	for _, m := range r.marks {
		cell := data[m.from:m.to]
		if m.escapes {
			cell = r.unquote(cell)
		}
		r.cells = append(r.cells, cell)
	}
	return r.cells
}

func (r *records) unquote(cell []byte) []byte {
	to := 0
	for at := 0; at < len(cell); at++ {
		if at+1 < len(cell) {
			both := cell[at] == '"' && cell[at+1] == '"'
			if both || r.backslash && cell[at] == '\\' && (cell[at+1] == '"' || cell[at+1] == '\\') {
				at++
			}
		}
		cell[to] = cell[at]
		to++
	}
	return cell[:to]
}
