package press

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/letters/typeset"
)

// The law of numbers.go: what the standard library would write.
func TestNumbersAreWrittenAsTheStandardLibraryWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(rapid.Int64Range(-1200, 1200), rapid.Int64Range(-1<<62, 1<<62)).Draw(t, "v")
		if got, want := string(appendInt(nil, v)), strconv.FormatInt(v, 10); got != want {
			t.Errorf("appendInt(%d): %s", v, got)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		hundredths := rapid.Int64Range(-2_000_000, 2_000_000).Draw(t, "hundredths")
		want := strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
		want = strings.TrimSuffix(strings.TrimRight(want, "0"), ".")
		if got := string(appendPoints(nil, typeset.Length(hundredths*10))); got != want && want != "-0" {
			t.Errorf("appendPoints(%d/100): %s, want %s", hundredths, got, want)
		}
	})
}
