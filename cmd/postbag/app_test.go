package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"postbag/letters/problem"
)

// newTestApp is an app that writes to buffers and sees no environment.
func newTestApp() (a *app, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return &app{stdout: stdout, stderr: &lockedWriter{w: stderr}}, stdout, stderr
}

func TestEveryCommandExplainsItself(t *testing.T) {
	a, _, _ := newTestApp()
	for _, c := range a.commands() {
		text := c.help().Help
		for _, want := range append([]string{"Usage\n", "Exit status\n", "Example\n", c.summary, "--json", "--quiet"}, c.examples...) {
			if !strings.Contains(text, want) {
				t.Errorf("help of %s lacks %q", c.name, want)
			}
		}
		if len(c.examples) == 0 || len(c.statuses) < 2 {
			t.Errorf("%s has %d examples and %d exit statuses", c.name, len(c.examples), len(c.statuses))
		}
		if !strings.Contains(overview(a.commands()).Help, c.summary) {
			t.Errorf("postbag help lacks %s", c.name)
		}
		for _, f := range c.flags {
			if d, ok := f.(cli.DocGenerationFlag); !ok || d.GetUsage() == "" {
				t.Errorf("%s: flag %s says nothing of itself", c.name, f.Names()[0])
			}
		}
	}
}

// What help shows as an example is what a user tries first: it must work in the folder that init makes.
func TestExamplesWork(t *testing.T) {
	a, _, _ := newTestApp()
	for _, c := range a.commands() {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if _, err := writeSample(".", "supporter", "en"); err != nil {
				t.Fatal(err)
			}
			for _, example := range c.examples {
				words := strings.Fields(example)
				if words[0] != "postbag" {
					t.Fatalf("%q is no command line of postbag", example)
				}
				// A sample's letters in scripts that this machine has no font for are held back: that is status 3.
				a, _, stderr := newTestApp()
				a.env = []string{passwordVariable + "=of the example's key"} // else it would be asked for
				if status := a.run(t.Context(), words[1:]); status != done && status != needsLook {
					t.Errorf("%q ended with status %d:\n%s", example, status, stderr)
				}
			}
		})
	}
}

// A result that could not be written must not look like success: `postbag check --json > /dev/full`.
func TestAResultThatCannotBeWrittenFails(t *testing.T) {
	a, _, stderr := newTestApp()
	a.stdout = fullDisk{}
	if status := a.run(context.Background(), []string{"version"}); status != failed {
		t.Errorf("exit status %d, want %d", status, failed)
	}
	if !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("standard error does not say why: %q", stderr)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFailureIsOneObjectWithWhatIsKnownOfTheResult(t *testing.T) {
	var b bytes.Buffer
	list := problem.List{{Place: problem.Place{File: "campaign.yaml", Line: 7}, What: "a <b> is wrong", Do: "mend it"}}
	if err := writeObject(&b, guide{Help: "text"}, complain("check", list)); err != nil {
		t.Fatal(err)
	}
	members, err := oneObject(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if members["help"] != "text" || members["error"] != "campaign.yaml:7: a <b> is wrong. mend it." {
		t.Errorf("got %s", &b)
	}
	if problems, ok := members["problems"].([]any); !ok || len(problems) != 1 {
		t.Errorf("problems: %v", members["problems"])
	}
	b.Reset()
	if err := writeObject(&b, nil, complain("check", errors.New("no disk"))); err != nil {
		t.Fatal(err)
	}
	if want := "{\n  \"error\": \"no disk\",\n  \"problems\": []\n}\n"; b.String() != want {
		t.Errorf("got %s want %s", &b, want)
	}
}

// All problems are told at once, each on its line with its place, whether they came alone, in a list, or wrapped.
func TestEveryProblemIsTold(t *testing.T) {
	one := problem.Problem{Place: problem.Place{File: "letter.md", Line: 3}, What: "first", Do: "Mend it"}
	two := problem.Problem{What: "second"}
	for _, test := range []struct {
		err  error
		want string
	}{
		{one, "letter.md:3: first. Mend it.\n"},
		{problem.List{one}, "letter.md:3: first. Mend it.\n"},
		{problem.List{one, two}, "letter.md:3: first. Mend it.\nsecond.\npostbag: 2 problems\n"},
		{errors.Join(errors.New("reading"), problem.List{one, two}), "letter.md:3: first. Mend it.\nsecond.\npostbag: 2 problems\n"},
		{errors.New("disk"), "postbag: disk\n"},
		{usageError{what: "wrong"}, "postbag: wrong.\n"},
	} {
		a, _, stderr := newTestApp()
		a.tell(complain("check", test.err))
		if stderr.String() != test.want {
			t.Errorf("%v: got %q, want %q", test.err, stderr, test.want)
		}
	}
}

func TestAStoppedBuildSaysHowToGoOn(t *testing.T) {
	c := complain("build", context.Canceled)
	if c.status != failed || !strings.Contains(c.Error, "goes on where it stopped") {
		t.Errorf("%+v", c)
	}
	if c := complain("verify", context.Canceled); strings.Contains(c.Error, "goes on") {
		t.Errorf("verify has nothing to go on with: %q", c.Error)
	}
}

// A signer's name must not be able to clear the screen, hide itself, or turn the line round; and real names in every
// script must come through.
func TestTextFromFilesIsHarmlessOnATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë Ångström":            "Zoë Ångström",
		"محمد\u200cرضا":           "محمد\u200cرضا",
		"\x1b[2Jgone":             `\x1b[2Jgone`,
		"a\nb\tc":                 `a\nb\tc`,
		"evil\u202etxt.exe":       `evil\u202etxt.exe`,
		"zero\u200bwidth":         `zero\u200bwidth`,
		"bad\xffbyte":             `bad\ufffdbyte`,
		"क्\u200dष":               "क्\u200dष",
		"\u0007\u009bbell and C1": `\a\u009bbell and C1`,
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) is %q, want %q", in, got, want)
		}
	}
}

// What a summary says to type must work as it stands, whatever the folder is called.
func TestACommandToCopyIsWhole(t *testing.T) {
	for in, want := range map[string]string{
		"packet": "packet", "a b/c": "'a b/c'", "it's": `'it'\''s'`, "-x": "'./-x'", "Üb/../x_1": "Üb/../x_1", "$(rm)": "'$(rm)'",
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) is %s, want %s", in, got, want)
		}
	}
}

func TestCountsAreReadable(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) is %q, want %q", n, got, want)
		}
	}
	if count(1, "letter") != "1 letter" || count(0, "letter") != "0 letters" {
		t.Errorf("%q %q", count(1, "letter"), count(0, "letter"))
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 414_000_000: "414 MB", 999_999_999: "1 GB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) is %q, want %q", n, got, want)
		}
	}
	if got := short("日本語の長い名前", 7); got != "日本語…" {
		t.Errorf("short cut to %q", got)
	}
}

func TestColourIsAskedForByTheTerminalAlone(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want bool
	}{
		{nil, true}, {[]string{"NO_COLOR="}, true}, {[]string{"NO_COLOR=1"}, false}, {[]string{"TERM=dumb"}, false},
		{[]string{"TERM=xterm"}, true},
	} {
		if got := wantsColour(test.env); got != test.want {
			t.Errorf("%v: %v", test.env, got)
		}
	}
	p := &page{Buffer: new(bytes.Buffer)}
	p.heading("x")
	if p.String() != "x\n" {
		t.Errorf("colour where none is wanted: %q", p)
	}
	p = &page{Buffer: new(bytes.Buffer), colour: true}
	p.heading("x")
	if !strings.Contains(p.String(), "\x1b[1m") {
		t.Errorf("no colour where it is wanted: %q", p)
	}
}
