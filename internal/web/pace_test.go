package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"shiji/internal/fault"
)

// TestPace: "not found" is told at the tick that follows, everything else at once.
func TestPace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		err         error
		takes, want time.Duration
		status      int
	}{
		{"missing", errNoPage, 0, tick, http.StatusNotFound},
		{"missing, found out soon", errNoPage, time.Microsecond, tick, http.StatusNotFound},
		{"missing, found out late", errNoPage, tick - 1, tick, http.StatusNotFound},
		{"missing, on the tick", errNoPage, tick, 2 * tick, http.StatusNotFound},
		{"missing, over the tick", errNoPage, tick + 1, 2 * tick, http.StatusNotFound},
		{"shown", nil, 1, 1, http.StatusOK},
		{"foreign form", errForeign, 1, 1, http.StatusForbidden},
		{"wrong entry", fault.New(fault.Invalid, "app.name", 1), 1, 1, http.StatusUnprocessableEntity},
		{"broken", errors.New("broken"), 1, 1, http.StatusInternalServerError},
	} {
		synctest.Test(t, func(t *testing.T) {
			ask := crowd(t, 1, func(call *call) error {
				time.Sleep(c.takes)
				if c.err != nil {
					return c.err
				}
				return call.show("error", errorPage{Base: call.base("page"), Status: http.StatusOK})
			})
			rec, begun := httptest.NewRecorder(), time.Now()
			ask(t.Context(), rec, "/")
			if took := time.Since(begun); took != c.want || rec.Code != c.status {
				t.Errorf("%s: got %d after %v, want %d after %v", c.name, rec.Code, took, c.status, c.want)
			}
		})
	}
}

// TestPaceKeepsNobodyOut: who waits for a tick has no place at the gate.
func TestPaceKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		made := 0
		ask := crowd(t, 1, func(*call) error { made++; return errNoPage })
		answers := make([]*httptest.ResponseRecorder, 3)
		for i := range answers {
			answers[i] = httptest.NewRecorder()
			go ask(t.Context(), answers[i], "/")
			synctest.Wait()
			if made != i+1 || answers[i].Body.Len() > 0 {
				t.Errorf("request %d: %d were made, want %d; told %d bytes before the tick", i, made, i+1, answers[i].Body.Len())
			}
		}
		time.Sleep(tick)
		synctest.Wait()
		for i, rec := range answers {
			if rec.Code != http.StatusNotFound || rec.Body.Len() == 0 {
				t.Errorf("request %d: got %d", i, rec.Code)
			}
		}
	})
}
