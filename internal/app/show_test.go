package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/bundle"
	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/scheme"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// shown is a site with an evaluated appraisal, and two teachers who are in it.
type shown struct {
	*site
	appraisal string
	batch     string         // of the workbook behind it
	pure      *app.Appraisal // the same without a store
	subject   string         // of mine
	mine      *app.Viewer
	colleague *app.Viewer
	auditor   *app.Viewer
}

// show evaluates the school's evidence.
func show(t testing.TB, db *storetest.DB) *shown {
	t.Helper()
	return evaluate(t, newSite(t, db))
}

func evaluate(t testing.TB, s *site) *shown {
	t.Helper()
	db := s.db
	w := &shown{site: s, pure: appraise(t, rules(t, primary), pkg(1))}
	w.working(t)
	w.appraisal = w.opened(t)
	w.batch = w.adopted(t, pkg(1))
	w.evaluated(t, w.appraisal)
	a, err := db.Appraisal(t.Context(), org.Below(w.school.Path), w.appraisal)
	if err != nil {
		t.Fatal(err)
	}
	var lines []store.Result
	err = db.ResultsWhole(t.Context(), org.Below(w.school.Path), a, func(o store.Result) error { lines = append(lines, o); return nil })
	if err != nil || len(lines) < 5 {
		t.Fatal(len(lines), err)
	}
	w.subject = lines[0].Subject
	w.mine, w.colleague = w.signedIn(t, lines[0].Person), w.signedIn(t, lines[1].Person)
	w.auditor = w.account(t, "吴督学", org.Auditor, w.county)
	return w
}

// signedIn opens an account for somebody who is in the workbook.
func (w *shown) signedIn(t testing.TB, person org.PersonID) *app.Viewer {
	t.Helper()
	err := w.db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.OpenAccount(ctx, store.Account{Person: person, Login: strings.ToLower(string(person)), Secret: w.secret, State: store.Active})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.SignIn(t.Context(), app.SignIn{Login: string(person), Password: password, Address: string(person)})
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Viewer(t.Context(), token, "request")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *shown) publish(t testing.TB) {
	t.Helper()
	if err := w.Publish(t.Context(), w.head, w.appraisal); err != nil {
		t.Fatal(err)
	}
}

// hidden fails the test unless err is what a missing object gives.
func hidden(t testing.TB, who string, err error) {
	t.Helper()
	if all := fault.All(err); len(all) != 1 || all[0].Key != "app.not-found" {
		t.Errorf("%s: got %v, want not found", who, err)
	}
}

// missing is an id that nothing has.
const missing = "01ZZZZZZZZZZZZZZZZZZZZZZZZ"

func TestOverview(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		p, err := w.Overview(t.Context(), w.clerk, w.appraisal)
		if err != nil {
			t.Fatal(err)
		}
		if p.Overview == nil || p.Overview.People != len(w.pure.Outcome.Results) || p.Overview.School != w.school.Name || p.Evaluated == "" || !p.CanPrint || !p.CanNotice || !p.CanExport {
			t.Errorf("the clerk sees %+v", p)
		}
		if len(p.Overview.Groups[0].Members) == 0 {
			t.Error("no members")
		}
		office, err := w.Overview(t.Context(), w.officer, w.appraisal)
		if err != nil || office.Overview == nil {
			t.Fatal(office, err)
		}
		if office.Counts != p.Counts || p.Counts.Marked != len(p.Overview.Marked) || p.Counts.Unscored != len(p.Overview.Unscored) || p.Counts.Marked+p.Counts.Unscored == 0 {
			t.Errorf("the office counts %+v, the clerk %+v: what is withheld is not nothing", office.Counts, p.Counts)
		}
		text, err := json.Marshal(office.Overview)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range w.pure.Outcome.Results {
			if name := w.pure.Roll().Names[r.Subject]; bytes.Contains(text, []byte(name)) {
				t.Errorf("before publication the office reads %s", name)
			}
		}
		if office.CanExport || office.CanPrint || office.CanList {
			t.Errorf("the office may %+v", office)
		}
		if len(p.Overview.Groups[0].Members) == 0 {
			t.Error("hiding from the office hid from all")
		}
		bare, err := w.Overview(t.Context(), w.auditor, w.appraisal)
		if err != nil || bare.Overview != nil {
			t.Errorf("the auditor sees %+v %v", bare, err)
		}
		for who, v := range map[string]*app.Viewer{"teacher": w.mine, "foreign": w.foreign, "sibling": w.sibling} {
			_, err := w.Overview(t.Context(), v, w.appraisal)
			hidden(t, who, err)
		}
		_, err = w.Overview(t.Context(), w.clerk, missing)
		hidden(t, "missing", err)

		other, err := w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, term, junior)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := w.Overview(t.Context(), w.clerk, other); err != nil || p.Overview != nil || p.State != store.Opened {
			t.Errorf("an open one: %+v %v", p, err)
		}
	})
}

func TestResults(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		list := func(v *app.Viewer, q app.ResultQuery) *app.ResultTable {
			t.Helper()
			table, err := w.Results(t.Context(), v, w.appraisal, q)
			if err != nil {
				t.Fatal(err)
			}
			return table
		}
		n := len(w.pure.Outcome.Results)
		for _, order := range []app.ResultOrder{app.ByName, app.ByPlace, app.ByScore} {
			var subjects []string
			q := app.ResultQuery{Order: order}
			for {
				table := list(w.clerk, q)
				if table.Total != n {
					t.Fatalf("%q: total %d of %d", order, table.Total, n)
				}
				for _, l := range table.Lines {
					subjects = append(subjects, l.Subject)
					if len(l.Values) != len(table.Columns) {
						t.Errorf("%s has %d values under %d columns", l.Subject, len(l.Values), len(table.Columns))
					}
				}
				if q.After = table.Next; q.After == "" {
					break
				}
			}
			slices.Sort(subjects)
			if len(slices.Compact(subjects)) != n {
				t.Errorf("%q: %d of %d people on all pages", order, len(subjects), n)
			}
		}
		places := list(w.clerk, app.ResultQuery{Order: app.ByPlace}).Lines
		for i := 1; i < len(places); i++ {
			if places[i-1].Place > places[i].Place && places[i].Place != 0 {
				t.Errorf("place %d before %d", places[i-1].Place, places[i].Place)
			}
		}
		first := places[0]
		for _, search := range []string{first.Name, first.Subject} {
			if found := list(w.clerk, app.ResultQuery{Search: search}); found.Total < 1 || !slices.ContainsFunc(found.Lines, func(l app.ResultLine) bool { return l.Subject == first.Subject }) {
				t.Errorf("search %s finds %d", search, found.Total)
			}
		}
		if found := list(w.clerk, app.ResultQuery{Search: "没有这个人"}); found.Total != 0 || len(found.Lines) != 0 {
			t.Errorf("search for nobody finds %d", found.Total)
		}
		inGroups := 0
		for _, g := range list(w.clerk, app.ResultQuery{}).Groups {
			table := list(w.clerk, app.ResultQuery{Group: g})
			inGroups += table.Total
			for _, l := range table.Lines {
				if l.Group != g || slices.Contains(l.Values, "") {
					t.Errorf("group %s: %+v", g, l)
				}
			}
		}
		if inGroups != n {
			t.Errorf("%d people in groups, %d in all", inGroups, n)
		}
		noTotal, vetoed, marked := 0, 0, 0
		for _, r := range w.pure.Outcome.Results {
			if !r.Scored {
				noTotal++
			}
			if len(r.Consequences) > 0 {
				marked++
			}
			for _, c := range r.Consequences {
				if c.Veto {
					vetoed++
					break
				}
			}
		}
		for filter, want := range map[app.ResultFilter]int{app.NoTotal: noTotal, app.Vetoed: vetoed, app.Marked: marked} {
			if got := list(w.clerk, app.ResultQuery{Filter: filter}).Total; got != want {
				t.Errorf("filter %s: got %d, want %d", filter, got, want)
			}
		}
		for who, v := range map[string]*app.Viewer{"mine": w.mine, "teacher": w.teacher, "officer": w.officer, "foreign": w.foreign, "auditor": w.auditor} {
			_, err := w.Results(t.Context(), v, w.appraisal, app.ResultQuery{})
			hidden(t, who, err)
		}
		w.publish(t)
		own := list(w.mine, app.ResultQuery{Order: app.ByPlace})
		if own.Total != 1 || len(own.Lines) != 1 || own.Lines[0].Subject != w.subject || own.Lines[0].Place != 0 || !own.Lines[0].Own || len(own.Groups) != 1 {
			t.Errorf("she sees %+v", own)
		}
		if office := list(w.officer, app.ResultQuery{}); office.Total != n {
			t.Errorf("the office sees %d of %d", office.Total, n)
		}
		_, err := w.Results(t.Context(), w.teacher, w.appraisal, app.ResultQuery{})
		hidden(t, "a teacher who is not in it", err)
	})
}

func TestResult(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		want, err := w.pure.Page(w.subject)
		if err != nil {
			t.Fatal(err)
		}
		for who, v := range map[string]*app.Viewer{"mine": w.mine, "officer": w.officer, "foreign": w.foreign, "auditor": w.auditor, "sibling": w.sibling} {
			_, err := w.Result(t.Context(), v, w.appraisal, w.subject)
			hidden(t, who, err)
		}
		p, err := w.Result(t.Context(), w.clerk, w.appraisal, w.subject)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.Page); diff != "" {
			t.Errorf("other than without a store (-want +got):\n%s", diff)
		}
		if p.Own || p.Masked || len(p.Spokes) == 0 || len(p.Trend) != 1 || !p.Trend[0].Current || p.Trend[0].Total != want.Total || !p.CanPrint || p.CanBundle {
			t.Errorf("the clerk sees %+v", p)
		}
		if len(p.Materials) != 1 || p.Materials[0].By != "王经办" || p.Materials[0].Name == "" {
			t.Errorf("materials %+v", p.Materials)
		}
		_, err = w.Result(t.Context(), w.clerk, w.appraisal, "T999")
		hidden(t, "no such person", err)
		_, err = w.Result(t.Context(), w.clerk, missing, w.subject)
		hidden(t, "no such appraisal", err)

		w.publish(t)
		if p, err = w.Result(t.Context(), w.mine, w.appraisal, w.subject); err != nil {
			t.Fatal(err)
		}
		if !p.Own || !p.Masked || p.Place != 0 || p.Total != want.Total || !p.CanBundle || p.CanList {
			t.Errorf("she sees %+v", p)
		}
		_, err = w.Result(t.Context(), w.colleague, w.appraisal, w.subject)
		hidden(t, "a colleague", err)

		mine, err := w.Mine(t.Context(), w.mine)
		if err != nil || len(mine.Results) != 1 || mine.Results[0].Total != want.Total || mine.Results[0].Subject != w.subject {
			t.Errorf("mine: %+v %v", mine, err)
		}
		if _, err := w.Form(t.Context(), w.head, w.appraisal, w.subject); err != nil {
			t.Fatal(err)
		}
		looks, err := w.Looks(t.Context(), w.mine, "")
		if err != nil {
			t.Fatal(err)
		}
		if len(looks.Looks) != 2 || looks.Next != "" {
			t.Fatalf("got %d looks: %+v", len(looks.Looks), looks)
		}
		l := looks.Looks[1]
		if l.Name != "王经办" || l.Role != org.Clerk || l.Unit != w.school.Name || l.Action != audit.RecordViewed || l.What != "result" || l.Term != term || l.At == "" {
			t.Errorf("got %+v", l)
		}
		if l := looks.Looks[0]; l.Name != "张校长" || l.What != "form" {
			t.Errorf("got %+v", l)
		}
		if none, err := w.Looks(t.Context(), w.colleague, ""); err != nil || len(none.Looks) != 0 {
			t.Errorf("looks at a colleague: %+v %v", none, err)
		}
		audited(t, db)
	})
}

// few compares people within their group; the head's has one person.
const few = `
scheme: 小例
title: 小例
rounding: {places: 4, contributions: 2, mode: half-up}
total: {places: 2, ties: shared}
missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: "0"}
groups: {校长: {positions: [校长]}, 其他: {posts: [教学, 管理, 教辅, 工勤]}}
measures:
  评议: {from: committee, item: 遵纪守法, average: of-percents, trim: none, none: not-yet, clause: 某条}
nodes:
  - {id: "1", name: 评议, weight: 40%, clause: 某条, rule: {form: formula, is: 评议}}
  - {id: "2", name: 比较, weight: 60%, clause: 某条, rule: {form: ratio, of: 评议, to-stat: mean, zero: "0"}}
`

// ownScheme stores a scheme in the school's book and evaluates by it.
func (w *shown) ownScheme(t testing.TB, yaml string) {
	t.Helper()
	r, err := app.NewRules(scheme.File{Name: "few.yaml", Text: []byte(yaml)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"file": map[string]string{"name": "few.yaml", "text": yaml}})
	if err != nil {
		t.Fatal(err)
	}
	var stored store.Scheme
	err = w.db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) (err error) {
		stored, err = tx.AddScheme(ctx, store.Scheme{Unit: w.school.ID, Name: r.Name, Edition: 1, Digest: r.Digest.String(), Body: body})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.appraisal, err = w.OpenAppraisal(t.Context(), w.clerk, w.school.ID, term, "edition/"+stored.ID); err != nil {
		t.Fatal(err)
	}
	w.pure = appraise(t, r, pkg(1))
	w.evaluated(t, w.appraisal)
}

// TestMasked: somebody in a group of few is not told what few others have, not on
// her page and not in what she takes home; the committee is.
func TestMasked(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	w.ownScheme(t, few)
	w.publish(t)
	at := slices.IndexFunc(w.pure.Outcome.Results, func(r eval.Result) bool {
		return len(eval.Mask(w.pure.Compiled, r).Refs) != len(r.Refs)
	})
	if at < 0 {
		t.Fatal("nobody is compared with few others")
	}
	whole := w.pure.Outcome.Results[at]
	office, err := w.Result(t.Context(), w.head, w.appraisal, whole.Subject)
	if err != nil {
		t.Fatal(err)
	}
	v := w.mine // she, if it is she: nobody has two accounts
	if v.Person != office.Person {
		v = w.signedIn(t, office.Person)
	}
	own, err := w.Result(t.Context(), v, w.appraisal, whole.Subject)
	if err != nil {
		t.Fatal(err)
	}
	stands := func(p *app.ResultPage) bool { // in for what is withheld
		return slices.ContainsFunc(p.Trusted, func(x explain.Trusted) bool { return x.What == "学校核算的得分" })
	}
	if !stands(own) || stands(office) || own.Total != office.Total {
		t.Errorf("own %+v, office %+v", own.Trusted, office.Trusted)
	}
	_, data, err := w.TakeHome(t.Context(), v, w.appraisal, whole.Subject)
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := b.Verify()
	if err != nil {
		t.Fatal(err)
	}
	steps := bundle.Unplaced(whole)
	for what, encoded := range map[string][]byte{"result": whole.Encode(), "steps": steps.Encode()} {
		if digest := sha256.Sum256(encoded); bytes.Contains(data, []byte(hex.EncodeToString(digest[:]))) {
			t.Errorf("the bundle holds the digest of the whole %s: what few others have can be tried", what)
		}
	}
	if p, err := bundle.ParseProof(b.Proof); err != nil || p.Place.Closed == nil || p.Trace.Closed == nil || b.Result.Place != 0 || b.Result.Of != 0 {
		t.Errorf("the bundle tells a place: %+v %v, %d of %d", p, err, b.Result.Place, b.Result.Of)
	}
	if vouched, err := b.Vouch(c, ""); err != nil || vouched.Whole || len(b.Result.Refs) == len(whole.Refs) {
		t.Errorf("%+v %v, %d references of %d", vouched, err, len(b.Result.Refs), len(whole.Refs))
	}
}

// TestNothingWithoutItsEvent: where the log refuses the event, nothing is shown.
func TestNothingWithoutItsEvent(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	w.publish(t)
	broken := func(v *app.Viewer) *app.Viewer {
		c := *v
		c.Request = "\x00" // no event may hold it
		return &c
	}
	ctx := t.Context()
	if p, err := w.Result(ctx, broken(w.clerk), w.appraisal, w.subject); err == nil || p != nil {
		t.Errorf("result: %v %v", p, err)
	}
	if p, err := w.Form(ctx, broken(w.clerk), w.appraisal, w.subject); err == nil || p.Page != nil {
		t.Errorf("form: %v %v", p, err)
	}
	if _, data, err := w.TakeHome(ctx, broken(w.mine), w.appraisal, w.subject); err == nil || data != nil {
		t.Errorf("bundle: %d bytes, %v", len(data), err)
	}
	if _, write, err := w.Export(ctx, broken(w.clerk), w.appraisal, app.ExportJSON); err == nil || write != nil {
		t.Errorf("export: %v", err)
	}
	if p, err := w.Results(ctx, broken(w.committee), w.appraisal, app.ResultQuery{}); err == nil || p != nil {
		t.Errorf("table: %v", err)
	}
	if n, err := w.Notice(ctx, broken(w.clerk), w.appraisal, goodNotice()); err == nil || n != nil {
		t.Errorf("notice: %v", err)
	}
}

// TestStoredResultThatDoesNotReplay: what somebody changed in the database is an
// internal error, and no fault that a person could mend.
func TestStoredResultThatDoesNotReplay(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := show(t, db)
	for _, q := range []string{
		"DROP TRIGGER result_no_update",
		"UPDATE result SET facts = (SELECT facts FROM result r WHERE r.subject <> '" + w.subject + "' LIMIT 1) WHERE subject = '" + w.subject + "'",
	} {
		if _, err := db.SQL.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	w.publish(t)
	p, err := w.Result(t.Context(), w.clerk, w.appraisal, w.subject)
	if err == nil || p != nil || len(fault.All(err)) != 0 {
		t.Errorf("got %v %v, want an internal error", p, err)
	}
	if err != nil && (strings.Contains(err.Error(), w.subject) || !strings.Contains(err.Error(), "result ")) {
		t.Errorf("it names a person, or does not say which result: %v", err)
	}
	if _, data, err := w.TakeHome(t.Context(), w.mine, w.appraisal, w.subject); err == nil || data != nil || strings.Contains(err.Error(), w.subject) {
		t.Errorf("bundle: %d bytes, %v", len(data), err)
	}
}
