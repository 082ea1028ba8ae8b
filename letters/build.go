package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/letters/roll"
)

// Options says how to build.
type Options struct {
	Out     string // the packet's folder
	Workers int    // bundles made at once; 0 means one for each processor
	Replace bool   // replace a packet in Out that was made from other inputs
	// Since names the folders of earlier packets: who has a letter in one of them, or in those that they go on from, gets no other, and the
	// letters' numbers go on from theirs.
	Since    []string
	Progress func(Progress)
}

// workers is how many bundles, or documents of the paperwork, are made at once.
func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Build makes or finishes the packet in o.Out and returns its manifest. When ctx ends it stops with the context's error:
// what is finished stays for the next Build of the same inputs to go on with, and nothing half-made is left under a
// final name.
//
// The goroutines of a build: the caller's reads the roll, then starts o.Workers workers and one keeper of the ledger, and
// waits. Each worker takes the next bundle that nobody has and writes it from the first letter to the last. It owns a typeset.Setter
// and a press.Worker for the recipient whose bundles it makes; the roll, and each recipient's layout and press, are shared and only
// read. A bundle's ledger lines go to the keeper through a channel of that bundle's own, and the keeper writes them in the order of the
// bundles. So what is written does not depend on who was faster.
func Build(ctx context.Context, c *config.Campaign, o Options) (*packet.Manifest, error) {
	b, seed, err := prepare(ctx, c, o)
	if err != nil {
		return nil, err
	}
	w, err := packet.Open(o.Out, seed, o.Replace)
	if err != nil {
		return nil, err
	}
	b.writer, b.writeBundle = w, func(ctx context.Context, i int, write func(io.Writer) error) (string, int64, error) {
		return w.File(ctx, bundlePath(i+1), write)
	}
	m, err := b.run(ctx)
	if err != nil {
		w.Abort()
		return nil, err
	}
	return m, nil
}

// prepare reads the roll, plans the bundles and lays out what they hold; seed is the fingerprint of all that the packet is made from.
func prepare(ctx context.Context, c *config.Campaign, o Options) (b *build, seed string, err error) {
	p, r, secret, err := readSince(ctx, c, o)
	if err != nil {
		return nil, "", err
	}
	ranges, err := p.plan(ctx, r, o.workers(), o.Progress)
	if err != nil {
		return nil, "", err
	}
	seal, err := packet.NewSeal(secret, c.Name, p.wording, p.says())
	if err != nil {
		return nil, "", err
	}
	signing, err := signingKey(c)
	if err != nil {
		return nil, "", err
	}
	seed = p.fingerprint(r, secretID(secret), signing)
	desks, err := p.desks(r, ranges, seal, p.job(seed, len(ranges)))
	if err != nil {
		return nil, "", err
	}
	return &build{composition: p, roll: r, options: o, desks: desks, ranges: ranges, total: r.Len() * len(p.all),
		values: p.signerValues(r), signing: signing}, seed, nil
}

// bundlePath is where the packet keeps a bundle, counting from 1.
func bundlePath(number int) string { return fmt.Sprintf("deliver/bundles/bundle-%04d.pdf", number) }

// build is one run of Build.
type build struct {
	*composition
	roll    *roll.Roll
	options Options
	writer  *packet.Writer
	desks   []*desk // of the recipients
	ranges  []bundleRange
	only    []int                                   // the bundles to make, as places in ranges; nil for all
	total   int                                     // letters to set
	values  func(signer int, dst []string) []string // of the roll
	// writeBundle puts the bundle at a place in ranges where it belongs, and returns its SHA-256 and its bytes.
	writeBundle func(ctx context.Context, i int, write func(io.Writer) error) (string, int64, error)

	next    atomic.Int64     // the next bundle that nobody has
	done    atomic.Int64     // letters set
	signing packet.PublicKey // "" for none
	bundles []packet.Bundle
	account *packet.Manifest
	ledger  []chan ledgerPart
	lines   sync.Pool // *[]byte: memory for a bundle's lines of the ledger
	report  sync.Mutex
}

func (b *build) run(ctx context.Context) (*packet.Manifest, error) {
	b.bundles = make([]packet.Bundle, len(b.ranges))
	b.ledger = make([]chan ledgerPart, len(b.ranges))
	for i := range b.ledger {
		b.ledger[i] = make(chan ledgerPart, 1)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	b.startWorkers(groupCtx, group)
	group.Go(func() error { return b.keepLedger(groupCtx) })
	group.Go(func() error { return b.keepPeople(groupCtx) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := errors.Join(b.writeExclusions(ctx), b.writeWithdrawn(ctx)); err != nil {
		return nil, err
	}
	b.account = b.manifest()
	hash, err := b.writer.Account(ctx, b.account)
	if err != nil {
		return nil, err
	}
	if err := b.writePaperwork(ctx, hash); err != nil {
		return nil, err
	}
	return b.account, b.writer.Finish(ctx, b.account)
}

// startWorkers starts those who make bundles.
func (b *build) startWorkers(ctx context.Context, group *errgroup.Group) {
	for range min(b.options.workers(), len(b.ranges)) {
		group.Go(func() error { return b.work(ctx) })
	}
}

// work makes bundles until there are none left.
func (b *build) work(ctx context.Context) error {
	s := seat{recipient: -1}
	for {
		i, ok := b.nextBundle()
		if !ok {
			return nil
		}
		if err := s.sit(b.desks, b.ranges[i].recipient); err != nil {
			return err
		}
		if err := b.makeBundle(ctx, &s, i); err != nil {
			return err
		}
	}
}

// nextBundle takes the next bundle that nobody has.
func (b *build) nextBundle() (i int, ok bool) {
	i = int(b.next.Add(1) - 1)
	if b.only == nil {
		return i, i < len(b.ranges)
	}
	if i >= len(b.only) {
		return 0, false
	}
	return b.only[i], true
}

// order is what a bundle holds, but for its letters: what they say, and where they are accounted for.
func (p *composition) order(r *roll.Roll, letters bundleRange, number, bundles int) press.Order {
	o := press.Order{
		Number: number, First: p.number(r, letters.first), Letters: letters.count, Group: printableGroup(p.fonts, r.Group(letters.first)), Groups: letters.groups,
		Volume: p.volume(r, letters, number, bundles),
		Code: func(hash string) string {
			return packet.BundleCode{Campaign: p.campaign.Name, Number: number, Root: hash}.String()
		},
	}
	if letters.groups > 1 {
		o.LastGroup = printableGroup(p.fonts, r.Group(letters.first+letters.count-1))
	}
	return o
}

// makeBundle writes one bundle and hands its ledger lines over.
func (b *build) makeBundle(ctx context.Context, s *seat, i int) error {
	letters, tree := b.ranges[i], s.tree
	path := bundlePath(i + 1)
	memory, ok := b.lines.Get().(*[]byte)
	if !ok {
		memory = new([]byte)
	}
	lines := slices.Grow((*memory)[:0], 128*letters.count)
	var ledger ledgerLines
	ledger.begin(b, path, tree)
	order := b.all[letters.recipient].order(b.roll, letters, i+1, len(b.ranges))
	first := order.First
	order.Values = func(k int) []string {
		s.values = b.values(letters.first+k, s.values[:0])
		return s.values
	}
	order.Placed = func(k, page int) { lines = ledger.append(lines, letters.first+k, first+k, page, s.values) }
	order.Seal = func() string { return tree.Root().String() }
	var count press.Count
	sum, size, err := b.writeBundle(ctx, i, func(out io.Writer) (err error) {
		count, err = s.worker.Bundle(ctx, out, order)
		return err
	})
	if err == nil {
		err = b.keepsLimits(count, size)
	}
	if err != nil {
		return err
	}
	reference := b.reference()
	b.bundles[i] = packet.Bundle{
		Path: path, SHA256: sum, Bytes: size, Letters: letters.count, Pages: count.Pages, Sheets: count.Sheets,
		First: press.LetterID(reference, first), Last: press.LetterID(reference, first+letters.count-1),
		Root: tree.Root().String(), Recipient: b.placeInManifest(letters.recipient),
	}
	b.ledger[i] <- ledgerPart{lines, tree.Tiles()}
	b.desks[letters.recipient].bundleMade()
	b.tell(letters.count)
	return nil
}

// tell reports progress. Reports come one at a time, in order.
func (b *build) tell(letters int) {
	if b.options.Progress == nil {
		return
	}
	b.report.Lock()
	defer b.report.Unlock()
	done := int(b.done.Add(int64(letters)))
	b.options.Progress(Progress{Stage: Setting, Done: done, Total: b.total, Share: float64(done) / float64(b.total)})
}

// ledgerPart is one bundle's part of the ledger.
type ledgerPart struct {
	lines []byte
	tiles []packet.Tile
}

// ledgerLines writes the ledger's lines of one bundle, and hashes what they say.
type ledgerLines struct {
	b    *build
	row  packet.LedgerRow
	tree *packet.LetterTree
	name int   // slot
	says []int // slots that have columns of their own
	id   []byte

	reference string
}

func (l *ledgerLines) begin(b *build, path string, tree *packet.LetterTree) {
	l.b, l.row.Bundle, l.reference, l.tree = b, path, b.reference(), tree
	l.name, _ = b.fields.Slot("name")
	l.says = b.ledgerColumns()
	tree.Begin()
}

func (l *ledgerLines) append(dst []byte, signer, number, page int, values []string) []byte {
	row := l.b.roll.Row(signer)
	l.row.Row, l.row.Page, l.row.Name = row.Row, page, values[l.name]
	l.id = press.AppendLetterID(l.id[:0], l.reference, number)
	l.row.LetterID = unsafe.String(unsafe.SliceData(l.id), len(l.id)) // read before the next row changes it
	l.row.File = l.b.fileOf(row)
	l.row.Says = l.row.Says[:0]
	for _, slot := range l.says {
		l.row.Says = append(l.row.Says, values[slot])
	}
	l.tree.Add(len(dst), number, values)
	return packet.AppendLedgerRow(dst, l.row)
}

// several tells whether rows must name their file.
func (b *build) several() bool { return len(b.roll.Sources) > 1 }

func (b *build) fileOf(row roll.Row) string {
	if !b.several() {
		return ""
	}
	return b.roll.Sources[row.File].Path
}

// keepLedger writes the ledger while bundles are made, and behind it the index by which proofs find their way in it.
func (b *build) keepLedger(ctx context.Context) error {
	index := b.desks[0].seal.AppendIndexHeader(nil)
	_, _, err := b.writer.File(ctx, "private/ledger.csv", func(out io.Writer) error {
		head := packet.AppendLedgerHeader(nil, b.several(), b.says())
		if _, err := out.Write(head); err != nil {
			return err
		}
		written := int64(len(head))
		for i := range b.ledger {
			select {
			case part := <-b.ledger[i]:
				if _, err := out.Write(part.lines); err != nil {
					return err
				}
				index = packet.AppendIndexTiles(index, written, part.tiles)
				written += int64(len(part.lines))
				b.lines.Put(&part.lines)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, _, err = b.writer.File(ctx, "private/proofs.index", func(out io.Writer) error {
		_, err := out.Write(index)
		return err
	})
	return err
}

func (b *build) writeExclusions(ctx context.Context) error {
	_, _, err := b.writer.File(ctx, "private/exclusions.csv", func(out io.Writer) error {
		lines := packet.AppendExclusionHeader(nil, b.several())
		for _, x := range b.roll.Exclusions {
			lines = packet.AppendExclusionRow(lines, packet.ExclusionRow{
				Row: x.Row.Row, Reason: string(x.Reason), Detail: x.Detail, File: b.fileOf(x.Row),
			})
			if len(lines) >= 1<<16 {
				if _, err := out.Write(lines); err != nil {
					return err
				}
				lines = lines[:0]
			}
		}
		_, err := out.Write(lines)
		return err
	})
	return err
}

// fingerprint pins the inputs of a packet: the campaign's settings, the wording, the list, the fonts, and which secret salts the hashes.
func (p *composition) fingerprint(r *roll.Roll, secretID string, signing packet.PublicKey) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "postbag packet 2\n")
	b.Write(p.campaign.Canonical())
	fmt.Fprintf(&b, "\ntemplate %s\n", p.hash)
	if p.form() != "" {
		fmt.Fprintf(&b, "form %s, %d in a bundle\n", p.form(), p.mostInBundle())
	}
	if p.logo != nil {
		fmt.Fprintf(&b, "logo %s\n", p.logo.SHA256)
	}
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "list %s\n", s.SHA256)
	}
	if s := p.list.Suppress(); s != "" {
		fmt.Fprintf(&b, "suppress %s\n", s)
	}
	if p.after != nil {
		for _, e := range p.after.since {
			fmt.Fprintf(&b, "since %s\n", e.ManifestHash)
		}
	}
	for _, f := range p.fonts.Fingerprint() {
		fmt.Fprintf(&b, "font %s\n", f)
	}
	fmt.Fprintf(&b, "secret %s\n", secretID)
	if signing != "" {
		fmt.Fprintf(&b, "signed by %s\n", signing)
	}
	return hashOf(b.Bytes())
}
