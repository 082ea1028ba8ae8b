package packet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/letters/problem"
)

// Recorded says what was added to a packet's record.
type Recorded struct {
	Dir      string        `json:"dir"`
	File     string        `json:"file"` // within the packet
	Entries  []RecordEntry `json:"added"`
	Head     string        `json:"head"`             // SHA-256 of the last line now
	Mended   bool          `json:"mended,omitempty"` // half a line was taken out first
	Manifest *Manifest     `json:"-"`
}

// Record adds entries to the record of the packet in dir, in their order, all or none, synced. It fills in what the comment of [RecordEntry] says,
// and the time where At is empty. Half a line that an earlier run left is taken out first, and an entry says so.
//
// What cannot be is a problem that says why, and nothing is written: a bundle that the packet does not have, a second hand-over of what was accepted, a time
// to come, a text of several lines, a record that is damaged, a packet that is unfinished. Safe for several processes: one waits for the other.
func Record(dir string, entries ...RecordEntry) (*Recorded, error) {
	return recordAt(dir, time.Now(), entries)
}

func recordAt(dir string, now time.Time, entries []RecordEntry) (*Recorded, error) {
	if len(entries) == 0 {
		return nil, errors.New("packet: there is nothing to record")
	}
	p, err := openRecord(dir)
	if err != nil {
		return nil, err
	}
	defer p.root.Close()
	if err := p.makeFolder(); err != nil {
		return nil, err
	}
	l, err := acquire(p.root, dir, recordGate())
	if err != nil {
		return nil, err
	}
	defer func() {
		release(p.root, l, recordGate())
		p.root.Remove(recordDir) // stays where there is a record
	}()
	if err := p.read(); err != nil { // now that nobody else writes
		return nil, err
	}
	lines, err := p.compose(now, entries)
	if err != nil {
		return nil, err
	}
	if err := p.write(lines); err != nil {
		return nil, p.unwritable(err)
	}
	added := p.record.entries[p.before:]
	return &Recorded{Dir: dir, File: recordFile, Entries: added, Head: p.record.head, Mended: added[0].What == Mended, Manifest: p.m}, nil
}

// makeFolder makes record/, if it is not there.
func (p *recorded) makeFolder() error {
	err := p.root.Mkdir(recordDir, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return p.unwritable(err)
	}
	info, err := p.root.Lstat(recordDir)
	if err == nil && !info.IsDir() {
		return p.refuse(fmt.Sprintf("%s is %s, not a folder", recordDir, kindOf(info.Mode())), "Move it out of the packet")
	}
	return nil
}

// recorded is a packet with its record.
type recorded struct {
	root     *os.Root
	dir      string
	m        *Manifest
	manifest string // SHA-256 of manifest.json
	data     []byte // of the record
	there    bool   // the record's file
	record   *record
	before   int // entries that were there before
}

// openRecord opens a packet whose manifest can be used. The caller closes root.
func openRecord(dir string) (_ *recorded, err error) {
	at := problem.Place{File: dir}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	defer func() {
		if err != nil {
			root.Close()
		}
	}()
	p := &recorded{root: root, dir: dir}
	data, err := readAccount(root, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem.Problem{Place: at, What: "this folder holds no packet: it has no " + manifestFile, Do: "Name the folder that build made, or finish the build first"}
	}
	if err == nil {
		p.m, err = parseManifest(data)
	}
	if err == nil {
		for _, f := range p.m.faults() {
			err = fmt.Errorf("%s %s", f.Path, f.What)
			break
		}
	}
	if err != nil {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("%s cannot be used (%v)", manifestFile, reason(err)), Do: "Check the packet with postbag verify, and mend it first"}
	}
	p.manifest = hashOf(data)
	if r, err := readRun(root); err == nil && r.State == building {
		return nil, problem.Problem{Place: at, What: "the packet is unfinished: a build was stopped or is still at work", Do: "Finish it with postbag build first"}
	}
	return p, nil
}

// read reads the record and checks its chain.
func (p *recorded) read() error {
	data, err := readAccount(p.root, recordFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return problem.Problem{Place: problem.Place{File: p.dir}, What: fmt.Sprintf("%s cannot be read (%v)", recordFile, reason(err)), Do: mendRecord}
	default:
		p.data, p.there = data, true
	}
	p.record, err = parseRecord(p.data, p.manifest, p.m)
	p.before = len(p.record.entries)
	var fault *recordFault
	if errors.As(err, &fault) {
		return problem.Problem{Place: problem.Place{File: filepath.Join(p.dir, filepath.FromSlash(recordFile)), Line: fault.line}, What: "the line " + fault.err.Error(), Do: mendRecord}
	}
	return err
}

// mendRecord is what to do about a record that is damaged.
const mendRecord = "Put the record back from a copy, as it was; nothing can be added to one that is damaged"

// compose makes the lines that are to be added, with one in front that tells of half a line, where there is one.
func (p *recorded) compose(now time.Time, entries []RecordEntry) ([]byte, error) {
	if torn := p.record.torn; len(torn) > 0 {
		entries = append([]RecordEntry{{What: Mended, Torn: &TornLine{Bytes: len(torn), SHA256: hashOf(torn), Text: readable(torn)}}}, entries...)
	}
	var lines []byte
	for _, e := range entries {
		line, err := p.add(now, e)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line...)
	}
	if size := p.record.whole + len(lines); size > maxAccount {
		return nil, fmt.Errorf("the record would be larger than %d MB", maxAccount>>20)
	}
	return lines, nil
}

// add puts an entry at the end of the record in memory, and returns its line.
func (p *recorded) add(now time.Time, e RecordEntry) ([]byte, error) {
	r := p.record
	e.Format, e.Number, e.Before, e.Recorded = recordFormat, len(r.entries)+1, r.head, now.UTC().Format(time.RFC3339)
	if e.What.isOfBundles() && e.At == "" {
		e.At = now.Format(time.RFC3339)
	}
	for _, text := range e.texts() {
		*text = strings.TrimSpace(*text)
	}
	if last := e.Bundles.Last(); last > len(p.m.Bundles) {
		return nil, p.refuse(fmt.Sprintf("there is no bundle %d: the packet has %d", last, len(p.m.Bundles)), "The number is in the bundle's file name, and on its slip sheet")
	}
	e.Letters, e.Sheets = p.m.countOf(e.Bundles)
	if what := r.wrong(&e, p.m); what != "" {
		return nil, p.refuse("the entry "+what, "Correct it")
	}
	if t, err := readTime(e.At); err == nil && t.After(now.Add(time.Minute)) && !isToday(e.At, now) {
		return nil, p.refuse(fmt.Sprintf("%s has not come yet", e.At), "Record what has happened, and when")
	}
	if what, do := r.contradicts(&e, len(p.m.Bundles)); what != "" {
		return nil, p.refuse(what, do)
	}
	line, err := e.encode()
	if err != nil {
		return nil, err
	}
	if err := r.take(line, p.m); err != nil { // what is written can be read
		return nil, fmt.Errorf("the entry %w", err)
	}
	return line, nil
}

// isToday tells whether at is the date on which now is, by the clock on the wall.
func isToday(at string, now time.Time) bool { return at == now.Format(time.DateOnly) }

func (p *recorded) refuse(what, do string) error {
	return problem.Problem{Place: problem.Place{File: p.dir}, What: what, Do: do}
}

func (p *recorded) unwritable(err error) error {
	if isFull(err) {
		return p.refuse(fmt.Sprintf("there is no room for the record (%v); nothing was recorded", reason(err)), "Make room, and record it again")
	}
	return p.refuse(fmt.Sprintf("the record cannot be written (%v)", reason(err)), "Make the packet's folder writable")
}

// write adds lines to the file. A whole file is added to at its end; one with half a line is put in the place of the old one in one
// step, so that the half line is never gone without the entry that tells of it.
func (p *recorded) write(lines []byte) error {
	p.root.Remove(temporaryName(recordFile)) // left by a run that was stopped
	if err := p.root.Chmod(recordDir, 0o700); err != nil && !isModeless(err) {
		return err
	}
	if len(p.record.torn) > 0 {
		return replaceFile(p.root, recordFile, append(bytes.Clone(p.data[:len(p.data)-len(p.record.torn)]), lines...))
	}
	f, err := p.root.OpenFile(recordFile, os.O_WRONLY|os.O_APPEND|os.O_CREATE, modeOf(recordFile))
	if err != nil {
		return err
	}
	n, err := f.Write(lines)
	if err == nil {
		err = f.Sync()
	}
	if err != nil && n > 0 {
		err = errors.Join(err, f.Truncate(int64(len(p.data))))
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if p.there {
		return nil
	}
	if err := syncDir(p.root.Open, recordDir); err != nil {
		return err
	}
	return syncDir(p.root.Open, ".")
}

// readable is the text of half a line, with marks in place of what is none, and no longer than a line can be.
func readable(torn []byte) string {
	const most = 16 << 10
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(string(torn[:min(len(torn), most)]), string(utf8.RuneError)))
	return text
}

// ReadEvidence hashes a file that shows what an entry says, such as a photo or a signed receipt.
func ReadEvidence(file string) (*Evidence, error) {
	f, err := os.Open(file)
	if err == nil {
		defer f.Close()
		h := sha256.New()
		var n int64
		if n, err = io.Copy(h, f); err == nil {
			return &Evidence{Name: filepath.Base(file), SHA256: hex.EncodeToString(h.Sum(nil)), Bytes: n}, nil
		}
	}
	return nil, problem.Problem{Place: problem.Place{File: file}, What: fmt.Sprintf("the evidence cannot be read (%v)", reason(err)), Do: "Name a file, such as a photo or the signed receipt"}
}
