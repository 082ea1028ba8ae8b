package roll

import (
	"encoding/binary"
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

	// Of ReadOptions.Earlier: how many stand on this list, and who has withdrawn, by number.
	Found     int
	Withdrawn []Withdrawn

	keep   int // fields that Fields returns; those of the groups follow
	fields int // fields in a record
	slabs  [][]byte
	places chunks[signerPlace]
	order  []uint32
	groups groups

	// What signers are known by in later lists, by record, where the list was read with a key.
	ids     identifier
	keys    chunks[personKey]
	handles chunks[handles]
	nth     map[uint32]uint32 // strangers of one name and place before this one
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

// settle puts the signers that were not replaced into delivery order: that of the list, or group by group and within a group that of the
// list.
func (r *Roll) settle(replaced map[uint32]bool, g grouping) {
	r.order = make([]uint32, 0, r.places.len()-len(replaced))
	for record := range uint32(r.places.len()) {
		if !replaced[record] {
			r.order = append(r.order, record)
		}
	}
	if r.fields > r.keep {
		r.groupBy(g)
	}
}
