package templates

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"

	"postbag/letters/problem"
)

// Bounds of a template. A letter of a megabyte is a book.
const (
	maxBytes = 1 << 20
	maxDepth = 16 // lists within lists, conditions within conditions
)

// Parse reads a template. All that is wrong with it comes back at once, as a problem.List with lines and columns in the file.
func Parse(source string, data []byte) (*Letter, error) {
	p := &reader{letter: &Letter{Source: source, Justify: true}}
	if err := p.take(data); err != nil {
		return nil, err
	}
	p.readFrontMatter()
	doc := goldmark.New(goldmark.WithParserOptions(parser.WithInlineParsers(
		util.Prioritized(&fieldParser{reader: p}, 50), // before emphasis and links: nothing inside braces is Markdown
	))).Parser().Parse(text.NewReader(p.text))
	p.blocks(doc, 0)
	p.closeConditions()
	if len(p.letter.Blocks) == 0 && len(p.problems) == 0 {
		p.problems.Add(problem.Place{File: source}, "the letter has no text", "Write it below the front matter")
	}
	if err := p.problems.Err(); err != nil {
		return nil, err
	}
	return p.letter, nil
}

// reader turns a parsed document into a Letter.
type reader struct {
	letter   *Letter
	text     []byte // the file, with the front matter blanked out, so that offsets are those of the file
	lines    []int
	problems problem.List
	open     []Condition // conditions that are open
}

// take checks and normalises the bytes.
func (p *reader) take(data []byte) error {
	refuse := func(line int, what, do string) error {
		return problem.List{{Place: problem.Place{File: p.letter.Source, Line: line}, What: what, Do: do}}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	switch {
	case len(data) > maxBytes:
		return refuse(0, fmt.Sprintf("the template has %d bytes, and at most %d are read", len(data), maxBytes), "Is this the right file")
	case !utf8.Valid(data):
		line := 1 + bytes.Count(data[:firstInvalid(data)], []byte("\n"))
		return refuse(line, "the template is not UTF-8", "Save it again as UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		return refuse(1+bytes.Count(data[:bytes.IndexByte(data, 0)], []byte("\n")), "the template holds a NUL byte", "Is this a text file")
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	p.text = norm.NFC.Bytes(data)
	p.lines = []int{0}
	for i, c := range p.text {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// at gives the place of an offset: lines and columns count from 1, columns in characters.
func (p *reader) at(offset int) problem.Place {
	line := 0
	for low, high := 0, len(p.lines); low < high; {
		mid := (low + high) / 2
		if p.lines[mid] <= offset {
			line, low = mid, mid+1
		} else {
			high = mid
		}
	}
	return problem.Place{
		File: p.letter.Source, Line: line + 1, Column: 1 + utf8.RuneCount(p.text[p.lines[line]:min(offset, len(p.text))]),
	}
}

// blocks reads the block nodes below parent.
func (p *reader) blocks(parent ast.Node, depth int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		p.block(n, depth)
	}
}

func (p *reader) block(n ast.Node, depth int) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		p.paragraph(n, Block{Kind: Paragraph})
	case *ast.Heading:
		p.paragraph(n, Block{Kind: Heading, Level: n.Level})
	case *ast.ThematicBreak:
		p.letter.Blocks = append(p.letter.Blocks, Block{Kind: Break, If: p.conditions(), At: p.at(offsetOf(n))})
	case *ast.List:
		p.list(n, depth+1)
	case *ast.LinkReferenceDefinition:
		// It prints nothing by itself.
	default:
		p.refuse(n)
	}
}

// refusals says what to do about what a letter cannot hold.
var refusals = map[ast.NodeKind][2]string{
	ast.KindCodeBlock:       {"a letter has no code blocks", "Take the spaces at the start of the line away"},
	ast.KindFencedCodeBlock: {"a letter has no code blocks", "Take the ``` lines away"},
	ast.KindCodeSpan:        {"a letter has no code", "Take the ` marks away"},
	ast.KindBlockquote:      {"a letter has no block quotes", "Use quotation marks"},
	ast.KindHTMLBlock:       {"a letter has no HTML", "Write it in Markdown"},
	ast.KindRawHTML:         {"a letter has no HTML", "Write it in Markdown"},
	ast.KindImage:           {"a letter's text has no pictures", "Take the picture out"},
}

func (p *reader) refuse(n ast.Node) {
	r, ok := refusals[n.Kind()]
	if !ok {
		r = [2]string{"a letter cannot hold a Markdown " + n.Kind().String(), "Use paragraphs, lists, headings, emphasis and links"}
	}
	p.problems.Add(p.at(offsetOf(n)), r[0], r[1])
}

// offsetOf finds where a node stands, from itself or from what is inside it.
func offsetOf(n ast.Node) int {
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	switch n := n.(type) {
	case *ast.Text:
		return n.Segment.Start
	case *ast.RawHTML:
		if n.Segments.Len() > 0 {
			return n.Segments.At(0).Start
		}
	case *ast.ThematicBreak, *ast.FencedCodeBlock:
		if at := n.Pos(); at >= 0 {
			return at
		}
	}
	if c := n.FirstChild(); c != nil {
		return offsetOf(c)
	}
	if at := n.Pos(); at >= 0 {
		return at
	}
	return 0
}

func (p *reader) list(n *ast.List, depth int) {
	if depth > maxDepth {
		p.problems.Add(p.at(offsetOf(n)), fmt.Sprintf("lists stand in lists more than %d deep", maxDepth), "Make the letter simpler")
		return
	}
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		marker := "•"
		if n.IsOrdered() {
			marker = fmt.Sprintf("%d%c", number, n.Marker)
			number++
		}
		for child := item.FirstChild(); child != nil; child = child.NextSibling() {
			switch child.(type) {
			case *ast.Paragraph, *ast.TextBlock:
				if p.paragraph(child, Block{Kind: Item, Level: depth, Marker: marker}) {
					marker = ""
				}
			default:
				p.block(child, depth)
			}
		}
	}
}

// paragraph reads inline text into a block. One that holds nothing but marks of conditions leaves no block.
func (p *reader) paragraph(n ast.Node, b Block) bool {
	b.At = p.at(offsetOf(n))
	in := inlineReader{reader: p, outer: p.conditions()}
	in.read(n, 0)
	b.Inline, b.If = in.done()
	if b.Inline == nil {
		return false
	}
	p.letter.Blocks = append(p.letter.Blocks, b)
	return true
}

// conditions copies the conditions that are open.
func (p *reader) conditions() []Condition { return append([]Condition(nil), p.open...) }

// inlineReader reads the inline nodes of one block.
type inlineReader struct {
	*reader
	outer []Condition // open where the block starts
	out   []Inline
}

func (p *inlineReader) read(parent ast.Node, style Style) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			p.text1(n, style)
		case *ast.String:
			p.add(Inline{Text: string(n.Value), Style: style})
		case *fieldNode:
			p.mark(n, style)
		case *ast.Emphasis:
			if n.Level == 1 {
				p.read(n, style^Italic)
			} else {
				p.read(n, style|Bold)
			}
		case *ast.Link:
			p.link(n, style)
		case *ast.AutoLink:
			p.add(Inline{Text: string(n.Label(p.reader.text)), Style: style, At: p.at(offsetOf(n))})
		default:
			p.refuse(n)
		}
	}
}

func (p *inlineReader) text1(n *ast.Text, style Style) {
	value := util.UnescapePunctuations(n.Segment.Value(p.reader.text))
	value = util.ResolveEntityNames(util.ResolveNumericReferences(value))
	p.add(Inline{Text: string(value), Style: style, At: p.at(n.Segment.Start)})
	switch {
	case n.HardLineBreak():
		p.add(Inline{Break: true, At: p.at(n.Segment.Stop)})
	case n.SoftLineBreak():
		p.add(Inline{Text: " ", Style: style, At: p.at(n.Segment.Stop)})
	}
}

// link prints the text and, unless it is the address itself, the address: paper cannot be clicked.
func (p *inlineReader) link(n *ast.Link, style Style) {
	before := len(p.out)
	p.read(n, style)
	var shown strings.Builder
	for _, in := range p.out[before:] {
		shown.WriteString(in.Text)
	}
	address := string(n.Destination)
	if plain := strings.TrimPrefix(address, "mailto:"); shown.String() != plain && shown.String() != address {
		p.add(Inline{Text: " (" + plain + ")", Style: style, At: p.at(offsetOf(n))})
	}
}

// mark takes a field, an {{if}} or an {{end}}.
func (p *inlineReader) mark(n *fieldNode, style Style) {
	at := p.at(n.offset)
	switch {
	case n.problem != nil:
		p.problems = append(p.problems, *n.problem)
	case n.end && len(p.open) == 0:
		p.problems.Add(at, "there is no {{if …}} for this {{end}}", "Take it away")
	case n.end:
		p.open = p.open[:len(p.open)-1]
	case n.isIf:
		if len(p.open) >= maxDepth {
			p.problems.Add(at, fmt.Sprintf("conditions stand in conditions more than %d deep", maxDepth), "Make the letter simpler")
			return
		}
		p.open = append(p.open, Condition{Field: n.name, At: at})
	default:
		p.add(Inline{Field: n.name, Default: n.fallback, HasDefault: n.hasDefault, Style: style, At: at})
	}
}

func (p *inlineReader) add(in Inline) {
	in.If = p.conditions()
	if n := len(p.out); n > 0 && in.Text != "" && in.Field == "" {
		if last := &p.out[n-1]; last.Text != "" && last.Field == "" && last.Style == in.Style && sameConditions(last.If, in.If) {
			last.Text += in.Text
			return
		}
	}
	if in.Text != "" || in.Field != "" || in.Break {
		p.out = append(p.out, in)
	}
}

func sameConditions(a, b []Condition) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// done returns the block's text, without white space at its ends, and the conditions that all of it shares.
func (p *inlineReader) done() ([]Inline, []Condition) {
	out := p.out
	blank := func(in Inline) bool { return in.Field == "" && strings.TrimSpace(in.Text) == "" }
	for len(out) > 0 && blank(out[0]) {
		out = out[1:]
	}
	for len(out) > 0 && blank(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return nil, nil
	}
	if out[0].Field == "" {
		out[0].Text = strings.TrimLeft(out[0].Text, " ")
	}
	if last := &out[len(out)-1]; last.Field == "" {
		last.Text = strings.TrimRight(last.Text, " ")
	}
	shared := out[0].If
	for _, in := range out {
		n := 0
		for n < len(shared) && n < len(in.If) && shared[n] == in.If[n] {
			n++
		}
		shared = shared[:n]
	}
	for i := range out {
		if out[i].If = out[i].If[len(shared):]; len(out[i].If) == 0 {
			out[i].If = nil
		}
	}
	if len(shared) == 0 {
		shared = nil
	}
	return out, shared
}

// closeConditions reports conditions without an end.
func (p *reader) closeConditions() {
	for _, c := range p.open {
		p.problems.Add(c.At, "{{if "+c.Field+"}} has no {{end}}", "Write {{end}} where the text that depends on it ends")
	}
	p.open = nil
}
