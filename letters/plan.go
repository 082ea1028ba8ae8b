package letters

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"postbag/config"
	"postbag/letters/press"
	"postbag/letters/problem"
	"postbag/letters/roll"
	"postbag/letters/typeset"
)

// Where one bundle ends and the next begins. The roll is cut from its first letter to its last, and each bundle takes as many letters as its
// limits let it, none of which is parted: bundles.letters, bundles.sheets, bundles.megabytes, and the end of a group. Small groups that
// share bundles stand last on the roll; one of them is parted only if it is larger than a whole bundle.
//
// So where a bundle ends hangs on its own letters and on no later one. This is the law by which late additions leave bundles alone:
// signers that come behind all others of their group change no bundle of that group but its last, and put further ones behind that. Other
// groups keep the same people in the same bundles, but their letters have other numbers if they stand behind (bundles.group_order:
// first puts new groups last); and a group that was small and no longer is gets bundles of its own. Letters that are printed
// already should not be numbered again: for late signers there is a packet of their own (build --since).
//
// Letters are counted without looking at them. For sheets, the pages of every letter are counted first, by all processors. What a PDF
// comes to in bytes nobody can say without making it, since letters share fonts and lines: it is made and thrown away, a few times for each
// bundle, with numbers in it that are as long as any can be. The sheets of a form are found in the same way. Both are done only
// where the campaign has such a limit.

// bundleRange is the letters of one bundle: to which recipient, by their place, and from whom, as places in the roll.
type bundleRange struct {
	recipient       int
	first, count    int
	groups          int // how many groups they are of
	volume, volumes int // which of the recipient's bundles it is, and of how many
}

// limits are those that show only when letters are set; 0 for none.
type limits struct {
	sheets int   // of paper, the slip sheet included
	bytes  int64 // of the PDF
}

func (p *composition) limits() limits {
	return limits{p.campaign.Bundles.Sheets, int64(p.campaign.Bundles.Megabytes) * 1_000_000}
}

// groupedRoll is what a planner looks at in a roll.
type groupedRoll interface {
	Len() int
	GroupStart(i int) bool
	Groups() (all, small int)
	Joined() int
}

// planner cuts a roll into bundles.
type planner struct {
	roll groupedRoll
	most int // letters in a bundle
	// room tells how many of the letters from first on fit into a bundle, most at most and at least one; nil where only letters are counted.
	room func(first, most int) (int, error)
	// measured is told how many letters each bundle takes; nil where room tells of them itself, or there is nothing to tell.
	measured func(letters int)
}

// plan cuts the roll into bundles for each recipient. Where letters are only counted, they are the same for all of them.
func (p *composition) plan(ctx context.Context, r *roll.Roll, workers int, progress func(Progress)) ([]bundleRange, error) {
	var all, own []bundleRange
	planned := planningProgress(progress, r.Len()*len(p.all))
	for k, to := range p.all {
		if k == 0 || p.measures() {
			var err error
			if own, err = to.planOne(ctx, r, workers, planned); err != nil {
				return nil, err
			}
		}
		for i, b := range own {
			b.recipient, b.volume, b.volumes = to.place, i+1, len(own)
			all = append(all, b)
		}
	}
	return all, nil
}

// planOne cuts the roll into bundles for the recipient.
func (p *composition) planOne(ctx context.Context, r *roll.Roll, workers int, planned func(int)) ([]bundleRange, error) {
	c := planner{roll: r, most: p.mostInBundle()}
	if p.measures() && r.Len() > 0 {
		layout, printing, err := p.lay(r, false, p.job(strings.Repeat("0", 64), unknownBundles))
		if err != nil {
			return nil, err
		}
		if limits := p.limits(); p.form() == "" && limits.bytes == 0 {
			c.room, err = p.countSheets(ctx, r, layout, printing, workers, planned)
		} else {
			m := &measurer{composition: p, ctx: ctx, limits: limits, roll: r, worker: printing.NewWorker(layout.NewSetter())}
			c.room, c.measured = m.room, planned
		}
		if err != nil {
			return nil, err
		}
	}
	return c.cut()
}

// measures tells whether letters must be set to know where bundles end.
func (p *composition) measures() bool {
	return p.campaign.Bundles.Sheets > 0 || p.campaign.Bundles.Megabytes > 0
}

// mostInBundle is how many letters, or signers of a form, a bundle holds. Where another limit is set the default does not count.
func (p *composition) mostInBundle() int {
	b := p.campaign.Bundles
	if b.Given {
		return b.Letters
	}
	if p.measures() {
		return config.MostLetters
	}
	if d, ok := formDefaults[p.form()]; ok {
		return d.most
	}
	return b.Letters
}

// cut makes the bundles.
func (c *planner) cut() ([]bundleRange, error) {
	var out []bundleRange
	end := 0 // of the stretch of letters that may share bundles
	for first := 0; first < c.roll.Len(); {
		if first == end {
			end = c.stretch(first)
		}
		n := min(c.most, end-first)
		if c.room != nil {
			var err error
			if n, err = c.room(first, n); err != nil {
				return nil, err
			}
		}
		b := bundleRange{first: first, count: n, groups: 1}
		if first >= c.roll.Joined() {
			b.count = c.wholeGroups(first, n)
			b.groups = groupsIn(c.roll, first, b.count)
		}
		if c.measured != nil {
			c.measured(b.count)
		}
		out = append(out, b)
		first += b.count
	}
	return out, nil
}

// stretch finds the end of the letters that may share bundles with the one at first: those of its group, or all of small groups.
func (c *planner) stretch(first int) int {
	end := c.roll.Len()
	if all, _ := c.roll.Groups(); all == 0 || first >= c.roll.Joined() {
		return end
	}
	for i := first + 1; i < end; i++ {
		if c.roll.GroupStart(i) {
			return i
		}
	}
	return end
}

// wholeGroups takes the last group out of the n letters from first on, if it would be parted and another one stands before it.
func (c *planner) wholeGroups(first, n int) int {
	if first+n == c.roll.Len() {
		return n
	}
	for k := n; k > 0; k-- {
		if c.roll.GroupStart(first + k) {
			return k
		}
	}
	return n
}

// groupsIn counts the groups of the n letters from first on.
func groupsIn(r groupedRoll, first, n int) int {
	groups := 1
	for i := first + 1; i < first+n; i++ {
		if r.GroupStart(i) {
			groups++
		}
	}
	return groups
}

// countSheets counts the pages of all letters, and makes a planner's room of them.
func (p *composition) countSheets(ctx context.Context, r *roll.Roll, layout *typeset.Layout, printing *press.Press, workers int, planned func(int)) (func(int, int) (int, error), error) {
	pages, err := p.countPages(ctx, r, layout, workers, planned)
	if err != nil {
		return nil, err
	}
	most := p.campaign.Bundles.Sheets
	if err := p.tooLong(r, pages, printing); err != nil {
		return nil, err
	}
	return func(first, letters int) (int, error) {
		sheets := 0
		for n := range letters {
			sheets += printing.Sheets(int(pages[first+n]))
			if sheets+printing.Sheets(printing.SlipPages(n+1)) > most {
				return n, nil
			}
		}
		return letters, nil
	}, nil
}

// tooLong is the problem of letters that alone take more sheets than a bundle may have.
func (p *composition) tooLong(r *roll.Roll, pages []int32, printing *press.Press) error {
	most, slip := p.campaign.Bundles.Sheets, printing.Sheets(printing.SlipPages(1))
	long, worst, needs := 0, 0, 0
	for i, n := range pages {
		sheets := slip + printing.Sheets(int(n))
		if sheets > most {
			long++
		}
		if sheets > needs {
			worst, needs = i, sheets
		}
	}
	if long == 0 {
		return nil
	}
	row := r.Row(worst)
	return problem.List{{
		Place: problem.Place{File: r.Sources[row.File].Path, Line: row.Row},
		What: fmt.Sprintf("with its slip sheet, this person's letter takes %d sheets, and bundles.sheets allows %d; a letter is never parted (%d of %d letters are too long)",
			needs, most, long, r.Len()),
		Do: fmt.Sprintf("Set bundles.sheets to %d or more, or make the letter shorter", needs),
	}}
}

// pagesAtOnce is how many letters a worker sets before it looks for more.
const pagesAtOnce = 2048

// countPages counts the pages of all letters, in the order of the roll.
func (p *composition) countPages(ctx context.Context, r *roll.Roll, layout *typeset.Layout, workers int, planned func(int)) ([]int32, error) {
	pages := make([]int32, r.Len())
	values := p.signerValues(r)
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			setter := layout.NewSetter()
			var fields []string
			for {
				from := int(next.Add(pagesAtOnce)) - pagesAtOnce
				to := min(from+pagesAtOnce, r.Len())
				if from >= to || ctx.Err() != nil {
					return ctx.Err()
				}
				for i := from; i < to; i++ {
					fields = values(i, fields[:0])
					letter, err := setter.Set(fields, p.number(r, i))
					if err != nil {
						return fmt.Errorf("setting letter %d: %w", p.number(r, i), err)
					}
					pages[i] = int32(len(letter.Pages))
				}
				planned(to - from)
			}
		})
	}
	return pages, group.Wait()
}

// What is not known of a bundle while it is measured is taken to be as long as it can get: its number and that of all bundles, and the hash
// over its letters. sealRoom is what another hash may add, in bytes.
const (
	unknownBundles = 999_999
	unknownHash    = "8888888888888888888888888888888888888888888888888888888888888888"
	sealRoom       = 4 << 10
)

// measurer makes bundles that nobody keeps, to see what they come to.
type measurer struct {
	*composition
	ctx    context.Context
	limits limits
	roll   *roll.Roll
	worker *press.Worker
	values []string
	last   int // letters in the bundle that was found before
}

// full is a bundle that has reached a limit, in the unit of fill.
const full = 100_000_000

// leastGrowth is what a letter adds to a PDF at least, in bytes: two objects, and two entries of 20 bytes in the cross-reference section.
const leastGrowth = 100

// mostGuesses is how often the size of a bundle is guessed; then what is left is halved until it is known.
const mostGuesses = 8

// room finds the largest bundle that begins at first and keeps its limits. A bundle grows with each letter nearly by the same, so a
// straight line through two of them says where the limit is.
func (m *measurer) room(first, most int) (int, error) {
	one, err := m.fill(first, 1)
	if err != nil {
		return 0, err
	}
	if one > full {
		return 0, m.noRoom(first)
	}
	fits, fitsFill, over := 1, one, most+1
	guess := m.last
	for tries := 0; over-fits > 1 && !m.brim(fitsFill); tries++ {
		n := max(fits+1, min(guess, over-1))
		if tries > mostGuesses {
			n = fits + (over-fits)/2
		}
		fill, err := m.fill(first, n)
		if err != nil {
			return 0, err
		}
		if fill > full {
			over = n
		} else {
			fits, fitsFill = n, fill
		}
		if growth := (fill - one) / int64(n-1); growth > 0 {
			guess = 1 + int((full-one)/growth)
		}
	}
	m.last = fits
	return fits, nil
}

// brim tells whether a bundle so full has no room for a letter more, by its bytes. An entry of a form may need but a few.
func (m *measurer) brim(fill int64) bool {
	return m.limits.bytes > 0 && m.form() == "" && full-fill < leastGrowth*full/m.limits.bytes
}

// fill makes a bundle of n letters from first on, and tells how near it comes to its limits.
func (m *measurer) fill(first, n int) (int64, error) {
	size := countingWriter{most: 2 * m.limits.bytes}
	order := m.order(m.roll, bundleRange{first: first, count: n, groups: groupsIn(m.roll, first, n), volume: unknownBundles, volumes: unknownBundles}, unknownBundles, unknownBundles)
	values := m.signerValues(m.roll)
	order.Values = func(i int) []string {
		m.values = values(first+i, m.values[:0])
		return m.values
	}
	order.Seal = func() string { return unknownHash }
	count, err := m.worker.Bundle(m.ctx, &size, order)
	if errors.Is(err, errEnough) {
		return 2 * full, nil
	}
	if err != nil {
		return 0, err
	}
	var fill int64
	if most := m.limits.sheets; most > 0 {
		fill = int64(count.Sheets) * full / int64(most)
	}
	if most := m.limits.bytes; most > 0 {
		fill = max(fill, ((size.bytes+sealRoom)*full+most-1)/most)
	}
	return fill, nil
}

// noRoom is the problem of a bundle that is over its limits with one letter.
func (m *measurer) noRoom(first int) error {
	row, b := m.roll.Row(first), m.campaign.Bundles
	var limits []string
	if m.limits.sheets > 0 {
		limits = append(limits, fmt.Sprintf("bundles.sheets (%d)", b.Sheets))
	}
	if m.limits.bytes > 0 {
		limits = append(limits, fmt.Sprintf("bundles.megabytes (%d)", b.Megabytes))
	}
	return problem.List{{
		Place: problem.Place{File: m.roll.Sources[row.File].Path, Line: row.Row},
		What:  "a bundle with nothing in it but this person is more than " + strings.Join(limits, " and ") + " allow",
		Do:    "Allow more, use a smaller logo, or make the letter shorter",
	}}
}

// countingWriter counts bytes, and takes no more when it is clear that they are too many; most is 0 for any number.
type countingWriter struct {
	bytes, most int64
}

var errEnough = errors.New("more bytes than were asked for")

func (c *countingWriter) Write(p []byte) (int, error) {
	if c.bytes += int64(len(p)); c.most > 0 && c.bytes > c.most {
		return 0, errEnough
	}
	return len(p), nil
}

// errLimit is a bundle that came out over a limit for which it was planned.
var errLimit = errors.New("the bundle came out larger than its limits allow, which is a fault of Postbag; set bundles.letters lower")

// keepsLimits checks a bundle that was made.
func (p *composition) keepsLimits(count press.Count, bytes int64) error {
	if l := p.limits(); l.sheets > 0 && count.Sheets > l.sheets || l.bytes > 0 && bytes > l.bytes {
		return errLimit
	}
	return nil
}

// planningProgress is told of letters whose bundle is known. Reports come one at a time, in order.
func planningProgress(progress func(Progress), total int) func(letters int) {
	if progress == nil {
		return func(int) {}
	}
	var report sync.Mutex
	done := 0
	return func(letters int) {
		report.Lock()
		defer report.Unlock()
		done += letters
		progress(Progress{Stage: Planning, Done: done, Total: total, Share: float64(done) / float64(total)})
	}
}

// groupNotes says what came of grouping.
func (p *composition) groupNotes(r *roll.Roll) []string {
	all, small := r.Groups()
	if all == 0 {
		return nil
	}
	b := p.campaign.Bundles
	by, order := strings.Join(b.GroupBy, ", "), "in the order of their names"
	switch roll.GroupOrder(b.GroupOrder) {
	case roll.GroupsByFirst:
		order = "in the order in which the list first names them"
	case roll.GroupsBySize:
		order = "the largest first"
	}
	notes := []string{fmt.Sprintf("By %s the letters are of %d groups, %s.", by, all, order)}
	if all == 1 {
		notes[0] = fmt.Sprintf("By %s the letters are all of one group.", by)
	}
	if varied, sample := r.Spellings(); varied > 0 {
		notes = append(notes, fmt.Sprintf("Small and capital letters do not part a group: %q and %q are one, and %d groups are written in several ways.", sample[0], sample[1], varied))
	}
	if small > 0 {
		notes = append(notes, fmt.Sprintf("Of these groups, %d have fewer than %d letters and share the last bundles.", small, b.SmallBelow))
	}
	return notes
}
