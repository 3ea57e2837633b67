package realdata

import (
	"fmt"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// TestJoined follows real lines of four sets to one total and into words.
func TestJoined(t *testing.T) {
	t.Parallel()
	a := appraise(t, "joined")
	courses := joinedCourses(&source{folder: folder(t)})
	if len(a.Package.Staff) != len(courses) {
		t.Fatalf("got %d teachers, want one for each of %d courses", len(a.Package.Staff), len(courses))
	}
	t.Run("classes", func(t *testing.T) { checkJoinedClasses(t, a) })
	t.Run("timetables", func(t *testing.T) { checkJoinedLoads(t, a) })
	t.Run("ratings", func(t *testing.T) { checkJoinedRatings(t, a, courses) })
	t.Run("absences", func(t *testing.T) { checkJoinedAbsences(t, a) })
	t.Run("words", func(t *testing.T) { checkJoinedWords(t, a) })
}

// assembled returns, by position, the teachers as the package was assembled.
func (a *appraisal) assembled(t *testing.T) []evidence.Staff {
	t.Helper()
	s := set(t, "joined")
	p, err := s.Assemble(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	return p.Staff
}

func checkJoinedClasses(t *testing.T, a *appraisal) {
	want, w := reference(t, "star_class_stats.csv"), newWorst(t)
	found := 0
	for i := range want.rows {
		person, item := starPlace(want, i, want.text(i, "grade"))
		if _, ok := a.own[person]; !ok || want.text(i, "grade") != "1" {
			continue
		}
		found++
		n, _ := want.number(i, "n").Int64()
		w.exact(t, "n", a.value(t, person, "期末检测.人数", item), num.Int(n))
		w.relative(t, "mean", a.value(t, person, "期末检测.均分", item), want.float(i, "mean"), tolMean)
		w.rate(t, "pass rate", a.value(t, person, "期末检测.合格率", item), want.float(i, "pass_rate"), n)
		w.rate(t, "excellent rate", a.value(t, person, "期末检测.优秀率", item), want.float(i, "excellent_rate"), n)
		w.rate(t, "low rate", a.value(t, person, "期末检测.低分率", item), want.float(i, "low_rate"), n)
	}
	if found != 2*len(a.own) {
		t.Errorf("got %d class results, want two for each of %d teachers", found, len(a.own))
	}
	added := reference(t, "star_progress_valueadded.csv")
	for i := range added.rows {
		if person, item := starPlace(added, i, "1"); len(a.own[person].Values) > 0 {
			w.exact(t, "n matched", a.value(t, person, "期末检测.匹配人数", item), added.number(i, "n"))
			w.relative(t, "raw gain", a.value(t, person, "期末检测.提高分", item), added.float(i, "gain_raw"), tolMean)
		}
	}
}

func checkJoinedLoads(t *testing.T, a *appraisal) {
	want, w := reference(t, "timetable_teacher_load.csv"), newWorst(t)
	var loads []num.Q
	for i := range want.rows {
		if want.text(i, "school") == "FI-MP-06" {
			loads = append(loads, want.number(i, "periods"))
		}
	}
	for i, s := range a.assembled(t) {
		w.exact(t, "periods", a.value(t, s.ID, "周课时", ""), loads[i])
	}
}

func checkJoinedRatings(t *testing.T, a *appraisal, courses [][2]string) {
	want, w := reference(t, "turkiye_instr_class.csv"), newWorst(t)
	mean := map[string]float64{}
	for i := range want.rows {
		mean[want.text(i, "instr")+"/"+want.text(i, "class")] = want.float(i, "mean")
	}
	for i, s := range a.assembled(t) {
		// The tree rounds to four places of a percentage.
		w.absolute(t, "course mean in percent", float(a.node(t, s.ID, "5.1")), 20*mean[courses[i][0]+"/"+courses[i][1]], 0.00005)
	}
}

// checkJoinedAbsences counts the half days again from the records.
func checkJoinedAbsences(t *testing.T, a *appraisal) {
	w, src := newWorst(t), &source{folder: folder(t)}
	sick, absentDays := map[string]int64{}, map[string]int64{}
	for _, r := range absences(src) {
		if year := r.month.Format("2006-01"); year >= "2008-09" && year <= "2009-08" {
			who, halves := fmt.Sprintf("%02d-%02d", r.who[0], r.who[1]), int64((r.hours+3)/4)
			sick[who] += 0
			switch r.reason {
			case 15, 24:
			case 26:
				absentDays[who] += halves
			default:
				sick[who] += halves
			}
		}
	}
	people := inOrder(sick)
	for i, s := range a.assembled(t) {
		w.exact(t, "days sick", a.value(t, s.ID, "病假", ""), num.Frac(sick[people[i]], 2))
		w.exact(t, "days without leave", a.value(t, s.ID, "旷工", ""), num.Frac(absentDays[people[i]], 2))
	}
}

func checkJoinedWords(t *testing.T, a *appraisal) {
	for _, s := range a.Package.Staff {
		if !a.own[s.ID].Scored {
			t.Errorf("%s has no total", s.ID)
		}
		words := a.explained(t, s.ID)
		for _, part := range []string{"拼接的真实数据", s.Name, "岗位工作量", "教育教学质量", "工作满意度", a.own[s.ID].Score.String()} {
			if !strings.Contains(words, part) {
				t.Errorf("%s: %q is not in the explanation", s.ID, part)
			}
		}
	}
}
