package main

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// TestOpenAccounts: whoever is on the staff and has no account gets one, once,
// with the password that stands in the list.
func TestOpenAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.must("user", "add", "-name", "曾三", "-login", "zs", "-unit", "实验小学", "-code", "T0")
	out := filepath.Join(s.dir, "list.csv")
	if code, _, faults := s.run("", "user", "open", "-unit", "实验小学", "-o", out); code != exitFaults || !strings.Contains(faults, "没有需要开账号的人员") {
		t.Errorf("exit %d\n%s", code, faults)
	}
	ctx := t.Context()
	db := s.open()
	err := db.Write(ctx, org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		for code, name := range map[string]string{"T1": "李四", "T2": "=HYPERLINK(1)", "": "王五"} {
			p, err := tx.AddPerson(ctx, org.Person{Name: name, Sort: pinyin.Sort(name), Initials: pinyin.Initials(name)}, "")
			if err != nil {
				return err
			}
			if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: org.UnitID(s.root), Code: code, Name: "教师", Since: "2025-09-01"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s.must("user", "open", "-unit", "实验小学", "-o", out)
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != "李四" || rows[2][0] != "'=HYPERLINK(1)" || rows[1][1] != "T1" {
		t.Fatalf("got %v, %v", rows, err)
	}
	db = s.open()
	defer db.Close()
	for _, row := range rows[1:] {
		a, err := db.AccountByLogin(ctx, row[2])
		if err != nil || a.State != store.FirstLogin {
			t.Fatalf("%v: %+v, %v", row, a, err)
		}
		if ok, _, err := newHasher().Check(ctx, a.Secret, row[3]); !ok || err != nil {
			t.Errorf("%v: %v, %v", row, ok, err)
		}
	}
	if rows[1][3] == rows[2][3] {
		t.Error("two accounts have one password")
	}
	if code, _, faults := s.run("", "user", "open", "-unit", "实验小学", "-o", out); code != exitFaults || !strings.Contains(faults, "没有需要开账号的人员") {
		t.Errorf("a second time: exit %d\n%s", code, faults)
	}
}

// TestOpenAccountsKeepsAList: a list that is there is not overwritten, and no
// account is opened without one.
func TestOpenAccountsKeepsAList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	db := s.open()
	err := db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.AddPerson(ctx, org.Person{Name: "李四"}, "")
		if err == nil {
			_, err = tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: org.UnitID(s.root), Code: "T1", Name: "教师", Since: "2025-09-01"})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(s.dir, "list.csv")
	if err := os.WriteFile(out, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, faults := s.run("", "user", "open", "-unit", "实验小学", "-o", out); code != exitFaults || !strings.Contains(faults, "不予覆盖") {
		t.Errorf("exit %d\n%s", code, faults)
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "mine" {
		t.Errorf("got %s, %v", text, err)
	}
	if got := s.must("user", "list"); got != "" {
		t.Errorf("got %s", got)
	}
}
