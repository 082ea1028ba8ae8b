package packet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Names of the packet's own accounts.
const (
	manifestFile    = "manifest.json"
	manifestCSVFile = "manifest.csv"
	readMeFile      = "READ-ME.txt"
	sumsFile        = "SHA256SUMS"
	signatureFile   = "SHA256SUMS.minisig"
	checkerFile     = "verify.html"
	privateDir      = "private"
	printDir        = "print"
	ledgerFile      = "private/ledger.csv"
	exclusionsFile  = "private/exclusions.csv"
	runFile         = "private/run.json"
	indexFile       = "private/proofs.index"
	peopleFileName  = "private/people.keys"
	withdrawnFile   = "private/withdrawn.csv"
	lockFile        = "private/.lock"
	recordDir       = "record"
	recordFile      = "record/hand-overs.jsonl"
	recordLockFile  = "record/.lock"
)

// class says what an entry of the folder is to Postbag.
type class uint8

const (
	foreign   class = iota // not Postbag's: never touched
	account                // written by Finish
	signature              // written by Sign
	paperwork              // for the company or the printer
	bundle                 // letters
	private                // for nobody
	handOvers              // the record: added to after the packet was made, by Record alone
	lock                   // held while a build or an entry of the record is at work
	temporary              // left by a run that was stopped
	litter                 // what operating systems strew into folders when they are looked at
	folder                 // one of the packet's folders
)

// layout is every file that a packet can hold. A file that is not here cannot be written, is never removed,
// and is a fault to verify.
var layout = []struct {
	name  *regexp.Regexp
	class class
}{
	{regexp.MustCompile(`^(manifest\.json|manifest\.csv|READ-ME\.txt|verify\.html|SHA256SUMS)$`), account},
	{regexp.MustCompile(`^SHA256SUMS\.minisig$`), signature},
	{regexp.MustCompile(`^deliver/bundles/bundle-[0-9]{4,9}\.pdf$`), bundle},
	{regexp.MustCompile(`^deliver/[0-9]{2}-[a-z]+(-[a-z]+)*(-[0-9]{1,3})?\.(pdf|txt)$`), paperwork},
	{regexp.MustCompile(`^deliver/05-totals\.csv$`), paperwork},
	{regexp.MustCompile(`^print/(job-ticket\.(pdf|json)|box-labels\.pdf)$`), paperwork},
	{regexp.MustCompile(`^private/(ledger\.csv|exclusions\.csv|withdrawn\.csv|proofs\.index|people\.keys|run\.json)$`), private},
	{regexp.MustCompile(`^record/hand-overs\.jsonl$`), handOvers},
	{regexp.MustCompile(`^(private|record)/\.lock$`), lock},
	{regexp.MustCompile(`(^|/)\.[^/]+` + regexp.QuoteMeta(temporarySuffix) + `$`), temporary},
	{regexp.MustCompile(`(?i)(^|/)(\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$`), litter},
}

// folders lists the packet's folders, inner ones first, so that they can be removed in this order.
var folders = []string{"deliver/bundles", "deliver", printDir, privateDir, recordDir}

const temporarySuffix = ".postbag-tmp"

// temporaryName is what a file is called until it is whole. It is the same every time, so that what a stopped
// run left is known on sight.
func temporaryName(name string) string {
	return path.Join(path.Dir(name), "."+path.Base(name)+temporarySuffix)
}

// classify says what a regular file of this name is.
func classify(name string) class {
	for _, l := range layout {
		if l.name.MatchString(name) {
			return l.class
		}
	}
	return foreign
}

// isPrivate tells whether a path lies in private/.
func isPrivate(name string) bool {
	return name == privateDir || strings.HasPrefix(name, privateDir+"/")
}

// entry is a file or folder that stands in a packet's folder.
type entry struct {
	path  string // relative, with slashes
	info  fs.FileInfo
	class class
}

// survey lists what stands in the folder. Links are listed, never followed; folders that are not the packet's are
// listed, never entered.
func survey(root *os.Root) ([]entry, error) {
	var entries []entry
	pending := []string{"."}
	for len(pending) > 0 {
		dir := pending[0]
		pending = pending[1:]
		found, err := list(root, dir)
		if dir != "." && errors.Is(err, fs.ErrNotExist) {
			continue // removed since it was listed: a build is at work
		}
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if e.class == folder {
				pending = append(pending, e.path)
			}
		}
		entries = append(entries, found...)
	}
	return entries, nil
}

func list(root *os.Root, dir string) ([]entry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("listing the packet: %w", err)
	}
	defer f.Close()
	names, err := f.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("listing the packet: %w", err)
	}
	entries := make([]entry, 0, len(names))
	for _, n := range names {
		info, err := n.Info()
		if os.IsNotExist(err) {
			continue // removed in the meantime: a build at work renames its files
		}
		if err != nil {
			return nil, fmt.Errorf("listing the packet: %w", err)
		}
		e := entry{path: path.Join(dir, n.Name()), info: info}
		switch {
		case info.Mode().IsRegular():
			e.class = classify(e.path)
		case info.IsDir() && isFolder(e.path):
			e.class = folder
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func isFolder(name string) bool {
	for _, f := range folders {
		if f == name {
			return true
		}
	}
	return false
}

// shown makes a file name from the disk fit for a message: it cannot move the cursor of a terminal or hide itself.
func shown(name string) string {
	if quoted := strconv.QuoteToGraphic(name); quoted != `"`+name+`"` || strings.TrimSpace(name) != name {
		return quoted
	}
	return name
}

// kindOf names what a directory entry is, for messages.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	}
	return "neither a file nor a folder"
}
