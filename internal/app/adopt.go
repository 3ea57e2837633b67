package app

import (
	"context"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// Confirm is what somebody says who adopts a batch.
type Confirm struct {
	// Names says that each renamed person of the preview is the same as on file,
	// and that the workbook's name is the right one.
	Names bool
}

// AdoptBatch makes what v handed in the valid evidence of the school's term, and
// enters the people whom it is the first to name. One change does both: whoever
// has evidence has a number. Identity numbers are not known from workbooks, so a
// teacher who comes from another school of the city is entered anew.
//
// Posts are opened and not ended here: whoever left within the term is still
// appraised for it, and who is missing from one workbook may be in the next.
func (s *Service) AdoptBatch(ctx context.Context, v *Viewer, id string, c Confirm) error {
	b, u, g, err := s.batchFor(ctx, v, org.EvidenceAdopt, id)
	if err != nil {
		return err
	}
	if b.State == store.BatchAdopted {
		return fault.New(fault.Conflict, "app.batch-adopted")
	}
	h, err := s.handIn(ctx, v, u, id)
	if err != nil {
		return err
	}
	if key := unready[h.state]; key != "" {
		return fault.New(fault.Refused, key)
	}
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Adopt(ctx, b.County, b.ID); err != nil { // first: it holds off whoever else would
			return err
		}
		return enter(ctx, tx, u, h.p, c)
	})
	if err != nil {
		return err
	}
	return s.dropReceipt(ctx, b.Batch)
}

// unready are the keys of why a batch cannot be adopted.
var unready = map[BatchState]string{
	BatchFaulty: "app.batch-faulty", BatchCut: "app.batch-cut", BatchSame: "app.batch-same", BatchOvertaken: "app.batch-overtaken",
}

// enter brings the people on file to what p says of them.
func enter(ctx context.Context, tx *store.Tx, u org.Unit, p *evidence.Package, c Confirm) error {
	roll, err := rollOf(ctx, tx.Reader, u)
	if err != nil {
		return err
	}
	onFile := map[string]org.Person{}
	for _, post := range roll.posts {
		onFile[post.Code] = roll.people[post.Person]
	}
	var faults fault.List
	for _, member := range p.Staff {
		known, ok := onFile[member.ID]
		switch {
		case !ok:
			_, err = employ(ctx, tx, u, p, member)
		case known.Name != member.Name && !c.Names:
			faults.Addf(fault.Conflict, fault.Place{Sheet: "教职工"}, "app.batch-names", member.ID, known.Name, member.Name)
		case known.Name != member.Name:
			known.Name, known.Sort, known.Initials = member.Name, pinyin.Sort(member.Name), pinyin.Initials(member.Name)
			err = tx.ChangePerson(ctx, known)
		}
		if err != nil {
			return err
		}
	}
	return faults.Err()
}

// employ enters a person and her post. Since when she has it the workbook may
// not say; then it is known since the term's beginning.
func employ(ctx context.Context, tx *store.Tx, u org.Unit, p *evidence.Package, member evidence.Staff) (org.PersonID, error) {
	person, err := tx.AddPerson(ctx, org.Person{Name: member.Name, Sort: pinyin.Sort(member.Name), Initials: pinyin.Initials(member.Name)}, "")
	if err != nil {
		return "", err
	}
	since := member.Joined
	if since == "" {
		since = p.School[0].Start
	}
	_, err = tx.BeginPost(ctx, store.Post{Person: person.ID, Unit: u.ID, Code: member.ID, Name: member.Position, Since: since})
	return person.ID, err
}
