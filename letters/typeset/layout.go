package typeset

import (
	"strings"

	"postbag/letters/merge"
	"postbag/letters/picture"
	"postbag/templates"
)

// Role says what a block is to the letter, and with it how it is set.
type Role uint8

// The roles, in the order in which a letter has them.
const (
	Address Role = iota
	Date
	Subject
	Salutation
	Body
	Closing
	Signature  // the lines under the closing: name, place
	Enclosures // what is enclosed: a word for it, then the things
)

// Element is a block of the letter with its role.
type Element struct {
	Role  Role
	Block merge.Block
}

// Design says what a letter looks like, apart from its text.
type Design struct {
	Paper    Paper
	Layout   string // one of Layouts; plain when empty
	Language string // BCP 47
	// SignerLanguage is 1 + the slot of the value that says in which language a signer's own values are to be shaped: a BCP 47 tag, or
	// nothing for the letter's. 0 where there is no such value.
	SignerLanguage int
	Justify        bool     // body paragraphs have two straight edges
	Specimen       bool     // mark every page
	Sender         []string // the letterhead: name and address; the first line is set bold
	Logo           *picture.Picture
	Contact        string         // where a reply goes
	SenderLine     string         // name and address on one line, for the windows that show them above the address
	Rows           []ReferenceRow // references of the sender's own
	Reference      string         // letter id without its number: in the reference of page 1, at the foot of the others
	IDLabel        string         // what the id is, in the letter's language
	DateLabel      string
	Running        string                       // heads the following pages, before the page number
	PageOf         func(page, pages int) string // writes "page 2 of 3" in the letter's language; nil for 2 / 3
	Form           bool                         // the text of a form: what its pages are numbered is said beside the furniture
}

// Sizes of the text. Body text is 11 on 14 points: some 85 characters a line in Liberation Serif.
const (
	bodySize     = 11 * Point
	smallSize    = 9 * Point
	footSize     = 8 * Point
	leading      = 14 * Point
	smallLeading = 12 * Point
	halfLine     = leading / 2
	listIndent   = 18 * Point
)

// blockStyle is how one block is set: its paragraph style and the space around it.
type blockStyle struct {
	paragraphStyle
	x        Length // from the frame's left edge
	before   Length // space above the block's first line, beyond the leading
	leading  Length
	keepNext bool // no page break after it
	center   bool
}

// Layout is a letter laid out: everything that is the same for all signers, and a memory of words. Goroutines share it.
type Layout struct {
	fonts  *Fonts
	design Design
	frame  frame
	head   head
	blocks []layoutBlock
	words  *words
	draw   func(*Word) any
	rtl    bool

	digits    [1000]*Word // 000 to 999: numbers are set three digits at a time
	reference Line        // the fixed part of the foot
	footSize  Length      // its size: smaller than usual for a campaign with a long name
	numberX   Length
	home      map[PieceKey]Length // where the typical letter has its pieces
	typical   []PieceKey
}

// layoutBlock is one block with its style; a fixed one has its lines.
type layoutBlock struct {
	element Element
	style   blockStyle
	lines   []Line // of a fixed block
	marker  string
	fixed   bool
	alone   int // the slot of the one value that the block is; -1 for other blocks
}

// NewLayout lays a letter out. typical is the values of some signer: the letter as it comes out for them decides which
// pieces are laid out in advance. draw is called when a word is shaped, and what it returns kept as Word.Ink; calls come from the
// goroutines of the Setters.
func NewLayout(fonts *Fonts, design Design, elements []Element, typical []string, draw func(*Word) any) (*Layout, error) {
	l := &Layout{
		fonts: fonts, design: design, frame: frameFor(design.Layout, design.Paper), draw: draw,
		rtl: rightToLeft(design.Language), home: map[PieceKey]Length{}, words: newWords(),
	}
	if err := l.words.rules.read(design.Language, design.Justify); err != nil {
		return nil, err
	}
	s := newSetter(l)
	elements = s.layHead(elements)
	if len(l.head.misfits) > 0 {
		return nil, misfitError(l.head.misfits)
	}
	for i, e := range elements {
		after := e.Role
		if i > 0 {
			after = elements[i-1].Role
		}
		l.blocks = append(l.blocks, l.newBlock(e, after))
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		if b.fixed {
			b.lines = s.setAlone(b)
		}
	}
	if len(l.blocks) == 0 && !design.Form {
		return l, nil // a head, for documents: there is nothing to number
	}
	l.layReference(s)
	first, err := s.Set(typical, 0)
	if err != nil {
		return nil, err
	}
	for i := range first.Pages {
		for _, part := range first.Pages[i].Parts {
			if _, ok := l.home[part.Stamp.Piece]; !ok && len(part.Lines) == 0 {
				l.home[part.Stamp.Piece] = part.Stamp.Y
				l.typical = append(l.typical, part.Stamp.Piece)
			}
		}
	}
	return l, nil
}

// Typical returns the pieces of the typical letter: they are worth making in advance.
func (l *Layout) Typical() []PieceKey { return l.typical }

func (l *Layout) newBlock(e Element, after Role) layoutBlock {
	b := layoutBlock{element: e, fixed: e.Block.Fixed(), style: l.styleOf(e, after)}
	b.alone = -1
	if slot, ok := e.Block.Alone(); ok {
		b.alone = slot
	}
	if e.Role == Body && e.Block.Kind == templates.Item {
		b.marker = e.Block.Marker
	}
	return b
}

// styleOf is the style sheet; after is the role of the block above.
func (l *Layout) styleOf(e Element, after Role) blockStyle {
	s := blockStyle{leading: leading}
	s.size, s.measure, s.rtl = bodySize, l.frame.width, l.rtl
	switch e.Role {
	case Subject:
		s.style, s.before, s.keepNext = templates.Bold, leading+halfLine, true
	case Salutation:
		s.before, s.keepNext = leading, true
	case Closing:
		s.before, s.keepNext = leading, true
	case Signature:
		s.keepNext, s.fit = true, true
		if after == Closing {
			s.before = leading // nobody signs here: the name is set where a signature would begin
		}
	case Enclosures:
		s.size, s.leading, s.before = smallSize, smallLeading, leading+halfLine
	case Body:
		l.styleBody(&s, e)
	}
	if e.Role != Body && l.rtl && e.Block.Fixed() && !hasRightToLeft(strings.Join(linesOf(e.Block), "")) {
		s.rtl, s.align = false, alignEnd // Dear Mr Karp, in an Arabic letter: at its side, but with the comma behind it
	}
	return s
}

func (l *Layout) styleBody(s *blockStyle, e Element) {
	if l.design.Justify {
		s.align = alignJustify
	}
	s.before = halfLine
	switch e.Block.Kind {
	case templates.Heading:
		s.style, s.align, s.before, s.keepNext = templates.Bold, alignStart, leading, true
		if e.Block.Level == 1 {
			s.size = 13 * Point
		}
	case templates.Item:
		indent := listIndent * Length(max(1, e.Block.Level))
		s.measure -= indent
		if !l.rtl {
			s.x = indent
		}
	case templates.Break:
		s.align, s.center = alignStart, true
	}
}

// rightToLeft tells whether a language is written from right to left.
func rightToLeft(language string) bool {
	switch base, _, _ := cutTag(language); base {
	case "ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb":
		return true
	}
	return false
}

func cutTag(tag string) (base, rest string, found bool) {
	for i := range tag {
		if tag[i] == '-' || tag[i] == '_' {
			return tag[:i], tag[i+1:], true
		}
	}
	return tag, "", false
}

// layReference prepares the foot: the fixed part of the letter id, and the digits that follow it.
func (l *Layout) layReference(s *Setter) {
	for d := range l.digits {
		l.digits[d] = s.shaper.word(threeDigits(d), 0, false)
	}
	l.footSize = footSize
	l.reference = s.line(l.design.Reference, 0, footSize)
	if room := l.frame.width - 12*footSize/2; l.reference.Width > room { // twelve digits are half an em wide each
		l.footSize = footSize * room / l.reference.Width
		l.reference = s.line(l.design.Reference, 0, l.footSize)
	}
	l.reference.X, l.reference.Y = l.frame.left, l.frame.footer
	if l.rtl {
		l.reference.X += l.frame.width - l.reference.Width - s.line(idSpare, 0, l.footSize).Width
	}
	l.numberX = l.reference.X + l.reference.Width
}

func threeDigits(d int) []byte {
	return []byte{'0' + byte(d/100), '0' + byte(d/10%10), '0' + byte(d%10)}
}
