// Package bundle is what a teacher takes home: the own facts, the cohort's
// references, the effective scheme and the result, in one file that any copy of
// the program recomputes without the server.
//
// It holds no other person's facts. The first line seals the rest, so that one
// changed byte is noticed; who vouches for the seal (a server's log, or nobody)
// is said in the file and told by Verify, never assumed.
package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/measure"
	"shiji/internal/scheme"
)

// MaxSize bounds a bundle, in bytes.
const MaxSize = 8 << 20

// header opens every bundle: format, version, and the digest of all that follows.
const header = "shiji-bundle/1 sha256:"

// Bundle is one person's result with all it rests on.
type Bundle struct {
	School  string
	Term    string
	Label   string // as printed on results, e.g. that the data are synthetic
	Subject string
	Name    string

	Scheme scheme.File
	Policy *scheme.File `json:",omitempty"`
	Facts  []fact.Fact
	Result eval.Result
	Cohort fact.Digest // of everybody's facts; the school can recompute it

	Proof string // the log's proof; "" for a bundle made from a package alone
}

// Encode writes the bundle.
func (b *Bundle) Encode() ([]byte, error) {
	body, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	sum := sha256.Sum256(body)
	return append([]byte(header+hex.EncodeToString(sum[:])+"\n"), body...), nil
}

// Open reads a bundle and checks its seal.
func Open(data []byte) (*Bundle, error) {
	if len(data) > MaxSize {
		return nil, fault.New(fault.TooLarge, "app.bundle-large", len(data), MaxSize)
	}
	first, body, ok := bytes.Cut(data, []byte("\n"))
	given, isBundle := strings.CutPrefix(string(first), header)
	if !ok || !isBundle {
		return nil, fault.New(fault.Invalid, "app.bundle-format")
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != given {
		return nil, fault.New(fault.Conflict, "app.bundle-seal")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	var b Bundle
	if err := dec.Decode(&b); err != nil {
		return nil, fault.New(fault.Invalid, "app.bundle-format").Because(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "app.bundle-format")
	}
	return &b, nil
}

// Verify recomputes the result from the bundle alone, down from the own facts.
// The error lists every value that comes out differently.
func (b *Bundle) Verify() (*scheme.Compiled, *eval.Derivation, error) {
	s, err := scheme.Parse(b.Scheme, b.Policy)
	if err != nil {
		return nil, nil, err
	}
	_, facts, err := measure.Compile(s.Measures, s.AllTables())
	if err != nil {
		return nil, nil, err
	}
	c, err := scheme.Compile(s, facts)
	if err != nil {
		return nil, nil, err
	}
	if b.Result.Subject != b.Subject {
		return nil, nil, fault.New(fault.Conflict, "app.bundle-subject", b.Result.Subject, b.Subject)
	}
	if b.Result.Place != 0 || b.Result.Of != 0 {
		return nil, nil, fault.New(fault.Conflict, "app.bundle-place")
	}
	d, err := eval.Replay(c, b.Facts, b.Result)
	return c, d, err
}
