package roll

import (
	"encoding/binary"
	"slices"
	"strings"
	"unsafe"
)

// Roll is the accepted signers in delivery order, held compactly, and the rows that got no letter.
//
// Fields lie one after the other in slabs of a megabyte, each with its length before it; for a signer there is beside them just
// where they start and which row they came from.
type Roll struct {
	RowsRead   int
	Exclusions []Exclusion // in row order
	Sources    []Source
	Cleaned    Cleaned
	Comments   Comments // of those who get a letter, where a kept field is the comment
	Totals     *Totals  // where ReadOptions.Totals asks for them
	Remarks    []Remark // what a person may want to look at, though it holds nothing back

	keep   int // fields that Fields returns; those of the groups follow
	fields int // fields in a record
	slabs  [][]byte
	places chunks[signerPlace]
	order  []uint32
	starts []bool // by place in the order: a group starts; nil without groups
}

// signerPlace is where a signer's fields lie and where they came from.
type signerPlace struct {
	slab, offset uint32
	row          uint32
	file         uint8
	comment      uint8 // CommentFate
}

const slabSize = 1 << 20

// add keeps a signer's encoded fields.
func (r *Roll) add(row Row, record []byte, comment CommentFate) {
	n := len(r.slabs)
	if n == 0 || cap(r.slabs[n-1])-len(r.slabs[n-1]) < len(record) {
		r.slabs = append(r.slabs, make([]byte, 0, max(slabSize, len(record))))
		n++
	}
	slab := &r.slabs[n-1]
	r.places.add(signerPlace{slab: uint32(n - 1), offset: uint32(len(*slab)), row: uint32(row.Row), file: uint8(row.File), comment: uint8(comment)})
	*slab = append(*slab, record...)
}

// appendField encodes a field: its length and its bytes.
func appendField(dst, field []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(field))), field...)
}

func appendText(dst []byte, field string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(field))), field...)
}

// decodeFields appends the fields from to to of an encoded record. The strings share its memory.
func decodeFields(record []byte, from, to int, dst []string) []string {
	for k := range to {
		size, n := uint64(record[0]), 1
		if size >= 0x80 {
			size, n = binary.Uvarint(record)
		}
		if k >= from {
			dst = append(dst, unsafe.String(unsafe.SliceData(record[n:]), int(size)))
		}
		record = record[n+int(size):]
	}
	return dst
}

// Len is the number of signers.
func (r *Roll) Len() int { return len(r.order) }

// Fields sets dst to the kept fields of signer i (delivery order), in the order of ReadOptions.Keep, without copying their bytes, or
// allocating once dst has the capacity; safe for several goroutines with a dst each. The strings live as long as the Roll.
func (r *Roll) Fields(i int, dst []string) []string {
	return r.decode(r.order[i], 0, r.keep, dst)
}

// Group gives what the letters of signer i's group have in common: the values of bundles.group_by.
func (r *Roll) Group(i int) []string {
	if r.fields == r.keep {
		return nil
	}
	return r.decode(r.order[i], r.keep, r.fields, nil)
}

// skipFields returns what follows the first n fields of an encoded record.
func skipFields(record []byte, n int) []byte {
	for range n {
		size, width := binary.Uvarint(record)
		record = record[width+int(size):]
	}
	return record
}

// decode appends the fields from to to of a record. Slabs never change once they are written, so strings may share their memory.
func (r *Roll) decode(record uint32, from, to int, dst []string) []string {
	p := r.places.at(int(record))
	return decodeFields(r.slabs[p.slab][p.offset:], from, to, dst)
}

// Row is where signer i stood in the list.
func (r *Roll) Row(i int) Row { return r.rowOf(r.order[i]) }

func (r *Roll) rowOf(record uint32) Row {
	p := r.places.at(int(record))
	return Row{File: int(p.file), Row: int(p.row)}
}

// GroupStart tells whether signer i starts a new group (bundles.group_by); always true for 0.
func (r *Roll) GroupStart(i int) bool { return i == 0 || r.starts != nil && r.starts[i] }

// settle puts the signers that were not replaced into delivery order: that of the list, or by group and then that of the list.
// Groups are in the order of their text, byte by byte: the same in every locale.
func (r *Roll) settle(replaced map[uint32]bool) {
	r.order = make([]uint32, 0, r.places.len()-len(replaced))
	for record := range uint32(r.places.len()) {
		if !replaced[record] {
			r.order = append(r.order, record)
		}
	}
	if r.fields == r.keep {
		return
	}
	// Lists have few groups, so signers are sorted by the number of their group.
	numbers, texts := map[string]uint32{}, []string{}
	group := make([]uint32, r.places.len())
	var fields []string
	for _, record := range r.order {
		fields = r.decode(record, r.keep, r.fields, fields[:0])
		text := fields[0]
		if len(fields) > 1 {
			text = strings.Join(fields, "\x00")
		}
		n, ok := numbers[text]
		if !ok {
			n = uint32(len(texts))
			numbers[text], texts = n, append(texts, text)
		}
		group[record] = n
	}
	slices.SortStableFunc(r.order, func(a, b uint32) int {
		if group[a] == group[b] {
			return 0
		}
		return strings.Compare(texts[group[a]], texts[group[b]])
	})
	r.starts = make([]bool, len(r.order))
	for i := 1; i < len(r.order); i++ {
		r.starts[i] = group[r.order[i]] != group[r.order[i-1]]
	}
}
