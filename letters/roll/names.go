package roll

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"postbag/letters/problem"
)

// maxName is the length of a name in characters beyond which it is none. The typesetter deals with names that are merely long.
const maxName = 1000

// nameRules tell what is plainly not a name. The campaign may say of a name that it is one, and add words that are none.
type nameRules struct {
	accept map[string]bool // folded names
	reject map[string]bool // folded names and words
}

// placeholders are what people and programs write where there is no name, folded.
var placeholders = map[string]bool{
	"test": true, "testtest": true, "tester": true, "anonymous": true, "anonymousanonymous": true, "anon": true, "anonym": true,
	"anonyme": true, "anónimo": true, "anonimo": true, "anônimo": true, "none": true, "unknown": true, "n/a": true, "nobody": true,
	"undefined": true, "undefinedundefined": true, "null": true, "nullnull": true, "(blank)": true, "noname": true, "name": true,
	"firstlast": true, "firstnamelastname": true, "vornamenachname": true, "namename": true, "x": true, "xx": true,
}

// keyboards are rows of keys, on keyboards of several countries.
var keyboards = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"}

// notName says why a name is none; "" when it may be one. Plain names are told at one glance.
func (n *nameRules) notName(name []byte) string {
	letters, digits, signs, run, last := 0, 0, 0, 0, byte(0)
	for _, b := range name {
		switch {
		case b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z':
			letters++
			if run++; b|0x20 != last|0x20 {
				run = 1
			}
			if run == 4 {
				return fmt.Sprintf("one letter many times: %q", name)
			}
		case b >= utf8.RuneSelf:
			letters++
		case b >= '0' && b <= '9':
			digits++
		case b == '@' || b == '/' || b == '#' || b == '.' || b == '(':
			signs++
		}
		last = b
	}
	switch {
	case letters == 0 && len(bytes.Trim(name, " -_.,*+/#'?!0123456789")) == 0:
		return fmt.Sprintf("no letters in it: %q", name)
	case digits > letters:
		return fmt.Sprintf("a name with digits: %q", name)
	case signs > 0 && isAddress(name):
		return fmt.Sprintf("an address: %q", name)
	}
	if len(n.reject) > 0 || len(name) <= 40 && startsPlaceholder(name[0]) || len(name) < 12 && bytes.IndexByte(name, ' ') < 0 {
		return n.knownNoName(name)
	}
	return ""
}

// startsPlaceholder tells whether a placeholder starts with a letter: most names are done with by that.
func startsPlaceholder(b byte) bool {
	switch b | 0x20 {
	case 'a', 'f', 'n', 't', 'u', 'v', 'x', '(':
		return true
	}
	return false
}

// isAddress tells whether text is an e-mail address or the address of a web page.
func isAddress(text []byte) bool {
	lower := bytes.ToLower(text)
	for _, start := range []string{"http:", "https:", "www."} {
		if bytes.Contains(lower, []byte(start)) {
			return true
		}
	}
	if at := bytes.IndexByte(lower, '@'); at > 0 && bytes.IndexByte(lower[at:], '.') > 1 {
		return true
	}
	for _, end := range []string{".com", ".org", ".net", ".info"} {
		if bytes.HasSuffix(lower, []byte(end)) && len(lower) > len(end)+1 && bytes.IndexByte(lower, ' ') < 0 {
			return true
		}
	}
	return false
}

// knownNoName looks a name up among what is known to be none.
func (n *nameRules) knownNoName(name []byte) string {
	var memory [64]byte
	folded := appendFolded(memory[:0], name)
	if placeholders[string(folded)] || n.reject[string(folded)] {
		return fmt.Sprintf("a word that stands for no name: %q", name)
	}
	if len(folded) >= 4 && len(folded) < 12 && onKeyboard(string(folded)) {
		return fmt.Sprintf("keys in a row: %q", name)
	}
	if len(n.reject) > 0 {
		for _, word := range bytes.Fields(name) {
			if n.reject[string(appendFolded(memory[:0], word))] {
				return fmt.Sprintf("a word that the campaign does not print: %q", word)
			}
		}
	}
	return ""
}

func onKeyboard(word string) bool {
	for _, keys := range keyboards {
		if strings.Contains(keys, word) {
			return true
		}
	}
	return false
}

// readNameRules reads the campaign's lists of names: one a line, # for remarks.
func readNameRules(accept, reject, setting string, problems *problem.List) nameRules {
	read := func(name string) map[string]bool {
		if name == "" {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			problems.Add(problem.Place{File: name}, "the list of names cannot be read", "Correct signers.names in "+setting)
			return nil
		}
		out := map[string]bool{}
		for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
			line, _, _ = strings.Cut(line, "#")
			if folded := appendFolded(nil, []byte(line)); len(folded) > 0 {
				out[string(folded)] = true
			}
		}
		return out
	}
	return nameRules{accept: read(accept), reject: read(reject)}
}

// accepted tells whether the campaign has said of a name that it is right.
func (n *nameRules) accepted(name []byte) bool {
	return len(n.accept) > 0 && n.accept[string(appendFolded(nil, name))]
}

// garbled says how a text was spoilt on its way; "" when it was not. Text that went through a wrong encoding cannot be mended for certain, and
// must not be printed. In names and places a question mark is spoilt text as well: it stands where a character was lost.
func garbled(text []byte, strict bool) string {
	if len(text) > 2 && text[0] == '#' && isFormulaError(string(text)) {
		return fmt.Sprintf("a formula failed: %q", text)
	}
	foreign := 0
	for i, b := range text {
		if !spoiling[b] {
			continue
		}
		switch {
		case b >= utf8.RuneSelf:
			foreign++
		case b == '?' && strict:
			return fmt.Sprintf("a character was lost: %q", text)
		case b == '&' && isEntity(text[i:]):
			return fmt.Sprintf("it holds code of a web page: %q", text)
		case b == '\\' && i+5 < len(text) && text[i+1] == 'u' && isHex(text[i+2:i+6]):
			return fmt.Sprintf("it holds code in place of a character: %q", text)
		}
	}
	if foreign < 3 { // one character
		return ""
	}
	if bytes.Contains(text, []byte("\uFFFD")) {
		return fmt.Sprintf("a character was lost: %q", text)
	}
	if wrongEncoding(text) {
		return fmt.Sprintf("it was read in a wrong encoding somewhere: %q", text)
	}
	return ""
}

// spoiling marks the bytes that garbled looks at: few cells have any.
var spoiling = func() (marks [256]bool) {
	marks['?'], marks['&'], marks['\\'] = true, true, true
	for b := utf8.RuneSelf; b < len(marks); b++ {
		marks[b] = true
	}
	return marks
}()

// isFormulaError tells what a spreadsheet shows where a formula failed.
func isFormulaError(text string) bool {
	switch text {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}

// isEntity tells whether text starts with a character reference of HTML: &eacute; or &#233;.
func isEntity(text []byte) bool {
	end := bytes.IndexByte(text, ';')
	if end < 3 || end > 9 {
		return false
	}
	for i, b := range text[1:end] {
		letter := b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9'
		if !letter && (i != 0 || b != '#') {
			return false
		}
	}
	return true
}

func isHex(text []byte) bool {
	for _, b := range text {
		if !(b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// wrongWays are the encodings in which UTF-8 is often read by mistake, and the letters that its first bytes become.
var wrongWays = [...]struct {
	charmap *charmap.Charmap
	leads   string
}{
	{charmap.Windows1252, "ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙâãäå"},
	{charmap.Windows1250, "ÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮâăäĺ"},
	{charmap.Windows1251, "ВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩвгде"},
	{charmap.Macintosh, "¬√ƒ≈∆«»–—‚„‰Â"},
}

// wrongEncoding recognises UTF-8 that was read as something else (JosÃ©), and Cyrillic that was read as Latin (Èâàí). Read back the same
// way it would be text again: that is how it is told. Both have neighbours beyond ASCII, so most names are done with at once.
func wrongEncoding(text []byte) bool {
	before, run := rune(0), 0 // run: letters of Latin-1 beyond ASCII in a row; no language that is written with them has four
	var tried [len(wrongWays)]bool
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			before, run = 0, 0
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		latin1 := r >= 0xC0 && r <= 0xFF
		if run++; !latin1 {
			run = 0
		}
		if run == 4 {
			return true
		}
		if before != 0 && !latin1 {
			for k := range wrongWays {
				if !tried[k] && strings.ContainsRune(wrongWays[k].leads, before) {
					tried[k] = true
					if readsAsUTF8(text, wrongWays[k].charmap) {
						return true
					}
				}
			}
		}
		before = r
	}
	return false
}

// readsAsUTF8 tells whether text, written in an old encoding, is UTF-8 with letters in it that go together.
func readsAsUTF8(text []byte, m *charmap.Charmap) bool {
	var memory [256]byte
	out := memory[:0]
	for _, r := range string(text) {
		b, ok := m.EncodeRune(r)
		if !ok && r >= 0x80 && r < 0xA0 { // programs let these pass as they are
			b, ok = byte(r), true
		}
		if !ok && r == ' ' {
			b, ok = ' ', true
		}
		if !ok || len(out) > 0 && out[len(out)-1] >= 0xC0 && b&0xC0 != 0x80 {
			return false
		}
		out = append(out, b)
	}
	if !utf8.Valid(out) {
		return false
	}
	foreign, latin, other := false, false, false
	for _, r := range string(out) {
		if r < utf8.RuneSelf {
			latin = latin || unicode.IsLetter(r)
			continue
		}
		foreign = true
		switch {
		case unicode.Is(unicode.Latin, r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r) || unicode.IsMark(r):
		case unicode.IsLetter(r):
			other = true
		default:
			return false
		}
	}
	return foreign && !(latin && other)
}
