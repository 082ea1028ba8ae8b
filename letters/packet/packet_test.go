package packet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postbag/letters/problem"
)

var small = sample{bundles: 3, letters: 4, filler: 100}

func TestAFinishedPacketVerifies(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "packet")
	small.make(t, dir, "f")
	var last, total int64
	r, err := Verify(context.Background(), dir, VerifyOptions{Progress: func(d, of int64) { last, total = d, of }})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Faults) != 0 || len(r.Unchecked) != 0 {
		t.Errorf("faults %v, unchecked %v", r.Faults, r.Unchecked)
	}
	if r.Bundles != 3 || r.Letters != 12 || r.RowsRead != 15 || r.Files != 13 || last != total || total == 0 {
		t.Errorf("report %+v, progress %d of %d", r, last, total)
	}
	if sum, err := exec.LookPath("sha256sum"); err == nil {
		c := exec.Command(sum, "--strict", "-c", sumsFile)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("sha256sum: %v\n%s", err, out)
		}
	}
}

func TestPrivateFilesAreClosedToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no such modes")
	}
	dir := t.TempDir()
	small.make(t, dir, "f")
	for name, want := range map[string]fs.FileMode{privateDir: 0o700, ledgerFile: 0o600, exclusionsFile: 0o600, runFile: 0o600,
		manifestFile: 0o644, "deliver/bundles/bundle-0001.pdf": 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, not %o", name, info.Mode().Perm(), want)
		}
	}
	if err := os.Chmod(filepath.Join(dir, ledgerFile), 0o644); err != nil {
		t.Fatal(err)
	}
	wantFault(t, dir, ledgerFile, "can be read by others")
	small.make(t, dir, "f")
	if f := verified(t, dir); len(f) > 0 {
		t.Errorf("another build does not close it again: %v", f)
	}
}

func TestTheSamePacketHasTheSameBytesAndIsNotWrittenAgain(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	small.make(t, one, "f")
	small.make(t, two, "f")
	same(t, contents(t, one), contents(t, two))
	path := filepath.Join(one, small.bundlePath(0))
	past := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	small.make(t, one, "f")
	same(t, contents(t, two), contents(t, one))
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(past) {
		t.Errorf("a bundle that was right was written again: %v %v", info, err)
	}
}

// Whatever stands under a bundle's name, a build ends with the bundle's own bytes.
func TestADamagedFileIsMadeAgain(t *testing.T) {
	whole := string(small.bundle(1))
	for name, damaged := range map[string]string{
		"empty":            "",
		"first byte":       "x" + whole[1:],
		"last byte":        whole[:len(whole)-1] + "x",
		"cut":              whole[:len(whole)/2],
		"longer":           whole + "more",
		"longer by a lot":  whole + strings.Repeat("more", blockSize),
		"another's longer": strings.Repeat("x", 3*blockSize),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			small.make(t, dir, "f")
			want := contents(t, dir)
			write(t, filepath.Join(dir, small.bundlePath(1)), damaged)
			wantFault(t, dir, small.bundlePath(1), "")
			small.make(t, dir, "f")
			same(t, want, contents(t, dir))
		})
	}
}

// The sink compares in pieces; a difference at any place of any piece must be seen.
func TestADifferenceIsSeenWhereverItIs(t *testing.T) {
	big := sample{bundles: 1, letters: 1, filler: 3*blockSize + 17}
	dir := t.TempDir()
	big.make(t, dir, "f")
	want := contents(t, dir)
	whole := want[big.bundlePath(0)]
	for _, at := range []int{0, 1, scratchSize - 1, scratchSize, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, len(whole) - 1} {
		data := []byte(whole)
		data[at] ^= 1
		write(t, filepath.Join(dir, big.bundlePath(0)), string(data))
		big.make(t, dir, "f")
		same(t, want, contents(t, dir))
	}
}

// However the bytes of a file come, its checksum is that of what lies on the disk.
func TestTheChecksumIsThatOfTheFile(t *testing.T) {
	data := make([]byte, 2*blockSize+3)
	rand.NewChaCha8([32]byte{2}).Read(data)
	for _, piece := range []int{1, 109, 4096, hashEvery - 1, hashEvery, hashEvery + 1, blockSize - 1, blockSize, blockSize + 1, len(data)} {
		for _, size := range []int{0, 1, hashEvery, blockSize - 1, blockSize, blockSize + 1, len(data)} {
			dir := t.TempDir()
			w, err := Open(dir, "f", false)
			if err != nil {
				t.Fatal(err)
			}
			sum, n, err := w.File(context.Background(), ledgerFile, func(out io.Writer) error {
				for at := 0; at < size; at += piece {
					if _, err := out.Write(data[at:min(at+piece, size)]); err != nil {
						return err
					}
				}
				return nil
			})
			w.Abort() // waits until it is there
			if err != nil {
				t.Fatal(err)
			}
			if want := sha256.Sum256(data[:size]); sum != hex.EncodeToString(want[:]) || n != int64(size) {
				t.Errorf("%d bytes in pieces of %d: %d bytes with the checksum %s, and the checksum of the data is %x", size, piece, n, sum, want)
			}
			if contents(t, dir)[ledgerFile] != string(data[:size]) {
				t.Errorf("%d bytes in pieces of %d are not on the disk as they were written", size, piece)
			}
		}
	}
}

func wantProblem(t *testing.T, err error, words ...string) {
	t.Helper()
	var p problem.Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a problem: %v", err)
	}
	if p.What == "" || p.Do == "" {
		t.Errorf("a problem without what or do: %+v", p)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestAFolderThatIsNoPacketIsRefusedAndLeftAlone(t *testing.T) {
	for _, replace := range []bool{false, true} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "thesis.doc"), "years of work")
		write(t, filepath.Join(dir, "print", "job-ticket.pdf"), "somebody else's")
		before := contents(t, dir)
		_, err := Open(dir, "f", replace)
		wantProblem(t, err, dir, "thesis.doc", "--out")
		same(t, before, contents(t, dir))
	}
}

func TestAPacketOfOtherInputsIsReplacedOnlyWhenAsked(t *testing.T) {
	dir, fresh := t.TempDir(), t.TempDir()
	sample{bundles: 5, letters: 9}.make(t, dir, "old")
	before := contents(t, dir)
	_, err := Open(dir, "new", false)
	wantProblem(t, err, "--replace", "--out")
	same(t, before, contents(t, dir))

	write(t, filepath.Join(dir, "deliver", "scan.pdf"), "the signed receipt")
	_, err = Open(dir, "new", true)
	wantProblem(t, err, "deliver/scan.pdf")
	if err := os.Remove(filepath.Join(dir, "deliver", "scan.pdf")); err != nil {
		t.Fatal(err)
	}
	same(t, before, contents(t, dir))

	w, err := Open(dir, "new", true)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if left := contents(t, dir); len(left) != 1 {
		t.Errorf("what the old packet had is still there: %d files", len(left)-1)
	}
	if err := small.build(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	small.make(t, fresh, "new")
	same(t, contents(t, fresh), contents(t, dir))
}

func TestForeignFilesInAPacketAreNamedAndNeverRemoved(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	write(t, filepath.Join(dir, "deliver", "notes.txt"), "mine")
	_, err := Open(dir, "f", false)
	wantProblem(t, err, "deliver/notes.txt")
	if err := os.Rename(filepath.Join(dir, "deliver", "notes.txt"), filepath.Join(dir, privateDir, "notes.txt")); err != nil {
		t.Fatal(err)
	}
	small.make(t, dir, "f") // what the campaign keeps in private/ is its own affair
	_, err = Open(dir, "g", true)
	wantProblem(t, err, "private/notes.txt")
}

func TestAPacketWithoutPrivateIsOnlyReplaced(t *testing.T) {
	dir := t.TempDir()
	small.make(t, dir, "f")
	if err := os.RemoveAll(filepath.Join(dir, privateDir)); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, "f", false)
	wantProblem(t, err, "private/run.json", "--replace")
	if _, err := os.Stat(filepath.Join(dir, privateDir)); err == nil {
		t.Error("a refused folder was written to")
	}
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) != 0 || len(r.Unchecked) != 1 {
		t.Errorf("%+v %v", r, err)
	}
	w, err := Open(dir, "f", true)
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
}

func TestLinksAreNotTakenForThePacketsFolders(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	small.make(t, dir, "f")
	if err := os.Rename(filepath.Join(dir, "print"), filepath.Join(elsewhere, "print")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(elsewhere, "print"), filepath.Join(dir, "print")); err != nil {
		t.Skip("no links here")
	}
	_, err := Open(dir, "f", true)
	wantProblem(t, err, "print")
	wantFault(t, dir, "print", "is a link")
}

func TestTwoBuildsNeverMeetInOneFolder(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.File(context.Background(), "print/box-labels.pdf", func(out io.Writer) error {
		out.Write(make([]byte, 2*blockSize))
		for _, fingerprint := range []string{"f", "g"} {
			_, err := Open(dir, fingerprint, true)
			wantProblem(t, err, "another build", "--out")
		}
		return nil
	}); err != nil {
		t.Errorf("a refused build harmed the one at work: %v", err)
	}
	if err := small.build(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, lockFile)); err == nil {
		t.Error("the lock file is left")
	}
	small.make(t, dir, "f")
}

func TestAnOddOutIsAProblem(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	for _, out := range []string{"", filepath.Join(dir, "file"), filepath.Join(dir, "file", "packet")} {
		_, err := Open(out, "f", false)
		wantProblem(t, err, "--out")
	}
}

func TestAbortLeavesNoTraceOfARunThatFinishedNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packet")
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.File(context.Background(), small.bundlePath(0), func(out io.Writer) error {
		out.Write(make([]byte, 3*blockSize))
		return errors.New("no")
	})
	if err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("the error of write is lost: %v", err)
	}
	if left := contents(t, dir); len(left) > 1 {
		t.Errorf("half a file is left: %v", left)
	}
	w.Abort()
	w.Abort()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
	if _, _, err := w.File(context.Background(), small.bundlePath(0), nil); !errors.Is(err, errClosed) {
		t.Errorf("a writer that was given up takes files: %v", err)
	}
}

func TestAbortKeepsWhatIsFinished(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.File(context.Background(), small.bundlePath(0), func(out io.Writer) error {
		_, err := out.Write(small.bundle(0))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if data := contents(t, dir)[small.bundlePath(0)]; data != string(small.bundle(0)) {
		t.Errorf("a finished bundle is gone or cut: %d bytes", len(data))
	}
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Do, "build again") {
		t.Errorf("an unfinished packet: %+v, %v", r, err)
	}
	small.make(t, dir, "f")
	if f := verified(t, dir); len(f) > 0 {
		t.Error(f)
	}
}

func TestAnEndedContextEndsTheFileAtOnce(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	ctx, cancel := context.WithCancel(context.Background())
	written := 0
	_, _, err = w.File(ctx, small.bundlePath(0), func(out io.Writer) error {
		for range 1000 {
			n, err := out.Write(make([]byte, blockSize))
			written += n
			if err != nil {
				return err
			}
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || written > 3*blockSize {
		t.Errorf("%v after %d bytes", err, written)
	}
	if left := contents(t, dir); left[temporaryName(small.bundlePath(0))] != "" || left[small.bundlePath(0)] != "" {
		t.Errorf("left: %v", left)
	}
	if err := w.Finish(ctx, small.manifest()); !errors.Is(err, context.Canceled) {
		t.Errorf("Finish: %v", err)
	}
}

func TestOnlyPathsThatAPacketHasAreWritten(t *testing.T) {
	w, err := Open(t.TempDir(), "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, path := range []string{"", ".", "/etc/passwd", "../x", "deliver/../../x", "deliver/bundles/bundle-1.pdf",
		"deliver/bundles/bundle-0001.pdf/x", manifestFile, sumsFile, runFile, lockFile, "deliver/x.exe",
		"deliver/bundles/bundle-0001.pdf\n", `deliver\bundles\bundle-0001.pdf`} {
		if _, _, err := w.File(context.Background(), path, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("%q was written", path)
		}
	}
	make := func() error {
		_, _, err := w.File(context.Background(), ledgerFile, func(io.Writer) error { return nil })
		return err
	}
	if err := make(); err != nil {
		t.Error(err)
	}
	if err := make(); !errors.Is(err, errTwice) {
		t.Errorf("one file made twice: %v", err)
	}
}

func TestAnAccountThatIsWrongIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*Manifest){
		"rows":      func(m *Manifest) { m.RowsRead++ },
		"letters":   func(m *Manifest) { m.Letters++; m.RowsRead++ },
		"pages":     func(m *Manifest) { m.Pages-- },
		"sheets":    func(m *Manifest) { m.Sheets++ },
		"hash":      func(m *Manifest) { m.Bundles[0].SHA256 = m.Bundles[1].SHA256 },
		"forgotten": func(m *Manifest) { m.Bundles, m.Letters, m.Pages, m.Sheets, m.RowsRead = nil, 0, 0, 0, 3 },
		"negative":  func(m *Manifest) { m.Excluded["x"], m.Excluded["y"] = -1, 1 },
		"look":      func(m *Manifest) { m.NeedsLook = 4 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := Open(dir, "f", false)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Abort()
			err = small.buildWith(context.Background(), w, spoil)
			if err == nil || !strings.Contains(err.Error(), "fault of Postbag") {
				t.Errorf("%v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, manifestFile)); err == nil {
				t.Error("a wrong manifest was written")
			}
		})
	}
}

func TestPublicFilesHoldNoFoldersOfTheMachine(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	err = small.buildWith(context.Background(), w, func(m *Manifest) {
		m.Letter.Template = "/home/lovelace/letter.md"
		m.Sources[0].Name = `C:\Users\lovelace\signers.csv`
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range contents(t, dir) {
		if strings.Contains(data, "lovelace") || strings.Contains(data, dir) {
			t.Errorf("%s names a folder of the machine", name)
		}
	}
	if manifest := contents(t, dir)[manifestFile]; !strings.Contains(manifest, "People & Rights <Ltd>") {
		t.Error("the manifest escapes what needs no escape")
	}
}

// On a full disk the user learns which folder, and finds nothing half-made.
func TestAFullDiskLeavesNothingHalfMade(t *testing.T) {
	dir := smallDisk(t)
	out := filepath.Join(dir, "packet")
	w, err := Open(out, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	large := sample{bundles: 8, letters: 2, filler: 200 << 10}
	err = large.build(context.Background(), w)
	if err == nil || !strings.Contains(err.Error(), "no room in "+out) || !strings.Contains(err.Error(), "half-made") {
		t.Errorf("the error does not say it: %v", err)
	}
	w.Abort()
	roomy := t.TempDir()
	large.make(t, roomy, "f")
	whole := contents(t, roomy)
	for name, data := range contents(t, out) { // small files may be whole before it is known that a large one is not
		if want, ok := whole[name]; !ok || data != want {
			t.Errorf("%s is left with %d bytes of %d", name, len(data), len(want))
		}
	}
}
