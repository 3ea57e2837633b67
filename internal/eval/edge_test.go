package eval_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// capScheme caps 职员 at 80 % of 教学, out of a child's points.
func capScheme(how, extra string) string {
	return `nodes:
  - {id: "1", name: 质量, clause: 某条, weight: 100%, rule: {form: group-cap, groups: [职员], against: [教学], node: "1.1", share: 80%, how: ` + how + extra + `}}
  - {id: "1.1", name: 质量分, parent: "1", clause: 某条, rule: {form: formula, is: 质量}}
`
}

// single is a scheme of one node with that rule.
func single(rule string) string {
	return "nodes:\n  - {id: \"1\", name: 项, clause: 某条, weight: 100%, rule: {" + rule + "}}\n"
}

const (
	asked   = "form: raters, over: 评, group: 群, value: 分, ballots: 票, weights: {家长: 50%, 同事: 50%}, min-ballots: 1, few: "
	prizes  = "form: awards, over: 奖, level: 级, grade: 等, scores: {省: {一: 10}}, factor-by: 身份, factors: {指导: 50%}"
	ballots = "T1 教学\nT1 评#1 群=家长 分=80 票=10\nT1 评#3 群=同事 分=60 票=10\nT1 评#2 群=家长 票=10 分="
	stated  = `{id: "2.1", name: 等次, clause: 某条, rule: {form: record, of: 等次}}`
	// A level of 50 points each, of which one person has no value in the second.
	points = `  - {id: "2.2", name: 甲项, clause: 某条, full: "50", rule: {form: formula, is: 甲}}
  - {id: "2.3", name: 乙项, clause: 某条, full: "50", rule: {form: formula, is: 乙}}
`
)

// under puts the nodes one level down, under a node of 100 points.
func under(nodes string) string {
	return "nodes:\n  - {id: \"2\", name: 和, clause: 某条, rule: {form: sum}}\n" + strings.NewReplacer(", clause", `, parent: "2", clause`).Replace(nodes)
}

// TestEdges: cases that the evaluator once got wrong, or that are wrong easily.
func TestEdges(t *testing.T) {
	t.Parallel()
	except := ", except: {fact: 突出, is: [是]}"
	for name, c := range map[string]struct{ scheme, facts, want string }{
		"nobody to be compared with: no cap":   {capScheme("scale", ""), "T1 职员 质量=24\nT2 教学 甲=1", "T1 24\nT2:1 blocked"},
		"nobody to be compared with: no shift": {capScheme("shift", ""), "T1 职员 质量=24", "T1 24"},
		"a shift lifts nobody":                 {capScheme("shift", ""), "T1 教学 质量=20\nT2 职员 质量=-5\nT3 职员 质量=10", "T2 -5\nT3 10"},
		"a shift stops at zero":                {capScheme("shift", ""), "T1 教学 质量=10\nT2 职员 质量=1\nT3 职员 质量=30", "T2 0\nT3 16"},
		"a scale takes from all":               {capScheme("scale", ""), "T1 教学 质量=10\nT2 职员 质量=4\nT3 职员 质量=28", "T2 2\nT3 14"},
		"an exception leaves less":             {capScheme("scale", except), "T1 教学 质量=10\nT2 职员 质量=10 突出=是\nT3 职员 质量=12 突出=否", "T2 10\nT3 6"},
		"an exception takes all":               {capScheme("scale", except), "T1 教学 质量=10\nT2 职员 质量=30 突出=是\nT3 职员 质量=12 突出=否", "T2 30\nT3 0\nT3 ?eval.cap-unmet\nT2 ?eval.cap-unmet"},
		"no weight has a value": {"nodes:\n  - {id: \"1\", name: 甲项, clause: 某条, weight: 100%, missing: {not-yet: reweight}, rule: {form: formula, is: 甲}}\n  - {id: \"2\", name: 乙项, clause: 某条, weight: 0%, rule: {form: formula, is: 乙}}\n",
			"T1 教学 乙=5\nT2 教学 甲=3 乙=5", "T1:2 5\nT1 not\nT2 3"},
		"a division that a condition guards": {"nodes:\n  - {id: \"1\", name: 甲项, clause: 某条, weight: 100%, rule: {form: formula, is: \"如果(乙 ＝ 0，0，甲 ÷ 乙)\"}}\n",
			"T1 教学 甲=3 乙=0\nT2 教学 甲=3 乙=2", "T1 0\nT2 1.50"},
		"a division that nothing guards": {"nodes:\n  - {id: \"1\", name: 甲项, clause: 某条, weight: 100%, rule: {form: formula, is: \"甲 ÷ 乙\"}}\n",
			"T1 教学 甲=3 乙=0\nT2 教学 甲=3 乙=2", "T1:1 blocked\nT1 ?eval.divide-zero\nT1 not\nT2 1.50"},
		"a line that concerns nobody drops out alone":   {single(asked + "reweight"), ballots + "!not-applicable", "T1 70"},
		"an excused line drops out alone":               {single(asked + "block"), ballots + "!excused", "T1 70"},
		"a line to come: the group is too few":          {single(asked + "reweight"), ballots + "!not-yet", "T1 60\nT1 ?eval.few-ballots"},
		"a refused line: the group is too few":          {single(asked + "reweight"), ballots + "!refused", "T1 60\nT1 ?eval.few-ballots"},
		"a line to come, where too few block":           {single(asked + "block"), ballots + "!not-yet", "T1:1 blocked\nT1 ?eval.few-ballots"},
		"a prize without its factor":                    {single(prizes), "T1 教学\nT1 奖#1 级=省 等=一 身份=指导\nT2 教学\nT2 奖#1 级=省 等=一 身份=!excused", "T1 5\nT2:1 blocked\nT2 ?eval.no-factor"},
		"all unclear prizes are found":                  {single(prizes), "T1 教学\nT1 奖#1 级=村 等=一 身份=指导\nT1 奖#2 级=省 等=一", "T1:1 blocked\nT1 ?eval.no-award\nT1 ?eval.no-factor"},
		"compared with nobody knows whom":               {single("form: ratio, of: 甲, to-stat: max, within: [类别], zero: 0"), "T1 教学 甲=5 类别=文\nT2 教学 甲=10 类别=文\nT3 教学 甲=20\nT4 教学 甲=30 类别=!excused", "T1 50\nT2 100\nT3:1 blocked\nT4:1 excused\nT4 ?eval.no-total"},
		"a pool is shared among those who are compared": {single("form: pool-share, of: 甲, pool: 10, within: [类别]"), "T1 教学 甲=1 类别=文\nT2 教学 甲=3 类别=文\nT3 教学 甲=4\nT4 教学 甲=4", "T1 2.5\nT2 7.5\nT3:1 blocked\nT4:1 blocked"},
		"a record has no part in level 1": {"nodes:\n  - " + strings.Replace(stated, "2.1", "1", 1) + "\n" + points, "T1 教学 等次=优 甲=40 乙=!excused\nT2 教学 甲=40 乙=30",
			"T1 80\nT2:1 blocked\nT2 not"},
		"a record has no part in a sum":   {under("  - " + stated + "\n" + points), "T1 教学 等次=优 甲=40 乙=!excused\nT2 教学 甲=40 乙=30", "T1:2 80\nT2:2 blocked"},
		"records alone are worth nothing": {under("  - " + stated + "\n"), "T1 教学 等次=优", "T1:2 not-applicable\nT1 not\nT1 ?eval.no-total"},
		"a gate on what was refused": {single("form: formula, is: 乙") + "gates:\n  - {id: g, name: 出勤, clause: 二, fact: 甲, below: 90%, effect: 不得评先}\n  - {id: v, name: 否决, clause: 二, fact: 师德, any: yes, effect: 不合格}\n",
			"T1 教学 乙=1 甲=!refused 师德=!given\nT2 教学 乙=1 甲=0.8 师德=!refused\nT3 教学 乙=1 甲=0.8\nT3 师德#1 行为=体罚", "T1 ?eval.gate-unknown\nT1 !\nT2 ?eval.gate-unknown\nT2 !不得评先\nT3 !不得评先不合格"},
		"a veto that was declared not applicable": {single("form: formula, is: 乙") + "gates:\n  - {id: v, name: 否决, clause: 二, fact: 师德, any: yes, veto: yes, effect: 不合格}\n",
			"T1 教学 乙=1 师德=!not-applicable\nT2 教学 乙=1 师德=!excused\nT3 教学 乙=1 师德=!given\nT4 教学 乙=1\nT4 师德#1 行为=体罚", "T1 ?eval.gate-unknown\nT2 ?eval.gate-unknown\nT3 !\nT4 !不合格"},
		"a veto by code that nobody stated": {single("form: formula, is: 乙") + "gates:\n  - {id: v, name: 否决, clause: 二, fact: 结论, is: [不合格], veto: yes, effect: 不合格}\n  - {id: w, name: 出勤, clause: 二, fact: 乙, below: 1, effect: 不得评先}\n",
			"T1 教学 乙=1 结论=!not-applicable\nT2 教学 乙=1 结论=不合格", "T1 ?eval.gate-unknown\nT2 !不合格"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cohort, declared := readFacts(t, c.facts)
			out, compiled := evaluateCase(t, c.scheme, cohort, declared)
			for _, w := range wants(c.want) {
				checkWant(t, compiled, out, w)
			}
		})
	}
}

// TestHostileFormulas: numbers that grow beyond all use block their node at
// once, on lines as well as in a formula; the review's nested products took minutes.
func TestHostileFormulas(t *testing.T) {
	t.Parallel()
	power := func(name string) string { return name + strings.Repeat(" × "+name, 89) }
	products := "nodes:\n"
	for i, weight := range []string{", weight: 100%", `, parent: "0"`, `, parent: "1"`} {
		below := fmt.Sprintf("积%d", i+1)
		if i == 2 {
			below = "甲"
		}
		products += fmt.Sprintf("  - {id: \"%d\", name: 积%d, clause: 某条%s, rule: {form: formula, is: %s}}\n", i, i, weight, power(below))
	}
	lines := "T1 教学"
	for i := range 600 {
		lines += fmt.Sprintf("\nT1 课#%d 甲=1/%d", i, 1000003+2*i)
	}
	for name, c := range map[string]struct{ scheme, facts, want string }{
		"nested products":       {products, "T1 教学 甲=12345.678901", "T1:1 blocked\nT1 ?eval.too-large\nT1 not"},
		"a sum of lines":        {single("form: formula, is: 甲, over: 课, combine: sum"), lines, "T1:1 blocked\nT1 ?eval.too-large"},
		"a product that is not": {single("form: formula, is: " + power("甲")), "T1 教学 甲=2", "T1 1237940039285380274899124224"},
	} {
		start := time.Now()
		cohort, declared := readFacts(t, c.facts)
		out, compiled := evaluateCase(t, c.scheme, cohort, declared)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
		for _, w := range wants(c.want) {
			checkWant(t, compiled, out, w)
		}
	}
}

// TestCohortFaults: what cannot be evaluated is told, all at once.
func TestCohortFaults(t *testing.T) {
	t.Parallel()
	cohort, declared := readFacts(t, "T1 教学 甲=1\nT2 教学 甲=2\nT1 课#1 乙=3")
	_, compiled := evaluateCase(t, "nodes:\n  - {id: \"1\", name: 甲项, clause: 某条, weight: 100%, rule: {form: formula, is: 甲}}\n", cohort, declared)
	for key, change := range map[string]func(c *eval.Cohort){
		"eval.member-twice":  func(c *eval.Cohort) { c.Members = append(c.Members, fact.Member{Subject: "T1", Group: "教学"}) },
		"eval.unknown-group": func(c *eval.Cohort) { c.Members = append(c.Members, fact.Member{Subject: "T0", Group: "后勤"}) },
		"eval.stranger":      func(c *eval.Cohort) { c.Facts = append(c.Facts, fact.Fact{Subject: "T9", Key: "甲"}) },
		"eval.fact-twice":    func(c *eval.Cohort) { c.Facts = append(c.Facts, fact.Fact{Subject: "T1", Key: "课.乙", Item: "1"}) },
	} {
		bad := eval.Cohort{Members: slices.Clone(cohort.Members), Facts: slices.Clone(cohort.Facts)}
		change(&bad)
		wantFault(t, compiled, bad, key)
	}
	bad := eval.Cohort{Members: cohort.Members, Facts: append(slices.Clone(cohort.Facts), fact.Fact{Subject: "T1", Key: "甲", Item: "2", Value: num.Int(9)})}
	wantFault(t, compiled, bad, "eval.fact-twice")
}

func wantFault(t *testing.T, c *scheme.Compiled, cohort eval.Cohort, key string) {
	t.Helper()
	_, err := eval.Evaluate(c, cohort)
	all := fault.All(err)
	if len(all) != 1 || all[0].Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}
