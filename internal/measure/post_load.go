package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// postLoad converts posts of management and support into lessons: as a share
// of the mean load of teaching staff, or as lessons (济宁2018 三(三)2).
type postLoad struct {
	shares  map[string]num.Q
	lessons map[string]num.Q
	skip    []string
	of      string
	mean    *people
	round   *rounding
	within  string // whose mean: the school's, or the person's stage's
	highest bool   // several posts: the highest alone, not their sum
	over    over
	none    none
}

func readPostLoad(c *compiler, p *scheme.Params) deriver {
	posts := append(allowedIn("教职工", "职务"), allowedIn("兼职", "兼任")...)
	l := &postLoad{
		shares: rates(p, "shares", posts), lessons: rates(p, "lessons", posts), skip: p.Texts("skip"),
		highest: p.MustOneOf("combine", "sum", "highest") == "highest", over: readOver(c, p), none: readNone(p, "zero", "not-applicable"),
	}
	for _, s := range l.skip {
		if !slices.Contains(posts, s) {
			p.Fault("skip", "measure.not-among", s, strings.Join(posts, "、"))
		}
	}
	for name := range l.shares {
		if _, both := l.lessons[name]; both {
			p.Fault("shares", "measure.both-ways", name)
		}
	}
	if len(l.shares) == 0 {
		return l
	}
	l.of, l.within = c.needs(p.Text("of")), p.MustOneOf("mean-within", "school", "stage")
	if round, ok := readRounding(p); ok {
		l.round = &round
	}
	if l.mean = readPeople(p, "mean-over"); l.mean == nil {
		p.Fault("", "measure.mean-over")
		l.mean = &people{}
	}
	return l
}

func (l *postLoad) fields() []field  { return scalar }
func (l *postLoad) sheets() []string { return l.over.sheets("兼职") }

func (l *postLoad) derive(r *run) {
	lines := r.of("兼职")
	means := map[string]teachingMean{}
	r.people(func(i int, s *evidence.Staff) {
		time, ok := l.over.of(r, i)
		if !ok {
			return
		}
		work, ok := l.post(r, i, s, means)
		if !ok {
			return
		}
		for _, k := range lines.by[i] {
			d := &r.Duties[k]
			if d.Kind == s.Position {
				continue // the post itself, listed twice
			}
			w, counts, ok := l.convert(r, i, d.Kind, means)
			if !ok {
				return
			}
			if !counts {
				if !slices.Contains(l.skip, d.Kind) {
					r.fault("兼职", d.Line, "兼任", "measure.post", d.Kind)
				}
				continue
			}
			w.Source = lines.sources[k]
			w.Label = strings.TrimSpace(d.Kind+" "+d.Of) + w.Label
			spans := []span{{d.Start, d.End}}
			for _, o := range lines.by[i] {
				if x := &r.Duties[o]; o != k && x.Kind == d.Kind {
					spans = append(spans, span{x.Start, x.End})
				}
			}
			work = append(work, weighTime(w, time(spans...)))
		}
		if len(work) == 0 {
			l.none.put(r, i)
			return
		}
		if l.highest {
			work = highestOnly(work)
		}
		r.number(i, total(work), work)
	})
}

// post returns what the person's 职务 counts. It is false when the mean it
// reads is not there, which settles the person.
func (l *postLoad) post(r *run, i int, s *evidence.Staff, means map[string]teachingMean) ([]fact.Line, bool) {
	w, counts, ok := l.convert(r, i, s.Position, means)
	if !ok {
		return nil, false
	}
	if !counts {
		if s.Position != "教师" && !slices.Contains(l.skip, s.Position) {
			r.fault("教职工", s.Line, "职务", "measure.post", s.Position)
		}
		return nil, true
	}
	w.Source = "教职工/" + s.ID
	w.Label = s.Position + w.Label
	part := one
	if l.over.kind == "period" {
		part = r.share(s.Joined, s.Left, r.start, r.end)
	}
	return []fact.Line{weighTime(w, part)}, true
}

// convert returns the lessons of a post, and whether it is declared at all.
func (l *postLoad) convert(r *run, person int, post string, means map[string]teachingMean) (w fact.Line, counts, ok bool) {
	if q, has := l.lessons[post]; has {
		return fact.Line{Value: q, Factor: one, Counts: q}, true, true
	}
	share, has := l.shares[post]
	if !has {
		return fact.Line{}, false, true
	}
	stage := ""
	if l.within == "stage" {
		stage = r.staff[person].Stage
	}
	m, known := means[stage]
	if !known {
		m = l.meanOf(r, stage)
		means[stage] = m
	}
	if m.n == 0 {
		r.missing(person, m.state, []fact.Line{{Label: "没有可取平均课时的人员"}})
		return fact.Line{}, false, false
	}
	label := " = " + l.of + "平均 " + m.mean.Round(4, num.HalfUp).String() + "（" + num.Int(int64(m.n)).String() + " 人）× " + share.String()
	return fact.Line{Label: label, Value: m.mean, Factor: share, Counts: m.mean.Mul(share)}, true, true
}

// teachingMean is the mean load of some people.
type teachingMean struct {
	mean  num.Q
	n     int
	state fact.State // why there is none
}

// meanOf takes the mean over those who have a load; "" is the whole school.
func (l *postLoad) meanOf(r *run, stage string) teachingMean {
	m := teachingMean{state: fact.NotApplicable}
	for i, s := range r.staff {
		if !l.mean.match(s) || stage != "" && s.Stage != stage {
			continue
		}
		switch q, state := r.value(l.of, i); state {
		case fact.Given:
			m.mean, m.n = m.mean.Add(q), m.n+1
		case fact.NotYet:
			m.state = state
		}
	}
	m.mean, _ = m.mean.Div(num.Int(int64(m.n)))
	if l.round != nil {
		m.mean = l.round.apply(m.mean)
	}
	return m
}

func weighTime(w fact.Line, part num.Q) fact.Line {
	if !part.Equal(one) {
		w.Label += " × 时间 " + part.String()
		w.Factor = w.Factor.Mul(part)
		w.Counts = w.Value.Mul(w.Factor)
	}
	return w
}

// highestOnly keeps the work of all posts in view but counts one.
func highestOnly(work []fact.Line) []fact.Line {
	best := 0
	for i := range work {
		if work[i].Counts.Cmp(work[best].Counts) > 0 {
			best = i
		}
	}
	for i := range work {
		if i != best {
			work[i].Label += "（只计最高一项，此项不计）"
			work[i].Factor, work[i].Counts = num.Q{}, num.Q{}
		}
	}
	return work
}
