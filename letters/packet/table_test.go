package packet

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cellText is whatever may stand in a cell, and now and then more than the reader's buffer holds.
func cellText() *rapid.Generator[string] {
	short := rapid.StringOf(rapid.SampledFrom([]rune("ab,\"\n\r é=+'")))
	return rapid.Custom(func(t *rapid.T) string {
		text := short.Draw(t, "text")
		if rapid.IntRange(0, 40).Draw(t, "long") == 0 {
			text = strings.Repeat(text+"x", 1+(300<<10)/(len(text)+1))
		}
		return text
	})
}

// What is written as a row comes back as it was, from the place that is said.
func TestATableIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(cellText(), columns, columns), 1, 20).Draw(t, "rows")
		var file []byte
		var begins []int64
		for _, row := range rows {
			begins = append(begins, int64(len(file)))
			for i, cell := range row {
				if i > 0 {
					file = append(file, ',')
				}
				file = appendCell(file, cell)
			}
			file = append(file, '\n')
		}
		table := newTable(bytes.NewReader(file))
		if head, err := table.header(); err != nil || len(rows) > 1 && head != string(file[:begins[1]]) {
			t.Fatalf("the header is read as %q: %v", head, err)
		}
		for i, row := range rows[1:] {
			cells, err := table.next()
			if err != nil || table.at != begins[i+1] {
				t.Fatalf("row %d is said to begin at %d, not %d: %v", i+1, table.at, begins[i+1], err)
			}
			var got []string
			for _, cell := range cells {
				got = append(got, strings.Clone(PlainCell(cell)))
			}
			if !slices.Equal(got, row) {
				t.Fatalf("row %d is read as %q instead of %q", i+1, got, row)
			}
		}
		if _, err := table.next(); !errors.Is(err, io.EOF) {
			t.Fatalf("behind the last row: %v", err)
		}
	})
}

func TestATableThatNobodyWroteIsRefused(t *testing.T) {
	for _, text := range []string{"a,b", "a\"b,c\n", "\"a\"b,c\n", "\"a\nb", "\"a\"\"\nb,c", "a,\"b\"\"\n", "\"a\",b\"\nc\"\n"} {
		table := newTable(strings.NewReader("one,two\n" + text))
		if _, err := table.header(); err != nil {
			t.Fatal(err)
		}
		if cells, err := table.next(); !errors.Is(err, errTable) {
			t.Errorf("%q is read as %q: %v", text, cells, err)
		}
	}
}
