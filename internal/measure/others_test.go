package measure_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fact"
)

// No fact of a person names a colleague, or a class in which the person has no
// part: the facts are on the person's page and in the bundle that is theirs.
func TestFactsNameNobodyElse(t *testing.T) {
	t.Parallel()
	plan := everyKind(t)
	for n, name := range []string{"初中", "小学", "高中"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pkg := city.School(1, n)
			classes := map[string]bool{}
			for _, c := range pkg.Classes {
				classes[c.ID] = true
			}
			own := classesOf(pkg)
			seen := 0
			for _, f := range deriveAll(t, plan, pkg) {
				for _, text := range textsOf(f) {
					for _, s := range pkg.Staff {
						if s.ID != f.Subject && (strings.Contains(text, s.ID) || strings.Contains(text, s.Name)) {
							t.Fatalf("%s %s %s names %s %s: %s", f.Subject, f.Key, f.Item, s.ID, s.Name, text)
						}
					}
					for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
						switch {
						case !classes[word]:
						case own[f.Subject][word]:
							seen++
						default:
							t.Fatalf("%s %s %s names class %s: %s", f.Subject, f.Key, f.Item, word, text)
						}
					}
				}
			}
			if seen == 0 {
				t.Error("no fact names a class: the test sees nothing")
			}
		})
	}
}

func textsOf(f fact.Fact) []string {
	out := []string{f.Key, f.Item, f.Code, f.Source}
	for _, w := range f.Work {
		out = append(out, w.Source, w.Label)
	}
	return out
}

// classesOf returns the classes everybody teaches or has a post in.
func classesOf(pkg *evidence.Package) map[string]map[string]bool {
	own := map[string]map[string]bool{}
	add := func(staff, class string) {
		if own[staff] == nil {
			own[staff] = map[string]bool{}
		}
		own[staff][class] = true
	}
	for _, l := range pkg.Lessons {
		add(l.Staff, l.Class)
	}
	for _, d := range pkg.Duties {
		add(d.Staff, d.Of)
	}
	return own
}

var bestLabel = regexp.MustCompile(`^(年级 \d+ 个班中的最高|参加比较的班不足 5 个.*|门槛.*)$`)

// What is said of a grade's best class says how many were compared, and no more.
func TestBestOfAGradeIsAFigureOfTheGrade(t *testing.T) {
	t.Parallel()
	labels := map[string]int{}
	for _, f := range deriveAll(t, everyKind(t), city.School(1, 0)) {
		if strings.HasPrefix(f.Key, "期末成绩.年级最高") {
			for _, w := range f.Work {
				labels[w.Label]++
			}
		}
	}
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		if !bestLabel.MatchString(label) {
			t.Errorf("label %s", label)
		}
	}
	if len(labels) == 0 {
		t.Error("nobody has a best class to be told of")
	}
}
