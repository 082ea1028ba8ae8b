package letters

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"unicode/utf8"

	"postbag/letters/press"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// previewed is how many signers the preview of a form shows, unless there are fewer.
const previewed = 60

// previewForm writes the text of a form and those signers who are hardest to set, in their order and with their own numbers.
func (p *composition) previewForm(ctx context.Context, r *roll.Roll, o PreviewOptions) (*PreviewReport, error) {
	signers, why, err := p.chooseSigners(ctx, r, o.Row)
	if err != nil {
		return nil, err
	}
	layout, printing, err := p.lay(r, true, press.Job{NoSlip: true, Seed: p.fingerprint(r, "", ""), Slip: press.Slip{Bundles: 1}})
	if err != nil {
		return nil, err
	}
	values := p.signerValues(r)
	report := p.previewReport(o.Out, r.Row(signers.hardest).Row, why)
	err = writeFile(o.Out, func(f *os.File) error {
		w := bufio.NewWriter(f)
		count, err := printing.NewWorker(layout.NewSetter()).Bundle(ctx, w, press.Order{
			Number: 1, First: p.number(r, signers.places[0]), Letters: len(signers.places), Volume: p.previewVolume(r),
			Numbers: func(i int) int { return p.number(r, signers.places[i]) },
			Values:  func(i int) []string { return values(signers.places[i], nil) },
		})
		report.Pages = count.Pages
		return errors.Join(err, w.Flush())
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// previewVolume is a document of one volume.
func (p *composition) previewVolume(r *roll.Roll) typeset.Volume {
	return p.volume(r, bundleRange{first: 0, count: r.Len(), volume: 1, volumes: 1}, 1, 1)
}

// chosen are the signers that a preview shows, by their places in the roll.
type chosen struct {
	places  []int
	hardest int
}

// chooseSigners finds the signer of a row, or those of whom there is most to print.
func (p *composition) chooseSigners(ctx context.Context, r *roll.Roll, row int) (chosen, string, error) {
	if row != 0 {
		signer, err := p.signerOf(r, row)
		return chosen{[]int{signer}, signer}, fmt.Sprintf("row %d was asked for", row), err
	}
	lengths := make([]int, r.Len())
	places := make([]int, r.Len())
	var values []string
	for i := range places {
		if i%1024 == 0 && ctx.Err() != nil {
			return chosen{}, "", ctx.Err()
		}
		values = r.Fields(i, values[:0])
		for _, value := range values[:p.printed] {
			lengths[i] += utf8.RuneCountInString(value)
		}
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(lengths[b], lengths[a]) })
	c := chosen{places: places[:min(previewed, len(places))], hardest: places[0]}
	slices.Sort(c.places)
	why := fmt.Sprintf("the longest entry; the document shows the %d longest of %d", len(c.places), r.Len())
	return c, why, nil
}
