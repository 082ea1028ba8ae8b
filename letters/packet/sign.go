package packet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"aead.dev/minisign"

	"postbag/letters/problem"
)

// A packet may be signed: SHA256SUMS.minisig is a signature of SHA256SUMS, and with it of every file outside private/. It has the format of
// minisign (https://jedisct1.github.io/minisign/, Ed25519 over BLAKE2b-512), so anybody checks it with the stock program. Nothing in it hangs on
// the clock: the same packet and key make the same bytes. Its trusted comment, which is signed too, names the key, the campaign and the root.
//
// A signature says who made a packet only to somebody who knows the key from elsewhere. The key in the packet tells that all was
// signed by one hand; compare it with the one that the campaign published.

// signatureFormat starts the trusted comment.
const signatureFormat = "postbag-signature/1"

// PublicKey is a key for checking signatures, as minisign writes it: 56 characters of base64.
type PublicKey string

// ReadPublicKey reads the public key in a file that [MakeKey] or minisign made. A file that holds none is a problem.
func ReadPublicKey(path string) (PublicKey, error) {
	wrong := func(what string) error {
		return problem.Problem{Place: problem.Place{File: path}, What: what, Do: "Name the file with the public key (.pub) that postbag key made"}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", wrong(fmt.Sprintf("the public key cannot be read (%v)", reason(err)))
	}
	if bytes.Contains(data, []byte("secret key")) {
		return "", wrong("this is a secret key, which nobody else may have")
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText(data); err != nil {
		return "", wrong("this is no public key of minisign")
	}
	return publicKeyOf(key), nil
}

// publicKeyOf writes a key without its comment.
func publicKeyOf(key minisign.PublicKey) PublicKey { return PublicKey(key.String()) }

// parse reads the key; ok is false for what is none, or is written in another way than minisign's.
func (k PublicKey) parse() (key minisign.PublicKey, ok bool) {
	if err := key.UnmarshalText([]byte(k)); err != nil || publicKeyOf(key) != k {
		return key, false
	}
	return key, true
}

// ID is the key's number, as minisign shows it; "" for what is no key.
func (k PublicKey) ID() string {
	key, ok := k.parse()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%016X", key.ID())
}

// MadeKey says where a new key is.
type MadeKey struct {
	Secret  string    `json:"secret_key"` // files
	Public  string    `json:"public_key_file"`
	Key     PublicKey `json:"public_key"`
	ID      string    `json:"id"`
	Vouched string    `json:"signed_by_old_key,omitempty"` // the old key's signature of the new public key
}

// MakeKey makes a key pair: the secret key, locked with the password, in the file secret, which must end in .key, and the public key beside it in
// one that ends in .pub. Neither may be there already. Both are files of minisign.
func MakeKey(secret, password string) (*MadeKey, error) {
	if filepath.Ext(secret) != ".key" {
		return nil, problem.Problem{Place: problem.Place{File: secret}, What: "this is not the name of a secret key", Do: "End it in .key"}
	}
	if password == "" {
		return nil, problem.Problem{What: "the secret key has no password", Do: "Choose one: whoever finds the file could else sign as the campaign"}
	}
	made := &MadeKey{Secret: secret, Public: strings.TrimSuffix(secret, ".key") + ".pub"}
	for _, path := range []string{made.Secret, made.Public} {
		if _, err := os.Lstat(path); err == nil {
			return nil, problem.Problem{Place: problem.Place{File: path}, What: "this is there already, and a key is never overwritten",
				Do: "Name another file; to replace a key that people know, add --replaces with the old one"}
		}
	}
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	locked, err := minisign.EncryptKey(password, private)
	if err != nil {
		return nil, fmt.Errorf("locking the key: %w", err)
	}
	made.Key = publicKeyOf(public)
	made.ID = made.Key.ID()
	if err := writeNew(made.Secret, append(locked, '\n'), 0o600); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("untrusted comment: minisign public key %s\n%s\n", made.ID, made.Key)
	if err := writeNew(made.Public, []byte(text), 0o644); err != nil {
		os.Remove(made.Secret)
		return nil, err
	}
	return made, nil
}

// Vouch signs the public key of a new pair with an old key, so that whoever knows the old one can trust the new one. The signature stands beside
// the new public key, and minisign -V checks it.
func (m *MadeKey) Vouch(old minisign.PrivateKey) error {
	text, err := os.ReadFile(m.Public)
	if err != nil {
		return fmt.Errorf("reading the new key: %w", err)
	}
	m.Vouched = m.Public + ".minisig"
	oldKey := publicKeyOf(old.Public().(minisign.PublicKey))
	return writeNew(m.Vouched, digest(text).SignWithComments(old, fmt.Sprintf("postbag-successor/1 key:%s successor:%s", oldKey, m.Key), howToCheck(filepath.Base(m.Public), oldKey)), 0o644)
}

func howToCheck(file string, key PublicKey) string {
	return fmt.Sprintf("minisign -Vm %s -P %s", file, key)
}

// writeNew makes a file that is not there yet, synced.
func writeNew(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return problem.Problem{Place: problem.Place{File: path}, What: fmt.Sprintf("the key cannot be written (%v)", reason(err)), Do: "Name another place"}
	}
	return nil
}

// UnlockKey reads a secret key. A wrong password, and a file that is no secret key, are problems.
func UnlockKey(path, password string) (minisign.PrivateKey, error) {
	at := problem.Place{File: path}
	data, err := os.ReadFile(path)
	if err != nil {
		return minisign.PrivateKey{}, problem.Problem{Place: at, What: fmt.Sprintf("the secret key cannot be read (%v)", reason(err)), Do: "Name the .key file that postbag key made"}
	}
	if !minisign.IsEncrypted(data) {
		var key minisign.PrivateKey
		if key.UnmarshalText(bytes.TrimSpace(data)) == nil {
			return key, problem.Problem{Place: at, What: "this secret key has no password", Do: "Give it one with minisign -C, or make another with postbag key"}
		}
		return key, problem.Problem{Place: at, What: "this is no secret key of minisign", Do: "Name the .key file that postbag key made"}
	}
	key, err := minisign.DecryptKey(password, bytes.TrimSpace(data))
	if err != nil {
		return key, problem.Problem{Place: at, What: "the password does not open this key", Do: "Type it again; a lost password cannot be found out"}
	}
	return key, nil
}

// Signed says what Sign did.
type Signed struct {
	Dir  string    `json:"dir"`
	File string    `json:"file"`
	Key  PublicKey `json:"public_key"`
	ID   string    `json:"id"`
	Root string    `json:"root"`
}

// Sign checks the packet in dir and signs it. A packet with faults, one that another key is to sign, and one that is not whole are problems.
func Sign(ctx context.Context, dir string, key minisign.PrivateKey) (*Signed, error) {
	report, err := Verify(ctx, dir, VerifyOptions{unsigned: true})
	if err != nil {
		return nil, err
	}
	at := problem.Place{File: dir}
	if len(report.Faults) > 0 {
		f := report.Faults[0]
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("only a packet that checks is signed, and %s %s", f.Path, f.What), Do: "Run postbag verify and mend what it names"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the packet: %w", err)
	}
	defer root.Close()
	data, err := readAccount(root, manifestFile)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	if m.Tree == nil {
		return nil, problem.Problem{Place: at, What: "this packet was made by an older Postbag and has no root to sign", Do: "Build it anew first"}
	}
	public := publicKeyOf(key.Public().(minisign.PublicKey))
	if m.SigningKey != "" && m.SigningKey != public {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("the manifest says that key %s signs this packet, and this is key %s", m.SigningKey.ID(), public.ID()),
			Do: "Sign with that key, or set signing_key in the campaign file and build again"}
	}
	sums, err := readAccount(root, sumsFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", sumsFile, err)
	}
	text := digest(sums).SignWithComments(key, trustedComment(public, m), howToCheck(sumsFile, public))
	if err := replaceFile(root, signatureFile, text); err != nil {
		return nil, problem.Problem{Place: at, What: fmt.Sprintf("the signature cannot be written (%v)", reason(err)), Do: "Make the packet's folder writable"}
	}
	return &Signed{Dir: dir, File: filepath.Join(dir, signatureFile), Key: public, ID: public.ID(), Root: m.Tree.Root}, nil
}

// digest hashes data as minisign does before it signs.
func digest(data []byte) *minisign.Reader {
	r := minisign.NewReader(bytes.NewReader(data))
	_, _ = io.Copy(io.Discard, r) // neither side can fail
	return r
}

func trustedComment(key PublicKey, m *Manifest) string {
	return fmt.Sprintf("%s key:%s campaign:%s root:%s", signatureFormat, key, m.Campaign, m.Tree.Root)
}

// replaceFile puts a file of the packet in the place of another, whole or not at all.
func replaceFile(root *os.Root, name string, data []byte) error {
	temp := temporaryName(name)
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, modeOf(name))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		root.Remove(temp)
		return err
	}
	return syncDir(root.Open, path.Dir(name))
}

// checkSignature says by which key sums was signed, or why the signature is none. It takes nothing but the bytes that Sign writes, so no
// change of them goes unseen, not even in the comment that minisign does not protect.
func checkSignature(sums, signature []byte, m *Manifest) (PublicKey, error) {
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return "", errors.New("is not a signature of minisign")
	}
	fields := strings.Fields(s.TrustedComment)
	if len(fields) != 4 || fields[0] != signatureFormat || !strings.HasPrefix(fields[1], "key:") {
		return "", errors.New("does not say which key made it")
	}
	public := PublicKey(strings.TrimPrefix(fields[1], "key:"))
	key, ok := public.parse()
	if !ok {
		return "", errors.New("names a key that is none")
	}
	again, err := s.MarshalText()
	switch {
	case err != nil || !bytes.Equal(again, signature) || s.Algorithm != minisign.HashEdDSA || s.UntrustedComment != howToCheck(sumsFile, public):
		return "", errors.New("is not written as Postbag writes it")
	case !digest(sums).Verify(key, signature):
		return "", fmt.Errorf("is not key %s's signature of this %s", public.ID(), sumsFile)
	case m != nil && m.Tree != nil && s.TrustedComment != trustedComment(public, m):
		return "", errors.New("is for another campaign or another root than the manifest's")
	case m != nil && m.SigningKey != "" && m.SigningKey != public:
		return "", fmt.Errorf("is of key %s, and the manifest says that key %s signs this packet", public.ID(), m.SigningKey.ID())
	}
	return public, nil
}

// keepsSignature tells whether the signature that stands in the folder is one of the SHA256SUMS there.
func (w *Writer) keepsSignature(m *Manifest) bool {
	sums, err1 := readAccount(w.root, sumsFile)
	signature, err2 := readAccount(w.root, signatureFile)
	if err1 != nil || err2 != nil {
		return false
	}
	_, err := checkSignature(sums, signature, m)
	return err == nil
}

// checkSignature checks the packet's signature, where there is one or ought to be one.
func (v *verifier) checkSignature(m *Manifest) error {
	do := "Sign the packet again with postbag sign, or ask whoever made it"
	wanted := v.options.Key
	if wanted == "" && m != nil {
		wanted = m.SigningKey
	}
	if _, ok := v.there[signatureFile]; !ok {
		if wanted != "" && !v.options.unsigned {
			v.fault(signatureFile, fmt.Sprintf("is missing: key %s signs this packet", wanted.ID()), do)
		}
		return nil
	}
	v.listed[signatureFile] = listing{}
	signature, err := v.account(signatureFile)
	if err != nil || signature == nil || v.options.unsigned {
		return err
	}
	sums, err := v.account(sumsFile)
	if err != nil || sums == nil {
		return err
	}
	public, err := checkSignature(sums, signature, m)
	switch {
	case err != nil:
		v.fault(signatureFile, err.Error(), do)
	case v.options.Key != "" && v.options.Key != public:
		v.fault(signatureFile, fmt.Sprintf("is of key %s, and you asked for key %s", public.ID(), v.options.Key.ID()), do)
	default:
		v.report.SignedBy = public
		v.checked(int64(len(signature)))
	}
	return nil
}
