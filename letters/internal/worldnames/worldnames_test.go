package worldnames

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// The promise that other tests rest on: sixty languages at least, and text that cleaning would leave alone.
func TestListHoldsSixtyLanguagesInNFC(t *testing.T) {
	names, err := All()
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]bool{}
	for _, n := range names {
		base, _, _ := strings.Cut(n.Language, "-")
		languages[base] = true
		if !norm.NFC.IsNormalString(n.Text) {
			t.Errorf("%s: %q is not NFC: %+q", n.Language, n.Text, norm.NFC.String(n.Text))
		}
	}
	if len(languages) < 60 {
		t.Errorf("%d languages, want 60", len(languages))
	}
}
