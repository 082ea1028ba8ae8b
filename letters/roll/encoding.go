package roll

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// encodingOf is how a text is written in bytes: UTF-8, UTF-16, one byte a character, or one that x/text decodes.
type textEncoding struct {
	name  string
	wide  bool // UTF-16
	big   bool // its big end first
	table *byteTable
	other encoding.Encoding
}

// notText stands in decoded text for what is no text: it breaks its row where the row is looked at.
const notText = 0xFF

// byteTable decodes an encoding of one byte a character: for each byte its UTF-8, after its length.
type byteTable [256][4]byte

func tableOf(m *charmap.Charmap) *byteTable {
	t := new(byteTable)
	for b := range 256 {
		r := m.DecodeByte(byte(b))
		if r == utf8.RuneError || b >= 0x80 && r < 0xA0 && r >= 0x80 {
			t[b] = [4]byte{1, notText}
			continue
		}
		t[b][0] = byte(utf8.EncodeRune(t[b][1:], r))
	}
	return t
}

// decode reads text as UTF-8 without its byte order mark.
func (e textEncoding) decode(r io.Reader) io.Reader {
	switch {
	case e.wide || e.table != nil:
		r = &decoding{r: r, encoding: e, src: make([]byte, 0, 64<<10)}
	case e.other != nil:
		r = transform.NewReader(r, e.other.NewDecoder())
	}
	return &withoutMark{r: r}
}

// decodeAll decodes a piece of text that is held in memory.
func (e textEncoding) decodeAll(text []byte) []byte {
	out, err := io.ReadAll(e.decode(bytes.NewReader(text)))
	if err != nil {
		return nil
	}
	return out
}

// decoding turns UTF-16, or one byte a character, into UTF-8.
type decoding struct {
	r        io.Reader
	encoding textEncoding
	src      []byte
	err      error
	out      []byte // decoded and not yet asked for
	memory   []byte
}

func (d *decoding) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil && len(d.src) == 0 {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// fill decodes the next bytes.
func (d *decoding) fill() {
	if d.err == nil {
		var n int
		n, d.err = d.r.Read(d.src[len(d.src):cap(d.src)])
		d.src = d.src[:len(d.src)+n]
	}
	out, used := d.memory[:0], len(d.src)
	if d.encoding.table != nil {
		for _, b := range d.src {
			if b < utf8.RuneSelf {
				out = append(out, b)
				continue
			}
			e := &d.encoding.table[b]
			out = append(out, e[1:1+e[0]]...)
		}
	} else {
		out, used = d.appendWide(out)
	}
	d.src = d.src[:copy(d.src, d.src[used:])]
	d.out, d.memory = out, out
}

// appendWide decodes UTF-16. Half of a pair without its other half is no text, and so is half a character at the end.
func (d *decoding) appendWide(out []byte) ([]byte, int) {
	low, high := 0, 1
	if d.encoding.big {
		low, high = 1, 0
	}
	at := 0
	for ; at+1 < len(d.src); at += 2 {
		u := rune(d.src[at+low]) | rune(d.src[at+high])<<8
		switch {
		case u < utf8.RuneSelf:
			out = append(out, byte(u))
		case !utf16.IsSurrogate(u):
			out = utf8.AppendRune(out, u)
		case at+3 >= len(d.src) && d.err == nil:
			return out, at // the other half is not here yet
		default:
			r := rune(utf8.RuneError)
			if at+3 < len(d.src) {
				r = utf16.DecodeRune(u, rune(d.src[at+2+low])|rune(d.src[at+2+high])<<8)
			}
			if r == utf8.RuneError {
				out = append(out, notText)
			} else {
				out = utf8.AppendRune(out, r)
				at += 2
			}
		}
	}
	if d.err != nil && at < len(d.src) {
		out, at = append(out, notText), len(d.src)
	}
	return out, at
}

// withoutMark takes a byte order mark off the start of a text.
type withoutMark struct {
	r      io.Reader
	passed bool
	kept   []byte
}

func (w *withoutMark) Read(p []byte) (int, error) {
	if !w.passed {
		w.passed = true
		start := make([]byte, 3)
		n, err := io.ReadFull(w.r, start)
		w.kept = bytes.TrimPrefix(start[:n], []byte("\uFEFF"))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return copy(p, w.take(len(p))), err
		}
	}
	if len(w.kept) > 0 {
		return copy(p, w.take(len(p))), nil
	}
	return w.r.Read(p)
}

func (w *withoutMark) take(n int) []byte {
	out := w.kept[:min(n, len(w.kept))]
	w.kept = w.kept[len(out):]
	return out
}

var utf8Text = textEncoding{name: "UTF-8"}

// encodingNamed finds an encoding by the name that signers.encoding gives.
func encodingNamed(name string) (textEncoding, bool) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return utf8Text, true
	case "utf-16", "utf-16le", "utf16", "utf16le":
		return textEncoding{name: "UTF-16LE", wide: true}, true
	case "utf-16be", "utf16be":
		return textEncoding{name: "UTF-16BE", wide: true, big: true}, true
	}
	for _, l := range legacy() {
		if strings.EqualFold(l.name, name) || slices.ContainsFunc(l.aliases, func(a string) bool { return strings.EqualFold(a, name) }) {
			return textEncoding{name: l.name, table: tableOf(l.charmap)}, true
		}
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return textEncoding{}, false
	}
	if m, ok := e.(*charmap.Charmap); ok {
		return textEncoding{name: name, table: tableOf(m)}, true
	}
	return textEncoding{name: name, other: e}, true
}

// findEncoding finds out how a file's text is written: as the campaign says, else by its byte order mark, else UTF-8 if it is that, else
// UTF-16 by its zero bytes, else an old encoding if there is no doubt about which. how says how it was found.
func (s *source) findEncoding(head []byte, wanted string) (e textEncoding, how string, err error) {
	if wanted != "" && wanted != "auto" {
		e, ok := encodingNamed(wanted)
		if !ok {
			return e, "", s.refuse(fmt.Sprintf("signers.encoding is %q, which is no encoding", wanted), "Write utf-8, utf-16le, windows-1252, windows-1250, windows-1251, macintosh or another name of the web's encodings in "+s.setting)
		}
		return e, "signers.encoding", nil
	}
	for _, m := range []struct {
		mark string
		e    textEncoding
	}{
		{"\xEF\xBB\xBF", utf8Text},
		{"\xFF\xFE", textEncoding{name: "UTF-16LE", wide: true}},
		{"\xFE\xFF", textEncoding{name: "UTF-16BE", wide: true, big: true}},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.e, "its byte order mark", nil
		}
	}
	if zeros := bytes.Count(head, []byte{0}); zeros > 0 && zeros >= len(head)/20 {
		return s.findWide(head)
	}
	sample, err := s.findForeign(head)
	if err != nil {
		return e, "", err
	}
	good, bad := countUTF8(sample)
	switch {
	case good == 0 && bad == 0:
		return utf8Text, "it is plain ASCII", nil
	case bad == 0 || good >= 10*bad:
		return utf8Text, "its bytes", nil
	}
	return s.findLegacy()
}

// findWide tells UTF-16 without a byte order mark by zero bytes in every other place.
func (s *source) findWide(head []byte) (e textEncoding, how string, err error) {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	e = textEncoding{name: "UTF-16LE", wide: true}
	if zeros[0] > zeros[1] {
		e = textEncoding{name: "UTF-16BE", wide: true, big: true}
	}
	text := e.decodeAll(head[:len(head)&^1])
	good, bad := countUTF8(text)
	few, many := min(zeros[0], zeros[1]), max(zeros[0], zeros[1])
	if few*50 > many || many*8 < len(head) || bad > 1 || bad > good+1 || bytes.IndexByte(text, 0) >= 0 {
		return e, "", s.refuse("the signer list is not text: it holds zero bytes", "Export it again as CSV (UTF-8), or name its encoding with signers.encoding in "+s.setting)
	}
	return e, "its zero bytes", nil
}

// countUTF8 counts the characters beyond ASCII and the bytes that are none. A character cut off at the end is neither.
func countUTF8(text []byte) (good, bad int) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r != utf8.RuneError || size > 1:
			good++
		case len(text)-i < utf8.UTFMax && !utf8.FullRune(text[i:]):
		default:
			bad++
		}
		i += size
	}
	return good, bad
}

// findForeign gives a piece of the file that has bytes beyond ASCII in it, if there is one: the head, or what follows the first of them.
func (s *source) findForeign(head []byte) ([]byte, error) {
	if slices.ContainsFunc(head, func(b byte) bool { return b >= utf8.RuneSelf }) || len(head) < sniffed {
		return head, nil
	}
	var found []byte
	err := s.scan(func(block []byte) bool {
		if found == nil {
			at := slices.IndexFunc(block, func(b byte) bool { return b >= utf8.RuneSelf })
			if at < 0 {
				return true
			}
			block, found = block[at:], []byte{}
		}
		found = append(found, block...)
		return len(found) < sniffed
	})
	return found, err
}

// scan shows the unpacked bytes of the file to look, block by block, until it says that it has seen enough.
func (s *source) scan(look func(block []byte) bool) error {
	c, err := s.open()
	if err != nil {
		return err
	}
	defer c.Close()
	c.meter.hash = nil
	r, err := c.unpacked()
	if err != nil {
		return err
	}
	block := make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(r, block)
		if n > 0 && !look(block[:n]) {
			return nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.shown(), err)
		}
	}
}
