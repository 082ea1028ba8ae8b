package spool

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"postbag/letters/packet"
	"postbag/letters/problem"
)

// request finds the number that CUPS gave a job in what lp says, which is in the user's language: "request id is box-17 (1 file(s))".
var request = regexp.MustCompile(`[^\s"'«»„“”]+-[0-9]+`)

// Send hands the jobs to lp, one after the other, and tells of each that it took. It stops at the first that it did not take and when ctx ends. What was sent before
// stays sent: its jobs have their requests.
//
// A job is not sent where its file is no longer the one that was checked; where it changed while lp read it, the error says which job is to be cancelled.
func (r *Run) Send(ctx context.Context, taken func(*Job)) error {
	for i := range r.Jobs {
		if err := r.send(ctx, &r.Jobs[i]); err != nil {
			return err
		}
		taken(&r.Jobs[i])
	}
	return nil
}

func (r *Run) send(ctx context.Context, j *Job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at := problem.Place{File: j.checked.File}
	if !j.checked.Unchanged() {
		return problem.Problem{Place: at, What: "the bundle was changed after it was checked, so it was not sent", Do: "Check the packet with postbag verify"}
	}
	program, err := exec.LookPath(j.Command[0])
	if err != nil {
		return problem.Problem{What: "this computer has no lp, by which CUPS takes what is to be printed",
			Do: "Install CUPS (in Debian cups-client), or run the commands that --dry-run shows on a computer that has it"}
	}
	cmd := exec.CommandContext(ctx, program, j.Command[1:]...)
	cmd.Args[0] = j.Command[0] // which it names in what it says
	var said, complained bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complained
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return refused(at, err, complained.String()+said.String())
	}
	j.Request = requestID(said.String())
	if !j.checked.Unchanged() {
		return problem.Problem{Place: at, What: "the bundle was changed while it was sent as " + j.Request,
			Do: "Cancel that job (cancel " + j.Request + "), and check the packet with postbag verify"}
	}
	return nil
}

// Sent is the bundles that lp took whole, and those of which it took some jobs only.
func (r *Run) Sent() (whole, parts packet.BundleSet) {
	var all, some []int
	missing := false // a job of this bundle was not sent
	begun := false
	for i := range r.Jobs {
		j := &r.Jobs[i]
		missing, begun = missing || j.Request == "", begun || j.Request != ""
		if !j.ends {
			continue
		}
		switch {
		case !missing:
			all = append(all, j.Bundle)
		case begun:
			some = append(some, j.Bundle)
		}
		missing, begun = false, false
	}
	return packet.BundlesOf(all...), packet.BundlesOf(some...)
}

// Record writes into the packet's record which bundles were sent whole, and where. Where none was, and for first pages, it writes nothing and recorded is nil.
func (r *Run) Record() (recorded *packet.Recorded, err error) {
	whole, parts := r.Sent()
	if len(whole) == 0 || r.FirstPages {
		return nil, nil
	}
	job := &packet.PrintJob{Printer: r.Printer, Jobs: r.requests(), Copies: r.Copies, Sides: r.Packet.Ticket.Sides, Media: r.Packet.Ticket.Paper.Name}
	if job.Printer == "" {
		job.Printer, _, _ = cutLast(r.Jobs[0].Request, "-")
	}
	e := packet.RecordEntry{What: packet.Printed, Bundles: whole, Print: job}
	if len(parts) > 0 {
		e.Note = "bundle " + parts.String() + " was sent in part"
	}
	recorded, err = packet.Record(r.dir, e)
	if err != nil {
		err = problem.Problem{Place: problem.Place{File: r.dir}, What: fmt.Sprintf("bundles %s were sent, but the record does not say so (%s)", whole, strings.TrimSuffix(err.Error(), ".")),
			Do: "Mend that, and note down meanwhile what was sent, so that nothing is printed twice"}
	}
	return recorded, err
}

// requests lists the requests of bundles that were sent whole: one a bundle or, where that has several jobs, from the first to the last.
func (r *Run) requests() []string {
	var out []string
	first := ""
	for i := range r.Jobs {
		j := &r.Jobs[i]
		if first == "" {
			first = j.Request
		}
		if !j.ends {
			continue
		}
		switch {
		case j.Request == "": // not sent whole
		case first == j.Request:
			out = append(out, first)
		default:
			out = append(out, first+" to "+j.Request)
		}
		first = ""
	}
	return out
}

// cutLast cuts a text around the last of its separators.
func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// requestID takes the id out of what lp said; what has none is told as it is, in one line, as the record takes it. It is
// never empty: a job without a request counts as not sent.
func requestID(said string) string {
	said = strings.Join(strings.Fields(said), " ")
	return cmp.Or(request.FindString(said), said, "unknown")
}

// refused tells what lp said, and what mends it.
func refused(at problem.Place, err error, said string) error {
	var exit *exec.ExitError
	if said = strings.Join(strings.Fields(said), " "); said == "" || !errors.As(err, &exit) {
		said = strings.TrimSpace(said + " " + err.Error())
	}
	said = strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(said, "lp: "), "Error - "), ".")
	return problem.Problem{Place: at, What: fmt.Sprintf("lp did not take the job: %s", said),
		Do: "lpstat -e lists the printers, lpstat -t says how they are; name one with --printer"}
}
