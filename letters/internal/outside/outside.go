// Package outside runs the programs that tests ask for a second opinion: qpdf, poppler, mupdf, ghostscript, and pdfcpu, which is a library. A laptop without
// them skips such a test; with CI=true it fails, since there a check that did not run must not look like one that passed.
package outside

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// Needs skips the test, or fails it in CI, when a program is missing.
func Needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed; .ci/run installs it", p)
		}
		t.Skipf("%s is not installed", p)
	}
}

// NeedsFile skips the test, or fails it in CI, when a file of a Debian package is missing.
func NeedsFile(t testing.TB, path, pkg string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; .ci/run installs %s", path, pkg)
	}
	t.Skipf("%s is missing: it is in Debian's %s", path, pkg)
}

// Run runs a program that must end well and returns what it printed on standard output and standard error.
func Run(t testing.TB, program string, args ...string) (stdout, stderr string) {
	t.Helper()
	Needs(t, program)
	var out, problems bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", program, strings.Join(args, " "), err, out.String(), problems.String())
	}
	return out.String(), problems.String()
}

// noConfigDir keeps pdfcpu from writing into the user's home. It sets a variable of the library's, once for tests that run side by side.
var noConfigDir = sync.OnceFunc(api.DisableConfigDir)

// Accepted fails the test unless every reader takes the PDF without a word of complaint, pdfcpu in its strict mode too, and finds each font
// embedded.
func Accepted(t testing.TB, pdf string) {
	t.Helper()
	noConfigDir()
	strict := model.NewDefaultConfiguration()
	strict.ValidationMode = model.ValidationStrict
	if err := api.ValidateFile(pdf, strict); err != nil {
		t.Errorf("pdfcpu, strict: %s: %v", pdf, err)
	}
	out, problems := Run(t, "qpdf", "--check", pdf)
	if strings.Contains(strings.ToLower(out+problems), "warning") {
		t.Errorf("qpdf --check %s:\n%s%s", pdf, out, problems)
	}
	for _, reader := range [][]string{
		{"pdftotext", pdf, "-"},
		{"mutool", "draw", "-q", "-o", os.DevNull, "-F", "text", pdf},
		{"gs", "-q", "-dNOPAUSE", "-dBATCH", "-dPDFSTOPONERROR", "-sDEVICE=nullpage", pdf},
	} {
		_, problems := Run(t, reader[0], reader[1:]...)
		for _, line := range strings.Split(problems, "\n") {
			// Debian builds mupdf without colour management and says so for every file.
			if line != "" && !strings.Contains(line, "ICC support is not available") {
				t.Errorf("%s %s: %s", reader[0], pdf, line)
			}
		}
	}
	fonts, _ := Run(t, "pdffonts", pdf)
	for _, line := range strings.Split(fonts, "\n")[2:] {
		if line != "" && !strings.Contains(line, " yes yes yes ") {
			t.Errorf("%s: a font is not embedded, no subset, or has no /ToUnicode: %s", pdf, line)
		}
	}
}
