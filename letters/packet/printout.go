package packet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"postbag/letters/problem"
)

// Printout is a finished packet whose bundles are about to be printed.
type Printout struct {
	Manifest *Manifest
	Ticket   *JobTicket // as made with the packet or, where it is not there, as the manifest tells it
	Inferred bool       // the job ticket is not there, so that nobody knows of staples and copies

	dir  string
	root *os.Root
}

// OpenPrintout opens a packet to print from: its manifest agrees with itself, its job ticket is the one that was made, and no build is at work.
// Bundles are checked one by one, by [Printout.Bundle]. The caller closes it.
func OpenPrintout(dir string) (p *Printout, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	p = &Printout{dir: dir, root: root}
	defer func() {
		if err != nil {
			root.Close()
		}
	}()
	if r, err := readRun(root); err == nil && r.State == building {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: "the packet is unfinished", Do: "Finish it with postbag build first"}
	}
	data, err := readAccount(root, manifestFile)
	if err == nil {
		p.Manifest, err = parseManifest(data)
	}
	if err != nil {
		return nil, p.damaged(manifestFile, fmt.Sprintf("cannot be used (%v)", reason(err)))
	}
	if faults := p.Manifest.faults(); len(faults) > 0 {
		return nil, p.damaged(faults[0].Path, faults[0].What)
	}
	return p, p.readTicket()
}

// Close closes the packet.
func (p *Printout) Close() error { return p.root.Close() }

func (p *Printout) damaged(name, what string) error {
	return problem.Problem{Place: problem.Place{File: filepath.Join(p.dir, filepath.FromSlash(name))}, What: what,
		Do: "Nothing was printed. Check the packet with postbag verify, and mend it first"}
}

// readTicket reads the job ticket. Packets made before there was one have it made up from their manifest.
func (p *Printout) readTicket() error {
	data, err := readAccount(p.root, ticketFile)
	if errors.Is(err, fs.ErrNotExist) {
		return p.inferTicket()
	}
	var sums map[string]string
	if err == nil {
		var listed []byte
		if listed, err = readAccount(p.root, sumsFile); err == nil {
			sums, err = parseSums(listed)
		}
	}
	if err != nil {
		return p.damaged(ticketFile, fmt.Sprintf("cannot be checked (%v)", reason(err)))
	}
	if sums[ticketFile] != hashOf(data) {
		return p.damaged(ticketFile, "is not the job ticket that was made: its SHA-256 differs")
	}
	if p.Ticket, err = parseTicket(data); err != nil {
		return p.damaged(ticketFile, err.Error())
	}
	return nil
}

func (p *Printout) inferTicket() error {
	m := p.Manifest
	paper, ok := m.Paper()
	if !ok {
		return p.damaged(manifestFile, fmt.Sprintf("names the paper %s, which this Postbag does not know", shown(m.Letter.Paper)))
	}
	p.Inferred = true
	p.Ticket = &JobTicket{Campaign: m.Campaign, Specimen: m.Specimen, Organisation: m.Sender.Organisation, Paper: paper, Sides: OneSided, Scaling: Unscaled,
		Staple: NoStaple, Copies: 1, Letters: m.Letters, Pages: m.Pages, Sheets: m.Sheets}
	if m.TwoSided() {
		p.Ticket.Sides = TwoSided
	}
	return nil
}

// PrintBundle is a bundle that was found to be the one that was made.
type PrintBundle struct {
	Bundle
	Number  int    // from 1
	File    string // its path, for other programs
	Letters []Span // pages of each letter; none where many signers share the pages

	info fs.FileInfo
	p    *Printout
}

// Span is a run of pages, both counted from 1.
type Span struct{ First, Last int }

// Bundle checks the bundle with a number (from 1): its bytes are those of the manifest. Of letters it says which pages each has.
func (p *Printout) Bundle(ctx context.Context, number int) (*PrintBundle, error) {
	if number < 1 || number > len(p.Manifest.Bundles) {
		return nil, problem.Problem{Place: problem.Place{File: p.dir}, What: fmt.Sprintf("there is no bundle %d", number),
			Do: fmt.Sprintf("The packet has bundles 1 to %d", len(p.Manifest.Bundles))}
	}
	b := &PrintBundle{Bundle: p.Manifest.Bundles[number-1], Number: number, p: p}
	b.File = filepath.Join(p.dir, filepath.FromSlash(b.Path))
	f, err := openRegular(p.root, b.Path)
	if err != nil {
		return nil, p.damaged(b.Path, fmt.Sprintf("cannot be read (%v)", reason(err)))
	}
	defer f.Close()
	if b.info, err = f.Stat(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", b.Path, err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, &heededReader{ctx, f}); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, p.damaged(b.Path, fmt.Sprintf("cannot be read (%v)", reason(err)))
	}
	if hex.EncodeToString(h.Sum(nil)) != b.SHA256 {
		return nil, p.damaged(b.Path, "is not the bundle that was made: its SHA-256 differs")
	}
	if p.Manifest.shared() {
		return b, nil
	}
	pages, labels, err := readPages(f, b.info.Size())
	if err != nil {
		return nil, p.damaged(b.Path, fmt.Sprintf("its pages cannot be read (%v)", err))
	}
	if what := labelsDiffer(labels, pages, &b.Bundle); what != "" || pages != b.Pages {
		return nil, p.damaged(b.Path, cmp.Or(what, fmt.Sprintf("has %d pages, and the manifest says %d", pages, b.Pages)))
	}
	b.Letters = letterSpans(labels, pages)
	return b, nil
}

// Unchanged tells whether the file is still the one that was checked, as far as its size and time say so: it is asked once another program has read it.
func (b *PrintBundle) Unchanged() bool {
	now, err := b.p.root.Lstat(b.Path)
	return err == nil && os.SameFile(now, b.info) && now.Size() == b.info.Size() && now.ModTime().Equal(b.info.ModTime())
}

// heededReader ends when its context does.
type heededReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on, unless the context has ended.
func (h *heededReader) Read(b []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.r.Read(b)
}

// letterSpans finds the pages of each letter by the labels of a bundle, which labelsDiffer describes: a run of letters of one page each has one
// entry, a longer letter an entry for its first page and one for those behind it. The labels are those that labelsDiffer takes.
func letterSpans(labels []pageLabel, pages int) []Span {
	var spans []Span
	for i, l := range labels {
		end := pages
		if i+1 < len(labels) {
			end = labels[i+1].page
		}
		switch {
		case strings.HasPrefix(l.prefix, slipLabel):
		case l.start > 0 && strings.HasSuffix(l.prefix, " page "):
			if len(spans) > 0 {
				spans[len(spans)-1].Last = end
			}
		case l.start == 0:
			spans = append(spans, Span{l.page + 1, end})
		default:
			for page := l.page; page < end; page++ {
				spans = append(spans, Span{page + 1, page + 1})
			}
		}
	}
	return spans
}
