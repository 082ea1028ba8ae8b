package press

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jung-kurt/gofpdf"

	"postbag/letters/typeset"
)

// slots are the core fonts of gofpdf that stand in for faces in the master. A core font is one object of a few bytes,
// with a resource name of its own; the update replaces that object with the face's font. Which is which does not
// matter: nobody sees them.
var slots = []struct{ family, style string }{
	{"Times", ""}, {"Times", "B"}, {"Times", "I"}, {"Times", "BI"},
	{"Helvetica", ""}, {"Helvetica", "B"}, {"Helvetica", "I"}, {"Helvetica", "BI"},
	{"Courier", ""}, {"Courier", "B"}, {"Courier", "I"}, {"Courier", "BI"},
	{"Symbol", ""}, {"ZapfDingbats", ""},
}

// master is the document that all bundles start with.
type master struct {
	bytes     []byte
	size      int // the trailer's /Size: the first free object number
	startXref int64
	root      int
	info      int
	fonts     []*fontUse               // by slot: the face, and what the shared pieces use of it
	fontNames []string                 // by slot: the resource name in the master's forms
	fontObj   []int                    // by slot: the object to replace
	pieces    map[typeset.PieceKey]int // object numbers of the shared pieces
	pictures  []pictureUse
}

// Object numbers that gofpdf gives: the root of the page tree, the first page and its content.
const (
	rootPagesObject   = 1
	slipPageObject    = 3
	slipContentObject = 4
)

// makeMaster has gofpdf write the shared pieces.
func makeMaster(paper typeset.Paper, keys []typeset.PieceKey, pieces []typeset.Piece) (*master, error) {
	m := &master{pieces: map[typeset.PieceKey]int{}}
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{
		Wd: paper.Width.Points(), Ht: paper.Height.Points(),
	}})
	pdf.SetCatalogSort(true)
	pdf.SetCompression(false) // a shared piece is written once
	// The update replaces the document information, dates and all; these keep the clock and the time zone out of the master.
	pdf.SetCreationDate(time.Unix(0, 0).UTC())
	pdf.SetModificationDate(time.Unix(0, 0).UTC())
	pdf.AddPage()
	for _, p := range pieces {
		m.addFaces(&p)
	}
	if len(m.fonts) > len(slots) {
		return nil, fmt.Errorf("the letter's fixed text needs %d fonts, more than the %d that a master has room for",
			len(m.fonts), len(slots))
	}
	for i := range m.fonts {
		pdf.SetFont(slots[i].family, slots[i].style, 11)
		m.fontNames = append(m.fontNames, slotName(pdf, i))
	}
	var forms []string
	for i := range pieces {
		if err := m.addPictures(pdf, &pieces[i]); err != nil {
			return nil, err
		}
		form := m.addForm(pdf, paper, &pieces[i])
		pdf.UseTemplate(form)
		forms = append(forms, "TPL"+form.ID())
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("making the master: %w", err)
	}
	m.bytes = out.Bytes()
	return m, m.read(keys, forms)
}

// addFaces gives a slot to each face that the piece uses.
func (m *master) addFaces(p *typeset.Piece) {
	add := func(l *typeset.Line) {
		for _, item := range l.Items {
			for _, run := range item.Word.Runs {
				if m.slot(run.Face) < 0 {
					m.fonts = append(m.fonts, &fontUse{face: run.Face})
				}
			}
		}
	}
	for i := range p.Marks {
		add(&p.Marks[i].Line)
	}
	for i := range p.Lines {
		add(&p.Lines[i])
	}
}

var fontOperator = regexp.MustCompile(`/(F[0-9a-f]+) [0-9.]+ Tf`)

// slotName learns the resource name that gofpdf gives a core font.
func slotName(pdf *gofpdf.Fpdf, i int) string {
	probe := pdf.CreateTemplate(func(t *gofpdf.Tpl) { t.SetFont(slots[i].family, slots[i].style, 7) })
	names := fontOperator.FindAllSubmatch(probe.Bytes(), -1)
	if len(names) == 0 {
		return ""
	}
	return string(names[len(names)-1][1])
}

func (m *master) addForm(pdf *gofpdf.Fpdf, paper typeset.Paper, p *typeset.Piece) gofpdf.Template {
	c := canvas{height: paper.Height, fonts: m}
	c.piece(p)
	return pdf.CreateTemplate(func(t *gofpdf.Tpl) {
		for _, placed := range p.Pictures {
			if placed.Picture.Pixels != nil {
				registerPicture(t, placed.Picture)
			}
		}
		t.RawWriteStr(string(c.out))
	})
}

// slot finds the slot of a face; -1 when it has none.
func (m *master) slot(face *typeset.Face) int {
	return slices.IndexFunc(m.fonts, func(f *fontUse) bool { return f.face == face })
}

// fontName and fontUse make the master the fontSource of its forms.
func (m *master) fontName(face *typeset.Face) string { return m.fontNames[m.slot(face)] }

func (m *master) fontUse(face *typeset.Face) *fontUse { return m.fonts[m.slot(face)] }

var (
	resourceEntry = regexp.MustCompile(`/((?:F|TPL|I)[0-9a-f]{40}) (\d+) 0 R`)
	trailerEntry  = regexp.MustCompile(`/(Size|Root|Info) (\d+)`)
	startXref     = regexp.MustCompile(`startxref\n(\d+)\n%%EOF`)
	header        = []byte("%PDF-1.3\n")
)

var errMaster = errors.New("gofpdf wrote a master that is not of the form Postbag knows")

// read takes from the master what an update needs: its trailer, and the objects of fonts and forms from the names that
// stand in its resource dictionary. Nothing else is parsed.
func (m *master) read(keys []typeset.PieceKey, forms []string) error {
	if !bytes.HasPrefix(m.bytes, header) {
		return errMaster
	}
	copy(m.bytes, "%PDF-1.7\n") // the update uses features of 1.7, and the header is what old readers look at
	tail := m.bytes[max(0, bytes.LastIndex(m.bytes, []byte("trailer"))):]
	for _, e := range trailerEntry.FindAllSubmatch(tail, -1) {
		n, _ := strconv.Atoi(string(e[2]))
		switch string(e[1]) {
		case "Size":
			m.size = n
		case "Root":
			m.root = n
		case "Info":
			m.info = n
		}
	}
	if at := startXref.FindSubmatch(tail); at != nil {
		m.startXref, _ = strconv.ParseInt(string(at[1]), 10, 64)
	}
	objects := map[string]int{}
	for _, e := range resourceEntry.FindAllSubmatch(m.bytes, -1) {
		objects[string(e[1])], _ = strconv.Atoi(string(e[2]))
	}
	for _, name := range m.fontNames {
		m.fontObj = append(m.fontObj, objects[name])
	}
	for i := range m.pictures {
		if m.pictures[i].object = objects[m.pictures[i].name]; m.pictures[i].object == 0 {
			return errMaster
		}
	}
	for i, name := range forms {
		m.pieces[keys[i]] = objects[name]
		if objects[name] == 0 {
			return errMaster
		}
	}
	if m.size == 0 || m.root == 0 || m.info == 0 || m.startXref == 0 || slices.Contains(m.fontObj, 0) {
		return errMaster
	}
	return nil
}
