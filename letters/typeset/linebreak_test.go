package typeset

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/merge"
)

// prose is words as letters have them, for paragraphs that are made up at random.
var prose = strings.Fields(`I am writing about the technology that your company supplies to United States Immigration and Customs Enforcement and about the
	people on whom it has been used. Its research says that in 2017 this technology was used to arrest parents and carers of children who had
	arrived unaccompanied, and that detentions followed; a responsibility of its own to respect human rights, for transparency and
	accountability. Sincerely so. Ask them, Mr Karp, at 5 p.m. on 23 November in a well-known data-driven way – and no other – for J. R. R. Tolkien. Yes.`)

// someProse draws a paragraph.
func someProse(t *rapid.T, least, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(prose), least, most).Draw(t, "words"), " ")
}

// brokenText is a paragraph with its lines.
func brokenText(s *shaper, text string, ps paragraphStyle) (*paragraph, []Line) {
	var p paragraph
	var items []Item
	return &p, p.set(s, []merge.Run{{Text: text}}, &ps, &items, nil)
}

// exhaustive tries every way to break places and gives the demerits of the best one within a try; never if there is none.
func exhaustive(places []place, m measureOf, t *try) int64 {
	w := weigher{measureOf: m, try: t}
	best := never
	var walk func(at, class, hyphens int, sum int64)
	walk = func(at, class, hyphens int, sum int64) {
		if at == len(places)-1 {
			best = min(best, sum)
			return
		}
		for e := at + 1; e < len(places); e++ {
			a, z, final := &places[at], &places[e], e == len(places)-1
			l := w.slack(a, z)
			if w.over(a, z) || a.box == z.box && a.point > 0 && z.point > 0 || !final && w.looseFor(a, z) || final && at > 0 && !t.anything && w.stub(a, z) {
				continue
			}
			d, c := w.weigh(l, final)
			if m.justify && (c > class+1 || class > c+1) {
				d += fitDemerits
			}
			n := 0
			if z.hyphen && !final {
				d += square(hyphenPenalty)
				if n = hyphens + 1; z.poor {
					d += square(poorPenalty) - square(hyphenPenalty)
				}
			}
			switch {
			case a.hyphen && final:
				d += finalDemerits
			case a.hyphen && z.hyphen:
				d += doubleDemerits
			}
			if n > 2 {
				d += stubDemerits
			}
			if n <= 2 || t.anything {
				walk(e, c, n, sum+d)
			}
		}
	}
	walk(0, 1, 0, 0)
	return best
}

func TestTheBreakerFindsTheBestOfAllWays(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		text := someProse(t, 3, 12)
		ps := body
		ps.measure = MM(float64(rapid.IntRange(30, 70).Draw(t, "measure")))
		m := measureOf{width: ps.measure, justify: rapid.Bool().Draw(t, "justify")}
		var p paragraph
		p.fill(s, &ps, p.read([]merge.Run{{Text: text}}, 0))
		tries := justifiedTries[:]
		if !m.justify {
			tries = raggedTries[:]
		}
		for i := range tries {
			p.listPlaces(p.boxes, 0, len(p.boxes), tries[i].divide)
			if len(p.places) > 22 {
				return
			}
			want := exhaustive(p.places, m, &tries[i])
			if found := p.run(m, &tries[i]); found != (want < never) {
				if tries[i].anything {
					return // found in a way that exhaustive does not look for: a line looser than any try allows
				}
				t.Fatalf("try %d finds a way: %v; the best has %d demerits", i, found, want)
			} else if !found {
				continue
			}
			got := p.best[p.cheapest(len(p.places)-1)]
			if got > want || got < want && !tries[i].anything {
				t.Fatalf("try %d finds a way of %d demerits, the best has %d", i, got, want)
			}
			return
		}
		t.Fatal("no try finds a way")
	})
}

// feasible tells whether the places can be broken with no space more than three times as wide as it is, and without a stub at the end.
func feasible(p *paragraph, m measureOf) bool {
	p.listPlaces(p.boxes, 0, len(p.boxes), true)
	n := len(p.places)
	type state struct{ at, hyphens int }
	open := []state{{0, 0}}
	seen := map[state]bool{}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		if s.at == n-1 {
			return true
		}
		for e := s.at + 1; e < n; e++ {
			a, z := &p.places[s.at], &p.places[e]
			width, glue := across(a, z)
			slack := m.width - width
			if slack < 0 && (!m.justify || -slack > glue/shrinkShare) || a.box == z.box && a.point > 0 && z.point > 0 {
				continue
			}
			if e == n-1 {
				if s.at > 0 && glue == 0 && width < m.width/5 {
					continue
				}
			} else if m.justify && slack > 2*glue {
				continue
			}
			next := state{e, 0}
			if z.hyphen {
				if next.hyphens = s.hyphens + 1; next.hyphens > 2 {
					continue
				}
			}
			if !seen[next] {
				seen[next] = true
				open = append(open, next)
			}
		}
	}
	return false
}

// A last line of one short word is the worst that can happen to a paragraph; it must not stand where there is another way.
func TestLastLineIsNeverOneShortWord(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		ps := body
		ps.measure = MM(float64(rapid.IntRange(40, 170).Draw(t, "measure")))
		if rapid.Bool().Draw(t, "ragged") {
			ps.align = alignStart
		}
		p, lines := brokenText(s, someProse(t, 5, 70), ps)
		last := lines[len(lines)-1]
		if len(lines) == 1 || last.Width >= ps.measure/5 {
			return
		}
		for _, item := range last.Items[1:] {
			if item.Spaced {
				return
			}
		}
		if feasible(p, measureOf{width: ps.measure, justify: ps.align == alignJustify}) {
			t.Fatalf("the last line is %q", textOf(last))
		}
	})
}

func TestNeverThreeHyphensInARowNorOneInTheLastWord(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		ps := body
		ps.measure = MM(float64(rapid.IntRange(35, 120).Draw(t, "measure")))
		p, lines := brokenText(s, someProse(t, 20, 90), ps)
		row := 0
		for i, l := range lines {
			if text := textOf(l); strings.HasSuffix(text, softHyphen) || strings.HasSuffix(text, "-") {
				if row++; row > 2 && feasible(p, measureOf{width: ps.measure, justify: true}) {
					t.Fatalf("three lines in a row end with hyphens, the last with %q", text)
				}
			} else {
				row = 0
			}
			if l.Divided != strings.HasSuffix(textOf(l), softHyphen) {
				t.Fatalf("%q says that it is divided: %v", textOf(l), l.Divided)
			}
			if l.Divided && i == len(lines)-2 && len(lines[i+1].Items) == 1 {
				t.Fatalf("the last word is divided: %q, %q", textOf(l), textOf(lines[i+1]))
			}
		}
	})
}

// Words of the table stay together at every width that has room for both.
func TestNoLineEndsWithMr(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		ps := body
		ps.measure = MM(float64(rapid.IntRange(40, 170).Draw(t, "measure")))
		if rapid.Bool().Draw(t, "ragged") {
			ps.align = alignStart
		}
		_, lines := brokenText(s, someProse(t, 5, 70), ps)
		for i, l := range lines[:len(lines)-1] {
			end, next := textOf(l), textOf(lines[i+1])
			for _, bad := range []string{" Mr", " J.", " R.", " 23", " 5"} {
				if strings.HasSuffix(end, bad) && strings.Contains(" Karp Tolkien R. November p.m.", " "+strings.Fields(next)[0]) {
					t.Fatalf("a line ends with %q before %q", end, next)
				}
			}
			if strings.HasPrefix(next, "– ") {
				t.Fatalf("a line begins with a dash: %q", next)
			}
		}
	})
}

// Spaces stay between half their width (some are kerned) and three times it, unless the line is left ragged; lines are as wide as the measure.
func TestJustifiedLinesAreEven(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		ps := body
		ps.measure = MM(float64(rapid.IntRange(50, 170).Draw(t, "measure")))
		_, lines := brokenText(s, someProse(t, 20, 90), ps)
		space := Em(wholeEm / 4).At(ps.size)
		for _, l := range lines[:len(lines)-1] {
			for _, item := range l.Items[1:] {
				if item.Spaced && (item.Space < space/2 || item.Space > space*31/10) {
					t.Fatalf("a space of %v in %q", item.Space, textOf(l))
				}
			}
		}
	})
}

func TestSoftHyphensAreWhereAWordMayBeDivided(t *testing.T) {
	s := newTestShaper(t)
	ps := body
	for _, align := range []align{alignStart, alignJustify} {
		ps.align, ps.measure = align, MM(45)
		text := "We ask you for a good Über\u00adraschungs\u00adgemein\u00adschaft and no more."
		_, lines := brokenText(s, text, ps)
		if len(lines) < 2 || !lines[0].Divided || !strings.HasSuffix(textOf(lines[0]), "Über"+softHyphen) && !strings.HasSuffix(textOf(lines[0]), "Überraschungs"+softHyphen) {
			t.Errorf("align %d: the first line is %q", align, textOf(lines[0]))
		}
		ps.measure = MM(160)
		if _, lines = brokenText(s, text, ps); strings.Contains(textOf(lines[0]), softHyphen) || !strings.Contains(textOf(lines[0]), "Überraschungsgemeinschaft") {
			t.Errorf("align %d: a soft hyphen is printed where the word is whole: %q", align, textOf(lines[0]))
		}
	}
}

func TestNamesAndAddressesAreNotDivided(t *testing.T) {
	s := newTestShaper(t)
	rapid.Check(t, func(t *rapid.T) {
		ps := body
		ps.measure = MM(float64(rapid.IntRange(40, 120).Draw(t, "measure")))
		var p paragraph
		var items []Item
		lines := p.set(s, []merge.Run{
			{Text: someProse(t, 1, 9) + " "}, {Text: "countermeasures parliamentarianism", Value: true}, {Text: "s, "}, {Text: "accountability", Value: true}, {Text: ", ask letters@example.org and see "},
			{Text: "https://www.example.org/reports/immigration-and-customs/2026.pdf for UNESCO now."},
		}, &ps, &items, nil)
		var text strings.Builder
		for _, l := range lines {
			text.WriteString(textOf(l) + "\n")
		}
		for _, whole := range []string{"countermeasures", "parliamentarianisms,", "accountability,", "letters@example.org", "UNESCO"} {
			if !strings.Contains(text.String(), whole) {
				t.Fatalf("%s is divided:\n%s", whole, text.String())
			}
		}
		if web := strings.ReplaceAll(text.String(), "\n", ""); !strings.Contains(web, "https://www.example.org/reports/immigration-and-customs/2026.pdf") {
			t.Fatalf("an address of the web gets a hyphen:\n%s", text.String())
		}
	})
}

func TestAnAddressOfTheWebBreaksBehindItsMarks(t *testing.T) {
	s := newTestShaper(t)
	for _, align := range []align{alignStart, alignJustify} {
		ps := body
		ps.align, ps.measure = align, MM(60)
		_, lines := brokenText(s, "Read all of it at https://www.example.org/reports/immigration-and-customs/2026.pdf and in print.", ps)
		broken := 0
		for _, l := range lines[:len(lines)-1] {
			if text := textOf(l); strings.Contains(text, "/") && strings.ContainsRune("/.-", rune(text[len(text)-1])) {
				broken++
			}
			if l.Divided {
				t.Errorf("align %d: %q ends with a hyphen", align, textOf(l))
			}
		}
		if broken == 0 {
			t.Errorf("align %d: the address is not broken", align)
		}
	}
}
