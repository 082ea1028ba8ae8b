package typeset

import (
	"bytes"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/language"
)

// languageRules is what a letter's language says of line ends: read when it is first asked for, and shared by the shapers of a layout.
type languageRules struct {
	jointsOnce, hyphensOnce sync.Once
	joints                  *joints
	hyphenator              *hyphenator
	err                     error
}

// read reads the rules, those for hyphens where they are needed; the error is that of a broken table in the binary.
func (r *languageRules) read(language string, divide bool) error {
	r.jointsOf(language)
	if divide {
		r.hyphens(language)
	}
	return r.err
}

func (r *languageRules) jointsOf(language string) *joints {
	r.jointsOnce.Do(func() {
		var err error
		if r.joints, err = newJoints(language); err != nil {
			r.joints, r.err = &joints{words: map[string]joint{}}, err
		}
	})
	return r.joints
}

// hyphens gives the hyphenator of a language, nil where there is none.
func (r *languageRules) hyphens(language string) *hyphenator {
	r.hyphensOnce.Do(func() {
		var err error
		if r.hyphenator, err = newHyphenator(language); err != nil {
			r.err = err
		}
	})
	return r.hyphenator
}

// jointOf is what a word is to its neighbours.
func (s *shaper) jointOf(text string) joint {
	if s.joints == nil {
		s.joints = s.shared.rules.jointsOf(s.tag)
	}
	return s.joints.of(text)
}

// softHyphen is where the writer of a text says that a word may be divided (U+00AD). It is printed only there.
const softHyphen = "\u00ad"

// divide tells whether words are divided without being asked to: in justified text.
func (ps *paragraphStyle) divide() bool { return ps.align == alignJustify }

// divisible tells whether a word may have places where it can be divided; nearly all that are too short or have none are seen at once.
func divisible(text []byte) bool { return len(text) >= shortestDivided }

// pointsKey names a word with its points.
type pointsKey struct {
	text   string
	style  Style
	size   Length
	divide bool
	lead   *source // the face that was to be tried first
	tongue language.Language
}

// dividedWord is a word without its soft hyphens, and where it may be divided.
type dividedWord struct {
	text   []byte
	points []point
}

// maxPoints bounds the points of one word: a word that is longer than many lines is cut all the same.
const maxPoints = 1000

// longPart is how many bytes a part of a word with hyphens of its own must have to be divided further.
const longPart = 12

// maxDivided bounds what a shaper remembers of words that are not cut once and for all: words with fields in them and addresses of the web.
const maxDivided = 1 << 12

// divide finds the points of a word: at its soft hyphens or, in justified text, where the language divides it; part says that it is a part of a
// longer one. What a signer gave, and the campaign's own
// fields, are not divided, but for addresses of the web. Soft hyphens of a signer's stay, for they are theirs.
func (s *shaper) divide(text []byte, u *unit, part bool, ps *paragraphStyle) *dividedWord {
	web := webAddress(text)
	asked := u.value == "" && bytes.Contains(text, []byte(softHyphen))
	if !web && !asked && (u.value != "" || !ps.divide() || part && len(text) < longPart) {
		return nil
	}
	if d, ok := s.divided[pointsKey{string(text), u.style, ps.size, ps.divide(), s.front, s.tongue.language}]; ok {
		return d
	}
	d := &dividedWord{}
	plain := string(text)
	switch {
	case web:
		d.points = s.pointsAt(plain, webPlaces(plain), false, u.style, ps.size)
	case asked:
		var places []int
		for {
			before, after, found := strings.Cut(plain, softHyphen)
			plain = before + after
			if !found {
				break
			}
			if before != "" && after != "" {
				places = append(places, len(before))
			}
		}
		d.points = s.pointsAt(plain, places, true, u.style, ps.size)
	default:
		if h := s.shared.rules.hyphens(s.tag); h != nil {
			d.points = s.pointsAt(plain, h.places(plain), true, u.style, ps.size)
			for i := range d.points {
				p := &d.points[i]
				p.poor = lettersIn(p.head.text) < 3 || lettersIn(p.tail.text) < 3
			}
		}
	}
	d.text = []byte(plain)
	if len(d.points) == 0 && !asked {
		d = nil
	}
	if s.divided == nil || len(s.divided) >= maxDivided {
		s.divided = map[pointsKey]*dividedWord{}
	}
	s.divided[pointsKey{string(text), u.style, ps.size, ps.divide(), s.front, s.tongue.language}] = d
	return d
}

func lettersIn(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// pointsAt sets the parts of a word on either side of each place.
func (s *shaper) pointsAt(word string, places []int, hyphen bool, style Style, size Length) []point {
	brief := s.brief
	s.brief = false // these words last
	defer func() { s.brief = brief }()
	var points []point
	for _, at := range places[:min(len(places), maxPoints)] {
		p := point{tail: s.word([]byte(word[at:]), style, false), hyphen: hyphen}
		if hyphen {
			p.head = s.hyphened(word[:at], style)
		} else {
			p.head = s.word([]byte(word[:at]), style, false)
		}
		p.headWidth, p.tailWidth = p.head.Width.At(size), p.tail.Width.At(size)
		points = append(points, p)
	}
	return points
}

// splitAt cuts a word that is wider than the measure at those of its points that have no hyphen, each piece as long as fits; nil where
// some piece does not fit however it is cut.
func (s *shaper) splitAt(w *Word, divided *dividedWord, measure Em) []*Word {
	if divided == nil {
		return nil
	}
	var ends []int
	for _, p := range divided.points {
		if p.hyphen {
			return nil
		}
		ends = append(ends, len(w.text)-len(p.tail.text))
	}
	ends = append(ends, len(w.text))
	var pieces []*Word
	for from := 0; from < len(w.text); {
		var fits *Word
		for len(ends) > 0 {
			next := s.word([]byte(w.text[from:ends[0]]), w.style, w.rtl)
			if next.Width > measure {
				break
			}
			fits, ends = next, ends[1:]
		}
		if fits == nil {
			return nil
		}
		pieces, from = append(pieces, fits), from+len(fits.text)
	}
	return pieces
}

// hyphened sets the start of a word that goes on in the next line. The hyphen stands for a soft hyphen: whoever copies the text gets the
// word whole.
func (s *shaper) hyphened(text string, style Style) *Word {
	w := s.shape(text+"-", style, false)
	if run := &w.Runs[len(w.Runs)-1]; len(run.Glyphs) > 0 {
		if g := &run.Glyphs[len(run.Glyphs)-1]; g.Text == "-" {
			g.Text, run.Plain = softHyphen, false
		}
	}
	w.text, w.Divided = text+softHyphen, true
	if s.draw != nil {
		w.Ink = s.draw(w)
	}
	return w
}

// webAddress tells whether a word is an address of the web, perhaps with punctuation around it.
func webAddress(text []byte) bool {
	return bytes.IndexByte(text, ':') > 0 && bytes.Contains(text, []byte("://")) || bytes.IndexByte(text, 'w') >= 0 && bytes.Contains(text, []byte("www."))
}

// webPlaces is where an address of the web may go on in the next line, without a hyphen: behind a slash, a full stop and their like,
// with at least two characters on either side, and not between two of them.
func webPlaces(text string) []int {
	const marks = "/.-_?&=#"
	var places []int
	for i := 2; i+2 <= len(text); i++ {
		if strings.IndexByte(marks, text[i-1]) >= 0 && strings.IndexByte(marks, text[i]) < 0 && strings.IndexByte(closingMarks, text[i]) < 0 {
			places = append(places, i)
		}
	}
	return places
}

func softHyphenBefore(text []byte, at int) bool {
	return bytes.HasSuffix(text[:at], []byte(softHyphen))
}
