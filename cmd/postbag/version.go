package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

func (a *app) versionCommand() command {
	return command{
		name:     "version",
		summary:  "show which Postbag this is",
		about:    "Shows the version, Go's version and the revision of the source, as the Go tool recorded them.",
		statuses: []exitStatus{{done, "done"}, {misused, "wrong usage"}},
		examples: []string{"postbag version"},
		run: func(*cli.Context) (result, error) {
			info, _ := debug.ReadBuildInfo()
			return buildOf(info), nil
		},
	}
}

// build is what the Go tool recorded in the program; what it did not record is left out.
type build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // the source was not that of the revision
}

func buildOf(info *debug.BuildInfo) build {
	b := build{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) print(p *page) {
	p.line("postbag %s", b.Version)
	p.line("%s %s", b.Go, b.Platform)
	if b.Revision == "" {
		p.line("revision not recorded (go build in a checkout records it)")
		return
	}
	changed := ""
	if b.Modified {
		changed = ", with changes"
	}
	p.line("%s", fmt.Sprintf("revision %s of %s%s", b.Revision, b.Time, changed))
}
