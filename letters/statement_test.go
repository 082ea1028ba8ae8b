package letters

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"go.yaml.in/yaml/v3"

	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/templates"
)

// recordedStatus is what two packets to two recipients might come to, with the clock standing still.
func recordedStatus(language, paper string) *packet.Status {
	hash := func(digit string) string { return strings.Repeat(digit, 64) }
	m := &packet.Manifest{Campaign: "river-2026", Sender: packet.Organisation{Organisation: "River Watch", Contact: "campaigns@example.org"},
		Letter: packet.Wording{Date: "2026-11-23", Language: language, Paper: paper}}
	m.Recipient = packet.Recipient{Name: "Alex Sample", Title: "Chief Executive Officer", Company: "Sample Holdings"}
	m.Recipients = []packet.Addressee{{Recipient: m.Recipient}, {Recipient: packet.Recipient{Name: "دانة عيّنة", Title: "Chair", Company: "Sample Holdings"}}}
	entry := func(number int, e packet.RecordEntry) packet.StatusEntry {
		e.Number, e.Recorded = number, "2026-11-26T09:00:00Z"
		return packet.StatusEntry{RecordEntry: e}
	}
	struck := entry(5, packet.RecordEntry{What: packet.Accepted, Bundles: packet.BundlesOf(9), Letters: 500, At: "2026-11-24", Place: "hidden place"})
	struck.StruckBy = 6
	withdrawn := 3
	tally := packet.Tally{All: packet.Share{Bundles: 12, Letters: 6000, Sheets: 6012}, Delivered: packet.Share{Bundles: 8, Letters: 4000, Sheets: 4008},
		Refused: packet.Share{Bundles: 1, Letters: 500, Sheets: 501}, OnTheWay: packet.Share{Bundles: 2, Letters: 1000, Sheets: 1002}, Outstanding: packet.Share{Bundles: 1, Letters: 500, Sheets: 501}}
	half := packet.Tally{All: packet.Share{Letters: 3000}, Delivered: packet.Share{Letters: 2000}, Refused: packet.Share{Letters: 500}, OnTheWay: packet.Share{Letters: 500}}
	return &packet.Status{Campaign: m.Campaign, Tally: tally, Withdrawn: &withdrawn, Missing: []packet.Earlier{{Letters: 1234567}},
		Recipients: []packet.RecipientStatus{{Name: "Alex Sample", Company: "Sample Holdings", Tally: half}, {Name: "دانة عيّنة", Company: "Sample Holdings", Tally: half}},
		Packets: []packet.PacketStatus{
			{Account: m, First: "river-2026-000001", Last: "river-2026-005500", Root: hash("a"), Manifest: hash("b"), Head: hash("c"), Of: packet.BundlesBy{OnTheWay: packet.BundlesOf(10, 11)},
				Entries: []packet.StatusEntry{
					entry(1, packet.RecordEntry{What: packet.Printed, Bundles: packet.BundlesOf(1), Letters: 500, At: "2026-11-22", Print: &packet.PrintJob{Printer: "hidden printer", Copies: 1}}),
					entry(2, packet.RecordEntry{What: packet.Accepted, Bundles: packet.BundlesOf(1, 2, 3, 4, 5, 7, 8), Letters: 3500, At: "2026-11-24T14:30:00+01:00", Place: "Sample Holdings, head office, 2 Sample Avenue, 54321 Samplecity",
						To: &packet.Person{Name: "Hidden Person", Role: "front desk"}, By: &packet.Person{Name: "Handed over by"}, Note: "hidden note",
						Evidence: []packet.Evidence{{Name: "hidden-person.jpg", SHA256: hash("d"), Bytes: 9}}}),
					entry(3, packet.RecordEntry{What: packet.Refused, Bundles: packet.BundlesOf(6), Letters: 500, At: "2026-11-24", Reason: "لا تُقبل الطرود بلا موعد (no deliveries without an appointment)", To: &packet.Person{Name: "Hidden Person"}}),
					entry(4, packet.RecordEntry{What: packet.Sent, Bundles: packet.BundlesOf(10, 11), Letters: 1000, At: "2026-11-25", Carrier: "Post", Tracking: "secret 999"}),
					struck, entry(6, packet.RecordEntry{What: packet.Struck, Strikes: 5, Reason: "hidden reason"}),
					entry(7, packet.RecordEntry{What: packet.Sent, Bundles: packet.BundlesOf(8), Letters: 500, At: "2026-11-23", Carrier: "Post", Tracking: "RR 123 456 789 XX"}),
				}},
			{Account: m, First: "river-2026-005501", Last: "river-2026-006000", Root: hash("e"), Manifest: hash("f"), Entries: []packet.StatusEntry{}},
		}}
}

// statementFile writes the statement of a status.
func statementFile(t *testing.T, status *packet.Status, language string, names bool) (file string, pages int) {
	t.Helper()
	s, err := newStatement(status, language, names)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "statement.pdf")
	err = writeFile(file, func(f *os.File) (err error) {
		pages, err = writeDocument(context.Background(), f, status.Packets[0].Account, s.language, s.document())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return file, pages
}

func TestReadersTakeStatementsAndTheyLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "pdftoppm", "mutool", "gs", "pdffonts")
	for paper := range papers {
		for _, language := range []string{"en", "de", "es", "fr", "ar"} {
			t.Run(language+" "+paper, func(t *testing.T) {
				t.Parallel()
				file, pages := statementFile(t, recordedStatus(language, paper), language, false)
				outside.Accepted(t, file)
				strict := model.NewDefaultConfiguration()
				strict.ValidationMode = model.ValidationStrict
				if err := api.ValidateFile(file, strict); err != nil {
					t.Errorf("pdfcpu: %v", err)
				}
				for page := 1; page <= pages; page++ {
					looks.Apart(t, file, page, papers[paper].right, papers[paper].bottom)
				}
				if dir := os.Getenv("POSTBAG_KEEP"); dir != "" { // for a look at them
					outside.Run(t, "cp", file, filepath.Join(dir, language+"-"+paper+".pdf"))
				}
				if language != "es" && language != "fr" {
					wantPicture(t, fmt.Sprintf("../statements/%s-%s", language, paper), inkOf(t, file, 1, 40))
				}
			})
		}
	}
}

// A statement goes to the press: whoever handed over or took a bundle did not agree to be in it.
func TestAStatementNamesNobodyUnlessAsked(t *testing.T) {
	outside.Needs(t, "pdftotext")
	flat := func(file string) string {
		text, _ := outside.Run(t, "pdftotext", "-raw", file, "-")
		return strings.Join(strings.Fields(text), " ")
	}
	file, _ := statementFile(t, recordedStatus("en", "a4"), "en", false)
	text := flat(file)
	for _, word := range []string{"Hidden", "hidden", "secret 999"} {
		if strings.Contains(text, word) {
			t.Errorf("%q stands in the statement", word)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil || bytes.Contains(bytes.ToLower(data), []byte("hidden")) {
		t.Errorf("a hidden word is in the file: %v", err)
	}
	for _, words := range []string{"4,000", "front desk", "2 Sample Avenue", "no deliveries without an appointment", "1-5, 7-8", "RR 123 456 789 XX", "14:30",
		"withdrawn since: 3", "not counted here: 1,234,567", "Entries that were struck as wrong and are not shown: 1", "Nothing is recorded yet", "cccccccc", "dddddddd", "As recorded on November 26, 2026"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q does not stand in the statement:\n%s", words, text)
		}
	}
	file, _ = statementFile(t, recordedStatus("en", "a4"), "en", true)
	text = flat(file)
	for _, words := range []string{"Hidden Person, front desk", "Handed over by"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q does not stand in the statement with names", words)
		}
	}
	if strings.Contains(text, "hidden note") {
		t.Error("a note stands in the statement")
	}
}

// An open letter is one document: what was delivered of it are signatures.
func TestAStatementOfASharedDocumentCountsSignatures(t *testing.T) {
	outside.Needs(t, "pdftotext")
	status := recordedStatus("en", "a4")
	status.Packets[0].Account.Letter.Form = string(templates.FormOpenLetter)
	file, _ := statementFile(t, status, "en", false)
	text, _ := outside.Run(t, "pdftotext", "-raw", file, "-")
	if strings.Contains(text, "etters") || !strings.Contains(text, "Signatures") {
		t.Error(text)
	}
}

func TestTheSameRecordsMakeTheSameStatement(t *testing.T) {
	var first []byte
	for _, zone := range []string{"UTC", "Pacific/Kiritimati"} {
		t.Setenv("TZ", zone)
		file, _ := statementFile(t, recordedStatus("ar", "letter"), "ar", false)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("in %s the bytes differ", zone)
		}
	}
}

// A campaign of months has hundreds of hand-overs, and people type what they like.
func TestALongStatementGoesOverPages(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	status := recordedStatus("en", "a4")
	p := &status.Packets[0]
	for n := len(p.Entries) + 1; n <= 300; n++ {
		e := p.Entries[2]
		e.Number, e.Place = n, strings.Repeat("W", n)+" 😀 محمد"
		p.Entries = append(p.Entries, e)
	}
	file, pages := statementFile(t, status, "en", false)
	if pages < 10 {
		t.Errorf("%d pages", pages)
	}
	outside.Accepted(t, file)
	text, _ := outside.Run(t, "pdftotext", "-layout", file, "-")
	if heads := strings.Count(text, "Where and to whom"); heads < pages-2 {
		t.Errorf("the table's heading stands %d times on %d pages", heads, pages)
	}
	for page := 1; page <= pages; page++ {
		looks.Apart(t, file, page, papers["a4"].right, papers["a4"].bottom)
	}
}

// A language in which a sentence is missing, or a place in it, would print half a statement.
func TestStatementsHaveAllWordsInEveryLanguage(t *testing.T) {
	var table map[string]statementWords
	d := yaml.NewDecoder(bytes.NewReader(statementWordsYAML))
	d.KnownFields(true)
	if err := d.Decode(&table); err != nil {
		t.Fatal(err)
	}
	if len(table) != 5 {
		t.Errorf("%d languages", len(table))
	}
	places := func(s string) []string {
		found := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(s, -1)
		slices.Sort(found)
		return found
	}
	var compare func(language, name string, english, other reflect.Value)
	compare = func(language, name string, english, other reflect.Value) {
		if name == "Shared" {
			return
		}
		switch english.Kind() {
		case reflect.Struct:
			for i := range english.NumField() {
				compare(language, english.Type().Field(i).Name, english.Field(i), other.Field(i))
			}
		case reflect.Map:
			for _, key := range english.MapKeys() {
				if value := other.MapIndex(key); !value.IsValid() || value.String() == "" {
					t.Errorf("%s has no word for %s %s", language, name, key)
				}
			}
		default:
			if other.String() == "" || !slices.Equal(places(english.String()), places(other.String())) {
				t.Errorf("%s: %s is %q, and in English %q", language, name, other, english)
			}
		}
	}
	for language, words := range table {
		compare(language, "", reflect.ValueOf(table["en"]), reflect.ValueOf(words))
		english, shared := table["en"], words
		before := english
		for _, w := range []*statementWords{&english, &shared} {
			if err := w.Shared.Decode(w); err != nil {
				t.Fatal(err)
			}
		}
		compare(language, "", reflect.ValueOf(english), reflect.ValueOf(shared))
		for i := range reflect.TypeFor[statementWords]().NumField() { // what changes in English changes in every language
			name := reflect.TypeFor[statementWords]().Field(i).Name
			a, b := reflect.ValueOf(before).Field(i), reflect.ValueOf(english).Field(i)
			c, d := reflect.ValueOf(words).Field(i), reflect.ValueOf(shared).Field(i)
			if name != "Shared" && reflect.DeepEqual(a.Interface(), b.Interface()) != reflect.DeepEqual(c.Interface(), d.Interface()) {
				t.Errorf("%s of documents that are shared: %q, and in English %q", language, d, b)
			}
		}
		if len(words.Events) != 3 {
			t.Errorf("%s has %d words for events", language, len(words.Events))
		}
	}
}
