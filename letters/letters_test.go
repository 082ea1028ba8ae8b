package letters

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"postbag/config"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/templates"
)

// folder makes a campaign's folder from the sample, with some files replaced.
func folder(t testing.TB, replace map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "campaign")
	if err := os.CopyFS(dir, templates.Sample()); err != nil {
		t.Fatal(err)
	}
	if err := WriteSecret(dir, make([]byte, secretSize)); err != nil { // the same in all folders, so that packets can be compared
		t.Fatal(err)
	}
	for name, text := range replace {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func campaignIn(t testing.TB, dir string, set map[string]string) *config.Campaign {
	t.Helper()
	c, err := config.Load(config.Options{File: filepath.Join(dir, "campaign.yaml"), Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustBuild(t testing.TB, c *config.Campaign, o Options) *packet.Manifest {
	t.Helper()
	m, err := Build(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readCSV(t testing.TB, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, cell := range row {
			cells[rows[0][i]] = packet.PlainCell(cell)
		}
		out = append(out, cells)
	}
	return out
}

// contents reads every file of a packet but the one that holds the clock.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "run.json" {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantSame(t testing.TB, want, got map[string]string) {
	t.Helper()
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s differs: %d and %d bytes", name, len(data), len(got[name]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestEveryRowOfTheSampleIsAccountedFor(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: out})
	excluded := 0
	for _, n := range m.Excluded {
		excluded += n
	}
	ledger, left := readCSV(t, filepath.Join(out, "private/ledger.csv")), readCSV(t, filepath.Join(out, "private/exclusions.csv"))
	if m.RowsRead != m.Letters+excluded || len(ledger) != m.Letters || len(left) != excluded {
		t.Errorf("%d rows read, %d letters, %d excluded; ledger %d, exclusions %d", m.RowsRead, m.Letters, excluded, len(ledger), len(left))
	}
	report, err := packet.Verify(context.Background(), out, packet.VerifyOptions{})
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("verify: %v %v", err, report)
	}
	if !m.Specimen || m.NeedsLook == 0 {
		t.Errorf("the sample is a specimen with letters held back: %+v", m)
	}
}

// What poppler and mupdf read must be the ledger's names, page by page: nobody's is lost, broken or on another's letter.
func TestTheLettersSayTheNamesOfTheLedger(t *testing.T) {
	outside.Needs(t, "pdftotext", "mutool")
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: out})
	ledger := readCSV(t, filepath.Join(out, "private/ledger.csv"))
	for _, reader := range [][]string{{"pdftotext", "-layout", "FILE", "-"}, {"mutool", "draw", "-q", "-F", "text", "FILE"}} {
		read := map[string][]string{}
		for _, b := range m.Bundles {
			arguments := slices.Clone(reader[1:])
			arguments[slices.Index(arguments, "FILE")] = filepath.Join(out, b.Path)
			text, _ := outside.Run(t, reader[0], arguments...)
			read[b.Path] = strings.Split(text, "\f")
		}
		for _, row := range ledger {
			var page int
			if _, err := fmt.Sscan(row["page"], &page); err != nil {
				t.Fatal(err)
			}
			head, signature, found := strings.Cut(read[row["bundle"]][page-1], "Yours sincerely,")
			if !found {
				t.Fatalf("%s: page %d of %s has no signature block", reader[0], page, row["bundle"])
			}
			var lines []string
			for _, line := range strings.Split(signature, "\n") {
				if line = plainText(line); line != "" {
					lines = append(lines, line)
				}
			}
			if len(lines) == 0 || lines[0] != row["name"] {
				t.Errorf("%s: letter %s is %q's and says %q", reader[0], row["letter_id"], row["name"], lines)
			}
			if reader[0] == "pdftotext" && !slices.Contains(strings.Fields(head), row["letter_id"]) {
				t.Errorf("letter %s does not carry its number: %q", row["letter_id"], head)
			}
		}
	}
}

// plainText takes off the marks of direction that poppler adds around text from right to left, and Postbag where the direction changes.
func plainText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0x202A && r <= 0x202E || r == 0x200E || r == 0x200F {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
}

func TestReadersTakeTheSamplePacket(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: out})
	for _, b := range m.Bundles {
		outside.Accepted(t, filepath.Join(out, b.Path))
	}
}

func TestThePacketDoesNotDependOnWorkersOrTimeZone(t *testing.T) {
	dir := folder(t, nil)
	first := filepath.Join(t.TempDir(), "packet")
	mustBuild(t, campaignIn(t, dir, map[string]string{"bundles.letters": "7"}), Options{Out: first, Workers: 1})
	t.Setenv("TZ", "Pacific/Kiritimati")
	t.Setenv("LC_ALL", "tr_TR.UTF-8")
	second := filepath.Join(t.TempDir(), "packet")
	mustBuild(t, campaignIn(t, folder(t, nil), map[string]string{"bundles.letters": "7"}), Options{Out: second, Workers: 5})
	wantSame(t, contents(t, first), contents(t, second))
}

func TestAStoppedBuildGoesOnToTheSameBytes(t *testing.T) {
	dir := folder(t, nil)
	c := campaignIn(t, dir, map[string]string{"bundles.letters": "5"})
	whole, stopped := filepath.Join(t.TempDir(), "packet"), filepath.Join(t.TempDir(), "packet")
	mustBuild(t, c, Options{Out: whole})
	for _, at := range []int{10, 40, 75} {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Build(ctx, c, Options{Out: stopped, Workers: 2, Progress: func(p Progress) {
			if p.Stage == Setting && p.Done >= at {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d letters, it ended with %v", at, err)
		}
		if _, err := os.Stat(filepath.Join(stopped, "manifest.json")); err == nil {
			t.Fatal("a stopped build has a manifest")
		}
	}
	mustBuild(t, c, Options{Out: stopped})
	wantSame(t, contents(t, whole), contents(t, stopped))
	mustBuild(t, c, Options{Out: stopped}) // and a finished one stays as it is
	wantSame(t, contents(t, whole), contents(t, stopped))
}

func TestNothingOutsideLettersAndPrivateNamesASigner(t *testing.T) {
	dir := folder(t, nil)
	out := filepath.Join(t.TempDir(), "packet")
	mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
	var secrets []string
	for _, row := range readCSV(t, filepath.Join(dir, "signers.csv")) {
		for _, column := range []string{"full_name", "email", "postcode", "city"} {
			if v := row[column]; len(v) > 5 && !strings.Contains(v, "Example") {
				secrets = append(secrets, v)
			}
		}
	}
	for name, data := range contents(t, out) {
		if strings.HasPrefix(name, "private/") || strings.HasPrefix(name, "deliver/bundles/") {
			continue
		}
		for _, secret := range secrets {
			if strings.Contains(data, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

// signersOf makes a list of names.
func signersOf(t testing.TB, names ...string) string {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text)
	rows := [][]string{{"full_name", "email", "city", "country", "name_may_be_shared"}}
	for i, name := range names {
		rows = append(rows, []string{name, fmt.Sprintf("s%d@example.org", i), "Leeds", "United Kingdom", "yes"})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestOddNamesArePrintedOrHeldBack(t *testing.T) {
	long := strings.Repeat("Abcdefghij", 30)
	dir := folder(t, map[string]string{"signers.csv": signersOf(t, long, `(((\)`, "{{.x}} **b**", "=HYPERLINK(1)", "No \u0378 font", "Ann <b>", "%PDF")})
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
	if m.Letters != 6 || m.Excluded[string(roll.MissingGlyph)] != 1 {
		t.Fatalf("%d letters, excluded %v", m.Letters, m.Excluded)
	}
	left := readCSV(t, filepath.Join(out, "private/exclusions.csv"))
	if left[0]["row"] != "6" || left[0]["detail"] != "no font has U+0378" {
		t.Errorf("the held row is reported as %v", left)
	}
	outside.Needs(t, "pdftotext")
	text, _ := outside.Run(t, "pdftotext", "-layout", filepath.Join(out, m.Bundles[0].Path), "-")
	text = strings.Join(strings.Fields(text), "")
	for _, name := range []string{long, `(((\)`, "{{.x}}**b**", "=HYPERLINK(1)", "Ann<b>", "%PDF"} {
		if !strings.Contains(text, name) {
			t.Errorf("the letters do not say %.30q", name)
		}
	}
}

func TestWhatIsWrongWithACampaignIsSaidAtOnceAndNothingIsMade(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		set   map[string]string
		want  []string
	}{
		"an unknown field": {
			files: map[string]string{"letter.md": "Dear {{nmae}},\n\nyou {{if shres}}x{{end}}"},
			want:  []string{"letter.md:1:6: there is no field {{nmae}}", "letter.md:3:5: there is no field {{shres}}"},
		},
		"a letter that no font can set": {
			files: map[string]string{"letter.md": "Dear \u0378,\n\nyou {{name | default \"\u0379\"}}"}, set: map[string]string{"sender.address": "Street \u0380"},
			want: []string{"letter.md:1:1: no font has U+0378", "letter.md:3:5: no font has U+0379", "campaign.yaml: no font has U+0380"},
		},
		"an empty list":      {files: map[string]string{"signers.csv": ""}, want: []string{"the signer list is empty"}},
		"a header alone":     {files: map[string]string{"signers.csv": "name,name_may_be_shared\n"}, want: []string{"has a header but no rows"}},
		"nobody agreed":      {files: map[string]string{"signers.csv": "name,name_may_be_shared\nAnn,no\n"}, want: []string{"of 1 rows, none gets one"}},
		"no consent column":  {files: map[string]string{"signers.csv": "name\nAnn\n"}, want: []string{`the list has no column "name_may_be_shared"`}},
		"no such template":   {set: map[string]string{"letter.template": "lettr.md"}, want: []string{"lettr.md: the template is not there"}},
		"no such letter":     {set: map[string]string{"letter.template": "suporter"}, want: []string{"there is no built-in letter called suporter"}},
		"no such font":       {set: map[string]string{"fonts": "nowhere"}, want: []string{"this font file or folder cannot be read"}},
		"a font that is not": {set: map[string]string{"fonts": "letter.md"}, want: []string{"this font cannot be used"}},
		"nothing to show":    {set: map[string]string{"letter.show": "name | shoe size"}, want: []string{"letter.show names shoe size"}},
		"fields of one name": {set: map[string]string{"fields": "Date=x | reply by=y | Reply_By=z"}, want: []string{
			"fields: Date reads the same as date", "fields: reply by reads the same as Reply_By"}},
		"nothing to group": {set: map[string]string{"bundles.group_by": "planet"}, want: []string{"bundles.group_by names planet"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "packet")
			_, err := Build(context.Background(), campaignIn(t, folder(t, c.files), c.set), Options{Out: out})
			var list problem.List
			if !errors.As(err, &list) {
				t.Fatalf("%v is no list of problems", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in\n%v", want, err)
				}
			}
			for _, p := range list {
				if p.Do == "" {
					t.Errorf("%v has no way out", p)
				}
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("something was made")
			}
		})
	}
}

func TestCheckSaysWhatBuildDoes(t *testing.T) {
	dir := folder(t, nil)
	c := campaignIn(t, dir, nil)
	report, err := Check(context.Background(), c, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 { // the sample's three files and the secret of these tests
		t.Errorf("check left something in the campaign's folder: %v", entries)
	}
	m := mustBuild(t, c, Options{Out: filepath.Join(t.TempDir(), "packet")})
	if report.RowsRead != m.RowsRead || report.Letters != m.Letters || report.Bundles != len(m.Bundles) || len(report.Held) != m.NeedsLook {
		t.Errorf("check says %+v, build made %+v", report, m)
	}
	for reason, n := range report.Excluded {
		if m.Excluded[string(reason)] != n {
			t.Errorf("check excludes %d rows as %s, build %d", n, reason, m.Excluded[string(reason)])
		}
	}
	for _, column := range report.Columns {
		if column.Field == "name" && (column.Header != "full_name" || column.Filled != m.Letters || len(column.Samples) != samples) {
			t.Errorf("the column of names: %+v", column)
		}
	}
}

// Staff mend what check writes out, and put it beside the list: then everybody has a letter.
func TestRowsToMendCanBeAddedBack(t *testing.T) {
	dir := folder(t, map[string]string{"signers.csv": "full_name,email,city,name_may_be_shared\n" +
		"Ann,a@example.org,Leeds,yes\n,b@example.org,\"Bonn, Beuel\",yes\n=1+1 \u0378,c@example.org,Cork,yes\n\"Dee\" x,d@example.org,D,yes\n"})
	mend := filepath.Join(dir, "mend.csv")
	report, err := Check(context.Background(), campaignIn(t, dir, nil), CheckOptions{Problems: mend})
	if err != nil {
		t.Fatal(err)
	}
	if report.Letters != 1 || len(report.Held) != 3 {
		t.Fatalf("%d letters, %d held", report.Letters, len(report.Held))
	}
	data, err := os.ReadFile(mend)
	if err != nil {
		t.Fatal(err)
	}
	want := "postbag row,postbag reason,full_name,email,city,name_may_be_shared\n" +
		"signers.csv:3,no name,,b@example.org,\"Bonn, Beuel\",yes\n"
	if !strings.HasPrefix(string(data), want) || strings.Count(string(data), "\n") != 4 {
		t.Errorf("the rows to mend are\n%s\nwant them to start\n%s", data, want)
	}
	if info, err := os.Stat(mend); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the rows to mend: %v %v", info.Mode(), err)
	}
	mended := strings.NewReplacer(",no name,,b@", ",no name,Bob,b@").Replace(string(data))
	if err := os.WriteFile(mend, []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err = Check(context.Background(), campaignIn(t, dir, map[string]string{"signers.files": "mend.csv"}), CheckOptions{})
	if err != nil || report.Letters != 2 || report.Excluded[roll.Mended] != 1 {
		t.Errorf("with a mended row there are %d letters, want 2: %v %v", report.Letters, err, report.Excluded)
	}
}

func TestPreviewShowsTheHardestLetterOrTheRowAskedFor(t *testing.T) {
	dir := folder(t, nil)
	c := campaignIn(t, dir, map[string]string{"specimen": "no"})
	out := filepath.Join(t.TempDir(), "preview.pdf")
	report, err := Preview(context.Background(), c, PreviewOptions{Out: out})
	if err != nil {
		t.Fatal(err)
	}
	if report.Row != 33 { // María de los Ángeles Fernández-Villaverde y Ruiz de Alarcón
		t.Errorf("the hardest letter is row %d's (%s), want 33's", report.Row, report.Why)
	}
	if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 9}); err == nil || !strings.Contains(err.Error(), "no consent") {
		t.Errorf("a row without consent is shown: %v", err)
	}
	if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 999}); err == nil || !strings.Contains(err.Error(), "there is no row 999") {
		t.Errorf("a row that is not there: %v", err)
	}
	outside.Needs(t, "pdftotext", "qpdf")
	outside.Accepted(t, out)
	text, _ := outside.Run(t, "pdftotext", "-raw", out, "-")
	if !strings.Contains(text, "Łukasiewicz") || !strings.Contains(strings.Join(strings.Fields(text), ""), "SPECIMEN") {
		t.Errorf("the preview of row 2 says %s", text)
	}
	if strings.Contains(text, "Bundle") {
		t.Error("the preview has a slip sheet")
	}
}

func TestGroupsGetBundlesOfTheirOwn(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), map[string]string{"bundles.group_by": "country", "bundles.duplex": "yes"}), Options{Out: out})
	countries := map[string]string{}
	source := map[string]string{}
	dir := folder(t, nil)
	for i, row := range readCSV(t, filepath.Join(dir, "signers.csv")) {
		source[fmt.Sprint(i+2)] = row["country"]
	}
	for _, row := range readCSV(t, filepath.Join(out, "private/ledger.csv")) {
		country := source[row["row"]]
		if before, ok := countries[row["bundle"]]; ok && before != country {
			t.Errorf("%s holds letters from %s and %s", row["bundle"], before, country)
		}
		countries[row["bundle"]] = country
		var page int
		if _, err := fmt.Sscan(row["page"], &page); err != nil || page%2 == 0 {
			t.Errorf("letter %s starts on page %d: the back of a sheet", row["letter_id"], page)
		}
	}
	for _, b := range m.Bundles {
		if b.Pages != 2*b.Sheets || b.Sheets != b.Letters+1 {
			t.Errorf("%s: %d letters, %d pages, %d sheets", b.Path, b.Letters, b.Pages, b.Sheets)
		}
	}
}

func TestTheManifestIsWhatBuildReturns(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: out})
	data, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var stored packet.Manifest
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	if stored.Letters != m.Letters || len(stored.Bundles) != len(m.Bundles) || stored.Letter.WordingHash != m.Letter.WordingHash {
		t.Errorf("stored %+v, returned %+v", stored, m)
	}
	if len(stored.Letter.WordingHash) != 64 || len(stored.Sources) != 1 || stored.Sources[0].Name != "signers.csv" {
		t.Errorf("the manifest lacks a hash or its source: %+v", stored)
	}
}

func TestDatesAreWrittenInTheLettersLanguage(t *testing.T) {
	c := campaignIn(t, folder(t, nil), nil)
	for language, want := range map[string]string{
		"en-GB": "23 November 2026", "en": "November 23, 2026", "de": "23. November 2026", "fr": "23 novembre 2026",
		"es-MX": "23 de noviembre de 2026", "xx": "2026-11-23",
	} {
		if got := longDate(c.Letter.Date, language); got != want {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
}
