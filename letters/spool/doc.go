// Package spool sends the bundles of a packet to a printer, through lp, the command by which CUPS takes jobs.
//
// [Prepare] opens the packet, checks the hash of each bundle that was asked for, and makes the jobs: which file, which pages, which options. It
// runs nothing, so its jobs can be shown first. [Run.Send] hands one job over. What lp is told is the job ticket's: the paper, on which
// side, in the page's own size, how many copies. Every option is said, also where it is what a printer would do by itself, since printers are
// set to print on both sides and to fit pages to the paper, and then the next letter is on the back of the last and no window shows its address.
//
// A printer staples what is one job. Where letters are stapled, each letter of more than one sheet is a job of its own, and the pages
// between two such letters are one; jobs of one queue come out in the order in which they were sent.
//
// The package knows CUPS and no other way of printing. Where there is no lp, the jobs can still be shown.
package spool
