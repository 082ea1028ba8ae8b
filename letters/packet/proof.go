package packet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"postbag/letters/problem"
)

// The forms of proofs, each of a form of tree.
const (
	proofFormat1 = "postbag-proof/1" // of postbag-tree/1
	proofFormat  = "postbag-proof/2"
)

// proofForm is the form of the proofs for a form of tree, and treeForm the other way round; "" where there is none.
func proofForm(tree string) string {
	switch tree {
	case treeFormat1:
		return proofFormat1
	case treeFormat:
		return proofFormat
	}
	return ""
}

func treeForm(proof string) string {
	switch proof {
	case proofFormat1:
		return treeFormat1
	case proofFormat:
		return treeFormat
	}
	return ""
}

// maxProof bounds a proof that is read. Postbag's are under 4 KB unless the letter itself says a great deal of its signer.
const maxProof = 1 << 20

// maxPath bounds a path: a tree of 2^48 leaves is larger than any packet.
const maxPath = 48

// Proof shows that one letter is in a packet's tree, and shows no other signer. See `postbag help manifest`.
type Proof struct {
	Format   string      `json:"format"`
	Campaign string      `json:"campaign"`
	Letter   string      `json:"letter"` // letter id
	Wording  string      `json:"wording_sha256"`
	Says     []Said      `json:"says"`
	Salt     string      `json:"salt"`
	Bundle   ProofBundle `json:"bundle"`
	Packet   ProofPacket `json:"packet"`
}

// Said is one thing that a letter says of its signer.
type Said struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// ProofBundle is the way from the letter to its bundle's root.
type ProofBundle struct {
	Number  int      `json:"number"` // from 1
	First   int      `json:"first"`  // number of its first letter
	Letters int      `json:"letters"`
	Root    string   `json:"root"`
	Path    []string `json:"path"`
}

// ProofPacket is the way from the bundle to the packet's root.
type ProofPacket struct {
	Bundles int      `json:"bundles"`
	Letters int      `json:"letters"`
	Root    string   `json:"root"`
	Path    []string `json:"path"`
}

// Encode writes the proof as its file has it.
func (p *Proof) Encode() ([]byte, error) {
	data, err := canonicalJSON(p, "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the proof: %w", err)
	}
	return append(data, '\n'), nil
}

// EncodeLine writes the proof in one line of ASCII, as the code of its PDF has it: readers of codes do not agree on what bytes beyond
// ASCII mean.
func (p *Proof) EncodeLine() ([]byte, error) {
	data, err := p.Encode()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return nil, fmt.Errorf("encoding the proof: %w", err)
	}
	var line []byte
	for _, r := range b.String() {
		if r < utf8.RuneSelf {
			line = append(line, byte(r))
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			line = fmt.Appendf(line, `\u%04x`, unit)
		}
	}
	return line, nil
}

// ReadProof reads a proof file.
func ReadProof(file string) (*Proof, error) {
	data, err := readWhole(file, maxProof)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: file}, What: fmt.Sprintf("the proof cannot be read (%v)", reason(err)),
			Do: "Name the file that postbag prove made"}
	}
	p, err := parseProof(data)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: file}, What: "this is no proof: " + err.Error(), Do: "Ask whoever gave it to you for it again"}
	}
	return p, nil
}

// readWhole reads a file of anybody's that must not be larger than it can be.
func readWhole(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it is larger than %d MB", most>>20)
	}
	return data, err
}

// parseProof takes nothing but what Encode and EncodeLine write, byte for byte, one line feed at the end more or less.
func parseProof(data []byte) (*Proof, error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("it is not JSON of the right form: %w", err)
	}
	if treeForm(head.Format) == "" {
		return nil, fmt.Errorf("its format is %s, and this Postbag knows %s and %s", shown(head.Format), proofFormat1, proofFormat)
	}
	p := new(Proof)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("it is not of the right form: %w", err)
	}
	whole, err := p.Encode()
	if err != nil {
		return nil, err
	}
	line, err := p.EncodeLine()
	if err != nil {
		return nil, err
	}
	trimmed := bytes.TrimSuffix(data, []byte("\n"))
	if !bytes.Equal(trimmed, line) && !bytes.Equal(trimmed, whole[:len(whole)-1]) {
		return nil, errors.New("it is not written as Postbag writes it")
	}
	return p, nil
}

// Check checks that the proof holds in itself: its letter leads to its bundle's root, and that to its packet's root. What root that
// is says [Proof.CheckManifest] or [Proof.CheckRoot].
func (p *Proof) Check() error {
	for _, n := range [...]int{p.Bundle.Number, p.Bundle.First, p.Bundle.Letters, p.Packet.Bundles, p.Packet.Letters} {
		if n < 1 || n > maxCount {
			return fmt.Errorf("it has the number %d, which no packet can have", n)
		}
	}
	number, ok := letterNumber(p.Campaign, p.Letter)
	if !ok {
		return fmt.Errorf("%s is no letter id of the campaign %s", shown(p.Letter), shown(p.Campaign))
	}
	leaf, err := p.leaf(number)
	if err != nil {
		return err
	}
	switch last := p.Bundle.First + p.Bundle.Letters - 1; {
	case number < p.Bundle.First || number > last:
		return fmt.Errorf("letter %s is not in a bundle of letters %d to %d", p.Letter, p.Bundle.First, last)
	case p.Bundle.Letters > p.Packet.Letters || p.Bundle.Number > p.Packet.Bundles: // in a top-up, numbers are higher than counts
		return fmt.Errorf("bundle %d, with %d letters, is not in a packet of %d bundles and %d letters", p.Bundle.Number, p.Bundle.Letters, p.Packet.Bundles, p.Packet.Letters)
	}
	if err := checkPath(p.Bundle.Path, p.Bundle.Letters, p.Bundle.Root, number-p.Bundle.First, leaf); err != nil {
		return fmt.Errorf("the letter does not lead to the hash of bundle %d: %w", p.Bundle.Number, err)
	}
	bundle, _ := parseHash(p.Bundle.Root)
	entry := bundleEntry{form: treeForm(p.Format), number: p.Bundle.Number, bundles: p.Packet.Bundles, first: p.Bundle.First, letters: p.Bundle.Letters,
		inAll: p.Packet.Letters, root: bundle}
	if err := checkPath(p.Packet.Path, p.Packet.Bundles, p.Packet.Root, p.Bundle.Number-1, entry.hash()); err != nil {
		return fmt.Errorf("bundle %d does not lead to the root: %w", p.Bundle.Number, err)
	}
	return nil
}

// leaf is the hash of the letter's leaf as the proof says it; number is the letter's.
func (p *Proof) leaf(number int) (Hash, error) {
	form := treeForm(p.Format)
	salt, err := hex.DecodeString(p.Salt)
	if err != nil || len(salt) != saltSizeOf(form) || strings.ToLower(p.Salt) != p.Salt {
		return Hash{}, fmt.Errorf("its salt is not %d bytes in hex", saltSizeOf(form))
	}
	fields, values := make([]string, len(p.Says)), make([]string, len(p.Says))
	for i, s := range p.Says {
		fields[i], values[i] = s.Field, s.Value
	}
	seal, err := newSeal(form, Hash{}, p.Campaign, p.Wording, fields)
	if err != nil {
		return Hash{}, errors.New("its wording is no SHA-256")
	}
	if form == treeFormat1 {
		return leafHash(seal.appendLeaf1(nil, salt, number, values)), nil
	}
	return leafHash(seal.appendLeaf(nil, salt, seal.appendLetter(nil, number, values))), nil
}

// checkPath follows an audit path (RFC 6962, 2.1.1) from a leaf to a root.
func checkPath(path []string, size int, root string, place int, leaf Hash) error {
	if len(path) > maxPath {
		return errors.New("its path is longer than that of any packet")
	}
	proof := make(tlog.RecordProof, len(path))
	for i, s := range path {
		h, ok := parseHash(s)
		if !ok {
			return fmt.Errorf("%s is no SHA-256", shown(s))
		}
		proof[i] = tlog.Hash(h)
	}
	want, ok := parseHash(root)
	if !ok {
		return fmt.Errorf("%s is no SHA-256", shown(root))
	}
	if err := tlog.CheckRecord(proof, int64(size), tlog.Hash(want), int64(place), tlog.Hash(leaf)); err != nil {
		return errors.New("something in it was changed, or it is a proof of something else")
	}
	return nil
}

// CheckManifest checks the proof against a manifest: its letter, with this wording and these fields, is in that packet.
func (p *Proof) CheckManifest(m *Manifest) error {
	if err := p.Check(); err != nil {
		return err
	}
	switch {
	case m.Tree == nil:
		return fmt.Errorf("the manifest is of version 1, which has no root to compare with")
	case treeForm(p.Format) != m.Tree.Format:
		return fmt.Errorf("it is of the form %s, and the manifest's tree of the form %s", p.Format, shown(m.Tree.Format))
	case p.Campaign != m.Campaign:
		return fmt.Errorf("it is of the campaign %s, and the manifest of %s", shown(p.Campaign), shown(m.Campaign))
	case p.Bundle.Number > len(m.Bundles) || m.Bundles[p.Bundle.Number-1].Root != p.Bundle.Root:
		return fmt.Errorf("bundle %d has another hash in the manifest", p.Bundle.Number)
	case p.Wording != m.wordingOf(&m.Bundles[p.Bundle.Number-1]):
		return errors.New("its letter has another wording than the manifest's")
	}
	fields := make([]string, len(p.Says))
	for i, s := range p.Says {
		fields[i] = s.Field
	}
	if strings.Join(fields, "\x00") != strings.Join(m.Tree.Fields, "\x00") {
		return fmt.Errorf("it says of the signer %s, and letters of the manifest say %s", shown(strings.Join(fields, ", ")), shown(strings.Join(m.Tree.Fields, ", ")))
	}
	return p.CheckRoot(m.Tree.Root, m.Letters)
}

// CheckRoot checks the proof against a root and a number of letters, as they are printed on paper; 0 letters are not compared.
func (p *Proof) CheckRoot(root string, letters int) error {
	if err := p.Check(); err != nil {
		return err
	}
	if p.Packet.Root != root {
		return fmt.Errorf("it leads to another root, %s: it is a proof for another packet", p.Packet.Root)
	}
	if letters != 0 && letters != p.Packet.Letters {
		return fmt.Errorf("it is of a packet of %d letters, not of %d", p.Packet.Letters, letters)
	}
	return nil
}

// ReadManifest reads a manifest.json, wherever it stands, and checks that it agrees with itself.
func ReadManifest(file string) (*Manifest, error) {
	at := problem.Place{File: file}
	data, err := readWhole(file, maxAccount)
	if err != nil {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("the manifest cannot be read (%v)", reason(err)), Do: "Name a packet's manifest.json"}
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, problem.Problem{Place: at, What: "this is no manifest: " + err.Error(), Do: "Name a packet's manifest.json, as it was made"}
	}
	var list problem.List
	for _, f := range m.faults() {
		list.Add(at, strings.TrimPrefix(f.Path+": "+f.What, manifestFile+": "), "Take the manifest as it was made")
	}
	return m, list.Err()
}
