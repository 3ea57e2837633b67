package web_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/web"
)

// BenchmarkSite holds the site of a city of 80,000 teachers to performance.md: pages
// over loopback, their weight, a mixed load on the program as a process, its
// start, its memory, and the same list in PocketBase. The city is built once an
// engine.
func BenchmarkSite(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			m := newMetropolis(b, engine)
			b.Run("pages", m.benchmarkPages)
			if engine == "sqlite" {
				b.Run("weight", m.benchmarkWeight)
			}
			m.benchmarkProcess(b)
		})
	}
}

// ask is a page as somebody asks for it: her session and the address.
type ask struct{ token, path string }

// Budgets of server time at the 95th percentile (performance.md).
const (
	listBudget   = 30 * time.Millisecond
	detailBudget = 10 * time.Millisecond
)

// benchmarkPages asks for each kind of page, other objects each time.
func (m *metropolis) benchmarkPages(b *testing.B) {
	t := m.serve(b)
	for _, p := range m.pages() {
		b.Run(p.name, func(b *testing.B) { t.measure(b, p) })
	}
}

type page struct {
	name   string
	budget time.Duration
	next   func() ask
}

// pages are the lists and single things that performance.md bounds.
func (m *metropolis) pages() []page {
	at := func(token, format string, args ...any) func() ask {
		return func() ask { return ask{token, fmt.Sprintf(format, args...)} }
	}
	city, heads, teachers := string(m.city.ID), m.heads, m.teachers
	one := heads[0] // a page that is asked for again
	mine := teachers[0]
	return []page{
		{"list/people-city-first", listBudget, at(m.officer, "/units/%s/people", city)},
		{"list/people-city-deep", listBudget, func() ask {
			return ask{m.officer, "/units/" + city + "/people?after=" + url.QueryEscape(store.PageKey(m.someone()))}
		}},
		{"list/people-city-pinyin", listBudget, func() ask {
			return ask{m.officer, "/units/" + city + "/people?q=" + m.syllable()}
		}},
		{"list/people-city-name", listBudget, func() ask { return ask{m.officer, "/units/" + city + "/people?q=" + url.QueryEscape(m.someone().Name)} }},
		{"list/people-city-initials", listBudget, func() ask {
			return ask{m.officer, "/units/" + city + "/people?q=" + url.QueryEscape(m.someone().Initials)}
		}},
		{"list/people-city-number", listBudget, func() ask { return ask{m.officer, "/units/" + city + "/people?q=" + string(m.someone().Number)[:5]} }},
		{"list/people-county-first", listBudget, func() ask {
			i := m.r.IntN(len(m.counties))
			return ask{m.countyOfficers[i], "/units/" + string(m.counties[i].ID) + "/people"}
		}},
		{"list/people-county-pinyin", listBudget, func() ask {
			i := m.r.IntN(len(m.counties))
			return ask{m.countyOfficers[i], "/units/" + string(m.counties[i].ID) + "/people?q=" + m.syllable()}
		}},
		{"list/people-school", listBudget, func() ask { h := pick(m, heads); return ask{h.token, "/units/" + string(h.at.unit.ID) + "/people"} }},
		{"list/units-first", listBudget, at(m.officer, "/units")},
		{"list/units-deep", listBudget, func() ask {
			return ask{m.officer, "/units?after=" + url.QueryEscape(string(m.schools[m.r.IntN(len(m.schools))].unit.Path))}
		}},
		{"list/units-search", listBudget, func() ask {
			return ask{m.officer, fmt.Sprintf("/units?q=%s", url.QueryEscape(fmt.Sprintf("第%d学校", m.r.IntN(citySchools))))}
		}},
		{"list/unit-city", listBudget, at(m.officer, "/units/%s", city)},
		{"list/unit-county", listBudget, func() ask {
			i := m.r.IntN(len(m.counties))
			return ask{m.countyOfficers[i], "/units/" + string(m.counties[i].ID)}
		}},
		{"list/unit-school", listBudget, func() ask { h := pick(m, heads); return ask{h.token, "/units/" + string(h.at.unit.ID)} }},
		{"list/events-city-first", listBudget, at(m.auditor, "/events")},
		{"list/events-city-deep", listBudget, func() ask { return ask{m.auditor, "/events?after=" + string(m.someone().ID)} }},
		{"list/events-school", listBudget, func() ask { h := pick(m, heads); return ask{h.token, "/events?unit=" + string(h.at.unit.ID)} }},
		{"list/results", listBudget, func() ask { h := pick(m, heads); return ask{h.token, "/appraisals/" + h.at.appraisal + "/results"} }},
		{"list/results-warm", listBudget, at(one.token, "/appraisals/%s/results?order=score", one.at.appraisal)},
		{"detail/result-own", detailBudget, func() ask { t := pick(m, teachers); return ask{t.token, t.result()} }},
		{"detail/result-own-warm", detailBudget, at(mine.token, "%s", mine.result())},
		{"detail/result-foreign", detailBudget, func() ask { h := pick(m, heads); return ask{h.token, h.at.resultOf(m.r.IntN(len(h.at.codes)))} }},
		{"detail/result-foreign-warm", detailBudget, func() ask { return ask{one.token, one.at.resultOf(m.r.IntN(len(one.at.codes)))} }},
		{"detail/person", detailBudget, func() ask { return ask{m.officer, "/people/" + string(m.someone().ID)} }},
		{"detail/me", detailBudget, func() ask { return ask{pick(m, teachers).token, "/me"} }},
		{"detail/overview", detailBudget, func() ask { h := pick(m, heads); return ask{h.token, "/appraisals/" + h.at.appraisal} }},
		{"detail/overview-warm", detailBudget, at(one.token, "/appraisals/%s", one.at.appraisal)},
	}
}

func (t member) result() string { return t.at.resultOf(t.index) }

func (sc *bigSchool) resultOf(i int) string {
	return "/appraisals/" + sc.appraisal + "/results/" + sc.codes[i]
}

func pick(m *metropolis, all []member) member { return all[m.r.IntN(len(all))] }

func (m *metropolis) someone() org.Person { return m.people[m.r.IntN(len(m.people))] }

// syllable is how somebody begins to type a name.
func (m *metropolis) syllable() string {
	sort := m.someone().Sort
	return sort[:strings.IndexAny(sort, "' ")]
}

// timed is the site on loopback; took collects the time in its handler.
type timed struct {
	server *httptest.Server
	client *http.Client
	took   []time.Duration
}

func (m *metropolis) serve(b *testing.B) *timed {
	site, err := web.New(web.Options{
		Service: m.service, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), MaxUpload: 20 << 20, Lifetime: 24 * time.Hour, Metrics: web.NewMetrics(), Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	t := &timed{client: client()}
	t.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		site.ServeHTTP(w, r)
		t.took = append(t.took, time.Since(begun)) // one request at a time
	}))
	b.Cleanup(t.server.Close)
	return t
}

// client keeps its connections and leaves packed answers packed.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 512, MaxIdleConns: 512},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}

// fetch asks for a page and returns it as it came over the wire.
func fetch(c *http.Client, base string, a ask) ([]byte, *http.Response, error) {
	r, err := http.NewRequest(http.MethodGet, base+a.path, nil)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	if a.token != "" {
		r.AddCookie(&http.Cookie{Name: "shiji", Value: a.token})
	}
	w, err := c.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", a.path, w.Status)
	}
	return body, w, err
}

// unpacked returns what a gzipped page says.
func unpacked(b testing.TB, body []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func (t *timed) measure(b *testing.B, p page) {
	size := 0
	t.took = t.took[:0]
	for b.Loop() {
		body, _, err := fetch(t.client, t.server.URL, p.next())
		if err != nil {
			b.Fatal(err)
		}
		if len(t.took) == 1 && !strings.HasSuffix(strings.TrimSpace(unpacked(b, body)), "</html>") {
			b.Fatal("not a whole page")
		}
		size += len(body)
	}
	report(b, t.took, p.budget)
	b.ReportMetric(float64(size)/float64(b.N)/1000, "KB")
	b.ReportMetric(0, "ns/op")
}

// report reports percentiles beside the budget of the 95th, and says when it is
// exceeded.
func report(b *testing.B, took []time.Duration, budget time.Duration) {
	for _, at := range []int{50, 95, 99} {
		b.ReportMetric(ms(percentile(took, at)), fmt.Sprintf("p%d-ms", at))
	}
	b.ReportMetric(ms(budget), "budget-ms")
	if p := percentile(took, 95); p > budget {
		b.Logf("OVER BUDGET: p95 %.1f ms of %.0f ms (%d requests, load %s)", ms(p), ms(budget), len(took), load())
	}
}

func percentile(took []time.Duration, at int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)*at/100, len(took)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
