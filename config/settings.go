package config

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Kind is what a setting holds.
type Kind string

// The kinds of settings.
const (
	Text    Kind = "text"
	Choice  Kind = "choice"
	Number  Kind = "number"
	Date    Kind = "date" // YYYY-MM-DD
	YesNo   Kind = "yes/no"
	Path    Kind = "path"
	Lines   Kind = "lines" // a list
	Names   Kind = "names" // a list of names
	Paths   Kind = "paths" // a list of paths
	Mapping Kind = "mapping"
	Records Kind = "records" // a list of mappings that have settings of their own; it stands in the file only
)

// Setting is one key of campaign.yaml, which is also a flag and a variable.
type Setting struct {
	Key     string // letter.paper; the flag is --letter.paper
	Kind    Kind
	Usage   string
	Default string
	Choices []string // of a Choice

	required bool
	blank    bool                                // a name of a Mapping may stand for nothing
	of       string                              // of Records: the section whose settings each of them has
	other    string                              // the Records that may stand in this one's place, so that it is not required
	check    func(text string) (what, do string) // of one text that is right for the kind; "" for nothing wrong
	set      func(c *Campaign, v value)          // called with values that are right, and not with none
}

// Env names the variable that sets the same: POSTBAG_LETTER_PAPER.
func (s Setting) Env() string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// IsList tells whether the setting takes several values. In a flag or a variable they stand on lines of their own or are separated
// by " | ": addresses have commas in them.
func (s Setting) IsList() bool {
	return s.Kind == Lines || s.Kind == Names || s.Kind == Paths || s.Kind == Mapping
}

// OnlyInFile tells that the setting is neither a flag nor a variable: a line of text cannot hold it.
func (s Setting) OnlyInFile() bool { return s.Kind == Records }

// Settings lists every key of campaign.yaml, in the order of the file that postbag init writes.
func Settings() []Setting {
	return []Setting{
		{Key: "campaign", Kind: Text, Usage: "name of the campaign: stands in file names and letter ids", required: true, check: campaignName,
			set: func(c *Campaign, v value) { c.Name = v.text() }},
		{Key: "specimen", Kind: YesNo, Usage: "mark every page SPECIMEN", Default: "no",
			set: func(c *Campaign, v value) { c.Specimen = v.yes() }},

		{Key: "signing_key", Kind: Path, Usage: "the public key (.pub, of postbag key) that signs the packet",
			set: func(c *Campaign, v value) { c.SigningKey = v.text() }},

		{Key: "sender.organisation", Kind: Text, Usage: "who delivers the letters", required: true,
			set: func(c *Campaign, v value) { c.Sender.Organisation = v.text() }},
		{Key: "sender.address", Kind: Lines, Usage: "lines of the sender's address",
			set: func(c *Campaign, v value) { c.Sender.Address = v.texts }},
		{Key: "sender.contact", Kind: Text, Usage: "where a reply goes: e-mail, telephone or web address",
			set: func(c *Campaign, v value) { c.Sender.Contact = v.text() }},
		{Key: "sender.logo", Kind: Path, Usage: "a logo for the letterhead: PNG, JPEG or SVG",
			set: func(c *Campaign, v value) { c.Sender.Logo = v.text() }},
		{Key: "sender.line", Kind: Text, Usage: "the sender on one line, above the address in the window of din-a and din-b; made of name and address when left out",
			set: func(c *Campaign, v value) { c.Sender.Line = v.text() }},

		{Key: "recipient.name", Kind: Text, Usage: "the person addressed", required: true, other: recipientsKey,
			set: func(c *Campaign, v value) { c.Recipient.Name = v.text() }},
		{Key: "recipient.title", Kind: Text, Usage: "their office, for example Chief Executive Officer",
			set: func(c *Campaign, v value) { c.Recipient.Title = v.text() }},
		{Key: "recipient.company", Kind: Text, Usage: "the company", required: true, other: recipientsKey,
			set: func(c *Campaign, v value) { c.Recipient.Company = v.text() }},
		{Key: "recipient.address", Kind: Lines, Usage: "lines of the recipient's address",
			set: func(c *Campaign, v value) { c.Recipient.Address = v.texts }},
		{Key: "recipient.salutation", Kind: Text, Usage: "how the letter begins, for example Dear Mr Karp,", required: true, other: recipientsKey,
			set: func(c *Campaign, v value) { c.Recipient.Salutation = v.text() }},
		{Key: "recipient.verified_on", Kind: Date, Usage: "the day on which somebody checked name and address",
			set: func(c *Campaign, v value) { c.Recipient.VerifiedOn = v.date() }},
		{Key: recipientsKey, Kind: Records, of: "recipient", Usage: "several recipients in place of recipient, each with its keys: everybody sends a letter to each; in the file only"},

		{Key: "letter.template", Kind: Path, Usage: "a Markdown file, or the name of a built-in letter, as postbag templates lists them", Default: "supporter",
			set: func(c *Campaign, v value) { c.Letter.Template = v.text() }},
		{Key: "letter.date", Kind: Date, Usage: "date printed on every letter, YYYY-MM-DD", required: true,
			set: func(c *Campaign, v value) { c.Letter.Date = v.date() }},
		{Key: "letter.language", Kind: Text, Usage: "language of the letter, for example en-GB; it picks the translation of a built-in letter", Default: "en", check: languageTag,
			set: func(c *Campaign, v value) { c.Letter.Language = v.text() }},
		{Key: "letter.paper", Kind: Choice, Usage: "paper", Default: "a4", Choices: []string{"a4", "letter"},
			set: func(c *Campaign, v value) { c.Letter.Paper = v.text() }},
		{Key: "letter.layout", Kind: Choice, Usage: "where things stand on the page, and for which window envelope", Default: "plain", Choices: []string{"plain", "us-window", "din-a", "din-b"},
			set: func(c *Campaign, v value) { c.Letter.Layout = v.text() }},
		{Key: "letter.typeface", Kind: Choice, Usage: "what the letter is set in, where fonts: does not say otherwise", Default: "serif", Choices: []string{"serif", "sans"},
			set: func(c *Campaign, v value) { c.Letter.Typeface = v.text() }},
		{Key: "letter.reference", Kind: Text, Usage: "a reference of your own, printed beside the letter's number",
			set: func(c *Campaign, v value) { c.Letter.Reference = v.text() }},
		{Key: "letter.enclosures", Kind: Lines, Usage: "what is enclosed: listed under the signature",
			set: func(c *Campaign, v value) { c.Letter.Enclosures = v.texts }},
		{Key: "letter.show", Kind: Names, Usage: "what stands under the closing", Default: "name\nplace", check: leastData,
			set: func(c *Campaign, v value) { c.Letter.Show = v.texts }},
		{Key: "letter.density", Kind: Text, Usage: "rows of petition sheets: compact, normal, roomy, or how many on a sheet", Default: "normal", check: density,
			set: func(c *Campaign, v value) { c.Letter.Density = v.text() }},
		{Key: "letter.signed", Kind: Text, Usage: "what each row of a petition sheet says in place of a signature, for example signed online",
			set: func(c *Campaign, v value) { c.Letter.Signed = v.text() }},
		{Key: "letter.as_of", Kind: Date, Usage: "the day on which the investors of a sign-on letter held what they state",
			set: func(c *Campaign, v value) { c.Letter.AsOf = v.date() }},

		{Key: "signers.file", Kind: Path, Usage: "the signer list: CSV, XLSX, JSON or JSON Lines, also packed with gzip; - for standard input",
			set: func(c *Campaign, v value) { c.Signers.File = v.text() }},
		{Key: "signers.files", Kind: Paths, Usage: "more files of the list, each with its own header",
			set: func(c *Campaign, v value) { c.Signers.Files = v.texts }},
		{Key: "signers.encoding", Kind: Text, Usage: "how the list's text is written, for example windows-1252", Default: "auto",
			set: func(c *Campaign, v value) { c.Signers.Encoding = v.text() }},
		{Key: "signers.delimiter", Kind: Text, Usage: "what separates cells: auto, comma, semicolon, tab, pipe or one character", Default: "auto",
			set: func(c *Campaign, v value) { c.Signers.Delimiter = v.text() }},
		{Key: "signers.quotes", Kind: Choice, Usage: "how a quotation mark inside a cell is written", Default: "auto", Choices: []string{"auto", "doubled", "backslash"},
			set: func(c *Campaign, v value) { c.Signers.Quotes = v.text() }},
		{Key: "signers.header_row", Kind: Number, Usage: "the row of the header; 0 to find it", Default: "0", check: headerRow,
			set: func(c *Campaign, v value) { c.Signers.HeaderRow = v.number() }},
		{Key: "signers.sheet", Kind: Text, Usage: "which sheet of a spreadsheet, where several hold rows",
			set: func(c *Campaign, v value) { c.Signers.Sheet = v.text() }},
		{Key: "signers.preset", Kind: Text, Usage: "the campaign tool that exported the list: auto, none or its name", Default: "auto",
			set: func(c *Campaign, v value) { c.Signers.Preset = v.text() }},
		{Key: "signers.columns", Kind: Mapping, Usage: "which column holds what, for example name=Full name | email=E.Mail",
			set: func(c *Campaign, v value) { c.Signers.Columns, c.Signers.ColumnPlace = v.mapping() }},
		{Key: "signers.name_order", Kind: Choice, Usage: "how a name is put together of its parts", Default: "auto", Choices: []string{"auto", "given-first", "family-first"},
			set: func(c *Campaign, v value) { c.Signers.NameOrder = v.text() }},
		{Key: "signers.date_order", Kind: Choice, Usage: "how dates such as 3/4/2026 are read, for the totals over time", Default: "auto", Choices: []string{"auto", "day-first", "month-first"},
			set: func(c *Campaign, v value) { c.Signers.DateOrder = v.text() }},
		{Key: "signers.place", Kind: Names, Usage: "the fields that make a place", Default: "city\nregion\ncountry", check: placePart,
			set: func(c *Campaign, v value) { c.Signers.Place = v.texts }},
		{Key: "signers.clean", Kind: Names, Usage: "what is mended in cells: nfc, spaces, controls, countries, case; or none", Default: "nfc\nspaces\ncontrols\ncountries", check: cleaning,
			set: func(c *Campaign, v value) { c.Signers.Clean = v.texts }},
		{Key: "signers.accept_names", Kind: Path, Usage: "file of names that are right, though they do not look it, one a line",
			set: func(c *Campaign, v value) { c.Signers.AcceptNames = v.text() }},
		{Key: "signers.reject_names", Kind: Path, Usage: "file of names and words that hold a letter back, one a line",
			set: func(c *Campaign, v value) { c.Signers.RejectNames = v.text() }},
		{Key: "signers.duplicates", Kind: Choice, Usage: "which of a person's rows counts", Default: "first", Choices: []string{"first", "last", "keep"},
			set: func(c *Campaign, v value) { c.Signers.Duplicates = v.text() }},
		{Key: "signers.same_email", Kind: Names, Usage: "what two addresses of one mailbox may differ in: plus (a+b@), dots (at Gmail); or none", Default: "plus\ndots", check: sameEmail,
			set: func(c *Campaign, v value) { c.Signers.SameEmail = v.texts }},
		{Key: "signers.suppress", Kind: Path, Usage: "file of e-mails or ids of people who withdrew, one a line",
			set: func(c *Campaign, v value) { c.Signers.Suppress = v.text() }},
		{Key: "signers.opt_out", Kind: Names, Usage: "columns in which a mark takes a person out, beside those of the preset; none to use no preset's",
			set: func(c *Campaign, v value) { c.Signers.OptOut = v.texts }},
		{Key: "signers.age.least", Kind: Number, Usage: "leave out people younger than this; 0 to ask nobody", Default: "0", check: leastAge,
			set: func(c *Campaign, v value) { c.Signers.Age.Least = v.number() }},
		{Key: "signers.age.column", Kind: Text, Usage: "column of ages or birth dates, where its header does not say so",
			set: func(c *Campaign, v value) { c.Signers.Age.Column = v.text() }},
		{Key: "signers.comment.approved.column", Kind: Text, Usage: "column that says which comments a person has approved; without it none is printed",
			set: func(c *Campaign, v value) { c.Signers.Comment.ApprovedColumn = v.text() }},
		{Key: "signers.comment.approved.values", Kind: Names, Usage: "what that column holds where they approved", Default: "yes\ny\ntrue\n1\napproved",
			set: func(c *Campaign, v value) { c.Signers.Comment.ApprovedValues = v.texts }},
		{Key: "signers.comment.most", Kind: Number, Usage: "characters of a comment, at most", Default: "280", check: commentLength,
			set: func(c *Campaign, v value) { c.Signers.Comment.Most = v.number() }},
		{Key: "signers.comment.longer", Kind: Choice, Usage: "what becomes of a longer one: cut where a sentence or word ends, with […], or leave the letter without it", Default: "cut", Choices: []string{"cut", "leave"},
			set: func(c *Campaign, v value) { c.Signers.Comment.Longer = v.text() }},
		{Key: "signers.consent.column", Kind: Text, Usage: "column that says who agreed to be named to the company",
			set: func(c *Campaign, v value) { c.Signers.Consent.Column = v.text() }},
		{Key: "signers.consent.values", Kind: Names, Usage: "what that column holds where they agreed", Default: "yes\ny\ntrue\n1",
			set: func(c *Campaign, v value) { c.Signers.Consent.Values = v.texts }},
		{Key: "signers.consent.attested.by", Kind: Text, Usage: "who attests that the signers agreed, where the list does not say",
			set: func(c *Campaign, v value) { c.attestation().By = v.text() }},
		{Key: "signers.consent.attested.on", Kind: Date, Usage: "the day of the attestation",
			set: func(c *Campaign, v value) { c.attestation().On = v.date() }},
		{Key: "signers.consent.attested.statement", Kind: Text, Usage: "what the signers agreed to",
			set: func(c *Campaign, v value) { c.attestation().Statement = v.text() }},

		{Key: "bundles.letters", Kind: Number, Usage: "letters, or signers of a document that all share, in one PDF, at most; no limit where only bundles.sheets or bundles.megabytes is set", Default: "500", check: bundleSize,
			set: func(c *Campaign, v value) { c.Bundles.Letters = v.number() }},
		{Key: "bundles.sheets", Kind: Number, Usage: "sheets of paper in one bundle, the slip sheet included, at most: 500 for a ream", check: bundleSheets,
			set: func(c *Campaign, v value) { c.Bundles.Sheets = v.number() }},
		{Key: "bundles.megabytes", Kind: Number, Usage: "size of one PDF in millions of bytes, at most", check: bundleMegabytes,
			set: func(c *Campaign, v value) { c.Bundles.Megabytes = v.number() }},
		{Key: "bundles.group_by", Kind: Names, Usage: "fields by which letters are grouped, such as country; a bundle never holds two groups, unless small ones are joined",
			set: func(c *Campaign, v value) { c.Bundles.GroupBy = v.texts }},
		{Key: "bundles.group_order", Kind: Choice, Usage: "how groups follow one another: by name, as the list first names them, or by size", Default: "name", Choices: []string{"name", "first", "size"},
			set: func(c *Campaign, v value) { c.Bundles.GroupOrder = v.text() }},
		{Key: "bundles.small_groups", Kind: Choice, Usage: "what becomes of small groups: keep each in a bundle of its own, or join them in the last bundles", Default: "keep", Choices: []string{"keep", "join"},
			set: func(c *Campaign, v value) { c.Bundles.Small = v.text() }},
		{Key: "bundles.small_below", Kind: Number, Usage: "a group of fewer letters is small", Default: "25", check: smallGroup,
			set: func(c *Campaign, v value) { c.Bundles.SmallBelow = v.number() }},
		{Key: "bundles.duplex", Kind: YesNo, Usage: "print on both sides: every letter starts on a front", Default: "no",
			set: func(c *Campaign, v value) { c.Bundles.Duplex = v.yes() }},
		{Key: "bundles.list_ids", Kind: YesNo, Usage: "list the ids of a bundle's letters behind its slip sheet, each with a box to tick", Default: "no",
			set: func(c *Campaign, v value) { c.Bundles.ListIDs = v.yes() }},

		{Key: "print.printer", Kind: Text, Usage: "the name of the CUPS printer that postbag print sends to; left out, the computer's default printer",
			set: func(c *Campaign, v value) { c.Print.Printer = v.text() }},
		{Key: "print.grammage", Kind: Number, Usage: "weight of the paper in g/m², from which boxes are weighed: 80 for copy paper, 75 for 20 lb bond, 90 for 24 lb", Default: "80", check: grammage,
			set: func(c *Campaign, v value) { c.Print.Grammage = v.number() }},
		{Key: "print.copies", Kind: Number, Usage: "how often each bundle is printed", Default: "1", check: copies,
			set: func(c *Campaign, v value) { c.Print.Copies = v.number() }},
		{Key: "print.staple", Kind: Choice, Usage: "where each letter of more than one sheet is stapled", Default: "none", Choices: staples(),
			set: func(c *Campaign, v value) { c.Print.Staple = v.text() }},
		{Key: "print.box_sheets", Kind: Number, Usage: "sheets that go into one box, at most; a bundle is never split where a box holds it", Default: "2500", check: boxSheets,
			set: func(c *Campaign, v value) { c.Print.BoxSheets = v.number() }},
		{Key: "print.contact", Kind: Text, Usage: "whom the printer asks, on the day; sender.contact when left out",
			set: func(c *Campaign, v value) { c.Print.Contact = v.text() }},
		{Key: "print.deliver_to", Kind: Lines, Usage: "where the printer brings the boxes, line by line",
			set: func(c *Campaign, v value) { c.Print.DeliverTo = v.texts }},
		{Key: "print.needed_by", Kind: Date, Usage: "the day by which the printed letters must be there",
			set: func(c *Campaign, v value) { c.Print.NeededBy = v.date() }},
		{Key: "print.destroy_by", Kind: Date, Usage: "the day by which the printer destroys the files and what was printed too much",
			set: func(c *Campaign, v value) { c.Print.DestroyBy = v.date() }},
		{Key: "print.notes", Kind: Lines, Usage: "what else the printer should know, one note a line",
			set: func(c *Campaign, v value) { c.Print.Notes = v.texts }},

		{Key: "paperwork.documents", Kind: Names, Usage: "the documents that go with the letters; signatures and comments may be added; or none",
			Default: strings.Join(defaultPaperwork(), "\n"), check: paperworkDocument,
			set: func(c *Campaign, v value) { c.Paperwork.Documents = v.texts }},
		{Key: "paperwork.request", Kind: Lines, Usage: "what the covering letter asks for, a paragraph each",
			set: func(c *Campaign, v value) { c.Paperwork.Request = v.texts }},
		{Key: "paperwork.reply_by", Kind: Date, Usage: "the day by which the covering letter asks for an answer",
			set: func(c *Campaign, v value) { c.Paperwork.ReplyBy = v.date() }},
		{Key: "paperwork.signed", Kind: Lines, Usage: "who signs the covering letter: name, then office",
			set: func(c *Campaign, v value) { c.Paperwork.Signed = v.texts }},

		{Key: "fonts", Kind: Paths, Usage: "font files or folders, tried before the built-in fonts; #2 behind a collection's file takes its second face",
			set: func(c *Campaign, v value) { c.Fonts = v.texts }},
		{Key: "fields", Kind: Mapping, Usage: "the campaign's own fields for the template, for example reply_by=1 March 2027", blank: true,
			set: func(c *Campaign, v value) { c.Fields, _ = v.mapping() }},
	}
}

func campaignName(text string) (what, do string) {
	ok := len(text) <= 40 && text[0] != '-'
	for _, r := range text {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}
	if ok {
		return "", ""
	}
	return "the campaign's name " + quoted(text) + " cannot stand in file names", "Use up to 40 small letters, digits and hyphens, for example palantir-2026"
}

func languageTag(text string) (what, do string) {
	tag, err := language.Parse(text)
	switch {
	case err != nil:
		return quoted(text) + " is no language", "Write a language tag (BCP 47), for example en, en-GB or es"
	case strings.Contains(text, "_"): // PDF wants the hyphen, and x/text takes both
		return quoted(text) + " has an underscore where a language tag has a hyphen", "Write " + tag.String()
	}
	return "", ""
}

// neverShown are the fields by which a person can be found or reached.
var neverShown = []string{"email", "phone", "street", "address", "ip"}

// leastData keeps them out of the letters, however they are written: E-Mail is email.
func leastData(text string) (what, do string) {
	folded := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(text))
	if slices.Contains(neverShown, folded) {
		return "letters do not show a signer's " + text, "Take it out: a letter shows name and place, and the company needs no more"
	}
	return "", ""
}

func bundleSize(text string) (what, do string) {
	if what, do = between("bundles.letters", text, 1, MostLetters, "500"); what != "" {
		what = "a bundle of " + text + " letters cannot be made"
	}
	return what, do
}

func bundleSheets(text string) (what, do string) {
	return between("bundles.sheets", text, 2, 100_000, "500: the slip sheet counts")
}

func bundleMegabytes(text string) (what, do string) {
	return between("bundles.megabytes", text, 1, 10_000, "20")
}

func smallGroup(text string) (what, do string) {
	return between("bundles.small_below", text, 2, 100_000, "25")
}

// between is a check that a number lies between two others.
func between(name, text string, least, most int, example string) (what, do string) {
	if n := (value{texts: []string{text}}).number(); n < least || n > most {
		return name + " cannot be " + text, fmt.Sprintf("Write a number from %d to %d, for example %s", least, most, example)
	}
	return "", ""
}

// Densities are the words that letter.density knows beside a number of rows.
func Densities() []string { return []string{"compact", "normal", "roomy"} }

func density(text string) (what, do string) {
	if slices.Contains(Densities(), text) {
		return "", ""
	}
	if n := (value{texts: []string{text}}).number(); n < 1 || n > 100 {
		return "letter.density is " + quoted(text), "Write compact, normal, roomy, or the number of rows on a sheet, for example 20"
	}
	return "", ""
}

func headerRow(text string) (what, do string) {
	return between("signers.header_row", text, 0, 1_000_000, "3")
}

func commentLength(text string) (what, do string) {
	return between("signers.comment.most", text, 20, 2000, "280")
}

func leastAge(text string) (what, do string) {
	return between("signers.age.least", text, 0, 120, "18")
}

// oneOf is a check that a text is one of a few.
func oneOf(name, text string, choices ...string) (what, do string) {
	if slices.Contains(choices, text) {
		return "", ""
	}
	return name + " holds " + quoted(text), "Use some of: " + strings.Join(choices, ", ")
}

func placePart(text string) (what, do string) {
	return oneOf("signers.place", text, "city", "region", "country", "postcode")
}

func cleaning(text string) (what, do string) {
	return oneOf("signers.clean", text, "nfc", "spaces", "controls", "countries", "case", "none")
}

// PaperworkDocuments names every document that paperwork.documents can hold.
func PaperworkDocuments() []string {
	return append(defaultPaperwork(), "signatures", "comments")
}

// defaultPaperwork is the documents that are made where nothing is said: those that name no signer.
func defaultPaperwork() []string {
	return []string{"cover-letter", "letter-text", "totals", "receipt", "job-ticket", "box-labels"}
}

func paperworkDocument(text string) (what, do string) {
	return oneOf("paperwork.documents", text, append(PaperworkDocuments(), "none")...)
}

func sameEmail(text string) (what, do string) {
	return oneOf("signers.same_email", text, "plus", "dots", "none")
}

func (c *Campaign) attestation() *Attestation {
	if c.Signers.Consent.Attested == nil {
		c.Signers.Consent.Attested = &Attestation{}
	}
	return c.Signers.Consent.Attested
}
