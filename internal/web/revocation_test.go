package web_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// revocations take from somebody what lets her see a page: by the store of the site,
// or by one of another process, as an operator's command has it.
var revocations = map[string]func(ctx context.Context, w *town, by *store.Store, g *guest) error{
	"role ended": func(ctx context.Context, _ *town, by *store.Store, g *guest) error {
		return by.Write(ctx, org.System("test"), func(ctx context.Context, tx *store.Tx) error {
			roles, err := tx.Roles(ctx, g.viewer.Account)
			for _, r := range roles {
				if err == nil {
					err = tx.EndRole(ctx, r.ID)
				}
			}
			return err
		})
	},
	"account closed": func(ctx context.Context, _ *town, by *store.Store, g *guest) error {
		return restated(ctx, by, g, store.Closed)
	},
	"password reset": func(ctx context.Context, _ *town, by *store.Store, g *guest) error {
		return restated(ctx, by, g, store.FirstLogin)
	},
	"signed out": func(ctx context.Context, w *town, _ *store.Store, g *guest) error {
		return w.service.SignOut(ctx, g.token)
	},
}

func restated(ctx context.Context, by *store.Store, g *guest, state store.AccountState) error {
	return by.Write(ctx, org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Account(ctx, g.viewer.Account)
		if err != nil {
			return err
		}
		a.State = state
		return tx.ChangeAccount(ctx, a)
	})
}

// race is somebody whose right is taken away while she uses it.
type race struct {
	w       *town
	handler http.Handler
	page    string
	g       *guest
	taken   atomic.Bool // acknowledged
	before  atomic.Int64
	after   atomic.Int64 // answers to what was asked after that
	stale   atomic.Int64 // of these, those that show the page all the same
}

// ask asks for the page with a session.
func (r *race) ask(token string) {
	late := r.taken.Load()
	rec := httptest.NewRecorder()
	r.handler.ServeHTTP(rec, r.w.as(&guest{token: token}, http.MethodGet, r.page, nil))
	if !late {
		r.before.Add(1)
		return
	}
	if r.after.Add(1); rec.Code == http.StatusOK {
		r.stale.Add(1)
	}
}

// use asks again and again, and once more after the right is gone.
func (r *race) use(next func() string) {
	for gone := false; !gone; {
		gone = r.taken.Load()
		r.ask(next())
	}
}

// beginning returns tokens of sessions that begin all the while. Those of the very
// session that is ended are hers alone.
func (r *race) beginning(ctx context.Context) string {
	a, err := r.w.db.Account(ctx, r.g.viewer.Account)
	token := r.g.token
	if err == nil && rand.IntN(3) == 0 {
		_ = r.w.db.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { // whether it begins is the question
			began, err := k.BeginSession(ctx, a.ID, a.Version, store.Lifetime{Whole: townWhole, Idle: townIdle})
			if err == nil {
				token = began
			}
			return err
		})
	}
	return token
}

// run takes the right by take at some moment while three use it.
func (r *race) run(t testing.TB, name string, by *store.Store) {
	t.Helper()
	own := func() string { return r.g.token }
	third := own
	if name != "signed out" { // which leaves her other sessions alone
		third = func() string { return r.beginning(t.Context()) }
	}
	var users sync.WaitGroup
	for _, next := range []func() string{own, own, third} {
		users.Go(func() { r.use(next) })
	}
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	err := revocations[name](t.Context(), r.w, by, r.g)
	r.taken.Store(true)
	users.Wait()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// raced takes rights away n times and returns how many answers came too late. wrap
// is what a control puts around the site.
func raced(t *testing.T, db *storetest.DB, n int, wrap func(http.Handler) http.Handler) (stale int64) {
	t.Helper()
	w, school := outpost(t, db)
	other := storetest.Open(t, db.Config)
	wrapped := wrap(w.handler)
	names := slices.Sorted(maps.Keys(revocations))
	var before, after int64
	for i := range n {
		g := w.admit(t, "somebody "+time.Duration(i).String(), "", org.Held{Role: []org.Role{org.Clerk, org.Head, org.Auditor}[rand.IntN(3)], Path: school.Path})
		w.guests = nil
		g.token = w.session(t, g.viewer.Account)
		r := &race{w: w, handler: wrapped, page: "/units/" + string(school.ID), g: g}
		rec := httptest.NewRecorder()
		if r.handler.ServeHTTP(rec, w.as(g, http.MethodGet, r.page, nil)); rec.Code != http.StatusOK {
			t.Fatalf("before anything is taken: got %d", rec.Code)
		}
		by := []*store.Store{db.Store, other.Store}[rand.IntN(2)]
		name := names[i%len(names)]
		r.run(t, name, by)
		if late := r.stale.Load(); late > 0 {
			t.Logf("%s: %d of %d answers came after it was acknowledged", name, late, r.after.Load())
		}
		before, after, stale = before+r.before.Load(), after+r.after.Load(), stale+r.stale.Load()
	}
	if before < int64(n) || after < int64(3*n) {
		t.Errorf("%d requests before and %d after: the test shows little", before, after)
	}
	t.Logf("%d interleavings, %d requests before and %d after, %d of them stale", n, before, after, stale)
	return stale
}

// TestRevocation takes rights away while requests are under way: none that begins
// after the acknowledgment has them. A site that keeps sessions must be found out.
func TestRevocation(t *testing.T) {
	t.Parallel()
	n := 200
	if os.Getenv("SHIJI_TORTURE") != "" {
		n = 10_000
	}
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		if stale := raced(t, db, n, func(h http.Handler) http.Handler { return h }); stale > 0 {
			t.Errorf("%d requests had a right that had ended", stale)
		}
	})
	t.Run("control", func(t *testing.T) {
		t.Parallel()
		if raced(t, storetest.SQLite(t), 8, remembering) == 0 {
			t.Error("a site that keeps sessions is not found out")
		}
	})
}

// remembering is a site that looks a session up once and keeps what it found.
func remembering(h http.Handler) http.Handler {
	var found sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("shiji")
		if err != nil {
			h.ServeHTTP(w, r)
			return
		}
		if _, ok := found.Load(cookie.Value); ok {
			w.WriteHeader(http.StatusOK)
			return
		}
		rec := httptest.NewRecorder()
		if h.ServeHTTP(rec, r); rec.Code == http.StatusOK {
			found.Store(cookie.Value, true)
		}
		w.WriteHeader(rec.Code)
	})
}
