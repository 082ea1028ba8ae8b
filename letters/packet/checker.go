package packet

import (
	"bytes"
	_ "embed"
)

// checkerPage is verify.html before a manifest is put into it: one file with all it needs, which asks for nothing from outside.
//
//go:embed verify.html
var checkerPage []byte

// placeholder is where the manifest goes.
var placeholder = []byte(`"MANIFEST"`)

// checker is verify.html for a packet. The page holds the manifest, so that it can say of a single PDF or a proof whether it belongs to the
// packet; the manifest's bytes are those of JSON.stringify, so the page can make them again. A “<” would end the script it stands in.
func checker(manifest []byte) []byte {
	text := bytes.ReplaceAll(bytes.TrimSpace(manifest), []byte("<"), []byte(`\u003c`))
	return bytes.Replace(checkerPage, placeholder, text, 1)
}
