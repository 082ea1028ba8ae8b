package packet

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ticketFile is where the job ticket lies, for programs; print/job-ticket.pdf says the same to people.
const ticketFile = "print/job-ticket.json"

// ticketFormat names the form of the job ticket; another form gets another number.
const ticketFormat = "postbag-job-ticket/1"

// Words of a job ticket, those of IPP where it has them (RFC 8011, 5.2.8 sides; PWG 5100.1, 5.2 finishings).
const (
	OneSided = "one-sided"
	TwoSided = "two-sided-long-edge"
	Unscaled = "none"
	NoStaple = "none"
)

// JobTicket is print/job-ticket.json: what a print shop has to know of a packet, without personal data. Its numbers are those of one set; the
// shop prints Copies of them. A shop's software may read it, and `postbag print` does.
type JobTicket struct {
	Format       string       `json:"format"` // "postbag-job-ticket/1"; Encode fills it in
	Campaign     string       `json:"campaign"`
	Specimen     bool         `json:"specimen"`
	Organisation string       `json:"organisation"`
	Contact      string       `json:"contact,omitempty"`
	Printer      string       `json:"printer,omitempty"`    // a destination of CUPS
	Manifest     string       `json:"manifest_sha256"`      // of manifest.json, as on the receipt
	Paper        TicketPaper  `json:"paper"`                //
	Sides        string       `json:"sides"`                // one-sided or two-sided-long-edge
	Scaling      string       `json:"scaling"`              // none: a page is printed at its own size
	Staple       string       `json:"staple"`               // none, top-left or top-right: each letter of more than one sheet
	Copies       int          `json:"copies"`               // sets
	Letters      int          `json:"letters"`              //
	Pages        int          `json:"pages"`                //
	Sheets       int          `json:"sheets"`               // slip sheets included
	Grams        int64        `json:"grams"`                // weight of the paper
	Files        []TicketFile `json:"files"`                // in the order in which they are boxed
	BoxSheets    int          `json:"box_sheets"`           // sheets in a box, at most
	Boxes        []TicketBox  `json:"boxes"`                //
	FirstPages   FirstPages   `json:"check_first"`          //
	DeliverTo    []string     `json:"deliver_to,omitempty"` // lines
	NeededBy     string       `json:"needed_by,omitempty"`  // YYYY-MM-DD
	DestroyBy    string       `json:"destroy_by,omitempty"` // YYYY-MM-DD
	Notes        []string     `json:"notes,omitempty"`
}

// TicketPaper is the paper that everything is printed on.
type TicketPaper struct {
	Name     string `json:"name"`     // a4 or letter
	Media    string `json:"media"`    // its name in IPP (PWG 5101.1, 5)
	Width    int    `json:"width"`    // in hundredths of a millimetre
	Height   int    `json:"height"`   // in hundredths of a millimetre
	Grammage int    `json:"grammage"` // in grams per square metre
}

// TicketFile is one bundle.
type TicketFile struct {
	Bundle int    `json:"bundle"` // its number, from 1
	Path   string `json:"path"`   // relative to the packet, with slashes
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Pages  int    `json:"pages"`
	Sheets int    `json:"sheets"`
	First  string `json:"first"` // letter ids
	Last   string `json:"last"`
}

// TicketBox is one box of one set.
type TicketBox struct {
	Box    int   `json:"box"`             // its number, from 1
	First  int   `json:"first_bundle"`    // numbers of bundles
	Last   int   `json:"last_bundle"`     //
	Part   int   `json:"part,omitempty"`  // of a bundle that no box holds, from 1
	Parts  int   `json:"parts,omitempty"` // into which that bundle is divided
	Sheets int   `json:"sheets"`
	Grams  int64 `json:"grams"` // weight of the paper
}

// FirstPages is what to print and look at before the rest.
type FirstPages struct {
	Path   string `json:"path"`   // the first bundle
	Letter string `json:"letter"` // the id at its first letter, which follows the slip sheet
}

// Paper finds the paper that a manifest names: its name in IPP and its measures (PWG 5101.1; ISO 216; ANSI/ASME Y14.1).
func (m *Manifest) Paper() (TicketPaper, bool) {
	for _, p := range []TicketPaper{
		{Name: "a4", Media: "iso_a4_210x297mm", Width: 21000, Height: 29700},
		{Name: "letter", Media: "na_letter_8.5x11in", Width: 21590, Height: 27940},
	} {
		if p.Name == m.Letter.Paper {
			return p, true
		}
	}
	return TicketPaper{}, false
}

// Grams is the weight of so many sheets of a paper, to the nearest gram.
func (p TicketPaper) Grams(sheets int) int64 {
	// A square metre is 10^10 square hundredths of a millimetre, so this is in millionths of a gram.
	sheet := int64(p.Width) * int64(p.Height) * int64(p.Grammage) / 10_000
	return (sheet*int64(sheets) + 500_000) / 1_000_000
}

// TwoSided tells whether the packet is made for printing on both sides: then a bundle has fewer sheets than pages.
func (m *Manifest) TwoSided() bool { return m.Sheets < m.Pages }

// Encode writes the ticket, always in the same way.
func (t *JobTicket) Encode() ([]byte, error) {
	t.Format = ticketFormat
	data, err := canonicalJSON(t, "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the job ticket: %w", err)
	}
	return append(data, '\n'), nil
}

// parseTicket reads a job ticket.
func parseTicket(data []byte) (*JobTicket, error) {
	t := new(JobTicket)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("it is no job ticket: %w", err)
	}
	if t.Format != ticketFormat {
		return nil, fmt.Errorf("its format is %s, and this Postbag knows %s", shown(t.Format), ticketFormat)
	}
	return t, nil
}
