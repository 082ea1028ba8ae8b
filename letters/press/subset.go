package press

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"postbag/letters/typeset"
)

// subsetter makes TrueType fonts with just some glyphs of a face, for embedding in a PDF. Glyphs keep their numbers, so
// that what was drawn before the set was known stays right; those left out are empty. Instructions are left out: they
// serve screens of few pixels, and take half of the font.
//
// The tables are those that ISO 32000-1, 9.9 asks for in a CIDFontType2: glyf, head, hhea, hmtx, loca, maxp.
type subsetter struct {
	face             *typeset.Face
	glyf, loca, hmtx []byte
	head, hhea, maxp []byte
	longLoca         bool
	metrics          int // entries of hmtx with an advance of their own
}

func newSubsetter(face *typeset.Face) (*subsetter, error) {
	s := &subsetter{
		face: face, glyf: face.Table("glyf"), loca: face.Table("loca"), hmtx: face.Table("hmtx"),
		head: face.Table("head"), hhea: face.Table("hhea"), maxp: face.Table("maxp"),
	}
	if len(s.head) < 54 || len(s.hhea) < 36 || len(s.maxp) < 32 {
		return nil, fmt.Errorf("the font %s is damaged: a table is too short", face.Name)
	}
	s.longLoca = binary.BigEndian.Uint16(s.head[50:]) == 1
	s.metrics = int(binary.BigEndian.Uint16(s.hhea[34:]))
	return s, nil
}

// outline returns the bytes of a glyph; nil for an empty or damaged one.
func (s *subsetter) outline(g int) []byte {
	var from, to int
	if s.longLoca {
		if 4*g+8 > len(s.loca) {
			return nil
		}
		from, to = int(binary.BigEndian.Uint32(s.loca[4*g:])), int(binary.BigEndian.Uint32(s.loca[4*g+4:]))
	} else {
		if 2*g+4 > len(s.loca) {
			return nil
		}
		from, to = 2*int(binary.BigEndian.Uint16(s.loca[2*g:])), 2*int(binary.BigEndian.Uint16(s.loca[2*g+2:]))
	}
	if from < 0 || from >= to || to > len(s.glyf) || to-from < 10 {
		return nil
	}
	return s.glyf[from:to]
}

// Flags of a composite glyph's components (OpenType, glyf table).
const (
	argsAreWords     = 1 << 0
	argsAreOffsets   = 1 << 1
	haveScale        = 1 << 3
	moreComponents   = 1 << 5
	haveXYScale      = 1 << 6
	haveTwoByTwo     = 1 << 7
	haveInstructions = 1 << 8
)

// components calls visit with the offset of each component's flags in a composite glyph. It returns the end of the
// last one; 0 when the glyph is not composite or damaged.
func components(outline []byte, visit func(at int)) int {
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return 0
	}
	at := 10
	for {
		if at+4 > len(outline) {
			return 0
		}
		flags := binary.BigEndian.Uint16(outline[at:])
		visit(at)
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&haveScale != 0:
			at += 2
		case flags&haveXYScale != 0:
			at += 4
		case flags&haveTwoByTwo != 0:
			at += 8
		}
		if at > len(outline) {
			return 0
		}
		if flags&moreComponents == 0 {
			return at
		}
	}
}

// closed gives the glyphs of the codes, and those that composite glyphs are made of.
func (s *subsetter) closed(codes []code) (set glyphSet) {
	for _, c := range codes {
		if c.group == nil {
			set.add(c.glyph)
			continue
		}
		for _, p := range c.group.parts {
			set.add(p.glyph)
		}
	}
	pending := set.glyphs()
	for len(pending) > 0 {
		g := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		outline := s.outline(g)
		components(outline, func(at int) {
			part := typeset.GlyphID(binary.BigEndian.Uint16(outline[at+2:]))
			if !set.has(part) {
				set.add(part)
				pending = append(pending, int(part))
			}
		})
	}
	return set
}

// numberGroups gives the groups among the codes glyph numbers that the font does not need: those behind the face's glyphs, and where there
// are too few, those of glyphs that are not in the set. It returns the groups by number.
func numberGroups(codes []code, set *glyphSet, glyphs int) []code {
	var groups []code
	next, taken := glyphs, 0
	for i := range codes {
		if codes[i].group == nil {
			continue
		}
		codes[i].glyph = typeset.GlyphID(next)
		if next++; next > mostGlyphs {
			for taken++; set.has(typeset.GlyphID(taken)); taken++ {
			}
			codes[i].glyph, next = typeset.GlyphID(taken), mostGlyphs
		}
		groups = append(groups, codes[i])
	}
	slices.SortFunc(groups, func(a, b code) int { return cmp.Compare(a.glyph, b.glyph) })
	return groups
}

// mostGlyphs is how many glyphs a TrueType font can have (maxp).
const mostGlyphs = 0xFFFF

// appendOutline appends a glyph without its instructions.
func appendOutline(dst, outline []byte) []byte {
	start := len(dst)
	if end := components(outline, func(int) {}); end > 0 {
		dst = append(dst, outline[:end]...)
		components(dst[start:], func(at int) {
			flags := binary.BigEndian.Uint16(dst[start+at:])
			binary.BigEndian.PutUint16(dst[start+at:], flags&^haveInstructions)
		})
		return dst
	}
	contours := int(int16(binary.BigEndian.Uint16(outline)))
	at := 10 + 2*contours
	if contours < 0 || at+2 > len(outline) {
		return dst
	}
	length := int(binary.BigEndian.Uint16(outline[at:]))
	if at+2+length > len(outline) {
		return dst
	}
	dst = append(dst, outline[:at]...)
	dst = append(dst, 0, 0)
	return append(dst, outline[at+2+length:]...)
}

// subset writes the font of a closed set of glyphs, and of groups of them as composite glyphs.
func (s *subsetter) subset(set *glyphSet, groups []code) []byte {
	n := set.last() + 1
	if len(groups) > 0 {
		n = max(n, int(groups[len(groups)-1].glyph)+1)
	}
	var glyf, loca, hmtx []byte
	parts := 0
	for g := range n {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		var advance, bearing uint16
		switch {
		case len(groups) > 0 && int(groups[0].glyph) == g:
			glyf, bearing = s.appendGroup(glyf, groups[0].group)
			advance = uint16(groups[0].group.advance)
			parts = max(parts, len(groups[0].group.parts))
			groups = groups[1:]
		case set.has(typeset.GlyphID(g)):
			if outline := s.outline(g); outline != nil {
				glyf = appendOutline(glyf, outline)
			}
			advance, bearing = s.metric(g)
		}
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))

	head, hhea, maxp := slices.Clone(s.head), slices.Clone(s.hhea), slices.Clone(s.maxp)
	binary.BigEndian.PutUint16(head[18:], uint16(s.face.UnitsEm)) // the em of a face that is set larger or smaller than it was drawn
	binary.BigEndian.PutUint16(head[50:], 1)                      // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)                       // checksum adjustment: set below
	binary.BigEndian.PutUint16(hhea[34:], uint16(n))              // numberOfHMetrics
	binary.BigEndian.PutUint16(maxp[4:], uint16(n))               // numGlyphs
	binary.BigEndian.PutUint16(maxp[26:], 0)                      // maxSizeOfInstructions
	if parts > 0 {
		roomForGroups(maxp, parts)
	}
	return assemble([]table{
		{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp},
	})
}

// appendGroup appends a group as a composite glyph (OpenType, glyf table) and returns its left side bearing.
//
// A glyph on its own begins at its left side bearing, a component at its leftmost point. The two are the same in nearly every font; where
// they are not, the component is moved by the difference.
func (s *subsetter) appendGroup(dst []byte, g *group) (out []byte, bearing uint16) {
	if len(g.parts) == 0 {
		return appendHairline(dst, uint16(max(2, int(s.face.UnitsEm)/100))), 0
	}
	start := len(dst)
	box := [4]int{math.MaxInt16, math.MaxInt16, math.MinInt16, math.MinInt16}
	dst = append(dst, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0) // contours: -1, composite; then the box
	last := 0
	for _, p := range g.parts {
		outline := s.outline(int(p.glyph))
		if outline == nil {
			continue
		}
		_, own := s.metric(int(p.glyph))
		edge := func(i int) int { return int(int16(binary.BigEndian.Uint16(outline[2+2*i:]))) }
		dx, dy := int(p.dx)+int(int16(own))-edge(0), int(p.dy)
		for i, move := range [4]int{dx, dy, dx, dy} {
			if v := edge(i) + move; i < 2 {
				box[i] = min(box[i], v)
			} else {
				box[i] = max(box[i], v)
			}
		}
		last = len(dst)
		for _, v := range []int{argsAreWords | argsAreOffsets | moreComponents, int(p.glyph), dx, dy} {
			dst = binary.BigEndian.AppendUint16(dst, uint16(v))
		}
	}
	if last == 0 {
		return dst[:start], 0
	}
	dst[last+1] &^= moreComponents
	for i, v := range box {
		binary.BigEndian.PutUint16(dst[start+2+2*i:], uint16(v))
	}
	return dst, uint16(box[0])
}

// appendHairline appends a glyph of one contour without an area, from the origin to the right: it has a width, and nothing is seen of it.
func appendHairline(dst []byte, width uint16) []byte {
	const onCurve, same = 1, 1<<4 | 1<<5                                   // same: the coordinate is that of the point before
	dst = append(dst, 0, 1, 0, 0, 0, 0, byte(width>>8), byte(width), 0, 0) // contours; box
	dst = append(dst, 0, 2, 0, 0)                                          // last point; length of instructions
	dst = append(dst, onCurve|same, onCurve|1<<5, onCurve|same)            // the second point has an x of its own
	return append(dst, byte(width>>8), byte(width))
}

// roomForGroups raises what maxp says of composite glyphs: groups have up to parts components, which may be composite themselves.
func roomForGroups(maxp []byte, parts int) {
	raise := func(at, v int) {
		v = max(v, int(binary.BigEndian.Uint16(maxp[at:])))
		binary.BigEndian.PutUint16(maxp[at:], uint16(min(v, math.MaxUint16)))
	}
	value := func(at int) int { return int(binary.BigEndian.Uint16(maxp[at:])) }
	raise(10, parts*max(value(6), value(10))) // maxCompositePoints, of maxPoints
	raise(12, parts*max(value(8), value(12))) // maxCompositeContours, of maxContours
	raise(28, parts)                          // maxComponentElements
	raise(30, value(30)+1)                    // maxComponentDepth
}

func (s *subsetter) metric(g int) (advance, bearing uint16) {
	if s.metrics == 0 {
		return 0, 0
	}
	if at := 4 * min(g, s.metrics-1); at+4 <= len(s.hmtx) {
		advance, bearing = binary.BigEndian.Uint16(s.hmtx[at:]), binary.BigEndian.Uint16(s.hmtx[at+2:])
	}
	if at := 4*s.metrics + 2*(g-s.metrics); g >= s.metrics && at+2 <= len(s.hmtx) {
		bearing = binary.BigEndian.Uint16(s.hmtx[at:])
	}
	return advance, bearing
}

type table struct {
	tag  string
	data []byte
}

// assemble puts tables, sorted by tag, into a font file (OpenType, "Organization of an OpenType Font").
func assemble(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{n, power * 16, log, (n - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	offset, headAt := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = offset
		}
		out = append(out, t.tag...)
		for _, v := range []uint32{checksum(t.data), uint32(offset), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		offset += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + binary.BigEndian.Uint32(rest[:])
}

// glyphSet is a set of glyph numbers.
type glyphSet struct {
	bits []uint64
}

func (s *glyphSet) add(g typeset.GlyphID) {
	word := int(g >> 6)
	if word >= len(s.bits) {
		s.bits = append(s.bits, make([]uint64, word+1-len(s.bits))...)
	}
	s.bits[word] |= 1 << (g & 63)
}

func (s *glyphSet) has(g typeset.GlyphID) bool {
	word := int(g >> 6)
	return word < len(s.bits) && s.bits[word]&(1<<(g&63)) != 0
}

// glyphs lists the set in order.
func (s *glyphSet) glyphs() []int {
	var out []int
	for w, bits := range s.bits {
		for b := range 64 {
			if bits&(1<<b) != 0 {
				out = append(out, w*64+b)
			}
		}
	}
	return out
}

// last is the highest glyph in the set; 0 when it is empty (glyph 0 is always there).
func (s *glyphSet) last() int {
	for w := len(s.bits) - 1; w >= 0; w-- {
		for b := 63; b >= 0; b-- {
			if s.bits[w]&(1<<b) != 0 {
				return w*64 + b
			}
		}
	}
	return 0
}
