package store

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"
)

// timeLayout is the one form in which moments are stored: UTC, fixed width,
// sorting as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// FormatTime returns t as the store writes it.
func FormatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// ParseTime reads what FormatTime wrote.
func ParseTime(s string) (time.Time, error) {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("parse time: %w", err)
	}
	return t, nil
}

// IDs gives ids: 26 characters, 48 bits of milliseconds and 80 random bits in
// Crockford's base 32, so that ids sort by time. Within one millisecond, and
// when the clock steps back, they still ascend. Safe for concurrent use.
type IDs struct {
	mu     sync.Mutex
	random io.Reader
	last   [16]byte
}

// NewIDs returns a source that draws from random: crypto/rand in earnest, a
// seeded stream in demo and tests.
func NewIDs(random io.Reader) *IDs { return &IDs{random: random} }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Next returns the next id at now.
func (g *IDs) Next(now time.Time) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var b [16]byte
	ms := uint64(max(now.UnixMilli(), 0))
	binary.BigEndian.PutUint64(b[:8], ms<<16)
	if ms <= binary.BigEndian.Uint64(g.last[:8])>>16 {
		b = g.last
		for i := 15; i >= 0; i-- { // overflow would take 2^80 ids in a millisecond
			if b[i]++; b[i] != 0 {
				break
			}
		}
	} else if _, err := io.ReadFull(g.random, b[6:]); err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	g.last = b
	return encodeID(b), nil
}

// encodeID writes 128 bits as 26 characters, the first of which holds three.
func encodeID(b [16]byte) string {
	var out [26]byte
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// systemRandom is where salts, tokens and nonces come from unless a test says
// otherwise.
var systemRandom io.Reader = rand.Reader
