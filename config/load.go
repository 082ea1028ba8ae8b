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
	l := &loader{flags: o.Set, variables: map[string]string{}, resolved: map[string]value{}}
	for _, e := range o.Env {
		if name, text, ok := strings.Cut(e, "="); ok {
			l.variables[name] = text
		}
	}
	l.file = readFile(o.File, &l.problems)
	if l.file == nil {
		return nil, l.problems.Err()
	}
	l.checkFlags()
	l.checkVariables()
	l.resolve()
	c := l.campaign()
	l.checkConsent(c)
	l.checkPrint(c)
	l.gatherFiles(c)
	l.gatherRecipients(c)
	c.Bundles.Given = l.has("bundles.letters")
	c.Print.Contact = cmp.Or(c.Print.Contact, c.Sender.Contact)
	if _, language, ok := c.Letter.BuiltIn(); ok && language != "" && !l.has("letter.language") {
		c.Letter.Language = language // shareholder.de says it; what was left out does not speak against it
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b problem.Problem) int {
			return cmp.Or(cmp.Compare(rankPlace(o.File, a.Place), rankPlace(o.File, b.Place)),
				cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
		})
		return nil, l.problems
	}
	l.warn(c)
	l.warnOfIdle(c)
	l.warnPrint(c)
	c.canonical = l.canonical()
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
	flags     map[string]string
	variables map[string]string
	file      *fileReader
	resolved  map[string]value // by key: what won
	problems  problem.List
}

// variablePrefix starts the names of the variables that set something.
const variablePrefix = "POSTBAG_"

// checkFlags reports flags that set nothing.
func (l *loader) checkFlags() {
	for _, key := range slices.Sorted(maps.Keys(l.flags)) {
		s, ok := l.file.settings[key]
		if ok && s.OnlyInFile() {
			l.onlyInFile(s, "--"+key)
		}
		if ok {
			continue
		}
		do := "Take it away"
		if near := nearestOf(key, slices.Collect(keysOf(Settings()))); near != "" {
			do = "Did you mean --" + near
		}
		l.problems.Add(problem.Place{File: "--" + shown(key)}, "there is no setting for this flag", do)
	}
}

// checkVariables reports variables that set nothing: most likely they are mistyped.
func (l *loader) checkVariables() {
	known := map[string]bool{}
	var names []string
	for _, s := range Settings() {
		known[s.Env()] = true
		if s.OnlyInFile() {
			if strings.TrimSpace(l.variables[s.Env()]) != "" {
				l.onlyInFile(s, s.Env())
			}
			continue
		}
		names = append(names, strings.TrimPrefix(s.Env(), variablePrefix))
	}
	for _, name := range slices.Sorted(maps.Keys(l.variables)) {
		rest, ours := strings.CutPrefix(name, variablePrefix)
		if !ours || known[name] {
			continue
		}
		do := "Take it away"
		if near := nearestOf(rest, names); near != "" {
			do = "Did you mean " + variablePrefix + near
		}
		l.problems.Add(problem.Place{File: shown(name)}, "there is no setting for this variable", do)
	}
}

// typed is a setting in a layer where all is text: a flag, a variable or a default.
type typed struct {
	text string
	from string // --letter.paper or POSTBAG_LETTER_PAPER; empty for a default
}

// resolve lets viper choose among the layers. It is given each value whole, so that it cannot change what is in one.
func (l *loader) resolve() {
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00")) // no key holds it, so that no key is a path
	for _, s := range Settings() {
		v.SetDefault(s.Key, typed{text: s.Default})
		if s.OnlyInFile() {
			continue
		}
		if text := l.variables[s.Env()]; strings.TrimSpace(text) != "" { // an empty variable is one that is not set
			v.Set(s.Key, typed{text, s.Env()})
		}
		if text, ok := l.flags[s.Key]; ok {
			v.Set(s.Key, typed{text, "--" + s.Key}) // after the variable, so that the flag stays
		}
	}
	file := map[string]any{}
	for key, value := range l.file.values {
		file[key] = value
	}
	if err := v.MergeConfigMap(file); err != nil {
		l.problems.Add(problem.Place{File: l.file.name}, "the settings cannot be merged: "+err.Error(), "Set fewer of them")
	}
	for _, s := range Settings() {
		switch won := v.Get(s.Key).(type) {
		case value:
			l.resolved[s.Key] = won
		case typed:
			l.resolved[s.Key] = l.fromText(s, won)
		}
	}
}

// fromText reads a value from a flag, a variable or a default.
func (l *loader) fromText(s Setting, t typed) value {
	at := problem.Place{File: cmp.Or(t.from, l.file.name)}
	v := value{at: at, given: t.from != ""}
	texts := []string{t.text}
	switch {
	case s.IsList():
		texts = splitList(t.text)
	case strings.TrimSpace(t.text) == "":
		texts = nil
	}
	for _, text := range texts {
		if s.Kind == Mapping {
			key, rest, ok := strings.Cut(text, "=")
			key, text = strings.TrimSpace(key), strings.TrimSpace(rest)
			switch {
			case !ok:
				l.problems.Add(at, s.Key+" has "+quoted(key)+", which is no pair", "Write pairs as NAME=TEXT, each on its own line or between “ | ”")
				v.wrong = true
				continue
			case slices.Contains(v.keys, key):
				l.problems.Add(at, s.Key+" has "+quoted(key)+" twice", "Take one of them away")
				v.wrong = true
				continue
			}
			v.keys = append(v.keys, key)
		}
		v.texts, v.places = append(v.texts, text), append(v.places, at)
	}
	return v
}

// campaign checks every value and fills a Campaign with those that are right.
func (l *loader) campaign() *Campaign {
	c := &Campaign{File: l.file.name, Dir: filepath.Dir(l.file.name)}
	for _, s := range Settings() {
		v := l.resolved[s.Key]
		switch right := l.checkValue(s, v); {
		case !right:
		case s.Kind == Records:
			l.recipients(c, s, v)
		case len(v.texts) > 0:
			s.set(c, l.resolvePaths(s, v))
		case s.other != "" && l.has(s.other):
		case s.required:
			l.problems.Add(l.placeOfNothing(s.Key), s.Key+" is not set", "Set it: "+strings.TrimSuffix(s.Usage, ","))
		case s.Default != "":
			l.problems.Add(v.at, s.Key+" is empty", "Write what it should be, or take it away: it is "+orDefault(s)+" where nothing is said")
		}
	}
	return c
}

// checkValue reports what is wrong with each text of a value.
func (l *loader) checkValue(s Setting, v value) bool {
	before := len(l.problems)
	for i, text := range v.texts {
		if s.Kind == Mapping {
			if what, do := wrongKey(s, v.keys[i]); what != "" {
				l.problems.Add(v.places[i], what, do)
				continue
			}
		}
		if what, do := wrongText(s, v.nameOf(s, i), text); what != "" {
			l.problems.Add(v.places[i], what, do)
		}
	}
	return !v.wrong && len(l.problems) == before
}

// placeOfNothing is where a setting that nobody set should stand: the flag that emptied it, or the section it belongs to.
func (l *loader) placeOfNothing(key string) problem.Place {
	if v := l.resolved[key]; v.at.File != l.file.name {
		return v.at
	}
	for ; key != ""; key = key[:max(0, strings.LastIndex(key, "."))] {
		if at, ok := l.file.where[key]; ok {
			return at
		}
	}
	return problem.Place{File: l.file.name}
}

// StandardInput is the path that means standard input.
const StandardInput = "-"

// resolvePaths starts relative paths at the campaign's folder. A built-in letter's name is no path, nor is standard input.
func (l *loader) resolvePaths(s Setting, v value) value {
	if s.Kind != Path && s.Kind != Paths {
		return v
	}
	v.texts = slices.Clone(v.texts)
	for i, text := range v.texts {
		builtIn := s.Key == "letter.template" && isBuiltIn(text)
		if builtIn || filepath.IsAbs(text) || text == StandardInput {
			continue
		}
		path := filepath.Join(filepath.Dir(l.file.name), text)
		if s.Key == "letter.template" && isBuiltIn(path) {
			path = "." + string(filepath.Separator) + path // ./letter was typed to say that it is a file
		}
		v.texts[i] = path
	}
	return v
}

// isBuiltIn tells a built-in letter's name from the path of a file.
func isBuiltIn(template string) bool {
	_, _, ok := Letter{Template: template}.BuiltIn()
	return ok
}

// BuiltIn takes the name of a built-in letter apart: shareholder, or shareholder.de with its language. ok is false where the template is a
// file: a path with a folder, or with an extension that is not two letters long or is md.
func (l Letter) BuiltIn() (name, language string, ok bool) {
	name, language, _ = strings.Cut(l.Template, ".")
	ok = !strings.ContainsAny(l.Template, `/\`) && (l.Template == name || len(language) == 2 && !strings.EqualFold(language, "md"))
	return name, language, ok
}

// has tells whether somebody set a setting, rightly or not, in the layer that counts.
func (l *loader) has(key string) bool {
	v := l.resolved[key]
	return v.given && (len(v.texts)+len(v.parts) > 0 || v.wrong)
}

// attestationKeys are the settings that make an attestation; each needs the others.
var attestationKeys = []string{"signers.consent.attested.by", "signers.consent.attested.on", "signers.consent.attested.statement"}

// checkConsent looks at settings that must agree with one another: consent is shown by a column or attested, never both or neither.
func (l *loader) checkConsent(c *Campaign) {
	if l.resolved["signers.consent.column"].wrong {
		return // it is not known what was meant
	}
	column, attested := l.has("signers.consent.column"), slices.ContainsFunc(attestationKeys, l.has)
	switch {
	case column && attested:
		l.problems.Add(l.resolved["signers.consent.column"].at, "consent is given by a column and attested as well",
			"Keep the one that is true: a column of the list, or an attestation")
	case !column && !attested:
		l.problems.Add(l.placeOfNothing("signers.consent.column"), "nothing says that the signers agreed to be named to the company",
			"Set signers.consent.column to the column that says so, or signers.consent.attested (by, on, statement) if they agreed elsewhere")
	}
	if !column {
		if attested && l.has("signers.consent.values") {
			l.problems.Add(l.resolved["signers.consent.values"].at, "signers.consent.values has no column to look at",
				"Take it away: consent is attested")
		}
		c.Signers.Consent.Values = nil // the default has no column either
	}
	for _, key := range attestationKeys {
		if attested && !l.has(key) {
			l.problems.Add(l.placeOfNothing(key), key+" is not set", "An attestation says who (by), when (on) and what to (statement)")
		}
	}
}

// gatherFiles puts signers.file and signers.files together.
func (l *loader) gatherFiles(c *Campaign) {
	if c.Signers.File != "" {
		c.Signers.Files = slices.Concat([]string{c.Signers.File}, c.Signers.Files)
	}
	if len(c.Signers.Files) > 0 {
		c.Signers.File = c.Signers.Files[0]
		return
	}
	if !l.resolved["signers.file"].wrong && !l.resolved["signers.files"].wrong {
		l.problems.Add(l.placeOfNothing("signers.file"), "signers.file is not set", "Set it: the signer list")
	}
}

// warn notes what is not wrong, but worth a second look before printing. Dates are held against one another, never against the clock.
func (l *loader) warn(c *Campaign) {
	l.warnOfRecipients(c)
	if reply := c.Paperwork.ReplyBy; !reply.IsZero() && !reply.After(c.Letter.Date) {
		c.Warnings = append(c.Warnings, problem.Problem{Place: l.resolved["paperwork.reply_by"].at,
			What: "paperwork.reply_by is not later than the letters' date", Do: "Set it to the day by which you want an answer"})
	}
}

// warnOfIdle notes settings that do nothing without another one.
func (l *loader) warnOfIdle(c *Campaign) {
	idle := func(key, what, do string) {
		if l.has(key) {
			c.Warnings = append(c.Warnings, problem.Problem{Place: l.resolved[key].at, What: key + " does nothing: " + what, Do: do})
		}
	}
	if len(c.Bundles.GroupBy) == 0 {
		for _, key := range []string{"bundles.group_order", "bundles.small_groups"} {
			idle(key, "nothing says how letters are grouped", "Set bundles.group_by, for example to [country], or take it away")
		}
	}
	if c.Bundles.Small != "join" {
		idle("bundles.small_below", "small groups keep bundles of their own", "Set bundles.small_groups to join, or take it away")
	}
	if !c.Paperwork.Wants("totals") {
		idle("signers.date_order", "dates are read for the totals, which paperwork.documents leaves out", "Add totals to paperwork.documents, or take it away")
	}
	if !c.Paperwork.Wants("cover-letter") {
		for _, key := range []string{"paperwork.request", "paperwork.reply_by", "paperwork.signed"} {
			idle(key, "it is for the covering letter, which paperwork.documents leaves out", "Add cover-letter to paperwork.documents, or take it away")
		}
	}
}

// canonical writes a line for each setting, and for those of each of several recipients: its key, then its texts as quoted ASCII, a mapping's
// after their names and sorted by them.
func (l *loader) canonical() []byte {
	var b bytes.Buffer
	line := func(s Setting, v value) {
		var entries []string
		for i, text := range v.texts {
			entry := fmt.Sprintf(" %+q", text)
			if s.Kind == Mapping {
				entry = fmt.Sprintf(" %+q=%+q", v.keys[i], text)
			}
			entries = append(entries, entry)
		}
		if s.Kind == Mapping {
			slices.Sort(entries)
		}
		b.WriteString(s.Key + strings.Join(entries, "") + "\n")
	}
	for _, s := range Settings() {
		line(s, l.resolved[s.Key])
		for _, part := range l.resolved[s.Key].parts {
			for _, own := range part.settings {
				line(own, part.values[own.Key])
			}
		}
	}
	return b.Bytes()
}
