package typeset

// The table below says where things stand on a sheet, layout by layout. Measures are from the sheet's top left corner unless they say
// otherwise. A window is where the envelope has one: of what is printed there nothing but the address may show.
//
//	plain       no window: the letterhead at the right, the address under it at the left
//	us-window   a #10 envelope with two windows, the sheet folded in thirds: recipient's window 4 x 1 in, 0.625 in from the left of the
//	            folded sheet and 1 in up from its lower fold; the sender's above it, 3.5 x 0.875 in, 0.375 in from the left and 2.5 in up
//	din-a       DIN 5008, form A: address field 85 x 45 mm, 20 mm from the left and 27 mm from the top
//	din-b       DIN 5008, form B: the same at 45 mm
//
// The address field of DIN 5008 has a zone of 17.7 mm for the return address and notes, and under it the address zone of 27.3 mm.

// pageLayout is a row of the table.
type pageLayout struct {
	name        string
	left, right Length // margins of the text
	logo        area
	letterhead  area // the sender's lines; where the sender has a window they stand in that
	lettersEnd  bool // they are set against the area's far edge
	sender      window
	address     window // without a width there is no window, and the address stands at the margin from addressTop on
	addressTop  Length
	block       area   // date and reference; without a width they stand on one line under the address
	inBlock     bool   // the sender's contact stands in the block and not in the letterhead
	textTop     Length // of the text on page 1, at least
	belowFold   Length // or so far below the first fold, where that is not 0
	folds       []Length
	thirds      bool // folded in three
	punch       Length
}

// area is a part of the sheet. Of left, right and width one follows from the others and the paper.
type area struct {
	left, right, top, width, height Length
}

// window is a window of the envelope as it lies on the sheet.
type window struct {
	area
	up       Length // of its lower edge above the first fold: in place of top
	textLeft Length // where its lines start, from the sheet's left edge
	zoneTop  Length // where its lines may start, from its own top
	center   bool   // its lines stand in the middle of it
	line     Length // baseline of the line with the sender's address, from its top; 0 where there is none
}

// windowClear is what stays free between text and the edge of a window: an eighth of an inch (USPS Domestic Mail Manual, 601), which leaves more
// than 2 mm when the fold is 1 mm off.
const windowClear = Inch / 8

// foldStart and the rest are the marks at the left edge: thin lines where to fold, a longer one where to punch.
const (
	foldStart   = 7 * Inch / 2 * 10 / 254 // 3.5 mm
	foldLength  = 3 * Inch * 10 / 254     // 3 mm
	punchLength = 5 * Inch * 10 / 254     // 5 mm
	hairline    = Point * 3 / 10
)

// Layouts names the layouts that a design can have.
func Layouts() []string {
	var names []string
	for _, p := range pageLayouts() {
		names = append(names, p.name)
	}
	return names
}

func pageLayouts() []pageLayout {
	dinAddress := func(top Length) window {
		return window{
			area:     area{left: MM(20), top: top, width: MM(85), height: MM(45)},
			textLeft: MM(25), zoneTop: MM(17.7), line: MM(14.3),
		}
	}
	return []pageLayout{{
		name: "plain", left: MM(27), right: MM(25),
		logo:       area{left: MM(27), top: MM(13), width: MM(60), height: MM(22)},
		letterhead: area{right: MM(25), top: MM(17), width: MM(90)}, lettersEnd: true,
		addressTop: MM(44), textTop: MM(44),
	}, {
		name: "us-window", left: Inch, right: Inch,
		logo:    area{right: Inch, top: MM(11), width: MM(46), height: MM(20)},
		sender:  window{area: area{left: Inch * 3 / 8, width: Inch * 7 / 2, height: Inch * 7 / 8}, up: Inch * 5 / 2, textLeft: Inch, center: true},
		address: window{area: area{left: Inch * 5 / 8, width: Inch * 4, height: Inch}, up: Inch, textLeft: Inch, center: true},
		block:   area{right: Inch, top: MM(40), width: MM(46)}, inBlock: true,
		belowFold: MM(5), thirds: true,
	}, {
		name: "din-a", left: MM(25), right: MM(20),
		logo:       area{left: MM(25), top: MM(8), width: MM(75), height: MM(15)},
		letterhead: area{left: MM(125), right: MM(20), top: MM(8)},
		address:    dinAddress(MM(27)),
		block:      area{left: MM(125), right: MM(20), top: MM(32)},
		textTop:    MM(80.46), folds: []Length{MM(87), MM(192)}, punch: MM(148.5),
	}, {
		name: "din-b", left: MM(25), right: MM(20),
		logo:       area{left: MM(25), top: MM(12), width: MM(75), height: MM(22)},
		letterhead: area{left: MM(125), right: MM(20), top: MM(13)},
		address:    dinAddress(MM(45)),
		block:      area{left: MM(125), right: MM(20), top: MM(50)},
		textTop:    MM(98.46), folds: []Length{MM(105), MM(210)}, punch: MM(148.5),
	}}
}

// on gives the area its place on a sheet: left, top, width and height.
func (a area) on(p Paper) area {
	switch {
	case a.width == 0 && a.right > 0:
		a.width = p.Width - a.left - a.right
	case a.left == 0:
		a.left = p.Width - a.right - a.width
	}
	return a
}

// on gives the window its place on a sheet whose first fold is known.
func (w window) on(p Paper, fold Length) window {
	w.area = w.area.on(p)
	if w.up > 0 {
		w.top = fold - w.up - w.height
	}
	return w
}

// lines is where the window's text may stand.
func (w window) lines() area {
	return area{
		left: w.textLeft, width: w.left + w.width - windowClear - w.textLeft,
		top: w.top + max(w.zoneTop, windowClear), height: w.height - max(w.zoneTop, windowClear) - windowClear,
	}
}

// frame is where things stand on one sheet, from its top left corner.
type frame struct {
	pageLayout
	left, width    Length
	firstTop       Length // baseline of the first line of text on page 1; the head may push it down
	followTop      Length // and on following pages
	headTop        Length // baseline of the running head of following pages
	bottom, footer Length // lowest baseline of text; baseline of the foot
}

// frameFor resolves a row of the table for a sheet; a layout that is not in the table is the first.
func frameFor(layout string, p Paper) frame {
	rows := pageLayouts()
	row := rows[0]
	for _, r := range rows {
		if r.name == layout {
			row = r
		}
	}
	if row.thirds {
		row.folds = []Length{p.Height / 3, p.Height * 2 / 3}
	}
	fold := Length(0)
	if len(row.folds) > 0 {
		fold = row.folds[0]
	}
	if row.belowFold > 0 {
		row.textTop = fold + row.belowFold
	}
	row.logo, row.letterhead, row.block = row.logo.on(p), row.letterhead.on(p), row.block.on(p)
	row.sender, row.address = row.sender.on(p, fold), row.address.on(p, fold)
	return frame{
		pageLayout: row, left: row.left, width: p.Width - row.left - row.right,
		firstTop: row.textTop + ascentOf(bodySize),
		headTop:  MM(20), followTop: MM(32),
		bottom: p.Height - MM(22), footer: p.Height - MM(13),
	}
}

// ascentOf is how far a line of a size reaches above its baseline.
func ascentOf(size Length) Length { return size * 9 / 10 }
