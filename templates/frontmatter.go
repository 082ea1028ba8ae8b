package templates

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"postbag/letters/problem"
)

// frontKeys are the settings of the front matter, with what each does.
var frontKeys = map[string]func(f *frontMatter, value string, at problem.Place){
	"form":     (*frontMatter).setForm,
	"title":    func(f *frontMatter, value string, _ problem.Place) { f.letter.Title = norm.NFC.String(value) },
	"subject":  func(f *frontMatter, value string, at problem.Place) { f.letter.Subject = f.plainLine(value, at) },
	"closing":  func(f *frontMatter, value string, at problem.Place) { f.letter.Closing = f.plainLine(value, at) },
	"caution":  func(f *frontMatter, value string, _ problem.Place) { f.letter.Caution = norm.NFC.String(value) },
	"optional": (*frontMatter).setOptional,
	"language": (*frontMatter).setLanguage,
	"align":    (*frontMatter).setAlign,
}

func (f *frontMatter) setLanguage(value string, at problem.Place) {
	if _, err := language.Parse(value); err != nil {
		f.problems.Add(at, strconv.Quote(value)+" is no language", "Write a language tag (BCP 47), for example en, en-GB or es")
	}
	f.letter.Language = value
}

// setOptional reads names of fields, separated by commas.
func (f *frontMatter) setOptional(value string, at problem.Place) {
	for _, name := range strings.Split(value, ",") {
		name = strings.Join(strings.Fields(name), " ")
		if name == "" || strings.ContainsAny(name, "{}|") {
			f.problems.Add(at, "optional names no field: "+strconv.Quote(name), "Write the names of fields without braces, separated by commas, as in reply_by, as_of")
			continue
		}
		f.letter.Optional = append(f.letter.Optional, norm.NFC.String(name))
	}
}

func (f *frontMatter) setForm(value string, at problem.Place) {
	if !slices.Contains(Forms(), Form(value)) {
		var names []string
		for _, form := range Forms() {
			names = append(names, string(form))
		}
		do := "Write one of: " + strings.Join(names, ", ")
		if near := nearest(value, names); near != "" {
			do = "Did you mean " + near + "? There are: " + strings.Join(names, ", ")
		}
		f.problems.Add(at, "there is no form "+strconv.Quote(value), do)
	}
	f.letter.Form = Form(value)
}

func (f *frontMatter) setAlign(value string, at problem.Place) {
	if value != "justified" && value != "ragged" {
		f.problems.Add(at, "align is "+strconv.Quote(value), "Write justified or ragged")
	}
	f.letter.Justify = value == "justified"
}

// frontMatter reads the YAML between two lines of --- at the top of the file.
type frontMatter struct {
	*reader
	first, end int // its lines, counted from 0: the first below the opening ---, and the closing ---
}

// readFrontMatter reads the front matter, if there is any, and blanks it out. Empty lines may stand above it.
func (p *reader) readFrontMatter() {
	opening := 0
	for opening < len(p.lines)-1 && p.lineText(opening) == "" {
		opening++
	}
	if p.lineText(opening) != "---" {
		return
	}
	f := frontMatter{reader: p, first: opening + 1, end: opening + 1}
	for f.end < len(p.lines) && p.lineText(f.end) != "---" {
		f.end++
	}
	if f.end == len(p.lines) {
		p.problems.Add(p.at(p.lines[opening]), "the front matter has no end", "Put a line of --- below it; where a line across the page is meant, write ***")
	} else {
		f.read(p.text[p.lines[f.first]:p.lines[f.end]])
	}
	stop := len(p.text)
	if f.end+1 < len(p.lines) {
		stop = p.lines[f.end+1]
	}
	for i := range p.text[:stop] {
		if p.text[i] != '\n' {
			p.text[i] = ' '
		}
	}
	p.last.column = 0 // what was counted before is spaces now
}

// lineText gives a line without the white space at its end.
func (p *reader) lineText(n int) string {
	if n >= len(p.lines) {
		return ""
	}
	text := p.text[p.lines[n]:]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return string(bytes.TrimRight(text, " \t"))
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

func (f *frontMatter) read(text []byte) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		at, what := problem.Place{File: f.letter.Source, Line: f.first + 1}, err.Error()
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				at.Line = f.first + n
			}
			what = m[2]
		}
		f.problems.Add(at, "the front matter is not YAML: "+what, `Write lines like title: A letter; put a text with a colon in it in "quotation marks"`)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		f.problems.Add(f.place(root), "the front matter is not a list of settings", "Write lines like title: A letter")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		f.entry(root.Content[i], root.Content[i+1], seen)
	}
}

func (f *frontMatter) place(n *yaml.Node) problem.Place {
	return problem.Place{File: f.letter.Source, Line: f.first + n.Line, Column: n.Column}
}

func (f *frontMatter) entry(key, value *yaml.Node, seen map[string]bool) {
	at := f.place(key)
	set, ok := frontKeys[key.Value]
	switch {
	case !ok:
		names := slices.Sorted(maps.Keys(frontKeys))
		do := "Use one of: " + strings.Join(names, ", ")
		if near := nearest(key.Value, names); near != "" {
			do = "Did you mean " + near
		}
		f.problems.Add(at, "the front matter has no setting "+strconv.Quote(key.Value), do)
	case seen[key.Value]:
		f.problems.Add(at, key.Value+" is set twice", "Take one of them away")
	case value.Kind == yaml.AliasNode || value.Anchor != "":
		f.problems.Add(f.place(value), key.Value+" uses a YAML anchor", "Write the text itself")
	case value.Kind != yaml.ScalarNode:
		f.problems.Add(f.place(value), key.Value+" is not a text", `Write it on one line; put a text that starts with {{ in "quotation marks"`)
	default:
		seen[key.Value] = true
		if strings.TrimSpace(value.Value) != "" {
			set(f, strings.TrimSpace(value.Value), f.place(value))
		}
	}
}

// plainLine reads the fields in one line of the letter. It is plain text: Markdown has no meaning in the front matter.
func (f *frontMatter) plainLine(value string, at problem.Place) []Inline {
	braces := f.braces(at)
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }) // no-break spaces stay
	return join(f.fields(strings.Join(words, " "), func(n int) problem.Place {
		if n < len(braces) {
			return braces[n]
		}
		return at
	}))
}

// braces finds the double braces of a value in the file: YAML tells where a value starts, and no more.
func (f *frontMatter) braces(value problem.Place) []problem.Place {
	offset := f.lines[value.Line-1]
	for range value.Column - 1 {
		_, size := utf8.DecodeRune(f.text[offset:])
		offset += size
	}
	var places []problem.Place
	for end := f.lines[f.end]; offset < end; {
		i := bytes.Index(f.text[offset:end], []byte("{{"))
		if i < 0 {
			break
		}
		places = append(places, f.at(offset+i))
		offset += i + 2
	}
	return places
}
