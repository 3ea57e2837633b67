package audit

import "slices"

// Action names what was done. The set is closed: an event with another action
// is refused, so an auditor can read the whole vocabulary in Actions.
type Action string

// The vocabulary. Actions are never renamed or reused; new ones are added at
// the end of their object's group together with their line in Actions.
const (
	UnitAdded     Action = "unit.added"
	UnitChanged   Action = "unit.changed"
	PersonAdded   Action = "person.added"
	PersonChanged Action = "person.changed"
	PostBegun     Action = "post.begun"
	PostEnded     Action = "post.ended"

	AccountOpened  Action = "account.opened"
	AccountChanged Action = "account.changed"
	AccountClosed  Action = "account.closed"
	RoleGranted    Action = "role.granted"
	RoleEnded      Action = "role.ended"

	BatchAdopted  Action = "batch.adopted"
	BatchExported Action = "batch.exported"
	SchemeAdded   Action = "scheme.added"

	AppraisalOpened    Action = "appraisal.opened"
	AppraisalEvaluated Action = "appraisal.evaluated"
	AppraisalPublished Action = "appraisal.published"
	AppraisalWithdrawn Action = "appraisal.withdrawn"
	ResultsListed      Action = "results.listed"
	ResultsExported    Action = "results.exported"

	IdentityUnmasked Action = "identity.unmasked"
	RecordViewed     Action = "record.viewed"
	DataExported     Action = "data.exported"
	PayloadErased    Action = "payload.erased"
	JobEnqueued      Action = "job.enqueued"
	EpochOpened      Action = "log.epoch-opened"
)

// Entry documents one action for the auditor.
type Entry struct {
	Action Action
	Object string // kind of the object: the part of Event.Object before "/"
	Doc    string
}

var actions = []Entry{
	{UnitAdded, "unit", "a unit (city, county, school, group) was entered"},
	{UnitChanged, "unit", "name or code of a unit was corrected"},
	{PersonAdded, "person", "a person was entered and got a number"},
	{PersonChanged, "person", "a person's name or identity number was corrected"},
	{PostBegun, "post", "a person began to hold a post in a unit"},
	{PostEnded, "post", "a person's post in a unit ended"},
	{AccountOpened, "account", "an account was opened for a person"},
	{AccountChanged, "account", "password, second factor or state of an account changed"},
	{AccountClosed, "account", "an account was closed"},
	{RoleGranted, "role", "an account was granted a role in a unit"},
	{RoleEnded, "role", "a granted role ended"},
	{BatchAdopted, "batch", "a batch of handed-in documents became the valid ones; evidence: root over its versions"},
	{BatchExported, "batch", "somebody took a workbook away that was handed in, as it was or with its faults marked"},
	{SchemeAdded, "scheme", "an edition of a scheme was stored"},
	{AppraisalOpened, "appraisal", "an appraisal of a unit was opened"},
	{AppraisalEvaluated, "appraisal", "an appraisal was evaluated; evidence: root over its results, digests of scheme and cohort, commitment of what is said of all"},
	{AppraisalPublished, "appraisal", "the results of an appraisal were published"},
	{AppraisalWithdrawn, "appraisal", "an appraisal that was never evaluated was taken back"},
	{ResultsListed, "appraisal", "somebody opened the table of an appraisal's results, or another list that names people; once a day for each account"},
	{ResultsExported, "appraisal", "somebody took the results of everybody in an appraisal away"},
	{IdentityUnmasked, "person", "somebody saw a person's identity number unmasked"},
	{RecordViewed, "person", "somebody opened another person's record"},
	{DataExported, "unit", "somebody exported data of a unit"},
	{PayloadErased, "payload", "salt and content behind an event, version or evaluation were erased by a named decision"},
	{JobEnqueued, "job", "somebody ordered work that runs later"},
	{EpochOpened, "log", "two named persons accepted that the log continues from an older state"},
}

// Actions returns the vocabulary in its documented order.
func Actions() []Entry { return slices.Clone(actions) }

var objectOf = func() map[Action]string {
	m := make(map[Action]string, len(actions))
	for _, e := range actions {
		m[e.Action] = e.Object
	}
	return m
}()
