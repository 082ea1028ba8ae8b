package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"postbag/config"
)

var update = flag.Bool("update", false, "write the README's table of settings")

const readme = "../../README.md"

// The README's table of settings is what the program has, no more and no less.
func TestREADMEListsTheSettings(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "<!-- settings,")
	mark, rest, ok2 := strings.Cut(rest, "-->\n")
	table, after, ok3 := strings.Cut(rest, "<!-- end of settings -->")
	if !ok || !ok2 || !ok3 {
		t.Fatal("the README has lost the marks around its table of settings")
	}
	want := settingsTable()
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("the README's table of settings is not the program's; go test ./cmd/postbag -run TestREADME -update writes it")
	}
	if err := os.WriteFile(readme, []byte(before+"<!-- settings,"+mark+"-->\n"+want+"<!-- end of settings -->"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func settingsTable() string {
	var b strings.Builder
	b.WriteString("\n| setting | what it is | when left out |\n|---|---|---|\n")
	for _, s := range config.Settings() {
		value := strings.ReplaceAll(defaultOf(s), "|", `\|`)
		usage := s.Usage
		if s.Kind == config.Choice {
			usage += ": " + strings.Join(s.Choices, " or ")
		}
		b.WriteString("| `" + s.Key + "` | " + strings.ReplaceAll(usage, "|", `\|`) + " | " + value + " |\n")
	}
	b.WriteString("\n")
	return b.String()
}

// Each command has its place in the README, and no command in the README is made up.
func TestREADMENamesRealCommands(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	a, _, _ := newTestApp()
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, "    ") || len(words) < 2 {
			continue
		}
		if strings.HasPrefix(words[0], "POSTBAG_") {
			words = words[1:]
		}
		if words[0] != "postbag" {
			continue
		}
		if _, err := arrange(a.commands(), words[1:]); err != nil {
			t.Errorf("the README says %q: %v", strings.TrimSpace(line), err)
		}
	}
	for _, name := range []string{"demo", "init", "check", "preview", "build", "verify", "fonts"} {
		if find(a.commands(), name) == nil || !strings.Contains(string(text), "postbag "+name) {
			t.Errorf("the README does not tell of postbag %s", name)
		}
	}
}
