package eval_test

import (
	"slices"
	"testing"

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
