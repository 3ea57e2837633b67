package fact

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Digest is a SHA-256 over canonical bytes.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

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
