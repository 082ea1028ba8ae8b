package templates

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// eachBuiltIn runs a test on every built-in letter in every language.
func eachBuiltIn(t *testing.T, test func(t *testing.T, name, language string, l *Letter, text string)) {
	t.Helper()
	for _, name := range Names() {
		for _, language := range Languages(name) {
			t.Run(name+"."+language, func(t *testing.T) {
				l, text, ok := Builtin(name, language)
				if !ok {
					_, err := Parse(name, text)
					t.Fatal(err)
				}
				test(t, name, language, l, string(text))
			})
		}
	}
}

func TestEveryLetterIsThereInEveryLanguage(t *testing.T) {
	if got, want := strings.Join(Names(), " "), "investors open-letter petition-sheets shareholder supporter urgent"; got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
	for _, name := range Names() {
		if got, want := strings.Join(Languages(name), " "), "en ar de es fr"; got != want {
			t.Errorf("%s is there in %s, want %s", name, got, want)
		}
	}
	for tag, want := range map[string]string{"en-GB": "en", "de-AT": "de", "AR": "ar", "eu": "", "": "", "english": ""} {
		if got := Translation("supporter", tag); got != want {
			t.Errorf("%s is written in %q, want %q", tag, got, want)
		}
	}
	for _, no := range [][2]string{{"../sample/letter", "en"}, {"supporter", "xx"}, {"supporter", "en.md"}, {"", ""}} {
		if _, _, ok := Builtin(no[0], no[1]); ok {
			t.Errorf("%v is taken for a built-in letter", no)
		}
	}
}

// forms says which form each letter has.
var forms = map[string]Form{"investors": FormInvestors, "open-letter": FormOpenLetter, "petition-sheets": FormPetitionSheet,
	"shareholder": FormLetter, "supporter": FormLetter, "urgent": FormLetter}

func TestEveryBuiltInLetterIsWhole(t *testing.T) {
	eachBuiltIn(t, func(t *testing.T, name, language string, l *Letter, text string) {
		if l.Title == "" || len(l.Subject) == 0 || (len(l.Closing) == 0) != (name == "petition-sheets") {
			t.Error("it lacks a title, a subject or a closing, or has a closing above rows of names")
		}
		if l.Language != language || l.Form != forms[name] {
			t.Errorf("it is a %s in the language %s, want a %s", l.Form, l.Language, forms[name])
		}
		if aboutHoldings := name == "shareholder" || name == "investors"; aboutHoldings != strings.Contains(l.Caution, "as they stood in November 2026") {
			t.Errorf("the caution is %q: it states rules with their date where holdings are named, and nowhere else", l.Caution)
		}
		if wording := l.Wording(func(string) (string, bool) { return "Word", true }); strings.Contains(wording, "{{") {
			t.Errorf("something is open in\n%s", wording)
		}
	})
}

// A letter must serve any campaign, whatever its list holds: what is not there leaves no hole.
func TestEveryBuiltInLetterNeedsNothingOfASigner(t *testing.T) {
	constants := []string{"recipient.company", "sender.organisation", "sender.contact"}
	standard := map[string][]string{"supporter": {"comment"}, "shareholder": {"shares", "share_class", "holding_basis"}}
	eachBuiltIn(t, func(t *testing.T, name, _ string, l *Letter, _ string) {
		for _, use := range l.FieldNames() {
			switch {
			case slices.Contains(constants, use.Name):
			case !slices.Contains(standard[name], use.Name) && !slices.Contains(l.Optional, use.Name):
				t.Errorf("%s: {{%s}} is neither the campaign's, nor standard, nor optional", use.At, use.Name)
			case use.Bare.Line > 0:
				t.Errorf("%s: where nothing fills {{%s}}, the text has a hole", use.Bare, use.Name)
			}
		}
		wording := l.Wording(func(field string) (string, bool) {
			return map[string]string{"recipient.company": "Sample Holdings", "sender.organisation": "Letters for Rights"}[field], true
		})
		for _, hole := range []string{"()", "( )", "  ", " .", ".\u00a0.", "«»", "“”", "„“", "« »"} {
			if strings.Contains(wording, hole) {
				t.Errorf("%q in\n%s", hole, wording)
			}
		}
	})
}

// A translation says what the original says: as many paragraphs and requests, the same fields in the same places.
func TestATranslationSaysWhatTheOriginalSays(t *testing.T) {
	outline := func(l *Letter) string {
		var b strings.Builder
		for _, block := range l.Blocks {
			fields := map[string]int{}
			for _, in := range block.Inline {
				if in.Field != "" {
					fields[in.Field]++
				}
			}
			delete(fields, "recipient.company") // a pronoun may stand for it
			b.WriteString(strconv.Itoa(int(block.Kind)) + block.Marker)
			for _, name := range slices.Sorted(maps.Keys(fields)) {
				b.WriteString(" " + name)
			}
			for _, c := range block.If {
				b.WriteString(" if " + c.Field)
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	eachBuiltIn(t, func(t *testing.T, name, language string, l *Letter, _ string) {
		english, _, _ := Builtin(name, "en")
		if got, want := outline(l), outline(english); got != want {
			t.Errorf("its outline is\n%s\nwant\n%s", got, want)
		}
	})
}

// Each language has marks of its own, and a wrong one is on every letter.
func TestEachLanguageHasItsOwnTypography(t *testing.T) {
	wrong := map[string]*regexp.Regexp{
		"en": regexp.MustCompile("[«»„]|[ \u00a0\u202f][;:!?]"),
		"es": regexp.MustCompile("[“”„’]|[ \u00a0\u202f][;:!?]"),
		"fr": regexp.MustCompile("[“”„]|[^\u202f][;!?]|[^\u00a0]:|«[^\u00a0]|[^\u00a0]»"),
		"de": regexp.MustCompile("[«»”’]|[ \u00a0\u202f][;:!?]"),
		"ar": regexp.MustCompile("[“”„’,;?]|[ \u00a0\u202f][؛:!؟،]"),
	}
	eachBuiltIn(t, func(t *testing.T, _, language string, l *Letter, text string) {
		wording := l.Wording(func(field string) (string, bool) { return "X", true })
		// Wording makes every white space a space, so the text itself is looked at, without its fields and its front matter's settings.
		body := regexp.MustCompile(`\{\{[^}]*\}\}`).ReplaceAllString(text[strings.LastIndex(text, "---\n")+4:], "X")
		if at := wrong[language].FindString(body); at != "" {
			t.Errorf("%q in\n%s", at, body)
		}
		if strings.ContainsAny(wording, `"'`) {
			t.Errorf("a straight quotation mark or apostrophe in\n%s", wording)
		}
		if strings.Contains(text, "{{recipient.company}}.") {
			t.Error("a company's name may end in a full stop, as Inc. does, and no sentence ends with it")
		}
		if strings.Contains(wording, "¿") != strings.Contains(wording, "?") && language == "es" {
			t.Error("a question has its marks at both ends in Spanish")
		}
	})
}

// What is said is pinned: a changed text is seen, and looked at, before it is sent in anybody's name.
func TestTheWordingOfBuiltInLettersIsPinned(t *testing.T) {
	var b strings.Builder
	for _, name := range Names() {
		for _, language := range Languages(name) {
			l, _, _ := Builtin(name, language)
			sum := sha256.Sum256([]byte(l.Wording(func(string) (string, bool) { return "", false })))
			b.WriteString(hex.EncodeToString(sum[:]) + "  " + name + "." + language + "\n")
		}
	}
	const golden = "testdata/wordings.sha256"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the wordings are\n%s\nwant\n%s\nLook at what has changed, then run go test ./templates -run Pinned -update", b.String(), want)
	}
}

// The letters for one signer each must fit on a page.
func TestLettersForOneSignerAreShort(t *testing.T) {
	most := map[string]int{"supporter": 360, "shareholder": 400, "urgent": 190, "petition-sheets": 130}
	eachBuiltIn(t, func(t *testing.T, name, _ string, l *Letter, _ string) {
		n := len(strings.Fields(l.Wording(func(field string) (string, bool) { return "Word", field != "" })))
		if limit, ok := most[name]; ok && n > limit {
			t.Errorf("the letter has %d words, want %d at most", n, limit)
		}
	})
}

func TestTheSampleIsTheSupportersLetter(t *testing.T) {
	sample, err := fs.ReadFile(Sample(), "letter.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, text, _ := Builtin("supporter", "en"); string(sample) != string(text) {
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
