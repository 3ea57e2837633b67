package fact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"shiji/internal/num"
)

// ErrEncoding reports bytes that Encode did not write, in this version or an
// earlier one.
var ErrEncoding = errors.New("fact: not an encoding of facts")

// encodingVersion is byte 0. A new form gets the next number, and Decode goes on
// reading the old ones.
const encodingVersion = 1

// Encode returns facts with their derivations in canonical bytes: sorted, each
// text once. Equal facts give equal bytes, in whatever order they come. The
// digest of facts (DigestOf) is not taken over these bytes, so that it stays
// what it is under every version of them.
//
// A text is a reference: 0 for the text that stood in the same place before, 1
// for a new one, which follows as what it shares with that text and its rest,
// and else 2 and the index of an earlier one. A number is one uvarint of its
// decimal digits, sign and places; what has more than six places, or no end, is
// a fraction.
func Encode(facts []Fact) []byte {
	if !slices.IsSortedFunc(facts, inOrder) {
		facts = slices.Clone(facts)
		slices.SortStableFunc(facts, inOrder)
	}
	e := encoder{index: make(map[string]int, 4*len(facts))}
	e.b = append(make([]byte, 0, 64*len(facts)+2), encodingVersion)
	e.b = binary.AppendUvarint(e.b, uint64(len(facts)))
	for i := range facts {
		f := &facts[i]
		e.text(subjectSlot, f.Subject)
		e.text(keySlot, f.Key)
		e.text(itemSlot, f.Item)
		e.text(codeSlot, f.Code)
		e.text(sourceSlot, f.Source)
		e.b = append(e.b, byte(f.State))
		e.b = appendQ(e.b, f.Value)
		e.b = binary.AppendUvarint(e.b, uint64(len(f.Work)))
		for k := range f.Work {
			l := &f.Work[k]
			e.text(lineSlot, l.Source)
			e.text(labelSlot, l.Label)
			e.b = appendQ(appendQ(appendQ(e.b, l.Value), l.Factor), l.Counts)
		}
	}
	return e.b
}

// Decode returns the facts that b encodes, sorted.
func Decode(b []byte) ([]Fact, error) {
	if len(b) == 0 || b[0] != encodingVersion {
		return nil, fmt.Errorf("%w: unknown version", ErrEncoding)
	}
	d := decoder{b: b[1:]}
	var facts []Fact
	if n := d.count(leastFact); n > 0 {
		facts = make([]Fact, n)
	}
	for i := 0; i < len(facts) && !d.bad; i++ {
		d.fact(&facts[i])
	}
	// Writing them again finds what no single read sees: texts given twice,
	// numbers not in their shortest form, facts out of order, bytes at the end.
	if d.bad || !bytes.Equal(Encode(facts), b) {
		return nil, ErrEncoding
	}
	return facts, nil
}

// The places at which texts stand. Neighbours at one place are often equal, and
// else begin alike.
const (
	subjectSlot = iota
	keySlot
	itemSlot
	codeSlot
	sourceSlot
	lineSlot
	labelSlot
	slots
)

// References to texts; earlierText and what is beyond count from the first text.
const (
	sameText = iota
	newText
	earlierText
)

// longestShared bounds what a text takes from the one before it, so that short
// bytes cannot stand for texts of quadratic length.
const longestShared = 64

type encoder struct {
	b     []byte
	last  [slots]string
	index map[string]int
}

func (e *encoder) text(slot int, s string) {
	last := e.last[slot]
	if s == last {
		e.b = append(e.b, sameText)
		return
	}
	e.last[slot] = s
	if i, known := e.index[s]; known {
		e.b = binary.AppendUvarint(e.b, uint64(i+earlierText))
		return
	}
	e.index[s] = len(e.index)
	shared := 0
	for shared < min(len(s), len(last), longestShared) && s[shared] == last[shared] {
		shared++
	}
	e.b = append(e.b, newText, byte(shared))
	e.b = binary.AppendUvarint(e.b, uint64(len(s)-shared))
	e.b = append(e.b, s[shared:]...)
}

// The lowest bits of a number say how many places it has; their highest value
// stands for a fraction.
const (
	placeBits = 3
	fraction  = 1<<placeBits - 1
)

// mostPlaces are the places of a number that is no fraction.
const mostPlaces = fraction - 1

var scales = [fraction]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}

func appendQ(b []byte, q num.Q) []byte {
	if b, ok := appendDecimal(b, q, 0); ok {
		return b
	}
	if b, ok := appendDecimal(b, q.Mul(num.Int(scales[mostPlaces])), mostPlaces); ok {
		return b
	}
	r := q.Rat()
	head := uint64(fraction)
	if r.Sign() < 0 {
		head |= 1 << placeBits
	}
	b = binary.AppendUvarint(b, head)
	for _, term := range []*big.Int{r.Num(), r.Denom()} {
		n := (term.BitLen() + 7) / 8
		b = binary.AppendUvarint(b, uint64(n))
		b = append(b, make([]byte, n)...)
		term.FillBytes(b[len(b)-n:])
	}
	return b
}

// appendDecimal writes scaled ÷ 10^places with as few places as hold it, and
// reports whether it has none beyond and is short enough.
func appendDecimal(b []byte, scaled num.Q, places uint64) ([]byte, bool) {
	n, ok := scaled.Int64()
	for ; ok && places > 0 && n%10 == 0; places-- {
		n /= 10
	}
	digits := uint64(n)<<1 ^ uint64(n>>63)
	if !ok || digits >= 1<<(64-placeBits) {
		return b, false
	}
	return binary.AppendUvarint(b, digits<<placeBits|places), true
}

// The fewest bytes that a line and a fact take.
const (
	leastLine = 5
	leastFact = 8
)

// longestTerm bounds numerator and denominator of a fraction, in bytes: far
// beyond what evaluation lets a number grow to, and short enough to reduce.
const longestTerm = 8 << 10

// decoder reads an encoding. What does not fit makes it bad for good; it makes
// no more than a fixed multiple of the bytes that are there.
type decoder struct {
	b    []byte
	last [slots]string
	all  []string        // the texts, which share
	text strings.Builder // one memory
	bad  bool
}

func (d *decoder) fail() { d.bad, d.b = true, nil }

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads how many things follow that take at least size bytes each.
func (d *decoder) count(size int) int {
	most := uint64(len(d.b) / size)
	if n := d.uvarint(); n <= most {
		return int(n)
	}
	d.fail()
	return 0
}

func (d *decoder) bytes() []byte {
	n := d.count(1)
	if n > len(d.b) {
		d.fail()
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) read(slot int) string {
	switch ref := d.uvarint(); {
	case ref == sameText:
	case ref == newText:
		d.last[slot] = d.fresh(d.last[slot])
	case ref-earlierText < uint64(len(d.all)):
		d.last[slot] = d.all[ref-earlierText]
	default:
		d.fail()
	}
	return d.last[slot]
}

// fresh reads a new text, told from the one before it.
func (d *decoder) fresh(last string) string {
	shared := d.uvarint()
	rest := d.bytes()
	if shared > uint64(min(len(last), longestShared)) {
		d.fail()
		return ""
	}
	from := d.text.Len()
	d.text.WriteString(last[:shared])
	d.text.Write(rest)
	s := d.text.String()[from:]
	d.all = append(d.all, s)
	return s
}

func (d *decoder) fact(f *Fact) {
	f.Subject, f.Key, f.Item = d.read(subjectSlot), d.read(keySlot), d.read(itemSlot)
	f.Code, f.Source = d.read(codeSlot), d.read(sourceSlot)
	if len(d.b) == 0 || State(d.b[0]) > Refused {
		d.fail()
		return
	}
	f.State, d.b = State(d.b[0]), d.b[1:]
	f.Value = d.number()
	if n := d.count(leastLine); n > 0 {
		f.Work = make([]Line, n)
	}
	for i := 0; i < len(f.Work) && !d.bad; i++ {
		f.Work[i] = Line{Source: d.read(lineSlot), Label: d.read(labelSlot), Value: d.number(), Factor: d.number(), Counts: d.number()}
	}
}

func (d *decoder) number() num.Q {
	head := d.uvarint()
	if places := head & fraction; places != fraction {
		digits := head >> placeBits
		return num.Frac(int64(digits>>1)^-int64(digits&1), scales[places])
	}
	n, den := d.bytes(), d.bytes()
	if len(n) > longestTerm || len(den) > longestTerm || len(bytes.Trim(den, "\x00")) == 0 {
		d.fail()
		return num.Q{}
	}
	over := new(big.Int).SetBytes(n)
	if head>>placeBits == 1 {
		over.Neg(over)
	}
	return num.FromRat(new(big.Rat).SetFrac(over, new(big.Int).SetBytes(den)))
}
