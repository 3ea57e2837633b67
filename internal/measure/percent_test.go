package measure

import (
	"testing"

	"shiji/internal/evidence"
)

func TestPercentMeans(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "语文"), teacher("T4", "语文"))
	pkg.Routines = []evidence.Routine{
		{Staff: "T1", Kind: "备课", Date: "2025-10-20", Score: q("9.5"), Full: q("10")},
		{Staff: "T1", Kind: "备课", Date: "2025-11-20", Score: q("16"), Full: q("20")},
		{Staff: "T1", Kind: "上课", Date: "2025-11-20", Score: q("1"), Full: q("20")},
		{Staff: "T2", Kind: "备课", Date: "2025-10-20", Score: q("9"), Full: q("10")},
		{Staff: "T2", Kind: "备课", Date: "2025-11-20", Score: evidence.Quantity{State: evidence.NotYet}, Full: q("10")},
		{Staff: "T3", Kind: "备课", Date: "2025-11-20", Score: evidence.Quantity{State: evidence.Excused}, Full: q("10")},
	}
	pkg.Goals = []evidence.Goal{
		{Staff: "T1", Task: "实验室管理", Weight: q("3"), Score: q("90"), Full: q("100")},
		{Staff: "T1", Task: "资产清查", Weight: evidence.None, Score: q("14"), Full: q("20")},
	}
	pkg.Inspections = []evidence.Inspection{{Staff: "T1", Kind: "视导", Date: "2025-11-12", Score: q("46"), Full: q("50")}}
	got := derive(t, `
measures:
  备课: {from: routine, clause: c, items: [备课], average: of-percents, none: not-applicable}
  备课分: {from: routine, clause: c, items: [备课], average: of-points, none: not-applicable}
  任务: {from: goals, clause: c, average: of-percents, none: not-applicable}
  视导: {from: inspection, clause: c, kinds: [视导], average: of-percents, none: not-yet}
`, pkg)
	got.want(t, "T1 备课", "87.5") // (95 + 80) ÷ 2
	got.want(t, "T1 备课分", "85")  // 25.5 ÷ 30
	got.want(t, "T2 备课", "not-yet")
	got.want(t, "T3 备课", "excused")
	got.want(t, "T4 备课", "not-applicable")
	got.want(t, "T1 任务", "85") // (3·90 + 1·70) ÷ 4
	got.want(t, "T1 视导", "92")
	got.want(t, "T2 视导", "not-yet")
	for _, m := range []string{"备课", "备课分", "任务", "视导"} {
		got.adds(t, "T1 "+m)
	}
}

func TestCommitteeTrimsAsDeclared(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	for i, s := range []string{"100", "80", "90", "91", "60"} {
		pkg.Committee = append(pkg.Committee, evidence.Committee{Staff: "T1", Item: "爱岗敬业", Judge: string(rune('1' + i)), Score: q(s), Full: q("100")})
	}
	pkg.Committee = append(pkg.Committee,
		evidence.Committee{Staff: "T1", Item: "年度考核", Score: evidence.None, Full: evidence.None, Conclusion: "合格"},
		evidence.Committee{Staff: "T2", Item: "爱岗敬业", Score: q("45"), Full: q("50")})
	got := derive(t, `
measures:
  爱岗敬业: {from: committee, clause: c, item: 爱岗敬业, average: of-percents, trim: {each-end: 1}, none: not-yet}
  全体评委: {from: committee, clause: c, item: 爱岗敬业, average: of-percents, trim: none, none: not-yet}
  按比例: {from: committee, clause: c, item: 爱岗敬业, average: of-percents, trim: {share: 30%, mode: half-up}, none: not-yet}
  结论: {from: committee-conclusion, clause: c, item: 年度考核, none: not-yet}
`, pkg)
	got.want(t, "T1 爱岗敬业", "87") // (80 + 90 + 91) ÷ 3
	got.want(t, "T1 全体评委", "84.2")
	got.want(t, "T1 按比例", "90") // 1.5 → two at each end
	got.want(t, "T2 爱岗敬业", "90")
	got.want(t, "T1 结论", "合格")
	got.want(t, "T2 结论", "not-yet")
	got.adds(t, "T1 爱岗敬业")
	if n := len(got["T1 爱岗敬业 "].Work); n != 5 {
		t.Errorf("dropped marks are not shown: %d lines of work, want 5", n)
	}
}
