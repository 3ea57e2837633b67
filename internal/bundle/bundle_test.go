package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"shiji/internal/bundle"
	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/measure"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

const yaml = `
scheme: 小例
title: 小例
rounding: {places: 4, contributions: 2, mode: half-up}
total: {places: 2, ties: shared}
missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: "0"}
groups: {教学: {posts: [教学]}}
measures:
  评议: {from: committee, item: 评议, average: of-percents, trim: none, none: not-yet, clause: 某条}
nodes:
  - {id: "1", name: 评议, weight: 40%, clause: 某条, rule: {form: formula, is: 评议}}
  - {id: "2", name: 比较, weight: 60%, clause: 某条, rule: {form: ratio, of: 评议, to-stat: mean, zero: "0"}}
`

// cohort is an evaluation with everybody's bundle.
type cohort struct {
	compiled *scheme.Compiled
	out      *eval.Outcome
	bundles  []*bundle.Bundle
}

// people evaluates n people.
func people(t testing.TB, n int) cohort {
	t.Helper()
	file := scheme.File{Name: "small.yaml", Text: []byte(yaml)}
	s, err := scheme.Parse(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, decls, err := measure.Compile(s.Measures, s.AllTables())
	if err != nil {
		t.Fatal(err)
	}
	c, err := scheme.Compile(s, decls)
	if err != nil {
		t.Fatal(err)
	}
	var all eval.Cohort
	for i := range n {
		id := fmt.Sprintf("T%02d", i+1)
		all.Members = append(all.Members, fact.Member{Subject: id, Group: "教学"})
		all.Facts = append(all.Facts, fact.Fact{Subject: id, Key: "评议", Value: num.Int(int64(90 - i)), Source: "委员会评分/" + id})
	}
	out, err := eval.Evaluate(c, all)
	if err != nil {
		t.Fatal(err)
	}
	made := cohort{compiled: c, out: out}
	for i, res := range out.Results {
		made.bundles = append(made.bundles, &bundle.Bundle{
			School: "某校", Term: "2025-2026", Subject: res.Subject, Name: fmt.Sprint("王", i), Scheme: file, Facts: all.Facts[i : i+1 : i+1],
			Result: bundle.Unplaced(eval.Mask(c, res)), Cohort: out.Cohort,
		})
	}
	return made
}

// small makes a bundle of the first of three people.
func small(t testing.TB) *bundle.Bundle {
	t.Helper()
	return people(t, 3).bundles[0]
}

func encode(t testing.TB, b *bundle.Bundle) []byte {
	t.Helper()
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	data := encode(t, small(t))
	b, err := bundle.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Verify(); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x20 // also turns letters into those of the other case
		if _, err := bundle.Open(bad); err == nil {
			t.Fatalf("byte %d changed and the seal holds", i)
		}
	}
	if _, err := bundle.Open(append(bytes.Clone(data), '\n')); err == nil {
		t.Error("a byte was added and the seal holds")
	}
}

// TestForgedBundlesDoNotVerify seals changed bundles anew: the recomputation
// has to find what the seal cannot.
func TestForgedBundlesDoNotVerify(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(b *bundle.Bundle){
		"value of a fact":      func(b *bundle.Bundle) { b.Facts[0].Value = num.Int(99) },
		"fact of a stranger":   func(b *bundle.Bundle) { b.Facts[0].Subject = "T02" },
		"another fact":         func(b *bundle.Bundle) { b.Facts = append(b.Facts, fact.Fact{Subject: "T01", Key: "别的"}) },
		"no facts":             func(b *bundle.Bundle) { b.Facts = nil },
		"place":                func(b *bundle.Bundle) { b.Result.Place, b.Result.Of = 1, 3 },
		"of":                   func(b *bundle.Bundle) { b.Result.Of = 3 },
		"total":                func(b *bundle.Bundle) { b.Result.Score = num.Int(100) },
		"no values":            func(b *bundle.Bundle) { b.Result.Values = nil },
		"one part":             func(b *bundle.Bundle) { b.Result.Contributions = b.Result.Contributions[:1] },
		"reference":            func(b *bundle.Bundle) { b.Result.Refs[0].Value = num.Int(1) },
		"group":                func(b *bundle.Bundle) { b.Result.Group = "管理" },
		"consequence":          func(b *bundle.Bundle) { b.Result.Consequences = []eval.Consequence{{Gate: "x", Effect: "不合格"}} },
		"finding":              func(b *bundle.Bundle) { b.Result.Findings = []eval.Finding{{Key: "eval.no-total"}} },
		"scheme out of weight": func(b *bundle.Bundle) { b.Scheme.Text = bytes.Replace(b.Scheme.Text, []byte("40%"), []byte("50%"), 1) },
		"other scheme": func(b *bundle.Bundle) {
			b.Scheme.Text = bytes.Replace(b.Scheme.Text, []byte("is: 评议"), []byte("is: 评议 + 1"), 1)
		},
		"no scheme": func(b *bundle.Bundle) { b.Scheme.Text = nil },
	} {
		b, err := bundle.Open(encode(t, small(t)))
		if err != nil {
			t.Fatal(err)
		}
		forge(b)
		sealed, err := bundle.Open(encode(t, b))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, _, err := sealed.Verify(); len(fault.All(err)) == 0 {
			t.Errorf("%s: got %v, want a fault", name, err)
		}
	}
}

// seal puts a right seal before body.
func seal(body string) []byte {
	sum := sha256.Sum256([]byte(body))
	return []byte("shiji-bundle/1 sha256:" + hex.EncodeToString(sum[:]) + "\n" + body)
}

func TestWellSealedNonsense(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "[]", "{}", `{"Unknown":1}`, `{} {}`, strings.Repeat("[", 20_000),
		`{"Result":{"Score":"1/0"}}`, `{"Result":{"Score":"` + strings.Repeat("9", 10_000) + `"}}`, `{"Cohort":"ABCD"}`, `{"Facts":[{"State":"maybe"}]}`,
	} {
		b, err := bundle.Open(seal(body))
		if err == nil {
			_, _, err = b.Verify()
		}
		if len(fault.All(err)) == 0 {
			t.Errorf("%.40s: got %v, want a fault", body, err)
		}
	}
	if _, err := bundle.Open(make([]byte, bundle.MaxSize+1)); len(fault.All(err)) != 1 {
		t.Errorf("too large: got %v", err)
	}
}

// FuzzOpen seals whatever the fuzzer finds, so that it gets past the seal.
func FuzzOpen(f *testing.F) {
	_, body, _ := bytes.Cut(encode(f, small(f)), []byte("\n"))
	f.Add(string(body))
	f.Add("{}")
	f.Fuzz(func(t *testing.T, body string) {
		b, err := bundle.Open(seal(body))
		if err != nil {
			return
		}
		if _, _, err := b.Verify(); err != nil && len(fault.All(err)) == 0 {
			t.Fatalf("not a fault: %v", err)
		}
	})
}
