package packet

import (
	"errors"
	"os"
	"syscall"
)

const (
	errorHandleDiskFull    = syscall.Errno(39)
	errorDiskFull          = syscall.Errno(112)
	errorFileTooLarge      = syscall.Errno(223)
	errorDiskQuotaExceeded = syscall.Errno(1295)
)

// isFull tells whether the disk, the user's share of it, or the largest file it can hold was used up.
func isFull(err error) bool {
	for _, e := range []error{errorDiskFull, errorHandleDiskFull, errorFileTooLarge, errorDiskQuotaExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// isModeless tells whether a file system refused a mode because it keeps none: Windows has none to refuse.
func isModeless(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

// syncDir has nothing to do: Windows writes renames to its journal, and cannot sync a folder.
func syncDir(func(string) (*os.File, error), string) error { return nil }
