package letters

import (
	"context"
	"fmt"
	"time"

	"postbag/letters/paperwork"
	"postbag/letters/roll"
)

// writePaperwork makes the documents that go with the letters, once the manifest is written. hash is that of manifest.json.
func (b *build) writePaperwork(ctx context.Context, hash string) error {
	job, err := b.paperwork(b.roll)
	if err != nil {
		return err
	}
	job.Manifest, job.Hash, job.Workers = b.account, hash, b.options.workers()
	return paperwork.Write(ctx, b.writer, *job)
}

// paperwork is what the campaign says of its paperwork.
func (p *composition) paperwork(r *roll.Roll) (*paperwork.Job, error) {
	language, _ := paperwork.Language(p.campaign.Letter.Language)
	tongue, err := tongueOf(language)
	if err != nil {
		return nil, err
	}
	signers := paperwork.Signers{Roll: r, Values: p.signerValues(r), Block: p.block, Shown: p.shown(), Comment: -1}
	if slot, ok := p.fields.Slot("comment"); ok {
		signers.Comment = slot
	}
	job := &paperwork.Job{Campaign: p.campaign, Fonts: p.fonts, Design: p.design(false), Tongue: tongue, Signers: signers}
	for _, to := range p.all {
		job.Recipients = append(job.Recipients, paperwork.Recipient{Recipient: to.campaign.Recipient, Wording: to.template.Wording(to.fields.Constant)})
	}
	return job, nil
}

// tongueOf is how a language writes digits, numbers, dates and page numbers.
func tongueOf(language string) (paperwork.Tongue, error) {
	w, err := wordsOf(language)
	if err != nil {
		return paperwork.Tongue{}, err
	}
	return paperwork.Tongue{Digits: w.digits, Number: countsIn(language, w), PageOf: w.pageOf, Date: func(t time.Time) string { return w.longDate(t, language) },
		Month: func(m time.Month, short bool) string { return monthName(m, language, short) }}, nil
}

// checkPaperwork adds to a report what is to be known of the documents.
func (p *composition) checkPaperwork(report *Report, r *roll.Roll) {
	asked := &p.campaign.Paperwork
	note := func(format string, arguments ...any) {
		report.Notes = append(report.Notes, fmt.Sprintf(format, arguments...))
	}
	if _, ok := paperwork.Language(p.campaign.Letter.Language); !ok && !asked.Wants("none") {
		note("Paperwork is in English: Postbag has no words for it in the language %s.", p.campaign.Letter.Language)
	}
	if asked.Wants("signatures") {
		note("03-signatures names %d people. It goes to the company with the letters, and to nobody else.", r.Len())
	}
	if !asked.Wants("comments") {
		return
	}
	if r.Comments.Printed == 0 {
		note("No comment is approved for print, so 04-comments is not made; signers.comment.approved says which are.")
		return
	}
	note("04-comments prints %d comments with what the letters show of their signers.", r.Comments.Printed)
}
