package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A build that is stopped half way leaves nothing half-made, and the same command goes on to the same bytes.
func TestAStoppedBuildGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := writeSample(".", "supporter", "en"); err != nil {
		t.Fatal(err)
	}
	words := []string{"build", "--bundles.letters", "2", "--workers", "1", "--out"}

	ctx, stop := context.WithCancel(t.Context())
	a, _, _ := newTestApp()
	screen := &stopAt{word: "setting", stop: stop}
	a.stderr, a.redraw = &lockedWriter{w: screen}, true
	if status := a.run(ctx, append(words, "packet")); status != failed {
		t.Fatalf("a stopped build ended with status %d:\n%s", status, &screen.Buffer)
	}
	for _, want := range []string{"Stopping in good order", "goes on where it stopped: postbag build"} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &screen.Buffer)
		}
	}
	if _, err := os.Stat("packet/manifest.json"); err == nil {
		t.Error("a stopped build has left a manifest")
	}
	if made, err := filepath.Glob("packet/deliver/bundles/*.pdf"); err != nil || len(made) == 0 {
		t.Errorf("it was to be stopped after the first bundle, and left %v, %v", made, err)
	}

	for _, dir := range []string{"packet", "in-one-go"} {
		a, _, stderr := newTestApp()
		if status := a.run(t.Context(), append(words, dir)); status != done && status != needsLook {
			t.Fatalf("building %s ended with status %d:\n%s", dir, status, stderr)
		}
	}
	resumed, err := os.ReadFile("packet/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile("in-one-go/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(resumed, whole) {
		t.Error("a build that was stopped and went on made other files than one that was not")
	}
	a, _, stderr := newTestApp()
	if status := a.run(t.Context(), []string{"verify", "packet"}); status != done {
		t.Errorf("the packet does not verify:\n%s", stderr)
	}
}

// stopAt is a terminal whose user presses Ctrl-C when a word is seen.
type stopAt struct {
	bytes.Buffer
	word string
	stop func()
}

func (s *stopAt) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Contains(s.String(), s.word) {
		s.stop()
	}
	return n, err
}

// writeRows writes a list long enough that a build of it can be stopped from outside. The rows have numbers for names: nobody is
// invented.
func writeRows(path string, n int) error {
	var b bytes.Buffer
	b.WriteString("name,city,email,may be named\n")
	for i := range n {
		fmt.Fprintf(&b, "Signer %d,Row %d,%d@example.org,yes\n", i, i, i)
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
