package press

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

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

// makeBundle writes a bundle of the signers and returns it with its count.
func makeBundle(t testing.TB, elements []typeset.Element, duplex bool, signers [][]string) ([]byte, Count) {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
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
		Contact: "letters@example.org", Reference: "test-", Bundles: 1,
	}}
	p, err := New(job, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := p.NewWorker(layout.NewSetter())
	count, err := w.Bundle(context.Background(), &out, Order{Number: 1, First: 1, Letters: len(signers),
		Values: func(i int) []string { return signers[i] }})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), count
}

func TestX(t *testing.T) {
	signers := [][]string{{"Zoë Łukasiewicz", "Leeds, United Kingdom"}, {"محمد بن عبد الله", "القاهرة, Egypt"}, {"Nguyễn Thị Hương", "Huế"},
		{"क्षत्रिय श्री", "नई दिल्ली, India"}, {"Шевченко Οδυσσεύς", "Київ, Ukraine"}, {"דוד לוי", "תל אביב"}, {"AVATAR WAVE To. T.", "Åre (\\)"}, {"山田 太郎", "東京, Japan"}}
	for i := range 300 {
		signers = append(signers, []string{fmt.Sprintf("Tester Number %d", i), "Town"})
	}
	b, c := makeBundle(t, testLetter(true, 5), false, signers)
	fmt.Println(c)
	os.WriteFile("/tmp/t1/x.pdf", b, 0o644)
	b, c = makeBundle(t, testLetter(true, 15), true, signers)
	fmt.Println(c)
	os.WriteFile("/tmp/t1/y.pdf", b, 0o644)
}
