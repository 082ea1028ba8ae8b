package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"postbag/letters/problem"
)

const whole = `campaign: test-2026
sender:
  organisation: Letters for Rights
recipient:
  name: Alexander Karp
  company: Palantir Technologies Inc.
  salutation: Dear Mr Karp,
  verified_on: 2026-11-01
letter:
  date: 2026-11-23
signers:
  file: signers.csv
  consent:
    column: agreed
`

func load(t testing.TB, text string, o Options) (*Campaign, error) {
	t.Helper()
	o.File = filepath.Join(t.TempDir(), "campaign.yaml")
	if err := os.WriteFile(o.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(o)
}

func mustLoad(t testing.TB, text string, o Options) *Campaign {
	t.Helper()
	c, err := load(t, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// problemsOf writes problems without the folder they are in.
func problemsOf(t testing.TB, err error) []string {
	t.Helper()
	var list problem.List
	if err == nil {
		return nil
	}
	if !errors.As(err, &list) {
		t.Fatalf("%v is no list of problems", err)
	}
	var out []string
	for _, p := range list {
		p.Place.File = filepath.Base(p.Place.File)
		out = append(out, p.Error())
	}
	return out
}

func TestAWholeCampaignHasItsDefaults(t *testing.T) {
	c := mustLoad(t, whole, Options{})
	if c.Letter.Template != "supporter" || c.Letter.Paper != "a4" || c.Letter.Language != "en" || c.Bundles.Letters != 500 ||
		c.Signers.Duplicates != "first" || c.Specimen || c.Bundles.Duplex {
		t.Errorf("defaults: %+v", c)
	}
	if want := []string{"name", "place"}; !reflect.DeepEqual(c.Letter.Show, want) {
		t.Errorf("letters show %v, want %v", c.Letter.Show, want)
	}
	if want := []string{"yes", "y", "true", "1"}; !reflect.DeepEqual(c.Signers.Consent.Values, want) {
		t.Errorf("consent values %v, want %v", c.Signers.Consent.Values, want)
	}
	if c.Signers.File != filepath.Join(c.Dir, "signers.csv") {
		t.Errorf("the list is %s, want it in the campaign's folder %s", c.Signers.File, c.Dir)
	}
}

func TestMistakesAreNamedWithTheirPlaceAndAWayOut(t *testing.T) {
	for _, c := range []struct{ change, want string }{
		{"lettr:\n  date: 2026-11-23\n", "campaign.yaml:15:1: there is no setting lettr. Did you mean letter."},
		{"bundles:\n  leters: 5\n", "campaign.yaml:16:3: there is no setting bundles.leters. Did you mean bundles.letters."},
		{"paper: a4\n", "campaign.yaml:15:1: there is no setting paper. Did you mean letter.paper."},
		{"xyzzyx: 1\n", "campaign.yaml:15:1: there is no setting xyzzyx. Use campaign, specimen, sender, recipient, letter, signers, bundles, fonts or fields."},
		{"bundles: {letters: 12x}\n", `campaign.yaml:15:20: bundles.letters is "12x", which is no whole number. Write digits only, for example 500.`},
		{"bundles: {letters: 0}\n", "campaign.yaml:15:20: a bundle of 0 letters cannot be made. Write a number from 1 to 100000, for example 500."},
		{"bundles: {letters: [1, 2]}\n", "campaign.yaml:15:20: bundles.letters takes one value and no list. Write it behind the colon."},
		{"bundles: 500\n", "campaign.yaml:15:10: bundles holds settings of its own and no value. Write letters, group_by or duplex below it, indented."},
		{"bundles: {duplex: maybe}\n", `campaign.yaml:15:19: bundles.duplex is "maybe". Write yes or no.`},
		{"fonts: {a: b}\n", "campaign.yaml:15:8: fonts is no list. Write each value on a line of its own, after “- ”."},
		{"fields: [a]\n", "campaign.yaml:15:9: fields is no mapping. Write lines like “name: Full name” below it, indented."},
		{"specimen: no\nspecimen: yes\n", "campaign.yaml:16:1: specimen is set twice. Take one of them away."},
		{"fields: &x {a: b}\n", "campaign.yaml:15:9: fields uses a YAML anchor, alias or merge. Write the text itself."},
		{"specimen: !!str yes\n", "campaign.yaml:15:11: specimen uses the YAML tag !!str. Take the tag away: Postbag knows what each setting should be."},
		{"---\na: b\n", "campaign.yaml:15: the campaign file holds a second document. Take the line --- away."},
		{"a: b: c\n", `campaign.yaml:15: this is not YAML: mapping values are not allowed in this context. Indent with spaces, put a space after each colon, and put a text with ": " or " #" in it in quotation marks.`},
		{"fields:\n\ta: b\n", `campaign.yaml:16: this is not YAML: found character that cannot start any token. Indent with spaces, put a space after each colon, and put a text with ": " or " #" in it in quotation marks.`},
	} {
		_, err := load(t, whole+c.change, Options{})
		if got := problemsOf(t, err); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.change, got, c.want)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{"test-2026", "Test 2026", `campaign.yaml:1:11: the campaign's name "Test 2026" cannot stand in file names. Use up to 40 small letters, digits and hyphens, for example palantir-2026.`},
		{"2026-11-23", "23.11.2026", `campaign.yaml:10:9: letter.date is "23.11.2026", which is no date. Write it as year-month-day, for example 2026-11-23.`},
		{"2026-11-23", "2026-02-30", `campaign.yaml:10:9: letter.date is "2026-02-30", which is no date. Write it as year-month-day, for example 2026-11-23.`},
		{"  salutation: Dear Mr Karp,\n", "", "campaign.yaml: recipient.salutation is not set. Set it: how the letter begins, for example Dear Mr Karp,."},
		{"  consent:\n    column: agreed\n", "", "campaign.yaml: nothing says that the signers agreed to be named to the company. Set signers.consent.column to the column that says so, or signers.consent.attested (by, on, statement) if they agreed elsewhere."},
		{"    column: agreed", "    column: agreed\n    attested: {by: A, on: 2026-11-01, statement: S}", "campaign.yaml:14:13: consent is given by a column and attested as well. Keep the one that is true: a column of the list, or an attestation."},
		{"    column: agreed", "    attested: {by: A}", "campaign.yaml: signers.consent.attested.on is not set. An attestation says who (by), when (on) and what to (statement)."},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  paper: A4", `campaign.yaml:11:10: letter.paper is "A4". Write a4 or letter.`},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  language: english!", `campaign.yaml:11:13: "english!" is no language. Write a language tag (BCP 47), for example en, en-GB or es.`},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  show: [name, email]", "campaign.yaml:11:16: letters do not show a signer's email. Take it out: a letter shows name and place, and the company needs no more."},
	} {
		_, err := load(t, strings.Replace(whole, c.from, c.to, 1), Options{})
		got := problemsOf(t, err)
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("%q for %q:\n got %q\nwant %q", c.to, c.from, got, c.want)
		}
	}
}

func TestAllMistakesComeAtOnceInTheOrderOfTheFile(t *testing.T) {
	_, err := load(t, "bundles: {letters: x}\nletter: {paper: a5, dat: 1}\n", Options{Set: map[string]string{"letter.layout": "fancy"}})
	got := problemsOf(t, err)
	if len(got) < 10 {
		t.Fatalf("want all mistakes at once, got %d:\n%s", len(got), strings.Join(got, "\n"))
	}
	if last := got[len(got)-1]; !strings.HasPrefix(last, "--letter.layout: ") {
		t.Errorf("flags come last, got %q", last)
	}
}

func TestFlagsGoBeforeVariablesBeforeTheFile(t *testing.T) {
	text := strings.Replace(whole, "letter:\n", "letter:\n  paper: letter\n", 1)
	env := []string{"POSTBAG_LETTER_PAPER=a4", "HOME=/", "POSTBAG_BUNDLES_LETTERS=7"}
	if c := mustLoad(t, text, Options{}); c.Letter.Paper != "letter" {
		t.Errorf("the file says letter, got %s", c.Letter.Paper)
	}
	if c := mustLoad(t, text, Options{Env: env}); c.Letter.Paper != "a4" || c.Bundles.Letters != 7 {
		t.Errorf("variables say a4 and 7, got %s and %d", c.Letter.Paper, c.Bundles.Letters)
	}
	if c := mustLoad(t, text, Options{Env: env, Set: map[string]string{"letter.paper": "letter"}}); c.Letter.Paper != "letter" {
		t.Errorf("the flag says letter, got %s", c.Letter.Paper)
	}
	_, err := load(t, text, Options{Env: []string{"POSTBAG_LETTER_DATE=tomorrow"}})
	if got := problemsOf(t, err); len(got) != 1 || !strings.HasPrefix(got[0], `POSTBAG_LETTER_DATE: letter.date is "tomorrow"`) {
		t.Errorf("a wrong variable is reported as %q", got)
	}
}

func TestAnEmptyVariableIsNotSetAndAMistypedOneIsNamed(t *testing.T) {
	if c := mustLoad(t, whole, Options{Env: []string{"POSTBAG_BUNDLES_LETTERS="}}); c.Bundles.Letters != 500 {
		t.Errorf("bundles of %d letters, want the default of 500", c.Bundles.Letters)
	}
	_, err := load(t, whole, Options{Env: []string{"POSTBAG_BUNDLE_LETTERS=7"}})
	want := "POSTBAG_BUNDLE_LETTERS: there is no setting for this variable. Did you mean POSTBAG_BUNDLES_LETTERS."
	if got := problemsOf(t, err); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// YAML 1.1 would make 668, true, a float, a time and nil of these.
func TestWhatIsTypedIsWhatIsMeant(t *testing.T) {
	c := mustLoad(t, whole+"fields: {E.Mail: 01234, Reply By: 2026-12-01, a: yes, b: 1e3, c: 0x10, d: 12:30:45, e: No}\n", Options{})
	want := map[string]string{"E.Mail": "01234", "Reply By": "2026-12-01", "a": "yes", "b": "1e3", "c": "0x10", "d": "12:30:45", "e": "No"}
	if !reflect.DeepEqual(c.Fields, want) {
		t.Errorf("fields are %v, want %v", c.Fields, want)
	}
	c = mustLoad(t, strings.Replace(whole, "signers:\n", "signers:\n  columns: {name: \"E.Mail Name\", email: 0123}\n", 1), Options{})
	if c.Signers.Columns["name"] != "E.Mail Name" || c.Signers.Columns["email"] != "0123" {
		t.Errorf("columns are %v", c.Signers.Columns)
	}
	if at := c.Signers.ColumnPlace["name"]; at.Line != 12 || at.Column != 19 {
		t.Errorf("the mapping of name stands at %v, want line 12, column 19", at)
	}
}

func TestAnyTextSurvives(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[A-Za-z][A-Za-z0-9 ._\-é]{0,12}[a-z]`).Draw(t, "key")
		text := rapid.StringMatching(`[!-~ À-ſ]{0,30}[!-~]`).Draw(t, "text")
		encoded, err := yaml.Marshal(map[string]map[string]string{"fields": {key: text}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "campaign.yaml")
		if err := os.WriteFile(file, []byte(whole+string(encoded)), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(Options{File: file})
		if err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		if c.Fields[key] != text {
			t.Fatalf("%q: %q became %q", key, text, c.Fields[key])
		}
	})
}

// Every setting must do something, however it is given.
func TestEverySettingCountsFromFileVariableAndFlag(t *testing.T) {
	samples := map[string]string{
		"campaign": "other", "specimen": "yes", "letter.paper": "letter", "letter.language": "de", "signers.duplicates": "last",
		"bundles.duplex": "yes", "bundles.letters": "12", "letter.show": "name",
	}
	for _, s := range Settings() {
		text, ok := samples[s.Key]
		switch {
		case ok:
		case s.Key == "letter.layout":
			continue // there is one layout, so far
		case s.Kind == Date:
			text = "2026-10-10"
		case s.Kind == Mapping:
			text = "some=thing"
		default:
			text = "other"
		}
		base := whole
		if strings.HasPrefix(s.Key, "signers.consent.attested") {
			base = strings.Replace(whole, "    column: agreed", "    attested: {by: A, on: 2026-11-01, statement: S}", 1)
		}
		before := fmt.Sprintf("%+v", plain(mustLoad(t, base, Options{})))
		flag := mustLoad(t, base, Options{Set: map[string]string{s.Key: text}})
		env := mustLoad(t, base, Options{Env: []string{s.Env() + "=" + text}})
		file := mustLoad(t, inFile(t, base, s, text), Options{})
		for from, c := range map[string]*Campaign{"flag": flag, "variable": env, "file": file} {
			if after := fmt.Sprintf("%+v", plain(c)); after == before {
				t.Errorf("%s from a %s changes nothing", s.Key, from)
			} else if want := fmt.Sprintf("%+v", plain(flag)); after != want {
				t.Errorf("%s from a %s:\n%s\nfrom a flag:\n%s", s.Key, from, after, want)
			}
		}
	}
}

// plain takes out what depends on where the file lies.
func plain(c *Campaign) Campaign {
	p := *c
	base := func(s string) string { return strings.TrimPrefix(s, c.Dir) }
	p.File, p.Dir, p.canonical, p.Warnings, p.Signers.ColumnPlace = "", "", nil, nil, nil
	p.Signers.File, p.Signers.Suppress, p.Letter.Template = base(p.Signers.File), base(p.Signers.Suppress), base(p.Letter.Template)
	p.Fonts = nil
	for _, f := range c.Fonts {
		p.Fonts = append(p.Fonts, base(f))
	}
	if a := c.Signers.Consent.Attested; a != nil {
		p.Signers.Consent.Column, p.Signers.Consent.Attested = fmt.Sprint(*a), nil
	}
	return p
}

// inFile writes a setting into a campaign file.
func inFile(t *testing.T, base string, s Setting, text string) string {
	t.Helper()
	tree := map[string]any{}
	if err := yaml.Unmarshal([]byte(strings.NewReplacer("2026-11-23", `"2026-11-23"`, "2026-11-01", `"2026-11-01"`).Replace(base)), &tree); err != nil {
		t.Fatal(err)
	}
	at := tree
	parts := strings.Split(s.Key, ".")
	for _, part := range parts[:len(parts)-1] {
		below, ok := at[part].(map[string]any)
		if !ok {
			below = map[string]any{}
			at[part] = below
		}
		at = below
	}
	var set any = text
	if s.Kind == Mapping {
		key, rest, _ := strings.Cut(text, "=")
		set = map[string]string{key: rest}
	} else if s.IsList() {
		set = []string{text}
	}
	at[parts[len(parts)-1]] = set
	out, err := yaml.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestWarningsAreNoMistakes(t *testing.T) {
	c := mustLoad(t, strings.Replace(whole, "  verified_on: 2026-11-01\n", "", 1), Options{})
	if len(c.Warnings) != 1 {
		t.Errorf("a recipient whom nobody checked: %v", c.Warnings)
	}
	if c := mustLoad(t, whole, Options{}); len(c.Warnings) != 0 {
		t.Errorf("a checked recipient: %v", c.Warnings)
	}
	for _, day := range []string{"2026-11-24", "2026-01-01"} {
		if c := mustLoad(t, strings.Replace(whole, "2026-11-01", day, 1), Options{}); len(c.Warnings) != 1 {
			t.Errorf("checked on %s: %v", day, c.Warnings)
		}
	}
}

func TestCanonicalDependsOnSettingsAndNotOnPlaces(t *testing.T) {
	a, b := mustLoad(t, whole, Options{}), mustLoad(t, "# a comment\n"+whole, Options{})
	if string(a.Canonical()) != string(b.Canonical()) {
		t.Errorf("the same campaign in two folders:\n%s\n%s", a.Canonical(), b.Canonical())
	}
	c := mustLoad(t, whole, Options{Set: map[string]string{"letter.paper": "letter"}})
	if string(a.Canonical()) == string(c.Canonical()) {
		t.Error("another paper is not seen")
	}
}

func TestAMissingFileSaysHowToGetOne(t *testing.T) {
	_, err := Load(Options{File: filepath.Join(t.TempDir(), "campaign.yaml")})
	if got := problemsOf(t, err); len(got) != 1 || !strings.Contains(got[0], "postbag init") {
		t.Errorf("got %q", got)
	}
	_, err = Load(Options{File: t.TempDir()})
	if got := problemsOf(t, err); len(got) != 1 || !strings.Contains(got[0], "cannot be read") {
		t.Errorf("a folder: %q", got)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("a: [b, {c: d}]\n? x\n: y\n"))
	f.Add([]byte("fields:\n  <<: *a\n"))
	f.Add([]byte("letter: &a\n  show: *a\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(dir, "campaign.yaml")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(Options{File: file}); err != nil {
			problemsOf(t, err)
		}
	})
}
