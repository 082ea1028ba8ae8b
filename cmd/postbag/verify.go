package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
	"postbag/letters/problem"
)

func (a *app) verifyCommand() command {
	return command{
		name:    "verify",
		summary: "check a packet against its manifest",
		about: "Reads every file of the packet and checks it against SHA256SUMS and manifest.json: nothing is missing,\n" +
			"nothing is changed, nothing was added, and the counts add up. It also works when private/ is gone,\n" +
			"and changes nothing.",
		operands: []operand{{name: "DIR", what: "the packet's folder"}},
		statuses: []exitStatus{
			{done, "the packet is whole"},
			{failed, "the packet is not as its manifest says, or could not be read"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag verify packet"},
		run:      a.verify,
	}
}

func (a *app) verify(c *cli.Context) (result, error) {
	m := a.newMeter()
	report, err := packet.Verify(c.Context, c.Args().First(), m.bytes)
	m.end()
	if err != nil {
		return nil, err
	}
	if len(report.Faults) > 0 {
		return verified{report}, &damaged{report}
	}
	return verified{report}, nil
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

func (v verified) print(p *page) {
	if len(v.Faults) > 0 {
		return
	}
	p.line("%s is whole: %s in %s, from %s read.", plain(v.Dir), count(v.Letters, "letter"),
		count(v.Bundles, "bundle"), count(v.RowsRead, "row"))
	p.line("Checked %s, %s.", count(v.Files, "file"), size(v.Bytes))
	for _, u := range v.Unchecked {
		p.line("Not checked: %s", plain(u))
	}
}
