package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/audit"
	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/scheme"
)

// Vouched is what a log says for a bundle.
type Vouched struct {
	Key        string           // of the log; whoever knows it from elsewhere compares it
	Checkpoint audit.Checkpoint // on which the proof rests
	Leaf       int64            // number of the evaluation's entry
	At         string           // when it was evaluated, UTC
	Appraisal  string           // its id
	Whole      bool             // every value and reference; else the values behind the total are only recomputed, for quantities of few people are withheld
	Cover      bool             // school, term and label too
}

// Vouch checks b's proof, down from a signed checkpoint of the log to each thing
// that b says: subject, name, group, total, own facts, scheme and cohort, and every
// step unless something in it was withheld. Of a place no bundle says anything.
// c is what Verify compiled. The proof's own key is believed unless key names the
// one it must be. The error lists everything that does not agree.
func (b *Bundle) Vouch(c *scheme.Compiled, key string) (*Vouched, error) {
	if b.Proof == "" {
		return nil, fault.New(fault.Missing, "app.proof-none")
	}
	p, err := ParseProof(b.Proof)
	if err != nil {
		return nil, err
	}
	if key != "" && key != p.Key {
		return nil, fault.New(fault.Conflict, "app.proof-key", p.Key, key)
	}
	v, evidence, err := p.logged()
	if err != nil {
		return nil, err
	}
	var faults fault.List
	b.agree(p, evidence, c, v, &faults)
	return v, faults.Err()
}

// logged follows the log's proof to the event of an evaluation.
func (p *Proof) logged() (*Vouched, [4]audit.Commitment, error) {
	var none [4]audit.Commitment
	verifier, err := note.NewVerifier(p.Key)
	if err != nil {
		return nil, none, fault.New(fault.Conflict, "app.proof-log").Because(err)
	}
	log, err := audit.ParseProof(p.Log)
	if err != nil {
		return nil, none, fault.New(fault.Conflict, "app.proof-log").Because(err)
	}
	cp, err := log.Check([]byte(p.Event), verifier)
	if err != nil {
		return nil, none, fault.New(fault.Conflict, "app.proof-log").Because(err)
	}
	e, err := audit.ParseEvent([]byte(p.Event))
	if err != nil {
		return nil, none, fault.New(fault.Conflict, "app.proof-event").Because(err)
	}
	evidence, ok := evidenceOf(e)
	if !ok {
		return nil, none, fault.New(fault.Conflict, "app.proof-event")
	}
	return &Vouched{Key: p.Key, Checkpoint: cp, Leaf: log.Index, At: e.Time, Appraisal: e.Object[len("appraisal/"):]}, evidence, nil
}

// agree holds b to what the event commits to.
func (b *Bundle) agree(p *Proof, evidence [4]audit.Commitment, c *scheme.Compiled, v *Vouched, faults *fault.List) {
	differs := func(what, logged, shown string) {
		if logged != shown {
			faults.Addf(fault.Conflict, fault.Place{}, "app.proof-differs", what, logged, shown)
		}
	}
	if evidence[1] != audit.Commitment(c.Digest) {
		differs("方案摘要", hex.EncodeToString(evidence[1][:]), c.Digest.String())
	}
	if evidence[2] != audit.Commitment(b.Cohort) {
		differs("全体数据摘要", hex.EncodeToString(evidence[2][:]), b.Cohort.String())
	}
	text, ok := p.own()
	steps, known := p.steps()
	member, whole := p.member()
	if !ok || !known || !whole || !p.leads(member, evidence[0]) {
		faults.Addf(fault.Conflict, fault.Place{}, "app.proof-member")
		return
	}
	differs("工号", text.subject, b.Subject)
	differs("姓名", text.name, b.Name)
	differs("组别", text.group, b.Result.Group)
	differs("总分", text.score, ScoreText(b.Result))
	differs("本人数据摘要", text.facts, digest(fact.Encode(b.Facts)))
	said := Unplaced(b.Result)
	own := digest(said.Encode())
	if v.Whole = steps == own; steps != "" || !Withheld(b.Result) { // where something is withheld the digest would tell it to whoever tries
		differs("逐项得分摘要", steps, own)
	}
	b.agreeCover(p, evidence[3], v, faults)
}

// cover is what the head of an evaluation says that a bundle says as well.
type cover struct {
	School string `json:"school"`
	Term   string `json:"term"`
	Label  string `json:"label"`
}

// agreeCover holds school, term and label to the head that the event commits to.
func (b *Bundle) agreeCover(p *Proof, head audit.Commitment, v *Vouched, faults *fault.List) {
	if p.Head == "" && len(p.HeadSalt) == 0 {
		return
	}
	var said cover
	if !opens(p.HeadSalt, p.Head, head) || json.Unmarshal([]byte(p.Head), &said) != nil {
		faults.Addf(fault.Conflict, fault.Place{}, "app.proof-cover")
		return
	}
	if v.Cover = said == (cover{b.School, b.Term, b.Label}); !v.Cover {
		faults.Addf(fault.Conflict, fault.Place{}, "app.proof-differs", "学校与周期", said.School+" "+said.Term+" "+said.Label, b.School+" "+b.Term+" "+b.Label)
	}
}

// ScoreText is the total as the store keeps it and the log commits to it: exact,
// "" without one.
func ScoreText(res eval.Result) string {
	if !res.Scored {
		return ""
	}
	return res.Score.String()
}

// Unplaced is res without its place among others, to which the log commits apart
// from the steps, and of which no bundle says anything.
func Unplaced(res eval.Result) eval.Result {
	res.Place, res.Of = 0, 0
	return res
}

// Withheld reports whether quantities of few people were taken out of res
// (eval.Mask), which makes its trace another one than the log's.
func Withheld(res eval.Result) bool {
	return slices.ContainsFunc(res.Refs, func(r eval.Ref) bool { return r.Name == eval.RefValue || r.Name == "n" && r.Value.Sign() == 0 })
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
