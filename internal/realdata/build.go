package realdata

import (
	"maps"
	"slices"
	"strconv"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// unknown is a number that the sheet asks for and the data do not have.
var unknown = evidence.Quantity{State: evidence.NotYet}

func known(n int) evidence.Quantity { return evidence.Known(num.Int(int64(n))) }

// school begins a package: one line about the school, its period and its label.
func school(name, stage string, period [2]string, label string) *evidence.Package {
	return &evidence.Package{School: []evidence.School{{
		Name: name, Stages: []string{stage}, Term: period[1][:4], Start: period[0], End: period[1], Label: label,
	}}}
}

// teacher is a person who teaches.
func teacher(id, name, stage, subject string) evidence.Staff {
	return evidence.Staff{
		ID: id, Name: name, Kind: "教学", Position: "教师", Stage: stage, Subject: subject,
		Frontline: "是", ReducedLoad: evidence.None,
	}
}

// class is a class of which only its size is known.
func class(id, stage, grade string, pupils int) evidence.Class {
	return evidence.Class{ID: id, Stage: stage, Grade: grade, Pupils: known(pupils), AtStart: evidence.None, In: evidence.None, Out: evidence.None}
}

// lesson says that a person teaches a class, for how many lessons a week if
// that is known. Whose the result is stays as the sheet has it: all the person's.
func lesson(staff, class, subject string, weekly evidence.Quantity) evidence.Lesson {
	return evidence.Lesson{
		Staff: staff, Class: class, Subject: subject, Kind: "正课", Weekly: weekly,
		Share: evidence.None, Difficulty: evidence.None, Preparation: evidence.None, Homework: evidence.None,
	}
}

// exam is one subject of an exam without lines of its own, marked in whole points.
func exam(id, kind, date, grade, subject string) evidence.Exam {
	return evidence.Exam{
		ID: id, Name: id, Kind: kind, Level: "校", Date: date, Grade: grade, Subject: subject, Full: known(1000),
		Excellent: evidence.None, Good: evidence.None, Pass: evidence.None, Low: evidence.None, Unit: known(1),
	}
}

// subjectAt is the place of a subject among the columns of marks.
func subjectAt(name string) int {
	return slices.IndexFunc(evidence.Subjects, func(c evidence.Code) bool { return c.Name == name })
}

// marks is a pupil's line with no subject filled in.
func marks(exam, class, pupil string) evidence.Marks {
	m := evidence.Marks{Exam: exam, Class: class, Pupil: pupil}
	for i := range m.By {
		m.By[i] = evidence.NoMark
	}
	return m
}

// inOrder returns the keys of a map of numbered things, by number and then text.
func inOrder[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		switch {
		case errX == nil && errY == nil && x != y:
			return x - y
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	})
}
