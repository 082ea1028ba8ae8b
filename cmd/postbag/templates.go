package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/problem"
	"postbag/templates"
)

// templateActions are what templates does with a letter, beside listing all.
var templateActions = []string{"show", "copy"}

func (a *app) templatesCommand() command {
	return command{
		name:    "templates",
		summary: "list the built-in letters, show one, or copy one to edit",
		about: "Lists the letters that letter.template can name, with the languages they are there in and the fields they use. `show NAME`\n" +
			"prints one, and `copy NAME` writes it to a file to edit: FILE, or the letter's name and language in this folder. A file that\n" +
			"is there already is overwritten with --replace only.",
		operands: []operand{
			{name: "ACTION", what: "show or copy; without it the letters are listed", optional: true},
			{name: "NAME", what: "the letter, as the list names it", optional: true},
			{name: "FILE", what: "the file that copy writes, ending in .md", optional: true},
		},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "language", Usage: "show or copy the letter in the language `TAG`, for example de (default: English)"},
			&cli.BoolFlag{Name: "replace", Usage: "let copy overwrite the file", DisableDefaultText: true},
		},
		statuses: []exitStatus{
			{done, "done"},
			{failed, "failed; nothing was overwritten"},
			{misused, "wrong usage, or no such letter"},
		},
		examples: []string{"postbag templates", "postbag templates show shareholder --language de", "postbag templates copy urgent --language es my-letter.md"},
		run:      a.templates,
	}
}

func (a *app) templates(c *cli.Context) (result, error) {
	words := c.Args().Slice()
	action := ""
	if len(words) > 0 {
		action = words[0]
	}
	switch {
	case action == "":
		for _, flag := range []string{"language", "replace"} {
			if c.IsSet(flag) {
				return nil, usageError{what: "--" + flag + " belongs to show and copy", do: "Write postbag templates copy NAME --" + flag}
			}
		}
		return listTemplates(), nil
	case !slices.Contains(templateActions, action):
		return nil, noAction(action)
	case len(words) < 2:
		return nil, usageError{what: action + " needs NAME, the letter", do: "`postbag templates` lists the letters"}
	case action == "show" && c.IsSet("replace"):
		return nil, usageError{what: "--replace belongs to copy", do: "Take it away: show writes nothing"}
	case action == "show" && len(words) > 2:
		return nil, usageError{what: fmt.Sprintf("show takes no FILE, but there is %q", words[2]), do: "Write postbag templates copy to write a file"}
	}
	shown, err := findTemplate(words[1], c.String("language"), c.IsSet("language"))
	if err != nil || action == "show" {
		return shown, err
	}
	file := shown.Template + ".md"
	if len(words) > 2 {
		file = words[2]
	}
	return copyTemplate(shown, file, c.Bool("replace"))
}

// noAction answers a mistyped action, or a letter's name without one.
func noAction(word string) error {
	do := "Write show or copy, or nothing to list the letters"
	if name, _, _ := strings.Cut(word, "."); slices.Contains(templates.Names(), name) {
		do = "Write postbag templates show " + word
	} else if near := nearest(word, templateActions); near != "" {
		do = "Did you mean " + near + "? " + do
	}
	return usageError{what: fmt.Sprintf("templates has no action %q", word), do: do}
}

// findTemplate finds a built-in letter by its name, which may have its language behind it: shareholder.de.
func findTemplate(name, language string, given bool) (templateShown, error) {
	name, suffix, dotted := strings.Cut(name, ".")
	languages := templates.Languages(name)
	if len(languages) == 0 {
		do := "There are " + strings.Join(templates.Names(), ", ")
		if near := nearest(name, templates.Names()); near != "" {
			do = "Did you mean " + near + "? " + do
		}
		return templateShown{}, usageError{what: fmt.Sprintf("there is no built-in letter %q", name), do: do}
	}
	switch {
	case dotted && given && suffix != language:
		return templateShown{}, usageError{what: fmt.Sprintf("the letter's name says %s, and --language says %s", suffix, language), do: "Give one of them"}
	case dotted:
		language = suffix
	case !given:
		language = languages[0]
	}
	translation := templates.Translation(name, language)
	letter, text, ok := templates.Builtin(name, translation)
	if !ok {
		return templateShown{}, usageError{what: fmt.Sprintf("%s is not there in the language %q", name, language), do: "It is there in " + strings.Join(languages, ", ")}
	}
	return templateShown{Template: name + "." + translation, Name: name, Language: translation, Form: letter.Form, Title: letter.Title, Text: string(text)}, nil
}

// templateShown is the result of show: the letter as it stands in the program.
type templateShown struct {
	Template string         `json:"template"` // as letter.template may name it
	Name     string         `json:"name"`
	Language string         `json:"language"`
	Form     templates.Form `json:"form"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
}

func (t templateShown) print(p *page) { p.WriteString(t.Text) }

// copyTemplate writes the letter to a file, whole or not at all.
func copyTemplate(t templateShown, file string, replace bool) (result, error) {
	if !strings.EqualFold(filepath.Ext(file), ".md") {
		return nil, usageError{what: file + " is not the name of a Markdown file", do: "End it in .md"}
	}
	var written []string
	err := writeNew(file, []byte(t.Text), &written)
	taken := errors.Is(err, fs.ErrExist)
	switch {
	case taken && !replace:
		return nil, problem.Problem{Place: problem.Place{File: file}, What: "this file is there already", Do: "Name another file, or overwrite it with --replace"}
	case taken:
		err = replaceFile(file, []byte(t.Text))
	case err != nil && len(written) > 0:
		err = errors.Join(err, os.Remove(file))
	}
	if err != nil {
		return nil, fmt.Errorf("writing the letter: %w", err)
	}
	return templateCopied{Template: t.Template, Language: t.Language, File: file}, nil
}

// replaceFile puts a file in the place of another, which is there until the new one is whole.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".postbag-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// templateCopied is the result of copy.
type templateCopied struct {
	Template string `json:"template"`
	Language string `json:"language"`
	File     string `json:"file"`
}

func (t templateCopied) print(p *page) {
	p.line("%s is the built-in letter %s, for you to edit. To send it, write in campaign.yaml:", plain(t.File), t.Template)
	p.line("")
	p.line("letter:")
	p.line("  template: %s", plain(t.File))
	p.line("  language: %s", t.Language)
}

// templateList is the result of templates.
type templateList struct {
	Templates []templateEntry `json:"templates"`
}

type templateEntry struct {
	Name      string            `json:"name"`
	Form      templates.Form    `json:"form"`
	Title     string            `json:"title"` // what it is for
	Languages []string          `json:"languages"`
	Titles    map[string]string `json:"titles"` // by language
	Fields    []string          `json:"fields"`
	Optional  []string          `json:"optional"` // fields of the campaign's own that it uses where they are set
	Caution   string            `json:"caution,omitempty"`
}

func listTemplates() templateList {
	var list templateList
	for _, name := range templates.Names() {
		entry := templateEntry{Name: name, Languages: templates.Languages(name), Titles: map[string]string{}, Fields: []string{}, Optional: []string{}}
		for i, language := range entry.Languages {
			letter, _, ok := templates.Builtin(name, language)
			if !ok {
				continue // a test parses each of them
			}
			entry.Titles[language] = letter.Title
			if i > 0 {
				continue
			}
			entry.Form, entry.Title, entry.Caution = letter.Form, letter.Title, letter.Caution
			entry.Optional = append(entry.Optional, letter.Optional...)
			for _, use := range letter.FieldNames() {
				entry.Fields = append(entry.Fields, use.Name)
			}
		}
		list.Templates = append(list.Templates, entry)
	}
	return list
}

func (l templateList) print(p *page) {
	for _, t := range l.Templates {
		p.heading("%s", t.Name)
		p.line("  %s.", t.Title)
		p.table([]string{"", ""}, [][]string{
			{"form", string(t.Form)},
			{"languages", strings.Join(t.Languages, ", ")},
			{"fields", strings.Join(t.Fields, ", ")},
		})
	}
	p.heading("To use one")
	p.table([]string{"", ""}, [][]string{
		{"letter.template: shareholder", "in campaign.yaml; letter.language picks the translation"},
		{"postbag templates show NAME", "prints one; --language says in which language"},
		{"postbag templates copy NAME", "writes a file to edit"},
	})
}
