package store_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// A city of 80,000 teachers in 1,500 schools, with a log of a million events.
const (
	scaleCounties = 12
	scaleSchools  = 1500
	scaleTeachers = 80_000
	scaleEvents   = 1_000_000
)

type metropolis struct {
	city     org.Unit
	counties []org.Unit
	schools  []org.Unit
	people   []org.Person
	one      store.Appraisal // of the first school
}

var surnames = []struct {
	name, sort, initial string
	weight              int
}{
	{"王", "wang", "w", 7}, {"李", "li", "l", 7}, {"张", "zhang", "z", 7}, {"刘", "liu", "l", 5}, {"陈", "chen", "c", 5}, {"杨", "yang", "y", 3}, {"赵", "zhao", "z", 2},
	{"黄", "huang", "h", 2}, {"周", "zhou", "z", 2}, {"吴", "wu", "w", 2}, {"徐", "xu", "x", 2}, {"孙", "sun", "s", 2}, {"胡", "hu", "h", 1}, {"朱", "zhu", "z", 1},
	{"高", "gao", "g", 1}, {"林", "lin", "l", 1}, {"何", "he", "h", 1}, {"郭", "guo", "g", 1}, {"马", "ma", "m", 1}, {"罗", "luo", "l", 1}, {"欧阳", "ou yang", "oy", 1},
}

var syllables = strings.Fields("an bo chen dan fang gang hai hua hui jian jie jing jun lan lei li ling mei min na ning ping qiang qing rui shan tao ting wei wen xia xin xiu yan yi ying yong yu yuan zhen")

// teacher draws a person with a plausible name.
func teacher(r *rand.Rand) org.Person {
	k := r.IntN(55)
	var s = surnames[0]
	for _, s = range surnames {
		if k -= s.weight; k < 0 {
			break
		}
	}
	a, b := r.IntN(len(syllables)), r.IntN(len(syllables))
	return org.Person{
		Name: s.name + string(rune(0x4e00+a*7)) + string(rune(0x4e00+b*7)),
		Sort: s.sort + " " + syllables[a] + " " + syllables[b], Initials: s.initial + syllables[a][:1] + syllables[b][:1],
	}
}

// foundCity builds the city: many changes a transaction, as an import does.
func foundCity(b *testing.B, db *storetest.DB) *metropolis {
	r := rand.New(rand.NewPCG(1, 2))
	m := &metropolis{}
	write(b, db, func(ctx context.Context, tx *store.Tx) (err error) {
		m.city, err = tx.AddUnit(ctx, org.Unit{Kind: org.City, Name: "甲市"})
		for i := 0; i < scaleCounties && err == nil; i++ {
			var u org.Unit
			u, err = tx.AddUnit(ctx, org.Unit{Kind: org.County, Parent: m.city.ID, Name: fmt.Sprint("县", i)})
			m.counties = append(m.counties, u)
		}
		return err
	})
	for i := range scaleSchools {
		parent := m.city // every 75th school is the city's own
		if i%75 > 0 {
			parent = m.counties[i%scaleCounties]
		}
		write(b, db, func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.AddUnit(ctx, org.Unit{Kind: org.School, Parent: parent.ID, Name: fmt.Sprint("学校", i), Code: fmt.Sprintf("3708%06d", i)})
			if err != nil {
				return err
			}
			m.schools = append(m.schools, u)
			for len(m.people) < scaleTeachers*(i+1)/scaleSchools {
				p, err := tx.AddPerson(ctx, teacher(r), "")
				if err != nil {
					return err
				}
				if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: u.ID, Name: "教师", Since: "2020-09-01"}); err != nil {
					return err
				}
				m.people = append(m.people, p)
				a, err := tx.OpenAccount(ctx, store.Account{Person: p.ID, Login: strings.ReplaceAll(p.Sort, " ", "") + string(p.Number), State: store.FirstLogin})
				if err == nil && len(m.people)%50 == 0 {
					_, err = tx.GrantRole(ctx, a.ID, u.ID, "clerk")
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	m.appraise(b, db)
	m.watch(b, db)
	return m
}

// appraise evaluates every school with traces and facts of plausible size.
func (m *metropolis) appraise(b *testing.B, db *storetest.DB) {
	trace, head, facts := bytes.Repeat([]byte{7}, 600), bytes.Repeat([]byte{8}, 1500), make([]byte, 2000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(facts) // never fails; does not get shorter when it is packed
	packed := store.Pack(facts)
	for i, school := range m.schools {
		write(b, db, func(ctx context.Context, tx *store.Tx) error {
			sc, err := tx.AddScheme(ctx, store.Scheme{Unit: school.ID, Name: "x", Edition: 1, Digest: strings.Repeat("ab", 32), Body: []byte("x")})
			if err != nil {
				return err
			}
			a, err := tx.OpenAppraisal(ctx, store.Appraisal{Unit: school.ID, Term: "2025-2026", Scheme: sc.ID})
			if err != nil {
				return err
			}
			e := store.Evaluation{Scheme: sc.Digest, Cohort: sc.Digest, Head: head}
			for k, p := range m.people[scaleTeachers*i/scaleSchools : scaleTeachers*(i+1)/scaleSchools] {
				e.Results = append(e.Results, store.Result{Subject: string(p.Number), Person: p.ID, Name: p.Name, Sort: p.Sort, Initials: p.Initials, Group: "教学", Score: fmt.Sprint(60 + k%40), Place: int64(k + 1), Trace: trace, Facts: packed})
			}
			a, err = tx.Evaluate(ctx, a, e)
			if i == 0 {
				m.one = a
			}
			return err
		})
	}
}

// watch fills the log: somebody looks at records everywhere.
func (m *metropolis) watch(b *testing.B, db *storetest.DB) {
	var have int64
	if err := db.SQL.QueryRow("SELECT COUNT(*) FROM event").Scan(&have); err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	const writers = 16
	for w := range int64(writers) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(3, uint64(w)))
			for n := have + w*250; n < scaleEvents; n += writers * 250 {
				if err := db.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) error {
					for range 250 {
						k := r.IntN(scaleTeachers)
						if err := tx.Note(ctx, audit.RecordViewed, string(m.people[k].ID), m.schools[k*scaleSchools/scaleTeachers].Path, nil); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkCity asks a city of 80,000 teachers for what pages show; p95-ms is
// what performance.md bounds: 30 ms a list, 10 ms a single thing.
func BenchmarkCity(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *storetest.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			db := engine.open(b)
			began := time.Now()
			m := foundCity(b, db)
			b.Logf("built in %v", time.Since(began).Round(time.Second))
			if engine.name == "postgres" {
				if _, err := db.SQL.Exec("ANALYZE"); err != nil { // as autovacuum does
					b.Fatal(err)
				}
			}
			m.ask(b, db)
			b.Run("open", func(b *testing.B) {
				for b.Loop() {
					db.Reopen(b)
				}
			})
			b.Run("audit", func(b *testing.B) {
				var n int64
				for b.Loop() {
					r, err := db.Verify(b.Context(), store.Audit{})
					if err != nil || r.Faults.Len() > 0 {
						b.Fatal(err, r.Faults.Error())
					}
					n += r.Size + r.Rows
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
			})
			runtime.GC()
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			b.Logf("heap in use after all: %d MB", mem.HeapInuse>>20)
		})
	}
}

func (m *metropolis) ask(b *testing.B, db *storetest.DB) {
	r := rand.New(rand.NewPCG(5, 6))
	ctx := b.Context()
	scopes := map[string]func() org.Scope{
		"city":   func() org.Scope { return org.Below(m.city.Path) },
		"county": func() org.Scope { return org.Below(m.counties[r.IntN(len(m.counties))].Path) },
		"school": func() org.Scope { return org.Below(m.schools[r.IntN(len(m.schools))].Path) },
		"own schools": func() org.Scope {
			return org.Below(m.schools[r.IntN(scaleSchools)].Path, m.schools[r.IntN(scaleSchools)].Path, m.counties[r.IntN(len(m.counties))].Path)
		},
	}
	for _, name := range []string{"city", "county", "school", "own schools"} {
		scope := scopes[name]
		m.measure(b, name+"/people/first", func() (int, error) {
			l, err := db.People(ctx, scope(), store.PeopleQuery{})
			return len(l), err
		})
		m.measure(b, name+"/people/deep", func() (int, error) {
			p := m.people[r.IntN(len(m.people))]
			_, err := db.People(ctx, scope(), store.PeopleQuery{Page: store.Page{After: store.PageKey(p)}})
			return 1, err
		})
		for _, kind := range []string{"syllable", "initials", "initial", "surname", "name", "number"} {
			m.measure(b, name+"/people/"+kind, func() (int, error) {
				_, err := db.People(ctx, scope(), store.PeopleQuery{Search: m.typed(r, kind)})
				return 1, err
			})
		}
		m.measure(b, name+"/people/count", func() (int, error) {
			n, err := db.CountPeople(ctx, scope(), "", math.MaxInt64)
			return int(n), err
		})
		m.measure(b, name+"/accounts", func() (int, error) {
			l, err := db.Accounts(ctx, scope(), store.Page{})
			return len(l), err
		})
		m.measure(b, name+"/units", func() (int, error) {
			l, err := db.Units(ctx, scope(), store.Page{})
			return len(l), err
		})
		m.measure(b, name+"/events/first", func() (int, error) {
			l, err := db.Events(ctx, scope(), store.Page{})
			return len(l), err
		})
		m.measure(b, name+"/events/deep", func() (int, error) {
			_, err := db.Events(ctx, scope(), store.Page{After: string(m.people[r.IntN(len(m.people))].ID)})
			return 1, err
		})
		m.measure(b, name+"/appraisals", func() (int, error) {
			l, err := db.Tally(ctx, scope(), m.city.Path, "2025-2026", "2024-2025", "2023-2024")
			return tallied(l), err
		})
	}
	city := org.Below(m.city.Path)
	m.measure(b, "children of the city", func() (int, error) {
		l, err := db.Children(ctx, city, m.city.ID)
		return len(l), err
	})
	m.measure(b, "results of a school", func() (n int, err error) {
		err = db.ResultsWhole(ctx, city, m.one, func(store.Result) error { n++; return nil })
		return n, err
	})
	m.measure(b, "a result", func() (int, error) {
		_, err := db.Result(ctx, city, m.one, string(m.people[r.IntN(50)].Number))
		return 1, err
	})
	m.measure(b, "a person", func() (int, error) {
		p := m.people[r.IntN(len(m.people))].ID
		if _, err := db.Person(ctx, city, p); err != nil {
			return 0, err
		}
		if _, err := db.Posts(ctx, city, p); err != nil {
			return 0, err
		}
		l, err := db.ResultsOf(ctx, city, p)
		return len(l), err
	})
	m.measure(b, "who looked at a person", func() (int, error) {
		her := m.people[r.IntN(len(m.people))]
		trail := store.Trail{Object: "person/" + string(her.ID), Actions: []audit.Action{audit.RecordViewed, audit.IdentityUnmasked}}
		l, err := db.EventsAlong(ctx, []store.Trail{trail}, "", store.Page{})
		return len(l), err
	})
	m.measure(b, "an appraisal", func() (int, error) {
		_, err := db.Appraisal(ctx, city, m.one.ID)
		return 1, err
	})
}

// typed draws what somebody types into the search.
func (m *metropolis) typed(r *rand.Rand, kind string) string {
	p := m.people[r.IntN(len(m.people))]
	switch kind {
	case "syllable":
		return p.Sort[:strings.IndexByte(p.Sort, ' ')]
	case "initials":
		return p.Initials
	case "initial":
		return p.Initials[:1]
	case "surname":
		return string([]rune(p.Name)[:1])
	case "name":
		return p.Name
	}
	return string(p.Number)[:1+r.IntN(len(p.Number))]
}

// measure runs one question and reports the 95th percentile.
func (m *metropolis) measure(b *testing.B, name string, ask func() (int, error)) {
	b.Run(name, func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			n, err := ask()
			if err != nil || n == 0 {
				b.Fatalf("%d %v", n, err)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	})
}
