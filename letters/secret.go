package letters

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"postbag/config"
	"postbag/letters/packet"
	"postbag/letters/problem"
)

// SecretFile is the campaign's secret, in the folder of the campaign file. The salts of the letters' hashes are derived from it, so
// that names cannot be tried until a hash fits, and so that building again makes the same packet. It is made once and never
// overwritten.
const SecretFile = "campaign.secret"

// secretSize is the size of a secret in bytes.
const secretSize = 32

const secretHead = "# The secret of this campaign, made by Postbag. Keep it, with a copy in a safe place, and give it to nobody:\n" +
	"# without it the packet cannot be built again with the same hashes; with it names could be guessed from them.\n" +
	"postbag-secret/1 "

// MakeSecret makes the secret of the campaign in dir, unless there is one already.
func MakeSecret(dir string) error {
	secret, err := newSecret()
	if err != nil {
		return err
	}
	return WriteSecret(dir, secret)
}

func newSecret() ([]byte, error) {
	secret := make([]byte, secretSize)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("making %s: %w", SecretFile, err)
	}
	return secret, nil
}

// WriteSecret writes a given secret, for people who are made up, unless there is one already. It comes under its name whole or not
// at all, closed to others.
func WriteSecret(dir string, secret []byte) error {
	path := filepath.Join(dir, SecretFile)
	f, err := os.CreateTemp(dir, ".postbag-*") // mode 0600
	if err != nil {
		return problem.Problem{Place: problem.Place{File: path}, What: fmt.Sprintf("the campaign's secret cannot be written (%v)", cause(err)),
			Do: "Make the campaign's folder writable; the secret is made once, at the first build"}
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(secretHead + hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Link(f.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return nil // the link, other than a rename, takes nobody's place
	}
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if err := os.Rename(f.Name(), path); err != nil { // a file system without links
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// readSecret reads the secret of the campaign in dir; an error that is fs.ErrNotExist means that there is none.
func readSecret(dir string) ([]byte, error) {
	path := filepath.Join(dir, SecretFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the campaign's secret: %w", err)
	}
	text, _ := bytes.CutPrefix(data, []byte(secretHead))
	if text, ok := bytes.CutSuffix(text, []byte("\n")); ok && len(text) < len(data)-1 {
		if secret, err := hex.DecodeString(string(text)); err == nil && len(secret) == secretSize {
			return secret, closeSecret(path)
		}
	}
	return nil, problem.Problem{Place: problem.Place{File: path}, What: "the campaign's secret is damaged",
		Do: "Put the file back from a copy. To begin with a new secret, move it away; what was proved with the old one then stands for the old packet only"}
}

// closeSecret takes the secret from the eyes of others, where the file system has such a thing.
func closeSecret(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
			return fmt.Errorf("closing %s to others: %w", path, err)
		}
	}
	return err
}

// secretFor returns the campaign's secret, or a fresh one where this is the first build: keepSecret writes it when the build comes to making
// something. Where the packet is there and the secret is not, another one would change every hash of the packet: that is asked for with replace;
// and nobody of the packets in since would be known.
func secretFor(dir, out string, replace bool, since []string) (secret []byte, fresh bool, err error) {
	if len(since) > 0 {
		secret, err := earlierSecret(dir)
		return secret, false, err
	}
	secret, err = readSecret(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, false, err
	}
	if !replace && packet.Holds(out) {
		return nil, false, problem.Problem{Place: problem.Place{File: filepath.Join(dir, SecretFile)},
			What: fmt.Sprintf("the campaign's secret is missing, and %s was made with it: with another one every hash over its letters would change", out),
			Do: "Put the file back from a copy. If there is none, build with --replace: that makes a new secret and a new packet, and proofs " +
				"that were given out do not fit it"}
	}
	secret, err = newSecret()
	return secret, true, err
}

// keepSecret writes a fresh secret.
func keepSecret(dir string, secret []byte) error {
	if err := WriteSecret(dir, secret); err != nil {
		return err
	}
	kept, err := readSecret(dir)
	if err == nil && !bytes.Equal(kept, secret) {
		err = problem.Problem{Place: problem.Place{File: filepath.Join(dir, SecretFile)}, What: "another build has made the campaign's secret in the meantime",
			Do: "Run build again"}
	}
	return err
}

// secretID names a secret without giving it away.
func secretID(secret []byte) string {
	sum := sha256.Sum256(append([]byte("postbag-secret-id/1\n"), secret...))
	return hex.EncodeToString(sum[:])
}

// cause is what the operating system said, without the path.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// signingKey reads the public key that signs the campaign's packets; "" for a campaign without one.
func signingKey(c *config.Campaign) (packet.PublicKey, error) {
	if c.SigningKey == "" {
		return "", nil
	}
	return packet.ReadPublicKey(c.SigningKey)
}
