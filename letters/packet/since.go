package packet

import "fmt"

// A top-up is a packet for people who have no letter in earlier ones. Its letters are numbered on from theirs, so that a letter id
// names one letter of the campaign, whatever packet it is in.

// sinceFaults checks that the numbers of a top-up go on where the earlier packets end.
func (m *Manifest) sinceFaults() []Fault {
	var faults []Fault
	fault := func(what string, arguments ...any) {
		faults = append(faults, Fault{Path: manifestFile, What: fmt.Sprintf(what, arguments...)})
	}
	next := 1
	for i := range m.Since {
		e := &m.Since[i]
		number, ok := letterNumber(m.Campaign, e.Last)
		switch {
		case e.Campaign != m.Campaign:
			fault("goes on from a packet of another campaign, %s", shown(e.Campaign))
		case !IsHash(e.ManifestHash) || !IsHash(e.Root):
			fault("goes on from a packet that has no proper SHA-256 here")
		case !ok || e.Letters < 1 || e.Letters > number:
			fault("goes on from a packet that cannot have %d letters up to %s", e.Letters, shown(e.Last))
		default:
			next = max(next, number+1)
		}
	}
	if len(faults) == 0 && m.First != next && m.Format != manifestFormat1 {
		fault("the first letter is number %d, and by the earlier packets it should be %d", m.First, next)
	}
	if (m.Withdrawn != nil) != (len(m.Since) > 0) {
		fault("counts people who have withdrawn, or does not, and top-ups alone do")
	}
	return faults
}
