package packet

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"golang.org/x/crypto/blake2b"

	"postbag/letters/internal/outside"
)

// browser opens a page in a real Chromium, and fails the test when the page asks for anything beside itself.
func browser(t *testing.T, page string) context.Context {
	t.Helper()
	outside.Needs(t, "chromium")
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.ToSlash(page))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		if asked := evaluate[[]string](t, ctx, `performance.getEntriesByType("resource").map(r => r.name)`); len(asked) > 0 {
			t.Errorf("the page asks for %v", asked)
		}
	})
	return ctx
}

// evaluate runs a script in the page, and returns what it returns or promises.
func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	result, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%v in %.200s", err, script)
	}
	return result
}

// signedSample makes a small packet that is signed, and returns its folder.
func signedSample(t *testing.T, signed bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "packet")
	s := sample{bundles: 3, letters: 4, filler: 2000}
	w, err := Open(dir, strings.Repeat("f", 64), false)
	if err != nil {
		t.Fatal(err)
	}
	key, public := testKey(t)
	err = s.buildWith(context.Background(), w, func(m *Manifest) {
		if signed {
			m.SigningKey = public
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if signed {
		if _, err := Sign(context.Background(), dir, key); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// The page has hashes and a signature check of its own: they must be those of the standard library, for every length around
// the ends of blocks, and refuse what is no signature.
func TestThePageReckonsAsTheLibrariesDo(t *testing.T) {
	ctx := browser(t, filepath.Join(signedSample(t, false), checkerFile))
	r := rand.New(rand.NewPCG(5, 6))
	type vector struct{ Message, SHA256, SHA512, Blake2b string }
	var vectors []vector
	for n := range 300 {
		message := make([]byte, n)
		for i := range message {
			message[i] = byte(r.Uint32())
		}
		a, b, c := sha256.Sum256(message), sha512.Sum512(message), blake2b.Sum512(message)
		vectors = append(vectors, vector{hex.EncodeToString(message), hex.EncodeToString(a[:]), hex.EncodeToString(b[:]), hex.EncodeToString(c[:])})
	}
	wrong := evaluate[[]string](t, ctx, `(vs => { const p = postbag; return vs.filter(v => { const m = p.unhex(v.Message);
		return p.hex(p.sha256(m)) !== v.SHA256 || p.hex(p.sha512(m)) !== v.SHA512 || p.hex(p.blake2b(m)) !== v.Blake2b; }).map(v => v.Message); })(`+text(vectors)+`)`)
	if len(wrong) > 0 {
		t.Errorf("%d of %d hashes differ, the first of %q", len(wrong), len(vectors), wrong[0])
	}
	type signature struct {
		Key, Message, Signature string
		Good                    bool
	}
	var signatures []signature
	for i := range 24 {
		seed := make([]byte, ed25519.SeedSize)
		for k := range seed {
			seed[k] = byte(r.Uint32())
		}
		private := ed25519.NewKeyFromSeed(seed)
		public, message := private.Public().(ed25519.PublicKey), seed[:i]
		sign := ed25519.Sign(private, message)
		if i%3 > 0 {
			sign[r.IntN(len(sign))] ^= 1 << r.IntN(8)
		}
		signatures = append(signatures, signature{hex.EncodeToString(public), hex.EncodeToString(message), hex.EncodeToString(sign), ed25519.Verify(public, message, sign)})
	}
	failed := evaluate[[]int](t, ctx, `(vs => vs.map((v, i) => postbag.ed25519(postbag.unhex(v.Key), postbag.unhex(v.Message), postbag.unhex(v.Signature)) === v.Good ? -1 : i).filter(i => i >= 0))(`+text(signatures)+`)`)
	if len(failed) > 0 {
		t.Errorf("signatures %v are judged otherwise than by crypto/ed25519", failed)
	}
}

// The published vectors: what Go takes the page takes, and nothing else.
func TestThePageJudgesProofsAsVerifyDoes(t *testing.T) {
	ctx := browser(t, filepath.Join(signedSample(t, false), checkerFile))
	for _, v := range append(readVectors(t, olderVectors), readVectors(t, vectors)...) {
		proof, err := os.ReadFile(v.File)
		if err != nil {
			t.Fatal(err)
		}
		good := evaluate[bool](t, ctx, fmt.Sprintf(`(() => { const bytes = postbag.unhex(%q); try {
			const p = postbag.checkProof(new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes)); return p.packet.root === %q && p.packet.letters === %d;
		} catch { return false; } })()`, hex.EncodeToString(proof), v.Root, v.Letters))
		if good != v.Good {
			t.Errorf("%s: the page says %v, want %v", v.File, good, v.Good)
		}
	}
}

// pageFiles hands a packet to the page as base64 by path.
func pageFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	entries, err := survey(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.class == folder || e.class == lock {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.path))
		if err != nil {
			t.Fatal(err)
		}
		files["packet/"+e.path] = base64.StdEncoding.EncodeToString(data)
	}
	return files
}

// harmPage does what a damaged copy may have had done to it, in the page, and lists what was not named. A file that was exchanged with another
// is named by either; one that has another name by both.
const harmPage = `(async (given, rounds, only) => {
	const m = JSON.parse(document.getElementById("manifest").textContent);
	const packet = Object.entries(given).map(([path, b]) => ({path, bytes: Uint8Array.from(atob(b), c => c.charCodeAt(0))}));
	const check = async files => postbag.check(m, files.map(f => ({path: f.path, blob: new Blob([f.bytes])})));
	let seed = 12345;
	const random = n => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor(seed / 2 ** 32 * n); };
	const whole = await check(packet);
	if (!whole.good) return ["unharmed: " + whole.details.join(" / ")];
	const missed = [];
	for (let i = 0; i < rounds; i++) {
		const files = packet.map(f => ({...f})), able = files.filter(f => f.bytes.length > 1 && (!only || only.includes(f.path))), f = able[random(able.length)];
		const at = random(f.bytes.length), path = f.path.slice("packet/".length);
		let what = path, named = [path];
		switch (random(8)) {
		case 0: case 1: f.bytes = f.bytes.slice(); f.bytes[at] ^= 1 << random(8); what += " flipped at " + at; break;
		case 2: f.bytes = f.bytes.slice(0, at); what += " cut at " + at; break;
		case 3: f.bytes = Uint8Array.from([...f.bytes.slice(0, at), 55, ...f.bytes.slice(at)]); what += " longer at " + at; break;
		case 4: files.splice(files.indexOf(f), 1); what += " removed"; break;
		case 5: f.path += "~"; named = [path, path + "~"]; what += " renamed"; break;
		case 6: { const g = files[random(files.length)]; if (g === f || String(g.bytes) === String(f.bytes)) continue;
			[f.bytes, g.bytes] = [g.bytes, f.bytes]; named = null; what += " exchanged with " + g.path; break; }
		case 7: f.path = "packet/" + path.toUpperCase() + "x"; files.push({path: "packet/" + path, bytes: f.bytes}); named = [path.toUpperCase() + "x"]; what += " added again"; break;
		}
		if (packet.every(f => files.some(g => g.path === f.path && String(g.bytes) === String(f.bytes))) && files.length === packet.length) continue;
		const r = await check(files), text = r.details.join("\n");
		if (r.good && path.startsWith("print/") && text.includes("print/")) continue; // print/ may be kept apart, and the page says so
		if (r.good || named && !named.every(n => r.faults.some(x => x.path === n || n === "SHA256SUMS" && x.what.includes(n)))) missed.push(what + ": " + text);
	}
	return missed;
})(%s, %d, %s)`

func TestThePageNamesEveryHarm(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 100
	}
	for _, c := range []struct {
		name   string
		signed bool
		rounds int
		only   []string
	}{{"a packet", false, rounds, nil}, {"a signed one", true, rounds / 20, []string{"packet/SHA256SUMS", "packet/SHA256SUMS.minisig", "packet/manifest.json"}}} {
		t.Run(c.name, func(t *testing.T) {
			dir := signedSample(t, c.signed)
			ctx := browser(t, filepath.Join(dir, checkerFile))
			for _, m := range evaluate[[]string](t, ctx, fmt.Sprintf(harmPage, text(pageFiles(t, dir)), c.rounds, text(c.only))) {
				t.Error(m)
			}
		})
	}
}

// The page checks packets of several recipients and top-ups as verify does.
func TestThePageKnowsSeveralRecipientsAndTopUps(t *testing.T) {
	s := sample{bundles: 2, letters: 3, recipients: 2, earlier: 1007, papers: true}
	dir, err := s.makeChanged(t, func(*Manifest) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t, filepath.Join(dir, checkerFile))
	for _, m := range evaluate[[]string](t, ctx, fmt.Sprintf(harmPage, text(pageFiles(t, dir)), 20, "null")) {
		t.Error(m)
	}
	part := pageFiles(t, dir)
	maps.DeleteFunc(part, func(name, _ string) bool {
		return strings.HasPrefix(name, "packet/private") || name == "packet/"+s.bundlePath(0) || name == "packet/"+s.bundlePath(1) || name == "packet/"+s.paper(1)
	})
	if said := evaluate[string](t, ctx, fmt.Sprintf(partPage, text(part))); !strings.HasPrefix(said, "What is for recipient 2 is whole and unchanged. ") || !strings.Contains(said, "Only what is for recipient 2 of 2 is here") {
		t.Errorf("of the second recipient's part the page says %s", said)
	}
	for _, name := range []string{s.bundlePath(3), s.paper(2), "deliver/01-cover-letter.pdf"} {
		less := maps.Clone(part)
		delete(less, "packet/"+name)
		if said := evaluate[string](t, ctx, fmt.Sprintf(partPage, text(less))); !strings.Contains(said, name+": is missing") {
			t.Errorf("of the second recipient's part without %s the page says %s", name, said)
		}
	}
	proved, err := Prove(dir, Signer{Letter: "test-2026-001016"})
	if err != nil {
		t.Fatal(err)
	}
	proof, err := proved.Proof.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if what := evaluate[string](t, ctx, fmt.Sprintf(`(() => { try { postbag.fits(postbag.checkProof(%s), JSON.parse(document.getElementById("manifest").textContent)); return ""; } catch (what) { return String(what); } })()`, text(string(proof)))); what != "" {
		t.Errorf("a proof of the second recipient's letter: %s", what)
	}
	about := evaluate[string](t, ctx, `document.getElementById("about").textContent`)
	for _, want := range []string{"Person 2, Example plc (letters test-2026-001014 to test-2026-001019)", "1007 letters, up to test-2026-001007"} {
		if !strings.Contains(about, want) {
			t.Errorf("the page does not say %q: %s", want, about)
		}
	}
	for change, want := range map[string]string{
		"m.first_letter++": "number its letters on", "m.signers++": "not one from each of 7 signers", "m.recipients.pop()": "is for a recipient",
		"m.recipients[1].letters--": "other letters to recipient 2", "m.bundles[1].recipient = 2": "other letters to recipient 1", "delete m.bundles[3].recipient": "is for a recipient",
		"m.bundles[0].recipient = 2": "is for a recipient", "m.rows_read--": "signers and rows left out", "m.since[0].last = 'test-2026-001000'": "number its letters on",
	} {
		faults := evaluate[[]string](t, ctx, `(() => { const m = JSON.parse(document.getElementById("manifest").textContent); `+change+`; return postbag.faultsOf(m).map(f => f.what); })()`)
		if !strings.Contains(strings.Join(faults, " / "), want) {
			t.Errorf("%s: the page says %v, want %q", change, faults, want)
		}
	}
}

// partPage checks files and says what the page would.
const partPage = `(async given => {
	const r = await postbag.check(JSON.parse(document.getElementById("manifest").textContent),
		Object.entries(given).map(([path, b]) => ({path, blob: new Blob([Uint8Array.from(atob(b), c => c.charCodeAt(0))])})));
	return [r.verdict, ...r.details].join(" ");
})(%s)`

// said is what the page shows as its result.
const said = `document.getElementById("result").hidden ? "" : document.getElementById("verdict").textContent + " " + document.getElementById("details").textContent`

// verdict waits for the page to say something else than before.
func verdict(t *testing.T, ctx context.Context, before string) string {
	t.Helper()
	for range 200 {
		if now := evaluate[string](t, ctx, said); now != "" && now != before {
			return now
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the page says nothing")
	return ""
}

// What a person does: they choose a folder, or a file, by keyboard, and read what is said.
func TestThePageTellsAPersonInPlainWords(t *testing.T) {
	dir := signedSample(t, true)
	changed := filepath.Join(t.TempDir(), "bundle-0002.pdf")
	data, err := os.ReadFile(filepath.Join(dir, "deliver/bundles/bundle-0002.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	data[100] ^= 1
	if err := os.WriteFile(changed, data, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t, filepath.Join(dir, checkerFile))
	_, public := testKey(t)
	for _, c := range []struct{ input, path, verdict, details string }{
		{"#folder", dir, "✓ This packet is whole and unchanged.", "Signed by key " + public.ID()},
		{"#files", filepath.Join(dir, "deliver/bundles/bundle-0002.pdf"), "✓ This file holds.", "this is bundle 2 of 3, in the manifest and unchanged. It holds 4 letters, test-2026-000005 to test-2026-000008"},
		{"#files", changed, "✗ This file does not hold.", "was changed, or belongs to another packet"},
		{"#files", "testdata/proofs/good-first.json", "✗ This file does not hold.", "it is for another packet than this one"},
	} {
		path, err := filepath.Abs(c.path)
		if err != nil {
			t.Fatal(err)
		}
		before := evaluate[string](t, ctx, said)
		if err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(c.input), []string{path})); err != nil {
			t.Fatal(err)
		}
		now := verdict(t, ctx, before)
		if !strings.HasPrefix(now, c.verdict) || !strings.Contains(now, c.details) {
			t.Errorf("%s: %s, want %s … %s", c.path, now, c.verdict, c.details)
		}
		if focus := evaluate[string](t, ctx, `document.activeElement.id`); focus != "verdict" {
			t.Errorf("the focus is on %q, not on the verdict", focus)
		}
	}
}

// By keyboard both inputs are reached, and a screen reader has a name for each, and is told of the result.
func TestThePageWorksByKeyboardAndScreenReader(t *testing.T) {
	ctx := browser(t, filepath.Join(signedSample(t, false), checkerFile))
	var reached []string
	for range 2 {
		if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
			t.Fatal(err)
		}
		reached = append(reached, evaluate[string](t, ctx, `document.activeElement.id`))
	}
	if got := strings.Join(reached, " "); got != "folder files" {
		t.Errorf("the tab key reaches %s", got)
	}
	names, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (names []string, err error) {
		tree, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return nil, err
		}
		for _, n := range tree.Nodes {
			var name string
			if n.Name != nil && json.Unmarshal(n.Name.Value, &name) == nil {
				names = append(names, name)
			}
		}
		return names, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Check these letters", "What do you want to check?", "The packet’s folder", "A PDF of letters, a proof, or several files"} {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, name) }) {
			t.Errorf("nothing is called %q for a screen reader", name)
		}
	}
	if live := evaluate[string](t, ctx, `document.getElementById("result").getAttribute("aria-live")`); live != "polite" {
		t.Errorf("the result is announced %q", live)
	}
}

// The page judges every kept record as verify does, and says what the record is and is not.
func TestThePageChecksTheRecord(t *testing.T) {
	vectors, manifest := readRecordVectors(t)
	dir := handedOver(t)
	ctx := browser(t, filepath.Join(dir, checkerFile))
	check := func(m string, files map[string]string) (judged struct {
		Good bool
		Text string
	}) {
		return evaluate[struct {
			Good bool
			Text string
		}](t, ctx, fmt.Sprintf(`(async (m, given) => {
			const r = await postbag.check(m, Object.entries(given).map(([path, b]) => ({path, blob: new Blob([Uint8Array.from(atob(b), c => c.charCodeAt(0))])})));
			return {Good: !r.faults.some(f => f.path.startsWith("record/")), Text: r.details.join("\n")};
		})(%s, %s)`, m, text(files)))
	}
	if r := check(`JSON.parse(document.getElementById("manifest").textContent)`, pageFiles(t, dir)); !r.Good || !strings.Contains(r.Text, "has 4 entries") || !strings.Contains(r.Text, "no part of what is signed") {
		t.Errorf("unharmed: %v %s", r.Good, r.Text)
	}
	for _, v := range vectors { // the other files are missing, which is another matter
		files := map[string]string{"packet/manifest.json": string(manifest), "packet/record/hand-overs.jsonl": v.data}
		for name, data := range files {
			files[name] = base64.StdEncoding.EncodeToString([]byte(data))
		}
		if r := check(string(manifest), files); r.Good != v.Good {
			t.Errorf("%s (%s): the page says %v, want %v: %s", v.File, v.What, r.Good, v.Good, r.Text)
		}
	}
}
