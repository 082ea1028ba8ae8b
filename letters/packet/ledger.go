package packet

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// LedgerRow is one line of private/ledger.csv: where a signer's row went.
type LedgerRow struct {
	Row      int      // of the list, as a spreadsheet numbers it
	LetterID string   // as it stands on the letter
	Name     string   // as it stands on the letter
	Bundle   string   // the bundle's path, as in the manifest
	Page     int      // of the bundle, from 1, on which the letter starts, or the signer stands in a document of many
	File     string   // what tells the list's files apart where there are several; else ""
	Says     []string // the other fields that the letter says of the signer, in the order of the header
}

// ExclusionRow is one line of private/exclusions.csv: why a signer's row got no letter.
type ExclusionRow struct {
	Row    int
	Reason string // as it stands in the manifest
	Detail string
	File   string // what tells the list's files apart where there are several; else ""
}

const (
	ledgerHeader     = "row,letter_id,name,bundle,page"
	exclusionsHeader = "row,reason,detail"
	fileHeader       = ",file"
)

// AppendLedgerHeader appends the first line of the ledger; several says that the rows name their file, says are the names of the
// fields that the letters say of their signers. A field called name is left out of them: it has its column already.
func AppendLedgerHeader(dst []byte, several bool, says []string) []byte {
	dst = append(dst, ledgerHeader...)
	if several {
		dst = append(dst, fileHeader...)
	}
	for _, field := range says {
		if field != nameField {
			dst = append(dst, ',')
			dst = appendCell(dst, field)
		}
	}
	return append(dst, '\n')
}

// nameField is the field that the ledger has whether letters show it or not.
const nameField = "name"

// AppendLedgerRow appends one line. It allocates nothing once dst has the room.
func AppendLedgerRow(dst []byte, r LedgerRow) []byte {
	dst = appendNumber(dst, int64(r.Row))
	dst = append(dst, ',')
	dst = appendCell(dst, r.LetterID)
	dst = append(dst, ',')
	dst = appendCell(dst, r.Name)
	dst = append(dst, ',')
	dst = append(dst, r.Bundle...) // a path of the packet has nothing in it that a cell must not have
	dst = append(dst, ',')
	dst = appendNumber(dst, int64(r.Page))
	if r.File != "" {
		dst = append(dst, ',')
		dst = appendCell(dst, r.File)
	}
	for _, value := range r.Says {
		dst = append(dst, ',')
		dst = appendCell(dst, value)
	}
	return append(dst, '\n')
}

// AppendExclusionHeader appends the first line of the exclusions; several says that the rows name their file.
func AppendExclusionHeader(dst []byte, several bool) []byte {
	return appendHeader(dst, exclusionsHeader, several)
}

// AppendExclusionRow appends one line. It allocates nothing once dst has the room.
func AppendExclusionRow(dst []byte, r ExclusionRow) []byte {
	dst = appendNumber(dst, int64(r.Row))
	dst = append(dst, ',')
	dst = appendCell(dst, r.Reason)
	dst = append(dst, ',')
	dst = appendCell(dst, r.Detail)
	return appendFile(dst, r.File)
}

func appendHeader(dst []byte, header string, several bool) []byte {
	dst = append(dst, header...)
	if several {
		dst = append(dst, fileHeader...)
	}
	return append(dst, '\n')
}

func appendFile(dst []byte, file string) []byte {
	if file != "" {
		dst = append(dst, ',')
		dst = appendCell(dst, file)
	}
	return append(dst, '\n')
}

func appendNumber(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// appendCell appends a CSV cell that no spreadsheet runs as a formula.
//
// The rule: a cell that starts with = + - @, their full-width forms, a tab or a line end gets an apostrophe in
// front. So that the rule can be undone, a cell in which only apostrophes stand before such a character gets one
// more. Everything else ('t Hooft, O'Neil) stays as it is.
func appendCell(dst []byte, s string) []byte {
	quote := needsQuotes(s)
	if quote {
		dst = append(dst, '"')
	}
	if startsFormula(s) {
		dst = append(dst, '\'')
	}
	if !quote {
		return append(dst, s...)
	}
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		dst = append(dst, s[:i+1]...)
		dst = append(dst, '"')
		s = s[i+1:]
	}
	dst = append(dst, s...)
	return append(dst, '"')
}

// AppendCell appends a cell of a table that other packages write, by the rule of the packet's own.
func AppendCell(dst []byte, cell string) []byte { return appendCell(dst, cell) }

// needsQuotes tells whether a cell would be read wrongly without quotes. Spaces at the ends are kept by RFC 4180
// readers but trimmed by others.
func needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return true
	}
	for i := range len(s) {
		if delimits[s[i]] {
			return true
		}
	}
	return false
}

// delimits marks the bytes that end or open a cell for one reader of CSV or another: a table, since it is asked for each byte of the ledger.
var delimits = [256]bool{',': true, '"': true, '\n': true, '\r': true, '\t': true, ';': true}

// startsFormula tells whether a spreadsheet might run the cell, once apostrophes before it are taken away.
func startsFormula(s string) bool {
	for s != "" && s[0] == '\'' {
		s = s[1:]
	}
	if s == "" {
		return false
	}
	if s[0] < utf8.RuneSelf {
		switch s[0] {
		case '=', '+', '-', '@', '\t', '\r', '\n':
			return true
		}
		return false
	}
	switch r, _ := utf8.DecodeRuneInString(s); r {
	case '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// PlainCell gives back the text of a cell of ledger.csv, exclusions.csv or manifest.csv as it was before it was
// made safe for spreadsheets.
func PlainCell(cell string) string {
	if strings.HasPrefix(cell, "'") && startsFormula(cell) {
		return cell[1:]
	}
	return cell
}
