package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store/storetest"
)

// TestWorkings: whoever may see a result sees how every value came about, and nobody
// else; another's is a look of its own.
func TestWorkings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		ctx := t.Context()
		want, err := w.pure.Page(w.subject)
		if err != nil {
			t.Fatal(err)
		}
		for who, v := range map[string]*app.Viewer{"mine": w.mine, "officer": w.officer, "foreign": w.foreign, "auditor": w.auditor, "sibling": w.sibling} {
			_, err := w.Workings(ctx, v, w.appraisal, w.subject)
			hidden(t, who+", before publication", err)
		}
		p, err := w.Workings(ctx, w.clerk, w.appraisal, w.subject)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.Page); diff != "" {
			t.Errorf("other than without a store (-want +got):\n%s", diff)
		}
		if p.Own || p.Masked || !p.CanList || len(p.Materials) != 1 {
			t.Errorf("the clerk sees %+v", p)
		}
		_, err = w.Workings(ctx, w.clerk, w.appraisal, "T999")
		hidden(t, "no such person", err)
		_, err = w.Workings(ctx, w.clerk, missing, w.subject)
		hidden(t, "no such appraisal", err)
		broken := *w.clerk
		broken.Request = "\x00" // no event may hold it
		if p, err := w.Workings(ctx, &broken, w.appraisal, w.subject); err == nil || p != nil {
			t.Errorf("without its event: %v %v", p, err)
		}

		w.publish(t)
		if p, err = w.Workings(ctx, w.mine, w.appraisal, w.subject); err != nil {
			t.Fatal(err)
		}
		if !p.Own || !p.Masked || p.Place != 0 || p.Total != want.Total || p.CanList {
			t.Errorf("she sees %+v", p)
		}
		_, err = w.Workings(ctx, w.colleague, w.appraisal, w.subject)
		hidden(t, "a colleague", err)
		looks, err := w.Looks(ctx, w.mine, "")
		if err != nil || len(looks.Looks) != 1 {
			t.Fatalf("got %+v %v, want the clerk's look alone", looks, err)
		}
		if l := looks.Looks[0]; l.Name != "王经办" || l.Role != org.Clerk || l.Action != audit.RecordViewed || l.What != "workings" || l.Text != "考核结果的逐项明细" || l.Term != term {
			t.Errorf("got %+v", l)
		}
		audited(t, db)
	})
}
