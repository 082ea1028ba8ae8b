//go:build unix

package packet

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the process that is killed, or kept short of room: it builds crashed in the folder that
// the environment names.
const (
	crashFolder = "PACKET_TEST_FOLDER"
	crashLimit  = "PACKET_TEST_LIMIT"
	crashRecord = "PACKET_TEST_RECORD" // it records in that folder instead, until it is killed
)

var crashed = sample{bundles: 40, letters: 5, filler: 60 << 10}

func TestMain(m *testing.M) {
	dir := os.Getenv(crashFolder)
	recorder := os.Getenv(crashRecord)
	if dir == "" && recorder == "" {
		os.Exit(m.Run())
	}
	if os.Getenv(crashLimit) != "" {
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: 70 << 10, Max: 70 << 10}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
	}
	if recorder != "" {
		recordForEver(recorder)
	}
	if err := buildCrashed(dir); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func buildCrashed(dir string) error {
	w, err := Open(dir, "f", false)
	if err != nil {
		return err
	}
	defer w.Abort()
	s := crashed
	if os.Getenv(crashLimit) != "" {
		s.filler = 100 << 10
	}
	return s.build(context.Background(), w)
}

func builder(t *testing.T, dir string, limit bool) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), crashFolder+"="+dir)
	if limit {
		c.Env = append(c.Env, crashLimit+"=1")
	}
	return c
}

// A run that is killed at any instant leaves whole files under final names or none, is known as unfinished, and is
// gone on with to the same bytes.
func TestAKilledRunIsGoneOnWith(t *testing.T) {
	t.Parallel()
	reference := filepath.Join(t.TempDir(), "packet")
	start := time.Now()
	if out, err := builder(t, reference, false).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	want := contents(t, reference)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	dir := filepath.Join(t.TempDir(), "packet")
	deadline := time.Now().Add(3 * time.Second)
	killed := 0
	for round := 0; round < 40 && time.Now().Before(deadline); round++ {
		if round%4 == 0 {
			finishCrashed(t, dir, want)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		c := builder(t, dir, false)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		c.Process.Kill()
		if c.Wait() != nil {
			killed++
		}
		checkCrashed(t, dir, want)
	}
	finishCrashed(t, dir, want)
	if killed == 0 {
		t.Error("no run was killed: the test is too quick for this machine")
	}
}

// checkCrashed looks at what a killed run left.
func checkCrashed(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	left := contents(t, dir)
	for name, data := range left {
		if c := classify(name); c != temporary && c != lock && want[name] != data {
			t.Errorf("%s stands under its final name with %d of %d bytes", name, len(data), len(want[name]))
		}
	}
	if r, err := Verify(context.Background(), dir, VerifyOptions{}); err == nil && len(r.Faults) == 0 {
		delete(left, lockFile) // the run was killed between its last word and its last breath
		same(t, want, left)
	}
}

// finishCrashed goes on with what a killed run left.
func finishCrashed(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if out, err := builder(t, dir, false).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	same(t, want, contents(t, dir))
	if faults := verified(t, dir); len(faults) > 0 {
		t.Error(faults)
	}
}

// A file that the file system cannot take is answered like a full disk, and what was there stays.
func TestAFileThatIsTooLargeForTheDiskIsSaid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packet")
	out, err := builder(t, dir, true).CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("no room in "+dir)) || !strings.Contains(string(out), " for deliver/bundles/bundle-") { // whichever came first
		t.Errorf("%v: %s", err, out)
	}
	if left := contents(t, dir); len(left) > 0 {
		t.Errorf("left: %v", len(left))
	}
}

// A full disk cuts a line in the middle; it is taken back, and what was recorded before stays.
func TestAFullDiskLeavesTheRecordWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small.make(t, dir, "f")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), crashRecord+"="+dir, crashLimit+"=1")
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "there is no room for the record") {
		t.Fatalf("%v\n%s", err, out)
	}
	told := strings.Count(string(out), "\n") - 1
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || r.Record == nil || r.Record.Entries != told || told < 10 {
		t.Errorf("%d entries were recorded: %+v %+v %v", told, r, r.Record, err)
	}
}

// recordForEver records, and prints the number of each entry when it has been recorded.
func recordForEver(dir string) {
	for {
		r, err := Record(dir, RecordEntry{What: Printed, Bundles: BundlesOf(1), Note: strings.Repeat("long ", 80)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(r.Entries[len(r.Entries)-1].Number)
	}
}

// Whoever was told that an entry is recorded finds it, whenever the program was killed; what is left of one that was being written is mended by
// the next.
func TestAKilledRecorderLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small.make(t, dir, "f")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	for range 8 {
		c := exec.Command(self)
		c.Env = append(os.Environ(), crashRecord+"="+dir)
		var out bytes.Buffer
		c.Stdout = &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50*time.Millisecond + time.Duration(random.Int64N(int64(100*time.Millisecond))))
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // killed
		told := strings.Fields(out.String())
		r, err := Record(dir, RecordEntry{What: Printed, Bundles: BundlesOf(2)})
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if f := verified(t, dir); len(f) > 0 {
			t.Fatal(f)
		}
		if len(told) > 0 {
			last, err := strconv.Atoi(told[len(told)-1])
			if err != nil || r.Entries[0].Number <= last {
				t.Fatalf("entry %v was recorded, and the next one has the number %d", told[len(told)-1], r.Entries[0].Number)
			}
		}
	}
}
