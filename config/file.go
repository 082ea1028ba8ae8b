package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xrash/smetrics"
	"go.yaml.in/yaml/v3"

	"postbag/letters/problem"
)

// maxBytes bounds a campaign file; one of a megabyte is something else.
const maxBytes = 1 << 20

// fileReader reads a campaign file into values.
type fileReader struct {
	name     string
	settings map[string]Setting
	sections map[string]bool // keys that hold settings: letter, signers.consent
	values   map[string]value
	problems *problem.List
}

// readFile reads name. A file that cannot be read at all is a problem too.
func readFile(name string, problems *problem.List) map[string]value {
	r := &fileReader{name: name, settings: map[string]Setting{}, sections: map[string]bool{}, values: map[string]value{}, problems: problems}
	for _, s := range settings() {
		r.settings[s.Key] = s
		for key := s.Key; strings.Contains(key, "."); {
			key = key[:strings.LastIndex(key, ".")]
			r.sections[key] = true
		}
	}
	data, ok := r.load()
	if !ok {
		return nil
	}
	root := r.parse(data)
	if root == nil {
		return nil // nothing is known, so nothing more can be said
	}
	r.section(root, "")
	return r.values
}

func (r *fileReader) add(at problem.Place, what, do string) {
	at.File = r.name
	r.problems.Add(at, what, do)
}

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

func (r *fileReader) checkBytes(data []byte) ([]byte, bool) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	line := func(i int) problem.Place { return problem.Place{Line: 1 + bytes.Count(data[:i], []byte("\n"))} }
	switch {
	case len(data) > maxBytes:
		r.add(problem.Place{}, fmt.Sprintf("the campaign file has more than %d bytes", maxBytes), "Is this the right file")
	case bytes.IndexByte(data, 0) >= 0:
		r.add(line(bytes.IndexByte(data, 0)), "the campaign file is not UTF-8 text", "Save it again as UTF-8")
	case !utf8.Valid(data):
		i := 0
		for i < len(data) {
			c, size := utf8.DecodeRune(data[i:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		r.add(line(i), "the campaign file is not UTF-8 text", "Save it again as UTF-8")
	default:
		return data, true
	}
	return nil, false
}

var yamlError = regexp.MustCompile(`(?s)^yaml: (?:(?:unmarshal errors:\s*)?line (\d+): )?(.*)$`)

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
		if err = decoder.Decode(&second); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			r.add(problem.Place{Line: second.Line}, "the campaign file holds a second document", "Take the line --- away")
			return nil
		}
	}
	if err != nil {
		at, what := problem.Place{}, err.Error()
		if m := yamlError.FindStringSubmatch(what); m != nil {
			at.Line, _ = strconv.Atoi(m[1])
			what = m[2]
		}
		r.add(at, "this is not YAML: "+what, `Indent with spaces, put a space after each colon, and put a text with ": " or " #" in it in quotation marks`)
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		r.add(place(root), "the campaign file is not a list of settings", "Start from the one that postbag init DIR writes")
		return nil
	}
	return root
}

func place(n *yaml.Node) problem.Place { return problem.Place{Line: n.Line, Column: n.Column} }

// section reads the keys of a mapping; prefix names it.
func (r *fileReader) section(n *yaml.Node, prefix string) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		name := key.Value
		if prefix != "" {
			name = prefix + "." + key.Value
		}
		switch {
		case !r.plain(key, name) || !r.plain(node, name):
		case seen[key.Value]:
			r.add(place(key), name+" is set twice", "Take one of them away")
		case r.sections[name] && node.Kind == yaml.MappingNode:
			r.section(node, name)
		case r.sections[name]:
			if !empty(node) {
				r.add(place(node), name+" holds settings of its own and no value", "Write "+orList(r.below(name))+" below it, indented")
			}
		default:
			r.setting(key, node, name)
		}
		seen[key.Value] = true
	}
}

// plain refuses the parts of YAML that make a file say what nobody typed there.
func (r *fileReader) plain(n *yaml.Node, name string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge":
		r.add(place(n), name+" uses a YAML anchor, alias or merge", "Write the text itself")
	case n.Style&yaml.TaggedStyle != 0:
		r.add(place(n), name+" uses the YAML tag "+n.Tag, "Take the tag away: Postbag knows what each setting should be")
	default:
		return true
	}
	return false
}

func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// setting takes one setting's value.
func (r *fileReader) setting(key, node *yaml.Node, name string) {
	s, ok := r.settings[name]
	if !ok {
		r.unknown(key, name)
		return
	}
	if empty(node) {
		return // as if it were not there
	}
	v := value{at: problem.Place{File: r.name, Line: node.Line, Column: node.Column}}
	switch {
	case s.Kind == Mapping && node.Kind == yaml.MappingNode:
		r.mapping(&v, node, name)
	case s.Kind == Mapping:
		r.add(place(node), name+" is no mapping", "Write lines like “name: Full name” below it, indented")
		return
	case s.IsList() && node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			r.item(&v, item, name)
		}
	case node.Kind == yaml.ScalarNode:
		r.item(&v, node, name)
	case s.IsList():
		r.add(place(node), name+" is no list", "Write each value on a line of its own, after “- ”")
		return
	default:
		r.add(place(node), name+" takes one value and no list", "Write it behind the colon")
		return
	}
	r.values[name] = v
}

// item takes one text of a value.
func (r *fileReader) item(v *value, n *yaml.Node, name string) {
	if !r.plain(n, name) {
		return
	}
	if n.Kind != yaml.ScalarNode {
		r.add(place(n), name+" holds a list or a mapping where a text should be", `Put a text with ": " in it in quotation marks`)
		return
	}
	if text := n.Value; strings.TrimSpace(text) != "" && !empty(n) {
		v.texts = append(v.texts, text)
		v.places = append(v.places, problem.Place{File: r.name, Line: n.Line, Column: n.Column})
	}
}

func (r *fileReader) mapping(v *value, n *yaml.Node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		before := len(v.texts)
		if !r.plain(key, name) {
			continue
		}
		if key.Kind != yaml.ScalarNode {
			r.add(place(key), name+" has a key that is no text", "Write lines like “name: Full name”")
			continue
		}
		if slices.Contains(v.keys, key.Value) {
			r.add(place(key), name+"."+key.Value+" is set twice", "Take one of them away")
			continue
		}
		r.item(v, n.Content[i+1], name+"."+key.Value)
		if len(v.texts) > before {
			v.keys = append(v.keys, key.Value)
		}
	}
}

// unknown reports a key that is no setting, with the one that was probably meant.
func (r *fileReader) unknown(key *yaml.Node, name string) {
	section := ""
	if i := strings.LastIndex(name, "."); i >= 0 {
		section = name[:i]
	}
	do := "Use " + orList(r.below(section))
	if near := nearest(name, key.Value); near != "" {
		do = "Did you mean " + near
	}
	r.add(place(key), "there is no setting "+name, do)
}

// below lists the keys of a section.
func (r *fileReader) below(section string) []string {
	var keys []string
	for _, s := range settings() {
		rest, ok := s.Key, section == ""
		if !ok {
			rest, ok = strings.CutPrefix(s.Key, section+".")
		}
		if head, _, _ := strings.Cut(rest, "."); ok && !slices.Contains(keys, head) {
			keys = append(keys, head)
		}
	}
	return keys
}

// nearest finds the setting whose name, or whose last part, is at most two or three letters away.
func nearest(name, last string) string {
	best, least := "", 1+max(2, len(last)/3)
	for _, s := range settings() {
		for key := s.Key; key != ""; {
			part := key[strings.LastIndex(key, ".")+1:]
			for _, distance := range []int{
				smetrics.WagnerFischer(strings.ToLower(name), key, 1, 1, 1), smetrics.WagnerFischer(strings.ToLower(last), part, 1, 1, 1),
			} {
				if distance < least {
					best, least = key, distance
				}
			}
			key = key[:max(0, strings.LastIndex(key, "."))]
		}
	}
	return best
}
