package packet

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var testPeopleKey = PeopleKey([]byte("secret"), "test-2026")

// The key is the same for ever: with another one nobody would be known again, and everybody would get a second letter.
func TestThePeopleKeyIsTheSameForEver(t *testing.T) {
	key := PeopleKey([]byte("secret"), "test-2026")
	if got, want := hex.EncodeToString(key[:]), "668b90a0eb5f68a7e89a116040b4a44c3fcb7d7e52839bf026d1ee5afb64bb78"; got != want {
		t.Errorf("the key is %s, want %s", got, want)
	}
	if key == PeopleKey([]byte("secret"), "test-2027") || key == PeopleKey([]byte("other"), "test-2026") {
		t.Error("another campaign or secret has the same key")
	}
}

// A packet's people, and those of the packets that it tops up, are read as they were written; together they make the same, in whatever order
// the packets are named; and everybody's letters have the ids that the packets gave them.
func TestPeopleAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var chain []*EarlierPacket
		var all []PersonHashes
		letters := map[[16]byte]string{}
		for range rapid.IntRange(1, 4).Draw(t, "packets") {
			since := slices.Clone(chain) // all, in any order and some twice; or the last one, who knows the others
			if len(since) > 0 && rapid.Bool().Draw(t, "only the last") {
				since = since[len(since)-1:]
			}
			since = append(since, since...)
			random.Shuffle(len(since), func(i, k int) { since[i], since[k] = since[k], since[i] })
			earlier, entries, first := Join(since)
			if want := len(all); earlier.Len() != want {
				t.Fatalf("%d people are known, want %d", earlier.Len(), want)
			}
			signers, recipients := rapid.IntRange(1, 70).Draw(t, "signers"), rapid.IntRange(1, 3).Draw(t, "recipients")
			var b bytes.Buffer
			err := earlier.Write(&b, testPeopleKey, "the rule", first, signers, recipients, func(i int) PersonHashes {
				h := PersonHashes{Email: random.Uint64(), ID: random.Uint64()}
				for k := range h.Person {
					h.Person[k] = byte(random.Uint32())
				}
				all = append(all, h)
				letters[h.Person] = ""
				for k := range recipients {
					letters[h.Person] += " " + letterID("c", first+k*signers+i)
				}
				return h
			})
			if err != nil {
				t.Fatal(err)
			}
			f, err := readPeople(&b, int64(b.Len()), true)
			if err != nil || f.rule != "the rule" || f.mark != markOf(testPeopleKey) {
				t.Fatalf("%+v %v", f, err)
			}
			m := &Manifest{Campaign: "c", First: first, Signers: signers, Letters: signers * recipients, Since: entries, Tree: new(Tree)}
			if recipients > 1 {
				m.Recipients = make([]Addressee, recipients)
			}
			if what := f.wrong(m); what != "" {
				t.Fatal(what)
			}
			chain = append(chain, &EarlierPacket{Manifest: m, Hash: fmt.Sprint(len(chain)), people: f})
		}
		people, since, _ := Join(chain[len(chain)-1:])
		if len(since) != 1 {
			t.Fatalf("%d packets", len(since))
		}
		n := 0
		for i, h := range people.All {
			if got := " " + strings.Join(people.Letters("c", i), " "); i != n || h != all[n] || got != letters[h.Person] {
				t.Fatalf("person %d is %+v with letters %s, want %+v with %s", i, h, got, all[n], letters[h.Person])
			}
			n++
		}
		if n != len(all) {
			t.Fatalf("%d people, want %d", n, len(all))
		}
	})
}

// Packets that a top-up cannot go on from are refused, each with its reason and a way out.
func TestPacketsThatCannotBeGoneOnFromAreRefused(t *testing.T) {
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		harm func(t *testing.T, dir string)
		want string
	}{
		"nothing":     {func(*testing.T, string) {}, ""},
		"no packet":   {remove("."), "there is no packet"},
		"no manifest": {remove(manifestFile), "manifest.json cannot be read"},
		"purged": {func(t *testing.T, dir string) {
			if _, err := Purge(dir, false); err != nil {
				t.Fatal(err)
			}
		}, "private/ of this packet is gone"},
		"no keys": {remove(peopleFileName), "people.keys cannot be used"},
		"keys of others": {func(t *testing.T, dir string) {
			other := sample{bundles: 1, letters: 5}
			write(t, filepath.Join(dir, peopleFileName), string(other.people()))
		}, "not the file that was made"},
		"keys cut": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, peopleFileName), string(small.people()[:100]))
		}, "it is damaged"},
		"a changed manifest": {func(t *testing.T, dir string) { forge(t, dir, replaced(`"letters": 12`, `"letters": 13`)) }, "manifest.json is wrong"},
		"unfinished": {func(t *testing.T, dir string) {
			w, err := Open(dir, "f", false)
			if err != nil {
				t.Fatal(err)
			}
			w.Abort()
		}, "the packet is unfinished"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "packet")
			small.make(t, dir, "f")
			c.harm(t, dir)
			e, err := ReadEarlier(dir)
			if c.want == "" {
				if err == nil {
					err = e.Fits("test-2026", true, testPeopleKey, "a rule")
				}
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantProblem(t, err, dir)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	_, err := ReadEarlier(kept(t, "manifest-2"))
	if err == nil || !strings.Contains(err.Error(), "kept nothing by which its people are known again") {
		t.Errorf("version 2: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	e, err := ReadEarlier(dir)
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"is of the campaign":                            e.Fits("other", true, testPeopleKey, "a rule"),
		"one is a specimen":                             e.Fits("test-2026", false, testPeopleKey, "a rule"),
		"another campaign.secret":                       e.Fits("test-2026", true, PeopleKey([]byte("x"), "test-2026"), "a rule"),
		"(a rule) than the campaign does now (another)": e.Fits("test-2026", true, testPeopleKey, "another"),
	} {
		wantProblem(t, err, dir)
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What private/ says of people, and of those who have withdrawn, is compared with the manifest.
func TestVerifyComparesPeopleWithTheManifest(t *testing.T) {
	s := sample{bundles: 2, letters: 3, earlier: 10}
	change := func(m *Manifest) {}
	for name, c := range map[string]struct {
		file, text string
		want       string
	}{
		"people of another packet": {peopleFileName, string(sample{bundles: 2, letters: 3}.people()), "has 6 signers for 1 recipients from letter 1 on, and the manifest 6 for 1 from 11"},
		"people too many":          {peopleFileName, string(s.people()) + "x", "it is damaged"},
		"nobody":                   {peopleFileName, "", "it is damaged"},
		"somebody withdrew":        {withdrawnFile, "letters,reason,row\ntest-2026-000003,opted out,7\n", "1 people are listed, and the manifest counts 0"},
		"a letter of this packet":  {withdrawnFile, "letters,reason,row\ntest-2026-000011,opted out,7\n", "test-2026-000011 is no letter of an earlier packet"},
		"out of order":             {withdrawnFile, "letters,reason,row\ntest-2026-000003,opted out,7\ntest-2026-000003,opted out,8\n", "out of order"},
		"no reason":                {withdrawnFile, "letters,reason,row\ntest-2026-000003,,7\n", "nothing says why"},
		"no row":                   {withdrawnFile, "letters,reason,row\ntest-2026-000003,opted out,x\n", "x is no row"},
		"another header":           {withdrawnFile, "letters,row\n", "the header is letters,row"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := s.makeChanged(t, change)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, c.file), c.text)
			faults := verified(t, dir)
			if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Path == c.file && strings.Contains(f.What, c.want) }) {
				t.Errorf("%v, want %q", faults, c.want)
			}
		})
	}
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	write(t, filepath.Join(dir, withdrawnFile), "letters,reason,row\n")
	wantFault(t, dir, withdrawnFile, "tops up no other")
}

func FuzzReadPeople(f *testing.F) {
	f.Add(small.people())
	f.Add(sample{bundles: 1, letters: 1, earlier: 2, recipients: 2}.people())
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, err := readPeople(bytes.NewReader(data), int64(len(data)), true)
		heads, err2 := readPeople(io.LimitReader(bytes.NewReader(data), int64(len(data))), int64(len(data)), false)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("read whole: %v; by its headers: %v", err, err2)
		}
		if err == nil && whole.Len() != heads.Len() {
			t.Fatalf("%d people, and %d by the headers", whole.Len(), heads.Len())
		}
	})
}

// Two packets that went on from the same one have letters of the same numbers, and a third may top up both: verify found fault with the
// list that build had made of who has withdrawn from each.
func TestWhoHasWithdrawnIsListedInTheOrderOfThePackets(t *testing.T) {
	people := &People{parts: []peoplePart{{first: 1, signers: 2, recipients: 1}, {first: 3, signers: 2, recipients: 1}, {first: 3, signers: 2, recipients: 1},
		{first: 5, signers: 9, recipients: 1}}}
	m := &Manifest{Campaign: "river", First: 5}
	for _, c := range []struct {
		numbers []int
		wrong   bool
	}{{[]int{1, 3, 4, 3, 4}, false}, {[]int{4, 3}, false}, {[]int{3, 3}, false}, {[]int{3, 3, 3}, true}, {[]int{4, 3, 4, 3}, true}, {[]int{3, 2}, true}, {[]int{5}, true}} {
		w := &withdrawnReader{m: m, people: people}
		var err error
		for _, n := range c.numbers {
			if err == nil {
				err = w.row([]string{letterID("river", n), "no consent", ""}, 0)
			}
		}
		if (err != nil) != c.wrong {
			t.Errorf("%v: %v", c.numbers, err)
		}
	}
}
