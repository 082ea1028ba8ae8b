package paperwork

import (
	"context"
	"io"
	"testing"
)

// BenchmarkCoverLetter makes the press, the covering letter and the wording, as a build does once.
func BenchmarkCoverLetter(b *testing.B) {
	j := jobIn(b, "en", "a4", "letter")
	words, err := wordsIn("en", j.Tongue)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w := newWork(j, words, 0)
		for _, d := range documents()[:2] {
			if err := d.make(context.Background(), w, io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
