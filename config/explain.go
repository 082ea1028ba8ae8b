package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"postbag/letters/problem"
)

// yamlError takes the messages of the YAML reader apart: line, if there is one, and what is wrong.
var yamlError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// yamlHints say what to do about the YAML reader's messages, by how they begin. Of those with behind set it names the line before.
var yamlHints = []struct {
	begins string
	do     string
	behind bool
}{
	{"mapping values are not allowed", `Put a text with ": " in it in quotation marks, and start this line below the first letter of the one it belongs with`, false},
	{"could not find expected ':'", "Write a colon and a space after the name of each setting", false},
	{"did not find expected key", "Start this line below the first letter of the one it belongs with, and close every quotation mark and bracket before it", true},
	{"did not find expected", "Close every bracket and quotation mark, and write what belongs on this line", true},
	{"found unexpected end of stream", "Close the quotation mark that is opened here", false},
	{"found character that cannot start any token", "Put a text that begins with @, %, ` or a tab in quotation marks", false},
	{"exceeded max depth", "Take brackets or hyphens away: no setting is nested so deep", false},
	{"", "Indent with spaces, put a space after each colon, and put a text with signs in it in quotation marks", false},
}

var (
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
	tabIndent     = regexp.MustCompile(`(?m)^ *\t`)
)

// explainYAML makes a problem of an error of the YAML reader. That is vague on tabs and on texts that begin with *, which are the
// two most likely mistakes, so they are looked for first.
func explainYAML(data []byte, err error) (at problem.Place, what, do string) {
	found := yamlError.FindStringSubmatch(err.Error())
	if found == nil {
		return at, "this is not YAML: " + err.Error(), yamlHints[len(yamlHints)-1].do
	}
	if m := unknownAnchor.FindStringSubmatch(found[2]); m != nil {
		return lineAt(data, bytes.Index(data, []byte("*"+m[1]))), "a text that begins with * is an alias to YAML", "Put it in quotation marks"
	}
	if m := tabIndent.FindIndex(data); m != nil {
		return lineAt(data, m[0]), "this line is indented with a tab, which YAML does not take", "Indent with spaces"
	}
	at.Line, _ = strconv.Atoi(found[1])
	for _, hint := range yamlHints {
		if !strings.HasPrefix(found[2], hint.begins) {
			continue
		}
		if hint.behind || at.Line == 0 { // on the first line the YAML reader names none
			at.Line++
		}
		return at, "this is not YAML: " + found[2], hint.do
	}
	return at, "this is not YAML: " + found[2], ""
}

// lineAt is the line of a position in data.
func lineAt(data []byte, i int) problem.Place {
	return problem.Place{Line: 1 + bytes.Count(data[:max(i, 0)], []byte("\n"))}
}

// startsWord tells that a text begins with a letter or a digit.
func startsWord(text string) bool {
	for _, r := range text {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return false
}
