package app_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

const primary = "jining-2018/primary"

// working runs jobs until the test ends.
func (w *site) working(t testing.TB) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Work(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// done waits until a job of v has ended.
func (w *site) done(t testing.TB, v *app.Viewer, id string) *app.JobPage {
	t.Helper()
	for range 600 {
		page, err := w.Job(t.Context(), v, id)
		if err != nil {
			t.Fatal(err)
		}
		if page.Ended() {
			return page
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the job does not end")
	return nil
}

// opened opens an appraisal of the school.
func (w *site) opened(t testing.TB) string {
	t.Helper()
	id, err := w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, term, primary)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// evaluated orders an evaluation and waits for it.
func (w *site) evaluated(t testing.TB, appraisal string) {
	t.Helper()
	job, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
	if err != nil {
		t.Fatal(err)
	}
	if page := w.done(t, w.clerk, job); page.State != store.Done {
		t.Fatalf("got %+v", page)
	}
}

// line returns how the school's page tells the appraisal.
func (w *site) line(t testing.TB, v *app.Viewer, appraisal string) app.AppraisalLine {
	t.Helper()
	home, err := w.UnitHome(t.Context(), v, w.school.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range home.Appraisals {
		if a.ID == appraisal {
			return a
		}
	}
	t.Fatalf("no line of %s in %+v", appraisal, home.Appraisals)
	return app.AppraisalLine{}
}

// TestSameResultsThroughTheStore is an acceptance line: a workbook handed in,
// adopted, evaluated by a job and published gives the very bytes that the command
// line gives without any store.
func TestSameResultsThroughTheStore(t *testing.T) {
	t.Parallel()
	want := toJSON(t, appraise(t, rules(t, primary), pkg(1)))
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		w.working(t)
		appraisal := w.opened(t)
		_, err := w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, term, primary)
		isKey(t, err, "app.appraisal-exists")
		_, err = w.OrderEvaluation(t.Context(), w.clerk, appraisal)
		isKey(t, err, "app.no-evidence")
		w.adopted(t, pkg(1))
		isKey(t, w.Publish(t.Context(), w.head, appraisal), "app.appraisal-state")
		w.evaluated(t, appraisal)
		_, write, err := w.Export(t.Context(), w.clerk, appraisal, app.ExportJSON)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("got %d other bytes than the %d without a store", got.Len(), len(want))
		}
		line := w.line(t, w.head, appraisal)
		if line.State != store.Evaluated || line.Members != int64(len(pkg(1).Staff)) || line.Evaluated == "" || line.Outdated || !line.CanPublish || line.CanEvaluate {
			t.Errorf("the head sees %+v", line)
		}
		w.published(t, appraisal)
		audited(t, db)
	})
}

// published publishes, by whom the table lets and nobody else, and never again.
func (w *site) published(t *testing.T, appraisal string) {
	ctx := t.Context()
	for who, v := range map[string]*app.Viewer{"clerk": w.clerk, "committee": w.committee, "officer": w.officer, "foreign": w.foreign, "teacher": w.teacher} {
		if err := w.Publish(ctx, v, appraisal); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s publishes: %v", who, err)
		}
	}
	for who, v := range map[string]*app.Viewer{"head": w.head, "committee": w.committee, "officer": w.officer, "foreign": w.foreign} {
		if _, err := w.OrderEvaluation(ctx, v, appraisal); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s evaluates: %v", who, err)
		}
	}
	p := pkg(1)
	p.Lessons[0].Weekly = evidence.Known(num.Int(1))
	w.adopted(t, p)
	if line := w.line(t, w.clerk, appraisal); !line.Outdated || !line.CanEvaluate {
		t.Errorf("newer evidence is not told: %+v", line)
	}
	isKey(t, w.Publish(ctx, w.head, appraisal), "store.publish-outdated")
	w.evaluated(t, appraisal)
	if err := w.Publish(ctx, w.head, appraisal); err != nil {
		t.Fatal(err)
	}
	isKey(t, w.Publish(ctx, w.head, appraisal), "app.appraisal-state")
	late := w.batch(t, w.clerk, w.upload(t, w.clerk, w.school, workbook(t, pkg(1))), app.BatchReady)
	if !slices.ContainsFunc(late.Preview.Warnings, func(f *fault.Error) bool { return f.Key == "app.preview-published" }) {
		t.Errorf("nothing warns that results are final: %v", late.Preview.Warnings)
	}
	_, err := w.OrderEvaluation(ctx, w.clerk, appraisal)
	isKey(t, err, "app.appraisal-state")
	if line := w.line(t, w.officer, appraisal); line.State != store.Published || line.Published == "" {
		t.Errorf("the officer sees %+v", line)
	}
	home, err := w.UnitHome(ctx, w.officer, w.county.ID)
	if err != nil || len(home.Children) != 2 || len(home.Children[0].Progress) != 1 || home.Children[0].Progress[0] != (app.Progress{Term: term, Published: 1}) {
		t.Errorf("the county's page: %+v, %v", home, err)
	}
}

// TestUnsettledIsNotPublished: who has no total would never get one.
func TestUnsettledIsNotPublished(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	w.working(t)
	p := pkg(1)
	who := p.Staff[20]
	p.Ratings = slices.DeleteFunc(p.Ratings, func(r evidence.Rating) bool { return r.Staff == who.ID })
	p.Committee = slices.DeleteFunc(p.Committee, func(c evidence.Committee) bool { return c.Staff == who.ID })
	w.adopted(t, p)
	appraisal := w.opened(t)
	w.evaluated(t, appraisal)
	err := w.Publish(t.Context(), w.head, appraisal)
	isKey(t, err, "app.publish-unsettled")
	if faults := fault.All(err); len(faults) != 1 || faults[0].Args[0] != who.Name {
		t.Errorf("got %v, want one about %s", err, who.Name)
	}
}

// TestOrderedOnce: a second click orders nothing, and nobody else reads the job.
func TestOrderedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		appraisal := w.opened(t)
		w.adopted(t, pkg(1))
		job, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.OrderEvaluation(t.Context(), w.clerk, appraisal)
		isKey(t, err, "app.job-ordered")
		if _, err := w.Job(t.Context(), w.head, job); !fault.Is(err, fault.NotFound) {
			t.Errorf("the head reads the clerk's job: %v", err)
		}
		w.working(t)
		if page := w.done(t, w.clerk, job); page.State != store.Done || page.Appraisal != appraisal || !strings.Contains(page.Progress, "人") {
			t.Errorf("got %+v", page)
		}
		w.evaluated(t, appraisal) // again, now that the first has ended
	})
}

// TestRightsAreAskedWhenTheJobRuns: between order and work a role can end, or an
// account close.
func TestRightsAreAskedWhenTheJobRuns(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(ctx context.Context, w *site, tx *store.Tx) error{
		"role": func(ctx context.Context, w *site, tx *store.Tx) error {
			roles, err := tx.Roles(ctx, w.clerk.Account)
			if err != nil {
				return err
			}
			return tx.EndRole(ctx, roles[0].ID)
		},
		"account": func(ctx context.Context, w *site, tx *store.Tx) error {
			a, err := tx.Account(ctx, w.clerk.Account)
			if err != nil {
				return err
			}
			a.State = store.Closed
			return tx.ChangeAccount(ctx, a)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.SQLite(t)
			w := newSite(t, db)
			appraisal := w.opened(t)
			w.adopted(t, pkg(1))
			job, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error { return take(ctx, w, tx) }); err != nil {
				t.Fatal(err)
			}
			w.working(t)
			if page := w.done(t, w.clerk, job); page.State != store.Failed || page.Progress == "" {
				t.Errorf("got %+v", page)
			}
			if line := w.line(t, w.head, appraisal); line.State != store.Opened {
				t.Errorf("got %+v", line)
			}
		})
	}
}

// TestBrokenJobs: one of a kind that nobody knows fails with words; one whose
// arguments are broken is tried again and then fails with an incident.
func TestBrokenJobs(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := newSite(t, db)
	order := func(kind, args string) (id string) {
		err := db.Write(t.Context(), org.Actor{Account: w.clerk.Account}, func(ctx context.Context, tx *store.Tx) error {
			j, err := tx.Enqueue(ctx, kind, w.school.Path, []byte(args))
			id = j.ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	unknown, broken := order("dance", "{}"), order("evaluate", `{"appraisal":7}`)
	w.working(t)
	if page := w.done(t, w.clerk, unknown); page.State != store.Failed || !strings.Contains(page.Progress, "dance") {
		t.Errorf("got %+v", page)
	}
	for range 300 {
		j, err := db.Job(t.Context(), w.clerk.Account, broken)
		if err != nil {
			t.Fatal(err)
		}
		if j.State == store.Failed {
			if j.Attempt != 3 || !strings.Contains(j.Progress, "事件号") {
				t.Errorf("got %+v", j)
			}
			return
		}
		db.Clock.Advance(time.Second)
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the broken job does not fail")
}

// enqueued orders a job of a kind that only tests have.
func (w *site) enqueued(t *testing.T, kind string) (id string) {
	t.Helper()
	err := w.db.Write(t.Context(), org.Actor{Account: w.clerk.Account}, func(ctx context.Context, tx *store.Tx) error {
		j, err := tx.Enqueue(ctx, kind, w.school.Path, []byte("{}"))
		id = j.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestPanickingJob: a mistake of the program fails the job at once, with a number
// to tell the administrator, and takes nothing else down.
func TestPanickingJob(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	w.working(t)
	for range 2 {
		page := w.done(t, w.clerk, w.enqueued(t, app.PanickingJob))
		if page.State != store.Failed || !strings.Contains(page.Progress, "事件号") || strings.Contains(page.Progress, "boom") {
			t.Errorf("got %+v", page)
		}
	}
}

// TestJobsAreTakenOver: one whose process died, and one that its process gave
// back when it was told to end.
func TestJobsAreTakenOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		died, given := w.enqueued(t, app.QuickJob), w.enqueued(t, app.PatientJob)
		if err := db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error {
			j, err := k.Claim(ctx, time.Minute) // by a process that then dies
			if err == nil && j.ID != died {
				t.Errorf("claimed %s", j.Kind)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Work(ctx) }()
		w.until(t, given, func(j store.Job) bool { return j.State == store.Running && j.Progress == "waiting" })
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		w.until(t, given, func(j store.Job) bool { return j.State == store.Queued })
		w.until(t, died, func(j store.Job) bool { return j.State == store.Running })
		db.Clock.Advance(2 * time.Minute)
		w.working(t)
		w.until(t, died, func(j store.Job) bool { return j.State == store.Done && j.Attempt == 2 })
		w.until(t, given, func(j store.Job) bool { return j.State == store.Running && j.Attempt == 2 })
	})
}

// TestDoneWhileTheProgramEnds: work that came to its end is not done again.
func TestDoneWhileTheProgramEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		id := w.enqueued(t, app.ThoroughJob)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Work(ctx) }()
		w.until(t, id, func(j store.Job) bool { return j.State == store.Running && j.Progress == "waiting" })
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		j, err := db.Job(t.Context(), w.clerk.Account, id)
		if err != nil || j.State != store.Done || j.Progress != "done all the same" {
			t.Errorf("got %+v, %v", j, err)
		}
	})
}

// TestAdoptedWhileEvaluated: what is adopted after the job read its documents is not
// taken for evaluated; the job begins anew.
func TestAdoptedWhileEvaluated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		w.adopted(t, pkg(1))
		appraisal := w.opened(t)
		id, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
		if err != nil {
			t.Fatal(err)
		}
		j, err := db.Job(t.Context(), w.clerk.Account, id)
		if err != nil {
			t.Fatal(err)
		}
		p := pkg(1)
		p.Lessons[0].Weekly = evidence.Known(num.Int(1))
		told := 0
		err = w.EvaluateTold(t.Context(), j, func(string) {
			if told++; told == 2 { // the documents are read
				w.adopted(t, p)
			}
		})
		isKey(t, err, "store.changed")
		if line := w.line(t, w.clerk, appraisal); line.State != store.Opened {
			t.Errorf("evaluated what was no longer valid: %+v", line)
		}
		w.working(t)
		if page := w.done(t, w.clerk, id); page.State != store.Done {
			t.Fatalf("got %+v", page)
		}
		if line := w.line(t, w.clerk, appraisal); line.Outdated {
			t.Errorf("got %+v", line)
		}
		page, err := w.Result(t.Context(), w.clerk, appraisal, p.Staff[0].ID)
		if err != nil || len(page.Materials) != 2 {
			t.Fatalf("got %d materials, %v, want 2", len(page.Materials), err)
		}
		w.adopted(t, pkg(1))
		w.Service = newService(db).Service // which has no cohort kept
		if page, err := w.Result(t.Context(), w.clerk, appraisal, p.Staff[0].ID); err != nil || len(page.Materials) != 2 {
			t.Errorf("what was adopted later is told as material: %+v, %v", page.Materials, err)
		}
	})
}

// TestTwoClerksOrderOnce: one evaluation is enough, whoever ordered it.
func TestTwoClerksOrderOnce(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	other := w.account(t, "李经办", org.Clerk, w.school)
	w.adopted(t, pkg(1))
	appraisal := w.opened(t)
	if _, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal); err != nil {
		t.Fatal(err)
	}
	_, err := w.OrderEvaluation(t.Context(), other, appraisal)
	isKey(t, err, "app.job-ordered")
}

// TestPublishedByAnother: whoever handed in or adopted what the results rest on does
// not publish them, by whichever account she did.
func TestPublishedByAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		w.working(t)
		second := w.comesBack(t, w.head, "张经办", org.Clerk)
		appraisal := w.opened(t)
		id := w.upload(t, second, w.school, workbook(t, pkg(1)))
		if err := w.AdoptBatch(t.Context(), second, id, app.Confirm{}); err != nil {
			t.Fatal(err)
		}
		w.evaluated(t, appraisal)
		w.head = w.comesBack(t, second, "张校长二", org.Head)
		err := w.Publish(t.Context(), w.head, appraisal)
		isKey(t, err, "app.publish-filled")
		if line := w.line(t, w.head, appraisal); line.State != store.Evaluated {
			t.Errorf("got %+v", line)
		}
		if faults := fault.All(err); len(faults) != 1 || faults[0].Args[0] != "考核 一.xlsx" {
			t.Errorf("got %v, want the workbook named once", err)
		}
		third := w.account(t, "赵校长", org.Head, w.school)
		if err := w.Publish(t.Context(), third, appraisal); err != nil {
			t.Errorf("another head: %v", err)
		}
	})
}

// TestWithdrawn: an appraisal opened by mistake is taken back by who may open one,
// until it is evaluated.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		ctx := t.Context()
		appraisal := w.opened(t)
		for who, v := range map[string]*app.Viewer{"head": w.head, "committee": w.committee, "officer": w.officer, "foreign": w.foreign, "teacher": w.teacher} {
			if _, err := w.WithdrawAppraisal(ctx, v, appraisal); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v", who, err)
			}
		}
		if !w.line(t, w.clerk, appraisal).CanWithdraw || w.line(t, w.head, appraisal).CanWithdraw {
			t.Error("the clerk is not offered to withdraw, or the head is")
		}
		if unit, err := w.WithdrawAppraisal(ctx, w.clerk, appraisal); err != nil || unit != w.school.ID {
			t.Fatal(unit, err)
		}
		_, err := w.OrderEvaluation(ctx, w.clerk, appraisal)
		isKey(t, err, "app.not-found")
		again := w.opened(t) // by the same scheme
		w.adopted(t, pkg(1))
		w.working(t)
		w.evaluated(t, again)
		_, err = w.WithdrawAppraisal(ctx, w.clerk, again)
		isKey(t, err, "store.not-open")
		if home, err := w.UnitHome(ctx, w.clerk, w.school.ID); err != nil || len(home.Appraisals) != 1 || home.Appraisals[0].CanWithdraw {
			t.Errorf("got %+v, %v", home, err)
		}
		audited(t, db)
	})
}

// TestTermsToOpen: those of interest now and those with evidence, whatever a form
// says.
func TestTermsToOpen(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	for _, term := range []string{"0000-0001", "2019-2020", "2025", "今年", ""} {
		_, err := w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, term, primary)
		isKey(t, err, "app.term-closed")
	}
	if _, err := w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, "2023-2024", primary); err != nil {
		t.Error(err)
	}
	w.adopted(t, pkg(1))
	w.db.Clock.Advance(5 * 366 * 24 * time.Hour)
	w.clerk = w.comesBack(t, w.clerk, "王经办二", org.Clerk)
	home, err := w.UnitHome(t.Context(), w.clerk, w.school.ID)
	if err != nil || slices.Contains(home.Terms, term) || !slices.Contains(home.OpenTerms, term) {
		t.Fatalf("got %v, %v, %v", home.Terms, home.OpenTerms, err)
	}
	w.opened(t)
}

// until waits for a job of the clerk.
func (w *site) until(t *testing.T, id string, ok func(store.Job) bool) {
	t.Helper()
	var j store.Job
	for range 300 {
		var err error
		if j, err = w.db.Job(t.Context(), w.clerk.Account, id); err != nil {
			t.Fatal(err)
		}
		if ok(j) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it stays at %+v", j)
}

// TestTooManyFacts: about whom more was handed in than can be kept is named, and
// nothing is stored of the evaluation: a result that nobody can open again is none.
func TestTooManyFacts(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	w.working(t)
	p := pkg(1)
	one := p.Outcomes[0]
	for i := range 12_000 {
		one.Name = fmt.Sprintf("%s%05d", strings.Repeat("论", 60), i)
		p.Outcomes = append(p.Outcomes, one)
	}
	appraisal := w.opened(t)
	w.adopted(t, p)
	job, err := w.OrderEvaluation(t.Context(), w.clerk, appraisal)
	if err != nil {
		t.Fatal(err)
	}
	if page := w.done(t, w.clerk, job); page.State != store.Failed || !strings.Contains(page.Progress, one.Staff) || !strings.Contains(page.Progress, "MB") {
		t.Errorf("got %+v", page)
	}
	if line := w.line(t, w.clerk, appraisal); line.State != store.Opened {
		t.Errorf("the appraisal is %s", line.State)
	}
}
