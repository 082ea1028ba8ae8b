package roll

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// Two rows are one person when their keys are the same. A key is made of the normalised e-mail and the folded name, so a household
// that shares an address is several people; of name and postcode where there is no e-mail; and there is none where neither is given.

// personKey stands for a person: a hash of 128 bits, so that two different people are never taken for one.
type personKey = [16]byte

// identifier makes keys. Its memory is used again and again.
type identifier struct {
	plus, dots bool // take Ann+x@ for ann@, and A.nn@gmail.com for ann@gmail.com
	keys       [4]uint64
	text       []byte
}

// person makes the key of a person; known is false when nothing tells them from others.
func (d *identifier) person(name, email, postcode []byte) (key personKey, known bool) {
	d.text = append(d.text[:0], '@')
	if isEmail(email) {
		d.text = d.appendEmail(d.text, email)
	} else {
		d.text[0] = '#'
		d.text = appendFolded(d.text, postcode)
	}
	if len(d.text) == 1 {
		return key, false
	}
	d.text = appendFolded(append(d.text, 0), name)
	return d.hash(d.text), true
}

// isEmail tells whether text has the form of an e-mail address: something, @, something. “none” and “-” are no address.
func isEmail(text []byte) bool {
	at := bytes.LastIndexByte(text, '@')
	return at > 0 && at < len(text)-1
}

// providersWithoutDots are those that deliver a.b@ and ab@ to one mailbox, by their own documentation.
var providersWithoutDots = map[string]bool{"gmail.com": true, "googlemail.com": true}

// appendEmail appends a normalised address: small letters; nothing from a plus on; and without dots where the provider ignores them.
func (d *identifier) appendEmail(dst, email []byte) []byte {
	start := len(dst)
	dst = appendFolded(dst, email)
	at := start + bytes.LastIndexByte(dst[start:], '@')
	if at <= start || !d.plus && !d.dots {
		return dst
	}
	to := at
	if plus := bytes.IndexByte(dst[start:at], '+'); d.plus && plus > 0 {
		to = start + plus
	}
	if domain := dst[at+1:]; d.dots && domain[0] == 'g' && providersWithoutDots[string(domain)] {
		local := dst[start:start]
		for _, b := range dst[start:to] {
			if b != '.' {
				local = append(local, b)
			}
		}
		to = start + len(local)
	}
	if to == at {
		return dst
	}
	return append(dst[:to], dst[at:]...)
}

// appendFolded appends text without white space, and without the difference between small and capital letters.
func appendFolded(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		b := text[i]
		if b < utf8.RuneSelf {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			if b > ' ' {
				dst = append(dst, b)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		switch {
		case r == 'ß' || r == 'ẞ':
			dst = append(dst, "ss"...)
		case r == 'İ':
			dst = append(dst, 'i')
		case !unicode.IsSpace(r):
			dst = utf8.AppendRune(dst, unicode.ToLower(unicode.ToUpper(r)))
		}
	}
	return dst
}

// index finds numbers by 32 bits of a hash: open addressing over slots of eight bytes, a tag and a number. A tag's home is its share
// of the table, so a growing table is filled from the old one in order, without asking for the keys again. Nine to fourteen bytes a
// number.
type index struct {
	slots []uint64 // tag<<32 | number+1; 0 is free
	used  int
}

// find calls same with each number that has the tag until it says yes, and returns that number.
func (x *index) find(tag uint32, same func(n uint32) bool) (n uint32, ok bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	for i := x.home(tag); ; i++ {
		if i == len(x.slots) {
			i = 0
		}
		slot := x.slots[i]
		if slot == 0 {
			return 0, false
		}
		if uint32(slot>>32) == tag && same(uint32(slot)-1) {
			return uint32(slot) - 1, true
		}
	}
}

// home is where a tag is looked for first.
func (x *index) home(tag uint32) int { return int(uint64(tag) * uint64(len(x.slots)) >> 32) }

// set puts a number under a tag; when same says yes to one that is there, in its place.
func (x *index) set(tag, n uint32, same func(n uint32) bool) {
	if x.used >= len(x.slots)*4/5 {
		x.grow()
	}
	for i := x.home(tag); ; i++ {
		if i == len(x.slots) {
			i = 0
		}
		slot := x.slots[i]
		if slot == 0 {
			x.used++
		} else if uint32(slot>>32) != tag || !same(uint32(slot)-1) {
			continue
		}
		x.slots[i] = uint64(tag)<<32 | uint64(n+1)
		return
	}
}

// grow makes the table half as large again, and small tables larger than that.
func (x *index) grow() {
	old := x.slots
	size := len(old) * 3 / 2
	if len(old) < 1<<18 {
		size = max(1<<14, len(old)*2)
	}
	x.slots = make([]uint64, size)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		for i := x.home(uint32(slot >> 32)); ; i++ {
			if i == len(x.slots) {
				i = 0
			}
			if x.slots[i] == 0 {
				x.slots[i] = slot
				break
			}
		}
	}
}

// people knows persons again. The keys lie beside one another, by the number of the signer; sixteen bytes and a slot of the index each.
type people struct {
	keys  chunks[personKey]
	index index
}

// find returns the signer with a key.
func (p *people) find(key personKey) (signer uint32, ok bool) {
	return p.index.find(tagOf(key), func(n uint32) bool { return *p.keys.at(int(n)) == key })
}

// add gives the next signer its key; with known false a key that nobody has. A later signer takes the place of an earlier one.
func (p *people) add(key personKey, known bool) {
	n := uint32(p.keys.len())
	p.keys.add(key)
	if known {
		p.index.set(tagOf(key), n, func(n uint32) bool { return *p.keys.at(int(n)) == key })
	}
}

func tagOf(key personKey) uint32 { return binary.LittleEndian.Uint32(key[:]) }

// chunks is a list that grows without copying: what a growing slice leaves behind would double the memory of a long list.
type chunks[T any] struct {
	parts [][]T
	n     int
}

// chunkBits sets the length of a chunk: 65,536 items.
const chunkBits = 16

func (c *chunks[T]) len() int { return c.n }

func (c *chunks[T]) add(item T) {
	if c.n>>chunkBits == len(c.parts) {
		size := 0
		if c.n > 0 {
			size = 1 << chunkBits
		}
		c.parts = append(c.parts, make([]T, 0, size)) // a short list stays short
	}
	last := &c.parts[c.n>>chunkBits]
	*last = append(*last, item)
	c.n++
}

func (c *chunks[T]) at(i int) *T { return &c.parts[i>>chunkBits][i&(1<<chunkBits-1)] }
