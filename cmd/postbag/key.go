package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"postbag/letters/packet"
	"postbag/letters/problem"
)

// passwordVariable holds the password of a secret key where nobody can be asked. Other programs for minisign read the same one; those of the name
// POSTBAG_… are settings of the campaign.
const passwordVariable = "MINISIGN_PASSWORD"

const aboutPasswords = "The password is asked for, or read from the first line of --password-file, or from " + passwordVariable + "."

func passwordFlag() cli.Flag {
	return &cli.StringFlag{Name: "password-file", Usage: "read the secret key's password from `FILE`"}
}

func (a *app) keyCommand() command {
	return command{
		name:    "key",
		summary: "make a key that signs packets",
		about: "Makes a key pair of minisign: the secret key in FILE, locked with a password, and the public key beside it in a file that ends\n" +
			"in .pub. Keep the secret key and its password apart; publish the public key where people will look for it, on the\n" +
			"campaign's web site and on paper, before the first delivery. Set signing_key in the campaign file to the .pub file.\n\n" +
			"A key that was lost or seen by others is replaced: --replaces OLD.key signs the new public key with the old one, in a file\n" +
			"that ends in .pub.minisig; publish both. Where the old key may be in other hands, that signature is worth nothing: make a\n" +
			"key without it, and say publicly from which day on the old one no longer counts. Packets that were signed before stay signed.\n\n" +
			aboutPasswords,
		operands: []operand{{name: "FILE", what: "the secret key's new file; it ends in .key"}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "replaces", Usage: "sign the new public key with the old secret key in `FILE`"},
			&cli.StringFlag{Name: "old-password-file", Usage: "read the old secret key's password from `FILE`"},
			passwordFlag(),
		},
		statuses: []exitStatus{{done, "the key is made"}, {failed, "failed; no key was overwritten"}, {misused, "wrong usage"}},
		examples: []string{"postbag key campaign.key", "postbag key next.key --replaces campaign.key"},
		run:      a.makeKey,
	}
}

func (a *app) makeKey(c *cli.Context) (result, error) {
	var vouch func(*packet.MadeKey) error
	if c.IsSet("replaces") {
		password, err := a.password(c, "old-password-file", "Password of the old key: ", false)
		if err != nil {
			return nil, err
		}
		old, err := packet.UnlockKey(c.String("replaces"), password)
		if err != nil {
			return nil, err
		}
		vouch = func(m *packet.MadeKey) error { return m.Vouch(old) }
	}
	password, err := a.password(c, "password-file", "Password for the new key: ", true)
	if err != nil {
		return nil, err
	}
	made, err := packet.MakeKey(c.Args().First(), password)
	if err != nil {
		return nil, err
	}
	if vouch != nil {
		if err := vouch(made); err != nil {
			return nil, err
		}
	}
	return madeKey{made}, nil
}

// madeKey is the result of key.
type madeKey struct{ *packet.MadeKey }

func (m madeKey) print(p *page) {
	p.line("Key %s is made.", m.ID)
	p.line("  secret key  %s: locked with the password; keep it to yourself, with a copy in a safe place", plain(m.Secret))
	p.line("  public key  %s: publish it, on your web site and on paper", plain(m.Public))
	p.line("              %s", m.Key)
	if m.Vouched != "" {
		p.line("  signature   %s: by the old key, that this one follows it; publish it too", plain(m.Vouched))
	}
	p.line("In the campaign file write  signing_key: %s  and sign each packet with  postbag sign packet --key %s", plain(m.Public), shellWord(m.Secret))
}

func (a *app) signCommand() command {
	return command{
		name:    "sign",
		summary: "sign a packet with the campaign's key",
		about: "Checks the packet as verify does, and writes SHA256SUMS.minisig: a signature of SHA256SUMS, and with it of the manifest and of\n" +
			"every file outside private/. Anybody checks it with postbag verify, in verify.html, or with minisign. The same packet and key\n" +
			"make the same signature. " + aboutPasswords,
		operands: []operand{{name: "DIR", what: "the packet's folder"}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "key", Usage: "sign with the secret key in `FILE` (.key)"},
			passwordFlag(),
		},
		statuses: []exitStatus{{done, "signed"}, {failed, "failed; the packet is as it was"}, {misused, "wrong usage"}},
		examples: []string{"postbag key campaign.key", "postbag build", "postbag sign packet --key campaign.key", "postbag verify packet --key campaign.pub"},
		run:      a.sign,
	}
}

func (a *app) sign(c *cli.Context) (result, error) {
	if !c.IsSet("key") {
		return nil, usageError{what: "sign needs the campaign's secret key", do: "Name it with --key FILE; postbag key makes one"}
	}
	password, err := a.password(c, "password-file", "Password of the key: ", false)
	if err != nil {
		return nil, err
	}
	key, err := packet.UnlockKey(c.String("key"), password)
	if err != nil {
		return nil, err
	}
	signed, err := packet.Sign(c.Context, c.Args().First(), key)
	if err != nil {
		return nil, err
	}
	return signedPacket{signed}, nil
}

// signedPacket is the result of sign.
type signedPacket struct{ *packet.Signed }

func (s signedPacket) print(p *page) {
	p.line("%s is signed by key %s, in %s.", plain(s.Dir), s.ID, plain(s.File))
	p.line("Anybody checks it with  postbag verify %s  or with  minisign -Vm SHA256SUMS -P %s", shellWord(s.Dir), s.Key)
}

// password finds a key's password: in the file that the flag names, in the variable, or by asking. A new one is asked for twice.
func (a *app) password(c *cli.Context, flag, prompt string, isNew bool) (string, error) {
	if path := c.String(flag); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", problem.Problem{Place: problem.Place{File: path}, What: "the password file cannot be read", Do: "Correct --" + flag}
		}
		line, _, _ := strings.Cut(string(data), "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}
	for _, e := range a.env {
		if value, ok := strings.CutPrefix(e, passwordVariable+"="); ok && value != "" {
			return value, nil
		}
	}
	if !a.asks {
		return "", usageError{what: "the key's password cannot be asked for here", do: "Name a file with it: --" + flag + " FILE, or set " + passwordVariable}
	}
	password, err := a.askPassword(prompt)
	if err != nil || !isNew {
		return password, err
	}
	again, err := a.askPassword("The same again: ")
	if err == nil && again != password {
		err = errors.New("the two passwords differ; no key was made")
	}
	return password, err
}

func (a *app) askPassword(prompt string) (string, error) {
	terminal, ok := a.stdin.(interface{ Fd() uintptr })
	if !ok {
		return "", io.ErrUnexpectedEOF
	}
	fmt.Fprint(a.stderr, prompt)
	password, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(a.stderr)
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return string(password), nil
}
