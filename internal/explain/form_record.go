package explain

import (
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) record(f *scheme.Record) words {
	if f.Of != "" {
		return words{
			rule: "记录" + quoted(f.Of) + "，不计分",
			tell: func() string {
				if t.s.Status != eval.Known {
					return t.lacking(reading(t.s.Args))
				}
				return f.Of + "：" + t.s.Code + "（不计分）"
			},
		}
	}
	return words{
		rule: "列出" + quoted(f.Table) + "，不计分",
		line: func(r reading) (string, num.Q, bool) {
			var parts []string
			for _, a := range r {
				if v := argValue(t, a); v != "" && a.Status == eval.Known {
					parts = append(parts, a.Name+"："+v)
				}
			}
			return strings.Join(parts, "，"), num.Q{}, false
		},
		tell: func() string {
			if t.s.Status != eval.Known {
				return quoted(f.Table) + statusWords[t.s.Status]
			}
			return quoted(f.Table) + "共 " + shown(t.s.Value) + " 条（不计分）"
		},
	}
}

// argValue words what was read, with its unit; "" for a code left empty.
func argValue(t *telling, a eval.Arg) string {
	switch {
	case a.Status != eval.Known:
		return statusWords[a.Status]
	case a.Code != "" || t.declared(a.Name).Coded:
		return a.Code
	}
	return amount(a.Value, t.declared(a.Name))
}
