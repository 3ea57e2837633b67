package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type record struct {
	f     *scheme.Record
	of    code
	table int
	show  []expr
	codes []code
}

func readyRecord(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Record) former {
	p := &record{f: f, table: n.Table}
	if f.Of != "" {
		p.of = compileCode(c, n, f.Of)
		return p
	}
	for _, name := range f.Show {
		if k := c.Tables[n.Table].Field(name); k >= 0 && c.Tables[n.Table].Fields[k].Coded {
			p.codes = append(p.codes, compileCode(c, n, name))
		} else if k >= 0 {
			p.show = append(p.show, compileExpr(c, n, scheme.Name{Name: name}))
		}
	}
	return p
}

// score states the code, or how many lines there are; neither is points.
func (p *record) score(in *input) Value {
	if p.of != nil {
		which, s := p.of(in)
		return Value{Code: which, Status: s}
	}
	t := &in.cols.tables[p.table]
	from, to := t.lines(in.member)
	if from == to && Status(t.state[in.member]) != Known {
		return Value{Status: Status(t.state[in.member])}
	}
	if outer := in.step; outer != nil {
		for in.line = from; in.line < to; in.line++ {
			outer.Kids = append(outer.Kids, Step{Name: t.items[in.line], Rule: "line"})
			in.step = &outer.Kids[len(outer.Kids)-1]
			for _, x := range p.show {
				x(in)
			}
			for _, x := range p.codes {
				x(in)
			}
		}
		in.line, in.step = -1, outer
	}
	return Value{Q: num.Int(int64(to - from))}
}
