package explain

import (
	"strings"

	"shiji/internal/num"
)

// Aligned gives the numbers of a column as many decimals as the longest of them
// has, so that they stand point under point: 92.025 above 91.3667 is 92.0250.
// None is rounded, so nothing is said that is not so. Words, fractions and
// percentages stay: 50% is not 0.5 to whoever reads it.
func Aligned(column []string) []string {
	places := 0
	for _, s := range column {
		if _, decimals, ok := strings.Cut(s, "."); ok && isDecimal(s) {
			places = max(places, len(decimals))
		}
	}
	out := make([]string, len(column))
	for i, s := range column {
		out[i] = s
		if q, err := num.Parse(s); err == nil && isDecimal(s) {
			if padded, exact := q.Fixed(places); exact {
				out[i] = padded
			}
		}
	}
	return out
}

// isDecimal says whether s is a number written as a plain decimal.
func isDecimal(s string) bool {
	_, err := num.Parse(s)
	return err == nil && !strings.ContainsAny(s, "%/")
}
