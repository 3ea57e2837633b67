package measure

// A Tally counts packed scores against the lines of one exam and subject. It
// costs half a megabyte and tens of microseconds to make, so make one for an
// exam and subject and use it for all their classes. It is read-only once
// made: goroutines may share it.
//
// What one score adds to every count is one table entry, with the counts side
// by side in a word: a pupil costs one look-up and one addition instead of a
// comparison for each line. Fields are six bits wide, hence blocks of at most
// blockSize scores, which is more than most classes.
type Tally struct {
	table [1 << 16]uint64
}

const (
	blockSize = 63 // 2^6 − 1 scores fit every count field
	fieldMask = 1<<6 - 1
	sumMask   = 1<<atSat - 1 // 63 × 0xFFEF < 2^22

	atSat       = 22
	atExcellent = atSat + 6
	atGood      = atExcellent + 6
	atPass      = atGood + 6
	atLow       = atPass + 6
	atAbsent    = atLow + 6
	atExcused   = atAbsent + 6
)

// NewTally returns the tally for the given lines.
func NewTally(l Lines) *Tally {
	t := new(Tally)
	for code := range t.table[:FirstState] {
		t.table[code] = uint64(code) | 1<<atSat
	}
	mark := func(codes []uint64, at uint) {
		for i := range codes {
			codes[i] |= 1 << at
		}
	}
	atOrAbove := func(line uint16, at uint) {
		if 0 < line && line < FirstState {
			mark(t.table[line:FirstState], at)
		}
	}
	atOrAbove(l.Excellent, atExcellent)
	atOrAbove(l.Good, atGood)
	atOrAbove(l.Pass, atPass)
	mark(t.table[:min(l.Low, FirstState)], atLow)
	t.table[StateAbsent] = 1 << atAbsent
	t.table[StateExcused] = 1 << atExcused
	return t
}

// Classes fills out with the statistics of each class: class i is
// scores[bounds[i]:bounds[i+1]], so out is one shorter than bounds. It panics
// when bounds do not fit: offsets were checked when the sheet was decoded.
func (t *Tally) Classes(out []ClassStats, scores []uint16, bounds []uint32) {
	if len(bounds) != len(out)+1 {
		panic("measure: a class needs two bounds")
	}
	lo := bounds[0]
	for i, hi := range bounds[1:] {
		class := scores[lo:hi]
		lo = hi
		if len(class) <= blockSize {
			t.block(&out[i], class)
			continue
		}
		out[i] = t.Class(class)
	}
}

// Class returns the statistics of one group of pupils of any size.
func (t *Tally) Class(scores []uint16) ClassStats {
	var sum, part ClassStats
	for len(scores) > 0 {
		n := min(len(scores), blockSize)
		t.block(&part, scores[:n])
		sum = sum.Merge(part)
		scores = scores[n:]
	}
	return sum
}

// block fills o from at most blockSize scores. Every field is stored once and
// straight into its place: a struct built on the stack and copied out costs a
// store-forwarding stall a class.
func (t *Tally) block(o *ClassStats, scores []uint16) {
	acc, squares, high, low := t.add(scores)
	o.Sum = acc & sumMask
	o.Squares = squares
	o.Roster = uint32(len(scores))
	o.Sat = uint32(acc>>atSat) & fieldMask
	o.Absent = uint32(acc>>atAbsent) & fieldMask
	o.Excused = uint32(acc>>atExcused) & fieldMask
	o.NotYet, o.Refused, o.NotApplicable = 0, 0, 0
	o.Excellent = uint32(acc>>atExcellent) & fieldMask
	o.Good = uint32(acc>>atGood) & fieldMask
	o.Pass = uint32(acc>>atPass) & fieldMask
	o.Low = uint32(acc>>atLow) & fieldMask
	o.Max, o.Min = uint16(high), uint16(low)
	if o.Sat+o.Absent+o.Excused != o.Roster {
		o.countRare(scores)
	}
	if o.Sat == 0 {
		o.Min = 0
	}
}

// add is the inner loop, four scores a turn. States add no sum, so high is
// right without a test; low is taken from the raw codes, among which every
// state is above every score.
func (t *Tally) add(scores []uint16) (acc, squares, high, low uint64) {
	low = uint64(FirstState)
	for len(scores) >= 4 {
		s := (*[4]uint16)(scores)
		scores = scores[4:]
		low = min(low, uint64(s[0]), uint64(s[1]), uint64(s[2]), uint64(s[3]))
		a, b, c, d := t.table[s[0]], t.table[s[1]], t.table[s[2]], t.table[s[3]]
		acc += a + b + c + d
		a, b, c, d = a&0xFFFF, b&0xFFFF, c&0xFFFF, d&0xFFFF
		high = max(high, a, b, c, d)
		squares += a*a + b*b + c*c + d*d
	}
	for _, s := range scores {
		low = min(low, uint64(s))
		a := t.table[s]
		acc += a
		a &= 0xFFFF
		high = max(high, a)
		squares += a * a
	}
	return acc, squares, high, low
}

// countRare counts the states that have no field in the packed word; they are
// rare enough for a second look at the class.
func (o *ClassStats) countRare(scores []uint16) {
	for _, s := range scores {
		switch s {
		case StateNotYet:
			o.NotYet++
		case StateRefused:
			o.Refused++
		case StateNotApplicable:
			o.NotApplicable++
		}
	}
}
