package packet

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kept copies a packet that an earlier version of Postbag made, with the modes that git does not keep.
func kept(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "packet")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{privateDir, ledgerFile, exclusionsFile, runFile, indexFile} {
		mode := os.FileMode(0o600)
		if path == privateDir {
			mode = 0o700
		}
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return dir
}

// A packet of version 1 is checked for ever, as it was when it was made, and what it cannot prove is said. The packet was built on
// the day before version 2, by the program itself.
func TestAPacketOfVersion1StillVerifies(t *testing.T) {
	dir := kept(t, "manifest-1")
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || r.Letters != 5 || r.Bundles != 2 || r.RowsRead != 7 {
		t.Fatalf("%+v %v", r, err)
	}
	if len(r.Unchecked) != 1 || !strings.Contains(r.Unchecked[0], "version 1") {
		t.Errorf("unchecked: %v", r.Unchecked)
	}
	_, err = Prove(dir, Signer{Letter: "river-2026-000003"})
	wantProblem(t, err, dir)
	for _, name := range []string{"deliver/bundles/bundle-0002.pdf", "manifest.json", "manifest.csv", "READ-ME.txt", "private/ledger.csv"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		harmed := strings.Replace(string(data), "e", "f", 1)
		write(t, filepath.Join(dir, name), harmed)
		if faults := verified(t, dir); len(faults) == 0 {
			t.Errorf("%s is harmed, and it is not seen", name)
		}
		write(t, filepath.Join(dir, name), string(data))
	}
	if err := os.RemoveAll(filepath.Join(dir, privateDir)); err != nil {
		t.Fatal(err)
	}
	if faults := verified(t, dir); len(faults) > 0 {
		t.Errorf("without private/: %v", faults)
	}
}
