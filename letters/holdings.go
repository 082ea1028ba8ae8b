package letters

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"postbag/letters/roll"
)

// A sign-on letter of investors says what each of them holds, and adds it up: shares by class, assets by currency, and each of them by
// its basis. Different units are never added to one another, and nothing is rounded. What cannot be read for certain is not guessed: it
// holds its row back.

// Fields of the list that say what an investor holds. All but one of shares and assets may be missing.
const (
	sharesField   = "shares"        // how many
	classField    = "share_class"   // of what class
	assetsField   = "assets"        // an amount of money
	currencyField = "currency"      // its currency, unless the amount names it
	basisField    = "holding_basis" // self-reported, or evidence on file
)

// basis is what a holding rests on.
type basis string

const (
	selfReported basis = "self-reported"
	onFile       basis = "evidence on file"
)

// basisWords are the cells that say so, folded, beside what the letter itself says in any language. An empty cell is the signatory's own
// word.
func basisWords() map[string]basis {
	return map[string]basis{
		"": selfReported, "selfreported": selfReported, "self": selfReported, "stated": selfReported, "selfdeclared": selfReported,
		"evidenceonfile": onFile, "evidence": onFile, "onfile": onFile, "brokerletter": onFile,
	}
}

// unit is what is counted: shares of a class, or money of a currency.
type unit struct {
	money bool
	name  string // the class, "" where none is said, or the currency
}

// holding is one thing that a signatory holds.
type holding struct {
	unit   unit
	amount *big.Int // in millionths
}

// decimals is how many digits after the decimal mark an amount may have.
const decimals = 6

// holdingFields are the slots of the fields, -1 for those that the list does not have.
type holdingFields struct {
	shares, class, assets, currency, basis int
	words                                  map[string]basis // what a basis may be called, folded
}

func (p *composition) findHoldings() holdingFields {
	slot := func(name string) int {
		if s, ok := p.fields.Slot(name); ok {
			return s
		}
		return -1
	}
	f := holdingFields{slot(sharesField), slot(classField), slot(assetsField), slot(currencyField), slot(basisField), basisWords()}
	if words, err := allFormWords(); err == nil {
		for _, w := range words {
			f.words[roll.Fold(w.Self)], f.words[roll.Fold(w.File)] = selfReported, onFile
		}
	}
	return f
}

func valueAt(values []string, slot int) string {
	if slot < 0 {
		return ""
	}
	return strings.TrimSpace(values[slot])
}

// read reads what a signatory holds; what says why it cannot be read, if it cannot. Shares come before assets.
func (f holdingFields) read(values []string, marks numberMarks) (held []holding, on basis, what string) {
	shares, assets := valueAt(values, f.shares), valueAt(values, f.assets)
	on, known := f.words[roll.Fold(valueAt(values, f.basis))]
	if !known {
		return nil, "", fmt.Sprintf("the basis %q is neither self-reported nor evidence on file", valueAt(values, f.basis))
	}
	if shares != "" {
		amount, what := marks.read(shares)
		if what != "" {
			return nil, "", what
		}
		held = append(held, holding{unit{name: valueAt(values, f.class)}, amount})
	}
	if assets != "" {
		code, number := cutCurrency(assets)
		if named := strings.ToUpper(valueAt(values, f.currency)); named != "" {
			if code != "" && code != named && code != "$" {
				return nil, "", fmt.Sprintf("%q is not in %s", assets, named)
			}
			code = named
		}
		if _, err := currency.ParseISO(code); err != nil {
			return nil, "", fmt.Sprintf("the currency of %q is not known; name it as in USD 1000000, or in a column %s", assets, currencyField)
		}
		amount, what := marks.read(number)
		if what != "" {
			return nil, "", what
		}
		held = append(held, holding{unit{money: true, name: code}, amount})
	}
	return held, on, ""
}

// cutCurrency takes the currency off an amount: USD 1,000, 1.000 €. The sign of dollars is that of many currencies.
func cutCurrency(amount string) (code, number string) {
	isNumber := func(r rune) bool { return r >= '0' && r <= '9' }
	first, last := strings.IndexFunc(amount, isNumber), strings.LastIndexFunc(amount, isNumber)
	if first < 0 {
		return "", amount
	}
	code = strings.ToUpper(strings.TrimSpace(amount[:first]))
	if rest := strings.ToUpper(strings.TrimSpace(amount[last+1:])); code == "" {
		code = rest
	} else if rest != "" {
		return "", amount
	}
	switch code {
	case "€":
		code = "EUR"
	case "£":
		code = "GBP"
	case "US$":
		code = "USD"
	case "¥":
		code = "$" // of China or of Japan
	}
	return code, amount[first : last+1]
}

// numberMarks are the marks of a language in numbers.
type numberMarks struct{ group, decimal string }

// read reads a number exactly. White space and apostrophes group digits in every language; a comma or a full stop groups where it
// stands before three digits each time, and either stands more than once, or before the other, or is the language's own mark for it.
// A number that could mean two things is not read.
func (m numberMarks) read(text string) (amount *big.Int, what string) {
	cannot := func() (*big.Int, string) { return nil, fmt.Sprintf("%q is no number of shares or amount", text) }
	digits := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00A0', '\u202F', '\u2009', '\'', '’':
			return -1
		}
		return r
	}, text)
	if digits == "" || strings.Trim(digits, "0123456789.,") != "" || !isDigit(digits[0]) || !isDigit(digits[len(digits)-1]) {
		return cannot()
	}
	mark := digits[max(0, strings.LastIndexAny(digits, ".,"))]
	whole, fraction, other := digits, "", ","
	if mark == ',' {
		other = "."
	}
	if mark == ',' || mark == '.' {
		at := strings.LastIndexByte(digits, mark)
		after := len(digits) - at - 1
		switch {
		case strings.Count(digits, string(mark)) > 1: // 1,234,567
			if strings.Contains(digits, other) || !grouped(digits, string(mark)) {
				return cannot()
			}
		case strings.Contains(digits, other): // 1,234.5
			if !grouped(digits[:at], other) {
				return cannot()
			}
			whole, fraction = digits[:at], digits[at+1:]
		case after != 3 || at > 3 || digits[0] == '0': // 1.5
			whole, fraction = digits[:at], digits[at+1:]
		case string(mark) != m.group: // 1.234
			return nil, fmt.Sprintf("%q can be read as %s and as %s.%s; write it without the mark, or with two decimals", text, digits[:at]+digits[at+1:], digits[:at], digits[at+1:])
		}
	}
	if len(fraction) > decimals {
		return nil, fmt.Sprintf("%q has more than %d decimals", text, decimals)
	}
	whole = strings.NewReplacer(",", "", ".", "").Replace(whole)
	if len(whole) > 30 {
		return cannot()
	}
	amount, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10)
	if !ok {
		return cannot()
	}
	return amount, ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// grouped tells whether the digits between marks are threes, but for the first.
func grouped(digits, mark string) bool {
	for i, part := range strings.Split(digits, mark) {
		if len(part) != 3 && (i > 0 || len(part) > 3 || part == "") {
			return false
		}
	}
	return true
}

// write writes an amount as the language has numbers.
func (m numberMarks) write(amount *big.Int) string {
	digits := amount.String()
	if len(digits) <= decimals {
		digits = strings.Repeat("0", decimals+1-len(digits)) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], strings.TrimRight(digits[len(digits)-decimals:], "0")
	if len(fraction) == 1 {
		fraction += "0"
	}
	if fraction != "" {
		fraction = m.decimal + fraction
	}
	return m.threes(whole) + fraction
}

// threes groups the digits of a whole number.
func (m numberMarks) threes(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	return m.threes(digits[:len(digits)-3]) + m.group + digits[len(digits)-3:]
}

// Holding is what signatories hold of one unit and on one basis, all together.
type Holding struct {
	Amount   string `json:"amount"` // an exact decimal number
	Unit     string `json:"unit"`   // shares, shares of a class, or a currency
	Basis    string `json:"basis"`  // self-reported, or evidence on file
	StatedBy int    `json:"stated_by"`

	unit   unit
	amount *big.Int
}

// sumHoldings adds up what the signatories of the roll hold: shares before money, by name, what they state before what is on file.
func (p *composition) sumHoldings(r *roll.Roll) (sums []Holding, none int) {
	fields, marks := p.findHoldings(), p.formWords().marks()
	type key struct {
		unit  unit
		basis basis
	}
	at := map[key]int{}
	var values []string
	for i := range r.Len() {
		values = r.Fields(i, values[:0])
		held, on, _ := fields.read(values, marks)
		if len(held) == 0 {
			none++
		}
		for _, h := range held {
			k := key{unit{h.unit.money, roll.Fold(h.unit.name)}, on} // Class A and class a are one
			n, ok := at[k]
			if !ok {
				n = len(sums)
				at[k] = n
				sums = append(sums, Holding{Unit: h.unit.String(), Basis: string(on), unit: h.unit, amount: new(big.Int)})
			}
			sums[n].amount.Add(sums[n].amount, h.amount)
			sums[n].StatedBy++
		}
	}
	plain := numberMarks{decimal: "."}
	for i := range sums {
		sums[i].Amount = plain.write(sums[i].amount)
	}
	slices.SortFunc(sums, func(a, b Holding) int {
		if a.unit.money != b.unit.money {
			if b.unit.money {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.unit.name, b.unit.name), -cmp.Compare(a.Basis, b.Basis))
	})
	return sums, none
}

// String names the unit, for accounts.
func (u unit) String() string {
	switch {
	case u.money:
		return u.name
	case u.name == "":
		return "shares"
	}
	return "shares (" + u.name + ")"
}
