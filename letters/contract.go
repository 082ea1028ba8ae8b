package letters

// Temporary contract; the owner of package letters replaces this file, keeping these signatures.

import (
	"context"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/roll"
)

// Stage is a part of the work that progress is told about.
type Stage string

// The stages of a build.
const (
	Reading Stage = "reading" // rows
	Setting Stage = "setting" // letters
)

// Progress is where a run has got to. Total is 0 while it is not known; then Share (0 to 1) is.
type Progress struct {
	Stage Stage
	Done  int
	Total int
	Share float64
}

// Options says how to build.
type Options struct {
	Out      string // the packet's folder
	Workers  int    // bundles made at once; 0 means one for each processor
	Replace  bool   // replace a packet in Out that was made from other inputs
	Progress func(Progress)
}

// Column is one line of the mapping that check prints.
type Column struct {
	Field   string   `json:"field"`  // standard field
	Header  string   `json:"header"` // column of the list; "" when derived
	Filled  int      `json:"filled"` // rows in which it is filled
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

// Check reads everything and writes nothing.
func Check(ctx context.Context, c *config.Campaign, progress func(Progress)) (*Report, error) {
	return nil, nil
}

// PreviewOptions says which letter to show.
type PreviewOptions struct {
	Row int    // row of the list; 0 means the letter that is hardest to set
	Out string // the PDF file
}

// PreviewReport says what was shown.
type PreviewReport struct {
	File  string `json:"file"`
	Row   int    `json:"row"`
	Pages int    `json:"pages"`
	Why   string `json:"why"` // why this row, in a few words
}

// Preview writes one letter, marked SPECIMEN.
func Preview(ctx context.Context, c *config.Campaign, o PreviewOptions) (*PreviewReport, error) {
	return nil, nil
}

// Build makes or finishes the packet in o.Out.
func Build(ctx context.Context, c *config.Campaign, o Options) (*packet.Manifest, error) {
	return nil, nil
}
