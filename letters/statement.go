package letters

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"postbag/letters/merge"
	"postbag/letters/packet"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/typeset"
	"postbag/templates"
)

//go:embed statementwords.yaml
var statementWordsYAML []byte

// statementWords is what a delivery statement says, in one language.
type statementWords struct {
	Title, Specimen, From, To, Campaign, Dated        string
	AsOf                                              string `yaml:"as_of"`
	What, Letters, Bundles, Sheets                    string
	Delivered, Refused, Outstanding, All              string
	OnTheWay                                          string `yaml:"on_the_way"`
	Recipient, Withdrawn, Missing, Handed, Part, None string
	Columns                                           struct{ Number, Date, Event, Bundles, Letters, Where, More string }
	Events                                            map[packet.Event]string
	Reason, Tracking, By, Evidence, Struck            string
	Check, Shows, Root, Manifest, Head, Files         string
	Shared                                            yaml.Node // what is said in its place where many signers share a document
}

// StatementOptions says how to write a delivery statement.
type StatementOptions struct {
	Out      string // the PDF
	Language string // BCP 47; "" for the letters'
	Names    bool   // with the names of those who handed over and took the bundles
}

// StatementReport says what was written.
type StatementReport struct {
	File     string `json:"file"`
	Language string `json:"language"` // that it is in
	Asked    string `json:"asked"`    // that it was to be in; where the two differ, there are no words for it
	Pages    int    `json:"pages"`
	Names    bool   `json:"names"`
	packet.Tally
}

// Statement writes what became of a campaign's letters as a PDF, for its supporters and the press, from the records of one packet or several. It
// names nobody who handed over or took a bundle unless it is told to; places, reasons for a refusal, carriers and tracking numbers stand in it as they
// were recorded, notes and the names of evidence do not. No clock is in it: the same records make the same bytes.
//
// A parcel's tracking number is left out while it is on its way.
func Statement(ctx context.Context, dirs []string, o StatementOptions) (*StatementReport, error) {
	if !strings.EqualFold(filepath.Ext(o.Out), ".pdf") {
		return nil, problem.Problem{Place: problem.Place{File: o.Out}, What: "this is not the name of a PDF", Do: "End it in .pdf"}
	}
	for _, dir := range dirs {
		if err := packet.Outside(dir, o.Out); err != nil {
			return nil, err
		}
	}
	status, err := packet.ReadStatus(dirs...)
	if err != nil {
		return nil, err
	}
	m := status.Packets[0].Account
	asked := cmp.Or(o.Language, m.Letter.Language)
	s, err := newStatement(status, asked, o.Names)
	if err != nil {
		return nil, err
	}
	report := &StatementReport{File: o.Out, Language: s.language, Asked: asked, Names: o.Names, Tally: status.Tally}
	err = writeFile(o.Out, func(f *os.File) (err error) {
		report.Pages, err = writeDocument(ctx, f, m, s.language, s.document())
		return err
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// statement is a delivery statement being made.
type statement struct {
	*packet.Status
	says     *statementWords
	number   func(n int) string // a count, as the language writes it
	words    words              // of letters: dates, pages and digits
	language string
	names    bool
}

func newStatement(status *packet.Status, language string, names bool) (*statement, error) {
	var table map[string]*statementWords
	if err := yaml.Unmarshal(statementWordsYAML, &table); err != nil {
		return nil, fmt.Errorf("reading the words of statements: %w", err)
	}
	says, ok := byTag(table, language)
	if !ok {
		says, language = table["en"], "en"
	}
	if form := status.Packets[0].Account.Letter.Form; form != "" && templates.Form(form) != templates.FormLetter {
		if err := says.Shared.Decode(says); err != nil {
			return nil, fmt.Errorf("reading the words of statements: %w", err)
		}
	}
	w, err := wordsOf(language)
	if err != nil {
		return nil, err
	}
	return &statement{Status: status, says: says, number: countsIn(language, w), words: w, language: language, names: names}, nil
}

// document puts the statement together.
func (s *statement) document() *typeset.Document {
	m := s.Packets[0].Account
	d := &typeset.Document{Title: s.says.Title, Foot: m.Campaign, PageOf: s.words.pageOf}
	add := func(blocks ...typeset.DocumentBlock) { d.Blocks = append(d.Blocks, blocks...) }
	add(typeset.Heading{Text: typeset.Say(s.says.Title), Level: 1})
	if s.Specimen {
		add(typeset.Paragraph{Text: typeset.Bold(s.says.Specimen)})
	}
	add(s.head(), typeset.Heading{Text: typeset.Say(s.says.What), Level: 2}, s.totals())
	if len(s.Recipients) > 0 {
		add(s.byRecipient())
	}
	if s.Withdrawn != nil && *s.Withdrawn > 0 {
		add(typeset.Paragraph{Text: s.fill(s.says.Withdrawn, "n", s.number(*s.Withdrawn))})
	}
	if missing := s.missing(); missing > 0 {
		add(typeset.Paragraph{Text: s.fill(s.says.Missing, "n", s.number(missing))})
	}
	add(typeset.Heading{Text: typeset.Say(s.says.Handed), Level: 2})
	for i := range s.Packets {
		add(s.handOvers(&s.Packets[i])...)
	}
	add(typeset.Heading{Text: typeset.Say(s.says.Check), Level: 2}, typeset.Paragraph{Text: s.fill(s.says.Shows, "organisation", m.Sender.Organisation)})
	for i := range s.Packets {
		add(s.hashes(&s.Packets[i])...)
	}
	return d
}

// head says whose letters they are, and to whom.
func (s *statement) head() typeset.Facts {
	m := s.Packets[0].Account
	pairs := []string{s.says.From, listed(m.Sender.Organisation, m.Sender.Contact)}
	if len(m.Recipients) == 0 {
		pairs = append(pairs, s.says.To, listed(m.Recipient.Name, m.Recipient.Title, m.Recipient.Company))
	}
	for i := range m.Recipients {
		r, label := &m.Recipients[i], s.says.To
		if i > 0 {
			label = ""
		}
		pairs = append(pairs, label, listed(r.Name, r.Title, r.Company))
	}
	return facts(append(pairs, s.says.Campaign, m.Campaign, s.says.Dated, s.date(m.Letter.Date), s.says.AsOf, s.date(s.asOf()))...)
}

// asOf is when the last entry was written; "" where nothing is recorded.
func (s *statement) asOf() string {
	last := ""
	for i := range s.Packets {
		for k := range s.Packets[i].Entries {
			last = max(last, s.Packets[i].Entries[k].Recorded) // all in UTC, in a form that sorts
		}
	}
	return last
}

// totals is the table of what became of the letters.
func (s *statement) totals() typeset.Table {
	row := func(name string, share packet.Share) []typeset.Text {
		return typeset.Cells(name, s.number(share.Letters), s.number(share.Bundles), s.number(share.Sheets))
	}
	t := typeset.Table{Columns: []typeset.Column{{}, {Heading: s.says.Letters, Number: true}, {Heading: s.says.Bundles, Number: true}, {Heading: s.says.Sheets, Number: true}},
		Total: row(s.says.All, s.All), Size: 21 * typeset.Point / 2, Tight: true}
	for _, r := range s.parts(&s.Tally) {
		t.Rows = append(t.Rows, row(r.name, r.share))
	}
	return t
}

// part is a row of the totals.
type part struct {
	name  string
	share packet.Share
}

// parts lists what became of letters; what was delivered and what is outstanding always stand there.
func (s *statement) parts(t *packet.Tally) []part {
	parts := []part{{s.says.Delivered, t.Delivered}, {s.says.Refused, t.Refused}, {s.says.OnTheWay, t.OnTheWay}, {s.says.Outstanding, t.Outstanding}}
	return slices.DeleteFunc(parts, func(p part) bool {
		return p.share.Bundles == 0 && (p.name == s.says.Refused || p.name == s.says.OnTheWay)
	})
}

// byRecipient is the table of letters by recipient, where there are several.
func (s *statement) byRecipient() typeset.Table {
	t := typeset.Table{Columns: []typeset.Column{{Heading: s.says.Recipient}, {Heading: s.says.Letters, Number: true}}}
	all := s.parts(&s.Tally)
	for _, p := range all {
		t.Columns = append(t.Columns, typeset.Column{Heading: p.name, Number: true})
	}
	for i := range s.Recipients {
		r := &s.Recipients[i]
		row := typeset.Cells(listed(r.Name, r.Company), s.number(r.All.Letters))
		share := map[string]packet.Share{s.says.Delivered: r.Delivered, s.says.Refused: r.Refused, s.says.OnTheWay: r.OnTheWay, s.says.Outstanding: r.Outstanding}
		for _, p := range all {
			row = append(row, typeset.Say(s.number(share[p.name].Letters)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// missing is how many letters are in earlier packets that are not counted here.
func (s *statement) missing() int {
	letters := 0
	for _, e := range s.Missing {
		letters += e.Letters
	}
	return letters
}

// handOvers is the table of a packet's hand-overs, those that stand.
func (s *statement) handOvers(p *packet.PacketStatus) []typeset.DocumentBlock {
	var blocks []typeset.DocumentBlock
	if len(s.Packets) > 1 {
		blocks = append(blocks, typeset.Heading{Text: s.fill(s.says.Part, "a", p.First, "b", p.Last), Level: 3})
	}
	c := &s.says.Columns
	t := typeset.Table{Columns: []typeset.Column{{Heading: c.Number, Number: true}, {Heading: c.Date}, {Heading: c.Event}, {Heading: c.Bundles},
		{Heading: c.Letters, Number: true}, {Heading: c.Where}, {Heading: c.More}}}
	struck := 0
	for i := range p.Entries {
		switch e := &p.Entries[i]; {
		case e.What != packet.Accepted && e.What != packet.Refused && e.What != packet.Sent:
		case e.StruckBy > 0:
			struck++
		default:
			t.Rows = append(t.Rows, s.handOver(p, e))
		}
	}
	if len(t.Rows) == 0 {
		blocks = append(blocks, typeset.Paragraph{Text: typeset.Say(s.says.None)})
	} else {
		blocks = append(blocks, t)
	}
	if struck > 0 {
		blocks = append(blocks, typeset.Paragraph{Text: s.fill(s.says.Struck, "n", s.number(struck))})
	}
	return blocks
}

// handOver is a row of the table.
func (s *statement) handOver(p *packet.PacketStatus, e *packet.StatusEntry) []typeset.Text {
	where := []typeset.Text{value(e.Place)}
	if e.To != nil {
		who := packet.Person{Role: e.To.Role}
		if s.names {
			who = *e.To
		}
		where = append(where, value(who.String()))
	}
	var more []typeset.Text
	if e.Reason != "" {
		more = append(more, typeset.Fill(s.says.Reason, 0, "text", e.Reason))
	}
	more = append(more, value(e.Carrier))
	if e.Tracking != "" && !isOnTheWay(p, e) {
		more = append(more, typeset.Fill(s.says.Tracking, 0, "text", e.Tracking))
	}
	if s.names && e.By != nil {
		more = append(more, typeset.Fill(s.says.By, 0, "text", e.By.String()))
	}
	if len(e.Evidence) > 0 {
		more = append(more, typeset.Say(s.says.Evidence))
	}
	date, clock := s.date(e.At), ""
	if len(e.At) > len(time.DateOnly) {
		clock = s.words.digits(e.At[len("2006-01-02T"):len("2006-01-02T15:04")])
	}
	bundles := strings.ReplaceAll(e.Bundles.String(), ",", ", ")
	return []typeset.Text{typeset.Say(s.number(e.Number)), lines(value(date), value(clock)), typeset.Say(s.says.Events[e.What]), typeset.Say(s.words.digits(bundles)),
		typeset.Say(s.number(e.Letters)), lines(where...), lines(more...)}
}

// isOnTheWay tells whether any bundle of an entry is still with the carrier.
func isOnTheWay(p *packet.PacketStatus, e *packet.StatusEntry) bool {
	return slices.ContainsFunc(p.Of.OnTheWay, func(a packet.BundleRange) bool {
		return slices.ContainsFunc(e.Bundles, func(b packet.BundleRange) bool { return a.From <= b.To && b.From <= a.To })
	})
}

// hashes are what a packet and its record can be checked by.
func (s *statement) hashes(p *packet.PacketStatus) []typeset.DocumentBlock {
	pairs := []string{s.says.Root, press.EyeGroups(p.Root), s.says.Manifest, press.EyeGroups(p.Manifest), s.says.Head, press.EyeGroups(p.Head)}
	for i := range p.Entries {
		e := &p.Entries[i]
		for _, f := range e.Evidence {
			if e.StruckBy == 0 {
				pairs = append(pairs, fillWords(s.says.Files, "n", s.number(e.Number)), press.EyeGroups(f.SHA256))
			}
		}
	}
	var blocks []typeset.DocumentBlock
	if len(s.Packets) > 1 {
		blocks = append(blocks, typeset.Heading{Text: s.fill(s.says.Part, "a", p.First, "b", p.Last), Level: 3})
	}
	f := facts(pairs...)
	f.Size = 17 * typeset.Point / 2
	for i := range f.Rows {
		f.Rows[i].Value = typeset.Say(f.Rows[i].Value[0].Text)
	}
	return append(blocks, f)
}

// value is something that was recorded, in its own direction.
func value(text string) typeset.Text { return typeset.Fill("{v}", 0, "v", text) }

// lines puts texts below one another; those that say nothing are left out.
func lines(texts ...typeset.Text) typeset.Text {
	var all typeset.Text
	for _, t := range texts {
		if len(t) == 0 {
			continue
		}
		if len(all) > 0 {
			all = append(all, merge.Run{Break: true})
		}
		all = append(all, t...)
	}
	return all
}

func (s *statement) fill(pattern string, pairs ...string) typeset.Text {
	return typeset.Fill(pattern, 0, pairs...)
}

// date writes a date, or the date of a time, as the language does.
func (s *statement) date(at string) string {
	t, err := time.Parse(time.DateOnly, at[:min(len(at), len(time.DateOnly))])
	if err != nil {
		return at
	}
	return s.words.longDate(t, s.language)
}
