package letters

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed formwords.yaml
var formWordsFile []byte

// formWords is what Postbag says on a form, in one language.
type formWords struct {
	Group, Decimal                    string
	Heading, Continued                string
	HeadingOne                        string `yaml:"heading_one"`
	ContinuedOne                      string `yaml:"continued_one"`
	Volume, Sheet, Bundle, To, Signed string
	Columns                           map[string]string
	Shares                            string
	ShareClass                        string `yaml:"share_class"`
	Self, File, Holdings, Total, By   string
	None, Not                         string
}

// allFormWords reads the words of all languages, once.
var allFormWords = sync.OnceValues(func() (map[string]*formWords, error) {
	var words map[string]*formWords
	if err := yaml.Unmarshal(formWordsFile, &words); err != nil {
		return nil, fmt.Errorf("reading formwords.yaml: %w", err)
	}
	return words, nil
})

// formWordsIn are the words of a language, or the English ones.
func formWordsIn(language string) *formWords {
	words, err := allFormWords()
	if err != nil {
		return &formWords{} // a test reads the file: it is part of the program
	}
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	if w, ok := words[base]; ok {
		return w
	}
	return words["en"]
}

func (p *composition) formWords() *formWords { return formWordsIn(p.campaign.Letter.Language) }

func (w *formWords) marks() numberMarks { return numberMarks{group: w.Group, decimal: w.Decimal} }

// fillWords puts texts in the places of a pattern: pairs of a name and what stands for it.
func fillWords(pattern string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

// ofNumbers fills the two numbers of a pattern.
func ofNumbers(pattern string, a, b int) string {
	return fillWords(pattern, "a", strconv.Itoa(a), "b", strconv.Itoa(b))
}

// texts lists all that may be printed, so that fonts can be asked for it.
func (w *formWords) texts() []string {
	texts := []string{w.Group, w.Decimal, w.Heading, w.HeadingOne, w.Continued, w.ContinuedOne, w.Volume, w.Sheet, w.Bundle, w.To,
		w.Signed, w.Shares, w.ShareClass, w.Self, w.File, w.Holdings, w.Total, w.By, w.None, w.Not}
	for _, heading := range w.Columns {
		texts = append(texts, heading)
	}
	return texts
}
