package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"postbag/config"
)

// campaignFile is the name that a campaign's file has when nobody says otherwise.
const campaignFile = "campaign.yaml"

func campaignFlag() cli.Flag {
	return &cli.StringFlag{Name: "campaign", Aliases: []string{"c"}, Usage: "read the campaign from `FILE`", Value: campaignFile}
}

// wholeNumber is the value of a flag that counts something: 0 or more.
type wholeNumber int

func (n *wholeNumber) Set(s string) error {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 {
		return errors.New("it must be a whole number, 0 or more")
	}
	*n = wholeNumber(i)
	return nil
}

// String is empty for 0, so that help says in words what the default is.
func (n *wholeNumber) String() string {
	if n == nil || *n == 0 {
		return ""
	}
	return strconv.Itoa(int(*n))
}

func numberOf(c *cli.Context, flag string) int {
	n, ok := c.Generic(flag).(*wholeNumber)
	if !ok {
		return 0
	}
	return int(*n)
}

var _ = fmt.Sprint
var _ = config.Campaign{}

func settingFlags() []cli.Flag { return nil }

func (a *app) load(c *cli.Context) (*config.Campaign, error) {
	return config.Load(config.Options{File: c.String("campaign")})
}
