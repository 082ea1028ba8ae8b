package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"postbag/letters"
	"postbag/letters/problem"
	"postbag/templates"
)

func (a *app) initCommand() command {
	return command{
		name:    "init",
		summary: "make a campaign folder that builds as it stands",
		about: "Writes a sample campaign to DIR: campaign.yaml, the letter, and a signer list of made-up people. It builds as\n" +
			"it stands, marked SPECIMEN; then put your own campaign in its place, file by file. A file that is there\n" +
			"already is never overwritten. It also makes campaign.secret, by which the letters' hashes are salted: keep a copy.",
		operands: []operand{{name: "DIR", what: "the folder to make"}},
		flags: []cli.Flag{
			&cli.StringFlag{Name: "template", Usage: "begin with the built-in letter `NAME`, as postbag templates lists them", Value: "supporter"},
			&cli.StringFlag{Name: "language", Usage: "begin with the letter in the language `TAG`, for example de", Value: "en"},
		},
		statuses: []exitStatus{
			{done, "the folder is ready"},
			{failed, "failed; nothing was overwritten"},
			{misused, "wrong usage"},
		},
		examples: []string{"postbag init my-campaign", "postbag check --campaign my-campaign/campaign.yaml", "postbag init unser-brief --template shareholder --language de"},
		run:      a.init,
	}
}

func (a *app) init(c *cli.Context) (result, error) {
	dir := c.Args().First()
	letter, err := findTemplate(c.String("template"), c.String("language"), c.IsSet("language"))
	if err != nil {
		return nil, err
	}
	files, err := writeSample(dir, letter.Name, letter.Language)
	if err != nil {
		return nil, err
	}
	if err := letters.MakeSecret(dir); err != nil {
		return nil, err
	}
	files = append(files, letters.SecretFile)
	return started{Dir: dir, Template: letter.Template, Files: files}, nil
}

// writeSample writes the sample campaign to a folder, with one of the built-in letters, all of it or nothing, and returns the names of its
// files.
func writeSample(dir, letter, language string) (names []string, err error) {
	if dir == "" {
		return nil, usageError{what: "DIR is empty", do: "Name the folder to make"}
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, problem.Problem{Place: problem.Place{File: dir}, What: "this is a file, not a folder", Do: "Name another folder"}
	}
	files, ok, err := templates.SampleWith(letter, language)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("there is no built-in letter %s in the language %s", letter, language)
	}
	if err := survey(dir, files).Err(); err != nil {
		return nil, err
	}
	var written []string
	defer func() {
		for i := len(written) - 1; err != nil && i >= 0; i-- {
			err = errors.Join(err, os.Remove(written[i]))
		}
	}()
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("making the campaign folder: %w", err)
		}
		if err := writeNew(path, file.Text, &written); err != nil {
			return nil, fmt.Errorf("writing the campaign folder: %w", err)
		}
		names = append(names, file.Name)
	}
	return names, nil
}

// survey lists as problems those of the files that are in the folder already.
func survey(dir string, files []templates.SampleFile) (taken problem.List) {
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if _, err := os.Lstat(path); err == nil {
			taken.Add(problem.Place{File: path}, "this file is there already, and init overwrites nothing",
				"Name a new folder, or move the file away")
		}
	}
	return taken
}

// writeNew writes a file that must not be there yet, and notes it in written once it is made.
func writeNew(path string, text []byte, written *[]string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	*written = append(*written, path)
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// started is the result of init.
type started struct {
	Dir      string   `json:"dir"`
	Template string   `json:"template"` // the built-in letter that letter.md is
	Files    []string `json:"files"`
}

func (s started) print(p *page) {
	p.heading("%s holds a sample campaign that builds as it stands", plain(s.Dir))
	for _, f := range s.Files {
		p.line("  %s", plain(f))
	}
	p.heading("What to do next")
	p.table([]string{"", ""}, [][]string{
		{"cd " + shellWord(s.Dir), ""},
		{"postbag check", "says what would become of each row; writes nothing"},
		{"postbag build", "makes the packet, every page marked SPECIMEN"},
	})
	p.line("Then make it yours: who writes to whom in campaign.yaml, what you write in the letter, and your signer list in")
	p.line("place of the made-up people. Set specimen to false when the letters are real.")
}
