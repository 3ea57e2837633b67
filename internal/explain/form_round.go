package explain

import (
	"shiji/internal/eval"
	"shiji/internal/scheme"
)

func (t *telling) round(f *scheme.Round) words {
	return words{
		rule: "下级得分" + places(f.Places, f.Mode),
		tell: func() string {
			kids := t.kids()
			if len(kids) != 1 || t.s.Status != eval.Known {
				return "没有下级得分"
			}
			q := kids[0].Value.Round(f.Places, f.Mode)
			return t.finish(quoted(kids[0].Name)+"得 "+shown(kids[0].Value)+"，"+places(f.Places, f.Mode)+"得 "+shown(q), q, scheme.Limits{})
		},
	}
}
