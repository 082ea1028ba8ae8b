package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
)

func (a *app) statusCommand() command {
	return command{
		name:    "status",
		summary: "show what is printed, delivered, refused and outstanding",
		about: "Shows what became of a packet's bundles by its record of hand-overs, and adds up several packets of one campaign: the first one,\n" +
			"and those that were made later with build --since. It reads accounts and no bundles; postbag verify checks those.",
		operands: []operand{{name: "DIR", what: "the packet's folder; several are added up", repeats: true}},
		statuses: []exitStatus{
			{done, "done, whatever is outstanding"},
			{failed, "failed: a record is damaged, or the packets do not belong together"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag record packet --bundles 1 --sent --carrier Post", "postbag status packet"},
		run: func(c *cli.Context) (result, error) {
			s, err := packet.ReadStatus(c.Args().Slice()...)
			if err != nil {
				return nil, err
			}
			return status{s}, nil
		},
	}
}

// status is the result of status.
type status struct{ *packet.Status }

func (s status) print(p *page) {
	p.heading("%s", plain(s.Campaign))
	if s.Specimen {
		p.warning("SPECIMEN: nobody signed these letters.")
	}
	if len(s.Packets) > 1 {
		p.tally("in all packets", &s.Tally, nil)
	}
	for i := range s.Recipients {
		r := &s.Recipients[i]
		p.line("To %s, %s:", plain(r.Name), plain(r.Company))
		p.tally("in all", &r.Tally, nil)
	}
	if s.Withdrawn != nil && *s.Withdrawn > 0 {
		where := ""
		if len(s.WithdrawnLetters) > 0 { // else private/ is gone, or their letters lie in packets that are not named
			where = ": private/withdrawn.csv in " + plain(s.Packets[len(s.Packets)-1].Dir) + " lists the letters"
		}
		p.warning("%s withdrawn since%s. What was handed over cannot be called back.", people(*s.Withdrawn, "with letters in earlier packets has", "with letters in earlier packets have"), where)
	}
	for _, w := range s.WithdrawnLetters {
		switch {
		case w.State != "outstanding" && w.State != "refused":
		case w.Shared:
			p.warning("Look at letter %s in bundle %d of %s before that is handed over: several packets have one of this number. If it is from somebody who has withdrawn, take it out; "+
				"private/withdrawn.csv has the row of the list.", plain(w.Letter), w.Bundle, plain(w.Dir))
		default:
			p.warning("Take letter %s out of bundle %d of %s before that is handed over.", plain(w.Letter), w.Bundle, plain(w.Dir))
		}
	}
	for _, e := range s.Missing {
		p.warning("Not counted: an earlier packet with %s, to %s. Name its folder too.", count(e.Letters, "letter"), plain(e.Last))
	}
	for i := range s.Packets {
		k := &s.Packets[i]
		p.heading("%s: letters %s to %s", plain(k.Dir), plain(k.First), plain(k.Last))
		p.tally("in all", &k.Tally, &k.Of)
		if k.Torn > 0 {
			p.warning("Half a line (%s) stands at the end of the record, left by a run that was stopped. The next entry takes it out and says so.", size(int64(k.Torn)))
		}
		p.entries(k.Entries)
		if k.Head != "" {
			p.line("SHA-256 of the record's last line: %s", k.Head)
		}
	}
}

// tally writes what became of the bundles, and their numbers where they are those of one packet.
func (p *page) tally(whole string, t *packet.Tally, of *packet.BundlesBy) {
	head := []string{"", ">letters", ">bundles", ">sheets", "bundle numbers"}
	if of == nil {
		of, head[4] = &packet.BundlesBy{}, ""
	}
	var rows [][]string
	for _, r := range []struct {
		name    string
		share   packet.Share
		bundles packet.BundleSet
		always  bool
	}{
		{"delivered", t.Delivered, of.Delivered, true},
		{"refused", t.Refused, of.Refused, false},
		{"on the way", t.OnTheWay, of.OnTheWay, false},
		{"outstanding", t.Outstanding, of.Outstanding, true},
		{whole, t.All, nil, true},
		{"of these printed", t.Printed, of.Printed, false},
	} {
		if r.always || r.share.Bundles > 0 {
			rows = append(rows, []string{r.name, number(int64(r.share.Letters)), number(int64(r.share.Bundles)), number(int64(r.share.Sheets)), short(r.bundles.String(), 60)})
		}
	}
	p.table(head, rows)
}

// entries writes the record, an entry a line, with what people said below it.
func (p *page) entries(entries []packet.StatusEntry) {
	if len(entries) == 0 {
		p.line("Nothing is recorded yet.")
		return
	}
	p.line("Recorded:")
	for i := range entries {
		e := &entries[i]
		p.line("  %d  %s", e.Number, plain(entryLine(e)))
		var more []string
		for _, m := range []struct{ label, text string }{
			{"at", e.Place}, {"by", e.By.String()}, {"carrier", e.Carrier}, {"tracking number", e.Tracking}, {"because", e.Reason}, {"note", e.Note},
		} {
			if m.text != "" {
				more = append(more, m.label+" "+m.text)
			}
		}
		for _, f := range e.Evidence {
			more = append(more, fmt.Sprintf("evidence %s, SHA-256 %s", f.Name, f.SHA256))
		}
		for _, m := range more {
			p.line("       %s", plain(m))
		}
	}
}

// entryLine says in one line what an entry is about.
func entryLine(e *packet.StatusEntry) string {
	var line string
	switch e.What {
	case packet.Struck:
		line = fmt.Sprintf("%s  strikes entry %d", day(e.Recorded), e.Strikes)
	case packet.Mended:
		line = fmt.Sprintf("%s  takes out half a line (%s), left by a run that was stopped", day(e.Recorded), size(int64(e.Torn.Bytes)))
	case packet.Printed:
		line = fmt.Sprintf("%s  sent to a printer: %s", day(e.At), short(bundleNumbers(e.Bundles), 60))
		if e.Print != nil {
			line += ", on " + e.Print.Printer
			if e.Print.Copies > 1 {
				line += fmt.Sprintf(", %d copies", e.Print.Copies)
			}
		}
	default:
		line = fmt.Sprintf("%s  %s: %s, %s", day(e.At), eventWord(e.What), short(bundleNumbers(e.Bundles), 60), count(e.Letters, "letter"))
		if e.To != nil {
			line += map[packet.Event]string{packet.Sent: ", to ", packet.Accepted: ", taken by ", packet.Refused: ", by "}[e.What] + e.To.String()
		}
	}
	if e.StruckBy > 0 {
		line = fmt.Sprintf("STRUCK by entry %d: %s", e.StruckBy, line)
	}
	return line
}

// day writes a time of the record for the eye, in the zone in which it was written.
func day(at string) string {
	if len(at) < len("2006-01-02T15:04") {
		return at
	}
	return strings.Replace(at[:len("2006-01-02T15:04")], "T", " ", 1)
}
