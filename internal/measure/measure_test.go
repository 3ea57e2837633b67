package measure

import (
	"fmt"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// parse reads the measures and tables of a scheme that holds nothing else.
func parse(t testing.TB, yaml string) *scheme.Scheme {
	t.Helper()
	text := "scheme: test/measures\ntitle: 计量\nrounding: {places: 4, contributions: 2, mode: half-up}\ntotal: {ties: shared}\n" + yaml
	s, err := scheme.Parse(scheme.File{Name: "test.yaml", Text: []byte(text)}, nil)
	if err != nil {
		t.Fatalf("parse:\n%v", err)
	}
	return s
}

func compile(t testing.TB, yaml string) *Plan {
	t.Helper()
	s := parse(t, yaml)
	plan, _, err := Compile(s.Measures, s.Tables)
	if err != nil {
		t.Fatalf("compile:\n%v", err)
	}
	return plan
}

// derived are facts found by subject, key and item.
type derived map[string]fact.Fact

func derive(t testing.TB, yaml string, pkg *evidence.Package) derived {
	t.Helper()
	facts, err := compile(t, yaml).Derive(pkg)
	if err != nil {
		t.Fatalf("derive:\n%v", err)
	}
	out := derived{}
	for _, f := range facts {
		out[f.Subject+" "+f.Key+" "+f.Item] = f
	}
	return out
}

// want fails unless the fact is given and has the value, or the code, or the state.
func (d derived) want(t testing.TB, where, value string) {
	t.Helper()
	key := where
	if strings.Count(where, " ") == 1 {
		key += " "
	}
	f, ok := d[key]
	if !ok {
		t.Errorf("%s: no such fact", where)
		return
	}
	got := f.State.String()
	switch {
	case f.State != fact.Given:
	case f.Code != "":
		got = f.Code
	default:
		got = f.Value.String()
	}
	if got != value {
		t.Errorf("%s: got %s, want %s", where, got, value)
	}
}

// adds fails unless the work of a derived number adds up to it.
func (d derived) adds(t testing.TB, where string) {
	t.Helper()
	f := d[where+" "]
	if sum := total(f.Work); f.State == fact.Given && !sum.Equal(f.Value) {
		t.Errorf("%s: work adds up to %s, value is %s", where, sum, f.Value)
	}
}

func q(s string) evidence.Quantity { return evidence.Known(num.MustParse(s)) }

// school returns a package of one year with these people, all sheets handed in.
func school(staff ...evidence.Staff) *evidence.Package {
	p := &evidence.Package{
		School: []evidence.School{{Name: "测试中学", Stages: []string{"初中"}, Term: "2025-2026", Start: "2025-09-01", End: "2026-08-31"}},
		Staff:  staff,
	}
	for _, s := range evidence.Sheets {
		p.HandIn(s.Name)
	}
	return p
}

func teacher(id, subject string) evidence.Staff {
	return evidence.Staff{ID: id, Name: id, Kind: "教学", Position: "教师", Stage: "初中", Subject: subject, Frontline: "是", ReducedLoad: evidence.None}
}

func lesson(staff, class, subject, kind, weekly string) evidence.Lesson {
	return evidence.Lesson{Staff: staff, Class: class, Subject: subject, Kind: kind, Weekly: q(weekly),
		Share: evidence.None, Difficulty: evidence.None, Preparation: evidence.None, Homework: evidence.None}
}

// keysOf returns the keys of the faults in err.
func keysOf(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		t.Fatal("got no fault, want some")
	}
	var keys []string
	for _, line := range strings.Split(err.Error(), "\n") {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "measure.") || strings.HasPrefix(word, "scheme.") {
				keys = append(keys, word)
			}
		}
	}
	return keys
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }
