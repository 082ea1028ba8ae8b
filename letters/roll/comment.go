package roll

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/net/publicsuffix"

	"postbag/config"
	"postbag/letters/problem"
)

// A signer's own comment is printed as theirs, and so only after a person has approved it: signers.comment.approved names the column in which
// that is noted. It is one line of text: line breaks are spaces. What could tell the company how to reach the signer holds the comment back,
// and never the letter.

// CommentFate says what became of a signer's comment.
type CommentFate uint8

// The fates of a comment. All but the first three leave the letter without it.
const (
	NoComment          CommentFate = iota
	CommentWhole                   // printed as it is
	CommentCut                     // printed up to the end of a sentence or word, and […]
	CommentUnmoderated             // signers.comment.approved.column is not set
	CommentNotApproved
	CommentTooLong
	CommentEmail
	CommentPhone
	CommentWeb
	CommentGarbled
	CommentNoGlyph
	commentFates // how many there are
)

// commentWords name the fates in accounts, by fate.
var commentWords = [commentFates]string{
	"no comment", "printed", "cut", "comments are not moderated", "not approved", "too long", "an e-mail address or account name",
	"a telephone number", "a web address", "garbled text", "a character that no font has",
}

func (f CommentFate) String() string { return commentWords[f] }

// NeedsLook tells whether a person should look at the comment.
func (f CommentFate) NeedsLook() bool { return f >= CommentEmail }

// Comments counts the comments of those who get a letter.
type Comments struct {
	Offered    int            `json:"offered"`
	Approved   int            `json:"approved"`
	Printed    int            `json:"printed"`
	Cut        int            `json:"cut"` // of those printed
	NotPrinted map[string]int `json:"not_printed"`
}

func (c *Comments) add(f CommentFate) {
	if f == NoComment {
		return
	}
	c.Offered++
	if f != CommentUnmoderated && f != CommentNotApproved {
		c.Approved++
	}
	switch f {
	case CommentCut:
		c.Cut++
		c.Printed++
	case CommentWhole:
		c.Printed++
	default:
		c.NotPrinted[f.String()]++
	}
}

// commentRule is what the campaign says about comments, for one file.
type commentRule struct {
	column    int // of the comments; -1 for none
	moderated int // column that says which are approved; -1 for none
	approved  map[string]bool
	most      int
	cut       bool
}

// findComment finds the columns of a file. A file without comments needs no column that approves them.
func (f *file) findComment(c *config.Campaign, problems *problem.List) {
	s := c.Signers.Comment
	f.comment = commentRule{column: f.columns.columnOf("comment"), moderated: -1, approved: map[string]bool{}, most: s.Most, cut: s.Longer != "leave"}
	for _, value := range s.ApprovedValues {
		f.comment.approved[foldText(value)] = true
	}
	if s.ApprovedColumn == "" || f.comment.column < 0 {
		return
	}
	column, err := f.columns.column(s.ApprovedColumn)
	if err != nil {
		problems.Add(f.columns.at, "signers.comment.approved.column: "+err.Error(), f.columns.suggest(s.ApprovedColumn))
		return
	}
	f.comment.moderated = column
}

// comment judges a cleaned comment, and cuts it where it is too long.
func (r *commentRule) comment(text, mark []byte) ([]byte, CommentFate) {
	text = bytes.Join(bytes.Fields(text), []byte(" "))
	switch {
	case len(text) == 0:
		return nil, NoComment
	case r.moderated < 0:
		return nil, CommentUnmoderated
	case !r.approved[foldText(string(mark))]:
		return nil, CommentNotApproved
	}
	if fate := reveals(text); fate != NoComment {
		return nil, fate
	}
	if garbled(text, false) != "" {
		return nil, CommentGarbled
	}
	if len(text) <= r.most || uniseg.GraphemeClusterCount(string(text)) <= r.most {
		return text, CommentWhole
	}
	if !r.cut {
		return nil, CommentTooLong
	}
	return []byte(cutComment(string(text), r.most)), CommentCut
}

// omission marks what is left out by another hand than the writer's.
const omission = " […]"

// cutComment cuts a text to so many characters as people count them (UAX #29), the mark of omission included: at the end of a sentence in
// the second half of the room, else at that of a word.
func cutComment(text string, most int) string {
	room, state, rest := 0, -1, text
	for n := 0; n < most-len([]rune(omission)) && rest != ""; n++ {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		room += len(cluster)
	}
	end := lastBoundary(text, room, uniseg.FirstSentenceInString)
	if end < room/2 {
		if end = lastBoundary(text, room, uniseg.FirstWordInString); end == 0 {
			end = room // one word without an end
		}
		return strings.TrimRight(text[:end], " ,;:–—-،؛、") + omission
	}
	return strings.TrimRight(text[:end], " ") + omission
}

// lastBoundary is the last end of a segment that fits into so many bytes; 0 for none.
func lastBoundary(text string, room int, next func(string, int) (segment, rest string, state int)) (end int) {
	state, rest := -1, text
	for rest != "" {
		var segment string
		segment, rest, state = next(rest, state)
		if end+len(segment) > room {
			return end
		}
		end += len(segment)
	}
	return end
}

var (
	webAddress = regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*://|\bwww\.)`)
	domainName = regexp.MustCompile(`[\p{L}\p{Nd}][\p{L}\p{Nd}-]*(\.[\p{L}\p{Nd}-]+)*\.\p{L}{2,}`)
	digitRun   = regexp.MustCompile(`\+?\(?\p{Nd}[\p{Nd}\s().\-/–]{4,}\p{Nd}`)
	// ordinaryNumber is what has many digits and is no telephone number: round thousands, dates and spans of years.
	ordinaryNumber = regexp.MustCompile(`^(\d{1,3}([.\s]000)+|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{4}|(1[5-9]|20)\d\d([\s–/-]+(1[5-9]|20)\d\d)+)$`)
)

// phoneDigits is the fewest digits that a telephone number has.
const phoneDigits = 7

// reveals tells whether a comment holds a way to reach the signer, and which. It rather holds back what is none: a person looks at it.
func reveals(text []byte) CommentFate {
	if bytes.ContainsAny(text, "@＠") {
		return CommentEmail
	}
	if webAddress.Match(text) {
		return CommentWeb
	}
	for _, name := range domainName.FindAll(text, -1) {
		if suffix, known := publicsuffix.PublicSuffix(strings.ToLower(string(name))); known && len(suffix) < len(name) {
			return CommentWeb
		}
	}
	for _, run := range digitRun.FindAll(text, -1) {
		digits := 0
		for _, r := range string(run) {
			if r >= '0' && r <= '9' || r > 0x7F && r != '–' && !(r == 0xA0) {
				digits++
			}
		}
		if digits >= phoneDigits && !ordinaryNumber.Match(run) {
			return CommentPhone
		}
	}
	return NoComment
}

// account counts the comments of a roll, and remarks on those that a person should look at.
func (r *Roll) accountComments() {
	r.Comments = Comments{NotPrinted: map[string]int{}}
	look := Remark{What: "comments are not printed, and a person should look at them"}
	for _, record := range r.order {
		p := r.places.at(int(record))
		fate := CommentFate(p.comment)
		r.Comments.add(fate)
		if fate.NeedsLook() {
			look.add(Row{File: int(p.file), Row: int(p.row)}, fate.String())
		}
	}
	if look.Count > 0 {
		r.Remarks = append(r.Remarks, look)
	}
}

// commentsIn lists the kept fields of a file that are its comments, whatever name they were asked for by.
func (l *List) commentsIn(f *file, keep []string) (slots []int) {
	for i, r := range l.planOf(f, keep).keep {
		if r.kind == comment {
			slots = append(slots, i)
		}
	}
	return slots
}

// dropComment takes the comment out of an encoded record.
func dropComment(record []byte, fields int, slots []int) []byte {
	texts := decodeFields(record, 0, fields, nil)
	for _, i := range slots {
		texts[i] = ""
	}
	var out []byte
	for _, text := range texts {
		out = appendField(out, []byte(text))
	}
	return out
}
