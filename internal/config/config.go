package config

import (
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"shiji/internal/fault"
)

// Config is how the program is to run. Every value has been checked.
type Config struct {
	Addr        string         // HOST:PORT of the pages
	MetricsAddr string         // HOST:PORT of the metrics, "" for none
	PublicURL   string         // scheme and host as browsers see them, "" for http://Addr
	Proxies     []netip.Prefix // whose X-Forwarded-For is believed

	Data       string // folder of the database and the originals
	DB         string // postgres://…, "" for SQLite in Data
	Keys       string // file, never below Data
	Checkpoint string // file, never below Data

	SessionLifetime time.Duration
	IdleTimeout     time.Duration
	PasswordProfile string // a name of auth.PolicyNamed
	MaxUpload       int64  // bytes

	FontDir   string // more fonts for rare names, "" for none
	LogLevel  string // debug, info, warn, error
	LogFormat string // text, json
}

// Database returns the file of the SQLite database, "" when it is PostgreSQL.
func (c Config) Database() string {
	if c.DB != "" {
		return ""
	}
	return filepath.Join(c.Data, "shiji.db")
}

// Secure says whether browsers reach the pages over TLS: cookies are then marked
// so. The program itself speaks plain HTTP, behind a proxy that ends TLS.
func (c Config) Secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// settle fills in what follows from other values and checks what holds between
// them: between those that are good by themselves, and where these stand.
func (c *Config) settle(faults *fault.List, good map[string]fault.Place) {
	check := func(holds bool, option, other string, wrong *fault.Error) {
		at, ok := good[option]
		if _, too := good[other]; ok && too && !holds {
			faults.Add(wrong.At(at))
		}
	}
	// Beside the data folder and not in it: whoever copies the folder must not
	// copy what an altered database is found out with.
	beside := filepath.Clean(c.Data)
	for _, f := range []struct {
		option, ending string
		value          *string
	}{{"keys", ".keys", &c.Keys}, {"checkpoint", ".checkpoint", &c.Checkpoint}} {
		if *f.value == "" {
			*f.value = beside + f.ending
		}
		check(!within(c.Data, *f.value), f.option, "data", fault.New(fault.Refused, "config.in-data", *f.value, c.Data))
	}
	check(c.Keys != c.Checkpoint, "checkpoint", "keys", fault.New(fault.Conflict, "config.same-file", c.Keys))
	check(c.IdleTimeout <= c.SessionLifetime, "idle-timeout", "session-lifetime", fault.New(fault.Conflict, "config.idle-longer", c.IdleTimeout, c.SessionLifetime))
	check(c.MetricsAddr == "" || c.MetricsAddr != c.Addr || strings.HasSuffix(c.Addr, ":0"), "metrics-addr", "addr", fault.New(fault.Conflict, "config.same-addr", c.Addr))
}

// within says whether file lies in the folder or below it. A path that cannot be
// made absolute counts as within: it is refused rather than risked.
func within(folder, file string) bool {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return true
	}
	if file, err = filepath.Abs(file); err != nil {
		return true
	}
	rel, err := filepath.Rel(folder, file)
	return err != nil || rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
