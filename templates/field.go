package templates

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"postbag/letters/problem"
)

// fieldNode is what stands between double braces.
type fieldNode struct {
	ast.BaseInline
	name       string
	fallback   string
	hasDefault bool
	isIf, end  bool
	offset     int // of the first brace
	problem    *problem.Problem
}

var kindField = ast.NewNodeKind("PostbagField")

// Kind and Dump make fieldNode a goldmark node.
func (n *fieldNode) Kind() ast.NodeKind { return kindField }

func (n *fieldNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// fieldParser is goldmark's inline parser for double braces.
type fieldParser struct{ reader *reader }

// Trigger says which byte a field starts with.
func (*fieldParser) Trigger() []byte { return []byte{'{'} }

// Parse reads one field. Braces that do not close on their line are a problem: they are hardly meant to be printed.
func (f *fieldParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("{{")) {
		return nil
	}
	node := &fieldNode{offset: segment.Start}
	at := f.reader.at(segment.Start)
	end := bytes.Index(line, []byte("}}"))
	if end < 0 {
		node.problem = &problem.Problem{Place: at, What: "{{ has no }} on its line", Do: `Close it, or write \{{ to print two braces`}
		block.Advance(2)
		return node
	}
	node.problem = node.read(string(line[2:end]))
	if node.problem != nil {
		node.problem.Place = at
	}
	block.Advance(end + 2)
	return node
}

// read takes apart what stands between the braces.
func (n *fieldNode) read(inside string) *problem.Problem {
	name, filter, filtered := cutFilter(inside)
	name = strings.TrimSpace(name)
	switch {
	case name == "end" && !filtered:
		n.end = true
		return nil
	case name == "if" || strings.HasPrefix(name, "if "):
		n.isIf = true
		n.name = strings.TrimSpace(strings.TrimPrefix(name, "if"))
		if filtered {
			return &problem.Problem{What: "{{if …}} takes a field and nothing more", Do: "Take away what follows the |"}
		}
	default:
		n.name = name
	}
	if n.name == "" {
		return &problem.Problem{What: "the braces name no field", Do: "Write a field's name, for example {{name}}"}
	}
	if strings.ContainsAny(n.name, "{}") {
		return &problem.Problem{What: "a field's name holds no braces", Do: "Write for example {{name}}"}
	}
	if filtered {
		return n.readFilter(strings.TrimSpace(filter))
	}
	return nil
}

// cutFilter parts the name from what follows the bar.
func cutFilter(inside string) (name, filter string, found bool) { return strings.Cut(inside, "|") }

const defaultForm = `Write {{field | default "text"}}`

// readFilter reads default "text". The text may be in straight or curly quotation marks, as word processors make them.
func (n *fieldNode) readFilter(filter string) *problem.Problem {
	rest, ok := strings.CutPrefix(filter, "default")
	if !ok {
		word, _, _ := strings.Cut(filter, " ")
		return &problem.Problem{What: "there is no filter " + word, Do: defaultForm}
	}
	rest = strings.TrimSpace(rest)
	for _, quotes := range [][2]string{{`"`, `"`}, {"“", "”"}, {"'", "'"}} {
		if len(rest) >= len(quotes[0])+len(quotes[1]) && strings.HasPrefix(rest, quotes[0]) && strings.HasSuffix(rest, quotes[1]) {
			n.fallback = strings.TrimSuffix(strings.TrimPrefix(rest, quotes[0]), quotes[1])
			n.hasDefault = true
			return nil
		}
	}
	return &problem.Problem{What: "the default is not in quotation marks", Do: defaultForm}
}
