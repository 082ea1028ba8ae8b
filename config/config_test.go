package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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
		{"xyzzyx: 1\n", "campaign.yaml:15:1: there is no setting xyzzyx. Use campaign, specimen, signing_key, sender, recipient, recipients, letter, signers, bundles, print, paperwork, fonts or fields."},
		{"bundles: {letters: 12x}\n", `campaign.yaml:15:20: bundles.letters is "12x", which is no whole number. Write digits only, for example 500.`},
		{"bundles: {letters: 0}\n", "campaign.yaml:15:20: a bundle of 0 letters cannot be made. Write a number from 1 to 100000, for example 500."},
		{"bundles: {letters: [1, 2]}\n", "campaign.yaml:15:20: bundles.letters takes one value and no list. Write it behind the colon, in quotation marks if it begins with [ or {."},
		{"bundles: 500\n", "campaign.yaml:15:10: bundles holds settings of its own and no value. Write letters, sheets, megabytes, group_by, group_order, small_groups, small_below, duplex or list_ids below it, indented."},
		{"bundles: {sheets: x}\n", `campaign.yaml:15:19: bundles.sheets is "x", which is no whole number. Write digits only, for example 500.`},
		{"bundles: {sheets: 1}\n", "campaign.yaml:15:19: bundles.sheets cannot be 1. Write a number from 2 to 100000, for example 500: the slip sheet counts."},
		{"bundles: {megabytes: 0}\n", "campaign.yaml:15:22: bundles.megabytes cannot be 0. Write a number from 1 to 10000, for example 20."},
		{"bundles: {group_order: random}\n", `campaign.yaml:15:24: bundles.group_order is "random". Write name, first or size.`},
		{"bundles: {duplex: maybe}\n", `campaign.yaml:15:19: bundles.duplex is "maybe". Write yes or no.`},
		{"print: {grammage: 20}\n", "campaign.yaml:15:19: print.grammage cannot be 20. Write a number from 40 to 400, for example 80."},
		{"print: {copies: 0}\n", "campaign.yaml:15:17: print.copies cannot be 0. Write a number from 1 to 100, for example 1."},
		{"print: {box_sheets: 10}\n", "campaign.yaml:15:21: print.box_sheets cannot be 10. Write a number from 50 to 100000, for example 2500, which are five reams."},
		{"print: {staple: left}\n", `campaign.yaml:15:17: print.staple is "left". Write none, top-left or top-right.`},
		{"print: {needed_by: 2026-12-10, destroy_by: 2026-12-01}\n", "campaign.yaml:15:44: print.destroy_by lies before print.needed_by: the files would be gone before the letters are there. Give the printer some days after the delivery."},
		{"fonts: {a: b}\n", "campaign.yaml:15:8: fonts is no list. Write each value on a line of its own, after “- ”."},
		{"fields: [a]\n", "campaign.yaml:15:9: fields is no mapping. Write lines like “name: Full name” below it, indented."},
		{"specimen: no\nspecimen: yes\n", "campaign.yaml:16:1: specimen is set twice, here and on line 15. Take one of them away."},
		{"fields: &x {a: b}\n", "campaign.yaml:15:9: fields uses a YAML anchor, alias or merge. Write the text itself."},
		{"specimen: !!str yes\n", "campaign.yaml:15:11: specimen uses the YAML tag !!str. Take the tag away, or put the text in quotation marks if it begins with !."},
		{"specimen: ! yes\n", "campaign.yaml:15:11: specimen begins with !, which YAML takes away. Put the text in quotation marks."},
		{"letter.paper: a4\n", "campaign.yaml:15:1: letter.paper is the name that flags have. In the file, write paper below letter, indented."},
		{"? [a]\n: b\n", "campaign.yaml:15:3: the name of a setting is a list or a mapping. Write lines like “name: text”."},
		{"fields: {? {a: b} : c}\n", "campaign.yaml:15:12: the name of a text in fields is a list or a mapping. Write lines like “name: text”."},
		{"\"\": 1\n", `campaign.yaml:15:1: there is no setting "". Use campaign, specimen, signing_key, sender, recipient, recipients, letter, signers, bundles, print, paperwork, fonts or fields.`},
		{"\"\\e[31m\": 1\n", `campaign.yaml:15:1: there is no setting "\x1b[31m". Use campaign, specimen, signing_key, sender, recipient, recipients, letter, signers, bundles, print, paperwork, fonts or fields.`},
		{"fields: {'': a}\n", "campaign.yaml:15:14: fields holds a text without a name. Write the name before the text."},
		{"fields: {a: \"x\\ny\"}\n", "campaign.yaml:15:13: fields.a holds a line break or another control character. Write it on one line."},
		{"fields: {a: [b]}\n", `campaign.yaml:15:13: fields.a holds a list or a mapping where a text should be. Put a text with ": " in it in quotation marks.`},
		{"fields: {a: b, a: c}\n", "campaign.yaml:15:16: fields.a is set twice, here and on line 15. Take one of them away."},
		{"fields:\n  a: #4\n", "campaign.yaml:16:3: fields.a ends before #4, since YAML takes that for a comment. Put the whole text in quotation marks or, if it is a comment, a space after the #."},
		{"fonts: [a, '', b]\n", "campaign.yaml:15:12: an entry of fonts is empty. Write what it should be, or take it away."},
		{"fonts:\n  - a\n  -\n", "campaign.yaml:17:4: an entry of fonts is empty. Write what it should be, or take it away."},
		{"bundles: {letters: ' '}\n", "campaign.yaml:15:20: bundles.letters is empty. Write what it should be, or take it away: it is 500 where nothing is said."},
		{"bundles: {letters: 100001}\n", "campaign.yaml:15:20: a bundle of 100001 letters cannot be made. Write a number from 1 to 100000, for example 500."},
		{"fields: {a: x\u2028y}\n", "campaign.yaml:15:14: the campaign file holds the invisible character U+2028. Take it away, or type the text around it again."},
		{"fields: {a: x\x01y}\n", "campaign.yaml:15:14: the campaign file holds the invisible character U+0001. Take it away, or type the text around it again."},
		{"fields: {a: \xfcy}\n", "campaign.yaml:15:13: the campaign file is not UTF-8 text. Save it again as UTF-8."},
		{"fields: {<<: *a}\n", "campaign.yaml:15: a text that begins with * is an alias to YAML. Put it in quotation marks."},
		{"fields: {a: \"b}\n", "campaign.yaml:15: this is not YAML: found unexpected end of stream. Close the quotation mark that is opened here."},
		{"fields: {a: @b}\n", "campaign.yaml:15: this is not YAML: found character that cannot start any token. Put a text that begins with @, %, ` or a tab in quotation marks."},
		{"---\na: b\n", "campaign.yaml:15: the campaign file holds a second document. Take the line --- away."},
		{"a: b: c\n", `campaign.yaml:15: this is not YAML: mapping values are not allowed in this context. Put a text with ": " in it in quotation marks, and start this line below the first letter of the one it belongs with.`},
		{"fields:\n\ta: b\n", `campaign.yaml:16: this line is indented with a tab, which YAML does not take. Indent with spaces.`},
	} {
		_, err := load(t, whole+c.change, Options{})
		if got := problemsOf(t, err); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.change, got, c.want)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{"  company", " company", "campaign.yaml:6: this is not YAML: did not find expected key. Start this line below the first letter of the one it belongs with, and close every quotation mark and bracket before it."},
		{"  company", "\tcompany", "campaign.yaml:6: this line is indented with a tab, which YAML does not take. Indent with spaces."},
		{"company:", "company", "campaign.yaml:6: this is not YAML: could not find expected ':'. Write a colon and a space after the name of each setting."},
		{"campaign: test-2026", "campaign: @", "campaign.yaml:1: this is not YAML: found character that cannot start any token. Put a text that begins with @, %, ` or a tab in quotation marks."},
		{"campaign: test-2026", "&a campaign: test-2026", "campaign.yaml:1:1: campaign uses a YAML anchor, alias or merge. Write the text itself."},
		{"  consent:", "  consent: &a", "campaign.yaml:13:12: signers.consent uses a YAML anchor, alias or merge. Write the text itself."},
		{"    column: agreed", "    column: [agreed]", "campaign.yaml:14:13: signers.consent.column takes one value and no list. Write it behind the colon, in quotation marks if it begins with [ or {."},
		{"Alexander Karp", "Null", "campaign.yaml:5:9: recipient.name is Null, which means nothing in YAML. Put it in quotation marks if it is the text, or take it away."},
		{"  name: Alexander Karp", "  name: Alexander Karp\n  address:\n    - 12 Elm St #4B", "campaign.yaml:7:7: recipient.address ends before #4B, since YAML takes that for a comment. Put the whole text in quotation marks or, if it is a comment, a space after the #."},
		{"  name: Alexander Karp", "  name:", "campaign.yaml:5:3: recipient.name is not set. Set it: the person addressed."},
		{"signers.csv", "[a]", "campaign.yaml:12:9: signers.file takes one value and no list. Write it behind the colon, in quotation marks if it begins with [ or {."},
		{"    column: agreed", "    values: [ja]", "campaign.yaml:13:3: nothing says that the signers agreed to be named to the company. Set signers.consent.column to the column that says so, or signers.consent.attested (by, on, statement) if they agreed elsewhere."},
		{"    column: agreed", "    values: [ja]\n    attested: {by: A, on: 2026-11-01, statement: S}", "campaign.yaml:14:13: signers.consent.values has no column to look at. Take it away: consent is attested."},
		{"    column: agreed", "    column: agreed\n    values: []", "campaign.yaml:15:13: signers.consent.values is empty. Write what it should be, or take it away: it is yes, y, true, 1 where nothing is said."},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  language: en_GB", `campaign.yaml:11:13: "en_GB" has an underscore where a language tag has a hyphen. Write en-GB.`},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  show: [E-Mail]", "campaign.yaml:11:10: letters do not show a signer's E-Mail. Take it out: a letter shows name and place, and the company needs no more."},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  show: []", "campaign.yaml:11:9: letter.show is empty. Write what it should be, or take it away: it is name, place where nothing is said."},
		{"test-2026", "Test 2026", `campaign.yaml:1:11: the campaign's name "Test 2026" cannot stand in file names. Use up to 40 small letters, digits and hyphens, for example palantir-2026.`},
		{"2026-11-23", "23.11.2026", `campaign.yaml:10:9: letter.date is "23.11.2026", which is no date. Write it as year-month-day, for example 2026-11-23.`},
		{"2026-11-23", "2026-02-30", `campaign.yaml:10:9: letter.date is "2026-02-30", which is no date. Write it as year-month-day, for example 2026-11-23.`},
		{"  salutation: Dear Mr Karp,\n", "", "campaign.yaml:4:1: recipient.salutation is not set. Set it: how the letter begins, for example Dear Mr Karp."},
		{"  consent:\n    column: agreed\n", "", "campaign.yaml:11:1: nothing says that the signers agreed to be named to the company. Set signers.consent.column to the column that says so, or signers.consent.attested (by, on, statement) if they agreed elsewhere."},
		{"    column: agreed", "    column: agreed\n    attested: {by: A, on: 2026-11-01, statement: S}", "campaign.yaml:14:13: consent is given by a column and attested as well. Keep the one that is true: a column of the list, or an attestation."},
		{"    column: agreed", "    attested: {by: A}", "campaign.yaml:14:5: signers.consent.attested.on is not set. An attestation says who (by), when (on) and what to (statement)."},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  paper: A4", `campaign.yaml:11:10: letter.paper is "A4". Write a4 or letter.`},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  language: english!", `campaign.yaml:11:13: "english!" is no language. Write a language tag (BCP 47), for example en, en-GB or es.`},
		{"  date: 2026-11-23", "  date: 2026-11-23\n  show: [name, email]", "campaign.yaml:11:16: letters do not show a signer's email. Take it out: a letter shows name and place, and the company needs no more."},
	} {
		_, err := load(t, strings.Replace(whole, c.from, c.to, 1), Options{})
		got := problemsOf(t, err)
		if alone := !strings.Contains(c.to, "attested: {by: A}"); len(got) == 0 || got[0] != c.want || alone && len(got) != 1 {
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
	_, flagErr := load(t, whole, Options{Set: map[string]string{"letter.papr": "a4"}})
	wantFlag := "--letter.papr: there is no setting for this flag. Did you mean --letter.paper."
	if got := problemsOf(t, flagErr); len(got) != 1 || got[0] != wantFlag {
		t.Errorf("got %q, want %q", got, wantFlag)
	}
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

// A field's text comes through as it is, or is refused with the reason. Only line breaks and control characters are refused.
func TestAnyTextSurvives(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(rapid.StringMatching(`[A-Za-z][A-Za-z0-9 ._\-é]{0,12}[a-z]`), rapid.StringN(1, 20, -1)).Draw(t, "key")
		text := rapid.OneOf(rapid.SampledFrom([]string{"", " ", "null", "~", "Null", "01234", "yes", "1e3", "0x10", "2026-02-30", ".inf", "<<", "#4", "a #4B", "!x", "! x"}),
			rapid.StringMatching(`[!-~ À-ſ]{0,30}[!-~]`), rapid.String()).Draw(t, "text")
		encoded, err := yaml.Marshal(map[string]map[string]string{"fields": {key: text}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "campaign.yaml")
		if err := os.WriteFile(file, []byte(whole+string(encoded)), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(Options{File: file})
		refused := strings.ContainsFunc(key+text, func(r rune) bool { return isLineOrControl(r) || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF' })
		switch {
		case strings.TrimSpace(key) == "":
		case refused && err != nil:
		case strings.HasSuffix(text, "\n") && c.Fields[key]+"\n" == text && text != "\n": // typed as a block, whose last end of line is YAML's
		case err != nil:
			t.Fatalf("%s: %v", encoded, err)
		default:
			if got, ok := c.Fields[key]; !ok || got != text || len(c.Fields) != 1 {
				t.Fatalf("%q: %q became %q", key, text, c.Fields)
			}
		}
	})
}

// The same, for what stands in the file without quotation marks: YAML has ideas of its own about many words.
func TestPlainWordsSurviveOrAreRefused(t *testing.T) {
	for _, text := range []string{"01234", "0o17", "0x10", "0b1", "1e3", "1_000", "+1", ".5", ".inf", ".NaN", "yes", "No", "on", "TRUE", "y",
		"2026-12-01", "2026-02-30", "2026-12-01T10:00:00Z", "12:30:45", "=", "<<", "null", "~", "Null", "NULL", "nil", "None", "Karp #", "a#b", "it's", "“a”", "ß", "שלום",
		"! 012", "!x", "!!int 5", "a #4B", "a # 4B"} {
		c, err := load(t, whole+"fields:\n  a: "+text+"\n", Options{})
		switch got := problemsOf(t, err); {
		case slices.Contains([]string{"null", "~", "Null", "NULL", "<<", "! 012", "!x", "!!int 5", "a #4B"}, text):
			if len(got) != 1 || !strings.HasPrefix(got[0], "campaign.yaml:16:6: fields.a ") {
				t.Errorf("%s is changed by YAML, so it must be refused: %q", text, got)
			}
		case text == "Karp #" || text == "a # 4B": // a comment, and plainly so
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case c.Fields["a"] != text:
			t.Errorf("%s became %q", text, c.Fields["a"])
		}
	}
}

// Every setting must do something, however it is given.
func TestEverySettingCountsFromFileVariableAndFlag(t *testing.T) {
	samples := map[string]string{
		"campaign": "other", "specimen": "yes", "letter.paper": "letter", "letter.layout": "din-b", "letter.language": "de", "signers.duplicates": "last", "signers.date_order": "month-first",
		"signers.quotes": "backslash", "signers.header_row": "3", "signers.name_order": "family-first", "signers.place": "city",
		"signers.clean": "none", "paperwork.documents": "comments", "paperwork.reply_by": "2027-03-01", "signers.same_email": "none", "signers.age.least": "16",
		"bundles.duplex": "yes", "bundles.list_ids": "yes", "bundles.letters": "12", "bundles.sheets": "12", "bundles.megabytes": "12", "bundles.small_below": "12",
		"bundles.group_order": "size", "bundles.small_groups": "join", "letter.show": "name", "letter.typeface": "sans",
		"print.grammage": "100", "print.copies": "2", "print.staple": "top-left", "print.box_sheets": "1000",
		"letter.density": "20", "signers.comment.most": "100", "signers.comment.longer": "leave",
	}
	for _, s := range Settings() {
		if s.OnlyInFile() {
			continue // TestSeveralRecipients…
		}
		text, ok := samples[s.Key]
		switch {
		case ok:
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

func TestASettingThatDoesNothingIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"bundles: {group_order: size}":                                       "bundles.group_order does nothing: nothing says how letters are grouped",
		"bundles: {small_groups: join}":                                      "bundles.small_groups does nothing: nothing says how letters are grouped",
		"bundles: {group_by: [country], small_below: 9}":                     "bundles.small_below does nothing: small groups keep bundles of their own",
		"bundles: {group_by: [country], small_below: 9, small_groups: join}": "",
		"bundles: {letters: 9}":                                              "",
		"paperwork: {documents: [totals], reply_by: 2027-03-01}":             "paperwork.reply_by does nothing: it is for the covering letter, which paperwork.documents leaves out",
		"paperwork: {documents: [none], signed: [A]}":                        "paperwork.signed does nothing: it is for the covering letter, which paperwork.documents leaves out",
		"paperwork: {documents: [cover-letter]}":                             "",
		"paperwork: {request: [A], reply_by: 2027-03-01, signed: [B]}":       "",
	} {
		var got []string
		for _, w := range mustLoad(t, whole+text+"\n", Options{}).Warnings {
			if w.Place.Line != 15 {
				t.Errorf("%s: %v has the wrong place", text, w)
			}
			got = append(got, w.What)
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s: warnings %q, want %q", text, got, want)
		}
	}
}

// Dates are read for nothing but the totals.
func TestAnOrderOfDatesWithoutTotalsIsTold(t *testing.T) {
	for documents, want := range map[string]int{"totals": 0, "receipt": 1} {
		c := mustLoad(t, whole, Options{Set: map[string]string{"signers.date_order": "day-first", "paperwork.documents": documents}})
		if len(c.Warnings) != want || want == 1 && !strings.HasPrefix(c.Warnings[0].What, "signers.date_order does nothing") {
			t.Errorf("with %s: %v", documents, c.Warnings)
		}
	}
}

// plain takes out what depends on where the file lies.
func plain(c *Campaign) Campaign {
	p := *c
	base := func(s string) string { return strings.TrimPrefix(s, c.Dir) }
	p.File, p.Dir, p.canonical, p.Warnings, p.Signers.ColumnPlace = "", "", nil, nil, nil
	p.Recipient.Place, p.Recipients, p.Signers.Files = problem.Place{}, nil, nil
	for _, f := range c.Signers.Files {
		p.Signers.Files = append(p.Signers.Files, base(f))
	}
	p.Signers.AcceptNames, p.Signers.RejectNames = base(p.Signers.AcceptNames), base(p.Signers.RejectNames)
	p.Sender.Logo, p.SigningKey = base(p.Sender.Logo), base(p.SigningKey)
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
	for day, want := range map[string]int{"2026-11-24": 1, "2026-11-23": 0, "2026-05-27": 0, "2026-05-26": 1, "2026-01-01": 1} { // 180 days are 2026-05-27
		c := mustLoad(t, strings.Replace(whole, "2026-11-01", day, 1), Options{})
		if len(c.Warnings) != want {
			t.Errorf("checked on %s: %v", day, c.Warnings)
		}
		for _, w := range c.Warnings {
			if w.Place.Line != 8 || w.Do == "" {
				t.Errorf("a warning that does not help: %v", w)
			}
		}
	}
}

func TestADayBeforeTheLettersDateIsLookedAtTwice(t *testing.T) {
	c := mustLoad(t, whole+"print: {needed_by: 2026-11-20, destroy_by: 2027-01-31}\n", Options{})
	if len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0].What, "print.needed_by lies before") || c.Warnings[0].Place.Line != 15 {
		t.Errorf("a delivery before the letters' date: %v", c.Warnings)
	}
	if c := mustLoad(t, whole+"print: {needed_by: 2026-11-23, destroy_by: 2026-11-23}\n", Options{}); len(c.Warnings) != 0 {
		t.Errorf("all on one day: %v", c.Warnings)
	}
}

func TestThePrinterAsksTheSenderWhereNobodyElseIsNamed(t *testing.T) {
	base := strings.Replace(whole, "recipient:", "  contact: a@example.org\nrecipient:", 1)
	if c := mustLoad(t, base, Options{}); c.Print.Contact != "a@example.org" {
		t.Errorf("the printer asks %q", c.Print.Contact)
	}
	if c := mustLoad(t, base+"print: {contact: Sam}\n", Options{}); c.Print.Contact != "Sam" {
		t.Errorf("the printer asks %q", c.Print.Contact)
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
	d := mustLoad(t, whole+"fields: {b: x, a: ü}\n", Options{})
	e := mustLoad(t, whole, Options{Env: []string{"POSTBAG_FIELDS=a=ü | b=x"}})
	if string(d.Canonical()) != string(e.Canonical()) || !strings.Contains(string(d.Canonical()), "\nfields \"a\"=\"\\u00fc\" \"b\"=\"x\"\n") {
		t.Errorf("the same fields from file and variable:\n%s\n%s", d.Canonical(), e.Canonical())
	}
	if !strings.Contains(string(a.Canonical()), "\nsigners.file \"signers.csv\"\n") || strings.Contains(string(a.Canonical()), a.Dir) {
		t.Errorf("paths are not as they were typed:\n%s", a.Canonical())
	}
}

// It may hold no word of the table of settings that a terminal, a shell or YAML would not take.
func TestEverySettingHasItsOwnVariableAndTellsWhatItIs(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Settings() {
		if other, again := seen[s.Env()]; again {
			t.Errorf("%s and %s have the same variable", s.Key, other)
		}
		seen[s.Env()] = s.Key
		if s.Usage == "" || s.Key != strings.ToLower(s.Key) || strings.Contains(s.Usage, "\n") || (s.Kind == Choice) != (len(s.Choices) > 0) {
			t.Errorf("%+v", s)
		}
		if s.Default != "" && s.required {
			t.Errorf("%s is required and has a default", s.Key)
		}
	}
}

func TestRequiredSettingsAreTheDesigns(t *testing.T) {
	_, err := load(t, "bundles: {letters: 5}\n", Options{})
	var missing []string
	for _, p := range problemsOf(t, err) {
		if key, ok := strings.CutSuffix(strings.TrimPrefix(strings.SplitN(p, ". ", 2)[0], "campaign.yaml: "), " is not set"); ok {
			missing = append(missing, key)
		}
	}
	want := []string{"campaign", "sender.organisation", "recipient.name", "recipient.company", "recipient.salutation", "letter.date", "signers.file"}
	if !slices.Equal(missing, want) {
		t.Errorf("missing are %q, want %q", missing, want)
	}
}

func TestAnEmptyFlagTakesAwayWhatTheFileSays(t *testing.T) {
	text := strings.Replace(whole, "signers:\n", "signers:\n  suppress: gone.txt\n", 1)
	if c := mustLoad(t, text, Options{Set: map[string]string{"signers.suppress": ""}}); c.Signers.Suppress != "" {
		t.Errorf("the list of people who withdrew is still %s", c.Signers.Suppress)
	}
	c := mustLoad(t, whole, Options{Set: map[string]string{"signers.consent.column": "", "signers.consent.attested.by": "A",
		"signers.consent.attested.on": "2026-11-01", "signers.consent.attested.statement": "S"}})
	if c.Signers.Consent.Attested == nil || c.Signers.Consent.Column != "" {
		t.Errorf("consent is %+v, want the attestation of the flags", c.Signers.Consent)
	}
}

func TestListsFromFlagsKeepTheirCommas(t *testing.T) {
	want := []string{"1 River Street, Leeds", "United Kingdom"}
	for _, text := range []string{"1 River Street, Leeds | United Kingdom", "1 River Street, Leeds\nUnited Kingdom", "\n1 River Street, Leeds\n\n United Kingdom \n"} {
		if c := mustLoad(t, whole, Options{Set: map[string]string{"sender.address": text}}); !slices.Equal(c.Sender.Address, want) {
			t.Errorf("%q is the address %q, want %q", text, c.Sender.Address, want)
		}
	}
	c := mustLoad(t, whole, Options{Env: []string{"POSTBAG_SIGNERS_COLUMNS=name=Full = name | email=E.Mail, private"}})
	if want := map[string]string{"name": "Full = name", "email": "E.Mail, private"}; !reflect.DeepEqual(c.Signers.Columns, want) {
		t.Errorf("columns are %q, want %q", c.Signers.Columns, want)
	}
}

func TestPathsStartAtTheCampaignsFolder(t *testing.T) {
	for typed, want := range map[string]string{
		"supporter": "supporter", "letter.md": "DIR/letter.md", "./letter": "DIR/letter", "de/letter": "DIR/de/letter", "/srv/letter.md": "/srv/letter.md",
	} {
		c := mustLoad(t, whole, Options{Set: map[string]string{"letter.template": typed}})
		if got := filepath.ToSlash(strings.Replace(c.Letter.Template, c.Dir, "DIR", 1)); got != want {
			t.Errorf("%s is %s, want %s", typed, got, want)
		}
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("campaign.yaml", []byte(strings.Replace(whole, "letter:\n", "letter:\n  template: ./letter\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if isBuiltIn(c.Letter.Template) {
		t.Errorf("./letter became %s, which is the name of a built-in letter", c.Letter.Template)
	}
}

// A file may come from any editor: its mark of UTF-8 and its ends of lines are no part of what it says.
func TestMarksAndEndsOfLinesChangeNothing(t *testing.T) {
	want := mustLoad(t, whole, Options{}).Canonical()
	for name, text := range map[string]string{"a mark": "\uFEFF" + whole, "CRLF": strings.ReplaceAll(whole, "\n", "\r\n"),
		"CR": strings.ReplaceAll(whole, "\n", "\r"), "a start": "---\n" + whole, "an end": whole + "...\n"} {
		if got := mustLoad(t, text, Options{}).Canonical(); string(got) != string(want) {
			t.Errorf("with %s the campaign is\n%s\nwant\n%s", name, got, want)
		}
	}
	_, err := load(t, strings.ReplaceAll(whole, "\n", "\r")+"fields: {a: \x01}\r", Options{})
	if got := problemsOf(t, err); len(got) != 1 || !strings.HasPrefix(got[0], "campaign.yaml:15:") {
		t.Errorf("a character on line 15, after CR, is reported as %q", got)
	}
}

func TestAFileOfOtherMakeIsRefusedOnce(t *testing.T) {
	for text, want := range map[string]string{
		"&a\n" + whole:        "campaign.yaml:1:1: the campaign file uses a YAML anchor, alias or merge. Write the text itself.",
		"--- !!map\n" + whole: "campaign.yaml:1:5: the campaign file uses the YAML tag !!map. Take the tag away, or put the text in quotation marks if it begins with !.",
		"- a\n":               "campaign.yaml:1:1: the campaign file is not a list of settings. Start from the one that postbag init DIR writes.",
		"# nothing\n":         "campaign.yaml: the campaign file is empty. Start from the one that postbag init DIR writes.",
		"\xff\xfec\x00a\x00":  "campaign.yaml:1:1: the campaign file is not UTF-8 text. Save it again as UTF-8.",
	} {
		_, err := load(t, text, Options{})
		if got := problemsOf(t, err); len(got) != 1 || got[0] != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// People write addresses as blocks. A block's last end of line is YAML's; any other is the user's.
func TestTextsMayBeBlocks(t *testing.T) {
	c := mustLoad(t, strings.Replace(whole, "recipient:\n", "recipient:\n  address: |\n    1 Main St #4B\n    Denver\n  title: >\n    Chief\n    Officer\n", 1), Options{})
	if want := []string{"1 Main St #4B", "Denver"}; !slices.Equal(c.Recipient.Address, want) || c.Recipient.Title != "Chief Officer" {
		t.Errorf("address %q, title %q; want %q and Chief Officer", c.Recipient.Address, c.Recipient.Title, want)
	}
	for text, want := range map[string]string{
		"fields:\n  a: |+\n\nfonts: []\n": "campaign.yaml:16:6: fields.a holds a line break or another control character. Write it on one line.",
		"fonts: |\n  a\n\n  b\n":          "campaign.yaml:17: an entry of fonts is empty. Write what it should be, or take it away.",
	} {
		_, err := load(t, whole+text, Options{})
		if got := problemsOf(t, err); len(got) != 1 || got[0] != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestLimitsAreWhereTheyAreSaidToBe(t *testing.T) {
	for _, c := range []struct {
		key, text string
		right     bool
	}{
		{"campaign", strings.Repeat("a", 40), true}, {"campaign", strings.Repeat("a", 41), false}, {"campaign", "-a", false}, {"campaign", "a_b", false},
		{"bundles.letters", "1", true}, {"bundles.letters", "100000", true}, {"bundles.letters", "0", false}, {"bundles.letters", "-1", false},
		{"bundles.letters", "+5", false}, {"bundles.letters", "1e3", false}, {"bundles.letters", "99999999999999999999", false},
		{"letter.date", "2024-02-29", true}, {"letter.date", "2026-02-29", false}, {"letter.date", "0026-11-23", false}, {"letter.date", "2026-11-23T00:00:00Z", false},
		{"specimen", "Yes", true}, {"specimen", "1", false}, {"letter.language", "zh-Hant", true}, {"letter.language", "xx-yy-zz", false},
		{"sender.organisation", "a\xff", false}, {"sender.organisation", "a\u2029b", false}, {"fields", "a=", true}, {"fields", "a", false}, {"fields", "=a", false},
		{"fields", "a=1 | a=2", false}, {"signers.columns", "name=", false}, {"signers.columns", "name=Full name", true},
	} {
		_, err := load(t, whole, Options{Set: map[string]string{c.key: c.text}})
		if got := problemsOf(t, err); (len(got) == 0) != c.right || len(got) > 1 {
			t.Errorf("%s = %q gives %q", c.key, c.text, got)
		}
	}
}

func TestAnAttestedCampaignHasNoValuesOfAColumn(t *testing.T) {
	c := mustLoad(t, strings.Replace(whole, "    column: agreed", "    attested: {by: A, on: 2026-11-01, statement: S}", 1), Options{})
	mustBeChecked(t, c)
	if c.Signers.Consent.Attested == nil || c.Signers.Consent.Attested.Statement != "S" {
		t.Errorf("the attestation is %+v", c.Signers.Consent.Attested)
	}
}

// A wrong file has a mistake a line; a hundred of them and a word on the rest are enough.
func TestManyMistakesEndWithAWord(t *testing.T) {
	_, err := load(t, whole+strings.Repeat("oops: 1\n", 300), Options{})
	got := problemsOf(t, err)
	want := "there are more mistakes from here on. Mend those above first, and see that this is the right file."
	if len(got) != maxProblems+1 || !strings.HasSuffix(got[maxProblems], want) {
		t.Errorf("got %d problems, the last %q", len(got), got[len(got)-1])
	}
}

// A file of a megabyte is read or refused in a moment, whatever it is made of.
func TestAHugeOrDeepFileIsBounded(t *testing.T) {
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < maxBytes-2000; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"brackets": strings.Repeat("[", maxBytes-1), "braces": whole + strings.Repeat("{a: ", 200_000), "hyphens": whole + "fields:\n" + strings.Repeat("- ", 300_000),
		"unknown keys": many("k%d: 1\n"), "fields": whole + "fields:\n" + many("  k%d: 1\n"), "fields in one line": whole + "fields: {" + many("k%d: x, ") + "}\n",
		"the same field": whole + "fields:\n" + many("  k: %d\n"), "one long key": whole + "? " + strings.Repeat("k", 900_000) + "\n: 1\n",
		"one long value": strings.Replace(whole, "2026-11-23", strings.Repeat("9", 900_000), 1), "anchors": whole + "fields:\n" + many("  k%d: &a x\n"),
		"recipients": several + "recipients:\n" + many("  - {k%d: 1}\n"), "keys of a recipient": several + "recipients:\n  - a: b\n" + many("    k%d: 1\n"),
		"recipients of recipients": several + "recipients: " + strings.Repeat("[{name: ", 100_000),
		"too much":                 many("k%d: 1\n") + strings.Repeat("#", maxBytes),
	} {
		start := time.Now()
		_, err := load(t, text, Options{})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s take %v", name, took)
		}
		got := problemsOf(t, err)
		if len(got) > maxProblems+20 || len(strings.Join(got, "\n")) > 40_000 {
			t.Errorf("%s give %d problems, %d bytes long", name, len(got), len(strings.Join(got, "\n")))
		}
		if (err == nil) != (name == "fields" || name == "fields in one line") {
			t.Errorf("%s: %v", name, err)
		}
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

// Whatever a file holds, Load gives a campaign that needs no more checks, or problems that say where and what to do.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole), "")
	f.Add([]byte("a: [b, {c: d}]\n? x\n: y\n"), "x")
	f.Add([]byte("fields:\n  <<: *a\n"), "a=b | c")
	f.Add([]byte("letter: &a\n  show: *a\n"), "a\nb")
	f.Add([]byte(whole+"bundles: {letters: ''}\n"), "0")
	f.Add([]byte(whole+"fonts: |\n  a\n\n  b #c\n"), "\xff")
	f.Add([]byte(whole+"? [a]\n: b\nfields: {a: #b\n}\n"), " ")
	f.Add([]byte("--- !x\n"+whole+"...\n"), "=")
	f.Add([]byte(several), "x")
	f.Add([]byte(strings.Replace(several, "  - name", "  - - name", 1)), "")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		file := filepath.Join(dir, "campaign.yaml")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, s := range Settings() {
			if !s.OnlyInFile() {
				all[s.Key] = text
			}
		}
		for _, set := range []map[string]string{nil, all} {
			c, err := Load(Options{File: file, Set: set})
			if err == nil {
				mustBeChecked(t, c)
				continue
			}
			problemsOf(t, err)
			for _, p := range err.(problem.List) {
				if p.Place.File == "" || p.What == "" || p.Do == "" || strings.ContainsFunc(p.Error(), isLineOrControl) {
					t.Errorf("a problem that does not help: %q", p.Error())
				}
			}
		}
	})
}

// mustBeChecked holds a campaign against what its type promises.
func mustBeChecked(t *testing.T, c *Campaign) {
	t.Helper()
	consent := c.Signers.Consent
	for what, holds := range map[string]bool{
		"a name":                 c.Name != "" && len(c.Name) <= 40,
		"a bundle":               c.Bundles.Letters >= 1 && c.Bundles.Letters <= 100_000,
		"paper":                  c.Letter.Paper == "a4" || c.Letter.Paper == "letter",
		"a layout":               slices.Contains([]string{"plain", "us-window", "din-a", "din-b"}, c.Letter.Layout),
		"a language":             c.Letter.Language != "",
		"a date":                 !c.Letter.Date.IsZero(),
		"something to show":      len(c.Letter.Show) > 0,
		"a list":                 c.Signers.File != "",
		"a rule for duplicates":  c.Signers.Duplicates != "",
		"recipients":             len(c.Recipients) > 0 && !slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return r.Name == "" || r.Company == "" || r.Salutation == "" }),
		"a first recipient":      len(c.Recipients) > 0 && reflect.DeepEqual(c.Recipient, c.Recipients[0]),
		"a recipient":            c.Recipient.Name != "" && c.Recipient.Company != "" && c.Recipient.Salutation != "",
		"a sender":               c.Sender.Organisation != "",
		"one sort of consent":    (consent.Column == "") != (consent.Attested == nil),
		"values with a column":   (consent.Column == "") == (len(consent.Values) == 0),
		"a whole attestation":    consent.Attested == nil || consent.Attested.By != "" && !consent.Attested.On.IsZero() && consent.Attested.Statement != "",
		"a place of each column": len(c.Signers.Columns) == len(c.Signers.ColumnPlace),
	} {
		if !holds {
			t.Errorf("a campaign without %s: %+v", what, c)
		}
	}
}

// A built-in letter's name may have a language behind it; what has a folder, or the ending of a file, is a file.
func TestABuiltInLetterIsToldFromAFile(t *testing.T) {
	for template, want := range map[string]string{
		"supporter": "supporter/", "shareholder.de": "shareholder/de", "letter.md": "", "letter.MD": "", "letter.txt": "", "./shareholder.de": "",
		"texts/supporter": "", "a.b.de": "", "": "/",
	} {
		name, language, ok := Letter{Template: template}.BuiltIn()
		if got := name + "/" + language; ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s (%v), want %s", template, got, ok, want)
		}
	}
}
