package templates

import (
	"encoding/csv"
	"io/fs"
	"strings"
	"testing"
)

func TestEveryBuiltInLetterIsWhole(t *testing.T) {
	if len(Names()) == 0 {
		t.Fatal("there is no built-in letter")
	}
	for _, name := range Names() {
		l, text, ok := Builtin(name)
		if !ok {
			_, err := Parse(name, text)
			t.Fatalf("%s: %v", name, err)
		}
		if l.Title == "" || len(l.Subject) == 0 || len(l.Closing) == 0 {
			t.Errorf("%s lacks a title, a subject or a closing", name)
		}
	}
	if _, _, ok := Builtin("../sample/letter"); ok {
		t.Error("a path is taken for a built-in letter")
	}
}

func TestTheSampleIsTheSupportersLetter(t *testing.T) {
	sample, err := fs.ReadFile(Sample(), "letter.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, text, _ := Builtin("supporter"); string(sample) != string(text) {
		t.Error("sample/letter.md differs from letters/supporter.en.md: copy it")
	}
}

// The sample must show what a real list holds, and name nobody's real address.
func TestTheSampleRollHasItAll(t *testing.T) {
	f, err := Sample().Open("signers.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen, twice, refused, nameless, beyondLatin := map[string]bool{}, 0, 0, 0, 0
	for _, row := range rows[1:] {
		email := strings.ToLower(strings.TrimSpace(row[2]))
		if domain := email[strings.Index(email, "@")+1:]; domain != "example.org" && domain != "example.net" {
			t.Errorf("%s is not an address for examples (RFC 2606)", email)
		}
		if key := email + row[1]; seen[key] {
			twice++
		} else {
			seen[key] = true
		}
		if !strings.EqualFold(row[6], "yes") {
			refused++
		}
		if row[1] == "" {
			nameless++
		}
		if strings.IndexFunc(row[1], func(r rune) bool { return r >= 0x370 && r < 0x1E00 || r >= 0x2C00 }) >= 0 {
			beyondLatin++
		}
	}
	if n := len(rows) - 1; n < 145 || n > 160 {
		t.Errorf("the sample has %d signers, want about 150", n)
	}
	if twice != 6 || refused != 8 || nameless != 1 || beyondLatin < 50 {
		t.Errorf("%d duplicates, %d who said no, %d without a name, %d beyond Latin; want 6, 8, 1, 50 or more", twice, refused, nameless, beyondLatin)
	}
}
