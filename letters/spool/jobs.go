package spool

import (
	"context"
	"fmt"
	"strconv"

	"postbag/letters/packet"
)

// Options says what to print and where.
type Options struct {
	Dir     string           // the packet's folder
	Bundles packet.BundleSet // none for all
	Printer string           // a destination of CUPS; "" for the job ticket's and, where that names none, the computer's default
	Copies  int              // of each bundle; 0 for what the job ticket says
	// FirstPages prints the slip sheet and the first letter of the first of the bundles once, to measure and look at before the rest.
	FirstPages bool
}

// Run is what is to be sent: jobs of bundles that were checked.
type Run struct {
	Printer    string // "" for the computer's default
	Copies     int
	FirstPages bool
	Jobs       []Job
	Again      packet.BundleSet // of the bundles, those that the packet's record says were printed before
	Packet     *packet.Printout

	dir string
}

// Job is one call of lp.
type Job struct {
	Bundle  int      `json:"bundle"` // its number, from 1
	Path    string   `json:"path"`   // relative to the packet
	SHA256  string   `json:"sha256"`
	Pages   string   `json:"pages"`             // as in 1-3; "" for all
	Copies  int      `json:"copies"`            //
	Sheets  int      `json:"sheets"`            // of paper, in all copies
	Staple  bool     `json:"staple"`            //
	Command []string `json:"command"`           // lp and its arguments
	Request string   `json:"request,omitempty"` // its id, as lpstat lists it, once it was sent

	checked *packet.PrintBundle
	ends    bool // no job of the same bundle follows
}

// Prepare checks the packet and the bundles that are to be printed, and makes the jobs. The caller closes the Run.
func Prepare(ctx context.Context, o Options) (*Run, error) {
	p, err := packet.OpenPrintout(o.Dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Packet: p, Printer: o.Printer, Copies: o.Copies, FirstPages: o.FirstPages, dir: o.Dir}
	if r.Printer == "" {
		r.Printer = p.Ticket.Printer
	}
	if r.Copies == 0 {
		r.Copies = max(1, p.Ticket.Copies)
	}
	err = r.gather(ctx, o.Bundles)
	if err == nil && !r.FirstPages {
		err = r.lookBack()
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return r, nil
}

// lookBack reads in the packet's record which of the bundles were printed before. A record that is damaged could not take what will be sent.
func (r *Run) lookBack() error {
	s, err := packet.ReadStatus(r.dir)
	if err != nil {
		return err
	}
	printed := map[int]bool{}
	for n := range s.Packets[0].Of.Printed.All() {
		printed[n] = true
	}
	var again []int
	for i := range r.Jobs {
		if n := r.Jobs[i].Bundle; printed[n] {
			again = append(again, n)
		}
	}
	r.Again = packet.BundlesOf(again...)
	return nil
}

// Close closes the packet.
func (r *Run) Close() error { return r.Packet.Close() }

// gather checks the bundles, and makes their jobs.
func (r *Run) gather(ctx context.Context, set packet.BundleSet) error {
	if len(set) == 0 {
		set = packet.BundleSet{{From: 1, To: len(r.Packet.Manifest.Bundles)}}
	}
	if last := set.Last(); last > len(r.Packet.Manifest.Bundles) { // before the others are read
		_, err := r.Packet.Bundle(ctx, last)
		return err
	}
	for n := range set.All() {
		b, err := r.Packet.Bundle(ctx, n)
		if err != nil {
			return err
		}
		for _, s := range r.sections(b) {
			r.Jobs = append(r.Jobs, r.job(b, s))
		}
		r.Jobs[len(r.Jobs)-1].ends = true
		if r.FirstPages {
			break
		}
	}
	return nil
}

// section is a run of a bundle's pages that is one job.
type section struct {
	packet.Span
	staple bool
}

// sections divides a bundle into jobs: one, unless letters are stapled.
func (r *Run) sections(b *packet.PrintBundle) []section {
	whole := packet.Span{First: 1, Last: b.Pages}
	switch {
	case r.FirstPages && len(b.Letters) > 0:
		return []section{{Span: packet.Span{First: 1, Last: b.Letters[0].Last}}}
	case r.FirstPages:
		return []section{{Span: packet.Span{First: 1, Last: min(b.Pages, 2*r.pagesOfSheet())}}}
	case r.Packet.Ticket.Staple == packet.NoStaple:
		return []section{{Span: whole}}
	}
	var sections []section
	next := 1 // the first page that is in no section yet
	for _, l := range b.Letters {
		if r.sheets(l) < 2 {
			continue
		}
		if l.First > next {
			sections = append(sections, section{Span: packet.Span{First: next, Last: l.First - 1}})
		}
		sections = append(sections, section{l, true})
		next = l.Last + 1
	}
	if next <= b.Pages {
		sections = append(sections, section{Span: packet.Span{First: next, Last: b.Pages}})
	}
	return sections
}

// pagesOfSheet is how many pages go on a sheet.
func (r *Run) pagesOfSheet() int {
	if r.Packet.Ticket.Sides == packet.OneSided {
		return 1
	}
	return 2
}

// sheets is how many sheets pages take that begin on a front.
func (r *Run) sheets(s packet.Span) int {
	n := r.pagesOfSheet()
	return (s.Last - s.First + n) / n
}

// finishings are the numbers that IPP has for staples (PWG 5100.1, 5.2.1, and RFC 8011, 5.2.6); lp takes them with every CUPS, their words not.
var finishings = map[string]string{packet.NoStaple: "3", "top-left": "20", "top-right": "22"}

func (r *Run) job(b *packet.PrintBundle, s section) Job {
	t := r.Packet.Ticket
	j := Job{Bundle: b.Number, Path: b.Path, SHA256: b.SHA256, Copies: r.Copies, Staple: s.staple, checked: b}
	title := fmt.Sprintf("%s bundle %d of %d", t.Campaign, b.Number, len(r.Packet.Manifest.Bundles))
	if r.FirstPages {
		j.Copies = 1
		title += ", first pages"
	}
	whole := s.First == 1 && s.Last == b.Pages
	if j.Sheets = b.Sheets * j.Copies; !whole {
		j.Sheets = r.sheets(s.Span) * j.Copies
		j.Pages = strconv.Itoa(s.First)
		if s.Last > s.First {
			j.Pages += "-" + strconv.Itoa(s.Last)
		}
		title += ", pages " + j.Pages
	}
	args := []string{"lp"}
	if r.Printer != "" {
		args = append(args, "-d", r.Printer)
	}
	staple := packet.NoStaple
	if s.staple {
		staple = t.Staple
	}
	args = append(args, "-n", strconv.Itoa(j.Copies), "-t", title,
		"-o", "media="+t.Paper.Media, "-o", "sides="+t.Sides, "-o", "print-scaling="+t.Scaling, "-o", "number-up=1",
		"-o", "job-sheets=none,none", "-o", "multiple-document-handling=separate-documents-collated-copies", "-o", "finishings="+finishings[staple])
	if j.Pages != "" {
		args = append(args, "-P", j.Pages)
	}
	j.Command = append(args, "--", b.File)
	return j
}

// Sheets is how many sheets of paper all jobs take.
func (r *Run) Sheets() int {
	n := 0
	for i := range r.Jobs {
		n += r.Jobs[i].Sheets
	}
	return n
}
