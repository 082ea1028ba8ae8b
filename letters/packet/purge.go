package packet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"sync"

	"postbag/letters/problem"
)

// Purge removes private/ of the packet in dir, and returns what it removed, in order; look does not remove it. What Postbag
// did not make is not touched: where it stands in private/, nothing is removed. A build must not be at work there, and must not be
// unfinished. What was begun and stopped is gone on with by purging again.
//
// The names are gone from the folder then; what the disk keeps of removed files, and copies elsewhere, Purge does not reach.
func Purge(dir string, look bool) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	defer root.Close()
	names, err := purgeable(root, dir)
	if err != nil || look || len(names) == 0 {
		return names, err
	}
	l, err := acquire(root, dir, buildGate())
	if err != nil {
		return nil, err
	}
	free := sync.OnceFunc(func() { release(root, l, buildGate()) }) // once: then the lock may be another's
	defer free()
	if names, err = purgeable(root, dir); err != nil { // again, now that nobody else is at work
		return nil, err
	}
	for i, name := range names {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return names[:i], fmt.Errorf("removing %s: %w", name, err)
		}
	}
	free()
	if err := root.Remove(privateDir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return names, fmt.Errorf("removing %s: %w", privateDir, err)
	}
	return names, syncDir(root.Open, ".")
}

// purgeable lists the files of private/; that there is none is no error.
func purgeable(root *os.Root, dir string) ([]string, error) {
	at := problem.Place{File: dir}
	data, err := readAccount(root, manifestFile)
	if err == nil {
		_, err = parseManifest(data)
	}
	if err != nil {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("%s cannot be used (%v), and without private/ this packet could not be mended", manifestFile, reason(err)),
			Do: "Check it with postbag verify, and mend it first; or remove private/ by hand"}
	}
	if r, err := readRun(root); err == nil && r.State == building {
		return nil, problem.Problem{Place: at, What: "the packet is unfinished: a build was stopped or is still at work", Do: "Finish it with postbag build first"}
	}
	entries, err := survey(root)
	if err != nil {
		return nil, err
	}
	var names, strange []string
	for _, e := range entries {
		switch {
		case !isPrivate(e.path) || e.path == privateDir && e.class == folder || e.class == lock:
		case e.class == private || e.class == temporary || e.class == litter:
			names = append(names, e.path)
		default:
			strange = append(strange, e.path)
		}
	}
	if len(strange) > 0 {
		return nil, problem.Problem{Place: at, What: "private/ holds what Postbag did not make: " + some(strange), Do: "Move it out of the packet, and purge again"}
	}
	sort.Strings(names)
	return names, nil
}
