package roll

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlScanner cuts XML into tags and the text between them, with a fixed amount of memory. It knows as much of XML as spreadsheets use: tags,
// attributes in quotation marks, comments, and references to characters. There are no entities to expand.
type xmlScanner struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	taken      int64 // bytes read
}

// maxTag bounds a tag, and the text between two.
const maxTag = maxRecord

const cdata = "<![CDATA["

var errXML = errors.New("this is not XML")

func newXMLScanner(r io.Reader) *xmlScanner { return &xmlScanner{r: r, buf: make([]byte, 64<<10)} }

// next returns the text up to the next tag, and the tag without its brackets. They are good until the next call.
func (x *xmlScanner) next() (text, tag []byte, err error) {
	for {
		window := x.buf[x.start:x.end]
		open := bytes.IndexByte(window, '<')
		if open >= 0 {
			if length := tagLength(window[open:]); length > 0 {
				x.start += open + length
				if bytes.HasPrefix(window[open:], []byte(cdata)) {
					return nil, nil, errXML // text that would be lost; no spreadsheet program writes it
				}
				return window[:open], window[open+1 : open+length-1], nil
			}
		}
		if x.eof {
			if open >= 0 {
				return nil, nil, errXML
			}
			x.start = x.end
			return window, nil, io.EOF
		}
		if err := x.more(); err != nil {
			return nil, nil, err
		}
	}
}

// tagLength is how long a tag is; 0 when its end is not there.
func tagLength(b []byte) int {
	for _, long := range []struct{ start, end string }{{"<!--", "-->"}, {cdata, "]]>"}} {
		if bytes.HasPrefix(b, []byte(long.start)) {
			if i := bytes.Index(b, []byte(long.end)); i >= 0 {
				return i + len(long.end)
			}
			return 0
		}
	}
	end := bytes.IndexByte(b, '>')
	if end < 0 {
		return 0
	}
	if bytes.Count(b[:end], []byte{'"'})%2 == 0 {
		return end + 1
	}
	inside := false
	for i, c := range b {
		if c == '"' {
			inside = !inside
		}
		if c == '>' && !inside {
			return i + 1
		}
	}
	return 0
}

func (x *xmlScanner) more() error {
	if x.start > 0 {
		copy(x.buf, x.buf[x.start:x.end])
		x.start, x.end = 0, x.end-x.start
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxTag {
			return errXML
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := io.ReadFull(x.r, x.buf[x.end:])
	x.end += n
	x.taken += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		x.eof, err = true, nil
	}
	return err
}

// tagName is a tag's name without its namespace; "/row" for an end.
func tagName(tag []byte) []byte {
	end := 0
	for end < len(tag) && tag[end] > ' ' && (tag[end] != '/' || end == 0) {
		end++
	}
	name := tag[:end]
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		if name[0] == '/' {
			name[colon] = '/'
			return name[colon:]
		}
		return name[colon+1:]
	}
	return name
}

func selfClosing(tag []byte) bool { return len(tag) > 0 && tag[len(tag)-1] == '/' }

// attribute finds an attribute of a tag.
func attribute(tag []byte, name string) []byte {
	for {
		at := bytes.IndexByte(tag, '=')
		if at < 0 || at+1 >= len(tag) {
			return nil
		}
		key := bytes.TrimSpace(tag[:at])
		if space := bytes.LastIndexAny(key, " \t\r\n"); space >= 0 {
			key = key[space+1:]
		}
		rest := bytes.TrimLeft(tag[at+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : end+1]
		}
		tag = rest[end+2:]
	}
}

// appendXMLText appends text with its references replaced by the characters that they stand for, and the escapes of spreadsheets (_x000D_).
func appendXMLText(dst, text []byte) []byte {
	if bytes.IndexByte(text, '&') < 0 && !bytes.Contains(text, []byte("_x")) {
		return append(dst, text...)
	}
	for len(text) > 0 {
		if r, size := reference(text); size > 0 {
			dst = utf8.AppendRune(dst, r)
			text = text[size:]
			continue
		}
		dst = append(dst, text[0])
		text = text[1:]
	}
	return dst
}

// references are those that XML has by name.
var references = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// reference reads a reference or an escape at the start of text; size 0 when there is none.
func reference(text []byte) (r rune, size int) {
	switch {
	case text[0] == '&':
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 2 {
			return 0, 0
		}
		name := string(text[1:end])
		if r, ok := references[name]; ok {
			return r, end + 1
		}
		if name[0] != '#' {
			return 0, 0
		}
		digits, base := name[1:], 10
		if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || n > utf8.MaxRune {
			return 0, 0
		}
		return rune(n), end + 1
	case text[0] == '_' && len(text) >= 7 && text[1] == 'x' && text[6] == '_' && isHex(text[2:6]):
		n, err := strconv.ParseUint(string(text[2:6]), 16, 32)
		if err != nil {
			return 0, 0
		}
		return rune(n), 7
	}
	return 0, 0
}
