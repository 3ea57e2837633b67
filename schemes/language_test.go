package schemes_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"shiji/internal/measure"
	"shiji/internal/scheme"
)

// exampleFacts are the facts that the examples of docs/schemes.md read.
var exampleFacts = []scheme.FactDecl{
	{Name: "周课时"}, {Name: "标准"}, {Name: "出勤率"}, {Name: "上期"}, {Name: "学时"},
	{Name: "职务", Coded: true}, {Name: "特别突出", Coded: true},
	{Table: "期末", Name: "合格率"}, {Table: "期末", Name: "年级合格率"}, {Table: "期末", Name: "份额"}, {Table: "期末", Name: "年级", Coded: true},
	{Table: "成果", Name: "级别", Coded: true}, {Table: "成果", Name: "等次", Coded: true}, {Table: "成果", Name: "系列", Coded: true},
	{Table: "成果", Name: "类别", Coded: true}, {Table: "成果", Name: "名次"}, {Table: "成果", Name: "录取名额"},
	{Table: "测评", Name: "测评群体", Coded: true}, {Table: "测评", Name: "均分"}, {Table: "测评", Name: "有效票数"}, {Table: "测评", Name: "应评人数"},
}

const exampleScheme = `scheme: example/form
title: 示例
rounding: {places: 4, contributions: 2, mode: half-up}
total: {places: 2, ties: shared}
missing: {not-applicable: reweight, excused: reweight, not-yet: block, refused: "0"}
groups: {甲: {posts: [教辅]}, 乙: {posts: [教学]}}
nodes:
  - {id: "2", name: 对照, weight: 100%, groups: [乙], clause: 校定, rule: {form: formula, is: 周课时}}
  - id: "1"
    name: 示例
    weight: 100%
    groups: [甲]
    clause: 校定
`

const exampleKid = `  - {id: "1.1", name: 下级, parent: "1", weight: 100%, clause: 校定, rule: {form: formula, is: 周课时}}
`

// TestLanguageReference compiles every example of docs/schemes.md, and wants
// one for every rule form.
func TestLanguageReference(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/schemes.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if !strings.HasPrefix(m[1], "rule:") {
			compileWhole(t, m[1])
			continue
		}
		shown[compileForm(t, m[1])] = true
	}
	for _, form := range scheme.Forms() {
		if !shown[form] || !strings.Contains(string(page), "### `"+form+"`\n") {
			t.Errorf("no section with an example for form %s", form)
		}
	}
}

// compileForm compiles an example of a rule in a scheme of its own and returns
// the form's name.
func compileForm(t *testing.T, rule string) string {
	t.Helper()
	text := exampleScheme + "    " + strings.ReplaceAll(strings.TrimSpace(rule), "\n", "\n    ") + "\n"
	form := regexp.MustCompile(`form: ([a-z-]+)`).FindStringSubmatch(rule)[1]
	if strings.Contains("group-cap weighted-sum sum round", form) {
		text += exampleKid
	}
	if form == "record" { // it carries no weight, so something else has to
		text = strings.Replace(text, "    weight: 100%\n", "", 1) + strings.Replace(exampleKid, `id: "1.1", name: 下级, parent: "1"`, `id: "3", name: 得分, groups: [甲]`, 1)
	}
	s, err := scheme.Parse(scheme.File{Name: "docs/schemes.md", Text: []byte(text)}, nil)
	if err != nil {
		t.Errorf("%s%s", rule, words(err))
		return form
	}
	if _, err := scheme.Compile(s, exampleFacts); err != nil {
		t.Errorf("%s%s", rule, words(err))
	}
	return form
}

func compileWhole(t *testing.T, text string) {
	t.Helper()
	s, err := scheme.Parse(scheme.File{Name: "docs/schemes.md", Text: []byte(text)}, nil)
	if err != nil {
		t.Error(words(err))
		return
	}
	_, facts, err := measure.Compile(s.Measures, s.AllTables())
	if err != nil {
		t.Error(words(err))
		return
	}
	if _, err := scheme.Compile(s, facts); err != nil {
		t.Error(words(err))
	}
}
