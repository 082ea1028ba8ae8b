package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters"
	"postbag/letters/problem"
)

func (a *app) checkCommand() command {
	return command{
		name:    "check",
		summary: "read everything and say what would come of it",
		about: "Reads the campaign, the letter and the whole signer list, and prints which column was taken for what, with\n" +
			"samples, how many letters there would be, and which rows would get none and why. Look at it before you build.\n" +
			"It writes nothing, unless you ask for the rows to mend with --export-problems.",
		flags: append([]cli.Flag{campaignFlag(), &cli.StringFlag{Name: "export-problems",
			Usage: "write the rows that a person should look at to `FILE`, as CSV; mended, it can stand beside the list in signers.files"}, sinceFlag()}, settingFlags()...),
		statuses: []exitStatus{
			{done, "the campaign can be built"},
			{failed, "there are problems to mend"},
			{misused, "wrong usage"},
			{needsLook, "the campaign can be built, but letters would be held back for reasons that a person should look at"},
		},
		examples: []string{"postbag check", "postbag check --export-problems to-mend.csv", "postbag check --campaign campaign.yaml --signers.duplicates last --json"},
		run:      a.check,
	}
}

func (a *app) check(c *cli.Context) (result, error) {
	campaign, err := a.load(c)
	if err != nil {
		return nil, err
	}
	m := a.newMeter()
	report, err := letters.Check(c.Context, campaign, letters.CheckOptions{Problems: c.String("export-problems"), Since: pathsOf(c, "since"), Progress: m.letters})
	m.end()
	if err != nil {
		return nil, err
	}
	return checked{Report: report, Warnings: slices.Concat(campaign.Warnings, report.Cautions), Problems: c.String("export-problems")}, nil
}

// maxHeld is how many rows check names; build writes all of them to exclusions.csv.
const maxHeld = 20

// sampleWidth is how many columns of a terminal a sample of a column may take.
const sampleWidth = 24

// checked is the result of check.
type checked struct {
	*letters.Report
	Warnings []problem.Problem `json:"warnings,omitempty"`
	Problems string            `json:"problems_file,omitempty"`
}

func (r checked) held() (int, string) {
	return len(r.Held), "Mend the rows in the list, or build without them"
}

func (r checked) print(p *page) {
	p.heading("Campaign %s", plain(r.Campaign))
	p.line("The letter is %s, in the language %s; its wording has the checksum %.12s….", plain(r.Letter.Template), plain(r.Letter.Language), r.Letter.WordingHash)
	for _, s := range r.Source {
		p.line("Read %s, %s.", plain(s.Path), size(s.Bytes))
	}
	p.heading("What was taken for what")
	p.columns(r.Columns)
	p.heading("What would become of the rows")
	excluded := make(map[string]int, len(r.Excluded))
	for reason, n := range r.Excluded {
		excluded[string(reason)] = n
	}
	printAccount(p, r.RowsRead, r.Signers, max(1, len(r.To)), noun(string(r.Letter.Form)), excluded)
	if noun(string(r.Letter.Form)) == "letter" {
		p.line("The letters would fill %s.", count(r.Bundles, "bundle"))
	} else {
		p.line("%s would fill %s.", document(string(r.Letter.Form)), count(r.Bundles, "bundle"))
	}
	if len(r.To) > 0 {
		rows := make([]addressedRow, len(r.To))
		for i, to := range r.To {
			rows[i] = addressedRow{name: to.Name, company: to.Company, bundles: to.Bundles, wording: to.WordingHash}
		}
		p.heading("What each recipient would get")
		p.addressed(rows)
	}
	p.since(r.Report)
	p.holdings(r.Holdings)
	p.comments(r.Report)
	p.heldRows(r.Report)
	p.remarks(r.Report)
	if len(r.Notes)+len(r.Warnings) > 0 {
		p.heading("To know")
		for _, w := range r.Warnings {
			p.warning("  %s", plain(w.Error()))
		}
		for _, n := range r.Notes {
			p.line("  %s", plain(n))
		}
	}
	if r.Problems == "" {
		p.heading("Nothing was written. What to do next")
	} else {
		p.heading("The rows to mend are in %s. What to do next", plain(r.Problems))
	}
	p.table([]string{"", ""}, [][]string{
		{"postbag preview", "writes the letter that is hardest to set; look at it"},
		{buildSince(r.Since), "makes the packet"},
	})
}

// addressedRow is one of several recipients, and what they get.
type addressedRow struct {
	name, company string
	bundles       int
	wording       string // its SHA-256
}

// maxAddressed is how many recipients are named.
const maxAddressed = 20

// addressed prints what several recipients get.
func (p *page) addressed(to []addressedRow) {
	var rows [][]string
	first := 1
	for i, r := range to {
		if i == maxAddressed {
			break
		}
		bundles := fmt.Sprintf("bundles %s to %s", number(int64(first)), number(int64(first+r.bundles-1)))
		if r.bundles == 1 {
			bundles = "bundle " + number(int64(first))
		}
		rows = append(rows, []string{number(int64(i + 1)), short(r.name, nameWidth), short(r.company, nameWidth), bundles, fmt.Sprintf("wording %.12s…", r.wording)})
		first += r.bundles
	}
	p.table([]string{">", "", "", "", ""}, rows)
	if len(to) > maxAddressed {
		p.line("  and %s more", number(int64(len(to)-maxAddressed)))
	}
}

// nameWidth is how many columns of a terminal a recipient's name or company may take.
const nameWidth = 32

// buildSince is the command that makes what was checked.
func buildSince(s *letters.SinceReport) string {
	words := "postbag build"
	if s != nil {
		for _, dir := range s.Packets {
			words += " --since " + shellWord(dir)
		}
		words += " --out DIR"
	}
	return words
}

// since says what is known of the packets that a top-up goes on from.
func (p *page) since(r *letters.Report) {
	s := r.Since
	if s == nil {
		return
	}
	p.heading("What this goes on from")
	p.line("%s a letter in %s, or in what goes before: %s on this list, too. The first letter here would be number %s.",
		people(s.People, "has", "have"), plain(strings.Join(s.Packets, ", ")), people(s.Listed, "is", "are"), number(int64(s.First)))
	if len(s.Withdrawn) == 0 {
		return
	}
	p.warning("%s withdrawn since their letter:", people(len(s.Withdrawn), "has", "have"))
	for i, w := range s.Withdrawn {
		if i == maxHeld {
			p.line("  and %s more; build lists them all in private/withdrawn.csv", number(int64(len(s.Withdrawn)-maxHeld)))
			return
		}
		where := "on the list no more"
		if w.Row.Row > 0 {
			at := problem.Place{Line: w.Row.Row}
			if w.Row.File < len(r.Source) {
				at.File = r.Source[w.Row.File].Path
			}
			where = at.String()
		}
		p.line("  %s: %s (%s)", plain(strings.Join(w.Letters, ", ")), plain(string(w.Reason)), plain(where))
	}
}

// holdings prints what investors hold, added up.
func (p *page) holdings(sums []letters.Holding) {
	if len(sums) == 0 {
		return
	}
	p.heading("What the investors hold")
	rows := make([][]string, len(sums))
	for i, h := range sums {
		rows[i] = []string{plain(h.Amount), plain(h.Unit), plain(h.Basis), number(int64(h.StatedBy))}
	}
	p.table([]string{">amount", "unit", "basis", ">stated by"}, rows)
}

// columns prints the mapping from columns of the list to fields of the letter.
func (p *page) columns(columns []letters.Column) {
	rows := make([][]string, len(columns))
	for i, c := range columns {
		header := plain(c.Header)
		if c.Header == "" {
			header = "(" + plain(c.How) + ")"
		}
		samples := make([]string, len(c.Samples))
		for j, s := range c.Samples {
			samples[j] = short(s, sampleWidth)
		}
		rows[i] = []string{plain(c.Field), header, number(int64(c.Filled)), strings.Join(samples, " | ")}
	}
	p.table([]string{"field", "column", ">filled", "samples"}, rows)
}

// remarkedRows is how many rows of a remark check names.
const remarkedRows = 3

// remarks says what may be worth a look, though it holds no letter back.
func (p *page) remarks(r *letters.Report) {
	if len(r.Remarks) == 0 {
		return
	}
	p.heading("Worth a look, though nothing is held back for it")
	for _, m := range r.Remarks {
		samples := make([]string, 0, remarkedRows)
		for _, s := range m.Samples[:min(len(m.Samples), remarkedRows)] {
			samples = append(samples, "row "+number(int64(s.Row.Row))+": "+short(s.Text, 2*sampleWidth))
		}
		p.line("  %s %s: %s", number(int64(m.Count)), plain(m.What), plain(strings.Join(samples, " | ")))
	}
}

// heldRows names the rows that a person should look at.
func (p *page) heldRows(r *letters.Report) {
	if len(r.Held) == 0 {
		return
	}
	p.heading("Rows that a person should look at")
	for i, x := range r.Held {
		if i == maxHeld {
			p.line("  and %s more; build lists them all in private/exclusions.csv", number(int64(len(r.Held)-maxHeld)))
			return
		}
		where := problem.Place{Line: x.Row.Row}
		if x.Row.File < len(r.Source) {
			where.File = r.Source[x.Row.File].Path
		}
		reason := string(x.Reason)
		if x.Detail != "" {
			reason += ": " + x.Detail
		}
		p.warning("  %s: %s", plain(where.String()), plain(reason))
	}
}

// comments says what would become of the signers' own comments.
func (p *page) comments(r *letters.Report) {
	c := r.Comments
	if c == nil || c.Offered == 0 {
		return
	}
	p.heading("What would become of the signers' comments")
	rows := [][]string{{number(int64(c.Offered)), "offered"}, {number(int64(c.Approved)), "approved by a person"},
		{number(int64(c.Printed)), fmt.Sprintf("printed, of them %s cut", number(int64(c.Cut)))}}
	for _, reason := range slices.Sorted(maps.Keys(c.NotPrinted)) {
		rows = append(rows, []string{number(int64(c.NotPrinted[reason])), "not printed: " + reason})
	}
	p.table([]string{">", ""}, rows)
}
