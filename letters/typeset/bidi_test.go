package typeset

import (
	"slices"
	"strings"
	"testing"

	"postbag/letters/merge"
)

// asSeen sets a paragraph and reads its lines from left to right.
func asSeen(s *shaper, ps paragraphStyle, runs ...merge.Run) []string {
	var p paragraph
	var items []Item
	var lines []string
	for _, l := range p.set(s, runs, &ps, &items, nil) {
		lines = append(lines, textOf(l))
	}
	return lines
}

// fixed and value are the runs that these tests are made of.
func fixed(text string) merge.Run { return merge.Run{Text: text} }
func value(text string) merge.Run { return merge.Run{Text: text, Value: true, Signer: true} }

// What stands where, from left to right. A word of right-to-left letters is written as it is typed; parts of a word that read in
// different directions stand one by one.
func TestMixedLinesReadInOrder(t *testing.T) {
	s := newTestShaper(t)
	for _, c := range []struct {
		name string
		rtl  bool
		runs []merge.Run
		want string
	}{
		{"an Arabic name in English", false, []merge.Run{fixed("I, "), value("محمد بن علي"), fixed(", agree.")}, "I, علي بن محمد, agree."},
		{"an Arabic name and a number in English", false, []merge.Run{value("محمد علي"), fixed(" 12 June")}, "علي محمد 12 June"},
		{"a place in both scripts in English", false, []merge.Run{value("القاهرة, Egypt")}, "القاهرة, Egypt"},
		{"the same in Arabic", true, []merge.Run{value("القاهرة, Egypt")}, "Egypt ,القاهرة"},
		{"the other way round in Arabic", true, []merge.Run{value("Leeds, إنجلترا")}, "إنجلترا ,Leeds"},
		{"the other way round in English", false, []merge.Run{value("Leeds, إنجلترا")}, "Leeds, إنجلترا"},
		{"an Arabic comma", true, []merge.Run{value("Leeds، إنجلترا")}, "إنجلترا ،Leeds"},
		{"a place in English in Arabic", true, []merge.Run{fixed("من "), value("Leeds, England"), fixed(".")}, ".Leeds, England من"},
		{"a name with digits and brackets in Arabic", true, []merge.Run{fixed("اسمي "), value("Ann Lee (42)"), fixed(" هنا")},
			"هنا Ann Lee (42) اسمي"},
		{"a company in Arabic", true, []merge.Run{fixed("إلى "), {Text: "Palantir Technologies Inc.", Value: true}, fixed(" في دنفر")},
			"دنفر في Palantir Technologies Inc. إلى"},
		{"a Hebrew name with a hyphen and a number", false, []merge.Run{fixed("From "), value("בן-גוריון 12"), fixed(", with thanks")},
			"From 12 גוריוןבן-, with thanks"},
		{"the same in Arabic", true, []merge.Run{fixed("من "), value("בן-גוריון 12")}, "12 גוריוןבן- من"},
		{"a date in Arabic", true, []merge.Run{fixed("في 23 نوفمبر 2026 هنا")}, "هنا 2026 نوفمبر 23 في"},
		{"a date in figures", true, []merge.Run{fixed("في 2026/11/23 هنا")}, "هنا 2026/11/23 في"},
		{"a date with hyphens, which are not part of numbers after Arabic letters", true, []merge.Run{fixed("في 2026-11-23 هنا")},
			"هنا 23-11-2026 في"},
		{"Arabic digits", true, []merge.Run{fixed("في ٢٣,٥ هنا")}, "هنا ٢٣,٥ في"},
		{"a telephone number as a value", true, []merge.Run{fixed("هاتف "), value("+44 113 496-0000"), fixed(".")}, ".+44 113 496-0000 هاتف"},
		{"brackets in Arabic", true, []merge.Run{fixed("من (لندن) إلى")}, "إلى (لندن) من"},
		{"a number before English", false, []merge.Run{fixed("דוד 12 abc")}, "12 דוד abc"},
		{"an isolate of the template's own", false, []merge.Run{fixed("a \u2067ב c\u2069 d")}, "a \u2067c ב\u2069 d"},
		{"a value cannot reach beyond itself", false, []merge.Run{value("\u202eab"), fixed(" cd אב")}, "\u202eab cd אב"},
	} {
		ps := paragraphStyle{size: 11 * Point, measure: MM(158), rtl: c.rtl}
		if got := asSeen(s, ps, c.runs...); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v stands as %q, want %q", c.name, c.runs, got, c.want)
		}
	}
}

// Reproduces a comment in English in an Arabic letter: it was taken apart at its commas like a place, and a line of it read "came the
// same way, and each of the children". Its lines must read as they would in an English letter.
func TestAnEnglishCommentKeepsItsOrderInAnArabicLetter(t *testing.T) {
	s := newTestShaper(t)
	const comment = "My parents came here with nothing, and each of their children, who came the same way, has worked for this town, " +
		"paid for it, and stayed."
	for _, width := range []float64{40, 60, 80, 158} {
		ps := paragraphStyle{size: 11 * Point, measure: MM(width), rtl: true}
		lines := asSeen(s, ps, value(comment))
		if got := strings.Join(lines, " "); got != comment {
			t.Errorf("%v mm wide the comment reads %q", width, lines)
		}
	}
	ps := paragraphStyle{size: 11 * Point, measure: MM(100), rtl: true}
	lines := asSeen(s, ps, fixed("كتب أحد الموقعين على هذه الرسالة: "), value(comment), fixed(" شكرا"))
	var english []string
	for i, l := range lines {
		if i == 0 { // the Arabic begins the line, at its right
			l = l[:strings.Index(l, " الرسالة:")]
		}
		if i == len(lines)-1 {
			if !strings.HasPrefix(l, "شكرا ") {
				t.Errorf("the last line is %q: what follows the comment stands at its left", l)
			}
			l = strings.TrimPrefix(l, "شكرا ")
		}
		english = append(english, l)
	}
	if got := strings.Join(english, " "); len(lines) < 3 || got != comment {
		t.Errorf("the comment reads %q", lines)
	}
}
