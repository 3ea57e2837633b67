package web_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shiji/internal/web"
)

// What timings may tell: the area under the curve of a guesser who sees nothing
// but how long an answer took, 0.5 for a guess. Sixty pairs on a busy machine show
// gross leaks only: 0.8 is five standard errors from a guess.
const (
	telling = 0.55
	gross   = 0.8
)

// effort is how many pairs each probe is asked for, how many probes at a time, and
// what an auc may be.
type effort struct {
	pairs, atOnce int
	most          float64
}

// thorough says whether the long variants of tests run.
func thorough() bool { return os.Getenv("SHIJI_TORTURE") != "" }

// probe is two kinds of request that one guest must not tell apart, and what both
// are answered.
type probe struct {
	name   string
	status int
	kinds  [2]func() *http.Request
}

// timings are how long each kind of a probe took, in seconds.
type timings [2][]float64

// sites answers each kind of a probe: in a control, one worse than the other.
type sites [2]http.Handler

// slower takes longer by some time.
func slower(h http.Handler, by time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		time.Sleep(by)
	})
}

// measure asks n times for both kinds, in random order, so that what else the
// machine does falls on both alike.
func (p probe) measure(t testing.TB, s sites, n int) *timings {
	d := new(timings)
	for i := range n + 5 {
		first := rand.IntN(2)
		for _, kind := range []int{first, 1 - first} {
			r, rec := p.kinds[kind](), httptest.NewRecorder()
			begun := time.Now()
			s[kind].ServeHTTP(rec, r)
			took := time.Since(begun).Seconds()
			if rec.Code != p.status {
				t.Errorf("%s, kind %d: got %d, want %d", p.name, kind, rec.Code, p.status)
				return d
			}
			if i >= 5 { // whatever is made once is made
				d[kind] = append(d[kind], took)
			}
		}
	}
	return d
}

// measured measures probes side by side.
func (e effort) measured(t testing.TB, probes []probe, s sites) []*timings {
	out := make([]*timings, len(probes))
	var all sync.WaitGroup
	places := make(chan struct{}, e.atOnce)
	for i, p := range probes {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			out[i] = p.measure(t, s, e.pairs)
		})
	}
	all.Wait()
	return out
}

// auc is how well the timings tell the kinds apart, whichever takes longer: the
// statistic of Mann and Whitney, ties counted half, as a share of all pairs.
func (d *timings) auc() float64 {
	type timed struct {
		took float64
		kind int
	}
	var all []timed
	for kind, times := range d {
		for _, took := range times {
			all = append(all, timed{took, kind})
		}
	}
	slices.SortFunc(all, func(a, b timed) int { return cmp.Compare(a.took, b.took) })
	ranks := 0.0 // of the first kind, counted from one, equal times sharing theirs
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].took == all[i].took {
			j++
		}
		for _, x := range all[i:j] {
			if x.kind == 0 {
				ranks += float64(i+1+j) / 2
			}
		}
		i = j
	}
	n, m := float64(len(d[0])), float64(len(d[1]))
	share := (ranks - n*(n+1)/2) / (n * m)
	return max(share, 1-share)
}

// unsure is the standard error of a guess's auc.
func (d *timings) unsure() float64 { return 1 / math.Sqrt(6*float64(len(d[0]))) }

// median is the middle of one kind.
func (d *timings) median(kind int) time.Duration {
	times := slices.Sorted(slices.Values(d[kind]))
	return time.Duration(times[len(times)/2] * float64(time.Second))
}

func (d *timings) String() string {
	return fmt.Sprintf("AUC %.3f±%.3f of %d pairs, medians %v and %v", d.auc(), d.unsure(), len(d[0]), d.median(0), d.median(1))
}

// hold fails the test for each probe whose timings tell too much.
func (e effort) hold(t *testing.T, what string, probes []probe, s sites) {
	t.Helper()
	worst, sum := 0.0, 0.0
	for i, d := range e.measured(t, probes, s) {
		auc := d.auc()
		worst, sum = max(worst, auc), sum+auc
		if auc > e.most {
			t.Errorf("%s: time tells what is %s: %v", probes[i].name, what, d)
		} else if thorough() {
			t.Logf("%s: %v", probes[i].name, d)
		}
	}
	t.Logf("%s: %d probes of %d pairs: AUC %.3f on average, %.3f at worst", what, len(probes), e.pairs, sum/float64(len(probes)), worst)
}

// control fails the test unless each probe of a worse site tells. On a busy machine it
// asks more often before it gives up.
func (e effort) control(t *testing.T, what string, probes []probe, s sites) {
	t.Helper()
	for _, p := range probes {
		d := new(timings)
		for range 5 {
			for kind, took := range p.measure(t, s, e.pairs) {
				d[kind] = append(d[kind], took...)
			}
			if d.auc() > e.most {
				break
			}
		}
		if d.auc() <= e.most {
			t.Errorf("control: %s is not seen: %s: %v", what, p.name, d)
		} else if thorough() {
			t.Logf("control: %s is seen: %s: %v", what, p.name, d)
		}
	}
}

// anotherID is an id of the form and of the time of id, which nothing has.
func anotherID(id string) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := []byte(id)
	for i := 10; i < len(b); i++ {
		b[i] = letters[rand.IntN(len(letters))]
	}
	return string(b)
}

// curious are those who try the addresses of others.
var curious = []string{"teacher", "clerk of away", "officer of the other county"}

// hiddenProbes are all pages of one object, asked for by those who may know it
// but for this object.
func (w *town) hiddenProbes(t testing.TB) (out []probe) {
	t.Helper()
	for _, r := range web.Routes() {
		if r.Method != http.MethodGet || !strings.Contains(r.Path, "{") || strings.Contains(r.Path, "{$}") {
			continue
		}
		for _, name := range curious {
			g := w.guest(t, name)
			var hiding, open []asked
			for _, th := range w.things(r) {
				if !th.exists {
					continue
				}
				subjects := []string{""}
				if strings.Contains(r.Path, "{subject}") {
					subjects = []string{w.schools[0].code, w.schools[0].other}
				}
				for _, subject := range subjects {
					c := asked{guest: g, route: r, method: r.Method, thing: th, subject: subject}
					if settle(c.expected(w, byTable)) == hidden {
						hiding = append(hiding, c)
					} else {
						open = append(open, c)
					}
				}
			}
			if len(hiding) > 0 {
				out = append(out, w.hiddenProbe(name+": "+r.Path, hiding))
			}
			for _, c := range open { // a colleague's result beside her own
				others := slices.DeleteFunc(slices.Clone(hiding), func(h asked) bool { return h.thing.id != c.thing.id })
				if len(others) > 0 {
					out = append(out, w.colleagueProbe(name+": subject of "+r.Path, others[:1]))
				}
			}
		}
	}
	return out
}

// hiddenProbe asks for what is hidden and for what does not exist.
func (w *town) hiddenProbe(name string, hiding []asked) probe {
	i := 0
	next := func() asked { i++; return hiding[i%len(hiding)] }
	return probe{name, http.StatusNotFound, [2]func() *http.Request{
		func() *http.Request { return w.request(next()) },
		func() *http.Request { c := next(); c.thing.id = anotherID(c.thing.id); return w.request(c) },
	}}
}

// colleagueProbe asks for somebody in an appraisal that is open to the guest, and
// for nobody.
func (w *town) colleagueProbe(name string, hiding []asked) probe {
	c := hiding[0]
	return probe{name, http.StatusNotFound, [2]func() *http.Request{
		func() *http.Request { return w.request(c) },
		func() *http.Request { c := c; c.subject = fmt.Sprintf("T9%02d", rand.IntN(100)); return w.request(c) },
	}}
}

func (w *town) request(c asked) *http.Request { return w.as(c.guest, c.method, c.target(), nil) }

// timing holds that no clock tells what is hidden from what is missing. A site that
// takes longer for what is hidden must be seen, or it would not see ours.
func (w *town) timing(t *testing.T) {
	probes := w.hiddenProbes(t)
	e, by := effort{60, len(probes), gross}, 4*tick
	if thorough() { // they wait for most of the time
		e, by = effort{10_000, 16, telling}, 200*time.Microsecond
	}
	paced := w.options
	paced.Wait = nil
	site := w.serving(t, paced)
	e.hold(t, "hidden", probes, sites{site, site})
	e.control(t, by.String()+" more", probes[:1], sites{slower(site, by), site})
	if thorough() {
		w.unpaced(t, probes)
	}
}

// tick is what an answer that misses its time takes longer (see pace.go).
const tick = 5 * time.Millisecond

// unpaced is the control that gives answers as soon as they are made: some probes
// must tell, one by one on a quiet machine.
func (w *town) unpaced(t *testing.T, probes []probe) {
	told, worst := 0, 0.0
	for _, p := range probes {
		d := p.measure(t, sites{w.handler, w.handler}, 1000)
		if worst = max(worst, d.auc()); d.auc() > telling {
			told++
		}
	}
	if told == 0 {
		t.Errorf("control: a site without ticks tells nothing: AUC %.3f at worst", worst)
	}
	t.Logf("control: without ticks %d of %d probes tell, AUC %.3f at worst", told, len(probes), worst)
}
