package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/letters/problem"
)

// several is the campaign of the other tests with three recipients.
var several = strings.Replace(whole, `recipient:
  name: Alexander Karp
  company: Palantir Technologies Inc.
  salutation: Dear Mr Karp,
  verified_on: 2026-11-01
`, `recipients:
  - name: Alexander Karp
    title: Chief Executive Officer
    company: Palantir Technologies Inc.
    salutation: Dear Mr Karp,
    verified_on: 2026-11-01
  - name: Peter Thiel
    title: Chair
    company: Palantir Technologies Inc.
    address: [1200 17th Street, "Denver, CO 80202"]
    salutation: Dear Mr Thiel,
    verified_on: 2026-11-02
  - {name: The Committee, company: Ministry of Sample, salutation: "Ladies and Gentlemen,", verified_on: 2026-11-03}
`, 1)

func TestSeveralRecipientsAreReadInTheirOrder(t *testing.T) {
	c := mustLoad(t, several, Options{})
	mustBeChecked(t, c)
	var got []string
	for _, r := range c.Recipients {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s|%s|%s|%d:%d", r.Name, r.Title, r.Company, strings.Join(r.Address, "/"), r.Salutation,
			r.VerifiedOn.Format("01-02"), r.Place.Line, r.Place.Column))
	}
	want := []string{
		"Alexander Karp|Chief Executive Officer|Palantir Technologies Inc.||Dear Mr Karp,|11-01|5:5",
		"Peter Thiel|Chair|Palantir Technologies Inc.|1200 17th Street/Denver, CO 80202|Dear Mr Thiel,|11-02|10:5",
		"The Committee||Ministry of Sample||Ladies and Gentlemen,|11-03|16:5",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the recipients are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(c.Warnings) != 0 {
		t.Errorf("recipients that were checked: %v", c.Warnings)
	}
	one := mustLoad(t, whole, Options{})
	if len(one.Recipients) != 1 || one.Recipients[0].Name != "Alexander Karp" || one.Recipients[0].Place.Line != 4 {
		t.Errorf("of one recipient the list is %+v", one.Recipients)
	}
}

// Recipients make the campaign another one in whatever they say, and their order does too: letters are numbered in it.
func TestEachRecipientCountsInTheCampaign(t *testing.T) {
	seen := map[string]string{}
	for name, text := range map[string]string{
		"as they are": several, "one": whole,
		"a title":       strings.Replace(several, "title: Chair", "title: Chairman", 1),
		"a salutation":  strings.Replace(several, "Dear Mr Thiel,", "Dear Mr. Thiel,", 1),
		"a line more":   strings.Replace(several, "[1200 17th Street,", "[Floor 15, 1200 17th Street,", 1),
		"another day":   strings.Replace(several, "2026-11-02", "2026-11-05", 1),
		"another order": strings.NewReplacer("Alexander Karp", "Peter Thiel", "Peter Thiel", "Alexander Karp").Replace(several),
	} {
		canonical := string(mustLoad(t, text, Options{}).Canonical())
		if other, again := seen[canonical]; again {
			t.Errorf("%q and %q are the same campaign", name, other)
		}
		seen[canonical] = name
	}
	if c := mustLoad(t, "# "+several, Options{Set: map[string]string{"campaign": "test-2026"}}); string(c.Canonical()) != string(mustLoad(t, several, Options{}).Canonical()) {
		t.Error("where the recipients stand makes another campaign of them")
	}
}

func TestMistakesInRecipientsHaveTheirPlace(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"title: Chair\n", "titel: Chair\n", "campaign.yaml:11:5: there is no setting recipients.2.titel. Did you mean recipients.2.title."},
		{"title: Chair\n", "office: Chair\n", "campaign.yaml:11:5: there is no setting recipients.2.office. Use name, title, company, address, salutation or verified_on."},
		{"title: Chair\n", "name: Chair\n", "campaign.yaml:11:5: recipients.2.name is set twice, here and on line 10. Take one of them away."},
		{"    salutation: Dear Mr Thiel,\n", "", "campaign.yaml:10:5: recipients.2.salutation is not set. Set it: how the letter begins, for example Dear Mr Karp."},
		{"salutation: Dear Mr Thiel,", "salutation:", "campaign.yaml:14:5: recipients.2.salutation is not set. Set it: how the letter begins, for example Dear Mr Karp."},
		{"2026-11-02", "2 November", `campaign.yaml:15:18: recipients.2.verified_on is "2 November", which is no date. Write it as year-month-day, for example 2026-11-23.`},
		{`[1200 17th Street, "Denver, CO 80202"]`, "12 Elm St #4B", "campaign.yaml:13:14: recipients.2.address ends before #4B, since YAML takes that for a comment. Put the whole text in quotation marks or, if it is a comment, a space after the #."},
		{"name: Peter Thiel", "name: Peter #1 Thiel", "campaign.yaml:10:11: recipients.2.name ends before #1, since YAML takes that for a comment. Put the whole text in quotation marks or, if it is a comment, a space after the #."},
		{"  - {name: The Committee,", "  - &x {name: The Committee,", "campaign.yaml:16:5: recipients.3 uses a YAML anchor, alias or merge. Write the text itself."},
		{"title: Chair\n", "title: [Chair]\n", "campaign.yaml:11:12: recipients.2.title takes one value and no list. Write it behind the colon, in quotation marks if it begins with [ or {."},
		{"recipients:\n", "recipients:\n  - Somebody\n", "campaign.yaml:5:5: recipients.1 is no mapping. Begin each of them with “- ” on a line of its own, and write name, title, company, address, salutation or verified_on below it."},
		{"recipients:\n", "recipient:\n", "campaign.yaml:5:3: recipient holds a list. Write recipients in its place, for several; recipient is for one."},
		{"recipients:\n", "recipient: {name: A, company: B, salutation: C}\nrecipients:\n", "campaign.yaml:4:1: recipient is set, and recipients as well. Keep recipient for one person, or move them into the list below recipients."},
		{"recipients:\n", "recipients: []\nfields:\n", "campaign.yaml:4:13: recipients lists nobody. Begin each of them with “- ” on a line of its own, and write name, title, company, address, salutation or verified_on below it."},
		{"recipients:\n", "recipients: somebody\nfields:\n", "campaign.yaml:4:13: recipients is no list. Begin each of them with “- ” on a line of its own, and write name, title, company, address, salutation or verified_on below it."},
		{"  - {name: The Committee,", "  - {name: alexander  karp, title: chief Executive Officer, company: Palantir Technologies Inc., salutation: 'Hi,'}\n  - {name: The Committee,",
			"campaign.yaml:16:5: recipients.3 is the same as recipients.1: everybody would send them two letters. Take one of them away."},
	} {
		text := strings.Replace(several, c.from, c.to, 1)
		if text == several {
			t.Fatalf("%q changes nothing", c.from)
		}
		_, err := load(t, text, Options{})
		if got := problemsOf(t, err); len(got) == 0 || got[0] != c.want || len(got) > 1 && !strings.Contains(c.to, "fields:") {
			t.Errorf("%q for %q:\n got %q\nwant %q", c.to, c.from, got, c.want)
		}
	}
}

func TestAllMistakesInAllRecipientsComeAtOnce(t *testing.T) {
	var lines []int
	_, err := load(t, strings.NewReplacer("    company: Palantir Technologies Inc.\n", "", "2026-11-03", "soon", "title: Chair\n", "titel: Chair\n", "recipients:\n", "recipients:\n  - Somebody\n").Replace(several), Options{})
	if list, ok := err.(problem.List); ok {
		for _, p := range list {
			lines = append(lines, p.Place.Line)
		}
	}
	if want := []int{5, 6, 10, 11, 15}; !slices.Equal(lines, want) {
		t.Errorf("problems on lines %v, want %v: %v", lines, want, err)
	}
}

// A flag or a variable is one line, and cannot say which of several recipients it is for.
func TestFlagsAndVariablesSetOneRecipientOnly(t *testing.T) {
	c := mustLoad(t, whole, Options{Set: map[string]string{"recipient.name": "Another Person"}})
	if c.Recipient.Name != "Another Person" || c.Recipients[0].Name != "Another Person" {
		t.Errorf("a flag gives the recipient another name, and it is %q", c.Recipient.Name)
	}
	_, err := load(t, several, Options{Set: map[string]string{"recipient.name": "Another Person"}, Env: []string{"POSTBAG_RECIPIENT_TITLE=Chair"}})
	want := []string{
		"--recipient.name: the campaign has a list of recipients, and nothing says which of them this is for. Change it in the campaign file, below recipients.",
		"POSTBAG_RECIPIENT_TITLE: the campaign has a list of recipients, and nothing says which of them this is for. Change it in the campaign file, below recipients.",
	}
	got := problemsOf(t, err)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, o := range []Options{{Set: map[string]string{"recipients": "a"}}, {Env: []string{"POSTBAG_RECIPIENTS=a"}}} {
		_, err := load(t, whole, o)
		if got := problemsOf(t, err); len(got) != 1 || !strings.Contains(got[0], "recipients is a list of mappings, which a line of text cannot hold. Write it in the campaign file") {
			t.Errorf("got %q", got)
		}
	}
}

func TestRecipientsWhomNobodyCheckedAreCountedInOneWarning(t *testing.T) {
	text := strings.NewReplacer("    verified_on: 2026-11-02\n", "", ", verified_on: 2026-11-03", "", "2026-11-01", "2026-01-01").Replace(several)
	c := mustLoad(t, text, Options{})
	if len(c.Warnings) != 2 {
		t.Fatalf("warnings: %v", c.Warnings)
	}
	if w := c.Warnings[0]; w.Place.Line != 10 || !strings.Contains(w.What, "recipients.2 and recipients.3") {
		t.Errorf("two whom nobody checked: %v", w)
	}
	if w := c.Warnings[1]; w.Place.Line != 9 || !strings.Contains(w.What, "recipients.1 were checked more than 180 days") {
		t.Errorf("one checked long ago: %v", w)
	}
}

func TestRecipientsHaveALimit(t *testing.T) {
	list := func(n int) string {
		var b strings.Builder
		b.WriteString("recipients:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {name: Member %d, company: Sample Parliament, salutation: Dear Member, verified_on: 2026-11-01}\n", i)
		}
		from := strings.Index(whole, "recipient:")
		return whole[:from] + b.String() + whole[strings.Index(whole, "letter:"):]
	}
	if c := mustLoad(t, list(mostRecipients), Options{}); len(c.Recipients) != mostRecipients {
		t.Errorf("%d recipients", len(c.Recipients))
	}
	_, err := load(t, list(mostRecipients+1), Options{})
	if got := problemsOf(t, err); len(got) != 1 || !strings.HasPrefix(got[0], "campaign.yaml:5:3: recipients lists 1000, and 999 is the most.") {
		t.Errorf("one too many: %q", got)
	}
}
