package letters

import (
	"path/filepath"
	"time"

	"postbag/config"
	"postbag/letters/packet"
)

// manifest is the account of the packet. It names no signer.
func (b *build) manifest() *packet.Manifest {
	c := b.campaign
	m := &packet.Manifest{
		Campaign: c.Name, Specimen: c.Specimen,
		Sender: packet.Organisation{Organisation: c.Sender.Organisation, Contact: c.Sender.Contact},
		Recipient: packet.Recipient{
			Name: c.Recipient.Name, Title: c.Recipient.Title, Company: c.Recipient.Company,
			Address: c.Recipient.Address, VerifiedOn: day(c.Recipient.VerifiedOn),
		},
		Letter: packet.Wording{
			Form: string(b.template.Form), Template: b.templateName(), TemplateHash: b.hash, WordingHash: b.wording,
			Date: day(c.Letter.Date), Language: c.Letter.Language, Paper: c.Letter.Paper,
		},
		Consent: consent(c.Signers.Consent),
		Tree:    &packet.Tree{Fields: b.says()}, SigningKey: b.signing,
		RowsRead: b.roll.RowsRead, Signers: b.roll.Len(), Letters: b.roll.Len(), First: 1, Excluded: map[string]int{}, Bundles: b.bundles,
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
		if b.press.Used(f) {
			m.Fonts = append(m.Fonts, packet.Font{Name: f.Name, Origin: string(f.Origin), SHA256: f.SHA256})
		}
	}
	return m
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
