package app_test

import (
	"bytes"
	"reflect"
	"testing"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/sheet"
	"shiji/internal/store"
)

// ownFacts returns the facts of each subject, as a store keeps them.
func ownFacts(a *app.Appraisal) map[string][]fact.Fact {
	own := map[string][]fact.Fact{}
	for _, f := range a.Cohort.Facts {
		own[f.Subject] = append(own[f.Subject], f)
	}
	return own
}

// TestPackedFactsAreShort: the dictionary of packed facts fits schools that it was
// not made of. Facts that are told otherwise than when it was made want a new one.
func TestPackedFactsAreShort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scheme string
		school int
	}{{"jining-2018/junior", 3}, {"jining-2018/primary", 4}, {"jining-2018/senior", 5}} {
		raw, packed := 0, 0
		own := ownFacts(appraise(t, rules(t, c.scheme), city.School(9, c.school)))
		for _, facts := range own {
			b := fact.Encode(facts)
			raw, packed = raw+len(b), packed+len(store.Pack(b))
		}
		t.Logf("%s: %d bytes a person, packed %d", c.scheme, raw/len(own), packed/len(own))
		if packed*3 > raw {
			t.Errorf("%s: %d bytes are packed into %d, more than a third", c.scheme, raw, packed)
		}
	}
}

func unpacked(t testing.TB, p *evidence.Package) *evidence.Package {
	t.Helper()
	docs, err := evidence.Pack(p)
	if err != nil {
		t.Fatal(err)
	}
	back, err := evidence.Unpack(docs)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestSameBytesFromTheStoresForms: a school evaluated from its documents, and
// told from its encoded results and facts, reads as if it had never been stored.
func TestSameBytesFromTheStoresForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scheme string
		school int
	}{{"jining-2018/junior", 0}, {"jining-2018/primary", 1}, {"jining-2018/senior", 2}, {"longyan-2017/year", 0}} {
		t.Run(c.scheme, func(t *testing.T) {
			t.Parallel()
			r := rules(t, c.scheme)
			direct := appraise(t, r, city.School(1, c.school))
			want := toJSON(t, direct)
			a := appraise(t, r, unpacked(t, city.School(1, c.school)))
			if got := toJSON(t, a); !bytes.Equal(got, want) {
				t.Errorf("from documents: other JSON, %d bytes for %d", len(got), len(want))
			}

			out := eval.Outcome{Scheme: a.Outcome.Scheme, Cohort: a.Outcome.Cohort}
			var err error
			if out.Findings, err = eval.DecodeFindings(eval.EncodeFindings(a.Outcome.Findings)); err != nil {
				t.Fatal(err)
			}
			var derivations []*eval.Derivation
			own := ownFacts(a)
			for _, res := range a.Outcome.Results {
				facts, err := fact.Decode(fact.Encode(own[res.Subject]))
				if err != nil {
					t.Fatalf("%s: %v", res.Subject, err)
				}
				if !reflect.DeepEqual(facts, own[res.Subject]) {
					t.Errorf("%s: other facts than those derived", res.Subject)
				}
				stored, err := eval.Decode(r.Compiled, res.Encode())
				if err != nil {
					t.Fatalf("%s: %v", res.Subject, err)
				}
				d, err := eval.Replay(r.Compiled, facts, stored)
				if err != nil {
					t.Fatalf("%s: %v", res.Subject, err)
				}
				out.Results, derivations = append(out.Results, stored), append(derivations, d)
			}
			got, err := explain.JSON(r.Compiled, &out, derivations, a.Roll())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("from encoded results: other JSON, %d bytes for %d", len(got), len(want))
			}
		})
	}
}

// BenchmarkStoredForms is what keeping a school of 137 staff and 99,192 marks
// costs, beside its workbook, and what a result page does with a stored result.
// To hold: at most 2 KB of trace a teacher, 10 ms a page.
func BenchmarkStoredForms(b *testing.B) {
	p := city.School(1, 0)
	var book bytes.Buffer
	if err := sheet.WritePackage(&book, p); err != nil {
		b.Fatal(err)
	}
	docs, err := evidence.Pack(p)
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, d := range docs {
		size += len(d.Body)
	}
	r := rules(b, junior)
	a := appraise(b, r, p)
	own := ownFacts(a)
	res := a.Outcome.Results[50]
	traces, facts, most := 0, 0, 0
	for _, res := range a.Outcome.Results {
		traces += len(res.Encode())
		most = max(most, len(res.Encode()))
		facts += len(fact.Encode(own[res.Subject]))
	}
	b.Run("school", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := evidence.Unpack(docs); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(docs)), "documents")
		b.ReportMetric(float64(size), "document-bytes")
		b.ReportMetric(float64(book.Len()), "workbook-bytes")
	})
	b.Run("encode facts of all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, list := range own {
				fact.Encode(list)
			}
		}
	})
	trace, kept := res.Encode(), fact.Encode(own[res.Subject])
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			facts, err := fact.Decode(kept)
			if err != nil {
				b.Fatal(err)
			}
			stored, err := eval.Decode(r.Compiled, trace)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := eval.Replay(r.Compiled, facts, stored); err != nil {
				b.Fatal(err)
			}
		}
		n := float64(len(a.Outcome.Results))
		b.ReportMetric(float64(traces)/n, "trace-bytes/teacher")
		b.ReportMetric(float64(most), "most-trace-bytes")
		b.ReportMetric(float64(facts)/n, "facts-bytes/teacher")
	})
}
