package roll

// Reason says why a row got no letter. Its text stands in exclusions.csv and in the manifest.
type Reason string

// Reasons of policy, and reasons that a person should look at.
const (
	BlankRow     Reason = "blank row"
	HeaderRow    Reason = "header row"
	TotalsRow    Reason = "totals row"
	Unreadable   Reason = "unreadable row"
	OptedOut     Reason = "opted out"
	Unconfirmed  Reason = "not confirmed"
	NoConsent    Reason = "no consent"
	Suppressed   Reason = "suppressed"
	UnderAge     Reason = "under age"
	NoName       Reason = "no name"
	NotAName     Reason = "not a name"
	Garbled      Reason = "garbled text"
	Duplicate    Reason = "duplicate"
	MissingGlyph Reason = "missing glyph"
	TooLong      Reason = "too long"
	Unreckoned   Reason = "holding not understood"
	HasLetter    Reason = "has a letter" // in an earlier packet
	Mended       Reason = "mended"       // its letter comes from a row that takes its place
)

// NeedsLook tells whether a person should look at rows with this reason: such a build exits 3.
func (r Reason) NeedsLook() bool {
	switch r {
	case Unreadable, MissingGlyph, NoName, NotAName, Garbled, TooLong, Unreckoned:
		return true
	}
	return false
}

// Row is the place of a row: its file (index into Roll.Sources) and its number as a spreadsheet shows it: records count from 1 at
// the first line of the file. In JSON it is the number of the object, in JSON Lines that of the line.
type Row struct {
	File int `json:"file"`
	Row  int `json:"row"`
}

// Exclusion is a row that gets no letter.
type Exclusion struct {
	Row    Row    `json:"row"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail"` // what a person needs to mend it, e.g. "the same person as row 12" or "no font has U+1F600"
}

// Source is one file of the signer list.
type Source struct {
	Path   string `json:"path"`   // as the campaign names it
	SHA256 string `json:"sha256"` // lower-case hex, of the file's bytes; known after Read
	Bytes  int64  `json:"bytes"`
}
