package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

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
	"shiji/internal/web"
)

const (
	townTerm     = "2025-2026"
	townPassword = "long enough for a whole town"
	townIdle     = 40 * time.Minute
	townWhole    = 12 * time.Hour
	missingID    = "01ZZZZZZZZZZZZZZZZZZZZZZZZ" // of an id's form, and nothing has it
)

// townSchool is a school with everything in every state.
type townSchool struct {
	unit, group     org.Unit
	pack            *evidence.Package
	teacher, friend org.Person // both appraised
	code, other     string     // their staff codes
	clerk, second   *guest
	head            *guest
	batches         []thing
	appraisals      []thing
	jobs            []thing
}

// town is a running site of a city: a county with two schools, and another with
// one, a group below the first, and people in all roles everywhere.
type town struct {
	db      *storetest.DB
	service *app.Service
	options web.Options
	handler http.Handler
	secret  string

	city, east, west org.Unit
	schools          []*townSchool // the own one, its sister in the county, one in another county
	guests           []*guest
	schemes          []thing
}

// guest is somebody who asks.
type guest struct {
	name     string
	login    string
	viewer   org.Viewer // as the town's builder meant it, not as the program read it
	token    string
	changing bool // a new password is due
}

// thing is what a request names.
type thing struct {
	name     string
	id       string
	path     org.Path
	person   org.PersonID
	state    string
	exists   bool
	school   bool          // of a unit: is a school
	filler   org.AccountID // of a batch
	staged   bool          // likewise: not adopted yet
	owner    org.AccountID // of a job
	file     bool          // likewise: has one
	bare     bool          // of an appraisal: never evaluated
	posts    []org.Path    // of a person
	subjects map[string]org.PersonID
}

// newTown builds a town. Passwords are hashed once: what signing in costs is for
// other tests.
func newTown(t testing.TB, db *storetest.DB) *town {
	t.Helper()
	w := &town{db: db}
	log := slog.New(slog.DiscardHandler)
	w.service = app.NewService(db.Store, app.Options{
		Passwords: auth.ByLength, Session: store.Lifetime{Whole: townWhole, Idle: townIdle}, Now: db.Config.Now, MaxUpload: 4 << 20, Log: log,
		Mark: func(_ context.Context, path string, faults []*fault.Error, out io.Writer) error {
			return app.MarkPackage(path, faults, out)
		},
	})
	w.options = web.Options{Service: w.service, Log: log, MaxUpload: 4 << 20, Lifetime: townWhole, Now: db.Config.Now, Wait: noteWait}
	w.handler = w.serving(t, w.options)
	var err error
	if w.secret, err = auth.NewHasher(bytes.NewReader(make([]byte, 64)), func() int64 { return db.Clock.Now().Unix() }).Hash(t.Context(), townPassword); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) serving(t testing.TB, o web.Options) http.Handler {
	t.Helper()
	h, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// What names hold that mean no good, or only little.
const (
	evil        = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	rightToLeft = "\u202eعلي\u2066"
)

// evidenceOf is what the n-th school hands in: primary schools are small. In the
// first, people have names that no page may take for anything else.
func evidenceOf(n int) *evidence.Package {
	p := city.School(1, 1+3*n)
	if n > 0 {
		return p
	}
	names := []string{"李" + evil, "O'Neil \"Q\" & Co", "عائشة بنت", strings.Repeat("长", 200)}
	for i := range p.Staff {
		if p.Staff[i].Kind == "教学" && p.Staff[i].Position == "教师" && len(names) > 0 {
			p.Staff[i].Name, names = names[0], names[1:]
		}
	}
	return p
}

// furnish fills the town.
func (w *town) furnish(t testing.TB) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		add := func(parent org.Unit, kind org.Kind, name, code string) (u org.Unit) {
			if err == nil {
				u, err = tx.AddUnit(ctx, org.Unit{Parent: parent.ID, Kind: kind, Name: name, Code: code})
			}
			return u
		}
		w.city = add(org.Unit{}, org.City, "明州市"+evil, "3137")
		w.east, w.west = add(w.city, org.County, "东县"+rightToLeft, "313701"), add(w.city, org.County, "西县"+strings.Repeat("很长的名字", 40), "313702")
		for i, parent := range []org.Unit{w.east, w.east, w.west} {
			sc := &townSchool{pack: evidenceOf(i)}
			sc.unit = add(parent, org.School, sc.pack.School[0].Name, sc.pack.School[0].Code)
			sc.group = add(sc.unit, org.Group, "语文组"+evil, "")
			w.schools = append(w.schools, sc)
		}
		return err
	})
	w.officials(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.service.Work(ctx) }()
	for _, sc := range w.schools {
		w.year(t, sc)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for i, sc := range w.schools { // no hands work any more: what is ordered from now on waits
		w.leftovers(t, sc, i)
	}
	w.teachers(t)
	if _, err := w.db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *town) write(t testing.TB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := w.db.Write(t.Context(), org.System("test"), fn); err != nil {
		t.Fatal(err)
	}
}

// officials opens the accounts of those who work for schools and offices. Some
// roles are granted where they mean nothing, or together with one that forbids.
func (w *town) officials(t testing.TB) {
	at := func(role org.Role, u org.Unit) org.Held { return org.Held{Role: role, Path: u.Path} }
	own, sister, away := w.schools[0], w.schools[1], w.schools[2]
	for i, sc := range w.schools {
		name := []string{"own", "sister", "away"}[i]
		sc.clerk = w.admit(t, "clerk of "+name, "", at(org.Clerk, sc.unit))
		sc.second = w.admit(t, "second clerk of "+name, "", at(org.Clerk, sc.unit))
		sc.head = w.admit(t, "head of "+name, "", at(org.Head, sc.unit))
		w.admit(t, "committee of "+name, "", at(org.Committee, sc.unit))
		w.admit(t, "auditor of "+name, "", at(org.Auditor, sc.unit))
	}
	w.admit(t, "officer of the county", "", at(org.Officer, w.east))
	w.admit(t, "officer of the other county", "", at(org.Officer, w.west))
	w.admit(t, "officer of the city", "", at(org.Officer, w.city))
	w.admit(t, "auditor of the county", "", at(org.Auditor, w.east))
	w.admit(t, "auditor of the city", "", at(org.Auditor, w.city))
	w.admit(t, "clerk and head of one school", "", at(org.Clerk, own.unit), at(org.Head, own.unit))
	w.admit(t, "clerk here, head there", "", at(org.Clerk, own.unit), at(org.Head, sister.unit))
	w.admit(t, "committee here, officer there", "", at(org.Committee, own.unit), at(org.Officer, w.west))
	misplaced := w.admit(t, "clerk of a county, officer of a school", "", at(org.Clerk, w.east), at(org.Officer, away.unit), at(org.Head, own.group))
	misplaced.viewer.Roles = nil
	fresh := w.admit(t, "clerk before her first password", "", at(org.Clerk, own.unit), at(org.Head, sister.unit))
	w.restate(t, fresh, store.FirstLogin)
	fresh.changing = true
	closed := w.admit(t, "closed account", "", at(org.Clerk, own.unit))
	closed.token = w.session(t, closed.viewer.Account)
	w.restate(t, closed, store.Closed)
	closed.viewer = org.Viewer{}
	w.guests = append(w.guests, &guest{name: "nobody"}, &guest{name: "made-up session", token: "made-up"})
	w.signIn(t)
}

// signIn gives everybody a session; changes of accounts and roles end them.
func (w *town) signIn(t testing.TB) {
	for _, g := range w.guests {
		if g.viewer.Account != "" {
			g.token = w.session(t, g.viewer.Account)
		}
	}
}

func (w *town) session(t testing.TB, id org.AccountID) (token string) {
	t.Helper()
	account, err := w.db.Account(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	err = w.db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) (err error) {
		token, err = k.BeginSession(ctx, id, account.Version, store.Lifetime{Whole: townWhole, Idle: townIdle})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (w *town) restate(t testing.TB, g *guest, state store.AccountState) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Account(ctx, g.viewer.Account)
		if err != nil {
			return err
		}
		a.State = state
		return tx.ChangeAccount(ctx, a)
	})
}

// admit opens an account with roles, for a person or for somebody new.
func (w *town) admit(t testing.TB, name string, person org.PersonID, roles ...org.Held) *guest {
	t.Helper()
	g := &guest{name: name, login: strings.ReplaceAll(name, " ", "-"), viewer: org.Viewer{Roles: roles}}
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		if person == "" {
			p, err := tx.AddPerson(ctx, org.Person{Name: "郑" + name, Sort: pinyin.Sort("郑" + name), Initials: pinyin.Initials("郑" + name)}, "")
			if err != nil {
				return err
			}
			g.viewer.Person = p.ID
		} else {
			g.viewer.Person = person
		}
		a, err := tx.OpenAccount(ctx, store.Account{Person: g.viewer.Person, Login: g.login, Secret: w.secret, State: store.Active})
		if err != nil {
			return err
		}
		g.viewer.Account = a.ID
		for _, r := range roles {
			ids := strings.Split(strings.TrimSuffix(string(r.Path), "/"), "/")
			if _, err := tx.GrantRole(ctx, a.ID, org.UnitID(ids[len(ids)-1]), string(r.Role)); err != nil {
				return err
			}
		}
		return nil
	})
	w.guests = append(w.guests, g)
	return g
}

// asked returns g as the program sees her.
func (w *town) asked(t testing.TB, g *guest) *app.Viewer {
	t.Helper()
	v, err := w.service.Viewer(t.Context(), g.token, "test")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// book returns p as a workbook.
func book(t testing.TB, p *evidence.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.WritePackage(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *town) handIn(t testing.TB, g *guest, sc *townSchool, name string, p *evidence.Package) thing {
	t.Helper()
	id, err := w.service.Upload(t.Context(), w.asked(t, g), sc.unit.ID, app.Upload{Term: townTerm, Name: name + ".xlsx", Body: bytes.NewReader(book(t, p))})
	if err != nil {
		t.Fatal(err)
	}
	b := thing{name: name, id: id, path: sc.unit.Path, exists: true, filler: g.viewer.Account, staged: true}
	sc.batches = append(sc.batches, b)
	return b
}

// year adopts a school's evidence and opens appraisals in every state.
func (w *town) year(t testing.TB, sc *townSchool) {
	t.Helper()
	clerk := w.asked(t, sc.clerk)
	b := w.handIn(t, sc.clerk, sc, "adopted", sc.pack)
	if err := w.service.AdoptBatch(t.Context(), clerk, b.id, app.Confirm{}); err != nil {
		t.Fatal(err)
	}
	sc.batches[0].staged = false
	w.twoTeachers(t, sc)
	open := func(name, term, scheme string) string {
		id, err := w.service.OpenAppraisal(t.Context(), clerk, sc.unit.ID, term, scheme)
		if err != nil {
			t.Fatal(name, err)
		}
		return id
	}
	evaluate := func(id string) {
		job, err := w.service.OrderEvaluation(t.Context(), clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		w.ended(t, clerk, job)
		sc.jobs = append(sc.jobs, thing{name: "evaluation", id: job, exists: true, owner: sc.clerk.viewer.Account})
	}
	published := open("published", townTerm, "jining-2018/primary")
	evaluate(published)
	if err := w.service.Publish(t.Context(), w.asked(t, sc.head), published); err != nil {
		t.Fatal(err)
	}
	evaluated := open("evaluated", townTerm, "jining-2018/junior")
	evaluate(evaluated)
	subjects := map[string]org.PersonID{sc.code: sc.teacher.ID, sc.other: sc.friend.ID}
	sc.appraisals = []thing{
		{name: "published", id: published, state: "published"},
		{name: "evaluated", id: evaluated, state: "evaluated"},
		{name: "open", id: open("open", townTerm, "jining-2018/senior"), state: "open", bare: true},
		{name: "open without evidence", id: open("bare", "2023-2024", "jining-2018/primary"), state: "open", bare: true},
	}
	for i := range sc.appraisals {
		a := &sc.appraisals[i]
		a.path, a.exists, a.subjects = sc.unit.Path, true, subjects
		if a.bare {
			a.subjects = nil
		}
	}
}

func (w *town) ended(t testing.TB, v *app.Viewer, job string) {
	t.Helper()
	for range 1200 {
		page, err := w.service.Job(t.Context(), v, job)
		if err != nil {
			t.Fatal(err)
		}
		if page.State == store.Done {
			return
		}
		if page.Ended() {
			t.Fatalf("got %+v", page)
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the job does not end")
}

// twoTeachers finds two people who are appraised as teachers.
func (w *town) twoTeachers(t testing.TB, sc *townSchool) {
	t.Helper()
	posts, err := w.db.Staff(t.Context(), org.Below(sc.unit.Path), sc.unit.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sc.pack.Staff {
		if s.Kind != "教学" || s.Position != "教师" || s.Left != "" || sc.other != "" {
			continue
		}
		for _, p := range posts {
			if p.Code != s.ID {
				continue
			}
			person := org.Person{ID: p.Person, Name: s.Name}
			if sc.code == "" {
				sc.teacher, sc.code = person, s.ID
			} else {
				sc.friend, sc.other = person, s.ID
			}
		}
	}
	if sc.other == "" {
		t.Fatal("no two teachers")
	}
}

// leftovers hands in what is not adopted, and leaves a job with a file.
func (w *town) leftovers(t testing.TB, sc *townSchool, n int) {
	t.Helper()
	changed := evidenceOf(n)
	changed.Staff[1].Section = "另一级部"
	w.handIn(t, sc.clerk, sc, "ready", changed)
	w.handIn(t, sc.second, sc, "ready, of the second clerk", changed)
	faulty := evidenceOf(n)
	faulty.Staff[4].Kind = "厨师" + evil
	w.handIn(t, sc.clerk, sc, "faulty"+evil+rightToLeft+strings.Repeat("长", 200), faulty)
	blob, err := w.db.PutBlob(strings.NewReader("%PDF-1.4 a file of forms"))
	if err != nil {
		t.Fatal(err)
	}
	blob.Name = "考核表.pdf"
	var job store.Job
	actor := org.Actor{Account: sc.clerk.viewer.Account, Role: string(org.Clerk)}
	if err := w.db.Write(t.Context(), actor, func(ctx context.Context, tx *store.Tx) (err error) {
		job, err = tx.Enqueue(ctx, "forms", sc.unit.Path, []byte(`{"appraisal":"`+sc.appraisals[0].id+`"}`))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error {
		claimed, err := k.Claim(ctx, time.Minute)
		if err != nil {
			return err
		}
		return k.Finish(ctx, claimed, store.Done, "已生成", blob)
	}); err != nil {
		t.Fatal(err)
	}
	sc.jobs = append(sc.jobs, thing{name: "forms", id: job.ID, exists: true, owner: sc.clerk.viewer.Account, file: true, path: sc.unit.Path, state: sc.appraisals[0].state})
	a, err := w.db.Appraisal(t.Context(), org.Below(sc.unit.Path), sc.appraisals[0].id)
	if err != nil {
		t.Fatal(err)
	}
	w.schemes = append(w.schemes, thing{name: "scheme of " + sc.unit.Name, id: a.Scheme, exists: true})
}

// teachers opens accounts for people who are appraised.
func (w *town) teachers(t testing.TB) {
	t.Helper()
	for i, sc := range w.schools {
		g := w.admit(t, []string{"teacher", "teacher of the sister school", "teacher of the other county"}[i], sc.teacher.ID)
		g.token = w.session(t, g.viewer.Account)
	}
	g := w.admit(t, "teacher and committee elsewhere", w.schools[0].friend.ID, org.Held{Role: org.Committee, Path: w.schools[1].unit.Path})
	g.token = w.session(t, g.viewer.Account)
	g = w.admit(t, "nobody's colleague", "")
	g.token = w.session(t, g.viewer.Account)
}

// guest returns the guest of that name.
func (w *town) guest(t testing.TB, name string) *guest {
	t.Helper()
	for _, g := range w.guests {
		if g.name == name {
			return g
		}
	}
	t.Fatalf("nobody is called %s", name)
	return nil
}

// as makes a request by g as her browser would from a page of the site.
func (w *town) as(g *guest, method, target string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, "http://shiji.example/", body)
	path, query, _ := strings.Cut(target, "?")
	r.URL.RawQuery = query
	setPath(r, path)
	r.RequestURI = target
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), 4711).String()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", "http://shiji.example")
	if g != nil && g.token != "" {
		r.AddCookie(&http.Cookie{Name: "shiji", Value: g.token})
	}
	return r
}

// waited is the key of the context of a request whose waits are noted.
type waited struct{}

// noteWait notes in a request's context for how long it would have waited, and lets no
// time pass.
func noteWait(ctx context.Context, d time.Duration) {
	if waits, ok := ctx.Value(waited{}).(*[]time.Duration); ok {
		*waits = append(*waits, d)
	}
}

// noting is a request whose waits are noted in the slice that is returned.
func noting(r *http.Request) (*http.Request, *[]time.Duration) {
	waits := new([]time.Duration)
	return r.WithContext(context.WithValue(r.Context(), waited{}, waits)), waits
}

// do answers a request without a network.
func (w *town) do(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

// markOf returns what a form of g carries: any page shows one.
func (w *town) markOf(t testing.TB, g *guest) string {
	t.Helper()
	rec := w.do(w.as(g, http.MethodGet, "/account", nil))
	_, rest, ok := strings.Cut(rec.Body.String(), `name="mark" value="`)
	mark, _, end := strings.Cut(rest, `"`)
	if !ok || !end || mark == "" {
		t.Fatalf("no mark for %s: %d", g.name, rec.Code)
	}
	return mark
}
