package letters

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postbag/config"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/templates"
)

// readTemplate finds a built-in letter in the letter's language, or a file.
func readTemplate(c *config.Campaign) (*templates.Letter, []byte, error) {
	name, language, ok := c.Letter.BuiltIn()
	if ok {
		return readBuiltIn(c, name, language)
	}
	path := c.Letter.Template
	text, err := os.ReadFile(path)
	if err != nil {
		what := "the template cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			what = "the template is not there"
		}
		return nil, nil, problem.List{{
			Place: problem.Place{File: path}, What: what,
			Do: "Correct letter.template in " + c.File,
		}}
	}
	letter, err := templates.Parse(path, text)
	if err != nil {
		return nil, nil, err
	}
	return letter, text, sameLanguage(c, letter)
}

// readBuiltIn picks the translation. A letter is never sent in a language that nobody asked for.
func readBuiltIn(c *config.Campaign, name, language string) (*templates.Letter, []byte, error) {
	at := problem.Place{File: c.File}
	languages := templates.Languages(name)
	if len(languages) == 0 {
		return nil, nil, problem.List{{
			Place: at, What: "there is no built-in letter called " + name,
			Do: "Set letter.template to a Markdown file or to one of: " + strings.Join(templates.Names(), ", "),
		}}
	}
	asked := language
	if language == "" {
		asked = c.Letter.Language
		language = templates.Translation(name, asked)
	}
	letter, text, ok := templates.Builtin(name, language)
	if !ok {
		return nil, nil, problem.List{{
			Place: at, What: fmt.Sprintf("the built-in letter %s is not there in the language %s", name, asked),
			Do: fmt.Sprintf("Set letter.language to one of: %s; or copy the letter with postbag templates copy %s and translate it", strings.Join(languages, ", "), name),
		}}
	}
	return letter, text, sameLanguage(c, letter)
}

// sameLanguage refuses a letter that says it is in another language than letter.language: dates and the division of words would be wrong on
// every letter.
func sameLanguage(c *config.Campaign, letter *templates.Letter) error {
	base := func(tag string) string {
		first, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
		return first
	}
	if letter.Language == "" || base(letter.Language) == base(c.Letter.Language) {
		return nil
	}
	return problem.List{{
		Place: problem.Place{File: letter.Source}, What: fmt.Sprintf("the letter is in the language %s, but letter.language is %s", letter.Language, c.Letter.Language),
		Do: fmt.Sprintf("Set letter.language to %s in %s, or correct language in the letter's front matter", letter.Language, c.File),
	}}
}

// templateName is how accounts name the template: shareholder.de for a built-in letter, letter.md for a file.
func (p *composition) templateName() string { return filepath.Base(p.template.Source) }

// bindVacant takes a field that neither the campaign nor the list has for an empty one, where it has a meaning and the text can do without it:
// one letter serves lists with holdings or comments and lists without. Any other name is most likely mistyped.
func (p *composition) bindVacant(use templates.FieldUse, problems *problem.List) {
	key := roll.Fold(use.Name)
	means := func(name string) bool { return roll.Fold(name) == key }
	known := slices.ContainsFunc(roll.Standard(), means) || slices.ContainsFunc(p.template.Optional, means)
	switch {
	case known && use.Bare.Line == 0:
		p.fields.vacant[key] = true
	case known:
		problems.Add(use.Bare, "nothing fills the field {{"+use.Name+"}}",
			"Write {{if "+use.Name+"}}…{{end}} round the text that needs it, or {{"+use.Name+` | default "text"}}`)
	default:
		problems.Add(use.At, "there is no field {{"+use.Name+"}}", "Use one of: "+strings.Join(p.known(), ", "))
	}
}

// LetterReport says which letter is written.
type LetterReport struct {
	Template     string         `json:"template"` // shareholder.de for a built-in letter, letter.md for a file
	Form         templates.Form `json:"form"`
	Language     string         `json:"language"`
	TemplateHash string         `json:"template_sha256"`
	WordingHash  string         `json:"wording_sha256"` // as in the manifest
}

func (p *composition) letterReport() LetterReport {
	return LetterReport{
		Template: p.templateName(), Form: p.template.Form, Language: p.campaign.Letter.Language, TemplateHash: p.hash, WordingHash: p.wording,
	}
}

// printsComments tells whether the letter has a place for the signers' comments, and the list has a column of them.
func (p *composition) printsComments() bool {
	_, ok := p.comment()
	return ok
}

// comment is the slot of the signers' comments.
func (p *composition) comment() (slot int, ok bool) {
	if !p.list.Has("comment") {
		return 0, false
	}
	slot, ok = p.fields.Slot("comment")
	return slot, ok && slot < p.printed
}
