package packet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
)

// sink takes a file's bytes, hashes them, and decides where they go.
//
// While they are the same as those of the file that stands under the final name, they go nowhere. At the first
// difference a temporary file is begun with the part that was the same, and the rest is written there. So going on
// with a stopped run costs reading, not writing, and what makes the bytes is asked for them once.
type sink struct {
	ctx  context.Context
	w    *Writer
	path string
	want int64

	old      *os.File // what stands under the final name, while it is the same
	oldSize  int64
	oldMode  fs.FileMode
	temp     *os.File // where the bytes go once they differ
	scratch  []byte   // of what is read back
	hash     hash.Hash
	n        int64 // bytes taken
	unsynced int   // of them, bytes in temp that were not synced yet
	err      error // the first
}

// begin looks for a file to compare with.
func (s *sink) begin() error {
	s.hash = sha256.New()
	old, err := openRegular(s.w.root, s.path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return s.create()
	}
	if err != nil {
		return err
	}
	info, err := old.Stat()
	if err != nil {
		old.Close()
		return err
	}
	s.old, s.oldSize, s.oldMode = old, info.Size(), info.Mode().Perm()
	return nil
}

// create begins the temporary file.
func (s *sink) create() error {
	name := temporaryName(s.path)
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL // the folder is locked and swept: nobody else has it
	f, err := s.w.root.OpenFile(name, flags, 0o600)
	if err != nil {
		return err
	}
	s.temp = f
	return nil
}

// Write takes the next bytes.
func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.take(p)
	s.hash.Write(p[:n])
	s.n += int64(n)
	s.err = err
	return n, err
}

func (s *sink) take(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.w.stage.Load() == ended {
		return 0, errClosed
	}
	if s.old != nil {
		same, err := s.same(p)
		if err != nil {
			return 0, err
		}
		if same {
			return len(p), nil
		}
		if err := s.differ(); err != nil {
			return 0, err
		}
	}
	n, err := s.temp.Write(p)
	if s.unsynced += n; s.unsynced >= syncEvery && err == nil {
		s.unsynced, err = 0, s.temp.Sync()
	}
	return n, err
}

// syncEvery is how many bytes of a large file are written before they are synced, so that little is left to wait for at its end: the
// ledger of a million letters is a hundred megabytes, and grows while bundles are made.
const syncEvery = 16 << 20

// same compares the next bytes with those of the old file.
func (s *sink) same(p []byte) (bool, error) {
	if s.n+int64(len(p)) > s.oldSize {
		return false, nil
	}
	if s.scratch == nil {
		s.scratch = make([]byte, bufferSize)
	}
	at := s.n
	for len(p) > 0 {
		part := s.scratch[:min(len(p), len(s.scratch))]
		if _, err := s.old.ReadAt(part, at); err != nil {
			if errors.Is(err, io.EOF) {
				return false, nil
			}
			return false, err
		}
		if !bytes.Equal(part, p[:len(part)]) {
			return false, nil
		}
		at += int64(len(part))
		p = p[len(part):]
	}
	return true, nil
}

// differ begins the temporary file with the bytes that were the same.
func (s *sink) differ() error {
	if err := s.create(); err != nil {
		return err
	}
	if _, err := s.old.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.CopyN(s.temp, s.old, s.n); err != nil {
		return err
	}
	s.old.Close() // before the rename: Windows replaces no open file
	s.old = nil
	return nil
}

// end is called after the last byte: an old file that goes on is not the same.
func (s *sink) end() error {
	if s.old == nil {
		return nil
	}
	if s.n != s.oldSize {
		return s.differ()
	}
	err := s.old.Close()
	s.old = nil
	if err == nil && s.oldMode != modeOf(s.path) {
		err = s.w.root.Chmod(s.path, modeOf(s.path))
	}
	if err != nil && !isModeless(err) {
		return err
	}
	return nil
}

// sum is the SHA-256 of everything taken.
func (s *sink) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// handOver gives the whole temporary file to whoever publishes it.
func (s *sink) handOver() (*os.File, string) {
	f := s.temp
	s.temp = nil
	return f, s.path
}

// discard removes the temporary file, unless it was handed over.
func (s *sink) discard() {
	if s.old != nil {
		s.old.Close()
		s.old = nil
	}
	if s.temp != nil {
		s.temp.Close()
		s.temp = nil
		s.w.root.Remove(temporaryName(s.path))
	}
}
