package letters

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/config"
	"postbag/letters/internal/outside"
	"postbag/letters/packet"
	"postbag/letters/problem"
)

// What another program reads out of the page's code is the proof, and it holds; the page itself is a PDF that every reader takes.
func TestTheCodeOfAProofIsTheProof(t *testing.T) {
	dir := folder(t, nil)
	out := filepath.Join(dir, "packet")
	m := mustBuild(t, campaignIn(t, dir, nil), Options{Out: out})
	proof := filepath.Join(dir, "proof.json")
	r, err := Prove(context.Background(), out, ProveOptions{Signer: packet.Signer{Row: 3}, Out: proof})
	if err != nil {
		t.Fatal(err)
	}
	if r.PDF != filepath.Join(dir, "proof.pdf") || !r.Code || r.Root != m.Tree.Root {
		t.Errorf("%+v", r)
	}
	outside.Needs(t, "pdftoppm", "zbarimg", "pdftotext", "qpdf")
	outside.Run(t, "qpdf", "--check", r.PDF)
	text, _ := outside.Run(t, "pdftotext", "-layout", r.PDF, "-")
	for _, want := range []string{r.Letter, m.Recipient.Company, m.Tree.Root[:8], r.Says[0].Value} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	image := filepath.Join(dir, "proof")
	outside.Run(t, "pdftoppm", "-r", "150", "-png", "-singlefile", r.PDF, image)
	line, _ := outside.Run(t, "zbarimg", "-q", "--raw", image+".png")
	scanned := filepath.Join(dir, "scanned.json")
	if err := os.WriteFile(scanned, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := packet.ReadProof(scanned)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckRoot(m.Tree.Root, m.Letters); err != nil || p.Letter != r.Letter {
		t.Errorf("%v %s", err, p.Letter)
	}
}

// A letter may say more of its signer than a code holds: then the page says so, and the file proves it.
func TestALongProofHasNoCode(t *testing.T) {
	long := strings.Repeat("much to say ", 300)
	dir := folder(t, map[string]string{
		"letter.md": "---\nclosing: Yours,\n---\n{{story}}\n", "signers.csv": "name,story,name_may_be_shared\nSigner One,\"" + long + "\",yes\n",
	})
	c := campaignIn(t, dir, map[string]string{"signers.consent.column": "name_may_be_shared"})
	out := filepath.Join(dir, "packet")
	m := mustBuild(t, c, Options{Out: out})
	r, err := Prove(context.Background(), out, ProveOptions{Signer: packet.Signer{Row: 2}, Out: filepath.Join(dir, "proof.json")})
	if err != nil || r.Code {
		t.Fatalf("%+v %v", r, err)
	}
	p, err := packet.ReadProof(r.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckRoot(m.Tree.Root, 1); err != nil {
		t.Error(err)
	}
}

// The same secret makes the same packet; without it nobody gets that root again, and a build says so before it would make another one.
func TestASecretIsMadeOnceAndNeverReplaced(t *testing.T) {
	dir := folder(t, nil)
	out := filepath.Join(dir, "packet")
	c := campaignIn(t, dir, nil)
	first := mustBuild(t, c, Options{Out: out})
	path := filepath.Join(dir, SecretFile)
	secret, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret is open to others: %v %v", info, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	again := mustBuild(t, c, Options{Out: filepath.Join(dir, "again")})
	if again.Tree.Root != first.Tree.Root {
		t.Error("the same campaign and secret make another root")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a secret that was open to others stays so: %v %v", info, err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(secret) {
		t.Errorf("the secret was changed: %v", err)
	}
	if err := os.WriteFile(path, secret[:len(secret)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	wantProblemAt(t, buildError(c, Options{Out: out}), SecretFile, "damaged")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantProblemAt(t, buildError(c, Options{Out: out}), SecretFile, "missing")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a secret was made after all: %v", err)
	}
	if other := mustBuild(t, c, Options{Out: out, Replace: true}); other.Tree.Root == first.Tree.Root {
		t.Error("another secret makes the same root")
	}
}

func buildError(c *config.Campaign, o Options) error {
	_, err := Build(context.Background(), c, o)
	return err
}

func wantProblemAt(t *testing.T, err error, file, what string) {
	t.Helper()
	var p problem.Problem
	if !errors.As(err, &p) || filepath.Base(p.Place.File) != file || !strings.Contains(p.What, what) || p.Do == "" {
		t.Errorf("got %v, want a problem of %s: %s", err, file, what)
	}
}

// Nothing outside the letters and private/ names a signer, an address or a place of the list.
func TestNothingOutsideTheLettersNamesASigner(t *testing.T) {
	dir := folder(t, map[string]string{"signers.csv": "Full name,E-mail,Postcode,City,name_may_be_shared\n" +
		"Xenia Quartermaine,xq@mail.test,QX7 1ZZ,Wobbleton,yes\nXavier Underfoot,xu@mail.test,99871,Klappstuhl,yes\n" +
		"Zuleika Nimblewick,zn@mail.test,QX9 4AA,Snodgrass,no\nYorick Umbrage,yu@mail.test,QX8 2BB,Grimthorpe,yes\n"})
	c := campaignIn(t, dir, map[string]string{"bundles.letters": "2", "signers.consent.column": "name_may_be_shared", "bundles.group_by": "city"})
	out := filepath.Join(dir, "packet")
	mustBuild(t, c, Options{Out: out})
	if _, err := packet.ExportZip(context.Background(), out, filepath.Join(dir, "out.zip"), packet.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"Xenia", "Quartermaine", "Xavier", "Underfoot", "Zuleika", "Nimblewick", "Yorick", "Umbrage", "mail.test", "QX7", "99871", "QX9", "QX8",
		"Wobbleton", "Klappstuhl", "Snodgrass", "Grimthorpe"}
	searched := 0
	for name, data := range contents(t, out) {
		if strings.HasPrefix(name, "private/") || strings.HasPrefix(name, "deliver/bundles/") {
			continue
		}
		searched++
		for _, s := range secrets {
			if strings.Contains(strings.ToLower(data), strings.ToLower(s)) {
				t.Errorf("%s says %s", name, s)
			}
		}
	}
	if searched < 4 {
		t.Errorf("only %d files were searched", searched)
	}
	ledger := contents(t, out)["private/ledger.csv"]
	if !strings.Contains(ledger, "Quartermaine") {
		t.Error("the search looks for names that nobody has")
	}
}
