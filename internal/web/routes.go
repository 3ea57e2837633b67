package web

import (
	"slices"
	"strings"

	"shiji/internal/org"
)

// access says who reaches a handler at all. What she may see there is decided by
// the use case, for the object she asks for.
type access int

const (
	open   access = 1 + iota // anybody
	own                      // whoever is signed in, about herself
	ruled                    // whoever is signed in; action names the rule that decides
	before                   // also while a new password is due
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

	{"GET /units", ruled, org.UnitRead, (*call).units},
	{"GET /units/{unit}", ruled, org.UnitRead, (*call).unit},
	{"GET /units/{unit}/people", ruled, org.PersonList, (*call).people},
	{"GET /people/{person}", ruled, org.PersonRead, (*call).person},
	{"POST /people/{person}/identity", ruled, org.IdentityEnter, (*call).enterIdentity},
	{"POST /people/{person}/identity/unmask", ruled, org.IdentityUnmask, (*call).unmask},

	{"GET /units/{unit}/template", ruled, org.EvidenceStage, (*call).template},
	{uploadPattern, ruled, org.EvidenceStage, (*call).upload},
	{"GET /batches/{batch}", ruled, org.EvidenceRead, (*call).batch},
	{"GET /batches/{batch}/original", ruled, org.EvidenceRead, (*call).original},
	{"GET /batches/{batch}/marked", ruled, org.EvidenceRead, (*call).markedWorkbook},
	{"POST /batches/{batch}/adopt", ruled, org.EvidenceAdopt, (*call).adopt},
	{"POST /batches/{batch}/discard", ruled, org.EvidenceStage, (*call).discard},

	{"POST /units/{unit}/appraisals", ruled, org.AppraisalOpen, (*call).openAppraisal},
	{"POST /appraisals/{appraisal}/withdraw", ruled, org.AppraisalOpen, (*call).withdraw},
	{"GET /appraisals/{appraisal}", ruled, org.AppraisalRead, (*call).overview},
	{"POST /appraisals/{appraisal}/evaluate", ruled, org.AppraisalEvaluate, (*call).evaluate},
	{"POST /appraisals/{appraisal}/publish", ruled, org.AppraisalPublish, (*call).publish},
	{"GET /appraisals/{appraisal}/results", ruled, org.ResultList, (*call).results},
	{"GET /appraisals/{appraisal}/results/{subject}", ruled, org.ResultRead, (*call).result},
	{"GET /appraisals/{appraisal}/results/{subject}/workings", ruled, org.ResultRead, (*call).workings},
	{"GET /jobs/{job}", own, "", (*call).job},
	{"POST /jobs/{job}/file", ruled, org.ResultPrint, (*call).jobFile},

	{"POST /appraisals/{appraisal}/results/{subject}/bundle", ruled, org.ResultBundle, (*call).bundle},
	{"GET /appraisals/{appraisal}/results/{subject}/form", ruled, org.ResultPrint, (*call).printForm},
	{"POST /appraisals/{appraisal}/forms", ruled, org.ResultPrint, (*call).orderForms},
	{"GET /appraisals/{appraisal}/notice", ruled, org.NoticePrint, (*call).notice},
	{"POST /appraisals/{appraisal}/notice", ruled, org.NoticePrint, (*call).makeNotice},
	{"POST /appraisals/{appraisal}/export/{format}", ruled, org.ResultExport, (*call).export},
	{"GET /schemes/{scheme}", ruled, org.SchemeRead, (*call).scheme},
	{"GET /schemes/{scheme}/source", ruled, org.SchemeRead, (*call).schemeSource},
	{"GET /me", own, "", (*call).mine},
	{"GET /events", ruled, org.EventList, (*call).events},
	{"GET /checkpoint", open, "", (*call).checkpoint},

	{"GET /health", open, "", (*call).health},
}

// uploadPattern is the one form that carries a file; its handler reads it as it arrives
// and holds it to its mark.
const uploadPattern = "POST /units/{unit}/evidence"

// beside are rules that a use case asks besides that of its route: for a part of
// the page, or for a second thing that is done along.
var beside = map[string][]org.Action{
	"GET /people/{person}":                                   {org.TraceRead, org.ResultList, org.IdentityEnter, org.IdentityUnmask},
	"POST /people/{person}/identity":                         {org.PersonRead},
	"POST /people/{person}/identity/unmask":                  {org.PersonRead},
	"POST /batches/{batch}/discard":                          {org.EvidenceRead},
	"POST /units/{unit}/appraisals":                          {org.SchemeAdd},
	"GET /appraisals/{appraisal}":                            {org.OverviewRead, org.ResultList},
	"POST /appraisals/{appraisal}/evaluate":                  {org.AppraisalRead},
	"POST /appraisals/{appraisal}/withdraw":                  {org.AppraisalRead},
	"POST /appraisals/{appraisal}/publish":                   {org.AppraisalRead},
	"GET /appraisals/{appraisal}/results/{subject}":          {org.ResultList},
	"GET /appraisals/{appraisal}/results/{subject}/workings": {org.ResultList},
	"GET /me": {org.PersonRead, org.TraceRead, org.ResultList, org.IdentityUnmask},
}

// Route tells of one line of the site map who reaches it and which rules of the
// table of rights decide for whom it is.
type Route struct {
	Method, Path string
	Access       string       // "open", "own", "ruled" or "before"; "" is a mistake
	Actions      []org.Action // its own first; none unless a rule decides
}

// Routes returns the site map, without what never changes: style, scripts, fonts.
func Routes() []Route {
	names := map[access]string{open: "open", own: "own", ruled: "ruled", before: "before"}
	out := make([]Route, len(routes))
	for i, r := range routes {
		out[i].Method, out[i].Path, _ = strings.Cut(r.pattern, " ")
		out[i].Access = names[r.access]
		if r.action != "" {
			out[i].Actions = append(out[i].Actions, r.action)
		}
		out[i].Actions = append(out[i].Actions, slices.Clone(beside[r.pattern])...)
	}
	return out
}
