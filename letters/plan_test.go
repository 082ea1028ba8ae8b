package letters

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"pgregory.net/rapid"

	"postbag/config"
	"postbag/letters/problem"
)

// people is a roll for planning: who is on the list in which group, put in order as roll does.
type people struct {
	ids    []int
	groups []int
	joined int
}

func (p people) Len() int              { return len(p.ids) }
func (p people) GroupStart(i int) bool { return i == 0 || p.groups[i] != p.groups[i-1] }
func (p people) Joined() int           { return p.joined }
func (p people) Groups() (all, small int) {
	for i := range p.ids {
		if p.GroupStart(i) {
			all++
		}
	}
	return all, 0
}

// onRoll puts a list, person i being of group list[i], in the order of the groups, those with fewer than join people last.
func onRoll(list []int, join int) people {
	size := map[int]int{}
	for _, group := range list {
		size[group]++
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		if size[list[i]] < join {
			return list[i] + 1000
		}
		return list[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	p := people{joined: len(list)}
	for at, i := range order {
		p.ids, p.groups = append(p.ids, i), append(p.groups, list[i])
		if rank(i) >= 1000 {
			p.joined = min(p.joined, at)
		}
	}
	return p
}

// sheetRoom is a room by sheets: letter of person i takes sheets[i], and the slip sheet one.
func sheetRoom(p people, sheets []int, most int) func(first, letters int) (int, error) {
	return func(first, letters int) (int, error) {
		sum := 1
		for n := range letters {
			if sum += sheets[p.ids[first+n]]; sum > most {
				return n, nil
			}
		}
		return letters, nil
	}
}

type planned struct {
	people
	sheets  []int
	most    planner
	limit   int // of sheets
	bundles []bundleRange
}

func drawPlan(rt *rapid.T) planned {
	list := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 80).Draw(rt, "groups of the list")
	if rapid.Bool().Draw(rt, "no groups") {
		list = make([]int, len(list))
	}
	p := planned{people: onRoll(list, rapid.SampledFrom([]int{0, 5, 20}).Draw(rt, "join below"))}
	p.sheets = rapid.SliceOfN(rapid.IntRange(1, 3), len(list), len(list)).Draw(rt, "sheets")
	p.limit = rapid.IntRange(4, 30).Draw(rt, "sheets of a bundle")
	p.most = planner{most: rapid.IntRange(1, 20).Draw(rt, "letters of a bundle")}
	p.plan(rt)
	return p
}

func (p *planned) plan(rt *rapid.T) {
	p.most.roll, p.most.room = p.people, sheetRoom(p.people, p.sheets, p.limit)
	var err error
	if p.bundles, err = p.most.cut(); err != nil {
		rt.Fatal(err)
	}
}

func (p *planned) fits(first, n int) bool {
	room, _ := p.most.room(first, n)
	return n <= p.most.most && room >= n
}

// No letter is left out or parted, no bundle is over a limit or holds groups that it may not, and none ends before it must.
func TestBundlesHoldAllLettersAndAreAsFullAsTheyMayBe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		next := 0
		for _, b := range p.bundles {
			if b.first != next || b.count < 1 || !p.fits(b.first, b.count) {
				rt.Fatalf("bundle %+v, after letter %d: %+v", b, next, p)
			}
			next += b.count
			groups := 1
			for i := b.first + 1; i < next; i++ {
				if p.GroupStart(i) {
					groups++
				}
			}
			if groups != b.groups || groups > 1 && b.first < p.joined {
				rt.Fatalf("bundle %+v holds %d groups: %+v", b, groups, p)
			}
			if next == p.Len() || p.GroupStart(next) && (b.first < p.joined || next == p.joined) {
				continue
			}
			most := b.count + 1
			if b.first >= p.joined && p.GroupStart(next) { // the next group comes whole or not at all, where it has room in a bundle at all
				for b.first+most < p.Len() && !p.GroupStart(b.first+most) {
					most++
				}
			}
			if p.fits(b.first, most) {
				rt.Fatalf("bundle %+v has room for %d letters: %+v", b, most, p)
			}
		}
		if next != p.Len() {
			rt.Fatalf("%d of %d letters are in bundles", next, p.Len())
		}
	})
}

// byGroup lists the bundles of each group that shares none, each as the people in it.
func (p *planned) byGroup() map[int][][]int {
	out := map[int][][]int{}
	for _, b := range p.bundles {
		if b.first < p.joined {
			group := p.groups[b.first]
			out[group] = append(out[group], p.ids[b.first:b.first+b.count])
		}
	}
	return out
}

// Whoever is added at the end of the list changes no bundle of a group that has its own but the last, whatever their groups.
func TestLateAdditionsLeaveFullBundlesAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 60).Draw(rt, "groups of the list")
		late := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 20).Draw(rt, "groups of late signers")
		join := rapid.SampledFrom([]int{0, 8}).Draw(rt, "join below")
		p := planned{people: onRoll(list, join), limit: rapid.IntRange(4, 30).Draw(rt, "sheets of a bundle")}
		p.most.most = rapid.IntRange(1, 20).Draw(rt, "letters of a bundle")
		p.sheets = rapid.SliceOfN(rapid.IntRange(1, 3), len(list)+len(late), len(list)+len(late)).Draw(rt, "sheets")
		p.plan(rt)
		before := p.byGroup()
		p.people = onRoll(slices.Concat(list, late), join)
		p.plan(rt)
		after := p.byGroup()
		for group, bundles := range before {
			full := bundles[:len(bundles)-1]
			if len(after[group]) < len(bundles) || !reflect.DeepEqual(after[group][:len(full)], full) {
				rt.Fatalf("group %d had %v and has %v", group, bundles, after[group])
			}
			if last := bundles[len(full)]; !reflect.DeepEqual(after[group][len(full)][:len(last)], last) {
				rt.Fatalf("the last bundle of group %d had %v and begins %v", group, last, after[group][len(full)])
			}
		}
	})
}

// growingLetter takes a page, two or three, as the column story asks for.
const growingLetter = "---\nsubject: Clean water\nclosing: Yours sincerely,\n---\nI live by the river.\n\n{{if story}}\n{{story}}\n{{end}}\n"

// growingList is a list of people whose letters have so many pages, of so many places.
func growingList(pages, places []int) string {
	var list strings.Builder
	list.WriteString("full_name,email,city,story,name_may_be_shared\n")
	for i, n := range pages {
		fmt.Fprintf(&list, "%s Lee,s%d@example.org,Town %d,%s,yes\n", givenNames[i%len(givenNames)], i, places[i%len(places)],
			strings.Repeat("The water smells of paint and nobody tells us why it does. ", 80*(n-1)))
	}
	return list.String()
}

// countedByPdfcpu counts the sheets of a bundle from nothing but its PDF, and looks whether that asks for the right sides.
func countedByPdfcpu(t rapid.TB, pdf []byte, duplex bool) int {
	pages, err := api.PageCount(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	asks, _, err := api.ViewerPreferences(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	want := model.Simplex
	if duplex {
		want = model.DuplexFlipLongEdge
	}
	if asks.Duplex == nil || *asks.Duplex != want || asks.PrintScaling == nil || *asks.PrintScaling != model.PrintScalingNone {
		t.Errorf("duplex %v, and the PDF asks for %+v", duplex, asks)
	}
	if duplex {
		return (pages + 1) / 2
	}
	return pages
}

// The sheets of every bundle are as many as pdfcpu finds pages for, and none has more than bundles.sheets; in duplex every letter begins on
// a front, and on the ledger's page.
func TestSheetsAreThoseThatAnotherReaderCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "letters")
		pages := rapid.SliceOfN(rapid.IntRange(1, 3), n, n).Draw(rt, "pages")
		places := rapid.SliceOfN(rapid.IntRange(1, 3), 1, 4).Draw(rt, "places")
		duplex := rapid.Bool().Draw(rt, "duplex")
		limit := rapid.IntRange(5, 12).Draw(rt, "sheets")
		set := map[string]string{"specimen": "no", "paperwork.documents": "cover-letter", "bundles.duplex": map[bool]string{true: "yes", false: "no"}[duplex], "bundles.sheets": strconv.Itoa(limit)}
		if rapid.Bool().Draw(rt, "grouped") {
			set["bundles.group_by"] = "city"
		}
		if rapid.Bool().Draw(rt, "a list of ids") {
			set["bundles.list_ids"] = "yes"
		}
		dir := folder(t, map[string]string{"letter.md": growingLetter, "signers.csv": growingList(pages, places)})
		out := filepath.Join(t.TempDir(), "packet")
		m := mustBuild(t, campaignIn(t, dir, set), Options{Out: out})
		mustVerify(t, out)
		type place struct{ page, takes int }
		starts := map[string][]place{}
		for _, line := range readCSV(t, filepath.Join(out, "private/ledger.csv")) {
			page, _ := strconv.Atoi(line["page"])
			row, _ := strconv.Atoi(line["row"])
			starts[line["bundle"]] = append(starts[line["bundle"]], place{page, pages[row-2]})
		}
		sheets, letters := 0, 0
		for _, b := range m.Bundles {
			pdf, err := os.ReadFile(filepath.Join(out, b.Path))
			if err != nil {
				rt.Fatal(err)
			}
			if counted := countedByPdfcpu(rt, pdf, duplex); counted != b.Sheets || b.Sheets > limit {
				rt.Errorf("%s has %d sheets by the manifest and %d by pdfcpu; %d are allowed", b.Path, b.Sheets, counted, limit)
			}
			for i, letter := range starts[b.Path] {
				next := b.Pages + 1
				if i+1 < len(starts[b.Path]) {
					next = starts[b.Path][i+1].page
				}
				takes := letter.takes
				if duplex {
					takes += takes % 2
				}
				if next-letter.page != takes || duplex && letter.page%2 == 0 {
					rt.Errorf("%s: letter %d stands on pages %d to %d, and takes %d; duplex %v", b.Path, i, letter.page, next-1, takes, duplex)
				}
			}
			sheets, letters = sheets+b.Sheets, letters+b.Letters
		}
		if sheets != m.Sheets || letters != n {
			rt.Errorf("%d sheets and %d letters of %d and %d", sheets, letters, m.Sheets, n)
		}
	})
}

// inSmallGroups puts the signers of a list into places of eleven, whose names are in all scripts.
func inSmallGroups(list string) string {
	rows, place := strings.Split(list, "\n"), ""
	for i, row := range rows {
		if name, _, _ := strings.Cut(row, ","); i%11 == 1 {
			place = strings.Trim(name, `"`)
		}
		rows[i] = strings.Replace(row, ",Leeds,", ","+place+",", 1)
	}
	return strings.Join(rows, "\n")
}

// What a bundle is planned to come to is never less than what it comes to, and a letter more would not have been let in; whatever is planned is
// counted once.
func TestBundlesOfMegabytesAreFullAndNotOver(t *testing.T) {
	for i, form := range append(shared(), "", "") {
		list, set := signersOfAllKinds(t, 2000), map[string]string{"bundles.group_by": "organisation"}
		if i > len(shared()) {
			list, set = inSmallGroups(list), map[string]string{"bundles.group_by": "city", "bundles.small_groups": "join"}
		}
		wording := inTheBody
		if form != "" {
			wording = formLetter(form)
		}
		dir := folder(t, map[string]string{"letter.md": wording, "signers.csv": list})
		p, r, err := readSigners(t.Context(), campaignIn(t, dir, with(set, map[string]string{"letter.as_of": "2026-11-01", "letter.show": "name"})), nil)
		if err != nil {
			t.Fatal(err)
		}
		layout, printing, err := p.lay(r, false, p.job(strings.Repeat("0", 64), unknownBundles))
		if err != nil {
			t.Fatal(err)
		}
		planned := 0
		m := &measurer{composition: p, ctx: t.Context(), limits: limits{bytes: 300_000}, roll: r, worker: printing.NewWorker(layout.NewSetter())}
		ranges, err := (&planner{roll: r, most: config.MostLetters, room: m.room, measured: func(n int) { planned += n }}).cut()
		if err != nil {
			t.Fatal(err)
		}
		layout, printing, err = p.lay(r, false, p.job(strings.Repeat("a5", 32), len(ranges)))
		if err != nil {
			t.Fatal(err)
		}
		worker := printing.NewWorker(layout.NewSetter())
		size := func(letters bundleRange, number int) int64 {
			var size countingWriter
			order := p.order(r, letters, number, len(ranges))
			order.Values = func(i int) []string { return p.signerValues(r)(letters.first+i, nil) }
			order.Seal = func() string { return hashOf([]byte{byte(number)}) }
			if _, err := worker.Bundle(t.Context(), &size, order); err != nil {
				t.Fatal(err)
			}
			return size.bytes
		}
		for i, letters := range ranges {
			if got := size(letters, i+1); got > m.limits.bytes {
				t.Errorf("%s: bundle %+v has %d bytes", form, letters, got)
			}
			end := letters.first + letters.count
			if end == r.Len() || r.GroupStart(end) {
				continue
			}
			letters.count++
			if got := size(letters, i+1); got+sealRoom+512 < m.limits.bytes {
				t.Errorf("%s: bundle %+v would have had %d bytes and is smaller", form, letters, got)
			}
		}
		if len(ranges) < 3 || planned != r.Len() {
			t.Errorf("%s: %d bundles, %d of %d letters planned", form, len(ranges), planned, r.Len())
		}
	}
}

// The volumes of a form keep their sheets, as pdfcpu counts them, and none ends before it must.
func TestVolumesOfFormsKeepTheirSheets(t *testing.T) {
	for _, form := range shared() {
		for _, duplex := range []string{"no", "yes"} {
			limit := map[string]int{"no": 3, "yes": 2}[duplex] // two pages beside the slip sheet
			dir := folder(t, map[string]string{"letter.md": formLetter(form), "signers.csv": signersOfAllKinds(t, 500)})
			out := filepath.Join(t.TempDir(), "packet")
			set := map[string]string{"bundles.letters": "100000", "bundles.sheets": strconv.Itoa(limit), "bundles.duplex": duplex, "letter.show": "name", "letter.as_of": "2026-11-01"}
			m := mustBuild(t, campaignIn(t, dir, set), Options{Out: out})
			mustVerify(t, out)
			for i, b := range m.Bundles {
				pdf, err := os.ReadFile(filepath.Join(out, b.Path))
				if err != nil {
					t.Fatal(err)
				}
				counted := countedByPdfcpu(t, pdf, duplex == "yes")
				if counted != b.Sheets || b.Sheets > limit || b.Sheets < limit && i < len(m.Bundles)-1 {
					t.Errorf("%s, duplex %s: bundle %d of %d has %d sheets by the manifest and %d by pdfcpu", form, duplex, i+1, len(m.Bundles), b.Sheets, counted)
				}
			}
			if len(m.Bundles) < 2 {
				t.Errorf("%s, duplex %s: one bundle", form, duplex)
			}
		}
	}
}

func TestALetterThatFitsIntoNoBundleIsNamed(t *testing.T) {
	dir := folder(t, map[string]string{"letter.md": growingLetter, "signers.csv": growingList([]int{1, 3, 1, 2}, []int{1})})
	for _, c := range []struct {
		set  map[string]string
		want string
	}{
		{map[string]string{"bundles.sheets": "3"}, "signers.csv:3: with its slip sheet, this person's letter takes 4 sheets, and bundles.sheets allows 3; a letter is never parted " +
			"(1 of 4 letters are too long). Set bundles.sheets to 4 or more, or make the letter shorter."},
		{map[string]string{"bundles.sheets": "2", "bundles.duplex": "yes"}, "signers.csv:3: with its slip sheet, this person's letter takes 3 sheets, and bundles.sheets allows 2; a letter is never parted " +
			"(1 of 4 letters are too long). Set bundles.sheets to 3 or more, or make the letter shorter."},
		{map[string]string{"bundles.sheets": "3", "bundles.megabytes": "1"}, "signers.csv:3: a bundle with nothing in it but this person is more than bundles.sheets (3) and bundles.megabytes (1) allow. " +
			"Allow more, use a smaller logo, or make the letter shorter."},
	} {
		campaign := campaignIn(t, dir, c.set)
		_, err := Check(t.Context(), campaign, CheckOptions{})
		out := filepath.Join(t.TempDir(), "packet")
		_, again := Build(t.Context(), campaign, Options{Out: out})
		for _, err := range []error{err, again} {
			var list problem.List
			if !errors.As(err, &list) || len(list) != 1 || !strings.HasSuffix(list[0].Error(), c.want) {
				t.Errorf("%v: %v, want %s", c.set, err, c.want)
			}
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: there is a packet", c.set)
		}
	}
}

// Check says how many bundles build makes, whichever limit and whatever form.
func TestCheckCountsTheBundlesOfBuild(t *testing.T) {
	for _, set := range []map[string]string{
		{"bundles.sheets": "7"}, {"bundles.sheets": "7", "bundles.duplex": "yes", "bundles.group_by": "city"}, {"bundles.sheets": "9", "bundles.letters": "3"},
		{"bundles.megabytes": "1", "bundles.sheets": "9"}, {"bundles.group_by": "city", "bundles.small_groups": "join", "bundles.small_below": "9", "bundles.letters": "12"},
	} {
		pages := slices.Repeat([]int{1, 2, 1, 3, 1, 1}, 7)
		dir := folder(t, map[string]string{"letter.md": growingLetter, "signers.csv": growingList(pages, []int{1, 2, 1, 3, 1, 4, 1})})
		c := campaignIn(t, dir, set)
		report, err := Check(t.Context(), c, CheckOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m := mustBuild(t, c, Options{Out: filepath.Join(t.TempDir(), "packet")})
		if report.Bundles != len(m.Bundles) || len(m.Bundles) < 2 {
			t.Errorf("%v: check counts %d bundles, build makes %d", set, report.Bundles, len(m.Bundles))
		}
	}
}
