package packet

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"postbag/letters/problem"
)

// Signer says whose letter is to be proved: by its letter id, or by the row of the list where that is empty.
type Signer struct {
	Letter string
	Row    int
	File   string // of the list, where it has several

	Recipient int // of the letter of a row, counting from 1, where there are several; 0 where there is one
}

// Proved is a proof, with what the packet's manifest and ledger say beside.
type Proved struct {
	Proof    *Proof
	Manifest *Manifest
	Name     string // as it stands in the ledger
}

// Prove makes the proof for one signer of the packet in dir. It needs private/, of which it reads no more than it must: with a
// letter id, two places of the ledger, whatever the packet's size. The proof is checked before it is returned.
func Prove(dir string, s Signer) (*Proved, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	defer root.Close()
	p := &prover{dir: dir, root: root}
	defer func() {
		for _, f := range p.open {
			f.Close()
		}
	}()
	if err := p.enterPacket(); err != nil {
		return nil, err
	}
	number, err := p.find(s)
	if err != nil {
		return nil, err
	}
	return p.prove(number)
}

// prover makes proofs from a packet.
type prover struct {
	dir           string
	root          *os.Root
	m             *Manifest
	ledger, index io.ReaderAt
	several       bool
	seal          *Seal
	open          []*os.File

	bundle    int // the place of the bundle in the manifest
	first     int // number of its first letter
	tileFirst int // the place of its first tile
	tiles     []Tile
	end       int64 // where the bundle's part of the ledger ends
	read      map[int]*tileLines
}

// tileLines is a tile as the ledger has it.
type tileLines struct {
	leaves []Hash
	tree   *LetterTree
	names  []string
	values [][]string
	salts  []string // in hex
}

func (p *prover) problem(name, what, do string) error {
	return problem.Problem{Place: problem.Place{File: name}, What: what, Do: do}
}

// enterPacket reads the manifest and the key, and opens the ledger.
func (p *prover) enterPacket() error {
	data, err := readAccount(p.root, manifestFile)
	if err != nil {
		return p.problem(p.dir, fmt.Sprintf("%s cannot be read (%v)", manifestFile, reason(err)), "Name the folder that build made")
	}
	if p.m, err = parseManifest(data); err == nil {
		for _, f := range p.m.faults() {
			err = errors.New(f.Path + " " + f.What)
		}
	}
	if err != nil {
		return p.problem(p.dir, fmt.Sprintf("%s is wrong: %v", manifestFile, err), "Check the packet with postbag verify")
	}
	if p.m.Tree == nil {
		return p.problem(p.dir, "this packet was made by a Postbag that made no tree of its letters, so that nothing can be proved of one of them",
			"Build the packet again, to another folder; the new one has a root")
	}
	const do = "Prove with the packet as build made it; where private/ was purged, build it again from the same list and campaign.secret"
	for name, at := range map[string]*io.ReaderAt{ledgerFile: &p.ledger, indexFile: &p.index} {
		f, err := openRegular(p.root, name)
		if errors.Is(err, fs.ErrNotExist) {
			return p.problem(p.dir, name+" is not here, and proofs are made from it", do)
		}
		if err != nil {
			return p.problem(p.dir, fmt.Sprintf("%s cannot be read (%v)", name, reason(err)), do)
		}
		*at, p.open = f, append(p.open, f)
	}
	return p.begin()
}

// begin reads the key, and from the ledger's first line whether rows name their file.
func (p *prover) begin() error {
	key, err := readIndexKey(p.index)
	if err != nil {
		return p.damaged(indexFile, err)
	}
	p.seal, err = newSeal(p.m.Tree.Format, key, p.m.Campaign, p.m.Letter.WordingHash, p.m.Tree.Fields)
	if err != nil {
		return p.damaged(manifestFile, err)
	}
	head, err := newTable(io.NewSectionReader(p.ledger, 0, math.MaxInt64)).header()
	if err != nil {
		return p.damaged(ledgerFile, err)
	}
	l := ledgerReader{m: p.m}
	if err := l.head(head); err != nil {
		return p.damaged(ledgerFile, err)
	}
	p.several = l.several
	return nil
}

func (p *prover) damaged(name string, err error) error {
	return p.problem(p.dir, fmt.Sprintf("%s does not fit: %v", name, err), "Check the packet with postbag verify")
}

// find gives the number of the signer's letter.
func (p *prover) find(s Signer) (int, error) {
	if s.Letter == "" {
		return p.findRow(s)
	}
	number, ok := letterNumber(p.m.Campaign, s.Letter)
	if last := p.m.First + p.m.Letters - 1; !ok || number < p.m.First || number > last {
		return 0, p.problem(p.dir, fmt.Sprintf("there is no letter %s here: they are %s to %s", shown(s.Letter), letterID(p.m.Campaign, p.m.First), letterID(p.m.Campaign, last)),
			"The letter id stands at the foot of each letter, and in "+ledgerFile+" beside the name")
	}
	return number, nil
}

// findRow looks for a row of the list in the ledger, among the letters to one recipient.
func (p *prover) findRow(s Signer) (int, error) {
	if n := p.m.addressees(); s.Recipient > n {
		return 0, p.problem(p.dir, fmt.Sprintf("there is no recipient %d here: the letters are to %s", s.Recipient, p.m.to()), fmt.Sprintf("Name one from 1 to %d", n))
	}
	first := p.m.First + max(0, s.Recipient-1)*p.m.Signers
	found, err := p.findInOrder(s.Row, first)
	if err == nil && found == 0 {
		found, err = p.findAnywhere(s, first)
	}
	if err != nil {
		return 0, err
	}
	if found == 0 {
		return 0, p.problem(p.dir, fmt.Sprintf("row %d has no letter here", s.Row), exclusionsFile+" says which rows got none, and why")
	}
	if n := len(p.m.Recipients); n > 0 && s.Recipient == 0 {
		return 0, p.problem(p.dir, fmt.Sprintf("row %d has a letter to each of %d recipients", s.Row, n),
			fmt.Sprintf("Say to whom with --recipient, from 1 to %d, or name one of the letters: the first is %s", n, letterID(p.m.Campaign, found)))
	}
	return found, nil
}

// findInOrder looks for a row of a list of one file where it stands if the letters from first on are in the order of the list, as they are unless
// they are grouped: by bisection over the tiles. It returns 0 where the row is not there.
func (p *prover) findInOrder(row, first int) (int, error) {
	if p.several {
		return 0, nil
	}
	var tiles, letters []int // the tiles of letters from first on, by their place in the index, and the number of each tile's first letter
	for number, tile, b := p.m.First, 0, 0; b < len(p.m.Bundles) && number < first+p.m.Signers; b++ {
		n := p.m.Bundles[b].Letters
		for at := 0; at < n; at += tileLetters {
			if number >= first {
				tiles, letters = append(tiles, tile), append(letters, number+at)
			}
			tile++
		}
		number += n
	}
	k, _ := slices.BinarySearchFunc(tiles, row, func(tile, row int) int {
		rows, err := p.rowsFrom(tile, 1)
		if err != nil || len(rows) == 0 {
			return 1
		}
		n, err := strconv.Atoi(rows[0])
		if err != nil {
			return 1
		}
		return cmp.Compare(n, row+1)
	})
	if k == 0 {
		return 0, nil
	}
	rows, err := p.rowsFrom(tiles[k-1], tileLetters)
	if err != nil {
		return 0, err
	}
	if place := slices.Index(rows, strconv.Itoa(row)); place >= 0 && letters[k-1]+place < first+p.m.Signers {
		return letters[k-1] + place, nil
	}
	return 0, nil
}

// rowsFrom is the rows of the list that the first letters of a tile, up to so many, are of by the ledger.
func (p *prover) rowsFrom(tile, letters int) ([]string, error) {
	tiles, err := readTiles(p.index, tile, 1)
	if err != nil {
		return nil, p.damaged(indexFile, err)
	}
	t := newTable(io.NewSectionReader(p.ledger, tiles[0].At, math.MaxInt64-tiles[0].At))
	var rows []string
	for range letters {
		cells, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, p.damaged(ledgerFile, err)
		}
		rows = append(rows, strings.Clone(cells[0]))
	}
	return rows, nil
}

// findAnywhere looks for a row in the whole ledger, among the letters from first on to one recipient.
func (p *prover) findAnywhere(s Signer, first int) (int, error) {
	t := newTable(io.NewSectionReader(p.ledger, 0, math.MaxInt64))
	if _, err := t.header(); err != nil {
		return 0, p.damaged(ledgerFile, err)
	}
	row, found := strconv.Itoa(s.Row), 0
	for number := p.m.First; number < first+p.m.Signers; number++ {
		cells, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, p.damaged(ledgerFile, fmt.Errorf("line %d: %w", t.line, err))
		}
		if number < first || cells[0] != row || p.several && s.File != "" && PlainCell(cells[5]) != s.File {
			continue
		}
		if found != 0 {
			return 0, p.problem(p.dir, fmt.Sprintf("several files of the list have a row %d", s.Row), "Say which, as in --row "+shown(PlainCell(cells[5]))+":"+row)
		}
		found = number
	}
	return found, nil
}

func (p *prover) prove(number int) (*Proved, error) {
	if !p.within(number) {
		if err := p.enter(number); err != nil {
			return nil, err
		}
	}
	b := &p.m.Bundles[p.bundle]
	place := number - p.first
	own, err := p.lines(place / tileLetters)
	if err != nil {
		return nil, err
	}
	proof := &Proof{Format: proofForm(p.m.Tree.Format), Campaign: p.m.Campaign, Letter: letterID(p.m.Campaign, number), Wording: p.m.wordingOf(b), Says: []Said{},
		Salt:   own.salts[place%tileLetters],
		Bundle: ProofBundle{Number: p.bundle + 1, First: p.first, Letters: b.Letters, Root: b.Root},
		Packet: ProofPacket{Bundles: len(p.m.Bundles), Letters: p.m.Letters, Root: p.m.Tree.Root}}
	for i, field := range p.m.Tree.Fields {
		proof.Says = append(proof.Says, Said{Field: field, Value: own.values[place%tileLetters][i]})
	}
	if proof.Bundle.Path, err = pathTo(place, b.Letters, p.node); err != nil {
		return nil, p.damaged(indexFile, err)
	}
	entries, err := p.m.entryHashes()
	if err != nil {
		return nil, p.damaged(manifestFile, err)
	}
	if proof.Packet.Path, err = pathTo(p.bundle, len(entries), func(level, n int) (Hash, error) {
		return rootOf(entries[n<<level : (n+1)<<level]), nil
	}); err != nil {
		return nil, p.damaged(manifestFile, err)
	}
	if err := proof.CheckManifest(p.m); err != nil {
		return nil, p.damaged(ledgerFile, fmt.Errorf("what it says of letter %s does not lead to the root", proof.Letter))
	}
	return &Proved{Proof: proof, Manifest: p.m, Name: own.names[place%tileLetters]}, nil
}

// within tells whether the letter is in the bundle that was entered last.
func (p *prover) within(number int) bool {
	return p.read != nil && number >= p.first && number < p.first+p.m.Bundles[p.bundle].Letters
}

// enter finds the bundle of a letter, and its tiles.
func (p *prover) enter(number int) error {
	p.first, p.tileFirst, p.read = p.m.First, 0, map[int]*tileLines{}
	for p.bundle = range p.m.Bundles {
		n := p.m.Bundles[p.bundle].Letters
		if number < p.first+n {
			break
		}
		p.first += n
		p.tileFirst += tilesOf(n)
	}
	b := &p.m.Bundles[p.bundle]
	count := tilesOf(b.Letters)
	var err error
	if p.seal, err = p.seal.Worded(p.m.wordingOf(b)); err != nil {
		return p.damaged(manifestFile, err)
	}
	if p.tiles, err = readTiles(p.index, p.tileFirst, count); err != nil {
		return p.damaged(indexFile, err)
	}
	p.end = math.MaxInt64
	if p.bundle+1 < len(p.m.Bundles) {
		next, err := readTiles(p.index, p.tileFirst+count, 1)
		if err != nil {
			return p.damaged(indexFile, err)
		}
		p.end = next[0].At
	}
	return nil
}

// lines reads the ledger's lines of a tile and hashes their letters.
func (p *prover) lines(tile int) (*tileLines, error) {
	if t, ok := p.read[tile]; ok {
		return t, nil
	}
	b := &p.m.Bundles[p.bundle]
	from, to := p.tiles[tile].At, p.end
	if tile+1 < len(p.tiles) {
		to = p.tiles[tile+1].At
	}
	if from < 0 || to <= from {
		return nil, p.damaged(indexFile, errIndex)
	}
	out := &tileLines{tree: p.seal.NewTree()}
	table := newTable(io.NewSectionReader(p.ledger, from, to-from))
	own := 5 // columns before what the letter says
	if p.several {
		own++
	}
	for place := tile * tileLetters; place < min(b.Letters, (tile+1)*tileLetters); place++ {
		cells, err := table.next()
		if err != nil {
			return nil, p.damaged(ledgerFile, err)
		}
		id := letterID(p.m.Campaign, p.first+place)
		values, ok := p.m.Tree.valuesOf(cells, cells[min(len(cells), own):])
		if !ok || PlainCell(cells[1]) != id {
			return nil, p.damaged(ledgerFile, fmt.Errorf("letter %s is not where %s has it", id, indexFile))
		}
		out.leaves = append(out.leaves, out.tree.hash(p.first+place, values))
		out.salts = append(out.salts, hex.EncodeToString(out.tree.salt()))
		out.values, out.names = append(out.values, values), append(out.names, strings.Clone(PlainCell(cells[2])))
	}
	p.read[tile] = out
	return out, nil
}

// valuesOf copies what a letter says of its signer out of the cells of the ledger.
func (t *Tree) valuesOf(cells, says []string) ([]string, bool) {
	need := 0
	for _, field := range t.Fields {
		if field != nameField {
			need++
		}
	}
	if len(cells) < 5 || len(says) != need {
		return nil, false
	}
	values := t.values(nil, PlainCell(cells[2]), says)
	for i, v := range values {
		values[i] = strings.Clone(v) // the table's memory is used again
	}
	return values, true
}

// node is a node of the bundle's tree: of whole tiles from their hashes, below them from the ledger.
func (p *prover) node(level, n int) (Hash, error) {
	if level >= tileLevel {
		from, to := n<<(level-tileLevel), (n+1)<<(level-tileLevel)
		var tree merkle
		for _, t := range p.tiles[from:to] {
			tree.add(t.Hash)
		}
		return tree.root(), nil
	}
	t, err := p.lines(n << level / tileLetters)
	if err != nil {
		return Hash{}, err
	}
	from := n << level % tileLetters
	return rootOf(t.leaves[from : from+1<<level]), nil
}

// pathTo is the audit path of a leaf (RFC 6962, 2.1.1), from the nodes over 2^level leaves each that it asks for.
func pathTo(place, size int, node func(level, n int) (Hash, error)) ([]string, error) {
	path, err := tlog.ProveRecord(int64(size), int64(place), tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			h, err := node(level, int(n))
			if err != nil {
				return nil, err
			}
			hashes[i] = tlog.Hash(h)
		}
		return hashes, nil
	}))
	out := make([]string, len(path))
	for i, h := range path {
		out[i] = Hash(h).String()
	}
	return out, err
}
