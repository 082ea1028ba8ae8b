package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/config"
)

func campaignFlag() cli.Flag {
	return &cli.StringFlag{Name: "campaign", Aliases: []string{"c"}, Usage: "read the campaign from `FILE`", Value: "campaign.yaml"}
}

// load reads the campaign that the flags name, with the settings that flags and variables change.
func (a *app) load(c *cli.Context) (*config.Campaign, error) {
	set := map[string]string{}
	for _, s := range config.Settings() {
		if given, ok := c.Generic(s.Key).(*settingValue); ok && c.IsSet(s.Key) {
			set[s.Key] = given.String()
		}
	}
	return config.Load(config.Options{File: c.String("campaign"), Env: a.env, Set: set})
}

const settingsTitle = "Settings of campaign.yaml, for this run (paths start at the campaign's folder)"

// settingFlags are the settings of campaign.yaml as flags of the same names. The campaign's own name is not among them,
// since --campaign names its file, and what a line of text cannot hold is not either.
func settingFlags() []cli.Flag {
	var flags []cli.Flag
	for _, s := range config.Settings() {
		if s.Key != "campaign" && !s.OnlyInFile() {
			flags = append(flags, &settingFlag{setting: s, GenericFlag: &cli.GenericFlag{
				Name: s.Key, Usage: s.Usage, Category: settingsTitle, Value: new(settingValue)}})
		}
	}
	return flags
}

// onlyInFile tells whether a setting stands in campaign.yaml and nowhere else.
func onlyInFile(key string) bool {
	return slices.ContainsFunc(config.Settings(), func(s config.Setting) bool { return s.Key == key && s.OnlyInFile() })
}

// settingFlag is a setting as a flag. What it is given is text until package config says what it means.
type settingFlag struct {
	*cli.GenericFlag
	setting config.Setting
}

// IsSliceFlag tells that a setting that is a list may be given several times.
func (f *settingFlag) IsSliceFlag() bool { return f.setting.IsList() }

// placeholders say in help what a setting of a kind is given.
var placeholders = map[config.Kind]string{
	config.Number: "N", config.Date: "YYYY-MM-DD", config.YesNo: "yes|no", config.Path: "FILE", config.Paths: "PATH",
	config.Mapping: "NAME=TEXT",
}

// String describes the flag as urfave/cli does: name and placeholder, a tab, what it does.
func (f *settingFlag) String() string {
	s := f.setting
	placeholder, ok := placeholders[s.Kind]
	switch {
	case s.Kind == config.Choice:
		placeholder = strings.Join(s.Choices, "|")
	case !ok:
		placeholder = "TEXT"
	}
	usage := s.Usage
	if s.IsList() {
		usage += "; may be repeated"
	}
	if s.Default != "" {
		usage += fmt.Sprintf(" (default: %s)", defaultOf(s))
	}
	return "--" + s.Key + " " + placeholder + "\t" + usage
}

// defaultOf writes a default on one line.
func defaultOf(s config.Setting) string { return strings.ReplaceAll(s.Default, "\n", ", ") }

// settingValue is what a setting's flag was given; a list has a line for each time.
type settingValue struct{ lines []string }

// Set and String make a settingValue a flag's value.
func (v *settingValue) Set(s string) error {
	v.lines = append(v.lines, s)
	return nil
}

func (v *settingValue) String() string {
	if v == nil {
		return ""
	}
	return strings.Join(v.lines, "\n")
}

// wholeNumber is the value of a flag that counts something: 0 or more.
type wholeNumber int

// Set and String make a wholeNumber a flag's value. String is empty for 0, so that help says in words what the default is.
func (n *wholeNumber) Set(s string) error {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 {
		return errors.New("it must be a whole number, 0 or more")
	}
	*n = wholeNumber(i)
	return nil
}

func (n *wholeNumber) String() string {
	if n == nil || *n == 0 {
		return ""
	}
	return strconv.Itoa(int(*n))
}

// ordinal is the value of a flag that counts from 1. It is 0 until the flag is given.
type ordinal struct{ wholeNumber }

// Set makes an ordinal a flag's value: a 0 would be taken for a flag that was not given.
func (n *ordinal) Set(s string) error {
	if err := n.wholeNumber.Set(s); err != nil || n.wholeNumber == 0 {
		return errors.New("it must be a whole number, 1 or more")
	}
	return nil
}

// String is that of a wholeNumber, also of no ordinal.
func (n *ordinal) String() string {
	if n == nil {
		return ""
	}
	return n.wholeNumber.String()
}

// numberOf is the number that a flag was given; 0 for none.
func numberOf(c *cli.Context, flag string) int {
	switch n := c.Generic(flag).(type) {
	case *wholeNumber:
		return int(*n)
	case *ordinal:
		return int(n.wholeNumber)
	}
	return 0
}
