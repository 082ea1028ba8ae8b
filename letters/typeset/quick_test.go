package typeset

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/templates"
)

// quickPair is a shaper that takes the quick way where it can, and one that never does.
func quickPair(t testing.TB, language string) (*Fonts, *shaper, *shaper) {
	fonts, err := LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	quick := newShaper(fonts, language, nil, newWords())
	quick.brief = true
	return fonts, quick, newShaper(fonts, language, nil, newWords())
}

// sameWord compares what two words look like on paper and say.
func sameWord(a, b *Word) bool {
	return a.Width == b.Width && a.before == b.before && a.after == b.after && a.text == b.text && a.style == b.style && a.lacks == b.lacks &&
		reflect.DeepEqual(a.Runs, b.Runs)
}

var latinNames = strings.Fields(`Zoë Łukasiewicz-17 AVATAR Tóth Wałęsa Yvette O'Brien O’Brien García-Márquez Đorđević Þorvaldsdóttir Şahin İpek ırmak fi ffi fluffy Hoffmann
	Straße Ágústsson Ŵyn Māori Ōtāhuhu Ǆ ǆ Ĳsbrand van T.J. "Tom" (Dr) P.A. To. LT 11/12 AWAY, Łódź. Œuvre æther ŉ ſs Ǿ @home #1 100% ~ ^ ´ ¨ € ½ ĿL l·l Tj`)

func TestQuickWordsAreThoseOfHarfBuzz(t *testing.T) {
	for _, language := range []string{"en", "tr", "ro", "nl", "ca"} {
		fonts, quick, slow := quickPair(t, language)
		taken := 0
		for _, style := range []Style{0, templates.Bold, templates.Italic, templates.Bold | templates.Italic} {
			if quick.newQuickFace(fonts.stack(style).main.load()) == nil {
				t.Errorf("%s is not set the quick way", fonts.stack(style).main.load().Name)
			}
			for range 3 { // anew, for good, and from memory
				for _, name := range latinNames {
					w := quick.quickWord([]byte(name), style)
					if w == nil {
						continue
					}
					taken++
					if want := slow.word([]byte(name), style, false); !sameWord(w, want) {
						t.Errorf("%s, style %d, %q: %+v, not %+v", language, style, name, w, want)
					}
				}
				quick.loosen()
			}
		}
		if taken < 9*len(latinNames) {
			t.Errorf("%s: only %d words of %d are set the quick way", language, taken, 12*len(latinNames))
		}
	}
}

// Every face in the binary is tried, whether or not letters use it first.
func TestQuickFacesAreSureOfTheirLetters(t *testing.T) {
	fonts, quick, slow := quickPair(t, "en")
	letters := []rune{}
	for r := rune('!'); r < quickRunes; r++ {
		letters = append(letters, r)
	}
	fonts.each(func(known *source) {
		if testing.Short() && !strings.HasPrefix(known.name, "Liberation") {
			return
		}
		face := known.load()
		if face == nil {
			t.Errorf("%s cannot be loaded", known.name)
			return
		}
		q := quick.newQuickFace(face)
		if q == nil {
			return
		}
		only := &Fonts{main: face}
		for style := range only.stacks {
			only.stacks[style] = newStack([]*source{known})
		}
		quick.fonts, slow.fonts = only, only
		quick.quick = [styles]quickKnown{}
		quick.hot = make([]remembered, hotWords)
		*slow = *newShaper(only, "en", nil, newWords())
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringOfN(rapid.SampledFrom(letters), 1, 12, -1).Draw(t, "text")
			w := quick.quickWord([]byte(text), 0)
			if w == nil {
				return
			}
			if want := slow.word([]byte(text), 0, false); !sameWord(w, want) {
				t.Fatalf("%s: %q: %+v, not %+v", face.Name, text, w, want)
			}
		})
	})
}

func TestQuickLeavesTheRestToHarfBuzz(t *testing.T) {
	_, quick, _ := quickPair(t, "en")
	for _, text := range []string{"", "Ελένη", "e\u0301", "Nguyễn", "soft\u00adhyphen", "no\u00a0break", "محمد", "李"} {
		if w := quick.quickWord([]byte(text), 0); w != nil {
			t.Errorf("%q is set the quick way", text)
		}
	}
}

// Words that last must not change when later letters are set in the memory of others.
func TestBriefWordsStayUntilTheirLetterIsWritten(t *testing.T) {
	_, quick, _ := quickPair(t, "en")
	first := quick.quickWord([]byte("Anna"), 0)
	second := quick.quickWord([]byte("Berta"), 0)
	if first.Text() != "Anna" || second.Text() != "Berta" {
		t.Fatalf("%q and %q", first.Text(), second.Text())
	}
	again := quick.quickWord([]byte("Anna"), 0) // it has come up before: kept for good
	quick.loosen()
	quick.quickWord([]byte("Clara"), 0)
	if again.Text() != "Anna" || quick.quickWord([]byte("Anna"), 0) != again {
		t.Errorf("a word that recurs is not kept: %q", again.Text())
	}
}

// The built-in families are plain wherever they are sure, or the short way with names would not be taken.
func TestTheShortWayWithNamesIsOpen(t *testing.T) {
	s := newShaper(loadFonts(t), "en", nil, newWords())
	if q := s.quickOf(0); q == nil || !s.quick[0].plain {
		t.Error("plain Latin names take the long way")
	}
}
