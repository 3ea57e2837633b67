package store

import (
	"database/sql"
	"slices"
	"strings"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// row is one state row as the audit sees it.
type row struct {
	object  string
	event   string
	bytes   []byte
	version int64
}

// rowTables are the tables whose rows events account for.
func (v *auditor) rowTables() []func() ([]row, error) {
	return []func() ([]row, error){
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				u, err := scanUnit(r)
				return row{"unit/" + string(u.ID), u.event, u.canonical(), u.Version}, err
			}, "SELECT "+unitColumns+" FROM unit")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				p, err := scanPerson(r)
				return row{"person/" + string(p.ID), p.event, p.canonical(), p.Version}, err
			}, "SELECT "+personColumns+" FROM person")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				p, err := scanPost(r)
				return row{"post/" + p.ID, p.event, p.canonical(), p.Version}, err
			}, "SELECT "+postColumns+" FROM post")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				a, err := scanAccount(r)
				return row{"account/" + string(a.ID), a.event, a.canonical(), a.Version}, err
			}, "SELECT "+accountColumns+" FROM account")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				o, err := scanRole(r)
				return row{"role/" + o.ID, o.event, o.canonical(), o.Version}, err
			}, "SELECT "+roleColumns+" FROM role LEFT JOIN unit ON unit.id = role.unit")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				s, err := scanScheme(r)
				return row{"scheme/" + s.ID, s.event, s.canonical(), 1}, err
			}, "SELECT "+schemeColumns+" FROM scheme")
		},
		func() ([]row, error) {
			return list(v.ctx, v.q, func(r *sql.Rows) (row, error) {
				a, err := scanAppraisal(r)
				return row{"appraisal/" + a.ID, a.event, a.canonical(), a.Version}, err
			}, "SELECT "+appraisalColumns+" FROM appraisal")
		},
		v.batchRows,
	}
}

func (v *auditor) batchRows() ([]row, error) {
	batches, err := list(v.ctx, v.q, scanBatch, "SELECT "+batchColumns+" FROM batch WHERE state = 'adopted'")
	if err != nil {
		return nil, err
	}
	out := make([]row, len(batches))
	for i, b := range batches {
		originals, err := originalsOf(v.ctx, v.q, b)
		if err != nil {
			return nil, err
		}
		out[i] = row{"batch/" + b.ID, b.Event, b.canonical(originals), 1}
	}
	return out, nil
}

// checkRows holds every row to the last event about it: same event, same
// version, and the content to which the event committed.
func (v *auditor) checkRows(Audit) error {
	for _, table := range v.rowTables() {
		rows, err := table()
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := v.checkRow(r); err != nil {
				return err
			}
		}
	}
	if err := v.checkRepeated(); err != nil {
		return err
	}
	var missing []string
	for object, s := range v.states {
		if !s.seen {
			missing = append(missing, object)
		}
	}
	slices.Sort(missing)
	for _, object := range missing {
		v.fault("store.audit-missing", object)
	}
	return nil
}

// checkRepeated holds what lists repeat of other rows, which no event commits to,
// to those rows: the sort key of a post's person, the people of a unit.
func (v *auditor) checkRepeated() error {
	stray, err := list(v.ctx, v.q, text, "SELECT post.id FROM post LEFT JOIN person ON person.id = post.person WHERE person.id IS NULL OR person.sort <> post.sort ORDER BY post.id")
	if err != nil {
		return err
	}
	for _, id := range stray {
		v.fault("store.audit-row", "post/"+id)
	}
	people := map[org.Path]int64{}
	last := map[org.Path]string{} // whom each unit counted last
	if _, err := list(v.ctx, v.q, func(r *sql.Rows) (struct{}, error) {
		var person string
		var path org.Path
		err := r.Scan(&person, &path)
		for i, c := range path {
			if above := path[:i+1]; c == '/' && last[above] != person {
				last[above] = person
				people[above]++
			}
		}
		return struct{}{}, err
	}, "SELECT person, path FROM post ORDER BY person"); err != nil {
		return err
	}
	_, err = list(v.ctx, v.q, func(r *sql.Rows) (struct{}, error) {
		var id string
		var path org.Path
		var n int64
		err := r.Scan(&id, &path, &n)
		if n != people[path] {
			v.fault("store.audit-row", "unit/"+id)
		}
		return struct{}{}, err
	}, "SELECT id, path, people FROM unit ORDER BY id")
	return err
}

func (v *auditor) checkRow(r row) error {
	v.report.Rows++
	s, known := v.states[r.object]
	if !known || s.event != r.event {
		waits, err := one(v.ctx, v.q, integer, "SELECT COUNT(*) FROM pending WHERE event = $1", r.event)
		if err != nil {
			return err
		}
		if waits == 0 {
			v.fault("store.audit-row", r.object)
		}
		if !known {
			return nil
		}
		s.seen = true
		v.states[r.object] = s
		return nil
	}
	s.seen = true
	v.states[r.object] = s
	// what was erased cannot be opened; detail has judged that
	if s.opened && audit.Commit(s.salt, r.bytes) != s.after || s.version != r.version {
		v.fault("store.audit-row", r.object)
	}
	return nil
}

// checkVersions holds every adopted version to its batch's root and to its own
// commitment.
func (v *auditor) checkVersions(Audit) error {
	batches, err := list(v.ctx, v.q, scanBatch, "SELECT "+batchColumns+" FROM batch WHERE state = 'adopted' ORDER BY county, id")
	if err != nil {
		return err
	}
	for _, b := range batches {
		versions, err := list(v.ctx, v.q, v.scanVersion, "SELECT "+versionColumns+", payload.salt, payload.body FROM version LEFT JOIN payload ON payload.county = version.county AND payload.version = version.id WHERE version.county = $1 AND version.batch = $2 ORDER BY version.ordinal", b.County, b.ID)
		if err != nil {
			return err
		}
		members := make([]audit.Commitment, len(versions))
		for i, o := range versions {
			v.report.Rows++
			members[i] = o.member()
			if o.ordinal != int64(i) {
				v.fault("store.audit-version", o.id, o.kind, o.key)
			}
		}
		if logged, known := v.sets[b.Event]; known && audit.SetRoot(members) != logged.evidence[0] {
			v.fault("store.audit-set", "batch/"+b.ID)
			for _, o := range versions { // the root does not tell which
				v.fault("store.audit-version", o.id, o.kind, o.key)
			}
		}
	}
	return nil
}

// salted is content with its salt.
type salted struct {
	salt    [audit.SaltSize]byte
	content []byte
}

func scanSalted(r *sql.Rows) (s salted, err error) {
	var salt []byte
	err = r.Scan(&salt, &s.content)
	if s.content == nil {
		s.content = []byte{}
	}
	copy(s.salt[:], salt)
	return s, err
}

func commitmentOf(b []byte) (c audit.Commitment) {
	copy(c[:], b)
	return c
}

// scanVersion reads a version with its payload, and holds the body, which it does
// not keep, to the version's commitment.
func (v *auditor) scanVersion(r *sql.Rows) (o versionRow, err error) {
	var salt, body []byte
	if err := r.Scan(&o.batch, &o.ordinal, &o.id, &o.kind, &o.key, &o.replaces, &o.commitment, &salt, &body); err != nil {
		return o, err
	}
	if body == nil {
		body = []byte{}
	}
	var s [audit.SaltSize]byte
	copy(s[:], salt)
	switch {
	case salt == nil && v.erased[o.id] != "":
		v.report.Erased++
	case salt == nil, audit.Commit(s, body) != commitmentOf(o.commitment):
		v.fault("store.audit-version", o.id, o.kind, o.key)
	}
	return o, nil
}

// checkDocuments holds the valid versions to the history of adoptions.
func (v *auditor) checkDocuments(Audit) error {
	const history = ` FROM adoption a
		LEFT JOIN version o ON o.county = a.county AND o.id = a.version
		LEFT JOIN batch b ON b.county = o.county AND b.id = o.batch
		LEFT JOIN document d ON d.county = o.county AND d.unit = b.unit AND d.term = b.term AND d.kind = o.kind AND d.natural_key = o.natural_key`
	for _, q := range []string{
		// an adoption that its batch's event did not make, or beyond the document's number
		"SELECT a.version" + history + " WHERE b.event IS NULL OR a.event <> b.event OR d.number IS NULL OR a.number > d.number OR (a.number = d.number) <> (a.version = d.version)",
		// an adopted version that was never adopted
		"SELECT o.id FROM version o JOIN batch b ON b.county = o.county AND b.id = o.batch LEFT JOIN adoption a ON a.county = o.county AND a.version = o.id WHERE b.state = 'adopted' AND a.version IS NULL",
	} {
		ids, err := list(v.ctx, v.q, text, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			v.fault("store.audit-document", id)
		}
	}
	// a document whose history does not count to its number
	counted, err := list(v.ctx, v.q, text, `SELECT d.version FROM document d LEFT JOIN (
			SELECT o.county, b.unit, b.term, o.kind, o.natural_key, COUNT(DISTINCT a.number) AS n
			FROM adoption a JOIN version o ON o.county = a.county AND o.id = a.version
			JOIN batch b ON b.county = o.county AND b.id = o.batch
			GROUP BY o.county, b.unit, b.term, o.kind, o.natural_key) h
		ON h.county = d.county AND h.unit = d.unit AND h.term = d.term AND h.kind = d.kind AND h.natural_key = d.natural_key
		WHERE h.n IS NULL OR h.n <> d.number`)
	if err != nil {
		return err
	}
	for _, id := range counted {
		v.fault("store.audit-document", id)
	}
	return v.checkNumbers()
}

// evaluationRow is one evaluation as the audit sees it.
type evaluationRow struct {
	county, id, appraisal, scheme, cohort, event string
	seal                                         []byte
}

// checkResults holds every evaluation to its event, and every result to its
// commitment in the evaluation's seal.
func (v *auditor) checkResults(Audit) error {
	evaluations, err := list(v.ctx, v.q, func(r *sql.Rows) (e evaluationRow, err error) {
		err = r.Scan(&e.county, &e.id, &e.appraisal, &e.scheme, &e.cohort, &e.event, &e.seal)
		return e, err
	}, "SELECT county, id, appraisal, scheme, cohort, event, seal FROM evaluation ORDER BY county, id")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, e := range evaluations {
		seen[e.event] = true
		if err := v.checkEvaluation(e); err != nil {
			return err
		}
	}
	var missing []string
	for event, s := range v.sets {
		if strings.HasPrefix(s.object, "appraisal/") && !seen[event] {
			missing = append(missing, s.object+" "+event)
		}
	}
	slices.Sort(missing)
	for _, m := range missing {
		v.fault("store.audit-missing", m)
	}
	lost, err := list(v.ctx, v.q, text, "SELECT r.evaluation FROM result r LEFT JOIN evaluation e ON e.county = r.county AND e.id = r.evaluation WHERE e.id IS NULL UNION SELECT h.evaluation FROM heading h LEFT JOIN evaluation e ON e.county = h.county AND e.id = h.evaluation WHERE e.id IS NULL ORDER BY 1")
	for _, id := range lost {
		v.fault("store.audit-missing", "evaluation/"+id)
	}
	return err
}

func (v *auditor) checkEvaluation(e evaluationRow) error {
	v.report.Rows++
	members := make([]audit.Commitment, len(e.seal)/len(audit.Commitment{}))
	for i := range members {
		copy(members[i][:], e.seal[i*len(members[i]):])
	}
	scheme, _ := commitmentOfHex(e.scheme) // a malformed one equals nothing logged
	cohort, _ := commitmentOfHex(e.cohort)
	logged, known := v.sets[e.event]
	switch {
	case !known && v.report.Waiting > 0: // its event has no leaf yet
	case !known, logged.object != "appraisal/"+e.appraisal, len(e.seal)%len(audit.Commitment{}) != 0, len(logged.evidence) != 4,
		!slices.Equal(logged.evidence[:3], []audit.Commitment{audit.SetRoot(members), scheme, cohort}):
		v.fault("store.audit-set", "evaluation/"+e.id)
	default:
		if err := v.checkHeading(e, logged.evidence[3]); err != nil {
			return err
		}
	}
	rows, err := v.q.rows(v.ctx, "SELECT subject, person, name, sort, initials, grp, score, place, among, ordinal, trace, facts, salt FROM result WHERE county = $1 AND evaluation = $2 ORDER BY ordinal", e.county, e.id)
	if err != nil {
		return err
	}
	defer rows.Close()
	var n int
	for ; rows.Next(); n++ {
		var r Result
		var salt []byte
		if err := rows.Scan(&r.Subject, &r.Person, &r.Name, &r.Sort, &r.Initials, &r.Group, &r.Score, &r.Place, &r.Of, &r.Ordinal, &r.Trace, &r.Facts, &salt); err != nil {
			return err
		}
		var s [audit.SaltSize]byte
		copy(s[:], salt)
		v.report.Rows++
		if _, unpacked := r.Facts.Unpack(); unpacked != nil || r.Ordinal < 0 || r.Ordinal >= int64(len(members)) || r.commitment(e.id, s) != members[r.Ordinal] {
			v.fault("store.audit-result", e.id, r.Subject)
		}
	}
	if n == 0 && len(members) > 0 && v.erased[e.id] != "" {
		v.report.Erased++
	} else if n != len(members) {
		v.fault("store.audit-set", "evaluation/"+e.id)
	}
	return rows.Err()
}

// checkHeading holds what an evaluation says of all to its commitment.
func (v *auditor) checkHeading(e evaluationRow, logged audit.Commitment) error {
	h, err := one(v.ctx, v.q, scanSalted, "SELECT salt, body FROM heading WHERE county = $1 AND evaluation = $2", e.county, e.id)
	switch {
	case isNotFound(err) && v.erased[e.id] != "": // counted with the results
	case isNotFound(err):
		v.fault("store.audit-set", "evaluation/"+e.id)
	case err != nil:
		return err
	case audit.Commit(h.salt, h.content) != logged:
		v.fault("store.audit-set", "evaluation/"+e.id)
	}
	return nil
}

// checkBlobs reads every original and compares it with its digest.
func (v *auditor) checkBlobs(a Audit) error {
	if !a.Blobs {
		return nil
	}
	shas, err := list(v.ctx, v.q, text, "SELECT DISTINCT blob.sha FROM blob JOIN batch ON batch.county = blob.county AND batch.id = blob.batch WHERE batch.state = 'adopted' ORDER BY blob.sha")
	if err != nil {
		return err
	}
	for _, sha := range shas {
		v.report.Rows++
		if got, err := v.s.hashBlob(sha); err != nil || got != sha {
			v.fault("store.audit-blob", sha)
		}
	}
	return nil
}
