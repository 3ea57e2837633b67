package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) formula(f *scheme.Formula) words {
	line := func(r reading) (string, num.Q, bool) { return t.quantity(f.Is, r) }
	return words{
		rule: ruleOver(f.Over) + f.Is.String() + ruleLimits(f.Limits),
		line: line,
		tell: func() string {
			text, q, ok := t.perLine(f.Over, line)
			if !ok {
				return text
			}
			return t.finish(text, q, f.Limits)
		},
	}
}
