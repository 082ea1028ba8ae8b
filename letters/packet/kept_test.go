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

// So is a packet of version 2, its signature and its proofs. It was built on the day before version 3, by the program itself.
func TestAPacketOfVersion2StillVerifies(t *testing.T) {
	dir := kept(t, "manifest-2")
	r, err := Verify(context.Background(), dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || len(r.Unchecked) > 0 || r.Letters != 5 || r.Bundles != 3 || r.RowsRead != 7 || r.SignedBy == "" {
		t.Fatalf("%+v %v", r, err)
	}
	m, err := ReadManifest(filepath.Join(dir, manifestFile))
	if err != nil || m.Signers != 5 || m.First != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	proof, err := ReadProof(filepath.Join("testdata", "manifest-2.proof.json"))
	if err == nil {
		err = proof.CheckManifest(m)
	}
	if err != nil {
		t.Error("a proof that was given out:", err)
	}
	proved, err := Prove(dir, Signer{Letter: "river-2026-000003"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := proved.Proof.Encode()
	if before, readErr := os.ReadFile(filepath.Join("testdata", "manifest-2.proof.json")); err != nil || readErr != nil || string(again) != string(before) {
		t.Errorf("the proof made today is another one: %v %v\n%s", err, readErr, again)
	}
	for _, name := range []string{"deliver/bundles/bundle-0002.pdf", "manifest.json", "manifest.csv", "READ-ME.txt", "verify.html", "SHA256SUMS.minisig", "private/ledger.csv", "private/proofs.index"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), strings.Replace(string(data), "e", "f", 1))
		if faults := verified(t, dir); len(faults) == 0 {
			t.Errorf("%s is harmed, and it is not seen", name)
		}
		write(t, filepath.Join(dir, name), string(data))
	}
	if _, err := Purge(dir, false); err != nil {
		t.Fatal(err)
	}
	if faults := verified(t, dir); len(faults) > 0 {
		t.Errorf("after the purge: %v", faults)
	}
}
