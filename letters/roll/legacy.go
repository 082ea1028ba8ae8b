package roll

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// An old encoding has one byte a character and nothing that names it, so the words of the list must tell. Every encoding that could be
// meant reads the words that hold bytes beyond ASCII. One that reads a letter as a symbol, capitals inside words, or two scripts in one word
// is out. Those that are left and read all words the same make no difference. Where they do, known words and known neighbours of letters
// decide, if they do so clearly; else the list is refused, with what each encoding would make of it. A name read wrong cannot be
// called back from paper.

// legacyEncoding is an old encoding and the languages that were written in it.
type legacyEncoding struct {
	name      string
	aliases   []string
	charmap   *charmap.Charmap
	languages []string
}

const (
	western  = "es pt fr de it nl sv da nb fi is ca"
	central  = "pl cs sk hu ro hr sl"
	cyrillic = "ru uk bg sr be mk"
)

// legacy lists the old encodings that are told apart.
func legacy() []legacyEncoding {
	return []legacyEncoding{
		{"windows-1252", []string{"cp1252", "iso-8859-1", "latin1", "latin-1"}, charmap.Windows1252, strings.Fields(western)},
		{"windows-1250", []string{"cp1250"}, charmap.Windows1250, strings.Fields(central)},
		{"windows-1251", []string{"cp1251"}, charmap.Windows1251, strings.Fields(cyrillic)},
		{"macintosh", []string{"mac", "mac-roman", "macroman", "x-mac-roman"}, charmap.Macintosh, strings.Fields(western)},
		{"windows-1254", []string{"cp1254", "iso-8859-9"}, charmap.Windows1254, []string{"tr"}},
		{"windows-1257", []string{"cp1257"}, charmap.Windows1257, []string{"lt", "lv", "et"}},
		{"windows-1253", []string{"cp1253"}, charmap.Windows1253, []string{"el"}},
		{"windows-1255", []string{"cp1255"}, charmap.Windows1255, []string{"he"}},
		{"windows-1256", []string{"cp1256"}, charmap.Windows1256, []string{"ar", "fa"}},
		{"iso-8859-2", []string{"latin2", "latin-2"}, charmap.ISO8859_2, strings.Fields(central)},
		{"koi8-r", nil, charmap.KOI8R, []string{"ru"}},
		{"x-mac-cyrillic", []string{"mac-cyrillic"}, charmap.MacintoshCyrillic, strings.Fields(cyrillic)},
		{"ibm850", []string{"cp850"}, charmap.CodePage850, strings.Fields(western)},
		{"ibm852", []string{"cp852"}, charmap.CodePage852, strings.Fields(central)},
		{"ibm866", []string{"cp866"}, charmap.CodePage866, strings.Fields(cyrillic)},
	}
}

//go:embed words.txt
var knownWords string

// lexicon is what is known of the words of some languages.
type lexicon struct {
	words map[string]bool    // folded
	pairs map[[2]rune]string // a letter beyond ASCII and a neighbour; ' ' at the ends of words
}

// lexicons keeps the lexicon of each group of languages that an old encoding serves.
var lexicons = sync.OnceValue(func() map[string]*lexicon {
	byLanguage := map[string][]string{}
	for line := range strings.Lines(knownWords) {
		tag, words, ok := strings.Cut(line, ":")
		if ok && !strings.HasPrefix(tag, "#") {
			byLanguage[tag] = append(byLanguage[tag], strings.Fields(words)...)
		}
	}
	out := map[string]*lexicon{}
	for _, l := range legacy() {
		key := strings.Join(l.languages, " ")
		if out[key] != nil {
			continue
		}
		lex := &lexicon{words: map[string]bool{}, pairs: map[[2]rune]string{}}
		for _, tag := range l.languages {
			lex.learn(byLanguage[tag])
			lex.learn(countryWords(language.Make(tag)))
		}
		out[key] = lex
	}
	return out
})

// countryWords are the words of the names of countries and languages, in a language, as CLDR has them.
func countryWords(tag language.Tag) (words []string) {
	regions, languages := display.Regions(tag), display.Languages(tag)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if r, err := language.ParseRegion(string([]rune{a, b})); err == nil && r.IsCountry() && regions != nil {
				words = append(words, strings.Fields(regions.Name(r))...)
			}
			if l, err := language.ParseBase(strings.ToLower(string([]rune{a, b}))); err == nil && languages != nil {
				words = append(words, strings.Fields(languages.Name(l))...)
			}
		}
	}
	return words
}

func (l *lexicon) learn(words []string) {
	for _, w := range words {
		w = strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
		l.words[w] = true
		eachPair(w, func(p [2]rune) bool { l.pairs[p] = w; return true })
	}
}

// eachPair shows the pairs of neighbours in a word of which one is a letter beyond ASCII.
func eachPair(word string, show func([2]rune) bool) {
	before := ' '
	for _, r := range word + " " {
		if (r >= utf8.RuneSelf || before >= utf8.RuneSelf) && !show([2]rune{before, r}) {
			return
		}
		before = r
	}
}

// familiar tells whether all neighbours in a word are known.
func (l *lexicon) familiar(word string) bool {
	known := true
	eachPair(word, func(p [2]rune) bool {
		known = l.pairs[p] != ""
		return known
	})
	return known
}

// reading is what one old encoding makes of the words.
type legacyReading struct {
	legacyEncoding
	words []string // "" for one that it cannot have written
	bad   int
}

// maxWords is how many different words are looked at.
const maxWords = 4000

// findLegacy finds the old encoding of a file.
func (s *source) findLegacy() (e textEncoding, how string, err error) {
	words, err := s.foreignWords()
	if err != nil {
		return e, "", err
	}
	readings := possibleReadings(words)
	if len(readings) == 0 {
		return e, "", s.refuse("the signer list is neither UTF-8 nor in an old encoding that Postbag can tell", "Export it again as CSV (UTF-8), or name its encoding with signers.encoding in "+s.setting)
	}
	best := readings[0]
	for _, other := range readings[1:] {
		mine, theirs := compareReadings(best, other)
		if mine < theirs {
			best = other
		}
	}
	for _, other := range readings {
		if mine, theirs := compareReadings(best, other); (theirs*6 > mine || mine < 3) && !slices.Equal(best.words, other.words) {
			return e, "", s.undecided(best, other)
		}
	}
	if known, _ := compareReadings(best, legacyReading{words: make([]string, len(best.words))}); known*2 < len(best.words) {
		return e, "", s.refuse(fmt.Sprintf("the signer list is in an old encoding, and nothing tells for certain which; it may be %s, in which it says %s", best.name, samplesOf(best)),
			fmt.Sprintf("If that is right, set signers.encoding to %s in %s; else export the list again as CSV (UTF-8)", best.name, s.setting))
	}
	return textEncoding{name: best.name, table: tableOf(best.charmap)}, fmt.Sprintf("its words, such as %s", samplesOf(best)), nil
}

// foreignWords collects the different words of the file that hold bytes beyond ASCII.
func (s *source) foreignWords() ([][]byte, error) {
	seen := map[string]bool{}
	var words [][]byte
	var cut []byte // a word that goes over the end of a block
	err := s.scan(func(block []byte) bool {
		for start, i := 0, 0; ; i++ {
			if i < len(block) && (block[i] >= 'A' && block[i]|0x20 <= 'z' || block[i] >= utf8.RuneSelf) && i-start < 64 {
				continue
			}
			word := block[start:i]
			if len(cut) > 0 {
				word, cut = append(cut, word...), nil
			}
			if i == len(block) {
				cut = bytes.Clone(word)
				return len(words) < maxWords
			}
			start = i + 1
			if slices.ContainsFunc(word, func(b byte) bool { return b >= utf8.RuneSelf }) && !seen[string(word)] {
				seen[string(word)] = true
				words = append(words, bytes.Clone(word))
			}
		}
	})
	if len(cut) > 0 && slices.ContainsFunc(cut, func(b byte) bool { return b >= utf8.RuneSelf }) {
		words = append(words, cut)
	}
	return words, err
}

// possibleReadings reads the words with each old encoding and keeps those that make words of nearly all of them.
func possibleReadings(words [][]byte) (out []legacyReading) {
	for _, l := range legacy() {
		r := legacyReading{legacyEncoding: l}
		table := tableOf(l.charmap)
		for _, w := range words {
			text := string(textEncoding{table: table}.decodeAll(w))
			if !isWord(text) {
				r.bad++
				text = ""
			}
			r.words = append(r.words, text)
		}
		if r.bad*50 <= len(words) {
			out = append(out, r)
		}
	}
	return out
}

// isWord tells whether text can be a word, or words with marks between them: letters of one script, capitals in front or throughout.
func isWord(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("’‘“”–—\u00a0", r) }) {
		upper, lower, latin, other := 0, 0, 0, 0
		inner, second := false, false // a capital behind a small letter, or behind a capital and before a small letter
		for _, r := range word {
			switch {
			case !unicode.IsLetter(r) && !unicode.IsMark(r):
				return (r == 'ª' || r == 'º') && latin > 0
			case unicode.IsUpper(r):
				inner = inner || lower > 0 && r >= utf8.RuneSelf
				second = second || upper > 0 && r >= utf8.RuneSelf
				upper++
			case unicode.IsLower(r):
				inner = inner || second && lower == 0
				lower++
			}
			if unicode.Is(unicode.Latin, r) {
				latin++
			} else {
				other++
			}
		}
		if inner || latin > 0 && other > 0 || upper > 1 && lower > 0 && !strings.HasPrefix(word, "Mc") && upper != 2 || !mixed(word) {
			return false
		}
	}
	return true
}

// mixed tells whether a Latin word has no more than three letters beyond ASCII in a row: more of them are another script, read wrong.
func mixed(word string) bool {
	run := 0
	for _, r := range word {
		if run++; r < utf8.RuneSelf || !unicode.Is(unicode.Latin, r) {
			run = 0
		}
		if run > 3 {
			return false
		}
	}
	return true
}

// compareReadings weighs the words that two encodings read differently: a known word counts three, one of known neighbours one.
func compareReadings(a, b legacyReading) (forA, forB int) {
	weigh := func(r legacyReading, word string) int {
		word = strings.ToLower(word)
		lex := lexicons()[strings.Join(r.languages, " ")]
		switch {
		case word == "":
			return 0
		case lex.words[word]:
			return 3
		case lex.familiar(word):
			return 1
		}
		return 0
	}
	for i := range a.words {
		if a.words[i] != b.words[i] {
			wa, wb := weigh(a, a.words[i]), weigh(b, b.words[i])
			forA, forB = forA+max(0, wa-wb), forB+max(0, wb-wa)
		}
	}
	return forA, forB
}

func samplesOf(r legacyReading) string {
	var out []string
	for _, w := range r.words {
		if w != "" && len(out) < 3 {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}

// undecided refuses a file that two encodings read differently.
func (s *source) undecided(a, b legacyReading) error {
	for i := range a.words {
		if a.words[i] != b.words[i] {
			return s.refuse(fmt.Sprintf("the signer list is in an old encoding, and nothing tells for certain which: in %s it says %q, in %s %q",
				a.name, a.words[i], b.name, b.words[i]),
				fmt.Sprintf("Set signers.encoding in %s to the one that is right, or export the list again as CSV (UTF-8)", s.setting))
		}
	}
	return nil
}
