package letters

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/config"
)

const benchCampaign = `campaign: bench-2026
sender: {organisation: Letters for Rights, contact: letters@example.org}
recipient: {name: Alexander Karp, title: Chief Executive Officer, company: Palantir Technologies Inc., salutation: "Dear Mr Karp,", verified_on: 2026-11-01}
letter: {template: letter.md, date: 2026-11-23, language: en-GB, show: [name, place]}
signers: {file: signers.csv, consent: {column: agreed, values: ["yes"]}}
bundles: {letters: 1000}
`

const atTheFoot = `---
subject: Transparency
closing: Yours sincerely,
---
I am writing about the software that your company supplies to United States Immigration and Customs Enforcement. In 2017 the agency used that software to arrest parents and caregivers of unaccompanied children, and it was used again for mass workplace raids that separated children from the adults who looked after them.

Your company is now publicly traded. Its shareholders, its employees and the public are entitled to know which of its products are used in these operations, and what it does to prevent the abuses that follow from them.

I ask you to publish a full account of the contracts, to carry out human rights due diligence on each of them, and to commit to ending any contract whose use you cannot reconcile with international human rights standards.
`

const inTheBody = `---
subject: Transparency
closing: Yours sincerely,
---
My name is {{name}}, and I am writing about the software that your company supplies to United States Immigration and Customs Enforcement. In 2017 the agency used that software to arrest parents and caregivers of unaccompanied children, and it was used again for mass workplace raids that separated children from the adults who looked after them.

Your company is now publicly traded. Its shareholders, its employees and the public are entitled to know which of its products are used in these operations, and what it does to prevent the abuses that follow from them.

I, {{name}}, ask you to publish a full account of the contracts, to carry out human rights due diligence on each of them, and to commit to ending any contract whose use you cannot reconcile with international human rights standards.
`

// syllables make family names: some forty thousand different ones, so that most have to be shaped anew in a build.
var syllables = []string{"ka", "ro", "wal", "ski", "ber", "ger", "son", "mann", "ov", "ić", "ez", "ar", "té", "lin", "dø", "va", "Mc", "ham", "ton", "ell", "ün", "ş", "ley", "ford", "da", "silva", "gut", "ier", "ner", "ac", "os", "is", "en", "ett"}

var givenNames = []string{"Zoë", "Anna Maria", "José", "Åsa", "Siobhán", "Tom", "Margaret", "Ana", "Çiğdem", "Lars", "Oluwaseun", "Małgorzata", "Jean-François", "Priya", "Emma", "Noah", "Kateryna", "Dimitra", "Chloé", "Sean", "Mateusz", "Ingrid", "Paolo", "Fatima", "Aoife", "Jürgen", "Inês", "Tomáš"}

var homes = []string{"Leeds,United Kingdom", "Kraków,Poland", "Malmö,Sweden", "Lyon,France", "São Paulo,Brazil", "Göttingen,Germany", "Chicago,United States", "Łódź,Poland", "Besançon,France", "Bergen,Norway", "Dublin,Ireland", "Porto,Portugal", "Toronto,Canada", "Perth,Australia", "Graz,Austria"}

// writeSigners writes a list of n made-up signers with Latin names, each another person.
func writeSigners(b testing.TB, file string, n int) { writeLatinSigners(b, file, n, false) }

// writeUniqueSigners writes a list on which no family name comes up twice.
func writeUniqueSigners(b testing.TB, file string, n int) { writeLatinSigners(b, file, n, true) }

func writeLatinSigners(b testing.TB, file string, n int, unique bool) {
	b.Helper()
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,full_name,email,city,country,agreed")
	for i := range n {
		if unique {
			fmt.Fprintf(w, "%d,Zoë Łukasiewicz-%d,signer%d@example.org,Leeds,United Kingdom,yes\n", i+1, i, i)
			continue
		}
		fmt.Fprintf(w, "%d,%s %s%s%s,signer%d@example.org,%s,yes\n", i+1, pick(givenNames), pick(syllables), pick(syllables), pick(syllables), i, pick(homes))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// others are names and places in other scripts, of which a third of a list is made: a first name, and letters for a second.
var others = []struct{ given, letters, home string }{
	{"فاطمة", "ابتثجحدرسصعفقكلمنهوي", "القاهرة,Egypt"}, {"श्रीकृष्ण", "कगचजटडतदनपबमयरलवसह", "वाराणसी,India"},
	{"กิตติ์ธัญญ์", "กขคงจชดตถทนบปพมยรลวส", "เชียงใหม่,Thailand"}, {"李", "晓梅国梁佩珊嘉欣明华建军丽娟志强文秀英", "成都,China"},
	{"Олександра", "абвгдезиклмнопрстухчшя", "Київ,Ukraine"},
}

// writeMixedSigners writes a list of which a third of the names is in other scripts.
func writeMixedSigners(b testing.TB, file string, n int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	var w strings.Builder
	w.WriteString("id,full_name,email,city,country,agreed\n")
	for i := range n {
		name, home := pick(givenNames)+" "+pick(syllables)+pick(syllables)+pick(syllables), pick(homes)
		if i%3 == 0 {
			o := others[random.IntN(len(others))]
			letters := []rune(o.letters)
			name, home = o.given+" ", o.home
			for range 3 + random.IntN(4) {
				name += string(letters[random.IntN(len(letters))])
			}
		}
		fmt.Fprintf(&w, "%d,%s,signer%d@example.org,%s,yes\n", i+1, name, i, home)
	}
	if err := os.WriteFile(file, []byte(w.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

// benchmarkBuild builds a packet of b.N letters, from the CSV to the synced packet: run it with -benchtime 1000000x.
func benchmarkBuild(b *testing.B, template string, write func(testing.TB, string, int)) {
	campaign := benchCampaign
	if strings.Contains(template, "form:") {
		campaign = strings.Replace(campaign, "bundles: {letters: 1000}\n", "", 1) // as many as the form puts into a bundle by itself
	}
	dir := b.TempDir()
	for name, text := range map[string]string{"campaign.yaml": campaign, "letter.md": template} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write(b, filepath.Join(dir, "signers.csv"), b.N)
	b.ResetTimer()
	c, err := config.Load(config.Options{File: filepath.Join(dir, "campaign.yaml")})
	if err != nil {
		b.Fatal(err)
	}
	m, err := Build(context.Background(), c, Options{Out: filepath.Join(dir, "packet")})
	if err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if m.Letters != b.N {
		b.Fatalf("%d letters of %d signers", m.Letters, b.N)
	}
	var bytes int64
	for _, bundle := range m.Bundles {
		bytes += bundle.Bytes
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
	b.ReportMetric(float64(bytes)/float64(b.N), "B/letter")
}

func BenchmarkBuildNameAtTheFoot(b *testing.B) { benchmarkBuild(b, atTheFoot, writeSigners) }

// The names of the peers' letters: each has its own number.
func BenchmarkBuildNamesThatNeverRecur(b *testing.B) {
	benchmarkBuild(b, atTheFoot, writeUniqueSigners)
}

func BenchmarkBuildNameInTheBody(b *testing.B) { benchmarkBuild(b, inTheBody, writeSigners) }

// A third of the names is Arabic, Devanagari, Thai, Chinese and Cyrillic.
func BenchmarkBuildNamesInManyScripts(b *testing.B) { benchmarkBuild(b, atTheFoot, writeMixedSigners) }

const openLetter = `---
form: open-letter
subject: Transparency
closing: The signatories
---
We ask you to publish a full account of the contracts.
`

// BenchmarkBuildOpenLetter sets names and places in columns.
func BenchmarkBuildOpenLetter(b *testing.B) { benchmarkBuild(b, openLetter, writeSigners) }

// BenchmarkBuildPetitionSheets sets them in rows.
func BenchmarkBuildPetitionSheets(b *testing.B) {
	benchmarkBuild(b, strings.Replace(openLetter, "open-letter", "petition-sheets", 1), writeSigners)
}
