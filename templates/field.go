package templates

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/xrash/smetrics"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"postbag/letters/problem"
)

// maxField bounds what stands between braces, so that braces without an end are not looked for through a whole book.
const maxField = 2000

// fieldNode is what stands between double braces: a field, {{if field}} or {{end}}.
type fieldNode struct {
	ast.BaseInline
	name       string
	fallback   string
	hasDefault bool
	isIf, end  bool
	offset     int              // of the first brace
	problem    *problem.Problem // without its place
}

var kindField = ast.NewNodeKind("PostbagField")

// Kind and Dump make fieldNode a goldmark node.
func (n *fieldNode) Kind() ast.NodeKind { return kindField }

// Dump writes the node for people who look for mistakes in the parser.
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
	end := bytes.Index(line[:min(len(line), maxField)], []byte("}}"))
	if end < 0 {
		node.problem = unclosed()
		block.Advance(2)
		return node
	}
	node.problem = node.read(string(line[2:end]))
	block.Advance(end + 2)
	return node
}

func unclosed() *problem.Problem {
	return &problem.Problem{What: "{{ has no }} on its line", Do: `Close it, or write \{{ to print two braces`}
}

// mistaken are marks of other template languages, with what they are here.
var mistaken = map[string]string{
	"endif": "Write {{end}}", "end if": "Write {{end}}", "/if": "Write {{end}}", "fi": "Write {{end}}",
	"else": "Write {{field | default \"text\"}}, or close the condition with {{end}}", "#if": "Write {{if field}}",
}

// read takes apart what stands between the braces.
func (n *fieldNode) read(inside string) *problem.Problem {
	name, filter, filtered := strings.Cut(inside, "|")
	n.name = strings.Join(strings.Fields(name), " ")
	if n.name == "end" && !filtered {
		n.end = true
		return nil
	}
	word, rest, _ := strings.Cut(n.name, " ")
	if do, ok := mistaken[n.name]; ok || word == "#if" {
		if !ok {
			do = mistaken[word]
		}
		return &problem.Problem{What: "{{" + n.name + "}} means nothing here", Do: do}
	}
	if word == "if" {
		n.isIf, n.name = true, rest
		if filtered {
			return &problem.Problem{What: "{{if …}} takes a field and nothing more", Do: "Take away what follows the |"}
		}
	}
	switch {
	case n.name == "":
		return &problem.Problem{What: "the braces name no field", Do: "Write a field's name, for example {{name}}"}
	case strings.ContainsAny(n.name, "{}"):
		return &problem.Problem{What: "a field's name holds no braces", Do: "Write two braces before and after it, for example {{name}}"}
	case filtered:
		return n.readFilter(strings.TrimSpace(filter))
	}
	return nil
}

const defaultForm = `Write {{field | default "text"}}`

// quotes are the marks round a default, straight and as word processors make them.
var quotes = [][2]string{{`"`, `"`}, {"'", "'"}, {"“", "”"}, {"‘", "’"}}

// readFilter reads default "text".
func (n *fieldNode) readFilter(filter string) *problem.Problem {
	word := filter
	if i := strings.IndexAny(filter, " \t\"'“‘"); i >= 0 {
		word = filter[:i]
	}
	switch {
	case word == "":
		return &problem.Problem{What: "nothing follows the |", Do: defaultForm}
	case word != "default":
		do := `There is one filter: {{field | default "text"}}`
		if near := nearest(word, []string{"default"}); near != "" {
			do = "Did you mean " + near + `: {{field | default "text"}}`
		}
		return &problem.Problem{What: "there is no filter " + word, Do: do}
	}
	value := strings.TrimSpace(filter[len(word):])
	for _, q := range quotes {
		inner, ok := strings.CutPrefix(value, q[0])
		if !ok {
			continue
		}
		before, after, closed := strings.Cut(inner, q[1])
		switch {
		case !closed:
			return &problem.Problem{What: "the default has no quotation mark at its end", Do: defaultForm}
		case after != "":
			return &problem.Problem{What: "something follows the default: " + strconv.Quote(strings.TrimSpace(after)), Do: defaultForm +
				`; text with a quotation mark in it goes in the other kind, 'as "here"'`}
		}
		n.fallback, n.hasDefault = before, true
		return nil
	}
	return &problem.Problem{What: "the default is not in quotation marks", Do: defaultForm}
}

// fields reads the fields in a text that is not Markdown; at gives the place of its n-th pair of braces.
func (p *reader) fields(s string, at func(n int) problem.Place) []Inline {
	var out []Inline
	var literal strings.Builder
	flush := func(n int) {
		if literal.Len() > 0 {
			out = append(out, Inline{Text: literal.String(), At: at(n)})
			literal.Reset()
		}
	}
	for n := 0; ; n++ {
		open := strings.Index(s, "{{")
		if open < 0 {
			literal.WriteString(s)
			flush(n)
			return out
		}
		if open > 0 && s[open-1] == '\\' {
			literal.WriteString(s[:open-1] + "{{")
			s = s[open+2:]
			continue
		}
		literal.WriteString(s[:open])
		flush(n)
		end := strings.Index(s[open:min(len(s), open+maxField)], "}}")
		if end < 0 {
			p.addProblem(at(n), unclosed())
			s = s[open+2:]
			continue
		}
		var field fieldNode
		switch wrong := field.read(s[open+2 : open+end]); {
		case wrong != nil:
			p.addProblem(at(n), wrong)
		case field.isIf || field.end:
			p.problems.Add(at(n), "there are no conditions in the front matter and in addresses", `Use {{field | default "text"}}`)
		default:
			out = append(out, Inline{Field: field.name, Default: field.fallback, HasDefault: field.hasDefault, At: at(n)})
		}
		s = s[open+end+2:]
	}
}

func (p *reader) addProblem(at problem.Place, wrong *problem.Problem) {
	p.problems.Add(at, wrong.What, wrong.Do)
}

// nearest finds the name that was probably meant, a third of its letters being wrong at most; "" when there is none.
func nearest(typed string, names []string) string {
	typed = strings.ToLower(typed)
	best, fewest := "", 0
	for _, name := range slices.Sorted(slices.Values(names)) {
		slips := smetrics.WagnerFischer(typed, name, 1, 1, 1)
		if slips <= max(2, len(name)/3) && slips < len(name) && (best == "" || slips < fewest) {
			best, fewest = name, slips
		}
	}
	return best
}
