package roll

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// parsing is a parser's part.
type parsing struct {
	list    *List
	file    *file
	plan    *plan
	tidy    cleaner
	ids     identifier
	order   nameOrder
	nations *countries
	tongues *tongues
	mendAll bool // names in capitals are written as names
	near    bool
	later   []int // columns that tell strangers apart in later lists; nil where no later list is thought of
	gone    bool  // who withdraws is looked for among earlier signers
	remarks remarkList
	tally   *tallier // nil where nothing is counted

	headers [][]byte
	totals  map[string]bool
	row     uint32
	raw     [][]byte // cells as they were read
	cells   [][]byte // cleaned
	scratch []byte
	written [][]byte
	out     *batch
}

func (l *List) newParsing(f *file, o ReadOptions) *parsing {
	p := &parsing{
		list: l, file: f, tongues: newTongues(), ids: l.identifier(), order: l.orderOf(), mendAll: l.cleans("case"), near: o.Near,
		plan: l.planOf(f, slices.Concat(o.Keep, l.group)),
		tidy: cleaner{spaces: l.cleans("spaces"), controls: l.cleans("controls"), normalise: l.cleans("nfc")},
	}
	if l.cleans("countries") {
		p.nations = newCountries(l.campaign.Letter.Language)
	}
	p.tally = l.newTallier(f, o, p.nations)
	if p.ids.keyed(o.Key); o.Key != nil {
		p.later, p.gone = l.placeColumns(f), o.Earlier != nil
	}
	for _, h := range f.headers {
		p.headers = append(p.headers, []byte(h))
	}
	p.remarks.file = f.index
	p.totals = map[string]bool{}
	if table, err := names(); err == nil {
		for _, word := range table["totals"] {
			p.totals[word] = true
		}
	}
	return p
}

// parse settles what the rows of a batch say about themselves.
func (p *parsing) parse(b *batch) {
	p.out = b
	b.rows, b.data = b.rows[:0], b.data[:0]
	for i := range b.scanned {
		s := &b.scanned[i]
		p.row = s.row
		if s.fault != "" {
			p.exclude(Unreadable, s.fault)
			continue
		}
		p.take(p.cellsOf(b, s))
	}
	b.err = b.scanErr
}

// cellsOf gives the cells of a scanned row.
func (p *parsing) cellsOf(b *batch, s *scannedRow) [][]byte {
	p.raw = p.raw[:0]
	from := s.start
	for _, end := range b.ends[s.from:s.to] {
		p.raw = append(p.raw, b.text[from:end:end])
		from = end
	}
	return p.raw
}

func (p *parsing) exclude(reason Reason, detail string) {
	p.out.rows = append(p.out.rows, parsed{row: p.row, reason: reason, detail: detail})
}

// take settles what a row says about itself, in the order of the package's comment.
func (p *parsing) take(cells [][]byte) {
	if blank(cells) {
		p.exclude(BlankRow, "")
		return
	}
	if p.isTotals(cells) {
		p.exclude(TotalsRow, "")
		return
	}
	width := len(p.headers)
	for len(cells) > width && len(bytes.TrimSpace(cells[len(cells)-1])) == 0 {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != width {
		p.exclude(Unreadable, fmt.Sprintf("it has %d cells, the header has %d", len(cells), width))
		return
	}
	if p.repeatsHeader(cells) {
		p.exclude(HeaderRow, "")
		return
	}
	if !p.clean(cells) {
		return
	}
	if reason, detail := p.policy(); reason != "" {
		p.exclude(reason, detail)
		if p.gone && withdraws(reason) {
			p.identify(&p.out.rows[len(p.out.rows)-1], p.make(p.plan.name))
		}
		return
	}
	name := p.make(p.plan.name)
	if reason, detail := p.judge(name); reason != "" {
		p.exclude(reason, detail)
		return
	}
	p.hand(name)
}

// isTotals tells a line of totals: a word that says so, a number, and nothing else.
func (p *parsing) isTotals(cells [][]byte) bool {
	filled := 0
	var first []byte
	for _, cell := range cells {
		if len(cell) == 0 {
			continue
		}
		if filled++; filled == 1 {
			first = cell
		}
		if filled > 2 || len(cell) > 40 || filled == 2 && (cell[0] > '9' || len(bytes.Trim(cell, " 0123456789.,'")) > 0) {
			return false
		}
	}
	return filled > 0 && p.totals[strings.Trim(foldLoosely(string(first)), "0123456789")]
}

func (p *parsing) repeatsHeader(cells [][]byte) bool {
	for i, cell := range cells {
		if !bytes.Equal(bytes.TrimSpace(cell), p.headers[i]) {
			return false
		}
	}
	return true
}

// clean cleans the cells that are looked at. False: one of them is no text, and the row has its fate.
func (p *parsing) clean(cells [][]byte) bool {
	p.tidy.reset()
	p.cells, p.scratch = p.cells[:0], p.scratch[:0]
	for i, column := range p.plan.columns {
		cell, fault := p.tidy.clean(cells[column])
		if fault != "" {
			p.exclude(Unreadable, fmt.Sprintf("the column %s holds %s", p.file.headers[column], fault))
			return false
		}
		if p.plan.mends >= 0 {
			cell = withoutApostrophe(cell)
		}
		if i == p.plan.country {
			if name, changed := p.nations.name(cell); changed && name != "" {
				cell = []byte(name)
				p.tidy.counts.Countries++
			}
		}
		p.cells = append(p.cells, cell)
	}
	return true
}

// cell gives a cleaned cell; nil for a column that there is not.
func (p *parsing) cell(i int) []byte {
	if i < 0 {
		return nil
	}
	return p.cells[i]
}

// policy asks what takes people out: their own will, the consent column, and their age.
func (p *parsing) policy() (Reason, string) {
	for _, i := range p.plan.optOut {
		if marked(p.cells[i]) {
			return OptedOut, "marked in the column " + p.file.headers[p.plan.columns[i]]
		}
	}
	for _, i := range p.plan.confirmed {
		if !marked(p.cells[i]) {
			return Unconfirmed, ""
		}
	}
	if p.plan.consent >= 0 && !p.agreed(p.cells[p.plan.consent]) {
		return NoConsent, ""
	}
	if !p.list.withdrew.empty() && (p.withdrew(p.cell(p.plan.email)) || p.withdrew(p.cell(p.plan.id))) {
		return Suppressed, ""
	}
	return p.young()
}

func (p *parsing) agreed(cell []byte) bool {
	return p.list.agreed[string(cell)] || p.list.agreed[foldText(string(cell))]
}

// withdrew looks an e-mail or an id up among those of people who withdrew.
func (p *parsing) withdrew(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	var memory [128]byte
	key := p.ids.appendEmail(memory[:0], value)
	s := &p.list.withdrew
	if s.plain[string(key)] {
		return true
	}
	if len(s.hashed) == 0 {
		return false
	}
	if s.hashed[sha256.Sum256(append([]byte(s.salt), key...))] {
		return true
	}
	return s.hashed[sha256.Sum256(append([]byte(s.salt), appendFolded(memory[:0], value)...))]
}

// young tells whether somebody is too young. Whoever gives no age is let pass, as in a list without that column.
func (p *parsing) young() (Reason, string) {
	i := max(p.plan.age, p.plan.birth)
	if i < 0 || len(p.cells[i]) == 0 {
		return "", ""
	}
	age, ok := ageOf(p.cells[i], p.plan.birth >= 0, p.list.campaign.Letter.Date)
	if !ok {
		return Unreadable, fmt.Sprintf("the column %s holds no age: %q", p.file.headers[p.plan.columns[i]], p.cells[i])
	}
	if age < p.list.campaign.Signers.Age.Least {
		return UnderAge, ""
	}
	return "", ""
}

// judge looks whether a name is one, and whether the text that would be printed came through whole.
func (p *parsing) judge(name []byte) (Reason, string) {
	switch n := len(name); {
	case n == 0:
		return NoName, ""
	case n > maxName:
		return NoName, fmt.Sprintf("a name of more than %d characters", maxName)
	}
	if !p.list.names.accepted(name) {
		if why := p.list.names.notName(name); why != "" {
			return NotAName, why
		}
		if why := garbled(name, true); why != "" {
			return Garbled, "the name: " + why
		}
	}
	for _, i := range p.plan.checked {
		if why := garbled(p.cells[i], !p.isName(i)); why != "" && !p.list.names.accepted(name) {
			return Garbled, p.file.headers[p.plan.columns[i]] + ": " + why
		}
	}
	for _, i := range p.plan.loose {
		if why := garbled(p.cells[i], false); why != "" {
			return Garbled, p.file.headers[p.plan.columns[i]] + ": " + why
		}
	}
	return "", ""
}

// isName tells whether a cell is part of the name, which was looked at as a whole.
func (p *parsing) isName(i int) bool { return slices.Contains(p.plan.name.parts, i) }

// make makes a field of cells. What is put together lies in p.scratch until the next row.
func (p *parsing) make(r recipe) []byte {
	switch r.kind {
	case nothing:
		return nil
	case oneCell:
		return p.cells[r.parts[0]]
	}
	start := len(p.scratch)
	if r.kind == fullName {
		p.scratch = p.order.appendName(p.scratch, p.cell(r.parts[0]), p.cell(r.parts[1]))
	} else {
		for _, i := range r.parts {
			if part := p.cell(i); len(part) > 0 {
				if len(p.scratch) > start {
					p.scratch = append(p.scratch, ", "...)
				}
				p.scratch = append(p.scratch, part...)
			}
		}
	}
	return p.scratch[start:len(p.scratch):len(p.scratch)]
}

// tongue gives the language of a signer, from the column of languages, what they wrote, and their country.
func (p *parsing) tongue(r recipe, name []byte) string {
	p.written = append(p.written[:0], name)
	for _, i := range p.plan.checked {
		p.written = append(p.written, p.cells[i])
	}
	return p.tongues.of(p.cell(r.parts[0]), p.cell(r.parts[1]), p.written...)
}

// hand encodes the kept fields and hands the row over.
func (p *parsing) hand(name []byte) {
	row := parsed{row: p.row, from: uint32(len(p.out.data))}
	if p.list.campaign.Signers.Duplicates != "keep" || p.later != nil {
		p.identify(&row, name)
	}
	if p.near {
		email, postcode := p.cell(p.plan.email), p.cell(p.plan.postcode)
		row.near = p.ids.nearKeysOf(name, email, postcode)
	}
	if p.plan.mends >= 0 {
		row.mends.base, row.mends.row = mendedRow(p.cells[p.plan.mends])
	}
	row.origin, row.day = p.tally.take(p.raw)
	cased := p.casing(name)
	var words []byte // the comment
	if p.plan.comment >= 0 {
		words, row.comment = p.file.comment.comment(p.cell(p.plan.comment), p.cell(p.plan.approved))
	}
	for _, r := range p.plan.keep {
		if r.kind == ownTongue {
			p.out.data = appendText(p.out.data, p.tongue(r, name))
			continue
		}
		field := words
		if r.kind != comment {
			field = p.make(r)
		}
		if cased != nil && (r.kind == fullName || bytes.Equal(field, name)) {
			field = cased
		}
		p.out.data = appendField(p.out.data, field)
	}
	row.to = uint32(len(p.out.data))
	p.out.rows = append(p.out.rows, row)
}
