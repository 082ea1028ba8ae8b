package packet

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLedgerLines(t *testing.T) {
	var b []byte
	b = AppendLedgerHeader(b, true, nil)
	b = AppendLedgerRow(b, LedgerRow{Row: 7, LetterID: "c-000001", Name: "Ann \"Nan\" Lee, Jr", Bundle: "deliver/bundles/bundle-0001.pdf", Page: 2, File: "a.csv"})
	b = AppendLedgerRow(b, LedgerRow{Row: 8, LetterID: "c-000002", Name: "=HYPERLINK(1)", Bundle: "x", Page: 3, File: "+b.csv"})
	b = AppendExclusionHeader(b, false)
	b = AppendExclusionRow(b, ExclusionRow{Row: 9, Reason: "no name", Detail: "-"})
	want := "row,letter_id,name,bundle,page,file\n" +
		"7,c-000001,\"Ann \"\"Nan\"\" Lee, Jr\",deliver/bundles/bundle-0001.pdf,2,a.csv\n" +
		"8,c-000002,'=HYPERLINK(1),x,3,'+b.csv\n" +
		"row,reason,detail\n" +
		"9,no name,'-\n"
	if string(b) != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
}

// A cell says the same to whoever reads the table, and nothing to a spreadsheet that looks for formulas.
func checkCell(t interface{ Errorf(string, ...any) }, text string) {
	line := append(appendCell(nil, text), ",x\n"...)
	cells, err := csv.NewReader(bytes.NewReader(line)).Read()
	if err != nil || len(cells) != 2 {
		t.Errorf("%q is written as %q, which reads as %q, %v", text, line, cells, err)
		return
	}
	text = strings.ReplaceAll(text, "\r\n", "\n") // as every CSV reader does
	if got := PlainCell(cells[0]); got != text {
		t.Errorf("%q comes back as %q", text, got)
	}
	if strings.IndexAny(cells[0], "=+-@\t\r\n＝＋－＠") == 0 {
		t.Errorf("%q may be run by a spreadsheet", cells[0])
	}
}

func TestCellsComeBackAndRunNothing(t *testing.T) {
	for _, text := range []string{"", "'", "''", "'t Hooft", "=1", "'=1", "''=1", "+", "-2", "@a", "\t", "\r", "\n=", "a\nb",
		"＝1", "'＋", " =1 ", "a,b", `"`, `=""`, "\xff", "'-", "O'Neil", "a;b", "\x00"} {
		checkCell(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkCell(t, rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\r\n\",; aé＝😀"))).Draw(t, "text"))
	})
}

func FuzzCell(f *testing.F) {
	f.Add("'=1")
	f.Fuzz(func(t *testing.T, text string) { checkCell(t, text) })
}

func TestLedgerRowsAllocateNothing(t *testing.T) {
	b := make([]byte, 0, 1<<10)
	row := LedgerRow{Row: 123456, LetterID: "c-000001", Name: "Zoë \"Z\"", Bundle: "deliver/bundles/bundle-0001.pdf", Page: 2}
	if n := testing.AllocsPerRun(100, func() { b = AppendLedgerRow(b[:0], row) }); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

func BenchmarkLedgerRow(b *testing.B) {
	buffer := make([]byte, 0, 64<<10)
	row := LedgerRow{Row: 123456, LetterID: "test-2026-000001", Name: "Zoë Ångström-Smith", Bundle: "deliver/bundles/bundle-0001.pdf", Page: 2}
	n := 0
	for b.Loop() {
		if buffer = AppendLedgerRow(buffer, row); len(buffer) > 60<<10 {
			io.Discard.Write(buffer)
			buffer = buffer[:0]
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
