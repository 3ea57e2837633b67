package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"shiji/internal/store/storetest"
)

// setPath gives a request a path as it came over the wire, escapes and all.
func setPath(r *http.Request, raw string) {
	if u, err := url.ParseRequestURI(raw); err == nil {
		r.URL.Path, r.URL.RawPath = u.Path, u.RawPath
		return
	}
	r.URL.Path = raw
}

// TestSite holds a whole town to what the site promises about rights and forms,
// on both engines.
func TestSite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		begun := time.Now()
		w := newTown(t, db)
		w.furnish(t)
		t.Logf("a town with %d guests in %v", len(w.guests), time.Since(begun))
		t.Run("timing", w.timing)
		t.Run("reading", w.reading)
		t.Run("foreign forms", w.foreignForms)
		t.Run("own forms", w.ownForms)
		t.Run("matrix", w.matrix)
		t.Run("effects", w.effects)
	})
}
