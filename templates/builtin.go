package templates

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed letters/*.md
var letterFiles embed.FS

//go:embed sample
var sampleFiles embed.FS

// original is the language in which the built-in letters were written; the others are translations.
const original = "en"

// builtIns lists the built-in letters as their files have them: name, dot, language.
func builtIns() (list [][2]string) {
	entries, err := fs.ReadDir(letterFiles, "letters")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if name, language, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".md"), "."); ok {
			list = append(list, [2]string{name, language})
		}
	}
	return list
}

// Names lists the built-in letters.
func Names() (names []string) {
	for _, b := range builtIns() {
		if !slices.Contains(names, b[0]) {
			names = append(names, b[0])
		}
	}
	return names
}

// Languages lists the languages in which there is a built-in letter, English first; none for a name that there is not.
func Languages(name string) (languages []string) {
	for _, b := range builtIns() {
		switch {
		case b[0] != name:
		case b[1] == original:
			languages = slices.Insert(languages, 0, original)
		default:
			languages = append(languages, b[1])
		}
	}
	return languages
}

// Translation gives the language, among those of a built-in letter, in which a letter in the language tag is written: de for de-AT, en
// for en-GB; "" for none.
func Translation(name, tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if slices.Contains(Languages(name), base) {
		return base
	}
	return ""
}

// Builtin returns a built-in letter in one of its languages, parsed, and its Markdown; ok is false when there is none.
func Builtin(name, language string) (letter *Letter, text []byte, ok bool) {
	if !slices.Contains(Languages(name), language) {
		return nil, nil, false
	}
	source := name + "." + language
	text, err := fs.ReadFile(letterFiles, "letters/"+source+".md")
	if err != nil {
		return nil, nil, false
	}
	letter, err = Parse(source, text)
	return letter, text, err == nil
}

// Sample returns the sample campaign: the folder that postbag init writes and postbag demo builds. Its letter.md is the built-in
// letter "supporter" in English.
func Sample() fs.FS {
	files, err := fs.Sub(sampleFiles, "sample")
	if err != nil {
		return sampleFiles // a name that is no path cannot happen: "sample" is one
	}
	return files
}
