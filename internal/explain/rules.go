package explain

import (
	"strings"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Rule is one indicator, or one general rule, of a scheme in words.
type Rule struct {
	Level                 int // 0 for a general rule
	ID, Name              string
	Weight, Full          string
	Groups                string // whom it applies to; "" for all
	Text, Clause, Missing string
	Note                  string // closed or open guard, the scheme's own note
}

// Rules words every indicator of c, parents before children.
func Rules(c *scheme.Compiled) []Rule {
	var out []Rule
	for _, n := range written(c) {
		t := &telling{c: c, n: n}
		r := Rule{
			Level: c.Scheme.Level(n.Node), ID: n.ID, Name: n.Name, Full: shown(n.Full), Groups: list(n.Groups),
			Text: t.words().rule, Clause: n.Clause, Note: n.Note,
		}
		if n.Weighted {
			r.Weight = percent(n.Weight)
		}
		if n.Bonus {
			r.Weight = "附加"
		}
		if !n.Reads.Kids {
			r.Missing = ruleMissing(n)
		}
		switch {
		case n.Closed != nil:
			r.Note = joined("；", r.Note, guarded(n))
		case n.Guard != "":
			r.Note = joined("；", r.Note, "已经批准使用默认关闭的数据："+guardName(n.Guard))
		}
		out = append(out, r)
	}
	return out
}

var missingStates = []fact.State{fact.NotApplicable, fact.Excused, fact.NotYet, fact.Refused}

// ruleMissing words what each state does to n, states of one fate together.
func ruleMissing(n *scheme.CompiledNode) string {
	var fates []string
	states := map[string][]string{}
	for _, s := range missingStates {
		rule, ok := n.Missing[s]
		if !ok {
			continue
		}
		fate := "暂不出分"
		switch {
		case rule.How == "value":
			fate = "计 " + shown(rule.Value) + " 分"
		case rule.How == "reweight" && n.Weighted:
			fate = "不计，由同级分担"
		case rule.How == "reweight":
			fate = "不计"
		}
		if states[fate] == nil {
			fates = append(fates, fate)
		}
		states[fate] = append(states[fate], stateWord(s.String()))
	}
	for i, fate := range fates {
		fates[i] = list(states[fate]) + "的，" + fate
	}
	return strings.Join(fates, "；")
}

// notes words what holds for the scheme as a whole.
func notes(c *scheme.Compiled) []Rule {
	add := []Rule{
		{Name: "方案", Text: c.Title + "（第 " + num.Int(int64(c.Edition)).String() + " 版）", Note: "摘要 " + c.Digest.String()},
	}
	if c.Policy != nil {
		add = append(add, Rule{Name: "政策依据", Text: c.Policy.Cite()})
	}
	for _, g := range c.Groups {
		add = append(add, Rule{Name: "岗位组", Text: g.Name + groupWho(g)})
	}
	add = append(add, Rule{Name: "保留小数", Text: "各级指标" + places(c.Rounding.Places, c.Rounding.Mode) + "；计入总分的部分" + places(c.Rounding.Contributions, c.Rounding.Mode) + "后相加，所以各部分之和恰为总分"})
	if c.Total.None {
		add = append(add, Rule{Name: "总分", Text: "本考核不计分，以各项结论为准"})
	} else {
		ties := map[string]string{"shared": "同分同名次，后续名次跳过", "dense": "同分同名次，后续名次连续"}
		add = append(add, Rule{Name: "总分", Text: "满分 " + shown(c.Total.Full)}, Rule{Name: "并列", Text: ties[c.Total.Ties]})
	}
	if b := c.Total.BonusCap; b != nil {
		of := "总分 " + shown(b.Of) + " "
		if b.OfBase {
			of = "本人基础总分"
		}
		add = append(add, Rule{Name: "附加分上限", Text: of + "的 " + percent(b.Share)})
	}
	for _, g := range c.Gates {
		add = append(add, Rule{Name: "后果", ID: g.ID, Text: g.Name + "：" + gateRule(c, g), Clause: g.Clause})
	}
	for _, o := range c.Opened {
		add = append(add, Rule{Name: "已打开的政策红线", Text: guardName(o.Guard) + "；批准单位：" + o.Office + "；理由：" + o.Reason})
	}
	for _, d := range c.Departures {
		add = append(add, Rule{Name: "经批准离开的界限", Text: d.Bound + "；理由：" + d.Reason + "；批准：" + d.Approval})
	}
	return add
}

func groupWho(g scheme.Group) string {
	var parts []string
	for _, x := range []struct {
		name  string
		codes []string
	}{{"岗位类别", g.Posts}, {"职务", g.Positions}, {"学段", g.Stages}, {"学科", g.Subjects}} {
		if len(x.codes) > 0 {
			parts = append(parts, x.name+"为"+list(x.codes))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "（" + joined("，", parts...) + "）"
}

func gateRule(c *scheme.Compiled, g scheme.Gate) string {
	s := g.Fact
	switch {
	case g.Any:
		s += "有认定记录"
	case g.Below != nil:
		s += "低于 " + amount(*g.Below, gateFact(c, g.Fact))
	case g.Above != nil:
		s += "高于 " + amount(*g.Above, gateFact(c, g.Fact))
	default:
		s += "为" + list(g.Is)
	}
	s += "的，" + g.Effect
	if g.Veto {
		s += "（一票否决）"
	}
	return s
}
