package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// BatchPage tells what somebody handed in and what became of it.
type BatchPage struct {
	ID, Term string
	Unit     org.Unit
	Way      []Crumb

	Name string // of the workbook; "" without one
	Size int64
	SHA  string // SHA-256 in hexadecimal
	By   string // name of who handed it in
	At   string

	State   BatchState
	Faults  []*fault.Error // of a faulty batch, in the order of its sheets
	Dropped int            // faults that are not listed
	Preview *Preview       // of a batch that is ready or the same

	Adopter string // name of who adopted it
	Adopted string // moment

	CanAdopt, CanDiscard, CanMark bool
}

// BatchState says what can be done with a batch.
type BatchState string

// A batch is faulty (its workbook must be mended), cut off (it must be handed in
// again), the same as what is valid, overtaken by another one (likewise to be
// handed in again), ready to be adopted, or adopted.
const (
	BatchFaulty    BatchState = "faulty"
	BatchCut       BatchState = "cut-off"
	BatchSame      BatchState = "same"
	BatchOvertaken BatchState = "overtaken"
	BatchReady     BatchState = "ready"
	BatchAdopted   BatchState = "adopted"
)

// batchFor returns a batch to whose unit v may do a. What is not adopted yet is
// its filler's alone.
func (s *Service) batchFor(ctx context.Context, v *Viewer, a org.Action, id string) (store.Handed, org.Unit, org.Grant, error) {
	b, err := s.store.Batch(ctx, v.scope(a), id)
	if err == nil && b.State == store.BatchStaged && b.Filler != v.Account {
		err = notFound()
	}
	if err != nil {
		return store.Handed{}, org.Unit{}, org.Grant{}, notThere(err)
	}
	u, g, err := s.unit(ctx, v, a, b.Unit)
	return b, u, g, err
}

// Batch returns the page of a batch.
func (s *Service) Batch(ctx context.Context, v *Viewer, id string) (*BatchPage, error) {
	b, u, _, err := s.batchFor(ctx, v, org.EvidenceRead, id)
	if err != nil {
		return nil, err
	}
	page := &BatchPage{ID: b.ID, Term: b.Term, Unit: u, At: b.At, State: BatchAdopted}
	if page.Way, err = s.way(ctx, v, u); err != nil {
		return nil, err
	}
	if len(b.Originals) > 0 {
		o := b.Originals[0]
		page.Name, page.Size, page.SHA = o.Name, o.Size, o.SHA
	}
	if page.By, err = s.nameOf(ctx, b.Filler); err != nil {
		return nil, err
	}
	if b.State == store.BatchAdopted {
		page.Adopted = b.Adopted
		page.Adopter, err = s.nameOf(ctx, b.Adopter)
		return page, err
	}
	h, err := s.handIn(ctx, v, u, id)
	if err != nil {
		return nil, err
	}
	page.State, page.Faults, page.Dropped, page.Preview = h.state, h.receipt.faults(), h.receipt.Dropped, h.preview
	o := org.Object{Path: u.Path}
	_, adopts := v.May(org.EvidenceAdopt, o)
	_, page.CanDiscard = v.May(org.EvidenceStage, o)
	page.CanAdopt = adopts && page.State == BatchReady
	page.CanMark = page.State == BatchFaulty && s.options.Mark != nil && page.Name != ""
	return page, nil
}

// DiscardBatch throws away what v handed in and nobody adopted. It leaves no
// event: it was never valid.
func (s *Service) DiscardBatch(ctx context.Context, v *Viewer, id string) error {
	b, _, _, err := s.batchFor(ctx, v, org.EvidenceStage, id)
	if err != nil {
		return err
	}
	if b.State == store.BatchAdopted {
		return fault.New(fault.Refused, "app.batch-adopted")
	}
	if err := s.store.Discard(ctx, b.Batch); err != nil {
		return err
	}
	return s.dropReceipt(ctx, b.Batch)
}

func (s *Service) dropReceipt(ctx context.Context, b store.Batch) error {
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		return k.DropDraft(ctx, b.Filler, store.BatchDraft(b.ID))
	})
}

// taken is kept with the event that a workbook left the site. Fields may be added,
// never renamed; What and Unit are those of viewed.
type taken struct {
	What   string     `json:"what"`
	Unit   org.UnitID `json:"unit,omitempty"`
	Term   string     `json:"term"`
	Name   string     `json:"name"`
	SHA256 string     `json:"sha256"`
}

// In what form a workbook left.
const (
	takenOriginal = "original"
	takenMarked   = "marked"
)

// Original opens the workbook as it was handed in. That it left the house is an
// event, durable before the first byte, and told to all who have a result that may
// rest on it.
func (s *Service) Original(ctx context.Context, v *Viewer, id string) (name string, rc io.ReadCloser, size int64, err error) {
	return s.take(ctx, v, id, takenOriginal)
}

func (s *Service) take(ctx context.Context, v *Viewer, id, what string) (name string, rc io.ReadCloser, size int64, err error) {
	b, u, g, err := s.batchFor(ctx, v, org.EvidenceRead, id)
	if err != nil {
		return "", nil, 0, err
	}
	if len(b.Originals) == 0 {
		return "", nil, 0, notFound()
	}
	o := b.Originals[0]
	if rc, err = s.store.OpenBlob(ctx, v.scope(org.EvidenceRead), b.Batch, o.SHA); err != nil {
		return "", nil, 0, err
	}
	about, err := json.Marshal(taken{What: what, Unit: v.seat(g, u.Path), Term: b.Term, Name: o.Name, SHA256: o.SHA})
	if err == nil {
		err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
			return tx.Note(ctx, audit.BatchExported, b.ID, u.Path, about)
		})
	}
	if err != nil {
		return "", nil, 0, errors.Join(err, rc.Close())
	}
	return o.Name, rc, o.Size, nil
}

// MarkedWorkbook writes the workbook of a faulty batch to w with its faulty cells
// coloured and commented. An old .xls comes back as .xlsx.
func (s *Service) MarkedWorkbook(ctx context.Context, v *Viewer, id string, w io.Writer) error {
	b, _, _, err := s.batchFor(ctx, v, org.EvidenceRead, id)
	if err != nil {
		return err
	}
	r, _, err := s.receiptOf(ctx, b)
	if err != nil {
		return err
	}
	if len(r.Faults) == 0 || s.options.Mark == nil {
		return fault.New(fault.Refused, "app.mark-nothing")
	}
	_, rc, _, err := s.take(ctx, v, id, takenMarked)
	if err != nil {
		return err
	}
	defer rc.Close()
	f, err := s.spool(rc)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f) }() // a file in the folder for such files
	if err := modernised(f); err != nil {
		return err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.options.Mark(ctx, f, r.faults(), w)
}

// modernised converts an .xls at name in its place.
func modernised(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	old := isOLE(f)
	if err := f.Close(); err != nil || !old {
		return err
	}
	converted, err := convertXLS(name)
	if err != nil {
		return fault.New(fault.Invalid, "app.mark-xls").Because(err)
	}
	return os.WriteFile(name, converted, 0o600)
}
