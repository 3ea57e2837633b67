package config

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shiji/internal/auth"
	"shiji/internal/fault"
)

// load reads a configuration as a command with all options does.
func load(t *testing.T, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	f := flag.NewFlagSet("test", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	s := Bind(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return s.Load(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shiji.conf")
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := load(t, nil)
	want := Config{
		Addr: "127.0.0.1:8080", Data: "data", Keys: "data.keys", Checkpoint: "data.checkpoint",
		SessionLifetime: 12 * time.Hour, IdleTimeout: 30 * time.Minute, PasswordProfile: "length", MaxUpload: 20 << 20,
		LogLevel: "info", LogFormat: "text",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got.Database() != filepath.Join("data", "shiji.db") || got.Secure() {
		t.Errorf("got %s, secure %v", got.Database(), got.Secure())
	}
}

func TestEveryValue(t *testing.T) {
	t.Parallel()
	got, err := load(t, nil, "-config", write(t, `
# everything
SHIJI_ADDR=:80
SHIJI_METRICS_ADDR = [::1]:9100
SHIJI_PUBLIC_URL=https://shiji.example.edu.cn/
SHIJI_TRUSTED_PROXY=127.0.0.1, 10.1.2.3/8
SHIJI_DATA=/srv/shiji/data
SHIJI_DB=postgres://shiji:a%40b@db/shiji?sslmode=verify-full
SHIJI_KEYS=/etc/shiji/keys
SHIJI_CHECKPOINT=/mnt/other/checkpoint
SHIJI_SESSION_LIFETIME=8h
SHIJI_IDLE_TIMEOUT=10m
SHIJI_PASSWORD_PROFILE=classified
SHIJI_MAX_UPLOAD=10 mb
SHIJI_FONT_DIR=/usr/share/fonts
SHIJI_LOG_LEVEL=warn
SHIJI_LOG_FORMAT=json
`))
	want := Config{
		Addr: ":80", MetricsAddr: "[::1]:9100", PublicURL: "https://shiji.example.edu.cn",
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")},
		Data:    "/srv/shiji/data", DB: "postgres://shiji:a%40b@db/shiji?sslmode=verify-full", Keys: "/etc/shiji/keys", Checkpoint: "/mnt/other/checkpoint",
		SessionLifetime: 8 * time.Hour, IdleTimeout: 10 * time.Minute, PasswordProfile: "classified", MaxUpload: 10 << 20,
		FontDir: "/usr/share/fonts", LogLevel: "warn", LogFormat: "json",
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got.Database() != "" || !got.Secure() {
		t.Errorf("got %q, secure %v", got.Database(), got.Secure())
	}
	for _, o := range options { // the file above is the whole table
		if o.Default == "" {
			continue
		}
		var c Config
		if f := o.set(&c, o.Default); f != nil {
			t.Errorf("%s: its default is refused: %v", o.Name, f)
		}
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	file := write(t, "SHIJI_ADDR=:1\nSHIJI_DATA=file\nSHIJI_LOG_LEVEL=warn\nSHIJI_LOG_FORMAT=\n")
	for _, c := range []struct {
		name string
		env  map[string]string
		args []string
		want [4]string // addr, data, log-level, log-format
	}{
		{"file", nil, []string{"-config", file}, [4]string{":1", "file", "warn", "text"}},
		{"file named by environment", map[string]string{"SHIJI_CONFIG": file}, nil, [4]string{":1", "file", "warn", "text"}},
		{"environment", map[string]string{"SHIJI_ADDR": ":2", "SHIJI_LOG_LEVEL": ""}, []string{"-config", file}, [4]string{":2", "file", "warn", "text"}},
		{"flags", map[string]string{"SHIJI_ADDR": ":2", "SHIJI_DATA": "env"}, []string{"-config", file, "-addr", ":3"}, [4]string{":3", "env", "warn", "text"}},
		{"the last flag", nil, []string{"-addr", ":3", "-addr", ":4"}, [4]string{":4", "data", "info", "text"}},
	} {
		got, err := load(t, c.env, c.args...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if have := [4]string{got.Addr, got.Data, got.LogLevel, got.LogFormat}; have != c.want {
			t.Errorf("%s: got %v, want %v", c.name, have, c.want)
		}
	}
}

// TestFaults: each fault has its key and its place, and all come at once.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  map[string]string
		args []string
		file string
		want []string // "place key"
	}{
		{name: "addresses", args: []string{"-addr", "8080", "-metrics-addr", "a:b", "-public-url", "https://x/app"},
			want: []string{"-addr config.address", "-metrics-addr config.address", "-public-url config.origin"}},
		{name: "port", args: []string{"-addr", ":70000"}, want: []string{"-addr config.address"}},
		{name: "origin", env: map[string]string{"SHIJI_PUBLIC_URL": "ftp://x"}, want: []string{"SHIJI_PUBLIC_URL config.origin"}},
		{name: "origin without host", env: map[string]string{"SHIJI_PUBLIC_URL": "https://"}, want: []string{"SHIJI_PUBLIC_URL config.origin"}},
		{name: "origin with user", env: map[string]string{"SHIJI_PUBLIC_URL": "https://a@x"}, want: []string{"SHIJI_PUBLIC_URL config.origin"}},
		{name: "networks", args: []string{"-trusted-proxy", "127.0.0.1,proxy"}, want: []string{"-trusted-proxy config.network"}},
		{name: "durations", args: []string{"-session-lifetime", "12", "-idle-timeout", "10s"}, want: []string{"-session-lifetime config.duration", "-idle-timeout config.range"}},
		{name: "idle longer", args: []string{"-session-lifetime", "10m"}, want: []string{"SHIJI_IDLE_TIMEOUT config.idle-longer"}},
		{name: "sizes", args: []string{"-max-upload", "big"}, want: []string{"-max-upload config.size"}},
		{name: "size too large", args: []string{"-max-upload", "21MB"}, want: []string{"-max-upload config.range"}},
		{name: "size beyond all", args: []string{"-max-upload", "99999999999999999999MB"}, want: []string{"-max-upload config.size"}},
		{name: "choice", args: []string{"-log-level", "loud", "-password-profile", "none"}, want: []string{"-password-profile config.choice", "-log-level config.choice"}},
		{name: "data", args: []string{"-data", ""}, want: []string{"-data config.empty"}},
		{name: "database", env: map[string]string{"SHIJI_DB": "mysql://u:p@h/x"}, want: []string{"SHIJI_DB config.postgres"}},
		{name: "keys in data", args: []string{"-data", "d", "-keys", "d/keys", "-checkpoint", "d/../d/x/cp"}, want: []string{"-keys config.in-data", "-checkpoint config.in-data"}},
		{name: "data is here", args: []string{"-data", "."}, want: []string{"SHIJI_KEYS config.in-data", "SHIJI_CHECKPOINT config.in-data"}},
		{name: "all at once", args: []string{"-addr", "x", "-data", "d", "-keys", "d/keys", "-session-lifetime", "10m"}, want: []string{"-addr config.address", "-keys config.in-data", "SHIJI_IDLE_TIMEOUT config.idle-longer"}},
		{name: "nothing follows from a fault", args: []string{"-data", "", "-session-lifetime", "0", "-addr", "x", "-metrics-addr", "x"}, want: []string{"-addr config.address", "-metrics-addr config.address", "-data config.empty", "-session-lifetime config.range"}},
		{name: "keys beside data", args: []string{"-data", "d", "-keys", "d2/keys"}},
		{name: "one file for both", args: []string{"-keys", "k", "-checkpoint", "k"}, want: []string{"-checkpoint config.same-file"}},
		{name: "one address for both", args: []string{"-metrics-addr", "127.0.0.1:8080"}, want: []string{"-metrics-addr config.same-addr"}},
		{name: "any port for both", args: []string{"-addr", "127.0.0.1:0", "-metrics-addr", "127.0.0.1:0"}},
		{name: "no file", args: []string{"-config", "missing.conf"}, want: []string{"-config config.no-file"}},
		{name: "file", file: "SHIJI_ADDR\nSHIJI_COLOUR=red\nSHIJI_DATA=a\nSHIJI_DATA=b\nSHIJI_LOG_LEVEL=\"info\"\nSHIJI_ADDR=x\nSHIJI_CONFIG=y\nPATH=z",
			want: []string{"F!1 config.line", "F!SHIJI_COLOUR config.unknown", "F!SHIJI_DATA config.twice", "F!SHIJI_LOG_LEVEL config.quoted", "F!SHIJI_CONFIG config.unknown", "F!PATH config.unknown", "F!SHIJI_ADDR config.address"}},
		{name: "file with a byte order mark", file: "\ufeffSHIJI_ADDR=:1\r\n"},
		{name: "endless line", file: "SHIJI_ADDR=" + strings.Repeat("x", 1<<17), want: []string{"F! config.line"}},
	} {
		args := c.args
		name := ""
		if c.file != "" {
			name = write(t, c.file)
			args = append(args, "-config", name)
		}
		_, err := load(t, c.env, args...)
		var got []string
		for _, f := range fault.All(err) {
			place := f.Where.Field
			if f.Where.File != "" {
				if f.Where.File != name {
					t.Errorf("%s: file %s", c.name, f.Where.File)
				}
				if place = "F!" + place; f.Where.Field == "" && f.Where.Row > 0 {
					place = fmt.Sprintf("F!%d", f.Where.Row)
				}
			}
			got = append(got, place+" "+f.Key)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{"SHIJI_DB": "mysql://u:hunter2@h/x"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	for _, f := range fault.All(err) {
		if strings.Contains(fmt.Sprint(f.Args...), "hunter2") {
			t.Errorf("the fault shows the password: %v", f.Args)
		}
	}
	open := write(t, "SHIJI_ADDR=:1\nSHIJI_DB=postgres://u:hunter2@h/x\n")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = load(t, nil, "-config", open)
	if all := fault.All(err); len(all) != 1 || all[0].Key != "config.others-read" || all[0].Where.Row != 2 {
		t.Errorf("a password that everybody may read: got %v", err)
	}
	harmless := write(t, "SHIJI_ADDR=:1\n")
	if err := os.Chmod(harmless, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, nil, "-config", harmless); err != nil {
		t.Error(err)
	}
}

// TestProfilesAreThere: what the table lets one choose is what room auth knows.
func TestProfilesAreThere(t *testing.T) {
	t.Parallel()
	for _, p := range []auth.Policy{auth.ByLength, auth.Classified} {
		c, err := load(t, nil, "-password-profile", p.Name)
		if got, ok := auth.PolicyNamed(c.PasswordProfile); err != nil || !ok || got != p {
			t.Errorf("%s: got %+v, %v", p.Name, got, err)
		}
	}
}

// TestBoundFlags: a command has the flags that it names, and takes the rest from
// environment and file.
func TestBoundFlags(t *testing.T) {
	t.Parallel()
	f := flag.NewFlagSet("test", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	s := Bind(f, Stored...)
	if err := f.Parse([]string{"-data", "x"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Parse([]string{"-addr", ":1"}); err == nil {
		t.Error("-addr was taken")
	}
	if !s.Given("data") || s.Given("db") || s.Given("addr") {
		t.Error("Given is wrong about what was given")
	}
	c, err := s.Load(func(name string) (string, bool) { return ":9", name == "SHIJI_ADDR" })
	if err != nil || c.Data != "x" || c.Addr != ":9" {
		t.Errorf("got %+v, %v", c, err)
	}
}
