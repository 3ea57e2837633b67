package city

import "strings"

// plan is what a kind of school is made of: its grades and their weekly
// lessons, the teams that teach them, and the posts beside teaching.
type plan struct {
	stage, suffix string
	grades        []*grade
	pools         []pool
	management    []post
	support       []post
	cover         string // the team in which one goes on leave, one joins and one leaves
	deep          int    // how many earlier years of exams the school hands in as baselines
}

// grade is a year group of the school year.
type grade struct {
	name, short  string
	section      string // 级部
	stage, band  string
	classes      int
	size         int // pupils a class, about
	entered      int // year of entry into this stage
	firstGrade   int // number of the stage's first grade, for pupil numbers
	weeks        []string
	papers       []string // subjects with a written exam
	attached     bool     // a class of another stage that the school hosts
	earlierNames []string // the names of this year group in earlier years, latest first
}

// hour is a subject's weekly lessons in a class.
type hour struct {
	subject string
	weekly  int
}

// week reads "语文5 数学5" as weekly lessons.
func week(text string) []hour {
	var hours []hour
	for _, f := range strings.Fields(text) {
		hours = append(hours, hour{f[:len(f)-1], int(f[len(f)-1] - '0')})
	}
	return hours
}

// hours returns the weekly lessons of the class with that index: where pupils
// choose subjects, classes follow different weeks.
func (g *grade) hours(class int) []hour {
	return week(g.weeks[class*len(g.weeks)/g.classes])
}

// pool is a team that teaches the same subjects.
type pool struct {
	group    string
	subjects string // the first is what members are employed for
	bound    bool   // members stay within one 级部
	each     int    // classes a member, or
	load     int    // weekly lessons a member
	stage    string // only classes of that stage; "" for all
}

// post is a post in management or support, and what its holder teaches.
type post struct {
	position, of string
	number       int
	subject      string
	section      int // index of the grade, where the team is bound to one
	classes      int
}

// size says how many classes a grade has; the first school of a kind is the
// demonstration and has a fixed size.
func size(seed uint64, n, fixed, lo, hi int) int {
	if n < 3 {
		return fixed
	}
	return stream(seed, n, "size").between(lo, hi)
}

// planOf returns the plan of the n-th school: junior, primary and senior in turn.
func planOf(seed uint64, n int) *plan {
	switch n % 3 {
	case 0:
		return junior(size(seed, n, 12, 6, 14))
	case 1:
		return primary(size(seed, n, 6, 3, 8))
	}
	return senior(size(seed, n, 14, 8, 18))
}

var support = []post{
	{position: "实验员", of: "实验室管理", number: 3}, {position: "图书管理员", of: "图书馆管理", number: 2},
	{position: "电教员", of: "电教设备管理", number: 2}, {position: "校医", of: "卫生保健", number: 1},
	{position: "财务", of: "财务管理", number: 2}, {position: "教务员", of: "教务管理", number: 2},
	{position: "工勤", of: "后勤保障", number: 6},
}

// junior is a 初中 with one attached class of the last primary grade, which
// makes subject teachers teach across stages.
func junior(classes int) *plan {
	jr := func(i int, name, short, week string, papers string) *grade {
		return &grade{name: name, short: short, section: name, stage: "初中", classes: classes, size: 49,
			entered: 2025 - i, firstGrade: 7, weeks: []string{week}, papers: strings.Fields(papers)}
	}
	seven := jr(0, "七年级", "七", "语文5 数学5 英语5 道德与法治2 历史2 地理2 生物2 体育3 音乐1 美术1 信息技术1 综合实践1 劳动1 心理健康1 校本课程1 地方课程1", "语文 数学 英语 道德与法治 历史 地理 生物")
	eight := jr(1, "八年级", "八", "语文5 数学5 英语5 物理3 道德与法治2 历史2 地理2 生物2 体育3 音乐1 美术1 信息技术1 综合实践1 劳动1", "语文 数学 英语 物理 道德与法治 历史 地理 生物")
	nine := jr(2, "九年级", "九", "语文6 数学6 英语5 物理3 化学3 道德与法治3 历史2 体育3 音乐1 美术1 信息技术1", "语文 数学 英语 物理 化学 道德与法治 历史")
	eight.earlierNames, nine.earlierNames = []string{"七年级"}, []string{"八年级", "七年级"}
	six := &grade{name: "六年级", short: "六", section: "七年级", stage: "小学", band: "高", classes: 1, size: 42, entered: 2020, firstGrade: 1, attached: true,
		weeks: []string{"语文6 数学5 英语3 道德与法治2 科学3 体育3 音乐2 美术2 信息技术1 综合实践1 劳动1"}, papers: []string{"语文", "数学", "英语"}, earlierNames: []string{"五年级"}}
	return &plan{
		stage: "初中", suffix: "初级中学", grades: []*grade{seven, eight, nine, six}, cover: "英语组", deep: 2,
		pools: []pool{
			{group: "语文组", subjects: "语文", bound: true, each: 2, stage: "初中"}, {group: "数学组", subjects: "数学", bound: true, each: 2, stage: "初中"},
			{group: "英语组", subjects: "英语", bound: true, each: 2}, {group: "道德与法治组", subjects: "道德与法治", bound: true, load: 12, stage: "初中"},
			{group: "历史组", subjects: "历史", bound: true, load: 12}, {group: "地理组", subjects: "地理", bound: true, load: 12},
			{group: "生物组", subjects: "生物", bound: true, load: 12}, {group: "物理组", subjects: "物理", bound: true, load: 12},
			{group: "化学组", subjects: "化学", bound: true, load: 12}, {group: "体育组", subjects: "体育", load: 15},
			{group: "音乐组", subjects: "音乐 校本课程", load: 15}, {group: "美术组", subjects: "美术 地方课程", load: 15},
			{group: "信息技术组", subjects: "信息技术", load: 15, stage: "初中"}, {group: "综合实践组", subjects: "综合实践 劳动", load: 15, stage: "初中"},
			{group: "心理健康组", subjects: "心理健康", load: 14},
			{group: "小学组", subjects: "语文 道德与法治 综合实践 劳动", load: 10, stage: "小学"}, {group: "小学组", subjects: "数学 科学 信息技术", load: 10, stage: "小学"},
		},
		management: []post{
			{position: "校长", of: "校长室", number: 1, subject: "道德与法治", classes: 1}, {position: "书记", of: "党支部", number: 1},
			{position: "副校长", of: "教学副校长", number: 1, subject: "物理", section: 1, classes: 1},
			{position: "副校长", of: "德育副校长", number: 1, subject: "历史", classes: 2}, {position: "副校长", of: "后勤副校长", number: 1},
			{position: "中层", of: "教务处", number: 1, subject: "化学", section: 2, classes: 1}, {position: "中层", of: "教务处", number: 1, subject: "物理", section: 2, classes: 1},
			{position: "中层", of: "政教处", number: 1, subject: "体育", classes: 2}, {position: "中层", of: "政教处", number: 1, subject: "历史", section: 1, classes: 2},
			{position: "中层", of: "教科室", number: 1, subject: "生物", classes: 3}, {position: "中层", of: "办公室", number: 1, subject: "地理", classes: 3},
			{position: "中层", of: "总务处", number: 1}, {position: "中层", of: "信息中心", number: 1, subject: "信息技术", classes: 6},
		},
		support: support,
	}
}

// primary is a 小学 of six grades. The first two sit no written exam, the others
// one final exam a term.
func primary(classes int) *plan {
	p := &plan{
		stage: "小学", suffix: "小学", cover: "语文组", deep: 1,
		pools: []pool{
			{group: "语文组", subjects: "语文 道德与法治 书法 综合实践 校本课程", bound: true, each: 1}, {group: "数学组", subjects: "数学", bound: true, load: 13},
			{group: "英语组", subjects: "英语", load: 15}, {group: "科学组", subjects: "科学 劳动", load: 16}, {group: "体育组", subjects: "体育", load: 16},
			{group: "音乐组", subjects: "音乐", load: 16}, {group: "美术组", subjects: "美术", load: 16}, {group: "信息技术组", subjects: "信息技术", load: 16},
			{group: "心理健康组", subjects: "心理健康", load: 14},
		},
		management: []post{
			{position: "校长", of: "校长室", number: 1, subject: "科学", classes: 1}, {position: "副校长", of: "教学副校长", number: 1, subject: "美术", classes: 2},
			{position: "副校长", of: "德育副校长", number: 1, subject: "心理健康", classes: 6}, {position: "中层", of: "教务处", number: 1, subject: "信息技术", classes: 6},
			{position: "中层", of: "政教处", number: 1, subject: "体育", classes: 2}, {position: "中层", of: "教科室", number: 1, subject: "英语", classes: 2},
			{position: "中层", of: "总务处", number: 1},
		},
		support: support,
	}
	low := "语文8 数学4 道德与法治2 科学1 体育4 音乐2 美术2 书法1 综合实践1 劳动1 校本课程1"
	high := "语文7 数学4 英语3 道德与法治2 科学2 体育3 音乐2 美术2 书法1 信息技术1 综合实践1 劳动1 心理健康1 校本课程1"
	names := []string{"一年级", "二年级", "三年级", "四年级", "五年级", "六年级"}
	for i, name := range names {
		g := &grade{name: name, short: strings.TrimSuffix(name, "年级"), section: name, stage: "小学", band: []string{"低", "中", "高"}[i/2],
			classes: classes, size: 44, entered: 2025 - i, firstGrade: 1, weeks: []string{low}}
		if i >= 2 { // no written exam in grades 1 and 2: 教育部办公厅 2021-08
			g.weeks, g.papers = []string{high}, []string{"语文", "数学", "英语"}
		}
		if i >= 3 {
			g.earlierNames = []string{names[i-1]}
		}
		p.grades = append(p.grades, g)
	}
	return p
}

// senior is a 普通高中 whose pupils choose three of six subjects from the second
// year on.
func senior(classes int) *plan {
	first := "语文5 数学5 英语5 物理3 化学3 生物2 思想政治2 历史2 地理2 体育2 音乐1 美术1 信息技术1 心理健康1"
	common := "语文6 数学6 英语5 体育2 音乐1 美术1 通用技术1 "
	chosen := []string{common + "物理4 化学4 生物4", common + "物理4 化学4 地理4", common + "思想政治4 历史4 地理4", common + "生物4 历史4 地理4"}
	papers := strings.Fields("语文 数学 英语 物理 化学 生物 思想政治 历史 地理")
	sr := func(i int, name string, weeks []string, earlier ...string) *grade {
		return &grade{name: name, short: name, section: name, stage: "普通高中", classes: classes, size: 50,
			entered: 2025 - i, firstGrade: 10, weeks: weeks, papers: papers, earlierNames: earlier}
	}
	p := &plan{
		stage: "普通高中", suffix: "高级中学", cover: "英语组", deep: 1,
		grades: []*grade{sr(0, "高一", []string{first}), sr(1, "高二", chosen, "高一"), sr(2, "高三", chosen, "高二")},
		management: []post{
			{position: "校长", of: "校长室", number: 1, subject: "思想政治", classes: 1}, {position: "书记", of: "党委", number: 1},
			{position: "副校长", of: "教学副校长", number: 1, subject: "物理", section: 1, classes: 1}, {position: "副校长", of: "德育副校长", number: 1, subject: "历史", classes: 1},
			{position: "副校长", of: "后勤副校长", number: 1}, {position: "中层", of: "教务处", number: 1, subject: "化学", section: 2, classes: 1},
			{position: "中层", of: "教务处", number: 1, subject: "物理", section: 2, classes: 1}, {position: "中层", of: "政教处", number: 1, subject: "体育", classes: 2},
			{position: "中层", of: "教科室", number: 1, subject: "生物", classes: 2}, {position: "中层", of: "总务处", number: 1},
			{position: "中层", of: "信息中心", number: 1, subject: "信息技术", classes: 4},
		},
		support: support,
	}
	for _, subject := range []string{"语文", "数学", "英语"} {
		p.pools = append(p.pools, pool{group: subject + "组", subjects: subject, bound: true, each: 2})
	}
	for _, subject := range papers[3:] {
		p.pools = append(p.pools, pool{group: subject + "组", subjects: subject, bound: true, load: 12})
	}
	for _, subject := range []string{"体育", "音乐", "美术", "通用技术", "信息技术", "心理健康"} {
		p.pools = append(p.pools, pool{group: subject + "组", subjects: subject, load: 14})
	}
	return p
}
