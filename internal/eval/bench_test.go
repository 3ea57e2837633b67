package eval_test

import (
	"fmt"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// leaf is one level-3 rule of the benchmark's scheme.
type leaf struct{ name, rule string }

// annex is a scheme shaped like the annex of 济宁2018: five indicators, level 2
// and forty level-3 items, with a mean cap, ranks, maxima and a bonus.
var annex = []struct {
	name, weight string
	parts        [][]leaf
}{
	{"职业道德", "10%", [][]leaf{
		{{"学生评议", "{form: raters, over: 测评, group: 对象, value: 均分, ballots: 票数, weights: {学生: 40%, 同事: 60%}, min-ballots: 5, few: reweight}"}, {"师德表现", "{form: select, of: 师德等次, scores: {优秀: 100, 合格: 80, 基本合格: 60}}"}},
		{{"违纪扣分", `{form: deduct, from: 100, floor: 0, items: [{of: 通报次数, each: 5, most: 20}]}`}},
	}},
	{"业务工作表现", "20%", [][]leaf{
		{{"出勤", `{form: deduct, from: 100, floor: 0, items: [{of: 事假, free: 3, each: 1}, {of: 病假, free: 3, each: 0.5}, {of: 迟到, each: 0.5}]}`}, {"会议出勤", "{form: formula, is: 活动出勤率 × 100}"}, {"教研出勤", "{form: linear, of: 活动出勤率, outside: hold, anchors: [{at: 0.6, score: 60}, {at: 0.95, score: 100}]}"}},
		{{"备课", "{form: bands, of: 检查分1, else: 40, bands: [{from: 90, score: 100}, {from: 80, score: 85}, {from: 60, score: 60}]}"}, {"上课", "{form: bands, of: 检查分2, else: 40, bands: [{from: 90, score: 100}, {from: 80, score: 85}, {from: 60, score: 60}]}"}, {"作业", "{form: formula, is: 最大(检查分3，检查分4)}"}, {"考评", "{form: formula, is: (检查分1 + 检查分2 + 检查分3) ÷ 3}"}},
		{{"听课", `{form: count, of: 听课节数, unit: 2.5, cap: "100"}`}, {"培训", `{form: count, of: 培训学时, unit: 1, base: 20, free: 10, cap: "100"}`}},
	}},
	{"岗位工作量", "30%", [][]leaf{
		{{"周课时", `{form: ratio, of: 周课时, to: 标准课时, zero: 0, most: 1.1, cap: "100"}`}, {"课时位次", "{form: rank, of: 周课时, ties: min, line: share, else: 60, bands: [{to: 25%, score: 100}, {to: 50%, score: 90}, {to: 75%, score: 75}]}"}, {"班额", "{form: ratio, of: 学生数, to-stat: mean, zero: 0, most: 1.2, points: 80}"}},
		{{"班主任", "{form: select, of: 班主任, scores: {是: 100, 否: 60}}"}, {"兼职", `{form: count, of: 兼职课时, unit: 10, cap: "100"}`}, {"课后服务", `{form: count, of: 服务次数, unit: 2, cap: "100"}`}, {"监考", `{form: count, of: 监考场次, unit: 5, cap: "100"}`}, {"值勤", `{form: ratio, of: 值勤次数, to-stat: max, zero: 0}`}},
	}},
	{"教育教学质量", "30%", [][]leaf{
		{{"及格率", "{form: ratio, of: 及格率, over: 任课, combine: weighted, by: 人数, to: 级及格率, zero: 0, most: 1.2}"}, {"优秀率", "{form: ratio, of: 优秀率, over: 任课, combine: weighted, by: 人数, to: 级优秀率, zero: 0, most: 1.5}"}, {"平均分", "{form: formula, is: 均分 ÷ 满分 × 100, over: 任课, combine: mean}"}, {"标准分", "{form: formula, is: 50 + 10×标准分, over: 任课, combine: mean}"}},
		{{"进步", "{form: difference, of: 本期标准分, last: 上期标准分, base: 75, points: 10, points-down: 5, cap: 100, floor: 40}"}, {"增值", "{form: linear, of: 增值, outside: extend, anchors: [{at: -5, score: 60}, {at: 0, score: 80}, {at: 5, score: 100}], cap: 100}"}, {"增值位次", "{form: rank, of: 增值, ties: dense, line: ceil, else: 60, bands: [{to: 10%, score: 100}, {to: 40%, score: 85}, {to: 75%, score: 70}]}"}},
		{{"素养考核", "{form: formula, is: 素养分}"}, {"主题活动", `{form: count, of: 活动次数, unit: 20, cap: "100"}`}, {"校本课程", "{form: select, of: 课程等次, scores: {一等: 100, 二等: 85, 三等: 70}}"}},
		{{"视导", "{form: formula, is: (检查分3 + 检查分4) ÷ 2}"}, {"教研成果", "{form: awards, over: 成果, level: 级别, grade: 等次, series: 系列, scores: {国家: {一等: 100, 二等: 80}, 省: {一等: 60, 二等: 50}, 市: {一等: 40, 二等: 30}}, cap: 100}"}},
	}},
	{"工作满意度", "10%", [][]leaf{
		{{"学生家长", "{form: raters, over: 测评, group: 对象, value: 均分, ballots: 票数, weights: {家长: 50%, 学生: 50%}, min-ballots: 5, few: reweight}"}, {"同事", "{form: raters, over: 测评, group: 对象, value: 均分, ballots: 票数, weights: {同事: 100%}, min-ballots: 5, few: reweight}"}, {"领导", "{form: formula, is: 领导评分}"}},
		{{"满意率", "{form: formula, is: 如果(满意率 >= 0.9，100，满意率 ÷ 0.9 × 100)}"}, {"来信来访", `{form: deduct, from: 100, floor: 0, items: [{of: 投诉次数, each: 10}]}`}, {"回访", "{form: formula, is: 限于(回访分，0，100)}"}},
	}},
}

// annexScheme writes and compiles the scheme.
func annexScheme(b *testing.B) *scheme.Compiled {
	var s strings.Builder
	s.WriteString(`scheme: annex
title: 基准
rounding: {places: 4, contributions: 2, mode: half-up}
total: {places: 2, ties: shared, bonus_cap: {share: 20%, of: "100"}}
missing: {not-applicable: reweight, excused: reweight, not-yet: reweight, refused: "0"}
groups: {教学: {posts: [教师]}, 管理: {posts: [管理]}, 教辅: {posts: [教辅]}}
gates:
  - {id: g1, name: 出勤率, clause: 济宁2018 三(二), fact: 活动出勤率, below: 70%, effect: 不得评先}
nodes:
`)
	node := func(id, parent, name, extra string) {
		if parent != "" {
			extra += `, parent: "` + parent + `"`
		}
		fmt.Fprintf(&s, "  - {id: %q, name: %s, clause: 济宁2018 三%s}\n", id, name, extra)
	}
	for i, top := range annex {
		id := fmt.Sprint(i + 1)
		if top.name == "教育教学质量" {
			node(id, "", top.name, ", weight: "+top.weight+", rule: {form: group-cap, groups: [管理, 教辅], against: [教学], node: \"4.0\", share: 80%, how: scale}")
			node("4.0", "4", "质量分", "")
			id = "4.0"
		} else {
			node(id, "", top.name, ", weight: "+top.weight)
		}
		for k, part := range top.parts {
			mid := fmt.Sprintf("%s.%d", id, k+1)
			node(mid, id, top.name+fmt.Sprint(k+1), fmt.Sprintf(", weight: 1/%d", len(top.parts)))
			for j, l := range part {
				node(fmt.Sprintf("%s.%d", mid, j+1), mid, l.name, fmt.Sprintf(", weight: 1/%d, rule: %s", len(part), l.rule))
			}
		}
	}
	node("6", "", "附加", ", bonus: yes, rule: {form: count, of: 附加分, unit: 1}")
	parsed, err := scheme.Parse(scheme.File{Name: "annex.yaml", Text: []byte(s.String())}, nil)
	if err != nil {
		b.Fatal(err)
	}
	c, err := scheme.Compile(parsed, annexDecls)
	if err != nil {
		b.Fatal(err)
	}
	leaves := 0
	for _, n := range c.Nodes {
		if len(n.Kids) == 0 {
			leaves++
		}
	}
	b.Logf("%d nodes, %d leaves", len(c.Nodes), leaves)
	return c
}

var annexDecls = func() (out []scheme.FactDecl) {
	for _, n := range strings.Fields("通报次数 事假 病假 迟到 活动出勤率 检查分1 检查分2 检查分3 检查分4 听课节数 培训学时 周课时 标准课时 学生数 兼职课时 服务次数 监考场次 值勤次数 本期标准分 上期标准分 增值 素养分 活动次数 领导评分 满意率 投诉次数 回访分 附加分") {
		out = append(out, scheme.FactDecl{Name: n})
	}
	for _, n := range strings.Fields("师德等次 班主任 课程等次") {
		out = append(out, scheme.FactDecl{Name: n, Coded: true})
	}
	for _, n := range strings.Fields("测评.对象! 测评.均分 测评.票数 任课.及格率 任课.优秀率 任课.级及格率 任课.级优秀率 任课.均分 任课.满分 任课.标准分 任课.人数 成果.级别! 成果.等次! 成果.系列!") {
		table, name, _ := strings.Cut(n, ".")
		name, coded := strings.CutSuffix(name, "!")
		out = append(out, scheme.FactDecl{Table: table, Name: name, Coded: coded})
	}
	return out
}()

var annexCodes = map[string][]string{
	"师德等次": {"优秀", "合格", "合格", "基本合格"}, "班主任": {"是", "否"}, "课程等次": {"一等", "二等", "三等"},
	"级别": {"国家", "省", "市"}, "等次": {"一等", "二等"}, "系列": {"", "甲", "乙"}, "对象": {"学生", "同事", "家长"},
}

// annexSchool makes a school's facts; seed and position stand in for chance.
func annexSchool(seed, size int) eval.Cohort {
	var c eval.Cohort
	x := uint64(seed)*2654435761 + 88172645463325252
	next := func(n int) int {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		return int(x % uint64(n))
	}
	value := func(d scheme.FactDecl, item string) fact.Fact {
		f := fact.Fact{Item: item, Source: "出勤/2025-11/" + d.Name}
		switch n := d.Name; {
		case d.Coded:
			f.Code = annexCodes[n][next(len(annexCodes[n]))]
		case strings.Contains(n, "率"):
			f.Value = num.Frac(int64(30+next(21)), 50)
		case strings.Contains(n, "标准分"), n == "增值":
			f.Value = num.Frac(int64(next(4000)-2000), 1000)
		case strings.Contains(n, "分"), n == "均分":
			f.Value = num.Frac(int64(600+next(400)), 10)
		default:
			f.Value = num.Int(int64(1 + next(20)))
		}
		return f
	}
	for i := range size {
		m := fact.Member{Subject: fmt.Sprintf("37081100%04d", i), Group: []string{"教学", "教学", "教学", "教学", "管理", "教辅"}[next(6)]}
		c.Members = append(c.Members, m)
		for _, d := range annexDecls {
			items := []string{""}
			key := d.Name
			if d.Table != "" {
				items, key = []string{"01", "02", "03"}, d.Table+"."+d.Name
			}
			for k, item := range items {
				f := value(d, item)
				if d.Name == "对象" {
					f.Code = annexCodes["对象"][k]
				}
				f.Subject, f.Key = m.Subject, key
				if next(40) == 0 {
					f.State, f.Value, f.Code = fact.Excused, num.Q{}, ""
				}
				if d.Table != "成果" || f.State == fact.Given {
					c.Facts = append(c.Facts, f)
				}
			}
		}
	}
	fact.Sort(c.Facts)
	return c
}

// BenchmarkEvaluateSchool evaluates a school of 120 people and encodes every
// result. To hold: under 20 ms.
func BenchmarkEvaluateSchool(b *testing.B) {
	c, cohort := annexScheme(b), annexSchool(1, 120)
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		out, err := eval.Evaluate(c, cohort)
		if err != nil {
			b.Fatal(err)
		}
		size = 0
		for i := range out.Results {
			size += len(out.Results[i].Encode())
		}
	}
	b.ReportMetric(float64(size)/120, "bytes/trace")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/120, "ns/teacher")
}

// BenchmarkReplay recomputes one teacher's result with every step.
func BenchmarkReplay(b *testing.B) {
	c, cohort := annexScheme(b), annexSchool(1, 120)
	out, err := eval.Evaluate(c, cohort)
	if err != nil {
		b.Fatal(err)
	}
	facts := own(cohort, out.Results[7].Subject)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := eval.Replay(c, facts, out.Results[7]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCity evaluates 80,000 teachers in 1,500 schools on two goroutines
// and keeps all encoded traces. To hold: 3 s, 512 MB, 2 KB a trace. The facts
// of forty schools come round again and again, as if read from the store.
func BenchmarkCity(b *testing.B) {
	const schools = 1500
	c := annexScheme(b)
	var prepared []eval.Cohort
	for i := range 40 {
		prepared = append(prepared, annexSchool(i, 34+i))
	}
	var peak atomic.Uint64
	teachers, size := 0, 0
	for b.Loop() {
		traces := make([][][]byte, schools)
		var next atomic.Int64
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				for i := int(next.Add(1)) - 1; i < schools; i = int(next.Add(1)) - 1 {
					out, err := eval.Evaluate(c, prepared[i%len(prepared)])
					if err != nil {
						b.Error(err)
						return
					}
					for k := range out.Results {
						traces[i] = append(traces[i], out.Results[k].Encode())
					}
					if i%50 == 0 {
						peak.Store(max(peak.Load(), heap()))
					}
				}
			})
		}
		all.Wait()
		teachers, size = 0, 0
		for _, school := range traces {
			teachers += len(school)
			for _, t := range school {
				size += len(t)
			}
		}
	}
	b.ReportMetric(float64(teachers), "teachers")
	b.ReportMetric(float64(teachers)*float64(b.N)/b.Elapsed().Seconds(), "teachers/s")
	b.ReportMetric(float64(size)/float64(teachers), "bytes/trace")
	b.ReportMetric(float64(peak.Load())/(1<<20), "peak-heap-MB")
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
