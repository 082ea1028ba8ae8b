package press

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"postbag/letters/internal/outside"
	"postbag/letters/merge"
	"postbag/letters/typeset"
	"postbag/templates"
)

// signerFields are the slots of the letters in these tests.
type signerFields struct{}

func (signerFields) Constant(string) (string, bool) { return "", false }

func (signerFields) Slot(name string) (int, bool) {
	switch name {
	case "name":
		return 0, true
	case "place":
		return 1, true
	}
	return 0, false
}

const wording = "I am writing about the software that your company supplies to an agency of the government, and about what is known of its use. " +
	"The people whom it touches have no say in it, and those who own shares in the company are told little about it."

// testLetter is a short letter; inBody puts the signer's name into a paragraph, paragraphs says how many there are.
func testLetter(inBody bool, paragraphs int) []typeset.Element {
	text := func(s string) templates.Inline { return templates.Inline{Text: s} }
	elements := []typeset.Element{
		{Role: typeset.Address, Block: merge.Literal("Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.")},
		{Role: typeset.Date, Block: merge.Literal("23 November 2026")},
		{Role: typeset.Salutation, Block: merge.Literal("Dear Mr Karp,")},
	}
	var blocks []templates.Block
	for i := range paragraphs {
		inline := []templates.Inline{text(wording)}
		if inBody && i < 2 {
			inline = []templates.Inline{text("My name is "), {Field: "name", Style: templates.Italic}, text(", and I live in "), {Field: "place"}, text(". " + wording)}
		}
		blocks = append(blocks, templates.Block{Inline: inline})
	}
	for _, b := range merge.Compile(blocks, signerFields{}) {
		elements = append(elements, typeset.Element{Role: typeset.Body, Block: b})
	}
	return append(elements,
		typeset.Element{Role: typeset.Closing, Block: merge.Literal("Yours sincerely,")},
		typeset.Element{Role: typeset.Signature, Block: merge.Value(0)},
		typeset.Element{Role: typeset.Signature, Block: merge.Value(1)})
}

// slipWords are those of the slip sheets in these tests.
var slipWords = SlipWords{
	Bundle: "Bundle {a} of {b}", To: "Letters to", Campaign: "Campaign", Count: "Letters", First: "First letter", Last: "Last letter", Group: "Group", Groups: "Groups",
	Pages: "Pages", Sheets: "Sheets of paper", Hash: "Hash of the letters", Ungrouped: "not stated", FromTo: "{a}, from {first} to {last}", PagesInAll: "{a} in all, this sheet included",
	SheetsInAll: "{a} in all, this sheet included, printed on one side", List: "Letters of bundle {a} of {b}", ListNote: "A number in brackets says how many sheets a letter has.",
	Foot: []string{"This sheet lies on top of its bundle.", "If a letter or a sheet is missing, please write to letters@example.org."},
}

// newPress makes a press for the letter.
func newPress(t testing.TB, elements []typeset.Element, duplex bool, signers [][]string) (*Press, *typeset.Layout) {
	t.Helper()
	return newPressWith(t, nil, elements, duplex, signers)
}

// newPressWith makes a press that sets with the campaign's fonts first.
func newPressWith(t testing.TB, fontFiles []string, elements []typeset.Element, duplex bool, signers [][]string) (*Press, *typeset.Layout) {
	t.Helper()
	fonts, err := typeset.LoadFonts(fontFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range signers {
		for _, v := range s {
			fonts.Missing(v)
		}
	}
	paper, _ := typeset.PaperNamed("a4")
	design := typeset.Design{
		Paper: paper, Language: "en", Justify: true, Specimen: true,
		Sender: []string{"Letters for Rights", "1 Example Street", "London"}, Running: "Alexander Karp", Reference: "test-",
	}
	layout, err := typeset.NewLayout(fonts, design, elements, signers[0], Draw)
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Layout: layout, Paper: paper, Language: "en", Duplex: duplex, Specimen: true, Seed: "test", Slip: Slip{
		Campaign: "test", Sender: "Letters for Rights", Recipient: []string{"Alexander Karp", "Palantir Technologies Inc."},
		Reference: "test-", Bundles: 1, Words: slipWords,
	}}
	p, err := New(job, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	return p, layout
}

// makeBundle writes a bundle of the signers and returns it with its count.
func makeBundle(t testing.TB, elements []typeset.Element, duplex bool, signers [][]string) ([]byte, Count) {
	t.Helper()
	p, layout := newPress(t, elements, duplex, signers)
	var out bytes.Buffer
	count, err := p.NewWorker(layout.NewSetter()).Bundle(context.Background(), &out, Order{Number: 1, First: 1, Letters: len(signers),
		Values: func(i int) []string { return signers[i] }})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), count
}

// people have names in several scripts, and things in them that a PDF could stumble over.
var people = [][]string{
	{"Zoë Łukasiewicz", "Leeds, United Kingdom"}, {"Nguyễn Thị Hương", "Huế"}, {"Шевченко Οδυσσεύς", "Київ, Ukraine"},
	{"AVATAR WAVE To. T.", "Åre (\\)"}, {"(((\\) )))", "<</Type/Page>> endstream"}, {"{{.x}} **b**", "%PDF-1.7"},
	{strings.Repeat("Wolfeschlegelstein", 17), strings.Repeat("place ", 60)}, {"X", ""},
}

func write(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// pagesOf reads a PDF's text page by page, white space aside.
func pagesOf(t *testing.T, file string) []string {
	t.Helper()
	text, _ := outside.Run(t, "pdftotext", file, "-")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	for i := range pages {
		pages[i] = strings.Join(strings.Fields(pages[i]), "")
	}
	return pages
}

func TestReadersTakeBundlesOfAnyKind(t *testing.T) {
	for name, c := range map[string]struct {
		inBody     bool
		paragraphs int
		duplex     bool
	}{
		"one page":           {false, 4, false},
		"name in the body":   {true, 4, false},
		"several pages":      {false, 17, false},
		"both sides":         {true, 4, true},
		"several both sides": {true, 17, true},
	} {
		t.Run(name, func(t *testing.T) {
			pdf, count := makeBundle(t, testLetter(c.inBody, c.paragraphs), c.duplex, people)
			file := write(t, pdf)
			if err := api.ValidateFile(file, strict()); err != nil {
				t.Errorf("pdfcpu: %v", err)
			}
			want := count.Pages
			if c.duplex {
				want = count.Pages / 2
				if count.Pages%2 != 0 {
					t.Errorf("%d pages printed on both sides", count.Pages)
				}
			}
			if count.Sheets != want {
				t.Errorf("%d sheets for %d pages", count.Sheets, count.Pages)
			}
			outside.Accepted(t, file)
			npages, _ := outside.Run(t, "qpdf", "--show-npages", file)
			if got := strings.TrimSpace(npages); got != strconv.Itoa(count.Pages) {
				t.Errorf("qpdf counts %s pages, the bundle %d", got, count.Pages)
			}
		})
	}
}

// strict is pdfcpu's strict mode, without its folder in the user's home.
func strict() *model.Configuration {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	return conf
}

func TestNamesAndPlacesAreReadBackWhereTheyStand(t *testing.T) {
	outside.Needs(t, "pdftotext")
	for _, inBody := range []bool{false, true} {
		pdf, _ := makeBundle(t, testLetter(inBody, 3), false, people)
		pages := pagesOf(t, write(t, pdf))
		if len(pages) < len(people)+1 {
			t.Fatalf("%d pages for %d letters", len(pages), len(people))
		}
		at := 1
		for i, person := range people {
			text := pages[at]
			for at++; at < len(pages) && !strings.Contains(pages[at], "DearMrKarp"); at++ {
				text += pages[at]
			}
			for _, value := range person {
				if want := strings.Join(strings.Fields(value), ""); !strings.Contains(text, want) {
					t.Errorf("letter %d does not say %.40q: %q", i+1, value, text)
				}
			}
			if id := LetterID("test-", i+1); !strings.Contains(text, id) {
				t.Errorf("letter %d does not carry its number %s", i+1, id)
			}
		}
	}
}

// Two workers, one of them with other bundles behind it, must make the same bytes.
func TestABundleDoesNotDependOnWhoMakesIt(t *testing.T) {
	p, layout := newPress(t, testLetter(true, 4), false, people)
	order := Order{Number: 2, First: 11, Letters: len(people), Values: func(i int) []string { return people[i] }}
	other := Order{Number: 1, First: 1, Letters: 500, Values: func(i int) []string {
		return []string{fmt.Sprintf("Someone Else-%d Çelik", i), "Elsewhere, " + strconv.Itoa(i%7)}
	}}
	produce := func(w *Worker, o Order) []byte {
		var out bytes.Buffer
		if _, err := w.Bundle(context.Background(), &out, o); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	fresh := produce(p.NewWorker(layout.NewSetter()), order)
	used := p.NewWorker(layout.NewSetter())
	first := produce(used, other)
	if again := produce(used, order); !bytes.Equal(fresh, again) {
		t.Errorf("a worker that made another bundle before makes %d bytes that differ from a fresh one's %d", len(again), len(fresh))
	}
	if again := produce(used, other); !bytes.Equal(first, again) {
		t.Error("the same order gives other bytes the second time")
	}
}

func TestALargeBundleHasABalancedPageTree(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 70,000 letters")
	}
	signers := make([][]string, 70_000)
	for i := range signers {
		signers[i] = people[i%5]
	}
	pdf, count := makeBundle(t, testLetter(false, 2), false, signers)
	if count.Pages != 70_001 {
		t.Fatalf("%d pages", count.Pages)
	}
	for _, kids := range regexp.MustCompile(`/Kids\[([^\]]*)\]`).FindAllSubmatch(pdf[len(pdf)-8<<20:], -1) {
		if n := bytes.Count(kids[1], []byte(" R")); n > fanOut {
			t.Fatalf("a node of the page tree has %d kids", n)
		}
	}
	npages, _ := outside.Run(t, "qpdf", "--show-npages", write(t, pdf))
	if strings.TrimSpace(npages) != "70001" {
		t.Errorf("qpdf counts %s pages", npages)
	}
}

func TestPageLabelsAreLetterIDs(t *testing.T) {
	b := bundle{press: &Press{job: Job{Slip: Slip{Reference: "x-"}}}}
	b.starts = []int{1, 2, 3, 4, 6}
	got := b.labels(Order{First: 998, Letters: 5}, Count{Pages: 7})
	want := []label{
		{0, "slip sheet", 0}, {1, "x-000", 998}, {3, "x-00", 1000}, {4, "x-001001", 0}, {5, "x-001001 page ", 2}, {6, "x-00", 1002},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("labels %v, want %v", got, want)
	}
}

func TestNoGlyphZeroIsEverDrawn(t *testing.T) {
	p, layout := newPress(t, testLetter(false, 1), false, people)
	for _, person := range [][]string{{"No \u0378 glyph", ""}, {"Name", "\u0378"}, {"Name", "\u0378"}} {
		_, err := p.NewWorker(layout.NewSetter()).Bundle(context.Background(), io.Discard, Order{Number: 1, First: 1, Letters: 3,
			Values: func(int) []string { return person }})
		if err == nil || !strings.Contains(err.Error(), "no font can set") {
			t.Errorf("%q gives %v", person, err)
		}
	}
}

func TestABundleStopsWhenItsContextEnds(t *testing.T) {
	p, layout := newPress(t, testLetter(false, 2), false, people)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := p.NewWorker(layout.NewSetter()).Bundle(ctx, io.Discard, Order{Number: 1, First: 1, Letters: 1 << 30,
		Values: func(i int) []string {
			if i == 5000 {
				cancel()
			}
			return people[i%5]
		}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestNumbersAndStringsAreWrittenAsPDFHasThem(t *testing.T) {
	for l, want := range map[typeset.Length]string{0: "0", 1000: "1", -1500: "-1.5", 12_345: "12.35", 10: "0.01", -4: "0", 99_999: "100"} {
		if got := string(appendPoints(nil, l)); got != want {
			t.Errorf("%d is written %s, want %s", l, got, want)
		}
	}
	if got := string(appendCode(nil, 0x285C)); got != `\(\\` {
		t.Errorf("the code 285C is written %q", got)
	}
	if got := string(appendTextHex(nil, "é😀")); got != "<FEFF00E9D83DDE00>" {
		t.Errorf("text is written %s", got)
	}
	if got := LetterID("a-", 7) + " " + LetterID("a-", 1234567); got != "a-000007 a-1234567" {
		t.Errorf("letter ids are %s", got)
	}
}
