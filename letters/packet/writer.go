package packet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"
)

// publishers is how many finished files are synced and renamed at once while the next are made. Disks put syncs
// that come together into one; more than this brought nothing, nor did asking Linux to begin writing back early
// (BenchmarkWriter, 4 to 16 publishers, sync_file_range every 8 MB and at the end).
const publishers = 8

// Writer writes a packet's files under temporary names, syncs and renames them.
//
// A file passes two stages. The caller's goroutine makes, hashes and writes it ([Writer.File]); then one of a few
// goroutines syncs it and gives it its name, while the caller makes the next. An error of the second stage comes
// back from the next call of File, or from Finish.
type Writer struct {
	// Program and Workers are recorded in private/run.json. They may be set until Finish is called; Program is the
	// version that the Go tool recorded unless it is set.
	Program string
	Workers int

	dir   string
	root  *os.Root
	lock  *flock.Flock
	run   run
	made  bool // dir was missing
	fresh bool // nothing of value stood in dir

	blocks sync.Pool      // of newBlock
	pool   chan struct{}  // a place for each publisher
	work   sync.WaitGroup // calls of File and publishers
	stage  atomic.Int32   // written under mu

	mu      sync.Mutex // over what follows
	files   map[string]file
	folders map[string]bool // that exist
	failure error           // the first of a publisher

	accounted []byte // what manifest.json will hold, once Account has been called
}

// Stages of a Writer.
const (
	taking    int32 = iota // files
	finishing              // the accounts are written
	ended
)

// file is what is known of a file that this run made.
type file struct {
	sha256 string // "" while it is being made
	bytes  int64
}

var (
	errClosed = errors.New("packet: the writer is finished or was given up")
	errTwice  = errors.New("packet: a file of this name was made in this run already")

	errAccounted = errors.New("packet: the manifest is written, and after it comes paperwork only")
)

func newWriter(dir string, root *os.Root) *Writer {
	return &Writer{
		dir:     dir,
		root:    root,
		blocks:  sync.Pool{New: func() any { return newBlock() }},
		pool:    make(chan struct{}, publishers),
		files:   map[string]file{},
		folders: map[string]bool{".": true},
	}
}

// File makes one file whole or not at all: write is called once, with a buffered writer to the temporary file; path
// is relative to the packet, with slashes, and one that a packet can have. It returns the file's SHA-256 in lower-case
// hex and its bytes. A file of that name whose bytes are the same already is left alone. Safe for several goroutines.
//
// The sync and the rename go on in the background; an error of theirs comes back from a later File or from Finish.
// When ctx ends, the next write fails with its error and the temporary file is removed.
func (w *Writer) File(ctx context.Context, path string, write func(io.Writer) error) (sha256 string, bytes int64, err error) {
	switch c := classify(path); {
	case w.accounted != nil && c != paperwork:
		return "", 0, errAccounted
	case c == bundle, c == paperwork, c == private && path != runFile:
		return w.file(ctx, taking, path, 0, write)
	default:
		return "", 0, fmt.Errorf("packet: the layout has no place for %q", path)
	}
}

// file makes one file in a stage of the Writer; want is its size where that is known, for the message when the disk
// is full.
func (w *Writer) file(ctx context.Context, stage int32, name string, want int64, write func(io.Writer) error) (string, int64, error) {
	if err := w.begin(ctx, stage, name); err != nil {
		return "", 0, err
	}
	defer w.work.Done()
	s := &sink{ctx: ctx, w: w, path: name, want: want}
	err := w.fill(s, write)
	var made file
	if err == nil {
		made = file{sha256: s.sum(), bytes: s.size()}
		err = w.hand(ctx, s)
	} else {
		s.discard()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		delete(w.files, name)
		return "", 0, err
	}
	w.files[name] = made
	return made.sha256, made.bytes, nil
}

// hand gives a file to a publisher, who has the sink from then on. A file that stood there already needs none.
func (w *Writer) hand(ctx context.Context, s *sink) error {
	if s.temp == nil {
		s.discard()
		return nil
	}
	select {
	case w.pool <- struct{}{}:
	case <-ctx.Done():
		s.discard()
		return ctx.Err()
	}
	w.work.Add(1)
	go w.publish(s)
	return nil
}

// begin enters a file into the books and makes its folder. Every begin without an error is followed by work.Done.
func (w *Writer) begin(ctx context.Context, stage int32, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stage.Load() != stage {
		return errClosed
	}
	if w.failure != nil {
		return w.failure
	}
	if _, twice := w.files[name]; twice {
		return fmt.Errorf("%w: %s", errTwice, name)
	}
	if err := w.makeFolder(path.Dir(name)); err != nil {
		return w.explain(err, name, 0, 0)
	}
	w.files[name] = file{}
	w.work.Add(1)
	return nil
}

// makeFolder makes one of the packet's folders and what is above it.
func (w *Writer) makeFolder(name string) error {
	if w.folders[name] {
		return nil
	}
	if err := w.makeFolder(path.Dir(name)); err != nil {
		return err
	}
	mode := fs.FileMode(0o755)
	if name == privateDir {
		mode = 0o700
	}
	if err := w.root.Mkdir(name, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	w.folders[name] = true
	return nil
}

// fill lets write make the file and ends with everything in the sink.
func (w *Writer) fill(s *sink, write func(io.Writer) error) error {
	err := s.begin()
	if err == nil {
		err = write(s)
	}
	if s.err != nil {
		err = s.err // what the disk said, however write passed it on
	}
	if err == nil {
		err = s.end()
	}
	return w.explain(err, s.path, s.want, s.size())
}

// explain says which file an error is about, and what a full disk means.
func (w *Writer) explain(err error, name string, want, wrote int64) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errClosed):
		return err
	case isFull(err):
		return &fullError{dir: w.dir, path: name, want: want, wrote: wrote, err: err}
	}
	return fmt.Errorf("writing %s: %w", filepath.Join(w.dir, filepath.FromSlash(name)), err)
}

// fullError is a disk without room.
type fullError struct {
	dir, path   string
	want, wrote int64
	err         error
}

func (e *fullError) Error() string {
	size := fmt.Sprintf("%d bytes of it had been written", e.wrote)
	if e.want > 0 {
		size = fmt.Sprintf("it needs %d bytes", e.want)
	}
	return fmt.Sprintf("there is no room in %s for %s: %s (%v). Nothing half-made is left. Make room and build "+
		"again: the run goes on where it stopped.", e.dir, e.path, size, reason(e.err))
}

func (e *fullError) Unwrap() error { return e.err }

// publish ends a file; what goes wrong is the Writer's failure.
func (w *Writer) publish(s *sink) {
	defer w.work.Done()
	defer func() { <-w.pool }()
	defer s.discard()
	if err := s.finish(); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.failure == nil {
			w.failure = w.explain(err, s.path, s.size(), 0)
		}
	}
}

// settle makes a whole temporary file last and gives it its name.
func (w *Writer) settle(f *os.File, name string) error {
	defer f.Close()
	if err := f.Chmod(modeOf(name)); err != nil && !isModeless(err) {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil { // before the rename: Windows renames no open file
		return err
	}
	return w.root.Rename(temporaryName(name), name)
}

// modeOf is who may read a file: private ones only the user.
func modeOf(name string) fs.FileMode {
	if isPrivate(name) || path.Dir(name) == recordDir {
		return 0o600
	}
	return 0o644
}

// writeRun writes private/run.json at once, synced in its folder.
func (w *Writer) writeRun() error {
	data, err := w.run.encode()
	if err != nil {
		return err
	}
	f, err := w.root.OpenFile(temporaryName(runFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return w.explain(err, runFile, int64(len(data)), 0)
	}
	if _, err = f.Write(data); err == nil {
		err = w.settle(f, runFile)
	} else {
		f.Close()
	}
	if err != nil {
		w.root.Remove(temporaryName(runFile))
		return w.explain(err, runFile, int64(len(data)), 0)
	}
	return syncDir(w.root.Open, privateDir)
}

// Abort gives up: temporary files are removed, finished files stay for the next run to go on with. Where nothing
// was finished and nothing stood before, nothing stands after. It waits for calls of File that are still at work,
// which fail at their next write. After Finish it does nothing.
func (w *Writer) Abort() {
	if w.enter(ended) {
		w.work.Wait()
		w.leave()
	}
}

// enter begins a later stage, once.
func (w *Writer) enter(stage int32) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stage.Load() >= stage {
		return false
	}
	w.stage.Store(stage)
	return true
}

// leave removes what is temporary, and lets the folder go. Without the lock it touches nothing: what is temporary
// is another build's.
func (w *Writer) leave() {
	if w.lock == nil {
		w.root.Close()
		if w.made {
			os.Remove(w.dir) // stays where anything is in it
		}
		return
	}
	unused := w.fresh
	if entries, err := survey(w.root); err == nil {
		for _, e := range entries {
			switch {
			case e.class == temporary:
				w.root.Remove(e.path)
			case e.class == account, e.class == signature, e.class == paperwork, e.class == bundle, e.class == private && e.path != runFile:
				unused = false
			}
		}
	}
	if unused {
		w.root.Remove(runFile)
	}
	release(w.root, w.lock, buildGate())
	if unused {
		w.removeEmptyFolders()
		w.root.Remove(privateDir)
	}
	w.root.Close()
	if unused && w.made {
		os.Remove(w.dir)
	}
}
