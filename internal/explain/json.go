package explain

import (
	"bytes"
	"encoding/json"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// jsonFormat names the shape of JSON; a changed shape gets a new name.
const jsonFormat = "shiji-results/1"

type jsonResults struct {
	Format   string       `json:"format"`
	School   string       `json:"school"`
	Term     string       `json:"term"`
	Label    string       `json:"label,omitempty"`
	Scheme   jsonScheme   `json:"scheme"`
	Cohort   fact.Digest  `json:"cohort"`
	Findings []string     `json:"findings"`
	People   []jsonPerson `json:"people"`
}

type jsonScheme struct {
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	Edition int         `json:"edition"`
	Policy  string      `json:"policy,omitempty"`
	Digest  fact.Digest `json:"digest"`
}

type jsonPerson struct {
	Subject       string            `json:"subject"`
	Name          string            `json:"name"`
	Group         string            `json:"group"`
	Scored        bool              `json:"scored"`
	Score         string            `json:"score,omitempty"`
	Place         int               `json:"place,omitempty"`
	Of            int               `json:"of,omitempty"`
	Contributions []jsonPart        `json:"contributions"`
	Consequences  []jsonConsequence `json:"consequences"`
	Findings      []string          `json:"findings"`
	References    []jsonRef         `json:"references"`
	Facts         fact.Digest       `json:"facts"`
	Steps         []jsonStep        `json:"steps"`
}

type jsonPart struct {
	Node  string `json:"node"`
	Value string `json:"value"`
	How   string `json:"how"`
}

type jsonConsequence struct {
	Gate   string `json:"gate"`
	Name   string `json:"name"`
	Effect string `json:"effect"`
	Clause string `json:"clause"`
	Veto   bool   `json:"veto"`
	Fact   string `json:"fact"`
	Value  string `json:"value"`
}

type jsonRef struct {
	Node  string `json:"node"`
	Name  string `json:"name"`
	Value num.Q  `json:"value"`
}

type jsonStep struct {
	Node     string     `json:"node,omitempty"` // "" for a line of a repeated fact
	Name     string     `json:"name"`
	Rule     string     `json:"rule"`
	Clause   string     `json:"clause,omitempty"`
	Guard    string     `json:"guard,omitempty"`
	Weight   string     `json:"weight,omitempty"`
	Share    string     `json:"share,omitempty"`
	Full     string     `json:"full,omitempty"`
	Value    string     `json:"value,omitempty"`
	Code     string     `json:"code,omitempty"`
	Status   string     `json:"status"`
	Missing  string     `json:"missing,omitempty"`
	Sentence string     `json:"sentence,omitempty"`
	Args     []jsonArg  `json:"args,omitempty"`
	Steps    []jsonStep `json:"steps,omitempty"`
}

type jsonArg struct {
	Name   string     `json:"name"`
	Value  string     `json:"value,omitempty"`
	Code   string     `json:"code,omitempty"`
	Status string     `json:"status,omitempty"` // when not given
	Source string     `json:"source,omitempty"`
	Node   string     `json:"node,omitempty"`
	Kind   string     `json:"kind,omitempty"` // "cohort", "derived"; "" for a fact
	Work   []jsonWork `json:"work,omitempty"`
}

type jsonWork struct {
	Label  string `json:"label"`
	Value  num.Q  `json:"value"`
	Factor num.Q  `json:"factor"`
	Counts num.Q  `json:"counts"`
	Source string `json:"source,omitempty"`
}

// JSON writes out with every step, for machines: numbers are exact text, people
// come by 工号, and equal results give equal bytes. derivations are those of
// out.Results, in their order. It is the school's own file and holds everybody.
func JSON(c *scheme.Compiled, out *eval.Outcome, derivations []*eval.Derivation, roll Roll) ([]byte, error) {
	h := head(c.Scheme)
	doc := jsonResults{
		Format: jsonFormat, School: roll.School, Term: roll.Term, Label: roll.Label, Cohort: out.Cohort,
		Scheme:   jsonScheme{h.Name, h.Title, h.Edition, h.Policy, c.Digest},
		Findings: orEmpty(Findings(out.Findings)), People: make([]jsonPerson, 0, len(derivations)),
	}
	for _, d := range derivations {
		doc.People = append(doc.People, onePerson(c, d, roll))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(doc)
	return b.Bytes(), err
}

// orEmpty makes a list without entries an empty list, not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func onePerson(c *scheme.Compiled, d *eval.Derivation, roll Roll) jsonPerson {
	res := &d.Result
	page := Person(c, d, roll.Who(res.Subject))
	p := jsonPerson{
		Subject: res.Subject, Name: page.Name, Group: res.Group, Scored: res.Scored, Score: page.Total, Place: res.Place, Of: res.Of,
		Contributions: []jsonPart{}, Consequences: []jsonConsequence{}, Findings: orEmpty(page.Findings), References: []jsonRef{}, Facts: res.Facts,
	}
	for _, x := range page.Parts {
		p.Contributions = append(p.Contributions, jsonPart{x.Node, x.Value, x.How})
	}
	for _, x := range res.Consequences {
		p.Consequences = append(p.Consequences, jsonConsequence{x.Gate, x.Name, x.Effect, x.Clause, x.Veto, x.Fact, x.Value})
	}
	for _, x := range res.Refs {
		p.References = append(p.References, jsonRef{x.Node, x.Name, x.Value})
	}
	for i := range d.Roots {
		p.Steps = append(p.Steps, oneStep(&d.Roots[i], &page.Rows[i]))
	}
	return p
}

// oneStep writes a step with the sentence of its row; lines come before the
// steps of children, as in the row.
func oneStep(s *eval.Step, r *Row) jsonStep {
	out := jsonStep{
		Node: s.Node, Name: s.Name, Rule: s.Rule, Clause: s.Clause, Guard: s.Guard, Full: s.Full.String(),
		Code: s.Code, Status: s.Status.String(), Sentence: r.Sentence, Args: args(s.Args),
	}
	if s.Weighted {
		out.Weight, out.Share = s.Weight.String(), s.Share.String()
		if s.Share.Sign() == 0 {
			out.Share = ""
		}
	}
	if s.Status == eval.Known && s.Code == "" {
		out.Value = s.Value.String()
	}
	if s.Missing != 0 {
		out.Missing = s.Missing.String()
	}
	line, kid := 0, 0
	for i := range s.Kids {
		if k := &s.Kids[i]; k.Node == "" {
			out.Steps = append(out.Steps, oneLine(k, &r.Lines[line]))
			line++
		} else {
			out.Steps = append(out.Steps, oneStep(k, &r.Kids[kid]))
			kid++
		}
	}
	return out
}

// oneLine writes a line of a repeated fact; what few raters said is left out.
func oneLine(k *eval.Step, l *Line) jsonStep {
	out := jsonStep{Name: k.Name, Rule: k.Rule, Status: k.Status.String(), Sentence: l.Sentence}
	if k.Weighted {
		out.Weight = k.Weight.String()
	}
	if k.Rule == "raters" && k.Status != eval.Known {
		return out
	}
	if k.Status == eval.Known {
		out.Value = k.Value.String()
	}
	out.Args = args(k.Args)
	return out
}

func args(list []eval.Arg) []jsonArg {
	var out []jsonArg
	for _, a := range list {
		x := jsonArg{Name: a.Name, Code: a.Code, Source: a.Source, Node: a.Node}
		switch {
		case a.Status != eval.Known:
			x.Status = a.Status.String()
		case a.Code == "":
			x.Value = a.Value.String()
		}
		switch {
		case a.Ref:
			x.Kind = "cohort"
		case a.Derived:
			x.Kind = "derived"
		}
		for _, w := range a.Work {
			x.Work = append(x.Work, jsonWork{w.Label, w.Value, w.Factor, w.Counts, w.Source})
		}
		out = append(out, x)
	}
	return out
}
