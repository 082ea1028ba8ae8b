package press

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
	"postbag/letters/merge"
	"postbag/letters/typeset"
	"postbag/templates"
)

// readers put the text of a PDF together, pages apart by form feeds.
var readers = map[string][]string{
	"poppler": {"pdftotext", "FILE", "-"},
	"mupdf":   {"mutool", "draw", "-q", "-F", "text", "FILE"},
}

// pagesBy reads a PDF with one of them.
func pagesBy(t *testing.T, reader, file string) []string {
	t.Helper()
	arguments := slices.Clone(readers[reader])
	arguments[slices.Index(arguments, "FILE")] = file
	text, _ := outside.Run(t, arguments[0], arguments[1:]...)
	return strings.Split(text, "\f")
}

// asTyped undoes what copying a name may do to it without changing it: normal form, and marks of direction, which nobody sees. Poppler puts
// such marks around whatever is from right to left, and Postbag where the direction of a line changes.
func asTyped(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= 0x202A && r <= 0x202E || r == 0x200E || r == 0x200F {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(norm.NFC.String(text)), " ")
}

// sentenceLetter says name and place in its text and at its foot.
func sentenceLetter(salutation, before, between, after string) []typeset.Element {
	inline := []templates.Inline{{Text: before}, {Field: "name"}, {Text: between}, {Field: "place"}, {Text: after}}
	elements := []typeset.Element{{Role: typeset.Salutation, Block: merge.Literal(salutation)}}
	for _, b := range merge.Compile([]templates.Block{{Inline: inline}}, signerFields{}) {
		elements = append(elements, typeset.Element{Role: typeset.Body, Block: b})
	}
	return append(elements, typeset.Element{Role: typeset.Signature, Block: merge.Value(0)}, typeset.Element{Role: typeset.Signature, Block: merge.Value(1)})
}

// readBackLetters are in a language from left to right and in one from right to left.
var readBackLetters = map[string][]typeset.Element{
	"en": sentenceLetter("Dear Mr Karp,", "My name is ", ", and I live in ", ", where I was born. I am writing about the software that you supply."),
	"ar": sentenceLetter("السيد المدير المحترم،", "أكتب إليكم بشأن البرنامج الذي تبيعه شركتكم إلى جهة حكومية. اسمي ", "، وأعيش في ",
		"، حيث ولدت. نطلب منكم الرد كتابة خلال شهر واحد."),
}

// writeLetters writes a bundle without slip sheet, a page for each signer.
func writeLetters(t *testing.T, language string, elements []typeset.Element, signers [][]string) string {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range signers {
		for _, v := range s {
			if lacks := fonts.Missing(v); len(lacks) > 0 {
				t.Fatalf("no font for %q of %q", lacks, v)
			}
		}
	}
	paper, _ := typeset.PaperNamed("a4")
	design := typeset.Design{Paper: paper, Language: language, Justify: true, Sender: []string{"Letters for Rights"}, Running: "A", Reference: "test-"}
	layout, err := typeset.NewLayout(fonts, design, elements, signers[0], Draw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Job{Layout: layout, Paper: paper, Language: language, Seed: "test", NoSlip: true}, layout.NewSetter())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	order := Order{Number: 1, First: 1, Letters: len(signers), Values: func(i int) []string { return signers[i] }}
	if _, err := p.NewWorker(layout.NewSetter()).Bundle(context.Background(), &out, order); err != nil {
		t.Fatal(err)
	}
	return write(t, out.Bytes())
}

// hardToRead are names beside those of the list: what the list lacks and readers stumble over.
var hardToRead = []string{
	"علاء لؤي", "سلام الله", // ligatures of two and of four letters
	"محمدٌ",             // a mark at the end
	"أحمد (أبو علي)",    // brackets, which are mirrored
	"לו", "אבי כהן־לוי", // as short as names get; a hyphen of the script
	"Efficient Office-Flint", // ligatures
	"मक्तत्त्वस्त्र्य स्त्र्यस्त्र्य", // a cluster that is longer than what one code can say
	"Ẹ̀ṣọ́ Chị́nọ́nsọ̀", // marks at the end of a word, from left to right
}

// cannotBeRead lists what a reader gives in another order whatever the PDF does, by name.
//
// Poppler takes '-' in a name from right to left for a digit, and turns what stands before and after it round each for itself, unless the
// page as a whole is from right to left (reorderText in TextOutputDev.cc: a stretch from right to left ends at a character of the class '#').
// That is the order of places on the page, so nothing in the file can undo it but text in /ActualText that is itself in the wrong order.
var cannotBeRead = map[string]map[string]bool{
	"poppler en": {"אבי כהן-לוי": true},
}

// The promise: what somebody copies or searches for is the name, in every script, in letters of either direction. The name must stand on a
// line of its own at the foot, over the place, and in the sentence of the text.
func TestEveryNameIsReadBackAsItWasTyped(t *testing.T) {
	world, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	var signers [][]string
	add := func(name string) { signers = append(signers, []string{name, "Leeds, " + strings.Fields(name)[0]}) }
	for _, n := range world {
		add(n.Text)
	}
	for _, name := range hardToRead {
		add(name)
	}
	add("אבי כהן-לוי")
	for language, elements := range readBackLetters {
		file := writeLetters(t, language, elements, signers)
		outside.Accepted(t, file)
		for reader := range readers {
			pages := pagesBy(t, reader, file)
			if len(pages) < len(signers) {
				t.Fatalf("%s finds %d pages of %d", reader, len(pages), len(signers))
			}
			for i, s := range signers {
				name, page := asTyped(s[0]), asTyped(pages[i])
				var lines []string
				for _, line := range strings.Split(pages[i], "\n") {
					lines = append(lines, asTyped(line))
				}
				read := slices.Contains(lines, name) && strings.Count(page, name) >= 2
				if known := cannotBeRead[reader+" "+language][s[0]]; read == known {
					t.Errorf("%s, letter in %s: name %q read: %v, wanted %v: %q", reader, language, name, read, !known, page)
				}
				if place := asTyped(s[1]); !slices.Contains(lines, place) && !cannotBeRead[reader+" "+language][s[0]] {
					t.Errorf("%s, letter in %s: the place %q does not stand at the foot: %q", reader, language, place, page)
				}
			}
		}
	}
}

// A word that was divided at the end of a line is read with a soft hyphen there, which says that it is one word (ISO 32000-1, 14.8.2.2.3).
func TestDividedWordsAreReadWithSoftHyphens(t *testing.T) {
	const wording = "Die Rechtsschutzversicherungsgesellschaften beantworteten die Bürgerbeteiligungsverfahren der Bundesdatenschutzbeauftragten " +
		"gewohnheitsmäßig mit Unterlassungserklärungen, deren Veröffentlichungspflichten die Aufsichtsratsvorsitzenden vernachlässigten."
	file := writeLetters(t, "de", sentenceLetter("Sehr geehrter Herr Karp,", wording+" Ich bin ", " aus ", "."), [][]string{{"Jürgen Groß", "Ulm"}})
	for reader := range readers {
		text := pagesBy(t, reader, file)[0]
		if !strings.Contains(text, "\u00AD") {
			t.Errorf("%s: nothing is divided: %q", reader, text)
		}
		joined := strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00AD\n", "")), " ")
		if !strings.Contains(joined, wording) {
			t.Errorf("%s: %q", reader, joined)
		}
	}
}

// What is drawn does not depend on what it says: each glyph of a run stands in its ink once, where the run has it.
func TestGroupsShowEachGlyphInItsPlace(t *testing.T) {
	world, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	words := 0
	draw := func(w *typeset.Word) any {
		k := drawWord(w).(*ink)
		for i := range w.Runs {
			run, s := &w.Runs[i], i
			if k.rtl {
				s = len(w.Runs) - 1 - i
			}
			if k.strokes[s].tj == nil {
				wantGlyphs(t, w, run, &k.strokes[s], k.rtl)
				words++
			}
		}
		return k
	}
	var signers [][]string
	for _, n := range world {
		fonts.Missing(n.Text)
		signers = append(signers, []string{n.Text, ""})
	}
	paper, _ := typeset.PaperNamed("a4")
	layout, err := typeset.NewLayout(fonts, typeset.Design{Paper: paper, Language: "en", Reference: "test-"}, readBackLetters["en"], signers[0], draw)
	if err != nil {
		t.Fatal(err)
	}
	setter := layout.NewSetter()
	for i, s := range signers {
		if _, err := setter.Set(s, i+1); err != nil {
			t.Fatal(err)
		}
	}
	if words < 50 {
		t.Errorf("only %d words have signs of their own", words)
	}
}

// shown is a glyph and where it is drawn, in thousandths of the font size.
type shown struct {
	glyph typeset.GlyphID
	x, y  int64
}

func wantGlyphs(t *testing.T, w *typeset.Word, run *typeset.GlyphRun, s *stroke, rtl bool) {
	t.Helper()
	var want, got []shown
	at := int64(0)
	for _, g := range run.Glyphs {
		want = append(want, shown{g.ID, at + scale(g.XOffset, run.Face), scale(g.YOffset, run.Face)})
		at += scale(g.Advance, run.Face)
	}
	pen := int64(0)
	if rtl {
		pen = at
	}
	for _, one := range s.told {
		pen -= one.move * (perEm / 1000)
		if one.sign.group == nil {
			got = append(got, shown{one.sign.glyph, pen, 0})
		} else {
			for _, p := range one.sign.group.parts {
				got = append(got, shown{p.glyph, pen + scale(p.dx, run.Face), scale(p.dy, run.Face)})
			}
		}
		pen += scale(one.sign.advance(run.Face), run.Face)
	}
	order := func(a, b shown) int {
		if a.glyph != b.glyph {
			return int(a.glyph) - int(b.glyph)
		}
		return int(a.x - b.x)
	}
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	const near = perEm / 1000 // moves are in thousandths
	same := func(a, b shown) bool {
		return a.glyph == b.glyph && max(a.x-b.x, b.x-a.x) <= near && max(a.y-b.y, b.y-a.y) <= near
	}
	if !slices.EqualFunc(want, got, same) {
		t.Errorf("%q: drawn %v, shaped %v", w.Text(), got, want)
	}
}
