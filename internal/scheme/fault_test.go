package scheme_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/scheme"
)

// sound is a scheme without a fault. Cases break one line of it.
const sound = `scheme: t
title: 试
policy: p
rounding: {places: 4, contributions: 2, mode: half-up}
total: {places: 2, ties: shared, bonus_cap: {share: 20%, of: "100"}}
missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: block}
groups:
  教学: {posts: [教师]}
  管理: {posts: [管理]}
measures:
  出勤率: {from: attendance, clause: 某条}
  师德: {from: ethics, clause: 某条}
  兼职: {from: posts, clause: 某条, shares: {副校长: 60%}}
nodes:
  - {id: "1", name: 德, weight: 40%, clause: 一, rule: {form: formula, is: 甲}}
  - {id: "2", name: 质量, weight: 60%, clause: 二, rule: {form: group-cap, groups: [管理], against: [教学], node: "2.1", share: 80%, how: scale}}
  - {id: "2.1", name: 质量分, parent: "2", clause: 二}
  - {id: "2.1.1", name: 过程, parent: "2.1", weight: 50%, clause: 二, evidence: process, rule: {form: formula, is: 乙}}
  - {id: "2.1.2", name: 终结, parent: "2.1", weight: 50%, clause: 二, evidence: final, rule: {form: formula, is: 乙}}
  - {id: "6", name: 附加, clause: 三, bonus: yes, grounds: 监测, rule: {form: formula, is: 乙}}
gates:
  - {id: g1, name: 出勤, clause: 二, fact: 出勤率, below: 90%, effect: 不得评先}
  - {id: v, name: 一票否决, clause: 一, fact: 师德, any: yes, veto: yes, effect: 考核不合格}
`

// policy is what sound follows.
const policy = `policy: p
title: 政策
status: 试行
issuer: 某局
issued: 2018-01-01
effective: 2018-02-01
vetoes: [{no: "1", text: 甲, clause: 八条}, {no: "2", text: 乙, clause: 八条}]
tables:
  周课时: {clause: 附件, keys: [学段], rows: [{学段: 初中, 下限: 10}]}
bounds:
  - {id: w, clause: 一条, force: 必须, weight: {node: 质量, from: 50%, to: 70%}}
  - {id: k, clause: 二条, force: 必须, children: {node: 质量, names: [过程, 终结]}}
  - {id: q, clause: 三条, force: 原则上, quantified: {level: 2}}
  - {id: b, clause: 四条, force: 必须, bonus: {at-most: 20%, grounds: [监测]}}
  - {id: c, clause: 五条, force: 必须, cap: {node: 质量, groups: [管理], at-most: 80%, of: 质量分, against: [教师]}}
  - {id: s, clause: 六条, force: 必须, sources: {node: 质量}}
  - {id: g, clause: 七条, force: 必须, gate: {measure: attendance, below: 90%}}
  - {id: v, clause: 八条, force: 必须, veto: {measure: ethics}}
  - {id: t, clause: 九条, force: 必须, table: {name: 周课时}}
  - {id: r, clause: 十条, force: 原则上, range: {measure: posts, key: shares, names: [副校长], from: 50%, to: 80%}}
  - {id: may, clause: 十一条, force: 可, weight: {node: 德, is: 90%}}
`

var soundFacts = []scheme.FactDecl{
	{Name: "甲"}, {Name: "乙"}, {Name: "出勤率"}, {Name: "等次", Coded: true}, {Table: "师德", Name: "行为", Coded: true},
	{Table: "课", Name: "节数"}, {Table: "课", Name: "类", Coded: true}, {Table: "奖", Name: "级别", Coded: true}, {Table: "奖", Name: "等", Coded: true},
	{Table: "考", Name: "均分", Guard: "use_zhongkao_gaokao_scores"}, {Table: "考", Name: "人数", Guard: "use_zhongkao_gaokao_scores"},
}

// The lines of sound that cases break, and how they stand there.
const (
	node1    = `  - {id: "1", name: 德, weight: 40%, clause: 一, rule: {form: formula, is: 甲}}`
	rule1    = `{form: formula, is: 甲}}`
	capNode  = `  - {id: "2", name: 质量, weight: 60%, clause: 二, rule: {form: group-cap, groups: [管理], against: [教学], node: "2.1", share: 80%, how: scale}}`
	inner    = `  - {id: "2.1", name: 质量分, parent: "2", clause: 二}`
	process  = `  - {id: "2.1.1", name: 过程, parent: "2.1", weight: 50%, clause: 二, evidence: process, rule: {form: formula, is: 乙}}`
	bonus    = `  - {id: "6", name: 附加, clause: 三, bonus: yes, grounds: 监测, rule: {form: formula, is: 乙}}`
	topNode  = `  - {id: "2", name: 质量, weight: 60%, clause: 二}`
	loose    = `  - {id: "2.3", name: 其余, parent: "2", weight: WEIGHT, clause: 二, rule: {form: formula, is: 乙}}`
	gate1    = `  - {id: g1, name: 出勤, clause: 二, fact: 出勤率, below: 90%, effect: 不得评先}`
	missing  = `missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: block}`
	rounding = `rounding: {places: 4, contributions: 2, mode: half-up}`
	total    = `total: {places: 2, ties: shared, bonus_cap: {share: 20%, of: "100"}}`
)

// broken is one way to break sound: each old text becomes new. The fault has to
// name the line that # ← marks, in the file as broken; none if nothing is marked.
type broken struct {
	key string
	old string
	new string
}

// rule breaks the rule of node 1.
func rule(key, form string) broken { return broken{key, rule1, form + "} # ←"} }

// child is a node below node 1.
func child(number, name, more string) string {
	return `  - {id: "1.` + number + `", name: ` + name + `, parent: "1", ` + more + "clause: 一, rule: {form: formula, is: 乙}}\n"
}

var brokenSchemes = []broken{
	{"scheme.anchor", "title: 试", "title: &a 试 # ←"},
	{"scheme.anchor", "title: 试", "title: *a # ←"},
	{"scheme.tag", "title: 试", "title: !!str 试 # ←"},
	{"scheme.tag", "title: 试", "title: !go 试 # ←"},
	{"scheme.duplicate-key", "title: 试", "title: 试\ntitle: 再试 # ←"},
	{"scheme.key-text", "title: 试", "title: 试\n? [甲]\n: 乙"},
	{"scheme.too-deep", "title: 试", "title: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + " # ←"},
	{"scheme.too-large", "title: 试", "title: " + strings.Repeat("试", scheme.MaxFile/3)},
	{"scheme.yaml", "title: 试", "title: [试"},
	{"scheme.yaml", "title: 试", "\ttitle: 试"},
	{"scheme.yaml-mapping", "scheme: t", "scheme: t\n---\nscheme: t"},
	{"scheme.unknown-key", "title: 试", "title: 试\ntitel: 试 # ←"},
	{"scheme.unknown-key", node1, strings.Replace(node1, "weight", "wieght", 1) + " # ←"},
	{"scheme.missing-key", rounding, ""},
	{"scheme.missing-key", node1, strings.Replace(node1, "clause: 一, ", "", 1) + " # ←"},
	{"scheme.missing-choice", total, `total: {places: 2} # ←`},
	{"scheme.want-text", "title: 试", "title: [试] # ←"},
	{"scheme.want-list", node1, strings.Replace(node1, "weight", "groups: {教学: 1}, weight", 1) + " # ←"},
	{"scheme.want-mapping", rounding, "rounding: 4 # ←"},
	{"scheme.want-number", node1, strings.Replace(node1, "40%", "四成", 1) + " # ←"},
	{"scheme.want-whole", rounding, strings.Replace(rounding, "places: 4", "places: 4.5", 1) + " # ←"},
	{"scheme.want-whole", rounding, strings.Replace(rounding, "places: 4", "places: 13", 1) + " # ←"},
	{"scheme.not-allowed", rounding, strings.Replace(rounding, "half-up", "nearest", 1) + " # ←"},
	{"scheme.not-allowed", missing, strings.Replace(missing, "block", "ignore", 1) + " # ←"},
	{"scheme.not-allowed", missing, strings.Replace(missing, "not-yet", "later", 1) + " # ←"},
	{"scheme.no-groups", "groups:\n  教学: {posts: [教师]}\n  管理: {posts: [管理]}\n", ""},
	{"scheme.no-nodes", sound[strings.Index(sound, "nodes:"):strings.Index(sound, "gates:")], ""},
	{"scheme.total-places", total, strings.Replace(total, "places: 2", "places: 1", 1)},
	{"scheme.node-places", rounding, strings.Replace(rounding, "places: 4", "places: 1", 1)},
	{"scheme.full", node1, strings.Replace(node1, "weight", `full: "0", weight`, 1) + " # ←"},
	{"scheme.full", total, strings.Replace(total, "places", `full: "-100", places`, 1)},
	{"scheme.duplicate-node", node1, node1 + "\n" + node1 + " # ←"},
	{"scheme.unknown-group", node1, strings.Replace(node1, "weight", "groups: [教辅], weight", 1) + " # ←"},
	{"scheme.unknown-group", capNode, strings.Replace(capNode, "[管理]", "[管理, 教辅]", 1) + " # ←"},
	{"scheme.unknown-group", capNode, strings.Replace(capNode, "[教学]", "[教帅]", 1) + " # ←"},
	rule("scheme.unknown-group", `{form: group-mean, node: "2", of-groups: [教辅]}`),
	{"scheme.unknown-parent", node1, strings.Replace(node1, "weight", `parent: "9", weight`, 1) + " # ←"},
	{"scheme.parent-cycle", node1, strings.Replace(node1, "weight", `parent: "1", weight`, 1) + " # ←"},
	{"scheme.groups-none", node1, strings.Replace(node1, "weight", "groups: [], weight", 1) + " # ←"},
	{"scheme.kids-unread", node1, node1 + " # ←\n" + child("一", "甲", "")},
	{"scheme.kids-unread", node1, strings.Replace(node1, "is: 甲", "is: 细", 1) + " # ←\n" + child("一", "细", "") + child("二", "粗", "")},
	{"scheme.kids-unread", node1, strings.Replace(node1, "is: 甲", "is: 细 + 细", 1) + " # ←\n" + child("一", "细", "") + child("二", "细", "")},
	{"scheme.kids-unread", node1, strings.Replace(node1, "is: 甲", "is: 细", 1) + " # ←\n" + child("一", "细", "") + child("二", "粗", "groups: [管理], ")},
	{"scheme.kids-unread", node1, strings.Replace(node1, "is: 甲", "is: 细", 1) + " # ←\n" + child("一", "细", "groups: [教学], ") + child("二", "细", "groups: [管理], ")},
	{"scheme.missing-inner", capNode, strings.Replace(capNode, "weight", "missing: {excused: block}, weight", 1) + " # ←"},
	{"scheme.missing-inner", inner, strings.Replace(inner, "clause", "missing: {not-yet: \"0\"}, clause", 1) + " # ←"},
	{"scheme.bonus-weight", bonus, strings.Replace(bonus, "bonus", "weight: 10%, bonus", 1) + " # ←"},
	rule("scheme.needs-guard", "{form: formula, is: 均分, over: 考, combine: sum}"),
	rule("scheme.needs-guard", "{form: record, over: 考, show: [人数]}"),
	{"scheme.needs-guard", node1, strings.Replace(node1, "weight: 40%, clause: 一, rule: {form: formula, is: 甲}", "guard: use_admission_rate, weight: 40%, clause: 一, rule: {form: record, over: 考}", 1) + " # ←"},
	{"scheme.gate-guard", gate1, strings.Replace(strings.Replace(gate1, "出勤率", "考", 1), "below: 90%", "any: yes", 1) + " # ←"},
	{"scheme.duplicate-gate", gate1, gate1 + "\n" + strings.Replace(gate1, "name: 出勤", "name: 再记", 1) + " # ←"},
	{"scheme.no-rule", node1, strings.Replace(node1, ", rule: {form: formula, is: 甲}", "", 1) + " # ←"},
	rule("scheme.no-kids", "{form: sum}"),
	rule("scheme.one-kid", "{form: round, mode: half-up}"),
	{"scheme.weight-sign", node1, strings.Replace(node1, "40%", "-40%", 1) + " # ←"},
	{"scheme.weights-sum", node1, strings.Replace(node1, "40%", "30%", 1)},
	{"scheme.weights-sum", process, strings.Replace(process, "50%", "40%", 1)},
	{"scheme.weights-mixed", node1, strings.Replace(node1, "weight: 40%, ", "", 1)},
	{"scheme.weights-none", `  - {id: "2.1", name: 质量分, parent: "2", clause: 二}`, `  - {id: "2.1", name: 质量分, parent: "2", clause: 二} # ←` + "\n  - {id: \"2.1.0\", name: 零, parent: \"2.1\", clause: 二, rule: {form: formula, is: 甲}}\n"},
	{"scheme.group-empty", "  管理: {posts: [管理]}", "  管理: {posts: [管理]}\n  工勤: {posts: [工勤]}"},
	{"scheme.bonus-level", process, strings.Replace(process, "clause", "bonus: yes, clause", 1) + " # ←"},
	rule("scheme.unknown-form", "{form: magic, of: 甲}"),
	rule("scheme.unknown-fact", "{form: formula, is: 丙 + 甲}"),
	rule("scheme.unknown-fact", "{form: formula, is: 节数, over: 课, combine: sum, where: {等次: [优]}}"),
	rule("scheme.unknown-fact", "{form: record, over: 课, show: [节数, 类型]}"),
	rule("scheme.unknown-table", "{form: formula, is: 节数, over: 课表, combine: sum}"),
	rule("scheme.unknown-node", `{form: group-mean, node: "8"}`),
	rule("scheme.want-code", "{form: select, of: 甲, scores: {优: 1}}"),
	rule("scheme.want-value", "{form: formula, is: 等次 + 1}"),
	{"scheme.cycle", node1, `  - {id: "1", name: 德, weight: 40%, clause: 一, rule: {form: group-mean, node: "2.1"}} # ←` + "\n  - {id: \"2.1.3\", name: 环, parent: \"2.1\", weight: 0, clause: 二, rule: {form: group-mean, node: \"1\"}}"},
	{"scheme.missing-undeclared", missing, "missing: {excused: reweight, not-yet: block, refused: block}"},
	rule("scheme.anchor-order", "{form: linear, of: 甲, outside: hold, anchors: [{at: 1, score: 0}, {at: 1, score: 2}]}"),
	rule("scheme.anchor-two", "{form: linear, of: 甲, outside: hold, anchors: [{at: 1, score: 0}]}"),
	rule("scheme.band-end", "{form: bands, of: 甲, else: 0, bands: [{score: 1}]}"),
	rule("scheme.band-end", "{form: bands, of: 甲, else: 0, bands: [{from: 1, to: 2, score: 1}]}"),
	rule("scheme.band-none", "{form: bands, of: 甲, else: 0, bands: []}"),
	rule("scheme.band-order", "{form: bands, of: 甲, else: 0, bands: [{from: 1, score: 1}, {from: 2, score: 2}]}"),
	rule("scheme.band-order", "{form: bands, of: 甲, else: 0, bands: [{from: 1, score: 1}, {above: 1, score: 2}]}"),
	rule("scheme.band-order", "{form: bands, of: 甲, else: 0, bands: [{from: 1, score: 1}, {to: 0, score: 2}]}"),
	rule("scheme.cap-below-floor", `{form: formula, is: 甲, cap: "1", floor: "2"}`),
	rule("scheme.rank-bands", "{form: rank, of: 甲, ties: min, line: share, else: 0, bands: [{from: 50%, score: 1}]}"),
	rule("scheme.ratio-reference", "{form: ratio, of: 甲, zero: 0}"),
	rule("scheme.ratio-reference", "{form: ratio, of: 甲, to: 乙, to-stat: max, zero: 0}"),
	rule("scheme.peers-over", "{form: ratio, of: 节数, to-stat: max, zero: 0, over: 课, combine: sum}"),
	rule("scheme.pool", "{form: pool-share, of: 甲, pool: 100.005}"),
	rule("scheme.pool", "{form: pool-share, of: 甲, pool: -1}"),
	rule("scheme.pool-places", "{form: pool-share, of: 甲, pool: 100, places: 5}"),
	rule("scheme.record-one", "{form: record}"),
	rule("scheme.record-one", "{form: record, of: 等次, over: 课}"),
	rule("scheme.place-order", "{form: awards, over: 奖, level: 级别, grade: 等, place: 甲, places: 乙, scores: {省: {一等: 1}}, convert: [{of: 3, grades: {一等: 2, 二等: 2}}]}"),
	{"scheme.gate-test", gate1, strings.Replace(gate1, "below", "above: 1, below", 1) + " # ←"},
	{"scheme.gate-test", gate1, strings.Replace(gate1, "below: 90%, ", "", 1) + " # ←"},
	{"scheme.unknown-fact", gate1, strings.Replace(gate1, "出勤率", "出勤", 1) + " # ←"},
	{"scheme.unknown-table", gate1, strings.Replace(gate1, "below: 90%", "any: yes", 1) + " # ←"},
	{"scheme.want-value", gate1, strings.Replace(gate1, "出勤率", "等次", 1) + " # ←"},
	{"scheme.want-code", gate1, strings.Replace(gate1, "below: 90%", "is: [优]", 1) + " # ←"},
	{"scheme.unknown-guard", node1, strings.Replace(node1, "weight", "guard: use_magic, weight", 1) + " # ←"},
	{"scheme.unknown-guard", "gates:", "open-guards:\n  - {guard: use_magic, office: 局, reason: 试} # ←\ngates:"},
	{"scheme.guard-blocked", "gates:", "open-guards:\n  - {guard: maternity_leave_penalty, office: 局, reason: 试} # ←\ngates:"},
	{"scheme.guard-reason", "gates:", "open-guards:\n  - {guard: use_admission_rate, office: 局, reason: \"\"} # ←\ngates:"},
	{"scheme.missing-key", "gates:", "open-guards:\n  - {guard: use_admission_rate, office: 局} # ←\ngates:"},
	{"scheme.unknown-bound", "gates:", "departures:\n  - {bound: z, reason: 因, approval: 文} # ←\ngates:"},
	{"scheme.bound-must", "gates:", "departures:\n  - {bound: w, reason: 因, approval: 文} # ←\ngates:"},
	{"scheme.departure-reason", "gates:", "departures:\n  - {bound: q, reason: 因, approval: \"\"} # ←\ngates:"},
	{"scheme.bound-weight", capNode, strings.Replace(capNode, "60%", "71%", 1) + " # ←"}, // with the other weight, below
	{"scheme.bound-absent", "name: 质量,", "name: 教学质量,"},
	{"scheme.bound-child", capNode, strings.Replace(capNode, "rule", "note: 缺, rule", 1) + " # ←"}, // 过程 has another name, below
	{"scheme.bound-quantified", node1, strings.Replace(node1, "is: 甲", "is: 细", 1) + "\n" + child("一", "细", "")},
	{"scheme.bound-points", process, process + "\n" + strings.NewReplacer("2.1.1", "2.1.9", "weight: 50%, ", "", "{form: formula, is: 乙}", "{form: record, of: 等次}").Replace(process) + " # ←"},
	{"scheme.record-weight", process, strings.Replace(process, "{form: formula, is: 乙}", "{form: record, of: 等次}", 1) + " # ←"},
	{"scheme.record-read", node1, strings.Replace(node1, "formula, is: 甲", `group-mean, node: "7"`, 1) + " # ←\n  - {id: \"7\", name: 结论, clause: 一, rule: {form: record, of: 等次}}"},
	{"scheme.want-value", node1, strings.Replace(node1, "is: 甲", "is: 细", 1) + " # ←\n" + strings.Replace(child("一", "细", ""), "formula, is: 乙", "record, of: 等次", 1)},
	{"scheme.bound-bonus", total, strings.Replace(total, "20%", "21%", 1)},
	{"scheme.bound-bonus", total, strings.Replace(total, `"100"`, `"1000"`, 1)},
	{"scheme.bound-bonus-open", total, "total: {places: 2, ties: shared}"},
	{"scheme.bound-ground", bonus, strings.Replace(bonus, "监测", "其他", 1)},
	{"scheme.bound-cap", capNode, strings.Replace(capNode, "80%", "81%", 1)},
	{"scheme.bound-cap-exception", capNode, strings.Replace(capNode, "how", "except: {fact: 等次, is: [优]}, how", 1)},
	{"scheme.bound-cap-against", capNode, strings.Replace(capNode, "against: [教学]", "against: [教学, 管理]", 1) + " # ←"},
	{"scheme.bound-cap-against", "  管理: {posts: [管理]}\n", "  管理: {posts: [管理]}\n  校长: {positions: [校长]}\n"}, // against 校长, below
	{"scheme.bound-cap-against", "  管理: {posts: [管理]}\n", "  管理: {posts: [管理]}\n  其他教学: {posts: [教师]}\n"},   // who may not be left out
	{"scheme.bound-cap-of", capNode, strings.Replace(capNode, `node: "2.1"`, `node: "1"`, 1) + " # ←"},
	{"scheme.bound-cap-groups", capNode, strings.Replace(capNode, "groups: [管理]", "groups: [管理, 教学]", 1) + " # ←"},
	{"scheme.bound-uncapped", capNode, strings.Replace(capNode, "groups: [管理]", "groups: [教学]", 1) + " # ←"},
	{"scheme.bound-uncapped", "  管理: {posts: [管理]}", "  行政: {posts: [管理]}"}, // another name for the same posts
	// A cap over a part of the indicator holds nothing.
	{"scheme.bound-uncapped", capNode + "\n" + inner, strings.NewReplacer(`"2"`, `"2.2"`, "质量,", "封顶,", "weight: 60%", `parent: "2", weight: 1%`).Replace(capNode) + "\n" + topNode + " # ←\n" + strings.Replace(inner, `"2"`, `"2.2"`, 1) + "\n" + strings.Replace(loose, "WEIGHT", "99%", 1)},
	{"scheme.bound-uncapped", capNode + "\n" + inner, strings.NewReplacer(`"2"`, `"2.2"`, "质量,", "封顶,", "weight: 60%, ", `parent: "2", `).Replace(capNode) + "\n" + strings.Replace(topNode, "}", `, rule: {form: formula, is: "封顶 ＋ 50"}}`, 1) + " # ←\n" + strings.Replace(inner, `"2"`, `"2.2"`, 1)},
	{"scheme.bound-child-weight", process, strings.Replace(process, "50%", "0", 1) + " # ←"}, // with 终结 at 100 %, below
	{"scheme.bound-veto-items", "师德: {from: ethics, clause: 某条}", "师德: {from: ethics, clause: 某条, items: [\"1\", \"99\"]}"},
	{"scheme.bound-sources", process, strings.Replace(process, "process", "final", 1)},
	{"scheme.bound-gate", gate1, strings.Replace(gate1, "90%", "89%", 1)},
	{"scheme.bound-veto", "veto: yes", "veto: no"},
	{"scheme.bound-table", "measures:", "tables:\n  周课时: {clause: 校, keys: [学段], rows: [{学段: 初中, 下限: 9}]}\nmeasures:"},
	{"scheme.bound-range", "副校长: 60%", "副校长: 90%"},
}

func compile(schemeText, policyText string) (*scheme.Compiled, error) {
	s, err := scheme.Parse(scheme.File{Name: "t.yaml", Text: []byte(schemeText)}, &scheme.File{Name: "p.yaml", Text: []byte(policyText)})
	if err != nil {
		return nil, err
	}
	return scheme.Compile(s, soundFacts)
}

func TestSoundScheme(t *testing.T) {
	t.Parallel()
	if _, err := compile(sound, policy); err != nil {
		t.Fatal(err)
	}
}

// TestBrokenSchemes: each fault is told, at the line that has it.
func TestBrokenSchemes(t *testing.T) {
	t.Parallel()
	for i, c := range brokenSchemes {
		t.Run(fmt.Sprint(i, " ", c.key), func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(sound, c.old, c.new, 1)
			if text == sound {
				t.Fatalf("%q is not in the scheme", c.old)
			}
			switch {
			case c.key == "scheme.bound-weight":
				text = strings.Replace(text, "weight: 40%", "weight: 29%", 1)
			case strings.Contains(c.new, "校长: {positions"):
				text = strings.Replace(text, "against: [教学]", "against: [校长]", 1)
			case strings.Contains(c.new, "行政"):
				text = regexp.MustCompile(`rule: \{form: group-cap.*\}`).ReplaceAllString(text, "rule: {form: round, mode: half-up}}")
			case c.key == "scheme.bound-child":
				text = strings.Replace(text, "name: 过程", "name: 平时", 1)
			case c.key == "scheme.bound-child-weight":
				text = strings.Replace(text, `终结, parent: "2.1", weight: 50%`, `终结, parent: "2.1", weight: 100%`, 1)
			case c.key == "scheme.group-empty":
				text = strings.NewReplacer("weight: 40%", "groups: [教学, 管理], weight: 40%", "weight: 60%", "groups: [教学, 管理], weight: 60%").Replace(text)
			case strings.Contains(c.new, "*a"):
				text = strings.Replace(text, "scheme: t", "scheme: &a t", 1)
			case c.key == "scheme.weights-none":
				text = regexp.MustCompile(`(?m)^  - \{id: "2\.1\.[12]".*\n`).ReplaceAllString(text, "")
			}
			_, err := compile(text, policy)
			all := fault.All(err)
			var keys []string
			line := 0
			for i, l := range strings.Split(text, "\n") {
				if strings.Contains(l, "# ←") {
					line = i + 1
				}
			}
			for _, f := range all {
				if f.Where.File != "t.yaml" {
					t.Errorf("%v is said of file %q", f, f.Where.File)
				}
				keys = append(keys, f.Error())
				if f.Key == c.key && (line == 0 || f.Where.Row == line) {
					return
				}
			}
			t.Errorf("got %q, want %s at line %d", keys, c.key, line)
		})
	}
}

// TestEveryFaultHasACase: no entry of the catalogue is without a scheme or a
// formula that provokes it.
func TestEveryFaultHasACase(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../text/scheme.go")
	if err != nil {
		t.Fatal(err)
	}
	provoked := []string{"scheme.bound-kind", "scheme.too-many", "scheme.too-fine"} // TestBrokenPolicies, TestHostileSchemes
	for _, c := range brokenSchemes {
		provoked = append(provoked, c.key)
	}
	for _, c := range badFormulas {
		provoked = append(provoked, c.key)
	}
	keys := regexp.MustCompile(`"(scheme\.[a-z-]+)":`).FindAllSubmatch(text, -1)
	if len(keys) < 50 {
		t.Fatalf("found only %d keys", len(keys))
	}
	for _, k := range keys {
		if !slices.Contains(provoked, string(k[1])) {
			t.Errorf("%s has no case", k[1])
		}
	}
}
