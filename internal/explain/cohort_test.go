package explain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
)

func TestCohort(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 24)
	o := explain.Cohort(s.Scheme, s.Outcome, s.Roll)
	if o.People != 24 || o.Scored != 23 {
		t.Errorf("%d people, %d scored; want 24, 23", o.People, o.Scored)
	}
	if len(o.Marked) < 2 || !o.Marked[0].Veto || o.Marked[0].Subject != "T009" || o.Marked[1].Veto {
		t.Errorf("vetoes do not come first: %+v", o.Marked)
	}
	if len(o.Unscored) != 1 || o.Unscored[0].Subject != "T008" {
		t.Errorf("unscored: %+v", o.Unscored)
	}
	if len(o.Guarded) != 1 || o.Guarded[0].ID != "4.1.5" {
		t.Errorf("guarded: %+v", o.Guarded)
	}
	if diff := cmp.Diff([]explain.Gap{{ID: "2.2", Name: "较上期进步", State: "不适用", N: 6}, {ID: "6.3", Name: "值周", State: "暂不出分", N: 1}}, o.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	for _, g := range o.Groups {
		binned, last := 0, 0
		for _, b := range g.Bins {
			binned += b.N
		}
		if g.TooFew != (g.Name == "教辅") || g.TooFew && (binned > 0 || g.Mean != "") || !g.TooFew && binned != g.Scored {
			t.Errorf("%s: %d of %d in columns, mean %q, too few %v", g.Name, binned, g.Scored, g.Mean, g.TooFew)
		}
		for _, m := range g.Members {
			if m.Place != 0 && m.Place < last {
				t.Errorf("%s: place %d after %d", g.Name, m.Place, last)
			}
			last = m.Place
		}
		if n := len(g.Members); g.Name == "教学" && g.Members[n-1].Place != 0 {
			t.Errorf("who has no place is not last: %+v", g.Members[n-1])
		}
	}
}
