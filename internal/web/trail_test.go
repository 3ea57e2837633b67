package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
	"shiji/internal/web"
)

// trail is a random run of deeds that holds the log to them.
type trail struct {
	w       *town
	handler http.Handler
	routes  []web.Route
	last    string // id of the newest event before the deed
	checks  int    // each so many deeds without an event, all tables are compared
	opened  map[string]bool
	names   map[org.AccountID]string
	looks   map[org.PersonID][]string // of others at her, as the deeds tell, the oldest first
	done    map[string]int
	refused int
	wrong   []string
}

func (w *town) newTrail(t testing.TB, h http.Handler, checks int) *trail {
	t.Helper()
	tr := &trail{w: w, handler: h, routes: often(), checks: checks, opened: map[string]bool{}, looks: map[org.PersonID][]string{}, done: map[string]int{}, names: map[org.AccountID]string{}}
	for _, both := range tr.column(t, "SELECT account.id || ' ' || person.name FROM account JOIN person ON person.id = account.person") {
		id, name, _ := strings.Cut(both, " ")
		tr.names[org.AccountID(id)] = name
	}
	tr.newEvents(t)
	return tr
}

// newEvents returns the actions of the events since it was last called.
func (tr *trail) newEvents(t testing.TB) (out []audit.Action) {
	t.Helper()
	for _, both := range tr.column(t, "SELECT id || ' ' || action FROM event WHERE id > $1 ORDER BY id", tr.last) {
		id, action, _ := strings.Cut(both, " ")
		tr.last = id
		out = append(out, audit.Action(action))
	}
	return out
}

// first says whether a guest sees a list of an appraisal for the first time on this
// day.
func (tr *trail) first(d *deed) bool {
	day := tr.w.db.Clock.Now().Add(8 * time.Hour).Format(time.DateOnly)
	key := day + " " + d.thing.id + " " + string(d.guest.viewer.Account)
	before := tr.opened[key]
	tr.opened[key] = true
	return !before
}

// housekeeping are the tables that a deed without an event may change; staging those
// in which a workbook waits that is not handed in.
var (
	housekeeping = []string{"session", "limits", "spent", "draft", "job"}
	staging      = []string{"batch", "document", "version", "payload", "blob", "evidence", "serial"}
)

// step does one deed and compares what it left.
func (tr *trail) step(t testing.TB, d *deed) {
	t.Helper()
	watched := rand.IntN(tr.checks) == 0
	r := tr.request(t, d)
	tr.newEvents(t) // marks and the like leave none; a deed before may have
	var before map[string]string
	rows := tr.rows(t, d)
	if watched {
		before = tr.w.state(t)
	}
	rec := httptest.NewRecorder()
	tr.handler.ServeHTTP(rec, r)
	var want []audit.Action
	if done(rec) {
		want = d.leaves(tr, rec)
		tr.done[d.method+" "+d.route.Path]++
		if job := strings.HasPrefix(rec.Header().Get("Location"), "/jobs/"); job && tr.await(t, d, rec) != store.Done {
			want = []audit.Action{audit.JobEnqueued}
		}
	} else {
		want = d.retried(rec)
		tr.refused++
	}
	tr.told(d, want)
	got := tr.newEvents(t)
	tr.compare(t, d, rec.Code, got, tr.along(t, d, rows, want))
	if watched && len(want) == 0 && len(got) == 0 {
		tr.still(t, d, before)
	}
}

// rows counts the tables that grow along with a deed.
func (tr *trail) rows(t testing.TB, d *deed) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range extras[d.method+" "+d.route.Path] {
		out[table] = tr.column(t, "SELECT CAST(COUNT(*) AS TEXT) FROM "+table)[0]
	}
	return out
}

// along adds to want what grew along with the deed.
func (tr *trail) along(t testing.TB, d *deed, before map[string]string, want []audit.Action) []audit.Action {
	t.Helper()
	want = slices.Clone(want)
	for action, table := range extras[d.method+" "+d.route.Path] {
		var was, is int
		_, _ = fmt.Sscan(before[table], &was) // a count
		_, _ = fmt.Sscan(tr.column(t, "SELECT CAST(COUNT(*) AS TEXT) FROM "+table)[0], &is)
		for range is - was {
			want = append(want, action)
		}
	}
	return want
}

func (tr *trail) compare(t testing.TB, d *deed, status int, got, want []audit.Action) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		tr.wrong = append(tr.wrong, fmt.Sprintf("%v (%d): left %v, want %v", d, status, got, want))
	}
}

// still holds that a deed without an event changed nothing of what events tell.
func (tr *trail) still(t testing.TB, d *deed, before map[string]string) {
	t.Helper()
	free := housekeeping
	if slices.Contains(unrecorded, d.route.Path) {
		free = slices.Concat(housekeeping, staging)
	}
	after := tr.w.state(t)
	for _, table := range tables {
		if before[table] != after[table] && !slices.Contains(free, table) {
			tr.wrong = append(tr.wrong, fmt.Sprintf("%v: table %s changed without an event", d, table))
		}
	}
}

// told keeps whom a deed concerns: she is to read of it.
func (tr *trail) told(d *deed, left []audit.Action) {
	about := map[org.PersonID]bool{}
	for _, action := range left {
		switch action {
		case audit.RecordViewed, audit.IdentityUnmasked:
			if about[d.thing.person] = true; d.thing.person == "" {
				about = map[org.PersonID]bool{d.members[d.subject]: true}
			}
		case audit.ResultsListed, audit.ResultsExported:
			for _, p := range d.members {
				about[p] = true
			}
		default:
			continue
		}
		for p := range about {
			if p != d.guest.viewer.Person {
				tr.looks[p] = append(tr.looks[p], tr.names[d.guest.viewer.Account]+" "+string(action))
			}
		}
	}
}

// run does n deeds, beside a worker, and lets time pass now and then.
func (tr *trail) run(t testing.TB, n int) {
	t.Helper()
	stop := tr.w.work(t)
	defer stop()
	for i := range n {
		if i%200 == 199 {
			tr.w.db.Clock.Advance(7 * time.Hour)
			tr.w.signIn(t)
		}
		tr.step(t, tr.draw(t))
	}
}

// work lets the site's hands work until the returned function is called.
func (w *town) work(t testing.TB) (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.service.Work(ctx) }()
	return func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// TestLog holds a town's log to what is done there, with the log broken and in order.
func TestLog(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newTown(t, db)
		w.furnish(t)
		t.Run("outage", w.outage)
		t.Run("trail", w.trail)
	})
}

// trail holds the log to thousands of random deeds: each that was done left exactly
// its events, each that was refused none, and nothing changed without one. Every
// look at her own record is read by its owner.
func (w *town) trail(t *testing.T) {
	w.db.Clock.Advance(24 * time.Hour) // who saw a list on this day is known
	w.signIn(t)
	n, checks := 150, 20
	if thorough() {
		n, checks = 3000, 20
	}
	before := map[org.PersonID]int{}
	for _, g := range w.owners() {
		before[g.viewer.Person] = len(w.readOf(t, g))
	}
	tr := w.newTrail(t, w.handler, checks)
	tr.run(t, n)
	for _, wrong := range tr.wrong[:min(len(tr.wrong), 20)] {
		t.Error(wrong)
	}
	looks := 0
	for _, g := range w.owners() {
		got := w.readOf(t, g)
		got = got[:len(got)-before[g.viewer.Person]]
		slices.Reverse(got)
		if want := tr.looks[g.viewer.Person]; !slices.Equal(got, want) {
			t.Errorf("%s reads of looks (-want +got):\n%s", g.name, cmp.Diff(want, got))
		}
		looks += len(got)
	}
	t.Logf("%d deeds, %d refused, %d looks read by those who were looked at; done: %v", n, tr.refused, looks, tr.done)
	if thorough() || w.db.Engine == "sqlite" {
		w.trailControls(t)
	}
}

// owners are those who are appraised and have an account.
func (w *town) owners() (out []*guest) {
	for _, g := range w.guests {
		for _, sc := range w.schools {
			if g.viewer.Account != "" && (g.viewer.Person == sc.teacher.ID || g.viewer.Person == sc.friend.ID) {
				out = append(out, g)
			}
		}
	}
	return out
}

// readOf is what somebody reads of looks at her record, the newest first.
func (w *town) readOf(t testing.TB, g *guest) (out []string) {
	t.Helper()
	v := w.asked(t, w.signedAnew(t, g))
	for after := ""; ; {
		page, err := w.service.Looks(t.Context(), v, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Looks {
			if l.Action == audit.BatchExported { // told from when the batch is adopted, also of before: the use case's own test
				continue
			}
			out = append(out, l.Name+" "+string(l.Action))
		}
		if after = page.Next; after == "" {
			return out
		}
	}
}

// signedAnew is g with a session of now.
func (w *town) signedAnew(t testing.TB, g *guest) *guest {
	t.Helper()
	again := *g
	again.token = w.session(t, g.viewer.Account)
	return &again
}

// trailControls are sites that break the promise: one that does not do what it says,
// one that records twice, and one that changes something beside the log.
func (w *town) trailControls(t *testing.T) {
	system := func(fn func(ctx context.Context, tx *store.Tx) error) { w.write(t, fn) }
	claiming := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/people/x", http.StatusSeeOther) })
	twice := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.handler.ServeHTTP(rw, r)
		system(func(ctx context.Context, tx *store.Tx) error {
			return tx.Note(ctx, audit.RecordViewed, string(w.schools[0].teacher.ID), w.schools[0].unit.Path, nil)
		})
	})
	beside := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.handler.ServeHTTP(rw, r)
		if _, err := w.db.SQL.Exec("INSERT INTO setting (name, value) VALUES ($1, '')", fmt.Sprint("control ", rand.Uint64())); err != nil {
			t.Error(err)
		}
	})
	for name, c := range map[string]struct {
		path   string
		site   http.Handler
		checks int
	}{
		"claims what it does not do": {"/people/{person}/identity", claiming, 100},
		"records twice":              {"/people/{person}", twice, 100},
		"changes beside the log":     {"/units/{unit}", beside, 1},
	} {
		tr := w.newTrail(t, c.site, c.checks)
		tr.routes = slices.DeleteFunc(tr.routes, func(r web.Route) bool { return r.Path != c.path })
		tr.run(t, 4)
		if len(tr.wrong) == 0 {
			t.Errorf("control: a site that %s is not found out", name)
		}
	}
}
