package packet

// Temporary contract; the owner of package packet replaces this file, keeping these names.

import (
	"context"
	"io"
)

// Manifest is the machine-readable account of a packet (manifest.json), without personal data.
type Manifest struct {
	Format    string         `json:"format"` // "postbag-manifest/1"
	Campaign  string         `json:"campaign"`
	Specimen  bool           `json:"specimen"`
	Sender    Organisation   `json:"sender"`
	Recipient Recipient      `json:"recipient"`
	Letter    Wording        `json:"letter"`
	Sources   []Source       `json:"sources"`
	Consent   Consent        `json:"consent"`
	Fonts     []Font         `json:"fonts"`
	RowsRead  int            `json:"rows_read"`
	Letters   int            `json:"letters"`
	Pages     int            `json:"pages"`
	Sheets    int            `json:"sheets"`
	Excluded  map[string]int `json:"excluded"`   // reason -> rows
	NeedsLook int            `json:"needs_look"` // of them, rows held back for reasons a person should look at
	Bundles   []Bundle       `json:"bundles"`
}

// Organisation is who delivers.
type Organisation struct {
	Organisation string `json:"organisation"`
	Contact      string `json:"contact,omitempty"`
}

// Recipient is who is addressed.
type Recipient struct {
	Name       string   `json:"name"`
	Title      string   `json:"title,omitempty"`
	Company    string   `json:"company"`
	Address    []string `json:"address,omitempty"`
	VerifiedOn string   `json:"verified_on,omitempty"` // YYYY-MM-DD
}

// Wording is the letter: what it says is pinned by a hash.
type Wording struct {
	Template     string `json:"template"`
	TemplateHash string `json:"template_sha256"` // of the template file's bytes
	WordingHash  string `json:"wording_sha256"`  // of the wording with the campaign's fields filled and the signer's fields as {{field}}
	Date         string `json:"date"`
	Language     string `json:"language"`
	Paper        string `json:"paper"`
}

// Source is one file of the signer list.
type Source struct {
	Name   string `json:"name"` // file name without its folder
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Consent is why names may be handed over.
type Consent struct {
	Column    string   `json:"column,omitempty"`
	Values    []string `json:"values,omitempty"`
	By        string   `json:"attested_by,omitempty"`
	On        string   `json:"attested_on,omitempty"`
	Statement string   `json:"statement,omitempty"`
}

// Font is a face that set something in the packet.
type Font struct {
	Name   string `json:"name"`   // PostScript name
	Origin string `json:"origin"` // campaign, built-in or system
	SHA256 string `json:"sha256"`
}

// Bundle is one PDF of letters.
type Bundle struct {
	Path    string   `json:"path"` // relative to the packet, with slashes
	SHA256  string   `json:"sha256"`
	Bytes   int64    `json:"bytes"`
	Letters int      `json:"letters"`
	Pages   int      `json:"pages"`  // the slip sheet's included
	Sheets  int      `json:"sheets"` // sheets of paper, the slip sheet included
	First   string   `json:"first"`  // letter ids
	Last    string   `json:"last"`
	Group   []string `json:"-"` // values of bundles.group_by: places of people stay out of the manifest
}

// Writer writes a packet's files under temporary names, syncs and renames them.
type Writer struct{}

// Open prepares dir for a packet made from inputs with this fingerprint. An empty or missing folder is taken; a
// packet of the same fingerprint, finished or not, is gone on with; a packet of other inputs is refused with a
// problem that says so unless replace is set (then what that packet had is removed, and nothing else); any other
// folder that is not empty is refused.
func Open(dir, fingerprint string, replace bool) (*Writer, error) { return nil, nil }

// File makes one file whole or not at all: write is called with the temporary file; path is relative to the
// packet, with slashes. It returns the file's SHA-256 in lower-case hex and its bytes. A file of that name whose
// bytes are the same already is left alone. Safe for several goroutines; the sync may go on in the background.
func (w *Writer) File(ctx context.Context, path string, write func(io.Writer) error) (sha256 string, bytes int64, err error) {
	return "", 0, nil
}

// Finish waits for what is still being synced, removes files of an earlier, different run that do not belong,
// writes manifest.json, manifest.csv, READ-ME.txt, SHA256SUMS and private/run.json, and syncs the folders.
func (w *Writer) Finish(ctx context.Context, m *Manifest) error { return nil }

// Abort gives up: temporary files are removed, finished files stay for the next run to go on with.
func (w *Writer) Abort() {}

// Report is what verify found.
type Report struct {
	Dir       string   `json:"dir"`
	Files     int      `json:"files"` // checked
	Bytes     int64    `json:"bytes"`
	Bundles   int      `json:"bundles"`
	Letters   int      `json:"letters"`
	RowsRead  int      `json:"rows_read"`
	Faults    []Fault  `json:"faults"`
	Unchecked []string `json:"unchecked,omitempty"` // what could not be checked and why (private/ is gone, ...)
}

// Fault is one thing that is not as the manifest says.
type Fault struct {
	Path string `json:"path"`
	What string `json:"what"`
	Do   string `json:"do,omitempty"`
}

// Verify checks a packet against its manifest.
func Verify(ctx context.Context, dir string, progress func(done, total int64)) (*Report, error) {
	return nil, nil
}
