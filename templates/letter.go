package templates

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"postbag/letters/problem"
)

// Style is the emphasis of a run of text; the bits add up.
type Style uint8

// The bits of a style.
const (
	Bold Style = 1 << iota
	Italic
)

// Letter is a parsed template.
type Letter struct {
	Source   string   // the file it came from, or the built-in letter's name, for places in messages
	Title    string   // what the letter is, for people who choose among templates
	Subject  []Inline // may hold fields; empty for none
	Language string   // BCP 47; "" when the template does not say
	Justify  bool     // body paragraphs have two straight edges
	Closing  []Inline // Yours sincerely,
	Blocks   []Block
}

// Kind is the kind of a block.
type Kind uint8

// The kinds of blocks.
const (
	Paragraph Kind = iota
	Heading
	Item  // one paragraph of a list item
	Break // thematic break: no text
)

// Block is one paragraph-like element of the body.
type Block struct {
	Kind   Kind
	Level  int    // heading level 1 to 6, or depth of the list, from 1
	Marker string // for the first paragraph of a list item: "•" or "1."; "" for those that follow
	Inline []Inline
	If     []Condition // all must hold, else the block takes no space
	At     problem.Place
}

// Condition is one {{if field}}: true when the field is filled, white space aside.
type Condition struct {
	Field string
	At    problem.Place
}

// Inline is a run of text, a field, or a forced line break.
type Inline struct {
	Text       string // literal text when Field is ""
	Field      string // the field's name as typed
	Default    string // what stands where the field is empty
	HasDefault bool
	Style      Style
	Break      bool        // a forced line break; no text
	If         []Condition // conditions beyond the block's own
	At         problem.Place
}

// FieldUse is a field of a template and where it stands first.
type FieldUse struct {
	Name string
	At   problem.Place
}

// FieldNames lists the fields that the letter uses, in its text and in its conditions, each once, in order.
func (l *Letter) FieldNames() []FieldUse {
	var uses []FieldUse
	seen := map[string]bool{}
	add := func(name string, at problem.Place) {
		if name != "" && !seen[name] {
			seen[name] = true
			uses = append(uses, FieldUse{name, at})
		}
	}
	walk := func(inlines []Inline) {
		for _, in := range inlines {
			for _, c := range in.If {
				add(c.Field, c.At)
			}
			add(in.Field, in.At)
		}
	}
	walk(l.Subject)
	for _, b := range l.Blocks {
		for _, c := range b.If {
			add(c.Field, c.At)
		}
		walk(b.Inline)
	}
	walk(l.Closing)
	return uses
}

// Wording writes the letter as plain text, for people to read and to be pinned by a hash. Fields for which resolve has a value are
// filled; the signers' own stand as {{field}}, with | default "…" where they have one; text that depends on a field stands between
// {{if field}} and {{end}}. The form: subject, blocks and closing in order, each on one line with single spaces, empty lines between,
// list items after their marker, hard line breaks as " / ", emphasis left out; NFC; one newline at the end.
func (l *Letter) Wording(resolve func(field string) (string, bool)) string {
	var parts []string
	add := func(b Block) {
		w := wording{resolve: resolve}
		w.inlines(b.Inline)
		text := strings.Join(strings.Fields(w.text.String()), " ")
		if b.Kind == Break {
			text = "* * *"
		}
		if text == "" {
			return
		}
		if b.Marker != "" {
			text = b.Marker + " " + text
		}
		for i := len(b.If) - 1; i >= 0; i-- {
			text = "{{if " + b.If[i].Field + "}}" + text + "{{end}}"
		}
		parts = append(parts, text)
	}
	add(Block{Inline: l.Subject})
	for _, b := range l.Blocks {
		add(b)
	}
	add(Block{Inline: l.Closing})
	return norm.NFC.String(strings.Join(parts, "\n\n") + "\n")
}

// wording writes inline text and keeps account of the conditions that are open.
type wording struct {
	resolve func(field string) (string, bool)
	text    strings.Builder
	open    []Condition
}

func (w *wording) inlines(inlines []Inline) {
	for _, in := range inlines {
		w.conditions(in.If)
		switch {
		case in.Break:
			w.text.WriteString(" / ")
		case in.Field == "":
			w.text.WriteString(in.Text)
		default:
			w.field(in)
		}
	}
	w.conditions(nil)
}

func (w *wording) field(in Inline) {
	if value, ok := w.resolve(in.Field); ok {
		if strings.TrimSpace(value) == "" {
			value = in.Default
		}
		w.text.WriteString(value)
		return
	}
	w.text.WriteString("{{" + in.Field)
	if in.HasDefault {
		w.text.WriteString(` | default "` + in.Default + `"`)
	}
	w.text.WriteString("}}")
}

// conditions closes and opens what has changed.
func (w *wording) conditions(now []Condition) {
	same := 0
	for same < len(now) && same < len(w.open) && now[same] == w.open[same] {
		same++
	}
	for range len(w.open) - same {
		w.text.WriteString("{{end}}")
	}
	for _, c := range now[same:] {
		w.text.WriteString("{{if " + c.Field + "}}")
	}
	w.open = now
}
