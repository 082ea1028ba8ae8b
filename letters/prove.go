package letters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"rsc.io/qr"

	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/letters/typeset"
)

// ProveOptions says whose letter to prove, and where the proof goes.
type ProveOptions struct {
	Signer packet.Signer
	Out    string // the proof; "" for proof-ID.json
	PDF    string // the same on paper; "" for Out with the ending .pdf
}

// ProveReport says what was written.
type ProveReport struct {
	File   string        `json:"file"`
	PDF    string        `json:"pdf"`
	Letter string        `json:"letter"`
	Says   []packet.Said `json:"says"`
	Root   string        `json:"root"`
	Code   bool          `json:"code"` // the PDF's code holds the whole proof
}

// maxCode is what the largest QR code holds in bytes, at the lowest level of error correction (ISO/IEC 18004, table 7). Codes are
// printed in black on clean paper, so that the lowest level is enough, and its modules are the largest.
const maxCode = 2953

// Prove writes the proof for one letter of the packet in dir, as a file and as a page with a code.
func Prove(ctx context.Context, dir string, o ProveOptions) (*ProveReport, error) {
	proved, err := packet.Prove(dir, o.Signer)
	if err != nil {
		return nil, err
	}
	p := proved.Proof
	r := &ProveReport{File: o.Out, PDF: o.PDF, Letter: p.Letter, Says: p.Says, Root: p.Packet.Root}
	if r.File == "" {
		r.File = "proof-" + p.Letter + ".json"
	}
	if r.PDF == "" {
		r.PDF = strings.TrimSuffix(r.File, ".json") + ".pdf"
	}
	data, err := p.Encode()
	if err != nil {
		return nil, err
	}
	code, err := codeOf(p)
	if err != nil {
		return nil, err
	}
	r.Code = code.Size > 0
	page := proofPage(proved, code)
	if err := writeFile(r.PDF, func(f *os.File) error {
		_, err := writeDocument(ctx, f, proved.Manifest, "en", page)
		return err
	}); err != nil {
		return nil, err
	}
	return r, writeFile(r.File, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}

// codeOf makes the code that holds the proof; none where the proof is too long for one.
func codeOf(p *packet.Proof) (typeset.Code, error) {
	line, err := p.EncodeLine()
	if err != nil || len(line) > maxCode {
		return typeset.Code{}, err
	}
	code, err := qr.Encode(string(line), qr.L)
	if err != nil {
		return typeset.Code{}, fmt.Errorf("making the proof's code: %w", err)
	}
	return typeset.Code{Size: code.Size, Dark: code.Black}, nil
}

// proofPage is what the page says.
func proofPage(proved *packet.Proved, code typeset.Code) *typeset.Document {
	p, m := proved.Proof, proved.Manifest
	d := &typeset.Document{Title: "Proof for letter " + p.Letter, Foot: m.Campaign}
	add := func(blocks ...typeset.DocumentBlock) { d.Blocks = append(d.Blocks, blocks...) }
	text := func(t string) { add(typeset.Paragraph{Text: typeset.Say(t)}) }
	add(typeset.Heading{Text: typeset.Say(d.Title), Level: 1})
	if m.Specimen {
		add(typeset.Paragraph{Text: typeset.Bold("SPECIMEN: a page to look at. Nobody signed this letter.")})
	}
	to := m.Addressed(&m.Bundles[p.Bundle.Number-1])
	add(facts("To", listed(to.Name, to.Title, to.Company), "From", listed(m.Sender.Organisation, m.Sender.Contact)))
	text("The letter says of its signer:")
	var says []string
	for _, said := range p.Says {
		says = append(says, said.Field, said.Value)
	}
	add(facts(says...))
	last := p.Bundle.First + p.Bundle.Letters - 1
	add(facts("It lies in", fmt.Sprintf("bundle %d of %d, with letters %d to %d; there are %d in all", p.Bundle.Number, p.Packet.Bundles, p.Bundle.First, last, p.Packet.Letters),
		"Hash of the bundle", press.EyeGroups(p.Bundle.Root), "Root of all letters", press.EyeGroups(p.Packet.Root)))
	text("This shows that the letter is one of the " + strconv.Itoa(p.Packet.Letters) + " letters that this root stands for, and what it says of its signer. It shows " +
		"nobody else's name. It does not show that the signer is a real person, nor that anybody read the letter.")
	how := "To check it, compare the root with the one that the campaign made known, on paper or elsewhere, and have a program check the rest: " +
		"postbag verify --proof FILE --root ROOT --size " + strconv.Itoa(p.Packet.Letters) + ". "
	if code.Size > 0 {
		how += "FILE is the file that came with this page, or the text of this code."
	} else {
		how += "FILE is the file that came with this page; it is too long for a code."
	}
	text(how)
	add(code)
	return d
}

// facts makes rows of pairs of a label and what it says; those that say nothing are left out.
func facts(pairs ...string) typeset.Facts {
	var f typeset.Facts
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) != "" {
			f.Rows = append(f.Rows, typeset.Fact{Label: pairs[i], Value: typeset.Bold(pairs[i+1])})
		}
	}
	return f
}

// writeDocument sets a document with the fonts of this machine, without the campaign that the packet was made from, and says how many pages it has.
func writeDocument(ctx context.Context, f *os.File, m *packet.Manifest, language string, d *typeset.Document) (int, error) {
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		return 0, err
	}
	paper, ok := typeset.PaperNamed(m.Letter.Paper)
	if !ok {
		paper, _ = typeset.PaperNamed("a4")
	}
	layout, err := typeset.NewLayout(fonts, typeset.Design{Paper: paper, Language: language, Specimen: m.Specimen}, nil, nil, press.Draw)
	if err != nil {
		return 0, err
	}
	job := press.Job{Layout: layout, Paper: paper, Language: language, Specimen: m.Specimen, Seed: d.Title,
		Slip: press.Slip{Campaign: m.Campaign, Sender: m.Sender.Organisation}}
	printing, err := press.New(job, layout.NewSetter())
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	count, err := printing.NewWorker(layout.NewSetter()).Document(ctx, w, d)
	return count.Pages, errors.Join(err, w.Flush())
}
