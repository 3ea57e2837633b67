package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"shiji/internal/app"
	"shiji/internal/auth"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
	"shiji/internal/web"
	"shiji/internal/web/asset"
)

// runServe serves the site of a database that exists. It never creates
// anything: not the database, and no accounts.
func runServe(c *console, args []string) error {
	return c.siteFlags("serve").open(args, func(_ context.Context, cfg config.Config, s *store.Store) error {
		return c.serve(cfg, s, nil)
	})
}

// How long a request may take to arrive and to be answered, and how long those
// under way have when the site is stopped.
const (
	headerTime = 10 * time.Second
	readTime   = 2 * time.Minute // a workbook over a village's line
	writeTime  = 5 * time.Minute
	idleTime   = 2 * time.Minute
	stopTime   = 20 * time.Second
)

// serve answers until the process is told to stop, then finishes what is under
// way. ready, if not nil, is told the address once it listens.
func (c *console) serve(cfg config.Config, s *store.Store, ready func(url string)) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	thrifty()
	log := c.logger(cfg)
	if why := s.ReadOnly(); why != nil {
		log.Error("the database is read-only", slog.Any("why", why))
		c.faults(why)
	}
	service, err := c.service(cfg, s, log)
	if err != nil {
		return err
	}
	metrics := web.NewMetrics()
	site, err := web.New(web.Options{
		Service: service, Log: log, Secure: cfg.Secure(), Proxies: cfg.Proxies, MaxUpload: cfg.MaxUpload,
		Lifetime: cfg.SessionLifetime, Metrics: metrics, Now: time.Now,
	})
	if err != nil {
		return err
	}
	servers := []listening{{option: "addr", addr: cfg.Addr, handler: site}}
	if cfg.MetricsAddr != "" {
		servers = append(servers, listening{option: "metrics-addr", addr: cfg.MetricsAddr, handler: metrics.Handler()})
	}
	return c.listen(ctx, log, servers, func(url string) {
		if cfg.PublicURL != "" {
			url = cfg.PublicURL
		}
		if ready != nil {
			ready(url)
		} else {
			fmt.Fprintf(c.out, "师迹已启动：%s\n", url)
		}
	}, service.Work)
}

// thrifty spends memory to save processor time, as far as there is some: pages leave
// much garbage, and collecting it when the heap has trebled instead of doubled makes
// a page a tenth cheaper. Towards the limit it is collected as often as it takes.
// Whoever sets GOGC or GOMEMLIMIT knows better.
func thrifty() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(320 << 20) // of 400 MB that a server should do with; the database takes some of its own
	}
}

// service puts the use cases together as cfg says.
func (c *console) service(cfg config.Config, s *store.Store, log *slog.Logger) (*app.Service, error) {
	assets, err := asset.Open()
	if err != nil {
		return nil, err
	}
	passwords, ok := auth.PolicyNamed(cfg.PasswordProfile)
	if !ok {
		return nil, fmt.Errorf("no password profile %s", cfg.PasswordProfile) // the configuration has checked it
	}
	return app.NewService(s, app.Options{
		Passwords: passwords, Session: store.Lifetime{Whole: cfg.SessionLifetime, Idle: cfg.IdleTimeout},
		MaxUpload: cfg.MaxUpload, Font: assets.Font, FontDir: cfg.FontDir, Mark: markApart, Log: log,
	}), nil
}

// listening is one address, the option that names it, and what answers there.
type listening struct {
	option, addr string
	handler      http.Handler
	listener     net.Listener
}

// bind takes the addresses of all servers, or of none.
func bind(servers []listening) (err error) {
	for i := range servers {
		l := &servers[i]
		if l.listener, err = net.Listen("tcp", l.addr); err == nil {
			continue
		}
		for _, taken := range servers[:i] {
			_ = taken.listener.Close() // nothing has used it
		}
		return fault.New(fault.Conflict, "cmd.no-listen", l.addr, l.option).Because(err)
	}
	return nil
}

// listen serves all of servers and runs work until ctx ends or one of them
// fails; then all stop, and requests under way are finished.
func (c *console) listen(ctx context.Context, log *slog.Logger, servers []listening, ready func(url string), work func(context.Context) error) error {
	if err := bind(servers); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	failed := make(chan error, len(servers)+1)
	var serving []*http.Server
	for _, l := range servers {
		server := &http.Server{
			Handler: l.handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
			MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		}
		serving = append(serving, server)
		running.Go(func() {
			if err := server.Serve(l.listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", l.addr, err)
			}
		})
	}
	ready("http://" + servers[0].listener.Addr().String())
	running.Go(func() {
		if err := work(ctx); err != nil && !errors.Is(err, context.Canceled) {
			failed <- err
		}
	})
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop()
	last, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	for _, server := range serving {
		if e := server.Shutdown(last); e != nil && err == nil {
			err = fmt.Errorf("stop: %w", e)
		}
	}
	running.Wait()
	return err
}

// logger writes what the site does, without anything personal, to stderr.
func (c *console) logger(cfg config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		level = slog.LevelInfo // the configuration has checked it
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(c.err, options))
	}
	return slog.New(slog.NewTextHandler(c.err, options))
}
