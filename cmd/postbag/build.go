package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/urfave/cli/v2"

	"postbag/letters"
	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/templates"
)

// defaultPacket is the folder that build and demo make when none is named.
const defaultPacket = "packet"

func (a *app) buildCommand() command {
	flags := []cli.Flag{
		campaignFlag(),
		outFlag("make the packet in `DIR`"),
		&cli.GenericFlag{Name: "workers", Usage: "fill `N` bundles at once; 0 means one for each processor", Value: new(wholeNumber)},
		replaceFlag(),
		&cli.StringFlag{Name: "only", Usage: "make only the bundles with these `NUMBERS` of a whole packet again, to the byte: 17, 17,18 or 3-5"},
		sinceFlag(),
	}
	return command{
		name:    "build",
		summary: "make the packet, or finish one that was stopped",
		about: "Reads the signer list, sets one letter for each person on the roll, and writes the packet: bundles of letters\n" +
			"with a manifest that lets anyone check them. Where the template's form is open-letter, petition-sheets or\n" +
			"investors, it makes one document in which all of them stand, each with their number. Rows that get no letter\n" +
			"are counted and listed with the reason.\n" +
			"With --since, as in postbag build --since packet --out packet-2, only people who have no letter in an earlier packet\n" +
			"get one, and the letters are numbered on from there. Who has a letter and has withdrawn since is counted, and listed\n" +
			"in private/withdrawn.csv.\n" +
			"A build that was stopped goes on where it stopped when the same command is given again.\n" +
			"With --only, single bundles of a whole packet are made again, for one that was lost or jammed in the printer:\n" +
			"the same to the byte, or not at all, if list, letter or settings have changed since.",
		flags: append(flags, settingFlags()...),
		statuses: []exitStatus{
			{done, "the packet is whole"},
			{failed, "failed, or stopped; nothing half-made is left under a final name"},
			{misused, "wrong usage"},
			{needsLook, "the packet is whole, but letters were held back for reasons that a person should look at"},
		},
		examples: []string{"postbag build", "postbag build --workers 1 --out for-the-company --bundles.letters 25", "postbag build --only 1"},
		run:      a.build,
	}
}

func outFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: usage, Value: defaultPacket}
}

func replaceFlag() cli.Flag {
	return &cli.BoolFlag{Name: "replace", Usage: "replace a packet that was made from other inputs", DisableDefaultText: true}
}

// sinceFlag names packets whose people have a letter already. It may be repeated, and a path may hold a comma.
func sinceFlag() cli.Flag {
	return pathsFlag{&cli.GenericFlag{Name: "since", Usage: "leave out who has a letter in the packet `DIR`, or in those that it goes on from; may be repeated", Value: new(settingValue)}}
}

// pathsFlag is a flag that may be given several times.
type pathsFlag struct{ *cli.GenericFlag }

// IsSliceFlag tells that it may be given several times.
func (f pathsFlag) IsSliceFlag() bool { return true }

// pathsOf are the values of a pathsFlag.
func pathsOf(c *cli.Context, flag string) []string {
	if given, ok := c.Generic(flag).(*settingValue); ok {
		return given.lines
	}
	return nil
}

func (a *app) build(c *cli.Context) (result, error) {
	campaign, err := a.load(c)
	if err != nil {
		return nil, err
	}
	if c.IsSet("only") {
		return a.remake(c, campaign)
	}
	m := a.newMeter()
	manifest, err := letters.Build(c.Context, campaign, letters.Options{
		Out: c.String("out"), Workers: numberOf(c, "workers"), Replace: c.Bool("replace"), Since: pathsOf(c, "since"), Progress: m.letters,
	})
	m.end()
	if err != nil {
		return nil, err
	}
	return built{Packet: c.String("out"), Manifest: manifest, Warnings: campaign.Warnings}, nil
}

// built is the result of build: the packet, and its manifest.
type built struct {
	Packet string `json:"packet"` // its folder
	*packet.Manifest
	Warnings []problem.Problem `json:"warnings,omitempty"`
	sample   bool              // made by demo: letters held back are part of what it shows
}

func (b built) held() (int, string) {
	if b.sample {
		return 0, ""
	}
	return b.NeedsLook, "Which rows, and why, stands in " + b.exclusions()
}

func (b built) exclusions() string { return filepath.Join(b.Packet, "private", "exclusions.csv") }

func (b built) print(p *page) {
	if noun(b.Letter.Form) == "letter" {
		p.heading("%s to %s", count(b.Letters, "letter"), b.to())
	} else {
		p.heading("%s to %s, with %s", document(b.Letter.Form), b.to(), count(b.Signers, noun(b.Letter.Form)))
	}
	if b.Specimen {
		p.line("Every page is marked SPECIMEN: this is to look at, not to deliver.")
	}
	printAccount(p, b.RowsRead, b.Signers, max(1, len(b.Recipients)), noun(b.Letter.Form), b.Excluded)
	b.wentOn(p)
	b.addressed(p)
	p.line("The packet is in %s: %s, %s on %s of paper.", plain(b.Packet), count(len(b.Bundles), "bundle"),
		count(b.Pages, "page"), count(b.Sheets, "sheet"))
	if b.NeedsLook > 0 {
		p.warning("%s held back for reasons that a person should look at: %s", were(b.NeedsLook, "letter"), plain(b.exclusions()))
	}
	for _, w := range b.Warnings {
		p.warning("%s", plain(w.Error()))
	}
	p.line("Root of the letters: %s", b.Tree.Root)
	p.heading("What to do next")
	p.table([]string{"", ""}, b.steps())
}

// wentOn says what a top-up goes on from.
func (b built) wentOn(p *page) {
	if len(b.Since) == 0 {
		return
	}
	letters := 0
	for _, e := range b.Since {
		letters += e.Letters
	}
	p.line("This goes on from %s with %s: the first letter here is number %s.", count(len(b.Since), "packet"), count(letters, "letter"), number(int64(b.First)))
	if b.Excluded[string(roll.HasLetter)] == 0 {
		p.warning("Nobody with a letter in them stands on this list. That is right where it has new people only; else names and e-mails are written in another way, and people get a second letter: postbag check shows more.")
	}
	if n := *b.Withdrawn; n > 0 {
		p.warning("%s withdrawn since their letter. Where it has not been handed over yet, take it out: which it is stands in %s", people(n, "has", "have"),
			plain(filepath.Join(b.Packet, "private", "withdrawn.csv")))
	}
}

// to is the recipient, or how many there are.
func (b built) to() string {
	if n := len(b.Recipients); n > 0 {
		return count(n, "recipient")
	}
	return plain(b.Recipient.Name) + ", " + plain(b.Recipient.Company)
}

// addressed says which bundles go to which of several recipients.
func (b built) addressed(p *page) {
	if len(b.Recipients) == 0 {
		return
	}
	rows := make([]addressedRow, len(b.Recipients))
	for i, r := range b.Recipients {
		rows[i] = addressedRow{name: r.Name, company: r.Company, wording: r.WordingHash}
	}
	for _, made := range b.Bundles {
		rows[made.Recipient-1].bundles++
	}
	p.heading("What each recipient gets")
	p.addressed(rows)
}

// steps are what a campaigner does with a packet.
func (b built) steps() [][]string {
	in := func(parts ...string) string { return plain(filepath.Join(append([]string{b.Packet}, parts...)...)) }
	var steps [][]string
	if len(b.Bundles) > 0 {
		steps = append(steps, []string{"look at the letters", in(filepath.FromSlash(b.Bundles[0].Path))})
	}
	steps = append(steps,
		[]string{"check the packet", "postbag verify " + shellWord(b.Packet)},
		[]string{"", "(cd " + shellWord(b.Packet) + " && sha256sum -c SHA256SUMS)"},
		[]string{"make known", "the root, before the hand-over and where everybody sees it"},
		b.handOver(in("deliver")))
	if _, err := os.Stat(filepath.Join(b.Packet, "print")); err == nil {
		steps = append(steps, []string{"to the printer", in("deliver", "bundles") + " with " + in("print")})
	} else {
		steps = append(steps, []string{"to the printer", in("deliver", "bundles")})
	}
	steps = append(steps,
		[]string{"to nobody", in("private") + ": names, and rows that got no letter"},
		[]string{"all of it in words", in("READ-ME.txt")})
	if b.sample {
		steps = append(steps, []string{"your own campaign", "postbag init my-campaign"})
	}
	return steps
}

// handOver is to whom what is in deliver/ goes.
func (b built) handOver(deliver string) []string {
	if len(b.Recipients) > 0 {
		return []string{"to each recipient", "their own bundles of " + deliver + ", on paper or as files"}
	}
	return []string{"to the company", deliver + ", on paper or as files"}
}

// noun is what a form makes of a signer.
func noun(form string) string {
	switch templates.Form(form) {
	case templates.FormOpenLetter, templates.FormPetitionSheet:
		return "signature"
	case templates.FormInvestors:
		return "investor"
	}
	return "letter"
}

// document is what a form is that many signers share.
func document(form string) string {
	switch templates.Form(form) {
	case templates.FormPetitionSheet:
		return "A petition"
	case templates.FormInvestors:
		return "A letter of investors"
	}
	return "An open letter"
}

// printAccount says what became of each row: one is what a row may become, for each of the recipients.
func printAccount(p *page, rows, signers, recipients int, one string, excluded map[string]int) {
	lines := [][]string{{number(int64(rows)), plural(rows, "row") + " read", ""}}
	each := fmt.Sprintf("to each of %s", count(recipients, "recipient"))
	switch {
	case recipients == 1:
		lines = append(lines, []string{number(int64(signers)), plural(signers, one), ""})
	case one == "letter":
		lines = append(lines, []string{number(int64(signers)), plural(signers, "signer") + " with a letter " + each, ""},
			[]string{number(int64(signers * recipients)), "letters", ""})
	default:
		lines = append(lines, []string{number(int64(signers)), plural(signers, one) + " in a document " + each, ""})
	}
	reasons := make([]string, 0, len(excluded))
	for reason := range excluded {
		reasons = append(reasons, reason)
	}
	sort.Slice(reasons, func(i, j int) bool {
		if a, b := excluded[reasons[i]], excluded[reasons[j]]; a != b {
			return a > b
		}
		return reasons[i] < reasons[j]
	})
	for _, reason := range reasons {
		note := ""
		if roll.Reason(reason).NeedsLook() {
			note = "please look"
		}
		lines = append(lines, []string{number(int64(excluded[reason])), "left out: " + plain(reason), note})
	}
	p.table([]string{">", "", ""}, lines)
}
