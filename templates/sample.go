package templates

import (
	"fmt"
	"io/fs"
	"strings"
)

// SampleFile is a file of the sample campaign; its name has slashes.
type SampleFile struct {
	Name string
	Text []byte
}

// salutations are how the sample's letters begin, by language. The campaign's own word is in campaign.yaml.
var salutations = map[string]string{
	"en": "Dear Mr Karp,", "es": "Estimado señor Karp:", "fr": "Monsieur le Directeur général,", "de": "Sehr geehrter Herr Karp,",
	"ar": "السيد ألكسندر كارب المحترم،",
}

// SampleWith returns the files of the sample campaign with one of the built-in letters in one of its languages; ok is false when there is
// no such letter.
func SampleWith(name, language string) (files []SampleFile, ok bool, err error) {
	_, letter, ok := Builtin(name, language)
	if !ok {
		return nil, false, nil
	}
	sample := Sample()
	err = fs.WalkDir(sample, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sample, path)
		switch path {
		case "letter.md":
			text = letter
		case "campaign.yaml":
			text = inLanguage(text, language)
		}
		files = append(files, SampleFile{Name: path, Text: text})
		return err
	})
	if err != nil {
		return nil, true, fmt.Errorf("reading the sample campaign: %w", err)
	}
	return files, true, nil
}

// inLanguage writes the language of the letter and its salutation into campaign.yaml.
func inLanguage(text []byte, language string) []byte {
	if language == original {
		return text
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "  salutation: "):
			lines[i] = "  salutation: \"" + salutations[language] + "\""
		case strings.HasPrefix(line, "  language: "):
			_, remark, _ := strings.Cut(line, "#")
			lines[i] = fmt.Sprintf("%-29s#%s", "  language: "+language, remark)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
