package schemes_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"shiji/internal/city"
	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/measure"
	"shiji/internal/num"
	"shiji/internal/scheme"
	"shiji/internal/text"
	"shiji/schemes"
)

// ready is a scheme that can be applied to packages.
type ready struct {
	*scheme.Compiled
	plan *measure.Plan
}

// prepare compiles the embedded scheme of that name, each pair of changes
// replacing a text in it by another wherever it stands.
func prepare(name string, changes ...string) (*ready, error) {
	file, policy, err := schemes.Load(name)
	if err != nil {
		return nil, err
	}
	text := string(file.Text)
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			return nil, fmt.Errorf("%s does not say %q", name, changes[i])
		}
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	s, err := scheme.Parse(scheme.File{Name: file.Name, Text: []byte(text)}, policy)
	if err != nil {
		return nil, err
	}
	plan, facts, err := measure.Compile(s.Measures, s.AllTables())
	if err != nil {
		return nil, err
	}
	plan.Opened = s.Opened
	c, err := scheme.Compile(s, facts)
	if err != nil {
		return nil, err
	}
	return &ready{c, plan}, nil
}

func (r *ready) evaluate(pkg *evidence.Package) (*eval.Outcome, error) {
	facts, err := r.plan.Derive(pkg)
	if err != nil {
		return nil, err
	}
	members, err := r.members(pkg)
	if err != nil {
		return nil, err
	}
	return eval.Evaluate(r.Compiled, eval.Cohort{Members: members, Facts: facts})
}

func (r *ready) members(pkg *evidence.Package) ([]fact.Member, error) {
	return measure.Members(r.Groups, pkg)
}

// words shows every fault of err as people see it.
func words(err error) string {
	var list *fault.List
	var one *fault.Error
	switch {
	case errors.As(err, &list):
		var b strings.Builder
		for _, f := range list.Faults {
			b.WriteString(text.Fault(f) + "\n")
		}
		return b.String()
	case errors.As(err, &one):
		return text.Fault(one)
	}
	return err.Error()
}

func TestEverySchemeCompiles(t *testing.T) {
	t.Parallel()
	if len(schemes.Names()) < 5 {
		t.Fatalf("embedded schemes: %v", schemes.Names())
	}
	for _, name := range schemes.Names() {
		if _, err := prepare(name); err != nil {
			t.Errorf("%s:\n%s", name, words(err))
		}
	}
}

// source returns a policy's own text, as it was issued.
func source(t *testing.T, policy string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(policy, "source.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestClausesExist holds every clause that a scheme or policy cites to the
// headings of the policy's own text.
func TestClausesExist(t *testing.T) {
	t.Parallel()
	prefix := map[string]string{"jining-2018": "济宁2018", "longyan-2017": "龙岩2017", "fuqing-style": "福清要点"}
	for _, name := range schemes.Names() {
		folder, _, _ := strings.Cut(name, "/")
		known := clauses(source(t, folder))
		if len(known) < 8 {
			t.Fatalf("%s: headings found: %v", folder, known)
		}
		r, err := prepare(name)
		if err != nil {
			t.Fatal(words(err))
		}
		cited := map[string]string{}
		for _, n := range r.Scheme.Nodes {
			cited["节点 "+n.ID] = n.Clause
		}
		for _, m := range r.Measures {
			cited["measures "+m.Name] = m.Clause
		}
		for _, g := range r.Gates {
			cited["gates "+g.ID] = g.Clause
		}
		for _, table := range r.Scheme.Tables {
			cited["tables "+table.Name] = table.Clause
		}
		if r.Policy != nil {
			for _, b := range r.Policy.Bounds {
				cited["bounds "+b.ID] = b.Clause
			}
			for _, v := range r.Policy.Vetoes {
				cited["vetoes "+v.No] = v.Clause
			}
			for _, table := range r.Policy.Tables {
				cited["policy tables "+table.Name] = table.Clause
			}
		}
		for where, clause := range cited {
			number, ok := strings.CutPrefix(clause, prefix[folder]+" ")
			if !ok || !known[number] {
				t.Errorf("%s %s: got clause %q, want a heading of the source", name, where, clause)
			}
		}
	}
}

var headings = []*regexp.Regexp{
	regexp.MustCompile(`^([一二三四五六七八九十])、`),
	regexp.MustCompile(`^[(（]([一二三四五六七八九十])[)）]`),
	regexp.MustCompile(`^([0-9]+)\s*[.．]`),
}

// clauses returns the numbers of a text's headings: 三, 三(一), 三(一)2, 四3, 附件.
func clauses(source string) map[string]bool {
	known := map[string]bool{}
	var part, section string
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		switch {
		case line == "附件":
			known["附件"], part, section = true, "附件", ""
		case headings[0].MatchString(line):
			part, section = headings[0].FindStringSubmatch(line)[1], ""
			known[part] = true
		case headings[1].MatchString(line):
			section = "(" + headings[1].FindStringSubmatch(line)[1] + ")"
			known[part+section] = true
		case headings[2].MatchString(line):
			known[part+section+headings[2].FindStringSubmatch(line)[1]] = true
		}
	}
	return known
}

// TestPolicyKeepsItsWords holds what 济宁2018 is quoted with to its text: the
// veto behaviours, the weekly hours, the weights, title and date.
func TestPolicyKeepsItsWords(t *testing.T) {
	t.Parallel()
	r, err := prepare("jining-2018/junior")
	if err != nil {
		t.Fatal(words(err))
	}
	plain := strings.NewReplacer("，", ",", "；", ";", "：", ":", "（", "(", "）", ")", " ", "", "—", "-")
	source := plain.Replace(source(t, "jining-2018"))
	says := func(what string) {
		t.Helper()
		if !strings.Contains(source, plain.Replace(what)) {
			t.Errorf("source.txt does not say %q", what)
		}
	}
	says(r.Policy.Title)
	says("(" + r.Policy.Status + ")")
	says(r.Policy.Issuer)
	if len(r.Policy.Vetoes) != 10 {
		t.Errorf("vetoes: got %d, want 10", len(r.Policy.Vetoes))
	}
	for _, v := range r.Policy.Vetoes {
		says(v.No + ")" + v.Text)
	}
	for _, row := range r.Policy.Tables[0].Rows {
		switch {
		case row["学科"] == "其他专任教师":
			says("其他专任教师每周" + row["min"] + "-" + row["max"] + "节")
		case strings.HasPrefix(row["学科"], "其他"):
		case row["max"] == "":
			says("等每周不低于" + row["min"] + "节")
		case strings.HasPrefix(row["学科"], "音乐"):
			says("等学科每周" + row["min"] + "-" + row["max"] + "节")
		default:
			says(row["学科"] + "每周" + row["min"] + "-" + row["max"] + "节")
		}
	}
	for _, b := range r.Policy.Bounds {
		if name, ok := strings.CutSuffix(b.ID, "权重"); ok {
			says(name)
		}
	}
}

// TestBoundsRefuse changes the junior scheme in ways that leave the policy's
// bounds, and expects the clause that forbids it.
func TestBoundsRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, clause string
		changes      []string
	}{
		{"满意度权重加倍", "济宁2018 三(五)（必须）", []string{
			"name: 工作满意度, weight: 10%", "name: 工作满意度, weight: 20%", "name: 职业道德, weight: 10%", "name: 职业道德, weight: 0%"}},
		{"没有团结协作", "济宁2018 三(一)（必须）", []string{"name: 团结协作,", "name: 同事关系,"}},
		{"只有终结性数据", "济宁2018 三(四)（必须）", []string{"evidence: process", "evidence: final"}},
		{"爱岗敬业没有三级指标", "济宁2018 四(三)（必须）", []string{
			`parent: "1", weight: 25%, clause: 济宁2018 三(一)2}`, `parent: "1", weight: 25%, clause: 济宁2018 三(一)2, rule: {form: formula, is: 爱岗敬业评议}}`,
			`  - {id: "1.2.1", name: 履行岗位职责评议, parent: "1.2", weight: 100%, clause: 济宁2018 三(一)2, rule: {form: formula, is: 爱岗敬业评议}}`, ""}},
		{"没有视导评价", "济宁2018 附件（必须）", []string{"    name: 视导评价\n", "    name: 听课评价\n"}},
		{"教辅平均到 90%", "济宁2018 三(三)2（原则上）", []string{`node: "3.1", share: 70%`, `node: "3.1", share: 90%`}},
		{"教辅工作量的例外", "济宁2018 三(三)2（原则上）", []string{"share: 70%, how: scale", "share: 70%, how: scale, except: {fact: 特别突出, is: [工作特别突出]}"}},
		{"其他人员平均到 85%", "济宁2018 三(四)（必须）", []string{"share: 80%, how: scale", "share: 85%, how: scale"}},
		{"工勤不设上限", "济宁2018 三(四)（必须）", []string{"{form: group-cap, groups: [管理, 教辅, 工勤],", "{form: group-cap, groups: [管理, 教辅],"}},
		{"只给一小块封顶", "济宁2018 三(四)（必须）", []string{
			`parent: "4z.6.2.1", weight: 40%`, `parent: "4z.6", weight: 99%, groups: [管理, 教辅, 工勤]`,
			"    parent: \"4z.6\"\n    weight: 100%\n    groups: [管理", "    parent: \"4z.6\"\n    weight: 1%\n    groups: [管理",
			"    parent: \"4z.6.2.1\"\n    weight: 60%", "    parent: \"4z.6.2.1\"\n    weight: 100%"}},
		{"与校长的平均分比较", "济宁2018 三(四)（必须）", []string{`against: [教学, 非考试学科教学], node: "4"`, `against: [校长], node: "3.2.1"`}},
		{"与教学岗位的出勤率比较", "济宁2018 三(三)2（原则上）", []string{`node: "3.1", share: 70%`, `node: "3.3", share: 70%`}},
		{"工勤为教辅腾出余地", "济宁2018 三(三)2（原则上）", []string{"{form: group-cap, groups: [教辅],", "{form: group-cap, groups: [教辅, 工勤],"}},
		{"视导评价没有权重", "济宁2018 附件（必须）", []string{"    parent: \"4\"\n    weight: 20%", "    parent: \"4\"\n    weight: 0", "name: 学校质量检测, parent: \"4\", weight: 40%", "name: 学校质量检测, parent: \"4\", weight: 60%"}},
		{"一票否决只管第 99 项", "济宁2018 三(一)（必须）", []string{"{from: conduct, year: 认定日期,", "{from: conduct, year: 认定日期, items: [\"99\"],"}},
		{"附加分 25%", "济宁2018 三(四)（必须）", []string{"share: 20%, of", "share: 25%, of"}},
		{"只有一种附加依据", "济宁2018 三(四)（必须）", []string{"grounds: 指导学生获奖", "grounds: 质量监测成绩特别优秀"}},
		{"副校长折算 90%", "济宁2018 三(三)2（原则上）", []string{"副校长: 80%", "副校长: 90%"}},
		{"校长折算一半", "济宁2018 三(三)2（原则上）", []string{"{校长: 100%", "{校长: 50%"}},
		{"出勤线 85%", "济宁2018 三(三)3（原则上）", []string{"fact: 出勤率, below: 90%", "fact: 出勤率, below: 85%"}},
		{"一票否决不否决", "济宁2018 三(一)（必须）", []string{"any: yes, veto: yes", "any: yes, veto: no"}},
		{"改动周课时标准", "济宁2018 三(三)1（原则上）", []string{"\nmeasures:\n", "\ntables: {weekly-hours: {clause: 济宁2018 三(三)1, keys: [学段, 学科], rows: [{学段: 初中, 学科: 其他, min: \"8\", max: \"9\"}]}}\nmeasures:\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := prepare("jining-2018/junior", c.changes...)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := words(err); !strings.Contains(got, c.clause) {
				t.Errorf("got faults\n%swant clause %s", got, c.clause)
			}
		})
	}
}

// TestDeparture lets a bound of force 原则上 be left with a reason and an
// approval, which show; one of force 必须 cannot be left.
func TestDeparture(t *testing.T) {
	t.Parallel()
	leave := func(bound string) string {
		return "\ndepartures:\n  - {bound: " + bound + ", reason: 本校为新建学校，副校长任满工作量, approval: 区教育和体育局〔2026〕5号}\ngates:\n"
	}
	r, err := prepare("jining-2018/junior", "副校长: 80%", "副校长: 90%", "\ngates:\n", leave("行政折算"))
	if err != nil {
		t.Fatal(words(err))
	}
	out, err := r.evaluate(city.School(1, 0))
	if err != nil {
		t.Fatal(words(err))
	}
	for _, res := range out.Results {
		if !slices.ContainsFunc(res.Findings, func(f eval.Finding) bool { return f.Key == "eval.departure" }) {
			t.Fatalf("%s: the departure does not show", res.Subject)
		}
	}
	_, err = prepare("jining-2018/junior", "share: 20%, of", "share: 25%, of", "\ngates:\n", leave("附加分上限"))
	if err == nil || !strings.Contains(words(err), "不能以理由和批准离开") {
		t.Errorf("a bound of force 必须 was left: %v", err)
	}
}

// TestGuardsStayClosed reads the shipped schemes: none opens a guard, and one
// that reads entrance exams without standing behind theirs is refused.
func TestGuardsStayClosed(t *testing.T) {
	t.Parallel()
	for _, name := range schemes.Names() {
		r, err := prepare(name)
		if err != nil {
			t.Fatal(words(err))
		}
		if len(r.Opened) > 0 {
			t.Errorf("%s opens %v", name, r.Opened)
		}
	}
	_, err := prepare("jining-2018/junior", "guard: use_zhongkao_gaokao_scores", "grounds: 去掉红线")
	if err == nil || !strings.Contains(words(err), "必须写 guard: use_zhongkao_gaokao_scores") {
		t.Errorf("a scheme reads entrance exams without their guard: %v", words(err))
	}
}

// TestLoadUnknown tells which schemes there are.
func TestLoadUnknown(t *testing.T) {
	t.Parallel()
	_, _, err := schemes.Load("jining-2018/kindergarten")
	if err == nil || !strings.Contains(words(err), "jining-2018/junior") {
		t.Errorf("got %v, want a fault that names the embedded schemes", err)
	}
	if _, err := schemes.Policy("jining-2018/junior"); err == nil {
		t.Error("a scheme passed for a policy")
	}
}

// schoolOf is the synthetic school that a scheme is tried on.
var schoolOf = map[string]int{
	"jining-2018/junior": 0, "jining-2018/primary": 1, "jining-2018/senior": 2, "longyan-2017/year": 0, "fuqing-style/points": 0,
}

// TestSchoolsPlausible applies every scheme to a synthetic school: everybody
// has a total, no group is absurd, the frontline is not behind. With -v it tells
// how each indicator fares, which is how an example scheme is tuned.
func TestSchoolsPlausible(t *testing.T) {
	t.Parallel()
	for _, name := range schemes.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := prepare(name)
			if err != nil {
				t.Fatal(words(err))
			}
			n, ok := schoolOf[name]
			if !ok {
				t.Fatalf("no school to try %s on", name)
			}
			seeds := []uint64{1, 2, 3}
			if testing.Short() {
				seeds = seeds[:1]
			}
			for i, seed := range seeds { // the first of a kind, then others of other sizes
				out, err := r.evaluate(city.School(seed, n+3*i))
				if err != nil {
					t.Fatal(words(err))
				}
				if i == 0 {
					tellNodes(t, r, out)
				}
				for _, f := range out.Findings {
					t.Error(text.Sprintf(f.Key, anys(f.Args)...))
				}
				for _, g := range r.Groups {
					judge(t, r, out, g.Name)
				}
			}
		})
	}
}

// judge holds a group's totals to what a school would believe.
func judge(t *testing.T, r *ready, out *eval.Outcome, group string) {
	var scores []num.Q
	people := 0
	for i := range out.Results {
		res := &out.Results[i]
		if res.Group != group {
			continue
		}
		people++
		if res.Scored {
			scores = append(scores, res.Score)
		} else if !r.Total.None {
			t.Errorf("%s %s has no total: %v", res.Subject, group, res.Findings)
		}
	}
	switch {
	case people == 0:
		t.Errorf("%s: nobody", group)
	case r.Total.None && len(scores) > 0:
		t.Errorf("%s: an appraisal without points gave totals", group)
	case r.Total.None:
		return
	}
	slices.SortFunc(scores, num.Q.Cmp)
	mean, _ := num.Sum(scores...).Div(num.Int(int64(len(scores))))
	low, high := scores[0], scores[len(scores)-1]
	t.Logf("%s: %d people, %s to %s, mean %s", group, people, low, high, mean.Round(2, num.HalfUp))
	if low.Cmp(num.Int(60)) < 0 || high.Cmp(num.Int(120)) > 0 || mean.Cmp(num.Int(70)) < 0 || mean.Cmp(num.Int(95)) > 0 {
		t.Errorf("%s: got totals from %s to %s, mean %s", group, low, high, mean.Round(2, num.HalfUp))
	}
	if spread := high.Sub(low); len(scores) > 10 && spread.Cmp(num.Int(5)) < 0 {
		t.Errorf("%s: %d people within %s points", group, len(scores), spread)
	}
}

// tellNodes logs every indicator's mean by group, and how many have none.
func tellNodes(t *testing.T, r *ready, out *eval.Outcome) {
	for i, n := range r.Nodes {
		line := n.ID + " " + n.Name + ":"
		for _, g := range r.Groups {
			var known []num.Q
			missing := 0
			for k := range out.Results {
				switch v := out.Results[k].Values[i]; {
				case out.Results[k].Group != g.Name || v.Status == eval.Outside:
				case v.Status == eval.Known:
					known = append(known, v.Q)
				default:
					missing++
				}
			}
			if mean, ok := num.Sum(known...).Div(num.Int(int64(len(known)))); ok || missing > 0 {
				line += fmt.Sprintf(" %s %s (%d, 缺 %d)", g.Name, mean.Round(2, num.HalfUp), len(known), missing)
			}
		}
		t.Log(line)
	}
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// TestCoverageIsWhole holds docs/coverage.md to the texts and to the tree: a row
// for every heading, and no file, case or test that does not exist.
func TestCoverageIsWhole(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			rows[strings.TrimSpace(cells[1])] = true
		}
	}
	for folder, prefix := range map[string]string{"jining-2018": "济宁2018", "longyan-2017": "龙岩2017"} {
		for number := range clauses(source(t, folder)) {
			if !rows[prefix+" "+number] {
				t.Errorf("no row for %s %s", prefix, number)
			}
		}
	}
	for _, m := range regexp.MustCompile("`((?:schemes|internal|docs|cmd)/[^`]*)`").FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, m := range regexp.MustCompile(`cases? ([^;|]+)`).FindAllStringSubmatch(string(page), -1) {
		for _, name := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
			if found, _ := filepath.Glob("*/cases/" + name + ".txtar"); len(found) == 0 && !strings.HasPrefix(name, "Test") && regexp.MustCompile(`^\p{Han}`).MatchString(name) {
				t.Errorf("no case %s", name)
			}
		}
	}
	tests, err := os.ReadFile("schemes_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(string(page), -1) {
		if !strings.Contains(string(tests), "func "+m+"(") {
			t.Errorf("no test %s", m)
		}
	}
}
