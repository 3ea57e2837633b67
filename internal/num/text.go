package num

import (
	"errors"
	"math/big"
	"strings"
)

// ErrSyntax reports text that is not a number in one of the forms of Parse.
var ErrSyntax = errors.New("num: not a number")

// maxDigits bounds the length of a number in text, so that hostile input
// cannot make arithmetic slow.
const maxDigits = 64

// Parse reads a decimal ("12", "-3.50"), a percentage ("12.5%") or a fraction
// ("2/3"). No exponent, no thousands separator, no leading plus, no spaces:
// normalising what people type belongs to the room that reads their files.
func Parse(s string) (Q, error) {
	if p, ok := strings.CutSuffix(s, "%"); ok {
		q, err := parseDecimal(p)
		return q.Mul(Frac(1, 100)), err
	}
	if n, d, ok := strings.Cut(s, "/"); ok {
		if !isDigits(strings.TrimPrefix(n, "-")) || !isDigits(d) {
			return Q{}, ErrSyntax
		}
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			return Q{}, ErrSyntax
		}
		return fromRat(r), nil
	}
	return parseDecimal(s)
}

func parseDecimal(s string) (Q, error) {
	body := strings.TrimPrefix(s, "-")
	whole, part, dot := strings.Cut(body, ".")
	if !isDigits(whole) || dot && !isDigits(part) {
		return Q{}, ErrSyntax
	}
	if len(whole)+len(part) > 18 {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			return Q{}, ErrSyntax
		}
		return fromRat(r), nil
	}
	var n, d int64 = 0, 1
	for i := range len(whole) {
		n = n*10 + int64(whole[i]-'0')
	}
	for i := range len(part) {
		n, d = n*10+int64(part[i]-'0'), d*10
	}
	if len(body) != len(s) {
		n = -n
	}
	return frac(n, d), nil
}

func isDigits(s string) bool {
	if s == "" || len(s) > maxDigits {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// MustParse is Parse for constants in code; it panics on bad syntax.
func MustParse(s string) Q {
	q, err := Parse(s)
	if err != nil {
		panic(err.Error() + ": " + s)
	}
	return q
}

// String returns the exact value: a decimal without trailing zeros when it is
// finite ("87.35", "-0.5", "12"), else a fraction ("2/3").
func (q Q) String() string {
	if n, ok := q.Int64(); ok {
		return Decimal(n, 0)
	}
	if q.big == nil {
		// Nearly every number shown or digested is a short decimal.
		for places, scale := 1, int64(10); places <= 12; places, scale = places+1, scale*10 {
			if scale%q.d != 0 {
				continue
			}
			if n, ok := mul64(q.n, scale/q.d); ok {
				return Decimal(n, places)
			}
			break
		}
	}
	r := q.rat()
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}

// Decimal returns unscaled·10^-places in plain notation, the form in which
// rounded numbers are shown: Decimal(8735, 2) is "87.35".
func Decimal(unscaled int64, places int) string {
	neg := unscaled < 0
	var buf [32]byte
	i := len(buf)
	u := abs(unscaled)
	if places > 18 {
		return new(big.Rat).SetFrac(big.NewInt(unscaled), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)).FloatString(places)
	}
	for k := 0; u > 0 || k <= places; k++ {
		if k == places && places > 0 {
			i--
			buf[i] = '.'
		}
		i--
		buf[i] = byte('0' + u%10)
		u /= 10
	}
	if neg {
		i--
		buf[i] = '-'
	}
	return string(buf[i:])
}

// Fixed returns q with exactly places decimals. It does not round: false says
// that q has more decimals than that, and the caller should have rounded.
func (q Q) Fixed(places int) (string, bool) {
	if q.big == nil && places <= 18 {
		scale := pow10(places)
		if scale%q.den() == 0 {
			if n, ok := mul64(q.n, scale/q.den()); ok {
				return Decimal(n, places), true
			}
		}
	}
	r := q.rat()
	need, exact := r.FloatPrec()
	return r.FloatString(places), exact && need <= places
}

// MarshalText returns String, so that a Q in JSON is exact text.
func (q Q) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (q *Q) UnmarshalText(b []byte) (err error) {
	*q, err = Parse(string(b))
	return err
}

func pow10(places int) int64 {
	p := int64(1)
	for range places {
		p *= 10
	}
	return p
}
