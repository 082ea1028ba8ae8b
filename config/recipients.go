package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"postbag/letters/problem"
)

// A campaign writes to one recipient, or to several: recipient has the keys of one, recipients is a list of mappings with the same keys.
// The two are never mixed. A flag or a variable changes the one recipient of recipient; which of several it should change it cannot say,
// so with recipients it is refused.

// recipientsKey is the setting with several recipients, and recipientSection the section with one.
const (
	recipientsKey    = "recipients"
	recipientSection = "recipient"
)

// mostRecipients bounds the list: each recipient is laid out on their own, and has papers with a number of three digits. It is more than the
// members of any parliament but China's.
const mostRecipients = 999

// part is one of a list of mappings.
type part struct {
	at       problem.Place
	settings []Setting // its own, by their full keys: recipients.2.name
	values   map[string]value
	where    map[string]problem.Place
	wrong    bool // it has no settings to read, which has been reported
}

// records reads a list of mappings. What is wrong in one of them is told, and is no reason to say nothing of the rest.
func (r *fileReader) records(n *yaml.Node, s Setting) value {
	v := value{at: problem.Place{File: r.name, Line: n.Line, Column: n.Column}, given: true}
	wrong := func(what, do string) {
		v.wrong = true
		r.add(place(n), what, do)
	}
	hint := "Begin each of them with “- ” on a line of its own, and write " + orList(r.below(s.of)) + " below it"
	switch count := len(n.Content); {
	case n.Kind != yaml.SequenceNode:
		wrong(s.Key+" is no list", hint)
		return v
	case count == 0:
		wrong(s.Key+" lists nobody", hint)
		return v
	case count > mostRecipients:
		wrong(fmt.Sprintf("%s lists %d, and %d is the most", s.Key, count, mostRecipients), "Make several campaigns of it")
		return v
	}
	for i, node := range n.Content {
		name := s.Key + "." + strconv.Itoa(i+1)
		switch {
		case r.full() || !r.plain(node, name):
			v.parts = append(v.parts, part{wrong: true})
		case node.Kind != yaml.MappingNode:
			v.parts = append(v.parts, part{wrong: true})
			r.add(place(node), name+" is no mapping", hint)
		default:
			v.parts = append(v.parts, r.record(node, name, s))
		}
	}
	return v
}

// record reads one of a list of mappings, whose settings are those of a section under another name.
func (r *fileReader) record(n *yaml.Node, name string, s Setting) part {
	p := part{at: problem.Place{File: r.name, Line: n.Line, Column: n.Column}}
	for _, of := range r.known {
		if rest, ok := strings.CutPrefix(of.Key, s.of+"."); ok {
			of.Key, of.other = name+"."+rest, ""
			p.settings = append(p.settings, of)
		}
	}
	below := newFileReader(r.name, p.settings, r.problems)
	below.lines = r.lines
	below.section(n, name)
	p.values, p.where = below.values, below.where
	return p
}

// recordsOf names the setting that takes a list of what a section has one of; "" for none.
func (r *fileReader) recordsOf(section string) string {
	for _, s := range r.known {
		if s.Kind == Records && s.of == section {
			return s.Key
		}
	}
	return ""
}

// onlyInFile is the problem of a flag or a variable for a setting that only the file can hold.
func (l *loader) onlyInFile(s Setting, from string) {
	l.problems.Add(problem.Place{File: from}, s.Key+" is a list of mappings, which a line of text cannot hold",
		"Write it in the campaign file; for one recipient, --recipient.name and its like will do")
}

// recipients checks each of several recipients as recipient would be, and takes those that are right.
func (l *loader) recipients(c *Campaign, s Setting, v value) {
	for _, p := range v.parts {
		one, right := Campaign{}, !p.wrong
		for _, own := range p.settings {
			value := p.values[own.Key]
			switch {
			case !l.checkValue(own, value):
				right = false
			case len(value.texts) > 0:
				own.set(&one, value)
			case own.required:
				right = false
				at, ok := p.where[own.Key]
				if !ok {
					at = p.at
				}
				l.problems.Add(at, own.Key+" is not set", "Set it: "+strings.TrimSuffix(own.Usage, ","))
			}
		}
		if right {
			one.Recipient.Place = p.at
			c.Recipients = append(c.Recipients, one.Recipient)
		}
	}
	if len(c.Recipients) == len(v.parts) {
		l.checkTwins(c, s)
	}
}

// checkTwins refuses to send the same person two letters of each signer.
func (l *loader) checkTwins(c *Campaign, s Setting) {
	first := map[string]int{}
	for i, r := range c.Recipients {
		who := strings.Join(slices.Concat([]string{r.Name, r.Title, r.Company}, r.Address), "\n")
		who = strings.Join(strings.FieldsFunc(strings.ToLower(who), func(r rune) bool { return r == ' ' || r == '\u00a0' }), " ")
		if k, again := first[who]; again {
			l.problems.Add(r.Place, fmt.Sprintf("%s.%d is the same as %s.%d: everybody would send them two letters", s.Key, i+1, s.Key, k+1), "Take one of them away")
			continue
		}
		first[who] = i
	}
}

// gatherRecipients makes the campaign's list of recipients, of one or of several.
func (l *loader) gatherRecipients(c *Campaign) {
	if !l.has(recipientsKey) {
		c.Recipient.Place = cmp.Or(l.file.where[recipientSection], problem.Place{File: l.file.name})
		c.Recipients = []Recipient{c.Recipient}
		return
	}
	if at, ok := l.file.where[recipientSection]; ok {
		l.problems.Add(at, "recipient is set, and recipients as well", "Keep recipient for one person, or move them into the list below recipients")
	}
	for _, s := range Settings() {
		at := l.resolved[s.Key].at
		if strings.HasPrefix(s.Key, recipientSection+".") && l.has(s.Key) && at.File != l.file.name {
			l.problems.Add(at, "the campaign has a list of recipients, and nothing says which of them this is for",
				"Change it in the campaign file, below recipients")
		}
	}
	if len(c.Recipients) > 0 {
		c.Recipient = c.Recipients[0]
	}
}

// staleAfter is how many days may lie between checking the recipient and the letters' date.
const staleAfter = 180

// warnOfRecipients notes whose name and address nobody has checked lately, a warning for each kind of neglect.
func (l *loader) warnOfRecipients(c *Campaign) {
	for _, neglect := range []struct {
		what string // of %s
		is   func(verified, date time.Time) bool
	}{
		{"nobody has said when the name and address of %s were checked", func(v, _ time.Time) bool { return v.IsZero() }},
		{"the name and address of %s were checked later than the letters' date", func(v, date time.Time) bool { return v.After(date) }},
		{fmt.Sprintf("the name and address of %%s were checked more than %d days before the letters' date", staleAfter),
			func(v, date time.Time) bool { return !v.IsZero() && v.AddDate(0, 0, staleAfter).Before(date) }},
	} {
		var names []string
		var at problem.Place
		for i, r := range c.Recipients {
			if neglect.is(r.VerifiedOn, c.Letter.Date) {
				name, place := l.verifiedOn(c, i)
				if names = append(names, name); len(names) == 1 {
					at = place
				}
			}
		}
		if len(names) == 0 {
			continue
		}
		which := "verified_on of each"
		if len(c.Recipients) == 1 {
			which = "recipient.verified_on"
		}
		c.Warnings = append(c.Warnings, problem.Problem{Place: at, What: fmt.Sprintf(neglect.what, someOf(names)),
			Do: "Check name, title and address once more, and set " + which + " to the day you did"})
	}
}

// verifiedOn names the recipient at i, and says where the day stands on which they were checked, or should.
func (l *loader) verifiedOn(c *Campaign, i int) (name string, at problem.Place) {
	const key = "verified_on"
	if !l.has(recipientsKey) {
		if v := l.resolved[recipientSection+"."+key]; len(v.texts) > 0 {
			return "the recipient", v.at
		}
		return "the recipient", l.placeOfNothing(recipientSection + "." + key)
	}
	p := l.resolved[recipientsKey].parts[i]
	name = recipientsKey + "." + strconv.Itoa(i+1)
	return name, cmp.Or(p.where[name+"."+key], p.at)
}

// mostNames is how many names a message repeats.
const mostNames = 5

// someOf joins names, and counts those beyond a few.
func someOf(names []string) string {
	if len(names) > mostNames {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames], ", "), len(names)-mostNames)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
