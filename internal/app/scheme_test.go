package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/schemes"
)

// write puts a scheme and the policy beside it into a folder of their own.
func write(t *testing.T, rules, policy []byte) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "school.yaml")
	for name, text := range map[string][]byte{path: rules, filepath.Join(dir, "policy.yaml"): policy} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// TestPolicyIsNotTheSchools: a policy that ships is taken as it ships, whatever
// lies beside the scheme under its name.
func TestPolicyIsNotTheSchools(t *testing.T) {
	t.Parallel()
	file, policy, err := schemes.Load(junior)
	if err != nil {
		t.Fatal(err)
	}
	heavy := bytes.Replace(file.Text, []byte("name: 职业道德, weight: 10%"), []byte("name: 职业道德, weight: 20%"), 1)
	heavy = bytes.Replace(heavy, []byte("name: 业务工作表现, weight: 20%"), []byte("name: 业务工作表现, weight: 10%"), 1)
	moved := bytes.Replace(policy.Text, []byte("{node: 职业道德, is: 10%}"), []byte("{node: 职业道德, is: 20%}"), 1)
	moved = bytes.Replace(moved, []byte("{node: 业务工作表现, is: 20%}"), []byte("{node: 业务工作表现, is: 10%}"), 1)
	if bytes.Equal(moved, policy.Text) || bytes.Equal(heavy, file.Text) {
		t.Fatal("nothing was changed")
	}
	_, err = app.LoadRules(write(t, heavy, moved))
	if faults := fault.All(err); len(faults) == 0 || faults[0].Key != "scheme.bound-weight" {
		t.Errorf("a scheme with bounds of its own: %v", err)
	}

	own := bytes.Replace(file.Text, []byte("policy: jining-2018"), []byte("policy: county-2026"), 1)
	county := bytes.Replace(policy.Text, []byte("policy: jining-2018"), []byte("policy: county-2026"), 1)
	if _, err := app.LoadRules(write(t, own, county)); err != nil {
		t.Errorf("a policy that does not ship: %v", err)
	}
	_, err = app.LoadRules(write(t, own, policy.Text))
	if faults := fault.All(err); len(faults) != 1 || faults[0].Key != "app.policy-other" {
		t.Errorf("another policy than the scheme names: %v", err)
	}
	if _, err := app.LoadRules(t.TempDir()); fault.All(err) == nil {
		t.Errorf("a folder was read as a scheme: %v", err)
	}
}
