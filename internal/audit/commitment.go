package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// Commitment binds to content without showing it. The zero value means that
// there was nothing to commit to.
type Commitment [sha256.Size]byte

// IsZero says that there was nothing to commit to.
func (c Commitment) IsZero() bool { return c == Commitment{} }

func (c Commitment) text() string {
	if c.IsZero() {
		return "-"
	}
	return base64.StdEncoding.EncodeToString(c[:])
}

// SaltSize is the number of random bytes behind each commitment. Without its
// salt a commitment tells nothing, not even to somebody who can guess the
// content: erasing salt and content erases the record (PIPL 第四十七条) while
// the log stays verifiable.
const SaltSize = 32

// Commit binds to content under a salt that must be fresh and random. Nil
// content commits to nothing and yields the zero value; empty content does not.
func Commit(salt [SaltSize]byte, content []byte) Commitment {
	if content == nil {
		return Commitment{}
	}
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte("shiji-commitment/1\n"))
	mac.Write(content)
	return Commitment(mac.Sum(nil))
}

// SetRoot returns the Merkle root over members in their order: one event
// commits to all results of an evaluation, or all versions of a batch.
func SetRoot(members []Commitment) Commitment {
	var t Tree
	for i := range members {
		t.Append(tlog.RecordHash(members[i][:]))
	}
	return Commitment(t.Root())
}

// ProveMember returns the hashes that lead from members[i] to SetRoot(members).
func ProveMember(members []Commitment, i int) (tlog.RecordProof, error) {
	if i < 0 || i >= len(members) {
		return nil, errors.New("proof: no such member")
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for k, j := range at {
			out[k] = stored[j]
		}
		return out, nil
	})
	for k := range members {
		hashes, err := tlog.StoredHashes(int64(k), members[k][:], reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	return tlog.ProveRecord(int64(len(members)), int64(i), reader)
}
