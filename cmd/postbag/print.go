package main

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
	"postbag/letters/problem"
	"postbag/letters/spool"
)

func (a *app) printCommand() command {
	return command{
		name:    "print",
		summary: "send bundles of a packet to a printer",
		about: "Checks the bundles against the manifest, shows the commands, asks, and sends them to a printer of CUPS with lp: on the paper, the\n" +
			"sides, the number of copies and with the staples of print/job-ticket.json, and in the page's own size. Without --bundle it sends all\n" +
			"of them, in their order. What was sent goes into the packet's record. Where letters are stapled, each letter of more than one sheet\n" +
			"is a job of its own, since a printer staples what is one job.\n" +
			"Print --first-pages first: lay a ruler on the fold marks, and hold the letter behind its envelope's window.\n" +
			"Paper that has been handed over cannot be recalled.",
		operands: []operand{{name: "DIR", what: "the packet's folder"}},
		flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "bundle", Usage: "send only these bundles, by their numbers: `N`, as 17, 3-5 or 1,4-6; may be repeated"},
			&cli.StringFlag{Name: "printer", Usage: "send to the printer `NAME`, as lpstat -e lists them (default: the job ticket's, or else the computer's own)"},
			&cli.GenericFlag{Name: "copies", Usage: "print each bundle `N` times (default: what the job ticket says)", Value: new(ordinal)},
			&cli.BoolFlag{Name: "first-pages", Usage: "send the slip sheet and the first letter of the first of the bundles only, once", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "show the commands and send nothing", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask", DisableDefaultText: true},
		},
		statuses: []exitStatus{
			{done, "sent, or shown with --dry-run"},
			{failed, "failed, or you said no; what was sent before is named and recorded"},
			{misused, "wrong usage, also when nobody can be asked and --yes is not given"},
		},
		examples: []string{"postbag build", "postbag print packet --dry-run", "postbag print packet --bundle 1 --first-pages --dry-run"},
		run:      a.printBundles,
	}
}

func (a *app) printBundles(c *cli.Context) (result, error) {
	o := spool.Options{Dir: c.Args().First(), Printer: c.String("printer"), Copies: numberOf(c, "copies"), FirstPages: c.Bool("first-pages")}
	var err error
	if texts := c.StringSlice("bundle"); len(texts) > 0 {
		if o.Bundles, err = packet.ParseBundleSet(strings.Join(texts, ",")); err != nil {
			return nil, usageError{what: err.Error(), do: "Write a number, a range or several, as in --bundle 1,4-6"}
		}
	}
	if strings.HasPrefix(o.Printer, "-") {
		return nil, usageError{what: o.Printer + " is not the name of a printer", do: "lpstat -e lists them"}
	}
	r, err := spool.Prepare(c.Context, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := &printed{Dir: o.Dir, Printer: r.Printer, DryRun: c.Bool("dry-run"), Sheets: r.Sheets(), Jobs: r.Jobs, Again: r.Again, run: r, asked: o}
	if out.DryRun {
		return out, nil
	}
	asks := !c.Bool("yes")
	if asks && !a.asks {
		return nil, usageError{what: "print asks before it sends anything, and nobody can be asked here", do: "Look at the commands with --dry-run, then write --yes"}
	}
	if asks || !a.quiet && !a.json {
		a.showCommands(out)
	}
	if asks {
		if err := a.askPrint(); err != nil {
			return nil, err
		}
	}
	err = r.Send(c.Context, func(j *spool.Job) {
		if !a.quiet && !a.json {
			fmt.Fprintf(a.stderr, "bundle %d%s: %s\n", j.Bundle, pagesOf(j), plain(j.Request))
		}
	})
	out.Sent, out.Parts = r.Sent()
	recorded, recordErr := r.Record()
	out.Recorded = recorded != nil
	return out, bothOf(err, recordErr)
}

// bothOf is two errors as one that tells both of them.
func bothOf(err, then error) error {
	var one, other problem.Problem
	if errors.As(err, &one) && errors.As(then, &other) {
		return problem.List{one, other}
	}
	if err == nil {
		return then
	}
	return err
}

// mostShown is how many commands are shown before they are run; --dry-run shows all.
const mostShown = 12

// showCommands shows what will be run, before it is.
func (a *app) showCommands(p *printed) {
	for i := range p.Jobs {
		if i == mostShown && len(p.Jobs) > mostShown+1 {
			fmt.Fprintf(a.stderr, "and %s more like these; --dry-run shows all\n", number(int64(len(p.Jobs)-mostShown)))
			break
		}
		fmt.Fprintln(a.stderr, commandLineOf(&p.Jobs[i]))
	}
	fmt.Fprintln(a.stderr, p.summary())
}

// askPrint asks on the terminal.
func (a *app) askPrint() error {
	fmt.Fprint(a.stderr, "Send it? Type yes: ")
	answer, _ := bufio.NewReader(a.stdin).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return fmt.Errorf("nothing was sent")
	}
	return nil
}

// commandLineOf writes a job's command as a person may copy it.
func commandLineOf(j *spool.Job) string {
	words := make([]string, len(j.Command))
	for i, w := range j.Command {
		words[i] = optionWord(w)
	}
	return strings.Join(words, " ")
}

// optionWord writes a word of a command line: an option as it is, and all else as shellWord does.
func optionWord(word string) string {
	if name, value, ok := strings.Cut(word, "="); ok && name != "" && !strings.ContainsAny(name, "/ '") && shellWord(value) == value {
		return word
	}
	if strings.HasPrefix(word, "-") && len(word) == 2 {
		return word
	}
	return shellWord(word)
}

func pagesOf(j *spool.Job) string {
	if j.Pages == "" {
		return ""
	}
	return ", pages " + j.Pages
}

// printed is the result of print.
type printed struct {
	Dir     string           `json:"dir"`
	Printer string           `json:"printer,omitempty"` // none for the computer's default
	DryRun  bool             `json:"dry_run"`
	Sheets  int              `json:"sheets"` // of paper, in all copies
	Jobs    []spool.Job      `json:"jobs"`
	Again   packet.BundleSet `json:"again,omitempty"` // bundles that were printed before, by the packet's record
	Sent    packet.BundleSet `json:"sent"`            // bundles that were sent whole
	Parts   packet.BundleSet `json:"parts,omitempty"` // bundles of which some jobs were sent
	// Recorded tells that the packet's record says so.
	Recorded bool `json:"recorded"`

	run   *spool.Run
	asked spool.Options
}

// likewise is the options with which the rest is printed as the beginning was.
func (p *printed) likewise() string {
	var options string
	if p.asked.Printer != "" {
		options += " --printer " + shellWord(p.asked.Printer)
	}
	if p.asked.Copies > 0 {
		options += " --copies " + strconv.Itoa(p.asked.Copies)
	}
	return options
}

// summary says what all of it is.
func (p *printed) summary() string {
	t := p.run.Packet.Ticket
	printer := plain(p.Printer)
	if printer == "" {
		printer = "the computer's default printer"
	}
	sides := "one side"
	if t.Sides == packet.TwoSided {
		sides = "both sides"
	}
	what := fmt.Sprintf("%s for %s: %s of paper (%s), printed on %s, not scaled.", count(len(p.Jobs), "job"), printer, count(p.Sheets, "sheet"), t.Paper.Name, sides)
	if t.Specimen {
		what += " Every page is marked SPECIMEN."
	}
	if p.run.Packet.Inferred {
		what += " The packet has no job ticket here: paper and sides are those of its pages, and nothing is stapled."
	}
	if n := p.Again.Len(); n > 0 {
		what += fmt.Sprintf(" Printed before, by the record: %s %s.", plural(n, "bundle"), p.Again)
	}
	return what
}

func (p *printed) print(out *page) {
	if p.DryRun {
		out.heading("Nothing was sent. These commands would send it")
		for i := range p.Jobs {
			out.line("  %s", commandLineOf(&p.Jobs[i]))
		}
		out.line("%s", p.summary())
		return
	}
	if len(p.Sent) == 0 && len(p.Parts) == 0 {
		out.line("Nothing was sent.")
		return
	}
	if p.run.FirstPages && len(p.Sent) > 0 {
		out.line("The first pages of bundle %s are sent, with %s.", p.Sent, p.firstRequest())
		return
	}
	if len(p.Sent) > 0 {
		out.line("Sent: %s %s, beginning with %s. lpstat shows what becomes of them.", plural(p.Sent.Len(), "bundle"), p.Sent, p.firstRequest())
	}
	if len(p.Parts) > 0 {
		out.warning("Sent in part: bundle %s. Throw away what was printed of it, and print it again.", p.Parts)
	}
	if rest := p.unsent(); rest != "" {
		out.line("Go on with: postbag print %s --bundle %s%s", shellWord(p.Dir), rest, p.likewise())
	}
	if p.Recorded {
		out.line("The packet's record says what was sent.")
	}
	out.line("Count each bundle before it is boxed: its slip sheet says how many sheets it has (%s).", plain(filepath.Join(p.Dir, "print", "job-ticket.pdf")))
}

func (p *printed) firstRequest() string { return "request " + plain(p.Jobs[0].Request) }

// unsent is the bundles that were not sent, or not whole.
func (p *printed) unsent() string {
	sent := map[int]bool{}
	for n := range p.Sent.All() {
		sent[n] = true
	}
	var rest []int
	for i := range p.Jobs {
		if n := p.Jobs[i].Bundle; !sent[n] {
			rest = append(rest, n)
		}
	}
	return packet.BundlesOf(rest...).String()
}
