package letters

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postbag/config"
	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
)

// commented is a list in which some have written, and some of that is approved.
const commented = "full_name,city,country,comment,approved,name_may_be_shared\n" +
	"Zoë Łukasiewicz,Leeds,United Kingdom,\"I left such a company, and I know why.\",yes,yes\n" +
	"محمد بن عمر الشاذلي,القاهرة,مصر,من حقنا أن نعرف كيف تُستخدم هذه البرامج.,yes,yes\n" +
	"Olena Shevchenko,Kyiv,Ukraine,Nobody has looked at this one.,,yes\n" +
	"Bob Lee,,,,yes,yes\n"

// everyDocument asks for all documents.
var everyDocument = map[string]string{
	"paperwork.documents": strings.Join(config.PaperworkDocuments(), " | "), "signers.comment.approved.column": "approved", "signers.comment.approved.values": "yes",
}

func with(sets ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, set := range sets {
		for key, text := range set {
			all[key] = text
		}
	}
	return all
}

// Every PDF of a packet is taken by every reader, in every language and on both papers, and its words stand on the paper and not over one
// another.
func TestEveryPDFOfAPacketIsTakenByEveryReader(t *testing.T) {
	outside.Needs(t, "qpdf", "pdftotext", "mutool", "gs", "pdffonts")
	for i, language := range []string{"en", "de", "es", "fr", "ar", "fa"} {
		paper := []string{"a4", "letter"}[i%2]
		duplex := []string{"no", "yes"}[i/2%2]
		t.Run(language+" "+paper, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "packet")
			c := campaignIn(t, folder(t, map[string]string{"signers.csv": commented, "letter.md": "---\nsubject: A\nclosing: B\n---\n\nC\n"}), with(everyDocument,
				map[string]string{"letter.language": language, "letter.paper": paper, "bundles.letters": "2", "bundles.duplex": duplex, "specimen": "no", "paperwork.reply_by": "2027-03-01"}))
			mustBuild(t, c, Options{Out: out})
			var seen []string
			err := filepath.WalkDir(out, func(file string, d fs.DirEntry, err error) error {
				if err != nil || filepath.Ext(file) != ".pdf" {
					return err
				}
				seen = append(seen, filepath.Base(file))
				outside.Accepted(t, file)
				info, _ := outside.Run(t, "pdfinfo", file)
				for page := 1; page <= strings.Count(textOf(t, file), "\f"); page++ {
					looks.Apart(t, file, page, papers[paper].right, papers[paper].bottom)
				}
				if !strings.Contains(info, "Title:") {
					t.Errorf("%s has no title", file)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"01-cover-letter.pdf", "02-letter-text.pdf", "03-signatures.pdf", "04-comments.pdf", "bundle-0001.pdf", "bundle-0002.pdf"} {
				if !slices.Contains(seen, name) {
					t.Errorf("%s is not in the packet: %v", name, seen)
				}
			}
			if r, err := packet.Verify(context.Background(), out, packet.VerifyOptions{}); err != nil || len(r.Faults) > 0 {
				t.Errorf("the packet does not verify: %v %v", err, r.Faults)
			}
		})
	}
}

// A PDF's identifier tells it from every other (ISO 32000-1, 14.4): the lists of signatures and of comments had one.
func TestNoTwoPDFsOfAPacketHaveOneIdentifier(t *testing.T) {
	identifier := regexp.MustCompile(`/ID\[<([0-9A-F]+)>`)
	for _, language := range []string{"en", "de", "es", "fr", "ar"} {
		out := filepath.Join(t.TempDir(), "packet")
		dir := toSeveral(t, board, map[string]string{"signers.csv": commented, "letter.md": "---\nsubject: A\nclosing: B\n---\n\nC\n"})
		mustBuild(t, campaignIn(t, dir, with(everyDocument, map[string]string{"letter.language": language, "bundles.letters": "2"})), Options{Out: out})
		of := map[string]string{}
		err := filepath.WalkDir(out, func(file string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(file) != ".pdf" {
				return err
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			found := identifier.FindAllSubmatch(data, -1)
			if len(found) == 0 {
				t.Errorf("%s has no identifier", file)
				return nil
			}
			id := string(found[len(found)-1][1])
			if other, ok := of[id]; ok {
				t.Errorf("in %s, %s and %s have one identifier", language, other, filepath.Base(file))
			}
			of[id] = filepath.Base(file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// textOf is what poppler reads in a PDF, as it stands on the page, a form feed behind each page.
func textOf(t *testing.T, pdf string) string {
	t.Helper()
	text, _ := outside.Run(t, "pdftotext", "-layout", pdf, "-")
	return text
}

// flat is a text without line ends, marks of direction, and doubled spaces.
func flat(text string) string { return strings.Join(strings.Fields(plainText(text)), " ") }

// What the covering letter says is what the manifest says; the wording is the one that was hashed; the lists have those who are in them.
func TestDocumentsSayWhatThePacketHolds(t *testing.T) {
	outside.Needs(t, "pdftotext")
	out := filepath.Join(t.TempDir(), "packet")
	c := campaignIn(t, folder(t, map[string]string{"signers.csv": commented}), with(everyDocument, map[string]string{
		"letter.template": "supporter", "bundles.letters": "3", "paperwork.request": "Publish the contracts. | Answer each letter.", "paperwork.reply_by": "2027-03-01",
		"paperwork.signed": "Siân Prydderch | Director", "specimen": "no",
	}))
	m := mustBuild(t, c, Options{Out: out})
	read := func(name string) string { return flat(textOf(t, filepath.Join(out, "deliver", name))) }
	manifest, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	spaced := strings.NewReplacer(" ", "")
	for name, wants := range map[string][]string{
		"01-cover-letter.pdf": {"Dear Mr Karp,", "Letters 4", "Bundles 2", "Sheets of paper 6", "palantir-sample-000001 – palantir-sample-000004", "Publish the contracts.",
			"Answer each letter.", "by 1 March 2027", "letters@example.org", "Siân Prydderch", "Director", "Alexander Karp", hashOf(manifest), m.Tree.Root},
		"02-letter-text.pdf": {m.Letter.WordingHash, "I add, in my own words: “{{comment}}”", "02-letter-text.txt"},
		"03-signatures.pdf":  {"Zoë Łukasiewicz, Leeds, United Kingdom", "Bob Lee", "Olena Shevchenko", "Signatures 1 to 4"},
		"04-comments.pdf":    {"“I left such a company, and I know why.”", "Zoë Łukasiewicz, Leeds", "approved by Letters for Rights"},
	} {
		text := read(name)
		for _, want := range wants {
			if !strings.Contains(text, want) && !strings.Contains(spaced.Replace(text), spaced.Replace(want)) {
				t.Errorf("%s does not say %q:\n%s", name, want, text)
			}
		}
	}
	if text := read("04-comments.pdf"); strings.Contains(text, "Nobody has looked") || strings.Contains(text, "Bob Lee") {
		t.Errorf("a comment that nobody approved is printed:\n%s", text)
	}
	wording, err := os.ReadFile(filepath.Join(out, "deliver", "02-letter-text.txt"))
	if err != nil || hashOf(wording) != m.Letter.WordingHash {
		t.Errorf("the hash of 02-letter-text.txt is not that of the wording: %v", err)
	}
	for _, name := range []string{"01-cover-letter.pdf", "02-letter-text.pdf"} {
		if text := read(name); strings.Contains(text, "Zoë") || strings.Contains(text, "Leeds") {
			t.Errorf("%s names a signer", name)
		}
	}
}

// Documents that were not asked for are not there, and what an earlier build made of them goes.
func TestDocumentsAreMadeWhereTheyAreAskedFor(t *testing.T) {
	out := filepath.Join(t.TempDir(), "packet")
	dir := folder(t, map[string]string{"signers.csv": commented})
	made := func(set map[string]string) string {
		mustBuild(t, campaignIn(t, dir, set), Options{Out: out, Replace: true})
		files, err := filepath.Glob(filepath.Join(out, "deliver", "0[1-4]*"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			files[i] = filepath.Base(files[i])
		}
		return strings.Join(files, " ")
	}
	const usual = "01-cover-letter.pdf 02-letter-text.pdf 02-letter-text.txt"
	if got := made(everyDocument); got != usual[:19]+" 02-letter-text.pdf 02-letter-text.txt 03-signatures.pdf 04-comments.pdf" {
		t.Errorf("all of them: %s", got)
	}
	if got := made(nil); got != usual {
		t.Errorf("where nothing is said: %s", got)
	}
	if got := made(map[string]string{"paperwork.documents": "comments"}); got != "" { // no column says which are approved
		t.Errorf("comments that nobody approved: %s", got)
	}
	if got := made(map[string]string{"paperwork.documents": "none"}); got != "" {
		t.Errorf("none: %s", got)
	}
}

// check says what a person should know of the paperwork.
func TestCheckTellsWhatPaperworkLacks(t *testing.T) {
	dir := folder(t, map[string]string{"signers.csv": commented, "letter.md": "---\nsubject: A\nclosing: B\n---\n\nC\n"})
	for want, set := range map[string]map[string]string{
		"Paperwork is in English": {"letter.language": "fa"},
		"No comment is approved":  {"paperwork.documents": "comments"},
		"03-signatures names 4":   {"paperwork.documents": "signatures"},
		"04-comments prints 2":    everyDocument,
	} {
		r, err := Check(context.Background(), campaignIn(t, dir, set), CheckOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, want) {
			t.Errorf("%v: %q is not in\n%s", set, want, notes)
		}
	}
	if _, err := Check(context.Background(), campaignIn(t, dir, map[string]string{"paperwork.request": "An answer \U000F0000"}), CheckOptions{}); err == nil {
		t.Error("a request that no font can set is not refused")
	}
}

// The lists as they are printed, on both papers and in three languages.
func TestListsOfSignersLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "pdftoppm", "pdftotext")
	var list strings.Builder
	list.WriteString(strings.SplitAfter(commented, "\n")[0])
	for range 40 {
		list.WriteString(strings.Join(strings.SplitAfter(commented, "\n")[1:], ""))
	}
	for _, language := range []string{"en", "de", "ar"} {
		for paper, size := range papers {
			t.Run(language+" "+paper, func(t *testing.T) {
				t.Parallel()
				out := filepath.Join(t.TempDir(), "packet")
				c := campaignIn(t, folder(t, map[string]string{"signers.csv": list.String()}), with(everyDocument, map[string]string{
					"letter.template": "open-letter", "letter.language": language, "letter.paper": paper, "specimen": "no", "signers.duplicates": "keep",
					"paperwork.documents": "signatures | comments",
				}))
				mustBuild(t, c, Options{Out: out})
				for _, name := range []string{"03-signatures", "04-comments"} {
					pdf := filepath.Join(out, "deliver", name+".pdf")
					looks.Apart(t, pdf, 1, size.right, size.bottom)
					looks.Like(t, filepath.Join("testdata", "lists", name+"-"+language+"-"+paper+".png"), looks.Page(t, pdf, 1, 40), *updateLayouts)
				}
			})
		}
	}
}
