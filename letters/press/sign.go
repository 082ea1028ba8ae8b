package press

import (
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf8"

	"postbag/letters/typeset"
)

// sign is what a character code shows and what it says. It shows a glyph or, where group is not nil, a group.
type sign struct {
	glyph typeset.GlyphID
	group *group
	text  string
}

// group is glyphs of a cluster that are drawn as one, such as a letter with its vowel signs. A group without glyphs is a carrier: it
// shows nothing and is there for what it says.
type group struct {
	parts   []part
	advance int32  // font units
	key     string // equal for groups that are
}

// part is a glyph of a group, moved to its place. Font units, y upwards.
type part struct {
	glyph  typeset.GlyphID
	dx, dy int32
}

func newGroup(parts []part, advance int32) *group {
	g := &group{parts: parts, advance: max(0, advance)}
	key := binary.AppendVarint(nil, int64(g.advance))
	for _, p := range parts {
		key = binary.AppendUvarint(key, uint64(p.glyph))
		key = binary.AppendVarint(binary.AppendVarint(key, int64(p.dx)), int64(p.dy))
	}
	g.key = string(key)
	return g
}

func (s sign) advance(face *typeset.Face) int32 {
	if s.group != nil {
		return s.group.advance
	}
	return int32(face.Advance(s.glyph))
}

// plain tells whether the sign is a glyph that says what it always says.
func (s sign) plain(face *typeset.Face) bool {
	return s.group == nil && s.text != "" && s.text == face.Text(s.glyph)
}

// placed is a sign and where it stands, in hundred-thousandths of the font size from the left edge of its run.
type placed struct {
	at   int64
	sign sign
}

// cluster is a stretch of a run's glyphs that say something together.
type cluster struct {
	glyphs []typeset.Glyph
	text   string
	at     int64 // where it begins
	width  int64
}

// place lists the signs of a run in reading order. end is where the run ends.
func (k *ink) place(run *typeset.GlyphRun) (list []placed, end int64) {
	clusters, end := k.clusters(run)
	for i := range clusters {
		c := &clusters[i]
		first := c.sign(run.Face, k.rtl)
		if k.rtl {
			list = appendCharacters(list, first, run.Face)
			continue
		}
		before := len(list)
		list = appendTexts(list, first, run.Face)
		k.carried = k.carried || len(list) > before+1
	}
	return list, end
}

// clusters cuts a run up, in reading order. A cluster that takes no room, such as a joiner, is taken together with the one read before
// it: readers could not tell which of the two comes first.
func (k *ink) clusters(run *typeset.GlyphRun) (list []cluster, end int64) {
	for i := 0; i < len(run.Glyphs); {
		n := i + 1
		for n < len(run.Glyphs) && run.Glyphs[n].Joined {
			n++
		}
		c := cluster{glyphs: run.Glyphs[i:n:n], text: run.Glyphs[i].Text, at: end}
		for _, g := range c.glyphs {
			c.width += scale(g.Advance, run.Face)
		}
		end += c.width
		list = append(list, c)
		i = n
	}
	if k.rtl {
		slices.Reverse(list)
	}
	n := 0
	for i, c := range list {
		if c.width != 0 || i == 0 {
			list[n] = c
			n++
			continue
		}
		before := &list[n-1]
		if before.text += c.text; k.rtl {
			before.at, before.glyphs = c.at, append(c.glyphs, before.glyphs...)
		} else {
			before.glyphs = append(before.glyphs, c.glyphs...)
		}
	}
	return list[:n], end
}

// sign makes the sign of a cluster: its glyph, if it is one that stands on the baseline, or a group.
//
// From left to right a glyph that is moved far from where it would stand is a group, too: mupdf takes the distance for a space. From right
// to left one is that takes another width than its own: poppler takes what overlaps for words of another line, and three hundredths of an em
// for a space.
func (c *cluster) sign(face *typeset.Face, rtl bool) placed {
	if g := &c.glyphs[0]; len(c.glyphs) == 1 && g.YOffset == 0 {
		moved, far := g.XOffset, int32(face.UnitsEm/10)
		near := far
		if rtl {
			moved, near = g.Advance-int32(face.Advance(g.ID)), far/5
		}
		if moved > -far && moved < near {
			return placed{at: c.at + scale(g.XOffset, face), sign: sign{glyph: g.ID, text: c.text}}
		}
	}
	// A group begins where its widest glyph wants to: what kerning moves is the group.
	var widest, shift, pen, own, wide int32
	for i := range c.glyphs {
		g := &c.glyphs[i]
		advance := int32(face.Advance(g.ID))
		own, wide = own+advance, wide+g.Advance
		if advance > widest {
			widest, shift = advance, g.XOffset
		}
	}
	if room := int32(face.UnitsEm / 50); wide > own+room || wide < own-room {
		own, shift = wide, 0 // it is the cluster's form and not kerning
	}
	parts := make([]part, 0, len(c.glyphs))
	for i := range c.glyphs {
		g := &c.glyphs[i]
		parts = append(parts, part{glyph: g.ID, dx: pen + g.XOffset - shift, dy: g.YOffset})
		pen += g.Advance
	}
	return placed{at: c.at + scale(shift, face), sign: sign{group: newGroup(parts, own), text: c.text}}
}

// Carriers from right to left stand a hundredth of an em apart. Every other one is wider: poppler would take two of a kind in one place for
// a shadow of each other. None is wide, so that poppler does not begin a new line for what overlaps by half an em of the smallest size on
// the line, and mupdf sees that it is drawn from right to left.
const (
	carrierStep  = perEm / 100
	carrierWide  = 13 // hundredths of an em
	carrierSmall = 2
)

// carrier makes a carrier that is width hundredths of an em wide.
func carrier(face *typeset.Face, width int32, text string) sign {
	return sign{group: newGroup(nil, width*int32(face.UnitsEm)/100), text: text}
}

// appendCharacters adds the sign of a cluster that is read from right to left. The sign says the first character, carriers say the
// others.
func appendCharacters(list []placed, first placed, face *typeset.Face) []placed {
	text := first.sign.text
	_, size := utf8.DecodeRuneInString(text)
	first.sign.text = text[:size]
	list = append(list, first)
	for i := 1; size < len(text); i++ {
		text = text[size:]
		_, size = utf8.DecodeRuneInString(text)
		width := int32(carrierWide)
		if i%2 == 0 {
			width = carrierSmall
		}
		list = append(list, placed{at: first.at - int64(i)*carrierStep, sign: carrier(face, width, text[:size])})
	}
	return list
}

// appendTexts adds the sign of a cluster that is read from left to right. The sign says the first part of the text, carriers without width
// the others.
func appendTexts(list []placed, first placed, face *typeset.Face) []placed {
	text := first.sign.text
	size := partOf(text)
	first.sign.text = text[:size]
	list = append(list, first)
	after := first.at + scale(first.sign.advance(face), face)
	for text = text[size:]; text != ""; text = text[size:] {
		size = partOf(text)
		list = append(list, placed{at: after, sign: carrier(face, 0, text[:size])})
	}
	return list
}

// mostUnits is how many UTF-16 units of text mupdf and poppler take from one code.
const mostUnits = 8

// partOf returns the length of the longest start of a cluster's text that one code may say. A mark has a code of its own, since pdf.js
// takes a code with a mark in its text for one without width; so has a character beyond U+FFFF, since mupdf had trouble with one among
// others. A format character, such as a joiner, goes with the character after it: pdf.js drops it elsewhere.
func partOf(text string) int {
	units, format := 0, false
	for i, r := range text {
		mark := unicode.Is(unicode.Mn, r)
		if i > 0 && (mark || r > 0xFFFF || units == mostUnits || !format && unicode.Is(unicode.Cf, r)) {
			return i
		}
		units++
		if format = unicode.Is(unicode.Cf, r); mark || r > 0xFFFF {
			return i + utf8.RuneLen(r)
		}
	}
	return len(text)
}
