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

	keep   int // fields that Fields returns; those of the groups follow
	fields int // fields in a record
	slabs  [][]byte
	at     []uint64 // slab<<32 | offset
	rows   []uint32
	files  []uint8 // nil while there is one file
	order  []uint32
	starts []bool // by place in the order: a group starts; nil without groups
}

const slabSize = 1 << 20

// add keeps a signer's encoded fields.
func (r *Roll) add(row Row, record []byte) {
	n := len(r.slabs)
	if n == 0 || cap(r.slabs[n-1])-len(r.slabs[n-1]) < len(record) {
		r.slabs = append(r.slabs, make([]byte, 0, max(slabSize, len(record))))
		n++
	}
	slab := &r.slabs[n-1]
	r.at = append(r.at, uint64(n-1)<<32|uint64(len(*slab)))
	r.rows = append(r.rows, uint32(row.Row))
	if row.File > 0 && r.files == nil {
		r.files = make([]uint8, len(r.rows)-1, len(r.rows))
	}
	if r.files != nil {
		r.files = append(r.files, uint8(row.File))
	}
	*slab = append(*slab, record...)
}

// appendField encodes a field: its length and its bytes.
func appendField(dst, field []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(field))), field...)
}

// decodeFields appends the fields from to to of an encoded record. The strings share its memory.
func decodeFields(record []byte, from, to int, dst []string) []string {
	for k := range to {
		size, n := binary.Uvarint(record)
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
	return r.decode(int(r.order[i]), 0, r.keep, dst)
}

// Group gives what the letters of signer i's group have in common: the values of bundles.group_by.
func (r *Roll) Group(i int) []string {
	if r.fields == r.keep {
		return nil
	}
	return r.decode(int(r.order[i]), r.keep, r.fields, nil)
}

// decode appends the fields from to to of a record. Slabs never change once they are written, so strings may share their memory.
func (r *Roll) decode(record, from, to int, dst []string) []string {
	at := r.at[record]
	return decodeFields(r.slabs[at>>32][at&(1<<32-1):], from, to, dst)
}

// Row is where signer i stood in the list.
func (r *Roll) Row(i int) Row { return r.rowOf(int(r.order[i])) }

func (r *Roll) rowOf(record int) Row {
	row := Row{Row: int(r.rows[record])}
	if r.files != nil {
		row.File = int(r.files[record])
	}
	return row
}

// GroupStart tells whether signer i starts a new group (bundles.group_by); always true for 0.
func (r *Roll) GroupStart(i int) bool { return i == 0 || r.starts != nil && r.starts[i] }

// settle puts the signers that were not replaced into delivery order: that of the list, or by group and then that of the list.
// Groups are in the order of their text, byte by byte: the same in every locale.
func (r *Roll) settle(replaced map[uint32]bool) {
	r.order = make([]uint32, 0, len(r.at)-len(replaced))
	for record := range r.at {
		if !replaced[uint32(record)] {
			r.order = append(r.order, uint32(record))
		}
	}
	if r.fields == r.keep {
		return
	}
	groups := make([]string, len(r.at))
	for _, record := range r.order {
		groups[record] = strings.Join(r.decode(int(record), r.keep, r.fields, nil), "\x00")
	}
	slices.SortStableFunc(r.order, func(a, b uint32) int { return strings.Compare(groups[a], groups[b]) })
	r.starts = make([]bool, len(r.order))
	for i := 1; i < len(r.order); i++ {
		r.starts[i] = groups[r.order[i]] != groups[r.order[i-1]]
	}
}
