package packet

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"postbag/letters/problem"
)

// WithdrawnLetter is a letter of somebody who has withdrawn since, and where it is. What was handed over cannot be called back; what was not
// can be taken out of its bundle.
type WithdrawnLetter struct {
	Letter string `json:"letter"`
	Dir    string `json:"dir"` // of the packet that it is in
	Bundle int    `json:"bundle"`
	State  string `json:"state"` // delivered, refused, on the way or outstanding
	// Shared tells that other packets have a letter of this id, because they went on from the same one: which is theirs, its name tells.
	Shared bool `json:"shared,omitempty"`
}

// findWithdrawn says where the letters are that the last packet lists as withdrawn. A packet whose private/ is gone lists none, and letters of packets that
// are not named are not found.
func (s *Status) findWithdrawn() error {
	last := &s.Packets[len(s.Packets)-1]
	if last.Withdrawn == nil || *last.Withdrawn == 0 {
		return nil
	}
	ids, people, err := readWithdrawn(last.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return problem.Problem{Place: problem.Place{File: last.Dir}, What: fmt.Sprintf("who has withdrawn cannot be read from private/ (%v)", reason(err)), Do: "Check the packet with postbag verify, and mend it first"}
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if number, ok := letterNumber(s.Campaign, id); ok && !seen[id] {
			seen[id] = true
			s.find(id, number, people.having(number) > 1)
		}
	}
	return nil
}

// readWithdrawn reads the ids of letters out of private/withdrawn.csv, and which packets there are out of private/people.keys.
func readWithdrawn(dir string) (ids []string, people *peopleFile, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	if ids, err = readWithdrawnIDs(root); err != nil {
		return nil, nil, err
	}
	f, err := openRegular(root, peopleFileName)
	if err != nil { // which is no private/ that is gone
		return nil, nil, fmt.Errorf("%s: %v", peopleFileName, reason(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	people, err = readPeople(f, info.Size(), false)
	return ids, people, err
}

func readWithdrawnIDs(root *os.Root) (ids []string, err error) {
	f, err := openRegular(root, withdrawnFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t := newTable(f)
	if _, err := t.header(); err != nil {
		return nil, err
	}
	for {
		cells, err := t.next()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", t.line, err)
		}
		for id := range strings.SplitSeq(PlainCell(cells[0]), " ") {
			ids = append(ids, strings.Clone(id)) // the table's memory is used again
		}
	}
}

// find adds a withdrawn letter as it is in the packets that are named.
func (s *Status) find(id string, number int, shared bool) {
	for i := range s.Packets {
		p := &s.Packets[i]
		before := p.firstNumber()
		for k := range p.Account.Bundles {
			next := before + p.Account.Bundles[k].Letters
			if number >= before && number < next {
				s.WithdrawnLetters = append(s.WithdrawnLetters, WithdrawnLetter{Letter: id, Dir: p.Dir, Bundle: k + 1, State: p.Of.stateOf(k + 1), Shared: shared})
			}
			before = next
		}
	}
}

// stateOf says in words what became of a bundle.
func (of *BundlesBy) stateOf(bundle int) string {
	for _, s := range []struct {
		name    string
		bundles BundleSet
	}{{"delivered", of.Delivered}, {"refused", of.Refused}, {"on the way", of.OnTheWay}} {
		if slices.ContainsFunc(s.bundles, func(r BundleRange) bool { return bundle >= r.From && bundle <= r.To }) {
			return s.name
		}
	}
	return "outstanding"
}
