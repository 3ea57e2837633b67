package schemes_test

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
	"shiji/internal/sheet"
)

var update = flag.Bool("update", false, "write what is printed into cases/*.txtar; read the difference before you commit it")

// TestCases prints the explanation that each golden case asks for. A case is a
// txtar file: in front what it shows and its settings, then the package, a CSV
// file a sheet (or what measures would yield, as 数据.csv), then what must be
// printed for each teacher named. docs/schemes.md tells how to read one.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/cases/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("cases: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := readCase(t, archive)
			for _, teacher := range c.teachers {
				page := c.print(t, teacher)
				at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == teacher+".txt" })
				if *update {
					if at < 0 {
						archive.Files = append(archive.Files, txtar.File{Name: teacher + ".txt"})
						at = len(archive.Files) - 1
					}
					archive.Files[at].Data = []byte(page)
					continue
				}
				if at < 0 {
					t.Errorf("%s.txt is not there; run go test ./schemes -update and read it", teacher)
				} else if diff := cmp.Diff(lines(string(archive.Files[at].Data)), lines(page)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", teacher, diff)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func lines(text string) []string { return strings.Split(text, "\n") }

// golden is a case ready to be printed.
type golden struct {
	*ready
	facts    []fact.Fact
	out      *eval.Outcome
	roll     explain.Roll
	teachers []string
	nodes    []string // only these indicators; nil: all
}

func readCase(t *testing.T, archive *txtar.Archive) *golden {
	t.Helper()
	c := &golden{roll: explain.Roll{Names: map[string]string{}}}
	scheme, changes := "", []string{}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "：")
		if !ok {
			continue
		}
		switch key {
		case "方案":
			scheme = value
		case "教师":
			c.teachers = strings.Fields(value)
		case "指标":
			c.nodes = strings.Fields(value)
		case "修改":
			from, to, ok := strings.Cut(value, " → ")
			if !ok {
				t.Fatalf("修改 wants 原文 → 新文: %s", line)
			}
			changes = append(changes, from, strings.ReplaceAll(to, "⏎", "\n"))
		}
	}
	var err error
	if c.ready, err = prepare(scheme, changes...); err != nil {
		t.Fatal(words(err))
	}
	if len(c.teachers) == 0 {
		t.Fatal("教师 names nobody")
	}
	var members []fact.Member
	if data := fileNamed(archive, "数据.csv"); data != nil {
		members = c.given(t, archive, data)
	} else {
		members = c.derived(t, archive)
	}
	if c.out, err = eval.Evaluate(c.Compiled, eval.Cohort{Members: members, Facts: c.facts}); err != nil {
		t.Fatal(words(err))
	}
	return c
}

func fileNamed(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// derived reads the CSV files of the case as a school's package.
func (c *golden) derived(t *testing.T, archive *txtar.Archive) []fact.Member {
	t.Helper()
	folder := fstest.MapFS{}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".csv") {
			folder[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	pkg, err := sheet.ReadPackageCSV(folder, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(words(err))
	}
	return c.derive(t, pkg)
}

func (c *golden) derive(t *testing.T, pkg *evidence.Package) []fact.Member {
	t.Helper()
	var err error
	if c.facts, err = c.plan.Derive(pkg); err != nil {
		t.Fatal(words(err))
	}
	c.roll.School, c.roll.Term, c.roll.Label = pkg.School[0].Name, pkg.School[0].Term, pkg.School[0].Label
	for _, s := range pkg.Staff {
		c.roll.Names[s.ID] = s.Name
	}
	members, err := c.members(pkg)
	if err != nil {
		t.Fatal(words(err))
	}
	return members
}

// given reads what measures would yield: 数据.csv has a line a person, and
// 数据-表名.csv a line for each of a person's repetitions. What the files do not
// name does not concern anybody here.
func (c *golden) given(t *testing.T, archive *txtar.Archive, data []byte) []fact.Member {
	t.Helper()
	c.roll.Term = "2025-2026"
	var members []fact.Member
	rows := table(t, "数据.csv", data)
	for _, row := range rows {
		members = append(members, fact.Member{Subject: row["工号"], Group: row["岗位组"]})
		c.roll.Names[row["工号"]] = row["姓名"]
	}
	for name := range rows[0] {
		if !slices.Contains([]string{"工号", "姓名", "岗位组"}, name) && c.ScalarIndex(name) < 0 {
			t.Fatalf("数据.csv: the scheme reads no %q", name)
		}
	}
	for _, row := range rows {
		for _, d := range c.Scalars {
			f := valueOf(t, row[d.Name], d.Coded)
			f.Subject, f.Key, f.Source = row["工号"], d.Name, "数据/"+row["工号"]+"/"+d.Name
			c.facts = append(c.facts, f)
		}
	}
	for _, d := range c.Tables {
		name := "数据-" + d.Name + ".csv"
		data := fileNamed(archive, name)
		seen := map[string]bool{}
		if data != nil {
			for _, row := range table(t, name, data) {
				seen[row["工号"]] = true
				for _, field := range d.Fields {
					f := valueOf(t, row[field.Name], field.Coded)
					f.Subject, f.Key, f.Item, f.Source = row["工号"], d.Name+"."+field.Name, row["项"], d.Name+"/"+row["工号"]+"/"+row["项"]
					c.facts = append(c.facts, f)
				}
			}
		}
		for _, m := range members {
			// A case without a sheet of breaches is about people who have none.
			vetoed := slices.ContainsFunc(c.Gates, func(g scheme.Gate) bool { return g.Any && g.Fact == d.Name })
			state := fact.NotApplicable
			if data != nil || vetoed {
				state = fact.Given
			}
			if !seen[m.Subject] {
				c.facts = append(c.facts, fact.Fact{Subject: m.Subject, Key: d.Name, State: state})
			}
		}
	}
	fact.Sort(c.facts)
	return members
}

func table(t *testing.T, name string, data []byte) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %v", name, err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func valueOf(t *testing.T, cell string, coded bool) fact.Fact {
	t.Helper()
	states := map[string]fact.State{"": fact.NotApplicable, "不适用": fact.NotApplicable, "免": fact.Excused, "未交": fact.NotYet, "拒绝": fact.Refused}
	if state, ok := states[cell]; ok {
		return fact.Fact{State: state}
	}
	if coded {
		return fact.Fact{Code: cell}
	}
	q, err := num.Parse(cell)
	if err != nil {
		t.Fatalf("%q is no number: %v", cell, err)
	}
	return fact.Fact{Value: q}
}

// print replays the teacher's result and words it. The scheme's digest is left
// out: it changes with every letter of a scheme and explains nothing.
func (c *golden) print(t *testing.T, teacher string) string {
	t.Helper()
	at := slices.IndexFunc(c.out.Results, func(r eval.Result) bool { return r.Subject == teacher })
	if at < 0 {
		t.Fatalf("nobody is called %s", teacher)
	}
	var own []fact.Fact
	for _, f := range c.facts {
		if f.Subject == teacher {
			own = append(own, f)
		}
	}
	d, err := eval.Replay(c.Compiled, own, c.out.Results[at])
	if err != nil {
		t.Fatal(words(err))
	}
	page := explain.Person(c.Compiled, d, c.roll.Who(teacher))
	page.Scheme.Digest = "略"
	if c.nodes != nil {
		page.Rows = c.chosen(page.Rows)
		page.Missing = slices.DeleteFunc(page.Missing, func(m explain.Missing) bool { return !c.asked(m.ID) })
		page.Trusted = slices.DeleteFunc(page.Trusted, func(x explain.Trusted) bool { return !c.asked(x.Node) })
	}
	return explain.Text(page)
}

// chosen keeps the indicators that the case is about, with what lies above and
// below them.
func (c *golden) chosen(rows []explain.Row) []explain.Row {
	var out []explain.Row
	for _, r := range rows {
		if !c.asked(r.ID) {
			if r.Kids = c.chosen(r.Kids); len(r.Kids) == 0 {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

func (c *golden) asked(id string) bool {
	return slices.ContainsFunc(c.nodes, func(n string) bool { return id == n || strings.HasPrefix(id, n+".") })
}

// TestCasesCiteTheirNumbers holds the worked examples that the cases are made
// from to the figures printed for them.
func TestCasesCiteTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, want := range []struct{ file, teacher, text string }{
		{"jining-2018/cases/附加分封顶", "T001", "总分：109.80 分"},
		{"jining-2018/cases/一票否决", "T001", "考核定为不合格"},
		{"jining-2018/cases/一票否决", "T001", "总分：95.00 分"},
		{"jining-2018/cases/产假不降分", "T001", "总分：93.50 分"},
		{"jining-2018/cases/产假不降分", "T002", "总分：93.50 分"},
		{"jining-2018/cases/出勤率边界", "T001", "出勤率 90%，"},
		{"jining-2018/cases/其他人员质量上限", "T101", "208/3，按系数 13/15 折减"},
		{"jining-2018/cases/出勤率边界", "T002", "不得参与评先树优"},
	} {
		archive, err := txtar.ParseFile(want.file + ".txtar")
		if err != nil {
			t.Error(err)
			continue
		}
		if got := string(fileNamed(archive, want.teacher+".txt")); !strings.Contains(got, want.text) {
			t.Errorf("%s %s: got %s want it to say %q", want.file, want.teacher, fmt.Sprintf("%.300s …", got), want.text)
		}
	}
}
