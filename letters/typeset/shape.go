package typeset

import (
	"hash/maphash"
	"math"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
)

// Glyph is one positioned glyph. Distances are in units of its face (Face.UnitsEm to the em), y upwards.
type Glyph struct {
	ID               GlyphID
	Advance          int32 // how far to go on
	XOffset, YOffset int32 // where to draw it, from the current point
	// Text is what the glyph stands for here. Glyphs that only say something together are a cluster: its first one, on the left, has
	// the text of all of them.
	Text string
	// Joined means that the glyph belongs to the cluster of the glyph before it.
	Joined bool
}

// GlyphRun is glyphs of one face, in visual order from left to right.
type GlyphRun struct {
	Face   *Face
	Glyphs []Glyph
	// Plain means that each glyph stands for the text that it has everywhere (Face.Text).
	Plain bool
}

// Word is a shaped stretch of text without a space: what a line is made of. It is read-only and shared by all places
// that say the same in the same style.
type Word struct {
	Runs  []GlyphRun // in visual order
	Width Em
	Ink   any // what the layout's draw made of the word, once
	// Divided says that the word is the start of one that goes on in the next line: its last glyph is a hyphen that the text does not
	// have. That glyph's text, and the end of Text, is a soft hyphen (U+00AD).
	Divided bool

	text   string
	style  Style
	rtl    bool
	joint  joint
	lead   *source           // the face that was to be tried first
	tongue language.Language // of a signer's word; "" for the letter's language
	before Em                // the space before it, kerned
	after  Em                // what a following space moves closer
	lacks  bool              // some glyph is missing
	own    []byte            // the memory of text, where the word has it to itself
}

type wordKey struct {
	text   string
	style  Style
	rtl    bool
	lead   *source
	tongue language.Language
}

// shaper shapes words with HarfBuzz and remembers them. It belongs to one goroutine.
//
// Its own memory is a table of fixed size with two places for each word: a word that finds both taken by others pushes one of them
// out. Behind it stands the memory of the layout, which all shapers share. What is remembered changes how fast a letter is set, and
// nothing else.
type shaper struct {
	fonts    *Fonts
	language language.Language
	tag      string // the language as the letter has it
	draw     func(*Word) any
	shared   *words
	table    []remembered

	divided map[pointsKey]*dividedWord // words that were asked for their points
	joints  *joints

	own    tongue  // of the signer; zero for the letter's language
	tongue tongue  // of the word being set: own, or zero
	front  *source // the face that words are set in as far as it goes; nil for the first that has them
	leads  leads
	words  scripts // of the word being shaped
	brief  bool    // words need to last until loosen only
	quick  [styles]quickKnown
	spoken map[quickKey]*quickFace // faces that set plain text otherwise in some languages
	hot    []remembered
	loose  []*Word
	loosed int // how many of loose are in use

	buffer    *harfbuzz.Buffer
	hb        map[*Face]*harfbuzz.Font
	segmenter segmenter.Segmenter
	runes     []rune
	chosen    []scriptLead
}

// tongue is a language other than the letter's. Fonts draw some letters and put some words together otherwise for it (OpenType, LangSys):
// Han characters for Japan and for China, accents of Romanian, Serbian and Marathi, the dotted i of Turkish.
type tongue struct {
	language language.Language
	tag      string // as it was given
	hash     uint64
}

// speak sets the language of the signer's words, a BCP 47 tag; "" for the letter's own.
func (s *shaper) speak(tag string) {
	if tag == s.own.tag {
		return
	}
	s.own = tongue{tag: strings.Clone(tag)}
	if l := language.NewLanguage(tag); l != s.language {
		s.own.language, s.own.hash = l, maphash.String(s.shared.seed, string(l))
	}
}

// spokenLanguage is the language of the word being set.
func (s *shaper) spokenLanguage() language.Language {
	if s.tongue.language != "" {
		return s.tongue.language
	}
	return s.language
}

type remembered struct {
	hash uint64
	word *Word
}

// ownWords is how many words a shaper remembers, a power of two.
const ownWords = 1 << 16

func newShaper(fonts *Fonts, lang string, draw func(*Word) any, shared *words) *shaper {
	return &shaper{
		fonts: fonts, language: language.NewLanguage(lang), tag: lang, draw: draw, shared: shared,
		table: make([]remembered, ownWords), hot: make([]remembered, hotWords), buffer: harfbuzz.NewBuffer(), hb: map[*Face]*harfbuzz.Font{},
	}
}

// words is the memory that the shapers of a layout share. It is split so that they seldom wait for one another.
type words struct {
	seed   maphash.Seed
	shards [64]wordShard
	rules  languageRules
}

type wordShard struct {
	mu    sync.RWMutex
	words map[wordKey]*Word
}

// shardWords bounds a shard: with some 500 bytes a word, all of them take about 60 MB. A full shard is emptied, and fills again with
// the words that recur.
const shardWords = 2048

func newWords() *words { return &words{seed: maphash.MakeSeed()} }

// word returns the shaped word for text, which must hold no space. The caller may reuse text's memory.
func (s *shaper) word(text []byte, style Style, rtl bool) *Word {
	if s.brief && !rtl && s.front == nil {
		if w := s.quickWord(text, style); w != nil {
			return w
		}
	}
	hash := maphash.Bytes(s.shared.seed, text) + uint64(style)*3
	if rtl {
		hash += 17
	}
	if s.front != nil {
		hash += s.front.key
	}
	hash += s.tongue.hash
	first, second := &s.table[hash%ownWords], &s.table[hash>>32%ownWords]
	if first.hash == hash && first.word != nil && first.word.is(text, style, rtl, s.front, s.tongue.language) {
		return first.word
	}
	if second.hash == hash && second.word != nil && second.word.is(text, style, rtl, s.front, s.tongue.language) {
		return second.word
	}
	w := s.find(hash, text, style, rtl)
	if first.word != nil && second.word == nil {
		first = second
	}
	*first = remembered{hash, w}
	return w
}

func (w *Word) is(text []byte, style Style, rtl bool, lead *source, tongue language.Language) bool {
	return w.text == string(text) && w.style == style && w.rtl == rtl && w.lead == lead && w.tongue == tongue
}

// find takes a word from the shared memory or shapes it.
func (s *shaper) find(hash uint64, text []byte, style Style, rtl bool) *Word {
	shard := &s.shared.shards[hash>>48%uint64(len(s.shared.shards))]
	key := wordKey{text: unsafe.String(unsafe.SliceData(text), len(text)), style: style, rtl: rtl, lead: s.front, tongue: s.tongue.language}
	shard.mu.RLock()
	w, ok := shard.words[key]
	shard.mu.RUnlock()
	if ok {
		return w
	}
	key.text = strings.Clone(key.text)
	w = s.shape(key.text, style, rtl)
	if s.draw != nil {
		w.Ink = s.draw(w)
	}
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if shard.words == nil || len(shard.words) >= shardWords {
		shard.words = map[wordKey]*Word{}
	}
	shard.words[key] = w
	return w
}

// shape sets one word, between two spaces, so that the kerning of a space with its neighbours is known.
func (s *shaper) shape(text string, style Style, rtl bool) *Word {
	w := &Word{text: text, style: style, rtl: rtl, lead: s.front, tongue: s.tongue.language, joint: s.jointOf(text)}
	s.runes = append(s.runes[:0], ' ')
	s.runes = append(s.runes, []rune(text)...)
	s.runes = append(s.runes, ' ')
	runs := s.itemise(s.runes[1:len(s.runes)-1], style)
	for i, run := range runs {
		w.Runs = append(w.Runs, s.tryRun(1+run.start, 1+run.end, run, rtl, i == 0, i == len(runs)-1, w))
	}
	if rtl {
		for i, j := 0, len(w.Runs)-1; i < j; i, j = i+1, j-1 {
			w.Runs[i], w.Runs[j] = w.Runs[j], w.Runs[i]
		}
	}
	for _, r := range w.Runs {
		units := 0
		for _, g := range r.Glyphs {
			units += int(g.Advance)
			w.lacks = w.lacks || g.ID == 0
		}
		w.Width += r.Face.em(units)
	}
	return w
}

// em turns font units into Em.
func (f *Face) em(units int) Em {
	v := int64(units) * int64(wholeEm) * 2
	return Em((v/int64(f.UnitsEm) + 1) >> 1)
}

// itemRun is a stretch of one face and one script.
type itemRun struct {
	start, end int
	face       *Face
	script     language.Script
}

// itemise splits a word by script and face, as choice.go says; never inside a grapheme cluster.
func (s *shaper) itemise(text []rune, style Style) []itemRun {
	st := s.fonts.stack(style)
	if plainLatin(text) && s.front == nil && st.main.covers.hasAll(text) {
		return []itemRun{{0, len(text), st.main.load(), language.Latin}}
	}
	s.words.sort(text)
	chosen := s.chosen[:0]
	for i, t := range s.words.of {
		if i == 0 && s.front != nil && s.front.covers.hasAll(t.text) {
			chosen = append(chosen, scriptLead{t.script, s.front})
		} else if source := s.fonts.first(t.text, style); source != nil {
			chosen = append(chosen, scriptLead{t.script, source})
		}
	}
	s.chosen = chosen
	var runs []itemRun
	var beside *source // the face of the letters before
	s.segmenter.Init(text)
	for it := s.segmenter.GraphemeIterator(); it.Next(); {
		cluster := it.Grapheme()
		script := clusterScript(cluster.Text)
		source := s.sourceOf(cluster.Text, script, style, beside)
		face := st.main.load() // glyph 0, where there is none: Setter.Set refuses such a letter
		if source != nil {
			beside, face = source, source.load()
		}
		runs = appendRun(runs, itemRun{cluster.Offset, cluster.Offset + len(cluster.Text), face, script})
	}
	return runs
}

// sourceOf chooses the face of a letter and its marks; beside is the face of what stands before it in the word.
func (s *shaper) sourceOf(cluster []rune, script language.Script, style Style, beside *source) *source {
	for i := range s.chosen {
		if c := &s.chosen[i]; c.script == script && c.source.covers.hasAll(cluster) {
			return c.source
		}
	}
	if !script.Strong() {
		if beside == nil && len(s.chosen) > 0 {
			beside = s.chosen[0].source
		}
		if beside != nil && beside.covers.hasAll(cluster) {
			return beside
		}
		if main := s.fonts.stack(style).main; main.covers.hasAll(cluster) {
			return main
		}
	}
	return s.fonts.first(cluster, style)
}

// appendRun adds a run, or makes the last one longer where face and script go on.
func appendRun(runs []itemRun, run itemRun) []itemRun {
	if n := len(runs); n > 0 {
		last := &runs[n-1]
		if last.face == run.face && (last.script == run.script || !run.script.Strong() || !last.script.Strong()) {
			last.end = run.end
			if !last.script.Strong() {
				last.script = run.script
			}
			return runs
		}
	}
	return append(runs, run)
}

// plainLatin tells whether all of the text is in the Latin script, or common to all scripts, below U+0300.
func plainLatin(text []rune) bool {
	for _, r := range text {
		if r >= 0x300 {
			return false
		}
	}
	return true
}

func clusterScript(cluster []rune) language.Script {
	for _, r := range cluster {
		if script := language.LookupScript(r); script.Strong() {
			return script
		}
	}
	return language.LookupScript(cluster[0])
}

// tryRun shapes a part of s.runes. A damaged font may have rules that lead go-text astray: it then sets the glyph 0, and with it the word is
// refused.
func (s *shaper) tryRun(start, end int, run itemRun, rtl, first, last bool, w *Word) (out GlyphRun) {
	defer func() {
		if recover() != nil {
			s.buffer = harfbuzz.NewBuffer()
			out = GlyphRun{Face: run.face, Glyphs: []Glyph{{}}}
		}
	}()
	return s.shapeRun(s.runes, start, end, run, rtl, first, last, w)
}

// shapeRun shapes text[start:end] with its neighbours as context. At the word's ends the spaces around it are shaped
// with it and taken off again, as w.before and w.after.
func (s *shaper) shapeRun(text []rune, start, end int, run itemRun, rtl, first, last bool, w *Word) GlyphRun {
	hb, from, to := s.fontOf(run.face), start, end
	_, _, spaced := run.face.Space()
	if first && spaced {
		from--
	}
	if last && spaced {
		to++
	}
	if first && !spaced {
		w.before = wholeEm / 4
	}
	b := s.buffer
	b.Clear()
	b.AddRunes(text, from, to-from)
	b.Props = harfbuzz.SegmentProperties{Script: run.script, Language: s.spokenLanguage(), Direction: harfbuzz.LeftToRight}
	if rtl {
		b.Props.Direction = harfbuzz.RightToLeft
	}
	b.Shape(hb, nil)

	out := GlyphRun{Face: run.face}
	out.Glyphs = make([]Glyph, 0, len(b.Info))
	clusters := make([]int, 0, len(b.Info))
	for i, info := range b.Info {
		pos := b.Pos[i]
		switch info.Cluster {
		case start - 1:
			w.before = run.face.em(int(pos.XAdvance))
			continue
		case end:
			continue
		}
		clusters = append(clusters, info.Cluster)
		out.Glyphs = append(out.Glyphs, Glyph{
			ID: GlyphID(info.Glyph), Advance: int32(pos.XAdvance), XOffset: int32(pos.XOffset), YOffset: int32(pos.YOffset),
		})
	}
	if last && spaced && !rtl {
		w.after = out.takeTrailingKern(hb)
	}
	out.tell(text, clusters, end, rtl)
	return out
}

// tell gives each cluster of glyphs the text it stands for. Where a cluster's glyphs are its characters one by one, as they are in most
// scripts that have clusters at all, each is told on its own: the less there is to say, the better it is understood.
func (r *GlyphRun) tell(text []rune, clusters []int, end int, rtl bool) {
	r.Plain = true
	for i := 0; i < len(clusters); {
		n := 1
		for i+n < len(clusters) && clusters[i+n] == clusters[i] {
			n++
		}
		// The cluster reaches to where the next one in reading order starts.
		next := end
		if after := i + n; !rtl && after < len(clusters) {
			next = clusters[after]
		} else if rtl && i > 0 {
			next = clusters[i-1]
		}
		r.tellCluster(r.Glyphs[i:i+n], text[clusters[i]:next], rtl)
		i += n
	}
}

func (r *GlyphRun) tellCluster(glyphs []Glyph, text []rune, rtl bool) {
	if r.oneByOne(glyphs, text, rtl) {
		for i := range glyphs {
			glyphs[i].Text = string(text[i])
		}
		return
	}
	for i := range glyphs {
		glyphs[i].Joined = i > 0
	}
	glyphs[0].Text = string(text)
	r.Plain = r.Plain && len(glyphs) == 1 && glyphs[0].Text == r.Face.Text(glyphs[0].ID)
}

// oneByOne tells whether the glyphs of a cluster stand side by side in reading order, each for one character and the one it always
// stands for.
func (r *GlyphRun) oneByOne(glyphs []Glyph, text []rune, rtl bool) bool {
	if len(glyphs) == 1 || len(glyphs) != len(text) || rtl {
		return false
	}
	for i, g := range glyphs {
		if g.Advance <= 0 || g.XOffset != 0 || g.YOffset != 0 || r.Face.Text(g.ID) != string(text[i]) {
			return false
		}
	}
	return true
}

// takeTrailingKern gives the last glyph its own advance back, and returns what the space after it had taken off.
func (r *GlyphRun) takeTrailingKern(hb *harfbuzz.Font) Em {
	if len(r.Glyphs) == 0 {
		return 0
	}
	g := &r.Glyphs[len(r.Glyphs)-1]
	own := int32(hb.GlyphHAdvance(font.GID(g.ID)))
	if g.Advance == 0 || g.Advance == own || g.XOffset != 0 {
		return 0
	}
	kern := g.Advance - own
	g.Advance = own
	return r.Face.em(int(kern))
}

func (s *shaper) fontOf(face *Face) *harfbuzz.Font {
	hb, ok := s.hb[face]
	if !ok {
		hb = newHarfBuzz(face)
		s.hb[face] = hb
	}
	return hb
}

// split cuts a word that is wider than the measure into pieces that are not, between grapheme clusters.
func (s *shaper) split(w *Word, measure Em) []*Word {
	var clusters [][]rune
	s.segmenter.Init([]rune(w.text))
	for it := s.segmenter.GraphemeIterator(); it.Next(); {
		clusters = append(clusters, append([]rune(nil), it.Grapheme().Text...))
	}
	// The longest prefix that fits is found by halving, among those up to twice as long as the mean width lets expect:
	// a long text is not shaped whole again for each of its pieces.
	expected := int(int64(len(clusters)) * int64(measure) / int64(max(1, w.Width)))
	var pieces []*Word
	for len(clusters) > 0 {
		fits, tooMany := 1, min(len(clusters), 2*expected+2)+1
		for tooMany-fits > 1 {
			n := (fits + tooMany) / 2
			if s.word([]byte(joined(clusters[:n])), w.style, w.rtl).Width <= measure {
				fits = n
			} else {
				tooMany = n
			}
		}
		pieces = append(pieces, s.word([]byte(joined(clusters[:fits])), w.style, w.rtl))
		clusters = clusters[fits:]
	}
	return pieces
}

func joined(clusters [][]rune) string {
	var b strings.Builder
	for _, c := range clusters {
		for _, r := range c {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Space gives the width of the space in a face and its glyph; ok is false when it has none.
func (f *Face) Space() (g GlyphID, units int, ok bool) {
	f.advanceOnce.Do(f.readAdvances)
	return f.space, int(f.advances[f.space]), f.space != 0
}

// Advance is the width of a glyph in font units (hmtx).
func (f *Face) Advance(g GlyphID) int {
	f.advanceOnce.Do(f.readAdvances)
	if int(g) >= len(f.advances) {
		return 0
	}
	return int(f.advances[g])
}

// measure reads the width of each glyph.
func (f *Face) measure() []uint16 {
	face := f.shaped()
	advances := make([]uint16, max(1, f.Glyphs()))
	for g := range advances {
		advances[g] = uint16(int32(math.Round(float64(face.HorizontalAdvance(font.GID(g)))))) // as HarfBuzz rounds it
	}
	return advances
}

func (f *Face) readAdvances() {
	f.advances = f.measure()
	f.widths = make([]int32, len(f.advances))
	for g, advance := range f.advances {
		f.widths[g] = int32(f.PerEm(int(advance)))
	}
	if g, ok := f.font.NominalGlyph(' '); ok && int(g) < len(f.advances) {
		f.space = GlyphID(g)
	}
}

// PerEm is the em in the unit of Face.PerEm and Face.Width.
const PerEm = 100_000

// PerEm turns font units into hundred-thousandths of an em, to the nearest.
func (f *Face) PerEm(units int) int64 {
	v, em := int64(units)*PerEm*2, int64(f.UnitsEm)
	if v < 0 {
		return -((-v/em + 1) >> 1)
	}
	return (v/em + 1) >> 1
}

// Advances are the widths of all glyphs: in font units (hmtx), and in hundred-thousandths of an em (PerEm). They are read-only.
func (f *Face) Advances() (units []uint16, perEm []int32) {
	f.advanceOnce.Do(f.readAdvances)
	return f.advances, f.widths
}

// Text is what the word says, in reading order.
func (w *Word) Text() string { return w.text }

// RightToLeft tells whether the word is read from right to left.
func (w *Word) RightToLeft() bool { return w.rtl }
