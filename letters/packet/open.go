package packet

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"postbag/letters/problem"
)

// Open prepares dir for a packet made from inputs with this fingerprint. An empty or missing folder is taken; a
// packet of the same fingerprint, finished or not, is gone on with; a packet of other inputs is refused with a
// problem that says so unless replace is set (then what that packet had is removed, and nothing else); any other
// folder that is not empty is refused.
//
// The caller ends the Writer with Finish or Abort.
func Open(dir, fingerprint string, replace bool) (*Writer, error) {
	if fingerprint == "" {
		return nil, errors.New("packet: a packet needs the fingerprint of its inputs")
	}
	made, err := makeRoot(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the packet's folder: %w", err)
	}
	w := newWriter(dir, root)
	w.made = made
	if err := w.take(fingerprint, replace); err != nil {
		w.leave()
		return nil, err
	}
	return w, nil
}

// makeRoot makes the folder if it is missing, and tells whether it did.
func makeRoot(dir string) (made bool, err error) {
	if dir == "" {
		return false, problem.Problem{What: "no folder is named for the packet", Do: "Name one with --out"}
	}
	at := problem.Place{File: dir}
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return false, nil
	case err == nil:
		return false, problem.Problem{Place: at, What: "this is a file, and a packet is a folder",
			Do: "Choose another folder with --out"}
	case !errors.Is(err, fs.ErrNotExist):
		return false, problem.Problem{Place: at, What: fmt.Sprintf("the folder cannot be opened (%v)", reason(err)),
			Do: "Choose another folder with --out"}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, unusable(filepath.Dir(dir), filepath.Base(dir), err)
	}
	return true, nil
}

// unusable says why a folder cannot be made in dir.
func unusable(dir, name string, err error) error {
	if isFull(err) {
		return &fullError{dir: dir, path: name, err: err}
	}
	return problem.Problem{Place: problem.Place{File: filepath.Join(dir, name)},
		What: fmt.Sprintf("the folder cannot be made (%v)", reason(err)), Do: "Choose another folder with --out"}
}

// reason is what the operating system said, without the path that the message has already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// take looks at the folder before anything is written there, locks it, looks again, and makes it ready.
func (w *Writer) take(fingerprint string, replace bool) error {
	if _, err := w.look(fingerprint, replace); err != nil {
		return err
	}
	var err error
	if w.lock, err = acquire(w.root, w.dir, buildGate()); err != nil {
		w.root.Remove(privateDir) // stays where anything is in it
		return err
	}
	before, err := w.look(fingerprint, replace)
	if err != nil {
		return err
	}
	w.fresh = before.empty
	if err := w.root.Chmod(privateDir, 0o700); err != nil && !isModeless(err) {
		return fmt.Errorf("closing private/ to others: %w", err)
	}
	for _, e := range before.entries {
		if e.class == temporary {
			if err := w.root.Remove(e.path); err != nil {
				return fmt.Errorf("removing what a stopped run left: %w", err)
			}
		}
	}
	w.run = run{Format: runFormat, State: building, Fingerprint: fingerprint, Program: programVersion(), Started: now()}
	if err := w.writeRun(); err != nil {
		return err
	}
	if before.remove {
		return w.clear(before.entries)
	}
	return nil
}

// finding is what stands in the folder and what is to be done with it.
type finding struct {
	entries []entry
	empty   bool // nothing of value stands there
	remove  bool // a packet of other inputs, to be replaced
}

// look decides whether the folder may be taken. It changes nothing.
func (w *Writer) look(fingerprint string, replace bool) (finding, error) {
	entries, err := survey(w.root)
	if err != nil {
		return finding{}, err
	}
	f := finding{entries: entries, empty: true}
	var strange []string
	handedOver := false
	for _, e := range entries {
		switch e.class {
		case foreign:
			strange = append(strange, e.path)
			f.empty = false
		case account, signature, paperwork, bundle, private:
			f.empty = false
		case handOvers:
			f.empty, handedOver = false, true
		}
	}
	if f.empty {
		return f, nil
	}
	at := problem.Place{File: w.dir}
	r, err := readRun(w.root)
	if err != nil && !w.isPacket() {
		return f, notOurs(at, entries)
	}
	switch {
	case err == nil && r.Fingerprint == fingerprint:
		strange = outsidePrivate(strange)
	case replace && handedOver:
		return f, problem.Problem{Place: at, What: "the packet has a record of hand-overs, which says what became of its bundles, and a packet of other inputs has other bundles",
			Do: "Choose another folder with --out (--since makes a packet of the people who signed later); or, if none of this one was handed over, move record/ out of it"}
	case replace:
		f.remove = true
	default:
		return f, otherInputs(at, err)
	}
	if len(strange) > 0 {
		return f, problem.Problem{Place: at,
			What: fmt.Sprintf("the packet holds what Postbag did not make: %s", some(strange)),
			Do:   "Move it out of the folder, or choose another folder with --out"}
	}
	return f, nil
}

// Holds tells whether a packet stands in dir, finished or not.
func Holds(dir string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	_, err = readRun(root)
	return err == nil || (&Writer{dir: dir, root: root}).isPacket()
}

// isPacket tells whether the folder holds a packet whose run cannot be read any more: its manifest, or whatever
// stands in the run's place, says that Postbag made it.
func (w *Writer) isPacket() bool {
	if data, err := readAccount(w.root, runFile); err == nil && bytes.Contains(data, []byte(`"postbag-run/`)) {
		return true
	}
	data, err := readAccount(w.root, manifestFile)
	return err == nil && bytes.HasPrefix(data, []byte("{\n  \"format\": \"postbag-manifest/"))
}

func notOurs(at problem.Place, entries []entry) error {
	var names []string
	for _, e := range entries {
		if e.class != litter && !strings.Contains(e.path, "/") {
			names = append(names, e.path)
		}
	}
	return problem.Problem{Place: at,
		What: fmt.Sprintf("the folder is not empty, and what it holds is no packet: %s", some(names)),
		Do:   "Choose a new or an empty folder with --out"}
}

func otherInputs(at problem.Place, unread error) error {
	what := "the folder holds a packet that was made from other inputs (list, letter, settings, fonts, secret or version)"
	if unread != nil {
		what = "the folder holds a packet, and what it was made from cannot be told, because private/run.json is " +
			"gone or damaged"
	}
	return problem.Problem{Place: at, What: what,
		Do: "Choose another folder with --out, or remove that packet and make the new one in its place with --replace"}
}

func outsidePrivate(names []string) []string {
	var out []string
	for _, n := range names {
		if !isPrivate(n) {
			out = append(out, n)
		}
	}
	return out
}

// some lists the first names and counts the rest.
func some(names []string) string {
	const most = 5
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(shown(n))
	}
	return b.String()
}

// clear removes an earlier packet: its files first, then the folders that are empty now. It runs after run.json
// names the new inputs, so a run that is stopped here is gone on with, and Finish removes what is left.
func (w *Writer) clear(entries []entry) error {
	for _, e := range entries {
		switch e.class {
		case account, signature, paperwork, bundle, private:
			if e.path == runFile {
				continue
			}
			if err := w.root.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("removing the earlier packet: %w", err)
			}
		}
	}
	w.removeEmptyFolders()
	return nil
}

// removeEmptyFolders removes the packet's folders in which nothing stands. That one is not empty is no error.
func (w *Writer) removeEmptyFolders() {
	for _, f := range folders {
		if f != privateDir {
			w.root.Remove(f)
		}
	}
}
