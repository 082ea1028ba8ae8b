package packet

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// wantWritten writes data block by block, as a sink does, and reads it back.
func wantWritten(t *testing.T, d *directFile, blocks ...[]byte) {
	t.Helper()
	var want []byte
	for _, block := range blocks {
		want = append(want, block...)
		if err := d.put(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(d.Name())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes were written, other than the %d that should be", len(got), len(want))
	}
}

func newDirectFile(t *testing.T) *directFile {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	return &directFile{File: f}
}

func filledBlock() []byte {
	block := newBlock()[:]
	rand.NewChaCha8([32]byte{1}).Read(block)
	return block
}

func TestADirectFileHasAllItsBytes(t *testing.T) {
	block := filledBlock()
	for _, last := range []int{0, 1, directUnit - 1, directUnit, leastDirect - 1, leastDirect, leastDirect + 1, leastDirect + directUnit, blockSize - 1, blockSize} {
		wantWritten(t, newDirectFile(t), block[:last])
		wantWritten(t, newDirectFile(t), block, block, block[:last])
		refused := newDirectFile(t)
		refused.refused = true
		wantWritten(t, refused, block, block[:last])
	}
}

func TestAFileSystemThatCanIsWrittenDirectly(t *testing.T) {
	probe := newDirectFile(t)
	defer probe.Close()
	if !setDirect(probe.File, true) {
		t.Skip("this file system writes nothing directly")
	}
	d := newDirectFile(t)
	defer d.Close()
	if err := d.put(filledBlock()); err != nil || !d.direct || d.refused || d.unsynced != 0 {
		t.Errorf("a block is written through the page cache: %+v, %v", d, err)
	}
	if err := d.put(filledBlock()[:100]); err != nil || d.direct || d.unsynced != 100 {
		t.Errorf("the end of a file cannot be written directly: %+v, %v", d, err)
	}
}

// Memory that begins at an odd place is what a file system with larger blocks is told: it refuses.
func TestWhatIsRefusedDirectlyIsWrittenAsUsual(t *testing.T) {
	block := filledBlock()
	wantWritten(t, newDirectFile(t), block[1:], block[1:leastDirect])
	wantWritten(t, newDirectFile(t), block, block[1:])
}

func TestALargeFileIsSyncedWhereItIsNotWrittenDirectly(t *testing.T) {
	d := newDirectFile(t)
	d.refused = true
	blocks := make([][]byte, syncEvery/blockSize+1)
	for i := range blocks {
		blocks[i] = filledBlock()
	}
	wantWritten(t, d, blocks...)
	if d.unsynced != blockSize {
		t.Errorf("%d bytes are not synced", d.unsynced)
	}
}
