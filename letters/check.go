package letters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/roll"
)

// Column is one line of the mapping that check prints.
type Column struct {
	Field   string   `json:"field"`  // standard field
	Header  string   `json:"header"` // column of the list; "" when it is put together from others
	How     string   `json:"how"`    // how it was found
	Filled  int      `json:"filled"` // letters in which it is filled
	Samples []string `json:"samples,omitempty"`
}

// Report is what check found.
type Report struct {
	Campaign string              `json:"campaign"`
	Source   []roll.Source       `json:"source"`
	RowsRead int                 `json:"rows_read"`
	Letters  int                 `json:"letters"`
	Excluded map[roll.Reason]int `json:"excluded"`
	Held     []roll.Exclusion    `json:"held"` // exclusions that a person should look at
	Columns  []Column            `json:"columns"`
	Bundles  int                 `json:"bundles"`
	Remarks  []roll.Remark       `json:"remarks"` // what a person may want to look at, though it holds nothing back
	Notes    []string            `json:"notes"`   // guesses, and what else a person should know
}

// CheckOptions says what Check does beside reporting.
type CheckOptions struct {
	// Problems is a file to write the rows of Report.Held to, as CSV: their cells as they stand in the list, with the reason. Mended, it
	// can be added to the list as one of signers.files. Empty for none.
	Problems string
	Progress func(Progress)
}

// NeedsLook tells whether rows were held back for reasons that a person should look at (exit status 3).
func (r *Report) NeedsLook() bool { return len(r.Held) > 0 }

// samples is how many values of a column check shows.
const samples = 3

// Check reads everything, and writes nothing unless o.Problems asks for it.
func Check(ctx context.Context, c *config.Campaign, o CheckOptions) (*Report, error) {
	p, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	mapping := p.list.Mapping()
	for _, m := range mapping {
		p.fields.add(m.Field) // so that it can be counted and shown
	}
	r, err := p.read(ctx, o.Progress, true)
	if err != nil {
		return nil, err
	}
	report := &Report{
		Campaign: c.Name, Source: r.Sources, RowsRead: r.RowsRead, Letters: r.Len(), Excluded: map[roll.Reason]int{},
		Held: []roll.Exclusion{}, Remarks: r.Remarks, Bundles: len(bundleRanges(r, c.Bundles.Letters)), Notes: p.notes(r, mapping),
	}
	for _, x := range r.Exclusions {
		report.Excluded[x.Reason]++
		if x.Reason.NeedsLook() {
			report.Held = append(report.Held, x)
		}
	}
	report.Columns = p.columnsOf(r, mapping)
	if o.Problems != "" {
		return report, p.exportProblems(ctx, report, o.Problems)
	}
	return report, nil
}

// exportProblems writes the rows to mend. The columns behind the list's own say where a row stood and what is wrong with it.
func (p *composition) exportProblems(ctx context.Context, report *Report, file string) error {
	held := map[roll.Row]roll.Exclusion{}
	rows := make([]roll.Row, len(report.Held))
	for i, x := range report.Held {
		rows[i], held[x.Row] = x.Row, x
	}
	return writeFile(file, func(f *os.File) error {
		w := bufio.NewWriter(f)
		var line []byte
		put := func(cells []string) error {
			line = packet.AppendCSVRow(line[:0], cells)
			_, err := w.Write(line)
			return err
		}
		err := put(append(p.list.Headers(), "postbag file", "postbag row", "postbag reason", "postbag detail"))
		if err == nil {
			err = p.list.CopyRows(ctx, rows, func(row roll.Row, cells []string) error {
				x := held[row]
				return put(append(cells, filepath.Base(report.Source[row.File].Path), strconv.Itoa(row.Row), string(x.Reason), x.Detail))
			})
		}
		return errors.Join(err, w.Flush())
	})
}

// columnsOf counts and samples the mapped fields.
func (p *composition) columnsOf(r *roll.Roll, mapping []roll.Mapped) []Column {
	columns := make([]Column, len(mapping))
	slots := make([]int, len(mapping))
	for i, m := range mapping {
		columns[i] = Column{Field: m.Field, Header: m.Header, How: m.How}
		slots[i], _ = p.fields.Slot(m.Field)
	}
	var values []string
	for i := range r.Len() {
		values = r.Fields(i, values[:0])
		for k := range columns {
			value := values[slots[k]]
			if value == "" {
				continue
			}
			columns[k].Filled++
			if len(columns[k].Samples) < samples {
				columns[k].Samples = append(columns[k].Samples, value)
			}
		}
	}
	return columns
}

// notes says what was guessed and mended.
func (p *composition) notes(r *roll.Roll, mapping []roll.Mapped) []string {
	notes := p.list.Notes()
	for _, m := range mapping {
		if len(m.Passed) > 0 {
			notes = append(notes, fmt.Sprintf("%s is taken from the column %q and not from %q; signers.columns can change that.", m.Field, m.Header, m.Passed[0]))
		}
	}
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.Cleaned.Spaces, "white space was tidied"},
		{r.Cleaned.Controls, "control characters were taken out"},
		{r.Cleaned.Normalised, "accents were joined with their letters (NFC)"},
	} {
		if c.n > 0 {
			notes = append(notes, fmt.Sprintf("In %d cells %s.", c.n, c.what))
		}
	}
	return notes
}
