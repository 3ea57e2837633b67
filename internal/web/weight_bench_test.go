package web_test

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"sync/atomic"
	"testing"
)

// counted counts what arrives over a connection, headers included.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// loads are what a page makes a browser fetch, whichever part of it the page names.
var loads = regexp.MustCompile(`(?:src|href)="(/static/[^"#]+)`)

// benchmarkWeight reports what pages weigh over the wire: to a browser that comes
// for the first time, and to one that has kept what may be kept.
func (m *metropolis) benchmarkWeight(b *testing.B) {
	t := m.serve(b)
	one, mine := m.heads[0], m.teachers[0]
	const unbounded = 0
	for _, w := range []struct {
		name                string
		a                   ask
		cold, warm, answers float64
	}{
		{"result", ask{mine.token, mine.result()}, 35, 8, 5},
		{"result-foreign", ask{one.token, one.at.resultOf(5)}, 35, 8, 5},
		{"overview", ask{one.token, "/appraisals/" + one.at.appraisal}, unbounded, unbounded, unbounded},
		{"table", ask{one.token, "/appraisals/" + one.at.appraisal + "/results"}, unbounded, unbounded, unbounded},
		{"people", ask{m.officer, "/units/" + string(m.city.ID) + "/people"}, unbounded, unbounded, unbounded},
		{"me", ask{mine.token, "/me"}, unbounded, unbounded, unbounded},
		{"unit-city", ask{m.officer, "/units/" + string(m.city.ID)}, unbounded, unbounded, unbounded},
	} {
		b.Run(w.name, func(b *testing.B) {
			var cold, page int64
			answers := 0
			for b.Loop() {
				cold, page, answers = weigh(b, t.server.URL, w.a)
			}
			b.ReportMetric(float64(cold)/1000, "cold-KB")
			b.ReportMetric(float64(page)/1000, "again-KB")
			b.ReportMetric(float64(answers), "requests")
			b.ReportMetric(0, "ns/op")
			if w.cold > 0 {
				b.ReportMetric(w.cold, "budget-cold-KB")
				b.ReportMetric(w.warm, "budget-again-KB")
				if float64(cold)/1000 > w.cold || float64(page)/1000 > w.warm || float64(answers) > w.answers {
					b.Errorf("OVER BUDGET: cold %d bytes in %d requests, again %d bytes", cold, answers, page)
				}
			}
		})
	}
	m.benchmarkResults(b, t.server.URL)
}

// schemed finds the scheme that a result follows.
var schemed = regexp.MustCompile(`href="/schemes/[^"]+">([^<（]+)`)

// benchmarkResults weighs, of each scheme, the results of a whole school again and
// names the heaviest: no one of them may weigh more than a repeat visit's budget.
func (m *metropolis) benchmarkResults(b *testing.B, base string) {
	const budget = 8_000
	seen := map[string]bool{}
	for _, head := range m.heads {
		var bytes atomic.Int64
		transport := &http.Transport{DisableCompression: true, DialContext: dialing(&bytes)}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport}
		get := func(path string) (page string, weight int64) {
			before := bytes.Load()
			body, _, err := fetch(c, base, ask{head.token, path})
			if err != nil {
				b.Fatal(err)
			}
			return unpacked(b, body), bytes.Load() - before
		}
		first, _ := get(head.at.resultOf(0))
		found := schemed.FindStringSubmatch(first)
		if found == nil {
			b.Fatalf("%s names no scheme", head.at.resultOf(0))
		}
		if seen[found[1]] {
			continue
		}
		seen[found[1]] = true
		b.Run("results-"+found[1], func(b *testing.B) {
			var sum, most, workings int64
			var who string
			for b.Loop() {
				sum, most, workings = 0, 0, 0
				for i, code := range head.at.codes {
					_, n := get(head.at.resultOf(i))
					if sum += n; n > most {
						most, who = n, code
					}
					_, n = get(head.at.resultOf(i) + "/workings")
					workings = max(workings, n)
				}
			}
			b.ReportMetric(float64(sum)/float64(len(head.at.codes))/1000, "mean-KB")
			b.ReportMetric(float64(most)/1000, "heaviest-KB")
			b.ReportMetric(float64(workings)/1000, "heaviest-workings-KB")
			b.ReportMetric(budget/1000, "budget-again-KB")
			b.ReportMetric(0, "ns/op")
			if most > budget {
				b.Errorf("OVER BUDGET: the result of %s by %s weighs %d bytes", who, found[1], most)
			}
		})
	}
	if len(seen) < 3 {
		b.Errorf("results of %d schemes only", len(seen))
	}
}

// dialing dials and counts.
func dialing(bytes *atomic.Int64) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, addr)
		return counted{c, bytes}, err
	}
}

// weigh fetches a page and all that it loads over one connection and returns the
// bytes in all and of the page alone.
func weigh(b *testing.B, base string, a ask) (cold, page int64, answers int) {
	var bytes atomic.Int64
	transport := &http.Transport{DisableCompression: true, DialContext: dialing(&bytes)}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	body, _, err := fetch(c, base, a)
	if err != nil {
		b.Fatal(err)
	}
	page, answers = bytes.Load(), 1
	seen := map[string]bool{}
	for _, found := range loads.FindAllStringSubmatch(unpacked(b, body), -1) {
		if seen[found[1]] {
			continue
		}
		seen[found[1]] = true
		answers++
		_, w, err := fetch(c, base, ask{path: found[1]})
		if err != nil {
			b.Fatal(err)
		}
		if w.Header.Get("Cache-Control") == "no-store" {
			b.Fatalf("%s is not kept by browsers", found[1])
		}
	}
	if answers == 1 {
		b.Fatal("the page loads nothing, not even its style sheet")
	}
	return bytes.Load(), page, answers
}
