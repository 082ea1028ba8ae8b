package letters

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/templates"
)

// salutations are for letters of each language that slip sheets know.
var salutations = map[string]string{
	"en": "Dear Mr Karp,", "de": "Sehr geehrter Herr Karp,", "fr": "Monsieur,", "es": "Estimado Sr. Karp:", "ar": "السيد ألكسندر كارب المحترم،",
}

// slipSheets builds a packet of short letters and returns its folder and manifest.
func slipSheets(t *testing.T, signers int, set map[string]string) (string, *packet.Manifest) {
	t.Helper()
	names := []string{"Zoë Łukasiewicz,Leeds,United Kingdom", "Ελένη Παπαδήμου,Θεσσαλονίκη,Greece", "محمد الشاذلي,القاهرة,Egypt"}
	var list strings.Builder
	list.WriteString("full_name,city,country,email,name_may_be_shared\n")
	for i := range signers {
		fmt.Fprintf(&list, "%s,%d@example.org,yes\n", names[i%len(names)], i)
	}
	all := map[string]string{"letter.language": "en", "letter.template": "urgent", "specimen": "no", "paperwork.documents": "none"}
	for key, text := range set {
		all[key] = text
	}
	all["recipient.salutation"] = salutations[all["letter.language"]]
	files := map[string]string{"signers.csv": list.String()}
	if text, ok := all["signers"]; ok {
		files["signers.csv"] = text
		delete(all, "signers")
	}
	out := filepath.Join(t.TempDir(), "packet")
	return out, mustBuild(t, campaignIn(t, folder(t, files), all), Options{Out: out})
}

// codeOn is the place of a slip sheet's code: at the right, or where that is empty at the left.
func codeOn(t *testing.T, pdf string, page int, paper box) box {
	t.Helper()
	const side, foot, margin = 50, 18, 25
	code := box{paper.right - margin - side, paper.bottom - foot - side, paper.right - margin, paper.bottom - foot}
	if ink := inkOf(t, pdf, page, 72).within(code); ink.right-ink.left < side-5 || ink.bottom-ink.top < side-5 {
		code.left, code.right = margin, margin+side
	}
	return code
}

var eightDigits = regexp.MustCompile(`^[0-9a-f]{8}$`)

// withoutHash takes what another way of hashing would change out of a picture: the hash, and the code's modules.
func withoutHash(k ink, words []word, code box) ink {
	gone := []box{code.grown(.7)}
	for _, w := range words {
		if eightDigits.MatchString(w.text) {
			gone = append(gone, w.grown(.7))
		}
	}
	for _, b := range gone {
		draw.Draw(k.Gray, image.Rect(int(b.left/k.mm), int(b.top/k.mm), int(b.right/k.mm), int(b.bottom/k.mm)), image.White, image.Point{}, draw.Src)
	}
	return k
}

// wantSlip wants a slip sheet's words and code apart from each other and on the paper.
func wantSlip(t *testing.T, pdf string, page int, paper box) {
	t.Helper()
	words := wordsOn(t, pdf, page)
	looks.Apart(t, pdf, page, paper.right, paper.bottom)
	code := codeOn(t, pdf, page, paper)
	for _, w := range words {
		if code.grown(4).touches(w.box) { // four modules around the code are white; one is 1.0 to 1.3 mm
			t.Errorf("%q at %.1f stands on the code's white", w.text, w.box)
		}
	}
}

// What is on a slip sheet is a campaign's own: it may be of any length, in any script, and must neither leave the paper nor its place.
func TestNoTextRunsOffASlipSheet(t *testing.T) {
	outside.Needs(t, "pdftotext", "pdftoppm")
	long := strings.TrimSpace(strings.Repeat("International Federation for the Rights of Everybody ", 9))
	unbroken := strings.Repeat("Wolfeschlegelsteinhausenbergerdorff", 12)
	group := "full_name,city,country,name_may_be_shared\nA B,Leeds,%s,yes\n"
	for name, set := range map[string]map[string]string{
		"long texts":    {"sender.organisation": long, "recipient.title": long, "recipient.company": long, "sender.contact": long, "bundles.group_by": "country", "signers": fmt.Sprintf(group, long)},
		"no spaces":     {"sender.organisation": unbroken, "recipient.name": unbroken, "recipient.company": unbroken, "sender.contact": "https://example.org/" + unbroken, "bundles.group_by": "country", "signers": fmt.Sprintf(group, unbroken)},
		"beyond reason": {"sender.organisation": strings.Repeat(long, 20), "sender.contact": strings.Repeat(unbroken, 30), "letter.layout": "plain", "bundles.group_by": "country", "signers": fmt.Sprintf(group, strings.Repeat(long, 9))},
		"Arabic texts":  {"sender.organisation": strings.Repeat("منظمة الدفاع عن حقوق الجميع ", 12), "letter.language": "ar", "bundles.group_by": "country", "signers": fmt.Sprintf(group, strings.Repeat("المملكة المتحدة ", 30))},
		"no font":       {"bundles.group_by": "country", "signers": fmt.Sprintf(group, "\U000FFFF0 and \u0378"), "letter.show": "name"},
		"nothing":       {"bundles.group_by": "country", "signers": fmt.Sprintf(group, ""), "recipient.title": ""},
		"longest name":  {"campaign": "the-longest-name-that-a-campaign-can-have"[:40], "bundles.list_ids": "yes"},
		"long groups":   {"bundles.group_by": "country", "bundles.small_groups": "join", "signers": fmt.Sprintf(group, strings.Repeat(long, 3)) + fmt.Sprintf("C D,Leeds,%s,yes\n", unbroken)},
	} {
		for paper, size := range papers {
			t.Run(name+" "+paper, func(t *testing.T) {
				t.Parallel()
				all := map[string]string{"letter.paper": paper}
				for key, text := range set {
					all[key] = text
				}
				out, m := slipSheets(t, 1, all)
				pdf := filepath.Join(out, m.Bundles[0].Path)
				wantSlip(t, pdf, 1, size)
				if name == "longest name" {
					looks.Apart(t, pdf, 2, size.right, size.bottom)
				}
			})
		}
	}
}

// Each language says all that English says, for each form, with the same places to fill.
func TestSlipSheetsSayTheSameInEveryLanguage(t *testing.T) {
	all, err := allSlipWords()
	if err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`\{[a-z]+\}`)
	var compare func(where string, english, other reflect.Value)
	compare = func(where string, english, other reflect.Value) {
		switch english.Kind() {
		case reflect.Struct:
			for i := range english.NumField() {
				compare(where+" "+english.Type().Field(i).Name, english.Field(i), other.Field(i))
			}
		case reflect.Map:
			for _, key := range english.MapKeys() {
				if value := other.MapIndex(key); !value.IsValid() {
					t.Errorf("%s has no %v", where, key)
				} else {
					compare(where+" "+key.String(), english.MapIndex(key), value)
				}
			}
		case reflect.String:
			if strings.HasSuffix(where, " Direction") {
				return
			}
			if want, got := fmt.Sprint(place.FindAllString(english.String(), -1)), fmt.Sprint(place.FindAllString(other.String(), -1)); other.String() == "" || want != got {
				t.Errorf("%s is %q with %s to fill, and English has %s", where, other.String(), got, want)
			}
		}
	}
	for language, words := range all {
		compare(language, reflect.ValueOf(*all["en"]), reflect.ValueOf(*words))
		for _, form := range templates.Forms() {
			if words.Words[form].To == "" {
				t.Errorf("%s has no words for %s", language, form)
			}
		}
	}
}

// Somebody with a telephone must learn which bundle lies before them, however badly the sheet was printed or photographed.
func TestTheCodeOfASlipSheetIsScanned(t *testing.T) {
	outside.Needs(t, "pdftoppm", "zbarimg")
	resolutions := []int{80, 100, 120, 150, 200, 300}
	const bundles = 12
	for paper := range papers {
		for language, campaign := range map[string]string{"en": "x", "ar": "the-longest-name-that-a-campaign-can-have"[:40]} {
			t.Run(paper+" "+language, func(t *testing.T) {
				t.Parallel()
				out, m := slipSheets(t, bundles, map[string]string{"campaign": campaign, "letter.paper": paper, "letter.language": language, "bundles.letters": "1", "specimen": "yes"})
				if len(m.Bundles) != bundles {
					t.Fatalf("%d bundles", len(m.Bundles))
				}
				dir := t.TempDir()
				args := []string{"-q", "--raw"}
				for i := range m.Bundles {
					picture := filepath.Join(dir, fmt.Sprintf("%02d", i))
					outside.Run(t, "pdftoppm", "-gray", "-r", fmt.Sprint(resolutions[i%len(resolutions)]), "-l", "1", "-singlefile", filepath.Join(out, m.Bundles[i].Path), picture)
					args = append(args, picture+".pgm")
				}
				scanned, _ := outside.Run(t, "zbarimg", args...)
				lines := strings.Split(strings.TrimSpace(scanned), "\n")
				if len(lines) != len(m.Bundles) {
					t.Fatalf("%d codes of %d were read:\n%s", len(lines), len(m.Bundles), scanned)
				}
				for i, line := range lines {
					code, err := packet.ParseBundleCode(line)
					if err != nil || code.Campaign != campaign || code.Number != i+1 || code.Root != m.Bundles[i].Root {
						t.Errorf("bundle %d with the hash %s says %q (%v)", i+1, m.Bundles[i].Root, line, err)
					}
					if b, err := code.Check(m); err != nil || b != &m.Bundles[i] {
						t.Errorf("the code of bundle %d is of %+v (%v)", i+1, b, err)
					}
				}
			})
		}
	}
}

// A slip sheet is stamped, stapled and stained. A quarter of the code may be lost (level Q): it is read with a blot of an eighth of it in its
// middle, and on a sheet that lies at a slant.
func TestTheCodeIsScannedThoughItIsStained(t *testing.T) {
	outside.Needs(t, "pdftoppm", "zbarimg")
	out, m := slipSheets(t, 3, map[string]string{"bundles.letters": "1", "specimen": "yes"})
	for i, b := range m.Bundles {
		pdf := filepath.Join(out, b.Path)
		page := inkOf(t, pdf, 1, 150)
		code := codeOn(t, pdf, 1, papers["a4"])
		x, y, r := (code.left+code.right)/2, (code.top+code.bottom)/2, 10.0 // mm: an eighth of the code's area
		slant := .06 * float64(i)
		seen := image.NewGray(page.Rect)
		for py := range page.Rect.Dy() {
			for px := range page.Rect.Dx() {
				mx, my := float64(px)*page.mm, float64(py)*page.mm
				ink := page.GrayAt(int((mx+slant*(my-y))/page.mm), int((my-slant*(mx-x))/page.mm))
				if math.Hypot(mx-x, my-y) < r {
					ink.Y = 60
				}
				seen.SetGray(px, py, ink)
			}
		}
		var picture bytes.Buffer
		fmt.Fprintf(&picture, "P5\n%d %d\n255\n", seen.Rect.Dx(), seen.Rect.Dy())
		picture.Write(seen.Pix)
		file := filepath.Join(t.TempDir(), "page.pgm")
		if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		scanned, _ := outside.Run(t, "zbarimg", "-q", "--raw", file)
		if got, err := packet.ParseBundleCode(scanned); err != nil || got.Root != b.Root || got.Number != i+1 {
			t.Errorf("bundle %d, turned by %.2f, says %q (%v)", i+1, slant, scanned, err)
		}
	}
}

// A list of the bundle's letters lies behind the slip sheet; letters start on a front all the same, the counts are those of the PDF, and verify
// finds each letter where the manifest has it.
func TestTheListOfIDsNamesEveryLetter(t *testing.T) {
	outside.Needs(t, "pdftotext", "qpdf", "mutool", "gs", "pdffonts")
	for _, duplex := range []string{"no", "yes"} {
		t.Run("duplex "+duplex, func(t *testing.T) {
			t.Parallel()
			const signers = 420
			out, m := slipSheets(t, signers, map[string]string{"bundles.list_ids": "yes", "bundles.letters": "400", "bundles.duplex": duplex, "letter.language": "de", "letter.paper": "letter"})
			ids := regexp.MustCompile(`palantir-sample-\d{6}`)
			next := 1
			for _, b := range m.Bundles {
				pdf := filepath.Join(out, b.Path)
				outside.Accepted(t, pdf)
				pages, err := api.PageCountFile(pdf)
				if err != nil || pages != b.Pages {
					t.Errorf("%s has %d pages (%v), and the manifest says %d", b.Path, pages, err, b.Pages)
				}
				fronts := b.Pages - b.Letters
				if duplex == "yes" {
					fronts = b.Pages - 2*b.Letters
				}
				if want := map[int]int{400: 3, 20: 2}[b.Letters]; fronts < want || duplex == "yes" && fronts%2 != 0 {
					t.Errorf("%s has %d pages before its letters", b.Path, fronts)
				}
				text, _ := outside.Run(t, "pdftotext", "-raw", "-f", "2", "-l", fmt.Sprint(fronts), pdf, "-")
				listed := ids.FindAllString(text, -1)
				if len(listed) != b.Letters {
					t.Fatalf("%s lists %d letters of %d", b.Path, len(listed), b.Letters)
				}
				for _, id := range listed {
					if want := fmt.Sprintf("palantir-sample-%06d", next); id != want {
						t.Fatalf("%s lists %s where %s is next", b.Path, id, want)
					}
					next++
				}
				letter, _ := outside.Run(t, "pdftotext", "-f", fmt.Sprint(fronts+1), "-l", fmt.Sprint(fronts+1), pdf, "-")
				if !strings.Contains(letter, b.First) {
					t.Errorf("page %d of %s is not letter %s", fronts+1, b.Path, b.First)
				}
			}
			report, err := packet.Verify(context.Background(), out, packet.VerifyOptions{})
			if err != nil || len(report.Faults) > 0 {
				t.Errorf("verify: %v, %v", err, report.Faults)
			}
		})
	}
}

// A letter of two pages is two sheets to look for, unless it is printed on both sides.
func TestTheListOfIDsSaysHowManySheetsALetterHas(t *testing.T) {
	outside.Needs(t, "pdftotext")
	for duplex, want := range map[string]int{"no": 2, "yes": 0} {
		dir := folder(t, map[string]string{"letter.md": twoPages, "signers.csv": twoSigners})
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, map[string]string{"bundles.list_ids": "yes", "bundles.duplex": duplex}), Options{Out: out})
		if m.Pages != 2+4 {
			t.Errorf("%d pages", m.Pages)
		}
		text, _ := outside.Run(t, "pdftotext", "-f", "2", "-l", "2", filepath.Join(out, m.Bundles[0].Path), "-")
		if n := strings.Count(text, "(2)"); n != want {
			t.Errorf("duplex %s: %d letters are said to have two sheets: %q", duplex, n, text)
		}
	}
}

// A form has one document with numbers on it: a list of letters would say nothing.
func TestAFormHasNoListOfIDs(t *testing.T) {
	c := campaignIn(t, folder(t, nil), map[string]string{"letter.template": "open-letter", "bundles.list_ids": "yes"})
	if _, err := Check(context.Background(), c, CheckOptions{}); err == nil || !strings.Contains(err.Error(), "bundles.list_ids") {
		t.Errorf("check says %v", err)
	}
}

// Where Postbag has no words for a language, check says so before a print shop finds out.
func TestCheckTellsThatSlipSheetsAreInEnglish(t *testing.T) {
	letter := "---\nclosing: Kunnioittaen,\n---\nPyydän teitä vastaamaan.\n"
	for language, told := range map[string]bool{"fi": true, "fa": true, "de-AT": false, "ar-EG": false} {
		report, err := Check(context.Background(), campaignIn(t, folder(t, map[string]string{"letter.md": letter}), map[string]string{"letter.language": language}), CheckOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(report.Notes, "\n"); strings.Contains(notes, "Slip sheets are in English") != told {
			t.Errorf("%s: %s", language, notes)
		}
	}
}

// A slip sheet that is in English counts in the digits that English has, whatever the letters are written with.
func TestSlipSheetsCountInTheDigitsOfTheirWords(t *testing.T) {
	for language, want := range map[string]string{"fa": "1,234", "bn": "1,234", "ar-EG": "١٬٢٣٤", "ar": "1,234", "de": "1.234"} {
		c := campaignIn(t, folder(t, map[string]string{"letter.md": "---\nclosing: A\n---\nB\n"}), map[string]string{"letter.language": language})
		p, err := open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.slip(1).Number(1234); got != want {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
}

// Slip sheets as they are printed, and the list behind one.
func TestSlipSheetsLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "pdftoppm", "pdftotext")
	for paper, size := range papers {
		for language := range salutations {
			if (language == "es" || language == "fr") && paper == "letter" {
				continue // only the words differ
			}
			t.Run(language+" "+paper, func(t *testing.T) {
				t.Parallel()
				out, m := slipSheets(t, 300, map[string]string{"letter.language": language, "letter.paper": paper, "bundles.group_by": "country", "bundles.list_ids": "yes"})
				pdf := filepath.Join(out, m.Bundles[0].Path)
				wantSlip(t, pdf, 1, size)
				wantPicture(t, "../slips/"+language+"-"+paper, withoutHash(inkOf(t, pdf, 1, 40), wordsOn(t, pdf, 1), codeOn(t, pdf, 1, size)))
				if language != "es" && language != "fr" {
					looks.Apart(t, pdf, 2, size.right, size.bottom)
					wantPicture(t, "../slips/list-"+language+"-"+paper, inkOf(t, pdf, 2, 40))
				}
			})
		}
	}
}
