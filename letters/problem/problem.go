// Package problem holds the errors that a user of Postbag can mend.
//
// Postbag sorts what goes wrong into three classes. A [Problem] is in the user's files or settings: it
// says what is wrong, where, and what to do, and all problems of a kind are collected in a [List] and
// reported at once. An exclusion is policy, decided row by row, and lives in package roll. Everything
// else (a full disk, a file that vanished) is a failure of the machine and stays a plain error.
//
// The package is the vocabulary that every other package shares, so it imports none of them.
package problem

import (
	"errors"
	"fmt"
	"strings"
)

// Place is a position in a file the user can open. Line and Column count from 1; 0 means unknown.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String writes the place as editors understand it: campaign.yaml:7:3.
func (p Place) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one thing that the user can mend.
type Problem struct {
	Place Place  `json:"place"`
	What  string `json:"what"` // what is wrong: a sentence without its full stop
	Do    string `json:"do"`   // what to do: a sentence without its full stop; may be empty
}

// Error writes the problem on one line: place, what is wrong, what to do.
func (p Problem) Error() string {
	var b strings.Builder
	if place := p.Place.String(); place != "" {
		b.WriteString(place)
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.Do != "" {
		b.WriteString(". ")
		b.WriteString(p.Do)
	}
	b.WriteString(".")
	return b.String()
}

// List is all the problems found in one go.
type List []Problem

// Add appends a problem; what and do are sentences without their full stops.
func (l *List) Add(at Place, what, do string) {
	*l = append(*l, Problem{Place: at, What: what, Do: do})
}

// Collect takes the problems of err into the list, if it is one; any other error it gives back.
func (l *List) Collect(err error) error {
	var more List
	if errors.As(err, &more) {
		*l = append(*l, more...)
		return nil
	}
	return err
}

// Error writes one problem a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the list as an error, or nil when there is nothing in it.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
