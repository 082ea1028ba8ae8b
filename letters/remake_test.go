package letters

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/templates"
)

// Whatever the bundles hold, each comes out as it was, by itself and with others, and nothing else changes.
func TestAnyBundleIsMadeAgainToTheByte(t *testing.T) {
	for name, c := range map[string]struct {
		letter string
		set    map[string]string
		to     int // recipients, where there are several
	}{
		"letters":   {letter: growingLetter, set: map[string]string{"bundles.letters": "9"}},
		"several":   {letter: growingLetter, set: map[string]string{"bundles.sheets": "30"}, to: 3},
		"sheets":    {letter: growingLetter, set: map[string]string{"bundles.sheets": "9", "bundles.duplex": "yes", "bundles.group_by": "city"}},
		"joined":    {letter: growingLetter, set: map[string]string{"bundles.letters": "9", "bundles.group_by": "city", "bundles.small_groups": "join", "bundles.small_below": "12", "bundles.group_order": "size"}},
		"open":      {letter: formLetter(templates.FormOpenLetter), set: map[string]string{"bundles.letters": "9", "bundles.duplex": "yes"}},
		"petition":  {letter: formLetter(templates.FormPetitionSheet), set: map[string]string{"bundles.letters": "15"}},
		"megabytes": {letter: growingLetter, set: map[string]string{"bundles.megabytes": "1", "bundles.sheets": "12"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages, places := make([]int, 33), []int{1, 2, 1, 3, 1, 4, 1}
			for i := range pages {
				pages[i] = 1 + i%3
			}
			files := map[string]string{"letter.md": c.letter, "signers.csv": growingList(pages, places)}
			dir := folder(t, files)
			if c.to > 1 {
				dir = toSeveral(t, board[:c.to], files)
			}
			campaign := campaignIn(t, dir, c.set)
			out := filepath.Join(t.TempDir(), "packet")
			m := mustBuild(t, campaign, Options{Out: out})
			want := contents(t, out)
			if len(m.Bundles) < 3 {
				t.Fatalf("%d bundles", len(m.Bundles))
			}
			remake := func(only string, workers int) []packet.Remade {
				t.Helper()
				set, err := packet.ParseBundleSet(only)
				if err != nil {
					t.Fatal(err)
				}
				made, err := Remake(t.Context(), campaign, RemakeOptions{Out: out, Only: set, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				wantSame(t, want, contents(t, out))
				return made
			}
			b := m.Bundles[1]
			if err := os.Remove(filepath.Join(out, b.Path)); err != nil {
				t.Fatal(err)
			}
			if made := remake("2", 1); len(made) != 1 || made[0].Whole || made[0].SHA256 != b.SHA256 || made[0].Path != b.Path {
				t.Errorf("bundle 2: %+v", made)
			}
			if err := errors.Join(os.Remove(filepath.Join(out, m.Bundles[0].Path)), os.Truncate(filepath.Join(out, m.Bundles[2].Path), 100)); err != nil {
				t.Fatal(err)
			}
			made := remake("3,1-2", 3)
			if len(made) != 3 || made[0].Whole || !made[1].Whole || made[2].Whole {
				t.Errorf("%+v", made)
			}
			mustVerify(t, out)
		})
	}
}

// Where there is no packet, the attempt to mend one begins nothing: no folder and no secret.
func TestWithoutAPacketNothingIsMadeAgain(t *testing.T) {
	dir := folder(t, nil)
	if err := os.Remove(filepath.Join(dir, SecretFile)); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "packet")
	_, err := Remake(t.Context(), campaignIn(t, dir, nil), RemakeOptions{Out: out, Only: packet.BundlesOf(1)})
	var p problem.Problem
	if !errors.As(err, &p) || !strings.Contains(p.What, "there is no packet") {
		t.Errorf("%v", err)
	}
	for _, path := range []string{out, filepath.Join(dir, SecretFile)} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
}
