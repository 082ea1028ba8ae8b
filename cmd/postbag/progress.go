package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"postbag/letters"
)

// meter shows how far a run has got: a bar with rate and time left on a terminal, else a plain line now and then, or
// nothing. It may be told from several goroutines.
type meter struct {
	mu   sync.Mutex
	show func(sight) // nil shows nothing
	end  func()
}

// sight is how far one stage has got.
type sight struct {
	stage letters.Stage
	done  int64
	total int64 // 0 while nobody knows
	bytes bool  // counted in bytes, not in things
}

// Lines come when this much time has passed since the last and the share done has grown by this much, so that a log
// of a night's work stays short.
const (
	lineEvery = 3 * time.Second
	lineShare = 0.05
)

// nouns are what the stages count.
var nouns = map[letters.Stage]string{letters.Reading: "rows", letters.Planning: "letters", letters.Setting: "letters"}

func (a *app) newMeter() *meter {
	m := &meter{end: func() {}}
	switch {
	case a.quiet || a.json:
	case a.redraw:
		b := &bars{w: a.stderr}
		m.show, m.end = b.show, b.end
	default:
		l := &lines{w: a.stderr, now: time.Now}
		m.show = l.show
	}
	return m
}

// letters takes the progress of the pipeline. While the number of rows is not known, it is guessed from the share of
// the file that has been read.
func (m *meter) letters(p letters.Progress) {
	s := sight{stage: p.Stage, done: int64(p.Done), total: int64(p.Total)}
	if s.total == 0 && p.Share > 0 {
		s.total = int64(float64(p.Done) / p.Share)
	}
	m.tell(s)
}

// bytes takes the progress of verify.
func (m *meter) bytes(done, total int64) {
	m.tell(sight{stage: "checking", done: done, total: total, bytes: true})
}

func (m *meter) tell(s sight) {
	if m.show == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.show(s)
}

// bars redraws one line of a terminal.
type bars struct {
	w     io.Writer
	stage letters.Stage
	begun time.Time // this stage
	bar   *progressbar.ProgressBar
}

// barAfter is how long a stage takes before its rate means something.
const barAfter = 200 * time.Millisecond

func (b *bars) show(s sight) {
	if s.total <= 0 {
		return // a bar that starts full would count as finished
	}
	if b.bar == nil || b.stage != s.stage {
		b.end()
		b.stage, b.begun, b.bar = s.stage, time.Now(), newBar(b.w, s)
		_ = b.bar.Add(0) // starts its clock; a bar that cannot be drawn is no reason to stop
	}
	if time.Since(b.begun) < barAfter {
		return
	}
	total := max(s.total, s.done)
	if total != b.bar.GetMax64() {
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(s.done)
}

// end clears the bar, so that what comes next starts on a line of its own.
func (b *bars) end() {
	if b.bar != nil {
		_ = b.bar.Clear()
		b.bar = nil
	}
}

func newBar(w io.Writer, s sight) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(fmt.Sprintf("%-8s", s.stage)),
		progressbar.OptionSetWidth(24), progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ",
			BarStart: "[", BarEnd: "]"}),
	}
	if s.bytes {
		options = append(options, progressbar.OptionShowBytes(true))
	} else {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(nouns[s.stage]))
	}
	return progressbar.NewOptions64(max(s.total, s.done), options...)
}

// lines writes whole lines for a log.
type lines struct {
	w     io.Writer
	now   func() time.Time
	stage letters.Stage
	begun time.Time // this stage
	last  time.Time // line
	share float64   // said in the last line
}

func (l *lines) show(s sight) {
	now := l.now()
	if s.stage != l.stage || l.begun.IsZero() {
		l.stage, l.begun, l.last, l.share = s.stage, now, now, 0
	}
	if now.Sub(l.last) < lineEvery || s.total <= 0 || s.done <= 0 {
		return
	}
	share := min(float64(s.done)/float64(s.total), 1)
	if share-l.share < lineShare && share < 1 {
		return
	}
	l.last, l.share = now, share
	seconds := now.Sub(l.begun).Seconds()
	left := time.Duration(seconds * (1 - share) / share * float64(time.Second)).Round(time.Second)
	fmt.Fprintf(l.w, "%s: %s, %.0f %%, %s a second, %s left\n",
		s.stage, amount(s, s.done), share*100, amount(s, int64(float64(s.done)/seconds)), left)
}

// amount writes so much of what the stage counts.
func amount(s sight, n int64) string {
	if s.bytes {
		return size(n)
	}
	return number(n) + " " + nouns[s.stage]
}

// size writes a number of bytes for people.
func size(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB"}
	x, unit := float64(n), 0
	for x >= 999.5 && unit < len(units)-1 {
		x, unit = x/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d %s", n, units[0])
	}
	return fmt.Sprintf("%.3g %s", x, units[unit])
}
