package packet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"postbag/letters/problem"
)

// gate is a lock of a packet, and what to say when another process holds it.
type gate struct {
	file     string
	patience time.Duration // how long to wait for the other
	what, do string
}

// buildGate keeps two builds out of one folder.
func buildGate() gate {
	return gate{file: lockFile, what: "another build is at work in this folder", do: "Wait until it has ended, or choose another folder with --out"}
}

// recordGate keeps two entries from following the same line. Entries are written in no time, so the second waits.
func recordGate() gate {
	return gate{file: recordLockFile, patience: 10 * time.Second, what: "another Postbag is writing to the record of this packet", do: "Wait until it has ended, and record again"}
}

// acquire takes a lock of the packet in dir. The operating system gives it back when the process ends, however it
// ends, so a killed run never keeps the next one out.
//
// The lock file is removed with the lock, so between opening and locking it another run may have taken it away;
// then the lock is on a file that nobody else will find, and the next try is on the new one.
func acquire(root *os.Root, dir string, g gate) (*flock.Flock, error) {
	const tries, pause = 10, 10 * time.Millisecond
	end := time.Now().Add(g.patience)
	for try := 1; try <= tries || time.Now().Before(end); try++ {
		l, held, err := g.try(root, dir)
		if l != nil || err != nil {
			return l, err
		}
		if held && !time.Now().Before(end) {
			break
		}
		if held {
			time.Sleep(pause)
		}
	}
	return nil, problem.Problem{Place: problem.Place{File: dir}, What: g.what, Do: g.do}
}

// try takes the lock if nobody holds it; held is whether another process does. Neither lock nor holder means that the file went away in between.
func (g gate) try(root *os.Root, dir string) (_ *flock.Flock, held bool, err error) {
	folder := path.Dir(g.file)
	if err := root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, unusable(dir, folder, err)
	}
	l := flock.New(filepath.Join(dir, filepath.FromSlash(g.file)))
	ok, err := l.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("locking %s, so that nobody else writes there: %w", dir, err)
	case !ok:
		l.Close()
		return nil, true, nil
	}
	if mine, err := l.Stat(); err == nil {
		if there, err := root.Lstat(g.file); err == nil && os.SameFile(mine, there) {
			return l, false, nil
		}
	}
	l.Close()
	return nil, false, nil
}

// release gives the lock back and leaves no file behind.
func release(root *os.Root, l *flock.Flock, g gate) {
	if runtime.GOOS == "windows" { // which removes no open file
		l.Close()
		root.Remove(g.file)
		return
	}
	root.Remove(g.file)
	l.Close()
}
