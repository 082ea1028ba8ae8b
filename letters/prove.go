package letters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image/color"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"postbag/letters/merge"
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
	sheet := proofSheet(proved, r.Code)
	sheet.Code = code
	if err := writeFile(r.PDF, func(f *os.File) error { return writeSheet(ctx, f, proved.Manifest, sheet) }); err != nil {
		return nil, err
	}
	return r, writeFile(r.File, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}

// codeOf makes the code that holds the proof; none where the proof is too long for one.
func codeOf(p *packet.Proof) (press.Code, error) {
	line, err := p.EncodeLine()
	if err != nil || len(line) > maxCode {
		return press.Code{}, err
	}
	code, err := qr.Encode(string(line), qr.L, qr.Unicode)
	if err != nil {
		return press.Code{}, fmt.Errorf("making the proof's code: %w", err)
	}
	bounds := code.Bounds()
	return press.Code{Size: bounds.Dx(), Dark: func(x, y int) bool {
		return color.GrayModel.Convert(code.At(bounds.Min.X+x, bounds.Min.Y+y)).(color.Gray).Y < 0x80
	}}, nil
}

// proofSheet is what the page says.
func proofSheet(proved *packet.Proved, coded bool) press.Sheet {
	p, m := proved.Proof, proved.Manifest
	const gap = 8 * typeset.Point
	s := press.Sheet{Title: "Proof for letter " + p.Letter}
	row := func(label, text string, space typeset.Length) {
		if strings.TrimSpace(text) != "" {
			s.Parts = append(s.Parts, press.SheetPart{Label: label, Text: text, Bold: true, Space: space})
		}
	}
	text := func(t string) { s.Parts = append(s.Parts, press.SheetPart{Text: t, Space: gap}) }
	if m.Specimen {
		s.Parts = append(s.Parts, press.SheetPart{Text: "SPECIMEN: a page to look at. Nobody signed this letter.", Bold: true, Space: gap})
	}
	row("To", joined(m.Recipient.Name, m.Recipient.Title, m.Recipient.Company), gap)
	row("From", joined(m.Sender.Organisation, m.Sender.Contact), 0)
	text("The letter says of its signer:")
	for _, said := range p.Says {
		row(said.Field, said.Value, 0)
	}
	last := p.Bundle.First + p.Bundle.Letters - 1
	row("It lies in", fmt.Sprintf("bundle %d of %d, with letters %d to %d; there are %d in all", p.Bundle.Number, p.Packet.Bundles, p.Bundle.First, last, p.Packet.Letters), gap)
	row("Hash of the bundle", eyeGroups(p.Bundle.Root), 0)
	row("Root of all letters", eyeGroups(p.Packet.Root), gap)
	text("This shows that the letter is one of the " + strconv.Itoa(p.Packet.Letters) + " letters that this root stands for, and what it says of its signer. It shows " +
		"nobody else's name. It does not show that the signer is a real person, nor that anybody read the letter.")
	how := "To check it, compare the root with the one that the campaign made known, on paper or elsewhere, and have a program check the rest: " +
		"postbag verify --proof FILE --root ROOT --size " + strconv.Itoa(p.Packet.Letters) + ". "
	if coded {
		how += "FILE is the file that came with this page, or the text of this code."
	} else {
		how += "FILE is the file that came with this page; it is too long for a code."
	}
	text(how)
	return s
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// eyeGroups parts a hash for the eye.
func eyeGroups(hash string) string {
	var groups []string
	for part := range slices.Chunk([]byte(hash), 8) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, " ")
}

// writeSheet sets the page with the fonts of this machine. A character that no font has is written by its number.
func writeSheet(ctx context.Context, f *os.File, m *packet.Manifest, s press.Sheet) error {
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		return err
	}
	s.Title = settable(fonts, s.Title)
	for i := range s.Parts {
		s.Parts[i].Text = settable(fonts, s.Parts[i].Text)
	}
	paper, ok := typeset.PaperNamed(m.Letter.Paper)
	if !ok {
		paper, _ = typeset.PaperNamed("a4")
	}
	design := typeset.Design{Paper: paper, Language: "en", Specimen: m.Specimen}
	elements := []typeset.Element{{Role: typeset.Body, Block: merge.Literal(" ")}}
	layout, err := typeset.NewLayout(fonts, design, elements, nil, press.Draw)
	if err != nil {
		return err
	}
	job := press.Job{Layout: layout, Paper: paper, Language: "en", Specimen: m.Specimen, Seed: s.Title,
		Slip: press.Slip{Campaign: m.Campaign, Sender: m.Sender.Organisation}}
	printing, err := press.New(job, layout.NewSetter())
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(printing.NewWorker(layout.NewSetter()).Sheet(ctx, w, s), w.Flush())
}

// settable writes characters that no font has, and line ends, so that they can be set.
func settable(fonts *typeset.Fonts, text string) string {
	missing := fonts.Missing(text)
	if len(missing) == 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if slices.Contains(missing, r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
