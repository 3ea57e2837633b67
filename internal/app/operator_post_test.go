package app_test

import (
	"slices"
	"testing"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestBeginPost: who changes schools keeps her number, her account and her archive,
// and the next workbook of the new school finds her by the code.
func TestBeginPost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		zs := entry("zs")
		zs.Code, zs.Since = "T0", "2025-09-01"
		her := w.opens(t, zs).Person
		before := w.events(t)
		number, other := string(her.Number), "乙区/实验小学"
		for _, c := range []struct {
			name string
			in   app.PostEntry
			want []string
		}{
			{"all at once", app.PostEntry{Unit: "nowhere", Number: "00000016", Since: "1.9."}, []string{"unit app.no-unit", "number app.no-number", "code app.empty", "post app.empty", "since app.date"}},
			{"without a code", app.PostEntry{Unit: other, Number: number, Name: "教师"}, []string{"code app.empty"}},
			{"where she is", app.PostEntry{Unit: "37080001", Number: number, Name: "教师", Code: "T8"}, []string{"unit app.post-held"}},
			{"another's code where she is", app.PostEntry{Unit: "37080001", Number: number, Name: "教师", Code: "T0"}, []string{"code app.code-taken", "unit app.post-held"}},
		} {
			if out, err := w.BeginPost(ctx, c.in); !slices.Equal(told(t, err), c.want) || out.Post.ID != "" {
				t.Errorf("%s: got %v and %+v, want %v", c.name, told(t, err), out, c.want)
			}
		}
		if after := w.events(t); after != before {
			t.Errorf("refused beginnings left %d events", after-before)
		}
		out, err := w.BeginPost(ctx, app.PostEntry{Unit: other, Number: number, Name: " 教师 ", Code: " T7 ", Since: "2026-09-01"})
		if err != nil || out.Person.ID != her.ID || out.Unit != "某市/乙区/实验小学" || out.Post.Code != "T7" || out.Post.Since != "2026-09-01" {
			t.Errorf("got %+v, %v", out, err)
		}
		school := w.units["某市/乙区/实验小学"]
		staff, err := db.Staff(ctx, org.Below(school.Path), school.ID)
		if err != nil || len(staff) != 1 || staff[0].Person != her.ID {
			t.Errorf("the new staff: got %+v, %v", staff, err)
		}
		audited(t, db)
	})
}

// TestEndPost: a post ends once, on a day on which it was held; its holder is no
// longer on the staff and is offered no account, her code is free, and what account
// she has stays hers.
func TestEndPost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		school, today := w.units["某市/甲县/实验小学"], db.Clock.Now().Format("2006-01-02")
		zs := entry("zs")
		zs.Code, zs.Since, zs.Role = "T0", "2025-09-01", org.Clerk
		her := w.opens(t, zs).Person
		gone := w.employ(t, "李四", "T1")
		stays := w.employ(t, "赵六", "T2")
		before := w.events(t)
		for _, c := range []struct {
			name string
			in   app.PostEnding
			want []string
		}{
			{"all at once", app.PostEnding{Unit: "nowhere", Code: " ", Until: "30.6."}, []string{"unit app.no-unit", "code app.empty", "until app.date"}},
			{"nobody's code", app.PostEnding{Unit: "37080001", Code: "T9", Until: "9999-12-31"}, []string{"code app.no-code", "until app.until-ahead"}},
			{"another school's code", app.PostEnding{Unit: "乙区/实验小学", Code: "T1", Until: today}, []string{"code app.no-code"}},
			{"two schools", app.PostEnding{Unit: "实验小学", Code: "T1", Until: today}, []string{"unit app.many-units"}},
			{"no day", app.PostEnding{Unit: "37080001", Code: "T1"}, []string{"until app.date"}},
			{"before it began", app.PostEnding{Unit: "37080001", Code: "T1", Until: "2025-08-31"}, []string{"until app.until-before"}},
			{"a day to come", app.PostEnding{Unit: "37080001", Code: "T1", Until: "9999-12-31"}, []string{"until app.until-ahead"}},
		} {
			if out, err := w.EndPost(ctx, c.in); !slices.Equal(told(t, err), c.want) || out.Post.ID != "" {
				t.Errorf("%s: got %v and %+v, want %v", c.name, told(t, err), out, c.want)
			}
		}
		if after := w.events(t); after != before {
			t.Errorf("refused endings left %d events", after-before)
		}
		out, err := w.EndPost(ctx, app.PostEnding{Unit: "37080001", Code: " T1 ", Until: "2025-09-01"})
		if err != nil || out.Person.ID != gone.ID || out.Unit != "某市/甲县/实验小学" || out.Post.Until != "2025-09-01" || out.Account.Login != "" {
			t.Errorf("got %+v, %v", out, err)
		}
		out, err = w.EndPost(ctx, app.PostEnding{Unit: "甲县/实验小学", Code: "T0", Until: today})
		if err != nil || out.Person.ID != her.ID || out.Account.Login != "zs" || !slices.Equal(out.Account.Seats, []app.SiteSeat{{Role: org.Clerk, Unit: "某市/甲县/实验小学"}}) {
			t.Errorf("got %+v, %v", out, err)
		}
		if a := w.account(t, "zs"); a.State != store.FirstLogin {
			t.Errorf("her account is %s", a.State)
		}
		if _, err := w.EndPost(ctx, app.PostEnding{Unit: "37080001", Code: "T1", Until: today}); !slices.Equal(told(t, err), []string{"code app.no-code"}) {
			t.Errorf("a second time: got %v", err)
		}
		events, err := db.Events(ctx, org.Below(school.Path), store.Page{Limit: 2})
		if err != nil || len(events) != 2 || events[0].Action != "post.ended" || events[0].Object != "post/"+out.Post.ID || events[0].Actor != "system.shiji user" || events[1].Action != "post.ended" {
			t.Errorf("got %+v, %v", events, err)
		}
		staff, err := db.Staff(ctx, org.Below(school.Path), school.ID)
		if err != nil || len(staff) != 1 || staff[0].Person != stays.ID {
			t.Errorf("the staff: got %+v, %v", staff, err)
		}
		var list []app.RosterLine
		if err := w.OpenRoster(ctx, "37080001", func(l []app.RosterLine) error { list = l; return nil }); err != nil || len(list) != 1 || list[0].Person.ID != stays.ID {
			t.Errorf("accounts were offered to %+v, %v", list, err)
		}
		again := entry("ww")
		again.Code, again.Since = "T1", today
		if p := w.opens(t, again).Person; p.ID == gone.ID {
			t.Error("who took the code over is who left")
		}
		audited(t, db)
	})
}

// TestChangeUnit: a name and a code are corrected, one or both, and the unit is
// found by the new ones alone.
func TestChangeUnit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		before := w.events(t)
		for _, c := range []struct {
			name string
			in   app.UnitChange
			want []string
		}{
			{"nothing", app.UnitChange{Unit: "37080001"}, []string{"name app.no-change"}},
			{"what it is", app.UnitChange{Unit: "37080001", Name: " 实验小学 ", Code: "37080001"}, []string{"name app.no-change"}},
			{"all at once", app.UnitChange{Unit: "nowhere", Name: "a/b", Code: "1\x1b2"}, []string{"unit app.no-unit", "name app.name", "code app.name"}},
			{"a unit alone", app.UnitChange{Unit: "nowhere"}, []string{"unit app.no-unit", "name app.no-change"}},
			{"code taken", app.UnitChange{Unit: "乙区/实验小学", Code: "37080001"}, []string{"store.code-taken"}},
		} {
			if out, err := w.ChangeUnit(ctx, c.in); !slices.Equal(told(t, err), c.want) || out != (app.SiteUnit{}) {
				t.Errorf("%s: got %v and %+v, want %v", c.name, told(t, err), out, c.want)
			}
		}
		if after := w.events(t); after != before {
			t.Errorf("refused changes left %d events", after-before)
		}
		old := w.units["某市/甲县/实验小学"]
		out, err := w.ChangeUnit(ctx, app.UnitChange{Unit: "37080001", Name: " 第一小学 "})
		if err != nil || out.ID != old.ID || out.Full != "某市/甲县/第一小学" || out.Code != "37080001" {
			t.Errorf("got %+v, %v", out, err)
		}
		if _, err := w.ChangeUnit(ctx, app.UnitChange{Unit: "第一小学", Code: "37080002"}); err != nil {
			t.Error(err)
		}
		if _, err := w.ChangeUnit(ctx, app.UnitChange{Unit: "实验小学", Code: "37080001"}); err != nil { // the other one: name and code are free
			t.Error(err)
		}
		u, err := db.Unit(ctx, org.Below(old.Path), old.ID)
		if err != nil || u.Name != "第一小学" || u.Code != "37080002" || u.Version != 3 || u.Path != old.Path {
			t.Errorf("got %+v, %v", u, err)
		}
		if events, err := db.Events(ctx, org.Below(old.Path), store.Page{Limit: 1}); err != nil || events[0].Action != "unit.changed" || events[0].Version != 3 {
			t.Errorf("got %+v, %v", events, err)
		}
		audited(t, db)
	})
}
