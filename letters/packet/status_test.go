package packet

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func statusOf(t testing.TB, dirs ...string) *Status {
	t.Helper()
	s, err := ReadStatus(dirs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPacketWithoutARecordIsOutstanding(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	s := statusOf(t, dir)
	all := Share{Bundles: 3, Letters: 12, Sheets: 15}
	if s.All != all || s.Outstanding != all || s.Delivered != (Share{}) || s.Packets[0].Head != "" || len(s.Packets[0].Entries) != 0 {
		t.Errorf("%+v", s)
	}
}

// Whatever is recorded in whatever order, each bundle has one fate, that of the last entry about it that stands, and the parts make the whole.
func TestEveryBundleHasOneFate(t *testing.T) {
	source := sample{bundles: 6, letters: 3}
	made := t.TempDir()
	source.make(t, made, "f")
	rapid.Check(t, func(rt *rapid.T) {
		if err := os.RemoveAll(filepath.Join(made, recordDir)); err != nil {
			t.Fatal(err)
		}
		type said struct {
			what    Event
			bundles []int
			struck  bool
		}
		var model []said // by number of the entry
		fate := func() (fates [7]Event, printed [7]bool) {
			for _, s := range model {
				for _, n := range s.bundles {
					switch {
					case s.struck:
					case s.what == Printed:
						printed[n] = true
					default:
						fates[n] = s.what
					}
				}
			}
			return fates, printed
		}
		for range rapid.IntRange(0, 12).Draw(rt, "entries") {
			s := said{what: rapid.SampledFrom([]Event{Printed, Sent, Accepted, Refused, Struck}).Draw(rt, "what")}
			e := RecordEntry{What: s.what, Reason: map[Event]string{Refused: "r", Struck: "s"}[s.what]}
			fates, _ := fate()
			possible := true
			if s.what == Struck {
				e.Strikes = rapid.IntRange(1, len(model)+1).Draw(rt, "strikes")
				possible = e.Strikes <= len(model) && model[e.Strikes-1].what != Struck && !model[e.Strikes-1].struck
			} else {
				s.bundles = rapid.SliceOfNDistinct(rapid.IntRange(1, 6), 1, 4, rapid.ID[int]).Draw(rt, "bundles")
				e.Bundles = BundlesOf(s.bundles...)
				possible = s.what == Printed || !slices.ContainsFunc(s.bundles, func(n int) bool { return fates[n] == Accepted })
			}
			if _, err := recordAt(made, noon, []RecordEntry{e}); (err == nil) != possible {
				rt.Fatalf("%+v after %+v: %v", e, model, err)
			}
			if possible {
				if s.what == Struck {
					model[e.Strikes-1].struck = true
				}
				model = append(model, s)
			}
		}
		fates, printed := fate()
		got := statusOf(t, made)
		of := got.Packets[0].Of
		for n := 1; n <= 6; n++ {
			for what, set := range map[Event]BundleSet{Accepted: of.Delivered, Refused: of.Refused, Sent: of.OnTheWay, "": of.Outstanding} {
				if in := slices.Contains(slices.Collect(set.All()), n); in != (fates[n] == what) {
					rt.Fatalf("bundle %d is %q, and in %q: %v, after %+v", n, fates[n], what, in, model)
				}
			}
			if in := slices.Contains(slices.Collect(of.Printed.All()), n); in != printed[n] {
				rt.Fatalf("bundle %d printed: %v", n, in)
			}
		}
		sum := Share{}
		for _, s := range []Share{got.Delivered, got.Refused, got.OnTheWay, got.Outstanding} {
			sum.add(s)
		}
		if want := (Share{Bundles: 6, Letters: 18, Sheets: 24}); sum != want || got.All != want {
			rt.Fatalf("the parts make %+v, the whole is %+v", sum, got.All)
		}
	})
}

// topUp makes a packet and one that tops it up, 12 letters each.
func topUp(t testing.TB) (first, second string) {
	t.Helper()
	first = t.TempDir()
	small.make(t, first, "f")
	return first, makeSince(t, "g", first)
}

// makeSince makes a packet of 12 letters that goes on from others; the numbers of the first of them end with 12. Two people have withdrawn.
func makeSince(t testing.TB, fingerprint string, earlier ...string) string {
	t.Helper()
	dir := t.TempDir()
	w, err := Open(dir, fingerprint, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	later := small
	later.earlier = 12
	if err := later.buildWith(t.Context(), w, func(m *Manifest) {
		withdrawn := 2
		m.Withdrawn = &withdrawn
		for i, of := range earlier {
			before, err := readManifestOf(of)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				n := before.m.Letters
				m.Since = append(m.Since, Earlier{Campaign: m.Campaign, Root: before.m.Tree.Root, Letters: n, Last: letterID(m.Campaign, n)})
			}
			m.Since[i].ManifestHash = before.hash
		}
	}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPacketsOfOneCampaignAddUp(t *testing.T) {
	first, second := topUp(t)
	recordIn(t, first, RecordEntry{What: Accepted, Bundles: BundlesOf(1, 2, 3)})
	recordIn(t, second, RecordEntry{What: Refused, Bundles: BundlesOf(1), Reason: "no"})
	for _, dirs := range [][]string{{first, second}, {second, first}} {
		s := statusOf(t, dirs...)
		if s.All != (Share{6, 24, 30}) || s.Delivered != (Share{3, 12, 15}) || s.Refused != (Share{1, 4, 5}) || s.Outstanding != (Share{2, 8, 10}) {
			t.Errorf("%+v", s.Tally)
		}
		if s.Packets[0].Dir != first || s.Withdrawn == nil || *s.Withdrawn != 2 || len(s.Missing) != 0 {
			t.Errorf("%+v", s)
		}
	}
	if s := statusOf(t, second); len(s.Missing) != 1 || s.Missing[0].Letters != 12 {
		t.Errorf("the packet that is not named goes unmentioned: %+v", s.Missing)
	}
}

// Numbers that would count a letter twice are not added up.
func TestPacketsThatDoNotBelongTogetherAreRefused(t *testing.T) {
	first, second := topUp(t)
	other, foreign := t.TempDir(), t.TempDir()
	sample{bundles: 2, letters: 4}.make(t, other, "h")
	w, err := Open(foreign, "i", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dirs []string
		word string
	}{
		{[]string{first, first}, "this is the same packet as"},
		{[]string{first, second, copied}, "this is the same packet as"},
		{[]string{first, other}, "do not add up"},
		{[]string{second, other, first}, "do not add up"},
		{[]string{first, foreign}, "no manifest.json"},
	} {
		_, err := ReadStatus(c.dirs...)
		if err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%v: %v, want %s", c.dirs, err, c.word)
		}
	}
}

// besides makes a packet of the same first number as the first of topUp, and one that tops up both.
func besides(t testing.TB, first string) (other, both string) {
	t.Helper()
	other = t.TempDir()
	sample{bundles: 2, letters: 4}.make(t, other, "h")
	return other, makeSince(t, "i", first, other)
}

// Of two packets with letters of the same numbers that a third one tops up, the first one counted twice when the other stood between: only
// neighbours were compared.
func TestAPacketCountsOnceAlsoBesideAnotherOfItsNumbers(t *testing.T) {
	first := t.TempDir()
	small.make(t, first, "f")
	other, both := besides(t, first)
	if s := statusOf(t, first, other, both); s.All != (Share{8, 32, 40}) {
		t.Errorf("%+v", s.All)
	}
	if _, err := ReadStatus(first, other, both, first); err == nil || !strings.Contains(err.Error(), "this is the same packet as") {
		t.Errorf("a packet that is named twice: %v", err)
	}
}

func TestEachRecipientHasTheirPart(t *testing.T) {
	dir := t.TempDir()
	sample{bundles: 2, letters: 3, recipients: 2}.make(t, dir, "f")
	recordIn(t, dir, RecordEntry{What: Accepted, Bundles: BundlesOf(1, 3, 4)})
	s := statusOf(t, dir)
	if len(s.Recipients) != 2 || s.Recipients[0].Delivered != (Share{1, 3, 4}) || s.Recipients[0].Outstanding != (Share{1, 3, 4}) ||
		s.Recipients[1].Delivered != (Share{2, 6, 8}) || s.Recipients[1].All != (Share{2, 6, 8}) || s.All != (Share{4, 12, 16}) {
		t.Errorf("%+v", s.Recipients)
	}
}
