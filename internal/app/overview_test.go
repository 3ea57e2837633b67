package app_test

import (
	"testing"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store/storetest"
)

// TestUnderway: an evaluation that waits is told to everybody who may know of the
// appraisal, on its page and on the school's; who ordered it, to those who see who
// handed in; what the job says and makes, to its orderer alone.
func TestUnderway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db) // nobody works: the job waits
		second := w.account(t, "李经办", org.Clerk, w.school)
		w.adopted(t, pkg(1))
		appraisal := w.opened(t)
		if line := w.line(t, w.head, appraisal); line.Underway != nil {
			t.Fatalf("nothing was ordered, but %+v is under way", *line.Underway)
		}
		job, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
		if err != nil {
			t.Fatal(err)
		}
		name := w.clerk.Name
		for _, c := range []struct {
			who  string
			v    *app.Viewer
			want app.Underway
		}{
			{"its orderer", w.clerk, app.Underway{Job: job, By: name}},
			{"another clerk", second, app.Underway{By: name}},
			{"the head", w.head, app.Underway{By: name}},
			{"the committee", w.committee, app.Underway{}},
			{"the officer", w.officer, app.Underway{}},
		} {
			page, err := w.Overview(t.Context(), c.v, appraisal)
			if err != nil {
				t.Fatalf("%s: %v", c.who, err)
			}
			line := w.line(t, c.v, appraisal)
			for place, got := range map[string]*app.Underway{"appraisal": page.Underway, "school": line.Underway} {
				if got == nil || *got != c.want {
					t.Errorf("%s on the page of the %s: got %+v, want %+v", c.who, place, got, c.want)
				}
			}
			if line.CanEvaluate || page.CanEvaluate {
				t.Errorf("%s is offered to order again what is under way", c.who)
			}
			if len(page.Jobs) != 0 {
				t.Errorf("%s is told of the evaluation twice: %+v", c.who, page.Jobs)
			}
			if _, err := w.Job(t.Context(), c.v, job); (err == nil) != (c.want.Job != "") {
				t.Errorf("%s opens the job: %v", c.who, err)
			}
		}
		if _, err := w.Overview(t.Context(), w.foreign, appraisal); !fault.Is(err, fault.NotFound) {
			t.Errorf("a clerk of another county: %v", err)
		}
		w.working(t)
		if page := w.done(t, w.clerk, job); page.Appraisal != appraisal || page.Term != term || len(page.Way) == 0 {
			t.Errorf("the job does not lead to what it is about: %+v", page)
		}
		if line := w.line(t, w.clerk, appraisal); line.Underway != nil || !line.CanEvaluate {
			t.Errorf("after it has ended: %+v", line)
		}
	})
}
