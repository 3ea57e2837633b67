package city_test

import (
	"testing"

	"shiji/internal/city"
	"shiji/internal/evidence"
)

// TestEarlierYears: an earlier year is a whole package of its own year, of the
// same people but for those who came and went, and of another luck.
func TestEarlierYears(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		now := city.School(1, n)
		names := map[string]string{}
		for _, p := range now.Staff {
			names[p.ID] = p.Name
		}
		for back, want := range map[int]evidence.School{
			1: {Term: "2024-2025", Start: "2024-09-01", End: "2025-08-31"}, 2: {Term: "2023-2024", Start: "2023-09-01", End: "2024-08-31"},
		} {
			p := city.Earlier(1, n, back)
			if err := evidence.Check(p); err != nil {
				t.Fatalf("school %d, %d years before:\n%v", n, back, err)
			}
			if got := p.School[0]; got.Term != want.Term || got.Start != want.Start || got.End != want.End || got.Code != now.School[0].Code {
				t.Errorf("got %+v", got)
			}
			same := 0
			for _, s := range p.Staff {
				if names[s.ID] == s.Name {
					same++
				}
			}
			if same != len(now.Staff)-3 || len(p.Staff) != len(now.Staff) {
				t.Errorf("school %d, %d years before: %d of %d people are the same, want all but three", n, back, same, len(now.Staff))
			}
			if len(p.Marks) == 0 || len(p.Attendance) < 12*(len(p.Staff)-3) {
				t.Errorf("got %d lines of marks and %d of attendance", len(p.Marks), len(p.Attendance))
			}
			if p.Marks[0].By == now.Marks[0].By && p.Marks[1].By == now.Marks[1].By && p.Marks[2].By == now.Marks[2].By {
				t.Error("the marks of two years are the same")
			}
		}
	}
}
