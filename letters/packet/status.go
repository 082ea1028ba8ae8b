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
	Recipients []RecipientStatus `json:"recipients,omitempty"` // where there are several
	Withdrawn  *int              `json:"withdrawn,omitempty"`  // of the last packet: people with letters in earlier ones who have withdrawn
	// WithdrawnLetters are the letters of these people, as far as the packets are named.
	WithdrawnLetters []WithdrawnLetter `json:"withdrawn_letters,omitempty"`
	Missing          []Earlier         `json:"missing,omitempty"` // packets that these top up and that are not among them
	Packets          []PacketStatus    `json:"packets"`
}

// RecipientStatus is the part of one of several recipients.
type RecipientStatus struct {
	Name    string `json:"name"`
	Company string `json:"company"`
	Tally
}

// PacketStatus is the status of one packet.
type PacketStatus struct {
	Dir      string `json:"dir"`
	Manifest string `json:"manifest_sha256"`
	Root     string `json:"root,omitempty"`
	First    string `json:"first"` // letter ids
	Last     string `json:"last"`
	Tally
	Of         BundlesBy         `json:"bundles_of"`
	Recipients []RecipientStatus `json:"recipients,omitempty"`
	Withdrawn  *int              `json:"withdrawn,omitempty"`
	Entries    []StatusEntry     `json:"entries"`
	Head       string            `json:"head,omitempty"` // SHA-256 of the record's last line; none where nothing is recorded
	Torn       int               `json:"torn,omitempty"` // bytes of half a line at the record's end, left by a run that was stopped
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
		s.addRecipients(p.Recipients)
	}
	s.Withdrawn = s.Packets[len(s.Packets)-1].Withdrawn // each top-up counts those of all packets before it
	s.Missing = s.missing()
	if err := s.findWithdrawn(); err != nil {
		return nil, err
	}
	return s, nil
}

// addRecipients adds up recipients of several packets by name and company.
func (s *Status) addRecipients(more []RecipientStatus) {
	for i := range more {
		same := func(r RecipientStatus) bool { return r.Name == more[i].Name && r.Company == more[i].Company }
		k := slices.IndexFunc(s.Recipients, same)
		if k < 0 {
			k, s.Recipients = len(s.Recipients), append(s.Recipients, RecipientStatus{Name: more[i].Name, Company: more[i].Company})
		}
		s.Recipients[k].Tally.add(&more[i].Tally)
	}
}

// missing lists the packets that these top up and that are not among them.
func (s *Status) missing() []Earlier {
	named := map[string]bool{}
	for i := range s.Packets {
		named[s.Packets[i].Manifest] = true
	}
	var missing []Earlier
	for i := range s.Packets {
		for _, e := range s.Packets[i].Account.Since {
			if !named[e.ManifestHash] {
				named[e.ManifestHash] = true
				missing = append(missing, e)
			}
		}
	}
	return missing
}

// toppedUp tells whether one of the packets tops up both of these: then they are known to be of different people, whatever their numbers.
func (s *Status) toppedUp(a, b string) bool {
	for i := range s.Packets {
		by := 0
		for _, e := range s.Packets[i].Account.Since {
			if e.ManifestHash == a || e.ManifestHash == b {
				by++
			}
		}
		if by == 2 {
			return true
		}
	}
	return false
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
	p.Withdrawn = m.Withdrawn
	p.Tally = p.Of.tally(m, 0)
	for k := range m.Recipients {
		r := &m.Recipients[k]
		p.Recipients = append(p.Recipients, RecipientStatus{Name: r.Name, Company: r.Company, Tally: p.Of.tally(m, k+1)})
	}
}

// tally adds up the bundles of a recipient, or of all of them for 0.
func (of *BundlesBy) tally(m *Manifest, recipient int) Tally {
	share := func(bundles BundleSet) (s Share) {
		for n := range bundles.All() {
			if b := &m.Bundles[n-1]; recipient == 0 || b.Recipient == recipient {
				s.add(Share{Bundles: 1, Letters: b.Letters, Sheets: b.Sheets})
			}
		}
		return s
	}
	t := Tally{Delivered: share(of.Delivered), Refused: share(of.Refused), OnTheWay: share(of.OnTheWay), Outstanding: share(of.Outstanding), Printed: share(of.Printed)}
	for _, s := range []Share{t.Delivered, t.Refused, t.OnTheWay, t.Outstanding} {
		t.All.add(s)
	}
	return t
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

// ForRecipient is the bundles of a set that go to a recipient, from 1, or to all of them for 0; no set means all bundles. That one of them
// goes to another recipient is a problem.
func (p *PacketStatus) ForRecipient(recipient int, set BundleSet) (BundleSet, error) {
	m := p.Account
	at := problem.Place{File: p.Dir}
	if recipient < 0 || recipient > max(1, len(m.Recipients)) {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("there is no recipient %d here", recipient), Do: fmt.Sprintf("Name one from 1 to %d", max(1, len(m.Recipients)))}
	}
	if len(m.Recipients) == 0 {
		recipient = 0 // the one that there is has no number in the manifest
	}
	var theirs, others []int
	for i := range m.Bundles {
		if recipient == 0 || m.Bundles[i].Recipient == recipient {
			theirs = append(theirs, i+1)
		}
	}
	if set == nil {
		return BundlesOf(theirs...), nil
	}
	for n := range set.All() {
		if n <= len(m.Bundles) && !slices.Contains(theirs, n) {
			others = append(others, n)
		}
	}
	if len(others) > 0 {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("%s not for recipient %d, whose bundles are %s", areWords(BundlesOf(others...)), recipient, BundlesOf(theirs...)),
			Do: "Record what each recipient took apart"}
	}
	return set, nil
}

// areWords is the bundles with their verb.
func areWords(s BundleSet) string {
	if s.Len() == 1 {
		return bundleWords(s) + " is"
	}
	return bundleWords(s) + " are"
}

// firstNumber is the number of the packet's first letter; 0 where it has none.
func (p *PacketStatus) firstNumber() int {
	n, _ := letterNumber(p.Account.Campaign, p.First)
	return n
}

// together checks that the packets are of one campaign and hold no letter twice: then their numbers may be added.
func (s *Status) together() error {
	for i := range s.Packets {
		for k := range i {
			if err := s.pair(&s.Packets[k], &s.Packets[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair checks two of the packets; the letters of p begin no earlier than those of before.
func (s *Status) pair(before, p *PacketStatus) error {
	at := problem.Place{File: p.Dir}
	switch last, _ := letterNumber(before.Account.Campaign, before.Last); {
	case p.Manifest == before.Manifest:
		return problem.Problem{Place: at, What: fmt.Sprintf("this is the same packet as %s", before.Dir), Do: "Name each packet once"}
	case p.Account.Campaign != before.Account.Campaign:
		return problem.Problem{Place: at, What: fmt.Sprintf("this is a packet of the campaign %s, and %s is one of %s", shown(p.Account.Campaign), before.Dir, shown(before.Account.Campaign)),
			Do: "Name packets of one campaign"}
	case p.firstNumber() <= last && p.Last != "" && before.Last != "" && !s.toppedUp(p.Manifest, before.Manifest):
		return problem.Problem{Place: at, What: fmt.Sprintf("letters %s and on are in %s too, so their numbers do not add up", shown(p.First), before.Dir),
			Do: "Name the packet that was delivered, and those made after it with --since"}
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
