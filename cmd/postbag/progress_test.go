package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postbag/letters"
)

func TestALogGetsFewLinesThatSayHowLongItTakes(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(0, 0)
	l := &lines{w: &log, now: func() time.Time { return now }}
	const total = 1_000_000
	for done := int64(0); done <= total; done += 1000 { // 100 s in all
		l.show(sight{stage: letters.Setting, done: done, total: total})
		now = now.Add(100 * time.Millisecond)
	}
	written := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(written) < 10 || len(written) > 20 {
		t.Errorf("%d lines:\n%s", len(written), &log)
	}
	if want := "setting: 50,000 letters, 5 %, 10,000 letters a second, 1m35s left"; written[0] != want {
		t.Errorf("first line %q, want %q", written[0], want)
	}
}

func TestShortWorkSaysNothingToALog(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(0, 0)
	l := &lines{w: &log, now: func() time.Time { return now }}
	for done := int64(0); done <= 150; done++ {
		l.show(sight{stage: letters.Setting, done: done, total: 150})
		now = now.Add(time.Millisecond)
	}
	if log.Len() > 0 {
		t.Errorf("said %q", &log)
	}
}

func TestATerminalGetsABarThatIsClearedInTheEnd(t *testing.T) {
	var screen bytes.Buffer
	a := &app{stderr: &screen, redraw: true}
	m := a.newMeter()
	m.letters(letters.Progress{Stage: letters.Reading, Done: 10})
	if screen.Len() > 0 {
		t.Errorf("a bar before anything is known: %q", &screen)
	}
	for i := 1; i <= 5; i++ {
		m.letters(letters.Progress{Stage: letters.Reading, Done: 20 * i, Share: float64(i) / 10})
		time.Sleep(120 * time.Millisecond)
	}
	m.letters(letters.Progress{Stage: letters.Setting, Done: 1, Total: 100, Share: 0.01})
	m.end()
	for _, want := range []string{"reading", "50%", "rows/s", "setting"} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("the screen lacks %q: %q", want, &screen)
		}
	}
	if !strings.HasSuffix(screen.String(), "\x1b[2K\r") {
		t.Errorf("the bar is left standing: %q", &screen)
	}
}

func TestNothingMovesWhereQuietOrJSONIsAsked(t *testing.T) {
	for _, a := range []*app{{quiet: true, redraw: true}, {json: true, redraw: true}, {json: true}, {quiet: true}} {
		var screen bytes.Buffer
		a.stderr = &screen
		m := a.newMeter()
		m.bytes(1, 2)
		m.end()
		if screen.Len() > 0 {
			t.Errorf("%q", &screen)
		}
	}
}
