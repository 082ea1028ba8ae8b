package packet

import "testing"

// BenchmarkLetterTree is what the tree adds to each letter of a build.
func BenchmarkLetterTree(b *testing.B) {
	seal, err := newSeal(treeFormat, Hash{1}, "palantir-2026", Hash{2}.String(), []string{"name", "place"})
	if err != nil {
		b.Fatal(err)
	}
	tree := seal.NewTree()
	values := []string{"Margaret Kowalski", "Göttingen, Germany"}
	b.ReportAllocs()
	for b.Loop() {
		if tree.tree.n == 1000 {
			tree.Begin()
		}
		tree.Add(0, 1, values)
	}
}
