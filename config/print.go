package config

import (
	"time"

	"postbag/letters/problem"
)

// Print says how a packet is printed, boxed and brought: what stands on the job ticket and the box labels, and what postbag print does.
type Print struct {
	Printer   string    // a destination of CUPS; "" for the default one
	Grammage  int       // of the paper, in grams per square metre
	Copies    int       // of each bundle, 1 or more
	Staple    string    // none, top-left or top-right: of each letter that has more than one sheet
	BoxSheets int       // sheets in a box, at most
	Contact   string    // whom the printer asks; sender.contact where nothing else is said
	DeliverTo []string  // lines
	NeededBy  time.Time // zero where it is not said, as DestroyBy
	DestroyBy time.Time
	Notes     []string
}

// staples lists where a letter can be stapled. The words behind none are those of IPP (PWG 5100.1, finishings).
func staples() []string { return []string{"none", "top-left", "top-right"} }

// A sheet of less than 40 g/m² runs through no printer, one of more than 400 is board.
func grammage(text string) (what, do string) {
	return between("print.grammage", text, 40, 400, "80")
}

func copies(text string) (what, do string) { return between("print.copies", text, 1, 100, "1") }

func boxSheets(text string) (what, do string) {
	return between("print.box_sheets", text, 50, 100_000, "2500, which are five reams")
}

// checkPrint looks at the days on which the printer has something to do.
func (l *loader) checkPrint(c *Campaign) {
	needed, destroyed := c.Print.NeededBy, c.Print.DestroyBy
	if !needed.IsZero() && !destroyed.IsZero() && destroyed.Before(needed) {
		l.problems.Add(l.resolved["print.destroy_by"].at, "print.destroy_by lies before print.needed_by: the files would be gone before the letters are there",
			"Give the printer some days after the delivery")
	}
}

// warnPrint notes what a print shop would ask about.
func (l *loader) warnPrint(c *Campaign) {
	for _, day := range []struct {
		key string
		on  time.Time
	}{{"print.needed_by", c.Print.NeededBy}, {"print.destroy_by", c.Print.DestroyBy}} {
		if !day.on.IsZero() && day.on.Before(c.Letter.Date) {
			c.Warnings = append(c.Warnings, problem.Problem{Place: l.resolved[day.key].at, What: day.key + " lies before the letters' date",
				Do: "Look whether the day, the month and the year are right"})
		}
	}
}
