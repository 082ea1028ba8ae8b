package packet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// makeChanged makes a sample whose manifest is changed before the packet is finished.
func (s sample) makeChanged(t *testing.T, change func(*Manifest)) (dir string, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "packet")
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	return dir, s.buildWith(context.Background(), w, change)
}

// Packets for several recipients, and packets that top up others, check as a whole; and each letter of theirs can be proved.
func TestPacketsOfSeveralRecipientsAndTopUpsCheck(t *testing.T) {
	for name, s := range map[string]sample{
		"several recipients": {bundles: 2, letters: 3, recipients: 3}, "top-up": {bundles: 3, letters: 4, earlier: 1007},
		"both": {bundles: 2, letters: 70, recipients: 2, earlier: 999_990},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := s.makeChanged(t, func(*Manifest) {})
			if err != nil {
				t.Fatal(err)
			}
			if faults := verified(t, dir); len(faults) > 0 {
				t.Fatal(faults)
			}
			m, err := ReadManifest(filepath.Join(dir, manifestFile))
			if err != nil {
				t.Fatal(err)
			}
			for b := range m.Bundles {
				proved, err := Prove(dir, Signer{Letter: m.Bundles[b].Last})
				if err != nil {
					t.Fatal(err)
				}
				if got := proved.Proof; got.Wording != s.wording(b) || got.CheckManifest(m) != nil || got.CheckRoot(m.Tree.Root, m.Letters) != nil {
					t.Errorf("the proof of letter %s: %+v", m.Bundles[b].Last, got)
				}
			}
			for _, number := range []int{s.earlier, s.earlier + m.Letters + 1} {
				_, err := Prove(dir, Signer{Letter: letterID(m.Campaign, number)})
				wantProblem(t, err, dir)
			}
			data, err := os.ReadFile(filepath.Join(dir, manifestCSVFile))
			if head, _, _ := strings.Cut(string(data), "\n"); err != nil || strings.HasSuffix(head, ",recipient") != (s.recipients > 0) {
				t.Errorf("%q %v", head, err)
			}
		})
	}
}

// Every account of several recipients that cannot be is seen.
func TestRecipientsThatDoNotAddUpAreSeen(t *testing.T) {
	s := sample{bundles: 2, letters: 3, recipients: 3}
	for name, c := range map[string]struct {
		change func(*Manifest)
		what   string
	}{
		"one signer more":           {func(m *Manifest) { m.Signers++; m.RowsRead++ }, "7 signers with a letter to each of 3 recipients make 21"},
		"one recipient less":        {func(m *Manifest) { m.Recipients = m.Recipients[:2] }, "is for recipient 3 of 2"},
		"none":                      {func(m *Manifest) { m.Recipients = nil }, "is for recipient 1 of 0"},
		"a list of one":             {func(m *Manifest) { m.Recipients = m.Recipients[:1] }, "has one entry"},
		"another first":             {func(m *Manifest) { m.Recipient.Name = "Nobody" }, "not those of the first"},
		"another wording":           {func(m *Manifest) { m.Letter.WordingHash = s.wording(2) }, "not those of the first"},
		"no wording":                {func(m *Manifest) { m.Recipients[1].WordingHash = "" }, "recipient 2 has no proper SHA-256"},
		"more letters":              {func(m *Manifest) { m.Recipients[1].Letters++ }, "recipient 2 has 7 letters, and there are 6 signers"},
		"other ids":                 {func(m *Manifest) { m.Recipients[1].First = "test-2026-000008" }, "and by the counts test-2026-000007 to test-2026-000012"},
		"a bundle for somebody":     {func(m *Manifest) { m.Bundles[2].Recipient = 1 }, "recipient 1 has 6 letters, but the bundles add up to 9"},
		"a bundle for nobody":       {func(m *Manifest) { m.Bundles[2].Recipient = 0 }, "is for recipient 0 of 3"},
		"a bundle for recipient -1": {func(m *Manifest) { m.Bundles[2].Recipient = -1 }, "is for recipient -1 of 3"},
		"bundles out of order":      {func(m *Manifest) { m.Bundles[1].Recipient, m.Bundles[2].Recipient = 2, 1 }, "behind a bundle for recipient 2"},
	} {
		if _, err := s.makeChanged(t, c.change); err == nil || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Letters to a later recipient that come of other rows than those to the first are seen in the ledger.
func TestEachRecipientHasLettersOfTheSameRows(t *testing.T) {
	s := sample{bundles: 2, letters: 3, recipients: 2}
	for name, c := range map[string]struct{ change, what string }{
		"another row": {"99", "not those of the same rows"}, "a row twice": {"6", "row 6 has two fates"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := s.makeChanged(t, func(*Manifest) {})
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, ledgerFile))
			if err != nil {
				t.Fatal(err)
			}
			at := strings.LastIndex(string(data), "\n5,") + 1 // row 5 in its letter to the second recipient
			write(t, filepath.Join(dir, ledgerFile), string(data[:at])+c.change+string(data[at+1:]))
			found := false
			for _, f := range verified(t, dir) {
				found = found || strings.Contains(f.What, c.what)
			}
			if !found {
				t.Error(verified(t, dir))
			}
		})
	}
}

// Every account of a top-up that cannot be is seen.
func TestTopUpsThatDoNotGoOnAreSeen(t *testing.T) {
	s := sample{bundles: 2, letters: 3, earlier: 100}
	for name, c := range map[string]struct {
		change func(*Manifest)
		what   string
	}{
		"a gap":                   {func(m *Manifest) { m.First++ }, "the first letter is number 102, and by the earlier packets it should be 101"},
		"no earlier packet":       {func(m *Manifest) { m.Since = nil }, "it should be 1"},
		"withdrawn, no top-up":    {func(m *Manifest) { m.Since, m.First = nil, 1 }, "top-ups alone do"},
		"withdrawn not counted":   {func(m *Manifest) { m.Withdrawn = nil }, "top-ups alone do"},
		"fewer than none":         {func(m *Manifest) { n := -1; m.Withdrawn = &n }, "withdrawn is -1"},
		"another campaign":        {func(m *Manifest) { m.Since[0].Campaign = "other" }, "of another campaign, other"},
		"no hash":                 {func(m *Manifest) { m.Since[0].ManifestHash = "x" }, "no proper SHA-256"},
		"no root":                 {func(m *Manifest) { m.Since[0].Root = "" }, "no proper SHA-256"},
		"another campaign's last": {func(m *Manifest) { m.Since[0].Last = "other-000100" }, "100 letters up to other-000100"},
		"more letters than ids":   {func(m *Manifest) { m.Since[0].Letters = 101 }, "101 letters up to"},
	} {
		if _, err := s.makeChanged(t, c.change); err == nil || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// READ-ME.txt says which bundles are whose; of hundreds of recipients it names some, and how many more there are.
func TestTheReadMeNamesRecipientsAndTheirBundles(t *testing.T) {
	m := sample{bundles: 1, letters: 2}.manifest()
	m.Tree.Root = strings.Repeat("ab", 32)
	for k := 1; k <= 23; k++ {
		m.Recipients = append(m.Recipients, Addressee{Recipient: Recipient{Name: fmt.Sprintf("Member %d.", k), Title: "Chair", Company: "Parliament"}, First: "a", Last: "b"})
		m.Bundles = append(m.Bundles, Bundle{Recipient: k}, Bundle{Recipient: k})
	}
	text, err := new(Writer).readMe(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LETTERS TO 23 RECIPIENTS", "Member 2., Chair\n                 Parliament\n                 (a to b,\n                 bundles 3 to 4)\n",
		"Member 20., Chair", "and 3 more, whom manifest.json names\n  From:"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "Member 21.") {
		t.Error("it names all of them")
	}
	m.Recipients, m.Bundles = m.Recipients[:2], m.Bundles[:3]
	if text, err = new(Writer).readMe(m); err != nil || strings.Contains(string(text), " more, whom") || !strings.Contains(string(text), "bundle 3)\n  From:") {
		t.Errorf("to two recipients: %v\n%s", err, text)
	}
}
