package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/auth"
	"shiji/internal/config"
	"shiji/internal/org"
	"shiji/internal/store"
)

// operatorSite is a site of one school that the operator's commands made, and a
// way to run more of them.
type operatorSite struct {
	t     *testing.T
	dir   string
	where []string // flags
	root  string   // id of the school
}

// onEach sets up a site on every engine there is.
func onEach(t *testing.T, test func(t *testing.T, s *operatorSite)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newSite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newSite(t, "-db", newPostgres(t)))
	})
}

func newSite(t *testing.T, more ...string) *operatorSite {
	t.Helper()
	s := &operatorSite{t: t, dir: t.TempDir()}
	s.where = append([]string{"-data", filepath.Join(s.dir, "data")}, more...)
	s.must("migrate")
	out := s.must("unit", "add", "-kind", "school", "-name", "实验小学")
	s.root = strings.TrimSpace(out)
	return s
}

// newPostgres makes an empty database, and returns its address.
func newPostgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv("SHIJI_TEST_PG")
	if server == "" {
		t.Skip("PostgreSQL is NOT tested: SHIJI_TEST_PG names no server (make test starts one)")
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	name := fmt.Sprintf("shiji_cmd_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := db.Exec("CREATE DATABASE " + name + " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	query := url.Values{} // "host=… user=… dbname=…" as an address
	for _, part := range strings.Fields(server) {
		key, value, _ := strings.Cut(part, "=")
		query.Set(key, value)
	}
	query.Del("dbname")
	return "postgres:///" + name + "?" + query.Encode()
}

// run runs a command on the site and returns what it wrote.
func (s *operatorSite) run(in string, args ...string) (code int, out, err string) {
	s.t.Helper()
	words := 1
	if args[0] == "unit" || args[0] == "user" {
		words = 2
	}
	all := append(append(append([]string{}, args[:words]...), s.where...), args[words:]...)
	var o, e bytes.Buffer
	code = run(all, &console{in: strings.NewReader(in), out: &o, err: &e})
	return code, o.String(), e.String()
}

func (s *operatorSite) must(args ...string) string {
	s.t.Helper()
	code, out, err := s.run("", args...)
	if code != exitOK {
		s.t.Fatalf("%v: exit %d\n%s", args, code, err)
	}
	return out
}

// config returns the configuration of the site.
func (s *operatorSite) config() config.Config {
	s.t.Helper()
	f := (&console{err: os.Stderr}).flags("test")
	source := config.Bind(f)
	if err := f.Parse(s.where); err != nil {
		s.t.Fatal(err)
	}
	cfg, err := source.Load(func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	return cfg
}

func (s *operatorSite) open() *store.Store {
	s.t.Helper()
	db, err := openStore(s.t.Context(), s.config())
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

// activate gives an account a password of its own, as its first sign-in does.
func (s *operatorSite) activate(login, password string) {
	s.t.Helper()
	db := s.open()
	ctx := s.t.Context()
	a, err := db.AccountByLogin(ctx, login)
	if err != nil {
		s.t.Fatal(err)
	}
	if a.Secret, err = newHasher().Hash(ctx, password); err != nil {
		s.t.Fatal(err)
	}
	a.State = store.Active
	err = db.Write(ctx, org.Actor{Account: a.ID}, func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAccount(ctx, a) })
	if err != nil {
		s.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func newHasher() *auth.Hasher {
	return auth.NewHasher(rand.Reader, func() int64 { return time.Now().Unix() })
}

// TestOperatorOnBothEngines: what the operator sets up is there, and the first
// password is the account's.
func TestOperatorOnBothEngines(t *testing.T) {
	onEach(t, func(t *testing.T, s *operatorSite) {
		out := s.must("user", "add", "-name", "单三", "-login", "ss", "-unit", "实验小学", "-role", "clerk")
		_, password, _ := strings.Cut(strings.TrimSpace(out), "初始密码：")
		db := s.open()
		defer db.Close()
		a, err := db.AccountByLogin(t.Context(), "ss")
		if err != nil || a.State != store.FirstLogin {
			t.Fatalf("got %+v, %v", a, err)
		}
		if ok, again, err := newHasher().Check(t.Context(), a.Secret, password); !ok || again || err != nil {
			t.Errorf("%q: %v, %v, %v", password, ok, again, err)
		}
		p, err := db.Person(t.Context(), org.Self(a.Person), a.Person)
		if err != nil || p.Sort != "shan'san 单三" || p.Initials != "ss" {
			t.Errorf("got %+v, %v", p, err)
		}
		if _, err := db.LastOf(t.Context(), "account/"+string(a.ID), audit.AccountOpened, "system.shiji user"); err != nil {
			t.Errorf("its event: %v", err)
		}
		if out := s.must("verify"); !strings.Contains(out, "核对无误") {
			t.Errorf("got %s", out)
		}
	})
}

// TestOperatorBesideARunningSite: accounts are made while the site is open and
// writes, in both orders, and the log stays one.
func TestOperatorBesideARunningSite(t *testing.T) {
	onEach(t, func(t *testing.T, s *operatorSite) {
		s.must("user", "add", "-name", "单三", "-login", "u0", "-unit", "实验小学")
		db := s.open()
		ctx := t.Context()
		for i := 1; i <= 3; i++ {
			login := fmt.Sprintf("u%d", i)
			s.must("user", "add", "-name", "李四", "-login", login, "-unit", "实验小学")
			a, err := db.AccountByLogin(ctx, login)
			if err != nil {
				t.Fatal(err)
			}
			a.State = store.Active
			err = db.Write(ctx, org.System("site"), func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAccount(ctx, a) })
			if err != nil {
				t.Fatal(err)
			}
		}
		s.must("verify")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s.must("verify")
		if got := strings.Count(s.must("user", "list"), "在用"); got != 3 {
			t.Errorf("%d accounts are active, want 3", got)
		}
	})
}

// TestVerifyNamesWhatWasAltered: somebody with the database's password changes a
// row past the program; verify names it and says so by its exit code.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	onEach(t, func(t *testing.T, s *operatorSite) {
		driver, address := "sqlite", "file:"+s.config().Database()
		if dsn := s.config().DB; dsn != "" {
			driver, address = "pgx", dsn
		}
		db, err := sql.Open(driver, address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("UPDATE unit SET name = '别的小学'"); err != nil {
			t.Fatal(err)
		}
		code, out, faults := s.run("", "verify")
		if code != exitDiffers || strings.Contains(out, "核对无误") || !strings.Contains(faults, "“unit/"+s.root+"”与记载它的事件不符") {
			t.Errorf("exit %d\n%s%s", code, out, faults)
		}
	})
}

// TestVerifyFindsAMissingOriginal: blobs are part of the audit.
func TestVerifyFindsAMissingOriginal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	db := s.open()
	ctx := t.Context()
	blob, err := db.PutBlob(strings.NewReader("as handed in"))
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Stage(ctx, org.System("test"), org.UnitID(s.root), "2025-2026")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.StageDrafts(ctx, batch, []store.Draft{{Kind: "table", Key: "k", Body: []byte{1, 1}}}); err != nil {
		t.Fatal(err)
	}
	blob.Name = "a.xlsx"
	if err := db.Attach(ctx, batch, blob); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(ctx, org.System("test"), func(ctx context.Context, tx *store.Tx) error { return tx.Adopt(ctx, batch.County, batch.ID) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s.must("verify")
	removed := 0
	err = filepath.WalkDir(s.config().Data, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == blob.SHA {
			removed++
			return os.Remove(path)
		}
		return err
	})
	if err != nil || removed != 1 {
		t.Fatalf("%d originals, %v", removed, err)
	}
	if code, _, faults := s.run("", "verify"); code != exitDiffers || !strings.Contains(faults, blob.SHA) {
		t.Errorf("exit %d\n%s", code, faults)
	}
}

// TestEpoch plays the drill of docs/operations.md: an old backup opens
// read-only, two persons accept the loss, and whoever kept the checkpoint of
// what was lost sees the break.
func TestEpoch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, u := range [][]string{{"ls", "李四", "head"}, {"ww", "王五", "committee"}, {"zl", "赵六", ""}} {
		s.must("user", "add", "-login", u[0], "-name", u[1], "-unit", "实验小学", "-role", u[2])
		s.activate(u[0], "mountain tea "+u[0])
	}
	backup := filepath.Join(s.dir, "backup")
	s.must("backup", "-o", backup)
	s.must("user", "add", "-name", "孙七", "-login", "lost", "-unit", "实验小学")
	kept, err := os.ReadFile(s.config().Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(s.config().Data); err != nil {
		t.Fatal(err)
	}
	if code, _, faults := s.run("", "restore", "-from", backup); code != exitFaults || !strings.Contains(faults, "只读") {
		t.Fatalf("restore: exit %d\n%s", code, faults)
	}
	if code, _, faults := s.run("", "verify"); code != exitDiffers || !strings.Contains(faults, "数据库是旧的") {
		t.Errorf("verify: exit %d\n%s", code, faults)
	}
	for _, c := range []struct{ name, first, second, in, want string }{
		{"wrong password", "ls", "ww", "mountain tea ls\nmountain tea\n", "“ww”的密码"},
		{"nobody", "ls", "nobody", "mountain tea ls\nx\n", "“nobody”的密码"},
		{"without a role", "ls", "zl", "mountain tea ls\nmountain tea zl\n", "“zl”的密码"},
		{"one person twice", "ls", "ls", "mountain tea ls\nmountain tea ls\n", "两个不同的人"},
		{"only one", "ls", "ww", "mountain tea ls\n", "“ww”的密码"},
	} {
		code, _, faults := s.run(c.in, "epoch", "-reason", "disk burnt", "-first", c.first, "-second", c.second)
		if code != exitFaults || !strings.Contains(faults, c.want) || strings.Contains(faults, "mountain") {
			t.Errorf("%s: exit %d\n%s", c.name, code, faults)
		}
	}
	if code, out, faults := s.run("mountain tea ls\r\nmountain tea ww", "epoch", "-reason", "disk burnt", "-first", "ls", "-second", "ww"); code != exitOK || !strings.Contains(out, "ls、ww") {
		t.Fatalf("exit %d\n%s%s", code, out, faults)
	}
	if code, _, faults := s.run("", "epoch", "-reason", "x", "-first", "ls", "-second", "ww"); code != exitFaults || !strings.Contains(faults, "不需要") {
		t.Errorf("a second epoch: exit %d\n%s", code, faults)
	}
	s.must("user", "add", "-name", "孙七", "-login", "again", "-unit", "实验小学")
	s.must("verify")
	file := filepath.Join(s.dir, "kept")
	if err := os.WriteFile(file, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, faults := s.run("", "verify", "-known", file); code != exitDiffers || !strings.Contains(faults, "历史被改写") {
		t.Errorf("the kept checkpoint: exit %d\n%s", code, faults)
	}
}

// TestMigrateKeepsForeignKeysOut: a PostgreSQL database of other keys is not
// given ours.
func TestMigrateKeepsForeignKeysOut(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	s := newSite(t, "-db", address)
	if err := os.Rename(s.config().Keys, filepath.Join(s.dir, "kept")); err != nil {
		t.Fatal(err)
	}
	code, _, faults := s.run("", "migrate")
	if code != exitFaults || !strings.Contains(faults, "却没有它的密钥文件") {
		t.Errorf("exit %d\n%s", code, faults)
	}
	if _, err := os.Stat(s.config().Keys); !os.IsNotExist(err) {
		t.Errorf("keys that open nothing were left: %v", err)
	}
}

// TestReferenceNamesEveryCommand: docs/cli.md tells of every command.
func TestReferenceNamesEveryCommand(t *testing.T) {
	t.Parallel()
	reference, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range commands {
		if !bytes.Contains(reference, []byte("`shiji "+cmd.name)) {
			t.Errorf("docs/cli.md does not name %s", cmd.name)
		}
	}
}
