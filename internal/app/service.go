package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"shiji/internal/auth"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// Service holds the use cases of a running site. Each method takes who asks,
// decides by the table of rights, loads, decides, and saves with its event. It
// is safe for concurrent use.
type Service struct {
	store   *store.Store
	hasher  *auth.Hasher
	options Options
	books   *cache[string]   // digest of a stored edition's body, by scheme id: editions never change
	rules   *cache[*Rules]   // by that digest: most schools of a city follow the same few
	cohorts *cache[*outcome] // by evaluation id: evaluations never change
	briefs  *cache[*outcome] // likewise, without members
	uploads chan struct{}    // as many workbooks are read at once as it has places
	wake    chan struct{}    // a job was ordered
	heavy   chan struct{}    // as many exports and papers are made at once as it has places
	lists   today            // who opened a list that names people, on this day
}

// Options say what a site may choose.
type Options struct {
	Passwords auth.Policy
	Session   store.Lifetime
	MaxUpload int64 // bytes of one workbook
	Font      func() ([]byte, bool)
	FontDir   string // more fonts for rare names, "" for none
	Mark      Marker
	Log       *slog.Logger

	Now    func() time.Time // nil: the system's clock
	Random io.Reader        // nil: crypto/rand
}

// Marker writes the workbook at path back to w with its faulty cells marked. A
// server does that in a process of its own, with limits: whoever made the
// workbook may be hostile, and the library that writes it trusts it.
type Marker func(ctx context.Context, path string, faults []*fault.Error, w io.Writer) error

// How much is kept ready: a scheme compiles in some ten milliseconds, the cohort
// of a school of fifty decodes in three and takes 0.7 MB. Schools differ a hundredfold
// in size, so that cohorts are counted by their members: these take 56 MB. More of
// them leave the collector too little room below its limit of memory.
const (
	keptBooks   = 8192
	keptRules   = 64
	keptMembers = 8_000
	keptBriefs  = 2048 // 20 KB each
	readers     = 2    // workbooks at once; each may take 200 MB
)

// NewService returns the use cases over s.
func NewService(s *store.Store, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	now := func() int64 { return o.Now().Unix() }
	return &Service{
		store: s, options: o, hasher: auth.NewHasher(o.Random, now),
		books: newCache(keptBooks, alike[string]), rules: newCache(keptRules, alike[*Rules]), cohorts: newCache(keptMembers, (*outcome).size), briefs: newCache(keptBriefs, alike[*outcome]),
		uploads: make(chan struct{}, readers), wake: make(chan struct{}, jobsAtOnce), heavy: make(chan struct{}, heavyAtOnce),
	}
}

// Viewer is who is signed in for one request.
type Viewer struct {
	org.Viewer
	Name    string
	Number  org.Number
	Login   string
	Mark    string // what a form must carry: bound to the session, secret to others
	Request string // id of the request, for the log
	// Changing says that nothing but a new password may be asked for.
	Changing bool
	Seats    []Seat
}

// Seat is a role with the unit in which the viewer holds it.
type Seat struct {
	Role org.Role
	Unit org.Unit
}

// notFound is what everybody gets who asks for something that is not there, or
// not for her: the two must look the same.
func notFound() error { return fault.New(fault.NotFound, "app.not-found") }

// may decides about one object. What the viewer may not even know of is not
// found.
func (v *Viewer) may(a org.Action, o org.Object) (org.Grant, error) {
	g, ok := v.May(a, o)
	if !ok || v.Changing {
		return org.Grant{}, notFound()
	}
	return g, nil
}

// scope decides about a list.
func (v *Viewer) scope(a org.Action) org.Scope {
	if v.Changing {
		return org.Scope{}
	}
	return v.Scope(a)
}

// act writes what fn does as v in the role of g.
func (s *Service) act(ctx context.Context, v *Viewer, g org.Grant, fn func(ctx context.Context, tx *store.Tx) error) error {
	return s.store.Write(ctx, v.Actor(g, v.Request), fn)
}

// unit returns a unit to which v may do a, and in which role.
func (s *Service) unit(ctx context.Context, v *Viewer, a org.Action, id org.UnitID) (org.Unit, org.Grant, error) {
	u, err := s.store.Unit(ctx, v.scope(a), id)
	if err != nil {
		return org.Unit{}, org.Grant{}, notThere(err)
	}
	g, err := v.may(a, org.Object{Path: u.Path})
	return u, g, err
}

// notThere turns the store's "not found" into the one that people see, so that
// nothing tells which of several lookups found nothing.
func notThere(err error) error {
	if fault.Is(err, fault.NotFound) {
		return notFound()
	}
	return err
}

// Health says whether the site can answer: nil, or why not.
func (s *Service) Health(ctx context.Context) error { return s.store.Ping(ctx) }
