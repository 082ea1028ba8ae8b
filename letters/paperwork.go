package letters

import (
	"context"
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
	job.Manifest, job.Hash = b.account, hash
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

// tongueOf is how a language writes digits, dates and page numbers.
func tongueOf(language string) (paperwork.Tongue, error) {
	w, err := wordsOf(language)
	if err != nil {
		return paperwork.Tongue{}, err
	}
	return paperwork.Tongue{Digits: w.digits, PageOf: w.pageOf, Date: func(t time.Time) string { return w.longDate(t, language) }}, nil
}
