package templates

import (
	"slices"
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

// Form is how a template becomes paper: one letter for each signer, or one document with all of their names.
type Form string

// The forms of a template.
const (
	FormLetter        Form = "letter"          // one letter for each signer
	FormOpenLetter    Form = "open-letter"     // the text once, then the names of all
	FormPetitionSheet Form = "petition-sheets" // the text at the head of each sheet, above numbered rows
	FormInvestors     Form = "investors"       // the text once, then a block for each holder: name, title, organisation, holding
)

// Forms lists the forms that a template may have, the usual one first.
func Forms() []Form { return []Form{FormLetter, FormOpenLetter, FormPetitionSheet, FormInvestors} }

// Letter is a parsed template. Its text is NFC; white space within it is as it was typed, but for line ends, which are spaces.
type Letter struct {
	Source   string   // the file it came from, or the built-in letter's name, for places in messages
	Title    string   // what the letter is, for people who choose among templates
	Form     Form     // FormLetter where the template does not say
	Subject  []Inline // may hold fields, but no conditions; empty for none
	Language string   // BCP 47; "" when the template does not say
	Justify  bool     // body paragraphs have two straight edges
	Closing  []Inline // Yours sincerely, with fields as in Subject; empty for none
	Optional []string // fields that nobody need fill: those of the campaign that the text can do without
	Caution  string   // what whoever sends the letter should know first; told by check, never printed
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
	Level  int         // heading level 1 to 6, or depth of the list, from 1
	Marker string      // for the first paragraph of a list item: "•" or "1."; "" for those that follow
	Inline []Inline    // never empty but in a Break
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
	Break      bool          // a forced line break; no text
	If         []Condition   // conditions beyond the block's own; all must hold
	At         problem.Place // of the field's first brace, or where the text starts
}

// FieldUse is a field of a template and where it stands first.
type FieldUse struct {
	Name string
	At   problem.Place
	// Bare is where it first stands without a default and outside {{if}} of its own, so that nothing would be printed in its place; zero
	// where the text can do without it throughout.
	Bare problem.Place
}

// FieldNames lists the fields that the letter uses, in its text and in its conditions, each once and with the place where it stands
// first: those of the subject, then of the body, then of the closing.
func (l *Letter) FieldNames() []FieldUse {
	var uses []FieldUse
	places := map[string]int{}
	add := func(name string, at problem.Place) int {
		i, ok := places[name]
		if !ok {
			i = len(uses)
			places[name] = i
			uses = append(uses, FieldUse{Name: name, At: at})
		}
		return i
	}
	walk := func(around []Condition, inlines []Inline) {
		for _, c := range around {
			add(c.Field, c.At)
		}
		for _, in := range inlines {
			for _, c := range in.If {
				add(c.Field, c.At)
			}
			if in.Field == "" {
				continue
			}
			use := &uses[add(in.Field, in.At)]
			depends := func(c Condition) bool { return c.Field == in.Field }
			if use.Bare.Line == 0 && !in.HasDefault && !slices.ContainsFunc(around, depends) && !slices.ContainsFunc(in.If, depends) {
				use.Bare = in.At
			}
		}
	}
	walk(nil, l.Subject)
	for _, b := range l.Blocks {
		walk(b.If, b.Inline)
	}
	walk(nil, l.Closing)
	return uses
}

// Wording writes the letter as plain text, for people to read and to be pinned by a hash. The same wording gives the same bytes, on
// any machine and for ever:
//
//   - UTF-8, NFC, one newline at the end.
//   - Subject, blocks and closing, in order, those that have text; each on one line, with an empty line between two.
//   - A list item starts with its mark (• or 1.) and a space, a thematic break is * * *, a hard line break is " / ". Levels of headings
//     and lists, emphasis and alignment are left out.
//   - White space of any kind and length is one space; there is none at the ends of a line.
//   - Fields for which resolve has a value are filled, or have their default where the value is blank, and conditions on them are
//     decided. The signers' own stand as {{field}} or {{field | default "text"}}, \" and \\ standing for the mark and the backslash in
//     text, and what depends on one stands between {{if field}} and {{end}}.
//   - In text, two braces are \{{ and a backslash is \\.
func (l *Letter) Wording(resolve func(field string) (string, bool)) string {
	var lines []string
	add := func(b Block) {
		w := wording{resolve: resolve}
		if line := w.block(b); line != "" {
			lines = append(lines, line)
		}
	}
	add(Block{Inline: l.Subject})
	for _, b := range l.Blocks {
		add(b)
	}
	add(Block{Inline: l.Closing})
	return norm.NFC.String(strings.Join(lines, "\n\n") + "\n")
}

// wording writes one block as a line and keeps account of the conditions that are open.
type wording struct {
	resolve func(field string) (string, bool)
	text    strings.Builder
	open    []Condition
}

func (w *wording) block(b Block) string {
	around, holds := w.undecided(b.If)
	if !holds {
		return ""
	}
	for _, in := range b.Inline {
		w.inline(in)
	}
	w.conditions(nil)
	line := strings.Join(strings.Fields(w.text.String()), " ")
	if b.Kind == Break {
		line = "* * *"
	}
	if line == "" {
		return ""
	}
	if b.Marker != "" {
		line = b.Marker + " " + line
	}
	for _, c := range slices.Backward(around) {
		line = "{{if " + c.Field + "}}" + line + "{{end}}"
	}
	return line
}

// undecided gives the conditions that depend on the signer; holds is false where one that does not is false.
func (w *wording) undecided(conditions []Condition) (open []Condition, holds bool) {
	for _, c := range conditions {
		value, ok := w.resolve(c.Field)
		switch {
		case !ok:
			open = append(open, c)
		case strings.TrimSpace(value) == "":
			return nil, false
		}
	}
	return open, true
}

// literal keeps text from being read as a field.
var literal = strings.NewReplacer(`\`, `\\`, "{{", `\{{`)

// quoted writes what stands in quotation marks.
var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func (w *wording) inline(in Inline) {
	open, holds := w.undecided(in.If)
	if !holds {
		return
	}
	w.conditions(open)
	value, constant := w.resolve(in.Field)
	switch {
	case in.Break:
		w.text.WriteString(" / ")
	case in.Field == "":
		w.text.WriteString(literal.Replace(in.Text))
	case constant && strings.TrimSpace(value) == "":
		w.text.WriteString(literal.Replace(in.Default))
	case constant:
		w.text.WriteString(literal.Replace(value))
	case in.HasDefault:
		w.text.WriteString("{{" + in.Field + ` | default "` + quoted.Replace(in.Default) + `"}}`)
	default:
		w.text.WriteString("{{" + in.Field + "}}")
	}
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
