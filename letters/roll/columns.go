package roll

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/xrash/smetrics"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"postbag/config"
	"postbag/letters/problem"
)

//go:embed columns.yaml
var columnNames []byte

// standard lists the fields that have a meaning of their own, in the order in which check shows them.
var standard = []string{
	"name", "first_name", "last_name", "place", "city", "region", "country", "postcode", "email", "id",
	"organisation", "title", "language", "comment", "shares", "share_class", "assets", "holding_basis",
	"signed_on",
}

// Standard lists the standard fields.
func Standard() []string { return slices.Clone(standard) }

// Fold makes names of fields and headers comparable: small letters and digits only.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(name))
}

// foldLoosely also takes accents off: generic names are found without them.
func foldLoosely(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(Fold(name)))
}

// names are the generic names of columns: field -> folded headers, the most certain first.
var names = sync.OnceValues(func() (map[string][]string, error) {
	var table map[string][]string
	if err := yaml.Unmarshal(columnNames, &table); err != nil {
		return nil, fmt.Errorf("reading the table of column names: %w", err)
	}
	for _, list := range table {
		for i := range list {
			list[i] = foldLoosely(list[i])
		}
	}
	return table, nil
})

// Mapped says which column holds a standard field, and how that was found.
type Mapped struct {
	File   int    // index of the file
	Field  string // standard field
	Column int    // index of the column; -1 when the field is put together from others
	Header string // of that column
	How    string // "signers.columns", "its header", the preset, or from which fields it is put together
	// Passed lists other columns that would have matched.
	Passed []string
}

// columnMap is the mapping of one file.
type columnMap struct {
	file    int
	at      problem.Place // the file
	setting string        // the campaign's file, for messages
	headers []string
	folded  []string
	loose   []string
	samples [][]string // the first rows
	preset  *preset
	fields  map[string]*Mapped
}

// mapColumns finds the columns of the standard fields: those that signers.columns names, those of the preset, and the rest by name.
func mapColumns(file int, path string, headers []string, samples [][]string, c *config.Campaign, problems *problem.List) (*columnMap, error) {
	m := &columnMap{
		file: file, at: problem.Place{File: path}, setting: c.File, headers: headers, samples: samples, fields: map[string]*Mapped{},
	}
	for _, h := range headers {
		m.folded = append(m.folded, Fold(h))
		m.loose = append(m.loose, foldLoosely(h))
	}
	var err error
	if m.preset, err = choosePreset(path, m.folded, c, problems); err != nil {
		return nil, err
	}
	m.mapChosen(c, problems)
	if m.preset != nil {
		m.mapPreset()
	}
	if err := m.mapByName(problems); err != nil {
		return nil, err
	}
	m.nameBesideFirstName()
	m.derive()
	if m.fields["name"] == nil {
		m.noName(problems)
	}
	return m, nil
}

// noName says that nothing holds the names. A first row of values is no header: say so.
func (m *columnMap) noName(problems *problem.List) {
	example := "Full name"
	if len(m.headers) > 0 {
		example = m.headers[0]
	}
	problems.Add(m.at, "no column holds the signers' names. The columns are "+listed(m.headers),
		"Say which one does, with signers.columns in "+m.setting+", for example “name: "+example+"”; or, if this is not the header, which row is, with signers.header_row")
}

// maxListed is how many columns a message names.
const maxListed = 40

func listed(headers []string) string {
	if len(headers) <= maxListed {
		return strings.Join(headers, ", ")
	}
	return strings.Join(headers[:maxListed], ", ") + fmt.Sprintf(" and %d more", len(headers)-maxListed)
}

// mapChosen takes signers.columns. A column that only another of several files has is no mistake here: checkChosen looks at them all.
func (m *columnMap) mapChosen(c *config.Campaign, problems *problem.List) {
	for _, field := range standard {
		header, ok := c.Signers.Columns[field]
		if !ok {
			continue
		}
		column, err := m.column(header)
		if err != nil && err.several {
			problems.Add(c.Signers.ColumnPlace[field], err.Error(), "Rename all but one of them")
		}
		if err == nil {
			m.fields[field] = m.mapped(field, column, "signers.columns")
		}
	}
}

// checkChosen reports what signers.columns names and no file has.
func checkChosen(maps []*columnMap, c *config.Campaign, problems *problem.List) {
	for _, key := range sortedKeys(c.Signers.Columns) {
		header, at := c.Signers.Columns[key], c.Signers.ColumnPlace[key]
		if !slices.Contains(standard, key) {
			problems.Add(at, "signers.columns names a field "+key+", which has no meaning to Postbag",
				"Use some of: "+strings.Join(standard, ", ")+". Any other column is a field under its own name already")
			continue
		}
		found := slices.ContainsFunc(maps, func(m *columnMap) bool { _, err := m.column(header); return err == nil || err.several })
		if !found && len(maps) > 0 {
			problems.Add(at, fmt.Sprintf("the list has no column %q", header), maps[0].suggest(header))
		}
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (m *columnMap) mapped(field string, column int, how string) *Mapped {
	return &Mapped{File: m.file, Field: field, Column: column, Header: m.headers[column], How: how}
}

// noColumn says why a header leads to no column.
type noColumn struct {
	what    string
	several bool // it leads to more than one
}

func (e *noColumn) Error() string { return e.what }

// column finds a column by its header, exactly if there is one, else folded.
func (m *columnMap) column(header string) (int, *noColumn) {
	find := func(equal func(i int) bool) (found []int) {
		for i := range m.headers {
			if m.folded[i] != "" && equal(i) {
				found = append(found, i)
			}
		}
		return found
	}
	found := find(func(i int) bool { return m.headers[i] == header })
	if len(found) == 0 {
		key := Fold(header)
		found = find(func(i int) bool { return m.folded[i] == key })
	}
	switch len(found) {
	case 0:
		return 0, &noColumn{what: fmt.Sprintf("the list has no column %q", header)}
	case 1:
		return found[0], nil
	}
	return 0, &noColumn{what: fmt.Sprintf("two columns could be %q: %q and %q", header, m.headers[found[0]], m.headers[found[1]]), several: true}
}

// suggest names the nearest header, and all of them.
func (m *columnMap) suggest(header string) string {
	best, least, key := "", 1+max(2, len(header)/3), Fold(header)
	for i, h := range m.headers {
		if len(h) > 200 || len(key) > 200 {
			continue
		}
		if d := smetrics.WagnerFischer(m.folded[i], key, 1, 1, 1); d < least && m.folded[i] != "" {
			best, least = h, d
		}
	}
	do := "The columns are " + listed(m.headers)
	if best != "" {
		do = fmt.Sprintf("Did you mean %q? ", best) + do
	}
	return do
}

// certain are the fields about which two columns must not disagree: they stand on letters or tell people apart.
var certain = map[string]bool{"name": true, "first_name": true, "last_name": true, "email": true, "city": true, "country": true}

// mapByName finds the columns that were not chosen by their headers.
func (m *columnMap) mapByName(problems *problem.List) error {
	table, err := names()
	if err != nil {
		return err
	}
	for _, field := range standard {
		if m.fields[field] != nil || m.preset.settles(field) {
			continue
		}
		var matches []int
		for _, name := range table[field] {
			for i, loose := range m.loose {
				if loose == name && !m.taken(i) && !slices.Contains(matches, i) {
					matches = append(matches, i)
				}
			}
		}
		if len(matches) == 0 {
			continue
		}
		found := m.mapped(field, matches[0], "its header")
		for _, i := range matches[1:] {
			found.Passed = append(found.Passed, m.headers[i])
			m.checkTwo(field, matches[0], i, problems)
		}
		m.fields[field] = found
	}
	return nil
}

// taken tells whether a column was chosen for another field already.
func (m *columnMap) taken(column int) bool {
	for _, f := range m.fields {
		if f.Column == column && f.How == "signers.columns" {
			return true
		}
	}
	return false
}

// checkTwo reports two columns for one field, unless it does not matter which is taken.
func (m *columnMap) checkTwo(field string, a, b int, problems *problem.List) {
	do := "Say which one is right, with signers.columns in " + m.setting + ", for example “" + field + ": " + m.headers[a] + "”"
	if m.folded[a] == m.folded[b] {
		problems.Add(m.at, fmt.Sprintf("2 columns are called %q", m.headers[a]), "Rename all but one of them")
		return
	}
	if !certain[field] {
		return
	}
	for _, row := range m.samples {
		if a >= len(row) || b >= len(row) || row[a] == "" || row[b] == "" || strings.EqualFold(row[a], row[b]) {
			continue
		}
		problems.Add(m.at, fmt.Sprintf("two columns could be the %s, and they differ: %q (as in %q) and %q (as in %q)",
			strings.ReplaceAll(field, "_", " "), m.headers[a], short(row[a]), m.headers[b], short(row[b])), do)
		return
	}
}

// short is a sample of a text for a message.
func short(text string) string {
	if r := []rune(text); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return text
}

// nameBesideFirstName settles what “Name” means beside “Vorname” or “First name” where nothing else is the family name: if the first name
// stands in it, it is the full name, else the family name.
func (m *columnMap) nameBesideFirstName() {
	name, first := m.fields["name"], m.fields["first_name"]
	if name == nil || first == nil || m.fields["last_name"] != nil || name.How != "its header" || name.Column < 0 {
		return
	}
	within, rows := 0, 0
	for _, row := range m.samples {
		if name.Column >= len(row) || first.Column >= len(row) || row[name.Column] == "" || row[first.Column] == "" {
			continue
		}
		rows++
		if strings.Contains(strings.ToLower(row[name.Column]), strings.ToLower(row[first.Column])) {
			within++
		}
	}
	if rows == 0 || within*2 >= rows {
		return
	}
	m.fields["last_name"] = m.mapped("last_name", name.Column, fmt.Sprintf("its header, beside %q", first.Header))
	delete(m.fields, "name")
}

// derive says which fields can be put together from others.
func (m *columnMap) derive() {
	first, last := m.fields["first_name"] != nil, m.fields["last_name"] != nil
	if m.fields["name"] == nil && (first || last) {
		how := "first_name and last_name"
		if !last {
			how = "first_name"
		} else if !first {
			how = "last_name"
		}
		m.fields["name"] = &Mapped{File: m.file, Field: "name", Column: -1, How: how}
	}
	if m.fields["place"] == nil && (m.fields["city"] != nil || m.fields["region"] != nil || m.fields["country"] != nil) {
		m.fields["place"] = &Mapped{File: m.file, Field: "place", Column: -1, How: "city, region and country"}
	}
}

// sentence says which column was taken for what.
func (m *columnMap) sentence() string {
	var parts []string
	for _, field := range standard {
		if f := m.fields[field]; f != nil && f.Column >= 0 {
			parts = append(parts, fmt.Sprintf("%s is %q", field, f.Header))
		}
	}
	return "Of its columns, " + strings.Join(parts, ", ") + "."
}

// field finds a standard field by its name, folded.
func (m *columnMap) field(name string) *Mapped {
	key := Fold(name)
	for _, field := range standard {
		if f := m.fields[field]; f != nil && Fold(field) == key {
			return f
		}
	}
	return nil
}

// has tells whether a name leads to a field or a column.
func (m *columnMap) has(name string) bool {
	if m.field(name) != nil {
		return true
	}
	_, err := m.column(name)
	return err == nil
}

// columnOf gives the column of a standard field; -1 when it has none.
func (m *columnMap) columnOf(field string) int {
	if f := m.fields[field]; f != nil {
		return f.Column
	}
	return -1
}
