package app

import (
	"context"
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// Preview tells what adopting a batch would change.
type Preview struct {
	Sheets  []SheetPreview // that were handed in before or now, in the order of the template
	Staff   int            // people in the workbook
	New     []StaffLine    // not on file under their 工号: they get a number
	Missing []StaffLine    // on file and not in the workbook; their posts stay open
	Renamed []Renaming     // on file under another name: to be confirmed
	Former  []Former       // whose 工号 somebody had before the term: to be told apart
	// Warnings are what somebody should look at before she adopts.
	Warnings []*fault.Error
}

// SheetPreview tells what would become of one sheet.
type SheetPreview struct {
	Name          string
	Lines, Before int // how many it has, and has now
	// Documents of the sheet: a sheet of attendance has one a month.
	New, Changed, Unchanged, Withdrawn int
}

// Parts says that the sheet is kept in parts, each with a fate of its own.
func (p SheetPreview) Parts() bool { return p.New+p.Changed+p.Unchanged+p.Withdrawn > 1 }

// StaffLine is somebody under a staff code.
type StaffLine struct{ Code, Name string }

func (l StaffLine) compare(o StaffLine) int { return strings.Compare(l.Code, o.Code) }

// Renaming is somebody whom the workbook calls otherwise than the file. Adopting
// it with the names confirmed says that she is the same person, and corrects the
// name on file.
type Renaming struct{ Code, OnFile, InBook string }

// Former is somebody whom the workbook lists under a 工号 that was OnFile's until
// her post ended, before the term: she came back, or it is another person.
type Former struct {
	Code, InBook  string
	OnFile, Until string
	Number        org.Number
}

// handIn is a staged batch with what it would change.
type handIn struct {
	batch   store.Handed
	receipt receipt
	state   BatchState
	preview *Preview          // of a batch that is ready or the same
	p       *evidence.Package // as it would be valid
}

// handIn reads what v has staged in u.
func (s *Service) handIn(ctx context.Context, v *Viewer, u org.Unit, id string) (*handIn, error) {
	b, drafts, err := s.store.Staged(ctx, v.Account, id)
	if err != nil {
		return nil, notThere(err)
	}
	h := &handIn{batch: b}
	var whole bool
	if h.receipt, whole, err = s.receiptOf(ctx, b); err != nil {
		return nil, err
	}
	switch {
	case len(h.receipt.Faults) > 0:
		h.state = BatchFaulty
		return h, nil
	case !whole || len(drafts) == 0:
		h.state = BatchCut
		return h, nil
	}
	valid, err := s.store.Documents(ctx, org.Below(u.Path), u.ID, b.Term)
	if err != nil {
		return nil, err
	}
	before, after, overtaken := joined(valid, drafts)
	if overtaken {
		h.state = BatchOvertaken
		return h, nil
	}
	if h.p, err = evidence.Unpack(after); err != nil {
		return nil, err
	}
	if h.preview, err = s.preview(ctx, u, h.p, before); err != nil {
		return nil, err
	}
	h.preview.count(compared(present(after), valid))
	h.state = BatchSame
	for _, sheet := range h.preview.Sheets {
		if sheet.New+sheet.Changed+sheet.Withdrawn > 0 {
			h.state = BatchReady
		}
	}
	return h, nil
}

// joined returns the valid documents as they are, and as they would be with
// drafts, and whether a draft replaces a version that is no longer valid.
func joined(valid []store.Document, drafts []store.Draft) (before, after []evidence.Document, overtaken bool) {
	type key struct{ kind, key string }
	fresh := map[key]store.Draft{}
	for _, d := range drafts {
		fresh[key{d.Kind, d.Key}] = d
	}
	for _, d := range valid {
		before = append(before, evidence.Document{Kind: d.Kind, Key: d.Key, Body: d.Body})
		if n, ok := fresh[key{d.Kind, d.Key}]; ok {
			overtaken = overtaken || n.Replaces != d.Version
			delete(fresh, key{d.Kind, d.Key})
			d.Body = n.Body
		}
		after = append(after, evidence.Document{Kind: d.Kind, Key: d.Key, Body: d.Body})
	}
	for _, d := range drafts {
		if _, ok := fresh[key{d.Kind, d.Key}]; ok {
			overtaken = overtaken || d.Replaces != ""
			after = append(after, evidence.Document{Kind: d.Kind, Key: d.Key, Body: d.Body})
		}
	}
	return before, after, overtaken
}

// present returns docs without those that were withdrawn.
func present(docs []evidence.Document) []evidence.Document {
	var out []evidence.Document
	for _, d := range docs {
		if len(d.Body) != len(d.Withdrawn().Body) {
			out = append(out, d)
		}
	}
	return out
}

// preview compares p with the documents before and with the people on file.
func (s *Service) preview(ctx context.Context, u org.Unit, p *evidence.Package, before []evidence.Document) (*Preview, error) {
	old, err := evidence.Unpack(before)
	if err != nil {
		return nil, err
	}
	out := &Preview{Staff: len(p.Staff)}
	for _, sheet := range evidence.Sheets {
		if p.Has(sheet.Name) || old.Has(sheet.Name) {
			out.Sheets = append(out.Sheets, SheetPreview{Name: sheet.Name, Lines: sheet.Len(p), Before: sheet.Len(old)})
		}
		if !p.Has(sheet.Name) && !p.Declined(sheet.Name) {
			out.Warnings = append(out.Warnings, fault.New(fault.Missing, "app.preview-sheet", sheet.Name).At(fault.Place{Sheet: sheet.Name}))
		}
	}
	if school := p.School[0]; school.Name != u.Name {
		out.Warnings = append(out.Warnings, fault.New(fault.Conflict, "app.preview-school", school.Name, u.Name).At(fault.Place{Sheet: schoolDocument}))
	}
	if err := s.warnPublished(ctx, u, p.School[0].Term, out); err != nil {
		return nil, err
	}
	roll, err := rollOf(ctx, s.store.Reader, u, p.School[0])
	if err != nil {
		return nil, err
	}
	roll.compare(p, out)
	return out, nil
}

// warnPublished tells that results of the term are final: what is adopted now
// changes nothing of them.
func (s *Service) warnPublished(ctx context.Context, u org.Unit, term string, out *Preview) error {
	appraisals, err := s.store.AppraisalsOf(ctx, org.Below(u.Path), u.ID)
	if slices.ContainsFunc(appraisals, func(a store.Appraisal) bool { return a.Term == term && a.State == store.Published }) {
		out.Warnings = append(out.Warnings, fault.New(fault.Refused, "app.preview-published", term))
	}
	return err
}

// count adds what becomes of each document to its sheet.
func (p *Preview) count(docs []comparison) {
	at := map[string]*SheetPreview{}
	for i := range p.Sheets {
		at[p.Sheets[i].Name] = &p.Sheets[i]
	}
	for _, d := range docs {
		sheet := at[sheetOf(d.Document)]
		if sheet == nil { // of a later program
			continue
		}
		switch d.change {
		case added:
			sheet.New++
		case changed:
			sheet.Changed++
		case unchanged:
			sheet.Unchanged++
		case withdrawn:
			sheet.Withdrawn++
		}
	}
}

// sheetOf names the sheet that a document is part of.
func sheetOf(d evidence.Document) string {
	switch d.Kind {
	case evidence.AttendanceDocument:
		return "出勤"
	case evidence.RosterDocument, evidence.MarksDocument:
		return "成绩"
	}
	return d.Key
}
