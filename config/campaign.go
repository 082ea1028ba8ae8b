package config

import (
	"time"

	"postbag/letters/problem"
)

// Campaign is everything that campaign.yaml, POSTBAG_ variables and flags say, checked and with
// defaults filled in. Paths are resolved against the folder of the campaign file.
type Campaign struct {
	File string // the campaign file, as it was named
	Dir  string // the folder that relative paths start from

	Name      string // campaign: stands in file names and letter ids; [a-z0-9-], 1 to 40 bytes
	Specimen  bool   // specimen: marks every page SPECIMEN
	Sender    Sender
	Recipient Recipient
	Letter    Letter
	Signers   Signers
	Bundles   Bundles
	Fonts     []string          // font files or folders, tried before the built-in faces
	Fields    map[string]string // the campaign's own fields, keys as typed: {{key}} in a template

	// Warnings are what is not wrong, but worth a second look before anything is printed.
	Warnings []problem.Problem

	canonical []byte
}

// Canonical writes every setting as it was typed, in a fixed order, for hashing: paths are not resolved, so the same campaign is
// the same on every machine.
func (c *Campaign) Canonical() []byte { return c.canonical }

// Sender is the organisation that delivers the letters.
type Sender struct {
	Organisation string
	Address      []string // lines
	Contact      string   // e-mail, telephone or web address for a reply
}

// Recipient is the person addressed.
type Recipient struct {
	Name       string
	Title      string
	Company    string
	Address    []string  // lines
	Salutation string    // Dear Mr Karp
	VerifiedOn time.Time // the day a person checked that this is still the right name and address
}

// Letter says what is written and how it is set.
type Letter struct {
	Template string    // a built-in letter's name, or the path of a Markdown file
	Date     time.Time // printed on every letter: the clock is never asked
	Language string    // BCP 47, of the letter
	Paper    string    // a4 or letter
	Layout   string    // plain
	Show     []string  // what stands under the closing, of name, place, city, region, country, ...
}

// Signers says where the list is and how it is read.
type Signers struct {
	File        string
	Columns     map[string]string        // standard field -> column header as typed in the list
	ColumnPlace map[string]problem.Place // where each mapping stands, for error messages
	Duplicates  string                   // first, last or keep
	Suppress    string                   // file of e-mails or ids of people who withdrew; "" for none
	Consent     Consent
}

// Consent is why the campaign may hand over names: a column of the list, or an attestation.
type Consent struct {
	Column   string   // header of the consent column
	Values   []string // values of it that mean yes, compared ignoring case
	Attested *Attestation
}

// Attestation records that consent was given outside the list.
type Attestation struct {
	By        string
	On        time.Time
	Statement string // what the signers agreed to
}

// Bundles says how letters are put together.
type Bundles struct {
	Letters int      // letters in a bundle, at most
	GroupBy []string // fields; a bundle never holds two groups
	Duplex  bool     // printed on both sides: every letter starts on a front
}
