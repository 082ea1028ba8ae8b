package paperwork

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/letters/typeset"
)

// The page of totals is for people who ask how many, from where and since when: a journalist, the recipient. First the number, then a chart of
// the largest countries (or of the regions, where all are from one country) and one over time, then the tables. It stays within three pages
// whatever the list holds; what is left out for that stands in deliver/05-totals.csv, and the page says so.

// limits are how many groups the page shows.
type limits struct {
	bars, countries, regions int
}

// tries are what three pages have room for in most lists, and then ever less, for names that take several lines.
func tries() []limits {
	return []limits{{18, 200, 60}, {18, 200, 30}, {18, 200, 15}, {18, 150, 15}, {14, 100, 12}, {12, 50, 6}, {12, 20, 0}}
}

// mostPages is how long the document may be.
const mostPages = 3

// Measures of the tables.
const (
	figureSize     = 8 * typeset.Point
	mostWithShares = 24 // rows; beside more there is no room for another column
	manyMonths     = 24
)

// totals writes 05-totals.pdf, with as many groups as three pages have room for.
func totals(ctx context.Context, w *work, out io.Writer) error {
	f, c := figuresOf(w.Signers.Roll.Totals), w.words.calendar()
	var pdf bytes.Buffer
	for _, most := range tries() {
		page := &totalsPage{figures: f, work: w, calendar: c, limits: most}
		pdf.Reset()
		count, err := w.count(ctx, &pdf, &typeset.Document{Title: w.words.Say("totals.title"), Blocks: page.document()})
		if err != nil {
			return err
		}
		if count.Pages <= mostPages {
			break
		}
	}
	_, err := pdf.WriteTo(out)
	return err
}

// totalsTable writes 05-totals.csv, with all groups that may be shown.
func totalsTable(_ context.Context, w *work, out io.Writer) error {
	table := figuresOf(w.Signers.Roll.Totals).appendCSV(nil)
	if bytes.ContainsFunc(table, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if _, err := io.WriteString(out, byteOrderMark); err != nil {
			return err
		}
	}
	_, err := out.Write(table)
	return err
}

// byteOrderMark says to Excel that a CSV is UTF-8: without it, it opens Österreich as Ã–sterreich. A table in plain ASCII needs none.
const byteOrderMark = "\uFEFF"

// totalsPage is the document in the making.
type totalsPage struct {
	*work
	*figures
	*calendar
	limits limits
	blocks []typeset.DocumentBlock
}

func (t *totalsPage) add(blocks ...typeset.DocumentBlock) { t.blocks = append(t.blocks, blocks...) }

// document makes the blocks.
func (t *totalsPage) document() []typeset.DocumentBlock {
	t.add(typeset.Heading{Text: typeset.Say(t.words.Say("totals.title")), Level: 1})
	if t.Manifest.Specimen {
		t.add(typeset.Paragraph{Text: typeset.Bold(t.words.Say("common.specimen"))})
	}
	t.add(typeset.Facts{Size: figureSize, Rows: t.origin()})
	t.headline()
	t.charts()
	t.tables()
	t.remark("totals.note")
	return t.blocks
}

// origin says who delivers to whom, and of which day the delivery is.
func (t *totalsPage) origin() []typeset.Fact {
	var to []string
	for i := range t.Recipients {
		r := &t.Recipients[i]
		to = append(to, listed(r.Name, r.Title, r.Company))
	}
	return []typeset.Fact{
		t.words.Fact("common.from", t.Campaign.Sender.Organisation), t.words.Fact("common.to", strings.Join(to, "; ")),
		t.words.Fact("common.date", t.words.Date(t.Campaign.Letter.Date)), // the campaign's name is at the foot
	}
}

// say fills a text with a number, where it has a place for one.
func (t *totalsPage) say(key string, n int) string {
	return fill(t.words.Say("totals."+key), "a", t.amount(n), "b", t.amount(leastShown), "file", path.Base(totalsTablePath))
}

// remark adds a paragraph in small letters.
func (t *totalsPage) remark(key string) {
	t.add(typeset.Paragraph{Text: t.words.Text(key, "b", t.amount(leastShown), "file", path.Base(totalsTablePath)), Size: figureSize})
}

// headline is the number, large, and beside it what it counts.
func (t *totalsPage) headline() {
	const size, baseline = 34 * typeset.Point, 34 * typeset.Point
	number, lines := typeset.Bold(t.amount(t.signers)), t.headlines()
	t.add(typeset.Space(chartGap), typeset.Drawing{Height: 42 * typeset.Point, Draw: func(k *typeset.Sketch) {
		c := chart{k, 10 * typeset.Point}
		c.text(0, baseline, atStart, size, number)
		x := c.TextWidth(size, number) + 3*chartGap
		for i, line := range lines {
			c.write(x, baseline-typeset.Length(len(lines)-1-i)*25*typeset.Point/2, atStart, c.Width-x, line)
		}
	}})
}

// headlines are the lines beside the number.
func (t *totalsPage) headlines() []string {
	counted := "counted"
	if t.signers == 1 {
		counted = "counted-one"
	}
	lines := []string{t.say(counted, t.signers)}
	if l := &t.time; !l.first.IsZero() {
		key := "span"
		if l.first.Equal(l.last) {
			key = "on"
		}
		lines = append(lines, fill(t.words.Say("totals."+key), "first", t.date(l.first), "last", t.date(l.last)))
	}
	if n := len(t.countries.groups) + t.countries.small; n > 1 {
		lines = append(lines, t.say("countries", n))
	}
	return lines
}

// charts are those of countries, or of regions where there is but one country, and of time.
func (t *totalsPage) charts() {
	by, heading := &t.countries, "by-country"
	if len(by.groups) < 2 {
		by, heading = &t.regions, "by-region"
	}
	if len(by.groups) > 1 {
		bars := t.bars(by)
		t.section(heading)
		t.add(typeset.Drawing{Height: barsHeight(len(bars)), Draw: func(k *typeset.Sketch) { drawBars(k, bars, t.amount) }})
	}
	if len(t.time.periods) < 2 {
		return
	}
	t.section("per-" + t.time.unit.name())
	height := timeHeight
	if len(t.time.periods) > day.most() {
		height = manyHeight
	}
	t.add(typeset.Drawing{Height: height, Draw: func(k *typeset.Sketch) { drawTimeline(k, &t.time, t.calendar) }})
	switch t.time.rest {
	case 0:
	case 1:
		t.add(typeset.Paragraph{Text: typeset.Say(t.say("outside-one", 1)), Size: figureSize})
	default:
		t.add(typeset.Paragraph{Text: typeset.Say(t.say("outside", t.time.rest)), Size: figureSize})
	}
}

func (t *totalsPage) section(key string) {
	t.add(typeset.Heading{Text: typeset.Say(t.words.Say("totals." + key)), Level: 2})
}

// bars are the largest groups, and what is left over.
func (t *totalsPage) bars(r *ranking) []bar {
	var bars []bar
	top := r.top(t.limits.bars)
	for _, g := range top.groups {
		bars = append(bars, bar{label: g.name, signers: g.signers})
	}
	if top.rest > 0 {
		bars = append(bars, bar{t.say("others", top.small), top.rest, true})
	}
	if top.unstated > 0 {
		bars = append(bars, bar{t.say("unstated", 0), top.unstated, true})
	}
	return bars
}

// tables are those of countries, regions and time.
func (t *totalsPage) tables() {
	cut := t.ranking(&t.countries, t.limits.countries, "country")
	if t.ranking(&t.regions, t.limits.regions, "region") {
		cut = true
	}
	if cut {
		t.remark("totals.more")
	}
	if shown := t.time.shown(); len(shown) > 0 {
		t.section("over-time")
		t.periods(shown)
	}
}

// periods adds the table over time. Many months are in a row for each year.
func (t *totalsPage) periods(shown []period) {
	if t.time.unit == month && len(shown) > manyMonths {
		t.years()
		return
	}
	var rows [][]typeset.Text
	for _, p := range shown {
		rows = append(rows, typeset.Cells(t.name(t.time.unit, p), t.amount(p.signers)))
	}
	rows = t.appendRest(rows, t.say("other-time", 0), t.time.rest, t.time.unstated, false)
	t.sideBySide(t.columns("unit-"+t.time.unit.name(), false), rows)
}

// years adds a table of months with a row for each year. Months of too few signatures have a dash; years have no sum, from which these could be reckoned.
func (t *totalsPage) years() {
	table := typeset.Table{Size: figureSize, Close: true, Columns: []typeset.Column{{Heading: t.say("unit-year", 0), Number: true}}}
	for m := time.January; m <= time.December; m++ {
		table.Columns = append(table.Columns, typeset.Column{Heading: t.short(m), Number: true})
	}
	for _, p := range t.time.periods {
		m := int(p.first.Month())
		if n := len(table.Rows); n == 0 || m == 1 {
			table.Rows = append(table.Rows, make([]typeset.Text, 13))
			table.Rows[n][0] = typeset.Say(t.plain(p.first.Year()))
		}
		cell := typeset.Say("–")
		if p.shown() {
			cell = typeset.Say(t.amount(p.signers))
		}
		table.Rows[len(table.Rows)-1][m] = cell
	}
	t.add(typeset.Beside{Table: table})
	rest := typeset.Facts{Size: figureSize}
	if t.time.rest > 0 {
		rest.Rows = append(rest.Rows, t.words.Fact("totals.other-time", t.amount(t.time.rest)))
	}
	if t.time.unstated > 0 {
		rest.Rows = append(rest.Rows, t.words.Fact("totals.unstated", t.amount(t.time.unstated)))
	}
	t.add(rest)
}

// ranking adds the table of countries or regions, and tells whether some are left out for want of room.
func (t *totalsPage) ranking(r *ranking, most int, name string) (cut bool) {
	if len(r.groups) == 0 {
		return false
	}
	top := r.top(most)
	shares, within := len(top.groups) <= mostWithShares, r.within()
	var rows [][]typeset.Text
	for _, g := range top.groups {
		text := g.name
		if within && g.within != "" {
			text += " (" + g.within + ")"
		}
		rows = append(rows, t.row(text, g.signers, shares))
	}
	rows = t.appendRest(rows, t.say("others", top.small), top.rest, top.unstated, shares)
	if len(top.groups) > 0 {
		t.section("by-" + name)
		t.sideBySide(t.columns(name, shares), rows)
	}
	return len(top.groups) < len(r.groups)
}

// columns are those of a table.
func (t *totalsPage) columns(name string, shares bool) []typeset.Column {
	columns := []typeset.Column{{Heading: t.say(name, 0)}, {Heading: t.say("number", 0), Number: true}}
	if shares {
		columns = append(columns, typeset.Column{Heading: t.say("share", 0), Number: true})
	}
	return columns
}

func (t *totalsPage) row(name string, signers int, shares bool) []typeset.Text {
	row := typeset.Cells(name, t.amount(signers))
	if shares {
		row = append(row, typeset.Say(t.percent(signers)))
	}
	return row
}

// appendRest adds the rows of what is left over.
func (t *totalsPage) appendRest(rows [][]typeset.Text, others string, rest, unstated int, shares bool) [][]typeset.Text {
	if rest > 0 {
		rows = append(rows, t.row(others, rest, shares))
	}
	if unstated > 0 {
		rows = append(rows, t.row(t.say("unstated", 0), unstated, shares))
	}
	return rows
}

// percent writes a share of all signers, to a tenth of a hundredth.
func (t *totalsPage) percent(signers int) string {
	tenths := (signers*2000 + t.signers) / (2 * t.signers)
	whole := t.plain(tenths / 10)
	text := fill(t.words.Say("totals.percent"), "a", whole, "b", t.plain(tenths%10))
	if t.words.base == "ar" && whole[0] > '9' { // U+066B and U+066A go with Arabic digits (CLDR)
		text = strings.NewReplacer(".", "٫", "%", "٪").Replace(text)
	}
	return text
}

// sideBySide sets a long table in as many columns of the page as have room.
func (t *totalsPage) sideBySide(columns []typeset.Column, rows [][]typeset.Text) {
	beside := 2
	switch n := len(rows); {
	case len(columns) > 2:
	case n > 60:
		beside = 4
	case n > 20:
		beside = 3
	}
	t.add(typeset.Beside{Table: typeset.Table{Columns: columns, Rows: rows, Size: figureSize, Close: true}, Count: beside})
}

// fill puts texts into the places of names in braces: pairs of a name and what stands for it.
func fill(pattern string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pattern = strings.ReplaceAll(pattern, "{"+pairs[i]+"}", pairs[i+1])
	}
	return pattern
}

// totalsTablePath is where the table of all figures is.
const totalsTablePath = "deliver/05-totals.csv"
