package roll

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// scanner is the part of reading that finds a file's records.
type scanner struct {
	file   *file
	source Source // known at the end

	empty   chan *batch // to be filled
	raw     chan *batch // for the parsers
	inOrder chan *batch // the same batches, for the caller
}

// scan reads the file to its end, or to what ends the reading.
func (s *scanner) scan(ctx context.Context, c *content) {
	defer close(s.inOrder)
	defer close(s.raw)
	rows, err := s.file.rows(c)
	for end := false; !end; {
		var b *batch
		select {
		case b = <-s.empty:
		case <-ctx.Done():
			return
		}
		b.scanned, b.ends, b.text, b.scanErr = b.scanned[:0], b.ends[:0], b.text[:0], err
		if end = err != nil; !end {
			end = s.fill(b, rows)
		}
		b.share = c.share()
		if end && b.scanErr == nil {
			s.source, b.scanErr = c.sum()
		}
		s.raw <- b // there is room for all batches
		s.inOrder <- b
	}
}

// fill reads rows until the batch is full; true says that there are no more.
func (s *scanner) fill(b *batch, rows rowReader) (end bool) {
	for len(b.scanned) < batchRows && len(b.text) < batchBytes {
		cells, err := rows.next()
		if errors.Is(err, io.EOF) {
			return true
		}
		var fault rowFault
		switch row := rows.row(); {
		case row <= s.file.headRow && (err == nil || errors.As(err, &fault)): // the header and what stands above it are no rows
		case row > maxRows:
			b.scanErr = s.file.source.refuse(fmt.Sprintf("the list has more than %d rows", maxRows), "Export it in parts")
			return true
		case err == nil:
			b.add(row, cells)
		case errors.As(err, &fault):
			b.scanned = append(b.scanned, scannedRow{row: uint32(row), fault: string(fault)})
		case errors.Is(err, errQuotes):
			b.scanErr = refuse(s.file.source.shown(), lineOf(rows), errQuotes.Error(), "Mend the line, or export the list again: nobody can tell where its cell was meant to end")
			return true
		default:
			b.scanErr = s.fileFault(err)
			return true
		}
	}
	return false
}

// add copies a record into the batch: its cells are good only until the next is read.
func (b *batch) add(row int, cells [][]byte) {
	s := scannedRow{row: uint32(row), from: uint32(len(b.ends)), start: uint32(len(b.text))}
	for _, cell := range cells {
		b.text = append(b.text, cell...)
		b.ends = append(b.ends, uint32(len(b.text)))
	}
	s.to = uint32(len(b.ends))
	b.scanned = append(b.scanned, s)
}

// lineOf is the line of the file on which the record last read starts.
func lineOf(rows rowReader) int {
	if r, ok := rows.(*records); ok {
		return r.line
	}
	return rows.row()
}

// fileFault leaves problems as they are and says of other errors where they happened.
func (s *scanner) fileFault(err error) error {
	if list := asProblem(err); list != nil {
		return list
	}
	return fmt.Errorf("reading %s: %w", s.file.source.shown(), err)
}
