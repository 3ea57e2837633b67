package explain

import (
	"fmt"
	"strings"
)

// Text renders p as plain text that an official reads from top to bottom:
// stable, indented by level, without tables.
func Text(p *Page) string {
	w := &textWriter{}
	w.heading(p)
	w.verdict(p)
	w.line(0, "")
	w.line(0, "得分是怎么来的")
	for i := range p.Rows {
		w.row(&p.Rows[i])
	}
	w.section("没有得分的指标", len(p.Missing), func(i int) string {
		m := p.Missing[i]
		return m.ID + " " + m.Name + "：" + m.Text
	})
	w.section("请注意", len(p.Findings), func(i int) string { return p.Findings[i] })
	w.section("取自全组的数（本人无法单独复核，由学校核算）", len(p.Trusted), func(i int) string {
		t := p.Trusted[i]
		return t.Node + " " + t.Name + "：" + t.What + " " + t.Value
	})
	w.line(0, "")
	w.line(0, "得分供参考和提出建议；考核结论由考核委员会确定。")
	return w.String()
}

type textWriter struct{ strings.Builder }

func (w *textWriter) line(indent int, format string, args ...any) {
	s := format
	if len(args) > 0 {
		s = fmt.Sprintf(format, args...)
	}
	if s != "" {
		w.WriteString(strings.Repeat("  ", indent) + s)
	}
	w.WriteByte('\n')
}

func (w *textWriter) section(title string, n int, item func(i int) string) {
	if n == 0 {
		return
	}
	w.line(0, "")
	w.line(0, "%s", title)
	for i := range n {
		w.line(1, "%s", "· "+item(i))
	}
}

// heading writes who, when and by which scheme.
func (w *textWriter) heading(p *Page) {
	if p.Label != "" {
		w.line(0, "%s", "【"+p.Label+"】")
	}
	w.line(0, "%s", joined("　", p.School, p.Term, "考核得分说明"))
	w.line(0, "%s", joined("　", strings.TrimSpace(p.Name+"（工号 "+p.Subject+"）"), "岗位组："+p.Group))
	w.line(0, "方案：%s（第 %d 版，摘要 %s）", p.Scheme.Title, p.Scheme.Edition, p.Scheme.Digest)
	if p.Scheme.Policy != "" {
		w.line(0, "依据：%s", p.Scheme.Policy)
	} else {
		w.line(0, "依据：方案没有声明所依据的政策，未按任何政策的界限检查")
	}
}

func joined(sep string, parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}

// verdict writes consequences, total and parts.
func (w *textWriter) verdict(p *Page) {
	w.line(0, "")
	for _, c := range p.Consequences {
		w.line(0, "%s", "※ "+c.Name+"："+c.Text+"（"+c.Clause+"）")
	}
	if p.NoTotal != "" {
		w.line(0, "%s", p.NoTotal)
		return
	}
	w.line(0, "%s", joined("　", "总分："+p.Total+" 分（满分 "+p.Full+"）", p.Position))
	for i, part := range p.Parts {
		sign := "+"
		if i == 0 {
			sign = "="
		}
		w.line(1, "%s %s  %s（%s）", sign, part.Value, part.Name, part.How)
	}
}

func (w *textWriter) row(r *Row) {
	in := r.Level - 1
	w.line(in, "%s", r.ID+" "+r.Name+"　"+r.result())
	w.line(in+1, "%s", "怎么算："+r.Sentence)
	if r.Rule != "" {
		w.line(in+1, "%s", "规则："+r.Rule)
	}
	w.line(in+1, "%s", "条款："+r.Clause)
	w.reads(in+1, r.Reads)
	for i := range r.Lines {
		l := &r.Lines[i]
		w.line(in+1, "%s", "· "+joined("：", l.Name, joined("；", l.Sentence, l.Points())))
		w.reads(in+2, l.Reads)
	}
	for i := range r.Kids {
		w.row(&r.Kids[i])
	}
}

func (w *textWriter) reads(indent int, reads []Read) {
	for _, x := range reads {
		source := ""
		if x.Source != "" {
			source = "［" + x.Source + "］"
		}
		if x.Cohort {
			source = "［取自全组］"
		}
		if x.Again {
			w.line(indent, "%s", "材料："+x.Name+" "+x.Value+source+"，明细见前")
			continue
		}
		w.line(indent, "%s", "材料："+x.Name+" "+x.Value+source)
		for _, k := range x.Work {
			w.line(indent+1, "%s", "- "+k.String())
		}
	}
}

// String words one step of a derived quantity.
func (k Work) String() string {
	s := k.Label
	switch {
	case k.Factor == "1" && k.Value == k.Counts:
		s += "：" + k.Counts
	case k.Value == "0" && k.Counts == "0":
	default:
		s += "：" + k.Value + " × " + k.Factor + " = " + k.Counts
	}
	if k.Source != "" {
		s += "［" + k.Source + "］"
	}
	return s
}

// Points words what the line counts, unless its sentence ends with that.
func (l *Line) Points() string {
	if l.Value == "" || strings.HasSuffix(l.Sentence, " "+l.Value) {
		return ""
	}
	return "计 " + l.Value
}

// result words weight, value and part in one phrase.
func (r *Row) result() string {
	parts := []string{}
	if r.Weight != "" {
		s := "权重 " + r.Weight
		if r.Share != "" {
			s += "（实际 " + r.Share + "）"
		}
		parts = append(parts, s)
	}
	switch {
	case r.Value != "" && r.Full == "":
		parts = append(parts, r.Value)
	case r.Value != "":
		parts = append(parts, "得 "+r.Value+"（满分 "+r.Full+"）")
	default:
		parts = append(parts, r.State)
	}
	if r.Part != "" {
		parts = append(parts, "计入总分 "+r.Part)
	}
	return strings.Join(parts, "，")
}
