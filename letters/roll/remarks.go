package roll

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Remark is something that a person may want to look at, though it holds nothing back.
type Remark struct {
	File    int      `json:"file"`
	What    string   `json:"what"` // what there are so many of: "names in capitals only"
	Count   int      `json:"count"`
	Samples []Sample `json:"samples"`
	Partial bool     `json:"partial,omitempty"` // the list was too long to be looked through to its end
}

// Sample is one row that a remark is about.
type Sample struct {
	Row  Row    `json:"row"`
	Text string `json:"text"`
}

// maxSamples is how many rows a remark shows.
const maxSamples = 10

func (r *Remark) add(row Row, text string) {
	if r.Count++; len(r.Samples) < maxSamples {
		r.Samples = append(r.Samples, Sample{row, text})
	}
}

// remarkList counts what is odd in the names of one file.
type remarkList struct {
	file            int
	capitals, small Remark
}

// add takes in what another parser has remarked on in the same file.
func (l *remarkList) add(other *remarkList) {
	l.capitals.merge(&other.capitals)
	l.small.merge(&other.small)
}

// merge adds up two remarks of one kind. Each has the first samples of its rows, so the first of both are the first of all.
func (r *Remark) merge(other *Remark) {
	r.Count += other.Count
	r.Samples = slices.Concat(r.Samples, other.Samples)
	slices.SortFunc(r.Samples, func(a, b Sample) int { return compareRows(a.Row, b.Row) })
	r.Samples = r.Samples[:min(len(r.Samples), maxSamples)]
}

func (l *remarkList) list() (out []Remark) {
	for _, r := range []struct {
		Remark
		what string
	}{{l.capitals, "names in capitals only"}, {l.small, "names in small letters only"}} {
		if r.Count > 0 {
			r.Remark.File, r.Remark.What = l.file, r.what
			out = append(out, r.Remark)
		}
	}
	return out
}

// casing remarks on a name in capitals or small letters only, and writes it as names are written when the campaign says so; nil for a name that
// stays as it is.
func (p *parsing) casing(name []byte) []byte {
	var remark *Remark
	switch upper, lower := lettersOf(name); {
	case lower == 0 && upper > 3:
		remark = &p.remarks.capitals
	case upper == 0 && lower > 1:
		remark = &p.remarks.small
	default:
		return nil
	}
	at := Row{File: p.file.index, Row: int(p.row)}
	remark.add(at, "")
	if n := len(remark.Samples); remark.Count == n {
		remark.Samples[n-1].Text = string(name)
	}
	if !p.mendAll {
		return nil
	}
	p.tidy.counts.Cased++
	return []byte(asName(string(name)))
}

// lettersOf counts capitals and small letters, of scripts that have both.
func lettersOf(name []byte) (upper, lower int) {
	for i := 0; i < len(name); {
		b := name[i]
		switch {
		case b >= 'a' && b <= 'z':
			if lower++; upper > 0 {
				return upper, lower
			}
		case b >= 'A' && b <= 'Z':
			if upper++; lower > 0 {
				return upper, lower
			}
		case b >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(name[i:])
			if unicode.IsUpper(r) {
				upper++
			} else if unicode.IsLower(r) {
				lower++
			}
			i += size - 1
		}
		i++
	}
	return upper, lower
}

// particles stay small inside a name.
var particles = map[string]bool{
	"de": true, "del": true, "della": true, "di": true, "da": true, "dos": true, "das": true, "do": true, "e": true, "y": true, "van": true,
	"von": true, "der": true, "den": true, "ten": true, "ter": true, "la": true, "le": true, "af": true, "av": true, "zu": true, "bin": true,
}

// asName writes a name with a capital at the start of each word.
func asName(name string) string {
	words := strings.Fields(cases.Title(language.Und).String(name))
	for i, w := range words {
		if lower := strings.ToLower(w); i > 0 && particles[lower] {
			words[i] = lower
		} else if rest, ok := strings.CutPrefix(w, "Mc"); ok && rest != "" {
			r, size := utf8.DecodeRuneInString(rest)
			words[i] = "Mc" + string(unicode.ToUpper(r)) + rest[size:]
		}
	}
	return strings.Join(words, " ")
}

// nearKeys are hashes by which signers who may be one person are found: of the e-mail, and of the name with something beside it.
type nearKeys struct {
	email, name uint64
}

// nearSeed is the same for all keys of a run.
var nearSeed = maphash.MakeSeed()

// nearKeysOf makes the keys; 0 for none.
func (d *identifier) nearKeysOf(name, email, postcode []byte) (k nearKeys) {
	if isEmail(email) {
		d.text = d.appendEmail(d.text[:0], email)
		k.email = maphash.Bytes(nearSeed, d.text) | 1
	}
	beside := postcode
	if len(beside) == 0 && isEmail(email) {
		beside, _, _ = cutAt(email)
	}
	if len(beside) > 0 {
		d.text = appendFolded(append(appendFolded(d.text[:0], name), 0), beside)
		k.name = maphash.Bytes(nearSeed, d.text) | 1
	}
	return k
}

func cutAt(email []byte) (local, domain []byte, ok bool) {
	for i, b := range email {
		if b == '@' {
			return email[:i], email[i+1:], true
		}
	}
	return email, nil, false
}

// nearness finds signers who may be one person, and changes nothing.
type nearness struct {
	keys             chunks[nearRests]
	emails, names    index
	byEmail, byNames Remark
}

// nearRests is what an index does not hold of a signer's keys.
type nearRests struct {
	email, name uint32
}

// maxNear is how many signers are compared with one another: the report must not need more memory than the list.
const maxNear = 4_000_000

func newNearness() *nearness {
	return &nearness{
		byEmail: Remark{What: "signers share an e-mail address with another under a different name"},
		byNames: Remark{What: "signers have the name and the postcode, or the start of the e-mail address, of another"},
	}
}

// add compares a new signer with those before.
func (n *nearness) add(at Row, k nearKeys, roll *Roll) {
	if n.keys.len() == maxNear {
		n.byEmail.Partial, n.byNames.Partial = true, true
		return
	}
	signer := uint32(n.keys.len())
	n.keys.add(nearRests{uint32(k.email), uint32(k.name)})
	n.compare(&n.emails, k.email, signer, func(i uint32) bool { return n.keys.at(int(i)).email == uint32(k.email) }, &n.byEmail, at, roll)
	n.compare(&n.names, k.name, signer, func(i uint32) bool { return n.keys.at(int(i)).name == uint32(k.name) }, &n.byNames, at, roll)
}

func (n *nearness) compare(x *index, key uint64, signer uint32, same func(uint32) bool, remark *Remark, at Row, roll *Roll) {
	if key == 0 {
		return
	}
	tag := uint32(key >> 32)
	if other, ok := x.find(tag, same); ok {
		remark.add(at, "like row "+strconv.Itoa(roll.rowOf(other).Row))
		return
	}
	x.set(tag, signer, same)
}

func (n *nearness) remarks() (out []Remark) {
	for _, r := range []Remark{n.byEmail, n.byNames} {
		if r.Count > 0 {
			out = append(out, r)
		}
	}
	return out
}
