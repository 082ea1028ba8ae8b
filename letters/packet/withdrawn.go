package packet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// WithdrawnRow is one line of private/withdrawn.csv: somebody with letters in earlier packets who has withdrawn since.
type WithdrawnRow struct {
	Letters []string // the ids of their letters
	Reason  string   // why they get none now
	Row     int      // of the list; 0 where they stand on it no more
	File    string   // what tells the list's files apart where there are several; else ""
}

const withdrawnHeader = "letters,reason,row"

// AppendWithdrawnHeader appends the first line of private/withdrawn.csv; several says that the rows name their file.
func AppendWithdrawnHeader(dst []byte, several bool) []byte {
	return appendHeader(dst, withdrawnHeader, several)
}

// AppendWithdrawnRow appends one line; several as in the header.
func AppendWithdrawnRow(dst []byte, r WithdrawnRow, several bool) []byte {
	dst = appendCell(dst, strings.Join(r.Letters, " "))
	dst = append(dst, ',')
	dst = appendCell(dst, r.Reason)
	dst = append(dst, ',')
	if r.Row > 0 {
		dst = appendNumber(dst, int64(r.Row))
	}
	if several {
		dst = append(dst, ',')
		dst = appendCell(dst, r.File)
	}
	return append(dst, '\n')
}

// withdrawnReader checks private/withdrawn.csv against the manifest.
type withdrawnReader struct {
	m      *Manifest
	people *People // of the packet; nil where they are not known
	rows   int
	part   int // of people, in which the person before is
	last   int // first letter of that person
}

func (w *withdrawnReader) head(line string) error {
	return checkHeader(line, AppendWithdrawnHeader)
}

func (w *withdrawnReader) row(cells []string, _ int64) error {
	w.rows++
	for i, id := range strings.Split(PlainCell(cells[0]), " ") {
		number, ok := letterNumber(w.m.Campaign, id)
		if !ok || number >= w.m.First {
			return fmt.Errorf("%s is no letter of an earlier packet", shown(id))
		}
		if i == 0 && !w.follows(number) {
			return fmt.Errorf("letter %s is out of order", id)
		}
	}
	if row, err := strconv.Atoi(cells[2]); cells[2] != "" && (err != nil || row < 1 || row > maxRow) {
		return fmt.Errorf("%s is no row of a list", shown(cells[2]))
	}
	if cells[1] == "" {
		return errors.New("nothing says why")
	}
	return nil
}

// follows tells whether a person whose first letter has this number can stand behind the one before. The rows are in the order of the
// earlier packets, and in each in that of its letters; packets that went on from the same one have letters of the same numbers.
func (w *withdrawnReader) follows(number int) bool {
	if w.people == nil {
		return true
	}
	for ; w.part < len(w.people.parts)-1; w.part, w.last = w.part+1, 0 { // the last part is the packet itself
		if p := &w.people.parts[w.part]; number >= max(p.first, w.last+1) && number < p.first+p.signers {
			w.last = number
			return true
		}
	}
	return false
}

func (w *withdrawnReader) end() error {
	if w.rows != *w.m.Withdrawn {
		return fmt.Errorf("%d people are listed, and the manifest counts %d who have withdrawn", w.rows, *w.m.Withdrawn)
	}
	return nil
}
