package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// EventQuery asks for a page of events: those of a unit and all below it ("" for
// all that the viewer may list), after the key of a former page.
type EventQuery struct {
	Unit  org.UnitID
	After string
}

// EventList is a page of the log, the newest first. Next is the key of the
// following page, "" at the end.
type EventList struct {
	Unit       org.Unit // zero for all
	Way        []Crumb
	Events     []EventLine
	Checkpoint CheckpointPage
	Next       string
}

// EventLine is one entry of the log in words.
type EventLine struct {
	ID      string
	At      string // moment
	Name    string // who; the part of the program, if nobody did it
	Role    org.Role
	Action  audit.Action
	Text    string // what, in Chinese
	About   string // whom or what, in Chinese; "" when the text says it
	Unit    string // to which the object belongs
	Version int64
	// Leaf is the entry's number in the log, -1 while it waits for it; Hash is its
	// leaf hash. Signed says that the checkpoint covers it.
	Leaf   int64
	Hash   string
	Signed bool
}

const eventsShown = 50

// Events lists what happened.
func (s *Service) Events(ctx context.Context, v *Viewer, q EventQuery) (*EventList, error) {
	scope := v.scope(org.EventList)
	if scope.Empty() {
		return nil, notFound()
	}
	out := &EventList{}
	if q.Unit != "" {
		u, _, err := s.unit(ctx, v, org.EventList, q.Unit)
		if err != nil {
			return nil, err
		}
		if out.Way, err = s.way(ctx, v, u); err != nil {
			return nil, err
		}
		out.Unit, scope = u, org.Below(u.Path)
	}
	events, err := s.store.Events(ctx, scope, store.Page{After: q.After, Limit: eventsShown + 1})
	if err != nil {
		return nil, err
	}
	if len(events) > eventsShown {
		events = events[:eventsShown]
		out.Next = events[eventsShown-1].ID
	}
	logged, err := s.store.Logged(ctx, events)
	if err != nil {
		return nil, err
	}
	if out.Checkpoint, err = s.checkpoint(ctx); err != nil {
		return nil, err
	}
	names, err := s.namingOf(ctx, logged)
	if err != nil {
		return nil, err
	}
	for _, e := range logged {
		line, err := names.line(ctx, e)
		if err != nil {
			return nil, err
		}
		line.Signed = line.Leaf >= 0 && line.Leaf < out.Checkpoint.Size
		out.Events = append(out.Events, line)
	}
	return out, nil
}

// line words one event.
func (n *naming) line(ctx context.Context, e store.Logged) (EventLine, error) {
	bytes, err := e.Bytes()
	if err != nil {
		return EventLine{}, err
	}
	hash := audit.LeafHash(bytes)
	l := EventLine{
		ID: e.ID, At: e.Time, Role: org.Role(e.Role), Action: e.Action, Text: text.Sprintf(string(e.Action)), Version: e.Version, Leaf: e.Leaf, Hash: hex.EncodeToString(hash[:]),
	}
	if l.Name, err = n.account(ctx, e.Actor); err != nil {
		return l, err
	}
	if l.Unit, err = n.place(ctx, org.Path(e.Org)); err != nil {
		return l, err
	}
	if l.About, err = n.object(ctx, e); err != nil {
		return l, err
	}
	if what := purpose(e); what != "" {
		l.About += "（" + what + "）"
	}
	return l, nil
}

// purposes are the actions whose events keep what for.
var purposes = []audit.Action{audit.RecordViewed, audit.DataExported, audit.BatchExported, audit.ResultsListed, audit.ResultsExported}

// purpose words what somebody looked for or took away; "" when it was not kept.
func purpose(e store.Logged) string {
	if !slices.Contains(purposes, e.Action) {
		return ""
	}
	var about struct {
		What string `json:"what"`
	}
	if json.Unmarshal(e.Detail, &about) != nil { // other looks, and erased ones, keep nothing
		return ""
	}
	words, _ := text.Lookup("app.what-" + about.What)
	return words
}

// CheckpointPage is the last signed state of the log.
type CheckpointPage struct {
	Note   string // the signed note, for download; "" before the first
	Key    string // public key by which it is checked
	Origin string
	Size   int64
	Root   string
}

// CheckpointNote returns the last signed checkpoint. It is public: whoever keeps
// one can prove a later change.
func (s *Service) CheckpointNote(ctx context.Context) (*CheckpointPage, error) {
	c, err := s.checkpoint(ctx)
	return &c, err
}

// Growth returns the file that proves, to whoever kept a checkpoint of a log of so
// many entries, that the log of today continues it. It is public like the
// checkpoint: it holds nothing but hashes.
func (s *Service) Growth(ctx context.Context, entries string) (string, error) {
	old, wrong := strconv.ParseInt(entries, 10, 64)
	if wrong != nil || strconv.FormatInt(old, 10) != entries { // not as the checkpoint writes it
		old = -1 // no log has so many
	}
	g, err := s.store.Growth(ctx, old)
	if fault.Is(err, fault.NotFound) {
		return "", fault.New(fault.Invalid, "app.growth-size", entries).At(fault.Place{Field: "since"})
	}
	if err != nil {
		return "", err
	}
	return g.Text(), nil
}

func (s *Service) checkpoint(ctx context.Context) (CheckpointPage, error) {
	page := CheckpointPage{Key: s.store.PublicKey()}
	signed, err := s.store.Checkpoint(ctx)
	if fault.Is(err, fault.NotFound) {
		return page, nil
	}
	if err != nil {
		return page, err
	}
	verifier, err := note.NewVerifier(page.Key)
	if err != nil {
		return page, err
	}
	cp, err := audit.OpenCheckpoint(signed, verifier)
	if err != nil {
		return page, err
	}
	page.Note, page.Origin, page.Size, page.Root = signed, cp.Origin, cp.Size, tlog.Hash(cp.Root).String()
	return page, nil
}

// naming finds the names behind ids, each once for a page.
type naming struct {
	s     *Service
	names map[string]string
}

func (s *Service) naming() *naming {
	return &naming{s: s, names: map[string]string{}}
}

// namingOf finds at once who left events and whom they are about: a page may tell
// of as many people as it has lines.
func (s *Service) namingOf(ctx context.Context, events []store.Logged) (*naming, error) {
	n := s.naming()
	var accounts, people []string
	for _, e := range events {
		if !strings.HasPrefix(e.Actor, string(org.System("").Account)) {
			accounts = append(accounts, e.Actor)
		}
		if id, ok := strings.CutPrefix(e.Object, personObject); ok {
			people = append(people, id)
		}
	}
	for prefix, of := range map[string]struct {
		ids  []string
		find func(context.Context, []string) (map[string]string, error)
	}{"account/": {accounts, s.store.AccountNames}, personObject: {people, s.store.PersonNames}} {
		names, err := of.find(ctx, of.ids)
		if err != nil {
			return nil, err
		}
		for id, name := range names {
			n.names[prefix+id] = name
		}
	}
	return n, nil
}

// once returns the name kept for key, found by find the first time. What is not
// found has no name: events outlive their objects.
func (n *naming) once(key string, find func() (string, error)) (string, error) {
	name, ok := n.names[key]
	if ok {
		return name, nil
	}
	name, err := find()
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	n.names[key] = name
	return name, nil
}

// account returns the name of the person behind an actor, or of the program's
// part.
func (n *naming) account(ctx context.Context, actor string) (string, error) {
	return n.once("account/"+actor, func() (string, error) {
		if strings.HasPrefix(actor, string(org.System("").Account)) {
			return text.Sprintf("app.system"), nil
		}
		return n.s.nameOf(ctx, org.AccountID(actor))
	})
}

// unit returns the name of the unit id on the way to path; "" when it does not
// stand there, or is no more.
func (n *naming) unit(ctx context.Context, path org.Path, id org.UnitID) (string, error) {
	at := strings.Index("/"+string(path), "/"+string(id)+"/")
	if id == "" || at < 0 {
		return "", nil
	}
	return n.once("unit/"+string(id), func() (string, error) {
		u, err := n.s.store.Unit(ctx, org.Below(path[:at+len(id)+1]), id)
		return u.Name, err
	})
}

// place returns the name of the unit at path.
func (n *naming) place(ctx context.Context, path org.Path) (string, error) {
	ids := strings.Split(strings.TrimSuffix(string(path), "/"), "/")
	return n.unit(ctx, path, org.UnitID(ids[len(ids)-1]))
}

// object words whom or what an event is about.
func (n *naming) object(ctx context.Context, e store.Logged) (string, error) {
	kind, id, _ := strings.Cut(e.Object, "/")
	switch kind {
	case "person", "post", "account", "role":
		return n.once(e.Object, func() (string, error) {
			person, err := n.s.store.Concerned(ctx, e.Object)
			if err != nil {
				return "", err
			}
			p, err := n.s.store.Person(ctx, org.Self(person), person)
			return p.Name, err
		})
	case "unit":
		return n.unit(ctx, org.Path(e.Org), org.UnitID(id))
	case "appraisal":
		return n.once(e.Object, func() (string, error) { return n.appraisal(ctx, e, id) })
	case "scheme":
		return n.once(e.Object, func() (string, error) {
			sc, err := n.s.store.Scheme(ctx, id)
			return sc.Name, err
		})
	case "job":
		kind, _, _ := strings.Cut(string(e.Detail), "\n")
		return jobName(kind), nil
	case "batch":
		return n.once(e.Object, func() (string, error) {
			b, err := n.s.store.Batch(ctx, org.Below(org.Path(e.Org)), id)
			if err != nil || len(b.Originals) == 0 {
				return "", err
			}
			return b.Term + " " + b.Originals[0].Name, nil
		})
	}
	return "", nil
}

func (n *naming) appraisal(ctx context.Context, e store.Logged, id string) (string, error) {
	a, err := n.s.store.Appraisal(ctx, org.Below(org.Path(e.Org)), id)
	if err != nil {
		return "", err
	}
	rules, err := n.s.rulesOf(ctx, a.Scheme)
	if err != nil {
		return "", err
	}
	return a.Term + " " + rules.Title, nil
}

// jobName words a kind of job, "" for one that is not known any more.
func jobName(kind string) string {
	if words, ok := text.Lookup("app.job-kind-" + kind); ok {
		return words
	}
	return ""
}
