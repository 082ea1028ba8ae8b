package roll

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zip"

	"postbag/config"
)

// A spreadsheet (.xlsx) is a ZIP file of XML. Its rows are read as they stream out of the ZIP; of the rest only the texts that cells share,
// the names of the sheets and the formats of numbers are held in memory. Formats matter: a date is a number with a format, and so is a
// postcode that begins with a zero.

// Bounds of a spreadsheet.
const (
	maxShared   = 256 << 20 // bytes of shared texts
	maxPart     = 32 << 20  // bytes of the workbook's other parts
	maxSheet    = 8 << 30   // bytes of a sheet, unpacked
	sheetTimes  = 500       // times that a sheet may unpack to, beyond unpackedFreely
	maxSheetRow = 1 << 20   // rows and
	maxColumn   = 1 << 14   // columns that a sheet has in every spreadsheet program
)

// workbook is an opened spreadsheet.
type workbook struct {
	source *source
	zip    *zip.Reader
	sheets []sheet
	epoch  time.Time
	styles []numberStyle
	shared sharedTexts
}

type sheet struct {
	name, part string
	hidden     bool
}

// numberStyle is how a number is shown, where that changes what it says.
type numberStyle struct {
	date  bool
	zeros string // a format of noughts, such as 00000
}

// openWorkbook reads what the rows need, but not the rows.
func openWorkbook(s *source, c *content) (*workbook, error) {
	z, err := zip.NewReader(c.at, s.size)
	if err != nil {
		return nil, s.refuse("the spreadsheet or ZIP file is damaged", "Save it again where it was made")
	}
	w := &workbook{source: s, zip: z, epoch: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	if w.part("xl/workbook.xml") == nil {
		return nil, w.noWorkbook()
	}
	for _, read := range []func() error{w.readSheets, w.readStyles, w.readShared} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *workbook) part(name string) *zip.File {
	for _, f := range w.zip.File {
		if strings.EqualFold(strings.TrimPrefix(f.Name, "/"), name) {
			return f
		}
	}
	return nil
}

// noWorkbook names a ZIP file that is no .xlsx.
func (w *workbook) noWorkbook() error {
	switch {
	case w.part("content.xml") != nil && w.part("mimetype") != nil:
		return w.source.refuse("this is an OpenDocument file", "Open it in a spreadsheet and save the list as .xlsx or as CSV (UTF-8)")
	case w.part("word/document.xml") != nil:
		return w.source.refuse("this is a text document (.docx)", "Save the list as .xlsx or as CSV (UTF-8)")
	case w.part("xl/workbook.bin") != nil:
		return w.source.refuse("this is a binary spreadsheet (.xlsb)", "Open it in a spreadsheet and save it as .xlsx or as CSV (UTF-8)")
	}
	return w.source.refuse("this is a ZIP file", "Unpack it, and name the list that is in it with signers.file")
}

func (w *workbook) damaged(part string) error {
	return w.source.refuse("the spreadsheet is damaged: "+part, "Open it in a spreadsheet and save it again")
}

// decode reads a small part as XML; a part that is not there is empty.
func (w *workbook) decode(name string, into any) error {
	f := w.part(name)
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return w.damaged(name)
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, maxPart)).Decode(into); err != nil {
		return w.damaged(name)
	}
	return nil
}

// readSheets reads the names of the sheets and where they are.
func (w *workbook) readSheets() error {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Type   string `xml:"Type,attr"`
		} `xml:"Relationship"`
	}
	if err := w.decode("xl/workbook.xml", &book); err != nil {
		return err
	}
	if err := w.decode("xl/_rels/workbook.xml.rels", &links); err != nil {
		return err
	}
	if v := book.Properties.Date1904; v == "1" || v == "true" {
		w.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, s := range book.Sheets {
		for _, l := range links.Links {
			is := slices.ContainsFunc(s.Attrs, func(a xml.Attr) bool { return a.Name.Local == "id" && a.Value == l.ID })
			if !is || !strings.HasSuffix(l.Type, "/worksheet") {
				continue
			}
			target := l.Target
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			w.sheets = append(w.sheets, sheet{s.Name, strings.TrimPrefix(target, "/"), s.State == "hidden" || s.State == "veryHidden"})
		}
	}
	return nil
}

// readStyles reads the formats of numbers.
func (w *workbook) readStyles() error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode("xl/styles.xml", &styles); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		w.styles = append(w.styles, styleOf(c.Format, codes[c.Format]))
	}
	return nil
}

// styleOf tells what a format makes of a number. The numbers are those of ECMA-376, part 1, 18.8.30.
func styleOf(id int, code string) numberStyle {
	if id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58 {
		return numberStyle{date: true}
	}
	plain, _, _ := strings.Cut(code, ";")
	plain = strings.ReplaceAll(strings.ReplaceAll(plain, `\`, ""), `"`, "")
	if plain != "" && strings.Trim(plain, "0- ") == "" && strings.Contains(plain, "00") {
		return numberStyle{zeros: plain}
	}
	quoted, bracket := false, false
	for i, r := range strings.ToLower(code) {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '[' || r == ']':
			bracket = r == '['
		case quoted || bracket || i > 0 && code[i-1] == '\\':
		case strings.ContainsRune("ymdhs", r):
			return numberStyle{date: !strings.EqualFold(code, "general")}
		}
	}
	return numberStyle{}
}

// sharedTexts are the texts that cells share.
type sharedTexts struct {
	text []byte
	ends []uint32
}

func (t *sharedTexts) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(t.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.text[from:t.ends[i]:t.ends[i]], true
}

// readShared reads the texts that cells share. What is spoken beside a text (phonetic hints) is not part of it.
func (w *workbook) readShared() error {
	f := w.part("xl/sharedStrings.xml")
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return w.damaged(f.Name)
	}
	defer r.Close()
	x := newXMLScanner(r)
	inText, spoken := false, false
	for {
		text, tag, err := x.next()
		if inText && !spoken {
			w.shared.text = appendXMLText(w.shared.text, text)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.damaged(f.Name)
		}
		switch name := tagName(tag); string(name) {
		case "t":
			inText = !selfClosing(tag)
		case "/t":
			inText = false
		case "rPh":
			spoken = !selfClosing(tag)
		case "/rPh":
			spoken = false
		case "/si":
			w.shared.ends = append(w.shared.ends, uint32(len(w.shared.text)))
		case "si":
			if selfClosing(tag) {
				w.shared.ends = append(w.shared.ends, uint32(len(w.shared.text)))
			}
		}
		if len(w.shared.text) > maxShared || len(w.shared.ends) > maxShared/8 {
			return w.source.refuse(fmt.Sprintf("the spreadsheet holds more than %d MB of text", maxShared>>20), "Save the sheet as CSV (UTF-8)")
		}
	}
}

// openSheet finds the sheet of the list and its header.
func (f *file) openSheet(c *config.Campaign) error {
	content, err := f.source.open()
	if err != nil {
		return err
	}
	defer content.Close()
	w, err := openWorkbook(f.source, content)
	if err != nil {
		return err
	}
	chosen, err := w.choose(c.Signers.Sheet)
	if err != nil {
		return err
	}
	f.sheet = chosen.name
	if len(w.sheets) > 1 {
		f.notes = append(f.notes, fmt.Sprintf("The rows are those of the sheet %q.", f.sheet))
	}
	rows, err := w.rows(*chosen)
	if err != nil {
		return err
	}
	first, err := peek(rows)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(first) == 0 {
		return f.source.refuse(fmt.Sprintf("the sheet %q is empty", f.sheet), "Choose another with signers.sheet in "+c.File)
	}
	if f.table, err = findHeader(first, c); err != nil {
		return f.noHeader(err)
	}
	return nil
}

// choose finds the sheet that the campaign names, or the only one that holds anything.
func (w *workbook) choose(wanted string) (*sheet, error) {
	var all, filled []string
	var found *sheet
	for i := range w.sheets {
		s := &w.sheets[i]
		all = append(all, s.name)
		if wanted != "" {
			if s.name == wanted || found == nil && strings.EqualFold(s.name, wanted) {
				found = s
			}
			continue
		}
		if s.hidden {
			continue
		}
		rows, err := w.rows(*s)
		if err != nil {
			return nil, err
		}
		for err == nil && (found != s) {
			var cells [][]byte
			if cells, err = rows.next(); err == nil && !blank(cells) {
				found, filled = s, append(filled, s.name)
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	switch {
	case wanted != "" && found == nil:
		return nil, w.source.refuse(fmt.Sprintf("the spreadsheet has no sheet %q", wanted), "Its sheets are "+strings.Join(all, ", "))
	case found == nil:
		return nil, w.source.refuse("the spreadsheet has no sheet with rows in it", "Look whether it is the right file")
	case len(filled) > 1:
		return nil, w.source.refuse("several sheets hold rows: "+strings.Join(filled, ", "), "Say which one is the list, with signers.sheet in "+w.source.setting)
	}
	return found, nil
}

// sheetRows reads the rows of the sheet.
func (f *file) sheetRows(c *content) (rowReader, error) {
	w, err := openWorkbook(f.source, c)
	if err != nil {
		return nil, err
	}
	s, err := w.choose(f.sheet)
	if err != nil {
		return nil, err
	}
	rows, err := w.rows(*s)
	if err != nil {
		return nil, err
	}
	rows.width = len(f.headers)
	f.hidden = 0
	rows.hidden = &f.hidden
	c.progress = rows.progress
	return rows, nil
}

// sheetReader reads the rows of a sheet.
type sheetReader struct {
	book   *workbook
	part   *zip.File
	xml    *xmlScanner
	number int
	width  int  // of the header: shorter rows end in empty cells
	hidden *int // rows that a filter or a person has hidden
	cells  [][]byte
	text   []byte
	ended  bool
}

func (w *workbook) rows(s sheet) (*sheetReader, error) {
	part := w.part(s.part)
	if part == nil {
		return nil, w.damaged(s.part)
	}
	r, err := part.Open()
	if err != nil {
		return nil, w.damaged(s.part)
	}
	bound := &bounded{r: r, w: w, packed: int64(part.CompressedSize64)}
	return &sheetReader{book: w, part: part, xml: newXMLScanner(bound)}, nil
}

// bounded reads a sheet up to its bounds.
type bounded struct {
	r         io.Reader
	w         *workbook
	n, packed int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > maxSheet || b.n > unpackedFreely && b.n/sheetTimes > b.packed {
		return 0, b.w.source.refuse("the sheet unpacks to far more than a list has", "Save the sheet as CSV (UTF-8)")
	}
	return n, err
}

func (r *sheetReader) row() int { return r.number }

func (r *sheetReader) progress() float64 {
	return min(1, float64(r.xml.taken)/float64(max(1, r.part.UncompressedSize64)))
}

// next reads a row.
func (r *sheetReader) next() ([][]byte, error) {
	r.cells, r.text = r.cells[:0], r.text[:0]
	inRow := false
	for !r.ended {
		_, tag, err := r.xml.next()
		if errors.Is(err, io.EOF) {
			r.ended = true
			break
		}
		if err != nil {
			return nil, r.fault(err)
		}
		switch string(tagName(tag)) {
		case "row":
			r.startRow(tag)
			if r.number > maxSheetRow {
				return nil, r.book.damaged("it has more rows than a sheet can have")
			}
			if selfClosing(tag) {
				return r.finish(), nil
			}
			inRow = true
		case "/row":
			return r.finish(), nil
		case "c":
			if !inRow {
				return nil, r.book.damaged("a cell outside a row")
			}
			if err := r.readCell(tag); err != nil {
				return nil, err
			}
		case "/sheetData":
			r.ended = true
		}
	}
	return nil, io.EOF
}

// fault leaves problems as they are; anything else in the XML is damage.
func (r *sheetReader) fault(err error) error {
	if list := asProblem(err); list != nil {
		return list
	}
	return r.book.damaged(r.part.Name)
}

func (r *sheetReader) startRow(tag []byte) {
	r.number++
	if n, err := strconv.Atoi(string(attribute(tag, "r"))); err == nil && n >= r.number {
		r.number = n
	}
	if v := attribute(tag, "hidden"); r.hidden != nil && (string(v) == "1" || string(v) == "true") {
		*r.hidden++
	}
}

// finish makes a row as long as the header.
func (r *sheetReader) finish() [][]byte {
	for len(r.cells) < r.width {
		r.cells = append(r.cells, nil)
	}
	return r.cells
}

// readCell reads a cell and puts it where it belongs.
func (r *sheetReader) readCell(tag []byte) error {
	column := columnOfCell(attribute(tag, "r"), len(r.cells))
	if column < len(r.cells) || column >= maxColumn {
		return r.book.damaged("cells that are out of order")
	}
	for len(r.cells) < column {
		r.cells = append(r.cells, nil)
	}
	style, kind := numberStyle{}, attribute(tag, "t")
	if n, err := strconv.Atoi(string(attribute(tag, "s"))); err == nil && n >= 0 && n < len(r.book.styles) {
		style = r.book.styles[n]
	}
	k := kindOfCell(kind)
	if selfClosing(tag) {
		r.cells = append(r.cells, nil)
		return nil
	}
	start, inValue, spoken := len(r.text), false, false
	for {
		text, tag, err := r.xml.next()
		if inValue && !spoken {
			r.text = appendXMLText(r.text, text)
		}
		if len(r.text) > maxRecord {
			return r.book.source.refuse(fmt.Sprintf("row %d holds more than %d MB", r.number, maxRecord>>20), "Save the sheet as CSV (UTF-8)")
		}
		if err != nil {
			return r.fault(err)
		}
		switch string(tagName(tag)) {
		case "v", "t":
			inValue = !selfClosing(tag)
		case "/v", "/t":
			inValue = false
		case "rPh":
			spoken = true
		case "/rPh":
			spoken = false
		case "/c":
			cell, err := r.valueOf(k, style, r.text[start:])
			r.cells = append(r.cells, cell)
			return err
		}
	}
}

// cellKind is what a cell's value stands for.
type cellKind uint8

const (
	numberCell cellKind = iota
	textCell
	sharedCell
	boolCell
)

func kindOfCell(t []byte) cellKind {
	switch string(t) {
	case "s":
		return sharedCell
	case "b":
		return boolCell
	case "", "n":
		return numberCell
	}
	return textCell // str, inlineStr, d, e
}

// valueOf gives the text of a cell as the spreadsheet shows it, as far as that matters.
func (r *sheetReader) valueOf(kind cellKind, style numberStyle, text []byte) ([]byte, error) {
	switch kind {
	case sharedCell:
		n, err := strconv.Atoi(string(text))
		shared, ok := r.book.shared.at(n)
		if err != nil || !ok {
			return nil, r.book.damaged("a text that is not there")
		}
		return shared, nil
	case boolCell:
		if string(text) == "1" {
			return []byte("TRUE"), nil
		}
		return []byte("FALSE"), nil
	case numberCell:
		return r.book.showNumber(style, text), nil
	}
	return text, nil
}

// showNumber writes a number as its format has it: dates as year-month-day, noughts in front, and no powers of ten.
func (w *workbook) showNumber(style numberStyle, text []byte) []byte {
	if !style.date && style.zeros == "" && bytes.IndexByte(text, 'E') < 0 {
		return text
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return text
	}
	switch {
	case style.date && n >= 1 && n < 2958466:
		t := w.epoch.Add(time.Duration(math.Round(n*86400)) * time.Second)
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			return t.AppendFormat(nil, time.DateOnly)
		}
		return t.AppendFormat(nil, time.DateTime)
	case style.zeros != "" && n >= 0 && n == math.Trunc(n) && n < 1e15:
		return padNumber(style.zeros, strconv.FormatInt(int64(n), 10))
	case bytes.IndexByte(text, 'E') >= 0 && math.Abs(n) < 1e21:
		return strconv.AppendFloat(nil, n, 'f', -1, 64)
	}
	return text
}

// padNumber puts digits into a format of noughts, from the right.
func padNumber(format, digits string) []byte {
	out := []byte(format)
	at := len(digits)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] == '0' && at > 0 {
			at--
			out[i] = digits[at]
		}
	}
	return append([]byte(digits[:at]), out...)
}

// columnOfCell reads the column of a cell's name: 1 of B7. A cell without a name comes next.
func columnOfCell(name []byte, next int) int {
	column := 0
	for _, b := range name {
		if b < 'A' || b > 'Z' || column > maxColumn {
			break
		}
		column = column*26 + int(b-'A') + 1
	}
	if column == 0 {
		return next
	}
	return column - 1
}
