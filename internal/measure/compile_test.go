package measure

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/scheme"
)

func TestCompileDeclaresEveryFact(t *testing.T) {
	t.Parallel()
	s := parse(t, `
measures:
  学科: {from: staff, clause: c, field: 学科}
  在岗天数: {from: staff, clause: c, field: 在岗天数, unit: 天}
  测评: {from: ratings, clause: c, trim: none}
`)
	_, got, err := Compile(s.Measures, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []scheme.FactDecl{
		{Name: "学科", Coded: true}, {Name: "在岗天数", Unit: "天"},
		{Table: "测评", Name: "测评群体", Coded: true}, {Table: "测评", Name: "项目", Coded: true}, {Table: "测评", Name: "均分", Unit: "%"},
		{Table: "测评", Name: "有效票数", Unit: "票"}, {Table: "测评", Name: "应评人数", Unit: "人"}, {Table: "测评", Name: "回收率", Share: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("declarations (-want +got):\n%s", d)
	}
}

// A scheme is compiled again whenever it is tried on other facts.
func TestCompileTwice(t *testing.T) {
	t.Parallel()
	s := parse(t, "\nmeasures:\n  学科: {from: staff, clause: c, field: 学科}\n")
	for range 2 {
		if _, _, err := Compile(s.Measures, s.Tables); err != nil {
			t.Fatal(err)
		}
	}
}
