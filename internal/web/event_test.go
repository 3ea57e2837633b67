package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestGrowthForEverybody: without an account, whoever kept a checkpoint gets the
// proof that the log continues it; what no log ever was has none.
func TestGrowthForEverybody(t *testing.T) {
	t.Parallel()
	w := newTown(t, storetest.SQLite(t))
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddUnit(ctx, org.Unit{Kind: org.City, Name: "某市"})
		return err
	})
	if _, err := w.db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(target string) *httptest.ResponseRecorder {
		return w.do(httptest.NewRequest(http.MethodGet, target, nil))
	}
	kept := get("/checkpoint").Body.String()
	lines := strings.SplitN(kept, "\n", 3)
	v, err := note.NewVerifier(w.db.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	answer := get("/checkpoint?since=" + lines[1])
	g, err := audit.ParseGrowth(answer.Body.String())
	if err != nil {
		t.Fatalf("%d %s: %v", answer.Code, answer.Body, err)
	}
	if _, err := g.Check(kept, v); err != nil {
		t.Error(err)
	}
	for _, since := range []string{"-1", "99999999999", "99999999999999999999", "x", "1%3Bdrop"} {
		if got := get("/checkpoint?since=" + since).Code; got != http.StatusUnprocessableEntity {
			t.Errorf("since %s: got %d, want %d", since, got, http.StatusUnprocessableEntity)
		}
	}
}
