package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

// app is the program with its surroundings, so that a test can run it whole in its own process.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	asks           bool     // questions can be asked: stdin and stderr are a terminal
	colour         bool     // results may be coloured: stdout is a terminal and nobody asked for plain text
	redraw         bool     // progress may redraw its line: stderr is a terminal
	env            []string // KEY=value, as the process got it

	json, quiet bool // the flags that work everywhere
}

func newApp() *app {
	return &app{
		stdin:  os.Stdin,
		stdout: os.Stdout,
		asks:   term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
		stderr: &lockedWriter{w: os.Stderr},
		colour: term.IsTerminal(int(os.Stdout.Fd())) && wantsColour(os.Environ()),
		redraw: term.IsTerminal(int(os.Stderr.Fd())),
		env:    os.Environ(),
	}
}

// wantsColour tells whether the environment leaves a terminal its colours.
func wantsColour(env []string) bool {
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb" {
			return false
		}
	}
	return true
}

// command is one command of postbag.
type command struct {
	name     string
	summary  string    // a line of `postbag help`
	about    string    // what it does, for its own help
	operands []operand // arguments that are not flags
	flags    []cli.Flag
	statuses []exitStatus
	examples []string // command lines that work in the folder of a campaign; a test runs them in this order
	run      func(*cli.Context) (result, error)
}

// operand is an argument that is not a flag.
type operand struct {
	name     string
	what     string // with its article: "the packet's folder"
	optional bool
	repeats  bool // the last one may be given several times
}

// exitStatus is one line of the list of exit statuses in a command's help.
type exitStatus struct {
	code    int
	meaning string
}

// commands lists the commands in the order in which a campaign needs them. The flags are new at each call, since
// urfave/cli keeps the values it reads in them.
func (a *app) commands() []command {
	return []command{
		a.demoCommand(), a.initCommand(), a.checkCommand(), a.previewCommand(), a.buildCommand(), a.verifyCommand(),
		a.proveCommand(), a.keyCommand(), a.signCommand(), a.printCommand(), a.exportCommand(), a.recordCommand(), a.statusCommand(),
		a.purgeCommand(), a.manifestCommand(),
		a.fontsCommand(), a.templatesCommand(), a.versionCommand(), a.helpCommand(),
	}
}

// globalFlags are the flags that every command takes.
func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print the result as one JSON object", DisableDefaultText: true},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, DisableDefaultText: true,
			Usage: "print errors only (and, with --json, the result)"},
		&cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help", DisableDefaultText: true},
		&cli.BoolFlag{Name: "version", Usage: "show which Postbag this is", DisableDefaultText: true},
	}
}

// run does what the words after the program's name say and returns the exit status.
func (a *app) run(ctx context.Context, words []string) int {
	commands := a.commands()
	line, err := arrange(commands, words)
	a.json, a.quiet = line.json, line.quiet
	if err != nil {
		return a.finish(line.command, nil, err)
	}
	stopTelling := context.AfterFunc(ctx, func() {
		fmt.Fprintln(a.stderr, "Stopping in good order. Press Ctrl-C again to stop at once.")
	})
	defer stopTelling()
	r, err := a.parseAndRun(ctx, commands, line)
	return a.finish(line.command, r, err)
}

// parseAndRun has urfave/cli read the arranged flags and runs the command.
func (a *app) parseAndRun(ctx context.Context, commands []command, line commandLine) (r result, err error) {
	parser := &cli.App{
		Name:      "postbag",
		Writer:    a.stderr, // nothing that the library prints is a result
		ErrWriter: a.stderr,
		HideHelp:  true, // else every command has a command "help", and a folder of that name is never reached

		HideVersion:               true,
		DisableSliceFlagSeparator: true, // a value is what was typed, commas and all
		ExitErrHandler:            func(*cli.Context, error) {},
	}
	for _, c := range commands {
		parser.Commands = append(parser.Commands, &cli.Command{
			Name:     c.name,
			Flags:    c.flags,
			HideHelp: true,
			OnUsageError: func(_ *cli.Context, err error, _ bool) error {
				return usageError{what: strings.NewReplacer(" for flag -", " for --", " for -", " for --").Replace(err.Error())}
			},
			Action: func(ctx *cli.Context) (err error) {
				r, err = c.run(ctx)
				return err
			},
		})
	}
	err = parser.RunContext(ctx, line.words())
	return r, err
}

// usageError is a command line that says nothing that Postbag can do.
type usageError struct {
	what  string // a sentence without its full stop
	do    string // the same; may be empty
	guide string // help to show before the sentence; may be empty
}

func (e usageError) Error() string {
	if e.do == "" {
		return e.what + "."
	}
	return e.what + ". " + e.do + "."
}
