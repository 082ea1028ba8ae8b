package packet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"postbag/letters/problem"
)

// Remaker makes single bundles of a whole packet again, for one that was lost, damaged, or jammed in a printer. It writes nothing but those
// bundles, and each only if its bytes have the checksum that the manifest gives: so accounts, checksums and signature stay as they are.
type Remaker struct {
	w        *Writer
	m        *Manifest
	unsealed bool // private/ was purged: it is there for the lock alone, and goes with it
}

// Remade is what became of a bundle.
type Remade struct {
	Number int    `json:"number"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Whole  bool   `json:"whole"` // it stood there as it should: nothing was written
}

// Reopen takes the whole packet in dir, which was made from inputs with this fingerprint; one that was made from others, or is unfinished,
// or holds no sound manifest, is a problem. A packet that was purged cannot say what it was made from: the checksums of its bundles
// will. The caller ends the Remaker with Close.
func Reopen(dir, fingerprint string) (*Remaker, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("there is no packet of which a bundle could be made again (%v)", reason(err)),
			Do: "Name the packet's folder with --out, or make the packet: postbag build without --only"}
	}
	r := &Remaker{w: newWriter(dir, root)}
	if err := r.take(fingerprint); err != nil {
		r.end()
		return nil, err
	}
	return r, nil
}

func (r *Remaker) take(fingerprint string) (err error) {
	w := r.w
	if err := r.look(fingerprint); err != nil { // before anything is written
		return err
	}
	_, err = w.root.Lstat(privateDir)
	r.unsealed = errors.Is(err, fs.ErrNotExist)
	if w.lock, err = acquire(w.root, w.dir, buildGate()); err != nil {
		return err
	}
	if err := r.look(fingerprint); err != nil { // again, now that nobody else is at work
		return err
	}
	entries, err := survey(w.root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.class == temporary {
			if err := w.root.Remove(e.path); err != nil {
				return fmt.Errorf("removing what a stopped run left: %w", err)
			}
		}
	}
	return nil
}

// look reads the packet's accounts.
func (r *Remaker) look(fingerprint string) error {
	at := problem.Place{File: r.w.dir}
	switch run, err := readRun(r.w.root); {
	case err == nil && run.Fingerprint != fingerprint:
		return problem.Problem{Place: at, What: "the packet was made from other inputs than there are now (list, letter, settings, fonts, secret, earlier packets or version), so its " +
			"bundles would not come out as they were", Do: "Put the inputs back as they were: a list that has grown is another one, and a top-up is made again with its --since; " +
			"or make another packet, with another --out"}
	case err == nil && run.State != complete:
		return problem.Problem{Place: at, What: "the packet is unfinished: a build was stopped or is still at work", Do: "Finish it with postbag build, without --only"}
	case errors.Is(err, errNoRun):
		return problem.Problem{Place: at, What: runFile + " is damaged, and it says what the packet was made from", Do: "Build without --only, which says what can be done"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("reading the packet's run: %w", err)
	}
	data, err := readAccount(r.w.root, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return problem.Problem{Place: at, What: "there is no packet here of which a bundle could be made again: " + manifestFile + " is missing",
			Do: "Name the packet's folder with --out, or build without --only"}
	}
	if err == nil {
		r.m, err = parseManifest(data)
	}
	if err == nil && len(r.m.faults()) > 0 {
		err = errors.New(r.m.faults()[0].What)
	}
	if err != nil {
		return problem.Problem{Place: problem.Place{File: filepath.Join(r.w.dir, manifestFile)}, What: fmt.Sprintf("the manifest cannot be trusted (%v)", reason(err)),
			Do: "Put it back from a copy, or build without --only"}
	}
	return nil
}

// Bundles is the number of bundles in the packet.
func (r *Remaker) Bundles() int { return len(r.m.Bundles) }

// Bundle makes the bundle of a number, from 1, again. write is called once. If what it writes has not the checksum of the manifest, nothing
// takes the place of the file that stands there, and that is the error. Safe for several goroutines.
func (r *Remaker) Bundle(ctx context.Context, number int, write func(io.Writer) error) (Remade, error) {
	want, w := &r.m.Bundles[number-1], r.w
	if err := w.begin(ctx, taking, want.Path); err != nil {
		return Remade{}, err
	}
	defer w.work.Done()
	s := &sink{ctx: ctx, w: w, path: want.Path, want: want.Bytes}
	if err := w.fill(s, write); err != nil {
		s.discard()
		return Remade{}, err
	}
	if s.sum() != want.SHA256 || s.size() != want.Bytes {
		s.discard()
		return Remade{}, problem.Problem{Place: problem.Place{File: filepath.Join(w.dir, filepath.FromSlash(want.Path))},
			What: "made again, the bundle would not be the one of the manifest: what the packet was made from has changed, or another version of Postbag made it",
			Do:   "Nothing was changed. Put list, letter, settings and fonts back as they were, and use the version that made the packet"}
	}
	made := Remade{Number: number, Path: want.Path, SHA256: want.SHA256, Bytes: want.Bytes, Whole: s.temp == nil}
	return made, w.hand(ctx, s)
}

// Close waits until every bundle has its name, and lets the packet go.
func (r *Remaker) Close(ctx context.Context) error {
	err := r.w.settled(ctx)
	if err == nil {
		err = r.w.syncFolders()
	}
	r.end()
	return err
}

// end lets the folder go as it was found.
func (r *Remaker) end() {
	if r.w.lock != nil {
		r.w.enter(ended)
		r.w.work.Wait()
		release(r.w.root, r.w.lock, buildGate())
		if r.unsealed {
			r.w.root.Remove(privateDir) // stays where anything is in it
		}
	}
	r.w.root.Close()
}
