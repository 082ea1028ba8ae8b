package roll

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// The rules of RFC 4180, section 2, with its own examples, and the cases that public suites of CSV files (csv-spectrum and its kin) agree
// on, written anew from what each is about. ¶ stands for the end of a line: every case is read with LF and with CRLF.
var standardCSV = []struct {
	name, text string
	want       [][]string
}{
	{"rule 1: a record a line", "aaa,bbb,ccc¶zzz,yyy,xxx¶", [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"rule 2: the last line without its end", "aaa,bbb,ccc¶zzz,yyy,xxx", [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"rule 3: a header is a record", "field_name,field_name2¶aaa,bbb¶", [][]string{{"field_name", "field_name2"}, {"aaa", "bbb"}}},
	{"rule 4: spaces belong to a cell", "aaa, bbb ,ccc¶", [][]string{{"aaa", " bbb ", "ccc"}}},
	{"rule 5: cells may be quoted", `"aaa","bbb","ccc"¶zzz,yyy,xxx¶`, [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"rule 6: line ends inside quotes", `"aaa","b¶bb","ccc"¶zzz,yyy,xxx¶`, [][]string{{"aaa", "b¶bb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"rule 7: doubled quotes", `"aaa","b""bb","ccc"¶`, [][]string{{"aaa", `b"bb`, "ccc"}}},
	{"a comma inside quotes", `first,city¶John,"Anytown, WW"¶`, [][]string{{"first", "city"}, {"John", "Anytown, WW"}}},
	{"empty cells, quoted and not", `a,b,c¶1,"",""¶2,,¶`, [][]string{{"a", "b", "c"}, {"1", "", ""}, {"2", "", ""}}},
	{"quotes around a word", `a,b¶1,"ha ""ha"" ha"¶3,4¶`, [][]string{{"a", "b"}, {"1", `ha "ha" ha`}, {"3", "4"}}},
	{"JSON in a cell", `key,val¶1,"{""type"": ""Point"", ""at"": [102.0, 0.5]}"¶`, [][]string{{"key", "val"}, {"1", `{"type": "Point", "at": [102.0, 0.5]}`}}},
	{"a line end in the first cell", `a,b¶"Once upon ¶a time",5¶7,8¶`, [][]string{{"a", "b"}, {"Once upon ¶a time", "5"}, {"7", "8"}}},
	{"quotes and line ends together", `a,b¶1,"ha ¶""ha"" ¶ha"¶3,4¶`, [][]string{{"a", "b"}, {"1", "ha ¶\"ha\" ¶ha"}, {"3", "4"}}},
	{"characters beyond ASCII", "a,b¶4,ʤ¶", [][]string{{"a", "b"}, {"4", "ʤ"}}},
	{"nothing but quotes", `a¶""""¶"""a"""¶`, [][]string{{"a"}, {`"`}, {`"a"`}}},
	{"a last cell that is empty", "a,b,¶", [][]string{{"a", "b", ""}}},
}

func TestRecordsKeepTheRulesOfRFC4180(t *testing.T) {
	for _, c := range standardCSV {
		for _, end := range []string{"\n", "\r\n"} {
			for _, whole := range []bool{true, false} {
				var source io.Reader = strings.NewReader(strings.ReplaceAll(c.text, "¶", end))
				if !whole { // byte by byte: where a read ends must not matter
					source = oneByte{source}
				}
				r := newRecords(source, dialect{delimiter: ',', eol: '\n'})
				var got [][]string
				for {
					cells, err := r.next()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatalf("%s, lines ending in %q: %v", c.name, end, err)
					}
					record := make([]string, len(cells))
					for i, cell := range cells {
						record[i] = strings.ReplaceAll(string(cell), end, "¶")
					}
					got = append(got, record)
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("%s, lines ending in %q, whole %v: %q, want %q", c.name, end, whole, got, c.want)
				}
			}
		}
	}
}

// oneByte reads one byte at a time.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return o.r.Read(p[:1])
}
