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
	// Holders says of each former holder of the preview, by code, who has it now.
	Holders map[string]Holder
}

// Holder says who has a staff code that was somebody's before.
type Holder string

// The same person, who came back, gets another post; another person gets a number
// of her own.
const (
	SamePerson    Holder = "same"
	AnotherPerson Holder = "another"
)

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
	roll, err := rollOf(ctx, tx.Reader, u, p.School[0])
	if err != nil {
		return err
	}
	var faults fault.List
	for _, member := range p.Staff {
		known, ok := roll.holders[member.ID]
		was, had := roll.former[member.ID]
		switch {
		case ok && known.person.Name == member.Name:
		case ok && !c.Names:
			faults.Addf(fault.Conflict, fault.Place{Sheet: "教职工"}, "app.batch-names", member.ID, known.person.Name, member.Name)
		case ok:
			err = rename(ctx, tx, known.person, member.Name)
		case had && c.Holders[member.ID] == SamePerson:
			if err = rename(ctx, tx, was.person, member.Name); err == nil {
				err = employ(ctx, tx, u, employment{was.person.ID, member, since(p, member, was.post.Until)})
			}
		case had && c.Holders[member.ID] != AnotherPerson:
			faults.Addf(fault.Conflict, fault.Place{Sheet: "教职工"}, "app.batch-former", member.ID, was.person.Name, was.post.Until, member.Name)
		default:
			_, err = admit(ctx, tx, u, employment{"", member, since(p, member, was.post.Until)})
		}
		if err != nil {
			return err
		}
	}
	return faults.Err()
}

// rename corrects a person's name on file, if it is another.
func rename(ctx context.Context, tx *store.Tx, person org.Person, name string) error {
	if person.Name == name {
		return nil
	}
	person.Name, person.Sort, person.Initials = name, pinyin.Sort(name), pinyin.Initials(name)
	return tx.ChangePerson(ctx, person)
}

// since returns since when a member has her post, which must be after the date
// until which somebody had her code. The workbook may not say; then it is known
// since the term's beginning.
func since(p *evidence.Package, member evidence.Staff, until string) string {
	if member.Joined > until {
		return member.Joined
	}
	return p.School[0].Start
}

// employment is a post to begin.
type employment struct {
	person org.PersonID
	member evidence.Staff
	since  string
}

// admit enters a person and her post.
func admit(ctx context.Context, tx *store.Tx, u org.Unit, e employment) (org.PersonID, error) {
	name := e.member.Name
	person, err := tx.AddPerson(ctx, org.Person{Name: name, Sort: pinyin.Sort(name), Initials: pinyin.Initials(name)}, "")
	if err != nil {
		return "", err
	}
	e.person = person.ID
	return person.ID, employ(ctx, tx, u, e)
}

func employ(ctx context.Context, tx *store.Tx, u org.Unit, e employment) error {
	_, err := tx.BeginPost(ctx, store.Post{Person: e.person, Unit: u.ID, Code: e.member.ID, Name: e.member.Position, Since: e.since})
	return err
}
