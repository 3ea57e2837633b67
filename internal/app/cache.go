package app

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
)

// cache keeps the latest values by id, as many as weigh its limit together, or a
// single one that weighs more. Whoever asks for a value that is being loaded waits
// for it: when a school's results are published, everybody comes at once. What is
// cached never changes.
type cache[V any] struct {
	weigh func(V) int
	limit int

	mu      sync.Mutex
	weight  int // of all that is kept
	kept    map[string]*list.Element
	order   *list.List // of cached, the longest unused first
	loading map[string]*loading[V]
}

type cached[V any] struct {
	id     string
	value  V
	weight int
}

// loading is a value on its way; value and err may be read once done is closed.
type loading[V any] struct {
	done  chan struct{}
	value V
	err   error
}

func newCache[V any](limit int, weigh func(V) int) *cache[V] {
	return &cache[V]{weigh: weigh, limit: limit, kept: map[string]*list.Element{}, order: list.New(), loading: map[string]*loading[V]{}}
}

// alike weighs everything as one.
func alike[V any](V) int { return 1 }

// size weighs a cohort by its members; one without any is not for nothing.
func (o *outcome) size() int { return 1 + len(o.members) }

// errBroken is what waits for a load that a panic ended.
var errBroken = errors.New("the load broke off")

// get returns the value of id, made by load when it is neither kept nor under way.
func (c *cache[V]) get(id string, load func() (V, error)) (V, error) {
	for {
		value, ok, l, first := c.join(id)
		if ok {
			return value, nil
		}
		if first {
			c.load(id, l, load)
		} else {
			<-l.done
			if errors.Is(l.err, context.Canceled) || errors.Is(l.err, context.DeadlineExceeded) {
				continue // whoever loaded has gone; that is nothing to who waited
			}
		}
		if l.err != nil {
			return l.value, fmt.Errorf("load %s: %w", id, l.err)
		}
		return l.value, nil
	}
}

// join returns the value of id if it is kept, else its load; first says that the
// caller has to do it.
func (c *cache[V]) join(id string) (v V, ok bool, l *loading[V], first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, kept := c.kept[id]; kept {
		c.order.MoveToBack(at)
		found, ok := at.Value.(cached[V])
		return found.value, ok, nil, false
	}
	if l = c.loading[id]; l != nil {
		return v, false, l, false
	}
	l = &loading[V]{done: make(chan struct{}), err: errBroken}
	c.loading[id] = l
	return v, false, l, true
}

// load makes the value of id and keeps it.
func (c *cache[V]) load(id string, l *loading[V], load func() (V, error)) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.loading, id)
		if l.err == nil {
			c.keep(cached[V]{id, l.value, c.weigh(l.value)})
		}
		close(l.done)
	}()
	l.value, l.err = load()
}

// keep adds a value and drops the longest unused until the rest fits.
func (c *cache[V]) keep(v cached[V]) {
	c.kept[v.id] = c.order.PushBack(v)
	for c.weight += v.weight; c.weight > c.limit && c.order.Len() > 1; {
		if first, ok := c.order.Remove(c.order.Front()).(cached[V]); ok {
			delete(c.kept, first.id)
			c.weight -= first.weight
		}
	}
}
