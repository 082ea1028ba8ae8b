package roll

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
	"pgregory.net/rapid"

	"postbag/config"
	"postbag/letters/problem"
)

// campaignOf makes a campaign whose list holds text; change may alter it.
func campaignOf(t testing.TB, text string, change func(*config.Campaign)) *config.Campaign {
	t.Helper()
	dir := t.TempDir()
	c := &config.Campaign{File: "campaign.yaml", Dir: dir}
	c.Signers.File = filepath.Join(dir, "signers.csv")
	c.Signers.Duplicates = "first"
	c.Signers.Consent.Attested = &config.Attestation{By: "A"}
	if change != nil {
		change(c)
	}
	if err := os.WriteFile(c.Signers.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t testing.TB, c *config.Campaign, keep ...string) *Roll {
	t.Helper()
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// signers writes a roll down: a line a letter, fields joined by |.
func signers(r *Roll) string {
	var lines []string
	for i := range r.Len() {
		lines = append(lines, fmt.Sprintf("%d:%s", r.Row(i).Row, strings.Join(r.Fields(i, nil), "|")))
	}
	return strings.Join(lines, "\n")
}

func exclusions(r *Roll) string {
	var lines []string
	for _, x := range r.Exclusions {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%d:%s:%s", x.Row.Row, x.Reason, x.Detail), ":"))
	}
	return strings.Join(lines, "\n")
}

func consentColumn(c *config.Campaign) {
	c.Signers.Consent = config.Consent{Column: "Agreed", Values: []string{"yes", "1"}}
}

func TestEveryFate(t *testing.T) {
	text := "Full name,E-mail,City,Country,Agreed\n" +
		"Zoë Łukasiewicz,zoe@example.org,Leeds,United Kingdom,yes\n" + // 2
		" Anna  Maria ,anna@example.org,,Spain, YES \n" + // 3: tidied
		"Ben,ben@example.org,Bonn,Germany,no\n" + // 4
		"Cy,cy@example.org,Cork,Ireland,\n" + // 5
		",dee@example.org,Delft,Netherlands,yes\n" + // 6
		"zoë łukasiewicz,ZOE@example.org,Leeds,United Kingdom,1\n" + // 7: the same person
		"Zack Łukasiewicz,zoe@example.org,Leeds,United Kingdom,1\n" + // 8: shares the address
		",,,,\n" + // 9
		"Full name,E-mail,City,Country,Agreed\n" + // 10
		"Eve,eve@example.org,Essen\n" + // 11
		"F,f@example.org,\"Fes\n\",Morocco,no\n" + // 12: a cell of two lines
		"\"Gus\" x,g@example.org,G,H,yes\n" + // 13
		"Hal,hal@example.org,Hull,United Kingdom,yes,,\n" + // 14: empty cells at the end do no harm
		"Ida,IDA@example.org ,Ibiza,Spain,yes\n" // 15: withdrew
	c := campaignOf(t, text, func(c *config.Campaign) {
		consentColumn(c)
		c.Signers.Suppress = filepath.Join(c.Dir, "suppress.txt")
		if err := os.WriteFile(c.Signers.Suppress, []byte("# withdrew\nida@Example.org\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	r := read(t, c, "name", "place")
	want := "2:Zoë Łukasiewicz|Leeds, United Kingdom\n3:Anna Maria|Spain\n8:Zack Łukasiewicz|Leeds, United Kingdom\n14:Hal|Hull, United Kingdom"
	if got := signers(r); got != want {
		t.Errorf("letters\n%s\nwant\n%s", got, want)
	}
	want = "4:no consent\n5:no consent\n6:no name\n7:duplicate:the same person as row 2\n9:blank row\n10:header row\n" +
		"11:unreadable row:it has 3 cells, the header has 5\n12:no consent\n" +
		"13:unreadable row:text after a closing quotation mark\n15:suppressed"
	if got := exclusions(r); got != want {
		t.Errorf("exclusions\n%s\nwant\n%s", got, want)
	}
	if r.RowsRead != 14 || r.Len()+len(r.Exclusions) != 14 {
		t.Errorf("%d rows read, %d letters, %d exclusions; want 14 = 4 + 10", r.RowsRead, r.Len(), len(r.Exclusions))
	}
}

// The start of a file tells how it is written; bytes that do not fit further down break their row and no other.
func TestBytesThatAreNoTextBreakTheirRow(t *testing.T) {
	text := "name,email\n" + strings.Repeat("Zoë,\n", 20_000) + "B\xff,b@example.org\nC\x00,c@example.org\nDee,\xff\n"
	r := read(t, campaignOf(t, text, nil), "name")
	want := "20002:unreadable row:the column name holds bytes that are not text in the list's encoding\n20003:unreadable row:the column name holds a NUL byte\n" +
		"20004:unreadable row:the column email holds bytes that are not text in the list's encoding"
	if got := exclusions(r); got != want || r.Len() != 20_000 {
		t.Errorf("%d letters, exclusions\n%s\nwant 20000 and\n%s", r.Len(), got, want)
	}
}

func TestDuplicatesFirstLastKeep(t *testing.T) {
	text := "name,email,city,postcode\nAda,a@example.org,one,\nBob,,x,123\nAda,A@EXAMPLE.ORG,two,\nBob,,y,123\nCid,,z,\nCid,,z,\nada,a@example.org,three,\n"
	for rule, want := range map[string]string{
		"first": "2:Ada|one\n3:Bob|x\n6:Cid|z\n7:Cid|z",
		"last":  "5:Bob|y\n6:Cid|z\n7:Cid|z\n8:ada|three",
		"keep":  "2:Ada|one\n3:Bob|x\n4:Ada|two\n5:Bob|y\n6:Cid|z\n7:Cid|z\n8:ada|three",
	} {
		r := read(t, campaignOf(t, text, func(c *config.Campaign) { c.Signers.Duplicates = rule }), "name", "city")
		if got := signers(r); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", rule, got, want)
		}
		if r.Len()+len(r.Exclusions) != r.RowsRead {
			t.Errorf("%s: %d letters and %d exclusions of %d rows", rule, r.Len(), len(r.Exclusions), r.RowsRead)
		}
	}
}

// Files as programs write them must all come out the same.
func TestDialects(t *testing.T) {
	want := "2:Zoë|a \"b\"\n3:Łuk|c, d"
	plain := "name,city\nZoë,\"a \"\"b\"\"\"\nŁuk,\"c, d\"\n"
	utf16 := func(s string, bigEndian bool) string {
		out := []byte{0xFF, 0xFE}
		for _, r := range s {
			out = append(out, byte(r), byte(r>>8))
		}
		if bigEndian {
			out[0], out[1] = 0xFE, 0xFF
			for i := 2; i+1 < len(out); i += 2 {
				out[i], out[i+1] = out[i+1], out[i]
			}
		}
		return string(out)
	}
	for name, text := range map[string]string{
		"LF":          plain,
		"CRLF":        strings.ReplaceAll(plain, "\n", "\r\n"),
		"CR":          strings.ReplaceAll(plain, "\n", "\r"),
		"BOM":         "\uFEFF" + plain,
		"no last LF":  strings.TrimSuffix(plain, "\n"),
		"semicolons":  strings.ReplaceAll(strings.ReplaceAll(plain, ", d", "¤"), ",", ";")[:0] + "name;city\nZoë;\"a \"\"b\"\"\"\nŁuk;c, d\n",
		"tabs":        "name\tcity\nZoë\ta \"b\"\nŁuk\tc, d\n",
		"bars":        "name|city\nZoë|\"a \"\"b\"\"\"\nŁuk|c, d\n",
		"UTF-16LE":    utf16(plain, false),
		"UTF-16BE":    utf16(plain, true),
		"quoted name": strings.Replace(plain, "Zoë", `"Zoë"`, 1),
	} {
		if got := signers(read(t, campaignOf(t, text, nil), "name", "city")); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "the signer list is empty",
		"\n\n \n":                   "the signer list is empty",
		"PK\x03\x04rest":            "the spreadsheet or ZIP file is damaged",
		"%PDF-1.7":                  "this is a PDF",
		" <html><body>":             "this is a web page or XML, whatever its name ends in",
		"\xD0\xCF\x11\xE0xls":       "this is an old Excel file (.xls), or a spreadsheet with a password",
		"\x1F\x8Bno":                "the gzip file is damaged",
		"email,city\na@b,c\n":       "no column holds the signers' names. The columns are email, city",
		"name,Name\nA,B\n":          "2 columns are called \"name\"",
		"name,email,email\nA,b,c\n": "2 columns are called \"email\"",
	} {
		_, err := Open(context.Background(), campaignOf(t, text, nil))
		var list problem.List
		if !errors.As(err, &list) || list[0].What != want || list[0].Do == "" {
			t.Errorf("%q: %v, want %q and what to do", text, err, want)
		}
	}
}

func TestColumnsAreFoundByTheirHeaders(t *testing.T) {
	for _, c := range []struct{ header, name, place string }{
		{"Full_Name,CITY,Country", "a", "b, c"},
		{"first_name,last_name,city", "a b", "c"},
		{"Vorname;Nachname;Ort", "a b", "c"},
		{"Prénom;Nom;Ville", "a b", "c"},
		{"Nom;Prénom;Ville", "b a", "c"},
		{"Nombre,Apellidos,Ciudad", "a b", "c"},
		{"etunimi,sukunimi,paikkakunta", "a b", "c"},
		{"FirstName\tLastName\tmCity", "a b", "c"},
	} {
		separator := ","
		for _, s := range []string{";", "\t"} {
			if strings.Contains(c.header, s) {
				separator = s
			}
		}
		r := read(t, campaignOf(t, c.header+"\n"+strings.Join([]string{"a", "b", "c"}, separator)+"\n", nil), "name", "place")
		if got, want := signers(r), "2:"+c.name+"|"+c.place; got != want {
			t.Errorf("%s: %s, want %s", c.header, got, want)
		}
	}
}

func TestChosenColumnsGoBeforeHeaders(t *testing.T) {
	text := "Name,E.Mail,Legal name\nnick,x@example.org,Zoë\n"
	c := campaignOf(t, text, func(c *config.Campaign) {
		c.Signers.Columns = map[string]string{"name": "Legal name", "email": "E.Mail"}
	})
	if got, want := signers(read(t, c, "name", "email", "Name", "E.Mail")), "2:Zoë|x@example.org|Zoë|x@example.org"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c.Signers.Columns = map[string]string{"name": "Legal nam", "mail": "E.Mail"}
	c.Signers.ColumnPlace = map[string]problem.Place{"name": {File: "campaign.yaml", Line: 7}}
	_, err := Open(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), `campaign.yaml:7: the list has no column "Legal nam". Did you mean "Legal name"?`) ||
		!strings.Contains(err.Error(), "signers.columns names a field mail") {
		t.Errorf("wrong columns are reported as %v", err)
	}
}

func TestCleaningKeepsWhatScriptsNeed(t *testing.T) {
	for in, want := range map[string]string{
		"  a  b\t c ":              "a b c",
		"e\u0301":                  "é",
		"کریمی\u200cپور":           "کریمی\u200cپور",
		"a\u202eb\u2066c\u200fd":   "abcd",
		"x\u0007y\u00a0z":          "xy z",
		"\uFEFFq":                  "q",
		"(((\\) {{.x}} **b** =1+1": "(((\\) {{.x}} **b** =1+1",
	} {
		c := cleaner{spaces: true, controls: true, normalise: true}
		if got, fault := c.clean([]byte(in)); string(got) != want || fault != "" {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		if again, _ := c.clean([]byte(want)); string(again) != want {
			t.Errorf("cleaning %q twice gives %q", in, again)
		}
	}
}

func TestHeldRowsAreExcludedAndNotSeen(t *testing.T) {
	c := campaignOf(t, "name,email\nBad,a@example.org\nGood,b@example.org\nBad,a@example.org\n", nil)
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name"}, Hold: func(f []string) (Reason, string) {
		if f[0] == "Bad" {
			return MissingGlyph, "no font"
		}
		return "", ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := exclusions(r), "2:missing glyph:no font\n4:missing glyph:no font"; got != want {
		t.Errorf("exclusions %s, want %s", got, want)
	}
}

func TestEveryRowHasOneFate(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.SampledFrom([]string{"", "Ann", "Bo", "ann ", "a@example.org", "A@example.org", "yes", "no", "\"q\"", "\"", "\"a,b\"", "é", "name", " "})
		var text strings.Builder
		text.WriteString("name,email,agreed\n")
		lines := rapid.IntRange(0, 40).Draw(t, "rows")
		for range lines {
			n := rapid.SampledFrom([]int{3, 3, 3, 3, 2, 4}).Draw(t, "cells")
			for k := range n {
				if k > 0 {
					text.WriteByte(',')
				}
				text.WriteString(cell.Draw(t, "cell"))
			}
			text.WriteString("\n")
		}
		c := &config.Campaign{}
		c.Signers.File = filepath.Join(dir, "signers.csv")
		c.Signers.Duplicates = rapid.SampledFrom([]string{"first", "last", "keep"}).Draw(t, "duplicates")
		c.Signers.Consent = config.Consent{Column: "agreed", Values: []string{"yes"}}
		if err := os.WriteFile(c.Signers.File, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		var refused problem.List
		l, err := Open(context.Background(), c)
		if errors.As(err, &refused) && strings.Contains(text.String(), "\"") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name"}, Near: true})
		if errors.As(err, &refused) && strings.Contains(text.String(), "\"") {
			return // a quotation mark that never closes
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.Len()+len(r.Exclusions) != r.RowsRead {
			t.Fatalf("%d letters and %d exclusions of %d rows in\n%s", r.Len(), len(r.Exclusions), r.RowsRead, text.String())
		}
		fates := map[Row]bool{}
		for i := range r.Len() {
			fates[r.Row(i)] = true
		}
		for _, x := range r.Exclusions {
			fates[x.Row] = true
		}
		if len(fates) != r.RowsRead {
			t.Fatalf("%d rows have a fate of %d read in\n%s", len(fates), r.RowsRead, text.String())
		}
	})
}

// FuzzRecordsReadWhatEncodingCSVWrites compares with the standard library on what it wrote itself.
func FuzzRecordsReadWhatEncodingCSVWrites(f *testing.F) {
	f.Add("a", "b\"c", "d,e\nf", uint8(0))
	f.Add("", " ", "\"", uint8(1))
	f.Fuzz(func(t *testing.T, a, b, c string, crlf uint8) {
		if strings.Contains(a+b+c, "\r") {
			return // the standard library rewrites carriage returns
		}
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.UseCRLF = crlf&1 == 1
		rows := [][]string{{a, b, c}, {c, a, b}}
		if w.UseCRLF && strings.Contains(a+b+c, "\n") {
			return // and line feeds inside cells
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		r := newRecords(&out, dialect{delimiter: ',', eol: '\n'})
		for _, want := range rows {
			got, err := r.next()
			if err != nil {
				t.Fatalf("%q: %v", want, err)
			}
			var texts []string
			for _, cell := range got {
				texts = append(texts, string(cell))
			}
			if !reflect.DeepEqual(texts, want) {
				t.Errorf("%q came back as %q", want, texts)
			}
		}
		if _, err := r.next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the last row: %v", err)
		}
	})
}

func FuzzAnyBytesAreReadOrRefused(f *testing.F) {
	f.Add([]byte("name\nA\n\"B\nC\n"))
	f.Add([]byte("\"name\n\"\"\nx"))
	f.Add([]byte("sep=;\nfirst_name;last_name;email\nJos\xe9;Mu\xf1oz;a@example.org\n"))
	f.Add([]byte(utf16le("Name\tCity\nZoë\tŁódź\n")))
	f.Add([]byte(`[{"name":"A","tags":[1,{"b":null}]},{"name":"\ud83d\ude42"}]`))
	f.Add([]byte(`{"a":1,"list":[{"name":"A"}]}`))
	f.Add([]byte("{\"name\":\"A\"}\n{\"name\":\"B\"}\n"))
	f.Add([]byte("name,email\n\"A \\\"B\\\"\",x\rTotal,3\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &config.Campaign{}
		c.Signers.File = filepath.Join(dir, "signers.csv")
		c.Signers.Consent.Attested = &config.Attestation{}
		if err := os.WriteFile(c.Signers.File, data, 0o600); err != nil {
			t.Fatal(err)
		}
		readOrRefused(t, c, data)
	})
}

// readOrRefused reads a list; nothing but a problem of the user's may be in the way.
func readOrRefused(t *testing.T, c *config.Campaign, data []byte) {
	var list problem.List
	l, err := Open(context.Background(), c)
	if err != nil {
		if !errors.As(err, &list) {
			t.Errorf("%q: %v is no problem of the user's", data, err)
		}
		return
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name"}, Near: true})
	if err != nil && !errors.As(err, &list) {
		t.Errorf("%q: %v is no problem of the user's", data, err)
	}
	if err == nil && r.Len()+len(r.Exclusions) != r.RowsRead {
		t.Errorf("%q: %d letters and %d exclusions of %d rows", data, r.Len(), len(r.Exclusions), r.RowsRead)
	}
}

// FuzzSheets puts any XML where a spreadsheet has its rows, its texts and its styles.
func FuzzSheets(f *testing.F) {
	f.Add(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c t="inlineStr"><is><t>A &amp; B</t></is></c></row></sheetData>`,
		"<sst><si><t>name</t></si></sst>", `<styleSheet><numFmts><numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="165"/></cellXfs></styleSheet>`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, rows, texts, styles string) {
		c := &config.Campaign{}
		c.Signers.File = filepath.Join(dir, "signers.xlsx")
		c.Signers.Consent.Attested = &config.Attestation{}
		book := sheetFile(t, map[string]string{"xl/worksheets/sheet1.xml": rows, "xl/sharedStrings.xml": texts, "xl/styles.xml": styles})
		if err := os.WriteFile(c.Signers.File, book, 0o600); err != nil {
			t.Fatal(err)
		}
		readOrRefused(t, c, []byte(rows))
	})
}

// sheetFile packs parts into a spreadsheet with one sheet.
func sheetFile(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	parts["xl/workbook.xml"] = `<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
	for _, name := range sortedKeys(parts) {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Nobody can tell where a cell was meant to end whose quotation mark never closes: rows below might be part of it.
func TestAQuotationMarkThatNeverClosesIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"name,city\nA,\"x\ny\"\nB,\"y\nC,z\n":                                                                "signers.csv:4: the quotation mark",
		"name,city\nA,\"" + strings.Repeat("x\n", maxCell) + "\",\n":                                         "signers.csv:2: the quotation mark",
		"name,city\n" + strings.Repeat("A,\"x\ny\"\n", 100_000) + "B,\"y\n" + strings.Repeat("C,z\n", 1<<20): "signers.csv:200002: the quotation mark",
	} {
		l, err := Open(context.Background(), campaignOf(t, text, nil))
		if err == nil {
			_, err = l.Read(context.Background(), ReadOptions{Keep: []string{"name"}})
		}
		var list problem.List
		if !errors.As(err, &list) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v, want %q", text, err, want)
		}
	}
}

// Reproduces lists in which one row has a stray quotation mark that is closed by the next: the rows between must not become letters.
func TestBrokenRowsCostThemselvesOnly(t *testing.T) {
	text := "name,city\nA,\"x\" y\nB,\"z\nC,\"w\",\nD,v\nE, \"q, r\" \nF,a\rb\nG," + strings.Repeat("g", maxRecord) + "\nH,\"a\\\"b\"\"\"\nI,i\n"
	r := read(t, campaignOf(t, text, nil), "name", "city")
	if got, want := signers(r), "4:D|v\n5:E|q, r\n9:I|i"; got != want {
		t.Errorf("letters\n%s\nwant\n%s", got, want)
	}
	want := "2:unreadable row:text after a closing quotation mark\n3:unreadable row:text after a closing quotation mark\n" +
		"6:unreadable row:a line break of another kind in the middle of the row\n7:unreadable row:more than 4 MB in one row\n" +
		"8:unreadable row:a backslash before a quotation mark, which can be read in two ways; signers.quotes says which"
	if got := exclusions(r); got != want {
		t.Errorf("exclusions\n%s\nwant\n%s", got, want)
	}
}

func TestReadingStopsWhenItsContextEnds(t *testing.T) {
	c := campaignOf(t, "name\n"+strings.Repeat("A\n", 200_000), nil)
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = l.Read(ctx, ReadOptions{Keep: []string{"name"}, Progress: func(int, float64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("reading ended with %v", err)
	}
}

func BenchmarkReadSheet(b *testing.B) {
	var rows strings.Builder
	rows.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>full name</t></is></c><c r="B1" t="inlineStr"><is><t>email</t></is></c><c r="C1" t="inlineStr"><is><t>city</t></is></c><c r="D1" t="inlineStr"><is><t>agreed</t></is></c></row>`)
	texts := "<sst><si><t>Leeds</t></si><si><t>yes</t></si>"
	for i := range min(b.N, maxSheetRow-1) {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:4"><c r="A%d" s="0" t="inlineStr"><is><t>Zoë Łukasiewicz%c%c</t></is></c><c r="B%d" t="inlineStr"><is><t>signer%d@example.org</t></is></c><c r="C%d" t="s"><v>0</v></c><c r="D%d" t="s"><v>1</v></c></row>`,
			i+2, i+2, 'a'+i%26, 'a'+i/26%26, i+2, i, i+2, i+2)
	}
	rows.WriteString("</sheetData></worksheet>")
	book := sheetFile(b, map[string]string{"xl/worksheets/sheet1.xml": rows.String(), "xl/sharedStrings.xml": texts + "</sst>"})
	c := campaignOf(b, string(book), func(c *config.Campaign) {
		c.Signers.Consent = config.Consent{Column: "agreed", Values: []string{"yes"}}
	})
	b.ResetTimer()
	r := read(b, c, "name", "place")
	b.StopTimer()
	b.ReportMetric(float64(r.RowsRead)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRead(b *testing.B) { benchmarkRead(b, ReadOptions{}) }

// With a key, what each signer is known by in later lists is kept.
func BenchmarkReadForLaterLists(b *testing.B) { benchmarkRead(b, ReadOptions{Key: &testPersonKey}) }

func benchmarkRead(b *testing.B, o ReadOptions) {
	var text bytes.Buffer
	text.WriteString("id,full_name,email,city,country,postcode,agreed,signed_on\n")
	for i := range b.N {
		fmt.Fprintf(&text, "%d,Zoë Łukasiewicz%c%c,signer%d@example.org,Leeds,United Kingdom,LS2 7EY,yes,2026-11-0%d\n", i, 'a'+i%26, 'a'+i/26%26, i, i%9+1)
	}
	c := campaignOf(b, text.String(), func(c *config.Campaign) {
		c.Signers.Consent = config.Consent{Column: "agreed", Values: []string{"yes"}}
	})
	b.SetBytes(int64(text.Len()) / int64(max(1, b.N)))
	o.Keep = []string{"name", "place"}
	b.ResetTimer()
	l, err := Open(context.Background(), c)
	if err != nil {
		b.Fatal(err)
	}
	r, err := l.Read(context.Background(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if r.Len() != b.N {
		b.Fatalf("%d of %d rows", r.Len(), b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
