package roll

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"postbag/config"
	"postbag/letters/problem"
)

// List is an opened signer list: its files have been looked at, and their headers read and mapped.
type List struct {
	campaign *config.Campaign
	files    []*file
	agreed   map[string]bool // folded values of the consent column that mean yes
	withdrew suppressed
	suppress string // SHA-256 of the suppress file; "" for none
	names    nameRules
	group    []string
}

// file is one file of the list and how it is understood.
type file struct {
	index  int
	source *source
	kind   fileKind
	table
	encoding     textEncoding
	encodingHow  string
	dialect      dialect
	delimiterHow string
	sheet        string
	hidden       int // rows of a sheet that are hidden, and read all the same; known after Read
	columns      *columnMap
	comment      commentRule
	consent      int // columns; -1 for none
	age, birth   int
	optOut       []int
	confirmed    []int
	notes        []string
}

// Open finds the campaign's signer list, looks how its files are written, reads their headers and maps their columns. What the user can
// mend comes back as a problem.List: no such file, no header, a mapped column that is not there, no consent column.
func Open(ctx context.Context, c *config.Campaign) (*List, error) {
	l := &List{campaign: c}
	if l.cleans("countries") {
		go countryNames() // the first row will ask for them
	}
	var problems problem.List
	if n := len(paths(c)); n > maxFiles {
		return nil, refuse(c.File, 0, fmt.Sprintf("the list has %d files", n), fmt.Sprintf("Put them together: %d can be read at once", maxFiles))
	}
	for i, path := range paths(c) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := openFile(i, path, c, &problems)
		if err = problems.Collect(err); err != nil {
			return nil, err
		}
		if f != nil {
			l.files = append(l.files, f)
		}
	}
	if len(problems) == 0 {
		l.settle(&problems)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return l, nil
}

// maxFiles bounds the files of a list.
const maxFiles = 200

// paths lists the files of the list.
func paths(c *config.Campaign) []string {
	if len(c.Signers.Files) == 0 {
		return []string{c.Signers.File}
	}
	return c.Signers.Files
}

// maxHeader bounds a header: some tools write the whole text of a question into it.
const maxHeader = 10_000

// openFile finds out how a file is written, and maps its columns.
func openFile(index int, path string, c *config.Campaign, problems *problem.List) (*file, error) {
	s, err := openSource(path, c.File)
	if err != nil {
		return nil, err
	}
	f := &file{index: index, source: s}
	head, kind, err := s.head()
	if err != nil {
		return nil, err
	}
	f.kind = kind
	switch kind {
	case xlsxFile:
		err = f.openSheet(c)
	case jsonFile, linesFile:
		err = f.openJSON(head, c)
	default:
		err = f.openText(head, c)
	}
	if err != nil {
		return nil, err
	}
	if len(f.headers) > maxCells {
		return nil, s.refuse(fmt.Sprintf("the list has more than %d columns", maxCells), "Export only the columns that are needed")
	}
	for _, header := range f.headers {
		if len(header) > maxHeader {
			return nil, s.refuse(fmt.Sprintf("the header has a cell of more than %d bytes", maxHeader), "Look at the file; if another row is the header, say so with signers.header_row in "+c.File)
		}
	}
	f.columns, err = mapColumns(index, s.shown(), f.headers, f.samples, c, problems)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// openText finds out how a CSV file is written.
func (f *file) openText(head []byte, c *config.Campaign) (err error) {
	if f.encoding, f.encodingHow, err = f.source.findEncoding(head, c.Signers.Encoding); err != nil {
		return err
	}
	text := f.encoding.decodeAll(head)
	if len(bytes.TrimSpace(text)) == 0 {
		return f.source.refuse("the signer list is empty", "Export it again, with a header row")
	}
	return f.findDialect(text, c)
}

// rows reads the file's records from its start.
func (f *file) rows(c *content) (rowReader, error) {
	switch f.kind {
	case xlsxFile:
		return f.sheetRows(c)
	case jsonFile, linesFile:
		return f.jsonRows(c)
	}
	r, err := c.unpacked()
	if err != nil {
		return nil, err
	}
	return newRecords(f.encoding.decode(r), f.dialect), nil
}

// settle finds the columns and files that the campaign asks for.
func (l *List) settle(problems *problem.List) {
	s := l.campaign.Signers
	maps := make([]*columnMap, len(l.files))
	for i, f := range l.files {
		maps[i] = f.columns
	}
	checkChosen(maps, l.campaign, problems)
	l.agreed = map[string]bool{}
	for _, value := range s.Consent.Values {
		l.agreed[foldText(value)] = true
	}
	for _, f := range l.files {
		f.findConsent(l.campaign, problems)
		f.findComment(l.campaign, problems)
		f.findOptOut(s.OptOut)
		f.findAge(l.campaign, problems)
	}
	l.checkOptOut(problems)
	for _, field := range l.campaign.Bundles.GroupBy {
		if !l.Has(field) {
			problems.Add(problem.Place{File: l.campaign.File}, "bundles.group_by names "+field+", which the list does not have", maps[0].suggest(field))
			continue
		}
		l.group = append(l.group, field)
	}
	l.readSuppressed(problems)
	l.names = readNameRules(s.AcceptNames, s.RejectNames, l.campaign.File, problems)
}

func (f *file) findConsent(c *config.Campaign, problems *problem.List) {
	f.consent = -1
	if c.Signers.Consent.Column == "" {
		return
	}
	column, err := f.columns.column(c.Signers.Consent.Column)
	if err != nil {
		problems.Add(f.columns.at, "signers.consent.column: "+err.Error(), f.columns.suggest(c.Signers.Consent.Column))
		return
	}
	f.consent = column
}

// findOptOut finds the columns that take people out: those of the preset, and those that the campaign names.
func (f *file) findOptOut(asked []string) {
	p := f.columns.preset
	if p != nil && !slices.Contains(asked, "none") {
		f.optOut = f.columns.columnsNamed(p.OptOut)
	}
	for _, column := range f.columns.columnsNamed(asked) {
		if !slices.Contains(f.optOut, column) {
			f.optOut = append(f.optOut, column)
		}
	}
	if p != nil {
		f.confirmed = f.columns.columnsNamed(p.Confirmed)
	}
}

// checkOptOut reports columns that signers.opt_out names and no file has.
func (l *List) checkOptOut(problems *problem.List) {
	for _, header := range l.campaign.Signers.OptOut {
		if header == "none" || slices.ContainsFunc(l.files, func(f *file) bool { return len(f.columns.columnsNamed([]string{header})) > 0 }) {
			continue
		}
		problems.Add(problem.Place{File: l.campaign.File}, fmt.Sprintf("signers.opt_out names a column %q, which the list does not have", header), l.files[0].columns.suggest(header))
	}
}

// findAge finds the column of ages or birth dates, when the campaign leaves out the young.
func (f *file) findAge(c *config.Campaign, problems *problem.List) {
	f.age, f.birth = -1, -1
	if c.Signers.Age.Least == 0 {
		return
	}
	generic, err := names()
	if err != nil {
		return // reported when the columns were mapped
	}
	if asked := c.Signers.Age.Column; asked != "" {
		column, err := f.columns.column(asked)
		if err != nil {
			problems.Add(f.columns.at, "signers.age.column: "+err.Error(), f.columns.suggest(asked))
			return
		}
		f.age = column
		if slices.Contains(generic["birth_date"], f.columns.loose[column]) {
			f.age, f.birth = -1, column
		}
		return
	}
	for i, header := range f.columns.loose {
		switch {
		case slices.Contains(generic["age"], header) && f.age < 0:
			f.age = i
		case slices.Contains(generic["birth_date"], header) && f.birth < 0:
			f.birth = i
		}
	}
	if f.age < 0 && f.birth < 0 {
		problems.Add(f.columns.at, "no column says how old people are", "Name it with signers.age.column in "+c.File+". "+f.columns.suggest("age"))
	}
}

// suppressed are people who withdrew: their e-mails and ids, as they are or as salted hashes.
type suppressed struct {
	plain  map[string]bool // normalised
	hashed map[[32]byte]bool
	salt   string
}

func (s *suppressed) empty() bool { return len(s.plain) == 0 && len(s.hashed) == 0 }

// Marks of a suppress file that holds hashes.
const (
	saltMark = "salt:"
	hashMark = "sha256:"
)

// maxSuppressed bounds the file of people who withdrew.
const maxSuppressed = 256 << 20

// readSuppressed reads the e-mails and ids of people who withdrew.
func (l *List) readSuppressed(problems *problem.List) {
	name := l.campaign.Signers.Suppress
	if name == "" {
		return
	}
	f, err := os.Open(name)
	if err != nil {
		problems.Add(problem.Place{File: name}, "the file of people who withdrew cannot be read", "Correct signers.suppress in "+l.campaign.File)
		return
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSuppressed+1))
	if err != nil || len(data) > maxSuppressed {
		problems.Add(problem.Place{File: name}, "the file of people who withdrew cannot be read", "Correct signers.suppress in "+l.campaign.File)
		return
	}
	sum := sha256.Sum256(data)
	l.suppress = hex.EncodeToString(sum[:])
	l.withdrew = suppressed{plain: map[string]bool{}, hashed: map[[32]byte]bool{}}
	number := 0
	d := l.identifier()
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r", "\n"), "\n") {
		number++
		line, _, _ = strings.Cut(line, "#")
		if err := l.withdrew.add(strings.TrimSpace(line), &d); err != nil {
			problems.Add(problem.Place{File: name, Line: number}, err.Error(), "Write "+hashMark+" and the 64 hexadecimal digits of SHA-256 over the salt and the normalised e-mail")
		}
	}
	found := slices.ContainsFunc(l.files, func(f *file) bool { return f.columns.columnOf("email") >= 0 || f.columns.columnOf("id") >= 0 })
	if !found {
		problems.Add(problem.Place{File: name}, "people who withdrew cannot be found: the list has no e-mail and no id column",
			"Say which column holds them, with signers.columns in "+l.campaign.File)
	}
}

// Suppress is the SHA-256 in hex of the file of people who withdrew; "" where there is none.
func (l *List) Suppress() string { return l.suppress }

func (s *suppressed) add(line string, d *identifier) error {
	switch rest, isHash := strings.CutPrefix(line, hashMark); {
	case line == "":
	case strings.HasPrefix(line, saltMark):
		s.salt = strings.TrimSpace(strings.TrimPrefix(line, saltMark))
	case isHash:
		sum, err := hex.DecodeString(strings.TrimSpace(rest))
		if err != nil || len(sum) != 32 {
			return errors.New("this is no SHA-256")
		}
		s.hashed[[32]byte(sum)] = true
	default:
		s.plain[string(d.appendEmail(nil, []byte(line)))] = true
	}
	return nil
}

// identifier tells people apart as the campaign says.
func (l *List) identifier() identifier {
	same := l.campaign.Signers.SameEmail
	return identifier{plus: same == nil || slices.Contains(same, "plus"), dots: same == nil || slices.Contains(same, "dots")}
}

// grouping is how the campaign wants signers of different groups to follow one another.
func (l *List) grouping() grouping {
	b := l.campaign.Bundles
	g := grouping{Order: GroupOrder(b.GroupOrder), Language: language.Make(l.campaign.Letter.Language)}
	if b.Small == "join" {
		g.Join = b.SmallBelow
	}
	return g
}

// cleans tells whether a kind of cleaning is on.
func (l *List) cleans(kind string) bool {
	on := l.campaign.Signers.Clean
	return on == nil && kind != "case" || slices.Contains(on, kind)
}

// foldText makes values comparable: no white space at the ends, small letters.
func foldText(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Headers returns the columns of the list as typed; of several files those of the first, and then what the others have more.
func (l *List) Headers() []string {
	headers := slices.Clone(l.files[0].headers)
	seen := map[string]bool{}
	for _, h := range headers {
		seen[Fold(h)] = true
	}
	for _, f := range l.files[1:] {
		for _, h := range f.headers {
			if key := Fold(h); !seen[key] {
				headers, seen[key] = append(headers, h), true
			}
		}
	}
	return headers
}

// Has tells whether a field is known: a standard one that the mapping finds, or a header of the list. Of several files one must have it;
// it is empty in the others.
func (l *List) Has(field string) bool {
	return slices.ContainsFunc(l.files, func(f *file) bool { return f.columns.has(field) })
}

// Mapping returns the standard fields that were found, in their order, and how; of several files that which has the field first.
func (l *List) Mapping() []Mapped {
	var out []Mapped
	for _, field := range standard {
		for _, f := range l.files {
			if m := f.columns.fields[field]; m != nil {
				out = append(out, *m)
				break
			}
		}
	}
	return out
}

// Notes says what was guessed about the files and what was used for what, in sentences.
func (l *List) Notes() []string {
	var notes []string
	for i, f := range l.files {
		prefix := ""
		if len(l.files) > 1 {
			prefix = f.source.shown() + ": "
		}
		decisions := f.decisions(l.campaign)
		if i > 0 { // the mapping shows the first file
			decisions = append(decisions, f.columns.sentence())
		}
		for _, note := range decisions {
			notes = append(notes, prefix+note)
		}
	}
	return notes
}

// decisions says how the file was understood, where that was not plain.
func (f *file) decisions(c *config.Campaign) (notes []string) {
	say := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if f.kind == csvFile && f.encoding.name != utf8Text.name {
		say("The list is %s, by %s.", f.encoding.name, f.encodingHow)
	}
	if f.kind == csvFile && f.dialect.delimiter != ',' {
		show := fmt.Sprintf("%q", f.dialect.delimiter)
		for _, d := range delimiters {
			if d.char == f.dialect.delimiter {
				show = d.show
			}
		}
		say("Cells are separated by %s, by %s.", show, f.delimiterHow)
	}
	if f.dialect.backslash {
		say("Quotation marks inside cells stand behind a backslash.")
	}
	if f.source.packed {
		say("The list is packed with gzip.")
	}
	if f.headRow > 1 {
		say("The header is row %d, by %s; what stands above it is not read.", f.headRow, f.how)
	}
	notes = append(notes, f.notes...)
	if f.hidden > 0 {
		say("The sheet has %d hidden rows; they were read like the others.", f.hidden)
	}
	if p := f.columns.preset; p != nil {
		say("The list is an export of %s, by its headers.", p.Name)
		for _, header := range sortedKeys(p.Unused) {
			if column, err := f.columns.column(header); err == nil && column != f.consent {
				say("The column %q was not used: %s.", f.headers[column], p.Unused[header])
			}
		}
	}
	for _, column := range f.optOut {
		say("A mark in the column %q takes a person out.", f.headers[column])
	}
	for _, column := range f.confirmed {
		say("A signature counts when the column %q says that it was confirmed.", f.headers[column])
	}
	if f.age >= 0 {
		say("Ages come from the column %q; people under %d are left out.", f.headers[f.age], c.Signers.Age.Least)
	} else if f.birth >= 0 {
		say("Ages on the letter's date come from the column %q; people under %d are left out.", f.headers[f.birth], c.Signers.Age.Least)
	}
	return notes
}
