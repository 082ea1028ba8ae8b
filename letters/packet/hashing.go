package packet

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// A tree takes three short hashes a letter: an HMAC, a leaf and, on average, a node. Of the time that crypto/sha256 and crypto/hmac take
// for a message of one or two blocks, more than half goes into copying and padding. So messages are padded here (FIPS 180-4, 5.1.1), and
// written in whole blocks, which crypto/sha256 hashes where they lie; the hash is then taken from the state that it gives away
// (encoding.BinaryAppender). A million letters take 0.15 s less. Where the state is not of the form known here, because a later Go has
// another one, hashes are made the ordinary way: newHasher tries it out first.

// Where the eight words of the hash stand in a state of crypto/sha256.
const (
	stateMagic = "sha\x03"
	stateHash  = len(stateMagic)
)

// stateful is what crypto/sha256 offers beside hash.Hash.
type stateful interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// zeros are what a message is padded with.
var zeros [sha256.BlockSize]byte

// hasher makes short SHA-256 and HMAC-SHA-256 with one key. It is one goroutine's.
type hasher struct {
	h            stateful // nil for the ordinary way
	mac          hash.Hash
	inner, outer []byte // states after the key's blocks (RFC 2104, 2)
	state, block []byte

	pair   [2 * sha256.BlockSize]byte // what a node is made of, padded
	digest [sha256.BlockSize]byte     // what the outer hash of an HMAC is made of, padded
}

func newHasher(key []byte) *hasher {
	x := &hasher{mac: hmac.New(sha256.New, key)}
	h, ok := sha256.New().(stateful)
	if !ok || len(key) > sha256.BlockSize {
		return x
	}
	x.h, x.block, x.state = h, make([]byte, 0, 4*sha256.BlockSize), make([]byte, 0, 2*sha256.BlockSize)
	copy(x.pair[:], padded(append(x.block, make([]byte, 1+2*sha256.Size)...), 0))
	copy(x.digest[:], padded(append(x.block, make([]byte, sha256.Size)...), sha256.BlockSize))
	x.pair[0] = nodePrefix
	block := make([]byte, sha256.BlockSize)
	copy(block, key)
	x.inner = x.stateAfter(masked(block, 0x36))
	x.outer = x.stateAfter(masked(block, 0x5c))
	sample := bytes.Repeat([]byte("postbag"), 30)
	for _, n := range [...]int{0, 55, 56, 64, 119, 120, len(sample)} {
		if x.h != nil && (x.sum(sample[:n]) != sha256.Sum256(sample[:n]) || x.keyed(sample[:n]) != x.plainKeyed(sample[:n])) {
			x.h = nil
		}
	}
	if left, right := sha256.Sum256(nil), sha256.Sum256(sample); x.h != nil && x.node(left, right) != nodeHash(left, right) {
		x.h = nil
	}
	return x
}

func masked(key []byte, mask byte) []byte {
	out := make([]byte, len(key))
	for i, b := range key {
		out[i] = b ^ mask
	}
	return out
}

// stateAfter is the state of a new hash after whole blocks; nil, and the ordinary way from then on, where there is none.
func (x *hasher) stateAfter(blocks []byte) []byte {
	if x.h == nil {
		return nil
	}
	x.h.Reset()
	x.h.Write(blocks)
	state, err := x.h.AppendBinary(nil)
	if err != nil || len(state) < stateHash+sha256.Size || !bytes.HasPrefix(state, []byte(stateMagic)) {
		x.h = nil
	}
	return state
}

// sum is the SHA-256 of a message.
func (x *hasher) sum(message []byte) Hash {
	if x.h == nil {
		return sha256.Sum256(message)
	}
	x.block = padded(append(x.block[:0], message...), 0)
	return x.after(nil, x.block)
}

// node is the hash of a node (RFC 6962, 2.1).
func (x *hasher) node(left, right Hash) Hash {
	if x.h == nil {
		return nodeHash(left, right)
	}
	copy(x.pair[1:], left[:])
	copy(x.pair[1+sha256.Size:], right[:])
	return x.after(nil, x.pair[:])
}

// keyed is the HMAC-SHA-256 of a message.
func (x *hasher) keyed(message []byte) Hash {
	if x.h == nil {
		return x.plainKeyed(message)
	}
	x.block = padded(append(x.block[:0], message...), sha256.BlockSize)
	inner := x.after(x.inner, x.block)
	copy(x.digest[:], inner[:])
	return x.after(x.outer, x.digest[:])
}

func (x *hasher) plainKeyed(message []byte) (sum Hash) {
	x.mac.Reset()
	x.mac.Write(message)
	x.mac.Sum(sum[:0])
	return sum
}

// padded pads a message that comes after so many bytes.
func padded(message []byte, before int) []byte {
	bits := uint64(before+len(message)) * 8
	b := append(message, 0x80)
	b = append(b, zeros[:(2*sha256.BlockSize-8-len(b)%sha256.BlockSize)%sha256.BlockSize]...)
	return binary.BigEndian.AppendUint64(b, bits)
}

// after goes on from a state, or begins where there is none, with whole blocks.
func (x *hasher) after(state, blocks []byte) (sum Hash) {
	if state == nil {
		x.h.Reset()
	} else if err := x.h.UnmarshalBinary(state); err != nil {
		panic("packet: crypto/sha256 does not take its own state: " + err.Error()) // it took it when the hasher was made
	}
	x.h.Write(blocks)
	x.state, _ = x.h.AppendBinary(x.state[:0])
	copy(sum[:], x.state[stateHash:])
	return sum
}
