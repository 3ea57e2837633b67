package web_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestFormerHoldersAreToldApart: the page of a batch asks who has a staff code that
// was somebody's, adopts nothing while nobody says, and then does as was said.
func TestFormerHoldersAreToldApart(t *testing.T) {
	t.Parallel()
	w, school := outpost(t, storetest.SQLite(t))
	clerk := w.resident(t, school, "clerk", org.Held{Role: org.Clerk, Path: school.Path})
	p := city.School(1, 1)
	p.School[0].Name, p.School[0].Code = school.Name, ""
	code := p.Staff[3].ID
	var former org.Person
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if former, err = tx.AddPerson(ctx, org.Person{Name: p.Staff[3].Name, Sort: "x", Initials: "x"}, ""); err != nil {
			return err
		}
		post, err := tx.BeginPost(ctx, store.Post{Person: former.ID, Unit: school.ID, Code: code, Name: "教师", Since: "2019-09-01"})
		if err != nil {
			return err
		}
		return tx.EndPost(ctx, post.ID, "2024-06-30")
	})
	id, err := w.service.Upload(t.Context(), w.asked(t, clerk), school.ID, app.Upload{Term: townTerm, Name: "a.xlsx", Body: bytes.NewReader(book(t, p))})
	if err != nil {
		t.Fatal(err)
	}
	page := "/batches/" + id
	if body := w.do(w.as(clerk, http.MethodGet, page, nil)).Body.String(); !strings.Contains(body, `name="holder-`+code+`" value="same" required`) || !strings.Contains(body, string(former.Number)) {
		t.Errorf("the page does not ask who has %s", code)
	}
	for _, fields := range []url.Values{{}, {"holder-" + code: {"perhaps"}}, {"holder-X": {"same"}}} {
		if rec := w.sends(t, clerk, page+"/adopt", fields); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "2024-06-30") {
			t.Errorf("%v: got %d", fields, rec.Code)
		}
	}
	if rec := w.sends(t, clerk, page+"/adopt", url.Values{"holder-" + code: {"same"}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("got %d", rec.Code)
	}
	posts, err := w.db.Posts(t.Context(), org.Below(school.Path), former.ID)
	if err != nil || len(posts) != 2 || posts[1].Until != "" {
		t.Errorf("got %+v, %v, want a second post of hers", posts, err)
	}
}
