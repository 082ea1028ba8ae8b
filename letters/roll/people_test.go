package roll

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The table of persons answers as a map does, whatever is put into it.
func TestPeopleAreKnownAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p people
		want := map[personKey]uint32{}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		few := rapid.SampledFrom([]uint64{3, 1000, 1 << 40}).Draw(t, "keys")
		for n := range uint32(rapid.SampledFrom([]int{10, 20_000}).Draw(t, "rows")) {
			var key personKey
			binary.LittleEndian.PutUint64(key[:], random.Uint64N(few)<<20) // keys with the same tag are told apart as well
			got, ok := p.find(key)
			if before, known := want[key]; known != ok || known && got != before {
				t.Fatalf("key %x is found as %d, %v; want %d, %v", key, got, ok, before, known)
			}
			known := n%5 != 0
			p.add(key, known)
			if known {
				want[key] = n
			}
		}
	})
}

// Knowing a person again and finding their fields takes at most 64 bytes, however long the list, and growing leaves nothing behind.
func TestAPersonTakesAtMost64Bytes(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	random := rand.New(rand.NewPCG(1, 1))
	for _, rows := range []int{500_000, 700_000, 1_000_000} {
		before := heap()
		var p people
		var r Roll
		for range rows {
			var key personKey
			binary.LittleEndian.PutUint64(key[:], random.Uint64())
			p.add(key, true)
			r.places.add(signerPlace{})
		}
		r.settle(nil, grouping{})
		if each := float64(heap()-before) / float64(rows); each > 64 {
			t.Errorf("%.1f bytes for each of %d persons", each, rows)
		}
		runtime.KeepAlive(&p)
		runtime.KeepAlive(&r)
	}
}

// The first accent of a list may stand far below its header.
func TestAnEncodingThatShowsItselfLateIsFoundAllTheSame(t *testing.T) {
	start := "name,city\n" + strings.Repeat("Ann Lee,Leeds\n", 100_000)
	for text, want := range map[string]string{
		"José Muñoz,Málaga\n":          "José Muñoz|Málaga",
		"Jos\xe9 Mu\xf1oz,M\xe1laga\n": "José Muñoz|Málaga",
	} {
		r := read(t, campaignOf(t, start+text, nil), "name", "city")
		if got := strings.Join(r.Fields(r.Len()-1, nil), "|"); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	if _, err := Open(context.Background(), campaignOf(t, start+"\x8e\x9f\xfe,\x81\n", nil)); err == nil {
		t.Error("bytes of no known encoding pass")
	}
}
