package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Event is one entry of the log: who did what to which object, when, in which
// role and where. It holds no name and no content: both stand in erasable
// tables, to which Before and After commit.
type Event struct {
	ID       string // 26 characters, time-ordered
	Time     string // UTC, 2006-01-02T15:04:05.000000Z
	Actor    string // account id, or the name of a program's part ("system")
	Role     string // role in which the actor acted; may be empty
	Org      string // path of the unit the object belongs to; may be empty
	Action   Action
	Object   string // kind "/" id
	Version  int64  // version of the object after the event; 0 if it has none
	Before   Commitment
	After    Commitment
	Evidence []Commitment // roots or digests of what the event rests on
	Request  string       // request id; may be empty
}

const (
	eventHeader = "shiji-event/1"
	maxField    = 512
	maxEvidence = 64
	timeLayout  = "0000-00-00T00:00:00.000000Z"
)

// Check returns why e must not enter a log, or nil.
func (e Event) Check() error {
	kind, known := objectOf[e.Action]
	switch {
	case !known:
		return fmt.Errorf("event: unknown action %q", e.Action)
	case len(e.ID) != 26:
		return fmt.Errorf("event: id %q has not 26 characters", e.ID)
	case !timeShaped(e.Time):
		return fmt.Errorf("event %s: time %q is not like %s", e.ID, e.Time, timeLayout)
	case e.Actor == "":
		return fmt.Errorf("event %s: no actor", e.ID)
	case !strings.HasPrefix(e.Object, kind+"/") || len(e.Object) == len(kind)+1:
		return fmt.Errorf("event %s: object %q of action %s is not %s/…", e.ID, e.Object, e.Action, kind)
	case e.Version < 0:
		return fmt.Errorf("event %s: negative version", e.ID)
	case len(e.Evidence) > maxEvidence:
		return fmt.Errorf("event %s: more than %d pieces of evidence", e.ID, maxEvidence)
	}
	for _, s := range []string{e.ID, e.Actor, e.Role, e.Org, e.Object, e.Request} {
		if err := plain(s); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
	}
	return nil
}

// plain refuses what could fake another line of the canonical text.
func plain(s string) error {
	if len(s) > maxField {
		return fmt.Errorf("a field has more than %d bytes", maxField)
	}
	ascii := true // nearly all are: ids and paths
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] >= ' ' && s[i] <= '~'
	}
	if ascii {
		return nil
	}
	if !utf8.ValidString(s) {
		return errors.New("a field is not UTF-8")
	}
	for _, r := range s {
		if !unicode.IsPrint(r) { // refuses control characters and all spaces but U+0020
			return fmt.Errorf("a field holds %U", r)
		}
	}
	return nil
}

func timeShaped(s string) bool {
	if len(s) != len(timeLayout) {
		return false
	}
	for i := range len(s) {
		digit := timeLayout[i] == '0'
		if digit != (s[i] >= '0' && s[i] <= '9') || !digit && s[i] != timeLayout[i] {
			return false
		}
	}
	return true
}

// Bytes returns the canonical bytes of e: a text that a court can read and
// whose leaf hash enters the log. It fails where Check does.
func (e Event) Bytes() ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, 512)
	b = append(b, eventHeader...)
	line := func(key, value string) {
		b = append(b, '\n')
		b = append(b, key...)
		b = append(b, ' ')
		b = append(b, value...)
	}
	line("id", e.ID)
	line("time", e.Time)
	line("actor", e.Actor)
	line("role", e.Role)
	line("org", e.Org)
	line("action", string(e.Action))
	line("object", e.Object)
	line("version", strconv.FormatInt(e.Version, 10))
	line("before", e.Before.text())
	line("after", e.After.text())
	for _, c := range e.Evidence {
		line("evidence", c.text())
	}
	line("request", e.Request)
	return append(b, '\n'), nil
}

// ParseEvent reads canonical bytes. It accepts exactly what Bytes writes.
func ParseEvent(data []byte) (Event, error) {
	var e Event
	p := lines{rest: string(data)}
	if p.next() != eventHeader {
		return e, errors.New("event: unknown version")
	}
	e.ID = p.field("id")
	e.Time = p.field("time")
	e.Actor = p.field("actor")
	e.Role = p.field("role")
	e.Org = p.field("org")
	e.Action = Action(p.field("action"))
	e.Object = p.field("object")
	version := p.field("version")
	e.Before = p.commitment("before")
	e.After = p.commitment("after")
	for strings.HasPrefix(p.rest, "evidence ") {
		e.Evidence = append(e.Evidence, p.commitment("evidence"))
	}
	e.Request = p.field("request")
	var err error
	if e.Version, err = strconv.ParseInt(version, 10, 64); err != nil || strconv.FormatInt(e.Version, 10) != version {
		return Event{}, errors.New("event: malformed version")
	}
	if p.bad || p.rest != "" {
		return Event{}, errors.New("event: malformed line")
	}
	if err := e.Check(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// commitmentText is the length of a commitment in base 64.
const commitmentText = 44

var strict = base64.StdEncoding.Strict()

// lines reads the canonical text; bad stays set after the first fault.
type lines struct {
	rest string
	bad  bool
}

func (p *lines) next() string {
	s, rest, ok := strings.Cut(p.rest, "\n")
	if !ok {
		p.bad = true
	}
	p.rest = rest
	return s
}

func (p *lines) field(key string) string {
	line := p.next()
	if len(line) <= len(key) || line[:len(key)] != key || line[len(key)] != ' ' {
		p.bad = true
		return ""
	}
	return line[len(key)+1:]
}

func (p *lines) commitment(key string) (c Commitment) {
	s := p.field(key)
	if s == "-" {
		return c
	}
	var raw [commitmentText]byte
	if len(s) != commitmentText { // the decoder passes over carriage returns
		p.bad = true
		return c
	}
	n, err := strict.Decode(raw[:], []byte(s))
	if err != nil || n != len(c) {
		p.bad = true
		return c
	}
	copy(c[:], raw[:])
	if c.IsZero() { // absent is written as "-"
		p.bad = true
	}
	return c
}
