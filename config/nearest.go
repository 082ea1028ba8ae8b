package config

import (
	"iter"
	"strings"

	"github.com/xrash/smetrics"
)

// longestName bounds what is compared with the settings' names; a longer one is no slip of the hand.
const longestName = 60

// slips is how many letters may be wrong in a word for it still to be that word: fewer in short ones, where any word is near.
func slips(word string) int { return max(1, (len(word)+1)/3) }

func distance(a, b string) int {
	return smetrics.WagnerFischer(strings.ToLower(a), strings.ToLower(b), 1, 1, 1)
}

// nearestOf finds the word that was probably meant; "" for none.
func nearestOf(typed string, known []string) string {
	if len(typed) > longestName {
		return ""
	}
	best, least := "", 1+slips(typed)
	for _, word := range known {
		if d := distance(typed, word); d < least {
			best, least = word, d
		}
	}
	return best
}

// nearestKey finds the setting or section that was probably meant, by its whole name or, since people forget the section, by the
// last part of it.
func nearestKey(name, last string, known []Setting) string {
	if len(name) > longestName {
		return ""
	}
	best, least := "", 1+slips(last)
	for key := range keysOf(known) {
		for ; key != ""; key = key[:max(0, strings.LastIndex(key, "."))] {
			part := key[strings.LastIndex(key, ".")+1:]
			if d := min(distance(name, key), distance(last, part)); d < least {
				best, least = key, d
			}
		}
	}
	return best
}

// keysOf lists the settings' keys.
func keysOf(settings []Setting) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range settings {
			if !yield(s.Key) {
				return
			}
		}
	}
}
