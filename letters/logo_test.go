package letters

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/problem"
)

const square = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="red"/></svg>`

// The logo's path alone says nothing: a packet that was made with another picture must not be gone on with.
func TestAnotherLogoMakesAnotherPacket(t *testing.T) {
	dir := folder(t, map[string]string{"logo.svg": square})
	fingerprint := func() string {
		p, r, err := readSigners(context.Background(), campaignIn(t, dir, map[string]string{"sender.logo": "logo.svg"}), nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.fingerprint(r, "", "")
	}
	before := fingerprint()
	if again := fingerprint(); again != before {
		t.Error("the same logo gives another fingerprint")
	}
	if err := os.WriteFile(filepath.Join(dir, "logo.svg"), []byte(strings.Replace(square, "red", "blue", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if fingerprint() == before {
		t.Error("another picture under the same name goes unnoticed")
	}
}

func TestCheckTellsOfALogoThatCannotBePrinted(t *testing.T) {
	dir := folder(t, map[string]string{"logo.svg": strings.Replace(square, "<rect", "\n<text>X</text><rect", 1)})
	_, err := Check(context.Background(), campaignIn(t, dir, map[string]string{"sender.logo": "logo.svg"}), CheckOptions{})
	var list problem.List
	if !errors.As(err, &list) || len(list) != 1 || list[0].Place.Line != 2 || !strings.Contains(list[0].Do, "paths") {
		t.Errorf("%v", err)
	}
}
