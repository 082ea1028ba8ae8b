package letters

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/templates"
)

// formLetter is a short text in a form.
func formLetter(form templates.Form) string {
	return "---\nform: " + string(form) + "\nsubject: Transparency at {{recipient.company}}\nclosing: The signatories\n---\n" +
		"We ask {{recipient.company}} to publish an account of its contracts with the agency, and to say in public how it examines what its work does to people.\n\n" +
		"1. Publish the contracts.\n2. Answer by the first of March.\n"
}

// signersOfAllKinds makes a list of n signers with names of ninety languages, and some that are long.
func signersOfAllKinds(t testing.TB, n int) string {
	t.Helper()
	names, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	names = slices.DeleteFunc(names, func(n worldnames.Name) bool { return n.Script == "Hang" || n.Script == "Kore" }) // not every machine has a font
	var text strings.Builder
	w := csv.NewWriter(&text)
	rows := [][]string{{"full_name", "email", "city", "country", "organisation", "job title", "shares", "share_class", "assets", "basis", "name_may_be_shared"}}
	for i := range n {
		name := names[i%len(names)].Text
		switch i % 97 {
		case 13:
			name = "Maria de los Angeles Fernandez-Villaverde y Ruiz de Alarcon von Hohenzollern-Sigmaringen Nummer " + strconv.Itoa(i)
		case 29:
			name = strings.Repeat("Wolfeschlegelsteinhausen", 4)
		}
		row := []string{name, fmt.Sprintf("s%d@example.org", i), "Leeds", "United Kingdom", "", "", "", "", "", "", "yes"}
		if i%3 == 0 {
			row[4], row[5], row[6] = "Sample Pension Fund", "Trustee", strconv.Itoa(1000+i)
		}
		if i%5 == 0 {
			row[8], row[9] = fmt.Sprintf("USD %d.%02d", i*10, i%100), "evidence on file"
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// shared lists the forms that many signers share.
func shared() []templates.Form {
	return slices.DeleteFunc(templates.Forms(), func(f templates.Form) bool { return f == templates.FormLetter })
}

// squeezed leaves out white space and what poppler adds round text from right to left.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, plainText(s))
}

// says tells whether an entry begins with a name. Of names from right to left it asks for the letters only: readers that give text in the
// order of drawing have the words of a line from left to right. That they come out in order otherwise, other tests see to.
func says(entry, name string) bool {
	entry, name = squeezed(entry), squeezed(name)
	if strings.HasPrefix(entry, name) {
		return true
	}
	if !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Adlam, unicode.Nko, unicode.Syriac, unicode.Thaana)
	}) {
		return false
	}
	for _, r := range name {
		if strings.Count(entry, string(r)) < strings.Count(name, string(r)) {
			return false
		}
	}
	return true
}

var sixDigits = regexp.MustCompile(`(?m)(?:^|[^0-9-])(\d{6})(?:[^0-9]|$)`)

// Every signer of the ledger stands once, on the page that the ledger says, behind the number of their letter id.
func TestEverySignerStandsOnceInAForm(t *testing.T) {
	outside.Needs(t, "pdftotext")
	for _, form := range shared() {
		for _, c := range []struct{ signers, bundle int }{{1, 100}, {3, 2}, {211, 60}, {2300, 2000}} {
			t.Run(fmt.Sprintf("%s of %d", form, c.signers), func(t *testing.T) {
				t.Parallel()
				dir := folder(t, map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, c.signers)})
				out := filepath.Join(t.TempDir(), "packet")
				campaign := campaignIn(t, dir, map[string]string{
					"bundles.letters": strconv.Itoa(c.bundle), "letter.as_of": "2026-11-01", "letter.show": "name", "specimen": "no", "campaign": "c"})
				m := mustBuild(t, campaign, Options{Out: out})
				mustVerify(t, out)
				if m.Letter.Form != string(form) || m.Letters != c.signers || len(m.Bundles) != (c.signers+c.bundle-1)/c.bundle {
					t.Fatalf("%s: %d signers in %d bundles", m.Letter.Form, m.Letters, len(m.Bundles))
				}
				mustName(t, out, m)
			})
		}
	}
}

func mustVerify(t testing.TB, out string) {
	t.Helper()
	report, err := packet.Verify(context.Background(), out, packet.VerifyOptions{})
	if err != nil || len(report.Faults) > 0 {
		t.Fatalf("verify: %v %+v", err, report)
	}
}

// mustName holds the text that poppler reads against the ledger.
func mustName(t *testing.T, out string, m *packet.Manifest) {
	t.Helper()
	pages := map[string][]string{}
	for _, b := range m.Bundles {
		text, _ := outside.Run(t, "pdftotext", "-raw", filepath.Join(out, b.Path), "-")
		pages[b.Path] = strings.Split(text, "\f")
		if len(pages[b.Path]) != b.Pages+1 {
			t.Errorf("%s has %d pages, the manifest says %d", b.Path, len(pages[b.Path])-1, b.Pages)
		}
	}
	times := map[string]int{}
	for _, b := range m.Bundles {
		for _, page := range pages[b.Path][1:] { // the slip sheet names letter ids
			for _, found := range sixDigits.FindAllStringSubmatch(strings.ReplaceAll(page, "\n", "\n\n"), -1) {
				times[found[1]]++
			}
		}
	}
	ledger := readCSV(t, filepath.Join(out, "private/ledger.csv"))
	for _, row := range ledger {
		number := row["letter_id"][len(row["letter_id"])-6:]
		page, _ := strconv.Atoi(row["page"])
		if times[number] != 1 {
			t.Errorf("%s stands %d times", number, times[number])
		}
		if got := entryOf(pages[row["bundle"]][page-1], number); !says(got, row["name"]) {
			t.Errorf("%s on page %d is %q and says %q", number, page, row["name"], got)
		}
	}
	if len(times) != len(ledger) {
		t.Errorf("%d numbers for %d signers", len(times), len(ledger))
	}
}

// entryOf is the text of a page from behind a number to the next.
func entryOf(page, number string) string {
	_, rest, _ := strings.Cut(norm.NFC.String(page), number)
	if next := sixDigits.FindStringIndex(rest); next != nil {
		rest = rest[:next[0]]
	}
	return rest
}

func TestAFormDoesNotDependOnWorkersOrTimeZone(t *testing.T) {
	for _, form := range shared() {
		files := map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, 500)}
		set := map[string]string{"bundles.letters": "70", "letter.as_of": "2026-11-01"}
		dir := folder(t, files)
		first, second := filepath.Join(t.TempDir(), "packet"), filepath.Join(t.TempDir(), "packet")
		t.Setenv("TZ", "UTC")
		mustBuild(t, campaignIn(t, dir, set), Options{Out: first, Workers: 1})
		t.Setenv("TZ", "Pacific/Kiritimati")
		t.Setenv("LC_ALL", "tr_TR.UTF-8")
		mustBuild(t, campaignIn(t, folder(t, files), set), Options{Out: second, Workers: 5})
		wantSame(t, contents(t, first), contents(t, second))
	}
}

// Readers take every kind of form, on one side and on both, whole and grouped; sheets add up and each group has the text.
func TestReadersTakeForms(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext")
	for _, form := range shared() {
		dir := folder(t, map[string]string{"letter.md": formLetter(form)})
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, map[string]string{
			"bundles.letters": "40", "bundles.duplex": "yes", "bundles.group_by": "country", "letter.as_of": "2026-11-01", "letter.paper": "letter"}), Options{Out: out})
		mustVerify(t, out)
		mustName(t, out, m)
		outside.Accepted(t, filepath.Join(out, m.Bundles[0].Path))
		for _, b := range m.Bundles {
			if b.Pages != 2*b.Sheets {
				t.Errorf("%s: %d pages on %d sheets", b.Path, b.Pages, b.Sheets)
			}
		}
		text, _ := outside.Run(t, "pdftotext", "-raw", filepath.Join(out, m.Bundles[1].Path), "-")
		if !strings.Contains(strings.Join(strings.Fields(text), " "), "Publish the contracts") {
			t.Errorf("%s: the second group's document has no text", form)
		}
		if n := strings.Count(squeezed(text), "SPECIMEN"); n < m.Bundles[1].Pages-2 { // the back of the slip sheet and of the last page may be blank
			t.Errorf("%s: %d marks on %d pages", form, n, m.Bundles[1].Pages)
		}
	}
}

func TestTheTextStandsOnceOrOnEverySheet(t *testing.T) {
	outside.Needs(t, "pdftotext")
	for form, want := range map[templates.Form]func(pages int) int{
		templates.FormOpenLetter:    func(int) int { return 1 },
		templates.FormInvestors:     func(int) int { return 1 },
		templates.FormPetitionSheet: func(pages int) int { return pages - 3 }, // three slip sheets
	} {
		dir := folder(t, map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, 300)})
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, map[string]string{"bundles.letters": "120", "letter.as_of": "2026-11-01", "letter.density": "12", "letter.signed": "signed online"}), Options{Out: out})
		text := ""
		for _, b := range m.Bundles {
			one, _ := outside.Run(t, "pdftotext", "-raw", filepath.Join(out, b.Path), "-")
			text += one
		}
		if n := strings.Count(text, "Publish the contracts"); n != want(m.Pages) {
			t.Errorf("%s: the text stands %d times on %d pages", form, n, m.Pages)
		}
		signed := 0
		if form == templates.FormPetitionSheet {
			signed = 300
			if want := 3 + 10 + 10 + 5; m.Pages < want || m.Pages > want+6 { // long names make rows higher
				t.Errorf("%d pages of 12 rows, want about %d", m.Pages, want)
			}
		} else if n := strings.Count(text, "Volume"); n != 2 {
			t.Errorf("%s: %d volumes say which they are, want 2", form, n)
		}
		if n := strings.Count(text, "signed online"); n != signed {
			t.Errorf("%s: %d rows say that they were signed online, want %d", form, n, signed)
		}
	}
}

func TestWhatIsWrongWithAFormIsSaidBeforeAnythingIsMade(t *testing.T) {
	long := strings.Repeat("A paragraph of the petition that is much too long to stand on every sheet of paper with names below it. ", 60)
	for name, c := range map[string]struct {
		letter, signers string
		set             map[string]string
		want            string
	}{
		"a signer's field":    {letter: "---\nform: open-letter\n---\nDear {{name}} of {{city}}", want: "letter.md:4:6: {{name}} is another for each signer"},
		"a petition too long": {letter: "---\nform: petition-sheets\n---\n" + long, want: "leaves no room for signers on the sheet"},
		"too many rows":       {letter: formLetter(templates.FormPetitionSheet), set: map[string]string{"letter.density": "100"}, want: "100 rows do not fit on a sheet"},
		"no day of holdings":  {letter: formLetter(templates.FormInvestors), signers: "full_name,shares,name_may_be_shared\nAnn,5,yes\n", want: "Set letter.as_of"},
		"nobody":              {letter: formLetter(templates.FormOpenLetter), signers: "full_name,name_may_be_shared\nAnn,no\n", want: "none gets one"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"letter.md": c.letter}
			if c.signers != "" {
				files["signers.csv"] = c.signers
			}
			out := filepath.Join(t.TempDir(), "packet")
			_, err := Build(context.Background(), campaignIn(t, folder(t, files), c.set), Options{Out: out})
			var list problem.List
			if !errors.As(err, &list) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q in %v", c.want, err)
			}
		})
	}
}

func TestHoldingsAreReadExactlyOrHoldTheirRowBack(t *testing.T) {
	english, german := numberMarks{",", "."}, numberMarks{".", ","}
	for _, c := range []struct {
		marks      numberMarks
		text, want string // the number, or "" where it could mean two things or none
	}{
		{english, "1200", "1200"}, {english, "1,200", "1200"}, {english, "1,200.5", "1200.50"}, {english, "1.200,5", "1200.50"}, {english, "1 234 567", "1234567"},
		{english, "1'234'567", "1234567"}, {english, "1,234,567", "1234567"}, {english, "1.234.567", "1234567"}, {english, "0.125", "0.125"}, {english, "12.5", "12.50"},
		{english, "1.234", ""}, {german, "1.234", "1234"}, {german, "1,234", ""}, {german, "1,5", "1.50"}, {english, "12,34,567", ""}, {english, "1,2345", "1.2345"},
		{english, "", ""}, {english, "about 500", ""}, {english, "1e6", ""}, {english, "-5", ""}, {english, "5.", ""}, {english, "1.5m", ""}, {english, "1.1234567", ""},
		{english, "999999999999999999999", "999999999999999999999"}, {english, "١٢٣", ""},
	} {
		amount, what := c.marks.read(c.text)
		got := ""
		if what == "" {
			got = numberMarks{decimal: "."}.write(amount)
		}
		if got != c.want {
			t.Errorf("%q is read as %q (%s), want %q", c.text, got, what, c.want)
		}
	}
}

// What is written can be read again, in every language, and sums do not depend on the order.
func TestHoldingsSurviveWritingAndAdding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := formWordsIn(rapid.SampledFrom([]string{"en", "de", "fr", "es", "ar", "it"}).Draw(t, "language"))
		millionths := rapid.Int64Range(0, 1<<60).Draw(t, "amount")
		if rapid.Bool().Draw(t, "whole") {
			millionths -= millionths % 1_000_000
		}
		want := big.NewInt(millionths)
		got, what := words.marks().read(words.marks().write(want))
		if what != "" && millionths%1_000_000 == 0 {
			t.Fatalf("%s is not read again: %s", words.marks().write(want), what)
		}
		if what == "" && got.Cmp(want) != 0 {
			t.Fatalf("%s is read as %s", want, got)
		}
	})
}

func TestHoldingsAreAddedUpByUnitAndBasis(t *testing.T) {
	outside.Needs(t, "pdftotext")
	const list = "full_name,job title,organisation,shares,share class,assets,currency,basis,name_may_be_shared\n" +
		"Ann,Trustee,Fund A,\"1,200\",Class A,,,,yes\nBob,,,800,class a,USD 0.10,,self-reported,yes\nCee,,,5,,0.20,USD,,yes\n" +
		"Dee,,,7,,,,evidence on file,yes\nEve,,,,,,,,yes\nFay,,,,,€ 10,,on file,yes\nGil,,,,,$ 10,,,yes\nHal,,,x,,,,,yes\nIna,,,1,,,,hearsay,yes\n"
	dir := folder(t, map[string]string{"letter.md": formLetter(templates.FormInvestors), "signers.csv": list})
	set := map[string]string{"letter.as_of": "2026-11-01", "letter.show": "name"}
	report, err := Check(context.Background(), campaignIn(t, dir, set), CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range report.Holdings {
		got = append(got, fmt.Sprintf("%s %s %s %d", h.Amount, h.Unit, h.Basis, h.StatedBy))
	}
	want := []string{"5 shares self-reported 1", "7 shares evidence on file 1", "2000 shares (Class A) self-reported 2", "10 EUR evidence on file 1", "0.30 USD self-reported 2"}
	if !slices.Equal(got, want) {
		t.Errorf("the holdings are %q, want %q", got, want)
	}
	if report.Excluded[roll.Unreckoned] != 3 || len(report.Held) != 3 || report.Letters != 6 {
		t.Errorf("%d held back, %v", len(report.Held), report.Excluded)
	}
	if len(report.Cautions) != 1 || !strings.Contains(report.Cautions[0].What, "adopted 16 October 1992") || !strings.Contains(report.Cautions[0].Do, "not legal advice") {
		t.Errorf("the cautions are %v", report.Cautions)
	}
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, dir, set), Options{Out: out})
	mustVerify(t, out)
	text, _ := outside.Run(t, "pdftotext", "-raw", filepath.Join(out, m.Bundles[0].Path), "-")
	text = strings.Join(strings.Fields(text), " ")
	for _, line := range []string{"Ann Trustee Fund A 1,200 shares (Class A), self-reported", "2,000 shares (Class A), self-reported; stated by 2", "0.30 USD, self-reported; stated by 2",
		"as of 1 November 2026", "who state no holding: 1", "not a shareholder proposal under Rule 14a-8", "in force since 4 January 2021"} {
		if !strings.Contains(text, line) {
			t.Errorf("the letter does not say %q:\n%s", line, text)
		}
	}
}

func TestWhatInvestorsHoldIsCautionedAbove5Million(t *testing.T) {
	for assets, want := range map[string]string{"USD 5000000": "", "USD 5000000.01": "5,000,000.01 USD", "EUR 9000000": ""} {
		dir := folder(t, map[string]string{"letter.md": formLetter(templates.FormInvestors), "signers.csv": "full_name,assets,name_may_be_shared\nAnn," + assets + ",yes\n"})
		report, err := Check(context.Background(), campaignIn(t, dir, map[string]string{"letter.as_of": "2026-11-01"}), CheckOptions{})
		if err != nil || (len(report.Cautions) == 1) != (want != "") || want != "" && !strings.Contains(report.Cautions[0].What, want) {
			t.Errorf("%s: %v %v", assets, report.Cautions, err)
		}
	}
}

func TestPreviewShowsTheLongestEntriesOfAForm(t *testing.T) {
	outside.Needs(t, "pdftotext", "qpdf")
	for _, form := range shared() {
		dir := folder(t, map[string]string{"letter.md": formLetter(form)})
		out := filepath.Join(t.TempDir(), "preview.pdf")
		c := campaignIn(t, dir, map[string]string{"specimen": "no", "letter.as_of": "2026-11-01"})
		report, err := Preview(context.Background(), c, PreviewOptions{Out: out})
		if err != nil || report.Row != 33 { // María de los Ángeles Fernández-Villaverde y Ruiz de Alarcón
			t.Fatalf("%s: %+v %v", form, report, err)
		}
		outside.Accepted(t, out)
		text, _ := outside.Run(t, "pdftotext", "-raw", out, "-")
		if !strings.Contains(text, "María de los Ángeles") || !strings.Contains(squeezed(text), "SPECIMEN") {
			t.Errorf("%s: the preview says %s", form, text)
		}
		if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 9}); err == nil || !strings.Contains(err.Error(), "no consent") {
			t.Errorf("a row without consent is shown: %v", err)
		}
		if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 2}); err != nil {
			t.Error(err)
		}
	}
}

// A list of names has a limit on an entry; nothing else limits it.
func TestAnEntryTooLongIsHeldBack(t *testing.T) {
	place := strings.Repeat("place ", 90)
	for _, form := range shared() {
		dir := folder(t, map[string]string{"letter.md": formLetter(form), "signers.csv": "full_name,place,name_may_be_shared\n" +
			"Ann," + place + ",yes\nBob," + place + place + ",yes\n" + strings.Repeat("Wolf", 145) + ",,yes\n" + strings.Repeat("Lamb ", 118) + ",,yes\n"})
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
		mustVerify(t, out)
		if m.Letters != 3 || m.Excluded[string(roll.TooLong)] != 1 || m.NeedsLook != 1 {
			t.Errorf("%s: %d signers, excluded %v", form, m.Letters, m.Excluded)
		}
	}
}

// Everything that forms say is there in each language that they know, and no pattern lacks a number.
func TestFormsHaveAllTheirWords(t *testing.T) {
	words, err := allFormWords()
	if err != nil || len(words) < 5 {
		t.Fatalf("%d languages, %v", len(words), err)
	}
	for language, w := range words {
		for _, text := range w.texts() {
			if text == "" {
				t.Errorf("%s lacks a word", language)
			}
		}
		for _, pattern := range []string{w.Heading, w.Continued, w.Volume, w.Sheet, w.Bundle} {
			if !strings.Contains(pattern, "{a}") || !strings.Contains(pattern, "{b}") {
				t.Errorf("%s: %q", language, pattern)
			}
		}
		for name := range words["en"].Columns {
			if w.Columns[name] == "" {
				t.Errorf("%s has no heading for %s", language, name)
			}
		}
		if !strings.Contains(w.Not, "14a-8") || !strings.Contains(w.Not, "2021") || !strings.Contains(w.Total, "{amount} {unit}") {
			t.Errorf("%s does not say what the letter is not", language)
		}
	}
	if formWordsIn("xx").Volume != words["en"].Volume || formWordsIn("de-AT") != words["de"] {
		t.Error("a language is not found")
	}
}
