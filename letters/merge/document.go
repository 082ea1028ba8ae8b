package merge

import (
	"strings"

	"postbag/templates"
)

// Run is a stretch of text in one style. A run with Break set forces a new line and has no text.
type Run struct {
	Text  string
	Style templates.Style
	Break bool
	// Value marks text that came from a field, the signer's or the campaign's. Its reading direction is its own: it is set as
	// an isolate (UAX #9, 2.7), so that an Arabic name leaves the English around it in order.
	Value bool
	// Signer marks a value that is the signer's: their language, where it is known, says how it is shaped.
	Signer bool
}

// Fields tells what the names in a template stand for.
type Fields interface {
	// Constant gives the value of a field that is the same on every letter.
	Constant(name string) (value string, ok bool)
	// Slot gives the place of a signer's field among the values that [Block.Fill] is called with.
	Slot(name string) (slot int, ok bool)
}

// Block is one block of the letter, fixed or varying.
type Block struct {
	Kind   templates.Kind
	Level  int
	Marker string

	conditions []int // slots that must be filled for the block to appear
	parts      []part
	fixed      bool
}

type part struct {
	run        Run
	slot       int // -1: run is literal
	fallback   string
	conditions []int
}

// Compile binds a template's blocks to the campaign's constants and the signer's slots. A field that is neither
// stands empty; [templates.Letter.FieldNames] lets the caller refuse such a template first.
func Compile(blocks []templates.Block, fields Fields) []Block {
	var out []Block
	for _, source := range blocks {
		conditions, holds := compileConditions(source.If, fields)
		if !holds {
			continue
		}
		b := Block{Kind: source.Kind, Level: source.Level, Marker: source.Marker, conditions: conditions}
		b.parts = compileParts(source.Inline, fields)
		if b.Kind == templates.Break {
			b.parts = []part{{run: Run{Text: breakText}, slot: -1}}
		}
		b.fixed = len(b.conditions) == 0
		for _, p := range b.parts {
			if p.slot >= 0 || len(p.conditions) > 0 {
				b.fixed = false
			}
		}
		out = append(out, b)
	}
	return out
}

// compileConditions settles conditions on constants now; holds is false when one of them fails for every signer.
func compileConditions(conditions []templates.Condition, fields Fields) (slots []int, holds bool) {
	for _, c := range conditions {
		if value, ok := fields.Constant(c.Field); ok {
			if strings.TrimSpace(value) == "" {
				return nil, false
			}
			continue
		}
		slot, ok := fields.Slot(c.Field)
		if !ok {
			return nil, false
		}
		slots = append(slots, slot)
	}
	return slots, true
}

func compileParts(inlines []templates.Inline, fields Fields) []part {
	var parts []part
	for _, in := range inlines {
		conditions, holds := compileConditions(in.If, fields)
		if !holds {
			continue
		}
		p := part{run: Run{Text: in.Text, Style: in.Style, Break: in.Break}, slot: -1, conditions: conditions}
		if in.Field != "" {
			if slot, ok := fields.Slot(in.Field); ok {
				p.slot, p.run.Value, p.run.Signer, p.fallback = slot, true, true, in.Default
			} else {
				p.run.Text, _ = fields.Constant(in.Field)
				if p.run.Value = true; strings.TrimSpace(p.run.Text) == "" {
					p.run.Text, p.run.Value = in.Default, false
				}
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// breakText is how a thematic break is set.
const breakText = "* * *"

// Literal makes a fixed block of plain lines.
func Literal(lines ...string) Block {
	b := Block{fixed: true}
	for i, line := range lines {
		if i > 0 {
			b.parts = append(b.parts, part{run: Run{Break: true}, slot: -1})
		}
		b.parts = append(b.parts, part{run: Run{Text: line}, slot: -1})
	}
	return b
}

// Value makes a block that is one signer's field and nothing else.
func Value(slot int) Block {
	return Block{parts: []part{{run: Run{Value: true, Signer: true}, slot: slot}}}
}

// Alone tells whether the block is one signer's value and nothing else, and which.
func (b *Block) Alone() (slot int, ok bool) {
	if len(b.parts) == 1 && len(b.conditions) == 0 && len(b.parts[0].conditions) == 0 && b.parts[0].fallback == "" {
		slot = b.parts[0].slot
		return slot, slot >= 0
	}
	return 0, false
}

// Fixed tells whether the block reads the same on every letter.
func (b *Block) Fixed() bool { return b.fixed }

// Fill appends the block's runs for one signer to dst and returns it. A block whose condition fails, or in which
// nothing is filled, has no runs. The runs share the memory of values.
func (b *Block) Fill(values []string, dst []Run) []Run {
	if !filled(b.conditions, values) {
		return dst
	}
	start, some := len(dst), false
	for i := range b.parts {
		p := &b.parts[i]
		if !filled(p.conditions, values) {
			continue
		}
		run := p.run
		if p.slot >= 0 {
			run.Text = values[p.slot]
			if run.Text == "" {
				run.Text, run.Value, run.Signer = p.fallback, false, false
			}
		}
		if run.Text == "" && !run.Break {
			continue
		}
		some = some || strings.TrimSpace(run.Text) != ""
		dst = append(dst, run)
	}
	if !some {
		return dst[:start]
	}
	return dst
}

func filled(slots []int, values []string) bool {
	for _, s := range slots {
		if values[s] == "" {
			return false
		}
	}
	return true
}
