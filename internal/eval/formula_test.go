package eval_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// head completes the scheme of a case: eight inner places and contributions to
// two, so that what the source rounds to two decimals is the total.
const head = `scheme: case
title: 算例
rounding: {places: 8, contributions: 2, mode: half-up}
missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: block}
groups: {教学: {posts: [教师]}, 职员: {posts: [职员]}}
`

// elsewhere says why a worked row of the tables is no rule of a scheme.
var elsewhere = map[string]string{
	"F17#1": "mean, S and Z need a square root: room measure derives Z, the scheme reads it (F17#2)",
	"F17#3": "sample S: room measure",
	"F17#4": "S = 0: room measure",
}

// byHand are the families without a row in the table; their cases carry the working.
var byHand = []string{"F05", "F07", "F10", "F16", "F19", "F23"}

// TestFormulas evaluates each family of local formulas as a scheme rule, and
// holds it to the worked rows of test_formulas.csv and bonus_rules.csv.
func TestFormulas(t *testing.T) {
	t.Parallel()
	rows := worked(t)
	files, err := filepath.Glob("testdata/formulas/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	covered := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			for _, id := range runCase(t, file, rows) {
				covered[id] = true
			}
		})
	}
	for id := range rows {
		_, other := elsewhere[id]
		if covered[id] == other {
			t.Errorf("row %s: case %v, reason why not %v; want one of them", id, covered[id], other)
		}
	}
	for _, id := range byHand {
		if !covered[id] {
			t.Errorf("%s has no case", id)
		}
	}
}

// worked reads the expected texts of both tables: "F01#2" is the second row of
// F01, "B3" the third example of bonus_rules.csv.
func worked(t *testing.T) map[string]string {
	out := map[string]string{}
	count := map[string]int{}
	for _, r := range readCSV(t, "testdata/test_formulas.csv") {
		count[r[0]]++
		out[fmt.Sprintf("%s#%d", r[0], count[r[0]])] = r[2]
	}
	for i, r := range readCSV(t, "testdata/bonus_rules.csv") {
		out[fmt.Sprint("B", i+1)] = r[2]
	}
	return out
}

func readCSV(t *testing.T, name string) [][]string {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// runCase evaluates a case and returns the rows it covers.
func runCase(t *testing.T, file string, rows map[string]string) (covered []string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range ar.Files {
		parts[f.Name] = string(f.Data)
	}
	cohort, decls := readFacts(t, parts["facts"])
	out, c := evaluateCase(t, parts["scheme.yaml"], cohort, decls)
	if len(cohort.Members) <= 50 { // the oracle asks everybody about everybody
		newOracle(c.Scheme, decls, cohort).agree(t, c, out)
	}
	for _, w := range wants(parts["want"]) {
		checkWant(t, c, out, w)
		for _, id := range w[min(2, len(w)):] {
			exact := strings.TrimPrefix(id, "~") // "~": the row says valid or not, no number
			if exact == id && !slices.Contains(byHand, id) && !says(rows[id], w[1]) {
				t.Errorf("row %s expects %q, the case wants %s", id, rows[id], w[1])
			}
			covered = append(covered, exact)
		}
	}
	return covered
}

// evaluateCase completes the scheme with head and evaluates it.
func evaluateCase(t *testing.T, text string, cohort eval.Cohort, decls []scheme.FactDecl) (*eval.Outcome, *scheme.Compiled) {
	t.Helper()
	text = head + text
	if !strings.Contains(text, "\ntotal:") {
		text += "total: {places: 2, ties: shared}\n"
	}
	s, err := scheme.Parse(scheme.File{Name: "case.yaml", Text: []byte(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := scheme.Compile(s, decls)
	if err != nil {
		t.Fatal(err)
	}
	out, err := eval.Evaluate(c, cohort)
	if err != nil {
		t.Fatal(err)
	}
	return out, c
}

// wants splits the lines that checkWant reads.
func wants(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		out = append(out, strings.Fields(line))
	}
	return out
}

var numbers = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// says reports whether the expected text names the number or the effect.
func says(expected, value string) bool {
	want, err := num.Parse(value)
	if err != nil {
		return strings.Contains(expected, strings.TrimPrefix(value, "!"))
	}
	return slices.ContainsFunc(numbers.FindAllString(expected, -1), func(s string) bool { return num.MustParse(s).Equal(want) })
}

// checkWant checks one line: "T1 83.40" a total, "T1:1.2 17.5" a node's value or
// status, "T1:bonus 20" a contribution, "T1 not" no total, "T1 !effect" all
// consequences, "T1 ?key" a finding, "= 500" the sum of all totals.
func checkWant(t *testing.T, c *scheme.Compiled, out *eval.Outcome, w []string) {
	t.Helper()
	if w[0] == "=" {
		var sum num.Q
		for _, res := range out.Results {
			sum = sum.Add(res.Score)
		}
		if !sum.Equal(num.MustParse(w[1])) {
			t.Errorf("totals add up to %v, want %s", sum, w[1])
		}
		return
	}
	subject, node, _ := strings.Cut(w[0], ":")
	i := slices.IndexFunc(out.Results, func(r eval.Result) bool { return r.Subject == subject })
	if i < 0 {
		t.Fatalf("no result for %s", subject)
	}
	res := out.Results[i]
	got := res.Score.String()
	switch {
	case node == eval.BonusPart:
		got = res.Contributions[len(res.Contributions)-1].Value.String()
	case node != "":
		v := res.Values[c.NodeIndex(node)]
		if got = v.Q.String(); v.Status != eval.Known {
			got = v.Status.String()
		}
	case w[1][0] == '!':
		got = "!"
		for _, e := range res.Consequences {
			got += e.Effect
		}
	case w[1][0] == '?':
		if !slices.ContainsFunc(res.Findings, func(f eval.Finding) bool { return "?"+f.Key == w[1] }) {
			t.Errorf("%s: findings %v, want %s", subject, res.Findings, w[1])
		}
		return
	case !res.Scored:
		got = "not"
	}
	want := w[1]
	if q, err := num.Parse(want); err == nil {
		want = q.String()
	}
	if got != want {
		t.Errorf("%s: got %s, want %s", w[0], got, w[1])
	}
}

var manyPeople = regexp.MustCompile(`^T\[(\d+)-(\d+)\] (.*)$`)

// readFacts reads "T1 教学 课时=12" (a member with scalars), "T1 成果#1 级别=省"
// (a line of a table) and "T[1-100] 教学 名次=$" (many members). A value that is
// no number is a code; "!given" is the state of a table, "!excused" of a fact.
func readFacts(t *testing.T, text string) (c eval.Cohort, decls []scheme.FactDecl) {
	declared := map[scheme.FactDecl]bool{}
	read := func(line string) {
		words := strings.Fields(line)
		table, item, isLine := strings.Cut(words[1], "#")
		if !isLine {
			c.Members = append(c.Members, fact.Member{Subject: words[0], Group: words[1]})
			table = ""
		}
		for _, w := range words[2:] {
			name, value, _ := strings.Cut(w, "=")
			f := fact.Fact{Subject: words[0], Key: name, Item: item, Source: line}
			if isLine {
				f.Key = table + "." + name
			}
			if state, ok := strings.CutPrefix(value, "!"); ok {
				if err := f.State.UnmarshalText([]byte(state)); err != nil {
					t.Fatal(err)
				}
				c.Facts = append(c.Facts, f)
				continue
			}
			q, err := num.Parse(value)
			f.Value = q
			if err != nil {
				f.Code = value
			}
			c.Facts = append(c.Facts, f)
			declared[scheme.FactDecl{Name: name, Table: table, Coded: err != nil}] = true
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		m := manyPeople.FindStringSubmatch(line)
		if m == nil {
			read(line)
			continue
		}
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		for i := from; i <= to; i++ {
			read(fmt.Sprintf("T%03d %s", i, strings.ReplaceAll(m[3], "$", strconv.Itoa(i))))
		}
	}
	return c, slices.SortedFunc(maps.Keys(declared), func(a, b scheme.FactDecl) int {
		return strings.Compare(a.Table+"."+a.Name, b.Table+"."+b.Name)
	})
}
