package packet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
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
// A letter's leaf is salt and content; see [Seal.appendLetter]. The salt is an HMAC-SHA-256 of the letter's number and values
// with a key that stays in private/, and the key is derived from what all letters share: without it nobody can try names until a hash
// fits, and since a salt depends on all of the content, the salt that one signer's proof shows says nothing about another letter, nor
// about another person who has the same letter id in another packet. The same letters and key make the same tree.
//
// Packets of manifest version 2 have trees of the first form, postbag-tree/1, whose leaves say in full what all letters share. In
// postbag-tree/2 they say its hash: a leaf then takes two blocks of SHA-256 where it took four, and the tree a third less time.

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

// Prefixes of RFC 6962, 2.1.
const (
	leafPrefix = 0
	nodePrefix = 1
)

// The forms of trees. What is hashed first names the form of a letter, so that no leaf of one form is a leaf of the other.
const (
	treeFormat1 = "postbag-tree/1"
	treeFormat  = "postbag-tree/2"

	letterContent1 = "postbag-letter/1"
	letterContent  = "postbag-letter/2"
)

// Kinds of leaves in postbag-tree/2.
const (
	letterLeaf = 'L'
	bundleLeaf = 'B'
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
	with  *hasher  // nil for the ordinary way
}

// add takes a leaf's hash in.
func (m *merkle) add(h Hash) {
	level := 0
	for n := m.n; n&1 == 1; n >>= 1 {
		h = m.node(m.nodes[level], h)
		if level++; level == tileLevel {
			m.tile = h
		}
	}
	m.nodes[level] = h
	m.n++
}

func (m *merkle) node(left, right Hash) Hash {
	if m.with == nil {
		return nodeHash(left, right)
	}
	return m.with.node(left, right)
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
	form     string // treeFormat, or treeFormat1 of older packets
	key      Hash
	campaign string
	wording  Hash
	fields   []string
	common   Hash // of what all letters share
}

// NewSeal makes the seal of a packet. The key for the salts is derived from the campaign's secret and what all letters have in common, so
// that a packet's private/ does not give the secret away; wording is the wording's SHA-256 in hex, fields are the names of what letters say of their
// signers, in the order of the values that [LetterTree.Add] gets.
func NewSeal(secret []byte, campaign, wording string, fields []string) (*Seal, error) {
	s, err := newSeal(treeFormat, Hash{}, campaign, wording, fields)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("postbag-salts/3\n"))
	mac.Write(s.common[:])
	s.key = Hash(mac.Sum(nil))
	return s, nil
}

// newSeal makes the seal of a packet with a key that is known, in the form of its tree.
func newSeal(form string, key Hash, campaign, wording string, fields []string) (*Seal, error) {
	w, ok := parseHash(wording)
	if !ok {
		return nil, fmt.Errorf("packet: %q is no SHA-256 of a wording", wording)
	}
	s := &Seal{form: form, key: key, campaign: campaign, wording: w, fields: fields}
	common := appendText(nil, letterContent)
	common = appendText(common, campaign)
	common = append(common, w[:]...)
	for _, field := range fields {
		common = appendText(common, field)
	}
	s.common = sha256.Sum256(common)
	return s, nil
}

// Worded is the seal of letters of the same packet with another wording: those to another recipient. It has the same key, since no letter
// of that wording has the number of one of this.
func (s *Seal) Worded(wording string) (*Seal, error) {
	return newSeal(s.form, s.key, s.campaign, wording, s.fields)
}

// saltSize is the size of a salt in bytes: half of an HMAC-SHA-256 (RFC 2104, 5), and all of it in postbag-tree/1.
func (s *Seal) saltSize() int { return saltSizeOf(s.form) }

func saltSizeOf(form string) int {
	if form == treeFormat1 {
		return sha256.Size
	}
	return sha256.Size / 2
}

// appendLetter appends what is a letter's own: its number in eight bytes, the highest first, and the value of each field.
func (s *Seal) appendLetter(dst []byte, number int, values []string) []byte {
	if s.form == treeFormat1 {
		return s.appendLetter1(dst, number, values)
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(number))
	for i := range s.fields {
		dst = appendShort(dst, values[i])
	}
	return dst
}

// appendLeaf appends what a letter's leaf is made of, from its salt and what appendLetter has of it: the kind of leaf, the salt, the hash of
// what all letters share, and the letter's own.
func (s *Seal) appendLeaf(dst, salt, own []byte) []byte {
	dst = append(append(dst, letterLeaf), salt...)
	dst = append(dst, s.common[:]...)
	return append(dst, own...)
}

// appendLetter1 is what a salt of postbag-tree/1 is made from: a list of texts, the letter id and the value of each field.
func (s *Seal) appendLetter1(dst []byte, number int, values []string) []byte {
	dst = appendText(dst, letterID(s.campaign, number))
	for i := range s.fields {
		dst = appendText(dst, values[i])
	}
	return dst
}

// appendLeaf1 appends what a letter's leaf is made of in postbag-tree/1: the salt and a list of texts, which are "postbag-letter/1", the
// 32 bytes of the wording's SHA-256, the letter id, and for each field its name and its value.
func (s *Seal) appendLeaf1(dst, salt []byte, number int, values []string) []byte {
	dst = append(dst, salt...)
	dst = appendText(dst, letterContent1)
	dst = appendText(dst, s.wording[:])
	dst = appendText(dst, letterID(s.campaign, number))
	for i, field := range s.fields {
		dst = appendText(dst, field)
		dst = appendText(dst, values[i])
	}
	return dst
}

// appendText appends a text behind its length in bytes as four bytes, the highest first.
func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(text))), text...)
}

// appendShort appends a text behind its length in bytes as one byte; of 255 bytes or more, behind a byte 255 and its length as appendText has it.
func appendShort(dst []byte, text string) []byte {
	if len(text) < 255 {
		return append(append(dst, byte(len(text))), text...)
	}
	return appendText(append(dst, 255), text)
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
	with  *hasher
	leaf  []byte // a byte 0, and what the leaf is made of
	own   []byte // what is the letter's own
	mac   Hash   // the last letter's; its salt is the beginning of it
	tree  merkle
	tiles []Tile
}

// NewTree makes a tree that hashes letters with the seal.
func (s *Seal) NewTree() *LetterTree {
	with := newHasher(s.key[:])
	return &LetterTree{seal: s, with: with, tree: merkle{with: with}, leaf: make([]byte, 0, 512)}
}

// Begin starts a bundle. What Tiles returned before is not touched.
func (t *LetterTree) Begin() { t.tree.n, t.tiles = 0, nil }

// Add takes the bundle's next letter in, whose line begins at a place of the bundle's part of the ledger. It keeps no values, and
// allocates nothing for most letters.
func (t *LetterTree) Add(at, number int, values []string) {
	if t.tree.n%tileLetters == 0 {
		t.tiles = append(t.tiles, Tile{At: int64(at)})
	}
	t.tree.add(t.hash(number, values))
	if t.tree.n%tileLetters == 0 {
		t.tiles[len(t.tiles)-1].Hash = t.tree.tile
	}
}

// Root is the hash over the letters of the bundle so far.
func (t *LetterTree) Root() Hash { return t.tree.root() }

// Tiles are the bundle's tiles so far.
func (t *LetterTree) Tiles() []Tile { return t.tiles }

// hash is the hash of a letter's leaf; its salt is then that of [LetterTree.salt].
func (t *LetterTree) hash(number int, values []string) Hash {
	t.own = t.seal.appendLetter(t.own[:0], number, values)
	t.mac = t.with.keyed(t.own)
	t.leaf = append(t.leaf[:0], leafPrefix)
	if t.seal.form == treeFormat1 {
		t.leaf = t.seal.appendLeaf1(t.leaf, t.salt(), number, values)
	} else {
		t.leaf = t.seal.appendLeaf(t.leaf, t.salt(), t.own)
	}
	return t.with.sum(t.leaf)
}

// salt is that of the letter that was hashed last.
func (t *LetterTree) salt() []byte { return t.mac[:t.seal.saltSize()] }

// bundleEntry is what a leaf of the upper tree says: this is bundle number of so many, its letters are those from first on, of so
// many in all, and their tree has this hash. It is the kind of leaf, five numbers of eight bytes, the highest first, and the hash. In
// postbag-tree/1 there is no kind, and no letter's leaf is as short.
type bundleEntry struct {
	form                  string
	number, bundles       int
	first, letters, inAll int
	root                  Hash
}

func (e *bundleEntry) hash() Hash {
	b := make([]byte, 0, 1+5*8+sha256.Size)
	if e.form != treeFormat1 {
		b = append(b, bundleLeaf)
	}
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
		e := bundleEntry{form: m.Tree.Format, number: i + 1, bundles: len(m.Bundles), first: first, letters: b.Letters, inAll: m.Letters, root: root}
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
