package eval

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"

	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Decode returns the result that b encodes. c is the scheme by which it was
// evaluated: names and clauses of its gates are taken from there. What it
// returns is what stands in b; whether it is right is for Replay to say.
func Decode(c *scheme.Compiled, b []byte) (Result, error) {
	if len(b) == 0 || b[0] != encodingVersion {
		return Result{}, unknownVersion(b)
	}
	d := decoder{b: b[1:]}
	res := d.result()
	if d.bad || len(d.b) > 0 || !bytes.Equal(res.Encode(), b) {
		return Result{}, fault.New(fault.Invalid, "eval.trace-damaged")
	}
	if len(res.Values) != len(c.Nodes) {
		return Result{}, fault.New(fault.Conflict, "eval.trace-scheme", len(res.Values), len(c.Nodes))
	}
	for i := range res.Consequences {
		own := &res.Consequences[i]
		g := slices.IndexFunc(c.Gates, func(g scheme.Gate) bool { return g.ID == own.Gate })
		if g < 0 {
			return Result{}, fault.New(fault.Conflict, "eval.trace-gate", own.Gate)
		}
		own.Name, own.Clause = c.Gates[g].Name, c.Gates[g].Clause
	}
	return res, nil
}

const findingsVersion = 1

// EncodeFindings returns the bytes of what was found about a cohort as a whole:
// with the digests of scheme and cohort and the encoded results, all of an
// Outcome.
func EncodeFindings(list []Finding) []byte {
	return appendFindings([]byte{findingsVersion}, list)
}

// DecodeFindings is the inverse of EncodeFindings.
func DecodeFindings(b []byte) ([]Finding, error) {
	if len(b) == 0 || b[0] != findingsVersion {
		return nil, unknownVersion(b)
	}
	d := decoder{b: b[1:]}
	list := d.findings()
	if d.bad || !bytes.Equal(EncodeFindings(list), b) {
		return nil, fault.New(fault.Invalid, "eval.trace-damaged")
	}
	return list, nil
}

func unknownVersion(b []byte) error {
	if len(b) == 0 {
		return fault.New(fault.Invalid, "eval.trace-damaged")
	}
	return fault.New(fault.Invalid, "eval.trace-version", b[0])
}

// decoder reads an encoding. What does not fit makes it bad for good; it makes
// no more than a fixed multiple of the bytes that are there. That numbers are in
// their shortest form, and flags 0 or 1, is seen when all is encoded again.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) result() (res Result) {
	res.Subject, res.Group = d.text(), d.text()
	copy(res.Facts[:], d.bytes(len(fact.Digest{})))
	res.Values = list(d, 1, (*decoder).value)
	res.Refs = list(d, 3, func(d *decoder) Ref { return Ref{d.text(), d.text(), d.number()} })
	res.Contributions = list(d, 2, func(d *decoder) Contribution { return Contribution{d.text(), d.number()} })
	res.Score, res.Scored = d.number(), d.flag()
	res.Place, res.Of = d.int(), d.int()
	res.Consequences = list(d, 5, func(d *decoder) Consequence {
		return Consequence{Gate: d.text(), Effect: d.text(), Fact: d.text(), Value: d.text(), Veto: d.flag()}
	})
	res.Findings = d.findings()
	return res
}

func (d *decoder) findings() []Finding {
	return list(d, 3, func(d *decoder) Finding {
		return Finding{d.text(), d.text(), list(d, 1, (*decoder).text)}
	})
}

func (d *decoder) value() (v Value) {
	if b := d.bytes(1); b != nil {
		v.Status = Status(b[0])
	}
	switch {
	case v.Status == Known:
		v.Code, v.Q = d.text(), d.number()
	case v.Status > Refused && v.Status != Outside && v.Status != Blocked:
		d.fail()
	}
	return v
}

// list reads a list of things that take at least size bytes each; nil when it
// is empty.
func list[T any](d *decoder, size int, read func(*decoder) T) []T {
	n := d.uvarint()
	if n > uint64(len(d.b)/size) {
		d.fail()
	}
	if d.bad || n == 0 {
		return nil
	}
	out := make([]T, n)
	for i := range out {
		out[i] = read(d)
	}
	return out
}

func (d *decoder) fail() { d.bad, d.b = true, nil }

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

// int reads a number of people.
func (d *decoder) int() int {
	v := d.uvarint()
	if v > 1<<31-1 {
		d.fail()
		return 0
	}
	return int(v)
}

func (d *decoder) flag() bool {
	b := d.bytes(1)
	return b != nil && b[0] == 1
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.fail()
	}
	if d.bad {
		return ""
	}
	return string(d.bytes(int(n)))
}

// longestNumber bounds the text of a number: a fraction of two terms of
// scheme.MaxBits takes 2,500 digits, a decimal as exact as that 5,400.
const longestNumber = 8192

// number reads what appendQ wrote. A reference or a sum may be longer than what
// num.Parse takes from people.
func (d *decoder) number() num.Q {
	s := d.text()
	q, err := num.Parse(s)
	if err == nil || d.bad {
		return q
	}
	if len(s) <= longestNumber && strings.Trim(s, "0123456789/.-") == "" {
		if r, ok := new(big.Rat).SetString(s); ok {
			return num.FromRat(r)
		}
	}
	d.fail()
	return num.Q{}
}
