package evidence_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/city"
	"shiji/internal/evidence"
)

// TestSchoolsComeBack: whole schools, junior, primary and senior.
func TestSchoolsComeBack(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		docs, err := evidence.Pack(city.School(1, n))
		if err != nil {
			t.Fatal(err)
		}
		got, err := evidence.Unpack(docs)
		if err != nil {
			t.Fatal(err)
		}
		want := city.School(1, n).Canonical()
		if !reflect.DeepEqual(want, got.Canonical()) { // a hundred times as fast as telling what differs
			t.Errorf("school %d (-want +got)\n%s", n, cmp.Diff(want, got, cmp.AllowUnexported(evidence.Package{})))
		}
		again, err := evidence.Pack(got)
		if err != nil || len(again) != len(docs) {
			t.Fatalf("school %d: packed again %d documents, %v; want %d", n, len(again), err, len(docs))
		}
		for i := range docs {
			if !bytes.Equal(again[i].Body, docs[i].Body) {
				t.Errorf("school %d: %s %s has other bytes the second time", n, docs[i].Kind, docs[i].Key)
			}
		}
	}
}

// BenchmarkPack packs and unpacks a school of 137 staff and 99,192 marks.
func BenchmarkPack(b *testing.B) {
	p := city.School(1, 0).Canonical()
	docs, err := evidence.Pack(p)
	if err != nil {
		b.Fatal(err)
	}
	sizes := map[string]int{}
	for _, d := range docs {
		sizes[d.Kind] += len(d.Body)
	}
	b.Run("pack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := evidence.Pack(p); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(docs)), "documents")
		for kind, size := range sizes {
			b.ReportMetric(float64(size), kind+"-bytes")
		}
	})
	b.Run("unpack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := evidence.Unpack(docs); err != nil {
				b.Fatal(err)
			}
		}
	})
}
