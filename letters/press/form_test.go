package press

import (
	"testing"

	"postbag/letters/merge"
	"postbag/letters/typeset"
	"postbag/templates"
)

// nameAndPlace is an entry of an open letter.
func nameAndPlace() merge.Block {
	return merge.Compile([]templates.Block{{Inline: []templates.Inline{{Field: "name"}, {Text: ", "}, {Field: "place"}}}}, signerFields{})[0]
}

// newForm lays a form without a text out.
func newForm(t testing.TB, d typeset.FormDesign, samples [][]string) (*typeset.Form, *typeset.Layout) {
	t.Helper()
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Entry = []typeset.EntryPart{{Block: nameAndPlace()}}
	d.PageOf = func(page, pages int) string { return "page" }
	layout, err := typeset.NewLayout(fonts, typeset.Design{Paper: typeset.Papers()[0], Language: "en", Running: "A", Form: true}, nil, nil, Draw)
	if err != nil {
		t.Fatal(err)
	}
	form, err := typeset.NewForm(layout, d, samples)
	if err != nil {
		t.Fatal(err)
	}
	return form, layout
}
