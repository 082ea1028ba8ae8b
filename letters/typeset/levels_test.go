package typeset

import (
	"bufio"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"

	"postbag/letters/internal/outside"
)

// levelsOf runs a text through the resolver as bidiText does.
func levelsOf(b *bidiText, text []rune, base uint8) []uint8 {
	b.runes, b.kinds, b.at = b.runes[:0], b.kinds[:0], b.at[:0]
	for i, r := range text {
		p, _ := bidi.LookupRune(r)
		b.put(r, p.Class(), i)
	}
	b.spread(base, len(text))
	return b.levels
}

// sameLevels compares with levels as Unicode writes them; x is for characters that rule X9 removes.
func sameLevels(got []uint8, want []string) bool {
	for i, w := range want {
		if w != "x" && w != strconv.Itoa(int(got[i])) {
			return false
		}
	}
	return len(got) == len(want)
}

// checkCharacters runs cases in the format of BidiCharacterTest.txt and returns how many there were.
func checkCharacters(t *testing.T, file io.Reader) (cases int) {
	t.Helper()
	var b bidiText
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Split(lines.Text(), ";")
		if len(fields) != 5 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var text []rune
		for _, hex := range strings.Fields(fields[0]) {
			r, err := strconv.ParseInt(hex, 16, 32)
			if err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			text = append(text, rune(r))
		}
		cases++
		if got := levelsOf(&b, text, fields[2][0]-'0'); !sameLevels(got, strings.Fields(fields[3])) {
			t.Errorf("%s: levels are %d", lines.Text(), got)
		}
	}
	return cases
}

// A selection of Unicode's test cases: testdata/BidiCharacterTest.txt says what is in it.
func TestLevelsAreThoseOfUnicodesCases(t *testing.T) {
	file, err := os.Open("testdata/BidiCharacterTest.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n := checkCharacters(t, file); n < 300 {
		t.Errorf("there were %d cases", n)
	}
}

// unicodeFile opens a file of Debian's package unicode-data.
func unicodeFile(t *testing.T, name string) *os.File {
	t.Helper()
	outside.NeedsFile(t, "/usr/share/unicode/"+name, "unicode-data")
	file, err := os.Open("/usr/share/unicode/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func TestLevelsAreThoseOfAllOfUnicodesCharacterCases(t *testing.T) {
	if n := checkCharacters(t, unicodeFile(t, "BidiCharacterTest.txt")); n < 90_000 {
		t.Errorf("there were %d cases", n)
	}
}

// BidiTest.txt has every sequence of up to four classes, and what levels they get.
func TestLevelsAreThoseOfAllSequencesOfClasses(t *testing.T) {
	sample := map[string]rune{
		"L": 'a', "R": 'א', "AL": 'ب', "EN": '1', "ES": '+', "ET": '$', "AN": '٣', "CS": ',', "B": 0x2029, "S": '\t', "WS": ' ', "ON": '!',
		"NSM": 0x300, "BN": 0xAD, "LRE": 0x202A, "RLE": 0x202B, "PDF": 0x202C, "LRO": 0x202D, "RLO": 0x202E,
		"LRI": 0x2066, "RLI": 0x2067, "FSI": 0x2068, "PDI": 0x2069,
	}
	var b bidiText
	var want []string
	cases := 0
	for lines := bufio.NewScanner(unicodeFile(t, "BidiTest.txt")); lines.Scan(); {
		if levels, ok := strings.CutPrefix(lines.Text(), "@Levels:"); ok {
			want = strings.Fields(levels)
			continue
		}
		classes, bases, ok := strings.Cut(lines.Text(), "; ")
		if !ok || strings.HasPrefix(classes, "#") {
			continue
		}
		var text []rune
		for _, class := range strings.Fields(classes) {
			text = append(text, sample[class])
		}
		if slices.Contains(text, 0x2029) {
			continue // Postbag's paragraphs have no separator in them
		}
		set, err := strconv.ParseUint(bases, 16, 8)
		if err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		for base := range uint8(2) { // the bits: 1 auto, 2 left to right, 4 right to left
			if set>>(base+1)&1 == 0 {
				continue
			}
			cases++
			if got := levelsOf(&b, text, base); !sameLevels(got, want) {
				t.Fatalf("%s at level %d: levels are %d, want %v", classes, base, got, want)
			}
		}
	}
	if cases < 490_000 {
		t.Errorf("there were %d cases", cases)
	}
}
