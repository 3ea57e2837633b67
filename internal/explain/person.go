package explain

import (
	"slices"
	"strconv"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
	"shiji/internal/text"
)

// Person explains d, a result of c replayed, to the person it is about and to
// those who decide.
func Person(c *scheme.Compiled, d *eval.Derivation, who Who) *Page {
	res := &d.Result
	if who.Subject == "" {
		who.Subject = res.Subject
	}
	p := &Page{Who: who, Group: res.Group, Scheme: head(c.Scheme), Facts: res.Facts.String()[:digestLength], Pointless: c.Total.None}
	b := builder{c: c, d: d, p: p}
	for i := range d.Roots {
		p.Rows = append(p.Rows, b.row(&d.Roots[i], 1))
	}
	b.total()
	b.unfoldOnce()
	b.shareLevelOne()
	b.consequences()
	p.Findings = Findings(res.Findings)
	return p
}

// Findings words findings.
func Findings(found []eval.Finding) []string {
	var out []string
	for _, f := range found {
		args := make([]any, len(f.Args))
		for i, a := range f.Args {
			args[i] = guardName(stateWord(a))
		}
		out = append(out, text.Sprintf(f.Key, args...))
	}
	return out
}

// builder fills a page.
type builder struct {
	c *scheme.Compiled
	d *eval.Derivation
	p *Page
}

func (b *builder) row(s *eval.Step, level int) Row {
	n := b.c.Nodes[b.c.NodeIndex(s.Node)]
	t := &telling{c: b.c, n: n, s: s, g: b.d.Result.Group}
	w := t.words()
	r := Row{
		Level: level, ID: n.ID, Name: n.Name, Full: shown(n.Full), Clause: n.Clause, Guarded: s.Guard != "",
		Rule: w.rule, Sentence: t.sentence(), Reads: t.reads(s.Args),
	}
	if _, plain := n.Form.(*scheme.WeightedSum); plain {
		r.Rule = ""
	}
	if n.Weighted {
		r.Weight = percent(n.Weight)
		if s.Share.Sign() != 0 && !s.Share.Equal(n.Weight) {
			r.Share = percent(s.Share)
		}
	}
	switch {
	case s.Status != eval.Known:
		r.State = statusWords[s.Status]
	case s.Code != "":
		r.Value, r.Full = s.Code, ""
	case s.Rule == "record":
		r.Value, r.Full = shown(s.Value)+" 条", ""
	default:
		r.Value = shown(s.Value)
	}
	r.Brief = r.Sentence
	if len(s.Kids) > 1 && s.Kids[0].Node == "" {
		t.brief = true
		r.Brief = t.sentence()
	}
	if leaf := !n.Reads.Kids; r.State != "" && leaf {
		b.p.Missing = append(b.p.Missing, Missing{n.ID, n.Name, r.Sentence})
	}
	b.trust(t)
	for i := range s.Kids {
		if k := &s.Kids[i]; k.Node == "" {
			r.Lines = append(r.Lines, t.line(k, w.line))
		} else {
			r.Kids = append(r.Kids, b.row(k, level+1))
		}
	}
	return r
}

// line words one line of a repeated fact. What few people said about somebody
// is not shown.
func (t *telling) line(k *eval.Step, words base) Line {
	l := Line{Name: k.Name, Dropped: k.Status != eval.Known}
	if k.Rule == "raters" {
		l.Value, l.Sentence = shown(k.Value), "权重 "+percent(k.Weight)
		if l.Dropped {
			l.Value, l.Sentence = "", raterState(k.Status)+"，不计"
			return l
		}
		l.Reads = t.reads(k.Args)
		return l
	}
	l.Reads = t.reads(k.Args)
	if words != nil {
		l.Sentence, _, _ = words(reading(k.Args))
	}
	switch {
	case t.n.Form.Kind() == "record": // its lines are listed, not counted
	case !l.Dropped:
		l.Value = shown(k.Value)
	case t.n.Form.Kind() == "awards" && k.Status == eval.NotApplicable:
		l.Sentence += "；同一系列已计更高的，此项不计"
	default:
		l.Sentence += "，不计"
	}
	return l
}

// reads lists what was read, without what was worked out from it and without
// the children, which have rows of their own.
func (t *telling) reads(args []eval.Arg) []Read {
	few := false
	if n, ok := reading(args).ref("n"); ok {
		few = small(n)
	}
	groups := ""
	if f, ok := t.n.Form.(*scheme.Raters); ok {
		groups = f.By // read of every line to find the group's own
	}
	var out []Read
	for _, a := range args {
		switch {
		case a.Derived || a.Node != "" || a.Name == groups:
		case a.Ref && few && hiddenOfFew[a.Name]:
			out = append(out, Read{Name: refWords[a.Name], Value: tooFew, Cohort: true})
		case a.Ref:
			out = append(out, Read{Name: refWords[a.Name], Value: shown(a.Value), Cohort: true})
		case argValue(t, a) != "":
			out = append(out, Read{Name: a.Name, Value: argValue(t, a), Source: a.Source, Work: work(a)})
		}
	}
	return out
}

func work(a eval.Arg) []Work {
	var out []Work
	for _, l := range a.Work {
		out = append(out, Work{l.Label, shown(l.Value), shown(l.Factor), shown(l.Counts), l.Source})
	}
	return out
}

// refWords name the quantities of a cohort.
var refWords = map[string]string{
	"max": "最高值", "mean": "平均值", "n": "人数", "place": "名次", "sum": "合计", "share": "份额",
	"against": "对照组平均分", "scale": "折减系数", "shift": "减去的分数", eval.RefValue: "学校核算的得分",
}

// hiddenOfFew are the quantities that tell on the others in a small group.
var hiddenOfFew = map[string]bool{"max": true, "mean": true, "place": true}

// unfoldOnce marks work that an indicator before shows already: a month's
// attendance stands behind several of them.
func (b *builder) unfoldOnce() {
	seen := map[string]bool{}
	mark := func(reads []Read) {
		for i := range reads {
			if r := &reads[i]; len(r.Work) > 1 {
				key := r.Name + "\x00" + r.Source + "\x00" + r.Value
				r.Again, seen[key] = seen[key], true
			}
		}
	}
	b.p.Each(func(r *Row) {
		mark(r.Reads)
		for i := range r.Lines {
			mark(r.Lines[i].Reads)
		}
	})
}

// trust lists the cohort's quantities that the step took as given.
func (b *builder) trust(t *telling) {
	for _, r := range t.reads(t.s.Args) {
		if r.Cohort {
			b.p.Trusted = append(b.p.Trusted, Trusted{t.n.ID, t.n.Name, r.Name, r.Value})
		}
	}
}

// total words the total, its parts, and the person's position.
func (b *builder) total() {
	res, p := &b.d.Result, b.p
	if p.Pointless {
		p.NoTotal = "本考核不计分，以各项结论为准"
		return
	}
	p.Full = shown(b.c.Total.Full)
	if !res.Scored {
		p.NoTotal = "暂不出总分：" + b.whyNot()
		return
	}
	p.Total = fixed(res.Score, b.c.Total.Places)
	for _, part := range res.Contributions {
		p.Parts = append(p.Parts, b.part(part))
	}
	p.Place, p.Of = res.Place, res.Of
	p.Position = b.position()
}

func (b *builder) whyNot() string {
	for i := range b.d.Roots {
		if s := &b.d.Roots[i]; s.Status == eval.Blocked {
			return quoted(s.Name) + "还有未定的指标，补齐后重新计算"
		}
	}
	return "没有任何指标有得分"
}

// position is the band of the person's place: the place itself is not shown
// unless an office opened that guard.
func (b *builder) position() string {
	res := &b.d.Result
	if res.Of < eval.FewestShown || res.Place == 0 {
		return ""
	}
	of := res.Group + "组 " + strconv.Itoa(res.Of) + " 人，"
	if slices.ContainsFunc(b.c.Opened, func(o scheme.OpenGuard) bool { return o.Guard == "public_ranking_of_teachers" }) {
		return of + "第 " + strconv.Itoa(res.Place) + " 名"
	}
	for _, upto := range []int{20, 40, 60, 80} {
		if res.Place*100 <= res.Of*upto {
			return of + "位于前 " + strconv.Itoa(upto) + "%"
		}
	}
	return of + "位于后 20%"
}

func (b *builder) part(c eval.Contribution) Part {
	out := Part{Node: c.Node, Value: fixed(c.Value, b.c.Rounding.Contributions)}
	if ratio, ok := c.Value.Div(b.c.Total.Full); ok {
		out.Share, _ = ratio.Rat().Float64()
	}
	if c.Node == eval.BonusPart {
		out.Name, out.Bonus, out.How = "附加", true, b.bonus(c.Value)
		return out
	}
	for i := range b.d.Roots {
		if s := &b.d.Roots[i]; s.Node == c.Node {
			out.Name, out.How = s.Name, b.partHow(s, c.Value)
			b.p.Rows[i].Part = out.Value
		}
	}
	return out
}

// partHow words how a level-1 value became its part of the total.
func (b *builder) partHow(s *eval.Step, value num.Q) string {
	text, q := inFormula(s.Value), s.Value
	if s.Code != "" {
		return "不计分，计入 " + fixed(value, b.c.Rounding.Contributions)
	}
	if s.Weighted {
		text += " × " + percent(s.Weight)
		q = q.Mul(s.Weight)
		if !s.Full.Equal(b.c.Total.Full) {
			text += " × " + shown(b.c.Total.Full) + " ÷ " + shown(s.Full)
			q, _ = q.Mul(b.c.Total.Full).Div(s.Full)
		}
	}
	declared, active := b.shares()
	if !declared.Equal(active) {
		q, _ = q.Mul(declared).Div(active)
		if s.Weighted {
			text += " ÷ 在计权重 " + percent(active)
		} else {
			text += " × 满分合计 " + shown(declared) + " ÷ 在计满分 " + shown(active)
		}
	}
	if text == shown(value) {
		return "计入 " + fixed(value, b.c.Rounding.Contributions)
	}
	if q.Equal(value) {
		return text + " = " + fixed(value, b.c.Rounding.Contributions)
	}
	return text + " = " + shown(q) + "，" + places(b.c.Rounding.Contributions, b.c.Rounding.Mode) + "计入 " + fixed(value, b.c.Rounding.Contributions)
}

// shareLevelOne tells the share that level-1 indicators had after re-weighting.
func (b *builder) shareLevelOne() {
	declared, active := b.shares()
	if declared.Equal(active) {
		return
	}
	for i := range b.d.Roots {
		if s := &b.d.Roots[i]; s.Weighted && s.Status == eval.Known {
			if q, ok := s.Weight.Mul(declared).Div(active); ok {
				b.p.Rows[i].Share = percent(q)
			}
		}
	}
}

// shares adds up what level 1 declares, and what of it has a value.
func (b *builder) shares() (declared, active num.Q) {
	for i := range b.d.Roots {
		s := &b.d.Roots[i]
		if b.c.Node(s.Node).Bonus {
			continue
		}
		w := s.Full
		if s.Weighted {
			w = s.Weight
		}
		declared = declared.Add(w)
		if s.Status == eval.Known {
			active = active.Add(w)
		}
	}
	return declared, active
}

// bonus words how the bonus nodes came to their capped sum.
func (b *builder) bonus(value num.Q) string {
	var terms []string
	var sum num.Q
	for i := range b.d.Roots {
		s := &b.d.Roots[i]
		if b.c.Node(s.Node).Bonus && s.Status == eval.Known {
			q := s.Value.Round(b.c.Rounding.Contributions, b.c.Rounding.Mode)
			terms, sum = append(terms, inFormula(q)), sum.Add(q)
		}
	}
	shownValue := fixed(value, b.c.Rounding.Contributions)
	text := addends(terms, " + ") + " = " + shown(sum)
	if len(terms) == 1 {
		text = "附加分 " + shown(sum)
	}
	if limit := b.c.Total.BonusCap; limit != nil {
		of := "总分 " + shown(limit.Of) + " "
		if limit.OfBase {
			of = "本人基础总分"
		}
		word := "，不超过上限（"
		if !sum.Equal(value) {
			word = "，超过上限（"
		}
		text += word + of + "的 " + percent(limit.Share) + "）"
	}
	return text + "，计入 " + shownValue
}
