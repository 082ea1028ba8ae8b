// Package typeset turns text into lines on pages. It knows millimetres, fonts and glyphs, and nothing of PDF.
//
// A letter is laid out once and stamped many times. [New] takes the blocks of a letter, shapes and breaks all that
// is the same on every letter, and keeps it as a [Layout], which several goroutines share. Each of them has a
// [Setter] of its own, which sets what varies: it fills the varying blocks for one signer, looks their words up in
// its cache of shaped words, breaks only the paragraphs that hold a field, and picks the page plan that fits the
// heights that came out. Plans are few (a longer name may add a line), so they too are made once.
//
// What comes out is a [Letter]: for each page the stamps (fixed pieces, by number, with how far down they moved)
// and the lines that are this signer's own. Package press draws them.
//
// What goes with letters and is set once, a covering letter or a receipt, is a [Document] of blocks (document.go). Documents that many signers
// share are a [Form].
//
// Text is shaped by HarfBuzz (go-text/typesetting), reordered by the bidirectional algorithm (UAX #9), broken where
// UAX #14 allows, by total fit (Knuth and Plass, "Breaking Paragraphs into Lines", 1981), with hyphens by the letter's language
// where it is justified (Liang, hyphens/). Words that belong together stay together (together.yaml); names that are too long
// for their line are set smaller or broken with an indent (fit.go). A character that no face has is found by [Fonts.Missing] before
// anything is set: no glyph 0 ever reaches a page.
//
// Which face sets what is decided for a whole name (choice.go): the campaign's faces come first, then those in the binary (package faces), then
// the system's. [Fonts.Scripts] and [Fonts.Stretches] tell a person about it.
package typeset
