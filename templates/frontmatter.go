package templates

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"postbag/letters/problem"
)

// frontKeys are the keys of the front matter, with what each does.
var frontKeys = map[string]func(p *reader, value string, at problem.Place){
	"title":    func(p *reader, value string, _ problem.Place) { p.letter.Title = value },
	"language": func(p *reader, value string, _ problem.Place) { p.letter.Language = value },
	"subject":  func(p *reader, value string, at problem.Place) { p.letter.Subject = p.line(value, at) },
	"closing":  func(p *reader, value string, at problem.Place) { p.letter.Closing = p.line(value, at) },
	"align": func(p *reader, value string, at problem.Place) {
		switch value {
		case "justified":
			p.letter.Justify = true
		case "ragged":
			p.letter.Justify = false
		default:
			p.problems.Add(at, "align is "+strconv.Quote(value), "Write justified or ragged")
		}
	},
}

// readFrontMatter reads the YAML between the first two lines of ---, if the file starts with one, and blanks it out.
func (p *reader) readFrontMatter() {
	if !bytes.HasPrefix(p.text, []byte("---\n")) {
		return
	}
	end := -1
	for line := 1; line < len(p.lines); line++ {
		text := p.text[p.lines[line]:]
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			text = text[:i]
		}
		if string(bytes.TrimRight(text, " \t")) == "---" {
			end = line
			break
		}
	}
	if end < 0 {
		p.problems.Add(problem.Place{File: p.letter.Source, Line: 1}, "the front matter has no end", "Put a line of --- below it")
		return
	}
	stop := len(p.text)
	if end+1 < len(p.lines) {
		stop = p.lines[end+1]
	}
	front := p.text[p.lines[1]:p.lines[end]]
	p.frontMatter(bytes.Clone(front))
	for i := range p.text[:stop] {
		if p.text[i] != '\n' {
			p.text[i] = ' '
		}
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

func (p *reader) frontMatter(front []byte) {
	var doc yaml.Node
	if err := yaml.Unmarshal(front, &doc); err != nil {
		at, what := problem.Place{File: p.letter.Source, Line: 2}, err.Error()
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				at.Line = n + 1
			}
			what = m[2]
		}
		p.problems.Add(at, "the front matter is not YAML: "+what, `Write lines like title: A letter; put a text with a colon in it in "quotation marks"`)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		p.problems.Add(p.yamlPlace(root), "the front matter is not a list of settings", "Write lines like title: A letter")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		p.frontEntry(root.Content[i], root.Content[i+1], seen)
	}
}

func (p *reader) yamlPlace(n *yaml.Node) problem.Place {
	return problem.Place{File: p.letter.Source, Line: n.Line + 1, Column: n.Column}
}

func (p *reader) frontEntry(key, value *yaml.Node, seen map[string]bool) {
	at := p.yamlPlace(key)
	set, ok := frontKeys[key.Value]
	switch {
	case !ok:
		p.problems.Add(at, "the front matter has no setting "+key.Value, "Use one of: "+strings.Join(frontNames(), ", "))
	case seen[key.Value]:
		p.problems.Add(at, key.Value+" is set twice", "Take one of them away")
	case value.Kind == yaml.AliasNode || value.Anchor != "":
		p.problems.Add(at, key.Value+" uses a YAML anchor", "Write the text itself")
	case value.Kind != yaml.ScalarNode:
		p.problems.Add(at, key.Value+" is not a text", `Write it on one line; put a text that starts with {{ in "quotation marks"`)
	default:
		seen[key.Value] = true
		set(p, value.Value, p.yamlPlace(value))
	}
}

func frontNames() []string {
	var names []string
	for name := range frontKeys {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// line reads the fields in a text of the front matter. It is one line of plain text: Markdown has no meaning there.
func (p *reader) line(s string, at problem.Place) []Inline {
	var out []Inline
	text := func(s string) {
		if s != "" {
			out = append(out, Inline{Text: s, At: at})
		}
	}
	s = strings.Join(strings.Fields(s), " ")
	for s != "" {
		open := strings.Index(s, "{{")
		if open > 0 && s[open-1] == '\\' {
			text(s[:open-1] + "{{")
			s = s[open+2:]
			continue
		}
		if open < 0 {
			text(s)
			break
		}
		text(s[:open])
		end := strings.Index(s[open:], "}}")
		if end < 0 {
			p.problems.Add(at, "{{ has no }}", `Close it, or write \{{ to print two braces`)
			return out
		}
		var n fieldNode
		switch problem := n.read(s[open+2 : open+end]); {
		case problem != nil:
			problem.Place = at
			p.problems = append(p.problems, *problem)
		case n.isIf || n.end:
			p.problems.Add(at, "the front matter has no conditions", `Use {{field | default "text"}}`)
		default:
			out = append(out, Inline{Field: n.name, Default: n.fallback, HasDefault: n.hasDefault, At: at})
		}
		s = s[open+end+2:]
	}
	return out
}
