package auth

import (
	"fmt"
	"io"
	"strings"
)

// alphabet leaves out what is read wrongly from paper: 0 and o, 1, i and l. Small
// letters and digits only, for phones type them without changing the keyboard.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"

const (
	groups    = 4
	groupSize = 4
)

// NewPassword draws the password that an operator hands over and the first
// sign-in replaces: four groups such as 7km2-xw9d-4hqt-b6ra, 79 bits. Every
// policy accepts it.
func NewPassword(random io.Reader) (string, error) {
	for {
		s, err := drawPassword(random)
		if err != nil {
			return "", fmt.Errorf("draw password: %w", err)
		}
		if ByLength.Accept(s) == nil && Classified.Accept(s) == nil {
			return s, nil // without a digit, or with few pieces: about one in a hundred is not
		}
	}
}

func drawPassword(random io.Reader) (string, error) {
	var b strings.Builder
	var one [1]byte
	for n := 0; n < groups*groupSize; {
		if _, err := io.ReadFull(random, one[:]); err != nil {
			return "", err
		}
		i := int(one[0])
		if i >= 256/len(alphabet)*len(alphabet) {
			continue // these would favour the first letters
		}
		if n > 0 && n%groupSize == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[i%len(alphabet)])
		n++
	}
	return b.String(), nil
}
