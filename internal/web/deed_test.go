package web_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/web"
)

// deed is a request of the random run.
type deed struct {
	asked
	school  *townSchool
	members map[string]org.PersonID // of the appraisal that is asked for, by staff code
}

// done says whether an answer means that what was asked for was done.
func done(rec *httptest.ResponseRecorder) bool {
	to := rec.Header().Get("Location")
	return rec.Code == http.StatusOK || rec.Code == http.StatusSeeOther && !strings.HasPrefix(to, "/sign-in") && to != "/account"
}

// unrecorded are the routes of POST that leave no event: who is signed in, how she
// likes pages, and what is not handed in yet, are housekeeping.
var unrecorded = []string{"/sign-in", "/sign-out", "/care", "/units/{unit}/evidence", "/batches/{batch}/discard"}

// leaves is what a deed that was done must leave, in this order. What it may leave
// besides is in extras. rec is its answer: a page that names others is a look.
func (d *deed) leaves(tr *trail, rec *httptest.ResponseRecorder) []audit.Action {
	self := d.guest.viewer.Person
	switch path := d.route.Path; {
	case d.method == http.MethodPost && slices.Contains(unrecorded, path):
		return nil
	case path == "/people/{person}/identity/unmask" && rec.Code == http.StatusOK: // the page with the number is a look, too
		return append([]audit.Action{audit.IdentityUnmasked}, unless(d.thing.person == self, audit.RecordViewed)...)
	case path == "/people/{person}":
		return unless(d.thing.person == self, audit.RecordViewed)
	case d.method == http.MethodGet && strings.HasPrefix(path, "/appraisals/{appraisal}/results/{subject}"):
		return unless(d.members[d.subject] == self, audit.RecordViewed)
	case path == "/appraisals/{appraisal}" || path == "/appraisals/{appraisal}/results":
		return unless(!d.namesOthers(rec) || !tr.first(d), audit.ResultsListed)
	case path == "/batches/{batch}/original" || path == "/batches/{batch}/marked":
		return []audit.Action{audit.BatchExported}
	case path == "/appraisals/{appraisal}/evaluate":
		return []audit.Action{audit.JobEnqueued, audit.AppraisalEvaluated}
	}
	return deedEvents[d.method+" "+d.route.Path]
}

// retried is what a deed leaves that was not done: a form of a person's page comes back
// on that page.
func (d *deed) retried(rec *httptest.ResponseRecorder) []audit.Action {
	if d.method == http.MethodPost && d.thing.person != "" && strings.Contains(rec.Body.String(), `name="version"`) {
		return unless(d.thing.person == d.guest.viewer.Person, audit.RecordViewed)
	}
	return nil
}

// deedEvents are the routes that leave the same whatever they are asked for.
var deedEvents = map[string][]audit.Action{
	"POST /batches/{batch}/adopt":                           {audit.BatchAdopted},
	"POST /units/{unit}/appraisals":                         {audit.AppraisalOpened},
	"POST /appraisals/{appraisal}/withdraw":                 {audit.AppraisalWithdrawn},
	"POST /appraisals/{appraisal}/publish":                  {audit.AppraisalPublished},
	"POST /people/{person}/identity":                        {audit.PersonChanged},
	"POST /appraisals/{appraisal}/notice":                   {audit.ResultsExported},
	"POST /appraisals/{appraisal}/export/{format}":          {audit.ResultsExported},
	"POST /jobs/{job}/file":                                 {audit.ResultsExported},
	"POST /appraisals/{appraisal}/results/{subject}/bundle": {audit.DataExported},
	"POST /appraisals/{appraisal}/forms":                    {audit.JobEnqueued},
	"POST /account/password":                                {audit.AccountChanged},
}

// extras are what one change brings along, each with the table in which it is a row
// more: nothing of it comes without its row, and no row without it.
var extras = map[string]map[audit.Action]string{
	"POST /batches/{batch}/adopt":   {audit.PersonAdded: "person", audit.PostBegun: "post"},
	"POST /units/{unit}/appraisals": {audit.SchemeAdded: "scheme"},
}

func unless(not bool, action audit.Action) []audit.Action {
	if not {
		return nil
	}
	return []audit.Action{action}
}

var resultLink = regexp.MustCompile(`/results/([^"/?#]+)"`)

// namesOthers says whether a page shows anybody's line but the guest's own.
func (d *deed) namesOthers(rec *httptest.ResponseRecorder) bool {
	for _, found := range resultLink.FindAllStringSubmatch(rec.Body.String(), -1) {
		if d.members[found[1]] != d.guest.viewer.Person {
			return true
		}
	}
	return false
}

// often are the routes of the run, those that change something more often than others.
func often() (out []web.Route) {
	for _, r := range web.Routes() {
		n := 1
		switch {
		case r.Path == "/sign-in" || r.Path == "/sign-out" || strings.HasPrefix(r.Path, "/account"): // costly, or ends a session that others need
			n = 0
		case r.Path == "/units/{unit}/evidence" || strings.HasSuffix(r.Path, "/export/{format}") || strings.HasSuffix(r.Path, "/evaluate"):
			n = 2 // costly, too
		case r.Method == http.MethodPost || strings.HasPrefix(r.Path, "/appraisals/") || strings.HasPrefix(r.Path, "/people/"):
			n = 4
		}
		for range n {
			out = append(out, r)
		}
	}
	return out
}

// draw draws a deed: a route, somebody, and a thing of a school as it is now.
func (tr *trail) draw(t testing.TB) *deed {
	t.Helper()
	w := tr.w
	sc := w.schools[rand.IntN(len(w.schools))]
	r := tr.routes[rand.IntN(len(tr.routes))]
	d := &deed{asked: asked{route: r, method: r.Method, guest: tr.anybody(t, r, sc)}, school: sc}
	switch {
	case strings.Contains(r.Path, "{unit}"):
		d.thing = thing{id: string(sc.unit.ID)}
	case strings.Contains(r.Path, "{person}"):
		p := []org.Person{sc.teacher, sc.friend}[rand.IntN(2)]
		d.thing = thing{id: string(p.ID), person: p.ID}
	case strings.Contains(r.Path, "{batch}"):
		state := map[string]string{"POST": "staged", "GET": "adopted"}[r.Method]
		if rand.IntN(4) == 0 || strings.HasSuffix(r.Path, "/marked") {
			state = "staged"
		}
		d.thing = thing{id: tr.oneOf(t, "SELECT id FROM batch WHERE unit = $1 AND state = $2", sc.unit.ID, state)}
	case strings.Contains(r.Path, "{job}"):
		d.thing, d.members = sc.jobs[rand.IntN(len(sc.jobs))], tr.membersOf(t, sc.appraisals[0].id)
	case strings.Contains(r.Path, "{scheme}"):
		d.thing = w.schemes[rand.IntN(len(w.schemes))]
	case strings.Contains(r.Path, "{appraisal}"):
		d.thing = thing{id: tr.oneOf(t, "SELECT id FROM appraisal WHERE unit = $1 AND state IN "+inStates(r.Path), sc.unit.ID)}
		d.members = tr.membersOf(t, d.thing.id)
		d.subject = []string{sc.code, sc.other, sc.code, sc.other, "T999"}[rand.IntN(5)]
	}
	d.format = whole[rand.IntN(len(whole))]
	if rand.IntN(20) == 0 {
		d.thing.id, d.members = missingID, nil
	}
	return d
}

// inStates are the states of appraisals to which a route does something, mostly.
func inStates(path string) string {
	switch {
	case rand.IntN(8) == 0:
		return "('open', 'evaluated', 'published', 'withdrawn')"
	case strings.HasSuffix(path, "/withdraw"):
		return "('open')"
	case strings.HasSuffix(path, "/evaluate"):
		return "('open', 'evaluated')"
	case strings.HasSuffix(path, "/publish"):
		return "('evaluated')"
	}
	return "('evaluated', 'published')"
}

// anybody is mostly somebody who may.
func (tr *trail) anybody(t testing.TB, r web.Route, sc *townSchool) *guest {
	t.Helper()
	if rand.IntN(5) > 0 {
		of := []*guest{sc.clerk, sc.second}
		switch own := tr.w.owners(); {
		case strings.HasSuffix(r.Path, "/publish"):
			of = []*guest{sc.head}
		case strings.HasSuffix(r.Path, "/bundle"):
			of = own
		case r.Method == http.MethodGet && !strings.HasPrefix(r.Path, "/batches/"):
			of = append(of, sc.clerk, sc.head, own[rand.IntN(len(own))], tr.w.guest(t, "officer of the city"), tr.w.guest(t, "auditor of the city"))
		}
		return of[rand.IntN(len(of))]
	}
	return tr.w.guests[rand.IntN(len(tr.w.guests))]
}

func (tr *trail) oneOf(t testing.TB, query string, args ...any) string {
	t.Helper()
	all := tr.column(t, query, args...)
	if len(all) == 0 {
		return missingID
	}
	return all[rand.IntN(len(all))]
}

// column returns the texts that a query finds.
func (tr *trail) column(t testing.TB, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := tr.w.db.SQL.Query(query, args...)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(query, err)
		}
		out = append(out, s)
	}
	return out
}

func (tr *trail) membersOf(t testing.TB, appraisal string) map[string]org.PersonID {
	t.Helper()
	out := map[string]org.PersonID{}
	for _, both := range tr.column(t, "SELECT result.subject || ' ' || result.person FROM result JOIN appraisal ON appraisal.evaluation = result.evaluation WHERE appraisal.id = $1", appraisal) {
		subject, person, _ := strings.Cut(both, " ")
		out[subject] = org.PersonID(person)
	}
	return out
}

// request is a deed's, with a form that is right more often than not.
func (tr *trail) request(t testing.TB, d *deed) *http.Request {
	t.Helper()
	if d.method == http.MethodGet {
		return tr.w.as(d.guest, d.method, d.target(), nil)
	}
	fields := tr.w.form(d.asked, "")
	if d.guest.viewer.Account != "" {
		fields.Set("mark", tr.w.markOf(t, d.guest))
	}
	for key, values := range map[string][]string{
		"number": {someNumber, otherNumber, mistyped, "闽考〔2026〕1 号"}, "scheme": {"jining-2018/primary", "jining-2018/junior", "fuqing-style/points"},
		"term": {"2025-2026", "2024-2025", "2023-2024", "1999-2000"}, "from": {"2026-03-02"}, "to": {"2026-03-13"}, "office": {"校办"}, "phone": {"0591-1234567"}, "as": {"", "xlsx"},
	} {
		fields.Set(key, values[rand.IntN(len(values))])
	}
	if d.thing.person != "" {
		fields.Set("version", tr.oneOf(t, "SELECT CAST(version AS TEXT) FROM person WHERE id = $1", d.thing.person))
	}
	var body io.Reader = strings.NewReader(fields.Encode())
	kind := kinds[0]
	if d.route.Path == "/units/{unit}/evidence" {
		body, kind = fileForm(map[string]string{"mark": fields.Get("mark"), "term": townTerm}, "x.xlsx", tr.book(t, d.school))
	}
	r := tr.w.as(d.guest, d.method, d.target(), body)
	r.Header.Set("Content-Type", kind)
	return r
}

// book is a school's workbook with something changed, somebody new in it now and
// then, or no workbook at all.
func (tr *trail) book(t testing.TB, sc *townSchool) string {
	t.Helper()
	if rand.IntN(8) == 0 {
		return "no workbook"
	}
	p := evidenceOf(slices.Index(tr.w.schools, sc))
	p.Staff[1].Section = fmt.Sprint("级部", rand.Uint32())
	if rand.IntN(3) == 0 {
		more := p.Staff[1]
		more.ID, more.Name = fmt.Sprintf("N%05d", rand.IntN(100_000)), "新来的人"
		p.Staff = append(p.Staff, more)
	}
	return string(book(t, p))
}

// await waits until the job of a deed has ended, a minute at most: it takes a second,
// and longer on a slow machine.
func (tr *trail) await(t testing.TB, d *deed, rec *httptest.ResponseRecorder) (state store.JobState) {
	t.Helper()
	id := strings.TrimPrefix(rec.Header().Get("Location"), "/jobs/")
	page, err := tr.w.service.Job(t.Context(), tr.w.asked(t, d.guest), id)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err != nil || page.Ended() {
			break
		}
		page, err = tr.w.service.Job(t.Context(), tr.w.asked(t, d.guest), id)
	}
	if err != nil || !page.Ended() {
		t.Fatalf("%v: the job does not end: %v", d, err)
	}
	return page.State
}
