package roll

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"postbag/config"
)

// row reader: what every kind of file is read through.
type rowReader interface {
	// next reads a record. Its cells are good until the next call. The error is io.EOF at the end, a rowFault for a record that is broken
	// by itself, and anything else ends the reading.
	next() ([][]byte, error)
	// row is the number of the record last read, as a spreadsheet shows it.
	row() int
}

func (r *records) row() int { return r.number }

// table is the start of a list, with its header found.
type table struct {
	headers []string
	headRow int // 0 when the file has none: its columns have names of their own
	how     string
	samples [][]string
	named   int // columns of the header that are known by name
	even    int // rows of the sample with as many cells as the header, of 100
}

// Rows of a list that are looked at to find its header and to tell columns apart.
const (
	headerWithin = 30
	sampleRows   = 100
)

// peeked is a row of the start of a list.
type peeked struct {
	number int
	cells  []string
	broken bool
}

// peek reads the first rows.
func peek(r rowReader) (rows []peeked, err error) {
	for len(rows) < headerWithin+sampleRows {
		cells, err := r.next()
		var fault rowFault
		switch {
		case errors.As(err, &fault):
			rows = append(rows, peeked{number: r.row(), broken: true})
			continue
		case err != nil:
			return rows, err
		case blank(cells):
			continue
		}
		p := peeked{number: r.row()}
		for _, cell := range cells {
			p.cells = append(p.cells, strings.ToValidUTF8(string(bytes.TrimSpace(cell)), "\uFFFD"))
		}
		rows = append(rows, p)
	}
	return rows, nil
}

// knownHeaders are the folded headers that mean something to Postbag: generic names and those of the presets.
var knownHeaders = sync.OnceValues(func() (map[string]bool, error) {
	table, err := names()
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for field, list := range table {
		for _, name := range list {
			out[name] = field != "totals" || out[name]
		}
	}
	tools, err := presets()
	for _, p := range tools {
		for _, set := range append(p.Signs, p.OptOut, p.Confirmed) {
			for _, sign := range set {
				out[foldLoosely(sign)] = true
			}
		}
	}
	return out, err
})

// findHeader finds the header among the first rows: the row that campaign or file names, else the one with most names of columns that are
// known, else the first that is as wide as most.
func findHeader(rows []peeked, c *config.Campaign) (t table, err error) {
	known, err := knownHeaders()
	if err != nil {
		return t, err
	}
	asked := map[string]bool{Fold(c.Signers.Consent.Column): true}
	for _, header := range c.Signers.Columns {
		asked[Fold(header)] = true
	}
	best, width := -1, commonWidth(rows)
	for i, row := range rows[:min(len(rows), headerWithin)] {
		named := 0
		for _, cell := range row.cells {
			if len(cell) < 200 && cell != "" && (known[foldLoosely(cell)] || asked[Fold(cell)]) {
				named++
			}
		}
		switch {
		case c.Signers.HeaderRow > 0:
			if row.number == c.Signers.HeaderRow {
				best, t.named, t.how = i, named, "signers.header_row"
			}
		case named > t.named:
			best, t.named, t.how = i, named, "the names of its columns"
		case best < 0 && len(row.cells) == width && !row.broken:
			best, t.how = i, "it comes first"
		}
	}
	if best < 0 || rows[best].broken {
		return t, errNoHeader
	}
	t.take(rows, best)
	return t, nil
}

var errNoHeader = errors.New("no row can be the header")

// take makes a table of the rows with the header at index head.
func (t *table) take(rows []peeked, head int) {
	t.headers, t.headRow = rows[head].cells, rows[head].number
	for len(t.headers) > 0 && t.headers[len(t.headers)-1] == "" {
		t.headers = t.headers[:len(t.headers)-1]
	}
	even := 0
	for _, row := range rows[head+1:] {
		if len(row.cells) >= len(t.headers) && !slices.ContainsFunc(row.cells[len(t.headers):], func(s string) bool { return s != "" }) {
			even++
		}
		if !row.broken {
			t.samples = append(t.samples, row.cells)
		}
	}
	t.even = 100
	if n := len(rows) - head - 1; n > 0 {
		t.even = even * 100 / n
	}
}

// commonWidth is how many cells most rows have.
func commonWidth(rows []peeked) int {
	counts, best := map[int]int{}, 0
	for _, row := range rows {
		counts[len(row.cells)]++
	}
	for width, n := range counts {
		if n > counts[best] || n == counts[best] && width > best {
			best = width
		}
	}
	return best
}

// delimiters are those that lists have, and what they are called in campaign.yaml and for people.
var delimiters = []struct {
	char       byte
	name, show string
}{
	{',', "comma", "commas"}, {';', "semicolon", "semicolons"}, {'\t', "tab", "tabs"}, {'|', "pipe", "bars"},
}

// delimiterNamed finds a delimiter by its name or as it is.
func delimiterNamed(name string) (byte, bool) {
	for _, d := range delimiters {
		if name == d.name || name == string(d.char) {
			return d.char, true
		}
	}
	if name == `\t` {
		return '\t', true
	}
	ok := len(name) == 1 && name[0] > ' ' && name[0] < 0x7F && name[0] != '"' && name[0] != '\\'
	return (name + " ")[0], ok
}

// separatorLine is the first line with which spreadsheets are told the delimiter: sep=;
const separatorLine = "sep="

// findDialect finds out how a CSV file is written down: its line ends, its delimiter and its quotation marks, by taking the start apart in every
// way and looking which gives a header with known names and rows of equal length.
func (f *file) findDialect(text []byte, c *config.Campaign) error {
	f.dialect = dialect{eol: findLineEnd(text), delimiter: ','}
	text = wholeLines(text, f.dialect.eol)
	candidates := []byte{',', ';', '\t', '|'}
	f.delimiterHow = "its rows"
	skipped := false
	if line, _, _ := bytes.Cut(text, []byte{f.dialect.eol}); len(line) > 4 && len(bytes.TrimRight(line, "\r ")) == 5 && strings.EqualFold(string(line[:4]), separatorLine) {
		candidates, f.delimiterHow, skipped = []byte{line[4]}, "its first line", true
	}
	if wanted := c.Signers.Delimiter; wanted != "" && wanted != "auto" {
		d, ok := delimiterNamed(wanted)
		if !ok {
			return f.source.refuse(fmt.Sprintf("signers.delimiter is %q, which is no delimiter", wanted), "Write comma, semicolon, tab, pipe or one character in "+c.File)
		}
		candidates, f.delimiterHow = []byte{d}, "signers.delimiter"
	}
	type attempt struct {
		table
		dialect
	}
	var best *attempt
	var firstErr error
	for _, d := range candidates {
		way := f.dialect
		way.delimiter = d
		f.settleQuotes(&way, text, c)
		rows, err := peek(newRecords(bytes.NewReader(text), way))
		if skipped && len(rows) > 0 && rows[0].number == 1 {
			rows = rows[1:]
		}
		t, headErr := findHeader(rows, c)
		if headErr != nil {
			if firstErr == nil {
				firstErr = headErr
			}
			if errors.Is(err, errQuotes) {
				firstErr = err
			}
			continue
		}
		if best == nil || better(t, best.table) {
			best = &attempt{t, way}
		}
	}
	if best == nil {
		return f.noHeader(firstErr)
	}
	f.table, f.dialect = best.table, best.dialect
	return nil
}

func (f *file) noHeader(err error) error {
	switch {
	case errors.Is(err, errQuotes):
		return f.source.refuse("a quotation mark near the start of the list never closes", "Mend the row, or export the list again")
	case errors.Is(err, errNoHeader):
		return f.source.refuse("no row at the start of the list can be its header", "Export the list again with a header row, or say which row it is with signers.header_row in "+f.source.setting)
	}
	return err
}

// better tells whether a way to take a list apart is better than another: more known names, then more even rows, then more columns.
func better(a, b table) bool {
	if a.named != b.named {
		return a.named > b.named
	}
	if a.even != b.even {
		return a.even > b.even
	}
	return len(a.headers) > len(b.headers) && a.even > 50
}

// wholeLines leaves off a last line that may have been cut off.
func wholeLines(text []byte, eol byte) []byte {
	if len(text) < sniffed-8 {
		return text
	}
	if at := bytes.LastIndexByte(text, eol); at > 0 {
		return text[:at+1]
	}
	return text
}

// findLineEnd finds the character that ends lines.
func findLineEnd(text []byte) byte {
	inside, returns := false, 0
	for i, b := range text {
		switch {
		case b == '"':
			inside = !inside
		case inside:
		case b == '\n':
			return '\n'
		case b == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			if returns++; returns > 100 {
				return '\r'
			}
		}
	}
	if returns > 0 {
		return '\r'
	}
	return '\n'
}

// settleQuotes finds out how quotation marks inside cells are written: twice, or behind a backslash. While the start of the file does not
// show it, both are possible.
func (f *file) settleQuotes(d *dialect, text []byte, c *config.Campaign) {
	switch c.Signers.Quotes {
	case "doubled":
		return
	case "backslash":
		d.backslash = true
		return
	}
	d.open = true
	if !bytes.Contains(text, []byte(`\"`)) {
		return
	}
	faults := func(backslash bool) (n int) {
		way := dialect{delimiter: d.delimiter, eol: d.eol, backslash: backslash}
		rows, err := peek(newRecords(bytes.NewReader(text), way))
		for _, row := range rows {
			if row.broken {
				n++
			}
		}
		if errors.Is(err, errQuotes) {
			n++
		}
		return n
	}
	doubled, backslash := faults(false), faults(true)
	switch {
	case backslash < doubled:
		d.backslash, d.open = true, false
	case doubled < backslash:
		d.open = false
	}
}

func blank(cells [][]byte) bool {
	for _, c := range cells {
		if len(c) > 0 && (c[0] > ' ' && c[0] < 0x7F || len(bytes.TrimSpace(c)) > 0) {
			return false
		}
	}
	return true
}
