package store

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// ResultProof is all that shows without the server that a result was evaluated
// as it is: Own, Place and Trace are the parts to which the result's commitment
// binds, Path leads from it to the root in Event, and Log shows that Event stands in
// the log whose public key is Key. Head with its salt opens what the event says of
// all members; it names nobody's result but may tell of a few. Place and Trace may
// tell of others as well: the caller decides who gets them opened.
type ResultProof struct {
	Key      string
	Log      audit.Proof
	Event    []byte
	Members  int64
	Ordinal  int64
	Path     tlog.RecordProof
	Own      ResultPart
	Place    ResultPart
	Trace    ResultPart
	Head     []byte
	HeadSalt [audit.SaltSize]byte
}

// ResultProof proves one person's current result in the scope. It rests on the
// last signed checkpoint: of a younger evaluation the proof is "not found" until
// the next one.
func (s *Store) ResultProof(ctx context.Context, scope org.Scope, a Appraisal, subject string) (ResultProof, error) {
	type row struct {
		Result
		evaluation, event             string
		seal, salt, head, headingSalt []byte
	}
	w := currentResults(scope, a)
	w.and("result.subject = %s", subject)
	r, err := one(ctx, s.q, func(rows *sql.Rows) (o row, err error) {
		err = rows.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Initials, &o.Group, &o.Score, &o.Place, &o.Of, &o.Ordinal, &o.Trace, &o.Facts,
			&o.salt, &o.evaluation, &o.event, &o.seal, &o.head, &o.headingSalt)
		return o, err
	}, `SELECT `+resultColumns+`, result.salt, evaluation.id, evaluation.event, evaluation.seal, heading.body, heading.salt`+resultTables+`
		JOIN evaluation ON evaluation.county = appraisal.county AND evaluation.id = appraisal.evaluation
		JOIN heading ON heading.county = evaluation.county AND heading.evaluation = evaluation.id`+w.String(), w.args...)
	if err != nil {
		return ResultProof{}, err
	}
	members := sealed(r.seal)
	p := ResultProof{Key: s.cfg.Keys.Verifier, Members: int64(len(members)), Ordinal: r.Ordinal, Head: r.head}
	var salt [audit.SaltSize]byte
	if copy(salt[:], r.salt) != len(salt) || copy(p.HeadSalt[:], r.headingSalt) != len(p.HeadSalt) {
		return ResultProof{}, fmt.Errorf("result proof: evaluation %s has a salt of another length", r.evaluation)
	}
	p.Own, p.Place, p.Trace = r.parts(r.evaluation, salt)
	if p.Path, err = audit.ProveMember(members, int(r.Ordinal)); err != nil {
		return ResultProof{}, fmt.Errorf("result proof: %w", err)
	}
	p.Log, p.Event, err = s.Proof(ctx, r.event)
	return p, err
}

// sealed returns the members' commitments out of an evaluation's seal.
func sealed(seal []byte) []audit.Commitment {
	members := make([]audit.Commitment, len(seal)/len(audit.Commitment{}))
	for i := range members {
		copy(members[i][:], seal[i*len(members[i]):])
	}
	return members
}
