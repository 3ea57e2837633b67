package measure

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// The city year of the performance budget: 30,000 classes of 36 to 51 pupils,
// 6 exams in 8 subjects, about 62 million scores in half points.
const (
	cityClasses = 30_000
	cityColumns = 6 * 8
	peerRepeats = 7
)

type cityYear struct {
	bounds []uint32
	scores []uint16 // column after column
}

func (c *cityYear) column(i int) []uint16 {
	n := int(c.bounds[cityClasses])
	return c.scores[i*n:][:n]
}

// generateCity makes the numbers that peer/classstats.c makes, so that the two
// results can be compared and not only their times.
var generateCity = sync.OnceValue(func() *cityYear {
	state := uint64(1)
	next := func() uint64 {
		state += 0x9E3779B97F4A7C15
		z := state
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		return z ^ z>>31
	}
	city := &cityYear{bounds: make([]uint32, cityClasses+1)}
	for i := range cityClasses {
		city.bounds[i+1] = city.bounds[i] + 36 + uint32(next()%16)
	}
	city.scores = make([]uint16, int(city.bounds[cityClasses])*cityColumns)
	for i := range city.scores {
		z := next()
		city.scores[i] = uint16(min(z&127+z>>7&127+z>>14&63, 300))
		if z>>40&63 == 0 {
			city.scores[i] = StateAbsent
		}
	}
	return city
})

// BenchmarkCityStatistics computes the statistics of every class of a city
// year and reports them beside a C peer timed in the same run: x-C-bare holds
// us to a loop that ignores missing scores, x-C to one that handles them.
// Budget: 6 × C-bare on one thread and 3 × on two; goal 4 and 2.
func BenchmarkCityStatistics(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			city := generateCity()
			out := make([][]ClassStats, cityColumns)
			for i := range out {
				out[i] = make([]ClassStats, cityClasses)
			}
			peer := runPeer(b)
			var times []time.Duration
			for b.Loop() {
				from := time.Now()
				tallyCity(city, out, threads)
				times = append(times, time.Since(from))
			}
			slices.Sort(times)
			ours := float64(times[len(times)/2].Nanoseconds()) / float64(len(city.scores))
			b.ReportMetric(ours, "ns/score")
			if peer == nil {
				return
			}
			b.ReportMetric(peer.bare, "C-bare-ns/score")
			b.ReportMetric(ours/peer.bare, "x-C-bare")
			b.ReportMetric(ours/peer.states, "x-C")
			if got := cityCheck(out); got != peer.check {
				b.Errorf("check sum: got %d, the C peer says %d", got, peer.check)
			}
		})
	}
}

func tallyCity(city *cityYear, out [][]ClassStats, threads int) {
	var wg sync.WaitGroup
	for first := range threads {
		wg.Go(func() {
			for i := first; i < cityColumns; i += threads {
				tally := NewTally(Lines{Excellent: 255, Good: 225, Pass: 180, Low: 90})
				tally.Classes(out[i], city.column(i), city.bounds)
			}
		})
	}
	wg.Wait()
}

func cityCheck(out [][]ClassStats) (check uint64) {
	at := uint64(0)
	for _, column := range out {
		for _, s := range column {
			at++
			check += (s.Sum + s.Squares + uint64(s.Sat+s.Excellent+s.Pass+s.Low)) * at
		}
	}
	return check
}

type peerFigures struct {
	bare, states float64 // ns a score
	check        uint64
}

// runPeer builds and times the C peer, and returns nil where there is no gcc.
func runPeer(b *testing.B) *peerFigures {
	b.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		b.Log("NO PEER: gcc not found, the ratio to C is not measured in this run")
		return nil
	}
	program := filepath.Join(b.TempDir(), "classstats")
	if out, err := exec.Command(gcc, "-O3", "-o", program, "peer/classstats.c").CombinedOutput(); err != nil {
		b.Fatalf("gcc peer/classstats.c: %v\n%s", err, out)
	}
	out, err := exec.Command(program, fmt.Sprint(cityClasses), fmt.Sprint(cityColumns), fmt.Sprint(peerRepeats)).Output()
	if err != nil {
		b.Fatalf("run peer: %v", err)
	}
	p := new(peerFigures)
	if _, err := fmt.Sscanf(string(out), "bare %g\nstates %g\ncheck %d", &p.bare, &p.states, &p.check); err != nil {
		b.Fatalf("peer said %q: %v", out, err)
	}
	return p
}

// BenchmarkCityProgress pairs an exam with the one before it in the same eight
// subjects and computes sums and the share who improved, class by class.
func BenchmarkCityProgress(b *testing.B) {
	city := generateCity()
	links := make([]int32, city.bounds[cityClasses])
	for i := range links {
		links[i] = int32(len(links) - 1 - i) // the earlier roster has another order
	}
	moments := make([]Moments, 16)
	for i := range moments {
		moments[i] = NewTally(Lines{}).Class(city.column(i)).Moments(2)
	}
	pupils := 0
	for b.Loop() {
		for subject := range 8 {
			post, prior := city.column(8+subject), city.column(subject)
			pairs := Match(post, city.bounds, prior, links)
			pairs.Sums()
			pairs.Improved(moments[8+subject], moments[subject], Sample)
			pupils += len(post)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(pupils), "ns/pupil")
}

// BenchmarkCityValueAdded fits classes within schools for one subject of the
// whole city: 30,000 classes in 1,500 schools, 1.3 million pupils.
func BenchmarkCityValueAdded(b *testing.B) {
	city := generateCity()
	links := make([]int32, city.bounds[cityClasses])
	for i := range links {
		links[i] = int32(i)
	}
	p := Match(city.column(1), city.bounds, city.column(0), links).Pupils()
	p.School, p.Schools = make([]int32, cityClasses), cityClasses/20
	for i := range p.School {
		p.School[i] = int32(i / 20)
	}
	for row, class := range p.Class { // the generated scores know no classes: give them some
		p.Post[row] += float64(class*7919%31) + float64(p.School[class]*104729%23) + p.Covariates[0][row]/2
	}
	for b.Loop() {
		if _, err := p.Fit(REML); err != nil {
			b.Fatal(err)
		}
	}
}
