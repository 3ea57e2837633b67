// Package web serves the site: routes, pages and forms over the use cases of
// room app.
//
// It decides how things look and which path leads to them. It has no rules: who
// may see what is app's answer to every single request, and a page renders what
// it is given. Every page works without scripts.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"shiji/internal/app"
	"shiji/internal/web/asset"
)

// Options say how a site is served.
type Options struct {
	Service *app.Service
	Log     *slog.Logger
	// Secure says that people reach the site by https, directly or through a
	// proxy: cookies are then bound to it.
	Secure    bool
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed; anybody else's is not
	MaxUpload int64
	Lifetime  time.Duration // of the session cookie
	Metrics   *Metrics
	Now       func() time.Time
	// Wait lets some time pass, less if the context ends; nil: the system's clock.
	// Tests that ask for thousands of missing things do not wait.
	Wait func(context.Context, time.Duration)
}

// site is what all handlers share.
type site struct {
	Options
	assets *asset.Assets
	pages  pages
	cross  *http.CrossOriginProtection
	paper  paper
	gate   gate
}

// New returns the whole site as one handler.
func New(o Options) (http.Handler, error) {
	assets, err := asset.Open()
	if err != nil {
		return nil, fmt.Errorf("open assets: %w", err)
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	s := &site{Options: o, assets: assets, cross: http.NewCrossOriginProtection(), paper: newPaper(), gate: make(gate, pagesAtOnce)}
	if s.pages, err = parsePages(assets); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", assets.Handler())
	mux.Handle("GET "+s.paper.url, s.paper)
	for _, r := range routes {
		mux.Handle(r.pattern, s.serve(r))
	}
	mux.Handle("/", s.elsewhere())
	return s.around(mux), nil
}
