// Package city makes synthetic schools: whole packages of evidence as a school
// would hand them in, for the demonstration, the tests and the load tests.
//
// A school is decided by a seed and its number alone. The room has a small
// generator of its own, works on integers, reads no clock and nothing from
// outside, so that a school is the same on every machine. It knows the sheets
// of a package and nothing of schemes: what its figures lead to is decided
// elsewhere.
//
// Everything is lawful as shipped. There is no 中考 and no 高考; primary grades 1
// and 2 sit no written exam, grades 3 to 6 one final a term; junior grades a
// mid-term and a final a term; the last grade of a junior or senior school at
// most two mock exams. Exams beyond the school exist in a last grade only, and
// as 学业水平测试, in junior schools of subjects that do not count for admission.
// A junior school's 100,000 marks come from these and from the lawful exams of
// the same pupils' two earlier years, handed in as what progress is measured
// from. A class goes by its name of this year in its pupils' earlier exams too.
//
// Every school has the following cases, if it is large enough; the first of each
// kind (n = 0 junior, 1 primary, 2 senior) is. A test finds each of them.
//
//	case                                    who or where
//	----                                    ------------
//	产假 over half a year                   a teacher of the cover team (英语, in primary schools 语文), 188 days from 2025-11-03; a 班主任
//	joined mid-year                         the last person of the staff, on 2025-11-03, in the same team; takes over both
//	left mid-year                           another of that team, on 2026-05-09
//	teacher changed mid-term                their classes, with 起 and 止; the 班主任 of the one on leave too
//	shared teaching                         a 数学 teacher and a colleague, 0.6 and 0.4 of one class
//	attendance below 90%                    a 数学 teacher, ill 30 days from 2026-03-09; lessons held by a colleague as 代课
//	attendance exactly 90%                  a 语文 teacher, 12 days 病 and 8 days 事 of 200
//	旷工                                    a 体育 teacher: 3 days 旷, 9 事, 12 迟, 4 退, so that deductions go below 0
//	every kind of leave                     a teacher each; half days as 出病, 事出, 出哺
//	调休                                    four weekend days worked, in everybody's attendance
//	declared relief                         a 历史 (primary: 音乐) teacher at the school since 1992: a smaller full load
//	load out of range with approval         a 体育 teacher, 例外批准 原则上例外
//	confirmed breach                        a 数学 teacher, item 9, 已生效
//	breach under investigation              a 语文 teacher, item 5, 调查中: counts for nothing
//	breach lifted by appeal                 an 英语 teacher, item 7, 已撤销: counts for nothing
//	工作特别突出                            a 电教员, with reason and approval
//	too few ballots                         a 工勤: 3 valid ballots of 服务教师
//	single ballots                          教师 by 学校领导, 教辅 by 服务教师; some far below the rest
//	exact tie                               the two 图书管理员: the same evidence in every sheet
//	maximum of 0                            成果: nobody has a 著作 or 专利
//	nothing beside the timetable            a 美术 teacher: no other work, no outcomes
//	series of one work                      a 语文 teacher: 优质课 at 县, 市 and 市 again
//	rank without grade                      the same: third of eight places
//	contest on no list                      the same: 国家 by its name, 白名单 否
//	guided pupil                            the same and others: 本人或指导 指导
//	国际 not above 国家                     the same: a paper at 国际 level
//	S = 0                                   junior 信息技术 in the 学业水平测试: full marks for everybody present
//	one class only                          六1, attached to a junior school: the only class of its exams
//	two classes                             the usual load of 语文 and 数学 in junior and senior schools
//	two subjects                            综合实践组 (junior), 语文组 (primary)
//	cross-stage                             junior teachers of 六1, such as in 体育, 音乐, 美术, 英语
//	教研组 of four                          化学组 of the first junior school
//	subject without exams                   体育, 音乐, 美术 …
//	new class without baseline              the last class of the middle grade: no marks before 2025-09
//	missing exam                            the class before the last, a grade below: closed at one exam
//	progress from other full marks          mock exam of 150 after a final of 120 (junior)
//	joint class                             合堂 of 校本课程 in the first two classes (junior)
//	pupil came, pupil left, class changed   正常转入, 转出; a pupil of the middle grade sits spring's exams in the next class
//	随班就读                                a pupil of the middle grade: 缓考 in every exam by approval
//	缺考, 缓考, 未交, 拒绝, a mark of 0     in the marks; 0 is a paper handed in blank
//	kin on the committee                    one judge's four marks are not there
//	same name                               two 王芳
//	rare names                              张𬭎, 李㛃, 孔令㻛, 欧阳静怡, 诸葛明轩, 阿依古丽·买买提, 于一
package city
