package packet

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"postbag/letters/problem"
)

// private/people.keys lets a later packet know who has a letter: hashes of the signers of this packet and of those that it tops up, by a
// key that is not in the packet. It is
//
//	"postbag-people/1\n"    17 bytes
//	a mark of the key       16 bytes, by which another key is told from it
//	the rule                as a text: its length in four bytes, and how persons are told apart, in words
//	a part for each packet: the number of its first letter, in eight bytes; how many signers it has, in eight; how many recipients, in
//	                        four; and for each signer, in the order of the letters, 32 bytes: the hash of the person, 16 bytes, and those
//	                        of the e-mail and the id alone, eight bytes each, or zeros
//
// Numbers have their highest byte first. The parts are in the order of their first letters; that of the packet itself is the last.
const (
	peopleMagic  = "postbag-people/1\n"
	peopleMark   = 16
	personRecord = 16 + 8 + 8
	partHeader   = 8 + 8 + 4
	maxRule      = 1000    // bytes
	maxPeople    = 1 << 26 // in a file
)

// PeopleKey is the key by which the people of a campaign are known again. It is derived from the campaign's secret, which it does not give
// away.
func PeopleKey(secret []byte, campaign string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(appendText([]byte("postbag-people/1\n"), campaign))
	return [sha256.Size]byte(mac.Sum(nil))
}

// markOf tells keys apart and gives none away.
func markOf(key [sha256.Size]byte) [peopleMark]byte {
	sum := sha256.Sum256(append([]byte("postbag-people-mark/1\n"), key[:]...))
	return [peopleMark]byte(sum[:])
}

// PersonHashes is what a signer is known by in later lists.
type PersonHashes struct {
	Person    [16]byte
	Email, ID uint64 // 0 for none
}

// People is what private/people.keys holds. The zero value holds nobody.
type People struct {
	parts []peoplePart
}

// peoplePart is the signers of one packet, in the order of their letters.
type peoplePart struct {
	first, signers, recipients int
	records                    []byte
}

// last is the number of the part's last letter.
func (p *peoplePart) last() int { return p.first + p.signers*p.recipients - 1 }

func (p *peoplePart) compare(other *peoplePart) int {
	return cmp.Or(cmp.Compare(p.first, other.first), cmp.Compare(p.last(), other.last()), bytes.Compare(p.records, other.records))
}

// Len is how many people there are. One who is in two packets counts twice.
func (p *People) Len() int {
	n := 0
	for i := range p.parts {
		n += p.parts[i].signers
	}
	return n
}

// All calls yield with each person, by number from 0, until it says no.
func (p *People) All(yield func(int, PersonHashes) bool) {
	n := 0
	for i := range p.parts {
		for record := range slices.Chunk(p.parts[i].records, personRecord) {
			h := PersonHashes{Person: [16]byte(record), Email: binary.BigEndian.Uint64(record[16:]), ID: binary.BigEndian.Uint64(record[24:])}
			if !yield(n, h) {
				return
			}
			n++
		}
	}
}

// Letters lists the ids of a person's letters, by number: one to each recipient.
func (p *People) Letters(campaign string, person int) []string {
	for i := range p.parts {
		part := &p.parts[i]
		if person >= part.signers {
			person -= part.signers
			continue
		}
		ids := make([]string, part.recipients)
		for k := range ids {
			ids[k] = letterID(campaign, part.first+k*part.signers+person)
		}
		return ids
	}
	return nil
}

// join takes the people of another packet in; those who are there already stay once.
func (p *People) join(other *People) {
	p.parts = append(p.parts, other.parts...)
	slices.SortFunc(p.parts, func(a, b peoplePart) int { return a.compare(&b) })
	p.parts = slices.CompactFunc(p.parts, func(a, b peoplePart) bool { return a.compare(&b) == 0 })
}

// Write writes private/people.keys: the earlier people, and behind them the signers of this packet, as person gives them in the order of their
// letters. The key and the rule are those by which they were hashed.
func (p *People) Write(w io.Writer, key [sha256.Size]byte, rule string, first, signers, recipients int, person func(signer int) PersonHashes) error {
	mark := markOf(key)
	head := appendText(append([]byte(peopleMagic), mark[:]...), rule)
	for i := range p.parts {
		part := &p.parts[i]
		head = appendPart(head, part.first, part.signers, part.recipients)
		if _, err := w.Write(head); err != nil {
			return err
		}
		if _, err := w.Write(part.records); err != nil {
			return err
		}
		head = head[:0]
	}
	lines := appendPart(head, first, signers, recipients)
	for i := range signers {
		h := person(i)
		lines = append(lines, h.Person[:]...)
		lines = binary.BigEndian.AppendUint64(lines, h.Email)
		lines = binary.BigEndian.AppendUint64(lines, h.ID)
		if len(lines) >= 1<<16 {
			if _, err := w.Write(lines); err != nil {
				return err
			}
			lines = lines[:0]
		}
	}
	_, err := w.Write(lines)
	return err
}

func appendPart(dst []byte, first, signers, recipients int) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(first))
	dst = binary.BigEndian.AppendUint64(dst, uint64(signers))
	return binary.BigEndian.AppendUint32(dst, uint32(recipients))
}

var errPeople = errors.New("it is damaged, or of another version of Postbag")

// peopleFile is private/people.keys, read.
type peopleFile struct {
	mark [peopleMark]byte
	rule string
	People
}

// readPeople reads private/people.keys; size is that of the file. Without records it reads the parts' headers only.
func readPeople(r io.Reader, size int64, records bool) (*peopleFile, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	f := new(peopleFile)
	head := make([]byte, len(peopleMagic)+peopleMark+4)
	if _, err := io.ReadFull(b, head); err != nil || string(head[:len(peopleMagic)]) != peopleMagic {
		return nil, errPeople
	}
	f.mark = [peopleMark]byte(head[len(peopleMagic):])
	rule := make([]byte, min(binary.BigEndian.Uint32(head[len(peopleMagic)+peopleMark:]), maxRule+1))
	if _, err := io.ReadFull(b, rule); err != nil || len(rule) > maxRule {
		return nil, errPeople
	}
	f.rule = string(rule)
	size -= int64(len(head) + len(rule))
	for all := 0; size > 0; {
		part, err := readPart(b, size, records)
		if err != nil {
			return nil, err
		}
		if all += part.signers; all > maxPeople {
			return nil, errPeople
		}
		size -= partHeader + int64(part.signers)*personRecord
		f.parts = append(f.parts, part)
	}
	if _, err := b.ReadByte(); !errors.Is(err, io.EOF) || len(f.parts) == 0 || !slices.IsSortedFunc(f.parts, func(a, b peoplePart) int { return cmp.Compare(a.first, b.first) }) {
		return nil, errPeople
	}
	return f, nil
}

func readPart(b *bufio.Reader, size int64, records bool) (part peoplePart, err error) {
	var head [partHeader]byte
	if _, err := io.ReadFull(b, head[:]); err != nil {
		return part, errPeople
	}
	first, signers, recipients := binary.BigEndian.Uint64(head[:]), binary.BigEndian.Uint64(head[8:]), binary.BigEndian.Uint32(head[16:])
	if first < 1 || first > maxCount || signers < 1 || signers > maxPeople || int64(signers)*personRecord > size-partHeader || recipients < 1 || recipients > maxPeople {
		return part, errPeople
	}
	part = peoplePart{first: int(first), signers: int(signers), recipients: int(recipients)}
	length := part.signers * personRecord
	if !records {
		n, err := io.CopyN(io.Discard, b, int64(length))
		if err != nil || n != int64(length) {
			return part, errPeople
		}
		return part, nil
	}
	part.records = make([]byte, length) // no more than the file has
	if _, err := io.ReadFull(b, part.records); err != nil {
		return part, errPeople
	}
	return part, nil
}

// wrong says how the people of a packet differ from its manifest, or nothing.
func (p *People) wrong(m *Manifest) string {
	own := p.parts[len(p.parts)-1]
	if own.first != m.First || own.signers != m.Signers || own.recipients != m.addressees() {
		return fmt.Sprintf("has %d signers for %d recipients from letter %d on, and the manifest %d for %d from %d", own.signers, own.recipients, own.first, m.Signers, m.addressees(), m.First)
	}
	if m.Since == nil && len(p.parts) > 1 {
		return "has people of earlier packets, and the manifest names none"
	}
	for i := range m.Since {
		number, _ := letterNumber(m.Campaign, m.Since[i].Last)
		if !slices.ContainsFunc(p.parts, func(part peoplePart) bool {
			return part.last() == number && part.signers*part.recipients == m.Since[i].Letters
		}) {
			return fmt.Sprintf("does not have the people of the packet whose last letter is %s", m.Since[i].Last)
		}
	}
	return ""
}

// having is how many packets have a letter of this number.
func (p *People) having(number int) int {
	n := 0
	for i := range p.parts {
		if number >= p.parts[i].first && number <= p.parts[i].last() {
			n++
		}
	}
	return n
}

// SameNumbers is an id that two letters have, where packets went on from the same one and not from each other; "" where there is none.
func (p *People) SameNumbers(campaign string) string {
	last := 0
	for i := range p.parts {
		if p.parts[i].first <= last {
			return letterID(campaign, p.parts[i].first)
		}
		last = max(last, p.parts[i].last())
	}
	return ""
}

// EarlierPacket is a packet whose people are known by a later one.
type EarlierPacket struct {
	Dir      string
	Manifest *Manifest
	Hash     string // SHA-256 of its manifest.json
	people   *peopleFile
}

// ReadEarlier reads what a top-up needs of the packet in dir, and makes sure that it is whole as far as that goes. What the user can mend
// comes back as a problem.
func ReadEarlier(dir string) (*EarlierPacket, error) {
	refuse := func(what, do string) error {
		return problem.Problem{Place: problem.Place{File: dir}, What: what, Do: do}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, refuse(fmt.Sprintf("there is no packet (%v)", reason(err)), "Name the folder of a packet that was delivered")
	}
	defer root.Close()
	data, err := readAccount(root, manifestFile)
	if err != nil {
		return nil, refuse(fmt.Sprintf("%s cannot be read (%v)", manifestFile, reason(err)), "Name the folder of a packet that was delivered")
	}
	e := &EarlierPacket{Dir: dir}
	if e.Manifest, err = parseManifest(data); err == nil {
		for _, f := range e.Manifest.faults() {
			err = errors.New(f.Path + " " + f.What)
		}
	}
	if err != nil {
		return nil, refuse(fmt.Sprintf("%s is wrong: %v", manifestFile, err), "Check the packet with postbag verify, and mend it first")
	}
	e.Hash = hashOf(data)
	const again = "Build it again with this Postbag, from the list and campaign.secret that it was made from, to another folder, and name that: " +
		"it has the same letters under the same ids"
	if e.Manifest.old() {
		return nil, refuse("this packet was made by a Postbag that kept nothing by which its people are known again", again)
	}
	r, err := readRun(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("private/ of this packet is gone, and with it what its people are known by",
			again+"; or name a later packet of the campaign that goes on from this one and has its private/: it knows these people, too")
	case err != nil:
		return nil, refuse(fmt.Sprintf("%s cannot be read (%v)", runFile, reason(err)), "Put it back from a copy, or: "+again)
	case r.State == building:
		return nil, refuse("the packet is unfinished: a build was stopped or is still at work", "Finish it with postbag build first")
	}
	if e.people, err = readPeopleOf(root, r.Files[peopleFileName], e.Manifest); err != nil {
		return nil, refuse(fmt.Sprintf("%s cannot be used (%v)", peopleFileName, reason(err)), "Put it back from a copy, or: "+again)
	}
	return e, nil
}

// readPeopleOf reads the people of a packet, and compares the file with its hash.
func readPeopleOf(root *os.Root, hash string, m *Manifest) (*peopleFile, error) {
	f, err := openRegular(root, peopleFileName)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	people, err := readPeople(io.TeeReader(f, sum), info.Size(), true)
	if err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != hash {
		return nil, errors.New("it is not the file that was made: its SHA-256 differs from run.json's")
	}
	if what := people.wrong(m); what != "" {
		return nil, errors.New("it " + what)
	}
	return people, nil
}

// Fits says why the people of the packet cannot be known again in a campaign of this name, with this key and this rule; nil where they can.
func (e *EarlierPacket) Fits(campaign string, specimen bool, key [sha256.Size]byte, rule string) error {
	refuse := func(what, do string) error {
		return problem.Problem{Place: problem.Place{File: e.Dir}, What: what, Do: do}
	}
	switch {
	case e.Manifest.Campaign != campaign:
		return refuse(fmt.Sprintf("this packet is of the campaign %s, and this campaign is %s", shown(e.Manifest.Campaign), shown(campaign)),
			"Name packets of this campaign; one that was renamed starts anew, without --since")
	case e.Manifest.Specimen != specimen:
		return refuse("of this packet and the campaign, one is a specimen and one is not: specimens are delivered to nobody", "Name packets that were made to be delivered")
	case e.people.mark != markOf(key):
		return refuse("this packet was made with another campaign.secret, so that its people are not known here", "Put back the campaign.secret that it was made with")
	case e.people.rule != rule:
		return refuse(fmt.Sprintf("this packet told persons apart by other settings (%s) than the campaign does now (%s): people with letters would get others", e.people.rule, rule),
			"Set them as they were")
	}
	return nil
}

// Earlier is what the manifest of a top-up says of the packet.
func (e *EarlierPacket) Earlier() Earlier {
	m := e.Manifest
	return Earlier{Campaign: m.Campaign, ManifestHash: e.Hash, Root: m.Tree.Root, Letters: m.Letters, Last: letterID(m.Campaign, m.First+m.Letters-1)}
}

// Join puts the people of packets together, and says what a manifest says of the packets and the number of the letter that comes next.
// The order of the packets makes no difference, and one that is named twice counts once.
func Join(packets []*EarlierPacket) (people *People, since []Earlier, next int) {
	people, next = new(People), 1
	for _, e := range packets {
		people.join(&e.people.People)
		since = append(since, e.Earlier())
	}
	for i := range people.parts {
		next = max(next, people.parts[i].last()+1)
	}
	slices.SortFunc(since, func(a, b Earlier) int {
		return cmp.Or(cmp.Compare(len(a.Last), len(b.Last)), cmp.Compare(a.Last, b.Last), cmp.Compare(a.ManifestHash, b.ManifestHash))
	})
	return people, slices.Compact(since), next
}
