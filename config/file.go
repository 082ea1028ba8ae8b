package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"postbag/letters/problem"
)

// maxBytes bounds a campaign file; one of a megabyte is something else.
const maxBytes = 1 << 20

// maxProblems is how many problems of a file are told. Nobody mends more at a time, and a wrong file may have as many as lines.
const maxProblems = 100

// fileReader reads a campaign file into values.
type fileReader struct {
	name     string
	known    []Setting                // in the order of messages
	settings map[string]Setting       // the same by key
	sections map[string]bool          // keys that hold settings: letter, signers.consent
	where    map[string]problem.Place // of each key of ours in the file
	values   map[string]value
	problems *problem.List
	lines    [][]rune // of the file as it was typed
}

// readFile reads name. It returns nil when nothing of the file is known, so that there is no more to say than the problem.
func readFile(name string, problems *problem.List) *fileReader {
	r := newFileReader(name, Settings(), problems)
	data, ok := r.load()
	if !ok {
		return nil
	}
	root := r.parse(data)
	if root == nil {
		return nil
	}
	for _, line := range bytes.Split(data, []byte("\n")) {
		r.lines = append(r.lines, []rune(string(line)))
	}
	r.section(root, "")
	return r
}

// newFileReader makes a reader that knows some settings.
func newFileReader(name string, known []Setting, problems *problem.List) *fileReader {
	r := &fileReader{name: name, known: known, settings: map[string]Setting{}, sections: map[string]bool{},
		where: map[string]problem.Place{}, values: map[string]value{}, problems: problems}
	for _, s := range known {
		r.settings[s.Key] = s
		for key := s.Key; strings.Contains(key, "."); {
			key = key[:strings.LastIndex(key, ".")]
			r.sections[key] = true
		}
	}
	return r
}

func (r *fileReader) add(at problem.Place, what, do string) {
	at.File = r.name
	switch n := len(*r.problems); {
	case n == maxProblems:
		r.problems.Add(at, "there are more mistakes from here on", "Mend those above first, and see that this is the right file")
	case n < maxProblems:
		r.problems.Add(at, what, do)
	}
}

func (r *fileReader) full() bool { return len(*r.problems) > maxProblems }

func (r *fileReader) load() ([]byte, bool) {
	f, err := os.Open(r.name)
	if errors.Is(err, fs.ErrNotExist) {
		r.add(problem.Place{}, "there is no campaign file here", "Make a campaign with postbag init DIR, or name its file with --campaign FILE")
		return nil, false
	}
	if err == nil {
		defer f.Close()
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(f, maxBytes+1)); err == nil {
			return r.checkBytes(data)
		}
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	r.add(problem.Place{}, "the campaign file cannot be read: "+err.Error(), "Name the file itself with --campaign FILE")
	return nil, false
}

// checkBytes refuses what is no text, and the characters that YAML refuses without a place or changes: it takes the line separators
// of Unicode for ends of lines.
func (r *fileReader) checkBytes(data []byte) ([]byte, bool) {
	if len(data) > maxBytes {
		r.add(problem.Place{}, fmt.Sprintf("the campaign file has more than %d bytes", maxBytes), "See that this is the right file")
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	at := problem.Place{Line: 1, Column: 1}
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1 || c == 0:
			r.add(at, "the campaign file is not UTF-8 text", "Save it again as UTF-8")
			return nil, false
		case c == '\n', c == '\r' && !bytes.HasPrefix(data[i+1:], []byte("\n")):
			at = problem.Place{Line: at.Line + 1}
		case c == '\t', c == '\r':
		case isLineOrControl(c), c == '\uFEFF', c == '\uFFFE', c == '\uFFFF':
			r.add(at, fmt.Sprintf("the campaign file holds the invisible character %U", c), "Take it away, or type the text around it again")
			return nil, false
		}
		at.Column++
		i += size
	}
	return data, true
}

// parse reads one YAML document.
func (r *fileReader) parse(data []byte) *yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		r.add(problem.Place{}, "the campaign file is empty", "Start from the one that postbag init DIR writes")
		return nil
	}
	if err == nil {
		if err = decoder.Decode(&second); err == nil {
			r.add(problem.Place{Line: second.Line}, "the campaign file holds a second document", "Take the line --- away")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		r.add(explainYAML(data, err))
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		r.add(place(root), "the campaign file is not a list of settings", "Start from the one that postbag init DIR writes")
		return nil
	}
	if !r.plain(root, "the campaign file") {
		return nil
	}
	return root
}

func place(n *yaml.Node) problem.Place { return problem.Place{Line: n.Line, Column: n.Column} }

// section reads the keys of a mapping; prefix names it.
func (r *fileReader) section(n *yaml.Node, prefix string) {
	first := map[string]int{} // the line that each key stands on
	for i := 0; i+1 < len(n.Content) && !r.full(); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		name := key.Value
		if prefix != "" {
			name = prefix + "." + key.Value
		}
		line, again := first[key.Value]
		switch {
		case !r.isName(key, "a setting") || !r.plain(node, shown(name)):
			r.unread(node, name)
		case again:
			r.add(place(key), fmt.Sprintf("%s is set twice, here and on line %d", shown(name), line), "Take one of them away")
		default:
			first[key.Value] = key.Line
			r.entry(key, node, name)
		}
	}
}

// unread marks the settings at or below a key whose value was refused: what is said of them is not known, which is not nothing.
func (r *fileReader) unread(n *yaml.Node, name string) {
	for key := range r.settings {
		if key == name || strings.HasPrefix(key, name+".") {
			r.values[key] = value{at: problem.Place{File: r.name, Line: n.Line, Column: n.Column}, given: true, wrong: true}
		}
	}
}

// entry reads one key of a section.
func (r *fileReader) entry(key, node *yaml.Node, name string) {
	s, isSetting := r.settings[name]
	isSection := r.sections[name]
	switch {
	case (isSetting || isSection) && strings.Contains(key.Value, "."):
		above, below := name[:strings.LastIndex(name, ".")], name[strings.LastIndex(name, ".")+1:]
		r.add(place(key), name+" is the name that flags have", "In the file, write "+below+" below "+above+", indented")
		return
	case !isSetting && !isSection:
		r.unknown(key, name)
		return
	}
	r.where[name] = problem.Place{File: r.name, Line: key.Line, Column: key.Column}
	switch {
	case isSetting:
		r.setting(key, node, s)
	case node.Kind == yaml.MappingNode:
		r.section(node, name)
	case node.Kind == yaml.SequenceNode && r.recordsOf(name) != "":
		r.add(place(node), name+" holds a list", "Write "+r.recordsOf(name)+" in its place, for several; "+name+" is for one")
		r.unread(node, name)
	case !nothing(node):
		r.add(place(node), name+" holds settings of its own and no value", "Write "+orList(r.below(name))+" below it, indented")
	}
}

// isName tells whether a key can name something; whose says what should be named.
func (r *fileReader) isName(key *yaml.Node, whose string) bool {
	if !r.plain(key, shown(key.Value)) {
		return false
	}
	if key.Kind != yaml.ScalarNode {
		r.add(place(key), "the name of "+whose+" is a list or a mapping", "Write lines like “name: text”")
		return false
	}
	return true
}

// plain refuses the parts of YAML that make a file say what nobody typed there.
func (r *fileReader) plain(n *yaml.Node, name string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge":
		r.add(place(n), name+" uses a YAML anchor, alias or merge", "Write the text itself")
	case n.Style&yaml.TaggedStyle != 0:
		r.add(place(n), name+" uses the YAML tag "+shown(n.Tag), "Take the tag away, or put the text in quotation marks if it begins with !")
	case n.Style == 0 && n.Kind == yaml.ScalarNode && r.typedAt(n, '!'):
		r.add(place(n), name+" begins with !, which YAML takes away", "Put the text in quotation marks")
	default:
		return true
	}
	return false
}

// typedAt tells whether a node begins with c in the file, whatever YAML made of it. Of a file with other ends of lines it says no.
func (r *fileReader) typedAt(n *yaml.Node, c rune) bool {
	if n.Line < 1 || n.Line > len(r.lines) {
		return false
	}
	line := r.lines[n.Line-1]
	return n.Column >= 1 && n.Column <= len(line) && line[n.Column-1] == c
}

// nothing tells that nothing was typed after a colon or a hyphen.
func nothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == ""
}

// setting takes one setting's value. One that holds nothing is as if it were not there.
func (r *fileReader) setting(key, node *yaml.Node, s Setting) {
	if nothing(node) {
		r.commented(key, s, s.Key)
		return
	}
	if s.Kind == Records {
		r.values[s.Key] = r.records(node, s)
		return
	}
	before := len(*r.problems)
	v := value{at: problem.Place{File: r.name, Line: node.Line, Column: node.Column}, given: true}
	switch {
	case s.Kind == Mapping && node.Kind == yaml.MappingNode:
		r.mapping(&v, node, s)
	case s.Kind == Mapping:
		r.add(place(node), s.Key+" is no mapping", "Write lines like “name: Full name” below it, indented")
	case s.IsList() && node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			r.item(&v, item, s, s.Key)
		}
	case s.IsList() && node.Kind == yaml.ScalarNode && node.Style&block != 0:
		r.blockLines(&v, node)
	case node.Kind == yaml.ScalarNode:
		if strings.TrimSpace(node.Value) != "" {
			r.item(&v, node, s, s.Key)
		}
	case s.IsList():
		r.add(place(node), s.Key+" is no list", "Write each value on a line of its own, after “- ”")
	default:
		r.add(place(node), s.Key+" takes one value and no list", "Write it behind the colon, in quotation marks if it begins with [ or {")
	}
	v.wrong = len(*r.problems) > before
	r.values[s.Key] = v
}

// block is the style of a text that begins with | or > and stands on the lines below.
const block = yaml.LiteralStyle | yaml.FoldedStyle

// item takes one text of a value, and tells whether it could.
func (r *fileReader) item(v *value, n *yaml.Node, s Setting, name string) bool {
	switch {
	case !r.plain(n, name):
	case n.Kind != yaml.ScalarNode:
		r.add(place(n), name+" holds a list or a mapping where a text should be", `Put a text with ": " in it in quotation marks`)
	case n.Tag == "!!null" && n.Value != "":
		r.add(place(n), name+" is "+n.Value+", which means nothing in YAML", "Put it in quotation marks if it is the text, or take it away")
	case r.commented(n, s, name):
	default:
		text := n.Value
		if rest := strings.TrimSuffix(text, "\n"); n.Style&block != 0 && rest != "" {
			text = rest // the last end of line is YAML's own, after a text that is typed on lines of its own
		}
		v.texts = append(v.texts, text)
		v.places = append(v.places, problem.Place{File: r.name, Line: n.Line, Column: n.Column})
		return true
	}
	return false
}

// blockLines takes a list from a text on lines of its own, a value each.
func (r *fileReader) blockLines(v *value, n *yaml.Node) {
	for i, text := range strings.Split(strings.Trim(n.Value, "\n"), "\n") {
		v.texts = append(v.texts, strings.TrimSpace(text))
		v.places = append(v.places, problem.Place{File: r.name, Line: n.Line + 1 + i})
	}
}

// checkedKinds are those whose values are checked so closely that one which lost its end is seen.
var checkedKinds = []Kind{Number, Date, YesNo, Choice}

// commented refuses a comment that may be the end of a text: of "12 Elm St #4B" YAML leaves "12 Elm St".
func (r *fileReader) commented(n *yaml.Node, s Setting, name string) bool {
	cut := strings.TrimPrefix(n.LineComment, "#")
	if n.Style != 0 || cut == n.LineComment || !startsWord(cut) || slices.Contains(checkedKinds, s.Kind) {
		return false
	}
	cut = strings.Fields(cut)[0]
	r.add(place(n), name+" ends before #"+shown(cut)+", since YAML takes that for a comment",
		"Put the whole text in quotation marks or, if it is a comment, a space after the #")
	return true
}

func (r *fileReader) mapping(v *value, n *yaml.Node, s Setting) {
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !r.full(); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		name := s.Key + "." + shown(key.Value)
		line, again := first[key.Value]
		switch {
		case !r.isName(key, "a text in "+s.Key):
		case again:
			r.add(place(key), fmt.Sprintf("%s is set twice, here and on line %d", name, line), "Take one of them away")
		case nothing(node) && r.commented(key, s, name):
		default:
			first[key.Value] = key.Line
			if r.item(v, node, s, name) {
				v.keys = append(v.keys, key.Value)
			}
		}
	}
}

// unknown reports a key that is no setting, with the one that was probably meant.
func (r *fileReader) unknown(key *yaml.Node, name string) {
	section := ""
	if rest, ok := strings.CutSuffix(name, "."+key.Value); ok {
		section = rest
	}
	do := "Use " + orList(r.below(section))
	if near := nearestKey(name, key.Value, r.known); near != "" {
		do = "Did you mean " + near
	}
	r.add(place(key), "there is no setting "+shown(name), do)
}

// below lists the keys of a section.
func (r *fileReader) below(section string) []string {
	var keys []string
	for key := range keysOf(r.known) {
		rest, ok := key, section == ""
		if !ok {
			rest, ok = strings.CutPrefix(key, section+".")
		}
		if head, _, _ := strings.Cut(rest, "."); ok && !slices.Contains(keys, head) {
			keys = append(keys, head)
		}
	}
	return keys
}
