// Package packet is the folder on disk: what is delivered, what the printer gets, what stays private.
//
// A build opens the folder with [Open], makes its files with [Writer.File] and closes the account with
// [Writer.Finish]; [Writer.Abort] gives up and may always be deferred. [Verify] checks a packet against its
// manifest, years later and on another machine.
//
// What the package promises:
//
//   - A file appears under its final name whole or not at all: it is written under a temporary name in the same
//     folder, synced, renamed, and its folder is synced.
//   - A run that was stopped at any instant goes on: [Open] with the same fingerprint takes the folder as it is,
//     files whose bytes are right already are left alone, and the end is the same, byte for byte.
//   - Nothing that Postbag did not make is touched. What Postbag makes is one table, layout, and whatever that
//     table does not know is refused by name.
//   - Two builds never meet in one folder; the lock dies with its process.
//   - Of what a build makes, the clock stands in private/run.json and nowhere else. Names of signers stand in private/ledger.csv and
//     nowhere else but in the letters, and in the lists of signatures and comments where a campaign asks for them.
//
// What became of the bundles is told by the record of hand-overs, which [Record] adds to after the packet was made, and [ReadStatus] adds up.
//
// The package knows files and accounts. It knows nothing of campaigns, and of PDF only how to count pages and read their labels.
//
// # Private tables
//
// In a packet whose letter.form is not letter, many signers share a document (manifest.json, letter.form). Each still has a letter id, the
// manifest's letters count them, and the ledger's page is the one on which they stand: a page may come up many times, in order.
//
// private/ledger.csv says which row became which letter: row, letter_id, name, bundle, page, and the file where
// the list has several. private/exclusions.csv says which row got no letter and why: row, reason, detail, and the
// file. private/withdrawn.csv of a top-up says who has letters in earlier packets and has withdrawn since: letters, reason, row, and
// the file. [AppendLedgerRow], [AppendExclusionRow] and [AppendWithdrawnRow] write their lines. A cell that a spreadsheet would run as a
// formula gets an apostrophe in front; [PlainCell] takes it away again.
package packet
