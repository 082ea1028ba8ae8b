package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// commandLine is what was typed, put in the order that the flag parser reads.
//
// Go's flag parser takes every word after the first argument for an argument, so that in `postbag verify packet --json`
// the flag would be ignored without a word. Hence Postbag sorts the words itself: flags may stand anywhere after
// their command, those that work everywhere also before it, `--` ends them, and each is handed on as --name=value. What
// cannot be sorted is refused here, with the nearest thing that would have been right.
type commandLine struct {
	command           string
	flags, arguments  []string
	json, quiet, help bool
}

// words is the command line for urfave/cli.
func (l commandLine) words() []string {
	words := append([]string{"postbag", l.command}, l.flags...)
	return append(append(words, "--"), l.arguments...)
}

// sorter is a command line being sorted.
type sorter struct {
	commands []command
	command  *command // nil until it was named
	global   []cli.Flag
	given    map[string]bool // flags by their first names
	line     commandLine
	version  bool
}

// arrange sorts the words. With an error it still returns what it found, so that --json governs how the error is told.
func arrange(commands []command, words []string) (commandLine, error) {
	s := &sorter{commands: commands, global: globalFlags(), given: map[string]bool{}}
	err := s.sort(words)
	if err != nil {
		s.line.json = s.line.json || mentions(words, "json")
		return s.line, err
	}
	switch {
	case s.line.help && s.line.command != "help":
		s.line.arguments = nil
		if s.command != nil {
			s.line.arguments = []string{s.line.command}
		}
		s.line.command, s.line.flags = "help", nil
	case s.version:
		s.line.command, s.line.flags, s.line.arguments = "version", nil, nil
	case s.command == nil:
		return s.line, usageError{what: "no command is named", do: "`postbag demo` makes a sample packet",
			guide: overview(commands).Help}
	default:
		return s.line, s.countArguments()
	}
	return s.line, nil
}

// mentions tells whether a flag stands among words that could not be sorted.
func mentions(words []string, flag string) bool {
	for _, w := range words {
		if w == "--" {
			return false
		}
		if w == "--"+flag || w == "-"+flag {
			return true
		}
	}
	return false
}

func (s *sorter) sort(words []string) error {
	flagsEnded := false
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		var err error
		switch {
		case !flagsEnded && word == "--":
			flagsEnded = true
		case !flagsEnded && len(word) > 1 && word[0] == '-':
			words, err = s.takeFlag(word, words)
		case s.command == nil:
			err = s.nameCommand(word)
		default:
			s.line.arguments = append(s.line.arguments, word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) nameCommand(name string) error {
	if c := find(s.commands, name); c != nil {
		s.command, s.line.command = c, name
		return nil
	}
	names := make([]string, len(s.commands))
	for i, c := range s.commands {
		names[i] = c.name
	}
	do := "`postbag help` lists the commands"
	if near := nearest(name, names); near != "" {
		do = fmt.Sprintf("Did you mean %s? %s", near, do)
	}
	return usageError{what: fmt.Sprintf("there is no command %q", name), do: do}
}

func find(commands []command, name string) *command {
	for i := range commands {
		if commands[i].name == name {
			return &commands[i]
		}
	}
	return nil
}

// takeFlag takes a flag, and its value where that is the next word.
func (s *sorter) takeFlag(word string, rest []string) ([]string, error) {
	name, value, hasValue := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	if f := lookup(s.global, name); f != nil {
		return rest, s.takeGlobal(f, value, hasValue)
	}
	if s.command == nil {
		return nil, s.tooEarly(word, name)
	}
	f := lookup(s.command.flags, name)
	if f == nil {
		return nil, s.unknownFlag(word, name)
	}
	first := f.Names()[0]
	if s.given[first] && !repeats(f) {
		return nil, usageError{what: fmt.Sprintf("%s is given twice", dashed(name)), do: "Give it once"}
	}
	s.given[first] = true
	if !takesValue(f) {
		if hasValue {
			first += "=" + value
		}
		s.line.flags = append(s.line.flags, "--"+first)
		return rest, nil
	}
	if !hasValue {
		if len(rest) == 0 || s.isFlag(rest[0]) {
			return nil, usageError{what: dashed(name) + " needs a value",
				do: fmt.Sprintf("Write it behind, as in %s=…", dashed(first))}
		}
		value, rest = rest[0], rest[1:]
	}
	s.line.flags = append(s.line.flags, "--"+first+"="+value)
	return rest, nil
}

// takeGlobal takes a flag that works everywhere.
func (s *sorter) takeGlobal(f cli.Flag, value string, hasValue bool) error {
	on := true
	if hasValue {
		var err error
		if on, err = strconv.ParseBool(value); err != nil {
			return usageError{what: fmt.Sprintf("--%s is given the value %q", f.Names()[0], value),
				do: "It takes none: leave the value out"}
		}
	}
	*map[string]*bool{
		"json": &s.line.json, "quiet": &s.line.quiet, "help": &s.line.help, "version": &s.version,
	}[f.Names()[0]] = on
	return nil
}

// tooEarly is the error for a flag that stands before the command and does not work everywhere.
func (s *sorter) tooEarly(word, name string) error {
	if c := s.ownerOf(name); c != nil {
		return usageError{what: word + " stands before the command",
			do: fmt.Sprintf("Write it behind: postbag %s %s …", c.name, word)}
	}
	return s.unknownFlag(word, name)
}

// ownerOf finds a command that has the flag.
func (s *sorter) ownerOf(flag string) *command {
	for i := range s.commands {
		if lookup(s.commands[i].flags, flag) != nil {
			return &s.commands[i]
		}
	}
	return nil
}

// unknownFlag is the error for a flag that is not there, with who has it or the nearest that is there.
func (s *sorter) unknownFlag(word, name string) error {
	what, help, names := "there is no flag "+before(word, "="), "postbag help", namesOf(s.global)
	if s.command != nil {
		what = fmt.Sprintf("%s has no flag %s", s.command.name, before(word, "="))
		help += " " + s.command.name
		names = append(namesOf(s.command.flags), names...)
	}
	do := "`" + help + "` lists the flags"
	if onlyInFile(name) {
		do = "Write " + name + " in campaign.yaml: it is a list, each part of which has settings of its own; " + do
	} else if c := s.ownerOf(name); c != nil {
		do = fmt.Sprintf("%s has it; %s", c.name, do)
	} else if near := nearest(name, names); near != "" {
		do = fmt.Sprintf("Did you mean %s? %s", dashed(near), do)
	}
	return usageError{what: what, do: do}
}

// isFlag tells whether a word names a flag that would be understood here, so that it is not taken for a value.
func (s *sorter) isFlag(word string) bool {
	if word == "--" {
		return true
	}
	name, ok := strings.CutPrefix(word, "-")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
	return ok && (lookup(s.command.flags, name) != nil || lookup(s.global, name) != nil)
}

// countArguments checks the number of arguments against what the command takes.
func (s *sorter) countArguments() error {
	operands, n := s.command.operands, len(s.line.arguments)
	repeats := len(operands) > 0 && operands[len(operands)-1].repeats
	if n > len(operands) && !repeats {
		return usageError{
			what: fmt.Sprintf("%s takes %s, but there is %q", s.command.name, arity(operands),
				s.line.arguments[len(operands)]),
			do: fmt.Sprintf("`postbag help %s` shows how it is used", s.command.name)}
	}
	if n < len(operands) && !operands[n].optional {
		return usageError{what: fmt.Sprintf("%s needs %s, %s", s.command.name, operands[n].name, operands[n].what),
			do: fmt.Sprintf("Write postbag %s %s", s.command.name, operands[n].name)}
	}
	return nil
}

func arity(operands []operand) string {
	if len(operands) == 0 {
		return "flags only"
	}
	names := make([]string, len(operands))
	for i, o := range operands {
		names[i] = o.name
	}
	return "no more than " + strings.Join(names, " ")
}

func lookup(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func namesOf(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

// repeats tells whether a flag may be given more than once.
func repeats(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationSliceFlag)
	return ok && d.IsSliceFlag()
}

func before(s, separator string) string {
	s, _, _ = strings.Cut(s, separator)
	return s
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
