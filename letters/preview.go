package letters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"postbag/config"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// PreviewOptions says which letter to show.
type PreviewOptions struct {
	Row       int    // row of the list; 0 means the letter that is hardest to set
	Recipient int    // whose letter, counting from 1; 0 means the recipient to whom it is hardest to set
	Out       string // the PDF file
	Progress  func(Progress)
}

// PreviewReport says what was shown.
type PreviewReport struct {
	File  string `json:"file"`
	Row   int    `json:"row"`
	Pages int    `json:"pages"`
	Why   string `json:"why"` // why this row, in a few words

	Recipient int    `json:"recipient,omitempty"` // which, where there are several
	To        string `json:"to,omitempty"`        // their name
	Shared    bool   `json:"shared,omitempty"`    // it stands in a document with others
}

// Preview writes one letter, marked SPECIMEN, to o.Out.
func Preview(ctx context.Context, c *config.Campaign, o PreviewOptions) (*PreviewReport, error) {
	p, r, err := readSigners(ctx, c, o.Progress)
	if err != nil {
		return nil, err
	}
	if p, err = p.chooseRecipient(o.Recipient); err != nil {
		return nil, err
	}
	if p.form() != "" {
		return p.previewForm(ctx, r, o)
	}
	layout, printing, err := p.lay(r, true, press.Job{NoSlip: true, Seed: p.fingerprint(r, "", ""), Slip: press.Slip{Bundles: 1}})
	if err != nil {
		return nil, err
	}
	signer, why, err := p.choose(ctx, r, layout.NewSetter(), o.Row)
	if err != nil {
		return nil, err
	}
	report := p.previewReport(o.Out, r.Row(signer).Row, why)
	err = writeFile(o.Out, func(f *os.File) error {
		w := bufio.NewWriter(f)
		count, err := printing.NewWorker(layout.NewSetter()).Bundle(ctx, w, press.Order{
			Number: 1, First: p.number(r, signer), Letters: 1,
			Values: func(int) []string { return r.Fields(signer, nil) },
		})
		report.Pages = count.Pages
		return errors.Join(err, w.Flush())
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

func (p *composition) previewReport(out string, row int, why string) *PreviewReport {
	report := &PreviewReport{File: out, Row: row, Why: why, Shared: p.form() != ""}
	if len(p.all) > 1 {
		report.Recipient, report.To = p.place+1, p.campaign.Recipient.Name
	}
	return report
}

// choose finds the signer to show.
func (p *composition) choose(ctx context.Context, r *roll.Roll, s *typeset.Setter, row int) (signer int, why string, err error) {
	if row != 0 {
		signer, err = p.signerOf(r, row)
		return signer, fmt.Sprintf("row %d was asked for", row), err
	}
	return p.hardest(ctx, r, s)
}

// signerOf finds the signer of a row, or says why it has no letter.
func (p *composition) signerOf(r *roll.Roll, row int) (int, error) {
	for i := range r.Len() {
		if r.Row(i).Row == row {
			return i, nil
		}
	}
	at := problem.Place{File: p.campaign.Signers.File, Line: row}
	for _, x := range r.Exclusions {
		if x.Row.Row == row {
			what := "this row gets no letter: " + string(x.Reason)
			if x.Detail != "" {
				what += " (" + x.Detail + ")"
			}
			return 0, problem.List{{Place: at, What: what, Do: "Choose another row"}}
		}
	}
	return 0, problem.List{{
		Place: at, What: fmt.Sprintf("there is no row %d", row),
		Do: fmt.Sprintf("Rows are counted as a spreadsheet shows them; %d were read", r.RowsRead),
	}}
}

// hardest finds the letter that is hardest to set: most pages, then most lines, then the widest line, then the longest
// name; the first of equals.
func (p *composition) hardest(ctx context.Context, r *roll.Roll, s *typeset.Setter) (signer int, why string, err error) {
	name, _ := p.fields.Slot("name")
	var best [4]int
	var values []string
	for i := range r.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return 0, "", ctx.Err()
		}
		values = r.Fields(i, values[:0])
		letter, err := s.Set(values, i+1)
		if err != nil {
			return 0, "", err
		}
		this := [4]int{len(letter.Pages), letter.Lines(), int(letter.Widest()), utf8.RuneCountInString(values[name])}
		if harder(this, best) {
			best, signer = this, i
		}
	}
	return signer, fmt.Sprintf("the hardest to set: %d pages, %d lines of its own, a name of %d characters", best[0], best[1], best[3]), nil
}

func harder(a, b [4]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] > b[i]
		}
	}
	return false
}

// writeFile makes a file whole or not at all.
func writeFile(path string, write func(*os.File) error) error {
	if strings.TrimSpace(path) == "" {
		return problem.List{{What: "the preview has no file to go to", Do: "Name one, for example --out preview.pdf"}}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".postbag-*")
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
