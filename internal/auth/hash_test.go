package auth

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// cheap costs little: most tests are not about the cost.
var cheap = cost{memory: 64, passes: 1, threads: 1}

const noon = 20_500*secondsPerDay + 43_200

func hasher() *Hasher {
	h := NewHasher(rand.NewChaCha8([32]byte{1}), func() int64 { return noon })
	h.cost = cheap
	return h
}

func TestHashAndCheck(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := hasher()
	secret, err := h.Hash(ctx, "三月的雨 ｔｅａ é")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "$argon2id$v=19$m=64,t=1,p=1,d=20500$") {
		t.Errorf("got %s", secret)
	}
	if strings.Contains(secret, "tea") {
		t.Error("the password stands in its hash")
	}
	for password, want := range map[string]bool{
		"三月的雨 ｔｅａ é":       true,
		"三月的雨 tea e\u0301": true, // another keyboard's spelling
		"三月的雨 tea e":       false,
		"三月的雨 Tea é":       false,
		"":                 false,
	} {
		ok, again, err := h.Check(ctx, secret, password)
		if err != nil || ok != want || again {
			t.Errorf("%q: got %v, %v, %v, want %v", password, ok, again, err, want)
		}
	}
	if twice, err := h.Hash(ctx, "三月的雨 ｔｅａ é"); err != nil || twice == secret {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	if day, err := SetOn(secret); err != nil || day != 20500 {
		t.Errorf("set on %d, %v", day, err)
	}
}

func TestOldParametersAreHashedAgain(t *testing.T) {
	t.Parallel()
	secret, err := hasher().Hash(t.Context(), "right")
	if err != nil {
		t.Fatal(err)
	}
	now := hasher()
	now.cost.passes = 2
	for password, want := range map[string]bool{"right": true, "wrong": false} {
		ok, again, err := now.Check(t.Context(), secret, password)
		if err != nil || ok != want || again != want {
			t.Errorf("%s: got %v, %v, %v", password, ok, again, err)
		}
	}
}

func TestOurParameters(t *testing.T) {
	t.Parallel()
	h := NewHasher(rand.NewChaCha8([32]byte{}), func() int64 { return 0 })
	if h.cost != (cost{memory: 19456, passes: 2, threads: 1}) || cap(h.slots) != 8 {
		t.Errorf("got %+v, %d at once", h.cost, cap(h.slots))
	}
}

func TestMalformedHashesAreErrors(t *testing.T) {
	t.Parallel()
	good, err := hasher().Hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "x", "$2a$10$abc", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=99999999", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "t=1", "t=+1", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, ",d=20500", "", 1), good[:len(good)-30], good + "$", good + "=",
	} {
		if _, _, err := hasher().Check(t.Context(), bad, "x"); err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), "$") {
			t.Errorf("%q stands in the error", bad)
		}
	}
}

// TestBoundedParallelism: the ninth waits, and gives up with its context; a
// decoy takes a place like a check.
func TestBoundedParallelism(t *testing.T) {
	t.Parallel()
	h := hasher()
	secret, err := h.Hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for range atOnce {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hash: got %v", err)
	}
	if _, _, err := h.Check(ctx, secret, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("check: got %v", err)
	}
	if err := h.Decoy(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("decoy: got %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- h.Decoy(context.Background(), "x") }()
	select {
	case err := <-done:
		t.Fatalf("the ninth did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	<-h.slots
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestHugePasswordsCostNoMore(t *testing.T) {
	t.Parallel()
	if n := len(normal(strings.Repeat("ﷺ", 1<<20))); n > 32*maxTyped {
		t.Errorf("%d bytes are hashed", n)
	}
}

func TestNoRandomnessNoHash(t *testing.T) {
	t.Parallel()
	h := NewHasher(bytes.NewReader(nil), func() int64 { return 0 })
	if s, err := h.Hash(t.Context(), "x"); err == nil {
		t.Errorf("got %s", s)
	}
	if s, err := NewPassword(bytes.NewReader(nil)); err == nil {
		t.Errorf("got %s", s)
	}
	if f, err := NewFactor(bytes.NewReader(nil), "a", "b"); err == nil {
		t.Errorf("got %+v", f)
	}
}

func BenchmarkCheck(b *testing.B) {
	h := NewHasher(rand.NewChaCha8([32]byte{}), func() int64 { return 0 })
	secret, err := h.Hash(b.Context(), "x")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, err := h.Check(b.Context(), secret, "x"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkDecoy(b *testing.B) {
	h := NewHasher(rand.NewChaCha8([32]byte{}), func() int64 { return 0 })
	for b.Loop() {
		if err := h.Decoy(b.Context(), "x"); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzSecret: whatever stands in the database, checking against it neither
// panics nor takes more than a hash may.
func FuzzSecret(f *testing.F) {
	h := hasher()
	good, err := h.Hash(f.Context(), "x")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("$argon2id$v=19$m=64,t=1,p=1,d=0$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, secret string) {
		p, err := parseHash(secret)
		if err != nil {
			return
		}
		if p.memory > most.memory || p.passes > most.passes || p.threads > most.threads || p.threads == 0 || p.passes == 0 {
			t.Fatalf("%q asks for %+v", secret, p.cost)
		}
		if again, err := parseHash(p.String()); err != nil || again.String() != p.String() {
			t.Fatalf("%q is not read back: %v", secret, err)
		}
		if p.memory*p.passes <= 1024 {
			if _, _, err := h.Check(t.Context(), secret, "x"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
