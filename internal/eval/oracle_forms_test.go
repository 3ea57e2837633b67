package eval_test

import (
	"math/big"
	"slices"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// form applies the node's rule to the member.
func (o *oracle) form(n *scheme.Node, m fact.Member) ovalue {
	a := at{m: m, n: n}
	switch f := n.Form.(type) {
	case *scheme.Formula:
		return held(f.Limits, o.lines(a, f.Over, func(a at) ovalue { return o.expr(a, f.Is) }))
	case *scheme.Count:
		v := o.lines(a, f.Over, func(a at) ovalue { return o.expr(a, f.Of) })
		if v.status == eval.Known {
			v.q = add(f.Base.Rat(), mul(f.Unit.Rat(), greatest(new(big.Rat), sub(v.q, f.Free.Rat()))))
		}
		return held(f.Limits, v)
	case *scheme.Bands:
		return o.lines(a, f.Over, func(a at) ovalue { return o.bands(a, f) })
	case *scheme.Select:
		return o.lines(a, f.Over, func(a at) ovalue { return o.selected(a, f) })
	case *scheme.Linear:
		return held(f.Limits, o.lines(a, f.Over, func(a at) ovalue { return linear(f, o.expr(a, f.Of)) }))
	case *scheme.Ratio:
		return o.ratio(a, f)
	case *scheme.Rank:
		return o.rank(a, f)
	case *scheme.Difference:
		return held(f.Limits, o.lines(a, f.Over, func(a at) ovalue {
			now, last := o.expr(a, f.Of), o.expr(a, f.Last)
			if s := worst(now.status, last.status); s != eval.Known {
				return ovalue{status: s}
			}
			d, points := sub(now.q, last.q), f.Points
			if d.Sign() < 0 && f.Down != nil {
				points = *f.Down
			}
			return ovalue{q: add(f.Base.Rat(), mul(points.Rat(), d))}
		}))
	case *scheme.Deduct:
		return o.deduct(a, f)
	case *scheme.Raters:
		return o.raters(a, f)
	case *scheme.Awards:
		return o.awards(a, f)
	case *scheme.PoolShare:
		return o.pool(a, f)
	case *scheme.GroupMean:
		mean, count := o.mean(f.Node, f.Of)
		o.ref(a, "n", rat(count, 1))
		o.ref(a, "mean", mean)
		if count == 0 {
			return ovalue{status: eval.NotApplicable}
		}
		return ovalue{q: quo(mul(mul(mean, f.Share.Rat()), n.Full.Rat()), o.s.Node(f.Node).Full.Rat())}
	case *scheme.GroupCap:
		return o.capped(a, f)
	case *scheme.WeightedSum, *scheme.Sum:
		return o.inner(a)
	case *scheme.Round:
		_, v := o.only(n, m)
		if v.status == eval.Known {
			v.q = roundRat(v.q, f.Places, f.Mode)
		}
		return v
	case *scheme.Record:
		return o.record(a, f)
	}
	panic("oracle: form " + n.Form.Kind())
}

func (o *oracle) ref(a at, name string, q *big.Rat) { o.refs[a.m.Subject][a.n.ID+"/"+name] = q }

func (o *oracle) bands(a at, f *scheme.Bands) ovalue {
	x, which := o.expr(a, f.Of), ""
	if f.By != "" {
		c := o.fact(a, f.By)
		x.status, which = worst(x.status, eval.Status(c.State)), c.Code
	}
	if x.status != eval.Known {
		return ovalue{status: x.status}
	}
	list, ok := f.Cases[which]
	if !ok {
		o.find(a.m, a.n, "eval.no-case")
		return ovalue{status: eval.Blocked}
	}
	for _, b := range list {
		c := x.q.Cmp(b.Line.Rat())
		if c == 0 && (b.Test == ">=" || b.Test == "<=") || c > 0 && b.Test[0] == '>' || c < 0 && b.Test[0] == '<' {
			return ovalue{q: b.Score.Rat()}
		}
	}
	return ovalue{q: f.Else.Rat()}
}

func (o *oracle) selected(a at, f *scheme.Select) ovalue {
	c := o.fact(a, f.Of)
	if c.State != fact.Given {
		return ovalue{status: eval.Status(c.State)}
	}
	for _, s := range f.Scores {
		if s.Name == c.Code {
			return ovalue{q: s.Q.Rat()}
		}
	}
	o.find(a.m, a.n, "eval.no-score")
	return ovalue{status: eval.Blocked}
}

func linear(f *scheme.Linear, x ovalue) ovalue {
	if x.status != eval.Known {
		return x
	}
	last := len(f.Anchors) - 1
	for i := 0; i < last; i++ {
		a, b := f.Anchors[i], f.Anchors[i+1]
		before, after := x.q.Cmp(a.At.Rat()) < 0, x.q.Cmp(b.At.Rat()) > 0
		if before && !f.Extend {
			return ovalue{q: a.Score.Rat()}
		}
		if after && i < last-1 {
			continue
		}
		if after && !f.Extend {
			return ovalue{q: b.Score.Rat()}
		}
		// score = ((b−x)·sa + (x−a)·sb) ÷ (b−a)
		up := add(mul(sub(b.At.Rat(), x.q), a.Score.Rat()), mul(sub(x.q, a.At.Rat()), b.Score.Rat()))
		return ovalue{q: quo(up, sub(b.At.Rat(), a.At.Rat()))}
	}
	panic("oracle: anchors")
}

// compared is x of somebody who is compared with others; of whom it is not known
// with whom, there is nothing to compare.
func (o *oracle) compared(a at, p scheme.Peers, x scheme.Expr) ovalue {
	v := o.expr(a, x)
	for _, name := range p.Same {
		v.status = worst(v.status, eval.Status(o.fact(a, name).State))
	}
	return v
}

// peers are the members compared with a.m, with their rounded values of x: those
// for whom the node counts and who have a value.
func (o *oracle) peers(a at, p scheme.Peers, x scheme.Expr) (who []string, qs []*big.Rat) {
	for _, m := range o.members {
		b := at{m: m, n: a.n}
		if !o.inTree(a.n, m.Group) || p.Same == nil && !p.All && m.Group != a.m.Group {
			continue
		}
		if slices.ContainsFunc(p.Same, func(name string) bool { return o.fact(b, name).Code != o.fact(a, name).Code }) {
			continue
		}
		if v := o.compared(b, p, x); v.status == eval.Known {
			who, qs = append(who, m.Subject), append(qs, o.places(v.q))
		}
	}
	return who, qs
}

func (o *oracle) ratio(a at, f *scheme.Ratio) ovalue {
	against := func(x, to *big.Rat) ovalue {
		if to.Sign() == 0 {
			return ovalue{q: f.Zero.Rat()}
		}
		q := quo(x, to)
		if f.Most != nil {
			q = least(q, f.Most.Rat())
		}
		return ovalue{q: mul(f.Points.Rat(), q)}
	}
	if f.Stat == "" {
		return held(f.Limits, o.lines(a, f.Over, func(a at) ovalue {
			x, to := o.expr(a, f.Of), o.expr(a, f.To)
			if s := worst(x.status, to.status); s != eval.Known {
				return ovalue{status: s}
			}
			return against(x.q, to.q)
		}))
	}
	x := o.compared(a, f.Peers, f.Of)
	if x.status != eval.Known {
		return x
	}
	_, qs := o.peers(a, f.Peers, f.Of)
	to, sum := qs[0], new(big.Rat)
	for _, q := range qs {
		to, sum = greatest(to, q), add(sum, q)
	}
	if f.Stat == "mean" {
		to = quo(sum, rat(int64(len(qs)), 1))
	}
	o.ref(a, f.Stat, to)
	o.ref(a, "n", rat(int64(len(qs)), 1))
	return held(f.Limits, against(o.places(x.q), to))
}

func (o *oracle) rank(a at, f *scheme.Rank) ovalue {
	x := o.compared(a, f.Peers, f.Of)
	if x.status != eval.Known {
		return x
	}
	_, qs := o.peers(a, f.Peers, f.Of)
	place, n := o.placeOf(o.places(x.q), qs, f), int64(len(qs))
	o.ref(a, "place", rat(place, 1))
	o.ref(a, "n", rat(n, 1))
	for _, b := range f.Bands {
		c := rat(place, n).Cmp(b.Line.Rat())
		if f.Line == "ceil" {
			c = rat(place, 1).Cmp(roundRat(mul(rat(n, 1), b.Line.Rat()), 0, num.Ceil))
		}
		if c < 0 || c == 0 && b.Test == "<=" {
			return ovalue{q: b.Score.Rat()}
		}
	}
	return ovalue{q: f.Else.Rat()}
}

// placeOf finds x's place by taking, from the best, one run after another of
// values within tolerance of the run's first.
func (o *oracle) placeOf(x *big.Rat, qs []*big.Rat, f *scheme.Rank) int64 {
	better := func(a, b *big.Rat) bool { return (a.Cmp(b) > 0) != f.Low && a.Cmp(b) != 0 }
	left := slices.Clone(qs)
	var before, runs int64
	for {
		first := left[0]
		for _, q := range left {
			if better(q, first) {
				first = q
			}
		}
		var rest []*big.Rat
		mine := false
		for _, q := range left {
			if new(big.Rat).Abs(sub(q, first)).Cmp(f.Tolerance.Rat()) > 0 {
				rest = append(rest, q)
			} else if q.Cmp(x) == 0 {
				mine = true
			}
		}
		runs++
		size := int64(len(left) - len(rest))
		if mine {
			return map[string]int64{"min": before + 1, "dense": runs, "max": before + size}[f.Ties]
		}
		before, left = before+size, rest
	}
}

func (o *oracle) deduct(a at, f *scheme.Deduct) ovalue {
	left, status := f.From.Rat(), eval.Known
	for _, it := range f.Items {
		v := o.expr(a, it.Of)
		if status = worst(status, v.status); v.status != eval.Known {
			continue
		}
		loss := mul(it.Each.Rat(), greatest(new(big.Rat), sub(v.q, it.Free.Rat())))
		if it.Most != nil {
			loss = least(loss, it.Most.Rat())
		}
		left = sub(left, loss)
	}
	if status != eval.Known {
		return ovalue{status: status}
	}
	return ovalue{q: greatest(left, f.Floor.Rat())}
}

func (o *oracle) raters(a at, f *scheme.Raters) ovalue {
	items, any := o.items(a.m, f.Table, nil)
	if !any && o.empty(a.m, f.Table) != eval.Known {
		return ovalue{status: o.empty(a.m, f.Table)}
	}
	score, weights := new(big.Rat), new(big.Rat)
	for _, w := range f.Weights {
		mean, status := o.raterGroup(a, f, w.Name, items)
		switch {
		case status == eval.Known:
			score, weights = add(score, mul(w.Q.Rat(), mean)), add(weights, w.Q.Rat())
		case status == eval.NotYet:
			o.find(a.m, a.n, "eval.few-ballots", w.Name)
			if f.Few == "block" {
				return ovalue{status: eval.Blocked}
			}
		}
	}
	if weights.Sign() == 0 {
		return ovalue{status: eval.NotApplicable}
	}
	return ovalue{q: quo(score, weights)}
}

// raterGroup is the mean of a group of raters; NotYet when too few have answered,
// as while one of its lines is still to come or was refused.
func (o *oracle) raterGroup(a at, f *scheme.Raters, name string, items []string) (*big.Rat, eval.Status) {
	sum, ballots, eligible := new(big.Rat), new(big.Rat), new(big.Rat)
	found := false
	for _, item := range items {
		line := at{a.m, a.n, f.Table, item}
		if c := o.fact(line, f.By); c.State != fact.Given || c.Code != name {
			continue
		}
		v, b, e := o.name(line, f.Value), o.name(line, f.Ballots), ovalue{q: new(big.Rat)}
		if f.Eligible != "" {
			e = o.name(line, f.Eligible)
		}
		switch worst(v.status, b.status, e.status) {
		case eval.NotApplicable, eval.Excused:
			continue // as if it were not there
		case eval.NotYet, eval.Refused:
			return nil, eval.NotYet
		}
		found = true
		sum, ballots, eligible = add(sum, mul(v.q, b.q)), add(ballots, b.q), add(eligible, e.q)
	}
	switch {
	case !found:
		return nil, eval.NotApplicable
	case ballots.Sign() == 0 || ballots.Cmp(f.MinBallots.Rat()) < 0 || f.Eligible != "" && ballots.Cmp(mul(eligible, f.MinShare.Rat())) < 0:
		return nil, eval.NotYet
	}
	return quo(sum, ballots), eval.Known
}

// prize is one award and what it is worth.
type prize struct {
	series, kind string
	worth        *big.Rat
}

func (o *oracle) awards(a at, f *scheme.Awards) ovalue {
	items, any := o.items(a.m, f.Table, f.Where)
	if !any && o.empty(a.m, f.Table) != eval.Known {
		return ovalue{status: o.empty(a.m, f.Table)}
	}
	var counted []prize
	clear := true
	for _, item := range items {
		p, unclear := o.prize(at{a.m, a.n, f.Table, item}, f)
		if unclear != "" {
			o.find(a.m, a.n, unclear, item)
			clear = false
			continue
		}
		same := -1
		if p.series != "" {
			same = slices.IndexFunc(counted, func(c prize) bool { return c.series == p.series })
		}
		if same < 0 {
			counted = append(counted, p)
		} else if p.worth.Cmp(counted[same].worth) > 0 {
			counted[same] = p
		}
	}
	if !clear {
		return ovalue{status: eval.Blocked}
	}
	sum := new(big.Rat)
	kinds := map[string]*big.Rat{}
	for _, p := range counted {
		if kinds[p.kind] == nil {
			kinds[p.kind] = new(big.Rat)
		}
		kinds[p.kind] = add(kinds[p.kind], p.worth)
	}
	for kind, q := range kinds {
		for _, c := range f.Caps {
			if c.Name == kind {
				q = least(q, c.Q.Rat())
			}
		}
		sum = add(sum, q)
	}
	return held(f.Limits, ovalue{q: sum})
}

// prize is what the line is worth, or the finding that says what is unclear.
func (o *oracle) prize(a at, f *scheme.Awards) (p prize, unclear string) {
	given := func(name string) (string, bool) {
		if name == "" {
			return "", true
		}
		c := o.fact(a, name)
		return c.Code, c.State == fact.Given
	}
	level, ok := given(f.Level)
	grade, graded := given(f.Grade)
	if (!graded || grade == "") && f.Rank != "" && f.Places != "" {
		place, of := o.name(a, f.Rank), o.name(a, f.Places)
		if worst(place.status, of.status) == eval.Known {
			if g := convert(f, place.q, of.q); g != "" {
				grade, graded = g, true
			}
		}
	}
	if !ok || !graded {
		return prize{}, "eval.no-award"
	}
	for _, l := range f.Scores {
		for _, g := range l.Grades {
			if l.Level != level || !strings.EqualFold(g.Name, grade) {
				continue
			}
			p.worth = g.Q.Rat()
			p.series, _ = given(f.Series)
			p.kind, _ = given(f.Kind_)
			by, ok := given(f.FactorBy)
			if !ok {
				return prize{}, "eval.no-factor"
			}
			for _, w := range f.Factor {
				if w.Name == by {
					p.worth = mul(p.worth, w.Q.Rat())
				}
			}
			return p, ""
		}
	}
	return prize{}, "eval.no-award"
}

func convert(f *scheme.Awards, place, of *big.Rat) string {
	for _, r := range f.Convert {
		for i, g := range r.Grades {
			if rat(int64(r.Of), 1).Cmp(of) == 0 && place.IsInt() && place.Cmp(rat(1, 1)) >= 0 && place.Cmp(rat(int64(r.Upto[i]), 1)) <= 0 {
				return g
			}
		}
	}
	return ""
}

// pool divides by handing out one smallest unit after another: each goes to
// whoever is furthest below the exact share, the smaller 工号 first.
func (o *oracle) pool(a at, f *scheme.PoolShare) ovalue {
	x := o.compared(a, f.Peers, f.Of)
	if x.status != eval.Known {
		return x
	}
	who, qs := o.peers(a, f.Peers, f.Of)
	total := new(big.Rat)
	for i, q := range qs {
		qs[i] = greatest(q, new(big.Rat))
		total = add(total, qs[i])
	}
	o.ref(a, "sum", total)
	if total.Sign() == 0 {
		return ovalue{q: new(big.Rat)}
	}
	unit := quo(rat(1, 1), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Places)), nil)))
	left := f.Pool.Rat()
	shares := make([]*big.Rat, len(who))
	short := make([]*big.Rat, len(who))
	for i, q := range qs {
		exact := quo(mul(f.Pool.Rat(), q), total)
		shares[i] = roundRat(exact, f.Places, num.Floor)
		short[i], left = sub(exact, shares[i]), sub(left, shares[i])
	}
	for left.Sign() > 0 {
		most := 0
		for i := range short {
			if short[i].Cmp(short[most]) > 0 {
				most = i
			}
		}
		shares[most], short[most], left = add(shares[most], unit), sub(short[most], unit), sub(left, unit)
	}
	share := shares[slices.Index(who, a.m.Subject)]
	o.ref(a, "share", share)
	return ovalue{q: share}
}

// mean is the mean of a node over the members of groups who have a value.
func (o *oracle) mean(id string, groups []string) (*big.Rat, int64) {
	sum, n := new(big.Rat), int64(0)
	for _, m := range o.members {
		if v := o.value(o.s.Node(id), m); v.status == eval.Known && (groups == nil || slices.Contains(groups, m.Group)) {
			sum, n = add(sum, v.q), n+1
		}
	}
	if n == 0 {
		return sum, 0
	}
	return quo(sum, rat(n, 1)), n
}

// inner adds up the children: by weight, or their points.
func (o *oracle) inner(a at) ovalue {
	f, points := a.n.Form.(*scheme.Sum)
	all, active, sum := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, k := range o.kids(a.n, a.m) {
		v := o.value(k, a.m)
		if v.status == eval.Blocked {
			return ovalue{status: eval.Blocked}
		}
		if pointless(k) {
			continue
		}
		part, w := v.q, k.Full.Rat()
		if !points {
			w = k.Weight.Rat()
		}
		all = add(all, w)
		if v.status != eval.Known {
			continue
		}
		if !points {
			part = quo(mul(part, w), k.Full.Rat())
		}
		sum, active = add(sum, part), add(active, w)
	}
	switch {
	case active.Sign() == 0:
		return ovalue{status: eval.NotApplicable}
	case !points:
		return ovalue{q: mul(quo(sum, active), a.n.Full.Rat())}
	case !f.Keep:
		sum = quo(mul(sum, all), active)
	}
	return held(f.Limits, ovalue{q: sum})
}

// pointless: the node says something and has no points.
func pointless(n *scheme.Node) bool { return n.Form.Kind() == "record" }

func (o *oracle) record(a at, f *scheme.Record) ovalue {
	if f.Of != "" {
		c := o.fact(a, f.Of)
		return ovalue{q: new(big.Rat), code: c.Code, status: eval.Status(c.State)}
	}
	items, any := o.items(a.m, f.Table, nil)
	if !any && o.empty(a.m, f.Table) != eval.Known {
		return ovalue{status: o.empty(a.m, f.Table)}
	}
	return ovalue{q: rat(int64(len(items)), 1)}
}

// capped holds the group's mean to the share of the other groups' mean.
func (o *oracle) capped(a at, f *scheme.GroupCap) ovalue {
	own := func(m fact.Member) ovalue {
		kid, v := o.only(a.n, m)
		if v.status == eval.Known {
			v.q = quo(mul(v.q, a.n.Full.Rat()), kid.Full.Rat())
		}
		return v
	}
	excepted := func(m fact.Member) bool {
		c := o.fact(at{m: m, n: a.n}, f.Except)
		return f.Except != "" && c.State == fact.Given && slices.Contains(f.ExceptCodes, c.Code)
	}
	v := own(a.m)
	if v.status != eval.Known || !slices.Contains(f.Groups, a.m.Group) || excepted(a.m) {
		return v
	}
	against, count := o.mean(f.Node, f.Against)
	if count == 0 { // nobody to compare with: there is no cap
		v.q = roundRat(v.q, o.s.Rounding.Places, num.Floor)
		return v
	}
	against = quo(mul(against, a.n.Full.Rat()), o.s.Node(f.Node).Full.Rat())
	kept, fixed := new(big.Rat), new(big.Rat)
	var others []*big.Rat
	var n int64
	for _, m := range o.members {
		if !o.inTree(a.n, m.Group) || !slices.Contains(f.Groups, m.Group) {
			continue
		}
		switch w := own(m); {
		case w.status != eval.Known:
			continue
		case excepted(m):
			kept = add(kept, o.places(w.q))
		case f.How == "shift" && w.q.Sign() <= 0:
			fixed = add(fixed, w.q) // below nothing there is nothing to take
		default:
			others = append(others, w.q)
		}
		n++
	}
	room := sub(sub(mul(mul(against, f.Share.Rat()), rat(n, 1)), kept), fixed)
	sum := new(big.Rat)
	for _, q := range others {
		sum = add(sum, q)
	}
	if sum.Cmp(room) > 0 {
		if f.How == "scale" && sum.Sign() > 0 {
			v.q = mul(v.q, quo(greatest(room, new(big.Rat)), sum))
		} else if f.How == "shift" && v.q.Sign() > 0 {
			v.q = greatest(sub(v.q, shiftFor(others, greatest(room, new(big.Rat)))), new(big.Rat))
		}
	}
	v.q = roundRat(v.q, o.s.Rounding.Places, num.Floor)
	return v
}

// shiftFor tries, for each number of people who end at zero, the shift that the
// others then need, and takes the one that fits.
func shiftFor(values []*big.Rat, room *big.Rat) *big.Rat {
	values = slices.Clone(values)
	slices.SortFunc(values, func(a, b *big.Rat) int { return a.Cmp(b) })
	for zero := range values {
		sum := new(big.Rat)
		for _, q := range values[zero:] {
			sum = add(sum, q)
		}
		shift := quo(sub(sum, room), rat(int64(len(values)-zero), 1))
		if values[zero].Cmp(shift) >= 0 && (zero == 0 || values[zero-1].Cmp(shift) < 0) {
			return shift
		}
	}
	return values[len(values)-1]
}
