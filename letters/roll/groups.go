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

// grouping says how signers that are grouped (bundles.group_by) follow one another.
type grouping struct {
	Order    GroupOrder   // "" means by name
	Language language.Tag // whose alphabet names are ordered by: never that of the machine
	// Join puts groups of fewer signers than this behind all others, where they may share bundles; 0 keeps each in its place.
	Join int
}

// groups is where the groups of a roll stand in its order; nothing without groups.
type groups struct {
	starts []bool     // by place in the order: a group starts
	firsts []int      // by group: its first place in the order
	names  [][]string // by group: values of bundles.group_by
	small  int        // how many groups are small enough to be joined
	joined int        // place in the order of the first of those
	varied int        // how many groups have several spellings
	sample [2]string  // two spellings of one of them
}

// group is one group while the roll is put in order.
type group struct {
	spellings []*variant
	names     []string // as they are spelled most
	size      int
	next      int // where its next signer goes in the order
}

// variant is one way in which the list writes the names of a group. What differs only in small and capital letters is one group.
type variant struct {
	names []string
	size  int
	group *group
}

// groupBy sorts the order by group. Lists have few groups, so it is the groups that are sorted, and signers go where theirs stand.
func (r *Roll) groupBy(g grouping) {
	found, of := r.findGroups()
	g.sort(found)
	r.groups = groups{starts: make([]bool, len(r.order)), joined: len(r.order)}
	at := 0
	for _, s := range found {
		s.next = at
		r.groups.starts[at] = true
		r.groups.firsts, r.groups.names = append(r.groups.firsts, at), append(r.groups.names, s.names)
		if s.size < g.Join {
			r.groups.small++
			r.groups.joined = min(r.groups.joined, at)
		}
		if len(s.spellings) > 1 {
			r.groups.varied++
			r.groups.sample = [2]string{strings.Join(s.spellings[0].names, ", "), strings.Join(s.spellings[1].names, ", ")}
		}
		at += s.size
	}
	order := make([]uint32, len(r.order))
	for i, record := range r.order {
		s := of[i].group
		order[s.next] = record
		s.next++
	}
	r.order = order
}

// findGroups lists the groups as the list first names them, and tells for each place in the order which it is.
func (r *Roll) findGroups() (found []*group, of []*variant) {
	spelled, folded := map[string]*variant{}, map[string]*group{}
	of = make([]*variant, len(r.order))
	var fields []string
	var key []byte
	for i, record := range r.order {
		fields, key = r.decode(record, r.keep, r.fields, fields[:0]), key[:0]
		for _, field := range fields {
			key = appendText(key, field)
		}
		s, ok := spelled[string(key)]
		if !ok {
			s = &variant{names: slices.Clone(fields)}
			spelled[string(key)] = s
			key = key[:0]
			for _, field := range fields {
				key = appendText(key, foldText(field))
			}
			if s.group, ok = folded[string(key)]; !ok {
				s.group = &group{}
				folded[string(key)], found = s.group, append(found, s.group)
			}
			s.group.spellings = append(s.group.spellings, s)
		}
		s.size++
		s.group.size++
		of[i] = s
	}
	for _, g := range found {
		g.names = slices.MaxFunc(g.spellings, func(a, b *variant) int { return a.size - b.size }).names // of equals, the first
	}
	return found, of
}

// sort puts groups, which come as the list first names them, into their order.
func (g grouping) sort(groups []*group) {
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

// Group gives what the letters of signer i's group have in common: the values of bundles.group_by, as most of the group spell them.
func (r *Roll) Group(i int) []string {
	if r.groups.starts == nil {
		return nil
	}
	after, found := slices.BinarySearch(r.groups.firsts, i)
	if !found {
		after--
	}
	return r.groups.names[after]
}

// GroupStart tells whether signer i starts a new group (bundles.group_by); always true for 0.
func (r *Roll) GroupStart(i int) bool { return i == 0 || r.groups.starts != nil && r.groups.starts[i] }

// Groups is the number of groups, and how many of them are small ones that may share bundles; 0 where the list is not grouped.
func (r *Roll) Groups() (all, small int) { return len(r.groups.firsts), r.groups.small }

// Spellings is how many groups the list spells in several ways, which differ in small and capital letters, and two spellings of one of them.
func (r *Roll) Spellings() (groups int, sample [2]string) { return r.groups.varied, r.groups.sample }

// Joined is the place in the order from which small groups may share bundles: Len where none may.
func (r *Roll) Joined() int {
	if r.groups.starts == nil {
		return r.Len()
	}
	return r.groups.joined
}
