package app

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCacheLoadsOnce: who asks for what is being loaded waits for it, and gets it
// even when whoever loaded it went away.
func TestCacheLoadsOnce(t *testing.T) {
	t.Parallel()
	c := newCache(10, alike[int])
	var loads atomic.Int64
	begun, gone := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		_, err := c.get("a", func() (int, error) {
			close(begun)
			<-gone
			return 0, context.Canceled
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("who went away got %v", err)
		}
	})
	<-begun
	for range 50 {
		wait.Go(func() {
			got, err := c.get("a", func() (int, error) { loads.Add(1); return 7, nil })
			if got != 7 || err != nil {
				t.Errorf("got %d %v", got, err)
			}
		})
	}
	close(gone)
	wait.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("loaded %d times", n)
	}
	boom := errors.New("boom")
	if _, err := c.get("b", func() (int, error) { return 0, boom }); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if got, err := c.get("b", func() (int, error) { return 8, nil }); got != 8 || err != nil {
		t.Errorf("after a fault: %d %v", got, err)
	}
	func() {
		defer func() { _ = recover() }() // the point of it
		_, _ = c.get("c", func() (int, error) { panic("boom") })
	}()
	if got, err := c.get("c", func() (int, error) { return 9, nil }); got != 9 || err != nil {
		t.Errorf("after a panic: %d %v", got, err)
	}
}

// TestCacheWeighs: what is kept weighs no more than the limit, whatever its number,
// and the longest unused goes first.
func TestCacheWeighs(t *testing.T) {
	t.Parallel()
	c := newCache(100, func(v int) int { return v })
	put := func(id string, v int) (fresh bool) {
		if _, err := c.get(id, func() (int, error) { fresh = true; return v, nil }); err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	for i := range 10 {
		put(strconv.Itoa(i), 10)
	}
	if put("0", 10) || c.weight != 100 || c.order.Len() != 10 {
		t.Errorf("%d values weigh %d", c.order.Len(), c.weight)
	}
	put("large", 55)
	if c.weight != 95 || put("0", 10) || put("large", 55) || !put("1", 10) {
		t.Errorf("after a large one %d values weigh %d", c.order.Len(), c.weight)
	}
	put("larger than all", 500)
	if c.weight != 500 || c.order.Len() != 1 || put("larger than all", 500) {
		t.Errorf("after one larger than all %d values weigh %d", c.order.Len(), c.weight)
	}
	put("small", 1)
	if c.weight != 1 || c.order.Len() != 1 {
		t.Errorf("after a small one %d values weigh %d", c.order.Len(), c.weight)
	}
}
