package scheme_test

import (
	"slices"
	"strings"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/scheme"
)

func keysOf(err error) (keys []string) {
	for _, f := range fault.All(err) {
		keys = append(keys, f.Key)
	}
	return keys
}

// TestBrokenPolicies: a bound of no kind or force, and a cell that rows are
// found by, are told with the policy's file and line.
func TestBrokenPolicies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, old, new string }{
		{"scheme.bound-kind", "weight: {node: 质量, from: 50%, to: 70%}", "wait: {node: 质量}"},
		{"scheme.missing-choice", "clause: 一条, force: 必须,", "clause: 一条,"},
		{"scheme.not-allowed", "clause: 一条, force: 必须,", "clause: 一条, force: 尽量,"},
		{"scheme.missing-key", "{学段: 初中, 下限: 10}", "{下限: 10}"},
	} {
		text := strings.Replace(policy, c.old, c.new, 1)
		line := 1 + strings.Count(policy[:strings.Index(policy, c.old)], "\n")
		_, err := compile(sound, text)
		if !slices.ContainsFunc(fault.All(err), func(f *fault.Error) bool {
			return f.Key == c.key && f.Where.File == "p.yaml" && f.Where.Row == line
		}) {
			t.Errorf("got %v, want %s at p.yaml line %d", err, c.key, line)
		}
	}
}

// TestDepartures: what is 原则上 gives way to a reason and an approval, what is
// 必须 does not, and what is 可 binds nobody.
func TestDepartures(t *testing.T) {
	t.Parallel()
	wide := strings.Replace(sound, "副校长: 60%", "副校长: 90%", 1)
	depart := "departures:\n  - {bound: r, reason: 校小人少, approval: 教育局〔2018〕1号}\ngates:"
	if _, err := compile(strings.Replace(wide, "gates:", depart, 1), policy); err != nil {
		t.Errorf("departure from 原则上: %v", err)
	}
	if got := keysOf(func() error { _, err := compile(wide, policy); return err }()); !slices.Equal(got, []string{"scheme.bound-range"}) {
		t.Errorf("without departure: got %q", got)
	}
	must := strings.Replace(policy, "clause: 十条, force: 原则上", "clause: 十条, force: 必须", 1)
	_, err := compile(strings.Replace(wide, "gates:", depart, 1), must)
	if got := keysOf(err); !slices.Contains(got, "scheme.bound-must") || !slices.Contains(got, "scheme.bound-range") {
		t.Errorf("departure from 必须: got %q", got)
	}
	alone := strings.Replace(strings.Replace(sound, "policy: p\n", "", 1), "gates:", depart, 1)
	s, err := scheme.Parse(scheme.File{Name: "t.yaml", Text: []byte(alone)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scheme.Compile(s, soundFacts); !slices.Equal(keysOf(err), []string{"scheme.unknown-bound"}) {
		t.Errorf("departure without a policy: got %v", err)
	}
}

// TestBoundTellsTheClause: a refused scheme names what forbids it, and where.
func TestBoundTellsTheClause(t *testing.T) {
	t.Parallel()
	_, err := compile(strings.Replace(sound, "20%", "30%", 1), policy)
	all := fault.All(err)
	if len(all) != 1 || all[0].Where.Field != "四条（必须）" || all[0].Where.Sheet != "界限 b" || all[0].Kind != fault.Refused {
		t.Errorf("got %v", err)
	}
}

// TestNodeBelowLevelOneDoesNotMeetTheWeight: the indicator that a policy gives a
// weight has to be one of level 1.
func TestNodeBelowLevelOneDoesNotMeetTheWeight(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(`name: 质量,`, `name: 其他,`, `name: 质量分,`, `name: 质量,`).Replace(sound)
	_, err := compile(text, policy)
	if got := keysOf(err); !slices.Contains(got, "scheme.bound-absent") {
		t.Errorf("got %q", got)
	}
}

// TestWeightBoundHoldsForEachGroup: what an indicator weighs is the sum of its
// nodes in a group's tree; two halves keep the bound, and no other group's do.
func TestWeightBoundHoldsForEachGroup(t *testing.T) {
	t.Parallel()
	const virtue = `  - {id: "1", name: 德, weight: 40%, clause: 一, rule: {form: formula, is: 甲}}`
	node := func(id, name, group, weight string) string {
		return `  - {id: "` + id + `", name: ` + name + `, groups: [` + group + `], weight: ` + weight + `, clause: 一, rule: {form: group-cap, groups: [管理], against: [教学], node: "2.1", share: 80%, how: scale}}
  - {id: "` + id + `.1", name: 分, parent: "` + id + `", clause: 一}
  - {id: "` + id + `.1.1", name: 细, parent: "` + id + `.1", weight: 100%, clause: 一, rule: {form: formula, is: 甲}}
`
	}
	for name, c := range map[string]struct {
		first string // for node 1
		want  []any  // arguments of the fault; nil: none
	}{
		"two parts in one group":      {node("1", "德", "教学", "40%") + node("3", "德", "管理", "30%") + node("4", "质量", "管理", "10%"), nil},
		"too much in one group":       {node("1", "德", "教学", "40%") + node("3", "德", "管理", "20%") + node("4", "质量", "管理", "20%"), []any{"质量", "管理", "0.8", "0.5", "0.7"}},
		"in one group not at all":     {node("1", "德", "教学", "40%") + node("3", "德", "管理", "100%"), []any{"质量", "管理", "0", "0.5", "0.7"}},
		"as much in the other groups": {virtue + "\n", nil},
	} {
		text := strings.Replace(sound, virtue+"\n", c.first, 1)
		if c.want != nil && c.want[2] == "0" {
			text = strings.Replace(text, `name: 质量, weight`, `name: 质量, groups: [教学], weight`, 1)
		}
		_, err := compile(text, policy)
		var got []any
		for _, f := range fault.All(err) {
			if f.Key != "scheme.bound-weight" || got != nil {
				t.Errorf("%s: %v", name, err)
			}
			got = f.Args
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestGuardedFacts: a table behind a guard is read by a node behind the same
// guard, or below one.
func TestGuardedFacts(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"on the node": {"weight: 40%, clause: 一, rule: {form: formula, is: 甲}", "guard: use_zhongkao_gaokao_scores, weight: 40%, clause: 一, rule: {form: formula, is: 均分, over: 考, combine: sum}"},
		"above": {`clause: 二}
  - {id: "2.1.1", name: 过程, parent: "2.1", weight: 50%, clause: 二, evidence: process, rule: {form: formula, is: 乙}`,
			`clause: 二, guard: use_zhongkao_gaokao_scores}
  - {id: "2.1.1", name: 过程, parent: "2.1", weight: 50%, clause: 二, evidence: process, rule: {form: formula, is: 均分, over: 考, combine: sum}`},
	} {
		text := strings.Replace(sound, change[0], change[1], 1)
		if text == sound {
			t.Fatalf("%s: nothing changed", name)
		}
		if _, err := compile(text, policy); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := compile(strings.Replace(text, "use_zhongkao_gaokao_scores", "use_admission_rate", 1), policy); !slices.Contains(keysOf(err), "scheme.needs-guard") {
			t.Errorf("%s, another guard: got %v", name, err)
		}
	}
}

// TestFormulaReadsItsChildren: a formula may stand over children that it reads
// by name.
func TestFormulaReadsItsChildren(t *testing.T) {
	t.Parallel()
	text := strings.Replace(sound, rule1, "{form: formula, is: 细 + 粗}}\n"+child("一", "细", "")+strings.TrimSuffix(child("二", "粗", ""), "\n"), 1)
	loose := strings.Replace(policy, "quantified: {level: 2}", "quantified: {level: 5}", 1)
	if _, err := compile(text, loose); err != nil {
		t.Error(err)
	}
}

// TestAllFaultsTogether: faults of several kinds are told at once, by line.
func TestAllFaultsTogether(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("mode: half-up", "mode: nearest", "weight: 40%", "weight: viel", "is: 乙", "is: 乙 % 2", "below: 90%", "below: 90%, veto: maybe").Replace(sound)
	_, err := compile(text, policy)
	all := fault.All(err)
	if len(all) != 6 {
		t.Errorf("got %d faults, want 6: %v", len(all), err)
	}
	if !slices.IsSortedFunc(all, func(a, b *fault.Error) int { return a.Where.Row - b.Where.Row }) {
		t.Errorf("not by line: %v", err)
	}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	guarded := strings.Replace(sound, "weight: 40%", "guard: use_admission_rate, weight: 40%", 1)
	c, err := compile(guarded, policy)
	if err != nil {
		t.Fatal(err)
	}
	if g := c.Nodes[c.NodeIndex("1")].Closed; g == nil || g.Key != "use_admission_rate" || g.Blocked() {
		t.Errorf("got %+v, want the guard closed by default", g)
	}
	open := "open-guards:\n  - {guard: use_admission_rate, office: 局, reason: 试}\ngates:"
	if c, err = compile(strings.Replace(guarded, "gates:", open, 1), policy); err != nil {
		t.Fatal(err)
	}
	if g := c.Nodes[c.NodeIndex("1")].Closed; g != nil {
		t.Errorf("got %+v, want the guard open", g)
	}
	for _, key := range []string{"maternity_leave_penalty", "exam_regional", "exam_grade_1_2_written", "publish_champion_or_admission"} {
		if !scheme.Guards[key].Blocked() {
			t.Errorf("%s may be opened", key)
		}
	}
}

// TestGroupsAreInherited: what stands below a node is for its groups only.
func TestGroupsAreInherited(t *testing.T) {
	t.Parallel()
	text := strings.Replace(sound, "name: 德, weight: 40%", "name: 德, groups: [教学], weight: 40%", 1)
	text = strings.Replace(text, "gates:", `  - {id: "1.1", name: 细, parent: "1", clause: 一, rule: {form: formula, is: 甲}}
  - {id: "1.1.1", name: 目, parent: "1.1", clause: 一, rule: {form: formula, is: 甲}}
  - {id: "3", name: 管, weight: 40%, groups: [管理], clause: 一, rule: {form: formula, is: 甲}}
gates:`, 1)
	s, err := scheme.Parse(scheme.File{Name: "t.yaml", Text: []byte(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"1", "1.1", "1.1.1"} {
		if n := s.Node(id); !n.Applies("教学") || n.Applies("管理") {
			t.Errorf("node %s is for %q", id, n.Groups)
		}
	}
	if n := s.Node("2.1"); !n.Applies("教学") || !n.Applies("管理") {
		t.Errorf("node 2.1 is for %q", n.Groups)
	}
}

// TestOrder: each node comes after its children and what it reads.
func TestOrder(t *testing.T) {
	t.Parallel()
	c, err := compile(sound, policy)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range c.Nodes {
		if n.Index != i || c.NodeIndex(n.ID) != i {
			t.Errorf("node %s has index %d at %d", n.ID, n.Index, i)
		}
		for _, k := range n.Kids {
			if k >= i || c.Nodes[k].Parent != i {
				t.Errorf("child %s of %s at %d, parent %d", c.Nodes[k].ID, n.ID, k, c.Nodes[k].Parent)
			}
		}
		for _, id := range n.Reads.Nodes {
			if c.NodeIndex(id) >= i {
				t.Errorf("%s reads %s before it is known", n.ID, id)
			}
		}
	}
}

// TestDigest: layout and comments do not count, every value and the order do.
func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(text string) string {
		s, err := scheme.Parse(scheme.File{Name: "t.yaml", Text: []byte(text)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Digest.String()
	}
	want := digest(sound)
	same := strings.Replace(sound, "groups:\n  教学: {posts: [教师]}\n", "# 岗位组\ngroups:\n    教学:\n        posts:\n            - 教师 # 全部\n", 1)
	same = strings.NewReplacer("  管理: {posts: [管理]}", "    管理: {posts: ['管理']}").Replace(same)
	if got := digest(same); got != want {
		t.Error("layout changes the digest")
	}
	for _, change := range [][2]string{{"40%", "0.4"}, {"half-up", "half-even"}, {"不得评先", "不得评优"}, {"posts: [管理]", "posts: 管理"},
		{"  教学: {posts: [教师]}\n  管理: {posts: [管理]}", "  管理: {posts: [管理]}\n  教学: {posts: [教师]}"}} {
		if digest(strings.Replace(sound, change[0], change[1], 1)) == want {
			t.Errorf("%s for %s leaves the digest", change[1], change[0])
		}
	}
}

// FuzzParse: whatever the file, Parse and Compile return faults and do not
// panic; what they accept, they accept again with the same digest.
func FuzzParse(f *testing.F) {
	f.Add(sound)
	for _, c := range brokenSchemes {
		if text := strings.Replace(sound, c.old, c.new, 1); len(text) < 10_000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := scheme.File{Name: "t.yaml", Text: []byte(text)}
		scheme.PolicyName(file)
		s, err := scheme.Parse(file, nil)
		if err != nil {
			if len(fault.All(err)) == 0 {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if _, err := scheme.Compile(s, soundFacts); err != nil && len(fault.All(err)) == 0 {
			t.Fatalf("not a fault: %v", err)
		}
		if again, err := scheme.Parse(file, nil); err != nil || again.Digest != s.Digest {
			t.Fatalf("a second reading differs: %v", err)
		}
	})
}
