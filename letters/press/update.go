package press

import (
	"context"
	"errors"
	"io"
)

// An incremental update (ISO 32000-1, 7.5.6) adds objects behind a finished document and may give objects of the document a
// new text. Postbag's update replaces these of the master's objects, and no others:
//
//	1            the root of the page tree: it gets all pages
//	3, 4         the first page and its content: the slip sheet, whose text is known last
//	font slots   the core fonts that stood in for the faces of the shared pieces
//	root, info   catalogue and document information: language, page labels, viewer preferences, title
//
// It adds: a page and a content stream for each page of a letter, fonts, pieces that the typical letter does not have,
// inner nodes of the page tree, metadata.

// update streams objects and remembers where they start.
type update struct {
	w       io.Writer
	ctx     context.Context
	buf     []byte
	written int64 // bytes given to w
	err     error

	first    int     // the first new object number
	offsets  []int64 // of the new objects, by number - first; 0 while reserved
	replaced []replacement
}

type replacement struct {
	object int
	offset int64
}

// flushAt is how much is gathered before it is written, in bytes.
const flushAt = 256 << 10

// maxOffset is the largest offset that a cross-reference entry can hold: ten digits (ISO 32000-1, 7.5.4).
const maxOffset = 9_999_999_999

var errTooLarge = errors.New("the bundle would be larger than 10 GB, more than a PDF can be; set bundles.letters lower")

func newUpdate(ctx context.Context, w io.Writer, m *master, memory *update) *update {
	u := &update{w: w, ctx: ctx, first: m.size}
	if memory != nil {
		u.buf, u.offsets = memory.buf[:0], memory.offsets[:0]
	}
	u.buf = append(u.buf, m.bytes...)
	return u
}

// reserve takes the next object number without writing the object yet.
func (u *update) reserve() int {
	u.offsets = append(u.offsets, 0)
	return u.first + len(u.offsets) - 1
}

// begin starts an object: of the master's, which it replaces, or a reserved one.
func (u *update) begin(object int) {
	at := u.written + int64(len(u.buf))
	if object < u.first {
		u.replaced = append(u.replaced, replacement{object, at})
	} else {
		u.offsets[object-u.first] = at
	}
	u.int(object)
	u.string(" 0 obj\n")
}

func (u *update) end() {
	u.string("\nendobj\n")
	if len(u.buf) >= flushAt {
		u.flush()
	}
}

// stream writes a whole stream object; dict is what its dictionary holds beside /Length.
func (u *update) stream(object int, dict string, data []byte) {
	u.begin(object)
	u.string("<<")
	u.string(dict)
	u.string("/Length ")
	u.int(len(data))
	u.string(">>\nstream\n")
	u.buf = append(u.buf, data...)
	u.string("\nendstream")
	u.end()
}

func (u *update) string(s string) { u.buf = append(u.buf, s...) }

func (u *update) int(v int) { u.buf = appendInt(u.buf, int64(v)) }

// ref writes a reference to an object.
func (u *update) ref(object int) {
	u.int(object)
	u.string(" 0 R")
}

// flush hands what is gathered to the writer, and looks whether the work is still wanted.
func (u *update) flush() {
	if u.err == nil {
		u.err = u.ctx.Err()
	}
	if u.err == nil {
		_, u.err = u.w.Write(u.buf)
	}
	u.written += int64(len(u.buf))
	if u.err == nil && u.written > maxOffset {
		u.err = errTooLarge
	}
	u.buf = u.buf[:0]
}

// finish writes the cross-reference section and the trailer (ISO 32000-1, 7.5.4 and 7.5.5).
func (u *update) finish(m *master, id string) error {
	start := u.written + int64(len(u.buf))
	u.string("xref\n")
	for _, r := range u.replaced {
		u.int(r.object)
		u.string(" 1\n")
		u.entry(r.offset)
	}
	u.int(u.first)
	u.string(" ")
	u.int(len(u.offsets))
	u.string("\n")
	for _, offset := range u.offsets {
		u.entry(offset)
	}
	u.string("trailer\n<</Size ")
	u.int(u.first + len(u.offsets))
	u.string("/Root ")
	u.ref(m.root)
	u.string("/Info ")
	u.ref(m.info)
	u.string("/ID[<" + id + "><" + id + ">]/Prev ")
	u.int(int(m.startXref))
	u.string(">>\nstartxref\n")
	u.int(int(start))
	u.string("\n%%EOF\n")
	u.flush()
	return u.err
}

func (u *update) entry(offset int64) {
	var e [20]byte
	copy(e[:], "0000000000 00000 n \n")
	for k := 9; k >= 0; k-- {
		e[k] = byte('0' + offset%10)
		offset /= 10
	}
	u.buf = append(u.buf, e[:]...)
}
