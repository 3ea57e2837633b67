package scheme_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shiji/internal/fault"
	"shiji/internal/scheme"
)

// hostile is a scheme of one group whose nodes are written by node.
func hostile(count int, node func(i int) string) string {
	var b strings.Builder
	b.WriteString("scheme: t\ntitle: 试\n" + rounding + "\ntotal: {places: 2, ties: shared}\n" + missing + "\ngroups: {教学: {posts: [教师]}}\nnodes:\n")
	for i := range count {
		b.WriteString(node(i) + "\n")
	}
	return b.String()
}

// chain is nodes one below the other, its last the only one with a rule.
func chain(count int) string {
	return hostile(count, func(i int) string {
		s := fmt.Sprintf("  - {id: n%d, name: 项%d, weight: 100%%, clause: 一", i, i)
		if i > 0 {
			s += fmt.Sprintf(", parent: n%d", i-1)
		}
		if i == count-1 {
			s += ", rule: {form: formula, is: 甲}"
		}
		return s + "}"
	})
}

func ring(i int) string {
	return fmt.Sprintf("  - {id: n%d, name: 项, parent: n%d, weight: 100%%, clause: 一}", i, (i+1)%scheme.MaxNodes)
}

func flat(i int) string {
	return fmt.Sprintf("  - {id: n%d, name: 项, clause: 一, rule: {form: formula, is: 甲}}", i)
}

// fine is a node whose weight has a denominator of its own.
func fine(i int) string {
	return fmt.Sprintf("  - {id: n%d, name: 项, weight: 1/%d%030d7, clause: 一, rule: {form: formula, is: 甲}}", i, i+1, i)
}

// TestHostileSchemes: a scheme far beyond what people write is refused, and in
// no time; one just within the bounds is checked as fast.
func TestHostileSchemes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a deep chain":       {chain(scheme.MaxNodes), "scheme.too-deep"},
		"too deep by one":    {chain(scheme.MaxLevels + 1), "scheme.too-deep"},
		"just deep enough":   {chain(scheme.MaxLevels), ""},
		"a chain of 4000":    {chain(4000), "scheme.too-many"},
		"a ring":             {hostile(scheme.MaxNodes, ring), "scheme.parent-cycle"},
		"flat":               {hostile(scheme.MaxNodes, flat), ""},
		"one too many":       {hostile(scheme.MaxNodes+1, flat), "scheme.too-many"},
		"weights too fine":   {hostile(scheme.MaxNodes, fine), "scheme.too-fine"},
		"too many measures":  {hostile(1, flat) + "measures:\n" + many(scheme.MaxMeasures+1, "  m%d: {from: a, clause: 一}\n"), "scheme.too-many"},
		"too many groups":    {strings.Replace(hostile(1, flat), "groups: {教学: {posts: [教师]}}", "groups:\n"+many(scheme.MaxGroups+1, "  g%d: {posts: [教师]}\n"), 1), "scheme.too-many"},
		"too many to one":    {strings.Replace(hostile(1, flat), "name: 项,", "name: 项, groups: ["+many(scheme.MaxGroups+1, "教学,")+"],", 1), "scheme.too-many"},
		"too many gates":     {hostile(1, flat) + "gates:\n" + many(scheme.MaxEntries+1, "  - {id: g%d, name: 甲, clause: 一, effect: 一, fact: 甲, below: 1}\n"), "scheme.too-many"},
		"enough departures":  {hostile(1, flat) + "departures:\n" + many(scheme.MaxEntries+1, "  - {bound: g%d, reason: 甲, approval: 一}\n"), "scheme.too-many"},
		"enough open guards": {hostile(1, flat) + "open-guards:\n" + many(scheme.MaxEntries+1, "  - {guard: g%d, reason: 甲, office: 一}\n"), "scheme.too-many"},
	} {
		start := time.Now()
		s, err := scheme.Parse(scheme.File{Name: "t.yaml", Text: []byte(c.text)}, nil)
		if err == nil {
			_, err = scheme.Compile(s, soundFacts)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
		got := ""
		if all := fault.All(err); len(all) > 0 {
			got = all[0].Key
		}
		if got != c.want {
			t.Errorf("%s: got %.200v, want %s", name, err, c.want)
		}
	}
}

// many repeats a line, numbered where it has a place for it.
func many(count int, line string) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(strings.Replace(line, "%d", fmt.Sprint(i), 1))
	}
	return b.String()
}
