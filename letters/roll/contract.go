package roll

// Temporary contract; the owner of package roll replaces this file.

import (
	"context"

	"postbag/config"
)

// Reason says why a row got no letter. Its text stands in exclusions.csv and in the manifest.
type Reason string

// Reasons of policy, and reasons that a person should look at.
const (
	NoConsent    Reason = "no consent"
	Duplicate    Reason = "duplicate"
	Suppressed   Reason = "suppressed"
	NoName       Reason = "no name"
	Unreadable   Reason = "unreadable row"
	MissingGlyph Reason = "missing glyph"
)

// NeedsLook tells whether a person should look at rows with this reason: such a build exits 3.
func (r Reason) NeedsLook() bool { return r == Unreadable || r == MissingGlyph || r == NoName }

// Row is the place of a row: its file (index into List.Files) and the number of its record as a spreadsheet
// shows it (the header is row 1 where it stands on the first line).
type Row struct {
	File int
	Row  int
}

// Exclusion is a row that gets no letter.
type Exclusion struct {
	Row    Row
	Reason Reason
	Detail string // what a person needs to mend it, e.g. "same e-mail as row 12" or "no font has U+1F600"
}

// Source is one file of the signer list.
type Source struct {
	Path   string // as the campaign names it
	SHA256 string // lower-case hex, known after Read
	Bytes  int64
}

// List is an opened signer list whose header has been read and mapped.
type List struct{}

// Open finds the campaign's signer list, reads its header and maps its columns. What the user can mend comes
// back as a problem.List (no such file, no header, a mapped column that is not there with the columns there are, ...).
func Open(ctx context.Context, c *config.Campaign) (*List, error) { return nil, nil }

// Headers returns the columns of the list as typed.
func (l *List) Headers() []string { return nil }

// Has tells whether a template field is known: a standard field that the mapping fills or can derive, or a header
// (compared ignoring case, spaces, underscores and hyphens).
func (l *List) Has(field string) bool { return false }

// ReadOptions says what to hold of each row.
type ReadOptions struct {
	// Keep lists the fields to hold for each signer, in the order Roll.Fields returns them: standard fields
	// (name, first_name, last_name, place, city, region, country, postcode, email ...) or headers of the list.
	Keep []string
	// Hold, when not nil, is asked last about each row that would get a letter; fields are in Keep's order and valid
	// only during the call. A non-empty reason holds the row back.
	Hold func(fields []string) (Reason, string)
	// Progress, when not nil, is called now and then with the rows read so far and the share of bytes (0 to 1).
	Progress func(rows int, share float64)
}

// Read reads every row and decides its fate.
func (l *List) Read(ctx context.Context, o ReadOptions) (*Roll, error) { return nil, nil }

// Roll is the accepted signers in delivery order, held compactly.
type Roll struct {
	RowsRead   int
	Exclusions []Exclusion // in row order
	Sources    []Source
}

// Len is the number of signers.
func (r *Roll) Len() int { return 0 }

// Fields sets dst to the kept fields of signer i (delivery order), in the order of ReadOptions.Keep, without
// copying their bytes or allocating once dst has the capacity; safe for several goroutines with a dst each.
func (r *Roll) Fields(i int, dst []string) []string { return nil }

// Row is where signer i stood in the list.
func (r *Roll) Row(i int) Row { return Row{} }

// GroupStart tells whether signer i starts a new group (bundles.group_by); always true for 0.
func (r *Roll) GroupStart(i int) bool { return false }
