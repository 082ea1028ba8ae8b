package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/config"
	"postbag/letters"
)

func (a *app) fontsCommand() command {
	return command{
		name:    "fonts",
		summary: "show which font would set which script, or a name",
		about: "Shows for each script which font would set it, and where that comes from: fonts: of the campaign, the program itself, or this\n" +
			"computer. For a script that no font has it says what to install. With --text it shows which fonts set one name, and which of\n" +
			"its characters none has. Where there is no campaign it shows what a campaign without fonts of its own would use.",
		flags: []cli.Flag{campaignFlag(),
			&cli.StringFlag{Name: "text", Usage: "show which fonts set `TEXT`, as a signer's name"},
			&cli.BoolFlag{Name: "all", Usage: "show scripts of the past, too", DisableDefaultText: true},
		},
		statuses: []exitStatus{
			{done, "done"},
			{failed, "the campaign, or one of its fonts, cannot be read"},
			{misused, "wrong usage"},
			{needsLook, "the text has a character that no font has: a letter with it would be held back"},
		},
		examples: []string{"postbag fonts", "postbag fonts --text Łukasiewicz"},
		run:      a.fonts,
	}
}

func (a *app) fonts(c *cli.Context) (result, error) {
	if c.IsSet("text") && strings.TrimSpace(c.String("text")) == "" {
		return nil, usageError{what: "--text is empty", do: "Give it a name to look at"}
	}
	var campaign *config.Campaign
	if _, err := os.Stat(c.String("campaign")); err == nil || c.IsSet("campaign") {
		if campaign, err = a.load(c); err != nil {
			return nil, err
		}
	}
	report, err := letters.Fonts(campaign, c.String("text"))
	if err != nil {
		return nil, err
	}
	return fontsFound{FontReport: report, all: c.Bool("all")}, nil
}

// fontsFound is the result of fonts. Its JSON has all scripts.
type fontsFound struct {
	*letters.FontReport
	all bool
}

func (r fontsFound) held() (int, string) {
	return min(1, len(r.Missing)), "Put a font that has it into a folder, and name the folder under fonts: in the campaign file"
}

func (r fontsFound) heldSentence() string { return "A letter with this text would be held back" }

// sampleColumns is how wide a sample may be.
const sampleColumns = 30

func (r fontsFound) print(p *page) {
	if r.Text != "" {
		r.printText(p)
		return
	}
	var have, lack [][]string
	past := 0
	for _, s := range r.Scripts {
		switch {
		case s.Languages == "" && !r.all:
			past++
		case s.Font != nil:
			have = append(have, []string{s.Script, s.Languages, s.Font.Face, fontFrom(*s.Font), short(s.Sample, sampleColumns)})
		default:
			lack = append(lack, []string{s.Script, s.Languages, dash(s.DebianPackage), dash(s.NotoFamily)})
		}
	}
	p.heading("Scripts, and the fonts that would set them")
	p.table([]string{"script", "languages", "font", "from", "for example"}, have)
	if len(lack) > 0 {
		p.heading("Scripts that no font here has, and what to install")
		p.table([]string{"script", "languages", "package in Debian and Ubuntu", "font elsewhere"}, lack)
		p.line("Fonts of the Noto project are free: fonts.google.com/noto. Instead of installing a font, you can put it into a folder that fonts:")
		p.line("in the campaign file names.")
	}
	if past > 0 {
		p.line("")
		p.line("%s of the past are left out; --all shows them.", count(past, "script"))
	}
}

func (r fontsFound) printText(p *page) {
	p.heading("%s", plain(r.Text))
	rows := make([][]string, len(r.Parts))
	for i, part := range r.Parts {
		rows[i] = []string{part.Font.Face, fontFrom(part.Font), plain(part.Text)}
	}
	p.table([]string{"font", "from", "what it sets"}, rows)
	if len(r.Missing) > 0 {
		p.warning("No font has %s. %s.", plain(strings.Join(r.Missing, ", ")), r.heldSentence())
		_, do := r.held()
		p.line("%s.", do)
	}
}

// fontFrom says where a font comes from.
func fontFrom(f letters.FontUse) string {
	switch f.Origin {
	case "campaign":
		return "the campaign: " + plain(filepath.Base(f.File))
	case "system":
		return "this computer"
	}
	return "Postbag"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
