package packet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A bundle is a small PDF followed by one incremental update (ISO 32000-1, 7.5.6), both with plain cross-reference
// tables. To see what pages it has it is enough to find the last table, follow the trailer's /Root to the catalogue, and from there
// its /Pages to the nodes of the page tree (7.7.3) and its /PageLabels to the number tree of labels (12.4.2), which say the letter
// ids; an object is looked for in the newest table first, then along /Prev. The pages themselves are not read: their bytes are
// hashed. Every step is bounded, since the file may be anybody's.
const (
	maxTables      = 64
	maxSubsections = 1 << 14
	maxObject      = 1 << 20 // of a node, the catalogue or labels
	maxNodes       = 1 << 16 // of the page tree or the labels
	maxDepth       = 16
	entryLength    = 20 // of a cross-reference entry
	maxDigits      = 14 // of a number
)

var errNotPDF = errors.New("it is not a PDF of the kind that Postbag makes")

// readPages reads the number of pages of a PDF and their labels.
func readPages(r io.ReaderAt, size int64) (pages int, labels []pageLabel, err error) {
	d := &document{r: r, size: size}
	if err := d.readTables(); err != nil {
		return 0, nil, err
	}
	root, err := d.root()
	if err != nil {
		return 0, nil, err
	}
	catalogue, err := d.object(root)
	if err != nil {
		return 0, nil, err
	}
	tree, err := reference(catalogue, "/Pages")
	if err != nil {
		return 0, nil, err
	}
	node, err := d.object(tree)
	if err != nil {
		return 0, nil, err
	}
	if pages, err = d.countPages(node, 0); err != nil {
		return 0, nil, err
	}
	labels, err = d.readLabels(catalogue)
	return pages, labels, err
}

// countPages counts the pages under a node of the page tree, and compares them with what the node says. The kids of a node are
// all nodes or all pages.
func (d *document) countPages(node []byte, depth int) (int, error) {
	kids, err := references(value(node, "/Kids"))
	if err != nil || len(kids) == 0 || depth == maxDepth {
		return 0, fmt.Errorf("%w: its page tree is broken", errNotPDF)
	}
	pages := 0
	for i, kid := range kids {
		if d.nodes++; d.nodes > maxNodes {
			return 0, fmt.Errorf("%w: its page tree is too large", errNotPDF)
		}
		below, err := d.object(kid)
		if err != nil {
			return 0, err
		}
		if value(below, "/Kids") == nil {
			if i != 0 {
				return 0, fmt.Errorf("%w: its page tree mixes pages and nodes", errNotPDF)
			}
			pages = len(kids)
			break
		}
		n, err := d.countPages(below, depth+1)
		if err != nil {
			return 0, err
		}
		pages += n
	}
	if count, ok := number(value(node, "/Count")); !ok || count != int64(pages) {
		return 0, fmt.Errorf("%w: its page tree says %s pages and has %d", errNotPDF, value(node, "/Count"), pages)
	}
	return pages, nil
}

// document is the cross-reference tables of a PDF, newest first.
type document struct {
	r        io.ReaderAt
	size     int64
	sections []subsection
	trailers [][]byte
	nodes    int // read so far
}

// subsection is a run of entries for objects numbered one after another.
type subsection struct {
	first, count int64
	at           int64 // of its first entry
}

// inMemory is a PDF that was read already: its windows are cut from it.
type inMemory []byte

// ReadAt reads as io.ReaderAt has it.
func (m inMemory) ReadAt(p []byte, at int64) (int, error) { return bytes.NewReader(m).ReadAt(p, at) }

// window reads up to n bytes at an offset.
func (d *document) window(at int64, n int) ([]byte, error) {
	if at < 0 || at >= d.size {
		return nil, fmt.Errorf("%w: it points outside itself", errNotPDF)
	}
	if m, ok := d.r.(inMemory); ok {
		return m[at:min(at+int64(n), d.size)], nil
	}
	b := make([]byte, min(int64(n), d.size-at))
	if _, err := d.r.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, nil
}

func (d *document) readTables() error {
	const tail = 1024
	b, err := d.window(max(0, d.size-tail), tail)
	if err != nil {
		return err
	}
	i := bytes.LastIndex(b, []byte("startxref"))
	if i < 0 {
		return fmt.Errorf("%w: it has no startxref", errNotPDF)
	}
	at, ok := number(firstToken(b[i+len("startxref"):]))
	for range maxTables {
		if !ok {
			return fmt.Errorf("%w: a cross-reference table cannot be found", errNotPDF)
		}
		trailer, err := d.readTable(at)
		if err != nil {
			return err
		}
		d.trailers = append(d.trailers, trailer)
		prev := value(trailer, "/Prev")
		if prev == nil {
			return nil
		}
		at, ok = number(prev)
	}
	return fmt.Errorf("%w: it has more than %d cross-reference tables", errNotPDF, maxTables)
}

// readTable reads where a table's entries are, not the entries, and returns its trailer.
func (d *document) readTable(at int64) ([]byte, error) {
	const line = 64
	b, err := d.window(at, line)
	if err != nil {
		return nil, err
	}
	rest := skipSpace(b)
	if !bytes.HasPrefix(rest, []byte("xref")) {
		return nil, fmt.Errorf("%w: a cross-reference table is not where it should be", errNotPDF)
	}
	at += int64(len(b) - len(rest) + len("xref"))
	for {
		if b, err = d.window(at, line); err != nil {
			return nil, err
		}
		rest = skipSpace(b)
		if bytes.HasPrefix(rest, []byte("trailer")) {
			return d.dictionary(at + int64(len(b)-len(rest)+len("trailer")))
		}
		first, after, ok1 := nextNumber(rest)
		count, after, ok2 := nextNumber(after)
		if !ok1 || !ok2 || count > d.size || len(d.sections) == maxSubsections {
			return nil, fmt.Errorf("%w: a cross-reference table is broken", errNotPDF)
		}
		at += int64(len(b) - len(skipSpace(after)))
		d.sections = append(d.sections, subsection{first: first, count: count, at: at})
		at += count * entryLength
	}
}

// root is the catalogue's object number by the newest trailer that has one.
func (d *document) root() (int64, error) {
	for _, t := range d.trailers {
		if value(t, "/Root") != nil {
			return reference(t, "/Root")
		}
	}
	return 0, fmt.Errorf("%w: it has no catalogue", errNotPDF)
}

// object returns the dictionary of an object.
func (d *document) object(n int64) ([]byte, error) {
	for _, s := range d.sections {
		if n < s.first || n-s.first >= s.count {
			continue
		}
		b, err := d.window(s.at+(n-s.first)*entryLength, entryLength)
		if err != nil {
			return nil, err
		}
		if len(b) < 18 || b[17] != 'n' {
			break
		}
		at, ok := number(b[:10])
		if !ok {
			break
		}
		return d.numbered(n, at)
	}
	return nil, fmt.Errorf("%w: object %d is missing", errNotPDF, n)
}

// numbered reads the dictionary after "n g obj".
func (d *document) numbered(n, at int64) ([]byte, error) {
	b, err := d.window(at, 64)
	if err != nil {
		return nil, err
	}
	is, rest, ok1 := nextNumber(b)
	_, rest, ok2 := nextNumber(rest)
	rest = skipSpace(rest)
	if !ok1 || !ok2 || is != n || !bytes.HasPrefix(rest, []byte("obj")) {
		return nil, fmt.Errorf("%w: object %d is not where it should be", errNotPDF, n)
	}
	return d.dictionary(at + int64(len(b)-len(rest)+len("obj")))
}

// dictionary reads one dictionary, with what is nested in it.
func (d *document) dictionary(at int64) ([]byte, error) {
	sizes := []int{4 << 10, maxObject}
	if _, ok := d.r.(inMemory); ok {
		sizes = sizes[1:]
	}
	for _, n := range sizes {
		b, err := d.window(at, n)
		if err != nil {
			return nil, err
		}
		b = skipSpace(b)
		if !bytes.HasPrefix(b, []byte("<<")) {
			break
		}
		if end := skipToken(b); end > 0 {
			return b[:end], nil
		}
	}
	return nil, fmt.Errorf("%w: a dictionary is broken or too large", errNotPDF)
}

// value finds a key of a dictionary, not of those nested in it, and returns the first token of its value.
func value(dictionary []byte, key string) []byte {
	if len(dictionary) < 4 {
		return nil
	}
	b := skipSpace(dictionary[2:])
	for len(b) > 0 && b[0] == '/' {
		end := skipToken(b)
		name := b[:end]
		b = skipSpace(b[end:])
		end = skipToken(b)
		if end <= 0 {
			return nil
		}
		if string(name) == key {
			return b[:end]
		}
		// A reference has three tokens; whatever is not a name is part of the value.
		for end > 0 && len(b) > 0 {
			b = skipSpace(b[end:])
			if len(b) == 0 || b[0] == '/' {
				break
			}
			end = skipToken(b)
		}
	}
	return nil
}

// reference reads a value "n g R".
func reference(dictionary []byte, key string) (int64, error) {
	v := value(dictionary, key)
	if v == nil {
		return 0, fmt.Errorf("%w: it has no %s", errNotPDF, key)
	}
	n, ok := number(v)
	if !ok {
		return 0, fmt.Errorf("%w: its %s is no reference", errNotPDF, key)
	}
	return n, nil
}

// skipToken returns the length of the first token of b, 0 when it does not end in b. A dictionary, an array or a
// string is one token. Nesting is counted, not recursed into.
func skipToken(b []byte) int {
	depth := 0
	for i := 0; i < len(b); {
		n, step := flatArray(b[i:]), 0
		if n == 0 {
			n, step = simpleToken(b[i:])
		}
		if n == 0 {
			return 0
		}
		depth += step
		i += n
		if depth <= 0 {
			return i
		}
		for i < len(b) && isSpace(b[i]) {
			i++
		}
	}
	return 0
}

// flatArray is the length of an array of numbers and references; 0 where b does not begin with one.
func flatArray(b []byte) int {
	if b[0] != '[' {
		return 0
	}
	for i, c := range b[1:] {
		switch {
		case c == ']':
			return i + 2
		case c != ' ' && c != 'R' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// simpleToken returns the length of a token that is no container, or of a container's bracket with the step in depth.
func simpleToken(b []byte) (n, step int) {
	switch {
	case bytes.HasPrefix(b, []byte("<<")):
		return 2, 1
	case bytes.HasPrefix(b, []byte(">>")):
		return 2, -1
	case b[0] == '[':
		return 1, 1
	case b[0] == ']':
		return 1, -1
	case b[0] == '(':
		return literalString(b), 0
	case b[0] == '<':
		return bytes.IndexByte(b, '>') + 1, 0
	}
	n = 1
	for n < len(b) && !isSpace(b[n]) && bytes.IndexByte([]byte("/<>[]()%"), b[n]) < 0 {
		n++
	}
	return n, 0
}

// literalString is the length of a string in parentheses, which may nest and be escaped.
func literalString(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func firstToken(b []byte) []byte {
	b = skipSpace(b)
	if len(b) == 0 {
		return nil
	}
	n, _ := simpleToken(b)
	return b[:n]
}

// nextNumber reads a number and returns what follows it.
func nextNumber(b []byte) (n int64, rest []byte, ok bool) {
	b = skipSpace(b)
	digits := 0
	for digits < len(b) && b[digits] >= '0' && b[digits] <= '9' {
		digits++
	}
	n, ok = number(b[:digits])
	return n, b[digits:], ok
}

// number reads a whole number that an offset or a count can be.
func number(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > maxDigits {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}
