package web_test

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shiji/internal/store"
)

// benchmarkPeer asks the site and PocketBase for the same list in turn: 80,000
// persons by sort key, fifty a page. Ours is a page for somebody signed in, with
// her rights, as HTML; theirs is JSON for anybody.
func (m *metropolis) benchmarkPeer(b *testing.B, ours *process) {
	theirs, err := m.pocketbase(b)
	if err != nil {
		b.Skipf("PocketBase is ABSENT, nothing is compared: %v", err)
	}
	defer theirs.stop(b)
	c := client()
	list := func(values url.Values) ask {
		values.Set("perPage", "50")
		values.Set("sort", "sort,id")
		return ask{path: "/api/collections/people/records?" + values.Encode()}
	}
	people := "/units/" + string(m.city.ID) + "/people?"
	for _, q := range []struct {
		name string
		next func() (ours, theirs ask)
	}{
		{"first", func() (ask, ask) { return ask{m.officer, people}, list(url.Values{}) }},
		{"deep", func() (ask, ask) {
			return ask{m.officer, people + "after=" + url.QueryEscape(store.PageKey(m.someone()))}, list(url.Values{"page": {fmt.Sprint(1 + m.r.IntN(len(m.people)/50))}})
		}},
		{"deep-uncounted", func() (ask, ask) {
			return ask{m.officer, people + "after=" + url.QueryEscape(store.PageKey(m.someone()))},
				list(url.Values{"page": {fmt.Sprint(1 + m.r.IntN(len(m.people)/50))}, "skipTotal": {"1"}})
		}},
		{"prefix", func() (ask, ask) {
			word := m.syllable()
			var ways []string
			for _, column := range []string{"sort", "initials", "name", "number"} {
				ways = append(ways, column+"~'"+word+"%'")
			}
			return ask{m.officer, people + "q=" + word}, list(url.Values{"filter": {strings.Join(ways, "||")}})
		}},
	} {
		b.Run(q.name, func(b *testing.B) {
			var took [2][]time.Duration
			for b.Loop() {
				a, z := q.next()
				for i, side := range []struct {
					base string
					ask
				}{{ours.url, a}, {theirs.url, z}} {
					begun := time.Now()
					if _, _, err := fetch(c, side.base, side.ask); err != nil {
						b.Fatal(err)
					}
					took[i] = append(took[i], time.Since(begun))
				}
			}
			for i, name := range []string{"ours", "pocketbase"} {
				b.ReportMetric(ms(percentile(took[i], 50)), name+"-p50-ms")
				b.ReportMetric(ms(percentile(took[i], 95)), name+"-p95-ms")
			}
			b.ReportMetric(ms(percentile(took[1], 50))/ms(percentile(took[0], 50)), "times-faster")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// pocketbase builds the peer, fills it with the city's people and serves it.
func (m *metropolis) pocketbase(b *testing.B) (*process, error) {
	dir := b.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "pocketbase"), ".")
	build.Dir = filepath.Join("..", "..", "bench", "pocketbase")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	var rows bytes.Buffer
	for _, sc := range m.schools {
		for _, p := range sc.people {
			fmt.Fprintf(&rows, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Sort, p.Initials, p.Number, sc.unit.Name)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	c := exec.Command(filepath.Join(dir, "pocketbase"), filepath.Join(dir, "data"), addr)
	c.Stdin = &rows
	return launch(c)
}
