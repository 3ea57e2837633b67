package audit

import (
	"crypto/hmac"
	"crypto/sha256"
)

// PartSalt derives the salt of one named part of a record from the record's own.
// It leads one way only: whoever is given the salt of a part learns neither the
// record's nor that of another part.
func PartSalt(salt [SaltSize]byte, part string) [SaltSize]byte {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte("shiji-part-salt/1\n"))
	mac.Write([]byte(part))
	return [SaltSize]byte(mac.Sum(nil))
}

// CommitParts binds to a record by the commitments to its parts, in their order:
// any of them can be opened while the others stay closed. All of them together
// have the size of the message, so no two lists of parts give the same bytes.
func CommitParts(parts ...Commitment) Commitment {
	h := sha256.New()
	h.Write([]byte("shiji-parts/1\n"))
	for _, p := range parts {
		h.Write(p[:])
	}
	return Commitment(h.Sum(nil))
}
