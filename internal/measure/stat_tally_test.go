package measure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// classByRule is the plain reading of the definitions, one pupil and one line
// at a time: the reference for the packed tables.
func classByRule(scores []uint16, l Lines) ClassStats {
	s := ClassStats{Roster: uint32(len(scores))}
	for _, x := range scores {
		switch {
		case x == StateAbsent:
			s.Absent++
		case x == StateExcused:
			s.Excused++
		case x == StateNotYet:
			s.NotYet++
		case x == StateRefused:
			s.Refused++
		case x == StateNotApplicable:
			s.NotApplicable++
		case x >= FirstState:
		default:
			if s.Sat == 0 || x > s.Max {
				s.Max = x
			}
			if s.Sat == 0 || x < s.Min {
				s.Min = x
			}
			s.Sat++
			s.Sum += uint64(x)
			s.Squares += uint64(x) * uint64(x)
			s.Excellent += counted(l.Excellent != 0 && x >= l.Excellent)
			s.Good += counted(l.Good != 0 && x >= l.Good)
			s.Pass += counted(l.Pass != 0 && x >= l.Pass)
			s.Low += counted(x < l.Low)
		}
	}
	return s
}

func counted(is bool) uint32 {
	if is {
		return 1
	}
	return 0
}

// packedCodes draws scores around the lines, the ends of the range and all states.
func packedCodes() *rapid.Generator[uint16] {
	return rapid.OneOf(rapid.Uint16Range(0, 300), rapid.Uint16Range(FirstState-2, 0xFFFF), rapid.Uint16())
}

func TestTallyAgreesWithTheDefinitions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rapid.Uint16Range(0, 300), rapid.Uint16())
		l := Lines{Excellent: line.Draw(t, "excellent"), Good: line.Draw(t, "good"), Pass: line.Draw(t, "pass"), Low: line.Draw(t, "low")}
		var scores []uint16
		bounds := []uint32{0}
		for _, class := range rapid.SliceOfN(rapid.SliceOfN(packedCodes(), 0, 200), 0, 6).Draw(t, "classes") {
			scores = append(scores, class...)
			bounds = append(bounds, uint32(len(scores)))
		}
		got := make([]ClassStats, len(bounds)-1)
		for i := range got {
			got[i].Refused = 99 // what stood in out before must not show
		}
		NewTally(l).Classes(got, scores, bounds)
		var all ClassStats
		for i := range got {
			want := classByRule(scores[bounds[i]:bounds[i+1]], l)
			if d := cmp.Diff(want, got[i]); d != "" {
				t.Fatalf("class %d (-want +got):\n%s", i, d)
			}
			all = all.Merge(got[i])
		}
		if d := cmp.Diff(classByRule(scores, l), all); d != "" {
			t.Errorf("merged (-want +got):\n%s", d)
		}
	})
}

func TestTallyHoldsTheHighestScores(t *testing.T) {
	t.Parallel()
	scores := make([]uint16, 1000)
	for i := range scores {
		scores[i] = FirstState - 1
	}
	l := Lines{Excellent: 1, Good: 2, Pass: 3, Low: FirstState}
	if d := cmp.Diff(classByRule(scores, l), NewTally(l).Class(scores)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestClassesRefusesBoundsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, bounds := range map[string][]uint32{"too few": {0, 1}, "falling": {0, 2, 1}, "beyond": {0, 1, 9}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic, want one")
				}
			}()
			NewTally(Lines{}).Classes(make([]ClassStats, 2), make([]uint16, 3), bounds)
		})
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	if got, ok := Rate(2, 3); !ok || got.String() != "2/3" {
		t.Errorf("got %v, %v, want 2/3", got, ok)
	}
	if got, ok := Rate(0, 0); ok {
		t.Errorf("got %v of nobody, want none", got)
	}
}
