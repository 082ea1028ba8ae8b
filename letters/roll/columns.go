package roll

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
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
	"organisation", "title", "language", "comment", "shares",
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

// Mapped says which column holds a standard field, and how that was found.
type Mapped struct {
	Field  string
	Column int    // index of the column; -1 when the field is put together from others
	Header string // of that column
	How    string // "signers.columns", "its header", or from which fields it is put together
	// Passed lists other columns that would have matched.
	Passed []string
}

// columnMap is the mapping of one list.
type columnMap struct {
	headers []string
	folded  []string
	fields  map[string]*Mapped
}

// mapColumns finds the columns of the standard fields.
func mapColumns(headers []string, c *config.Campaign, problems *problem.List) *columnMap {
	m := &columnMap{headers: headers, fields: map[string]*Mapped{}}
	for _, h := range headers {
		m.folded = append(m.folded, Fold(h))
	}
	m.mapChosen(c, problems)
	m.mapByName(c, problems)
	m.derive()
	if m.fields["name"] == nil {
		problems.Add(problem.Place{File: c.Signers.File}, "no column holds the signers' names. The columns are "+strings.Join(headers, ", "),
			"Say which one does, with signers.columns in "+c.File+", for example “name: "+firstOf(headers, "Full name")+"”")
	}
	return m
}

func firstOf(list []string, fallback string) string {
	if len(list) == 0 {
		return fallback
	}
	return list[0]
}

// mapChosen takes signers.columns.
func (m *columnMap) mapChosen(c *config.Campaign, problems *problem.List) {
	for _, field := range standard {
		for key, header := range c.Signers.Columns {
			if key != field {
				continue
			}
			column, err := m.column(header)
			if err != "" {
				problems.Add(c.Signers.ColumnPlace[key], err, m.suggest(header))
				continue
			}
			m.fields[field] = &Mapped{Field: field, Column: column, Header: m.headers[column], How: "signers.columns"}
		}
	}
	for key := range c.Signers.Columns {
		if !slices.Contains(standard, key) {
			problems.Add(c.Signers.ColumnPlace[key], "signers.columns names a field "+key+", which has no meaning to Postbag",
				"Use some of: "+strings.Join(standard, ", ")+". Any other column is a field under its own name already")
		}
	}
}

// column finds a column by its header, exactly if there is one, else folded.
func (m *columnMap) column(header string) (int, string) {
	if i := slices.Index(m.headers, header); i >= 0 {
		return i, ""
	}
	found := -1
	for i, f := range m.folded {
		if f != "" && f == Fold(header) {
			if found >= 0 {
				return 0, fmt.Sprintf("two columns could be %q: %q and %q", header, m.headers[found], m.headers[i])
			}
			found = i
		}
	}
	if found < 0 {
		return 0, fmt.Sprintf("the list has no column %q", header)
	}
	return found, ""
}

// suggest names the nearest header, and all of them.
func (m *columnMap) suggest(header string) string {
	best, least := "", 1+max(2, len(header)/3)
	for _, h := range m.headers {
		if d := smetrics.WagnerFischer(Fold(h), Fold(header), 1, 1, 1); d < least {
			best, least = h, d
		}
	}
	do := "The columns are " + strings.Join(m.headers, ", ")
	if best != "" {
		do = fmt.Sprintf("Did you mean %q? ", best) + do
	}
	return do
}

// mapByName finds the columns that were not chosen by their headers.
func (m *columnMap) mapByName(c *config.Campaign, problems *problem.List) {
	var names map[string][]string
	if err := yaml.Unmarshal(columnNames, &names); err != nil {
		problems.Add(problem.Place{}, "the table of column names is damaged: "+err.Error(), "")
		return
	}
	for _, field := range standard {
		if m.fields[field] != nil {
			continue
		}
		for _, name := range names[field] {
			var matches []int
			for i, f := range m.folded {
				if f == Fold(name) {
					matches = append(matches, i)
				}
			}
			switch {
			case len(matches) == 0:
			case m.fields[field] != nil && m.fields[field].Column == matches[0]:
			case m.fields[field] != nil:
				m.fields[field].Passed = append(m.fields[field].Passed, m.headers[matches[0]])
			case len(matches) > 1:
				problems.Add(problem.Place{File: c.Signers.File}, fmt.Sprintf("%d columns are called %q", len(matches), m.headers[matches[0]]),
					"Rename all but one of them")
				m.fields[field] = &Mapped{Field: field, Column: matches[0], Header: m.headers[matches[0]], How: "its header"}
			default:
				m.fields[field] = &Mapped{Field: field, Column: matches[0], Header: m.headers[matches[0]], How: "its header"}
			}
		}
	}
}

// derive says which fields can be put together from others.
func (m *columnMap) derive() {
	if m.fields["name"] == nil && (m.fields["first_name"] != nil || m.fields["last_name"] != nil) {
		m.fields["name"] = &Mapped{Field: "name", Column: -1, How: "first_name and last_name"}
	}
	if m.fields["place"] == nil && (m.fields["city"] != nil || m.fields["region"] != nil || m.fields["country"] != nil) {
		m.fields["place"] = &Mapped{Field: "place", Column: -1, How: "city, region and country"}
	}
}

// columnsOf gives the columns of a field, to be joined by separator; nil for an unknown field.
func (m *columnMap) columnsOf(field string) (columns []int, separator string) {
	key := Fold(field)
	for name, f := range m.fields {
		if Fold(name) != key {
			continue
		}
		if f.Column >= 0 {
			return []int{f.Column}, ""
		}
		parts, separator := []string{"first_name", "last_name"}, " "
		if name == "place" {
			parts, separator = []string{"city", "region", "country"}, ", "
		}
		for _, part := range parts {
			if p := m.fields[part]; p != nil {
				columns = append(columns, p.Column)
			}
		}
		return columns, separator
	}
	if column, err := m.column(field); err == "" {
		return []int{column}, ""
	}
	return nil, ""
}
