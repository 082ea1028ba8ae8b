package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters"
	"postbag/letters/packet"
)

func (a *app) proveCommand() command {
	return command{
		name:    "prove",
		summary: "write the proof that one signer's letter is in a packet",
		about: "Writes a small file and a page with a code for one signer. They show that this signer's letter is among those that the\n" +
			"packet's root stands for, and show nobody else; `postbag verify --proof FILE` checks the file. It needs the packet as build\n" +
			"made it, with private/. To find a letter id, look for the name in private/ledger.csv. Give a proof to its signer only:\n" +
			"whether to show it is theirs to decide.",
		operands: []operand{{name: "DIR", what: "the packet's folder"}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "letter", Usage: "prove the letter with this `ID`, as it stands at the foot of the letter"},
			&cli.StringFlag{Name: "row", Usage: "prove the letter of row `N` of the list; FILE:N where the list has several files"},
			&cli.GenericFlag{Name: "recipient", Usage: "with --row: prove the letter to recipient `N` of several, counting from 1", Value: new(ordinal)},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the proof to `FILE`, and the page beside it as a PDF (default: proof-ID.json)"},
		},
		statuses: []exitStatus{
			{done, "the proof is written"},
			{failed, "failed; nothing half-made is left"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag prove packet --letter palantir-sample-000001", "postbag prove packet --row 3 --out third-row.json",
			"postbag verify --proof third-row.json --manifest packet/manifest.json"},
		run: a.prove,
	}
}

func (a *app) prove(c *cli.Context) (result, error) {
	signer := packet.Signer{Letter: c.String("letter")}
	switch {
	case c.IsSet("letter") == c.IsSet("row"):
		return nil, usageError{what: "prove takes the signer's letter or the signer's row", do: "Write --letter ID or --row N"}
	case c.IsSet("letter") && signer.Letter == "":
		return nil, usageError{what: "--letter is empty", do: "Write the id at the foot of the letter"}
	case c.IsSet("row"):
		digits := c.String("row")
		if i := strings.LastIndexByte(digits, ':'); i >= 0 {
			signer.File, digits = digits[:i], digits[i+1:]
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 {
			return nil, usageError{what: fmt.Sprintf("--row %s is no row", c.String("row")), do: "Write its number, as a spreadsheet shows it"}
		}
		signer.Row, signer.Recipient = n, numberOf(c, "recipient")
	}
	if c.IsSet("letter") && c.IsSet("recipient") {
		return nil, usageError{what: "--recipient says nothing of a letter", do: "Leave it out: a letter has one recipient"}
	}
	out := c.String("out")
	if out != "" && !strings.EqualFold(filepath.Ext(out), ".json") {
		// A proof replaces the file of its name, and the page one beside it.
		return nil, usageError{what: "--out " + out + " is not the name of a proof", do: "End it in .json"}
	}
	report, err := letters.Prove(c.Context, c.Args().First(), letters.ProveOptions{Signer: signer, Out: out})
	if err != nil {
		return nil, err
	}
	return proven{report}, nil
}

// proven is the result of prove.
type proven struct{ *letters.ProveReport }

func (r proven) print(p *page) {
	p.line("%s proves letter %s; %s shows it on paper.", plain(r.File), plain(r.Letter), plain(r.PDF))
	for _, s := range r.Says {
		p.line("  %s: %s", plain(s.Field), plain(s.Value))
	}
	p.line("It leads to the root %s.", r.Root)
	if !r.Code {
		p.line("The letter says so much of its signer that no code can hold the proof: give the file with the page.")
	}
	p.line("To check it: postbag verify --proof %s --root %s", shellWord(r.File), r.Root)
}
