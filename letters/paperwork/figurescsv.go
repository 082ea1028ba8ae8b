package paperwork

import (
	"strconv"
	"time"

	"postbag/letters/packet"
)

// figuresHeader heads deliver/05-totals.csv. by is all, country, region, or the length of the periods: day, week, month or year. The lines of
// each add up to the one for all.
const figuresHeader = "by,name,country,from,to,signers\n"

// What stands in place of a name.
const (
	restName     = "other, each fewer than 5"
	unstatedName = "not stated"
)

// appendCSV appends the table, with every group that may be shown: the page shows the largest where there are too many.
func (f *figures) appendCSV(dst []byte) []byte {
	dst = append(dst, figuresHeader...)
	dst = appendFigure(dst, "all", group{signers: f.signers}, period{})
	dst = f.countries.appendCSV(dst, "country")
	dst = f.regions.appendCSV(dst, "region")
	if !f.time.known {
		return dst
	}
	by := f.time.unit.name()
	for _, p := range f.time.shown() {
		dst = appendFigure(dst, by, group{signers: p.signers}, p)
	}
	return appendRest(dst, by, f.time.rest, f.time.unstated)
}

func (r *ranking) appendCSV(dst []byte, by string) []byte {
	if !r.known {
		return dst
	}
	for _, g := range r.groups {
		dst = appendFigure(dst, by, g, period{})
	}
	return appendRest(dst, by, r.rest, r.unstated)
}

func appendRest(dst []byte, by string, rest, unstated int) []byte {
	if rest > 0 {
		dst = appendFigure(dst, by, group{name: restName, signers: rest}, period{})
	}
	if unstated > 0 {
		dst = appendFigure(dst, by, group{name: unstatedName, signers: unstated}, period{})
	}
	return dst
}

func appendFigure(dst []byte, by string, g group, p period) []byte {
	dst = append(append(dst, by...), ',')
	dst = append(packet.AppendCell(dst, g.name), ',')
	dst = append(packet.AppendCell(dst, g.within), ',')
	for _, t := range []time.Time{p.first, p.last} {
		if !t.IsZero() {
			dst = t.AppendFormat(dst, time.DateOnly)
		}
		dst = append(dst, ',')
	}
	return append(strconv.AppendInt(dst, int64(g.signers), 10), '\n')
}
