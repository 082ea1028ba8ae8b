package letters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"postbag/config"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/templates"
)

// Column is one line of the mapping that check prints.
type Column struct {
	Field   string   `json:"field"`  // standard field
	Header  string   `json:"header"` // column of the list; "" when it is put together from others
	How     string   `json:"how"`    // how it was found
	Filled  int      `json:"filled"` // rows with a letter in which it is filled
	Samples []string `json:"samples,omitempty"`
}

// Report is what check found.
type Report struct {
	Campaign string              `json:"campaign"`
	Letter   LetterReport        `json:"letter"`
	Source   []roll.Source       `json:"source"`
	RowsRead int                 `json:"rows_read"`
	Signers  int                 `json:"signers"` // rows that get a letter
	Letters  int                 `json:"letters"` // one from each signer to each recipient
	Excluded map[roll.Reason]int `json:"excluded"`
	Held     []roll.Exclusion    `json:"held"` // exclusions that a person should look at
	Columns  []Column            `json:"columns"`
	Bundles  int                 `json:"bundles"`
	To       []AddressedReport   `json:"recipients,omitempty"` // where there are several
	Comments *roll.Comments      `json:"comments,omitempty"`   // where the letter prints them
	Since    *SinceReport        `json:"since,omitempty"`      // of a top-up
	Remarks  []roll.Remark       `json:"remarks"`              // what a person may want to look at, though it holds nothing back
	Notes    []string            `json:"notes"`                // guesses, and what else a person should know

	Holdings []Holding         `json:"holdings,omitempty"` // what investors hold, added up
	Cautions []problem.Problem `json:"cautions,omitempty"` // what is not wrong, but worth a second look
}

// CheckOptions says what Check does beside reporting.
type CheckOptions struct {
	// Problems is a file to write the rows of Report.Held to, as CSV: their cells as they stand in the list, with the reason. Mended, it
	// can be added to the list as one of signers.files. Empty for none.
	Problems string
	// Since names the folders of earlier packets, as in Options.
	Since    []string
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
	if len(o.Since) > 0 {
		secret, err := earlierSecret(c.Dir)
		if err == nil {
			err = p.goOn(secret, o.Since)
		}
		if err != nil {
			return nil, err
		}
	}
	mapping := p.list.Mapping()
	for _, m := range mapping {
		p.fields.add(m.Field) // so that it can be counted and shown
	}
	columns := p.newColumns(mapping)
	r, err := p.list.Read(ctx, p.knows(roll.ReadOptions{
		Keep: p.fields.names, Forget: p.form() != templates.FormInvestors && !p.measures(), Near: true, Printable: p.printable,
		Totals: p.campaign.Paperwork.Wants("totals"), Progress: readingProgress(o.Progress),
		Hold: func(values []string) (roll.Reason, string) {
			reason, detail := p.hold(values)
			if reason == "" {
				columns.count(values)
			}
			return reason, detail
		},
	}))
	if err != nil {
		return nil, err
	}
	ranges, err := p.plan(ctx, r, runtime.GOMAXPROCS(0), o.Progress)
	if err != nil {
		return nil, err
	}
	report := &Report{
		Campaign: c.Name, Letter: p.letterReport(), Source: r.Sources, RowsRead: r.RowsRead, Signers: r.Len(), Letters: r.Len() * len(p.all), Excluded: map[roll.Reason]int{},
		Held: []roll.Exclusion{}, Columns: columns.columns, Remarks: r.Remarks, Bundles: len(ranges), To: p.addressedReports(r, ranges),
		Notes: append(p.notes(r, mapping), p.groupNotes(r)...),
	}
	p.checkForm(report, r)
	p.checkPaperwork(report, r)
	p.checkSince(report, r)
	if p.printsComments() {
		report.Comments = &r.Comments
		for i := range report.Columns {
			if report.Columns[i].Field == "comment" {
				report.Columns[i].Filled = r.Comments.Offered
			}
		}
	}
	for _, x := range r.Exclusions {
		report.Excluded[x.Reason]++
		if x.Reason.NeedsLook() {
			report.Held = append(report.Held, x)
		}
	}
	if o.Problems != "" {
		return report, p.exportProblems(ctx, r, o.Problems)
	}
	return report, nil
}

// exportProblems writes the rows to mend to a file that nobody else may read.
func (p *composition) exportProblems(ctx context.Context, r *roll.Roll, file string) error {
	return writeFile(file, func(f *os.File) error {
		w := bufio.NewWriter(f)
		_, err := p.list.ExportProblems(ctx, r, w)
		return errors.Join(err, w.Flush())
	})
}

// columnCounter counts and samples the mapped fields.
type columnCounter struct {
	columns []Column
	slots   []int
}

func (p *composition) newColumns(mapping []roll.Mapped) *columnCounter {
	c := &columnCounter{columns: make([]Column, len(mapping)), slots: make([]int, len(mapping))}
	for i, m := range mapping {
		c.columns[i] = Column{Field: m.Field, Header: m.Header, How: m.How}
		c.slots[i], _ = p.fields.Slot(m.Field)
	}
	return c
}

// count takes the values of one row; they are good during the call only.
func (c *columnCounter) count(values []string) {
	for i := range c.columns {
		column, value := &c.columns[i], values[c.slots[i]]
		if value == "" {
			continue
		}
		column.Filled++
		if len(column.Samples) < samples {
			column.Samples = append(column.Samples, strings.Clone(value))
		}
	}
}

// notes says what was guessed and mended.
func (p *composition) notes(r *roll.Roll, mapping []roll.Mapped) []string {
	notes := p.list.Notes()
	if p.template.Caution != "" {
		notes = append(notes, p.template.Caution)
	}
	if note := p.slipNote(); note != "" {
		notes = append(notes, note)
	}
	for _, m := range mapping {
		if len(m.Passed) > 0 {
			notes = append(notes, fmt.Sprintf("%s is taken from the column %q and not from %q; signers.columns can change that.", m.Field, m.Header, m.Passed[0]))
		}
	}
	if t := r.Totals; t != nil {
		if notes = append(notes, t.Sentences()...); !t.HasDay {
			notes = append(notes, "No column with the dates of signatures was found, so the totals say nothing over time; signers.columns can name one as signed_on.")
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
