package packet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

func wantFault(t *testing.T, dir, path, what string) {
	t.Helper()
	faults := verified(t, dir)
	for _, f := range faults {
		if f.Path == path && strings.Contains(f.What, what) {
			if f.Do == "" {
				t.Errorf("the fault says nothing to do: %+v", f)
			}
			return
		}
	}
	t.Errorf("no fault of %s that it %q: %v", path, what, faults)
}

// harm does something to a packet, and returns what it did and how to undo it.
type harm func(r *rand.Rand, dir string, files []string) (what string, undo func() error)

func pick(r *rand.Rand, files []string) string { return files[r.IntN(len(files))] }

// onFile changes the bytes of a file.
func onFile(change func(r *rand.Rand, data []byte) []byte) harm {
	return func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, files)
		path := filepath.Join(dir, name)
		before, err := os.ReadFile(path)
		if err != nil {
			return err.Error(), func() error { return err }
		}
		after := change(r, bytes.Clone(before))
		os.WriteFile(path, after, 0o600)
		return fmt.Sprintf("%s: %d bytes became %d", name, len(before), len(after)),
			func() error { return os.WriteFile(path, before, 0o600) }
	}
}

func renamed(dir, from, to string) (string, func() error) {
	os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o755)
	err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to))
	return fmt.Sprintf("%s renamed to %s (%v)", from, to, err), func() error {
		return os.Rename(filepath.Join(dir, to), filepath.Join(dir, from))
	}
}

func added(dir, name string) (string, func() error) {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		return "", nil // its folder is gone
	}
	return name + " added", func() error { return os.Remove(path) }
}

var harms = map[string]harm{
	"bit flipped": onFile(func(r *rand.Rand, data []byte) []byte {
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		return data
	}),
	"cut": onFile(func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data)-1)] }),
	"lengthened": onFile(func(r *rand.Rand, data []byte) []byte {
		return append(data, []byte("\n \x00x}")[r.IntN(5)])
	}),
	"byte taken out": onFile(func(r *rand.Rand, data []byte) []byte {
		at := r.IntN(len(data))
		return append(data[:at], data[at+1:]...)
	}),
	"byte put in": onFile(func(r *rand.Rand, data []byte) []byte {
		at := r.IntN(len(data))
		return append(data[:at], append([]byte{'7'}, data[at:]...)...)
	}),
	"removed": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		return renamed(dir, pick(r, files), "../away")
	},
	"renamed": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, files)
		return renamed(dir, name, name+"~")
	},
	"in capitals": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, files)
		base := filepath.Base(name)
		if base == strings.ToUpper(base) {
			return "", nil
		}
		return renamed(dir, name, filepath.ToSlash(filepath.Join(filepath.Dir(name), strings.ToUpper(base))))
	},
	"folder in capitals": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, []string{"deliver", "deliver/bundles", "print", "private"})
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", nil
		}
		return renamed(dir, name, filepath.ToSlash(filepath.Join(filepath.Dir(name), "B"+filepath.Base(name)[1:])))
	},
	"exchanged": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		a, b := pick(r, files), pick(r, files)
		if a == b {
			return "", nil
		}
		swap := func() error {
			renamed(dir, a, "../away")
			renamed(dir, b, a)
			_, _ = renamed(dir, "../away", b)
			return nil
		}
		swap()
		return a + " exchanged with " + b, swap
	},
	"folder instead": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, files)
		what, undo := renamed(dir, name, "../away")
		os.Mkdir(filepath.Join(dir, name), 0o755)
		return what + " and a folder put there", func() error {
			os.Remove(filepath.Join(dir, name))
			return undo()
		}
	},
	"link instead": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		name := pick(r, files)
		what, undo := renamed(dir, name, "../away")
		if err := os.Symlink(filepath.Join(dir, "../away"), filepath.Join(dir, name)); err != nil {
			undo()
			return "", nil
		}
		return what + " and a link to it put there", func() error {
			os.Remove(filepath.Join(dir, name))
			return undo()
		}
	},
	"added": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		return added(dir, pick(r, []string{"x", "deliver/x.pdf", "deliver/bundles/bundle-0004.pdf", "deliver/bundles/bundle-00001.pdf",
			"deliver/07-more.pdf", "print/box-labels.pdf", "private/notes.txt", "private/ledger.csv~", "private/.run.json.postbag-tmp", "deliver/.hidden", ".postbag", "\x1b[2J", "deliver/bundles/.bundle-0001.pdf.postbag-tmp"}))
	},
	"folder added": func(r *rand.Rand, dir string, files []string) (string, func() error) {
		path := filepath.Join(dir, pick(r, []string{"x", "deliver/print", "private2", "deliver/bundles/bundle-0009.pdf"}))
		err := os.Mkdir(path, 0o755)
		return fmt.Sprintf("folder %s added (%v)", path, err), func() error { return os.Remove(path) }
	},
}

// Whatever is done to a packet, verify sees it; and it sees nothing in a packet to which nothing was done.
func TestEveryHarmIsSeen(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	harmInTurn(t, dir, 3000)
}

// The same holds for what is left when private/ was purged.
func TestEveryHarmIsSeenWithoutPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	if _, err := Purge(dir, false); err != nil {
		t.Fatal(err)
	}
	harmInTurn(t, dir, 1500)
}

func harmInTurn(t *testing.T, dir string, rounds int) {
	t.Helper()
	whole := contents(t, dir)
	var files []string
	for name := range whole {
		files = append(files, name)
	}
	if _, err := os.Stat(filepath.Join(dir, runFile)); err == nil {
		files = append(files, runFile)
	}
	sort.Strings(files)
	kinds := make([]string, 0, len(harms))
	for kind := range harms {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	if testing.Short() {
		rounds /= 8
	}
	for n := range rounds {
		kind := kinds[n%len(kinds)]
		what, undo := harms[kind](random, dir, files)
		if undo == nil {
			continue
		}
		r, err := Verify(context.Background(), dir, VerifyOptions{})
		if err == nil && len(r.Faults) == 0 {
			t.Errorf("not seen: %s: %s", kind, what)
		}
		if err == nil {
			checkWording(t, r.Faults)
		}
		if err := undo(); err != nil {
			t.Fatalf("%s: %s: undoing it: %v", kind, what, err)
		}
		if n%100 == 0 {
			if faults := verified(t, dir); len(faults) > 0 {
				t.Fatalf("the packet after %s: %s was undone: %v", kind, what, faults)
			}
		}
	}
	same(t, whole, contents(t, dir))
}

// checkWording: a fault says what and what to do, and nothing in it moves a terminal's cursor.
func checkWording(t *testing.T, faults []Fault) {
	t.Helper()
	for _, f := range faults {
		if f.Path == "" || f.What == "" || f.Do == "" || strings.ContainsAny(f.Path+f.What+f.Do, "\x1b\n") {
			t.Errorf("a fault that does not read well: %+v", f)
		}
	}
}

// forge changes an account and makes the other accounts agree with it, as somebody would who wants to deceive.
func forge(t *testing.T, dir string, change func(manifest string) string) {
	t.Helper()
	manifest := change(contents(t, dir)[manifestFile])
	write(t, filepath.Join(dir, manifestFile), manifest)
	if m, err := parseManifest([]byte(manifest)); err == nil {
		write(t, filepath.Join(dir, manifestCSVFile), string(m.encodeCSV()))
	}
	sumAgain(t, dir)
}

// sumAgain writes SHA256SUMS for whatever stands there.
func sumAgain(t *testing.T, dir string) {
	t.Helper()
	var lines []string
	for name, data := range contents(t, dir) {
		if name != sumsFile && !isPrivate(name) {
			sum := sha256.Sum256([]byte(data))
			lines = append(lines, "  "+name+"\n", hex.EncodeToString(sum[:]))
		}
	}
	var sums []string
	for i := 0; i < len(lines); i += 2 {
		sums = append(sums, lines[i+1]+lines[i])
	}
	sort.Slice(sums, func(i, j int) bool { return sums[i][66:] < sums[j][66:] })
	write(t, filepath.Join(dir, sumsFile), strings.Join(sums, ""))
}

func replaced(pairs ...string) func(string) string {
	return func(s string) string { return strings.NewReplacer(pairs...).Replace(s) }
}

// Numbers that are changed in every account at once still have to agree with each other, with the pages of the
// PDFs, and with the ledger.
func TestAForgedAccountIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(string) string
		path, what string
	}{
		"nothing":              {func(s string) string { return s }, "", ""},
		"fewer excluded":       {replaced(`"duplicate": 2`, `"duplicate": 1`), manifestFile, "rows_read is 15"},
		"other reasons":        {replaced(`"duplicate": 2`, `"duplicate": 1`, `"no name": 1`, `"no name": 2`), exclusionsFile, "reason duplicate"},
		"more letters":         {replaced(`"letters": 12`, `"letters": 13`, `"rows_read": 15`, `"rows_read": 16`), manifestFile, "bundles add up to 12"},
		"letters moved":        {moveLetters, ledgerFile, "ends with letter"},
		"pages":                {replaced(`"pages": 15`, `"pages": 18`, `"pages": 5`, `"pages": 6`), "deliver/bundles/bundle-0001.pdf", "has 5 pages"},
		"negative":             {replaced(`"needs_look": 1`, `"needs_look": -1`), manifestFile, "no packet can have"},
		"overflow":             {replaced(`"rows_read": 15`, `"rows_read": 9223372036854775807`), manifestFile, "no packet can have"},
		"too large for int":    {replaced(`"rows_read": 15`, `"rows_read": 9223372036854775808`), manifestFile, "not a manifest"},
		"another version":      {replaced("postbag-manifest/3", "postbag-manifest/4"), manifestFile, "postbag-manifest/4"},
		"no version":           {replaced(`"format": "postbag-manifest/3",`, ""), manifestFile, "format"},
		"unknown key":          {replaced(`"specimen"`, `"x": 1, "specimen"`), manifestFile, "unknown field"},
		"key twice":            {replaced(`"specimen": true,`, `"specimen": false, "specimen": true,`), manifestFile, "not written as"},
		"key in capitals":      {replaced(`"letters": 12`, `"Letters": 12`), manifestFile, "not written as"},
		"null":                 {replaced(`"fonts": []`, `"fonts": null`), manifestFile, "not written as"},
		"more after the end":   {func(s string) string { return s + "{}\n" }, manifestFile, "JSON"},
		"no JSON":              {func(s string) string { return "hello" }, manifestFile, "JSON"},
		"empty":                {func(s string) string { return "" }, manifestFile, "JSON"},
		"bundle elsewhere":     {replaced("deliver/bundles/bundle-0002.pdf", "../../bundle-0002.pdf"), "../../bundle-0002.pdf", "is not where"},
		"bundle rooted":        {replaced("deliver/bundles/bundle-0002.pdf", "/etc/passwd"), "/etc/passwd", "is not where"},
		"bundle is an account": {replaced("deliver/bundles/bundle-0002.pdf", "private/ledger.csv"), ledgerFile, "is not where"},
		"bundle twice":         {replaced("deliver/bundles/bundle-0002.pdf", "deliver/bundles/bundle-0001.pdf"), "deliver/bundles/bundle-0001.pdf", "twice"},
		"no hash":              {replaced(`"sha256": "`, `"sha256": "0`), "deliver/bundles/bundle-0001.pdf", "SHA-256"},
		"first letter":         {replaced(`"first": "test-2026-000005"`, `"first": "test-2026-000006"`), ledgerFile, "starts with letter"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			forge(t, dir, c.change)
			if c.what == "" {
				if faults := verified(t, dir); len(faults) > 0 {
					t.Error(faults)
				}
				return
			}
			wantFault(t, dir, c.path, c.what)
		})
	}
}

// Hashes of letters that were changed in every account, and the root made anew from them, do not fit the ledger; and what is not made
// anew does not fit itself.
func TestAForgedTreeIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*Manifest)
		path, what string
	}{
		"bundle, root made anew": {func(m *Manifest) { m.Bundles[1].Root = strings.Repeat("0", 64); m.plant() }, ledgerFile, "does not make the hash"},
		"bundles exchanged": {func(m *Manifest) {
			m.Bundles[0].Root, m.Bundles[1].Root = m.Bundles[1].Root, m.Bundles[0].Root
			m.plant()
		}, ledgerFile, "bundle-0001.pdf, deliver/bundles/bundle-0002.pdf"},
		"bundle":         {func(m *Manifest) { m.Bundles[1].Root = strings.Repeat("0", 64) }, manifestFile, "bundles' hashes make the root"},
		"root":           {func(m *Manifest) { m.Tree.Root = strings.Repeat("0", 64) }, manifestFile, "bundles' hashes make the root"},
		"size":           {func(m *Manifest) { m.Tree.Size++ }, manifestFile, "the tree has 13 letters"},
		"format":         {func(m *Manifest) { m.Tree.Format = "x" }, manifestFile, "has no tree"},
		"no tree":        {func(m *Manifest) { m.Tree = nil }, manifestFile, "has no tree"},
		"no root":        {func(m *Manifest) { m.Bundles[2].Root = "" }, manifestFile, "no proper root"},
		"wording":        {func(m *Manifest) { m.Letter.WordingHash = strings.Repeat("1", 64) }, ledgerFile, "does not make the hash"},
		"field":          {func(m *Manifest) { m.Tree.Fields[1] = "town" }, ledgerFile, "header"},
		"one field less": {func(m *Manifest) { m.Tree.Fields = m.Tree.Fields[:1] }, ledgerFile, "header"},
		"first":          {func(m *Manifest) { m.Bundles[1].First = "test-2026-000006" }, "deliver/bundles/bundle-0002.pdf", "by the counts test-2026-000005"},
		"campaign":       {func(m *Manifest) { m.Campaign = "other" }, "deliver/bundles/bundle-0001.pdf", "by the counts other-000001"},
		"version":        {func(m *Manifest) { m.Format = manifestFormat1 }, manifestFile, "version 1 have not"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			forge(t, dir, func(text string) string {
				m, err := parseManifest([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				c.change(m)
				data, err := m.encode()
				if err != nil {
					t.Fatal(err)
				}
				return string(data)
			})
			wantFault(t, dir, c.path, c.what)
		})
	}
}

// A bundle whose labels give its pages other letter ids than the manifest is told, though its hash is right.
func TestLabelsThatDifferAreSeen(t *testing.T) {
	b := &Bundle{Path: small.bundlePath(0), Letters: 4, Pages: 5, First: "c-000008", Last: "c-000011"}
	slip := pageLabel{0, "slip sheet", 0}
	run := []pageLabel{slip, {1, "c-00000", 8}, {3, "c-0000", 10}}
	long := []pageLabel{slip, {2, "c-000008", 0}, {3, "c-000008 page ", 2}, {5, "c-00000", 9}, {6, "c-0000", 10}, {7, "c-000011", 0}, {8, "c-000011 page ", 2}}
	for name, c := range map[string]struct {
		labels []pageLabel
		pages  int
		good   bool
	}{
		"a page each": {run, 5, true}, "longer letters": {long, 9, true}, "one page more": {run, 6, false}, "one less": {run, 4, false},
		"list of ids": {[]pageLabel{slip, {1, "slip sheet page ", 2}, {3, "c-00000", 8}, {5, "c-0000", 10}}, 7, true}, "list of ids later": {[]pageLabel{slip, {1, "c-00000", 8}, {2, "slip sheet page ", 2}, {3, "c-0000", 10}}, 5, false},
		"no labels": {nil, 5, false}, "slip sheet only": {run[:1], 5, false}, "other letters": {[]pageLabel{slip, {1, "c-00000", 7}, {4, "c-0000", 10}}, 5, false},
		"zeros that go on": {[]pageLabel{slip, {1, "c-00000", 8}}, 5, false}, "another campaign": {[]pageLabel{slip, {1, "d-00000", 8}, {3, "d-0000", 10}}, 5, false},
		"slip sheet later": {[]pageLabel{{0, "c-00000", 8}, {2, "slip sheet", 0}, {3, "c-0000", 10}}, 5, false},
		"page of another":  {[]pageLabel{slip, {1, "c-000008", 0}, {2, "c-000009 page ", 2}}, 5, false},
	} {
		if what := labelsDiffer(c.labels, c.pages, b); (what == "") != c.good {
			t.Errorf("%s: %q", name, what)
		}
	}
	shared := []pageLabel{slip, {1, "Text 1", 0}, {2, "Text 2", 0}, {3, "Signatures 8-10", 0}, {4, "Signatures 11", 0}}
	for name, c := range map[string]struct {
		labels []pageLabel
		good   bool
	}{
		"shared": {shared, true}, "one page less": {shared[:4], false}, "a gap": {append(shared[:3:3], pageLabel{3, "Signatures 8-9", 0}, shared[4]), false},
		"text only": {shared[:3], false}, "none": {nil, false},
	} {
		if what := sharedLabelsDiffer(c.labels, 5, b); (what == "") != c.good {
			t.Errorf("%s: %q", name, what)
		}
	}
}

// moveLetters takes a letter from the first bundle and gives it to the second.
func moveLetters(s string) string {
	n := 0
	return regexp.MustCompile(`"letters": 4`).ReplaceAllStringFunc(s, func(string) string {
		n++
		return []string{`"letters": 3`, `"letters": 5`, `"letters": 4`}[n-1]
	})
}

// The lists of checksums can be forged too.
func TestForgedChecksumsAreSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change func(string) string
		what   string
	}{
		"parent":       {replaced("print/job-ticket.json", "print/../x.json"), "which it cannot"},
		"private":      {func(s string) string { return s + s[:64] + "  private/ledger.csv\n" }, "which it cannot"},
		"itself":       {func(s string) string { return s[:64] + "  SHA256SUMS\n" }, "which it cannot"},
		"binary mark":  {replaced("  manifest.csv", " *manifest.csv"), "two spaces"},
		"windows ends": {replaced("\n", "\r\n"), "which it cannot"},
		"no end":       {func(s string) string { return strings.TrimSuffix(s, "\n") }, "two spaces"},
		"twice":        {func(s string) string { l, _, _ := strings.Cut(s, "\n"); return l + "\n" + s }, "out of order"},
		"one less":     {func(s string) string { return strings.SplitAfterN(s, "\n", 2)[1] }, "does not list READ-ME.txt"},
		"bundle hash": {func(s string) string {
			return regexp.MustCompile(`[0-9a-f]{64}(  deliver/bundles/bundle-0002)`).ReplaceAllString(s, strings.Repeat("0", 64)+"$1")
		}, "another hash than the manifest"},
		"bundle more": {func(s string) string {
			i := strings.Index(s, "bundle-0003.pdf\n") + len("bundle-0003.pdf\n")
			return s[:i] + strings.Repeat("0", 64) + "  deliver/bundles/bundle-0004.pdf\n" + s[i:]
		}, "which the manifest does not"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			path := filepath.Join(dir, sumsFile)
			write(t, path, c.change(contents(t, dir)[sumsFile]))
			wantFault(t, dir, sumsFile, c.what)
		})
	}
}

// A ledger can be wrong although its hash is right: the run that made it may have been.
func TestALedgerThatDisagreesIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		file, what string
		change     func(string) string
	}{
		"row missing":     {ledgerFile, "", func(s string) string { return s[:strings.LastIndex(s, "16,")] }},
		"row twice":       {ledgerFile, "two fates", replaced("\n6,", "\n5,")},
		"row excluded":    {ledgerFile, "two fates", replaced("\n6,", "\n5,")},
		"no row":          {ledgerFile, "no row of a list", replaced("\n6,", "\n-6,")},
		"row out of hand": {ledgerFile, "no row of a list", replaced("\n6,", "\n99999999999999999999,")},
		"page":            {ledgerFile, "cannot be on page", replaced(".pdf,3,", ".pdf,33,")},
		"page backwards":  {ledgerFile, "cannot be on page", replaced(".pdf,4,", ".pdf,2,")},
		"bundle":          {ledgerFile, "by the manifest", replaced("bundle-0002", "bundle-0003")},
		"last letter":     {ledgerFile, "ends with letter", replaced("test-2026-000004", "test-2026-000044")},
		"one more":        {ledgerFile, "more rows", func(s string) string { return s + "17,x,y,deliver/bundles/bundle-0003.pdf,6,z\n" }},
		"header":          {ledgerFile, "header", replaced("letter_id", "id")},
		"no header":       {ledgerFile, "header", func(string) string { return "" }},
		"ragged":          {ledgerFile, "not a table", replaced("test-2026-000004", "test-2026-000004,")},
		"reason":          {exclusionsFile, "for the reason because", replaced("no name", "because")},
		"reasons":         {exclusionsFile, "for the reason duplicate", replaced("2,duplicate", "2,no name")},
		"two fates":       {exclusionsFile, "two fates", replaced("2,duplicate", "5,duplicate")},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			path := filepath.Join(dir, c.file)
			before := contents(t, dir)[c.file]
			after := c.change(before)
			write(t, path, after)
			os.Chmod(path, 0o600)
			trust(t, dir, c.file, after)
			wantFault(t, dir, c.file, c.what)
			if faults := verified(t, dir); len(faults) > 1 && name != "two fates" {
				t.Errorf("more than one fault: %v", faults)
			}
		})
	}
}

// trust makes run.json say that a private file is as it was made.
func trust(t *testing.T, dir, name, data string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := readRun(root)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(data))
	r.Files[name] = hex.EncodeToString(sum[:])
	run, err := r.encode()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, runFile), string(run))
}

func TestAFaultNamesTheBundleAndItsLetters(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	path := filepath.Join(dir, small.bundlePath(1))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	faults := verified(t, dir)
	if len(faults) != 1 || faults[0].Path != small.bundlePath(1) || !strings.Contains(faults[0].Do, "letters test-2026-000005 to test-2026-000008") {
		t.Errorf("%+v", faults)
	}
	small.make(t, dir, "f")
	if faults := verified(t, dir); len(faults) > 0 {
		t.Errorf("doing as told does not help: %v", faults)
	}
}

func TestVerifySaysWhenThereIsNoPacket(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	for _, d := range []string{dir, filepath.Join(dir, "file"), filepath.Join(dir, "none")} {
		_, err := Verify(context.Background(), d, VerifyOptions{})
		wantProblem(t, err, d)
	}
}

func TestVerifyStopsWhenTheContextEnds(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Verify(ctx, dir, VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Finder and Explorer leave files where a person looked; that is not the packet's fault.
func TestWhatASystemStrewsIsNoFault(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".DS_Store"), "x")
	small.make(t, dir, "f")
	write(t, filepath.Join(dir, "deliver", "Thumbs.db"), "x")
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) != 0 || len(r.Unchecked) != 2 {
		t.Errorf("%+v %v", r, err)
	}
	small.make(t, dir, "f")
}

// A folder full of strangers is counted, not listed without end.
func TestFaultsAreBounded(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	for n := range maxFaults + 10 {
		write(t, filepath.Join(dir, "deliver", fmt.Sprint(n)), "")
	}
	faults := verified(t, dir)
	if len(faults) != maxFaults+1 || !strings.Contains(faults[maxFaults].What, "10 more") {
		t.Errorf("%d faults, the last %v", len(faults), faults[len(faults)-1])
	}
}

// A manifest of millions of empty bundles is refused before it takes memory that its file does not show.
func TestAHostileManifestTakesNoMemory(t *testing.T) {
	data := []byte("{\n  \"format\": \"postbag-manifest/1\",\n  \"bundles\": [" + strings.Repeat("{},", 5<<20) + "{}]\n}\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := parseManifest(data); err == nil {
		t.Error("it is taken")
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d MB for %d MB", used>>20, len(data)>>20)
	}
}

// Many signers stand on one page of a shared document, in the order of the pages; of letters, each has pages of its own.
func TestPagesOfTheLedgerAreThoseOfTheForm(t *testing.T) {
	for _, c := range []struct {
		form  string
		pages []string
		want  string // "" for no fault
	}{
		{"", []string{"2", "3", "4"}, ""}, {"letter", []string{"2", "2", "3"}, "c-000002 cannot be on page 2"},
		{"open-letter", []string{"2", "2", "3"}, ""}, {"petition-sheets", []string{"2", "2", "2"}, ""}, {"investors", []string{"2", "3", "2"}, "c-000003 cannot be on page 2"},
		{"open-letter", []string{"0", "2", "2"}, "c-000001 cannot be on page 0"}, {"open-letter", []string{"2", "2", "5"}, "c-000003 cannot be on page 5"},
	} {
		m := &Manifest{Letter: Wording{Form: c.form}, Letters: 3, First: 1, Bundles: []Bundle{{Path: "deliver/bundles/bundle-0001.pdf", Letters: 3, Pages: 4, Sheets: 4, First: "c-000001", Last: "c-000003"}}}
		l := &ledgerReader{m: m, fates: &fates{pages: map[fateKey]*fatePage{}}}
		what := ""
		for i, page := range c.pages {
			if err := l.row([]string{strconv.Itoa(i + 2), "c-00000" + strconv.Itoa(i+1), "Ann", m.Bundles[0].Path, page}, 0); err != nil {
				what = err.Error()
				break
			}
		}
		if what == "" && c.want != "" || !strings.Contains(what, c.want) || c.want == "" && what != "" {
			t.Errorf("%q with pages %v: %q, want %q", c.form, c.pages, what, c.want)
		}
	}
	for _, form := range []string{"poster", "Letter"} {
		if faults := (&Manifest{Format: manifestFormat1, Letter: Wording{Form: form}}).faults(); len(faults) != 1 || !strings.Contains(faults[0].What, "form is "+form) {
			t.Errorf("the form %s: %v", form, faults)
		}
	}
}
