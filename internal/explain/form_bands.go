package explain

import (
	"strings"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

var testWords = map[string]string{">=": "达到", ">": "超过", "<=": "不超过", "<": "低于"}

func (t *telling) bands(f *scheme.Bands) words {
	line := func(r reading) (string, num.Q, bool) {
		text, x, ok := t.quantity(f.Of, r)
		if !ok {
			return text, x, false
		}
		which := ""
		if f.By != "" {
			which = r.code(f.By)
			text += "，" + f.By + "为“" + which + "”"
		}
		table, ok := f.Cases[which]
		if !ok {
			return text + "，方案没有这一类的档次表", x, false
		}
		for _, b := range table {
			if b.Holds(x) {
				return text + "，" + testWords[b.Test] + " " + bound(b.Line, t.plain(f.Of)) + "，得 " + shown(b.Score), b.Score, true
			}
		}
		return text + "，不在任何一档，得 " + shown(f.Else), f.Else, true
	}
	return words{
		rule: ruleOver(f.Over) + "按" + quoted(f.Of.String()) + "分档：" + t.ruleBands(f),
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

func (t *telling) ruleBands(f *scheme.Bands) string {
	line := func(q num.Q) string { return bound(q, t.plain(f.Of)) }
	var cases []string
	for _, which := range f.Order {
		s := bandList(f.Cases[which], line)
		if which != "" {
			s = f.By + "为“" + which + "”时 " + s
		}
		cases = append(cases, s)
	}
	return strings.Join(cases, "；") + "；其余 " + shown(f.Else) + " 分"
}

func bandList(bands []scheme.Band, line func(num.Q) string) string {
	var out []string
	for _, b := range bands {
		out = append(out, testWords[b.Test]+" "+line(b.Line)+" 得 "+shown(b.Score))
	}
	return strings.Join(out, "，")
}
