package templates

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"postbag/letters/problem"
)

// Bounds of a template. A letter of a megabyte is a book, and nobody mends more than a hundred mistakes at a time. Lines are bounded
// because goldmark takes minutes over a megabyte of nothing but open brackets.
const (
	maxBytes    = 1 << 20
	maxLine     = 1 << 14
	maxDepth    = 16 // lists within lists, conditions within conditions
	maxProblems = 100
)

// Parse reads a template; source is its name in messages. All that is wrong with it comes back at once, in the order of the file, as
// a problem.List with lines and columns.
func Parse(source string, data []byte) (*Letter, error) {
	p := &reader{letter: &Letter{Source: source, Form: FormLetter, Justify: true}}
	if p.take(data) {
		p.readFrontMatter()
		p.readBody()
	}
	if err := p.found(); err != nil {
		return nil, err
	}
	return p.letter, nil
}

// reader turns a parsed document into a Letter.
type reader struct {
	letter   *Letter
	text     []byte // the file, with the front matter blanked out, so that offsets are those of the file
	lines    []int  // where each line starts
	problems problem.List
	open     []Condition                        // conditions that are open
	brackets map[string]bool                    // see bracketsUsed
	numbered [maxDepth + 1]numbering            // by depth
	last     struct{ line, offset, column int } // the place asked for before: the next is mostly a little further on
}

// take keeps the text if it is one.
func (p *reader) take(data []byte) bool {
	if len(data) > maxBytes {
		p.problems.Add(problem.Place{File: p.letter.Source}, fmt.Sprintf("the template has %d bytes, and at most %d are read", len(data), maxBytes),
			"Name the Markdown file that holds the letter")
		return false
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	p.text = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	p.lines = []int{0}
	for i, c := range p.text {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	p.checkCharacters()
	for i, start := range p.lines {
		if n := bytes.IndexByte(p.text[start:], '\n'); n > maxLine || n < 0 && len(p.text)-start > maxLine {
			p.problems.Add(problem.Place{File: p.letter.Source, Line: i + 1}, fmt.Sprintf("the line is longer than %d bytes", maxLine),
				"Break it into several: in a paragraph, the end of a line prints as a space")
		}
	}
	return len(p.problems) == 0
}

// checkCharacters reports what is no text, once a line.
func (p *reader) checkCharacters() {
	reported := -1
	for i := 0; i < len(p.text) && len(p.problems) <= maxProblems; {
		r, size := utf8.DecodeRune(p.text[i:])
		what, do := "", "Take it away"
		switch {
		case r == utf8.RuneError && size == 1:
			what, do = "the template is not UTF-8", "Save it again with the encoding UTF-8"
		case r == 0:
			what, do = "the template holds a NUL byte", "Name a text file, saved as UTF-8"
		case unprintable(r):
			what = fmt.Sprintf("the template holds the character U+%04X, which cannot be printed", r)
		}
		if what != "" {
			if at := p.at(i); at.Line != reported {
				reported = at.Line
				p.problems.Add(at, what, do)
			}
		}
		i += size
	}
}

// unprintable tells whether a character is none: a control, a separator of lines that editors hide, or what stands where a
// conversion lost a letter.
func unprintable(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// found gives the problems in the order of the file.
func (p *reader) found() error {
	slices.SortStableFunc(p.problems, func(a, b problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	if len(p.problems) > maxProblems {
		p.problems = p.problems[:maxProblems]
		p.problems.Add(problem.Place{File: p.letter.Source}, fmt.Sprintf("these are the first %d problems, and there are more", maxProblems),
			"Mend these first")
	}
	return p.problems.Err()
}

// at gives the place of an offset: lines and columns count from 1, columns in characters.
func (p *reader) at(offset int) problem.Place {
	offset = min(max(offset, 0), len(p.text))
	line := sort.SearchInts(p.lines, offset+1) - 1
	start, column := p.lines[line], 1
	if p.last.column > 0 && p.last.line == line && p.last.offset <= offset {
		start, column = p.last.offset, p.last.column
	}
	column += utf8.RuneCount(p.text[start:offset])
	p.last.line, p.last.offset, p.last.column = line, offset, column
	return problem.Place{File: p.letter.Source, Line: line + 1, Column: column}
}

// place is where a node stands.
func (p *reader) place(n ast.Node) problem.Place {
	offset := n.Pos()
	if offset < 0 && n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		offset = n.Lines().At(0).Start
	}
	return p.at(offset)
}

// readBody reads what stands below the front matter.
func (p *reader) readBody() {
	document := goldmark.New(goldmark.WithParserOptions(
		// Before emphasis and links: nothing inside braces is Markdown.
		parser.WithInlineParsers(util.Prioritized(&fieldParser{reader: p}, 50)),
		// Tables are read to be refused: else their bars would be printed as they stand.
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)).Parser().Parse(text.NewReader(p.text))
	p.brackets = bracketsUsed(document)
	for n := document.FirstChild(); n != nil; n = n.NextSibling() {
		p.block(n, 0)
	}
	for _, c := range p.open {
		p.problems.Add(c.At, "{{if "+c.Field+"}} has no {{end}}", "Write {{end}} where the text that depends on it ends")
	}
	if len(p.letter.Blocks) == 0 && len(p.problems) == 0 {
		p.problems.Add(problem.Place{File: p.letter.Source}, "the letter has no text", "Write it below the front matter")
	}
}

// bracketsUsed lists the names by which links refer to addresses that stand elsewhere.
func bracketsUsed(document ast.Node) map[string]bool {
	used := map[string]bool{}
	// The walk cannot fail: its function does not.
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering && link.Reference != nil {
			used[util.ToLinkReference(link.Reference.Value)] = true
		}
		return ast.WalkContinue, nil
	})
	return used
}

func (p *reader) block(n ast.Node, depth int) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		p.paragraph(n, Block{Kind: Paragraph})
	case *ast.Heading:
		known := len(p.problems)
		if !p.paragraph(n, Block{Kind: Heading, Level: n.Level}) && len(p.problems) == known {
			p.problems.Add(p.place(n), "the heading has no text", "Write it after the #; where a line across the page is meant, put an empty line above ---")
		}
	case *ast.ThematicBreak:
		p.letter.Blocks = append(p.letter.Blocks, Block{Kind: Break, If: p.conditions(), At: p.place(n)})
	case *ast.List:
		p.list(n, depth+1)
	case *ast.LinkReferenceDefinition:
		p.definition(n)
	default:
		p.refuse(n)
	}
}

// definition looks at the address of a link that is written apart from it. It prints nothing by itself, so one that no link uses is
// text that would be lost.
func (p *reader) definition(n *ast.LinkReferenceDefinition) {
	if !p.brackets[util.ToLinkReference(n.Label)] {
		p.problems.Add(p.place(n), "["+string(n.Label)+"]: is the address of a link, and there is no such link", `Use the link, or write \[ to print a bracket`)
	}
	p.checkTitle(n, n.Title)
}

// refusals says what to do about what a letter cannot hold.
var refusals = map[ast.NodeKind][2]string{
	ast.KindCodeBlock:       {"a letter has no code blocks", "Take away the spaces at the start of the line"},
	ast.KindFencedCodeBlock: {"a letter has no code blocks", "Take away the lines of ``` or ~~~"},
	ast.KindCodeSpan:        {"a letter has no code", "Take away the ` marks, or write \\` to print one"},
	ast.KindBlockquote:      {"a letter has no block quotes", `Use quotation marks, or write \> to print the sign`},
	ast.KindHTMLBlock:       {"a letter has no HTML", `Write it in Markdown; for a remark use a line of the front matter that starts with #`},
	ast.KindRawHTML:         {"a letter has no HTML", `Write it in Markdown, or write \< to print the sign`},
	ast.KindImage:           {"a letter's text has no pictures", "Take the picture out"},
	table.KindTable:         {"a letter has no tables", "Write a list"},
}

// refuse reports a node that a letter cannot hold. The conditions in it still count, or their other ends would be reported too.
func (p *reader) refuse(n ast.Node) {
	r, ok := refusals[n.Kind()]
	if !ok {
		r = [2]string{"a letter cannot hold a Markdown " + n.Kind().String(), "Use paragraphs, lists, headings, emphasis and links"}
	}
	p.problems.Add(p.place(n), r[0], r[1])
	marks := inlineReader{reader: p}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if field, ok := n.(*fieldNode); ok && entering {
			marks.mark(field, 0)
		}
		return ast.WalkContinue, nil
	})
}

// list reads the items of a list. Their numbers are fixed here, so a numbered item that may be missing from some letters must not
// have others below it: those letters would count 1, 3.
func (p *reader) list(n *ast.List, depth int) {
	if depth > maxDepth {
		p.problems.Add(p.place(n), fmt.Sprintf("lists stand in lists more than %d deep", maxDepth), "Make the letter simpler")
		return
	}
	var above []Condition
	if before := p.numbered[depth]; n.IsOrdered() && before.next == n.Start {
		above = before.conditions // marks between the items make lists of them that go on from each other
	}
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		marker := "•"
		if n.IsOrdered() {
			marker = fmt.Sprintf("%d%c", number, n.Marker)
			number++
		}
		conditions, some := p.item(item, marker, depth)
		if !some || !n.IsOrdered() {
			continue
		}
		if c, ok := lacking(above, conditions); ok {
			p.problems.Add(c.At, "some letters will lack an item of a numbered list, and the numbers below it will be wrong",
				"Put the item last, use a list with - or write {{if …}} after the item's first words")
		}
		above = conditions
	}
	if n.IsOrdered() {
		p.numbered[depth] = numbering{number, above}
	}
}

// numbering is where a numbered list stopped: the number that would come next, and the conditions of the item above it.
type numbering struct {
	next       int
	conditions []Condition
}

// lacking gives a condition on whose field nothing in have depends.
func lacking(conditions, have []Condition) (Condition, bool) {
	for _, c := range conditions {
		if !slices.ContainsFunc(have, func(h Condition) bool { return h.Field == c.Field }) {
			return c, true
		}
	}
	return Condition{}, false
}

// item reads one item of a list and gives the conditions on which its first paragraph, the one with the mark, is there. What follows
// in the item must not stand without it.
func (p *reader) item(item ast.Node, marker string, depth int) (conditions []Condition, some bool) {
	first, known := len(p.letter.Blocks), len(p.problems)
	for child := item.FirstChild(); child != nil; child = child.NextSibling() {
		some = len(p.letter.Blocks) > first
		switch child.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			b := Block{Kind: Item, Level: depth}
			if !some {
				b.Marker = marker
			}
			p.paragraph(child, b)
		case *ast.Heading, *ast.ThematicBreak:
			p.problems.Add(p.place(child), "a list holds paragraphs and lists only", "Put an empty line above it and no spaces before it")
		case *ast.List:
			if !some {
				p.problems.Add(p.place(child), "the item of the list starts with another list", "Write text before it")
			}
			p.block(child, depth)
		default:
			p.block(child, depth)
		}
	}
	if some = len(p.letter.Blocks) > first; !some {
		if len(p.problems) == known {
			p.problems.Add(p.place(item), "the item of the list has no text", `Write it after the mark; \- or 1\. prints the mark itself`)
		}
		return nil, false
	}
	conditions = p.letter.Blocks[first].If
	for _, b := range p.letter.Blocks[first+1:] {
		if c, ok := lacking(conditions, b.If); ok {
			p.problems.Add(c.At, "some letters will lack the start of an item of a list, and have the rest of it",
				"Write {{if …}} before the item and {{end}} after all of it, or let the item start with text that is always there")
			break
		}
	}
	return conditions, true
}

// paragraph reads inline text into a block. One that holds nothing but marks of conditions leaves no block.
func (p *reader) paragraph(n ast.Node, b Block) bool {
	b.At = p.place(n)
	in := inlineReader{reader: p}
	in.read(n, 0)
	b.Inline, b.If = in.done()
	if b.Inline == nil {
		return false
	}
	p.letter.Blocks = append(p.letter.Blocks, b)
	return true
}

// conditions gives those that are open. Of too many, which are a problem already, it gives some.
func (p *reader) conditions() []Condition { return slices.Clone(p.open[:min(len(p.open), maxDepth)]) }
