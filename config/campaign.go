package config

import (
	"slices"
	"time"

	"postbag/letters/problem"
)

// Campaign is everything that campaign.yaml, POSTBAG_ variables and flags say, checked and with defaults filled in: whoever
// holds one need not check it again. Texts are as they were typed. Paths are resolved against the folder of the campaign file,
// also those from flags and variables, so that a campaign means the same from wherever it is built.
type Campaign struct {
	File string // the campaign file, as it was named
	Dir  string // the folder that relative paths start from

	Name       string // campaign: stands in file names and letter ids; [a-z0-9-], 1 to 40 bytes
	Specimen   bool   // specimen: marks every page SPECIMEN
	SigningKey string // signing_key: the file of the public key that signs the packet; "" for none
	Sender     Sender
	Recipient  Recipient   // the first of Recipients
	Recipients []Recipient // at least one; every signer sends a letter to each, in this order
	Letter     Letter
	Signers    Signers
	Bundles    Bundles
	Print      Print
	Paperwork  Paperwork
	Fonts      []string          // font files or folders, tried before the built-in faces
	Fields     map[string]string // the campaign's own fields, keys as typed: {{key}} in a template; a text may be empty

	// Warnings are what is not wrong, but worth a second look before anything is printed.
	Warnings []problem.Problem

	canonical []byte
}

// Canonical writes every setting in a fixed order, for hashing: a line each, with its key and then its texts in quotation marks.
// Texts are as they were typed, paths too, names in mappings are sorted, defaults are written out and all is ASCII. So it depends
// on what the campaign says and not on the machine, the folder, the layer that said it, or comments and order in the file.
func (c *Campaign) Canonical() []byte { return c.canonical }

// Sender is the organisation that delivers the letters.
type Sender struct {
	Organisation string
	Address      []string // lines
	Contact      string   // e-mail, telephone or web address for a reply
	Logo         string   // the path of a PNG, JPEG or SVG; "" for none
	Line         string   // name and address on one line, where a window shows them; "" to make it of the two
}

// Recipient is the person addressed.
type Recipient struct {
	Name       string
	Title      string
	Company    string
	Address    []string  // lines
	Salutation string    // Dear Mr Karp, with its comma if there should be one
	VerifiedOn time.Time // the day a person checked that this is still the right name and address

	Place problem.Place // where they stand in the campaign file, for error messages
}

// Letter says what is written and how it is set.
type Letter struct {
	Template   string    // the path of a Markdown file or, where it has neither folder nor extension, a built-in letter's name, see [Letter.BuiltIn]
	Date       time.Time // printed on every letter: the clock is never asked
	Language   string    // BCP 47, of the letter
	Paper      string    // a4 or letter
	Layout     string    // plain, us-window, din-a or din-b
	Typeface   string    // serif or sans: the family in the binary that comes first
	Reference  string    // the sender's own, beside the letter's id
	Enclosures []string  // what is enclosed, one a line
	Show       []string  // what stands under the closing, at least one: standard fields or columns of the list
	Density    string    // of petition sheets: compact, normal, roomy, or a number of rows
	Signed     string    // what a row of a petition sheet says in place of a signature; "" for nothing
	AsOf       time.Time // the day on which investors held what they state; zero where it is not said
}

// Signers says where the list is and how it is read.
type Signers struct {
	File        string                   // the list, or the first of its files
	Files       []string                 // all of them
	Encoding    string                   // auto, or the name of an encoding
	Delimiter   string                   // auto, comma, semicolon, tab, pipe, or one character
	Quotes      string                   // auto, doubled or backslash: how a quotation mark inside a cell is written
	HeaderRow   int                      // the row of the header; 0 to find it
	Sheet       string                   // of a spreadsheet; "" for the only one that holds rows
	Preset      string                   // auto, none, or the name of a campaign tool
	Columns     map[string]string        // standard field -> column header as typed in the list
	ColumnPlace map[string]problem.Place // where each mapping stands, for error messages
	NameOrder   string                   // auto, given-first or family-first
	DateOrder   string                   // auto, day-first or month-first: of dates such as 3/4/2026
	Place       []string                 // the fields that make a place
	Clean       []string                 // what is mended: nfc, spaces, controls, countries, case
	AcceptNames string                   // file of names that are right, though they do not look it
	RejectNames string                   // file of names and words that are not printed
	Duplicates  string                   // first, last or keep
	SameEmail   []string                 // what addresses may differ in: plus, dots
	Suppress    string                   // file of e-mails or ids of people who withdrew; "" for none
	OptOut      []string                 // columns in which a mark takes a person out, beside those of the preset
	Age         Age
	Comment     Comment
	Consent     Consent
}

// Comment says which comments of signers are printed where the letter has {{comment}}, and how.
type Comment struct {
	Most           int      // characters, as people count them
	Longer         string   // what becomes of a longer one: cut or leave
	ApprovedColumn string   // column that says which comments a person has approved; "" prints none
	ApprovedValues []string // values of it that mean yes, compared ignoring case
}

// Age leaves out people who are too young.
type Age struct {
	Least  int    // in years; 0 to ask nobody
	Column string // of ages or birth dates; "" to find it
}

// Consent is why the campaign may hand over names: a column of the list or an attestation, always one and never both.
type Consent struct {
	Column   string       // header of the consent column; "" where consent is attested
	Values   []string     // values of it that mean yes, compared ignoring case
	Attested *Attestation // nil where a column says it; else all of it is filled
}

// Attestation records that consent was given outside the list.
type Attestation struct {
	By        string
	On        time.Time
	Statement string // what the signers agreed to
}

// MostLetters is the most letters, or signers of a document that all share, that a bundle may hold.
const MostLetters = 100_000

// Bundles says how letters are put together. Whichever limit is reached first ends a bundle; a letter is never parted.
type Bundles struct {
	Letters    int      // letters in a bundle, at most; 1 to MostLetters
	Given      bool     // somebody set that; else it is the default for letters, and holds only where no other limit is set
	Sheets     int      // sheets of paper in a bundle, at most, the slip sheet included; 0 for no limit
	Megabytes  int      // millions of bytes of a bundle's PDF, at most; 0 for no limit
	GroupBy    []string // fields; a bundle never holds two groups, unless they are small and joined
	GroupOrder string   // name, first (as the list first names them) or size (the largest first)
	Small      string   // what becomes of small groups: keep, or join, behind all others
	SmallBelow int      // a group of fewer letters is small
	Duplex     bool     // printed on both sides: every letter starts on a front
	ListIDs    bool     // the ids of a bundle's letters follow its slip sheet
}

// Paperwork says which documents go with the letters, and what the covering letter says.
type Paperwork struct {
	Documents []string  // some of PaperworkDocuments; "none" means nothing
	Request   []string  // what is asked for, a paragraph each
	ReplyBy   time.Time // the day by which an answer is asked for; zero where none is
	Signed    []string  // who signs the covering letter: name, then office
}

// Wants tells whether a document is asked for.
func (p *Paperwork) Wants(document string) bool { return slices.Contains(p.Documents, document) }
