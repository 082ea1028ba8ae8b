package paperwork

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"postbag/config"
	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/typeset"
)

var update = flag.Bool("update", false, "write the pictures of the documents anew; look at them before they are committed")

// papers are the sheets in millimetres: ISO 216, and ANSI/ASME Y14.1.
var papers = map[string][2]float64{"a4": {210, 297}, "letter": {215.9, 279.4}}

// campaigns are what documents say in each language.
var campaigns = map[string]config.Campaign{
	"en": {Recipient: config.Recipient{Name: "Alexander Karp", Title: "Chief Executive Officer", Company: "Palantir Technologies Inc.", Salutation: "Dear Mr Karp,"},
		Paperwork: config.Paperwork{Request: []string{"Publish an account of your contracts with Immigration and Customs Enforcement: which products you supply, for which operations, and with what limits."},
			Signed: []string{"Siân Prydderch", "Director of Campaigns"}}},
	"de": {Recipient: config.Recipient{Name: "Alexander Karp", Title: "Vorstandsvorsitzender", Company: "Palantir Technologies Inc.", Salutation: "Sehr geehrter Herr Karp,"}},
	"es": {Recipient: config.Recipient{Name: "Alexander Karp", Title: "Director ejecutivo", Company: "Palantir Technologies Inc.", Salutation: "Estimado Sr. Karp:"}},
	"fr": {Recipient: config.Recipient{Name: "Alexander Karp", Title: "Directeur général", Company: "Palantir Technologies Inc.", Salutation: "Monsieur,"}},
	"ar": {Recipient: config.Recipient{Name: "Alexander Karp", Title: "Chief Executive Officer", Company: "Palantir Technologies Inc.", Salutation: "السيد ألكسندر كارب المحترم،"},
		Paperwork: config.Paperwork{Request: []string{"نشر بيان بعقودكم مع وكالة الهجرة والجمارك الأمريكية: أي منتجات توردون، ولأي عمليات، وبأي حدود."}, Signed: []string{"سناء الخطيب", "مديرة الحملات"}}},
}

// isoTongue writes dates as numbers and pages without words: those are the letters' own, and tested there.
func isoTongue(tag string) Tongue {
	tongue := plainTongue(tag)
	tongue.PageOf = func(page, pages int) string { return fmt.Sprintf("%d / %d", page, pages) }
	return tongue
}

const wording = "Transparency and human rights at Palantir Technologies Inc.\n\nI am writing about the software that your company supplies, and about the people on " +
	"whom it has been used.\n\n1. publish an account of your contracts;\n\n{{if comment}}I add, in my own words: “{{comment}}”{{end}}\n\nYours sincerely,\n"

// jobIn is paperwork with everything fixed, so that its pictures change only when its looks do.
func jobIn(t testing.TB, language, paper, form string) *Job {
	t.Helper()
	c := campaigns[language]
	c.Name, c.Sender = "palantir-2026", config.Sender{Organisation: "Letters for Rights", Address: []string{"1 Example Street", "London W1A 1AA"}, Contact: "letters@example.org"}
	c.Recipient.Address = []string{"c/o Corporate Secretary"}
	c.Letter = config.Letter{Date: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Language: language, Paper: paper}
	c.Paperwork.ReplyBy, c.Paperwork.Documents = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), []string{"cover-letter", "letter-text"}
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := typeset.PaperNamed(paper)
	const hash = "b2ef393ccfd82daba91b99f70de2b32083748d01244b6b7375a48f401d3712b2"
	m := &packet.Manifest{
		Campaign: c.Name, Letter: packet.Wording{Form: form, Template: "letter.md", WordingHash: strings.Repeat("67558574", 8), Date: "2026-11-23", Language: language, Paper: paper},
		Signers: 12345, Letters: 12345, First: 1, Tree: &packet.Tree{Root: hash, Size: 12345},
		Bundles: []packet.Bundle{{Letters: 12000, Pages: 12001, Sheets: 12001, First: "palantir-2026-000001", Last: "palantir-2026-012000"},
			{Letters: 345, Pages: 346, Sheets: 346, First: "palantir-2026-012001", Last: "palantir-2026-012345"}},
	}
	design := typeset.Design{
		Paper: sheet, Language: language, Sender: append([]string{c.Sender.Organisation}, c.Sender.Address...), Contact: c.Sender.Contact, Reference: "palantir-2026-", IDLabel: "Our reference",
	}
	return &Job{Campaign: &c, Manifest: m, Hash: hash, Fonts: fonts, Design: design, Tongue: isoTongue(language), Signers: Signers{Comment: -1},
		Recipients: []Recipient{{Recipient: c.Recipient, Wording: wording}}}
}

// makeDocument makes a document and hands it to every reader.
func makeDocument(t *testing.T, j *Job, path string) (file string, pages int) {
	t.Helper()
	words, err := wordsIn(j.Campaign.Letter.Language, j.Tongue)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range documents() {
		if d.path != path {
			continue
		}
		var out bytes.Buffer
		if err := d.make(context.Background(), newWork(j, words, 0), &out); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(t.TempDir(), filepath.Base(path))
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		outside.Accepted(t, file)
		n, err := api.PageCountFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return file, n
	}
	t.Fatalf("there is no document %s", path)
	return "", 0
}

// Documents as they are printed, on both papers and in every language: by all readers, by where their words stand, and by their looks.
func TestDocumentsLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "pdftoppm", "mutool", "gs", "pdffonts")
	for language := range campaigns {
		for paper, size := range papers {
			for _, path := range []string{"deliver/01-cover-letter.pdf", "deliver/02-letter-text.pdf"} {
				name := fmt.Sprintf("%s-%s-%s", strings.TrimSuffix(filepath.Base(path), ".pdf"), language, paper)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					file, pages := makeDocument(t, jobIn(t, language, paper, "letter"), path)
					if pages != 1 {
						t.Errorf("%d pages, want it on one", pages)
					}
					for page := 1; page <= pages; page++ {
						looks.Apart(t, file, page, size[0], size[1])
					}
					looks.Like(t, filepath.Join("testdata", name+".png"), looks.Page(t, file, 1, 50), *update)
				})
			}
		}
	}
}
