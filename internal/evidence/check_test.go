package evidence

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/fault"
	"shiji/internal/num"
)

func q(s string) Quantity { return Known(num.MustParse(s)) }

// small is a sound package with at least one line in every sheet.
func small() *Package {
	p := &Package{
		School:  []School{{Name: "明德初级中学", Code: "3137000001", County: "任城区", Stages: []string{"初中"}, Term: "2025-2026", Start: "2025-09-01", End: "2026-08-31", Line: 2}},
		Classes: []Class{{ID: "七1", Stage: "初中", Grade: "七年级", Pupils: q("45"), AtStart: None, In: None, Out: None, Line: 2}},
	}
	staff := func(id, kind, position string) Staff {
		return Staff{ID: id, Name: "王" + id, Kind: kind, Position: position, Stage: "初中", Subject: "语文", ReducedLoad: None, Line: len(p.Staff) + 2}
	}
	p.Staff = append(p.Staff, staff("T001", "教学", "教师"))
	p.Staff = append(p.Staff, staff("T002", "教学", "教师"))
	lesson := Lesson{Staff: "T001", Class: "七1", Subject: "语文", Kind: "正课", Weekly: q("5"), Share: None, Difficulty: None, Preparation: None, Homework: None, Line: 2}
	p.Lessons = []Lesson{lesson}
	p.Duties = []Duty{{Staff: "T001", Kind: "班主任", Of: "七1", Line: 2}}
	p.OtherWork = []OtherWork{{Staff: "T001", Kind: "社团", Date: "2025-10-15", Amount: q("2"), Unit: "节", Line: 2}}
	p.Attendance = []Attendance{{Staff: "T001", Month: "2026-02", Days: [31]string{"出", "出病", "休"}, Line: 2}}
	p.Events = []EventAttendance{{Event: "全体会", Kind: "会议", Date: "2025-09-08", Staff: "T001", State: "到", Line: 2}}
	exam := func(id, date, prior string) Exam {
		return Exam{ID: id, Kind: "期末", Level: "校", Date: date, Grade: "七年级", Subject: "语文", Full: q("120"), Excellent: q("102"), Good: q("90"), Pass: q("72"), Low: q("36"), Unit: None, Prior: prior, Line: len(p.Exams) + 2}
	}
	p.Exams = append(p.Exams, exam("秋", "2026-01-20", ""))
	p.Exams = append(p.Exams, exam("春", "2026-06-28", "秋"))
	mark := func(exam, pupil string, points Points) Marks {
		m := Marks{Exam: exam, Class: "七1", Pupil: pupil, Line: len(p.Marks) + 2}
		for i := range m.By {
			m.By[i] = NoMark
		}
		m.By[0] = points
		return m
	}
	p.Marks = append(p.Marks, mark("春", "25070101", 8650))
	p.Marks = append(p.Marks, mark("春", "25070102", AbsentMark))
	p.References = []Reference{{Exam: "春", Subject: "语文", Range: "县", Pupils: q("5200"), Mean: q("82.35"), SD: q("11.2"), Pass: q("88.5"), Excellent: q("32.1"), Good: q("60"), Low: None, TopMean: q("90"), TopPass: None, TopExcellent: None, TopGood: None, Line: 2}}
	p.Inspections = []Inspection{{Staff: "T001", Kind: "视导", Date: "2025-11-12", Score: q("92"), Full: q("100"), Line: 2}}
	p.Routines = []Routine{{Staff: "T001", Kind: "备课", Date: "2025-10-20", Score: q("9.5"), Full: q("10"), Line: 2}}
	p.Courses = []Course{{Staff: "T001", Kind: "校本课程", Name: "运河", Role: "主持", Verdict: "良好", Line: 2}}
	p.Outcomes = []Outcome{{Staff: "T001", Kind: "教学竞赛", Name: "优质课", Level: "市", Grade: "一等", Own: "本人", Rank: None, Places: None, Date: "2026-03-20", Issuer: "市局", Line: 2}}
	p.Trainings = []Training{{Staff: "T001", Kind: "继续教育", Name: "研修", Date: "2025-10-10", Hours: q("24"), Line: 2}}
	p.Ratings = []Rating{{Staff: "T001", By: "家长", Eligible: q("3"), Valid: q("2"), Mean: q("93.25"), Full: q("100"), Ballots: []string{"92", "94.5"}, Line: 2}}
	p.Goals = []Goal{{Staff: "T002", Task: "实验室", Weight: None, Score: q("90"), Full: q("100"), Line: 2}}
	p.Conduct = []Conduct{{Staff: "T001", Kind: "年度结论", Item: "合格", Line: 2}}
	p.Committee = []Committee{{Staff: "T001", Item: "爱岗敬业", Score: q("95"), Full: q("100"), Line: 2}}
	p.Exceptions = []Exception{{Staff: "T002", Kind: "工作特别突出", Reason: "理由", By: "委员会", Date: "2026-09-10", Line: 2}}
	return p
}

func TestCheckAcceptsASoundPackage(t *testing.T) {
	p := small()
	for _, s := range Sheets {
		if s.Len(p) == 0 {
			t.Errorf("the sound package lacks %s, so its rules are not tried", s.Name)
		}
	}
	if err := Check(p); err != nil {
		t.Errorf("got %v, want no fault", err)
	}
}

func TestCheckFaults(t *testing.T) {
	// Each case spoils the sound package once; want lists "sheet!row(column): key".
	cases := []struct {
		name  string
		spoil func(p *Package)
		want  string
	}{
		{"no school", func(p *Package) { p.School = nil }, "学校: evidence.one-school"},
		{"two schools", func(p *Package) { s := p.School[0]; s.Name, s.Line = "乙", 3; p.School = append(p.School, s) }, "学校!3: evidence.one-school"},
		{"period reversed", func(p *Package) { p.School[0].End = "2025-08-31" }, "学校!2(周期止): evidence.dates-reversed"},
		{"term", func(p *Package) { p.School[0].Term = "2025-2027" }, "学校!2(学年): evidence.bad-term"},
		{"stage unknown", func(p *Package) { p.School[0].Stages = []string{"初中", "大学"} }, "学校!2(学段): evidence.unknown-code"},
		{"declined unknown", func(p *Package) { p.School[0].Declined = []string{"素养"} }, "学校!2(不适用的表): evidence.declined-unknown"},
		{"declined yet filled", func(p *Package) { p.School[0].Declined = []string{"视导"} }, "学校!2(不适用的表): evidence.declined-filled"},
		{"staff cannot be declined", func(p *Package) { p.School[0].Declined = []string{"教职工"} }, "学校!2(不适用的表): evidence.declined-needed"},
		{"required text", func(p *Package) { p.Staff[0].Name = "" }, "教职工!2(姓名): evidence.required"},
		{"required number", func(p *Package) { p.Lessons[0].Weekly = None }, "任课!2(周课时): evidence.required"},
		{"unknown code", func(p *Package) { p.Staff[0].Position = "助教" }, "教职工!2(职务): evidence.unknown-code"},
		{"identity number", func(p *Package) { p.Marks[0].Pupil = "G11010519491231002X" }, "成绩!2(学号): evidence.identity-number"},
		{"teaching post without subject", func(p *Package) { p.Staff[1].Subject = "" }, "教职工!3(学科): evidence.teaching-needs"},
		{"stage of another school", func(p *Package) { p.Classes[0].Stage = "小学" }, "班级!2(学段): evidence.stage-not-here"},
		{"duplicate", func(p *Package) { m := p.Marks[0]; m.Line = 9; p.Marks = append(p.Marks, m) }, "成绩!9(考试编号): evidence.duplicate"},
		{"unknown person", func(p *Package) { p.Events[0].Staff = "T999" }, "活动出勤!2(工号): evidence.unknown-reference"},
		{"unknown class", func(p *Package) { p.Marks[0].Class = "七9" }, "成绩!2(班级): evidence.unknown-reference"},
		{"unknown exam", func(p *Package) { p.Marks[0].Exam = "夏" }, "成绩!2(考试编号): evidence.unknown-reference"},
		{"no staff", func(p *Package) { p.Staff = nil }, "教职工: evidence.no-staff"},
		{"no exams", func(p *Package) { p.Exams = nil }, "成绩!2(考试编号): evidence.reference-sheet-missing\n参照!2(考试编号): evidence.reference-sheet-missing"},
		{"exams not all read", func(p *Package) { p.Exams = p.Exams[:1]; p.Partial("考试") }, ""},
		{"head of no class", func(p *Package) { p.Duties[0].Of = "" }, "兼职!2(对象): evidence.head-needs-class"},
		{"head of unknown class", func(p *Package) { p.Duties[0].Of = "七2" }, "兼职!2(对象): evidence.unknown-reference"},
		{"bad date", func(p *Package) { p.OtherWork[0].Date = "2026-02-29" }, "其他工作!2(日期): evidence.bad-date"},
		{"outside the period", func(p *Package) { p.OtherWork[0].Date = "2026-09-01" }, "其他工作!2(日期): evidence.outside-period"},
		{"month outside", func(p *Package) { p.Attendance[0].Month = "2025-08" }, "出勤!2(月份): evidence.outside-period"},
		{"day beyond the month", func(p *Package) { p.Attendance[0].Days[28] = "出" }, "出勤!2(29): evidence.no-such-day"},
		{"day code", func(p *Package) { p.Attendance[0].Days[0] = "出病休" }, "出勤!2(1): evidence.unknown-code"},
		{"left before the period", func(p *Package) { p.Staff[1].Left = "2025-08-01" }, "教职工!3(离校日期): evidence.not-here"},
		{"post dates reversed", func(p *Package) { p.Lessons[0].Start, p.Lessons[0].End = "2026-03-01", "2026-02-01" }, "任课!2(止): evidence.dates-reversed"},
		{"overlap", func(p *Package) {
			l := p.Lessons[0]
			l.Start, l.Line = "2026-03-01", 3
			p.Lessons = append(p.Lessons, l)
		}, "任课!3(起): evidence.overlap"},
		{"shares over one", func(p *Package) {
			l := p.Lessons[0]
			l.Staff, l.Line, l.Share = "T002", 3, q("0.2")
			p.Lessons = append(p.Lessons, l)
		}, "任课!3(成绩份额): evidence.shares-exceed"},
		{"shares over one from a day on", func(p *Package) {
			p.Lessons[0].Share = q("0.6")
			l := p.Lessons[0]
			l.Staff, l.Line, l.Share, l.Start = "T002", 3, q("0.5"), "2026-02-01"
			p.Lessons = append(p.Lessons, l)
		}, "任课!3(成绩份额): evidence.shares-exceed"},
		{"shares in turn", func(p *Package) {
			l := p.Lessons[0]
			p.Lessons[0].End = "2026-01-31"
			l.Staff, l.Line, l.Start = "T002", 3, "2026-02-01"
			p.Lessons = append(p.Lessons, l)
		}, ""},
		{"shares of extra lessons", func(p *Package) {
			l := p.Lessons[0]
			l.Staff, l.Line, l.Kind = "T002", 3, "晚自习"
			p.Lessons = append(p.Lessons, l)
		}, ""},
		{"negative", func(p *Package) { p.Lessons[0].Weekly = q("-1") }, "任课!2(周课时): evidence.below-min"},
		{"too large", func(p *Package) { p.Lessons[0].Weekly = q("61") }, "任课!2(周课时): evidence.above-max"},
		{"too many places", func(p *Package) { p.Lessons[0].Weekly = q("5.25") }, "任课!2(周课时): evidence.too-many-places"},
		{"absent from a lesson", func(p *Package) { p.Lessons[0].Weekly = Quantity{State: Absent} }, "任课!2(周课时): evidence.absent-not-mark"},
		{"lines out of order", func(p *Package) { p.Exams[1].Pass = q("91") }, "考试!3(良好线): evidence.order"},
		{"line above full", func(p *Package) { p.Exams[1].Excellent = q("121") }, "考试!3(满分): evidence.order"},
		{"mark step", func(p *Package) { p.Exams[1].Unit = q("0.2") }, "考试!3(最小分值): evidence.mark-step"},
		{"prior itself", func(p *Package) { p.Exams[1].Prior = "春" }, "考试!3(上期考试): evidence.prior-itself"},
		{"prior later", func(p *Package) { p.Exams[0].Date = "2026-07-01" }, "考试!3(上期考试): evidence.prior-later"},
		{"prior of another subject", func(p *Package) { p.Exams[0].Subject = "数学" }, "考试!3(上期考试): evidence.prior-subject"},
		{"mark above full", func(p *Package) { p.Marks[0].By[0] = 12050 }, "成绩!2(语文): evidence.mark-above-full"},
		{"mark off the grid", func(p *Package) { p.Marks[0].By[0] = 8660 }, "成绩!2(语文): evidence.mark-off-step"},
		{"mark in another subject", func(p *Package) { p.Marks[0].By[1] = 100 }, "成绩!2(数学): evidence.no-such-paper"},
		{"no such mark", func(p *Package) { p.Marks[0].By[0] = -9 }, "成绩!2(语文): evidence.bad-mark"},
		{"statistic of another subject", func(p *Package) { p.References[0].Subject = "数学" }, "参照!2(学科): evidence.no-such-paper"},
		{"mean above full", func(p *Package) { p.References[0].Mean, p.References[0].TopMean = q("121"), None }, "参照!2(平均分): evidence.above-full"},
		{"rates out of order", func(p *Package) { p.References[0].Excellent = q("61") }, "参照!2(良好率): evidence.order"},
		{"score above full", func(p *Package) { p.Routines[0].Score = q("10.5") }, "常规检查!2(得分): evidence.above-full"},
		{"full of zero", func(p *Package) { p.Goals[0].Full = q("0") }, "目标任务!2(满分): evidence.full-not-positive"},
		{"more ballots than raters", func(p *Package) { p.Ratings[0].Eligible = q("1") }, "测评!2(有效票数): evidence.ballots-exceed"},
		{"rating above full", func(p *Package) { p.Ratings[0].Mean = q("101") }, "测评!2(平均分): evidence.above-full"},
		{"ballots missing", func(p *Package) { p.Ratings[0].Ballots = []string{"92"} }, "测评!2(各票得分): evidence.ballots-count"},
		{"ballot of words", func(p *Package) { p.Ratings[0].Ballots = []string{"92", "好"} }, "测评!2(各票得分): evidence.ballot-no-number"},
		{"ballot above full", func(p *Package) { p.Ratings[0].Ballots = []string{"92", "101"} }, "测评!2(各票得分): evidence.ballot-range"},
		{"rank", func(p *Package) { p.Outcomes[0].Rank, p.Outcomes[0].Places = q("7"), q("6") }, "成果!2(名次): evidence.rank-beyond-places"},
		{"conclusion", func(p *Package) { p.Conduct[0].Item = "良好" }, "师德认定!2(条目): evidence.unknown-code"},
		{"two conclusions", func(p *Package) {
			p.Conduct = append(p.Conduct, Conduct{Staff: "T001", Kind: "年度结论", Item: "优秀", Line: 3})
		}, "师德认定!3(条目): evidence.two-conclusions"},
		{"breach without state", func(p *Package) { p.Conduct[0].Kind = "违规认定" }, "师德认定!2(状态): evidence.breach-needs"},
		{"confirmed by nobody", func(p *Package) {
			p.Conduct[0] = Conduct{Staff: "T001", Kind: "违规认定", Item: "3", State: "已认定", Line: 2}
		}, "师德认定!2(认定日期): evidence.breach-needs\n师德认定!2(认定单位): evidence.breach-needs"},
		{"neither score nor conclusion", func(p *Package) { p.Committee[0].Score = None }, "委员会评分!2(得分): evidence.score-or-conclusion"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := small()
			c.spoil(p)
			var got []string
			for _, e := range fault.All(Check(p)) {
				got = append(got, e.Where.String()+": "+e.Key)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCheckNamesBothRows(t *testing.T) {
	p := small()
	m := p.Marks[0]
	m.Line = 77
	p.Marks = append(p.Marks, m)
	all := fault.All(Check(p))
	if len(all) != 1 || all[0].Where.Row != 77 || fmt.Sprint(all[0].Args) != "[春，25070101 2]" {
		t.Errorf("got %v, want row 77 naming row 2", all)
	}
}

func TestCheckNamesTheMostWithItsUnit(t *testing.T) {
	p := small()
	p.Lessons[0].Weekly = q("61")
	all := fault.All(Check(p))
	if len(all) != 1 || fmt.Sprint(all[0].Args) != "[61 60 节/周]" {
		t.Errorf("got %v, want 61 held against 60 节/周", all)
	}
}

func TestCanonicalForgetsTheOrderOfLines(t *testing.T) {
	want := small().Canonical()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := small()
		r.Shuffle(len(p.Staff), func(i, k int) { p.Staff[i], p.Staff[k] = p.Staff[k], p.Staff[i] })
		r.Shuffle(len(p.Exams), func(i, k int) { p.Exams[i], p.Exams[k] = p.Exams[k], p.Exams[i] })
		r.Shuffle(len(p.Marks), func(i, k int) { p.Marks[i], p.Marks[k] = p.Marks[k], p.Marks[i] })
		b := p.Ratings[0].Ballots
		r.Shuffle(len(b), func(i, k int) { b[i], b[k] = b[k], b[i] })
		if diff := cmp.Diff(want, p.Canonical(), cmp.AllowUnexported(Package{})); diff != "" {
			t.Fatalf("seed %d (-want +got)\n%s", seed, diff)
		}
	}
}

func TestIdentityNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"11010519491231002X": true, "11010519491231002x": true, "G11010519491231002X": true,
		"110105194912310021": false, "110105194913310028": false, "2025070101": false, "": false, "X11010519491231002X": false,
	} {
		if got := isIdentityNumber(s); got != want {
			t.Errorf("isIdentityNumber(%q) = %v, want %v", s, got, want)
		}
	}
}
