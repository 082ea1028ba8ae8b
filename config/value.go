package config

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/letters/problem"
)

// value is what a setting was given, as texts. Of a mapping, keys holds the names in the same order.
type value struct {
	texts  []string
	keys   []string
	places []problem.Place // of each text
	parts  []part          // of Records: each of them; there are no texts then
	at     problem.Place   // of the setting
	given  bool            // by somebody: it is no default
	wrong  bool            // what is wrong with it has been reported, so there is no more to say
}

func (v value) text() string {
	if len(v.texts) == 0 {
		return ""
	}
	return v.texts[0]
}

// nameOf names the text at i in messages: the setting, or the entry of a list or a mapping.
func (v value) nameOf(s Setting, i int) string {
	switch {
	case s.Kind == Mapping:
		return s.Key + "." + shown(v.keys[i])
	case s.IsList():
		return "an entry of " + s.Key
	}
	return s.Key
}

// The following are called on values that wrongText has passed.

func (v value) number() int {
	n, err := strconv.Atoi(v.text())
	if err != nil {
		return 0
	}
	return n
}

func (v value) date() time.Time {
	t, err := time.Parse(time.DateOnly, v.text())
	if err != nil {
		return time.Time{}
	}
	return t
}

// yesNo lists the words for yes and no, as people and YAML write them.
var yesNo = map[string]bool{"yes": true, "no": false, "true": true, "false": false, "on": true, "off": false}

func (v value) yes() bool { return yesNo[strings.ToLower(v.text())] }

func (v value) mapping() (map[string]string, map[string]problem.Place) {
	texts, places := map[string]string{}, map[string]problem.Place{}
	for i, key := range v.keys {
		texts[key], places[key] = v.texts[i], v.places[i]
	}
	return texts, places
}

// wrongText says what is wrong with one text of a setting, called name, and what to write instead; "" for nothing.
func wrongText(s Setting, name, text string) (what, do string) {
	if what, do := wrongCharacters(name, text); what != "" {
		return what, do
	}
	if strings.TrimSpace(text) == "" {
		if s.blank {
			return "", ""
		}
		return name + " is empty", "Write what it should be, or take it away"
	}
	if wrong, ok := wrongKind[s.Kind]; ok {
		if what, do := wrong(s, text); what != "" {
			return what, do
		}
	}
	if s.check != nil {
		return s.check(text)
	}
	return "", ""
}

// wrongKind says what is wrong with a text that should be of a kind. Kinds that are not here take any text.
var wrongKind = map[Kind]func(s Setting, text string) (what, do string){
	Number: func(s Setting, text string) (what, do string) {
		if _, err := strconv.Atoi(text); err != nil || text[0] == '+' {
			return s.Key + " is " + quoted(text) + ", which is no whole number", "Write digits only, for example " + cmp.Or(s.Default, "500")
		}
		return "", ""
	},
	Date: func(s Setting, text string) (what, do string) {
		if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1000 {
			return s.Key + " is " + quoted(text) + ", which is no date", "Write it as year-month-day, for example 2026-11-23"
		}
		return "", ""
	},
	YesNo: func(s Setting, text string) (what, do string) {
		if _, ok := yesNo[strings.ToLower(text)]; !ok {
			return s.Key + " is " + quoted(text), "Write yes or no"
		}
		return "", ""
	},
	Choice: func(s Setting, text string) (what, do string) {
		for _, c := range s.Choices {
			if c == text {
				return "", ""
			}
		}
		return s.Key + " is " + quoted(text), "Write " + orList(s.Choices)
	},
}

// wrongCharacters refuses what cannot stand in a line of a letter or of a message.
func wrongCharacters(name, text string) (what, do string) {
	switch {
	case !utf8.ValidString(text):
		return name + " is not UTF-8 text", "Write it with a keyboard that sends UTF-8, or set it in the campaign file"
	case strings.ContainsFunc(text, isLineOrControl):
		return name + " holds a line break or another control character", "Write it on one line"
	}
	return "", ""
}

// isLineOrControl also knows Unicode's own line and paragraph separators.
func isLineOrControl(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// wrongKey says what is wrong with a name that the user chose in a mapping.
func wrongKey(s Setting, key string) (what, do string) {
	if strings.TrimSpace(key) == "" {
		return s.Key + " holds a text without a name", "Write the name before the text"
	}
	return wrongCharacters("a name in "+s.Key, key)
}

// longest is how many letters of what the user typed a message repeats.
const longest = 80

// quoted writes a text in a message, in quotation marks and not too long.
func quoted(text string) string {
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return strconv.Quote(text)
}

// shown writes a name in a message: as it is, unless it is one that a terminal should not be sent.
func shown(name string) string {
	if q := quoted(name); q[1:len(q)-1] != name || name == "" {
		return q
	}
	return name
}

// orList joins words: a, b or c.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// orDefault writes a default on one line.
func orDefault(s Setting) string { return strings.ReplaceAll(s.Default, "\n", ", ") }

// splitList reads a list from a flag or a variable: one value a line or, where there is one line, separated by " | ".
func splitList(text string) []string {
	separator := "\n"
	if !strings.Contains(text, separator) {
		separator = " | "
	}
	var out []string
	for _, part := range strings.Split(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
