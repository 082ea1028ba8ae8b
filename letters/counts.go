package letters

import (
	"strconv"
	"strings"
)

// countsIn writes whole numbers as a language does, the same on slip sheets, in paperwork and in statements: in groups of three, in its
// digits. Spanish leaves four digits together and parts more with a space (RAE, Ortografía básica), and the digits of Arabic and Persian have a
// mark of their own between groups (CLDR).
func countsIn(language string, w words) func(n int) string {
	marks, together := formWordsIn(language).marks(), 3
	if base, _, _ := strings.Cut(strings.ToLower(language), "-"); base == "es" {
		together, marks.group = 4, "\u00a0"
	}
	if zero := w.digits("0"); zero == "٠" || zero == "۰" {
		marks.group = "٬"
	}
	return func(n int) string {
		digits := strconv.Itoa(n)
		if len(digits) > together {
			digits = marks.threes(digits)
		}
		return w.digits(digits)
	}
}
