package packet

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
)

// What is read from a packet may be anybody's: no reader panics, whatever it is given.

func FuzzParseManifest(f *testing.F) {
	m := small.manifest()
	m.Bundles = []Bundle{{Path: small.bundlePath(0), SHA256: strings.Repeat("0", 64), Bytes: 1, Letters: 1, Pages: 2, Sheets: 1, First: "a", Last: "a"}}
	m.tidy()
	data, err := m.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format":"postbag-manifest/1","bundles":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		m.faults()
		if again, err := m.encode(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("a manifest that is taken is not what would be written: %v", err)
		}
	})
}

func FuzzParseSums(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64) + "  manifest.csv\n" + strings.Repeat("a", 64) + "  manifest.json\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sums, err := parseSums(data)
		if err != nil {
			return
		}
		for name := range sums {
			if isPrivate(name) || strings.Contains(name, "..") || strings.HasPrefix(name, "/") {
				t.Errorf("%q is taken", name)
			}
		}
	})
}

func FuzzReadPages(f *testing.F) {
	f.Add(small.bundle(0))
	f.Add(pdf(1, 0, ""))
	f.Add(pdf(20, 9, ""))
	f.Add([]byte("xref\n0 1\n0000000000 65535 f \ntrailer<</Prev 0>>startxref 0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pages, labels, err := readPages(bytes.NewReader(data), int64(len(data)))
		inOne, labelsInOne, errInOne := readPages(inMemory(data), int64(len(data)))
		if pages != inOne || !slices.Equal(labels, labelsInOne) || (err == nil) != (errInOne == nil) {
			t.Errorf("read in windows it has %d pages, %v, %v; read as a whole %d, %v, %v", pages, labels, err, inOne, labelsInOne, errInOne)
		}
		if err == nil {
			labelsDiffer(labels, pages, &Bundle{Letters: 4, First: "test-2026-000001", Last: "test-2026-000004"})
		}
	})
}

func FuzzPrivateTables(f *testing.F) {
	f.Add(small.ledger(), small.exclusions())
	m := small.manifest()
	for b := range small.bundles {
		m.Bundles = append(m.Bundles, Bundle{Path: small.bundlePath(b), Letters: 4, Pages: 5, First: small.letterID(b, 0), Last: small.letterID(b, 3)})
	}
	f.Fuzz(func(t *testing.T, ledger, exclusions []byte) {
		v := &verifier{ctx: context.Background()}
		fates := &fates{pages: map[fateKey]*fatePage{}}
		v.readTable(bytes.NewReader(ledger), &ledgerReader{m: m, fates: fates, seal: small.seal()})
		v.readTable(bytes.NewReader(exclusions), &exclusionsReader{m: m, fates: fates, counts: map[string]*int{}})
	})
}
