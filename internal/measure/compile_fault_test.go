package measure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompileTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	s := parse(t, `
measures:
  甲: {from: weekly-loads, clause: c}
  乙: {from: weekly-load, clause: c, lesson-kinds: {正课: 1, 大课: 1}, over: period, relief: none, none: zero, coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1}}
  丙: {from: post-load, clause: c, shares: {校长: 1}, lessons: {校长: 3}, combine: sum, over: period, none: zero, of: 丁, mean-within: school, mean-over: {posts: [教学]}}
  戊: {from: committee, clause: c, item: 爱岗敬业, average: of-percents, none: not-yet, colour: red}
`)
	_, _, err := Compile(s.Measures, nil)
	want := []string{
		"measure.unknown-kind", "measure.not-among", "measure.coefficient-missing",
		"measure.both-ways", "measure.trim", "scheme.unknown-key", "measure.unknown-number",
	}
	if d := cmp.Diff(want, keysOf(t, err)); d != "" {
		t.Errorf("faults (-want +got):\n%s\n%v", d, err)
	}
}

// Each of the annex's open words is refused until the scheme says what it means.
func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	const codes = `{出: present, 休: rest, 病: absent, 事: absent, 婚: excused, 丧: excused, 产: excused, 陪: excused, 育: excused, 哺: present, 探: excused, 公: present, 伤: excused, 培: present, 旷: absent, 迟: present, 退: present}`
	const exam = `from: exam, clause: c, levels: [校], denominator: sat, mean-over: sat, own-lines: win, taught: on-day, weight: share`
	for name, tc := range map[string]struct{ measure, want string }{
		"maternity leave as absence": {
			`{from: attendance-rate, clause: c, missing-month: ignore, none: not-yet, events: none, codes: ` + strings.Replace(codes, "产: excused", "产: absent", 1) + `}`, "measure.statutory"},
		"part of a training day as absence": {
			`{from: attendance-rate, clause: c, missing-month: ignore, none: not-yet, events: none, codes: ` + strings.Replace(codes, "培: present", "培: 0.5", 1) + `}`, "measure.statutory"},
		"a missing day code": {
			`{from: attendance-rate, clause: c, missing-month: ignore, none: not-yet, events: none, codes: ` + strings.Replace(codes, "旷: absent, ", "", 1) + `}`, "measure.day-code-missing"},
		"official duty at a meeting as absence": {
			`{from: attendance-rate, clause: c, missing-month: ignore, none: not-yet, events: {缺: 0.5, 迟到: 0, 早退: 0, 病假: 0, 事假: 0, 公差: 0.5}, codes: ` + codes + `}`, "measure.statutory"},
		"counting days of maternity leave": {
			`{from: attendance-count, clause: c, codes: [产], unit-of: days, none: zero}`, "measure.statutory"},
		"progress without a definition": {
			`{` + exam + `, kinds: [期末], fields: [进步率]}`, "measure.progress-undefined"},
		"entrance exams mixed with others": {
			`{` + exam + `, kinds: [期末, 中考], fields: [均分]}`, "measure.entrance-exam-mixed"},
		"a rate without a line": {
			`{` + exam + `, kinds: [期末], fields: [合格率]}`, "measure.exam-line"},
		"an irrational field without rounding": {
			`{` + exam + `, kinds: [期末], fields: [Z], deviation: population}`, "measure.need-round"},
		"an unknown field": {
			`{` + exam + `, kinds: [期末], fields: [升学率]}`, "measure.not-among"},
		"a work kind with two ways": {
			`{from: other-work, clause: c, rates: {社团: {节: 1}}, skip: [社团], basis: period, none: zero}`, "measure.both-ways"},
		"no choice for nothing": {
			`{from: other-work, clause: c, rates: {社团: {节: 1}}, basis: period}`, "scheme.missing-choice"},
		"a circle": {
			`{from: weekly-load, clause: c, lesson-kinds: {正课: 1}, over: period, relief: {full: 量}, none: zero, coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}}`, "measure.circular"},
		"due days of what is no rate": {
			`{from: weekly-load, clause: c, lesson-kinds: {正课: 1}, over: due-days, days-of: 量, relief: none, none: zero, coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}}`, "measure.not-rate"},
		"days of what is not there": {
			`{from: attendance-days, clause: c, of: 别的, which: due}`, "measure.unknown-number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := parse(t, "\nmeasures:\n  量: "+tc.measure+"\n")
			_, _, err := Compile(s.Measures, nil)
			if d := cmp.Diff([]string{tc.want}, keysOf(t, err)); d != "" {
				t.Errorf("faults (-want +got):\n%s\n%v", d, err)
			}
		})
	}
}
