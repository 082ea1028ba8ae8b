package roll

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	encodings "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"postbag/config"
	"postbag/letters/problem"
)

// List is an opened signer list whose header has been read and mapped.
type List struct {
	campaign *config.Campaign
	form     form
	columns  *columnMap
	headers  [][]byte // as they stand in the file, cleaned: a row that repeats them is no signer
	headRow  int
	consent  int // column; -1 for an attestation
	agreed   map[string]bool
	withdrew map[string]bool // folded e-mails and ids of the suppress file
	group    []string
}

// form is how a file is written down.
type form struct {
	utf16     bool
	delimiter byte
	eol       byte
}

// Open finds the campaign's signer list, reads its header and maps its columns. What the user can mend comes back as a
// problem.List: no such file, no header, a mapped column that is not there, no consent column.
func Open(ctx context.Context, c *config.Campaign) (*List, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := &List{campaign: c, consent: -1}
	var problems problem.List
	file, err := l.openFile()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := l.readHeader(file); err != nil {
		return nil, err
	}
	names := make([]string, len(l.headers))
	for i, h := range l.headers {
		names[i] = string(h)
	}
	l.columns = mapColumns(names, c, &problems)
	l.findConsent(&problems)
	l.findGroups(&problems)
	l.readSuppressed(&problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return l, nil
}

// openFile opens the list, or says what is in the way.
func (l *List) openFile() (*os.File, error) {
	name := l.campaign.Signers.File
	refuse := func(what, do string) error {
		return problem.List{{Place: problem.Place{File: name}, What: what, Do: do}}
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("the signer list is not there", "Put it there, or correct signers.file in "+l.campaign.File)
	}
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, refuse("the signer list cannot be read: "+err.Error(), "Correct signers.file in "+l.campaign.File)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, refuse("the signer list is not a file", "Correct signers.file in "+l.campaign.File)
	}
	return f, nil
}

// sniffed is how many bytes are looked at to find out how a file is written.
const sniffed = 64 << 10

// otherFiles are kinds of files that people take for lists, by their first bytes.
var otherFiles = []struct{ magic, what, do string }{
	{"PK\x03\x04", "this is a spreadsheet (.xlsx) or a ZIP file, not a CSV file", "Export the sheet as CSV (UTF-8)"},
	{"\xD0\xCF\x11\xE0", "this is an old Excel file (.xls), not a CSV file", "Export the sheet as CSV (UTF-8)"},
	{"%PDF", "this is a PDF, not a CSV file", "Export the list as CSV (UTF-8)"},
	{"\x1F\x8B", "this is a gzip file, not a CSV file", "Unpack it first"},
	{"<html", "this is a web page, not a CSV file", "Open it in a spreadsheet and export it as CSV (UTF-8)"},
	{"<!DOC", "this is a web page, not a CSV file", "Open it in a spreadsheet and export it as CSV (UTF-8)"},
}

// readHeader finds out how the file is written and reads its first row that is not blank.
func (l *List) readHeader(file *os.File) error {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: %w", l.campaign.Signers.File, err)
	}
	head = head[:n]
	refuse := func(what, do string) error {
		return problem.List{{Place: problem.Place{File: l.campaign.Signers.File}, What: what, Do: do}}
	}
	for _, other := range otherFiles {
		if len(head) >= len(other.magic) && strings.EqualFold(string(head[:len(other.magic)]), other.magic) {
			return refuse(other.what, other.do)
		}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return refuse("the signer list is empty", "Export it again, with a header row")
	}
	l.form.utf16 = bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF})
	text := head
	if l.form.utf16 {
		if text, _, err = transform.Bytes(decoder(), head[:len(head)&^1]); err != nil {
			return refuse("the signer list is not UTF-16, though it starts like it", "Export it as CSV (UTF-8)")
		}
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if whole := text[:len(text)-cutRune(text)]; !utf8.Valid(whole) || bytes.IndexByte(whole, 0) >= 0 {
		return refuse("the signer list is not UTF-8: names would come out broken", "Export it again as CSV (UTF-8)")
	}
	l.form.eol = '\n'
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		l.form.eol = '\r'
	}
	l.form.delimiter = guessDelimiter(text, l.form.eol)
	return l.takeHeader(text, refuse)
}

// cutRune tells how many bytes at the end of text are the start of a character that was cut off.
func cutRune(text []byte) int {
	for n := 1; n <= min(3, len(text)); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

func (l *List) takeHeader(text []byte, refuse func(what, do string) error) error {
	records := newRecords(bytes.NewReader(text), l.form.delimiter, l.form.eol)
	var tidy cleaner
	for {
		cells, err := records.next()
		if err != nil {
			return refuse("the first row cannot be taken apart: "+err.Error(), "Export the list again, with a header row")
		}
		if blank(cells) {
			continue
		}
		for _, cell := range cells {
			l.headers = append(l.headers, bytes.Clone(tidy.clean(cell)))
		}
		for len(l.headers) > 0 && len(l.headers[len(l.headers)-1]) == 0 {
			l.headers = l.headers[:len(l.headers)-1]
		}
		l.headRow = records.number
		return nil
	}
}

// guessDelimiter takes the character that stands most often in the first line, outside quotation marks.
func guessDelimiter(text []byte, eol byte) byte {
	counts, inside := map[byte]int{}, false
	for _, b := range bytes.TrimLeft(text, "\r\n") {
		if b == '"' {
			inside = !inside
		}
		if b == eol && !inside {
			break
		}
		if !inside {
			counts[b]++
		}
	}
	best := byte(',')
	for _, d := range []byte{';', '\t', '|'} {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return best
}

func decoder() transform.Transformer {
	return encodings.UTF16(encodings.LittleEndian, encodings.ExpectBOM).NewDecoder()
}

func blank(cells [][]byte) bool {
	for _, c := range cells {
		if len(bytes.TrimSpace(c)) > 0 {
			return false
		}
	}
	return true
}

func (l *List) findConsent(problems *problem.List) {
	consent := l.campaign.Signers.Consent
	if consent.Column == "" {
		return
	}
	column, err := l.columns.column(consent.Column)
	if err != "" {
		problems.Add(problem.Place{File: l.campaign.File}, "signers.consent.column: "+err, l.columns.suggest(consent.Column))
		return
	}
	l.consent = column
	l.agreed = map[string]bool{}
	for _, value := range consent.Values {
		l.agreed[foldText(value)] = true
	}
}

func (l *List) findGroups(problems *problem.List) {
	for _, field := range l.campaign.Bundles.GroupBy {
		if columns, _ := l.columns.columnsOf(field); columns == nil {
			problems.Add(problem.Place{File: l.campaign.File}, "bundles.group_by names "+field+", which the list does not have", l.columns.suggest(field))
			continue
		}
		l.group = append(l.group, field)
	}
}

// readSuppressed reads the e-mails and ids of people who withdrew.
func (l *List) readSuppressed(problems *problem.List) {
	name := l.campaign.Signers.Suppress
	if name == "" {
		return
	}
	data, err := os.ReadFile(name)
	if err != nil {
		problems.Add(problem.Place{File: name}, "the file of people who withdrew cannot be read", "Correct signers.suppress in "+l.campaign.File)
		return
	}
	l.withdrew = map[string]bool{}
	for _, line := range strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if key := foldText(line); key != "" {
			l.withdrew[key] = true
		}
	}
	if l.columns.fields["email"] == nil && l.columns.fields["id"] == nil {
		problems.Add(problem.Place{File: name}, "people who withdrew cannot be found: the list has no e-mail and no id column",
			"Say which column holds them, with signers.columns in "+l.campaign.File)
	}
}

// foldText makes values comparable: no white space at the ends, small letters.
func foldText(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Headers returns the columns of the list as typed.
func (l *List) Headers() []string { return slices.Clone(l.columns.headers) }

// Has tells whether a field is known: a standard one that the mapping finds, or a header of the list.
func (l *List) Has(field string) bool {
	columns, _ := l.columns.columnsOf(field)
	return columns != nil
}

// Mapping returns the standard fields that were found, in their order, and how.
func (l *List) Mapping() []Mapped {
	var out []Mapped
	for _, field := range standard {
		if m := l.columns.fields[field]; m != nil {
			out = append(out, *m)
		}
	}
	return out
}

// Notes says what was guessed about the file, in sentences.
func (l *List) Notes() []string {
	var notes []string
	if l.form.utf16 {
		notes = append(notes, "The list is UTF-16.")
	}
	names := map[byte]string{';': "semicolons", '\t': "tabs", '|': "bars"}
	if name, ok := names[l.form.delimiter]; ok {
		notes = append(notes, "Cells are separated by "+name+".")
	}
	if l.headRow > 1 {
		notes = append(notes, fmt.Sprintf("The header is row %d.", l.headRow))
	}
	return notes
}
