package letters

import (
	"context"
	"fmt"
	"slices"

	"postbag/config"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// Stage is a part of the work that progress is told about.
type Stage string

// The stages of a build.
const (
	Reading  Stage = "reading"  // rows
	Planning Stage = "planning" // letters whose bundle is found by their sheets or bytes
	Setting  Stage = "setting"  // letters
)

// Progress is where a run has got to. Total is 0 while it is not known; then Share (0 to 1) is.
type Progress struct {
	Stage Stage
	Done  int
	Total int
	Share float64
}

// open composes the campaign's letter and opens its list.
func open(ctx context.Context, c *config.Campaign) (*composition, error) {
	list, err := roll.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return compose(c, list)
}

// readSigners composes the letter and decides the fate of every row. Characters that no font has hold a letter back. A list from which no
// letter comes is a problem.
func readSigners(ctx context.Context, c *config.Campaign, progress func(Progress)) (*composition, *roll.Roll, error) {
	p, err := open(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	r, err := p.read(ctx, progress)
	return p, r, err
}

// read decides the fate of every row.
func (p *composition) read(ctx context.Context, progress func(Progress)) (*roll.Roll, error) {
	r, err := p.list.Read(ctx, p.knows(roll.ReadOptions{Keep: p.fields.names, Hold: p.hold, Printable: p.printable,
		Totals: p.campaign.Paperwork.Wants("totals"), Progress: readingProgress(progress)}))
	if err == nil && r.Len() == 0 {
		err = noLetters(p.campaign, r)
	}
	return r, err
}

func readingProgress(progress func(Progress)) func(rows int, share float64) {
	if progress == nil {
		return nil
	}
	return func(rows int, share float64) { progress(Progress{Stage: Reading, Done: rows, Share: share}) }
}

// printable tells whether a comment can be set.
func (p *composition) printable(comment string) bool { return len(p.fonts.Missing(comment)) == 0 }

// hold says why a signer's letter cannot be set, if it cannot.
func (p *composition) hold(values []string) (roll.Reason, string) {
	var missing []rune
	for _, value := range values[:p.printed] {
		for _, r := range p.fonts.Missing(value) {
			if !slices.Contains(missing, r) {
				missing = append(missing, r)
			}
		}
	}
	if len(missing) == 0 {
		return p.holdForm(values)
	}
	return roll.MissingGlyph, "no font has " + codePoints(missing)
}

// job is what a packet's bundles share, beside what lay adds.
func (p *composition) job(seed string, bundles int) press.Job {
	return press.Job{Duplex: p.campaign.Bundles.Duplex, Seed: seed, Slip: press.Slip{Bundles: bundles}}
}

// lay lays the letter to the recipient out for the signers of the roll, and makes the press that prints it.
func (p *composition) lay(r *roll.Roll, specimen bool, job press.Job) (*typeset.Layout, *press.Press, error) {
	design := p.design(specimen)
	layout, err := p.layText(r, specimen, &job)
	if err != nil {
		return nil, nil, err
	}
	c := p.campaign
	job.Layout, job.Paper, job.Language, job.Specimen = layout, design.Paper, c.Letter.Language, design.Specimen
	job.Slip = p.slip(job.Slip.Bundles)
	printing, err := press.New(job, layout.NewSetter())
	return layout, printing, err
}

// layText lays out what letters, or a form, have in common.
func (p *composition) layText(r *roll.Roll, specimen bool, job *press.Job) (layout *typeset.Layout, err error) {
	if form := p.form(); form != "" {
		job.Words = formDefaults[form].words
		layout, job.Form, err = p.layForm(r, specimen)
		return layout, err
	}
	typical := make([]string, len(p.fields.names))
	if r.Len() > 0 {
		typical = r.Fields(0, nil)
	}
	return typeset.NewLayout(p.fonts, p.design(specimen), p.elements(), typical, press.Draw)
}

// noLetters is the problem of a list from which no letter comes.
func noLetters(c *config.Campaign, r *roll.Roll) error {
	what := fmt.Sprintf("no letter can be made: of %d rows, none gets one", r.RowsRead)
	if r.RowsRead == 0 {
		what = "no letter can be made: the list has a header but no rows"
	}
	do := "Run postbag check to see why"
	if r.Found > 0 {
		what = fmt.Sprintf("there is nobody to write for: of %d rows, none is of somebody who is new and gets a letter", r.RowsRead)
		do = "Without new people there is nothing to top up; postbag check with the same --since shows what became of the rows, and who has withdrawn"
	}
	return problem.List{{Place: problem.Place{File: c.Signers.File}, What: what, Do: do}}
}
