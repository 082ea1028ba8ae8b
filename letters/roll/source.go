package roll

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"postbag/config"
	"postbag/letters/problem"
)

// Bounds of a packed file: no honest list shrinks to less than a 250th, and nobody waits for what a bomb unpacks to.
const (
	unpackedFreely = 256 << 20 // bytes
	unpackedTimes  = 250
)

// sniffed is how many bytes of a file are looked at to find out how it is written.
const sniffed = 1 << 20

// source is one file of the list. It is read more than once, so what comes through a pipe is kept in a temporary file.
type source struct {
	path    string
	setting string // the campaign's file, for messages
	size    int64
	packed  bool // with gzip
	spool   *os.File
}

// refuse makes the problem of a file.
func refuse(path string, line int, what, do string) error {
	return problem.List{{Place: problem.Place{File: path, Line: line}, What: what, Do: do}}
}

// asProblem gives the problems in an error; nil when it is another kind of error.
func asProblem(err error) error {
	var list problem.List
	if errors.As(err, &list) {
		return list
	}
	return nil
}

func (s *source) refuse(what, do string) error { return refuse(s.shown(), 0, what, do) }

// shown is the file's name for people.
func (s *source) shown() string {
	if s.path == config.StandardInput {
		return "standard input"
	}
	return s.path
}

// openSource finds a file, or says what is in the way.
func openSource(path, setting string) (*source, error) {
	s := &source{path: path, setting: setting}
	if path == config.StandardInput {
		return s, s.keep(os.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, s.cannotOpen(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, s.cannotOpen(err)
	case info.IsDir():
		return nil, s.refuse("the signer list is a folder, not a file", "Correct signers.file in "+setting)
	case !info.Mode().IsRegular():
		return s, s.keep(f)
	}
	s.size = info.Size()
	return s, nil
}

func (s *source) cannotOpen(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return s.refuse("the signer list is not there", "Put it there, or correct signers.file in "+s.setting)
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return s.refuse("the signer list cannot be read: "+err.Error(), "Correct signers.file in "+s.setting)
}

// keep copies a pipe to a temporary file that has no name any more where the system allows that.
func (s *source) keep(pipe io.Reader) error {
	f, err := os.CreateTemp("", "postbag-*")
	if err != nil {
		return fmt.Errorf("keeping %s: %w", s.shown(), err)
	}
	if err := os.Remove(f.Name()); err != nil {
		defer func() { _ = os.Remove(f.Name()) }() // a system that keeps open files: tried again
	}
	if s.size, err = io.Copy(f, pipe); err != nil {
		f.Close()
		return fmt.Errorf("keeping %s: %w", s.shown(), err)
	}
	s.spool = f
	return nil
}

// open gives the file's bytes; close them.
func (s *source) open() (*content, error) {
	c := &content{source: s}
	c.meter.hash = sha256.New()
	if s.spool != nil {
		c.at = s.spool
		c.meter.r = io.NewSectionReader(s.spool, 0, s.size)
		return c, nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.cannotOpen(err)
	}
	c.file, c.at, c.meter.r = f, f, f
	return c, nil
}

// content is a file that is being read.
type content struct {
	source *source
	file   *os.File
	at     io.ReaderAt
	meter  meter
	// progress, when not nil, says how much has been read of a file that is not read from its start to its end.
	progress func() float64
}

func (c *content) Close() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}

// share is how much of the file has been read, from 0 to 1.
func (c *content) share() float64 {
	if c.progress != nil {
		return c.progress()
	}
	return float64(c.meter.n.Load()) / float64(max(1, c.source.size))
}

// unpacked reads the file without its gzip.
func (c *content) unpacked() (io.Reader, error) {
	if !c.source.packed {
		return &c.meter, nil
	}
	z, err := gzip.NewReader(&c.meter)
	if err != nil {
		return nil, c.source.damaged()
	}
	return &unpacking{r: z, c: c}, nil
}

// sum reads what is left of the file, for the hash is one of all its bytes, and describes it.
func (c *content) sum() (Source, error) {
	if _, err := io.Copy(io.Discard, &c.meter); err != nil {
		return Source{}, fmt.Errorf("reading %s: %w", c.source.shown(), err)
	}
	return Source{Path: c.source.shown(), SHA256: hex.EncodeToString(c.meter.hash.Sum(nil)), Bytes: c.meter.n.Load()}, nil
}

func (s *source) damaged() error {
	return s.refuse("the gzip file is damaged", "Pack it again, or unpack it where it was made")
}

// unpacking reads a packed file and turns its faults into problems.
type unpacking struct {
	r io.Reader
	c *content
	n int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	if u.n > unpackedFreely && u.n/unpackedTimes > u.c.meter.n.Load() {
		return 0, u.c.source.refuse(fmt.Sprintf("the gzip file unpacks to more than %d times its size, as no list does", unpackedTimes), "Export the list again")
	}
	var disk *fs.PathError
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &disk) {
		err = u.c.source.damaged()
	}
	return n, err
}

// meter counts and hashes what is read of a file.
type meter struct {
	r    io.Reader
	hash hash.Hash
	n    atomic.Int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.hash != nil {
		m.hash.Write(p[:n])
	}
	m.n.Add(int64(n))
	return n, err
}

// fileKind is how rows are kept in a file.
type fileKind int

const (
	csvFile fileKind = iota
	xlsxFile
	jsonFile
	linesFile // JSON Lines
)

// otherFiles are kinds of files that people take for lists, by their first bytes.
var otherFiles = []struct{ magic, what, do string }{
	{"\xD0\xCF\x11\xE0", "this is an old Excel file (.xls), or a spreadsheet with a password", "Open it in a spreadsheet and save it as .xlsx without a password, or as CSV (UTF-8)"},
	{"%PDF", "this is a PDF", "Ask for the list as CSV or as a spreadsheet: a PDF has no rows"},
	{"<", "this is a web page or XML, whatever its name ends in", "Open it in a spreadsheet and save it as .xlsx or as CSV (UTF-8)"},
	{"{\\rtf", "this is a text document (RTF)", "Save the list as CSV (UTF-8)"},
	{"7z\xBC\xAF\x27\x1C", "this is a packed file (7z)", "Unpack it first"},
	{"Rar!", "this is a packed file (RAR)", "Unpack it first"},
	{"BZh", "this is a packed file (bzip2)", "Unpack it first"},
	{"\xFD7zXZ", "this is a packed file (xz)", "Unpack it first"},
	{"\x28\xB5\x2F\xFD", "this is a packed file (zstd)", "Unpack it first"},
	{"\x89PNG", "this is a picture", "Ask for the list as CSV or as a spreadsheet: a picture has no rows"},
	{"\xFF\xD8\xFF", "this is a picture", "Ask for the list as CSV or as a spreadsheet: a picture has no rows"},
	{"GIF8", "this is a picture", "Ask for the list as CSV or as a spreadsheet: a picture has no rows"},
	{"SQLite format 3", "this is a database (SQLite)", "Export the table as CSV (UTF-8)"},
	{"PAR1", "this is a Parquet file", "Export the table as CSV (UTF-8)"},
	{"BEGIN:VCARD", "these are address cards (vCard)", "Import them into a spreadsheet and save it as CSV (UTF-8)"},
}

// gzipMagic and zipMagic are the first bytes of packed files; a spreadsheet is a ZIP file.
const (
	gzipMagic = "\x1F\x8B"
	zipMagic  = "PK\x03\x04"
)

// head reads the start of the file, unpacked, and finds out its kind.
func (s *source) head() (head []byte, kind fileKind, err error) {
	c, err := s.open()
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	magic := make([]byte, 4)
	n, err := c.at.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, s.cannotOpen(err)
	}
	magic = magic[:n]
	if bytes.HasPrefix(magic, []byte(zipMagic)) {
		return nil, xlsxFile, nil
	}
	s.packed = bytes.HasPrefix(magic, []byte(gzipMagic))
	r, err := c.unpacked()
	if err != nil {
		return nil, 0, err
	}
	head, err = io.ReadAll(io.LimitReader(r, sniffed))
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", s.shown(), err)
	}
	kind, err = s.kindOf(head)
	return head, kind, err
}

// kindOf tells the kind of an unpacked file by its first bytes.
func (s *source) kindOf(head []byte) (fileKind, error) {
	if s.packed && (bytes.HasPrefix(head, []byte(zipMagic)) || bytes.HasPrefix(head, []byte(gzipMagic))) {
		return 0, s.refuse("this is a packed file inside a packed file", "Unpack it first")
	}
	start := asciiOf(head)
	if len(start) == 0 {
		return 0, s.refuse("the signer list is empty", "Export it again, with a header row")
	}
	for _, other := range otherFiles {
		if len(start) >= len(other.magic) && strings.EqualFold(start[:len(other.magic)], other.magic) {
			return 0, s.refuse(other.what, other.do)
		}
	}
	return jsonKind(start, strings.ToLower(s.path)), nil
}

// asciiOf gives the start of a file without byte order mark, white space and the zero bytes of UTF-16.
func asciiOf(head []byte) string {
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			head = head[len(mark):]
			break
		}
	}
	wide := len(head) > 3 && (head[0] == 0) != (head[1] == 0)
	var out strings.Builder
	for _, b := range head {
		if b == 0 && wide || out.Len() == 0 && (b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == 0) {
			continue
		}
		out.WriteByte(b)
		if out.Len() == 64 {
			break
		}
	}
	return out.String()
}
