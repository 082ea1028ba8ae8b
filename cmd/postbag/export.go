package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
)

func (a *app) exportCommand() command {
	return command{
		name:    "export",
		summary: "write a packet, without private/, as a ZIP file or for an archive",
		about: "FORMAT zip writes what is for the company into one file: deliver/, with manifest.json, manifest.csv, SHA256SUMS and its signature,\n" +
			"verify.html and READ-ME.txt, by which it can be checked. print/ is left out; what is for the printer goes to the printer.\n" +
			"FORMAT bagit writes the packet into a folder for an archive, as BagIt 1.0 (RFC 8493) has it, print/ included.\n" +
			"private/ goes into neither, and record/, the record of hand-overs, only with --record: it names people.\n" +
			"Each file is checked on its way, nothing is overwritten, and the same packet makes the same bytes.",
		operands: []operand{{name: "FORMAT", what: "zip or bagit"}, {name: "DIR", what: "the packet's folder"}, {name: "OUT", what: "the file or folder to make"}},
		flags: []cli.Flag{&cli.GenericFlag{Name: "recipient", Usage: "write only what is for recipient `N` of several, counting from 1; zip needs it where there are several", Value: new(ordinal)},
			&cli.BoolFlag{Name: "record", Usage: "take the record of hand-overs along", DisableDefaultText: true}},
		statuses: []exitStatus{
			{done, "the export is written"},
			{failed, "failed; nothing half-made is left"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag build", "postbag export zip packet for-the-company.zip", "postbag export bagit packet for-the-archive"},
		run:      a.export,
	}
}

func (a *app) export(c *cli.Context) (result, error) {
	options := packet.ExportOptions{Record: c.Bool("record"), Recipient: numberOf(c, "recipient")}
	export := map[string]func() (*packet.Exported, error){
		"zip": func() (*packet.Exported, error) {
			if !strings.HasSuffix(strings.ToLower(c.Args().Get(2)), ".zip") {
				return nil, usageError{what: c.Args().Get(2) + " is not the name of a ZIP file", do: "End it in .zip"}
			}
			return packet.ExportZip(c.Context, c.Args().Get(1), c.Args().Get(2), options)
		},
		"bagit": func() (*packet.Exported, error) {
			return packet.ExportBag(c.Context, c.Args().Get(1), c.Args().Get(2), options)
		},
	}[c.Args().First()]
	if export == nil {
		return nil, usageError{what: "there is no format " + c.Args().First(), do: "Write zip or bagit"}
	}
	e, err := export()
	if err != nil {
		return nil, err
	}
	return exported{e}, nil
}

// exported is the result of export.
type exported struct{ *packet.Exported }

func (r exported) print(p *page) {
	p.line("%s holds %s of the packet, %s. private/ is not among them.", plain(r.Out), count(r.Files, "file"), size(r.Bytes))
}
