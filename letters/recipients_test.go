package letters

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/templates"
)

// addressed is somebody whom the letters of these tests go to.
type addressed struct{ name, title, company, street, salutation string }

// board are recipients with nothing of one another in them, so that a page tells to whom it goes.
var board = []addressed{
	{"Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.", "c/o Corporate Secretary", "Dear Mr Karp,"},
	{"Petra Vorsitz", "Chair of the Board", "Beispiel Aktiengesellschaft", "Musterstraße 7", "Sehr geehrte Frau Vorsitz,"},
	{"Committee on Oversight", "", "House of Samples", "", "Honourable members,"},
	{"Наталья Примерова", "Директор", "Общество «Пример»", "Улица 5", "Уважаемая госпожа Примерова,"},
	{"ليلى المثال", "مديرة", "شركة المثال", "شارع 3", "السيدة ليلى المثال،"},
}

// toSeveral puts some of the board in the place of the sample's recipient.
func toSeveral(t testing.TB, to []addressed, replace map[string]string) string {
	t.Helper()
	dir := folder(t, replace)
	file := filepath.Join(dir, "campaign.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "\nrecipient:\n")
	_, after, ok2 := strings.Cut(rest, "\nletter:\n")
	if !ok || !ok2 {
		t.Fatal("the sample's campaign file has another form")
	}
	var b strings.Builder
	for _, a := range to {
		fmt.Fprintf(&b, "  - name: %q\n    title: %q\n    company: %q\n    salutation: %q\n    verified_on: 2026-11-01\n", a.name, a.title, a.company, a.salutation)
		if a.street != "" {
			fmt.Fprintf(&b, "    address: [%q]\n", a.street)
		}
	}
	recipients := strings.ReplaceAll(b.String(), "    title: \"\"\n", "")
	if err := os.WriteFile(file, []byte(before+"\nrecipients:\n"+recipients+"\nletter:\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const toCompany = "---\nsubject: Contracts of {{recipient.company}}\nclosing: Yours,\n---\n{{name}} asks {{recipient.name}}{{if recipient.title}}, {{recipient.title}},{{end}} for an account.\n"

// The law of several recipients, for random rolls, groups, sizes of bundles and numbers of recipients: every signer has exactly one letter to
// each recipient, in the order of the roll, numbered through, and no bundle holds letters to two.
func TestEverySignerHasExactlyOneLetterToEachRecipient(t *testing.T) {
	dir := t.TempDir()
	const most = 30 // packets take long; of one that breaks the law, smaller ones are looked for beyond that
	made, holds := 0, true
	rapid.Check(t, func(rt *rapid.T) {
		if holds && made == most {
			return
		}
		made++
		holds = false
		to := rapid.Permutation(board).Draw(rt, "board")[:rapid.IntRange(1, len(board)).Draw(rt, "recipients")]
		var list strings.Builder
		list.WriteString("full_name,email,city,country,name_may_be_shared\n")
		for i := range rapid.IntRange(1, 12).Draw(rt, "rows") {
			fmt.Fprintf(&list, "Signer %c Sample,s%d@example.org,Leeds,%s,%s\n", 'A'+rapid.IntRange(0, 11).Draw(rt, "name"), i/2,
				rapid.SampledFrom([]string{"France", "Chile", "Japan"}).Draw(rt, "country"), rapid.SampledFrom([]string{"yes", "yes", "yes", "no"}).Draw(rt, "consent"))
		}
		list.WriteString("Somebody Else,else@example.org,Cork,Ireland,yes\n")
		set := map[string]string{"bundles.letters": strconv.Itoa(rapid.IntRange(1, 6).Draw(rt, "in a bundle")), "paperwork.documents": "none"}
		if rapid.Bool().Draw(rt, "grouped") {
			set["bundles.group_by"] = "country"
		}
		if n := rapid.IntRange(1, 9).Draw(rt, "sheets"); n > 2 {
			set["bundles.sheets"] = strconv.Itoa(n)
		}
		if rapid.Bool().Draw(rt, "duplex") {
			set["bundles.duplex"] = "yes"
		}
		campaign := campaignIn(t, toSeveral(t, to, map[string]string{"letter.md": toCompany, "signers.csv": list.String()}), set)
		out := filepath.Join(dir, strconv.Itoa(made))
		m := mustBuild(t, campaign, Options{Out: out, Workers: rapid.IntRange(1, 4).Draw(rt, "workers")})
		mustVerify(t, out)
		mustAddress(rt, m, readCSV(t, filepath.Join(out, "private/ledger.csv")), len(to))
		holds = true
	})
}

// mustAddress holds a manifest and a ledger against the law.
func mustAddress(t interface{ Fatalf(string, ...any) }, m *packet.Manifest, ledger []map[string]string, recipients int) {
	if len(ledger) != m.Signers*recipients || m.Letters != len(ledger) || recipients > 1 && len(m.Recipients) != recipients {
		t.Fatalf("%d signers, %d recipients, %d letters, %d rows of the ledger", m.Signers, recipients, m.Letters, len(ledger))
	}
	bundles := map[string]int{}
	for i := range m.Bundles {
		bundles[m.Bundles[i].Path] = max(1, m.Bundles[i].Recipient)
	}
	var first []string
	for i, row := range ledger {
		k := i / m.Signers
		if id := fmt.Sprintf("%s-%06d", m.Campaign, i+1); row["letter_id"] != id {
			t.Fatalf("letter %s stands where %s should", row["letter_id"], id)
		}
		if bundles[row["bundle"]] != k+1 {
			t.Fatalf("letter %s to recipient %d is in %s, which is for recipient %d", row["letter_id"], k+1, row["bundle"], bundles[row["bundle"]])
		}
		if k == 0 {
			first = append(first, row["row"])
		} else if row["row"] != first[i%m.Signers] {
			t.Fatalf("letter %s is of row %s, and the same to the first recipient of row %s", row["letter_id"], row["row"], first[i%m.Signers])
		}
	}
	if slices.Sort(first); len(slices.Compact(first)) != m.Signers {
		t.Fatalf("a row has two letters to the same recipient: %v", first)
	}
}

// What poppler reads on each page is the letter of the ledger's signer to its recipient, and names no other recipient.
func TestEachLetterNamesItsRecipientAndNoOther(t *testing.T) {
	outside.Needs(t, "pdftotext", "qpdf")
	to := board[:3]
	dir := toSeveral(t, to, map[string]string{"letter.md": toCompany})
	out := filepath.Join(t.TempDir(), "packet")
	m := mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
	pages := map[string][]string{}
	for _, b := range m.Bundles {
		pdf := filepath.Join(out, b.Path)
		if b.Letters < m.Bundles[0].Letters { // the last of each recipient, which is short
			outside.Accepted(t, pdf)
		}
		text, _ := outside.Run(t, "pdftotext", "-raw", pdf, "-")
		pages[b.Path] = strings.Split(text, "\f")
		who := to[b.Recipient-1]
		if slip := squeezed(pages[b.Path][0]); !strings.Contains(slip, squeezed(who.name)) || !strings.Contains(slip, squeezed(who.company)) {
			t.Errorf("the slip sheet of %s does not say %s: %s", b.Path, who.name, pages[b.Path][0])
		}
	}
	for i, row := range readCSV(t, filepath.Join(out, "private/ledger.csv")) {
		page, _ := strconv.Atoi(row["page"])
		text := squeezed(pages[row["bundle"]][page-1])
		for k, who := range to {
			for _, what := range filled(who.name, who.company, who.title, who.street, who.salutation) {
				if here := strings.Contains(text, squeezed(what)); here != (k == i/m.Signers) {
					t.Errorf("letter %s says %q of recipient %d: %v", row["letter_id"], what, k+1, here)
				}
			}
		}
		if i%7 == 0 && !strings.Contains(text, squeezed(row["name"]+" asks "+to[i/m.Signers].name)) {
			t.Errorf("letter %s is not from %s: %s", row["letter_id"], row["name"], pages[row["bundle"]][page-1])
		}
	}
	if m.Recipients[0].WordingHash == m.Recipients[1].WordingHash || m.Recipients[0].WordingHash != m.Letter.WordingHash {
		t.Errorf("the wordings are %v", m.Recipients)
	}
}

// One recipient in a list of one is the same packet as that recipient under recipient, but for what pins the inputs.
func TestAListOfOneRecipientIsThatRecipient(t *testing.T) {
	one := []addressed{{"Alexander Karp", "Chief Executive Officer", "Palantir Technologies Inc.", "c/o Corporate Secretary", "Dear Mr Karp,"}}
	listed, plain := filepath.Join(t.TempDir(), "packet"), filepath.Join(t.TempDir(), "packet")
	a := mustBuild(t, campaignIn(t, toSeveral(t, one, nil), nil), Options{Out: listed})
	b := mustBuild(t, campaignIn(t, folder(t, nil), nil), Options{Out: plain})
	if len(a.Recipients) != 0 || a.Bundles[0].Recipient != 0 || a.Tree.Root != b.Tree.Root || a.Letter != b.Letter {
		t.Errorf("a list of one: %+v", a)
	}
	if l, p := contents(t, listed)["private/ledger.csv"], contents(t, plain)["private/ledger.csv"]; l != p {
		t.Error("the ledgers differ")
	}
}

// A stop at any time, more workers and another time zone change nothing, also where workers go over from one recipient to the next.
func TestAPacketToSeveralDoesNotDependOnWorkers(t *testing.T) {
	dir := toSeveral(t, board, map[string]string{"letter.md": toCompany})
	build := func(workers int) map[string]string {
		out := filepath.Join(t.TempDir(), "packet")
		mustBuild(t, campaignIn(t, dir, map[string]string{"bundles.letters": "4"}), Options{Out: out, Workers: workers})
		return contents(t, out)
	}
	wantSame(t, build(1), build(5))
}

// Each recipient's document is whole: its volumes are counted by themselves, its text stands in the first, and names and numbers are those of the ledger.
func TestFormsGoToEachRecipient(t *testing.T) {
	outside.Needs(t, "pdftotext")
	for _, form := range shared() {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			to := board[:3]
			dir := toSeveral(t, to, map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, 50)})
			out := filepath.Join(t.TempDir(), "packet")
			set := map[string]string{"bundles.letters": "30", "letter.as_of": "2026-11-01", "letter.show": "name", "specimen": "no", "campaign": "c"}
			m := mustBuild(t, campaignIn(t, dir, set), Options{Out: out})
			for most, want := range map[string]string{"30": "Each recipient's document has up to 2 volumes, a bundle each, of at most 30 signers", "50": ""} {
				report, err := Check(context.Background(), campaignIn(t, dir, with(set, map[string]string{"bundles.letters": most})), CheckOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if notes := strings.Join(report.Notes, "\n"); !strings.Contains(notes, want) || want == "" && strings.Contains(notes, "volumes") {
					t.Errorf("with %s in a bundle check says %s", most, notes)
				}
			}
			mustVerify(t, out)
			mustAddress(t, m, readCSV(t, filepath.Join(out, "private/ledger.csv")), len(to))
			mustName(t, out, m)
			for i, b := range m.Bundles {
				text, _ := outside.Run(t, "pdftotext", "-raw", "-f", "2", filepath.Join(out, b.Path), "-")
				text = squeezed(text)
				for k, who := range to {
					if here := strings.Contains(text, squeezed(who.company)); here != (k == b.Recipient-1) && (here || form == templates.FormPetitionSheet || i%2 == 0) {
						t.Errorf("bundle %d to recipient %d names %s: %v", i+1, b.Recipient, who.company, here)
					}
				}
				if form != templates.FormPetitionSheet && i%2 == 1 && !strings.Contains(text, squeezed("Volume 2 of 2")) {
					t.Errorf("bundle %d is not the second volume of two: %.300s", i+1, text)
				}
				if form != templates.FormPetitionSheet && i%2 == 0 && !strings.Contains(text, squeezed("Signatures 1 to ")) && form == templates.FormOpenLetter {
					t.Errorf("the names in bundle %d are not counted from 1: %.600s", i+1, text)
				}
			}
		})
	}
}

// Preview shows the letter to the recipient asked for and, by default, to the one with most above the text.
func TestPreviewShowsTheRecipientAskedFor(t *testing.T) {
	outside.Needs(t, "pdftotext")
	c := campaignIn(t, toSeveral(t, board[:3], map[string]string{"letter.md": toCompany}), nil)
	out := filepath.Join(t.TempDir(), "preview.pdf")
	for asked, want := range map[int]int{0: 1, 1: 1, 2: 2, 3: 3} {
		report, err := Preview(context.Background(), c, PreviewOptions{Out: out, Row: 2, Recipient: asked})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := outside.Run(t, "pdftotext", "-raw", out, "-")
		if who := board[want-1]; report.Recipient != want || report.To != who.name || !strings.Contains(squeezed(text), squeezed(who.salutation)) {
			t.Errorf("asked for %d, shown is recipient %d, %s: %s", asked, report.Recipient, report.To, text)
		}
	}
	if _, err := Preview(context.Background(), c, PreviewOptions{Out: out, Recipient: 4}); err == nil || !strings.Contains(err.Error(), "there is no recipient 4: the campaign has 3. Name one from 1 to 3") {
		t.Errorf("a recipient who is not there: %v", err)
	}
	if report, err := Preview(context.Background(), campaignIn(t, folder(t, nil), nil), PreviewOptions{Out: out, Recipient: 1}); err != nil || report.To != "" {
		t.Errorf("the only recipient: %+v %v", report, err)
	}
}

func TestCheckSaysWhatEachRecipientWouldGet(t *testing.T) {
	dir := toSeveral(t, board[:3], map[string]string{"letter.md": toCompany})
	c := campaignIn(t, dir, map[string]string{"bundles.letters": "7"})
	report, err := Check(context.Background(), c, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := mustBuild(t, c, Options{Out: filepath.Join(t.TempDir(), "packet")})
	if report.Signers != m.Signers || report.Letters != m.Letters || report.Bundles != len(m.Bundles) || len(report.To) != len(m.Recipients) {
		t.Fatalf("check says %d signers, %d letters, %d bundles to %d; build made %+v", report.Signers, report.Letters, report.Bundles, len(report.To), m)
	}
	bundles := map[int]int{}
	for _, b := range m.Bundles {
		bundles[b.Recipient]++
	}
	for i, to := range report.To {
		if r := m.Recipients[i]; to.Name != r.Name || to.Company != r.Company || to.WordingHash != r.WordingHash || to.Letters != r.Letters || to.Bundles != bundles[i+1] {
			t.Errorf("check says of recipient %d %+v, the manifest %+v", i+1, to, r)
		}
	}
}

// What does not fit one recipient's window, or has no font, is told with that recipient's line, and what is the sender's is told once.
func TestWhatIsWrongWithARecipientSaysWhich(t *testing.T) {
	to := slices.Clone(board[:3])
	to[1].street = strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitänsgasse ", 5)
	to[2].title = "Chair \u0378"
	dir := toSeveral(t, to, map[string]string{"letter.md": toCompany})
	c := campaignIn(t, dir, map[string]string{"letter.layout": "din-a", "sender.line": strings.Repeat("A very long sender ", 20)})
	_, err := Check(context.Background(), c, CheckOptions{})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	got := err.Error()
	second, third := c.Recipients[1].Place.String(), c.Recipients[2].Place.String()
	for _, want := range []string{second + ": the recipient's address does not fit into the window", third + ": no font has U+0378", "the line with the sender's address does not fit"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q stands %d times in\n%s", want, strings.Count(got, want), got)
		}
	}
	if strings.Contains(got, c.Recipients[0].Place.String()+":") {
		t.Errorf("nothing is wrong with the first recipient:\n%s", got)
	}
}

// A proof of a letter to the second recipient says to whom it goes, and fits the manifest.
func TestALetterToTheSecondRecipientIsProved(t *testing.T) {
	outside.Needs(t, "pdftotext")
	dir := toSeveral(t, board[:2], map[string]string{"letter.md": toCompany})
	out := filepath.Join(dir, "packet")
	m := mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
	o := ProveOptions{Signer: packet.Signer{Letter: fmt.Sprintf("%s-%06d", m.Campaign, m.Signers+3)}, Out: filepath.Join(dir, "proof.json")}
	report, err := Prove(context.Background(), out, o)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := packet.ReadProof(report.File)
	if err == nil {
		err = proof.CheckManifest(m)
	}
	if err != nil || proof.Wording != m.Recipients[1].WordingHash {
		t.Errorf("the proof: %v, of the wording %s", err, proof.Wording)
	}
	text, _ := outside.Run(t, "pdftotext", "-raw", report.PDF, "-")
	if text = squeezed(text); !strings.Contains(text, squeezed(board[1].name)) || strings.Contains(text, squeezed(board[0].name)) {
		t.Errorf("the page says %s", text)
	}
}

// Of a packet to many recipients, the layouts of those who are done are not kept.
func TestDesksAreClearedWhenTheirBundlesAreMade(t *testing.T) {
	c := campaignIn(t, toSeveral(t, board, map[string]string{"letter.md": toCompany}), map[string]string{"bundles.letters": "20"})
	p, r, err := readSigners(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := packet.NewSeal(nil, c.Name, p.wording, p.says())
	if err != nil {
		t.Fatal(err)
	}
	ranges, err := p.plan(context.Background(), r, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	desks, err := p.desks(r, ranges, seal, press.Job{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range ranges {
		d := desks[b.recipient]
		if err := d.open(); err != nil || d.layout == nil {
			t.Fatal("a desk that is in use is not open", err)
		}
		d.bundleMade()
	}
	for k, d := range desks {
		if d.layout != nil || d.press != nil {
			t.Errorf("desk %d is still laid out", k)
		}
	}
}
