package letters

import (
	"golang.org/x/text/unicode/norm"

	"postbag/config"
	"postbag/letters/typeset"
)

// FontReport is what Fonts found.
type FontReport struct {
	Scripts []ScriptFont `json:"scripts,omitempty"`
	// Of a text that was asked about:
	Text    string     `json:"text,omitempty"`
	Parts   []TextFont `json:"parts,omitempty"`
	Missing []string   `json:"missing,omitempty"` // characters that no font has
}

// FontUse is a face that would be used.
type FontUse struct {
	Face   string `json:"face"`
	File   string `json:"file"`
	Origin string `json:"origin"` // campaign, built-in or system
}

// ScriptFont says which face would set a script; or, where there is none, what to install.
type ScriptFont struct {
	Code          string   `json:"code"` // ISO 15924
	Script        string   `json:"script"`
	Languages     string   `json:"languages"` // "" for a script of the past
	Sample        string   `json:"sample"`
	Font          *FontUse `json:"font"` // null when there is none
	DebianPackage string   `json:"debian_package,omitempty"`
	NotoFamily    string   `json:"noto_family,omitempty"`
}

// TextFont says which face would set a part of a text.
type TextFont struct {
	Text string  `json:"text"`
	Font FontUse `json:"font"`
}

// Fonts tells which face would set which script or, unless text is empty, which faces would set that text as a signer's name. The
// campaign may be nil: then it is what a campaign without fonts of its own would use.
func Fonts(c *config.Campaign, text string) (*FontReport, error) {
	typeface, paths := "serif", []string(nil)
	if c != nil {
		typeface, paths = c.Letter.Typeface, c.Fonts
	}
	fonts, err := typeset.LoadTypeface(typeface, paths)
	if err != nil {
		return nil, err
	}
	if text != "" {
		return textFonts(fonts, norm.NFC.String(text)), nil
	}
	scripts, err := fonts.Scripts()
	if err != nil {
		return nil, err
	}
	report := &FontReport{}
	for _, s := range scripts {
		entry := ScriptFont{Code: s.Code, Script: s.Name, Languages: s.Languages, Sample: s.Sample, DebianPackage: s.DebianPackage, NotoFamily: s.NotoFamily}
		if s.Face != nil {
			entry.Font = &FontUse{Face: s.Face.Name, File: s.File, Origin: string(s.Face.Origin)}
		}
		report.Scripts = append(report.Scripts, entry)
	}
	return report, nil
}

func textFonts(fonts *typeset.Fonts, text string) *FontReport {
	report := &FontReport{Text: text}
	missing := fonts.Missing(text)
	for _, r := range missing {
		report.Missing = append(report.Missing, codePoints([]rune{r}))
	}
	for _, p := range fonts.Stretches(text) {
		report.Parts = append(report.Parts, TextFont{p.Text, FontUse{Face: p.Face.Name, File: p.File, Origin: string(p.Face.Origin)}})
	}
	return report
}
