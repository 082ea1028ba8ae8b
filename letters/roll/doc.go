// Package roll reads signer lists and decides the fate of every row: a letter, or an exclusion with its reason. Nothing is dropped
// without one: the rows read are the signers of the [Roll] and its exclusions, together.
//
// [Open] looks how each file of the campaign's list is written, reads its header and maps its columns to the standard fields;
// [List.Mapping] and [List.Notes] tell what was decided and why. [List.Read] reads the rows. A list of any length is read in one pass
// with a fixed amount of memory beside what is kept: at most 64 bytes for each person, to know them again and to find them, and the
// fields that the letters need.
//
// A list may be CSV (any delimiter, line end and encoding that can be told for certain), a spreadsheet (.xlsx), JSON or JSON Lines, also
// packed with gzip, and several files at once. What cannot be read for certain is refused, with the setting that decides; other kinds
// of files are named for what they are. Bounds are constants beside the readers: rows of 4 MB, cells of 1 MB, 20,000 columns.
//
// The fate of a row is settled by the first of these that applies:
//
//	blank row       all its cells are empty
//	totals row      a word such as “Total”, a number, and nothing else
//	unreadable row  it cannot be taken apart, has too many or too few cells, or is not text where it is looked at
//	header row      it says the same as the header
//	opted out       a column of the preset or of signers.opt_out is marked
//	not confirmed   the tool marks confirmed signatures, and this one is not
//	no consent      the consent column does not say that the person agreed
//	suppressed      the person withdrew: their e-mail or id stands in the suppress file
//	under age       the person is younger than signers.age.least
//	no name         there is no name in it, or one of more than a thousand characters
//	not a name      an address, keys in a row, or a word that stands for no name
//	garbled text    a name or place that was spoilt on its way, such as JosÃ©
//	has a letter    the person has one in an earlier packet (ReadOptions.Earlier)
//	duplicate       the person has a letter already (or, with duplicates: last, gets one from a later row)
//	missing glyph   what else holds a letter back, as ReadOptions.Hold says; so do the next two
//	too long        an entry of a list of names has no room for it
//	holding not understood
//	                what an investor holds, or on what basis, cannot be read for certain
//
// A row to look at whose place a row of a later file has taken ([List.ExportProblems]) is “mended”.
//
// A row that is held back does not count as its person's letter: another row of the same person may still get one.
//
// Two rows are one person when e-mail and name are the same, small and capital letters and white space aside; a household that
// shares an address is several people. Addresses of one mailbox may differ in what stands behind a plus, and at Gmail in dots
// (signers.same_email). A row without an e-mail is the same person as another with its name and postcode; without a postcode it is
// always somebody of their own.
//
// With a key ([ReadOptions]) each signer also has hashes by which later lists know them again, and sixteen bytes more are held for each. Somebody
// of their own is known there by name and place, and counted: of as many as had letters, none gets another. See [Earlier] for what becomes of
// those who have a letter already, and of those who have one and withdraw.
//
// Totals by country, region and day ([Roll.Totals]) count those who get a letter. The cells that they are made from hold no row back: what is
// no date or no country is counted as none.
//
// The suppress file has an e-mail or an id a line. To keep no addresses in it, write “salt: WORD” and then lines of “sha256:” with the
// SHA-256 of the word and the address in small letters, as printf WORDann@example.org | sha256sum gives it. Whoever has the file can still
// try addresses out, so keep it private all the same.
package roll
