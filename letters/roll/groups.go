package roll

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// GroupOrder is the order in which groups follow one another.
type GroupOrder string

// The orders of groups. Whatever the order, signers of one group stand in that of the list.
const (
	GroupsByName  GroupOrder = "name"  // as an index of the letters' language would have them, numbers by their value; groups without a name last
	GroupsByFirst GroupOrder = "first" // as the list first names them
	GroupsBySize  GroupOrder = "size"  // the largest first, and those of one size by name
)

// Grouping says how signers that are grouped (bundles.group_by) follow one another.
type Grouping struct {
	Order    GroupOrder   // "" means by name
	Language language.Tag // whose alphabet names are ordered by: never that of the machine
	// Join puts groups of fewer signers than this behind all others, where they may share bundles; 0 keeps each in its place.
	Join int
}

// groups is where the groups of a roll stand in its order; nothing without groups.
type groups struct {
	starts []bool // by place in the order: a group starts
	count  int
	small  int // of them, how many are small enough to be joined
	joined int // place in the order of the first of those
}

// group is one group while the roll is put in order.
type group struct {
	names []string // values of bundles.group_by
	size  int
	rank  uint32 // in the roll's order
}

// groupBy sorts the order by group. Lists have few groups, so signers are sorted by the number of theirs.
func (r *Roll) groupBy(g Grouping) {
	found, of := r.findGroups()
	sorted := make([]*group, len(found))
	for i := range found {
		sorted[i] = &found[i]
	}
	g.sort(sorted)
	r.groups = groups{starts: make([]bool, len(r.order)), count: len(found), joined: len(r.order)}
	next := make([]uint32, len(sorted)) // by rank: where the group's next signer goes
	at := 0
	for rank, s := range sorted {
		s.rank = uint32(rank)
		next[rank] = uint32(at)
		r.groups.starts[at] = true
		if s.size < g.Join {
			r.groups.small++
			r.groups.joined = min(r.groups.joined, at)
		}
		at += s.size
	}
	order := make([]uint32, len(r.order))
	for i, record := range r.order {
		to := &next[found[of[i]].rank]
		order[*to] = record
		*to++
	}
	r.order = order
}

// findGroups lists the groups as the list first names them, and tells for each place in the order which it is.
func (r *Roll) findGroups() (found []group, of []uint32) {
	numbers := map[string]uint32{}
	of = make([]uint32, len(r.order))
	var fields []string
	var key []byte
	for i, record := range r.order {
		fields, key = r.decode(record, r.keep, r.fields, fields[:0]), key[:0]
		for _, field := range fields {
			key = appendText(key, field)
		}
		n, ok := numbers[string(key)]
		if !ok {
			n = uint32(len(found))
			numbers[string(key)], found = n, append(found, group{names: slices.Clone(fields)})
		}
		found[n].size++
		of[i] = n
	}
	return found, of
}

// sort puts groups, which come as the list first names them, into their order.
func (g Grouping) sort(groups []*group) {
	alphabet := collate.New(g.Language, collate.Numeric)
	byName := func(a, b *group) int {
		for i, name := range a.names {
			other := b.names[i]
			if c := cmp.Or(compareFilled(name, other), alphabet.CompareString(name, other), strings.Compare(name, other)); c != 0 {
				return c
			}
		}
		return 0
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		if small := a.size < g.Join; small != (b.size < g.Join) {
			if small {
				return 1
			}
			return -1
		}
		switch g.Order {
		case GroupsByFirst:
			return 0
		case GroupsBySize:
			return cmp.Or(b.size-a.size, byName(a, b))
		}
		return byName(a, b)
	})
}

// compareFilled puts what is empty last.
func compareFilled(a, b string) int {
	switch {
	case (a == "") == (b == ""):
		return 0
	case a == "":
		return 1
	}
	return -1
}

// Group gives what the letters of signer i's group have in common: the values of bundles.group_by.
func (r *Roll) Group(i int) []string {
	if r.fields == r.keep {
		return nil
	}
	return r.decode(r.order[i], r.keep, r.fields, nil)
}

// GroupStart tells whether signer i starts a new group (bundles.group_by); always true for 0.
func (r *Roll) GroupStart(i int) bool { return i == 0 || r.groups.starts != nil && r.groups.starts[i] }

// Groups is the number of groups, and how many of them are small ones that may share bundles; 0 where the list is not grouped.
func (r *Roll) Groups() (all, small int) { return r.groups.count, r.groups.small }

// Joined is the place in the order from which small groups may share bundles: Len where none may.
func (r *Roll) Joined() int {
	if r.groups.starts == nil {
		return r.Len()
	}
	return r.groups.joined
}
