// Package paperwork makes the documents that go with the letters: the covering letter, the wording, lists of signatures and comments, and
// whatever else a packet holds on paper beside its bundles. Each is set with the same care as the letters (typeset.Document), in the
// campaign's language.
//
// [Write] is called when the manifest is known and before the packet is finished, so that paperwork can print the manifest's hash. What there
// is to make is one table, documents; each document is a function in a file of its own, and its words are in words/, a file for each document,
// with every text in all languages that [Language] knows. A campaign in another language gets its paperwork in English.
//
// What is printed here names no signer, but for the lists of signatures and comments, which are made only where the campaign asks for them.
package paperwork
