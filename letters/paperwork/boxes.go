package paperwork

import (
	"postbag/letters/packet"
)

// packBoxes puts the bundles of a packet, in their order, into boxes of at most so many sheets. A box holds whole bundles, and none of two
// recipients. A bundle that no box holds has boxes of its own, all but the last of them full.
func packBoxes(m *packet.Manifest, most int, paper packet.TicketPaper) []packet.TicketBox {
	var boxes []packet.TicketBox
	add := func(b packet.TicketBox) {
		b.Box, b.Grams = len(boxes)+1, paper.Grams(b.Sheets)
		boxes = append(boxes, b)
	}
	var open packet.TicketBox // what is being filled; no sheets mean none
	for i := range m.Bundles {
		b := &m.Bundles[i]
		fits := open.Sheets > 0 && open.Sheets+b.Sheets <= most && m.Bundles[open.Last-1].Recipient == b.Recipient
		if open.Sheets > 0 && !fits {
			add(open)
			open = packet.TicketBox{}
		}
		switch parts := (b.Sheets + most - 1) / most; {
		case fits:
			open.Last, open.Sheets = i+1, open.Sheets+b.Sheets
		case parts > 1:
			for part := range parts {
				add(packet.TicketBox{First: i + 1, Last: i + 1, Part: part + 1, Parts: parts, Sheets: min(most, b.Sheets-part*most)})
			}
		default:
			open = packet.TicketBox{First: i + 1, Last: i + 1, Sheets: b.Sheets}
		}
	}
	if open.Sheets > 0 {
		add(open)
	}
	return boxes
}
