package letters

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/problem"
)

var updateLayouts = flag.Bool("update-layouts", false, "write the pictures of the layouts anew; look at them before they are committed")

// box is a rectangle on paper in millimetres.
type box struct{ left, top, right, bottom float64 }

func (b box) grown(by float64) box { return box{b.left - by, b.top - by, b.right + by, b.bottom + by} }

func (b box) holds(o box) bool {
	return o.left >= b.left && o.top >= b.top && o.right <= b.right && o.bottom <= b.bottom
}

func (b box) touches(o box) bool {
	return o.left < b.right && b.left < o.right && o.top < b.bottom && b.top < o.bottom
}

const inch = 25.4

// papers are the sheets by their standards: ISO 216, and ANSI/ASME Y14.1.
var papers = map[string]box{"a4": {0, 0, 210, 297}, "letter": {0, 0, 215.9, 279.4}}

// envelopes say for each layout where its envelope has windows and where its marks belong, from the standards and not from the program's
// table: DIN 5008, and #10 double-window envelopes with the sheet folded in thirds.
func envelopes(layout string, paper box) (address, sender box, folds []float64, punch float64) {
	switch layout {
	case "din-a":
		return box{20, 27, 105, 72}, box{}, []float64{87, 192}, 148.5
	case "din-b":
		return box{20, 45, 105, 90}, box{}, []float64{105, 210}, 148.5
	case "us-window":
		fold := paper.bottom / 3
		return box{.625 * inch, fold - 2*inch, 4.625 * inch, fold - inch}, box{.375 * inch, fold - 3.375*inch, 3.875 * inch, fold - 2.5*inch},
			[]float64{fold, 2 * fold}, 0
	}
	return box{}, box{}, nil, 0
}

// The sheet may be folded so far off, and so much stays free between text and the window's edge even then.
const foldOff, windowFree = 1.0, 2.0

const twoPages = `---
subject: A letter of two pages
closing: Yours sincerely,
---
` + onePage + onePage + onePage + onePage + onePage

const onePage = `I am writing about the software that your company supplies to an agency of the government. It was used to arrest parents and caregivers of children, and for raids that separated children from the adults who looked after them.

Your company is now publicly traded. Its shareholders, its employees and the public are entitled to know which of its products are used in these operations, and what it does to prevent the abuses that follow from them. I ask you to:

1. publish a full account of the contracts, and
2. carry out human rights due diligence on each of them.

`

const arabic = `---
subject: الشفافية وحقوق الإنسان
closing: مع خالص التحية،
---
أكتب إليكم بشأن التقنية التي توفرها شركتكم. وقد استُخدمت في عمليات فُصل فيها أطفال عن البالغين الذين كانوا يعتنون بهم.

أطلب منكم:

1. نشر بيان كامل بالعقود، و
2. الإجابة علنًا عن كيفية دراسة آثارها على حقوق الإنسان.
`

// layoutLetter is a letter to look at.
type layoutLetter struct {
	layout, paper string
	letter        string
	set           map[string]string
	address       []string // what the address is, where it is not the sample's
}

var sampleAddress = []string{"Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.", "c/o Corporate Secretary"}

// layoutLetters are all layouts on both papers, one page with a logo and two without, and letters in other languages.
func layoutLetters() map[string]layoutLetter {
	all := map[string]layoutLetter{
		"german-din-b": {"din-b", "a4", strings.Replace(onePage, "I am", "Ich schreibe Ihnen. I am", 1), map[string]string{
			"letter.language": "de", "letter.reference": "BR 12/26", "letter.enclosures": "Bericht vom 1. Oktober | Liste der Forderungen", "sender.logo": "logo.svg",
		}, nil},
		"arabic-plain": {"plain", "a4", arabic, map[string]string{"letter.language": "ar", "sender.logo": "logo.svg", "letter.enclosures": "التقرير"}, nil},
		"arabic-din-b": {"din-b", "a4", arabic + strings.Repeat("\nأكتب إليكم بشأن التقنية.\n", 24), map[string]string{
			"letter.language": "ar", "recipient.address": "شارع المثال ٥ | ١٢٣٤٥ المدينة",
		}, []string{"Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.", "شارع المثال ٥", "١٢٣٤٥ المدينة"}},
		"long-address-us": {"us-window", "letter", onePage, map[string]string{
			"recipient.address": "c/o The Corporate Secretary, Department of Investor Relations | 1200 Seventeenth Street North, Floor 15, Suite 1500 | Denver, CO 80202-5856",
		}, []string{
			"Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.", "c/o The Corporate Secretary, Department of Investor Relations",
			"1200 Seventeenth Street North, Floor 15, Suite 1500", "Denver, CO 80202-5856",
		}},
	}
	for _, layout := range []string{"plain", "us-window", "din-a", "din-b"} {
		for paper := range papers {
			all[layout+"-"+paper] = layoutLetter{layout, paper, onePage, map[string]string{"sender.logo": "logo.svg"}, nil}
			all[layout+"-"+paper+"-two"] = layoutLetter{layout, paper, twoPages, map[string]string{"letter.reference": "LR 12/2026"}, nil}
		}
	}
	return all
}

const twoSigners = `full_name,city,country,name_may_be_shared
Zoë Łukasiewicz,Leeds,United Kingdom,yes
Anna Maria Sample,Graz,Austria,yes
`

// make builds the letter and returns the bundle.
func (l layoutLetter) make(t *testing.T) string {
	t.Helper()
	logo, err := os.ReadFile("testdata/logo.svg")
	if err != nil {
		t.Fatal(err)
	}
	letter := l.letter
	if !strings.HasPrefix(letter, "---") {
		letter = "---\nsubject: Transparency and human rights\nclosing: Yours sincerely,\n---\n" + letter
	}
	dir := folder(t, map[string]string{"letter.md": letter, "signers.csv": twoSigners, "logo.svg": string(logo)})
	set := map[string]string{"specimen": "no", "letter.layout": l.layout, "letter.paper": l.paper}
	for key, text := range l.set {
		set[key] = text
	}
	out := filepath.Join(t.TempDir(), "packet")
	mustBuild(t, campaignIn(t, dir, set), Options{Out: out})
	return filepath.Join(out, "deliver/bundles/bundle-0001.pdf")
}

// firstLetter is the page of a bundle on which its first letter starts.
const firstLetter = 2

// Laws of paper and envelopes: what a window shows and what it does not, where to fold, and that printers reach everything. Then the pictures,
// for all that no law says.
func TestLayoutsKeepTheLawsOfPaper(t *testing.T) {
	outside.Needs(t, "pdftoppm", "pdftotext")
	for name, l := range layoutLetters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf := l.make(t)
			paper := papers[l.paper]
			page := inkOf(t, pdf, firstLetter, 144)
			page.wantPaper(t, paper)
			address, sender, folds, punch := envelopes(l.layout, paper)
			page.wantMarks(t, folds, punch)
			words := wordsOn(t, pdf, firstLetter)
			lines := l.address
			if lines == nil {
				lines = sampleAddress
			}
			senderLines := []string{"Letters for Rights", "1 Example Street", "London W1A 1AA", "United Kingdom"}
			if l.layout == "din-a" || l.layout == "din-b" {
				lines = append([]string{strings.Join(senderLines, " · ")}, lines...)
			}
			page.wantWindow(t, words, address, lines)
			page.wantWindow(t, words, sender, senderLines)
			wantNumber(t, words, "palantir-sample-000001")
			pages := 1
			if strings.HasSuffix(name, "-two") || name == "arabic-din-b" {
				pages = 2
				second := wordsOn(t, pdf, firstLetter+1)
				wantNumber(t, second, "palantir-sample-000001")
				inkOf(t, pdf, firstLetter+1, 144).wantMarks(t, nil, 0)
			}
			wantNumber(t, wordsOn(t, pdf, firstLetter+pages), "palantir-sample-000002")
			for i := range pages {
				wantPicture(t, fmt.Sprintf("%s-%d", name, i+1), inkOf(t, pdf, firstLetter+i, 40))
			}
		})
	}
}

// What does not fit is told by check, with the line and what to do, and never printed half outside.
func TestCheckTellsWhatDoesNotFitAWindow(t *testing.T) {
	long := strings.Repeat("Department of Investor Relations and Communication ", 3)
	for _, c := range []struct {
		layout, key, text, what string
	}{
		{"din-b", "recipient.address", long, "is too wide"},
		{"din-a", "recipient.address", "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8", "11 lines are too many"},
		{"us-window", "recipient.address", "1 | 2 | 3 | 4", "7 lines are too many"},
		{"us-window", "sender.address", "1 | 2 | 3 | 4 | 5 | 6", "7 lines are too many"},
		{"din-b", "sender.line", long, "is too wide"},
	} {
		dir := folder(t, map[string]string{"signers.csv": twoSigners})
		_, err := Check(context.Background(), campaignIn(t, dir, map[string]string{"letter.layout": c.layout, c.key: c.text}), CheckOptions{})
		var list problem.List
		if !errors.As(err, &list) || len(list) != 1 || !strings.Contains(list[0].What, c.what) || !strings.Contains(list[0].What, c.layout) || list[0].Do == "" {
			t.Errorf("%s with %s %.20s…: %v, want a problem that says %q", c.layout, c.key, c.text, err, c.what)
		}
	}
	for _, layout := range []string{"plain", "us-window"} { // they have no line for the sender, and plain no window
		dir := folder(t, map[string]string{"signers.csv": twoSigners})
		set := map[string]string{"letter.layout": layout, "sender.line": long}
		if layout == "plain" {
			set["recipient.address"] = "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8"
		}
		if _, err := Check(context.Background(), campaignIn(t, dir, set), CheckOptions{}); err != nil {
			t.Errorf("%s: %v", layout, err)
		}
	}
}

// word is a word on a page with its place in millimetres.
type word struct {
	box
	text string
}

// wordsOn asks poppler for the words of a page.
func wordsOn(t *testing.T, pdf string, page int) []word {
	t.Helper()
	var words []word
	for _, w := range looks.Words(t, pdf, page) {
		words = append(words, word{box{w.Left, w.Top, w.Right, w.Bottom}, w.Text})
	}
	return words
}

// wantNumber wants the letter's number on the page, once.
func wantNumber(t *testing.T, words []word, id string) {
	t.Helper()
	n := 0
	for _, w := range words {
		if w.text == id {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the page carries the number %s %d times", id, n)
	}
}

// ink is a page as it is printed, in grey.
type ink struct {
	*image.Gray
	mm float64 // millimetres a pixel
}

func inkOf(t *testing.T, pdf string, page, dpi int) ink {
	t.Helper()
	return ink{looks.Page(t, pdf, page, dpi), inch / float64(dpi)}
}

// within is where there is ink in a part of the page; its right is less than its left where there is none.
func (k ink) within(b box) box {
	found := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for y := max(0, int(b.top/k.mm)); y < min(k.Rect.Dy(), int(b.bottom/k.mm)); y++ {
		for x := max(0, int(b.left/k.mm)); x < min(k.Rect.Dx(), int(b.right/k.mm)); x++ {
			if k.Pix[y*k.Stride+x] < 200 {
				found.left, found.top = min(found.left, float64(x)*k.mm), min(found.top, float64(y)*k.mm)
				found.right, found.bottom = max(found.right, float64(x+1)*k.mm), max(found.bottom, float64(y+1)*k.mm)
			}
		}
	}
	return found
}

// wantPaper wants the page as large as the paper, and nothing within 5 mm of its edges but the marks at the left.
func (k ink) wantPaper(t *testing.T, paper box) {
	t.Helper()
	if w, h := float64(k.Rect.Dx())*k.mm, float64(k.Rect.Dy())*k.mm; math.Abs(w-paper.right) > .3 || math.Abs(h-paper.bottom) > .3 {
		t.Errorf("the page is %.1f x %.1f mm", w, h)
	}
	const edge = 5
	for side, strip := range map[string]box{
		"top": {0, 0, paper.right, edge}, "bottom": {0, paper.bottom - edge, paper.right, paper.bottom}, "right": {paper.right - edge, 0, paper.right, paper.bottom},
		"left": {0, 0, 3, paper.bottom},
	} {
		if found := k.within(strip); found.right > found.left {
			t.Errorf("there is ink within %d mm of the %s edge: %.1f", edge, side, found)
		}
	}
	if found := k.within(box{9, 0, 18, paper.bottom}); found.right > found.left {
		t.Errorf("there is ink in the left margin beside the marks: %.1f", found)
	}
}

// wantMarks wants thin marks at the left edge at these heights, and no others.
func (k ink) wantMarks(t *testing.T, folds []float64, punch float64) {
	t.Helper()
	want := slices.Clone(folds)
	if punch > 0 {
		want = append(want, punch)
	}
	slices.Sort(want)
	var got []float64
	x := int(5 / k.mm)
	for y := 0; y < k.Rect.Dy(); y++ {
		if k.Pix[y*k.Stride+x] >= 230 {
			continue
		}
		at := (float64(y) + .5) * k.mm
		if n := len(got); n > 0 && at-got[n-1] < 1 {
			got[n-1] = (got[n-1] + at) / 2
			continue
		}
		got = append(got, at)
	}
	if len(got) != len(want) {
		t.Errorf("marks at %.1f mm, want them at %.1f", got, want)
		return
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > .3 {
			t.Errorf("a mark at %.2f mm, want it at %.2f", got[i], want[i])
		}
	}
}

// wantWindow wants these lines in the window and nothing else, clear of its edges when the fold is off.
func (k ink) wantWindow(t *testing.T, words []word, window box, lines []string) {
	t.Helper()
	if window == (box{}) {
		return
	}
	room := window.grown(-windowFree - foldOff)
	if found := k.within(window.grown(windowFree + foldOff)); !room.holds(found) {
		t.Errorf("in and around the window %.1f there is ink at %.1f, want it within %.1f", window, found, room)
	}
	var got string
	for _, w := range words {
		if w.touches(window) {
			got += w.text
		}
	}
	if want := strings.Join(lines, ""); lettersOf(got) != lettersOf(want) {
		t.Errorf("the window shows %q, want %q", got, want)
	}
}

// lettersOf sorts a text's characters: what reads from right to left comes in an order of poppler's own, and with marks that say so.
func lettersOf(text string) string {
	runes := []rune(plainText(strings.Join(strings.Fields(text), "")))
	slices.Sort(runes)
	return string(runes)
}

// wantPicture compares a page with the picture that was looked at.
func wantPicture(t *testing.T, name string, got ink) {
	t.Helper()
	looks.Like(t, filepath.Join("testdata", "layouts", name+".png"), got.Gray, *updateLayouts)
}
