package packet

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// private/proofs.index lets a proof be made without reading the whole ledger. It is
//
//	"postbag-index/1\n"   16 bytes
//	the key of the salts  32 bytes
//	a record a tile       40 bytes: where in the ledger the tile's first line begins, as eight bytes, the highest
//	                      first, and the tile's hash; zeros in place of the hash where it has fewer than 64 letters
//
// Tiles are the runs of 64 letters of a bundle, from its first letter on; the last one of a bundle may be shorter.
const (
	indexMagic  = "postbag-index/1\n"
	indexHeader = len(indexMagic) + sha256.Size
	indexRecord = 8 + sha256.Size
)

// Tile is a run of up to 64 letters of a bundle.
type Tile struct {
	At   int64 // where its first line begins, in the bundle's part of the ledger
	Hash Hash  // of its letters, where there are 64 of them
}

// AppendIndexHeader appends the beginning of private/proofs.index.
func (s *Seal) AppendIndexHeader(dst []byte) []byte {
	return append(append(dst, indexMagic...), s.key[:]...)
}

// AppendIndexTiles appends the records of a bundle whose part of the ledger begins at a place.
func AppendIndexTiles(dst []byte, begins int64, tiles []Tile) []byte {
	for i := range tiles {
		dst = binary.BigEndian.AppendUint64(dst, uint64(begins+tiles[i].At))
		dst = append(dst, tiles[i].Hash[:]...)
	}
	return dst
}

// tilesOf is the number of tiles of a bundle.
func tilesOf(letters int) int { return (letters + tileLetters - 1) / tileLetters }

var errIndex = errors.New("it is damaged, or of another version of Postbag")

// readIndexKey reads the key of the salts.
func readIndexKey(r io.ReaderAt) (Hash, error) {
	var b [indexHeader]byte
	if _, err := r.ReadAt(b[:], 0); err != nil {
		return Hash{}, errIndex
	}
	if !bytes.HasPrefix(b[:], []byte(indexMagic)) {
		return Hash{}, errIndex
	}
	return Hash(b[len(indexMagic):]), nil
}

// readTiles reads the records of tiles from the first of them on, counted through all bundles.
func readTiles(r io.ReaderAt, first, count int) ([]Tile, error) {
	b := make([]byte, count*indexRecord)
	if _, err := r.ReadAt(b, int64(indexHeader)+int64(first)*indexRecord); err != nil {
		return nil, fmt.Errorf("%w: it ends too early", errIndex)
	}
	tiles := make([]Tile, count)
	for i := range tiles {
		tiles[i] = Tile{At: int64(binary.BigEndian.Uint64(b[i*indexRecord:])), Hash: Hash(b[i*indexRecord+8:])}
	}
	return tiles, nil
}
