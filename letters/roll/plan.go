package roll

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"
)

// plan says what to take from the records of one file: which cells are looked at, and how fields are made of them. A cell is cleaned once,
// however many fields it goes into.
type plan struct {
	columns []int // those that are looked at; the numbers below are indexes into this
	keep    []recipe
	name    recipe
	checked []int // of name and place: garbled text in them holds the row
	loose   []int // of the other kept fields

	email, id, postcode, country, consent, age, birth int // -1 for none
	optOut, confirmed                                 []int
	comment, approved                                 int // -1 for none, or where no kept field is the comment
	mends                                             int // which row this one takes the place of
}

// recipeKind is how a field is made.
type recipeKind uint8

const (
	nothing   recipeKind = iota // the file does not have it
	oneCell                     // a cell
	fullName                    // given name and family name, in the order of their script and language
	comment                     // a signer's own comment, where it is approved
	ownTongue                   // the signer's language: of a column, the script and the country
	place                       // city, region, country, those that are filled, separated by commas
)

// recipe makes a field of cells.
type recipe struct {
	kind  recipeKind
	parts []int // -1 for one that the file does not have
}

// planOf makes the plan of a file for the fields that are kept.
func (l *List) planOf(f *file, keep []string) *plan {
	p := &plan{comment: -1, approved: -1}
	m := f.columns
	p.name = p.recipeOf(m, "name", l.placeParts())
	for _, field := range keep {
		r := p.recipeOf(m, field, l.placeParts())
		if r.kind == oneCell && p.columns[r.parts[0]] == f.comment.column { // by whatever name it was asked for
			p.comment, p.approved = r.parts[0], p.use(f.comment.moderated)
			r = recipe{kind: comment}
		}
		p.keep = append(p.keep, r)
	}
	p.email, p.id = p.use(m.columnOf("email")), p.use(m.columnOf("id"))
	p.postcode, p.country = p.use(m.columnOf("postcode")), p.known(m.columnOf("country"))
	p.consent, p.age, p.birth = p.use(f.consent), p.use(f.age), p.use(f.birth)
	for _, column := range f.optOut {
		p.optOut = append(p.optOut, p.use(column))
	}
	for _, column := range f.confirmed {
		p.confirmed = append(p.confirmed, p.use(column))
	}
	p.mends = -1
	if column, err := m.column(mendsColumn); err == nil {
		p.mends = p.use(column)
	}
	p.checked = slices.Clone(p.name.parts)
	for i, field := range keep {
		if field == SignerLanguage {
			continue
		}
		switch Fold(field) {
		case "name", "firstname", "lastname", "place", "city", "region", "country":
			p.checked = append(p.checked, p.keep[i].parts...)
		default:
			p.loose = append(p.loose, p.keep[i].parts...)
		}
	}
	tidy := func(list []int) []int {
		slices.Sort(list)
		return slices.DeleteFunc(slices.Compact(list), func(i int) bool { return i < 0 })
	}
	p.checked, p.loose = tidy(p.checked), tidy(p.loose)
	p.loose = slices.DeleteFunc(p.loose, func(i int) bool { return slices.Contains(p.checked, i) })
	return p
}

// placeParts are the fields that make a place.
func (l *List) placeParts() []string {
	if len(l.campaign.Signers.Place) > 0 {
		return l.campaign.Signers.Place
	}
	return []string{"city", "region", "country"}
}

// use gives a column its number among those that are looked at.
func (p *plan) use(column int) int {
	if column < 0 {
		return -1
	}
	if i := slices.Index(p.columns, column); i >= 0 {
		return i
	}
	p.columns = append(p.columns, column)
	return len(p.columns) - 1
}

// known gives the number of a column that is looked at anyway.
func (p *plan) known(column int) int { return slices.Index(p.columns, column) }

func (p *plan) recipeOf(m *columnMap, field string, placeParts []string) recipe {
	if field == SignerLanguage {
		return recipe{kind: ownTongue, parts: []int{p.use(m.columnOf("language")), p.use(m.columnOf("country"))}}
	}
	f := m.field(field)
	if f == nil {
		if column, err := m.column(field); err == nil {
			return recipe{kind: oneCell, parts: []int{p.use(column)}}
		}
		return recipe{}
	}
	if f.Column >= 0 {
		return recipe{kind: oneCell, parts: []int{p.use(f.Column)}}
	}
	r := recipe{kind: fullName, parts: nil}
	parts := []string{"first_name", "last_name"}
	if f.Field == "place" {
		r.kind, parts = place, placeParts
	}
	for _, part := range parts {
		r.parts = append(r.parts, p.use(m.columnOf(part)))
	}
	return r
}

// nameOrder is the order of given name and family name.
type nameOrder int

const (
	byScript    nameOrder = iota // as each name's script has it
	givenFirst                   // Anna Nagy
	familyFirst                  // Nagy Anna
)

// orderOf settles the order of names: as signers.name_order says, else family names first in letters in Hungarian and Vietnamese.
func (l *List) orderOf() nameOrder {
	switch l.campaign.Signers.NameOrder {
	case "given-first":
		return givenFirst
	case "family-first":
		return familyFirst
	}
	switch tag := l.campaign.Letter.Language; {
	case tag == "hu" || tag == "vi" || len(tag) > 2 && (tag[:3] == "hu-" || tag[:3] == "vi-"):
		return familyFirst
	}
	return byScript
}

// appendName appends a name made of its two parts.
func (o nameOrder) appendName(dst, given, family []byte) []byte {
	if len(given) == 0 || len(family) == 0 {
		return append(append(dst, given...), family...)
	}
	if o == byScript && given[0] >= utf8.RuneSelf && eastern(given) && eastern(family) {
		dst = append(dst, family...)
		if kana(given) || kana(family) {
			dst = append(dst, ' ')
		}
		return append(dst, given...)
	}
	if o == familyFirst {
		given, family = family, given
	}
	return append(append(append(dst, given...), ' '), family...)
}

// eastern tells whether a name is in a script in which the family name stands first.
func eastern(name []byte) bool {
	r, _ := utf8.DecodeRune(name)
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

func kana(name []byte) bool {
	for _, r := range string(name) {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			return true
		}
	}
	return false
}

// marked tells whether a cell of an opt-out column takes the person out. Zero, no, false and an empty date are no marks.
func marked(cell []byte) bool {
	switch string(cell) {
	case "", "0", "-":
		return false
	}
	var memory [32]byte
	if len(cell) > 30 {
		return true
	}
	switch string(appendFolded(memory[:0], cell)) {
	case "no", "n", "false", "f", "null", "none", "nil", "n/a", "off", "never", "nein", "non", "0000-00-00", "0000-00-0000:00:00", "0.0":
		return false
	}
	return true
}

// ageOf reads an age in years, or a birth date; ok is false for anything else.
func ageOf(cell []byte, birth bool, day time.Time) (age int, ok bool) {
	if birth {
		for _, layout := range []string{time.DateOnly, "2006/01/02", "02.01.2006", "2.1.2006", "2006-01-02T15:04:05Z07:00", time.DateTime} {
			if born, err := time.Parse(layout, string(cell)); err == nil {
				age = day.Year() - born.Year()
				if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
					age--
				}
				return age, age >= 0 && age < 130
			}
		}
		return 0, false
	}
	for i, b := range cell {
		if b < '0' || b > '9' || i > 2 {
			return 0, false
		}
		age = age*10 + int(b-'0')
	}
	return age, len(cell) > 0 && age < 130
}
