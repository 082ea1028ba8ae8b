package main

import (
	"bytes"
	"embed"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

func (a *app) helpCommand() command {
	return command{
		name:     "help",
		summary:  "show what a command does and which flags it takes",
		about:    "Shows the commands, or one command with its flags, exit statuses and an example; or explains a subject.",
		operands: []operand{{name: "COMMAND", what: "the name of a command or of a subject", optional: true}},
		statuses: []exitStatus{{done, "done"}, {misused, "there is no such command or subject"}},
		examples: []string{"postbag help build", "postbag help threats"},
		run:      a.help,
	}
}

func (a *app) help(c *cli.Context) (result, error) {
	commands := a.commands()
	if c.NArg() == 0 {
		return overview(commands), nil
	}
	name, text := c.Args().First(), ""
	for _, t := range topics {
		if t.name == name {
			file, err := topicTexts.ReadFile("topics/" + name + ".txt")
			if err != nil {
				return nil, fmt.Errorf("reading the text of a subject: %w", err)
			}
			text = string(file)
		}
	}
	s := &sorter{commands: commands}
	switch err := s.nameCommand(name); {
	case err == nil && text != "":
		return guide{s.command.help().Help + "\n" + text}, nil
	case err == nil:
		return s.command.help(), nil
	case text != "":
		return guide{text}, nil
	default:
		return nil, err
	}
}

// topics are the subjects that help explains beside the commands. One of them, manifest, is a command too: the text of the subject
// tells of it.
var topics = []struct{ name, summary string }{
	{"manifest", "the formats by which a packet can be checked: manifest, tree, proof"},
	{"threats", "what a packet proves, and what each of those involved can and cannot do"},
}

//go:embed topics/*.txt
var topicTexts embed.FS

// guide is a text of help.
type guide struct {
	Help string `json:"help"`
}

func (g guide) print(p *page) { p.WriteString(g.Help) }

func overview(commands []command) guide {
	p := &page{Buffer: new(bytes.Buffer)}
	p.line("Postbag turns a campaign's signer list into print-ready letters to a company's chief executive.")
	p.heading("Usage")
	p.line("  postbag COMMAND [flags]")
	p.heading("Commands")
	var rows [][]string
	for _, c := range commands {
		rows = append(rows, []string{c.usage(), c.summary})
	}
	p.table([]string{"", ""}, rows)
	p.heading("Subjects of postbag help")
	rows = nil
	for _, t := range topics {
		rows = append(rows, []string{t.name, t.summary})
	}
	p.table([]string{"", ""}, rows)
	p.flags("Flags of every command", globalFlags())
	p.heading("Exit status")
	p.table([]string{"", ""}, [][]string{
		{fmt.Sprint(done), "done"},
		{fmt.Sprint(failed), "failed, or stopped; nothing half-made is left under a final name"},
		{fmt.Sprint(misused), "wrong usage, also when no command is named"},
		{fmt.Sprint(needsLook), "done, but letters were held back for reasons that a person should look at"},
	})
	p.heading("To begin")
	p.line("  postbag demo         makes a sample packet to look at")
	p.line("  postbag init DIR     makes a campaign folder that builds as it stands")
	p.line("  postbag help build   explains a command, with its flags and an example")
	return guide{p.String()}
}

// usage is the command with its arguments.
func (c command) usage() string {
	words := []string{c.name}
	for _, o := range c.operands {
		word := o.name
		if o.repeats {
			word += "…"
		}
		if o.optional {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// help explains one command.
func (c command) help() guide {
	p := &page{Buffer: new(bytes.Buffer)}
	p.line("postbag %s: %s", c.name, c.summary)
	p.line("\n%s", c.about)
	p.heading("Usage")
	p.line("  postbag %s [flags]", c.usage())
	for _, o := range c.operands {
		p.line("  %s is %s", o.name, o.what)
	}
	for _, category := range categories(c.flags) {
		p.flags(category.title, category.flags)
	}
	p.flags("Flags of every command", globalFlags())
	p.heading("Exit status")
	var rows [][]string
	for _, s := range c.statuses {
		rows = append(rows, []string{fmt.Sprint(s.code), s.meaning})
	}
	p.table([]string{"", ""}, rows)
	p.heading("Example")
	for _, e := range c.examples {
		p.line("  %s", e)
	}
	return guide{p.String()}
}

type category struct {
	title string
	flags []cli.Flag
}

// categories groups flags by their category, in the order in which the categories first come.
func categories(flags []cli.Flag) []category {
	var groups []category
	for _, f := range flags {
		title := "Flags"
		if c, ok := f.(cli.CategorizableFlag); ok && c.GetCategory() != "" {
			title = c.GetCategory()
		}
		if n := len(groups); n == 0 || groups[n-1].title != title {
			groups = append(groups, category{title: title})
		}
		last := &groups[len(groups)-1]
		last.flags = append(last.flags, f)
	}
	return groups
}

// flags lists flags as urfave/cli describes them: names and placeholder, a tab, what they do.
func (p *page) flags(title string, flags []cli.Flag) {
	p.heading("%s", title)
	var rows [][]string
	for _, f := range flags {
		names, what, _ := strings.Cut(f.String(), "\t")
		rows = append(rows, []string{names, what})
	}
	p.table([]string{"", ""}, rows)
}
