package audit_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
)

// stored keeps tiles as a database would.
type stored map[string][]byte

func (s stored) Tile(level int, n int64) ([]byte, error) {
	b, ok := s[fmt.Sprint(level, "/", n)]
	if !ok {
		return nil, fmt.Errorf("no tile %d/%d", level, n)
	}
	return b, nil
}

func (s stored) save(tiles []audit.Tile) {
	for _, t := range tiles {
		s[fmt.Sprint(t.Level, "/", t.N)] = bytes.Clone(t.Hashes)
	}
}

func record(i int) []byte { return fmt.Appendf(nil, "record %d", i) }

// grow builds the log of n records, draining now and then as a sequencer does.
func grow(n int, content func(int) []byte) (*audit.Log, stored) {
	l, s := audit.NewLog(), stored{}
	for i := range n {
		l.Append(audit.LeafHash(content(i)))
		if i%37 == 0 {
			s.save(l.Drain())
		}
	}
	s.save(l.Drain())
	return l, s
}

func keys(t testing.TB, random io.Reader) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(random, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// TestLogAgreesWithTlog holds our appending tree to the reference that hashes
// everything, at sizes around each tile's bound.
func TestLogAgreesWithTlog(t *testing.T) {
	sizes := map[int]bool{0: true, 1: true, 2: true, 3: true, 255: true, 256: true, 257: true, 511: true, 512: true, 1000: true, 65535: true, 65536: true, 65537: true, 66000: true}
	var dense []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, k := range at {
			out[i] = dense[k]
		}
		return out, nil
	})
	l, s := audit.NewLog(), stored{}
	for n := 0; n <= 66000; n++ {
		if sizes[n] {
			want, err := tlog.TreeHash(int64(n), reader)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Root(); got != want {
				t.Fatalf("size %d: root %v, want %v", n, got, want)
			}
			s.save(l.Drain())
			again, err := audit.ResumeLog(int64(n), want, s)
			if err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				if _, err := audit.ResumeLog(int64(n), tlog.Hash{1}, s); err == nil {
					t.Fatalf("size %d: resumed under a wrong head", n)
				}
			}
			l = again // the rest is appended to the resumed log
		}
		hashes, err := tlog.StoredHashes(int64(n), record(n), reader)
		if err != nil {
			t.Fatal(err)
		}
		dense = append(dense, hashes...)
		l.Append(audit.LeafHash(record(n)))
	}
}

func TestProofText(t *testing.T) {
	signer, verifier := keys(t, rand.Reader)
	for _, n := range []int{1, 2, 255, 256, 257, 3000} {
		l, tiles := grow(n, record)
		cp := audit.Checkpoint{Origin: "log.example", Size: int64(n), Root: l.Root()}
		signed, err := cp.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{0, n / 2, n - 1} {
			hashes, err := audit.Prove(cp, int64(i), tiles)
			if err != nil {
				t.Fatal(err)
			}
			text := audit.Proof{Index: int64(i), Hashes: hashes, Checkpoint: signed}.Text()
			p, err := audit.ParseProof(text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Check(record(i), verifier)
			if err != nil || got != cp {
				t.Fatalf("entry %d of %d: %v %v", i, n, got, err)
			}
			if _, err := p.Check(record(i+1), verifier); err == nil {
				t.Fatalf("entry %d of %d: another record was accepted", i, n)
			}
			if len(text) > 2048 {
				t.Errorf("proof of %d bytes", len(text))
			}
		}
	}
}

// TestMutatedProofs flips bytes of text and record: nothing but the original is
// accepted, and nothing panics.
func TestMutatedProofs(t *testing.T) {
	signer, verifier := keys(t, rand.Reader)
	l, tiles := grow(1000, record)
	cp := audit.Checkpoint{Origin: "log.example", Size: 1000, Root: l.Root()}
	signed, _ := cp.Sign(signer)
	hashes, err := audit.Prove(cp, 613, tiles)
	if err != nil {
		t.Fatal(err)
	}
	text := audit.Proof{Index: 613, Hashes: hashes, Checkpoint: signed}.Text()
	accepted := func(text string, rec []byte) bool {
		p, err := audit.ParseProof(text)
		if err != nil {
			return false
		}
		_, err = p.Check(rec, verifier)
		return err == nil
	}
	if !accepted(text, record(613)) {
		t.Fatal("the proof itself is refused: the test would prove nothing")
	}
	r := mrand.New(mrand.NewPCG(1, 2))
	n := 20000
	if testing.Short() {
		n = 2000
	}
	for range n {
		b := []byte(text)
		switch r.IntN(4) {
		case 0:
			b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		case 1: // drop a line
			lines := strings.SplitAfter(text, "\n")
			i := r.IntN(len(lines) - 1)
			b = []byte(strings.Join(append(lines[:i:i], lines[i+1:]...), ""))
		case 2: // swap two lines
			lines := strings.SplitAfter(text, "\n")
			i, j := r.IntN(len(lines)), r.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			b = []byte(strings.Join(lines, ""))
		case 3:
			b = b[:r.IntN(len(b))]
		}
		if string(b) != text && accepted(string(b), record(613)) {
			t.Fatalf("accepted:\n%s\ninstead of\n%s", b, text)
		}
	}
}

// TestOneSignatureHasOneSpelling: base64 leaves unused bits in the last
// character, which must not be free for the taking.
func TestOneSignatureHasOneSpelling(t *testing.T) {
	signer, verifier := keys(t, rand.Reader)
	l, _ := grow(3, record)
	signed, err := audit.Checkpoint{Origin: "log.example", Size: 3, Root: l.Root()}.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	at := strings.LastIndex(signed, "=") - 1
	if signed[at] == '=' {
		at--
	}
	accepted := 0
	for _, c := range []byte(alphabet) {
		b := []byte(signed)
		b[at] = c
		if _, err := audit.OpenCheckpoint(string(b), verifier); err == nil {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d spellings of one signature are accepted", accepted)
	}
}

// TestDamagedTile: a proof is checked while it is made.
func TestDamagedTile(t *testing.T) {
	l, tiles := grow(700, record)
	cp := audit.Checkpoint{Origin: "o", Size: 700, Root: l.Root()}
	tiles["0/1"][40] ^= 1
	if _, err := audit.Prove(cp, 300, tiles); err == nil {
		t.Error("a proof out of a damaged tile")
	}
}

func TestCheckpoint(t *testing.T) {
	signer, verifier := keys(t, rand.Reader)
	_, stranger := keys(t, rand.Reader)
	cp := audit.Checkpoint{Origin: "log.example", Size: 7, Root: tlog.Hash{9}}
	text, err := cp.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := audit.OpenCheckpoint(text, verifier); err != nil || got != cp {
		t.Errorf("got %v %v", got, err)
	}
	if _, err := audit.OpenCheckpoint(text, stranger); err == nil {
		t.Error("a stranger's key opened it")
	}
	if _, err := audit.OpenCheckpoint(strings.Replace(text, "\n7\n", "\n8\n", 1), verifier); err == nil {
		t.Error("another size was accepted")
	}
	foreign, _ := audit.Checkpoint{Origin: "other", Size: 7}.Sign(signer)
	if _, err := audit.OpenCheckpoint(foreign, verifier); err == nil {
		t.Error("a checkpoint of another log was accepted")
	}
	if _, err := cp.Sign(); err == nil {
		t.Error("signed by nobody")
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add("c2sp.org/tlog-proof@v1\nindex 5\n\nx\n1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := audit.ParseProof(text)
		if err == nil && p.Text() != text {
			t.Fatalf("two texts for one proof:\n%q\n%q", text, p.Text())
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	event, err := sample().Bytes()
	if err != nil {
		b.Fatal(err)
	}
	l := audit.NewLog()
	for i := 0; b.Loop(); i++ {
		l.Append(audit.LeafHash(event))
		if i%256 == 0 {
			l.Drain()
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
