package evidence

import (
	"fmt"

	"shiji/internal/num"
)

// Sheets are all sheets of a package in the order of the template.
var Sheets = []*Sheet{
	schoolSheet, staffSheet, classSheet, lessonSheet, dutySheet, otherWorkSheet, attendanceSheet, eventSheet,
	examSheet, marksSheet, referenceSheet, inspectionSheet, routineSheet, courseSheet, outcomeSheet, trainingSheet,
	ratingSheet, goalSheet, conductSheet, committeeSheet, exceptionSheet,
}

// SheetNamed returns the sheet with that name or alias, or nil.
func SheetNamed(name string) *Sheet {
	for _, s := range Sheets {
		if s.Name == name {
			return s
		}
		for _, a := range s.Aliases {
			if a == name {
				return s
			}
		}
	}
	return nil
}

var schoolSheet = sheetOf("学校", "学校和考核周期，只填一行。",
	func(p *Package) *[]School { return &p.School }, func(s *School) *int { return &s.Line },
	text("学校名称", func(s *School) *string { return &s.Name }).key().eg("明德初级中学"),
	id("学校标识码", func(s *School) *string { return &s.Code }).eg("3137000001").note("10 位；没有可留空。"),
	text("主管教育局", func(s *School) *string { return &s.County }).also("县区").eg("任城区教育和体育局"),
	list("学段", func(s *School) *[]string { return &s.Stages }).of(stages).required().eg("初中").note("小学、初中、普通高中；多个用顿号分开。"),
	text("学年", func(s *School) *string { return &s.Term }).required().also("考核年度").eg("2025-2026"),
	date("周期起", func(s *School) *string { return &s.Start }).required().eg("2025-09-01"),
	date("周期止", func(s *School) *string { return &s.End }).required().eg("2026-08-31"),
	list("不适用的表", func(s *School) *[]string { return &s.Declined }).eg("视导、课程建设").note("本校没有此类材料的工作表名，用顿号分开；没有交、又没有列在这里的表按“未交”处理。"),
	text("说明", func(s *School) *string { return &s.Label }).note("印在每份结果上，例如“演示数据”。"),
)

var staffSheet = sheetOf("教职工", "每名教职工一行。",
	func(p *Package) *[]Staff { return &p.Staff }, func(s *Staff) *int { return &s.Line },
	id("工号", func(s *Staff) *string { return &s.ID }).key().eg("T001").note("校内唯一，其他各表都用它指明是谁；不要用身份证号。"),
	text("姓名", func(s *Staff) *string { return &s.Name }).required().eg("王晓敏"),
	coded("岗位类别", postKinds, func(s *Staff) *string { return &s.Kind }).required().eg("教学"),
	coded("职务", positions, func(s *Staff) *string { return &s.Position }).required().eg("教师"),
	coded("学段", stages, func(s *Staff) *string { return &s.Stage }).eg("初中").note("教学岗位必填。"),
	coded("学科", Subjects, func(s *Staff) *string { return &s.Subject }).also("任教学科").eg("语文").note("主要任教学科；教学岗位必填。"),
	coded("一线", yesNo, func(s *Staff) *string { return &s.Frontline }).also("是否一线").eg("是"),
	text("教研组", func(s *Staff) *string { return &s.Group }).eg("语文组"),
	text("级部", func(s *Staff) *string { return &s.Section }).eg("七年级"),
	date("到校日期", func(s *Staff) *string { return &s.Joined }).eg("2019-09-01"),
	date("离校日期", func(s *Staff) *string { return &s.Left }),
	number("减免后满课时", 1, func(s *Staff) *Quantity { return &s.ReducedLoad }).unit("节/周").max(40).note("按学校规定减免工作量的教师：多少节即视为满工作量。"),
)

var classSheet = sheetOf("班级", "每个教学班一行。",
	func(p *Package) *[]Class { return &p.Classes }, func(c *Class) *int { return &c.Line },
	id("班级", func(c *Class) *string { return &c.ID }).key().eg("七1"),
	coded("学段", stages, func(c *Class) *string { return &c.Stage }).required().eg("初中"),
	text("年级", func(c *Class) *string { return &c.Grade }).required().eg("七年级"),
	coded("段", names("低", "中", "高"), func(c *Class) *string { return &c.Band }).note("小学低、中、高年级段；没有可留空。"),
	number("学生数", 0, func(c *Class) *Quantity { return &c.Pupils }).required().unit("人").max(200).eg("45"),
	number("起始人数", 0, func(c *Class) *Quantity { return &c.AtStart }).unit("人").max(200),
	number("正常转入", 0, func(c *Class) *Quantity { return &c.In }).unit("人").max(200),
	number("转出", 0, func(c *Class) *Quantity { return &c.Out }).unit("人").max(200),
)

var lessonSheet = sheetOf("任课", "课表：谁在哪个班教什么、每周几节，一行一项。",
	func(p *Package) *[]Lesson { return &p.Lessons }, func(l *Lesson) *int { return &l.Line },
	id("工号", func(l *Lesson) *string { return &l.Staff }).key().refers("教职工").eg("T001"),
	id("班级", func(l *Lesson) *string { return &l.Class }).key().refers("班级").eg("七1"),
	coded("学科", Subjects, func(l *Lesson) *string { return &l.Subject }).key().eg("语文"),
	coded("课型", lessonKinds, func(l *Lesson) *string { return &l.Kind }).keyOptional().eg("正课").note("留空即正课。"),
	number("周课时", 1, func(l *Lesson) *Quantity { return &l.Weekly }).required().unit("节/周").max(60).eg("5"),
	number("成绩份额", 4, func(l *Lesson) *Quantity { return &l.Share }).max(1).eg("1").note("与他人合教时本人所占份额，0 到 1；留空时正课、合堂即 1，其他课型即 0（课时照计，成绩不重复计）。"),
	number("课程难度系数", 2, func(l *Lesson) *Quantity { return &l.Difficulty }).max(5).note("学校认定；留空即按方案。"),
	number("备课系数", 2, func(l *Lesson) *Quantity { return &l.Preparation }).max(5),
	number("作业系数", 2, func(l *Lesson) *Quantity { return &l.Homework }).max(5),
	date("起", func(l *Lesson) *string { return &l.Start }).also("起始日期").keyOptional().note("学期中换人时填；留空即周期起。"),
	date("止", func(l *Lesson) *string { return &l.End }).also("截止日期").note("留空即周期止。"),
)

var dutySheet = sheetOf("兼职", "班主任、教研组长、行政等兼任职务，一行一项。",
	func(p *Package) *[]Duty { return &p.Duties }, func(d *Duty) *int { return &d.Line },
	id("工号", func(d *Duty) *string { return &d.Staff }).key().refers("教职工").eg("T001"),
	coded("兼任", duties, func(d *Duty) *string { return &d.Kind }).key().eg("班主任"),
	id("对象", func(d *Duty) *string { return &d.Of }).keyOptional().eg("七1").note("班级、教研组或年级。"),
	date("起", func(d *Duty) *string { return &d.Start }).keyOptional(),
	date("止", func(d *Duty) *string { return &d.End }),
)

var otherWorkSheet = sheetOf("其他工作", "学校安排的临时性工作，一行一次。",
	func(p *Package) *[]OtherWork { return &p.OtherWork }, func(w *OtherWork) *int { return &w.Line },
	id("工号", func(w *OtherWork) *string { return &w.Staff }).key().refers("教职工").eg("T001"),
	coded("类别", otherKinds, func(w *OtherWork) *string { return &w.Kind }).key().eg("课后服务"),
	date("日期", func(w *OtherWork) *string { return &w.Date }).key().eg("2025-10-15"),
	text("内容", func(w *OtherWork) *string { return &w.What }).keyOptional().eg("篮球社团"),
	number("数量", 1, func(w *OtherWork) *Quantity { return &w.Amount }).required().max(500).eg("2"),
	coded("单位", workUnits, func(w *OtherWork) *string { return &w.Unit }).required().eg("节"),
)

var attendanceSheet = sheetOf("出勤", "每人每月一行，每天一个代码；一格写两个代码表示上午、下午，如“出病”。不在职的日子留空。",
	func(p *Package) *[]Attendance { return &p.Attendance }, func(a *Attendance) *int { return &a.Line },
	append([]field[Attendance]{
		id("工号", func(a *Attendance) *string { return &a.Staff }).key().refers("教职工").eg("T001"),
		month("月份", func(a *Attendance) *string { return &a.Month }).key().eg("2025-09"),
	}, dayFields()...)...)

func dayFields() []field[Attendance] {
	fields := make([]field[Attendance], 31)
	for d := range fields {
		fields[d] = coded(fmt.Sprint(d+1), Days, func(a *Attendance) *string { return &a.Days[d] }).pair().also(fmt.Sprintf("%d日", d+1)).eg("出")
	}
	return fields
}

var eventSheet = sheetOf("活动出勤", "会议、教研活动、集会：每个应到的人一行。",
	func(p *Package) *[]EventAttendance { return &p.Events }, func(e *EventAttendance) *int { return &e.Line },
	text("活动", func(e *EventAttendance) *string { return &e.Event }).key().eg("九月全体教师会"),
	coded("类别", eventKinds, func(e *EventAttendance) *string { return &e.Kind }).required().eg("会议"),
	date("日期", func(e *EventAttendance) *string { return &e.Date }).key().eg("2025-09-08"),
	id("工号", func(e *EventAttendance) *string { return &e.Staff }).key().refers("教职工").eg("T001"),
	coded("状态", eventStates, func(e *EventAttendance) *string { return &e.State }).required().eg("到"),
)

var examSheet = sheetOf("考试", "每次考试的每个学科一行。",
	func(p *Package) *[]Exam { return &p.Exams }, func(e *Exam) *int { return &e.Line },
	id("考试编号", func(e *Exam) *string { return &e.ID }).key().eg("2026春期末七"),
	coded("学科", Subjects, func(e *Exam) *string { return &e.Subject }).key().eg("语文"),
	text("考试名称", func(e *Exam) *string { return &e.Name }).eg("七年级第二学期期末"),
	coded("类别", examKinds, func(e *Exam) *string { return &e.Kind }).required().eg("期末"),
	coded("级别", levels, func(e *Exam) *string { return &e.Level }).required().eg("校"),
	date("日期", func(e *Exam) *string { return &e.Date }).required().eg("2026-06-28"),
	text("年级", func(e *Exam) *string { return &e.Grade }).required().eg("七年级"),
	number("满分", 1, func(e *Exam) *Quantity { return &e.Full }).required().unit("分").max(1000).eg("120"),
	number("优秀线", 1, func(e *Exam) *Quantity { return &e.Excellent }).unit("分").max(1000).note("分数；留空即按方案所定的满分比例。"),
	number("良好线", 1, func(e *Exam) *Quantity { return &e.Good }).unit("分").max(1000),
	number("合格线", 1, func(e *Exam) *Quantity { return &e.Pass }).also("及格线").unit("分").max(1000),
	number("低分线", 1, func(e *Exam) *Quantity { return &e.Low }).unit("分").max(1000),
	number("最小分值", 1, func(e *Exam) *Quantity { return &e.Unit }).unit("分").max(1).note("1、0.5 或 0.1；留空即 0.5。"),
	id("上期考试", func(e *Exam) *string { return &e.Prior }).refers("考试").eg("2025秋期末七").note("计算进步所比较的考试编号（同学科）；没有基线可留空。"),
)

var marksSheet = sheetOf("成绩", "每名学生每次考试一行，每科一列。学生只用校内学号，不写姓名。缺考写“缺考”，缓考写“缓考”；留空表示不考这一科。",
	func(p *Package) *[]Marks { return &p.Marks }, func(m *Marks) *int { return &m.Line },
	append([]field[Marks]{
		id("考试编号", func(m *Marks) *string { return &m.Exam }).key().refers("考试").eg("2026春期末七"),
		id("班级", func(m *Marks) *string { return &m.Class }).required().refers("班级").eg("七1"),
		id("学号", func(m *Marks) *string { return &m.Pupil }).key().eg("25070101"),
	}, markFields()...)...)

// highestMark keeps every mark within Points.
var highestMark = num.Int(1000)

func markFields() []field[Marks] {
	fields := make([]field[Marks], len(Subjects))
	for i, s := range Subjects {
		fields[i] = field[Marks]{
			Column: Column{Name: s.Name, Aliases: s.Aliases, Type: Mark, Unit: "分", Places: 2, Min: &zero, Max: &highestMark, Example: "86.5"},
			get:    func(m *Marks) Value { return m.By[i].Value() },
			set:    func(m *Marks, v Value) { m.By[i] = pointsOf(v) },
		}
	}
	return fields
}

// Value returns the mark as a cell's value.
func (m Points) Value() Value {
	switch m {
	case NoMark:
		return Blank
	case AbsentMark:
		return Value{State: Absent}
	case ExcusedMark:
		return Value{State: Excused}
	case NotYetMark:
		return Value{State: NotYet}
	case RefusedMark:
		return Value{State: Refused}
	}
	return Value{Q: num.Frac(int64(m), 100)}
}

func pointsOf(v Value) Points {
	switch v.State {
	case Given:
		n, _ := v.Q.Mul(num.Int(100)).Int64() // Mark columns have two places, so this is exact
		return Points(n)
	case Absent:
		return AbsentMark
	case Excused:
		return ExcusedMark
	case NotYet:
		return NotYetMark
	case Refused:
		return RefusedMark
	}
	return NoMark
}

var referenceSheet = sheetOf("参照", "联考公布的总体统计：每次考试的每个学科、每个范围一行。",
	func(p *Package) *[]Reference { return &p.References }, func(r *Reference) *int { return &r.Line },
	id("考试编号", func(r *Reference) *string { return &r.Exam }).key().refers("考试").eg("2026春期末七"),
	coded("学科", Subjects, func(r *Reference) *string { return &r.Subject }).key().eg("语文"),
	coded("范围", rangeKinds, func(r *Reference) *string { return &r.Range }).key().eg("县"),
	number("人数", 0, func(r *Reference) *Quantity { return &r.Pupils }).unit("人").eg("5200"),
	number("平均分", 4, func(r *Reference) *Quantity { return &r.Mean }).unit("分").eg("82.35"),
	number("标准差", 4, func(r *Reference) *Quantity { return &r.SD }).unit("分").eg("11.20"),
	number("合格率", 4, func(r *Reference) *Quantity { return &r.Pass }).unit("%").max(100).eg("88.5"),
	number("优秀率", 4, func(r *Reference) *Quantity { return &r.Excellent }).unit("%").max(100).eg("32.1"),
	number("良好率", 4, func(r *Reference) *Quantity { return &r.Good }).unit("%").max(100),
	number("低分率", 4, func(r *Reference) *Quantity { return &r.Low }).unit("%").max(100),
	number("最高均分", 4, func(r *Reference) *Quantity { return &r.TopMean }).unit("分"),
	number("最高合格率", 4, func(r *Reference) *Quantity { return &r.TopPass }).unit("%").max(100),
	number("最高优秀率", 4, func(r *Reference) *Quantity { return &r.TopExcellent }).unit("%").max(100),
	number("最高良好率", 4, func(r *Reference) *Quantity { return &r.TopGood }).unit("%").max(100),
)

var inspectionSheet = sheetOf("视导", "业务部门视导、学科素养考核、学科主题活动的评价，一行一次。",
	func(p *Package) *[]Inspection { return &p.Inspections }, func(i *Inspection) *int { return &i.Line },
	id("工号", func(i *Inspection) *string { return &i.Staff }).key().refers("教职工").eg("T001"),
	coded("类别", inspectKinds, func(i *Inspection) *string { return &i.Kind }).key().eg("视导"),
	date("日期", func(i *Inspection) *string { return &i.Date }).key().eg("2025-11-12"),
	text("名称", func(i *Inspection) *string { return &i.Name }).keyOptional().eg("秋季课程实施视导"),
	text("评价单位", func(i *Inspection) *string { return &i.By }).eg("区教研室"),
	number("得分", 2, func(i *Inspection) *Quantity { return &i.Score }).required().unit("分").eg("92"),
	number("满分", 1, func(i *Inspection) *Quantity { return &i.Full }).required().unit("分").eg("100"),
)

var routineSheet = sheetOf("常规检查", "教学常规检查，一行一项一次。",
	func(p *Package) *[]Routine { return &p.Routines }, func(r *Routine) *int { return &r.Line },
	id("工号", func(r *Routine) *string { return &r.Staff }).key().refers("教职工").eg("T001"),
	coded("项目", routineKinds, func(r *Routine) *string { return &r.Kind }).key().eg("备课"),
	date("日期", func(r *Routine) *string { return &r.Date }).key().eg("2025-10-20"),
	number("得分", 2, func(r *Routine) *Quantity { return &r.Score }).required().unit("分").eg("9.5"),
	number("满分", 1, func(r *Routine) *Quantity { return &r.Full }).required().unit("分").eg("10"),
)

var courseSheet = sheetOf("课程建设", "国家课程校本化、地方课程实施、校本课程，一行一项。",
	func(p *Package) *[]Course { return &p.Courses }, func(c *Course) *int { return &c.Line },
	id("工号", func(c *Course) *string { return &c.Staff }).key().refers("教职工").eg("T001"),
	coded("类别", courseKinds, func(c *Course) *string { return &c.Kind }).key().eg("校本课程"),
	text("名称", func(c *Course) *string { return &c.Name }).key().eg("运河文化"),
	coded("角色", courseRoles, func(c *Course) *string { return &c.Role }).required().eg("主持"),
	coded("认定", verdicts, func(c *Course) *string { return &c.Verdict }).required().eg("良好"),
)

var outcomeSheet = sheetOf("成果", "获奖、论文、课题、荣誉、指导学生获奖，一行一项；级别以颁发单位的印章为准。",
	func(p *Package) *[]Outcome { return &p.Outcomes }, func(o *Outcome) *int { return &o.Line },
	id("工号", func(o *Outcome) *string { return &o.Staff }).key().refers("教职工").eg("T001"),
	coded("类别", outcomeKinds, func(o *Outcome) *string { return &o.Kind }).key().eg("教学竞赛"),
	text("名称", func(o *Outcome) *string { return &o.Name }).key().eg("市优质课评比").note("同一赛事指导多名学生获奖的，在名称后写明作品或校内学号，各占一行。"),
	coded("级别", levels, func(o *Outcome) *string { return &o.Level }).key().eg("市"),
	coded("等次", grades, func(o *Outcome) *string { return &o.Grade }).eg("一等").note("没有等次、只有名次的，填名次和录取名额。"),
	number("名次", 0, func(o *Outcome) *Quantity { return &o.Rank }).max(1000),
	number("录取名额", 0, func(o *Outcome) *Quantity { return &o.Places }).max(1000),
	text("系列", func(o *Outcome) *string { return &o.Series }).eg("优质课2025").note("同一作品或同一系列填同样的字，只计最高一项。"),
	coded("本人或指导", ownGuided, func(o *Outcome) *string { return &o.Own }).required().eg("本人"),
	date("日期", func(o *Outcome) *string { return &o.Date }).key().eg("2026-03-20"),
	text("颁发单位", func(o *Outcome) *string { return &o.Issuer }).required().eg("济宁市教育局"),
	coded("白名单", yesNo, func(o *Outcome) *string { return &o.Listed }).eg("是").note("是否在教育行政部门公布的竞赛名单内。"),
)

var trainingSheet = sheetOf("培训", "继续教育、研修、交流，一行一次。",
	func(p *Package) *[]Training { return &p.Trainings }, func(t *Training) *int { return &t.Line },
	id("工号", func(t *Training) *string { return &t.Staff }).key().refers("教职工").eg("T001"),
	coded("类别", trainKinds, func(t *Training) *string { return &t.Kind }).key().eg("继续教育"),
	text("名称", func(t *Training) *string { return &t.Name }).key().eg("暑期全员远程研修"),
	date("日期", func(t *Training) *string { return &t.Date }).key().eg("2025-10-10"),
	number("学时", 1, func(t *Training) *Quantity { return &t.Hours }).required().unit("学时").max(500).eg("24"),
	coded("考核", verdicts, func(t *Training) *string { return &t.Verdict }).eg("合格"),
)

var ratingSheet = sheetOf("测评", "满意度和民主测评的汇总：每人每个测评群体一行，不写评价人。",
	func(p *Package) *[]Rating { return &p.Ratings }, func(r *Rating) *int { return &r.Line },
	id("工号", func(r *Rating) *string { return &r.Staff }).key().refers("教职工").eg("T001"),
	coded("测评群体", raterGroups, func(r *Rating) *string { return &r.By }).key().eg("家长"),
	text("项目", func(r *Rating) *string { return &r.Item }).keyOptional().eg("总体满意度"),
	number("应评人数", 0, func(r *Rating) *Quantity { return &r.Eligible }).required().unit("人").eg("90"),
	number("有效票数", 0, func(r *Rating) *Quantity { return &r.Valid }).required().unit("票").eg("81"),
	number("平均分", 4, func(r *Rating) *Quantity { return &r.Mean }).required().unit("分").eg("93.25"),
	number("满分", 1, func(r *Rating) *Quantity { return &r.Full }).required().unit("分").eg("100"),
	list("各票得分", func(r *Rating) *[]string { return &r.Ballots }).note("方案规定去掉最高、最低票时才填，用顿号分开，不按投票先后。"),
)

var goalSheet = sheetOf("目标任务", "不任课岗位的目标任务完成情况，一行一项。",
	func(p *Package) *[]Goal { return &p.Goals }, func(g *Goal) *int { return &g.Line },
	id("工号", func(g *Goal) *string { return &g.Staff }).key().refers("教职工").eg("T101"),
	text("任务", func(g *Goal) *string { return &g.Task }).key().eg("实验室管理"),
	text("评价人", func(g *Goal) *string { return &g.By }).keyOptional().eg("分管副校长"),
	number("权重", 4, func(g *Goal) *Quantity { return &g.Weight }).eg("1").note("留空即 1。"),
	number("得分", 2, func(g *Goal) *Quantity { return &g.Score }).required().unit("分").eg("90"),
	number("满分", 1, func(g *Goal) *Quantity { return &g.Full }).required().unit("分").eg("100"),
)

var conductSheet = sheetOf("师德认定", "师德年度结论，以及经取证认定的违规行为；只有“已认定”“已生效”的才起作用。",
	func(p *Package) *[]Conduct { return &p.Conduct }, func(c *Conduct) *int { return &c.Line },
	id("工号", func(c *Conduct) *string { return &c.Staff }).key().refers("教职工").eg("T001"),
	coded("类型", conductKinds, func(c *Conduct) *string { return &c.Kind }).key().eg("年度结论"),
	text("条目", func(c *Conduct) *string { return &c.Item }).key().eg("合格").note("年度结论填优秀、合格、基本合格或不合格；违规认定填所违反条款的序号。"),
	coded("状态", conductState, func(c *Conduct) *string { return &c.State }).eg("已认定").note("违规认定必填。"),
	date("发生日期", func(c *Conduct) *string { return &c.Happened }).keyOptional(),
	date("认定日期", func(c *Conduct) *string { return &c.Decided }),
	text("认定单位", func(c *Conduct) *string { return &c.By }).eg("区教育和体育局"),
	text("文号", func(c *Conduct) *string { return &c.Document }),
)

var committeeSheet = sheetOf("委员会评分", "评价工作委员会（考核小组）的评分和结论，一行一项。",
	func(p *Package) *[]Committee { return &p.Committee }, func(c *Committee) *int { return &c.Line },
	id("工号", func(c *Committee) *string { return &c.Staff }).key().refers("教职工").eg("T001"),
	text("指标", func(c *Committee) *string { return &c.Item }).key().eg("爱岗敬业"),
	text("评委", func(c *Committee) *string { return &c.Judge }).keyOptional().eg("3").note("评委序号；只交汇总的可留空。"),
	number("得分", 2, func(c *Committee) *Quantity { return &c.Score }).unit("分").eg("95"),
	number("满分", 1, func(c *Committee) *Quantity { return &c.Full }).unit("分").eg("100"),
	text("结论", func(c *Committee) *string { return &c.Conclusion }).eg("合格").note("不计分的考核填结论。"),
)

var exceptionSheet = sheetOf("例外批准", "经批准的例外（如“工作特别突出”），必须写明理由。",
	func(p *Package) *[]Exception { return &p.Exceptions }, func(e *Exception) *int { return &e.Line },
	id("工号", func(e *Exception) *string { return &e.Staff }).key().refers("教职工").eg("T102"),
	coded("事项", exceptions, func(e *Exception) *string { return &e.Kind }).key().eg("工作特别突出"),
	text("理由", func(e *Exception) *string { return &e.Reason }).required().eg("独立完成全区智慧图书馆试点"),
	text("批准单位", func(e *Exception) *string { return &e.By }).required().eg("评价工作委员会"),
	text("文号", func(e *Exception) *string { return &e.Document }),
	date("日期", func(e *Exception) *string { return &e.Date }).required().eg("2026-07-01"),
)
