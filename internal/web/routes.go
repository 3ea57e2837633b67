package web

import "shiji/internal/org"

// access says who reaches a handler at all. What she may see there is decided by
// the use case, for the object she asks for.
type access int

const (
	open   access = iota // anybody
	own                  // whoever is signed in, about herself
	ruled                // whoever is signed in; action names the rule that decides
	before               // also while a new password is due
)

// route is one line of the site map.
type route struct {
	pattern string
	access  access
	action  org.Action
	handle  func(c *call) error
}

// routes is the site map. A route without access is a mistake that a test finds.
var routes = []route{
	{"GET /{$}", own, "", (*call).home},

	{"GET /sign-in", open, "", (*call).signInForm},
	{"POST /sign-in", open, "", (*call).signIn},
	{"POST /sign-out", before, "", (*call).signOut},
	{"POST /care", open, "", (*call).care},
	{"GET /account", before, "", (*call).account},
	{"POST /account/password", before, "", (*call).changePassword},
	{"GET /account/factor", own, "", (*call).factor},
	{"POST /account/factor", own, "", (*call).takeFactor},
	{"POST /account/factor/drop", own, "", (*call).dropFactor},

	{"GET /health", open, "", (*call).health},
}
