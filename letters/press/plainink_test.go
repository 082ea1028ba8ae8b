package press

import (
	"bytes"
	"testing"

	"postbag/letters/typeset"
)

// The quick way of making ink writes what the general one does, also in the memory of another word.
func TestPlainInkIsTheInkOfItsWord(t *testing.T) {
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	var reused any
	words := 0
	draw := func(w *typeset.Word) any {
		general := &ink{}
		for i := range w.Runs {
			general.addRun(&w.Runs[i])
		}
		w.Ink = reused
		plain := plainInk(w)
		if plain == nil {
			return drawWord(w)
		}
		words++
		a, b := plain.strokes[0], general.strokes[0]
		if len(general.strokes) != 1 || !bytes.Equal(a.tj, b.tj) || a.width != b.width || a.tail != b.tail || a.face != b.face ||
			len(a.told)+len(b.told) != 0 || len(a.glyphs) != len(b.glyphs) {
			t.Errorf("%q: %+v, not %+v", w.Text(), a, b)
		}
		reused = plain
		return general
	}
	paper, _ := typeset.PaperNamed("a4")
	design := typeset.Design{Paper: paper, Language: "en", Justify: true, Sender: []string{"AVATAR To. (P.A.) Yvonne"}, Reference: "test-"}
	layout, err := typeset.NewLayout(fonts, design, testLetter(true, 3), []string{"Zoë Łukasiewicz-17 T\\(\\)", "Łódź, AWAY"}, draw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := layout.NewSetter().Set([]string{"Tom Wałęsa", "LTAV"}, 1); err != nil {
		t.Fatal(err)
	}
	if words < 20 {
		t.Errorf("only %d words of the letter are plain", words)
	}
}
