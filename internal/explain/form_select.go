package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) selected(f *scheme.Select) words {
	line := func(r reading) (string, num.Q, bool) {
		which := r.code(f.Of)
		for _, e := range f.Scores {
			if which != "" && e.Name == which {
				return f.Of + "为“" + which + "”，得 " + shown(e.Q), e.Q, true
			}
		}
		if which != "" {
			return f.Of + "为“" + which + "”，方案没有规定分值", num.Q{}, false
		}
		return t.lacking(r), num.Q{}, false
	}
	return words{
		rule: ruleOver(f.Over) + "按" + quoted(f.Of) + "：" + namedScores(f.Scores),
		line: line,
		tell: func() string {
			text, q, ok := t.perLine(f.Over, line)
			if !ok {
				return text
			}
			return t.finish(text, q, scheme.Limits{})
		},
	}
}

func namedScores(entries []scheme.NamedQ) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Name+" "+shown(e.Q))
	}
	return list(out)
}
