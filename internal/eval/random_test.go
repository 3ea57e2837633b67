package eval_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// world is a random scheme with a random cohort.
type world struct {
	yaml     string
	scheme   *scheme.Scheme
	compiled *scheme.Compiled
	cohort   eval.Cohort
}

// decls are the facts that random schemes read: scalars, and three tables.
var decls = []scheme.FactDecl{
	{Name: "甲"}, {Name: "乙"}, {Name: "丙"}, {Name: "丁"}, {Name: "等次", Coded: true}, {Name: "类别", Coded: true},
	{Table: "课", Name: "值"}, {Table: "课", Name: "量"}, {Table: "课", Name: "类", Coded: true},
	{Table: "奖", Name: "级别", Coded: true}, {Table: "奖", Name: "奖次", Coded: true}, {Table: "奖", Name: "名次"}, {Table: "奖", Name: "总数"},
	{Table: "奖", Name: "系列", Coded: true}, {Table: "奖", Name: "种类", Coded: true}, {Table: "奖", Name: "身份", Coded: true},
	{Table: "评", Name: "对象", Coded: true}, {Table: "评", Name: "均分"}, {Table: "评", Name: "票数"}, {Table: "评", Name: "应评"},
}

// codes are the codes of each coded fact; the last is one no table of a scheme knows.
var codes = map[string][]string{
	"等次": {"优", "良", "差", "怪"}, "类别": {"文", "理", "怪"}, "类": {"主", "副", "怪"}, "级别": {"省", "市", "市", "村"}, "奖次": {"一等", "二等", "一等", "无"},
	"系列": {"", "", "甲杯", "乙杯"}, "种类": {"文", "理"}, "身份": {"本人", "指导"}, "对象": {"家长", "同事", "家长", "路人"},
}

var (
	factValues = []string{"0", "1", "2", "3", "4", "5", "10", "-2", "1.5", "1/3", "33.335", "66.67", "87.345", "100", "12.00005", "-0.25"}
	parameters = []string{"0", "1", "2", "0.5", "-1", "10", "1.25", "20%", "1/3", "30"}
	positives  = []string{"1", "2", "0.5", "10", "100", "1/3", "30"}
	states     = []string{"not-applicable", "excused", "not-yet", "refused"}
)

// draw draws one of the values; rapid minimises towards the first.
func draw[T any](t *rapid.T, of []T) T { return rapid.SampledFrom(of).Draw(t, "") }

// below draws a number under n, all alike: rapid's own ranges favour the ends.
func below(t *rapid.T, n int) int { return draw(t, upTo[:n]) }

var upTo = func() (all [100]int) {
	for i := range all {
		all[i] = i
	}
	return all
}()

func chance(t *rapid.T, percent int) bool { return below(t, 100) >= 100-percent }

// maker writes a scheme. Nodes are finished children first, so that rules that
// read other nodes can choose among done without a cycle.
type maker struct {
	*rapid.T
	groups []string
	places int
	nodes  []string
	done   []string
	count  int
}

func drawWorld(t *rapid.T) *world {
	m := &maker{T: t, groups: []string{"教学", "管理", "工勤"}[:1+below(t, 3)]}
	contributions := below(t, 3)
	m.places = contributions + below(t, 4)
	head := []string{
		"scheme: random", "title: 随机方案", fmt.Sprintf("rounding: {places: %d, contributions: %d, mode: %s}", m.places, contributions,
			draw(t, []string{"half-up", "half-even", "down", "up", "floor", "ceil"})),
		m.total(contributions), "missing: " + m.missing(100), "groups:",
	}
	for _, g := range m.groups {
		head = append(head, "  "+g+": {posts: ["+g+"]}")
	}
	m.roots()
	head = append(head, "nodes:")
	for _, n := range rapid.Permutation(m.nodes).Draw(t, "order") {
		head = append(head, "  - "+n)
	}
	head = append(head, m.gates()...)
	if chance(t, 30) {
		head = append(head, "open-guards:", "  - {guard: use_admission_rate, office: 市教育局, reason: 试点}")
	}
	w := &world{yaml: strings.Join(head, "\n") + "\n"}
	s, err := scheme.Parse(scheme.File{Name: "random.yaml", Text: []byte(w.yaml)}, nil)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, w.yaml)
	}
	if w.compiled, err = scheme.Compile(s, decls); err != nil {
		t.Fatalf("compile: %v\n%s", err, w.yaml)
	}
	w.scheme, w.cohort = s, drawCohort(t, m.groups)
	return w
}

func (m *maker) q() string { return draw(m.T, parameters) }

func (m *maker) total(contributions int) string {
	if chance(m.T, 5) {
		return "total: {points: none}"
	}
	s := fmt.Sprintf("total: {full: \"%s\", places: %d, ties: %s", draw(m.T, positives), contributions+below(m.T, 2), draw(m.T, []string{"shared", "dense"}))
	if chance(m.T, 70) {
		s += fmt.Sprintf(", bonus_cap: {share: %s, of: \"%s\"}", draw(m.T, []string{"20%", "1/3"}), draw(m.T, []string{"100", "base", "10"}))
	}
	return s + "}"
}

// missing declares what each state does, or with less than 100 percent only some.
func (m *maker) missing(percent int) string {
	var out []string
	for _, s := range states {
		if chance(m.T, percent) {
			out = append(out, s+": "+draw(m.T, []string{"reweight", "reweight", "\"0\"", "\"2.345\"", "block"}))
		}
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func (m *maker) gates() []string {
	all := []string{
		`  - {id: g1, name: 低, clause: 一, fact: 甲, below: "2", effect: 不得评先}`, `  - {id: g2, name: 高, clause: 一, fact: 乙, above: "3", effect: 通报}`,
		`  - {id: g3, name: 差, clause: 一, fact: 等次, is: [差, 怪], effect: 谈话}`, `  - {id: g4, name: 一票否决, clause: 一, fact: 奖, any: yes, veto: yes, effect: 考核不合格}`,
		`  - {id: g5, name: 否决, clause: 一, fact: 等次, is: [差], veto: yes, effect: 考核不合格}`,
	}
	out := []string{"gates:"}
	for _, g := range all {
		if chance(m.T, 30) {
			out = append(out, g)
		}
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

// roots makes level 1: by weight or by points, perhaps with bonus nodes.
func (m *maker) roots() {
	if chance(m.T, 70) {
		m.weighted("", 1, m.groups)
	} else {
		m.points("", 1, m.groups)
	}
	for range below(m.T, 3) {
		if chance(m.T, 50) {
			m.node("", ", bonus: yes", 3, m.groups)
		}
	}
	m.record("", m.groups)
}

// record perhaps makes a child without points, which takes no part in sums.
func (m *maker) record(parent string, groups []string) {
	if !chance(m.T, 25) {
		return
	}
	extra := ""
	if g := draw(m.T, groups); len(groups) > 1 && chance(m.T, 40) {
		extra = ", groups: [" + g + "]"
	}
	m.write(m.newID(), parent, extra+", rule: {form: "+draw(m.T, []string{"record, of: 等次", "record, over: 课, show: [类, 值]"})+"}", false)
}

// weighted makes children whose weights add up to one for each group: some for
// all, the rest for each group alone.
func (m *maker) weighted(parent string, depth int, groups []string) {
	shared := 1 + below(m.T, 2)
	own := len(groups) > 1 && chance(m.T, 30)
	parts := make([]int, shared+1)
	sum := 0
	for i := range parts {
		parts[i] = draw(m.T, []int{1, 2, 3, 0, 5})
		if i == 0 || i == shared && own {
			parts[i] = max(parts[i], 1)
		}
		if i < shared || own {
			sum += parts[i]
		}
	}
	for _, p := range parts[:shared] {
		m.node(parent, fmt.Sprintf(", weight: %d/%d", p, sum), depth, groups)
	}
	for _, g := range groups {
		if own {
			m.node(parent, fmt.Sprintf(", weight: %d/%d, groups: [%s]", parts[shared], sum, g), depth, []string{g})
		}
	}
	if parent != "" {
		m.record(parent, groups)
	}
}

// points makes children without weights; each group has at least one.
func (m *maker) points(parent string, depth int, groups []string) {
	for range 1 + below(m.T, 2) {
		m.node(parent, "", depth, groups)
	}
	if parent != "" {
		m.record(parent, groups)
	}
	if g := draw(m.T, groups); len(groups) > 1 && chance(m.T, 40) {
		m.node(parent, ", groups: ["+g+"]", depth, []string{g})
	}
}

// node makes a node for groups, whose other keys are extra.
func (m *maker) node(parent, extra string, depth int, groups []string) string {
	rule, reads, id := "", false, m.newID()
	if kind := below(m.T, 10); depth < 4 && m.count < 14 && kind >= 5 {
		rule, reads = m.inner(id, kind, depth, groups)
	} else {
		rule = m.leaf()
	}
	m.write(id, parent, extra+rule, reads)
	m.done = append(m.done, id)
	return id
}

func (m *maker) newID() string {
	m.count++
	return fmt.Sprintf("n%d", m.count)
}

// write puts down a node with that rule; only one that does not come of its
// children may say what a missing value does.
func (m *maker) write(id, parent, keys string, comesOfThem bool) {
	s := fmt.Sprintf("{id: %s, name: 指标%s, clause: 某条", id, id)
	if parent != "" {
		s += ", parent: " + parent
	}
	if chance(m.T, 60) {
		s += `, full: "` + draw(m.T, positives) + `"`
	}
	if chance(m.T, 8) {
		s += ", guard: " + draw(m.T, []string{"use_admission_rate", "exam_regional"})
	}
	if !comesOfThem && chance(m.T, 30) {
		s += ", missing: " + m.missing(40)
	}
	m.nodes = append(m.nodes, s+keys+"}")
}

// inner makes a node with children: one that comes of them alone, or a formula
// that reads each by name.
func (m *maker) inner(id string, kind, depth int, groups []string) (rule string, comesOfThem bool) {
	switch kind {
	case 5:
		m.points(id, depth+1, groups)
		rule = ", rule: {form: sum" + m.limits()
		if chance(m.T, 40) {
			rule += ", dropped: nothing"
		}
		return rule + "}", true
	case 6:
		m.node(id, "", depth+1, groups)
		m.record(id, groups)
		return fmt.Sprintf(", rule: {form: round, places: %d, mode: %s}", below(m.T, 4), draw(m.T, []string{"half-up", "half-even", "down", "up", "floor", "ceil"})), true
	case 7:
		kid := m.node(id, "", depth+1, groups)
		if len(m.groups) == 1 {
			m.done = append(m.done, kid)
		}
		m.record(id, groups)
		return m.groupCap(kid), true
	case 8:
		a := "指标" + m.node(id, "", depth+1, groups)
		b := "指标" + m.node(id, "", depth+1, groups)
		x := m.formula([]string{a, b, "甲"}, 2)
		return ", rule: {form: formula, is: \"" + draw(m.T, []string{
			a + " ＋ " + b + " × (" + x + ")", "如果(" + a + " > 甲, " + b + ", " + x + ")", "最小(" + a + "，" + b + "，" + x + ")", "(" + a + " − " + b + ") ÷ (" + x + ")",
		}) + "\"}", false
	}
	m.weighted(id, depth+1, groups)
	return "", true
}

func (m *maker) groupCap(kid string) string {
	node := kid
	if chance(m.T, 30) {
		node = draw(m.T, m.done)
	}
	rule := fmt.Sprintf(", rule: {form: group-cap, groups: [%s], against: [%s], node: %s, share: %s, how: %s", m.someGroups(), m.someGroups(), node,
		draw(m.T, []string{"80%", "70%", "100%"}), draw(m.T, []string{"scale", "shift"}))
	if chance(m.T, 40) {
		rule += ", except: {fact: 等次, is: [优]}"
	}
	return rule + "}"
}

func (m *maker) someGroups() string {
	i := below(m.T, len(m.groups))
	return strings.Join(m.groups[i:i+1+below(m.T, len(m.groups)-i)], ", ")
}

func (m *maker) limits() (s string) {
	if chance(m.T, 30) {
		s += ", cap: " + draw(m.T, []string{"10", "60", "2.5"})
	}
	if chance(m.T, 30) {
		s += ", floor: " + draw(m.T, []string{"0", "-3", "1/3"})
	}
	return s
}

func (m *maker) within() string {
	return draw(m.T, []string{"", ", within: group", ", within: all", ", within: [类别]", ", within: [等次, 类别]"})
}

// over perhaps applies a rule to the lines of 课, and says which names it may read.
func (m *maker) over() (keys string, names []string) {
	names = []string{"甲", "乙", "丙", "丁"}
	if chance(m.T, 60) {
		return "", names
	}
	keys = ", over: 课, combine: " + draw(m.T, []string{"mean", "sum", "max", "min", "weighted, by: 量"})
	if chance(m.T, 40) {
		keys += ", none: " + m.q()
	}
	if chance(m.T, 40) {
		keys += ", where: {类: [" + draw(m.T, []string{"主", "主, 副"}) + "]}"
	}
	return keys, []string{"值", "量", "值", "甲"}
}

// formula draws a formula over names, in the signs of either keyboard.
func (m *maker) formula(names []string, depth int) string {
	if depth == 0 || chance(m.T, 25) {
		if chance(m.T, 25) {
			return draw(m.T, []string{"0", "1", "2.5", "０.３", "100"})
		}
		return draw(m.T, names)
	}
	x, y := m.formula(names, depth-1), m.formula(names, depth-1)
	switch below(m.T, 8) {
	case 0:
		return x + draw(m.T, []string{" + ", "＋"}) + y
	case 1:
		return "(" + x + draw(m.T, []string{" - ", "－", " − "}) + "(" + y + "))"
	case 2:
		return "(" + x + ")" + draw(m.T, []string{"*", "×"}) + "(" + y + ")"
	case 3:
		return "(" + x + ") ÷ (" + y + ")"
	case 4:
		return draw(m.T, []string{"min(", "最大（"}) + x + "，" + y + ")"
	case 5:
		return "限于(" + x + ", 0, " + y + ")"
	case 6:
		return "绝对值(" + x + ")"
	}
	return "如果(" + x + draw(m.T, []string{" < ", "<=", " > ", "＞＝", "==", "!="}) + y + "，" + m.formula(names, depth-1) + "，" + y + ")"
}

// leaf makes a rule that reads facts, or other nodes for the cohort.
func (m *maker) leaf() string {
	keys, names := m.over()
	plain := []string{"甲", "乙", "丙", "丁"}
	of := `, of: "` + m.formula(names, 2) + `"`
	ofPlain := `, of: "` + m.formula(plain, 2) + `"`
	rule := ""
	switch below(m.T, 14) {
	case 0:
		rule = "formula, is: \"" + m.formula(names, 3) + "\"" + keys + m.limits()
	case 1:
		rule = "count" + of + ", unit: " + m.q() + ", base: " + m.q() + ", free: " + m.q() + keys + m.limits()
	case 2:
		rule = "bands" + of + ", else: " + m.q() + m.bands(names) + keys
	case 3:
		code := "等次"
		if keys != "" {
			code = "类"
		}
		rule = "select, of: " + code + ", scores: {优: 18, 良: \"1/3\", 差: -2, 主: 7, 副: 2.5}" + keys
	case 4:
		rule = "linear" + of + ", outside: " + draw(m.T, []string{"hold", "extend"}) + ", anchors: [{at: 0, score: " + m.q() + "}, {at: 3, score: " + m.q() + "}, {at: 10, score: " + m.q() + "}]" + keys + m.limits()
	case 5:
		rule = "ratio" + of + ", to: \"" + m.formula(names, 1) + "\", zero: " + m.q() + m.most() + keys + m.limits()
	case 6:
		rule = "ratio" + ofPlain + ", to-stat: " + draw(m.T, []string{"max", "mean"}) + ", zero: " + m.q() + m.most() + m.within() + m.limits()
	case 7:
		rule = "rank" + ofPlain + ", first: " + draw(m.T, []string{"high", "low"}) + ", ties: " + draw(m.T, []string{"min", "dense", "max"}) +
			", tolerance: " + draw(m.T, []string{"0", "0.5", "2"}) + ", line: " + draw(m.T, []string{"share", "ceil"}) +
			", else: 1, bands: [{under: 20%, score: 9}, {to: 20%, score: 8}, {to: 50%, score: 5}, {to: 1, score: 3}]" + m.within()
	case 8:
		rule = "difference" + of + ", last: \"" + m.formula(names, 1) + "\", base: " + m.q() + ", points: " + m.q() + draw(m.T, []string{"", ", points-down: 0.25"}) + keys + m.limits()
	case 9:
		rule = "deduct, from: 10, floor: " + draw(m.T, []string{"0", "2.5"}) + ", items: [{of: \"" + m.formula(plain, 1) + "\", free: 1, each: 0.5, most: 3}, {of: " + draw(m.T, plain) + ", each: " + m.q() + "}]"
	case 10:
		rule = m.raters()
	case 11:
		rule = m.awards()
	case 12:
		rule = "pool-share" + ofPlain + ", pool: " + draw(m.T, []string{"100", "7", "0"}) + fmt.Sprintf(", places: %d", below(m.T, m.places+1)) + m.within()
	default:
		if len(m.done) == 0 {
			return m.leaf()
		}
		rule = "group-mean, node: " + draw(m.T, m.done) + ", share: " + draw(m.T, []string{"1", "90%"})
		if chance(m.T, 70) {
			rule += ", of-groups: [" + m.someGroups() + "]"
		}
	}
	return ", rule: {form: " + rule + "}"
}

func (m *maker) most() string {
	return draw(m.T, []string{"", ", most: 1", ", points: 30, most: 1.2"})
}

func (m *maker) bands(names []string) string {
	down := "[{from: 10, score: " + m.q() + "}, {above: 3, score: " + m.q() + "}, {from: 3, score: 4}, {from: -1, score: 1/3}]"
	up := "[{under: 0, score: " + m.q() + "}, {to: 0, score: 2}, {to: 5, score: " + m.q() + "}]"
	if names[0] == "甲" && chance(m.T, 40) {
		return ", case: 类别, cases: {文: " + down + ", 理: " + up + "}"
	}
	return ", bands: " + draw(m.T, []string{down, up})
}

func (m *maker) raters() string {
	s := "raters, over: 评, group: 对象, value: 均分, ballots: 票数, weights: {家长: 60%, 同事: 40%}, min-ballots: " + draw(m.T, []string{"1", "3", "0"}) + ", few: " + draw(m.T, []string{"reweight", "block"})
	if chance(m.T, 50) {
		s += ", eligible: 应评, min-response: 50%"
	}
	return s
}

func (m *maker) awards() string {
	s := "awards, over: 奖, level: 级别, grade: 奖次, scores: {省: {一等: 10, 二等: 1/3}, 市: {一等: 6, 二等: 3.5}}" + m.limits()
	if chance(m.T, 60) {
		s += ", place: 名次, places: 总数, convert: [{of: 4, grades: {一等: 1, 二等: 3}}, {of: 5, grades: {一等: 2, 二等: 4}}]"
	}
	if chance(m.T, 60) {
		s += ", series: 系列"
	}
	if chance(m.T, 50) {
		s += ", kind: 种类, caps: {文: 9}"
	}
	if chance(m.T, 50) {
		s += ", factor-by: 身份, factors: {指导: 50%}"
	}
	if chance(m.T, 30) {
		s += ", where: {级别: [省, 市]}"
	}
	return s
}

// drawCohort draws up to eight members with facts in every state.
func drawCohort(t *rapid.T, groups []string) eval.Cohort {
	var c eval.Cohort
	for i := range 1 + below(t, 8) {
		m := fact.Member{Subject: fmt.Sprintf("T%02d", i), Group: draw(t, groups)}
		c.Members = append(c.Members, m)
		lines := map[string]int{}
		for _, d := range decls {
			if d.Table == "" {
				drawFact(t, &c, fact.Fact{Subject: m.Subject, Key: d.Name}, d, 85)
				continue
			}
			n, drawn := lines[d.Table]
			if !drawn {
				n = draw(t, []int{1, 2, 3, 4, 0})
				lines[d.Table] = n
				if n == 0 && chance(t, 80) {
					c.Facts = append(c.Facts, fact.Fact{Subject: m.Subject, Key: d.Table, State: fact.State(below(t, 5))})
				}
			}
			for k := range n {
				drawFact(t, &c, fact.Fact{Subject: m.Subject, Key: d.Table + "." + d.Name, Item: fmt.Sprint(k)}, d, 95)
			}
		}
	}
	return c
}

// drawFact adds the fact: given with that chance, else in another state or not at all.
func drawFact(t *rapid.T, c *eval.Cohort, f fact.Fact, d scheme.FactDecl, given int) {
	f.Source = f.Subject + "/" + f.Key + "/" + f.Item
	switch {
	case !chance(t, given):
		f.State = fact.State(below(t, 5))
		if f.State == fact.Given {
			return // not handed in
		}
	case d.Coded:
		f.Code = draw(t, codes[d.Name])
	default:
		f.Value = num.MustParse(draw(t, factValues))
	}
	c.Facts = append(c.Facts, f)
}
