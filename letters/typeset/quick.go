package typeset

import (
	"hash/maphash"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
)

// Most words of most signers are plain Latin, and many names come up once and never again: shaping each of them with HarfBuzz would
// take longer than all the rest of a letter. In a face whose rules for such letters look at no more than two neighbours (kerning), a
// word comes out as its letters do pair by pair. A quickFace finds out for which letters that is so, asks HarfBuzz once for each pair,
// and from then on adds up. Whatever it is not sure of is shaped by HarfBuzz as a whole; the glyphs and their places are the same.

// quickRunes is how many characters a quickFace looks at: Basic Latin to Latin Extended-B.
const quickRunes = 0x250

// quickFace sets plain Latin words in one face and one language. It belongs to one shaper.
type quickFace struct {
	face   *Face
	shared bool              // it sets all languages alike
	tongue language.Language // that it is for; "" for the letter's, or all
	glyphs [quickRunes]quickGlyph
	kerns  []int16 // by first and second character; see unasked and unsure
}

// quickGlyph is the glyph of a character.
type quickGlyph struct {
	id      GlyphID
	advance uint16
	text    string // what it stands for
	sure    bool   // no rule changes it, but those for pairs
}

// What kerns says where it holds no kern.
const (
	unasked = math.MinInt16
	unsure  = math.MinInt16 + 1 // the pair is more than its two glyphs and a kern
)

// defaultFeatures are those that HarfBuzz applies to Latin text unasked (hb-ot-shape.cc).
var defaultFeatures = map[string]bool{
	"rvrn": true, "ltra": true, "ltrm": true, "rand": true, "abvm": true, "blwm": true, "ccmp": true, "locl": true, "mark": true, "mkmk": true,
	"rlig": true, "calt": true, "clig": true, "curs": true, "dist": true, "kern": true, "liga": true, "rclt": true,
}

// newQuickFace looks through the rules of a face. It returns nil for a face that it cannot be sure of.
func (s *shaper) newQuickFace(face *Face) (quick *quickFace) {
	defer func() {
		if recover() != nil { // of a damaged font; see tryRun
			s.buffer, quick = harfbuzz.NewBuffer(), nil
		}
	}()
	space, _, spaced := face.Space()
	f := face.font
	if !spaced || len(f.GSUB.FeatureVariations)+len(f.GPOS.FeatureVariations) > 0 {
		return nil
	}
	for _, table := range []string{"morx", "mort", "kerx", "trak"} {
		if face.Table(table) != nil {
			return nil
		}
	}
	q := &quickFace{face: face, shared: allLanguagesAlike(face), kerns: make([]int16, quickRunes*quickRunes)}
	if !q.shared {
		q.tongue = s.tongue.language
	}
	for i := range q.kerns {
		q.kerns[i] = unasked
	}
	for r := rune(' '); r < quickRunes; r++ {
		g, ok := f.NominalGlyph(r)
		if r >= 0x7F && r <= 0xA0 || r == 0xAD || !ok || g == 0 {
			continue
		}
		id := GlyphID(g)
		text := face.Text(id)
		said := text == string(r) || r == ' ' && id == space
		props := glyphProps(f, id)
		q.glyphs[r] = quickGlyph{id: id, advance: uint16(face.Advance(id)), text: text, sure: said && props&(tables.GPMark|tables.GPLigature) == 0}
	}
	q.lookAtSubstitutions()
	q.lookAtPositions()
	if !q.glyphs[' '].sure {
		return nil
	}
	for r := range q.glyphs {
		q.glyphs[r].sure = q.glyphs[r].sure && s.staysItself(q, rune(r))
	}
	return q
}

// glyphProps is what GDEF says of a glyph, in a font that has one.
func glyphProps(f *font.Font, id GlyphID) uint16 {
	if f.GDEF.GlyphClassDef == nil {
		return 0
	}
	return f.GDEF.GlyphProps(tables.GlyphID(id))
}

// lookAtSubstitutions strikes out what GSUB may change in sight of other glyphs.
func (q *quickFace) lookAtSubstitutions() {
	gsub := &q.face.font.GSUB
	for _, index := range activeLookups(&gsub.Layout) {
		if int(index) >= len(gsub.Lookups) {
			continue
		}
		for _, subtable := range gsub.Lookups[index].Subtables {
			switch t := subtable.(type) {
			case tables.SingleSubs, tables.MultipleSubs: // whatever the neighbours are: staysItself sees it
			case tables.LigatureSubs:
				q.lookAtLigatures(t)
			case tables.ContextualSubs:
				if c, ok := t.Data.(tables.ContextualSubs3); !ok || q.mayMatch(c.Coverages) {
					q.strike(subtable.Cov())
				}
			case tables.ChainedContextualSubs:
				if c, ok := t.Data.(tables.ChainedContextualSubs3); !ok ||
					q.mayMatch(c.BacktrackCoverages) && q.mayMatch(c.InputCoverages) && q.mayMatch(c.LookaheadCoverages) {
					q.strike(subtable.Cov())
				}
			default:
				q.strike(subtable.Cov())
			}
		}
	}
}

// lookAtLigatures makes unsure the pairs with which a ligature of plain letters begins. Others need a letter that is not plain.
func (q *quickFace) lookAtLigatures(t tables.LigatureSubs) {
	for first := range q.glyphs {
		g := &q.glyphs[first]
		set, ok := t.Coverage.Index(tables.GlyphID(g.id))
		if !ok || !g.sure || set >= len(t.LigatureSets) {
			continue
		}
		for _, ligature := range t.LigatureSets[set].Ligatures {
			if len(ligature.ComponentGlyphIDs) == 0 || !q.all(ligature.ComponentGlyphIDs) {
				continue
			}
			for second := range q.glyphs {
				if q.glyphs[second].id == GlyphID(ligature.ComponentGlyphIDs[0]) {
					q.kerns[first*quickRunes+second] = unsure
				}
			}
		}
	}
}

// lookAtPositions strikes out what GPOS may place otherwise than by kerning the first glyph of a pair.
func (q *quickFace) lookAtPositions() {
	gpos := &q.face.font.GPOS
	for _, index := range activeLookups(&gpos.Layout) {
		if int(index) >= len(gpos.Lookups) {
			continue
		}
		for _, subtable := range gpos.Lookups[index].Subtables {
			switch t := subtable.(type) {
			case tables.SinglePos, tables.MarkBasePos, tables.MarkLigPos, tables.MarkMarkPos:
			case tables.PairPos:
				if placesSecond(t) {
					q.strike(subtable.Cov())
				}
			default:
				q.strike(subtable.Cov())
			}
		}
	}
}

// placesSecond tells whether a pair rule says something of the second glyph: the next pair then begins behind it (OpenType, GPOS 2).
func placesSecond(t tables.PairPos) bool {
	switch data := t.Data.(type) {
	case tables.PairPosData1:
		return data.ValueFormat2 != 0
	case tables.PairPosData2:
		return data.ValueFormat2 != 0
	}
	return true
}

// activeLookups lists the lookups of the features that HarfBuzz applies, for any script and language.
func activeLookups(layout *font.Layout) []uint16 {
	required := map[uint16]bool{}
	for _, script := range layout.Scripts {
		if script.DefaultLangSys != nil {
			required[script.DefaultLangSys.RequiredFeatureIndex] = true
		}
		for _, l := range script.LangSys {
			required[l.RequiredFeatureIndex] = true
		}
	}
	var active []uint16
	for i, feature := range layout.Features {
		if defaultFeatures[ot.Tag(feature.Tag).String()] || required[uint16(i)] {
			active = append(active, feature.LookupListIndices...)
		}
	}
	return active
}

// strike takes the glyphs of a coverage out.
func (q *quickFace) strike(c tables.Coverage) {
	for r := range q.glyphs {
		if _, ok := c.Index(tables.GlyphID(q.glyphs[r].id)); ok {
			q.glyphs[r].sure = false
		}
	}
}

// mayMatch tells whether plain letters can stand in all of these places.
func (q *quickFace) mayMatch(places []tables.Coverage) bool {
	for _, c := range places {
		found := false
		for r := range q.glyphs {
			if _, ok := c.Index(tables.GlyphID(q.glyphs[r].id)); ok && q.glyphs[r].id != 0 {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// all tells whether all of these are glyphs of plain letters.
func (q *quickFace) all(ids []tables.GlyphID) bool {
next:
	for _, id := range ids {
		for r := range q.glyphs {
			if q.glyphs[r].id == GlyphID(id) {
				continue next
			}
		}
		return false
	}
	return true
}

// staysItself tells whether a character alone comes out as its own glyph, as wide as the font has it.
func (s *shaper) staysItself(q *quickFace, r rune) bool {
	g := q.glyphs[r]
	if !s.shapeQuick(q, r) {
		return false
	}
	b := s.buffer
	return len(b.Info) == 1 && GlyphID(b.Info[0].Glyph) == g.id &&
		b.Pos[0] == harfbuzz.GlyphPosition{XAdvance: harfbuzz.Position(g.advance)}
}

// shapeQuick shapes a few letters; false when the font is damaged.
func (s *shaper) shapeQuick(q *quickFace, text ...rune) (ok bool) {
	defer func() {
		if recover() != nil { // see tryRun
			s.buffer, ok = harfbuzz.NewBuffer(), false
		}
	}()
	b := s.buffer
	b.Clear()
	b.AddRunes(text, 0, len(text))
	b.Props = harfbuzz.SegmentProperties{Script: language.Latin, Language: s.languageOf(q), Direction: harfbuzz.LeftToRight}
	b.Shape(s.fontOf(q.face), nil)
	return true
}

func (s *shaper) languageOf(q *quickFace) language.Language {
	if q.tongue != "" {
		return q.tongue
	}
	return s.language
}

// allLanguagesAlike tells whether a face has no rules for some languages of the Latin script only.
func allLanguagesAlike(face *Face) bool {
	for _, layout := range []*font.Layout{&face.font.GSUB.Layout, &face.font.GPOS.Layout} {
		for _, script := range layout.Scripts {
			tag := ot.Tag(script.Tag).String()
			if (tag == "latn" || tag == "DFLT" || tag == "dflt") && len(script.LangSys) > 0 {
				return false
			}
		}
	}
	return true
}

// kern gives what two neighbours stand closer (below 0) or wider than their widths, or unsure.
func (s *shaper) kern(q *quickFace, first, second rune) int16 {
	k := &q.kerns[int(first)*quickRunes+int(second)]
	if *k == unasked {
		*k = s.askKern(q, first, second)
	}
	return *k
}

func (s *shaper) askKern(q *quickFace, first, second rune) int16 {
	a, z := q.glyphs[first], q.glyphs[second]
	if !s.shapeQuick(q, first, second) {
		return unsure
	}
	b := s.buffer
	if len(b.Info) != 2 || GlyphID(b.Info[0].Glyph) != a.id || GlyphID(b.Info[1].Glyph) != z.id {
		return unsure
	}
	kern := b.Pos[0].XAdvance - harfbuzz.Position(a.advance)
	want := harfbuzz.GlyphPosition{XAdvance: b.Pos[0].XAdvance}
	if b.Pos[0] != want || (b.Pos[1] != harfbuzz.GlyphPosition{XAdvance: harfbuzz.Position(z.advance)}) ||
		kern <= unsure || kern > math.MaxInt16 || b.Pos[0].XAdvance == 0 && kern != 0 {
		return unsure
	}
	return int16(kern)
}

// hotWords is how many words of signers a shaper has at hand, a power of two: first names recur. They fit in a processor's own memory; what
// comes up less often is sooner set again than fetched.
const hotWords = 1 << 11

// quickWord returns the shaped word of plain Latin text, or nil where HarfBuzz must be asked. The word is good until loosen is called.
func (s *shaper) quickWord(text []byte, style Style) *Word {
	if len(text) == 0 || text[0] > lastLead {
		return nil
	}
	q := s.quickOf(style)
	if q == nil {
		return nil
	}
	hash := maphash.Bytes(s.shared.seed, text) + uint64(style)
	if q.tongue != "" {
		hash += s.tongue.hash
	}
	hot := &s.hot[hash%hotWords]
	switch {
	case hot.hash != hash:
		*hot = remembered{hash: hash}
	case hot.word == nil:
		hot.word = s.joined(s.setQuick(q, &Word{}, text, style))
		return hot.word
	case hot.word.is(text, style, false, nil, q.tongue):
		return hot.word
	}
	return s.joined(s.quickLoose(q, text, style))
}

// joined notes what a word is to its neighbours, which is asked for where lines are broken.
func (s *shaper) joined(w *Word) *Word {
	if w != nil {
		w.joint = s.jointOf(w.text)
	}
	return w
}

// lastLead is the lead byte in UTF-8 of the last character that a quickFace looks at.
const lastLead = 0xC0 | (quickRunes-1)>>6

// quickLoose sets a word in memory that loosen frees.
func (s *shaper) quickLoose(q *quickFace, text []byte, style Style) *Word {
	if s.loosed == len(s.loose) {
		s.loose = append(s.loose, &Word{})
	}
	w := s.setQuick(q, s.loose[s.loosed], text, style)
	if w != nil {
		s.loosed++
	}
	return w
}

// plainWherever tells whether a value of letters that a quickFace is sure of is always set in the main face.
func (st *stack) plainWherever(q *quickFace) bool {
	for r := range q.glyphs {
		if q.glyphs[r].sure && !st.isPlain(rune(r)) {
			return false
		}
	}
	return true
}

// quickText sets a text with its spaces as one word; nil where HarfBuzz must be asked. While s.brief is set, the word is good until loosen is
// called.
func (s *shaper) quickText(text string, style Style) *Word {
	q, known := s.quickOf(style), &s.quick[style&(styles-1)]
	switch {
	case q == nil, (q != known.quick || !known.plain) && !s.fonts.stack(style).plainValue(text):
		return nil
	case s.brief:
		return s.quickLoose(q, unsafe.Slice(unsafe.StringData(text), len(text)), style)
	}
	return s.setQuick(q, &Word{}, []byte(text), style)
}

// loosen frees the words set by quickLoose: their letter has been written.
func (s *shaper) loosen() { s.loosed = 0 }

// setQuick sets a word in w's memory; nil when it is not sure how.
func (s *shaper) setQuick(q *quickFace, w *Word, text []byte, style Style) *Word {
	if len(w.Runs) == 0 {
		w.Runs = []GlyphRun{{Plain: true}}
	}
	run := &w.Runs[0]
	run.Face, run.Glyphs = q.face, run.Glyphs[:0]
	units, before, last := 0, int16(0), ' '
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		i += size
		if r >= quickRunes || !q.glyphs[r].sure {
			return nil
		}
		kern := q.kerns[int(last)*quickRunes+int(r)]
		if kern <= unsure {
			if kern = s.kern(q, last, r); kern == unsure {
				return nil
			}
		}
		if n := len(run.Glyphs); n > 0 {
			run.Glyphs[n-1].Advance += int32(kern)
			units += int(kern)
		} else {
			before = kern
		}
		g := &q.glyphs[r]
		run.Glyphs = append(run.Glyphs, Glyph{ID: g.id, Advance: int32(g.advance), Text: g.text})
		units += int(g.advance)
		last = r
	}
	after := s.kern(q, last, ' ')
	if after == unsure {
		return nil
	}
	w.own = append(w.own[:0], text...)
	w.text, w.style = unsafe.String(unsafe.SliceData(w.own), len(w.own)), style
	w.tongue = q.tongue
	w.Width = q.face.em(units)
	w.before, w.after = q.face.em(int(q.glyphs[' '].advance)+int(before)), q.face.em(int(after))
	if s.draw != nil {
		w.Ink = s.draw(w)
	}
	return w
}

// quickOf returns the quickFace of the face that plain text in a style is set in; nil when there is none.
func (s *shaper) quickOf(style Style) *quickFace {
	known := &s.quick[style&(styles-1)]
	if face := s.fonts.stack(style).main.load(); known.face != face {
		spoken := s.tongue
		s.tongue = tongue{}
		known.face, known.quick = face, s.newQuickFace(face)
		s.tongue = spoken
		known.plain = known.quick != nil && s.fonts.stack(style).plainWherever(known.quick)
	}
	if s.tongue.language != "" && known.quick != nil && !known.quick.shared {
		return s.quickIn(known.face)
	}
	return known.quick
}

// quickKey names a face in a language.
type quickKey struct {
	face   *Face
	tongue language.Language
}

// maxSpoken bounds the languages in which a shaper sets plain text quickly beside the letter's; each takes 700 kB.
const maxSpoken = 16

// quickIn returns the quickFace of a face for the tongue being set; nil when there are too many.
func (s *shaper) quickIn(face *Face) *quickFace {
	key := quickKey{face, s.tongue.language}
	q, ok := s.spoken[key]
	if !ok && len(s.spoken) < maxSpoken {
		if s.spoken == nil {
			s.spoken = map[quickKey]*quickFace{}
		}
		q = s.newQuickFace(face)
		s.spoken[key] = q
	}
	return q
}

// quickKnown is what a shaper knows of the main face of a style.
type quickKnown struct {
	face  *Face
	quick *quickFace
	plain bool // whatever it is sure of is set in the main face, whichever value it stands in
}
