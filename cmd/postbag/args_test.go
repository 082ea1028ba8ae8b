package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
	"pgregory.net/rapid"
)

// sortable are commands with every kind of flag.
func sortable() []command {
	return []command{
		{name: "make", operands: []operand{{name: "DIR", what: "the folder"}, {name: "MORE", what: "more", optional: true}},
			flags: []cli.Flag{
				&cli.StringFlag{Name: "out", Aliases: []string{"o"}}, &cli.BoolFlag{Name: "replace"},
				&cli.StringSliceFlag{Name: "fonts"}, &cli.StringFlag{Name: "letter.date"},
			}},
		{name: "look", flags: []cli.Flag{&cli.StringFlag{Name: "row"}}},
		{name: "help", operands: []operand{{name: "COMMAND", optional: true}}},
		{name: "version"},
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	for typed, want := range map[string]string{
		"make d":                              "make -- d",
		"make d --out x":                      "make --out=x -- d",
		"make --out=x d":                      "make --out=x -- d",
		"make -o x d":                         "make --out=x -- d",
		"make d -out x":                       "make --out=x -- d",
		"make d --replace e":                  "make --replace -- d e",
		"make d --replace=false":              "make --replace=false -- d",
		"--json make d":                       "make -- d",
		"make -q d --json":                    "make -- d",
		"make --out -- d":                     "error: --out needs a value",
		"make --out= d":                       "make --out= -- d",
		"make --out - d":                      "make --out=- -- d",
		"make --out -5 d":                     "make --out=-5 -- d",
		"make --fonts a,b --fonts c d":        "make --fonts=a,b --fonts=c -- d",
		"make -- --out":                       "make -- --out",
		"make d -- --json":                    "make -- d --json",
		"make d --out x -- -e":                "make --out=x -- d -e",
		"make --letter.date 2026-11-23 d":     "make --letter.date=2026-11-23 -- d",
		"-- make d":                           "make -- d",
		"look":                                "look --",
		"look --help":                         "help -- look",
		"look --row --help":                   "error: --row needs a value",
		"--help":                              "help --",
		"help --help":                         "help --",
		"help look":                           "help -- look",
		"--version":                           "version --",
		"make --version":                      "version --",
		"make d --out x --out y":              "error: --out is given twice",
		"make d --out x -o y":                 "error: -o is given twice",
		"make d --out":                        "error: --out needs a value",
		"make d --out --replace":              "error: --out needs a value",
		"make d --out --quiet":                "error: --out needs a value",
		"make":                                "error: make needs DIR, the folder",
		"make d e f":                          `error: make takes no more than DIR MORE, but there is "f"`,
		"look at":                             `error: look takes flags only, but there is "at"`,
		"mkae d":                              `error: there is no command "mkae". Did you mean make?`,
		"make d --uot x":                      "error: make has no flag --uot. Did you mean --out?",
		"make d --utterly-other x":            "error: make has no flag --utterly-other. `postbag help make` lists",
		"make d --rep":                        "error: make has no flag --rep. Did you mean --replace?",
		"frobnicate":                          "error: there is no command \"frobnicate\". `postbag help`",
		"make d --letter.dat=2026":            "error: make has no flag --letter.dat. Did you mean --letter.date?",
		"make d --row 3":                      "error: make has no flag --row. look has it",
		"make d --qiet":                       "error: make has no flag --qiet. Did you mean --quiet?",
		"--out x make d":                      "error: --out stands before the command. Write it behind: postbag make --out",
		"--jsno make d":                       "error: there is no flag --jsno. Did you mean --json?",
		"make d --json=perhaps":               `error: --json is given the value "perhaps"`,
		"":                                    "error: no command is named",
		"--quiet":                             "error: no command is named",
		"make d --out x -- y z more than two": "error: make takes no more than DIR MORE",
	} {
		line, err := arrange(sortable(), strings.Fields(typed))
		got := strings.Join(line.words()[1:], " ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if isError := strings.HasPrefix(want, "error: "); got != want && !(isError && strings.HasPrefix(got, want)) {
			t.Errorf("%q:\n got %s\nwant %s", typed, got, want)
		}
	}
}

// Where flags stand among the arguments makes no difference, and an argument that looks like nothing else is kept.
func TestTheOrderOfWordsMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := [][]string{{"--json"}, {"--quiet"}, {"--out", "x"}, {"--replace"}, {"--letter.date=1"}}
		arguments := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9./]{1,8}`), 1, 2).Draw(t, "arguments")
		plainLine, err := arrange(sortable(), append([]string{"make", "--json", "--quiet", "--out", "x", "--replace",
			"--letter.date=1"}, arguments...))
		if err != nil {
			t.Fatal(err)
		}
		words := []string{"make"}
		pending := append([]string{}, arguments...)
		for _, g := range rapid.Permutation(groups).Draw(t, "flags") {
			for len(pending) > 0 && rapid.Bool().Draw(t, "argument first") {
				words, pending = append(words, pending[0]), pending[1:]
			}
			words = append(words, g...)
		}
		line, err := arrange(sortable(), append(words, pending...))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(line.arguments, plainLine.arguments) || line.json != plainLine.json || line.quiet != plainLine.quiet ||
			len(line.flags) != len(plainLine.flags) {
			t.Fatalf("%v gave %+v, want %+v", words, line, plainLine)
		}
	})
}

// No command line, however odd, makes the program panic, and each is either refused or sorted.
func FuzzArrange(f *testing.F) {
	f.Add("make d --out x --json")
	f.Add("- -- --= ---x -=")
	f.Fuzz(func(t *testing.T, typed string) {
		line, err := arrange(sortable(), strings.Split(typed, " "))
		if err == nil && find(sortable(), line.command) == nil {
			t.Errorf("%q names no command: %+v", typed, line)
		}
	})
}

// --json governs how an error is told even where the words could not be sorted.
func TestJSONIsSeenInAWrongCommandLine(t *testing.T) {
	for typed, want := range map[string]bool{
		"mkae --json":       true,
		"--json mkae":       true,
		"make --bad --json": true,
		"mkae -- --json":    false,
		"mkae":              false,
	} {
		if line, err := arrange(sortable(), strings.Fields(typed)); err == nil || line.json != want {
			t.Errorf("%q: json %v, error %v", typed, line.json, err)
		}
	}
}
