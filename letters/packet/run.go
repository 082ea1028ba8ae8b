package packet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"time"
)

// runFormat names the form of private/run.json.
const runFormat = "postbag-run/1"

// States of a packet.
const (
	building = "building"
	complete = "complete"
)

// run is private/run.json: the state that lets a stopped run be gone on with, and the only file with a clock.
type run struct {
	Format      string            `json:"format"`
	State       string            `json:"state"`
	Fingerprint string            `json:"fingerprint"` // of everything that the packet is made from
	Program     string            `json:"program,omitempty"`
	Workers     int               `json:"workers,omitempty"`
	Started     string            `json:"started"`
	Finished    string            `json:"finished,omitempty"`
	Files       map[string]string `json:"files,omitempty"` // SHA-256 of the private files, when complete
	Check       string            `json:"check"`           // SHA-256 of this file with check empty: it is whole
}

// errNoRun is a run.json that is there and cannot be understood.
var errNoRun = errors.New("it is damaged, or of another version of Postbag")

// readRun reads private/run.json; an error that is fs.ErrNotExist means that there is none.
func readRun(root *os.Root) (*run, error) {
	data, err := readAccount(root, runFile)
	if err != nil {
		return nil, err
	}
	r := new(run)
	if err := json.Unmarshal(data, r); err != nil || r.Format != runFormat {
		return nil, errNoRun
	}
	if again, err := r.encode(); err != nil || !bytes.Equal(again, data) {
		return nil, errNoRun
	}
	return r, nil
}

// encode writes run.json, and the check that shows damage.
func (r *run) encode() ([]byte, error) {
	unchecked := *r
	unchecked.Check = ""
	data, err := json.MarshalIndent(&unchecked, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the account of the run: %w", err)
	}
	unchecked.Check = hashOf(data)
	if data, err = json.MarshalIndent(&unchecked, "", "  "); err != nil {
		return nil, fmt.Errorf("encoding the account of the run: %w", err)
	}
	return append(data, '\n'), nil
}

// readAccount reads a file of the packet that is small enough to hold in memory, and a regular file.
func readAccount(root *os.Root, name string) ([]byte, error) {
	f, err := openRegular(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f, name)
}

// readBounded reads an account, unless it is larger than one can be.
func readBounded(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxAccount+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(data) > maxAccount {
		return nil, fmt.Errorf("%s is larger than %d MB, which Postbag never makes it", name, maxAccount>>20)
	}
	return data, nil
}

// openRegular opens a regular file and follows no link to it.
func openRegular(root *os.Root, name string) (*os.File, error) {
	there, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !there.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it is %s, not a file", kindOf(there.Mode()))}
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err != nil || !os.SameFile(there, opened) {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it was exchanged while it was opened")}
	}
	return f, nil
}

// now is the clock, as run.json writes it.
func now() string { return time.Now().UTC().Format(time.RFC3339) }

// programVersion is the version of the running program as the Go tool recorded it.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}
