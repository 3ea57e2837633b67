package fact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"

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
// After the version: the texts in the order of their first use, then the facts,
// which name their texts by index. A number is one uvarint of its decimal
// digits, sign and places; what has more than six places, or no end, is a
// fraction.
func Encode(facts []Fact) []byte {
	if !slices.IsSortedFunc(facts, inOrder) {
		facts = slices.Clone(facts)
		slices.SortStableFunc(facts, inOrder)
	}
	e := encoder{index: map[string]int{}}
	e.body = binary.AppendUvarint(e.body, uint64(len(facts)))
	for i := range facts {
		f := &facts[i]
		e.texts(f.Subject, f.Key, f.Item, f.Code, f.Source)
		e.body = append(e.body, byte(f.State))
		e.body = appendQ(e.body, f.Value)
		e.body = binary.AppendUvarint(e.body, uint64(len(f.Work)))
		for k := range f.Work {
			l := &f.Work[k]
			e.texts(l.Source, l.Label)
			e.body = appendQ(appendQ(appendQ(e.body, l.Value), l.Factor), l.Counts)
		}
	}
	out := binary.AppendUvarint([]byte{encodingVersion}, uint64(len(e.index)))
	return append(append(out, e.table...), e.body...)
}

// Decode returns the facts that b encodes, sorted.
func Decode(b []byte) ([]Fact, error) {
	if len(b) == 0 || b[0] != encodingVersion {
		return nil, fmt.Errorf("%w: unknown version", ErrEncoding)
	}
	d := decoder{b: b[1:]}
	d.table()
	var facts []Fact
	if n := d.count(leastFact); n > 0 {
		facts = make([]Fact, n)
	}
	for i := 0; i < len(facts) && !d.bad; i++ {
		d.fact(&facts[i])
	}
	// Writing them again finds what no single read sees: texts given twice,
	// numbers not in their shortest form, facts out of order.
	if d.bad || !bytes.Equal(Encode(facts), b) {
		return nil, ErrEncoding
	}
	return facts, nil
}

type encoder struct {
	index       map[string]int
	table, body []byte
}

// texts names each text by its index, which it gets when it is new.
func (e *encoder) texts(list ...string) {
	for _, s := range list {
		i, known := e.index[s]
		if !known {
			i = len(e.index)
			e.index[s] = i
			e.table = append(binary.AppendUvarint(e.table, uint64(len(s))), s...)
		}
		e.body = binary.AppendUvarint(e.body, uint64(i))
	}
}

// The lowest bits of a number say how many places it has; their highest value
// stands for a fraction.
const (
	placeBits = 3
	fraction  = 1<<placeBits - 1
)

var (
	ten    = num.Int(10)
	scales = [fraction]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}
)

func appendQ(b []byte, q num.Q) []byte {
	scaled := q
	for places := range fraction {
		if n, ok := scaled.Int64(); ok {
			digits := uint64(n)<<1 ^ uint64(n>>63)
			if digits >= 1<<(64-placeBits) {
				break
			}
			return binary.AppendUvarint(b, digits<<placeBits|uint64(places))
		}
		scaled = scaled.Mul(ten)
	}
	r := q.Rat()
	head := uint64(fraction)
	if r.Sign() < 0 {
		head |= 1 << placeBits
	}
	b = binary.AppendUvarint(b, head)
	for _, term := range [][]byte{r.Num().Bytes(), r.Denom().Bytes()} {
		b = append(binary.AppendUvarint(b, uint64(len(term))), term...)
	}
	return b
}

// The fewest bytes that a text, a line and a fact take.
const (
	leastText = 1
	leastLine = 5
	leastFact = 8
)

// longestTerm bounds numerator and denominator of a fraction, in bytes: far
// beyond what evaluation lets a number grow to, and short enough to reduce.
const longestTerm = 8 << 10

// decoder reads an encoding. What does not fit makes it bad for good; it makes
// no more than a fixed multiple of the bytes that are there.
type decoder struct {
	b   []byte
	all []string // the texts
	bad bool
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

// table reads the texts. All share one piece of memory.
func (d *decoder) table() {
	d.all = make([]string, d.count(leastText))
	rest := string(d.b)
	for i := range d.all {
		n := d.count(1)
		at := len(rest) - len(d.b)
		if d.bad || n > len(d.b) {
			d.fail()
			return
		}
		d.all[i] = rest[at : at+n]
		d.b = d.b[n:]
	}
}

func (d *decoder) text() string {
	if i := d.uvarint(); i < uint64(len(d.all)) {
		return d.all[i]
	}
	d.fail()
	return ""
}

func (d *decoder) fact(f *Fact) {
	f.Subject, f.Key, f.Item, f.Code, f.Source = d.text(), d.text(), d.text(), d.text(), d.text()
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
		f.Work[i] = Line{Source: d.text(), Label: d.text(), Value: d.number(), Factor: d.number(), Counts: d.number()}
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
