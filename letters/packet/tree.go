package packet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
)

// The tree of a packet, by which a signer can show that their letter is in it.
//
// There are two levels, and each is a Merkle tree as RFC 6962, 2.1 has it (a leaf is hashed behind a byte 0, a node
// behind a byte 1). The lower trees are over the letters of one bundle, in the order of their ids; the upper one is over the
// bundles. Two levels and not one tree over all letters, because bundles begin where a group of signers or a box of paper
// begins, not at powers of two: in one tree the letters of a bundle would be up to thirty scattered nodes. So a bundle has one
// hash, which stands on its slip sheet, can be made from that bundle's letters alone, and from the hashes of
// all bundles anybody makes the root. Each leaf of the upper tree also says how many bundles and letters there
// are in all, which RFC 6962 leaves to a signed tree head: so the root alone pins the size.
//
// A letter's leaf is salt and content; see appendContent for the content. The salt is an HMAC-SHA-256 of the letter's id and values
// with a key that stays in private/, and the key is derived from the wording and the fields, which all letters share: without it
// nobody can try names until a hash fits, and since a salt depends on all of the content, the salt that one signer's proof shows says nothing about another letter, nor about another person who has the same letter id
// in another packet. The same letters and key make the same tree.

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String is the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// parseHash reads a hash in lower-case hex, as it stands in manifests and proofs.
func parseHash(s string) (h Hash, ok bool) {
	if !IsHash(s) {
		return h, false
	}
	_, err := hex.Decode(h[:], []byte(s))
	return h, err == nil
}

// Prefixes of RFC 6962, 2.1, and the names of the two kinds of leaves.
const (
	leafPrefix    = 0
	nodePrefix    = 1
	letterContent = "postbag-letter/1"
)

func leafHash(data []byte) Hash {
	h := sha256.New()
	h.Write([]byte{leafPrefix})
	h.Write(data)
	return Hash(h.Sum(nil))
}

func nodeHash(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = nodePrefix
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// merkle grows a Merkle tree leaf by leaf and keeps one node of each level: the roots of the perfect trees that the leaves
// so far fall into, the largest first (RFC 6962, 2.1).
type merkle struct {
	n     int
	nodes [64]Hash // by level; those of the bits of n are in use
	tile  Hash     // the last node of tileLevel that was completed
}

// add takes a leaf's hash in.
func (m *merkle) add(h Hash) {
	level := 0
	for n := m.n; n&1 == 1; n >>= 1 {
		h = nodeHash(m.nodes[level], h)
		if level++; level == tileLevel {
			m.tile = h
		}
	}
	m.nodes[level] = h
	m.n++
}

// root is the tree's hash; that of an empty tree is the hash of nothing.
func (m *merkle) root() Hash {
	if m.n == 0 {
		return sha256.Sum256(nil)
	}
	var h Hash
	begun := false
	for level := 0; m.n>>level > 0; level++ {
		switch {
		case m.n>>level&1 == 0:
		case !begun:
			h, begun = m.nodes[level], true
		default:
			h = nodeHash(m.nodes[level], h)
		}
	}
	return h
}

// Seal says how the letters of a packet are hashed. Goroutines share it; each has a [LetterTree].
type Seal struct {
	key     Hash
	wording Hash
	fields  []string
}

// NewSeal makes the seal of a packet. The key for the salts is derived from the campaign's secret and what all letters have in common, so
// that a packet's private/ does not give the secret away; wording is the wording's SHA-256 in hex, fields are the names of what letters say of their
// signers, in the order of the values that [LetterTree.Add] gets.
func NewSeal(secret []byte, campaign, wording string, fields []string) (*Seal, error) {
	common := appendText([]byte("postbag-salts/2\n"), campaign)
	common = appendText(common, wording)
	for _, field := range fields {
		common = appendText(common, field)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(common)
	return newSeal(Hash(mac.Sum(nil)), wording, fields)
}

func newSeal(key Hash, wording string, fields []string) (*Seal, error) {
	w, ok := parseHash(wording)
	if !ok {
		return nil, fmt.Errorf("packet: %q is no SHA-256 of a wording", wording)
	}
	return &Seal{key: key, wording: w, fields: fields}, nil
}

// Worded is the seal of letters of the same packet with another wording: those to another recipient. It has the same key, since no letter
// of that wording has the id of one of this.
func (s *Seal) Worded(wording string) (*Seal, error) { return newSeal(s.key, wording, s.fields) }

// appendContent appends what a letter's leaf says. It is a list of texts, each behind its length in bytes as four bytes, the highest first:
// "postbag-letter/1", the 32 bytes of the wording's SHA-256, the letter id, and for each field its name and its value.
func (s *Seal) appendContent(dst, id []byte, values []string) []byte {
	dst = appendText(dst, letterContent)
	dst = appendText(dst, s.wording[:])
	dst = appendText(dst, id)
	for i, field := range s.fields {
		dst = appendText(dst, field)
		dst = appendText(dst, values[i])
	}
	return dst
}

func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(text))), text...)
}

// tileLevel is the level whose nodes are kept in private/, so that a proof need not hash a whole bundle again: a tile is the
// 64 letters under such a node.
const (
	tileLevel   = 6
	tileLetters = 1 << tileLevel
)

// LetterTree hashes the letters of one bundle after the other.
type LetterTree struct {
	seal  *Seal
	mac   hash.Hash
	leaf  []byte // a byte 0, the salt, the content
	own   []byte // the letter's id and values
	tree  merkle
	tiles []Tile
}

// NewTree makes a tree that hashes letters with the seal.
func (s *Seal) NewTree() *LetterTree {
	return &LetterTree{seal: s, mac: hmac.New(sha256.New, s.key[:]), leaf: make([]byte, 1+sha256.Size, 512)}
}

// Begin starts a bundle. What Tiles returned before is not touched.
func (t *LetterTree) Begin() { t.tree.n, t.tiles = 0, nil }

// Add takes the bundle's next letter in, whose line begins at a place of the bundle's part of the ledger. It keeps neither id nor
// values, and allocates nothing for most letters.
func (t *LetterTree) Add(at int, id []byte, values []string) {
	if t.tree.n%tileLetters == 0 {
		t.tiles = append(t.tiles, Tile{At: int64(at)})
	}
	t.tree.add(t.hash(id, values))
	if t.tree.n%tileLetters == 0 {
		t.tiles[len(t.tiles)-1].Hash = t.tree.tile
	}
}

// Root is the hash over the letters of the bundle so far.
func (t *LetterTree) Root() Hash { return t.tree.root() }

// Tiles are the bundle's tiles so far.
func (t *LetterTree) Tiles() []Tile { return t.tiles }

// hash is the hash of a letter's leaf; the salt is left in t.leaf.
func (t *LetterTree) hash(id []byte, values []string) Hash {
	t.leaf = t.seal.appendContent(t.leaf[:1+sha256.Size], id, values)
	t.own = appendText(t.own[:0], id)
	for i := range t.seal.fields {
		t.own = appendText(t.own, values[i])
	}
	t.mac.Reset()
	t.mac.Write(t.own)
	t.mac.Sum(t.leaf[1:1])
	t.leaf[0] = leafPrefix
	return sha256.Sum256(t.leaf)
}

// bundleEntry is what a leaf of the upper tree says: this is bundle number of so many, its letters are those from first on, of so
// many in all, and their tree has this hash. It is five numbers of eight bytes, the highest first, and the hash: 72 bytes, which no
// letter's leaf has, since one takes over a hundred.
type bundleEntry struct {
	number, bundles       int
	first, letters, inAll int
	root                  Hash
}

func (e *bundleEntry) hash() Hash {
	b := make([]byte, 0, 5*8+sha256.Size)
	for _, n := range [...]int{e.number, e.bundles, e.first, e.letters, e.inAll} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return leafHash(append(b, e.root[:]...))
}

// entryHashes are the leaves of the upper tree, as the manifest has the bundles. A bundle whose root is no hash is an error.
func (m *Manifest) entryHashes() ([]Hash, error) {
	hashes := make([]Hash, len(m.Bundles))
	first := m.First
	for i := range m.Bundles {
		b := &m.Bundles[i]
		root, ok := parseHash(b.Root)
		if !ok {
			return nil, fmt.Errorf("%s has no proper root", shown(b.Path))
		}
		e := bundleEntry{number: i + 1, bundles: len(m.Bundles), first: first, letters: b.Letters, inAll: m.Letters, root: root}
		hashes[i] = e.hash()
		first += b.Letters
	}
	return hashes, nil
}

func rootOf(leaves []Hash) Hash {
	var tree merkle
	for _, h := range leaves {
		tree.add(h)
	}
	return tree.root()
}
