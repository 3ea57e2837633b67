package app_test

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store/storetest"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		ctx := t.Context()
		if _, err := w.Result(ctx, w.clerk, w.appraisal, w.subject); err != nil {
			t.Fatal(err)
		}
		w.publish(t)
		if _, _, err := w.TakeHome(ctx, w.mine, w.appraisal, w.subject); err != nil { // waits for a checkpoint
			t.Fatal(err)
		}
		seen := map[string]app.EventLine{}
		q := app.EventQuery{}
		pages, total, last := 0, 0, "~"
		for {
			list, err := w.Events(ctx, w.auditor, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list.Events {
				if e.ID >= last {
					t.Fatalf("%s after %s", e.ID, last)
				}
				last, total = e.ID, total+1
				if _, ok := seen[string(e.Action)]; !ok {
					seen[string(e.Action)] = e
				}
				if e.Text == string(e.Action) || e.Name == "" || e.At == "" || len(e.Hash) != 64 {
					t.Errorf("%+v", e)
				}
			}
			if pages++; list.Next == "" {
				break
			}
			q.After = list.Next
		}
		if pages < 2 || total < 60 {
			t.Errorf("%d events on %d pages", total, pages)
		}
		look := seen[string(audit.RecordViewed)]
		if look.Name != "王经办" || look.Role != org.Clerk || look.About != w.pure.Roll().Names[w.subject]+"（考核结果）" || look.Unit != w.school.Name || look.Leaf < 0 {
			t.Errorf("look %+v", look)
		}
		if e := seen[string(audit.AppraisalEvaluated)]; e.About != term+" "+w.pure.Title || e.Unit != w.school.Name || !e.Signed {
			t.Errorf("evaluation %+v", e)
		}
		if e := seen[string(audit.DataExported)]; e.About != w.school.Name+"（考核成绩包）" || e.Name != w.pure.Roll().Names[w.subject] {
			t.Errorf("export %+v", e)
		}
		if e := seen[string(audit.JobEnqueued)]; e.About != "计算考核结果" {
			t.Errorf("job %+v", e)
		}
		if e := seen[string(audit.RoleGranted)]; e.About == "" {
			t.Errorf("role %+v", e)
		}
		for who, v := range map[string]*app.Viewer{"clerk": w.clerk, "mine": w.mine, "officer": w.officer} {
			_, err := w.Events(ctx, v, app.EventQuery{})
			hidden(t, who, err)
		}
		if one, err := w.Events(ctx, w.head, app.EventQuery{Unit: w.school.ID}); err != nil || one.Unit.ID != w.school.ID || len(one.Events) == 0 {
			t.Errorf("the head: %+v %v", one, err)
		}
		_, err := w.Events(ctx, w.head, app.EventQuery{Unit: w.sister.ID})
		hidden(t, "the school beside", err)
	})
}

func TestCheckpointNote(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := show(t, db)
	if _, err := db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := w.CheckpointNote(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(c.Key)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := audit.OpenCheckpoint(c.Note, v)
	if err != nil || cp.Size != c.Size || cp.Origin != c.Origin || cp.Root.String() != c.Root || c.Size == 0 {
		t.Errorf("%+v: %+v %v", c, cp, err)
	}
}

// TestGrowth: whoever kept a checkpoint gets the proof that today's log continues
// it, and nobody one for a log that never was.
func TestGrowth(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		sign := func() *app.CheckpointPage {
			if _, err := db.Sign(t.Context()); err != nil {
				t.Fatal(err)
			}
			c, err := w.CheckpointNote(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		kept := sign()
		if _, err := w.Result(t.Context(), w.clerk, w.appraisal, w.subject); err != nil { // leaves an event
			t.Fatal(err)
		}
		now := sign()
		for deadline := time.Now().Add(10 * time.Second); now.Size == kept.Size && time.Now().Before(deadline); now = sign() {
			time.Sleep(10 * time.Millisecond) // PostgreSQL's sequencer gives leaves within a second
		}
		text, err := w.Growth(t.Context(), strconv.FormatInt(kept.Size, 10))
		if err != nil {
			t.Fatal(err)
		}
		g, err := audit.ParseGrowth(text)
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.NewVerifier(kept.Key)
		if err != nil {
			t.Fatal(err)
		}
		if cp, err := g.Check(kept.Note, v); err != nil || cp.Size != now.Size || cp.Size <= kept.Size {
			t.Errorf("grew to %+v from %d, want to %d: %v", cp, kept.Size, now.Size, err)
		}
		for _, never := range []string{"-1", strconv.FormatInt(now.Size+1, 10), "", "x", "99999999999999999999", "+1", "01", "00", "-0", " 1", "1 ", "1_0", "１"} {
			_, err := w.Growth(t.Context(), never)
			isKey(t, err, "app.growth-size")
		}
	})
}

func TestSchemePage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		a, err := db.Appraisal(t.Context(), org.Below(w.school.Path), w.appraisal)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Scheme(t.Context(), w.mine, a.Scheme)
		if err != nil {
			t.Fatal(err)
		}
		r := w.pure.Rules
		if p.Title != r.Title || p.Digest != r.Digest.String() || p.Unit.ID != w.school.ID || p.Edition != 1 || p.Policy == nil || p.Policy.Cite == "" {
			t.Errorf("%+v", p)
		}
		if len(p.Rules) != len(r.Nodes) || len(p.Notes) < 4 || len(p.Guarded) == 0 {
			t.Errorf("%d rules of %d nodes, %d notes, %d guarded", len(p.Rules), len(r.Nodes), len(p.Notes), len(p.Guarded))
		}
		if !bytes.Equal(p.Source.Text, r.File.Text) || p.PolicySource == nil || !bytes.Equal(p.PolicySource.Text, r.Policy.Text) {
			t.Error("other source")
		}
		if len(p.Tables) == 0 {
			t.Fatal("no tables")
		}
		for _, table := range p.Tables {
			if table.Name == "" || table.Clause == "" || len(table.Columns) < 2 || len(table.Rows) == 0 {
				t.Errorf("table %+v", table)
			}
		}
		_, err = w.Scheme(t.Context(), w.mine, missing)
		hidden(t, "missing", err)
	})
}
