package app

import (
	"encoding/json"
	"sync"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/org"
)

// heading is what an evaluation says of all its members together. It is stored
// as JSON; fields may be added, never renamed.
type heading struct {
	School   string         `json:"school"`
	Term     string         `json:"term"`
	Label    string         `json:"label,omitempty"`
	Findings []eval.Finding `json:"findings,omitempty"`
}

func (h heading) encode() ([]byte, error) { return json.Marshal(h) }

// outcome is a stored evaluation, decoded: what every page, list and paper of an
// appraisal is drawn from. It never changes and is shared by all who read it.
type outcome struct {
	rules  *Rules
	head   heading
	eval   *eval.Outcome
	roll   explain.Roll
	people map[string]member // by 工号

	once     sync.Once
	overview *explain.Overview
}

// member is what an outcome keeps of one person beside her result.
type member struct {
	at             int // in eval.Results
	person         org.PersonID
	sort, initials string
	facts          []byte // own facts, encoded: a page decodes those of one person
}
