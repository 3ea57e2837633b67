package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"shiji/internal/fault"
)

func TestColumnName(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "", 1: "A", 26: "Z", 27: "AA", 52: "AZ", 53: "BA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := fault.ColumnName(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]fault.Place{
		"":                      {},
		"a.xlsx 出勤!F12(8日)":     {File: "a.xlsx", Sheet: "出勤", Row: 12, Column: 6, Field: "8日"},
		"junior.yaml 节点 3.1!14": {File: "junior.yaml", Sheet: "节点 3.1", Row: 14},
		"出勤":                    {Sheet: "出勤"},
		"junior.yaml(weight)":   {File: "junior.yaml", Field: "weight"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestAtKeepsWhatIsKnown: an outer room adds to a place and changes nothing.
func TestAtKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	inner := fault.New(fault.Invalid, "room.key", 1).At(fault.Place{Row: 3, Field: "甲"})
	outer := inner.At(fault.Place{File: "a.csv", Sheet: "出勤", Row: 9, Column: 2, Field: "乙"})
	if got, want := outer.Where, (fault.Place{File: "a.csv", Sheet: "出勤", Row: 3, Column: 2, Field: "甲"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if inner.Where.File != "" {
		t.Error("At changed the fault it was called on")
	}
	e := inner.WithHint("room.hint").Because(io.ErrUnexpectedEOF)
	if inner.Hint != "" || inner.Err != nil || e.Hint != "room.hint" || !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Errorf("got %+v from %+v", e, inner)
	}
	if got, want := e.Error(), "!3(甲): room.key [1]: unexpected EOF"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var l fault.List
	if l.Err() != nil {
		t.Error("an empty list is an error")
	}
	l.Add(nil)
	for i := range fault.MaxListed + 7 {
		l.Addf(fault.Invalid, fault.Place{Row: i + 1}, "room.key", i)
	}
	if len(l.Faults) != fault.MaxListed || l.Dropped != 7 || l.Len() != fault.MaxListed+7 {
		t.Errorf("got %d kept, %d dropped", len(l.Faults), l.Dropped)
	}
	var outer fault.List
	if err := outer.Join(fmt.Errorf("load: %w", l.Err())); err != nil || outer.Len() != l.Len() {
		t.Errorf("joined %d of %d faults: %v", outer.Len(), l.Len(), err)
	}
	if err := outer.Join(fault.New(fault.Missing, "room.other")); err != nil || outer.Dropped != 8 {
		t.Errorf("dropped %d: %v", outer.Dropped, err)
	}
	if err := outer.Join(io.EOF); err != io.EOF {
		t.Errorf("got %v, want what is no fault returned", err)
	}
	if err := outer.Join(nil); err != nil {
		t.Error(err)
	}
	if got := fault.All(fault.New(fault.Missing, "room.other")); len(got) != 1 || got[0].Key != "room.other" {
		t.Errorf("got %v", got)
	}
	if got := fault.All(io.EOF); got != nil {
		t.Errorf("got %v from what is no fault", got)
	}
}
