package sheet

// columnGloss words columns in English, by name; "sheet/name" where a name
// means something else in one sheet. Subjects and days explain themselves.
var columnGloss = map[string]string{
	"学校名称": "name of the school", "学校标识码": "national code of the school", "主管教育局": "education bureau in charge",
	"学校/学段": "stages taught: primary, junior, senior", "学段": "stage", "学年": "school year or calendar year",
	"周期起": "first day of the period", "周期止": "last day of the period",
	"不适用的表": "sheets that do not concern this school", "说明": "label printed on every result",
	"工号": "staff number", "姓名": "name",
	"岗位类别": "kind of post: teaching, management, teaching support, logistics", "职务": "position",
	"学科": "subject", "教职工/学科": "main subject", "一线": "whether a front-line post", "教研组": "subject group", "级部": "grade section",
	"到校日期": "day of joining", "离校日期": "day of leaving", "减免后满课时": "lessons that count as a full load under a declared relief",
	"班级": "class", "年级": "grade", "段": "band of primary grades: low, middle, high", "学生数": "pupils",
	"起始人数": "pupils at the start", "正常转入": "pupils who came in regularly", "转出": "pupils who left",
	"课型": "kind of lesson: regular, morning or evening self-study, joint, repeated, substitute, exercise", "周课时": "lessons a week",
	"成绩份额": "share of the class's result", "课程难度系数": "coefficient of difficulty", "备课系数": "coefficient of preparation", "作业系数": "coefficient of homework",
	"起": "first day", "止": "last day", "兼任": "post held", "对象": "class, group or grade that the post is for",
	"类别": "kind", "日期": "day", "内容": "what was done", "数量": "amount", "单位": "unit of the amount", "月份": "month",
	"活动": "event", "活动出勤/状态": "whether the person came", "状态": "state of the case",
	"考试编号": "exam", "考试名称": "name in full", "级别": "level", "考试/级别": "who held it", "满分": "full marks",
	"优秀线": "line of excellence", "良好线": "line of good", "合格线": "pass line", "低分线": "line of low marks",
	"最小分值": "smallest step of a mark", "上期考试": "exam that progress is measured from", "学号": "pupil number within the school",
	"范围": "range of pupils: grade, school, township, county, city, province", "人数": "pupils", "平均分": "mean", "标准差": "standard deviation",
	"合格率": "pass rate", "优秀率": "rate of excellence", "良好率": "rate of good", "低分率": "rate of low marks",
	"最高均分": "highest mean of a class or school", "最高合格率": "highest pass rate", "最高优秀率": "highest rate of excellence", "最高良好率": "highest rate of good",
	"名称": "name", "评价单位": "who judged", "得分": "score", "项目": "item", "角色": "part: lead or member", "认定": "verdict",
	"等次": "grade of the award", "名次": "rank", "录取名额": "places awarded", "系列": "the work or series it belongs to",
	"本人或指导": "own, or of a guided pupil", "颁发单位": "issuer", "白名单": "whether on the authorities' list of contests",
	"学时": "hours", "考核": "verdict", "测评群体": "group of raters", "应评人数": "people who could rate", "有效票数": "valid ballots", "各票得分": "single ballots' scores",
	"任务": "task", "评价人": "who judged", "权重": "weight", "类型": "yearly conclusion, or breach", "条目": "the conclusion, or the number of the clause broken",
	"发生日期": "day it happened", "认定日期": "day it was decided", "认定单位": "who decided", "文号": "number of the document",
	"指标": "indicator", "评委": "number of the committee member", "结论": "conclusion", "事项": "what is excepted", "理由": "reason", "批准单位": "who approved",
}

var dayGloss = map[string]string{
	"出": "present", "休": "day of rest", "病": "sick leave", "事": "leave for private affairs", "婚": "marriage leave", "丧": "bereavement leave",
	"产": "maternity leave", "陪": "paternity leave", "育": "child-care leave", "哺": "nursing leave", "探": "family-visit leave", "公": "away on duty",
	"伤": "work-injury leave", "培": "training", "旷": "absent without leave", "迟": "late", "退": "left early",
}
