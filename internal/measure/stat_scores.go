package measure

import (
	"shiji/internal/num"
)

// States of a packed score column. A code below FirstState is a score in the
// column's unit; the others say why there is no score. Missing is not zero.
const (
	FirstState         uint16 = 0xFFF0
	StateNotApplicable uint16 = 0xFFFB
	StateRefused       uint16 = 0xFFFC
	StateNotYet        uint16 = 0xFFFD
	StateExcused       uint16 = 0xFFFE
	StateAbsent        uint16 = 0xFFFF
)

// Unit says how many units of a packed score make one mark: 1, 2 (half points)
// or 10 (tenths).
type Unit uint16

// Line returns the smallest code that reaches mark, so that score ≥ mark is
// code ≥ Line(mark) and score < mark is code < Line(mark). It returns false
// when no score can be held against mark: below zero or beyond every code.
func (u Unit) Line(mark num.Q) (uint16, bool) {
	n, ok := mark.Mul(num.Int(int64(u))).Round(0, num.Ceil).Int64()
	if !ok || n < 0 || n >= int64(FirstState) {
		return 0, false
	}
	return uint16(n), true
}

// Lines holds the cut lines of one exam and subject, in units. A line of zero
// is not declared, and nobody is counted by it.
type Lines struct {
	Excellent uint16 // counted at or above
	Good      uint16 // counted at or above
	Pass      uint16 // counted at or above
	Low       uint16 // counted below
}

// ClassStats is what one class, or any union of classes, contributes to the
// statistics of one exam and subject. All of it is exact and adds up, so
// schools, counties and cities are merged without their rows. Sum and Squares
// hold 2^32 scores without overflow.
type ClassStats struct {
	Sum     uint64 // Σ score, in units
	Squares uint64 // Σ score², in units²

	Roster        uint32 // everyone on the list, whatever the state
	Sat           uint32 // those with a score
	Absent        uint32
	Excused       uint32
	NotYet        uint32
	Refused       uint32
	NotApplicable uint32

	Excellent uint32
	Good      uint32
	Pass      uint32
	Low       uint32

	Max, Min uint16 // in units; both zero when nobody sat
}

// Merge returns the statistics of the union of two disjoint groups of pupils.
func (s ClassStats) Merge(t ClassStats) ClassStats {
	switch {
	case s.Sat == 0:
		s.Max, s.Min = t.Max, t.Min
	case t.Sat != 0:
		s.Max, s.Min = max(s.Max, t.Max), min(s.Min, t.Min)
	}
	s.Sum += t.Sum
	s.Squares += t.Squares
	s.Roster += t.Roster
	s.Sat += t.Sat
	s.Absent += t.Absent
	s.Excused += t.Excused
	s.NotYet += t.NotYet
	s.Refused += t.Refused
	s.NotApplicable += t.NotApplicable
	s.Excellent += t.Excellent
	s.Good += t.Good
	s.Pass += t.Pass
	s.Low += t.Low
	return s
}

// Moments returns the sums that means, variances and standard scores need.
func (s ClassStats) Moments(u Unit) Moments {
	return Moments{N: uint64(s.Sat), Sum: s.Sum, Squares: s.Squares, Unit: u}
}

// Rate returns count ÷ of exactly, and false when there is nobody to divide
// by. Whether a rate is over those who sat or over the roster is the scheme's
// choice, so the caller names both numbers.
func Rate(count, of uint32) (num.Q, bool) {
	if of == 0 {
		return num.Q{}, false
	}
	return num.Frac(int64(count), int64(of)), true
}
