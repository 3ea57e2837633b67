package app

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"shiji/internal/fault"
	"shiji/internal/store"
)

// receipt is what reading a workbook gave, kept beside its batch: without one, a
// batch was cut off and cannot be adopted. It is JSON; fields may be added.
type receipt struct {
	Faults    []keptFault `json:"faults,omitempty"`
	Dropped   int         `json:"dropped,omitempty"`
	Documents int         `json:"documents,omitempty"`
}

// keptFault is a fault whose values are text.
type keptFault struct {
	Kind  fault.Kind  `json:"kind"`
	Key   string      `json:"key"`
	Args  []string    `json:"args,omitempty"`
	Where fault.Place `json:"where"`
	Hint  string      `json:"hint,omitempty"`
}

// longestArg bounds what a kept fault quotes of a cell, in characters. With the
// bound of a fault.List no receipt is larger than a few hundred KB.
const longestArg = 100

func kept(l fault.List) []keptFault {
	var out []keptFault
	for _, e := range l.Faults {
		k := keptFault{Kind: e.Kind, Key: e.Key, Where: e.Where, Hint: e.Hint}
		for _, a := range e.Args {
			k.Args = append(k.Args, shortened(fmt.Sprint(a)))
		}
		k.Where.Field = shortened(k.Where.Field)
		out = append(out, k)
	}
	return out
}

func shortened(s string) string {
	if utf8.RuneCountInString(s) > longestArg {
		return string([]rune(s)[:longestArg]) + "…"
	}
	return s
}

func (r receipt) faults() []*fault.Error {
	var out []*fault.Error
	for _, k := range r.Faults {
		args := make([]any, len(k.Args))
		for i, a := range k.Args {
			args[i] = a
		}
		e := fault.New(k.Kind, k.Key, args...).At(k.Where)
		if k.Hint != "" {
			e = e.WithHint(k.Hint)
		}
		out = append(out, e)
	}
	return out
}

// sign keeps the receipt of a batch.
func (s *Service) sign(ctx context.Context, b store.Batch, r receipt) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		return k.SaveDraft(ctx, b.Filler, store.BatchDraft(b.ID), body)
	})
}

// receiptOf returns the receipt of a batch, and false when it was cut off.
func (s *Service) receiptOf(ctx context.Context, b store.Handed) (r receipt, whole bool, err error) {
	body, err := s.store.Draft(ctx, b.Filler, store.BatchDraft(b.ID))
	if fault.Is(err, fault.NotFound) {
		return receipt{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	return r, err == nil && b.Documents == int64(r.Documents), err
}
