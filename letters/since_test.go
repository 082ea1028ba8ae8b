package letters

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/roll"
)

const listHead = "full_name,email,city,country,name_may_be_shared\n"

// toppingUp is a campaign that delivers again and again.
type toppingUp struct {
	dir, out string
	list     string
	packets  []string
	manifest []*packet.Manifest
}

// deliver makes the next packet, for one or several recipients.
func (u *toppingUp) deliver(t testing.TB, set map[string]string, since ...string) *packet.Manifest {
	t.Helper()
	if err := os.WriteFile(filepath.Join(u.dir, "signers.csv"), []byte(listHead+u.list), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(u.out, fmt.Sprintf("packet-%d", len(u.packets)+1))
	m := mustBuild(t, campaignIn(t, u.dir, set), Options{Out: out, Since: since})
	mustVerify(t, out)
	u.packets, u.manifest = append(u.packets, out), append(u.manifest, m)
	return m
}

// Whatever becomes of the list, and in whatever order the earlier packets are named, a campaign that delivers, tops up, and tops up the top-up
// gives everybody exactly one letter to each recipient, under ids that run through all packets.
func TestATopUpOfATopUpDeliversEachPersonExactlyOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 3))
		recipients := rapid.IntRange(1, 3).Draw(rt, "recipients")
		u := &toppingUp{dir: toSeveral(t, board[:recipients], map[string]string{"letter.md": toCompany}), out: t.TempDir()}
		set := map[string]string{"paperwork.documents": "none", "bundles.letters": strconv.Itoa(rapid.IntRange(1, 8).Draw(rt, "in a bundle"))}
		if rapid.Bool().Draw(rt, "grouped") {
			set["bundles.group_by"] = "country"
		}
		letters := map[string]int{} // by person
		next, people := 1, 0
		for range 3 {
			people += rapid.IntRange(1, 12).Draw(rt, "new people")
			var rows []int
			for who := range people {
				if letters[person(who)] == 0 || random.IntN(3) > 0 { // who has a letter may be left out
					rows = append(rows, who)
				}
			}
			random.Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
			u.list = ""
			for _, who := range rows {
				u.list += fmt.Sprintf("%s,S%d@example.org,Leeds,%s,yes\n", person(who), who, []string{"France", "Chile"}[random.IntN(2)])
			}
			since := shuffledPackets(random, u.packets)
			m := u.deliver(t, set, since...)
			if m.First != next {
				rt.Fatalf("the first letter has the number %d, want %d", m.First, next)
			}
			ledger := readCSV(t, filepath.Join(u.packets[len(u.packets)-1], "private/ledger.csv"))
			for _, row := range ledger {
				if id := fmt.Sprintf("%s-%06d", m.Campaign, next); row["letter_id"] != id {
					rt.Fatalf("letter %s, want %s", row["letter_id"], id)
				}
				next++
				letters[row["name"]]++
			}
			for who := range people {
				if n := letters[person(who)]; n != recipients {
					rt.Fatalf("%s has %d letters to %d recipients, since %v\n%s", person(who), n, recipients, since, u.list)
				}
			}
			if (m.Since == nil) != (len(since) == 0) || m.Excluded[string(roll.HasLetter)]+m.Signers != len(rows) {
				rt.Fatalf("%d rows, %d signers, %v, since %v", len(rows), m.Signers, m.Excluded, m.Since)
			}
		}
	})
}

func person(who int) string { return fmt.Sprintf("Signer %c%c", 'A'+who/26, 'a'+who%26) }

// shuffledPackets names all earlier packets in some order, one of them twice; or the last one alone, which knows the people of the others.
func shuffledPackets(random *rand.Rand, packets []string) []string {
	if len(packets) == 0 {
		return nil
	}
	if random.IntN(2) == 0 {
		return packets[len(packets)-1:]
	}
	packets = append(slices.Clone(packets), packets[0])
	random.Shuffle(len(packets), func(i, k int) { packets[i], packets[k] = packets[k], packets[i] })
	return packets
}

// A campaign with one packet and some rows more.
func begun(t testing.TB) *toppingUp {
	t.Helper()
	u := &toppingUp{dir: folder(t, nil), out: t.TempDir(), list: "Ann One,ann@example.org,Leeds,France,yes\nBen Two,ben@example.org,Leeds,France,yes\nCy Three,cy@example.org,Leeds,Chile,yes\n"}
	u.deliver(t, nil)
	return u
}

// The order in which packets are named, a copy of one in another folder, a run that goes on, and more workers change no byte of a top-up.
func TestATopUpIsTheSameWhateverTheOrder(t *testing.T) {
	u := begun(t)
	u.list += "Dan Four,dan@example.org,Leeds,France,yes\n"
	u.deliver(t, nil, u.packets[0])
	u.list += "Eve Five,eve@example.org,Leeds,France,yes\nFay Six,fay@example.org,Leeds,Chile,yes\n"
	u.deliver(t, nil, u.packets[0], u.packets[1])
	want := contents(t, u.packets[2])
	copied := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.CopyFS(copied, os.DirFS(u.packets[0])); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "packet")
	for range 2 { // the second time it goes on
		mustBuild(t, campaignIn(t, u.dir, nil), Options{Out: out, Since: []string{u.packets[1], copied, u.packets[0]}, Workers: 3})
	}
	wantSame(t, want, contents(t, out))
	// Other earlier packets are other inputs.
	if _, err := Build(context.Background(), campaignIn(t, u.dir, nil), Options{Out: out, Since: u.packets[1:2]}); err == nil || !strings.Contains(err.Error(), "other inputs") {
		t.Errorf("since another packet: %v", err)
	}
}

// A packet whose private/ is gone is made again from its list and its secret, and is then gone on from as before.
func TestAPurgedPacketCanBeBuiltAgainAndGoneOnFrom(t *testing.T) {
	u := begun(t)
	first := u.list
	if _, err := packet.Purge(u.packets[0], false); err != nil {
		t.Fatal(err)
	}
	u.list += "Dan Four,dan@example.org,Leeds,France,yes\n"
	if err := os.WriteFile(filepath.Join(u.dir, "signers.csv"), []byte(listHead+u.list), 0o600); err != nil {
		t.Fatal(err)
	}
	campaign := campaignIn(t, u.dir, nil)
	_, err := Build(context.Background(), campaign, Options{Out: filepath.Join(u.out, "x"), Since: u.packets})
	if err == nil || !strings.Contains(err.Error(), "private/ of this packet is gone") {
		t.Fatalf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(u.out, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was made all the same")
	}
	again := &toppingUp{dir: u.dir, out: t.TempDir(), list: first}
	if m := again.deliver(t, nil); m.Tree.Root != u.manifest[0].Tree.Root {
		t.Error("the packet that was built again is another one")
	}
	again.list = u.list
	if m := again.deliver(t, nil, again.packets[0]); m.Signers != 1 || m.First != 4 {
		t.Errorf("%+v", m)
	}
}

// Who has withdrawn since their letter is counted, listed with the letters to all recipients, and told by check; with the row where there is one.
func TestWhoHasWithdrawnSinceTheirLetterIsTold(t *testing.T) {
	u := &toppingUp{dir: toSeveral(t, board[:2], map[string]string{"letter.md": toCompany}), out: t.TempDir(), list: "Ann One,ann@example.org,Leeds,France,yes\n" +
		"Ben Two,ben@example.org,Leeds,France,yes\nCy Three,cy@example.org,Leeds,Chile,yes\n"}
	u.deliver(t, nil)
	if err := os.WriteFile(filepath.Join(u.dir, "suppress.txt"), []byte("CY@example.org\nnobody@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	u.list = "Ben Two,ben@example.org,Leeds,France,no\nDan Four,dan@example.org,Leeds,France,yes\nGuy Five,guy@example.org,Leeds,France,no\n"
	set := map[string]string{"signers.suppress": "suppress.txt"}
	m := u.deliver(t, set, u.packets[0])
	if m.Withdrawn == nil || *m.Withdrawn != 2 || m.First != 7 {
		t.Errorf("the manifest: %v, first letter %d", m.Withdrawn, m.First)
	}
	data, err := os.ReadFile(filepath.Join(u.packets[1], "private/withdrawn.csv"))
	want := "letters,reason,row\npalantir-2026-000002 palantir-2026-000005,no consent,2\npalantir-2026-000003 palantir-2026-000006,suppressed,\n"
	if want = strings.ReplaceAll(want, "palantir-2026", m.Campaign); err != nil || string(data) != want {
		t.Errorf("withdrawn.csv: %v\n%swant\n%s", err, data, want)
	}
	r, err := Check(context.Background(), campaignIn(t, u.dir, set), CheckOptions{Since: u.packets[:1]})
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Since; s == nil || s.People != 3 || s.Listed != 1 || s.First != 7 || len(s.Withdrawn) != 2 || s.Withdrawn[0].Row.Row != 2 || s.Withdrawn[1].Letters[1] != m.Campaign+"-000006" {
		t.Errorf("check: %+v", s)
	}
	if len(r.Cautions) != 1 || !strings.Contains(r.Cautions[0].What, "of 3 people with letters in earlier packets, 1 stand on this list") {
		t.Errorf("check: %+v", r.Cautions)
	}
	// Another suppress file is another input.
	if err := os.WriteFile(filepath.Join(u.dir, "suppress.txt"), []byte("nobody@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(context.Background(), campaignIn(t, u.dir, set), Options{Out: u.packets[1], Since: u.packets[:1]}); err == nil || !strings.Contains(err.Error(), "other inputs") {
		t.Errorf("with another suppress file: %v", err)
	}
}

// What may be meant and may be a mistake is told by check: packets that know nothing of each other, and letters that went to somebody else.
func TestCheckTellsWhatTopUpsMayHaveMissed(t *testing.T) {
	u := begun(t)
	u.list += "Dan Four,dan@example.org,Leeds,France,yes\n"
	u.deliver(t, nil, u.packets[0])
	u.list += "Eve Five,eve@example.org,Leeds,France,yes\n"
	u.deliver(t, nil, u.packets[0])
	cautions := func(set map[string]string, since ...string) (what []string) {
		r, err := Check(context.Background(), campaignIn(t, u.dir, set), CheckOptions{Since: since})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Cautions {
			what = append(what, c.What)
		}
		return what
	}
	if got := cautions(nil, u.packets[0], u.packets[2]); len(got) > 0 {
		t.Errorf("packets that go on from each other: %q", got)
	}
	got := cautions(nil, u.packets[2], u.packets[0], u.packets[1])
	if want := "there are two letters " + u.manifest[1].Bundles[0].First + ": "; len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("packets that know nothing of each other: %q, want %s…", got, want)
	}
	got = cautions(map[string]string{"recipient.name": "Somebody New"}, u.packets[0])
	if len(got) != 1 || !strings.Contains(got[0], "for other recipients than the campaign is now") {
		t.Errorf("another recipient: %q", got)
	}
}

// Whoever receives a top-up is told that its numbers go on from earlier ones.
func TestTheCoveringLetterOfATopUpNamesTheEarlierNumbers(t *testing.T) {
	outside.Needs(t, "pdftotext")
	u := begun(t)
	u.list += "Dan Four,dan@example.org,Leeds,France,yes\n"
	m := u.deliver(t, nil, u.packets[0])
	for i, want := range []bool{false, true} {
		text, _ := outside.Run(t, "pdftotext", filepath.Join(u.packets[i], "deliver/01-cover-letter.pdf"), "-")
		text = squeezed(text)
		if strings.Contains(text, squeezed("Earlier numbers")) != want || !strings.Contains(text, squeezed(m.Campaign+"-000001 – "+m.Campaign+"-000003")) {
			t.Errorf("the earlier numbers of packet %d, want them %v: %s", i+1, want, text)
		}
	}
}

// What cannot be gone on from is refused before anything is made, with a way out.
func TestTopUpsThatWouldGoWrongAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		set    map[string]string
		change func(t *testing.T, u *toppingUp)
		out    string
		want   string
	}{
		"itself":           {out: "packet-1", want: "cannot go on from itself"},
		"nobody new":       {out: "packet-2", want: "nobody to write for", change: func(t *testing.T, u *toppingUp) {}},
		"another rule":     {set: map[string]string{"signers.same_email": "none"}, want: "told persons apart by other settings"},
		"another campaign": {set: map[string]string{"campaign": "other"}, want: "is of the campaign"},
		"no specimen":      {set: map[string]string{"specimen": "no"}, want: "one is a specimen and one is not"},
		"no secret":        {change: func(t *testing.T, u *toppingUp) { remove(t, filepath.Join(u.dir, SecretFile)) }, want: "the campaign's secret is missing"},
		"another secret": {change: func(t *testing.T, u *toppingUp) {
			remove(t, filepath.Join(u.dir, SecretFile))
			if err := WriteSecret(u.dir, slices.Repeat([]byte{7}, secretSize)); err != nil {
				t.Fatal(err)
			}
		}, want: "another campaign.secret"},
	} {
		t.Run(name, func(t *testing.T) {
			u := begun(t)
			if c.change != nil {
				c.change(t, u)
			}
			before := contents(t, u.packets[0])
			out := filepath.Join(u.out, "packet-2")
			if c.out != "" {
				out = filepath.Join(u.out, c.out)
			}
			_, err := Build(context.Background(), campaignIn(t, u.dir, c.set), Options{Out: out, Since: u.packets, Replace: true})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			wantSame(t, before, contents(t, u.packets[0]))
			if _, err := os.Stat(filepath.Join(u.out, "packet-2")); !errors.Is(err, fs.ErrNotExist) {
				t.Error("something was made all the same")
			}
			if name == "itself" || name == "nobody new" {
				return
			}
			if _, err := Check(context.Background(), campaignIn(t, u.dir, c.set), CheckOptions{Since: u.packets}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("check: %v, want %q", err, c.want)
			}
		})
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// A document of many goes on with its numbers, too: what stands beside a name is the end of its letter id.
func TestFormsGoOnWithTheirNumbers(t *testing.T) {
	for _, form := range shared() {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			dir := folder(t, map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, 30)})
			set := map[string]string{"bundles.letters": "25", "letter.as_of": "2026-11-01", "letter.show": "name", "specimen": "no", "campaign": "c"}
			first, second := filepath.Join(t.TempDir(), "packet"), filepath.Join(t.TempDir(), "packet")
			before := mustBuild(t, campaignIn(t, dir, set), Options{Out: first})
			if err := os.WriteFile(filepath.Join(dir, "signers.csv"), []byte(signersOfAllKinds(t, 70)), 0o600); err != nil {
				t.Fatal(err)
			}
			m := mustBuild(t, campaignIn(t, dir, set), Options{Out: second, Since: []string{first}})
			mustVerify(t, second)
			if m.First != before.Letters+1 || m.Signers != 70-before.Signers {
				t.Fatalf("letters from %d on, %d signers; before %d", m.First, m.Signers, before.Signers)
			}
			mustName(t, second, m)
			names := map[string]bool{}
			for _, out := range []string{first, second} {
				for _, row := range readCSV(t, filepath.Join(out, "private/ledger.csv")) {
					names[row["letter_id"]] = true
				}
			}
			if len(names) != 70 || !names["c-000001"] || !names["c-000070"] {
				t.Errorf("%d letter ids", len(names))
			}
		})
	}
}
