package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"postbag": main})
}

// TestScripts runs testdata/*.txtar: one behaviour a script, each in an empty folder of its own. Beside testscript's
// commands they have
//
//	exits N COMMAND…   runs the command, which must end with exit status N; 0,3 is either
//	object KEY…        the last command's standard output is exactly one JSON object; it has the keys, and where
//	                   KEY=VALUE is written, that value
//	rows N FILE        writes a signer list of N numbered rows
//	await FILE         waits until the file is there
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "object": object, "rows": rows, "await": await,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND…")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if !slices.Contains(strings.Split(args[0], ","), strconv.Itoa(got)) {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

func rows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rows N FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(writeRows(ts.MkAbs(args[1]), n))
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for range 1000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

func object(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: object KEY…")
	}
	members, err := oneObject(ts.ReadFile("stdout"))
	ts.Check(err)
	for _, arg := range args {
		key, want, hasValue := strings.Cut(arg, "=")
		value, ok := members[key]
		if !ok {
			ts.Fatalf("the object has no %q", key)
		}
		if got := fmt.Sprint(value); hasValue && got != want {
			ts.Fatalf("%s is %s, want %s", key, got, want)
		}
	}
}

// oneObject reads text that must be one JSON object and nothing else.
func oneObject(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		return nil, fmt.Errorf("standard output is no JSON object: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("standard output goes on after the JSON object")
	}
	return members, nil
}
