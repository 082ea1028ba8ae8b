package packet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postbag/letters/problem"
)

// Status says what became of the bundles of one or several packets of a campaign, by their records.
type Status struct {
	Campaign string `json:"campaign"`
	Specimen bool   `json:"specimen,omitempty"`
	Tally
	Packets []PacketStatus `json:"packets"`
}

// PacketStatus is the status of one packet.
type PacketStatus struct {
	Dir      string `json:"dir"`
	Manifest string `json:"manifest_sha256"`
	Root     string `json:"root,omitempty"`
	First    string `json:"first"` // letter ids
	Last     string `json:"last"`
	Tally
	Of      BundlesBy     `json:"bundles_of"`
	Entries []StatusEntry `json:"entries"`
	Head    string        `json:"head,omitempty"` // SHA-256 of the record's last line; none where nothing is recorded
	Torn    int           `json:"torn,omitempty"` // bytes of half a line at the record's end, left by a run that was stopped
	// What the manifest says, for whoever sets it.
	Account *Manifest `json:"-"`
}

// StatusEntry is an entry of the record, and whether it still holds.
type StatusEntry struct {
	RecordEntry
	StruckBy int `json:"struck_by,omitempty"` // number of the entry that strikes it
}

// Share is a part of what was made.
type Share struct {
	Bundles int `json:"bundles"`
	Letters int `json:"letters"`
	Sheets  int `json:"sheets"` // of paper, slip sheets included
}

// Tally adds up bundles by what became of them. Each bundle is delivered, refused, on its way or outstanding: by the last entry about it
// that was not struck. To have been printed is counted beside.
type Tally struct {
	All         Share `json:"all"`
	Delivered   Share `json:"delivered"`
	Refused     Share `json:"refused"`
	OnTheWay    Share `json:"on_the_way"`  // with a carrier
	Outstanding Share `json:"outstanding"` // nothing is recorded but that they were printed
	Printed     Share `json:"printed"`
}

// BundlesBy names the bundles of a tally.
type BundlesBy struct {
	Delivered   BundleSet `json:"delivered,omitempty"`
	Refused     BundleSet `json:"refused,omitempty"`
	OnTheWay    BundleSet `json:"on_the_way,omitempty"`
	Outstanding BundleSet `json:"outstanding,omitempty"`
	Printed     BundleSet `json:"printed,omitempty"`
}

// ReadStatus reads the records of packets in dirs, and adds them up in the order in which their letters run. It reads manifests and
// records and no bundle; that the bundles are as they were made is for [Verify] to say.
//
// Packets of different campaigns, two that hold letters of the same numbers, and a record that is damaged are problems.
func ReadStatus(dirs ...string) (*Status, error) {
	s := &Status{Packets: []PacketStatus{}}
	var wrong problem.List
	for _, dir := range dirs {
		p, err := readPacketStatus(dir)
		var one problem.Problem
		switch {
		case errors.As(err, &one):
			wrong = append(wrong, one)
		case err != nil:
			return nil, err
		default:
			s.Packets = append(s.Packets, *p)
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	if len(s.Packets) == 0 {
		return nil, errors.New("packet: a status needs a packet")
	}
	slices.SortStableFunc(s.Packets, func(a, b PacketStatus) int { return a.firstNumber() - b.firstNumber() })
	if err := s.together(); err != nil {
		return nil, err
	}
	s.Campaign = s.Packets[0].Account.Campaign
	for i := range s.Packets {
		p := &s.Packets[i]
		s.Specimen = s.Specimen || p.Account.Specimen
		s.Tally.add(&p.Tally)
	}
	return s, nil
}

func readPacketStatus(dir string) (*PacketStatus, error) {
	r, err := openRecord(dir)
	if err != nil {
		return nil, err
	}
	defer r.root.Close()
	if err := r.read(); err != nil {
		return nil, err
	}
	p := &PacketStatus{Dir: dir, Manifest: r.manifest, Entries: []StatusEntry{}, Torn: len(r.record.torn), Account: r.m}
	if r.m.Tree != nil {
		p.Root = r.m.Tree.Root
	}
	if n := len(r.m.Bundles); n > 0 {
		p.First, p.Last = r.m.Bundles[0].First, r.m.Bundles[n-1].Last
	}
	for i := range r.record.entries {
		e := r.record.entries[i]
		p.Entries = append(p.Entries, StatusEntry{RecordEntry: e, StruckBy: r.record.struckBy(e.Number)})
	}
	if len(p.Entries) > 0 {
		p.Head = r.record.head
	}
	p.count(r.record)
	return p, nil
}

// count sorts the bundles by what became of them.
func (p *PacketStatus) count(r *record) {
	fates := r.fates(len(p.Account.Bundles))
	var of struct{ delivered, refused, onTheWay, outstanding []int }
	for i, f := range fates {
		list := &of.outstanding
		if f > 0 {
			list = map[Event]*[]int{Accepted: &of.delivered, Refused: &of.refused, Sent: &of.onTheWay}[r.entries[f-1].What]
		}
		*list = append(*list, i+1)
	}
	var printed []BundleRange
	for _, e := range r.standing() {
		if e.What == Printed {
			printed = append(printed, e.Bundles...)
		}
	}
	p.Of = BundlesBy{Delivered: BundlesOf(of.delivered...), Refused: BundlesOf(of.refused...), OnTheWay: BundlesOf(of.onTheWay...),
		Outstanding: BundlesOf(of.outstanding...), Printed: joinRanges(printed)}
	m := p.Account
	p.Tally = Tally{All: Share{Bundles: len(m.Bundles), Letters: m.Letters, Sheets: m.Sheets}, Delivered: m.share(p.Of.Delivered), Refused: m.share(p.Of.Refused),
		OnTheWay: m.share(p.Of.OnTheWay), Outstanding: m.share(p.Of.Outstanding), Printed: m.share(p.Of.Printed)}
}

func (m *Manifest) share(bundles BundleSet) Share {
	letters, sheets := m.countOf(bundles)
	return Share{Bundles: bundles.Len(), Letters: letters, Sheets: sheets}
}

func (t *Tally) add(other *Tally) {
	t.All.add(other.All)
	t.Delivered.add(other.Delivered)
	t.Refused.add(other.Refused)
	t.OnTheWay.add(other.OnTheWay)
	t.Outstanding.add(other.Outstanding)
	t.Printed.add(other.Printed)
}

func (s *Share) add(other Share) {
	s.Bundles, s.Letters, s.Sheets = s.Bundles+other.Bundles, s.Letters+other.Letters, s.Sheets+other.Sheets
}

// firstNumber is the number of the packet's first letter; 0 where it has none.
func (p *PacketStatus) firstNumber() int {
	n, _ := letterNumber(p.Account.Campaign, p.First)
	return n
}

// together checks that the packets are of one campaign and hold no letter twice: then their numbers may be added.
func (s *Status) together() error {
	for i := 1; i < len(s.Packets); i++ {
		before, p := &s.Packets[i-1], &s.Packets[i]
		at := problem.Place{File: p.Dir}
		switch last, _ := letterNumber(before.Account.Campaign, before.Last); {
		case p.Manifest == before.Manifest:
			return problem.Problem{Place: at, What: fmt.Sprintf("this is the same packet as %s", before.Dir), Do: "Name each packet once"}
		case p.Account.Campaign != before.Account.Campaign:
			return problem.Problem{Place: at, What: fmt.Sprintf("this is a packet of the campaign %s, and %s is one of %s", shown(p.Account.Campaign), before.Dir, shown(before.Account.Campaign)),
				Do: "Name packets of one campaign"}
		case p.firstNumber() <= last && p.Last != "" && before.Last != "":
			return problem.Problem{Place: at, What: fmt.Sprintf("letters %s and on are in %s too, so their numbers do not add up", shown(p.First), before.Dir),
				Do: "Name the packet that was delivered, and those made after it with --since"}
		}
	}
	return nil
}

// String writes a person as "name, role"; "" for nobody.
func (p *Person) String() string {
	if p == nil {
		return ""
	}
	return strings.Trim(p.Name+", "+p.Role, ", ")
}
