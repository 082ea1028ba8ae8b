package letters

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postbag/config"
	"postbag/letters/merge"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
	"postbag/templates"
)

// A form is a document that many signers share. Three are known: an open letter (the text once, then all names in columns), petition
// sheets (the text at the head of every sheet, then names in the rows of a table), and the sign-on letter of investors (the text once,
// then a block for each of them with what they hold, and the totals). A signer's number in it is that of their letter id, so that ledger,
// bundles and manifest mean the same as for letters.

// formDefault is what a form has beside its typesetting.
type formDefault struct {
	most  int // signers in a bundle, unless the campaign says
	words press.Words
}

// formDefaults lists the forms: how many signers a bundle holds where nobody says, since an open letter of a few thousand names is one
// document, and some ten thousand rows fill the sheets of a box; and what titles and page labels call them.
var formDefaults = map[templates.Form]formDefault{
	templates.FormOpenLetter:    {config.MostLetters, press.Words{Title: "open letter to", Label: "names", Text: "text"}},
	templates.FormPetitionSheet: {10_000, press.Words{Title: "petition to", Label: "rows", Text: "text"}},
	templates.FormInvestors:     {config.MostLetters, press.Words{Title: "letter of investors to", Label: "signatories", Text: "text"}},
}

// form is the form of the campaign's template; "" where it makes a letter for each signer.
func (p *composition) form() templates.Form {
	if p.template.Form == templates.FormLetter {
		return ""
	}
	return p.template.Form
}

// investorFields are what a block of an investor says, where the list has it, and what it is made of.
var investorFields = []string{"name", "title", "organisation"}

// bindForm binds what a form shows of a signer, and says what is wrong with using the template for it.
func (p *composition) bindForm(problems *problem.List) {
	for _, use := range p.template.FieldNames() {
		if _, ok := p.fields.Constant(use.Name); !ok && p.list.Has(use.Name) {
			problems.Add(use.At, "{{"+use.Name+"}} is another for each signer, and in the form "+string(p.form())+" all share one text",
				"Take it out; the names follow the text by themselves")
		}
	}
	if p.campaign.Bundles.ListIDs {
		problems.Add(problem.Place{File: p.campaign.File}, "bundles.list_ids lists the letters of a bundle, and in the form "+string(p.form())+" there is one document with all names, each with its number",
			"Take bundles.list_ids out")
	}
	if p.form() != templates.FormInvestors {
		return
	}
	for _, name := range slices.Concat(investorFields, []string{sharesField, classField, assetsField, currencyField, basisField}) {
		if p.list.Has(name) {
			p.fields.add(name)
		}
	}
	if p.campaign.Letter.AsOf.IsZero() && (p.list.Has(sharesField) || p.list.Has(assetsField)) {
		problems.Add(problem.Place{File: p.campaign.File}, "nothing says on which day the investors held what they state",
			"Set letter.as_of to that day, for example 2026-11-01")
	}
}

// longestEntry is how many characters all that a list of names says of one signer may have.
const longestEntry = 600

// holdForm says why a signer cannot stand in the form, if they cannot.
func (p *composition) holdForm(values []string) (roll.Reason, string) {
	if p.form() == "" {
		return "", ""
	}
	length := 0
	for _, value := range values[:p.printed] {
		length += utf8.RuneCountInString(value)
	}
	if length > longestEntry {
		return roll.TooLong, fmt.Sprintf("%d characters, and an entry has room for %d", length, longestEntry)
	}
	if p.form() == templates.FormInvestors {
		if _, _, what := p.holdings.read(values, p.formWords().marks()); what != "" {
			return roll.Unreckoned, what
		}
	}
	return "", ""
}

// formFields are the fields of the list, and a slot behind them for what is made of several.
type formFields struct {
	*fields
	holding int
}

// holdingSlot is the name of the slot with what an investor holds, in words. No column has it: it folds to nothing.
const holdingSlot = "="

// Slot makes formFields merge.Fields.
func (f formFields) Slot(name string) (int, bool) {
	if name == holdingSlot {
		return f.holding, true
	}
	return f.fields.Slot(name)
}

// signerValues returns the values of signers for the form: the fields, and what is made of them.
func (p *composition) signerValues(r *roll.Roll) func(i int, dst []string) []string {
	if p.form() != templates.FormInvestors {
		return r.Fields
	}
	words := p.formWords()
	return func(i int, dst []string) []string {
		dst = r.Fields(i, dst)
		held, on, _ := p.holdings.read(dst, words.marks())
		return append(dst, words.holding(held, on))
	}
}

// holding says in words what somebody holds.
func (w *formWords) holding(held []holding, on basis) string {
	if len(held) == 0 {
		return ""
	}
	texts := make([]string, len(held))
	for i, h := range held {
		texts[i] = fillWords(w.Total, "amount", w.marks().write(h.amount), "unit", w.unit(h.unit), "basis", w.basis(on))
	}
	return strings.Join(texts, "; ")
}

func (w *formWords) unit(u unit) string {
	switch {
	case u.money:
		return u.name
	case u.name == "":
		return w.Shares
	}
	return fillWords(w.ShareClass, "class", u.name)
}

func (w *formWords) basis(b basis) string {
	if b == onFile {
		return w.File
	}
	return w.Self
}

// layForm lays the form out for the signers of the roll.
func (p *composition) layForm(r *roll.Roll, specimen bool) (*typeset.Layout, *typeset.Form, error) {
	design := p.design(specimen)
	design.Form, design.Reference = true, ""
	elements := p.elements()
	if p.form() == templates.FormPetitionSheet {
		design.Running = p.campaign.Sender.Organisation
		elements = nil
	}
	layout, err := typeset.NewLayout(p.fonts, design, elements, nil, press.Draw)
	if err != nil {
		return nil, nil, err
	}
	form, err := typeset.NewForm(layout, p.formDesign(r), p.samples(r))
	if err != nil {
		if found := (problem.Problem{}); errors.As(err, &found) {
			found.Place = problem.Place{File: p.template.Source}
			err = problem.List{found}
		}
		return nil, nil, err
	}
	return layout, form, nil
}

// mostSamples is how many signers the columns are made to fit.
const mostSamples = 400

// samples are the values of signers from all over the roll.
func (p *composition) samples(r *roll.Roll) [][]string {
	values := p.signerValues(r)
	n := min(r.Len(), mostSamples)
	out := make([][]string, n)
	for i := range out {
		out[i] = values(i*r.Len()/n, nil)
	}
	return out
}

// rowHeights are the heights of rows by letter.density.
var rowHeights = map[string]typeset.Length{"compact": 15 * typeset.Point, "normal": 20 * typeset.Point, "roomy": 29 * typeset.Point}

// formDesign says how the form looks.
func (p *composition) formDesign(r *roll.Roll) typeset.FormDesign {
	words := p.formWords()
	d := typeset.FormDesign{Greatest: p.before() + r.Len()*len(p.all), PageOf: p.words.pageOf}
	switch p.form() {
	case templates.FormPetitionSheet:
		d.Head, d.Table = p.sheetHead(), p.sheetColumns()
		if d.Row = rowHeights[p.campaign.Letter.Density]; d.Row == 0 {
			d.Rows, _ = strconv.Atoi(p.campaign.Letter.Density) // config has checked it
		}
		if !p.campaign.Bundles.Duplex {
			d.PageOf = func(page, pages int) string { return p.words.digits(ofNumbers(words.Sheet, page, pages)) }
		}
		return d
	case templates.FormInvestors:
		d.Entry, d.Columns, d.Apart = p.investorEntry(), 2, 6*typeset.Point
		d.After = p.accountOfHoldings(r)
	default:
		d.Entry, d.Columns = p.nameEntry(), 3
	}
	before := p.place * r.Len() // letters to other recipients: the heading has the numbers that this document goes on with
	d.Heading = func(first, last int, continued bool) string {
		pattern := words.Heading
		switch {
		case continued && first == last:
			pattern = words.ContinuedOne
		case continued:
			pattern = words.Continued
		case first == last:
			pattern = words.HeadingOne
		}
		return ofNumbers(pattern, first-before, last-before)
	}
	return d
}

// shown are the fields that letter.show names and the list has.
func (p *composition) shown() []string {
	return slices.DeleteFunc(slices.Clone(p.campaign.Letter.Show), func(name string) bool {
		_, ok := p.fields.Slot(name)
		return !ok
	})
}

// block makes a block of fields, with commas between those that are filled.
func (p *composition) block(names ...string) merge.Block {
	var inline []templates.Inline
	for i, name := range names {
		in := templates.Inline{Field: name}
		if i > 0 {
			in.If = []templates.Condition{{Field: name}}
			inline = append(inline, templates.Inline{Text: ", ", If: in.If})
		}
		inline = append(inline, in)
	}
	return merge.Compile([]templates.Block{{Inline: inline}}, formFields{p.fields, len(p.fields.names)})[0]
}

// nameEntry is the entry of an open letter: the name and what else is shown, on one line.
func (p *composition) nameEntry() []typeset.EntryPart {
	return []typeset.EntryPart{{Block: p.block(p.shown()...)}}
}

// investorEntry is the block of an investor.
func (p *composition) investorEntry() []typeset.EntryPart {
	var parts []typeset.EntryPart
	names := slices.Clone(investorFields)
	for _, name := range p.shown() {
		if !slices.ContainsFunc(append([]string{sharesField, assetsField, classField, currencyField, basisField}, names...), func(s string) bool { return roll.Fold(s) == roll.Fold(name) }) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		if _, ok := p.fields.Slot(name); !ok {
			continue
		}
		part := typeset.EntryPart{Block: p.block(name)}
		if i == 0 {
			part.Style = templates.Bold
		}
		parts = append(parts, part)
	}
	return append(parts, typeset.EntryPart{Block: p.block(holdingSlot)})
}

// sheetColumns are the columns of a petition sheet.
func (p *composition) sheetColumns() []typeset.TableColumn {
	words := p.formWords()
	var columns []typeset.TableColumn
	for _, name := range p.shown() {
		heading, ok := words.Columns[name]
		if !ok {
			heading = name
		}
		columns = append(columns, typeset.TableColumn{Heading: heading, Block: p.block(name)})
	}
	if signed := p.campaign.Letter.Signed; signed != "" {
		columns = append(columns, typeset.TableColumn{Heading: words.Signed, Block: merge.Literal(signed)})
	}
	return columns
}

// sheetHead is what stands at the head of every petition sheet: what is asked, of whom, and the text.
func (p *composition) sheetHead() []typeset.Element {
	c := p.campaign
	to := slices.DeleteFunc([]string{c.Recipient.Name, c.Recipient.Title, c.Recipient.Company}, func(s string) bool { return s == "" })
	head := p.appendInline(nil, typeset.Subject, p.template.Subject)
	head = append(head, typeset.Element{Role: typeset.Signature, Block: merge.Literal(fillWords(p.formWords().To, "recipient", strings.Join(to, ", ")))})
	for _, b := range merge.Compile(p.template.Blocks, p.fields) {
		head = append(head, typeset.Element{Role: typeset.Body, Block: b})
	}
	return head
}

// accountOfHoldings is what stands behind the blocks of investors: what they hold by unit and basis, and what the letter is not.
func (p *composition) accountOfHoldings(r *roll.Roll) []typeset.Element {
	words := p.formWords()
	line := func(role typeset.Role, text string) typeset.Element {
		return typeset.Element{Role: role, Block: merge.Literal(text)}
	}
	var out []typeset.Element
	sums, none := p.sumHoldings(r)
	if len(sums) > 0 {
		out = append(out, line(typeset.Subject, fillWords(words.Holdings, "date", longDate(p.campaign.Letter.AsOf, p.campaign.Letter.Language))))
		for _, sum := range sums {
			total := fillWords(words.Total, "amount", words.marks().write(sum.amount), "unit", words.unit(sum.unit), "basis", words.basis(basis(sum.Basis)))
			out = append(out, line(typeset.Signature, total+"; "+fillWords(words.By, "a", strconv.Itoa(sum.StatedBy))))
		}
		if none > 0 {
			out = append(out, line(typeset.Signature, fillWords(words.None, "a", strconv.Itoa(none))))
		}
	}
	return append(out, line(typeset.Body, words.Not))
}

// volume says which part of the document to the recipient a bundle is.
func (p *composition) volume(r *roll.Roll, signers bundleRange, number, bundles int) typeset.Volume {
	if p.form() == "" {
		return typeset.Volume{}
	}
	words := p.formWords()
	v := typeset.Volume{Text: r.GroupStart(signers.first), Last: signers.first+signers.count == r.Len()}
	v.Foot = fillWords(ofNumbers(words.Bundle, number, bundles), "campaign", p.campaign.Name)
	v.Title = p.appendInline(nil, typeset.Subject, p.template.Subject)
	v.Title = append(v.Title, typeset.Element{Role: typeset.Signature, Block: merge.Literal(ofNumbers(words.Volume, signers.volume, signers.volumes))})
	return v
}

// checkForm adds to a report what is to be known of the form.
func (p *composition) checkForm(report *Report, r *roll.Roll) {
	if p.form() == "" {
		return
	}
	document, volumes := "The document has", report.Bundles
	if len(report.To) > 0 {
		document, volumes = "Each recipient's document has up to", 0
		for _, to := range report.To {
			volumes = max(volumes, to.Bundles)
		}
	}
	if volumes > 1 {
		report.Notes = append(report.Notes, fmt.Sprintf("%s %d volumes, a bundle each, of at most %d signers; the settings of bundles decide that.",
			document, volumes, p.mostInBundle()))
	}
	if p.form() == templates.FormInvestors {
		report.Holdings, _ = p.sumHoldings(r)
		report.Cautions = p.cautions(report.Holdings)
	}
}

// exemptSolicitation is the value of holdings in dollars from which a written solicitation that needs no proxy statement is to be
// notified (Rule 14a-6(g), 17 CFR 240.14a-6(g), adopted on 16 October 1992, Release 34-31326).
const exemptSolicitation = 5_000_000

// cautions says where holdings come near a rule that somebody should look up. It is not legal advice.
func (p *composition) cautions(sums []Holding) []problem.Problem {
	dollars, shares := new(big.Int), false
	for _, sum := range sums {
		switch {
		case !sum.unit.money:
			shares = true
		case sum.unit.name == "USD":
			dollars.Add(dollars, sum.amount)
		}
	}
	at := problem.Place{File: p.campaign.File}
	const rule = "who owns more than $5 million of a company’s securities and writes to other holders about a vote may have to file a notice of exempt solicitation " +
		"(Rule 14a-6(g), adopted 16 October 1992)"
	const do = "Ask a lawyer before the letter goes to other holders: this is not legal advice"
	least := new(big.Int).Mul(big.NewInt(exemptSolicitation), new(big.Int).Exp(big.NewInt(10), big.NewInt(decimals), nil))
	switch {
	case dollars.Cmp(least) > 0:
		return []problem.Problem{{Place: at, Do: do,
			What: fmt.Sprintf("the investors state %s USD together; %s", numberMarks{group: ",", decimal: "."}.write(dollars), rule)}}
	case shares:
		return []problem.Problem{{Place: at, Do: do, What: "Postbag does not know what the shares are worth; " + rule}}
	}
	return nil
}
