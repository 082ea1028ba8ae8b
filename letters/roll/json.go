package roll

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"postbag/config"
)

// A list in JSON is an array of objects, or an object that holds one such array; in JSON Lines it is an object a line. The columns are
// the names of the objects' members, in the order in which they come up; what is nested has its path as a name, such as
// email_addresses.0.address. Since any object may bring a new name, the file is read through once to find them all.

// maxDepth is how deep values of a list may be nested.
const maxDepth = 32

// jsonKind tells JSON from CSV by its first characters.
func jsonKind(start, path string) fileKind {
	rest := strings.TrimLeft(strings.TrimLeft(start[min(1, len(start)):], " \t\r\n"), " ")
	switch {
	case start[0] == '{' && (rest == "" || rest[0] == '"' || rest[0] == '}'):
		for _, end := range []string{".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"} {
			if strings.HasSuffix(path, end) {
				return linesFile
			}
		}
		return jsonFile // or lines: told when a second object follows the first
	case start[0] == '[' && (rest == "" || rest[0] == '{' || rest[0] == ']'):
		return jsonFile
	}
	return csvFile
}

// openJSON finds the names of a JSON file's columns.
func (f *file) openJSON(head []byte, c *config.Campaign) (err error) {
	if f.encoding, f.encodingHow, err = f.source.findEncoding(head, c.Signers.Encoding); err != nil {
		return err
	}
	content, err := f.source.open()
	if err != nil {
		return err
	}
	defer content.Close()
	content.meter.hash = nil
	text, err := content.unpacked()
	if err != nil {
		return err
	}
	r := newJSONRows(f, f.encoding.decode(text))
	r.open = true
	for {
		cells, err := r.next()
		var fault rowFault
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.As(err, &fault) {
			return err
		}
		if err == nil && len(f.samples) < sampleRows {
			row := make([]string, len(cells))
			for i, cell := range cells {
				row[i] = string(cell)
			}
			f.samples = append(f.samples, row)
		}
	}
	f.headers = r.names
	if len(f.headers) == 0 {
		return f.source.refuse("the JSON file holds no list of objects", "A list is an array of objects, or an object a line")
	}
	return nil
}

func (f *file) jsonRows(c *content) (rowReader, error) {
	text, err := c.unpacked()
	if err != nil {
		return nil, err
	}
	r := newJSONRows(f, f.encoding.decode(text))
	r.names = f.headers
	for i, name := range f.headers {
		r.columns[name] = i
	}
	return r, nil
}

// jsonRows reads objects as rows.
type jsonRows struct {
	file    *file
	r       *bufio.Reader
	open    bool // new names make new columns
	names   []string
	columns map[string]int
	started bool
	inArray bool // the rows are members of an array
	wrapped bool // that array is a member of an object
	line    int
	number  int
	cells   [][]byte
	text    []byte
	path    []byte
	fault   error // of this row
}

func newJSONRows(f *file, text io.Reader) *jsonRows {
	return &jsonRows{file: f, r: bufio.NewReaderSize(text, 64<<10), columns: map[string]int{}, line: 1}
}

func (r *jsonRows) row() int { return r.number }

// broken refuses the file: text that is not JSON cannot be gone on with.
func (r *jsonRows) broken(what string) error {
	return refuse(r.file.source.shown(), r.line, "this is not JSON: "+what, "Export the list again")
}

// peek is the next character that is no white space; 0 at the end.
func (r *jsonRows) peek() (byte, error) {
	for {
		b, err := r.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		switch b {
		case '\n':
			r.line++
		case ' ', '\t', '\r':
		default:
			return b, r.r.UnreadByte()
		}
	}
}

// take reads the next character that is no white space, and refuses any but those.
func (r *jsonRows) take(these string) (byte, error) {
	b, err := r.peek()
	if err != nil {
		return 0, err
	}
	if b == 0 {
		return 0, r.broken("it ends too early")
	}
	if _, err := r.r.ReadByte(); err != nil {
		return 0, err
	}
	if strings.IndexByte(these, b) < 0 {
		return 0, r.broken(fmt.Sprintf("%q where %q should be", b, these))
	}
	return b, nil
}

// next reads an object.
func (r *jsonRows) next() ([][]byte, error) {
	if err := r.reach(); err != nil {
		return nil, err
	}
	r.number++
	if r.file.kind == linesFile {
		r.number = r.line
	}
	for i := range r.cells {
		r.cells[i] = nil
	}
	for len(r.cells) < len(r.names) {
		r.cells = append(r.cells, nil)
	}
	r.text, r.path, r.fault = r.text[:0], r.path[:0], nil
	if b, err := r.peek(); err != nil {
		return nil, err
	} else if b != '{' {
		r.fault = rowFault("it is no object")
	}
	if err := r.value(0); err != nil {
		return nil, err
	}
	if len(r.text) > maxRecord {
		r.fault = errTooLong
	}
	if r.fault != nil {
		return nil, r.fault
	}
	return r.cells, nil
}

// reach moves on to the next object of the list, or says io.EOF.
func (r *jsonRows) reach() error {
	first := !r.started
	if first {
		r.started = true
		if err := r.enter(); err != nil {
			return err
		}
	}
	b, err := r.peek()
	if err != nil {
		return err
	}
	if !r.inArray {
		if b == 0 {
			return io.EOF
		}
		return nil
	}
	if b == ']' {
		if _, err := r.take("]"); err != nil {
			return err
		}
		r.inArray = false
		return r.leave()
	}
	if !first {
		_, err = r.take(",")
	}
	return err
}

// enter goes into the array of the list. An object that does not begin with such an array is a row itself: JSON Lines.
func (r *jsonRows) enter() error {
	b, err := r.peek()
	if err != nil || b != '{' && b != '[' || r.file.kind == linesFile {
		return err
	}
	if b == '{' {
		head, err := r.r.Peek(32 << 10)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if !wrapsList(head) {
			r.file.kind = linesFile
			return nil
		}
		r.wrapped = true
		return r.findList()
	}
	_, err = r.take("[")
	r.inArray = true
	return err
}

// wrapsList tells whether an object has an array of objects among its first members, and is no line of JSON Lines.
func wrapsList(head []byte) bool {
	if end := bytes.IndexByte(head, '\n'); end > 0 && bytes.HasSuffix(bytes.TrimSpace(head[:end]), []byte("}")) &&
		bytes.HasPrefix(bytes.TrimSpace(head[end:]), []byte("{")) {
		return false
	}
	depth, inside := 0, false
	for i := 0; i < len(head); i++ {
		switch b := head[i]; {
		case inside && b == '\\':
			i++
		case b == '"':
			inside = !inside
		case inside:
		case b == '{':
			depth++
		case b == '}':
			depth--
		case b == '[' && depth == 1:
			rest := bytes.TrimLeft(head[i+1:], " \t\r\n")
			if len(rest) > 0 && rest[0] == '{' {
				return true
			}
		}
	}
	return false
}

// findList passes over the members of an object up to one that is an array of objects.
func (r *jsonRows) findList() error {
	if _, err := r.take("{"); err != nil {
		return err
	}
	for {
		if _, err := r.name(); err != nil {
			return err
		}
		b, err := r.peek()
		if err != nil {
			return err
		}
		if b == '[' {
			if _, err := r.take("["); err != nil {
				return err
			}
			if b, err = r.peek(); err != nil {
				return err
			}
			if b == '{' {
				r.inArray = true
				return nil
			}
			if err := r.restOfArray(); err != nil {
				return err
			}
		} else if err := r.skip(); err != nil {
			return err
		}
		if b, err = r.take(",}"); err != nil || b == '}' {
			return errors.Join(err, r.broken("no list in it"))
		}
	}
}

// leave passes over what stands behind the list: it must hold no other list.
func (r *jsonRows) leave() error {
	for r.wrapped {
		b, err := r.take(",}")
		if err != nil {
			return err
		}
		if b == '}' {
			break
		}
		if _, err := r.name(); err != nil {
			return err
		}
		head, err := r.r.Peek(64)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		start := bytes.TrimLeft(head, " \t\r\n")
		if len(start) > 0 && start[0] == '[' && bytes.HasPrefix(bytes.TrimLeft(start[1:], " \t\r\n"), []byte("{")) {
			return r.file.source.refuse("the JSON file holds several lists", "Export the signers' list by itself")
		}
		if err := r.skip(); err != nil {
			return err
		}
	}
	b, err := r.peek()
	if err != nil {
		return err
	}
	if b != 0 {
		return r.broken("there is more behind its end")
	}
	return io.EOF
}

// name reads the name of a member, with its colon.
func (r *jsonRows) name() (string, error) {
	if _, err := r.take(`"`); err != nil {
		return "", err
	}
	start := len(r.text)
	if err := r.quoted(); err != nil {
		return "", err
	}
	name := string(r.text[start:])
	r.text = r.text[:start]
	_, err := r.take(":")
	return name, err
}

// skip reads a value without keeping it.
func (r *jsonRows) skip() error { return r.unkept(func() error { return r.value(0) }) }

// restOfArray reads what is left of an array whose first bracket has been read.
func (r *jsonRows) restOfArray() error {
	return r.unkept(func() error { return r.members(1, true, "]") })
}

func (r *jsonRows) unkept(read func() error) error {
	open, columns := r.open, r.columns
	r.open, r.columns = false, nil
	err := read()
	r.open, r.columns = open, columns
	r.text, r.path = r.text[:0], r.path[:0]
	return err
}

// value reads a value under the path of names that leads to it.
func (r *jsonRows) value(depth int) error {
	b, err := r.peek()
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return r.file.source.refuse(fmt.Sprintf("values are nested more than %d deep", maxDepth), "Export the list with plain values")
	}
	switch b {
	case '{', '[':
		if _, err := r.take("{["); err != nil {
			return err
		}
		end := "}"
		if b == '[' {
			end = "]"
		}
		return r.members(depth+1, b == '[', end)
	case '"':
		if _, err := r.take(`"`); err != nil {
			return err
		}
		start := len(r.text)
		if err := r.quoted(); err != nil {
			return err
		}
		r.put(start)
		return nil
	}
	return r.plain()
}

// members reads the members of an object or an array up to its end.
func (r *jsonRows) members(depth int, array bool, end string) error {
	b, err := r.peek()
	if err != nil {
		return err
	}
	if string(b) == end {
		_, err := r.take(end)
		return err
	}
	before := len(r.path)
	for i := 0; ; i++ {
		name := strconv.Itoa(i)
		if !array {
			if name, err = r.name(); err != nil {
				return err
			}
		}
		if before > 0 {
			r.path = append(r.path, '.')
		}
		r.path = append(r.path, name...)
		if len(r.path) > maxCell {
			return r.broken("names of more than 1 MB")
		}
		if err := r.value(depth); err != nil {
			return err
		}
		r.path = r.path[:before]
		if b, err = r.take("," + end); err != nil || b == end[0] {
			return err
		}
	}
}

// put keeps the text from start on as the cell of this path.
func (r *jsonRows) put(start int) {
	column, ok := r.columns[string(r.path)]
	if !ok {
		if !r.open || len(r.names) > maxCells {
			return
		}
		column = len(r.names)
		r.columns[string(r.path)] = column
		r.names = append(r.names, string(r.path))
	}
	for len(r.cells) <= column {
		r.cells = append(r.cells, nil)
	}
	if r.cells[column] != nil {
		r.fault = rowFault("a name stands in it twice: " + short(string(r.path)))
	}
	r.cells[column] = r.text[start:len(r.text):len(r.text)]
	if r.cells[column] == nil {
		r.cells[column] = []byte{}
	}
}

// quoted reads a text from behind its opening mark. What is beyond the bound of a row is read and not kept.
func (r *jsonRows) quoted() error {
	for {
		b, err := r.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return r.broken("a text that does not end")
		case err != nil:
			return err
		case b == '"':
			return nil
		case b == '\n':
			return r.broken("a line break in a text")
		case b == '\\':
			if err := r.escape(); err != nil {
				return err
			}
		default:
			r.text = append(r.text, b)
		}
		if len(r.text) > maxRecord {
			r.text, r.fault = r.text[:maxRecord], errTooLong
		}
	}
}

// escapes are the characters that stand behind a backslash.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape from behind its backslash. Half a pair of UTF-16 is no text: it breaks the row where it is looked at.
func (r *jsonRows) escape() error {
	b, err := r.r.ReadByte()
	if err != nil {
		return r.broken("a text that does not end")
	}
	if plain, ok := escapes[b]; ok {
		r.text = append(r.text, plain)
		return nil
	}
	if b != 'u' {
		return r.broken(fmt.Sprintf("an escape %q", `\`+string(rune(b))))
	}
	u, err := r.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(u) {
		next, err := r.r.Peek(2)
		pair := rune(utf8.RuneError)
		if err == nil && string(next) == `\u` {
			if _, err := r.r.Discard(2); err != nil {
				return err
			}
			low, err := r.hex()
			if err != nil {
				return err
			}
			pair = utf16.DecodeRune(u, low)
		}
		if u = pair; u == utf8.RuneError {
			r.text = append(r.text, notText)
			return nil
		}
	}
	r.text = utf8.AppendRune(r.text, u)
	return nil
}

func (r *jsonRows) hex() (rune, error) {
	var digits [4]byte
	if _, err := io.ReadFull(r.r, digits[:]); err != nil || !isHex(digits[:]) {
		return 0, r.broken(`an escape \u without four digits`)
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 32)
	return rune(n), err
}

// words are the values that are no text and no number; null is no value at all.
var words = []string{"true", "false", "null"}

// plain reads a number or a word, as it is written.
func (r *jsonRows) plain() error {
	start := len(r.text)
	for {
		b, err := r.r.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if b == ',' || b == '}' || b == ']' || b <= ' ' {
			if err := r.r.UnreadByte(); err != nil {
				return err
			}
			break
		}
		if r.text = append(r.text, b); len(r.text)-start > 400 {
			return r.broken("a value of more than 400 characters without quotation marks")
		}
	}
	text := string(r.text[start:])
	if text == "null" {
		r.text = r.text[:start]
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil && !errors.Is(err, strconv.ErrRange) && !slices.Contains(words, text) ||
		text != "" && strings.IndexByte("-0123456789tf", text[0]) < 0 || text == "" {
		return r.broken(fmt.Sprintf("the value %q", text))
	}
	r.put(start)
	return nil
}
