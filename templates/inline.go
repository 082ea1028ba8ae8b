package templates

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"

	"postbag/letters/problem"
)

// inlineReader reads the inline nodes of one block.
//
// The marks {{if …}} and {{end}} may stand anywhere: each run of text remembers the conditions that were open where it stood, and
// what all runs of a block share becomes the block's own condition. A line that holds marks and nothing else disappears with its
// line break.
type inlineReader struct {
	*reader
	out     []Inline
	escaped bool // two braces were escaped: what closes them is text as well

	lineMarks, lineText bool // what the line has held so far
}

func (p *inlineReader) read(parent ast.Node, style Style) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			p.literal(n, style)
		case *fieldNode:
			p.mark(n, style)
		case *ast.Emphasis:
			if n.Level == 1 {
				p.read(n, style^Italic) // emphasis within emphasis stands upright
			} else {
				p.read(n, style|Bold)
			}
		case *ast.Link:
			p.link(n, style)
		case *ast.AutoLink:
			p.address(string(n.Label(p.reader.text)), "", "", n, style)
		default:
			p.refuse(n)
		}
	}
}

// literal takes text as it was typed, and the line break after it.
func (p *inlineReader) literal(n *ast.Text, style Style) {
	source := n.Segment.Value(p.reader.text)
	p.checkLiteral(n, source)
	p.add(Inline{Text: p.plain(source, n), Style: style, At: p.at(n.Segment.Start)})
	if !n.HardLineBreak() && !n.SoftLineBreak() {
		return
	}
	if !p.lineMarks || p.lineText {
		br := Inline{Text: " ", Style: style, At: p.at(n.Segment.Stop)}
		if n.HardLineBreak() {
			br.Text, br.Style, br.Break = "", 0, true
		}
		p.add(br)
	}
	p.lineMarks, p.lineText = false, false
}

// checkLiteral reports marks that would be printed as they stand, but are hardly meant to: these are easy to overlook, and there
// are as many of them as there are letters.
func (p *inlineReader) checkLiteral(n *ast.Text, source []byte) {
	p.escaped = p.escaped || bytes.Contains(source, []byte(`\{`))
	if i := bytes.Index(source, []byte("}}")); i >= 0 && !p.escaped && (i == 0 || source[i-1] != '\\') {
		p.problems.Add(p.at(n.Segment.Start+i), "}} has no {{ before it", `Write {{ before the field's name, or \}} to print two braces`)
	}
	stray := -1
	if isField(n.PreviousSibling()) && len(source) > 0 && source[0] == '*' {
		stray = 0
	}
	if last := len(source) - 1; last >= 0 && isField(n.NextSibling()) && source[last] == '*' && (last == 0 || source[last-1] != '\\') {
		stray = last
	}
	if stray >= 0 {
		p.problems.Add(p.at(n.Segment.Start+stray), "this * beside a field makes no emphasis",
			`Put a space or a mark of punctuation on its other side, close it with another, or write \* to print it`)
	}
}

func isField(n ast.Node) bool {
	f, ok := n.(*fieldNode)
	return ok && !f.isIf && !f.end
}

// plain takes away the backslashes of escapes and puts characters for entities (&amp;), in one go: what was escaped is no entity.
func (p *inlineReader) plain(source []byte, n ast.Node) string {
	var out, piece []byte
	flush := func() {
		out = append(out, util.ResolveEntityNames(util.ResolveNumericReferences(piece))...)
		piece = piece[:0]
	}
	for i := 0; i < len(source); i++ {
		if source[i] == '\\' && i+1 < len(source) && util.IsPunct(source[i+1]) {
			flush()
			i++
			out = append(out, source[i])
			continue
		}
		piece = append(piece, source[i])
	}
	flush()
	if i := bytes.IndexFunc(out, unprintable); i >= 0 {
		r, _ := utf8.DecodeRune(out[i:])
		p.problems.Add(p.place(n), fmt.Sprintf("this holds the character U+%04X, which cannot be printed", r), "Take it away")
	}
	return string(out)
}

// link prints the text and, unless it is the address itself, the address: paper cannot be clicked.
func (p *inlineReader) link(n *ast.Link, style Style) {
	p.checkTitle(n, n.Title)
	before := len(p.out)
	p.read(n, style)
	var shown strings.Builder
	for _, in := range p.out[before:] {
		shown.WriteString(in.Text)
		if in.Field != "" {
			shown.WriteString("{{" + in.Field + "}}")
		}
	}
	address := string(n.Destination)
	plain := strings.TrimPrefix(address, "mailto:")
	switch text := strings.Trim(shown.String(), " \t"); {
	case text == plain || text == address:
	case text == "":
		p.address(plain, "", "", n, style)
	default:
		p.address(plain, " (", ")", n, style)
	}
}

// checkTitle refuses what browsers show beside a link, and paper does not.
func (p *reader) checkTitle(n ast.Node, title []byte) {
	if len(title) > 0 {
		p.problems.Add(p.place(n), "a link in a letter has no title", "Take away what follows the address, and write it into the text")
	}
}

// address prints an address, which may hold fields.
func (p *inlineReader) address(address, before, after string, n ast.Node, style Style) {
	at := p.place(n)
	p.add(Inline{Text: before, Style: style, At: at})
	for _, in := range p.fields(address, func(int) problem.Place { return at }) {
		if in.Field == "" {
			in.Text = p.plain([]byte(in.Text), n)
		}
		in.Style = style
		p.add(in)
	}
	p.add(Inline{Text: after, Style: style, At: at})
}

// mark takes a field, an {{if}} or an {{end}}.
func (p *inlineReader) mark(n *fieldNode, style Style) {
	at := p.at(n.offset)
	p.lineMarks = true
	switch {
	case n.problem != nil:
		p.addProblem(at, n.problem)
	case n.end && len(p.open) == 0:
		p.problems.Add(at, "there is no {{if …}} for this {{end}}", "Take it away")
	case n.end:
		p.open = p.open[:len(p.open)-1]
	case n.isIf:
		if len(p.open) == maxDepth {
			p.problems.Add(at, fmt.Sprintf("conditions stand in conditions more than %d deep", maxDepth), "Make the letter simpler")
		}
		p.open = append(p.open, Condition{Field: n.name, At: at})
	default:
		p.add(Inline{Field: n.name, Default: n.fallback, HasDefault: n.hasDefault, Style: style, At: at})
	}
}

func (p *inlineReader) add(in Inline) {
	if in.Text == "" && in.Field == "" && !in.Break {
		return
	}
	p.lineText = p.lineText || in.Field != "" || strings.TrimSpace(in.Text) != ""
	in.If = p.conditions()
	p.out = append(p.out, in)
}

// done returns the block's text, without white space at its ends, and the conditions that all of it shares.
func (p *inlineReader) done() ([]Inline, []Condition) {
	out := p.out
	for len(out) > 0 && blank(out[0]) {
		out = out[1:]
	}
	for len(out) > 0 && blank(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return nil, nil
	}
	out = join(out)
	if out[0].Field == "" {
		out[0].Text = strings.TrimLeft(out[0].Text, " \t")
	}
	if last := &out[len(out)-1]; last.Field == "" {
		last.Text = strings.TrimRight(last.Text, " \t")
	}
	return out, shareConditions(out)
}

func blank(in Inline) bool { return in.Field == "" && strings.Trim(in.Text, " \t") == "" }

// join makes one run of neighbours that differ in nothing but their place, and normalises their text.
func join(in []Inline) []Inline {
	var out []Inline
	for i := 0; i < len(in); {
		run := in[i]
		if run.Text == "" {
			run.Field, run.Default = norm.NFC.String(run.Field), norm.NFC.String(run.Default)
			out = append(out, run)
			i++
			continue
		}
		var text strings.Builder
		for ; i < len(in) && in[i].Text != "" && in[i].Style == run.Style && slices.Equal(in[i].If, run.If); i++ {
			text.WriteString(in[i].Text)
		}
		run.Text = norm.NFC.String(text.String())
		out = append(out, run)
	}
	return out
}

// shareConditions takes the conditions that all runs begin with from them.
func shareConditions(out []Inline) []Condition {
	shared := out[0].If
	for _, in := range out {
		n := 0
		for n < len(shared) && n < len(in.If) && shared[n] == in.If[n] {
			n++
		}
		shared = shared[:n]
	}
	n := len(shared)
	if n == 0 {
		shared = nil
	}
	for i := range out {
		if out[i].If = out[i].If[n:]; len(out[i].If) == 0 {
			out[i].If = nil
		}
	}
	return shared
}
