package measure

import (
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/scheme"

	"github.com/google/go-cmp/cmp"
)

func TestTablesHandLinesOn(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	pkg.Outcomes = []evidence.Outcome{
		{Staff: "T1", Kind: "指导学生", Name: "科技节", Level: "县", Rank: q("2"), Places: q("12"), Own: "指导", Date: "2026-03-20", Issuer: "局", Listed: "是"},
		{Staff: "T1", Kind: "教学竞赛", Name: "优质课", Level: "市", Grade: "一等", Rank: evidence.None, Places: evidence.None, Own: "本人", Date: "2026-03-20", Issuer: "局", Listed: "是"},
		{Staff: "T1", Kind: "荣誉", Name: "某协会奖", Level: "国家", Grade: "一等", Rank: evidence.None, Places: evidence.None, Own: "本人", Date: "2026-03-20", Issuer: "协会", Listed: "否"},
	}
	pkg.Trainings = []evidence.Training{
		{Staff: "T1", Kind: "继续教育", Name: "研修", Date: "2025-10-10", Hours: q("24"), Verdict: "合格"},
		{Staff: "T1", Kind: "校本研修", Name: "校本", Date: "2025-11-10", Hours: q("12.5")},
	}
	pkg.Courses = []evidence.Course{{Staff: "T2", Kind: "校本课程", Name: "运河文化", Role: "主持", Verdict: "良好"}}
	got := derive(t, `
measures:
  成果: {from: outcomes, clause: c, where: {白名单: [是]}}
  课程: {from: courses, clause: c}
  研修: {from: training, clause: c}
  学时: {from: training-hours, clause: c, where: {类别: [继续教育, 专题研修]}, none: zero}
  白名单外: {from: count, clause: c, sheet: 成果, where: {白名单: [否]}, none: zero}
`, pkg)
	prize := "T1 成果.%s 教学竞赛/优质课/市/2026-03-20"
	got.want(t, sprintf(prize, "级别"), "市")
	got.want(t, sprintf(prize, "等次"), "一等")
	got.want(t, sprintf(prize, "名次"), "not-applicable")
	got.want(t, "T1 成果.名次 指导学生/科技节/县/2026-03-20", "2")
	got.want(t, "T1 成果.等次 指导学生/科技节/县/2026-03-20", "not-applicable")
	if _, kept := got["T1 成果.级别 荣誉/某协会奖/国家/2026-03-20"]; kept {
		t.Error("a prize outside the white list was handed on")
	}
	if f := got[sprintf(prize, "级别")]; f.Source != "成果/T1/教学竞赛/优质课/市/2026-03-20" {
		t.Errorf("source: got %s", f.Source)
	}
	got.want(t, "T2 成果", "0") // handed in: nothing to list
	got.want(t, "T2 课程.角色 校本课程/运河文化", "主持")
	got.want(t, "T1 研修.学时 继续教育/研修/2025-10-10", "24")
	got.want(t, "T1 学时", "24")
	got.want(t, "T2 学时", "0")
	got.want(t, "T1 白名单外", "1")
	got.adds(t, "T1 学时")
}

func TestAnEmptyTableSaysWhy(t *testing.T) {
	t.Parallel()
	measures := "\nmeasures:\n  成果: {from: outcomes, clause: c, for: {posts: [教学]}}\n"
	pkg := &evidence.Package{School: school().School, Staff: []evidence.Staff{teacher("T1", "语文"), {ID: "T2", Kind: "工勤"}}}
	got := derive(t, measures, pkg)
	got.want(t, "T1 成果", "not-yet")
	got.want(t, "T2 成果", "not-applicable")
}

func TestRatings(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"))
	pkg.Ratings = []evidence.Rating{
		{Staff: "T1", By: "家长", Item: "总体满意度", Eligible: q("90"), Valid: q("81"), Mean: q("4.5"), Full: q("5")},
		{Staff: "T1", By: "教师互评", Eligible: q("6"), Valid: q("5"), Mean: q("86.2"), Full: q("100"), Ballots: []string{"95", "60", "90", "91", "95"}},
		{Staff: "T1", By: "学生", Eligible: q("40"), Valid: q("0"), Mean: q("0"), Full: q("100")},
	}
	got := derive(t, `
measures:
  测评: {from: ratings, clause: c, trim: none}
  去两端: {from: ratings, clause: c, groups: [教师互评, 家长], trim: {each-end: 1}}
`, pkg)
	got.want(t, "T1 测评.均分 家长/总体满意度", "90")
	got.want(t, "T1 测评.回收率 家长/总体满意度", "0.9")
	got.want(t, "T1 测评.测评群体 教师互评", "教师互评")
	got.want(t, "T1 测评.均分 教师互评", "86.2")
	got.want(t, "T1 测评.均分 学生", "not-yet") // no ballots: no mean of nothing
	got.want(t, "T1 测评.有效票数 学生", "0")
	got.want(t, "T1 去两端.均分 教师互评", "92") // (90 + 91 + 95) ÷ 3
	got.want(t, "T1 去两端.均分 家长/总体满意度", "not-yet")
}

// A mean of four anonymous ballots tells too much of each of them; leaders and
// the committee answer by name.
func TestMeansOfFewAnonymousBallotsAreWithheld(t *testing.T) {
	t.Parallel()
	for by, anonymous := range map[string]bool{
		"学生": true, "家长": true, "教师互评": true, "服务教师": true, "服务学生": true,
		"学校领导": false, "分管领导": false, "考核小组": false,
	} {
		pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
		four, five := []string{"90", "80", "70", "60"}, []string{"90", "80", "70", "60", "50"}
		pkg.Ratings = []evidence.Rating{
			{Staff: "T1", By: by, Eligible: q("9"), Valid: q("4"), Mean: q("75"), Full: q("100"), Ballots: four},
			{Staff: "T2", By: by, Eligible: q("9"), Valid: q("5"), Mean: q("70"), Full: q("100"), Ballots: five},
		}
		got := derive(t, "\nmeasures:\n  测评: {from: ratings, clause: c, trim: none}\n  去两端: {from: ratings, clause: c, trim: {each-end: 1}}\n", pkg)
		want := "75"
		if anonymous {
			want = "not-yet"
		}
		got.want(t, "T1 测评.均分 "+by, want)
		got.want(t, "T1 去两端.均分 "+by, want)
		got.want(t, "T1 测评.有效票数 "+by, "4")
		got.want(t, "T2 测评.均分 "+by, "70")
		got.want(t, "T2 去两端.均分 "+by, "70")
		for key, f := range got {
			for _, w := range f.Work {
				if anonymous && f.Subject == "T1" && (w.Value.Sign() != 0 || w.Counts.Sign() != 0 || strings.Contains(w.Label, "75")) {
					t.Errorf("%s: the work tells the mean: %+v", key, w)
				}
			}
		}
	}
}

func TestConductCountsWhatIsConfirmedInTheYear(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	breach := func(item, state, happened, decided string) {
		pkg.Conduct = append(pkg.Conduct, evidence.Conduct{Staff: "T1", Kind: "违规认定", Item: item, State: state, Happened: happened, Decided: decided, By: "区局"})
	}
	breach("7", "已认定", "2025-06-01", "2025-10-01")
	breach("8", "已生效", "2025-12-01", "2026-10-01")
	breach("9", "调查中", "2025-12-01", "")
	breach("5", "复核申诉中", "2025-12-01", "2026-01-01")
	breach("3", "已撤销", "2025-12-01", "2026-01-01")
	pkg.Conduct = append(pkg.Conduct, evidence.Conduct{Staff: "T1", Kind: "年度结论", Item: "合格"})
	pkg.Exceptions = []evidence.Exception{{Staff: "T2", Kind: "工作特别突出", Reason: "r", By: "b", Date: "2026-07-01"}}
	got := derive(t, `
measures:
  按认定: {from: conduct, clause: c, year: 认定日期}
  按发生: {from: conduct, clause: c, year: 发生日期}
  师德结论: {from: conduct-conclusion, clause: c, none: not-yet}
  突出: {from: exceptions, clause: c, kinds: [工作特别突出]}
`, pkg)
	items := func(table string) (out []string) {
		for _, f := range got {
			if f.Key == table+".条目" {
				out = append(out, f.Code)
			}
		}
		return out
	}
	if d := cmp.Diff([]string{"7"}, items("按认定")); d != "" {
		t.Errorf("by decision (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"8"}, items("按发生")); d != "" {
		t.Errorf("by happening (-want +got):\n%s", d)
	}
	got.want(t, "T2 按认定", "0")
	got.want(t, "T1 师德结论", "合格")
	got.want(t, "T2 师德结论", "not-yet")
	got.want(t, "T2 突出", "工作特别突出")
	got.want(t, "T1 突出", "not-applicable")
}

// Lines that may not count as such must not come in by the plain count.
func TestCountDoesNotGoRoundTheKinds(t *testing.T) {
	t.Parallel()
	for sheet, where := range map[string]string{"出勤": `{"3": [产]}`, "活动出勤": "{状态: [法定假]}", "师德认定": "{状态: [调查中]}"} {
		s := parse(t, "measures:\n  次数: {from: count, clause: c, sheet: "+sheet+", where: "+where+", none: zero}\n")
		_, _, err := Compile(s.Measures, s.Tables)
		if err == nil || !strings.Contains(err.Error(), "measure.counted-by") {
			t.Errorf("%s: got %v, want measure.counted-by", sheet, err)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T2", "语文"), teacher("T1", "音乐"), evidence.Staff{ID: "L1", Kind: "管理", Position: "校长"})
	groups := []scheme.Group{{Name: "艺体", Posts: []string{"教学"}, Subjects: []string{"音乐"}}, {Name: "教学", Posts: []string{"教学"}}, {Name: "校长", Positions: []string{"校长"}}}
	got, err := Members(groups, pkg)
	if err != nil {
		t.Fatal(err)
	}
	want := []fact.Member{{Subject: "L1", Group: "校长"}, {Subject: "T1", Group: "艺体"}, {Subject: "T2", Group: "教学"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("members (-want +got):\n%s", d)
	}
	if _, err := Members(groups[:2], pkg); err == nil {
		t.Error("a person of no group went through")
	}
}
