package fact

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
)

// Digest is a SHA-256 over canonical bytes.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) != hex.EncodedLen(len(d)) || bytes.ContainsAny(b, "ABCDEF") {
		return ErrDigest
	}
	_, err := hex.Decode(d[:], b)
	return err
}

// ErrDigest reports text that is not a digest as String writes it.
var ErrDigest = errors.New("fact: not a digest")

// DigestOf returns the digest of facts in their given order, which callers make
// canonical with Sort. Derivations (Work) are not part of it: they explain a
// value, and the value is what a result depends on.
func DigestOf(facts []Fact) Digest {
	h := sha256.New()
	for i := range facts {
		f := &facts[i]
		write(h, f.Subject, f.Key, f.Item, f.Value.String(), f.Code, f.State.String(), f.Source)
	}
	return Digest(h.Sum(nil))
}

// DigestOfText returns the digest of parts, each with its length, so that no
// two different lists share bytes.
func DigestOfText(parts ...string) Digest {
	h := sha256.New()
	write(h, parts...)
	return Digest(h.Sum(nil))
}

func write(h hash.Hash, parts ...string) {
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
}
