package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"postbag/config"
	"postbag/letters"
)

// sampleSecret salts the hashes of the sample packet. It is no secret: the people of the sample are made up, and everybody's sample packet
// is the same.
const sampleSecret = "the sample's people are made up!"

func (a *app) demoCommand() command {
	return command{
		name:    "demo",
		summary: "make a sample packet to look at, every page marked SPECIMEN",
		about: "Builds the sample campaign that is in the program, with made-up people, into a packet like one for a real\n" +
			"campaign. `postbag init DIR` writes the same sample to a folder, as the beginning of a campaign of your own.",
		flags: []cli.Flag{outFlag("make the packet in `DIR`"), replaceFlag()},
		statuses: []exitStatus{
			{done, "the packet is whole (names that no font on this machine can set are held back, and listed)"},
			{failed, "failed, or stopped; nothing half-made is left under a final name"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag demo --out sample-packet", "postbag verify sample-packet"},
		run:      a.demo,
	}
}

func (a *app) demo(c *cli.Context) (result, error) {
	dir, err := os.MkdirTemp("", "postbag-demo-")
	if err != nil {
		return nil, fmt.Errorf("making a place for the sample campaign: %w", err)
	}
	defer os.RemoveAll(dir)
	if _, err := writeSample(dir, "supporter", "en"); err != nil {
		return nil, err
	}
	if err := letters.WriteSecret(dir, []byte(sampleSecret)); err != nil {
		return nil, err
	}
	campaign, err := config.Load(config.Options{File: filepath.Join(dir, "campaign.yaml")})
	if err != nil {
		return nil, fmt.Errorf("loading the sample campaign: %w", err)
	}
	m := a.newMeter()
	manifest, err := letters.Build(c.Context, campaign, letters.Options{
		Out: c.String("out"), Replace: c.Bool("replace"), Progress: m.letters,
	})
	m.end()
	if err != nil {
		return nil, err
	}
	return built{Packet: c.String("out"), Manifest: manifest, sample: true}, nil
}
