package packet

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"postbag/letters/internal/outside"
	"postbag/letters/problem"
)

// testKey is the same key in every run. Tests of locking have keys of their own: that takes a second and a gigabyte, as it should.
func testKey(t testing.TB) (minisign.PrivateKey, PublicKey) {
	t.Helper()
	public, private, err := minisign.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return private, publicKeyOf(public)
}

func TestStockMinisignVerifiesAPacket(t *testing.T) {
	dir := signedSample(t, true)
	_, public := testKey(t)
	out, _ := outside.Run(t, "minisign", "-V", "-m", filepath.Join(dir, sumsFile), "-P", string(public))
	if !strings.Contains(out, "verified") || !strings.Contains(out, signatureFormat) {
		t.Error(out)
	}
	r, err := Verify(context.Background(), dir, VerifyOptions{Key: public})
	if err != nil || len(r.Faults) > 0 || r.SignedBy != public {
		t.Errorf("%+v, %v", r, err)
	}
}

// The same packet and key make the same signature, and build leaves it where SHA256SUMS is the same.
func TestASignatureHangsOnThePacketAlone(t *testing.T) {
	a, b := signedSample(t, true), signedSample(t, true)
	one, err1 := os.ReadFile(filepath.Join(a, signatureFile))
	two, err2 := os.ReadFile(filepath.Join(b, signatureFile))
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(one, two) {
		t.Errorf("%s\n%s\n%v", one, two, err)
	}
	_, public := testKey(t)
	for _, change := range []struct {
		name  string
		alter func(*Manifest)
		keeps bool
	}{{"the same", func(m *Manifest) { m.SigningKey = public }, true}, {"another", func(m *Manifest) { m.SigningKey, m.Sender.Contact = public, "other@example.org" }, false}} {
		w, err := Open(a, strings.Repeat("f", 64), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := (sample{bundles: 3, letters: 4, filler: 2000}).buildWith(context.Background(), w, change.alter); err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(filepath.Join(a, signatureFile))
		if kept := err == nil; kept != change.keeps {
			t.Errorf("%s packet built again: signature kept %v", change.name, kept)
		}
	}
}

// No byte of the signature's file can be changed unseen, nor can it be exchanged or taken away.
func TestEveryChangeOfASignatureIsNamed(t *testing.T) {
	dir := signedSample(t, true)
	path := filepath.Join(dir, signatureFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for at := range whole {
		changed := bytes.Clone(whole)
		changed[at] ^= 1 << r.IntN(8)
		write(t, path, string(changed))
		wantFault(t, dir, signatureFile, "")
	}
	for _, changed := range [][]byte{nil, whole[:len(whole)-1], append(bytes.Clone(whole), '\n'), bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n"))} {
		write(t, path, string(changed))
		wantFault(t, dir, signatureFile, "")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantFault(t, dir, signatureFile, "is missing")
}

func TestAnotherKeyDoesNotSign(t *testing.T) {
	dir := signedSample(t, true)
	other, private, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(context.Background(), dir, private); err == nil || !strings.Contains(err.Error(), "the manifest says that key") {
		t.Errorf("signed by another key: %v", err)
	}
	unsigned := signedSample(t, false)
	if _, err := Sign(context.Background(), unsigned, private); err != nil {
		t.Fatal(err)
	}
	_, wanted := testKey(t)
	r, err := Verify(context.Background(), unsigned, VerifyOptions{Key: wanted})
	if err != nil || len(r.Faults) != 1 || !strings.Contains(r.Faults[0].What, publicKeyOf(other).ID()) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(unsigned, signatureFile)); err != nil {
		t.Error(err)
	}
}

func TestADamagedPacketIsNotSigned(t *testing.T) {
	dir := signedSample(t, false)
	write(t, filepath.Join(dir, readMeFile), "other")
	key, _ := testKey(t)
	var p problem.Problem
	if _, err := Sign(context.Background(), dir, key); !errors.As(err, &p) || p.Do == "" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, signatureFile)); err == nil {
		t.Error("it was signed")
	}
}

// A key is locked, opens with its password alone, is never overwritten, and can vouch for the one after it; minisign reads both.
func TestKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("locking a key takes a gigabyte")
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "campaign.key")
	made, err := MakeKey(secret, "two words")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(secret)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if public, err := ReadPublicKey(made.Public); err != nil || public != made.Key {
		t.Errorf("%s, %v", public, err)
	}
	if _, err := ReadPublicKey(secret); err == nil || !strings.Contains(err.Error(), "secret key") {
		t.Errorf("a secret key was taken for a public one: %v", err)
	}
	if _, err := UnlockKey(secret, "two word"); err == nil {
		t.Error("opened by another password")
	}
	key, err := UnlockKey(secret, "two words")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := MakeKey(secret, "x"); err == nil {
		t.Error("a key was overwritten")
	}
	if _, err := MakeKey(filepath.Join(dir, "b.key"), ""); err == nil {
		t.Error("a key without a password")
	}
	public, _, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	next := &MadeKey{Public: filepath.Join(dir, "next.pub"), Key: publicKeyOf(public)}
	write(t, next.Public, "untrusted comment: x\n"+string(next.Key)+"\n")
	if err := next.Vouch(key); err != nil {
		t.Fatal(err)
	}
	outside.Run(t, "minisign", "-V", "-m", next.Public, "-p", made.Public)
}
