package realdata

import (
	"fmt"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

const (
	turkiyeFile  = "data/turkiye_eval.csv.gz"
	instevalFile = "data/insteval_dev.csv.gz"
	writingFile  = "data/writing_ratings2_long.csv"

	turkiyeItems = 28

	// A cell of the rating sheet holds 500 characters: the single marks of more
	// raters go on in further lines, which count by their ballots.
	ballotsALine = 200
)

// ballots collects single marks by person and item.
type ballots map[[2]string][]string

// batchItem is the item of a batch of the ballots on an item: the first keeps
// the name.
func batchItem(item string, batch int) string {
	if batch == 0 {
		return item
	}
	return fmt.Sprintf("%s（第%d批）", item, batch+1)
}

func (b ballots) add(staff, item, mark string) {
	at := [2]string{staff, item}
	b[at] = append(b[at], mark)
}

// lines says the ballots in lines of the rating sheet. The mean there has four
// places; the single marks beside it are exact.
func (b ballots) lines(src *source, by string, full int) []evidence.Rating {
	keys := map[string][2]string{}
	for at := range b {
		keys[at[0]+"\x00"+at[1]] = at
	}
	var out []evidence.Rating
	for _, key := range inOrder(keys) {
		at, batch := keys[key], 0
		// Lines of like size: of a last one with a few ballots no mean would be told.
		lines := (len(b[at]) + ballotsALine - 1) / ballotsALine
		for marks := range slices.Chunk(b[at], (len(b[at])+lines-1)/lines) {
			out = append(out, rating(src, at[0], batchItem(at[1], batch), marks))
			batch++
		}
	}
	for i := range out {
		out[i].By, out[i].Full = by, known(full)
	}
	return out
}

// rating says the marks on one item in a line.
func rating(src *source, staff, item string, marks []string) evidence.Rating {
	var sum num.Q
	for _, mark := range marks {
		q, err := num.Parse(mark)
		if err != nil {
			src.fail("rating of %s: %w", staff, err)
		}
		sum = sum.Add(q)
	}
	mean, _ := sum.Div(num.Int(int64(len(marks))))
	return evidence.Rating{
		Staff: staff, Item: item, Eligible: known(len(marks)), Valid: known(len(marks)),
		Mean: evidence.Known(mean.Round(4, num.HalfUp)), Ballots: marks,
	}
}

func (b ballots) staff(name, stage string) []evidence.Staff {
	seen := map[string]bool{}
	for at := range b {
		seen[at[0]] = true
	}
	var out []evidence.Staff
	for _, id := range inOrder(seen) {
		out = append(out, teacher(id, name+id, stage, "其他"))
	}
	return out
}

// turkiye makes a package of a questionnaire of 28 items on three instructors.
func turkiye(src *source) *evidence.Package {
	p := school("Gazi 大学教学评价", "普通高中", [2]string{"2012-09-01", "2013-08-31"},
		"真实数据：土耳其 Gazi 大学学生评教问卷（UCI，CC BY 4.0），5820 份、28 题。代码为映射：三名教师，每门课的每一题记作一个项目；评教学生记测评群体“学生”；应评人数未知，按有效票数记；超过 200 票的分批各记一行。")
	all := ballots{}
	for at, marks := range turkiyeSheets(src) {
		all[[2]string{"I" + at[0], at[1]}] = marks
	}
	p.Staff, p.Ratings = all.staff("教师", "普通高中"), all.lines(src, "学生", 5)
	return p
}

// turkiyeSheets returns the answers by instructor and "course, item".
func turkiyeSheets(src *source) ballots {
	t := src.table(turkiyeFile)
	out := ballots{}
	for i := range t.rows {
		for q := 1; q <= turkiyeItems; q++ {
			out.add(t.text(i, "instr"), turkiyeItem(t.text(i, "class"), q), t.text(i, fmt.Sprint("Q", q)))
		}
	}
	return out
}

func turkiyeItem(course string, q int) string { return fmt.Sprintf("课程%s第%d题", course, q) }

// insteval makes a package of students' ratings of 312 lecturers. Who rated
// whom more severely is a matter of crossed models, which sums a person and
// item no longer tell.
func insteval(src *source) *evidence.Package {
	p := school("苏黎世联邦理工学院评教", "普通高中", [2]string{"2012-09-01", "2013-08-31"},
		"真实数据：苏黎世联邦理工学院学生评教（R lme4::InstEval 一至四系），17928 个评分、312 名教师。代码为映射：评教学生记测评群体“学生”；应评人数未知，按有效票数记；超过 200 票的分批各记一行。")
	t := src.table(instevalFile)
	all := ballots{}
	for i := range t.rows {
		all.add("L"+t.text(i, "lecturer_id"), "总体评价", t.text(i, "rating"))
	}
	p.Staff, p.Ratings = all.staff("讲师", "普通高中"), all.lines(src, "学生", 5)
	return p
}

// writing makes a package of essays rated by several raters on five criteria.
func writing(src *source) *evidence.Package {
	p := school("作文评分", "普通高中", [2]string{"2012-09-01", "2013-08-31"},
		"真实数据：作文多人评分（R sirt::data.ratings2），178 篇、16 名评委、5 项标准，每项 0 到 3 分。代码为映射：被评的作文记作人员，评委记测评群体“考核小组”，标准记作项目；应评人数未知，按有效票数记；超过 200 票的分批各记一行。")
	t := src.table(writingFile)
	all := ballots{}
	for i := range t.rows {
		all.add("E"+t.text(i, "ratee_id"), t.text(i, "criterion"), t.text(i, "score"))
	}
	p.Staff, p.Ratings = all.staff("作文", "普通高中"), all.lines(src, "考核小组", 3)
	return p
}
