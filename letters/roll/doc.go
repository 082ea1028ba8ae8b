// Package roll reads signer lists and decides the fate of every row: a letter, or an exclusion with its reason. Nothing is dropped
// without one: the rows read are the signers of the [Roll] and its exclusions, together.
//
// [Open] reads the header of the campaign's list and maps its columns to the standard fields; [List.Read] reads the rows. A list of
// any length is read in one pass with a fixed amount of memory beside what is kept: sixteen bytes and a number for each person, to
// know them again, and the fields that the letters need.
//
// The fate of a row is settled by the first of these that applies:
//
//	blank row       all its cells are empty
//	header row      it says the same as the header
//	unreadable row  it cannot be taken apart, has too many or too few cells, or is not text
//	no consent      the consent column does not say that the person agreed
//	suppressed      the person withdrew: their e-mail or id stands in the suppress file
//	no name         there is no name in it, or one of more than a thousand characters
//	duplicate       the person has a letter already (or, with duplicates: last, gets one from a later row)
//	missing glyph   what else holds a letter back, as ReadOptions.Hold says
//
// Two rows are one person when e-mail and name are the same, small and capital letters and white space aside; a household that
// shares an address is several people. A row without an e-mail is the same person as another with its name and postcode; without
// a postcode it is always somebody of their own.
package roll
