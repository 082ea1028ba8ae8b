package typeset

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// scriptsFile lists the scripts of Unicode 15: those in use first, then those of the past.
//
//go:embed scripts.csv
var scriptsFile string

// Script is a script of the world, and what sets it.
type Script struct {
	Code      string // ISO 15924
	Name      string // as Unicode has it
	Languages string // some that are written in it; "" for a script of the past
	Sample    string
	Face      *Face  // that sets the sample; nil when none does
	File      string // of the face
	// Where a face can be had: a Debian package, and the family of the Noto project. Each may be "".
	DebianPackage, NotoFamily string
}

// Scripts tells which face would set which script, by a sample of each. It loads those faces.
func (f *Fonts) Scripts() ([]Script, error) {
	rows, err := csv.NewReader(strings.NewReader(scriptsFile)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the list of scripts: %w", err)
	}
	var list []Script
	for _, row := range rows[1:] {
		s := Script{Code: row[0], Name: row[1], Languages: row[2], Sample: row[3], DebianPackage: row[4], NotoFamily: row[5]}
		if f.Missing(s.Sample) == nil {
			if parts := f.Stretches(s.Sample); len(parts) > 0 {
				s.Face, s.File = parts[0].Face, parts[0].File
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// Stretch is a part of a text that one face sets.
type Stretch struct {
	Text string
	Face *Face
	File string // of the face
}

// Stretches tells which faces set a signer's value, in reading order. What Missing names stands in the main face.
func (f *Fonts) Stretches(value string) []Stretch {
	s := newShaper(f, "", nil, newWords())
	var parts []Stretch
	for _, word := range strings.Fields(value) {
		s.front = s.lead(value, []byte(word), 0)
		runes := []rune(word)
		for i, run := range s.itemise(runes, 0) {
			text := string(runes[run.start:run.end])
			if n := len(parts); n > 0 && parts[n-1].Face == run.face {
				if i == 0 {
					text = " " + text
				}
				parts[n-1].Text += text
				continue
			}
			parts = append(parts, Stretch{Text: text, Face: run.face, File: f.fileOf(run.face)})
		}
	}
	return parts
}

// fileOf finds the file that a face came from.
func (f *Fonts) fileOf(face *Face) string {
	file := ""
	f.each(func(s *source) {
		if s.face.Load() == face {
			file = s.file
		}
	})
	return file
}
