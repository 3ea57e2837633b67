package evidence

import (
	"shiji/internal/num"
)

var examUnits = []num.Q{num.Int(1), num.Frac(1, 2), num.Frac(1, 10)}

// MarkStep returns the smallest step of a mark in the exam: 0.5 unless declared.
func (e *Exam) MarkStep() num.Q { return e.Unit.Or(num.Frac(1, 2)) }

func (c *check) exams() {
	for i := range c.Exams {
		e := &c.Exams[i]
		if e.Full.State != Given {
			c.missing(e.Line, "满分", "evidence.required")
		} else if e.Full.Q.Sign() <= 0 {
			c.conflict(e.Line, "满分", "evidence.full-not-positive")
		}
		if e.Unit.State == Given && !isOne(examUnits, e.Unit.Q) {
			c.conflict(e.Line, "最小分值", "evidence.mark-step", e.Unit.Q.String())
		}
		c.ordered(e.Line, []string{"低分线", "合格线", "良好线", "优秀线", "满分"}, e.Low, e.Pass, e.Good, e.Excellent, e.Full)
		if c.end != "" && validDate(e.Date) && e.Date > c.end {
			c.conflict(e.Line, "日期", "evidence.after-period", e.Date, c.end)
		}
		c.prior(e)
	}
}

// prior holds the exam that progress is measured from: it must know the same
// subject and lie before.
func (c *check) prior(e *Exam) {
	if e.Prior == "" || !c.known["考试"][e.Prior] {
		return
	}
	before := c.examOf[examKey{e.Prior, e.Subject}]
	switch {
	case e.Prior == e.ID:
		c.conflict(e.Line, "上期考试", "evidence.prior-itself", e.Prior)
	case before == nil && c.partial["考试"]:
	case before == nil:
		c.conflict(e.Line, "上期考试", "evidence.prior-subject", e.Prior, e.Subject)
	case validDate(before.Date) && validDate(e.Date) && before.Date >= e.Date:
		c.conflict(e.Line, "上期考试", "evidence.prior-later", e.Prior, before.Date, e.Date)
	}
}

func isOne(list []num.Q, q num.Q) bool {
	for _, x := range list {
		if x.Equal(q) {
			return true
		}
	}
	return false
}

// paper is what a mark is held against, in hundredths of a point; the zero
// paper is a subject that the exam did not have.
type paper struct{ full, step int64 }

// papers returns the exam's paper in each of Subjects, nil for an unknown exam.
func (c *check) papers(exam string) *[len(Marks{}.By)]paper {
	if !c.known["考试"][exam] || c.partial["考试"] {
		return nil
	}
	var list [len(Marks{}.By)]paper
	for i := range Subjects {
		e := c.examOf[examKey{exam, Subjects[i].Name}]
		if e == nil {
			continue
		}
		full, _ := e.Full.Q.Mul(num.Int(100)).Int64()
		step := int64(1) // where the exam declares none that is allowed, which is reported with it
		if isOne(examUnits, e.MarkStep()) {
			step, _ = e.MarkStep().Mul(num.Int(100)).Int64()
		}
		list[i] = paper{max(full, 0), step}
	}
	return &list
}

// marks holds each mark against its exam's paper: taught there, within full
// marks, on the grid of the smallest step.
func (c *check) marks() {
	papersOf := map[string]*[len(Marks{}.By)]paper{}
	for i := range c.Marks {
		m := &c.Marks[i]
		papers, seen := papersOf[m.Exam]
		if !seen {
			papers = c.papers(m.Exam)
			papersOf[m.Exam] = papers
		}
		if papers == nil {
			continue
		}
		for k := range m.By {
			p := int64(m.By[k])
			if m.By[k] == NoMark || p >= 0 && p <= papers[k].full && papers[k].step > 0 && p%papers[k].step == 0 {
				continue
			}
			c.mark(m, k, papers[k])
		}
	}
}

func (c *check) mark(m *Marks, k int, p paper) {
	subject := Subjects[k].Name
	v := m.By[k]
	switch {
	case p.step == 0:
		c.conflict(m.Line, subject, "evidence.no-such-paper", m.Exam, subject)
	case v >= 0 && int64(v) > p.full && p.full > 0:
		c.conflict(m.Line, subject, "evidence.mark-above-full", num.Frac(int64(v), 100).String(), num.Frac(p.full, 100).String())
	case v >= 0 && int64(v)%p.step != 0:
		c.conflict(m.Line, subject, "evidence.mark-off-step", num.Frac(int64(v), 100).String(), num.Frac(p.step, 100).String())
	case v < RefusedMark:
		c.conflict(m.Line, subject, "evidence.bad-mark", int(v))
	}
}

// references holds published statistics against the exam and each other: a
// higher line cannot be reached by more pupils, the best cannot be below all.
func (c *check) references() {
	for i := range c.References {
		r := &c.References[i]
		e := c.examOf[examKey{r.Exam, r.Subject}]
		if e == nil {
			if c.known["考试"][r.Exam] && !c.partial["考试"] {
				c.conflict(r.Line, "学科", "evidence.no-such-paper", r.Exam, r.Subject)
			}
		} else {
			c.notAbove(r.Line, "平均分", r.Mean, e.Full)
			c.notAbove(r.Line, "最高均分", r.TopMean, e.Full)
			c.notAbove(r.Line, "标准差", r.SD, e.Full)
		}
		c.ordered(r.Line, []string{"平均分", "最高均分"}, r.Mean, r.TopMean)
		c.ordered(r.Line, []string{"优秀率", "良好率", "合格率"}, r.Excellent, r.Good, r.Pass)
		c.ordered(r.Line, []string{"合格率", "最高合格率"}, r.Pass, r.TopPass)
		c.ordered(r.Line, []string{"优秀率", "最高优秀率"}, r.Excellent, r.TopExcellent)
		c.ordered(r.Line, []string{"良好率", "最高良好率"}, r.Good, r.TopGood)
	}
}

// ratings holds the tally of one rater group: no more ballots than raters, and
// single marks only as many as ballots.
func (c *check) ratings() {
	for i := range c.Ratings {
		r := &c.Ratings[i]
		if r.Eligible.State == Given && r.Valid.State == Given && r.Valid.Q.Cmp(r.Eligible.Q) > 0 {
			c.conflict(r.Line, "有效票数", "evidence.ballots-exceed", r.Valid.Q.String(), r.Eligible.Q.String())
		}
		c.score(r.Line, "平均分", r.Mean, r.Full)
		if len(r.Ballots) == 0 {
			continue
		}
		if r.Valid.State == Given && !r.Valid.Q.Equal(num.Int(int64(len(r.Ballots)))) {
			c.conflict(r.Line, "各票得分", "evidence.ballots-count", len(r.Ballots), r.Valid.Q.String())
		}
		for _, b := range r.Ballots {
			q, err := num.Parse(b)
			switch {
			case err != nil:
				c.conflict(r.Line, "各票得分", "evidence.ballot-no-number", b)
			case q.Sign() < 0 || r.Full.State == Given && q.Cmp(r.Full.Q) > 0:
				c.conflict(r.Line, "各票得分", "evidence.ballot-range", b, r.Full.Or(num.Int(0)).String())
			}
		}
	}
}
