package letters

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"postbag/config"
	"postbag/letters/merge"
	"postbag/letters/picture"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
	"postbag/templates"
)

// composition is a campaign with its template read and its fields bound for one of its recipients: everything about their letters but
// the signers.
type composition struct {
	campaign *config.Campaign // its recipient is this one's
	place    int              // of the recipient among the campaign's, from 0
	all      []*composition   // of all recipients, in their order
	after    *continuation    // what a build goes on from; nil elsewhere
	template *templates.Letter
	hash     string // SHA-256 of the template's bytes
	wording  string // SHA-256 of the wording
	fields   *fields
	holdings holdingFields
	tongue   int // 1 + the slot of the signer's language
	printed  int // the slots below this stand on letters; what is behind them is kept for the accounts
	list     *roll.List
	fonts    *typeset.Fonts
	words    words
	logo     *picture.Picture // nil for none
}

// compose reads the template, the fonts and the header of the signer list, and reports all that is wrong with the
// campaign at once.
func compose(c *config.Campaign, list *roll.List) (*composition, error) {
	template, text, err := readTemplate(c)
	if err != nil {
		return nil, err
	}
	var problems problem.List
	p := &composition{campaign: c, template: template, hash: hashOf(text), list: list, fields: newFields(c, &problems)}
	p.bindFields(&problems)
	if c.Sender.Logo != "" {
		p.logo, err = picture.Read(c.Sender.Logo)
		if err := problems.Collect(err); err != nil {
			return nil, err
		}
	}
	if p.words, err = wordsOf(c.Letter.Language); err != nil {
		return nil, err
	}
	fonts, err := typeset.LoadTypeface(c.Letter.Typeface, c.Fonts)
	if err := problems.Collect(err); err != nil {
		return nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	p.fonts = fonts
	p.address()
	p.checkOwnText(&problems)
	for _, q := range p.all {
		q.checkRecipient(&problems)
		q.checkHead(&problems)
	}
	return p, problems.Err()
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// bindFields gives a slot to each field of the template that is a signer's, and to what stands under the closing.
func (p *composition) bindFields(problems *problem.List) {
	for _, use := range p.template.FieldNames() {
		if _, ok := p.fields.Constant(use.Name); ok {
			continue
		}
		if !p.list.Has(use.Name) {
			p.bindVacant(use, problems)
			continue
		}
		p.fields.add(use.Name)
	}
	for _, name := range p.campaign.Letter.Show {
		if name == "place" && !p.list.Has(name) {
			continue // a list without places is no mistake
		}
		if !p.list.Has(name) {
			problems.Add(problem.Place{File: p.campaign.File}, "letter.show names "+name+", but the signer list has no such column",
				"Use some of: "+strings.Join(p.known(), ", "))
			continue
		}
		p.fields.add(name)
	}
	if p.form() != "" {
		p.bindForm(problems)
	}
	if p.form() == templates.FormInvestors {
		p.holdings = p.findHoldings()
	}
	p.printed = len(p.fields.names)
	p.fields.add("name") // for the ledger
	if p.campaign.Paperwork.Wants("comments") && p.list.Has("comment") {
		p.fields.add("comment")
	}
	p.fields.names = append(p.fields.names, roll.SignerLanguage)
	p.tongue = len(p.fields.names)
}

// checkOwnText makes sure that fonts have every character of the text that all letters share: there is no row to hold back for it.
func (p *composition) checkOwnText(problems *problem.List) {
	check := func(at problem.Place, texts ...string) { p.checkGlyphs(problems, at, texts...) }
	inlines := slices.Concat(p.template.Subject, p.template.Closing)
	for _, b := range p.template.Blocks {
		inlines = append(inlines, b.Inline...)
	}
	for _, in := range inlines {
		check(in.At, in.Text, in.Default)
	}
	c := p.campaign
	at := problem.Place{File: c.File}
	check(at, c.Sender.Organisation, c.Sender.Contact, longDate(c.Letter.Date, c.Letter.Language))
	check(at, c.Sender.Address...)
	check(at, c.Sender.Line, c.Letter.Reference, p.words.Reference, p.words.Date, p.words.pageOf(1234567890, 1))
	check(at, p.words.enclosures(c.Letter.Enclosures)...)
	check(at, c.Paperwork.Request...)
	check(at, c.Paperwork.Signed...)
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		check(at, c.Fields[name])
	}
	check(at, p.slipTexts()...)
	if p.form() != "" {
		check(at, c.Letter.Signed)
		check(at, c.Letter.Show...)
		check(at, p.formWords().texts()...)
	}
}

// checkGlyphs makes sure that fonts have every character of texts of the campaign's own.
func (p *composition) checkGlyphs(problems *problem.List, at problem.Place, texts ...string) {
	for _, text := range texts {
		if missing := p.fonts.Missing(text); len(missing) > 0 {
			problems.Add(at, fmt.Sprintf("no font has %s of %q", codePoints(missing), text),
				"Add a font that has it, with fonts: in the campaign file, or write it in another way")
		}
	}
}

// codePoints writes characters, and how Unicode numbers them. A mark stands on a dotted circle.
func codePoints(runes []rune) string {
	words := make([]string, len(runes))
	for i, r := range runes {
		words[i] = fmt.Sprintf("U+%04X", r)
		switch {
		case unicode.Is(unicode.M, r):
			words[i] = "\u25CC" + string(r) + " (" + words[i] + ")"
		case unicode.IsGraphic(r):
			words[i] = string(r) + " (" + words[i] + ")"
		}
	}
	return strings.Join(words, ", ")
}

// says are the fields that stand on letters, in the order of their slots.
func (p *composition) says() []string { return p.fields.names[:p.printed] }

// ledgerColumns are the slots of says that have a column in the ledger; a field called name has one already.
func (p *composition) ledgerColumns() []int {
	var slots []int
	for slot, name := range p.says() {
		if name != "name" {
			slots = append(slots, slot)
		}
	}
	return slots
}

// known lists the fields that a template may use.
func (p *composition) known() []string {
	var names []string
	for _, name := range roll.Standard() {
		if p.list.Has(name) {
			names = append(names, name)
		}
	}
	for name := range p.fields.constants {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, header := range p.list.Headers() {
		if !slices.Contains(names, header) {
			names = append(names, header)
		}
	}
	return names
}

// fields binds names to the campaign's constants and to the signers' slots. Names are compared as the list's
// headers are.
type fields struct {
	constants map[string]string // by name as documented or typed
	folded    map[string]string // the name of a constant, by its folded form
	vacant    map[string]bool   // fields that nothing fills and the letter can do without, by folded name
	*slots
}

// slots are the signers' fields: the same for all recipients.
type slots struct {
	slots map[string]int // by folded name
	names []string       // by slot
}

func newFields(c *config.Campaign, problems *problem.List) *fields {
	f := &fields{folded: map[string]string{}, vacant: map[string]bool{}, slots: &slots{slots: map[string]int{}}}
	f.constants = map[string]string{
		"campaign":            c.Name,
		"date":                longDate(c.Letter.Date, c.Letter.Language),
		"sender.organisation": c.Sender.Organisation,
		"sender.contact":      c.Sender.Contact,
	}
	maps.Copy(f.constants, recipientFields(&c.Recipient))
	if !c.Letter.AsOf.IsZero() {
		f.constants["as_of"] = longDate(c.Letter.AsOf, c.Letter.Language)
	}
	for _, name := range slices.Sorted(maps.Keys(f.constants)) {
		f.folded[roll.Fold(name)] = name
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		f.constants[name] = c.Fields[name]
		if other, ok := f.folded[roll.Fold(name)]; ok {
			problems.Add(problem.Place{File: c.File}, "fields: "+name+" reads the same as "+other+": small and capital letters, spaces and punctuation do not count",
				"Give it another name")
		}
		f.folded[roll.Fold(name)] = name
	}
	return f
}

// Constant, and Slot of the slots, make fields merge.Fields.
func (f *fields) Constant(name string) (string, bool) {
	key := roll.Fold(name)
	known, ok := f.folded[key]
	return f.constants[known], ok || f.vacant[key]
}

// Slot finds a signer's field.
func (f *slots) Slot(name string) (int, bool) {
	slot, ok := f.slots[roll.Fold(name)]
	return slot, ok
}

func (f *slots) add(name string) {
	key := roll.Fold(name)
	if _, ok := f.slots[key]; !ok {
		f.slots[key] = len(f.names)
		f.names = append(f.names, name)
	}
}

// misfits say of what finds no room in a window which setting it is, and what to do.
var misfits = map[typeset.HeadPart]struct{ what, do string }{
	typeset.AddressPart: {"the recipient's address", "Use fewer and shorter lines in recipient, or letter.layout: plain, which needs no window"},
	typeset.SenderPart:  {"the sender's name and address", "Use fewer and shorter lines in sender.organisation and sender.address, or another letter.layout"},
	typeset.LinePart:    {"the line with the sender's address", "Set sender.line to a shorter one"},
}

// checkHead makes sure that what stands in a window has room there.
func (p *composition) checkHead(problems *problem.List) {
	c := p.campaign
	for _, m := range typeset.CheckHead(p.fonts, p.design(false), p.head()) {
		words, at := misfits[m.Part], problem.Place{File: c.File}
		switch {
		case m.Part == typeset.AddressPart:
			at = c.Recipient.Place
		case p.place > 0:
			continue // the sender's part is the same for all, and told already
		}
		what := fmt.Sprintf("%s does not fit into the window of letter.layout %s, even at %g points: ", words.what, c.Letter.Layout, m.Least.Points())
		if m.Line != "" {
			what += fmt.Sprintf("%q is too wide", m.Line)
		} else {
			what += fmt.Sprintf("%d lines are too many", m.Lines)
		}
		problems.Add(at, what, words.do)
	}
}

// elements lists the letter's blocks in order: the address to the closing, with the template's body between.
func (p *composition) elements() []typeset.Element {
	c := p.campaign
	elements := p.head()
	elements = p.appendInline(elements, typeset.Subject, p.template.Subject)
	elements = append(elements, typeset.Element{Role: typeset.Salutation, Block: merge.Literal(c.Recipient.Salutation)})
	for _, b := range merge.Compile(p.template.Blocks, p.fields) {
		elements = append(elements, typeset.Element{Role: typeset.Body, Block: b})
	}
	elements = p.appendInline(elements, typeset.Closing, p.template.Closing)
	for _, name := range c.Letter.Show {
		if slot, ok := p.fields.Slot(name); ok && p.form() == "" {
			elements = append(elements, typeset.Element{Role: typeset.Signature, Block: merge.Value(slot)})
		}
	}
	if lines := p.words.enclosures(c.Letter.Enclosures); len(lines) > 0 {
		elements = append(elements, typeset.Element{Role: typeset.Enclosures, Block: merge.Literal(lines...)})
	}
	return elements
}

// head lists what stands above the text: the address, and the date.
func (p *composition) head() []typeset.Element {
	c := p.campaign
	return []typeset.Element{
		{Role: typeset.Address, Block: merge.Literal(p.addressLines()...)},
		{Role: typeset.Date, Block: merge.Literal(longDate(c.Letter.Date, c.Letter.Language))},
	}
}

// addressLines are the lines of the recipient's address.
func (p *composition) addressLines() []string {
	r := &p.campaign.Recipient
	return filled(slices.Concat([]string{r.Name, r.Title, r.Company}, r.Address)...)
}

// filled leaves out texts with nothing in them. It changes no list that it is given.
func filled(texts ...string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// listed puts those of the texts that say something into one line, with commas between.
func listed(texts ...string) string { return strings.Join(filled(texts...), ", ") }

func (p *composition) appendInline(dst []typeset.Element, role typeset.Role, inline []templates.Inline) []typeset.Element {
	for _, b := range merge.Compile([]templates.Block{{Inline: inline}}, p.fields) {
		dst = append(dst, typeset.Element{Role: role, Block: b})
	}
	return dst
}

// design says how the letter looks.
func (p *composition) design(specimen bool) typeset.Design {
	c := p.campaign
	paper, _ := typeset.PaperNamed(c.Letter.Paper)
	sender := slices.Concat([]string{c.Sender.Organisation}, c.Sender.Address)
	d := typeset.Design{
		Paper: paper, Layout: c.Letter.Layout, Language: c.Letter.Language, SignerLanguage: p.tongue, Justify: p.template.Justify, Specimen: specimen || c.Specimen,
		Sender: sender, Logo: p.logo, Contact: c.Sender.Contact, SenderLine: cmp.Or(c.Sender.Line, strings.Join(filled(sender...), separator)),
		Running:   strings.Join(filled(c.Recipient.Name, longDate(c.Letter.Date, c.Letter.Language)), separator),
		Reference: p.reference(), IDLabel: p.words.Reference, DateLabel: p.words.Date, PageOf: p.words.pageOf,
	}
	if c.Letter.Reference != "" {
		d.Rows = []typeset.ReferenceRow{{Label: p.words.Reference, Value: c.Letter.Reference}}
		d.IDLabel = ""
	}
	return d
}

// separator stands between parts of one line.
const separator = " · "

// reference is the letter id without its number.
func (p *composition) reference() string { return p.campaign.Name + "-" }
