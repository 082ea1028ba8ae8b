package typeset

import (
	"strings"
	"testing"
)

func jointsOf(t testing.TB, language string) *joints {
	t.Helper()
	j, err := newJoints(language)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// In each line, _ is a space at which no line may break; at the others it may.
func TestWordsThatBelongTogetherAreNotParted(t *testing.T) {
	for language, lines := range map[string][]string{
		"en-GB": {
			"Dear Mr_Karp, Mrs_Smith and Ms_O’Brien", "to (Dr_Who) and Prof._McGonagall", "for Sir_Ian", "see No._5 and pp._12–14 of §_3",
			"it weighs 5_kg, or 10_%, and 3_000_000 people", "by J._R._R._Tolkien and G.K._Chesterton", "by J.-P._Sartre",
			"on 23_November 2026", "on November_23, 2026", "the 23rd_of_November", "a word_– and another_— so", "plan B for all",
			"some 20_million people", "at 5_p.m. sharp", "in 2017 the agency", "a 3_km walk", "about 1,200 people",
			"in 2026, 300 people", "It costs $5_million", "300 letters", "Karp J. and so", "“J._K._Rowling”",
		},
		"de": {"sehr geehrter Herr_Karp", "sehr geehrte Frau_Dr._Weber", "am 23._November 2026", "nach §_5 Abs._3 und Art._12", "5_%, 3_Mrd. Euro und 10_Prozent",
			"100_000 Menschen", "sie sagt_– und zwar", "Seite_5", "um 18_Uhr"},
		"fr": {"Cher M._Karp, chère Mme_Weil et Monsieur_le Maire", "le 1er_janvier", "le 23_novembre 2026", "«_Bonjour_»_: est-ce_?", "10_%_; 5_€_!", "n°_5", "Quoi_? Rien_!",
			"3_millions de gens"},
		"es": {"Estimado Sr._Karp y Sra._Díaz", "el 23_de_noviembre de 2026", "pág._12", "3_millones de personas", "D._Juan"},
		"pl": {"Szanowny Pan_Nowak", "23_listopada 2026", "5_tys. osób"},
		"ru": {"г-н_Иванов", "23_ноября", "А._С._Пушкин"},
	} {
		j := jointsOf(t, language)
		for _, want := range lines {
			words := strings.FieldsFunc(want, func(r rune) bool { return r == ' ' || r == '_' })
			got := words[0]
			for i, w := range words[1:] {
				if parted(j.of(words[i]), j.of(w)) {
					got += " " + w
				} else {
					got += "_" + w
				}
			}
			if got != want {
				t.Errorf("%s: %s, want %s", language, got, want)
			}
		}
	}
}

func TestTheTableOfWordsThatStayTogetherIsSound(t *testing.T) {
	table, err := together()
	if err != nil {
		t.Fatal(err)
	}
	for language, lists := range table {
		for _, words := range [][]string{lists.Titles, lists.Labels, lists.Units, lists.Months, lists.Between} {
			seen := map[string]bool{}
			for _, w := range words {
				if seen[w] || strings.ContainsAny(w, " \t") || w == "" || len(w) > 63 {
					t.Errorf("%s: %q stands twice, is empty, too long or more than a word", language, w)
				}
				seen[w] = true
			}
		}
		if language != "all" && len(lists.Months) < 12 {
			t.Errorf("%s has %d months", language, len(lists.Months))
		}
	}
}
