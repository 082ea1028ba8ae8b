package packet

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a scanner reads is what was printed, whatever the campaign and the bundle.
func TestABundleCodeIsReadAsItWasWritten(t *testing.T) {
	alphanumeric := regexp.MustCompile(`^[0-9A-Z $%*+./:-]+$`) // ISO/IEC 18004, 7.4.4
	rapid.Check(t, func(t *rapid.T) {
		c := BundleCode{
			Campaign: rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,39}`).Draw(t, "campaign"), Number: rapid.IntRange(1, 1_000_000).Draw(t, "number"),
			Root: Hash(sha256.Sum256([]byte(rapid.String().Draw(t, "letters")))).String(),
		}
		text := c.String()
		if got, err := ParseBundleCode(" " + text + "\n"); err != nil || got != c {
			t.Fatalf("%q is read as %+v (%v), and was %+v", text, got, err, c)
		}
		if !alphanumeric.MatchString(text) {
			t.Fatalf("%q does not fit the alphanumeric mode", text)
		}
	})
}

func TestOtherTextsAreNoBundleCode(t *testing.T) {
	good := BundleCode{Campaign: "clean-water-2026", Number: 17, Root: Hash{}.String()}.String()
	for name, text := range map[string]string{
		"nothing": "", "small letters": strings.ToLower(good), "another format": strings.Replace(good, "/1 ", "/2 ", 1), "no number": strings.Replace(good, "/17", "", 1),
		"number 0": strings.Replace(good, "/17", "/0", 1), "leading zero": strings.Replace(good, "/17", "/017", 1), "sign": strings.Replace(good, "/17", "/+17", 1),
		"short hash": good[:len(good)-1], "no hexadecimal": good[:len(good)-1] + "G", "two spaces": strings.Replace(good, " ", "  ", 1), "more": good + " X",
		"no campaign": strings.Replace(good, "CLEAN-WATER-2026", "", 1), "two lines": strings.Replace(good, " ", "\n", 1), "long number": strings.Replace(good, "/17", "/"+strings.Repeat("9", 40), 1),
	} {
		if c, err := ParseBundleCode(text); err == nil {
			t.Errorf("%s: %q is read as %+v", name, text, c)
		}
	}
}

// A code is that of one bundle of one packet, and of no other.
func TestABundleCodeFitsItsOwnBundleOnly(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	m := &Manifest{Campaign: "a", Bundles: []Bundle{{Path: "one", Root: one}, {Path: "two", Root: two}, {Path: "of version 1"}}}
	for _, c := range []struct {
		code BundleCode
		path string
	}{
		{BundleCode{"a", 1, one}, "one"}, {BundleCode{"a", 2, two}, "two"}, {BundleCode{"a", 1, two}, ""}, {BundleCode{"a", 2, one}, ""}, {BundleCode{"b", 1, one}, ""},
		{BundleCode{"a", 3, one}, ""}, {BundleCode{"a", 4, one}, ""},
	} {
		b, err := c.code.Check(m)
		if (err == nil) != (c.path != "") || err == nil && b.Path != c.path {
			t.Errorf("%s is of %+v (%v)", c.code, b, err)
		}
	}
}
