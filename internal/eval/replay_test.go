package eval_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
)

// own returns the facts of one member.
func own(c eval.Cohort, subject string) []fact.Fact {
	var out []fact.Fact
	for _, f := range c.Facts {
		if f.Subject == subject {
			out = append(out, f)
		}
	}
	return out
}

// copied is a result that shares nothing with res.
func copied(res eval.Result) eval.Result {
	res.Values, res.Refs = slices.Clone(res.Values), slices.Clone(res.Refs)
	res.Contributions, res.Consequences = slices.Clone(res.Contributions), slices.Clone(res.Consequences)
	res.Findings = slices.Clone(res.Findings)
	return res
}

var little = num.Frac(1, 1_000_000)

// TestReplayAcceptsResults: every result recomputes from own facts and refs.
func TestReplayAcceptsResults(t *testing.T) {
	t.Parallel()
	overWorlds(t, 2, func(t *rapid.T, w *world) {
		for _, res := range w.evaluate(t).Results {
			d, err := eval.Replay(w.compiled, own(w.cohort, res.Subject), res)
			if err != nil {
				t.Fatalf("%s: %v\n%s", res.Subject, err, w.yaml)
			}
			if got, want := len(d.Roots), len(w.compiled.Roots[res.Group]); got != want {
				t.Errorf("%s: %d roots, want %d", res.Subject, got, want)
			}
		}
	})
}

// TestReplayRejectsTampering: whatever is changed in a result or a fact is
// found. A reference is trusted; but one that decides a value cannot be changed
// without the value.
func TestReplayRejectsTampering(t *testing.T) {
	t.Parallel()
	var refs, found seen
	refs.atLeastOnce(t)
	found.atLeastOnce(t)
	overWorlds(t, 2, func(t *rapid.T, w *world) {
		res := draw(t, w.evaluate(t).Results)
		facts := own(w.cohort, res.Subject)
		reject := func(what string, facts []fact.Fact, res eval.Result) {
			if _, err := eval.Replay(w.compiled, facts, res); err == nil {
				t.Errorf("%s: accepted after %s\n%s", res.Subject, what, w.yaml)
			}
		}
		for i, n := range w.compiled.Nodes {
			bad := copied(res)
			if v := &bad.Values[i]; v.Status == eval.Known {
				v.Q = v.Q.Add(little)
				reject("changing the value of "+n.ID, facts, bad)
			}
			bad.Values[i] = eval.Value{Status: eval.Excused}
			if res.Values[i].Status != eval.Excused {
				reject("changing the status of "+n.ID, facts, bad)
			}
			bad = copied(res)
			bad.Values[i].Code += "?"
			reject("changing the code of "+n.ID, facts, bad)
		}
		for i := range res.Contributions {
			bad := copied(res)
			bad.Contributions[i].Value = bad.Contributions[i].Value.Add(little)
			reject("changing a contribution", facts, bad)
			bad.Score = bad.Score.Add(little)
			reject("changing a contribution and the total", facts, bad)
			bad = copied(res)
			bad.Contributions = slices.Delete(bad.Contributions, i, i+1)
			reject("dropping a contribution", facts, bad)
		}
		bad := copied(res)
		bad.Score = bad.Score.Add(little)
		reject("changing the total", facts, bad)
		bad = copied(res)
		bad.Scored = !bad.Scored
		reject("changing whether there is a total", facts, bad)
		bad.Values, bad.Scored = bad.Values[1:], res.Scored
		reject("dropping a node", facts, bad)
		bad = copied(res)
		bad.Consequences = append(bad.Consequences, eval.Consequence{Gate: "g9"})
		reject("adding a consequence", facts, bad)
		for i := range res.Consequences {
			bad = copied(res)
			bad.Consequences[i].Effect += "。"
			reject("rewording a consequence", facts, bad)
			bad.Consequences = slices.Delete(bad.Consequences, i, i+1)
			reject("dropping a consequence", facts, bad)
		}
		found.Add(tamperFindings(res, func(what string, res eval.Result) { reject(what, facts, res) }))
		tamperFacts(facts, func(what string, facts []fact.Fact) { reject(what, facts, res) })
		refs.Add(tamperRefs(t, w, facts, res))
	})
}

// tamperFindings changes one finding after another and returns how many it
// changed. That a cap cannot be met is for the cohort to show, not the own tree.
func tamperFindings(res eval.Result, reject func(what string, res eval.Result)) (changed int64) {
	bad := copied(res)
	bad.Findings = append(bad.Findings, eval.Finding{Key: "eval.no-score", Args: []string{"甲"}})
	reject("adding a finding", bad)
	for i, f := range res.Findings {
		if f.Key == "eval.cap-unmet" {
			continue
		}
		changed++
		bad = copied(res)
		bad.Findings = slices.Delete(bad.Findings, i, i+1)
		reject("dropping "+f.Key, bad)
		for what, other := range map[string]eval.Finding{
			"node": {Node: f.Node + "1", Key: f.Key, Args: f.Args}, "key": {Node: f.Node, Key: f.Key + "s", Args: f.Args},
			"words": {Node: f.Node, Key: f.Key, Args: append(slices.Clone(f.Args), "。")},
		} {
			bad = copied(res)
			bad.Findings[i] = other
			reject("changing the "+what+" of "+f.Key, bad)
		}
	}
	return changed
}

// tamperFacts changes one thing about each fact in turn.
func tamperFacts(facts []fact.Fact, reject func(what string, facts []fact.Fact)) {
	for i := range facts {
		for what, change := range map[string]func(f *fact.Fact){
			"value":  func(f *fact.Fact) { f.Value = f.Value.Add(little) },
			"code":   func(f *fact.Fact) { f.Code += "?" },
			"state":  func(f *fact.Fact) { f.State = (f.State + 1) % 5 },
			"source": func(f *fact.Fact) { f.Source += "2" },
			"item":   func(f *fact.Fact) { f.Item += "9" },
		} {
			bad := slices.Clone(facts)
			change(&bad[i])
			reject("changing the "+what+" of "+facts[i].Key, bad)
		}
		reject("dropping "+facts[i].Key, slices.Delete(slices.Clone(facts), i, i+1))
	}
}

// tamperRefs changes references and returns how many decided a value.
func tamperRefs(t *rapid.T, w *world, facts []fact.Fact, res eval.Result) (decided int64) {
	for i, ref := range res.Refs {
		bad := copied(res)
		bad.Refs[i].Value = ref.Value.Add(num.Int(1000)).Add(little)
		if _, err := eval.Replay(w.compiled, facts, bad); err != nil {
			decided++
		}
		bad.Refs[i] = eval.Ref{Node: ref.Node, Name: "other", Value: ref.Value}
		if _, err := eval.Replay(w.compiled, facts, bad); err == nil {
			t.Errorf("%s: accepted without reference %s of %s", res.Subject, ref.Name, ref.Node)
		}
	}
	bad := copied(res)
	bad.Refs = append(bad.Refs, eval.Ref{Node: w.compiled.Nodes[0].ID, Name: "other"})
	if _, err := eval.Replay(w.compiled, facts, bad); err == nil {
		t.Errorf("%s: accepted with a reference that no rule uses", res.Subject)
	}
	return decided
}
