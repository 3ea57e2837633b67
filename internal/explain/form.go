package explain

import (
	"shiji/internal/eval"
	"shiji/internal/scheme"
)

// words are what a rule form says about a node: the rule, about nobody; how the
// person's value came about; and, of a form that goes line by line, how one
// line's value came about. Each form's words stand in form_<name>.go.
type words struct {
	rule string
	tell func() string
	line base
}

func (t *telling) words() words {
	switch f := t.n.Form.(type) {
	case *scheme.Formula:
		return t.formula(f)
	case *scheme.Count:
		return t.count(f)
	case *scheme.Bands:
		return t.bands(f)
	case *scheme.Select:
		return t.selected(f)
	case *scheme.Linear:
		return t.linear(f)
	case *scheme.Ratio:
		return t.ratio(f)
	case *scheme.Rank:
		return t.rank(f)
	case *scheme.Difference:
		return t.difference(f)
	case *scheme.Deduct:
		return t.deduct(f)
	case *scheme.Raters:
		return t.raters(f)
	case *scheme.Awards:
		return t.awards(f)
	case *scheme.PoolShare:
		return t.poolShare(f)
	case *scheme.GroupMean:
		return t.groupMean(f)
	case *scheme.GroupCap:
		return t.groupCap(f)
	case *scheme.WeightedSum:
		return t.weightedSum()
	case *scheme.Sum:
		return t.sum(f)
	case *scheme.Round:
		return t.round(f)
	case *scheme.Record:
		return t.record(f)
	}
	panic("explain: no words for form " + t.n.Form.Kind())
}

// kids are the steps of the node's children in the person's tree.
func (t *telling) kids() []*eval.Step {
	var out []*eval.Step
	for i := range t.s.Kids {
		if t.s.Kids[i].Node != "" {
			out = append(out, &t.s.Kids[i])
		}
	}
	return out
}
