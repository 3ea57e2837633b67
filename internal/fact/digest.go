package fact

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
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
	var buf []byte // one write a fact: what is hashed is short, and calls are dear
	for i := range facts {
		f := &facts[i]
		buf = appendParts(buf[:0], f.Subject, f.Key, f.Item, f.Value.String(), f.Code, f.State.String(), f.Source)
		h.Write(buf)
	}
	return Digest(h.Sum(nil))
}

// DigestOfText returns the digest of parts, each with its length, so that no
// two different lists share bytes.
func DigestOfText(parts ...string) Digest { return sha256.Sum256(appendParts(nil, parts...)) }

func appendParts(b []byte, parts ...string) []byte {
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}
