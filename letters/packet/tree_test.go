package packet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The leaves and roots that implementations of Certificate Transparency (RFC 6962) are tested with.
var ctLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}

var ctRoots = []string{
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

func TestTreesAreThoseOfRFC6962(t *testing.T) {
	var tree merkle
	if got := tree.root().String(); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("the empty tree is %s", got)
	}
	for i, s := range ctLeaves {
		data, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		tree.add(leafHash(data))
		if got := tree.root().String(); got != ctRoots[i] {
			t.Errorf("%d leaves: %s, want %s", i+1, got, ctRoots[i])
		}
	}
}

// The example of RFC 6962, 2.1.3: seven leaves, and the paths of four of them by the names of the nodes there.
func TestPathsAreThoseOfRFC6962(t *testing.T) {
	leaves := make([]Hash, 7)
	for i := range leaves {
		leaves[i] = leafHash([]byte{byte('0' + i)})
	}
	node := map[string]Hash{"a": leaves[0], "b": leaves[1], "c": leaves[2], "d": leaves[3], "e": leaves[4], "f": leaves[5], "j": leaves[6]}
	node["g"], node["h"], node["i"] = nodeHash(node["a"], node["b"]), nodeHash(node["c"], node["d"]), nodeHash(node["e"], node["f"])
	node["k"], node["l"] = nodeHash(node["g"], node["h"]), nodeHash(node["i"], node["j"])
	if root := nodeHash(node["k"], node["l"]); root != rootOf(leaves) {
		t.Fatalf("the root is %s", root)
	}
	for place, names := range map[int]string{0: "b h l", 3: "c g l", 4: "f j k", 6: "i k"} {
		var want []string
		for _, name := range strings.Fields(names) {
			want = append(want, node[name].String())
		}
		path, err := pathTo(place, 7, func(level, n int) (Hash, error) { return rootOf(leaves[n<<level : (n+1)<<level]), nil })
		if err != nil || strings.Join(path, " ") != strings.Join(want, " ") {
			t.Errorf("path of %d: %v, %v; want %v", place, path, err, want)
		}
	}
}

// The Go project's implementation of RFC 6962 makes the same root of any number of leaves.
func TestRootsAreThoseOfAnotherImplementation(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	var tree merkle
	for n := range int64(1000) {
		data := []byte(strconv.FormatInt(n, 10))
		hashes, err := tlog.StoredHashes(n, data, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		tree.add(leafHash(data))
		want, err := tlog.TreeHash(n+1, reader)
		if err != nil || tree.root() != Hash(want) {
			t.Fatalf("%d leaves: %s, want %x, %v", n+1, tree.root(), want[:], err)
		}
	}
}

// A leaf by the words of the documentation, step by step.
func TestALeafIsMadeAsItIsDocumented(t *testing.T) {
	text := func(s string) string { return string([]byte{0, 0, byte(len(s) >> 8), byte(len(s))}) + s }
	wording, long := strings.Repeat("\xab", 32), strings.Repeat("o", 255)
	common := sha256.Sum256([]byte(text("postbag-letter/2") + text("test-2026") + wording + text("name") + text("place")))
	key := hmac.New(sha256.New, []byte("secret"))
	key.Write([]byte("postbag-salts/3\n" + string(common[:])))
	for own, values := range map[string][]string{
		"\x00\x00\x00\x00\x00\x00\x01\x02\x04Zoë\x00":                {"Zoë", ""},
		"\x00\x00\x00\x00\x00\x00\x01\x02\x00\xfe" + long[1:]:        {"", long[1:]},
		"\x00\x00\x00\x00\x00\x00\x01\x02\xff" + text(long) + "\x00": {long, ""},
	} {
		salt := hmac.New(sha256.New, key.Sum(nil))
		salt.Write([]byte(own))
		want := sha256.Sum256([]byte("\x00L" + string(salt.Sum(nil)[:16]) + string(common[:]) + own))
		if got := small.seal().NewTree().hash(0x102, values); got != want {
			t.Errorf("%q: %s, want %x", values, got, want)
		}
	}
}

// The older form of a leaf, by the words of its documentation.
func TestALeafOfTheFirstFormIsMadeAsItIsDocumented(t *testing.T) {
	text := func(s string) string { return string([]byte{0, 0, byte(len(s) >> 8), byte(len(s))}) + s }
	key, wording := strings.Repeat("k", 32), strings.Repeat("\xab", 32)
	content := text("postbag-letter/1") + text(wording) + text("test-2026-000001") + text("name") + text("Zoë") + text("place") + text("")
	salt := hmac.New(sha256.New, []byte(key))
	salt.Write([]byte(text("test-2026-000001") + text("Zoë") + text("")))
	want := sha256.Sum256([]byte("\x00" + string(salt.Sum(nil)) + content))
	seal, err := newSeal(treeFormat1, Hash([]byte(key)), "test-2026", strings.Repeat("ab", 32), fields)
	if err != nil {
		t.Fatal(err)
	}
	if got := seal.NewTree().hash(1, []string{"Zoë", ""}); got != want {
		t.Errorf("%s, want %x", got, want)
	}
}

// The quick way of hashing is a way of hashing, for messages and keys of any length, and it is the way that is taken.
func TestShortHashesAreThoseOfTheStandardLibrary(t *testing.T) {
	message := []byte(strings.Repeat("0123456789", 40))
	for _, key := range []string{"", "k", strings.Repeat("k", 32), strings.Repeat("k", 64), strings.Repeat("k", 65)} {
		quick := newHasher([]byte(key))
		if quick.h == nil && len(key) <= 64 {
			t.Error("crypto/sha256 has a state of another form: hashes are right, and slower than they need be")
		}
		for n := range message {
			if got, want := quick.sum(message[:n]), sha256.Sum256(message[:n]); got != want {
				t.Fatalf("%d bytes: %s, want %x", n, got, want)
			}
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write(message[:n])
			if got, want := quick.keyed(message[:n]), Hash(mac.Sum(nil)); got != want {
				t.Fatalf("%d bytes with a key of %d: %s, want %s", n, len(key), got, want)
			}
		}
	}
}

// Moving a letter of text from one field to the next, or from a field's name to its value, makes another leaf.
func TestNoTwoLettersHaveOneLeaf(t *testing.T) {
	seen := map[Hash][]string{}
	for _, fields := range [][]string{{"name", "place"}, {"name\x00", "place"}, {"nam", "eplace"}} {
		seal, err := NewSeal([]byte("s"), "c", strings.Repeat("0", 64), fields)
		if err != nil {
			t.Fatal(err)
		}
		for _, values := range [][]string{{"", ""}, {"a", ""}, {"", "a"}, {"ab", "c"}, {"a", "bc"}, {"a\x00", "bc"}, {"\x00\x00\x00\x01a", ""}} {
			for _, number := range []int{1, 2} {
				h := seal.NewTree().hash(number, values)
				if other, ok := seen[h]; ok {
					t.Errorf("%q %q %d and %q have one leaf", fields, values, number, other)
				}
				seen[h] = append(append(fields, values...), strconv.Itoa(number))
			}
		}
	}
}

func TestLettersAreHashedWithoutAllocating(t *testing.T) {
	if raced {
		t.Skip("the race detector makes the standard library allocate")
	}
	tree := small.seal().NewTree()
	tree.Begin()
	values := small.values(0, 0)
	tree.Add(0, 1, values)
	if n := testing.AllocsPerRun(60, func() { tree.hash(1, values) }); n != 0 {
		t.Errorf("%v allocations a letter", n)
	}
}

// What a number means in letter ids must not depend on how it is written.
func TestLetterIDsHaveOneSpelling(t *testing.T) {
	for id, want := range map[string]int{"c-000001": 1, "c-999999": 999999, "c-1000000": 1000000, "c-0000001": 0, "c-1": 0, "d-000001": 0,
		"c-+00001": 0, "c-000000": 0, "c--00001": 0, "c-": 0, "": 0, "c-0x0001": 0} {
		if got, ok := letterNumber("c", id); ok != (want > 0) || ok && got != want {
			t.Errorf("%s is %d, %v", id, got, ok)
		}
	}
}
