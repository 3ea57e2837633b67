package web

import (
	"context"
	"net/http"
	"time"
)

// gate bounds how many pages are made at once. Beyond what the processors can do,
// more of them at once only share the time and add up their memory: with 300
// requests a second on two busy cores, all were answered late and many not at all.
// Who finds no place waits; who waits too long is told to come again.
type gate chan struct{}

const (
	pagesAtOnce = 32               // two cores make some ten in the time of one; the rest is for slow ones
	pageWait    = 10 * time.Second // longer, and people have pressed the button again
)

// enter waits for a place until ctx ends or the wait is over, and says whether
// there is one.
func (g gate) enter(ctx context.Context, wait time.Duration) bool {
	select {
	case g <- struct{}{}:
		return true
	default:
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case g <- struct{}{}:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

func (g gate) leave() { <-g }

// free are the routes of GET that take no place: the state of the site, and what is
// saved to disk, which has bounds of its own and may take minutes on a slow line.
var free = map[string]bool{
	"GET /health":                   true,
	"GET /checkpoint":               true,
	"GET /units/{unit}/template":    true,
	"GET /batches/{batch}/original": true,
	"GET /batches/{batch}/marked":   true,
	"GET /schemes/{scheme}/source":  true,
}

// enter takes a place at the gate if the route needs one. Without one it answers,
// and returns false. The place is given back when the page is made, before it is
// sent: a slow reader keeps nobody out.
func (c *call) enter() bool {
	if unsafe(c.r.Method) || free[c.route.pattern] {
		return true
	}
	if c.inside = c.gate.enter(c.ctx(), pageWait); c.inside {
		return true
	}
	if c.ctx().Err() == nil {
		c.w.Header().Set("Retry-After", "5")
		c.refuse(http.StatusServiceUnavailable, errorPage{})
	}
	return false
}

// leave gives the place back, if there is one.
func (c *call) leave() {
	if c.inside {
		c.inside = false
		c.gate.leave()
	}
}
