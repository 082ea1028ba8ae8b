package merge

import (
	"strings"
	"testing"

	"postbag/templates"
)

// table is the fields of these tests: company is fixed, empty is fixed and empty, name and shares are the signer's.
type table struct{}

func (table) Constant(name string) (string, bool) {
	switch name {
	case "company":
		return "ACME {{name}}", true
	case "empty":
		return "", true
	}
	return "", false
}

func (table) Slot(name string) (int, bool) {
	switch name {
	case "name":
		return 0, true
	case "shares":
		return 1, true
	}
	return 0, false
}

// filled parses a template and writes its blocks for a signer; fixed ones are marked.
func filledIn(t *testing.T, markdown string, values ...string) string {
	t.Helper()
	l, err := templates.Parse("letter.md", []byte(markdown))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range Compile(l.Blocks, table{}) {
		var s strings.Builder
		if b.Fixed() {
			s.WriteString("=")
		}
		for _, r := range b.Fill(values, nil) {
			switch {
			case r.Break:
				s.WriteString("/")
			case r.Value:
				s.WriteString("<" + r.Text + ">")
			default:
				s.WriteString(r.Text)
			}
		}
		out = append(out, s.String())
	}
	return strings.Join(out, "|")
}

func TestFill(t *testing.T) {
	for _, c := range []struct{ markdown, name, shares, want string }{
		{"Dear {{name}},", "Zoë", "", "Dear <Zoë>,"},
		{"To {{company}}.", "", "", "=To <ACME {{name}}>."},
		{"{{name | default \"Friend\"}}!", "", "", "Friend!"},
		{"{{name | default \"Friend\"}}!", "Zoë", "", "<Zoë>!"},
		{"{{empty | default \"nothing\"}}", "", "", "=nothing"},
		{"{{if shares}}I hold {{shares}}.{{end}}", "", "7", "I hold <7>."},
		{"{{if shares}}I hold {{shares}}.{{end}}", "", "", ""},
		{"a{{if shares}} b{{end}} c", "", "", "a c"},
		{"{{if empty}}never{{end}}", "", "", ""},
		{"{{if company}}always{{end}}", "", "", "=always"},
		{"{{name}}", "", "", ""},
		{"a\\\nb", "", "", "=a/b"},
		{"***", "", "", "=* * *"},
		{"{{name}}", "**Bob** {{.x}} {{name}}", "", "<**Bob** {{.x}} {{name}}>"},
	} {
		if got := filledIn(t, c.markdown, c.name, c.shares); got != c.want {
			t.Errorf("%q for %q, %q: %q, want %q", c.markdown, c.name, c.shares, got, c.want)
		}
	}
}

func TestFillAllocatesNothing(t *testing.T) {
	l, err := templates.Parse("letter.md", []byte("Dear {{name}}, {{if shares}}holder of *{{shares}}*{{end}} or not."))
	if err != nil {
		t.Fatal(err)
	}
	b := &Compile(l.Blocks, table{})[0]
	values, runs := []string{"Zoë", "7"}, make([]Run, 0, 16)
	if n := testing.AllocsPerRun(100, func() { runs = b.Fill(values, runs[:0]) }); n > 0 {
		t.Errorf("filling a block allocates %v times", n)
	}
}

func TestAloneIsOneValue(t *testing.T) {
	value, line := Value(3), Literal("a")
	if slot, ok := value.Alone(); !ok || slot != 3 {
		t.Errorf("a value alone: %d, %v", slot, ok)
	}
	if _, ok := line.Alone(); ok {
		t.Error("a literal line is no value")
	}
}
