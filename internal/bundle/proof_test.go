package bundle_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"shiji/internal/audit"
	"shiji/internal/bundle"
	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// logged is a log of a few events, one of which is the evaluation of the people
// of small.
type logged struct {
	people   []*bundle.Bundle
	proofs   []bundle.Proof
	key      string
	compiled *scheme.Compiled
}

func hexOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// vouched evaluates people members and proves each result. Cohorts of fewer than
// five are masked.
func vouched(t testing.TB, members int) *logged {
	t.Helper()
	var l logged
	first := people(t, members)
	l.people, l.compiled = first.bundles, first.compiled
	head := []byte(`{"school":"某校","term":"2025-2026"}`)
	salt := func(i int) (s [audit.SaltSize]byte) { s[0] = byte(i + 1); return s }
	var set []audit.Commitment
	part := func(i int, form string, fields ...string) (bundle.Part, audit.Commitment) {
		salt, text := audit.PartSalt(salt(i), form), must[[]byte](t)(json.Marshal(append([]string{form}, fields...)))
		return bundle.Opened(salt, text), audit.Commit(salt, text)
	}
	var parts [][3]bundle.Part
	for i, b := range l.people {
		whole := first.out.Results[i]
		own, c := part(i, "result-own/1", "01EVAL", strconv.Itoa(i), b.Subject, "01PERSON", b.Name, "wang", "w", whole.Group, bundle.ScoreText(whole), hexOf(fact.Encode(b.Facts)))
		_, placed := part(i, "result-place/1", strconv.Itoa(whole.Place), strconv.Itoa(whole.Of))
		steps := bundle.Unplaced(whole)
		trace, traced := part(i, "result-trace/1", hexOf(steps.Encode()))
		if bundle.Withheld(b.Result) {
			trace = bundle.Closed(traced)
		}
		parts = append(parts, [3]bundle.Part{own, bundle.Closed(placed), trace})
		set = append(set, audit.CommitParts(c, placed, traced))
	}
	event := audit.Event{
		ID: strings.Repeat("E", 26), Time: "2026-03-02T08:00:00.000000Z", Actor: "system.jobs", Action: audit.AppraisalEvaluated, Object: "appraisal/A1", Version: 2,
		Evidence: []audit.Commitment{audit.SetRoot(set), audit.Commitment(l.compiled.Digest), audit.Commitment(first.out.Cohort), audit.Commit(salt(99), head)},
	}
	bytes := must[[]byte](t)(event.Bytes())
	signing, key, err := note.GenerateKey(rand.Reader, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	signer := must[note.Signer](t)(note.NewSigner(signing))
	l.key = key
	log, at := audit.NewLog(), int64(5)
	tiles := mapTiles{}
	for i := range int64(9) {
		entry := []byte(fmt.Sprint("other ", i))
		if i == at {
			entry = bytes
		}
		log.Append(audit.LeafHash(entry))
	}
	for _, tile := range log.Drain() {
		tiles[fmt.Sprint(tile.Level, "/", tile.N)] = tile.Hashes
	}
	cp := audit.Checkpoint{Origin: "log.example", Size: 9, Root: log.Root()}
	signed := must[string](t)(cp.Sign(signer))
	hashes := must[tlog.RecordProof](t)(audit.Prove(cp, at, tiles))
	for i := range l.people {
		path := must[tlog.RecordProof](t)(audit.ProveMember(set, i))
		hs := salt(99)
		l.proofs = append(l.proofs, bundle.Proof{
			Key: key, Log: audit.Proof{Index: at, Hashes: hashes, Checkpoint: signed}.Text(), Event: string(bytes),
			Path: must[[]bundle.Turn](t)(bundle.Turns(path, int64(len(set)), int64(i))), Own: parts[i][0], Place: parts[i][1], Trace: parts[i][2], Head: string(head), HeadSalt: hs[:],
		})
		l.people[i].Proof = must[string](t)(l.proofs[i].Text())
	}
	return &l
}

type mapTiles map[string][]byte

func (m mapTiles) Tile(level int, n int64) ([]byte, error) { return m[fmt.Sprint(level, "/", n)], nil }

// check opens a sealed copy of b and checks all that a machine without the
// server can.
func check(t testing.TB, b *bundle.Bundle, key string) (*bundle.Vouched, error) {
	t.Helper()
	b, err := bundle.Open(encode(t, b))
	if err != nil {
		return nil, err
	}
	c, _, err := b.Verify()
	if err != nil {
		return nil, err
	}
	return b.Vouch(c, key)
}

func TestVouch(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3, 6, 13} {
		l := vouched(t, n)
		for i, b := range l.people {
			for _, key := range []string{"", l.key} {
				v, err := check(t, b, key)
				if err != nil {
					t.Fatalf("%d of %d: %v", i, n, err)
				}
				if v.Key != l.key || v.Leaf != 5 || v.Appraisal != "A1" || v.Checkpoint.Size != 9 || !v.Cover {
					t.Errorf("%+v", v)
				}
				if v.Whole != (n >= eval.FewestShown) {
					t.Errorf("%d members: whole is %v", n, v.Whole)
				}
			}
		}
	}
	l := vouched(t, 6)
	l.proofs[0].Head, l.proofs[0].HeadSalt = "", nil
	l.people[0].Proof = must[string](t)(l.proofs[0].Text())
	if v, err := check(t, l.people[0], ""); err != nil || v.Cover {
		t.Errorf("without a head: %+v %v", v, err)
	}
}

// TestProofTellsNothingOfOthers: whoever has a proof in which something is withheld
// finds in it no digest of what is withheld, and in none a place: she could try the
// few contents that are possible.
func TestProofTellsNothingOfOthers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 6} {
		first, l := people(t, n), vouched(t, n)
		for i, b := range l.people {
			whole := first.out.Results[i]
			steps := bundle.Unplaced(whole)
			for what, digest := range map[string]string{"the whole result": hexOf(whole.Encode()), "every step": hexOf(steps.Encode())} {
				if strings.Contains(b.Proof, digest) && (n < eval.FewestShown || what != "every step") {
					t.Errorf("%d of %d: the proof holds the digest of %s", i, n, what)
				}
			}
			p := must[*bundle.Proof](t)(bundle.ParseProof(b.Proof))
			if p.Place.Closed == nil || (p.Trace.Closed == nil) != (n >= eval.FewestShown) || b.Result.Place != 0 || b.Result.Of != 0 {
				t.Errorf("%d of %d: %+v, place %d of %d", i, n, p.Place, b.Result.Place, b.Result.Of)
			}
		}
	}
}

// TestEveryPartOfAProofCounts changes each byte of a proof, and seals the bundle
// anew.
func TestEveryPartOfAProofCounts(t *testing.T) {
	t.Parallel()
	l := vouched(t, 6)
	b := *l.people[2]
	for i := range l.people[2].Proof {
		bad := []byte(l.people[2].Proof)
		bad[i] ^= 1
		b.Proof = string(bad)
		if _, err := b.Vouch(l.compiled, l.key); len(fault.All(err)) == 0 {
			t.Errorf("byte %d changed, got %v: …%s…", i, err, bad[max(0, i-20):min(len(bad), i+20)])
		}
	}
}

func TestForgedProofs(t *testing.T) {
	t.Parallel()
	text := must[string](t)
	for name, forge := range map[string]func(l *logged, b *bundle.Bundle){
		"another person's proof": func(l *logged, b *bundle.Bundle) { b.Proof = l.people[1].Proof },
		"another person's content with her own path": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Own, p.Trace = l.proofs[1].Own, l.proofs[1].Trace
			b.Proof = text(p.Text())
		},
		"steps closed though nothing is withheld": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			c := audit.Commit([audit.SaltSize]byte(p.Trace.Salt), []byte(p.Trace.Content))
			p.Trace = bundle.Closed(c)
			b.Proof = text(p.Text())
		},
		"own part closed": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			c := audit.Commit([audit.SaltSize]byte(p.Own.Salt), []byte(p.Own.Content))
			p.Own = bundle.Closed(c)
			b.Proof = text(p.Text())
		},
		"parts turned": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Place, p.Trace = p.Trace, p.Place
			b.Proof = text(p.Text())
		},
		"opened and closed": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Own.Closed = p.Place.Closed
			b.Proof = text(p.Text())
		},
		"neither": func(l *logged, b *bundle.Bundle) { p := l.proofs[0]; p.Place = bundle.Part{}; b.Proof = text(p.Text()) },
		"another log's key": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Key = vouched(t, 6).key
			b.Proof = text(p.Text())
		},
		"no path": func(l *logged, b *bundle.Bundle) { p := l.proofs[0]; p.Path = nil; b.Proof = text(p.Text()) },
		"sides turned": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Path = append([]bundle.Turn{{Left: !p.Path[0].Left, Hash: p.Path[0].Hash}}, p.Path[1:]...)
			b.Proof = text(p.Text())
		},
		"event of another kind": func(l *logged, b *bundle.Bundle) {
			p := l.proofs[0]
			p.Event = strings.Replace(p.Event, "appraisal.evaluated", "appraisal.published", 1)
			b.Proof = text(p.Text())
		},
		"name":                func(l *logged, b *bundle.Bundle) { b.Name = "王二" },
		"school":              func(l *logged, b *bundle.Bundle) { b.School = "别校" },
		"term":                func(l *logged, b *bundle.Bundle) { b.Term = "2024-2025" },
		"label":               func(l *logged, b *bundle.Bundle) { b.Label = "合成数据" },
		"place":               func(l *logged, b *bundle.Bundle) { b.Result.Place++ },
		"of":                  func(l *logged, b *bundle.Bundle) { b.Result.Of++ },
		"cohort":              func(l *logged, b *bundle.Bundle) { b.Cohort[3] ^= 1 },
		"derivation of facts": func(l *logged, b *bundle.Bundle) { b.Facts[0].Work = []fact.Line{{Label: "某项"}} },
		"another result": func(l *logged, b *bundle.Bundle) {
			b.Facts, b.Result = l.people[1].Facts, l.people[1].Result
			b.Facts[0].Subject, b.Result.Subject = b.Subject, b.Subject
			b.Result.Facts = fact.DigestOf(b.Facts)
		},
		"a reference and what follows from it": func(l *logged, b *bundle.Bundle) {
			*b = *reevaluated(t, l, func(r *eval.Ref) { r.Value = r.Value.Add(num.Int(1)) })
		},
		"nonsense":          func(l *logged, b *bundle.Bundle) { b.Proof = "{}" },
		"spelled otherwise": func(l *logged, b *bundle.Bundle) { b.Proof = " " + b.Proof },
	} {
		l := vouched(t, 6)
		b := *l.people[0]
		forge(l, &b)
		if v, err := check(t, &b, ""); len(fault.All(err)) == 0 {
			t.Errorf("%s: got %+v %v, want a fault", name, v, err)
		}
	}
	// Somebody with a log of her own makes a proof that holds; only who knows the
	// key from elsewhere finds it.
	l := vouched(t, 6)
	if _, err := check(t, l.people[0], vouched(t, 6).key); len(fault.All(err)) != 1 {
		t.Errorf("a key that somebody knows from elsewhere: %v", err)
	}
}

// reevaluated returns the first person's bundle with other references and the
// values that follow from them: it replays, and only the log can tell.
func reevaluated(t testing.TB, l *logged, change func(r *eval.Ref)) *bundle.Bundle {
	t.Helper()
	b := *l.people[0]
	b.Result.Refs = append([]eval.Ref(nil), b.Result.Refs...)
	for i := range b.Result.Refs {
		if b.Result.Refs[i].Name == "mean" {
			change(&b.Result.Refs[i])
		}
	}
	d, err := eval.Replay(l.compiled, b.Facts, b.Result)
	if err == nil || d == nil {
		t.Fatalf("the reference changes nothing: %v", err)
	}
	values := append([]eval.Value(nil), b.Result.Values...)
	var sum num.Q
	b.Result.Contributions = append([]eval.Contribution(nil), b.Result.Contributions...)
	for i := range d.Roots {
		at := l.compiled.NodeIndex(d.Roots[i].Node)
		values[at].Q = d.Roots[i].Value
		part := d.Roots[i].Value.Mul(d.Roots[i].Weight).Round(2, num.HalfUp)
		b.Result.Contributions[i].Value = part
		sum = sum.Add(part)
	}
	b.Result.Values, b.Result.Score = values, sum
	if _, _, err := b.Verify(); err != nil {
		t.Fatalf("the forgery does not even replay: %v", err)
	}
	return &b
}

// TestTurns holds the sides to the library's own check of a member.
func TestTurns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		set := make([]audit.Commitment, n)
		for k := range set {
			set[k] = sha256.Sum256([]byte{byte(k), byte(k >> 8)})
		}
		path, err := audit.ProveMember(set, i)
		if err != nil {
			t.Fatal(err)
		}
		turns, err := bundle.Turns(path, int64(n), int64(i))
		if err != nil {
			t.Fatal(err)
		}
		h := tlog.RecordHash(set[i][:])
		for _, s := range turns {
			if s.Left {
				h = tlog.NodeHash(s.Hash, h)
			} else {
				h = tlog.NodeHash(h, s.Hash)
			}
		}
		if audit.Commitment(h) != audit.SetRoot(set) {
			t.Fatalf("member %d of %d does not lead to the root", i, n)
		}
		if _, err := bundle.Turns(append(path, tlog.Hash{}), int64(n), int64(i)); err == nil {
			t.Fatal("a path too long")
		}
	})
}

// TestWithoutProof: a bundle made from a package is sound, and nobody vouches.
func TestWithoutProof(t *testing.T) {
	t.Parallel()
	if _, err := check(t, small(t), ""); len(fault.All(err)) != 1 {
		t.Errorf("got %v, want a fault", err)
	}
}

var update = flag.Bool("update", false, "write testdata anew: a new version gets a new file, the old ones stay")

// TestBundleVersion1: what somebody took home once verifies for ever. The file
// was made with a key that nobody has any more.
func TestBundleVersion1(t *testing.T) {
	t.Parallel()
	const path = "testdata/proof_v1.shiji"
	if *update {
		if err := os.WriteFile(path, encode(t, vouched(t, 6).people[0]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := check(t, b, "")
	if err != nil || !v.Whole || !v.Cover || v.Leaf != 5 {
		t.Errorf("got %+v %v", v, err)
	}
}
