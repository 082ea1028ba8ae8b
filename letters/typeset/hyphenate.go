package typeset

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are divided at line ends after F. M. Liang, "Word Hy-phen-a-tion by Com-put-er" (Stanford 1983), as in TeX. A pattern is a few
// letters with numbers between them. All patterns that fit somewhere in a word are laid over it, the largest number between two letters
// counts, and the word may be divided where it is odd. The patterns are those of the package hyph-utf8, in hyphens/.
//
// Never divided are words with a digit, an @ or another sign in them, abbreviations in capitals, words of fewer than five letters, and,
// in languages that write nouns small, words that begin with a capital: they are mostly names. What comes from a signer is
// never divided either; the setter sees to that.

//go:embed hyphens/*.tex
var hyphenFiles embed.FS

// hyphenRule says how the words of a language are divided.
type hyphenRule struct {
	tag         string   // BCP 47, lower case
	files       []string // in hyphens/, without hyph- and .tex
	left, right int      // letters that stay before and go behind the hyphen, at least: as in TeX, but for Greek, where it lets one stand
	nouns       bool     // nouns have capitals: words with a capital are divided too
}

// hyphenRules lists the languages. A tag without a region stands for the others; the first that fits is taken.
var hyphenRules = []hyphenRule{
	{tag: "en-gb", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en-ie", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en-au", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en-nz", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en-za", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en-in", files: []string{"en-gb"}, left: 2, right: 3},
	{tag: "en", files: []string{"en-us"}, left: 2, right: 3},
	{tag: "de", files: []string{"de-1996"}, left: 2, right: 2, nouns: true},
	{tag: "fr", files: []string{"fr"}, left: 2, right: 2},
	{tag: "es", files: []string{"es"}, left: 2, right: 2},
	{tag: "it", files: []string{"it"}, left: 2, right: 2},
	{tag: "pt", files: []string{"pt"}, left: 2, right: 3},
	{tag: "nl", files: []string{"nl"}, left: 2, right: 2},
	{tag: "sv", files: []string{"sv"}, left: 2, right: 2},
	{tag: "da", files: []string{"da"}, left: 2, right: 2},
	{tag: "nb", files: []string{"no", "nb"}, left: 2, right: 2},
	{tag: "nn", files: []string{"no", "nn"}, left: 2, right: 2},
	{tag: "no", files: []string{"no", "nb"}, left: 2, right: 2},
	{tag: "fi", files: []string{"fi"}, left: 2, right: 2},
	{tag: "pl", files: []string{"pl"}, left: 2, right: 2},
	{tag: "hu", files: []string{"hu"}, left: 2, right: 2},
	{tag: "hr", files: []string{"hr"}, left: 2, right: 2},
	{tag: "bs", files: []string{"hr"}, left: 2, right: 2},
	{tag: "sl", files: []string{"sl"}, left: 2, right: 2},
	{tag: "ca", files: []string{"ca"}, left: 2, right: 2},
	{tag: "gl", files: []string{"gl"}, left: 2, right: 2},
	{tag: "eu", files: []string{"eu"}, left: 2, right: 2},
	{tag: "tr", files: []string{"tr"}, left: 2, right: 2},
	{tag: "el", files: []string{"el-monoton"}, left: 2, right: 2},
	{tag: "ru", files: []string{"ru"}, left: 2, right: 2},
	{tag: "uk", files: []string{"uk"}, left: 2, right: 2},
	{tag: "be", files: []string{"be"}, left: 2, right: 2},
	{tag: "bg", files: []string{"bg"}, left: 2, right: 2},
	{tag: "et", files: []string{"et"}, left: 2, right: 3},
	{tag: "lv", files: []string{"lv"}, left: 2, right: 2},
	{tag: "lt", files: []string{"lt"}, left: 2, right: 2},
	{tag: "is", files: []string{"is"}, left: 2, right: 2},
	{tag: "cy", files: []string{"cy"}, left: 2, right: 3},
}

// shortestDivided is how many letters a word must have to be divided.
const shortestDivided = 5

// hyphenator divides the words of one language. It is read-only once loaded, so goroutines share it.
type hyphenator struct {
	rule       hyphenRule
	patterns   map[string][]byte // by letters: the numbers before, between and behind them
	longest    int               // bytes of letters of the longest pattern
	exceptions map[string][]int  // words with the letters before each place where they may be divided
	apostrophe bool              // patterns see apostrophes as letters
}

// newHyphenator loads the patterns for a language, a BCP 47 tag. It returns nil for a language that has none.
func newHyphenator(language string) (*hyphenator, error) {
	rule, ok := hyphenRuleFor(language)
	if !ok {
		return nil, nil
	}
	h := &hyphenator{rule: rule, patterns: map[string][]byte{}, exceptions: map[string][]int{}}
	for _, name := range rule.files {
		text, err := hyphenFiles.ReadFile("hyphens/hyph-" + name + ".tex")
		if err != nil {
			return nil, err
		}
		if err := h.read(string(text)); err != nil {
			return nil, fmt.Errorf("hyph-%s.tex: %w", name, err)
		}
	}
	return h, nil
}

func hyphenRuleFor(language string) (hyphenRule, bool) {
	tag := strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	for _, rule := range hyphenRules {
		if tag == rule.tag || strings.HasPrefix(tag, rule.tag+"-") {
			return rule, true
		}
	}
	return hyphenRule{}, false
}

// read takes in \patterns{…} and \hyphenation{…} of a TeX file.
func (h *hyphenator) read(text string) error {
	var plain strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "%")
		plain.WriteString(line)
		plain.WriteByte(' ')
	}
	found := false
	for _, part := range strings.Split(plain.String(), `\`) {
		name, rest, _ := strings.Cut(part, "{")
		words, _, closed := strings.Cut(rest, "}")
		switch strings.TrimSpace(name) {
		case "patterns", "hyphenation":
		default:
			continue
		}
		if !closed {
			return errors.New("a list without an end")
		}
		found = true
		for _, word := range strings.Fields(words) {
			if strings.TrimSpace(name) == "patterns" {
				h.addPattern(word)
			} else {
				h.addException(word)
			}
		}
	}
	if !found {
		return errors.New("no patterns in it")
	}
	return nil
}

func (h *hyphenator) addPattern(pattern string) {
	letters, numbers := make([]byte, 0, len(pattern)), []byte{0}
	for _, r := range pattern {
		if r >= '0' && r <= '9' {
			numbers[len(numbers)-1] = byte(r - '0')
			continue
		}
		if r == '\'' || r == '’' {
			r, h.apostrophe = '\'', true
		}
		letters, numbers = utf8.AppendRune(letters, r), append(numbers, 0)
	}
	h.patterns[string(letters)] = numbers
	h.longest = max(h.longest, len(letters))
}

func (h *hyphenator) addException(word string) {
	var letters []byte
	places := []int{}
	n := 0
	for _, r := range word {
		if r == '-' {
			places = append(places, n)
			continue
		}
		letters = utf8.AppendRune(letters, r)
		n++
	}
	h.exceptions[string(letters)] = places
}

// places returns where a word of a text may be divided: the bytes of it that stay before the hyphen, in rising order. Punctuation around
// the word is no part of it.
func (h *hyphenator) places(word string) []int {
	first, last := strings.IndexFunc(word, wordRune), strings.LastIndexFunc(word, wordRune)
	if first < 0 {
		return nil
	}
	_, size := utf8.DecodeRuneInString(word[last:])
	end := last + size
	if !h.divisible(word[first:end]) {
		return nil
	}
	if h.apostrophe {
		return h.divide(nil, word, first, end)
	}
	var places []int
	for start := first; start < end; {
		next := start
		for next < end && !apostropheAt(word[next:]) {
			next++
		}
		places = h.divide(places, word, start, next)
		for start = next; start < end && apostropheAt(word[start:]); {
			_, size := utf8.DecodeRuneInString(word[start:])
			start += size
		}
	}
	return places
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '@'
}

func apostropheAt(s string) bool { return strings.HasPrefix(s, "’") || strings.HasPrefix(s, "'") }

// divisible tells whether a word, without the punctuation around it, is one of letters and not an abbreviation or a name.
func (h *hyphenator) divisible(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	if unicode.IsUpper(first) && !h.rule.nouns {
		return false
	}
	small := 0
	for _, r := range word {
		switch {
		case unicode.IsUpper(r), unicode.IsMark(r), r == '\'', r == '’':
		case unicode.IsLetter(r):
			small++
		default:
			return false
		}
	}
	return small >= 2
}

// divide adds the places of word[start:end], which is letters only.
func (h *hyphenator) divide(places []int, word string, start, end int) []int {
	var at []int           // the byte of word behind each letter
	letters := []byte{'.'} // small, between two full stops
	bytesAt := []int{0}    // where each of them starts
	for i, r := range word[start:end] {
		at = append(at, start+i+utf8.RuneLen(r))
		bytesAt = append(bytesAt, len(letters))
		letters = utf8.AppendRune(letters, h.lower(r))
	}
	bytesAt = append(bytesAt, len(letters))
	letters = append(letters, '.')
	n := len(at)
	if n < shortestDivided {
		return places
	}
	if known, ok := h.exceptions[string(letters[1:len(letters)-1])]; ok {
		for _, k := range known {
			places = append(places, at[k-1])
		}
		return places
	}
	numbers := h.lay(letters, bytesAt)
	// numbers[k+1] stands before letter k, letter 0 being the first.
	for k := h.rule.left; k <= n-h.rule.right; k++ {
		if numbers[k+1]%2 == 1 {
			places = append(places, at[k-1])
		}
	}
	return places
}

// lay lays all patterns over letters; bytesAt is where each letter starts. The result has a number before each letter.
func (h *hyphenator) lay(letters []byte, bytesAt []int) []byte {
	numbers := make([]byte, len(bytesAt)+1)
	for i, from := range bytesAt {
		for j := i + 1; j <= len(bytesAt); j++ {
			to := len(letters)
			if j < len(bytesAt) {
				to = bytesAt[j]
			}
			if to-from > h.longest {
				break
			}
			for k, v := range h.patterns[string(letters[from:to])] {
				numbers[i+k] = max(numbers[i+k], v)
			}
		}
	}
	return numbers
}

// lower gives the small letter, one for one.
func (h *hyphenator) lower(r rune) rune {
	switch {
	case r == '’':
		return '\''
	case h.rule.tag == "tr" && r == 'I':
		return 'ı'
	case h.rule.tag == "tr" && r == 'İ':
		return 'i'
	}
	return unicode.ToLower(r)
}
