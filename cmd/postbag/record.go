package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"postbag/letters"
	"postbag/letters/packet"
)

func (a *app) recordCommand() command {
	return command{
		name:    "record",
		summary: "record what became of bundles: sent, accepted, refused",
		about: "Adds an entry to the packet's record of hand-overs, record/hand-overs.jsonl: which bundles, when, where, to whom, and what came of it.\n" +
			"Say what came of it with --accepted, --refused or --sent. Entries are only ever added; one that is wrong is struck by another,\n" +
			"with --strike N. Each holds the SHA-256 of the one before, so that none can be changed or taken out unseen (postbag help manifest).\n\n" +
			"The record names people, so it stays with the campaign: export takes it along only with --record, and it is no part of what is\n" +
			"signed. It stays when private/ is purged. Keep a copy: it cannot be made again. `postbag status DIR` shows it.\n\n" +
			"`postbag record statement DIR… --out FILE.pdf` writes a delivery statement for supporters and the press, of one packet or several: what\n" +
			"was delivered, refused and is outstanding, each hand-over, and the hashes by which it can be checked. It names nobody who handed over\n" +
			"or took a bundle unless --names is given; places, reasons and carriers stand in it as they were recorded, notes do not.",
		operands: []operand{{name: "DIR", what: "the packet's folder; for a statement the word statement, and then one packet or several", repeats: true}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "bundles", Aliases: []string{"b"}, Usage: "the bundles with these `NUMBERS`, as in 17 or 1-3,5; or all"},
			&cli.GenericFlag{Name: "recipient", Usage: "the bundles for recipient `K` of several; all of theirs unless --bundles is given", Value: new(ordinal)},
			&cli.BoolFlag{Name: "accepted", Usage: "they were taken", DisableDefaultText: true},
			&cli.BoolFlag{Name: "refused", Usage: "they were not taken; say why with --reason", DisableDefaultText: true},
			&cli.BoolFlag{Name: "sent", Usage: "they were given to a carrier", DisableDefaultText: true},
			&cli.StringFlag{Name: "at", Usage: "when: a `TIME` such as 2026-11-25 or \"2026-11-25 14:30\", by this computer's clock (default: now)"},
			&cli.StringFlag{Name: "place", Usage: "where it was, in a `TEXT` of one line"},
			&cli.StringFlag{Name: "to", Usage: "the `NAME` of the person who took or refused them, or to whom they were sent"},
			&cli.StringFlag{Name: "role", Usage: "that person's `ROLE`, for example front desk"},
			&cli.StringFlag{Name: "by", Usage: "the `NAME` of the person who handed them over"},
			&cli.StringFlag{Name: "carrier", Usage: "the `NAME` of who carried them"},
			&cli.StringFlag{Name: "tracking", Usage: "the carrier's `NUMBER`"},
			&cli.StringFlag{Name: "reason", Usage: "a `TEXT` that says why they were refused, or why an entry is struck"},
			&cli.StringFlag{Name: "note", Usage: "a `TEXT` about anything else"},
			&cli.StringSliceFlag{Name: "evidence", Usage: "keep the SHA-256 of `FILE`, a photo or the signed receipt; may be given several times"},
			&cli.GenericFlag{Name: "strike", Usage: "entry `N` does not hold; say why with --reason", Value: new(ordinal)},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the statement to `FILE`, a PDF", Category: statementFlags},
			&cli.StringFlag{Name: "language", Usage: "write the statement in the language `TAG` (default: that of the letters)", Category: statementFlags},
			&cli.BoolFlag{Name: "names", Usage: "let the statement name who handed over and who took the bundles", DisableDefaultText: true, Category: statementFlags},
		},
		statuses: []exitStatus{
			{done, "recorded"},
			{failed, "failed; the record is as it was"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag record packet --bundles 1-2 --accepted --place Berlin --role reception",
			"postbag record packet --strike 1 --reason miscounted",
			"postbag record statement packet --out statement.pdf"},
		run: a.record,
	}
}

// statementFlags heads the flags of a statement.
const statementFlags = "Flags of a statement"

func (a *app) record(c *cli.Context) (result, error) {
	dirs := c.Args().Slice()
	if dirs[0] == "statement" && len(dirs) > 1 {
		return a.statement(c, dirs[1:])
	}
	if len(dirs) > 1 {
		return nil, usageError{what: fmt.Sprintf("record takes one packet, but there is %q", dirs[1]), do: "Each packet has a record of its own; `postbag record statement` takes several"}
	}
	for _, flag := range []string{"out", "language", "names"} {
		if c.IsSet(flag) {
			return nil, usageError{what: "--" + flag + " is for a statement", do: "Write postbag record statement DIR --out FILE.pdf"}
		}
	}
	entry, err := entryOf(c)
	if err != nil {
		return nil, err
	}
	dir := c.Args().First()
	if entry.What != packet.Struck && (len(entry.Bundles) == 0 || c.IsSet("recipient")) {
		s, err := packet.ReadStatus(dir)
		if err == nil {
			entry.Bundles, err = s.Packets[0].ForRecipient(numberOf(c, "recipient"), entry.Bundles)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, file := range c.StringSlice("evidence") {
		e, err := packet.ReadEvidence(file)
		if err != nil {
			return nil, err
		}
		entry.Evidence = append(entry.Evidence, *e)
	}
	r, err := packet.Record(dir, *entry)
	if err != nil {
		return nil, err
	}
	return recorded{r}, nil
}

// statement writes a delivery statement.
func (a *app) statement(c *cli.Context, dirs []string) (result, error) {
	for _, f := range a.recordCommand().flags {
		if flag := f.Names()[0]; c.IsSet(flag) && flag != "out" && flag != "language" && flag != "names" {
			return nil, usageError{what: "--" + flag + " is for an entry of the record", do: "Record it first, and then write the statement"}
		}
	}
	if !c.IsSet("out") {
		return nil, usageError{what: "the statement has no file to go to", do: "Name one, for example --out statement.pdf"}
	}
	r, err := letters.Statement(c.Context, dirs, letters.StatementOptions{Out: c.String("out"), Language: c.String("language"), Names: c.Bool("names")})
	if err != nil {
		return nil, err
	}
	return stated{r}, nil
}

// stated is the result of record statement.
type stated struct{ *letters.StatementReport }

func (s stated) print(p *page) {
	p.line("%s says what became of %s, on %s.", plain(s.File), count(s.All.Letters, "letter"), count(s.Pages, "page"))
	p.tally("in all", &s.Tally, nil)
	if !s.Names {
		p.line("It names nobody who handed over or took a bundle. Read it before you publish it: places and reasons stand in it as they were recorded.")
	}
	if s.Asked != s.Language && !strings.HasPrefix(strings.ToLower(s.Asked), s.Language) {
		p.warning("Postbag has no words for statements in the language %s, so it is in English.", plain(s.Asked))
	}
}

// outcomes are the flags that say what came of a hand-over.
var outcomes = []struct {
	flag string
	what packet.Event
}{{"accepted", packet.Accepted}, {"refused", packet.Refused}, {"sent", packet.Sent}}

// entryOf makes an entry of the flags; evidence and all bundles are filled in later.
func entryOf(c *cli.Context) (*packet.RecordEntry, error) {
	e := &packet.RecordEntry{Place: c.String("place"), Carrier: c.String("carrier"), Tracking: c.String("tracking"), Reason: c.String("reason"), Note: c.String("note"),
		To: personOf(c.String("to"), c.String("role")), By: personOf(c.String("by"), "")}
	for _, o := range outcomes {
		if !c.Bool(o.flag) {
			continue
		}
		if e.What != "" {
			return nil, usageError{what: fmt.Sprintf("--%s and --%s cannot both be so", e.What, o.flag), do: "Record one after the other"}
		}
		e.What = o.what
	}
	if c.IsSet("strike") {
		return strikeOf(c, e)
	}
	switch {
	case e.What == "":
		return nil, usageError{what: "record is not told what came of the hand-over", do: "Write --accepted, --refused or --sent; or --strike N for an entry that is wrong"}
	case c.String("bundles") == "" && !c.IsSet("recipient"):
		return nil, usageError{what: "record is not told which bundles", do: "Write --bundles with their numbers, as in --bundles 1-3,5; or --bundles all"}
	case e.What == packet.Refused && strings.TrimSpace(e.Reason) == "":
		return nil, usageError{what: "record is not told why the bundles were refused", do: "Write --reason with what was said"}
	case e.What != packet.Refused && c.IsSet("reason"):
		return nil, usageError{what: "--reason says why bundles were refused or an entry is struck", do: "For anything else write --note"}
	}
	return e, bundlesAndTime(c, e)
}

func bundlesAndTime(c *cli.Context, e *packet.RecordEntry) (err error) {
	if text := c.String("bundles"); text != "all" && text != "" {
		if e.Bundles, err = packet.ParseBundleSet(text); err != nil {
			return usageError{what: "--bundles: " + err.Error(), do: "Write numbers and ranges, as in 1-3,5; or all"}
		}
	}
	if c.IsSet("at") {
		if e.At, err = packet.ParseTime(c.String("at"), time.Local); err != nil {
			return usageError{what: "--at: " + err.Error(), do: "Write it as 2026-11-25 or 2026-11-25 14:30"}
		}
	}
	return nil
}

// strikeOf makes an entry that strikes another; it has a reason and perhaps a note, and nothing of bundles.
func strikeOf(c *cli.Context, e *packet.RecordEntry) (*packet.RecordEntry, error) {
	for _, flag := range []string{"bundles", "recipient", "accepted", "refused", "sent", "at", "place", "to", "role", "by", "carrier", "tracking", "evidence"} {
		if c.IsSet(flag) {
			return nil, usageError{what: "--" + flag + " does not go with --strike", do: "Strike the entry first, and then record what is right"}
		}
	}
	if strings.TrimSpace(e.Reason) == "" {
		return nil, usageError{what: "record is not told why the entry is struck", do: "Write it with --reason"}
	}
	e.What, e.Strikes = packet.Struck, numberOf(c, "strike")
	return e, nil
}

// personOf is nil for nobody.
func personOf(name, role string) *packet.Person {
	p := packet.Person{Name: strings.TrimSpace(name), Role: strings.TrimSpace(role)}
	if p == (packet.Person{}) {
		return nil
	}
	return &p
}

// recorded is the result of record.
type recorded struct{ *packet.Recorded }

func (r recorded) print(p *page) {
	for i := range r.Entries {
		e := &r.Entries[i]
		switch e.What {
		case packet.Mended:
			p.warning("Entry %d: a run that was stopped had left half a line (%s). It is taken out, and kept in this entry; what it was to say must be recorded again.",
				e.Number, size(int64(e.Torn.Bytes)))
		case packet.Struck:
			p.line("Entry %d strikes entry %d.", e.Number, e.Strikes)
		default:
			p.line("Entry %d: %s, %s on %s, %s.", e.Number, bundleNumbers(e.Bundles), count(e.Letters, "letter"), count(e.Sheets, "sheet"), eventWord(e.What))
		}
	}
	p.line("The last line's SHA-256 is %s: with it, nobody can shorten or rewrite the record unseen. Keep it elsewhere too.", r.Head)
	p.line("postbag status %s shows what is delivered and what is outstanding.", shellWord(r.Dir))
}

// eventWord says what happened to bundles.
func eventWord(e packet.Event) string {
	switch e {
	case packet.Accepted:
		return "delivered"
	case packet.Sent:
		return "given to a carrier"
	}
	return string(e)
}

func bundleNumbers(s packet.BundleSet) string {
	return plural(s.Len(), "bundle") + " " + strings.ReplaceAll(s.String(), ",", ", ")
}
