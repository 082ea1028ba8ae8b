package letters

import (
	"context"
	"fmt"

	"postbag/config"
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
	Notes    []string            `json:"notes"` // guesses, and what else a person should know
}

// NeedsLook tells whether rows were held back for reasons that a person should look at (exit status 3).
func (r *Report) NeedsLook() bool { return len(r.Held) > 0 }

// samples is how many values of a column check shows.
const samples = 3

// Check reads everything and writes nothing.
func Check(ctx context.Context, c *config.Campaign, progress func(Progress)) (*Report, error) {
	p, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	mapping := p.list.Mapping()
	for _, m := range mapping {
		p.fields.add(m.Field) // so that it can be counted and shown
	}
	r, err := p.read(ctx, progress)
	if err != nil {
		return nil, err
	}
	report := &Report{
		Campaign: c.Name, Source: r.Sources, RowsRead: r.RowsRead, Letters: r.Len(), Excluded: map[roll.Reason]int{},
		Held: []roll.Exclusion{}, Bundles: len(bundleRanges(r, c.Bundles.Letters)), Notes: p.notes(r, mapping),
	}
	for _, x := range r.Exclusions {
		report.Excluded[x.Reason]++
		if x.Reason.NeedsLook() {
			report.Held = append(report.Held, x)
		}
	}
	report.Columns = p.columnsOf(r, mapping)
	return report, nil
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
