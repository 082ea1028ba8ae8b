package letters

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// With several recipients, every signer has a letter to each. All of a recipient's letters come before those of the next, in the order of the
// roll, and are numbered through: of 100 signers, the letters to the second recipient are those from 101 to 200. So each recipient has
// bundles, a wording and a layout of their own, and the list, the fonts and what signers' fields are stand once for all.

// recipientFields are the fields of a template that are the recipient's.
func recipientFields(r *config.Recipient) map[string]string {
	return map[string]string{
		"recipient.name":       r.Name,
		"recipient.title":      r.Title,
		"recipient.company":    r.Company,
		"recipient.salutation": r.Salutation,
	}
}

// address makes the compositions for all recipients; p is that of the first.
func (p *composition) address() {
	for k := range p.campaign.Recipients {
		q := p
		if k > 0 {
			q = p.to(k)
		}
		q.wording = hashOf([]byte(q.template.Wording(q.fields.Constant)))
		p.all = append(p.all, q)
	}
	for _, q := range p.all {
		q.all = p.all
	}
}

// to addresses the composition to another of the recipients.
func (p *composition) to(place int) *composition {
	q, c, f := *p, *p.campaign, *p.fields
	c.Recipient = c.Recipients[place]
	f.constants = maps.Clone(f.constants)
	for name, text := range recipientFields(&c.Recipient) {
		f.constants[name] = text
	}
	q.campaign, q.fields, q.place = &c, &f, place
	return &q
}

// checkRecipient makes sure that fonts have every character of the recipient's name and address.
func (p *composition) checkRecipient(problems *problem.List) {
	r := &p.campaign.Recipient
	p.checkGlyphs(problems, r.Place, r.Salutation, r.Name, r.Title, r.Company)
	p.checkGlyphs(problems, r.Place, r.Address...)
}

// number is the number of the letter to the recipient from a signer, by their place in the roll.
func (p *composition) number(r *roll.Roll, signer int) int {
	return p.before() + p.place*r.Len() + signer + 1
}

// placeInManifest is how the manifest names the recipient of a bundle: 0 where there is one.
func (b *build) placeInManifest(recipient int) int {
	if len(b.all) < 2 {
		return 0
	}
	return recipient + 1
}

// AddressedReport says what is written to one of several recipients.
type AddressedReport struct {
	Name        string `json:"name"`
	Title       string `json:"title,omitempty"`
	Company     string `json:"company"`
	WordingHash string `json:"wording_sha256"` // as in the manifest
	Letters     int    `json:"letters"`
	Bundles     int    `json:"bundles"`
}

// addressedReports is what is written to whom, where there are several recipients.
func (p *composition) addressedReports(r *roll.Roll, ranges []bundleRange) []AddressedReport {
	if len(p.all) < 2 {
		return nil
	}
	reports := make([]AddressedReport, len(p.all))
	for k, to := range p.all {
		who := &to.campaign.Recipient
		reports[k] = AddressedReport{Name: who.Name, Title: who.Title, Company: who.Company, WordingHash: to.wording, Letters: r.Len()}
	}
	for _, b := range ranges {
		reports[b.recipient].Bundles++
	}
	return reports
}

// chooseRecipient finds the composition for a recipient, counting from 1; 0 means the one to whom a letter is hardest to set: of most lines above
// the text, then of the longest.
func (p *composition) chooseRecipient(number int) (*composition, error) {
	switch n := len(p.all); {
	case number > n:
		what := fmt.Sprintf("there is no recipient %d: the campaign has %d", number, n)
		if n == 1 {
			what = fmt.Sprintf("there is no recipient %d: the campaign has one", number)
		}
		return nil, problem.List{{Place: problem.Place{File: p.campaign.File}, What: what, Do: fmt.Sprintf("Name one from 1 to %d, in the order of recipients", n)}}
	case number > 0:
		return p.all[number-1], nil
	}
	best, most := p, [2]int{}
	for _, q := range p.all {
		lines := q.addressLines()
		if this := [2]int{len(lines), utf8.RuneCountInString(strings.Join(lines, "") + q.campaign.Recipient.Salutation)}; slices.Compare(this[:], most[:]) > 0 {
			best, most = q, this
		}
	}
	return best, nil
}

// desk is where the letters to one recipient are made. Goroutines share it.
type desk struct {
	*composition
	seal *packet.Seal
	roll *roll.Roll
	job  press.Job

	once   sync.Once
	layout *typeset.Layout
	press  *press.Press
	err    error

	left atomic.Int64    // bundles still to be made
	used []*typeset.Face // what has set something, when there are none
}

// desks sets up a desk for each recipient. The first is made ready at once, since what is wrong with a layout is wrong before any file is
// made; the others are when their turn comes: there may be hundreds, and a few are in use at a time.
func (p *composition) desks(r *roll.Roll, ranges []bundleRange, first *packet.Seal, job press.Job) ([]*desk, error) {
	desks := make([]*desk, len(p.all))
	for k, to := range p.all {
		seal, err := first.Worded(to.wording)
		if err != nil {
			return nil, err
		}
		desks[k] = &desk{composition: to, seal: seal, roll: r, job: job}
	}
	for _, b := range ranges {
		desks[b.recipient].left.Add(1)
	}
	return desks, desks[0].open()
}

// open lays the letter out, once.
func (d *desk) open() error {
	d.once.Do(func() { d.layout, d.press, d.err = d.lay(d.roll, false, d.job) })
	return d.err
}

// bundleMade clears the desk when its last bundle is made, since there may be hundreds.
func (d *desk) bundleMade() {
	if d.left.Add(-1) > 0 {
		return
	}
	for _, face := range d.fonts.Faces() {
		if d.press.Used(face) {
			d.used = append(d.used, face)
		}
	}
	d.layout, d.press = nil, nil
}

// used tells whether a face has set something in the packet.
func (b *build) used(face *typeset.Face) bool {
	return slices.ContainsFunc(b.desks, func(d *desk) bool { return slices.Contains(d.used, face) })
}

// seat is what a goroutine has for itself while it makes bundles to a recipient.
type seat struct {
	recipient int
	worker    *press.Worker
	tree      *packet.LetterTree
	values    []string
}

// sit goes over to the desk of a recipient. Bundles are taken in their order, so that it is done once for each.
func (s *seat) sit(desks []*desk, recipient int) error {
	if s.recipient == recipient {
		return nil
	}
	d := desks[recipient]
	if err := d.open(); err != nil {
		return err
	}
	s.recipient, s.worker, s.tree = recipient, d.press.NewWorker(d.layout.NewSetter()), d.seal.NewTree()
	return nil
}
