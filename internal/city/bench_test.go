package city

import (
	"strconv"
	"testing"
)

func BenchmarkSchool(b *testing.B) {
	for n, kind := range []string{"junior", "primary", "senior"} {
		b.Run(kind+"-"+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				School(1, n)
			}
		})
	}
}
