// Package explaintest makes small appraised schools for the tests of what shows
// results: schemes that use every rule form, and facts from arithmetic on a
// person's number, so that every case (missing, guarded, vetoed, re-weighted)
// turns up among the first few people.
package explaintest

import (
	_ "embed"
	"fmt"
	"testing"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

//go:embed points.yaml
var points []byte

//go:embed conclusions.yaml
var conclusions []byte

//go:embed policy.yaml
var policy []byte

// School is an appraised school.
type School struct {
	Scheme      *scheme.Compiled
	Facts       []fact.Fact
	Outcome     *eval.Outcome
	Derivations []*eval.Derivation
	Roll        explain.Roll
}

// Points returns a school of n people under a scheme with points and every
// rule form but record.
func Points(tb testing.TB, n int) *School { return school(tb, "points.yaml", points, n) }

// Conclusions returns a school of n people under a scheme without points.
func Conclusions(tb testing.TB, n int) *School { return school(tb, "conclusions.yaml", conclusions, n) }

// Pages explains everybody.
func (s *School) Pages() []*explain.Page {
	var out []*explain.Page
	for _, d := range s.Derivations {
		out = append(out, explain.Person(s.Scheme, d, s.Roll.Who(d.Result.Subject)))
	}
	return out
}

// declared are the facts that measures would yield.
var declared = []scheme.FactDecl{
	{Name: "师德等次", Coded: true}, {Name: "岗位", Coded: true}, {Name: "特别突出", Coded: true},
	{Name: "周课时", Unit: "节"}, {Name: "出勤率", Unit: "%"}, {Name: "迟到", Unit: "次"}, {Name: "缺会", Unit: "次"},
	{Name: "培训学时", Unit: "学时"}, {Name: "均分"}, {Name: "上期均分"}, {Name: "合格率", Unit: "%"}, {Name: "优秀率", Unit: "%"}, {Name: "值周次数", Unit: "次"},
	{Table: "检查", Name: "类别", Coded: true}, {Table: "检查", Name: "得分"}, {Table: "检查", Name: "权数"},
	{Table: "测评", Name: "群体", Coded: true}, {Table: "测评", Name: "均分", Unit: "%"}, {Table: "测评", Name: "有效票", Unit: "票"},
	{Table: "成果", Name: "级别", Coded: true}, {Table: "成果", Name: "等次", Coded: true}, {Table: "成果", Name: "系列", Coded: true},
	{Table: "成果", Name: "类别", Coded: true}, {Table: "成果", Name: "作用", Coded: true}, {Table: "成果", Name: "名次"}, {Table: "成果", Name: "取名数"},
	{Table: "失范", Name: "行为", Coded: true}, {Table: "失范", Name: "次数", Unit: "次"},
}

func school(tb testing.TB, name string, text []byte, n int) *School {
	tb.Helper()
	file := scheme.File{Name: name, Text: text}
	var followed *scheme.File
	if scheme.PolicyName(file) != "" {
		followed = &scheme.File{Name: "policy.yaml", Text: policy}
	}
	parsed, err := scheme.Parse(file, followed)
	if err != nil {
		tb.Fatal(err)
	}
	s := &School{Roll: explain.Roll{School: "示例中学", Term: "2024-2025", Label: "合成数据，不涉及真人", Names: map[string]string{}}}
	if s.Scheme, err = scheme.Compile(parsed, declared); err != nil {
		tb.Fatal(err)
	}
	var members []fact.Member
	for i := range n {
		p := person{fmt.Sprintf("T%03d", i+1), i}
		members = append(members, fact.Member{Subject: p.id, Group: p.group()})
		s.Roll.Names[p.id] = p.name()
		s.Facts = append(s.Facts, p.facts()...)
	}
	fact.Sort(s.Facts)
	if s.Outcome, err = eval.Evaluate(s.Scheme, eval.Cohort{Members: members, Facts: s.Facts}); err != nil {
		tb.Fatal(err)
	}
	for _, r := range s.Outcome.Results {
		d, err := eval.Replay(s.Scheme, s.of(r.Subject), r)
		if err != nil {
			tb.Fatal(err)
		}
		s.Derivations = append(s.Derivations, d)
	}
	return s
}

func (s *School) of(subject string) []fact.Fact {
	var out []fact.Fact
	for _, f := range s.Facts {
		if f.Subject == subject {
			out = append(out, f)
		}
	}
	return out
}

// person is number i of the school.
type person struct {
	id string
	i  int
}

func (p person) group() string {
	if p.i%6 == 5 {
		return "教辅"
	}
	return "教学"
}

func (p person) name() string {
	surnames, given := []rune("王李张刘陈杨赵黄周吴徐孙"), []rune("敏静丽强磊军洋艳勇杰娟涛")
	switch p.i {
	case 2:
		return "<script>alert(1)</script>"
	case 3:
		return "=HYPERLINK(\"http://x\")"
	case 4:
		return "阿卜杜勒·买买提艾力·吾买尔江·托合提"
	}
	return string(surnames[p.i%12]) + string(given[p.i*7%12]) + string(given[p.i*5/12%12])
}

func (p person) facts() []fact.Fact {
	i := int64(p.i)
	var out []fact.Fact
	add := func(key, item string, f fact.Fact) {
		f.Subject, f.Key, f.Item = p.id, key, item
		if f.Source == "" {
			f.Source = key + "/" + p.id
		}
		out = append(out, f)
	}
	q := func(key string, n, d int64) { add(key, "", fact.Fact{Value: num.Frac(n, d)}) }
	code := func(key, c string) { add(key, "", fact.Fact{Code: c}) }
	code("师德等次", []string{"优", "良", "合格"}[i%3])
	code("岗位", []string{"语文", "数学"}[i%2])
	code("特别突出", map[bool]string{true: "是", false: "否"}[p.i == 5])
	a, b := 6+i%5, 4+i%4
	add("周课时", "", fact.Fact{Value: num.Frac(a+b, 1).Add(num.Frac(i%3, 3)), Source: "周课时", Work: []fact.Line{
		{Source: "任课/" + p.id + "/七年级1班/语文", Label: "七年级1班 语文 正课", Value: num.Int(a), Factor: num.Int(1), Counts: num.Int(a)},
		{Source: "任课/" + p.id + "/七年级2班/语文", Label: "七年级2班 语文 正课", Value: num.Int(b), Factor: num.Int(1), Counts: num.Int(b)},
		{Source: "兼职/" + p.id + "/教研组长", Label: "教研组长", Value: num.Int(i % 3), Factor: num.Frac(1, 3), Counts: num.Frac(i%3, 3)},
	}})
	q("出勤率", 100-i%12, 1)
	q("迟到", i%9, 1)
	q("缺会", i%2, 1)
	q("培训学时", 20+i*3%50, 1)
	q("均分", 70+i*7%25, 1)
	if p.i%4 == 1 {
		add("上期均分", "", fact.Fact{State: fact.NotApplicable})
	} else {
		q("上期均分", 72+i*5%20, 1)
	}
	q("合格率", 75+i*11%25, 1)
	q("优秀率", 15+i*13%60, 1)
	if p.i == 7 {
		add("值周次数", "", fact.Fact{State: fact.NotYet})
	} else {
		q("值周次数", i%7, 1)
	}
	p.tables(add)
	return out
}

func (p person) tables(add func(key, item string, f fact.Fact)) {
	i := int64(p.i)
	line := func(table, item string, codes map[string]string, numbers map[string]num.Q) {
		source := table + "/" + p.id + "/" + item
		for k, c := range codes {
			add(table+"."+k, item, fact.Fact{Code: c, Source: source})
		}
		for k, n := range numbers {
			add(table+"."+k, item, fact.Fact{Value: n, Source: source})
		}
	}
	if p.i%5 != 4 {
		line("检查", "1", map[string]string{"类别": "备课"}, map[string]num.Q{"得分": num.Int(80 + i%20), "权数": num.Int(1)})
		line("检查", "2", map[string]string{"类别": "作业"}, map[string]num.Q{"得分": num.Int(75 + i%25), "权数": num.Int(2)})
		line("检查", "3", map[string]string{"类别": "听课"}, map[string]num.Q{"得分": num.Int(99), "权数": num.Int(1)})
	} else {
		add("检查", "", fact.Fact{State: fact.Given})
	}
	line("测评", "学生", map[string]string{"群体": "学生"}, map[string]num.Q{"均分": num.Frac(800+i*9%190, 10), "有效票": num.Int(40)})
	line("测评", "家长", map[string]string{"群体": "家长"}, map[string]num.Q{"均分": num.Int(90), "有效票": num.Int(3 + i%8)})
	line("测评", "同事", map[string]string{"群体": "同事"}, map[string]num.Q{"均分": num.Int(85 + i%10), "有效票": num.Int(12)})
	award := func(item, level, grade, series, kind, role string, place, of int64) {
		numbers := map[string]num.Q{"名次": num.Int(place), "取名数": num.Int(of)}
		line("成果", item, map[string]string{"级别": level, "等次": grade, "系列": series, "类别": kind, "作用": role}, numbers)
	}
	switch p.i % 4 {
	case 0:
		award("优质课大赛（市）", "市级", "一等奖", "优质课", "竞赛", "本人", 0, 0)
		award("优质课大赛（省）", "省级", "二等奖", "优质课", "竞赛", "本人", 0, 0)
		award("论文一", "市级", "二等奖", "", "论文", "本人", 0, 0)
	case 1:
		award("学生作文比赛", "市级", "", "", "竞赛", "指导", 2, 6)
	default:
		add("成果", "", fact.Fact{State: fact.Given})
	}
	if p.i == 8 {
		line("失范", "1", map[string]string{"行为": "有偿补课"}, map[string]num.Q{"次数": num.Int(1)})
	} else {
		add("失范", "", fact.Fact{State: fact.Given})
	}
}
