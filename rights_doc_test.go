package shiji_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/org"
	"shiji/internal/text"
	"shiji/internal/web"
)

var update = flag.Bool("update", false, "rewrite docs/rights.md")

const rightsHead = `# 权限表

*由 ` + "`internal/org/rights.go`" + ` 的权限规则生成：` + "`go test . -update`" + `。程序判断权限只用这一张表，没有写明允许的，一律不允许。*

依据：“谁填报谁负责、谁审核谁负责”（龙岩2017）。

## 角色

| 角色 | 名称 | 可在哪类单位授予 |
|---|---|---|
`

const rightsLegend = `
有账号的人都是“本人”，此外可以有一个或几个角色；每个角色只在授予它的单位及其下级单位有效，在几个单位任职的，各管各的。

## 谁能做什么

- 横线：不允许。
- 本单位及下级：授予角色的单位，以及它下面的所有单位；别的学校、别的县一概看不到，与不存在的一样。只有考核方案不限单位，有账号的人都能看。
- 方括号内是考核所处的状态，只在这些状态允许；没有方括号的，不论状态。
- ※：遮盖，只显示可以给本人看的内容；由不足 5 名同事得出的数值（最高、平均等）不显示。
- “本人”一列人人都有，其他各列是另外增加的。

`

const rightsForbidden = `
## 一律不允许

有上面的允许也不行，换一个人来做：

| 凡在同一单位有此角色 | 不得 | 范围 |
|---|---|---|
`

const rightsRules = `
## 逐条规则

程序逐条比对，有一条允许即为允许；允许的规则中有不遮盖的，按不遮盖显示。共 %d 条。

| 序号 | 角色 | 操作 | 代号 | 范围 | 状态 | 遮盖 |
|---|---|---|---|---|---|---|
`

const rightsRoutes = `
## 网页与操作

每个网址由哪条权限决定；同一网址还用到的其他权限，在各自的行里也列出。

| 操作 | 代号 | 网址 |
|---|---|---|
`

const rightsFree = `
不按上表判断的网址：

| 谁 | 网址 |
|---|---|
`

// accessWords say who reaches a route that no rule decides.
var accessWords = map[string]string{"open": "任何人", "before": "已登录的人，包括还没有更换初始密码的", "own": "已登录的人，只涉及本人的账号、任务和结果"}

// routesPart lists the routes of every action, and then those that no rule
// decides. Its source is the site map by which the program answers.
func routesPart(t *testing.T, w words, actions []org.Action) string {
	by, free := map[org.Action][]string{}, map[string][]string{}
	for _, r := range web.Routes() {
		name := "`" + r.Method + " " + r.Path + "`"
		if len(r.Actions) == 0 || r.Access != "ruled" {
			if accessWords[r.Access] == "" {
				t.Errorf("%s: access %q has no words", name, r.Access)
			}
			free[r.Access] = append(free[r.Access], name)
		}
		for _, a := range r.Actions {
			by[a] = append(by[a], name)
		}
	}
	var b strings.Builder
	b.WriteString(rightsRoutes)
	for _, a := range actions {
		if by[a] == nil {
			t.Errorf("%s: no route", a)
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", w.of("org.action-", string(a)), a, strings.Join(by[a], "<br>"))
	}
	b.WriteString(rightsFree)
	for _, access := range []string{"open", "before", "own"} {
		fmt.Fprintf(&b, "| %s | %s |\n", accessWords[access], strings.Join(free[access], "<br>"))
	}
	return b.String()
}

// rightsPage prints the table of rights as an auditor reads it.
func rightsPage(t *testing.T, actions []org.Action) string {
	w := words{t}
	everybody := append([]org.Role{org.Own}, org.Roles()...)
	var b strings.Builder
	b.WriteString(rightsHead)
	for _, r := range everybody {
		at := "不授予，有账号即是"
		if kinds := r.GrantedAt(); len(kinds) > 0 {
			at = w.list("org.kind-", strs(kinds))
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", w.of("org.role-", string(r)), r, at)
	}
	b.WriteString(rightsLegend)
	b.WriteString("| 操作 |")
	for _, r := range everybody {
		b.WriteString(" " + w.of("org.role-", string(r)) + " |")
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(everybody)+1) + "\n")
	for _, a := range actions {
		b.WriteString("| " + w.of("org.action-", string(a)) + " |")
		for _, r := range everybody {
			b.WriteString(" " + w.marks(r, a) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString(rightsForbidden)
	for _, r := range org.Forbidden() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", w.of("org.role-", string(r.Role)), w.of("org.action-", string(r.Action)), w.of("org.relation-", string(r.Relation)))
	}
	fmt.Fprintf(&b, rightsRules, len(org.Rules()))
	for i, r := range org.Rules() {
		fmt.Fprintf(&b, "| %d | %s | %s | `%s` | %s | %s | %s |\n", i+1, w.of("org.role-", string(r.Role)), w.of("org.action-", string(r.Action)), r.Action,
			w.of("org.relation-", string(r.Relation)), w.list("app.state-", r.States), map[bool]string{true: "※"}[r.Masked])
	}
	b.WriteString(routesPart(t, w, actions))
	return b.String()
}

// words looks words up and fails for one that the catalogue lacks.
type words struct{ t *testing.T }

func (w words) of(prefix, name string) string {
	key := prefix + strings.ReplaceAll(name, ".", "-")
	if _, ok := text.Lookup(key); !ok {
		w.t.Errorf("%s: no words", key)
	}
	return text.Sprintf(key)
}

func (w words) list(prefix string, names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, w.of(prefix, n))
	}
	return strings.Join(out, "、")
}

// marks says what the rules let r do by a.
func (w words) marks(r org.Role, a org.Action) string {
	var out []string
	for _, rule := range org.Rules() {
		if rule.Role != r || rule.Action != a {
			continue
		}
		s := w.of("org.relation-", string(rule.Relation))
		if len(rule.States) > 0 {
			s += "［" + w.list("app.state-", rule.States) + "］"
		}
		if rule.Masked {
			s += "※"
		}
		out = append(out, s)
	}
	if out == nil {
		return "—"
	}
	return strings.Join(out, "；")
}

func strs[S ~string](in []S) (out []string) {
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}

// declaredActions reads the actions in the order in which org declares them: one
// that no rule allows is a line of horizontal strokes, not a line left out.
func declaredActions(t *testing.T) (out []org.Action) {
	f, err := parser.ParseFile(token.NewFileSet(), "internal/org/rights.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Action" {
			s, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			out = append(out, org.Action(s))
		}
		return true
	})
	return out
}

// TestRightsPageIsUpToDate also finds roles, actions, relations, kinds and states
// that have no words.
func TestRightsPageIsUpToDate(t *testing.T) {
	const file = "docs/rights.md"
	actions := declaredActions(t)
	for _, r := range append(org.Rules(), org.Forbidden()...) {
		if !slices.Contains(actions, r.Action) {
			t.Errorf("%s is not declared", r.Action)
		}
	}
	want := rightsPage(t, actions)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the table says; run go test . -update and read the difference (-want +got)\n%s", file, diff)
	}
}
