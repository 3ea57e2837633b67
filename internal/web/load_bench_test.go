package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// The mixed load: requests begin when they are due, whether or not earlier ones
// have been answered, and their time counts from then.
const (
	loadWarm    = 5 * time.Second
	loadFor     = 20 * time.Second
	loadBudget  = 100 * time.Millisecond
	loadMemory  = 400 // MB
	loadSignIns = 1   // of 100 requests
)

// loadRates are requests a second: the last is what is asked of a city, the others
// tell how far it goes on a machine that is busy with other work.
var loadRates = []int{50, 100, 200, 300}

// kind is a share of the load.
type kind struct {
	name  string
	share int
	next  func() due
}

// due is one request; form is nil for a page.
type due struct {
	ask
	form url.Values
	from string // address of the client, as a proxy says
}

// mix is who comes in what proportion: mostly teachers to their results.
func (m *metropolis) mix() []kind {
	get := func(next func() ask) func() due { return func() due { return due{ask: next()} } }
	by := map[string]func() ask{}
	for _, p := range m.pages() {
		by[p.name] = p.next
	}
	lists := []string{
		"list/people-city-first", "list/people-city-deep", "list/people-city-pinyin", "list/people-city-name", "list/people-county-first", "list/people-county-pinyin",
		"list/people-school", "list/units-first", "list/units-search", "list/results", "list/events-school",
	}
	return []kind{
		{"own results", 40, get(by["detail/result-own"])},
		{"lists", 25, get(func() ask { return by[lists[m.r.IntN(len(lists))]]() })},
		{"overviews", 10, get(by["detail/overview"])},
		{"own pages", 10, get(by["detail/me"])},
		{"schools", 8, get(by["list/unit-school"])},
		{"city", 1, get(by["list/unit-city"])},
		{"looks", 5, get(func() ask { // each writes an event before it is answered
			if m.r.IntN(5) < 2 {
				return by["detail/person"]()
			}
			return by["detail/result-foreign"]()
		})},
		{"sign-ins", loadSignIns, func() due {
			t := pick(m, m.teachers)
			return due{ask{"", "/sign-in"}, url.Values{"login": {"t" + string(t.at.people[t.index].Number)}, "password": {cityPassword}},
				fmt.Sprintf("10.%d.%d.%d", m.r.IntN(256), m.r.IntN(256), m.r.IntN(256))}
		}},
	}
}

// outcome is how one request went.
type outcome struct {
	kind  int
	took  time.Duration
	fault error
}

// warm opens a result of each school once: what is said of its groups is then
// kept. What the first look costs is among the pages.
func (m *metropolis) warm(b *testing.B, p *process) {
	c := client()
	seen := map[*bigSchool]bool{}
	for _, t := range m.teachers {
		if seen[t.at] {
			continue
		}
		seen[t.at] = true
		if _, _, err := fetch(c, p.url, ask{t.token, t.result()}); err != nil {
			b.Fatal(err)
		}
	}
}

func (m *metropolis) benchmarkLoad(b *testing.B, p *process, rate int) {
	mix := m.mix()
	var all []int // a kind for each of 100 requests
	for i, k := range mix {
		for range k.share {
			all = append(all, i)
		}
	}
	if len(all) != 100 {
		b.Fatalf("shares make %d, not 100", len(all))
	}
	c := client()
	run := func(length time.Duration) []outcome {
		out := make([]outcome, int(length.Seconds())*rate)
		var under sync.WaitGroup
		begun := time.Now()
		for i := range out {
			k := all[m.r.IntN(len(all))]
			d, at := mix[k].next(), begun.Add(time.Duration(i)*time.Second/time.Duration(rate))
			time.Sleep(time.Until(at))
			under.Go(func() {
				err := send(c, p.url, d)
				out[i] = outcome{k, time.Since(at), err}
			})
		}
		under.Wait()
		return out
	}
	var out []outcome
	var spent time.Duration
	var busy time.Duration
	for b.Loop() {
		run(loadWarm)
		begun, cpu := time.Now(), p.cpu(b)
		out = run(loadFor)
		spent, busy = time.Since(begun), p.cpu(b)-cpu
	}
	took := make([]time.Duration, len(out))
	failed := 0
	kinds := make([][]time.Duration, len(mix))
	for i, o := range out {
		took[i] = o.took
		kinds[o.kind] = append(kinds[o.kind], o.took)
		if o.fault != nil {
			if failed++; failed <= 5 {
				b.Logf("failed: %v", o.fault)
			}
		}
	}
	for i, k := range mix {
		b.Logf("%-12s %5d requests  p50 %7.1f  p95 %7.1f  p99 %7.1f ms", k.name, len(kinds[i]), ms(percentile(kinds[i], 50)), ms(percentile(kinds[i], 95)), ms(percentile(kinds[i], 99)))
	}
	for _, at := range []int{50, 95, 99, 100} {
		b.ReportMetric(ms(percentile(took, at)), fmt.Sprintf("p%d-ms", at))
	}
	b.ReportMetric(ms(loadBudget), "budget-p99-ms")
	b.ReportMetric(float64(len(out))/spent.Seconds(), "requests/s")
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(busy.Seconds()/spent.Seconds(), "cores")
	b.ReportMetric(ms(busy)/float64(len(out)), "cpu-ms/request")
	b.ReportMetric(p.memory(b, "VmHWM"), "peak-RSS-MB") // with the map of the database
	b.ReportMetric(p.memory(b, "RssAnon"), "anon-MB")   // its own
	b.ReportMetric(loadMemory, "budget-MB")
	b.ReportMetric(0, "ns/op")
	if percentile(took, 99) > loadBudget {
		b.Logf("OVER BUDGET: p99 %.0f ms (load %s)", ms(percentile(took, 99)), load())
	}
	if failed > 0 {
		b.Logf("FAILED: %d of %d requests", failed, len(out))
	}
}

// send sends one request and says whether it was answered as it should.
func send(c *http.Client, base string, d due) error {
	if d.form == nil {
		_, _, err := fetch(c, base, d.ask)
		return err
	}
	r, err := http.NewRequest(http.MethodPost, base+d.path, strings.NewReader(d.form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", d.from)
	w, err := c.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	if _, err := io.Copy(io.Discard, w.Body); err != nil {
		return err
	}
	if w.StatusCode != http.StatusSeeOther || len(w.Cookies()) == 0 {
		return fmt.Errorf("POST %s: %s", d.path, w.Status)
	}
	return nil
}
