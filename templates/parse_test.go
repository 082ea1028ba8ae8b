package templates

import (
	"errors"
	"fmt"
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
		{"*a _b_ c*", "p:<i>a </i>b<i> c</i>"},
		{"# Head\n\ntext", "h:Head\np:text"},
		{"1. one\n2. two\n   - deep\n\n     more", "li[1.]:one\nli[2.]:two\nli[•]:deep\nli:more"},
		{"3) three\n3) four", "li[3)]:three\nli[4)]:four"},
		{"a\n\n---\n\nb", "p:a\nhr:\np:b"},
		{"a\\\nb  \nc", "p:a↵b↵c"},
		{"[site](https://example.org) <https://example.org>", "p:site (https://example.org) https://example.org"},
		{"[a *b*](https://example.org/a_b_c?x=1&amp;y=\\*) c", "p:a <i>b</i> (https://example.org/a_b_c?x=1&y=*) c"},
		{"[a@example.org](mailto:a@example.org)", "p:a@example.org"},
		{"[](https://example.org)", "p:https://example.org"},
		{"[our site]\n\n[our site]: https://example.org", "p:our site (https://example.org)"},
		{"“as typed” -- 'quotes' & dashes… (c) a~~b~~ https://example.org", "p:“as typed” -- 'quotes' & dashes… (c) a~~b~~ https://example.org"},
		{"&amp; \\* \\&amp; &#65;", "p:& * &amp; A"},
		{"\ufeffwith a mark\r\nof Windows\r\n", "p:with a mark of Windows"},
		{"old\rMac", "p:old Mac"},
		{"Cafe\u0301", "p:Café"},
		{"a ≯ b > \u0338c", "p:a ≯ b > \u0338c"},
		{"---\ntitle: x\n---", ""},
	} {
		checkFlat(t, c.markdown, c.want)
	}
}

func TestFieldsStandAnywhereInText(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"{{name}} and {{a_b_c}} and {{x*y*z}} _{{a_b}}_", "p:{name} and {a_b_c} and {x*y*z} <i>{a_b}</i>"},
		{"{{ Full   name }} {{E.Mail}} {{co-signer}} {{<b>}} {{a`b}} {{[x](y)}}", "p:{Full name} {E.Mail} {co-signer} {<b>} {a`b} {[x](y)}"},
		{"{{Pre\u0301nom}}", "p:{Prénom}"},
		{"*{{first_name | default \"Friend\"}}* **{{x}}**", "p:<i>{first_name|Friend}</i> <b>{x}</b>"},
		{"# {{x}}\n\n- {{y}}\n- a", "h:{x}\nli[•]:{y}\nli[•]:a"},
		{"[{{x}} *{{y}}*](https://example.org/{{id}}?a_b_c)", "p:{x} <i>{y}</i> (https://example.org/{id}?a_b_c)"},
		{"<https://example.org/{{id}}>", "p:https://example.org/{id}"},
		{"{{x|default “y”}} {{x | default 'a \"b\"'}} {{x | default \"\"}} {{x | default \"*a* \\b &amp;\"}}", "p:{x|y} {x|a \"b\"} {x|} {x|*a* \\b &amp;}"},
		{"\\{{name}} \\{\\{a\\}\\} {a} {", "p:{{name}} {{a}} {a} {"},
		{"\\{{{name}}}", "p:{{name}}"},
	} {
		checkFlat(t, strings.ReplaceAll(c.markdown, "\u0301", "\u0301"), c.want)
	}
}

func TestConditionsStandAnywhereInText(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"{{if shares}}I hold {{shares}}.{{end}}", "p?shares:I hold {shares}."},
		{"a {{if x}}b {{if y}}c{{end}} {{end}}d", "p:a (?x)b (?x)(?y)c(?x) d"},
		{"*a {{if x}}b* c{{end}}", "p:<i>a </i>(?x)<i>b</i>(?x) c"},
		{"{{if x}}\n\none\n\n- two\n\n---\n\n{{end}}\n\nthree", "p?x:one\nli[•]?x:two\nhr?x:\np:three"},
		{"{{if x}}\none\n{{end}}", "p?x:one"},
		{"{{if x}}one\n\ntwo{{end}}", "p?x:one\np?x:two"},
		{"one\n{{if x}}\ntwo\n{{end}}\nthree", "p:one (?x)two three"},
		{"one\\\n{{if x}}\\\ntwo\\\n  {{end}}  \nthree", "p:one↵(?x)two(?x)↵three"},
		{"{{if x}}\n- one\n- two\n{{end}}\n- three", "li[•]?x:one\nli[•]?x:two\nli[•]:three"},
		{"1. one\n2. two{{if x}}, and more{{end}}\n3. three\n4. {{if y}}four{{end}}", "li[1.]:one\nli[2.]:two(?x), and more\nli[3.]:three\nli[4.]?y:four"},
		{"{{if x}}\n\n1. one\n2. two\n\n   more\n\n{{end}}", "li[1.]?x:one\nli[2.]?x:two\nli?x:more"},
	} {
		checkFlat(t, c.markdown, c.want)
	}
}

// checkFlat parses a letter and compares its blocks. The letter may have no text at all when none is wanted.
func checkFlat(t *testing.T, markdown, want string) {
	t.Helper()
	l, err := Parse("letter.md", []byte(markdown))
	if err != nil {
		if want != "" || !strings.Contains(err.Error(), "the letter has no text") {
			t.Errorf("%q: %v", markdown, err)
		}
		return
	}
	if got := flat(l); got != want {
		t.Errorf("%q becomes\n%s\nwant\n%s", markdown, got, want)
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ markdown, want string }{
		{"a `b`", "1:3: a letter has no code. "},
		{"a <b>c</b>", "1:3: a letter has no HTML. "},
		{"a\n\n<div>\nb\n</div>", "3:1: a letter has no HTML. "},
		{"<!-- remark -->", "1:1: a letter has no HTML. "},
		{"> q", "1:1: a letter has no block quotes. "},
		{"a\n\n    code", "3:5: a letter has no code blocks. "},
		{"a\n~~~\nb\n~~~", "2:1: a letter has no code blocks. "},
		{"ab ![logo](a.png)", "1:4: a letter's text has no pictures. "},
		{"a\n\n|b|c|\n|-|-|\n|d|e|", "3:1: a letter has no tables. "},
		{"a\n\n- # b", "3:3: a list holds paragraphs and lists only. "},
		{"1. a\n2.\n3. c", "2:1: the item of the list has no text. "},
		{"- - a", "1:3: the item of the list starts with another list. "},
		{"#\n\na", "1:1: the heading has no text. "},
		{"{{if x}}\n---\na{{end}}", "1:1: the heading has no text. "},
		{"[a](b \"c\")", "1:1: a link in a letter has no title. "},
		{"a\n\n[Note]: b", "3:1: [Note]: is the address of a link, and there is no such link. "},
		{"é {{name", "1:3: {{ has no }} on its line. "},
		{"e\u0301e\u0301 {{name\n}}", "1:6: {{ has no }} on its line. "},
		{"a {name}} b", "1:8: }} has no {{ before it. "},
		{"{{name} and {{b}}", "1:1: a field's name holds no braces. "},
		{"a**{{name}}**s", "1:3: this * beside a field makes no emphasis. "},
		{"{{if x}}a", "1:1: {{if x}} has no {{end}}. "},
		{"a {{end}}", "1:3: there is no {{if …}} for this {{end}}. "},
		{"{{ }}", "1:1: the braces name no field. "},
		{"{{if}}a{{end}}", "1:1: the braces name no field. "},
		{"{{if x}}a{{endif}}{{end}}", "1:10: {{endif}} means nothing here. Write {{end}}."},
		{"{{#if x}}", "1:1: {{#if x}} means nothing here. Write {{if field}}."},
		{"{{if x | default \"y\"}}a{{end}}", "1:1: {{if …}} takes a field and nothing more. "},
		{"{{x | upper}}", "1:1: there is no filter upper. There is one filter: {{field"},
		{"{{x | defualt \"y\"}}", "1:1: there is no filter defualt. Did you mean default: {{field"},
		{"{{x | }}", "1:1: nothing follows the |. "},
		{"{{x | default y}}", "1:1: the default is not in quotation marks. "},
		{"{{x | default}}", "1:1: the default is not in quotation marks. "},
		{"{{x | default \"y}}", "1:1: the default has no quotation mark at its end. "},
		{"{{x | default \"y\" | z}}", "1:1: something follows the default: \"| z\". "},
		{"[a](https://example.org/{{id)", "1:1: {{ has no }} on its line. "},
		{"1. a\n2. {{if x}}b{{end}}\n3. c", "2:4: some letters will lack an item of a numbered list"},
		{"{{if x}}\n\n1. a\n\n{{end}}\n\n2. b", "1:1: some letters will lack an item of a numbered list"},
		{"1. a\n\n{{if x}}\n\n2. b\n\n{{end}}\n\n3. c", "3:1: some letters will lack an item of a numbered list"},
		{"- {{if x}}a{{end}}\n\n  b", "1:3: some letters will lack the start of an item of a list"},
		{"- {{if x}}a{{end}}\n  - b", "1:3: some letters will lack the start of an item of a list"},
		{"---\ntitel: x\n---\na", "2:1: the front matter has no setting \"titel\". Did you mean title."},
		{"---\nauthor: x\n---\na", "2:1: the front matter has no setting \"author\". Use one of: align, caution, closing, form, language, optional, subject, title."},
		{"---\nform: open-leter\n---\na", "2:7: there is no form \"open-leter\". Did you mean open-letter? There are: letter, open-letter, petition-sheets, investors."},
		{"---\nform: poster\n---\na", "2:7: there is no form \"poster\". Write one of: letter, open-letter, petition-sheets, investors."},
		{"---\nalign: left\n---\na", "2:8: align is \"left\". "},
		{"---\nlanguage: English please\n---\na", "2:11: \"English please\" is no language. "},
		{"---\ntitle: x\ntitle: y\n---\na", "3:1: title is set twice. "},
		{"---\ntitle: &a x\nsubject: *a\n---\na", "3:10: subject uses a YAML anchor. "},
		{"---\ntitle: x", "1:1: the front matter has no end. "},
		{"\n\n---\ntitle: a: b\n---\na", "4: the front matter is not YAML: mapping values are not allowed in this context. "},
		{"---\n- title\n---\na", "2:1: the front matter is not a list of settings. "},
		{"---\nsubject: {{x}}\n---\na", "2:10: subject is not a text. "},
		{"---\nsubject: \"é {{if x}}\"\n---\na", "2:13: there are no conditions in the front matter"},
		{"---\nclosing: a {{x}} {{y\n---\na", "2:18: {{ has no }}"},
		{"a\x00b", "1:2: the template holds a NUL byte. "},
		{"a\né\xff", "2:2: the template is not UTF-8. "},
		{"a\n\nb\fc", "3:2: the template holds the character U+000C, which cannot be printed. "},
		{"Caf\ufffd", "1:4: the template holds the character U+FFFD, which cannot be printed. "},
		{"a &#7;", "1:1: this holds the character U+0007, which cannot be printed. "},
	} {
		_, err := Parse("letter.md", []byte(c.markdown))
		var problems problem.List
		if !errors.As(err, &problems) {
			t.Errorf("%q: %v, want problems", c.markdown, err)
			continue
		}
		found := false
		for _, p := range problems {
			found = found || strings.HasPrefix(p.Error(), "letter.md:"+c.want)
		}
		if !found {
			t.Errorf("%q: want %q among\n%v", c.markdown, c.want, err)
		}
	}
}

// What is wrong once is reported once, or the list misleads.
func TestOneMistakeIsOneProblem(t *testing.T) {
	for _, markdown := range []string{
		"> {{if x}}a\n\nb{{end}}", "# `a`", "- `a`", "1. > a", "{{if x}}{{if y}}a{{end}}", "![{{if x}}](a.png){{end}} a",
		"{{if x}}a{{end}} {{end}}", "", "   \n", "---\ntitle: x\n---\n\n", "{{if x}}{{end}}",
		strings.Repeat("{{if x}}", maxDepth+1) + "a" + strings.Repeat("{{end}}", maxDepth+1), strings.Repeat("a", maxLine+1),
		strings.Repeat("a\n", maxBytes/2+1),
	} {
		_, err := Parse("letter.md", []byte(markdown))
		var problems problem.List
		if !errors.As(err, &problems) || len(problems) != 1 {
			t.Errorf("%.40q: want one problem, got %v", markdown, err)
		}
	}
}

func TestAllMistakesComeAtOnceInTheOrderOfTheFile(t *testing.T) {
	_, err := Parse("letter.md", []byte("---\nalign: x\ntitel: y\n---\n`a`\n\n{{if open}}\n\n{{x | y}}\n"))
	var problems problem.List
	errors.As(err, &problems)
	var places []string
	for _, p := range problems {
		places = append(places, fmt.Sprintf("%d:%d", p.Place.Line, p.Place.Column))
	}
	if got, want := strings.Join(places, " "), "2:8 3:1 5:1 7:1 9:1"; got != want {
		t.Errorf("problems at %s, want %s:\n%v", got, want, err)
	}
}

func TestAFileFullOfMistakesGivesAListOneCanRead(t *testing.T) {
	_, err := Parse("letter.md", []byte(strings.Repeat("{{\n", 20_000)))
	var problems problem.List
	if !errors.As(err, &problems) || len(problems) != maxProblems+1 {
		t.Errorf("want %d problems and a word that there are more, got %d", maxProblems, len(problems))
	}
}

func TestFrontMatterIsAsTyped(t *testing.T) {
	l, err := Parse("letter.md", []byte("--- \ntitle: 01234 # a remark\nlanguage: no\nalign: ragged\nclosing: Yours {{x}},\n"+
		"subject: \"To {{recipient.company | default \\\"you\\\"}}: \\\\{{a}} *b*\"\n---\ntext {{name}} {{if shares}}x{{end}} {{name}}"))
	if err != nil {
		t.Fatal(err)
	}
	if l.Title != "01234" || l.Language != "no" || l.Justify {
		t.Errorf("title %q, language %q, justified %v; want 01234, no, false", l.Title, l.Language, l.Justify)
	}
	if got, want := flat(&Letter{Blocks: []Block{{Inline: l.Subject}, {Inline: l.Closing}}}), "p:To {recipient.company|you}: {{a}} *b*\np:Yours {x},"; got != want {
		t.Errorf("subject and closing\n%s\nwant\n%s", got, want)
	}
}

func TestATemplateHasOneForm(t *testing.T) {
	for front, want := range map[string]Form{"": FormLetter, "form:\n": FormLetter, "form: petition-sheets\n": FormPetitionSheet} {
		l, err := Parse("letter.md", []byte("---\n"+front+"---\ntext"))
		if err != nil || l.Form != want {
			t.Errorf("%q makes the form %v (%v), want %s", front, l, err, want)
		}
	}
}

func TestEveryFieldIsListedWithItsFirstPlace(t *testing.T) {
	l, err := Parse("letter.md", []byte("---\nclosing: Yours {{x}},\nsubject: é {{recipient.company}} \\{{a}} {{b}}\n---\n"+
		"text {{name}} {{if shares}}x{{end}} {{name}}\r\n\r\n{{if region}}\r\n\r\n- {{x}} [a]({{url}})\r\n{{end}}"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, use := range l.FieldNames() {
		names = append(names, use.Name+"@"+strings.TrimPrefix(use.At.String(), "letter.md:"))
	}
	if got, want := strings.Join(names, " "), "recipient.company@3:12 b@3:41 name@5:6 shares@5:15 region@7:1 x@9:3 url@9:9"; got != want {
		t.Errorf("fields %s\nwant   %s", got, want)
	}
}
