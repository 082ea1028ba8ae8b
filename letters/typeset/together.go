package typeset

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Some words belong together though there is a space between them: a title and its name, a person's initials, a number and its unit, a
// day and its month. No line breaks there. Which words these are is in together.yaml; a joint is what a word's looks say of it.
// Two words are looked at wherever they come from, so that Mr {{name}} and J. R. R. {{last_name}} stay together, too.

//go:embed together.yaml
var togetherTable []byte

// joint is what a word is to its neighbours; the bits add up.
type joint uint16

const (
	asTitle   joint = 1 << iota // Mr: stays with the next word
	asInitial                   // J. or J.-P.: stays with a capital
	asLabel                     // No.: stays with a digit
	asOpening                   // «: stays with the next word
	asNumber                    // 5 or 3.000: stays with a unit
	asGroup                     // digits that three more digits may follow
	asDay                       // 23, 23. or 1er: stays with a month
	asMonth                     // stays with a day
	asBetween                   // de in 23 de noviembre
	asUnit                      // kg: stays with the number before
	asTriple                    // three digits: may go on with a number
	asDigit                     // begins with a digit
	asCapital                   // begins with a capital
	asClosing                   // a lone dash or punctuation: stays with the word before
)

// parted tells whether a line may break between two words that a space stands between.
func parted(before, after joint) bool {
	switch {
	case after&asClosing != 0, before&(asTitle|asOpening) != 0,
		before&asInitial != 0 && after&asCapital != 0,
		before&asLabel != 0 && after&asDigit != 0,
		before&asNumber != 0 && after&asUnit != 0,
		before&asGroup != 0 && after&asTriple != 0,
		before&asDay != 0 && after&(asMonth|asBetween) != 0,
		before&asBetween != 0 && after&asMonth != 0,
		before&asMonth != 0 && after&asDay != 0:
		return false
	}
	return true
}

// wordLists is what together.yaml says for one language.
type wordLists struct {
	Titles, Labels, Units, Months, Between []string
}

var together = sync.OnceValues(func() (map[string]wordLists, error) {
	var table map[string]wordLists
	if err := yaml.Unmarshal(togetherTable, &table); err != nil {
		return nil, fmt.Errorf("reading the table of words that stay together: %w", err)
	}
	return table, nil
})

// joints knows the joints of words in one language. It is read-only.
type joints struct {
	words   map[string]joint
	lengths [256]uint64 // by first and last byte, mixed: the lengths of such words, as bits
}

func newJoints(language string) (*joints, error) {
	table, err := together()
	if err != nil {
		return nil, err
	}
	base, _, _ := cutTag(strings.ToLower(language))
	j := &joints{words: map[string]joint{}}
	for _, lists := range []wordLists{table["all"], table[base]} {
		j.add(asTitle, lists.Titles)
		j.add(asLabel, lists.Labels)
		j.add(asUnit, lists.Units)
		j.add(asMonth, lists.Months)
		j.add(asBetween, lists.Between)
	}
	return j, nil
}

func (j *joints) add(as joint, words []string) {
	for _, w := range words {
		j.words[w] |= as
		j.lengths[mix(w)] |= 1 << len(w)
	}
}

// Marks that may stand before and behind a word. Some languages close with what others open with; marks that are typed with spaces
// around them are French, and there « opens.
const (
	openingMarks = "([{\"'“‘„‚«‹¿¡*"
	closingMarks = ",;:!?.)]}\"'”’»›…*%‰"
)

// of finds the joint of a word.
func (j *joints) of(text string) joint {
	n := len(text)
	if n == 0 {
		return 0
	}
	if plainLetter(text[0]) && plainLetter(text[n-1]) {
		return j.word(text) | capital(text)
	}
	word := text
	if !plainLetter(text[0]) {
		word = strings.TrimLeft(text, openingMarks)
		if word == "" || allIn(text, closingMarks) || dashes(text) {
			return marksAlone(text)
		}
	}
	as := j.word(word) | capital(word)
	if !plainLetter(word[0]) {
		as |= numberJoint(word)
	}
	if word != text {
		as &^= asUnit | asTriple // «5: its neighbour before is the mark
	}
	if word[len(word)-1] == '.' && initials(word) {
		as |= asInitial
	}
	if plainLetter(text[n-1]) {
		return as
	}
	if bare := strings.TrimRight(word, closingMarks); bare != word && bare != "" {
		as |= j.word(bare) & (asUnit | asMonth)
		as |= numberJoint(bare) & (asTriple | asDay)
	}
	return as
}

// word looks a word up; most are seen to be missing without it.
func (j *joints) word(text string) joint {
	if len(text) > 63 || j.lengths[mix(text)]>>len(text)&1 == 0 {
		return 0
	}
	return j.words[text]
}

func mix(text string) byte { return text[0]*7 + text[len(text)-1]*29 }

// marksAlone is for text without a letter or digit at its start.
func marksAlone(text string) joint {
	switch {
	case dashes(text), allIn(text, ",;:!?.)]}”’»›…%‰"):
		return asClosing
	case allIn(text, "([{“‘„‚«‹¿¡"):
		return asOpening
	}
	return 0
}

func allIn(text, set string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(set, r) }) < 0
}

// dashes tells whether a word is dashes or minus signs and nothing else.
func dashes(text string) bool { return allIn(text, "-‐‑‒–—―−") }

func plainLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

func capital(text string) joint {
	r, _ := utf8.DecodeRuneInString(text)
	if r >= 'a' && r <= 'z' || !unicode.IsUpper(r) && !unicode.IsTitle(r) {
		return 0
	}
	return asCapital
}

// initials tells whether a word is initials: capitals, each with a full stop, perhaps with hyphens between.
func initials(word string) bool {
	stop := true // one has come before
	for i, r := range word {
		switch {
		case r == '.' && !stop:
			stop = true
		case r == '-' && i > 0 && stop:
		case stop && (unicode.IsUpper(r) || unicode.IsTitle(r)):
			stop = false
		case !stop && unicode.IsMark(r):
		default:
			return false
		}
	}
	return stop
}

// numberJoint is for words that begin with a digit, a sign or a currency.
func numberJoint(word string) joint {
	digits := strings.TrimLeft(word, "+-−±€$£¥<>≤≥~≈")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0
	}
	as := asDigit
	end := strings.TrimLeft(digits, "0123456789")
	n := len(digits) - len(end)
	if end == "" && n == 3 && digits == word {
		as |= asTriple
	}
	if end == "" && n <= 3 {
		as |= asGroup
	}
	if n <= 2 && digits == word && slices.Contains([]string{"", ".", "er", "re", "º", "ª", "°", "st", "nd", "rd", "th", "e", "de", "ste"}, end) {
		if value := digits[:n]; value > "0" && (n == 1 || value <= "31") {
			as |= asDay
		}
	}
	if last := digits[len(digits)-1]; last >= '0' && last <= '9' && strings.Trim(digits, "0123456789.,'’:/–-×\u00a0\u202f") == "" {
		as |= asNumber
	}
	return as
}
