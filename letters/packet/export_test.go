package packet

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkBag is a validator by the rules of RFC 8493, apart from the code that writes bags: every MUST of a complete and valid bag
// (3) that a bag of one payload can break.
func checkBag(dir string) error {
	declaration, err := os.ReadFile(filepath.Join(dir, "bagit.txt"))
	if err != nil || string(declaration) != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n" { // 2.1.1
		return fmt.Errorf("bagit.txt: %q %w", declaration, err)
	}
	found := map[string]int64{} // every file of the bag
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no file", path)
		}
		rel, err := filepath.Rel(dir, path)
		found[filepath.ToSlash(rel)] = info.Size()
		return err
	})
	if err != nil {
		return err
	}
	payloads := 0
	for name := range found {
		if m := regexp.MustCompile(`^(tag)?manifest-(sha256|sha512)\.txt$`).FindStringSubmatch(name); m != nil {
			listed, err := checkBagManifest(dir, name, m[2])
			if err != nil {
				return err
			}
			if m[1] == "tag" { // 2.2.1: tag files, not payload, not tag manifests
				for path := range listed {
					if strings.HasPrefix(path, "data/") || strings.HasPrefix(path, "tagmanifest-") {
						return fmt.Errorf("%s lists %s", name, path)
					}
				}
				continue
			}
			payloads++
			for path := range found { // 2.1.3: every payload file in every payload manifest
				if strings.HasPrefix(path, "data/") != listed[path] {
					return fmt.Errorf("%s and the files disagree about %s", name, path)
				}
			}
		}
	}
	if payloads == 0 {
		return fmt.Errorf("no payload manifest")
	}
	return checkBagInfo(dir, found)
}

func checkBagManifest(dir, name, algorithm string) (map[string]bool, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	listed := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := regexp.MustCompile(`^([0-9a-f]+)[ \t]+(.+)$`).FindStringSubmatch(lines.Text()) // 2.1.3
		if m == nil || listed[m[2]] || strings.HasPrefix(m[2], "/") || strings.Contains(m[2], "..") {
			return nil, fmt.Errorf("%s: %q", name, lines.Text())
		}
		listed[m[2]] = true
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m[2])))
		if err != nil {
			return nil, err
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		if algorithm == "sha512" {
			sum = fmt.Sprintf("%x", sha512.Sum512(data))
		}
		if sum != m[1] {
			return nil, fmt.Errorf("%s: %s differs", name, m[2])
		}
	}
	return listed, nil
}

func checkBagInfo(dir string, found map[string]int64) error {
	info, err := os.ReadFile(filepath.Join(dir, "bag-info.txt"))
	if err != nil {
		return err
	}
	var bytes, files int64
	for name, size := range found {
		if strings.HasPrefix(name, "data/") {
			bytes, files = bytes+size, files+1
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(info), "\n"), "\n") {
		if !regexp.MustCompile(`^[A-Z][A-Za-z-]*: \S.*$`).MatchString(line) { // 2.2.2
			return fmt.Errorf("bag-info.txt: %q", line)
		}
	}
	if !strings.Contains(string(info), fmt.Sprintf("Payload-Oxum: %d.%d\n", bytes, files)) {
		return fmt.Errorf("the payload is %d.%d: %s", bytes, files, info)
	}
	return nil
}

func TestABagIsOneByTheRulesOfRFC8493(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	bag, again := filepath.Join(t.TempDir(), "bag"), filepath.Join(t.TempDir(), "again")
	for _, out := range []string{bag, again} {
		if _, err := ExportBag(context.Background(), dir, out, ExportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	same(t, contents(t, bag), contents(t, again))
	if err := checkBag(bag); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bag, "data", privateDir)); err == nil {
		t.Error("private/ is in the bag")
	}
	if faults := verified(t, filepath.Join(bag, "data")); len(faults) > 0 {
		t.Error(faults)
	}
	for name, data := range contents(t, bag) { // the validator is one
		write(t, filepath.Join(bag, name), data+"x")
		if checkBag(bag) == nil && !strings.HasPrefix(name, "tagmanifest") {
			t.Errorf("%s is harmed, and the bag is valid", name)
		}
		write(t, filepath.Join(bag, name), data)
	}
	write(t, filepath.Join(bag, "data", "more"), "x")
	if checkBag(bag) == nil {
		t.Error("a bag with a file more is valid")
	}
}

func TestAZipHoldsWhatTheCompanyNeedsAndNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packet")
	small.make(t, dir, "f")
	out := filepath.Join(t.TempDir(), "out.zip")
	e, err := ExportZip(context.Background(), dir, out, ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != e.Files || e.Files == 0 {
		t.Errorf("%d files, reported %d", len(z.File), e.Files)
	}
	for _, f := range z.File {
		if !regexp.MustCompile(`^test-2026/(deliver/|manifest\.(json|csv)$|SHA256SUMS(\.minisig)?$|verify\.html$|READ-ME\.txt$)`).MatchString(f.Name) {
			t.Errorf("%s is in the ZIP file", f.Name)
		}
	}
	unpacked := t.TempDir()
	if err := os.CopyFS(unpacked, z); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(context.Background(), filepath.Join(unpacked, "test-2026"), VerifyOptions{})
	if err != nil || len(r.Faults) > 0 || len(r.Unchecked) != 2 {
		t.Errorf("%+v %v", r, err)
	}
	whole := contents(t, dir)
	for _, name := range []string{manifestFile, sumsFile, small.bundlePath(1), readMeFile} { // a harmed packet is not passed on
		write(t, filepath.Join(dir, name), strings.Replace(whole[name], "e", "f", 1))
		_, err := ExportZip(context.Background(), dir, filepath.Join(t.TempDir(), "x.zip"), ExportOptions{})
		wantProblem(t, err, dir)
		write(t, filepath.Join(dir, name), whole[name])
	}
	write(t, filepath.Join(dir, "deliver", "more.pdf"), "x")
	_, err = ExportZip(context.Background(), dir, filepath.Join(t.TempDir(), "x.zip"), ExportOptions{})
	wantProblem(t, err, dir)
}

// Each of several recipients gets what is theirs and nothing of what is another's, and it can be checked; of what is theirs nothing can be missing.
func TestEachRecipientGetsTheirOwnPart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packet")
	s := sample{bundles: 2, letters: 3, recipients: 3, papers: true}
	s.make(t, dir, "f")
	_, err := ExportZip(context.Background(), dir, filepath.Join(t.TempDir(), "x.zip"), ExportOptions{})
	wantProblem(t, err, dir) // whose?
	_, err = ExportZip(context.Background(), dir, filepath.Join(t.TempDir(), "x.zip"), ExportOptions{Recipient: 4})
	wantProblem(t, err, dir)
	for k := 1; k <= 3; k++ {
		out, unpacked := filepath.Join(t.TempDir(), "out.zip"), t.TempDir()
		if _, err := ExportZip(context.Background(), dir, out, ExportOptions{Recipient: k}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.OpenReader(out)
		if err != nil {
			t.Fatal(err)
		}
		err = os.CopyFS(unpacked, z)
		z.Close()
		if err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(unpacked, "test-2026")
		whole := contents(t, part)
		for name := range whole {
			own := name == s.bundlePath(2*k-2) || name == s.bundlePath(2*k-1) || name == s.paper(k)
			if strings.HasPrefix(name, "deliver/") && !own && name != "deliver/01-cover-letter.pdf" {
				t.Errorf("recipient %d gets %s", k, name)
			}
		}
		r, err := Verify(context.Background(), part, VerifyOptions{})
		if err != nil || len(r.Faults) > 0 || r.Part == nil || !slices.Equal(r.Part.Recipients, []int{k}) || r.Part.Letters != 6 || r.Part.Bundles != 2 {
			t.Fatalf("the part of recipient %d: %+v %v", k, r, err)
		}
		if !slices.Contains(r.Unchecked, "what is for other recipients: 12 letters in 4 bundles are not here") {
			t.Errorf("it does not say what is not here: %q", r.Unchecked)
		}
		for _, name := range []string{s.bundlePath(2*k - 1), s.paper(k), "deliver/01-cover-letter.pdf"} {
			if err := os.Remove(filepath.Join(part, name)); err != nil {
				t.Fatal(err)
			}
			if faults := verified(t, part); len(faults) != 1 || faults[0].Path != name {
				t.Errorf("without %s: %v", name, faults)
			}
			write(t, filepath.Join(part, name), whole[name])
		}
	}
	if err := os.Remove(filepath.Join(dir, s.paper(2))); err != nil { // whoever made the packet has all of it
		t.Fatal(err)
	}
	for b := 2; b < 4; b++ {
		if err := os.Remove(filepath.Join(dir, s.bundlePath(b))); err != nil {
			t.Fatal(err)
		}
	}
	if faults := verified(t, dir); len(faults) != 3 {
		t.Errorf("all of a recipient's part is gone from the packet itself: %v", faults)
	}
}

// Whatever is left of a purge that was stopped, the next one finishes; and what is left of the packet verifies.
func TestAPurgeThatWasStoppedIsGoneOnWith(t *testing.T) {
	for _, gone := range []string{"", exclusionsFile, ledgerFile, runFile, indexFile} {
		dir := filepath.Join(t.TempDir(), "packet")
		small.make(t, dir, "f")
		if gone != "" {
			if err := os.Remove(filepath.Join(dir, gone)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Purge(dir, true); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, privateDir)); err != nil {
			t.Fatal("looking removed it")
		}
		if names, err := Purge(dir, false); err != nil || len(names) < 3 {
			t.Fatal(names, err)
		}
		if _, err := os.Stat(filepath.Join(dir, privateDir)); err == nil {
			t.Error("private/ is still there")
		}
		if faults := verified(t, dir); len(faults) > 0 {
			t.Error(faults)
		}
	}
	dir := t.TempDir()
	w, err := Open(dir, "f", false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	_, err = Purge(dir, false)
	wantProblem(t, err, dir)
}

// The record of hand-overs names people, so it goes along only when somebody asks, and only whole.
func TestTheRecordIsExportedOnlyWhenAsked(t *testing.T) {
	dir := handedOver(t)
	exports := map[string]func(out string, o ExportOptions) (*Exported, error){
		"x.zip": func(out string, o ExportOptions) (*Exported, error) {
			return ExportZip(context.Background(), dir, out, o)
		},
		"bag": func(out string, o ExportOptions) (*Exported, error) {
			return ExportBag(context.Background(), dir, out, o)
		},
	}
	for name, export := range exports {
		for _, asked := range []bool{false, true} {
			out := filepath.Join(t.TempDir(), name)
			if _, err := export(out, ExportOptions{Record: asked}); err != nil {
				t.Fatal(err)
			}
			within := filepath.Join(out, "data")
			if name == "x.zip" {
				z, err := zip.OpenReader(out)
				if err != nil {
					t.Fatal(err)
				}
				within = t.TempDir()
				if err := os.CopyFS(within, z); err != nil {
					t.Fatal(err)
				}
				z.Close()
				within = filepath.Join(within, "test-2026")
			} else if err := checkBag(out); err != nil {
				t.Error(err)
			}
			r, err := Verify(context.Background(), within, VerifyOptions{})
			if err != nil || len(r.Faults) > 0 || (r.Record != nil) != asked {
				t.Errorf("%s, asked %v: %+v %v", name, asked, r, err)
			}
		}
	}
	whole := readRecord(t, dir)
	for _, harmed := range []string{whole[:len(whole)-1], strings.Replace(whole, "front", "back", 1), ""} {
		write(t, filepath.Join(dir, recordFile), harmed)
		if harmed == "" {
			os.Remove(filepath.Join(dir, recordFile))
		}
		for name, export := range exports {
			_, err := export(filepath.Join(t.TempDir(), name), ExportOptions{Record: true})
			wantProblem(t, err, dir)
			if _, err := export(filepath.Join(t.TempDir(), name), ExportOptions{}); err != nil {
				t.Error(err)
			}
		}
	}
}
