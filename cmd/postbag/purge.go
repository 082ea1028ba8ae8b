package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"postbag/letters/packet"
)

func (a *app) purgeCommand() command {
	return command{
		name:    "purge",
		summary: "remove private/ from a packet when it is no longer needed",
		about: "Removes the ledger, the lists of rows that got no letter and of people who withdrew, what proofs are made from, and what\n" +
			"the signers are known by in later packets. What is left can still be\n" +
			"delivered and checked, and names nobody but in the letters. It asks first, or wants --yes. What the disk keeps of\n" +
			"removed files, and copies elsewhere, it does not reach; nor does it touch the signer list and campaign.secret.",
		operands: []operand{{name: "DIR", what: "the packet's folder"}},
		flags:    []cli.Flag{&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask", DisableDefaultText: true}},
		statuses: []exitStatus{
			{done, "private/ is gone"},
			{failed, "failed, or you said no; what is left can be purged again"},
			{misused, "wrong usage, also when nobody can be asked and --yes is not given"},
		},
		examples: []string{"postbag build", "postbag purge packet --yes", "postbag verify packet"},
		run:      a.purge,
	}
}

// lost says what nobody can do once private/ is gone.
var lost = []string{
	"prove to a signer that their letter is in the packet: a proof that was given out stays good, a new one cannot be made",
	"tell which row of the list became which letter, and which rows got none and why",
	"make a top-up of this packet (build --since), unless a later packet that goes on from it has its private/: nothing else knows its people again",
	"make the root again from the letters' words: verify then takes the hash of each bundle from the manifest",
	"go on with this packet with build, unless it makes it anew (the same list and campaign.secret make the same packet)",
}

func (a *app) purge(c *cli.Context) (result, error) {
	dir := c.Args().First()
	names, err := packet.Purge(dir, true)
	if err != nil {
		return nil, err
	}
	if len(names) > 0 && !c.Bool("yes") {
		if err := a.askPurge(dir, names); err != nil {
			return nil, err
		}
	}
	names, err = packet.Purge(dir, false)
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = []string{}
	}
	return purged{Dir: dir, Removed: names, Lost: lost}, nil
}

// askPurge asks on the terminal.
func (a *app) askPurge(dir string, names []string) error {
	if !a.asks {
		return usageError{what: "purge asks before it removes anything, and nobody can be asked here", do: "Write --yes if you are sure"}
	}
	fmt.Fprintf(a.stderr, "This removes from %s: %s.\nAfter that nobody can\n", plain(dir), plain(strings.Join(names, ", ")))
	for _, l := range lost {
		fmt.Fprintf(a.stderr, "  - %s\n", l)
	}
	fmt.Fprint(a.stderr, "Remove it? Type yes: ")
	answer, _ := bufio.NewReader(a.stdin).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return fmt.Errorf("nothing was removed")
	}
	return nil
}

// purged is the result of purge.
type purged struct {
	Dir     string   `json:"dir"`
	Removed []string `json:"removed"`
	Lost    []string `json:"no_longer_possible"`
}

func (r purged) print(p *page) {
	if len(r.Removed) == 0 {
		p.line("%s has no private/: there is nothing to remove.", plain(r.Dir))
		return
	}
	p.line("Removed from %s: %s.", plain(r.Dir), plain(strings.Join(r.Removed, ", ")))
	p.line("Nobody can now")
	for _, l := range r.Lost {
		p.line("  - %s", l)
	}
	p.line("The packet can still be delivered and checked: postbag verify %s", shellWord(r.Dir))
}
