package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
	"postbag/letters/problem"
)

func (a *app) verifyCommand() command {
	return command{
		name:    "verify",
		summary: "check a packet against its manifest, a proof against a root, or the code of a slip sheet",
		about: "Reads every file of the packet and checks it against SHA256SUMS and manifest.json: nothing is missing, nothing is\n" +
			"changed, nothing was added, the counts add up, the pages of each bundle and the letter ids in their labels are those of\n" +
			"the manifest, and the hashes over the letters make its root. It also works when private/ is gone, says what it could\n" +
			"not check then, and changes nothing.\n\n" +
			"With --proof it checks a proof that postbag prove made, by a packet's manifest (DIR or --manifest) or by the root that\n" +
			"stands on paper (--root, and --size for the number of letters).\n\n" +
			"With --code it says which bundle a slip sheet lies on, by what a scanner reads from it, and whether the packet has that\n" +
			"bundle with these letters; the packet's other files are not looked at.",
		operands: []operand{{name: "DIR", what: "the packet's folder; with --proof or --code it may be left out", optional: true}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "key", Usage: "the packet must be signed by the public key in `FILE` (.pub)"},
			&cli.StringFlag{Name: "proof", Usage: "check the proof in `FILE`"},
			&cli.StringFlag{Name: "code", Usage: "check the code of a slip sheet: `TEXT` is what it says"},
			&cli.StringFlag{Name: "manifest", Usage: "check the proof or the code by the manifest in `FILE`"},
			&cli.StringFlag{Name: "root", Usage: "check the proof by this root, 64 digits in `HEX`; spaces between them do not count"},
			&cli.GenericFlag{Name: "size", Usage: "with --root, check that there are `N` letters", Value: new(ordinal)},
		},
		statuses: []exitStatus{
			{done, "the packet is whole, the proof holds, or the code is that of a bundle"},
			{failed, "the packet is not as its manifest says, the proof or the code does not hold, or something could not be read"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag verify packet", "postbag prove packet --row 3 --out proof.json", "postbag verify packet --proof proof.json"},
		run:      a.verify,
	}
}

func (a *app) verify(c *cli.Context) (result, error) {
	if c.IsSet("proof") {
		if c.IsSet("key") {
			return nil, usageError{what: "--key is for checking a packet", do: "Check the packet first, and then the proof by its manifest"}
		}
		if c.IsSet("code") {
			return nil, usageError{what: "--code and --proof are two things to check", do: "Check one after the other"}
		}
		return a.verifyProof(c)
	}
	if c.IsSet("code") {
		return a.verifyCode(c)
	}
	for _, flag := range []string{"manifest", "root", "size"} {
		if c.IsSet(flag) {
			return nil, usageError{what: "--" + flag + " is for checking a proof", do: "Name the proof with --proof FILE"}
		}
	}
	if c.NArg() == 0 {
		return nil, usageError{what: "verify needs DIR, the packet's folder", do: "Write postbag verify DIR, or --proof FILE to check a proof"}
	}
	var key packet.PublicKey
	if c.IsSet("key") {
		var err error
		if key, err = packet.ReadPublicKey(c.String("key")); err != nil {
			return nil, err
		}
	}
	m := a.newMeter()
	report, err := packet.Verify(c.Context, c.Args().First(), packet.VerifyOptions{Key: key, Progress: m.bytes})
	m.end()
	if err != nil {
		return nil, err
	}
	if len(report.Faults) > 0 {
		return verified{report}, &damaged{report}
	}
	return verified{report}, nil
}

// verifyProof checks a proof by what is named for it: one thing, since two could say different things.
func (a *app) verifyProof(c *cli.Context) (result, error) {
	manifest, named := c.String("manifest"), 0
	if c.NArg() > 0 {
		manifest = filepath.Join(c.Args().First(), "manifest.json")
		named++
	}
	for _, flag := range []string{"manifest", "root"} {
		if c.IsSet(flag) {
			named++
		}
	}
	if named != 1 {
		return nil, usageError{what: "a proof is checked by a packet's folder, by a manifest or by a root",
			do: "Name one of them: DIR, --manifest FILE, or --root HEX"}
	}
	size := numberOf(c, "size")
	root := strings.ToLower(strings.Join(strings.Fields(c.String("root")), ""))
	switch {
	case c.IsSet("root") && !packet.IsHash(root):
		return nil, usageError{what: "--root is not 64 digits of hex", do: "Copy the root from paper, digit by digit; spaces do not count"}
	case c.IsSet("size") && !c.IsSet("root"):
		return nil, usageError{what: "--size goes with --root", do: "A manifest says itself how many letters there are"}
	}
	proof, err := packet.ReadProof(c.String("proof"))
	if err != nil {
		return nil, err
	}
	if c.IsSet("root") {
		err = proof.CheckRoot(root, size)
	} else {
		m, readErr := packet.ReadManifest(manifest)
		if readErr != nil {
			return nil, readErr
		}
		err = proof.CheckManifest(m)
	}
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: c.String("proof")}, What: "the proof does not hold: " + err.Error(),
			Do: "Make sure that it is whole and that you compare it with the right packet; else ask whoever gave it to you"}
	}
	return holds{Proof: proof, by: manifest}, nil
}

// verifyCode says which bundle the code of a slip sheet is of.
func (a *app) verifyCode(c *cli.Context) (result, error) {
	for _, flag := range []string{"key", "root", "size"} {
		if c.IsSet(flag) {
			return nil, usageError{what: "--" + flag + " has nothing to do with a code", do: "Write postbag verify DIR --code TEXT"}
		}
	}
	manifest := c.String("manifest")
	if c.NArg() > 0 {
		manifest = filepath.Join(c.Args().First(), "manifest.json")
	}
	if c.IsSet("manifest") == (c.NArg() > 0) {
		return nil, usageError{what: "a code is checked by a packet's folder or by a manifest", do: "Name one of them: DIR or --manifest FILE"}
	}
	m, err := packet.ReadManifest(manifest)
	if err != nil {
		return nil, err
	}
	code, err := packet.ParseBundleCode(c.String("code"))
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: "--code"}, What: err.Error(), Do: "Scan the code again, and give all that it says, in quotation marks"}
	}
	bundle, err := code.Check(m)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: manifest}, What: "the code is not of this packet: " + err.Error(),
			Do: "Look for the packet that the slip sheet is of; a campaign may have several"}
	}
	return slipOf{Number: code.Number, Of: len(m.Bundles), Bundle: bundle}, nil
}

// slipOf is the result of a code: on which bundle its slip sheet lies.
type slipOf struct {
	Number int `json:"number"`
	Of     int `json:"of"`
	*packet.Bundle
}

func (l slipOf) print(p *page) {
	p.line("The slip sheet is that of bundle %s of %s, %s.", number(int64(l.Number)), number(int64(l.Of)), plain(l.Path))
	p.line("It has %s, %s to %s, on %s, the slip sheet included.", count(l.Letters, "letter"), plain(l.First), plain(l.Last), count(l.Sheets, "sheet"))
	p.line("Its hash is the one that the manifest has.")
}

// holds is the result of a proof that holds.
type holds struct {
	*packet.Proof
	by string // the manifest; "" for a root that was given
}

func (h holds) print(p *page) {
	p.line("The proof holds: letter %s is one of the %s of this packet.", plain(h.Letter), count(h.Packet.Letters, "letter"))
	for _, s := range h.Says {
		p.line("  %s: %s", plain(s.Field), plain(s.Value))
	}
	last := h.Bundle.First + h.Bundle.Letters - 1
	p.line("It is in bundle %s of %s, with letters %s to %s.", number(int64(h.Bundle.Number)), number(int64(h.Packet.Bundles)),
		number(int64(h.Bundle.First)), number(int64(last)))
	if h.by != "" {
		p.line("The root in %s is %s.", plain(h.by), h.Packet.Root)
		p.line("Compare it with the one that the campaign made known, on paper or elsewhere: without that, the proof is as good as the manifest.")
	}
}

// damaged is the error of a packet that is not as its manifest says.
type damaged struct{ report *packet.Report }

func (d *damaged) Error() string {
	return fmt.Sprintf("%s: %s; this is not the packet as it was made", d.report.Dir, count(len(d.report.Faults), "fault"))
}

// problems gives the faults the form in which all that is wrong is told.
func (d *damaged) problems() problem.List {
	var list problem.List
	for _, f := range d.report.Faults {
		list.Add(problem.Place{File: f.Path}, f.What, f.Do)
	}
	return list
}

// verified is the result of verify.
type verified struct{ *packet.Report }

func numberOfEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return number(int64(n)) + " entries"
}

// recipientNumbers names recipients by their numbers.
func recipientNumbers(numbers []int) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("recipient %d", numbers[0])
	}
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return "recipients " + strings.Join(words, ", ")
}

func (v verified) print(p *page) {
	if len(v.Faults) > 0 {
		return
	}
	if part := v.Part; part != nil {
		p.line("What %s has for %s is whole: %s in %s, of %s in all.", plain(v.Dir), recipientNumbers(part.Recipients), count(part.Letters, "letter"),
			count(part.Bundles, "bundle"), count(v.Letters, "letter"))
	} else {
		p.line("%s is whole: %s in %s, from %s read.", plain(v.Dir), count(v.Letters, "letter"),
			count(v.Bundles, "bundle"), count(v.RowsRead, "row"))
	}
	p.line("Checked %s, %s.", count(v.Files, "file"), size(v.Bytes))
	if v.Root != "" {
		p.line("Root of the letters: %s", v.Root)
		p.line("Compare it with the one that the campaign made known by another way than the packet.")
	}
	if v.SignedBy != "" {
		p.line("Signed by key %s (%s): compare it with the one that the campaign published.", v.SignedBy.ID(), v.SignedBy)
	} else {
		p.line("It is not signed, so nothing in it says who made it.")
	}
	if r := v.Record; r != nil {
		p.line("Record of hand-overs: %s, each following from the one before; the last line's SHA-256 is %s.", numberOfEntries(r.Entries), r.Head)
		p.line("It is the campaign's own account, and no part of what is signed.")
	}
	for _, u := range v.Unchecked {
		p.line("Not checked: %s", plain(u))
	}
}
