package roll

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// Rows that a person should look at can be written to a file of their own, mended there, and added to the list as one more file. Two columns
// say where a row comes from and what is wrong with it. When the mended row gets its letter, the row it comes from is no longer one to look
// at: its reason becomes “mended”.

// Columns of a file of rows to mend, before those of the list.
const (
	mendsColumn  = "postbag row"
	reasonColumn = "postbag reason"
)

// formulaStarts are the characters with which a spreadsheet takes a cell for a formula. An apostrophe before them is taken off again when
// the mended file is read.
const formulaStarts = "=+-@\t\r"

// ExportProblems writes the rows of r that a person should look at as CSV, with all their cells, and says how many there are. It reads the
// list again.
func (l *List) ExportProblems(ctx context.Context, r *Roll, w io.Writer) (rows int, err error) {
	wanted := map[Row]string{}
	for _, x := range r.Exclusions {
		if x.Reason.NeedsLook() {
			wanted[x.Row] = strings.TrimSuffix(string(x.Reason)+": "+x.Detail, ": ")
		}
	}
	headers := l.Headers()
	place := map[string]int{} // of a header
	for i, h := range headers {
		if _, twice := place[Fold(h)]; !twice {
			place[Fold(h)] = i
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{mendsColumn, reasonColumn}, headers...)); err != nil {
		return 0, fmt.Errorf("writing the rows to mend: %w", err)
	}
	for _, f := range l.files {
		n, err := f.exportRows(ctx, wanted, place, len(headers), out)
		rows += n
		if err != nil {
			return rows, err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return rows, fmt.Errorf("writing the rows to mend: %w", err)
	}
	return rows, nil
}

// exportRows writes the wanted rows of one file. Of a row that cannot be taken apart there are no cells to write.
func (f *file) exportRows(ctx context.Context, wanted map[Row]string, place map[string]int, width int, out *csv.Writer) (n int, err error) {
	c, err := f.source.open()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	rows, err := f.rows(c)
	if err != nil {
		return 0, err
	}
	for {
		cells, err := rows.next()
		var fault rowFault
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil && !errors.As(err, &fault):
			if list := asProblem(err); list != nil {
				return n, list
			}
			return n, fmt.Errorf("reading %s: %w", f.source.shown(), err)
		}
		if rows.row()%4096 == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
		reason, ok := wanted[Row{File: f.index, Row: rows.row()}]
		if !ok || rows.row() <= f.headRow {
			continue
		}
		n++
		if err := out.Write(f.exported(rows.row(), reason, cells, place, width)); err != nil {
			return n, fmt.Errorf("writing the rows to mend: %w", err)
		}
	}
}

// exported puts the cells of a row under the headers of the whole list.
func (f *file) exported(row int, reason string, cells [][]byte, place map[string]int, width int) []string {
	line := make([]string, 2+width)
	line[0], line[1] = filepath.Base(f.source.shown())+":"+strconv.Itoa(row), reason
	for i, cell := range cells[:min(len(cells), len(f.headers))] {
		if at, ok := place[f.columns.folded[i]]; ok && line[2+at] == "" {
			line[2+at] = strings.ToValidUTF8(string(bytes.TrimSpace(cell)), "\uFFFD")
		}
	}
	for i, text := range line {
		if text != "" && strings.IndexByte(formulaStarts, text[0]) >= 0 {
			line[i] = "'" + text
		}
	}
	return line
}

// withoutApostrophe undoes what keeps a cell from being a formula.
func withoutApostrophe(cell []byte) []byte {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(formulaStarts, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// mendedRow reads which row of which file a row takes the place of.
func mendedRow(cell []byte) (base string, row int) {
	at := bytes.LastIndexByte(cell, ':')
	if at < 0 {
		return "", 0
	}
	row, err := strconv.Atoi(string(cell[at+1:]))
	if err != nil || row < 1 {
		return "", 0
	}
	return string(cell[:at]), row
}

// settleMended turns rows to look at into mended ones, where a row of a later file has taken their place.
func (r *reading) settleMended() {
	for i := range r.roll.Exclusions {
		x := &r.roll.Exclusions[i]
		if !x.Reason.NeedsLook() {
			continue
		}
		base := filepath.Base(r.list.files[x.Row.File].source.shown())
		by, ok := r.mended[mending{base, x.Row.Row}]
		if ok && by.File > x.Row.File {
			x.Reason, x.Detail = Mended, fmt.Sprintf("by row %d of %s", by.Row, r.list.files[by.File].source.shown())
		}
	}
}

// mending names a row that another takes the place of.
type mending struct {
	base string
	row  int
}
