package letters

import (
	"fmt"
	"path/filepath"
	"testing"

	"postbag/letters/internal/outside"
)

// The built-in letters as they are printed, in all their languages, with a signer and a salutation of each. The papers alternate, so that
// each letter is seen on both.
func TestBuiltInLettersLookAsTheyShould(t *testing.T) {
	outside.Needs(t, "pdftoppm")
	languages := []struct{ tag, salutation, signer, city, class string }{
		{"en", "Dear Mr Karp,", "Siân Prydderch", "Caernarfon", "Class A common stock"},
		{"es", "Estimado Sr. Karp:", "María de los Ángeles Núñez", "Cáceres", "acciones ordinarias de clase A"},
		{"fr", "Monsieur,", "Zoé Lefèvre-Bœuf", "Orléans", "actions ordinaires de catégorie A"},
		{"de", "Sehr geehrter Herr Karp,", "Jürgen Weißmüller", "Göttingen", "Stammaktien der Klasse A"},
		{"ar", "السيد ألكسندر كارب المحترم،", "محمد بن عمر الشاذلي", "القاهرة", "أسهم عادية من الفئة أ"},
	}
	kinds := []struct {
		name, template string
		holding        bool
	}{{"supporter", "supporter", false}, {"shareholder-holding", "shareholder", true}, {"shareholder", "shareholder", false}, {"urgent", "urgent", false}}
	for i, l := range languages {
		for j, kind := range kinds {
			paper := []string{"a4", "letter"}[(i+j)%2]
			name := fmt.Sprintf("%s-%s-%s", kind.name, l.tag, paper)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				shares, class := "", ""
				if kind.holding {
					shares, class = "1250", l.class
				}
				list := fmt.Sprintf("full_name,city,shares,share_class,name_may_be_shared\n%s,%s,%s,%s,yes\n", l.signer, l.city, shares, class)
				out := filepath.Join(t.TempDir(), "packet")
				m := mustBuild(t, campaignIn(t, folder(t, map[string]string{"signers.csv": list}), map[string]string{
					"letter.template": kind.template, "letter.language": l.tag, "letter.paper": paper, "specimen": "no", "recipient.salutation": l.salutation,
					"letter.reference": "LR 12/2026",
				}), Options{Out: out})
				pdf := filepath.Join(out, m.Bundles[0].Path)
				wantPicture(t, "../letters/"+name, inkOf(t, pdf, firstLetter, 40))
			})
		}
	}
}
