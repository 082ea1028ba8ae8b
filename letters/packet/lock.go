package packet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"postbag/letters/problem"
)

// acquire takes the lock of the packet in dir. The operating system gives it back when the process ends, however it
// ends, so a killed build never keeps the next one out.
//
// The lock file is removed with the lock, so between opening and locking it another build may have taken it away;
// then the lock is on a file that nobody else will find, and the next try is on the new one.
func acquire(root *os.Root, dir string) (*flock.Flock, error) {
	const tries = 10
	for range tries {
		if err := root.Mkdir(privateDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, unusable(dir, privateDir, err)
		}
		l := flock.New(filepath.Join(dir, filepath.FromSlash(lockFile)))
		ok, err := l.TryLock()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("locking %s, so that no other build writes there: %w", dir, err)
		}
		if !ok {
			break
		}
		held, err := l.Stat()
		if err == nil {
			if there, err := root.Lstat(lockFile); err == nil && os.SameFile(held, there) {
				return l, nil
			}
		}
		l.Close()
	}
	return nil, problem.Problem{
		Place: problem.Place{File: dir},
		What:  "another build is at work in this folder",
		Do:    "Wait until it has ended, or choose another folder with --out",
	}
}

// release gives the lock back and leaves no file behind.
func release(root *os.Root, l *flock.Flock) {
	if runtime.GOOS == "windows" { // which removes no open file
		l.Close()
		root.Remove(lockFile)
		return
	}
	root.Remove(lockFile)
	l.Close()
}
