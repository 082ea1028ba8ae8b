package config

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"postbag/letters/problem"
)

// Options says where a campaign is read from.
type Options struct {
	File string            // campaign.yaml, when empty
	Env  []string          // NAME=value, as os.Environ gives them; nil for none
	Set  map[string]string // settings from flags: letter.paper -> the text as typed
}

// Load reads a campaign. What is wrong with it comes back whole, as a problem.List in the order of the file.
func Load(o Options) (*Campaign, error) {
	if o.File == "" {
		o.File = "campaign.yaml"
	}
	l := &loader{file: o.File, flags: o.Set, env: map[string]string{}, resolved: map[string]value{}}
	for _, e := range o.Env {
		if name, text, ok := strings.Cut(e, "="); ok {
			l.env[name] = text
		}
	}
	l.values = readFile(o.File, &l.problems)
	if l.values == nil {
		return nil, l.problems.Err()
	}
	l.checkVariables()
	l.resolve()
	c := l.campaign()
	l.checkWhole(c)
	c.canonical = l.canonical()
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b problem.Problem) int {
			return cmp.Or(cmp.Compare(rankPlace(o.File, a.Place), rankPlace(o.File, b.Place)),
				cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
		})
		return nil, l.problems
	}
	return c, nil
}

// rankPlace puts the file's problems before those of variables and flags.
func rankPlace(file string, at problem.Place) int {
	if at.File == file {
		return 0
	}
	return 1
}

// loader merges the layers.
type loader struct {
	file     string
	flags    map[string]string
	env      map[string]string
	values   map[string]value // from the file
	resolved map[string]value
	problems problem.List
}

// variablePrefix starts the names of the variables that set something.
const variablePrefix = "POSTBAG_"

// checkVariables reports variables that set nothing: most likely they are mistyped.
func (l *loader) checkVariables() {
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.Env()] = true
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if !strings.HasPrefix(name, variablePrefix) || known[name] {
			continue
		}
		do := "Take it away"
		key := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, variablePrefix)), "_", ".")
		if near := nearest(key, key[strings.LastIndex(key, ".")+1:]); near != "" {
			do = "Did you mean " + Setting{Key: near}.Env()
		}
		l.problems.Add(problem.Place{File: name}, "there is no setting for this variable", do)
	}
}

// layer is a setting given by a flag or a variable; viper takes it as it takes a flag of pflag's.
type layer struct {
	name string // --letter.paper or POSTBAG_LETTER_PAPER
	text string
}

// HasChanged, Name, ValueString and ValueType make a layer a viper.FlagValue.
func (l layer) HasChanged() bool    { return true }
func (l layer) Name() string        { return l.name }
func (l layer) ValueString() string { return l.text }
func (l layer) ValueType() string   { return "string" }

// resolve lets viper choose among the layers. Every value is a text to viper, so none can change on the way.
func (l *loader) resolve() {
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"))
	file, above := map[string]any{}, map[string]layer{}
	for _, s := range settings() {
		v.SetDefault(s.Key, s.Default)
		if value, ok := l.values[s.Key]; ok {
			file[s.Key] = strings.Join(value.texts, "\n")
		}
		given, ok := l.above(s)
		if !ok {
			continue
		}
		above[s.Key] = given
		if err := v.BindFlagValue(s.Key, given); err != nil {
			l.problems.Add(problem.Place{File: given.name}, "this setting cannot be read: "+err.Error(), "Set it in "+l.file)
		}
	}
	if err := v.MergeConfigMap(file); err != nil {
		l.problems.Add(problem.Place{File: l.file}, "the settings cannot be merged: "+err.Error(), "Set fewer of them")
	}
	for _, s := range settings() {
		switch given, isAbove := above[s.Key]; {
		case isAbove:
			l.resolved[s.Key] = fromText(s, v.GetString(s.Key), problem.Place{File: given.name})
		case v.InConfig(s.Key):
			l.resolved[s.Key] = l.values[s.Key]
		default:
			l.resolved[s.Key] = fromText(s, v.GetString(s.Key), problem.Place{File: l.file})
		}
	}
}

// above finds the flag or the variable that sets s.
func (l *loader) above(s Setting) (layer, bool) {
	if text, ok := l.flags[s.Key]; ok {
		return layer{"--" + s.Key, text}, true
	}
	if text, ok := l.env[s.Env()]; ok && strings.TrimSpace(text) != "" { // an empty variable is one that is not set
		return layer{s.Env(), text}, true
	}
	return layer{}, false
}

// fromText reads a value from a flag, a variable or a default.
func fromText(s Setting, text string, at problem.Place) value {
	v := value{at: at}
	if !s.IsList() {
		if strings.TrimSpace(text) != "" {
			v.texts, v.places = []string{text}, []problem.Place{at}
		}
		return v
	}
	for _, part := range splitList(text) {
		if s.Kind == Mapping {
			key, rest, _ := strings.Cut(part, "=")
			v.keys, part = append(v.keys, strings.TrimSpace(key)), strings.TrimSpace(rest)
		}
		v.texts, v.places = append(v.texts, part), append(v.places, at)
	}
	return v
}

// campaign checks every value and fills a Campaign with those that are right.
func (l *loader) campaign() *Campaign {
	c := &Campaign{File: l.file, Dir: filepath.Dir(l.file)}
	for _, s := range settings() {
		v := l.resolved[s.Key]
		right := true
		for i, text := range v.texts {
			if what, do := wrongValue(s, text); what != "" {
				l.problems.Add(v.places[i], what, do)
				right = false
			}
			if s.Kind == Mapping && (v.keys[i] == "" || text == "") {
				l.problems.Add(v.places[i], s.Key+" takes pairs", "Write them as name=value, separated by “ | ”")
				right = false
			}
		}
		if s.required && len(v.texts) == 0 {
			l.problems.Add(problem.Place{File: v.at.File, Line: v.at.Line}, s.Key+" is not set", "Set it: "+s.Usage)
		}
		if right && len(v.texts) > 0 {
			s.set(c, l.resolvePaths(s, v))
		}
	}
	return c
}

// resolvePaths starts relative paths at the campaign's folder. A built-in letter's name is no path.
func (l *loader) resolvePaths(s Setting, v value) value {
	if s.Kind != Path && s.Kind != Paths {
		return v
	}
	texts := slices.Clone(v.texts)
	for i, text := range texts {
		builtIn := s.Key == "letter.template" && !strings.ContainsAny(text, `/\`) && filepath.Ext(text) == ""
		if !builtIn && !filepath.IsAbs(text) {
			texts[i] = filepath.Join(filepath.Dir(l.file), text)
		}
	}
	v.texts = texts
	return v
}

// has tells whether somebody set s, in any layer.
func (l *loader) has(key string) bool {
	for _, s := range settings() {
		if s.Key != key {
			continue
		}
		if _, ok := l.above(s); ok {
			return len(l.resolved[key].texts) > 0
		}
		return len(l.values[key].texts) > 0
	}
	return false
}

// checkWhole looks at settings that must agree with one another.
func (l *loader) checkWhole(c *Campaign) {
	column, attested := l.has("signers.consent.column"), c.Signers.Consent.Attested
	at := func(key string) problem.Place { return l.resolved[key].at }
	const both = "Keep the one that is true: a column of the list, or an attestation"
	switch {
	case column && attested != nil:
		l.problems.Add(at("signers.consent.column"), "consent is given by a column and attested as well", both)
	case !column && attested == nil:
		l.problems.Add(problem.Place{File: l.file}, "nothing says that the signers agreed to be named to the company",
			"Set signers.consent.column to the column that says so, or signers.consent.attested (by, on, statement) if they agreed elsewhere")
	case !column && l.has("signers.consent.values"):
		l.problems.Add(at("signers.consent.values"), "signers.consent.values has no column to look at", "Set signers.consent.column")
	}
	if attested != nil {
		for _, part := range []string{"by", "on", "statement"} {
			if key := "signers.consent.attested." + part; !l.has(key) {
				l.problems.Add(problem.Place{File: l.file}, key+" is not set", "An attestation says who (by), when (on) and what to (statement)")
			}
		}
	} else {
		// Values without a column stand for nothing.
		if !column {
			c.Signers.Consent.Values = nil
		}
	}
	l.warn(c)
}

// warn notes what is not wrong, but worth a second look before printing.
func (l *loader) warn(c *Campaign) {
	verified, date := c.Recipient.VerifiedOn, c.Letter.Date
	add := func(what, do string) {
		c.Warnings = append(c.Warnings, problem.Problem{Place: l.resolved["recipient.verified_on"].at, What: what, Do: do})
	}
	const check = "Check name, title and address once more, and set recipient.verified_on to the day you did"
	switch {
	case verified.IsZero():
		add("nobody has said when the recipient's name and address were checked", check)
	case date.IsZero():
	case verified.After(date):
		add("recipient.verified_on is later than the letters' date", check)
	case date.Sub(verified).Hours() > 180*24:
		add("the recipient's name and address were checked more than 180 days before the letters' date", check)
	}
}

// canonical writes every setting, as it was typed, in a fixed order.
func (l *loader) canonical() []byte {
	var b bytes.Buffer
	for _, s := range settings() {
		v := l.resolved[s.Key]
		fmt.Fprintf(&b, "%s %q %q\n", s.Key, v.keys, v.texts)
	}
	return b.Bytes()
}
