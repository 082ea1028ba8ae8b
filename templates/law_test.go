package templates

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"postbag/letters/problem"
)

// Any characters but line breaks, with many that mean something to Markdown, YAML or templates.
var anyText = rapid.StringOf(rapid.OneOf(
	rapid.SampledFrom([]rune("{{{}}}\\\\**__[]()<>&;#`~!|-+=:.\"' 1a")), rapid.RuneFrom([]rune("aéßŁжλא中🌻e\u0301\u00a0\u0338")),
))

// escape writes text so that Markdown prints it.
func escape(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

func TestEscapedTextAppearsAsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Trim(anyText.Draw(t, "text"), " ")
		if text == "" {
			return
		}
		for _, frame := range [][2]string{{"", ""}, {"- ", ""}, {"# ", ""}, {"[", "](https://example.org)"}} {
			l, err := Parse("letter.md", []byte(frame[0]+escape(text)+frame[1]))
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			got := l.Blocks[0].Inline[0].Text
			if frame[1] != "" {
				got = strings.TrimSuffix(got, " (https://example.org)")
			}
			if len(l.Blocks) != 1 || len(l.Blocks[0].Inline) != 1 || got != norm.NFC.String(text) {
				t.Fatalf("%q becomes %+v", text, l.Blocks)
			}
		}
	})
}

func TestAFieldIsReadWhateverIsInItsName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if strings.ContainsRune("{}|#", r) {
				return 'x'
			}
			return r
		}, anyText.Draw(t, "name"))), " ")
		if name == "" || name == "end" || mistaken[name] != "" {
			return
		}
		l, err := Parse("letter.md", []byte("a *b {{ "+name+" }} c* d"))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if got, want := flat(l), "p:a <i>b </i><i>{"+norm.NFC.String(name)+"}</i><i> c</i> d"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

var fragments = []string{
	"{{", "}}", "{{a}}", "{{if a}}", "{{if b}}", "{{end}}", "{{x | default \"y\"}}", "\\", "\n", "\n\n", "- ", "1. ", "   ", "*", "**", "_", "# ", "> ",
	"[a](b)", "[a]", "[a]: b\n", "<c>", "`", "![", "---\n", "title: x\n", "subject: \"{{a}}\"\n", "a|b\n-|-\n", "word", " ", "\t", "é", "\r", "&amp;", "<a@example.org>",
}

func TestParseTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkParse(t, strings.Join(rapid.SliceOf(rapid.SampledFrom(fragments)).Draw(t, "fragments"), ""))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range fragments {
		f.Add(s)
	}
	for _, s := range []string{
		"a {{b}} *c*", "---\ntitle: x\n---\n- a\n  - b", "[a](b) ![c](d) `e` <f> > g", "\\{{", "1. a\n\n   b", "---\nsubject: &a [x]\n? y\n---", "\xff\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { checkParse(t, text) })
}

// checkParse holds whatever the text: problems have places that exist, and a letter can be written down.
func checkParse(t rapid.TB, text string) {
	l, err := Parse("letter.md", []byte(text))
	if err == nil {
		if len(l.Blocks) == 0 {
			t.Fatalf("%q: a letter without text", text)
		}
		for _, use := range l.FieldNames() {
			checkPlace(t, text, use.At)
		}
		w := l.Wording(func(string) (string, bool) { return "", false })
		marks := strings.NewReplacer(`\\`, "", `\{{`, "").Replace(w)
		if strings.Count(marks, "{{if ") != strings.Count(marks, "{{end}}") || !norm.NFC.IsNormalString(w) {
			t.Fatalf("%q: the wording is %q", text, w)
		}
		return
	}
	var problems problem.List
	if !errors.As(err, &problems) {
		t.Fatalf("%q: %v is no problem of the user's", text, err)
	}
	for _, p := range problems {
		checkPlace(t, text, p.Place)
	}
}

func checkPlace(t rapid.TB, text string, at problem.Place) {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	if at.Line > len(lines) || at.Line > 0 && at.Column > utf8.RuneCountInString(lines[at.Line-1])+1 {
		t.Fatalf("%q: there is no place %v", text, at)
	}
}
