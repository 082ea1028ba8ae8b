package main

import (
	"encoding/json"
	"sort"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
)

func (a *app) manifestCommand() command {
	return command{
		name:    "manifest",
		summary: "print the JSON Schema of manifest.json, of a proof, of the record, or of the job ticket",
		about: "WHAT schema prints the JSON Schema (2020-12) of manifest.json, WHAT proof-schema that of a proof, WHAT record-schema that of\n" +
			"a line of the record of hand-overs, and WHAT ticket-schema that of print/job-ticket.json.\n" +
			"`postbag help manifest` explains them, and how the hashes are made.",
		operands: []operand{{name: "WHAT", what: "schema, proof-schema, record-schema or ticket-schema"}},
		statuses: []exitStatus{{done, "printed"}, {misused, "wrong usage"}},
		examples: []string{"postbag manifest schema", "postbag manifest proof-schema", "postbag manifest record-schema", "postbag manifest ticket-schema"},
		run:      a.manifest,
	}
}

func (a *app) manifest(c *cli.Context) (result, error) {
	schemas := map[string][]byte{"schema": packet.ManifestSchema(), "proof-schema": packet.ProofSchema(), "record-schema": packet.RecordSchema(),
		"ticket-schema": packet.TicketSchema()}
	text, ok := schemas[c.Args().First()]
	if !ok {
		var names []string
		for name := range schemas {
			names = append(names, name)
		}
		sort.Strings(names)
		return nil, usageError{what: "manifest prints no " + c.Args().First(), do: "Write one of: " + strings.Join(names, ", ")}
	}
	return schema(text), nil
}

// schema is a JSON Schema: the same with --json and without.
type schema []byte

// MarshalJSON gives the schema as it is.
func (s schema) MarshalJSON() ([]byte, error) { return json.RawMessage(s).MarshalJSON() }

func (s schema) print(p *page) { p.Write(s) }
