package packet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// sample is a made-up packet: what a build would make, small.
type sample struct {
	bundles int // of each recipient
	letters int // of each bundle
	filler  int // bytes of each bundle that only take room

	recipients int // 0 for one
	earlier    int // letters in the packet that this one tops up

	papers bool // each recipient has a receipt
}

// all is the number of bundles.
func (s sample) all() int { return s.bundles * max(1, s.recipients) }

// wording is the hash of the wording of a bundle's letters.
func (s sample) wording(b int) string {
	return strings.Repeat([]string{"ab", "cd", "ef"}[b/max(1, s.bundles)], 32)
}

// recipientOf is the recipient of a bundle's letters.
func (s sample) recipientOf(b int) int {
	if s.recipients == 0 {
		return 0
	}
	return b/s.bundles + 1
}

// row is the row of the list behind a letter.
func (s sample) row(b, l int) int { return b%s.bundles*s.letters + l + 5 }

// paper is the receipt of one of several recipients.
func (s sample) paper(recipient int) string {
	return fmt.Sprintf("deliver/06-receipt-%d.pdf", recipient)
}

func (s sample) bundlePath(b int) string { return fmt.Sprintf("deliver/bundles/bundle-%04d.pdf", b+1) }

func (s sample) number(b, l int) int { return s.earlier + b*s.letters + l + 1 }

func (s sample) letterID(b, l int) string { return fmt.Sprintf("test-2026-%06d", s.number(b, l)) }

// build makes the packet with a Writer that is open, and finishes it.
func (s sample) build(ctx context.Context, w *Writer) error {
	return s.buildWith(ctx, w, func(*Manifest) {})
}

// buildWith is build with a manifest that is changed before the end.
func (s sample) buildWith(ctx context.Context, w *Writer, change func(*Manifest)) error {
	m := s.manifest()
	for b := range s.all() {
		sum, n, err := w.File(ctx, s.bundlePath(b), func(out io.Writer) error {
			_, err := out.Write(s.bundle(b))
			return err
		})
		if err != nil {
			return err
		}
		m.Bundles = append(m.Bundles, Bundle{Path: s.bundlePath(b), SHA256: sum, Bytes: n, Letters: s.letters,
			Pages: s.letters + 1, Sheets: s.letters + 1, First: s.letterID(b, 0), Last: s.letterID(b, s.letters-1), Root: s.tree(b).Root().String(), Recipient: s.recipientOf(b)})
	}
	for name, data := range map[string][]byte{"deliver/01-cover-letter.pdf": pdf(1, 0, ""), "print/job-ticket.json": []byte("{}\n"),
		ledgerFile: s.ledger(), exclusionsFile: s.exclusions(), indexFile: s.index(), peopleFileName: s.people()} {
		if _, _, err := w.File(ctx, name, func(out io.Writer) error {
			_, err := out.Write(data)
			return err
		}); err != nil {
			return err
		}
	}
	if m.Since != nil {
		if _, _, err := w.File(ctx, withdrawnFile, func(out io.Writer) error {
			_, err := out.Write(AppendWithdrawnHeader(nil, false))
			return err
		}); err != nil {
			return err
		}
	}
	if s.papers {
		for k := range s.recipients {
			if _, _, err := w.File(ctx, s.paper(k+1), func(out io.Writer) error {
				_, err := out.Write(pdf(1, 0, strconv.Itoa(k)))
				return err
			}); err != nil {
				return err
			}
		}
	}
	change(m)
	return w.Finish(ctx, m)
}

// people is what the sample's signers are known by.
func (s sample) people() []byte {
	var earlier People
	if s.earlier > 0 {
		earlier.parts = []peoplePart{{first: 1, signers: s.earlier, recipients: 1, records: make([]byte, s.earlier*personRecord)}}
	}
	var b bytes.Buffer
	err := earlier.Write(&b, PeopleKey([]byte("secret"), "test-2026"), "a rule", s.earlier+1, s.bundles*s.letters, max(1, s.recipients), func(signer int) PersonHashes {
		return PersonHashes{Person: [16]byte{byte(signer), byte(signer >> 8), 1}, Email: uint64(signer), ID: 7}
	})
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (s sample) manifest() *Manifest {
	signers, all := s.bundles*s.letters, s.all()*s.letters
	m := &Manifest{
		Campaign:  "test-2026",
		Specimen:  true,
		Sender:    Organisation{Organisation: "People & Rights <Ltd>", Contact: "post@example.org"},
		Recipient: Recipient{Name: "A. Person", Title: "Chief Executive", Company: "Example plc", Address: []string{"1 Way"}},
		Letter:    Wording{Template: "letter.md", Date: "2026-11-23", Language: "en", Paper: "a4", WordingHash: strings.Repeat("ab", 32)},
		Tree:      &Tree{Fields: fields},
		Sources:   []Source{{Name: "signers.csv", Bytes: 10}},
		RowsRead:  signers + 3, Signers: signers, First: s.earlier + 1, Letters: all, Pages: all + s.all(), Sheets: all + s.all(),
		Excluded: map[string]int{"duplicate": 2, "no name": 1}, NeedsLook: 1,
	}
	for k := range s.recipients {
		a := Addressee{Recipient: Recipient{Name: fmt.Sprintf("Person %d", k+1), Company: "Example plc"}, WordingHash: s.wording(k * s.bundles),
			Letters: signers, First: s.letterID(k*s.bundles, 0), Last: s.letterID((k+1)*s.bundles-1, s.letters-1)}
		if k == 0 {
			a.Recipient = m.Recipient
		}
		m.Recipients = append(m.Recipients, a)
	}
	if s.earlier > 0 {
		m.Since = []Earlier{{Campaign: m.Campaign, ManifestHash: strings.Repeat("12", 32), Root: strings.Repeat("34", 32), Letters: s.earlier, Last: letterID(m.Campaign, s.earlier)}}
		m.Withdrawn = new(int)
	}
	return m
}

func (s sample) bundle(b int) []byte {
	first, labels := s.earlier+b*s.letters+1, "/PageLabels<</Nums[0<</P(slip sheet)>>"
	for n := first; n < first+s.letters; n++ {
		if digits := strconv.Itoa(n); n == first || strings.Trim(digits, "0") == "1" {
			labels += fmt.Sprintf(" %d<</P(test-2026-%s)/S/D/St %d>>", n-first+1, strings.Repeat("0", max(0, 6-len(digits))), n)
		}
	}
	return pdf(s.letters+1, s.filler+b, labels+"]>>")
}

// fields are what a sample's letters say of their signers.
var fields = []string{"name", "place"}

func (s sample) values(b, l int) []string {
	return []string{"=Zoë, \"Z\"", fmt.Sprintf("Place %d\r\n'x", b*s.letters+l)}
}

func (s sample) seal() *Seal {
	seal, err := NewSeal([]byte("secret"), "test-2026", strings.Repeat("ab", 32), fields)
	if err != nil {
		panic(err)
	}
	return seal
}

// part is a bundle's part of the ledger, with its tree.
func (s sample) part(b int) ([]byte, *LetterTree) {
	var out []byte
	seal, err := s.seal().Worded(s.wording(b))
	if err != nil {
		panic(err)
	}
	tree := seal.NewTree()
	tree.Begin()
	for l := range s.letters {
		values := s.values(b, l)
		tree.Add(len(out), s.number(b, l), values)
		out = AppendLedgerRow(out, LedgerRow{Row: s.row(b, l), LetterID: s.letterID(b, l),
			Name: values[0], Bundle: s.bundlePath(b), Page: l + 2, Says: values[1:]})
	}
	return out, tree
}

func (s sample) tree(b int) *LetterTree {
	_, tree := s.part(b)
	return tree
}

func (s sample) ledger() []byte {
	out := AppendLedgerHeader(nil, false, fields)
	for b := range s.all() {
		lines, _ := s.part(b)
		out = append(out, lines...)
	}
	return out
}

func (s sample) index() []byte {
	out := s.seal().AppendIndexHeader(nil)
	begins := len(AppendLedgerHeader(nil, false, fields))
	for b := range s.all() {
		lines, tree := s.part(b)
		out = AppendIndexTiles(out, int64(begins), tree.Tiles())
		begins += len(lines)
	}
	return out
}

func (s sample) exclusions() []byte {
	out := AppendExclusionHeader(nil, false)
	out = AppendExclusionRow(out, ExclusionRow{Row: 2, Reason: "duplicate", Detail: "same e-mail as row 5"})
	out = AppendExclusionRow(out, ExclusionRow{Row: 3, Reason: "no name"})
	return AppendExclusionRow(out, ExclusionRow{Row: 4, Reason: "duplicate", Detail: "same e-mail as row 5"})
}

// pdf is a master of one page with an update that adds the others, as a bundle is.
func pdf(pages, filler int, labels string) []byte {
	var b bytes.Buffer
	offsets := map[int]int{}
	object := func(n int, format string, arguments ...any) {
		offsets[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{n}, arguments...)...)
	}
	table := func(first, count int) {
		fmt.Fprintf(&b, "%d %d\n", first, count)
		for n := first; n < first+count; n++ {
			if n == 0 {
				b.WriteString("0000000000 65535 f \n")
			} else {
				fmt.Fprintf(&b, "%010d 00000 n \n", offsets[n])
			}
		}
	}
	const page = "<</Type/Page/Parent 1 0 R/MediaBox[0 0 595 842]>>"
	b.WriteString("%PDF-1.7\n")
	object(1, "<</Type /Pages\n/Kids [3 0 R]\n/Count 1>>")
	object(2, "<</Type /Catalog /OpenAction [3 0 R /FitH null] /Names <</Pages 9 0 R>> /Pages 1 0 R /Title (a \\) (b) /Pages)%s>>", labels)
	object(3, page)
	master := b.Len()
	b.WriteString("xref\n")
	table(0, 4)
	fmt.Fprintf(&b, "trailer\n<<\n/Size 4\n/Root 2 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", master)
	fmt.Fprintf(&b, "%%%% %s\n", bytes.Repeat([]byte{'x'}, filler))
	kids := "3 0 R"
	for n := 4; n < 4+pages-1; n++ {
		object(n, page)
		kids += fmt.Sprintf(" %d 0 R", n)
	}
	object(1, "<</Type /Pages /Kids [%s] /Count %d>>", kids, pages)
	update := b.Len()
	b.WriteString("xref\n")
	table(1, 1)
	if pages > 1 {
		table(4, pages-1)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 2 0 R/Prev %d/ID[<00ff><00ff>]>>\nstartxref\n%d\n%%%%EOF\n", pages+3, master, update)
	return b.Bytes()
}

// make builds the packet in dir and fails the test if it cannot.
func (s sample) make(t testing.TB, dir, fingerprint string) {
	t.Helper()
	w, err := Open(dir, fingerprint, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := s.build(context.Background(), w); err != nil {
		t.Fatal(err)
	}
}

// contents reads every file of a folder but the one with the clock.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if name == runFile {
			return nil
		}
		data, err := os.ReadFile(path)
		files[name] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// same compares two folders' contents.
func same(t testing.TB, want, got map[string]string) {
	t.Helper()
	for name, data := range want {
		if d, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		} else if d != data {
			t.Errorf("%s differs", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is there and should not be", name)
		}
	}
}

// verified returns the faults of a packet.
func verified(t testing.TB, dir string) []Fault {
	t.Helper()
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Faults
}

func write(t testing.TB, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}
