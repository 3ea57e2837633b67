package evidence

// stateTokens are the words a Number or Mark cell may hold instead of a number.
var stateTokens = []struct {
	state  State
	tokens []string // the first is what is written
}{
	{NotApplicable, []string{"不适用", "—", "-", "/", "无"}},
	{Excused, []string{"免", "缓考", "免考", "缓", "免修"}},
	{NotYet, []string{"未交", "未", "待补"}},
	{Refused, []string{"拒绝", "拒"}},
	{Absent, []string{"缺考", "缺", "旷考"}},
}

// StateToken returns the word written into a cell for s, "" for a given value.
func StateToken(s State) string {
	for _, t := range stateTokens {
		if t.state == s {
			return t.tokens[0]
		}
	}
	return ""
}

// StateTokens returns all words that say s in a cell, the one written first.
func StateTokens(s State) []string {
	for _, t := range stateTokens {
		if t.state == s {
			return t.tokens
		}
	}
	return nil
}

// ParseState reads a state's word, and false when token is none.
func ParseState(token string) (State, bool) {
	for _, t := range stateTokens {
		for _, w := range t.tokens {
			if w == token {
				return t.state, true
			}
		}
	}
	return Given, false
}

func names(list ...string) []Code {
	codes := make([]Code, len(list))
	for i, n := range list {
		codes[i] = Code{Name: n}
	}
	return codes
}

var yesNo = []Code{{Code: "1", Name: "是", Aliases: []string{"有", "Y", "√"}}, {Code: "0", Name: "否", Aliases: []string{"无", "N", "×"}}}

// Subjects is the closed list of school subjects; marks have a column each.
var Subjects = []Code{
	{Name: "语文"}, {Name: "数学"}, {Name: "英语", Aliases: []string{"外语"}},
	{Name: "物理"}, {Name: "化学"}, {Name: "生物", Aliases: []string{"生物学"}},
	{Name: "道德与法治", Aliases: []string{"道法", "思品", "思想品德", "品德与社会", "品社"}},
	{Name: "思想政治", Aliases: []string{"政治"}}, {Name: "历史"}, {Name: "地理"},
	{Name: "科学"}, {Name: "音乐"}, {Name: "美术"},
	{Name: "体育", Aliases: []string{"体育与健康", "体健"}}, {Name: "信息技术", Aliases: []string{"信息科技", "信息"}},
	{Name: "综合实践", Aliases: []string{"综合实践活动"}}, {Name: "劳动", Aliases: []string{"劳动与技术"}},
	{Name: "心理健康", Aliases: []string{"心理"}}, {Name: "通用技术"}, {Name: "书法"}, {Name: "艺术"},
	{Name: "校本课程", Aliases: []string{"校本"}}, {Name: "地方课程"}, {Name: "俄语"}, {Name: "日语"}, {Name: "其他"},
}

// Days are the codes of one day, or half day, in an attendance sheet. Two codes
// in one cell are morning and afternoon: 出病. A blank cell is a day on which
// the person was not employed here.
var Days = []Code{
	{Code: "P", Name: "出", Aliases: []string{"出勤", "√", "1"}},
	{Code: "R", Name: "休", Aliases: []string{"休息", "节假日", "公休"}},
	{Code: "S", Name: "病", Aliases: []string{"病假"}}, {Code: "L", Name: "事", Aliases: []string{"事假"}},
	{Code: "H", Name: "婚", Aliases: []string{"婚假"}}, {Code: "F", Name: "丧", Aliases: []string{"丧假"}},
	{Code: "M", Name: "产", Aliases: []string{"产假"}}, {Code: "N", Name: "陪", Aliases: []string{"陪产假", "护理假", "护"}},
	{Code: "C", Name: "育", Aliases: []string{"育儿假"}}, {Code: "B", Name: "哺", Aliases: []string{"哺乳假"}},
	{Code: "V", Name: "探", Aliases: []string{"探亲假"}}, {Code: "O", Name: "公", Aliases: []string{"公假", "公差", "公出"}},
	{Code: "I", Name: "伤", Aliases: []string{"工伤", "工伤假"}}, {Code: "T", Name: "培", Aliases: []string{"培训"}},
	{Code: "X", Name: "旷", Aliases: []string{"旷工"}}, {Code: "D", Name: "迟", Aliases: []string{"迟到"}},
	{Code: "E", Name: "退", Aliases: []string{"早退"}},
}

var (
	stages    = []Code{{Name: "小学"}, {Name: "初中"}, {Name: "普通高中", Aliases: []string{"高中"}}}
	postKinds = []Code{
		{Code: "1", Name: "教学", Aliases: []string{"教师", "专任教师"}}, {Code: "2", Name: "管理", Aliases: []string{"行政"}},
		{Code: "3", Name: "教辅", Aliases: []string{"教学辅助"}}, {Code: "4", Name: "工勤", Aliases: []string{"后勤"}},
	}
	positions = names("校长", "书记", "副校长", "中层", "级部主任", "教师", "实验员", "图书管理员", "电教员", "校医", "财务", "教务员", "工勤")
	duties    = []Code{
		{Name: "班主任"}, {Name: "副班主任"}, {Name: "教研组长"}, {Name: "备课组长"}, {Name: "级部主任"},
		{Name: "行政", Aliases: []string{"中层干部"}}, {Name: "团委工会", Aliases: []string{"团委", "工会"}}, {Name: "功能室", Aliases: []string{"实验室"}},
	}
	lessonKinds = []Code{{Name: "正课"}, {Name: "早自习"}, {Name: "晚自习"}, {Name: "合堂"}, {Name: "重复课", Aliases: []string{"重堂"}}, {Name: "代课"}, {Name: "操课", Aliases: []string{"早中操"}}}
	otherKinds  = []Code{
		{Name: "社团"}, {Name: "课后服务"}, {Name: "节假日加班"}, {Name: "考试", Aliases: []string{"监考"}},
		{Name: "安保"}, {Name: "值勤", Aliases: []string{"值班", "值日"}}, {Name: "大型活动"}, {Name: "家访"}, {Name: "其他"},
	}
	workUnits    = names("节", "次", "小时", "天", "场")
	eventKinds   = names("会议", "教研活动", "集会", "政治学习")
	eventStates  = []Code{{Name: "到", Aliases: []string{"√", "出席"}}, {Name: "迟到"}, {Name: "早退"}, {Name: "病假"}, {Name: "事假"}, {Name: "公差"}, {Name: "法定假"}, {Name: "缺", Aliases: []string{"缺席"}}}
	examKinds    = []Code{{Name: "中考"}, {Name: "高考"}, {Name: "学业水平测试", Aliases: []string{"学考", "会考"}}, {Name: "统一监测", Aliases: []string{"统考", "质量监测"}}, {Name: "期中"}, {Name: "期末"}, {Name: "平时"}, {Name: "入学基线", Aliases: []string{"基线"}}}
	levels       = []Code{{Name: "校", Aliases: []string{"校级"}}, {Name: "乡镇", Aliases: []string{"镇", "乡", "学区"}}, {Name: "县", Aliases: []string{"县级", "区", "区级", "县区"}}, {Name: "市", Aliases: []string{"市级"}}, {Name: "省", Aliases: []string{"省级"}}, {Name: "国家", Aliases: []string{"国家级"}}, {Name: "国际"}}
	grades       = []Code{{Name: "特等", Aliases: []string{"特等奖"}}, {Name: "一等", Aliases: []string{"一等奖"}}, {Name: "二等", Aliases: []string{"二等奖"}}, {Name: "三等", Aliases: []string{"三等奖"}}, {Name: "优秀奖", Aliases: []string{"优胜奖", "鼓励奖"}}, {Name: "立项"}, {Name: "结题"}, {Name: "发表"}, {Name: "无等次"}}
	outcomeKinds = names("教学竞赛", "论文", "课题", "荣誉", "指导学生", "公开课", "著作", "专利", "其他")
	ownGuided    = []Code{{Name: "本人"}, {Name: "指导", Aliases: []string{"指导学生"}}}
	routineKinds = []Code{{Name: "计划"}, {Name: "课程资源"}, {Name: "备课"}, {Name: "上课"}, {Name: "作业"}, {Name: "考试与评价"}, {Name: "课外指导"}, {Name: "教研"}, {Name: "反思"}}
	courseKinds  = names("校本化", "地方课程实施", "校本课程")
	courseRoles  = names("主持", "参与")
	verdicts     = names("优秀", "良好", "合格", "基本合格", "不合格")
	trainKinds   = names("继续教育", "专题研修", "校本研修", "学术交流", "业务比赛")
	raterGroups  = []Code{{Name: "学校领导", Aliases: []string{"领导"}}, {Name: "教师互评", Aliases: []string{"同级部教师", "教研组教师", "同行"}}, {Name: "学生"}, {Name: "家长"}, {Name: "服务教师"}, {Name: "服务学生"}, {Name: "考核小组"}, {Name: "分管领导"}}
	rangeKinds   = []Code{{Name: "年级"}, {Name: "学校"}, {Name: "乡镇"}, {Name: "县"}, {Name: "市"}, {Name: "省"}}
	inspectKinds = names("视导", "素养考核", "主题活动")
	conductKinds = names("年度结论", "违规认定")
	conductState = names("已报告", "已受理", "调查中", "已听证", "已认定", "复核申诉中", "已生效", "已撤销", "已解除")
	exceptions   = names("工作特别突出", "原则上例外")
)
