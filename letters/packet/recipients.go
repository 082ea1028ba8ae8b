package packet

import (
	"fmt"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strconv"
)

// Where a packet has several recipients, each signer has one letter to each of them. The letters' numbers run through recipient after
// recipient, and no bundle holds letters to two: so a recipient's letters are a run of bundles, and can be handed over by themselves.

// wordingOf is the hash of the wording of a bundle's letters.
func (m *Manifest) wordingOf(b *Bundle) string {
	if b.Recipient < 1 || b.Recipient > len(m.Recipients) {
		return m.Letter.WordingHash
	}
	return m.Recipients[b.Recipient-1].WordingHash
}

// Addressed is the recipient of a bundle's letters.
func (m *Manifest) Addressed(b *Bundle) Recipient {
	if b.Recipient < 1 || b.Recipient > len(m.Recipients) {
		return m.Recipient
	}
	return m.Recipients[b.Recipient-1].Recipient
}

// AllRecipients are those to whom the packet's letters go: one, or several in the order of their letters.
func (m *Manifest) AllRecipients() []Recipient {
	if len(m.Recipients) == 0 {
		return []Recipient{m.Recipient}
	}
	out := make([]Recipient, len(m.Recipients))
	for i := range m.Recipients {
		out[i] = m.Recipients[i].Recipient
	}
	return out
}

// addressees is the number of recipients.
func (m *Manifest) addressees() int { return max(1, len(m.Recipients)) }

// addressedBundles is one of several recipients, with the numbers of the first and the last of their bundles.
type addressedBundles struct {
	Addressee
	From, Until int
}

// mostNamed is how many of several recipients READ-ME.txt names; the manifest has all of them.
const mostNamed = 20

// addressedBundles lists them; none where there is one recipient.
func (m *Manifest) addressedBundles() []addressedBundles {
	out := make([]addressedBundles, len(m.Recipients))
	for i := range out {
		out[i].Addressee = m.Recipients[i]
	}
	for i := range m.Bundles {
		if k := m.Bundles[i].Recipient - 1; k >= 0 && k < len(out) {
			if out[k].From == 0 {
				out[k].From = i + 1
			}
			out[k].Until = i + 1
		}
	}
	return out
}

// ownPaper is a document that each of several recipients has for themselves.
var ownPaper = regexp.MustCompile(`^deliver/[0-9]{2}-[a-z-]+-([0-9]{1,3})\.[a-z]+$`)

// ownerOf tells which of several recipients each file is for, by its path; files for all of them are not among them.
func (m *Manifest) ownerOf(names iter.Seq[string]) map[string]int {
	owners := map[string]int{}
	for i := range m.Bundles {
		if k := m.Bundles[i].Recipient; k > 0 {
			owners[m.Bundles[i].Path] = k
		}
	}
	for name := range names {
		if found := ownPaper.FindStringSubmatch(name); found != nil && len(m.Recipients) > 0 {
			if k, _ := strconv.Atoi(found[1]); k > 0 && k <= len(m.Recipients) {
				owners[name] = k
			}
		}
	}
	return owners
}

// Part is the part of a packet that some of its recipients get.
type Part struct {
	Recipients []int `json:"recipients"` // from 1
	Bundles    int   `json:"bundles"`
	Letters    int   `json:"letters"`
}

// partOf adds up what goes to some recipients.
func (m *Manifest) partOf(recipients []int) *Part {
	p := &Part{Recipients: recipients}
	for i := range m.Bundles {
		if slices.Contains(recipients, m.Bundles[i].Recipient) {
			p.Bundles++
			p.Letters += m.Bundles[i].Letters
		}
	}
	return p
}

// to is the recipient in words, or how many there are.
func (m *Manifest) to() string {
	if n := len(m.Recipients); n > 0 {
		return fmt.Sprintf("%d recipients", n)
	}
	return m.Recipient.Name + ", " + m.Recipient.Company
}

// recipientFaults checks that every signer has a letter to every recipient, and that the bundles are in the recipients' order.
func (m *Manifest) recipientFaults() []Fault {
	var faults []Fault
	fault := func(path, what string, arguments ...any) {
		faults = append(faults, Fault{Path: path, What: fmt.Sprintf(what, arguments...)})
	}
	if m.Signers*m.addressees() != m.Letters { // counts are bounded, and so is their product by the size of a manifest
		fault(manifestFile, "letters is %d, but %d signers with a letter to each of %d recipients make %d", m.Letters, m.Signers, m.addressees(), m.Signers*m.addressees())
	}
	if len(m.Recipients) > 0 {
		faults = append(faults, m.addresseeFaults()...)
	}
	letters, last := make([]int, len(m.Recipients)+1), 0
	for i := range m.Bundles {
		b := &m.Bundles[i]
		switch {
		case b.Recipient < 0 || b.Recipient > len(m.Recipients) || b.Recipient == 0 && len(m.Recipients) > 0:
			fault(shown(b.Path), "is for recipient %d of %d, whom there is not", b.Recipient, len(m.Recipients))
			continue
		case b.Recipient < last:
			fault(shown(b.Path), "is for recipient %d, behind a bundle for recipient %d", b.Recipient, last)
		}
		last = b.Recipient
		letters[b.Recipient] += b.Letters
	}
	for i := range m.Recipients {
		if n := letters[i+1]; n != m.Recipients[i].Letters {
			fault(manifestFile, "recipient %d has %d letters, but the bundles add up to %d", i+1, m.Recipients[i].Letters, n)
		}
	}
	return faults
}

// addresseeFaults checks what the manifest says of each of several recipients.
func (m *Manifest) addresseeFaults() []Fault {
	var faults []Fault
	fault := func(what string, arguments ...any) {
		faults = append(faults, Fault{Path: manifestFile, What: fmt.Sprintf(what, arguments...)})
	}
	if len(m.Recipients) == 1 {
		fault("recipients has one entry, and is for several")
	}
	if first := &m.Recipients[0]; !reflect.DeepEqual(first.Recipient, m.Recipient) || first.WordingHash != m.Letter.WordingHash {
		fault("recipient and wording are not those of the first of the recipients")
	}
	first := m.First
	for i := range m.Recipients {
		a := &m.Recipients[i]
		if !IsHash(a.WordingHash) {
			fault("the wording for recipient %d has no proper SHA-256", i+1)
		}
		if a.Letters != m.Signers {
			fault("recipient %d has %d letters, and there are %d signers", i+1, a.Letters, m.Signers)
		}
		if from, to := letterID(m.Campaign, first), letterID(m.Campaign, first+a.Letters-1); a.First != from || a.Last != to {
			fault("recipient %d has letters %s to %s, and by the counts %s to %s", i+1, shown(a.First), shown(a.Last), shown(from), shown(to))
		}
		first += a.Letters
	}
	return faults
}
