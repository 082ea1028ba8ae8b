package roll

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/config"
)

var testPersonKey = Key{1, 2, 3, 31: 4}

// readSince reads a list whose earlier signers are known.
func readSince(t testing.TB, c *config.Campaign, e *Earlier, keep ...string) *Roll {
	t.Helper()
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: keep, Key: &testPersonKey, Earlier: e})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// earlierOf makes the earlier signers of rolls.
func earlierOf(rolls ...*Roll) *Earlier {
	e := &Earlier{Letter: func(n int) string { return fmt.Sprintf("letter %d", n+1) }}
	for _, r := range rolls {
		for i := range r.Len() {
			e.Add(r.Person(i))
		}
	}
	return e
}

const sinceHead = "id,name,email,postcode,city,Agreed\n"

func agreeing(c *config.Campaign) {
	c.Signers.Consent = config.Consent{Column: "Agreed", Values: []string{"yes"}}
}

// What becomes of people with a letter, of those who have withdrawn, and of those who are new.
func TestPeopleWithALetterGetNoOther(t *testing.T) {
	first := campaignOf(t, sinceHead+
		"1,Ann One,ann@example.org,,Leeds,yes\n"+
		"2,Ben Two,,LS1,Leeds,yes\n"+
		"3,Cy Three,,,Leeds,yes\n"+
		"4,Cy Three,,,Leeds,yes\n"+
		"5,Dan Four,dan@example.org,,Leeds,yes\n"+
		"6,Eve Five,eve@example.org,,Leeds,yes\n"+
		"7,Fay Six,fay@example.org,,York,yes\n"+
		"8,Zoë Eight,,,Saint-Étienne,yes\n", agreeing)
	earlier := earlierOf(readSince(t, first, nil, "name"))
	c := campaignOf(t, sinceHead+
		"1,ANN one,Ann+tag@Example.org,,York,yes\n"+ // 2: the same person
		"1b,Ann Else,ann@example.org,,York,yes\n"+ // 3: another of the household, or a name that was corrected
		"2,Ben Two,,ls 1,York,yes\n"+ // 4
		"2b,Ben Two,,LS2,York,yes\n"+ // 5: another postcode
		"3,Cy Three,,,leeds,yes\n"+ // 6: a stranger with a letter
		"4,Cy Three,,,Leeds,no\n"+ // 7: one who withdrew
		"5,Dan Four,dan@example.org,,Leeds,\n"+ // 8: withdrew their consent
		"8,Cy Three,,,York,yes\n"+ // 9: of another place
		"9,Guy Seven,guy@example.org,,York,no\n"+ // 10: never had one
		"8,Zoe\u0308 Eight,,,Saint-E\u0301tienne,yes\n", // 11: a stranger, in letters and accents
		func(c *config.Campaign) {
			agreeing(c)
			c.Signers.Suppress = filepath.Join(c.Dir, "suppress.txt")
			if err := os.WriteFile(c.Signers.Suppress, []byte("EVE@example.org\n7 # Fay\nnobody@example.org\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	r := readSince(t, c, earlier, "name")
	if got, want := signers(r), "3:Ann Else\n5:Ben Two\n9:Cy Three"; got != want {
		t.Errorf("letters\n%s\nwant\n%s", got, want)
	}
	if got, want := exclusions(r), "2:has a letter:letter 1\n4:has a letter:letter 2\n6:has a letter:letter 3\n7:no consent\n8:no consent\n10:no consent\n11:has a letter:letter 8"; got != want {
		t.Errorf("exclusions\n%s\nwant\n%s", got, want)
	}
	if got, want := fmt.Sprint(r.Withdrawn), "[{3 {0 7} no consent} {4 {0 8} no consent} {5 {0 0} suppressed} {6 {0 0} suppressed}]"; got != want || r.Found != 6 {
		t.Errorf("withdrawn %s, want %s; %d of the earlier are on the list", got, want, r.Found)
	}
	if len(r.Remarks) != 1 || r.Remarks[0].Count != 1 || r.Remarks[0].Samples[0].Text != "Ann Else" {
		t.Errorf("remarks %+v", r.Remarks)
	}
}

// Who stands twice on a list of which duplicates were kept, or has a letter in two packets that know nothing of each other, has two letters: when
// they withdraw, both are to be taken out, whatever says so.
func TestWhoWithdrawsWithTwoLettersIsToldWithBoth(t *testing.T) {
	const ann, ben = "1,Ann One,ann@example.org,,Leeds,", "2,Ben Two,,LS1,Leeds,"
	keep := func(c *config.Campaign) { agreeing(c); c.Signers.Duplicates = "keep" }
	twice := readSince(t, campaignOf(t, sinceHead+ann+"yes\n"+ben+"yes\n"+ann+"yes\n", keep), nil, "name")
	once := readSince(t, campaignOf(t, sinceHead+ann+"yes\n", keep), nil, "name")
	suppressing := func(c *config.Campaign) {
		keep(c)
		c.Signers.Suppress = filepath.Join(c.Dir, "suppress.txt")
		if err := os.WriteFile(c.Signers.Suppress, []byte("ann@example.org\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		list   string
		change func(*config.Campaign)
		want   string
		found  int
	}{
		"no consent": {ann + "no\n" + ben + "yes\n", keep, "[{0 {0 2} no consent} {2 {0 2} no consent} {3 {0 2} no consent}]", 4},
		"both rows":  {ann + "no\n" + ann + "no\n", keep, "[{0 {0 2} no consent} {2 {0 2} no consent} {3 {0 2} no consent}]", 3},
		"suppressed": {ben + "yes\n", suppressing, "[{0 {0 0} suppressed} {2 {0 0} suppressed} {3 {0 0} suppressed}]", 1},
		"none of it": {ann + "yes\n", keep, "[]", 3},
	} {
		r := readSince(t, campaignOf(t, sinceHead+c.list, c.change), earlierOf(twice, once), "name")
		if got := fmt.Sprint(r.Withdrawn); got != c.want || r.Found != c.found {
			t.Errorf("%s: withdrawn %s, want %s; %d of the earlier are on the list, want %d", name, got, c.want, r.Found, c.found)
		}
	}
}

// With another key nobody is known, and hashes of one key are the same for ever: packets keep them. Changing how persons are hashed would
// send everybody a second letter.
func TestPersonsAreHashedAlikeForEver(t *testing.T) {
	c := campaignOf(t, sinceHead+"1,Zoë One,Zoe.X+a@gmail.com,,Leeds,yes\n2,Ben Two,,LS1 1AA,Leeds,yes\n3,Cy Three,,,Leeds,yes\n,Cy Three,,,leeds,yes\n", nil)
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	hashes := func(k Key) (lines []string) {
		r, err := l.Read(context.Background(), ReadOptions{Key: &k})
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Len() {
			p := r.Person(i)
			lines = append(lines, fmt.Sprintf("%s %016x %016x", hex.EncodeToString(p.Key[:]), p.Email, p.ID))
		}
		return lines
	}
	want := []string{
		"40ddc9f56f2e12cdcd3c7487662a3570 0cdb044944312301 e2fa7ad7d1e0fdaf",
		"911396d3f6c52b9c6d69d1d86edf5b90 0000000000000000 04580008c0ea123c",
		"b03778f68e02496a78c1162d8d6e0e98 0000000000000000 7107bac92d0f1a50",
		"3091fddb5eb61ac78586b18ed6fc1759 0000000000000000 0000000000000000",
	}
	got := hashes(testPersonKey)
	if !slices.Equal(got, want) {
		t.Errorf("hashes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for half, other := range [][]string{hashes(Key{9, 2, 3, 31: 4}), hashes(Key{1, 2, 3, 31: 5})} {
		for i := range other[:2] {
			parts, before := strings.Fields(other[i]), strings.Fields(got[i])
			if same := []bool{parts[0] == before[0], parts[1] == before[1] && parts[2] == before[2]}; same[half] || !same[1-half] {
				t.Errorf("person %d with the other half %d of the key: %s, and before %s", i, half, other[i], got[i])
			}
		}
	}
	if rule, want := l.PersonRule(), "signers.same_email: dots, plus; signers.name_order: auto; signers.clean: controls, nfc"; rule != want {
		t.Errorf("the rule is %s, want %s", rule, want)
	}
	for typed, want := range map[string]string{"plus dots": "dots, plus", "dots dots": "dots", "none": "none", "none plus": "plus"} {
		if c.Signers.SameEmail = strings.Fields(typed); !strings.HasPrefix(l.PersonRule(), "signers.same_email: "+want+";") {
			t.Errorf("with %s the rule is %s", typed, l.PersonRule())
		}
	}
}

// somebody is a person of a made-up campaign.
type somebody struct {
	number    int
	kind      int // by e-mail and name, by name and postcode, or a stranger
	name      string
	city      string
	delivered int // letters so far
	withdrew  bool
}

// row writes the person as lists do: never twice in the same way.
func (p *somebody) row(random *rand.Rand) string {
	name, agreed := p.name, "yes"
	if random.IntN(2) == 0 {
		name = strings.ToUpper(name)
	}
	if random.IntN(3) == 0 {
		name = strings.ReplaceAll(name, " ", "  ") + " "
	}
	if p.withdrew {
		agreed = "no"
	}
	email, postcode := "", ""
	switch p.kind {
	case 0:
		email = fmt.Sprintf("Person%d%s@example.org", p.number, []string{"", "+x"}[random.IntN(2)])
	case 1:
		postcode = fmt.Sprintf("P %d", p.number)
	}
	return fmt.Sprintf("%d,%s,%s,%s,%s,%s\n", p.number, name, email, postcode, p.city, agreed)
}

// alike is what nothing tells strangers of apart; each known person is alike to nobody.
func (p *somebody) alike() string {
	if p.kind == 2 {
		return p.name + "|" + p.city
	}
	return fmt.Sprint(p.number)
}

// A campaign delivers three times. Its lists grow, change their order and their files, write people in other ways, and hold people twice; known
// people drop out of them. Everybody who was ever on a list and did not withdraw before has one letter in the end, and nobody has two; and who
// has withdrawn with a letter is told.
func TestATopUpOfATopUpDeliversEachPersonOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 7))
		rule := rapid.SampledFrom([]string{"first", "last", "keep"}).Draw(rt, "duplicates")
		var all []*somebody
		var rolls []*Roll
		for stage := range 3 {
			for range rapid.IntRange(1, 25).Draw(rt, "new people") {
				all = append(all, &somebody{number: len(all) + 1, kind: random.IntN(3), name: []string{"Ann Bee", "Zoë Łuk", "李 明"}[random.IntN(3)],
					city: []string{"", "Leeds"}[random.IntN(2)]})
			}
			var rows []string
			for _, p := range all {
				if p.kind != 2 && p.delivered > 0 && random.IntN(4) == 0 {
					continue // known people who have theirs may be left out of a list
				}
				if random.IntN(8) == 0 {
					p.withdrew = true
				}
				rows = append(rows, p.row(random))
				if p.kind != 2 && rule != "keep" && random.IntN(4) == 0 {
					rows = append(rows, p.row(random))
				}
			}
			random.Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
			r := readSince(t, listOfFiles(t, rows, 1+random.IntN(3), rule), earlierOf(shuffled(random, rolls)...), "id")
			got := map[string]int{}
			for i := range r.Len() {
				number := 0
				fmt.Sscan(r.Fields(i, nil)[0], &number)
				all[number-1].delivered++
				if all[number-1].withdrew {
					rt.Fatalf("stage %d: %d has withdrawn and gets a letter", stage, number)
				}
			}
			want := map[string]int{}
			gone := map[string]int{} // with letters
			for _, p := range all {
				got[p.alike()] += p.delivered
				if !p.withdrew {
					want[p.alike()]++
				} else if p.kind != 2 && p.delivered > 0 && listedIn(rows, p.number) {
					gone[p.alike()]++
				}
			}
			ever := map[string]int{}
			for _, p := range all {
				ever[p.alike()]++
			}
			for who, n := range got {
				// The letter of a stranger who withdrew cannot be told from that of another of the name.
				if n < want[who] || n > ever[who] {
					rt.Fatalf("stage %d, %s: of %d, %d did not withdraw, and they have %d letters\n%s", stage, who, ever[who], want[who], n, strings.Join(rows, ""))
				}
			}
			for _, p := range all {
				if p.kind != 2 && p.delivered > 1 {
					rt.Fatalf("stage %d: %d has %d letters\n%s", stage, p.number, p.delivered, strings.Join(rows, ""))
				}
			}
			known := 0
			for _, w := range r.Withdrawn {
				if w.Reason != NoConsent {
					rt.Fatalf("withdrawn for the reason %s", w.Reason)
				}
				known++
			}
			if known < len(gone) {
				rt.Fatalf("stage %d: %d people withdrew with a letter, and %d are told", stage, len(gone), known)
			}
			rolls = append(rolls, r)
		}
	})
}

// Strangers of one name and place are counted: who is new among them is how many more they are, whatever the order of the rows.
func TestStrangersAreCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SliceOfN(rapid.IntRange(0, 6), 3, 3).Draw(rt, "on the lists")
		var rolls []*Roll
		letters, most := 0, 0
		for _, n := range n {
			rows := slices.Repeat([]string{",Ann Bee,,,Leeds,yes\n"}, n)
			rows = append(rows, ",Guy Dee,,,Leeds,yes\n")
			r := readSince(t, listOfFiles(t, rows, 2, "first"), earlierOf(rolls...), "name")
			for i := range r.Len() {
				if r.Fields(i, nil)[0] == "Ann Bee" {
					letters++
				}
			}
			if most = max(most, n); letters != most {
				rt.Fatalf("%d letters for at most %d people", letters, most)
			}
			rolls = append(rolls, r)
		}
	})
}

func shuffled(random *rand.Rand, rolls []*Roll) []*Roll {
	rolls = slices.Clone(rolls)
	random.Shuffle(len(rolls), func(i, k int) { rolls[i], rolls[k] = rolls[k], rolls[i] })
	return rolls
}

func listedIn(rows []string, number int) bool {
	return slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, fmt.Sprint(number)+",") })
}

// listOfFiles writes rows to so many files, one after the other.
func listOfFiles(t testing.TB, rows []string, files int, rule string) *config.Campaign {
	return campaignOf(t, sinceHead, func(c *config.Campaign) {
		agreeing(c)
		c.Signers.Duplicates = rule
		for i := range files {
			name := filepath.Join(c.Dir, fmt.Sprintf("list-%d.csv", i))
			part := rows[len(rows)*i/files : len(rows)*(i+1)/files]
			if err := os.WriteFile(name, []byte(sinceHead+strings.Join(part, "")), 0o600); err != nil {
				t.Fatal(err)
			}
			c.Signers.Files = append(c.Signers.Files, name)
		}
	})
}
