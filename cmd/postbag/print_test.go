package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Whoever is asked sees first what would be run, and anything but yes sends nothing.
func TestPrintShowsItsCommandsAndAsks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no CUPS")
	}
	printable(t, `echo "request id is box-7 (1 file(s))"`)
	for _, c := range []struct {
		answer string
		jobs   string
		status int
		sent   int
	}{{"no\n", "1-2", failed, 0}, {"", "1-2", failed, 0}, {"y\n", "1-2", failed, 0}, {"yes\n", "1-2", done, 2}, {"no\n", "1-20", failed, 0}} {
		a, _, stderr := newTestApp()
		a.asks, a.stdin = true, strings.NewReader(c.answer)
		if status := a.run(t.Context(), []string{"print", "packet", "--bundle", c.jobs}); status != c.status {
			t.Errorf("to %q print ends with status %d, want %d:\n%s", c.answer, status, c.status, stderr)
		}
		shown, _, asked := strings.Cut(stderr.String(), "Send it? Type yes: ")
		switch n := strings.Count(shown, "lp -n 1 -t 'palantir-sample bundle "); {
		case !asked || c.jobs == "1-2" && n != 2:
			t.Errorf("before it asked, print showed %d commands:\n%s", n, shown)
		case c.jobs == "1-20" && (n != mostShown || !strings.Contains(shown, "and 8 more like these")):
			t.Errorf("of 20 commands print showed %d:\n%s", n, shown)
		}
		data, _ := os.ReadFile("sent")
		if got := strings.Count(string(data), "x"); got != c.sent {
			t.Errorf("to %q print sent %d bundles, want %d", c.answer, got, c.sent)
		}
		os.Remove("sent")
	}
}

// Where the printer took some bundles and not the others, the command for the rest prints them as the first were.
func TestPrintSaysHowToGoOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no CUPS")
	}
	printable(t, `if [ "$(wc -l <sent)" -gt 1 ]; then echo "lp: Error - no paper." >&2; exit 1; fi; echo "request id is box-7 (1 file(s))"`)
	a, stdout, stderr := newTestApp()
	status := a.run(t.Context(), []string{"print", "packet", "--bundle", "1-3", "--printer", "box on desk", "--copies", "2", "--yes"})
	if want := "Go on with: postbag print packet --bundle 2-3 --printer 'box on desk' --copies 2\n"; status != failed || !strings.Contains(stdout.String(), want) {
		t.Errorf("status %d, and the way on is not %q:\n%s%s", status, want, stdout, stderr)
	}
}

// printable makes the sample's packet in bundles of six letters, and an lp that notes each job in the file sent and goes on as a script says. The
// folder of both is the working one.
func printable(t *testing.T, script string) {
	dir := t.TempDir()
	t.Chdir(dir)
	if _, err := writeSample(".", "supporter", "en"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("lp", []byte("#!/bin/sh\ncd '"+dir+"'\necho x >>sent\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	a, _, stderr := newTestApp()
	if status := a.run(t.Context(), []string{"build", "--quiet", "--bundles.letters", "6"}); status != done && status != needsLook {
		t.Fatal(stderr)
	}
}
