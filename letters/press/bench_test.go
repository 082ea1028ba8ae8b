package press

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"postbag/letters/typeset"
)

// benchmarkBundle measures one worker: letters of signers with Latin names, in bundles of a thousand. It reports the bytes that a
// letter adds to a bundle.
func benchmarkBundle(b *testing.B, inBody bool) {
	fonts, err := typeset.LoadFonts(nil)
	if err != nil {
		b.Fatal(err)
	}
	paper, _ := typeset.PaperNamed("a4")
	design := typeset.Design{Paper: paper, Language: "en", Justify: true, Sender: []string{"Letters for Rights"}, Running: "A", Reference: "test-"}
	first := []string{"Zoë Łukasiewicz", "Leeds, United Kingdom"}
	layout, err := typeset.NewLayout(fonts, design, testLetter(inBody, 5), first, Draw)
	if err != nil {
		b.Fatal(err)
	}
	job := Job{Layout: layout, Paper: paper, Language: "en", Seed: "test", Slip: Slip{Campaign: "test", Reference: "test-", Bundles: 1}}
	p, err := New(job, layout.NewSetter())
	if err != nil {
		b.Fatal(err)
	}
	w := p.NewWorker(layout.NewSetter())
	signers := benchSigners(1000)
	var counter countingWriter
	b.ResetTimer()
	for n := 0; n < b.N; n += 1000 {
		_, err := w.Bundle(context.Background(), &counter, Order{Number: 1, First: 1 + n, Letters: min(1000, b.N-n),
			Values: func(i int) []string { return signers[i] }})
		if err != nil {
			b.Fatal(err)
		}
	}
	bundles := (b.N + 999) / 1000
	b.ReportMetric(float64(counter.n-int64(bundles*len(p.master.bytes)))/float64(b.N), "B/letter")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// benchSigners are signers with Latin names.
func benchSigners(n int) [][]string {
	given := []string{"Zoë", "Anna Maria", "José", "Åsa", "Nguyễn", "Siobhán", "Tom", "Margaret", "Ana", "Çiğdem", "Lars"}
	family := []string{"Łukasiewicz", "O’Brien", "García-Márquez", "Öztürk", "Smith", "van der Berg", "Kowalska", "Ng", "Müller"}
	places := []string{"Leeds, United Kingdom", "Kraków, Poland", "Malmö, Sweden", "San Francisco, CA, United States", "Lyon, France"}
	var signers [][]string
	for i := range n {
		signers = append(signers, []string{given[i%len(given)] + " " + family[i%len(family)] + "-" + family[i/9%9], places[i%len(places)]})
	}
	return signers
}

type countingWriter struct{ n int64 }

func (c *countingWriter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return io.Discard.Write(p)
}

func BenchmarkNameAtTheFoot(b *testing.B) { benchmarkBundle(b, false) }

func BenchmarkNameInTheBody(b *testing.B) { benchmarkBundle(b, true) }

// BenchmarkNamesInColumns measures one worker on an open letter: names and places in columns, a hundred thousand in a bundle.
func BenchmarkNamesInColumns(b *testing.B) {
	form, layout := newForm(b, typeset.FormDesign{Columns: 3, Greatest: 1_000_000}, nil)
	job := Job{Layout: layout, Form: form, Paper: typeset.Papers()[0], Language: "en", Seed: "test", Slip: Slip{Campaign: "test", Reference: "test-", Bundles: 1}}
	p, err := New(job, layout.NewSetter())
	if err != nil {
		b.Fatal(err)
	}
	w := p.NewWorker(layout.NewSetter())
	signers := benchSigners(1000)
	var counter countingWriter
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 100_000 {
		_, err := w.Bundle(context.Background(), &counter, Order{Number: 1, First: 1 + n, Letters: min(100_000, b.N-n), Volume: typeset.Volume{Foot: "test"},
			Values: func(i int) []string { return signers[i%1000] }})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(counter.n)/float64(b.N), "B/name")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "names/s")
}

// BenchmarkSlipSheet measures a slip sheet by itself. Of a build of a million letters in bundles of a thousand, paperwork and slip sheets may
// take a twentieth: on two cores that is some 0.2 ms a bundle.
func BenchmarkSlipSheet(b *testing.B) {
	p, layout := newPress(b, testLetter(false, 2), false, people)
	w := p.NewWorker(layout.NewSetter())
	order := Order{Number: 1, First: 1, Letters: 1, Group: []string{"United Kingdom"}, Values: func(int) []string { return people[0] }}
	if _, err := w.Bundle(context.Background(), io.Discard, order); err != nil {
		b.Fatal(err)
	}
	k := &w.bundle
	start := len(k.update.buf)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		hash := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		text := fmt.Sprintf("%x", hash)
		order.Number, order.First, order.Letters = 1+i%1000, 1+i%1_000_000, 1000
		order.Seal = func() string { return text }
		order.Code = func(string) string {
			return "POSTBAG-BUNDLE/1 CLEAN-WATER-2026/" + strconv.Itoa(order.Number) + " " + strings.ToUpper(text)
		}
		k.update.buf, k.update.replaced = k.update.buf[:0], k.update.replaced[:0]
		if err := k.slip(order, Count{Pages: 1001, Sheets: 1001}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(k.update.buf)-start), "B/sheet")
}

// BenchmarkLaySlipSheets measures what is set once for all slip sheets of a build.
func BenchmarkLaySlipSheets(b *testing.B) {
	p, layout := newPress(b, testLetter(false, 2), false, people)
	b.ResetTimer()
	for range b.N {
		laySlip(&p.job, layout.NewSetter())
	}
}
