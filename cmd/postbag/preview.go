package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters"
)

func (a *app) previewCommand() command {
	flags := []cli.Flag{
		campaignFlag(),
		&cli.GenericFlag{Name: "row", Usage: "show the letter of row `N` of the list, as a spreadsheet numbers it " +
			"(default: the letter that is hardest to set)", Value: new(ordinal)},
		&cli.GenericFlag{Name: "recipient", Usage: "show the letter to recipient `N` of several, counting from 1 " +
			"(default: the one whose letter is hardest to set)", Value: new(ordinal)},
		&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the letter to `FILE`", Value: "preview.pdf"},
	}
	return command{
		name:    "preview",
		summary: "write one letter, marked SPECIMEN, as a PDF",
		about: "Writes the letter that is hardest to set: the one with the most lines and the longest name. If that one looks\n" +
			"right, the others do. Of an open letter, petition sheets or a letter of investors it shows the text and the\n" +
			"longest entries. The signer list is read as for build.",
		flags: append(flags, settingFlags()...),
		statuses: []exitStatus{
			{done, "the letter is written"},
			{failed, "failed"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag preview", "postbag preview --row 2 --out second-row.pdf"},
		run:      a.preview,
	}
}

func (a *app) preview(c *cli.Context) (result, error) {
	out := c.String("out")
	if !strings.EqualFold(filepath.Ext(out), ".pdf") {
		// A preview replaces the file of its name; the signer list must never be that file.
		return nil, usageError{what: "--out " + out + " is not the name of a PDF", do: "End it in .pdf"}
	}
	campaign, err := a.load(c)
	if err != nil {
		return nil, err
	}
	m := a.newMeter()
	report, err := letters.Preview(c.Context, campaign, letters.PreviewOptions{
		Row: numberOf(c, "row"), Recipient: numberOf(c, "recipient"), Out: out, Progress: m.letters,
	})
	m.end()
	if err != nil {
		return nil, err
	}
	return previewed{report}, nil
}

// previewed is the result of preview.
type previewed struct{ *letters.PreviewReport }

func (r previewed) print(p *page) {
	what := "the letter of row"
	if r.Shared {
		what = "the document with row"
	}
	to := ""
	if r.To != "" {
		to = fmt.Sprintf(" to recipient %d, %s", r.Recipient, r.To)
	}
	p.line("%s shows %s %d%s (%s), %s, marked SPECIMEN.", plain(r.File), what, r.Row, plain(to), plain(r.Why), count(r.Pages, "page"))
}
