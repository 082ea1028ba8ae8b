package packet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"postbag/letters/problem"
)

// Report is what verify found.
type Report struct {
	Dir       string     `json:"dir"`
	Files     int        `json:"files"` // checked
	Bytes     int64      `json:"bytes"`
	Bundles   int        `json:"bundles"`
	Letters   int        `json:"letters"`
	RowsRead  int        `json:"rows_read"`
	Root      string     `json:"root,omitempty"`      // that the letters' hashes make; none in version 1, or where the manifest is wrong
	SignedBy  PublicKey  `json:"signed_by,omitempty"` // whose signature is good; compare it with the key that the campaign published
	Record    *Recording `json:"record,omitempty"`    // the record of hand-overs, where there is one
	Faults    []Fault    `json:"faults"`
	Unchecked []string   `json:"unchecked,omitempty"` // what could not be checked and why (private/ is gone, ...)
	Part      *Part      `json:"part,omitempty"`      // where only what is for some of the recipients is here; else nil
}

// Recording is what verify found of the record of hand-overs. It is the campaign's own account: SHA256SUMS does not cover it, and no signature
// does.
type Recording struct {
	Entries int    `json:"entries"`
	Head    string `json:"head"` // SHA-256 of the last line
}

// Fault is one thing that is not as the manifest says.
type Fault struct {
	Path string `json:"path"`
	What string `json:"what"`
	Do   string `json:"do,omitempty"`
}

// maxFaults is how many faults are named; the rest is counted.
const maxFaults = 1000

// VerifyOptions says how to verify.
type VerifyOptions struct {
	Key      PublicKey               // the key that must have signed the packet; "" for the one that the manifest names, if any
	Progress func(done, total int64) // nil, or told the bytes done and to do; its calls do not overlap

	unsigned bool // the signature is about to be made
}

// Verify checks a packet against its manifest: every file is there with the right bytes and nothing else is, the
// counts add up, each PDF has the pages that the manifest says, and, where private/ is there, the ledger and the
// exclusions say the same. It changes nothing and follows no link.
//
// What is wrong with the packet comes back as faults; an error means that it could not be checked.
func Verify(ctx context.Context, dir string, o VerifyOptions) (*Report, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir},
			What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the packet: %w", err)
	}
	defer root.Close()
	entries, err := survey(root)
	if err != nil {
		return nil, err
	}
	v := &verifier{ctx: ctx, root: root, options: o, there: map[string]entry{}, folded: map[string]string{}, listed: map[string]listing{}}
	v.report = Report{Dir: dir, Faults: []Fault{}}
	for _, e := range entries {
		v.there[e.path] = e
		v.folded[strings.ToLower(e.path)] = e.path
	}
	if !v.isPacket() {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: "this folder holds no packet",
			Do: "Name the folder that build made"}
	}
	if err := v.check(o.Progress); err != nil {
		return nil, err
	}
	return v.close(), nil
}

// verifier is one run of Verify.
type verifier struct {
	ctx      context.Context
	options  VerifyOptions
	root     *os.Root
	there    map[string]entry   // what stands in the folder
	folded   map[string]string  // the same by name in lower case
	listed   map[string]listing // what should stand there, outside private/
	shared   bool               // many signers stand on one page
	manifest string             // SHA-256 of manifest.json
	run      *run               // nil when private/ is gone or run.json cannot be read

	mu     sync.Mutex // over what follows
	report Report
	more   int // faults beyond maxFaults
}

// listing is what the accounts say of a file.
type listing struct {
	sha256 string
	bundle *Bundle // nil for other files
	number int     // of the bundle
}

// isPacket tells whether anything in the folder says that Postbag made it.
func (v *verifier) isPacket() bool {
	for _, name := range []string{manifestFile, sumsFile, runFile} {
		if _, ok := v.there[name]; ok {
			return true
		}
	}
	return false
}

func (v *verifier) fault(path, what, do string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.report.Faults) == maxFaults {
		v.more++
		return
	}
	v.report.Faults = append(v.report.Faults, Fault{Path: shown(path), What: what, Do: do})
}

// close puts the report into an order that does not depend on which goroutine was first.
func (v *verifier) close() *Report {
	r := &v.report
	sort.SliceStable(r.Faults, func(i, j int) bool {
		if r.Faults[i].Path != r.Faults[j].Path {
			return r.Faults[i].Path < r.Faults[j].Path
		}
		return r.Faults[i].What < r.Faults[j].What
	})
	if v.more > 0 {
		r.Faults = append(r.Faults, Fault{Path: ".", What: fmt.Sprintf("%d more faults are not listed", v.more)})
	}
	sort.Strings(r.Unchecked)
	return r
}

func (v *verifier) check(progress func(done, total int64)) error {
	if !v.readState() {
		return nil
	}
	m, err := v.readManifest()
	if err != nil {
		return err
	}
	if err := v.readSums(m); err != nil {
		return err
	}
	if err := v.checkSignature(m); err != nil {
		return err
	}
	v.checkPresence(v.awayRecipients(m))
	if m == nil {
		v.unchecked("the bundles' counts, private/ and record/: manifest.json cannot be read")
		return v.hash(progress)
	}
	if err := v.checkRecord(m); err != nil {
		return err
	}
	var private errgroup.Group
	private.Go(func() error { return v.checkPrivate(m) }) // reads and hashes other files than hash does
	err = v.hash(progress)
	return errors.Join(err, private.Wait())
}

// readState reads private/run.json; false means that the rest need not be looked at.
func (v *verifier) readState() bool {
	if _, ok := v.there[privateDir]; !ok {
		return true
	}
	r, err := readRun(v.root)
	if err != nil {
		v.fault(runFile, fmt.Sprintf("cannot be read (%v)", reason(err)),
			"Put it back from a copy; without it the ledger's own bytes cannot be checked, and build cannot go on here")
		return true
	}
	if r.State == building {
		v.fault(runFile, "the packet is unfinished: a build was stopped or is still at work",
			"Run build again with the same campaign and --out: it goes on where it stopped")
		v.unchecked("everything else: the packet is unfinished")
		return false
	}
	v.run = r
	return true
}

// readManifest reads manifest.json and checks that it agrees with itself. It is nil when it cannot be used.
func (v *verifier) readManifest() (*Manifest, error) {
	v.listed[manifestFile] = listing{}
	data, err := v.account(manifestFile)
	if data == nil {
		return nil, err
	}
	v.manifest = hashOf(data)
	m, err := parseManifest(data)
	if err != nil {
		do := v.remedy(manifestFile, nil)
		if unknown := errFormat(""); errors.As(err, &unknown) {
			do = "Check the packet with the Postbag that made it, or a newer one"
		}
		v.fault(manifestFile, err.Error(), do)
		return nil, nil
	}
	if m.Format == manifestFormat1 {
		v.unchecked("the hash over each letter: manifests of version 1 have none")
	}
	faults := m.faults()
	for _, f := range faults {
		v.fault(f.Path, f.What, v.remedy(manifestFile, nil))
	}
	if len(faults) == 0 && m.Tree != nil {
		v.report.Root = m.Tree.Root
	}
	v.shared = m.shared()
	v.report.Bundles, v.report.Letters, v.report.RowsRead = len(m.Bundles), m.Letters, m.RowsRead
	for i := range m.Bundles {
		b := &m.Bundles[i]
		if classify(b.Path) == bundle && IsHash(b.SHA256) { // else it is a fault already, and a path not to be opened
			v.listed[b.Path] = listing{sha256: b.SHA256, bundle: b, number: i + 1}
		}
	}
	v.listed[manifestCSVFile] = listing{}
	table, err := v.account(manifestCSVFile)
	if err != nil {
		return nil, err
	}
	if again := m.encodeCSV(); table != nil && !bytes.Equal(table, again) {
		v.fault(manifestCSVFile, fmt.Sprintf("says other things than manifest.json, from line %d", lineOfDifference(again, table)),
			v.remedy(manifestCSVFile, nil))
	}
	return m, nil
}

// account reads one of the packet's accounts. No data and no error mean that it is not there as a file, which
// checkPresence says, or cannot be read, which is a fault.
func (v *verifier) account(name string) ([]byte, error) {
	if e, ok := v.there[name]; !ok || !e.info.Mode().IsRegular() {
		return nil, nil
	}
	data, err := readAccount(v.root, name)
	if err != nil {
		v.fault(name, fmt.Sprintf("cannot be read (%v)", reason(err)), v.remedy(name, nil))
		return nil, nil
	}
	if data == nil {
		data = []byte{}
	}
	return data, v.ctx.Err()
}

// readSums reads SHA256SUMS and lists its files, unless the manifest lists them.
func (v *verifier) readSums(m *Manifest) error {
	v.listed[sumsFile] = listing{}
	names := []string{manifestFile, manifestCSVFile, readMeFile, checkerFile}
	if m != nil && m.Format == manifestFormat1 {
		names = names[:3]
	}
	for _, name := range names {
		v.listed[name] = listing{}
	}
	data, err := v.account(sumsFile)
	if data == nil {
		return err
	}
	sums, err := parseSums(data)
	if err != nil {
		v.fault(sumsFile, err.Error(), v.remedy(sumsFile, nil))
		return nil
	}
	for name, sum := range sums {
		l := v.listed[name]
		switch {
		case l.bundle == nil && classify(name) == bundle && m != nil:
			v.fault(sumsFile, fmt.Sprintf("lists %s, which the manifest does not", name), v.remedy(sumsFile, nil))
		case l.bundle != nil && l.sha256 != sum:
			v.fault(sumsFile, fmt.Sprintf("gives %s another hash than the manifest", name), v.remedy(sumsFile, nil))
			continue
		}
		l.sha256 = sum
		v.listed[name] = l
	}
	for name := range v.listed {
		if sums[name] == "" && name != sumsFile {
			v.fault(sumsFile, fmt.Sprintf("does not list %s", name), v.remedy(sumsFile, nil))
		}
	}
	return nil
}

// parseSums reads SHA256SUMS and takes nothing but what Postbag writes: a hash, two spaces, a path that a packet has
// outside private/, in order, none twice.
func parseSums(data []byte) (map[string]string, error) {
	sums := map[string]string{}
	last := ""
	for number := 1; len(data) > 0; number++ {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		data = rest
		if !ended || len(line) < 67 || !IsHash(string(line[:64])) || string(line[64:66]) != "  " {
			return nil, fmt.Errorf("line %d is not a hash, two spaces and a path", number)
		}
		name := string(line[66:])
		switch c := classify(name); {
		case c != account && c != paperwork && c != bundle || name == sumsFile:
			return nil, fmt.Errorf("line %d lists %s, which it cannot", number, shown(name))
		case name <= last:
			return nil, fmt.Errorf("line %d is out of order", number)
		}
		sums[name] = string(line[:64])
		last = name
	}
	return sums, nil
}

// awayRecipients tells which files are for recipients of whom nothing is here, where others' is: each of several recipients gets their own part
// of a packet. Whoever made the packet has all of it, so that it counts only where private/ is not here.
func (v *verifier) awayRecipients(m *Manifest) map[string]bool {
	if _, ok := v.there[privateDir]; ok || m == nil || len(m.Recipients) == 0 {
		return nil
	}
	owners := m.ownerOf(maps.Keys(v.listed))
	here := map[int]bool{}
	for name, k := range owners {
		if _, ok := v.there[name]; ok {
			here[k] = true
		}
	}
	if len(here) == 0 || len(here) == len(m.Recipients) {
		return nil
	}
	part := m.partOf(slices.Sorted(maps.Keys(here)))
	v.report.Part = part
	v.unchecked(fmt.Sprintf("what is for other recipients: %d letters in %d bundles are not here", m.Letters-part.Letters, len(m.Bundles)-part.Bundles))
	away := map[string]bool{}
	for name, k := range owners {
		away[name] = !here[k]
	}
	return away
}

// checkPresence compares the names: what should be there, and what should not; away is what may be missing.
func (v *verifier) checkPresence(away map[string]bool) {
	apart := false
	for name, l := range v.listed {
		e, ok := v.there[name]
		other := v.folded[strings.ToLower(name)]
		switch {
		case !ok && other != "":
			v.fault(name, fmt.Sprintf("is here as %s, in other capitals", shown(other)), "Rename it to "+name)
		case !ok && strings.HasPrefix(name, printDir+"/") && v.folded[printDir] == "":
			apart = true
		case !ok && away[name]:
		case !ok:
			v.fault(name, "is missing", v.remedy(name, l.bundle))
		case !e.info.Mode().IsRegular():
			v.fault(name, fmt.Sprintf("is %s, not a file", kindOf(e.info.Mode())), v.remedy(name, l.bundle))
		}
	}
	if apart {
		v.unchecked("what is for the printer: print/ is not here")
	}
	for name, e := range v.there {
		if _, ok := v.listed[name]; ok {
			continue
		}
		switch {
		case e.class == folder, e.class == lock, e.class == private, e.class == handOvers:
		case e.class == litter:
			v.unchecked(fmt.Sprintf("%s: the operating system put it there; it is no part of the packet", shown(name)))
		case e.class == temporary:
			v.fault(name, "is half a file, left by a run that was stopped", "Remove it")
		case isFolder(strings.ToLower(name)) && !isFolder(name):
			v.fault(name, "is the folder "+strings.ToLower(name)+" in other capitals", "Rename it to "+strings.ToLower(name))
		case isFolder(name):
			v.fault(name, fmt.Sprintf("is %s, not a folder", kindOf(e.info.Mode())), "Put the folder back")
		default:
			v.fault(name, fmt.Sprintf("is %s that does not belong to the packet", kindOf(e.info.Mode())),
				"Move it out of the packet")
		}
	}
}

// remedy says how to get a file right again.
func (v *verifier) remedy(name string, b *Bundle) string {
	what := name
	if b != nil {
		what = fmt.Sprintf("%s (letters %s to %s)", name, shown(b.First), shown(b.Last))
	}
	if v.run == nil {
		return "Ask whoever made the packet for " + what + " again"
	}
	if n := v.listed[name].number; n > 0 && v.run.State == complete {
		return fmt.Sprintf("Run build again with the same campaign and --out, and --only %d: it remakes %s and touches nothing else", n, what)
	}
	return "Run build again with the same campaign and --out: it remakes " + what + " and leaves what is right alone"
}

// hash reads every listed file that is there, several at once.
func (v *verifier) hash(progress func(done, total int64)) error {
	var names []string
	var total int64
	for name, l := range v.listed {
		if e, ok := v.there[name]; ok && e.info.Mode().IsRegular() && l.sha256 != "" {
			names = append(names, name)
			total += e.info.Size()
		}
	}
	sort.Strings(names)
	meter := &meter{total: total, tell: progress}
	work := make(chan string)
	var readers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8, max(1, len(names))) {
		readers.Add(1)
		go func() {
			defer readers.Done()
			buffer := make([]byte, wholeFile)
			for name := range work {
				v.checkFile(name, buffer, meter)
			}
		}()
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	readers.Wait()
	meter.end()
	return v.ctx.Err()
}

// checkFile checks the bytes of one file, and the pages if it is a bundle.
func (v *verifier) checkFile(name string, buffer []byte, meter *meter) {
	if v.ctx.Err() != nil {
		return
	}
	l, size := v.listed[name], v.there[name].info.Size()
	if l.bundle != nil && l.bundle.Bytes != size {
		meter.add(size)
		v.fault(name, fmt.Sprintf("has %d bytes, and the manifest says %d", size, l.bundle.Bytes), v.remedy(name, l.bundle))
		return
	}
	f, err := openRegular(v.root, name)
	if err != nil {
		v.fault(name, fmt.Sprintf("cannot be read (%v)", reason(err)), v.remedy(name, l.bundle))
		return
	}
	defer f.Close()
	sum, n, whole, err := v.sum(f, buffer, meter)
	switch {
	case v.ctx.Err() != nil:
		return
	case err != nil:
		v.fault(name, fmt.Sprintf("cannot be read (%v)", reason(err)), v.remedy(name, l.bundle))
		return
	case sum != l.sha256:
		v.fault(name, "is not the file that was made: its SHA-256 differs", v.remedy(name, l.bundle))
	case l.bundle != nil && whole != nil:
		v.checkPages(inMemory(whole), n, l.bundle)
	case l.bundle != nil:
		v.checkPages(f, n, l.bundle)
	}
	v.checked(n)
}

// checkPages compares the pages of a bundle and the letter ids in their labels with the manifest. The bytes are those that were made,
// so what differs is the manifest.
func (v *verifier) checkPages(f io.ReaderAt, size int64, b *Bundle) {
	pages, labels, err := readPages(f, size)
	if err != nil {
		v.fault(b.Path, fmt.Sprintf("its pages cannot be counted (%v)", err), v.remedy(b.Path, b))
		return
	}
	if pages != b.Pages {
		v.fault(b.Path, fmt.Sprintf("has %d pages, and the manifest says %d", pages, b.Pages), v.remedy(manifestFile, nil))
		return
	}
	differ := labelsDiffer
	if v.shared {
		differ = sharedLabelsDiffer
	}
	if what := differ(labels, pages, b); what != "" {
		v.fault(b.Path, what, v.remedy(manifestFile, nil))
	}
}

// wholeFile is the size in bytes of the buffers that files are read into: bundles of a thousand letters fit into one.
const wholeFile = 1 << 20

// sum hashes a file in pieces, so that memory stays small and the context is heard. A file that fits into the buffer is left there, as whole.
func (v *verifier) sum(r io.Reader, buffer []byte, meter *meter) (sum string, done int64, whole []byte, err error) {
	h := sha256.New()
	for {
		if err := v.ctx.Err(); err != nil {
			return "", done, nil, err
		}
		n, err := io.ReadFull(r, buffer)
		h.Write(buffer[:n])
		done += int64(n)
		meter.add(int64(n))
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if done == int64(n) {
				whole = buffer[:n]
			}
			return hex.EncodeToString(h.Sum(nil)), done, whole, nil
		}
		if err != nil {
			return "", done, nil, err
		}
	}
}

// meter tells progress, one call at a time and not too often.
type meter struct {
	mu          sync.Mutex
	done, total int64
	told        int64
	tell        func(done, total int64)
}

func (m *meter) add(n int64) {
	const step = 4 << 20
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	if m.tell != nil && m.done-m.told >= step {
		m.told = m.done
		m.tell(min(m.done, m.total), m.total)
	}
}

func (m *meter) end() {
	if m.tell != nil {
		m.tell(m.done, m.total)
	}
}

// modeFault says that others may read something private.
func (v *verifier) modeFault(name string, mode, want fs.FileMode) {
	if runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 {
		v.fault(name, fmt.Sprintf("can be read by others (mode %04o instead of %04o)", mode.Perm(), want),
			fmt.Sprintf("Close it: chmod %o %s", want, name))
	}
}
