package web

import (
	"context"
	"time"
)

// tick is of what the time of an answer "not found" is a multiple. What is hidden
// from somebody takes a row or a query more than what does not exist, up to 75 µs of
// 250: asked often enough, that tells one from the other. An answer that is
// given at the next tick tells at most how many of them its making took (Askarov,
// Zhang, Myers: Predictive black-box mitigation of timing channels, CCS 2010), and
// nearly all take one. Nobody feels it.
const tick = 5 * time.Millisecond

// pace waits for the next tick since the call began. It gives the place at the gate
// back before: waiting makes no page.
func (c *call) pace() {
	if c.begun.IsZero() {
		return
	}
	c.leave()
	c.Wait(c.ctx(), tick-time.Since(c.begun)%tick)
}

// wait lets d pass unless whoever waits goes first.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
