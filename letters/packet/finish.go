package packet

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"
)

// Account checks the manifest against itself and against the bundles that were made, and returns the SHA-256 that manifest.json will have,
// in lower-case hex: paperwork prints it, and is made while bundles are still being synced. From then on File takes paperwork only.
//
// It fills in m.Format and the root of m.Tree, and cuts folders off the names of sources and template. A manifest that does not agree with
// itself or with the files that were made is an error of the program, and nothing is written. After an error the caller calls Abort.
func (w *Writer) Account(ctx context.Context, m *Manifest) (hash string, err error) {
	if w.accounted != nil {
		return "", errAccounted
	}
	w.mu.Lock()
	err = cmp.Or(w.failure, ctx.Err())
	w.mu.Unlock()
	if err != nil {
		return "", err
	}
	m.tidy()
	if err := m.plant(); err != nil {
		return "", fmt.Errorf("the packet's account is wrong, which is a fault of Postbag: %w", err)
	}
	if err := w.agrees(m); err != nil {
		return "", err
	}
	data, err := m.encode()
	if err != nil {
		return "", err
	}
	if len(data) > maxAccount {
		return "", fmt.Errorf("%d bundles make a manifest of more than %d MB: put more letters in a bundle", len(m.Bundles), maxAccount>>20)
	}
	w.accounted = data
	return hashOf(data), nil
}

// Finish calls Account, unless that has been done, waits for what is still being synced, writes manifest.json, manifest.csv, READ-ME.txt,
// verify.html and SHA256SUMS, removes files of an earlier, different run that do not belong, writes private/run.json, and syncs the
// folders. m is the manifest that Account was given. After an error the caller calls Abort.
func (w *Writer) Finish(ctx context.Context, m *Manifest) error {
	if w.stage.Load() != taking {
		return errClosed
	}
	if w.accounted == nil {
		if _, err := w.Account(ctx, m); err != nil {
			return err
		}
	}
	if err := w.settled(ctx); err != nil {
		return err
	}
	if !w.enter(finishing) {
		return errClosed
	}
	if err := w.writeAccounts(ctx, m); err != nil {
		return err
	}
	if err := w.settled(ctx); err != nil {
		return err
	}
	if err := w.removeStale(m); err != nil {
		return err
	}
	if err := w.syncFolders(); err != nil {
		return err
	}
	w.complete()
	if err := w.writeRun(); err != nil {
		return err
	}
	w.enter(ended)
	release(w.root, w.lock, buildGate())
	return w.root.Close()
}

// settled waits until every file has its final name.
func (w *Writer) settled(ctx context.Context) error {
	w.work.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure != nil {
		return w.failure
	}
	return ctx.Err()
}

// agrees checks the manifest against itself and against the files of this run.
func (w *Writer) agrees(m *Manifest) error {
	var wrong []string
	for _, f := range m.faults() {
		wrong = append(wrong, f.Path+": "+f.What)
	}
	listed := map[string]bool{}
	for _, b := range m.Bundles {
		listed[b.Path] = true
		if f, ok := w.files[b.Path]; !ok || f.sha256 != b.SHA256 || f.bytes != b.Bytes {
			wrong = append(wrong, b.Path+": is not the file that was made")
		}
	}
	for name := range w.files {
		if classify(name) == bundle && !listed[name] {
			wrong = append(wrong, name+": was made and is not in the manifest")
		}
	}
	names := []string{ledgerFile, exclusionsFile, indexFile, peopleFileName}
	if len(m.Since) > 0 {
		names = append(names, withdrawnFile)
	}
	for _, name := range names {
		if _, ok := w.files[name]; !ok {
			wrong = append(wrong, name+": was not made")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	sort.Strings(wrong)
	return fmt.Errorf("the packet's account is wrong, which is a fault of Postbag: %s", strings.Join(wrong, "; "))
}

func (w *Writer) writeAccounts(ctx context.Context, m *Manifest) error {
	readMe, err := w.readMe(m)
	if err != nil {
		return err
	}
	for _, a := range []struct {
		name string
		data []byte
	}{{manifestCSVFile, m.encodeCSV()}, {manifestFile, w.accounted}, {readMeFile, readMe}, {checkerFile, checker(w.accounted)}} {
		if err := w.writeWhole(ctx, a.name, a.data); err != nil {
			return err
		}
	}
	return w.writeWhole(ctx, sumsFile, w.sums())
}

func (w *Writer) writeWhole(ctx context.Context, name string, data []byte) error {
	_, _, err := w.file(ctx, finishing, name, int64(len(data)), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
	return err
}

// sums is SHA256SUMS, as sha256sum -c reads it: every file outside private/ but itself, by path.
func (w *Writer) sums() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for name := range w.files {
		if !isPrivate(name) && name != sumsFile {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var b []byte
	for _, name := range names {
		b = append(b, w.files[name].sha256...)
		b = append(b, "  "...)
		b = append(b, name...)
		b = append(b, '\n')
	}
	return b
}

//go:embed read-me.txt
var readMeText string

// readMe is READ-ME.txt: for a person at the company who has never heard of Postbag.
func (w *Writer) readMe(m *Manifest) ([]byte, error) {
	t, err := template.New(readMeFile).Option("missingkey=error").Parse(readMeText)
	if err != nil {
		return nil, fmt.Errorf("reading the text of %s: %w", readMeFile, err)
	}
	var b strings.Builder
	to := m.addressedBundles()
	named := to[:min(len(to), mostNamed)]
	err = t.Execute(&b, struct {
		*Manifest
		ExcludedRows int
		Print        bool
		Papers       []paper
		Shared       *sharedDocument    // nil for letters
		To, Named    []addressedBundles // all of several recipients, and those who are named
		More         int                // who are not
	}{m, m.excluded(), w.hasFiles("print/"), w.papers(), documentOf(m.Letter.Form), to, named, len(to) - len(named)})
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", readMeFile, err)
	}
	return []byte(b.String()), nil
}

// sharedDocument is what READ-ME.txt calls a document that many signers share.
type sharedDocument struct {
	Title, Document, One, More string
}

// documentOf finds the words for a form; nil for letters.
func documentOf(form string) *sharedDocument {
	switch form {
	case "", letterForm:
		return nil
	case "petition-sheets":
		return &sharedDocument{"A PETITION", "Petition sheets", "signature", "s"}
	case "investors":
		return &sharedDocument{"A LETTER OF INVESTORS", "A letter", "investor", "s"}
	}
	return &sharedDocument{"AN OPEN LETTER", "An open letter", "signature", "s"}
}

// paper is a document of deliver/, and what it is.
type paper struct{ Name, What string }

// papers lists the documents that this run made. Where there are several recipients, each has one of its own.
func (w *Writer) papers() []paper {
	var made []paper
	for _, p := range []paper{
		{"01-cover-letter", "the covering letter"},
		{"02-letter-text", "the wording, also as plain text"},
		{"03-signatures", "everybody who signed, by name"},
		{"04-comments", "what signers added in their own words"},
		{"05-totals", "how many signed, by country and over time"},
		{"06-receipt", "to be signed by whoever takes the delivery"},
	} {
		if w.hasFiles("deliver/" + p.Name) {
			made = append(made, p)
		}
	}
	return made
}

// hasFiles tells whether this run made files whose paths begin so.
func (w *Writer) hasFiles(start string) bool {
	for name := range w.files {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// removeStale removes what an earlier run left and this one did not make.
func (w *Writer) removeStale(m *Manifest) error {
	entries, err := survey(w.root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		_, ours := w.files[e.path]
		switch e.class {
		case account, paperwork, bundle, private, temporary, signature:
			if ours || e.path == runFile || e.class == signature && w.keepsSignature(m) {
				continue
			}
			if err := w.root.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("removing what an earlier run left: %w", err)
			}
		}
	}
	w.removeEmptyFolders()
	return nil
}

// syncFolders makes every rename and removal last, before run.json says that they are done.
func (w *Writer) syncFolders() error {
	for _, name := range append([]string{"."}, folders...) {
		if _, err := w.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := syncDir(w.root.Open, name); err != nil {
			return err
		}
	}
	if !w.made {
		return nil
	}
	return syncDir(os.Open, filepath.Dir(filepath.Clean(w.dir)))
}

// complete closes the account of the run.
func (w *Writer) complete() {
	w.run.State, w.run.Finished, w.run.Workers = complete, now(), w.Workers
	if w.Program != "" {
		w.run.Program = w.Program
	}
	w.run.Files = map[string]string{}
	for name, f := range w.files {
		if isPrivate(name) {
			w.run.Files[name] = f.sha256
		}
	}
}
