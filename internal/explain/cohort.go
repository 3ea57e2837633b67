package explain

import (
	"cmp"
	"slices"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Roll names the school and its people.
type Roll struct {
	School, Term, Label string
	Names               map[string]string // by 工号
}

// Who returns the person with that 工号.
func (r Roll) Who(subject string) Who {
	return Who{Subject: subject, Name: r.Names[subject], School: r.School, Term: r.Term, Label: r.Label}
}

// Overview is a whole cohort for the committee that decides on it.
type Overview struct {
	School, Term, Label string
	Scheme              Head
	Pointless           bool
	Full                string
	Cohort              string // digest of everybody's facts, short
	People              int
	Scored              int
	Groups              []Group
	Findings            []string   // about the cohort
	Unscored            []Unscored // who has no total, and why
	Marked              []Marked   // who meets a gate
	Gaps                []Gap      // indicators that some have no value for
	Guarded             []Missing  // indicators that the law keeps off
	Rules               []Rule
	Notes               []Rule // rounding, ties, missing values, gates
}

// Group is one group of posts.
type Group struct {
	Name      string
	N, Scored int
	Mean      string // "" when too few
	TooFew    bool
	Bins      []Bin
	Tops      []Top
	Members   []Member // by place, then 工号
}

// Bin is one column of a distribution of totals.
type Bin struct {
	From, To string
	N        int
	Share    float64 // of the highest column, for drawing only
}

// Top is a level-1 indicator with its mean over the group.
type Top struct {
	Node, Name, Mean, Full string
	N                      int
	Share                  float64 // of full marks, for drawing only
}

// Member is one person's line in the table.
type Member struct {
	Subject, Name, Total string
	State                string   // why there is no total
	Place                int      // 0 if none
	Values               []string // of Group.Tops, in their order
	Effects              []string // of consequences, vetoes first
}

// Unscored says why somebody has no total.
type Unscored struct{ Subject, Name, Text string }

// Marked is a consequence with whom it meets.
type Marked struct {
	Subject, Name string
	Consequence
}

// Gap tells how many people have no value for an indicator, and in which state.
type Gap struct {
	ID, Name, State string
	N               int
}

// Cohort explains out, the evaluation of a cohort by c, to the committee.
func Cohort(c *scheme.Compiled, out *eval.Outcome, roll Roll) *Overview {
	o := &Overview{
		School: roll.School, Term: roll.Term, Label: roll.Label, Scheme: head(c.Scheme), Pointless: c.Total.None,
		Full: shown(c.Total.Full), Cohort: out.Cohort.String()[:digestLength], People: len(out.Results), Findings: Findings(out.Findings),
	}
	for _, g := range c.Groups {
		if group, ok := groupOf(c, out, g.Name, roll); ok {
			o.Groups = append(o.Groups, group)
			o.Scored += group.Scored
		}
	}
	for i := range out.Results {
		o.person(c, &out.Results[i], roll)
	}
	slices.SortStableFunc(o.Marked, func(a, b Marked) int {
		return cmp.Compare(vetoRank(a.Veto), vetoRank(b.Veto))
	})
	o.gaps(c, out)
	o.Rules, o.Notes = Rules(c), notes(c)
	return o
}

func vetoRank(veto bool) int {
	if veto {
		return 0
	}
	return 1
}

// person notes what the committee must look at about one person.
func (o *Overview) person(c *scheme.Compiled, res *eval.Result, roll Roll) {
	b := builder{c: c, d: &eval.Derivation{Result: *res}, p: &Page{}}
	b.consequences()
	for _, q := range b.p.Consequences {
		o.Marked = append(o.Marked, Marked{res.Subject, roll.Names[res.Subject], q})
	}
	if c.Total.None || res.Scored {
		return
	}
	reason := "没有任何指标有得分"
	if found := Findings(res.Findings); len(found) > 0 {
		reason = found[0]
	}
	o.Unscored = append(o.Unscored, Unscored{res.Subject, roll.Names[res.Subject], reason})
}

// gaps counts, over leaves, who has no value; a closed guard is told once.
func (o *Overview) gaps(c *scheme.Compiled, out *eval.Outcome) {
	for _, n := range written(c) {
		if n.Closed != nil {
			o.Guarded = append(o.Guarded, Missing{n.ID, n.Name, guarded(n)})
			continue
		}
		if n.Reads.Kids {
			continue
		}
		count := map[eval.Status]int{}
		for i := range out.Results {
			count[out.Results[i].Values[n.Index].Status]++
		}
		for _, s := range []eval.Status{eval.Blocked, eval.NotYet, eval.Refused, eval.Excused, eval.NotApplicable} {
			if count[s] > 0 {
				o.Gaps = append(o.Gaps, Gap{n.ID, n.Name, statusWords[s], count[s]})
			}
		}
	}
}

// written returns the nodes as the scheme's file tells them, each parent before
// its children.
func written(c *scheme.Compiled) []*scheme.CompiledNode {
	var out []*scheme.CompiledNode
	var walk func(parent string)
	walk = func(parent string) {
		for _, n := range c.Children(parent) {
			out = append(out, c.Nodes[c.NodeIndex(n.ID)])
			walk(n.ID)
		}
	}
	walk("")
	return out
}

func groupOf(c *scheme.Compiled, out *eval.Outcome, name string, roll Roll) (Group, bool) {
	g := Group{Name: name}
	var members []*eval.Result
	var totals []num.Q
	for i := range out.Results {
		if r := &out.Results[i]; r.Group == name {
			members = append(members, r)
			if r.Scored {
				totals = append(totals, r.Score)
			}
		}
	}
	g.N, g.Scored = len(members), len(totals)
	if g.N == 0 {
		return g, false
	}
	slices.SortStableFunc(members, func(a, b *eval.Result) int {
		return cmp.Or(cmp.Compare(placeRank(a), placeRank(b)), cmp.Compare(a.Subject, b.Subject))
	})
	for _, i := range c.Roots[name] {
		g.Tops = append(g.Tops, top(c, c.Nodes[i], members))
	}
	for _, r := range members {
		g.Members = append(g.Members, member(c, r, roll))
	}
	if g.TooFew = g.N < eval.FewestShown; !g.TooFew && len(totals) > 0 {
		g.Mean = mean(c, totals)
		g.Bins = bins(c.Total.Full, totals)
	}
	return g, true
}

func placeRank(r *eval.Result) int {
	if r.Place == 0 {
		return len(r.Values) + 1<<30 // without a place: last
	}
	return r.Place
}

// mean is a statistic for the eye: rounded as totals are.
func mean(c *scheme.Compiled, qs []num.Q) string {
	q, ok := num.Sum(qs...).Div(num.Int(int64(len(qs))))
	if !ok {
		return ""
	}
	return fixed(q.Round(c.Total.Places, c.Rounding.Mode), c.Total.Places)
}

func top(c *scheme.Compiled, n *scheme.CompiledNode, members []*eval.Result) Top {
	t := Top{Node: n.ID, Name: n.Name, Full: shown(n.Full)}
	var values []num.Q
	for _, r := range members {
		if v := r.Values[n.Index]; v.Status == eval.Known && v.Code == "" {
			values = append(values, v.Q)
		}
	}
	if t.N = len(values); t.N >= eval.FewestShown && !c.Total.None {
		t.Mean = mean(c, values)
		q, _ := num.Sum(values...).Div(num.Int(int64(t.N)).Mul(n.Full))
		t.Share, _ = q.Rat().Float64()
	}
	return t
}

func member(c *scheme.Compiled, r *eval.Result, roll Roll) Member {
	m := Member{Subject: r.Subject, Name: roll.Names[r.Subject], Place: r.Place}
	switch {
	case r.Scored:
		m.Total = fixed(r.Score, c.Total.Places)
	case !c.Total.None:
		m.State = "暂不出分"
	}
	for _, i := range c.Roots[r.Group] {
		m.Values = append(m.Values, valueWords(r.Values[i]))
	}
	var list []Consequence
	for _, q := range r.Consequences {
		list = append(list, Consequence{Effect: q.Effect, Veto: q.Veto})
	}
	vetoesFirst(list)
	for _, q := range list {
		m.Effects = append(m.Effects, q.Effect)
	}
	return m
}

// valueWords shows a node's value, or its state.
func valueWords(v eval.Value) string {
	switch {
	case v.Status != eval.Known:
		return statusWords[v.Status]
	case v.Code != "":
		return v.Code
	}
	return shown(v.Q)
}

// bins divides the range of totals into columns a twentieth of full marks wide.
func bins(full num.Q, totals []num.Q) []Bin {
	width, ok := full.Div(num.Int(20))
	if !ok || width.Sign() <= 0 {
		return nil
	}
	at := func(q num.Q) int64 {
		k, _ := q.Div(width)
		n, _ := k.Round(0, num.Floor).Int64()
		return n
	}
	lo, hi := at(slices.MinFunc(totals, num.Q.Cmp)), at(slices.MaxFunc(totals, num.Q.Cmp))
	out := make([]Bin, hi-lo+1)
	highest := 0
	for _, q := range totals {
		k := at(q) - lo
		out[k].N++
		highest = max(highest, out[k].N)
	}
	for k := range out {
		out[k].From = shown(width.Mul(num.Int(lo + int64(k))))
		out[k].To = shown(width.Mul(num.Int(lo + int64(k) + 1)))
		out[k].Share = float64(out[k].N) / float64(highest)
	}
	return out
}
