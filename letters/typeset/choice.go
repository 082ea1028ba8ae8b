package typeset

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
)

// Which face sets what.
//
// The faces of the campaign are tried first, then those in the binary, then the system's. A signer's value (a name, a place) is looked at
// as a whole: for each of its scripts the first face that has all that the value has of the script sets it, so that a name is not set in
// two designs where one will do. Where none has it all, each letter, with the marks that belong to it, is set in the first face that has
// it. What belongs to no script (digits, hyphens, brackets) follows the letters beside it where their face has it, and is else set
// in the main face, which is the one that plain Latin is set in. Text of the template is looked at word by word.
//
// A face that places a letter's marks well goes before one that merely has them: see marks.go.
//
// The choice follows from the text, the style and the faces there are, and from nothing else: not from which names were looked
// at before. The system's faces are looked for only when the campaign's and the binary's leave a script of some value
// unset or in pieces; a text that they do set comes out the same whether or not the system's are known by then.

// stack is the sources of a style, in the order in which they are tried, but for the system's.
type stack struct {
	sources []*source
	main    *source     // that plain Latin is set in
	pages   [][]*source // by character / 256: those that have any of them
	plain   [commonRunes / 64]uint64
}

// commonRunes is how many characters are looked up in a table: Latin, Greek and Cyrillic are among them.
const commonRunes = 0x600

func newStack(sources []*source) *stack {
	st := &stack{sources: sources, main: sources[0]}
	for _, s := range sources {
		if s.covers.has('x') && s.covers.has(' ') {
			st.main = s
			break
		}
	}
	for _, s := range sources {
		for page, bits := range s.covers.pages {
			if bits == nil {
				continue
			}
			if page >= len(st.pages) {
				st.pages = append(st.pages, make([][]*source, page+1-len(st.pages))...)
			}
			st.pages[page] = append(st.pages[page], s)
		}
	}
	return st
}

// markPlain notes which of the first characters the main face sets in any case: no mark joins them, and no face goes before it. It
// loads none.
func (st *stack) markPlain() {
	for r := rune(' '); r < commonRunes; r++ {
		if alone(r) && st.main.covers.has(r) && (mainFirst(r) || st.pages[r/pageRunes][0] == st.main) {
			st.plain[r/64] |= 1 << (r % 64)
		}
	}
}

// mainFirst tells whether the main face goes before all others for a character: Latin is its own, and so is what belongs to no script.
func mainFirst(r rune) bool {
	script := language.LookupScript(r)
	return script == language.Latin || !script.Strong()
}

func (st *stack) isPlain(r rune) bool { return r < commonRunes && st.plain[r/64]&(1<<(r%64)) != 0 }

// first returns the first source that has all the characters and can be loaded, or of those that place its marks well; nil when there is none.
func (st *stack) first(text []rune, well bool) *source {
	at := slices.IndexFunc(text, func(r rune) bool { return !invisible(r) })
	if at < 0 {
		return st.main
	}
	if mainFirst(text[at]) && st.main.sets(text, well) {
		return st.main
	}
	page := int(text[at] / pageRunes)
	if page >= len(st.pages) {
		return nil
	}
	for _, s := range st.pages[page] {
		if s.sets(text, well) {
			return s
		}
	}
	return nil
}

// sets tells whether the source has all the characters and can be loaded and, where this is asked for, places their marks well.
func (s *source) sets(text []rune, well bool) bool {
	return s.covers.hasAll(text) && s.load() != nil && (!well || s.places(text))
}

// first returns the first source that sets a text, the system's included where they have been looked for: one that places its marks
// well, if there is one.
func (f *Fonts) first(text []rune, style Style) *source {
	if s := f.firstWith(text, style, true); s != nil || !slices.ContainsFunc(text, isMark) {
		return s
	}
	return f.firstWith(text, style, false)
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }

func (f *Fonts) firstWith(text []rune, style Style, well bool) *source {
	if s := f.stack(style).first(text, well); s != nil {
		return s
	}
	system := f.system.Load()
	if system == nil {
		return nil
	}
	for _, s := range *system {
		if s.sets(text, well) {
			return s
		}
	}
	return nil
}

// alone tells whether a character never forms a cluster with another letter: those of Latin, Greek, Cyrillic and Armenian.
func alone(r rune) bool {
	return r < 0x300 || r >= 0x370 && r <= 0x482 || r >= 0x48A && r <= 0x58A || r >= 0x1E00 && r <= 0x1FFF
}

// maxScripts is how many scripts of a text are looked at as a whole; nobody's name has more.
const maxScripts = 4

// scriptText is what a text has of one script: its letters and the marks on them.
type scriptText struct {
	script language.Script
	text   []rune
}

// scripts is a text sorted by script.
type scripts struct {
	of     []scriptText
	weak   []rune // what belongs to none
	marked bool   // a mark stands on what belongs to none
}

// sort reads a text. Marks belong to the letter before them.
func (s *scripts) sort(text []rune) {
	s.of, s.weak, s.marked = s.of[:0], s.weak[:0], false
	last := -1
	for _, r := range text {
		if invisible(r) {
			continue
		}
		script := language.LookupScript(r)
		switch {
		case script.Strong():
			last = s.index(script)
			s.of[last].text = append(s.of[last].text, r)
		case unicode.Is(unicode.M, r) && last >= 0:
			s.of[last].text = append(s.of[last].text, r)
		default:
			s.marked = s.marked || unicode.Is(unicode.M, r)
			s.weak = append(s.weak, r)
			last = -1
		}
	}
}

// index finds the place of a script, or makes one.
func (s *scripts) index(script language.Script) int {
	for i := range s.of {
		if s.of[i].script == script {
			return i
		}
	}
	n := len(s.of)
	if n < cap(s.of) {
		s.of = s.of[:n+1] // with the memory that is there
	} else {
		s.of = append(s.of, scriptText{})
	}
	s.of[n].script, s.of[n].text = script, s.of[n].text[:0]
	return n
}

// leads is the faces of a value, by script. It belongs to one shaper, and knows the last value.
type leads struct {
	value   []byte
	style   Style
	of      []scriptLead
	runes   []rune
	scripts scripts

	long      []byte // the last long value, and whether the main face sets all of it
	longStyle Style
	longPlain bool
}

type scriptLead struct {
	script language.Script
	source *source
}

// plainValue tells whether the main face sets all of the value.
func (st *stack) plainValue(value string) bool {
	for i := 0; i < len(value); {
		r, size := rune(value[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(value[i:])
		}
		if !st.isPlain(r) {
			return false
		}
		i += size
	}
	return true
}

// longValue is from how many bytes on a value is remembered and not looked through again for each of its words: a comment has hundreds.
const longValue = 48

// plain tells whether the main face sets all of the value.
func (l *leads) plain(st *stack, value string, style Style) bool {
	if len(value) < longValue {
		return st.plainValue(value)
	}
	if string(l.long) != value || l.longStyle != style {
		l.long, l.longStyle, l.longPlain = append(l.long[:0], value...), style, st.plainValue(value)
	}
	return l.longPlain
}

// lead returns the face in which a word of a signer's value is set as far as it goes; nil for the first that has the word.
func (s *shaper) lead(value string, word []byte, style Style) *source {
	st := s.fonts.stack(style)
	l := &s.leads
	if value == "" || l.plain(st, value, style) {
		return nil
	}
	if string(l.value) != value || l.style != style {
		l.value, l.style, l.of, l.runes = append(l.value[:0], value...), style, l.of[:0], l.runes[:0]
		for _, r := range value {
			l.runes = append(l.runes, r)
		}
		l.scripts.sort(l.runes)
		for _, t := range l.scripts.of[:min(len(l.scripts.of), maxScripts)] {
			if source := s.fonts.first(t.text, style); source != nil {
				l.of = append(l.of, scriptLead{t.script, source})
			}
		}
	}
	for at := 0; at < len(word); {
		r, size := utf8.DecodeRune(word[at:])
		at += size
		script := language.LookupScript(r)
		if !script.Strong() {
			continue
		}
		for i := range l.of {
			if l.of[i].script != script {
				continue
			}
			if lead := l.of[i].source; lead != st.main || script != language.Latin && st.main != st.sources[0] {
				return lead
			}
			break // it comes first anyway
		}
		return nil
	}
	return nil
}

// Missing returns the characters of text that cannot be set, each once, in order; nil when the text can be set. A letter and its
// marks must come from one face: a mark that no face has together with its letter is missing too.
func (f *Fonts) Missing(text string) []rune {
	if f.stack(0).plainValue(text) {
		return nil
	}
	return f.missing(text)
}

// Settable writes the characters of a text that cannot be set by their numbers, as in [U+0378]: for paperwork, which does not wait for a font.
func (f *Fonts) Settable(text string) string {
	missing := f.Missing(text)
	if len(missing) == 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if slices.Contains(missing, r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (f *Fonts) missing(text string) []rune {
	var s scripts
	s.sort([]rune(text))
	whole, system := !s.marked, false
	for i := range s.of {
		source := f.find(s.of[i].text)
		whole = whole && source != nil && i < maxScripts
		system = system || source != nil && source.origin == FromSystem
	}
	for i := range s.weak {
		whole = f.find(s.weak[i:i+1]) != nil && whole
	}
	if system { // words of the template are looked at one by one: their faces are to be known, too
		for _, word := range strings.Fields(text) {
			s.sort([]rune(word))
			for i := range s.of {
				f.find(s.of[i].text)
			}
		}
	}
	if whole {
		return nil
	}
	return f.missingClusters(text)
}

// find is first, for text in upright regular; it looks for the system's faces when there is no other.
func (f *Fonts) find(text []rune) *source {
	if s := f.firstWith(text, 0, true); s != nil {
		return s
	}
	if f.system.Load() == nil {
		f.scanSystem()
	}
	return f.first(text, 0)
}

// missingClusters looks at each letter with its marks. It loads the faces on its way, so that all that will set the text are known.
func (f *Fonts) missingClusters(text string) []rune {
	var lacking []rune
	add := func(r rune) {
		if !slices.Contains(lacking, r) {
			lacking = append(lacking, r)
		}
	}
	var s segmenter.Segmenter
	s.Init([]rune(text))
	for it := s.GraphemeIterator(); it.Next(); {
		cluster := slices.DeleteFunc(slices.Clone(it.Grapheme().Text), invisible)
		if len(cluster) == 0 || f.find(cluster) != nil {
			continue
		}
		parts := 0
		for i, r := range cluster {
			if f.find(cluster[i:i+1]) != nil {
				parts++
			} else {
				add(r)
			}
		}
		if parts == len(cluster) { // each has a face, but no face has them together
			for _, r := range cluster[1:] {
				add(r)
			}
		}
	}
	return lacking
}
