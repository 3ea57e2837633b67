package app

import (
	"context"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// roll tells whom a unit's staff codes (工号) name in a term.
type roll struct {
	school  evidence.School
	holders map[string]holder // who holds a code in the term
	former  map[string]holder // of codes that nobody holds in the term: who had it last
	shared  map[string][]holder
	people  map[org.PersonID]org.Person
}

// holder is a person under a code.
type holder struct {
	post   store.Post
	person org.Person
}

// rollOf reads whom the codes of u name in the term of school. A post counts when it
// overlaps the term, ended or not: who left within the term is still appraised for
// it. When a code changed hands within the term, the later holder counts: the
// workbook has one line for it, and it is hers who is there now; compare warns.
//
// An open post that began after the term counts, too, where no other does: its date
// is often that of its entry, and its code is taken in any case. Under another name
// in the workbook it has to be confirmed like every other.
func rollOf(ctx context.Context, r store.Reader, u org.Unit, school evidence.School) (roll, error) {
	posts, err := r.StaffEver(ctx, org.Below(u.Path), u.ID)
	if err != nil {
		return roll{}, err
	}
	out := roll{school: school, holders: map[string]holder{}, former: map[string]holder{}, shared: map[string][]holder{}}
	if out.people, err = everybody(ctx, r, u); err != nil {
		return roll{}, err
	}
	for _, p := range posts { // of one code, in the order in which they began
		h := holder{p, out.people[p.Person]}
		before, held := out.holders[p.Code]
		switch {
		case p.Until != "" && p.Until < school.Start:
			out.former[p.Code] = h
		case p.Since > school.End && (p.Until != "" || held):
		default:
			if held && before.person.ID != h.person.ID {
				out.shared[p.Code] = append(out.shared[p.Code], before)
			}
			out.holders[p.Code] = h
		}
	}
	for code := range out.holders {
		delete(out.former, code)
	}
	return out, nil
}

// compare tells who in p is new, missing, called otherwise, or has a code that was
// somebody's.
func (r roll) compare(p *evidence.Package, out *Preview) {
	in := map[string]bool{}
	for _, member := range p.Staff {
		in[member.ID] = true
		known, ok := r.holders[member.ID]
		was, had := r.former[member.ID]
		switch {
		case ok && known.person.Name != member.Name:
			out.Renamed = append(out.Renamed, Renaming{member.ID, known.person.Name, member.Name})
		case !ok && had:
			out.Former = append(out.Former, Former{Code: member.ID, InBook: member.Name, OnFile: was.person.Name, Until: was.post.Until, Number: was.person.Number})
		case !ok:
			out.New = append(out.New, StaffLine{member.ID, member.Name})
		}
		for _, h := range r.shared[member.ID] {
			out.Warnings = append(out.Warnings, fault.New(fault.Conflict, "app.preview-shared", member.ID, h.person.Name, h.post.Until, known.person.Name))
		}
	}
	for code, h := range r.holders {
		if !in[code] && h.post.Until == "" && h.post.Since <= r.school.End {
			out.Missing = append(out.Missing, StaffLine{code, h.person.Name})
		}
	}
	slices.SortFunc(out.Missing, StaffLine.compare)
}
