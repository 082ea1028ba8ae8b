package paperwork

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"postbag/letters/typeset"
	"postbag/templates"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// languages are those in which every text is there; the first stands in for others.
func languages() []string { return []string{"en", "de", "es", "fr", "ar"} }

// Language is the language of the paperwork of a campaign in a language (BCP 47): the same, with its region, where there are words in it; else
// English, and ok is false.
func Language(tag string) (language string, ok bool) {
	if slices.Contains(languages(), baseOf(tag)) {
		return tag, true
	}
	return languages()[0], false
}

// baseOf is a language without its region.
func baseOf(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return base
}

// Tongue is how a language writes what is not words: digits, numbers, dates, and the number of a page.
type Tongue struct {
	Digits func(text string) string
	Number func(n int) string
	Date   func(day time.Time) string
	Month  func(m time.Month, short bool) string
	PageOf func(page, pages int) string
}

// words is what paperwork says, in one language.
type words struct {
	language string
	base     string
	tongue   Tongue
	texts    map[string]map[string]string
}

// wordsIn finds the words for a campaign in a language. tongue is that of [Language].
func wordsIn(tag string, tongue Tongue) (*words, error) {
	texts, err := allWords()
	if err != nil {
		return nil, err
	}
	language, _ := Language(tag)
	return &words{language: language, base: baseOf(language), tongue: tongue, texts: texts}, nil
}

// allWords reads words/, once: text by key and language. A key is the name of its file, a dot, and its name in it.
var allWords = sync.OnceValues(func() (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	files, err := fs.Glob(wordFiles, "words/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := wordFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var words map[string]map[string]string
		if err := yaml.Unmarshal(data, &words); err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "words/"), ".yaml")
		for key, texts := range words {
			all[name+"."+key] = texts
		}
	}
	return all, nil
})

// Say gives a text; a test makes sure that each is there in all languages.
func (w *words) Say(key string) string { return w.texts[key][w.base] }

// SayFor gives the text of a form of letter where it has one of its own, key-form, and else that of key.
func (w *words) SayFor(key, form string) string {
	if text, ok := w.texts[key+"-"+form]; ok {
		return text[w.base]
	}
	return w.Say(key)
}

// Text fills a text: pairs of a name in braces and what stands for it, each set in its own direction and in bold.
func (w *words) Text(key string, pairs ...string) typeset.Text {
	return typeset.Fill(w.Say(key), templates.Bold, pairs...)
}

// TextFor is Text for a form, as SayFor is Say.
func (w *words) TextFor(key, form string, pairs ...string) typeset.Text {
	return typeset.Fill(w.SayFor(key, form), templates.Bold, pairs...)
}

// Number writes a number as the language does: 12,345.
func (w *words) Number(n int) string { return w.tongue.Number(n) }

// Date writes a date in full.
func (w *words) Date(day time.Time) string { return w.tongue.Date(day) }

// Fact makes a row of a label and what it says.
func (w *words) Fact(label, value string) typeset.Fact {
	return typeset.Fact{Label: w.Say(label), Value: typeset.Bold(value)}
}
