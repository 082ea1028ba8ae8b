package letters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/letters/roll"
)

// A top-up is a packet for those who have no letter in earlier ones. People are known again by hashes that every packet keeps of its signers and
// of those that it tops up, in private/people.keys, by a key that is derived from the campaign's secret. So a top-up of a top-up needs the last
// packet only, and no list of before. Letters are numbered on, so that an id names one letter of the campaign.

// continuation is what letters go on from. The first packet of a campaign goes on from none.
type continuation struct {
	key     roll.Key
	rule    string                  // how persons are told apart
	packets []*packet.EarlierPacket // as they were named
	people  *packet.People          // of the packets, and of those that they top up
	since   []packet.Earlier
	first   int           // number of the first letter
	earlier *roll.Earlier // nil without packets
}

// readSince composes the letter, and decides the fate of every row by the packets that o names, too. The campaign's secret, with which people are
// known again, is made where this is the first build and the list is fit to be built.
func readSince(ctx context.Context, c *config.Campaign, o Options) (*composition, *roll.Roll, []byte, error) {
	if err := apart(o.Out, o.Since); err != nil {
		return nil, nil, nil, err
	}
	p, err := open(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	secret, fresh, err := secretFor(c.Dir, o.Out, o.Replace, o.Since)
	if err == nil {
		err = p.goOn(secret, o.Since)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := p.read(ctx, o.Progress)
	if err == nil && fresh {
		err = keepSecret(c.Dir, secret)
	}
	return p, r, secret, err
}

// goOn makes the composition go on from the packets in dirs; there may be none.
func (p *composition) goOn(secret []byte, dirs []string) error {
	c := p.campaign
	t := &continuation{key: packet.PeopleKey(secret, c.Name), rule: p.list.PersonRule()}
	var problems problem.List
	for _, dir := range dirs {
		e, err := packet.ReadEarlier(dir)
		if err == nil {
			err = e.Fits(c.Name, c.Specimen, t.key, t.rule)
		}
		if err = problems.Collect(err); err != nil {
			return err
		}
		t.packets = append(t.packets, e)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	t.people, t.since, t.first = packet.Join(t.packets)
	if len(dirs) > 0 {
		t.earlier = t.know(c.Name)
	}
	for _, q := range p.all {
		q.after = t
	}
	return nil
}

// know makes the people of the earlier packets known to the roll.
func (t *continuation) know(campaign string) *roll.Earlier {
	e := &roll.Earlier{Letter: func(person int) string { return strings.Join(t.people.Letters(campaign, person), " ") }}
	for _, h := range t.people.All {
		e.Add(roll.Person{Key: h.Person, Email: h.Email, ID: h.ID})
	}
	return e
}

// before is how many letters the campaign has sent in the packets that this one goes on from, and in those that they go on from.
func (p *composition) before() int {
	if p.after == nil {
		return 0
	}
	return p.after.first - 1
}

// knows adds to the options of a reading what is known of people beyond the list.
func (p *composition) knows(o roll.ReadOptions) roll.ReadOptions {
	if p.after != nil {
		o.Key, o.Earlier = &p.after.key, p.after.earlier
	}
	return o
}

// apart makes sure that a top-up is not made in the place of a packet that it goes on from.
func apart(out string, since []string) error {
	there, err := os.Stat(out)
	if err != nil {
		return nil // nothing there, or packet.Open says what is wrong
	}
	for _, dir := range since {
		if info, err := os.Stat(dir); err == nil && os.SameFile(there, info) {
			return problem.Problem{Place: problem.Place{File: out}, What: "the packet cannot go on from itself: --since and --out name the same folder",
				Do: "Name a new folder for the top-up, for example --out " + filepath.Clean(out) + "-2"}
		}
	}
	return nil
}

// earlierSecret reads the secret by which people of earlier packets are known again.
func earlierSecret(dir string) ([]byte, error) {
	secret, err := readSecret(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem.Problem{Place: problem.Place{File: filepath.Join(dir, SecretFile)},
			What: "the campaign's secret is missing, and without it nobody of an earlier packet is known again", Do: "Put the file back from a copy"}
	}
	return secret, err
}

// SinceReport says what check found of the packets that a top-up goes on from.
type SinceReport struct {
	Packets   []string          `json:"packets"` // their folders, as they were named
	People    int               `json:"people"`  // with letters in them, or in those that they go on from
	Listed    int               `json:"listed"`  // of them, on this list
	First     int               `json:"first_letter"`
	Withdrawn []WithdrawnSigner `json:"withdrawn"`
}

// WithdrawnSigner is somebody with letters in earlier packets who has withdrawn since.
type WithdrawnSigner struct {
	Letters []string    `json:"letters"`
	Reason  roll.Reason `json:"reason"`
	Row     roll.Row    `json:"row"` // 0 where they stand on the list no more
}

// withdrawn lists who has withdrawn since their letter.
func (p *composition) withdrawn(r *roll.Roll) []WithdrawnSigner {
	out := make([]WithdrawnSigner, len(r.Withdrawn))
	for i, w := range r.Withdrawn {
		out[i] = WithdrawnSigner{Letters: p.after.people.Letters(p.campaign.Name, w.Person), Reason: w.Reason, Row: w.Row}
	}
	return out
}

// checkSince adds to a report what is to be known of the earlier packets.
func (p *composition) checkSince(report *Report, r *roll.Roll) {
	if p.after == nil || p.after.earlier == nil {
		return
	}
	s := &SinceReport{People: p.after.earlier.Len(), Listed: r.Found, First: p.after.first, Withdrawn: p.withdrawn(r)}
	for _, e := range p.after.packets {
		s.Packets = append(s.Packets, e.Dir)
	}
	report.Since = s
	report.Cautions = append(report.Cautions, p.otherRecipients()...)
	if id := p.after.people.SameNumbers(p.campaign.Name); id != "" {
		report.Cautions = append(report.Cautions, problem.Problem{Place: problem.Place{File: s.Packets[0]},
			What: "there are two letters " + id + ": two of the packets went on from the same one, and not from each other",
			Do:   "Tell them apart by their packet. From now on name all packets with --since, or the last one that went on from all others"})
	}
	if 2*s.Listed < s.People {
		report.Cautions = append(report.Cautions, problem.Problem{Place: problem.Place{File: p.campaign.Signers.File},
			What: fmt.Sprintf("of %d people with letters in earlier packets, %d stand on this list", s.People, s.Listed),
			Do: "Where the list has new people only, that is right. Else make sure that names, e-mails and postcodes are written as they were: " +
				"whoever is not known again gets another letter"})
	}
}

// otherRecipients says where an earlier packet went to others than the letters now: who has a letter from there gets none to these.
func (p *composition) otherRecipients() []problem.Problem {
	now := map[string]bool{}
	for _, q := range p.all {
		now[q.campaign.Recipient.Name+"\x00"+q.campaign.Recipient.Company] = true
	}
	var out []problem.Problem
	for _, e := range p.after.packets {
		to := map[string]bool{}
		for _, r := range e.Manifest.AllRecipients() {
			to[r.Name+"\x00"+r.Company] = true
		}
		if !maps.Equal(to, now) {
			out = append(out, problem.Problem{Place: problem.Place{File: e.Dir}, What: "this packet was for other recipients than the campaign is now, and who has a letter in it gets none to these",
				Do: "Where all are to write to the new ones, build a packet for those alone, without --since; it has ids of its own under another campaign name"})
		}
	}
	return out
}

// keepPeople writes what the signers are known by in later packets, and those of earlier ones.
func (b *build) keepPeople(ctx context.Context) error {
	t := b.after
	_, _, err := b.writer.File(ctx, "private/people.keys", func(out io.Writer) error {
		return t.people.Write(out, t.key, t.rule, t.first, b.roll.Len(), len(b.all), func(signer int) packet.PersonHashes {
			h := b.roll.Person(signer)
			return packet.PersonHashes{Person: h.Key, Email: h.Email, ID: h.ID}
		})
	})
	return err
}

// writeWithdrawn lists who has withdrawn since their letter; a packet that goes on from none has no such list.
func (b *build) writeWithdrawn(ctx context.Context) error {
	if b.after.earlier == nil {
		return nil
	}
	lines := packet.AppendWithdrawnHeader(nil, b.several())
	for _, w := range b.withdrawn(b.roll) {
		row := packet.WithdrawnRow{Letters: w.Letters, Reason: string(w.Reason), Row: w.Row.Row}
		if w.Row.Row > 0 {
			row.File = b.fileOf(w.Row)
		}
		lines = packet.AppendWithdrawnRow(lines, row, b.several())
	}
	_, _, err := b.writer.File(ctx, "private/withdrawn.csv", func(out io.Writer) error {
		_, err := out.Write(lines)
		return err
	})
	return err
}
