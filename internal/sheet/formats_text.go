package sheet

// formatsIntro is the part of docs/formats.md that no declaration knows. Its
// verbs take the sheets passed over, and the limits.
const formatsIntro = `# The package: a school's evidence as files

<!-- Generated from internal/evidence by internal/sheet (formats.go). Do not edit:
     go test ./internal/sheet -run Formats -update -->

A *package* is what one school hands in for one appraisal period: its staff and
timetable, attendance, exams and marks, ratings, awards and so on, one sheet for
each kind of evidence. This page is enough to build one from scratch.
` + "`shiji template -o FILE.xlsx`" + ` writes an empty one with drop-downs and notes, and
` + "`shiji city`" + ` a filled one to look at.

A package is taken whole or not at all. Everything is checked first, and all
faults are shown at once, each with sheet, row, column, what was found and what
is allowed.

## The files

Either **one workbook** (.xlsx) with a sheet for each kind of evidence, or **a
folder of CSV files** with one file a sheet, named after it: ` + "`教职工.csv`, `出勤.csv`" + `.

- Sheet names and headers are those of the tables below, in Chinese. Headers are
  matched **by name, not by position**: columns may stand in any order, optional
  ones may be left out. Blanks, a leading ` + "`*`" + `, full or half width and a unit in
  brackets behind the name do not matter (` + "`*周课时（节/周）`" + ` is 周课时).
- The first row that holds anything is the header. No title above it, no merged
  cells, one row only.
- An unknown sheet or header is a fault, so that nothing is left out by a typing
  error. The sheets %s belong to the template and to marked workbooks and are
  passed over; so are sheets without any content.
- Hidden rows with content, rows hidden by a filter, and hidden sheets are
  refused: unhide or delete them. So are merged cells anywhere, formulas without
  a stored result, and error values such as #N/A.
- The order of sheets and of rows does not matter. Blank rows are passed over.
- Only 学校 and 教职工 must be there. A sheet that is handed in without lines says
  *none happened*; a sheet that is not handed in says *not handed in yet*; a
  sheet that does not concern the school is named in 学校/不适用的表.
- CSV: UTF-8 (with or without byte order mark) or GBK/GB 18030; separated by
  commas, tabs or semicolons; quoted as in RFC 4180.
- Limits: %d MB a file (all CSV files together), %d MB unpacked, %d cells,
  %d lines a sheet. No macros, no links to other files, no password. An old .xls is recognised and
  must be saved as .xlsx.
- Text that begins like a formula (= + - @) is written with an apostrophe in
  front, which is taken off again on reading.

## The cells

| type | what a cell may hold |
|---|---|
| text | any text up to 500 characters; blanks at the ends are dropped |
| id | text by which lines are known. Full and half width are the same. A number of more than 15 digits, or 3.50E+17, is refused: a spreadsheet has destroyed its last digits. Format such columns as text. Identity numbers (身份证号) are refused |
| code | a value of the list, or its code, or both: 是, 1, 1-是 |
| number | an exact decimal within bounds and decimals, or a word of the next table. Text numbers and full-width digits are read; 1,234.5 too; a unit behind the number is refused. In a column whose unit is %%, write 88.5 or 88.5%%; a bare number between 0 and 1 is refused because 0.885 may be meant as 88.5 %% |
| mark | points in an exam, or a word; blank: the pupil does not take the subject |
| date | 2025-09-01, 2025/9/1, 2025.9.1, 20250901, 2025年9月1日, a date cell, or its serial number |
| month | 2025-09, 2025/9, 202509, 2025年9月, or any date in it; 2025.1 is refused (January or October?) |
| list | several values separated by 、 (or , ; or a line break) |

A *required* column must have its header, and every line a value in it. The
columns marked *key* together name a line: no two lines of a sheet may agree in
all of them. A blank optional key column is part of the key as a blank.

`

// smallest is the smallest package that is worth evaluating, as CSV files in
// the order of the page.
var smallest = []struct{ name, text string }{
	{"学校.csv", "学校名称,学段,学年,周期起,周期止\n明德初级中学,初中,2025-2026,2025-09-01,2026-08-31\n"},
	{"教职工.csv", "工号,姓名,岗位类别,职务,学段,学科\nT001,王晓敏,教学,教师,初中,语文\nT002,李强,教学,教师,初中,数学\n"},
	{"班级.csv", "班级,学段,年级,学生数\n七1,初中,七年级,45\n"},
	{"任课.csv", "工号,班级,学科,周课时\nT001,七1,语文,5\nT002,七1,数学,5\n"},
	{"出勤.csv", "工号,月份,1,2,3,4,5\nT001,2025-09,出,出,出病,病,出\n"},
	{"考试.csv", "考试编号,学科,类别,级别,日期,年级,满分\n期末七,语文,期末,校,2026-06-28,七年级,120\n期末七,数学,期末,校,2026-06-28,七年级,120\n"},
	{"成绩.csv", "考试编号,班级,学号,语文,数学\n期末七,七1,25070101,86.5,101\n期末七,七1,25070102,缺考,99.5\n"},
}

// gloss words a sheet in English: what a line is, and the rules that its
// columns' declarations do not show.
type gloss struct {
	line  string
	rules []string
}

const withinPeriod = "日期 lies within 周期起 – 周期止 of 学校."

var sheetGloss = map[string]gloss{
	"学校": {"the school and the period; exactly one line", []string{
		"周期起 is not after 周期止; both days belong to the period. 学年 is written 2025-2026 (or 2025 for a calendar year).",
		"不适用的表 names sheets of this page; a sheet named there must not have lines.",
		"说明 is printed on every result, for example that the data are synthetic.",
	}},
	"教职工": {"a person on the staff in the period", []string{
		"岗位类别 教学 needs 学段 and 学科. 学段 is one of those of 学校.",
		"到校日期 is not after the period, 离校日期 not before it, and they are in order.",
	}},
	"班级": {"a class of pupils; its counts are the denominators of rates", []string{"学段 is one of those of 学校."}},
	"任课": {"what a person teaches to a class in a week (the timetable)", []string{
		"起 and 止 lie within the period and in order; blank means its first and last day. Two lines of the same person, class, subject and 课型 must not overlap.",
		"At any time the 成绩份额 of the teachers of a class in a subject add up to at most 1. Blank is 1 for 正课 and 合堂, and 0 for lessons on top of these. A teacher's several lines with the class count once, by the largest share.",
	}},
	"兼职": {"a post held beside teaching", []string{
		"班主任 and 副班主任 name their class (a line of 班级) in 对象.",
		"起 and 止 as in 任课; two lines of the same person, post and 对象 must not overlap.",
	}},
	"其他工作": {"a piece of work outside the timetable", []string{withinPeriod}},
	"出勤": {"a person's month, a code a day", []string{
		"月份 lies within the period. Days that the month does not have stay blank.",
	}},
	"活动出勤": {"whether a person who should have been at a meeting was there", []string{withinPeriod}},
	"考试": {"an exam in one subject of one grade", []string{
		"低分线 ≤ 合格线 ≤ 良好线 ≤ 优秀线 ≤ 满分, as far as given; in points. 满分 is above 0. 最小分值 is 1, 0.5 or 0.1; blank is 0.5.",
		"日期 is not after the period. It may lie before it: baselines do.",
		"上期考试 names an exam that has the same subject and an earlier date.",
	}},
	"成绩": {"a pupil's marks in an exam, a column a subject", []string{
		"A mark is there only in subjects for which 考试 has a line with this 考试编号; it is at most 满分 and a multiple of 最小分值.",
		"学号 is the school's own number. No names of pupils, no national numbers.",
		"班级 is the class the result counts for.",
	}},
	"参照": {"published statistics of an exam over a wider range of pupils", []string{
		"考试 has a line with the same 考试编号 and 学科. 平均分 ≤ 最高均分 ≤ 满分; 优秀率 ≤ 良好率 ≤ 合格率; a highest rate is at least the rate.",
	}},
	"视导":   {"a judgement of teaching by an outside body, or of pupils' literacy or themed activities", []string{withinPeriod, "得分 ≤ 满分."}},
	"常规检查": {"one check of the teaching routine", []string{withinPeriod, "得分 ≤ 满分."}},
	"课程建设": {"a part in building courses", nil},
	"成果": {"an award, paper, project or guided pupil's success", []string{
		withinPeriod, "名次 ≤ 录取名额.",
		"Lines of the same work share 系列; only the highest counts.",
	}},
	"培训": {"a course or exchange attended", []string{withinPeriod}},
	"测评": {"what one group of raters said of one person, as a tally; never who said it", []string{
		"有效票数 ≤ 应评人数; 平均分 ≤ 满分.",
		"各票得分, where the rule needs single marks, has as many as 有效票数, each from 0 to 满分. They are sorted on reading.",
	}},
	"目标任务": {"a task of a post without classes", []string{"得分 ≤ 满分."}},
	"师德认定": {"a yearly conclusion on ethics, or a breach and its state", []string{
		"年度结论: 条目 is 优秀, 合格, 基本合格 or 不合格; one conclusion a person.",
		"违规认定: 状态 is required; once 已认定 or later, 认定日期 and 认定单位 too. 发生日期 is not after 认定日期.",
	}},
	"委员会评分": {"a mark or conclusion by one member of the committee, or by the committee", []string{"得分 or 结论; 得分 needs 满分 and is at most 满分."}},
	"例外批准":  {"an approved exception for a person, with its reason", nil},
}
