package templates

import (
	"encoding/csv"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
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

// The supporter's letter must serve any campaign, whatever its list holds, and must fit on a page.
func TestTheSupportersLetterNeedsNothingOfASigner(t *testing.T) {
	l, _, ok := Builtin("supporter")
	if !ok {
		t.Fatal("there is no letter called supporter")
	}
	constants := []string{"recipient.company", "sender.organisation", "sender.contact"}
	for _, use := range l.FieldNames() {
		if !slices.Contains(constants, use.Name) {
			t.Errorf("%s: {{%s}} is not the campaign's", use.At, use.Name)
		}
	}
	wording := l.Wording(func(field string) (string, bool) { return "Word", field != "" })
	if n := len(strings.Fields(wording)); n < 230 || n > 310 {
		t.Errorf("the letter has %d words, want one page: 230 to 310 with its subject and closing", n)
	}
	if strings.Contains(wording, "{{") {
		t.Errorf("something is open in\n%s", wording)
	}
}

// A campaign without a contact must not print empty parentheses.
func TestTheSupportersLetterDoesWithoutAContact(t *testing.T) {
	l, _, _ := Builtin("supporter")
	wording := l.Wording(func(field string) (string, bool) {
		return map[string]string{"sender.organisation": "Letters for Rights"}[field], true
	})
	if want := "send it to Letters for Rights, which"; !strings.Contains(wording, want) || strings.Contains(wording, "()") {
		t.Errorf("want %q in\n%s", want, wording)
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
	if got, want := strings.Join(rows[0], " "), "id full_name email city country postcode name_may_be_shared signed_on"; got != want {
		t.Errorf("the columns are %s, want %s", got, want)
	}
	seen, twice, refused, nameless, beyondLatin := map[string]bool{}, 0, 0, 0, 0
	for i, row := range rows[1:] {
		if row[0] != strconv.Itoa(i+1) {
			t.Errorf("row %d has the id %s", i+1, row[0])
		}
		email := strings.ToLower(strings.TrimSpace(row[2]))
		if domain := email[strings.Index(email, "@")+1:]; domain != "example.org" && domain != "example.net" {
			t.Errorf("%s is not an address for examples (RFC 2606)", email)
		}
		if name := norm.NFC.String(row[1]); name != row[1] {
			t.Errorf("%s is not in composed form", name)
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
