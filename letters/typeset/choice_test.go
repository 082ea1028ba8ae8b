package typeset

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/language"

	"postbag/letters/internal/worldnames"
	"postbag/letters/merge"
	"postbag/letters/typeset/faces"
	"postbag/templates"
)

// loadBuiltIn loads fonts as a machine without any has them.
func loadBuiltIn(t testing.TB) *Fonts {
	t.Helper()
	fonts := loadFonts(t)
	fonts.folders = func() []string { return nil }
	return fonts
}

// sampleTexts are the names and places of the sample roll.
func sampleTexts(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("../../templates/sample/signers.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, row := range rows[1:] {
		for _, column := range []string{"full_name", "city", "country"} {
			texts = append(texts, row[slices.Index(rows[0], column)])
		}
	}
	return texts
}

func worldTexts(t testing.TB) []string {
	t.Helper()
	names, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, n := range names {
		texts = append(texts, n.Text)
	}
	return texts
}

// A machine without any font prints the whole sample roll, and every name of the world's list.
func TestTheBinaryAloneSetsEveryName(t *testing.T) {
	for _, family := range []string{"serif", "sans"} {
		fonts, err := LoadTypeface(family, nil)
		if err != nil {
			t.Fatal(err)
		}
		fonts.folders = func() []string { return nil }
		for _, text := range append(sampleTexts(t), worldTexts(t)...) {
			if missing := fonts.Missing(text); missing != nil {
				t.Errorf("%s: %s lacks %q", family, text, missing)
			}
		}
	}
}

// facesOf sets a signer's value and returns the faces of its letters, by script.
func facesOf(s *shaper, value string, style Style) map[language.Script][]string {
	var p paragraph
	var items []Item
	used := map[language.Script][]string{}
	ps := paragraphStyle{size: 11 * Point, measure: 1 << 30, style: style}
	for _, line := range p.set(s, []merge.Run{{Text: value, Value: true}}, &ps, &items, nil) {
		for _, item := range line.Items {
			for _, run := range item.Word.Runs {
				for _, g := range run.Glyphs {
					for _, r := range g.Text {
						script := language.LookupScript(r)
						if script.Strong() && !slices.Contains(used[script], run.Face.Name) {
							used[script] = append(used[script], run.Face.Name)
						}
					}
				}
			}
		}
	}
	return used
}

// Nobody's name is set in two designs of one script: a name that one face has as a whole is set in it as a whole.
func TestANameIsSetInOneFaceOfItsScript(t *testing.T) {
	fonts := loadBuiltIn(t)
	s := newShaper(fonts, "en", nil, newWords())
	texts := append(sampleTexts(t), worldTexts(t)...)
	// The eng-like letter of Tatar in the spelling of 1927 is in the second face for Latin only.
	texts = append(texts, "Taꞑrı Şäriä", "Anna Ƚ Łódź")
	for _, text := range texts {
		if fonts.Missing(text) != nil {
			continue
		}
		for style := range Style(styles) {
			for script, names := range facesOf(s, text, style) {
				if len(names) > 1 {
					t.Errorf("%s is set in %v: two faces for %v", text, names, script)
				}
			}
		}
	}
	if got := facesOf(s, "Taꞑrı Şäriä", 0)[language.Latin]; !slices.Equal(got, []string{"NotoSerif-Regular"}) {
		t.Errorf("a name with a letter that the main face lacks is set in %v", got)
	}
}

// Where a script has a bold face in the binary, bold text is set in it, and italic text in the upright one.
func TestOtherScriptsHaveEmphasisWhereTheyCan(t *testing.T) {
	s := newShaper(loadBuiltIn(t), "en", nil, newWords())
	for style, want := range map[Style]string{
		0: "NotoNaskhArabic-Regular", templates.Bold: "NotoNaskhArabic-Bold", templates.Italic: "NotoNaskhArabic-Regular",
		templates.Bold | templates.Italic: "NotoNaskhArabic-Bold",
	} {
		if got := facesOf(s, "محمد", style)[language.Arabic]; !slices.Equal(got, []string{want}) {
			t.Errorf("style %d is set in %s, want %s", style, got, want)
		}
	}
}

// twoMachines loads fonts that have but the main family in the binary, and the rest as if installed.
func twoMachines(t testing.TB) func() *Fonts {
	dir := t.TempDir()
	all, err := faces.All()
	if err != nil {
		t.Fatal(err)
	}
	installed := regexp.MustCompile(`NotoSerif-|Cherokee|Devanagari|Armenian|Thai-|Symbola`)
	for _, f := range all {
		if !installed.MatchString(f.File) {
			continue
		}
		data, err := f.Open()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.File), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return func() *Fonts {
		fonts := loadFonts(t)
		for style, st := range fonts.stacks {
			own := slices.DeleteFunc(slices.Clone(st.sources), func(s *source) bool {
				return !strings.HasPrefix(s.name, "Liberation") && !strings.Contains(s.name, "Naskh") && !strings.Contains(s.name, "Hebrew")
			})
			fonts.stacks[style] = newStack(own)
			fonts.stacks[style].markPlain()
		}
		fonts.folders = func() []string { return []string{dir} }
		return fonts
	}
}

// Which face sets a name does not depend on the names that were looked at before it.
func TestTheFaceOfANameDoesNotDependOnOthers(t *testing.T) {
	load := twoMachines(t)
	texts := append(sampleTexts(t), worldTexts(t)...)
	texts = append(texts, "محمد Müller", "שרה ꞑ", "אנה ᎺᎵ", "(محمد) ꞑ12", "ꞑ", "12–13", "ᎺᎵ Ꮻ Müller سارہ", "é\u0320 ꞑ\u0320", "ا\u0320\u0951", "1\u0951")
	main := load().stack(0)
	texts = slices.DeleteFunc(texts, main.plainValue) // there is no choice
	rounds := 5
	if testing.Short() { // with the race detector each font takes ten times as long to read
		rounds, texts = 2, texts[len(texts)-24:]
	}
	alone := map[string]string{}
	order := rand.New(rand.NewPCG(1, 2))
	look := func(fonts *Fonts, s *shaper, text string) string {
		missing := fonts.Missing(text)
		if missing != nil {
			return fmt.Sprintf("lacks %q", missing)
		}
		// As a signer's value, and as words of the template.
		out := fmt.Sprint(facesOf(s, text, 0), facesOf(s, text, templates.Bold))
		for _, line := range setText(s, text, body) {
			for _, item := range line.Items {
				for _, run := range item.Word.Runs {
					out += " " + run.Face.Name
				}
			}
		}
		return out
	}
	for range rounds {
		fonts := load()
		s := newShaper(fonts, "en", nil, newWords())
		order.Shuffle(len(texts), func(i, k int) { texts[i], texts[k] = texts[k], texts[i] })
		for _, text := range texts {
			got := look(fonts, s, text)
			want, ok := alone[text]
			if !ok {
				first := load()
				want = look(first, newShaper(first, "en", nil, newWords()), text)
				alone[text] = want
			}
			if got != want {
				t.Fatalf("%s: %s after others, %s alone", text, got, want)
			}
		}
	}
}

// A face that stands in for the main one is set so that its letters are as tall, within bounds.
func TestFacesAreMatchedInSize(t *testing.T) {
	fonts := loadBuiltIn(t)
	for _, text := range append(sampleTexts(t), worldTexts(t)...) {
		fonts.Missing(text)
	}
	for _, f := range fonts.Faces() {
		switch {
		case f.Family == fonts.main.Family && f.Scale != wholeScale:
			t.Errorf("%s belongs to the main family and is set at %d thousandths", f.Name, f.Scale)
		case f.Scale < leastScale || f.Scale > mostScale:
			t.Errorf("%s is set at %d thousandths", f.Name, f.Scale)
		case f.Scale > leastScale && f.Scale < mostScale && f.letterHeight() > 0 && f.Family != fonts.main.Family:
			if got, want := f.letterHeight(), fonts.main.letterHeight(); got < want-2 || got > want+2 {
				t.Errorf("an x and an H of %s are %d thousandths of the size, those of the main face %d", f.Name, got, want)
			}
		}
		t.Logf("%-36s %4d", f.Name, f.Scale)
	}
}

// campaignFonts writes built-in fonts to a folder, as a campaign would have them.
func campaignFonts(t *testing.T, files ...string) string {
	dir := t.TempDir()
	all, err := faces.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if !slices.Contains(files, f.File) {
			continue
		}
		data, err := f.Open()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.File), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The campaign's fonts go before the binary's. One that has no Latin sets its own script, and leaves the rest as it was.
func TestTheCampaignsFontsComeFirst(t *testing.T) {
	for _, c := range []struct{ file, latin, hebrew string }{
		{"NotoSerifHebrew-Regular.ttf", "LiberationSerif built-in", "NotoSerifHebrew-Regular campaign"},
		{"LiberationSans-Regular.ttf", "LiberationSans campaign", "LiberationSans campaign"},
	} {
		fonts, err := LoadFonts([]string{campaignFonts(t, c.file)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, text := range []string{"Zoë 12", "שרה 12"} {
			if missing := fonts.Missing(text); missing != nil {
				t.Fatalf("%s lacks %q", text, missing)
			}
			parts := fonts.Stretches(text)
			got = append(got, parts[0].Face.Name+" "+string(parts[0].Face.Origin))
		}
		if want := []string{c.latin, c.hebrew}; !slices.Equal(got, want) {
			t.Errorf("with %s the faces are %q, want %q", c.file, got, want)
		}
	}
}

// The quick way and HarfBuzz must set a name in the same face, whatever the campaign's fonts have.
func TestDigitsStayInTheMainFace(t *testing.T) {
	fonts, err := LoadFonts([]string{campaignFonts(t, "NotoSerifDevanagari-Regular.ttf", "NotoSansThaana-Regular.ttf")})
	if err != nil {
		t.Fatal(err)
	}
	quick, slow := newShaper(fonts, "en", nil, newWords()), newShaper(fonts, "en", nil, newWords())
	quick.brief = true
	for _, text := range []string{"12", "Zoë", "T.", "(a)", "–"} {
		a, b := quick.word([]byte(text), 0, false), slow.word([]byte(text), 0, false)
		if a.Runs[0].Face != fonts.main || b.Runs[0].Face != fonts.main {
			t.Errorf("%s is set in %s the quick way and in %s the other", text, a.Runs[0].Face.Name, b.Runs[0].Face.Name)
		}
	}
}
