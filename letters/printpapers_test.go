package letters

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/internal/outside"
	"postbag/letters/packet"
)

// What the front desk signs and the printer is told is what the manifest says, bundle by bundle; each recipient has a receipt of their own bundles
// in two copies, and no box holds bundles of two.
func TestReceiptAndJobTicketSayWhatThePacketHolds(t *testing.T) {
	outside.Needs(t, "pdftotext")
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, toSeveral(t, board[:2], nil), map[string]string{
		"specimen": "no", "bundles.letters": "30", "print.box_sheets": "80", "print.copies": "2", "print.staple": "top-left", "print.destroy_by": "2027-01-31", "print.needed_by": "2026-12-07",
		"print.contact": "Siân Prydderch, +44 20 7946 0123", "print.deliver_to": "River Watch | 12345 Sampletown", "print.notes": "Ring twice.",
	}), Options{Out: out})
	if len(m.Bundles) != 10 || m.Letters != 2*m.Signers {
		t.Fatalf("the sample has %d letters in %d bundles", m.Letters, len(m.Bundles))
	}
	manifest, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for k := range 2 {
		text := textOf(t, filepath.Join(out, "deliver", fmt.Sprintf("06-receipt-%d.pdf", k+1)))
		copies := strings.Split(text, "Copy for whoever ")
		if len(copies) != 3 || strings.Count(text, "Page 1 of") != 2 {
			t.Fatalf("receipt %d has %d copies:\n%s", k+1, len(copies)-1, text)
		}
		for _, c := range copies[1:] {
			for i, b := range m.Bundles {
				row := fmt.Sprintf("%d %s – %s %d %d", i+1, b.First, b.Last, b.Letters, b.Sheets)
				if strings.Contains(flat(c), row) != (b.Recipient == k+1) {
					t.Errorf("receipt %d lists bundle %d wrongly, want %q:\n%s", k+1, i+1, row, c)
				}
			}
			for _, want := range []string{fmt.Sprintf("Total %d %d", m.Signers, m.Signers+5), board[k].name, "The delivery was refused", "Witness", "Date and time"} {
				if !strings.Contains(flat(c), want) {
					t.Errorf("receipt %d does not say %q:\n%s", k+1, want, c)
				}
			}
			for _, hash := range []string{hashOf(manifest), m.Tree.Root} {
				if !strings.Contains(strings.ReplaceAll(c, " ", ""), hash) {
					t.Errorf("receipt %d lacks the hash %s", k+1, hash)
				}
			}
		}
	}

	data, err := os.ReadFile(filepath.Join(out, "print", "job-ticket.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ticket packet.JobTicket
	if err := json.Unmarshal(data, &ticket); err != nil {
		t.Fatal(err)
	}
	if ticket.Manifest != hashOf(manifest) || ticket.Sheets != m.Sheets || ticket.Copies != 2 || ticket.Sides != packet.OneSided || len(ticket.Files) != len(m.Bundles) {
		t.Errorf("the job ticket says %s", data)
	}
	for i, f := range ticket.Files {
		if b := m.Bundles[i]; f.Path != b.Path || f.SHA256 != b.SHA256 || f.Sheets != b.Sheets || f.Pages != b.Pages || f.First != b.First || f.Last != b.Last {
			t.Errorf("file %d of the job ticket is %+v, and by the manifest %+v", i+1, f, b)
		}
	}
	sheet := flat(textOf(t, filepath.Join(out, "print", "job-ticket.pdf")))
	for _, want := range []string{"A4, 210 × 297 mm, 80 g/m²", "one side only", "each letter of more than one sheet, top left", "2: each file 2 times", fmt.Sprintf("Sheets in all %d", 2*m.Sheets),
		"7 December 2026", "Destroy the files and all that is left over by 31 January 2027", "Siân Prydderch, +44 20 7946 0123", "River Watch 12345 Sampletown", "Ring twice.",
		"bundle-0001.pdf the slip sheet and the first letter, which has the number palantir-sample-000001"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the job ticket does not say %q:\n%s", want, sheet)
		}
	}
	labels := flat(textOf(t, filepath.Join(out, "print", "box-labels.pdf")))
	for _, box := range ticket.Boxes {
		to := board[m.Bundles[box.First-1].Recipient-1]
		if m.Bundles[box.First-1].Recipient != m.Bundles[box.Last-1].Recipient {
			t.Errorf("box %d holds bundles of two recipients", box.Box)
		}
		for set := range 2 {
			want := fmt.Sprintf("Box %d of %d Set %d of 2 From Letters for Rights, Siân Prydderch, +44 20 7946 0123 To %s, %s, %s Deliver to River Watch 12345 Sampletown",
				box.Box, len(ticket.Boxes), set+1, to.name, to.title, to.company)
			if !strings.Contains(labels, want) {
				t.Errorf("no label says %q", want)
			}
		}
	}
	if t.Failed() {
		t.Logf("the labels say %s", labels)
	}
}
