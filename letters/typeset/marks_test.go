package typeset

import (
	"slices"
	"testing"

	"github.com/go-text/typesetting/language"
)

// Liberation Serif has ɔ and the caron, and hangs the caron beside the ɔ; of two marks over a letter it prints one on the other. Such names
// must be set in a face that knows better, and all others in the main face.
func TestMarksStandWhereTheyBelong(t *testing.T) {
	fonts := loadBuiltIn(t)
	s := newShaper(fonts, "en", nil, newWords())
	for text, want := range map[string]string{
		"Bɔ̌lɔ́kɔ́ Ɛlɛ́mbɛ̂": "NotoSerif-Regular", "J̃ė́ra Ṁ̄ū̃la": "NotoSerif-Regular", "Ǩǯõ̭": "NotoSerif-Regular",
		"Olúfúnmiláyọ̀ Adéyẹmí": "LiberationSerif", "Nguyễn Thị Phượng": "LiberationSerif", "A̱ḵ’a̱": "LiberationSerif",
	} {
		if missing := fonts.Missing(text); missing != nil {
			t.Errorf("%s lacks %q", text, missing)
		}
		if got := facesOf(s, text, 0)[language.Latin]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is set in %v, want %s", text, got, want)
		}
	}
	for _, text := range append(sampleTexts(t), worldTexts(t)...) {
		for _, word := range fonts.Stretches(text) {
			source := s.fonts.firstWith([]rune(word.Text), 0, false)
			if placed([]rune(word.Text)[0]) && source != nil && fonts.firstWith([]rune(word.Text), 0, true) == nil {
				t.Errorf("no face in the binary places the marks of %s", word.Text)
			}
		}
	}
}

// A text whose marks no face places well is set all the same.
func TestMarksThatNoFacePlacesAreSet(t *testing.T) {
	fonts := loadBuiltIn(t)
	const text = "z\u0316\u0316\u0316\u0317\u0319\u031c"
	if missing := fonts.Missing(text); missing != nil {
		t.Errorf("%q lacks %q", text, missing)
	}
}

func TestMarksOnOneAnother(t *testing.T) {
	letter := inkBox{left: 0, right: 1000, bottom: 0, top: 900}
	acute, dot := inkBox{400, 600, 1000, 1200}, inkBox{450, 550, -200, -50}
	if !acute.centred(letter) || acute.covers(dot) {
		t.Error("an acute over a letter and a dot below it stand well")
	}
	if (inkBox{900, 1100, 1000, 1200}).centred(letter) {
		t.Error("a mark beside its letter does not")
	}
	if !acute.covers(inkBox{380, 620, 980, 1180}) || acute.covers(inkBox{380, 620, 1220, 1400}) {
		t.Error("marks on one another are told from marks over one another")
	}
}
