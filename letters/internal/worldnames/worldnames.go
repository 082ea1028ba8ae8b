// Package worldnames is a list of made-up names in many languages and scripts, for tests: each must be shaped, drawn and read back as
// its language wants it. The parts are common in their languages; together they are nobody's name.
package worldnames

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

//go:embed names.csv
var file string

// Name is one name of the list.
type Name struct {
	Language string // BCP 47
	Script   string // ISO 15924
	Text     string // NFC
}

// All returns the names in the order of the list. The error is that of a broken list.
func All() ([]Name, error) {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		return nil, err
	}
	var names []Name
	for _, row := range rows[1:] {
		names = append(names, Name{Language: row[0], Script: row[1], Text: row[2]})
	}
	return names, nil
}
