package packet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Paperwork prints the manifest's hash: so the manifest is written before it, and nothing that the manifest lists after it.
func TestPaperworkComesAfterTheManifest(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	ctx := context.Background()
	say := func(text string) func(io.Writer) error {
		return func(out io.Writer) error {
			_, err := io.WriteString(out, text)
			return err
		}
	}
	err = small.buildWith(ctx, w, func(m *Manifest) {
		sum, err := w.Account(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		if m.Format != manifestFormat || m.Tree.Root == "" {
			t.Errorf("the manifest is of the format %q, with the root %q", m.Format, m.Tree.Root)
		}
		if _, _, err := w.File(ctx, "deliver/06-receipt.pdf", func(out io.Writer) error {
			_, err := out.Write(pdf(1, 0, "%"+sum))
			return err
		}); err != nil {
			t.Errorf("paperwork after the manifest: %v", err)
		}
		for _, late := range []string{"deliver/bundles/bundle-0099.pdf", "private/ledger.csv"} {
			if _, _, err := w.File(ctx, late, say("x")); !errors.Is(err, errAccounted) {
				t.Errorf("%s after the manifest: %v", late, err)
			}
		}
		if _, err := w.Account(ctx, m); !errors.Is(err, errAccounted) {
			t.Errorf("a second account: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := os.ReadFile(filepath.Join(dir, "deliver", "06-receipt.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(manifest); !strings.Contains(string(receipt), hex.EncodeToString(sum[:])) {
		t.Error("the hash that paperwork was given is not that of manifest.json")
	}
	r, err := Verify(ctx, dir, VerifyOptions{})
	if err != nil || len(r.Faults) > 0 {
		t.Errorf("%v %v", err, r.Faults)
	}
	readMe, err := os.ReadFile(filepath.Join(dir, readMeFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"deliver/01-cover-letter    the covering letter", "deliver/06-receipt         to be signed by whoever"} {
		if !strings.Contains(string(readMe), want) {
			t.Errorf("READ-ME.txt does not say %q:\n%s", want, readMe)
		}
	}
	if strings.Contains(string(readMe), "03-signatures") {
		t.Error("READ-ME.txt names a document that is not there")
	}
}
