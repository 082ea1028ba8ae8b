package spool

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/config"
	"postbag/letters"
	"postbag/letters/packet"
)

// build makes a packet of letters, one for each text: a letter of as many pages as the text says. Settings are those of flags.
func build(t testing.TB, pages string, set map[string]string) (dir string, m *packet.Manifest) {
	t.Helper()
	dir = t.TempDir()
	var list strings.Builder
	list.WriteString("name,agreed,two,three\n")
	for i, n := range pages {
		fmt.Fprintf(&list, "Signer %s,yes,%s,%s\n", letterOf(i), strings.Repeat("x", min(1, int(n-'1'))), strings.Repeat("x", max(0, int(n-'2'))))
	}
	long := strings.Repeat("We ask you to answer in public.\n\n", 38)
	for name, text := range map[string]string{
		"campaign.yaml": "campaign: river\nsender: {organisation: River Watch, contact: river@example.org}\n" +
			"recipient: {name: Alex Sample, company: Sample Holdings, salutation: \"Dear Alex Sample,\", verified_on: 2026-11-01}\n" +
			"letter: {template: letter.md, date: 2026-11-23}\nsigners: {file: signers.csv, consent: {column: agreed}}\n",
		"letter.md":   "Please.\n\n{{if two}}\n" + long + "{{end}}\n\n{{if three}}\n" + long + "{{end}}\n",
		"signers.csv": list.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(config.Options{File: filepath.Join(dir, "campaign.yaml"), Set: set})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "packet")
	if m, err = letters.Build(context.Background(), c, letters.Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	return out, m
}

// letterOf makes a name's end that differs for every number.
func letterOf(i int) string {
	return string(rune('A'+i/26%26)) + string(rune('a'+i%26))
}

func prepare(t testing.TB, o Options) *Run {
	t.Helper()
	r, err := Prepare(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// staple says on the job ticket of a packet that its letters are stapled.
func (r *Run) staple(where string) {
	r.Packet.Ticket.Staple, r.Jobs = where, nil
	if err := r.gather(context.Background(), nil); err != nil {
		panic(err)
	}
}

func TestEveryOptionIsSaidAlsoWhatAPrinterMightDoByItself(t *testing.T) {
	dir, _ := build(t, "111", nil)
	r := prepare(t, Options{Dir: dir, Printer: "box", Copies: 2})
	want := []string{"lp", "-d", "box", "-n", "2", "-t", "river bundle 1 of 1", "-o", "media=iso_a4_210x297mm", "-o", "sides=one-sided", "-o", "print-scaling=none",
		"-o", "number-up=1", "-o", "job-sheets=none,none", "-o", "multiple-document-handling=separate-documents-collated-copies", "-o", "finishings=3",
		"--", filepath.Join(dir, "deliver", "bundles", "bundle-0001.pdf")}
	if len(r.Jobs) != 1 || !slices.Equal(r.Jobs[0].Command, want) {
		t.Errorf("the jobs are %+v", r.Jobs)
	}
	if r.Sheets() != 8 { // a slip sheet and three letters, twice
		t.Errorf("the jobs take %d sheets", r.Sheets())
	}
	dir, _ = build(t, "111", map[string]string{"bundles.duplex": "yes", "letter.paper": "letter", "bundles.letters": "2"})
	r = prepare(t, Options{Dir: dir})
	if len(r.Jobs) != 2 || r.Sheets() != 5 {
		t.Fatalf("printed on both sides: %d jobs of %d sheets", len(r.Jobs), r.Sheets())
	}
	for _, option := range []string{"sides=two-sided-long-edge", "media=na_letter_8.5x11in"} {
		if !slices.Contains(r.Jobs[1].Command, option) {
			t.Errorf("%q lacks %s", r.Jobs[1].Command, option)
		}
	}
	if slices.Contains(r.Jobs[1].Command, "-d") {
		t.Errorf("no printer is named, and yet %q", r.Jobs[1].Command)
	}
}

func TestTheFirstPagesAreTheSlipSheetAndTheFirstLetter(t *testing.T) {
	dir, _ := build(t, "3111", map[string]string{"bundles.duplex": "yes", "bundles.letters": "2"})
	for bundles, want := range map[string]string{"1-2": "1-6", "2": "1-4"} { // on both sides, the letter of three pages has a fourth
		set, err := packet.ParseBundleSet(bundles)
		if err != nil {
			t.Fatal(err)
		}
		r := prepare(t, Options{Dir: dir, Bundles: set, FirstPages: true, Copies: 5})
		if len(r.Jobs) != 1 || r.Jobs[0].Pages != want || r.Jobs[0].Copies != 1 {
			t.Errorf("of bundles %s pages %q are printed, %d times", bundles, r.Jobs[0].Pages, r.Jobs[0].Copies)
		}
	}
}

// A printer staples what is one job: 500 letters would come out as one block that no stapler takes.
func TestEachLetterOfMoreThanOneSheetIsStapledAlone(t *testing.T) {
	dir, m := build(t, "1121131", nil)
	r := prepare(t, Options{Dir: dir})
	r.staple("top-left")
	var got []string
	for _, j := range r.Jobs {
		got = append(got, fmt.Sprint(j.Pages, " ", j.Staple, " ", slices.Contains(j.Command, "finishings=20"), " ", j.Sheets))
	}
	want := []string{"1-3 false false 3", "4-5 true true 2", "6-7 false false 2", "8-10 true true 3", "11 false false 1"}
	if !slices.Equal(got, want) || r.Sheets() != m.Sheets {
		t.Errorf("of %d sheets the jobs are %q", m.Sheets, got)
	}
	dir, _ = build(t, "121", map[string]string{"bundles.duplex": "yes"})
	r = prepare(t, Options{Dir: dir})
	if r.staple("top-right"); len(r.Jobs) != 1 {
		t.Errorf("two pages are one sheet on both sides, and yet there are the jobs %+v", r.Jobs)
	}
}

func TestEveryPageOfABundleIsInOneJobWhateverIsStapled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b packet.PrintBundle
		r := &Run{Packet: &packet.Printout{Ticket: &packet.JobTicket{Staple: "top-left", Sides: rapid.SampledFrom([]string{packet.OneSided, packet.TwoSided}).Draw(t, "sides")}}}
		unit := r.pagesOfSheet()
		b.Pages = unit * rapid.IntRange(1, 3).Draw(t, "sheets before the letters")
		for _, sheets := range rapid.SliceOfN(rapid.IntRange(1, 4), 1, 30).Draw(t, "sheets of letters") {
			b.Letters = append(b.Letters, packet.Span{First: b.Pages + 1, Last: b.Pages + unit*sheets})
			b.Pages += unit * sheets
		}
		next := 1
		for _, s := range r.sections(&b) {
			if s.First != next || s.Last < s.First {
				t.Fatalf("pages %d-%d come after page %d", s.First, s.Last, next-1)
			}
			if whole := slices.Contains(b.Letters, s.Span) && r.sheets(s.Span) > 1; whole != s.staple {
				t.Fatalf("pages %d-%d are stapled: %v", s.First, s.Last, s.staple)
			}
			next = s.Last + 1
		}
		if next != b.Pages+1 {
			t.Fatalf("the jobs end at page %d of %d", next-1, b.Pages)
		}
	})
}

func TestABundleThatIsNotTheOneThatWasMadeIsNotPrinted(t *testing.T) {
	dir, _ := build(t, "111", nil)
	file := filepath.Join(dir, "deliver", "bundles", "bundle-0001.pdf")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := prepare(t, Options{Dir: dir})
	data[len(data)/2] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(context.Background(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "its SHA-256 differs") {
		t.Errorf("a bundle with another byte: %v", err)
	}
	fakeLP(t, "exit 0")
	if err := r.Send(context.Background(), func(*Job) { t.Error("it was sent") }); err == nil || !strings.Contains(err.Error(), "changed after it was checked") {
		t.Errorf("a bundle that was changed behind the check: %v", err)
	}
	// A bundle that there is not is told before the others are read, and this one is damaged.
	if _, err := Prepare(context.Background(), Options{Dir: dir, Bundles: packet.BundleSet{{From: 1, To: 2}}}); err == nil || !strings.Contains(err.Error(), "bundles 1 to 1") {
		t.Errorf("a bundle that there is not: %v", err)
	}
}

// fakeLP puts an lp before the real one that runs a script.
func fakeLP(t *testing.T, script string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "lp"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func TestWhatWasSentBeforeAFailureIsNamed(t *testing.T) {
	dir, _ := build(t, "1121", map[string]string{"bundles.letters": "2"})
	r := prepare(t, Options{Dir: dir})
	r.staple("top-left") // bundle 1, the slip sheet of bundle 2, its long letter, the letter behind that
	if len(r.Jobs) != 4 {
		t.Fatalf("the jobs are %+v", r.Jobs)
	}
	for i, want := range []string{"/", "1/", "1/2", "1/2", "1-2/"} {
		failing := i + 1
		for i := range r.Jobs {
			r.Jobs[i].Request = ""
		}
		count := filepath.Join(t.TempDir(), "count")
		fakeLP(t, `echo x >>'`+count+`'; n=$(wc -l <'`+count+`'); if [ "$n" -eq `+strconv.Itoa(failing)+` ]; then echo 'lp: Error - no paper.' >&2; exit 1; fi
echo "Anfrage-ID ist box-$n (1 Datei(en))"`)
		taken := 0
		err := r.Send(context.Background(), func(*Job) { taken++ })
		whole, parts := r.Sent()
		if got := whole.String() + "/" + parts.String(); got != want || taken != min(4, failing-1) {
			t.Errorf("when job %d failed, %d jobs and bundles %s were sent, want %s", failing, taken, got, want)
		}
		if failing < 5 && (err == nil || !strings.Contains(err.Error(), "lp did not take the job: no paper.")) {
			t.Errorf("when job %d failed: %v", failing, err)
		}
	}
	if r.Jobs[3].Request != "box-4" {
		t.Errorf("lp's request is read as %q", r.Jobs[3].Request)
	}
}

// An lp in a wrapper may say nothing, or something else in several lines, and has taken the job all the same: it was told of as not sent, or could
// not be recorded, and would have been sent again.
func TestAJobWithoutANumberIsSentAndRecorded(t *testing.T) {
	dir, _ := build(t, "11", nil)
	for script, request := range map[string]string{"exit 0": "unknown", "echo taken; echo thanks": "taken thanks"} {
		r := prepare(t, Options{Dir: dir})
		fakeLP(t, script)
		if err := r.Send(context.Background(), func(*Job) {}); err != nil {
			t.Fatal(err)
		}
		if whole, parts := r.Sent(); whole.String() != "1" || len(parts) > 0 {
			t.Errorf("%s: bundles %s were sent, and %s in part", script, whole, parts)
		}
		if recorded, err := r.Record(); err != nil || !slices.Equal(recorded.Entries[0].Print.Jobs, []string{request}) {
			t.Errorf("%s: recorded is %+v, %v", script, recorded, err)
		}
	}
}
