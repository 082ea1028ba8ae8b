package packet

import (
	"os"
	"unsafe"
)

// Sizes of direct writing, in bytes.
const (
	blockSize   = 1 << 20  // of what is written at a time
	directUnit  = 4 << 10  // where memory, offset and length of a direct write begin and end: the largest block of the file systems in use
	leastDirect = 64 << 10 // less is not worth a wait for the disk
	syncEvery   = 16 << 20 // of a large file, so that little is left to wait for at its end
)

// newBlock is memory that can be written directly.
func newBlock() *[blockSize]byte {
	b := make([]byte, blockSize+directUnit)
	at := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (directUnit - 1))
	return (*[blockSize]byte)(b[at:])
}

// directFile is a temporary file that is written from its beginning to its end, where the system lets it past the page cache (O_DIRECT of
// Linux): each file is synced before it has its name, so what the cache would save is nothing, and it costs a copy of every byte and memory
// that the system has to find. A file system that knows no direct writing is written as usual, with a sync now and then.
type directFile struct {
	*os.File // for its mode, its sync and its name; not for writing
	direct   bool
	refused  bool // the file system has
	unsynced int  // bytes
}

// put writes the next bytes, which begin where a block does. All but the last of a file are whole blocks.
func (d *directFile) put(p []byte) error {
	if whole := len(p) &^ (directUnit - 1); whole >= leastDirect && !d.refused {
		n, err := d.putDirectly(p[:whole])
		if err != nil {
			return err
		}
		p = p[n:]
	}
	if len(p) == 0 {
		return nil
	}
	if d.direct {
		setDirect(d.File, false)
		d.direct = false
	}
	n, err := d.File.Write(p)
	if d.unsynced += n; err == nil && d.unsynced >= syncEvery {
		d.unsynced, err = 0, d.Sync()
	}
	return err
}

// putDirectly writes what the file system takes directly: all of it or, where it refuses, as much as it took before.
func (d *directFile) putDirectly(p []byte) (int, error) {
	if !d.direct {
		d.direct = setDirect(d.File, true)
		d.refused = !d.direct
	}
	if d.refused {
		return 0, nil
	}
	n, err := d.File.Write(p)
	if isRefused(err) {
		d.refused, err = true, nil
	}
	return n, err
}
