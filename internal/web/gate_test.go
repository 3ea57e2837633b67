package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shiji/internal/web/asset"
)

func TestFreeRoutesExist(t *testing.T) {
	t.Parallel()
	for pattern := range free {
		if !slices.ContainsFunc(routes, func(r route) bool { return r.pattern == pattern }) {
			t.Errorf("%s takes no place at the gate, but is no route", pattern)
		}
	}
}

// crowd is a site with a gate of so many places, and what asks it: its page waits
// until it may go on, its health does not.
func crowd(t *testing.T, places int, handle func(c *call) error) func(ctx context.Context, w http.ResponseWriter, path string) {
	t.Helper()
	assets, err := asset.Open()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parsePages(assets)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Options: Options{Log: slog.New(slog.DiscardHandler), Wait: wait}, assets: assets, pages: pages, gate: make(gate, places)}
	mux := http.NewServeMux()
	mux.Handle("GET /", s.serve(route{pattern: "GET /", access: open, handle: handle}))
	mux.Handle("GET /health", s.serve(route{pattern: "GET /health", access: open, handle: func(*call) error { return nil }}))
	return func(ctx context.Context, w http.ResponseWriter, path string) {
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx))
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		made, goOn := 0, make(chan struct{})
		ask := crowd(t, 2, func(c *call) error {
			made++
			<-goOn
			return c.show("error", errorPage{Base: c.base("page"), Status: http.StatusOK})
		})
		answers := make([]*httptest.ResponseRecorder, 5)
		begin := func(ctx context.Context, i int) {
			answers[i] = httptest.NewRecorder()
			go ask(ctx, answers[i], "/")
			synctest.Wait()
		}
		impatient, gone := context.WithCancel(t.Context())
		begin(t.Context(), 0)
		begin(t.Context(), 1)
		begin(t.Context(), 2)
		begin(impatient, 3)
		if made != 2 {
			t.Errorf("%d pages are in work, want 2", made)
		}
		health := httptest.NewRecorder()
		if ask(t.Context(), health, "/health"); health.Code != http.StatusOK {
			t.Errorf("health beside a full gate: %d", health.Code)
		}
		gone()
		synctest.Wait()
		if answers[3].Body.Len() > 0 {
			t.Errorf("who went away was answered: %s", answers[3].Body)
		}
		time.Sleep(pageWait)
		synctest.Wait()
		late := answers[2]
		if late.Code != http.StatusServiceUnavailable || late.Header().Get("Retry-After") == "" || !strings.Contains(late.Body.String(), "请过几秒再刷新") {
			t.Errorf("who waited %v: %d, Retry-After %q, %s", pageWait, late.Code, late.Header().Get("Retry-After"), late.Body)
		}
		begin(t.Context(), 4) // waits, and comes in when there is a place
		close(goOn)
		synctest.Wait()
		for _, i := range []int{0, 1, 4} {
			if answers[i].Code != http.StatusOK {
				t.Errorf("page %d: %d", i, answers[i].Code)
			}
		}
		if made != 3 {
			t.Errorf("%d pages were made, want 3", made)
		}
	})
}

// slow is a reader who takes nothing before he is let.
type slow struct {
	*httptest.ResponseRecorder
	take <-chan struct{}
}

func (s slow) Write(b []byte) (int, error) {
	<-s.take
	return s.ResponseRecorder.Write(b)
}

func TestSlowReadersKeepNobodyOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ask := crowd(t, 1, func(c *call) error {
			if c.query("fails") != "" {
				panic("net under panics")
			}
			return c.show("error", errorPage{Base: c.base("page"), Status: http.StatusOK})
		})
		take := make(chan struct{})
		first := slow{httptest.NewRecorder(), take}
		go ask(t.Context(), first, "/")
		synctest.Wait()
		func() {
			defer func() { _ = recover() }() // as around does
			ask(t.Context(), httptest.NewRecorder(), "/?fails=1")
		}()
		second := httptest.NewRecorder()
		if ask(t.Context(), second, "/"); second.Code != http.StatusOK {
			t.Errorf("beside a slow reader, after a panic: %d", second.Code)
		}
		close(take)
		synctest.Wait()
		if first.Code != http.StatusOK || first.Body.Len() == 0 {
			t.Errorf("the slow reader got %d, %d bytes", first.Code, first.Body.Len())
		}
	})
}
