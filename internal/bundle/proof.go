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
	Format string `json:"format"`
	Key    string `json:"key"`   // public key of the log, as x/mod/sumdb/note writes it
	Log    string `json:"log"`   // c2sp.org/tlog-proof@v1 of Event, with a signed checkpoint
	Event  string `json:"event"` // canonical bytes of the evaluation's event
	Path   []Turn `json:"path"`  // from the result's commitment to the root over all results
	// Own, Place and Trace are the parts to which that commitment binds. The place
	// among others stays closed, and so does the digest of every step where quantities
	// of few people were withheld: what stands behind a digest can be tried.
	Own   Part `json:"own"`
	Place Part `json:"place"`
	Trace Part `json:"trace"`
	// Head says school and term as the evaluation's event commits to them. It is
	// left out when it also tells of others.
	Head     string `json:"head,omitempty"`
	HeadSalt []byte `json:"headSalt,omitempty"`
}

// Part is one part of a result's commitment: opened by its salt and content, or
// closed, when only its own commitment is told.
type Part struct {
	Closed  *tlog.Hash `json:"closed,omitempty"`
	Salt    []byte     `json:"salt,omitempty"`
	Content string     `json:"content,omitempty"`
}

// Opened shows what a part holds.
func Opened(salt [audit.SaltSize]byte, content []byte) Part {
	return Part{Salt: salt[:], Content: string(content)}
}

// Closed tells a part's commitment and nothing of what it holds.
func Closed(c audit.Commitment) Part { return Part{Closed: (*tlog.Hash)(&c)} }

// commitment returns what p commits to; not ok when it is neither opened nor closed,
// or both.
func (p Part) commitment() (c audit.Commitment, ok bool) {
	switch {
	case p.Closed != nil:
		return audit.Commitment(*p.Closed), len(p.Salt) == 0 && p.Content == ""
	case len(p.Salt) == audit.SaltSize:
		return audit.Commit([audit.SaltSize]byte(p.Salt), []byte(p.Content)), true
	}
	return audit.Commitment{}, false
}

// member returns the commitment to the whole result.
func (p *Proof) member() (audit.Commitment, bool) {
	own, ok := p.Own.commitment()
	place, placed := p.Place.commitment()
	trace, traced := p.Trace.commitment()
	return audit.CommitParts(own, place, trace), ok && placed && traced
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

// content is what the own part of a stored result says.
type content struct {
	subject, name, group, score string
	facts                       string // digest in hexadecimal
}

// The forms of the parts, which the store writes: each is a JSON array of text, the
// first of which names its form.
const (
	ownForm, ownFields     = "result-own/1", 11
	traceForm, traceFields = "result-trace/1", 2
)

// fields returns the texts of a part of the form, if it is opened and of that form.
func (p Part) fields(form string, n int) ([]string, bool) {
	var f []string
	if p.Closed != nil || json.Unmarshal([]byte(p.Content), &f) != nil || len(f) != n || f[0] != form {
		return nil, false
	}
	return f, true
}

// own parses the part that is the person's own.
func (p *Proof) own() (content, bool) {
	f, ok := p.Own.fields(ownForm, ownFields)
	if !ok {
		return content{}, false
	}
	// evaluation 1, ordinal 2, person 4, sort 6 and initials 7 tell nothing that a
	// bundle has beside
	return content{subject: f[3], name: f[5], group: f[8], score: f[9], facts: f[10]}, true
}

// steps returns the digest of every step, "" when that part is closed.
func (p *Proof) steps() (digest string, ok bool) {
	if p.Trace.Closed != nil {
		return "", true
	}
	f, ok := p.Trace.fields(traceForm, traceFields)
	if !ok {
		return "", false
	}
	return f[1], true
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
