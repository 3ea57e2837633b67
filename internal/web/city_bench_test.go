package web_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/auth"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// The workload of one city. The demonstration's five schools come first, made by the
// use cases themselves; what follows them is entered as an import would, and
// each of its schools gets results that the demonstration's evaluation gave.
const (
	cityCounties = 12
	citySchools  = 1500
	cityTeachers = 80_000
	cityLooks    = 100_000
	cityTerm     = "2025-2026"
)

const cityPassword = "long enough for everybody"

// metropolis is a city in a database, and who can ask for its pages.
type metropolis struct {
	db      store.Config
	engine  string
	s       *store.Store
	service *app.Service
	r       *mrand.Rand

	city     org.Unit
	counties []org.Unit
	schools  []*bigSchool
	people   []org.Person
	secret   string // of every account

	officer, auditor string // sessions
	countyOfficers   []string
	heads, teachers  []member
	demo             *app.DemoCity
}

// member is somebody of a school who is signed in.
type member struct {
	token string
	at    *bigSchool
	index int // in its cohort
}

// bigSchool is a school with its cohort; people are those with a result, in its order.
type bigSchool struct {
	unit        org.Unit
	people      []org.Person
	codes       []string // 工号
	appraisal   string
	published   bool
	head, clerk org.AccountID
	accounts    []org.AccountID
}

// cohort is an evaluation of the demonstration, whose results others get.
type cohort struct {
	scheme  store.Scheme
	e       store.Evaluation
	results []store.Result
}

// newMetropolis builds the city on one engine and says how long that took.
func newMetropolis(b *testing.B, engine string) *metropolis {
	m := &metropolis{engine: engine, r: mrand.New(mrand.NewPCG(7, 11))}
	m.db = place(b, engine)
	begun := time.Now()
	m.open(b)
	b.Cleanup(func() { _ = m.s.Close() }) // closed before, when a process serves it
	ctx := b.Context()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	var err error
	m.demo, err = m.service.Demo(ctx, app.DemoOptions{})
	must(err)
	m.city = m.demo.City
	demo := time.Since(begun)
	m.secret, err = auth.NewHasher(rand.Reader, func() int64 { return time.Now().Unix() }).Hash(ctx, cityPassword)
	must(err)
	cohorts, err := m.cohorts(ctx)
	must(err)
	must(m.tree(ctx))
	for begin := 0; begin < len(m.schools); begin += 10 {
		must(m.write(ctx, func(ctx context.Context, tx *store.Tx) error {
			for i, sc := range m.schools[begin:min(begin+10, len(m.schools))] {
				if err := m.settle(ctx, tx, sc, cohorts[(begin+i)%len(cohorts)], begin+i); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	must(m.look(ctx))
	must(m.sessions(ctx))
	built := time.Since(begun)
	b.Run("city", func(b *testing.B) {
		for b.Loop() { // nothing: it is built once
		}
		b.Logf("%d persons in %d schools, load %s", len(m.people), len(m.schools), load())
		b.ReportMetric(built.Seconds(), "built-s")
		b.ReportMetric(demo.Seconds(), "demonstration-s")
		b.ReportMetric(120, "budget-s")
		b.ReportMetric(0, "ns/op")
	})
	return m
}

// place returns an empty database with its keys, laid out as the program expects.
func place(b *testing.B, engine string) store.Config {
	dir := b.TempDir()
	cfg := store.Config{Data: filepath.Join(dir, "data"), Checkpoint: filepath.Join(dir, "data.checkpoint")}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		b.Fatal(err)
	}
	if engine == "postgres" {
		db := storetest.Postgres(b)
		if err := db.Store.Close(); err != nil { // its clock stands still
			b.Fatal(err)
		}
		cfg.DSN, cfg.Keys = db.Config.DSN, db.Config.Keys
	} else {
		cfg.Path = filepath.Join(cfg.Data, "shiji.db")
		keys, err := store.NewKeys(rand.Reader, "shiji/log")
		if err != nil {
			b.Fatal(err)
		}
		cfg.Keys = keys
		if err := store.Migrate(b.Context(), cfg); err != nil {
			b.Fatal(err)
		}
	}
	if err := cfg.Keys.Save(filepath.Join(dir, "data.keys")); err != nil {
		b.Fatal(err)
	}
	return cfg
}

func (m *metropolis) open(b *testing.B) {
	var err error
	if m.s, err = store.Open(b.Context(), m.db); err != nil {
		b.Fatal(err)
	}
	m.service = app.NewService(m.s, app.Options{
		Passwords: auth.ByLength, Session: store.Lifetime{Whole: 24 * time.Hour, Idle: 12 * time.Hour}, MaxUpload: 20 << 20, Log: slog.New(slog.DiscardHandler),
	})
}

func (m *metropolis) write(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
	return m.s.Write(ctx, org.System("bench"), fn)
}

// cohorts are the published evaluations of the demonstration, a scheme each.
func (m *metropolis) cohorts(ctx context.Context) (out []cohort, err error) {
	for _, u := range m.demo.Schools[:3] {
		scope := org.Below(u.Path)
		all, err := m.s.AppraisalsOf(ctx, scope, u.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			if a.State != store.Published {
				continue
			}
			var c cohort
			if c.scheme, err = m.s.Scheme(ctx, a.Scheme); err != nil {
				return nil, err
			}
			if c.e, err = m.s.Evaluation(ctx, scope, a); err != nil {
				return nil, err
			}
			err = m.s.ResultsWhole(ctx, scope, a, func(r store.Result) error { c.results = append(c.results, r); return nil })
			if err != nil {
				return nil, err
			}
			out = append(out, c)
			break
		}
	}
	return out, nil
}

// tree enters counties and schools; every 75th school is the city's own.
func (m *metropolis) tree(ctx context.Context) error {
	return m.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		m.counties, m.schools = nil, nil
		for i := range cityCounties {
			u, err := tx.AddUnit(ctx, org.Unit{Kind: org.County, Parent: m.city.ID, Name: fmt.Sprintf("第%d县", i+1), Code: fmt.Sprintf("9911%02d", i)})
			if err != nil {
				return err
			}
			m.counties = append(m.counties, u)
		}
		for i := range citySchools - len(m.demo.Schools) {
			parent := m.city
			if i%75 > 0 {
				parent = m.counties[i%cityCounties]
			}
			u, err := tx.AddUnit(ctx, org.Unit{Kind: org.School, Parent: parent.ID, Name: fmt.Sprintf("第%d学校（合成）", i+1), Code: fmt.Sprintf("9911%06d", i)})
			if err != nil {
				return err
			}
			m.schools = append(m.schools, &bigSchool{unit: u})
		}
		return nil
	})
}

// settle enters a school's people with posts, accounts and roles, its scheme, its
// appraisal and the results.
func (m *metropolis) settle(ctx context.Context, tx *store.Tx, sc *bigSchool, c cohort, i int) error {
	sc.people, sc.codes, sc.accounts = nil, nil, nil
	schools := len(m.schools)
	due := cityTeachers*(i+1)/schools - cityTeachers*i/schools // 53 or 54 a school
	e := c.e
	e.Results = nil
	for k := range min(due, len(c.results)) {
		name := someName(m.r)
		p, err := tx.AddPerson(ctx, org.Person{Name: name, Sort: pinyin.Sort(name), Initials: pinyin.Initials(name)}, "")
		if err != nil {
			return err
		}
		r := c.results[k]
		if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: sc.unit.ID, Code: r.Subject, Name: "教师", Since: "2015-09-01"}); err != nil {
			return err
		}
		a, err := tx.OpenAccount(ctx, store.Account{Person: p.ID, Login: "t" + string(p.Number), Secret: m.secret, State: store.Active})
		if err != nil {
			return err
		}
		r.Person, r.Name, r.Sort, r.Initials = p.ID, p.Name, p.Sort, p.Initials
		e.Results = append(e.Results, r)
		sc.people, sc.codes, sc.accounts = append(sc.people, p), append(sc.codes, r.Subject), append(sc.accounts, a.ID)
	}
	m.people = append(m.people, sc.people...)
	for k, role := range []org.Role{org.Head, org.Clerk} {
		if _, err := tx.GrantRole(ctx, sc.accounts[k], sc.unit.ID, string(role)); err != nil {
			return err
		}
	}
	sc.head, sc.clerk = sc.accounts[0], sc.accounts[1]
	scheme := c.scheme
	scheme.Unit, scheme.Edition = sc.unit.ID, 1
	scheme, err := tx.AddScheme(ctx, scheme)
	if err != nil {
		return err
	}
	a, err := tx.OpenAppraisal(ctx, store.Appraisal{Unit: sc.unit.ID, Term: cityTerm, Scheme: scheme.ID})
	if err != nil {
		return err
	}
	var head map[string]any
	if err := json.Unmarshal(e.Head, &head); err != nil {
		return err
	}
	head["school"], head["term"] = sc.unit.Name, cityTerm
	if e.Head, err = json.Marshal(head); err != nil {
		return err
	}
	sc.appraisal = a.ID
	if a, err = tx.Evaluate(ctx, a, e); err != nil {
		return err
	}
	if sc.published = i%10 > 0; sc.published {
		_, err = tx.Publish(ctx, a)
	}
	return err
}

// look fills the log: heads look at records.
func (m *metropolis) look(ctx context.Context) error {
	const chunk = 500
	for range cityLooks / chunk {
		sc := m.schools[m.r.IntN(len(m.schools))]
		actor := org.Actor{Account: sc.head, Role: string(org.Head), Request: "bench"}
		about := []byte(`{"what":"result","appraisal":"` + sc.appraisal + `","unit":"` + string(sc.unit.ID) + `"}`)
		if err := m.s.Write(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
			for range chunk {
				if err := tx.Note(ctx, audit.RecordViewed, string(sc.people[m.r.IntN(len(sc.people))].ID), sc.unit.Path, about); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// sessions opens accounts of the counties' officers and signs in the offices.
func (m *metropolis) sessions(ctx context.Context) error {
	for _, l := range m.demo.Logins {
		if l.Unit.ID != m.city.ID {
			continue
		}
		a, err := m.s.AccountByLogin(ctx, l.Login)
		if err != nil {
			return err
		}
		token, err := m.signedIn(ctx, a.ID)
		if err != nil {
			return err
		}
		switch l.Role {
		case org.Officer:
			m.officer = token
		case org.Auditor:
			m.auditor = token
		}
	}
	for i, u := range m.counties {
		var account store.Account
		err := m.write(ctx, func(ctx context.Context, tx *store.Tx) error {
			name := someName(m.r)
			p, err := tx.AddPerson(ctx, org.Person{Name: name, Sort: pinyin.Sort(name), Initials: pinyin.Initials(name)}, "")
			if err != nil {
				return err
			}
			if account, err = tx.OpenAccount(ctx, store.Account{Person: p.ID, Login: fmt.Sprint("office", i), Secret: m.secret, State: store.Active}); err != nil {
				return err
			}
			_, err = tx.GrantRole(ctx, account.ID, u.ID, string(org.Officer))
			return err
		})
		if err != nil {
			return err
		}
		token, err := m.signedIn(ctx, account.ID)
		if err != nil {
			return err
		}
		m.countyOfficers = append(m.countyOfficers, token)
	}
	var err error
	if m.heads, err = m.staff(ctx, 200, org.Head); err != nil {
		return err
	}
	m.teachers, err = m.staff(ctx, 2000, org.Own)
	return err
}

// staff signs in n people of schools with published results: heads, or teachers.
func (m *metropolis) staff(ctx context.Context, n int, role org.Role) (out []member, err error) {
	for len(out) < n {
		sc := m.schools[m.r.IntN(len(m.schools))]
		if !sc.published {
			continue
		}
		i := 0
		if role == org.Own {
			i = 2 + m.r.IntN(len(sc.codes)-2) // the first two are head and clerk
		}
		token, err := m.signedIn(ctx, sc.accounts[i])
		if err != nil {
			return nil, err
		}
		out = append(out, member{token, sc, i})
	}
	return out, nil
}

// signedIn begins a session without a password: what a sign-in costs is measured
// where people sign in.
func (m *metropolis) signedIn(ctx context.Context, id org.AccountID) (token string, err error) {
	account, err := m.s.Account(ctx, id)
	if err != nil {
		return "", err
	}
	err = m.s.Keep(ctx, func(ctx context.Context, k *store.Keeper) (err error) {
		token, err = k.BeginSession(ctx, id, account.Version, store.Lifetime{Whole: 24 * time.Hour, Idle: 12 * time.Hour})
		return err
	})
	return token, err
}

// url returns the address of the PostgreSQL database as the program takes it.
func (m *metropolis) url() string {
	q := url.Values{}
	name := ""
	for _, part := range strings.Fields(m.db.DSN) {
		key, value, _ := strings.Cut(part, "=")
		if key == "dbname" {
			name = value
		} else {
			q.Set(key, value)
		}
	}
	return "postgres:///" + name + "?" + q.Encode()
}

var surnames = []rune("王王王王王王王李李李李李李李张张张张张张张刘刘刘刘刘陈陈陈陈陈杨杨杨赵赵黄黄周周吴吴徐徐孙孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文")
var given = []rune("安博晨丹芳刚海华慧佳建洁静军磊丽玲梅敏娜宁平强青瑞珊涛婷伟文霞欣秀燕怡颖勇雨媛珍志国立明春红秋云山水林森杰俊凯辉鹏飞翔宇航浩然思雅琳琪瑶蕾薇萍莉英兰")

func someName(r *mrand.Rand) string {
	name := string(surnames[r.IntN(len(surnames))]) + string(given[r.IntN(len(given))])
	if r.IntN(6) > 0 {
		name += string(given[r.IntN(len(given))])
	}
	return name
}

// load is the machine's load average of the last minute, to be quoted beside figures.
func load() string {
	f, err := os.Open("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	word := bufio.NewScanner(f)
	word.Split(bufio.ScanWords)
	word.Scan()
	return word.Text()
}
