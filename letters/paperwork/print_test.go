package paperwork

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/config"
	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
)

// printIn is jobIn with all that a printer can be told, and so many bundles.
func printIn(t testing.TB, language, paper string, bundles int) *Job {
	t.Helper()
	j := jobIn(t, language, paper, "letter")
	j.Campaign.Print = config.Print{
		Printer: "box", Grammage: 90, Copies: 2, Staple: "top-left", BoxSheets: 2500, Contact: "Siân Prydderch, +44 20 7946 0123", NeededBy: dayOf(2026, 12, 7), DestroyBy: dayOf(2027, 1, 31),
		DeliverTo: []string{"River Watch", "1 Sample Street", "12345 Sampletown"}, Notes: []string{"White paper, no letterhead.", "Ring twice."},
	}
	m := j.Manifest
	m.Recipient = packet.Recipient{Name: j.Campaign.Recipient.Name, Title: j.Campaign.Recipient.Title, Company: j.Campaign.Recipient.Company}
	m.Sender.Organisation, m.Bundles, m.Letters, m.Pages, m.Sheets = j.Campaign.Sender.Organisation, nil, 0, 0, 0
	for i := range bundles {
		b := packet.Bundle{Path: fmt.Sprintf("deliver/bundles/bundle-%04d.pdf", i+1), Letters: 1000, Pages: 2001, Sheets: 2001 - i%7, Recipient: 0,
			First: fmt.Sprintf("%s-%06d", m.Campaign, 1000*i+1), Last: fmt.Sprintf("%s-%06d", m.Campaign, 1000*i+1000)}
		m.Bundles = append(m.Bundles, b)
		m.Letters, m.Pages, m.Sheets = m.Letters+b.Letters, m.Pages+b.Pages, m.Sheets+b.Sheets
	}
	return j
}

func dayOf(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// What the printer and the front desk get, as it is printed: by all readers, by where its words stand, and by its looks.
func TestPapersForPrinterAndFrontDeskLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "pdftoppm", "mutool", "gs", "pdffonts")
	for _, c := range []struct {
		path    string
		bundles int
		pages   int
	}{{"deliver/06-receipt.pdf", 7, 2}, {"print/job-ticket.pdf", 7, 2}, {"print/box-labels.pdf", 2, 2}} {
		for language := range campaigns {
			for paper, size := range papers {
				looked := language == "en" || language == "de" || language == "ar"
				if !looked && paper == "letter" {
					continue
				}
				name := fmt.Sprintf("%s-%s-%s", strings.TrimSuffix(filepath.Base(c.path), ".pdf"), language, paper)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					file, pages := makeDocument(t, printIn(t, language, paper, c.bundles), c.path)
					if pages != c.pages {
						t.Errorf("%d pages, want %d", pages, c.pages)
					}
					for page := 1; page <= pages; page++ {
						looks.Apart(t, file, page, size[0], size[1])
					}
					if !looked {
						return
					}
					looks.Like(t, filepath.Join("testdata", name+".png"), looks.Page(t, file, 1, 50), *update)
				})
			}
		}
	}
}

// benchmarkPrint makes a document of a packet of a million letters in a thousand bundles.
func benchmarkPrint(b *testing.B, name string) {
	j := printIn(b, "en", "a4", 1000)
	words, err := wordsIn("en", j.Tongue)
	if err != nil {
		b.Fatal(err)
	}
	work := newWork(j, words, 0)
	for b.Loop() {
		work.ticket = nil
		for _, d := range documents() {
			if d.name != name {
				continue
			}
			if err := d.make(context.Background(), work, io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkReceipt(b *testing.B)   { benchmarkPrint(b, "receipt") }
func BenchmarkJobTicket(b *testing.B) { benchmarkPrint(b, "job-ticket") }
func BenchmarkBoxLabels(b *testing.B) { benchmarkPrint(b, "box-labels") }

// Whatever a campaign writes into its settings, nothing leaves the paper or stands over something else, and every label is whole.
func TestLongTextsDoNotLeaveThePapersForThePrinter(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	long := strings.Repeat("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", 3)
	for paper, language := range map[string]string{"a4": "de", "letter": "ar"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			size := papers[paper]
			j := printIn(t, language, paper, 12)
			c := j.Campaign
			c.Sender.Organisation, c.Sender.Contact = "Vereinigung "+long, long
			c.Recipient.Name, c.Recipient.Company = "مؤسسة "+strings.Repeat("الرسائل الطويلة ", 30), long
			j.Manifest.Recipient.Name, j.Manifest.Recipient.Company, j.Manifest.Sender.Organisation = c.Recipient.Name, long, c.Sender.Organisation
			j.Recipients[0].Recipient = c.Recipient
			c.Print.Contact, c.Print.Notes = "Siân "+long, []string{long + " " + long, strings.Repeat("Ring twice. ", 200)}
			c.Print.DeliverTo = strings.Fields(strings.Repeat("Tor Hof Haus ", 8))
			for _, path := range []string{"deliver/06-receipt.pdf", "print/job-ticket.pdf", "print/box-labels.pdf"} {
				file, pages := makeDocument(t, j, path)
				for page := 1; page <= pages; page++ {
					looks.Apart(t, file, page, size[0], size[1])
				}
			}
		})
	}
}
