package main

import (
	"slices"
	"strings"
	"testing"

	"shiji/internal/org"
)

// TestRolesHaveTheirPlaces: user add gives a role where the table of rights
// grants it and nowhere else, and a refused role leaves no account behind.
func TestRolesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	s := &operatorSite{t: t, dir: t.TempDir()}
	s.where = []string{"-data", s.dir + "/data"}
	s.must("migrate")
	parents := map[org.Kind]string{org.County: "city", org.Zone: "city", org.School: "county", org.Group: "school"}
	for _, kind := range kinds {
		args := []string{"unit", "add", "-kind", string(kind), "-name", string(kind)}
		if parents[kind] != "" {
			args = append(args, "-parent", parents[kind])
		}
		s.must(args...)
	}
	want := 0
	for _, role := range org.Roles() {
		for _, kind := range kinds {
			login := string(role) + "." + string(kind)
			code, _, faults := s.run("", "user", "add", "-login", login, "-name", "王敏", "-unit", string(kind), "-role", string(role))
			if slices.Contains(role.GrantedAt(), kind) {
				want++
				if code != exitOK {
					t.Errorf("%s in a %s: exit %d\n%s", role, kind, code, faults)
				}
			} else if code != exitFaults || !strings.Contains(faults, "“-role”") || !strings.Contains(faults, "不能设在") {
				t.Errorf("%s in a %s: exit %d\n%s", role, kind, code, faults)
			}
		}
	}
	if got := strings.Count(s.must("user", "list"), "王敏"); got != want || want == 0 {
		t.Errorf("%d accounts, want %d", got, want)
	}
}

// TestLogins: what a login may look like.
func TestLogins(t *testing.T) {
	t.Parallel()
	for login, want := range map[string]bool{
		"wangm": true, "00000015": true, "wang.min-2_b": true, strings.Repeat("a", 32): true,
		"": false, "w": false, "WangM": false, "wangM": false, ".wm": false, "wang m": false, "王敏": false, "wm\n": false, "ｗｍ": false, strings.Repeat("a", 33): false,
	} {
		if got := loginShape.MatchString(login); got != want {
			t.Errorf("%q: got %v, want %v", login, got, want)
		}
	}
}

// TestSeveralTopmostUnits: the operator sees all of a site with more than one.
func TestSeveralTopmostUnits(t *testing.T) {
	onEach(t, func(t *testing.T, s *operatorSite) {
		s.must("user", "add", "-login", "zs", "-name", "曾三", "-unit", "实验小学")
		s.addTopmost("独立中学")
		out := s.must("user", "add", "-login", "ls", "-name", "李四", "-unit", "独立中学", "-role", "head")
		number := strings.Split(out, "\t")[1]
		if got := s.must("unit", "list"); strings.Count(got, "\n") != 2 || !strings.Contains(got, "独立中学") {
			t.Errorf("got %s", got)
		}
		if got := s.must("user", "list"); !strings.Contains(got, "zs\t") || !strings.Contains(got, "ls\t") {
			t.Errorf("got %s", got)
		}
		if got := s.must("user", "list", "-unit", "独立中学"); strings.Contains(got, "zs\t") || !strings.Contains(got, "ls\t") {
			t.Errorf("got %s", got)
		}
		code, _, faults := s.run("", "user", "add", "-login", "ls2", "-number", number, "-unit", "实验小学")
		if code != exitFaults || !strings.Contains(faults, "已有账号“ls”") {
			t.Errorf("a second account: exit %d\n%s", code, faults)
		}
	})
}
