package templates

import "postbag/letters/problem"

// Style is the emphasis of a run of text; the bits add up.
type Style uint8

const (
	Bold Style = 1 << iota
	Italic
)

// Letter is a parsed template.
type Letter struct {
	Source   string   // the file it came from, or the built-in letter's name, for places in messages
	Title    string   // front matter title: what the letter is, for people who choose among templates
	Subject  []Inline // front matter subject, may hold fields; empty for none
	Language string   // front matter language, BCP 47; "" when the template does not say
	Justify  bool     // front matter align: justified (default) or ragged
	Closing  []Inline // front matter closing, e.g. Yours sincerely,
	Blocks   []Block
}

// Kind is the kind of a block.
type Kind uint8

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
	Marker string // for the first paragraph of a list item: "•" or "1."; "" for its following paragraphs
	Inline []Inline
	If     []Condition // all must hold, else the block takes no space
	At     problem.Place
}

// Condition is one {{if field}}: true when the field is filled, after white space is trimmed.
type Condition struct {
	Field string
	At    problem.Place
}

// Inline is a run of text, a field, or a forced line break.
type Inline struct {
	Text       string // literal text when Field is ""
	Field      string // the field's name as typed
	Default    string
	HasDefault bool
	Style      Style
	Break      bool        // a forced line break; no text
	If         []Condition // inline conditions beyond the block's own
	At         problem.Place
}
