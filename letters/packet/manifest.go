package packet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// manifestFormat names the form of manifest.json that is written; another form gets another number. Packets are kept for years, so
// the older forms are read for ever: those of version 1 have no tree, and those before version 3 one recipient and letters from
// number 1 on.
const (
	manifestFormat  = "postbag-manifest/3"
	manifestFormat2 = "postbag-manifest/2"
	manifestFormat1 = "postbag-manifest/1"
)

// maxAccount bounds the accounts that are read into memory.
const maxAccount = 64 << 20

// maxCount bounds every number of a manifest, so that sums cannot overflow.
const maxCount = 1e12

// Manifest is the machine-readable account of a packet (manifest.json), without personal data.
type Manifest struct {
	Format     string         `json:"format"` // "postbag-manifest/3"; Account fills it in
	Campaign   string         `json:"campaign"`
	Specimen   bool           `json:"specimen"`
	Sender     Organisation   `json:"sender"`
	Recipient  Recipient      `json:"recipient"`            // the first, where there are several
	Recipients []Addressee    `json:"recipients,omitempty"` // all of them, where there are several
	Letter     Wording        `json:"letter"`
	Sources    []Source       `json:"sources"`
	Consent    Consent        `json:"consent"`
	Fonts      []Font         `json:"fonts"`
	RowsRead   int            `json:"rows_read"`
	Signers    int            `json:"signers"`      // people with letters, or rows where signers.duplicates keeps them all
	Letters    int            `json:"letters"`      // one for each signer and recipient
	First      int            `json:"first_letter"` // the number of the first letter: 1, and more in a top-up
	Pages      int            `json:"pages"`
	Sheets     int            `json:"sheets"`
	Excluded   map[string]int `json:"excluded"`            // reason -> rows
	NeedsLook  int            `json:"needs_look"`          // of them, rows held back for reasons a person should look at
	Comments   *Comments      `json:"comments,omitempty"`  // where the letter prints those of its signers
	Since      []Earlier      `json:"since,omitempty"`     // the packets that this one tops up
	Withdrawn  *int           `json:"withdrawn,omitempty"` // in top-ups: people of earlier packets who have withdrawn
	Tree       *Tree          `json:"tree,omitempty"`      // nil in version 1
	// SigningKey is the key that signs the packet, where the campaign has one; SHA256SUMS.minisig must then be there.
	SigningKey PublicKey `json:"signing_key,omitempty"`
	Bundles    []Bundle  `json:"bundles"`
}

// manifest2 is a manifest as versions 1 and 2 write it: the same fields, of which those that came with version 3 are not written.
type manifest2 struct {
	Format     string         `json:"format"`
	Campaign   string         `json:"campaign"`
	Specimen   bool           `json:"specimen"`
	Sender     Organisation   `json:"sender"`
	Recipient  Recipient      `json:"recipient"`
	Recipients []Addressee    `json:"-"`
	Letter     Wording        `json:"letter"`
	Sources    []Source       `json:"sources"`
	Consent    Consent        `json:"consent"`
	Fonts      []Font         `json:"fonts"`
	RowsRead   int            `json:"rows_read"`
	Signers    int            `json:"-"`
	Letters    int            `json:"letters"`
	First      int            `json:"-"`
	Pages      int            `json:"pages"`
	Sheets     int            `json:"sheets"`
	Excluded   map[string]int `json:"excluded"`
	NeedsLook  int            `json:"needs_look"`
	Comments   *Comments      `json:"comments,omitempty"`
	Since      []Earlier      `json:"-"`
	Withdrawn  *int           `json:"-"`
	Tree       *Tree          `json:"tree,omitempty"`
	SigningKey PublicKey      `json:"signing_key,omitempty"`
	Bundles    []Bundle       `json:"bundles"`
}

// old tells whether the manifest is of a version before 3.
func (m *Manifest) old() bool { return m.Format == manifestFormat1 || m.Format == manifestFormat2 }

// Addressee is one of several recipients, and their letters.
type Addressee struct {
	Recipient
	WordingHash string `json:"wording_sha256"` // of the letters to this recipient
	Letters     int    `json:"letters"`        // one for each signer
	First       string `json:"first"`          // letter ids
	Last        string `json:"last"`
}

// Earlier is a packet whose people get no second letter.
type Earlier struct {
	Campaign     string `json:"campaign"`
	ManifestHash string `json:"manifest_sha256"` // of its manifest.json
	Root         string `json:"root"`            // over its letters
	Letters      int    `json:"letters"`
	Last         string `json:"last"` // id of its last letter
}

// Comments counts the signers' own comments.
type Comments struct {
	Offered    int            `json:"offered"`
	Approved   int            `json:"approved"`
	Printed    int            `json:"printed"`
	Cut        int            `json:"cut"`         // of those printed
	NotPrinted map[string]int `json:"not_printed"` // reason -> comments
}

// Tree is the Merkle tree over all letters.
type Tree struct {
	Format string   `json:"format"` // "postbag-tree/2"; Account fills it in
	Size   int      `json:"size"`   // letters
	Root   string   `json:"root"`   // Account fills it in
	Fields []string `json:"fields"` // what letters say of their signers
}

// Organisation is who delivers.
type Organisation struct {
	Organisation string `json:"organisation"`
	Contact      string `json:"contact,omitempty"`
}

// Recipient is who is addressed.
type Recipient struct {
	Name       string   `json:"name"`
	Title      string   `json:"title,omitempty"`
	Company    string   `json:"company"`
	Address    []string `json:"address,omitempty"`
	VerifiedOn string   `json:"verified_on,omitempty"` // YYYY-MM-DD
}

// Wording is the letter: what it says is pinned by a hash.
type Wording struct {
	Form         string `json:"form,omitempty"` // letter, or a document that many signers share: open-letter, petition-sheets, investors; "" means letter
	Template     string `json:"template"`
	TemplateHash string `json:"template_sha256"` // of the template file's bytes
	WordingHash  string `json:"wording_sha256"`  // of the wording with the campaign's fields filled and the signer's fields as {{field}}
	Date         string `json:"date"`
	Language     string `json:"language"`
	Paper        string `json:"paper"`
}

// Source is one file of the signer list.
type Source struct {
	Name   string `json:"name"` // file name without its folder
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Consent is why names may be handed over.
type Consent struct {
	Column    string   `json:"column,omitempty"`
	Values    []string `json:"values,omitempty"`
	By        string   `json:"attested_by,omitempty"`
	On        string   `json:"attested_on,omitempty"`
	Statement string   `json:"statement,omitempty"`
}

// Font is a face that set something in the packet.
type Font struct {
	Name   string `json:"name"`   // PostScript name
	Origin string `json:"origin"` // campaign, built-in or system
	SHA256 string `json:"sha256"`
}

// Bundle is one PDF of letters.
type Bundle struct {
	Path    string   `json:"path"` // relative to the packet, with slashes
	SHA256  string   `json:"sha256"`
	Bytes   int64    `json:"bytes"`
	Letters int      `json:"letters"`
	Pages   int      `json:"pages"`  // the slip sheet's included
	Sheets  int      `json:"sheets"` // sheets of paper, the slip sheet included
	First   string   `json:"first"`  // letter ids
	Last    string   `json:"last"`
	Root    string   `json:"root,omitempty"` // the hash over the bundle's letters, as it stands on the slip sheet; none in version 1
	Group   []string `json:"-"`              // values of bundles.group_by: places of people stay out of the manifest
	// Recipient is the place in Manifest.Recipients, from 1, of the one that all its letters go to; 0 where there is one.
	Recipient int `json:"recipient,omitempty"`
}

// tidy makes the manifest say the same thing on every machine: its format, lists that are empty and not absent,
// and files by their names without the folders that somebody keeps them in.
func (m *Manifest) tidy() {
	if m.Format == "" {
		m.Format = manifestFormat
	}
	if m.Tree != nil && m.Tree.Fields == nil {
		m.Tree.Fields = []string{}
	}
	if m.Sources == nil {
		m.Sources = []Source{}
	}
	if m.Fonts == nil {
		m.Fonts = []Font{}
	}
	if m.Excluded == nil {
		m.Excluded = map[string]int{}
	}
	if m.Bundles == nil {
		m.Bundles = []Bundle{}
	}
	for i := range m.Sources {
		m.Sources[i].Name = baseName(m.Sources[i].Name)
	}
	m.Letter.Template = baseName(m.Letter.Template)
}

// baseName cuts the folders off a path of any system.
func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// encode writes manifest.json in its canonical bytes.
func (m *Manifest) encode() ([]byte, error) {
	var written any = m
	if m.old() {
		written = (*manifest2)(m)
	}
	data, err := canonicalJSON(written, "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	return append(data, '\n'), nil
}

// canonicalJSON writes what ECMAScript's JSON.stringify writes, with that indent, for members in the order of the struct. Strings and
// numbers are those of RFC 8785, which took them from there; its order of members and lack of spaces are not taken over, since
// people read these files. encoding/json differs from it in escaping two line separators.
func canonicalJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if !bytes.Contains(data, []byte(`\u202`)) {
		return data, nil
	}
	var out []byte
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] != '\\':
			out = append(out, data[i])
		case bytes.HasPrefix(data[i:], []byte(`\u2028`)), bytes.HasPrefix(data[i:], []byte(`\u2029`)):
			out = append(out, "\xe2\x80"...)
			out = append(out, 0xa8+data[i+5]-'8')
			i += 5
		default:
			out = append(out, data[i], data[i+1])
			i++
		}
	}
	return out, nil
}

// encodeCSV writes manifest.csv: one row a bundle.
func (m *Manifest) encodeCSV() []byte {
	b := []byte("path,sha256,bytes,letters,pages,sheets,first,last")
	if m.Tree != nil {
		b = append(b, ",root"...)
	}
	if len(m.Recipients) > 0 {
		b = append(b, ",recipient"...)
	}
	b = append(b, '\n')
	for i := range m.Bundles {
		n := &m.Bundles[i]
		b = appendCell(b, n.Path)
		b = append(b, ',')
		b = appendCell(b, n.SHA256)
		for _, count := range [...]int64{n.Bytes, int64(n.Letters), int64(n.Pages), int64(n.Sheets)} {
			b = append(b, ',')
			b = appendNumber(b, count)
		}
		b = append(b, ',')
		b = appendCell(b, n.First)
		b = append(b, ',')
		b = appendCell(b, n.Last)
		if m.Tree != nil {
			b = append(b, ',')
			b = appendCell(b, n.Root)
		}
		if len(m.Recipients) > 0 {
			b = append(b, ',')
			b = appendNumber(b, int64(n.Recipient))
		}
		b = append(b, '\n')
	}
	return b
}

// errFormat is a manifest of another format: nothing else can be said about it.
type errFormat string

func (e errFormat) Error() string {
	return fmt.Sprintf("the manifest's format is %s, and this Postbag knows %s", shown(string(e)), strings.Join(formats(), ", "))
}

// formats lists the forms of a manifest that can be read.
func formats() []string { return []string{manifestFormat1, manifestFormat2, manifestFormat} }

// parseManifest reads manifest.json and takes nothing but what encode writes, byte for byte: no second key of the
// same name, no unknown key, no other spelling of the same thing. A manifest that two readers could understand in
// two ways proves nothing.
func parseManifest(data []byte) (*Manifest, error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("it is not JSON of the right form: %w", err)
	}
	if !slices.Contains(formats(), head.Format) {
		return nil, errFormat(head.Format)
	}
	// A bundle takes over a hundred bytes; millions of empty ones would take memory that their file does not show.
	if bytes.Count(data, []byte("{")) > 64+len(data)/32 {
		return nil, errors.New("it holds more objects than a manifest can")
	}
	m := &Manifest{Format: head.Format}
	var written any = m
	if m.old() {
		written = (*manifest2)(m)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(written); err != nil {
		return nil, fmt.Errorf("it is not a manifest: %w", err)
	}
	m.tidy()
	if m.old() {
		m.Signers, m.First = m.Letters, 1
	}
	again, err := m.encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, fmt.Errorf("it is not written as Postbag writes it (line %d)", lineOfDifference(again, data))
	}
	return m, nil
}

// lineOfDifference is the first line in which two texts differ.
func lineOfDifference(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	return 1 + bytes.Count(b[:i], []byte("\n"))
}

// excluded is the number of rows without a letter.
func (m *Manifest) excluded() int {
	sum := 0
	for _, n := range m.Excluded {
		sum += n
	}
	return sum
}

// faults checks that the manifest agrees with itself: every row has one fate, and the bundles add up.
func (m *Manifest) faults() []Fault {
	var faults []Fault
	fault := func(path, what string, arguments ...any) {
		faults = append(faults, Fault{Path: path, What: fmt.Sprintf(what, arguments...)})
	}
	if !slices.Contains(formats(), m.Format) {
		fault(manifestFile, "%s", errFormat(m.Format).Error())
	}
	for _, n := range m.counts() {
		if n.count < 0 || n.count > maxCount {
			fault(manifestFile, "%s is %d, which no packet can have", n.name, n.count)
			return faults // sums of such numbers say nothing
		}
	}
	if !slices.Contains(forms(), m.Letter.Form) {
		fault(manifestFile, "the letter's form is %s, and this Postbag knows %s", shown(m.Letter.Form), strings.Join(forms()[1:], ", "))
	}
	if sum := m.Signers + m.excluded(); m.RowsRead != sum {
		fault(manifestFile, "rows_read is %d, but signers and excluded rows add up to %d", m.RowsRead, sum)
	}
	if m.NeedsLook > m.excluded() {
		fault(manifestFile, "needs_look is %d, but only %d rows are excluded", m.NeedsLook, m.excluded())
	}
	if _, ok := m.SigningKey.parse(); m.SigningKey != "" && (!ok || m.Tree == nil) {
		fault(manifestFile, "signing_key is no public key of minisign")
	}
	return slices.Concat(faults, m.bundleFaults(), m.recipientFaults(), m.sinceFaults(), m.treeFaults())
}

// plant fills in what follows from the bundles' roots.
func (m *Manifest) plant() error {
	if m.Tree == nil {
		return nil // a fault, which faults names
	}
	leaves, err := m.entryHashes()
	if err != nil {
		return err
	}
	m.Tree.Format, m.Tree.Size, m.Tree.Root = m.treeForm(), m.Letters, rootOf(leaves).String()
	return nil
}

// treeForm is the form of tree that goes with the form of the manifest.
func (m *Manifest) treeForm() string {
	if m.old() {
		return treeFormat1
	}
	return treeFormat
}

// treeFaults checks that the letters' ids run through all bundles, and that the bundles' hashes make the root.
func (m *Manifest) treeFaults() []Fault {
	if m.Format == manifestFormat1 {
		if m.Tree != nil {
			return []Fault{{Path: manifestFile, What: "has a tree, which manifests of version 1 have not"}}
		}
		return nil
	}
	switch t := m.Tree; {
	case t == nil || t.Format != m.treeForm():
		return []Fault{{Path: manifestFile, What: "has no tree of the form " + m.treeForm()}}
	case t.Size != m.Letters:
		return []Fault{{Path: manifestFile, What: fmt.Sprintf("the tree has %d letters, and the manifest says %d", t.Size, m.Letters)}}
	}
	var faults []Fault
	first := m.First
	for i := range m.Bundles {
		b := &m.Bundles[i]
		if from, to := letterID(m.Campaign, first), letterID(m.Campaign, first+b.Letters-1); b.First != from || b.Last != to {
			faults = append(faults, Fault{Path: shown(b.Path), What: fmt.Sprintf("has letters %s to %s by the manifest, and by the counts %s to %s",
				shown(b.First), shown(b.Last), shown(from), shown(to))})
		}
		first += b.Letters
	}
	leaves, err := m.entryHashes()
	if err != nil {
		return append(faults, Fault{Path: manifestFile, What: err.Error()})
	}
	if root := rootOf(leaves).String(); root != m.Tree.Root {
		faults = append(faults, Fault{Path: manifestFile, What: fmt.Sprintf("the bundles' hashes make the root %s, and the manifest says %s", root, shown(m.Tree.Root))})
	}
	return faults
}

// letterID is the id of a letter: the campaign's name and the number, padded to six digits.
func letterID(campaign string, number int) string {
	return string(appendLetterID(make([]byte, 0, len(campaign)+8), campaign, number))
}

func appendLetterID(dst []byte, campaign string, number int) []byte {
	dst = append(append(dst, campaign...), '-')
	for least := 100_000; least > number && least > 1; least /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(number), 10)
}

// letterNumber is the number in a letter's id; ok is false where the id is none of the campaign.
func letterNumber(campaign, id string) (number int, ok bool) {
	digits, ok := strings.CutPrefix(id, campaign+"-")
	number, err := strconv.Atoi(digits)
	return number, ok && err == nil && number > 0 && letterID(campaign, number) == id
}

type namedCount struct {
	name  string
	count int64
}

// counts lists every number of the manifest, in an order that does not change.
func (m *Manifest) counts() []namedCount {
	counts := []namedCount{
		{"rows_read", int64(m.RowsRead)}, {"signers", int64(m.Signers)}, {"letters", int64(m.Letters)}, {"first_letter", int64(m.First)},
		{"pages", int64(m.Pages)}, {"sheets", int64(m.Sheets)}, {"needs_look", int64(m.NeedsLook)},
	}
	if m.Withdrawn != nil {
		counts = append(counts, namedCount{"withdrawn", int64(*m.Withdrawn)})
	}
	for i := range m.Recipients {
		counts = append(counts, namedCount{"letters of a recipient", int64(m.Recipients[i].Letters)})
	}
	for i := range m.Since {
		counts = append(counts, namedCount{"letters of an earlier packet", int64(m.Since[i].Letters)})
	}
	for _, reason := range m.reasons() {
		counts = append(counts, namedCount{"excluded: " + reason, int64(m.Excluded[reason])})
	}
	for i := range m.Bundles {
		b := &m.Bundles[i]
		counts = append(counts, namedCount{"bytes", b.Bytes}, namedCount{"letters", int64(b.Letters)},
			namedCount{"pages", int64(b.Pages)}, namedCount{"sheets", int64(b.Sheets)})
	}
	return counts
}

// reasons lists the reasons for exclusion in alphabetical order.
func (m *Manifest) reasons() []string {
	reasons := make([]string, 0, len(m.Excluded))
	for reason := range m.Excluded {
		reasons = append(reasons, reason)
	}
	sort.Strings(reasons)
	return reasons
}

func (m *Manifest) bundleFaults() []Fault {
	var faults []Fault
	var letters, pages, sheets int
	seen := make(map[string]bool, len(m.Bundles))
	for i := range m.Bundles {
		b := &m.Bundles[i]
		letters, pages, sheets = letters+b.Letters, pages+b.Pages, sheets+b.Sheets
		what := b.wrong(m.shared())
		if seen[b.Path] {
			what = "stands twice in the manifest"
		}
		seen[b.Path] = true
		if what != "" {
			faults = append(faults, Fault{Path: shown(b.Path), What: what})
		}
	}
	for _, sum := range []struct {
		name        string
		total, adds int
	}{{"letters", m.Letters, letters}, {"pages", m.Pages, pages}, {"sheets", m.Sheets, sheets}} {
		if sum.total != sum.adds {
			faults = append(faults, Fault{Path: manifestFile,
				What: fmt.Sprintf("%s is %d, but the bundles add up to %d", sum.name, sum.total, sum.adds)})
		}
	}
	return faults
}

// forms lists what the form of a letter may be: none in packets made before there were others.
func forms() []string { return []string{"", letterForm, "open-letter", "petition-sheets", "investors"} }

// letterForm is the form of a packet with a letter for each signer.
const letterForm = "letter"

// shared tells whether many signers stand on one page.
func (m *Manifest) shared() bool { return m.Letter.Form != "" && m.Letter.Form != letterForm }

// wrong says what no bundle can be, or nothing; shared is whether many signers stand on one page.
func (b *Bundle) wrong(shared bool) string {
	switch {
	case classify(b.Path) != bundle:
		return "is not where a packet keeps its bundles (deliver/bundles/bundle-0001.pdf)"
	case !IsHash(b.SHA256):
		return "has no proper SHA-256 in the manifest"
	case b.Bytes < 1 || b.Letters < 1:
		return "is empty by the manifest"
	case b.Pages < b.Letters && !shared || b.Sheets < 1 || b.Sheets > b.Pages:
		return fmt.Sprintf("cannot have %d letters on %d pages and %d sheets", b.Letters, b.Pages, b.Sheets)
	case b.First == "" || b.Last == "" || (b.First == b.Last) != (b.Letters == 1):
		return fmt.Sprintf("cannot have %d letters from %q to %q", b.Letters, b.First, b.Last)
	}
	return ""
}

// IsHash tells whether s is a SHA-256 in lower-case hex.
func IsHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
