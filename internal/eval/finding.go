package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// guardFindings tells, on every result it touches, that a guard was opened and
// that a bound of the policy was left.
func guardFindings(c *scheme.Compiled, group string) []Finding {
	var out []Finding
	for _, o := range c.Opened {
		for _, n := range c.Nodes {
			if n.Guard == o.Guard && n.Applies(group) {
				out = append(out, Finding{n.ID, "eval.guard-open", []string{n.Name, o.Guard, o.Office, o.Reason}})
			}
		}
	}
	for _, d := range c.Departures {
		out = append(out, Finding{"", "eval.departure", []string{d.Bound, d.Reason, d.Approval}})
	}
	return out
}

// cohortFindings tells what only the whole cohort shows.
func cohortFindings(r *run, results []Result) []Finding {
	if r.Policy == nil {
		return nil
	}
	var out []Finding
	for _, b := range r.Policy.Bounds {
		name, code, ok := b.Frontline()
		if !ok {
			continue
		}
		if k := r.ScalarIndex(name); k >= 0 {
			out = append(out, r.favoured(b, r.cols.scalars[k], code, results)...)
		} else {
			out = append(out, Finding{"", "eval.frontline-unknown", []string{name, b.Clause}})
		}
	}
	return out
}

// favoured finds that the marked posts do not have the higher mean total.
func (r *run) favoured(b *scheme.Bound, marks []cell, code string, results []Result) []Finding {
	var sum [2]num.Q
	var n [2]int64
	for m := range results {
		if results[m].Scored {
			side := 1
			if marks[m].code == code {
				side = 0
			}
			sum[side], n[side] = sum[side].Add(results[m].Score), n[side]+1
		}
	}
	front, ok1 := sum[0].Div(num.Int(n[0]))
	rest, ok2 := sum[1].Div(num.Int(n[1]))
	if !ok1 || !ok2 || front.Cmp(rest) > 0 {
		return nil
	}
	show := func(q num.Q) string { return q.Round(r.Total.Places, r.Rounding.Mode).String() }
	return []Finding{{"", "eval.frontline", []string{show(front), show(rest), b.Clause}}}
}
