package main

// What goes where:
//
//   - Standard output gets results and nothing else, written at once when the command has ended. With --json that is
//     exactly one JSON object, whether the command succeeded or failed; a failure's object has "error", a sentence, and
//     "problems", a list of {place, what, do}, beside what is known of the result.
//   - Standard error gets everything else: problems and faults, one a line, each with its place; progress; the words
//     of a person who is asked to wait. --json changes none of it but progress, which is then left out.
//   - --quiet leaves standard output empty unless --json is given too, and standard error to errors and to letters
//     that were held back.
//   - Progress is a bar where standard error is a terminal, else a line now and then (progress.go).
//   - Colour is for headings and warnings, where standard output is a terminal and NO_COLOR is not set. Nothing is said
//     by colour alone.
//   - Text that came from a file (a name, a header, a path) is made safe before a terminal sees it: see plain.
//   - Numbers that count things have thousands separators in text, and none in JSON. Row numbers have none.
//
// The exit status is decided here too: see finish.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/rivo/uniseg"

	"postbag/letters/problem"
)

// Exit statuses.
const (
	done      = 0
	failed    = 1
	misused   = 2
	needsLook = 3
)

// result is what a command found or made. It is printed as text by its own method, and as JSON by encoding/json, which
// must make an object of it.
type result interface {
	print(*page)
}

// heldBack is a result that can leave letters for a person to look at. One that has made no letters says in a method heldSentence
// what would become of them.
type heldBack interface {
	// held says how many letters were held back, and what to do about them.
	held() (n int, do string)
}

// finish prints what came of a command and returns the exit status.
func (a *app) finish(command string, r result, err error) int {
	var c complaint
	if err != nil {
		c = complain(command, err)
		a.tell(c)
	}
	if err := a.writeResult(r, c); err != nil {
		fmt.Fprintf(a.stderr, "postbag: writing the result: %v\n", err)
		return failed
	}
	if h, ok := r.(heldBack); ok && err == nil {
		return a.tellHeld(h)
	}
	return c.status
}

// tellHeld says that letters were held back where the result has not said it, and returns the exit status.
func (a *app) tellHeld(h heldBack) int {
	n, do := h.held()
	if n == 0 {
		return done
	}
	what := were(n, "letter") + " held back for reasons that a person should look at"
	if s, ok := h.(interface{ heldSentence() string }); ok {
		what = s.heldSentence()
	}
	if a.quiet || a.json {
		fmt.Fprintf(a.stderr, "%s. %s.\n", what, plain(do))
	}
	return needsLook
}

// complaint is an error as the user is told of it.
type complaint struct {
	status   int
	guide    string       // help to show first; may be empty
	Error    string       `json:"error"` // one sentence or two
	Problems problem.List `json:"problems"`
}

// complain sorts an error into its class.
func complain(command string, err error) complaint {
	c := complaint{status: failed, Error: err.Error(), Problems: problem.List{}}
	var usage usageError
	var damage *damaged
	var list problem.List
	var one problem.Problem
	switch {
	case errors.As(err, &usage):
		c.status, c.guide = misused, usage.guide
	case errors.Is(err, context.Canceled):
		c.Error = stopped(command)
	case errors.As(err, &damage):
		c.Problems = damage.problems()
	case errors.As(err, &list):
		c.Problems = list
		c.Error = count(len(list), "problem")
		if len(list) == 1 {
			c.Error = list[0].Error()
		}
	case errors.As(err, &one):
		c.Problems = problem.List{one}
		c.Error = one.Error()
	}
	return c
}

// stopped is what to say when the user stopped a command.
func stopped(command string) string {
	if command == "build" || command == "demo" {
		return fmt.Sprintf("Stopped. The same command again goes on where it stopped: postbag %s …", command)
	}
	return "Stopped."
}

// tell prints a complaint to standard error: each problem on its line, and a sentence where no problem says it all.
func (a *app) tell(c complaint) {
	if c.guide != "" && !a.quiet {
		fmt.Fprintln(a.stderr, c.guide)
	}
	for _, p := range c.Problems {
		fmt.Fprintln(a.stderr, plain(p.Error()))
	}
	if len(c.Problems) != 1 || c.Problems[0].Error() != c.Error {
		fmt.Fprintf(a.stderr, "postbag: %s\n", plain(c.Error))
	}
}

// writeResult writes to standard output, in one piece, so that a full disk or a closed pipe is noticed.
func (a *app) writeResult(r result, c complaint) error {
	var b bytes.Buffer
	switch {
	case a.json:
		if err := writeObject(&b, r, c); err != nil {
			return err
		}
	case r != nil && !a.quiet:
		r.print(&page{Buffer: &b, colour: a.colour})
	}
	_, err := a.stdout.Write(b.Bytes())
	return err
}

// writeObject writes the result as one JSON object, with the complaint's members in front where there is one.
func writeObject(b *bytes.Buffer, r result, c complaint) error {
	var parts [][]byte
	if c.status != done {
		parts = append(parts, nil)
		if err := encode(&parts[0], c); err != nil {
			return err
		}
	}
	if r != nil {
		parts = append(parts, nil)
		if err := encode(&parts[len(parts)-1], r); err != nil {
			return err
		}
	}
	for i := range parts {
		parts[i] = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(parts[i]), []byte("{")), []byte("}"))
	}
	joined := append(append([]byte("{"), bytes.Join(parts, []byte(","))...), '}')
	if err := json.Indent(b, joined, "", "  "); err != nil {
		return fmt.Errorf("encoding the result: %w", err)
	}
	return b.WriteByte('\n')
}

func encode(dst *[]byte, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encoding the result: %w", err)
	}
	*dst = b.Bytes()
	return nil
}

// page is the text of a result.
type page struct {
	*bytes.Buffer
	colour bool
}

// heading writes a line that starts a part, with an empty line before it unless it is the first.
func (p *page) heading(format string, arguments ...any) {
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
	p.line("%s", p.inColour("1", fmt.Sprintf(format, arguments...)))
}

// warning writes a line that a person should not miss.
func (p *page) warning(format string, arguments ...any) {
	p.line("%s", p.inColour("33", fmt.Sprintf(format, arguments...)))
}

// line writes a line; what files and users wrote must have gone through plain.
func (p *page) line(format string, arguments ...any) {
	fmt.Fprintf(p, format+"\n", arguments...)
}

func (p *page) inColour(code, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// table writes rows in columns two spaces apart, indented by two. A column that starts with ">" in the first row, which
// is the head and is left out when empty, is set flush right.
func (p *page) table(head []string, rows [][]string) {
	width := make([]int, len(head))
	right := make([]bool, len(head))
	titled := false
	for i, h := range head {
		head[i], right[i] = strings.CutPrefix(h, ">")
		titled = titled || head[i] != ""
	}
	if titled {
		rows = append([][]string{head}, rows...)
	}
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], uniseg.StringWidth(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-uniseg.StringWidth(cell))
			if right[i] {
				cell = pad + cell
			} else {
				cell += pad
			}
			line.WriteString("  " + cell)
		}
		p.line("%s", strings.TrimRight(line.String(), " "))
	}
}

// plain makes text from outside fit for a terminal: it can neither move the cursor, nor hide, nor turn round what
// stands beside it. The joiners that names in Persian, Hindi or Sinhala need are left.
func plain(s string) string {
	const nonJoiner, joiner = '\u200c', '\u200d'
	safe := func(r rune) bool {
		return unicode.IsGraphic(r) && r != unicode.ReplacementChar || r == nonJoiner || r == joiner
	}
	if strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if safe(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// shellWord writes a path as one word of a command line that a person may copy.
func shellWord(path string) string {
	ordinary := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(`/\.:_-+,`, r)
	}
	if path != "" && path[0] != '-' && strings.IndexFunc(path, func(r rune) bool { return !ordinary(r) }) < 0 {
		return path
	}
	if path != "" && path[0] == '-' {
		path = "./" + path
	}
	return plain("'" + strings.ReplaceAll(path, "'", `'\''`) + "'")
}

// short is plain text of at most so many columns.
func short(s string, columns int) string {
	s = plain(s)
	if uniseg.StringWidth(s) <= columns {
		return s
	}
	var b strings.Builder
	width := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if width += g.Width(); width > columns-1 {
			break
		}
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// number writes a count with thousands separators.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// count writes how many there are of a thing whose plural ends in s.
func count(n int, thing string) string {
	return number(int64(n)) + " " + plural(n, thing)
}

func plural(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

// were is count with its verb.
func were(n int, thing string) string {
	if n == 1 {
		return count(n, thing) + " was"
	}
	return count(n, thing) + " were"
}

// people counts persons, with a verb: has or have, is or are.
func people(n int, one, more string) string {
	if n == 1 {
		return "1 person " + one
	}
	return number(int64(n)) + " people " + more
}

// lockedWriter lets progress, a signal and an error write lines at once without mixing them.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
