package templates

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"postbag/letters/problem"
)

// flat writes blocks as one line each, so that a table can say what is wanted.
func flat(l *Letter) string {
	var out []string
	for _, b := range l.Blocks {
		var s strings.Builder
		s.WriteString([]string{"p", "h", "li", "hr"}[b.Kind])
		if b.Marker != "" {
			s.WriteString("[" + b.Marker + "]")
		}
		for _, c := range b.If {
			s.WriteString("?" + c.Field)
		}
		s.WriteString(":")
		for _, in := range b.Inline {
			for _, c := range in.If {
				s.WriteString("(?" + c.Field + ")")
			}
			text := in.Text
			if in.Field != "" {
				text = "{" + in.Field
				if in.HasDefault {
					text += "|" + in.Default
				}
				text += "}"
			}
			if in.Break {
				text = "↵"
			}
			if in.Style&Bold != 0 {
				text = "<b>" + text + "</b>"
			}
			if in.Style&Italic != 0 {
				text = "<i>" + text + "</i>"
			}
			s.WriteString(text)
		}
		out = append(out, s.String())
	}
	return strings.Join(out, "\n")
}

func TestMarkdownBecomesBlocks(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"One\ntwo.\n\nThree.", "p:One two.\np:Three."},
		{"a *b* **c** ***d***", "p:a <i>b</i> <b>c</b> <i><b>d</b></i>"},
		{"# Head\n\ntext", "h:Head\np:text"},
		{"1. one\n2. two\n   - deep\n\n     more", "li[1.]:one\nli[2.]:two\nli[•]:deep\nli:more"},
		{"3) three", "li[3)]:three"},
		{"a\n\n---\n\nb", "p:a\nhr:\np:b"},
		{"a\\\nb", "p:a↵b"},
		{"[site](https://example.org) <https://example.org>", "p:site (https://example.org) https://example.org"},
		{"[a@example.org](mailto:a@example.org)", "p:a@example.org"},
		{"“as typed” -- 'quotes' & dashes…", "p:“as typed” -- 'quotes' & dashes…"},
		{"&amp; \\* \\{{name}}", "p:& * {{name}}"},
		{"{{name}} and {{a_b_c}} and {{x*y*z}}", "p:{name} and {a_b_c} and {x*y*z}"},
		{"{{ Full name }} {{E.Mail}}", "p:{Full name} {E.Mail}"},
		{"*{{first_name | default \"Friend\"}}*", "p:<i>{first_name|Friend}</i>"},
		{"{{x|default “y”}}", "p:{x|y}"},
		{"{{if shares}}I hold {{shares}}.{{end}}", "p?shares:I hold {shares}."},
		{"a {{if x}}b {{if y}}c{{end}} {{end}}d", "p:a (?x)b (?x)(?y)c(?x) d"},
		{"{{if x}}\n\none\n\n- two\n\n{{end}}\n\nthree", "p?x:one\nli[•]?x:two\np:three"},
		{"{{if x}}\none\n{{end}}", "p?x:one"},
		{"\uFEFFwith a mark\r\nof Windows\r\n", "p:with a mark of Windows"},
		{"Cafe\u0301", "p:Café"},
	} {
		l, err := Parse("letter.md", []byte(c.markdown))
		if err != nil {
			t.Errorf("%q: %v", c.markdown, err)
			continue
		}
		if got := flat(l); got != c.want {
			t.Errorf("%q becomes\n%s\nwant\n%s", c.markdown, got, c.want)
		}
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"a `b`", "letter.md:1:4: a letter has no code. "},
		{"a <b>c</b>", "letter.md:1:3: a letter has no HTML. "},
		{"> q", "letter.md:1:3: a letter has no block quotes. "},
		{"a\n\n    code", "letter.md:3:5: a letter has no code blocks. "},
		{"é {{name", "letter.md:1:3: {{ has no }} on its line. "},
		{"{{if x}}a", "letter.md:1:1: {{if x}} has no {{end}}. "},
		{"a {{end}}", "letter.md:1:3: there is no {{if …}} for this {{end}}. "},
		{"{{ }}", "letter.md:1:1: the braces name no field. "},
		{"{{if}}a{{end}}", "letter.md:1:1: the braces name no field. "},
		{"{{x | upper}}", "letter.md:1:1: there is no filter upper. "},
		{"{{x | default y}}", "letter.md:1:1: the default is not in quotation marks. "},
		{"![logo](a.png)", "letter.md:1:3: a letter's text has no pictures. "},
		{"---\ntitel: x\n---\na", "letter.md:2:1: the front matter has no setting titel. "},
		{"---\nalign: left\n---\na", `letter.md:2:8: align is "left". `},
		{"---\ntitle: x\ntitle: y\n---\na", "letter.md:3:1: title is set twice. "},
		{"---\ntitle: x", "letter.md:1: the front matter has no end. "},
		{"---\ntitle: a: b\n---\na", "letter.md:2: the front matter is not YAML: mapping values are not allowed in this context. "},
		{"---\nsubject: {{x}}\n---\na", "letter.md:2:1: subject is not a text. "},
		{"---\nsubject: \"{{if x}}\"\n---\na", "letter.md:2:10: the front matter has no conditions. "},
		{"", "letter.md: the letter has no text. "},
		{"a\x00b", "letter.md:1: the template holds a NUL byte. "},
		{"a\n\xff", "letter.md:2: the template is not UTF-8. "},
	} {
		_, err := Parse("letter.md", []byte(c.markdown))
		var problems problem.List
		if !errors.As(err, &problems) {
			t.Errorf("%q: %v, want problems", c.markdown, err)
			continue
		}
		found := false
		for _, p := range problems {
			found = found || strings.HasPrefix(p.Error(), c.want)
		}
		if !found {
			t.Errorf("%q: want %q among\n%v", c.markdown, c.want, err)
		}
	}
}

func TestAllMistakesComeAtOnce(t *testing.T) {
	_, err := Parse("letter.md", []byte("`a`\n\n{{x | y}}\n\n{{end}}\n"))
	var problems problem.List
	if !errors.As(err, &problems) || len(problems) != 3 {
		t.Errorf("want three problems, got %v", err)
	}
}

func TestFrontMatterIsAsTyped(t *testing.T) {
	l, err := Parse("letter.md", []byte("---\ntitle: 01234\nlanguage: no\nalign: ragged\nclosing: Yours {{x}},\nsubject: \"To {{recipient.company | default \\\"you\\\"}}\"\n---\ntext {{name}} {{if shares}}x{{end}}"))
	if err != nil {
		t.Fatal(err)
	}
	if l.Title != "01234" || l.Language != "no" || l.Justify {
		t.Errorf("title %q, language %q, justified %v; want 01234, no, false", l.Title, l.Language, l.Justify)
	}
	var names []string
	for _, use := range l.FieldNames() {
		names = append(names, use.Name+"@"+use.At.String())
	}
	if got, want := strings.Join(names, " "), "recipient.company@letter.md:6:10 name@letter.md:8:6 shares@letter.md:8:15 x@letter.md:5:10"; got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
}

func TestWordingPinsWhatIsSaid(t *testing.T) {
	l, err := Parse("letter.md", []byte("---\nsubject: About {{company}}\nclosing: Yours,\n---\nDear  *{{name}}*,\nyou {{if x}}and {{x | default \"z\"}}{{end}}.\n\n1. one\n\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := l.Wording(func(field string) (string, bool) { return "ACME", field == "company" })
	want := "About ACME\n\nDear {{name}}, you {{if x}}and {{x | default \"z\"}}{{end}}.\n\n1. one\n\n* * *\n\nYours,\n"
	if got != want {
		t.Errorf("the wording is\n%q, want\n%q", got, want)
	}
}

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

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a {{b}} *c*", "{{if x}}", "---\ntitle: x\n---\n- a\n  - b", "[a](b) ![c](d) `e` <f> > g", "{{x | default \"y\"}}", "\\{{", "1. a\n\n   b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Parse("letter.md", data)
		if err != nil {
			var problems problem.List
			if !errors.As(err, &problems) {
				t.Errorf("%q: %v is no problem of the user's", data, err)
			}
			return
		}
		l.FieldNames()
		l.Wording(func(string) (string, bool) { return "", false })
	})
}
