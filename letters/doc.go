// Package letters is Postbag's pipeline, and the API that a Go program would call: [Check] reads a campaign's signer list and
// says what would become of each row, [Preview] writes one letter, and [Build] makes or finishes a packet.
//
// Where the speed comes from: a letter is laid out once and stamped many times. The fixed text is shaped, broken into
// lines and drawn once for a run of the program; for each signer only what is theirs is set, from words shaped before,
// and appended to a bundle as a few hundred bytes.
//
// The stages follow one another along the data: roll reads rows and decides their fate, merge fills the template's
// blocks, typeset sets lines on pages, press writes bundles, packet keeps the folder, and paperwork makes the documents
// that go with it from the finished manifest. Nothing here prints or exits; progress goes to a function in the options.
package letters
