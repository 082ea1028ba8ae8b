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
// It gathers them in blocks. While the blocks are the same as those of the file that stands under the final name, they go nowhere. At the
// first difference a temporary file is begun with the part that was the same, and the rest is written there. So going on with a stopped run
// costs reading, not writing, and what makes the bytes is asked for them once. The last block is left to whoever publishes the file.
type sink struct {
	ctx  context.Context
	w    *Writer
	path string
	want int64

	old     *os.File // what stands under the final name, while it is the same
	oldSize int64
	oldMode fs.FileMode
	temp    *directFile      // where the bytes go once they differ
	scratch []byte           // of what is read back
	block   []byte           // the bytes behind the last whole block
	room    *[blockSize]byte // of w.blocks, which block is in
	hashed  int              // bytes of block
	hash    hash.Hash
	passed  int64 // bytes before the block
	err     error // the first
}

// begin looks for a file to compare with.
func (s *sink) begin() error {
	s.hash = sha256.New()
	s.room = s.w.blocks.Get().(*[blockSize]byte)
	s.block = s.room[:0]
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
	s.temp = &directFile{File: f}
	return nil
}

// hashEvery is how many bytes are gathered before they are hashed: few enough to be in the processor's cache still.
const hashEvery = 64 << 10

// Write takes the next bytes.
func (s *sink) Write(p []byte) (int, error) {
	n := 0
	for n < len(p) && s.err == nil {
		k := copy(s.room[len(s.block):], p[n:])
		s.block = s.room[:len(s.block)+k]
		n += k
		if len(s.block)-s.hashed >= hashEvery {
			s.err = s.look()
		}
		if len(s.block) == len(s.room) && s.err == nil {
			s.err = s.pass()
		}
	}
	return n, s.err
}

// look hashes the bytes that were gathered, and looks whether the work is still wanted.
func (s *sink) look() error {
	s.hash.Write(s.block[s.hashed:])
	s.hashed = len(s.block)
	if s.w.stage.Load() == ended {
		return errClosed
	}
	return s.ctx.Err()
}

// pass takes a whole block out of the way: it is hashed to its end, and the same as in the old file, or written.
func (s *sink) pass() error {
	err := s.look()
	if err == nil {
		err = s.compare()
	}
	if err == nil && s.old == nil {
		err = s.temp.put(s.block)
	}
	s.passed += int64(len(s.block))
	s.block, s.hashed = s.room[:0], 0
	return err
}

// compare begins the temporary file if the block is not the same as that of the old file.
func (s *sink) compare() error {
	if s.old == nil {
		return nil
	}
	same, err := s.same()
	if err != nil || same {
		return err
	}
	return s.differ()
}

// same compares the block with the old file.
func (s *sink) same() (bool, error) {
	if s.size() > s.oldSize {
		return false, nil
	}
	if s.scratch == nil {
		s.scratch = make([]byte, scratchSize)
	}
	at := s.passed
	for p := s.block; len(p) > 0; {
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

// differ begins the temporary file with the blocks that were the same.
func (s *sink) differ() error {
	if err := s.create(); err != nil {
		return err
	}
	if _, err := s.old.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.CopyN(s.temp.File, s.old, s.passed); err != nil {
		return err
	}
	s.old.Close() // before the rename: Windows replaces no open file
	s.old = nil
	return nil
}

// end is called after the last byte: an old file that goes on is not the same.
func (s *sink) end() error {
	if err := s.look(); err != nil {
		return err
	}
	if err := s.compare(); err != nil || s.old == nil {
		return err
	}
	if s.size() != s.oldSize {
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

// size is how many bytes were taken.
func (s *sink) size() int64 { return s.passed + int64(len(s.block)) }

// sum is the SHA-256 of everything taken.
func (s *sink) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// finish writes the last block, makes the temporary file last and gives it its name.
func (s *sink) finish() error {
	err := s.temp.put(s.block)
	if err == nil {
		err = s.w.settle(s.temp.File, s.path)
	}
	if err == nil {
		s.temp = nil
	}
	return err
}

// discard removes the temporary file, unless it has its name, and gives the memory back.
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
	if s.room != nil {
		s.w.blocks.Put(s.room)
		s.room, s.block = nil, nil
	}
}

// scratchSize is how much of an old file is read at a time, in bytes.
const scratchSize = 128 << 10
