package packet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A packet keeps a record of what became of its bundles: record/hand-overs.jsonl, one entry a line, written by [Record] and by nothing else. The
// record is the campaign's own account. It names people, so it is for nobody else unless they ask; it outlives purge; SHA256SUMS does
// not cover it, since it grows after the packet was made, and so neither does a signature.
//
// Entries are only ever added. Each line holds the SHA-256 of the line before, its line end included, and the first one that of
// manifest.json: so no line can be changed, taken out or put in without all later ones being written anew, and no record fits
// another packet. What the chain cannot show is that lines are missing at its end, or that all of it was written anew: for that somebody
// else must know the SHA-256 of the last line, which `postbag status` and the delivery statement name. Each line also holds a check of its own,
// which shows damage and nothing more.
//
// A line is what ECMAScript's JSON.stringify writes, with the members in the order of [RecordEntry], and a line feed.

// recordFormat names the form of a line.
const recordFormat = "postbag-record/1"

// Event is the kind of an entry.
type Event string

// The kinds of entries.
const (
	Printed  Event = "printed"  // sent to a printer
	Sent     Event = "sent"     // given to a carrier
	Accepted Event = "accepted" // taken by the recipient's side
	Refused  Event = "refused"  // not taken
	Struck   Event = "struck"   // an earlier entry does not hold
	Mended   Event = "mended"   // half a line, left by a run that was stopped, was taken out
)

// RecordEntry is one line of the record. Times are RFC 3339 with the zone in which they were written, or a date alone; texts are one line
// of at most 500 characters.
type RecordEntry struct {
	Format   string     `json:"format"`             // "postbag-record/1"; Record fills it in
	Number   int        `json:"number"`             // of the line, from 1; Record fills it in
	Before   string     `json:"before"`             // SHA-256 of the line before, or of manifest.json; Record fills it in
	Recorded string     `json:"recorded"`           // when the entry was written; Record fills it in
	What     Event      `json:"what"`               //
	Bundles  BundleSet  `json:"bundles,omitempty"`  // of printed, sent, accepted and refused
	Letters  int        `json:"letters,omitempty"`  // in these bundles by the manifest; Record fills it in
	Sheets   int        `json:"sheets,omitempty"`   // of paper in these bundles by the manifest; Record fills it in
	At       string     `json:"at,omitempty"`       // when it happened; "" for now
	Place    string     `json:"place,omitempty"`    // where
	To       *Person    `json:"to,omitempty"`       // who took or refused it
	By       *Person    `json:"by,omitempty"`       // who handed it over
	Carrier  string     `json:"carrier,omitempty"`  //
	Tracking string     `json:"tracking,omitempty"` // the carrier's number
	Reason   string     `json:"reason,omitempty"`   // of refused and struck
	Note     string     `json:"note,omitempty"`     //
	Evidence []Evidence `json:"evidence,omitempty"` // photos, signed receipts
	Print    *PrintJob  `json:"print,omitempty"`    // of printed
	Strikes  int        `json:"strikes,omitempty"`  // number of the entry that does not hold; of struck
	Torn     *TornLine  `json:"torn,omitempty"`     // of mended
	Check    string     `json:"check"`              // SHA-256 of this line with check empty; Record fills it in
}

// Person is who took a delivery or made it.
type Person struct {
	Name string `json:"name,omitempty"`
	Role string `json:"role,omitempty"`
}

// Evidence is a file that shows what an entry says. The record keeps its hash; the file stays where it is.
type Evidence struct {
	Name   string `json:"name"` // without its folder
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// PrintJob is what was sent to a printer.
type PrintJob struct {
	Printer string   `json:"printer"`
	Jobs    []string `json:"jobs,omitempty"` // the print system's numbers, one a bundle
	Copies  int      `json:"copies"`
	Sides   string   `json:"sides,omitempty"` // one-sided, two-sided-long-edge
	Media   string   `json:"media,omitempty"` // a4, letter
}

// TornLine is half a line that a run left which was stopped while it wrote.
type TornLine struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Text   string `json:"text"` // what could be read of it
}

// maxRecordText bounds each text of an entry, in characters.
const maxRecordText = 500

// isOfBundles tells whether entries of this kind say something of bundles.
func (w Event) isOfBundles() bool {
	return w == Printed || w == Sent || w == Accepted || w == Refused
}

// record is what stands in record/hand-overs.jsonl.
type record struct {
	entries []RecordEntry
	head    string // SHA-256 of the last line, or of manifest.json
	whole   int    // bytes of the lines that are whole
	torn    []byte // what stands behind them
}

// recordFault is what is wrong with a line of the record.
type recordFault struct {
	line int
	err  error
}

func (f *recordFault) Error() string { return fmt.Sprintf("line %d: %v", f.line, f.err) }

func (f *recordFault) Unwrap() error { return f.err }

var errRecordChain = errors.New("does not follow from the line before it: something was changed, taken out or put in")

// parseRecord reads a record and checks its chain. manifest is the SHA-256 of manifest.json. With an error, which is a *recordFault, it still
// returns the entries before the fault. Half a line at the end is no fault here: it is torn.
func parseRecord(data []byte, manifest string, m *Manifest) (*record, error) {
	r := &record{head: manifest}
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			r.torn = data
			break
		}
		if err := r.take(data[:end], m); err != nil {
			return r, &recordFault{line: len(r.entries) + 1, err: err}
		}
		r.whole += end
		data = data[end:]
	}
	return r, nil
}

// take checks one line, its line feed included, and goes on to the next.
func (r *record) take(line []byte, m *Manifest) error {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return errors.New("is not JSON of the right form")
	}
	if head.Format != recordFormat {
		return fmt.Errorf("has the format %s, and this Postbag knows %s", shown(head.Format), recordFormat)
	}
	var e RecordEntry
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return fmt.Errorf("is not an entry: %w", err)
	}
	again, err := e.encode()
	switch {
	case err != nil:
		return err
	case e.Number != len(r.entries)+1:
		return fmt.Errorf("has the number %d", e.Number)
	case e.Before != r.head:
		return errRecordChain
	case !bytes.Equal(again, line):
		return errors.New("is not as it was written: its check differs")
	}
	if what := r.wrong(&e, m); what != "" {
		return errors.New(what)
	}
	r.entries, r.head = append(r.entries, e), hashOf(line)
	return nil
}

// hashOf is the SHA-256 of data in lower-case hex.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// encode writes the entry as a line, with its check.
func (e *RecordEntry) encode() ([]byte, error) {
	unchecked := *e
	unchecked.Check = ""
	data, err := canonicalJSON(&unchecked, "")
	if err != nil {
		return nil, fmt.Errorf("encoding an entry of the record: %w", err)
	}
	unchecked.Check = hashOf(append(data, '\n'))
	if data, err = canonicalJSON(&unchecked, ""); err != nil {
		return nil, fmt.Errorf("encoding an entry of the record: %w", err)
	}
	return append(data, '\n'), nil
}

// wrong says what no entry after these can be, or nothing.
func (r *record) wrong(e *RecordEntry, m *Manifest) string {
	for _, check := range []func(*RecordEntry, *Manifest) string{r.wrongKind, wrongBundles, wrongTexts, wrongParts} {
		if what := check(e, m); what != "" {
			return what
		}
	}
	return ""
}

func (r *record) wrongKind(e *RecordEntry, _ *Manifest) string {
	if e.What.isOfBundles() && len(e.Bundles) == 0 {
		return "names no bundle"
	}
	if e.isOfOther() {
		return fmt.Sprintf("says things that an entry of the kind %s cannot", shown(string(e.What)))
	}
	switch e.What {
	case Printed, Sent, Accepted:
	case Refused:
		if e.Reason == "" {
			return "does not say why the bundles were refused"
		}
	case Struck:
		return r.wrongStrike(e)
	case Mended:
		if e.Torn == nil || e.Torn.Bytes < 1 || !IsHash(e.Torn.SHA256) {
			return "does not say what was mended"
		}
	default:
		return fmt.Sprintf("has the kind %s, which this Postbag does not know", shown(string(e.What)))
	}
	return ""
}

// isOfOther tells whether the entry has a part that belongs to another kind.
func (e *RecordEntry) isOfOther() bool {
	return e.What.isOfBundles() != (len(e.Bundles) > 0) || e.What.isOfBundles() != (e.At != "") ||
		(e.Strikes != 0) != (e.What == Struck) || (e.Torn != nil) != (e.What == Mended) || e.Print != nil && e.What != Printed ||
		e.Reason != "" && e.What != Refused && e.What != Struck ||
		!e.What.isOfBundles() && (e.Letters != 0 || e.Sheets != 0 || e.Place != "" || e.To != nil || e.By != nil || e.Carrier != "" || e.Tracking != "" || e.Evidence != nil)
}

// wrongStrike checks that an entry strikes what can be struck: an earlier entry about bundles that nobody struck yet.
func (r *record) wrongStrike(e *RecordEntry) string {
	switch {
	case e.Reason == "":
		return "does not say why the entry is struck"
	case e.Strikes < 1 || e.Strikes > len(r.entries):
		return fmt.Sprintf("strikes entry %d, which is not there", e.Strikes)
	case !r.entries[e.Strikes-1].What.isOfBundles():
		return fmt.Sprintf("strikes entry %d, which says nothing of bundles", e.Strikes)
	case r.struckBy(e.Strikes) != 0:
		return fmt.Sprintf("strikes entry %d, which entry %d has struck already", e.Strikes, r.struckBy(e.Strikes))
	}
	return ""
}

// struckBy is the number of the entry that strikes this one; 0 for none.
func (r *record) struckBy(number int) int {
	for i := range r.entries {
		if r.entries[i].Strikes == number {
			return i + 1
		}
	}
	return 0
}

func wrongBundles(e *RecordEntry, m *Manifest) string {
	if len(e.Bundles) == 0 {
		return ""
	}
	if last := e.Bundles.Last(); last > len(m.Bundles) {
		return fmt.Sprintf("is about bundle %d, and the packet has %d", last, len(m.Bundles))
	}
	if letters, sheets := m.countOf(e.Bundles); letters != e.Letters || sheets != e.Sheets {
		return fmt.Sprintf("counts %d letters on %d sheets, and by the manifest its bundles have %d on %d", e.Letters, e.Sheets, letters, sheets)
	}
	return ""
}

// countOf adds up bundles that the manifest has.
func (m *Manifest) countOf(bundles BundleSet) (letters, sheets int) {
	for n := range bundles.All() {
		b := &m.Bundles[n-1]
		letters, sheets = letters+b.Letters, sheets+b.Sheets
	}
	return letters, sheets
}

// texts lists what people typed.
func (e *RecordEntry) texts() []*string {
	texts := []*string{&e.Place, &e.Carrier, &e.Tracking, &e.Reason, &e.Note}
	for _, p := range []*Person{e.To, e.By} {
		if p != nil {
			texts = append(texts, &p.Name, &p.Role)
		}
	}
	for i := range e.Evidence {
		texts = append(texts, &e.Evidence[i].Name)
	}
	if p := e.Print; p != nil {
		texts = append(texts, &p.Printer, &p.Sides, &p.Media)
		for i := range p.Jobs {
			texts = append(texts, &p.Jobs[i])
		}
	}
	return texts
}

func wrongTexts(e *RecordEntry, _ *Manifest) string {
	for _, text := range e.texts() {
		t := *text
		switch {
		case !utf8.ValidString(t) || strings.TrimSpace(t) != t || strings.IndexFunc(t, unicode.IsControl) >= 0:
			return fmt.Sprintf("has the text %s, which is not one clean line", shown(t))
		case utf8.RuneCountInString(t) > maxRecordText:
			return fmt.Sprintf("has a text of more than %d characters", maxRecordText)
		}
	}
	return ""
}

func wrongParts(e *RecordEntry, _ *Manifest) string {
	for _, f := range e.Evidence {
		if f.Name == "" || baseName(f.Name) != f.Name || !IsHash(f.SHA256) || f.Bytes < 0 {
			return "has evidence without a name or a SHA-256"
		}
	}
	for _, p := range []*Person{e.To, e.By} {
		if p != nil && *p == (Person{}) {
			return "names a person without name and role"
		}
	}
	if p := e.Print; p != nil && (p.Printer == "" || p.Copies < 1) {
		return "has a print job without printer or copies"
	}
	if _, err := time.Parse(time.RFC3339, e.Recorded); err != nil {
		return "does not say when it was written"
	}
	if e.At != "" {
		if _, err := readTime(e.At); err != nil {
			return fmt.Sprintf("happened at %s, which is no time", shown(e.At))
		}
	}
	return ""
}

// readTime reads the time of an entry: RFC 3339, or a date alone.
func readTime(at string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		return t, nil
	}
	return time.Parse(time.DateOnly, at)
}

// ParseTime reads a time as people write it, 2026-11-25 or 2026-11-25 14:30, in zone where it names none, and writes it as the record has it.
func ParseTime(text string, zone *time.Location) (string, error) {
	text = strings.TrimSpace(text)
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return text, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.RFC3339), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateTime} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.Format(time.RFC3339), nil
		}
	}
	return "", fmt.Errorf("%s is no time", shown(text))
}

// standing lists the entries about bundles that were not struck, in order.
func (r *record) standing() []*RecordEntry {
	struck := map[int]bool{}
	for i := range r.entries {
		struck[r.entries[i].Strikes] = true
	}
	var standing []*RecordEntry
	for i := range r.entries {
		if e := &r.entries[i]; e.What.isOfBundles() && !struck[e.Number] {
			standing = append(standing, e)
		}
	}
	return standing
}

// fates says of each bundle, from 0, the number of the entry that says last what became of it; 0 where none does. To have been printed
// is no fate.
func (r *record) fates(bundles int) []int {
	fates := make([]int, bundles)
	for _, e := range r.standing() {
		if e.What == Printed {
			continue
		}
		for n := range e.Bundles.All() {
			fates[n-1] = e.Number
		}
	}
	return fates
}

// contradicts says what the record has already that the entry cannot follow, or nothing: what was accepted is not sent, refused or
// accepted again.
func (r *record) contradicts(e *RecordEntry, bundles int) (what, do string) {
	if e.What == Printed || !e.What.isOfBundles() {
		return "", ""
	}
	fates := r.fates(bundles)
	var accepted []int
	var by []int // numbers of entries
	for n := range e.Bundles.All() {
		if f := fates[n-1]; f > 0 && r.entries[f-1].What == Accepted {
			accepted = append(accepted, n)
			if !slices.Contains(by, f) {
				by = append(by, f)
			}
		}
	}
	if len(accepted) == 0 {
		return "", ""
	}
	numbers := BundlesOf(by...).String() // numbers of entries are written as those of bundles are
	return fmt.Sprintf("%s %s accepted by entry %s already", bundleWords(BundlesOf(accepted...)), hasBeen(len(accepted)), numbers),
		fmt.Sprintf("Leave them out; or, if entry %s is wrong, strike it with --strike %d --reason TEXT", numbers, by[0])
}

func bundleWords(s BundleSet) string {
	if s.Len() == 1 {
		return "bundle " + s.String()
	}
	return "bundles " + s.String()
}

func hasBeen(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
