package audit_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"shiji/internal/audit"
)

func sample() audit.Event {
	salt := [audit.SaltSize]byte{1, 2, 3}
	return audit.Event{
		ID: "01K8Z3N5Q0ABCDEFGHJKMNPQRS", Time: "2026-11-22T02:03:51.000123Z",
		Actor: "01K8Z3N5Q0ABCDEFGHJKMNPQRT", Role: "clerk", Org: "A/B/",
		Action: audit.BatchAdopted, Object: "batch/01K8Z3N5Q0ABCDEFGHJKMNPQRV", Version: 3,
		After:    audit.Commit(salt, []byte("教学")),
		Evidence: []audit.Commitment{audit.Commit(salt, []byte{})},
		Request:  "r-1",
	}
}

// The golden bytes of version 1: they never change.
const (
	golden1    = "7368696a692d6576656e742f310a69642030314b385a334e35513041424344454647484a4b4d4e505152530a74696d6520323032362d31312d32325430323a30333a35312e3030303132335a0a6163746f722030314b385a334e35513041424344454647484a4b4d4e505152540a726f6c6520636c65726b0a6f726720412f422f0a616374696f6e2062617463682e61646f707465640a6f626a6563742062617463682f30314b385a334e35513041424344454647484a4b4d4e505152560a76657273696f6e20330a6265666f7265202d0a616674657220564a6357625059304d705a75676131487839617165306c64686371735a7975544a464e7737687a656566493d0a65766964656e636520616f612b34335a74344e54445a76616d4e7962564b524f66394b63346f574e4d5971366c2f3248665a72593d0a7265717565737420722d310a"
	goldenLeaf = "colzbZMXsFXyN1VJ8UcDVQ8+kFuNfSOO7DNjQ9YfsCU="
)

func TestEventGolden(t *testing.T) {
	b, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(b); got != golden1 {
		t.Errorf("canonical bytes of version 1 changed\ngot  %s\nwant %s\n%s", got, golden1, b)
	}
	if got := audit.LeafHash(b).String(); got != goldenLeaf {
		t.Errorf("leaf hash: got %s, want %s", got, goldenLeaf)
	}
	back, err := audit.ParseEvent(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), back); diff != "" {
		t.Errorf("round trip (-want +got)\n%s", diff)
	}
}

func TestEventRefuses(t *testing.T) {
	for name, change := range map[string]func(*audit.Event){
		"unknown action":    func(e *audit.Event) { e.Action = "person.deleted" },
		"no id":             func(e *audit.Event) { e.ID = "" },
		"short id":          func(e *audit.Event) { e.ID = e.ID[1:] },
		"local time":        func(e *audit.Event) { e.Time = "2026-11-22T02:03:51.000123+08:00" },
		"time in seconds":   func(e *audit.Event) { e.Time = "2026-11-22T02:03:51Z" },
		"no actor":          func(e *audit.Event) { e.Actor = "" },
		"object of another": func(e *audit.Event) { e.Object = "person/1" },
		"object without id": func(e *audit.Event) { e.Object = "batch/" },
		"line break":        func(e *audit.Event) { e.Role = "clerk\norg X" },
		"line separator":    func(e *audit.Event) { e.Request = "a\u2028b" },
		"not UTF-8":         func(e *audit.Event) { e.Request = "\xff" },
		"too long":          func(e *audit.Event) { e.Request = strings.Repeat("x", 513) },
		"negative version":  func(e *audit.Event) { e.Version = -1 },
		"much evidence":     func(e *audit.Event) { e.Evidence = make([]audit.Commitment, 65) },
	} {
		e := sample()
		change(&e)
		if b, err := e.Bytes(); err == nil {
			t.Errorf("%s: got %q, want an error", name, b)
		}
	}
}

func TestActionsAreDocumented(t *testing.T) {
	seen := map[audit.Action]bool{}
	for _, e := range audit.Actions() {
		if e.Doc == "" || e.Object == "" || seen[e.Action] {
			t.Errorf("%s: undocumented, without object, or twice", e.Action)
		}
		seen[e.Action] = true
		ev := sample()
		ev.Action, ev.Object = e.Action, e.Object+"/1"
		if _, err := ev.Bytes(); err != nil {
			t.Error(err)
		}
	}
}

func TestCommitments(t *testing.T) {
	salt := [audit.SaltSize]byte{1}
	if !audit.Commit(salt, nil).IsZero() {
		t.Error("nil content: want the zero commitment")
	}
	if audit.Commit(salt, []byte{}).IsZero() {
		t.Error("empty content: got the zero commitment")
	}
	if audit.Commit(salt, []byte("a")) == audit.Commit([audit.SaltSize]byte{2}, []byte("a")) {
		t.Error("two salts give one commitment")
	}
}

func TestSetProofs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		members := make([]audit.Commitment, n)
		for i := range members {
			members[i] = audit.Commit([audit.SaltSize]byte{byte(i), byte(i >> 8)}, []byte("x"))
		}
		root := audit.SetRoot(members)
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		proof, err := audit.ProveMember(members, i)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(proof, int64(n), tlog.Hash(root), int64(i), tlog.RecordHash(members[i][:])); err != nil {
			t.Fatal(err)
		}
		j := rapid.IntRange(0, n-1).Draw(t, "j")
		if i != j && tlog.CheckRecord(proof, int64(n), tlog.Hash(root), int64(i), tlog.RecordHash(members[j][:])) == nil {
			t.Fatal("another member was accepted")
		}
	})
	if _, err := audit.ProveMember(nil, 0); err == nil {
		t.Error("a proof out of an empty set")
	}
}

// TestCommitmentHasOneSpelling: the decoder of base 64 passes over carriage
// returns, so a text with one would be a second spelling of the same event.
func TestCommitmentHasOneSpelling(t *testing.T) {
	b, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	after := "\nafter "
	i := strings.Index(string(b), after) + len(after) + 10
	for _, text := range []string{string(b[:i]) + "\r" + string(b[i:]), string(b[:i]) + "\r" + string(b[i+1:])} {
		if e, err := audit.ParseEvent([]byte(text)); err == nil {
			t.Errorf("%q was read as %+v", text, e)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	b, _ := sample().Bytes()
	f.Add(b)
	f.Add([]byte("shiji-event/1\nid \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := audit.ParseEvent(data)
		if err != nil {
			return
		}
		again, err := e.Bytes()
		if err != nil {
			t.Fatalf("parsed but not writable: %v", err)
		}
		if string(again) != string(data) {
			t.Fatalf("two texts for one event:\n%q\n%q", data, again)
		}
	})
}
