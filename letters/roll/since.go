package roll

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/dchest/siphash"
	"golang.org/x/text/unicode/norm"
)

// Later lists. A campaign that has delivered goes on collecting, and the people of its next list are known again by hashes that an earlier
// packet kept: of the person, as duplicates are told, and of their e-mail and id alone, by which people who withdraw are named.
//
// Somebody with neither e-mail nor postcode cannot be told from another of the same name. Such strangers are known by name and place, and
// counted: where three of a name had letters, the first three of that name on the next list have theirs, and the fourth is new.

// Key is the secret that persons are hashed with (SipHash-2-4): its first half for persons, its second for e-mails and ids. Without it nobody
// can try names and addresses until a hash fits.
type Key [32]byte

// Person is what a signer is known by in later lists: hashes with a [Key].
type Person struct {
	Key   [16]byte // e-mail and name, name and postcode, or name, place and number
	Email uint64   // of the e-mail alone; 0 for none
	ID    uint64   // of the id alone; 0 for none
}

// Earlier is people who have letters in earlier packets. They are numbered from 0, in the order of [Earlier.Add].
type Earlier struct {
	// Letter names the letter of a person, for the account of why a row gets none.
	Letter func(person int) string

	people  people
	handles chunks[handles]
	again   map[int][]int // by the number of somebody who was added before: those that they used up later
	emails  []uint64      // sorted, each once; made when the first is asked for
}

// handles are the hashes of an e-mail and an id alone.
type handles struct{ email, id uint64 }

// Add adds a person. One who was added before keeps the number of before, and uses up one of their own all the same: who withdraws does so
// under each of their numbers.
func (e *Earlier) Add(p Person) {
	before, twice := e.people.find(p.Key)
	if twice {
		if e.again == nil {
			e.again = map[int][]int{}
		}
		e.again[int(before)] = append(e.again[int(before)], e.Len())
	}
	e.people.add(p.Key, !twice)
	e.handles.add(handles{p.Email, p.ID})
}

// Len is how many people were added.
func (e *Earlier) Len() int { return e.handles.len() }

// hasEmail tells whether somebody has a letter who gave this e-mail.
func (e *Earlier) hasEmail(email uint64) bool {
	if e.emails == nil {
		e.emails = make([]uint64, 0, e.Len())
		for n := range e.Len() {
			e.emails = append(e.emails, e.handles.at(n).email)
		}
		slices.Sort(e.emails)
	}
	_, ok := slices.BinarySearch(e.emails, email)
	return ok && email != 0
}

// Withdrawn is somebody with a letter in an earlier packet who has withdrawn since.
type Withdrawn struct {
	Person int    // the number in Earlier
	Row    Row    // their row of the list; 0 where the suppress file alone names them
	Reason Reason // why they get no letter now
}

// withdraws tells whether a reason means that somebody does not want to be named.
func withdraws(r Reason) bool { return r == OptedOut || r == Suppressed || r == NoConsent }

// keyed sets what persons are hashed with. Without a key they are told apart within one list only.
func (d *identifier) keyed(k *Key) {
	if k == nil {
		return
	}
	for i := range d.keys {
		d.keys[i] = binary.LittleEndian.Uint64(k[8*i:])
	}
}

// hash is a person's key, made of text. Of other texts it is another one, since 128 bits are enough for that and the hash is keyed.
func (d *identifier) hash(text []byte) (key personKey) {
	low, high := siphash.Hash128(d.keys[0], d.keys[1], text)
	binary.LittleEndian.PutUint64(key[:8], low)
	binary.LittleEndian.PutUint64(key[8:], high)
	return key
}

// handle is the hash of an e-mail or an id alone, as the suppress file names people; 0 for an empty one.
func (d *identifier) handle(value []byte) uint64 {
	d.text = d.appendEmail(d.text[:0], value)
	if len(d.text) == 0 {
		return 0
	}
	return max(1, siphash.Hash(d.keys[2], d.keys[3], d.text))
}

// stranger makes the key of somebody with neither e-mail nor postcode, from name and place. The cells of a place come as they are written, so
// they are composed here (UAX #15): one export has é as a letter, the next as a letter and an accent.
func (d *identifier) stranger(name []byte, place ...[]byte) personKey {
	d.text = append(d.text[:0], '?')
	for _, part := range place {
		if !norm.NFC.IsNormal(part) {
			part = norm.NFC.Bytes(part)
		}
		d.text = append(appendFolded(d.text, part), 0)
	}
	d.text = appendFolded(d.text, name)
	return d.hash(d.text)
}

// nth is the key of one of several strangers whom nothing tells apart, from 0.
func (d *identifier) nth(key personKey, n uint32) personKey {
	if n == 0 {
		return key
	}
	d.text = append(append(d.text[:0], '!'), key[:]...)
	d.text = binary.BigEndian.AppendUint32(d.text, n)
	return d.hash(d.text)
}

// identify makes the keys of the row that is parsed.
func (p *parsing) identify(row *parsed, name []byte) {
	email, postcode := p.cell(p.plan.email), p.cell(p.plan.postcode)
	row.key, row.known = p.ids.person(name, email, postcode)
	if p.later == nil {
		return
	}
	if !row.known {
		p.written = p.written[:0]
		for _, column := range p.later {
			p.written = append(p.written, p.raw[column])
		}
		row.key = p.ids.stranger(name, p.written...)
	}
	if isEmail(email) {
		row.handles.email = p.ids.handle(email)
	}
	row.handles.id = p.ids.handle(p.cell(p.plan.id))
}

// placeColumns are the columns that tell strangers of one name apart, of those that the file has.
func (l *List) placeColumns(f *file) []int {
	columns := []int{}
	for _, part := range []string{"city", "region", "country"} {
		if column := f.columns.columnOf(part); column >= 0 {
			columns = append(columns, column)
		}
	}
	if column := f.columns.columnOf("place"); len(columns) == 0 && column >= 0 {
		columns = append(columns, column)
	}
	return columns
}

// knowing is what a reading knows of people beyond its own list.
type knowing struct {
	ids       identifier
	earlier   *Earlier
	found     []bool               // of the earlier, who stand on this list
	rows      int                  // of people with letters
	passed    map[personKey]uint32 // strangers with letters, by key
	withdrawn []Withdrawn
	strangers []stranger // who withdrew
	namesakes Remark
	name      int // the kept field that is the name; -1 for none
}

// stranger is the row of a stranger who withdrew. Which of the earlier letters is theirs is settled behind the last row.
type stranger struct {
	key    personKey
	row    Row
	reason Reason
}

func (r *reading) newKnowing() *knowing {
	k := &knowing{ids: r.list.identifier(), earlier: r.options.Earlier, passed: map[personKey]uint32{}, name: slices.Index(r.options.Keep, "name")}
	k.ids.keyed(r.options.Key)
	if k.earlier != nil {
		k.found = make([]bool, k.earlier.Len())
	}
	r.roll.ids, r.roll.nth = k.ids, map[uint32]uint32{}
	return k
}

// delivered tells whether a row's person has a letter in an earlier packet. Of strangers it also says how many of the same key stood before.
func (r *reading) delivered(row *parsed) (person int, before uint32, ok bool) {
	k := r.knowing
	key := row.key
	if !row.known {
		if n, twice := r.people.find(key); twice {
			return 0, r.roll.nth[n] + 1, false
		}
		before = k.passed[key]
		key = k.ids.nth(key, before)
	}
	if k.earlier == nil {
		return 0, before, false
	}
	n, ok := k.earlier.people.find(key)
	if ok {
		k.find(int(n))
		k.rows++
		if !row.known {
			k.passed[row.key]++
		}
	}
	return int(n), before, ok
}

// remember keeps what the signer who is about to be added is known by in later lists.
func (r *reading) remember(at Row, row *parsed, before uint32, record []byte) {
	k := r.knowing
	if before > 0 {
		r.roll.nth[uint32(r.people.keys.len())] = before
	}
	r.people.add(row.key, !row.known || r.rule != "keep")
	r.roll.handles.add(row.handles)
	if k.earlier == nil || !k.earlier.hasEmail(row.handles.email) {
		return
	}
	text := ""
	if k.name >= 0 && len(k.namesakes.Samples) < maxSamples {
		text = strings.Clone(decodeFields(record, k.name, k.name+1, nil)[0])
	}
	k.namesakes.add(at, text)
}

// withdraws notes that a row's person does not want to be named, where they have a letter already.
func (k *knowing) withdraws(at Row, row *parsed) {
	if !row.known {
		k.strangers = append(k.strangers, stranger{row.key, at, row.reason})
		return
	}
	if n, ok := k.earlier.people.find(row.key); ok {
		k.withdraw(int(n), at, row.reason)
	}
}

// withdraw notes that somebody with a letter withdraws, or with several letters: each of them is to be taken out.
func (k *knowing) withdraw(person int, at Row, reason Reason) {
	k.find(person)
	k.withdrawn = append(k.withdrawn, Withdrawn{Person: person, Row: at, Reason: reason})
	for _, n := range k.earlier.again[person] {
		k.withdrawn = append(k.withdrawn, Withdrawn{Person: n, Row: at, Reason: reason})
	}
}

// find notes that somebody with a letter stands on the list.
func (k *knowing) find(person int) {
	k.found[person] = true
	for _, n := range k.earlier.again[person] {
		k.found[n] = true
	}
}

// settleWithdrawn settles who has withdrawn, behind the last row: a stranger has one of the letters that nobody else of the list has, and whom
// the suppress file names need not stand on the list any more.
func (r *reading) settleWithdrawn() {
	k := r.knowing
	if k.earlier == nil {
		return
	}
	for _, s := range k.strangers {
		if n, ok := k.earlier.people.find(k.ids.nth(s.key, k.passed[s.key])); ok {
			k.passed[s.key]++
			k.withdraw(int(n), s.row, s.reason)
		}
	}
	named := map[uint64]bool{}
	for value := range r.list.withdrew.plain {
		named[k.ids.handle([]byte(value))] = true
	}
	if delete(named, 0); len(named) > 0 {
		for n := range k.earlier.Len() {
			if h := k.earlier.handles.at(n); named[h.email] || named[h.id] {
				k.withdrawn = append(k.withdrawn, Withdrawn{Person: n, Reason: Suppressed})
			}
		}
	}
	// Each person once, by the first row that says so; the suppress file is the last to.
	slices.SortStableFunc(k.withdrawn, func(a, b Withdrawn) int { return a.Person - b.Person })
	r.roll.Withdrawn = slices.CompactFunc(k.withdrawn, func(a, b Withdrawn) bool { return a.Person == b.Person })
	for _, found := range k.found {
		if found {
			r.roll.Found++
		}
	}
	if k.namesakes.Count > 0 {
		k.namesakes.What = "have the e-mail address of somebody with a letter in an earlier packet, and another name"
		r.roll.Remarks = append(r.roll.Remarks, k.namesakes)
	}
}

// Person is what signer i (delivery order) is known by in later lists. The Roll must have been read with a key. Not for several
// goroutines at once.
func (r *Roll) Person(i int) Person {
	record := r.order[i]
	h := r.handles.at(int(record))
	return Person{Key: r.ids.nth(*r.keys.at(int(record)), r.nth[record]), Email: h.email, ID: h.id}
}

// PersonRule says in words how persons are told apart. Hashes that were made by different rules cannot be compared.
func (l *List) PersonRule() string {
	order := map[nameOrder]string{byScript: "auto", givenFirst: "given-first", familyFirst: "family-first"}[l.orderOf()]
	var same []string
	d := l.identifier()
	if d.dots {
		same = append(same, "dots")
	}
	if d.plus {
		same = append(same, "plus")
	}
	var clean []string // what of signers.clean changes the letters of a name
	for _, kind := range []string{"controls", "nfc"} {
		if l.cleans(kind) {
			clean = append(clean, kind)
		}
	}
	return fmt.Sprintf("signers.same_email: %s; signers.name_order: %s; signers.clean: %s", cmp.Or(strings.Join(same, ", "), "none"), order, cmp.Or(strings.Join(clean, ", "), "neither controls nor nfc"))
}
