package letters

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"postbag/letters/press"
	"postbag/letters/typeset"
	"postbag/templates"
)

//go:embed slipwords.yaml
var slipWordsFile []byte

// slipWords is what Postbag says on slip sheets, in one language.
type slipWords struct {
	Direction         string
	Bundle, Campaign  string
	GroupOf           string `yaml:"group_of"`
	Groups, Ungrouped string
	FromTo            string `yaml:"from_to"`
	Pages, Sheets     string
	InAll             string `yaml:"in_all"`
	OneSide           string `yaml:"one_side"`
	BothSides         string `yaml:"both_sides"`
	Hash, Top, Code   string
	List              string
	ListNote          string `yaml:"list_note"`
	Words             map[templates.Form]struct {
		To, Count, First, Last, Carries, Missing string
	}
}

// allSlipWords reads the words of all languages, once.
var allSlipWords = sync.OnceValues(func() (map[string]*slipWords, error) {
	var words map[string]*slipWords
	if err := yaml.Unmarshal(slipWordsFile, &words); err != nil {
		return nil, fmt.Errorf("reading slipwords.yaml: %w", err)
	}
	return words, nil
})

// slipWordsIn are the words of a language. Where there are none, they are the English ones, and own is false.
func slipWordsIn(language string) (words *slipWords, own bool) {
	all, err := allSlipWords()
	if err != nil {
		return &slipWords{}, true // a test reads the file: it is part of the program
	}
	if words, own = byTag(all, language); !own {
		words = all["en"]
	}
	return words, own
}

// slip is what all slip sheets of the campaign's packet say.
func (p *composition) slip(bundles int) press.Slip {
	c := p.campaign
	w, own := slipWordsIn(c.Letter.Language)
	language, digits := c.Letter.Language, p.words
	if !own {
		language, digits = "en", words{} // 0 to 9
	}
	of := w.Words[p.template.Form]
	sheets := w.OneSide
	if c.Bundles.Duplex {
		sheets = w.BothSides
	}
	missing := fillWords(of.Missing, "contact", cmp.Or(c.Sender.Contact, c.Sender.Organisation))
	return press.Slip{
		Campaign: c.Name, Sender: c.Sender.Organisation, Recipient: filled(c.Recipient.Name, c.Recipient.Title, c.Recipient.Company),
		Reference: p.reference(), Bundles: bundles, ListIDs: c.Bundles.ListIDs, Number: countsIn(language, digits),
		Words: press.SlipWords{
			RightToLeft: w.Direction == "right", Bundle: w.Bundle, To: of.To,
			Campaign: w.Campaign, Count: of.Count, First: of.First, Last: of.Last, Group: w.GroupOf, Groups: w.Groups, Pages: w.Pages, Sheets: w.Sheets, Hash: w.Hash,
			Ungrouped: w.Ungrouped, FromTo: w.FromTo, PagesInAll: w.InAll, SheetsInAll: sheets,
			Foot: []string{w.Top, of.Carries, missing, w.Code}, List: w.List, ListNote: w.ListNote,
		},
	}
}

// slipTexts are what slip sheets say beside the campaign's own texts, so that fonts can be asked for it.
func (p *composition) slipTexts() []string {
	w := p.slip(0).Words
	return append(slices.Clone(w.Foot), w.Bundle, w.To, w.Campaign, w.Count, w.First, w.Last, w.Group, w.Groups, w.FromTo, w.Pages, w.Sheets, w.Hash, w.Ungrouped,
		w.PagesInAll, w.SheetsInAll, w.List, w.ListNote, p.slip(0).Number(1_234_567_890), "…")
}

// slipNote says in which language slip sheets are, where it is not the letters'.
func (p *composition) slipNote() string {
	if _, own := slipWordsIn(p.campaign.Letter.Language); own {
		return ""
	}
	all, _ := allSlipWords()
	var languages []string
	for language := range all {
		languages = append(languages, language)
	}
	slices.Sort(languages)
	return fmt.Sprintf("Slip sheets are in English: Postbag has no words for them in %s, only in %s.", p.campaign.Letter.Language, strings.Join(languages, ", "))
}

// printableGroup is what a bundle's letters have in common, in characters that can be set: it need not stand on the letters, so nobody has
// asked the fonts for it.
func printableGroup(fonts *typeset.Fonts, group []string) []string {
	out := make([]string, len(group))
	for i, value := range group {
		out[i] = fonts.Settable(value)
	}
	return out
}
