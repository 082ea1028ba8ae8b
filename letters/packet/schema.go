package packet

import (
	"bytes"
	_ "embed"
)

//go:embed manifest.schema.json
var manifestSchema []byte

//go:embed proof.schema.json
var proofSchema []byte

//go:embed record.schema.json
var recordSchema []byte

// RecordSchema is the JSON Schema of a line of the record of hand-overs.
func RecordSchema() []byte { return bytes.Clone(recordSchema) }

// ManifestSchema is the JSON Schema (2020-12) of manifest.json, as it is written today.
func ManifestSchema() []byte { return bytes.Clone(manifestSchema) }

// ProofSchema is the JSON Schema of a proof.
func ProofSchema() []byte { return bytes.Clone(proofSchema) }

//go:embed ticket.schema.json
var ticketSchema []byte

// TicketSchema is the JSON Schema of print/job-ticket.json.
func TicketSchema() []byte { return bytes.Clone(ticketSchema) }
