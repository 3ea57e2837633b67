package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"testing"

	"shiji/internal/app"
	"shiji/internal/auth"
	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/sheet"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// term is the school year of every package of room city.
const term = "2025-2026"

const password = "long enough for everybody"

// site is a running site of a small city: a county with two schools, and another
// with one.
type site struct {
	*app.Service
	db                                 *storetest.DB
	secret                             string // of every account
	city, county, school, sister, away org.Unit
	clerk, committee, head, officer    *app.Viewer
	foreign                            *app.Viewer // clerk of the school in the other county
	sibling                            *app.Viewer // clerk of the other school in the county
	teacher                            *app.Viewer // no role, nobody in any workbook
}

// pkg returns a school's evidence; number 1 and every third after it are primary
// schools, which are small.
func pkg(n int) *evidence.Package { return city.School(1, n) }

// service is a running site.
type service struct{ *app.Service }

func newService(db *storetest.DB) *service {
	return &service{app.NewService(db.Store, app.Options{
		Passwords: auth.ByLength, Session: store.Lifetime{Whole: 1 << 50, Idle: 1 << 50}, Now: db.Config.Now,
		Mark: func(_ context.Context, path string, faults []*fault.Error, w io.Writer) error {
			return app.MarkPackage(path, faults, w)
		},
		Log: slog.New(slog.DiscardHandler),
	})}
}

func newSite(t testing.TB, db *storetest.DB) *site {
	t.Helper()
	w := &site{Service: newService(db).Service, db: db}
	var err error
	w.secret, err = auth.NewHasher(bytes.NewReader(make([]byte, 64)), func() int64 { return db.Clock.Now().Unix() }).Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	here, away := pkg(1).School[0], pkg(4).School[0]
	err = db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) (err error) {
		add := func(parent org.Unit, u org.Unit) (out org.Unit) {
			if u.Parent = parent.ID; err == nil {
				out, err = tx.AddUnit(ctx, u)
			}
			return out
		}
		w.city = add(org.Unit{}, org.Unit{Kind: org.City, Name: "明州市", Code: "3137"})
		w.county = add(w.city, org.Unit{Kind: org.County, Name: "东县", Code: "313701"})
		other := add(w.city, org.Unit{Kind: org.County, Name: "西县", Code: "313702"})
		w.school = add(w.county, org.Unit{Kind: org.School, Name: here.Name, Code: here.Code})
		w.sister = add(w.county, org.Unit{Kind: org.School, Name: "姊妹小学"})
		w.away = add(other, org.Unit{Kind: org.School, Name: away.Name, Code: away.Code})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.clerk = w.account(t, "王经办", org.Clerk, w.school)
	w.committee = w.account(t, "李委员", org.Committee, w.school)
	w.head = w.account(t, "张校长", org.Head, w.school)
	w.officer = w.account(t, "赵干部", org.Officer, w.county)
	w.sibling = w.account(t, "钱经办", org.Clerk, w.sister)
	w.foreign = w.account(t, "孙经办", org.Clerk, w.away)
	w.teacher = w.account(t, "周老师", org.Own, w.school)
	return w
}

// account opens an account and signs in.
func (w *site) account(t testing.TB, name string, role org.Role, unit org.Unit) *app.Viewer {
	t.Helper()
	err := w.db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.AddPerson(ctx, org.Person{Name: name, Sort: pinyin.Sort(name), Initials: pinyin.Initials(name)}, "")
		if err != nil {
			return err
		}
		if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: unit.ID, Name: "职员", Since: "2020-09-01"}); err != nil {
			return err
		}
		a, err := tx.OpenAccount(ctx, store.Account{Person: p.ID, Login: name, Secret: w.secret, State: store.Active})
		if err != nil || role == org.Own {
			return err
		}
		_, err = tx.GrantRole(ctx, a.ID, unit.ID, string(role))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.signedIn(t, name)
}

// comesBack closes a person's account and opens another, with a role in the school.
func (w *site) comesBack(t testing.TB, old *app.Viewer, name string, role org.Role) *app.Viewer {
	t.Helper()
	err := w.db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		held, err := tx.Account(ctx, old.Account)
		if err != nil {
			return err
		}
		held.State = store.Closed
		if err := tx.ChangeAccount(ctx, held); err != nil {
			return err
		}
		a, err := tx.OpenAccount(ctx, store.Account{Person: old.Person, Login: name, Secret: w.secret, State: store.Active})
		if err != nil {
			return err
		}
		_, err = tx.GrantRole(ctx, a.ID, w.school.ID, string(role))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.signedIn(t, name)
}

func (w *site) signedIn(t testing.TB, name string) *app.Viewer {
	t.Helper()
	token, err := w.SignIn(t.Context(), app.SignIn{Login: name, Password: password, Address: name})
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Viewer(t.Context(), token, "request")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// workbook returns p as .xlsx.
func workbook(t testing.TB, p *evidence.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.WritePackage(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload hands in a workbook as v.
func (w *site) upload(t testing.TB, v *app.Viewer, unit org.Unit, book []byte) string {
	t.Helper()
	id, err := w.Upload(t.Context(), v, unit.ID, app.Upload{Term: term, Name: `C:\材料\考核 "一".xlsx`, Body: bytes.NewReader(book)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// adopted hands in p and adopts it.
func (w *site) adopted(t testing.TB, p *evidence.Package) string {
	t.Helper()
	id := w.upload(t, w.clerk, w.school, workbook(t, p))
	if err := w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}); err != nil {
		t.Fatal(err)
	}
	return id
}

// batch returns the page of a batch in the state want.
func (w *site) batch(t testing.TB, v *app.Viewer, id string, want app.BatchState) *app.BatchPage {
	t.Helper()
	page, err := w.Batch(t.Context(), v, id)
	if err != nil {
		t.Fatal(err)
	}
	if page.State != want {
		t.Fatalf("got batch state %s with %v, want %s", page.State, page.Faults, want)
	}
	return page
}

// isKey fails the test unless err is the fault of that key.
func isKey(t testing.TB, err error, key string) {
	t.Helper()
	for _, f := range fault.All(err) {
		if f.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %s", err, key)
}
