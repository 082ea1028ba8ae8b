package roll

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// CopyRows reads the list again and hands over the cells of some of its rows as they stand there, under the columns of Headers. The
// rows are to be in the order of the list. A row that cannot be taken apart has no cells. The cells are good until visit returns.
func (l *List) CopyRows(ctx context.Context, rows []Row, visit func(row Row, cells []string) error) error {
	headers := l.Headers()
	place := map[string]int{}
	for i, h := range headers {
		place[Fold(h)] = i
	}
	for _, f := range l.files {
		n := 0
		for n < len(rows) && rows[n].File == f.index {
			n++
		}
		if err := f.copyRows(ctx, rows[:n], len(headers), place, visit); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (f *file) copyRows(ctx context.Context, wanted []Row, width int, place map[string]int, visit func(Row, []string) error) error {
	if len(wanted) == 0 {
		return nil
	}
	c, err := f.source.open()
	if err != nil {
		return err
	}
	defer c.Close()
	rows, err := f.rows(c)
	if err != nil {
		return err
	}
	cells := make([]string, width)
	for len(wanted) > 0 {
		record, err := rows.next()
		var fault rowFault
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("reading %s again: it has changed since it was read first", f.source.shown())
		case err != nil && !errors.As(err, &fault):
			return fmt.Errorf("reading %s again: %w", f.source.shown(), err)
		}
		if rows.row() != wanted[0].Row {
			continue
		}
		clear(cells)
		for i, cell := range record {
			if i < len(f.headers) {
				cells[place[Fold(f.headers[i])]] = string(cell)
			}
		}
		if err := errors.Join(ctx.Err(), visit(wanted[0], cells)); err != nil {
			return err
		}
		wanted = wanted[1:]
	}
	return nil
}
