// Package press writes bundles: PDFs of many letters. It is the only package that knows PDF, and the only one that
// imports gofpdf.
//
// A bundle is a master and an update. gofpdf writes the [Press]'s master once for a run of the program: the page of the
// slip sheet, and one form XObject for each piece of the letter that is the same for everybody. A bundle is the
// master's bytes followed by one incremental update (ISO 32000-1, 7.5.6), which Postbag streams to disk: for each
// page of a letter a page object and a content stream that stamps the shared pieces and then draws only what is the
// signer's own; the fonts with the glyphs of this bundle and no others; the slip sheet's text; the page tree; and the
// catalogue. What an update may replace stands at the top of update.go.
//
// A [typeset.Document] is written the same way ([Worker.Document]), from a master that holds nothing but, at most, the letterhead.
//
// gofpdf is not asked to embed fonts. In the master, its core fonts stand in for the faces of the shared pieces (see
// slots in master.go), and the update puts the real font in the place of each. So the glyphs are chosen bundle by bundle
// without parsing a font again, they keep the numbers that HarfBuzz gave them, and the master serves every bundle.
//
// What is drawn is also what can be searched for and copied, in every script. How that is done, and for which readers, stands
// over ink and in mixed.go.
package press
