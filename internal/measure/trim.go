package measure

import (
	"slices"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// trimming drops the highest and the lowest marks before a mean is taken.
type trimming struct {
	share num.Q    // of the marks, at each end
	count int      // marks at each end; used when share is zero
	mode  num.Mode // how share × n becomes whole marks
	least int      // fewer marks than this are not trimmed
}

// readTrimming reads the choice under trim, which has to be stated: "none",
// or how many marks go at each end.
func readTrimming(p *scheme.Params) *trimming {
	if s, ok := written(p, "trim"); ok {
		if s != "none" {
			p.Fault("trim", "measure.trim")
		}
		return nil
	}
	m := p.Map("trim")
	if m == nil {
		if !p.Has("trim") {
			p.Fault("", "measure.trim")
		}
		return nil
	}
	defer m.End()
	t := &trimming{least: m.IntOr("at-least", 3, 3, 1000), mode: num.Down}
	if q, ok := m.OptQ("share"); ok {
		t.share = q
		if q.Sign() <= 0 || q.Cmp(num.Frac(1, 2)) >= 0 {
			m.Fault("share", "measure.trim-share", q.String())
		}
		mode, err := num.ParseMode(m.Text("mode"))
		if err != nil {
			m.Fault("mode", "measure.rounding-mode")
			mode = num.Down
		}
		t.mode = mode
		return t
	}
	t.count = m.IntOr("each-end", 0, 1, 100)
	if t.count == 0 {
		m.Fault("", "measure.trim")
	}
	return t
}

// ends returns how many of n marks go at each end; something always stays.
func (t *trimming) ends(n int) int {
	if n < t.least {
		return 0
	}
	k := t.count
	if t.share.Sign() > 0 {
		whole, _ := t.share.Mul(num.Int(int64(n))).Round(0, t.mode).Int64()
		k = int(whole)
	}
	return min(k, (n-1)/2)
}

// cut parts the lines that stay from those that are dropped. Among equal marks
// those later by source go, which changes nothing but the explanation.
func (t *trimming) cut(work []fact.Line) (stay, dropped []fact.Line) {
	k := t.ends(len(work))
	if k == 0 {
		return work, nil
	}
	slices.SortStableFunc(work, func(a, b fact.Line) int { return a.Value.Cmp(b.Value) })
	n := len(work)
	for i := range work {
		switch {
		case i < k:
			work[i].Label += "（去掉的低分）"
		case i >= n-k:
			work[i].Label += "（去掉的高分）"
		}
		if i < k || i >= n-k {
			work[i].Factor = num.Q{}
			dropped = append(dropped, work[i])
		}
	}
	return work[k : n-k : n-k], dropped
}
