package roll

import (
	_ "embed"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"postbag/config"
	"postbag/letters/problem"
)

//go:embed presets.yaml
var presetTable []byte

// preset says how the exports of one tool are read; presets.yaml explains its parts.
type preset struct {
	Name      string
	Signs     [][]string
	Files     []string
	Fields    map[string][]string
	OptOut    []string `yaml:"opt_out"`
	Confirmed []string
	Unused    map[string]string
}

var presets = sync.OnceValues(func() ([]preset, error) {
	var table []preset
	if err := yaml.Unmarshal(presetTable, &table); err != nil {
		return nil, fmt.Errorf("reading the table of presets: %w", err)
	}
	return table, nil
})

// choosePreset finds the preset of a file: the one that the campaign names, or the one of which most signs are there.
func choosePreset(file string, folded []string, c *config.Campaign, problems *problem.List) (*preset, error) {
	table, err := presets()
	if err != nil {
		return nil, err
	}
	wanted := c.Signers.Preset
	if wanted == "none" {
		return nil, nil
	}
	if wanted != "" && wanted != "auto" {
		for i := range table {
			if Fold(table[i].Name) == Fold(wanted) {
				return &table[i], nil
			}
		}
		var all []string
		for _, p := range table {
			all = append(all, p.Name)
		}
		problems.Add(problem.Place{File: c.File}, fmt.Sprintf("there is no preset %q", wanted), "Set signers.preset to auto, none, or one of: "+strings.Join(all, "; "))
		return nil, nil
	}
	var best *preset
	most := 0
	for i := range table {
		if n := table[i].match(filepath.Base(file), folded); n > most {
			best, most = &table[i], n
		}
	}
	return best, nil
}

// match is how many signs of the preset a file shows; 0 when none of its sets is whole.
func (p *preset) match(file string, folded []string) int {
	most := 0
	for _, set := range p.Signs {
		whole := !slices.ContainsFunc(set, func(sign string) bool {
			return !slices.ContainsFunc(folded, func(header string) bool { return isSign(sign, header) })
		})
		if whole {
			most = max(most, len(set))
		}
	}
	for _, pattern := range p.Files {
		if ok, err := path.Match(pattern, strings.ToLower(file)); err == nil && ok {
			most = max(most, 3)
		}
	}
	return most
}

func isSign(sign, header string) bool {
	if start, ok := strings.CutSuffix(sign, "*"); ok {
		return strings.HasPrefix(header, Fold(start))
	}
	return header == Fold(sign)
}

// settles tells whether the preset says that a field has no column.
func (p *preset) settles(field string) bool {
	if p == nil {
		return false
	}
	headers, ok := p.Fields[field]
	return ok && len(headers) == 0
}

// mapPreset takes the preset's columns.
func (m *columnMap) mapPreset() {
	for _, field := range standard {
		if m.fields[field] != nil {
			continue
		}
		for _, header := range m.preset.Fields[field] {
			if column, err := m.column(header); err == nil {
				m.fields[field] = m.mapped(field, column, "the preset "+m.preset.Name)
				break
			}
		}
	}
}

// columnsNamed finds the columns of a preset's list that the file has.
func (m *columnMap) columnsNamed(headers []string) (columns []int) {
	for _, header := range headers {
		if column, err := m.column(header); err == nil {
			columns = append(columns, column)
		}
	}
	return columns
}
