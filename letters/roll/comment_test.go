package roll

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// A comment is printed only as far as a person has approved it, and never with a way to reach the signer.
func TestACommentIsPrintedOnlyWhereItMay(t *testing.T) {
	rule := commentRule{moderated: 1, approved: map[string]bool{"yes": true}, most: 280, cut: true}
	for text, want := range map[string]CommentFate{
		"": NoComment, " \n ": NoComment,
		"My grandmother fled,\nin 1938.":                        CommentWhole,
		"Write to me: ann@example.org":                          CommentEmail,
		"I am @ann there":                                       CommentEmail,
		"See https://example.org/me":                            CommentWeb,
		"see WWW.example.org":                                   CommentWeb,
		"my site is example.org.":                               CommentWeb,
		"Call +44 20 7946 0958":                                 CommentPhone,
		"Call (555) 123-4567 please":                            CommentPhone,
		"ring 612 345 678":                                      CommentPhone,
		"اتصلوا بي ٠١٢٣٤٥٦٧٨٩":                                  CommentPhone,
		"1.000.000 people, from 1939-1945 and since 2017-01-31": CommentWhole,
		"In 2017, 2018 and 2019 it cost 12,500 dollars.":        CommentWhole,
		"The U.S. must answer, e.g. for this.":                  CommentWhole,
		"**no** {{name}} Markdown":                              CommentWhole,
		"for JosÃ© and RaÃºl":                                   CommentGarbled,
	} {
		got, fate := rule.comment([]byte(text), []byte(" Yes "))
		if fate != want {
			t.Errorf("%q is %s, want %s", text, fate, want)
		}
		if printed := len(got) > 0; printed != (fate == CommentWhole) {
			t.Errorf("%q: %q is printed", text, got)
		}
		if strings.ContainsAny(string(got), "\n\r") {
			t.Errorf("%q has a line break", got)
		}
	}
	if _, fate := rule.comment([]byte("Hello"), []byte("no")); fate != CommentNotApproved {
		t.Errorf("what nobody approved is %s", fate)
	}
	rule.moderated = -1
	if _, fate := rule.comment([]byte("Hello"), nil); fate != CommentUnmoderated {
		t.Errorf("what nobody looks at is %s", fate)
	}
}

func TestALongCommentIsCutWhereAPersonWouldCutIt(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"One sentence here. Another one that is too long.", 30, "One sentence here. […]"},
		{"Short. And then one that goes on and on without an end", 40, "Short. And then one that goes on and […]"},
		{"Words, words and words, words and more", 28, "Words, words and words […]"},
		{strings.Repeat("x", 60), 30, strings.Repeat("x", 26) + " […]"},
		{"Ça va. Ça ne va pas du tout et cela dure", 22, "Ça va. Ça ne va […]"},
	} {
		if got := cutComment(c.text, c.most); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestACutCommentHasNoMoreCharactersThanAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(strings.Fields(rapid.StringOf(rapid.SampledFrom([]rune("ab é.,! 中न्👩‍"))).Draw(t, "text")), " ")
		most := rapid.IntRange(20, 60).Draw(t, "most")
		if uniseg.GraphemeClusterCount(text) <= most {
			return
		}
		cut := cutComment(text, most)
		if n := uniseg.GraphemeClusterCount(cut); n > most {
			t.Fatalf("%q has %d characters, at most %d are allowed", cut, n, most)
		}
		if !strings.HasSuffix(cut, omission) || !strings.HasPrefix(text, strings.TrimSuffix(cut, omission)) {
			t.Fatalf("%q is no beginning of %q with a mark of omission", cut, text)
		}
	})
}
