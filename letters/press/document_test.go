package press

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"postbag/letters/internal/outside"
	"postbag/letters/merge"
	"postbag/letters/typeset"
)

// everyBlock is a document of all kinds of blocks, with what is longer than its place.
func everyBlock(t documentWords) *typeset.Document {
	long := strings.Repeat("Taumatawhakatangihangakoauauotamatea", 6)
	table := typeset.Table{
		Columns: []typeset.Column{{Heading: t.bundle}, {Heading: t.word}, {Heading: t.letters, Number: true}, {Heading: t.word, Tick: true}},
		Total:   typeset.Cells(t.word, "", "12.345", ""),
	}
	for i := range 90 {
		row := typeset.Cells("palantir-sample-"+strings.Repeat("0", 3)+string(rune('A'+i%26)), t.sentence, strings.Repeat("9", 1+i%5), "")
		if i == 7 {
			row[1] = typeset.Say(long)
		}
		if i == 40 {
			row[1] = typeset.Say(strings.Repeat(t.sentence+" ", 90)) // higher than a page
		}
		table.Rows = append(table.Rows, row)
	}
	small := table
	small.Rows, small.Grid, small.Tight, small.Total = table.Rows[:4], true, true, nil
	return &typeset.Document{Title: t.title, Foot: t.sentence + " " + t.sentence, Blocks: []typeset.DocumentBlock{
		typeset.Heading{Text: typeset.Say(t.title), Level: 1},
		typeset.Paragraph{Text: typeset.Say(strings.Repeat(t.sentence+" ", 8))},
		typeset.Heading{Text: typeset.Say(t.word), Level: 2},
		typeset.Paragraph{Text: typeset.Fill(t.pattern, 0, "name", "Palantir Technologies Inc.", "count", "137"), Marker: "•"},
		typeset.Paragraph{Text: typeset.Say(long + "\n" + t.sentence), Marker: "2."},
		typeset.Facts{Rows: []typeset.Fact{
			{Label: t.word, Value: typeset.Bold(t.sentence)}, {Label: t.sentence, Value: typeset.Say("1241a536 97c72cee 5801bef0 feba50e9 6aa171bb e568c692 beb387b2 c8000500")},
			{Label: t.word, Value: typeset.Say(long)}, {Label: t.word},
		}},
		typeset.Frame{Blocks: []typeset.DocumentBlock{
			typeset.Ticks{Items: []typeset.Text{typeset.Say(t.sentence), typeset.Say(t.word)}},
		}, Height: typeset.MM(40)},
		typeset.FillIn{Fields: []typeset.Field{{Label: t.word, Share: 3}, {Label: t.sentence}}},
		typeset.Columns{Parts: [][]typeset.DocumentBlock{
			{typeset.Paragraph{Text: typeset.Say(t.sentence)}, small}, {typeset.Paragraph{Text: typeset.Say(t.sentence)}},
		}},
		typeset.Drawing{Height: typeset.MM(30), Draw: func(k *typeset.Sketch) {
			k.Rects(600, typeset.Rule{Width: k.Width / 2, Height: k.Height / 2}, typeset.Rule{X: k.Width / 2, Y: k.Height / 2, Width: k.Width / 2, Height: k.Height / 2})
			k.Line(typeset.Point, 300, typeset.Place{}, typeset.Place{X: k.Width, Y: k.Height})
			k.Text(typeset.Place{X: k.Width, Y: k.Height}, typeset.AtRight, 8*typeset.Point, typeset.Bold(t.word))
		}},
		table,
		typeset.PageBreak{Restart: true},
		typeset.Heading{Text: typeset.Say(t.word), Level: 3},
		typeset.Space(typeset.MM(20)),
		typeset.Code{Size: 21, Dark: func(x, y int) bool { return (x*y)%3 == 0 }},
	}}
}

// documentWords are words of a language.
type documentWords struct{ title, word, bundle, letters, sentence, pattern string }

var documentLanguages = map[string]documentWords{
	"en": {"Covering letter", "Received", "Bundle", "Letters", "Please count the bundle before you sign for it.", "There are {count} letters to {name}, in three bundles."},
	"de": {"Begleitschreiben", "Empfangsbestätigung", "Briefbündel", "Briefe", "Bitte zählen Sie das Bündel, bevor Sie den Empfang bestätigen.", "{count} Briefe an {name}, in drei Bündeln."},
	"ar": {"كتاب التغطية", "تم الاستلام", "الحزمة", "الرسائل", "يرجى عد أوراق الحزمة قبل التوقيع على استلامها.", "عدد الرسائل إلى {name} هو {count} في ثلاث حزم."},
}

// documentPress makes a press for documents.
func documentPress(t testing.TB, language, paper string) *Worker {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := typeset.PaperNamed(paper)
	design := typeset.Design{
		Paper: sheet, Language: language, Sender: []string{"Letters for Rights", "1 Example Street", "London"}, Contact: "letters@example.org",
	}
	elements := []typeset.Element{{Role: typeset.Address, Block: merge.Literal("Alexander Karp", "Palantir Technologies Inc.")}, {Role: typeset.Date, Block: merge.Literal("2026-11-23")}}
	layout, err := typeset.NewLayout(fonts, design, elements, nil, Draw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Job{Layout: layout, Paper: sheet, Language: language, Seed: "test", Slip: Slip{Sender: "Letters for Rights"}}, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	return p.NewWorker(layout.NewSetter())
}

func writeDocument(t testing.TB, w *Worker, d *typeset.Document) ([]byte, Count) {
	t.Helper()
	var out bytes.Buffer
	count, err := w.Document(context.Background(), &out, d)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), count
}

// Every kind of block, in three languages and on both papers, with a letterhead and without, is taken by every reader.
func TestReadersTakeDocumentsOfAnyKind(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	for language, words := range documentLanguages {
		for _, paper := range []string{"a4", "letter"} {
			t.Run(language+" "+paper, func(t *testing.T) {
				d := everyBlock(words)
				d.Letterhead = paper == "letter"
				pdf, count := writeDocument(t, documentPress(t, language, paper), d)
				file := write(t, pdf)
				outside.Accepted(t, file)
				if pages := pagesOf(t, file); len(pages) != count.Pages || count.Pages < 5 {
					t.Errorf("%d pages, counted as %d", len(pages), count.Pages)
				}
				if dir := os.Getenv("POSTBAG_KEEP"); dir != "" { // for a look at them
					if err := os.WriteFile(filepath.Join(dir, language+"-"+paper+".pdf"), pdf, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkReceipt sets a table of a thousand bundles, each with ids of its own.
func BenchmarkReceipt(b *testing.B) {
	w := documentPress(b, "en", "a4")
	table := typeset.Table{Columns: []typeset.Column{{Heading: "Bundle", Number: true}, {Heading: "First letter"}, {Heading: "Last letter"}, {Heading: "Letters", Number: true}, {Heading: "Sheets", Number: true}, {Heading: "Received", Tick: true}}}
	for i := range 1000 {
		table.Rows = append(table.Rows, typeset.Cells(strconv.Itoa(i+1), LetterID("palantir-2026-", i*1000+1), LetterID("palantir-2026-", i*1000+1000), "1,000", "1,001", ""))
	}
	d := &typeset.Document{Title: "Receipt", Blocks: []typeset.DocumentBlock{table}}
	for b.Loop() {
		if _, err := w.Document(context.Background(), io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
