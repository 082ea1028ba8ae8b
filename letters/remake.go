package letters

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/problem"
)

// RemakeOptions says which bundles to make again.
type RemakeOptions struct {
	Out      string           // the packet's folder
	Only     packet.BundleSet // at least one
	Since    []string         // of a top-up, as in Options
	Workers  int              // bundles made at once; 0 means one for each processor
	Progress func(Progress)
}

// Remake makes bundles of the whole packet in o.Out again, to the byte, for those that were lost, damaged, or jammed in a printer. Nothing else
// of the packet is touched. The roll is read and the bundles planned as for [Build], and of them the asked ones are set; if list, letter,
// settings or fonts are not those that the packet was made from, that is a problem, and nothing is changed.
func Remake(ctx context.Context, c *config.Campaign, o RemakeOptions) (made []packet.Remade, err error) {
	if !packet.Holds(o.Out) { // else the secret of a new campaign would be made for nothing
		return nil, problem.Problem{Place: problem.Place{File: o.Out}, What: "there is no packet of which a bundle could be made again",
			Do: "Name the packet's folder with --out, or make the packet: postbag build without --only"}
	}
	b, seed, err := prepare(ctx, c, Options{Out: o.Out, Since: o.Since, Workers: o.Workers, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	r, err := packet.Reopen(o.Out, seed)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close(ctx)) }()
	if bundles := r.Bundles(); o.Only.Last() > bundles || bundles != len(b.ranges) {
		return nil, noBundle(o, bundles, len(b.ranges))
	}
	b.bundles, b.ledger = make([]packet.Bundle, len(b.ranges)), make([]chan ledgerPart, len(b.ranges))
	places := make([]int, len(b.ranges)) // in made
	for number := range o.Only.All() {
		b.ledger[number-1], places[number-1] = make(chan ledgerPart, 1), len(b.only)
		b.only, b.total = append(b.only, number-1), b.total+b.ranges[number-1].count
	}
	made = make([]packet.Remade, len(b.only))
	b.writeBundle = func(ctx context.Context, i int, write func(io.Writer) error) (string, int64, error) {
		m, err := r.Bundle(ctx, i+1, write)
		made[places[i]] = m
		return m.SHA256, m.Bytes, err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	b.startWorkers(groupCtx, group)
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return made, nil
}

// noBundle is the problem of a bundle that the packet has not.
func noBundle(o RemakeOptions, bundles, planned int) error {
	at := problem.Place{File: o.Out}
	if o.Only.Last() > bundles {
		return problem.Problem{Place: at, What: fmt.Sprintf("there is no bundle %d: the packet has %d", o.Only.Last(), bundles),
			Do: fmt.Sprintf("Name bundles from 1 to %d; the number stands on the slip sheet and in the name of the file", bundles)}
	}
	return problem.Problem{Place: at, What: fmt.Sprintf("the packet has %d bundles, and from what there is now %d would be made", bundles, planned),
		Do: "Put list, letter and settings back as they were when the packet was made"}
}
