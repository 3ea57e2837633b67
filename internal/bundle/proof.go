package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
)

// proofFormat names the shape of a proof; a changed shape gets a new name.
const proofFormat = "shiji-proof/1"

// Proof shows that a log holds the evaluation to which a result belongs. All of
// it can be checked with the log's public key alone.
type Proof struct {
	Format  string `json:"format"`
	Key     string `json:"key"`     // public key of the log, as x/mod/sumdb/note writes it
	Log     string `json:"log"`     // c2sp.org/tlog-proof@v1 of Event, with a signed checkpoint
	Event   string `json:"event"`   // canonical bytes of the evaluation's event
	Path    []Turn `json:"path"`    // from the result's commitment to the root over all results
	Salt    []byte `json:"salt"`    // opens the commitment
	Content string `json:"content"` // what it binds to
	// Head says school and term as the evaluation's event commits to them. It is
	// left out when it also tells of others.
	Head     string `json:"head,omitempty"`
	HeadSalt []byte `json:"headSalt,omitempty"`
}

// Turn is one step from a leaf to the root: the hash of the other side.
type Turn struct {
	Left bool      `json:"left,omitempty"` // the other side stands to the left
	Hash tlog.Hash `json:"hash"`
}

// Turns returns the way of member number i of n to the root, from the hashes that
// audit.ProveMember gives. A proof names sides instead of i and n: what nothing
// binds to has no place in it.
func Turns(path tlog.RecordProof, n, i int64) ([]Turn, error) {
	left := sides(n, i)
	if len(left) != len(path) {
		return nil, errors.New("bundle: the path is of another set")
	}
	out := make([]Turn, len(path))
	for k := range path {
		out[k] = Turn{left[k], path[k]}
	}
	return out, nil
}

// sides tells for each level, from the leaf up, whether the other side stands to
// the left (RFC 9162 2.1.1: the left subtree is the largest complete one).
func sides(n, i int64) []bool {
	if n <= 1 || i < 0 || i >= n {
		return nil
	}
	k := int64(1)
	for k*2 < n {
		k *= 2
	}
	if i < k {
		return append(sides(k, i), false)
	}
	return append(sides(n-k, i-k), true)
}

// leads reports whether p's path leads from c to root.
func (p *Proof) leads(c, root audit.Commitment) bool {
	h := tlog.RecordHash(c[:])
	for _, t := range p.Path {
		if t.Left {
			h = tlog.NodeHash(t.Hash, h)
		} else {
			h = tlog.NodeHash(h, t.Hash)
		}
	}
	return h == tlog.Hash(root)
}

// Text writes p as it stands in a bundle.
func (p *Proof) Text() (string, error) {
	p.Format = proofFormat
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(p)
	return b.String(), err
}

// ParseProof reads what Text wrote, and nothing that is spelled otherwise.
func ParseProof(text string) (*Proof, error) {
	bad := fault.New(fault.Invalid, "app.proof-format")
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var p Proof
	if err := dec.Decode(&p); err != nil {
		return nil, bad.Because(err)
	}
	if p.Format != proofFormat {
		return nil, bad
	}
	if again, err := p.Text(); err != nil || again != text {
		return nil, bad
	}
	return &p, nil
}

// content is what a stored result's commitment binds to: a JSON array of text,
// whose first entry names its form.
type content struct {
	subject, name, group, score, place string
	trace, facts                       string // digests in hexadecimal
}

// The places of a result's content in form result/1, which the store writes.
const (
	contentForm   = "result/1"
	contentFields = 13
)

func parseContent(text string) (content, bool) {
	var f []string
	if err := json.Unmarshal([]byte(text), &f); err != nil || len(f) != contentFields || f[0] != contentForm {
		return content{}, false
	}
	// evaluation 1, ordinal 2, person 4, sort 6 and initials 7 tell nothing that a
	// bundle has beside
	return content{subject: f[3], name: f[5], group: f[8], score: f[9], place: f[10], trace: f[11], facts: f[12]}, true
}

// opens reports whether salt and text are what c commits to.
func opens(salt []byte, text string, c audit.Commitment) bool {
	if len(salt) != audit.SaltSize {
		return false
	}
	got := audit.Commit([audit.SaltSize]byte(salt), []byte(text))
	return bytes.Equal(got[:], c[:])
}

// evidenceOf returns what the event of an evaluation rests on: the root over its
// results, the digests of scheme and cohort, and the commitment to its head.
func evidenceOf(e audit.Event) ([4]audit.Commitment, bool) {
	if e.Action != audit.AppraisalEvaluated || len(e.Evidence) != 4 || slices.ContainsFunc(e.Evidence, audit.Commitment.IsZero) {
		return [4]audit.Commitment{}, false
	}
	return [4]audit.Commitment(e.Evidence), true
}
