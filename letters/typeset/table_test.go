package typeset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font/opentype"

	"postbag/letters/typeset/faces"
)

var update = flag.Bool("update", false, "write the table of the built-in faces anew")

const (
	facesFolder = "faces"
	tableHead   = "# The built-in fonts: family, style, file, SHA-256, and the characters that they have.\n" +
		"# Written by: go test ./letters/typeset -run TestTheTableOfFaces -update\n"
)

// families are the faces of the two main families, which come with Go modules.
func families() []faces.Face {
	var list []faces.Face
	for _, family := range []faces.Family{faces.Serif, faces.Sans} {
		name := map[faces.Family]string{faces.Serif: "LiberationSerif", faces.Sans: "LiberationSans"}[family]
		list = append(list, faces.Face{Family: family, File: name + "-Regular.ttf"}, faces.Face{Family: family, File: name + "-Bold.ttf", Bold: true},
			faces.Face{Family: family, File: name + "-Italic.ttf", Italic: true}, faces.Face{Family: family, File: name + "-BoldItalic.ttf", Bold: true, Italic: true})
	}
	return list
}

// The table says which characters each face has, so that none is parsed to find out. It must be right about every one of them.
func TestTheTableOfFacesIsThatOfTheFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("all faces are unpacked")
	}
	list := families()
	files, err := filepath.Glob(filepath.Join(facesFolder, "*.zst"))
	if err != nil {
		t.Fatal(err)
	}
	// Rare Latin letters first, then serif designs, then others, and pictures last.
	rank := func(file string) int {
		for i, prefix := range []string{"NotoSerif-", "NotoSerifCJK", "Noto", ""} {
			if strings.HasPrefix(file, prefix) {
				return []int{0, 2, 1, 3}[i]
			}
		}
		return 0
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".zst")
	}
	slices.SortStableFunc(files, func(a, b string) int { return rank(a) - rank(b) })
	for _, file := range files {
		list = append(list, faces.Face{Family: faces.Fallback, File: file, Bold: strings.Contains(file, "-Bold.")})
	}
	var b bytes.Buffer
	b.WriteString(tableHead)
	total := 0
	for _, f := range list {
		data, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		total += size(t, f, data)
		writeTableEntry(t, &b, f, data)
	}
	const most = 12_000_000
	if total > most {
		t.Errorf("the fonts in the binary take %d bytes, more than %d", total, most)
	}
	t.Logf("%d faces, %d bytes in the binary", len(list), total)
	path := filepath.Join(facesFolder, "table.txt")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Error("the table of the built-in faces is not that of the files; go test ./letters/typeset -run TestTheTableOfFaces -update writes it")
	}
}

// size is what a face takes in the binary.
func size(t *testing.T, f faces.Face, data []byte) int {
	if f.Family != faces.Fallback {
		return len(data)
	}
	info, err := os.Stat(filepath.Join(facesFolder, f.File+".zst"))
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

func writeTableEntry(t *testing.T, b *bytes.Buffer, f faces.Face, data []byte) {
	style := "regular"
	switch {
	case f.Bold && f.Italic:
		style = "bold-italic"
	case f.Bold:
		style = "bold"
	case f.Italic:
		style = "italic"
	}
	sum := sha256.Sum256(data)
	fmt.Fprintf(b, "\n%s %s %s %s\n", f.Family, style, f.File, hex.EncodeToString(sum[:]))
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	cmap, err := readCmap(loaders[0])
	if err != nil {
		t.Fatal(err)
	}
	covers := coverageOf(cmap)
	line := ""
	for r := rune(0); r <= maxRune; r++ {
		if !covers.has(r) {
			continue
		}
		first := r
		for covers.has(r + 1) {
			r++
		}
		word := fmt.Sprintf(" %04X", first)
		if r > first {
			word += fmt.Sprintf("-%04X", r)
		}
		if len(line)+len(word) > 140 {
			b.WriteString(line + "\n")
			line = ""
		}
		line += word
	}
	b.WriteString(line + "\n")
}
