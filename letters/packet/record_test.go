package packet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noon is when the tests record.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.FixedZone("", 3600))

// recordIn adds entries to a packet's record and fails the test if it cannot.
func recordIn(t testing.TB, dir string, entries ...RecordEntry) *Recorded {
	t.Helper()
	r, err := recordAt(dir, noon, entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readRecord(t testing.TB, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// handedOver is a packet with a record of four lines.
func handedOver(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	small.make(t, dir, "f")
	recordIn(t, dir, RecordEntry{What: Printed, Bundles: BundlesOf(1, 2, 3), Print: &PrintJob{Printer: "office", Copies: 1, Jobs: []string{"office-17"}}})
	recordIn(t, dir,
		RecordEntry{What: Accepted, Bundles: BundlesOf(2, 1), At: "2026-11-24", Place: "Reception, Řeka & Söhne <1 Way>", To: &Person{Name: "A. Person", Role: "front desk"}},
		RecordEntry{What: Refused, Bundles: BundlesOf(3), Reason: "no room\u2028left", By: &Person{Name: "B. Person"}, Evidence: []Evidence{{Name: "door.jpg", SHA256: strings.Repeat("0", 64), Bytes: 7}}})
	recordIn(t, dir, RecordEntry{What: Struck, Strikes: 3, Reason: "it was taken after all"})
	return dir
}

func TestEachLineOfTheRecordHoldsTheHashOfTheOneBefore(t *testing.T) {
	dir := handedOver(t)
	manifest, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		t.Fatal(err)
	}
	before := hashOf(manifest)
	lines := strings.SplitAfter(readRecord(t, dir), "\n")
	if len(lines) != 5 || lines[4] != "" {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines[:4] {
		var e struct {
			Number   int
			Before   string
			Recorded string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Number != i+1 || e.Before != before || e.Recorded != "2026-11-25T11:00:00Z" {
			t.Errorf("line %d: %+v, before should be %s", i+1, e, before)
		}
		before = hashOf([]byte(line))
	}
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || r.Record == nil || *r.Record != (Recording{Entries: 4, Head: before}) {
		t.Errorf("%+v %+v %v", r, r.Record, err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil || bytes.Contains(sums, []byte("record")) {
		t.Errorf("%s covers the record: %v", sumsFile, err)
	}
}

func TestTheRecordIsClosedToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no such modes")
	}
	dir := handedOver(t)
	for name, want := range map[string]fs.FileMode{recordDir: 0o700, recordFile: 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, recordFile), 0o644); err != nil {
		t.Fatal(err)
	}
	wantFault(t, dir, recordFile, "can be read by others")
}

// Whatever is done to a line, verify says so: to the last one by its check, to the others by the chain as well. Only a record that ends
// with a whole line too early is one that could have been.
func TestNoChangeOfTheRecordGoesUnseen(t *testing.T) {
	dir := handedOver(t)
	path, whole := filepath.Join(dir, recordFile), readRecord(t, dir)
	lines := strings.SplitAfter(whole, "\n")[:4]
	manifest, err := readManifestOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	unseen := func(data string) bool {
		r, err := parseRecord([]byte(data), manifest.hash, manifest.m)
		return err == nil && len(r.torn) == 0
	}
	for i := range len(whole) {
		flipped := []byte(whole)
		flipped[i] ^= 1
		if unseen(string(flipped)) {
			t.Errorf("byte %d can be changed: %q", i, whole[max(0, i-20):i])
		}
		if cut := whole[:i]; unseen(cut) && cut != "" && !strings.HasSuffix(cut, "\n") {
			t.Errorf("it can be cut at %d", i)
		}
	}
	for what, data := range map[string]string{
		"first line taken out":  lines[1] + lines[2] + lines[3],
		"second line taken out": lines[0] + lines[2] + lines[3],
		"lines exchanged":       lines[0] + lines[2] + lines[1] + lines[3],
		"a line twice":          lines[0] + lines[1] + lines[1] + lines[2] + lines[3],
		"a line put in":         lines[0] + `{"format":"postbag-record/1"}` + "\n" + lines[1],
		"another way to write":  strings.Replace(whole, `{"format"`, `{ "format"`, 1),
		"another format":        strings.Replace(whole, "record/1", "record/2", 1),
		"an unknown member":     strings.Replace(whole, `"what"`, `"x":1,"what"`, 1),
		"an empty line":         whole + "\n",
	} {
		if unseen(data) {
			t.Errorf("%s goes unseen", what)
		}
		write(t, path, data)
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		wantFault(t, dir, recordFile, "")
		_, err := recordAt(dir, noon, []RecordEntry{{What: Printed, Bundles: BundlesOf(1)}})
		wantProblem(t, err, recordFile, "from a copy")
		if got := readRecord(t, dir); got != data {
			t.Errorf("%s: a damaged record was written to", what)
		}
	}
}

// openedManifest is a manifest with its hash.
type openedManifest struct {
	m    *Manifest
	hash string
}

func readManifestOf(dir string) (openedManifest, error) {
	p, err := openRecord(dir)
	if err != nil {
		return openedManifest{}, err
	}
	p.root.Close()
	return openedManifest{p.m, p.manifest}, nil
}

func TestARecordFitsItsOwnPacketOnly(t *testing.T) {
	dir, other := handedOver(t), t.TempDir()
	sample{bundles: 4, letters: 4}.make(t, other, "g")
	write(t, filepath.Join(other, recordFile), readRecord(t, dir))
	wantFault(t, other, recordFile, "is the record of another packet")
}

// A run can be stopped while it writes, at any byte: verify names what is left, the next entry takes it out and says so, and
// no line that was whole is touched.
func TestHalfALineIsNamedAndMended(t *testing.T) {
	source := handedOver(t)
	whole := readRecord(t, source)
	lines := strings.SplitAfter(whole, "\n")[:4]
	path := filepath.Join(source, recordFile)
	start := len(whole) - len(lines[3])
	for _, at := range []int{start + 1, start + len(lines[3])/2, len(whole) - 2, len(whole) - 1} {
		if err := os.WriteFile(path, []byte(whole[:at]), 0o600); err != nil {
			t.Fatal(err)
		}
		wantFault(t, source, recordFile, "ends with half a line")
		r := recordIn(t, source, RecordEntry{What: Accepted, Bundles: BundlesOf(3), Note: "again"})
		torn := whole[start:at]
		if !r.Mended || len(r.Entries) != 2 || r.Entries[0].Torn.Text != torn || r.Entries[0].Torn.SHA256 != hashOf([]byte(torn)) {
			t.Errorf("cut at %d: %+v", at, r)
		}
		if got := readRecord(t, source); !strings.HasPrefix(got, whole[:start]) || strings.Count(got, "\n") != 5 {
			t.Errorf("cut at %d: lines that were whole changed", at)
		}
		if f := verified(t, source); len(f) > 0 {
			t.Errorf("cut at %d: %v", at, f)
		}
	}
	if err := os.WriteFile(path, []byte(whole+"\x00\x00\xff\x7f\n\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, source, recordFile, "line 5")
	if err := os.WriteFile(path, []byte(whole+"\x00\xff\x7f"), 0o600); err != nil { // as file systems leave it after a power cut
		t.Fatal(err)
	}
	recordIn(t, source, RecordEntry{What: Accepted, Bundles: BundlesOf(3)})
	if f := verified(t, source); len(f) > 0 {
		t.Error(f)
	}
}

// Several people may record at once, and PRINT after each bundle: the chain holds, and no entry is lost.
func TestEntriesThatComeAtOnceAreAllRecorded(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	const writers, each = 8, 5
	var work sync.WaitGroup
	for w := range writers {
		work.Add(1)
		go func() {
			defer work.Done()
			for i := range each {
				if _, err := Record(dir, RecordEntry{What: Printed, Bundles: BundlesOf(1 + i%3), Note: fmt.Sprintf("%d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	work.Wait()
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || r.Record == nil || r.Record.Entries != writers*each {
		t.Errorf("%+v %+v %v", r, r.Record, err)
	}
	if names, err := os.ReadDir(filepath.Join(dir, recordDir)); err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
}

func TestWhatCannotBeIsNotRecorded(t *testing.T) {
	for what, c := range map[string]struct {
		entry RecordEntry
		words string
	}{
		"no such bundle":        {RecordEntry{What: Accepted, Bundles: BundlesOf(4)}, "there is no bundle 4: the packet has 3"},
		"no bundle":             {RecordEntry{What: Accepted}, "names no bundle"},
		"accepted twice":        {RecordEntry{What: Accepted, Bundles: BundlesOf(2, 3)}, "bundle 2 was accepted by entry 2 already. Leave them out; or, if entry 2 is wrong, strike it with --strike 2"},
		"refused when accepted": {RecordEntry{What: Refused, Bundles: BundlesOf(1, 2, 3), Reason: "x"}, "bundles 1-2 were accepted"},
		"sent when accepted":    {RecordEntry{What: Sent, Bundles: BundlesOf(1)}, "bundle 1 was accepted"},
		"refused for nothing":   {RecordEntry{What: Refused, Bundles: BundlesOf(3)}, "why"},
		"struck for nothing":    {RecordEntry{What: Struck, Strikes: 1}, "why"},
		"struck twice":          {RecordEntry{What: Struck, Strikes: 3, Reason: "x"}, "entry 4 has struck already"},
		"a strike struck":       {RecordEntry{What: Struck, Strikes: 4, Reason: "x"}, "says nothing of bundles"},
		"strikes nothing":       {RecordEntry{What: Struck, Strikes: 9, Reason: "x"}, "not there"},
		"to come":               {RecordEntry{What: Accepted, Bundles: BundlesOf(3), At: "2026-11-26"}, "2026-11-26 has not come yet"},
		"an hour to come":       {RecordEntry{What: Accepted, Bundles: BundlesOf(3), At: "2026-11-25T13:00:00+01:00"}, "has not come yet"},
		"no time":               {RecordEntry{What: Accepted, Bundles: BundlesOf(3), At: "soon"}, "which is no time"},
		"two lines":             {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Note: "a\nb"}, "not one clean line"},
		"a terminal's command":  {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Place: "a\x1b[2J"}, "not one clean line"},
		"no text":               {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Place: "\xff"}, "not one clean line"},
		"a novel":               {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Note: strings.Repeat("é", 501)}, "more than 500"},
		"an unknown kind":       {RecordEntry{What: "eaten", Bundles: BundlesOf(3)}, "eaten"},
		"a kind of its own":     {RecordEntry{What: Mended, Torn: &TornLine{}}, "what was mended"},
		"a nameless person":     {RecordEntry{What: Accepted, Bundles: BundlesOf(3), To: &Person{}}, "without name and role"},
		"evidence of nothing":   {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Evidence: []Evidence{{Name: "a.jpg"}}}, "evidence"},
		"evidence with folders": {RecordEntry{What: Accepted, Bundles: BundlesOf(3), Evidence: []Evidence{{Name: "/home/a.jpg", SHA256: strings.Repeat("0", 64)}}}, "evidence"},
		"a printer's refusal":   {RecordEntry{What: Refused, Bundles: BundlesOf(3), Reason: "x", Print: &PrintJob{Printer: "a", Copies: 1}}, "says things"},
		"no copies":             {RecordEntry{What: Printed, Bundles: BundlesOf(3), Print: &PrintJob{Printer: "a"}}, "copies"},
	} {
		t.Run(what, func(t *testing.T) {
			dir := handedOver(t)
			before := contents(t, dir)
			_, err := recordAt(dir, noon, []RecordEntry{{What: Printed, Bundles: BundlesOf(1)}, c.entry}) // all or none
			wantProblem(t, err, c.words)
			same(t, before, contents(t, dir))
		})
	}
}

func TestNothingIsRecordedWhereThereIsNoFinishedPacket(t *testing.T) {
	empty, unfinished := t.TempDir(), t.TempDir()
	w, err := Open(unfinished, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
	for _, dir := range []string{empty, unfinished, filepath.Join(empty, "nowhere")} {
		_, err := Record(dir, RecordEntry{What: Printed, Bundles: BundlesOf(1)})
		wantProblem(t, err, dir)
	}
	dir := t.TempDir()
	small.make(t, dir, "f")
	write(t, filepath.Join(dir, recordDir), "a file")
	_, err = Record(dir, RecordEntry{What: Printed, Bundles: BundlesOf(1)})
	wantProblem(t, err, "record is a file, not a folder")
	if err := os.Remove(filepath.Join(dir, recordDir)); err != nil {
		t.Fatal(err)
	}
	if _, err := recordAt(dir, noon, []RecordEntry{{What: Accepted, Bundles: BundlesOf(9)}}); err == nil {
		t.Error("a bundle too many")
	}
	if _, err := os.Stat(filepath.Join(dir, recordDir)); err == nil {
		t.Error("an entry that was refused left a folder")
	}
}

// What was refused once may be taken at the second try, and what was recorded by mistake is put right by striking it.
func TestARefusedBundleMayBeAcceptedLater(t *testing.T) {
	dir := handedOver(t)
	recordIn(t, dir, RecordEntry{What: Refused, Bundles: BundlesOf(3), Reason: "nobody there"})
	recordIn(t, dir, RecordEntry{What: Sent, Bundles: BundlesOf(3), Carrier: "Post", Tracking: "RR 1"}, RecordEntry{What: Accepted, Bundles: BundlesOf(3)})
	recordIn(t, dir, RecordEntry{What: Struck, Strikes: 2, Reason: "wrong house"}, RecordEntry{What: Accepted, Bundles: BundlesOf(1, 2)})
	if f := verified(t, dir); len(f) > 0 {
		t.Error(f)
	}
}

func TestTheRecordOutlivesPurgeAndBuild(t *testing.T) {
	dir := handedOver(t)
	whole := readRecord(t, dir)
	small.make(t, dir, "f") // the same packet once more
	if readRecord(t, dir) != whole {
		t.Error("a build changed the record")
	}
	w, err := Open(dir, "g", true)
	if err == nil {
		w.Abort()
	}
	wantProblem(t, err, "record of hand-overs", "--out", "--since")
	if _, err := Purge(dir, false); err != nil {
		t.Fatal(err)
	}
	if readRecord(t, dir) != whole {
		t.Error("purge changed the record")
	}
	recordIn(t, dir, RecordEntry{What: Accepted, Bundles: BundlesOf(3)})
	if _, err := os.Stat(filepath.Join(dir, privateDir)); err == nil {
		t.Error("a folder private/ came back")
	}
	if f := verified(t, dir); len(f) > 0 {
		t.Error(f)
	}
}

// Packets are kept for years, and one that an older Postbag made may be handed over today.
func TestOlderPacketsAreRecordedToo(t *testing.T) {
	for _, version := range []string{"manifest-1", "manifest-2"} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", version))); err != nil {
			t.Fatal(err)
		}
		recordIn(t, dir, RecordEntry{What: Accepted, Bundles: BundlesOf(1)})
		if s := statusOf(t, dir); s.Delivered.Bundles != 1 || s.Delivered.Letters == 0 || s.Outstanding.Bundles != s.All.Bundles-1 {
			t.Errorf("%s: %+v", version, s.Tally)
		}
		for _, f := range verified(t, dir) {
			if strings.HasPrefix(f.Path, recordDir) && !strings.Contains(f.What, "can be read by others") { // as modes are after a copy
				t.Errorf("%s: %+v", version, f)
			}
		}
	}
}

func TestABundleSetIsWrittenInOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOf(rapid.IntRange(1, 40)).Draw(t, "numbers")
		s := BundlesOf(numbers...)
		in := map[int]bool{}
		for _, n := range numbers {
			in[n] = true
		}
		last := 0
		for n := range s.All() {
			if !in[n] || n <= last {
				t.Fatalf("%v has %d", s, n)
			}
			last = n
		}
		if s.Len() != len(in) || s.Last() != last {
			t.Fatalf("%v has %d bundles to %d, want %d to %d", s, s.Len(), s.Last(), len(in), last)
		}
		var again BundleSet
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again.String() != s.String() {
			t.Fatalf("%s reads as %s: %v", s, again, err)
		}
	})
	for text, want := range map[string]string{"17": "17", "3-5": "3-5", " 4 - 6 ,1, 007": "1,4-7", "2,1": "1-2", "1-3,2-9": "1-9"} {
		if s, err := ParseBundleSet(text); err != nil || s.String() != want {
			t.Errorf("%q is %s, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0", "a", "1-", "-1", "5-3", "1,,2", "1234567890", "1 2", "+1", "1.5"} {
		if s, err := ParseBundleSet(text); err == nil {
			t.Errorf("%q is %s", text, s)
		}
	}
	var s BundleSet
	for _, text := range []string{"2,1", "1,2", "01", " 1", "1-1"} {
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestATimeIsReadAsPeopleWriteIt(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	for text, want := range map[string]string{"2026-11-25": "2026-11-25", "2026-11-25 14:30": "2026-11-25T14:30:00+02:00", "2026-11-25T14:30": "2026-11-25T14:30:00+02:00",
		"2026-11-25T14:30Z": "2026-11-25T14:30:00Z", "2026-11-25T14:30:05-05:00": "2026-11-25T14:30:05-05:00", " 2026-11-25 14:30:10 ": "2026-11-25T14:30:10+02:00"} {
		if got, err := ParseTime(text, zone); err != nil || got != want {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "25.11.2026", "2026-11-31", "14:30", "2026-11-25 25:00", "yesterday"} {
		if got, err := ParseTime(text, zone); err == nil {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	m := small.manifest()
	for b := range small.bundles {
		m.Bundles = append(m.Bundles, Bundle{Path: small.bundlePath(b), Letters: 4, Sheets: 5})
	}
	p := &recorded{m: m, record: &record{head: strings.Repeat("0", 64)}}
	lines, err := p.compose(noon, []RecordEntry{{What: Printed, Bundles: BundlesOf(1, 3)}, {What: Struck, Strikes: 1, Reason: "x"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(lines)
	f.Add([]byte(`{"format":"postbag-record/1","bundles":"1-999999999"}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord(data, strings.Repeat("0", 64), m)
		if err == nil && r.whole+len(r.torn) != len(data) {
			t.Errorf("of %d bytes %d were read, and %d are torn", len(data), r.whole, len(r.torn))
		}
	})
}

// recordVectors are records of one packet, good and bad, that are kept for ever: whoever writes a checker of their own has them too.
const recordVectors = "testdata/records"

type recordVector struct {
	File string `json:"file"`
	Good bool   `json:"good"`
	Head string `json:"head"` // SHA-256 of the last line
	What string `json:"what"`
	data string
}

func readRecordVectors(t *testing.T) (vectors []recordVector, manifest []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recordVectors, "vectors.json"))
	if err == nil {
		err = json.Unmarshal(data, &vectors)
	}
	if err != nil || len(vectors) < 20 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for i := range vectors {
		data, err := os.ReadFile(filepath.Join(recordVectors, vectors[i].File))
		if err != nil {
			t.Fatal(err)
		}
		vectors[i].data = string(data)
	}
	if manifest, err = os.ReadFile(filepath.Join(recordVectors, manifestFile)); err != nil {
		t.Fatal(err)
	}
	return vectors, manifest
}

func TestRecordsAreJudgedAsTheVectorsSay(t *testing.T) {
	vectors, manifest := readRecordVectors(t)
	m, err := parseManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	schema := compile(t, RecordSchema())
	for _, v := range vectors {
		r, err := parseRecord([]byte(v.data), hashOf(manifest), m)
		if good := err == nil && len(r.torn) == 0; good != v.Good || good && r.head != v.Head {
			t.Errorf("%s (%s): good %v, head %s, %v", v.File, v.What, good, r.head, err)
		}
		if !v.Good {
			continue
		}
		for line := range strings.Lines(v.data) {
			if err := valid(t, schema, []byte(line)); err != nil {
				t.Errorf("%s: %v", v.File, err)
			}
		}
	}
	refused := 0
	for _, v := range vectors {
		if strings.HasPrefix(v.File, "bad-kind") || strings.HasPrefix(v.File, "bad-format") {
			for line := range strings.Lines(v.data) {
				if valid(t, schema, []byte(line)) != nil {
					refused++
				}
			}
		}
	}
	if refused != 2 { // a line of a kind that there is not, and one of another version
		t.Errorf("the schema refuses %d lines", refused)
	}
}
