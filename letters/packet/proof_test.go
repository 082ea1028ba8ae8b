package packet

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the test vectors of proofs again")

// proverFor is a prover of a made-up packet with bundles of so many letters, all in memory.
func proverFor(t testing.TB, sizes ...int) *prover {
	t.Helper()
	return proverOf(t, func(letter int) int { return letter + 1 }, sizes...)
}

// proverOf does so of a list of which the letters have certain rows.
func proverOf(t testing.TB, row func(letter int) int, sizes ...int) *prover {
	t.Helper()
	seal := small.seal()
	m := &Manifest{Campaign: "test-2026", First: 1, Letter: Wording{WordingHash: strings.Repeat("ab", 32)}, Tree: &Tree{Fields: fields}}
	ledger, index := AppendLedgerHeader(nil, false, fields), seal.AppendIndexHeader(nil)
	tree := seal.NewTree()
	for i, size := range sizes {
		b := Bundle{Path: fmt.Sprintf("deliver/bundles/bundle-%04d.pdf", i+1), SHA256: strings.Repeat("0", 64), Bytes: 1, Letters: size, Pages: size + 1, Sheets: size + 1,
			First: letterID(m.Campaign, m.Letters+1), Last: letterID(m.Campaign, m.Letters+size)}
		tree.Begin()
		begins := len(ledger)
		for range size {
			m.Letters++
			values := []string{fmt.Sprintf("Signer %d", m.Letters), fmt.Sprintf("Zoë 😀 \u2028 \x7f <%d>\r\n", m.Letters)}
			tree.Add(len(ledger)-begins, m.Letters, values)
			ledger = AppendLedgerRow(ledger, LedgerRow{Row: row(m.Letters), LetterID: letterID(m.Campaign, m.Letters), Name: values[0], Bundle: b.Path, Page: 2, Says: values[1:]})
		}
		index = AppendIndexTiles(index, int64(begins), tree.Tiles())
		b.Root = tree.Root().String()
		m.Bundles = append(m.Bundles, b)
	}
	m.RowsRead, m.Signers = m.Letters, m.Letters
	m.tidy()
	if err := m.plant(); err != nil {
		t.Fatal(err)
	}
	p := &prover{dir: "packet", m: m, ledger: bytes.NewReader(ledger), index: bytes.NewReader(index)}
	if err := p.begin(); err != nil {
		t.Fatal(err)
	}
	return p
}

// change changes one thing of a proof, and says what.
func change(r *rand.Rand, p *Proof) string {
	hash := func(s *string) {
		b := []byte(*s)
		i := r.IntN(len(b))
		b[i] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", b[i])+1+r.IntN(15))%16]
		*s = string(b)
	}
	path := func(path *[]string) string {
		switch n := len(*path); {
		case n == 0 || r.IntN(4) == 0:
			*path = append(*path, strings.Repeat("5", 64))
			return "longer path"
		case r.IntN(3) == 0:
			*path = (*path)[:n-1]
			return "shorter path"
		case n > 1 && r.IntN(3) == 0:
			(*path)[0], (*path)[1] = (*path)[1], (*path)[0]
			return "path in another order"
		}
		hash(&(*path)[r.IntN(len(*path))])
		return "path"
	}
	number := func(n *int) { *n += []int{-1, 1, 7, -*n}[r.IntN(4)] }
	switch r.IntN(14) {
	case 0:
		p.Campaign += "x"
		return "campaign"
	case 1:
		n, _ := letterNumber(p.Campaign, p.Letter)
		p.Letter = letterID(p.Campaign, n+1)
		return "letter"
	case 2:
		hash(&p.Wording)
		return "wording"
	case 3:
		p.Says[r.IntN(len(p.Says))].Value += "x"
		return "value"
	case 4:
		p.Says[r.IntN(len(p.Says))].Field += "x"
		return "field"
	case 5:
		p.Says = append(p.Says, Said{"x", ""})
		return "one field more"
	case 6:
		hash(&p.Salt)
		return "salt"
	case 7:
		number(&p.Bundle.Number)
		return "bundle number"
	case 8:
		number(&p.Bundle.First)
		return "first"
	case 9:
		number(&p.Bundle.Letters)
		return "letters of the bundle"
	case 10:
		if r.IntN(2) == 0 {
			hash(&p.Bundle.Root)
			return "bundle root"
		}
		return path(&p.Bundle.Path)
	case 11:
		number(&p.Packet.Bundles)
		return "bundles"
	case 12:
		number(&p.Packet.Letters)
		return "letters"
	}
	if r.IntN(2) == 0 {
		hash(&p.Packet.Root)
		return "root"
	}
	return path(&p.Packet.Path)
}

// The proof of each letter of every packet of 1 to 300 letters holds, and none does after any change.
func TestEveryProofHoldsAndNoChangedOneDoes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6962, 9162))
	for n := 1; n <= 300; n++ {
		if testing.Short() && n%7 != 1 {
			continue
		}
		var sizes []int
		for most, left := 1+random.IntN(n), n; left > 0; left -= sizes[len(sizes)-1] {
			sizes = append(sizes, 1+random.IntN(min(left, most)))
		}
		p := proverFor(t, sizes...)
		for number := 1; number <= n; number++ {
			proved, err := p.prove(number)
			if err != nil {
				t.Fatalf("letter %d of %v: %v", number, sizes, err)
			}
			good := proved.Proof
			if err := good.CheckRoot(p.m.Tree.Root, n); err != nil {
				t.Fatalf("letter %d of %v: %v", number, sizes, err)
			}
			bad := *good
			bad.Says = append([]Said(nil), good.Says...)
			bad.Bundle.Path, bad.Packet.Path = append([]string(nil), good.Bundle.Path...), append([]string(nil), good.Packet.Path...)
			if what := change(random, &bad); bad.Check() == nil {
				t.Fatalf("letter %d of %v holds with another %s", number, sizes, what)
			}
		}
	}
}

// A proof names its own signer and nobody else, and is small however large the packet.
func TestAProofShowsOneSignerAndIsSmall(t *testing.T) {
	var sizes []int
	for range 1000 {
		sizes = append(sizes, 5)
	}
	p := proverFor(t, append(sizes, 20000)...)
	for _, number := range []int{1, 2500, 5001, 24999, 25000} {
		proved, err := p.prove(number)
		if err != nil {
			t.Fatal(err)
		}
		data, err := proved.Proof.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(data) >= 4<<10 {
			t.Errorf("the proof of letter %d has %d bytes", number, len(data))
		}
		if n := bytes.Count(data, []byte("Signer ")); n != 1 || !bytes.Contains(data, fmt.Appendf(nil, `"Signer %d"`, number)) {
			t.Errorf("the proof of letter %d names %d signers:\n%s", number, n, data)
		}
		// No salt but its own: what else is in hex are hashes of others' leaves and nodes, which the salts keep from being tried.
		for _, other := range []int{1, number - 1, number + 1} {
			if other == number || other < 1 || other > p.m.Letters {
				continue
			}
			salt := p.salt(t, other)
			if bytes.Contains(data, []byte(salt)) {
				t.Errorf("the proof of letter %d shows the salt of letter %d", number, other)
			}
		}
	}
}

func (p *prover) salt(t *testing.T, number int) string {
	t.Helper()
	proved, err := p.prove(number)
	if err != nil {
		t.Fatal(err)
	}
	return proved.Proof.Salt
}

// counted counts what is read of a file.
type counted struct {
	io.ReaderAt
	bytes int
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.bytes += n
	return n, err
}

// A proof is made from two tiles of the ledger at most, its own and the last of its bundle, however large the bundle is.
func TestAProofReadsLittleOfTheLedger(t *testing.T) {
	p := proverFor(t, 5, 30000, 5)
	ledger := &counted{ReaderAt: p.ledger}
	p.ledger = ledger
	for _, number := range []int{1, 6, 15000, 30005, 30010} {
		ledger.bytes = 0
		if _, err := p.prove(number); err != nil {
			t.Fatal(err)
		}
		if most := 2 * tileLetters * 120; ledger.bytes > most {
			t.Errorf("%d bytes were read for letter %d", ledger.bytes, number)
		}
	}
}

func BenchmarkProve(b *testing.B) {
	p := proverFor(b, 500, 100000)
	for b.Loop() {
		p.read = nil
		if _, err := p.prove(77777); err != nil {
			b.Fatal(err)
		}
	}
}

// A proof is one letter of one packet: another manifest, root or number of letters is told from it.
func TestAProofIsOfOnePacket(t *testing.T) {
	p, other := proverFor(t, 3, 70), proverFor(t, 73)
	proved, err := p.prove(5)
	if err != nil {
		t.Fatal(err)
	}
	proof := proved.Proof
	if err := proof.CheckManifest(p.m); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"manifest": proof.CheckManifest(other.m), "root": proof.CheckRoot(other.m.Tree.Root, 0), "letters": proof.CheckRoot(p.m.Tree.Root, 74),
		"wording":  proof.CheckManifest(&Manifest{Campaign: "test-2026", Bundles: p.m.Bundles, Tree: p.m.Tree}),
		"fields":   proof.CheckManifest(&Manifest{Campaign: "test-2026", Letter: p.m.Letter, Bundles: p.m.Bundles, Tree: &Tree{Fields: []string{"name"}}}),
		"campaign": proof.CheckManifest(&Manifest{Campaign: "x", Tree: p.m.Tree}), "version 1": proof.CheckManifest(&Manifest{}),
	} {
		if err == nil {
			t.Errorf("another %s is taken", what)
		}
	}
}

// Every row is found, and none that has no letter: in the order of the list, where rows were left out, by bisection; in any other order all the same.
func TestTheLetterOfARowIsFound(t *testing.T) {
	for _, sizes := range [][]int{{1}, {64}, {65}, {3, 64, 1, 200, 63}, {129, 129, 1}} {
		letters := 0
		for _, n := range sizes {
			letters += n
		}
		inOrder := func(letter int) int { return 3*letter + 4 }
		shuffled := rand.New(rand.NewPCG(5, uint64(letters))).Perm(letters)
		grouped := func(letter int) int { return 3*shuffled[letter-1] + 7 }
		for name, row := range map[string]func(int) int{"in order": inOrder, "grouped": grouped} {
			p := proverOf(t, row, sizes...)
			for letter := 1; letter <= letters; letter++ {
				if got, err := p.findRow(Signer{Row: row(letter)}); err != nil || got != letter {
					t.Fatalf("%v %s: row %d is found at letter %d instead of %d: %v", sizes, name, row(letter), got, letter, err)
				}
				if got, err := p.findInOrder(row(letter), 1); name == "in order" && (err != nil || got != letter) {
					t.Fatalf("%v: row %d is not found without reading the whole ledger: %d, %v", sizes, row(letter), got, err)
				}
				if got, err := p.findRow(Signer{Row: row(letter) + 1}); err == nil {
					t.Fatalf("%v %s: row %d has no letter, and is found at letter %d", sizes, name, row(letter)+1, got)
				}
			}
			for _, none := range []int{1, 6, 3*letters + 5, 1 << 40} {
				if got, err := p.findRow(Signer{Row: none}); err == nil {
					t.Errorf("%v %s: row %d has no letter, and is found at letter %d", sizes, name, none, got)
				}
			}
		}
	}
}

func TestProofsFromADamagedPacketAreNotMade(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	if _, err := Prove(dir, Signer{Letter: "test-2026-000005"}); err != nil {
		t.Fatal(err)
	}
	if byRow, err := Prove(dir, Signer{Row: 9}); err != nil || byRow.Proof.Letter != "test-2026-000005" {
		t.Errorf("row 9: %v %v", byRow, err)
	}
	for _, s := range []Signer{{Letter: "test-2026-000013"}, {Letter: "test-2026-5"}, {Letter: "x"}, {Row: 2}, {Row: 99}} {
		_, err := Prove(dir, s)
		wantProblem(t, err, dir)
	}
	whole := contents(t, dir)
	for name, changed := range map[string]string{
		ledgerFile:   strings.Replace(whole[ledgerFile], "Place 4", "Place 5", 1),
		indexFile:    whole[indexFile][:20] + "x" + whole[indexFile][21:],
		manifestFile: strings.Replace(whole[manifestFile], `"letters": 12`, `"letters": 11`, 1),
	} {
		write(t, filepath.Join(dir, name), changed)
		_, err := Prove(dir, Signer{Letter: "test-2026-000005"})
		wantProblem(t, err, dir)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err = Prove(dir, Signer{Letter: "test-2026-000005"})
		wantProblem(t, err, dir)
		write(t, filepath.Join(dir, name), whole[name])
	}
}

// A vector is a proof file with what is to be found of it. They are kept for ever: a Postbag of any later version takes the good
// ones and refuses the bad ones, and so should any other program.
type vector struct {
	File    string `json:"file"`
	Root    string `json:"root"`    // to check against
	Letters int    `json:"letters"` // the same
	Good    bool   `json:"good"`
	What    string `json:"what"`
}

// vectors are those that this version writes, and older ones those of postbag-proof/1.
const (
	vectors      = "testdata/proofs-2"
	olderVectors = "testdata/proofs"
)

func TestProofVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	for _, folder := range []string{olderVectors, vectors} {
		for _, v := range readVectors(t, folder) {
			p, err := ReadProof(v.File)
			if err == nil {
				err = p.CheckRoot(v.Root, v.Letters)
			}
			if (err == nil) != v.Good {
				t.Errorf("%s (%s): %v", v.File, v.What, err)
			}
		}
	}
}

// readVectors reads the vectors of a folder; their files are named with it.
func readVectors(t *testing.T, folder string) []vector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("only %d vectors in %s", len(all), folder)
	}
	for i := range all {
		all[i].File = filepath.Join(folder, all[i].File)
	}
	return all
}

func writeVectors(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(vectors, 0o755); err != nil {
		t.Fatal(err)
	}
	var all []vector
	add := func(name, what string, good bool, root string, letters int, data []byte) {
		all = append(all, vector{File: name + ".json", Root: root, Letters: letters, Good: good, What: what})
		write(t, filepath.Join(vectors, name+".json"), string(data))
	}
	encode := func(p *Proof) []byte {
		data, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	prove := func(number int, sizes ...int) (*Proof, *Manifest) {
		proved, err := proverFor(t, sizes...).prove(number)
		if err != nil {
			t.Fatal(err)
		}
		return proved.Proof, proved.Manifest
	}
	for _, g := range []struct {
		name, what string
		number     int
		sizes      []int
	}{
		{"good-alone", "the only letter of a packet", 1, []int{1}},
		{"good-first", "the first letter of several bundles", 1, []int{3, 70, 5}},
		{"good-last", "the last letter of several bundles", 78, []int{3, 70, 5}},
		{"good-tail", "a letter behind the last whole tile of its bundle", 69, []int{3, 70, 5}},
		{"good-large", "a letter of a large bundle", 777, []int{1000, 1000}},
	} {
		p, m := prove(g.number, g.sizes...)
		add(g.name, g.what, true, m.Tree.Root, m.Letters, encode(p))
	}
	p, m := prove(40, 3, 70, 5)
	good := encode(p)
	line, err := p.EncodeLine()
	if err != nil {
		t.Fatal(err)
	}
	add("good-line", "in one line, as in the code", true, m.Tree.Root, m.Letters, line)
	random := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	for range 400 {
		bad, _ := prove(40, 3, 70, 5)
		what := change(random, bad)
		if !seen[what] && bad.Check() != nil {
			seen[what] = true
			add("bad-"+strings.ReplaceAll(what, " ", "-"), "another "+what, false, m.Tree.Root, m.Letters, encode(bad))
		}
	}
	add("bad-other-root", "a good proof of another packet", false, strings.Repeat("0", 64), m.Letters, good)
	add("bad-other-size", "a good proof, and another number of letters on paper", false, m.Tree.Root, m.Letters+1, good)
	broken := map[string]string{
		"bad-unknown-member": strings.Replace(string(good), `"salt"`, `"pepper": 1, "salt"`, 1),
		"bad-member-twice":   strings.Replace(string(good), `"letter":`, `"letter": "test-2026-000041", "letter":`, 1),
		"bad-capitals":       strings.Replace(string(good), `"salt"`, `"Salt"`, 1),
		"bad-spaces":         strings.Replace(string(good), `": "`, `":  "`, 1),
		"bad-escaped":        strings.Replace(string(good), "Signer", `\u0053igner`, 1),
		"bad-hex-capitals":   strings.Replace(string(good), p.Salt, strings.ToUpper(p.Salt), 1),
		"bad-format":         strings.Replace(string(good), "postbag-proof/2", "postbag-proof/3", 1),
		"bad-older-format":   strings.Replace(string(good), "postbag-proof/2", "postbag-proof/1", 1),
		"bad-number-float":   strings.Replace(string(good), `"number": 2`, `"number": 2.0`, 1),
		"bad-cut":            string(good[:len(good)/2]),
		"bad-empty":          "",
		"bad-trailing":       string(good) + "{}\n",
		"bad-line-not-ascii": strings.ReplaceAll(string(line), `\u00eb`, "ë"),
	}
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		add(name, "bytes that no proof has", false, m.Tree.Root, m.Letters, []byte(broken[name]))
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(vectors, "vectors.json"), string(data)+"\n")
}

func FuzzParseProof(f *testing.F) {
	proved, err := proverFor(f, 3, 70).prove(9)
	if err != nil {
		f.Fatal(err)
	}
	data, err := proved.Proof.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parseProof(data)
		if err != nil {
			return
		}
		p.Check()
		again, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseProof(again); err != nil {
			t.Errorf("what was taken is not taken again: %v", err)
		}
	})
}
