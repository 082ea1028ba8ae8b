package packet

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pageLabel is an entry of a PDF's page labels (ISO 32000-1, 12.4.2): from page on (from 0), the labels are the prefix and, where
// start is not 0, a number that counts up from it.
type pageLabel struct {
	page   int
	prefix string
	start  int
}

// readLabels reads the number tree of page labels.
func (d *document) readLabels(catalogue []byte) ([]pageLabel, error) {
	v := value(catalogue, "/PageLabels")
	if v == nil {
		return nil, nil
	}
	node := v
	if !bytes.HasPrefix(v, []byte("<<")) {
		n, err := reference(catalogue, "/PageLabels")
		if err != nil {
			return nil, err
		}
		if node, err = d.object(n); err != nil {
			return nil, err
		}
	}
	labels, err := d.appendLabels(nil, node, 0)
	for i := 1; i < len(labels) && err == nil; i++ {
		if labels[i].page <= labels[i-1].page {
			err = errLabels
		}
	}
	return labels, err
}

var errLabels = fmt.Errorf("%w: its page labels are broken", errNotPDF)

func (d *document) appendLabels(dst []pageLabel, node []byte, depth int) ([]pageLabel, error) {
	if d.nodes++; d.nodes > maxNodes || depth == maxDepth {
		return nil, errLabels
	}
	if kids := value(node, "/Kids"); kids != nil {
		objects, err := references(kids)
		if err != nil {
			return nil, err
		}
		for _, kid := range objects {
			below, err := d.object(kid)
			if err != nil {
				return nil, err
			}
			if dst, err = d.appendLabels(dst, below, depth+1); err != nil {
				return nil, err
			}
		}
		return dst, nil
	}
	nums := value(node, "/Nums")
	if len(nums) < 2 || nums[0] != '[' {
		return nil, errLabels
	}
	for b := skipSpace(nums[1:]); len(b) > 0 && b[0] != ']'; b = skipSpace(b) {
		page, rest, ok := nextNumber(b)
		rest = skipSpace(rest)
		end := 0
		if bytes.HasPrefix(rest, []byte("<<")) {
			end = skipToken(rest)
		}
		if !ok || end == 0 || page > maxCount {
			return nil, errLabels
		}
		label := pageLabel{page: int(page)}
		if label.prefix, ok = textString(value(rest[:end], "/P")); !ok {
			return nil, errLabels
		}
		if style := value(rest[:end], "/S"); style != nil {
			start, ok := number(value(rest[:end], "/St"))
			if string(style) != "/D" || !ok || start < 1 || start > maxCount {
				return nil, errLabels
			}
			label.start = int(start)
		}
		dst, b = append(dst, label), rest[end:]
	}
	return dst, nil
}

// references reads an array of references, "[1 0 R 2 0 R]".
func references(array []byte) ([]int64, error) {
	if len(array) < 2 || array[0] != '[' {
		return nil, fmt.Errorf("%w: an array is missing", errNotPDF)
	}
	var out []int64
	for b := skipSpace(array[1:]); len(b) > 0 && b[0] != ']'; b = skipSpace(b) {
		n, rest, ok1 := nextNumber(b)
		_, rest, ok2 := nextNumber(rest)
		rest = skipSpace(rest)
		if !ok1 || !ok2 || len(rest) == 0 || rest[0] != 'R' {
			return nil, fmt.Errorf("%w: an array is broken", errNotPDF)
		}
		out, b = append(out, n), rest[1:]
	}
	return out, nil
}

// textString reads a text string (ISO 32000-1, 7.9.2.2): UTF-16BE behind its mark in hex, or ASCII without escapes in parentheses.
func textString(token []byte) (string, bool) {
	if len(token) < 2 {
		return "", false
	}
	inner := token[1 : len(token)-1]
	if token[0] == '(' {
		return string(inner), bytes.IndexByte(inner, '\\') < 0
	}
	raw := make([]byte, hex.DecodedLen(len(inner)))
	if _, err := hex.Decode(raw, inner); err != nil || token[0] != '<' || len(raw)%2 != 0 || !bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		return "", false
	}
	units := make([]uint16, 0, len(raw)/2-1)
	for i := 2; i < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units)), true
}

// slipLabel is the label of the slip sheet.
const slipLabel = "slip sheet"

// labelsDiffer compares the labels of a bundle with its letters by the manifest: behind the slip sheet, and its further
// pages, come the ids, one after the other from the first to the last. It says what differs, or nothing.
func labelsDiffer(labels []pageLabel, pages int, b *Bundle) string {
	cut := strings.LastIndexByte(b.First, '-') + 1
	next, err := strconv.Atoi(b.First[cut:])
	if err != nil || next < 1 || cut == 0 {
		return fmt.Sprintf("cannot begin with letter %s", shown(b.First))
	}
	campaign := b.First[:cut-1]
	for i, l := range labels {
		end := pages
		if i+1 < len(labels) {
			end = labels[i+1].page
		}
		count := 1
		switch id := letterID(campaign, next); {
		case i == 0 && l.page == 0 && l.prefix == slipLabel && l.start == 0:
			continue
		case l.page >= pages:
			return fmt.Sprintf("has labels for more than its %d pages", pages)
		case l.start > 0 && l.prefix+strconv.Itoa(l.start) == id:
			count = end - l.page
			if l.prefix+strconv.Itoa(l.start+count-1) != letterID(campaign, next+count-1) {
				return fmt.Sprintf("page %d is labelled %s, and by the manifest it is letter %s", end, shown(l.prefix+strconv.Itoa(l.start+count-1)), letterID(campaign, next+count-1))
			}
		case l.start == 0 && l.prefix == id && end == l.page+1:
		case l.start == 2 && i > 0 && l.prefix == labels[i-1].prefix+" page " && labels[i-1].start == 0:
			continue
		default:
			return fmt.Sprintf("page %d is labelled %s, and by the manifest letter %s is next", l.page+1, shown(l.text()), id)
		}
		next += count
	}
	if last := letterID(campaign, next-1); last != b.Last {
		return fmt.Sprintf("ends with letter %s by its labels and with %s by the manifest", last, shown(b.Last))
	}
	return ""
}

// sharedLabelsDiffer is labelsDiffer for documents that many signers share: the labels of pages with signers have a word, in the
// document's language, and their numbers, as in "Signatures 31-60". With some word the numbers run from the bundle's first to its last.
func sharedLabelsDiffer(labels []pageLabel, pages int, b *Bundle) string {
	cut := strings.LastIndexByte(b.First, '-') + 1
	first, err := strconv.Atoi(b.First[cut:])
	if err != nil || first < 1 || cut == 0 {
		return fmt.Sprintf("cannot begin with letter %s", shown(b.First))
	}
	next := map[string]int{} // by word
	for _, l := range labels {
		at := strings.LastIndexByte(l.prefix, ' ') + 1
		word, numbers := l.prefix[:at], l.prefix[at:]
		from, to, ranged := strings.Cut(numbers, "-")
		if !ranged {
			to = from
		}
		a, err1 := strconv.Atoi(from)
		z, err2 := strconv.Atoi(to)
		if l.page >= pages || l.start != 0 {
			return fmt.Sprintf("has labels for more than its %d pages", pages)
		}
		if expected, ok := next[word]; err1 == nil && err2 == nil && a <= z && (a == expected || !ok && a == first) {
			next[word] = z + 1
		}
	}
	for _, n := range next {
		if letterID(b.First[:cut-1], n-1) == b.Last {
			return ""
		}
	}
	return fmt.Sprintf("its labels do not say %s to %s, which it has by the manifest", shown(b.First), shown(b.Last))
}

// text is the label of the entry's first page.
func (l pageLabel) text() string {
	if l.start == 0 {
		return l.prefix
	}
	return l.prefix + strconv.Itoa(l.start)
}
