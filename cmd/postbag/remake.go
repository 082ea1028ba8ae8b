package main

import (
	"path/filepath"

	"github.com/urfave/cli/v2"

	"postbag/config"
	"postbag/letters"
	"postbag/letters/packet"
)

// remake is build --only.
func (a *app) remake(c *cli.Context, campaign *config.Campaign) (result, error) {
	only, err := packet.ParseBundleSet(c.String("only"))
	if err != nil {
		return nil, usageError{what: "--only: " + err.Error(), do: "Write numbers and ranges of bundles, as in 17 or 1-3,5"}
	}
	if c.Bool("replace") {
		return nil, usageError{what: "--only leaves the packet as it is, and --replace makes another in its place", do: "Take one of them away"}
	}
	m := a.newMeter()
	made, err := letters.Remake(c.Context, campaign, letters.RemakeOptions{
		Out: c.String("out"), Only: only, Since: pathsOf(c, "since"), Workers: numberOf(c, "workers"), Progress: m.letters,
	})
	m.end()
	if err != nil {
		return nil, err
	}
	return remade{Packet: c.String("out"), Bundles: made}, nil
}

// remade is the result of build --only.
type remade struct {
	Packet  string          `json:"packet"`
	Bundles []packet.Remade `json:"bundles"`
}

func (r remade) print(p *page) {
	for _, b := range r.Bundles {
		path := plain(filepath.Join(r.Packet, filepath.FromSlash(b.Path)))
		if b.Whole {
			p.line("Bundle %d is as it was: nothing was written. %s", b.Number, path)
		} else {
			p.line("Bundle %d was made again, the same to the byte: %s", b.Number, path)
		}
		p.line("  SHA-256 %s, as in manifest.json", b.SHA256)
	}
}
