package config

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"postbag/letters/problem"
)

// value is what a setting was given, as texts. Of a mapping, keys holds the names in the same order.
type value struct {
	texts  []string
	keys   []string
	places []problem.Place // of each text
	at     problem.Place   // of the setting
}

func (v value) text() string {
	if len(v.texts) == 0 {
		return ""
	}
	return v.texts[0]
}

// The following are called on values that wrongValue has passed.

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
	if len(v.keys) == 0 {
		return nil, nil
	}
	texts, places := map[string]string{}, map[string]problem.Place{}
	for i, key := range v.keys {
		texts[key], places[key] = v.texts[i], v.places[i]
	}
	return texts, places
}

// wrongValue says what is wrong with one text of a setting, and what to write instead; "" for nothing.
func wrongValue(s Setting, text string) (what, do string) {
	if i := strings.IndexFunc(text, unicode.IsControl); i >= 0 {
		return s.Key + " holds a line break or another control character", "Write it on one line"
	}
	switch s.Kind {
	case Number:
		if _, err := strconv.Atoi(text); err != nil || text[0] == '+' {
			return s.Key + " is " + quoted(text) + ", which is no whole number", "Write digits only, for example " + s.Default
		}
	case Date:
		if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1000 {
			return s.Key + " is " + quoted(text) + ", which is no date", "Write it as year-month-day, for example 2026-11-23"
		}
	case YesNo:
		if _, ok := yesNo[strings.ToLower(text)]; !ok {
			return s.Key + " is " + quoted(text), "Write yes or no"
		}
	case Choice:
		for _, c := range s.Choices {
			if c == text {
				return "", ""
			}
		}
		return s.Key + " is " + quoted(text), "Write " + orList(s.Choices)
	}
	if s.check != nil {
		return s.check(text)
	}
	return "", ""
}

func quoted(text string) string { return strconv.Quote(text) }

// orList joins words: a, b or c.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// splitList reads a list from a flag or a variable: one value a line, or separated by " | ".
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
