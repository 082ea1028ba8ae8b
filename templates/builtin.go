package templates

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed letters/*.md
var letterFiles embed.FS

//go:embed sample
var sampleFiles embed.FS

// builtInSuffix is what the files of built-in letters in English end with.
const builtInSuffix = ".en.md"

// Names lists the built-in letters.
func Names() []string {
	entries, err := fs.ReadDir(letterFiles, "letters")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), builtInSuffix); ok {
			names = append(names, name)
		}
	}
	return names
}

// Builtin returns a built-in letter, parsed, and its Markdown; ok is false when there is none of that name.
func Builtin(name string) (letter *Letter, text []byte, ok bool) {
	text, err := fs.ReadFile(letterFiles, "letters/"+name+builtInSuffix)
	if err != nil {
		return nil, nil, false
	}
	letter, err = Parse(name, text)
	return letter, text, err == nil
}

// Sample returns the sample campaign: the folder that postbag init writes and postbag demo builds. Its letter.md is the built-in
// letter "supporter".
func Sample() fs.FS {
	files, err := fs.Sub(sampleFiles, "sample")
	if err != nil {
		return sampleFiles // a name that is no path cannot happen: "sample" is one
	}
	return files
}
