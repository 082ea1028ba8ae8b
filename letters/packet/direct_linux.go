package packet

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// setDirect turns direct writing (O_DIRECT, open(2)) of a file on or off, and tells whether the file system could.
func setDirect(f *os.File, on bool) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	done := false
	err = conn.Control(func(fd uintptr) {
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		if err != nil {
			return
		}
		if flags &^= unix.O_DIRECT; on {
			flags |= unix.O_DIRECT
		}
		_, err = unix.FcntlInt(fd, unix.F_SETFL, flags)
		done = err == nil
	})
	return done && err == nil
}

// isRefused tells whether a file system would not write directly what it would write otherwise: one with larger blocks, or one that says so late.
func isRefused(err error) bool { return errors.Is(err, unix.EINVAL) }
