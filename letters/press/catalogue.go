package press

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// producer names the program in the document information. It has no version: the same letters make the same bytes.
const producer = "Postbag with gofpdf"

// id is the PDF's file identifier (ISO 32000-1, 14.4): it follows from what the packet was made of, not from the clock. A bundle is told from
// others of its press by its number, anything else by its title.
func (b *bundle) id(o Order) string {
	own := strconv.Itoa(o.Number)
	if b.title != "" {
		own = "document " + b.title
	}
	sum := sha256.Sum256([]byte(b.press.job.Seed + "\n" + own))
	return strings.ToUpper(hex.EncodeToString(sum[:16]))
}

// writeCatalogue replaces the catalogue and the document information and adds the metadata (XMP, ISO 16684-1).
func (b *bundle) writeCatalogue(o Order, count Count) {
	u, job := b.update, &b.press.job
	title := fmt.Sprintf("%s: %s %s, %s", job.Slip.Campaign, job.Slip.Words.To, first(job.Slip.Recipient), b.numbers(job.Slip.Words.Bundle, o.Number, job.Slip.Bundles))
	if job.NoSlip && job.Form != nil {
		title = fmt.Sprintf("%s: %s %s", job.Slip.Campaign, job.Words.Title, first(job.Slip.Recipient))
	} else if job.NoSlip {
		title = fmt.Sprintf("%s: letter to %s", job.Slip.Campaign, first(job.Slip.Recipient))
	}
	if b.title != "" {
		title = b.title
	}
	metadata, labels := u.reserve(), 0
	u.stream(metadata, "/Type/Metadata/Subtype/XML", xmp(title, job.Slip.Sender, job.Language))
	if b.title == "" {
		labels = u.reserve()
		b.writeLabels(labels, o, count)
	}

	u.begin(b.master.root)
	u.string("<</Type/Catalog/Version/1.7/Pages ")
	u.ref(rootPagesObject)
	u.buf = append(append(u.buf, "/Lang"...), appendTextHex(nil, job.Language)...)
	if labels != 0 {
		u.string("/PageLabels ")
		u.ref(labels)
	}
	u.string("/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None/Duplex/")
	if job.Duplex {
		u.string("DuplexFlipLongEdge")
	} else {
		u.string("Simplex")
	}
	u.string(">>/Metadata ")
	u.ref(metadata)
	u.string(">>")
	u.end()

	u.begin(b.master.info)
	u.buf = appendTextHex(append(u.buf, "<</Title"...), title)
	u.buf = appendTextHex(append(u.buf, "/Author"...), job.Slip.Sender)
	u.buf = appendTextHex(append(u.buf, "/Producer"...), producer)
	u.string(">>")
	u.end()
}

func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}

func xmp(title, author, language string) []byte {
	return fmt.Appendf(nil, `<?xpacket begin="`+"\uFEFF"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>%s</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, escapeXML(title), escapeXML(author), escapeXML(language), producer)
}

func escapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// label is one entry of the page labels: from page on (from 0), a prefix and, with a start, a running number.
type label struct {
	page   int
	prefix string
	start  int
}

// labels gives the pages of letters their letter ids (ISO 32000-1, 12.4.2). While letters have a page each, ids count up
// with the pages, and one entry serves until the number of leading zeros changes.
func (b *bundle) labels(o Order, count Count) []label {
	reference := b.press.job.Slip.Reference
	var out []label
	if !b.press.job.NoSlip {
		out = append(out, label{page: 0, prefix: "slip sheet"})
		if len(b.listed) > 0 {
			out = append(out, label{page: 1, prefix: "slip sheet page ", start: 2})
		}
	}
	if b.press.job.Form != nil {
		return b.form.labels(out, &b.press.job.Words)
	}
	until := 0 // the number at which the running entry no longer holds
	for i, page := range b.starts {
		number, end := o.First+i, count.Pages
		if i+1 < len(b.starts) {
			end = b.starts[i+1]
		}
		if end-page == 1 && number < until {
			continue
		}
		until = 0
		digits := strconv.Itoa(number)
		if end-page == 1 {
			zeros := strings.Repeat("0", max(0, 6-len(digits)))
			out = append(out, label{page, reference + zeros, number})
			until = power(len(digits))
			continue
		}
		id := LetterID(reference, number)
		out = append(out, label{page: page, prefix: id}, label{page + 1, id + " page ", 2})
	}
	return out
}

func power(digits int) int {
	n := 1
	for range digits {
		n *= 10
	}
	return n
}

// labelsPerNode bounds the arrays of the number tree (ISO 32000-1, 7.9.7).
const labelsPerNode = 256

func (b *bundle) writeLabels(object int, o Order, count Count) {
	u := b.update
	all := b.labels(o, count)
	if len(all) <= labelsPerNode {
		u.begin(object)
		u.string("<<")
		writeNums(u, all)
		u.string(">>")
		u.end()
		return
	}
	var kids []int
	for len(all) > 0 {
		n := min(labelsPerNode, len(all))
		kid := u.reserve()
		kids = append(kids, kid)
		u.begin(kid)
		u.string("<</Limits[")
		u.int(all[0].page)
		u.string(" ")
		u.int(all[n-1].page)
		u.string("]")
		writeNums(u, all[:n])
		u.string(">>")
		u.end()
		all = all[n:]
	}
	u.begin(object)
	u.string("<</Kids[")
	for _, kid := range kids {
		u.ref(kid)
		u.string(" ")
	}
	u.string("]>>")
	u.end()
}

func writeNums(u *update, labels []label) {
	u.string("/Nums[")
	for _, l := range labels {
		u.int(l.page)
		u.buf = appendTextHex(append(u.buf, "<</P"...), l.prefix)
		if l.start > 0 {
			u.string("/S/D/St ")
			u.int(l.start)
		}
		u.string(">>")
	}
	u.string("]")
}
