package packet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/problem"
)

// remake makes bundles of the sample in dir again, with these bytes.
func remake(dir, fingerprint string, bytes func(b int) []byte, numbers ...int) (made []Remade, err error) {
	ctx := context.Background()
	r, err := Reopen(dir, fingerprint)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close(ctx)) }()
	for _, number := range numbers {
		m, err := r.Bundle(ctx, number, func(out io.Writer) error {
			_, err := out.Write(bytes(number - 1))
			return err
		})
		if err != nil {
			return nil, err
		}
		made = append(made, m)
	}
	return made, nil
}

func TestABundleIsMadeAgainAndNothingElseIsTouched(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"lost": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
		"its folder too": func(t *testing.T, path string) {
			if err := os.RemoveAll(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		},
		"damaged": func(t *testing.T, path string) { write(t, path, "%PDF damaged") },
		"longer":  func(t *testing.T, path string) { write(t, path, string(small.bundle(1))+"more") },
		"whole":   func(*testing.T, string) {},
		"whole, and a stopped run left something": func(t *testing.T, path string) {
			write(t, filepath.Join(filepath.Dir(path), ".bundle-0002.pdf.postbag-tmp"), "half")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			want := contents(t, dir)
			damage(t, filepath.Join(dir, small.bundlePath(1)))
			numbers := []int{2}
			if name == "its folder too" {
				numbers = []int{3, 1, 2}
			}
			made, err := remake(dir, "f", small.bundle, numbers...)
			if err != nil || len(made) != len(numbers) {
				t.Fatalf("made %v: %v", made, err)
			}
			if whole := made[len(made)-1].Whole; whole != strings.HasPrefix(name, "whole") {
				t.Errorf("it stood there as it should: %v", whole)
			}
			same(t, want, contents(t, dir))
		})
	}
}

func TestABundleIsNotMadeAgainFromOtherInputs(t *testing.T) {
	for _, c := range []struct {
		name, fingerprint, want string
		change                  func(dir string) error
		bytes                   func(int) []byte
	}{
		{name: "another fingerprint", fingerprint: "g", want: "made from other inputs"},
		{name: "other bytes", want: "would not be the one of the manifest", bytes: func(b int) []byte { return small.bundle(b + 1) }},
		{name: "no manifest", want: "manifest.json is missing", change: func(dir string) error { return os.Remove(filepath.Join(dir, manifestFile)) }},
		{name: "a damaged manifest", want: "cannot be trusted", change: func(dir string) error { return os.WriteFile(filepath.Join(dir, manifestFile), []byte("{}"), 0o600) }},
		{name: "a damaged run", want: "run.json is damaged", change: func(dir string) error { return os.WriteFile(filepath.Join(dir, runFile), []byte("{}"), 0o600) }},
		{name: "an unfinished packet", want: "is unfinished", change: func(dir string) error {
			w, err := Open(dir, "f", false)
			if err == nil {
				w.Abort()
			}
			return err
		}},
		{name: "no packet", want: "manifest.json is missing", change: func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)) }},
		{name: "no folder", want: "there is no packet", change: os.RemoveAll},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "packet")
			small.make(t, dir, "f")
			if c.change != nil {
				if err := c.change(dir); err != nil {
					t.Fatal(err)
				}
			}
			if c.fingerprint == "" {
				c.fingerprint = "f"
			}
			if c.bytes == nil {
				c.bytes = small.bundle
			}
			before := standing(t, dir)
			_, err := remake(dir, c.fingerprint, c.bytes, 2)
			wantProblem(t, err, c.want)
			if after := standing(t, dir); after != before {
				t.Errorf("there stood\n%s\nand stands\n%s", before, after)
			}
		})
	}
}

// standing lists what stands in a folder, with sizes.
func standing(t *testing.T, dir string) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		info, infoErr := d.Info()
		fmt.Fprintln(&list, path, info.Size())
		return errors.Join(err, infoErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.String()
}

// Without private/ the packet does not say what it was made from, but its manifest does say what must come out.
func TestABundleOfAPurgedPacketIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	if _, err := Purge(dir, false); err != nil {
		t.Fatal(err)
	}
	want := contents(t, dir)
	write(t, filepath.Join(dir, small.bundlePath(0)), "")
	if _, err := remake(dir, "another", small.bundle, 1); err != nil {
		t.Fatal(err)
	}
	same(t, want, contents(t, dir))
	if _, err := os.Stat(filepath.Join(dir, privateDir)); err == nil {
		t.Error("private/ is there again")
	}
}

func TestNobodyElseIsAtWorkWhileABundleIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	r, err := Reopen(dir, "f")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir, "f", false)
	wantProblem(t, err, "another build is at work")
	_, err = Reopen(dir, "f")
	wantProblem(t, err, "another build is at work")
	if err := r.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if faults := verified(t, dir); len(faults) > 0 {
		t.Error(faults)
	}
}

// A run that is stopped leaves the bundle as it was.
func TestAStoppedRemakeChangesNothing(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	write(t, filepath.Join(dir, small.bundlePath(1)), "damaged")
	before := contents(t, dir)
	r, err := Reopen(dir, "f")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	_, err = r.Bundle(ctx, 2, func(out io.Writer) error {
		fmt.Fprint(out, "%PDF-1.7")
		stop()
		_, err := out.Write(make([]byte, 2*blockSize))
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := r.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	same(t, before, contents(t, dir))
	var p problem.Problem
	if errors.As(err, &p) {
		t.Errorf("%v is no problem of the user's", err)
	}
}
