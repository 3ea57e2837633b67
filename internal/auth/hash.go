package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one hash takes. OWASP's first choice for argon2id; 22 to 34 ms
// on one core of a small server.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var current = cost{memory: 19 * 1024, passes: 2, threads: 1}

// most bounds what a stored hash may ask for: a row that somebody wrote past the
// program must not take the server's memory.
var most = cost{memory: 256 * 1024, passes: 16, threads: 4}

const (
	saltSize      = 16
	keySize       = 32
	atOnce        = 8    // × 19 MiB: what sign-ins may take together
	maxTyped      = 1024 // bytes that are looked at; MaxLength characters need fewer
	secondsPerDay = 24 * 60 * 60
)

// Hasher turns passwords into hashes and compares them, at most eight at once:
// sign-in must not become a way to exhaust the server's memory. Whoever comes
// ninth waits until its context ends. Safe for concurrent use.
type Hasher struct {
	random io.Reader
	now    func() int64
	slots  chan struct{}
	cost   cost
}

// NewHasher returns a Hasher that draws salts from random and dates hashes by
// now, which gives Unix seconds.
func NewHasher(random io.Reader, now func() int64) *Hasher {
	return &Hasher{random: random, now: now, slots: make(chan struct{}, atOnce), cost: current}
}

// Hash returns the hash of a password in the PHC string format, with its
// parameters, its salt and, as parameter d, the day on which it was made: a
// policy with a greatest age needs it (SetOn).
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	var salt [saltSize]byte
	if _, err := io.ReadFull(h.random, salt[:]); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	p := hash{cost: h.cost, day: h.now() / secondsPerDay, salt: salt[:]}
	var err error
	if p.key, err = h.derive(ctx, password, p, keySize); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return p.String(), nil
}

// Check says whether password is the one behind secret, which Hash made. Again
// says that the caller should store a new hash, because this one was made with
// parameters that are no longer ours; it is false when ok is.
func (h *Hasher) Check(ctx context.Context, secret, password string) (ok, again bool, err error) {
	p, err := parseHash(secret)
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	key, err := h.derive(ctx, password, p, uint32(len(p.key)))
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	ok = subtle.ConstantTimeCompare(key, p.key) == 1
	return ok, ok && (p.cost != h.cost || len(p.key) != keySize), nil
}

// Decoy takes as long as Check and finds nothing: call it when there is no
// account, so that the time of the answer does not tell which logins exist.
func (h *Hasher) Decoy(ctx context.Context, password string) error {
	_, err := h.derive(ctx, password, hash{cost: h.cost, salt: make([]byte, saltSize)}, keySize)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	return nil
}

func (h *Hasher) derive(ctx context.Context, password string, p hash, size uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // a free slot would win over an ended context half the time
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(normal(password)), p.salt, p.passes, p.memory, p.threads, size), nil
}

// normal returns the password as it is hashed: NFKC (RFC 8265, NIST 63B-4
// 3.1.1.2), for input methods write the same character in different ways. One
// beyond every limit is cut short, then hashed: no policy lets it be set, and
// the answer takes as long as any.
func normal(password string) string {
	if len(password) > maxTyped {
		password = password[:maxTyped]
	}
	return norm.NFKC.String(password)
}

// hash is a stored hash taken apart.
type hash struct {
	cost
	day  int64 // since 1970-01-01
	salt []byte
	key  []byte
}

var base = base64.RawStdEncoding.Strict()

func (p hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d,d=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads, p.day,
		base.EncodeToString(p.salt), base.EncodeToString(p.key))
}

var errMalformed = errors.New("malformed password hash")

func parseHash(s string) (p hash, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return p, errMalformed
	}
	numbers := [4]int64{}
	fields := strings.Split(parts[3], ",")
	if len(fields) != len(numbers) {
		return p, errMalformed
	}
	for i, name := range []string{"m=", "t=", "p=", "d="} {
		digits, named := strings.CutPrefix(fields[i], name)
		n, err := strconv.ParseUint(digits, 10, 31)
		if !named || err != nil {
			return p, errMalformed
		}
		numbers[i] = int64(n)
	}
	m, t, threads := numbers[0], numbers[1], numbers[2]
	if m < 8 || m > int64(most.memory) || t < 1 || t > int64(most.passes) || threads < 1 || threads > int64(most.threads) {
		return p, errMalformed
	}
	p.cost, p.day = cost{uint32(m), uint32(t), uint8(threads)}, numbers[3]
	if p.salt, err = base.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return p, errMalformed
	}
	if p.key, err = base.DecodeString(parts[5]); err != nil || len(p.key) < 16 || len(p.key) > 64 {
		return p, errMalformed
	}
	return p, nil
}

// SetOn returns the day since 1970-01-01 on which the password behind secret was
// set or, which is rare, hashed again.
func SetOn(secret string) (day int64, err error) {
	p, err := parseHash(secret)
	if err != nil {
		return 0, fmt.Errorf("age of password: %w", err)
	}
	return p.day, nil
}

// length counts characters as the person typed them.
func length(password string) int { return utf8.RuneCountInString(password) }
