package packet

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
)

// benchmarkPacket writes and finishes packets, with two goroutines making bundles as a build on two cores does.
func benchmarkPacket(b *testing.B, bundles, size int) {
	data := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	source.Read(data)
	b.SetBytes(int64(bundles) * int64(size))
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "packet")
		w, err := Open(dir, "f", false)
		if err != nil {
			b.Fatal(err)
		}
		m := sample{}.manifest()
		m.Bundles = make([]Bundle, bundles)
		var makers sync.WaitGroup
		for maker := range 2 {
			makers.Add(1)
			go func() {
				defer makers.Done()
				for n := maker; n < bundles; n += 2 {
					path := fmt.Sprintf("deliver/bundles/bundle-%04d.pdf", n+1)
					sum, size, err := w.File(context.Background(), path, func(out io.Writer) error {
						for at := 0; at < len(data); at += 400 {
							if _, err := out.Write(data[at:min(at+400, len(data))]); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						b.Error(err)
						return
					}
					m.Bundles[n] = Bundle{Path: path, SHA256: sum, Bytes: size, Letters: 1, Pages: 2, Sheets: 2, First: "a", Last: "a"}
				}
			}()
		}
		makers.Wait()
		m.Letters, m.Pages, m.Sheets, m.RowsRead = bundles, 2*bundles, 2*bundles, bundles+3
		for _, name := range []string{ledgerFile, exclusionsFile} {
			if _, _, err := w.File(context.Background(), name, func(io.Writer) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Finish(context.Background(), m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	b.Run("1000x420KB", func(b *testing.B) { benchmarkPacket(b, 1000, 420<<10) })
	b.Run("16x60MB", func(b *testing.B) { benchmarkPacket(b, 16, 60<<20) })
}

func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	sample{bundles: 10, letters: 1000, filler: 20 << 20}.make(b, dir, "f")
	b.SetBytes(10 * 20 << 20)
	for b.Loop() {
		if faults := verified(b, dir); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
