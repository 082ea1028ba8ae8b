package typeset

import (
	"slices"
	"strings"
	"testing"
)

func hyphenatorFor(t testing.TB, language string) *hyphenator {
	t.Helper()
	h, err := newHyphenator(language)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// divided writes a word with its hyphens.
func divided(h *hyphenator, word string) string {
	for _, at := range slices.Backward(h.places(word)) {
		word = word[:at] + "-" + word[at:]
	}
	return word
}

// The hyphens are those that TeX makes with the same patterns.
func TestWordsAreDividedAsTheirLanguageHasIt(t *testing.T) {
	for language, words := range map[string]string{
		"en-US": "hy-phen-ation trans-parency democ-racy rec-on-cile im-mi-gra-tion ta-ble present",
		"en-GB": "hy-phen-a-tion trans-par-ency demo-cracy re-con-cile im-mig-ra-tion",
		"en":    "as-so-ciate",
		"de":    "Men-schen-rech-te Trans-pa-renz Ver-ant-wor-tung Un-ter-neh-men Ein-wan-de-rungs-be-hör-de Stra-ße Ar-beits-platz",
		"de-CH": "Men-schen-rech-te",
		"fr":    "trans-pa-rence res-pon-sa-bi-li-té l’en-tre-prise droits",
		"es":    "trans-pa-ren-cia res-pon-sa-bi-li-dad em-pre-sa",
		"it":    "tra-spa-ren-za re-spon-sa-bi-li-tà del-l’im-mi-gra-zio-ne",
		"pt":    "trans-pa-rên-cia res-pon-sa-bi-li-dade",
		"pt-BR": "trans-pa-rên-cia",
		"nl":    "men-sen-rech-ten ver-ant-woor-de-lijk-heid",
		"sv":    "mänsk-li-ga rät-tig-he-ter",
		"da":    "men-ne-ske-ret-tig-he-der",
		"nb":    "men-neske-ret-tig-he-ter at-ten-de be-tre",
		"fi":    "ih-mi-soi-keu-det",
		"pl":    "prze-źro-czy-stość pra-wa czło-wie-ka",
		"hu":    "em-be-ri jo-gok fe-le-lős-ség",
		"hr":    "ljud-ska od-go-vor-nost",
		"sl":    "člo-ve-ko-ve pra-vi-ce",
		"ca":    "trans-pa-rèn-cia res-pon-sa-bi-li-tat",
		"tr":    "in-san hak-la-rı şef-faf-lık",
		"el":    "αν-θρώ-πι-να δι-καιώ-μα-τα",
		"ru":    "про-зрач-ность от-вет-ствен-ность",
		"uk":    "про-зо-рість від-по-від-аль-ність",
		"bg":    "прозрач-ност от-го-вор-ност",
		"et":    "inim-õi-gu-sed",
		"lv":    "at-bil-dī-ba",
		"lt":    "at-sa-ko-my-bė",
	} {
		h := hyphenatorFor(t, language)
		if h == nil {
			t.Errorf("%s has no patterns", language)
			continue
		}
		for _, want := range strings.Fields(words) {
			if got := divided(h, strings.ReplaceAll(want, "-", "")); got != want {
				t.Errorf("%s: %s, want %s", language, got, want)
			}
		}
	}
}

func TestArabicAndHebrewAreNeverDivided(t *testing.T) {
	for _, language := range []string{"ar", "he", "fa", "ur", "cs", "", "zh-Hant", "engine"} {
		if h := hyphenatorFor(t, language); h != nil {
			t.Errorf("%q has patterns: those of %s", language, h.rule.tag)
		}
	}
}

func TestNamesNumbersAndAddressesAreNotDivided(t *testing.T) {
	h := hyphenatorFor(t, "en")
	for _, word := range strings.Fields(`Palantir International UNESCO ICE NASA's 2017 1970s covid19 letters@example.org https://example.org/immigration
		www.example.org and/or data-driven McDonald unit the also — … " ( 10%`) {
		if got := h.places(word); got != nil {
			t.Errorf("%s is divided at %v", word, got)
		}
	}
	for word, want := range map[string]string{
		"“immigration,”": "“im-mi-gra-tion,”", "(transparency)": "(trans-parency)", "government’s": "gov-ern-ment’s", "immigration.": "im-mi-gra-tion.",
	} {
		if got := divided(h, word); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Every rule's files load, and no place is outside a word or inside a character.
func TestEveryLanguageHasItsPatterns(t *testing.T) {
	used := map[string]bool{}
	for _, rule := range hyphenRules {
		h := hyphenatorFor(t, rule.tag)
		if len(h.patterns) < 100 {
			t.Errorf("%s has %d patterns", rule.tag, len(h.patterns))
		}
		for _, name := range rule.files {
			used["hyph-"+name+".tex"] = true
		}
	}
	files, err := hyphenFiles.ReadDir("hyphens")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !used[f.Name()] {
			t.Errorf("%s is in the binary for nothing", f.Name())
		}
	}
}

func FuzzWordsAreDividedInsideOfThem(f *testing.F) {
	for _, s := range []string{"hyphenation", "l’été", "a\u0301bcdefg", "ﬁnancial", "''''", "İstanbul"} {
		f.Add(s)
	}
	var all []*hyphenator
	for _, language := range []string{"en", "fr", "tr", "uk"} {
		all = append(all, hyphenatorFor(f, language))
	}
	f.Fuzz(func(t *testing.T, word string) {
		for _, h := range all {
			last := 0
			for _, at := range h.places(word) {
				if at <= last || at >= len(word) {
					t.Fatalf("%q is divided at %d after %d", word, at, last)
				}
				last = at
			}
		}
	})
}
