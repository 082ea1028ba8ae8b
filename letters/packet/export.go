package packet

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"postbag/letters/problem"
)

// Exported says what an export wrote.
type Exported struct {
	Out   string `json:"out"`
	Files int    `json:"files"` // of the packet
	Bytes int64  `json:"bytes"` // of these files
}

// ExportOptions says what an export takes along.
type ExportOptions struct {
	Record    bool // the record of hand-overs, which names people; its chain is checked on its way
	Recipient int  // only what is for this one of several recipients, counting from 1; 0 for all of them
}

// ExportZip writes the part of the packet in dir that is for the company into a ZIP file: deliver/, and the accounts by which it can be
// checked (manifest.json, manifest.csv, SHA256SUMS, its signature, verify.html, READ-ME.txt). print/, private/ and, unless it is asked for, record/ are left out. The files
// lie in a folder with the campaign's name. All times are 1980-01-01, so the same packet makes the same bytes with the same Postbag.
//
// Each file is compared with SHA256SUMS on its way: a packet that is not as it was made is not exported. What is for one of several
// recipients goes to no other, so that o has to say whose part is wanted.
func ExportZip(ctx context.Context, dir, out string, o ExportOptions) (*Exported, error) {
	e, err := openExport(dir, out, o)
	if err != nil {
		return nil, err
	}
	defer e.root.Close()
	if n := len(e.m.Recipients); n > 0 && o.Recipient == 0 {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("the letters are to %d recipients, and each gets their own", n),
			Do: fmt.Sprintf("Say whose part to write with --recipient, from 1 to %d", n)}
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".postbag-*")
	if err != nil {
		return nil, unwritable(out, err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range e.names {
		if strings.HasPrefix(name, "print/") {
			continue
		}
		header := &zip.FileHeader{Name: e.campaign + "/" + name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(0o644)
		w, err := z.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", out, err)
		}
		if err := e.copy(ctx, name, w); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(z.Close(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return nil, unwritable(out, err)
	}
	if err := os.Rename(f.Name(), out); err != nil {
		return nil, unwritable(out, err)
	}
	return &e.Exported, nil
}

// ExportBag writes the packet in dir, without private/ and, unless it is asked for, record/, as a bag (BagIt 1.0, RFC 8493) for an archive: the packet under data/, with
// manifests in SHA-256 and SHA-512. It has no bagging date, so the same packet makes the same bag. Each file is compared with SHA256SUMS on its
// way. The folder out must not be there, or be empty.
func ExportBag(ctx context.Context, dir, out string, o ExportOptions) (*Exported, error) {
	e, err := openExport(dir, out, o)
	if err != nil {
		return nil, err
	}
	defer e.root.Close()
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(out)), ".postbag-*")
	if err != nil {
		return nil, unwritable(out, err)
	}
	defer os.RemoveAll(temp)
	var sums256, sums512 strings.Builder
	for _, name := range e.names {
		h256, h512 := sha256.New(), sha512.New()
		path := filepath.Join(temp, "data", filepath.FromSlash(name))
		if err := writeThrough(path, func(f io.Writer) error { return e.copy(ctx, name, io.MultiWriter(f, h256, h512)) }); err != nil {
			return nil, err
		}
		fmt.Fprintf(&sums256, "%x  data/%s\n", h256.Sum(nil), name)
		fmt.Fprintf(&sums512, "%x  data/%s\n", h512.Sum(nil), name)
	}
	tags := map[string]string{
		"bagit.txt":           "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
		"bag-info.txt":        e.bagInfo(),
		"manifest-sha256.txt": sums256.String(),
		"manifest-sha512.txt": sums512.String(),
	}
	sums256.Reset()
	sums512.Reset()
	for _, name := range []string{"bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt"} {
		fmt.Fprintf(&sums256, "%x  %s\n", sha256.Sum256([]byte(tags[name])), name)
		fmt.Fprintf(&sums512, "%x  %s\n", sha512.Sum512([]byte(tags[name])), name)
	}
	tags["tagmanifest-sha256.txt"], tags["tagmanifest-sha512.txt"] = sums256.String(), sums512.String()
	for name, text := range tags {
		if err := writeThrough(filepath.Join(temp, name), func(f io.Writer) error {
			_, err := io.WriteString(f, text)
			return err
		}); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(os.Chmod(temp, 0o755), removeEmpty(out), os.Rename(temp, out)); err != nil {
		return nil, unwritable(out, err)
	}
	return &e.Exported, nil
}

// removeEmpty removes an empty folder, which a rename cannot replace everywhere.
func removeEmpty(out string) error {
	if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// writeThrough makes a file of a bag and its folder.
func writeThrough(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return unwritable(path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return unwritable(path, err)
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return unwritable(path, err)
	}
	return nil
}

// export is a packet on its way out.
type export struct {
	Exported
	root     *os.Root
	dir      string
	campaign string
	m        *Manifest
	manifest string            // SHA-256 of manifest.json
	names    []string          // in order
	sums     map[string]string // of all but SHA256SUMS
}

// openExport opens a packet and lists its files, after checking that SHA256SUMS knows each of them.
func openExport(dir, out string, o ExportOptions) (e *export, err error) {
	classes := []class{account, signature, bundle, paperwork}
	if o.Record {
		classes = append(classes, handOvers)
	}
	if err := vacant(dir, out); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: fmt.Sprintf("there is no packet (%v)", reason(err)), Do: "Name the packet's folder"}
	}
	defer func() {
		if err != nil {
			root.Close()
		}
	}()
	e = &export{Exported: Exported{Out: out}, root: root, dir: dir}
	if err := e.readAccounts(); err != nil {
		return nil, err
	}
	entries, err := survey(root)
	if err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	for name := range e.sums {
		missing[name] = true
	}
	var strange []string
	for _, entry := range entries {
		name := entry.path
		_, known := e.sums[name]
		delete(missing, name)
		for _, c := range classes {
			if entry.class != c {
				continue
			}
			if !known && !uncovered(name) {
				strange = append(strange, name)
			}
			e.names = append(e.names, name)
		}
		if entry.class == foreign && !isPrivate(name) {
			strange = append(strange, name)
		}
	}
	for name := range missing {
		if !strings.HasPrefix(name, "print/") {
			strange = append(strange, name)
		}
	}
	if o.Record && !slices.Contains(e.names, recordFile) {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: "the packet has no record of hand-overs to take along", Do: "Leave out --record, or record a hand-over first"}
	}
	if len(strange) > 0 {
		sort.Strings(strange)
		return nil, e.damaged(fmt.Sprintf("the files are not those of SHA256SUMS: %s", some(strange)))
	}
	sort.Strings(e.names)
	return e, e.pick(o)
}

// pick leaves out what is for other recipients.
func (e *export) pick(o ExportOptions) error {
	at := problem.Place{File: e.dir}
	switch n := e.m.addressees(); {
	case o.Recipient == 0 || len(e.m.Recipients) == 0 && o.Recipient == 1:
		return nil
	case o.Recipient > n:
		return problem.Problem{Place: at, What: fmt.Sprintf("there is no recipient %d here: the letters are to %s", o.Recipient, e.m.to()), Do: fmt.Sprintf("Name one from 1 to %d", n)}
	case o.Record:
		return problem.Problem{Place: at, What: "the record tells of what all recipients took", Do: "Leave --record out, or --recipient"}
	}
	owners := e.m.ownerOf(slices.Values(e.names))
	e.names = slices.DeleteFunc(e.names, func(name string) bool { return owners[name] != 0 && owners[name] != o.Recipient })
	return nil
}

// uncovered tells whether SHA256SUMS cannot cover a file: because the file is that or covers it, or because it is the record, which grows.
func uncovered(name string) bool { return strings.HasPrefix(name, sumsFile) || name == recordFile }

func (e *export) readAccounts() error {
	data, err := readAccount(e.root, manifestFile)
	if err == nil {
		e.manifest = hashOf(data)
		e.m, err = parseManifest(data)
	}
	if err != nil {
		return e.damaged(fmt.Sprintf("%s cannot be used (%v)", manifestFile, reason(err)))
	}
	if r, err := readRun(e.root); err == nil && r.State == building {
		return problem.Problem{Place: problem.Place{File: e.dir}, What: "the packet is unfinished", Do: "Finish it with postbag build first"}
	}
	if data, err = readAccount(e.root, sumsFile); err == nil {
		e.sums, err = parseSums(data)
	}
	if err != nil {
		return e.damaged(fmt.Sprintf("%s cannot be used (%v)", sumsFile, reason(err)))
	}
	if e.campaign = e.m.Campaign; e.campaign == "" || strings.ContainsAny(e.campaign, `/\:`) || strings.Trim(e.campaign, ".") == "" {
		return e.damaged("the manifest's campaign is no name for a folder")
	}
	return nil
}

func (e *export) damaged(what string) error {
	return problem.Problem{Place: problem.Place{File: e.dir}, What: what, Do: "Check the packet with postbag verify, and mend it before it is passed on"}
}

// copy streams a file, and compares it with its sum.
func (e *export) copy(ctx context.Context, name string, w io.Writer) error {
	if name == recordFile {
		return e.copyRecord(w)
	}
	f, err := openRegular(e.root, name)
	if err != nil {
		return e.damaged(fmt.Sprintf("%s cannot be read (%v)", name, reason(err)))
	}
	defer f.Close()
	h := sha256.New()
	buffer := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := f.Read(buffer)
		h.Write(buffer[:n])
		e.Bytes += int64(n)
		if _, err := w.Write(buffer[:n]); err != nil {
			return unwritable(e.Out, err)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	if sum := hex.EncodeToString(h.Sum(nil)); !uncovered(name) && sum != e.sums[name] {
		return e.damaged(name + " is not the file that was made: its SHA-256 differs")
	}
	e.Files++
	return nil
}

// copyRecord writes the record of hand-overs, if it is whole.
func (e *export) copyRecord(w io.Writer) error {
	p := &recorded{root: e.root, dir: e.dir, m: e.m, manifest: e.manifest}
	if err := p.read(); err != nil {
		return err
	}
	if len(p.record.torn) > 0 {
		return e.damaged(recordFile + " ends with half a line")
	}
	if _, err := w.Write(p.data); err != nil {
		return unwritable(e.Out, err)
	}
	e.Bytes += int64(len(p.data))
	e.Files++
	return nil
}

// bagInfo is bag-info.txt (RFC 8493, 2.2.2): what is in the bag and how much of it.
func (e *export) bagInfo() string {
	var b strings.Builder
	line := func(label, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, value)
		}
	}
	line("Source-Organization", e.m.Sender.Organisation)
	line("External-Identifier", e.m.Campaign)
	line("External-Description", fmt.Sprintf("%d letters to %s, in %d bundles", e.m.Letters, e.m.to(), len(e.m.Bundles)))
	line("Bag-Software-Agent", "Postbag")
	line("Payload-Oxum", fmt.Sprintf("%d.%d", e.Bytes, e.Files))
	return b.String()
}

// vacant makes sure that nothing is overwritten, and that the packet is not written into itself.
func vacant(dir, out string) error {
	at := problem.Place{File: out}
	if strings.TrimSpace(out) == "" {
		return problem.Problem{What: "the export has nowhere to go", Do: "Name a new file or folder"}
	}
	if info, err := os.Lstat(out); err == nil {
		if entries, err := os.ReadDir(out); !info.IsDir() || err != nil || len(entries) > 0 || strings.HasSuffix(out, ".zip") {
			return problem.Problem{Place: at, What: "this is there already, and export overwrites nothing", Do: "Name another one, or move it away"}
		}
	}
	return Outside(dir, out)
}

// Outside makes sure that a file or folder that is to be written does not lie in the packet in dir.
func Outside(dir, out string) error {
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(out)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("finding %s: %w", out, err)
	}
	if rel, err := filepath.Rel(from, to); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return problem.Problem{Place: problem.Place{File: out}, What: "this is inside the packet, which holds what build made and nothing else", Do: "Name a place outside of it"}
	}
	return nil
}

func unwritable(out string, err error) error {
	return problem.Problem{Place: problem.Place{File: out}, What: fmt.Sprintf("the export cannot be written (%v)", reason(err)), Do: "Make room, or name another place"}
}
