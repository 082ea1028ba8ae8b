package letters

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"postbag/letters/internal/looks"
	"postbag/letters/internal/outside"
	"postbag/templates"
)

// pictured is a list of a few scripts that the binary has faces for, with what investors hold.
func pictured() string {
	names := []string{"Zoë Łukasiewicz,Leeds", "محمد بن عمر الشاذلي,القاهرة", "Nguyễn Thị Bích Trâm,Huế", "נועה בן־דוד,חיפה", "Олена Шевченко,Київ",
		"Ελένη Παπαδήμου,Θεσσαλονίκη", "María de los Ángeles Fernández-Villaverde y Ruiz de Alarcón,Santiago de Compostela", "Siân Prydderch,Caernarfon",
		"Taumatawhakatangihangakoauauotamatea-Pukakapikimaungahoronukupokaiwhenuakitanatahu,Porangahau", "Bob Lee,"}
	var list strings.Builder
	list.WriteString("full_name,city,job title,organisation,shares,assets,holding basis,name_may_be_shared\n")
	for i := range 130 {
		rest := []string{",,,,", "Trustee,Sample Pension Fund,1200,,evidence on file", "Chief Investment Officer,Ethical Partners of the North West,,USD 1000000.50,", ",,5000,,"}[i%4]
		fmt.Fprintf(&list, "%s,%s,yes\n", strings.Replace(names[i%len(names)], ",", fmt.Sprintf(" %c,", 'A'+i/10), 1), rest)
	}
	return list.String()
}

// Forms as they are printed: on both papers and in three languages, by a reader's account of where words stand, and by their looks.
func TestFormsLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "pdftoppm", "pdftotext")
	for _, form := range shared() {
		for paper := range papers {
			for _, language := range []string{"en", "de", "ar"} {
				formLooks(t, form, language, paper, true)
			}
		}
	}
	// Where only the words differ, one page on one paper is enough, each paper seen.
	for i, language := range []string{"es", "fr"} {
		for j, form := range shared() {
			formLooks(t, form, language, []string{"a4", "letter"}[(i+j)%2], false)
		}
	}
}

// formLooks holds a form against its pictures: its first page, and of investors the last where all is set.
func formLooks(t *testing.T, form templates.Form, language, paper string, all bool) {
	name := fmt.Sprintf("%s-%s-%s", form, language, paper)
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		out := filepath.Join(t.TempDir(), "packet")
		salutation := map[string]string{"es": "Estimado Sr. Karp:", "fr": "Monsieur,", "de": "Sehr geehrter Herr Karp,", "ar": "السيد ألكسندر كارب المحترم،"}[language]
		if salutation == "" {
			salutation = "Dear Mr Karp,"
		}
		m := mustBuild(t, campaignIn(t, folder(t, map[string]string{"signers.csv": pictured()}), map[string]string{
			"letter.template": string(form), "recipient.salutation": salutation, "letter.language": language, "letter.paper": paper, "specimen": "no", "letter.as_of": "2026-11-01",
			"bundles.letters": "1000", "letter.density": "compact", "letter.signed": "online",
		}), Options{Out: out})
		pdf := filepath.Join(out, m.Bundles[0].Path)
		for page := 2; page <= m.Pages; page++ {
			looks.Apart(t, pdf, page, papers[paper].right, papers[paper].bottom)
		}
		pages := []int{2}
		if all && form == templates.FormInvestors {
			pages = []int{2, m.Pages}
		}
		for i, page := range pages {
			wantPicture(t, fmt.Sprintf("../forms/%s-%d", name, i+1), inkOf(t, pdf, page, 40))
		}
	})
}
