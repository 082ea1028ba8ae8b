package press

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font/cff"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"postbag/letters/internal/outside"
	"postbag/letters/internal/worldnames"
	"postbag/letters/typeset"
	"postbag/letters/typeset/faces"
)

// This file reads glyphs and their places out of finished PDFs, with nothing of what wrote them: objects by pdfcpu, the content stream by
// an interpreter of the few operators that text takes (ISO 32000-1, 9.4), codes by /W, /CIDToGIDMap or the charset, and glyphs by the
// embedded font file. Glyphs that are made of others are taken apart on both sides, since a cluster is embedded as one.

// shape is a simple glyph of a face, by its number or by its outline, and where it stands. In points from the bottom left corner of the page; of
// a glyph's parts, in font units.
type shape struct {
	id   string
	x, y float64
}

// embedded is a font of a PDF.
type embedded struct {
	widths map[int]float64        // thousandths, by code
	em     float64                // font units
	parts  func(code int) []shape // what a code shows
}

// pdfPage is a page as a reader sees it.
type pdfPage struct {
	content []byte
	fonts   map[string]*embedded
}

func readPDFPage(t *testing.T, file string) *pdfPage {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, err := api.ReadAndValidate(f, strict())
	if err != nil {
		t.Fatal(err)
	}
	dict, _, inherited, err := ctx.PageDict(1, false)
	if err != nil {
		t.Fatal(err)
	}
	p := &pdfPage{fonts: map[string]*embedded{}}
	if p.content, err = ctx.PageContent(dict, 1); err != nil {
		t.Fatal(err)
	}
	for name, object := range dictOf(t, ctx, inherited.Resources["Font"]) {
		p.fonts[name] = readFont(t, ctx, dictOf(t, ctx, object))
	}
	return p
}

func dictOf(t *testing.T, ctx *model.Context, o types.Object) types.Dict {
	t.Helper()
	d, err := ctx.DereferenceDict(o)
	if err != nil || d == nil {
		t.Fatalf("%v is no dictionary: %v", o, err)
	}
	return d
}

func arrayOf(t *testing.T, ctx *model.Context, o types.Object) types.Array {
	t.Helper()
	a, err := ctx.DereferenceArray(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func streamOf(t *testing.T, ctx *model.Context, o types.Object) []byte {
	t.Helper()
	s, _, err := ctx.DereferenceStreamDict(o)
	if err != nil || s == nil {
		t.Fatalf("no stream: %v", err)
	}
	if err := s.Decode(); err != nil {
		t.Fatal(err)
	}
	return s.Content
}

func numberOf(t *testing.T, o types.Object) float64 {
	t.Helper()
	switch n := o.(type) {
	case types.Integer:
		return float64(n)
	case types.Float:
		return float64(n)
	}
	t.Fatalf("%v is no number", o)
	return 0
}

func readFont(t *testing.T, ctx *model.Context, d types.Dict) *embedded {
	t.Helper()
	descendant := dictOf(t, ctx, arrayOf(t, ctx, d["DescendantFonts"])[0])
	descriptor := dictOf(t, ctx, descendant["FontDescriptor"])
	font := &embedded{widths: map[int]float64{}}
	w := arrayOf(t, ctx, descendant["W"])
	for i := 0; i+1 < len(w); i += 2 {
		for k, width := range arrayOf(t, ctx, w[i+1]) {
			font.widths[int(numberOf(t, w[i]))+k] = numberOf(t, width)
		}
	}
	if file, ok := descriptor["FontFile3"]; ok {
		font.em, font.parts = 1000, drawnParts(t, streamOf(t, ctx, file))
		return font
	}
	file := streamOf(t, ctx, descriptor["FontFile2"])
	outlines := newGlyf(file)
	font.em = outlines.em
	var glyphs []byte
	if _, named := descendant["CIDToGIDMap"].(types.Name); !named {
		glyphs = streamOf(t, ctx, descendant["CIDToGIDMap"])
	}
	font.parts = func(code int) []shape {
		if glyphs == nil {
			return outlines.parts(code)
		}
		if 2*code+2 > len(glyphs) {
			return []shape{{id: fmt.Sprintf("code %d beyond /CIDToGIDMap", code)}}
		}
		return outlines.parts(int(binary.BigEndian.Uint16(glyphs[2*code:])))
	}
	return font
}

// glyf is the outlines of a TrueType font.
type glyf struct {
	tables map[string][]byte
	em     float64
}

func newGlyf(file []byte) *glyf {
	g := &glyf{tables: tablesOf(file)}
	g.em = float64(binary.BigEndian.Uint16(g.tables["head"][18:]))
	return g
}

func (g *glyf) outline(glyph int) []byte {
	loca, glyf := g.tables["loca"], g.tables["glyf"]
	long := binary.BigEndian.Uint16(g.tables["head"][50:]) == 1
	if long && 4*glyph+8 > len(loca) || 2*glyph+4 > len(loca) {
		return nil // no such glyph: nothing is shown, which the comparison sees
	}
	if long {
		return glyf[binary.BigEndian.Uint32(loca[4*glyph:]):binary.BigEndian.Uint32(loca[4*glyph+4:])]
	}
	return glyf[2*int(binary.BigEndian.Uint16(loca[2*glyph:])) : 2*int(binary.BigEndian.Uint16(loca[2*glyph+2:]))]
}

// parts takes a glyph apart into the simple glyphs that it is made of. A simple glyph is known by its number, its contours and its box; one that
// is made of turned or scaled parts is taken for a simple one; one without an area, such as a space or what only says something, is nothing.
func (g *glyf) parts(glyph int) []shape {
	outline := g.outline(glyph)
	if len(outline) < 10 || bytes.Equal(outline[2:4], outline[6:8]) || bytes.Equal(outline[4:6], outline[8:10]) {
		return nil
	}
	if int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return []shape{{id: fmt.Sprintf("%d %x", glyph, outline[:10])}}
	}
	var list []shape
	for at := 10; ; {
		flags, part := binary.BigEndian.Uint16(outline[at:]), int(binary.BigEndian.Uint16(outline[at+2:]))
		at += 4
		var dx, dy int
		if flags&1 != 0 {
			dx, dy = int(int16(binary.BigEndian.Uint16(outline[at:]))), int(int16(binary.BigEndian.Uint16(outline[at+2:])))
			at += 4
		} else {
			dx, dy = int(int8(outline[at])), int(int8(outline[at+1]))
			at += 2
		}
		if flags&(1<<3|1<<6|1<<7) != 0 || flags&2 == 0 {
			return []shape{{id: fmt.Sprintf("%d %x", glyph, outline[:10])}}
		}
		for _, s := range g.parts(part) {
			list = append(list, shape{s.id, s.x + float64(dx), s.y + float64(dy)})
		}
		if flags&(1<<5) == 0 {
			return list
		}
	}
}

// drawnParts reads a CFF font with CIDs for codes (Adobe Technical Note 5176): a glyph is known by its outline.
func drawnParts(t *testing.T, file []byte) func(code int) []shape {
	t.Helper()
	font, err := cff.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	glyphs := charsetOf(t, file, len(font.Charstrings))
	return func(code int) []shape {
		glyph, ok := glyphs[code]
		if !ok {
			return []shape{{id: fmt.Sprintf("code %d without a glyph", code)}}
		}
		return drawnShape(readBack(t, font, glyph))
	}
}

func drawnShape(steps []typeset.PathStep) []shape {
	if !slices.ContainsFunc(steps, func(s typeset.PathStep) bool { return s.Points[0].Y != steps[0].Points[0].Y }) {
		return nil
	}
	return []shape{{id: fmt.Sprint(steps)}}
}

// charsetOf reads which glyph each CID of a font has.
func charsetOf(t *testing.T, file []byte, glyphs int) map[int]int {
	t.Helper()
	index := func(at int) (items [][]byte, end int) {
		count := int(binary.BigEndian.Uint16(file[at:]))
		if count == 0 {
			return nil, at + 2
		}
		size := int(file[at+2])
		offset := func(i int) (v int) {
			for _, b := range file[at+3+i*size : at+3+(i+1)*size] {
				v = v<<8 | int(b)
			}
			return v
		}
		base := at + 2 + (count+1)*size
		for i := range count {
			items = append(items, file[base+offset(i):base+offset(i+1)])
		}
		return items, base + offset(count)
	}
	_, at := index(int(file[2]))
	top, _ := index(at)
	charset := operandOf(top[0], 15)
	out := map[int]int{0: 0}
	format := file[charset]
	for at, glyph := charset+1, 1; glyph < glyphs; {
		cid, left := int(binary.BigEndian.Uint16(file[at:])), 0
		switch at += 2; format {
		case 1:
			left = int(file[at])
			at++
		case 2:
			left = int(binary.BigEndian.Uint16(file[at:]))
			at += 2
		}
		for i := range left + 1 {
			out[cid+i] = glyph
			glyph++
		}
	}
	return out
}

// operandOf is the last operand of an operator of a DICT; all that are whole numbers are read.
func operandOf(dict []byte, operator byte) int {
	last := 0
	for i := 0; i < len(dict); {
		b := int(dict[i])
		switch {
		case b == 12:
			i += 2
		case b <= 21:
			if dict[i] == operator {
				return last
			}
			i++
		case b == 28:
			last, i = int(int16(binary.BigEndian.Uint16(dict[i+1:]))), i+3
		case b == 29:
			last, i = int(int32(binary.BigEndian.Uint32(dict[i+1:]))), i+5
		case b == 30:
			for i++; dict[i]&0xF != 0xF && dict[i]>>4 != 0xF; i++ {
			}
			i++
		case b <= 246:
			last, i = b-139, i+1
		case b <= 250:
			last, i = (b-247)*256+int(dict[i+1])+108, i+2
		default:
			last, i = -(b-251)*256-int(dict[i+1])-108, i+2
		}
	}
	return 0
}

// textLine is what one Td line of a content stream shows.
type textLine struct {
	size   float64
	shapes []shape
}

// lines runs the text operators of the page.
func (p *pdfPage) lines(t *testing.T) []textLine {
	t.Helper()
	var out []textLine
	var operands []any
	var x, y, pen, size float64
	var font *embedded
	number := func(i int) float64 { return operands[len(operands)-i].(float64) }
	for r := (&tokens{data: p.content}); ; {
		token, ok := r.next(t)
		if !ok {
			return out
		}
		operator, is := token.(operatorToken)
		if !is {
			operands = append(operands, token)
			continue
		}
		switch operator {
		case "BT":
			x, y, pen = 0, 0, 0
		case "Td":
			x, y, pen = x+number(2), y+number(1), 0
			out = append(out, textLine{})
		case "Tf":
			font, size = p.fonts[string(operands[len(operands)-2].(nameToken))], number(1)
		case "TJ":
			line := &out[len(out)-1]
			line.size = size
			for _, item := range operands[len(operands)-1].([]any) {
				if move, is := item.(float64); is {
					pen -= move / 1000 * size
					continue
				}
				for codes := item.([]byte); len(codes) > 0; codes = codes[2:] {
					code := int(binary.BigEndian.Uint16(codes))
					for _, s := range font.parts(code) {
						line.shapes = append(line.shapes, shape{s.id, x + pen + s.x/font.em*size, y + s.y/font.em*size})
					}
					pen += font.widths[code] / 1000 * size
				}
			}
		case "ET", "BDC", "EMC", "Do", "q", "Q", "cm":
		default:
			t.Fatalf("an operator that this test does not know: %s", operator)
		}
		operands = operands[:0]
	}
}

type (
	operatorToken string
	nameToken     string
)

// tokens takes a content stream apart (ISO 32000-1, 7.2 and 7.3).
type tokens struct {
	data []byte
}

func (r *tokens) next(t *testing.T) (token any, ok bool) {
	t.Helper()
	r.data = bytes.TrimLeft(r.data, " \n\r\t")
	if len(r.data) == 0 {
		return nil, false
	}
	switch c := r.data[0]; {
	case c == '(':
		return r.literal(), true
	case bytes.HasPrefix(r.data, []byte("<<")):
		r.data = r.data[bytes.Index(r.data, []byte(">>"))+2:]
		for bytes.HasPrefix(r.data, []byte(">")) { // the hexadecimal string before it ended, too
			r.data = r.data[1:]
		}
		return nameToken("dictionary"), true
	case c == '[':
		r.data = r.data[1:]
		var list []any
		for {
			item, ok := r.next(t)
			if !ok {
				t.Fatal("an array does not end")
			}
			if item == operatorToken("]") {
				return list, true
			}
			list = append(list, item)
		}
	case c == ']':
		r.data = r.data[1:]
		return operatorToken("]"), true
	}
	end := 1
	for end < len(r.data) && !bytes.ContainsRune([]byte(" \n\r\t()[]<>/"), rune(r.data[end])) {
		end++
	}
	word := string(r.data[:end])
	r.data = r.data[end:]
	if name, is := strings.CutPrefix(word, "/"); is {
		return nameToken(name), true
	}
	if v, err := strconv.ParseFloat(word, 64); err == nil {
		return v, true
	}
	return operatorToken(word), true
}

func (r *tokens) literal() []byte {
	var out []byte
	i := 1
	for ; r.data[i] != ')'; i++ {
		if r.data[i] != '\\' {
			out = append(out, r.data[i])
			continue
		}
		i++
		if r.data[i] == 'r' {
			out = append(out, '\r')
		} else {
			out = append(out, r.data[i])
		}
	}
	r.data = r.data[i+1:]
	return out
}

// shapedBy has hb-shape set a name as one text, and tells what it shows, in points from where the line begins.
func shapedBy(t *testing.T, file string, face *typeset.Face, n worldnames.Name, rtl bool, size float64) []shape {
	t.Helper()
	direction := "ltr"
	if rtl {
		direction = "rtl"
	}
	out, _ := outside.Run(t, "hb-shape", "--output-format=json", "--no-glyph-names", "--direction="+direction, "--language="+n.Language, "--text="+n.Text, file)
	var glyphs []struct {
		G, Dx, Dy, Ax int
	}
	if err := json.Unmarshal([]byte(out), &glyphs); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var parts func(glyph int) []shape
	em := float64(face.UnitsEm)
	inEm := em // the unit of parts
	if face.Drawn() {
		pen := face.Pen()
		inEm = 1000
		parts = func(glyph int) []shape {
			steps, err := pen.Outline(typeset.GlyphID(glyph), nil)
			if err != nil {
				t.Fatal(err)
			}
			return drawnShape(withoutClosing(steps))
		}
	} else {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts = newGlyf(data).parts
	}
	var list []shape
	pen := 0.0
	for _, g := range glyphs {
		for _, s := range parts(g.G) {
			list = append(list, shape{s.id, (pen+float64(g.Dx))/em*size + s.x/inEm*size, float64(g.Dy)/em*size + s.y/inEm*size})
		}
		pen += float64(g.Ax)
	}
	return list
}

// onPageTolerance is what a place on the page may differ by, in points: numbers in a content stream have two decimals, and those between glyphs
// are thousandths of the size.
const onPageTolerance = 0.02

// apart says where two sets of shapes differ; "" for nowhere.
func apart(got, want []shape) string {
	left := slices.Clone(got)
	for _, w := range want {
		at := slices.IndexFunc(left, func(g shape) bool {
			return g.id == w.id && math.Abs(g.x-w.x) <= onPageTolerance && math.Abs(g.y-w.y) <= onPageTolerance
		})
		if at < 0 {
			near := slices.IndexFunc(left, func(g shape) bool { return g.id == w.id })
			if near >= 0 {
				return fmt.Sprintf("%.30s stands at %.3f, %.3f, want %.3f, %.3f", w.id, left[near].x, left[near].y, w.x, w.y)
			}
			return fmt.Sprintf("%.30s is not on the page at %.3f, %.3f", w.id, w.x, w.y)
		}
		left = slices.Delete(left, at, at+1)
	}
	if len(left) > 0 {
		return fmt.Sprintf("%.30s is on the page and should not be", left[0].id)
	}
	return ""
}

// setInLetter writes a letter that is one name, and returns what is wanted on its page.
func setInLetter(t *testing.T, fonts *typeset.Fonts, files map[string]string, n worldnames.Name) (page *pdfPage, want []shape, ok bool) {
	t.Helper()
	file, line := writeName(t, fonts, n)
	face := onlyFace(line)
	if face == nil || face.Origin != typeset.BuiltIn {
		return nil, nil, false
	}
	paper, _ := typeset.PaperNamed("a4")
	want = shapedBy(t, faceFile(t, files, face), face, n, line.Items[0].Word.RightToLeft(), line.Size.Points())
	for i := range want {
		want[i].x += line.X.Points()
		want[i].y += (paper.Height - line.Y).Points()
	}
	return readPDFPage(t, file), want, true
}

// faceFile is the unpacked file of a built-in face.
func faceFile(t *testing.T, files map[string]string, face *typeset.Face) string {
	t.Helper()
	if file, ok := files[face.SHA256]; ok {
		return file
	}
	all, err := faces.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.SHA256 != face.SHA256 {
			continue
		}
		data, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "face.ttf")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		files[face.SHA256] = file
		return file
	}
	t.Fatalf("%s is not among the built-in faces", face.Name)
	return ""
}

// The glyphs on the page and where they stand are those of hb-shape, for the same text and font file: for each name of the world list, read
// from the finished PDF.
func TestGlyphsOnThePageAreThoseOfHarfBuzz(t *testing.T) {
	outside.Needs(t, "hb-shape")
	names, err := worldnames.All()
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	files, compared, languages := map[string]string{}, 0, map[string]bool{}
	for _, n := range names {
		page, want, ok := setInLetter(t, fonts, files, n)
		if !ok {
			t.Logf("%s: %s is set in several faces, or in one of the system", n.Language, n.Text)
			continue
		}
		if difference := apart(page.lines(t)[0].shapes, want); difference != "" {
			t.Errorf("%s: %s: %s", n.Language, n.Text, difference)
		}
		compared++
		base, _, _ := strings.Cut(n.Language, "-")
		languages[base] = true
	}
	t.Logf("%d names of %d, in %d languages", compared, len(names), len(languages))
	if len(languages) < 60 {
		t.Errorf("only %d languages were compared", len(languages))
	}
}

// What the test above would see: a glyph moved by three hundredths of the size, another code, another glyph behind a code, a line that begins
// elsewhere.
func TestAWrongGlyphOnThePageIsSeen(t *testing.T) {
	outside.Needs(t, "hb-shape")
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	page, want, ok := setInLetter(t, fonts, map[string]string{}, worldnames.Name{Language: "en", Script: "Latn", Text: "AVATAR Towers"})
	if !ok {
		t.Fatal("the name is set in several faces")
	}
	if difference := apart(page.lines(t)[0].shapes, want); difference != "" {
		t.Fatal(difference)
	}
	whole := page.content
	array := bytes.IndexByte(whole, '[')
	number := array + bytes.IndexByte(whole[array:], ')') + 1
	moved := func(by string) []byte { // all of the text
		return append([]byte("BT\n"+by+" 0 Td "), bytes.Replace(whole, []byte("BT\n"), nil, 1)...)
	}
	for _, c := range []struct {
		what    string
		content []byte
		line    int // that the name is on
		seen    bool
	}{
		{"nothing", whole, 0, false},
		{"nothing, by another line", moved("0"), 1, false},
		{"a number", append(append(bytes.Clone(whole[:number]), "30 "...), whole[number:]...), 0, true},
		{"a code", append(append(bytes.Clone(whole[:number-2]), whole[number-2]+1), whole[number-1:]...), 0, true},
		{"where the line begins", moved("0.05"), 1, true},
	} {
		page.content = c.content
		if difference := apart(page.lines(t)[c.line].shapes, want); (difference != "") != c.seen {
			t.Errorf("%s changed: %q", c.what, difference)
		}
	}
	page.content = whole
	for _, f := range page.fonts {
		parts := f.parts
		f.parts = func(code int) []shape { return parts(code + 1) }
	}
	if apart(page.lines(t)[0].shapes, want) == "" {
		t.Error("other glyphs behind the codes are not seen")
	}
}
