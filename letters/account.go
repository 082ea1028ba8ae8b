package letters

import (
	"path/filepath"
	"time"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/press"
)

// manifest is the account of the packet. It names no signer.
func (b *build) manifest() *packet.Manifest {
	c := b.campaign
	m := &packet.Manifest{
		Campaign: c.Name, Specimen: c.Specimen,
		Sender:    packet.Organisation{Organisation: c.Sender.Organisation, Contact: c.Sender.Contact},
		Recipient: recipientOf(&c.Recipient), Recipients: b.addressees(),
		Letter: packet.Wording{
			Form: string(b.template.Form), Template: b.templateName(), TemplateHash: b.hash, WordingHash: b.wording,
			Date: day(c.Letter.Date), Language: c.Letter.Language, Paper: c.Letter.Paper,
		},
		Consent: consent(c.Signers.Consent),
		Tree:    &packet.Tree{Fields: b.says()}, SigningKey: b.signing,
		RowsRead: b.roll.RowsRead, Signers: b.roll.Len(), Letters: b.roll.Len() * len(b.all), First: b.number(b.roll, 0), Excluded: map[string]int{}, Bundles: b.bundles,
	}
	if b.after.earlier != nil {
		withdrawn := len(b.roll.Withdrawn)
		m.Since, m.Withdrawn = b.after.since, &withdrawn
	}
	for _, s := range b.roll.Sources {
		m.Sources = append(m.Sources, packet.Source{Name: filepath.Base(s.Path), SHA256: s.SHA256, Bytes: s.Bytes})
	}
	for _, x := range b.roll.Exclusions {
		m.Excluded[string(x.Reason)]++
		if x.Reason.NeedsLook() {
			m.NeedsLook++
		}
	}
	for _, bundle := range b.bundles {
		m.Pages += bundle.Pages
		m.Sheets += bundle.Sheets
	}
	if b.printsComments() {
		m.Comments = &packet.Comments{Offered: b.roll.Comments.Offered, Approved: b.roll.Comments.Approved, Printed: b.roll.Comments.Printed,
			Cut: b.roll.Comments.Cut, NotPrinted: b.roll.Comments.NotPrinted}
	}
	for _, f := range b.fonts.Faces() {
		if b.used(f) {
			m.Fonts = append(m.Fonts, packet.Font{Name: f.Name, Origin: string(f.Origin), SHA256: f.SHA256})
		}
	}
	return m
}

// addressees are the recipients and their letters; none where there is one recipient.
func (b *build) addressees() []packet.Addressee {
	if len(b.all) < 2 {
		return nil
	}
	out := make([]packet.Addressee, len(b.all))
	for k, to := range b.all {
		first, letters := to.number(b.roll, 0), b.roll.Len()
		out[k] = packet.Addressee{
			Recipient: recipientOf(&to.campaign.Recipient), WordingHash: to.wording, Letters: letters,
			First: press.LetterID(b.reference(), first), Last: press.LetterID(b.reference(), first+letters-1),
		}
	}
	return out
}

func recipientOf(r *config.Recipient) packet.Recipient {
	return packet.Recipient{Name: r.Name, Title: r.Title, Company: r.Company, Address: r.Address, VerifiedOn: day(r.VerifiedOn)}
}

func consent(c config.Consent) packet.Consent {
	if a := c.Attested; a != nil {
		return packet.Consent{By: a.By, On: day(a.On), Statement: a.Statement}
	}
	return packet.Consent{Column: c.Column, Values: c.Values}
}

// day writes a date as YYYY-MM-DD; "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
