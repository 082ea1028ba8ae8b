//go:build unix

package packet

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// isFull tells whether the disk, the user's share of it, or the largest file it can hold was used up.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// isModeless tells whether a file system refused a mode because it keeps none (a memory stick, a share).
func isModeless(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, errors.ErrUnsupported)
}

// syncDir makes renames in a folder last. Some file systems cannot, and need not.
func syncDir(open func(string) (*os.File, error), name string) error {
	d, err := open(name)
	if err != nil {
		return fmt.Errorf("syncing the folder %s: %w", name, err)
	}
	defer d.Close()
	err = d.Sync()
	if err == nil || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return fmt.Errorf("syncing the folder %s: %w", name, err)
}
