package templates

import (
	"testing"
)

func TestWordingPinsWhatIsSaid(t *testing.T) {
	constants := func(field string) (string, bool) {
		value, ok := map[string]string{"company": "ACME\u00a0 Inc. {{x}}", "empty": " "}[field]
		return value, ok
	}
	for _, c := range []struct{ markdown, want string }{
		{"---\nsubject: About {{company}}\nclosing: Yours,\n---\na", "About ACME Inc. \\{{x}}\n\na\n\nYours,\n"},
		{"Dear  *{{name}}*,\nyou {{if x}}and {{x | default 'a \"b\" \\'}}{{end}}.", `Dear {{name}}, you {{if x}}and {{x | default "a \"b\" \\"}}{{end}}.` + "\n"},
		{"# Head\n\n1. one\\\ntwo\n   - three\n\n---", "Head\n\n1. one / two\n\n• three\n\n* * *\n"},
		{"\\{{name}} {{name}} \\\\{{name}}", "\\{{name}} {{name}} \\\\{{name}}\n"},
		{"a {{empty | default \"b\"}} {{empty}}c", "a b c\n"},
		{"{{if company}}a{{end}} {{if empty}}b{{end}}\n\n{{if empty}}c{{end}}\n\n{{if x}}{{if company}}d{{end}}{{end}}", "a\n\n{{if x}}d{{end}}\n"},
		{"{{if x}}a{{end}}{{if x}}b{{end}} {{if y}}{{if z}}c{{end}} d{{end}} e", "{{if x}}a{{end}}{{if x}}b{{end}} {{if y}}{{if z}}c{{end}} d{{end}} e\n"},
	} {
		l, err := Parse("letter.md", []byte(c.markdown))
		if err != nil {
			t.Errorf("%q: %v", c.markdown, err)
			continue
		}
		if got := l.Wording(constants); got != c.want {
			t.Errorf("the wording of %q is\n%q, want\n%q", c.markdown, got, c.want)
		}
	}
}
